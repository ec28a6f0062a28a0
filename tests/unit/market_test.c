/* market_test.c - market documents.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rules/market.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"

#define MARKET(version, body)                                    \
	"<market xmlns='urn:qingfen:market:1' id='m'>"           \
	"<version from='2025-01-01' source='s'" version ">" body \
	"</version></market>"
#define QUANTITY "<quantity unit='mwh' tick='0.001'/>"
#define PRICE "<price unit='mwh' tick='0.01' round='3 half-up'/>"
#define BOUNDED                                                      \
	"<price unit='mwh' tick='0.01' round='3 half-up' floor='-1'" \
	" cap='100'/>"
#define UNIFORM(words) \
	"<clearing method='uniform' price='split' ties='pro-rata'" words "/>"
#define CLEARING(words) QUANTITY PRICE "<clearing " words "/>"
#define LIMITED(limits) MARKET("", QUANTITY PRICE UNIFORM("") limits)

static int32_t
day_of(const char *text)
{
	int32_t day;
	struct qf_error err;

	cr_assert_eq(civil_parse_day(text, strlen(text), &day, &err), 0);
	return day;
}

static struct market_document *
load(const char *text)
{
	struct market_document *market;
	struct qf_error err;

	cr_assert_eq(market_load(&market, text, strlen(text), "m.xml", &err), 0,
	    "%s", err.text);
	return market;
}

static bool
is(const struct dec *value, const char *expected)
{
	char text[DEC_TEXT_MAX];

	dec_format(value, text, sizeof(text));
	return strcmp(text, expected) == 0;
}

/* 华中监能市场规〔2025〕35号, as rules.md 4.9 has it. */
Test(market, reads_every_word_of_a_ranking)
{
	struct market_document *market = load(
	    MARKET("", "<quantity unit='mw' tick='1' least='2'/>"
		       "<price unit='mw' tick='0.1' floor='5' cap='15.0'"
		       " round='4 half-even'/>"
		       "<clearing method='uniform' price='ranking-price'"
		       " rank='performance' performance-least='0.6'"
		       " ties='performance larger time pro-rata' below='raise'"
		       " shortage='cap' surplus='floor' margin='0.2'/>"
		       "<limit class='new-type' percent='30'/>"
		       "<limit each='party' percent='20'/>"));
	const struct market_version *version = &market->versions[0];

	cr_expect_not(version->is_template);
	cr_expect_str_eq(version->quantity_unit, "mw");
	cr_expect(is(&version->quantity_tick, "1"));
	cr_expect(is(&version->quantity_least, "2"));
	cr_expect_str_eq(version->price_unit, "mw");
	cr_expect(is(&version->price_tick, "0.1"));
	cr_expect(version->has_floor && is(&version->floor, "5"));
	cr_expect(version->has_cap && is(&version->cap, "15.0"));
	cr_expect_eq(version->price_scale, 4);
	cr_expect_eq(version->price_mode, DEC_HALF_EVEN);
	cr_expect_eq(version->method, MARKET_UNIFORM);
	cr_expect_eq(version->price, MARKET_RANKING_PRICE);
	cr_expect(version->by_performance);
	cr_expect(version->has_performance_least &&
		  is(&version->performance_least, "0.6"));
	cr_expect_eq(version->tie_count, 4);
	cr_expect_eq(version->ties[0], MARKET_TIE_PERFORMANCE);
	cr_expect_eq(version->ties[1], MARKET_TIE_LARGER);
	cr_expect_eq(version->ties[2], MARKET_TIE_TIME);
	cr_expect_eq(version->ties[3], MARKET_TIE_PRO_RATA);
	cr_expect_eq(version->below, MARKET_BELOW_RAISE);
	cr_expect_eq(version->shortage, MARKET_SHORT_CAP);
	cr_expect(version->surplus_floor);
	cr_expect(version->has_margin && is(&version->margin, "0.2"));
	cr_assert_eq(version->limit_count, 2);
	cr_expect_str_eq(version->limits[0].of_class, "new-type");
	cr_expect_not(version->limits[0].each_party);
	cr_expect(is(&version->limits[0].percent, "30"));
	cr_expect(version->limits[1].each_party);
	cr_expect(is(&version->limits[1].percent, "20"));
	market_free(market);
}

