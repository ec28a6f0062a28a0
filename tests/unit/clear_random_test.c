/* clear_random_test.c - small random books held against the definition.
 *
 * Nothing here is clever: every price is tried, and the sums that say whether
 * it clears are made anew for each, straight from the formula.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "book_fixture.h"
#include "settle/clear_pairs.h"

#define BOOKS 4000
#define PRICES 8 /* limits are -2..5 */

/* A generator whose numbers are the same everywhere. */
static uint64_t
draw(uint64_t *state, uint64_t below)
{
	*state = *state * 6364136223846793005U + 1442695040888963407U;
	return (*state >> 33) % below;
}

static size_t
draw_book(struct order *orders, int64_t *need, uint64_t seed)
{
	uint64_t state = seed * 2 + 1;
	size_t count;

	draw(&state, 2);
	count = draw(&state, 9);
	*need = draw(&state, 3) == 0 ? (int64_t)draw(&state, 25) - 12 : 0;
	for (size_t i = 0; i < count; i++) {
		orders[i] = (struct order){
		    .side = draw(&state, 2) == 0 ? ORDER_BUY : ORDER_SELL,
		    .priced = draw(&state, 8) != 0,
		    .quantity = (int64_t)draw(&state, 8),
		    .performance = ORDER_PERFORMANCE_ONE,
		    .submitted_utc = (int64_t)draw(&state, 3),
		    .rank = (uint32_t)i,
		};
		if (orders[i].priced) {
			orders[i].price = (int64_t)draw(&state, PRICES) - 2;
		}
	}
	return count;
}

/* Twice the limit, so that prices between two limits are whole; one at any
 * price has a limit beyond all others. */
static int64_t
limit_of(const struct order *order)
{
	if (!order->priced) {
		return order->side == ORDER_SELL ? INT64_MIN : INT64_MAX;
	}
	return 2 * order->price;
}

/* S(p), S-(p), D(p), D+(p) at half ticks. */
struct sums {
	int64_t supply, supply_below, demand, demand_above;
};

static struct sums
sums_at(const struct order *orders, size_t count, int64_t price)
{
	struct sums sums = {0};

	for (size_t i = 0; i < count; i++) {
		int64_t quantity = orders[i].quantity;
		int64_t limit = limit_of(&orders[i]);

		if (orders[i].side == ORDER_SELL) {
			sums.supply += limit <= price ? quantity : 0;
			sums.supply_below += limit < price ? quantity : 0;
		} else {
			sums.demand += limit >= price ? quantity : 0;
			sums.demand_above += limit > price ? quantity : 0;
		}
	}
	return sums;
}

static bool
clears(const struct sums *sums, int64_t need)
{
	return sums->supply_below <= sums->demand + need &&
	       sums->supply >= sums->demand_above + need;
}

/* What is traded at one price, the need included. */
static int64_t
volume_at(const struct sums *sums, int64_t need)
{
	int64_t supply = sums->supply + (need < 0 ? -need : 0);
	int64_t demand = sums->demand + (need > 0 ? need : 0);

	return supply < demand ? supply : demand;
}

static int64_t
accepted_of(const struct order *orders, size_t count, enum order_side side)
{
	int64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		sum += orders[i].side == side ? orders[i].accepted : 0;
	}
	return sum;
}

/* Prices from well below all limits to well above, in half ticks. */
#define LOWEST (-20)
#define HIGHEST 30

static void
check_interval(uint64_t seed, const struct order *orders, size_t count,
    int64_t need, const struct clear_match *match)
{
	int64_t greatest = 0;
	bool any = false;

	for (int64_t price = LOWEST; price <= HIGHEST; price++) {
		struct sums sums = sums_at(orders, count, price);
		bool inside =
		    match->state != CLEAR_SHORTAGE &&
		    match->state != CLEAR_SURPLUS &&
		    (!match->has_low || price >= 2 * match->low.price) &&
		    (!match->has_high || price <= 2 * match->high.price);

		cr_expect_eq(clears(&sums, need), inside,
		    "book %llu at %lld/2: %s", (unsigned long long)seed,
		    (long long)price, inside ? "does not clear" : "clears");
		any = any || clears(&sums, need);
		greatest = volume_at(&sums, need) > greatest
			       ? volume_at(&sums, need)
			       : greatest;
	}
	cr_expect_eq(any,
	    match->state == CLEAR_CLEARED || match->state == CLEAR_NO_CROSS,
	    "book %llu", (unsigned long long)seed);
	cr_expect_eq(match->volume, greatest,
	    "book %llu: volume %lld, not %lld", (unsigned long long)seed,
	    (long long)match->volume, (long long)greatest);
}

