/* curve.c - the energy of the same intervals on days like this one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/text.h"
#include "base/zone.h"
#include "stage/fill/own.h"

#define DAYS_TOLD 7 /* of those that a curve is made of */
#define CURVE_DAYS 720720 /* every number up to 16 divides it */

void
fill_forget_days(struct fill *fill)
{
	for (size_t i = 0; i < FILL_CACHE; i++) {
		fill->known[i].used = false;
	}
}

/* Differences of registers; the last is to the first of the day after. */
static void
difference(int64_t *energy, size_t count, int64_t next)
{
	for (size_t i = 0; i < count; i++) {
		int64_t end = i + 1 < count ? energy[i + 1] : next;

		energy[i] = energy[i] == SERIES_NULL || end == SERIES_NULL ||
				    end < energy[i]
				? SERIES_NULL
				: end - energy[i];
	}
}

/* The values of a stored day at the line's scale; withdrawn ones are none. */
static bool
take_values(struct fill_known *known, const struct series_day *day, int scale)
{
	int64_t factor = 1;

	for (int i = day->scale; i < scale; i++) {
		factor *= 10;
	}
	known->energy =
	    xreallocarray(known->energy, day->count, sizeof(*known->energy));
	for (size_t i = 0; i < day->count; i++) {
		int64_t value = day->values[i];

		if (day->quality[i] != QUALITY_MEASURED &&
		    day->quality[i] != QUALITY_ESTIMATED) {
			value = SERIES_NULL;
		}
		if (value != SERIES_NULL &&
		    __builtin_mul_overflow(value, factor, &value)) {
			return false;
		}
		known->energy[i] = value;
	}
	known->minutes = day->minutes;
	known->quantity = day->quantity;
	known->side = day->side;
	known->count = day->count;
	return day->scale <= scale;
}

/* Reads a day, and of registers the one after. */
static int
read_day(struct fill *fill, const struct fill_line *line,
    struct fill_known *known, struct qf_error *err)
{
	struct read_cursor *cursor;
	const struct series_day *day;
	int64_t next = SERIES_NULL;
	bool sound = true;
	int rc;

	known->count = 0;
	if (reads_of_point(&cursor, fill->ledger, fill->report->asof,
		known->channel, fill->point.point, known->day, known->day + 2,
		err) == -1) {
		return -1;
	}
	while ((rc = reads_next(cursor, &day, err)) == 1) {
		if (day->day == known->day) {
			sound = day->start_utc ==
				    zone_day_start(fill->zone, day->day) &&
				take_values(known, day, line->scale);
		} else if (known->count > 0 && day->count > 0 &&
			   day->quantity == QUANTITY_REGISTER &&
			   day->quality[0] != QUALITY_WITHDRAWN &&
			   day->values[0] != SERIES_NULL &&
			   day->scale <= line->scale) {
			next = day->values[0];
			for (int i = day->scale; i < line->scale; i++) {
				next *= 10;
			}
		}
	}
	reads_close(cursor);
	if (!sound) {
		known->count = 0;
	}
	if (known->count > 0 && known->quantity == QUANTITY_REGISTER) {
		difference(known->energy, known->count, next);
	}
	return rc;
}

/* A day of the point in hand, read once. */
static int
known_day(struct fill *fill, const struct fill_line *line, int32_t day,
    const struct fill_known **out, struct qf_error *err)
{
	struct fill_known *known;

	for (size_t i = 0; i < FILL_CACHE; i++) {
		known = &fill->known[i];
		if (known->used && known->day == day &&
		    known->channel == line->channel) {
			*out = known;
			return 0;
		}
	}
	known = &fill->known[fill->known_next++ % FILL_CACHE];
	known->used = false;
	known->day = day;
	known->channel = line->channel;
	if (read_day(fill, line, known, err) == -1) {
		return -1;
	}
	known->used = true;
	*out = known;
	return 0;
}

/* Calendar ----------------------------------------------------------------- */

struct asking {
	struct fill *fill;
	const char *calendar;
	int32_t day;
	bool unknown; /* what the day itself is */
	bool failed;
	struct qf_error *err;
};

/* A year that the calendar does not reach has the days of its weekdays, but
 * for the day that is asked about. */
static void
kind_of(void *context, int32_t day, struct day_of *out)
{
	struct asking *asking = context;
	struct refusal refusal;
	int rc;

	memset(out, 0, sizeof(*out));
	out->day = day;
	rc = rulebook_day_kind(asking->fill->book, asking->calendar, day,
	    &out->kind, out->holiday, &refusal, asking->err);
	if (rc == 0) {
		return;
	}
	out->kind = civil_weekday(day) >= 6 ? DAY_REST : DAY_WORKDAY;
	out->holiday[0] = '\0';
	asking->failed = asking->failed || rc == -1;
	asking->unknown = asking->unknown || day == asking->day;
}

