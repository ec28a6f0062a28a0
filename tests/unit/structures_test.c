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
	    "quantity=\"net-signed\" table=\"t\">"
	    "<component id=\"fund\"/><component id=\"e\" floats=\"yes\"/>"
	    "<ratio band=\"peak\" of=\"flat\" percent=\"+80\" "
	    "for-type=\"two-part\"/>"
	    "<ratio band=\"peak\" of=\"flat\" percent=\"+60\"/>"
	    "<ratio band=\"valley\" of=\"flat\" factor=\"0.5\"/>"
	    "<exempt component=\"fund\" for-class=\"ag\" from=\"2024-01-01\" "
	    "to=\"2025-01-01\" source=\"s\"/><exempt for-option=\"kva\"/>"
	    "<when series=\"spot\" below=\"0\" price=\"0\"/>"
	    "<when series=\"spot\" at-least=\"500\" price=\"1.5\"/>"
	    "</import>"
	    "<charge id=\"fixed\" leg=\"supply\" per=\"kwh\" "
	    "channel=\"import\"><price value=\"1\"/>"
	    "<part kwh=\"100\"/></charge>"
	    "<charge id=\"rest\" leg=\"supply\" per=\"kwh\" "
	    "channel=\"import\"><price value=\"1\"/>"
	    "<part rest=\"yes\"/></charge>"
	    "<charge id=\"loss\" leg=\"supply\" per=\"kwh\" "
	    "channel=\"import\" same-as=\"fixed\"><loss kwh=\"304\" "
	    "days=\"30\" percent=\"0.5\" round=\"0 half-up\" "
	    "band=\"flat\"/></charge>"
	    "<charge id=\"share\" leg=\"supply\" per=\"kwh\" "
	    "channel=\"import\"><price value=\"1\"/>"
	    "<part option=\"percent-of\" of=\"percent\"/></charge>"
	    "<charge id=\"both\" leg=\"supply\" per=\"kwh\" "
	    "channel=\"import\" quantity=\"smaller\" over=\"month\">"
	    "<price value=\"1\"/></charge>"));
	const struct charge *c = tariff->versions[0].charges;

	cr_expect_eq(c[0].whom.class_count, 2);
	cr_expect_str_eq(c[0].whom.classes[1], "ag");
	cr_expect_str_eq(c[0].whom.types[0], "two-part");
	cr_expect_str_eq(c[0].whom.voltages[0], "1-10kV");
	cr_expect_str_eq(c[0].whom.option, "kva=400");
	cr_expect_eq(c[0].of_energy, OF_NET_SIGNED);
	cr_expect_eq(c[0].over, OVER_INTERVAL);
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
	cr_expect_eq(c[4].part->kind, PART_PERCENT);
	cr_expect_str_eq(c[4].part->option, "percent-of");
	cr_expect_eq(c[5].of_energy, OF_SMALLER);
	cr_expect_eq(c[5].over, OVER_MONTH);
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
		  "most=\"99\"/>"
		  "<import table=\"t\"><component id=\"fund\"/></import>"
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
	cr_expect_eq(c[0].limit->per, LIMIT_MONTH);
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

#define TWO_IMPORTS(a, b)                                                 \
	TARIFF("", "<import id=\"a\" " a "><price value=\"1\"/></import>" \
		   "<import id=\"b\" " b "><price value=\"1\"/></import>")

Test(structures, for_others_count_the_energy_once)
{
	static const char *const apart[] = {
	    TWO_IMPORTS("for-class=\"x y\"", "for-class=\"z\""),
	    TWO_IMPORTS("for-type=\"x\"", "for-class=\"x\" for-type=\"y\""),
	    TWO_IMPORTS("for-voltage=\"x\"", "for-voltage=\"y\""),
	    TWO_IMPORTS("for-option=\"mode=a\"", "for-option=\"mode=b\""),
	};
	static const char *const both[] = {
	    TWO_IMPORTS("", ""),
	    TWO_IMPORTS("for-class=\"x y\"", "for-class=\"y z\""),
	    TWO_IMPORTS("for-class=\"x\"", "for-type=\"y\""),
	    TWO_IMPORTS("for-option=\"mode=a\"", "for-option=\"mode\""),
	    TWO_IMPORTS("for-option=\"mode=a\"", "for-option=\"kind=b\""),
	};
	struct tariff *tariff;
	struct qf_error err;

	for (size_t i = 0; i < sizeof(apart) / sizeof(apart[0]); i++) {
		tariff_free(fixture_tariff(apart[i]));
	}
	for (size_t i = 0; i < sizeof(both) / sizeof(both[0]); i++) {
		cr_expect_eq(tariff_load(&tariff, both[i], strlen(both[i]),
				 "t.xml", &err),
		    -1, "%s", both[i]);
		cr_expect_str_eq(err.code, "tariff-counts");
	}
}

