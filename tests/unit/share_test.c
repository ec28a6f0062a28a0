/* share_test.c - a month's price on a part of a month.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/share.h"

#include <criterion/criterion.h>

Test(share, is_whole_or_by_the_days_of_the_month_or_by_thirtieths)
{
	static const struct {
		enum month_share rule;
		int days, contract_days, month_days, is, of;
	} rows[] = {
	    {SHARE_WHOLE, 3, 3, 31, 1, 1},
	    {SHARE_DAYS, 10, 10, 31, 10, 31},
	    {SHARE_DAYS, 28, 28, 28, 28, 28},
	    {SHARE_THIRTIETHS, 10, 10, 31, 10, 30},
	    {SHARE_THIRTIETHS, 30, 30, 31, 30, 30},
	    /* A whole month is whole, and so are its parts together. */
	    {SHARE_THIRTIETHS, 31, 31, 31, 31, 31},
	    {SHARE_THIRTIETHS, 10, 31, 31, 10, 31},
	    {SHARE_THIRTIETHS, 28, 28, 28, 28, 28},
	    {SHARE_THIRTIETHS, 14, 20, 28, 14, 30},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct share share = share_of_days(rows[i].rule, rows[i].days,
		    rows[i].contract_days, rows[i].month_days);

		cr_expect(share.days == rows[i].is && share.of == rows[i].of,
		    "row %zu: %d of %d", i, share.days, share.of);
	}
}

static void
expect(int64_t pieces, int under, int64_t price, int scale, struct share share,
    const char *quantity, const char *amount)
{
	struct dec a = {0}, b = {0}, out = {0};
	char text[DEC_TEXT_MAX];

	dec_set_int(&a, pieces, 0);
	dec_set_int(&b, price, scale);
	share_quantity(&out, &a, &share);
	dec_format(&out, text, sizeof(text));
	cr_expect_str_eq(text, quantity, "quantity %s", text);
	share_amount(&out, &a, under, &b, &share);
	dec_format(&out, text, sizeof(text));
	cr_expect_str_eq(text, amount, "amount %s", text);
	dec_release(&out);
}

Test(share, makes_the_amount_exactly_though_the_quantity_is_no_decimal)
{
	/* 200 kVA at 22 for 10 of 31 days: 44000 / 31 = 1419.354838709677... */
	expect(200, 1, 22, 0, (struct share){10, 31, 0}, "64.516129032",
	    "1419.354838709677");
	/* 93 at 0.5 for a third of a month; 31 x 0.5 = 15.5. */
	expect(93, 1, 5, 1, (struct share){10, 30, 0}, "31", "15.5");
	/* 100 / 3 kW at 0.015: 0.5 exactly, which 33.333333333 is not. */
	expect(2000, 60, 15, 3, (struct share){1, 1, 0}, "2000", "0.5");
}

/* 7 x 3.14 = 21.98 on stretches of 1, 6 and 24 days of 31. */
Test(share, of_a_month_add_up_to_it)
{
	static const struct share shares[] = {
	    {1, 31, 0}, {6, 31, 1}, {24, 31, 7}};
	struct dec pieces = DEC_SMALL(7, 0), price = DEC_SMALL(314, 2);
	struct dec quantity = {0}, amount = {0}, out = {0};
	char text[DEC_TEXT_MAX];

	for (size_t i = 0; i < 3; i++) {
		share_quantity(&out, &pieces, &shares[i]);
		dec_add(&quantity, &quantity, &out);
		share_amount(&out, &pieces, 1, &price, &shares[i]);
		dec_add(&amount, &amount, &out);
	}
	dec_format_trim(&quantity, text, sizeof(text));
	cr_expect_str_eq(text, "7");
	dec_format_trim(&amount, text, sizeof(text));
	cr_expect_str_eq(text, "21.98");
	dec_release(&quantity);
	dec_release(&amount);
	dec_release(&out);
}
