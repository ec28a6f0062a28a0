/* stmt.c - prepared statements, made once a connection.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/stmt.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ledger/connection.h"

#define LISTS_MAX 16 /* modules that have statements */

struct stmt_cache {
	size_t used;
	struct {
		const struct stmt_list *list;
		sqlite3_stmt **stmts;
	} lists[LISTS_MAX];
};

/* The slots of the module's statements. */
static sqlite3_stmt **
find_list(struct ledger *ledger, const struct stmt_list *list)
{
	struct stmt_cache *cache = ledger->stmts;

	if (cache == NULL) {
		cache = xcalloc(1, sizeof(*cache));
		ledger->stmts = cache;
	}
	for (size_t i = 0; i < cache->used; i++) {
		if (cache->lists[i].list == list) {
			return cache->lists[i].stmts;
		}
	}
	if (cache->used == LISTS_MAX) {
		BUG("more than %d lists of statements", LISTS_MAX);
	}
	cache->lists[cache->used].list = list;
	cache->lists[cache->used].stmts =
	    xcalloc(list->count, sizeof(sqlite3_stmt *));
	return cache->lists[cache->used++].stmts;
}

static int
prepare(sqlite3_stmt **out, struct ledger *ledger, const struct stmt_list *list,
    size_t index, unsigned flags, struct qf_error *err)
{
	assert(index < list->count && list->sql[index] != NULL);
	*out = NULL;
	if (sqlite3_prepare_v3(ledger->db, list->sql[index], -1, flags, out,
		NULL) != SQLITE_OK) {
		return ledger_fail(ledger, "read the ledger", err);
	}
	return 0;
}

int
stmt_cached(sqlite3_stmt **out, struct ledger *ledger,
    const struct stmt_list *list, size_t index, struct qf_error *err)
{
	sqlite3_stmt **stmts = find_list(ledger, list);

	assert(index < list->count);
	if (stmts[index] == NULL && prepare(&stmts[index], ledger, list, index,
					SQLITE_PREPARE_PERSISTENT, err) == -1) {
		return -1;
	}
	*out = stmts[index];
	return 0;
}

int
stmt_prepare(sqlite3_stmt **out, struct ledger *ledger,
    const struct stmt_list *list, size_t index, struct qf_error *err)
{
	return prepare(out, ledger, list, index, 0, err);
}

int
stmt_step(sqlite3_stmt *stmt, struct ledger *ledger, struct qf_error *err)
{
	int status = sqlite3_step(stmt);

	if (status == SQLITE_ROW) {
		return 1;
	}
	if (status == SQLITE_DONE) {
		return 0;
	}
	ledger_fail(ledger,
	    sqlite3_stmt_readonly(stmt) ? "read the ledger"
					: "write to the ledger",
	    err);
	sqlite3_reset(stmt);
	return -1;
}

int
stmt_run(sqlite3_stmt *stmt, struct ledger *ledger, struct qf_error *err)
{
	int stepped = stmt_step(stmt, ledger, err);

	if (stepped == 1) {
		BUG("a statement gave a row: %s", sqlite3_sql(stmt));
	}
	sqlite3_reset(stmt);
	return stepped;
}

int
stmt_number(sqlite3_stmt *stmt, struct ledger *ledger, int64_t *out,
    struct qf_error *err)
{
	int found = stmt_step(stmt, ledger, err);

	*out = 0;
	if (found == 1 && sqlite3_column_type(stmt, 0) == SQLITE_NULL) {
		found = 0;
	}
	if (found == 1) {
		*out = sqlite3_column_int64(stmt, 0);
	}
	sqlite3_reset(stmt);
	return found;
}

int
stmt_ask(struct ledger *ledger, const struct stmt_list *list, size_t index,
    int64_t *out, struct qf_error *err)
{
	sqlite3_stmt *stmt;

	if (stmt_cached(&stmt, ledger, list, index, err) == -1) {
		return -1;
	}
	return stmt_number(stmt, ledger, out, err);
}

/* A bind can only fail by our own mistake, or for want of memory. */
static void
bound(sqlite3_stmt *stmt, int index, int status)
{
	if (status != SQLITE_OK) {
		BUG("bind %d of: %s", index, sqlite3_sql(stmt));
	}
}

void
stmt_bind_int(sqlite3_stmt *stmt, int index, int64_t value)
{
	bound(stmt, index, sqlite3_bind_int64(stmt, index, value));
}

void
stmt_bind_bytes(sqlite3_stmt *stmt, int index, const char *text, size_t length)
{
	assert(text == NULL || length <= INT32_MAX);
	bound(stmt, index,
	    sqlite3_bind_text(stmt, index, text, (int)length, SQLITE_STATIC));
}

void
stmt_bind_text(sqlite3_stmt *stmt, int index, const char *text)
{
	stmt_bind_bytes(stmt, index, text, text == NULL ? 0 : strlen(text));
}

void
stmt_bind_null(sqlite3_stmt *stmt, int index)
{
	bound(stmt, index, sqlite3_bind_null(stmt, index));
}

const char *
stmt_text(sqlite3_stmt *stmt, int column)
{
	return (const char *)sqlite3_column_text(stmt, column);
}

void
stmt_release(struct ledger *ledger)
{
	struct stmt_cache *cache = ledger->stmts;

	if (cache == NULL) {
		return;
	}
	for (size_t i = 0; i < cache->used; i++) {
		for (size_t j = 0; j < cache->lists[i].list->count; j++) {
			sqlite3_finalize(cache->lists[i].stmts[j]);
		}
		free(cache->lists[i].stmts);
	}
	free(cache);
	ledger->stmts = NULL;
}
