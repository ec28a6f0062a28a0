/* limit_test.c - minimum and maximum of what charges come to.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/limit.h"

#include <criterion/criterion.h>

/* What is lacking or over, for amounts of one line; "" where it is in order. */
static void
expect(const struct charge *charge, bool on_total, int64_t exact,
    int64_t net_minor, const char *expected)
{
	const struct limit rule = {.has_least = true,
	    .has_most = true,
	    .least = DEC_SMALL(50, 0),
	    .most = DEC_SMALL(10000, 2)};
	const struct tariff_version version = {.money_on_total = on_total};
	struct charge_line line = {.has_amount = true,
	    .charge = charge,
	    .amount = {.net_minor = net_minor}};
	struct limit_sum sum = {0};
	struct dec out = {0};
	char text[DEC_TEXT_MAX] = "";

	dec_set_int(&line.exact, exact, 3);
	limit_add(&sum, &line);
	if (limit_difference(&out, &rule, charge, &version, &sum, 2)) {
		dec_format_trim(&out, text, sizeof(text));
	}
	cr_expect_str_eq(text, expected, "%lld: %s", (long long)exact, text);
	limit_sum_release(&sum);
	dec_release(&out);
}

Test(limit, is_of_the_rounded_lines_where_lines_are_rounded)
{
	const struct charge plain = {.has_tax = false};

	expect(&plain, false, 12344, 1234, "37.66");
	expect(&plain, false, 49996, 5000, "");
	expect(&plain, false, 100004, 10000, "");
	expect(&plain, false, 100006, 10001, "-0.01");
}

Test(limit, is_of_exact_amounts_where_the_total_is_rounded)
{
	const struct charge plain = {.has_tax = false};

	expect(&plain, true, 12344, 1234, "37.656");
	expect(&plain, true, 49996, 5000, "0.004");
	expect(&plain, true, 100004, 10000, "-0.004");
	expect(&plain, true, 100000, 10000, "");
}

Test(limit, is_net_of_a_tax_that_the_prices_hold)
{
	const struct charge taxed = {.has_tax = true,
	    .tax_included = true,
	    .tax_rate = DEC_SMALL(13, 2)};

	/* 45.20 with tax is 40 net: 10 lack, 11.30 with their tax. */
	expect(&taxed, false, 45200, 4000, "11.3");
	expect(&taxed, true, 45200, 4000, "11.3");
	expect(&taxed, false, 113000, 10000, "");
	expect(&taxed, true, 113000, 10000, "");
	expect(&taxed, true, 124300, 11000, "-11.3");
}

Test(limit, is_before_a_tax_that_goes_on_top)
{
	const struct charge taxed = {
	    .has_tax = true, .tax_rate = DEC_SMALL(13, 2)};

	expect(&taxed, false, 40000, 4000, "10");
	expect(&taxed, true, 40000, 4000, "10");
}

/* 56.5 with 13 % are 50 net, 54.5 with 9 % too: of 110 net 10 are lacking,
 * which are 10.9 with the tax of the version that has the limit. */
Test(limit, takes_each_tax_out_where_versions_of_a_month_differ)
{
	const struct charge before = {.has_tax = true,
	    .tax_included = true,
	    .tax_rate = DEC_SMALL(13, 2)};
	const struct charge now = {
	    .has_tax = true, .tax_included = true, .tax_rate = DEC_SMALL(9, 2)};
	const struct tariff_version version = {.money_on_total = true};
	const struct limit rule = {
	    .has_least = true, .least = DEC_SMALL(110, 0)};
	struct charge_line line = {.has_amount = true, .charge = &before};
	struct limit_sum sum = {0};
	struct dec out = {0};
	char text[DEC_TEXT_MAX] = "";

	dec_set_int(&line.exact, 565, 1);
	limit_add(&sum, &line);
	line.charge = &now;
	dec_set_int(&line.exact, 545, 1);
	limit_add(&sum, &line);
	cr_assert(limit_difference(&out, &rule, &now, &version, &sum, 2));
	dec_format_trim(&out, text, sizeof(text));
	cr_expect_str_eq(text, "10.9");
	limit_sum_release(&sum);
	dec_release(&out);
}
