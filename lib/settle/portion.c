/* portion.c - the lines of a charge that needs more than one price a band.
 *
 * Portions are walked once in order; each is cut where a price changes and
 * where a tier ends, and added to the sums of its tier.  A line span ends, and
 * its lines are made, when the next portion is in another.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/portion.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define SUMS (TIER_MAX + 1) /* without a tier, and of each */

/* A series and where the walk stands in it. */
struct place {
	const struct price_step *steps;
	size_t count, at;
	const char *series;
};

struct walk {
	struct charge_lines *lines;
	const struct charge_scope *scope;
	const struct portions *portions;
	const struct portion_plan *plan;
	const struct tiers *tiers; /* NULL: none */
	const struct zone *zone;
	struct place series; /* of the price */
	struct place *conditions;
	struct charge_sums sums[SUMS];
	/* Bands that were met, for those whose energy is zero. */
	struct charge_sums idle;
	struct dec *quota; /* by share and by order: [tier][band] */
	int64_t key; /* of the span that is being summed */
	int64_t from_utc, to_utc; /* of that span */
	bool open;
};

/* Portions ---------------------------------------------------------------- */

void
portions_release(struct portions *portions)
{
	for (size_t i = 0; i < portions->count; i++) {
		dec_release(&portions->list[i].energy);
	}
	free(portions->list);
	memset(portions, 0, sizeof(*portions));
}

static struct portion *
add_portion(struct portions *portions)
{
	struct portion *portion;

	if (portions->count == portions->capacity) {
		portions->capacity = portions->capacity * 2 + 32;
		portions->list = xreallocarray(portions->list,
		    portions->capacity, sizeof(*portions->list));
	}
	portion = &portions->list[portions->count++];
	memset(portion, 0, sizeof(*portion));
	return portion;
}

void
portions_add(struct portions *portions, int64_t from_utc, int64_t to_utc,
    int32_t day, unsigned band, const struct dec *energy)
{
	struct portion *portion = add_portion(portions);

	assert(from_utc < to_utc && band < ENERGY_BANDS);
	portion->from_utc = portion->interval_utc = from_utc;
	portion->to_utc = to_utc;
	portion->day = day;
	portion->band = band;
	dec_set(&portion->energy, energy);
}

void
portions_add_cells(struct portions *portions, const struct cells *cells,
    const struct dec *share)
{
	for (size_t i = 0; i < cells->count; i++) {
		const struct cell *cell = &cells->cells[i];
		struct portion *portion = add_portion(portions);

		portion->from_utc = cell->from_utc;
		portion->to_utc = cell->to_utc;
		portion->interval_utc = cell->interval_utc;
		portion->day = cell->day;
		portion->band = cell->band;
		portion->even = true;
		dec_set_int(&portion->energy, cell->fines_per_s, 0);
		dec_mul(&portion->energy, &portion->energy, share);
	}
}

/* Series ------------------------------------------------------------------ */

/* The step that holds at an instant, not before the last one asked for; NULL:
 * none, until *end_utc. */
static const struct price_step *
step_at(struct place *place, int64_t utc, int64_t *end_utc)
{
	while (
	    place->at < place->count && place->steps[place->at].to_utc <= utc) {
		place->at++;
	}
	if (place->at == place->count) {
		*end_utc = INT64_MAX;
		return NULL;
	}
	if (place->steps[place->at].from_utc > utc) {
		*end_utc = place->steps[place->at].from_utc;
		return NULL;
	}
	*end_utc = place->steps[place->at].to_utc;
	return &place->steps[place->at];
}

static bool
holds(const struct price_condition *condition, const struct price_step *step)
{
	return (dec_cmp(&step->price, &condition->limit) < 0) ==
	       condition->below;
}

/* Whether the condition holds at an instant, and until when that stays: 1, 0,
 * or -1 where its series says nothing. */