/* Documents of TARIFF: what is given begins at line 3, and BANDS has three
 * lines. */
struct fault_case {
	const char *text;
	const char *code;
	const char *message; /* without "t.xml:" */
};

/* The first fault of each, and that there is no other where `alone`. */
static void
expect_faults(const struct fault_case *cases)
{
	for (; cases->text != NULL; cases++) {
		struct tariff *tariff;
		struct qf_error err = {0};
		char expected[QF_ERROR_TEXT_MAX];
		int rc = tariff_load(
		    &tariff, cases->text, strlen(cases->text), "t.xml", &err);

		snprintf(
		    expected, sizeof(expected), "t.xml:%s", cases->message);
		cr_expect_eq(rc, -1, "accepted: %s", cases->message);
		cr_expect_str_eq(err.code, cases->code, "%s", err.text);
		cr_expect_str_eq(err.text, expected);
		tariff_free(tariff);
	}
}

#define IMPORT(body) "<import><price value=\"1\"/>" body "</import>\n"
#define TIERS(attributes, body) IMPORT("<tiers " attributes ">" body "</tiers>")
#define TWO_TIERS "<tier to=\"1\"/><tier/>"
#define CHARGE(attributes, body)                                 \
	"<charge id=\"x\" leg=\"supply\" " attributes "><price " \
	"value=\"1\"/>" body "</charge>\n"

