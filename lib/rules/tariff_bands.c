/* tariff_bands.c - whether the bands of a tariff cover every kind of day once,
 * and whether each overlay can ever change one.
 *
 * The first is asked of the base bands minute by minute; the second by making
 * the schedule of every kind of day with and without the overlay.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/text.h"
#include "rules/bands.h"
#include "rules/tariff_reader.h"

#define MINUTES_OF_DAY 1440
#define SERIES_MAX 4
#define LEVELS_MAX 8
#define NAMES_MAX 32
#define RUNS_MAX 8
#define LOOKS_MAX 50000 /* schedules that are made to look through */

/* The months, weekdays and kinds of day that a selector leaves, as bits. */
static unsigned
months_of(const struct day_selector *when)
{
	return when->months == 0 ? 0x1ffeu : when->months;
}

static unsigned
weekdays_of(const struct day_selector *when)
{
	return when->weekdays == 0 ? 0xfeu : when->weekdays;
}

static unsigned
kinds_of(const struct day_selector *when)
{
	unsigned kinds = 0;

	if (!when->workday && !when->rest && !when->holiday) {
		return 7;
	}
	kinds |= when->workday ? 1u << DAY_WORKDAY : 0;
	kinds |= when->rest ? 1u << DAY_REST : 0;
	kinds |= when->holiday ? 1u << DAY_HOLIDAY : 0;
	return kinds;
}

static bool
asks_calendar(const struct day_selector *when)
{
	return kinds_of(when) != 7 || when->holiday_count > 0 ||
	       when->holiday_days > 0;
}

/* A set of consecutive numbers as "3-5 9". */
static void
format_set(unsigned bits, int first, int last, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (int i = first; i <= last; i++) {
		int from = i;

		if ((bits & 1u << i) == 0) {
			continue;
		}
		while (i < last && (bits & 1u << (i + 1)) != 0) {
			i++;
		}
		used += (size_t)snprintf(out + used, size - used, "%s%d",
		    used == 0 ? "" : " ", from);
		if (i > from) {
			used +=
			    (size_t)snprintf(out + used, size - used, "-%d", i);
		}
		assert(used < size);
	}
}

/* Stretches without a band, and the days on which they are so. */
struct gap {
	int from, to;
	unsigned months, weekdays, kinds;
};

struct gaps {
	struct gap *list;
	size_t count;
};

static void
add_gap(struct gaps *gaps, int from, int to, int month, int weekday, int kind)
{
	struct gap *gap;

	for (size_t i = 0; i < gaps->count; i++) {
		gap = &gaps->list[i];
		if (gap->from == from && gap->to == to) {
			gap->months |= 1u << month;
			gap->weekdays |= 1u << weekday;
			gap->kinds |= 1u << kind;
			return;
		}
	}
	gaps->list = tariff_grow(gaps->list, gaps->count, sizeof(*gap));
	gap = &gaps->list[gaps->count++];
	*gap = (struct gap){from, to, 1u << month, 1u << weekday, 1u << kind};
}

static void
cover(bool *minutes, const struct hours *hours, size_t count)
{
	if (count == 0) {
		memset(minutes, 1, MINUTES_OF_DAY);
	}
	for (size_t i = 0; i < count; i++) {
		for (int m = hours[i].from_minute; m < hours[i].to_minute;
		     m++) {
			minutes[m] = true;
		}
	}
}

/* The gaps of one kind of day. */
static void
find_gaps(struct gaps *gaps, const struct tariff_version *version, int month,
    int weekday, int kind)
{
	bool minutes[MINUTES_OF_DAY + 1] = {false};
	int from = -1;

	for (size_t i = 0; i < version->base_count; i++) {
		const struct band_rule *rule = &version->base[i];

		if ((months_of(&rule->when) & 1u << month) != 0 &&
		    (weekdays_of(&rule->when) & 1u << weekday) != 0 &&
		    (kinds_of(&rule->when) & 1u << kind) != 0) {
			cover(minutes, rule->hours, rule->hours_count);
		}
	}
	minutes[MINUTES_OF_DAY] = true;
	for (int m = 0; m <= MINUTES_OF_DAY; m++) {
		if (!minutes[m] && from == -1) {
			from = m;
		} else if (minutes[m] && from != -1) {
			add_gap(gaps, from, m, month, weekday, kind);
			from = -1;
		}
	}
}

