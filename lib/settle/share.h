/* share.h - a month's price on a part of a month.
 *
 * A share is a fraction of days; amounts are made from it exactly, and the
 * quantity on a line (kW, kVA, months) is that share of the pieces.
 *
 *	struct share share = share_of_days(SHARE_THIRTIETHS, 10, 31, 31);
 *
 *	share_quantity(&quantity, &kw, &share);
 *	share_amount(&exact, &kw, &price, &share);
 */
#ifndef QF_SETTLE_SHARE_H
#define QF_SETTLE_SHARE_H

#include "base/dec.h"
#include "rules/tariff.h"

#define SHARE_SCALE 9 /* of quantities that are no finite decimal, at least */

struct share {
	int days, of;
	int before; /* days of the contract before them, in the month */
};

/* The share of `days` of a month of month_days of which the contract has
 * contract_days.  By thirtieths a contract's whole month is whole, so its parts
 * are by days of the month then. */
struct share share_of_days(
    enum month_share rule, int days, int contract_days, int month_days);

/* pieces x share, at least SHARE_SCALE digits where it is no finite decimal:
 * what falls on the days up to the last, less what falls on those before, so
 * that the parts of a month add up. */
void share_quantity(
    struct dec *out, const struct dec *pieces, const struct share *share);

/* pieces x price x share / under, exact, or to twelve digits more than the
 * factors have, in the same way. */
void share_amount(struct dec *out, const struct dec *pieces, int under,
    const struct dec *price, const struct share *share);

#endif
