/* blocks_price.c - the prices of a selection of blocks, if it has any.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/ratio.h"
#include "settle/blocks_own.h"

struct pricing {
	const struct blocks_model *model;
	const struct market_version *version;
	const struct blocks_range *ranges;
	struct blocks_hour *hours;
	size_t hour_count;
};

/* What is accepted of a row whatever its price is; above it a single row is an
 * order like others. */
static int64_t
must_of(const struct pricing *pricing, size_t b, const struct order *order)
{
	const struct blocks_item *item = &pricing->model->items[b];

	if (item->most == 0) {
		return 0;
	}
	/* The quantity is a multiple of most, which no row's is below. */
	return order->quantity / item->most * pricing->ranges[b].low;
}

static bool
is_taken(const struct pricing *pricing, size_t b)
{
	return pricing->ranges[b].high > 0;
}

/* Copies what an hour's book consists of besides what must be accepted;
 * indexes has the place of each in the hour. */
static size_t
rest_of_book(const struct pricing *pricing, size_t h, struct order *rest,
    size_t *indexes, int64_t *must_sell)
{
	const struct blocks_hour *hour = &pricing->hours[h];
	size_t count = 0;

	*must_sell = 0;
	for (size_t i = 0; i < hour->count; i++) {
		size_t b = pricing->model->block_of[h][i];
		const struct order *order = &hour->orders[i];
		int64_t must = 0;

		if (b != BLOCKS_NONE) {
			if (!is_taken(pricing, b)) {
				continue;
			}
			must = must_of(pricing, b, order);
			*must_sell += order->side == ORDER_SELL ? must : -must;
			if (!pricing->model->items[b].single ||
			    must == order->quantity) {
				continue;
			}
		}
		indexes[count] = i;
		rest[count] = *order;
		rest[count].quantity -= must;
		rest[count].minimum = 0;
		count++;
	}
	return count;
}

/* Sets accepted of every order of the hour. */
static void
accept(const struct pricing *pricing, size_t h, const struct order *rest,
    const size_t *indexes, size_t rest_count)
{
	struct blocks_hour *hour = &pricing->hours[h];

	for (size_t i = 0; i < hour->count; i++) {
		size_t b = pricing->model->block_of[h][i];

		hour->orders[i].eligible = hour->orders[i].quantity;
		hour->orders[i].accepted =
		    b != BLOCKS_NONE && is_taken(pricing, b)
			? must_of(pricing, b, &hour->orders[i])
			: 0;
	}
	for (size_t i = 0; i < rest_count; i++) {
		hour->orders[indexes[i]].accepted += rest[i].accepted;
	}
}

/* Makes of the match of the rest that of all: must_sell is what blocks sell
 * less what they buy. */
static void
whole_match(struct blocks_hour *hour, int64_t must_sell)
{
	struct clear_match *match = &hour->match;
	int64_t fixed = must_sell - hour->need;
	int64_t sold = 0;

	/* Of fixed supply what is left over is the need's. */
	if (hour->need < 0) {
		sold = -hour->need;
		if (fixed > match->volume) {
			sold -= fixed - match->volume;
		}
	}
	for (size_t i = 0; i < hour->count; i++) {
		if (hour->orders[i].side == ORDER_SELL) {
			sold += hour->orders[i].accepted;
		}
	}
	match->volume = sold;
	if (match->state == CLEAR_NO_CROSS && sold > 0) {
		match->state = CLEAR_CLEARED;
	}
}

/* Clears an hour's book round what must be accepted. */
static int
match_hour(const struct pricing *pricing, size_t h, struct qf_error *err)
{
	struct blocks_hour *hour = &pricing->hours[h];
	struct order *rest = xcalloc(hour->count + 1, sizeof(*rest));
	size_t *indexes = xcalloc(hour->count + 1, sizeof(*indexes));
	struct clear_ladders *ladders = NULL;
	int64_t must_sell;
	size_t count = rest_of_book(pricing, h, rest, indexes, &must_sell);
	int status = clear_ladders_make(
	    &ladders, rest, count, hour->need, pricing->version, err);

	if (status == 0) {
		clear_match(&hour->match, ladders, hour->need - must_sell);
		accept(pricing, h, rest, indexes, count);
		whole_match(hour, must_sell);
	}
	clear_ladders_free(ladders);
	free(rest);
	free(indexes);
	return status;
}

