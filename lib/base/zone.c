/* zone.c - local time of a place, from the IANA time zone data.
 *
 * libc's localtime() depends on the environment and answers UTC for a zone it
 * does not know; a settlement must not.  Time is a row of ranges with one
 * offset each: those of the file's table, then those that the rule in the
 * file's footer makes (RFC 9636).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/zone.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/zone_file.h"

#define VERSION_MAX 32
#define EVENTS 10 /* changes of five years */

/* A range of instants with one offset, half-open. */
struct range {
	int64_t from_utc; /* INT64_MIN in the first */
	int64_t to_utc; /* INT64_MAX in the last */
	int32_t offset_s;
	int32_t offset_before_s; /* of the range before it */
};

struct zone {
	char *name;
	struct zone_file file;
	struct range *last_range; /* that was asked for */
};

static bool
contains(const struct range *range, int64_t utc)
{
	return utc >= range->from_utc && utc < range->to_utc;
}

/* A change of the clock that the rule makes. */
struct event {
	int64_t utc;
	int32_t offset_s; /* that it begins */
};

/* Puts an event behind those that are not later. */
static void
insert_event(struct event *events, size_t count, int64_t utc, int32_t offset_s)
{
	size_t at = count;

	for (; at > 0 && events[at - 1].utc > utc; at--) {
		events[at] = events[at - 1];
	}
	events[at] = (struct event){utc, offset_s};
}

/* The changes of a year and of two on either side, in order; a change may
 * be told to happen days outside of its year.  Where summer time ends in the
 * instant in which the next one begins, the beginning stands last. */
static void
list_events(const struct zone_rule *rule, int year, struct event *events)
{
	size_t count = 0;

	for (int y = year - 2; y <= year + 2; y++) {
		insert_event(events, count++,
		    zone_change_utc(&rule->start, y, rule->standard_s),
		    rule->summer_s);
		insert_event(events, count++,
		    zone_change_utc(&rule->end, y, rule->summer_s),
		    rule->standard_s);
	}
	assert(count == EVENTS);
}

/* The range of an instant by the rule alone. */
static void
find_by_rule(const struct zone_rule *rule, int64_t utc, struct range *range)
{
	struct event events[EVENTS];
	int year, month, day, last = 0;

	if (!rule->has_summer) {
		*range = (struct range){
		    INT64_MIN, INT64_MAX, rule->standard_s, rule->standard_s};
		return;
	}
	civil_date(civil_time_day(utc + rule->standard_s), &year, &month, &day);
	list_events(rule, year, events);
	while (last + 1 < EVENTS && events[last + 1].utc <= utc) {
		last++;
	}
	assert(last >= 1 && last + 1 < EVENTS && events[last].utc <= utc);
	range->from_utc = events[last].utc;
	range->to_utc = events[last + 1].utc;
	range->offset_s = events[last].offset_s;
	range->offset_before_s = events[last - 1].offset_s;
}