/* " in months 3-5 on rest holiday days" as far as it is not every day. */
static void
describe_days(const struct gap *gap, char *out, size_t size)
{
	static const char *const kinds[] = {"workday", "rest", "holiday"};
	char set[64];
	size_t used = 0;

	out[0] = '\0';
	if (gap->months != 0x1ffeu) {
		format_set(gap->months, 1, 12, set, sizeof(set));
		used +=
		    (size_t)snprintf(out + used, size - used, ", in month%s %s",
			(gap->months & (gap->months - 1)) == 0 ? "" : "s", set);
	}
	if (gap->weekdays != 0xfeu) {
		format_set(gap->weekdays, 1, 7, set, sizeof(set));
		used += (size_t)snprintf(out + used, size - used,
		    ", on weekdays %s (1 is Monday)", set);
	}
	for (size_t i = 0; gap->kinds != 7 && i < 3; i++) {
		if ((gap->kinds & 1u << i) != 0) {
			used += (size_t)snprintf(
			    out + used, size - used, ", on %s days", kinds[i]);
		}
	}
	assert(used < size);
}

static bool
check_gaps(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version)
{
	struct gaps gaps = {0};
	char days[256];
	bool sound;

	for (int month = 1; month <= 12; month++) {
		for (int weekday = 1; weekday <= 7; weekday++) {
			for (int kind = 0; kind < 3; kind++) {
				find_gaps(&gaps, version, month, weekday, kind);
			}
		}
	}
	for (size_t i = 0; i < gaps.count; i++) {
		const struct gap *gap = &gaps.list[i];

		describe_days(gap, days, sizeof(days));
		tariff_fault(reader, xml_first(node, "bands"), NULL,
		    "bands-gap", "no band from %02d:%02d to %02d:%02d%s",
		    gap->from / 60, gap->from % 60, gap->to / 60, gap->to % 60,
		    days);
	}
	sound = gaps.count == 0;
	free(gaps.list);
	return sound;
}

/* The first stretch that both have; false if there is none. */
static bool
common_hours(
    const struct band_rule *a, const struct band_rule *b, struct hours *out)
{
	static const struct hours day = {0, MINUTES_OF_DAY};
	const struct hours *x = a->hours_count == 0 ? &day : a->hours;
	const struct hours *y = b->hours_count == 0 ? &day : b->hours;
	size_t x_count = a->hours_count == 0 ? 1 : a->hours_count;
	size_t y_count = b->hours_count == 0 ? 1 : b->hours_count;

	for (size_t i = 0; i < x_count; i++) {
		for (size_t j = 0; j < y_count; j++) {
			*out = x[i];
			if (y[j].from_minute > out->from_minute) {
				out->from_minute = y[j].from_minute;
			}
			if (y[j].to_minute < out->to_minute) {
				out->to_minute = y[j].to_minute;
			}
			if (out->from_minute < out->to_minute) {
				return true;
			}
		}
	}
	return false;
}

static bool
check_overlaps(
    struct tariff_reader *reader, const struct tariff_version *version)
{
	bool sound = true;

	for (size_t j = 1; j < version->base_count; j++) {
		const struct band_rule *b = &version->base[j];

		for (size_t i = 0; i < j; i++) {
			const struct band_rule *a = &version->base[i];
			struct hours both;

			if ((months_of(&a->when) & months_of(&b->when)) == 0 ||
			    (weekdays_of(&a->when) & weekdays_of(&b->when)) ==
				0 ||
			    (kinds_of(&a->when) & kinds_of(&b->when)) == 0 ||
			    !common_hours(a, b, &both)) {
				continue;
			}
			tariff_fault(reader, reader->rule_nodes[j], "hours",
			    "bands-overlap",
			    "%s overlaps %s of line %d from %02d:%02d to "
			    "%02d:%02d",
			    version->bands[b->band].code,
			    version->bands[a->band].code, a->line_no,
			    both.from_minute / 60, both.from_minute % 60,
			    both.to_minute / 60, both.to_minute % 60);
			sound = false;
		}
	}
	return sound;
}