/* The days that a day is like; *count 0 with fill->why where there are none. */
static int
days_like(struct fill *fill, const struct estimation_version *version,
    bool yesterday, int32_t day, int32_t out[ESTIMATION_DAYS_MAX],
    size_t *count, struct qf_error *err)
{
	struct asking asking = {.fill = fill,
	    .calendar = version->calendar,
	    .day = day,
	    .err = err};

	if (yesterday) {
		out[0] = day - 1;
		*count = 1;
		return 0;
	}
	*count = estimation_days(version, day, kind_of, &asking, out);
	if (asking.failed) {
		return -1;
	}
	if (asking.unknown) {
		snprintf(fill->why, sizeof(fill->why),
		    "calendar %s does not reach the day", version->calendar);
		*count = 0;
	} else if (*count == 0) {
		snprintf(
		    fill->why, sizeof(fill->why), "no day is typical of it");
	}
	return 0;
}

/* Sums --------------------------------------------------------------------- */

/* Adds intervals [from, to) of a day; false where one is not known. */
static bool
add_day(int64_t *sums, const struct fill_known *known,
    const struct fill_day *day, size_t from, size_t to)
{
	if (known->count != day->count || known->minutes != day->minutes ||
	    known->quantity != day->quantity || known->side != day->side) {
		return false;
	}
	for (size_t i = from; i < to; i++) {
		if (known->energy[i] == SERIES_NULL || known->energy[i] < 0) {
			return false;
		}
	}
	for (size_t i = from; i < to; i++) {
		if (__builtin_add_overflow(
			sums[i - from], known->energy[i], &sums[i - from])) {
			return false;
		}
	}
	return true;
}

static void
tell_days(struct buf *inputs, const int32_t *days, size_t count)
{
	char text[CIVIL_TEXT_MAX];

	for (size_t i = 0; i < count && i < DAYS_TOLD; i++) {
		civil_format_day(days[i], text);
		buf_printf(inputs, "%s%s", i == 0 ? "as on " : " ", text);
	}
	if (count > DAYS_TOLD) {
		buf_printf(inputs, " and %zu more", count - DAYS_TOLD);
	}
}

/* The intervals of one day that the slots [from, to) are in. */
static int
curve_of_day(struct fill *fill, const struct fill_line *line,
    const struct fill_day *day, const struct estimation_version *version,
    bool yesterday, size_t from, size_t to, int64_t *sums, size_t *days,
    struct buf *inputs, struct qf_error *err)
{
	int32_t like[ESTIMATION_DAYS_MAX], used[ESTIMATION_DAYS_MAX];
	size_t count;

	*days = 0;
	memset(sums, 0, (to - from) * sizeof(*sums));
	if (days_like(fill, version, yesterday, day->day, like, &count, err) ==
	    -1) {
		return -1;
	}
	for (size_t i = 0; i < count; i++) {
		const struct fill_known *known;

		if (known_day(fill, line, like[i], &known, err) == -1) {
			return -1;
		}
		if (add_day(
			sums, known, day, from - day->first, to - day->first)) {
			used[(*days)++] = like[i];
		}
	}
	if (count > 0 && *days == 0) {
		snprintf(fill->why, sizeof(fill->why),
		    "the days like it have no such reads");
	}
	if (inputs != NULL) {
		tell_days(inputs, used, *days);
	}
	return *days > 0;
}

/* Brings sums of n days to those of as many as all can be brought to. */
static bool
weigh(int64_t *sums, size_t count, size_t n)
{
	for (size_t i = 0; i < count; i++) {
		if (__builtin_mul_overflow(
			sums[i], CURVE_DAYS / (int64_t)n, &sums[i])) {
			return false;
		}
	}
	return true;
}

int
fill_curve(struct fill *fill, const struct fill_line *line,
    const struct estimation_version *version, bool yesterday, size_t from,
    size_t to, int64_t *sums, size_t *days, struct buf *inputs,
    struct qf_error *err)
{
	assert(from < to);
	for (size_t at = from; at < to;) {
		const struct fill_day *day = fill_day_of(line, at);
		size_t end = day->first + day->count;
		int rc;

		end = end < to ? end : to;
		rc = curve_of_day(fill, line, day, version, yesterday, at, end,
		    sums + (at - from), days, at == from ? inputs : NULL, err);
		if (rc != 1) {
			return rc;
		}
		if (!weigh(sums + (at - from), end - at, *days)) {
			snprintf(fill->why, sizeof(fill->why),
			    "the days like it have too much energy");
			return 0;
		}
		if (end < to && at == from && inputs != NULL) {
			buf_add_string(inputs, ", each day by its own");
		}
		at = end;
	}
	*days = CURVE_DAYS;
	return 1;
}
