/* clear.c - clearing of one hour of a book, in ticks.
 *
 * One walk up the ladder of supply and down that of demand finds the volume
 * and the prices that clear; a second one, over each ladder alone, says who
 * gets how much.  What the ends of the interval are is shown in clear_match().
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/clear.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "settle/clear_limit.h"
#include "settle/clear_ties.h"

#define SIDES 2

struct ladder {
	struct order **orders; /* best first */
	size_t count;
};

struct clear_ladders {
	const struct market_version *version;
	struct ladder sides[SIDES]; /* by enum order_side */
	int64_t sums[SIDES]; /* of quantity */
	int64_t base; /* what percent limits are of */
	int64_t *room; /* for sharing, two for each order of a ladder */
};

/* An order with what most comparisons need, beside each other in memory. */
struct rung {
	int64_t key; /* price, of a buy ~price: the smaller comes first */
	struct order *order;
	const struct market_version *version;
};

static int
compare_rungs(const void *a, const void *b)
{
	const struct rung *left = a, *right = b;
	const struct market_version *version = left->version;
	int order = (left->key > right->key) - (left->key < right->key);

	if (version->by_performance && left->order->priced &&
	    left->order->side == ORDER_SELL) {
		struct order_level low = order_level(left->order, version);
		struct order_level high = order_level(right->order, version);

		order = order_level_cmp(&low, &high);
	}
	if (order == 0) {
		order = clear_ties_cmp(left->order, right->order, version);
	}
	if (order == 0) {
		order = (left->order->rank > right->order->rank) -
			(left->order->rank < right->order->rank);
	}
	return order;
}

/* Sorts those of a side that have a price, or those that have none, behind
 * what is in the ladder. */
static void
add_sorted(struct ladder *ladder, struct rung *rungs, struct order *orders,
    size_t count, enum order_side side, bool priced,
    const struct market_version *version)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		struct order *order = &orders[i];

		if (order->side != side || order->priced != priced) {
			continue;
		}
		rungs[found].key = !priced             ? 0
				   : side == ORDER_BUY ? ~order->price
						       : order->price;
		rungs[found].order = order;
		rungs[found].version = version;
		found++;
	}
	qsort(rungs, found, sizeof(*rungs), compare_rungs);
	for (size_t i = 0; i < found; i++) {
		assert(i == 0 || compare_rungs(&rungs[i - 1], &rungs[i]) < 0);
		ladder->orders[ladder->count++] = rungs[i].order;
	}
}

static int
sum_sides(struct clear_ladders *ladders, const struct order *orders,
    size_t count, int64_t need, struct qf_error *err)
{
	int64_t all = need;

	/* Both sides and the need together, so that no sum of any of them can
	 * pass 64 bits. */
	if (need == INT64_MIN) {
		goto fail;
	}
	all = need < 0 ? -need : need;
	for (size_t i = 0; i < count; i++) {
		const struct order *order = &orders[i];

		assert(order->quantity >= 0);
		if (__builtin_add_overflow(all, order->quantity, &all)) {
			goto fail;
		}
		ladders->sums[order->side] += order->quantity;
	}
	return 0;
fail:
	return qf_fail(err, QF_DATA, "clear-volume",
	    "the quantities of one hour add up to more ticks than 64 bits "
	    "count");
}

int
clear_ladders_make(struct clear_ladders **out, struct order *orders,
    size_t count, int64_t need, const struct market_version *version,
    struct qf_error *err)
{
	struct clear_ladders *ladders = xcalloc(1, sizeof(*ladders));
	struct rung *rungs;

	if (sum_sides(ladders, orders, count, need, err) == -1) {
		free(ladders);
		return -1;
	}
	ladders->version = version;
	ladders->base = need > 0 ? need : ladders->sums[ORDER_BUY];
	rungs = xcalloc(count, sizeof(*rungs));
	for (int side = 0; side < SIDES; side++) {
		struct ladder *ladder = &ladders->sides[side];

		ladder->orders = xcalloc(count, sizeof(struct order *));
		add_sorted(ladder, rungs, orders, count, (enum order_side)side,
		    false, version);
		add_sorted(ladder, rungs, orders, count, (enum order_side)side,
		    true, version);
	}
	free(rungs);
	ladders->room = xcalloc(count, 2 * sizeof(*ladders->room));
	*out = ladders;
	return 0;
}

