/* portion.h - the lines of a charge per kWh that needs more than one price a
 * band: of tiers, of conditions, of a part of the energy.
 *
 * A portion is energy of one band, in order of time: a cell (settle/cells.h),
 * a day's energy of a band, or that of a whole stretch.  Only what is even in
 * time can be cut in time.
 *
 *	portions_add(&portions, from_utc, to_utc, day, band, &kwh);
 *	...
 *	if (portion_lines(&lines, &scope, &portions, &plan, zone, &refusal))
 *
 * Ownership: all zero is valid and empty; portions_release() frees.
 */
#ifndef QF_SETTLE_PORTION_H
#define QF_SETTLE_PORTION_H

#include "settle/charge.h"
#include "settle/tier.h"

struct portion {
	int64_t from_utc, to_utc;
	int64_t interval_utc; /* the start of the interval that it is of */
	int32_t day; /* local */
	unsigned band; /* ENERGY_BAND() */
	bool even; /* in time: energy is of one second */
	struct dec energy;
};

struct portions {
	struct portion *list;
	size_t count, capacity;
};

void portions_release(struct portions *portions);

/* Adds energy that has no time of its own in [from_utc, to_utc). */
void portions_add(struct portions *portions, int64_t from_utc, int64_t to_utc,
    int32_t day, unsigned band, const struct dec *energy);

/* Adds cells, each times the share. */
void portions_add_cells(struct portions *portions, const struct cells *cells,
    const struct dec *share);

/* A condition of the charge with the steps of its series. */
struct portion_condition {
	const struct price_condition *condition;
	const struct price_step *steps; /* in order, without overlap */
	size_t step_count;
};

/* How portions are priced. */
struct portion_plan {
	/* Prices without a tier, and after them those of each tier; NULL where
	 * a series gives them. */
	const struct band_prices *by_band;
	const struct price_step *steps;
	size_t step_count;
	const char *series; /* its name */
	const struct portion_condition *conditions;
	size_t condition_count;
	struct price_for who; /* without its tier */
	/* Where the charge has tiers: where they end, and what was counted
	 * before, which is left as it is after; both in the unit of the
	 * energy.  Counters of days are emptied when the day changes. */
	const struct dec *edges;
	struct dec *before; /* [ENERGY_BANDS] */
};

/* Lines by the span of the charge, tiers and bands.  1: no-price;
 * edge-in-interval where a price changes inside an interval that may not be
 * cut; value-range. */
int portion_lines(struct charge_lines *lines, const struct charge_scope *scope,
    const struct portions *portions, const struct portion_plan *plan,
    const struct zone *zone, struct refusal *refusal);

#endif