static int
condition_at(struct place *place, const struct price_condition *condition,
    int64_t utc, int64_t to_utc, int64_t *end_utc)
{
	const struct price_step *step = step_at(place, utc, end_utc);
	struct place ahead = *place;
	int64_t next_utc;

	if (step == NULL) {
		return -1;
	}
	while (*end_utc < to_utc) {
		const struct price_step *next =
		    step_at(&ahead, *end_utc, &next_utc);

		if (next == NULL ||
		    holds(condition, next) != holds(condition, step)) {
			break;
		}
		*end_utc = next_utc;
	}
	return holds(condition, step) ? 1 : 0;
}

/* What the time asks of a price. */
struct moment {
	const struct price_condition *condition; /* that holds, or NULL */
	const struct price_step *step; /* of the series, or NULL */
	bool missing; /* there is no price */
	const char *series; /* that says nothing then */
	int64_t end_utc; /* until when all that stays */
};

static void
moment_at(struct walk *walk, int64_t utc, int64_t to_utc, struct moment *out)
{
	const struct portion_plan *plan = walk->plan;
	int64_t end_utc;

	*out = (struct moment){.end_utc = to_utc};
	for (size_t i = 0; i < plan->condition_count; i++) {
		const struct price_condition *condition =
		    plan->conditions[i].condition;
		int rc = condition_at(
		    &walk->conditions[i], condition, utc, to_utc, &end_utc);

		out->end_utc = end_utc < out->end_utc ? end_utc : out->end_utc;
		if (rc == 0) {
			continue;
		}
		out->condition = rc == 1 ? condition : NULL;
		out->missing = rc == -1;
		out->series = condition->series;
		return;
	}
	if (plan->by_band == NULL) {
		out->step = step_at(&walk->series, utc, &end_utc);
		out->end_utc = end_utc < out->end_utc ? end_utc : out->end_utc;
		out->missing = out->step == NULL;
		out->series = plan->series;
	}
}

/* Sums -------------------------------------------------------------------- */

/* The price of a band in a tier (0: without one); NULL: none. */
static const struct dec *
price_of(const struct walk *walk, const struct moment *moment, unsigned band,
    size_t tier, struct dec *room)
{
	const struct portion_plan *plan = walk->plan;
	const struct charge *charge = walk->scope->charge;
	struct price_for who = plan->who;

	if (moment->missing) {
		return NULL;
	}
	who.tier = tier == 0 ? NULL : &walk->tiers->list[tier - 1];
	if (moment->condition != NULL) {
		price_of_condition(room, charge, moment->condition, &who);
		return room;
	}
	if (plan->by_band != NULL) {
		return band_price(&plan->by_band[tier], band);
	}
	charge_series_price(room, walk->scope->version, charge,
	    band == TARIFF_BANDS_MAX ? BAND_NONE : band, &moment->step->price,
	    &who);
	return room;
}

static void
add_energy(struct walk *walk, const struct moment *moment, unsigned band,
    size_t tier, const struct dec *energy)
{
	/* A tier's line is of what is there; any other of all of its time. */
	struct charge_sums *sums =
	    tier > 0 && dec_is_zero(energy) ? &walk->idle : &walk->sums[tier];
	struct dec room = {0};

	charge_add(sums, walk->scope, band, energy,
	    price_of(walk, moment, band, tier, &room));
	dec_release(&room);
}

/* Takes what the band's quota of a tier still has; returns the tier. */
static size_t
take_quota(
    const struct walk *walk, unsigned band, struct dec *part, struct dec *left)
{
	size_t tier = 0;
	struct dec *quota;

	while (dec_is_zero(&walk->quota[tier * ENERGY_BANDS + band])) {
		tier++;
		assert(tier < walk->tiers->count);
	}
	quota = &walk->quota[tier * ENERGY_BANDS + band];
	dec_set(part, dec_cmp(left, quota) < 0 ? left : quota);
	dec_sub(quota, quota, part);
	dec_sub(left, left, part);
	return tier;
}

