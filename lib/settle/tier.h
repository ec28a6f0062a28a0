/* tier.h - tiers (阶梯): which of the energy is in which of them.
 *
 * A counter says how much there was before in the same day, month or year; a
 * tier reaches from the end of the one before it to its own, which belongs to
 * it.  The arithmetic is exact and has no unit: kWh, kW, or fines of kWh
 * (energy.h), as long as edges, counters and energy have the same.
 *
 *	if (tier_edges(edges, tiers, &scale, &refusal) != 0) ...
 *	while (!dec_is_zero(&left))
 *		tier = tier_take(&part, &left, &before, edges, tiers->count);
 *
 * Ownership: arrays are the caller's, with decs that are valid, and are to be
 * released by it.
 */
#ifndef QF_SETTLE_TIER_H
#define QF_SETTLE_TIER_H

#include <stdbool.h>
#include <stddef.h>

#include "rules/tariff.h"
#include "settle/energy.h"

#define TIER_MAX 32 /* of one charge */
#define TIER_SCALE 9 /* decimals, at least, to which shares go */

/* What edges are multiples of. */
struct tier_scale {
	const struct contract *contract; /* its options */
	int days; /* of the whole day, month or year that is counted */
	const struct dec *demand_kw; /* of the month; NULL: not known */
};

/* Where each tier ends, but for the last, which has none: edges[count - 1] is
 * left alone.  A tier ends no later than a later one of another unit does.  1:
 * bad-option where an option that is asked for is not there or is no number, or
 * where a tier ends before the one before it, of the same unit; no-demand. */
int tier_edges(struct dec edges[TIER_MAX], const struct tiers *tiers,
    const struct tier_scale *scale, struct refusal *refusal);

/* Whether the tiers are of the band, an ENERGY_BAND(). */
bool tier_counts(const struct tiers *tiers, unsigned band);

/* Where the counter of a band is: its own, or that of all. */
unsigned tier_counter(const struct tiers *tiers, unsigned band);

/* Takes from *left what fits into the tier that *before is in, and counts it;
 * *part is what was taken.  Returns the tier. */
size_t tier_take(struct dec *part, struct dec *left, struct dec *before,
    const struct dec *edges, size_t count);

/* Whether all of the energy of the bands, from the counters on, is in one
 * tier, for each counter: then nothing asks in which order it was used. */
bool tier_is_one(const struct tiers *tiers, const struct dec *edges,
    const struct dec before[ENERGY_BANDS], const struct dec kwh[ENERGY_BANDS]);

/* Parts of the energy of bands by share or in the order of bands (TIER_BY_SHARE
 * and TIER_BY_ORDER), parts[tier * ENERGY_BANDS + band]; of by share, the parts
 * of all tiers but the last that is reached are multiples of the ninth decimal
 * (or a finer one that the numbers have), by largest remainder.  Parts add up
 * to the energy of every band and to the reach of every tier.  Counts what it
 * takes.  1: value-range. */
int tier_allot(struct dec *parts, const struct tiers *tiers,
    const struct dec *edges, struct dec before[ENERGY_BANDS],
    const struct dec kwh[ENERGY_BANDS], struct refusal *refusal);

/* Shares a total over bands by their kWh, by largest remainder in units of the
 * ninth decimal (or a finer one that total or kWh have); no band gets more
 * than it has while the total is not more than all.  1: value-range. */
int tier_share(struct dec out[ENERGY_BANDS], const struct dec *total,
    const struct dec kwh[ENERGY_BANDS], struct refusal *refusal);

#endif
