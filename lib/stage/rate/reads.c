/* reads.c - interval reads of a point as exact energy.
 *
 * Energy is taken as it is, mean power times its minutes, a register as the
 * difference to what it shows an interval later; and what the meter counts on
 * its secondary side times the multiplier (倍率) that is valid then.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "settle/register.h"
#include "stage/rate/own.h"

void
rate_meters_release(struct rate_meters *meters)
{
	for (size_t i = 0; i < meters->count; i++) {
		dec_release(&meters->meters[i].multiplier);
	}
	free(meters->meters);
	memset(meters, 0, sizeof(*meters));
}

static int
add_meter(
    struct rate_meters *meters, const struct fact *fact, struct qf_error *err)
{
	const char *name = rulebook_text(fact, "meter");
	const char *digits = rulebook_text(fact, "digits");
	struct rate_meter *meter;

	if (meters->count == meters->capacity) {
		meters->capacity = meters->capacity * 2 + 4;
		meters->meters = xreallocarray(
		    meters->meters, meters->capacity, sizeof(*meters->meters));
	}
	meter = &meters->meters[meters->count++];
	memset(meter, 0, sizeof(*meter));
	memcpy(meter->meter, name, strlen(name) + 1);
	meter->from_utc = rulebook_integer(fact, "from", INT64_MIN);
	meter->to_utc = rulebook_integer(fact, "to", UTC_OPEN);
	rulebook_decimal(&meter->multiplier, fact, "multiplier");
	if (register_digits(&meter->digits, digits) == -1) {
		return qf_fail(err, QF_DATA, "meter-digits",
		    "meter %s: digits: %s is not like 6.2", name, digits);
	}
	return 0;
}

int
rate_meters(struct rate *rate, const char *point,
    const struct rate_meters **out, struct qf_error *err)
{
	struct rate_meters *meters = &rate->meters;
	struct fact fact;
	int64_t entry;
	int rc;

	*out = meters;
	if (strcmp(meters->point, point) == 0) {
		return 0;
	}
	for (size_t i = 0; i < meters->count; i++) {
		dec_release(&meters->meters[i].multiplier);
	}
	meters->count = 0;
	meters->point[0] = '\0';
	if (facts_lookup(&rate->meter_cursor, rate->ledger,
		LOOKUP_METERS_OF_POINT, rate->request->asof, point, 0, 0,
		err) == -1) {
		return -1;
	}
	while ((rc = facts_next(rate->meter_cursor, &fact, &entry, err)) == 1) {
		if (add_meter(meters, &fact, err) == -1) {
			return -1;
		}
	}
	memcpy(meters->point, point, strlen(point) + 1);
	return rc;
}

static const struct rate_meter *
meter_at(const struct rate_meters *meters, int64_t utc)
{
	for (size_t i = 0; i < meters->count; i++) {
		const struct rate_meter *meter = &meters->meters[i];

		if (meter->from_utc <= utc && utc < meter->to_utc) {
			return meter;
		}
	}
	return NULL;
}

static int
refuse_meter(struct rate *rate, const char *point, int64_t utc)
{
	char time[40];

	return refuse(&rate->refusal, REASON_NO_METER,
	    "point %s has no meter at %s, so no multiplier and no digits",
	    point, energy_time(rate->zone, utc, time));
}

static int64_t
time_of(const struct series_day *day, size_t i)
{
	return day->start_utc + (int64_t)i * day->minutes * 60;
}

/* The values with withdrawn ones marked as such. */
static const int64_t *
mark(struct rate *rate, const struct series_day *day)
{
	if (memchr(day->quality, QUALITY_WITHDRAWN, day->count) == NULL) {
		return day->values;
	}
	for (size_t i = 0; i < day->count; i++) {
		rate->marked[i] = day->quality[i] == QUALITY_WITHDRAWN
				      ? ENERGY_WITHDRAWN
				      : day->values[i];
	}
	return rate->marked;
}

/* Puts values [from, to) of a day with the multiplier of one meter (NULL: as
 * they are). */
