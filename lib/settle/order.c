/* order.c - bids as orders in ticks, and where orders stand.
 *
 * Whether a bid keeps the rules of the market is said here once, before it
 * meets any other, so that clearing only ever counts whole numbers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/order.h"

#include <assert.h>
#include <string.h>

__extension__ typedef __int128 int128;

#define POWER_MAX 18 /* 64 bits times 10^18 fit in 127 bits */

static int128
power_of_ten(int exponent)
{
	int128 power = 1;

	while (exponent-- > 0) {
		power *= 10;
	}
	return power;
}

/* As order_ticks(), for any size of number. */
static enum order_fit
ticks_of_big(int64_t *ticks, const struct dec *value, const struct dec *tick)
{
	enum order_fit fit = ORDER_FITS;
	struct dec quotient = {0}, product = {0};
	int64_t whole;

	dec_div(&quotient, value, tick, 0, DEC_DOWN);
	dec_mul(&product, &quotient, tick);
	if (dec_cmp(&product, value) != 0) {
		fit = ORDER_OFF_TICK;
	} else if (dec_to_int64(&quotient, 0, &whole, NULL) == -1) {
		fit = ORDER_OUT_OF_RANGE;
	} else {
		*ticks = whole;
	}
	dec_release(&product);
	dec_release(&quotient);
	return fit;
}

enum order_fit
order_ticks(int64_t *ticks, const struct dec *value, const struct dec *tick)
{
	int128 whole, step;
	int apart = value->scale - tick->scale;

	assert(dec_sign(tick) > 0);
	if (value->big != NULL || tick->big != NULL || apart > POWER_MAX ||
	    apart < -POWER_MAX) {
		return ticks_of_big(ticks, value, tick);
	}
	whole = value->small * power_of_ten(-apart);
	step = tick->small * power_of_ten(apart);
	if (whole % step != 0) {
		return ORDER_OFF_TICK;
	}
	if (whole / step > INT64_MAX || whole / step < INT64_MIN) {
		return ORDER_OUT_OF_RANGE;
	}
	*ticks = (int64_t)(whole / step);
	return ORDER_FITS;
}

/* Refuses a number of a bid for its relation to a bound of the market. */
static int
refuse_number(struct refusal *refusal, const char *reason, const char *what,
    const struct dec *value, const char *relation, const struct dec *bound)
{
	char number[DEC_TEXT_MAX], other[DEC_TEXT_MAX];

	if (value->big != NULL) {
		return refuse(
		    refusal, reason, "%s %s the market's", what, relation);
	}
	dec_format(value, number, sizeof(number));
	dec_format(bound, other, sizeof(other));
	return refuse(
	    refusal, reason, "%s %s %s %s", what, number, relation, other);
}

static int
take_ticks(int64_t *out, const struct dec *value, const struct dec *tick,
    const char *what, const char *reason, struct refusal *refusal)
{
	switch (order_ticks(out, value, tick)) {
	case ORDER_OFF_TICK:
		return refuse_number(refusal, reason, what, value,
		    "is not a multiple of the tick", tick);
	case ORDER_OUT_OF_RANGE:
		return refuse(refusal, REASON_BID_RANGE,
		    "%s has more ticks than 64 bits count", what);
	default:
		return 0;
	}
}

static int
take_quantity(struct order *out, const struct order_bid *bid,
    const struct market_version *version, struct refusal *refusal)
{
	const struct dec *tick = &version->quantity_tick;

	if (take_ticks(&out->quantity, bid->quantity, tick, "quantity",
		REASON_BID_QUANTITY_TICK, refusal) != 0) {
		return 1;
	}
	if (out->quantity < 0 || out->quantity > ORDER_TICKS_MAX) {
		return refuse(refusal, REASON_BID_RANGE,
		    "a quantity is 0 to %lld ticks",
		    (long long)ORDER_TICKS_MAX);
	}
	if (dec_cmp(bid->quantity, &version->quantity_least) < 0) {
		return refuse_number(refusal, REASON_BID_BELOW_LEAST,
		    "quantity", bid->quantity, "is below",
		    &version->quantity_least);
	}
	if (bid->minimum == NULL) {
		return 0;
	}
	if (take_ticks(&out->minimum, bid->minimum, tick, "minimum",
		REASON_BID_QUANTITY_TICK, refusal) != 0) {
		return 1;
	}
	if (out->minimum < 0 || out->minimum > out->quantity) {
		return refuse_number(refusal, REASON_BID_MINIMUM, "minimum",
		    bid->minimum, "is not within the quantity", bid->quantity);
	}
	return 0;
}

