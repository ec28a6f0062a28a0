/* estimate_test.c - missing reads from what is known around them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/estimate.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct estimate_unit whole = {0, {0, DEC_HALF_UP}};
static const struct estimate_unit cents = {2, {2, DEC_HALF_UP}};

/* A gap between two values; below zero where there is none. */
static struct estimate_gap
gap_of(size_t count, int64_t before, int64_t after)
{
	return (struct estimate_gap){
	    .count = count,
	    .has_before = before >= 0,
	    .before = before,
	    .has_after = after >= 0,
	    .after = after,
	};
}

Test(estimate, takes_the_mean_of_neighbours)
{
	static const struct {
		int64_t before, after, expected; /* -1: does not apply */
	} cases[] = {
	    {200, 300, 250}, /* worked-examples.md, WE-Q 1299 */
	    {200, 301, 251}, /* 250.5, half up */
	    {5, 5, 5},
	    {-1, 300, -1},
	    {200, -1, -1},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct estimate_gap gap =
		    gap_of(1, cases[i].before, cases[i].after);
		int64_t out = -1;
		int rc = estimate_mean_of_neighbours(&gap, &whole, &out);

		cr_expect_eq(rc, cases[i].expected >= 0, "case %zu", i);
		cr_expect_eq(out, cases[i].expected, "case %zu", i);
	}
}

Test(estimate, takes_equal_ends_zeros_and_neighbours)
{
	struct estimate_gap equal = gap_of(2, 7, 7), zero = gap_of(2, -1, 0);
	struct estimate_gap other = gap_of(2, 7, 8), first = gap_of(2, -1, 8);
	struct estimate_gap none = gap_of(2, -1, -1);
	int64_t out[2] = {-1, -1};

	cr_expect_eq(estimate_equal_ends(&other, out), 0);
	cr_expect_eq(estimate_equal_ends(&first, out), 0);
	cr_expect_eq(estimate_leading_zero(&first, out), 0);
	cr_expect_eq(estimate_leading_zero(&equal, out), 0);
	cr_expect_eq(estimate_neighbour(&none, out), 0);
	cr_expect_eq(out[0], -1);
	cr_assert_eq(estimate_equal_ends(&equal, out), 1);
	cr_expect_eq(out[1], 7);
	cr_assert_eq(estimate_leading_zero(&zero, out), 1);
	cr_expect_eq(out[1], 0);
	cr_assert_eq(estimate_neighbour(&other, out), 1);
	cr_expect_eq(out[0], 7);
	cr_assert_eq(estimate_neighbour(&first, out), 1);
	cr_expect_eq(out[0], 8);
}

Test(estimate, fills_beside_a_meter_that_came_or_went)
{
	struct estimate_gap begins = gap_of(2, -1, 40);
	struct estimate_gap ends = gap_of(2, 90, -1);
	int64_t out[2] = {-1, -1};

	cr_expect_eq(estimate_back_fill(&begins, out), 0);
	cr_expect_eq(estimate_forward_fill(&ends, out), 0);
	begins.meter_begins = true;
	ends.meter_ends = true;
	cr_assert_eq(estimate_back_fill(&begins, out), 1);
	cr_expect_eq(out[0], 40);
	cr_assert_eq(estimate_forward_fill(&ends, out), 1);
	cr_expect_eq(out[1], 90);
}

/* 100 to 130 by 1 : 2 : 3 of the three intervals: 5, 10 and 15. */
Test(estimate, goes_on_from_the_read_before_by_typical_shares)
{
	static const int64_t weights[] = {1, 2, 3}, still[] = {0, 0, 0};
	static const int64_t odd[] = {1, 1, 1};
	struct estimate_gap gap = gap_of(2, 100, 130);
	struct estimate_gap back = gap_of(2, 130, 100);
	struct estimate_gap near = gap_of(2, 100, 101);
	int64_t out[2] = {-1, -1};

	cr_expect_eq(estimate_register_share(&gap, still, &whole, out), 0);
	cr_expect_eq(estimate_register_share(&back, weights, &whole, out), 0);
	cr_expect_eq(out[0], -1);
	cr_assert_eq(estimate_register_share(&gap, weights, &whole, out), 1);
	cr_expect_eq(out[0], 105);
	cr_expect_eq(out[1], 115);
	/* 100.33 and 100.67, to whole ones. */
	cr_assert_eq(estimate_register_share(&near, odd, &whole, out), 1);
	cr_expect_eq(out[0], 100);
	cr_expect_eq(out[1], 101);
}

/* A third each of 10: 3.33, 6.67, 10 so far. */
Test(estimate, divides_a_total_by_typical_shares)
{
	static const int64_t equal[] = {1, 1, 1}, below[] = {1, -1, 1};
	int64_t out[3] = {-1, -1, -1};

	cr_expect_eq(estimate_energy_share(3, 10, below, &whole, out), 0);
	cr_expect_eq(estimate_energy_share(3, -1, equal, &whole, out), 0);
	cr_expect_eq(out[0], -1);
	cr_assert_eq(estimate_energy_share(3, 10, equal, &whole, out), 1);
	cr_expect_eq(out[0], 3);
	cr_expect_eq(out[1], 4);
	cr_expect_eq(out[2], 3);
	cr_assert_eq(estimate_energy_share(3, 1000, equal, &cents, out), 1);
	cr_expect_eq(out[0], 333);
	cr_expect_eq(out[1], 334);
	cr_expect_eq(out[2], 333);
}

Test(estimate, gives_one_of_several_gaps_its_part_and_means)
{
	int64_t out = -1;

	cr_expect_eq(estimate_part(10, 0, 0, &whole, &out), 0);
	cr_assert_eq(estimate_part(10, 1, 4, &whole, &out), 1);
	cr_expect_eq(out, 3); /* 2.5, half up */
	cr_assert_eq(estimate_part(10, 4, 4, &whole, &out), 1);
	cr_expect_eq(out, 10);
	cr_expect_eq(estimate_mean(7, 0, &whole, &out), 0);
	cr_assert_eq(estimate_mean(7, 2, &whole, &out), 1);
	cr_expect_eq(out, 4);
}
