/* clear_ties.h - who comes first among orders of one price, and who gets the
 * rest where there is not enough for all (边际).
 *
 *	clear_ties_cmp(a, b, version)	who comes first by the version's ties
 *	clear_ties_fill(group, count, ticks, version, room)
 *
 * Ties are keys in the order of the document: performance (better first),
 * larger, time (earlier first; those without come last).  Then the rank of the
 * id, or, where the last word is pro-rata, all that the keys leave equal share
 * what is left in proportion to what they are eligible for, in whole ticks, by
 * largest remainder: never more than that; equal remainders go to the larger
 * order, then to the lower rank.
 */
#ifndef QF_SETTLE_CLEAR_TIES_H
#define QF_SETTLE_CLEAR_TIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/market.h"
#include "settle/order.h"

/* True if what the keys leave equal is shared. */
bool clear_ties_share(const struct market_version *version);

/* Of two orders of one side and price: -1 where a comes first, 1 where b does,
 * 0 where no key tells them apart (the rank is then to decide). */
int clear_ties_cmp(const struct order *a, const struct order *b,
    const struct market_version *version);

/* Gives out ticks among the eligible of count orders, all of one price and
 * sorted by clear_ties_cmp() and rank; sets accepted of each.  ticks is at
 * most the sum of eligible.  room has place for 2 x count numbers. */
void clear_ties_fill(struct order *const *orders, size_t count, int64_t ticks,
    const struct market_version *version, int64_t *room);

#endif