/* Adds energy to the tiers that it is in. */
static void
add_tiers(struct walk *walk, const struct moment *moment, unsigned band,
    const struct dec *energy)
{
	struct dec left = {0}, part = {0};

	if (walk->tiers == NULL || !tier_counts(walk->tiers, band)) {
		add_energy(walk, moment, band, 0, energy);
		return;
	}
	if (dec_is_zero(energy)) {
		add_energy(walk, moment, band, 1, energy);
		return;
	}
	dec_set(&left, energy);
	while (!dec_is_zero(&left)) {
		size_t tier =
		    walk->quota != NULL
			? take_quota(walk, band, &part, &left)
			: tier_take(&part, &left,
			      &walk->plan
				   ->before[tier_counter(walk->tiers, band)],
			      walk->plan->edges, walk->tiers->count);

		add_energy(walk, moment, band, tier + 1, &part);
	}
	dec_release(&left);
	dec_release(&part);
}

/* Bands that have no energy have a line of it, of the first tier. */
static void
keep_idle(struct walk *walk)
{
	for (size_t i = 0; i < ENERGY_BANDS; i++) {
		bool seen = false;

		for (size_t t = 0; t < SUMS; t++) {
			seen = seen || walk->sums[t].of[i].seen;
		}
		if (walk->idle.of[i].seen && !seen) {
			bool tiered =
			    walk->tiers != NULL &&
			    (i == TARIFF_BANDS_MAX ||
				tier_counts(walk->tiers, (unsigned)i));

			walk->sums[tiered ? 1 : 0].of[i] = walk->idle.of[i];
			memset(&walk->idle.of[i], 0, sizeof(walk->idle.of[i]));
		}
	}
	charge_sums_release(&walk->idle);
}

static int
close_span(struct walk *walk, struct refusal *refusal)
{
	struct charge_scope scope = *walk->scope;
	size_t count = walk->tiers == NULL ? 0 : walk->tiers->count;

	walk->open = false;
	keep_idle(walk);
	for (size_t t = 0; t <= count; t++) {
		scope.tier = t == 0 ? NULL : &walk->tiers->list[t - 1];
		if (charge_flush(walk->lines, &scope, &walk->sums[t],
			walk->from_utc, walk->to_utc, refusal) != 0) {
			return 1;
		}
	}
	return 0;
}

/* The walk ---------------------------------------------------------------- */

/* Adds the portion, cut where its price changes. */
static int
add_cut(
    struct walk *walk, const struct portion *portion, struct refusal *refusal)
{
	const struct charge_scope *scope = walk->scope;
	int64_t at_utc = portion->from_utc;
	struct dec energy = {0};
	int rc = 0;

	while (rc == 0 && at_utc < portion->to_utc) {
		struct moment moment;
		char time[40];

		moment_at(walk, at_utc, portion->to_utc, &moment);
		if (moment.missing && !scope->charge->missing_unpriced) {
			rc = refuse(refusal, REASON_NO_PRICE,
			    "series %s has no price at %s", moment.series,
			    energy_time(walk->zone, at_utc, time));
		} else if (moment.end_utc < portion->to_utc &&
			   (!portion->even ||
			       scope->version->split != SPLIT_EVEN)) {
			rc = refuse(refusal, REASON_EDGE_IN_INTERVAL,
			    "the price of charge %s changes inside the "
			    "interval from %s",
			    scope->charge->component,
			    energy_time(walk->zone, portion->from_utc, time));
		} else {
			dec_set(&energy, &portion->energy);
			if (portion->even) {
				dec_mul_int(
				    &energy, &energy, moment.end_utc - at_utc);
			}
			add_tiers(walk, &moment, portion->band, &energy);
		}
		at_utc = moment.end_utc;
	}
	dec_release(&energy);
	return rc;
}

/* The kWh of the portions from i on that are counted together become quotas of
 * the tiers. */
static int
allot(struct walk *walk, size_t i, struct refusal *refusal)
{
	struct dec kwh[ENERGY_BANDS] = {{0}};
	const struct portions *portions = walk->portions;
	int32_t day = portions->list[i].day;
	struct dec energy = {0};
	int rc;

	for (; i < portions->count &&
	       (walk->tiers->per != COUNT_DAY || portions->list[i].day == day);
	     i++) {
		const struct portion *portion = &portions->list[i];

		dec_set(&energy, &portion->energy);
		if (portion->even) {
			dec_mul_int(&energy, &energy,
			    portion->to_utc - portion->from_utc);
		}
		dec_add(&kwh[portion->band], &kwh[portion->band], &energy);
	}
	dec_release(&energy);
	rc = tier_allot(walk->quota, walk->tiers, walk->plan->edges,
	    walk->plan->before, kwh, refusal);
	for (size_t b = 0; b < ENERGY_BANDS; b++) {
		dec_release(&kwh[b]);
	}
	return rc;
}

