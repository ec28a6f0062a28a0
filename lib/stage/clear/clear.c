/* clear.c - an auction of the ledger cleared: the rows of what was found.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/clear/clear.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/status.h"
#include "stage/clear/own.h"

/* What the trades of an order were paid. */
struct paid {
	const struct dec *price; /* NULL: no trade, or without one */
	bool differs; /* not the same for all */
};

struct clearing {
	struct clear_walk walk;
	const struct clear_request *request;
	const struct clear_sink *sink;
	struct clear_counts *counts;
	struct paid *paid; /* by order, where it is matched in pairs */
	size_t paid_capacity;
	int64_t awards, prices;
	struct dec number;
	char quantity[DEC_TEXT_MAX], price[DEC_TEXT_MAX];
	char low[DEC_TEXT_MAX], high[DEC_TEXT_MAX], unserved[DEC_TEXT_MAX];
};

/* Numbers ------------------------------------------------------------------ */

/* So many ticks as a quantity. */
static const char *
say_ticks(struct clearing *c, int64_t ticks, const struct dec *tick, char *out)
{
	dec_mul_int(&c->number, tick, ticks);
	dec_format_trim(&c->number, out, DEC_TEXT_MAX);
	return out;
}

static const char *
say_dec(const struct dec *value, char *out)
{
	dec_format_trim(value, out, DEC_TEXT_MAX);
	return out;
}

/* Prices ------------------------------------------------------------------- */

/* An end of the prices that clear, of pairs, or the floor or cap where no order
 * bounds them; rolling has none. */
static const char *
say_level(struct clearing *c, bool has, const struct order_level *level,
    const struct dec *bound, char *out)
{
	const struct market_version *version = c->walk.hour->version;
	enum clear_state state = c->walk.result->match.state;

	if (version->method != MARKET_PAIRS ||
	    (state != CLEAR_CLEARED && state != CLEAR_NO_CROSS)) {
		return NULL;
	}
	if (!has) {
		return bound == NULL ? NULL : say_dec(bound, out);
	}
	return say_ticks(c, level->price, &version->price_tick, out);
}

static int
put_price(struct clearing *c, struct qf_error *err)
{
	const struct clear_hour *hour = c->walk.hour;
	const struct clear_result *result = c->walk.result;
	const struct clear_match *match = &result->match;
	const struct clear_price *price = &result->price;
	const struct market_version *version = hour->version;
	const struct dec *tick = &version->quantity_tick;
	struct price_row row = {
	    .line_no = ++c->prices,
	    .auction = c->request->auction,
	    .start_utc = hour->start_utc,
	    .end_utc = hour->end_utc,
	    .rule = market_price_name(hour->version->price),
	    .state = clear_state_name(match),
	};

	if (result->in_pairs) {
		row.low = say_level(c, match->has_low, &match->low,
		    version->has_floor ? &version->floor : NULL, c->low);
		row.high = say_level(c, match->has_high, &match->high,
		    version->has_cap ? &version->cap : NULL, c->high);
	} else {
		row.price =
		    price->has_price ? say_dec(&price->price, c->price) : NULL;
		row.low = price->has_low ? say_dec(&price->low, c->low) : NULL;
		row.high =
		    price->has_high ? say_dec(&price->high, c->high) : NULL;
	}
	row.volume = say_ticks(c, match->volume, tick, c->quantity);
	row.unserved = say_ticks(c, match->unserved, tick, c->unserved);
	if (match->unserved > 0) {
		c->counts->short_hours++;
	}
	return c->sink->price == NULL
		   ? 0
		   : c->sink->price(c->sink->context, &row, err);
}

/* Awards ------------------------------------------------------------------- */

static void
add_paid(struct paid *paid, const struct clear_trade *trade)
{
	if (!trade->has_price ||
	    (paid->price != NULL && dec_cmp(paid->price, &trade->price) != 0)) {
		paid->differs = true;
	}
	paid->price = &trade->price;
}

/* What each order was paid in the pairs of the hour. */
static void
sum_pairs(struct clearing *c)
{
	const struct clear_hour *hour = c->walk.hour;
	const struct clear_trades *trades = &c->walk.result->trades;

	if (!c->walk.result->in_pairs) {
		return;
	}
	if (hour->order_count > c->paid_capacity) {
		c->paid_capacity = hour->order_count;
		c->paid =
		    xreallocarray(c->paid, c->paid_capacity, sizeof(*c->paid));
	}
	for (size_t i = 0; i < hour->order_count; i++) {
		c->paid[i] = (struct paid){0};
	}
	for (size_t i = 0; i < trades->count; i++) {
		const struct clear_trade *trade = &trades->trades[i];

		if (trade->buy != NULL) {
			add_paid(&c->paid[trade->buy - hour->orders], trade);
		}
		if (trade->sell != NULL) {
			add_paid(&c->paid[trade->sell - hour->orders], trade);
		}
	}
}

/* What each unit of an order is paid, or NULL. */
static const char *
say_paid(struct clearing *c, const struct clear_bid *bid)
{
	const struct clear_result *result = c->walk.result;
	const struct clear_hour *hour = c->walk.hour;

	if (result->in_pairs) {
		const struct paid *paid = &c->paid[bid->order];

		return paid->price == NULL || paid->differs
			   ? NULL
			   : say_dec(paid->price, c->price);
	}
	return clear_award_price(&c->number, &hour->orders[bid->order],
		   &result->price, hour->version)
		   ? say_dec(&c->number, c->price)
		   : NULL;
}

