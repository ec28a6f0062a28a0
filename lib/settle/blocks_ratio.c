/* blocks_ratio.c - to which ratio the blocks of a selection are accepted.
 *
 * Of one block the worth is a concave function of its ratio, so the greatest
 * is found by halving; where that has no prices, what is above and below it is
 * searched in the same way.  Of several, the ratios of all but the last are
 * halved by branch and bound, larger ones first; so of equal ones the first
 * block in order has the largest.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/blocks_own.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* Rounds of bettering one block after the other, for a worth to begin with. */
#define ROUNDS_MAX 8

struct ratios {
	struct blocks_model *model;
	struct blocks_range *ranges; /* what is being tried */
	struct blocks_range *best;
	wide *prices; /* room */
	wide least; /* what is worth less need not be looked at */
	bool found;
};

/* Blocks whose ratio must be looked for. */
static bool
is_free(const struct ratios *ratios, size_t b)
{
	return !ratios->model->items[b].single &&
	       ratios->ranges[b].low < ratios->ranges[b].high;
}

static size_t
next_free(const struct ratios *ratios, size_t b)
{
	while (b < ratios->model->book->block_count && !is_free(ratios, b)) {
		b++;
	}
	return b;
}

static wide
floor_div(wide a, int64_t b)
{
	wide whole = a / b;

	return whole - (whole * b > a);
}

/* Narrows a block's ratios to those that one hour can take, all others being
 * as they are. */
static void
fit_hour(const struct ratios *ratios, size_t b, const struct blocks_link *link,
    wide *low, wide *high)
{
	const struct blocks_model *model = ratios->model;
	const struct blocks_curve *curve = &model->curves[link->hour];
	wide least, most, under, over;
	int64_t size = link->quantity < 0 ? -link->quantity : link->quantity;

	blocks_supply(model, ratios->ranges, link->hour, &least, &most);
	/* Without the block itself, which is at a ratio of 0. */
	assert(ratios->ranges[b].high == 0);
	under = curve->from - most;
	over = curve->from + curve->used[curve->count] - least;
	if (link->quantity < 0) {
		wide swap = -under;

		under = -over;
		over = swap;
	}
	/* under <= size x ratio <= over */
	if (-floor_div(-under, size) > *low) {
		*low = -floor_div(-under, size);
	}
	if (floor_div(over, size) < *high) {
		*high = floor_div(over, size);
	}
}

static wide
worth_at(const struct ratios *ratios, size_t b, int64_t ratio)
{
	ratios->ranges[b] = (struct blocks_range){.low = ratio, .high = ratio};
	return blocks_worth_of(ratios->model, ratios->ranges, ratios->prices);
}

/* Sets the block to its best ratio within its range, all others being decided:
 * true with the worth, or false, where none fits; its range is then as
 * before. */
static bool
best_ratio(const struct ratios *ratios, size_t b, wide *worth)
{
	struct blocks_range range = ratios->ranges[b];
	const struct blocks_item *item = &ratios->model->items[b];
	wide low = range.low, high = range.high;

	ratios->ranges[b] = (struct blocks_range){0};
	for (size_t i = 0; i < item->link_count; i++) {
		fit_hour(ratios, b, &item->links[i], &low, &high);
	}
	ratios->ranges[b] = range;
	if (low > high) {
		return false;
	}
	/* The largest at which one more than before is no loss. */
	while (low < high) {
		wide middle = low + (high - low + 1) / 2;

		if (worth_at(ratios, b, (int64_t)middle) >=
		    worth_at(ratios, b, (int64_t)middle - 1)) {
			low = middle;
		} else {
			high = middle - 1;
		}
	}
	*worth = worth_at(ratios, b, (int64_t)low);
	if (!blocks_feasible(ratios->model, ratios->ranges)) {
		ratios->ranges[b] = range;
		return false;
	}
	return true;
}

/* Betters one block after the other, until none can be. */
static bool
climb(struct ratios *ratios, const struct blocks_range *whole, wide *worth)
{
	wide before;

	if (!blocks_feasible(ratios->model, ratios->ranges)) {
		return false;
	}
	*worth = blocks_worth_of(ratios->model, ratios->ranges, ratios->prices);
	for (int i = 0; i < ROUNDS_MAX; i++) {
		before = *worth;
		for (size_t b = 0; b < ratios->model->book->block_count; b++) {
			if (!ratios->model->items[b].single &&
			    whole[b].low < whole[b].high) {
				ratios->ranges[b] = whole[b];
				(void)best_ratio(ratios, b, worth);
			}
		}
		if (*worth == before) {
			break;
		}
	}
	return true;
}

/* A worth that can be had, to begin with: what is worth less need not be
 * looked at. */
static int
begin(struct ratios *ratios, struct qf_error *err)
{
	size_t count = ratios->model->book->block_count;
	struct blocks_range *kept = xcalloc(count + 1, sizeof(*kept));
	wide worth;
	int status = 0;

	memcpy(kept, ratios->ranges, count * sizeof(*kept));
	for (size_t b = 0; b < count; b++) {
		if (is_free(ratios, b)) {
			ratios->ranges[b].high = ratios->ranges[b].low;
		}
	}
	if (climb(ratios, kept, &worth) && worth > ratios->least) {
		status = blocks_price(ratios->model, ratios->ranges, err);
		if (status == 1) {
			ratios->least = worth;
		}
	}
	memcpy(ratios->ranges, kept, count * sizeof(*kept));
	free(kept);
	return status == -1 ? -1 : 0;
}

