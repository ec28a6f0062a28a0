/* reads.c - the merged days of reads, point by point.
 *
 * Rows lie in the file as they came: a day and channel together, sorted by
 * point.  A month is therefore read by one statement a day, all of which move
 * through the points in step, so that only one point's state is held.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ledger/connection.h"
#include "ledger/read_row.h"
#include "ledger/registry.h"
#include "ledger/stmt.h"
#include "ledger/watch.h"

#define STEPS_MAX 16 /* rows to pass over before the index is asked anew */

#define SELECT_ROWS "SELECT point, " READ_ROW_COLUMNS " FROM read_day"

enum { Q_DAY, Q_POINT };
static const char *const sql[] = {
    [Q_DAY] = SELECT_ROWS " WHERE day = ?1 AND channel = ?2 AND point >= ?3"
			  " AND entry <= ?4 ORDER BY point, entry",
    [Q_POINT] = SELECT_ROWS " WHERE day = ?1 AND channel = ?2 AND point = ?3"
			    " AND entry <= ?4 ORDER BY entry",
};
static const struct stmt_list list = STMT_LIST(sql);

#define POINT_SIZE sizeof(((struct series_day *)0)->point)

/* The rows of one day, standing at one. */
struct day_rows {
	sqlite3_stmt *stmt; /* NULL until the day is asked for */
	bool has_row;
	bool ended;
	char from[POINT_SIZE]; /* what the statement is bound to */
};

struct read_cursor {
	struct ledger *ledger;
	int64_t asof;
	enum channel channel;
	size_t query;
	int32_t first_day;
	int32_t day_count;
	int32_t next; /* the day that reads_next() looks at next */
	char point[POINT_SIZE];
	struct read_cursor *later; /* the same as of a later entry, or NULL */
	const struct series_day *later_day; /* where that stands */
	struct series_day merged;
	struct series_day newer;
	struct day_rows days[];
};

int
reads_open(struct read_cursor **out, struct ledger *ledger, int64_t asof,
    enum channel channel, int32_t first_day, int32_t end_day,
    struct qf_error *err)
{
	int32_t count = end_day > first_day ? end_day - first_day : 0;
	struct read_cursor *cursor;

	(void)err; /* what can fail does so at the first step */
	watch_read_from(ledger, first_day);
	cursor = xcalloc(
	    1, sizeof(*cursor) + (size_t)count * sizeof(cursor->days[0]));
	cursor->ledger = ledger;
	cursor->asof = asof;
	cursor->channel = channel;
	cursor->query = Q_DAY;
	cursor->first_day = first_day;
	cursor->day_count = count;
	cursor->next = count; /* until a point is sought */
	if (watch_wants_reads(ledger, asof)) {
		ledger_watch_pause(ledger, true);
		(void)reads_open(&cursor->later, ledger, watch_asof(ledger),
		    channel, first_day, end_day, err);
		ledger_watch_pause(ledger, false);
	}
	*out = cursor;
	return 0;
}

int
reads_of_point(struct read_cursor **out, struct ledger *ledger, int64_t asof,
    enum channel channel, const char *point, int32_t first_day, int32_t end_day,
    struct qf_error *err)
{
	if (reads_open(out, ledger, asof, channel, first_day, end_day, err) ==
	    -1) {
		return -1;
	}
	(*out)->query = Q_POINT;
	if ((*out)->later != NULL) {
		(*out)->later->query = Q_POINT;
	}
	return reads_seek(*out, point, err);
}

/* Asks the index for the day's rows from the sought point on. */
static int
restart(struct read_cursor *cursor, int32_t index, struct qf_error *err)
{
	struct day_rows *rows = &cursor->days[index];

	if (rows->stmt == NULL && stmt_prepare(&rows->stmt, cursor->ledger,
				      &list, cursor->query, err) == -1) {
		return -1;
	}
	sqlite3_reset(rows->stmt);
	rows->has_row = false;
	rows->ended = false;
	stmt_bind_int(rows->stmt, 1, cursor->first_day + index);
	stmt_bind_text(rows->stmt, 2, channel_name(cursor->channel));
	memcpy(rows->from, cursor->point, sizeof(rows->from));
	stmt_bind_text(rows->stmt, 3, rows->from);
	stmt_bind_int(rows->stmt, 4, cursor->asof);
	return 0;
}

static int
step(struct read_cursor *cursor, struct day_rows *rows, struct qf_error *err)
{
	int stepped = stmt_step(rows->stmt, cursor->ledger, err);

	rows->has_row = stepped == 1;
	rows->ended = stepped == 0;
	return stepped == -1 ? -1 : 0;
}

