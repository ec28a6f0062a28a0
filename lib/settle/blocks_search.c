/* blocks_search.c - the best selection of blocks.
 *
 * Twice depth first: once to find the greatest worth that any selection with
 * prices has, deciding first what is most in doubt; and once more, in the
 * order of the blocks and accepting before rejecting, for the first selection
 * of that worth.  So the order of the search never decides the answer.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/blocks_own.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

struct search {
	struct blocks_model *model;
	struct blocks_range *ranges; /* what is decided so far */
	struct blocks_range *best;
	wide worth; /* of best */
	bool again; /* the second time: the worth is known */
	bool done;
};

bool
blocks_work(const struct blocks_model *model, int64_t steps)
{
	*model->work_left -= steps;
	return *model->work_left > 0;
}

int
blocks_count_node(struct blocks_model *model, struct qf_error *err)
{
	if (model->nodes == model->node_max || !blocks_work(model, 1)) {
		return qf_fail(err, QF_DATA, "blocks-nodes",
		    "the best of the selections of %zu blocks was not found "
		    "among %" PRId64 " that were looked at",
		    model->book->block_count, model->nodes);
	}
	model->nodes++;
	return 0;
}

/* All is decided but the ratios. */
static int
finish(struct search *search, struct qf_error *err)
{
	size_t count = search->model->book->block_count;
	struct blocks_range *ranges = xcalloc(count + 1, sizeof(*ranges));
	wide least = search->again ? search->worth : search->worth + 1;
	wide worth;
	int status;

	memcpy(ranges, search->ranges, count * sizeof(*ranges));
	status = blocks_ratios(search->model, ranges, least, &worth, err);
	if (status == 1) {
		assert(worth >= least);
		memcpy(search->best, ranges, count * sizeof(*ranges));
		search->worth = worth;
		search->done = search->again;
	}
	free(ranges);
	return status == -1 ? -1 : 0;
}

static wide
magnitude(wide value)
{
	return value < 0 ? -value : value;
}

/* The block to decide next: the first, or that of which the prices say least;
 * the count of blocks where all are decided. */
static size_t
next_block(const struct search *search, const wide *prices)
{
	size_t count = search->model->book->block_count;
	size_t found = count;
	wide least = 0;

	for (size_t b = 0; b < count; b++) {
		const struct blocks_item *item = &search->model->items[b];
		wide doubt;

		if (!search->ranges[b].open) {
			continue;
		}
		if (search->again) {
			return b;
		}
		doubt = magnitude(blocks_gain(item, prices)) * item->most;
		if (found == count || doubt < least) {
			found = b;
			least = doubt;
		}
	}
	return found;
}

static int
descend(struct search *search, const wide *above, struct qf_error *err);

static int
branch(
    struct search *search, size_t b, const wide *prices, struct qf_error *err)
{
	const struct blocks_item *item = &search->model->items[b];
	struct blocks_range open = search->ranges[b];
	const struct blocks_range accepted = {
	    .low = open.low, .high = open.high};
	const struct blocks_range rejected = {0};
	bool first = search->again || blocks_gain(item, prices) > 0;
	int status;

	search->ranges[b] = first ? accepted : rejected;
	status = descend(search, prices, err);
	if (status == 0 && !search->done) {
		search->ranges[b] = first ? rejected : accepted;
		status = descend(search, prices, err);
	}
	search->ranges[b] = open;
	return status;
}

/* Looks below what is decided, unless nothing there can be the best; above:
 * prices of the bound one decision before. */
static int
descend(struct search *search, const wide *above, struct qf_error *err)
{
	const struct blocks_model *model = search->model;
	size_t hour_count = model->book->hour_count;
	wide least = search->again ? search->worth : search->worth + 1;
	size_t count = model->book->block_count;
	struct blocks_range *before;
	wide *prices;
	size_t b;
	int status = 0;

	if (blocks_count_node(search->model, err) == -1) {
		return -1;
	}
	prices = xcalloc(hour_count + 1, sizeof(*prices));
	memcpy(prices, above, hour_count * sizeof(*prices));
	before = xcalloc(count + 1, sizeof(*before));
	memcpy(before, search->ranges, count * sizeof(*before));
	if (blocks_feasible(model, search->ranges) &&
	    blocks_may_pay(model, search->ranges) &&
	    blocks_narrow(model, search->ranges, prices, least) >= least) {
		b = next_block(search, prices);
		status = b < count ? branch(search, b, prices, err)
				   : finish(search, err);
	}
	memcpy(search->ranges, before, count * sizeof(*before));
	free(before);
	free(prices);
	return status;
}

/* Nothing is decided, but that what has no least quantity is an order like any
 * other. */
static void
begin(struct search *search, bool rejected)
{
	for (size_t b = 0; b < search->model->book->block_count; b++) {
		const struct blocks_item *item = &search->model->items[b];

		search->ranges[b] = (struct blocks_range){
		    .open = !rejected, .low = item->least, .high = item->most};
		if (item->single && item->least == 0) {
			search->ranges[b].open = false;
		} else if (rejected || item->most == 0) {
			search->ranges[b] = (struct blocks_range){0};
		}
	}
}

int
blocks_search(
    struct blocks_model *model, struct blocks_range *best, struct qf_error *err)
{
	size_t count = model->book->block_count;
	struct search search = {
	    .model = model,
	    .ranges = xcalloc(count + 1, sizeof(*search.ranges)),
	    .best = best,
	};
	wide *prices = xcalloc(model->book->hour_count + 1, sizeof(*prices));
	int status;

	/* Without any block there is always a market. */
	begin(&search, true);
	memcpy(best, search.ranges, count * sizeof(*best));
	search.worth = blocks_worth_of(model, best, prices);
	begin(&search, false);
	status = descend(&search, prices, err);
	if (status == 0) {
		search.again = true;
		status = descend(&search, prices, err);
		/* What was found once is found again. */
		assert(status == -1 || search.done);
	}
	if (status == 0) {
		status = blocks_price(model, best, err) == -1 ? -1 : 0;
	}
	free(search.ranges);
	free(prices);
	return status;
}
