/* clear_pairs.h - clearing in pairs: each trade has its own price.
 *
 * pairs (撮合, 高低匹配): the best buy with the best sell, then what is left of
 * them with the next, for as long as the buy gives at least what the sell
 * asks.  Who trades how much is what clear_match() finds (so ties at the
 * margin are shared where the document says so); the pairs are then made in
 * the order of the ladders.
 *
 * rolling (滚动撮合, 连续竞价): orders come one after the other by submission
 * time, then rank (without a time: last), and each trades at once with the
 * best that waits on the other side: better price, then the ties, then rank.
 * The need has waited from the start.  A tie cannot be shared here: QF_CONFIG
 * "clear-rolling-share".
 *
 * The price of a pair:
 *
 *	pair-mean	(buy + sell) / 2
 *	pair-earlier	price of the one submitted earlier; at one time of the
 *			one of lower rank
 *	median		of the previous trade's price, the buy's and the sell's
 *			(山东 4.5.18); the first trade: the previous price that
 *			is handed in, or without one pair-mean
 *	pay-as-bid	the seller's price
 *
 * One of no price (or the need) takes the other's price, but at the median it
 * is no bound: a buy at any price with a sell of 38 after a trade at 40 is 40.
 * Two of no price trade without one, and leave the previous price as it was.
 * Each price is rounded once as the document says.
 *
 *	struct clear_trades trades;
 *
 *	if (clear_pairs(&trades, orders, count, need, previous, version, err)
 *	    == -1)
 *		...
 *	clear_trades_release(&trades);
 *
 * Complexity: n log n.
 */
#ifndef QF_SETTLE_CLEAR_PAIRS_H
#define QF_SETTLE_CLEAR_PAIRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"
#include "base/status.h"
#include "rules/market.h"
#include "settle/clear.h"
#include "settle/order.h"

struct clear_trade {
	const struct order *buy, *sell; /* NULL: the need */
	int64_t quantity; /* ticks, above 0 */
	bool has_price;
	struct dec price; /* money per unit */
};

struct clear_trades {
	struct clear_trade *trades; /* in the order in which they came */
	size_t count;
	struct clear_match match; /* of rolling: no interval */
};

/* Clears by the version's method, pairs or rolling; sets eligible and accepted
 * of each order.  previous: price of the last trade before, or NULL.  Trades
 * point into orders.  Errors: clear-volume, clear-rolling-share. */
int clear_pairs(struct clear_trades *out, struct order *orders, size_t count,
    int64_t need, const struct dec *previous,
    const struct market_version *version, struct qf_error *err);
void clear_trades_release(struct clear_trades *trades);

#endif
