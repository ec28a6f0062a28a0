/* blocks_bound.c - what a partly decided selection can be worth at most.
 *
 * Give every hour a price: let each order and each block trade at it as it
 * likes best, within what is decided.  What they then gain in all, plus what
 * balances, is never less than the worth of any selection that obeys the
 * decisions, whatever the prices are (weak duality); the lower, the better the
 * bound.  In one hour the best price is found exactly, so where nothing links
 * hours any more the bound is the worth itself.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/blocks_own.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"

/* Rounds over all hours; each lowers the bound, seldom much after a few. */
#define SWEEPS_MAX 4

wide
blocks_gain(const struct blocks_item *item, const wide *prices)
{
	wide gain = -item->cost;

	for (size_t i = 0; i < item->link_count; i++) {
		gain += prices[item->links[i].hour] * item->links[i].quantity;
	}
	return gain;
}

/* The most that a block gains at so much a unit, within what is decided. */
static wide
most_of(const struct blocks_range *range, wide gain)
{
	if (gain > 0) {
		return gain * range->high;
	}
	return range->open ? 0 : gain * range->low;
}

/* Whether the bound does not fall for a price one higher; gains are those of
 * the hour's blocks at a price of 0. */
static bool
rises(const struct blocks_model *model, const struct blocks_range *ranges,
    size_t hour, wide price, const wide *gains)
{
	/* Worths are whole, so no order changes its mind in between. */
	wide slope = -(wide)blocks_curve_supply(&model->curves[hour], price);

	for (size_t i = 0; i < model->touch_counts[hour]; i++) {
		const struct blocks_touch *touch = &model->touches[hour][i];
		const struct blocks_range *range = &ranges[touch->item];
		wide gain = gains[i] + price * touch->quantity;

		slope += most_of(range, gain + touch->quantity) -
			 most_of(range, gain);
	}
	return slope >= 0;
}

/* Moves one hour's price to the least bound; totals are what each block gains,
 * gains is room. */
static void
best_price(const struct blocks_model *model, const struct blocks_range *ranges,
    size_t hour, wide *prices, wide *totals, wide *gains)
{
	wide low = -model->scale.any_price - 2;
	wide high = model->scale.any_price + 2;

	/* What each block gains in its other hours. */
	for (size_t i = 0; i < model->touch_counts[hour]; i++) {
		const struct blocks_touch *touch = &model->touches[hour][i];

		gains[i] = totals[touch->item] - prices[hour] * touch->quantity;
	}
	while (low < high) {
		wide middle = low + (high - low) / 2;

		if (rises(model, ranges, hour, middle, gains)) {
			high = middle;
		} else {
			low = middle + 1;
		}
	}
	prices[hour] = low;
	for (size_t i = 0; i < model->touch_counts[hour]; i++) {
		const struct blocks_touch *touch = &model->touches[hour][i];

		totals[touch->item] = gains[i] + low * touch->quantity;
	}
}

static wide
bound_at(const struct blocks_model *model, const struct blocks_range *ranges,
    const wide *prices)
{
	wide sum = 0;

	for (size_t h = 0; h < model->book->hour_count; h++) {
		sum += blocks_curve_surplus(&model->curves[h], prices[h]);
	}
	for (size_t b = 0; b < model->book->block_count; b++) {
		sum +=
		    most_of(&ranges[b], blocks_gain(&model->items[b], prices));
	}
	return sum;
}

/* One round over all hours that have blocks, or, the first time, over all. */
static void
sweep(const struct blocks_model *model, const struct blocks_range *ranges,
    wide *prices)
{
	size_t count = model->book->block_count;
	wide *totals = xcalloc(2 * count + 1, sizeof(*totals));

	for (size_t b = 0; b < count; b++) {
		totals[b] = blocks_gain(&model->items[b], prices);
	}
	for (size_t h = 0; h < model->book->hour_count; h++) {
		best_price(model, ranges, h, prices, totals, totals + count);
	}
	free(totals);
}