Test(market, leaves_alone_what_a_document_does_not_say)
{
	struct market_document *market =
	    load(MARKET("", CLEARING("method='pairs' price='pair-mean'"
				     " ties='time'")));
	const struct market_version *version = &market->versions[0];

	cr_expect_eq(version->method, MARKET_PAIRS);
	cr_expect_eq(version->price, MARKET_PAIR_MEAN);
	cr_expect(!version->has_floor && !version->has_cap);
	cr_expect(!version->has_margin && !version->has_performance_least);
	cr_expect_not(version->by_performance);
	cr_expect_not(version->surplus_floor);
	cr_expect_eq(version->shortage, MARKET_SHORT_NO_PRICE);
	cr_expect_eq(version->below, MARKET_BELOW_REJECT);
	cr_expect(dec_is_zero(&version->quantity_least));
	cr_expect_eq(version->limit_count, 0);
	market_free(market);
}

/* In pairs, pay-as-bid is what the seller asked; limits and ranks are of any
 * method. */
Test(market, leaves_pairs_what_is_not_of_one_price)
{
	struct market_document *market = load(MARKET("",
	    CLEARING("method='pairs' price='pay-as-bid' rank='performance'"
		     " ties='performance'") "<limit each='party'"
					    " percent='20'/>"));

	cr_expect_eq(market->versions[0].price, MARKET_PAY_AS_BID);
	cr_expect_eq(market->versions[0].limit_count, 1);
	market_free(market);
}

/* Each name is said back as it was read. */
Test(market, knows_its_prices_by_name)
{
	for (int price = 0; price <= MARKET_MEDIAN; price++) {
		const char *name = market_price_name((enum market_price)price);
		bool pair = price >= MARKET_PAIR_MEAN;
		char text[600];
		struct market_document *market;

		snprintf(text, sizeof(text),
		    "<market xmlns='urn:qingfen:market:1' id='m'>"
		    "<version from='2025-01-01' source='s'>" QUANTITY PRICE
		    "<clearing method='%s' price='%s' ties='time'%s/>"
		    "</version></market>",
		    pair ? "rolling" : "uniform", name,
		    price == MARKET_RANKING_PRICE ? " rank='performance'" : "");
		market = load(text);
		cr_expect_eq((int)market->versions[0].price, price, "%s", name);
		market_free(market);
	}
}

Test(market, holds_from_its_day_to_its_end)
{
	static const char text[] =
	    "<market xmlns='urn:qingfen:market:1' id='m'>"
	    "<version from='2025-01-01' source='s'>" QUANTITY PRICE UNIFORM(
		"") "</version><version from='2025-07-01' to='2026-01-01' "
		    "source='s'>" QUANTITY PRICE UNIFORM(
			"") "</version></market>";
	static const struct {
		const char *day;
		int version; /* -1: none */
	} cases[] = {
	    {"2024-12-31", -1},
	    {"2025-01-01", 0},
	    {"2025-06-30", 0},
	    {"2025-07-01", 1},
	    {"2025-12-31", 1},
	    {"2026-01-01", -1},
	};
	struct market_document *market = load(text);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cr_expect_eq(market_at(market, day_of(cases[i].day)),
		    cases[i].version == -1
			? NULL
			: &market->versions[cases[i].version],
		    "%s", cases[i].day);
	}
	market_free(market);
}