/* A series that conditions ask for, with the values that they wait for. */
struct asked {
	const struct day_selector *by;
	const struct dec *levels[LEVELS_MAX];
	size_t level_count;
};

/* Every kind of day that selectors can tell apart; the fields of `now` are
 * the one that is being looked at. */
struct world {
	const struct tariff_version *version;
	bool weekdays, kinds;
	const char *names[NAMES_MAX];
	size_t name_count;
	int runs[RUNS_MAX]; /* of holidays in a row that selectors ask for */
	size_t run_count;
	struct asked series[SERIES_MAX];
	size_t series_count;
	bool too_large; /* more than we look through */
	struct {
		int32_t day;
		enum day_kind kind;
		const char *name;
		int run; /* days in a row that are so, from this one on */
		size_t states[SERIES_MAX]; /* 0 below all; then, for each
					    * level, always and today only */
	} now;
};

static void
learn_condition(struct world *world, const struct day_selector *when)
{
	struct asked *asked = NULL;

	for (size_t i = 0; i < world->series_count; i++) {
		if (strcmp(world->series[i].by->station, when->station) == 0 &&
		    strcmp(world->series[i].by->quantity, when->quantity) ==
			0) {
			asked = &world->series[i];
		}
	}
	if (asked == NULL) {
		if (world->series_count == SERIES_MAX) {
			world->too_large = true;
			return;
		}
		asked = &world->series[world->series_count++];
		asked->by = when;
	}
	for (size_t i = 0; i < asked->level_count; i++) {
		if (dec_cmp(asked->levels[i], &when->at_least) == 0) {
			return;
		}
	}
	if (asked->level_count == LEVELS_MAX) {
		world->too_large = true;
		return;
	}
	asked->levels[asked->level_count++] = &when->at_least;
}

static void
learn_selector(struct world *world, const struct day_selector *when)
{
	world->weekdays |= when->weekdays != 0;
	world->kinds |= asks_calendar(when);
	for (size_t i = 0; i < when->holiday_count; i++) {
		if (world->name_count == NAMES_MAX) {
			world->too_large = true;
			return;
		}
		world->names[world->name_count++] = when->holidays[i];
	}
	if (when->holiday_days > 1) {
		if (world->run_count == RUNS_MAX) {
			world->too_large = true;
			return;
		}
		world->runs[world->run_count++] = when->holiday_days;
	}
	if (when->station[0] != '\0') {
		learn_condition(world, when);
	}
}

static int
world_day(void *context, const char *calendar, int32_t day, enum day_kind *kind,
    char name[ID_MAX + 1], struct qf_error *err)
{
	const struct world *world = context;

	(void)calendar;
	(void)err;
	/* Only runs of holidays are asked about other days. */
	if (day < world->now.day || day >= world->now.day + world->now.run) {
		*kind = DAY_WORKDAY;
		name[0] = '\0';
		return 0;
	}
	*kind = world->now.kind;
	snprintf(name, ID_MAX + 1, "%s", world->now.name);
	return 0;
}

/* The value of a series on a day, by its state. */
static int
world_condition(void *context, const char *station, const char *quantity,
    int32_t day, struct dec *value, struct qf_error *err)
{
	static const struct dec one = DEC_SMALL(1, 0);
	const struct world *world = context;
	const struct asked *asked = world->series;
	size_t state;

	(void)err;
	while (strcmp(asked->by->station, station) != 0 ||
	       strcmp(asked->by->quantity, quantity) != 0) {
		asked++;
		assert(asked < world->series + world->series_count);
	}
	state = world->now.states[asked - world->series];
	dec_set(value, asked->levels[0]);
	for (size_t i = 1; i < asked->level_count; i++) {
		if (dec_cmp(asked->levels[i], value) < 0) {
			dec_set(value, asked->levels[i]);
		}
	}
	dec_sub(value, value, &one);
	if (state > 0 && (state % 2 == 1 || day == world->now.day)) {
		dec_set(value, asked->levels[(state - 1) / 2]);
	}
	return 1;
}

