/* power_factor_test.c - the power factor and its adjustment.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/power_factor.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static void
parse(struct dec *out, const char *text)
{
	struct qf_error err;

	cr_assert_eq(dec_parse(out, text, strlen(text), &err), 0, "%s", text);
}

static const char *
text(const struct dec *value)
{
	static char out[DEC_TEXT_MAX];

	dec_format(value, out, sizeof(out));
	return out;
}

static void
expect_factor(const char *p, const char *q, int scale, enum dec_mode mode,
    const char *expected)
{
	const struct rounding rule = {scale, mode};
	struct dec active = {0}, reactive = {0}, factor = {0};
	struct refusal refusal;

	parse(&active, p);
	parse(&reactive, q);
	cr_assert_eq(
	    power_factor(&factor, &active, &reactive, &rule, &refusal), 0);
	cr_expect_str_eq(
	    text(&factor), expected, "P %s Q %s: %s", p, q, text(&factor));
	dec_release(&active);
	dec_release(&reactive);
	dec_release(&factor);
}

Test(power_factor, is_the_cosine_of_active_and_reactive_energy)
{
	/* WE-B1: 81 / 180 = 0.45; 1 / sqrt(1.2025) = 0.91191... */
	expect_factor("36000", "16200", 2, DEC_HALF_UP, "0.91");
	/* WE-B2: 5115 and 3090: 0.85594... */
	expect_factor("5115", "3090", 2, DEC_HALF_UP, "0.86");
	expect_factor("3", "4", 2, DEC_HALF_UP, "0.60");
	expect_factor("0.8", "0.60", 2, DEC_UP, "0.80");
	expect_factor("1", "0", 2, DEC_HALF_UP, "1.00");
	expect_factor("0", "0.001", 2, DEC_HALF_UP, "0.00");
	/* 1 / sqrt(2) = 0.70710678118... */
	expect_factor("7", "7", 9, DEC_HALF_UP, "0.707106781");
	expect_factor("7", "7", 2, DEC_DOWN, "0.70");
	expect_factor("7", "7", 2, DEC_UP, "0.71");
	expect_factor("7", "7", 2, DEC_HALF_EVEN, "0.71");
	expect_factor("7", "7", 0, DEC_HALF_UP, "1");
}

/* 0.905 where Q / P = sqrt(7239) / 181.  Neighbours of it by the continued
 * fraction of the root, which are nearer than any floating point can tell:
 * 10497497445145^2 - 7239 x 123380489604^2 = 1, so Q is a little too large
 * and the power factor below 0.905 in the 28th digit; 3968154^2 - 7239 x
 * 46639^2 = -3, so it is above.  P is 181 times the second number. */
Test(power_factor, is_rounded_by_whole_numbers_at_the_edge_of_a_hundredth)
{
	expect_factor(
	    "22331868618324", "10497497445145", 2, DEC_HALF_UP, "0.90");
	expect_factor(
	    "22331868618325", "10497497445145", 2, DEC_HALF_UP, "0.91");
	expect_factor("8441659", "3968154", 2, DEC_HALF_UP, "0.91");
	expect_factor("8441659", "3968155", 2, DEC_HALF_UP, "0.90");
}

Test(power_factor, refuses_energy_below_zero_and_more_digits_than_it_has)
{
	struct rounding rule = {2, DEC_HALF_UP};
	struct dec minus = DEC_SMALL(-1, 0), one = DEC_SMALL(1, 0), out = {0};
	struct refusal refusal;

	cr_expect_eq(power_factor(&out, &minus, &one, &rule, &refusal), 1);
	cr_expect_eq(power_factor(&out, &one, &minus, &rule, &refusal), 1);
	cr_expect_str_eq(refusal.reason, REASON_POWER_FACTOR);
	rule.scale = 10;
	cr_expect_eq(power_factor(&out, &one, &one, &rule, &refusal), 1);
}

/* The ranges of standard 0.90 as a document says them. */
static struct factor_range ranges[] = {
    {DEC_SMALL(95, 2), DEC_SMALL(100, 2), DEC_SMALL(-75, 2), DEC_SMALL(95, 2),
	DEC_SMALL(0, 0)},
    {DEC_SMALL(90, 2), DEC_SMALL(94, 2), DEC_SMALL(0, 0), DEC_SMALL(90, 2),
	DEC_SMALL(-15, 2)},
    {DEC_SMALL(70, 2), DEC_SMALL(89, 2), DEC_SMALL(0, 0), DEC_SMALL(90, 2),
	DEC_SMALL(5, 1)},
    {DEC_SMALL(65, 2), DEC_SMALL(69, 2), DEC_SMALL(10, 0), DEC_SMALL(70, 2),
	DEC_SMALL(1, 0)},
    {DEC_SMALL(0, 2), DEC_SMALL(64, 2), DEC_SMALL(15, 0), DEC_SMALL(65, 2),
	DEC_SMALL(2, 0)},
};

static void
expect_percent(int hundredths, const char *expected)
{
	const struct power_factor rule = {
	    .ranges = ranges, .range_count = 5, .standard = DEC_SMALL(90, 2)};
	struct dec factor = {0}, percent = {0};
	struct refusal refusal;

	dec_set_int(&factor, hundredths, 2);
	cr_assert_eq(
	    power_factor_percent(&percent, &rule, &factor, &refusal), 0);
	cr_expect_str_eq(
	    text(&percent), expected, "0.%02d: %s", hundredths, text(&percent));
	dec_release(&percent);
}

/* (83)水电财字215号, standard 0.90, every hundredth as its table prints it:
 * from 0.95 on -0.75; below 0.90 half a percent for each hundredth, from 0.70
 * to 0.65 one, below 0.65 two. */
Test(power_factor, has_the_percentages_of_the_table_of_standard_90)
{
	static const char *const table[] = {
	    [100] = "-0.75",
	    [99] = "-0.75",
	    [98] = "-0.75",
	    [97] = "-0.75",
	    [96] = "-0.75",
	    [95] = "-0.75",
	    [94] = "-0.6",
	    [93] = "-0.45",
	    [92] = "-0.3",
	    [91] = "-0.15",
	    [90] = "0",
	    [89] = "0.5",
	    [88] = "1",
	    [87] = "1.5",
	    [86] = "2",
	    [85] = "2.5",
	    [84] = "3",
	    [83] = "3.5",
	    [82] = "4",
	    [81] = "4.5",
	    [80] = "5",
	    [79] = "5.5",
	    [78] = "6",
	    [77] = "6.5",
	    [76] = "7",
	    [75] = "7.5",
	    [74] = "8",
	    [73] = "8.5",
	    [72] = "9",
	    [71] = "9.5",
	    [70] = "10",
	    [69] = "11",
	    [68] = "12",
	    [67] = "13",
	    [66] = "14",
	    [65] = "15",
	    [64] = "17",
	    [63] = "19",
	    [62] = "21",
	    [61] = "23",
	    [60] = "25",
	};

	for (int i = 60; i <= 100; i++) {
		expect_percent(i, table[i]);
	}
	/* Two more for every hundredth below: 15 + 65 x 2. */
	expect_percent(0, "145");
}

Test(power_factor, refuses_one_that_no_range_has)
{
	const struct power_factor rule = {.ranges = ranges, .range_count = 4};
	struct dec factor = DEC_SMALL(64, 2), percent = {0};
	struct refusal refusal;

	cr_expect_eq(
	    power_factor_percent(&percent, &rule, &factor, &refusal), 1);
	cr_expect_str_eq(refusal.detail, "no range has the power factor 0.64");
}