static const struct {
	const char *text, *code, *says;
} wrong[] = {
    {MARKET("", QUANTITY PRICE), "rule-missing", "clearing element"},
    {MARKET("", QUANTITY UNIFORM("")), "rule-missing", "price element"},
    {MARKET("", PRICE UNIFORM("")), "rule-missing", "quantity element"},
    {MARKET("", QUANTITY QUANTITY PRICE UNIFORM("")), "rule-twice", "already"},
    {MARKET("", QUANTITY PRICE UNIFORM("") "<limmit/>"), "rule-unknown",
	"limit"},
    {MARKET("", "<quantity unit='mvh' tick='1'/>" PRICE UNIFORM("")),
	"rule-word", "mwh"},
    {MARKET("", "<quantity unit='mwh'/>" PRICE UNIFORM("")), "rule-missing",
	"tick"},
    {MARKET("", "<quantity unit='mwh' tick='0'/>" PRICE UNIFORM("")),
	"rule-number", "above 0"},
    {MARKET("", "<quantity unit='mwh' tick=''/>" PRICE UNIFORM("")),
	"rule-template", "fill it in"},
    {MARKET(" template='yes'", QUANTITY PRICE UNIFORM("")), "rule-template",
	"take template away"},
    {MARKET(
	 "", "<quantity unit='mwh' tick='0.3' least='1'/>" PRICE UNIFORM("")),
	"rule-number", "whole number of ticks"},
    {MARKET("", "<quantity unit='mwh' tick='1' least='-1'/>" PRICE UNIFORM("")),
	"rule-number", "negative"},
    {MARKET("", QUANTITY "<price unit='mwh' tick='0.1' cap='9.95'"
			 " round='2 half-up'/>" UNIFORM("")),
	"rule-number", "whole number of ticks"},
    {MARKET("", QUANTITY "<price unit='mwh' tick='0.1' floor='2'"
			 " cap='1' round='2 half-up'/>" UNIFORM("")),
	"rule-number", "below the floor"},
    {MARKET("", QUANTITY "<price unit='mwh' tick='0.1'/>" UNIFORM("")),
	"rule-missing", "round"},
    {MARKET("", QUANTITY
	 "<price unit='mwh' tick='0.1' round='2 up-half'/>" UNIFORM("")),
	"rule-rounding", "2 half-up"},
    {MARKET("", CLEARING("method='unform' price='split' ties='time'")),
	"rule-word", "uniform"},
    {MARKET("", CLEARING("method='uniform' price='spilt' ties='time'")),
	"rule-word", "split"},
    {MARKET("", CLEARING("method='uniform' ties='time'")), "rule-missing",
	"price"},
    {MARKET("", CLEARING("method='uniform' price='split'")), "rule-missing",
	"ties"},
    {MARKET("", CLEARING("method='uniform' price='split' ties=''")),
	"rule-word", "empty"},
    {MARKET("", CLEARING("method='uniform' price='split'"
			 " ties='pro-rota'")),
	"rule-word", "pro-rata"},
    {MARKET("", CLEARING("method='uniform' price='split'"
			 " ties='time larger time'")),
	"rule-twice", "time"},
    {MARKET("", CLEARING("method='uniform' price='split'"
			 " ties='pro-rata time'")),
	"rule-ties", "only be the last"},
    {MARKET("", CLEARING("method='rolling' price='pair-earlier'"
			 " ties='time pro-rata'")),
	"rule-ties", "rolling"},
    {MARKET("", CLEARING("method='uniform' price='median'"
			 " ties='time'")),
	"rule-method", "pairs or rolling"},
    {MARKET("", CLEARING("method='pairs' price='split' ties='time'")),
	"rule-method", "must be uniform"},
    {MARKET("", CLEARING("method='uniform' price='ranking-price'"
			 " ties='time'")),
	"rule-method", "performance"},
    {MARKET("", CLEARING("method='uniform' price='split' ties='time'"
			 " performance-least='0.6'")),
	"rule-idle", "not ranked"},
    {MARKET("", CLEARING("method='pairs' price='pair-mean' ties='time'"
			 " margin='0.1'")),
	"rule-idle", "uniform"},
    {MARKET("", CLEARING("method='uniform' price='pay-as-bid'"
			 " ties='time' margin='0.1'")),
	"rule-idle", "own price"},
    {MARKET("", CLEARING("method='uniform' price='pay-as-bid'"
			 " ties='time' shortage='none'")),
	"rule-idle", "own price"},
    {MARKET("", QUANTITY PRICE UNIFORM(" shortage='cap'")), "rule-missing",
	"no cap"},
    {MARKET("", QUANTITY PRICE UNIFORM(" surplus='floor'")), "rule-missing",
	"no floor"},
    {MARKET("", QUANTITY BOUNDED UNIFORM(" margin='-0.1'")), "rule-number",
	"negative"},
    {LIMITED("<limit percent='30'/>"), "rule-missing", "either class"},
    {LIMITED("<limit percent='30' class='a' each='party'/>"), "rule-missing",
	"either class"},
    {LIMITED("<limit class='a'/>"), "rule-missing", "percent"},
    {LIMITED("<limit class='a' percent='100.1'/>"), "rule-number", "above 100"},
    {LIMITED("<limit class='a' percent='0'/>"), "rule-number", "above 0"},
    {LIMITED("<limit class='a' percent='1'/>"
	     "<limit class='a' percent='2'/>"),
	"rule-twice", "already"},
    {LIMITED("<limit each='plant' percent='1'/>"), "rule-word", "party"},
    {MARKET("", CLEARING("method='pairs' price='pair-mean' ties='time'"
			 " below='raise'")),
	"rule-idle", "uniform"},
    {"<markt xmlns='urn:qingfen:market:1' id='m'/>", "rule-root", "market"},
    {"<market", "xml-syntax", ""},
};

