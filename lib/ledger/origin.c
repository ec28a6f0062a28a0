/* origin.c - looks up the rows that reads come from.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/origin.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "ledger/connection.h"
#include "ledger/stmt.h"

enum { Q_DAY, Q_POINTS };
static const char *const sql[] = {
    [Q_DAY] = "SELECT entry, line, NULL FROM read_day WHERE day = ?4"
	      " AND channel = ?3 AND point = ?2 AND entry <= ?1"
	      " ORDER BY entry",
    [Q_POINTS] =
	"SELECT max(entry), max(line), point FROM ("
	"SELECT entry, line, point FROM read_day WHERE day >= ?2 AND day < ?3"
	" AND channel IN ('import', 'export') AND entry <= ?1"
	" UNION ALL SELECT entry, line, point FROM register_read"
	" WHERE time_utc >= ?4 AND time_utc <= ?5 AND entry <= ?1"
	" UNION ALL SELECT entry, line, point FROM session"
	" WHERE end_utc >= ?4 AND end_utc < ?5 AND entry <= ?1)"
	" GROUP BY point ORDER BY point",
};
static const struct stmt_list list = STMT_LIST(sql);

struct origin_cursor {
	struct ledger *ledger;
	sqlite3_stmt *stmt;
	char *point;
};

static struct origin_cursor *
cursor_new(struct ledger *ledger, size_t query, struct qf_error *err)
{
	struct origin_cursor *cursor = xcalloc(1, sizeof(*cursor));

	cursor->ledger = ledger;
	if (stmt_prepare(&cursor->stmt, ledger, &list, query, err) == -1) {
		free(cursor);
		return NULL;
	}
	return cursor;
}

int
origin_of_day(struct origin_cursor **out, struct ledger *ledger, int64_t asof,
    const char *point, enum channel channel, int32_t day, struct qf_error *err)
{
	struct origin_cursor *cursor = cursor_new(ledger, Q_DAY, err);

	*out = cursor;
	if (cursor == NULL) {
		return -1;
	}
	cursor->point = xstrdup(point);
	stmt_bind_int(cursor->stmt, 1, asof);
	stmt_bind_text(cursor->stmt, 2, cursor->point);
	stmt_bind_text(cursor->stmt, 3, channel_name(channel));
	stmt_bind_int(cursor->stmt, 4, day);
	return 0;
}

int
origin_points(struct origin_cursor **out, struct ledger *ledger, int64_t asof,
    int32_t first_day, int32_t end_day, int64_t from_utc, int64_t to_utc,
    struct qf_error *err)
{
	struct origin_cursor *cursor = cursor_new(ledger, Q_POINTS, err);

	*out = cursor;
	if (cursor == NULL) {
		return -1;
	}
	stmt_bind_int(cursor->stmt, 1, asof);
	stmt_bind_int(cursor->stmt, 2, first_day);
	stmt_bind_int(cursor->stmt, 3, end_day);
	stmt_bind_int(cursor->stmt, 4, from_utc);
	stmt_bind_int(cursor->stmt, 5, to_utc);
	return 0;
}

int
origin_next(
    struct origin_cursor *cursor, struct origin *out, struct qf_error *err)
{
	int stepped = stmt_step(cursor->stmt, cursor->ledger, err);

	if (stepped == 1) {
		out->entry = sqlite3_column_int64(cursor->stmt, 0);
		out->line_no = sqlite3_column_int64(cursor->stmt, 1);
		out->point = stmt_text(cursor->stmt, 2);
	}
	return stepped;
}

void
origin_close(struct origin_cursor *cursor)
{
	if (cursor == NULL) {
		return;
	}
	sqlite3_finalize(cursor->stmt);
	free(cursor->point);
	free(cursor);
}
