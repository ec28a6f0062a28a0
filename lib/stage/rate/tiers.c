/* tiers.c - what the tiers of a charge have counted before a segment.
 *
 * The count of a day, month or year goes on over stretches, versions and
 * periods: what was used before the segment is summed up from the same reads
 * and registers, as of the run's entry, with the bands of the version that
 * asks.  Where the ledger does not reach back, the contract's options say what
 * was there: tier-start=1820 tier-from=2025-07-01.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/zone.h"
#include "stage/rate/own.h"

#define OPTION_START "tier-start"
#define OPTION_FROM "tier-from"

/* The day on which the day, month or year begins that `day` is in, and that on
 * which it ends. */
static void
scope_of(const struct tiers *tiers, int32_t day, int32_t *first, int32_t *end)
{
	int32_t month = civil_month_of_day(day);
	int year, of_year, of_month, since;

	switch (tiers->per) {
	case COUNT_DAY:
		*first = day;
		*end = day + 1;
		return;
	case COUNT_MONTH:
		*first = civil_month_first_day(month);
		*end = civil_month_first_day(month + 1);
		return;
	case COUNT_YEAR:
		civil_date(day, &year, &of_year, &of_month);
		since = (of_year - tiers->year_start_month + 12) % 12;
		*first = civil_month_first_day(month - since);
		*end = civil_month_first_day(month - since + 12);
		return;
	}
	BUG("tiers of no time");
}

/* The month's maximum demand as metered, where tiers are of so many kWh for
 * each kW of it. */
static int
find_demand(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct dec *kw, bool *found,
    struct qf_error *err)
{
	struct rate_demanded demanded = {0};
	int rc = 0;

	*found = false;
	for (size_t i = 0; i < charge->tiers->count; i++) {
		*found = *found || charge->tiers->list[i].unit == TIER_A_KW;
	}
	*found = *found && charge->demand != NULL;
	if (*found) {
		rc = rate_demand(rate, segment, charge, &demanded, err);
		demand_kw(kw, charge->demand, &demanded.peak.kw60);
		rate_demanded_release(&demanded);
	}
	return rc;
}

int
rate_edges(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct dec edges[TIER_MAX],
    struct qf_error *err)
{
	struct tier_scale scale = {.contract = segment->contract};
	struct dec kw = {0};
	int32_t first, end;
	bool found;
	int rc = find_demand(rate, segment, charge, &kw, &found, err);

	if (rc == 0) {
		scope_of(charge->tiers,
		    zone_day_of(rate->zone, segment->from_utc), &first, &end);
		scale.days = end - first;
		scale.demand_kw = found ? &kw : NULL;
		rc = tier_edges(edges, charge->tiers, &scale, &rate->refusal);
	}
	dec_release(&kw);
	return rc;
}

/* Counts ------------------------------------------------------------------ */

void
rate_counted_release(struct rate_unit *unit)
{
	for (size_t i = 0; i < unit->counted_count; i++) {
		for (size_t b = 0; b < ENERGY_BANDS; b++) {
			dec_release(&unit->counted[i].kwh[b]);
		}
	}
	unit->counted_count = 0;
}

/* The place of the charge's count. */
static struct rate_counted *
counted_of(struct rate_unit *unit, const struct charge *charge)
{
	struct rate_counted *counted;

	for (size_t i = 0; i < unit->counted_count; i++) {
		if (unit->counted[i].charge == charge) {
			return &unit->counted[i];
		}
	}
	if (unit->counted_count == unit->counted_capacity) {
		unit->counted_capacity = unit->counted_capacity * 2 + 4;
		unit->counted = xreallocarray(unit->counted,
		    unit->counted_capacity, sizeof(*unit->counted));
	}
	counted = &unit->counted[unit->counted_count++];
	memset(counted, 0, sizeof(*counted));
	counted->charge = charge;
	counted->until_utc = INT64_MIN;
	return counted;
}

void
rate_count(struct rate_counted *counted, const struct tiers *tiers,
    const struct rate_segment *segment, const struct dec kwh[ENERGY_BANDS])
{
	for (unsigned b = 0; b < ENERGY_BANDS; b++) {
		struct dec *sum = &counted->kwh[tier_counter(tiers, b)];

		if (tier_counts(tiers, b)) {
			dec_add(sum, sum, &kwh[b]);
		}
	}
	counted->until_utc = segment->to_utc;
}

/* Looking back ------------------------------------------------------------ */

/* What is put aside while another time is looked at. */
struct aside {
	struct rate_point point;
	struct rate_sums sums[RATE_CHANNELS];
	struct rate_mixed mixed[RATE_CHANNELS];
	const struct period *reading;
};

