/* tier_test.c - energy in tiers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "settle/tier.h"

#define TIERS 3

/* Zhejiang's residents: to 2760 and to 4800 kWh a year, and above. */
static struct tier list[TIERS] = {
    {.component = "one", .has_to = true, .to = DEC_SMALL(2760, 0)},
    {.component = "two", .has_to = true, .to = DEC_SMALL(4800, 0)},
    {.component = "three"},
};
static struct tiers zhejiang = {
    .per = COUNT_YEAR, .list = list, .count = TIERS};
static const struct contract anybody = {
    .contract = "C", .options = "kva=400 basic=180 odd=x low=10"};

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

static void
edges_of(struct dec edges[TIER_MAX], const struct tiers *tiers)
{
	struct tier_scale scale = {.contract = &anybody, .days = 30};
	struct refusal refusal;

	cr_assert_eq(tier_edges(edges, tiers, &scale, &refusal), 0, "%s",
	    refusal.detail);
}

Test(tier, takes_what_fits_up_to_its_end_and_no_more)
{
	const struct {
		const char *before, *left;
		size_t tier;
		const char *part, *rest, *after;
	} rows[] = {
	    {"0", "100", 0, "100", "0", "100"},
	    {"0", "2760", 0, "2760", "0", "2760"},
	    {"2760", "1", 1, "1", "0", "2761"},
	    {"2700.5", "100", 0, "59.5", "40.5", "2760"},
	    {"2759.999", "0.002", 0, "0.001", "0.001", "2760"},
	    {"4799", "5", 1, "1", "4", "4800"},
	    {"4800", "1000", 2, "1000", "0", "5800"},
	    {"9000", "1", 2, "1", "0", "9001"},
	};
	struct dec edges[TIER_MAX] = {{0}};

	edges_of(edges, &zhejiang);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dec before = {0}, left = {0}, part = {0};

		set(&before, rows[i].before);
		set(&left, rows[i].left);
		cr_expect_eq(tier_take(&part, &left, &before, edges, TIERS),
		    rows[i].tier, "row %zu", i);
		expect(&part, rows[i].part, "part");
		expect(&left, rows[i].rest, "rest");
		expect(&before, rows[i].after, "after");
	}
}

Test(tier, ends_where_options_days_and_capacity_say)
{
	static struct tier tiers_list[] = {
	    {.component = "a", .has_to = true, .to_option = "basic"},
	    {.component = "b",
		.has_to = true,
		.to = DEC_SMALL(8, 0),
		.unit = TIER_A_DAY},
	    {.component = "c",
		.has_to = true,
		.to = DEC_SMALL(13, 0),
		.unit = TIER_A_KW},
	    {.component = "d",
		.has_to = true,
		.to = DEC_SMALL(25, 1),
		.unit = TIER_A_KVA},
	    {.component = "e"},
	};
	struct tiers tiers = {.list = tiers_list, .count = 5};
	struct dec edges[TIER_MAX] = {{0}}, kw = DEC_SMALL(205, 1);
	struct tier_scale scale = {
	    .contract = &anybody, .days = 31, .demand_kw = &kw};
	struct refusal refusal;

	cr_assert_eq(tier_edges(edges, &tiers, &scale, &refusal), 0);
	expect(&edges[0], "180", "the option");
	expect(&edges[1], "248", "8 kWh a day of a month of 31");
	expect(&edges[2], "266.5", "13 kWh for each of 20.5 kW");
	expect(&edges[3], "1000", "2.5 kWh for each of 400 kVA");
	scale.demand_kw = NULL;
	cr_expect_eq(tier_edges(edges, &tiers, &scale, &refusal), 1);
	cr_expect_str_eq(refusal.reason, "no-demand");
}

Test(tier, ends_no_later_than_one_that_is_of_kw)
{
	static struct tier blocks[] = {
	    {.component = "a", .has_to = true, .to = DEC_SMALL(3000, 0)},
	    {.component = "b", .has_to = true, .to = DEC_SMALL(10000, 0)},
	    {.component = "c", .has_to = true, .to = DEC_SMALL(200000, 0)},
	    {.component = "d",
		.has_to = true,
		.to = DEC_SMALL(200, 0),
		.unit = TIER_A_KW},
	    {.component = "e",
		.has_to = true,
		.to = DEC_SMALL(400, 0),
		.unit = TIER_A_KW},
	    {.component = "f"},
	};
	struct tiers tiers = {.list = blocks, .count = 6};
	struct dec edges[TIER_MAX] = {{0}}, kw = DEC_SMALL(40, 0);
	struct tier_scale scale = {
	    .contract = &anybody, .days = 31, .demand_kw = &kw};
	struct refusal refusal;

	cr_assert_eq(tier_edges(edges, &tiers, &scale, &refusal), 0);
	expect(&edges[0], "3000", "before 200 kWh a kW");
	expect(&edges[1], "8000", "200 kWh a kW are less");
	expect(&edges[2], "8000", "so this one has nothing");
	expect(&edges[3], "8000", "nor has this");
	expect(&edges[4], "16000", "400 kWh a kW");
}