/* How many transitions of the table are not after an instant. */
static size_t
count_until(const struct zone_file *file, int64_t utc)
{
	size_t low = 0, high = file->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (file->at_utc[middle] <= utc) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

static void
find_range(const struct zone_file *file, int64_t utc, struct range *range)
{
	size_t passed = count_until(file, utc);
	struct range table = {
	    INT64_MIN, INT64_MAX, file->first_offset_s, file->first_offset_s};

	if (passed > 0) {
		table.from_utc = file->at_utc[passed - 1];
		table.offset_s = file->offset_s[passed - 1];
	}
	if (passed > 1) {
		table.offset_before_s = file->offset_s[passed - 2];
	}
	if (passed < file->count) {
		table.to_utc = file->at_utc[passed];
	}
	*range = table;
	if (passed == file->count && file->has_rule) {
		find_by_rule(&file->rule, utc, range);
		if (range->from_utc <= table.from_utc) {
			range->from_utc = table.from_utc;
			range->offset_before_s = table.offset_before_s;
		}
	}
	assert(contains(range, utc));
}

/* The range of an instant, most often the one of the last question. */
static const struct range *
range_of(const struct zone *zone, int64_t utc)
{
	if (!contains(zone->last_range, utc)) {
		find_range(&zone->file, utc, zone->last_range);
	}
	return zone->last_range;
}

int
zone_load(struct zone **out, const char *name, struct qf_error *err)
{
	struct zone_file file;
	struct zone *zone;

	*out = NULL;
	if (zone_file_read(&file, name, err) == -1) {
		return -1;
	}
	zone = xcalloc(1, sizeof(*zone));
	zone->name = xstrdup(name);
	zone->file = file;
	zone->last_range = xcalloc(1, sizeof(*zone->last_range));
	*out = zone;
	return 0;
}

void
zone_free(struct zone *zone)
{
	if (zone != NULL) {
		zone_file_release(&zone->file);
		free(zone->last_range);
		free(zone->name);
		free(zone);
	}
}

const char *
zone_name(const struct zone *zone)
{
	return zone->name;
}

int32_t
zone_offset(const struct zone *zone, int64_t utc)
{
	return range_of(zone, utc)->offset_s;
}

/* Walks the ranges that may show the time, and notes each that does. */
static enum zone_fit
walk(const struct zone *zone, int64_t local_s, int64_t *earlier_utc,
    int64_t *later_utc)
{
	int64_t end_utc = local_s + ZONE_OFFSET_MAX_S;
	int64_t gap_utc = 0;
	bool has_gap = false;
	int hits = 0;
	struct range at = *range_of(zone, local_s - ZONE_OFFSET_MAX_S);

	for (;;) {
		int64_t utc = local_s - at.offset_s;

		if (contains(&at, utc)) {
			*later_utc = utc;
			if (hits++ == 0) {
				*earlier_utc = utc;
			}
		}
		/* Too late for the old offset, too early for the new one. */
		if (!has_gap && utc < at.from_utc &&
		    local_s - at.offset_before_s >= at.from_utc) {
			gap_utc = at.from_utc;
			has_gap = true;
		}
		if (at.to_utc > end_utc) {
			break;
		}
		at = *range_of(zone, at.to_utc);
	}
	if (hits > 0) {
		return hits == 1 ? ZONE_UNIQUE : ZONE_AMBIGUOUS;
	}
	assert(has_gap);
	*earlier_utc = gap_utc;
	*later_utc = gap_utc;
	return ZONE_MISSING;
}

enum zone_fit
zone_to_utc(const struct zone *zone, int64_t local_s, int64_t *earlier_utc,
    int64_t *later_utc)
{
	const struct range *range = zone->last_range;

	/* Within the last range, and far from its ends, there is one answer. */
	if (contains(range, local_s - ZONE_OFFSET_MAX_S) &&
	    contains(range, local_s + ZONE_OFFSET_MAX_S)) {
		*earlier_utc = local_s - range->offset_s;
		*later_utc = *earlier_utc;
		return ZONE_UNIQUE;
	}
	return walk(zone, local_s, earlier_utc, later_utc);
}

int64_t
zone_day_start(const struct zone *zone, int32_t day)
{
	int64_t earlier, later;

	zone_to_utc(zone, (int64_t)day * CIVIL_DAY_S, &earlier, &later);
	return earlier;
}

int32_t
zone_day_of(const struct zone *zone, int64_t utc)
{
	const struct range *range = range_of(zone, utc);
	int32_t day = civil_time_day(utc + range->offset_s);
	int32_t reached;

	/* A day that had begun before the clock was set back goes on. */
	if (range->offset_before_s > range->offset_s &&
	    range->from_utc != INT64_MIN) {
		reached = civil_time_day(
		    range->from_utc - 1 + range->offset_before_s);
		if (reached > day) {
			day = reached;
		}
	}
	return day;
}

/* The rest of the first line of a file after a prefix; false when there is
 * no such file or line. */
static bool
read_version(const char *path, const char *prefix, char *version, size_t size)
{
	size_t skip = strlen(prefix);
	char line[VERSION_MAX * 2];
	FILE *file = fopen(path, "re");
	bool found = false;

	if (file == NULL) {
		return false;
	}
	if (fgets(line, sizeof(line), file) != NULL &&
	    strncmp(line, prefix, skip) == 0) {
		line[strcspn(line, "\n")] = '\0';
		snprintf(version, size, "%.*s", VERSION_MAX - 1, line + skip);
		found = version[0] != '\0';
	}
	fclose(file);
	return found;
}

const char *
zone_version(void)
{
	static char version[VERSION_MAX];

	if (version[0] == '\0' &&
	    !read_version(ZONE_DIRECTORY "/tzdata.zi", "# version ", version,
		sizeof(version)) &&
	    !read_version(
		ZONE_DIRECTORY "/+VERSION", "", version, sizeof(version))) {
		snprintf(version, sizeof(version), "unknown");
	}
	return version;
}