static const struct fault_case tier_cases[] = {
    {TARIFF("", TIERS("", "")), "tariff-missing",
	"3: tiers: must hold tier elements"},
    {TARIFF("", TIERS("", "<tier to=\"1\"/>")), "tariff-tier",
	"3: tier@to: the last tier has no end"},
    {TARIFF("", TIERS("", "<tier/><tier/>")), "tariff-missing",
	"3: tier@to: must be given, or option: only the last tier "
	"has no end"},
    {TARIFF("", TIERS("", "<tier to=\"2\"/>\n<tier to=\"2\"/>"
			  "<tier/>")),
	"tariff-never",
	"4: tier@to: can never apply: it ends at 2, and the tier "
	"before it at 2"},
    {TARIFF("", TIERS("", "<tier to=\"0\"/><tier/>")), "tariff-never",
	"3: tier@to: can never apply: it ends at 0"},
    {TARIFF("", TIERS("", "<tier to=\"1\" option=\"o\"/><tier/>")),
	"tariff-tier",
	"3: tier@option: either to or option says where the tier "
	"ends"},
    {TARIFF("", TIERS("", "<tier to=\"1\"/><tier unit=\"day\"/>")),
	"tariff-idle", "3: tier@unit: is of to, which is not given"},
    {TARIFF("", TIERS("", "<tier to=\"1\" price=\"1\"><price "
			  "value=\"1\"/></tier><tier/>")),
	"tariff-twice", "3: tier@price: there are price elements already"},
    {TARIFF("", TIERS("", "<tier to=\"1\" id=\"energy\"/><tier/>")),
	"tariff-twice",
	"3: tier@id: energy is the id of something else already"},
    {TARIFF("", TIERS("", "<tier to=\"1\" id=\"a\"/><tier "
			  "id=\"a\"/>")),
	"tariff-twice", "3: tier@id: a is the id of something else already"},
    {TARIFF("", TIERS("year-from=\"4\"", TWO_TIERS)), "tariff-idle",
	"3: tiers@year-from: goes with per=\"year\" only"},
    {TARIFF("", TIERS("each=\"band\"", TWO_TIERS)), "tariff-band",
	"3: tiers@each: the version has no bands"},
    {TARIFF("", BANDS TIERS("bands=\"paek\"", TWO_TIERS)), "tariff-band",
	"6: tiers@bands: there is no band paek; did you mean peak?"},
    {TARIFF("", BANDS TIERS("bands=\"peak peak\"", TWO_TIERS)), "tariff-twice",
	"6: tiers@bands: peak stands there twice"},
    {TARIFF("", BANDS TIERS("split=\"order\"", TWO_TIERS)), "tariff-tier",
	"6: tiers@order: split=\"order\" and order go together"},
    {TARIFF("", BANDS TIERS("split=\"order\" order=\"peak flat\"", TWO_TIERS)),
	"tariff-tier",
	"6: tiers@order: must name every band that counts, and no "
	"other"},
    {TARIFF("", BANDS TIERS("split=\"order\" each=\"band\" bands=\"peak\" "
			    "order=\"peak\"",
		    TWO_TIERS)),
	"tariff-idle",
	"6: tiers@split: every band counts for itself: there is no "
	"order among them"},
    {TARIFF("", "<import series=\"s\"><tiers split=\"share\">" TWO_TIERS
		"</tiers></import>"),
	"tariff-tier",
	"3: tiers@split: only split=\"time\" goes with prices by a "
	"series"},
    {TARIFF("", "<import lines=\"day\"><price value=\"1\"/><tiers "
		"split=\"share\">" TWO_TIERS "</tiers></import>"),
	"tariff-tier",
	"3: import@lines: shorter than what the tiers count; only "
	"split=\"time\" goes with that"},
    {TARIFF("", TIERS("per=\"day\"", "<tier to=\"1\" unit=\"day\"/>"
				     "<tier/>")),
	"tariff-idle", "3: tier@unit: the tiers count a day anyway"},
    {TARIFF("", CHARGE("per=\"month\"", "<tiers>" TWO_TIERS "</tiers>")),
	"tariff-idle", "3: tiers: goes with charges per kwh or kw only"},
    {TARIFF("", CHARGE("per=\"kw\"",
		    "<demand window=\"15\"/><tiers per=\"year\">" TWO_TIERS
		    "</tiers>")),
	"tariff-tier", "3: tiers@per: the kW of a charge per kw are a month's"},
    {TARIFF("", TIERS("", "<tier to=\"9\" unit=\"kw\"/><tier/>")),
	"tariff-missing",
	"3: import: must say how demand is measured, in a demand "
	"element"},
    {TARIFF("", TIERS("", "<tier to=\"\"/><tier/>")), "tariff-template",
	"2: version@template: a number is left open: fill it in, or "
	"mark the version as a template"},
    {0},
};

Test(structures, of_tiers_must_make_sense)
{
	expect_faults(tier_cases);
}

/* Peak hides flat and takes all of it, so that flat never occurs. */
#define HIDDEN                                               \
	"<bands><band id=\"valley\" hours=\"00:00-08:00\"/>" \
	"<band id=\"flat\" hours=\"08:00-24:00\"/>"          \
	"<overlay band=\"peak\" over=\"flat\"/></bands>\n"

Test(structures, may_not_name_bands_that_never_occur)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
	    {TARIFF("", HIDDEN TIERS("bands=\"peak flat\"", TWO_TIERS)),
		"t.xml:4: tiers: band flat never occurs"},
	    {TARIFF("", HIDDEN IMPORT("<loss kwh=\"1\" band=\"flat\"/>")),
		"t.xml:4: loss: band flat never occurs"},
	    {TARIFF("", HIDDEN CHARGE("per=\"kw\"",
			    "<demand window=\"15\" bands=\"flat\"/>")),
		"t.xml:4: demand: band flat never occurs"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tariff_faults faults;

		tariff_check(
		    &faults, cases[i].text, strlen(cases[i].text), "t.xml");
		cr_assert_eq(faults.count, 2);
		cr_expect_str_eq(faults.list[0].text,
		    "t.xml:3: band: can never apply: overlays hide it on "
		    "every day");
		cr_expect_str_eq(faults.list[1].text, cases[i].message);
		cr_expect_str_eq(faults.list[1].code, "tariff-never");
		tariff_faults_free(&faults);
	}
}

#define COMPOSED(body)                                 \
	"<import table=\"t\"><component id=\"fund\"/>" \
	"<component id=\"energy\"/>" body "</import>\n"