static int
put_stretch(struct rate *rate, struct energy_series *out, size_t slot,
    const struct series_day *day, const int64_t *values, size_t from, size_t to,
    int scale, const struct rate_meter *meter)
{
	bool power = day->quantity == QUANTITY_KW;
	struct dec factor = DEC_SMALL(1, 0);
	int rc;

	if (meter != NULL) {
		dec_set(&factor, &meter->multiplier);
	}
	if (power) {
		dec_mul_int(&factor, &factor, day->minutes);
	}
	rc = energy_put(out, slot + from, values + from, to - from, scale,
	    power ? 60 : 1, meter != NULL || power ? &factor : NULL,
	    &rate->refusal);
	dec_release(&factor);
	return rc;
}

static bool
is_gap(int64_t value)
{
	return value == ENERGY_MISSING || value == ENERGY_WITHDRAWN;
}

/* Where the values from `from` on that are of this meter end; or, where there
 * is none, the gaps, which need none. */
static size_t
end_of_meter(const struct rate_meters *meters, const struct rate_meter *meter,
    const struct series_day *day, const int64_t *values, size_t from)
{
	size_t to = from + 1;

	if (meter != NULL) {
		while (to < day->count && time_of(day, to) < meter->to_utc) {
			to++;
		}
		return to;
	}
	while (to < day->count && is_gap(values[to]) &&
	       meter_at(meters, time_of(day, to)) == NULL) {
		to++;
	}
	return to;
}

/* Puts a day's values, each with the multiplier of its meter. */
static int
put_day(struct rate *rate, struct energy_series *out,
    const struct series_day *day, const int64_t *values, int scale,
    struct qf_error *err)
{
	size_t slot =
	    energy_day(out, day->day, day->start_utc, day->minutes, day->count);
	const struct rate_meters *meters;

	rate->counts->reads += (int64_t)day->count;
	if (day->side == SIDE_PRIMARY) {
		return put_stretch(
		    rate, out, slot, day, values, 0, day->count, scale, NULL);
	}
	if (rate_meters(rate, day->point, &meters, err) == -1) {
		return -1;
	}
	for (size_t from = 0, to; from < day->count; from = to) {
		const struct rate_meter *meter =
		    meter_at(meters, time_of(day, from));

		if (meter == NULL && !is_gap(values[from])) {
			return refuse_meter(
			    rate, day->point, time_of(day, from));
		}
		to = end_of_meter(meters, meter, day, values, from);
		if (put_stretch(rate, out, slot, day, values, from, to, scale,
			meter) != 0) {
			return 1;
		}
	}
	return 0;
}

/* Registers -------------------------------------------------------------- */

/* What one register shows after the other, `scale` digits each. */
static int
difference(struct rate *rate, const struct series_day *day, size_t i, int64_t a,
    int64_t b, int scale, int64_t *out, struct qf_error *err)
{
	const struct rate_meters *meters;
	const struct rate_meter *meter;
	struct dec start = {0}, end = {0}, kwh = {0};
	char time[40];
	int rc;

	if (rate_meters(rate, day->point, &meters, err) == -1) {
		return -1;
	}
	meter = meter_at(meters, time_of(day, i));
	if (meter == NULL) {
		return refuse_meter(rate, day->point, time_of(day, i));
	}
	if (meter->to_utc <= time_of(day, i + 1)) {
		return refuse(&rate->refusal, REASON_METER_CHANGE,
		    "meter %s was taken away in the interval from %s",
		    meter->meter,
		    energy_time(rate->zone, time_of(day, i), time));
	}
	dec_set_int(&start, a, scale);
	dec_set_int(&end, b, scale);
	rc = register_difference(
	    &kwh, &start, &end, meter->digits, &rate->refusal);
	if (rc == 0 && dec_to_int64(&kwh, scale, out, err) == -1) {
		BUG("a difference of registers out of range");
	}
	dec_release(&start);
	dec_release(&end);
	dec_release(&kwh);
	return rc;
}

/* value x 10^digits; gaps stay, and what is too large is a gap. */
static int64_t
lift(int64_t value, int digits)
{
	if (value <= ENERGY_WITHDRAWN) {
		return value;
	}
	while (digits-- > 0) {
		if (__builtin_mul_overflow(value, 10, &value)) {
			return ENERGY_MISSING;
		}
	}
	return value;
}

static int64_t
shown(const struct series_day *day, size_t i)
{
	return day->quality[i] == QUALITY_WITHDRAWN ? ENERGY_WITHDRAWN
						    : day->values[i];
}

