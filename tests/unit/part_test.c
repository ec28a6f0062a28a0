/* part_test.c - parts of the energy, and two channels against each other.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <string.h>

#include "settle/part.h"

static void
set(struct dec *out, const char *text)
{
	struct qf_error err;

	cr_assert_eq(dec_parse(out, text, strlen(text), &err), 0, "%s", text);
}

static void
expect(const struct dec *number, const char *expected, const char *what)
{
	char text[DEC_TEXT_MAX];

	dec_format_trim(number, text, sizeof(text));
	cr_expect_str_eq(
	    text, expected, "%s: %s, not %s", what, text, expected);
}

#define PARTS 3

struct asked {
	enum part_kind kind;
	const char *value;
};

/* Each of three parts of 600.5 and 299.5 kWh, and that they are all of it. */
static void
expect_parts(
    const struct asked asked[PARTS], const char *const expected[PARTS][2])
{
	struct part_asked parts[PARTS] = {{0}};
	struct dec kwh[ENERGY_BANDS] = {{0}}, all[2] = {{0}};
	struct refusal refusal;

	set(&kwh[0], "600.5");
	set(&kwh[1], "299.5");
	for (size_t i = 0; i < PARTS; i++) {
		parts[i].kind = asked[i].kind;
		set(&parts[i].value, asked[i].value);
	}
	for (size_t i = 0; i < PARTS; i++) {
		struct dec out[ENERGY_BANDS] = {{0}};

		cr_assert_eq(part_kwh(out, kwh, parts, PARTS, i, &refusal), 0);
		for (size_t b = 0; b < 2; b++) {
			expect(&out[b], expected[i][b], "part");
			dec_add(&all[b], &all[b], &out[b]);
		}
	}
	expect(&all[0], "600.5", "all of the first band");
	expect(&all[1], "299.5", "all of the second");
}

Test(part, is_a_percentage_of_every_band)
{
	const struct asked asked[PARTS] = {
	    {PART_PERCENT, "30"}, {PART_PERCENT, "12.5"}, {PART_REST, "0"}};
	/* 600.5 x 0.3 = 180.15; x 0.125 = 75.0625; x 0.575 = 345.2875. */
	static const char *const expected[PARTS][2] = {{"180.15", "89.85"},
	    {"75.0625", "37.4375"}, {"345.2875", "172.2125"}};

	expect_parts(asked, expected);
}

Test(part, is_so_many_kwh_from_bands_by_what_they_have)
{
	const struct asked asked[PARTS] = {
	    {PART_KWH, "90"}, {PART_PERCENT, "10"}, {PART_REST, "0"}};
	/* 10 % first: 60.05 and 29.95, which leave 540.45 and 269.55 of 810;
	 * 90 of them is a ninth: 60.05 and 29.95. */
	static const char *const expected[PARTS][2] = {
	    {"60.05", "29.95"}, {"60.05", "29.95"}, {"480.4", "239.6"}};

	expect_parts(asked, expected);
}

Test(part, of_kwh_is_what_there_is_where_there_is_less)
{
	const struct asked asked[PARTS] = {
	    {PART_KWH, "450"}, {PART_KWH, "500"}, {PART_REST, "0"}};
	static const char *const expected[PARTS][2] = {
	    {"300.25", "149.75"}, {"300.25", "149.75"}, {"0", "0"}};

	expect_parts(asked, expected);
}

Test(part, falls_to_the_ninth_decimal_by_largest_remainder)
{
	const struct asked asked[PARTS] = {
	    {PART_KWH, "100"}, {PART_PERCENT, "0"}, {PART_REST, "0"}};
	/* 100 x 600.5 / 900 = 66.722222222|2, 100 x 299.5 / 900 =
	 * 33.277777777|7: the last unit goes to the second. */
	static const char *const expected[PARTS][2] = {
	    {"66.722222222", "33.277777778"}, {"0", "0"},
	    {"533.777777778", "266.222222222"}};

	expect_parts(asked, expected);
}

Test(part, is_refused_where_percentages_are_too_many)
{
	struct part_asked parts[2] = {
	    {.kind = PART_PERCENT, .value = DEC_SMALL(60, 0)},
	    {.kind = PART_PERCENT, .value = DEC_SMALL(41, 0)}};
	struct dec kwh[ENERGY_BANDS] = {DEC_SMALL(1, 0)};
	struct dec out[ENERGY_BANDS] = {{0}};
	struct refusal refusal;

	cr_expect_eq(part_kwh(out, kwh, parts, 2, 0, &refusal), 1);
	cr_expect_str_eq(refusal.reason, "parts");
}

Test(part, is_a_share_where_no_kwh_are_taken)
{
	struct part_asked parts[PARTS] = {
	    {.kind = PART_PERCENT, .value = DEC_SMALL(305, 1)},
	    {.kind = PART_REST}, {.kind = PART_KWH, .value = DEC_SMALL(5, 0)}};
	struct dec share = {0};

	cr_expect(part_share(&share, parts, 2, 0));
	expect(&share, "0.305", "30.5 percent");
	cr_expect(part_share(&share, parts, 2, 1));
	expect(&share, "0.695", "the rest");
	cr_expect(part_share(&share, parts, 3, 0));
	cr_expect(!part_share(&share, parts, 3, 1));
	cr_expect(!part_share(&share, parts, 3, 2));
}

Test(part, of_a_month_falls_on_its_days)
{
	/* 500 kWh in a month of 31 days: 10 days have 161.290322581, the other
	 * 21 what is left of 500. */
	struct dec kwh = DEC_SMALL(500, 0), out = {0};

	part_of_month(&out, &kwh, 0, 10, 31);
	expect(&out, "161.290322581", "ten days");
	part_of_month(&out, &kwh, 10, 31, 31);
	expect(&out, "338.709677419", "the others");
	part_of_month(&out, &kwh, 0, 31, 31);
	expect(&out, "500", "a month");
}

Test(part, sets_one_channel_against_the_other)
{
	const struct {
		const char *own, *other, *net, *net_signed, *smaller;
	} rows[] = {
	    {"5", "3", "2", "2", "3"},
	    {"3", "5", "0", "-2", "3"},
	    {"4.5", "4.50", "0", "0", "4.5"},
	    {"0", "1", "0", "-1", "0"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dec own = {0}, other = {0}, out = {0};

		set(&own, rows[i].own);
		set(&other, rows[i].other);
		part_quantity(&out, OF_CHANNEL, &own, &other);
		expect(&out, rows[i].own, "as metered");
		part_quantity(&out, OF_NET, &own, &other);
		expect(&out, rows[i].net, "net");
		part_quantity(&out, OF_NET_SIGNED, &own, &other);
		expect(&out, rows[i].net_signed, "net, signed");
		part_quantity(&out, OF_SMALLER, &own, &other);
		expect(&out, rows[i].smaller, "the smaller");
	}
}