static void
check_awards(uint64_t seed, const struct order *orders, size_t count,
    int64_t need, const struct clear_match *match)
{
	int64_t sold = accepted_of(orders, count, ORDER_SELL);
	int64_t bought = accepted_of(orders, count, ORDER_BUY);
	int64_t fixed_supply = need < 0 ? -need : 0;
	int64_t fixed_demand = need > 0 ? need : 0;

	/* The need is served first, and both sides are the volume. */
	fixed_supply =
	    fixed_supply < match->volume ? fixed_supply : match->volume;
	fixed_demand =
	    fixed_demand < match->volume ? fixed_demand : match->volume;
	cr_expect_eq(sold + fixed_supply, match->volume, "book %llu: sold",
	    (unsigned long long)seed);
	cr_expect_eq(bought + fixed_demand, match->volume, "book %llu: bought",
	    (unsigned long long)seed);
	for (size_t i = 0; i < count; i++) {
		const struct order *order = &orders[i];
		int64_t limit = limit_of(order);

		cr_expect(
		    order->accepted >= 0 && order->accepted <= order->quantity);
		if (order->accepted == 0 || !order->priced) {
			continue;
		}
		/* Nobody gets worse than the limit at a price that clears. */
		if (order->side == ORDER_SELL && match->has_low) {
			cr_expect_leq(limit, 2 * match->low.price,
			    "book %llu: sells below", (unsigned long long)seed);
		}
		if (order->side == ORDER_BUY && match->has_high) {
			cr_expect_geq(limit, 2 * match->high.price,
			    "book %llu: buys above", (unsigned long long)seed);
		}
	}
}

/* Where shared: each of one side and price within a tick of its quota. */
static void
check_shares(uint64_t seed, const struct order *orders, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t sum = 0, given = 0, apart;

		for (size_t k = 0; k < count; k++) {
			if (orders[k].side == orders[i].side &&
			    limit_of(&orders[k]) == limit_of(&orders[i])) {
				sum += orders[k].quantity;
				given += orders[k].accepted;
			}
		}
		apart = orders[i].accepted * sum - orders[i].quantity * given;
		cr_expect(sum == 0 || (apart > -sum && apart < sum),
		    "book %llu: order %zu is off its quota",
		    (unsigned long long)seed, i);
	}
}

/* Where one comes before another, the other gets nothing until it is whole. */
static void
check_order(uint64_t seed, const struct order *orders, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < count; k++) {
			const struct order *a = &orders[i], *b = &orders[k];
			bool before =
			    a->side == b->side && limit_of(a) == limit_of(b) &&
			    (a->submitted_utc < b->submitted_utc ||
				(a->submitted_utc == b->submitted_utc &&
				    a->rank < b->rank));

			cr_expect(!before || b->accepted == 0 ||
				      a->accepted == a->quantity,
			    "book %llu: %zu before %zu",
			    (unsigned long long)seed, k, i);
		}
	}
}

static int
compare_ranks(const void *a, const void *b)
{
	const struct order *left = a, *right = b;

	return (left->rank > right->rank) - (left->rank < right->rank);
}

