/* clear_price.c - the price of an hour, by the rule of the market document.
 *
 * The few numbers that a rule can name are gathered in one walk; the rule is
 * then a line of a table's worth of choices over exact fractions.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/clear_price.h"

#include <assert.h>

#include "base/ratio.h"

/* Money per unit; or none. */
struct quote {
	bool known;
	struct ratio price;
};

/* What rules speak of. */
struct marks {
	struct quote lao, lab, fro, frb;
	struct quote low, high; /* the prices that clear, or floor and cap */
	struct quote top; /* highest level of an accepted offer */
};

static void
quote_release(struct quote *quote)
{
	ratio_release(&quote->price);
	quote->known = false;
}

static void
quote_set(struct quote *out, const struct dec *value)
{
	out->known = true;
	ratio_set_dec(&out->price, value);
}

static void
quote_copy(struct quote *out, const struct quote *in)
{
	out->known = in->known;
	ratio_set(&out->price, &in->price);
}

/* The money of a level. */
static void
quote_level(struct quote *out, const struct order_level *level,
    const struct market_version *version)
{
	out->known = true;
	ratio_set_int(&out->price, level->price, level->performance);
	ratio_mul_int(&out->price, &out->price, ORDER_PERFORMANCE_ONE);
	ratio_mul_dec(&out->price, &out->price, &version->price_tick);
}

static int
quote_cmp(const struct quote *a, const struct quote *b)
{
	assert(a->known && b->known);
	return ratio_cmp(&a->price, &b->price);
}

/* The first of two that is known, if any is. */
static void
quote_first(struct quote *out, const struct quote *a, const struct quote *b)
{
	quote_copy(out, a->known ? a : b);
}

/* The larger (sign 1), smaller (sign -1) of those that are known. */
static void
quote_outer(
    struct quote *out, const struct quote *a, const struct quote *b, int sign)
{
	if (a->known && b->known) {
		quote_copy(out, quote_cmp(a, b) * sign > 0 ? a : b);
	} else {
		quote_first(out, a, b);
	}
}

/* The mean of two, or the one that is known. */
static void
quote_mean(struct quote *out, const struct quote *a, const struct quote *b)
{
	if (!a->known || !b->known) {
		quote_first(out, a, b);
		return;
	}
	out->known = true;
	ratio_add(&out->price, &a->price, &b->price);
	ratio_div_int(&out->price, &out->price, 2);
}

/* Lets *out be at most (sign 1), at least (sign -1) bound. */
static void
quote_clamp(struct quote *out, const struct quote *bound, int sign)
{
	if (out->known && bound->known && quote_cmp(out, bound) * sign > 0) {
		quote_copy(out, bound);
	}
}

/* Own prices of orders as they are walked over, in ticks. */
struct seen {
	bool any;
	int64_t price;
};

static void
see(struct seen *seen, int64_t price, int sign)
{
	if (!seen->any ||
	    (sign > 0 ? price > seen->price : price < seen->price)) {
		seen->any = true;
		seen->price = price;
	}
}

static void
quote_seen(struct quote *out, const struct seen *seen,
    const struct market_version *version)
{
	struct order_level level = {seen->price, ORDER_PERFORMANCE_ONE};

	if (seen->any) {
		quote_level(out, &level, version);
	}
}

static void
gather_orders(struct marks *marks, const struct order *orders, size_t count,
    const struct market_version *version)
{
	struct seen lao = {0}, lab = {0}, fro = {0}, frb = {0};
	struct order_level top = {0}, level;
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		const struct order *order = &orders[i];

		/* What a limit shuts out was never there to be rejected. */
		if (!order->priced || order->eligible == 0) {
			continue;
		}
		if (order->side == ORDER_BUY) {
			see(order->accepted > 0 ? &lab : &frb, order->price,
			    order->accepted > 0 ? -1 : 1);
			continue;
		}
		see(order->accepted > 0 ? &lao : &fro, order->price,
		    order->accepted > 0 ? 1 : -1);
		if (order->accepted > 0) {
			level = order_level(order, version);
			if (!any || order_level_cmp(&level, &top) > 0) {
				top = level;
			}
			any = true;
		}
	}
	quote_seen(&marks->lao, &lao, version);
	quote_seen(&marks->lab, &lab, version);
	quote_seen(&marks->fro, &fro, version);
	quote_seen(&marks->frb, &frb, version);
	if (any) {
		quote_level(&marks->top, &top, version);
	}
}

