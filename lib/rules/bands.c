/* bands.c - which band a local time is in: a day is painted minute by minute,
 * the base bands first and the overlays over them, and then cut where the
 * colour changes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rules/bands.h"

#include <assert.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/zone.h"

#define MINUTES_OF_DAY 1440

/* A day as selectors ask about it; its kind is looked up once, and only where
 * one of them wants to know. */
struct day_now {
	const struct tariff_version *version;
	const struct day_facts *facts;
	int32_t day;
	int month, weekday;
	bool kind_known;
	enum day_kind kind;
	char holiday[ID_MAX + 1];
};

static int
learn_kind(struct day_now *now, struct qf_error *err)
{
	if (now->kind_known) {
		return 0;
	}
	if (now->facts->day(now->facts->context, now->version->calendar,
		now->day, &now->kind, now->holiday, err) == -1) {
		return -1;
	}
	now->kind_known = true;
	return 0;
}

static bool
is_named(const struct day_selector *when, const struct day_now *now)
{
	if (now->kind != DAY_HOLIDAY) {
		return false;
	}
	for (size_t i = 0; i < when->holiday_count; i++) {
		if (strcmp(when->holidays[i], now->holiday) == 0) {
			return true;
		}
	}
	return false;
}

/* How many days next to this one, in one direction, are holidays too, at most
 * so many; -1 where the calendar does not reach that far, with *count what it
 * knows. */
static int
count_holidays(const struct day_now *now, int direction, int most, int *count,
    struct qf_error *err)
{
	enum day_kind kind = DAY_HOLIDAY;
	char name[ID_MAX + 1];

	*count = 0;
	while (*count < most) {
		int32_t day = now->day + direction * (*count + 1);

		if (now->facts->day(now->facts->context, now->version->calendar,
			day, &kind, name, err) == -1) {
			return -1;
		}
		if (kind != DAY_HOLIDAY) {
			break;
		}
		(*count)++;
	}
	return 0;
}

/* Whether the day is one of so many holidays in a row: 1, 0 or -1.  What is
 * known of one direction may settle it whatever is missing in the other. */
static int
run_fits(int days, const struct day_now *now, struct qf_error *err)
{
	int before, after, rc;

	if (now->kind != DAY_HOLIDAY) {
		return 0;
	}
	rc = count_holidays(now, 1, days - 1, &after, err);
	if (1 + after >= days) {
		return 1;
	}
	if (count_holidays(now, -1, days - 1 - after, &before, err) == -1) {
		rc = -1;
	}
	return 1 + after + before >= days ? 1 : rc;
}

/* Whether the kind of day is one of those asked for: 1, 0 or -1. */
static int
kind_fits(
    const struct day_selector *when, struct day_now *now, struct qf_error *err)
{
	bool any = !when->workday && !when->rest && !when->holiday;

	if (any && when->holiday_count == 0 && when->holiday_days == 0) {
		return 1;
	}
	if (learn_kind(now, err) == -1) {
		return -1;
	}
	if (when->holiday_count > 0 && !is_named(when, now)) {
		return 0;
	}
	if (when->holiday_days > 0) {
		int rc = run_fits(when->holiday_days, now, err);

		if (rc != 1) {
			return rc;
		}
	}
	switch (now->kind) {
	case DAY_WORKDAY:
		return any || when->workday;
	case DAY_REST:
		return any || when->rest;
	case DAY_HOLIDAY:
		return any || when->holiday;
	}
	BUG("day kind %d", (int)now->kind);
}

static int
missing_condition(
    const struct day_selector *when, int32_t day, struct qf_error *err)
{
	char text[CIVIL_TEXT_MAX];

	civil_format_day(day, text);
	return qf_fail(err, QF_DATA, "missing-condition",
	    "no value of %s at %s for %s", when->quantity, when->station, text);
}

/* Whether the day, and those before it that must, reach the value: 1, 0 or
 * -1.  One day below it settles the question whatever is missing. */
static int
condition_fits(const struct day_selector *when, const struct day_now *now,
    struct qf_error *err)
{
	struct dec value = {0};
	int32_t missing = 0;
	int missing_count = 0, rc = 1;