void
clear_ladders_free(struct clear_ladders *ladders)
{
	if (ladders == NULL) {
		return;
	}
	for (int side = 0; side < SIDES; side++) {
		free(ladders->sides[side].orders);
	}
	free(ladders->room);
	free(ladders);
}

struct order *const *
clear_ladder(
    const struct clear_ladders *ladders, enum order_side side, size_t *count)
{
	*count = ladders->sides[side].count;
	return ladders->sides[side].orders;
}

/* Where the walk over one ladder is.  The need is the rung before the first
 * order. */
struct cursor {
	const struct ladder *ladder;
	size_t next; /* the order after the one that is at hand */
	const struct order *order; /* at hand; NULL: the need */
	int64_t left; /* of what is at hand; 0 at the end */
	const struct order *last; /* the last that gave; NULL: the need, none */
};

/* Goes on to the next rung with anything left; false at the end. */
static bool
cursor_settle(struct cursor *cursor)
{
	while (cursor->left == 0 && cursor->next < cursor->ladder->count) {
		cursor->order = cursor->ladder->orders[cursor->next++];
		cursor->left = cursor->order->eligible;
	}
	return cursor->left > 0;
}

/* True if what is at hand comes at any price. */
static bool
at_any_price(const struct cursor *cursor)
{
	return cursor->order == NULL || !cursor->order->priced;
}

/* What is left at any price, from the rung at hand on. */
static int64_t
left_at_any_price(const struct cursor *cursor)
{
	int64_t left = 0;

	if (cursor->left == 0 || !at_any_price(cursor)) {
		return 0;
	}
	left = cursor->left;
	for (size_t i = cursor->next;
	     i < cursor->ladder->count && !cursor->ladder->orders[i]->priced;
	     i++) {
		left += cursor->ladder->orders[i]->eligible;
	}
	return left;
}

/* Walks as long as what is at hand on both sides can trade; returns the
 * volume.  Both cursors are then at what is not, or not all, accepted. */
static int64_t
walk(struct cursor *supply, struct cursor *demand,
    const struct market_version *version)
{
	int64_t volume = 0;

	for (;;) {
		bool more = cursor_settle(supply);
		int64_t taken;

		if (!cursor_settle(demand) || !more) {
			return volume;
		}
		if (!at_any_price(supply) && !at_any_price(demand)) {
			struct order_level ask =
			    order_level(supply->order, version);
			struct order_level gives =
			    order_level(demand->order, version);

			if (order_level_cmp(&ask, &gives) > 0) {
				return volume;
			}
		}
		taken =
		    supply->left < demand->left ? supply->left : demand->left;
		supply->left -= taken;
		demand->left -= taken;
		supply->last = supply->order;
		demand->last = demand->order;
		volume += taken;
	}
}

/* The level of an order; false where there is no order, or it has none. */
static bool
level_of(struct order_level *out, const struct order *order,
    const struct market_version *version)
{
	if (order == NULL || !order->priced) {
		return false;
	}
	*out = order_level(order, version);
	return true;
}

/* The higher (sign 1) or the lower (sign -1) of two levels that may be missing;
 * false where both are. */
static bool
outer_level(struct order_level *out, const struct order *a,
    const struct order *b, int sign, const struct market_version *version)
{
	struct order_level one = {0}, other = {0};
	bool has_one = level_of(&one, a, version);
	bool has_other = level_of(&other, b, version);

	if (has_one &&
	    (!has_other || order_level_cmp(&one, &other) * sign > 0)) {
		*out = one;
	} else {
		*out = other;
	}
	return has_one || has_other;
}

/* True if the order at hand is of the level of the last that gave. */
static bool
is_marginal(const struct cursor *cursor, const struct market_version *version)
{
	struct order_level last, here;

	return cursor->left > 0 && level_of(&last, cursor->last, version) &&
	       level_of(&here, cursor->order, version) &&
	       order_level_cmp(&last, &here) == 0;
}

/* Gives ticks to the orders of a ladder, level by level; what is left over is
 * not enough for one level, which its ties divide. */
