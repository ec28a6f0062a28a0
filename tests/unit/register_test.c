/* register_test.c - energy from what a register shows.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/register.h"

#include <criterion/criterion.h>
#include <string.h>

static void
parse(struct dec *out, const char *text)
{
	struct qf_error err;

	cr_assert_eq(dec_parse(out, text, strlen(text), &err), 0);
}

Test(register, counts_forward_and_over_its_end)
{
	static const struct {
		const char *start, *end;
		int digits;
		const char *expected; /* a number or a reason */
	} cases[] = {
	    {"1200.5", "1300.25", 6, "99.75"},
	    {"5", "5", 6, "0"},
	    /* 1,000,000 - 999,998.50 + 1.25 */
	    {"999998.50", "1.25", 6, "2.75"},
	    /* Exactly half its way round is still forward. */
	    {"500000", "0", 6, "500000"},
	    {"499999", "0", 6, "register-backwards"},
	    {"1300.25", "1200.5", 6, "register-backwards"},
	    {"1200", "1000000", 6, "value-range"},
	    {"-1", "5", 6, "value-range"},
	    {"99.9", "0.1", 2, "0.2"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct dec start = {0}, end = {0}, out = {0};
		struct refusal refusal;
		char text[DEC_TEXT_MAX];

		parse(&start, cases[i].start);
		parse(&end, cases[i].end);
		if (register_difference(
			&out, &start, &end, cases[i].digits, &refusal) == 1) {
			cr_expect_str_eq(
			    refusal.reason, cases[i].expected, "case %zu", i);
			continue;
		}
		dec_format_trim(&out, text, sizeof(text));
		cr_expect_str_eq(text, cases[i].expected, "case %zu", i);
	}
}

Test(register, reads_the_digits_of_a_meter)
{
	static const struct {
		const char *text;
		int digits; /* 0: refused */
	} cases[] = {{"6.2", 6}, {"6", 6}, {"6.10", 6}, {"12.3", 12},
	    {"13.2", 0}, {"0.2", 0}, {"", 0}, {"6.2x", 0}, {"six", 0},
	    {"111.2", 0}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int digits = 0;
		int rc = register_digits(&digits, cases[i].text);

		cr_expect_eq(
		    rc, cases[i].digits == 0 ? -1 : 0, "%s", cases[i].text);
		cr_expect_eq(digits, cases[i].digits, "%s", cases[i].text);
	}
}

Test(register, tells_by_how_much_bands_miss_the_total)
{
	struct dec total = DEC_SMALL(1000, 1);
	struct dec bands[] = {
	    DEC_SMALL(50, 0), DEC_SMALL(3025, 2), DEC_SMALL(1975, 2)};
	struct refusal refusal;

	cr_expect_eq(register_tie(&total, bands, 3, "import", &refusal), 0);
	bands[0].small = 49;
	cr_expect_eq(register_tie(&total, bands, 3, "import", &refusal), 1);
	cr_expect_str_eq(refusal.reason, "register-bands");
	cr_expect_str_eq(refusal.detail, "import: total minus bands is 1 kWh");
}
