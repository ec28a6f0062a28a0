/* clear_ties.c - who comes first among orders of one price.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/clear_ties.h"

#include <assert.h>

#include "base/split.h"

/* -1 where a is the larger. */
static int
larger_first(int64_t a, int64_t b)
{
	return (a < b) - (a > b);
}

bool
clear_ties_share(const struct market_version *version)
{
	return version->tie_count > 0 &&
	       version->ties[version->tie_count - 1] == MARKET_TIE_PRO_RATA;
}

int
clear_ties_cmp(const struct order *a, const struct order *b,
    const struct market_version *version)
{
	for (size_t i = 0; i < version->tie_count; i++) {
		int order = 0;

		switch (version->ties[i]) {
		case MARKET_TIE_PERFORMANCE:
			order = larger_first(a->performance, b->performance);
			break;
		case MARKET_TIE_LARGER:
			order = larger_first(a->quantity, b->quantity);
			break;
		case MARKET_TIE_TIME:
			order =
			    larger_first(b->submitted_utc, a->submitted_utc);
			break;
		default:
			break;
		}
		if (order != 0) {
			return order;
		}
	}
	return 0;
}

/* The end of the run of orders from first that the keys leave equal. */
static size_t
end_of_equals(struct order *const *orders, size_t first, size_t count,
    const struct market_version *version)
{
	size_t end = first + 1;

	while (end < count &&
	       clear_ties_cmp(orders[first], orders[end], version) == 0) {
		end++;
	}
	return end;
}

/* Shares ticks among count orders in proportion to what they are eligible
 * for. */
static void
share(struct order *const *orders, size_t count, int64_t ticks, int64_t *room)
{
	int64_t *weights = room, *shares = room + count;

	for (size_t i = 0; i < count; i++) {
		weights[i] = orders[i]->eligible;
	}
	if (split_largest_remainder_int(ticks, weights, count, shares, NULL) ==
	    -1) {
		BUG("ticks are left where no order is eligible");
	}
	for (size_t i = 0; i < count; i++) {
		assert(shares[i] <= orders[i]->eligible);
		orders[i]->accepted = shares[i];
	}
}

void
clear_ties_fill(struct order *const *orders, size_t count, int64_t ticks,
    const struct market_version *version, int64_t *room)
{
	bool shared = clear_ties_share(version);
	size_t end;

	for (size_t first = 0; first < count; first = end) {
		int64_t wanted = 0;

		end = shared ? end_of_equals(orders, first, count, version)
			     : first + 1;
		for (size_t i = first; i < end; i++) {
			wanted += orders[i]->eligible;
			orders[i]->accepted = orders[i]->eligible;
		}
		if (wanted > ticks) {
			share(orders + first, end - first, ticks, room);
			wanted = ticks;
		}
		ticks -= wanted;
	}
	assert(ticks == 0);
}
