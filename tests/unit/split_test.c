/* split_test.c - dividing amounts.
 *
 * The vectors of the largest remainder are those printed in the README of
 * customergauge/remainder and the documentation of Hackage's apportionment;
 * those of the carry are of Energinet's rounding of hours into quarters.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/split.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PARTS_MAX 5

Test(split, largest_remainders_get_the_rest)
{
	static const struct {
		int64_t total;
		size_t count;
		int64_t weights[PARTS_MAX];
		int64_t ticks[PARTS_MAX];
	} cases[] = {
	    {100, 3, {1, 1, 1}, {34, 33, 33}},
	    {100, 3, {92, 93, 70}, {36, 37, 27}},
	    {100, 3, {1, 2, 3}, {17, 33, 50}},
	    {100, 3, {1, 10, 100}, {1, 9, 90}},
	    {-100, 3, {1, 1, 1}, {-34, -33, -33}},
	    {-100, 3, {1, 10, 100}, {-1, -9, -90}},
	    /* Quotas 0.5 and 1.5: the remainders tie, the larger weight wins;
	     * then the first of two equal weights. */
	    {2, 2, {1, 3}, {0, 2}},
	    {1, 2, {5, 5}, {1, 0}},
	    {7, 3, {4, 2, 1}, {4, 2, 1}},
	    {0, 2, {3, 4}, {0, 0}},
	    {5, 3, {0, 1, 0}, {0, 5, 0}},
	    {INT64_MAX, 2, {INT64_MAX, INT64_MAX},
		{4611686018427387904, 4611686018427387903}},
	    {INT64_MIN, 1, {1}, {INT64_MIN}},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t ticks[PARTS_MAX];

		cr_assert_eq(split_largest_remainder_int(cases[i].total,
				 cases[i].weights, cases[i].count, ticks, NULL),
		    0);
		for (size_t k = 0; k < cases[i].count; k++) {
			cr_expect_eq(ticks[k], cases[i].ticks[k],
			    "case %zu, part %zu: %lld", i, k,
			    (long long)ticks[k]);
		}
	}
}

Test(split, weights_may_be_decimals)
{
	struct dec weights[] = {
	    DEC_SMALL(92, 1), DEC_SMALL(930, 2), DEC_SMALL(7, 0)};
	int64_t ticks[3];

	cr_assert_eq(split_largest_remainder(100, weights, 3, ticks, NULL), 0);
	cr_expect(ticks[0] == 36 && ticks[1] == 37 && ticks[2] == 27);
}

Test(split, parts_add_up_and_stay_within_one_tick)
{
	uint64_t seed = 1;

	for (int round = 0; round < 2000; round++) {
		int64_t weights[7], ticks[7], sum = 0, weight = 0, total;

		for (size_t k = 0; k < 7; k++) {
			seed = seed * 6364136223846793005U + 1;
			weights[k] = (int64_t)(seed >> 44);
			weight += weights[k];
		}
		seed = seed * 6364136223846793005U + 1;
		total = (int64_t)(seed >> 40) - (1 << 23);
		cr_assert_eq(
		    split_largest_remainder_int(total, weights, 7, ticks, NULL),
		    0);
		for (size_t k = 0; k < 7; k++) {
			int64_t error = ticks[k] * weight - total * weights[k];

			sum += ticks[k];
			cr_assert(error > -weight && error < weight);
		}
		cr_assert_eq(sum, total);
	}
}

Test(split, refuses_weights_that_say_nothing)
{
	static const int64_t none[] = {0, 0}, negative[] = {3, -1};
	struct qf_error err = {0};
	int64_t ticks[2] = {8, 9};

	cr_expect_eq(
	    split_largest_remainder_int(100, none, 2, ticks, &err), -1);
	cr_expect_str_eq(err.code, "split-no-weight");
	cr_expect_eq(split_largest_remainder_int(0, none, 0, ticks, &err), -1);
	cr_expect_str_eq(err.code, "split-no-weight");
	cr_expect_eq(
	    split_largest_remainder_int(100, negative, 2, ticks, &err), -1);
	cr_expect_str_eq(err.code, "split-weight");
	cr_expect(ticks[0] == 8 && ticks[1] == 9);
}

static void
expect_parts(const char *total_text, const char *const *parts_text, int scale)
{
	struct dec total = {0}, parts[4] = {{0}};
	char text[DEC_TEXT_MAX];

	cr_assert_eq(
	    dec_parse(&total, total_text, strlen(total_text), NULL), 0);
	cr_assert_eq(
	    split_carry_equal(&total, 4, scale, DEC_HALF_UP, parts, NULL), 0);
	for (size_t i = 0; i < 4; i++) {
		dec_format(&parts[i], text, sizeof(text));
		cr_expect_str_eq(text, parts_text[i], "%s", total_text);
	}
}

Test(split, hour_is_carried_through_its_quarters)
{
	static const char *const cases[][5] = {
	    {"0.003", "0.001", "0.001", "0.000", "0.001"},
	    {"0.807", "0.202", "0.202", "0.201", "0.202"},
	    {"1.117", "0.279", "0.280", "0.279", "0.279"},
	    {"20.003", "5.001", "5.001", "5.000", "5.001"},
	    {"-0.003", "-0.001", "-0.001", "0.000", "-0.001"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		expect_parts(cases[i][0], cases[i] + 1, 3);
	}
}

Test(split, equal_parts_of_a_third_add_up)
{
	struct dec total = DEC_SMALL(100, 2), parts[3] = {{0}}, sum = {0};

	cr_assert_eq(
	    split_carry_equal(&total, 3, 2, DEC_HALF_UP, parts, NULL), 0);
	for (size_t i = 0; i < 3; i++) {
		dec_add(&sum, &sum, &parts[i]);
	}
	cr_expect_eq(dec_cmp(&sum, &total), 0);
	/* 0.3333 -> 0.33, 0.3367 -> 0.34, 0.33. */
	cr_expect(parts[0].small == 33 && parts[1].small == 34 &&
		  parts[2].small == 33);
}

Test(split, refuses_equal_parts_that_cannot_add_up)
{
	struct dec total = DEC_SMALL(1005, 3), parts[2] = {{0}};
	struct qf_error err = {0};

	cr_expect_eq(
	    split_carry_equal(&total, 2, 2, DEC_HALF_UP, parts, &err), -1);
	cr_expect_str_eq(err.code, "split-inexact");
	cr_expect_eq(
	    split_carry_equal(&total, 0, 3, DEC_HALF_UP, parts, &err), -1);
	cr_expect_str_eq(err.code, "split-no-weight");
}

Test(split, carries_parts_of_a_kwh_to_the_next_month)
{
	/* Billed in whole kWh, the rest kept: 10.6, 10.6, 10.8 are 32. */
	static const int64_t metered[] = {106, 106, 108};
	static const int64_t billed[] = {10, 11, 11};
	struct dec carry = {0}, in = {0}, out = {0};

	for (size_t i = 0; i < 3; i++) {
		dec_set_int(&in, metered[i], 1);
		split_carry(&out, &in, &carry, 0, DEC_DOWN);
		cr_expect_eq(out.small, billed[i]);
	}
	cr_expect(dec_is_zero(&carry));
}
