/* register.h - energy from what a register shows (示数).
 *
 * kWh = (end - start) x multiplier (倍率).  A register that ends below where it
 * started has rolled over, if by the digits of its meter ("6.2": six before
 * the point) that is at most half its way round; one that would have gone more
 * than half round is taken to have run backwards and is refused, since a wrong
 * reading is likelier than so much energy.
 *
 *	if (register_digits(&digits, "6.2") == -1) ...
 *	register_difference(&kwh, &start, &end, digits, &refusal);
 */
#ifndef QF_SETTLE_REGISTER_H
#define QF_SETTLE_REGISTER_H

#include <stddef.h>

#include "base/dec.h"
#include "settle/refusal.h"

#define REGISTER_DIGITS_MAX 12

/* The digits before the point of "6.2" or "6"; -1 if it is neither. */
int register_digits(int *digits, const char *text);

/* end - start with rollover, before the multiplier.  1: register-backwards,
 * or value-range for a reading with more digits than the register. */
int register_difference(struct dec *out, const struct dec *start,
    const struct dec *end, int digits, struct refusal *refusal);

/* Whether the bands' kWh add up to the total.  1: register-bands, with the
 * difference. */
int register_tie(const struct dec *total, const struct dec *bands, size_t count,
    const char *what, struct refusal *refusal);

#endif
