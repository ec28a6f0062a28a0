/* programme_test.c - programme documents.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rules/programme.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "model/contract.h"

#define PROGRAMME(version, body)                                          \
	"<programme xmlns='urn:qingfen:programme:1' id='p'>"              \
	"<version from='2025-01-01' source='s' direction='shave'" version \
	">" body "</version></programme>"
#define MEASURE "<measure every='15m'/>"
#define NO_AWARD "<measure every='15m' award='none'/>"
#define BASELINE "<baseline method='given' round='0 half-up'/>"
#define PRICE "<price per='kwh'><term of='fixed' value='1'/></price>"
#define ROUNDING "<rounding money='2 half-up line'/>"
#define WITH_BASELINE(words, body)                                          \
	PROGRAMME("", MEASURE "<baseline round='0 half-up' " words ">" body \
			      "</baseline>" PRICE ROUNDING)
#define SIMILAR(words) WITH_BASELINE("method='similar-days' " words, "")
#define WITH_PRICE(price) PROGRAMME("", MEASURE BASELINE price ROUNDING)
#define TERM(words) WITH_PRICE("<price per='kwh'><term " words "/></price>")
#define WITH_BANDS(bands) PROGRAMME("", MEASURE BASELINE bands PRICE ROUNDING)
#define CHARGED(charges) PROGRAMME("", MEASURE BASELINE PRICE charges ROUNDING)

static int32_t
day_of(const char *text)
{
	int32_t day;
	struct qf_error err;

	cr_assert_eq(civil_parse_day(text, strlen(text), &day, &err), 0);
	return day;
}

static struct programme *
load(const char *text)
{
	struct programme *programme;
	struct qf_error err;

	cr_assert_eq(
	    programme_load(&programme, text, strlen(text), "p.xml", &err), 0,
	    "%s", err.text);
	return programme;
}

static bool
is(const struct dec *value, const char *expected)
{
	char text[DEC_TEXT_MAX];

	dec_format(value, text, sizeof(text));
	return strcmp(text, expected) == 0;
}

Test(programme, leaves_alone_what_a_document_does_not_say)
{
	struct programme *programme =
	    load(PROGRAMME("", MEASURE BASELINE PRICE ROUNDING));
	const struct programme_version *version = &programme->versions[0];

	cr_expect_not(version->is_template);
	cr_expect_str_eq(programme->context, "");
	cr_expect_eq(version->direction, PROGRAMME_SHAVE);
	cr_expect_str_eq(version->subject, "demand-response");
	cr_expect_str_eq(version->component, "response");
	cr_expect_str_eq(version->calendar, "");
	cr_expect_not(version->has_notice);
	cr_expect_eq(version->every, PROGRAMME_INTERVAL);
	cr_expect_eq(version->minutes, 15);
	cr_expect(version->needs_award);
	cr_expect_eq(version->baseline_count, 1);
	cr_expect(!version->has_valid_rate && !version->valid_mean_below &&
		  !version->valid_max_below);
	cr_expect_eq(version->band_count, 0);
	cr_expect(!version->price.has_floor && !version->price.has_cap);
	cr_expect(is(&version->price.terms[0].factor, "1"));
	cr_expect_eq(version->price.take, PROGRAMME_SUM);
	cr_expect_not(version->has_most);
	cr_expect(is(&version->pay_factor, "1"));
	cr_expect(version->negative_zero);
	cr_expect_not(version->export_both);
	cr_expect_eq(version->penalty_count, 0);
	cr_expect_not(version->has_deviation);
	cr_expect_not(version->money_by_step);
	programme_free(programme);
}

static const char every_word[] =
    "<programme xmlns='urn:qingfen:programme:1' id='p'"
    " context='http://example.org/vpp'>"
    "<version from='2025-01-01' source='s' direction='limit'"
    " subject='orderly-charging' component='held-back' calendar='cn'>"
    "<notice least='4h'/><measure every='event'/>" BASELINE
    "<valid rate='0.5' load='max mean'/>"
    "<band from='0' to='0.5' factor='0' whole='yes'/>"
    "<band from='0.5' factor='1.5'/>"
    "<price per='mw' take='lowest' floor='-1' cap='30'>"
    "<term of='table' name='t' item='energy'/>"
    "<term of='cleared' factor='-0.5'/>"
    "<term of='series' name='rt'/><term of='award'/></price>"
    "<pay most='1.2' factor='0.8' negative='keep' export='both'/>"
    "<penalty component='short' below='0.9' of='effective'"
    " factor='1.1' cap='1'><price per='kw'>"
    "<term of='fixed' value='2.50'/></price></penalty>"
    "<deviation component='off' tolerance='0.2' side='over'"
    " opposite='capability' factor='2'/>"
    "<rounding money='4 half-even step'/></version></programme>";

Test(programme, reads_every_word_of_a_version)
{
	struct programme *programme = load(every_word);
	const struct programme_version *version = &programme->versions[0];

	cr_expect_str_eq(programme->context, "http://example.org/vpp");
	cr_expect_eq(version->direction, PROGRAMME_LIMIT);
	cr_expect_str_eq(version->subject, "orderly-charging");
	cr_expect_str_eq(version->component, "held-back");
	cr_expect_str_eq(version->calendar, "cn");
	cr_expect(version->has_notice && version->notice_seconds == 14400);
	cr_expect_eq(version->every, PROGRAMME_EVENT);
	cr_expect(version->has_valid_rate && is(&version->valid_rate, "0.5"));
	cr_expect(version->valid_mean_below && version->valid_max_below);
	cr_expect_eq(version->money.scale, 4);
	cr_expect_eq(version->money.mode, DEC_HALF_EVEN);
	cr_expect(version->money_by_step);
	programme_free(programme);
}

Test(programme, reads_every_word_of_what_is_paid)
{
	struct programme *programme = load(every_word);
	const struct programme_version *version = &programme->versions[0];
	const struct programme_penalty *penalty = &version->penalties[0];

	cr_assert_eq(version->band_count, 2);
	cr_expect(version->bands[0].whole && version->bands[0].has_to);
	cr_expect(is(&version->bands[0].to, "0.5"));
	cr_expect(!version->bands[1].whole && !version->bands[1].has_to);
	cr_expect(is(&version->bands[1].factor, "1.5"));
	cr_expect_eq(version->price.per, PROGRAMME_PER_MW);
	cr_expect_eq(version->price.take, PROGRAMME_LOWEST);
	cr_expect(version->price.has_floor && is(&version->price.floor, "-1"));
	cr_expect(version->price.has_cap && is(&version->price.cap, "30"));
	cr_assert_eq(version->price.term_count, 4);
	cr_expect_eq(version->price.terms[0].source, PROGRAMME_TABLE);
	cr_expect_str_eq(version->price.terms[0].name, "t");
	cr_expect_str_eq(version->price.terms[0].item, "energy");
	cr_expect_eq(version->price.terms[1].source, PROGRAMME_CLEARED);
	cr_expect(is(&version->price.terms[1].factor, "-0.5"));
	cr_expect_eq(version->price.terms[2].source, PROGRAMME_SERIES);
	cr_expect_eq(version->price.terms[3].source, PROGRAMME_AWARD);
	cr_expect(version->has_most && is(&version->most, "1.2"));
	cr_expect(is(&version->pay_factor, "0.8"));
	cr_expect_not(version->negative_zero);
	cr_expect(version->export_both);
	cr_assert_eq(version->penalty_count, 1);
	cr_expect_str_eq(penalty->component, "short");
	cr_expect(is(&penalty->below, "0.9") && is(&penalty->factor, "1.1"));
	cr_expect(penalty->of_effective);
	cr_expect(penalty->has_cap && is(&penalty->cap, "1"));
	cr_expect(penalty->has_price);
	cr_expect_eq(penalty->price.per, PROGRAMME_PER_KW);
	cr_expect(is(&penalty->price.terms[0].value, "2.50"));
	cr_assert(version->has_deviation);
	cr_expect_str_eq(version->deviation.component, "off");
	cr_expect(is(&version->deviation.tolerance, "0.2"));
	cr_expect(version->deviation.over && !version->deviation.under);
	cr_expect(version->deviation.opposite);
	cr_expect_not(version->deviation.has_price);
	cr_expect(is(&version->deviation.factor, "2"));
	programme_free(programme);
}

Test(programme, reads_every_word_of_a_baseline)
{
	struct programme *programme = load(PROGRAMME(" calendar='cn'", MEASURE
	    "<baseline method='similar-days' days='10' choose='5 highest'"
	    " least='6' look-back='45' skip='1' types='no'"
	    " holiday='last-year last-year-baseline previous-holiday rest-days'"
	    " event-days='yes'"
	    " missing='2.5' estimated='50' without='outages' spread='0.25' "
	    "negative='yes'"
	    " round='3 down'><adjust method='multiply' from='-4h' to='-1h'"
	    " cap='0.2'/></baseline>" PRICE ROUNDING));
	const struct baseline_rule *rule = &programme->versions[0].baselines[0];

	cr_expect_eq(rule->method, BASELINE_SIMILAR_DAYS);
	cr_expect_eq(rule->days, 10);
	cr_expect_eq(rule->choose, BASELINE_HIGHEST);
	cr_expect_eq(rule->choose_count, 5);
	cr_expect_eq(rule->least, 6);
	cr_expect_eq(rule->look_back, 45);
	cr_expect_eq(rule->skip, 1);
	cr_expect_not(rule->by_type);
	cr_assert_eq(rule->holiday_count, 4);
	cr_expect_eq(rule->holidays[0], BASELINE_HOLIDAY_LAST_YEAR);
	cr_expect_eq(rule->holidays[1], BASELINE_HOLIDAY_ITS_BASELINE);
	cr_expect_eq(rule->holidays[2], BASELINE_HOLIDAY_PREVIOUS);
	cr_expect_eq(rule->holidays[3], BASELINE_HOLIDAY_AS_REST);
	cr_expect(rule->with_event_days);
	cr_expect(is(&rule->missing_most, "2.5"));
	cr_expect(rule->has_estimated_most && is(&rule->estimated_most, "50"));
	cr_expect_str_eq(rule->without_calendar, "outages");
	cr_expect(rule->has_spread && is(&rule->spread, "0.25"));
	cr_expect(rule->negative);
	cr_expect_eq(rule->round.scale, 3);
	cr_expect_eq(rule->round.mode, DEC_DOWN);
	cr_expect_eq(rule->adjust, BASELINE_MULTIPLY);
	cr_expect_eq(rule->adjust_window.from_seconds, -14400);
	cr_expect_eq(rule->adjust_window.to_seconds, -3600);
	cr_expect(rule->has_adjust_cap && is(&rule->adjust_cap, "0.2"));
	programme_free(programme);
}

Test(programme, counts_days_as_a_baseline_leaves_them_to_be_counted)
{
	static const struct {
		const char *text;
		int days, count, least, look_back;
		enum baseline_choose choose;
	} cases[] = {
	    {SIMILAR("days='5'"), 5, 5, 5, 366, BASELINE_ALL},
	    {SIMILAR("days='10' least='5'"), 10, 10, 5, 366, BASELINE_ALL},
	    {SIMILAR("days='10' choose='5 latest' least='5'"), 10, 5, 5, 366,
		BASELINE_LATEST},
	    {SIMILAR("days='4' choose='4 highest' look-back='4'"), 4, 4, 4, 4,
		BASELINE_HIGHEST},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct programme *programme = load(cases[i].text);
		const struct baseline_rule *rule =
		    &programme->versions[0].baselines[0];

		cr_expect_eq(rule->days, cases[i].days, "case %zu", i);
		cr_expect_eq(rule->choose_count, cases[i].count, "case %zu", i);
		cr_expect_eq(rule->least, cases[i].least, "case %zu", i);
		cr_expect_eq(
		    rule->look_back, cases[i].look_back, "case %zu", i);
		cr_expect_eq(rule->choose, cases[i].choose, "case %zu", i);
		cr_expect(rule->by_type);
		programme_free(programme);
	}
}

/* PJM's 3+2 (algorithms, B5): three hours before but one, two after but one. */
Test(programme, reads_windows_on_both_sides_of_an_event)
{
	struct programme *programme = load(WITH_BASELINE("method='same-day'",
	    "<window from='-4h' to='-1h'/>"
	    "<window from='60m' to='10800s' after='yes'/>"));
	const struct baseline_rule *rule = &programme->versions[0].baselines[0];

	cr_assert_eq(rule->window_count, 2);
	cr_expect_not(rule->windows[0].after);
	cr_expect_eq(rule->windows[0].from_seconds, -14400);
	cr_expect_eq(rule->windows[0].to_seconds, -3600);
	cr_expect(rule->windows[1].after);
	cr_expect_eq(rule->windows[1].from_seconds, 3600);
	cr_expect_eq(rule->windows[1].to_seconds, 10800);
	programme_free(programme);
}