/* The ends, an open one being the floor or the cap.  At a surplus no price is
 * low enough, at a shortage none high enough: both ends are then the floor, or
 * the cap. */
static void
gather_ends(struct marks *marks, const struct clear_match *match,
    const struct market_version *version)
{
	struct quote floor = {0}, cap = {0};

	if (version->has_floor) {
		quote_set(&floor, &version->floor);
	}
	if (version->has_cap) {
		quote_set(&cap, &version->cap);
	}
	quote_copy(&marks->low, match->state == CLEAR_SHORTAGE ? &cap : &floor);
	quote_copy(&marks->high, match->state == CLEAR_SURPLUS ? &floor : &cap);
	if (match->has_low) {
		quote_level(&marks->low, &match->low, version);
	}
	if (match->has_high) {
		quote_level(&marks->high, &match->high, version);
	}
	/* A ranking price may lie outside floor and cap. */
	if (!match->has_high) {
		quote_clamp(&marks->high, &marks->low, -1);
	} else if (!match->has_low) {
		quote_clamp(&marks->low, &marks->high, 1);
	}
	quote_release(&floor);
	quote_release(&cap);
}

static void
choose_second(struct quote *out, const struct marks *marks,
    const struct clear_match *match)
{
	if (match->bid_marginal) {
		quote_outer(out, &marks->frb, &marks->lao, 1);
		quote_first(out, out, &marks->lab);
	} else {
		quote_outer(out, &marks->fro, &marks->lab, -1);
		quote_first(out, out, &marks->lao);
	}
}

/* What the rule by name says; unknown where it finds nothing to speak of. */
static void
choose(struct quote *out, const struct marks *marks,
    const struct clear_match *match, enum market_price rule)
{
	switch (rule) {
	case MARKET_LAST_ACCEPTED_OFFER:
		quote_first(out, &marks->lao, &marks->lab);
		break;
	case MARKET_LAST_ACCEPTED_BID:
		quote_first(out, &marks->lab, &marks->lao);
		break;
	case MARKET_FIRST_REJECTED_OFFER:
		quote_first(out, &marks->fro, &marks->high);
		quote_first(out, out, &marks->low);
		break;
	case MARKET_FIRST_REJECTED_BID:
		quote_first(out, &marks->frb, &marks->low);
		quote_first(out, out, &marks->high);
		break;
	case MARKET_FIRST_PRICE:
		quote_first(out,
		    match->bid_marginal ? &marks->lab : &marks->lao,
		    match->bid_marginal ? &marks->lao : &marks->lab);
		break;
	case MARKET_SECOND_PRICE:
		choose_second(out, marks, match);
		break;
	case MARKET_SPLIT:
	case MARKET_MEAN_OF_LAST_PAIR:
		quote_mean(out, &marks->lao, &marks->lab);
		break;
	case MARKET_LOWEST:
		quote_first(out, &marks->low, &marks->high);
		break;
	case MARKET_HIGHEST:
		quote_first(out, &marks->high, &marks->low);
		break;
	case MARKET_MIDDLE:
	case MARKET_MAX_VOLUME_MEAN:
		quote_mean(out, &marks->low, &marks->high);
		break;
	case MARKET_RANKING_PRICE:
		quote_first(out, &marks->top, &marks->lab);
		break;
	default:
		BUG("price rule %d is not one of an hour", (int)rule);
	}
	quote_first(out, out, &marks->lao);
	quote_first(out, out, &marks->lab);
}

/* Lets the price be at most the last accepted offer x (1 + margin). */
static void
hold_margin(struct quote *price, const struct quote *offer,
    const struct market_version *version)
{
	struct quote most = {0};

	if (version->has_margin && offer->known) {
		most.known = true;
		ratio_abs(&most.price, &offer->price);
		ratio_mul_dec(&most.price, &most.price, &version->margin);
		ratio_add(&most.price, &most.price, &offer->price);
		quote_clamp(price, &most, 1);
	}
	quote_release(&most);
}

