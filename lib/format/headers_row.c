/* headers_row.c - header maps: the columns and the rows of a file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/dec.h"
#include "format/headersown.h"

/* The header --------------------------------------------------------------- */

/* The file's columns while they are bound. */
struct binding {
	const char *file;
	size_t line_no;
	const char *const *names;
	size_t count;
	bool *used;
};

/* The place of a column of the file. */
static int
bind(struct binding *binding, const char *name, size_t *source,
    struct qf_error *err)
{
	const char *nearest;
	size_t i;

	for (i = 0; i < binding->count; i++) {
		if (strcmp(binding->names[i], name) == 0) {
			binding->used[i] = true;
			*source = i;
			return 0;
		}
	}
	nearest = text_nearest(name, binding->names, binding->count);
	return qf_fail(err, QF_DATA, "headers-missing",
	    "%s:%zu: %s: a column of the header map, but not of the file%s%s",
	    binding->file, binding->line_no, name,
	    nearest == NULL ? "" : "; the nearest is ",
	    nearest == NULL ? "" : nearest);
}

/* The values of a wide file, side by side. */
static int
bind_values(struct headers *map, struct binding *binding, struct qf_error *err)
{
	size_t first, i, count = map->count - map->values_first;

	if (bind(binding, map->values_from, &first, err) == -1) {
		return -1;
	}
	if (binding->count - first < count) {
		return qf_fail(err, QF_DATA, "headers-values",
		    "%s:%zu: %zu columns from %s on; the header map says %zu",
		    binding->file, binding->line_no, binding->count - first,
		    map->values_from, count);
	}
	for (i = 0; i < count; i++) {
		map->columns[map->values_first + i].source = first + i;
		binding->used[first + i] = true;
	}
	return 0;
}

/* A column of the file that the map does not name. */
static int
fail_unknown(const struct headers *map, const struct binding *binding, size_t i,
    struct qf_error *err)
{
	const char **names = xcalloc(2 * map->count + 1, sizeof(*names));
	const char *nearest;
	size_t count = 0;

	for (size_t c = 0; c < map->count; c++) {
		if (map->columns[c].from != NULL) {
			names[count++] = map->columns[c].from;
		}
		if (map->columns[c].then != NULL) {
			names[count++] = map->columns[c].then;
		}
	}
	nearest = text_nearest(binding->names[i], names, count);
	qf_fail(err, QF_DATA, "headers-unknown",
	    "%s:%zu: %s: no column of the header map, which may ignore it%s%s",
	    binding->file, binding->line_no, binding->names[i],
	    nearest == NULL ? "" : "; the nearest is ",
	    nearest == NULL ? "" : nearest);
	free(names);
	return -1;
}

static int
bind_all(struct headers *map, struct binding *binding, struct qf_error *err)
{
	size_t i, ignored;

	for (i = 0; i < map->count; i++) {
		struct headers_column *column = &map->columns[i];

		if (column->from != NULL &&
		    bind(binding, column->from, &column->source, err) == -1) {
			return -1;
		}
		if (column->then != NULL &&
		    bind(binding, column->then, &column->then_source, err) ==
			-1) {
			return -1;
		}
	}
	if (map->values_from != NULL && bind_values(map, binding, err) == -1) {
		return -1;
	}
	for (i = 0; i < map->ignored_count; i++) {
		if (bind(binding, map->ignored[i], &ignored, err) == -1) {
			return -1;
		}
	}
	for (i = 0; i < binding->count && !map->others_ignored; i++) {
		if (!binding->used[i]) {
			return fail_unknown(map, binding, i, err);
		}
	}
	return 0;
}

int
headers_bind(void *context, const char *file, size_t line_no,
    const char *const *names, size_t count, const char *const **out,
    size_t *out_count, struct qf_error *err)
{
	struct headers *map = context;
	struct binding binding = {
	    file, line_no, names, count, xcalloc(count, sizeof(bool))};
	int rc;

	rc = bind_all(map, &binding, err);
	free(binding.used);
	*out = map->names;
	*out_count = map->count;
	return rc;
}

/* Times -------------------------------------------------------------------- */

enum part { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, PARTS };

/* The token that a way to write times goes on with: its part, its digits (0:
 * one or two), and its length; false where it is a character for itself. */
static bool
token(const char *format, enum part *part, size_t *digits, size_t *length)
{
	static const struct {
		const char *text;
		enum part part;
		size_t digits;
	} tokens[] = {
	    {"YYYY", YEAR, 4},
	    {"MM", MONTH, 2},
	    {"M", MONTH, 0},
	    {"DD", DAY, 2},
	    {"D", DAY, 0},
	    {"hh", HOUR, 2},
	    {"h", HOUR, 0},
	    {"mm", MINUTE, 2},
	    {"ss", SECOND, 2},
	};

	for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
		*length = strlen(tokens[i].text);
		if (strncmp(format, tokens[i].text, *length) == 0) {
			*part = tokens[i].part;
			*digits = tokens[i].digits;
			return true;
		}
	}
	return false;
}

