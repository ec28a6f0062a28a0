/* missing.c - which reads of a period are still missing, by district.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/audit/missing.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "ledger/registry.h"
#include "settle/energy.h"
#include "stage/asof.h"
#include "stage/needs.h"
#include "stage/rulebook.h"
#include "stage/summary.h"

#define NAME_MAX_DISTRICT 257

static const struct table_column district_columns[] = {
    {"district", TABLE_TEXT},
    {"points", TABLE_NUMBER},
    {"missing_points", TABLE_NUMBER},
    {"expected", TABLE_NUMBER},
    {"missing", TABLE_NUMBER},
    {"first_missing", TABLE_TEXT},
    {"last_missing", TABLE_TEXT},
};

static const struct table_column point_columns[] = {
    {"point", TABLE_TEXT},
    {"district", TABLE_TEXT},
    {"channel", TABLE_TEXT},
    {"expected", TABLE_NUMBER},
    {"missing", TABLE_NUMBER},
    {"first_missing", TABLE_TEXT},
    {"last_missing", TABLE_TEXT},
};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What is there and what is not: of a channel of a point, or a district. */
struct tally_of {
	int64_t expected, missing;
	int64_t first_utc, last_utc; /* starts of intervals that are missing */
};

/* Of a channel of the point in hand. */
struct channel_tally {
	struct tally_of tally;
	bool needed;
	bool has_reads; /* some day has a row */
	int minutes; /* of its rows; 0 where it has none */
	int64_t blank_s; /* of days without a row */
};

struct district {
	char name[NAME_MAX_DISTRICT];
	int64_t points, missing_points;
	struct tally_of tally;
};

struct missing {
	struct ledger *ledger;
	const struct audit_missing_request *request;
	struct zone *zone;
	struct period period;
	int64_t asof;
	struct read_cursor *reads[CHANNELS];
	struct fact_cursor *points;
	struct district *districts; /* in order of name */
	size_t count, capacity;
	struct table *table;
	int64_t missing_points;
};

static void
clear_tally(struct tally_of *tally)
{
	memset(tally, 0, sizeof(*tally));
	tally->first_utc = INT64_MAX;
	tally->last_utc = INT64_MIN;
}

static void
add_missing(struct tally_of *tally, int64_t first_utc, int64_t last_utc)
{
	if (first_utc < tally->first_utc) {
		tally->first_utc = first_utc;
	}
	if (last_utc > tally->last_utc) {
		tally->last_utc = last_utc;
	}
}

static void
add_tally(struct tally_of *sum, const struct tally_of *part)
{
	sum->expected += part->expected;
	sum->missing += part->missing;
	if (part->missing > 0) {
		add_missing(sum, part->first_utc, part->last_utc);
	}
}

/* A channel of a point ----------------------------------------------------- */

/* The seconds of [from_utc, to_utc) that are needed on the channel, and from
 * when on to when. */
static int64_t
needed_in(const struct needs_point *point, enum channel channel,
    int64_t from_utc, int64_t to_utc, int64_t *first_utc, int64_t *end_utc)
{
	int64_t seconds = 0;

	for (size_t i = 0; i < point->count; i++) {
		const struct need *need = &point->of[i];
		int64_t first =
		    need->from_utc > from_utc ? need->from_utc : from_utc;
		int64_t end = need->to_utc < to_utc ? need->to_utc : to_utc;

		if (need->channel != channel || first >= end) {
			continue;
		}
		*first_utc = seconds == 0 ? first : *first_utc;
		*end_utc = end;
		seconds += end - first;
	}
	return seconds;
}

/* Days [day, end_day) have no row. */
static void
pass_blank(const struct missing *missing, const struct needs_point *point,
    enum channel channel, struct channel_tally *tally, int32_t day,
    int32_t end_day)
{
	int64_t from_utc, to_utc, first_utc = 0, end_utc = 0, seconds;

	if (day >= end_day) {
		return;
	}
	from_utc = zone_day_start(missing->zone, day);
	to_utc = zone_day_start(missing->zone, end_day);
	seconds =
	    needed_in(point, channel, from_utc, to_utc, &first_utc, &end_utc);
	if (seconds > 0) {
		tally->blank_s += seconds;
		/* The length of the last interval is known only later. */
		add_missing(&tally->tally, first_utc, end_utc - 1);
	}
}

static void
pass_day(const struct needs_point *point, struct channel_tally *tally,
    const struct series_day *day)
{
	int64_t step = (int64_t)day->minutes * 60, first_utc, end_utc;

	tally->has_reads = true;
	if (tally->minutes == 0) {
		tally->minutes = day->minutes;
	}
	for (size_t i = 0; i < day->count; i++) {
		int64_t utc = day->start_utc + (int64_t)i * step;

		if (needed_in(point, day->channel, utc, utc + step, &first_utc,
			&end_utc) == 0) {
			continue;
		}
		tally->tally.expected++;
		if (day->values[i] == SERIES_NULL ||
		    day->quality[i] == QUALITY_WITHDRAWN) {
			tally->tally.missing++;
			add_missing(&tally->tally, utc, utc);
		}
	}
}

