/* estimation_test.c - documents of estimation and of thresholds.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rules/estimation.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "rules/thresholds.h"

#define DOCUMENT(body)                                              \
	"<estimation xmlns='urn:qingfen:estimation:1' id='e'>"      \
	"<version from='2025-01-01' calendar='cn' source='s'>" body \
	"</version></estimation>"
#define THRESHOLDS(version, body)                                \
	"<thresholds xmlns='urn:qingfen:thresholds:1' id='t'>"   \
	"<version from='2025-01-01' source='s'" version ">" body \
	"</version></thresholds>"

static int32_t
day_of(const char *text)
{
	int32_t day;
	struct qf_error err;

	cr_assert_eq(civil_parse_day(text, strlen(text), &day, &err), 0);
	return day;
}

/* Holidays of China, 2024 and 2025, as far as the tests need them. */
static void
kind_of(void *context, int32_t day, struct day_of *out)
{
	static const struct {
		const char *first, *last;
		enum day_kind kind;
		const char *name;
	} days[] = {
	    {"2024-02-10", "2024-02-17", DAY_HOLIDAY, "spring-festival"},
	    {"2024-09-15", "2024-09-17", DAY_HOLIDAY, "mid-autumn"},
	    {"2024-10-01", "2024-10-07", DAY_HOLIDAY, "national-day"},
	    {"2025-01-01", "2025-01-01", DAY_HOLIDAY, "new-year"},
	    {"2025-01-28", "2025-02-04", DAY_HOLIDAY, "spring-festival"},
	    {"2025-02-08", "2025-02-08", DAY_WORKDAY, ""},
	    {"2025-04-04", "2025-04-06", DAY_HOLIDAY, "qingming"},
	};

	(void)context;
	*out = (struct day_of){.day = day,
	    .kind = civil_weekday(day) >= 6 ? DAY_REST : DAY_WORKDAY};
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		if (day >= day_of(days[i].first) &&
		    day <= day_of(days[i].last)) {
			out->kind = days[i].kind;
			snprintf(out->holiday, sizeof(out->holiday), "%s",
			    days[i].name);
		}
	}
}

/* rules.md 5.5, Shandong (4): workdays and rest days of last week, the last
 * three days of short holidays, last year's of long ones. */
Test(estimation, finds_the_days_that_are_typical_of_a_day)
{
	static const char text[] = DOCUMENT(
	    "<typical for='workday rest' take='last-week'/>"
	    "<typical for='holiday' holidays='spring-festival national-day'"
	    " take='last-year'/>"
	    "<typical for='holiday' take='latest' days='3'/>");
	static const struct {
		const char *day, *expected;
	} cases[] = {
	    {"2025-02-19", " 2025-02-10 2025-02-11 2025-02-12 2025-02-13"
			   " 2025-02-14"},
	    /* Two of its days were holidays, one rest day was worked. */
	    {"2025-02-12", " 2025-02-05 2025-02-06 2025-02-07 2025-02-08"},
	    {"2025-02-15", " 2025-02-09"},
	    {"2025-01-30", " 2024-02-12"},
	    {"2025-04-05", " 2024-09-17 2025-01-01 2025-04-04"},
	    {"2025-04-04", " 2024-09-16 2024-09-17 2025-01-01"},
	    /* No such holiday a year before is known. */
	    {"2024-02-11", ""},
	};
	struct estimation *estimation;
	struct qf_error err;

	cr_assert_eq(
	    estimation_load(&estimation, text, sizeof(text) - 1, "e.xml", &err),
	    0, "%s", err.text);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int32_t days[ESTIMATION_DAYS_MAX];
		char found[400] = "";
		size_t count = estimation_days(&estimation->versions[0],
		    day_of(cases[i].day), kind_of, NULL, days);

		for (size_t d = 0; d < count; d++) {
			char day[CIVIL_TEXT_MAX];

			civil_format_day(days[d], day);
			snprintf(found + strlen(found),
			    sizeof(found) - strlen(found), " %s", day);
		}
		cr_expect_str_eq(
		    found, cases[i].expected, "%s: %s", cases[i].day, found);
	}
	estimation_free(estimation);
}