Test(programme, gives_a_contract_the_first_baseline_that_fits)
{
	struct programme *programme = load(PROGRAMME("",
	    MEASURE "<baseline for-option='air-conditioning'"
		    " method='previous-day' round='0 half-up'/>"
		    "<baseline for-class='residential' for-voltage='lv'"
		    " method='similar-days' days='5' round='0 half-up'/>" PRICE
			ROUNDING));
	static const struct {
		struct contract contract;
		int rule; /* -1: none */
	} cases[] = {
	    {{.user_class = "industry", .options = "air-conditioning=yes"}, 0},
	    {{.user_class = "residential",
		 .voltage = "lv",
		 .options = "air-conditioning=yes"},
		0},
	    {{.user_class = "residential", .voltage = "lv"}, 1},
	    {{.user_class = "residential", .voltage = "hv"}, -1},
	};
	const struct programme_version *version = &programme->versions[0];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cr_expect_eq(programme_baseline(version, &cases[i].contract),
		    cases[i].rule == -1 ? NULL
					: &version->baselines[cases[i].rule],
		    "case %zu", i);
	}
	programme_free(programme);
}

Test(programme, holds_from_its_day_to_its_end)
{
	struct programme *programme = load(
	    "<programme xmlns='urn:qingfen:programme:1' id='p'>"
	    "<version from='2025-01-01' source='s' direction='shave'>" MEASURE
		BASELINE PRICE ROUNDING
	    "</version><version from='2025-07-01' to='2025-09-01' source='s'"
	    " direction='fill'>" MEASURE BASELINE PRICE ROUNDING
	    "</version></programme>");

	cr_expect_null(programme_at(programme, day_of("2024-12-31")));
	cr_expect_eq(programme_at(programme, day_of("2025-06-30")),
	    &programme->versions[0]);
	cr_expect_eq(programme_at(programme, day_of("2025-08-31"))->direction,
	    PROGRAMME_FILL);
	cr_expect_null(programme_at(programme, day_of("2025-09-01")));
	programme_free(programme);
}

