/* energy.c - interval values as exact energy, and their sums by band.
 *
 * Everything is whole numbers of one small unit, so that the sums of a month
 * of any bands are exact and a decimal is made of them only once, on a line.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/energy.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/zone.h"

void
energy_begin(struct energy_series *series)
{
	series->scale = 0;
	series->parts = 1;
	series->day_count = 0;
	series->tick_count = 0;
}

void
energy_release(struct energy_series *series)
{
	free(series->days);
	free(series->ticks);
	memset(series, 0, sizeof(*series));
}

size_t
energy_day(struct energy_series *series, int32_t day, int64_t start_utc,
    int minutes, size_t count)
{
	struct energy_day *last;

	assert(minutes > 0 && count > 0);
	if (series->day_count == series->day_capacity) {
		series->day_capacity = series->day_capacity * 2 + 32;
		series->days = xreallocarray(
		    series->days, series->day_capacity, sizeof(*series->days));
	}
	if (series->tick_count + count > series->tick_capacity) {
		series->tick_capacity = (series->tick_count + count) * 2;
		series->ticks = xreallocarray(series->ticks,
		    series->tick_capacity, sizeof(*series->ticks));
	}
	last = &series->days[series->day_count++];
	last->day = day;
	last->start_utc = start_utc;
	last->minutes = minutes;
	last->first = series->tick_count;
	last->count = count;
	last->gaps = true;
	for (size_t i = 0; i < count; i++) {
		series->ticks[last->first + i] = ENERGY_MISSING;
	}
	series->tick_count += count;
	return last->first;
}

static bool
is_gap(int64_t tick)
{
	return tick <= ENERGY_WITHDRAWN;
}

/* 10^exponent, or 0 where that is more than 64 bits hold. */
static int64_t
power_of_ten(int exponent)
{
	int64_t power = 1;

	for (int i = 0; i < exponent; i++) {
		if (__builtin_mul_overflow(power, 10, &power)) {
			return 0;
		}
	}
	return power;
}

/* tick * factor, or false when that is out of range. */
static bool
scale_tick(int64_t *tick, int64_t factor)
{
	return !__builtin_mul_overflow(*tick, factor, tick) &&
	       *tick <= ENERGY_TICK_MAX && *tick >= -ENERGY_TICK_MAX;
}

static int
out_of_range(struct refusal *refusal)
{
	return refuse(refusal, REASON_VALUE_RANGE,
	    "an interval value has more digits than can be summed");
}

int
energy_rescale(
    struct energy_series *series, int scale, int parts, struct refusal *refusal)
{
	int64_t factor;

	assert(scale >= series->scale && parts >= series->parts);
	factor = power_of_ten(scale - series->scale) * (parts / series->parts);
	series->scale = scale;
	series->parts = parts;
	if (factor == 1 || series->tick_count == 0) {
		return 0;
	}
	if (factor == 0) {
		return out_of_range(refusal);
	}
	for (size_t i = 0; i < series->tick_count; i++) {
		if (!is_gap(series->ticks[i]) &&
		    !scale_tick(&series->ticks[i], factor)) {
			return out_of_range(refusal);
		}
	}
	return 0;
}

/* The factor from the incoming unit to the series' own, which is made finer
 * first where it must be (fresh: nothing is in it yet); 0 where there is
 * none. */
static int64_t
factor_to(struct energy_series *series, bool fresh, int scale, int parts,
    const struct dec *multiplier, struct refusal *refusal)
{
	int64_t factor = 1;

	if (multiplier != NULL) {
		if (multiplier->big != NULL) {
			return 0;
		}
		factor = multiplier->small;
		scale += multiplier->scale;
	}
	if (series->day_count == 1 && fresh) {
		series->scale = scale;
		series->parts = parts;
	} else if ((scale > series->scale || parts > series->parts) &&
		   energy_rescale(series,
		       scale > series->scale ? scale : series->scale,
		       parts > series->parts ? parts : series->parts,
		       refusal) != 0) {
		return 0;
	}
	if (__builtin_mul_overflow(factor,
		power_of_ten(series->scale - scale) * (series->parts / parts),
		&factor)) {
		return 0;
	}
	return factor;
}

int
energy_put(struct energy_series *series, size_t slot, const int64_t *values,
    size_t count, int scale, int parts, const struct dec *multiplier,
    struct refusal *refusal)
{
	struct energy_day *day = &series->days[series->day_count - 1];
	int64_t factor, *ticks = series->ticks + slot;
	int64_t low = 0, high = 0;
	bool gaps = false;

