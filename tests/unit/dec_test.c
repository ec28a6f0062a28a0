/* dec_test.c - exact decimals.
 *
 * Expected values are worked by hand, and those of the limits by bc(1).
 * tests/differential/dec.py compares a million random operations besides.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#include "base/dec.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A number that the test knows to be valid. */
static struct dec
number(const char *text)
{
	struct dec d = {0};

	cr_assert_eq(dec_parse(&d, text, strlen(text), NULL), 0, "%s", text);
	return d;
}

static void
expect(struct dec *d, const char *text)
{
	char buffer[DEC_TEXT_MAX];
	size_t length = dec_format(d, buffer, sizeof(buffer));

	cr_expect_str_eq(buffer, text);
	cr_expect_eq(length, strlen(text));
	dec_release(d);
}

Test(dec, zeroed_struct_is_zero)
{
	struct dec d = {0};

	cr_expect(dec_is_zero(&d));
	cr_expect_eq(dec_sign(&d), 0);
	expect(&d, "0");
}

Test(dec, keeps_the_text_it_was_given)
{
	static const char *const texts[] = {"0", "1", "1.10", "-0.5", "0.000",
	    "0.0001", "-123456789012345678", "1234567890123456789",
	    "9223372036854775807", "9223372036854775808",
	    "-9223372036854775808", "-9223372036854775809",
	    "99999999999999999999999999999999999999", "-0.12345678901234567890",
	    "123456789012345678.90"};

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct dec d = number(texts[i]);

		expect(&d, texts[i]);
	}
}

Test(dec, reads_minus_zero_as_zero)
{
	struct dec d = number("-0.00");

	expect(&d, "0.00");
}

