/* period_test.c - the periods that tools take.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/civil.h"
#include "base/period.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct zone *
load(const char *name)
{
	struct zone *zone;

	cr_assert_eq(zone_load(&zone, name, NULL), 0);
	return zone;
}

Test(period, is_local_days_of_the_zone)
{
	static const struct {
		const char *zone, *text;
		const char *first_day, *end_day;
		const char *from, *to;
	} cases[] = {
	    {"Asia/Shanghai", "2025-07", "2025-07-01", "2025-08-01",
		"2025-06-30T16:00:00Z", "2025-07-31T16:00:00Z"},
	    {"Asia/Shanghai", "2025-07-14", "2025-07-14", "2025-07-15",
		"2025-07-13T16:00:00Z", "2025-07-14T16:00:00Z"},
	    {"Asia/Shanghai", "2025-07-03/2025-08-01", "2025-07-03",
		"2025-08-01", "2025-07-02T16:00:00Z", "2025-07-31T16:00:00Z"},
	    {"Asia/Shanghai", "2024-12", "2024-12-01", "2025-01-01",
		"2024-11-30T16:00:00Z", "2024-12-31T16:00:00Z"},
	    {"Asia/Shanghai", "2025-07-01/9999-12-31", "2025-07-01",
		"9999-12-31", "2025-06-30T16:00:00Z", "9999-12-30T16:00:00Z"},
	    {"Europe/Berlin", "2026-10", "2026-10-01", "2026-11-01",
		"2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z"},
	    {"Europe/Berlin", "2026-03-29", "2026-03-29", "2026-03-30",
		"2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct zone *zone = load(cases[i].zone);
		struct period period;
		char text[PERIOD_TEXT_MAX];

		cr_assert_eq(
		    period_parse(cases[i].text, zone, &period, NULL), 0);
		civil_format_day(period.first_day, text);
		cr_expect_str_eq(text, cases[i].first_day);
		civil_format_day(period.end_day, text);
		cr_expect_str_eq(text, cases[i].end_day);
		civil_format_utc(period.from_utc, text);
		cr_expect_str_eq(text, cases[i].from);
		civil_format_utc(period.to_utc, text);
		cr_expect_str_eq(text, cases[i].to);
		cr_expect_eq(
		    period_format(&period, text), strlen(cases[i].text));
		cr_expect_str_eq(text, cases[i].text);
		zone_free(zone);
	}
}

Test(period, is_written_in_the_shortest_form)
{
	static const struct {
		const char *given, *written;
	} cases[] = {
	    {"2025-07-01/2025-08-01", "2025-07"},
	    {"2025-07-14/2025-07-15", "2025-07-14"},
	    {"2025-07-01/2025-09-01", "2025-07-01/2025-09-01"},
	    {"2025-07-01/2025-07-31", "2025-07-01/2025-07-31"},
	};
	struct zone *zone = load("Asia/Shanghai");

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct period period;
		char text[PERIOD_TEXT_MAX];

		cr_assert_eq(
		    period_parse(cases[i].given, zone, &period, NULL), 0);
		period_format(&period, text);
		cr_expect_str_eq(text, cases[i].written);
	}
	zone_free(zone);
}

Test(period, refuses_what_is_none)
{
	static const struct {
		const char *text;
		const char *code;
	} cases[] = {
	    {"", "period-syntax"},
	    {"2025", "period-syntax"},
	    {"2025-7", "period-syntax"},
	    {"2025/07", "period-syntax"},
	    {"2025-07 ", "period-syntax"},
	    {"2025-07/2025-08", "period-syntax"},
	    {"2025-07-01/", "period-syntax"},
	    {"2025-07-01 2025-08-01", "period-syntax"},
	    {"2025-07-01/2025-08-01/", "period-syntax"},
	    {"2025-13", "period-range"},
	    {"2025-02-29", "period-range"},
	    {"2025-02-01/2025-02-29", "period-range"},
	    {"9999-12", "period-range"},
	    {"9999-12-31", "period-range"},
	    {"0001-01", "period-range"},
	    {"2025-07-01/2025-07-01", "period-empty"},
	    {"2025-07-02/2025-07-01", "period-empty"},
	};
	struct zone *zone = load("Asia/Shanghai");

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct period period = {.first_day = 42};
		struct qf_error err = {0};

		cr_expect_eq(
		    period_parse(cases[i].text, zone, &period, &err), -1);
		cr_expect_str_eq(err.code, cases[i].code, "%s", cases[i].text);
		cr_expect_eq(err.status, QF_USAGE);
		cr_expect_eq(period.first_day, 42);
	}
	zone_free(zone);
}

/* Samoa crossed the date line: there, 2011-12-29 was followed by 12-31. */
Test(period, is_not_of_days_alone_that_the_zone_left_out)
{
	struct zone *zone = load("Pacific/Apia");
	struct period period;
	struct qf_error err = {0};

	cr_expect_eq(period_parse("2011-12-30", zone, &period, &err), -1);
	cr_expect_str_eq(err.code, "period-empty");
	cr_expect_eq(
	    period_parse("2011-12-29/2011-12-31", zone, &period, &err), 0);
	cr_expect_eq(period.to_utc - period.from_utc, 86400);
	zone_free(zone);
}
