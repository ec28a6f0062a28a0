/* kwh.c - charges per kWh that need more than one price a band.
 *
 * Which energy it is (kwh_energy.c), what was counted before (tiers), what
 * prices there are (tiers, conditions); then portions of it are priced
 * (settle/portion.h): a portion a band where that is enough, one a day and
 * band, or the intervals themselves.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/zone.h"
#include "stage/rate/kwh_own.h"

bool
rate_is_beyond(const struct charge *charge)
{
	return charge->of_energy != OF_CHANNEL || charge->part != NULL ||
	       charge->tiers != NULL || charge->condition_count > 0;
}

/* Portions ---------------------------------------------------------------- */

/* kWh as fines of the series. */
static void
to_fines(struct dec *out, const struct energy_series *series)
{
	dec_mul_int(out, out, (int64_t)series->parts * ENERGY_FINE);
	for (int i = 0; i < series->scale; i++) {
		dec_mul_int(out, out, 10);
	}
}

/* Whether all that tiers count is of one band. */
static bool
is_one_band(const struct kwh_work *work)
{
	int bands = 0;

	for (unsigned b = 0; b < ENERGY_BANDS; b++) {
		bands += tier_counts(work->charge->tiers, b) &&
			 !dec_is_zero(&work->kwh[b]);
	}
	return bands <= 1;
}

/* Whether time says which kWh are in which tier. */
static bool
tiers_ask_time(const struct kwh_work *work)
{
	const struct tiers *tiers = work->charge->tiers;

	if (tiers == NULL || tiers->split != TIER_BY_TIME) {
		return false;
	}
	if (tiers->per == COUNT_DAY) {
		return true;
	}
	return !tiers->each_band && !is_one_band(work) &&
	       !tier_is_one(tiers, work->edges, work->before, work->kwh);
}

static int
choose_grain(struct kwh_work *work)
{
	const struct charge *charge = work->charge;
	bool by_clock =
	    charge->span != SPAN_STRETCH && charge->span != SPAN_MONTH;

	if (work->sums == NULL) {
		return 0; /* days or a month against each other */
	}
	if (charge->tiers != NULL && charge->tiers->split != TIER_BY_TIME) {
		/* The document has no line and no price that is shorter. */
		work->grain =
		    charge->tiers->per == COUNT_DAY ? GRAIN_DAYS : GRAIN_BANDS;
	} else if (by_clock || charge->condition_count > 0 ||
		   charge_series(work->segment->version, charge)[0] != '\0' ||
		   tiers_ask_time(work)) {
		work->grain = GRAIN_CELLS;
	}
	if (work->grain == GRAIN_BANDS) {
		return 0;
	}
	if (work->sums->net == NULL) {
		return refuse(&work->rate->refusal,
		    charge->tiers != NULL ? REASON_TIER_TIME
					  : REASON_NO_INTERVALS,
		    charge->tiers != NULL
			? "a tier of charge %s ends between two readings of "
			  "the registers, which do not say in which band"
			: "charge %s follows the clock, and registers do not",
		    charge->component);
	}
	if (!work->has_share) {
		return refuse(&work->rate->refusal, REASON_NO_INTERVALS,
		    "charge %s is of so many kWh of the month, which have no "
		    "time of their own",
		    charge->component);
	}
	return 0;
}

static int
make_portions(struct kwh_work *work, struct qf_error *err)
{
	const struct rate_segment *segment = work->segment;
	int32_t day = zone_day_of(work->rate->zone, segment->from_utc);
	int rc;

	if (work->grain == GRAIN_CELLS) {
		rc = rate_cells(work->rate, segment, work->sums, err);
		if (rc == 0) {
			portions_add_cells(
			    &work->portions, &work->sums->cells, &work->share);
		}
		return rc;
	}
	if (work->grain == GRAIN_DAYS) {
		return work->sums == NULL
			   ? 0
			   : kwh_load_days(work, work->sums, NULL, err);
	}
	for (unsigned b = 0; b < ENERGY_BANDS; b++) {
		if ((work->seen & 1U << b) != 0) {
			portions_add(&work->portions, segment->from_utc,
			    segment->to_utc, day, b, &work->kwh[b]);
		}
	}
	return 0;
}