struct wrong {
	const char *text, *code, *says;
};

static void
expect_wrong(const struct wrong *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct programme *programme;
		struct qf_error err = {0};

		cr_expect_eq(programme_load(&programme, cases[i].text,
				 strlen(cases[i].text), "p.xml", &err),
		    -1, "case %zu", i);
		cr_expect_str_eq(
		    err.code, cases[i].code, "case %zu: %s", i, err.text);
		cr_expect_not_null(strstr(err.text, cases[i].says),
		    "case %zu: %s", i, err.text);
		cr_expect_eq(err.status, QF_CONFIG, "case %zu", i);
		cr_expect_null(programme);
	}
}

static const struct wrong wrong_versions[] = {
    {PROGRAMME("", BASELINE PRICE ROUNDING), "rule-missing", "measure element"},
    {PROGRAMME("", MEASURE PRICE ROUNDING), "rule-missing", "baseline element"},
    {PROGRAMME("", MEASURE BASELINE ROUNDING), "rule-missing", "price element"},
    {PROGRAMME("", MEASURE BASELINE PRICE), "rule-missing", "rounding element"},
    {PROGRAMME("", MEASURE MEASURE BASELINE PRICE ROUNDING), "rule-twice",
	"already"},
    {PROGRAMME("", "<mesure/>" BASELINE PRICE ROUNDING), "rule-unknown",
	"measure"},
    {PROGRAMME("", "<measure every='10m'/>" BASELINE PRICE ROUNDING),
	"rule-word", "15m"},
    {PROGRAMME("", "<measure/>" BASELINE PRICE ROUNDING), "rule-missing",
	"every"},
    {PROGRAMME("", "<measure every='1h' award='non'/>" BASELINE PRICE ROUNDING),
	"rule-word", "none"},
    {PROGRAMME("", "<notice least='4 hours'/>" MEASURE BASELINE PRICE ROUNDING),
	"rule-number", "30m"},
    {PROGRAMME("", "<notice least='-4h'/>" MEASURE BASELINE PRICE ROUNDING),
	"rule-number", "above 0"},
    {PROGRAMME("", "<notice/>" MEASURE BASELINE PRICE ROUNDING), "rule-missing",
	"least"},
    {PROGRAMME("", MEASURE BASELINE "<valid/>" PRICE ROUNDING), "rule-missing",
	"rate or load"},
    {PROGRAMME("", MEASURE BASELINE "<valid load='meen'/>" PRICE ROUNDING),
	"rule-word", "mean"},
    {PROGRAMME("", NO_AWARD BASELINE "<valid rate='0.5'/>" PRICE ROUNDING),
	"rule-award", "none"},
    {PROGRAMME("", MEASURE BASELINE PRICE "<rounding money='2 half-up'"
					  "/>"),
	"rule-rounding", "line or step"},
    {PROGRAMME("", MEASURE BASELINE PRICE "<rounding/>"), "rule-missing",
	"money"},
    {PROGRAMME(" template='yes'", MEASURE BASELINE PRICE ROUNDING),
	"rule-template", "take template away"},
    {PROGRAMME("", "<notice least=''/>" MEASURE BASELINE PRICE ROUNDING),
	"rule-template", "fill it in"},
    {"<programme xmlns='urn:qingfen:programme:1' id='p'>"
     "<version from='2025-01-01' source='s'>" MEASURE BASELINE PRICE ROUNDING
     "</version></programme>",
	"rule-missing", "direction"},
    {"<programme xmlns='urn:qingfen:programme:1' id='p'>"
     "<version from='2025-01-01' source='s' direction='shove'>" MEASURE BASELINE
	    PRICE ROUNDING "</version></programme>",
	"rule-word", "shave"},
    {"<programme xmlns='urn:qingfen:programme:1' id='p'>"
     "<version from='2025-01-01' source='s' direction='limit'>" NO_AWARD
	    BASELINE PRICE ROUNDING "</version></programme>",
	"rule-award", "limit"},
    {"<program xmlns='urn:qingfen:programme:1' id='p'/>", "rule-root",
	"programme"},
    {"<programme", "xml-syntax", ""},
};

