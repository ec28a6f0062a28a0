/* blocks_curve.c - the plain orders of an hour as one falling curve.
 *
 * Without supply from outside, all that is offered in the hour could be sold
 * outside: the curve begins where all sells are accepted and no buy is.  From
 * there on each further unit of supply is worth what the dearest order gives
 * for it that is left, whether it buys or is spared selling.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/blocks_own.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"

/* A unit of what buys is worth 1 more than its price: the volume counts where
 * money is equal. */
wide
blocks_worth(const struct order *order, const struct blocks_scale *scale)
{
	bool sells = order->side == ORDER_SELL;

	if (!order->priced) {
		return sells ? -scale->any_price : scale->any_price + 1;
	}
	return (wide)order->price * scale->per_tick + (sells ? 0 : 1);
}

/* The dearest first. */
static int
compare_steps(const void *a, const void *b)
{
	const struct blocks_step *left = a, *right = b;

	return (left->worth < right->worth) - (left->worth > right->worth);
}

/* Steps of one worth become one. */
static void
merge_steps(struct blocks_curve *curve)
{
	size_t kept = 0;

	qsort(curve->steps, curve->count, sizeof(*curve->steps), compare_steps);
	for (size_t i = 0; i < curve->count; i++) {
		if (kept > 0 &&
		    curve->steps[kept - 1].worth == curve->steps[i].worth) {
			curve->steps[kept - 1].quantity +=
			    curve->steps[i].quantity;
		} else {
			curve->steps[kept++] = curve->steps[i];
		}
	}
	curve->count = kept;
}

static void
add_step(struct blocks_curve *curve, wide worth, int64_t quantity, bool sells)
{
	if (quantity == 0) {
		return;
	}
	curve->steps[curve->count++] =
	    (struct blocks_step){.worth = worth, .quantity = quantity};
	if (sells) {
		curve->from -= quantity;
		curve->sums[0] -= worth * quantity;
	}
}

void
blocks_curve_make(struct blocks_curve *curve, const struct order *orders,
    const size_t *block_of, size_t count, int64_t need,
    const struct blocks_scale *scale)
{
	*curve = (struct blocks_curve){
	    .steps = xcalloc(count + 1, sizeof(*curve->steps)),
	    .used = xcalloc(count + 2, sizeof(*curve->used)),
	    .sums = xcalloc(count + 2, sizeof(*curve->sums)),
	};
	for (size_t i = 0; i < count; i++) {
		if (block_of[i] == BLOCKS_NONE) {
			add_step(curve, blocks_worth(&orders[i], scale),
			    orders[i].quantity, orders[i].side == ORDER_SELL);
		}
	}
	/* The need is an order at any price. */
	if (need >= 0) {
		add_step(curve, scale->any_price + 1, need, false);
	} else {
		add_step(curve, -scale->any_price, -need, true);
	}
	merge_steps(curve);
	for (size_t i = 0; i < curve->count; i++) {
		const struct blocks_step *step = &curve->steps[i];

		curve->used[i + 1] = curve->used[i] + step->quantity;
		curve->sums[i + 1] =
		    curve->sums[i] + step->worth * step->quantity;
	}
}

void
blocks_curve_release(struct blocks_curve *curve)
{
	free(curve->steps);
	free(curve->used);
	free(curve->sums);
	*curve = (struct blocks_curve){0};
}

/* How many steps are worth more than the price. */
static size_t
steps_above(const struct blocks_curve *curve, wide price)
{
	size_t low = 0, high = curve->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (curve->steps[middle].worth > price) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

wide
blocks_curve_surplus(const struct blocks_curve *curve, wide price)
{
	size_t i = steps_above(curve, price);

	return curve->sums[i] - price * (curve->from + curve->used[i]);
}

int64_t
blocks_curve_supply(const struct blocks_curve *curve, wide price)
{
	return curve->from + curve->used[steps_above(curve, price)];
}

/* The price in ticks that a worth comes from; false for one that is at any
 * price. */
static bool
ticks_of(wide worth, const struct blocks_scale *scale, int64_t *ticks)
{
	wide whole = worth / scale->per_tick;

	if (worth >= scale->any_price || worth <= -scale->any_price) {
		return false;
	}
	if (whole * scale->per_tick > worth) {
		whole--;
	}
	*ticks = (int64_t)whole;
	return true;
}

/* The step in which place lies, counted in supply that is used: of two that
 * meet there the later one. */
static size_t
step_at(const struct blocks_curve *curve, int64_t place)
{
	size_t low = 0, high = curve->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (curve->used[middle + 1] <= place) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

bool
blocks_curve_high(const struct blocks_curve *curve, int64_t x,
    const struct blocks_scale *scale, int64_t *ticks)
{
	int64_t place = x - curve->from;

	/* What was used last is worth at least the price. */
	if (place <= 0 || curve->count == 0) {
		return false;
	}
	if (place > curve->used[curve->count]) {
		place = curve->used[curve->count];
	}
	return ticks_of(
	    curve->steps[step_at(curve, place - 1)].worth, scale, ticks);
}

bool
blocks_curve_low(const struct blocks_curve *curve, int64_t x,
    const struct blocks_scale *scale, int64_t *ticks)
{
	int64_t place = x - curve->from;
	size_t step;

	/* What would be used next is worth at most the price. */
	step = step_at(curve, place < 0 ? 0 : place);
	return step < curve->count &&
	       ticks_of(curve->steps[step].worth, scale, ticks);
}

bool
blocks_curve_fits(const struct blocks_curve *curve, int64_t least, int64_t most,
    const struct blocks_scale *scale)
{
	size_t first = steps_above(curve, scale->any_price);
	size_t last = steps_above(curve, -scale->any_price);

	return least >= curve->from + curve->used[first] &&
	       most <= curve->from + curve->used[last];
}