static const struct fault_case energy_cases[] = {
    {TARIFF("", "<import over=\"day\"><price value=\"1\"/></import>"),
	"tariff-idle",
	"3: import@over: goes with a quantity of both channels only"},
    {TARIFF("", CHARGE("per=\"month\" quantity=\"net\"", "")), "tariff-idle",
	"3: charge@quantity: goes with charges per kwh or kw only"},
    {TARIFF("", "<import quantity=\"net\" over=\"day\" series=\"s\"/>"),
	"tariff-quantity",
	"3: import@over: only over=\"interval\" goes with prices by a "
	"series"},
    {TARIFF("", "<import quantity=\"net\" over=\"month\" "
		"lines=\"day\"><price value=\"1\"/></import>"),
	"tariff-quantity",
	"3: import@lines: shorter than what the quantity is over"},
    {TARIFF("", "<import quantity=\"net\" over=\"month\">"
		"<tiers per=\"day\"><tier to=\"1\" price=\"1\"/>"
		"<tier price=\"2\"/></tiers></import>"),
	"tariff-quantity",
	"3: import@over: what is over a month has no days to count tiers in"},
    {TARIFF("", "<import share=\"days\"><price value=\"1\"/>"
		"</import>"),
	"tariff-idle",
	"3: import@share: goes with charges per month, kw or kva "
	"only"},
    {TARIFF("", COMPOSED("<exempt component=\"fnud\" "
			 "for-class=\"ag\"/>")),
	"tariff-component",
	"3: exempt@component: there is no component fnud; did you "
	"mean fund?"},
    {TARIFF("", IMPORT("<exempt component=\"fund\"/>")), "tariff-component",
	"3: exempt@component: the price has no components"},
    {TARIFF("", IMPORT("<exempt/>")), "tariff-exempt",
	"3: exempt: nobody ever pays it: say for whom, or from when "
	"to when"},
    {TARIFF("", IMPORT("<exempt for-class=\"a\" to=\"2019-01-01\"/>")),
	"tariff-never",
	"3: exempt@to: can never apply: the version holds from "
	"2020-01-01 on"},
    {TARIFF("to=\"2021-01-01\"", IMPORT("<exempt from=\"2021-01-01\"/>")),
	"tariff-never",
	"3: exempt@from: can never apply: the version holds until "
	"2021-01-01"},
    {TARIFF("", IMPORT("<exempt from=\"2021-01-01\" "
		       "to=\"2021-01-01\"/>")),
	"tariff-version", "3: exempt@to: not after from"},
    {TARIFF("", IMPORT("<exempt for-class=\"a b\" "
		       "from=\"2021-01-01\"/>\n<exempt for-class=\"a\" "
		       "from=\"2022-01-01\"/>")),
	"tariff-never",
	"4: exempt: can never apply: an earlier one spares all whom it is "
	"for"},
    {TARIFF("", IMPORT("<exempt for-option=\"a b\"/>")), "tariff-option",
	"3: exempt@for-option: \"a b\" is no option: a name, or "
	"name=value"},
    {TARIFF("", IMPORT("<when series=\"s\" price=\"0\"/>")), "tariff-condition",
	"3: when: either below or at-least must be given"},
    {TARIFF("", IMPORT("<when series=\"s\" below=\"0\" "
		       "price=\"0\"/><when series=\"s\" "
		       "below=\"-1\" price=\"0\"/>")),
	"tariff-never",
	"3: when: can never apply: whenever it holds, one before it "
	"holds"},
    {TARIFF("", IMPORT("<when series=\"s\" below=\"5\" "
		       "price=\"0\"/><when series=\"s\" "
		       "at-least=\"5\" price=\"1\"/>\n<when "
		       "series=\"r\" below=\"0\" price=\"2\"/>")),
	"tariff-never",
	"4: when: can never apply: whenever it holds, one before it "
	"holds"},
    {TARIFF("", CHARGE("per=\"month\"", "<part percent=\"1\"/>")),
	"tariff-idle", "3: part: goes with charges per kwh only"},
    {TARIFF("", IMPORT("<part/>")), "tariff-part",
	"3: part: one of percent, kwh, option and rest must be "
	"given"},
    {TARIFF("", IMPORT("<part option=\"o\"/>")), "tariff-part",
	"3: part@of: option and of (percent or kwh) must be given "
	"together"},
    {TARIFF("", IMPORT("<part kwh=\"-1\"/>")), "tariff-number",
	"3: part@kwh: must not be negative"},
    {TARIFF("", IMPORT("<part percent=\"40\"/>")), "tariff-part",
	"3: part: no charge takes the rest: one needs a part "
	"rest=\"yes\""},
    {TARIFF("", IMPORT("<part percent=\"40\"/>") "<import id=\"b\"><price "
						 "value=\"1\"/><part "
						 "percent=\"60.1\"/></import>"),
	"tariff-part", "3: part: the parts come to 100.1 percent"},
    {TARIFF("", IMPORT("<part percent=\"100\"/>") "<import id=\"b\"><price "
						  "value=\"1\"/><part "
						  "rest=\"yes\"/></import>"),
	"tariff-never",
	"3: part: the parts come to 100 percent, so there is never a "
	"rest"},
    {TARIFF("", IMPORT("<part rest=\"yes\"/>") "<import id=\"b\"><price "
					       "value=\"1\"/><part "
					       "rest=\"yes\"/></import>"),
	"tariff-part", "4: part@rest: another charge takes the rest"},
    {TARIFF("", IMPORT("<loss/>")), "tariff-loss",
	"3: loss: must say kwh, option or percent"},
    {TARIFF("", IMPORT("<loss kwh=\"1\"/><part percent=\"5\"/>")),
	"tariff-loss", "3: part: does not go together with loss"},
    {TARIFF("", IMPORT("<loss kwh=\"1\" option=\"o\"/>")), "tariff-loss",
	"3: loss@option: either kwh or option says how much is lost"},
    {TARIFF("", IMPORT("<loss percent=\"1\" days=\"30\"/>")), "tariff-idle",
	"3: loss@days: is of kwh, which is not given"},
    {TARIFF("", IMPORT("<loss kwh=\"1\"/><loss kwh=\"1\"/>")), "tariff-twice",
	"3: loss: there is a loss already"},
    {0},
};

