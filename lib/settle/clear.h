/* clear.h - clearing (出清) of one hour of a book, in ticks.
 *
 * Matches the cheapest supply with the dearest demand for as long as a seller
 * asks no more than a buyer gives (algorithms of merit order: a trade without
 * any surplus is traded too, so the volume is the greatest), and finds the
 * prices at which that is so:
 *
 *	p clears iff  S-(p) <= D(p) + E  and  S(p) >= D+(p) + E
 *
 * S(p), S-(p): supply at limits <= p, < p; D(p), D+(p): demand at limits >= p,
 * > p; E: the need, fixed demand at any price (negative: fixed supply).  They
 * are one price, or all from low to high, the ends included.  An end is the
 * limit of an order, or there is none: the prices are then unbounded.
 *
 *	struct clear_ladders *ladders;
 *	struct clear_match match;
 *
 *	if (clear_ladders_make(&ladders, orders, count, need, version, err)
 *	    == -1)
 *		...
 *	clear_match(&match, ladders, need);
 *	... orders[i].accepted ...
 *	clear_ladders_free(ladders);
 *
 * Who comes first: the need; orders without a price; then by level
 * (order.h).  Among equals: the version's ties, and at last the rank (or, where
 * the last tie is pro rata, clear_ties.h shares among those that are equal).
 * The place of an order in the array decides nothing.
 *
 * Percent limits (clear_limit.h) are obeyed.  The minimum of an order is not
 * looked at: clear_raise() raises awards to it, where the market says so;
 * that it is all of it or nothing is for blocks.h to find out.
 *
 * Ownership: ladders borrow orders and version; both must live as long.
 * Errors: QF_DATA "clear-volume" where the quantities of a side pass 64 bits.
 * Complexity: n log n once for the ladders, n for each match.
 */
#ifndef QF_SETTLE_CLEAR_H
#define QF_SETTLE_CLEAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "rules/market.h"
#include "settle/order.h"

enum clear_state {
	CLEAR_NO_CROSS, /* nothing was traded, and no need is left */
	CLEAR_CLEARED,
	CLEAR_SHORTAGE, /* demand at any price is not all served */
	CLEAR_SURPLUS, /* supply at any price is not all taken */
};

struct clear_match {
	enum clear_state state;
	/* Prices that clear.  Not bounded below: has_low is false.  Of a
	 * shortage and a surplus no price clears: both are false. */
	bool has_low, has_high;
	struct order_level low, high;
	int64_t volume; /* ticks traded, the need that was served in it */
	int64_t unserved; /* ticks of demand at any price that got none */
	int64_t unsold; /* ticks of supply at any price that nobody took */
	int64_t raised; /* ticks that clear_raise() gave on top */
	/* An order at the last level that was reached is not all accepted. */
	bool offer_marginal, bid_marginal;
};

/* "no-cross", "cleared", "shortage"; a surplus is "cleared" (or "no-cross",
 * where nothing was traded). */
const char *clear_state_name(const struct clear_match *match);

struct clear_ladders;

/* Sorts.  need: that of the hour, of which percent limits are (where it is 0
 * or less: of the quantity of all orders to buy). */
int clear_ladders_make(struct clear_ladders **out, struct order *orders,
    size_t count, int64_t need, const struct market_version *version,
    struct qf_error *err);
void clear_ladders_free(struct clear_ladders *ladders);

/* Sets eligible and accepted of each order.  need is usually that of the hour;
 * a search over blocks passes that plus what its blocks buy less what they
 * sell. */
void clear_match(
    struct clear_match *out, struct clear_ladders *ladders, int64_t need);

/* Where the version says raise: each award between 0 and its order's minimum
 * becomes the minimum (调频: 低于最小值的按最小值中标), whatever a limit
 * says.  match->raised and volume then count that. */
void clear_raise(struct clear_match *match, struct order *orders, size_t count,
    const struct market_version *version);

/* The orders of a side in the order in which they come, best first; *count of
 * them.  Borrowed from the ladders. */
struct order *const *clear_ladder(
    const struct clear_ladders *ladders, enum order_side side, size_t *count);

#endif
