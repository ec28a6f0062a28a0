/* estimate.h - missing reads from what is known around them (拟合).
 *
 * The methods of rules.md 5.5, each by its name in an estimation document.  A
 * gap is `count` missing values in a row of one point and channel; values are
 * integers x 10^scale.  What a register shows and energy of intervals are
 * estimated alike but where a share is taken: a register goes on from the value
 * before the gap to the one after it, energy adds up to a total.
 *
 *	struct estimate_gap gap = {.count = 1, .has_before = true,
 *	    .before = 200, .has_after = true, .after = 300};
 *	int64_t value;
 *
 *	estimate_mean_of_neighbours(&gap, &unit, &value);	250
 *
 * Each returns 1 having filled out[0..count), or 0 where the method does not
 * apply; out is then unchanged.
 */
#ifndef QF_SETTLE_ESTIMATE_H
#define QF_SETTLE_ESTIMATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/tariff.h"

struct estimate_gap {
	size_t count; /* values that are missing */
	bool has_before, has_after; /* the value next to it on either side */
	int64_t before, after;
	bool meter_begins; /* nothing is before because the meter is new */
	bool meter_ends; /* nothing is after because it was taken away */
};

/* How results are rounded: at round.scale decimals, not above scale. */
struct estimate_unit {
	int scale;
	struct rounding round;
};

/* Equal values on both sides: all are that. */
int estimate_equal_ends(const struct estimate_gap *gap, int64_t *out);

/* Nothing before, and the first value is 0: all before it are. */
int estimate_leading_zero(const struct estimate_gap *gap, int64_t *out);

/* The mean of the values on both sides. */
int estimate_mean_of_neighbours(const struct estimate_gap *gap,
    const struct estimate_unit *unit, int64_t *out);

/* A new meter: what it showed first; one that was taken away: what it showed
 * last. */
int estimate_back_fill(const struct estimate_gap *gap, int64_t *out);
int estimate_forward_fill(const struct estimate_gap *gap, int64_t *out);

/* The value before, or else the one after. */
int estimate_neighbour(const struct estimate_gap *gap, int64_t *out);

/* Registers: from the value before to the one after, by the weights of the
 * count + 1 intervals between them; each value is rounded, so that the last
 * step takes what is left.  Not where the register would run backwards. */
int estimate_register_share(const struct estimate_gap *gap,
    const int64_t *weights, const struct estimate_unit *unit, int64_t *out);

/* Energy: total divided by `count` weights, each part what is rounded of the
 * sum so far less what was given before; the parts add up to total, which is
 * one that the unit can state. */
int estimate_energy_share(size_t count, int64_t total, const int64_t *weights,
    const struct estimate_unit *unit, int64_t *out);

/* The part of a total that a gap gets, of several gaps that it is of: by its
 * weight. */
int estimate_part(int64_t total, int64_t weight, int64_t all,
    const struct estimate_unit *unit, int64_t *out);

/* The mean of `days` values of the same interval, given their sum. */
int estimate_mean(
    int64_t sum, size_t days, const struct estimate_unit *unit, int64_t *out);

#endif
