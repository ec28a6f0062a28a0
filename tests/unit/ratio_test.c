/* ratio_test.c - exact fractions.
 *
 * Expected values are by hand: fractions in lowest terms, and their digits by
 * long division.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/ratio.h"

#include <criterion/criterion.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* "7/3", "-0.25", "5" */
static void
read_ratio(struct ratio *out, const char *text)
{
	const char *slash = strchr(text, '/');
	size_t length = slash == NULL ? strlen(text) : (size_t)(slash - text);
	struct ratio of = {0};
	struct dec dec = {0};

	cr_assert_eq(dec_parse_stored(&dec, text, length, NULL), 0, "%s", text);
	ratio_set_dec(out, &dec);
	if (slash != NULL) {
		cr_assert_eq(
		    dec_parse_stored(&dec, slash + 1, strlen(slash + 1), NULL),
		    0);
		ratio_set_dec(&of, &dec);
		ratio_div(out, out, &of);
	}
	ratio_release(&of);
	dec_release(&dec);
}

static void
expect(const struct ratio *r, const char *text, const char *what)
{
	char buffer[RATIO_TEXT_MAX];
	size_t length = ratio_format(r, buffer, sizeof(buffer));

	cr_expect_str_eq(buffer, text, "%s: %s, not %s", what, buffer, text);
	cr_expect_eq(length, strlen(buffer));
}

Test(ratio, is_zero_where_nothing_was_set)
{
	struct ratio none = {0}, sum = {0};
	struct dec dec = {0};

	expect(&none, "0", "none");
	cr_expect_eq(ratio_sign(&none), 0);
	ratio_round(&dec, &none, 2, DEC_UP);
	cr_expect(dec_is_zero(&dec) && dec.scale == 2);
	cr_expect(ratio_decimal(&dec, &none));
	ratio_add(&sum, &none, &none);
	ratio_mul(&sum, &sum, &none);
	ratio_neg(&sum, &sum);
	expect(&sum, "0", "sum");
	cr_expect_eq(ratio_cmp(&sum, &none), 0);
	ratio_release(&sum);
	ratio_release(&sum);
}

static const struct {
	const char *a, *b, *sum, *difference, *product, *quotient;
	int order;
} operations[] = {
    {"1/3", "1/6", "1/2", "1/6", "1/18", "2", 1},
    {"1/3", "-1/3", "0", "2/3", "-1/9", "-1", 1},
    {"2/4", "0.5", "1", "0", "1/4", "1", 0},
    {"-7", "2", "-5", "-9", "-14", "-7/2", -1},
    {"0", "5/7", "5/7", "-5/7", "0", "0", -1},
    {"0.1", "0.2", "3/10", "-1/10", "1/50", "1/2", -1},
    {"9223372036854775807", "1/9223372036854775807",
	"85070591730234615847396907784232501250/9223372036854775807",
	"85070591730234615847396907784232501248/9223372036854775807", "1",
	"85070591730234615847396907784232501249", 1},
    {"-9223372036854775808", "-1", "-9223372036854775809",
	"-9223372036854775807", "9223372036854775808", "9223372036854775808",
	-1},
};

Test(ratio, adds_subtracts_multiplies_and_divides_in_lowest_terms)
{
	for (size_t i = 0; i < COUNT(operations); i++) {
		struct ratio a = {0}, b = {0}, out = {0};

		read_ratio(&a, operations[i].a);
		read_ratio(&b, operations[i].b);
		ratio_add(&out, &a, &b);
		expect(&out, operations[i].sum, operations[i].a);
		ratio_sub(&out, &a, &b);
		expect(&out, operations[i].difference, operations[i].a);
		ratio_mul(&out, &a, &b);
		expect(&out, operations[i].product, operations[i].a);
		ratio_div(&out, &a, &b);
		expect(&out, operations[i].quotient, operations[i].a);
		cr_expect_eq(ratio_cmp(&a, &b), operations[i].order);
		cr_expect_eq(ratio_cmp(&b, &a), -operations[i].order);
		ratio_release(&a);
		ratio_release(&b);
		ratio_release(&out);
	}
}

