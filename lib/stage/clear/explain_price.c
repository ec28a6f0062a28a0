/* explain_price.c - what was offered and asked for, the price, and the
 * share of a bid, told with the numbers that a reader can add up.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "settle/clear_ties.h"
#include "stage/clear/explain_own.h"

#define EQUALS_SHOWN 20 /* bids of one price that are told one by one */

/* Ticks of an hour's orders around a price, blocks apart. */
struct around {
	int64_t offered_below, offered_at; /* below; at it or below */
	int64_t asked_above, asked_at; /* above; at it or above */
	int64_t need; /* with what blocks buy less what they sell */
};

/* The book ----------------------------------------------------------------- */

static void
tell_book(struct told *told)
{
	const struct clear_hour *hour = told->walk->hour;
	int64_t sell = 0, buy = 0;
	size_t refused = 0;
	char a[DEC_TEXT_MAX], b[DEC_TEXT_MAX], need[DEC_TEXT_MAX];

	for (size_t i = 0; i < hour->order_count; i++) {
		const struct order *order = &hour->orders[i];

		*(order->side == ORDER_SELL ? &sell : &buy) += order->quantity;
	}
	refused = hour->count - hour->order_count;
	telling_say(&told->telling, "book",
	    "%zu bids stand, to sell %s and to buy %s %s; %zu refused; need %s",
	    hour->order_count, told_quantity(told, sell, a),
	    told_quantity(told, buy, b), hour->version->quantity_unit, refused,
	    told_quantity(told, hour->need, need));
}

static void
add_order(struct around *around, const struct order *order,
    const struct order_level *at, const struct market_version *version)
{
	struct order_level level;
	int cmp;

	/* One at any price is better than every price. */
	cmp = order->side == ORDER_SELL ? -1 : 1;
	if (order->priced) {
		level = order_level(order, version);
		cmp = order_level_cmp(&level, at);
	}
	if (order->side == ORDER_SELL) {
		around->offered_below += cmp < 0 ? order->eligible : 0;
		around->offered_at += cmp <= 0 ? order->eligible : 0;
	} else {
		around->asked_above += cmp > 0 ? order->eligible : 0;
		around->asked_at += cmp >= 0 ? order->eligible : 0;
	}
}

/* What an end of the interval stands on: the two conditions of clear.h. */
static void
tell_end(struct told *told, const struct order_level *at)
{
	const struct clear_hour *hour = told->walk->hour;
	struct around around = {.need = hour->need};
	char price[DEC_TEXT_MAX], text[5][DEC_TEXT_MAX];
	bool blocks = false;

	for (size_t i = 0; i < hour->count; i++) {
		const struct clear_bid *bid = &hour->bids[i];
		const struct order *order;

		if (bid->order == CLEAR_NO_ORDER) {
			continue;
		}
		order = &hour->orders[bid->order];
		if (clear_is_block(hour, bid)) {
			blocks = true;
			around.need += order->side == ORDER_BUY
					   ? order->accepted
					   : -order->accepted;
		} else {
			add_order(&around, order, at, hour->version);
		}
	}
	told_level(told, at, price);
	told_quantity(told, around.offered_below, text[0]);
	told_quantity(told, around.offered_at, text[1]);
	told_quantity(told, around.asked_above, text[2]);
	told_quantity(told, around.asked_at, text[3]);
	told_quantity(told, around.need, text[4]);
	telling_say(&told->telling, "at price",
	    "%s: offered below it %s, up to it %s; asked for above it %s, "
	    "down to it %s; need%s %s",
	    price, text[0], text[1], text[2], text[3],
	    blocks ? " and accepted blocks" : "", text[4]);
	telling_say(&told->telling, "",
	    "it clears: %s <= %s + %s, and %s >= %s + %s", text[0], text[3],
	    text[4], text[1], text[2], text[4]);
}

/* The price ---------------------------------------------------------------- */

static void
tell_price(struct told *told)
{
	const struct market_version *version = told->walk->hour->version;
	const struct clear_result *result = told->walk->result;
	const struct clear_match *match = &result->match;
	char low[DEC_TEXT_MAX] = "-", high[DEC_TEXT_MAX] = "-";
	char price[DEC_TEXT_MAX] = "no price", volume[DEC_TEXT_MAX];
	char unserved[DEC_TEXT_MAX];

	if (result->price.has_low) {
		dec_format_trim(&result->price.low, low, sizeof(low));
	}
	if (result->price.has_high) {
		dec_format_trim(&result->price.high, high, sizeof(high));
	}
	if (result->price.has_price) {
		dec_format_trim(&result->price.price, price, sizeof(price));
	}
	telling_say(&told->telling, "hour", "%s: volume %s %s, unserved %s",
	    clear_state_name(match), told_quantity(told, match->volume, volume),
	    version->quantity_unit,
	    told_quantity(told, match->unserved, unserved));
	telling_say(&told->telling, "price",
	    "%s by %s; prices from %s to %s clear", price,
	    market_price_name(version->price), low, high);
}

