/* blocks.c - hours of a book cleared together with its block bids.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/blocks.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "settle/blocks_own.h"

/* Sums stay below this, so that no product of two of them passes 128 bits. */
#define WORTH_BITS 122

static int64_t
common_divisor(int64_t a, int64_t b)
{
	while (b != 0) {
		int64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static const struct order *
row_order(const struct blocks_row *row, const struct blocks_hour *hours)
{
	return &hours[row->hour].orders[row->order];
}

bool
blocks_even(const struct blocks_block *block, const struct blocks_hour *hours)
{
	const struct order *first = row_order(&block->rows[0], hours);

	for (size_t i = 1; i < block->row_count; i++) {
		const struct order *order = row_order(&block->rows[i], hours);

		if ((wide)order->minimum * first->quantity !=
			(wide)first->minimum * order->quantity ||
		    (order->quantity == 0) != (first->quantity == 0)) {
			return false;
		}
	}
	return true;
}

/* Only one price for an hour, and orders that stand at their own price, say
 * what money a block gets. */
static int
check_market(const struct market_version *version, struct qf_error *err)
{
	const char *what = NULL;

	if (version->method != MARKET_UNIFORM) {
		what = "matches pairs";
	} else if (version->by_performance) {
		what = "ranks by performance";
	} else if (version->limit_count > 0) {
		what = "has percent limits";
	} else if (version->below == MARKET_BELOW_RAISE) {
		what = "raises awards to the minimum";
	}
	if (what != NULL) {
		return qf_fail(err, QF_CONFIG, "blocks-market",
		    "block bids cannot be cleared by a market that %s", what);
	}
	return 0;
}

static int
check_rows(const struct blocks_book *book, struct qf_error *err)
{
	for (size_t b = 0; b < book->block_count; b++) {
		assert(book->blocks[b].row_count > 0);
		if (!blocks_even(&book->blocks[b], book->hours)) {
			return qf_fail(err, QF_DATA, "blocks-ratio",
			    "block %s: minimum and quantity are not in the "
			    "same proportion in all of its rows",
			    book->blocks[b].id);
		}
	}
	return 0;
}

/* Chooses the scale of worth, where all sums fit. */
static int
choose_scale(struct blocks_model *model, struct qf_error *err)
{
	const struct blocks_book *book = model->book;
	wide volume = 1, money, price = 1;
	int bits = 0;

	for (size_t h = 0; h < book->hour_count; h++) {
		const struct blocks_hour *hour = &book->hours[h];

		volume += hour->need < 0 ? -(wide)hour->need : hour->need;
		for (size_t i = 0; i < hour->count; i++) {
			wide limit = hour->orders[i].price;

			volume += hour->orders[i].quantity;
			limit = limit < 0 ? -limit : limit;
			price = limit + 1 > price ? limit + 1 : price;
		}
	}
	/* any_price x volume is 2 x price x volume^3. */
	for (wide left = price; left > 0; left >>= 1) {
		bits++;
	}
	for (wide left = volume; left > 0; left >>= 1) {
		bits += 3;
	}
	if (bits + 1 > WORTH_BITS) {
		return qf_fail(err, QF_DATA, "blocks-range",
		    "quantities and prices of the auction are too large, in "
		    "ticks, to compare its blocks exactly");
	}
	model->scale.per_tick = volume;
	money = price * volume;
	model->scale.any_price = 2 * money * volume;
	return 0;
}

/* Rows of one hour add up: they have one price.  places says of each hour where
 * its link is, behind 0 for none. */
static void
add_link(
    struct blocks_item *item, size_t *places, size_t hour, int64_t quantity)
{
	if (places[hour] == 0) {
		item->links[item->link_count].hour = hour;
		places[hour] = ++item->link_count;
	}
	item->links[places[hour] - 1].quantity += quantity;
}

/* places: 0 of each hour, before and after. */
static void
make_item(struct blocks_model *model, size_t b, size_t *places)
{
	const struct blocks_block *block = &model->book->blocks[b];
	struct blocks_item *item = &model->items[b];
	const struct order *first =
	    row_order(&block->rows[0], model->book->hours);
	size_t kept = 0;

	*item = (struct blocks_item){
	    .links = xcalloc(block->row_count, sizeof(*item->links)),
	    .single = block->row_count == 1,
	};
	for (size_t i = 0; i < block->row_count; i++) {
		item->most = common_divisor(item->most,
		    row_order(&block->rows[i], model->book->hours)->quantity);
	}
	if (item->most == 0) {
		return;
	}
	/* Whole: the least ratio is that of each row, in lowest terms. */
	item->least = first->minimum / (first->quantity / item->most);
	if (item->least == 0 && !item->single) {
		/* None of it is rejection. */
		item->least = 1;
	}
	for (size_t i = 0; i < block->row_count; i++) {
		const struct order *order =
		    row_order(&block->rows[i], model->book->hours);
		int64_t quantity = order->quantity / item->most;

		if (order->side == ORDER_BUY) {
			quantity = -quantity;
		}
		add_link(item, places, block->rows[i].hour, quantity);
		item->cost += blocks_worth(order, &model->scale) * quantity;
	}
	for (size_t i = 0; i < item->link_count; i++) {
		places[item->links[i].hour] = 0;
		if (item->links[i].quantity != 0) {
			item->links[kept++] = item->links[i];
		}
	}
	item->link_count = kept;
}

/* Which blocks are in which hour. */
static void
make_touches(struct blocks_model *model)
{
	const struct blocks_book *book = model->book;

	model->touches = xcalloc(book->hour_count + 1, sizeof(*model->touches));
	model->touch_counts =
	    xcalloc(book->hour_count + 1, sizeof(*model->touch_counts));
	for (size_t b = 0; b < book->block_count; b++) {
		for (size_t i = 0; i < model->items[b].link_count; i++) {
			model->touch_counts[model->items[b].links[i].hour]++;
		}
	}
	for (size_t h = 0; h < book->hour_count; h++) {
		model->touches[h] = xcalloc(
		    model->touch_counts[h] + 1, sizeof(**model->touches));
		model->touch_counts[h] = 0;
	}
	for (size_t b = 0; b < book->block_count; b++) {
		for (size_t i = 0; i < model->items[b].link_count; i++) {
			const struct blocks_link *link =
			    &model->items[b].links[i];
			size_t place = model->touch_counts[link->hour]++;

			model->touches[link->hour][place] =
			    (struct blocks_touch){b, link->quantity};
		}
	}
}

/* What one round over the hours and one over the blocks take, and whether the
 * search, which keeps what it knew at every decision, can be begun at all. */
static int
measure(struct blocks_model *model, struct qf_error *err)
{
	const struct blocks_book *book = model->book;
	wide room =
	    (wide)book->block_count *
	    ((wide)book->block_count * (wide)sizeof(struct blocks_range) +
		(wide)book->hour_count * (wide)sizeof(wide));
	wide hours = 0, blocks = 0;

	for (size_t h = 0; h < book->hour_count; h++) {
		wide count = (wide)model->touch_counts[h];

		hours += (count + 1) * BLOCKS_PRICE_STEPS;
		blocks += count * count;
	}
	if (room > BLOCKS_ROOM_MAX || hours + blocks > *model->work_left) {
		return qf_fail(err, QF_DATA, "blocks-size",
		    "%zu blocks over %zu hours are linked: too many to find "
		    "the best of their selections",
		    book->block_count, book->hour_count);
	}
	model->hours_work = (int64_t)hours;
	model->blocks_work = (int64_t)blocks;
	return 0;
}

int
blocks_model_make(struct blocks_model *model, struct blocks_book *book,
    const struct market_version *version, struct qf_error *err)
{
	size_t *places;

	*model = (struct blocks_model){
	    .book = book,
	    .version = version,
	    .node_max = book->node_max > 0 ? book->node_max : BLOCKS_NODES_MAX,
	    .work_left = xcalloc(1, sizeof(*model->work_left)),
	};
	*model->work_left =
	    book->work_max > 0 ? book->work_max : BLOCKS_WORK_MAX;
	if (choose_scale(model, err) == -1) {
		return -1;
	}
	places = xcalloc(book->hour_count + 1, sizeof(*places));
	model->block_of = xcalloc(book->hour_count + 1, sizeof(size_t *));
	model->curves = xcalloc(book->hour_count + 1, sizeof(*model->curves));
	model->items = xcalloc(book->block_count + 1, sizeof(*model->items));
	for (size_t h = 0; h < book->hour_count; h++) {
		size_t count = book->hours[h].count;

		model->block_of[h] = xcalloc(count + 1, sizeof(size_t));
		for (size_t i = 0; i < count; i++) {
			model->block_of[h][i] = BLOCKS_NONE;
		}
	}
	for (size_t b = 0; b < book->block_count; b++) {
		for (size_t i = 0; i < book->blocks[b].row_count; i++) {
			const struct blocks_row *row = &book->blocks[b].rows[i];

			assert(model->block_of[row->hour][row->order] ==
			       BLOCKS_NONE);
			model->block_of[row->hour][row->order] = b;
		}
		make_item(model, b, places);
	}
	free(places);
	for (size_t h = 0; h < book->hour_count; h++) {
		const struct blocks_hour *hour = &book->hours[h];

		blocks_curve_make(&model->curves[h], hour->orders,
		    model->block_of[h], hour->count, hour->need, &model->scale);
	}
	make_touches(model);
	return measure(model, err);
}

void
blocks_model_release(struct blocks_model *model)
{
	for (size_t h = 0; model->curves != NULL && h < model->book->hour_count;
	     h++) {
		blocks_curve_release(&model->curves[h]);
		free(model->block_of[h]);
		free(model->touches[h]);
	}
	for (size_t b = 0; model->items != NULL && b < model->book->block_count;
	     b++) {
		free(model->items[b].links);
	}
	free(model->block_of);
	free(model->curves);
	free(model->items);
	free(model->touches);
	free(model->touch_counts);
	free(model->work_left);
	*model = (struct blocks_model){0};
}

int
blocks_clear(struct blocks_book *book, const struct market_version *version,
    struct qf_error *err)
{
	struct blocks_model model = {0};
	struct blocks_range *best;
	int status;

	if (check_market(version, err) == -1 || check_rows(book, err) == -1) {
		return -1;
	}
	for (size_t h = 0; h < book->hour_count; h++) {
		book->hours[h].price = (struct clear_price){0};
	}
	best = xcalloc(book->block_count + 1, sizeof(*best));
	status = blocks_model_make(&model, book, version, err);
	if (status == 0) {
		status = blocks_search(&model, best, err);
	}
	if (status == 0) {
		blocks_states(&model, best);
	}
	book->nodes = model.nodes;
	blocks_model_release(&model);
	free(best);
	return status;
}

void
blocks_release(struct blocks_book *book)
{
	for (size_t h = 0; h < book->hour_count; h++) {
		clear_price_release(&book->hours[h].price);
		book->hours[h].price = (struct clear_price){0};
	}
}