static void
fill(const struct clear_ladders *ladders, enum order_side side, int64_t ticks)
{
	const struct market_version *version = ladders->version;
	const struct ladder *ladder = &ladders->sides[side];
	size_t end;

	for (size_t first = 0; first < ladder->count; first = end) {
		struct order *const *group = ladder->orders + first;
		struct order_level level = {0}, next = {0};
		bool priced = level_of(&level, group[0], version);
		int64_t wanted = 0;

		for (end = first; end < ladder->count; end++) {
			struct order *order = ladder->orders[end];

			if (level_of(&next, order, version) != priced ||
			    (priced && order_level_cmp(&level, &next) != 0)) {
				break;
			}
			wanted += order->eligible;
			order->accepted = ticks > 0 ? order->eligible : 0;
		}
		if (wanted > ticks && ticks > 0) {
			clear_ties_fill(
			    group, end - first, ticks, version, ladders->room);
		}
		ticks = wanted > ticks ? 0 : ticks - wanted;
	}
	assert(ticks == 0);
}

/* What is left of the volume for orders after the need of that side. */
static int64_t
beyond(int64_t volume, int64_t fixed)
{
	return volume > fixed ? volume - fixed : 0;
}

static void
set_eligible(struct clear_ladders *ladders)
{
	const struct ladder *buys = &ladders->sides[ORDER_BUY];
	const struct ladder *offers = &ladders->sides[ORDER_SELL];

	for (size_t i = 0; i < buys->count; i++) {
		buys->orders[i]->eligible = buys->orders[i]->quantity;
	}
	clear_limit(
	    offers->orders, offers->count, ladders->base, ladders->version);
}

void
clear_match(
    struct clear_match *out, struct clear_ladders *ladders, int64_t need)
{
	const struct market_version *version = ladders->version;
	int64_t fixed_demand = need > 0 ? need : 0;
	int64_t fixed_supply = need < 0 ? -need : 0;
	struct cursor supply = {
	    .ladder = &ladders->sides[ORDER_SELL],
	    .left = fixed_supply,
	};
	struct cursor demand = {
	    .ladder = &ladders->sides[ORDER_BUY],
	    .left = fixed_demand,
	};

	*out = (struct clear_match){0};
	set_eligible(ladders);
	out->volume = walk(&supply, &demand, version);
	out->unserved = left_at_any_price(&demand);
	out->unsold = left_at_any_price(&supply);
	assert(out->unserved == 0 || out->unsold == 0);
	fill(ladders, ORDER_SELL, beyond(out->volume, fixed_supply));
	fill(ladders, ORDER_BUY, beyond(out->volume, fixed_demand));

	/* A price clears from the last accepted offer and the first buy that
	 * is not all accepted on: below, S(p) is less than the volume, or
	 * D+(p) + E is more; and so, mirrored, up to the upper end. */
	if (out->unserved > 0) {
		out->state = CLEAR_SHORTAGE;
	} else if (out->unsold > 0) {
		out->state = CLEAR_SURPLUS;
	} else {
		out->state = out->volume > 0 ? CLEAR_CLEARED : CLEAR_NO_CROSS;
		out->has_low = outer_level(&out->low, supply.last,
		    demand.left > 0 ? demand.order : NULL, 1, version);
		out->has_high = outer_level(&out->high, demand.last,
		    supply.left > 0 ? supply.order : NULL, -1, version);
		assert(!out->has_low || !out->has_high ||
		       order_level_cmp(&out->low, &out->high) <= 0);
	}
	out->offer_marginal = is_marginal(&supply, version);
	out->bid_marginal = is_marginal(&demand, version);
}

void
clear_raise(struct clear_match *match, struct order *orders, size_t count,
    const struct market_version *version)
{
	int64_t raised[SIDES] = {0};

	if (version->below != MARKET_BELOW_RAISE) {
		return;
	}
	for (size_t i = 0; i < count; i++) {
		struct order *order = &orders[i];

		assert(order->minimum <= order->quantity);
		if (order->accepted > 0 && order->accepted < order->minimum) {
			raised[order->side] += order->minimum - order->accepted;
			order->accepted = order->minimum;
		}
	}
	match->raised = raised[ORDER_SELL] > raised[ORDER_BUY]
			    ? raised[ORDER_SELL]
			    : raised[ORDER_BUY];
	match->volume += match->raised;
}

const char *
clear_state_name(const struct clear_match *match)
{
	if (match->state == CLEAR_SHORTAGE) {
		return "shortage";
	}
	return match->volume > 0 ? "cleared" : "no-cross";
}
