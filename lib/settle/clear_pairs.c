/* clear_pairs.c - clearing in pairs: each trade has its own price.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/clear_pairs.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "settle/clear_ties.h"

/* What a trade needs beyond its two orders. */
struct session {
	const struct market_version *version;
	struct clear_trades *out;
	bool has_previous;
	struct dec previous; /* price of the last trade */
};

/* The price of an order; false where it has none, or is the need. */
static bool
own_price(struct dec *out, const struct order *order,
    const struct market_version *version)
{
	if (order == NULL || !order->priced) {
		return false;
	}
	dec_mul_int(out, &version->price_tick, order->price);
	return true;
}

/* True if a was submitted before b, or at one time has the lower rank; the
 * need has waited from the start. */
static bool
is_earlier(const struct order *a, const struct order *b)
{
	if (a == NULL || b == NULL) {
		return a == NULL;
	}
	if (a->submitted_utc != b->submitted_utc) {
		return a->submitted_utc < b->submitted_utc;
	}
	return a->rank < b->rank;
}

/* The middle of the previous price and the two of a pair, of which one may be
 * missing: it is then no bound. */
static void
find_median(struct dec *out, const struct dec *previous, const struct dec *buy,
    const struct dec *sell)
{
	dec_set(out, previous);
	if (sell != NULL && dec_cmp(out, sell) < 0) {
		dec_set(out, sell);
	}
	if (buy != NULL && dec_cmp(out, buy) > 0) {
		dec_set(out, buy);
	}
}

static void
find_mean(struct dec *out, const struct dec *a, const struct dec *b)
{
	static const struct dec half = DEC_SMALL(5, 1);

	dec_add(out, a, b);
	dec_mul(out, out, &half);
}

/* The price of a pair, not yet rounded; false where there is none. */
static bool
pair_price(struct dec *out, const struct session *session,
    const struct order *buy, const struct order *sell)
{
	const struct market_version *version = session->version;
	struct dec gives = {0}, asks = {0};
	bool has_buy = own_price(&gives, buy, version);
	bool has_sell = own_price(&asks, sell, version);
	bool known = true;

	if (version->price == MARKET_MEDIAN && session->has_previous) {
		known = has_buy || has_sell;
		find_median(out, &session->previous, has_buy ? &gives : NULL,
		    has_sell ? &asks : NULL);
	} else if (!has_buy || !has_sell) {
		known = has_buy || has_sell;
		dec_set(out, has_buy ? &gives : &asks);
	} else if (version->price == MARKET_PAIR_EARLIER) {
		dec_set(out, is_earlier(buy, sell) ? &gives : &asks);
	} else if (version->price == MARKET_PAY_AS_BID) {
		dec_set(out, &asks);
	} else {
		find_mean(out, &gives, &asks);
	}
	dec_release(&gives);
	dec_release(&asks);
	return known;
}

/* Notes a trade.  There is room: each trade ends an order or the need. */
static void
add_trade(struct session *session, const struct order *buy,
    const struct order *sell, int64_t quantity)
{
	const struct market_version *version = session->version;
	struct clear_trade *trade =
	    &session->out->trades[session->out->count++];

	assert(quantity > 0);
	*trade = (struct clear_trade){
	    .buy = buy,
	    .sell = sell,
	    .quantity = quantity,
	};
	trade->has_price = pair_price(&trade->price, session, buy, sell);
	if (!trade->has_price) {
		return;
	}
	dec_round(&trade->price, &trade->price, version->price_scale,
	    version->price_mode);
	session->has_previous = true;
	dec_set(&session->previous, &trade->price);
}

/* Where the pairing is on one side: the need first, then the ladder. */
struct queue {
	struct order *const *orders;
	size_t count;
	size_t next;
	const struct order *order; /* NULL: the need */
	int64_t left;
};

static bool
queue_settle(struct queue *queue)
{
	while (queue->left == 0 && queue->next < queue->count) {
		queue->order = queue->orders[queue->next++];
		queue->left = queue->order->accepted;
	}
	return queue->left > 0;
}