	assert(series->day_count > 0 && slot >= day->first &&
	       slot + count <= day->first + day->count);
	factor =
	    factor_to(series, slot == 0, scale, parts, multiplier, refusal);
	if (factor == 0 && (multiplier == NULL || !dec_is_zero(multiplier))) {
		return out_of_range(refusal);
	}
	if (factor == 1) {
		for (size_t i = 0; i < count; i++) {
			ticks[i] = values[i];
			low = values[i] < low ? values[i] : low;
			high = values[i] > high ? values[i] : high;
		}
		if (low >= -ENERGY_TICK_MAX && high <= ENERGY_TICK_MAX) {
			day->gaps = count < day->count;
			return 0;
		}
	}
	for (size_t i = 0; i < count; i++) {
		ticks[i] = values[i];
		if (is_gap(values[i])) {
			gaps = true;
		} else if (!scale_tick(&ticks[i], factor)) {
			return out_of_range(refusal);
		}
	}
	day->gaps = gaps || count < day->count;
	return 0;
}

char *
energy_time(const struct zone *zone, int64_t utc, char buffer[40])
{
	civil_format_offset(utc, zone_offset(zone, utc), buffer);
	return buffer;
}

/* What energy_cover() finds. */
struct cover {
	int64_t first_utc; /* of the first gap */
	size_t missing, withdrawn;
	int64_t bare_s; /* seconds without any row */
	bool found;
};

static void
note_gap(struct cover *cover, int64_t at_utc)
{
	if (!cover->found) {
		cover->first_utc = at_utc;
		cover->found = true;
	}
}

static void
cover_day(struct cover *cover, const struct energy_series *series,
    const struct energy_day *day, int64_t from_utc, int64_t to_utc)
{
	int64_t step_s = (int64_t)day->minutes * 60;

	for (size_t i = 0; i < day->count; i++) {
		int64_t start_utc = day->start_utc + (int64_t)i * step_s;
		int64_t tick = series->ticks[day->first + i];

		if (!is_gap(tick) || start_utc >= to_utc ||
		    start_utc + step_s <= from_utc) {
			continue;
		}
		note_gap(cover, start_utc);
		cover->missing += tick == ENERGY_MISSING;
		cover->withdrawn += tick == ENERGY_WITHDRAWN;
	}
}

/* "9 days 3 hours 15 minutes". */
static void
say_seconds(int64_t seconds, char *out, size_t size)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}};
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < 3; i++) {
		int64_t count = seconds / units[i].seconds;

		seconds %= units[i].seconds;
		if (count > 0) {
			used += (size_t)snprintf(out + used, size - used,
			    "%s%lld %s%s", used > 0 ? " " : "",
			    (long long)count, units[i].name,
			    count == 1 ? "" : "s");
		}
	}
	assert(used < size);
}

static int
refuse_cover(const struct cover *cover, const struct zone *zone,
    const char *what, struct refusal *refusal)
{
	const char *reason = cover->missing == 0 && cover->bare_s == 0
				 ? REASON_WITHDRAWN_READ
				 : REASON_MISSING_READ;
	char time[40], some[96] = "", length[72], bare[104] = "";

	energy_time(zone, cover->first_utc, time);
	if (cover->missing + cover->withdrawn > 0) {
		(void)snprintf(some, sizeof(some),
		    ", %zu intervals missing, %zu withdrawn", cover->missing,
		    cover->withdrawn);
	}
	if (cover->bare_s > 0) {
		say_seconds(cover->bare_s, length, sizeof(length));
		(void)snprintf(
		    bare, sizeof(bare), ", no reads at all for %s", length);
	}
	return refuse(
	    refusal, reason, "%s: first gap at %s%s%s", what, time, some, bare);
}

int
energy_cover(const struct energy_series *series, int64_t from_utc,
    int64_t to_utc, const struct zone *zone, const char *what,
    struct refusal *refusal)
{
	struct cover cover = {0};
	int64_t next_utc = from_utc;

	for (size_t i = 0; i < series->day_count; i++) {
		const struct energy_day *day = &series->days[i];
		int64_t end_utc =
		    day->start_utc + (int64_t)day->count * day->minutes * 60;

		if (end_utc <= from_utc || day->start_utc >= to_utc) {
			continue;
		}
		if (day->start_utc > next_utc) {
			note_gap(&cover, next_utc);
			cover.bare_s += day->start_utc - next_utc;
		}
		if (day->gaps) {
			cover_day(&cover, series, day, from_utc, to_utc);
		}
		next_utc = end_utc > next_utc ? end_utc : next_utc;
	}
	if (next_utc < to_utc) {
		note_gap(&cover, next_utc);
		cover.bare_s += to_utc - next_utc;
	}
	return cover.found ? refuse_cover(&cover, zone, what, refusal) : 0;
}