/* Reads one or two, or exactly so many digits; NULL where they are none. */
static const char *
read_digits(const char *text, size_t digits, int *number)
{
	size_t least = digits == 0 ? 1 : digits, i;
	size_t most = digits == 0 ? 2 : digits;

	*number = 0;
	for (i = 0; i < most && text[i] >= '0' && text[i] <= '9'; i++) {
		*number = *number * 10 + (text[i] - '0');
	}
	return i < least ? NULL : text + i;
}

/* Reads a text by the way at format, up to its end or a |. */
static bool
read_time(const char *format, const char *text, int parts[PARTS])
{
	size_t digits, length;
	enum part part;

	for (part = YEAR; part < PARTS; part++) {
		parts[part] = -1;
	}
	while (*format != '\0' && *format != '|') {
		if (!token(format, &part, &digits, &length)) {
			if (*format++ != *text++) {
				return false;
			}
			continue;
		}
		text = read_digits(text, digits, &parts[part]);
		if (text == NULL) {
			return false;
		}
		format += length;
	}
	return *text == '\0';
}

const char *
headers_judge_time(const char *format, enum fact_type type)
{
	size_t digits, length;
	enum part part;

	while (*format != '\0') {
		bool seen[PARTS] = {false};

		while (*format != '\0' && *format != '|') {
			if (!token(format, &part, &digits, &length)) {
				format++;
				continue;
			}
			if (seen[part]) {
				return "the same part twice";
			}
			seen[part] = true;
			format += length;
		}
		if (!seen[YEAR] || !seen[MONTH]) {
			return "without YYYY or MM";
		}
		if (type != FACT_MONTH && !seen[DAY]) {
			return "without DD";
		}
		if (type == FACT_INSTANT &&
		    (seen[HOUR] != seen[MINUTE] ||
			(seen[SECOND] && !seen[MINUTE]))) {
			return "hh and mm go together, ss with them";
		}
		format += *format == '|';
	}
	return NULL;
}

/* A time as the formats have it. */
static void
write_time(struct headers_column *column, const int parts[PARTS])
{
	buf_printf(&column->text, "%04d-%02d", parts[YEAR], parts[MONTH]);
	if (column->type == FACT_MONTH) {
		return;
	}
	buf_printf(&column->text, "-%02d", parts[DAY]);
	if (column->type == FACT_DAY || parts[HOUR] == -1) {
		return;
	}
	buf_printf(&column->text, "T%02d:%02d", parts[HOUR], parts[MINUTE]);
	if (parts[SECOND] != -1) {
		buf_printf(&column->text, ":%02d", parts[SECOND]);
	}
	if (column->offset != NULL) {
		buf_add_string(&column->text, column->offset);
	}
}

/* A time of day where only a date is wanted would be lost. */
static bool
loses_time(const struct headers_column *column, const int parts[PARTS])
{
	return column->type != FACT_INSTANT &&
	       (parts[HOUR] > 0 || parts[MINUTE] > 0 || parts[SECOND] > 0);
}

static int
take_time(
    struct headers_column *column, const char *text, struct qf_error *fault)
{
	const char *format = column->time;
	int parts[PARTS];

	for (; format != NULL; format = strchr(format, '|')) {
		format += *format == '|';
		if (read_time(format, text, parts) &&
		    !loses_time(column, parts)) {
			write_time(column, parts);
			return 0;
		}
	}
	return qf_fail(fault, QF_DATA, "headers-time",
	    "\"%.40s\": not written as %.80s", text, column->time);
}

/* Numbers ------------------------------------------------------------------ */

/* A number with a decimal point and nothing between its thousands.  Behind a
 * sign between thousands stand three digits, before the first one to three. */
static int
take_decimal(const struct headers *map, const char *text, struct buf *out,
    struct qf_error *fault)
{
	bool behind = false, grouped = false; /* a decimal sign, a group's */
	size_t digits = 0; /* since the last sign */
	const char *c;

