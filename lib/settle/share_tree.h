/* share_tree.h - an amount of money down a tree of owners.
 *
 *	int64_t *parts = xcalloc(version->share_count, sizeof(*parts));
 *
 *	share_tree(parts, version, gross_minor, money_scale, energies,
 *	    &refusal);
 *	... parts[i] of each share that is_leaf ...
 *
 * At each share, in minor units, and in this order:
 * fixed amounts, together at most the amount (else in their ratio); percents
 * of the amount, together at most what the fixed leave (else in their ratio);
 * of what is then left all to those by energy delivered, or by what it earned,
 * in its ratio, one below 0 counting as 0; where there are none, or their
 * energy is 0, to the remainder.  All by the largest remainder (split.h), ties
 * to the larger weight and then by party, never by the order of the document.
 * A negative amount is split as its magnitude and negated.
 *
 * So the parts of a share add up to it exactly, and the leaves to the amount.
 */
#ifndef QF_SETTLE_SHARE_TREE_H
#define QF_SETTLE_SHARE_TREE_H

#include <stdint.h>

#include "rules/owners.h"
#include "settle/refusal.h"

/* parts: one for each share of the version, of a parent the sum of its own.
 * energies: likewise, kWh of OWNERS_DELIVERED, what those of OWNERS_EARNED were
 * paid; read of these alone, NULL where there is none.  An amount below 0 gives
 * parts of 0 where version->negative_zero: it is not passed on.
 *
 * 1, parts unchanged: share-energy (something is left, nobody delivered, and
 * there is no remainder), share-rest (something is left that nobody gets),
 * money-scale (a fixed amount finer than the currency), value-range. */
int share_tree(int64_t *parts, const struct owners_version *version,
    int64_t amount_minor, int money_scale, const struct dec *energies,
    struct refusal *refusal);

#endif