/* Seconds that [start, start + step) and [from, to) have in common. */
static int64_t
common_s(int64_t start_utc, int64_t step_s, int64_t from_utc, int64_t to_utc)
{
	int64_t a = start_utc > from_utc ? start_utc : from_utc;
	int64_t b = start_utc + step_s < to_utc ? start_utc + step_s : to_utc;

	return b > a ? b - a : 0;
}

void
energy_total(struct dec *fines, const struct energy_series *series,
    int64_t from_utc, int64_t to_utc)
{
	struct dec part = {0};

	dec_set_int(fines, 0, 0);
	for (size_t i = 0; i < series->day_count; i++) {
		const struct energy_day *day = &series->days[i];
		const int64_t *ticks = series->ticks + day->first;
		int64_t step_s = (int64_t)day->minutes * 60;
		int64_t sum = 0;

		if (!day->gaps && day->start_utc >= from_utc &&
		    day->start_utc + (int64_t)day->count * step_s <= to_utc) {
			for (size_t k = 0; k < day->count; k++) {
				sum += ticks[k];
			}
			dec_set_int(&part, sum, 0);
			dec_mul_int(&part, &part, ENERGY_FINE);
			dec_add(fines, fines, &part);
			continue;
		}
		for (size_t k = 0; k < day->count; k++) {
			int64_t start_utc =
			    day->start_utc + (int64_t)k * step_s;
			int64_t s =
			    common_s(start_utc, step_s, from_utc, to_utc);

			if (s > 0 && !is_gap(ticks[k])) {
				dec_set_int(&part, ticks[k], 0);
				dec_mul_int(
				    &part, &part, s * (ENERGY_FINE / step_s));
				dec_add(fines, fines, &part);
			}
		}
	}
	dec_release(&part);
}

void
energy_pattern(struct energy_pattern *out, const uint8_t *band, size_t count)
{
	assert(count > 0 && count <= UINT16_MAX);
	out->cut = false;
	out->seen = 0;
	out->run_count = 0;
	for (size_t i = 0, start = 0; i < count; i++) {
		if (band[i] == BAND_CUT) {
			out->cut = true;
			return;
		}
		if (i + 1 < count && band[i + 1] == band[i]) {
			continue;
		}
		if (out->run_count == ENERGY_RUNS_MAX) {
			out->cut = true;
			return;
		}
		out->seen |= 1U << ENERGY_BAND(band[i]);
		out->runs[out->run_count++] = (struct energy_run){
		    .from = (uint16_t)start,
		    .to = (uint16_t)(i + 1),
		    .band = (uint8_t)ENERGY_BAND(band[i]),
		};
		start = i + 1;
	}
}

int
energy_sum_day(int64_t sums[ENERGY_BANDS], const int64_t *ticks,
    const struct energy_pattern *pattern, struct refusal *refusal)
{
	assert(!pattern->cut);
	for (size_t r = 0; r < pattern->run_count; r++) {
		const struct energy_run *run = &pattern->runs[r];
		int64_t sum = 0;

		/* At most 1500 values below 2^51: this cannot overflow. */
		for (size_t i = run->from; i < run->to; i++) {
			sum += ticks[i];
		}
		if (__builtin_add_overflow(
			sums[run->band], sum, &sums[run->band])) {
			return out_of_range(refusal);
		}
	}
	return 0;
}

/* Fines of a kWh: what a sum of fines is divided by, beside 10^scale. */
static void
fines_of_kwh(struct dec *out, const struct energy_series *series)
{
	dec_set_int(out, (int64_t)ENERGY_FINE * series->parts, 0);
}

void
energy_kwh(struct dec *kwh, const struct energy_series *series,
    const struct dec *fines, struct energy_given *given)
{
	struct dec whole = {0}, divisor = {0};
	int scale = series->scale + 6;

	if (scale < ENERGY_KWH_SCALE) {
		scale = ENERGY_KWH_SCALE;
	}
	dec_add(&given->exact, &given->exact, fines);
	dec_set(&whole, &given->exact);
	whole.scale += series->scale;
	fines_of_kwh(&divisor, series);
	dec_div(&whole, &whole, &divisor, scale, DEC_HALF_UP);
	dec_sub(kwh, &whole, &given->given);
	dec_set(&given->given, &whole);
	dec_trim(kwh, kwh);
	dec_release(&whole);
	dec_release(&divisor);
}

void
energy_given_release(struct energy_given *given)
{
	dec_release(&given->exact);
	dec_release(&given->given);
}

void
energy_amount(struct dec *out, const struct energy_series *series,
    const struct dec *price_x_fines)
{
	struct dec sum = {0}, divisor = {0};

	dec_set(&sum, price_x_fines);
	sum.scale += series->scale;
	fines_of_kwh(&divisor, series);
	dec_div(out, &sum, &divisor, sum.scale + 12, DEC_HALF_UP);
	dec_trim(out, out);
	dec_release(&sum);
	dec_release(&divisor);
}
