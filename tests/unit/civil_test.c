/* civil_test.c - the calendar.
 *
 * Expected numbers are those of date(1), which has its own arithmetic.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#include "base/civil.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

Test(civil, knows_days_and_their_weekdays)
{
	static const struct {
		int year, month, day_of_month;
		int32_t day;
		int weekday;
	} cases[] = {
	    {1970, 1, 1, 0, 4},
	    {1969, 12, 31, -1, 3},
	    {2000, 2, 29, 11016, 2},
	    {2000, 3, 1, 11017, 3},
	    {1900, 3, 1, -25508, 4},
	    {2025, 7, 14, 20283, 1},
	    {2026, 10, 25, 20751, 7},
	    {9999, 12, 31, 2932896, 5},
	    {1, 1, 1, -719162, 1},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		int year, month, day_of_month;

		cr_expect_eq(civil_day(cases[i].year, cases[i].month,
				 cases[i].day_of_month),
		    cases[i].day, "case %zu", i);
		civil_date(cases[i].day, &year, &month, &day_of_month);
		cr_expect(year == cases[i].year && month == cases[i].month &&
			  day_of_month == cases[i].day_of_month);
		cr_expect_eq(civil_weekday(cases[i].day), cases[i].weekday);
	}
}

Test(civil, days_follow_each_other_for_eight_centuries)
{
	int32_t day = civil_day(1600, 1, 1);
	int weekday = civil_weekday(day);

	for (int year = 1600; year < 2400; year++) {
		for (int month = 1; month <= 12; month++) {
			int length = civil_days_in_month(year, month);

			cr_assert_eq(
			    civil_month_of_day(day), civil_month(year, month));
			cr_assert_eq(
			    civil_month_first_day(civil_month(year, month)),
			    day);
			for (int d = 1; d <= length; d++) {
				int y, m, got;

				cr_assert_eq(civil_day(year, month, d), day);
				civil_date(day, &y, &m, &got);
				cr_assert(y == year && m == month && got == d);
				cr_assert_eq(civil_weekday(day), weekday);
				weekday = weekday % 7 + 1;
				day++;
			}
		}
	}
}

Test(civil, knows_leap_years)
{
	cr_expect_eq(civil_days_in_month(1900, 2), 28);
	cr_expect_eq(civil_days_in_month(2000, 2), 29);
	cr_expect_eq(civil_days_in_month(2024, 2), 29);
	cr_expect_eq(civil_days_in_month(2025, 2), 28);
	cr_expect(civil_date_ok(2024, 2, 29));
	cr_expect(!civil_date_ok(2025, 2, 29));
	cr_expect(!civil_date_ok(2025, 4, 31));
	cr_expect(!civil_date_ok(2025, 13, 1));
	cr_expect(!civil_date_ok(2025, 0, 1));
	cr_expect(!civil_date_ok(2025, 1, 0));
}

Test(civil, divides_time_before_1970_downward)
{
	cr_expect_eq(civil_time_day(-1), -1);
	cr_expect_eq(civil_time_second(-1), 86399);
	cr_expect_eq(civil_time_day(-86400), -1);
	cr_expect_eq(civil_time_second(-86400), 0);
	cr_expect_eq(civil_time_day(86399), 0);
}

Test(civil, reads_days_and_months)
{
	int32_t day, month;

	cr_assert_eq(civil_parse_day("2025-07-14xx", 10, &day, NULL), 0);
	cr_expect_eq(day, 20283);
	cr_assert_eq(civil_parse_month("2025-07", 7, &month, NULL), 0);
	cr_expect_eq(month, 2025 * 12 + 6);
}

Test(civil, refuses_dates_that_are_none)
{
	static const struct {
		const char *text;
		const char *code;
	} cases[] = {
	    {"", "date-syntax"},
	    {"2025-7-14", "date-syntax"},
	    {"2025/07/14", "date-syntax"},
	    {"2025x07-14", "date-syntax"},
	    {"2025-07x14", "date-syntax"},
	    {"20250714", "date-syntax"},
	    {"2025-07-14 ", "date-syntax"},
	    {"-025-07-14", "date-syntax"},
	    {"2025-07-1x", "date-syntax"},
	    {"2025-02-29", "date-range"},
	    {"2025-13-01", "date-range"},
	    {"2025-00-01", "date-range"},
	    {"2025-01-00", "date-range"},
	    {"0000-01-01", "date-range"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct qf_error err = {0};
		int32_t day = 42;

		cr_expect_eq(civil_parse_day(cases[i].text,
				 strlen(cases[i].text), &day, &err),
		    -1);
		cr_expect_str_eq(err.code, cases[i].code, "%s", cases[i].text);
		cr_expect_eq(day, 42);
	}
}

Test(civil, refuses_months_that_are_none)
{
	struct qf_error err = {0};
	int32_t month = 42;

	cr_expect_eq(civil_parse_month("2025-13", 7, &month, &err), -1);
	cr_expect_str_eq(err.code, "date-range");
	cr_expect_eq(civil_parse_month("2025-7", 6, &month, &err), -1);
	cr_expect_str_eq(err.code, "date-syntax");
	cr_expect_eq(civil_parse_month("2025_07", 7, &month, &err), -1);
	cr_expect_str_eq(err.code, "date-syntax");
	cr_expect_eq(month, 42);
}

Test(civil, reads_times)
{
	static const struct {
		const char *text;
		unsigned flags;
		int64_t local_s;
		bool has_offset;
		int32_t offset_s;
	} cases[] = {
	    {"2025-02-01T00:15:00Z", 0, 1738368900, true, 0},
	    {"2025-02-01T08:15:00+08:00", 0, 1738397700, true, 28800},
	    {"2025-02-01T08:15", 0, 1738397700, false, 0},
	    {"2025-02-01 08:15:00", 0, 1738397700, false, 0},
	    {"2025-02-01T08:15-03:30", 0, 1738397700, true, -12600},
	    {"2025-01-31T24:00", CIVIL_ALLOW_24, 1738368000, false, 0},
	    {"2025-01-31 24:00:00+08:00", CIVIL_ALLOW_24, 1738368000, true,
		28800},
	    {"1969-12-31T23:59:59Z", 0, -1, true, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct civil_time time;

		cr_assert_eq(
		    civil_parse_time(cases[i].text, strlen(cases[i].text),
			cases[i].flags, &time, NULL),
		    0, "%s", cases[i].text);
		cr_expect_eq(
		    time.local_s, cases[i].local_s, "%s", cases[i].text);
		cr_expect_eq(time.has_offset, cases[i].has_offset);
		cr_expect_eq(time.offset_s, cases[i].offset_s);
	}
}

Test(civil, refuses_times_that_are_none)
{
	static const struct {
		const char *text;
		unsigned flags;
		const char *code;
	} cases[] = {
	    {"", 0, "time-syntax"},
	    {"2025-02-01", 0, "time-syntax"},
	    {"2025-02-01T", 0, "time-syntax"},
	    {"2025-02-01T08", 0, "time-syntax"},
	    {"2025-02-01T8:15", 0, "time-syntax"},
	    {"2025-02-01t08:15", 0, "time-syntax"},
	    {"2025-02-01T08:15:", 0, "time-syntax"},
	    {"2025-02-01T08:15:0", 0, "time-syntax"},
	    {"2025-02-01T08:15:00.0", 0, "time-syntax"},
	    {"2025-02-01T08:15z", 0, "time-syntax"},
	    {"2025-02-01T08:15+0800", 0, "time-syntax"},
	    {"2025-02-01T08:15+08", 0, "time-syntax"},
	    {"2025-02-01T08:15Z ", 0, "time-syntax"},
	    {"2025-02-30T08:15", 0, "time-range"},
	    {"2025-02-01T24:00", 0, "time-range"},
	    {"2025-02-01T24:01", CIVIL_ALLOW_24, "time-range"},
	    {"2025-02-01T25:00", CIVIL_ALLOW_24, "time-range"},
	    {"2025-02-01T08:60", 0, "time-range"},
	    {"2025-02-01T23:59:60", 0, "time-range"},
	    {"2025-02-01T08:15+24:00", 0, "time-range"},
	    {"9999-12-31T23:00-08:00", 0, "time-range"},
	    {"9999-12-31T24:00", CIVIL_ALLOW_24, "time-range"},
	    {"0001-01-01T00:00+08:00", 0, "time-range"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct civil_time time = {.local_s = 42};
		struct qf_error err = {0};

		cr_expect_eq(
		    civil_parse_time(cases[i].text, strlen(cases[i].text),
			cases[i].flags, &time, &err),
		    -1, "%s", cases[i].text);
		cr_expect_str_eq(err.code, cases[i].code, "%s", cases[i].text);
		cr_expect_eq(time.local_s, 42);
	}
}

Test(civil, writes_what_it_reads)
{
	char text[CIVIL_TEXT_MAX];

	cr_expect_eq(civil_format_day(20283, text), 10);
	cr_expect_str_eq(text, "2025-07-14");
	civil_format_day(-719162, text);
	cr_expect_str_eq(text, "0001-01-01");
	civil_format_month(2025 * 12 + 6, text);
	cr_expect_str_eq(text, "2025-07");
	civil_format_local(1738397700, text);
	cr_expect_str_eq(text, "2025-02-01T08:15:00");
	cr_expect_eq(civil_format_utc(1738368900, text), 20);
	cr_expect_str_eq(text, "2025-02-01T00:15:00Z");
	civil_format_utc(-1, text);
	cr_expect_str_eq(text, "1969-12-31T23:59:59Z");
	civil_format_offset(1738368900, 28800, text);
	cr_expect_str_eq(text, "2025-02-01T08:15:00+08:00");
	civil_format_offset(1738368900, -12600, text);
	cr_expect_str_eq(text, "2025-01-31T20:45:00-03:30");
	civil_format_offset(0, 29143, text);
	cr_expect_str_eq(text, "1970-01-01T08:05:43+08:05:43");
}

Test(civil, year_without_a_text_is_our_own_mistake, .signal = SIGABRT)
{
	char text[CIVIL_TEXT_MAX];

	civil_format_day(2932897, text);
}
