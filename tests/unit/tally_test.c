/* tally_test.c - summing lines up by key, against sums worked by hand.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "base/status.h"
#include "settle/tally.h"

static struct line
line_of(const char *payer, const char *band, const char *quantity,
    const char *price, int64_t gross_minor)
{
	return (struct line){.line_no = 1,
	    .contract = "C1",
	    .leg = "supply",
	    .point = "P1",
	    .payer = payer,
	    .payee = "grid",
	    .account = "A",
	    .month = 202502,
	    .subject = "energy",
	    .component = "energy",
	    .band = band,
	    .channel = "import",
	    .quantity = quantity,
	    .unit = "kwh",
	    .price = price,
	    .has_amount = true,
	    .net_minor = gross_minor - 1,
	    .tax_minor = 1,
	    .gross_minor = gross_minor,
	    .counts_energy = true};
}

Test(tally, adds_exactly_and_orders_by_key)
{
	const struct line lines[] = {
	    line_of("b", "peak", "0.1", "0.5", 100),
	    line_of("a", "valley", "12345678901234567890.5", "0.3", 7),
	    line_of("b", "peak", "0.25", "0.5", -30),
	    line_of("a", NULL, "3", "0.3", 5),
	    line_of("b", "peak", "-0.05", "0.6", 1),
	    line_of("a", "valley", "0.5", "0.3", 8),
	};
	struct tally *tally = tally_new(100);
	struct transfer out;
	struct qf_error err;

	for (size_t i = 0; i < 6; i++) {
		cr_assert_eq(tally_add_line(tally, &lines[i], &err), 1);
	}
	cr_assert_eq(tally_count(tally), 3);
	tally_sort(tally);
	tally_get(tally, 0, &out);
	cr_expect_str_eq(out.key.payer, "a");
	cr_expect_str_eq(out.key.band, "");
	tally_get(tally, 1, &out);
	cr_expect_str_eq(out.key.band, "valley");
	cr_expect_str_eq(out.change.quantity, "12345678901234567891");
	cr_expect_str_eq(out.price, "0.3");
	cr_expect_eq(out.change.gross_minor, 15);
	tally_get(tally, 2, &out);
	cr_expect_str_eq(out.key.payer, "b");
	cr_expect_eq(out.key.month, 202502);
	cr_expect_str_eq(out.change.quantity, "0.3");
	cr_expect_eq(out.change.gross_minor, 71);
	cr_expect_eq(out.change.net_minor, 68);
	cr_expect_eq(out.change.tax_minor, 3);
	/* Two prices: none holds for the whole key. */
	cr_expect_null(out.price);
	tally_free(tally);
}

Test(tally, says_when_it_is_full_and_goes_on_when_cleared)
{
	struct tally *tally = tally_new(500);
	struct qf_error err;
	char payer[16];

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 1000; i++) {
			struct line line;

			snprintf(payer, sizeof(payer), "p%d", i % 500);
			line = line_of(payer, "peak", "1", "1", 1);
			cr_assert_eq(tally_add_line(tally, &line, &err), 1);
		}
		cr_assert_eq(tally_count(tally), 500);
		for (int i = 0; i < 3; i++) {
			const struct line more =
			    line_of("q", "peak", "1", "1", 1);

			cr_assert_eq(tally_add_line(tally, &more, &err), 0);
		}
		tally_sort(tally);
		for (size_t i = 0; i < 500; i++) {
			struct transfer out;

			tally_get(tally, i, &out);
			cr_assert_eq(out.change.gross_minor, 2);
		}
		tally_clear(tally);
		cr_assert_eq(tally_count(tally), 0);
	}
	tally_free(tally);
}

Test(tally, refuses_two_units_and_sums_too_large)
{
	struct line kwh = line_of("a", "peak", "1", "1", INT64_MAX);
	struct line day = kwh, more = kwh;
	struct tally *tally = tally_new(10);
	struct qf_error err;

	kwh.net_minor = 0;
	kwh.tax_minor = 0;
	day.unit = "day";
	cr_assert_eq(tally_add_line(tally, &kwh, &err), 1);
	cr_assert_eq(tally_add_line(tally, &day, &err), -1);
	cr_expect_str_eq(err.code, "post-unit");
	more.gross_minor = 1;
	more.net_minor = 0;
	cr_assert_eq(tally_add_line(tally, &more, &err), -1);
	cr_expect_str_eq(err.code, "post-range");
	cr_expect_eq(err.status, QF_DATA);
	tally_free(tally);
}