static int
pass_channel(struct missing *missing, const struct needs_point *point,
    enum channel channel, struct channel_tally *tally, struct qf_error *err)
{
	const struct period *period = &missing->period;
	struct read_cursor **cursor = &missing->reads[channel];
	int32_t next = period->first_day;
	const struct series_day *day;
	int64_t step;
	int rc;

	if (*cursor == NULL &&
	    reads_open(cursor, missing->ledger, missing->asof, channel,
		period->first_day, period->end_day, err) == -1) {
		return -1;
	}
	if (reads_seek(*cursor, point->name, err) == -1) {
		return -1;
	}
	while ((rc = reads_next(*cursor, &day, err)) == 1) {
		pass_blank(missing, point, channel, tally, next, day->day);
		pass_day(point, tally, day);
		next = day->day + 1;
	}
	if (rc == -1) {
		return -1;
	}
	pass_blank(missing, point, channel, tally, next, period->end_day);
	step =
	    (tally->minutes > 0 ? tally->minutes : missing->request->minutes) *
	    (int64_t)60;
	tally->tally.expected += (tally->blank_s + step - 1) / step;
	tally->tally.missing += (tally->blank_s + step - 1) / step;
	if (tally->blank_s > 0 && tally->tally.last_utc % 60 == 59) {
		tally->tally.last_utc += 1 - step;
	}
	return 0;
}

/* A channel without a read is not metered where its other direction is. */
static bool
is_metered(const struct channel_tally tallies[CHANNELS], enum channel channel)
{
	static const enum channel others[CHANNELS] = {
	    [CHANNEL_IMPORT] = CHANNEL_EXPORT,
	    [CHANNEL_EXPORT] = CHANNEL_IMPORT,
	    [CHANNEL_IMPORT_REACTIVE] = CHANNEL_EXPORT_REACTIVE,
	    [CHANNEL_EXPORT_REACTIVE] = CHANNEL_IMPORT_REACTIVE,
	};

	return tallies[channel].has_reads ||
	       !tallies[others[channel]].has_reads;
}

/* Districts ---------------------------------------------------------------- */