/* Whether some price clears: of a shortage and a surplus none does. */
static bool
has_interval(const struct blocks_hour *hour)
{
	return hour->match.state == CLEAR_CLEARED;
}

/* Narrows the prices that clear by the limits of accepted blocks of one row;
 * false where none is left. */
static bool
narrow(const struct pricing *pricing, size_t h)
{
	struct clear_match *match = &pricing->hours[h].match;

	for (size_t i = 0; i < pricing->hours[h].count; i++) {
		size_t b = pricing->model->block_of[h][i];
		const struct order *order = &pricing->hours[h].orders[i];

		if (b == BLOCKS_NONE || !pricing->model->items[b].single ||
		    !order->priced || !is_taken(pricing, b) ||
		    must_of(pricing, b, order) == 0) {
			continue;
		}
		if (order->side == ORDER_SELL &&
		    (!match->has_low || order->price > match->low.price)) {
			match->has_low = true;
			match->low = (struct order_level){
			    order->price, ORDER_PERFORMANCE_ONE};
		}
		if (order->side == ORDER_BUY &&
		    (!match->has_high || order->price < match->high.price)) {
			match->has_high = true;
			match->high = (struct order_level){
			    order->price, ORDER_PERFORMANCE_ONE};
		}
	}
	return !match->has_low || !match->has_high ||
	       match->low.price <= match->high.price;
}

/* Whether blocks are accepted in the hour. */
static bool
has_blocks(const struct pricing *pricing, size_t h)
{
	for (size_t i = 0; i < pricing->hours[h].count; i++) {
		size_t b = pricing->model->block_of[h][i];

		if (b != BLOCKS_NONE && pricing->ranges[b].low > 0) {
			return true;
		}
	}
	return false;
}

/* The market's rule, over all orders but those of rejected blocks. */
static void
rule_price(const struct pricing *pricing, size_t h)
{
	struct blocks_hour *hour = &pricing->hours[h];
	struct order *kept = xcalloc(hour->count + 1, sizeof(*kept));
	size_t count = 0;

	for (size_t i = 0; i < hour->count; i++) {
		size_t b = pricing->model->block_of[h][i];

		if (b == BLOCKS_NONE || is_taken(pricing, b)) {
			kept[count++] = hour->orders[i];
		}
	}
	clear_price_release(&hour->price);
	hour->price = (struct clear_price){0};
	clear_price(&hour->price, kept, count, &hour->match, pricing->version);
	free(kept);
}

/* The price of the rule, moved to the nearest that clears. */
static int
price_hour(const struct pricing *pricing, size_t h)
{
	struct blocks_hour *hour = &pricing->hours[h];
	struct clear_price *price = &hour->price;
	int scale = pricing->version->price_scale;

	if (!has_blocks(pricing, h) ||
	    pricing->version->price == MARKET_PAY_AS_BID) {
		rule_price(pricing, h);
		return 1;
	}
	if (has_interval(hour) && !narrow(pricing, h)) {
		return 0;
	}
	rule_price(pricing, h);
	if (!price->has_price) {
		return 0;
	}
	if (!has_interval(hour)) {
		return 1;
	}
	if (price->has_low && dec_cmp(&price->price, &price->low) < 0) {
		dec_round(&price->price, &price->low, scale, DEC_CEILING);
	}
	if (price->has_high && dec_cmp(&price->price, &price->high) > 0) {
		dec_round(&price->price, &price->high, scale, DEC_FLOOR);
	}
	return 1;
}

/* Whether all hours of a block have a price. */
static bool
is_priced(const struct pricing *pricing, const struct blocks_block *block)
{
	for (size_t i = 0; i < block->row_count; i++) {
		if (!pricing->hours[block->rows[i].hour].price.has_price) {
			return false;
		}
	}
	return true;
}

/* What a block gains at the prices by what is accepted of it or, with whole, by
 * all of it: the sign of that, and *gain.  1 too where a row is at any price.
 * All its hours have a price. */