static void
fill_award(
    struct clearing *c, const struct clear_bid *bid, struct award_row *row)
{
	const struct clear_hour *hour = c->walk.hour;
	const struct order *order;

	if (bid->order == CLEAR_NO_ORDER) {
		row->awarded = "0";
		row->state = "refused";
		row->reason = bid->reason;
		row->why = clear_hour_why(hour, bid);
		c->counts->refused++;
		return;
	}
	order = &hour->orders[bid->order];
	row->awarded = say_ticks(
	    c, order->accepted, &hour->version->quantity_tick, c->quantity);
	if (order->accepted > 0) {
		row->price = say_paid(c, bid);
		row->state =
		    order->accepted >= order->quantity ? "whole" : "part";
	} else if (bid->paradoxical) {
		row->state = "paradoxical";
		c->counts->paradoxical++;
	} else {
		row->state = "none";
	}
}

static int
put_awards(struct clearing *c, struct qf_error *err)
{
	const struct clear_hour *hour = c->walk.hour;

	sum_pairs(c);
	for (size_t i = 0; i < hour->count; i++) {
		const struct clear_bid *bid = &hour->bids[i];
		struct award_row row = {
		    .line_no = ++c->awards,
		    .auction = c->request->auction,
		    .start_utc = hour->start_utc,
		    .end_utc = hour->end_utc,
		    .bid = clear_text(hour, bid->id),
		    .party = clear_text(hour, bid->party),
		    .side = bid->side == ORDER_SELL ? "sell" : "buy",
		    .block = clear_text(hour, bid->block),
		    .offered = clear_text(hour, bid->offered),
		    .bid_price = clear_text(hour, bid->price),
		};

		fill_award(c, bid, &row);
		if (c->sink->award != NULL &&
		    c->sink->award(c->sink->context, &row, err) == -1) {
			return -1;
		}
	}
	c->counts->bids += (int64_t)hour->count;
	return 0;
}

/* Trades ------------------------------------------------------------------- */

/* The bid of an order: both are in the same order, and a bid is never before
 * its order. */
static const char *
bid_of(const struct clear_hour *hour, const struct order *order)
{
	return order == NULL ? NULL
			     : clear_text(hour, hour->bids[order->rank - 1].id);
}

static int
put_trades(struct clearing *c, struct qf_error *err)
{
	const struct clear_hour *hour = c->walk.hour;
	const struct clear_trades *trades = &c->walk.result->trades;

	for (size_t i = 0; i < trades->count; i++) {
		const struct clear_trade *trade = &trades->trades[i];
		struct trade_row row = {
		    .line_no = ++c->counts->trades,
		    .auction = c->request->auction,
		    .start_utc = hour->start_utc,
		    .buy = bid_of(hour, trade->buy),
		    .sell = bid_of(hour, trade->sell),
		    .quantity = say_ticks(c, trade->quantity,
			&hour->version->quantity_tick, c->quantity),
		};

		row.price =
		    trade->has_price ? say_dec(&trade->price, c->price) : NULL;
		if (c->sink->trade != NULL &&
		    c->sink->trade(c->sink->context, &row, err) == -1) {
			return -1;
		}
	}
	return 0;
}

/* All ---------------------------------------------------------------------- */

static int
put_hour(struct clearing *c, struct qf_error *err)
{
	const struct clear_hour *hour = c->walk.hour;

	if (c->counts->hours++ == 0) {
		c->counts->from_utc = hour->start_utc;
	}
	c->counts->to_utc = hour->end_utc;
	if (c->sink->hour != NULL) {
		c->sink->hour(c->sink->context, &c->walk);
	}
	if (put_price(c, err) == -1 || put_awards(c, err) == -1) {
		return -1;
	}
	return put_trades(c, err);
}

static int
run(struct clearing *c, struct qf_error *err)
{
	int rc;

	while ((rc = clear_walk_next(&c->walk, err)) == 1) {
		if (put_hour(c, err) == -1) {
			return -1;
		}
	}
	if (rc == 0 && c->counts->hours == 0) {
		return qf_fail(err, QF_USAGE, "auction-unknown",
		    "nothing is bid or needed in auction %s",
		    c->request->auction);
	}
	return rc;
}

int
clear_run(struct ledger *ledger, const struct clear_request *request,
    const struct clear_sink *sink, struct clear_counts *counts,
    struct qf_error *err)
{
	struct clearing *c = xcalloc(1, sizeof(*c));
	int rc;

	memset(counts, 0, sizeof(*counts));
	c->request = request;
	c->sink = sink;
	c->counts = counts;
	rc = clear_walk_open(&c->walk, ledger, request, INT64_MIN, err);
	c->walk.book.progress = sink->progress;
	c->walk.book.context = sink->context;
	if (rc == 0) {
		rc = run(c, err);
	}
	clear_walk_close(&c->walk);
	dec_release(&c->number);
	free(c->paid);
	free(c);
	return rc;
}