/* Pairs what was accepted, best with best. */
static void
pair_accepted(
    struct session *session, const struct clear_ladders *ladders, int64_t need)
{
	int64_t volume = session->out->match.volume;
	int64_t fixed = need < 0 ? -need : need;
	int64_t served = fixed < volume ? fixed : volume;
	struct queue buys = {.left = need > 0 ? served : 0};
	struct queue sells = {.left = need < 0 ? served : 0};

	buys.orders = clear_ladder(ladders, ORDER_BUY, &buys.count);
	sells.orders = clear_ladder(ladders, ORDER_SELL, &sells.count);
	while (queue_settle(&buys) && queue_settle(&sells)) {
		int64_t quantity =
		    buys.left < sells.left ? buys.left : sells.left;

		add_trade(session, buys.order, sells.order, quantity);
		buys.left -= quantity;
		sells.left -= quantity;
	}
	assert(!queue_settle(&buys) && !queue_settle(&sells));
}

/* Orders of one side that wait: a heap of their places in the ladder. */
struct heap {
	struct order *const *ladder;
	size_t *places;
	size_t count;
};

static void
heap_push(struct heap *heap, size_t place)
{
	size_t at = heap->count++;

	for (; at > 0 && heap->places[(at - 1) / 2] > place;
	     at = (at - 1) / 2) {
		heap->places[at] = heap->places[(at - 1) / 2];
	}
	heap->places[at] = place;
}

static void
heap_pop(struct heap *heap)
{
	size_t last, at = 0;

	assert(heap->count > 0);
	last = heap->places[--heap->count];
	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= heap->count) {
			break;
		}
		if (child + 1 < heap->count &&
		    heap->places[child + 1] < heap->places[child]) {
			child++;
		}
		if (heap->places[child] >= last) {
			break;
		}
		heap->places[at] = heap->places[child];
		at = child;
	}
	heap->places[at] = last;
}

static struct order *
heap_best(const struct heap *heap)
{
	return heap->count == 0 ? NULL : heap->ladder[heap->places[0]];
}

struct arrival {
	struct order *order;
	size_t place; /* in its ladder */
};

static int
compare_arrivals(const void *a, const void *b)
{
	const struct arrival *left = a, *right = b;

	return is_earlier(left->order, right->order) ? -1 : 1;
}

static bool
crosses(const struct order *a, const struct order *b,
    const struct market_version *version)
{
	const struct order *buy = a->side == ORDER_BUY ? a : b;
	const struct order *sell = a->side == ORDER_BUY ? b : a;
	struct order_level gives, asks;

	if (!buy->priced || !sell->priced) {
		return true;
	}
	gives = order_level(buy, version);
	asks = order_level(sell, version);
	return order_level_cmp(&asks, &gives) <= 0;
}

/* A trade of one that arrives with one that waits (NULL: the need). */
static void
add_rolling(struct session *session, struct order *arrived,
    struct order *waiting, int64_t quantity)
{
	bool buys = arrived->side == ORDER_BUY;

	arrived->accepted += quantity;
	if (waiting != NULL) {
		waiting->accepted += quantity;
	}
	session->out->match.volume += quantity;
	add_trade(session, buys ? arrived : waiting, buys ? waiting : arrived,
	    quantity);
}

static int64_t
smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Trades an order as it arrives, and lets the rest of it wait.  heaps are by
 * side; *need as that of the hour, as far as it still waits. */
static void
arrive(struct session *session, const struct arrival *arrival,
    struct heap *heaps, int64_t *need)
{
	struct order *order = arrival->order, *best;
	struct heap *others =
	    &heaps[order->side == ORDER_BUY ? ORDER_SELL : ORDER_BUY];
	int64_t left = order->eligible;
	int64_t fixed = order->side == ORDER_BUY ? -*need : *need;