/* The same book, its rows in another order. */
static void
check_shuffled(uint64_t seed, const struct order *orders, size_t count,
    int64_t need, const struct clear_price *price,
    const struct market_version *version)
{
	struct order shuffled[BOOK_MAX];
	struct clear_match match;
	struct clear_price again = {0};
	uint64_t state = seed;

	memcpy(shuffled, orders, sizeof(shuffled));
	for (size_t i = count; i > 1; i--) {
		size_t k = draw(&state, i);
		struct order kept = shuffled[i - 1];

		shuffled[i - 1] = shuffled[k];
		shuffled[k] = kept;
	}
	book_clear(&match, &again, shuffled, count, need, version);
	qsort(shuffled, count, sizeof(*shuffled), compare_ranks);
	for (size_t i = 0; i < count; i++) {
		cr_expect_eq(shuffled[i].accepted, orders[i].accepted,
		    "book %llu: order %zu depends on the row",
		    (unsigned long long)seed, i);
	}
	cr_expect(again.has_price == price->has_price &&
		      dec_cmp(&again.price, &price->price) == 0,
	    "book %llu: the price depends on the row",
	    (unsigned long long)seed);
	clear_price_release(&again);
}

/* A price inside the interval, and one of those that there are. */
static void
check_price(uint64_t seed, const struct clear_match *match,
    const struct clear_price *price, enum market_price rule)
{
	if (match->volume == 0) {
		cr_expect_not(price->has_price);
	}
	if (!price->has_price ||
	    (rule != MARKET_LOWEST && rule != MARKET_MIDDLE &&
		rule != MARKET_HIGHEST)) {
		return;
	}
	cr_expect(!price->has_low || dec_cmp(&price->price, &price->low) >= 0,
	    "book %llu: below the interval", (unsigned long long)seed);
	cr_expect(!price->has_high || dec_cmp(&price->price, &price->high) <= 0,
	    "book %llu: above the interval", (unsigned long long)seed);
}

Test(clear, random_books_clear_as_the_definition_says)
{
	static const enum market_tie shared[] = {MARKET_TIE_PRO_RATA};
	static const enum market_tie timed[] = {MARKET_TIE_TIME};
	struct market_version version = BOOK_MARKET;
	struct order orders[BOOK_MAX] = {0};

	for (uint64_t seed = 0; seed < BOOKS; seed++) {
		bool share = seed % 2 == 0;
		struct clear_match match;
		struct clear_price price = {0};
		int64_t need;
		size_t count = draw_book(orders, &need, seed);

		version.ties[0] = share ? shared[0] : timed[0];
		version.price =
		    (enum market_price)(seed % MARKET_RANKING_PRICE);
		book_clear(&match, &price, orders, count, need, &version);
		check_interval(seed, orders, count, need, &match);
		check_awards(seed, orders, count, need, &match);
		if (share) {
			check_shares(seed, orders, count);
		} else {
			check_order(seed, orders, count);
		}
		check_price(seed, &match, &price, version.price);
		check_shuffled(seed, orders, count, need, &price, &version);
		clear_price_release(&price);
	}
}

/* A trade as the definition has it, -1 for the need. */
struct plain_trade {
	int buy, sell;
	int64_t quantity;
};

/* The place of the best order on the other side that waits, or -1. */
static int
best_waiting(const struct order *orders, const int64_t *waiting, size_t count,
    enum order_side side)
{
	int best = -1;

	for (size_t i = 0; i < count; i++) {
		int64_t sign = side == ORDER_SELL ? 1 : -1;

		if (orders[i].side != side || waiting[i] == 0) {
			continue;
		}
		/* One at any price is INT64_MIN or INT64_MAX: halved, so that
		 * the sign turns it round. */
		if (best == -1 ||
		    sign * (limit_of(&orders[i]) / 2) <
			sign * (limit_of(&orders[best]) / 2) ||
		    (limit_of(&orders[i]) == limit_of(&orders[best]) &&
			orders[i].submitted_utc < orders[best].submitted_utc)) {
			best = (int)i;
		}
	}
	return best;
}

