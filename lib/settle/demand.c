/* demand.c - the maximum demand of a month in kW.
 *
 * A window of so many ticks (energy.h) over `length` minutes is ticks x 60 /
 * length kWh an hour; length divides 60, so that is a whole number of ticks.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/demand.h"

#include <assert.h>
#include <string.h>

#define MINUTES_OF_HOUR 60
#define FINITE_DIGITS 2 /* that the 20 in 60 adds to a finite decimal */

void
demand_begin(struct demand_scan *scan, const struct demand *rule)
{
	scan->window_minutes = rule->window_minutes;
	scan->sliding = rule->sliding;
	scan->peak.found = false;
	scan->minutes = 0;
	scan->held = 0;
}

void
demand_end(struct demand_scan *scan)
{
	dec_release(&scan->peak.kw60);
	memset(scan, 0, sizeof(*scan));
}

int
demand_piece(const struct demand *rule, int minutes)
{
	return minutes < rule->window_minutes ? minutes : rule->window_minutes;
}

/* Takes a window of so many ticks in `length` minutes for the peak if it is
 * higher. */
static void
take_window(struct demand_scan *scan, const struct energy_series *series,
    int64_t ticks, int length, int64_t from_utc, int64_t to_utc)
{
	struct demand_peak *peak = &scan->peak;
	struct dec kw60 = {0};

	dec_set_int(&kw60, ticks, series->scale);
	dec_mul_int(&kw60, &kw60,
	    (int64_t)(MINUTES_OF_HOUR / length) *
		(DEMAND_KW60 / series->parts));
	if (!peak->found || dec_cmp(&kw60, &peak->kw60) > 0) {
		peak->found = true;
		dec_set(&peak->kw60, &kw60);
		peak->from_utc = from_utc;
		peak->to_utc = to_utc;
	}
	dec_release(&kw60);
}

/* Adds an interval that counts to the window that is being made up; `place` is
 * its place in a window that does not slide. */
static void
add_interval(struct demand_scan *scan, const struct energy_series *series,
    int64_t tick, size_t place, int64_t start_utc)
{
	size_t whole = (size_t)(scan->window_minutes / scan->minutes);
	int64_t sum = 0, to_utc = start_utc + (int64_t)scan->minutes * 60;

	if (!scan->sliding && place == 0) {
		scan->held = 0;
	}
	if (!scan->sliding && place != scan->held) {
		return; /* the window has begun with one that does not count */
	}
	scan->ticks[scan->held++] = tick;
	if (scan->held < whole) {
		return;
	}
	for (size_t i = 0; i < whole; i++) {
		sum += scan->ticks[i];
	}
	take_window(scan, series, sum, scan->window_minutes,
	    to_utc - (int64_t)scan->window_minutes * 60, to_utc);
	scan->held = whole - 1;
	memmove(
	    scan->ticks, scan->ticks + 1, scan->held * sizeof(scan->ticks[0]));
}

/* Intervals that make up windows. */
static void
short_intervals(struct demand_scan *scan, const struct energy_series *series,
    const struct energy_day *day, const bool *counts, int64_t from_utc,
    int64_t to_utc)
{
	int64_t step_s = (int64_t)day->minutes * 60;
	size_t whole = (size_t)(scan->window_minutes / day->minutes);

	if (scan->minutes != day->minutes || scan->next_utc != day->start_utc) {
		scan->minutes = day->minutes;
		scan->held = 0;
	}
	for (size_t i = 0; i < day->count; i++) {
		int64_t start_utc = day->start_utc + (int64_t)i * step_s;
		int64_t tick = series->ticks[day->first + i];

		if (start_utc < from_utc || start_utc + step_s > to_utc ||
		    tick <= ENERGY_WITHDRAWN ||
		    (counts != NULL && !counts[i])) {
			scan->held = 0;
			continue;
		}
		add_interval(scan, series, tick, i % whole, start_utc);
	}
	scan->next_utc = day->start_utc + (int64_t)day->count * step_s;
}

/* Intervals that hold windows, all with the interval's mean. */
static void
long_intervals(struct demand_scan *scan, const struct energy_series *series,
    const struct energy_day *day, const bool *counts, int64_t from_utc,
    int64_t to_utc)
{
	int64_t step_s = (int64_t)scan->window_minutes * 60;
	size_t pieces = (size_t)(day->minutes / scan->window_minutes);

	for (size_t i = 0; i < day->count * pieces; i++) {
		int64_t start_utc = day->start_utc + (int64_t)i * step_s;
		int64_t tick = series->ticks[day->first + i / pieces];

		if (start_utc >= from_utc && start_utc + step_s <= to_utc &&
		    tick > ENERGY_WITHDRAWN && (counts == NULL || counts[i])) {
			take_window(scan, series, tick, day->minutes, start_utc,
			    start_utc + step_s);
		}
	}
	scan->minutes = 0;
}

