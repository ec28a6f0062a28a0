/* schema.c - holds a ledger's schema against an empty one built beside it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/schema.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "guards.sql.h"
#include "ledger.sql.h"
#include "ledger/connection.h"
#include "ledger/stmt.h"

#define TEXT_MAX (1u << 20) /* bytes of one table's text */

enum { Q_OBJECTS };
static const char *const sql[] = {
    [Q_OBJECTS] = "SELECT type, name, sql FROM sqlite_schema"
		  " WHERE sql IS NOT NULL ORDER BY type, name",
};
static const struct stmt_list list = STMT_LIST(sql);

/* Adds a text without its comments, and with one blank for many. */
static void
add_plain(struct buf *out, const char *text)
{
	bool blank = false;

	buf_clear(out);
	while (*text != '\0') {
		size_t quoted = *text == '\'' ? strcspn(text + 1, "'") + 1 : 0;

		if (text[0] == '-' && text[1] == '-') {
			text += strcspn(text, "\n");
		} else if (strchr(" \t\n", *text) != NULL) {
			blank = true;
			text++;
		} else {
			if (blank) {
				buf_add_char(out, ' ');
			}
			blank = false;
			buf_add(out, text, quoted + 1);
			text += quoted + 1;
		}
	}
}

static int
differs(const struct ledger *ledger, sqlite3_stmt *stmt, const char *what,
    struct qf_error *err)
{
	return qf_fail(err, QF_NO, "ledger-schema", "%s: %s %s: %s",
	    ledger->path, stmt_text(stmt, 0), stmt_text(stmt, 1), what);
}

/* Steps through both; each has its rows by kind and name. */
static int
compare(struct ledger *ledger, sqlite3_stmt *found, struct ledger *empty,
    sqlite3_stmt *built, struct qf_error *err)
{
	struct buf a, b;
	int has_found, has_built, order, status = 0;

	buf_init(&a, TEXT_MAX);
	buf_init(&b, TEXT_MAX);
	has_found = stmt_step(found, ledger, err);
	has_built = stmt_step(built, empty, err);
	while (status == 0 && (has_found == 1 || has_built == 1)) {
		order = has_found != 1 ? 1 : has_built != 1 ? -1 : 0;
		for (int i = 0; order == 0 && i < 2; i++) {
			order =
			    strcmp(stmt_text(found, i), stmt_text(built, i));
		}
		if (order != 0) {
			status =
			    order < 0
				? differs(ledger, found,
				      "is not one of a ledger's", err)
				: differs(ledger, built, "is missing", err);
			break;
		}
		add_plain(&a, stmt_text(found, 2));
		add_plain(&b, stmt_text(built, 2));
		if (a.length != b.length ||
		    memcmp(a.bytes, b.bytes, a.length) != 0) {
			status = differs(
			    ledger, found, "is not as it was made", err);
		}
		has_found = stmt_step(found, ledger, err);
		has_built = stmt_step(built, empty, err);
	}
	buf_release(&a);
	buf_release(&b);
	return has_found == -1 || has_built == -1 ? -1 : status;
}

int
schema_verify(struct ledger *ledger, struct qf_error *err)
{
	struct ledger empty = {.mode = LEDGER_READ, .path = ledger->path};
	sqlite3_stmt *found = NULL, *built = NULL;
	int status = -1;

	if (sqlite3_open_v2(":memory:", &empty.db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
		NULL) != SQLITE_OK ||
	    sqlite3_exec(empty.db, ledger_sql, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_exec(empty.db, guards_sql, NULL, NULL, NULL) != SQLITE_OK) {
		ledger_fail(&empty, "build an empty ledger", err);
		goto out;
	}
	if (stmt_prepare(&found, ledger, &list, Q_OBJECTS, err) == 0 &&
	    stmt_prepare(&built, &empty, &list, Q_OBJECTS, err) == 0) {
		status = compare(ledger, found, &empty, built, err);
	}
out:
	sqlite3_finalize(found);
	sqlite3_finalize(built);
	sqlite3_close(empty.db);
	return status;
}