/* Whether so much would be the best so far. */
static bool
is_better(const struct ratios *ratios, wide worth)
{
	return worth > ratios->least ||
	       (!ratios->found && worth == ratios->least);
}

/* Takes what is decided if it is the best that has prices: 1 where it has. */
static int
consider(struct ratios *ratios, wide worth, struct qf_error *err)
{
	int status = blocks_price(ratios->model, ratios->ranges, err);

	if (status == 1) {
		ratios->least = worth;
		ratios->found = true;
		memcpy(ratios->best, ratios->ranges,
		    ratios->model->book->block_count * sizeof(*ratios->best));
	}
	return status;
}

static int look(struct ratios *ratios, struct qf_error *err);

/* Looks at a part of a block's range. */
static int
look_within(struct ratios *ratios, size_t b, int64_t low, int64_t high,
    struct qf_error *err)
{
	struct blocks_range range = ratios->ranges[b];
	int status = 0;

	if (low <= high) {
		ratios->ranges[b] =
		    (struct blocks_range){.low = low, .high = high};
		status = look(ratios, err);
		ratios->ranges[b] = range;
	}
	return status;
}

/* Halves the range of a block that is not the last, larger ratios first. */
static int
halve(struct ratios *ratios, size_t b, struct qf_error *err)
{
	struct blocks_range range = ratios->ranges[b];
	int64_t middle = range.low + (range.high - range.low) / 2;

	if (look_within(ratios, b, middle + 1, range.high, err) == -1) {
		return -1;
	}
	return look_within(ratios, b, range.low, middle, err);
}

/* The best ratio of the only block that is left, and, where that has no
 * prices, those above and below. */
static int
last(struct ratios *ratios, size_t b, struct qf_error *err)
{
	struct blocks_range range = ratios->ranges[b];
	int64_t ratio;
	wide worth;
	int status = 0;

	if (!best_ratio(ratios, b, &worth)) {
		return 0;
	}
	ratio = ratios->ranges[b].low;
	if (is_better(ratios, worth)) {
		status = consider(ratios, worth, err);
		if (status == 0) {
			status =
			    look_within(ratios, b, ratio + 1, range.high, err);
		}
		if (status == 0) {
			status =
			    look_within(ratios, b, range.low, ratio - 1, err);
		}
	}
	ratios->ranges[b] = range;
	return status == -1 ? -1 : 0;
}

/* Whether several blocks are left. */
static bool
is_several(const struct ratios *ratios)
{
	return next_free(ratios, next_free(ratios, 0) + 1) <
	       ratios->model->book->block_count;
}

/* Looks at what is left of the ranges. */
static int
look_on(struct ratios *ratios, struct qf_error *err)
{
	size_t first = next_free(ratios, 0);
	wide worth;

	if (first == ratios->model->book->block_count) {
		worth = blocks_worth_of(
		    ratios->model, ratios->ranges, ratios->prices);
		return is_better(ratios, worth) &&
			       consider(ratios, worth, err) == -1
			   ? -1
			   : 0;
	}
	return is_several(ratios) ? halve(ratios, first, err)
				  : last(ratios, first, err);
}

static int
look(struct ratios *ratios, struct qf_error *err)
{
	size_t count = ratios->model->book->block_count;
	struct blocks_range *before;
	wide enough = ratios->least + (ratios->found ? 1 : 0);
	int status = 0;

	if (blocks_count_node(ratios->model, err) == -1) {
		return -1;
	}
	before = xcalloc(count + 1, sizeof(*before));
	memcpy(before, ratios->ranges, count * sizeof(*before));
	if (blocks_feasible(ratios->model, ratios->ranges) &&
	    blocks_may_pay(ratios->model, ratios->ranges) &&
	    (!is_several(ratios) || blocks_narrow(ratios->model, ratios->ranges,
					ratios->prices, enough) >= enough)) {
		status = look_on(ratios, err);
	}
	memcpy(ratios->ranges, before, count * sizeof(*before));
	free(before);
	return status;
}

int
blocks_ratios(struct blocks_model *model, struct blocks_range *ranges,
    wide least, wide *worth, struct qf_error *err)
{
	size_t count = model->book->block_count;
	struct ratios ratios = {
	    .model = model,
	    .ranges = ranges,
	    .best = xcalloc(count + 1, sizeof(*ratios.best)),
	    .prices =
		xcalloc(model->book->hour_count + 1, sizeof(*ratios.prices)),
	    .least = least,
	};
	int found = -1;

	if ((next_free(&ratios, 0) == count || begin(&ratios, err) == 0) &&
	    look(&ratios, err) == 0) {
		found = ratios.found;
		*worth = ratios.least;
	}
	if (found == 1) {
		memcpy(ranges, ratios.best, count * sizeof(*ranges));
	}
	free(ratios.best);
	free(ratios.prices);
	return found;
}