Test(structures, of_energy_must_make_sense)
{
	expect_faults(energy_cases);
}

#define DEMAND(attributes) \
	CHARGE("per=\"kw\"", "<demand window=\"15\" " attributes "/>")
#define FACTOR(attributes, ranges)                                            \
	IMPORT("")                                                            \
	"<power-factor standard=\"0.9\" of=\"import\" " attributes ">" ranges \
	"</power-factor>"
#define WHOLE "<range from=\"0\" to=\"1\" percent=\"0\"/>"
#define LIMIT(attributes) \
	IMPORT("") "<limit id=\"l\" of=\"import\" " attributes "/>"

static const struct fault_case month_cases[] = {
    {TARIFF("", CHARGE("per=\"kw\"", "")), "tariff-missing",
	"3: charge: must say how demand is measured, in a demand "
	"element"},
    {TARIFF("", IMPORT("<demand window=\"15\"/>")), "tariff-idle",
	"3: demand: goes with charges per kw, and tiers by kw, only"},
    {TARIFF("", CHARGE("per=\"kw\"", "<demand window=\"7\"/>")),
	"tariff-demand",
	"3: demand@window: an hour is not a whole number of such "
	"windows"},
    {TARIFF("", DEMAND("ratchet=\"0.8\"")), "tariff-missing",
	"3: demand@ratchet: goes together with ratchet-months"},
    {TARIFF("", DEMAND("ratchet=\"80\" ratchet-months=\"11\"")),
	"tariff-number",
	"3: demand@ratchet: more than 1: a factor such as 0.8 is "
	"meant"},
    {TARIFF("", DEMAND("ratchet-of=\"7\"")), "tariff-missing",
	"3: demand@ratchet-of: needs ratchet"},
    {TARIFF("", DEMAND("least=\"0.4\"")), "tariff-missing",
	"3: demand@least: needs agreed"},
    {TARIFF("", DEMAND("agreed=\"kw\"")), "tariff-idle",
	"3: demand@agreed: says nothing without least or over"},
    {TARIFF("", DEMAND("agreed=\"kw\" over=\"1.05\"")), "tariff-missing",
	"3: demand@over: goes together with times"},
    {TARIFF("", DEMAND("agreed=\"kw\" over=\"0.05\" times=\"2\"")),
	"tariff-number",
	"3: demand@over: less than 1: a factor such as 1.05 is "
	"meant"},
    {TARIFF("", DEMAND("discount=\"0.9\"")), "tariff-missing",
	"3: demand@discount: goes together with discount-from"},
    {TARIFF("", CHARGE("per=\"kva\" lines=\"day\"", "")), "tariff-idle",
	"3: charge@lines: a charge per kw or kva has one line "
	"anyway"},
    {TARIFF("", FACTOR("", "")), "tariff-missing",
	"4: power-factor: must hold the ranges of its table"},
    {TARIFF("", FACTOR("", "<range from=\"0\" to=\"1\" percent=\"-100.01\"/>")),
	"tariff-number",
	"4: range@percent: below -100 more is given back than there is "
	"to adjust"},
    {TARIFF("", FACTOR("", "<range from=\"0\" to=\"0.89\" "
			   "percent=\"1\"/><range from=\"0.95\" "
			   "to=\"1\" percent=\"0\"/>")),
	"tariff-ranges",
	"4: power-factor: no range for power factors from 0.90 to "
	"0.94"},
    {TARIFF("", FACTOR("", "<range from=\"0\" to=\"0.9\" "
			   "percent=\"1\"/>\n<range from=\"0.88\" "
			   "to=\"1\" percent=\"0\"/>")),
	"tariff-ranges",
	"5: range: power factors from 0.88 to 0.90 are in the range "
	"of line 4 already"},
    {TARIFF("", FACTOR("", "<range from=\"0.9\" to=\"0\" "
			   "percent=\"1\"/>")),
	"tariff-ranges", "4: range@to: less than from"},
    {TARIFF("", FACTOR("", "<range from=\"0\" to=\"100\" "
			   "percent=\"1\"/>")),
	"tariff-ranges", "4: range: a power factor is from 0 to 1"},
    {TARIFF("", FACTOR("round=\"3 half-up\"",
		    "<range from=\"0\" to=\"0.94\" percent=\"1\"/>"
		    "<range from=\"0.95\" to=\"1\" percent=\"0\"/>")),
	"tariff-ranges",
	"4: power-factor: no range for power factors from 0.941 to "
	"0.949"},
    {TARIFF("", FACTOR("without=\"fund\"", WHOLE)), "tariff-component",
	"4: power-factor@without: the price has no components"},
    {TARIFF("", COMPOSED("") "<power-factor standard=\"0.9\" "
			     "of=\"improt\">" WHOLE "</power-factor>"),
	"tariff-charge",
	"4: power-factor@of: there is no charge "
	"improt"},
    {TARIFF("", FACTOR("id=\"pf\" leg=\"service\"", WHOLE)), "tariff-charge",
	"4: power-factor@of: energy is of leg supply, and this of "
	"leg service"},
    {TARIFF("", LIMIT("")), "tariff-missing",
	"4: limit: least or most must be given"},
    {TARIFF("", LIMIT("least=\"2\" most=\"1\"")), "tariff-limit",
	"4: limit@most: less than least"},
    {TARIFF("", LIMIT("least=\"2\" per=\"day\"")), "tariff-limit",
	"4: limit@per: lines of energy reach further than a day; say "
	"lines=\"day\" there"},
    {TARIFF("", CHARGE("per=\"month\"", "") "<limit id=\"l\" "
					    "of=\"x\" least=\"1\" "
					    "per=\"session\"/>"),
	"tariff-limit", "4: limit@per: x is not of sessions"},
    {TARIFF("", LIMIT("least=\"2\"") "<limit id=\"m\" of=\"l\" "
				     "least=\"1\"/>"),
	"tariff-charge",
	"4: limit@of: l is itself reckoned from other charges"},
    {TARIFF("", IMPORT("") "<limit id=\"m\" of=\"import energy\" "
			   "least=\"1\"/>"),
	"tariff-twice", "4: limit@of: energy stands there twice"},
    {0},
};