wide
blocks_bound(const struct blocks_model *model,
    const struct blocks_range *ranges, wide *prices, wide enough)
{
	wide bound = bound_at(model, ranges, prices);

	for (int i = 0; i < SWEEPS_MAX && bound >= enough &&
			blocks_work(model, model->hours_work);
	     i++) {
		wide before = bound;

		sweep(model, ranges, prices);
		bound = bound_at(model, ranges, prices);
		assert(bound <= before);
		if (bound == before) {
			break;
		}
	}
	return bound;
}

/* Takes out of a block's range what loses more than slack against the best
 * that it could do at so much a unit; true where that is something. */
static bool
narrow_range(struct blocks_range *range, bool single, wide gain, wide slack)
{
	const struct blocks_range before = *range;
	wide best = most_of(range, gain);

	if (range->open && best > slack) {
		range->open = false;
	} else if (range->open && best - gain * range->low > slack) {
		*range = (struct blocks_range){0};
	}
	/* Above its least a block of one row is an order of the book. */
	if (!single && gain > 0 && slack / gain < range->high - range->low) {
		range->low = range->high - (int64_t)(slack / gain);
	}
	if (!single && gain < 0) {
		/* Of an open one 0 is the best, else low. */
		wide most = slack / -gain + (range->open ? 0 : range->low);

		range->high = most < range->high ? (int64_t)most : range->high;
	}
	assert(range->low <= range->high);
	return range->open != before.open || range->low != before.low ||
	       range->high != before.high;
}

wide
blocks_narrow(const struct blocks_model *model, struct blocks_range *ranges,
    wide *prices, wide enough)
{
	bool narrowed = true;
	wide bound = blocks_bound(model, ranges, prices, enough);

	while (narrowed && bound >= enough) {
		narrowed = false;
		for (size_t b = 0; b < model->book->block_count; b++) {
			const struct blocks_item *item = &model->items[b];

			if (ranges[b].open || ranges[b].low < ranges[b].high) {
				narrowed |= narrow_range(&ranges[b],
				    item->single, blocks_gain(item, prices),
				    bound - enough);
			}
		}
		if (narrowed) {
			bound = blocks_bound(model, ranges, prices, enough);
		}
	}
	return bound;
}

void
blocks_supply(const struct blocks_model *model,
    const struct blocks_range *ranges, size_t hour, wide *least, wide *most)
{
	*least = *most = 0;
	for (size_t i = 0; i < model->touch_counts[hour]; i++) {
		const struct blocks_touch *touch = &model->touches[hour][i];
		const struct blocks_range *range = &ranges[touch->item];
		wide low =
		    (wide)touch->quantity * (range->open ? 0 : range->low);
		wide high = (wide)touch->quantity * range->high;

		*least += low < high ? low : high;
		*most += low < high ? high : low;
	}
}

bool
blocks_feasible(
    const struct blocks_model *model, const struct blocks_range *ranges)
{
	for (size_t h = 0; h < model->book->hour_count; h++) {
		const struct blocks_curve *curve = &model->curves[h];
		wide least, most;

		blocks_supply(model, ranges, h, &least, &most);
		if (most < curve->from ||
		    least > curve->from + curve->used[curve->count]) {
			return false;
		}
	}
	return true;
}

wide
blocks_worth_of(const struct blocks_model *model,
    const struct blocks_range *ranges, wide *prices)
{
	/* Nothing links the hours, so each is at its least after one round. */
	sweep(model, ranges, prices);
	return bound_at(model, ranges, prices);
}

/* The best that an accepted or open row can be paid, a unit, at any prices
 * that may come: true with ticks, false where they are not bounded. */
static bool
best_ticks(const struct blocks_model *model, const struct blocks_range *ranges,
    size_t hour, bool sells, int64_t *ticks)
{
	wide least, most;

	blocks_supply(model, ranges, hour, &least, &most);
	if (!blocks_curve_fits(&model->curves[hour], (int64_t)least,
		(int64_t)most, &model->scale)) {
		return false;
	}
	/* More supply never raises a price. */
	if (sells) {
		return blocks_curve_high(
		    &model->curves[hour], (int64_t)least, &model->scale, ticks);
	}
	return blocks_curve_low(
	    &model->curves[hour], (int64_t)most, &model->scale, ticks);
}