/* Prices ------------------------------------------------------------------ */

/* The bands that have a price without a tier, or of tiers. */
static unsigned
priced_bands(const struct kwh_work *work, size_t tier)
{
	const struct tiers *tiers = work->charge->tiers;
	unsigned bands = 0;

	for (unsigned b = 0; b < ENERGY_BANDS; b++) {
		bool counts = tiers != NULL && tier_counts(tiers, b);

		if ((work->seen & 1U << b) != 0 && counts == (tier > 0)) {
			bands |= 1U << b;
		}
	}
	return bands;
}

static int
find_band_prices(struct kwh_work *work, struct qf_error *err)
{
	const struct charge *charge = work->charge;
	struct rate *rate = work->rate;
	size_t count = charge->tiers == NULL ? 0 : charge->tiers->count;
	int rc = 0;

	work->prices =
	    xcalloc((count + 1) * ENERGY_BANDS, sizeof(*work->prices));
	work->by_band = xcalloc(count + 1, sizeof(*work->by_band));
	for (size_t t = 0; rc == 0 && t <= count; t++) {
		struct price_for who = work->plan.who;
		struct dec *own = &work->prices[t * ENERGY_BANDS];
		unsigned bands = priced_bands(work, t);
		struct band_prices found = {0};

		who.tier = t == 0 ? NULL : &charge->tiers->list[t - 1];
		if (bands != 0) {
			rc = rulebook_prices(rate->book, work->segment->version,
			    charge, work->segment->month, &who, bands, &found,
			    &rate->refusal, err);
		}
		for (unsigned b = 0; rc == 0 && b < ENERGY_BANDS; b++) {
			if ((bands & found.stand & 1U << b) != 0) {
				dec_set(&own[b], &found.of[b]);
			}
		}
		work->by_band[t] =
		    (struct band_prices){own, found.stand & bands};
	}
	work->plan.by_band = work->by_band;
	return rc;
}

static int
find_conditions(struct kwh_work *work, struct qf_error *err)
{
	const struct charge *charge = work->charge;
	const struct rate_segment *segment = work->segment;
	int rc = 0;

	work->conditions =
	    xcalloc(charge->condition_count + 1, sizeof(*work->conditions));
	for (size_t i = 0; rc == 0 && i < charge->condition_count; i++) {
		struct portion_condition *condition = &work->conditions[i];

		condition->condition = &charge->conditions[i];
		rc = rulebook_series(work->rate->book,
		    charge->conditions[i].series, segment->from_utc,
		    segment->to_utc, &condition->steps, &condition->step_count,
		    &work->rate->refusal, err);
	}
	work->plan.conditions = work->conditions;
	work->plan.condition_count = charge->condition_count;
	return rc;
}

static int
find_prices(struct kwh_work *work, struct qf_error *err)
{
	struct rate *rate = work->rate;
	const struct rate_segment *segment = work->segment;
	const char *series = charge_series(segment->version, work->charge);
	int rc = find_conditions(work, err);

	work->plan.who = rate_price_for(rate, segment);
	if (rc == 0 && series[0] != '\0') {
		work->plan.series = series;
		rc = rulebook_series(rate->book, series, segment->from_utc,
		    segment->to_utc, &work->plan.steps, &work->plan.step_count,
		    &rate->refusal, err);
	} else if (rc == 0) {
		rc = find_band_prices(work, err);
	}
	return rc;
}

/* Registers without bands will do where bands make no difference. */
static int
check_bands(struct kwh_work *work)
{
	const struct charge *charge = work->charge;
	const struct tiers *tiers = charge->tiers;
	bool matter = tiers != NULL && (tiers->bands != 0 || tiers->each_band);

	for (size_t t = 0;
	     work->by_band != NULL && t <= (tiers == NULL ? 0 : tiers->count);
	     t++) {
		matter = matter || rate_bands_matter(charge, &work->by_band[t],
				       priced_bands(work, t));
	}
	if (work->total_only && matter) {
		return refuse(&work->rate->refusal, REASON_NO_BANDS,
		    "charge %s is by band, and the registers are not",
		    charge->component);
	}
	return 0;
}