static void
put_aside(struct rate *rate, struct aside *aside, const struct period *period)
{
	assert(!rate->looking_back);
	aside->point = rate->point;
	memcpy(aside->sums, rate->sums, sizeof(aside->sums));
	memcpy(aside->mixed, rate->mixed, sizeof(aside->mixed));
	aside->reading = rate->reading;
	memset(&rate->point, 0, sizeof(rate->point));
	memset(rate->sums, 0, sizeof(rate->sums));
	memset(rate->mixed, 0, sizeof(rate->mixed));
	rate_point_begin(&rate->point, aside->point.name);
	rate->reading = period;
	rate->looking_back = true;
}

static void
release_sums(struct rate_sums *sums)
{
	cells_release(&sums->cells);
	dec_release(&sums->total);
	for (size_t b = 0; b < ENERGY_BANDS; b++) {
		dec_release(&sums->kwh[b]);
	}
}

static void
take_back(struct rate *rate, const struct aside *aside)
{
	rate_point_release(&rate->point);
	for (size_t c = 0; c < RATE_CHANNELS; c++) {
		release_sums(&rate->sums[c]);
		rate_mixed_release(&rate->mixed[c]);
	}
	rate->point = aside->point;
	memcpy(rate->sums, aside->sums, sizeof(aside->sums));
	memcpy(rate->mixed, aside->mixed, sizeof(aside->mixed));
	rate->reading = aside->reading;
	rate->looking_back = false;
}

/* Adds what the stretch used in [from_utc, to_utc), month after month, since
 * parts of the energy are those of a month. */
static int
add_stretch(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, const struct contract *stretch,
    int64_t from_utc, int64_t to_utc, struct rate_counted *counted,
    struct qf_error *err)
{
	struct rate_segment past = *segment;
	struct dec kwh[ENERGY_BANDS] = {{0}};
	int rc = 0;

	past.contract = stretch;
	while (rc == 0 && from_utc < to_utc) {
		int32_t day = zone_day_of(rate->zone, from_utc);
		int year, month, of_month;

		civil_date(day, &year, &month, &of_month);
		past.month = year * 100 + month;
		past.from_utc = from_utc;
		past.to_utc = zone_day_start(rate->zone,
		    civil_month_first_day(civil_month_of_day(day) + 1));
		past.to_utc = past.to_utc < to_utc ? past.to_utc : to_utc;
		for (size_t c = 0; c < RATE_CHANNELS; c++) {
			rate->sums[c].ready = false;
			rate->mixed[c].sums.ready = false;
		}
		rc = rate_kwh(rate, &past, charge, kwh, err);
		if (rc == 0) {
			rate_count(counted, charge->tiers, &past, kwh);
		}
		from_utc = past.to_utc;
	}
	for (size_t b = 0; b < ENERGY_BANDS; b++) {
		dec_release(&kwh[b]);
	}
	return rc;
}

/* Adds what all stretches of the contract used from since_utc to the segment.
 */
static int
add_stretches(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, const struct contract *stretches, size_t count,
    struct rate_counted *counted, struct qf_error *err)
{
	struct period period;
	struct aside aside;
	int rc = 0;

	period_of_days(rate->zone, zone_day_of(rate->zone, counted->since_utc),
	    zone_day_of(rate->zone, segment->from_utc - 1) + 1, &period);
	put_aside(rate, &aside, &period);
	for (size_t i = 0; i < count && rc == 0; i++) {
		int64_t from_utc, to_utc;

		if (!contract_within(&stretches[i], counted->since_utc,
			segment->from_utc, &from_utc, &to_utc)) {
			continue;
		}
		if (stretches[i].basis == BASIS_SESSIONS) {
			rc = refuse(&rate->refusal, REASON_NO_INTERVALS,
			    "sessions are not counted in tiers");
		} else {
			rc = add_stretch(rate, segment, charge, &stretches[i],
			    from_utc, to_utc, counted, err);
		}
	}
	take_back(rate, &aside);
	return rc;
}

/* The stretches of the contract's leg at the point that touch the time from an
 * instant to the segment, with one that ends or begins there; the caller frees
 * them. */
static int
find_stretches(struct rate *rate, const struct rate_segment *segment,
    int64_t from_utc, struct contract **out, size_t *count,
    struct qf_error *err)
{
	struct contract_cursor *cursor;
	struct contract contract;
	int rc;