/* Goes on to the next states of the series; false after the last. */
static bool
next_states(struct world *world)
{
	for (size_t i = 0; i < world->series_count; i++) {
		if (++world->now.states[i] <=
		    2 * world->series[i].level_count) {
			return true;
		}
		world->now.states[i] = 0;
	}
	return false;
}

/* A day of that month and weekday (of any, where that is 0). */
static int32_t
some_day(int month, int weekday)
{
	int32_t day = civil_day(2025, month, 1);

	while (weekday != 0 && civil_weekday(day) != weekday) {
		day++;
	}
	return day;
}

static bool
same_schedule(const struct schedule *a, const struct schedule *b)
{
	if (a->count != b->count) {
		return false;
	}
	for (size_t i = 0; i < a->count; i++) {
		if (a->stretches[i].from_minute !=
			b->stretches[i].from_minute ||
		    a->stretches[i].band != b->stretches[i].band) {
			return false;
		}
	}
	return true;
}

/* What is found out about the rules while the world is gone through. */
struct findings {
	struct tariff_version *without; /* one a left-out overlay */
	bool *matters; /* overlay by overlay */
	bool *occurs; /* band by band */
	bool failed;
};

/* The schedule of the day as it is now, and without each overlay. */
static void
look_at_day(struct world *world, struct findings *findings)
{
	struct day_facts facts = {world, world_day, world_condition};
	const struct tariff_version *version = world->version;
	struct schedule with, without;

	if (bands_of_day(&with, version, world->now.day, &facts, NULL) == -1) {
		findings->failed = true;
		return;
	}
	for (size_t i = 0; i < with.count; i++) {
		findings->occurs[with.stretches[i].band] = true;
	}
	for (size_t i = 0; i < version->overlay_count; i++) {
		if (findings->matters[i]) {
			continue;
		}
		if (bands_of_day(&without, &findings->without[i],
			world->now.day, &facts, NULL) == -1 ||
		    !same_schedule(&with, &without)) {
			findings->matters[i] = true;
		}
	}
}

/* The day as it is now, under all conditions. */
static void
look_at_conditions(struct world *world, struct findings *findings)
{
	memset(world->now.states, 0, sizeof(world->now.states));
	do {
		look_at_day(world, findings);
	} while (next_states(world));
}

/* All kinds of day of one month and weekday; holidays for themselves, and in
 * rows that are as long as somebody asks for. */
static void
look_at_kinds(struct world *world, struct findings *findings, int32_t day)
{
	size_t kinds = world->kinds ? 3 + world->name_count : 1;

	world->now.day = day;
	for (size_t k = 0; k < kinds; k++) {
		world->now.kind = k < 3 ? (enum day_kind)k : DAY_HOLIDAY;
		world->now.name = k < 3 ? "" : world->names[k - 3];
		world->now.run = 1;
		look_at_conditions(world, findings);
		for (size_t i = 0; i < world->run_count; i++) {
			world->now.run = world->runs[i];
			look_at_conditions(world, findings);
		}
	}
}

/* The versions that lack one overlay each; they share all the rest. */
static struct tariff_version *
leave_out_each(const struct tariff_version *version)
{
	size_t count = version->overlay_count;
	struct tariff_version *out = xcalloc(count + 1, sizeof(*out));

	for (size_t i = 0; i < count; i++) {
		struct overlay *rest = xcalloc(count, sizeof(*rest));

		out[i] = *version;
		out[i].overlays = rest;
		out[i].overlay_count = count - 1;
		for (size_t j = 0; j < count; j++) {
			if (j != i) {
				*rest++ = version->overlays[j];
			}
		}
	}
	return out;
}

