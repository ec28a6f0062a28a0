/* part.h - the part of the energy that a charge is of (定比定量), and of two
 * channels that are set against each other.
 *
 * Charges share out the energy of bands among them: some take a percentage of
 * every band, some so many kWh, one the rest.  What is taken adds up to the
 * whole exactly.
 *
 *	if (part_kwh(out, kwh, parts, count, own, &refusal) != 0) ...
 */
#ifndef QF_SETTLE_PART_H
#define QF_SETTLE_PART_H

#include <stdbool.h>
#include <stddef.h>

#include "rules/tariff.h"
#include "settle/energy.h"
#include "settle/refusal.h"

/* What one of the charges takes; kWh are those of the stretch. */
struct part_asked {
	enum part_kind kind;
	struct dec value; /* percent, or kWh */
};

/* Whether the part at `own` is a share of every band, whatever they come to:
 * then *share is that share, such as 0.3. */
bool part_share(struct dec *share, const struct part_asked *parts, size_t count,
    size_t own);

/* The kWh by band of the part at `own`.  Percentages are exact and come first,
 * of what there is; then kWh in the order of the parts, as far as there is
 * enough left, from the bands by what they have left (tier_share()); then the
 * rest.  1: parts where percentages are more than 100, value-range. */
int part_kwh(struct dec out[ENERGY_BANDS], const struct dec kwh[ENERGY_BANDS],
    const struct part_asked *parts, size_t count, size_t own,
    struct refusal *refusal);

/* kWh a month that fall on the days [first, end) of one that has so many:
 * parts of a month add up to it. */
void part_of_month(
    struct dec *out, const struct dec *kwh, int first, int end, int days);

/* One channel set against the other: what is net of it, net below zero too, or
 * the smaller of the two. */
void part_quantity(struct dec *out, enum of_energy of, const struct dec *own,
    const struct dec *other);

#endif
