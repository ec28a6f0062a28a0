/* scan_test.c - interval values added up and held against a limit.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/scan.h"

#include <criterion/criterion.h>
#include <string.h>

static void
parse(struct dec *out, const char *text)
{
	struct qf_error err;

	cr_assert_eq(dec_parse(out, text, strlen(text), &err), 0);
}

static void
expect(const struct dec *value, const char *expected, size_t i)
{
	char text[DEC_TEXT_MAX];

	dec_format_trim(value, text, sizeof(text));
	cr_expect_str_eq(text, expected, "case %zu: %s", i, text);
}

Test(scan, counts_a_value_in_sixtieths_of_a_kwh)
{
	static const struct {
		enum quantity quantity;
		int minutes, scale;
		const char *multiplier, *expected;
	} cases[] = {
	    /* 0.001 kWh x 60 */
	    {QUANTITY_KWH, 15, 3, NULL, "0.06"},
	    {QUANTITY_REGISTER, 60, 3, NULL, "0.06"},
	    /* 0.001 kW over 15 minutes, x 60: 0.001 x 15 */
	    {QUANTITY_KW, 15, 3, NULL, "0.015"},
	    {QUANTITY_KW, 15, 3, "40", "0.6"},
	    {QUANTITY_KWH, 30, 0, "0.5", "30"},
	    {QUANTITY_KWH, 30, 9, "0", "0"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct dec multiplier = {0}, kwh60 = {0};

		if (cases[i].multiplier != NULL) {
			parse(&multiplier, cases[i].multiplier);
		}
		scan_unit(&kwh60, cases[i].quantity, cases[i].minutes,
		    cases[i].scale,
		    cases[i].multiplier == NULL ? NULL : &multiplier);
		expect(&kwh60, cases[i].expected, i);
		dec_release(&multiplier);
		dec_release(&kwh60);
	}
}

Test(scan, allows_the_largest_value_that_is_not_above)
{
	static const struct {
		const char *kw;
		int minutes;
		const char *kwh60;
		int64_t expected;
	} cases[] = {
	    /* 7.7 kW are 1.925 kWh in a quarter of an hour: of 0.01 kWh 192,
	     * of 0.001 kWh just 1925. */
	    {"7.7", 15, "0.6", 192},
	    {"7.7", 15, "0.06", 1925},
	    {"7.699999", 15, "0.06", 1924},
	    /* In kW at a scale of 1, and times 10: 77 and 7. */
	    {"7.7", 15, "1.5", 77},
	    {"7.7", 15, "15", 7},
	    {"0", 60, "60", 0},
	    {"7", 60, "0", SCAN_NO_LIMIT},
	    /* 10^20 is more than any value. */
	    {"100000000000000000000", 60, "60", SCAN_NO_LIMIT},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct dec kw = {0}, kwh60 = {0};
		int64_t limit;

		parse(&kw, cases[i].kw);
		parse(&kwh60, cases[i].kwh60);
		limit = scan_limit(&kw, cases[i].minutes, &kwh60);
		cr_expect_eq(limit, cases[i].expected, "case %zu: %lld", i,
		    (long long)limit);
		dec_release(&kw);
		dec_release(&kwh60);
	}
}

Test(scan, passes_gaps_and_keeps_what_is_above)
{
	static const int64_t values[] = {
	    9, SERIES_NULL, 3, 5, 6, SERIES_NULL, 8, 5, 0, 100};
	struct scan scan;

	/* 3 + 5 + 6 + 8 + 5 + 0 */
	cr_expect_eq(scan_values(&scan, values, 1, 9, 5), 9);
	cr_expect_eq(scan.sum, 27);
	cr_expect_eq(scan.count, 6);
	cr_expect_eq(scan.above, 2);
	cr_expect_eq(scan.first, 4);
	cr_expect_eq(scan.last, 6);
	cr_expect_eq(scan.most, 8);
	cr_expect_eq(scan_values(&scan, values, 1, 9, SCAN_NO_LIMIT), 9);
	cr_expect_eq(scan.above, 0);
	cr_expect_eq(scan_values(&scan, values, 4, 4, 0), 4);
	cr_expect_eq(scan.count, 0);
}

Test(scan, stops_before_a_sum_leaves_64_bits)
{
	static const int64_t values[] = {INT64_MAX - 5, 5, 1, 2};
	struct scan scan;

	cr_expect_eq(scan_values(&scan, values, 0, 4, 4), 2);
	cr_expect_eq(scan.sum, INT64_MAX);
	cr_expect_eq(scan.count, 2);
	cr_expect_eq(scan.above, 2);
	cr_expect_eq(scan_values(&scan, values, 2, 4, 4), 4);
	cr_expect_eq(scan.sum, 3);
}

Test(scan, turns_a_register_over)
{
	static const struct {
		int64_t start, end;
		int digits, scale;
		int64_t expected; /* -1: 64 bits do not hold it */
	} cases[] = {
	    {1000, 1250, 6, 2, 250},
	    {1000, 1000, 6, 2, 0},
	    /* 10,000.00 - 9,999.50 + 0.25 */
	    {999950, 25, 4, 2, 75},
	    {10, 9, 12, 9, -1},
	    /* Without a meter no digits are told: one more. */
	    {500, 450, 0, 2, 50},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t out = -1;
		bool fits = scan_difference(&out, cases[i].start, cases[i].end,
		    cases[i].digits, cases[i].scale);

		cr_expect_eq(fits, cases[i].expected != -1, "case %zu", i);
		if (fits) {
			cr_expect_eq(out, cases[i].expected, "case %zu", i);
		}
	}
}
