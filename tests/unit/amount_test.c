/* amount_test.c - rounding an exact amount to money, with its tax.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/amount.h"

#include <criterion/criterion.h>

static void
parse(struct dec *out, const char *text)
{
	struct qf_error err;

	cr_assert_eq(dec_parse(out, text, strlen(text), &err), 0);
}

Test(amount, rounds_once_and_keeps_net_and_tax_to_the_gross)
{
	static const struct {
		const char *exact, *rate;
		bool included;
		int64_t net, tax, gross;
	} cases[] = {
	    /* 10.005 to 10.01; no tax. */
	    {"10.005", NULL, false, 1001, 0, 1001},
	    /* 13 % on top of 100.00. */
	    {"100", "0.13", false, 10000, 1300, 11300},
	    /* 9.99 x 0.13 = 1.2987. */
	    {"9.99", "0.13", false, 999, 130, 1129},
	    /* 100 / 1.13 = 88.4955...; the tax is what is left. */
	    {"100", "0.13", true, 8850, 1150, 10000},
	    /* A credit: -0.005 to -0.01; -0.01 / 1.13 = -0.00885 to -0.01. */
	    {"-0.005", "0.13", true, -1, 0, -1},
	    /* Norwegian 25 %: 0.02 / 1.25 = 0.016. */
	    {"0.02", "0.25", true, 2, 0, 2},
	};
	struct rounding rule = {2, DEC_HALF_UP};
	struct refusal refusal;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct dec exact = {0}, rate = {0};
		struct amount_tax tax = {
		    cases[i].rate != NULL, cases[i].included, &rate};
		struct amount out;

		parse(&exact, cases[i].exact);
		if (cases[i].rate != NULL) {
			parse(&rate, cases[i].rate);
		}
		cr_assert_eq(
		    amount_of(&out, &exact, &rule, &tax, 2, &refusal), 0);
		cr_expect_eq(out.net_minor, cases[i].net, "case %zu", i);
		cr_expect_eq(out.tax_minor, cases[i].tax, "case %zu", i);
		cr_expect_eq(out.gross_minor, cases[i].gross, "case %zu", i);
	}
}

Test(amount, refuses_more_decimals_than_the_ledger_has)
{
	struct rounding rule = {6, DEC_HALF_UP};
	struct amount_tax tax = {false, false, NULL};
	struct dec exact = DEC_SMALL(1, 0);
	struct refusal refusal;
	struct amount out;

	cr_expect_eq(amount_of(&out, &exact, &rule, &tax, 2, &refusal), 1);
	cr_expect_str_eq(refusal.reason, "money-scale");
	cr_expect_eq(amount_of(&out, &exact, &rule, &tax, 6, &refusal), 0);
	cr_expect_eq(out.gross_minor, 1000000);
}
