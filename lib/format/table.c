/* table.c - what the tools print: rows under named columns, in three forms.
 *
 * CSV and JSON go through their writers row by row; the aligned form is kept
 * until it is known how wide each column is.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/table.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "format/csvout.h"
#include "format/jsonout.h"

#define ALIGNED_MAX (256u << 20) /* bytes of a table that is held */

struct table {
	struct sink sink;
	enum table_form form;
	const struct table_column *columns;
	size_t count;
	size_t column; /* of the next cell */
	struct csvout *csv;
	struct jsonout *json;
	struct buf cells; /* of the aligned form, each with a NUL behind it */
	size_t *widths; /* of its columns, in cells of the terminal */
	bool failed;
	struct qf_error error; /* the first, when failed */
};

struct range {
	uint32_t first, last;
};

/* Wide and full-width characters (UAX 11, W and F, Unicode 14), where what is
 * not assigned goes with its neighbours. */
static const struct range wide[] = {
    {0x1100, 0x115f},
    {0x231a, 0x231b},
    {0x2329, 0x232a},
    {0x23e9, 0x23ec},
    {0x23f0, 0x23f0},
    {0x23f3, 0x23f3},
    {0x25fd, 0x25fe},
    {0x2614, 0x2615},
    {0x2648, 0x2653},
    {0x267f, 0x267f},
    {0x2693, 0x2693},
    {0x26a1, 0x26a1},
    {0x26aa, 0x26ab},
    {0x26bd, 0x26be},
    {0x26c4, 0x26c5},
    {0x26ce, 0x26ce},
    {0x26d4, 0x26d4},
    {0x26ea, 0x26ea},
    {0x26f2, 0x26f3},
    {0x26f5, 0x26f5},
    {0x26fa, 0x26fa},
    {0x26fd, 0x26fd},
    {0x2705, 0x2705},
    {0x270a, 0x270b},
    {0x2728, 0x2728},
    {0x274c, 0x274c},
    {0x274e, 0x274e},
    {0x2753, 0x2755},
    {0x2757, 0x2757},
    {0x2795, 0x2797},
    {0x27b0, 0x27b0},
    {0x27bf, 0x27bf},
    {0x2b1b, 0x2b1c},
    {0x2b50, 0x2b50},
    {0x2b55, 0x2b55},
    {0x2e80, 0x303e},
    {0x3041, 0x3247},
    {0x3250, 0x4dbf},
    {0x4e00, 0xa4c6},
    {0xa960, 0xa97c},
    {0xac00, 0xd7a3},
    {0xf900, 0xfad9},
    {0xfe10, 0xfe19},
    {0xfe30, 0xfe6b},
    {0xff01, 0xff60},
    {0xffe0, 0xffe6},
    {0x16fe0, 0x1b2fb},
    {0x1f004, 0x1f004},
    {0x1f0cf, 0x1f0cf},
    {0x1f18e, 0x1f18e},
    {0x1f191, 0x1f19a},
    {0x1f200, 0x1f320},
    {0x1f32d, 0x1f335},
    {0x1f337, 0x1f37c},
    {0x1f37e, 0x1f393},
    {0x1f3a0, 0x1f3ca},
    {0x1f3cf, 0x1f3d3},
    {0x1f3e0, 0x1f3f0},
    {0x1f3f4, 0x1f3f4},
    {0x1f3f8, 0x1f43e},
    {0x1f440, 0x1f440},
    {0x1f442, 0x1f4fc},
    {0x1f4ff, 0x1f53d},
    {0x1f54b, 0x1f54e},
    {0x1f550, 0x1f567},
    {0x1f57a, 0x1f57a},
    {0x1f595, 0x1f596},
    {0x1f5a4, 0x1f5a4},
    {0x1f5fb, 0x1f64f},
    {0x1f680, 0x1f6c5},
    {0x1f6cc, 0x1f6cc},
    {0x1f6d0, 0x1f6d2},
    {0x1f6d5, 0x1f6df},
    {0x1f6eb, 0x1f6ec},
    {0x1f6f4, 0x1f6fc},
    {0x1f7e0, 0x1f7f0},
    {0x1f90c, 0x1f93a},
    {0x1f93c, 0x1f945},
    {0x1f947, 0x1f9ff},
    {0x1fa70, 0x1faf6},
    {0x20000, 0x3134a},
};

