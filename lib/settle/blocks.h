/* blocks.h - hours of a book cleared together with its block bids.
 *
 * A block (块报价) is orders, its rows, in one hour or several
 * (关联时段), which are accepted together: none of them, or each to the same
 * ratio between the minimum and all of its quantity.  Minimum and quantity are
 * in one proportion in all rows; a block whose minimum is its quantity is fill
 * or kill.  A single order with a minimum is a block of one row.
 *
 * What is accepted of blocks (a selection) decides all else: it is taken out of
 * each hour's book, and the rest clears as it does without blocks (clear.h).
 * Of all selections that have prices the one of the greatest welfare is taken:
 *
 *  - first, the most is served and sold of what is wanted at any price (need,
 *    orders without a price); then the value to buyers less the cost to
 *    sellers, at the prices of their orders, is greatest; then the volume;
 *    then, of the blocks in their order, the first that only one of two
 *    selections accepts decides, and at last the first that one accepts to
 *    more.  So the answer is one.
 *  - A selection has prices if every hour clears at one, found as below, at
 *    which no accepted block loses money: the sum over its rows of (price -
 *    limit) x accepted (of rows that buy: limit - price) is 0 or more.  A
 *    block can so be rejected although the prices would have paid it
 *    (paradoxically rejected); the reverse never happens.
 *
 * A selection says which blocks are accepted, each to at least its minimum,
 * and those of several rows to which ratio, of those that give whole ticks in
 * every row (k / g, g being the greatest common divisor of its quantities).
 * Of a block of one row what is above its minimum is an order of the book like
 * any other, with its price and ties.
 *
 * The price of an hour in which blocks are accepted is that of the market's
 * rule (clear_price.h), rows of accepted blocks counting as accepted orders,
 * moved to the nearest that clears: the ends low and high are narrowed by the
 * limits of accepted blocks of one row.  Where those prices would lose a block
 * of several rows money, all hours in which such a block sells are moved in
 * one proportion towards high, and those in which it buys towards low, as
 * little as is enough (an hour that is wanted both ways stays); an end that
 * does not exist is the cap or the floor, else the highest (lowest) limit of
 * any row.  Where that is not enough the selection counts as one without
 * prices, though others might do.  Prices are then rounded away from where they
 * came.  Under
 * pay-as-bid nobody loses, and nothing is narrowed or moved.
 *
 *	struct blocks_book book = {.hours = hours, ...};
 *
 *	if (blocks_clear(&book, version, err) == -1) ...
 *	hours[h].orders[i].accepted, hours[h].price, blocks[b].state ...
 *	blocks_release(&book);
 *
 * The search is branch and bound: exact, never a heuristic.  Where it would
 * look at more than node_max selections it fails.  Forty blocks over a day,
 * all or nothing or accepted in part over several hours, take some hundred to
 * some ten thousand; of sixty that are all accepted in part there may be more
 * than there is room for.
 *
 * Ownership: all arrays are the caller's; blocks_release() frees the prices.
 * Errors: QF_CONFIG blocks-market (the market is not of one price an hour,
 * ranks by performance, has percent limits or raises awards to the minimum:
 * none of which says what it means for a block); QF_DATA blocks-ratio (rows
 * of different ratio), blocks-range (numbers too large to compare exactly),
 * blocks-size (too many to begin), blocks-nodes (the best was not found within
 * node_max and work_max); those of clear.h.
 */
#ifndef QF_SETTLE_BLOCKS_H
#define QF_SETTLE_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "rules/market.h"
#include "settle/clear.h"
#include "settle/clear_price.h"
#include "settle/order.h"

/* Where the caller has no other limits; steps are about a minute's. */
#define BLOCKS_NODES_MAX 200000
#define BLOCKS_WORK_MAX ((int64_t)20000000000)

/* An hour, with all its orders: those of blocks too. */
struct blocks_hour {
	struct order *orders;
	size_t count;
	int64_t need;

	/* Found: as clear_match() and clear_price() find them.  price is that
	 * which holds. */
	struct clear_match match;
	struct clear_price price;
};

struct blocks_row {
	size_t hour, order; /* hours[hour].orders[order] */
};

enum blocks_state {
	BLOCKS_REJECTED,
	BLOCKS_PARADOXICAL, /* rejected, although the prices would pay it */
	BLOCKS_ACCEPTED, /* to its minimum at least */
};

struct blocks_block {
	const char *id; /* for messages */
	const struct blocks_row *rows;
	size_t row_count;

	enum blocks_state state; /* found */
};

struct blocks_book {
	struct blocks_hour *hours;
	size_t hour_count;
	struct blocks_block *blocks; /* by id, bytewise: the order of ties */
	size_t block_count;
	int64_t node_max; /* 0: BLOCKS_NODES_MAX */
	int64_t work_max; /* steps; 0: BLOCKS_WORK_MAX */

	int64_t nodes; /* found: how many were looked at */
};

/* Whether the rows of a block are in one proportion; blocks_clear() fails
 * where they are not, so ask first and refuse the block. */
bool
blocks_even(const struct blocks_block *block, const struct blocks_hour *hours);

/* Clears all hours: sets accepted of each order, match and price of each hour
 * and state of each block. */
int blocks_clear(struct blocks_book *book, const struct market_version *version,
    struct qf_error *err);
void blocks_release(struct blocks_book *book);

#endif