static struct district *
find_district(struct missing *missing, const char *name)
{
	size_t low = 0, high = missing->count;
	struct district *district;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(missing->districts[middle].name, name);

		if (order == 0) {
			return &missing->districts[middle];
		}
		if (order < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	if (missing->count == missing->capacity) {
		missing->capacity = missing->capacity * 2 + 16;
		missing->districts = xreallocarray(missing->districts,
		    missing->capacity, sizeof(*missing->districts));
	}
	district = &missing->districts[low];
	memmove(
	    district + 1, district, (missing->count - low) * sizeof(*district));
	missing->count++;
	memset(district, 0, sizeof(*district));
	memcpy(district->name, name, strlen(name) + 1);
	clear_tally(&district->tally);
	return district;
}

/* The point's district in the period; "" where it has none. */
static int
district_of(struct missing *missing, const char *point,
    char name[NAME_MAX_DISTRICT], struct qf_error *err)
{
	struct fact fact;
	int64_t entry;
	int rc;

	name[0] = '\0';
	if (facts_lookup(&missing->points, missing->ledger, LOOKUP_POINT,
		missing->asof, point, 0, 0, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(missing->points, &fact, &entry, err)) == 1) {
		const char *district = rulebook_text(&fact, "district");

		if (district != NULL && strlen(district) < NAME_MAX_DISTRICT &&
		    rulebook_integer(&fact, "from", INT64_MIN) <
			missing->period.to_utc) {
			memcpy(name, district, strlen(district) + 1);
		}
	}
	return rc;
}

/* Rows --------------------------------------------------------------------- */

static void
put_tally(const struct missing *missing, const struct tally_of *tally)
{
	char time[40];

	table_int(missing->table, tally->expected);
	table_int(missing->table, tally->missing);
	table_text(missing->table,
	    tally->missing == 0
		? NULL
		: energy_time(missing->zone, tally->first_utc, time));
	table_text(missing->table,
	    tally->missing == 0
		? NULL
		: energy_time(missing->zone, tally->last_utc, time));
}

static int
put_point(const struct missing *missing, const char *point,
    const char *district, enum channel channel, const struct tally_of *tally,
    struct qf_error *err)
{
	table_text(missing->table, point);
	table_text(missing->table, district[0] == '\0' ? NULL : district);
	table_text(missing->table, channel_name(channel));
	put_tally(missing, tally);
	return table_end_row(missing->table, err);
}

static int
put_districts(const struct missing *missing, struct qf_error *err)
{
	for (size_t i = 0; i < missing->count; i++) {
		const struct district *district = &missing->districts[i];

		table_text(missing->table,
		    district->name[0] == '\0' ? NULL : district->name);
		table_int(missing->table, district->points);
		table_int(missing->table, district->missing_points);
		put_tally(missing, &district->tally);
		if (table_end_row(missing->table, err) == -1) {
			return -1;
		}
	}
	return 0;
}

/* Points ------------------------------------------------------------------- */

static int
pass_point(struct missing *missing, const struct needs_point *point,
    struct qf_error *err)
{
	struct channel_tally tallies[CHANNELS] = {0};
	char name[NAME_MAX_DISTRICT];
	struct district *district;
	bool lacks = false;

	for (size_t i = 0; i < point->count; i++) {
		tallies[point->of[i].channel].needed = true;
	}
	for (unsigned c = 0; c < CHANNELS; c++) {
		clear_tally(&tallies[c].tally);
		if (tallies[c].needed &&
		    pass_channel(missing, point, (enum channel)c, &tallies[c],
			err) == -1) {
			return -1;
		}
	}
	if (district_of(missing, point->name, name, err) == -1) {
		return -1;
	}
	district = find_district(missing, name);
	district->points++;
	for (unsigned c = 0; c < CHANNELS; c++) {
		const struct tally_of *tally = &tallies[c].tally;

		if (!tallies[c].needed ||
		    !is_metered(tallies, (enum channel)c)) {
			continue;
		}
		add_tally(&district->tally, tally);
		if (tally->missing == 0) {
			continue;
		}
		lacks = true;
		if (missing->request->points &&
		    put_point(missing, point->name, name, (enum channel)c,
			tally, err) == -1) {
			return -1;
		}
	}
	district->missing_points += lacks;
	missing->missing_points += lacks;
	return 0;
}

static int
pass_points(struct missing *missing, int64_t *unknown, struct qf_error *err)
{
	struct needs_point point;
	struct needs *needs;
	int rc;

	if (needs_open(&needs, missing->ledger, missing->asof, missing->zone,
		&missing->period, err) == -1) {
		return -1;
	}
	*unknown = needs_unknown(needs);
	while ((rc = needs_next(needs, &point, err)) == 1) {
		if (pass_point(missing, &point, err) == -1) {
			rc = -1;
			break;
		}
	}
	needs_free(needs);
	if (rc == 0 && !missing->request->points) {
		rc = put_districts(missing, err);
	}
	return rc == -1 ? -1 : table_finish(missing->table, err);
}

static void
tell_summary(const struct missing *missing, struct summary *summary)
{
	int64_t points = 0;

	for (size_t i = 0; i < missing->count; i++) {
		const struct district *district = &missing->districts[i];

		points += district->points;
		summary_count_for(summary, METRIC_EXPECTED_VALUES,
		    district->name, district->tally.expected);
		summary_count_for(summary, METRIC_MISSING_VALUES,
		    district->name, district->tally.missing);
		summary_count_for(summary, METRIC_MISSING_POINTS,
		    district->name, district->missing_points);
	}
	summary_count(summary, METRIC_POINTS, points);
}

static int
begin(struct missing *missing, enum table_form form, struct sink sink,
    struct qf_error *err)
{
	const struct audit_missing_request *request = missing->request;

	if (zone_load(&missing->zone, ledger_market(missing->ledger)->zone,
		err) == -1 ||
	    period_parse(
		request->period, missing->zone, &missing->period, err) == -1) {
		return -1;
	}
	missing->table =
	    request->points
		? table_new(sink, form, point_columns, COUNT(point_columns))
		: table_new(
		      sink, form, district_columns, COUNT(district_columns));
	return asof_choose(missing->ledger, request->asof, request->cut_off,
	    missing->zone, &missing->asof, err);
}

int
audit_missing(struct ledger *ledger,
    const struct audit_missing_request *request, enum table_form form,
    struct sink sink, struct summary *summary, int64_t *unknown,
    struct qf_error *err)
{
	struct missing *missing = xcalloc(1, sizeof(*missing));
	int rc;

	*unknown = 0;
	missing->ledger = ledger;
	missing->request = request;
	rc = begin(missing, form, sink, err);
	if (rc == 0) {
		rc = pass_points(missing, unknown, err);
	}
	if (rc == 0) {
		tell_summary(missing, summary);
	}
	if (rc == 0 && missing->missing_points > 0) {
		rc = qf_fail(err, QF_NO, "reads-missing",
		    "reads of %" PRId64 " points are missing",
		    missing->missing_points);
	}
	for (size_t c = 0; c < CHANNELS; c++) {
		reads_close(missing->reads[c]);
	}
	facts_close(missing->points);
	free(missing->districts);
	table_free(missing->table);
	zone_free(missing->zone);
	free(missing);
	return rc;
}
