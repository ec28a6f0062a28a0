/* clear_price.h - the price of an hour, by the rule of the market document.
 *
 * The rules of MATPOWER Technical Note 1 (LAO, FRO, LAB, FRB, first price,
 * second price, split) are read as its program auction.m has them: an order of
 * which only part is accepted is an accepted one; a rejected one is one of
 * which nothing is accepted.  The last accepted offer (LAO) is the highest
 * price of an accepted offer, the last accepted bid (LAB) the lowest of an
 * accepted buy, the first rejected offer (FRO) the lowest of a rejected offer,
 * the first rejected bid (FRB) the highest of a rejected buy.
 *
 *	last-accepted-offer	LAO; no accepted offer has a price: LAB
 *	last-accepted-bid	LAB; no accepted buy has a price: LAO
 *	first-rejected-offer	FRO; none rejected: highest
 *	first-rejected-bid	FRB; none rejected: lowest
 *	first-price		LAB where a buy is marginal (accepted in part
 *				at the last level), else LAO: where both sides
 *				end exactly at a step, the lower one
 *	second-price		a buy is marginal: max(FRB, LAO), else
 *				min(FRO, LAB), of those that there are; none:
 *				as first-price
 *	split, mean-of-last-pair	(LAO + LAB) / 2, or the one there is
 *	lowest, highest		the ends of the prices that clear
 *	middle, max-volume-mean	their mean: of several prices of greatest
 *				volume the arithmetic mean (山东 4.5.12)
 *	ranking-price		highest level (price / performance) of an
 *				accepted offer; none has a price: LAB
 *	pay-as-bid		no price of the hour; each order its own
 *
 * An end that is not bounded is the floor or the cap; where there is none
 * either, the other end; where that is missing too, LAO, LAB, or no price.
 * LAO to FRB are prices as bid, even where orders are ranked by performance;
 * only ranking-price and the ends are levels.
 *
 * First-rejected, second-price and, between two steps, last-accepted rules may
 * choose a price that does not clear; that is their nature.
 *
 * An order that a percent limit shuts out is not a rejected one.
 *
 * At a shortage the document's word decides instead (none; cap; last-offer:
 * LAO, or none), and at a surplus the floor, if the document says so; without
 * that word no price is low enough, and both ends are the floor.  Otherwise the
 * price is at most LAO x (1 + margin) (of a negative LAO: LAO + |LAO| x margin,
 * so that no accepted offer gets less than it asked; of a ranking price LAO is
 * the highest level).  Then it is not outside floor and cap (a ranking price:
 * not above the cap); rounded once.  Nothing crosses: no price, never 0.
 *
 *	struct clear_price price = {0};
 *
 *	clear_price(&price, orders, count, &match, version);
 *	... price.has_price, price.price ...
 *	clear_price_release(&price);
 *
 * Exact: fractions throughout, rounded once at the end.
 */
#ifndef QF_SETTLE_CLEAR_PRICE_H
#define QF_SETTLE_CLEAR_PRICE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/dec.h"
#include "rules/market.h"
#include "settle/clear.h"
#include "settle/order.h"

/* Money per unit of the document.  All zero is a valid empty one. */
struct clear_price {
	bool has_price;
	struct dec price;
	/* The prices that clear; an end that no order bounds is the floor or
	 * the cap, or is missing.  Where orders are ranked by performance an
	 * end may be no decimal, and is then rounded as the price is. */
	bool has_low, has_high;
	struct dec low, high;
};

/* match and orders are what clear_match() (and clear_raise()) left.  The
 * version's rule must be one of a uniform price (BUG otherwise). */
void
clear_price(struct clear_price *out, const struct order *orders, size_t count,
    const struct clear_match *match, const struct market_version *version);
void clear_price_release(struct clear_price *price);

/* What each unit accepted of an order is paid: true with *out, false where
 * that is not known (nothing accepted; no price; pay-as-bid of an order at any
 * price). */
bool clear_award_price(struct dec *out, const struct order *order,
    const struct clear_price *price, const struct market_version *version);

#endif
