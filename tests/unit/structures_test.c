/* structures_test.c - tiers, demand, power factor and the other structures of
 * a tariff: in structs what the document says, and what is wrong with wrong
 * ones.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tariff_fixture.h"

#include "rules/whom.h"

#define BANDS                                                  \
	"<bands><band id=\"valley\" hours=\"00:00-08:00\"/>\n" \
	"<band id=\"flat\" hours=\"08:00-18:00\"/>\n"          \
	"<band id=\"peak\" hours=\"18:00-24:00\"/></bands>\n"

/* Whether a number is the one of the text. */
#define expect_dec(dec, text)                                      \
	do {                                                       \
		char expect_text[DEC_TEXT_MAX];                    \
		dec_format(dec, expect_text, sizeof(expect_text)); \
		cr_expect_str_eq(expect_text, text);               \
	} while (0)

Test(structures, of_tiers_are_in_structs)
{
	struct tariff *tariff = fixture_tariff(TARIFF("", BANDS
	    "<import table=\"t\" item=\"list\">"
	    "<tiers per=\"year\" year-from=\"7\" bands=\"peak valley\" "
	    "split=\"order\" order=\"valley peak\">"
	    "<tier to=\"2760\"/>"
	    "<tier id=\"second\" to=\"4800\" unit=\"day\" adder=\"0.05\"/>"
	    "<tier option=\"third\" unit=\"kva\"><price band=\"peak\" "
	    "value=\"1\"/><adder band=\"peak\" value=\"0.1\"/></tier>"
	    "<tier price=\"2\"/></tiers></import>"
	    "<charge id=\"other\" leg=\"supply\" per=\"kwh\" "
	    "channel=\"import\"><tiers per=\"day\" each=\"band\" "
	    "split=\"share\"><tier to=\"1.5\" price=\"0\"/>"
	    "<tier price=\"1\"/></tiers></charge>"));
	const struct charge *c = tariff->versions[0].charges;
	const struct tiers *t = c[0].tiers;

	cr_assert_not_null(t);
	cr_expect_eq(t->per, COUNT_YEAR);
	cr_expect_eq(t->year_start_month, 7);
	cr_expect_eq(t->bands, 1u << 2 | 1u << 0);
	cr_expect_not(t->each_band);
	cr_expect_eq(t->split, TIER_BY_ORDER);
	cr_assert_eq(t->order_count, 2);
	cr_expect_eq(t->order[0], 0);
	cr_expect_eq(t->order[1], 2);
	cr_assert_eq(t->count, 4);
	cr_expect_str_eq(t->list[0].component, "energy-tier-1");
	cr_expect(t->list[0].has_to);
	expect_dec(&t->list[0].to, "2760");
	cr_expect_eq(t->list[0].unit, TIER_TOTAL);
	cr_expect_str_eq(t->list[1].component, "second");
	cr_expect_eq(t->list[1].unit, TIER_A_DAY);
	cr_assert_eq(t->list[1].adder_count, 1);
	cr_expect_eq(t->list[1].adders[0].band, BAND_NONE);
	expect_dec(&t->list[1].adders[0].price, "0.05");
	cr_expect_str_eq(t->list[2].to_option, "third");
	cr_expect_eq(t->list[2].unit, TIER_A_KVA);
	cr_expect_eq(t->list[2].prices[0].band, 2);
	cr_expect_eq(t->list[2].adder_count, 1);
	cr_expect_not(t->list[3].has_to);
	expect_dec(&t->list[3].prices[0].price, "2");
	cr_expect(c[0].by_band);
	cr_expect(c[1].tiers->each_band);
	cr_expect_eq(c[1].tiers->split, TIER_BY_SHARE);
	cr_expect_eq(c[1].tiers->per, COUNT_DAY);
	cr_expect_eq(c[1].form, PRICE_FIXED);
	tariff_free(tariff);
}

Test(structures, of_tiers_stay_with_the_charge_that_has_them)
{
	struct tariff *tariff = fixture_tariff(TARIFF("",
	    BANDS "<import by-band=\"yes\"><price value=\"1\"/>"
		  "<tiers each=\"band\"><tier to=\"10\" adder=\"1\"/><tier/>"
		  "</tiers></import>"
		  "<service same-as=\"import\" by-band=\"no\"/>"
		  "<export same-as=\"import\"/>"));
	const struct charge *c = tariff->versions[0].charges;

	cr_expect(c[0].by_band);
	cr_expect_not(c[1].by_band);
	cr_expect_not(c[2].by_band);
	tariff_free(tariff);
}