Test(estimation, says_what_is_wrong_with_a_document)
{
	static const struct {
		const char *text, *code;
	} cases[] = {
	    {DOCUMENT("<metod name='mean'/>"), "rule-unknown"},
	    {DOCUMENT("<method name='men'/>"), "rule-word"},
	    {DOCUMENT("<method name='mean' quantity='kvh'/>"), "rule-word"},
	    {DOCUMENT("<method name='mean' least='3' most='2'/>"),
		"rule-number"},
	    {DOCUMENT("<method/>"), "rule-missing"},
	    {DOCUMENT("<typical for='workday' take='last-year'/>"),
		"rule-number"},
	    {DOCUMENT("<typical for='holiday' take='latest'/>"),
		"rule-missing"},
	    {DOCUMENT("<quarters from='60' to='25' rule='carry'"
		      " decimals='3'/>"),
		"rule-number"},
	    {"<estimation xmlns='urn:qingfen:estimation:1' id='e'>"
	     "<version from='2025-02-01' source='s'/>"
	     "<version from='2025-01-01' source='s'/></estimation>",
		"rule-version"},
	    {"<tariff xmlns='urn:qingfen:estimation:1' id='e'/>", "rule-root"},
	    {"<estimation", "xml-syntax"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct estimation *estimation;
		struct qf_error err;

		cr_assert_eq(estimation_load(&estimation, cases[i].text,
				 strlen(cases[i].text), "e.xml", &err),
		    -1, "case %zu", i);
		cr_expect_str_eq(
		    err.code, cases[i].code, "case %zu: %s", i, err.text);
		cr_expect_eq(err.status, QF_CONFIG);
		cr_expect_null(estimation);
	}
}

Test(thresholds, have_the_numbers_that_each_check_needs)
{
	static const struct {
		const char *text, *code; /* NULL: sound */
	} cases[] = {
	    {THRESHOLDS("", "<check name='jump' hold='no' factor='3'"
			    " kwh='10'/>"),
		NULL},
	    {THRESHOLDS(" template='yes'",
		 "<check name='zero-days' hold='no' days=''/>"),
		NULL},
	    {THRESHOLDS("", "<check name='zero-days' hold='no' days=''/>"),
		"rule-template"},
	    {THRESHOLDS(" template='yes'",
		 "<check name='zero-days' hold='no' days='3'/>"),
		"rule-template"},
	    {THRESHOLDS("", "<check name='jump' hold='no' factor='3'/>"),
		"rule-missing"},
	    {THRESHOLDS("", "<check name='zero-days' hold='no' days='3'"
			    " kwh='1'/>"),
		"rule-unknown"},
	    {THRESHOLDS("", "<check name='session-power' hold='yes'"
			    " percent='-1'/>"),
		"rule-number"},
	    {THRESHOLDS("", "<check name='session-overlap' hold='no'/>"
			    "<check name='session-overlap' hold='no'/>"),
		"rule-twice"},
	    {THRESHOLDS("", "<check name='session-powr' hold='yes'/>"),
		"rule-word"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct thresholds *thresholds;
		struct qf_error err = {0};
		int rc = thresholds_load(&thresholds, cases[i].text,
		    strlen(cases[i].text), "t.xml", &err);

		cr_expect_eq(rc, cases[i].code == NULL ? 0 : -1, "case %zu: %s",
		    i, err.text);
		cr_expect_str_eq(err.code,
		    cases[i].code == NULL ? "" : cases[i].code, "case %zu: %s",
		    i, err.text);
		thresholds_free(thresholds);
	}
}

Test(thresholds, hold_from_their_day_to_their_end)
{
	static const char text[] =
	    "<thresholds xmlns='urn:qingfen:thresholds:1' id='t'>"
	    "<version from='2025-01-01' to='2025-02-01' source='a'/>"
	    "<version from='2025-03-01' source='b'>"
	    "<check name='session-overlap' hold='yes'/></version>"
	    "</thresholds>";
	struct thresholds *thresholds;
	const struct thresholds_version *version;
	struct qf_error err;

	cr_assert_eq(
	    thresholds_load(&thresholds, text, sizeof(text) - 1, "t.xml", &err),
	    0, "%s", err.text);
	cr_expect_null(thresholds_at(thresholds, day_of("2024-12-31")));
	cr_expect_eq(thresholds_at(thresholds, day_of("2025-01-31")),
	    &thresholds->versions[0]);
	cr_expect_null(thresholds_at(thresholds, day_of("2025-02-01")));
	version = thresholds_at(thresholds, day_of("2026-01-01"));
	cr_assert_eq(version, &thresholds->versions[1]);
	cr_expect(thresholds_check(version, CHECK_SESSION_OVERLAP)->hold);
	cr_expect_null(thresholds_check(version, CHECK_JUMP));
	thresholds_free(thresholds);
}