static void
look_through(struct world *world, struct findings *findings)
{
	for (int month = 1; month <= 12; month++) {
		for (int weekday = 1; weekday <= (world->weekdays ? 7 : 1);
		     weekday++) {
			look_at_kinds(world, findings,
			    some_day(month, world->weekdays ? weekday : 0));
		}
	}
}

static void
report_never(struct tariff_reader *reader, const struct tariff_version *version,
    const struct findings *findings)
{
	for (size_t i = 0; i < version->overlay_count; i++) {
		if (!findings->matters[i]) {
			tariff_fault(reader,
			    reader->rule_nodes[version->base_count + i], NULL,
			    "tariff-never",
			    "can never apply: every day is the same without "
			    "it");
		}
	}
	for (size_t i = 0; i < version->base_count; i++) {
		if (!findings->occurs[version->base[i].band]) {
			tariff_fault(reader, reader->rule_nodes[i], NULL,
			    "tariff-never",
			    "can never apply: overlays hide it on every day");
		}
	}
}

static void
check_never(struct tariff_reader *reader, const struct tariff_version *version,
    bool occurs[TARIFF_BANDS_MAX])
{
	struct world world = {.version = version};
	struct findings findings = {.occurs = occurs};
	size_t states = 1;

	for (size_t i = 0; i < version->base_count; i++) {
		learn_selector(&world, &version->base[i].when);
	}
	for (size_t i = 0; i < version->overlay_count; i++) {
		learn_selector(&world, &version->overlays[i].when);
	}
	for (size_t i = 0; i < world.series_count; i++) {
		states *= 2 * world.series[i].level_count + 1;
	}
	states *= world.kinds ? 3 + world.name_count : 1;
	states *= 1 + world.run_count;
	states *= world.weekdays ? 84 : 12;
	if (world.too_large || reader->faults->count == TARIFF_FAULTS_MAX ||
	    states * (version->overlay_count + 1) > LOOKS_MAX) {
		memset(occurs, 1, TARIFF_BANDS_MAX * sizeof(*occurs));
		return;
	}
	findings.without = leave_out_each(version);
	findings.matters =
	    xcalloc(version->overlay_count + 1, sizeof(*findings.matters));
	look_through(&world, &findings);
	if (findings.failed) {
		tariff_fault(reader, NULL, NULL, "bands-too-many",
		    "the band changes more than %d times a day",
		    SCHEDULE_STRETCHES_MAX);
	} else {
		report_never(reader, version, &findings);
	}
	for (size_t i = 0; i < version->overlay_count; i++) {
		free(findings.without[i].overlays);
	}
	free(findings.without);
	free(findings.matters);
}

/* Kinds of day are only known to those who name a calendar. */
static void
check_calendar(
    struct tariff_reader *reader, const struct tariff_version *version)
{
	if (version->calendar[0] != '\0') {
		return;
	}
	for (size_t i = 0; i < reader->rule_count; i++) {
		const struct day_selector *when =
		    i < version->base_count
			? &version->base[i].when
			: &version->overlays[i - version->base_count].when;

		if (asks_calendar(when)) {
			tariff_fault(reader, reader->rule_nodes[i], NULL,
			    "tariff-calendar",
			    "asks for kinds of day, but the version names no "
			    "calendar");
			return;
		}
	}
}

void
tariff_bands(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, bool occurs[TARIFF_BANDS_MAX])
{
	bool overlaps;

	if (version->base_count == 0) {
		return;
	}
	check_calendar(reader, version);
	overlaps = !check_overlaps(reader, version);
	if (!check_gaps(reader, node, version) || overlaps) {
		/* What cannot be painted cannot be gone through. */
		memset(occurs, 1, TARIFF_BANDS_MAX * sizeof(*occurs));
		return;
	}
	check_never(reader, version, occurs);
}
