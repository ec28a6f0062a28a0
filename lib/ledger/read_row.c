/* read_row.c - decoding, merging and encoding days of reads.
 *
 * The array of integers is read and written by hand: a city's month is a
 * billion of them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/read_row.h"

#include <assert.h>
#include <string.h>

#include "base/digits.h"
#include "ledger/stmt.h"

/* Decoding --------------------------------------------------------------- */

/* Reads "[12,null,-3]" as we write it: no blanks, at most 19 digits.  Returns
 * the count of values, or -1. */
static int
parse_values(int64_t *out, const char *p)
{
	int count = 0;

	if (*p++ != '[') {
		return -1;
	}
	if (p[0] == ']') {
		return p[1] == '\0' ? 0 : -1;
	}
	for (;;) {
		bool negative = *p == '-';
		uint64_t value;
		const char *start;

		if (count == SERIES_VALUES_MAX) {
			return -1;
		}
		p += negative;
		start = p;
		value = (unsigned char)*p - (unsigned)'0';
		if (value > 9) {
			if (negative || strncmp(p, "null", 4) != 0) {
				return -1;
			}
			out[count++] = SERIES_NULL;
			p += 4;
		} else {
			unsigned digit;

			while ((digit = (unsigned char)*++p - (unsigned)'0') <=
			       9) {
				value = 10 * value + digit;
			}
			if (p - start > 18 &&
			    (p - start > 19 || value > INT64_MAX)) {
				return -1;
			}
			out[count++] =
			    negative ? -(int64_t)value : (int64_t)value;
		}
		if (*p == ',') {
			p++;
			continue;
		}
		return p[0] == ']' && p[1] == '\0' ? count : -1;
	}
}

/* One letter stands for all values. */
static bool
expand_quality(struct series_day *out, const char *text, size_t length)
{
	if (length != 1 && length != out->count) {
		return false;
	}
	if (length == 1) {
		memset(out->quality, text[0], out->count);
	} else {
		memcpy(out->quality, text, length);
	}
	out->quality[out->count] = '\0';
	return true;
}

static bool
decode_words(struct series_day *out, sqlite3_stmt *stmt, int column)
{
	const char *quantity = stmt_text(stmt, column + 4);
	const char *side = stmt_text(stmt, column + 5);

	return quantity != NULL && side != NULL &&
	       quantity_parse(&out->quantity, quantity, strlen(quantity)) ==
		   0 &&
	       side_parse(&out->side, side, strlen(side)) == 0;
}

int
read_row_decode(struct series_day *out, sqlite3_stmt *stmt, int column,
    struct qf_error *err)
{
	const char *values = stmt_text(stmt, column + 7);
	const char *quality = stmt_text(stmt, column + 8);
	const char *method = stmt_text(stmt, column + 9);
	int count;

	out->entry = sqlite3_column_int64(stmt, column);
	out->line_no = sqlite3_column_int64(stmt, column + 1);
	out->start_utc = sqlite3_column_int64(stmt, column + 2);
	out->minutes = sqlite3_column_int(stmt, column + 3);
	out->scale = sqlite3_column_int(stmt, column + 6);
	out->method[0] = '\0';
	if (method != NULL && strlen(method) < sizeof(out->method)) {
		memcpy(out->method, method, strlen(method) + 1);
	}
	count = values == NULL ? -1 : parse_values(out->values, values);
	if (count >= 0) {
		out->count = (size_t)count;
	}
	if (count < 0 || quality == NULL || out->minutes < 1 ||
	    out->scale < 0 || out->scale > SERIES_SCALE_MAX ||
	    !decode_words(out, stmt, column) ||
	    !expand_quality(
		out, quality, (size_t)sqlite3_column_bytes(stmt, column + 8))) {
		return qf_fail(err, QF_IO, "ledger-corrupt",
		    "a day of reads cannot be understood: batch:%lld, line "
		    "%lld",
		    (long long)out->entry, (long long)out->line_no);
	}
	return 0;
}

/* Scales ----------------------------------------------------------------- */

int
read_row_rescale(struct series_day *day, int scale, struct qf_error *err)
{
	int64_t factor = 1;

	assert(scale >= day->scale && scale <= SERIES_SCALE_MAX);
	for (int i = day->scale; i < scale; i++) {
		factor *= 10;
	}
	for (size_t i = 0; i < day->count && factor != 1; i++) {
		int64_t *value = &day->values[i];

		if (*value != SERIES_NULL &&
		    __builtin_mul_overflow(*value, factor, value)) {
			return qf_fail(err, QF_DATA, "read-range",
			    "a value has too many digits beside the %d "
			    "decimals of others of its day",
			    scale);
		}
	}
	day->scale = scale;
	return 0;
}