	for (int back = 0; back < when->days_in_a_row; back++) {
		int known =
		    now->facts->condition(now->facts->context, when->station,
			when->quantity, now->day - back, &value, err);

		if (known == -1) {
			rc = -1;
			goto out;
		}
		if (known == 0) {
			missing = now->day - back;
			missing_count++;
		} else if (dec_cmp(&value, &when->at_least) < 0) {
			rc = 0;
			goto out;
		}
	}
	if (missing_count > 0) {
		rc = missing_condition(when, missing, err);
	}
out:
	dec_release(&value);
	return rc;
}

/* Whether a rule is for this day: 1, 0 or -1. */
static int
selects(
    const struct day_selector *when, struct day_now *now, struct qf_error *err)
{
	bool month_fits =
	    when->months == 0 || (when->months & 1u << now->month) != 0;
	int rc;

	if (when->weekdays != 0 && (when->weekdays & 1u << now->weekday) == 0) {
		return 0;
	}
	if (!month_fits && !when->or_months) {
		return 0;
	}
	if ((rc = kind_fits(when, now, err)) != 1) {
		return rc;
	}
	if (when->station[0] == '\0' || (when->or_months && month_fits)) {
		return month_fits;
	}
	return condition_fits(when, now, err);
}

/* Paints the hours (all day where there are none) over what is in `over`. */
static void
paint(uint8_t *minutes, const struct hours *hours, size_t count, unsigned over,
    bool any, unsigned band)
{
	static const struct hours all_day = {0, MINUTES_OF_DAY};

	if (count == 0) {
		hours = &all_day;
		count = 1;
	}
	for (size_t i = 0; i < count; i++) {
		assert(hours[i].to_minute <= MINUTES_OF_DAY);
		for (int m = hours[i].from_minute; m < hours[i].to_minute;
		     m++) {
			if (any || minutes[m] == over) {
				minutes[m] = (uint8_t)band;
			}
		}
	}
}

static int
paint_base(uint8_t *minutes, struct day_now *now, struct qf_error *err)
{
	const struct tariff_version *version = now->version;
	char text[CIVIL_TEXT_MAX];

	for (size_t i = 0; i < version->base_count; i++) {
		const struct band_rule *rule = &version->base[i];
		int rc = selects(&rule->when, now, err);

		if (rc == -1) {
			return -1;
		}
		if (rc == 1) {
			paint(minutes, rule->hours, rule->hours_count, 0, true,
			    rule->band);
		}
	}
	for (int m = 0; m < MINUTES_OF_DAY; m++) {
		if (minutes[m] == BAND_NONE) {
			civil_format_day(now->day, text);
			return qf_fail(err, QF_CONFIG, "bands-gap",
			    "no band at %02d:%02d of %s", m / 60, m % 60, text);
		}
	}
	return 0;
}

/* The lowest priority above `above`; false if there is none. */
static bool
next_priority(const struct tariff_version *version, int above, int *next)
{
	bool found = false;

	for (size_t i = 0; i < version->overlay_count; i++) {
		int priority = version->overlays[i].priority;

		if (priority > above && (!found || priority < *next)) {
			*next = priority;
			found = true;
		}
	}
	return found;
}

static int
paint_overlays(uint8_t *minutes, struct day_now *now, struct qf_error *err)
{
	const struct tariff_version *version = now->version;

	for (int p = INT_MIN; next_priority(version, p, &p);) {
		for (size_t i = 0; i < version->overlay_count; i++) {
			const struct overlay *rule = &version->overlays[i];
			int rc;

			if (rule->priority != p) {
				continue;
			}
			rc = selects(&rule->when, now, err);
			if (rc == -1) {
				return -1;
			}
			if (rc == 1) {
				paint(minutes, rule->hours, rule->hours_count,
				    rule->over, rule->over == BAND_NONE,
				    rule->band);
			}
		}
	}
	return 0;
}

/* Cuts the painted day where the band changes. */
static int
cut(struct schedule *out, const uint8_t *minutes, struct qf_error *err)
{
	for (int m = 0; m < MINUTES_OF_DAY; m++) {
		if (m > 0 && minutes[m] == minutes[m - 1]) {
			out->stretches[out->count - 1].to_minute = m + 1;
			continue;
		}
		if (out->count == SCHEDULE_STRETCHES_MAX) {
			return qf_fail(err, QF_CONFIG, "bands-too-many",
			    "the band changes more than %d times a day",
			    SCHEDULE_STRETCHES_MAX);
		}
		out->stretches[out->count].from_minute = m;
		out->stretches[out->count].to_minute = m + 1;
		out->stretches[out->count].band = minutes[m];
		out->count++;
	}
	return 0;
}