/* Equals ------------------------------------------------------------------- */

static bool
same_level(const struct order *a, const struct order *b,
    const struct market_version *version)
{
	struct order_level x, y;

	if (!a->priced || !b->priced) {
		return a->priced == b->priced;
	}
	x = order_level(a, version);
	y = order_level(b, version);
	return order_level_cmp(&x, &y) == 0;
}

/* The quota of an order among those that share: rest x eligible / sum. */
static void
tell_share(
    struct told *told, const struct order *order, int64_t rest, int64_t sum)
{
	const struct clear_hour *hour = told->walk->hour;
	const struct dec *tick = &hour->version->quantity_tick;
	__extension__ __int128 product =
	    (__extension__(__int128) rest) * order->eligible;
	int64_t floor = (int64_t)(product / sum);
	int64_t remainder = (int64_t)(product % sum);
	char size[DEC_TEXT_MAX];

	telling_say(&told->telling, "",
	    "%s: %" PRId64 " x %" PRId64 " / %" PRId64 " = %" PRId64
	    ", remainder %" PRId64 "%s: %" PRId64 " ticks of %s",
	    clear_text(hour, hour->bids[order->rank - 1].id), rest,
	    order->eligible, sum, floor, remainder,
	    order->accepted > floor ? ", and 1 of what is left over" : "",
	    order->accepted, told_ticks(told, 1, tick, size));
}

/* Orders from first to end are equal by price and keys, and share a rest. */
static void
tell_shared(struct told *told, struct order *const *orders, size_t count)
{
	int64_t rest = 0, sum = 0;

	for (size_t i = 0; i < count; i++) {
		rest += orders[i]->accepted;
		sum += orders[i]->eligible;
	}
	telling_say(&told->telling, "ties",
	    "%zu equal bids share %" PRId64 " of %" PRId64
	    " ticks pro rata; what rounding down leaves goes to the largest "
	    "remainders",
	    count, rest, sum);
	for (size_t i = 0; i < count && i < EQUALS_SHOWN; i++) {
		tell_share(told, orders[i], rest, sum);
	}
	if (count > EQUALS_SHOWN) {
		telling_say(
		    &told->telling, "", "and %zu more", count - EQUALS_SHOWN);
	}
}

/* A bid of a price that is not accepted whole, in its turn. */
static void
tell_turn(struct told *told, struct order *const *orders, size_t count)
{
	static const char *const names[] = {
	    [MARKET_TIE_PERFORMANCE] = "performance",
	    [MARKET_TIE_LARGER] = "larger",
	    [MARKET_TIE_TIME] = "time",
	    [MARKET_TIE_PRO_RATA] = "pro-rata",
	};
	const struct clear_hour *hour = told->walk->hour;
	char words[80] = "", accepted[DEC_TEXT_MAX], of[DEC_TEXT_MAX];
	size_t used = 0;

	for (size_t i = 0; i < hour->version->tie_count; i++) {
		used += (size_t)snprintf(words + used, sizeof(words) - used,
		    "%s%s", i == 0 ? "" : ", ", names[hour->version->ties[i]]);
	}
	telling_say(&told->telling, "ties",
	    "bids of this price in turn by %s, id", words);
	for (size_t i = 0; i < count && i < EQUALS_SHOWN; i++) {
		telling_say(&told->telling, "", "%s: %s of %s",
		    clear_text(hour, hour->bids[orders[i]->rank - 1].id),
		    told_quantity(told, orders[i]->accepted, accepted),
		    told_quantity(told, orders[i]->eligible, of));
	}
	if (count > EQUALS_SHOWN) {
		telling_say(
		    &told->telling, "", "and %zu more", count - EQUALS_SHOWN);
	}
}

