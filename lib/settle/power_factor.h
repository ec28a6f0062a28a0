/* power_factor.h - the power factor and its adjustment (力调).
 *
 * P / sqrt(P² + Q²), rounded; which hundredth that is, is decided by comparing
 * squares of whole numbers, so no root is ever taken.
 *
 *	if (power_factor(&factor, &p, &q, &rule->round, &refusal) == 0 &&
 *	    power_factor_percent(&percent, rule, &factor, &refusal) == 0) ...
 */
#ifndef QF_SETTLE_POWER_FACTOR_H
#define QF_SETTLE_POWER_FACTOR_H

#include "rules/tariff.h"
#include "settle/refusal.h"

#define POWER_FACTOR_SCALE_MAX 9

/* The power factor of active and reactive energy, not both zero.  1:
 * power-factor where an energy is negative, or the rule keeps more digits
 * than POWER_FACTOR_SCALE_MAX. */
int power_factor(struct dec *out, const struct dec *active,
    const struct dec *reactive, const struct rounding *round,
    struct refusal *refusal);

/* The percentage of a rounded power factor, from the first range that it is in.
 * 1: power-factor where it is in none. */
int power_factor_percent(struct dec *out, const struct power_factor *rule,
    const struct dec *factor, struct refusal *refusal);

#endif