Test(market, says_what_is_wrong_with_a_document)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct market_document *market;
		struct qf_error err = {0};

		cr_expect_eq(market_load(&market, wrong[i].text,
				 strlen(wrong[i].text), "m.xml", &err),
		    -1, "case %zu", i);
		cr_expect_str_eq(
		    err.code, wrong[i].code, "case %zu: %s", i, err.text);
		cr_expect_not_null(strstr(err.text, wrong[i].says),
		    "case %zu: %s", i, err.text);
		cr_expect_eq(err.status, QF_CONFIG, "case %zu", i);
		cr_expect_null(market);
	}
}

Test(market, lists_every_fault)
{
	static const char text[] =
	    MARKET("", "<quantity unit='x' tick='0'/>"
		       "<price unit='mwh' tick='a' round='2'/>"
		       "<clearing method='uniform' price='pair-mean'"
		       " ties='pro-rata time'/><limit percent='101'/>");
	static const char *const codes[] = {"rule-word", "rule-number",
	    "decimal-syntax", "rule-rounding", "rule-ties", "rule-method",
	    "rule-missing", "rule-number"};
	struct tariff_faults faults;

	market_faults(&faults, text, sizeof(text) - 1, "m.xml");
	cr_assert_eq(faults.count, sizeof(codes) / sizeof(codes[0]));
	for (size_t i = 0; i < faults.count; i++) {
		cr_expect_str_eq(faults.list[i].code, codes[i], "%zu: %s", i,
		    faults.list[i].text);
	}
	tariff_faults_free(&faults);
}

/* A template has its empty numbers, and neither bounds nor limits by them. */
Test(market, leaves_numbers_of_templates_open)
{
	struct market_document *market = load(MARKET(" template='yes'",
	    "<quantity unit='mwh' tick='' least=''/>"
	    "<price unit='mwh' tick='' floor='' cap='5' round=''/>" UNIFORM(
		" surplus='floor' margin=''") "<limit each='party' "
					      "percent=''/>"));
	const struct market_version *version = &market->versions[0];

	cr_expect(version->is_template);
	cr_expect(!version->has_floor && version->has_cap);
	cr_expect_not(version->has_margin);
	market_free(market);
}