/* The marks that may stand behind a Latin or Chinese character, and what has
 * no width by its nature. */
static const struct range none[] = {
    {0x300, 0x36f},
    {0x200b, 0x200f},
    {0x2060, 0x2064},
    {0x20d0, 0x20f0},
    {0x302a, 0x302d},
    {0x3099, 0x309a},
    {0xfe00, 0xfe0f},
    {0xfe20, 0xfe2f},
    {0xfeff, 0xfeff},
    {0xe0100, 0xe01ef},
};

static bool
is_in(uint32_t character, const struct range *ranges, size_t count)
{
	size_t low = 0;

	while (count > 0) {
		size_t half = count / 2;

		if (ranges[low + half].last < character) {
			low += half + 1;
			count -= half + 1;
		} else if (ranges[low + half].first <= character) {
			return true;
		} else {
			count = half;
		}
	}
	return false;
}

/* The character that begins at text, which is UTF-8 or anything; its bytes
 * in *used. */
static uint32_t
decode(const unsigned char *text, size_t left, size_t *used)
{
	static const unsigned char masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	size_t count = text[0] < 0xc0   ? 1
		       : text[0] < 0xe0 ? 2
		       : text[0] < 0xf0 ? 3
					: 4;
	uint32_t character;

	if (count > left) {
		count = 1;
	}
	character = text[0] & masks[count];
	for (size_t i = 1; i < count; i++) {
		character = character << 6 | (text[i] & 0x3f);
	}
	*used = count;
	return character;
}

size_t
table_width(const char *text, size_t length)
{
	size_t width = 0, used;

	for (size_t i = 0; i < length; i += used) {
		uint32_t character =
		    decode((const unsigned char *)text + i, length - i, &used);

		if (is_in(character, none, sizeof(none) / sizeof(none[0]))) {
			continue;
		}
		width += is_in(character, wide, sizeof(wide) / sizeof(wide[0]))
			     ? 2
			     : 1;
	}
	return width;
}

enum table_form
table_form_for(int fd, bool json)
{
	if (json) {
		return TABLE_JSON;
	}
	return isatty(fd) == 1 ? TABLE_ALIGNED : TABLE_CSV;
}

static void
fail(struct table *table, const char *code, const char *what)
{
	if (!table->failed) {
		table->failed = true;
		qf_fail(&table->error, QF_DATA, code, "%s", what);
	}
}

/* Keeps a cell of the aligned form, its control characters as \xNN. */
static void
hold(struct table *table, size_t column, const char *text)
{
	size_t start = table->cells.length, width;
	int rc = 0;

	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		rc |= c < 0x20 || c == 0x7f
			  ? buf_printf(&table->cells, "\\x%02x", c)
			  : buf_add_char(&table->cells, *text);
	}
	width = table_width(
	    table->cells.bytes + start, table->cells.length - start);
	rc |= buf_add_char(&table->cells, '\0');
	if (rc != 0) {
		fail(table, "table-size", "too many rows for a terminal");
	}
	if (width > table->widths[column]) {
		table->widths[column] = width;
	}
}

struct table *
table_new(struct sink sink, enum table_form form,
    const struct table_column *columns, size_t count)
{
	static const struct csvout_config config = {.spreadsheet = true};
	struct table *table = xcalloc(1, sizeof(*table));

	assert(count > 0);
	table->sink = sink;
	table->form = form;
	table->columns = columns;
	table->count = count;
	buf_init(&table->cells, ALIGNED_MAX);
	if (form == TABLE_CSV) {
		table->csv = csvout_new(sink, &config);
		for (size_t i = 0; i < count; i++) {
			csvout_text(table->csv, columns[i].name);
		}
		table->failed = csvout_end_row(table->csv, &table->error) == -1;
	} else if (form == TABLE_JSON) {
		table->json = jsonout_new(sink);
	} else {
		table->widths = xcalloc(count, sizeof(*table->widths));
		for (size_t i = 0; i < count; i++) {
			hold(table, i, columns[i].name);
		}
	}
	return table;
}

void
table_free(struct table *table)
{
	if (table == NULL) {
		return;
	}
	csvout_free(table->csv);
	jsonout_free(table->json);
	buf_release(&table->cells);
	free(table->widths);
	free(table);
}