/* A ranking price is a bid divided by its performance: it may well lie below
 * the floor of bids, and the rule bounds it from above alone. */
static bool
has_price_floor(const struct market_version *version)
{
	return version->has_floor && version->price != MARKET_RANKING_PRICE;
}

static void
hold_bounds(struct quote *price, const struct market_version *version)
{
	struct quote bound = {0};

	if (version->has_cap) {
		quote_set(&bound, &version->cap);
		quote_clamp(price, &bound, 1);
	}
	if (has_price_floor(version)) {
		quote_set(&bound, &version->floor);
		quote_clamp(price, &bound, -1);
	}
	quote_release(&bound);
}

/* The price before it is rounded. */
static void
find_price(struct quote *out, const struct marks *marks,
    const struct clear_match *match, const struct market_version *version)
{
	const struct quote *offer =
	    version->price == MARKET_RANKING_PRICE ? &marks->top : &marks->lao;

	if (match->state == CLEAR_SHORTAGE) {
		if (version->shortage == MARKET_SHORT_CAP && version->has_cap) {
			quote_set(out, &version->cap);
		} else if (version->shortage == MARKET_SHORT_LAST_OFFER) {
			quote_copy(out, offer);
			hold_bounds(out, version);
		}
		return;
	}
	if (match->volume == 0) {
		return;
	}
	if (match->state == CLEAR_SURPLUS && version->surplus_floor &&
	    version->has_floor) {
		quote_set(out, &version->floor);
		return;
	}
	choose(out, marks, match, version->price);
	hold_margin(out, offer, version);
	hold_bounds(out, version);
}

static void
round_quote(struct dec *out, const struct quote *quote,
    const struct market_version *version)
{
	ratio_round(
	    out, &quote->price, version->price_scale, version->price_mode);
}

static void
round_price(struct clear_price *out, struct quote *price,
    const struct market_version *version)
{
	out->has_price = price->known;
	if (!price->known) {
		return;
	}
	round_quote(&out->price, price, version);
	/* Rounding may step over a floor or cap of more digits. */
	if (version->has_cap && dec_cmp(&out->price, &version->cap) > 0) {
		dec_set(&out->price, &version->cap);
	}
	if (has_price_floor(version) &&
	    dec_cmp(&out->price, &version->floor) < 0) {
		dec_set(&out->price, &version->floor);
	}
}

/* An end as it is written: exact where it is a decimal. */
static void
write_end(bool *has, struct dec *out, const struct quote *end,
    const struct market_version *version)
{
	*has = end->known;
	if (end->known && !ratio_decimal(out, &end->price)) {
		round_quote(out, end, version);
	}
}

void
clear_price(struct clear_price *out, const struct order *orders, size_t count,
    const struct clear_match *match, const struct market_version *version)
{
	struct marks marks = {0};
	struct quote price = {0};

	clear_price_release(out);
	gather_orders(&marks, orders, count, version);
	gather_ends(&marks, match, version);
	if (match->state == CLEAR_CLEARED || match->state == CLEAR_NO_CROSS) {
		write_end(&out->has_low, &out->low, &marks.low, version);
		write_end(&out->has_high, &out->high, &marks.high, version);
	}
	if (version->price != MARKET_PAY_AS_BID) {
		find_price(&price, &marks, match, version);
		round_price(out, &price, version);
	}
	quote_release(&price);
	quote_release(&marks.lao);
	quote_release(&marks.lab);
	quote_release(&marks.fro);
	quote_release(&marks.frb);
	quote_release(&marks.low);
	quote_release(&marks.high);
	quote_release(&marks.top);
}

void
clear_price_release(struct clear_price *price)
{
	dec_release(&price->price);
	dec_release(&price->low);
	dec_release(&price->high);
	*price = (struct clear_price){0};
}

bool
clear_award_price(struct dec *out, const struct order *order,
    const struct clear_price *price, const struct market_version *version)
{
	if (order->accepted == 0) {
		return false;
	}
	if (version->price == MARKET_PAY_AS_BID) {
		if (order->priced) {
			dec_mul_int(out, &version->price_tick, order->price);
		}
		return order->priced;
	}
	if (price->has_price) {
		dec_set(out, &price->price);
	}
	return price->has_price;
}
