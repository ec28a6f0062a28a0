/* amount.h - rounding an exact amount to money, with its tax.
 *
 *	struct amount amount = {0};
 *
 *	amount_of(&amount, &exact, &version->money, &tax, 2, &refusal);
 *	... amount.net_minor, amount.tax_minor, amount.gross_minor ...
 *
 * The exact amount is net where prices are without tax, gross where they
 * include it.  Included: gross is the exact amount rounded, net is gross /
 * (1 + rate) rounded, and tax what is left.  Excluded: net is the exact amount
 * rounded, tax is net x rate rounded, and gross their sum.  So net + tax =
 * gross always.  Without tax net and gross are equal.
 */
#ifndef QF_SETTLE_AMOUNT_H
#define QF_SETTLE_AMOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/dec.h"
#include "rules/tariff.h"
#include "settle/refusal.h"

/* How a price is taxed. */
struct amount_tax {
	bool taxed;
	bool included; /* the price holds it */
	const struct dec *rate; /* where taxed */
};

/* In minor units of the ledger's currency. */
struct amount {
	int64_t net_minor, tax_minor, gross_minor;
};

/* Rounds by the tariff's rule.  1: money-scale where that rule keeps more
 * decimals than the ledger's currency has, value-range where the amount is
 * more than the ledger holds. */
int amount_of(struct amount *out, const struct dec *exact,
    const struct rounding *rule, const struct amount_tax *tax, int money_scale,
    struct refusal *refusal);

/* What is left between a total that is rounded once and its rounded lines:
 * out = total - sum. */
void amount_difference(
    struct amount *out, const struct amount *total, const struct amount *sum);

#endif
