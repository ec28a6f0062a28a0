/* loss.h - kWh that a transformer loses before the meter (变损).
 *
 *	loss_kwh(&kwh, rule, &fixed, days, month_days, &metered);
 *	loss_split(parts, &kwh, rule, of_bands, seen, &refusal);
 */
#ifndef QF_SETTLE_LOSS_H
#define QF_SETTLE_LOSS_H

#include "settle/energy.h"

/* fixed x days / rule->days (or month_days) + percent of the energy metered,
 * rounded by the rule, or to ENERGY_KWH_SCALE digits.  fixed is
 * rule->fixed_kwh, or the contract's. */
void loss_kwh(struct dec *out, const struct loss *rule, const struct dec *fixed,
    int days, int month_days, const struct dec *metered);

/* Shares it over the bands of the mask `seen` by their kWh (both by
 * ENERGY_BAND()), in units of its last digit, by the largest remainder; or
 * gives it all to the rule's band.  1: no-bands where the bands have no
 * energy to share it by; value-range. */
int loss_split(struct dec out[ENERGY_BANDS], const struct loss *rule,
    const struct dec *kwh, const struct dec of_bands[ENERGY_BANDS],
    unsigned seen, struct refusal *refusal);

#endif