/* By how much, in worth a unit, rounding may move a price out of the prices
 * that clear: nothing where their ends, whole ticks, need no rounding, else
 * one step of the rounding. */
static wide
slack_of(const struct blocks_model *model)
{
	const struct dec *tick = &model->version->price_tick;
	const struct dec unit = DEC_SMALL(1, model->version->price_scale);
	struct dec worth = {0};
	int64_t whole = 0, per_tick = (int64_t)model->scale.per_tick;

	assert(per_tick == model->scale.per_tick);
	if (order_ticks(&whole, tick, &unit) == ORDER_OFF_TICK) {
		dec_mul_int(&worth, &unit, per_tick);
		dec_div(&worth, &worth, tick, 0, DEC_CEILING);
		if (dec_to_int64(&worth, 0, &whole, NULL) == -1) {
			whole = INT64_MAX;
		}
		dec_release(&worth);
	} else {
		whole = 0;
	}
	/* And the 1 of volume that a worth has. */
	return (wide)whole + 1;
}

/* Whether a block that is accepted may be paid. */
static bool
may_pay(const struct blocks_model *model, const struct blocks_range *ranges,
    const struct blocks_item *item, wide slack)
{
	wide gain = -item->cost;

	for (size_t i = 0; i < item->link_count; i++) {
		const struct blocks_link *link = &item->links[i];
		int64_t ticks;

		if (!best_ticks(model, ranges, link->hour, link->quantity > 0,
			&ticks)) {
			return true;
		}
		gain += (wide)ticks * model->scale.per_tick * link->quantity;
		gain += slack *
			(link->quantity > 0 ? link->quantity : -link->quantity);
	}
	return gain >= 0;
}

/* Rejects a block that is open, if accepted it could not be paid; true then. */
static bool
reject_unpaid(const struct blocks_model *model, struct blocks_range *ranges,
    size_t b, wide slack)
{
	struct blocks_range range = ranges[b];

	ranges[b].open = false;
	if (may_pay(model, ranges, &model->items[b], slack)) {
		ranges[b] = range;
		return false;
	}
	ranges[b] = (struct blocks_range){0};
	return true;
}

/* Takes from an accepted block's ratios those to which it could not be paid:
 * the more is accepted, the worse its prices.  False where none is left. */
static bool
keep_paid(const struct blocks_model *model, struct blocks_range *ranges,
    size_t b, wide slack, bool *narrowed)
{
	const struct blocks_item *item = &model->items[b];
	struct blocks_range *range = &ranges[b];
	int64_t low = range->low, high = range->high;

	if (!may_pay(model, ranges, item, slack)) {
		return false;
	}
	if (item->single) {
		return true;
	}
	for (int64_t from = low, middle = high; from < high;) {
		range->low = middle;
		if (may_pay(model, ranges, item, slack)) {
			from = middle;
		} else {
			high = middle - 1;
		}
		middle = from + (high - from + 1) / 2;
	}
	*narrowed |= high < range->high;
	*range = (struct blocks_range){.low = low, .high = high};
	return true;
}

bool
blocks_may_pay(const struct blocks_model *model, struct blocks_range *ranges)
{
	bool rejected = model->version->price != MARKET_PAY_AS_BID;
	wide slack = rejected ? slack_of(model) : 0;

	/* Each that goes changes what prices may come. */
	while (rejected && blocks_work(model, model->blocks_work)) {
		rejected = false;
		for (size_t b = 0; b < model->book->block_count; b++) {
			if (ranges[b].open) {
				rejected |=
				    reject_unpaid(model, ranges, b, slack);
			} else if (ranges[b].low > 0 &&
				   !keep_paid(
				       model, ranges, b, slack, &rejected)) {
				return false;
			}
		}
	}
	return true;
}
