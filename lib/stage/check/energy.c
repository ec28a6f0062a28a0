/* energy.c - the interval reads of a point, by day and by span.
 *
 * All points are walked in step, one statement a day, as they are when they
 * are rated; a day's values are added up and held against the capacity as
 * whole numbers (settle/scan.h).  What no meter tells the multiplier of is
 * nothing here: a run holds such reads.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <string.h>

#include "base/zone.h"
#include "settle/scan.h"
#include "stage/check/own.h"

/* What values count that have all this in common. */
struct unit {
	bool known;
	enum quantity quantity;
	int minutes, scale;
	const struct meter_stretch *meter;
	bool secondary;
	struct dec kwh60; /* of the value 1 */
	int64_t limit; /* the largest value that is not above capacity */
};

/* What a register showed last, until what it shows next. */
struct shown {
	bool pending; /* and is not withdrawn */
	bool secondary;
	int64_t value;
	int scale;
	int64_t from_utc, to_utc;
	struct check_day *day;
};

/* The reading of one point's channel. */
struct reading {
	struct checking *checking;
	enum channel channel;
	int64_t from_utc; /* what begins before it is not looked at */
	const struct dec *kw; /* that are allowed; NULL: not asked for */
	struct unit unit;
	struct shown shown;
};

int
check_load_meters(struct checking *checking, struct qf_error *err)
{
	return meters_load(&checking->meters, checking->ledger,
	    checking->report->asof, checking->point.point, err);
}

/* Where a local day is added up. */
static struct check_day *
day_of(struct checking *checking, enum channel channel,
    const struct series_day *day)
{
	int32_t first = checking->period.first_day - CHECK_WEEK;
	size_t index = day->day < first ? 0 : (size_t)(day->day - first);

	if (index >= checking->day_count) {
		index = checking->day_count - 1;
	}
	return &checking->days[channel][index];
}

static bool
is_total(const struct check_span *span, enum channel channel)
{
	return span->channel == channel && span->band[0] == '\0';
}

static int64_t
time_of(const struct series_day *day, size_t i)
{
	return day->start_utc + (int64_t)i * day->minutes * 60;
}

/* How many of the day's intervals begin before the instant. */
static size_t
before(const struct series_day *day, int64_t utc)
{
	int64_t step_s = (int64_t)day->minutes * 60;

	if (utc <= day->start_utc) {
		return 0;
	}
	if (utc >= time_of(day, day->count)) {
		return day->count;
	}
	return (size_t)((utc - day->start_utc + step_s - 1) / step_s);
}