Test(structures, of_which_energy_are_in_structs)
{
	struct tariff *tariff = fixture_tariff(TARIFF("", BANDS
	    "<import for-class=\"ci ag\" for-type=\"two-part\" "
	    "for-voltage=\"1-10kV\" for-option=\"kva=400\" "
	    "quantity=\"net-signed\" over=\"month\" table=\"t\">"
	    "<component id=\"fund\"/><component id=\"e\" floats=\"yes\"/>"
	    "<ratio band=\"peak\" of=\"flat\" percent=\"+80\" "
	    "for-type=\"two-part\"/>"
	    "<ratio band=\"peak\" of=\"flat\" percent=\"+60\"/>"
	    "<ratio band=\"valley\" of=\"flat\" factor=\"0.5\"/>"
	    "<exempt component=\"fund\" for-class=\"ag\" from=\"2024-01-01\" "
	    "to=\"2025-01-01\" source=\"s\"/><exempt for-option=\"kva\"/>"
	    "<when series=\"spot\" below=\"0\" price=\"0\"/>"
	    "<when series=\"spot\" at-least=\"500\" price=\"1.5\"/>"
	    "<part option=\"percent-of\" of=\"percent\"/></import>"
	    "<charge id=\"fixed\" leg=\"supply\" per=\"kwh\" "
	    "channel=\"import\" quantity=\"smaller\"><price value=\"1\"/>"
	    "<part kwh=\"100\"/></charge>"
	    "<charge id=\"rest\" leg=\"supply\" per=\"kwh\" "
	    "channel=\"import\"><price value=\"1\"/>"
	    "<part rest=\"yes\"/></charge>"
	    "<charge id=\"loss\" leg=\"supply\" per=\"kwh\" "
	    "channel=\"import\" same-as=\"fixed\"><loss kwh=\"304\" "
	    "days=\"30\" percent=\"0.5\" round=\"0 half-up\" "
	    "band=\"flat\"/></charge>"));
	const struct charge *c = tariff->versions[0].charges;

	cr_expect_eq(c[0].whom.class_count, 2);
	cr_expect_str_eq(c[0].whom.classes[1], "ag");
	cr_expect_str_eq(c[0].whom.types[0], "two-part");
	cr_expect_str_eq(c[0].whom.voltages[0], "1-10kV");
	cr_expect_str_eq(c[0].whom.option, "kva=400");
	cr_expect_eq(c[0].of_energy, OF_NET_SIGNED);
	cr_expect_eq(c[0].over, OVER_MONTH);
	cr_expect_eq(c[0].ratio_count, 3);
	cr_expect_str_eq(c[0].ratios[0].whom.types[0], "two-part");
	cr_assert_eq(c[0].exemption_count, 2);
	cr_expect_str_eq(c[0].exemptions[0].item, "fund");
	cr_expect_eq(c[0].exemptions[0].to_day, fixture_day("2025-01-01"));
	cr_expect_str_eq(c[0].exemptions[0].source, "s");
	cr_expect_eq(c[0].exemptions[1].from_day, INT32_MIN);
	cr_expect_str_eq(c[0].exemptions[1].whom.option, "kva");
	cr_assert_eq(c[0].condition_count, 2);
	cr_expect(c[0].conditions[0].below && !c[0].conditions[1].below);
	expect_dec(&c[0].conditions[1].limit, "500");
	expect_dec(&c[0].conditions[1].price, "1.5");
	cr_expect_eq(c[0].part->kind, PART_PERCENT);
	cr_expect_str_eq(c[0].part->option, "percent-of");
	cr_expect_eq(c[1].of_energy, OF_SMALLER);
	cr_expect_eq(c[1].part->kind, PART_KWH);
	expect_dec(&c[1].part->value, "100");
	cr_expect_eq(c[2].part->kind, PART_REST);
	expect_dec(&c[3].loss->fixed_kwh, "304");
	cr_expect_eq(c[3].loss->days, 30);
	expect_dec(&c[3].loss->percent, "0.5");
	cr_expect(c[3].loss->has_round);
	cr_expect_eq(c[3].loss->to_band, 1);
	tariff_free(tariff);
}