	*out = NULL;
	*count = 0;
	if (contracts_open(&cursor, rate->ledger, rate->request->asof,
		from_utc - 1, segment->from_utc + 1,
		segment->contract->contract, segment->contract->leg,
		err) == -1) {
		return -1;
	}
	while ((rc = contracts_next(cursor, &contract, err)) == 1) {
		if (strcmp(contract.point, segment->contract->point) != 0 ||
		    contract.from_utc >= contract.to_utc) {
			continue;
		}
		*out = xreallocarray(*out, *count + 1, sizeof(**out));
		(*out)[(*count)++] = contract;
	}
	contracts_close(cursor);
	return rc;
}

/* Options ----------------------------------------------------------------- */

static int
bad_option(struct rate *rate, const struct contract *contract,
    const char *option, const char *what)
{
	return refuse(&rate->refusal, REASON_BAD_OPTION,
	    "option %s of contract %s is no %s", option, contract->contract,
	    what);
}

/* Takes the count that the contract opens with, of all bands or of each
 * (tier-start-peak=...). */
static int
open_count(struct rate *rate, const struct rate_segment *segment,
    const struct tiers *tiers, struct rate_counted *counted)
{
	const struct contract *contract = segment->contract;
	const struct tariff_version *version = segment->version;
	unsigned count = tiers->each_band ? (unsigned)version->band_count : 1;

	for (unsigned b = 0; b < count; b++) {
		char option[ID_MAX + sizeof(OPTION_START) + 1] = OPTION_START;
		unsigned long length;
		const char *text;
		struct qf_error err;

		if (tiers->each_band) {
			snprintf(option, sizeof(option), OPTION_START "-%s",
			    version->bands[b].code);
		}
		text = contract_option(contract, option, &length);
		if (text == NULL) {
			continue;
		}
		if (dec_parse(&counted->kwh[b], text, length, &err) == -1 ||
		    dec_sign(&counted->kwh[b]) < 0) {
			return bad_option(rate, contract, option, "number");
		}
		counted->opened = true;
	}
	return 0;
}

/* Where the contract says with which count it opens in the scope, begins there:
 * from the day that it says, or from its start. */
static int
begin_opened(struct rate *rate, const struct rate_segment *segment,
    const struct tiers *tiers, int64_t start_utc, struct rate_counted *counted)
{
	const struct contract *contract = segment->contract;
	int64_t scope_utc = counted->since_utc, from_utc = start_utc;
	unsigned long length;
	const char *text = contract_option(contract, OPTION_FROM, &length);
	struct qf_error err;
	int32_t day;

	if (text != NULL) {
		if (civil_parse_day(text, length, &day, &err) == -1) {
			return bad_option(rate, contract, OPTION_FROM, "day");
		}
		from_utc = zone_day_start(rate->zone, day);
	}
	if (from_utc < scope_utc || from_utc > segment->from_utc) {
		return 0;
	}
	if (open_count(rate, segment, tiers, counted) != 0) {
		return 1;
	}
	if (counted->opened) {
		counted->since_utc = from_utc;
	}
	return 0;
}

/* The count before a segment that no other has prepared. */
static int
count_back(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct rate_counted *counted,
    struct qf_error *err)
{
	struct contract *stretches;
	struct refusal why;
	char time[40];
	size_t count;
	int rc = find_stretches(
	    rate, segment, counted->since_utc, &stretches, &count, err);

	if (rc == 0) {
		assert(count > 0);
		rc = begin_opened(rate, segment, charge->tiers,
		    stretches[0].from_utc, counted);
	}
	if (rc == 0 && counted->since_utc < segment->from_utc) {
		rc = add_stretches(
		    rate, segment, charge, stretches, count, counted, err);
		if (rc == 1) {
			why = rate->refusal;
			refuse(&rate->refusal, REASON_TIER_COUNT,
			    "the tiers of charge %s count from %.10s on: %s",
			    charge->component,
			    energy_time(rate->zone, counted->since_utc, time),
			    why.detail);
		}
	}
	free(stretches);
	return rc;
}

int
rate_counted(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct rate_counted **out,
    struct qf_error *err)
{
	struct rate_counted *counted = counted_of(&rate->unit, charge);
	int64_t scope_utc;
	int32_t first, end;

	*out = counted;
	scope_of(charge->tiers, zone_day_of(rate->zone, segment->from_utc),
	    &first, &end);
	scope_utc = zone_day_start(rate->zone, first);
	if (counted->until_utc == segment->from_utc &&
	    counted->since_utc >= scope_utc && segment->from_utc > scope_utc) {
		return 0;
	}
	for (size_t b = 0; b < ENERGY_BANDS; b++) {
		dec_set_int(&counted->kwh[b], 0, 0);
	}
	counted->opened = false;
	counted->since_utc = scope_utc;
	return count_back(rate, segment, charge, counted, err);
}