static int
gain_of(const struct pricing *pricing, size_t b, bool whole, struct dec *gain)
{
	const struct blocks_block *block = &pricing->model->book->blocks[b];
	struct dec limit = {0}, ticks = {0};
	bool any_price = false;

	dec_set_int(gain, 0, 0);
	for (size_t i = 0; i < block->row_count; i++) {
		const struct blocks_hour *hour =
		    &pricing->hours[block->rows[i].hour];
		const struct order *order = &hour->orders[block->rows[i].order];
		int64_t quantity = whole ? order->quantity : order->accepted;

		any_price |= !order->priced;
		dec_mul_int(
		    &limit, &pricing->version->price_tick, order->price);
		dec_sub(&limit, &hour->price.price, &limit);
		dec_set_int(&ticks,
		    order->side == ORDER_SELL ? quantity : -quantity, 0);
		dec_add_product(gain, &limit, &ticks);
	}
	dec_release(&limit);
	dec_release(&ticks);
	return any_price ? 1 : dec_sign(gain);
}

/* An hour's end in the direction that a losing block wants. */
struct move {
	bool up, down;
	struct ratio by; /* from the price to the end */
};

/* The highest limit of any row of a block, or the lowest. */
static bool
utmost_limit(const struct pricing *pricing, bool highest, int64_t *ticks)
{
	bool found = false;

	for (size_t h = 0; h < pricing->hour_count; h++) {
		for (size_t i = 0; i < pricing->hours[h].count; i++) {
			const struct order *order =
			    &pricing->hours[h].orders[i];

			if (pricing->model->block_of[h][i] == BLOCKS_NONE ||
			    !order->priced) {
				continue;
			}
			if (!found || (order->price > *ticks) == highest) {
				*ticks = order->price;
			}
			found = true;
		}
	}
	return found;
}

/* Where an hour may be moved to. */
static void
end_of(const struct pricing *pricing, size_t h, bool up, struct dec *end)
{
	const struct clear_price *price = &pricing->hours[h].price;
	int64_t ticks;

	dec_set(end, &price->price);
	if (!has_interval(&pricing->hours[h])) {
		return;
	}
	if (up ? price->has_high : price->has_low) {
		dec_set(end, up ? &price->high : &price->low);
	} else if (utmost_limit(pricing, up, &ticks)) {
		dec_mul_int(end, &pricing->version->price_tick, ticks);
	}
	/* Only towards it. */
	if (dec_cmp(end, &price->price) != (up ? 1 : -1)) {
		dec_set(end, &price->price);
	}
}

/* Which hours the losing blocks want moved, and how far that can be. */
static void
find_moves(const struct pricing *pricing, const bool *loses, struct move *moves)
{
	struct dec end = {0};

	for (size_t h = 0; h < pricing->hour_count; h++) {
		for (size_t i = 0; i < pricing->hours[h].count; i++) {
			size_t b = pricing->model->block_of[h][i];
			const struct order *order =
			    &pricing->hours[h].orders[i];

			if (b != BLOCKS_NONE && loses[b] &&
			    order->accepted > 0) {
				moves[h].up |= order->side == ORDER_SELL;
				moves[h].down |= order->side == ORDER_BUY;
			}
		}
		if (moves[h].up != moves[h].down) {
			end_of(pricing, h, moves[h].up, &end);
			dec_sub(&end, &end, &pricing->hours[h].price.price);
			ratio_set_dec(&moves[h].by, &end);
		}
	}
	dec_release(&end);
}

/* The part of the way that a losing block needs: *part is raised to it; false
 * where all of it is not enough. */
static bool
part_needed(const struct pricing *pricing, size_t b, const struct move *moves,
    struct ratio *part)
{
	const struct blocks_block *block = &pricing->model->book->blocks[b];
	struct dec loss = {0};
	struct ratio gain = {0}, row = {0}, need = {0};
	bool enough;

	(void)gain_of(pricing, b, false, &loss);
	for (size_t i = 0; i < block->row_count; i++) {
		size_t h = block->rows[i].hour;
		const struct order *order =
		    &pricing->hours[h].orders[block->rows[i].order];

		ratio_mul_int(&row, &moves[h].by,
		    order->side == ORDER_SELL ? order->accepted
					      : -order->accepted);
		ratio_add(&gain, &gain, &row);
	}
	ratio_set_dec(&need, &loss);
	ratio_neg(&need, &need);
	enough = ratio_cmp(&gain, &need) >= 0;
	if (enough) {
		ratio_div(&need, &need, &gain);
		ratio_max(part, part, &need);
	}
	dec_release(&loss);
	ratio_release(&gain);
	ratio_release(&row);
	ratio_release(&need);
	return enough;
}