Test(tier, is_refused_where_an_option_says_no_end)
{
	const char *const options[] = {"nothing", "odd", "low"};

	for (size_t i = 0; i < 3; i++) {
		struct tier two[] = {
		    {.component = "a", .has_to = true, .to = DEC_SMALL(20, 0)},
		    {.component = "b", .has_to = true},
		    {.component = "c"},
		};
		struct tiers tiers = {.list = two, .count = 3};
		struct tier_scale scale = {.contract = &anybody, .days = 30};
		struct dec edges[TIER_MAX] = {{0}};
		struct refusal refusal;

		snprintf(two[1].to_option, sizeof(two[1].to_option), "%s",
		    options[i]);
		cr_expect_eq(tier_edges(edges, &tiers, &scale, &refusal), 1);
		cr_expect_str_eq(refusal.reason, "bad-option");
	}
}

/* Parts of bands 0 and 1 by the split, from `before` on, as texts. */
static void
expect_parts(struct tiers *tiers, const char *before, const char *zero,
    const char *one, const char *const expected[TIERS][2])
{
	struct dec parts[TIERS * ENERGY_BANDS] = {{0}};
	struct dec edges[TIER_MAX] = {{0}};
	struct dec kwh[ENERGY_BANDS] = {{0}}, count[ENERGY_BANDS] = {{0}};
	struct refusal refusal;

	edges_of(edges, tiers);
	set(&count[0], before);
	set(&kwh[0], zero);
	set(&kwh[1], one);
	cr_assert_eq(tier_allot(parts, tiers, edges, count, kwh, &refusal), 0);
	for (size_t t = 0; t < TIERS; t++) {
		for (size_t b = 0; b < 2; b++) {
			char what[40];

			snprintf(what, sizeof(what), "tier %zu band %zu", t, b);
			expect(
			    &parts[t * ENERGY_BANDS + b], expected[t][b], what);
		}
	}
}

Test(tier, takes_of_every_band_by_its_share)
{
	static const char *const one[TIERS][2] = {
	    {"300", "100"}, {"0", "0"}, {"0", "0"}};
	/* 100 of 400 are left in the first: 75 and 25. */
	static const char *const crossing[TIERS][2] = {
	    {"75", "25"}, {"225", "75"}, {"0", "0"}};
	/* 60 + 2040 + 900 of 1000 and 2000: thirds go to the ninth decimal by
	 * largest remainder: 60 = 20 + 40; 2040 of 980 and 1960 = 680 + 1360;
	 * what is left is 300 + 600. */
	static const char *const all[TIERS][2] = {
	    {"20", "40"}, {"680", "1360"}, {"300", "600"}};
	/* 10 of 1 and 2 parts in 30: 10/3 and 20/3; the larger remainder, .666
	 * of 20/3, has the last unit. */
	static const char *const thirds[TIERS][2] = {
	    {"3.333333333", "6.666666667"}, {"6.666666667", "13.333333333"},
	    {"0", "0"}};
	struct tiers tiers = zhejiang;

	tiers.split = TIER_BY_SHARE;
	expect_parts(&tiers, "0", "300", "100", one);
	expect_parts(&tiers, "2660", "300", "100", crossing);
	expect_parts(&tiers, "2700", "1000", "2000", all);
	expect_parts(&tiers, "2750", "10", "20", thirds);
}

Test(tier, takes_band_after_band_in_the_order_given)
{
	static const char *const expected[TIERS][2] = {
	    {"0", "100"}, {"300", "50"}, {"0", "0"}};
	struct tiers tiers = zhejiang;

	tiers.split = TIER_BY_ORDER;
	tiers.order[0] = 1;
	tiers.order[1] = 0;
	tiers.order_count = 2;
	expect_parts(&tiers, "2660", "300", "150", expected);
}

Test(tier, counts_each_band_for_itself)
{
	static const char *const expected[TIERS][2] = {
	    {"100", "150"}, {"200", "0"}, {"0", "0"}};
	struct tiers tiers = zhejiang;

	tiers.each_band = true;
	expect_parts(&tiers, "2660", "300", "150", expected);
}

Test(tier, leaves_bands_alone_that_do_not_count)
{
	static const char *const expected[TIERS][2] = {
	    {"0", "100"}, {"0", "50"}, {"0", "0"}};
	struct tiers tiers = zhejiang;

	tiers.bands = 1U << 1;
	tiers.split = TIER_BY_SHARE;
	expect_parts(&tiers, "2660", "300", "150", expected);
	cr_expect(!tier_counts(&tiers, 0));
	cr_expect(tier_counts(&tiers, 1));
	cr_expect(!tier_counts(&tiers, TARIFF_BANDS_MAX));
}

Test(tier, is_one_where_no_end_lies_inside)
{
	const struct {
		const char *before, *zero, *one;
		bool each, is_one;
	} rows[] = {
	    {"0", "2000", "760", false, true},
	    {"0", "2000", "760.001", false, false},
	    {"0", "2000", "760.001", true, true},
	    {"2760", "1000", "1040", false, true},
	    {"4800", "9000", "9000", false, true},
	};
	struct dec edges[TIER_MAX] = {{0}};

	edges_of(edges, &zhejiang);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dec kwh[ENERGY_BANDS] = {{0}};
		struct dec before[ENERGY_BANDS] = {{0}};
		struct tiers tiers = zhejiang;

		tiers.each_band = rows[i].each;
		set(&before[0], rows[i].before);
		set(&kwh[0], rows[i].zero);
		set(&kwh[1], rows[i].one);
		cr_expect_eq(tier_is_one(&tiers, edges, before, kwh),
		    rows[i].is_one, "row %zu", i);
	}
}