/* How many of them have ended by it. */
static size_t
ended(const struct series_day *day, int64_t utc)
{
	if (utc <= day->start_utc) {
		return 0;
	}
	if (utc >= time_of(day, day->count)) {
		return day->count;
	}
	return (size_t)((utc - day->start_utc) / ((int64_t)day->minutes * 60));
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t
most(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* One interval ----------------------------------------------------------- */

/* Keeps the mean power of intervals above what is allowed. */
static void
keep_power(struct check_day *day, const struct dec *kwh60, int64_t minutes)
{
	struct dec power = {0}, over = {0};

	dec_set_int(&over, minutes, 0);
	dec_div(&power, kwh60, &over, CHECK_SCALE, DEC_HALF_UP);
	if (dec_cmp(&power, &day->most_kw) > 0) {
		dec_set(&day->most_kw, &power);
	}
	dec_release(&power);
	dec_release(&over);
}

/* Takes one interval that is no whole number of the unit. */
static void
take_one(
    struct reading *reading, const struct shown *shown, const struct dec *kwh60)
{
	struct checking *checking = reading->checking;
	int64_t seconds = shown->to_utc - shown->from_utc;
	struct check_day *day = shown->day;
	struct dec allowed = {0};

	if (shown->from_utc < reading->from_utc ||
	    shown->from_utc >= checking->period.to_utc) {
		return;
	}
	dec_add(&day->kwh60, &day->kwh60, kwh60);
	day->seconds += seconds;
	if (shown->from_utc < checking->period.from_utc) {
		return;
	}
	if (reading->kw != NULL) {
		/* kW = kWh x 60 / minutes. */
		dec_mul_int(&allowed, reading->kw, seconds / 60);
		if (dec_cmp(kwh60, &allowed) > 0) {
			if (day->count++ == 0) {
				day->from_utc = shown->from_utc;
			}
			day->to_utc = shown->to_utc;
			keep_power(day, kwh60, seconds / 60);
		}
	}
	dec_release(&allowed);
	for (size_t i = 0; i < checking->span_count; i++) {
		struct check_span *span = &checking->spans[i];

		if (is_total(span, reading->channel) &&
		    span->from_utc <= shown->from_utc &&
		    shown->to_utc <= span->to_utc) {
			dec_add(&span->kwh60, &span->kwh60, kwh60);
			span->seconds += seconds;
		}
	}
}

/* Many intervals --------------------------------------------------------- */

static const struct unit *
find_unit(struct reading *reading, const struct series_day *day,
    const struct meter_stretch *meter)
{
	struct unit *unit = &reading->unit;
	bool secondary = day->side == SIDE_SECONDARY;
	struct dec nothing = DEC_SMALL(0, 0);

	if (unit->known && unit->quantity == day->quantity &&
	    unit->minutes == day->minutes && unit->scale == day->scale &&
	    unit->secondary == secondary && unit->meter == meter) {
		return unit;
	}
	unit->known = true;
	unit->quantity = day->quantity;
	unit->minutes = day->minutes;
	unit->scale = day->scale;
	unit->secondary = secondary;
	unit->meter = meter;
	scan_unit(&unit->kwh60, day->quantity, day->minutes, day->scale,
	    !secondary      ? NULL
	    : meter == NULL ? &nothing
			    : &meter->multiplier);
	unit->limit = reading->kw == NULL
			  ? SCAN_NO_LIMIT
			  : scan_limit(reading->kw, day->minutes, &unit->kwh60);
	return unit;
}

/* Adds what was scanned to a sum, and tells how long it was. */
static int64_t
add_scan(struct dec *kwh60, const struct scan *scan, const struct unit *unit)
{
	struct dec sum = DEC_SMALL(scan->sum, 0);

	dec_add_product(kwh60, &sum, &unit->kwh60);
	return (int64_t)scan->count * unit->minutes * 60;
}

static void
add_above(struct check_day *into, const struct scan *scan,
    const struct unit *unit, const struct series_day *day)
{
	struct dec kwh60 = {0};

	if (scan->above == 0) {
		return;
	}
	if (into->count == 0) {
		into->from_utc = time_of(day, scan->first);
	}
	into->count += (int64_t)scan->above;
	into->to_utc = time_of(day, scan->last + 1);
	dec_set_int(&kwh60, scan->most, 0);
	dec_mul(&kwh60, &kwh60, &unit->kwh60);
	keep_power(into, &kwh60, unit->minutes);
	dec_release(&kwh60);
}

/* Adds values [from, to) to the spans that they are in. */
static void
add_to_spans(struct reading *reading, const struct series_day *day,
    const int64_t *values, size_t from, size_t to, const struct unit *unit)
{
	struct checking *checking = reading->checking;
	struct scan scan;

	for (size_t i = 0; i < checking->span_count; i++) {
		struct check_span *span = &checking->spans[i];
		size_t end = least(to, ended(day, span->to_utc));
		size_t at = most(from, before(day, span->from_utc));

		if (!is_total(span, reading->channel)) {
			continue;
		}
		while (at < end) {
			at = scan_values(&scan, values, at, end, SCAN_NO_LIMIT);
			span->seconds += add_scan(&span->kwh60, &scan, unit);
		}
	}
}

/* Takes values [from, to) of one meter, all in the period or all before. */
static void
take_stretch(struct reading *reading, const struct series_day *day,
    const int64_t *values, size_t from, size_t to,
    const struct meter_stretch *meter)
{
	struct checking *checking = reading->checking;
	struct check_day *into = day_of(checking, reading->channel, day);
	const struct unit *unit = find_unit(reading, day, meter);
	bool in_period = time_of(day, from) >= checking->period.from_utc;
	int64_t limit = in_period ? unit->limit : SCAN_NO_LIMIT;
	struct scan scan;

	for (size_t i = from; i < to;) {
		i = scan_values(&scan, values, i, to, limit);
		into->seconds += add_scan(&into->kwh60, &scan, unit);
		add_above(into, &scan, unit, day);
	}
	if (in_period && checking->span_count > 0) {
		add_to_spans(reading, day, values, from, to, unit);
	}
}

/* Takes a day's values, each with the multiplier of its meter. */
static int
take_values(struct reading *reading, const struct series_day *day,
    const int64_t *values, struct qf_error *err)
{
	const struct checking *checking = reading->checking;
	size_t first = before(day, reading->from_utc);
	size_t begin = before(day, checking->period.from_utc);
	size_t end = before(day, checking->period.to_utc);
	const struct meter_stretch *meter = NULL;

	if (day->side == SIDE_SECONDARY &&
	    check_load_meters(reading->checking, err) == -1) {
		return -1;
	}
	for (size_t from = first, to; from < end; from = to) {
		int64_t utc = time_of(day, from);

		to = from < begin ? least(begin, end) : end;
		if (day->side == SIDE_SECONDARY) {
			meter = meters_at(&checking->meters, utc);
			to = least(to,
			    before(day, meters_until(&checking->meters, utc)));
		}
		take_stretch(reading, day, values, from, to, meter);
	}
	return 0;
}

/* Registers -------------------------------------------------------------- */

/* Takes the interval that ends with what the register shows now, at any
 * scale; a register that went down has turned over. */
static void
take_difference(struct reading *reading, int64_t value, int scale, int digits,
    const struct meter_stretch *meter)
{
	const struct shown *shown = &reading->shown;
	struct dec kwh60 = {0}, part = {0};

	dec_set_int(&kwh60, value, scale);
	dec_set_int(&part, shown->value, shown->scale);
	dec_sub(&kwh60, &kwh60, &part);
	if (dec_sign(&kwh60) < 0) {
		dec_set_int(&part, 1, 0);
		for (int i = 0; i < digits; i++) {
			dec_mul_int(&part, &part, 10);
		}
		dec_add(&kwh60, &kwh60, &part);
	}
	dec_mul_int(&kwh60, &kwh60, 60);
	if (shown->secondary) {
		dec_set_int(&part, 0, 0);
		dec_mul(
		    &kwh60, &kwh60, meter == NULL ? &part : &meter->multiplier);
	}
	take_one(reading, shown, &kwh60);
	dec_release(&kwh60);
	dec_release(&part);
}

/* Ends the interval before with what the register shows at i: as a whole
 * number of the day where that can be, else by itself. */
static void
end_interval(struct reading *reading, const struct series_day *day, size_t i)
{
	struct checking *checking = reading->checking;
	const struct shown *shown = &reading->shown;
	const struct meter_stretch *meter =
	    meters_at(&checking->meters, shown->from_utc);
	int digits = meter == NULL ? 0 : meter->digits;

	if (shown->from_utc < day->start_utc ||
	    !scan_difference(&checking->values[i - 1], shown->value,
		day->values[i], digits, day->scale)) {
		take_difference(
		    reading, day->values[i], day->scale, digits, meter);
	}
}

/* Turns what a register shows on a day into what it counted. */
static int
take_registers(
    struct reading *reading, const struct series_day *day, struct qf_error *err)
{
	struct checking *checking = reading->checking;
	struct shown *shown = &reading->shown;

	if (check_load_meters(checking, err) == -1) {
		return -1;
	}
	for (size_t i = 0; i < day->count; i++) {
		bool withdrawn = day->quality[i] == QUALITY_WITHDRAWN;

		checking->values[i] = SERIES_NULL;
		if (day->values[i] == SERIES_NULL) {
			continue;
		}
		if (shown->pending && shown->to_utc == time_of(day, i) &&
		    !withdrawn) {
			end_interval(reading, day, i);
		}
		shown->pending = !withdrawn;
		shown->secondary = day->side == SIDE_SECONDARY;
		shown->value = day->values[i];
		shown->scale = day->scale;
		shown->from_utc = time_of(day, i);
		shown->to_utc = time_of(day, i + 1);
		shown->day = day_of(checking, reading->channel, day);
	}
	return take_values(reading, day, checking->values, err);
}

/* Reading ---------------------------------------------------------------- */

/* The values without those that were withdrawn. */
static const int64_t *
standing(struct checking *checking, const struct series_day *day)
{
	if (memchr(day->quality, QUALITY_WITHDRAWN, day->count) == NULL) {
		return day->values;
	}
	for (size_t i = 0; i < day->count; i++) {
		checking->values[i] = day->quality[i] == QUALITY_WITHDRAWN
					  ? SERIES_NULL
					  : day->values[i];
	}
	return checking->values;
}

/* Only what a register shows next is asked of the day after the period. */
static bool
is_last(const struct reading *reading, const struct series_day *day)
{
	return day->quantity != QUANTITY_REGISTER &&
	       day->day >= reading->checking->period.end_day - 1;
}

static int
read_days(
    struct reading *reading, struct read_cursor *cursor, struct qf_error *err)
{
	const struct series_day *day;
	int rc;

	while ((rc = reads_next(cursor, &day, err)) == 1) {
		if (day->quantity == QUANTITY_REGISTER) {
			rc = take_registers(reading, day, err);
		} else {
			rc = take_values(reading, day,
			    standing(reading->checking, day), err);
		}
		if (rc == -1 || is_last(reading, day)) {
			return rc;
		}
	}
	return rc;
}

int
check_energy(struct checking *checking, enum channel channel, int32_t first_day,
    const struct dec *kw, struct qf_error *err)
{
	struct reading reading = {
	    .checking = checking,
	    .channel = channel,
	    .from_utc = zone_day_start(checking->zone, first_day),
	    .kw = kw,
	};
	struct read_cursor **cursor = &checking->reads[channel];
	int rc;

	assert(channel < CHECK_CHANNELS);
	if (*cursor == NULL &&
	    reads_open(cursor, checking->ledger, checking->report->asof,
		channel, first_day, checking->period.end_day + 1, err) == -1) {
		return -1;
	}
	if (reads_seek(*cursor, checking->point.point, err) == -1) {
		return -1;
	}
	rc = read_days(&reading, *cursor, err);
	dec_release(&reading.unit.kwh60);
	return rc;
}
