/* auction.h - what a clearing (出清) finds: awards, prices, trades.
 *
 * Rows of a run of qf-clear.  Texts point into memory of whoever made the row,
 * valid for the call that it is handed to.  Decimals are canonical text, in
 * the units of the market document.
 */
#ifndef QF_MODEL_AUCTION_H
#define QF_MODEL_AUCTION_H

#include <stdint.h>

/* What came of a bid in one hour (any stretch) of an auction. */
struct award_row {
	int64_t line_no; /* from 1 within the run */
	const char *auction;
	int64_t start_utc, end_utc;
	const char *bid, *party; /* party: NULL where the bid has none */
	const char *side; /* buy, sell */
	const char *block; /* NULL: none */
	const char *offered, *awarded; /* quantities */
	const char *bid_price; /* NULL: at any price */
	/* What each unit awarded is paid: NULL where nothing was awarded, or
	 * where trades of the bid differ (run_trade has them). */
	const char *price;
	/* whole, part, none; refused: the bid breaks the market's rule;
	 * paradoxical: a block that the price would have paid */
	const char *state;
	const char *reason; /* of refused; NULL otherwise */
	/* The same in words, where it is just made; not stored, so NULL of a
	 * row that was read. */
	const char *why;
};

/* The price of one hour. */
struct price_row {
	int64_t line_no;
	const char *auction;
	int64_t start_utc, end_utc;
	const char *rule; /* market_price_name() */
	const char *price; /* NULL: none */
	const char *low, *high; /* the prices that clear; NULL: none, or no
				 * bound */
	const char *volume; /* that was traded */
	const char *unserved; /* fixed demand that nobody served */
	const char *state; /* cleared, no-cross, shortage */
};

/* Of methods that match pairs: one trade, in the order in which they came. */
struct trade_row {
	int64_t line_no;
	const char *auction;
	int64_t start_utc;
	const char *buy, *sell; /* bids; NULL: the need */
	const char *quantity;
	const char *price; /* NULL: both are at any price */
};

#endif
