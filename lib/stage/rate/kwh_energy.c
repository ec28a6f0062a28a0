/* kwh_energy.c - which energy a charge per kWh is of: both channels of the
 * point against each other, and a part of that.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/zone.h"
#include "stage/rate/kwh_own.h"

void
kwh_begin(struct kwh_work *work, struct rate *rate,
    const struct rate_segment *segment, const struct charge *charge)
{
	*work = (struct kwh_work){
	    .rate = rate,
	    .segment = segment,
	    .charge = charge,
	    .other = charge->channel == CHANNEL_IMPORT ? CHANNEL_EXPORT
						       : CHANNEL_IMPORT,
	    .share = DEC_SMALL(1, 0),
	    .has_share = true,
	};
}

void
kwh_end(struct kwh_work *work)
{
	size_t tiers =
	    work->charge->tiers == NULL ? 0 : work->charge->tiers->count;

	for (size_t i = 0; i < work->part_count; i++) {
		dec_release(&work->parts[i].value);
	}
	for (size_t b = 0; b < ENERGY_BANDS; b++) {
		dec_release(&work->kwh[b]);
		dec_release(&work->before[b]);
	}
	for (size_t t = 0; t < TIER_MAX; t++) {
		dec_release(&work->edges[t]);
	}
	for (size_t i = 0;
	     work->prices != NULL && i < (tiers + 1) * ENERGY_BANDS; i++) {
		dec_release(&work->prices[i]);
	}
	dec_release(&work->share);
	portions_release(&work->portions);
	free(work->parts);
	free(work->prices);
	free(work->by_band);
	free(work->conditions);
}

/* Parts ------------------------------------------------------------------- */

static bool
shares_with(const struct kwh_work *work, const struct charge *charge)
{
	const struct charge *own = work->charge;

	return charge->part != NULL && charge->per == PER_KWH &&
	       charge->channel == own->channel &&
	       charge->of_energy == own->of_energy &&
	       charge->over == own->over &&
	       rate_charges(work->segment->contract, charge);
}

/* Whether an earlier segment touches the segment's first day, and so has it. */
static bool
is_taken(const struct kwh_work *work, int32_t day)
{
	const struct rate_unit *unit = &work->rate->unit;
	int64_t start_utc = zone_day_start(work->rate->zone, day);

	for (size_t i = 0; i < unit->stretch_count; i++) {
		if (unit->stretches[i].from_utc < work->segment->from_utc &&
		    unit->stretches[i].to_utc > start_utc &&
		    work->segment->from_utc > start_utc) {
			return true;
		}
	}
	return false;
}

/* The kWh of a month that fall on the segment's days of it. */
static void
share_month(const struct kwh_work *work, struct dec *kwh)
{
	const struct rate_segment *segment = work->segment;
	const struct zone *zone = work->rate->zone;
	int32_t first = zone_day_of(zone, segment->from_utc);
	int32_t end = zone_day_of(zone, segment->to_utc - 1) + 1;
	int32_t month = civil_month_of_day(first);
	int32_t of_month = civil_month_first_day(month);

	first += is_taken(work, first) ? 1 : 0;
	first = first < end ? first : end;
	part_of_month(kwh, kwh, first - of_month, end - of_month,
	    civil_month_first_day(month + 1) - of_month);
}

static int
ask_part(struct kwh_work *work, const struct energy_part *part,
    struct part_asked *asked)
{
	const struct contract *contract = work->segment->contract;
	struct rate *rate = work->rate;
	unsigned long length;
	const char *text;
	struct qf_error err;

	asked->kind = part->kind;
	dec_set(&asked->value, &part->value);
	if (part->option[0] != '\0') {
		text = contract_option(contract, part->option, &length);
		if (text == NULL ||
		    dec_parse(&asked->value, text, length, &err) == -1 ||
		    dec_sign(&asked->value) < 0) {
			return refuse(&rate->refusal, REASON_BAD_OPTION,
			    "option %s of contract %s, which says a part of "
			    "the energy, is %s",
			    part->option, contract->contract,
			    text == NULL ? "not there" : "no number");
		}
	}
	if (asked->kind == PART_KWH) {
		share_month(work, &asked->value);
	}
	return 0;
}

/* The parts of all charges that share the energy with this one. */
static int
find_parts(struct kwh_work *work)
{
	const struct tariff_version *version = work->segment->version;
	int rc = 0;

	if (work->charge->part == NULL) {
		return 0;
	}
	work->parts = xcalloc(version->charge_count, sizeof(*work->parts));
	for (size_t i = 0; rc == 0 && i < version->charge_count; i++) {
		const struct charge *charge = &version->charges[i];

		if (!shares_with(work, charge)) {
			continue;
		}
		if (charge == work->charge) {
			work->part_own = work->part_count;
		}
		rc = ask_part(
		    work, charge->part, &work->parts[work->part_count++]);
	}
	if (rc == 0) {
		work->has_share = part_share(&work->share, work->parts,
		    work->part_count, work->part_own);
	}
	return rc;
}