/* Rolling by the definition: ranks are places, submissions 0 to 2. */
static size_t
roll_plainly(struct plain_trade *out, const struct order *orders, size_t count,
    int64_t need)
{
	int64_t waiting[BOOK_MAX] = {0};
	size_t found = 0;

	for (size_t k = 0; k < 3 * count; k++) {
		const struct order *order = &orders[k % count];
		bool buys = order->side == ORDER_BUY;
		int place = (int)(k % count);
		int64_t left = order->quantity;
		int64_t fixed = buys ? -need : need;

		if (order->submitted_utc != (int64_t)(k / count)) {
			continue;
		}
		while (left > 0) {
			int best = best_waiting(orders, waiting, count,
			    buys ? ORDER_SELL : ORDER_BUY);
			int64_t taken;

			if (fixed > 0) {
				best = -1;
				taken = left < fixed ? left : fixed;
				need += buys ? taken : -taken;
				fixed -= taken;
			} else if (best == -1 ||
				   (buys ? limit_of(order) <
					       limit_of(&orders[best])
					 : limit_of(order) >
					       limit_of(&orders[best]))) {
				break;
			} else {
				taken =
				    left < waiting[best] ? left : waiting[best];
				waiting[best] -= taken;
			}
			left -= taken;
			out[found++] = (struct plain_trade){
			    buys ? place : best, buys ? best : place, taken};
		}
		waiting[place] = left;
	}
	return found;
}

static int
place_of(const struct order *order)
{
	return order == NULL ? -1 : (int)order->rank;
}

Test(clear_pairs, random_books_roll_as_the_definition_says)
{
	struct market_version version = BOOK_MARKET;
	struct order orders[BOOK_MAX] = {0};
	struct plain_trade plain[2 * BOOK_MAX];
	struct qf_error error;

	version.method = MARKET_ROLLING;
	version.price = MARKET_PAIR_EARLIER;
	version.ties[0] = MARKET_TIE_TIME;
	for (uint64_t seed = 0; seed < BOOKS; seed++) {
		struct clear_trades trades;
		int64_t need;
		size_t count = draw_book(orders, &need, seed);
		size_t found = roll_plainly(plain, orders, count, need);

		cr_assert_eq(clear_pairs(&trades, orders, count, need, NULL,
				 &version, &error),
		    0);
		cr_expect_eq(
		    trades.count, found, "book %llu", (unsigned long long)seed);
		for (size_t i = 0; i < found && i < trades.count; i++) {
			const struct clear_trade *trade = &trades.trades[i];

			cr_expect(place_of(trade->buy) == plain[i].buy &&
				      place_of(trade->sell) == plain[i].sell &&
				      trade->quantity == plain[i].quantity,
			    "book %llu: trade %zu", (unsigned long long)seed,
			    i);
		}
		clear_trades_release(&trades);
	}
}

/* Trades add up to the awards, and no price is outside its pair. */
Test(clear_pairs, random_books_pair_all_that_is_accepted)
{
	static const enum market_price rules[] = {
	    MARKET_PAIR_MEAN, MARKET_PAIR_EARLIER, MARKET_MEDIAN};
	struct market_version version = BOOK_MARKET;
	struct order orders[BOOK_MAX] = {0};
	struct qf_error error;

	version.method = MARKET_PAIRS;
	version.price_scale = 3;
	for (uint64_t seed = 0; seed < BOOKS; seed++) {
		struct clear_trades trades;
		int64_t sums[BOOK_MAX] = {0}, need, volume = 0;
		size_t count = draw_book(orders, &need, seed);

		version.price = rules[seed % 3];
		cr_assert_eq(clear_pairs(&trades, orders, count, need, NULL,
				 &version, &error),
		    0);
		for (size_t i = 0; i < trades.count; i++) {
			const struct clear_trade *trade = &trades.trades[i];
			int64_t price = 0;

			volume += trade->quantity;
			if (trade->has_price) {
				/* Half ticks: 200 to the unit of money. */
				dec_to_int64(&trade->price, 3, &price, NULL);
				price /= 5;
			}
			if (trade->buy != NULL) {
				sums[trade->buy->rank] += trade->quantity;
				cr_expect(!trade->has_price ||
					  price <= limit_of(trade->buy));
			}
			if (trade->sell != NULL) {
				sums[trade->sell->rank] += trade->quantity;
				cr_expect(!trade->has_price ||
					  price >= limit_of(trade->sell));
			}
		}
		cr_expect_eq(volume, trades.match.volume);
		for (size_t i = 0; i < count; i++) {
			cr_expect_eq(sums[i], orders[i].accepted, "book %llu",
			    (unsigned long long)seed);
		}
		clear_trades_release(&trades);
	}
}
