/* share_tree_test.c - amounts down trees of owners.
 *
 * 137800.00 of which 90 % are passed on is an exam's virtual power plant; the
 * split by what resources delivered is Shandong's (rules.md 3.3).  Others are
 * by hand.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/share_tree.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SHARES_MAX 8
#define ROOT OWNERS_ROOT

struct case_share {
	size_t parent;
	const char *party;
	enum owners_by by;
	const char *number; /* of delivered ones: their energy; of earned ones
			     * what it was paid */
};

struct tree_case {
	struct case_share shares[SHARES_MAX]; /* by party; NULL ends them */
	int64_t amount;
	int64_t parts[SHARES_MAX];
	const char *reason; /* where it is refused */
};

static void
read_number(struct dec *out, const char *text)
{
	if (text != NULL) {
		cr_assert_eq(dec_parse(out, text, strlen(text), NULL), 0);
	}
}

static bool
is_by_energy(enum owners_by by)
{
	return by == OWNERS_DELIVERED || by == OWNERS_EARNED;
}

static size_t
build(struct owners_share *shares, struct dec *energies,
    const struct case_share *from)
{
	size_t count = 0;

	for (; count < SHARES_MAX && from[count].party != NULL; count++) {
		struct owners_share *share = &shares[count];

		memset(share, 0, sizeof(*share));
		snprintf(share->party, sizeof(share->party), "%s",
		    from[count].party);
		share->parent = from[count].parent;
		share->by = from[count].by;
		read_number(is_by_energy(from[count].by) ? &energies[count]
							 : &share->number,
		    from[count].number);
	}
	return count;
}

static const struct tree_case cases[] = {
    {.shares = {{ROOT, "users", OWNERS_PERCENT, "90"},
	 {ROOT, "plant", OWNERS_REMAINDER, NULL}},
	.amount = 13780000,
	.parts = {12402000, 1378000}},
    {.shares = {{ROOT, "a", OWNERS_PERCENT, "33.33"},
	 {ROOT, "b", OWNERS_PERCENT, "33.33"},
	 {ROOT, "c", OWNERS_PERCENT, "33.34"}},
	.amount = 100,
	.parts = {33, 33, 34}},
    /* A tie goes to the larger weight, then to the first party by name. */
    {.shares = {{ROOT, "b", OWNERS_PERCENT, "50"},
	 {ROOT, "a", OWNERS_PERCENT, "50"}},
	.amount = 101,
	.parts = {50, 51}},
    /* 20 % to the operator, 80 % by energy; who took some gets nothing. */
    {.shares = {{ROOT, "operator", OWNERS_PERCENT, "20"},
	 {ROOT, "all", OWNERS_REMAINDER, NULL},
	 {1, "a", OWNERS_DELIVERED, "36.5"}, {1, "b", OWNERS_DELIVERED, "-4"},
	 {1, "c", OWNERS_DELIVERED, "73"}},
	.amount = 10000,
	.parts = {2000, 8000, 2667, 0, 5333}},
    /* Three quarters on, in the ratio 1 : 2 of what they earned. */
    {.shares = {{ROOT, "all", OWNERS_PERCENT, "75"},
	 {ROOT, "operator", OWNERS_REMAINDER, NULL},
	 {0, "a", OWNERS_EARNED, "40"}, {0, "b", OWNERS_EARNED, "80"}},
	.amount = 10000,
	.parts = {7500, 2500, 2500, 5000}},
    /* Who earned is before the remainder, which has it where nobody did. */
    {.shares = {{ROOT, "a", OWNERS_EARNED, "1"},
	 {ROOT, "b", OWNERS_REMAINDER, NULL}},
	.amount = 7,
	.parts = {7, 0}},
    {.shares = {{ROOT, "a", OWNERS_EARNED, "0"},
	 {ROOT, "b", OWNERS_REMAINDER, NULL}},
	.amount = 7,
	.parts = {0, 7}},
    {.shares = {{ROOT, "a", OWNERS_EARNED, "0"},
	 {ROOT, "b", OWNERS_EARNED, "0"}},
	.amount = 7,
	.reason = "share-energy"},
    /* A fixed amount, then percents of the whole, then what is left. */
    {.shares = {{ROOT, "rent", OWNERS_FIXED, "12.50"},
	 {ROOT, "a", OWNERS_PERCENT, "50"},
	 {ROOT, "b", OWNERS_REMAINDER, NULL}},
	.amount = 10000,
	.parts = {1250, 5000, 3750}},
    /* Never more than there is, and percents what it leaves. */
    {.shares = {{ROOT, "rent", OWNERS_FIXED, "12.50"},
	 {ROOT, "a", OWNERS_PERCENT, "50"},
	 {ROOT, "b", OWNERS_REMAINDER, NULL}},
	.amount = 1000,
	.parts = {1000, 0, 0}},
    {.shares = {{ROOT, "rent", OWNERS_FIXED, "12.50"},
	 {ROOT, "a", OWNERS_PERCENT, "25"}, {ROOT, "b", OWNERS_PERCENT, "75"}},
	.amount = 2250,
	.parts = {1250, 250, 750}},
    {.shares = {{ROOT, "rent", OWNERS_FIXED, "30"},
	 {ROOT, "loan", OWNERS_FIXED, "10"},
	 {ROOT, "b", OWNERS_REMAINDER, NULL}},
	.amount = 2000,
	.parts = {1500, 500, 0}},
    /* Without energy what is left is the remainder's. */
    {.shares = {{ROOT, "a", OWNERS_DELIVERED, "0"},
	 {ROOT, "b", OWNERS_REMAINDER, NULL}},
	.amount = 7,
	.parts = {0, 7}},
    {.shares = {{ROOT, "a", OWNERS_DELIVERED, "1"},
	 {ROOT, "b", OWNERS_REMAINDER, NULL}},
	.amount = 7,
	.parts = {7, 0}},
    {.shares = {{ROOT, "a", OWNERS_DELIVERED, "0"},
	 {ROOT, "b", OWNERS_DELIVERED, "-1"}},
	.amount = 7,
	.reason = "share-energy"},
    {.shares = {{ROOT, "a", OWNERS_DELIVERED, "0"},
	 {ROOT, "b", OWNERS_PERCENT, "100"}},
	.amount = 7,
	.parts = {0, 7}},
    {.shares = {{ROOT, "a", OWNERS_FIXED, "1"}},
	.amount = 101,
	.reason = "share-rest"},
    {.shares = {{ROOT, "a", OWNERS_FIXED, "1.005"},
	 {ROOT, "b", OWNERS_REMAINDER, NULL}},
	.amount = 1000,
	.reason = "money-scale"},
};