/* Takes the charge's part of kWh of bands. */
static int
take_part(struct kwh_work *work, struct dec kwh[ENERGY_BANDS])
{
	struct dec part[ENERGY_BANDS] = {{0}};
	int rc;

	if (work->charge->part == NULL) {
		return 0;
	}
	rc = part_kwh(part, kwh, work->parts, work->part_count, work->part_own,
	    &work->rate->refusal);
	for (size_t b = 0; b < ENERGY_BANDS; b++) {
		if (rc == 0) {
			dec_set(&kwh[b], &part[b]);
		}
		dec_release(&part[b]);
	}
	return rc;
}

/* Energy ------------------------------------------------------------------ */

/* The kWh of sums; of registers without bands all of it in the first. */
static void
load_bands(const struct rate_sums *sums, struct dec kwh[ENERGY_BANDS])
{
	bool placed = false;

	for (unsigned b = 0; b < ENERGY_BANDS; b++) {
		dec_set_int(&kwh[b], 0, 0);
		if ((sums->seen & 1U << b) == 0) {
			continue;
		}
		if (!sums->only_total) {
			dec_set(&kwh[b], &sums->kwh[b]);
		} else if (!placed) {
			dec_set(&kwh[b], &sums->total);
		}
		placed = true;
	}
}

/* Puts all bands into the first that was met. */
static void
gather_bands(struct dec kwh[ENERGY_BANDS], unsigned seen)
{
	unsigned first = 0;

	while (first < TARIFF_BANDS_MAX && (seen & 1U << first) == 0) {
		first++;
	}
	for (unsigned b = 0; b < ENERGY_BANDS; b++) {
		if (b != first) {
			dec_add(&kwh[first], &kwh[first], &kwh[b]);
			dec_set_int(&kwh[b], 0, 0);
		}
	}
}

/* Sets both channels against each other, band by band where the charge is by
 * band. */
static void
set_off(const struct kwh_work *work, struct dec own[ENERGY_BANDS],
    struct dec other[ENERGY_BANDS], unsigned seen)
{
	if (!work->charge->by_band) {
		gather_bands(own, seen);
		gather_bands(other, seen);
	}
	for (size_t b = 0; b < ENERGY_BANDS; b++) {
		part_quantity(
		    &own[b], work->charge->of_energy, &own[b], &other[b]);
	}
}

/* kWh of the segment where the channels are set against each other over all of
 * it. */
static int
load_month(struct kwh_work *work, struct qf_error *err)
{
	struct rate *rate = work->rate;
	const struct rate_sums *own = &rate->sums[work->charge->channel];
	const struct rate_sums *other = &rate->sums[work->other];
	struct dec kwh[ENERGY_BANDS] = {{0}};
	int rc = rate_sum(rate, work->segment, work->other, err);

	if (rc != 0) {
		return rc;
	}
	load_bands(own, work->kwh);
	load_bands(other, kwh);
	work->seen = own->seen | other->seen;
	work->total_only = own->only_total || other->only_total;
	set_off(work, work->kwh, kwh, work->seen);
	for (size_t b = 0; b < ENERGY_BANDS; b++) {
		dec_release(&kwh[b]);
	}
	return 0;
}

/* A walk through the cells of a channel by days. */
struct days {
	const struct rate_sums *sums;
	size_t cell;
	struct energy_given given;
	struct dec kwh[ENERGY_BANDS]; /* of the day */
	unsigned seen;
	int64_t from_utc, to_utc;
};

/* Sums the cells of a local day up. */
static void
sum_day(struct days *days, int32_t day)
{
	const struct cells *cells = &days->sums->cells;
	struct dec fines[ENERGY_BANDS] = {{0}}, of_cell = {0};

	days->seen = 0;
	for (; days->cell < cells->count && cells->cells[days->cell].day == day;
	     days->cell++) {
		const struct cell *cell = &cells->cells[days->cell];

		days->from_utc =
		    days->seen == 0 ? cell->from_utc : days->from_utc;
		days->to_utc = cell->to_utc;
		days->seen |= 1U << cell->band;
		dec_set_int(&of_cell, cell->fines_per_s, 0);
		dec_mul_int(&of_cell, &of_cell, cell->to_utc - cell->from_utc);
		dec_add(&fines[cell->band], &fines[cell->band], &of_cell);
	}
	for (unsigned b = 0; b < ENERGY_BANDS; b++) {
		dec_set_int(&days->kwh[b], 0, 0);
		if ((days->seen & 1U << b) != 0) {
			energy_kwh(&days->kwh[b], days->sums->net, &fines[b],
			    &days->given);
		}
		dec_release(&fines[b]);
	}
	dec_release(&of_cell);
}