int
demand_day(struct demand_scan *scan, const struct energy_series *series,
    const struct energy_day *day, const bool *counts, int64_t from_utc,
    int64_t to_utc, struct refusal *refusal)
{
	int window = scan->window_minutes, minutes = day->minutes;

	assert(window > 0 && minutes > 0 && DEMAND_KW60 % series->parts == 0);
	if (MINUTES_OF_HOUR % window != 0 || MINUTES_OF_HOUR % minutes != 0 ||
	    (window % minutes != 0 && minutes % window != 0)) {
		return refuse(refusal, REASON_DEMAND_WINDOW,
		    "demand over %d minutes cannot be had from intervals of "
		    "%d minutes",
		    window, minutes);
	}
	if (minutes <= window) {
		short_intervals(scan, series, day, counts, from_utc, to_utc);
	} else {
		long_intervals(scan, series, day, counts, from_utc, to_utc);
	}
	return 0;
}

/* What was agreed: not less than a part of it, and what is above counts
 * several times. */
static void
hold_to_agreed(struct demand_charged *out, const struct demand *rule,
    const struct dec *agreed)
{
	struct dec agreed60 = {0}, edge = {0}, more = DEC_SMALL(1, 0);

	dec_mul_int(&agreed60, agreed, DEMAND_KW60);
	if (rule->has_least) {
		dec_mul(&edge, &agreed60, &rule->agreed_least);
		if (dec_cmp(&edge, &out->kw60) > 0) {
			dec_set(&out->kw60, &edge);
			out->by_least = true;
			out->by_ratchet = false;
		}
	}
	if (rule->has_over) {
		dec_mul(&edge, &agreed60, &rule->agreed_over);
		out->over = dec_cmp(&out->kw60, &edge) > 0;
	}
	if (out->over) {
		dec_sub(&edge, &out->kw60, &edge);
		dec_sub(&more, &rule->over_times, &more);
		dec_add_product(&out->kw60, &edge, &more);
	}
	dec_release(&agreed60);
	dec_release(&edge);
	dec_release(&more);
}

void
demand_charged(struct demand_charged *out, const struct demand *rule,
    const struct dec *peak60, const struct dec *before60,
    const struct dec *agreed)
{
	struct dec least = {0};

	out->by_ratchet = out->by_least = out->over = false;
	dec_set(&out->kw60, peak60);
	if (before60 != NULL) {
		dec_mul(&least, before60, &rule->ratchet_factor);
		if (dec_cmp(&least, &out->kw60) > 0) {
			dec_set(&out->kw60, &least);
			out->by_ratchet = true;
		}
	}
	if (agreed != NULL) {
		hold_to_agreed(out, rule, agreed);
	}
	dec_release(&least);
}

void
demand_charged_release(struct demand_charged *charged)
{
	dec_release(&charged->kw60);
}

void
demand_kw(struct dec *kw, const struct demand *rule, const struct dec *kw60)
{
	struct dec sixty = DEC_SMALL(DEMAND_KW60, 0);
	int scale = kw60->scale + FINITE_DIGITS;

	if (rule->has_round) {
		dec_div(kw, kw60, &sixty, rule->round.scale, rule->round.mode);
		return;
	}
	dec_div(kw, kw60, &sixty,
	    scale > DEMAND_KW_SCALE ? scale : DEMAND_KW_SCALE, DEC_HALF_UP);
	dec_trim(kw, kw);
}

bool
demand_discounted(const struct demand *rule, const struct energy_series *series,
    const struct dec *fines, const struct dec *kva)
{
	struct dec energy = {0}, edge = {0};
	bool reached;

	assert(rule->has_discount);
	dec_set(&energy, fines);
	energy.scale += series->scale;
	dec_mul(&edge, &rule->discount_kwh_per_kva, kva);
	dec_mul_int(&edge, &edge, (int64_t)ENERGY_FINE * series->parts);
	reached = dec_cmp(&energy, &edge) >= 0;
	dec_release(&energy);
	dec_release(&edge);
	return reached;
}