Test(structures, of_a_month_are_in_structs)
{
	struct tariff *tariff = fixture_tariff(TARIFF("",
	    BANDS "<limit id=\"floor\" of=\"import power-factor\" least=\"10\" "
		  "most=\"99\" per=\"day\"/>"
		  "<import><price value=\"1\"/></import>"
		  "<charge id=\"basic\" leg=\"supply\" per=\"kw\" "
		  "share=\"thirtieths\"><price value=\"35.2\"/>"
		  "<demand window=\"15\" sliding=\"yes\" bands=\"peak flat\" "
		  "ratchet=\"0.8\" ratchet-months=\"11\" ratchet-of=\"7-8\" "
		  "agreed=\"kw\" least=\"0.4\" over=\"1.05\" times=\"2\" "
		  "round=\"0 half-up\" discount=\"0.9\" discount-from=\"260\"/>"
		  "</charge>"
		  "<charge id=\"kva\" leg=\"supply\" per=\"kva\"><price "
		  "value=\"22\"/></charge>"
		  "<power-factor standard=\"0.90\" of=\"energy basic\" "
		  "without=\"fund\" export=\"yes\" for-class=\"ci\">"
		  "<range from=\"0\" to=\"0.89\" percent=\"0.5\" at=\"0.89\" "
		  "each=\"0.5\"/><range from=\"0.9\" to=\"1\" percent=\"0\"/>"
		  "</power-factor>"));
	const struct charge *c = tariff->versions[0].charges;
	const struct demand *d = c[2].demand;
	const struct power_factor *f = c[4].power_factor;

	cr_expect_eq(c[0].per, PER_LIMIT);
	cr_expect_str_eq(c[0].leg, "supply");
	cr_expect_str_eq(c[0].subject, "floor");
	cr_expect_eq(c[0].limit->per, LIMIT_DAY);
	cr_assert_eq(c[0].limit->of_count, 2);
	cr_expect_eq(c[0].limit->of[0], 1);
	cr_expect_eq(c[0].limit->of[1], 4);
	cr_expect(c[0].limit->has_least && c[0].limit->has_most);
	expect_dec(&c[0].limit->most, "99");
	cr_expect_eq(c[2].per, PER_KW);
	cr_expect_eq(c[2].share, SHARE_THIRTIETHS);
	cr_expect_eq(d->window_minutes, 15);
	cr_expect(d->sliding && d->has_least && d->has_over && d->has_round);
	cr_expect_eq(d->bands, 6);
	cr_expect_eq(d->ratchet_months, 11);
	expect_dec(&d->ratchet_factor, "0.8");
	cr_expect_eq(d->ratchet_of_months, 1u << 7 | 1u << 8);
	cr_expect_str_eq(d->agreed_option, "kw");
	expect_dec(&d->agreed_least, "0.4");
	expect_dec(&d->agreed_over, "1.05");
	expect_dec(&d->over_times, "2");
	cr_expect(d->has_discount);
	expect_dec(&d->discount_factor, "0.9");
	expect_dec(&d->discount_kwh_per_kva, "260");
	cr_expect_eq(c[3].per, PER_KVA);
	cr_expect_eq(c[4].per, PER_POWER_FACTOR);
	cr_expect_str_eq(c[4].component, "power-factor");
	cr_expect_str_eq(c[4].leg, "supply");
	cr_expect_str_eq(c[4].whom.classes[0], "ci");
	cr_expect_eq(f->of_count, 2);
	cr_expect_eq(f->of[1], 2);
	cr_expect_str_eq(f->without[0], "fund");
	cr_expect(f->export_counts);
	cr_expect_eq(f->round.scale, 2);
	cr_assert_eq(f->range_count, 2);
	expect_dec(&f->ranges[0].at, "0.89");
	expect_dec(&f->ranges[1].at, "0.9");
	tariff_free(tariff);
}

Test(structures, are_for_those_whom_they_name)
{
	static const struct {
		const char *words; /* of the charge */
		bool fits;
	} cases[] = {
	    {"", true},
	    {"for-class=\"ag ci\"", true},
	    {"for-class=\"ag\"", false},
	    {"for-class=\"ci\" for-type=\"single\"", false},
	    {"for-class=\"ci\" for-type=\"single two-part\"", true},
	    {"for-voltage=\"35kV\"", false},
	    {"for-option=\"kva\"", true},
	    {"for-option=\"kv\"", false},
	    {"for-option=\"kva=315\"", true},
	    {"for-option=\"kva=31\"", false},
	    {"for-option=\"kva=3150\"", false},
	    {"for-option=\"mode=demand\"", true},
	};
	struct contract contract = {.user_class = "ci",
	    .type = "two-part",
	    .voltage = "1-10kV",
	    .options = "kva=315 mode=demand"};
	char text[1000];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tariff *tariff;

		snprintf(text, sizeof(text),
		    TARIFF("", "<import %s><price value=\"1\"/></import>"),
		    cases[i].words);
		tariff = fixture_tariff(text);
		cr_expect_eq(
		    whom_fits(&tariff->versions[0].charges[0].whom, &contract),
		    cases[i].fits, "%s", cases[i].words);
		tariff_free(tariff);
	}
}
