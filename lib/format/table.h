/* table.h - what the tools print: rows under named columns.
 *
 *	static const struct table_column columns[] = {
 *		{"account", TABLE_TEXT}, {"net", TABLE_NUMBER}};
 *	struct table *table = table_new(sink_outfile(file), TABLE_CSV,
 *	    columns, 2);
 *
 *	table_text(table, "P0001");
 *	table_dec(table, &net);
 *	if (table_end_row(table, &err) == -1) ...
 *	if (table_finish(table, &err) == -1) ...
 *	table_free(table);
 *
 * The same cells come out as CSV, as JSON lines (one object a row, numbers
 * that are amounts as strings), or aligned for a terminal, where numbers are
 * set to the right and East Asian wide characters count as two cells.
 * Control characters are shown as \xNN on a terminal.  CSV and JSON are
 * written row by row; the aligned form is held until table_finish.
 *
 * A table for people holds facts that were checked when they came in; text
 * that begins like a formula gets a ' in CSV, as csvout.h says.
 *
 * Ownership: columns and the sink's context are borrowed.
 * Errors stick and come with table_end_row or table_finish.
 */
#ifndef QF_FORMAT_TABLE_H
#define QF_FORMAT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"
#include "base/sink.h"
#include "base/status.h"

enum table_form {
	TABLE_CSV,
	TABLE_JSON,
	TABLE_ALIGNED,
};

/* JSON where json is true, else aligned where fd is a terminal, else CSV. */
enum table_form table_form_for(int fd, bool json);

enum table_type {
	TABLE_TEXT,
	TABLE_NUMBER, /* an integer or an amount: set to the right */
};

struct table_column {
	const char *name;
	enum table_type type;
};

struct table;

struct table *table_new(struct sink sink, enum table_form form,
    const struct table_column *columns, size_t count);

/* NULL is allowed. */
void table_free(struct table *table);

/* A cell each, in the order of the columns; table_text with NULL is the empty
 * cell, null in JSON. */
void table_text(struct table *table, const char *text);
void table_int(struct table *table, int64_t value);
void table_dec(struct table *table, const struct dec *value);

/* Ends the row, which must have as many cells as there are columns. */
int table_end_row(struct table *table, struct qf_error *err);

/* The header of an empty table is printed too. */
int table_finish(struct table *table, struct qf_error *err);

/* Cells that a UTF-8 text takes on a terminal: wide and full-width
 * characters (UAX 11, W and F) two, combining marks none. */
size_t table_width(const char *text, size_t length);

#endif