/* How the bid stands among those of its price: orders of its side, sorted. */
static void
tell_equals(struct told *told, struct order *const *ladder, size_t count,
    const struct order *own)
{
	const struct market_version *version = told->walk->hour->version;
	size_t first = 0, end, from, to;
	int64_t before = 0, wanted = 0, got = 0;
	char a[DEC_TEXT_MAX], b[DEC_TEXT_MAX], c[DEC_TEXT_MAX];

	while (!same_level(ladder[first], own, version)) {
		before += ladder[first++]->accepted;
	}
	for (end = first; end < count && same_level(ladder[end], own, version);
	     end++) {
		wanted += ladder[end]->eligible;
		got += ladder[end]->accepted;
	}
	telling_say(&told->telling, "margin",
	    "bids that are better got %s; those of its price, %zu of %s, got "
	    "%s",
	    told_quantity(told, before, a), end - first,
	    told_quantity(told, wanted, b), told_quantity(told, got, c));
	if (got == 0 || got == wanted || end - first == 1) {
		return;
	}
	from = first;
	while (clear_ties_cmp(ladder[from], own, version) != 0) {
		from++;
	}
	for (to = from;
	     to < end && clear_ties_cmp(ladder[to], own, version) == 0; to++) {
	}
	if (clear_ties_share(version) && own->accepted > 0 &&
	    own->accepted < own->eligible) {
		tell_shared(told, ladder + from, to - from);
	} else {
		tell_turn(told, ladder + first, end - first);
	}
}

static void
tell_margin(struct told *told, struct order *own)
{
	struct clear_hour *hour = told->walk->hour;
	struct clear_ladders *ladders = NULL;
	struct qf_error err;
	struct order *const *ladder;
	size_t count;
	char left[DEC_TEXT_MAX], of[DEC_TEXT_MAX];

	if (own->eligible < own->quantity) {
		telling_say(&told->telling, "limit",
		    "the percentages of the market leave it %s of %s",
		    told_quantity(told, own->eligible, left),
		    told_quantity(told, own->quantity, of));
	}
	if (clear_ladders_make(&ladders, hour->orders, hour->order_count,
		hour->need, hour->version, &err) == 0) {
		ladder = clear_ladder(ladders, own->side, &count);
		tell_equals(told, ladder, count, own);
	}
	clear_ladders_free(ladders);
}

/* Blocks ------------------------------------------------------------------- */

/* One row of the block: what it earns at its hour's price. */
static void
tell_row(struct told *told, const struct clear_hour *hour,
    const struct clear_result *result, const struct clear_bid *bid,
    struct dec *sum)
{
	const struct order *order = &hour->orders[bid->order];
	struct dec limit = {0}, gain = {0};
	char start[CIVIL_TEXT_MAX], accepted[DEC_TEXT_MAX], of[DEC_TEXT_MAX];
	char price[DEC_TEXT_MAX] = "no price", at[DEC_TEXT_MAX];
	char earned[DEC_TEXT_MAX] = "0";

	civil_format_offset(
	    hour->start_utc, zone_offset(told->zone, hour->start_utc), start);
	dec_mul_int(&limit, &hour->version->price_tick, order->price);
	dec_format_trim(&limit, at, sizeof(at));
	if (result->price.has_price) {
		dec_format_trim(&result->price.price, price, sizeof(price));
		dec_sub(&gain, &result->price.price, &limit);
		if (order->side == ORDER_BUY) {
			dec_neg(&gain, &gain);
		}
		dec_mul_int(&told->number, &hour->version->quantity_tick,
		    order->accepted);
		dec_mul(&gain, &gain, &told->number);
		dec_add(sum, sum, &gain);
		dec_format_trim(&gain, earned, sizeof(earned));
	}
	telling_say(&told->telling, "",
	    "%s, bid %s: %s of %s, limit %s, price %s: gains %s", start,
	    clear_text(hour, bid->id),
	    told_quantity(told, order->accepted, accepted),
	    told_quantity(told, order->quantity, of),
	    order->priced ? at : "none", price, earned);
	dec_release(&limit);
	dec_release(&gain);
}

static void
tell_rows(struct told *told, const struct clear_hour *hour,
    const struct clear_result *result, const char *block, struct dec *sum)
{
	for (size_t i = 0; i < hour->count; i++) {
		const struct clear_bid *bid = &hour->bids[i];

		if (bid->order != CLEAR_NO_ORDER && bid->block != 0 &&
		    strcmp(clear_text(hour, bid->block), block) == 0) {
			tell_row(told, hour, result, bid, sum);
		}
	}
}

