/* csv.h - reading CSV that may be hostile or broken.
 *
 * The reader pulls rows out of a descriptor, checks them, and says of each
 * what is wrong with it:
 *
 *	struct csv_config config = {0};
 *	struct csv_reader *reader;
 *	struct csv_row row;
 *
 *	if (csv_open(&reader, fd, "reads.csv", &config, &err) == -1)
 *		goto out;
 *	if (csv_expect_header(reader, names, 4, &err) == -1)
 *		goto out;
 *	while ((rc = csv_next(reader, &row, &err)) == 1) {
 *		if (row.fault != NULL)
 *			... row.fault->code, row.fault->text, row.raw ...
 *		else
 *			... row.fields[0].text, row.fields[0].length ...
 *	}
 *
 * A file is: an optional UTF-8 byte order mark; a preamble of lines that
 * begin with "#", which the caller reads as declarations; a header; rows, each
 * with as many fields as the header.  Every line ends with LF or CR LF, the
 * last one too: a file that ends inside a line is a broken upload.
 *
 * A field is as in RFC 4180: quoted if it holds the delimiter, a quote or a
 * line end, a quote in it doubled.  Blanks (U+0020) around an unquoted field
 * are not part of it, and neither are those outside its quotes; all other
 * blanks are kept.  A field that is empty without quotes differs from "" in
 * its flag missing.
 *
 * Faults of one row, after which csv_next can be called again (row.fault):
 *	csv-nul		NUL byte
 *	csv-control	another control character, TAB and DEL included
 *	csv-cr		carriage return that ends no line
 *	csv-utf8	bytes that are not UTF-8 (RFC 3629)
 *	csv-gb18030	bytes that are not GB 18030
 *	csv-field-size	a field of more bytes than allowed
 *	csv-columns	a short or a long row, or more columns than allowed
 *	csv-blank-line	a line with nothing on it
 * Faults of the file, after which it is over (-1, QF_DATA):
 *	csv-empty	no byte, or no header
 *	csv-quote	unclosed or stray quote: where rows begin is unknown
 *	csv-truncated	the file ends inside a line
 *	csv-line-size	a row of more than CSV_RECORD_MAX bytes
 *	csv-preamble	more than CSV_PREAMBLE_MAX lines of it
 *	csv-header	a header other than the expected; an empty or double
 *			name in it
 *	csv-read	the descriptor cannot be read (QF_IO)
 * A fault of a row is one of the file where it stands in preamble or header.
 *
 * Ownership: the descriptor and the file name are the caller's and must live
 * as long as the reader; nothing is read from the descriptor after csv_close.
 * Limits: the constants below; memory does not grow with the file.
 */
#ifndef QF_FORMAT_CSV_H
#define QF_FORMAT_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/status.h"
#include "base/text.h"

#define CSV_FIELD_MAX 4096 /* bytes of a field, unless configured */
#define CSV_COLUMNS_MAX 400 /* columns, unless configured */
#define CSV_RECORD_MAX (1u << 20) /* bytes of a row with its line ends */
#define CSV_PREAMBLE_MAX 64 /* lines before the header */

struct csv_field;

/* Makes other columns of those of a file: the reader then hands out these, and
 * has only the faults of its own to say of those of the file. */
struct csv_rewrite {
	void *context;
	/* Gets the file's header; *out and what it points to are valid until
	 * the next call. */
	int (*header)(void *context, const char *file, size_t line_no,
	    const char *const *names, size_t count, const char *const **out,
	    size_t *out_count, struct qf_error *err);
	/* Gets the fields of a sound row; *out are as many as the names, valid
	 * until the next call.  -1 with the row's fault. */
	int (*row)(void *context, size_t line_no,
	    const struct csv_field *fields, const struct csv_field **out,
	    struct qf_error *fault);
};

/* All zero is the default of everything. */
struct csv_config {
	enum text_encoding encoding; /* TEXT_UTF8 or TEXT_GB18030, which is
				      * converted while it is read */
	char delimiter; /* 0 means ','; an ASCII character */
	size_t skip; /* lines before the header, taken for preamble */
	bool open_end; /* the last line need not have a line end */
	const struct csv_rewrite *rewrite; /* NULL: rows as they are */
	size_t field_size_max; /* bytes; 0 means CSV_FIELD_MAX */
	size_t columns_max; /* 0 means CSV_COLUMNS_MAX */
	bool by_library; /* every row through libcsv, none by the
				* short way: to compare the two (csv.c) */
};

struct csv_field {
	const char *text; /* UTF-8, NUL-terminated, never NULL */
	uint32_t length; /* bytes without that NUL */
	bool missing; /* empty, and not as "" */
};

/* A row; all that it points to is valid until the next call on its reader. */
struct csv_row {
	const struct csv_field *fields; /* NULL if there is a fault */
	size_t count; /* fields; 0 if there is a fault */
	size_t line_no; /* line on which the row begins, from 1 */
	const char *raw; /* its bytes with their line end, as they came; of a
			  * GB 18030 file the UTF-8 they became */
	size_t raw_length;
	const struct qf_error *fault; /* NULL if the row is sound */
};

struct csv_reader;

/* Starts to read: the preamble and the header are read at once.  The file
 * name is used in messages only.  Free *reader with csv_close. */
int csv_open(struct csv_reader **reader, int fd, const char *file,
    const struct csv_config *config, struct qf_error *err);

/* NULL is allowed. */
void csv_close(struct csv_reader *reader);

/* Number of preamble lines; *lines are their texts, from the "#" on and
 * without the line end, valid as long as the reader.  Line i of it is line
 * i + 1 of the file. */
size_t csv_preamble(const struct csv_reader *reader, const char *const **lines);

/* Number of columns; *names are their names, valid as long as the reader. */
size_t csv_header(const struct csv_reader *reader, const char *const **names);

/* The header as it stands in the file, without its line end. */
const char *csv_header_raw(const struct csv_reader *reader);

/* Line of the header, from 1. */
size_t csv_header_line(const struct csv_reader *reader);

/* Fails with "csv-header" unless the header is exactly these names in this
 * order.  The message names the first column that differs and, for a name
 * that is not expected at all, the nearest of those that are. */
int csv_expect_header(const struct csv_reader *reader, const char *const *names,
    size_t count, struct qf_error *err);

/* The next row: 1, or 0 at the end, or -1 where the file is at fault. */
int
csv_next(struct csv_reader *reader, struct csv_row *row, struct qf_error *err);

/* Rows that csv_next has given, those at fault included. */
uint64_t csv_rows(const struct csv_reader *reader);

/* Bytes read from the descriptor so far: after csv_next gave 0, the size of
 * the file. */
uint64_t csv_bytes(const struct csv_reader *reader);

/* SHA-256 of those bytes; to be asked after csv_next gave 0, and once. */
void csv_digest(struct csv_reader *reader, struct digest *sha256);

/* The fault "code: file:line: column: what" of a row, for checks that the
 * caller makes himself: column counts from 0.  Returns -1. */
int csv_fail(const struct csv_reader *reader, const struct csv_row *row,
    size_t column, struct qf_error *err, const char *code, const char *format,
    ...) __attribute__((format(printf, 6, 7)));

#endif