static int
take_price(struct order *out, const struct order_bid *bid,
    const struct market_version *version, struct refusal *refusal)
{
	out->priced = bid->price != NULL;
	if (!out->priced) {
		return 0;
	}
	if (version->has_floor && dec_cmp(bid->price, &version->floor) < 0) {
		return refuse_number(refusal, REASON_BID_BELOW_FLOOR, "price",
		    bid->price, "is below the floor", &version->floor);
	}
	if (version->has_cap && dec_cmp(bid->price, &version->cap) > 0) {
		return refuse_number(refusal, REASON_BID_ABOVE_CAP, "price",
		    bid->price, "is above the cap", &version->cap);
	}
	return take_ticks(&out->price, bid->price, &version->price_tick,
	    "price", REASON_BID_PRICE_TICK, refusal);
}

static int
take_performance(struct order *out, const struct order_bid *bid,
    const struct market_version *version, struct refusal *refusal)
{
	static const struct dec step = DEC_SMALL(1, ORDER_PERFORMANCE_SCALE);
	bool ranked = version->by_performance && bid->side == ORDER_SELL;

	if (bid->performance == NULL) {
		return !ranked ? 0
			       : refuse(refusal, REASON_BID_NO_PERFORMANCE,
				     "the market ranks by price / performance");
	}
	if (take_ticks(&out->performance, bid->performance, &step,
		"performance", REASON_BID_RANGE, refusal) != 0) {
		return 1;
	}
	if (out->performance < 0 || (ranked && out->performance == 0)) {
		return refuse(refusal, REASON_BID_PERFORMANCE,
		    "a performance is above 0");
	}
	if (ranked && version->has_performance_least &&
	    dec_cmp(bid->performance, &version->performance_least) < 0) {
		return refuse_number(refusal, REASON_BID_PERFORMANCE,
		    "performance", bid->performance, "is below",
		    &version->performance_least);
	}
	return 0;
}

int
order_make(struct order *out, const struct order_bid *bid,
    const struct market_version *version, struct refusal *refusal)
{
	*out = (struct order){
	    .side = bid->side,
	    .submitted_utc = bid->submitted_utc,
	    .class_no = order_class(version, bid->class_id),
	};
	if (take_quantity(out, bid, version, refusal) != 0 ||
	    take_price(out, bid, version, refusal) != 0 ||
	    take_performance(out, bid, version, refusal) != 0) {
		return 1;
	}
	return 0;
}

uint32_t
order_class(const struct market_version *version, const char *class_id)
{
	if (class_id == NULL) {
		return 0;
	}
	for (size_t i = 0; i < version->limit_count; i++) {
		const struct market_limit *limit = &version->limits[i];

		if (!limit->each_party &&
		    strcmp(limit->of_class, class_id) == 0) {
			return (uint32_t)i + 1;
		}
	}
	return 0;
}

struct order_level
order_level(const struct order *order, const struct market_version *version)
{
	struct order_level level = {order->price, ORDER_PERFORMANCE_ONE};

	if (version->by_performance && order->side == ORDER_SELL) {
		level.performance = order->performance;
	}
	if (!order->priced || level.performance <= 0) {
		BUG("an order without a price or a performance has no level");
	}
	return level;
}

int
order_level_cmp(const struct order_level *a, const struct order_level *b)
{
	int128 left = a->price, right = b->price;

	if (a->performance != b->performance) {
		left *= b->performance;
		right *= a->performance;
	}
	return (left > right) - (left < right);
}
