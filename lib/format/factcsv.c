/* factcsv.c - CSV rows as facts, by the format's table of columns.
 *
 * A row is looked at to its end, so that whoever mends it hears of all that is
 * wrong with it at once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/factcsv.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/dec.h"
#include "base/text.h"
#include "format/csv.h"
#include "format/faults.h"
#include "format/instant.h"

#define TEXT_MAX 256 /* bytes of a FACT_TEXT */
#define OPTIONS_MAX 255 /* bytes of FACT_OPTIONS: struct contract's */
#define SHOWN_MAX 40 /* bytes of a wrong value that a message shows */

struct factcsv {
	struct csv_reader *reader;
	const struct zone *zone;
	struct faults *faults;
	struct fact fact;
	char decimals[FACT_COLUMNS_MAX][DEC_TEXT_MAX];
};

struct factcsv *
factcsv_new(struct csv_reader *reader, const struct fact_format *format,
    const struct zone *zone, struct faults *faults)
{
	struct factcsv *facts = xcalloc(1, sizeof(*facts));
	const char *const *names;

	assert(csv_header(reader, &names) == format->column_count);
	facts->reader = reader;
	facts->zone = zone;
	facts->faults = faults;
	facts->fact.format = format;
	return facts;
}

void
factcsv_free(struct factcsv *facts)
{
	free(facts);
}

/* A fault of a value, which it shows. */
static int
wrong(const struct csv_field *field, struct qf_error *err, const char *code,
    const char *what)
{
	int shown = field->length <= SHOWN_MAX ? (int)field->length : SHOWN_MAX;

	/* Not in the middle of a character of UTF-8. */
	while (shown > 0 && shown < (int)field->length &&
	       ((unsigned char)field->text[shown] & 0xc0) == 0x80) {
		shown--;
	}
	return qf_fail(err, QF_DATA, code, "\"%.*s\"%s: %s", shown, field->text,
	    shown < (int)field->length ? "..." : "", what);
}

/* True if the word is one of those in the list "a b c". */
static bool
is_one_of(const char *words, const char *word, size_t length)
{
	size_t n;

	while (*words != '\0') {
		n = strcspn(words, " ");
		if (n == length && memcmp(words, word, n) == 0) {
			return true;
		}
		words += n;
		words += strspn(words, " ");
	}
	return false;
}

static int
parse_id(const struct fact_column *column, const struct csv_field *field,
    struct qf_error *err)
{
	if (text_is_id(field->text, field->length)) {
		return 0;
	}
	/* "@session" where a contract's side is the party of the session. */
	if (column->words != NULL &&
	    is_one_of(column->words, field->text, field->length)) {
		return 0;
	}
	if (text_has_fullwidth_digit(field->text, field->length)) {
		return wrong(field, err, "fact-fullwidth",
		    "full-width characters in an identifier");
	}
	return wrong(field, err, "fact-id",
	    "not an identifier (letters, digits and . _ : -, beginning with "
	    "letter or digit, at most 64)");
}

static int
parse_word(const struct fact_column *column, const struct csv_field *field,
    struct qf_error *err)
{
	char what[QF_ERROR_TEXT_MAX / 2];

	if (is_one_of(column->words, field->text, field->length)) {
		return 0;
	}
	snprintf(what, sizeof(what), "not one of: %s", column->words);
	return wrong(field, err, "fact-word", what);
}

/* Whether a word before p has the same name. */
static bool
option_is_twice(const char *text, const char *p, size_t name_length)
{
	for (const char *q = text; q < p; q += strcspn(q, " ") + 1) {
		if (strncmp(q, p, name_length) == 0 && q[name_length] == '=') {
			return true;
		}
	}
	return false;
}

/* Words "name=value", a blank between them. */
static int
parse_options(const struct csv_field *field, struct qf_error *err)
{
	const char *p = field->text;
	const char *equals;
	size_t length;

	if (field->length > OPTIONS_MAX) {
		return wrong(field, err, "fact-options", "more than 255 bytes");
	}
	while (*p != '\0') {
		length = strcspn(p, " ");
		equals = memchr(p, '=', length);
		if (equals == NULL || !text_is_id(p, (size_t)(equals - p)) ||
		    equals + 1 == p + length) {
			return wrong(field, err, "fact-options",
			    "not of the form \"name=value name=value\"");
		}
		if (option_is_twice(field->text, p, (size_t)(equals - p))) {
			return wrong(field, err, "fact-options",
			    "one name stands twice");
		}
		p += length;
		p += *p == ' ' && p[1] != '\0';
	}
	return 0;
}

/* Kept as text: as written, but for a zero's minus. */
static int
parse_decimal(char *canonical, const struct fact_column *column,
    const struct csv_field *field, struct fact_value *value,
    struct qf_error *err)
{
	struct dec dec = {0};
	bool negative;

	if (dec_parse(&dec, field->text, field->length, err) == -1) {
		return -1;
	}
	negative = dec_sign(&dec) < 0;
	value->text = canonical;
	value->length = dec_format(&dec, canonical, DEC_TEXT_MAX);
	dec_release(&dec);
	if (negative && (column->flags & FACT_NOT_NEGATIVE) != 0) {
		return wrong(
		    field, err, "fact-negative", "must not be negative");
	}
	return 0;
}

static int
parse_integer(const struct csv_field *field, int64_t *out,
    const struct fact_column *column, struct qf_error *err)
{
	int scale;

	if (!dec_parse_small(field->text, field->length, out, &scale) ||
	    scale != 0) {
		return wrong(field, err, "fact-integer", "not a whole number");
	}
	if (*out < 0 && (column->flags & FACT_NOT_NEGATIVE) != 0) {
		return wrong(
		    field, err, "fact-negative", "must not be negative");
	}
	return 0;
}

