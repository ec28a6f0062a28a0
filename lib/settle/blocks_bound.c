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

/* Moves one hour's price to the least bound. */
static void
best_price(const struct blocks_model *model, const struct blocks_range *ranges,
    size_t hour, wide *prices, wide *gains)
{
	wide low = -model->scale.any_price - 2;
	wide high = model->scale.any_price + 2;

	/* What each block gains in its other hours. */
	for (size_t i = 0; i < model->touch_counts[hour]; i++) {
		const struct blocks_touch *touch = &model->touches[hour][i];

		gains[i] = blocks_gain(&model->items[touch->item], prices) -
			   prices[hour] * touch->quantity;
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
	wide *gains = xcalloc(model->book->block_count + 1, sizeof(*gains));

	for (size_t h = 0; h < model->book->hour_count; h++) {
		best_price(model, ranges, h, prices, gains);
	}
	free(gains);
}

wide
blocks_bound(const struct blocks_model *model,
    const struct blocks_range *ranges, wide *prices, wide enough)
{
	wide bound = bound_at(model, ranges, prices);

	for (int i = 0; i < SWEEPS_MAX && bound >= enough; i++) {
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
 * that clear: one step of the rounding, in whole ticks. */
static wide
slack_of(const struct blocks_model *model)
{
	struct dec unit = DEC_SMALL(1, model->version->price_scale);
	struct dec ticks = {0};
	int64_t whole;

	dec_div(&ticks, &unit, &model->version->price_tick, 0, DEC_CEILING);
	if (dec_to_int64(&ticks, 0, &whole, NULL) == -1) {
		whole = INT64_MAX;
	}
	dec_release(&ticks);
	/* And the 1 of volume that a worth has. */
	return (wide)whole * model->scale.per_tick + 1;
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

bool
blocks_may_pay(
    const struct blocks_model *model, const struct blocks_range *ranges)
{
	wide slack;

	if (model->version->price == MARKET_PAY_AS_BID) {
		return true;
	}
	slack = slack_of(model);
	for (size_t b = 0; b < model->book->block_count; b++) {
		if (!ranges[b].open && ranges[b].low > 0 &&
		    !may_pay(model, ranges, &model->items[b], slack)) {
			return false;
		}
	}
	return true;
}