/* What begins with the portion i: a day that is counted for itself, or all. */
static int
begin_count(struct walk *walk, size_t i, struct refusal *refusal)
{
	const struct portion *portion = &walk->portions->list[i];
	bool next_day =
	    i > 0 && walk->portions->list[i - 1].day != portion->day;

	if (walk->tiers == NULL) {
		return 0;
	}
	if (walk->tiers->per == COUNT_DAY && next_day) {
		for (size_t b = 0; b < ENERGY_BANDS; b++) {
			dec_set_int(&walk->plan->before[b], 0, 0);
		}
	}
	if (walk->quota != NULL &&
	    (i == 0 || (walk->tiers->per == COUNT_DAY && next_day))) {
		return allot(walk, i, refusal);
	}
	return 0;
}

static int
walk_portion(struct walk *walk, size_t i, struct refusal *refusal)
{
	const struct portion *portion = &walk->portions->list[i];
	int64_t key = charge_span_key(walk->scope->charge, walk->zone,
	    portion->from_utc, portion->interval_utc, portion->day);

	if (walk->open && key != walk->key && close_span(walk, refusal) != 0) {
		return 1;
	}
	if (!walk->open) {
		walk->open = true;
		walk->key = key;
		walk->from_utc = portion->from_utc;
	}
	walk->to_utc = portion->to_utc;
	if (begin_count(walk, i, refusal) != 0) {
		return 1;
	}
	return add_cut(walk, portion, refusal);
}

static void
walk_begin(struct walk *walk)
{
	const struct portion_plan *plan = walk->plan;

	walk->series =
	    (struct place){plan->steps, plan->step_count, 0, plan->series};
	walk->conditions =
	    xcalloc(plan->condition_count + 1, sizeof(*walk->conditions));
	for (size_t i = 0; i < plan->condition_count; i++) {
		walk->conditions[i] = (struct place){plan->conditions[i].steps,
		    plan->conditions[i].step_count, 0,
		    plan->conditions[i].condition->series};
	}
	if (walk->tiers != NULL && walk->tiers->split != TIER_BY_TIME) {
		walk->quota = xcalloc(
		    walk->tiers->count * ENERGY_BANDS, sizeof(*walk->quota));
	}
}

static void
walk_end(struct walk *walk)
{
	for (size_t t = 0; t < SUMS; t++) {
		charge_sums_release(&walk->sums[t]);
	}
	charge_sums_release(&walk->idle);
	for (size_t i = 0;
	     walk->quota != NULL && i < walk->tiers->count * ENERGY_BANDS;
	     i++) {
		dec_release(&walk->quota[i]);
	}
	free(walk->quota);
	free(walk->conditions);
	free(walk);
}

int
portion_lines(struct charge_lines *lines, const struct charge_scope *scope,
    const struct portions *portions, const struct portion_plan *plan,
    const struct zone *zone, struct refusal *refusal)
{
	struct walk *walk = xcalloc(1, sizeof(*walk));
	int rc = 0;

	assert(plan->edges == NULL || scope->charge->tiers != NULL);
	walk->lines = lines;
	walk->scope = scope;
	walk->portions = portions;
	walk->plan = plan;
	walk->tiers = plan->edges != NULL ? scope->charge->tiers : NULL;
	walk->zone = zone;
	walk_begin(walk);
	for (size_t i = 0; i < portions->count && rc == 0; i++) {
		rc = walk_portion(walk, i, refusal);
	}
	if (rc == 0 && walk->open) {
		rc = close_span(walk, refusal);
	}
	walk_end(walk);
	return rc;
}