static int
parse_text(const struct csv_field *field, struct qf_error *err)
{
	if (field->length > TEXT_MAX) {
		return wrong(field, err, "fact-text", "more than 256 bytes");
	}
	return 0;
}

static int
parse_day(const struct csv_field *field, int64_t *out, struct qf_error *err)
{
	int32_t day;

	if (civil_parse_day(field->text, field->length, &day, err) == -1) {
		return -1;
	}
	*out = day;
	return 0;
}

/* A month as YYYYMM. */
static int
parse_month(const struct csv_field *field, int64_t *out, struct qf_error *err)
{
	int32_t month;

	if (civil_parse_month(field->text, field->length, &month, err) == -1) {
		return -1;
	}
	*out = (int64_t)(month / 12) * 100 + month % 12 + 1;
	return 0;
}

/* A date alone is the start of its day, but not where a row is about hours:
 * there it would be a time of day that got lost. */
static int
parse_instant(const struct factcsv *facts, const struct csv_field *field,
    int64_t *out, struct qf_error *err)
{
	unsigned flags = INSTANT_DATE;

	switch (facts->fact.format->kind) {
	case FACT_SESSION:
	case FACT_SESSION_INTERVAL:
	case FACT_SESSION_PERIOD:
	case FACT_BID:
	case FACT_NEED:
	case FACT_PUBLISHED_PRICE:
	case FACT_PUBLISHED_AWARD:
	case FACT_EVENT:
	case FACT_EVENT_SIGNAL:
	case FACT_AWARD:
	case FACT_BASELINE:
		flags = 0;
		break;
	default:
		break;
	}
	return instant_parse(
	    field->text, field->length, facts->zone, flags, out, err);
}

/* One value that is not empty, by its column's type. */
static int
parse_value(struct factcsv *facts, size_t i, const struct csv_field *field,
    struct qf_error *err)
{
	const struct fact_format *format = facts->fact.format;
	const struct fact_column *column = &format->columns[i];
	struct fact_value *value = &facts->fact.values[i];

	value->is = FACT_IS_TEXT;
	value->text = field->text;
	value->length = field->length;
	switch (column->type) {
	case FACT_ID:
		return parse_id(column, field, err);
	case FACT_TEXT:
		return parse_text(field, err);
	case FACT_WORD:
		return parse_word(column, field, err);
	case FACT_OPTIONS:
		return parse_options(field, err);
	case FACT_DECIMAL:
		return parse_decimal(
		    facts->decimals[i], column, field, value, err);
	default:
		break;
	}
	value->is = FACT_IS_INTEGER;
	value->text = NULL;
	value->length = 0;
	switch (column->type) {
	case FACT_INTEGER:
		return parse_integer(field, &value->integer, column, err);
	case FACT_INSTANT:
		return parse_instant(facts, field, &value->integer, err);
	case FACT_DAY:
		return parse_day(field, &value->integer, err);
	case FACT_MONTH:
		return parse_month(field, &value->integer, err);
	default:
		BUG("type %d of a column", (int)column->type);
	}
}

/* What no value shows alone: nobody owes himself, and a transfer from one to
 * the same would be booked as if it were one. */
static bool
pays_itself(const struct fact *fact)
{
	const struct fact_value *payer, *payee;

	if (fact->format->kind != FACT_CONTRACT) {
		return false;
	}
	payer = &fact->values[fact_column(fact->format, "payer")];
	payee = &fact->values[fact_column(fact->format, "payee")];
	return payer->length == payee->length &&
	       memcmp(payer->text, payee->text, payer->length) == 0;
}

/* All values of a row: 1 where it is sound, 0 where its faults are kept. */
static int
parse_row(
    struct factcsv *facts, const struct csv_row *row, struct qf_error *err)
{
	const struct fact_format *format = facts->fact.format;
	struct qf_error fault;
	bool sound = true;
	size_t i;
	int rc;

	assert(row->count == format->column_count);
	for (i = 0; i < row->count; i++) {
		const struct csv_field *field = &row->fields[i];
		const struct fact_column *column = &format->columns[i];

		if (field->length == 0) {
			facts->fact.values[i] =
			    (struct fact_value){.is = FACT_NULL};
			if ((column->flags & (FACT_OPTIONAL | FACT_TO)) != 0) {
				continue;
			}
			rc = faults_add(facts->faults, row->line_no,
			    column->name, err, "fact-empty",
			    "empty, but must be given");
		} else if (parse_value(facts, i, field, &fault) == -1) {
			rc = faults_add_error(facts->faults, row->line_no,
			    column->name, &fault, err);
		} else {
			continue;
		}
		if (rc == -1) {
			return -1;
		}
		sound = false;
	}
	if (sound && pays_itself(&facts->fact)) {
		sound = false;
		if (faults_add(facts->faults, row->line_no, "payee", err,
			"contract-itself",
			"is the payer too, and nobody owes himself") == -1) {
			return -1;
		}
	}
	return sound;
}

int
factcsv_next(
    struct factcsv *facts, const struct fact **out, struct qf_error *err)
{
	struct csv_row row;
	int rc;

	while ((rc = csv_next(facts->reader, &row, err)) == 1) {
		facts->fact.line_no = row.line_no;
		if (row.fault != NULL) {
			if (faults_add_error(facts->faults, row.line_no, NULL,
				row.fault, err) == -1) {
				return -1;
			}
			continue;
		}
		rc = parse_row(facts, &row, err);
		if (rc == -1) {
			return -1;
		}
		if (rc == 0) {
			continue;
		}
		*out = &facts->fact;
		return 1;
	}
	return rc;
}
