/* options.c - reads argv by a table.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/options.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define HELP_WIDTH 79 /* columns of a line of help */
#define HELP_COLUMN 26 /* where its text begins */

void
options_init(struct options *options, int argc, char **argv)
{
	*options = (struct options){
	    .argc = argc,
	    .argv = argv,
	    .index = 1,
	    .operands = xcalloc((size_t)argc + 1, sizeof(char *)),
	};
}

void
options_release(struct options *options)
{
	free(options->operands);
	*options = (struct options){0};
}

void
options_add_table(struct options *options, const struct options_row *rows)
{
	assert(options->table_count < OPTIONS_TABLES_MAX);
	options->tables[options->table_count++] = rows;
}

static const struct options_row *
find_short(const struct options *options, char name)
{
	for (size_t i = 0; i < options->table_count; i++) {
		const struct options_row *row = options->tables[i];

		for (; row->id != 0; row++) {
			if (row->short_name == name) {
				return row;
			}
		}
	}
	return NULL;
}

static const struct options_row *
find_long(const struct options *options, const char *name, size_t length)
{
	for (size_t i = 0; i < options->table_count; i++) {
		const struct options_row *row = options->tables[i];

		for (; row->id != 0; row++) {
			if (strncmp(row->long_name, name, length) == 0 &&
			    row->long_name[length] == '\0') {
				return row;
			}
		}
	}
	return NULL;
}

/* The long name that was perhaps meant, or NULL. */
static const char *
nearest_long(const struct options *options, const char *name)
{
	const char *names[OPTIONS_ROWS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < options->table_count; i++) {
		const struct options_row *row = options->tables[i];

		for (; row->id != 0 && count < OPTIONS_ROWS_MAX; row++) {
			names[count++] = row->long_name;
		}
	}
	return text_nearest(name, names, count);
}

static int
unknown_long(const struct options *options, const char *name, size_t length,
    struct qf_error *err)
{
	char *word = xstrndup(name, length);
	const char *nearest = nearest_long(options, word);

	if (nearest != NULL) {
		qf_fail(err, QF_USAGE, "option-unknown",
		    "--%s: no such option; did you mean --%s?", word, nearest);
	} else {
		qf_fail(err, QF_USAGE, "option-unknown", "--%s: no such option",
		    word);
	}
	free(word);
	return -1;
}

/* An argument that is a word of its own. */
static int
next_word(struct options *options, const struct options_row *row,
    const char **value, struct qf_error *err)
{
	if (options->index >= options->argc) {
		return qf_fail(err, QF_USAGE, "option-argument",
		    "--%s: needs %s", row->long_name, row->argument);
	}
	*value = options->argv[options->index++];
	return 1;
}

/* Notes an option with an argument, which all but a few may have once. */
static int
take_once(struct options *options, const struct options_row *row,
    struct qf_error *err)
{
	if ((row->id & OPTIONS_MANY) != 0) {
		return 0;
	}
	for (size_t i = 0; i < options->taken_count; i++) {
		if (options->taken[i] == row) {
			return qf_fail(err, QF_USAGE, "option-twice",
			    "--%s: is given twice, and takes one %s",
			    row->long_name, row->argument);
		}
	}
	assert(options->taken_count < OPTIONS_ROWS_MAX);
	options->taken[options->taken_count++] = row;
	return 0;
}

static int
take_long(struct options *options, const char *name, int *id,
    const char **value, struct qf_error *err)
{
	size_t length = strcspn(name, "=");
	const struct options_row *row = find_long(options, name, length);

	if (row == NULL) {
		return unknown_long(options, name, length, err);
	}
	*id = row->id & ~OPTIONS_MANY;
	*value = NULL;
	if (row->argument == NULL) {
		if (name[length] == '=') {
			return qf_fail(err, QF_USAGE, "option-argument",
			    "--%s: takes no argument", row->long_name);
		}
		return 1;
	}
	if (take_once(options, row, err) == -1) {
		return -1;
	}
	if (name[length] == '=') {
		*value = name + length + 1;
		return 1;
	}
	return next_word(options, row, value, err);
}

/* One letter of a bundle. */
static int
take_short(
    struct options *options, int *id, const char **value, struct qf_error *err)
{
	char name = *options->bundle++;
	const struct options_row *row = find_short(options, name);
	const char *rest = options->bundle;

	if (*rest == '\0') {
		options->bundle = NULL;
	}
	if (row == NULL) {
		return qf_fail(err, QF_USAGE, "option-unknown",
		    "-%c: no such option", name);
	}
	*id = row->id & ~OPTIONS_MANY;
	*value = NULL;
	if (row->argument == NULL) {
		return 1;
	}
	options->bundle = NULL;
	if (take_once(options, row, err) == -1) {
		return -1;
	}
	if (*rest != '\0') {
		*value = rest;
		return 1;
	}
	return next_word(options, row, value, err);
}

int
options_next(
    struct options *options, int *id, const char **value, struct qf_error *err)
{
	if (options->bundle != NULL) {
		return take_short(options, id, value, err);
	}
	while (options->index < options->argc) {
		char *word = options->argv[options->index++];

		if (options->only_operands || word[0] != '-' ||
		    word[1] == '\0') {
			options->operands[options->operand_count++] = word;
		} else if (word[1] != '-') {
			options->bundle = word + 1;
			return take_short(options, id, value, err);
		} else if (word[2] == '\0') {
			options->only_operands = true;
		} else {
			return take_long(options, word + 2, id, value, err);
		}
	}
	return 0;
}

/* Adds text word by word, on lines that begin at HELP_COLUMN. */
static void
add_wrapped(struct buf *out, const char *text)
{
	size_t column = HELP_COLUMN;

	while (*text != '\0') {
		size_t length = strcspn(text, " ");

		if (column > HELP_COLUMN && column + 1 + length > HELP_WIDTH) {
			buf_printf(out, "\n%*s", HELP_COLUMN, "");
			column = HELP_COLUMN;
		} else if (column > HELP_COLUMN) {
			buf_add_char(out, ' ');
			column++;
		}
		buf_add(out, text, length);
		column += length;
		text += length + (text[length] == ' ');
	}
}

void
options_help(const struct options_row *rows, struct buf *out)
{
	for (const struct options_row *row = rows; row->id != 0; row++) {
		size_t start = out->length, width;

		if (row->short_name != 0) {
			buf_printf(out, "  -%c, ", row->short_name);
		} else {
			buf_add_string(out, "      ");
		}
		buf_printf(out, "--%s", row->long_name);
		if (row->argument != NULL) {
			buf_printf(out, " %s", row->argument);
		}
		width = out->length - start;
		if (width + 2 > HELP_COLUMN) {
			buf_printf(out, "\n%*s", HELP_COLUMN, "");
		} else {
			buf_printf(out, "%*s", (int)(HELP_COLUMN - width), "");
		}
		add_wrapped(out, row->help);
		buf_add_char(out, '\n');
	}
}
