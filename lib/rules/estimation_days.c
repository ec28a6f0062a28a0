/* estimation_days.c - which days are typical of a day.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <string.h>

#include "base/civil.h"
#include "rules/estimation.h"

#define LATEST_DAYS \
	400 /* how far back the last days of a kind are looked for */
#define LAST_YEAR_FIRST 330 /* where last year's holiday may have been: the */
#define LAST_YEAR_LAST 420 /* lunar calendar moves it by up to a month */
#define HOLIDAY_MAX 15 /* days of one holiday */

static bool
names(const struct estimation_typical *typical, const char *holiday)
{
	if (typical->holiday_count == 0) {
		return true;
	}
	for (size_t i = 0; i < typical->holiday_count; i++) {
		if (strcmp(typical->holidays[i], holiday) == 0) {
			return true;
		}
	}
	return false;
}

const struct estimation_typical *
estimation_typical(
    const struct estimation_version *version, const struct day_of *day)
{
	for (size_t i = 0; i < version->typical_count; i++) {
		const struct estimation_typical *typical = &version->typical[i];

		if ((day->kind == DAY_WORKDAY && typical->workday) ||
		    (day->kind == DAY_REST && typical->rest) ||
		    (day->kind == DAY_HOLIDAY && typical->holiday &&
			names(typical, day->holiday))) {
			return typical;
		}
	}
	return NULL;
}

struct search {
	const struct estimation_version *version;
	void (*kind_of)(void *context, int32_t day, struct day_of *out);
	void *context;
	struct day_of day; /* of which days are looked for */
};

/* Days of the same kind in the week before, Monday to Sunday. */
static size_t
last_week(const struct search *search, int32_t out[ESTIMATION_DAYS_MAX])
{
	int32_t monday =
	    search->day.day - (civil_weekday(search->day.day) - 1) - 7;
	size_t count = 0;

	for (int32_t day = monday; day < monday + 7; day++) {
		struct day_of other;

		search->kind_of(search->context, day, &other);
		if (other.kind == search->day.kind) {
			out[count++] = day;
		}
	}
	return count;
}

/* The last days that the same element is for. */
static size_t
latest(const struct search *search, const struct estimation_typical *typical,
    int32_t out[ESTIMATION_DAYS_MAX])
{
	int32_t found[ESTIMATION_DAYS_MAX];
	size_t count = 0;

	for (int32_t day = search->day.day - 1;
	     day > search->day.day - LATEST_DAYS &&
	     count < (size_t)typical->days;
	     day--) {
		struct day_of other;

		search->kind_of(search->context, day, &other);
		if (other.kind == search->day.kind &&
		    estimation_typical(search->version, &other) == typical) {
			found[count++] = day;
		}
	}
	for (size_t i = 0; i < count; i++) {
		out[i] = found[count - 1 - i];
	}
	return count;
}

/* The first day of the holiday that the day is in. */
static int32_t
first_of_holiday(const struct search *search, int32_t day, const char *holiday)
{
	struct day_of other;

	for (int i = 0; i < HOLIDAY_MAX; i++) {
		search->kind_of(search->context, day - 1, &other);
		if (other.kind != DAY_HOLIDAY ||
		    strcmp(other.holiday, holiday) != 0) {
			break;
		}
		day--;
	}
	return day;
}

/* The same day of the same holiday a year ago. */
static size_t
last_year(const struct search *search, int32_t out[ESTIMATION_DAYS_MAX])
{
	const char *holiday = search->day.holiday;
	int32_t of_holiday = search->day.day -
			     first_of_holiday(search, search->day.day, holiday);
	struct day_of other;

	if (holiday[0] == '\0') {
		return 0;
	}
	for (int32_t back = LAST_YEAR_FIRST; back <= LAST_YEAR_LAST; back++) {
		int32_t first;

		search->kind_of(
		    search->context, search->day.day - back, &other);
		if (other.kind != DAY_HOLIDAY ||
		    strcmp(other.holiday, holiday) != 0) {
			continue;
		}
		first =
		    first_of_holiday(search, search->day.day - back, holiday);
		search->kind_of(search->context, first + of_holiday, &other);
		if (other.kind == DAY_HOLIDAY &&
		    strcmp(other.holiday, holiday) == 0) {
			out[0] = first + of_holiday;
			return 1;
		}
		return 0;
	}
	return 0;
}

size_t
estimation_days(const struct estimation_version *version, int32_t day,
    void (*kind_of)(void *context, int32_t day, struct day_of *out),
    void *context, int32_t out[ESTIMATION_DAYS_MAX])
{
	struct search search = {version, kind_of, context, {0}};
	const struct estimation_typical *typical;

	kind_of(context, day, &search.day);
	assert(search.day.day == day);
	typical = estimation_typical(version, &search.day);
	if (typical == NULL) {
		return 0;
	}
	switch (typical->take) {
	case TAKE_LAST_WEEK:
		return last_week(&search, out);
	case TAKE_LATEST:
		return latest(&search, typical, out);
	case TAKE_LAST_YEAR:
		return last_year(&search, out);
	}
	return 0;
}
