/* portion_test.c - energy cut where prices change and tiers end.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/zone.h"
#include "settle/portion.h"
#include "tariff_fixture.h"

#define HOUR INT64_C(3600)
#define DAY_BANDS                                         \
	"<bands><band id=\"day\" hours=\"06:00-18:00\"/>" \
	"<band id=\"night\" hours=\"18:00-06:00\"/></bands>\n"
#define TIERS_MAX 3

/* What portion_lines() is asked, about one charge of a document. */
struct asked {
	struct tariff *tariff;
	struct charge_scope scope;
	struct portions portions;
	struct portion_plan plan;
	struct dec edges[TIER_MAX], before[ENERGY_BANDS];
	struct dec prices[(TIERS_MAX + 1) * ENERGY_BANDS];
	struct band_prices by_band[TIERS_MAX + 1];
	struct charge_lines lines;
	struct refusal refusal;
};

static const struct contract anybody = {.contract = "C"};

static const struct zone *
zone(void)
{
	static struct zone *utc;
	struct qf_error err;

	if (utc == NULL) {
		cr_assert_eq(zone_load(&utc, "UTC", &err), 0);
	}
	return utc;
}

static void
ask(struct asked *asked, const char *text, bool even)
{
	struct tariff_version *version;
	size_t tiers;

	memset(asked, 0, sizeof(*asked));
	asked->tariff = fixture_tariff(text);
	version = &asked->tariff->versions[0];
	version->split = even ? SPLIT_EVEN : SPLIT_HOLD;
	asked->scope = (struct charge_scope){.contract = &anybody,
	    .version = version,
	    .charge = &version->charges[0],
	    .session = -1,
	    .money_scale = 2};
	asked->plan.who.contract = &anybody;
	tiers = version->charges[0].tiers == NULL
		    ? 0
		    : version->charges[0].tiers->count;
	cr_assert(tiers <= TIERS_MAX);
	for (size_t t = 0; t <= tiers; t++) {
		struct dec *own = &asked->prices[t * ENERGY_BANDS];
		struct price_for who = {.contract = &anybody};

		who.tier =
		    t == 0 ? NULL : &version->charges[0].tiers->list[t - 1];
		for (unsigned b = 0; b < version->band_count; b++) {
			cr_assert_eq(
			    price_of_band(&own[b], version,
				&version->charges[0], b, NULL, &who, NULL),
			    0);
		}
		asked->by_band[t] = (struct band_prices){own, 3};
	}
	asked->plan.by_band = asked->by_band;
	if (tiers > 0) {
		struct tier_scale scale = {.contract = &anybody, .days = 30};

		cr_assert_eq(tier_edges(asked->edges, version->charges[0].tiers,
				 &scale, &asked->refusal),
		    0);
		asked->plan.edges = asked->edges;
		asked->plan.before = asked->before;
	}
}

/* An hour of the day, of so many kWh, even in time where a second has a whole
 * number of thousandths. */
static void
hour(struct asked *asked, int at, unsigned band, int64_t kwh)
{
	struct dec energy = {0};

	dec_set_int(&energy, kwh, 0);
	portions_add(&asked->portions, at * HOUR, (at + 1) * HOUR, at / 24,
	    band, &energy);
}

/* The lines as "component band quantity exact; ..." */
static void
expect_lines(struct asked *asked, const char *expected)
{
	char text[1000] = "";
	size_t used = 0;

	cr_assert_eq(
	    portion_lines(&asked->lines, &asked->scope, &asked->portions,
		&asked->plan, zone(), &asked->refusal),
	    0, "%s", asked->refusal.detail);
	for (size_t i = 0; i < asked->lines.count; i++) {
		const struct charge_line *line = &asked->lines.lines[i];
		char kwh[DEC_TEXT_MAX], exact[DEC_TEXT_MAX];

		dec_format_trim(&line->quantity, kwh, sizeof(kwh));
		dec_format_trim(&line->exact, exact, sizeof(exact));
		used += (size_t)snprintf(text + used, sizeof(text) - used,
		    "%s%s %s %s %s", i == 0 ? "" : "; ",
		    line->tier == NULL ? line->charge->component
				       : line->tier->component,
		    line->band == BAND_NONE
			? "-"
			: line->version->bands[line->band].code,
		    kwh, exact);
	}
	cr_expect_str_eq(text, expected, "%s\nnot %s", text, expected);
	charge_lines_release(&asked->lines);
	portions_release(&asked->portions);
	tariff_free(asked->tariff);
}

#define TWO_TIERS(attributes)                                \
	"<tiers " attributes "><tier id=\"low\" to=\"10\"/>" \
	"<tier id=\"high\" adder=\"0.1\"/></tiers>"
#define BY_BAND                               \
	"<price band=\"day\" value=\"0.6\"/>" \
	"<price band=\"night\" value=\"0.3\"/>"

Test(portion, is_cut_where_a_tier_ends)
{
	struct asked asked;

	/* 7 were counted: 3 of the first 4 are low, then 1 and 2 are high. */
	ask(&asked,
	    TARIFF("", DAY_BANDS "<import>" BY_BAND TWO_TIERS("") "</import>"),
	    false);
	dec_set_int(&asked.before[0], 7, 0);
	hour(&asked, 5, 1, 2);
	hour(&asked, 6, 0, 4);
	hour(&asked, 7, 0, 2);
	expect_lines(&asked, "low day 1 0.6; low night 2 0.6; high day 5 3.5");
}