Test(structures, of_a_month_must_make_sense)
{
	expect_faults(month_cases);
}

static const struct fault_case name_cases[] = {
    {TARIFF("", IMPORT("<teirs/>")), "tariff-unknown",
	"3: teirs: element not known here; did you mean tiers?"},
    {TARIFF("", TIERS("", "<teir/>")), "tariff-unknown",
	"3: teir: element not known here; did you mean tier?"},
    {TARIFF("", TIERS("year-form=\"7\"", TWO_TIERS)), "tariff-unknown",
	"3: tiers@year-form: attribute not known here; did you mean "
	"year-from?"},
    {TARIFF("", CHARGE("per=\"kw\"", "<demand windows=\"15\"/>")),
	"tariff-unknown",
	"3: demand@windows: attribute not known here; did you mean window?"},
    {TARIFF("", "<import for-clas=\"ci\"/>"), "tariff-unknown",
	"3: import@for-clas: attribute not known here; did you mean "
	"for-class?"},
    {TARIFF("", "<power-facter/>"), "tariff-unknown",
	"3: power-facter: element not known here; did you mean "
	"power-factor?"},
    {TARIFF("", CHARGE("per=\"kvar\"", "")), "tariff-word",
	"3: charge@per: \"kvar\" is not known; did you mean kva?"},
    {TARIFF("", IMPORT("<exmept/>")), "tariff-unknown",
	"3: exmept: element not known here; did you mean exempt?"},
    {0},
};

