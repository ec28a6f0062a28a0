/* headersown.h - what the files of header maps share; nobody else includes
 * it.
 */
#ifndef QF_FORMAT_HEADERSOWN_H
#define QF_FORMAT_HEADERSOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "base/xml.h"
#include "format/csv.h"
#include "format/headers.h"
#include "model/fact.h"

#define HEADERS_DECLARATION_MAX 160
#define NO_SOURCE SIZE_MAX

struct headers_word {
	char *from, *to;
};

/* A column of ours. */
struct headers_column {
	char *name;
	enum fact_type type; /* FACT_DECIMAL, FACT_INSTANT ... or FACT_TEXT */
	char *from, *then; /* names of the file's columns, or NULL */
	char *value; /* of every row, where from is NULL; "" where nothing
		      * stands for it */
	char *time; /* how times are written, or NULL */
	char *offset; /* put behind a time, or NULL */
	char *prefix; /* or NULL */
	int power; /* of ten */
	struct headers_word *words;
	size_t word_count;
	size_t line_no; /* in the document */
	/* Of the file at hand. */
	size_t source, then_source; /* its columns, or NO_SOURCE */
	struct buf text; /* what was made of the cell */
};

struct headers {
	char *path;
	char declaration[HEADERS_DECLARATION_MAX];
	char *reads; /* what is declared of reads, or NULL */
	struct csv_config config; /* delimiter, encoding, skip, open end */
	bool has_encoding;
	bool others_ignored;
	char decimal, group; /* 0 where none */
	struct headers_column *columns; /* all of the format, in its order */
	size_t count;
	char **ignored;
	size_t ignored_count;
	char *values_from; /* of a wide file, or NULL */
	size_t values_first; /* among columns, of v1 */
	const char **names; /* of columns */
	struct csv_field *fields; /* of the row at hand */
	struct csv_rewrite rewrite;
};

/* The rewriting of headers_row.c; context is a struct headers. */
int headers_bind(void *context, const char *file, size_t line_no,
    const char *const *names, size_t count, const char *const **out,
    size_t *out_count, struct qf_error *err);
int headers_row(void *context, size_t line_no, const struct csv_field *fields,
    const struct csv_field **out, struct qf_error *fault);

/* headers_names.c: every name of the element and what is in it, before the
 * schema is asked. */
int headers_check_names(const struct xml_doc *doc, const struct xml_node *node,
    struct qf_error *err);

/* Whether a way to write times can be understood; what is wrong, or NULL. */
const char *headers_judge_time(const char *format, enum fact_type type);

#endif