/* Moves prices by that part of the way, and rounds them on. */
static void
move_prices(const struct pricing *pricing, const struct move *moves,
    const struct ratio *part)
{
	struct ratio to = {0}, from = {0};
	struct dec end = {0};

	for (size_t h = 0; h < pricing->hour_count; h++) {
		struct dec *price = &pricing->hours[h].price.price;

		if (ratio_sign(&moves[h].by) == 0) {
			continue;
		}
		ratio_set_dec(&from, price);
		ratio_mul(&to, &moves[h].by, part);
		ratio_add(&to, &to, &from);
		end_of(pricing, h, moves[h].up, &end);
		ratio_round(price, &to, pricing->version->price_scale,
		    moves[h].up ? DEC_CEILING : DEC_FLOOR);
		/* An end finer than the rounding must not be passed. */
		if (dec_cmp(price, &end) == (moves[h].up ? 1 : -1)) {
			dec_round(price, &end, pricing->version->price_scale,
			    moves[h].up ? DEC_FLOOR : DEC_CEILING);
		}
	}
	ratio_release(&to);
	ratio_release(&from);
	dec_release(&end);
}

/* Which accepted blocks lose money; how many. */
static size_t
losers(const struct pricing *pricing, bool *loses)
{
	struct dec gain = {0};
	size_t count = 0;

	for (size_t b = 0; b < pricing->model->book->block_count; b++) {
		/* A block that is accepted to nothing loses nothing. */
		loses[b] = pricing->ranges[b].low > 0 &&
			   gain_of(pricing, b, false, &gain) < 0;
		count += loses[b];
	}
	dec_release(&gain);
	return count;
}

/* Moves prices so that no accepted block loses, where that can be. */
static bool
settle_losers(const struct pricing *pricing)
{
	size_t count = pricing->model->book->block_count;
	bool *loses = xcalloc(count + 1, sizeof(*loses));
	struct move *moves = xcalloc(pricing->hour_count + 1, sizeof(*moves));
	struct ratio part = {0};
	bool paid = losers(pricing, loses) == 0;

	if (!paid) {
		find_moves(pricing, loses, moves);
		paid = true;
		for (size_t b = 0; b < count && paid; b++) {
			paid =
			    !loses[b] || part_needed(pricing, b, moves, &part);
		}
		if (paid) {
			move_prices(pricing, moves, &part);
			paid = losers(pricing, loses) == 0;
		}
	}
	for (size_t h = 0; h < pricing->hour_count; h++) {
		ratio_release(&moves[h].by);
	}
	ratio_release(&part);
	free(moves);
	free(loses);
	return paid;
}

int
blocks_price(const struct blocks_model *model,
    const struct blocks_range *ranges, struct qf_error *err)
{
	const struct pricing pricing = {
	    .model = model,
	    .version = model->version,
	    .ranges = ranges,
	    .hours = model->book->hours,
	    .hour_count = model->book->hour_count,
	};

	for (size_t h = 0; h < pricing.hour_count; h++) {
		if (match_hour(&pricing, h, err) == -1) {
			return -1;
		}
		if (price_hour(&pricing, h) == 0) {
			return 0;
		}
	}
	return model->version->price == MARKET_PAY_AS_BID ||
	       settle_losers(&pricing);
}

/* Whether any of a block was accepted. */
static bool
is_accepted(const struct pricing *pricing, const struct blocks_block *block)
{
	for (size_t i = 0; i < block->row_count; i++) {
		const struct blocks_row *row = &block->rows[i];

		if (pricing->hours[row->hour].orders[row->order].accepted > 0) {
			return true;
		}
	}
	return false;
}

void
blocks_states(
    const struct blocks_model *model, const struct blocks_range *ranges)
{
	const struct pricing pricing = {
	    .model = model,
	    .version = model->version,
	    .ranges = ranges,
	    .hours = model->book->hours,
	    .hour_count = model->book->hour_count,
	};
	struct dec gain = {0};

	for (size_t b = 0; b < model->book->block_count; b++) {
		struct blocks_block *block = &model->book->blocks[b];

		block->state = BLOCKS_REJECTED;
		if (is_accepted(&pricing, block)) {
			block->state = BLOCKS_ACCEPTED;
		} else if (model->version->price != MARKET_PAY_AS_BID &&
			   is_priced(&pricing, block) &&
			   gain_of(&pricing, b, true, &gain) > 0) {
			block->state = BLOCKS_PARADOXICAL;
		}
	}
	dec_release(&gain);
}
