/* zone_test.c - local time.
 *
 * Expected values are those of zdump(8), which is of the same source as the
 * data; tests/differential/zone.py asks Python about every zone besides.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/civil.h"
#include "base/zone.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct zone *
load(const char *name)
{
	struct qf_error err = {0};
	struct zone *zone;

	cr_assert_eq(zone_load(&zone, name, &err), 0, "%s", err.text);
	return zone;
}

/* The seconds of a time as written; of an instant when it ends in Z. */
static int64_t
at(const char *text)
{
	struct civil_time time;

	cr_assert_eq(civil_parse_time(text, strlen(text), 0, &time, NULL), 0);
	return time.local_s;
}

static int32_t
day_at(const char *text)
{
	int32_t day;

	cr_assert_eq(civil_parse_day(text, 10, &day, NULL), 0);
	return day;
}

Test(zone, tells_the_offset_in_force)
{
	static const struct {
		const char *name;
		const char *utc;
		int32_t offset_s;
	} cases[] = {
	    {"Asia/Shanghai", "2025-07-01T00:00:00Z", 28800},
	    {"Asia/Shanghai", "1988-04-16T17:59:59Z", 28800},
	    {"Asia/Shanghai", "1988-04-16T18:00:00Z", 32400},
	    {"Asia/Shanghai", "1988-09-10T16:59:59Z", 32400},
	    {"Asia/Shanghai", "1988-09-10T17:00:00Z", 28800},
	    {"Asia/Shanghai", "2500-07-01T00:00:00Z", 28800},
	    {"Asia/Shanghai", "1890-01-01T00:00:00Z", 29143},
	    {"Europe/Oslo", "2025-03-30T00:59:59Z", 3600},
	    {"Europe/Oslo", "2025-03-30T01:00:00Z", 7200},
	    {"Europe/Oslo", "2025-10-26T00:59:59Z", 7200},
	    {"Europe/Oslo", "2025-10-26T01:00:00Z", 3600},
	    {"Europe/Berlin", "2060-03-28T00:59:59Z", 3600},
	    {"Europe/Berlin", "2060-03-28T01:00:00Z", 7200},
	    {"Europe/Berlin", "2060-10-31T00:59:59Z", 7200},
	    {"Europe/Berlin", "2060-10-31T01:00:00Z", 3600},
	    {"Australia/Sydney", "2026-01-01T00:00:00Z", 39600},
	    {"Australia/Sydney", "2026-04-04T15:59:59Z", 39600},
	    {"Australia/Sydney", "2026-04-04T16:00:00Z", 36000},
	    {"Australia/Sydney", "2060-10-02T15:59:59Z", 36000},
	    {"Australia/Sydney", "2060-10-02T16:00:00Z", 39600},
	    {"Australia/Sydney", "2060-12-31T23:59:59Z", 39600},
	    {"UTC", "2025-07-01T00:00:00Z", 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct zone *zone = load(cases[i].name);

		cr_expect_eq(zone_offset(zone, at(cases[i].utc)),
		    cases[i].offset_s, "%s %s", cases[i].name, cases[i].utc);
		cr_expect_str_eq(zone_name(zone), cases[i].name);
		zone_free(zone);
	}
}

/* The questions come in an order that the memory of the last answer does not
 * know. */
Test(zone, answers_do_not_depend_on_the_question_before)
{
	static const char *const instants[] = {"2060-07-01T00:00:00Z",
	    "1950-01-01T00:00:00Z", "2026-10-25T01:00:00Z",
	    "2026-10-25T00:59:59Z", "2060-01-01T00:00:00Z",
	    "1800-01-01T00:00:00Z"};
	struct zone *used = load("Europe/Berlin");

	for (size_t i = 0; i < COUNT(instants); i++) {
		for (size_t k = 0; k < COUNT(instants); k++) {
			struct zone *fresh = load("Europe/Berlin");

			zone_offset(used, at(instants[i]));
			cr_expect_eq(zone_offset(used, at(instants[k])),
			    zone_offset(fresh, at(instants[k])));
			zone_free(fresh);
		}
	}
	zone_free(used);
}

Test(zone, unknown_zones_are_never_utc)
{
	static const char *const names[] = {"", "Asia/Peking", "Asia", "CN",
	    "/usr/share/zoneinfo/UTC", "/UTC", "../zoneinfo/UTC", "Asia/../UTC",
	    "UTC/", "Asia//Shanghai", "UTC\n", "zone.tab", "localtime",
	    "posixrules", "asia/shanghai", "Asia/Shanghai ", "UTC+8",
	    "leapseconds"};

	for (size_t i = 0; i < COUNT(names); i++) {
		struct qf_error err = {0};
		struct zone *zone = (struct zone *)&err;

		cr_expect_eq(zone_load(&zone, names[i], &err), -1);
		cr_expect_null(zone);
		cr_expect_str_eq(err.code, "zone-unknown", "%s", names[i]);
		cr_expect_eq(err.status, QF_CONFIG);
	}
}

Test(zone, an_unknown_zone_gets_the_nearest)
{
	static const struct {
		const char *name, *meant; /* NULL: none */
	} cases[] = {
	    {"Asia/Shangai", "did you mean Asia/Shanghai?"},
	    {"asia/shanghai", "did you mean Asia/Shanghai?"},
	    {"Shanghai", "did you mean Asia/Shanghai?"},
	    {"Europe/Belrin", "did you mean Europe/Berlin?"},
	    {"America/Indiana/Knocks", "did you mean America/Indiana/Knox?"},
	    {"../etc/passwd", NULL},
	    {"", NULL},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct qf_error err = {0};
		struct zone *zone;
		const char *meant;

		cr_expect_eq(zone_load(&zone, cases[i].name, &err), -1);
		meant = strstr(err.text, "did you mean");
		if (cases[i].meant == NULL) {
			cr_expect_null(meant, "%s", err.text);
		} else {
			cr_expect_not_null(meant, "%s", err.text);
			cr_expect_str_eq(meant, cases[i].meant);
		}
	}
}

Test(zone, clock_with_leap_seconds_is_refused)
{
	struct qf_error err = {0};
	struct zone *zone;

	cr_expect_eq(zone_load(&zone, "right/UTC", &err), -1);
	cr_expect_str_eq(err.code, "zone-invalid");
	cr_expect_eq(err.status, QF_CONFIG);
}

Test(zone, finds_the_instants_of_a_wall_clock)
{
	static const struct {
		const char *name;
		const char *local;
		enum zone_fit fit;
		const char *earlier, *later;
	} cases[] = {
	    {"Asia/Shanghai", "2025-02-01T08:15", ZONE_UNIQUE,
		"2025-02-01T00:15Z", "2025-02-01T00:15Z"},
	    {"Asia/Shanghai", "1988-09-11T01:30", ZONE_AMBIGUOUS,
		"1988-09-10T16:30Z", "1988-09-10T17:30Z"},
	    {"Asia/Shanghai", "1988-04-17T02:30", ZONE_MISSING,
		"1988-04-16T18:00Z", "1988-04-16T18:00Z"},
	    {"Europe/Berlin", "2026-10-25T01:59:59", ZONE_UNIQUE,
		"2026-10-24T23:59:59Z", "2026-10-24T23:59:59Z"},
	    {"Europe/Berlin", "2026-10-25T02:00", ZONE_AMBIGUOUS,
		"2026-10-25T00:00Z", "2026-10-25T01:00Z"},
	    {"Europe/Berlin", "2026-10-25T02:59:59", ZONE_AMBIGUOUS,
		"2026-10-25T00:59:59Z", "2026-10-25T01:59:59Z"},
	    {"Europe/Berlin", "2026-10-25T03:00", ZONE_UNIQUE,
		"2026-10-25T02:00Z", "2026-10-25T02:00Z"},
	    {"Europe/Berlin", "2026-03-29T02:00", ZONE_MISSING,
		"2026-03-29T01:00Z", "2026-03-29T01:00Z"},
	    {"Europe/Berlin", "2026-03-29T02:59:59", ZONE_MISSING,
		"2026-03-29T01:00Z", "2026-03-29T01:00Z"},
	    {"Europe/Berlin", "2026-03-29T03:00", ZONE_UNIQUE,
		"2026-03-29T01:00Z", "2026-03-29T01:00Z"},
	    /* The last change of the table, and a rule without summer time. */
	    {"Asia/Pyongyang", "2018-05-04T23:45", ZONE_MISSING,
		"2018-05-04T15:00Z", "2018-05-04T15:00Z"},
	    {"Australia/Sydney", "2060-04-04T02:30", ZONE_AMBIGUOUS,
		"2060-04-03T15:30Z", "2060-04-03T16:30Z"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct zone *zone = load(cases[i].name);
		int64_t local = at(cases[i].local), earlier, later;

		/* Whatever was asked before. */
		for (int days = -40; days <= 40; days += 8) {
			zone_offset(zone, local + days * CIVIL_DAY_S);
			cr_expect_eq(zone_to_utc(zone, local, &earlier, &later),
			    cases[i].fit, "%s %s", cases[i].name,
			    cases[i].local);
			cr_expect_eq(earlier, at(cases[i].earlier));
			cr_expect_eq(later, at(cases[i].later));
		}
		zone_free(zone);
	}
}

Test(zone, days_have_as_many_hours_as_the_clock_showed)
{
	static const struct {
		const char *name;
		const char *day;
		const char *start;
		int64_t hours;
	} cases[] = {
	    {"Asia/Shanghai", "2025-07-14", "2025-07-13T16:00Z", 24},
	    {"Asia/Shanghai", "1988-04-17", "1988-04-16T16:00Z", 23},
	    {"Asia/Shanghai", "1988-09-11", "1988-09-10T15:00Z", 25},
	    {"Europe/Berlin", "2026-10-25", "2026-10-24T22:00Z", 25},
	    {"Europe/Berlin", "2026-03-29", "2026-03-28T23:00Z", 23},
	    {"Europe/Berlin", "2060-10-31", "2060-10-30T22:00Z", 25},
	    {"Australia/Sydney", "2026-10-04", "2026-10-03T14:00Z", 23},
	    /* The midnight that begins it does not exist. */
	    {"Africa/Cairo", "2026-04-24", "2026-04-23T22:00Z", 23},
	    /* The midnight that begins it happens twice. */
	    {"America/Havana", "2025-11-02", "2025-11-02T04:00Z", 25},
	    /* Samoa left this day out. */
	    {"Pacific/Apia", "2011-12-29", "2011-12-29T10:00Z", 24},
	    {"Pacific/Apia", "2011-12-30", "2011-12-30T10:00Z", 0},
	    {"Pacific/Apia", "2011-12-31", "2011-12-30T10:00Z", 24},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct zone *zone = load(cases[i].name);
		int32_t day = day_at(cases[i].day);
		int64_t start = zone_day_start(zone, day);
		int64_t end = zone_day_start(zone, day + 1);

		cr_expect_eq(start, at(cases[i].start), "%s %s", cases[i].name,
		    cases[i].day);
		cr_expect_eq(end - start, cases[i].hours * 3600, "%s %s",
		    cases[i].name, cases[i].day);
		if (start < end) {
			cr_expect_eq(zone_day_of(zone, start), day);
			cr_expect_eq(zone_day_of(zone, end - 1), day);
		}
		cr_expect(zone_day_of(zone, start - 1) < day);
		cr_expect(zone_day_of(zone, end) > day);
		zone_free(zone);
	}
}

Test(zone, day_that_has_begun_goes_on_over_a_clock_set_back)
{
	/* At 00:01 of 30 October 1988 the clock was set back to 22:01. */
	struct zone *zone = load("America/St_Johns");
	int32_t day = day_at("1988-10-30");

	cr_expect_eq(zone_day_start(zone, day), at("1988-10-30T01:30Z"));
	cr_expect_eq(zone_day_of(zone, at("1988-10-30T01:29:59Z")), day - 1);
	cr_expect_eq(zone_day_of(zone, at("1988-10-30T01:30:30Z")), day);
	cr_expect_eq(zone_day_of(zone, at("1988-10-30T02:00Z")), day);
	cr_expect_eq(zone_day_of(zone, at("1988-10-30T12:00Z")), day);
	zone_free(zone);
}

Test(zone, days_are_without_holes_in_a_year_of_changes)
{
	static const char *const names[] = {"Europe/Berlin", "Asia/Shanghai",
	    "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca"};

	for (size_t i = 0; i < COUNT(names); i++) {
		struct zone *zone = load(names[i]);
		int32_t day = day_at("1988-01-01");
		int64_t start = zone_day_start(zone, day);

		for (int k = 0; k < 366; k++, day++) {
			int64_t end = zone_day_start(zone, day + 1);

			cr_assert_lt(start, end);
			cr_assert_eq(zone_day_of(zone, start), day);
			cr_assert_eq(zone_day_of(zone, end - 1), day);
			start = end;
		}
		zone_free(zone);
	}
}

Test(zone, version_of_the_data_is_a_year_and_a_letter)
{
	const char *version = zone_version();

	cr_expect_eq(strlen(version), 5, "%s", version);
	cr_expect_eq(strspn(version, "0123456789"), 4, "%s", version);
	cr_expect_eq(version, zone_version());
}