/* Tiers ------------------------------------------------------------------- */

/* Where tiers end, and what was counted. */
static int
find_tiers(struct kwh_work *work, struct qf_error *err)
{
	struct rate *rate = work->rate;
	int rc;

	if (work->charge->tiers == NULL) {
		return 0;
	}
	rc = rate_edges(rate, work->segment, work->charge, work->edges, err);
	if (rc == 0) {
		rc = rate_counted(
		    rate, work->segment, work->charge, &work->counted, err);
	}
	for (size_t b = 0; rc == 0 && b < ENERGY_BANDS; b++) {
		dec_set(&work->before[b], &work->counted->kwh[b]);
	}
	return rc;
}

/* Edges and counters in the unit of the portions. */
static void
set_unit(struct kwh_work *work)
{
	if (work->charge->tiers == NULL) {
		return;
	}
	for (size_t t = 0; work->grain == GRAIN_CELLS && t < TIER_MAX; t++) {
		to_fines(&work->edges[t], work->sums->net);
	}
	for (size_t b = 0; work->grain == GRAIN_CELLS && b < ENERGY_BANDS;
	     b++) {
		to_fines(&work->before[b], work->sums->net);
	}
	work->plan.edges = work->edges;
	work->plan.before = work->before;
}

/* The charge ------------------------------------------------------------- */

/* Lines of the portions. */
static int
make_lines(struct kwh_work *work)
{
	struct rate *rate = work->rate;
	struct energy_given given = {0}, *kept = &given;
	struct charge_scope scope;
	int rc;

	rate_scope(rate, work->segment, work->charge, &scope);
	if (work->grain == GRAIN_CELLS) {
		scope.fines_of = work->sums->net;
		/* Parts of the same energy add up to it. */
		if (work->charge->part != NULL && work->charge->counts_energy) {
			kept = &rate->part_given[work->charge->channel];
		}
		scope.given = kept;
	}
	rc = portion_lines(&rate->unit.lines, &scope, &work->portions,
	    &work->plan, rate->zone, &rate->refusal);
	energy_given_release(&given);
	return rc;
}

/* Notes what the charge takes of the energy that is balanced. */
static void
note_energy(struct kwh_work *work, size_t first)
{
	struct rate *rate = work->rate;
	enum channel channel = work->charge->channel;

	if (!work->charge->counts_energy) {
		return;
	}
	rate->shared[channel] = true;
	for (size_t i = first; i < rate->unit.lines.count; i++) {
		dec_add(&rate->shared_kwh[channel], &rate->shared_kwh[channel],
		    &rate->unit.lines.lines[i].quantity);
	}
}

static int
price_energy(struct kwh_work *work, struct qf_error *err)
{
	size_t first = work->rate->unit.lines.count;
	int rc = kwh_load(work, err);

	if (rc == 0) {
		rc = choose_grain(work);
	}
	if (rc == 0) {
		rc = make_portions(work, err);
	}
	if (rc == 0) {
		rc = find_prices(work, err);
	}
	if (rc == 0) {
		rc = check_bands(work);
	}
	if (rc == 0) {
		set_unit(work);
		rc = make_lines(work);
	}
	if (rc == 0) {
		note_energy(work, first);
		rate_tell(work->rate, work->segment, work->charge,
		    work->counted, first);
	}
	return rc;
}

int
rate_beyond(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct qf_error *err)
{
	struct kwh_work work;
	int rc;

	kwh_begin(&work, rate, segment, charge);
	rc = find_tiers(&work, err);
	if (rc == 0) {
		rc = price_energy(&work, err);
	}
	if (rc == 0 && work.counted != NULL) {
		rate_count(work.counted, charge->tiers, segment, work.kwh);
	}
	kwh_end(&work);
	return rc;
}