Test(ratio, results_may_be_operands)
{
	for (size_t i = 0; i < COUNT(operations); i++) {
		struct ratio a = {0}, b = {0};

		read_ratio(&a, operations[i].a);
		read_ratio(&b, operations[i].b);
		ratio_add(&a, &a, &b);
		expect(&a, operations[i].sum, "left");
		read_ratio(&a, operations[i].a);
		ratio_sub(&b, &a, &b);
		expect(&b, operations[i].difference, "right");
		read_ratio(&b, operations[i].b);
		ratio_mul(&b, &a, &b);
		expect(&b, operations[i].product, "right");
		read_ratio(&b, operations[i].b);
		ratio_div(&a, &a, &b);
		expect(&a, operations[i].quotient, "left");
		ratio_set(&b, &a);
		ratio_sub(&a, &a, &a);
		expect(&a, "0", "itself");
		ratio_release(&a);
		ratio_release(&b);
	}
}

Test(ratio, takes_integers_and_decimals_on_the_right)
{
	struct dec dec = DEC_SMALL(25, 2);
	struct ratio r = {0};

	ratio_set_int(&r, 6, -8);
	expect(&r, "-3/4", "6 / -8");
	ratio_add_dec(&r, &r, &dec);
	expect(&r, "-1/2", "+ 0.25");
	ratio_sub_dec(&r, &r, &dec);
	expect(&r, "-3/4", "- 0.25");
	ratio_mul_dec(&r, &r, &dec);
	expect(&r, "-3/16", "x 0.25");
	ratio_mul_int(&r, &r, -8);
	expect(&r, "3/2", "x -8");
	ratio_div_int(&r, &r, 9);
	expect(&r, "1/6", "/ 9");
	cr_expect_eq(ratio_cmp_dec(&r, &dec), -1);
	ratio_set_ticks(&r, -1250, 3);
	expect(&r, "-5/4", "-1.250");
	ratio_abs(&r, &r);
	expect(&r, "5/4", "|-1.250|");
	cr_expect_eq(ratio_cmp_dec(&r, &dec), 1);
	ratio_release(&r);
}

