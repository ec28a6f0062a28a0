/* stmt.h - prepared statements of the modules of lib/ledger.
 *
 * Internal.  A module keeps its SQL in one table of constant texts, addressed
 * by an enum, and every value is bound:
 *
 *	enum { Q_LAST, Q_FIND };
 *	static const char *const sql[] = {
 *		[Q_LAST] = "SELECT max(entry) FROM entry",
 *		[Q_FIND] = "SELECT kind FROM entry WHERE entry = ?1",
 *	};
 *	static const struct stmt_list list = STMT_LIST(sql);
 *
 *	if (stmt_cached(&stmt, ledger, &list, Q_FIND, err) == -1)
 *		return -1;
 *	stmt_bind_int(stmt, 1, 9);
 *	found = stmt_step(stmt, ledger, err);
 *	... stmt_text(stmt, 0) ...
 *	sqlite3_reset(stmt);
 *
 * A cached statement is the connection's, one for all callers: it must be
 * reset before the function that asked for it returns.  A cursor that stays
 * open has its own, from stmt_prepare(), and finalizes it.
 */
#ifndef QF_LEDGER_STMT_H
#define QF_LEDGER_STMT_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct ledger;

/* The statements of a module; its address is its name, so it is static. */
struct stmt_list {
	const char *const *sql;
	size_t count;
};

#define STMT_LIST(table)                                                    \
	{                                                                   \
		.sql = (table), .count = sizeof(table) / sizeof((table)[0]) \
	}

/* The connection's statement for list->sql[index], prepared once. */
int stmt_cached(sqlite3_stmt **out, struct ledger *ledger,
    const struct stmt_list *list, size_t index, struct qf_error *err);

/* A statement of the caller's own: sqlite3_finalize() frees it. */
int stmt_prepare(sqlite3_stmt **out, struct ledger *ledger,
    const struct stmt_list *list, size_t index, struct qf_error *err);

/* 1: a row, 0: done, -1: failed (the statement is then reset). */
int stmt_step(sqlite3_stmt *stmt, struct ledger *ledger, struct qf_error *err);

/* Steps a statement that gives no rows, and resets it. */
int stmt_run(sqlite3_stmt *stmt, struct ledger *ledger, struct qf_error *err);

/* Steps once for the number in the first column, and resets: 1 and *out, or 0
 * and *out 0 where there is no row, or NULL in it. */
int stmt_number(sqlite3_stmt *stmt, struct ledger *ledger, int64_t *out,
    struct qf_error *err);

/* The same of list->sql[index], a statement without parameters. */
int stmt_ask(struct ledger *ledger, const struct stmt_list *list, size_t index,
    int64_t *out, struct qf_error *err);

/* Bind; a text is not copied and must stay until the statement is reset;
 * NULL binds NULL.  A wrong index is BUG(). */
void stmt_bind_int(sqlite3_stmt *stmt, int index, int64_t value);
void stmt_bind_text(sqlite3_stmt *stmt, int index, const char *text);
void
stmt_bind_bytes(sqlite3_stmt *stmt, int index, const char *text, size_t length);
void stmt_bind_null(sqlite3_stmt *stmt, int index);

/* The text of a column, or NULL; valid until the next step. */
const char *stmt_text(sqlite3_stmt *stmt, int column);

/* Frees all cached statements of a connection. */
void stmt_release(struct ledger *ledger);

#endif
