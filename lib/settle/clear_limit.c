/* clear_limit.c - at most so many percent from one party or class.
 *
 * The best orders come first, so what a limit takes away is taken before any
 * order meets another: matching then goes on with what is left of each.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/clear_limit.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/split.h"
#include "settle/clear_ties.h"

/* What the limits leave, while walking from the best order to the worst. */
struct allowance {
	const struct market_version *version;
	bool of_parties; /* each party is limited */
	int64_t party_cap; /* ticks */
	int64_t *party_left; /* by number of the party */
	int64_t *class_left; /* by number of the limit */
	struct order **sorted; /* orders of one price, for sharing */
	int64_t *room;
};

/* base x percent / 100, rounded down. */
static int64_t
limit_ticks(const struct market_limit *limit, int64_t base)
{
	static const struct dec hundred = DEC_SMALL(100, 0);
	struct dec share = {0};
	int64_t ticks;

	dec_mul_int(&share, &limit->percent, base);
	dec_div(&share, &share, &hundred, 0, DEC_FLOOR);
	if (dec_to_int64(&share, 0, &ticks, NULL) == -1) {
		ticks = INT64_MAX;
	}
	dec_release(&share);
	return ticks;
}

static void
open_allowance(struct allowance *out, struct order *const *offers, size_t count,
    int64_t base, const struct market_version *version)
{
	uint32_t parties = 0;

	*out = (struct allowance){.version = version, .party_cap = INT64_MAX};
	out->class_left =
	    xcalloc(version->limit_count, sizeof(*out->class_left));
	for (size_t i = 0; i < version->limit_count; i++) {
		const struct market_limit *limit = &version->limits[i];
		int64_t ticks = limit_ticks(limit, base);

		out->class_left[i] = ticks;
		if (limit->each_party) {
			out->of_parties = true;
			out->party_cap =
			    ticks < out->party_cap ? ticks : out->party_cap;
		}
	}
	for (size_t i = 0; i < count; i++) {
		parties =
		    offers[i]->party > parties ? offers[i]->party : parties;
	}
	out->party_left =
	    xcalloc((size_t)parties + 1, sizeof(*out->party_left));
	for (size_t i = 0; i <= parties; i++) {
		out->party_left[i] = out->party_cap;
	}
	out->sorted = xcalloc(count, sizeof(struct order *));
	out->room = xcalloc(count, 2 * sizeof(*out->room));
}

static void
close_allowance(struct allowance *allowance)
{
	free(allowance->room);
	free(allowance->sorted);
	free(allowance->party_left);
	free(allowance->class_left);
}

static int
compare_parties(const void *a, const void *b)
{
	const struct order *const *left = a, *const *right = b;

	if ((*left)->party != (*right)->party) {
		return (*left)->party < (*right)->party ? -1 : 1;
	}
	return ((*left)->rank > (*right)->rank) -
	       ((*left)->rank < (*right)->rank);
}

static int
compare_classes(const void *a, const void *b)
{
	const struct order *const *left = a, *const *right = b;

	if ((*left)->class_no != (*right)->class_no) {
		return (*left)->class_no < (*right)->class_no ? -1 : 1;
	}
	return ((*left)->rank > (*right)->rank) -
	       ((*left)->rank < (*right)->rank);
}

/* Lets count orders of one price have no more than left together, each in
 * proportion to what it is eligible for. */
static void
reduce(struct order *const *orders, size_t count, int64_t left, int64_t *room)
{
	int64_t *weights = room, *shares = room + count, wanted = 0;

	assert(left >= 0);
	for (size_t i = 0; i < count; i++) {
		weights[i] = orders[i]->eligible;
		wanted += weights[i];
	}
	if (wanted <= left) {
		return;
	}
	if (split_largest_remainder_int(left, weights, count, shares, NULL) ==
	    -1) {
		BUG("a limit is passed by orders of no quantity");
	}
	for (size_t i = 0; i < count; i++) {
		orders[i]->eligible = shares[i];
	}
}

/* Applies the limits to orders that nothing puts before one another. */
static void
limit_equals(
    struct allowance *allowance, struct order *const *orders, size_t count)
{
	struct order **sorted = allowance->sorted;
	size_t end;

	memcpy(sorted, orders, count * sizeof(struct order *));
	if (allowance->of_parties) {
		qsort(sorted, count, sizeof(struct order *), compare_parties);
		for (size_t i = 0; i < count; i = end) {
			uint32_t party = sorted[i]->party;

			end = i + 1;
			while (end < count && party != 0 &&
			       sorted[end]->party == party) {
				end++;
			}
			reduce(sorted + i, end - i,
			    allowance->party_left[party], allowance->room);
		}
	}
	qsort(sorted, count, sizeof(struct order *), compare_classes);
	for (size_t i = 0; i < count; i = end) {
		uint32_t number = sorted[i]->class_no;

		end = i + 1;
		while (end < count && sorted[end]->class_no == number) {
			end++;
		}
		if (number != 0) {
			reduce(sorted + i, end - i,
			    allowance->class_left[number - 1], allowance->room);
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (orders[i]->party != 0) {
			allowance->party_left[orders[i]->party] -=
			    orders[i]->eligible;
		}
		if (orders[i]->class_no != 0) {
			allowance->class_left[orders[i]->class_no - 1] -=
			    orders[i]->eligible;
		}
	}
}

/* True if nothing but the rank puts one before the other. */
static bool
are_equal(const struct order *a, const struct order *b,
    const struct market_version *version)
{
	if (a->priced != b->priced || clear_ties_cmp(a, b, version) != 0) {
		return false;
	}
	if (a->priced) {
		struct order_level left = order_level(a, version);
		struct order_level right = order_level(b, version);

		return order_level_cmp(&left, &right) == 0;
	}
	return true;
}

void
clear_limit(struct order *const *offers, size_t count, int64_t base,
    const struct market_version *version)
{
	bool shared = clear_ties_share(version);
	struct allowance allowance;
	size_t end;

	assert(base >= 0);
	for (size_t i = 0; i < count; i++) {
		offers[i]->eligible = offers[i]->quantity;
	}
	if (version->limit_count == 0 || count == 0) {
		return;
	}
	open_allowance(&allowance, offers, count, base, version);
	for (size_t first = 0; first < count; first = end) {
		end = first + 1;
		while (shared && end < count &&
		       are_equal(offers[first], offers[end], version)) {
			end++;
		}
		limit_equals(&allowance, offers + first, end - first);
	}
	close_allowance(&allowance);
}