Test(programme, says_what_is_wrong_with_a_version)
{
	expect_wrong(
	    wrong_versions, sizeof(wrong_versions) / sizeof(wrong_versions[0]));
}

static const struct wrong wrong_baselines[] = {
    {WITH_BASELINE("", ""), "rule-missing", "method"},
    {WITH_BASELINE("method='similar'", ""), "rule-word", "similar-days"},
    {PROGRAMME("", MEASURE "<baseline method='given'/>" PRICE ROUNDING),
	"rule-missing", "round"},
    {SIMILAR(""), "rule-missing", "days"},
    {SIMILAR("days='0'"), "rule-number", "1 to 99"},
    {SIMILAR("days='5' choose='five highest'"), "rule-word", "5 highest"},
    {SIMILAR("days='5' choose='5'"), "rule-word", "5 latest"},
    {SIMILAR("days='5' choose='0 latest'"), "rule-word", "how many"},
    {SIMILAR("days='5' choose='999 latest'"), "rule-word", "how many"},
    {SIMILAR("days='5' choose='6 latest'"), "rule-number", "more than days"},
    {SIMILAR("days='5' least='6'"), "rule-number", "always held"},
    {SIMILAR("days='9' least='4' choose='5 latest'"), "rule-number",
	"less than choose"},
    {SIMILAR("days='9' look-back='10' skip='2'"), "rule-number",
	"never reaches"},
    {SIMILAR("days='5' holiday='rest-day'"), "rule-word", "rest-days"},
    {SIMILAR("days='5' holiday='last-year'"), "rule-missing", "calendar"},
    {SIMILAR("days='5' holiday='rest-days last-year-baseline'"), "rule-word",
	"right after last-year"},
    {SIMILAR("days='5' look-back='401'"), "rule-number", "400"},
    {SIMILAR("days='5' holiday='rest-days rest-days'"), "rule-twice",
	"rest-days"},
    {SIMILAR("days='5' missing='101'"), "rule-number", "above 100"},
    {SIMILAR("days='5' estimated='101'"), "rule-number", "above 100"},
    {SIMILAR("days='5' missing='9' estimated='8'"), "rule-number",
	"less than missing"},
    {WITH_BASELINE(
	 "method='same-day' estimated='5'", "<window from='-2h' to='-1h'/>"),
	"rule-idle", "previous-day"},
    {SIMILAR("days='5' spread='0'"), "rule-number", "above 0"},
    {SIMILAR("days='5' types='maybe'"), "rule-word", "yes"},
    {SIMILAR("days='5' without='a b'"), "rule-id", "identifier"},
    {WITH_BASELINE("method='given' days='5'", ""), "rule-idle", "similar-days"},
    {WITH_BASELINE("method='previous-day' spread='1'", ""), "rule-idle",
	"similar-days"},
    {WITH_BASELINE("method='given' missing='1'", ""), "rule-idle",
	"previous-day"},
    {WITH_BASELINE("method='given'", "<window from='-2h' to='-1h'/>"),
	"rule-idle", "same-day"},
    {WITH_BASELINE("method='same-day'", ""), "rule-missing", "window element"},
    {WITH_BASELINE("method='same-day'", "<window from='-1h'/>"), "rule-missing",
	"to"},
    {WITH_BASELINE("method='same-day'", "<window from='-1h' to='-2h'/>"),
	"rule-window", "not after from"},
    {WITH_BASELINE("method='same-day'", "<window from='-1h' to='1h'/>"),
	"rule-window", "has begun"},
    {WITH_BASELINE(
	 "method='same-day'", "<window from='-1h' to='1h' after='yes'/>"),
	"rule-window", "has ended"},
    {WITH_BASELINE("method='same-day'",
	 "<window from='-3h' to='-1h'/><window from='-2h' to='0h'/>"),
	"rule-window", "overlaps"},
    {WITH_BASELINE(
	 "method='given'", "<adjust method='add' from='-2h' to='-1h'/>"),
	"rule-idle", "adjusted"},
    {WITH_BASELINE(
	 "method='previous-day'", "<adjust method='ad' from='-2h' to='-1h'/>"),
	"rule-word", "add"},
    {WITH_BASELINE("method='previous-day'",
	 "<adjust method='add' from='-2h' to='-1h' cap='-1'/>"),
	"rule-number", "negative"},
    {WITH_BASELINE(
	 "method='previous-day'", "<adjust method='add' from='-2h' to='1h'/>"),
	"rule-window", "has begun"},
    {PROGRAMME("",
	 MEASURE BASELINE "<baseline for-class='a'"
			  " method='given' round='0 down'/>" PRICE ROUNDING),
	"rule-never", "line 1"},
};

