/* loss_test.c - kWh that a transformer loses.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/loss.h"

#include <criterion/criterion.h>

static const char *
text(const struct dec *value)
{
	static char out[DEC_TEXT_MAX];

	dec_format(value, out, sizeof(out));
	return out;
}

Test(loss, is_by_days_and_by_percent_and_rounded_once)
{
	static const struct {
		int64_t fixed, percent_tenths, metered;
		int days, of, month_days, scale;
		const char *expected;
	} rows[] = {
	    /* WE-B1: 304 x 20 / 30 = 202.67. */
	    {304, 0, 6000, 20, 30, 30, 0, "203"},
	    /* By the month as long as it is: 304 x 20 / 31 = 196.129. */
	    {304, 0, 6000, 20, 0, 31, 1, "196.1"},
	    /* 31 days of a loss for 30: 304 x 31 / 30 = 314.13. */
	    {304, 0, 0, 31, 30, 31, 0, "314"},
	    /* 1.5 % of 6000. */
	    {0, 15, 6000, 20, 30, 30, 0, "90"},
	    /* 100 / 3 + 0.5 % of 100 = 33.8333: rounded apart it were 34. */
	    {100, 5, 100, 10, 30, 30, 1, "33.8"},
	    /* 1 x 10 / 40 + 2.5 % of 10 = 0.5. */
	    {1, 25, 10, 10, 40, 30, 0, "1"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct loss rule = {.has_round = true,
		    .days = rows[i].of,
		    .round = {rows[i].scale, DEC_HALF_UP}};
		struct dec fixed = {0}, metered = {0}, out = {0};

		dec_set_int(&fixed, rows[i].fixed, 0);
		dec_set_int(&metered, rows[i].metered, 0);
		dec_set_int(&rule.percent, rows[i].percent_tenths, 1);
		loss_kwh(&out, &rule, &fixed, rows[i].days, rows[i].month_days,
		    &metered);
		cr_expect_str_eq(
		    text(&out), rows[i].expected, "row %zu: %s", i, text(&out));
		dec_release(&out);
	}
}

Test(loss, goes_to_the_bands_by_their_energy_to_the_last_kwh)
{
	/* 203 by 5000, 700, 300 of 6000: 169.17, 23.68, 10.15; the kWh that is
	 * left goes to the largest remainder, the second. */
	struct loss rule = {
	    .has_round = true, .round = {0, DEC_HALF_UP}, .to_band = BAND_NONE};
	struct dec kwh = DEC_SMALL(203, 0), out[ENERGY_BANDS] = {0};
	struct dec of[ENERGY_BANDS] = {
	    DEC_SMALL(5000, 0), DEC_SMALL(7000, 1), DEC_SMALL(300, 0)};
	struct refusal refusal;

	cr_assert_eq(loss_split(out, &rule, &kwh, of, 7, &refusal), 0);
	cr_expect_str_eq(text(&out[0]), "169");
	cr_expect_str_eq(text(&out[1]), "24");
	cr_expect_str_eq(text(&out[2]), "10");
	rule.round.scale = 1;
	cr_assert_eq(loss_split(out, &rule, &kwh, of, 7, &refusal), 0);
	cr_expect_str_eq(text(&out[0]), "169.2");
	cr_expect_str_eq(text(&out[1]), "23.7");
	cr_expect_str_eq(text(&out[2]), "10.1");
}

Test(loss, goes_to_the_band_that_is_named)
{
	struct loss rule = {
	    .has_round = true, .round = {0, DEC_HALF_UP}, .to_band = 1};
	struct dec kwh = DEC_SMALL(203, 0), out[ENERGY_BANDS] = {0};
	struct dec of[ENERGY_BANDS] = {0};
	struct refusal refusal;

	cr_assert_eq(loss_split(out, &rule, &kwh, of, 3, &refusal), 0);
	cr_expect_str_eq(text(&out[1]), "203");
	cr_expect(dec_is_zero(&out[0]));
	rule.to_band = BAND_NONE;
	cr_expect_eq(loss_split(out, &rule, &kwh, of, 3, &refusal), 1);
	cr_expect_str_eq(refusal.reason, REASON_NO_BANDS);
	/* Nothing lost needs nobody to bear it. */
	dec_set_int(&kwh, 0, 0);
	cr_assert_eq(loss_split(out, &rule, &kwh, of, 3, &refusal), 0);
	cr_expect(dec_is_zero(&out[0]) && dec_is_zero(&out[1]));
}

Test(loss, is_as_exact_as_kwh_are_where_no_rounding_is_named)
{
	/* 100 / 3, of which one band has a third: 11.111111111. */
	struct loss rule = {.days = 3, .to_band = BAND_NONE};
	struct dec fixed = DEC_SMALL(100, 0), kwh = {0},
		   out[ENERGY_BANDS] = {0};
	struct dec of[ENERGY_BANDS] = {DEC_SMALL(1, 0), DEC_SMALL(2, 0)};
	struct refusal refusal;

	loss_kwh(&kwh, &rule, &fixed, 1, 30, &of[0]);
	cr_expect_str_eq(text(&kwh), "33.333333333");
	cr_assert_eq(loss_split(out, &rule, &kwh, of, 3, &refusal), 0);
	cr_expect_str_eq(text(&out[0]), "11.111111111");
	cr_expect_str_eq(text(&out[1]), "22.222222222");
}
