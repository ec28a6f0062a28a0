/* tieout_test.c - energy brought to its sums, to the last kWh.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/tieout.h"

#include <criterion/criterion.h>
#include <string.h>

static int64_t
sum(const int64_t *parts, size_t count)
{
	int64_t total = 0;

	for (size_t i = 0; i < count; i++) {
		total += parts[i];
	}
	return total;
}

/* worked-examples.md, D2; the last four of them by hand. */
Test(tieout, gives_the_difference_of_quarters_to_the_first)
{
	static const struct {
		int64_t value;
		int scale, decimals;
		int64_t parts[4];
	} cases[] = {
	    {9, 0, 0, {3, 2, 2, 2}},
	    {10, 0, 0, {1, 3, 3, 3}},
	    {8, 0, 0, {2, 2, 2, 2}},
	    {3, 0, 0, {0, 1, 1, 1}},
	    {1, 0, 0, {1, 0, 0, 0}},
	    {2, 0, 0, {-1, 1, 1, 1}},
	    {0, 0, 0, {0, 0, 0, 0}},
	    /* 10.25 kWh: 2.5625 is 3, and 1.25 are left. */
	    {1025, 2, 0, {125, 300, 300, 300}},
	    /* The same to two decimals: 2.56, and 2.57. */
	    {1025, 2, 2, {257, 256, 256, 256}},
	    /* Half away from zero on either side. */
	    {-10, 0, 0, {-1, -3, -3, -3}},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t parts[4];

		tieout_first(cases[i].value, cases[i].scale, cases[i].decimals,
		    4, parts);
		cr_expect_arr_eq(parts, cases[i].parts, sizeof(parts),
		    "case %zu: %lld %lld %lld %lld", i, (long long)parts[0],
		    (long long)parts[1], (long long)parts[2],
		    (long long)parts[3]);
		cr_expect_eq(sum(parts, 4), cases[i].value);
	}
}

/* rules.md 5.6 (4), by hand: 24 x 4 = 96, and 4 are too few for seven hours;
 * 24 x 5 = 120, one each for seven hours, and four are left. */
Test(tieout, shares_losses_over_the_hours)
{
	int64_t equal[TIEOUT_HOURS], night[TIEOUT_HOURS] = {0};
	int64_t parts[TIEOUT_HOURS];

	for (int h = 0; h < TIEOUT_HOURS; h++) {
		equal[h] = 1;
		night[h] = h < 10 ? 7 : 0;
	}
	tieout_losses(100, equal, parts);
	for (int h = 0; h < TIEOUT_HOURS; h++) {
		cr_expect_eq(parts[h], h == 14 ? 8 : 4, "hour %d", h);
	}
	tieout_losses(131, NULL, parts);
	for (int h = 0; h < TIEOUT_HOURS; h++) {
		cr_expect_eq(parts[h],
		    h == 14              ? 10
		    : h >= 12 && h <= 18 ? 6
					 : 5,
		    "hour %d", h);
	}
	tieout_losses(100, night, parts);
	for (int h = 0; h < TIEOUT_HOURS; h++) {
		cr_expect_eq(parts[h], h < 10 ? 10 : 0, "hour %d", h);
	}
	/* Readings of nothing share nothing. */
	memset(night, 0, sizeof(night));
	tieout_losses(120, night, parts);
	cr_expect_eq(parts[0], 5);
	cr_expect_eq(parts[14], 5);
}

/* rules.md 5.6 (6), by hand: of 10, peak gets 10 x 6 / 11 = 5, flat 3, valley
 * 0, and what is left, 2, is flat's.  Peak: 2 each and one for its first; flat:
 * 1 each and one for its first two. */
Test(tieout, brings_intervals_to_the_total_of_a_day)
{
	static const int64_t values[] = {3, 1, 1, 3, 2, 1};
	static const uint8_t band[] = {0, 1, 1, 0, 1, 2};
	static const int64_t expected[] = {3, 2, 2, 2, 1, 0};
	int64_t added[6];
	struct refusal refusal;

	cr_assert_eq(
	    tieout_day_total(10, values, band, 6, 3, 1, added, &refusal), 0);
	cr_expect_arr_eq(added, expected, sizeof(added));
	cr_assert_eq(
	    tieout_day_total(0, values, band, 6, 3, 1, added, &refusal), 0);
	cr_expect_eq(sum(added, 6), 0);
}

Test(tieout, refuses_what_nothing_says_how_to_share)
{
	static const int64_t none[] = {0, 0}, some[] = {2, 1};
	static const uint8_t band[] = {0, 2};
	int64_t added[2];
	struct refusal refusal;

	cr_expect_eq(
	    tieout_day_total(5, none, band, 2, 3, 0, added, &refusal), 1);
	cr_expect_str_eq(refusal.reason, REASON_NO_SHARE);
	/* 4 x 2 / 3 = 2 and 1: one is left for a flat that has no interval. */
	cr_expect_eq(
	    tieout_day_total(4, some, band, 2, 3, 1, added, &refusal), 1);
	cr_expect_str_eq(refusal.reason, REASON_NO_SHARE);
}

/* The sum is kept however large. */
Test(tieout, keeps_the_sum_of_any_difference)
{
	int64_t values[96], added[96];
	uint8_t band[96];
	struct refusal refusal;

	for (int i = 0; i < 96; i++) {
		values[i] = (i * 37) % 11 + 1;
		band[i] = (uint8_t)(i / 32);
	}
	for (int64_t difference = 0; difference < 500; difference += 7) {
		cr_assert_eq(tieout_day_total(difference, values, band, 96, 3,
				 1, added, &refusal),
		    0);
		cr_expect_eq(sum(added, 96), difference);
	}
}