Test(structures, misspelt_are_answered_with_the_nearest_name)
{
	expect_faults(name_cases);
}

static const struct fault_case whom_cases[] = {
    {TARIFF("", BANDS "<import benchmark=\"1\">"
		      "<ratio band=\"peak\" of=\"flat\" "
		      "factor=\"2\" for-type=\"a\"/>"
		      "<ratio band=\"peak\" of=\"flat\" factor=\"2\" "
		      "for-type=\"b\" for-voltage=\"u v\"/>"
		      "<ratio band=\"valley\" of=\"flat\" factor=\"2\"/>"
		      "<ratio band=\"peak\" of=\"flat\" factor=\"3\" "
		      "for-type=\"a b\"/>\n"
		      "<ratio band=\"peak\" of=\"flat\" factor=\"3\" "
		      "for-type=\"b a\" for-voltage=\"v u\"/>"
		      "</import>"),
	"tariff-never",
	"7: ratio: can never apply: an earlier ratio of the same "
	"band takes all whom it is for"},
    {TARIFF("", BANDS "<import benchmark=\"1\">"
		      "<ratio band=\"peak\" of=\"flat\" "
		      "factor=\"2\" for-type=\"a b\"/>"
		      "<ratio band=\"peak\" of=\"flat\" "
		      "factor=\"3\" for-type=\"b\" "
		      "for-class=\"c\"/>"
		      "<ratio band=\"valley\" of=\"flat\" "
		      "factor=\"3\"/></import>"),
	"tariff-never",
	"6: ratio: can never apply: an earlier ratio of the same "
	"band takes all whom it is for"},
    {TARIFF("", BANDS "<import benchmark=\"1\">"
		      "<ratio band=\"peak\" of=\"flat\" "
		      "factor=\"2\"/><ratio band=\"peak\" "
		      "of=\"flat\" factor=\"3\"/></import>"),
	"tariff-twice", "6: ratio@band: a second ratio for the same band"},
    {TARIFF("", BANDS "<import benchmark=\"1\">"
		      "<ratio band=\"peak\" of=\"flat\" "
		      "factor=\"2\" for-type=\"a\"/>"
		      "<ratio band=\"peak\" of=\"valley\" "
		      "factor=\"3\"/></import>"),
	"tariff-ratio",
	"6: import: ratio without base: peak comes from valley for "
	"some, from flat for others"},
    {TARIFF("", BANDS "<import benchmark=\"1\">"
		      "<ratio band=\"peak\" of=\"flat\" "
		      "factor=\"2\" for-type=\"a\"/>"
		      "<ratio band=\"peak\" of=\"flat\" "
		      "factor=\"2\"/>"
		      "<ratio band=\"flat\" of=\"peak\" "
		      "factor=\"2\" for-type=\"a\"/></import>"),
	"tariff-circle", "6: import: the ratio of peak comes back to itself"},
    {0},
};

Test(structures, for_some_must_leave_somebody)
{
	expect_faults(whom_cases);
}