Test(share_tree, gives_fixed_amounts_percents_energy_and_the_remainder)
{
	for (size_t i = 0; i < 2 * COUNT(cases); i++) {
		const struct tree_case *row = &cases[i / 2];
		int64_t sign = i % 2 == 0 ? 1 : -1;
		struct owners_share shares[SHARES_MAX];
		struct dec energies[SHARES_MAX] = {{0}};
		int64_t parts[SHARES_MAX] = {0};
		struct owners_version version = {.shares = shares};
		struct refusal refusal = {0};
		int result;

		version.share_count = build(shares, energies, row->shares);
		result = share_tree(
		    parts, &version, sign * row->amount, 2, energies, &refusal);
		cr_expect_eq(result, row->reason == NULL ? 0 : 1);
		if (row->reason != NULL) {
			cr_expect_str_eq(refusal.reason, row->reason);
		}
		for (size_t k = 0; k < version.share_count; k++) {
			cr_expect_eq(parts[k], sign * row->parts[k],
			    "case %zu, %s: %lld", i / 2, shares[k].party,
			    (long long)parts[k]);
		}
	}
}

Test(share_tree, may_keep_back_amounts_below_zero)
{
	struct owners_share shares[SHARES_MAX];
	struct dec energies[SHARES_MAX] = {{0}};
	int64_t parts[SHARES_MAX] = {1, 1};
	struct owners_version version = {
	    .shares = shares, .negative_zero = true};
	struct refusal refusal = {0};

	version.share_count = build(shares, energies, cases[0].shares);
	cr_expect_eq(share_tree(parts, &version, -5, 2, energies, &refusal), 0);
	cr_expect(parts[0] == 0 && parts[1] == 0);
	cr_expect_eq(
	    share_tree(parts, &version, INT64_MIN, 2, energies, &refusal), 1);
	cr_expect_str_eq(refusal.reason, "value-range");
	cr_expect_eq(
	    share_tree(parts, &version, INT64_MAX, 2, energies, &refusal), 0);
	cr_expect_eq(parts[0] + parts[1], INT64_MAX);
}

/* Trees by chance ------------------------------------------------------ */

#define RANDOM_MAX 40

static uint64_t seed;