/* Moves the day's rows to the first one that is not before the point. */
static int
move_to_point(struct read_cursor *cursor, int32_t index, struct qf_error *err)
{
	struct day_rows *rows = &cursor->days[index];

	if (rows->stmt == NULL && restart(cursor, index, err) == -1) {
		return -1;
	}
	for (int steps = 0; !rows->ended; steps++) {
		if (rows->has_row &&
		    strcmp(stmt_text(rows->stmt, 0), cursor->point) >= 0) {
			return 0;
		}
		if (steps == STEPS_MAX && restart(cursor, index, err) == -1) {
			return -1;
		}
		if (step(cursor, rows, err) == -1) {
			return -1;
		}
	}
	return 0;
}

int
reads_seek(struct read_cursor *cursor, const char *point, struct qf_error *err)
{
	/* A statement moves forward only, and is past the last point. */
	bool again =
	    cursor->query == Q_POINT || strcmp(point, cursor->point) <= 0;

	if (strlen(point) >= sizeof(cursor->point)) {
		return qf_fail(err, QF_DATA, "unknown-point",
		    "point: no point is called %s", point);
	}
	if (cursor->later != NULL) {
		cursor->later_day = NULL;
		if (reads_seek(cursor->later, point, err) == -1) {
			return -1;
		}
	}
	memcpy(cursor->point, point, strlen(point) + 1);
	cursor->next = 0;
	for (int32_t i = 0; again && i < cursor->day_count; i++) {
		if (cursor->days[i].stmt != NULL &&
		    restart(cursor, i, err) == -1) {
			return -1;
		}
	}
	return 0;
}

/* Merges the rows of the point in this day, the first of which it is at: 1,
 * or 0 where it has none. */
static int
take_day(struct read_cursor *cursor, int32_t index, struct qf_error *err)
{
	struct day_rows *rows = &cursor->days[index];
	struct series_day *merged = &cursor->merged;
	bool found = false;

	while (rows->has_row &&
	       strcmp(stmt_text(rows->stmt, 0), cursor->point) == 0) {
		struct series_day *into = found ? &cursor->newer : merged;

		if (read_row_decode(into, rows->stmt, 1, err) == -1) {
			return qf_fail_prefix(
			    err, "%s", ledger_path(cursor->ledger));
		}
		if (found && read_row_merge(merged, into, err) == -1) {
			return -1;
		}
		found = true;
		if (step(cursor, rows, err) == -1) {
			return -1;
		}
	}
	if (found) {
		merged->day = cursor->first_day + index;
		merged->channel = cursor->channel;
		memcpy(merged->point, cursor->point, sizeof(merged->point));
	}
	return found;
}

/* The next day that has rows. */
static int
next_day(struct read_cursor *cursor, const struct series_day **out,
    struct qf_error *err)
{
	while (cursor->next < cursor->day_count) {
		int32_t index = cursor->next++;
		int found;

		if (move_to_point(cursor, index, err) == -1) {
			return -1;
		}
		found = take_day(cursor, index, err);
		if (found != 0) {
			*out = &cursor->merged;
			return found;
		}
	}
	return 0;
}

/* Tells the watch of the days up to and with this one (NULL: all that are
 * left) that are otherwise later. */
static int
watch_days(struct read_cursor *cursor, const struct series_day *day,
    struct qf_error *err)
{
	int rc = 1;

	for (;;) {
		const struct series_day *later = cursor->later_day;

		if (later == NULL) {
			rc = next_day(cursor->later, &later, err);
			if (rc == -1) {
				return -1;
			}
			later = rc == 1 ? later : NULL;
		}
		cursor->later_day = later;
		if (later == NULL || (day != NULL && later->day > day->day)) {
			return day == NULL
				   ? 0
				   : watch_day(cursor->ledger, day, NULL, err);
		}
		cursor->later_day = NULL;
		if (day != NULL && later->day == day->day) {
			return watch_day(cursor->ledger, day, later, err);
		}
		if (watch_day(cursor->ledger, NULL, later, err) == -1) {
			return -1;
		}
	}
}

int
reads_next(struct read_cursor *cursor, const struct series_day **out,
    struct qf_error *err)
{
	int rc = next_day(cursor, out, err);

	if (rc != -1 && cursor->later != NULL &&
	    watch_days(cursor, rc == 1 ? *out : NULL, err) == -1) {
		return -1;
	}
	return rc;
}

void
reads_close(struct read_cursor *cursor)
{
	if (cursor == NULL) {
		return;
	}
	reads_close(cursor->later);
	for (int32_t i = 0; i < cursor->day_count; i++) {
		sqlite3_finalize(cursor->days[i].stmt);
	}
	free(cursor);
}
