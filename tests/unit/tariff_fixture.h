/* tariff_fixture.h - tariffs out of strings, and days out of tables.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef QF_TESTS_TARIFF_FIXTURE_H
#define QF_TESTS_TARIFF_FIXTURE_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "rules/bands.h"
#include "rules/tariff.h"

#define TARIFF(version, body)                                              \
	"<tariff xmlns=\"urn:qingfen:tariff:1\" id=\"test\">\n"            \
	"<version from=\"2020-01-01\" source=\"test\" " version ">\n" body \
	"<rounding money=\"2 half-up line\"/>\n"                           \
	"</version></tariff>\n"

#define FREE_IMPORT "<import><price value=\"1\"/></import>\n"

/* The tariff of a text that must be sound. */
static inline struct tariff *
fixture_tariff(const char *text)
{
	struct tariff *tariff;
	struct qf_error err;

	cr_assert_eq(tariff_load(&tariff, text, strlen(text), "t.xml", &err), 0,
	    "%s", err.text);
	return tariff;
}

static inline int32_t
fixture_day(const char *text)
{
	struct qf_error err;
	int32_t day;

	cr_assert_eq(civil_parse_day(text, strlen(text), &day, &err), 0);
	return day;
}

/* Days that are not what their weekday says, and values of days. */
struct fixture_days {
	struct {
		const char *day;
		enum day_kind kind;
		const char *name;
	} days[8];
	struct {
		const char *day, *value;
	} values[8];
};

static inline int
fixture_kind(void *context, const char *calendar, int32_t day,
    enum day_kind *kind, char name[ID_MAX + 1], struct qf_error *err)
{
	const struct fixture_days *table = context;

	(void)err;
	cr_expect_str_eq(calendar, "cn");
	*kind = civil_weekday(day) >= 6 ? DAY_REST : DAY_WORKDAY;
	name[0] = '\0';
	for (size_t i = 0; i < 8 && table->days[i].day != NULL; i++) {
		if (fixture_day(table->days[i].day) == day) {
			*kind = table->days[i].kind;
			snprintf(name, ID_MAX + 1, "%s", table->days[i].name);
		}
	}
	return 0;
}

static inline int
fixture_condition(void *context, const char *station, const char *quantity,
    int32_t day, struct dec *value, struct qf_error *err)
{
	const struct fixture_days *table = context;

	(void)station;
	cr_expect_str_eq(quantity, "temperature-max");
	for (size_t i = 0; i < 8 && table->values[i].day != NULL; i++) {
		if (fixture_day(table->values[i].day) == day) {
			const char *text = table->values[i].value;

			cr_assert_eq(
			    dec_parse(value, text, strlen(text), err), 0);
			return 1;
		}
	}
	return 0;
}

/* The schedule of a day that must have one. */
static inline void
fixture_schedule(struct schedule *out, const struct tariff *tariff,
    const char *day, struct fixture_days *table)
{
	static struct fixture_days none;
	struct day_facts facts = {
	    table == NULL ? &none : table, fixture_kind, fixture_condition};
	struct qf_error err;

	cr_assert_eq(bands_of_day(out, &tariff->versions[0], fixture_day(day),
			 &facts, &err),
	    0, "%s", err.text);
}

/* The code of the band at "HH:MM" of the schedule. */
static inline const char *
fixture_band(const struct tariff *tariff, const struct schedule *schedule,
    const char *time)
{
	int minute = ((time[0] - '0') * 10 + time[1] - '0') * 60 +
		     (time[3] - '0') * 10 + time[4] - '0';

	for (size_t i = 0; i < schedule->count; i++) {
		if (minute >= schedule->stretches[i].from_minute &&
		    minute < schedule->stretches[i].to_minute) {
			unsigned band = schedule->stretches[i].band;

			return tariff->versions[0].bands[band].code;
		}
	}
	cr_assert_fail("no stretch at %s", time);
	return "";
}

#endif