Test(portion, has_a_line_of_the_first_tier_for_a_band_without_energy)
{
	struct asked asked;

	ask(&asked,
	    TARIFF("", DAY_BANDS "<import>" BY_BAND TWO_TIERS("") "</import>"),
	    false);
	dec_set_int(&asked.before[0], 12, 0);
	hour(&asked, 5, 1, 0);
	hour(&asked, 6, 0, 4);
	expect_lines(&asked, "low night 0 0; high day 4 2.8");
}

Test(portion, is_counted_anew_each_day)
{
	struct asked asked;

	ask(&asked,
	    TARIFF("", DAY_BANDS
		"<import>" BY_BAND TWO_TIERS("per=\"day\"") "</import>"),
	    false);
	hour(&asked, 6, 0, 11);
	hour(&asked, 24 + 6, 0, 12);
	expect_lines(&asked, "low day 20 12; high day 3 2.1");
}

Test(portion, of_a_day_has_lines_of_its_own_where_the_tariff_says_so)
{
	struct asked asked;

	/* The month's count goes on: 10 until the second day. */
	ask(&asked,
	    TARIFF("", DAY_BANDS
		"<import lines=\"day\">" BY_BAND TWO_TIERS("") "</import>"),
	    false);
	hour(&asked, 6, 0, 8);
	hour(&asked, 24 + 6, 0, 12);
	expect_lines(&asked, "low day 8 4.8; low day 2 1.2; high day 10 7");
}

Test(portion, is_shared_by_the_bands_of_each_day)
{
	struct asked asked;

	/* Of 12 and 8, 6 and 4 are low; of 3 and 2 all is. */
	ask(&asked,
	    TARIFF("", DAY_BANDS "<import>" BY_BAND TWO_TIERS(
			   "per=\"day\" split=\"share\"") "</import>"),
	    false);
	hour(&asked, 5, 1, 8);
	hour(&asked, 6, 0, 12);
	hour(&asked, 24 + 5, 1, 2);
	hour(&asked, 24 + 6, 0, 3);
	expect_lines(&asked,
	    "low day 9 5.4; low night 6 1.8; high day 6 4.2; high night 4 "
	    "1.6");
}

Test(portion, is_outside_of_tiers_in_a_band_that_does_not_count)
{
	struct asked asked;

	ask(&asked,
	    TARIFF("", DAY_BANDS
		"<import>" BY_BAND TWO_TIERS("bands=\"day\"") "</import>"),
	    false);
	hour(&asked, 5, 1, 50);
	hour(&asked, 6, 0, 12);
	expect_lines(
	    &asked, "energy night 50 15; low day 10 6; high day 2 1.4");
}

/* 0.2 until 1:00, -0.1 until 2:30, 0.5 until 4:00, nothing after. */
static const struct price_step market[] = {
    {0, HOUR, DEC_SMALL(2, 1)},
    {HOUR, 5 * HOUR / 2, DEC_SMALL(-1, 1)},
    {5 * HOUR / 2, 4 * HOUR, DEC_SMALL(5, 1)},
};

/* Four hours of 1 kWh, even in time, and a condition on the market. */
static void
ask_market(struct asked *asked, struct portion_condition *condition, bool even)
{
	static struct energy_series series = {.scale = 0, .parts = 1};
	static struct energy_given given;
	struct cell cell[4];
	struct cells cells = {.cells = cell, .count = 4};
	struct dec one = DEC_SMALL(1, 0);

	ask(asked,
	    TARIFF("", DAY_BANDS
		"<export by-band=\"no\"><price value=\"0.4\"/>"
		"<when series=\"da\" below=\"0\" price=\"0\"/></export>"),
	    even);
	for (int i = 0; i < 4; i++) {
		cell[i] =
		    (struct cell){i * HOUR, (i + 1) * HOUR, i * HOUR, 0, 1, 1};
	}
	portions_add_cells(&asked->portions, &cells, &one);
	memset(&given, 0, sizeof(given));
	asked->scope.fines_of = &series;
	asked->scope.given = &given;
	*condition = (struct portion_condition){
	    &asked->scope.charge->conditions[0], market, 3};
	asked->plan.conditions = condition;
	asked->plan.condition_count = 1;
}

Test(portion, costs_what_a_condition_says_while_it_holds)
{
	struct portion_condition condition;
	struct asked asked;

	/* An hour at 0.4, one and a half at 0, one and a half at 0.4. */
	ask_market(&asked, &condition, true);
	expect_lines(&asked, "discharge - 4 1");
}

Test(portion, is_held_where_a_condition_changes_inside_an_interval)
{
	struct portion_condition condition;
	struct asked asked;

	ask_market(&asked, &condition, false);
	cr_expect_eq(portion_lines(&asked.lines, &asked.scope, &asked.portions,
			 &asked.plan, zone(), &asked.refusal),
	    1);
	cr_expect_str_eq(asked.refusal.reason, "edge-in-interval");
	charge_lines_release(&asked.lines);
	portions_release(&asked.portions);
	tariff_free(asked.tariff);
}

Test(portion, is_held_while_the_series_of_a_condition_says_nothing)
{
	struct portion_condition condition;
	struct asked asked;

	ask_market(&asked, &condition, true);
	condition.step_count = 2;
	cr_expect_eq(portion_lines(&asked.lines, &asked.scope, &asked.portions,
			 &asked.plan, zone(), &asked.refusal),
	    1);
	cr_expect_str_eq(asked.refusal.reason, "no-price");
	charge_lines_release(&asked.lines);
	portions_release(&asked.portions);
	tariff_free(asked.tariff);
}