/* Begins a cell: its column, and in JSON its name. */
static size_t
begin_cell(struct table *table)
{
	if (table->column == table->count) {
		BUG("a row of more than %zu cells", table->count);
	}
	if (table->form == TABLE_JSON) {
		if (table->column == 0) {
			jsonout_begin_object(table->json);
		}
		jsonout_name(table->json, table->columns[table->column].name);
	}
	return table->column++;
}

void
table_text(struct table *table, const char *text)
{
	size_t column = begin_cell(table);

	if (table->form == TABLE_ALIGNED) {
		hold(table, column, text == NULL ? "" : text);
	} else if (table->form == TABLE_CSV) {
		if (text == NULL) {
			csvout_empty(table->csv);
		} else {
			csvout_text(table->csv, text);
		}
	} else if (text == NULL) {
		jsonout_null(table->json);
	} else {
		jsonout_string(table->json, text);
	}
}

void
table_int(struct table *table, int64_t value)
{
	size_t column = begin_cell(table);
	char text[24];

	if (table->form == TABLE_ALIGNED) {
		snprintf(text, sizeof(text), "%" PRId64, value);
		hold(table, column, text);
	} else if (table->form == TABLE_CSV) {
		csvout_int(table->csv, value);
	} else {
		jsonout_int(table->json, value);
	}
}

void
table_dec(struct table *table, const struct dec *value)
{
	size_t column = begin_cell(table);
	char text[DEC_TEXT_MAX];

	if (table->form == TABLE_ALIGNED) {
		dec_format(value, text, sizeof(text));
		hold(table, column, text);
	} else if (table->form == TABLE_CSV) {
		csvout_dec(table->csv, value);
	} else {
		jsonout_dec_string(table->json, value);
	}
}

/* Gives the first error, if there is one. */
static int
check(const struct table *table, struct qf_error *err)
{
	if (table->failed && err != NULL) {
		*err = table->error;
	}
	return table->failed ? -1 : 0;
}

int
table_end_row(struct table *table, struct qf_error *err)
{
	int rc = 0;

	if (table->column != table->count) {
		BUG("a row of %zu cells instead of %zu", table->column,
		    table->count);
	}
	table->column = 0;
	if (table->form == TABLE_CSV) {
		rc = csvout_end_row(table->csv, &table->error);
	} else if (table->form == TABLE_JSON) {
		jsonout_end_object(table->json);
		rc = jsonout_end_line(table->json, &table->error);
	}
	table->failed |= rc == -1;
	return check(table, err);
}

static void
pad(struct buf *line, size_t count)
{
	while (count-- > 0) {
		buf_add_char(line, ' ');
	}
}

/* Writes what was held, two blanks between columns, none at line ends. */
static int
write_aligned(struct table *table, struct qf_error *err)
{
	const char *cell = table->cells.bytes;
	const char *end = cell + table->cells.length;
	struct buf line;
	size_t column = 0, length, fill;
	int rc = 0;

	buf_init(&line, ALIGNED_MAX);
	while (rc == 0 && cell < end) {
		bool last = column + 1 == table->count;
		bool right = table->columns[column].type == TABLE_NUMBER;

		length = strlen(cell);
		fill = table->widths[column] - table_width(cell, length);
		pad(&line, (column > 0 ? 2 : 0) + (right ? fill : 0));
		buf_add(&line, cell, length);
		pad(&line, right || last ? 0 : fill);
		if (last) {
			while (line.length > 0 &&
			       line.bytes[line.length - 1] == ' ') {
				line.length--;
			}
			buf_add_char(&line, '\n');
			rc = table->sink.write(
			    table->sink.context, line.bytes, line.length, err);
			buf_clear(&line);
		}
		column = last ? 0 : column + 1;
		cell += length + 1;
	}
	buf_release(&line);
	return rc;
}

int
table_finish(struct table *table, struct qf_error *err)
{
	if (check(table, err) == -1) {
		return -1;
	}
	assert(table->column == 0);
	if (table->form == TABLE_CSV) {
		return csvout_finish(table->csv, err);
	}
	if (table->form == TABLE_JSON) {
		return jsonout_finish(table->json, err);
	}
	return write_aligned(table, err);
}