Test(programme, says_what_is_wrong_with_a_baseline)
{
	expect_wrong(wrong_baselines,
	    sizeof(wrong_baselines) / sizeof(wrong_baselines[0]));
}

static const struct wrong wrong_pay[] = {
    {WITH_PRICE("<price per='kwh'/>"), "rule-missing", "term element"},
    {WITH_PRICE("<price><term of='cleared'/></price>"), "rule-missing", "per"},
    {WITH_PRICE("<price per='kvh'><term of='cleared'/></price>"), "rule-word",
	"kwh"},
    {WITH_PRICE("<price per='kwh' take='highst'>"
		"<term of='cleared'/></price>"),
	"rule-word", "highest"},
    {WITH_PRICE("<price per='kwh' floor='2' cap='1'>"
		"<term of='cleared'/></price>"),
	"rule-number", "below the floor"},
    {TERM("value='1'"), "rule-missing", "of"},
    {TERM("of='fix' value='1'"), "rule-word", "fixed"},
    {TERM("of='fixed'"), "rule-missing", "value"},
    {TERM("of='fixed' value=''"), "rule-template", "fill it in"},
    {TERM("of='fixed' value='1,5'"), "decimal-syntax", "1,5"},
    {TERM("of='cleared' value='1'"), "rule-idle", "fixed"},
    {TERM("of='cleared' name='a'"), "rule-idle", "series"},
    {TERM("of='series'"), "rule-missing", "name"},
    {TERM("of='series' name='a' item='b'"), "rule-idle", "table"},
    {TERM("of='table' name='a'"), "rule-missing", "item"},
    {PROGRAMME("", NO_AWARD BASELINE "<price per='kwh'>"
				     "<term of='award'/></price>" ROUNDING),
	"rule-award", "none"},
    {WITH_BANDS("<band from='0' to='1'/>"), "rule-missing", "factor"},
    {WITH_BANDS("<band to='1' factor='1'/>"), "rule-missing", "from"},
    {WITH_BANDS("<band from='0.5' factor='1'/>"), "rule-bands", "gap"},
    {WITH_BANDS("<band from='0' to='0.5' factor='1'/>"
		"<band from='0.6' factor='1'/>"),
	"rule-bands", "gap"},
    {WITH_BANDS("<band from='0' to='0.5' factor='1'/>"
		"<band from='0.4' factor='1'/>"),
	"rule-bands", "overlaps"},
    {WITH_BANDS("<band from='0' to='0' factor='1'/>"), "rule-bands",
	"not above from"},
    {WITH_BANDS("<band from='0' factor='1'/>"
		"<band from='1' factor='1'/>"),
	"rule-bands", "only the last"},
    {WITH_BANDS("<band from='0' factor='-1'/>"), "rule-number", "negative"},
    {WITH_BANDS("<band from='0' factor='1' whole='ja'/>"), "rule-word", "yes"},
    {PROGRAMME(
	 "", NO_AWARD BASELINE "<band from='0' factor='1'/>" PRICE ROUNDING),
	"rule-award", "none"},
    {CHARGED("<pay negative='null'/>"), "rule-word", "keep"},
    {CHARGED("<pay export='twice'/>"), "rule-word", "once"},
    {CHARGED("<pay factor='-1'/>"), "rule-number", "negative"},
    {CHARGED("<pay most='0'/>"), "rule-number", "above 0"},
    {PROGRAMME("", NO_AWARD BASELINE PRICE "<pay most='1'/>" ROUNDING),
	"rule-award", "none"},
    {CHARGED("<penalty below='1'/>"), "rule-missing", "component"},
    {CHARGED("<penalty component='a'/>"), "rule-missing", "below"},
    {CHARGED("<penalty component='a' below='1' of='efective'/>"), "rule-word",
	"effective"},
    {CHARGED("<penalty component='response' below='1'/>"), "rule-twice",
	"another kind"},
    {CHARGED("<penalty component='a' below='1'/>"
	     "<penalty component='a' below='0.5'/>"),
	"rule-twice", "another kind"},
    {CHARGED("<penalty component='a' below='1' cap='-1'/>"), "rule-number",
	"negative"},
    {CHARGED("<penalty component='a' below='1'>" PRICE PRICE "</penalty>"),
	"rule-twice", "already"},
    {PROGRAMME("",
	 NO_AWARD BASELINE PRICE "<penalty component='a' below='1'/>" ROUNDING),
	"rule-award", "none"},
    {CHARGED("<deviation component='a'/>"), "rule-missing", "tolerance"},
    {CHARGED("<deviation component='a' tolerance='0.2' side='up'/>"),
	"rule-word", "both"},
    {CHARGED("<deviation component='a' tolerance='0.2'"
	     " opposite='capacity'/>"),
	"rule-word", "capability"},
    {CHARGED("<penalty component='a' below='1'/>"
	     "<deviation component='a' tolerance='0.2'/>"),
	"rule-twice", "another kind"},
    {PROGRAMME("", NO_AWARD BASELINE PRICE
	 "<deviation component='a' tolerance='0'/>" ROUNDING),
	"rule-award", "none"},
};