	if (left > 0 && fixed > 0) {
		int64_t quantity = smaller(left, fixed);

		add_rolling(session, order, NULL, quantity);
		*need += order->side == ORDER_BUY ? quantity : -quantity;
		left -= quantity;
	}
	while (left > 0 && (best = heap_best(others)) != NULL &&
	       crosses(order, best, session->version)) {
		int64_t quantity =
		    smaller(left, best->eligible - best->accepted);

		add_rolling(session, order, best, quantity);
		left -= quantity;
		if (best->accepted == best->eligible) {
			heap_pop(others);
		}
	}
	if (left > 0) {
		heap_push(&heaps[order->side], arrival->place);
	}
}

/* What waits at any price when all have come. */
static void
end_rolling(struct clear_match *match, const struct order *orders, size_t count,
    int64_t need)
{
	match->unserved = need > 0 ? need : 0;
	match->unsold = need < 0 ? -need : 0;
	for (size_t i = 0; i < count; i++) {
		int64_t left = orders[i].eligible - orders[i].accepted;

		if (!orders[i].priced && orders[i].side == ORDER_BUY) {
			match->unserved += left;
		} else if (!orders[i].priced) {
			match->unsold += left;
		}
	}
	match->state = match->unserved > 0 ? CLEAR_SHORTAGE
		       : match->unsold > 0 ? CLEAR_SURPLUS
		       : match->volume > 0 ? CLEAR_CLEARED
					   : CLEAR_NO_CROSS;
}

static void
roll(struct session *session, const struct clear_ladders *ladders,
    struct order *orders, size_t count, int64_t need)
{
	struct arrival *arrivals = xcalloc(count, sizeof(*arrivals));
	struct heap heaps[2] = {0};
	size_t found = 0;

	for (int side = ORDER_BUY; side <= ORDER_SELL; side++) {
		size_t length;

		heaps[side].ladder =
		    clear_ladder(ladders, (enum order_side)side, &length);
		heaps[side].places = xcalloc(length, sizeof(size_t));
		for (size_t i = 0; i < length; i++) {
			arrivals[found].order = heaps[side].ladder[i];
			arrivals[found].order->accepted = 0;
			arrivals[found].place = i;
			found++;
		}
	}
	assert(found == count);
	qsort(arrivals, count, sizeof(*arrivals), compare_arrivals);
	session->out->match = (struct clear_match){0};
	for (size_t i = 0; i < count; i++) {
		arrive(session, &arrivals[i], heaps, &need);
	}
	end_rolling(&session->out->match, orders, count, need);
	free(heaps[ORDER_BUY].places);
	free(heaps[ORDER_SELL].places);
	free(arrivals);
}

int
clear_pairs(struct clear_trades *out, struct order *orders, size_t count,
    int64_t need, const struct dec *previous,
    const struct market_version *version, struct qf_error *err)
{
	struct session session = {.version = version, .out = out};
	struct clear_ladders *ladders = NULL;

	if (version->method == MARKET_ROLLING && clear_ties_share(version)) {
		return qf_fail(err, QF_CONFIG, "clear-rolling-share",
		    "orders that trade as they arrive cannot share pro rata");
	}
	if (clear_ladders_make(&ladders, orders, count, need, version, err) ==
	    -1) {
		return -1;
	}
	*out = (struct clear_trades){0};
	out->trades = xcalloc(count + 2, sizeof(*out->trades));
	if (previous != NULL) {
		session.has_previous = true;
		dec_set(&session.previous, previous);
	}
	/* This says too what the percent limits leave each order. */
	clear_match(&out->match, ladders, need);
	if (version->method == MARKET_ROLLING) {
		roll(&session, ladders, orders, count, need);
	} else {
		pair_accepted(&session, ladders, need);
	}
	assert(out->count <= count + 1);
	dec_release(&session.previous);
	clear_ladders_free(ladders);
	return 0;
}

void
clear_trades_release(struct clear_trades *trades)
{
	for (size_t i = 0; i < trades->count; i++) {
		dec_release(&trades->trades[i].price);
	}
	free(trades->trades);
	*trades = (struct clear_trades){0};
}
