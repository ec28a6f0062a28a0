/* order.h - an order of a book, as whole numbers.
 *
 * A bid (报价) speaks in decimals of money and energy; clearing counts ticks:
 * the least steps of price and quantity that the market document names.  An
 * order is a bid in ticks, with what decides who comes first.
 *
 *	struct order order;
 *	struct refusal refusal;
 *
 *	if (order_make(&order, &bid, version, &refusal) == 1)
 *		... the bid breaks the market's rule: refusal.reason ...
 *	order.rank = rank;		the place of its id among all, bytewise
 *	order.party = party;		any number but 0; 0: none
 *
 * Where the market ranks by performance, an order to sell stands at its price
 * divided by its performance (排序价格); one to buy stands at its price.
 *
 * Ownership: an order is plain data and points at nothing.
 * Errors: what the market's rule forbids is a refusal (1), never a failure.
 * Limits: ORDER_TICKS_MAX ticks of quantity; a price fits in 64 bits of ticks;
 * a performance has at most ORDER_PERFORMANCE_SCALE digits after the point.
 */
#ifndef QF_SETTLE_ORDER_H
#define QF_SETTLE_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/dec.h"
#include "rules/market.h"
#include "settle/refusal.h"

/* Performances are counted in steps of 10^-9. */
#define ORDER_PERFORMANCE_SCALE 9
#define ORDER_PERFORMANCE_ONE INT64_C(1000000000)

#define ORDER_NO_TIME INT64_MAX /* submitted: nobody knows when */
#define ORDER_TICKS_MAX INT64_C(1000000000000000)

/* Reasons of a refusal. */
#define REASON_BID_ABOVE_CAP "bid-above-cap"
#define REASON_BID_BELOW_FLOOR "bid-below-floor"
#define REASON_BID_BELOW_LEAST "bid-below-least"
#define REASON_BID_MINIMUM "bid-minimum" /* above its quantity */
#define REASON_BID_NO_PERFORMANCE "bid-no-performance"
#define REASON_BID_PERFORMANCE "bid-performance" /* below what is asked */
#define REASON_BID_PRICE_TICK "bid-price-tick"
#define REASON_BID_QUANTITY_TICK "bid-quantity-tick"
#define REASON_BID_RANGE "bid-range" /* beyond what is counted in */

enum order_side {
	ORDER_BUY,
	ORDER_SELL,
};

struct order {
	enum order_side side;
	bool priced; /* false: at any price */
	int64_t price; /* ticks; 0 where it is not priced */
	int64_t quantity; /* ticks, 0..ORDER_TICKS_MAX */
	int64_t minimum; /* ticks, 0: none */
	int64_t performance; /* in 10^-9; 0: none, last by that tie */
	int64_t submitted_utc; /* or ORDER_NO_TIME */
	uint32_t rank; /* place of its id in bytewise order; never shared */
	uint32_t party; /* 0: none */
	uint32_t class_no; /* order_class() */

	/* Found by clearing. */
	int64_t eligible; /* ticks that the percent limits leave it */
	int64_t accepted; /* ticks, 0..eligible (more only if raised) */
};

/* What a bid says; NULL where it says nothing.  All borrowed. */
struct order_bid {
	enum order_side side;
	const struct dec *price;
	const struct dec *quantity; /* never NULL */
	const struct dec *minimum;
	const struct dec *performance;
	const char *class_id;
	int64_t submitted_utc; /* or ORDER_NO_TIME */
};

/* Makes an order of a bid, rank and party being 0; 0, or 1 with *refusal where
 * the bid is off ticks, outside floor and cap, below the least quantity, has a
 * minimum above its quantity, or, where the market ranks by performance and
 * the bid sells, has no performance or too small a one. */
int order_make(struct order *out, const struct order_bid *bid,
    const struct market_version *version, struct refusal *refusal);

/* The number by which orders of a class are found: 1 + the index of the
 * version's first limit of that class, 0 where none is (or class_id is NULL).
 */
uint32_t
order_class(const struct market_version *version, const char *class_id);

enum order_fit {
	ORDER_FITS,
	ORDER_OFF_TICK, /* no whole number of ticks */
	ORDER_OUT_OF_RANGE, /* more than 64 bits of them */
};

/* value / tick where that is whole; *ticks is else unchanged.  tick is above
 * 0.  For the need of an hour too. */
enum order_fit
order_ticks(int64_t *ticks, const struct dec *value, const struct dec *tick);

/* Where an order stands: price x ORDER_PERFORMANCE_ONE / performance ticks.
 * performance is ORDER_PERFORMANCE_ONE unless orders are ranked by it. */
struct order_level {
	int64_t price; /* ticks */
	int64_t performance; /* above 0 */
};

/* Of an order that is priced (and, where it sells and the version ranks by
 * performance, has one: BUG otherwise). */
struct order_level
order_level(const struct order *order, const struct market_version *version);

/* Compares exactly: -1, 0 or 1. */
int order_level_cmp(const struct order_level *a, const struct order_level *b);

#endif