Test(ratio, min_max_and_clamp_take_the_nearest_inside)
{
	static const struct {
		const char *in, *low, *high, *out;
	} rows[] = {
	    {"1/3", "1/2", "2/3", "1/2"},
	    {"3/4", "1/2", "2/3", "2/3"},
	    {"3/5", "1/2", "2/3", "3/5"},
	    {"-1", "0", "0", "0"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ratio in = {0}, low = {0}, high = {0}, out = {0};

		read_ratio(&in, rows[i].in);
		read_ratio(&low, rows[i].low);
		read_ratio(&high, rows[i].high);
		ratio_clamp(&out, &in, &low, &high);
		expect(&out, rows[i].out, rows[i].in);
		ratio_max(&out, &in, &low);
		ratio_min(&out, &out, &high);
		expect(&out, rows[i].out, rows[i].in);
		ratio_release(&in);
		ratio_release(&low);
		ratio_release(&high);
		ratio_release(&out);
	}
}

Test(ratio, rounds_once_by_every_mode)
{
	/* half-up, half-even, down, up, ceiling, floor */
	static const struct {
		const char *in;
		int scale;
		const char *out[6];
	} rows[] = {
	    {"1/8", 2, {"0.13", "0.12", "0.12", "0.13", "0.13", "0.12"}},
	    {"-1/8", 2, {"-0.13", "-0.12", "-0.12", "-0.13", "-0.12", "-0.13"}},
	    {"2/3", 0, {"1", "1", "0", "1", "1", "0"}},
	    {"-1/3", 1, {"-0.3", "-0.3", "-0.3", "-0.4", "-0.3", "-0.4"}},
	    {"7/2", 0, {"4", "4", "3", "4", "4", "3"}},
	    {"3", 2, {"3.00", "3.00", "3.00", "3.00", "3.00", "3.00"}},
	    {"100000000000000000000000000000000000001/3", 0,
		{"33333333333333333333333333333333333334",
		    "33333333333333333333333333333333333334",
		    "33333333333333333333333333333333333333",
		    "33333333333333333333333333333333333334",
		    "33333333333333333333333333333333333334",
		    "33333333333333333333333333333333333333"}},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		for (int mode = DEC_HALF_UP; mode <= DEC_FLOOR; mode++) {
			char text[DEC_TEXT_MAX];
			struct ratio in = {0};
			struct dec out = {0};

			read_ratio(&in, rows[i].in);
			ratio_round(
			    &out, &in, rows[i].scale, (enum dec_mode)mode);
			dec_format(&out, text, sizeof(text));
			cr_expect_str_eq(text, rows[i].out[mode], "%s %s: %s",
			    rows[i].in, dec_mode_name((enum dec_mode)mode),
			    text);
			ratio_release(&in);
			dec_release(&out);
		}
	}
}

Test(ratio, is_a_decimal_where_it_ends_and_else_keeps_what_was_cut_in_sight)
{
	static const struct {
		const char *in, *out;
		bool exact;
	} rows[] = {
	    {"1/8", "0.125", true},
	    {"-3", "-3", true},
	    {"1/1024", "0.0009765625", true},
	    {"1/3", "0.333333333333", false},
	    {"-2/3", "-0.666666666666", false},
	    /* 0.123123..., 0.001001...: cut after 3 and after 1. */
	    {"123/999", "0.123123123123", false},
	    /* 1 / 7 = 0.142857142857; 5 / 9 ends in 5, so 6 it is. */
	    {"1/7", "0.142857142857", false},
	    {"5/9", "0.555555555556", false},
	    {"-5/9", "-0.555555555556", false},
	    /* Just above a tie, and just above 0. */
	    {"1500000000000001/300000000000000000", "0.005000000001", false},
	    {"1/300000000000000", "0.000000000001", false},
	    {"-1/300000000000000", "-0.000000000001", false},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[DEC_TEXT_MAX];
		struct ratio in = {0};
		struct dec out = {0};

		read_ratio(&in, rows[i].in);
		cr_expect_eq(
		    ratio_decimal(&out, &in), rows[i].exact, "%s", rows[i].in);
		dec_format(&out, text, sizeof(text));
		cr_expect_str_eq(text, rows[i].out, "%s: %s", rows[i].in, text);
		ratio_release(&in);
		dec_release(&out);
	}
}

Test(ratio, rounding_the_decimal_is_rounding_the_fraction)
{
	/* Numbers near ties of two digits, over a divisor that never ends. */
	for (int64_t k = -40; k <= 40; k++) {
		for (int64_t tie = -3; tie <= 3; tie++) {
			struct ratio r = {0}, off = {0};
			struct dec cut = {0}, twice = {0}, once = {0};

			ratio_set_int(&r, tie * 5, 1000);
			ratio_set_int(&off, k, INT64_C(7000000000000));
			ratio_add(&r, &r, &off);
			ratio_decimal(&cut, &r);
			for (int mode = 0; mode <= DEC_FLOOR; mode++) {
				dec_round(&twice, &cut, 2, (enum dec_mode)mode);
				ratio_round(&once, &r, 2, (enum dec_mode)mode);
				cr_assert_eq(dec_cmp(&once, &twice), 0,
				    "%lld %lld %d", (long long)k,
				    (long long)tie, mode);
			}
			ratio_release(&r);
			ratio_release(&off);
		}
	}
}

Test(ratio, makes_whole_numbers_in_the_same_ratio)
{
	static const char *const in[] = {"1/2", "1/3", "0", "-0.25", "5"};
	static const char *const whole[] = {"6", "4", "0", "-3", "60"};
	struct ratio ratios[COUNT(in)] = {0};
	struct dec numbers[COUNT(in)] = {0};
	char text[DEC_TEXT_MAX];

	for (size_t i = 0; i < COUNT(in); i++) {
		read_ratio(&ratios[i], in[i]);
	}
	ratio_whole(numbers, ratios, COUNT(in));
	for (size_t i = 0; i < COUNT(in); i++) {
		dec_format(&numbers[i], text, sizeof(text));
		cr_expect_str_eq(text, whole[i]);
		ratio_release(&ratios[i]);
		dec_release(&numbers[i]);
	}
}