static void
tell_block(struct told *told, const struct order *own)
{
	const struct clear_walk *walk = told->walk;
	const char *block = clear_text(walk->hour, told->bid->block);
	const struct clear_result *result;
	const struct clear_hour *hour;
	struct dec sum = {0};
	char minimum[DEC_TEXT_MAX];

	telling_say(&told->telling, "block",
	    "accepted from %s on, or not at all%s%s",
	    told_quantity(told, own->minimum, minimum),
	    block == NULL ? "" : ", in one ratio with all of block ",
	    block == NULL ? "" : block);
	if (block == NULL) {
		tell_row(told, walk->hour, walk->result, told->bid, &sum);
	}
	for (size_t i = 0; block != NULL &&
			   clear_linked_each(walk->linked, i, &hour, &result);
	     i++) {
		tell_rows(told, hour, result, block, &sum);
	}
	dec_format_trim(&sum, minimum, sizeof(minimum));
	telling_say(&told->telling, "", "%s; in all it gains %s",
	    told->bid->paradoxical
		? "rejected although the prices would have paid it: with it "
		  "the welfare of all is less, or no price clears"
	    : own->accepted > 0
		? "accepted: of all selections of blocks this has the "
		  "greatest welfare"
		: "rejected",
	    minimum);
	dec_release(&sum);
}

/* Where the bid stands among others: price / performance. */
static void
tell_rank(struct told *told, const struct order *own)
{
	const struct market_version *version = told->walk->hour->version;
	struct order_level level;
	struct dec performance = {0};
	char price[DEC_TEXT_MAX], by[DEC_TEXT_MAX], rank[DEC_TEXT_MAX];

	if (!version->by_performance || own->side != ORDER_SELL ||
	    !own->priced) {
		return;
	}
	level = order_level(own, version);
	dec_set_int(&performance, level.performance, ORDER_PERFORMANCE_SCALE);
	dec_format_trim(&performance, by, sizeof(by));
	dec_release(&performance);
	telling_say(&told->telling, "rank",
	    "price by performance: %s / %s = %s",
	    told_ticks(told, own->price, &version->price_tick, price), by,
	    told_level(told, &level, rank));
}

void
told_uniform(struct told *told)
{
	const struct clear_match *match = &told->walk->result->match;
	struct order *own = &told->walk->hour->orders[told->bid->order];

	tell_rank(told, own);
	tell_book(told);
	if (match->has_low) {
		tell_end(told, &match->low);
	}
	if (match->has_high && (!match->has_low || order_level_cmp(&match->low,
						       &match->high) != 0)) {
		tell_end(told, &match->high);
	}
	tell_price(told);
	if (clear_is_block(told->walk->hour, told->bid)) {
		tell_block(told, own);
	} else {
		tell_margin(told, own);
	}
}

/* Pairs -------------------------------------------------------------------- */

static const char *
side_of(const struct told *told, const struct order *order)
{
	const struct clear_hour *hour = told->walk->hour;

	return order == NULL ? "the need"
			     : clear_text(hour, hour->bids[order->rank - 1].id);
}

static const char *
limit_of(struct told *told, const struct order *order, char out[DEC_TEXT_MAX])
{
	if (order == NULL || !order->priced) {
		return "any price";
	}
	return told_ticks(
	    told, order->price, &told->walk->hour->version->price_tick, out);
}

void
told_pairs(struct told *told)
{
	const struct clear_hour *hour = told->walk->hour;
	const struct clear_trades *trades = &told->walk->result->trades;
	const struct order *own = &hour->orders[told->bid->order];
	char before[DEC_TEXT_MAX] = "none", price[DEC_TEXT_MAX];
	char quantity[DEC_TEXT_MAX], buy[DEC_TEXT_MAX], sell[DEC_TEXT_MAX];
	size_t count = 0;

	tell_book(told);
	telling_say(&told->telling, "pairs", "%zu trades; each at its %s",
	    trades->count, market_price_name(hour->version->price));
	if (told->walk->has_opening) {
		dec_format_trim(&told->walk->opening, before, sizeof(before));
	}
	for (size_t i = 0; i < trades->count; i++) {
		const struct clear_trade *trade = &trades->trades[i];

		snprintf(price, sizeof(price), "no price");
		if (trade->has_price) {
			dec_format_trim(&trade->price, price, sizeof(price));
		}
		if (trade->buy == own || trade->sell == own) {
			telling_say(&told->telling, "trade",
			    "%zu: %s %s, bought by %s at %s, sold by %s at "
			    "%s; previous trade %s: %s",
			    i + 1,
			    told_quantity(told, trade->quantity, quantity),
			    hour->version->quantity_unit,
			    side_of(told, trade->buy),
			    limit_of(told, trade->buy, buy),
			    side_of(told, trade->sell),
			    limit_of(told, trade->sell, sell), before, price);
			count++;
		}
		if (trade->has_price) {
			memcpy(before, price, sizeof(before));
		}
	}
	if (count == 0) {
		telling_say(&told->telling, "trade",
		    "none: nothing on the other side meets its price, or "
		    "better bids took it");
	}
}