Test(programme, says_what_is_wrong_with_what_is_paid)
{
	expect_wrong(wrong_pay, sizeof(wrong_pay) / sizeof(wrong_pay[0]));
}

Test(programme, lists_every_fault)
{
	static const char text[] = PROGRAMME("",
	    "<measure every='2h'/>"
	    "<baseline method='same-day' round='0' days='3'/>"
	    "<band from='0' to='0.5' factor='x'/><band from='0.7' factor='1'/>"
	    "<price per='kwh'><term of='series'/></price>"
	    "<rounding money='2 half-up'/>");
	static const char *const codes[] = {"rule-word", "rule-rounding",
	    "rule-idle", "rule-missing", "decimal-syntax", "rule-bands",
	    "rule-missing", "rule-rounding"};
	struct tariff_faults faults;

	programme_faults(&faults, text, sizeof(text) - 1, "p.xml");
	cr_assert_eq(faults.count, sizeof(codes) / sizeof(codes[0]), "%zu",
	    faults.count);
	for (size_t i = 0; i < faults.count; i++) {
		cr_expect_str_eq(faults.list[i].code, codes[i], "%zu: %s", i,
		    faults.list[i].text);
	}
	tariff_faults_free(&faults);
}

/* What hangs on a number left open is not held against it. */
Test(programme, leaves_numbers_of_templates_open)
{
	struct programme *programme = load(PROGRAMME(" template='yes'",
	    "<notice least=''/>" MEASURE
	    "<baseline method='similar-days' days='' choose='' least='3'"
	    " look-back='' round=''/>"
	    "<valid rate=''/><band from='0' to='' factor=''/>"
	    "<band from='' to='1.2' factor='1'/>"
	    "<price per='kwh' floor='' cap='1'><term of='fixed' value=''/>"
	    "</price><pay most='' factor=''/>"
	    "<penalty component='a' below='' factor='' cap=''/>"
	    "<deviation component='b' tolerance=''/><rounding money=''/>"));
	const struct programme_version *version = &programme->versions[0];

	cr_expect(version->is_template);
	cr_expect_not(version->has_notice);
	cr_expect_not(version->has_valid_rate);
	cr_expect_not(version->has_most);
	cr_expect_eq(version->band_count, 2);
	programme_free(programme);
}