int
bands_of_day(struct schedule *out, const struct tariff_version *version,
    int32_t day, const struct day_facts *facts, struct qf_error *err)
{
	uint8_t minutes[MINUTES_OF_DAY];
	struct day_now now = {.version = version, .facts = facts, .day = day};
	int year, day_of_month;

	civil_date(day, &year, &now.month, &day_of_month);
	now.weekday = civil_weekday(day);
	out->day = day;
	out->count = 0;
	memset(minutes, BAND_NONE, sizeof(minutes));
	if (version->base_count > 0 &&
	    (paint_base(minutes, &now, err) == -1 ||
		paint_overlays(minutes, &now, err) == -1)) {
		return -1;
	}
	return cut(out, minutes, err);
}

/* The stretch that a second of the local day is in. */
static size_t
stretch_at(const struct schedule *schedule, int32_t second)
{
	size_t i = 0;

	assert(schedule->count > 0);
	while (i + 1 < schedule->count &&
	       second >= schedule->stretches[i].to_minute * 60) {
		i++;
	}
	return i;
}

static int32_t
local_second(const struct zone *zone, int64_t utc)
{
	return civil_time_second(utc + zone_offset(zone, utc));
}

unsigned
bands_at(const struct schedule *schedule, const struct zone *zone, int64_t utc)
{
	size_t i = stretch_at(schedule, local_second(zone, utc));

	return schedule->stretches[i].band;
}

/* The first instant in (from, to] whose offset is not that of from; to if
 * there is none.  Clocks do not change twice within a day. */
static int64_t
next_clock_change(const struct zone *zone, int64_t from, int64_t to)
{
	int32_t before = zone_offset(zone, from);

	if (zone_offset(zone, to) == before) {
		return to;
	}
	while (to - from > 1) {
		int64_t middle = from + (to - from) / 2;

		if (zone_offset(zone, middle) == before) {
			from = middle;
		} else {
			to = middle;
		}
	}
	return to;
}

int64_t
bands_next_edge(const struct schedule *schedule, const struct zone *zone,
    int64_t utc, int64_t limit_utc)
{
	unsigned band = bands_at(schedule, zone, utc);

	/* Each step goes to the end of the stretch, or to where the clock
	 * changes, which may leave the band as it is. */
	while (utc < limit_utc) {
		int32_t second = local_second(zone, utc);
		size_t i = stretch_at(schedule, second);
		int64_t end =
		    utc + schedule->stretches[i].to_minute * 60 - second;

		if (schedule->stretches[i].band != band) {
			return utc;
		}
		if (end > limit_utc) {
			end = limit_utc;
		}
		utc = next_clock_change(zone, utc, end);
	}
	return limit_utc;
}

/* Intervals of a day without clock change: arithmetic alone. */
static void
plain_intervals(const struct schedule *schedule, int32_t second, int minutes,
    size_t count, uint8_t *band)
{
	size_t stretch = stretch_at(schedule, second);

	for (size_t i = 0; i < count; i++) {
		while (stretch + 1 < schedule->count &&
		       second >= schedule->stretches[stretch].to_minute * 60) {
			stretch++;
		}
		band[i] = (uint8_t)schedule->stretches[stretch].band;
		second += minutes * 60;
		if (stretch + 1 < schedule->count &&
		    second > schedule->stretches[stretch].to_minute * 60) {
			band[i] = BAND_CUT;
		}
	}
}

void
bands_of_intervals(const struct schedule *schedule, const struct zone *zone,
    int64_t start_utc, int minutes, size_t count, uint8_t *band)
{
	int64_t length = (int64_t)minutes * 60;
	int64_t end_utc = start_utc + length * (int64_t)count;
	int32_t second = local_second(zone, start_utc);

	assert(minutes > 0);
	if (count == 0) {
		return;
	}
	if (zone_offset(zone, start_utc) == zone_offset(zone, end_utc - 1)) {
		plain_intervals(schedule, second, minutes, count, band);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		int64_t utc = start_utc + length * (int64_t)i;

		band[i] = (uint8_t)bands_at(schedule, zone, utc);
		if (bands_next_edge(schedule, zone, utc, utc + length) <
		    utc + length) {
			band[i] = BAND_CUT;
		}
	}
}
