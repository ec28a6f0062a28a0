/* sources.c - the files and rule documents that a run could see.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/sources.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/status.h"
#include "ledger/stmt.h"

enum { Q_ALL, Q_RULES };

static const char *const sql[] = {
    [Q_ALL] = "SELECT format AS kind, file AS name, sha256, NULL, entry"
	      " FROM batch WHERE entry <= ?1 UNION ALL"
	      " SELECT kind, file, sha256, NULL, entry FROM rule"
	      " WHERE entry <= ?1 ORDER BY name, sha256, kind",
    [Q_RULES] = "SELECT kind, rule, sha256, text, entry FROM rule r"
		" WHERE entry = (SELECT max(entry) FROM rule"
		" WHERE kind = r.kind AND rule = r.rule AND entry <= ?1)"
		" ORDER BY kind, rule",
};
static const struct stmt_list list = STMT_LIST(sql);

struct source_cursor {
	struct ledger *ledger;
	sqlite3_stmt *stmt;
};

static int
open_query(struct source_cursor **out, struct ledger *ledger, size_t query,
    int64_t asof, struct qf_error *err)
{
	struct source_cursor *cursor = xcalloc(1, sizeof(*cursor));

	*out = NULL;
	cursor->ledger = ledger;
	if (stmt_prepare(&cursor->stmt, ledger, &list, query, err) == -1) {
		free(cursor);
		return -1;
	}
	stmt_bind_int(cursor->stmt, 1, asof);
	*out = cursor;
	return 0;
}

int
sources_open(struct source_cursor **out, struct ledger *ledger, int64_t asof,
    struct qf_error *err)
{
	return open_query(out, ledger, Q_ALL, asof, err);
}

int
sources_open_rules(struct source_cursor **out, struct ledger *ledger,
    int64_t asof, struct qf_error *err)
{
	return open_query(out, ledger, Q_RULES, asof, err);
}

int
sources_next(
    struct source_cursor *cursor, struct source *out, struct qf_error *err)
{
	int rc = stmt_step(cursor->stmt, cursor->ledger, err);

	if (rc == 1) {
		out->kind = stmt_text(cursor->stmt, 0);
		out->name = stmt_text(cursor->stmt, 1);
		out->sha256 = stmt_text(cursor->stmt, 2);
		out->text = stmt_text(cursor->stmt, 3);
		out->entry = sqlite3_column_int64(cursor->stmt, 4);
	}
	return rc;
}

void
sources_close(struct source_cursor *cursor)
{
	if (cursor == NULL) {
		return;
	}
	sqlite3_finalize(cursor->stmt);
	free(cursor);
}