static int64_t
below(int64_t limit)
{
	seed = seed * 6364136223846793005U + 1442695040888963407U;
	return (int64_t)((seed >> 33) % (uint64_t)limit);
}

/* The children of a parent: one remainder or somebody by energy, so that all
 * of it goes somewhere; percents up to 100. */
static size_t
grow(struct owners_share *shares, struct dec *energies, size_t count,
    size_t parent)
{
	size_t children = 1 + (size_t)below(4);
	int64_t percent = 100;

	for (size_t i = 0; i < children && count < RANDOM_MAX; i++, count++) {
		struct owners_share *share = &shares[count];

		memset(share, 0, sizeof(*share));
		share->parent = parent;
		share->is_leaf = true;
		snprintf(share->party, sizeof(share->party), "p%lld.%zu",
		    (long long)below(1000), count);
		if (i == 0) {
			share->by = OWNERS_REMAINDER;
		} else if (below(3) == 0) {
			share->by = OWNERS_DELIVERED;
			dec_set_int(&energies[count], below(9) - 2, 1);
		} else if (below(2) == 0) {
			share->by = OWNERS_FIXED;
			dec_set_int(&share->number, below(900), 2);
		} else {
			int64_t take = below(percent + 1);

			share->by = OWNERS_PERCENT;
			dec_set_int(&share->number, take, 0);
			percent -= take;
		}
	}
	if (parent != ROOT) {
		shares[parent].is_leaf = false;
	}
	return count;
}

/* The same tree with the shares beside each other the other way round. */
static void
turn_round(struct owners_share *to, struct dec *to_energies, size_t *place,
    const struct owners_share *from, const struct dec *energies, size_t count)
{
	size_t done = 0;

	for (size_t level = 0; level <= count; level++) {
		size_t parent = level == 0 ? ROOT : level - 1;

		for (size_t i = count; i-- > 0;) {
			if (from[i].parent == parent) {
				to[done] = from[i];
				to_energies[done] = energies[i];
				place[i] = done++;
			}
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (to[i].parent != ROOT) {
			to[i].parent = place[to[i].parent];
		}
	}
}

static void
check_sums(
    const struct owners_version *version, const int64_t *parts, int64_t amount)
{
	int64_t leaves = 0;

	for (size_t i = 0; i <= version->share_count; i++) {
		size_t parent = i == 0 ? ROOT : i - 1;
		int64_t sum = 0, whole = i == 0 ? amount : parts[i - 1];

		for (size_t k = 0; k < version->share_count; k++) {
			sum +=
			    version->shares[k].parent == parent ? parts[k] : 0;
		}
		cr_assert(
		    (i > 0 && version->shares[i - 1].is_leaf) || sum == whole);
		if (i > 0 && version->shares[i - 1].is_leaf) {
			leaves += whole;
		}
	}
	cr_assert_eq(leaves, amount);
}

Test(share_tree, leaves_add_up_in_any_order_and_with_either_sign)
{
	for (seed = 1; seed < 400;) {
		struct owners_share shares[RANDOM_MAX], turned[RANDOM_MAX];
		struct dec energies[RANDOM_MAX] = {{0}};
		struct dec turned_energies[RANDOM_MAX];
		int64_t parts[RANDOM_MAX], other[RANDOM_MAX];
		size_t place[RANDOM_MAX], count;
		struct owners_version version = {.shares = shares};
		struct refusal refusal;
		uint64_t start = seed;
		int64_t amount;

		count = grow(shares, energies, 0, ROOT);
		for (size_t i = 0; i < count; i++) {
			if (below(2) == 0 && count < RANDOM_MAX) {
				count = grow(shares, energies, count, i);
			}
		}
		amount = below(3000);
		version.share_count = count;
		cr_assert_eq(
		    share_tree(parts, &version, amount, 2, energies, &refusal),
		    0, "%s", refusal.detail);
		check_sums(&version, parts, amount);
		cr_assert_eq(
		    share_tree(other, &version, -amount, 2, energies, &refusal),
		    0);
		for (size_t i = 0; i < count; i++) {
			cr_assert_eq(parts[i], -other[i]);
			cr_assert(parts[i] >= 0);
		}
		turn_round(
		    turned, turned_energies, place, shares, energies, count);
		version.shares = turned;
		cr_assert_eq(share_tree(other, &version, amount, 2,
				 turned_energies, &refusal),
		    0);
		for (size_t i = 0; i < count; i++) {
			cr_assert_eq(parts[i], other[place[i]], "seed %llu",
			    (unsigned long long)start);
		}
		seed = start + 1;
	}
}