/* Adds a day's portions, and its kWh to those of the segment. */
static int
add_day(
    struct kwh_work *work, struct days *own, struct days *other, int32_t day)
{
	unsigned bands;
	int rc;

	sum_day(own, day);
	bands = own->seen;
	if (other != NULL) {
		sum_day(other, day);
		set_off(work, own->kwh, other->kwh, own->seen);
		/* All of it is in the first band that was met. */
		bands = work->charge->by_band ? bands : bands & -bands;
	}
	rc = take_part(work, own->kwh);
	for (unsigned b = 0; rc == 0 && b < ENERGY_BANDS; b++) {
		if ((bands & 1U << b) == 0) {
			continue;
		}
		work->seen |= 1U << b;
		dec_add(&work->kwh[b], &work->kwh[b], &own->kwh[b]);
		portions_add(&work->portions, own->from_utc, own->to_utc, day,
		    b, &own->kwh[b]);
	}
	return rc;
}

static void
release_days(struct days *days)
{
	energy_given_release(&days->given);
	for (size_t b = 0; b < ENERGY_BANDS; b++) {
		dec_release(&days->kwh[b]);
	}
}

int
kwh_load_days(struct kwh_work *work, struct rate_sums *own_sums,
    struct rate_sums *other_sums, struct qf_error *err)
{
	struct rate *rate = work->rate;
	struct days own = {.sums = own_sums}, other = {.sums = other_sums};
	int rc;

	if (own_sums->net == NULL) {
		return refuse(&rate->refusal, REASON_NO_INTERVALS,
		    "charge %s is reckoned day by day, and registers are not",
		    work->charge->component);
	}
	if (work->charge->part != NULL && !work->has_share) {
		return refuse(&rate->refusal, REASON_NO_INTERVALS,
		    "charge %s is of so many kWh of the month, which are of "
		    "no day",
		    work->charge->component);
	}
	rc = rate_cells(rate, work->segment, own_sums, err);
	if (rc == 0 && other_sums != NULL) {
		rc = rate_cells(rate, work->segment, other_sums, err);
	}
	for (size_t b = 0; b < ENERGY_BANDS; b++) {
		dec_set_int(&work->kwh[b], 0, 0);
	}
	while (rc == 0 && own.cell < own_sums->cells.count) {
		rc = add_day(work, &own, other_sums != NULL ? &other : NULL,
		    own_sums->cells.cells[own.cell].day);
	}
	release_days(&own);
	release_days(&other);
	return rc;
}

int
kwh_load(struct kwh_work *work, struct qf_error *err)
{
	const struct charge *charge = work->charge;
	struct rate *rate = work->rate;
	int rc = rate_sum(rate, work->segment, charge->channel, err);

	if (rc == 0) {
		rc = find_parts(work);
	}
	if (rc != 0) {
		return rc;
	}
	work->sums = &rate->sums[charge->channel];
	if (charge->of_energy != OF_CHANNEL && charge->over == OVER_DAY) {
		rc = rate_sum(rate, work->segment, work->other, err);
		if (rc == 0) {
			rc = kwh_load_days(
			    work, work->sums, &rate->sums[work->other], err);
		}
		work->grain = GRAIN_DAYS;
		work->sums = NULL;
		return rc;
	}
	if (charge->of_energy != OF_CHANNEL && charge->over == OVER_MONTH) {
		rc = load_month(work, err);
		work->sums = NULL;
		return rc != 0 ? rc : take_part(work, work->kwh);
	}
	if (charge->of_energy != OF_CHANNEL) {
		rc = rate_mixed(rate, work->segment, charge, &work->sums, err);
	}
	if (rc == 0) {
		load_bands(work->sums, work->kwh);
		work->seen = work->sums->seen;
		work->total_only = work->sums->only_total;
		rc = take_part(work, work->kwh);
	}
	return rc;
}

int
rate_kwh(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct dec out[ENERGY_BANDS],
    struct qf_error *err)
{
	struct kwh_work work;
	int rc;

	kwh_begin(&work, rate, segment, charge);
	rc = kwh_load(&work, err);
	if (rc == 0 && work.total_only &&
	    (charge->tiers->bands != 0 || charge->tiers->each_band)) {
		rc = refuse(&rate->refusal, REASON_NO_BANDS,
		    "the tiers of charge %s count by band, and the registers "
		    "do not",
		    charge->component);
	}
	for (size_t b = 0; rc == 0 && b < ENERGY_BANDS; b++) {
		dec_set(&out[b], &work.kwh[b]);
	}
	kwh_end(&work);
	return rc;
}