/* Turns a day of registers into differences; next: the day after, whose first
 * value ends the last interval, or NULL. */
static int
put_registers(struct rate *rate, struct energy_series *out,
    const struct series_day *day, const struct series_day *next,
    struct qf_error *err)
{
	bool follows = next != NULL && next->quantity == QUANTITY_REGISTER &&
		       next->side == day->side &&
		       next->start_utc == time_of(day, day->count);
	int scale =
	    follows && next->scale > day->scale ? next->scale : day->scale;

	for (size_t i = 0; i < day->count; i++) {
		int64_t a = lift(shown(day, i), scale - day->scale);
		int64_t b = ENERGY_MISSING;
		int rc;

		if (i + 1 < day->count) {
			b = lift(shown(day, i + 1), scale - day->scale);
		} else if (follows) {
			b = lift(shown(next, 0), scale - next->scale);
		}
		if (a <= ENERGY_WITHDRAWN || b <= ENERGY_WITHDRAWN) {
			rate->marked[i] =
			    a == ENERGY_WITHDRAWN || b == ENERGY_WITHDRAWN
				? ENERGY_WITHDRAWN
				: ENERGY_MISSING;
			continue;
		}
		rc = difference(
		    rate, day, i, a, b, scale, &rate->marked[i], err);
		if (rc != 0) {
			return rc;
		}
	}
	return put_day(rate, out, day, rate->marked, scale, err);
}

/* The day after the period, whose first register ends the last interval. */
static int
put_last(struct rate *rate, struct energy_series *out, const char *point,
    enum channel channel, struct qf_error *err)
{
	int32_t end_day = rate->reading->end_day;
	struct read_cursor *cursor = NULL;
	const struct series_day *next = NULL;
	int rc;

	if (reads_of_point(&cursor, rate->ledger, rate->request->asof, channel,
		point, end_day, end_day + 1, err) == -1) {
		return -1;
	}
	rc = reads_next(cursor, &next, err);
	if (rc >= 0) {
		rc = put_registers(
		    rate, out, rate->before, rc == 1 ? next : NULL, err);
	}
	reads_close(cursor);
	return rc;
}

/* Reading ---------------------------------------------------------------- */

static int
read_days(struct rate *rate, struct read_cursor *cursor,
    struct energy_series *out, bool *pending, struct qf_error *err)
{
	const struct series_day *day;
	int rc;

	while ((rc = reads_next(cursor, &day, err)) == 1) {
		if (rate->saw != NULL) {
			rate->saw(rate->saw_context, day);
		}
		if (*pending) {
			*pending = false;
			rc = put_registers(rate, out, rate->before, day, err);
			if (rc != 0) {
				return rc;
			}
		}
		if (day->quantity == QUANTITY_REGISTER) {
			*rate->before = *day;
			*pending = true;
			continue;
		}
		rc = put_day(rate, out, day, mark(rate, day), day->scale, err);
		if (rc != 0) {
			return rc;
		}
	}
	return rc;
}

int
rate_reads(struct rate *rate, const char *point, enum channel channel,
    bool in_step, struct energy_series *out, struct qf_error *err)
{
	const struct rate_request *request = rate->request;
	struct read_cursor *cursor = NULL;
	bool pending = false;
	int rc;

	energy_begin(out);
	in_step = in_step && channel < RATE_CHANNELS &&
		  rate->reading == &request->period;
	if (in_step) {
		if (rate->reads[channel] == NULL &&
		    reads_open(&rate->reads[channel], rate->ledger,
			request->asof, channel, request->period.first_day,
			request->period.end_day, err) == -1) {
			return -1;
		}
		cursor = rate->reads[channel];
		if (reads_seek(cursor, point, err) == -1) {
			return -1;
		}
	} else if (reads_of_point(&cursor, rate->ledger, request->asof, channel,
		       point, rate->reading->first_day, rate->reading->end_day,
		       err) == -1) {
		return -1;
	}
	rc = read_days(rate, cursor, out, &pending, err);
	if (rc == 0 && pending) {
		rc = put_last(rate, out, point, channel, err);
	}
	if (!in_step) {
		reads_close(cursor);
	}
	return rc;
}