Test(dec, refuses_what_is_no_decimal)
{
	static const struct {
		const char *text;
		const char *code;
	} cases[] = {
	    {"", "decimal-syntax"},
	    {"-", "decimal-syntax"},
	    {".", "decimal-syntax"},
	    {"+1", "decimal-syntax"},
	    {"--1", "decimal-syntax"},
	    {"1.", "decimal-syntax"},
	    {".5", "decimal-syntax"},
	    {"-.5", "decimal-syntax"},
	    {"01", "decimal-syntax"},
	    {"-00.5", "decimal-syntax"},
	    {"1,000", "decimal-syntax"},
	    {"1.2.3", "decimal-syntax"},
	    {" 1", "decimal-syntax"},
	    {"1 ", "decimal-syntax"},
	    {"0x10", "decimal-syntax"},
	    {"nan", "decimal-syntax"},
	    {"1e", "decimal-syntax"},
	    {"1-2", "decimal-syntax"},
	    {"1e5", "decimal-exponent"},
	    {"-1.5E+3", "decimal-exponent"},
	    {"1e-2", "decimal-exponent"},
	    {"１２", "decimal-fullwidth"},
	    {"1．5", "decimal-fullwidth"},
	    {"－3", "decimal-fullwidth"},
	    {"100000000000000000000000000000000000000", "decimal-digits"},
	    {"0.123456789012345678901", "decimal-digits"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *text = cases[i].text;
		struct dec d = DEC_SMALL(7, 1);
		struct qf_error err = {0};
		int64_t mantissa = 7;
		int scale = 1;

		cr_expect_eq(dec_parse(&d, text, strlen(text), &err), -1);
		cr_expect_str_eq(err.code, cases[i].code, "%s", text);
		cr_expect_eq(err.status, QF_DATA);
		cr_expect(
		    !dec_parse_small(text, strlen(text), &mantissa, &scale),
		    "%s", text);
		cr_expect(mantissa == 7 && scale == 1);
		expect(&d, "0.7");
	}
}

Test(dec, does_not_read_past_the_length)
{
	struct dec d = {0};
	int64_t mantissa;
	int scale;

	cr_assert_eq(dec_parse(&d, "12.345", 4, NULL), 0);
	expect(&d, "12.3");
	cr_assert(dec_parse_small("12.345", 2, &mantissa, &scale));
	cr_expect(mantissa == 12 && scale == 0);
	cr_expect_eq(dec_parse(&d, "1\0002", 3, NULL), -1);
}

Test(dec, small_parser_takes_eighteen_digits)
{
	int64_t mantissa;
	int scale;

	cr_assert(
	    dec_parse_small("-99999999999999.9999", 20, &mantissa, &scale));
	cr_expect(mantissa == -999999999999999999 && scale == 4);
	cr_expect(
	    !dec_parse_small("1234567890123456789", 19, &mantissa, &scale));
}

Test(dec, shows_no_part_of_a_character_in_a_message)
{
	struct qf_error err = {0};
	struct dec d = {0};
	char text[80];

	/* The sixtieth byte is the second of a character of three. */
	memset(text, 'x', 58);
	memcpy(text + 58, "电表电表", 12);
	cr_assert_eq(dec_parse(&d, text, 70, &err), -1);
	cr_expect_not_null(strstr(err.text, "xxx\": not a decimal"));
}

Test(dec, canonical_text_is_the_same_for_the_same_value)
{
	static const struct {
		const char *text;
		const char *canonical;
	} cases[] = {
	    {"1.10", "1.1"},
	    {"1.1", "1.1"},
	    {"2.00", "2"},
	    {"100", "100"},
	    {"0.000", "0"},
	    {"-0.50", "-0.5"},
	    {"12345678901234567890.12300", "12345678901234567890.123"},
	    {"9223372036854775808.0000000000", "9223372036854775808"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct dec d = number(cases[i].text);
		char buffer[DEC_TEXT_MAX];

		dec_format_trim(&d, buffer, sizeof(buffer));
		cr_expect_str_eq(buffer, cases[i].canonical);
		expect(&d, cases[i].text);
	}
}

Test(dec, number_that_does_not_fit_is_never_cut, .signal = SIGABRT)
{
	struct dec d = number("1234");
	char buffer[4];

	dec_format(&d, buffer, sizeof(buffer));
}

Test(dec, sums_at_the_larger_scale)
{
	struct dec a = number("1.1"), b = number("2.305"), sum = {0};

	dec_add(&sum, &a, &b);
	expect(&sum, "3.405");
	dec_sub(&sum, &a, &b);
	expect(&sum, "-1.205");
	dec_add(&a, &a, &a);
	expect(&a, "2.2");
}

Test(dec, tenth_and_two_tenths_are_three_tenths)
{
	struct dec a = number("0.1"), b = number("0.2"), c = number("0.30");

	dec_add(&a, &a, &b);
	cr_expect_eq(dec_cmp(&a, &c), 0);
}

Test(dec, grows_beyond_64_bits_and_comes_back)
{
	struct dec a = number("9223372036854775807"), one = DEC_SMALL(1, 0);

	dec_add(&a, &a, &one);
	cr_expect_not_null(a.big);
	dec_sub(&a, &a, &one);
	cr_expect_null(a.big);
	expect(&a, "9223372036854775807");
}

Test(dec, smallest_64_bits_can_be_negated_and_back)
{
	struct dec a = {0};

	dec_set_int(&a, INT64_MIN, 2);
	dec_neg(&a, &a);
	cr_expect_eq(dec_sign(&a), 1);
	dec_neg(&a, &a);
	cr_expect_null(a.big);
	expect(&a, "-92233720368547758.08");
}

Test(dec, products_are_exact)
{
	struct dec a = number("99999999999999999999.999");
	struct dec b = number("-99999999999999999999.999"), c = {0};

	dec_mul(&c, &a, &b);
	expect(&c, "-9999999999999999999999800000000000000000.000001");
	dec_mul_int(&a, &a, -2);
	expect(&a, "-199999999999999999999.998");
	dec_release(&b);
}

Test(dec, adds_products_of_energy_and_price)
{
	/* 30 kWh at 1.2245 and 20 kWh at 0.7701, as published for V2G. */
	struct dec energy = number("30.000"), price = number("1.2245");
	struct dec sum = {0};

	dec_add_product(&sum, &energy, &price);
	dec_set_int(&energy, 20000, 3);
	dec_set_int(&price, 7701, 4);
	dec_add_product(&sum, &energy, &price);
	expect(&sum, "52.1370000");
}

Test(dec, adds_products_where_64_bits_end)
{
	struct dec a = number("3037000500"), sum = {0}, copy = {0};

	/* The square is 2^63 + 145474192. */
	dec_add_product(&sum, &a, &a);
	dec_set(&copy, &sum);
	expect(&copy, "9223372037000250000");
	dec_add_product(&sum, &a, &a);
	dec_set(&copy, &sum);
	expect(&copy, "18446744074000500000");
	dec_neg(&a, &a);
	dec_add_product(&sum, &a, &a);
	expect(&sum, "27670116111000750000");
}

Test(dec, adds_products_of_any_scale)
{
	struct dec sum = number("0.001"), a = number("2"), b = number("3.5");

	dec_add_product(&sum, &a, &b);
	dec_add_product(&sum, &b, &b);
	expect(&sum, "19.251");
}

Test(dec, adds_products_of_any_scale_to_a_large_sum)
{
	struct dec sum = number("12345678901234567890.5");
	struct dec a = number("0.25"), b = number("3");

	dec_add_product(&sum, &a, &b);
	dec_add_product(&sum, &b, &b);
	expect(&sum, "12345678901234567900.25");
}

Test(dec, adds_a_product_of_itself)
{
	struct dec one = number("1"), b = number("12345678901234567890");

	dec_add_product(&b, &b, &one);
	expect(&b, "24691357802469135780");
}

Test(dec, adds_the_square_of_itself)
{
	struct dec a = number("12345678901234567890.5");

	dec_add_product(&a, &a, &a);
	expect(&a, "152415787532388367526596557677488187880.75");
}

Test(dec, compares_values_and_not_scales)
{
	static const struct {
		const char *left, *right;
		int order;
	} cases[] = {
	    {"1.10", "1.1", 0},
	    {"-1", "1", -1},
	    {"0.0000000001", "0", 1},
	    {"9223372036854775807", "0.00000000000000000001", 1},
	    {"99999999999999999999", "99999999999999999999.0", 0},
	    {"-99999999999999999999", "-99999999999999999998.9", -1},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct dec a = number(cases[i].left);
		struct dec b = number(cases[i].right);

		cr_expect_eq(dec_cmp(&a, &b), cases[i].order);
		cr_expect_eq(dec_cmp(&b, &a), -cases[i].order);
		dec_release(&a);
		dec_release(&b);
	}
}

Test(dec, rounds_by_the_mode_it_is_given)
{
	/* One row per number: half-up, half-even, down, up, ceiling, floor,
	 * to one digit. */
	static const char *const rows[][7] = {
	    {"2.25", "2.3", "2.2", "2.2", "2.3", "2.3", "2.2"},
	    {"2.35", "2.4", "2.4", "2.3", "2.4", "2.4", "2.3"},
	    {"-2.25", "-2.3", "-2.2", "-2.2", "-2.3", "-2.2", "-2.3"},
	    {"-2.35", "-2.4", "-2.4", "-2.3", "-2.4", "-2.3", "-2.4"},
	    {"2.2501", "2.3", "2.3", "2.2", "2.3", "2.3", "2.2"},
	    {"2.2499", "2.2", "2.2", "2.2", "2.3", "2.3", "2.2"},
	    {"-0.04", "0.0", "0.0", "0.0", "-0.1", "0.0", "-0.1"},
	    {"0.05", "0.1", "0.0", "0.0", "0.1", "0.1", "0.0"},
	    {"2.20", "2.2", "2.2", "2.2", "2.2", "2.2", "2.2"},
	    {"7", "7.0", "7.0", "7.0", "7.0", "7.0", "7.0"},
	    {"92233720368547758070.05", "92233720368547758070.1",
		"92233720368547758070.0", "92233720368547758070.0",
		"92233720368547758070.1", "92233720368547758070.1",
		"92233720368547758070.0"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		for (int mode = DEC_HALF_UP; mode <= DEC_FLOOR; mode++) {
			struct dec d = number(rows[i][0]);

			dec_round(&d, &d, 1, (enum dec_mode)mode);
			expect(&d, rows[i][mode + 1]);
		}
	}
}

Test(dec, rounds_half_up_away_from_zero)
{
	struct dec fen = number("18.045"), credit = number("-18.045");

	dec_round(&fen, &fen, 2, DEC_HALF_UP);
	expect(&fen, "18.05");
	dec_round(&credit, &credit, 2, DEC_HALF_UP);
	expect(&credit, "-18.05");
}

Test(dec, rounds_away_more_digits_than_64_bits_have)
{
	struct dec d = {0}, out = {0};

	dec_set_int(&d, -5, 30);
	dec_round(&out, &d, 2, DEC_HALF_UP);
	expect(&out, "0.00");
	dec_round(&out, &d, 2, DEC_FLOOR);
	expect(&out, "-0.01");
	dec_set_int(&d, 6000000000000000000, 19);
	dec_round(&out, &d, 0, DEC_HALF_EVEN);
	expect(&out, "1");
}

Test(dec, division_rounds_once)
{
	struct dec one = DEC_SMALL(1, 0), three = DEC_SMALL(3, 0);
	struct dec a = number("-2.00"), b = number("0.3"), out = {0};

	dec_div(&out, &one, &three, 4, DEC_HALF_UP);
	expect(&out, "0.3333");
	dec_div(&out, &a, &b, 2, DEC_HALF_UP);
	expect(&out, "-6.67");
	dec_div(&out, &a, &b, 25, DEC_DOWN);
	expect(&out, "-6.6666666666666666666666666");
	/* 0.45 to one digit and then to none would be 1. */
	dec_set_int(&a, 45, 2);
	dec_div(&out, &a, &one, 0, DEC_HALF_UP);
	expect(&out, "0");
}

Test(dec, division_by_zero_is_our_own_mistake, .signal = SIGABRT)
{
	struct dec one = DEC_SMALL(1, 0), none = DEC_SMALL(0, 3), out = {0};

	dec_div(&out, &one, &none, 2, DEC_HALF_UP);
}

Test(dec, gives_exact_integers_or_says_why_not)
{
	static const struct {
		const char *text;
		int scale;
		int64_t value;
		const char *code;
	} cases[] = {
	    {"12.34", 2, 1234, NULL},
	    {"12.3", 2, 1230, NULL},
	    {"12.3400", 2, 1234, NULL},
	    {"-0.01", 2, -1, NULL},
	    {"92233720368547758.07", 2, INT64_MAX, NULL},
	    {"-92233720368547758.08", 2, INT64_MIN, NULL},
	    {"9223372036854775808.00", 0, 0, "decimal-range"},
	    {"92233720368547758.08", 2, 0, "decimal-range"},
	    {"12.345", 2, 0, "decimal-inexact"},
	    {"92233720368547758070.001", 2, 0, "decimal-inexact"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct dec d = number(cases[i].text);
		struct qf_error err = {0};
		int64_t value = 42;
		int result = dec_to_int64(&d, cases[i].scale, &value, &err);

		if (cases[i].code == NULL) {
			cr_expect_eq(result, 0, "%s", cases[i].text);
			cr_expect_eq(value, cases[i].value);
		} else {
			cr_expect_eq(result, -1, "%s", cases[i].text);
			cr_expect_str_eq(err.code, cases[i].code);
			cr_expect_eq(value, 42);
		}
		dec_release(&d);
	}
}

Test(dec, modes_have_names)
{
	static const char *const names[] = {
	    "half-up", "half-even", "down", "up", "ceiling", "floor"};
	enum dec_mode mode = DEC_FLOOR;

	for (size_t i = 0; i < COUNT(names); i++) {
		cr_expect(dec_mode_parse(names[i], &mode));
		cr_expect_eq(mode, i);
		cr_expect_str_eq(dec_mode_name(mode), names[i]);
	}
	cr_expect(!dec_mode_parse("half_up", &mode));
	cr_expect(!dec_mode_parse("", &mode));
}

Test(dec, reads_again_what_was_written_however_long)
{
	static const char *const texts[] = {"0", "-1.50", "1.000000001",
	    "-2.96296293925925923013629629384",
	    "123456789012345678901234567890123456789012345678901234567890"
	    ".123456789012345678901234567890123456789012345678901234567890"};
	char text[DEC_TEXT_MAX];
	struct dec d = {0};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		cr_assert_eq(
		    dec_parse_stored(&d, texts[i], strlen(texts[i]), NULL), 0);
		dec_format(&d, text, sizeof(text));
		cr_expect_str_eq(text, texts[i]);
	}
	cr_expect_eq(dec_parse_stored(&d, "1e5", 3, NULL), -1);
	cr_expect_eq(dec_parse_stored(&d, "", 0, NULL), -1);
	memset(text, '1', sizeof(text));
	cr_expect_eq(dec_parse_stored(&d, text, sizeof(text), NULL), -1);
	dec_release(&d);
}
