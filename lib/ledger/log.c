/* log.c - looks entries up with what each is about.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/log.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/status.h"
#include "ledger/connection.h"
#include "ledger/stmt.h"

#define ENTRY_FIELDS                                                         \
	"SELECT e.entry, e.kind, e.digest, e.header, m.name, b.format,"      \
	" coalesce(b.file, d.file), coalesce(b.sha256, d.sha256), b.reason," \
	" d.rule, n.kind, n.scope, n.from_utc, n.to_utc, p.run,"             \
	" p.booking_month, b.received_utc"                                   \
	" FROM entry e LEFT JOIN market m ON m.entry = e.entry"              \
	" LEFT JOIN batch b ON b.entry = e.entry"                            \
	" LEFT JOIN rule d ON d.entry = e.entry"                             \
	" LEFT JOIN run n ON n.entry = e.entry"                              \
	" LEFT JOIN posting p ON p.entry = e.entry"

enum { Q_ALL, Q_ONE };
static const char *const sql[] = {
    [Q_ALL] = ENTRY_FIELDS " WHERE ?1 IS NULL OR e.kind = ?1 ORDER BY e.entry",
    [Q_ONE] = ENTRY_FIELDS " WHERE e.entry = ?1",
};
static const struct stmt_list list = STMT_LIST(sql);

struct log_cursor {
	struct ledger *ledger;
	sqlite3_stmt *stmt;
};

static const enum entry_kind kinds[] = {
    ENTRY_MARKET, ENTRY_BATCH, ENTRY_RULE, ENTRY_RUN, ENTRY_POSTING};

static struct log_cursor *
cursor_new(struct ledger *ledger, size_t query, struct qf_error *err)
{
	struct log_cursor *cursor = xcalloc(1, sizeof(*cursor));

	cursor->ledger = ledger;
	if (stmt_prepare(&cursor->stmt, ledger, &list, query, err) == -1) {
		free(cursor);
		return NULL;
	}
	return cursor;
}

int
log_open(struct log_cursor **out, struct ledger *ledger, const char *kind,
    struct qf_error *err)
{
	*out = cursor_new(ledger, Q_ALL, err);
	if (*out == NULL) {
		return -1;
	}
	if (sqlite3_bind_text((*out)->stmt, 1, kind, -1, SQLITE_TRANSIENT) !=
	    SQLITE_OK) {
		BUG("the kind cannot be bound");
	}
	return 0;
}

int
log_next(struct log_cursor *cursor, struct log_entry *out, struct qf_error *err)
{
	sqlite3_stmt *stmt = cursor->stmt;
	int stepped = stmt_step(stmt, cursor->ledger, err);

	if (stepped != 1) {
		return stepped;
	}
	memset(out, 0, sizeof(*out));
	out->handle.entry = sqlite3_column_int64(stmt, 0);
	out->kind = stmt_text(stmt, 1);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(entry_kind_name(kinds[i]), out->kind) == 0) {
			out->handle.kind = kinds[i];
		}
	}
	memcpy(out->handle.head, stmt_text(stmt, 2), HANDLE_HEAD_LENGTH);
	out->header = stmt_text(stmt, 3);
	out->market = stmt_text(stmt, 4);
	out->format = stmt_text(stmt, 5);
	out->file = stmt_text(stmt, 6);
	out->sha256 = stmt_text(stmt, 7);
	out->reason = stmt_text(stmt, 8);
	out->rule = stmt_text(stmt, 9);
	out->run_kind = stmt_text(stmt, 10);
	out->run_scope = stmt_text(stmt, 11);
	out->from_utc = sqlite3_column_int64(stmt, 12);
	out->to_utc = sqlite3_column_int64(stmt, 13);
	out->posted_run = sqlite3_column_int64(stmt, 14);
	out->booking_month = sqlite3_column_int(stmt, 15);
	out->received_utc = sqlite3_column_type(stmt, 16) == SQLITE_NULL
				? INT64_MIN
				: sqlite3_column_int64(stmt, 16);
	return 1;
}

void
log_close(struct log_cursor *cursor)
{
	if (cursor == NULL) {
		return;
	}
	sqlite3_finalize(cursor->stmt);
	free(cursor);
}

int
log_find(struct log_cursor **cursor, struct ledger *ledger, int64_t entry,
    struct log_entry *out, struct qf_error *err)
{
	*cursor = cursor_new(ledger, Q_ONE, err);
	if (*cursor == NULL) {
		return -1;
	}
	stmt_bind_int((*cursor)->stmt, 1, entry);
	return log_next(*cursor, out, err);
}