	for (c = text; *c != '\0'; c++) {
		if (*c == map->group && map->group != '\0') {
			if (behind || digits == 0 || digits > 3 ||
			    (grouped && digits != 3)) {
				break;
			}
			grouped = true;
			digits = 0;
			continue;
		}
		if (*c == map->decimal && !behind) {
			if (grouped && digits != 3) {
				break;
			}
			behind = true;
			buf_add_char(out, '.');
			continue;
		}
		if (*c == '.' || *c == ',') {
			break;
		}
		digits += *c >= '0' && *c <= '9';
		buf_add_char(out, *c);
	}
	if (*c == '\0' && (!grouped || behind || digits == 3)) {
		return 0;
	}
	return qf_fail(fault, QF_DATA, "headers-decimal",
	    "\"%.40s\": not a number whose decimal sign is \"%c\"%s", text,
	    map->decimal,
	    map->group == '\0' ? "" : ", with threes between its thousands");
}

/* Moves the decimal point; what is no number is left to the format. */
static int
take_power(int power, struct buf *text, struct qf_error *fault)
{
	struct dec number = {0}, factor = {0}, ten = DEC_SMALL(10, 0);
	char digits[DEC_TEXT_MAX];
	int i;

	if (dec_parse(&number, text->bytes, text->length, fault) == -1) {
		return 0;
	}
	if (power < 0) {
		ten = (struct dec)DEC_SMALL(1, 1);
		power = -power;
	}
	dec_set_int(&factor, 1, 0);
	for (i = 0; i < power; i++) {
		dec_mul(&factor, &factor, &ten);
	}
	dec_mul(&number, &number, &factor);
	dec_format_trim(&number, digits, sizeof(digits));
	dec_release(&factor);
	dec_release(&number);
	buf_clear(text);
	buf_add_string(text, digits);
	return 0;
}

/* Rows --------------------------------------------------------------------- */

/* The cell as it stands in the file, two of them with a blank between. */
static const struct csv_field *
join(struct headers_column *column, const struct csv_field *fields,
    struct csv_field *both)
{
	const struct csv_field *first = &fields[column->source];
	const struct csv_field *second;

	if (column->then_source == NO_SOURCE) {
		return first;
	}
	second = &fields[column->then_source];
	if (second->length == 0) {
		return first;
	}
	buf_clear(&column->text);
	buf_printf(&column->text, "%s%s%s", first->text,
	    first->length == 0 ? "" : " ", second->text);
	both->text = column->text.bytes;
	both->length = (uint32_t)column->text.length;
	both->missing = false;
	return both;
}

static void
give(struct csv_field *out, const char *text)
{
	out->text = text;
	out->length = (uint32_t)strlen(text);
	out->missing = out->length == 0;
}

/* What becomes of a cell that is not empty and no word. */
static int
change(const struct headers *map, struct headers_column *column,
    const char *text, struct qf_error *fault)
{
	char *copy = xstrdup(text); /* it may lie in the buffer */
	int rc = 0;

	buf_clear(&column->text);
	if (column->prefix != NULL) {
		buf_add_string(&column->text, column->prefix);
	}
	if (column->time != NULL) {
		rc = take_time(column, copy, fault);
	} else if (column->type == FACT_DECIMAL) {
		rc = take_decimal(map, copy, &column->text, fault);
		if (rc == 0 && column->power != 0) {
			rc = take_power(column->power, &column->text, fault);
		}
	} else {
		buf_add_string(&column->text, copy);
	}
	free(copy);
	return rc;
}

/* One cell of ours. */
static int
make_cell(struct headers *map, struct headers_column *column,
    const struct csv_field *fields, struct csv_field *out,
    struct qf_error *fault)
{
	const struct csv_field *cell;
	struct csv_field both;

	if (column->source == NO_SOURCE) {
		give(out, column->value);
		return 0;
	}
	cell = join(column, fields, &both);
	for (size_t i = 0; i < column->word_count; i++) {
		if (strcmp(column->words[i].from, cell->text) == 0) {
			give(out, column->words[i].to);
			return 0;
		}
	}
	*out = *cell;
	if (cell->length == 0 ||
	    (column->time == NULL && column->prefix == NULL &&
		(column->type != FACT_DECIMAL ||
		    (map->decimal == '.' && map->group == '\0' &&
			column->power == 0)))) {
		return 0;
	}
	if (change(map, column, cell->text, fault) == -1) {
		return -1;
	}
	give(out, column->text.bytes);
	return 0;
}

int
headers_row(void *context, size_t line_no, const struct csv_field *fields,
    const struct csv_field **out, struct qf_error *fault)
{
	struct headers *map = context;

	(void)line_no;
	for (size_t i = 0; i < map->count; i++) {
		struct headers_column *column = &map->columns[i];

		if (make_cell(map, column, fields, &map->fields[i], fault) ==
		    -1) {
			return qf_fail_prefix(fault, "%s", column->name);
		}
	}
	*out = map->fields;
	return 0;
}