void
read_row_trim(struct series_day *day)
{
	while (day->scale > 0) {
		for (size_t i = 0; i < day->count; i++) {
			if (day->values[i] != SERIES_NULL &&
			    day->values[i] % 10 != 0) {
				return;
			}
		}
		for (size_t i = 0; i < day->count; i++) {
			if (day->values[i] != SERIES_NULL) {
				day->values[i] /= 10;
			}
		}
		day->scale--;
	}
}

/* Merging ---------------------------------------------------------------- */

bool
read_row_same_shape(const struct series_day *a, const struct series_day *b)
{
	return a->minutes == b->minutes && a->quantity == b->quantity &&
	       a->side == b->side &&
	       (a->start_utc - b->start_utc) % (60 * a->minutes) == 0;
}

/* Widens the day on its grid, so that it begins and ends no later and no
 * earlier than the newer row. */
static int
widen(struct series_day *day, const struct series_day *newer,
    struct qf_error *err)
{
	int64_t step = 60 * (int64_t)day->minutes;
	int64_t before = (day->start_utc - newer->start_utc) / step;
	int64_t lead = before > 0 ? before : 0;
	int64_t count = (int64_t)newer->count - before + lead;

	if (count < (int64_t)day->count + lead) {
		count = (int64_t)day->count + lead;
	}
	if (count > SERIES_VALUES_MAX) {
		return qf_fail(err, QF_DATA, "read-day",
		    "the rows of one day are more than a day apart");
	}
	memmove(day->values + lead, day->values,
	    day->count * sizeof(day->values[0]));
	memmove(day->quality + lead, day->quality, day->count);
	for (int64_t i = 0; i < count; i++) {
		if (i < lead || i >= lead + (int64_t)day->count) {
			day->values[i] = SERIES_NULL;
			day->quality[i] = QUALITY_NONE;
		}
	}
	day->start_utc -= lead * step;
	day->count = (size_t)count;
	day->quality[count] = '\0';
	return 0;
}

int
read_row_merge(struct series_day *day, const struct series_day *newer,
    struct qf_error *err)
{
	int64_t factor = 1;
	int64_t offset;

	if (!read_row_same_shape(day, newer)) {
		enum channel channel = day->channel;
		int32_t number = day->day;
		char point[sizeof(day->point)];

		memcpy(point, day->point, sizeof(point));
		*day = *newer;
		day->channel = channel;
		day->day = number;
		memcpy(day->point, point, sizeof(point));
		return 0;
	}
	if (widen(day, newer, err) == -1 ||
	    (newer->scale > day->scale &&
		read_row_rescale(day, newer->scale, err) == -1)) {
		return -1;
	}
	for (int i = newer->scale; i < day->scale; i++) {
		factor *= 10;
	}
	offset = (newer->start_utc - day->start_utc) / (60 * day->minutes);
	for (size_t i = 0; i < newer->count; i++) {
		size_t at = i + (size_t)offset;

		if (newer->quality[i] == QUALITY_NONE) {
			continue;
		}
		day->quality[at] = newer->quality[i];
		if (newer->values[i] == SERIES_NULL) {
			day->values[at] = SERIES_NULL;
		} else if (__builtin_mul_overflow(
			       newer->values[i], factor, &day->values[at])) {
			return qf_fail(err, QF_DATA, "read-range",
			    "a value has too many digits beside the %d "
			    "decimals of others of its day",
			    day->scale);
		}
	}
	day->entry = newer->entry;
	day->line_no = newer->line_no;
	if (newer->method[0] != '\0') {
		memcpy(day->method, newer->method, sizeof(day->method));
	}
	return 0;
}

/* Encoding --------------------------------------------------------------- */

size_t
read_row_format(const struct series_day *day, char *text)
{
	char *p = text;

	assert(day->count <= SERIES_VALUES_MAX);
	*p++ = '[';
	for (size_t i = 0; i < day->count; i++) {
		int64_t value = day->values[i];

		if (i > 0) {
			*p++ = ',';
		}
		if (value == SERIES_NULL) {
			memcpy(p, "null", 4);
			p += 4;
			continue;
		}
		if (value < 0) {
			*p++ = '-';
			value = -value;
		}
		p = digits_put(p, (uint64_t)value);
	}
	*p++ = ']';
	return (size_t)(p - text);
}
