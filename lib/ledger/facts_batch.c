/* facts_batch.c - batches and rules as a whole: their rows, and known bytes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ledger/connection.h"
#include "ledger/entry.h"
#include "ledger/facts.h"
#include "ledger/read_row.h"
#include "ledger/row.h"
#include "ledger/same_key.h"
#include "ledger/stmt.h"

enum {
	Q_BATCH,
	Q_RULE,
	Q_LATER_RULE,
	Q_SUPERSEDED_READS,
	Q_SIZE,
	Q_DECLARED,
	Q_SAME_BATCH
};
static const char *const sql[] = {
    [Q_BATCH] = "SELECT b.entry, e.digest FROM batch b"
		" JOIN entry e ON e.entry = b.entry"
		" WHERE b.sha256 = ?1 ORDER BY b.entry DESC LIMIT 1",
    [Q_RULE] = "SELECT r.entry, e.digest FROM rule r"
	       " JOIN entry e ON e.entry = r.entry"
	       " WHERE r.sha256 = ?1 ORDER BY r.entry DESC LIMIT 1",
    [Q_LATER_RULE] = "SELECT n.entry FROM rule o CROSS JOIN rule n"
		     " ON n.kind = o.kind AND n.rule = o.rule"
		     " AND n.entry > o.entry WHERE o.entry = ?1 LIMIT 1",
    [Q_SUPERSEDED_READS] =
	"SELECT n.entry, n.line, n.start_utc, n.minutes, n.quantity, n.side,"
	" n.scale, n.vals, n.quality, n.method,"
	" o.entry, o.line, o.start_utc, o.minutes, o.quantity, o.side,"
	" o.scale, o.vals, o.quality, o.method"
	" FROM read_day o CROSS JOIN read_day n ON n.day = o.day"
	" AND n.channel = o.channel AND n.point = o.point AND n.entry > o.entry"
	" WHERE o.id BETWEEN ?1 AND ?2 ORDER BY o.id, n.entry",
    [Q_SAME_BATCH] =
	"SELECT b.entry, e.digest FROM batch b JOIN entry e ON e.entry = "
	"b.entry"
	" WHERE b.format = ?1 AND b.declarations = ?2 AND b.entry <= ?3"
	" ORDER BY b.entry DESC LIMIT 1",
    [Q_DECLARED] = "SELECT 1 FROM batch WHERE entry = ?1"
		   " AND substr(declarations, 1, length(?2)) = ?2",
    [Q_SIZE] = "SELECT 1 FROM batch WHERE bytes = ?1 LIMIT 1",
};
static const struct stmt_list list = STMT_LIST(sql);

static const enum row_table tables[] = {ROW_PARTY, ROW_POINT, ROW_METER,
    ROW_RELATION, ROW_CONTRACT, ROW_MEMBER, ROW_ALIAS, ROW_REGISTER_READ,
    ROW_SESSION, ROW_SESSION_BAND, ROW_SESSION_INTERVAL, ROW_SESSION_PERIOD,
    ROW_SESSION_CLAIM, ROW_SESSION_CREDIT, ROW_PRICE, ROW_SERIES, ROW_CALENDAR,
    ROW_CONDITION, ROW_ESTIMATE, ROW_FINDING, ROW_FINDING_CLEARED, ROW_BID,
    ROW_NEED, ROW_PUBLISHED_PRICE, ROW_PUBLISHED_AWARD, ROW_EVENT,
    ROW_EVENT_TARGET, ROW_EVENT_SIGNAL, ROW_AWARD, ROW_BASELINE};

/* A later row of the key of a row of the batch. */
#define LATER(table, same_key)                                   \
	"SELECT n.entry FROM " table " c CROSS JOIN " table " n" \
	" ON " same_key " AND n.entry > c.entry"                 \
	" WHERE c.id BETWEEN ?1 AND ?2 LIMIT 1"

static const char *const later_sql[ROW_TABLES] = {
    [ROW_PARTY] = LATER("party", SAME_PARTY),
    [ROW_POINT] = LATER("point", SAME_POINT),
    [ROW_METER] = LATER("meter", SAME_METER),
    [ROW_RELATION] = LATER("relation", SAME_RELATION),
    [ROW_CONTRACT] = LATER("contract", SAME_CONTRACT),
    [ROW_MEMBER] = LATER("member", SAME_MEMBER),
    [ROW_ALIAS] = LATER("alias", SAME_ALIAS),
    [ROW_REGISTER_READ] = LATER("register_read", SAME_REGISTER_READ),
    [ROW_SESSION] = LATER("session", SAME_SESSION),
    [ROW_SESSION_BAND] = LATER("session_band", SAME_SESSION_BAND),
    [ROW_SESSION_INTERVAL] = LATER("session_interval", SAME_SESSION_INTERVAL),
    [ROW_SESSION_PERIOD] = LATER("session_period", SAME_SESSION_PERIOD),
    [ROW_SESSION_CLAIM] = LATER("session_claim", SAME_SESSION_CLAIM),
    [ROW_SESSION_CREDIT] = LATER("session_credit", SAME_SESSION_CREDIT),
    [ROW_PRICE] = LATER("price", SAME_PRICE),
    [ROW_SERIES] = LATER("series", SAME_SERIES),
    [ROW_CALENDAR] = LATER("calendar", SAME_CALENDAR),
    [ROW_CONDITION] = LATER("condition", SAME_CONDITION),
    [ROW_ESTIMATE] = LATER("estimate", SAME_ESTIMATE),
    [ROW_FINDING] = LATER("finding", SAME_FINDING),
    [ROW_FINDING_CLEARED] = LATER("finding_cleared", SAME_FINDING_CLEARED),
    [ROW_BID] = LATER("bid", SAME_BID),
    [ROW_NEED] = LATER("need", SAME_NEED),
    [ROW_PUBLISHED_PRICE] = LATER("published_price", SAME_PUBLISHED_PRICE),
    [ROW_PUBLISHED_AWARD] = LATER("published_award", SAME_PUBLISHED_AWARD),
    [ROW_EVENT] = LATER("event", SAME_EVENT),
    [ROW_EVENT_TARGET] = LATER("event_target", SAME_EVENT_TARGET),
    [ROW_EVENT_SIGNAL] = LATER("event_signal", SAME_EVENT_SIGNAL),
    [ROW_AWARD] = LATER("award", SAME_AWARD),
    [ROW_BASELINE] = LATER("baseline", SAME_BASELINE),
};
static const struct stmt_list later_list = STMT_LIST(later_sql);

/* Writing ------------------------------------------------------------------ */

int
facts_append_batch(
    struct entry *entry, const struct batch *batch, struct qf_error *err)
{
	struct row *row = row_begin(entry, ROW_BATCH, 1);

	row_string(row, batch->format);
	row_string(row, batch->file);
	row_string(row, batch->sha256);
	row_int(row, batch->bytes);
	row_string(row, batch->declarations);
	if (batch->received_utc == INT64_MIN) {
		row_null(row);
	} else {
		row_int(row, batch->received_utc);
	}
	row_string(row, batch->reason);
	row_int(row, batch->facts);
	row_int(row, batch->repeated);
	row_int(row, batch->set_aside);
	row_string(row, batch->set_aside_sha256);
	return row_end(row, err);
}

int
facts_append_rule(struct entry *entry, const char *kind, const char *rule,
    const char *file, const char *sha256, const char *text,
    struct qf_error *err)
{
	struct row *row = row_begin(entry, ROW_RULE, 1);

	row_string(row, kind);
	row_string(row, rule);
	row_string(row, file);
	row_string(row, sha256);
	row_string(row, text);
	return row_end(row, err);
}

/* Known bytes -------------------------------------------------------------- */

static void
take_handle(struct handle *handle, enum entry_kind kind, sqlite3_stmt *stmt)
{
	memset(handle, 0, sizeof(*handle));
	handle->kind = kind;
	handle->entry = sqlite3_column_int64(stmt, 0);
	memcpy(handle->head, stmt_text(stmt, 1), HANDLE_HEAD_LENGTH);
}

/* Finds the newest entry made of these bytes: 1 and its handle, or 0. */
static int
find_bytes(struct ledger *ledger, size_t query, enum entry_kind kind,
    const char *sha256, struct handle *handle, struct qf_error *err)
{
	sqlite3_stmt *stmt;
	int found;

	if (stmt_cached(&stmt, ledger, &list, query, err) == -1) {
		return -1;
	}
	stmt_bind_text(stmt, 1, sha256);
	found = stmt_step(stmt, ledger, err);
	if (found == 1) {
		take_handle(handle, kind, stmt);
	}
	sqlite3_reset(stmt);
	return found;
}

/* True where the newer row says something of an interval of the older. */
static bool
touches(const struct series_day *newer, const struct series_day *older)
{
	int64_t step = 60 * (int64_t)older->minutes;
	int64_t offset = (newer->start_utc - older->start_utc) / step;

	if (!read_row_same_shape(newer, older)) {
		return true;
	}
	for (size_t i = 0; i < newer->count; i++) {
		int64_t at = (int64_t)i + offset;

		if (newer->quality[i] != QUALITY_NONE && at >= 0 &&
		    at < (int64_t)older->count &&
		    older->quality[at] != QUALITY_NONE) {
			return true;
		}
	}
	return false;
}

/* The batch that superseded days of reads: 1 and *by, or 0. */
static int
superseded_reads(
    struct ledger *ledger, int64_t entry, int64_t *by, struct qf_error *err)
{
	struct series_day *newer = xmalloc(sizeof(*newer));
	struct series_day *older = xmalloc(sizeof(*older));
	sqlite3_stmt *stmt;
	int64_t first, last;
	int found = -1;

	if (row_range(ledger, ROW_READ_DAY, entry, &first, &last, err) == -1 ||
	    stmt_cached(&stmt, ledger, &list, Q_SUPERSEDED_READS, err) == -1) {
		goto out;
	}
	stmt_bind_int(stmt, 1, first);
	stmt_bind_int(stmt, 2, last);
	while ((found = stmt_step(stmt, ledger, err)) == 1) {
		if (read_row_decode(newer, stmt, 0, err) == -1 ||
		    read_row_decode(older, stmt, 10, err) == -1) {
			found = -1;
			break;
		}
		if (touches(newer, older)) {
			*by = newer->entry;
			break;
		}
	}
	sqlite3_reset(stmt);
out:
	free(newer);
	free(older);
	return found;
}

static int
superseded_rows(struct ledger *ledger, enum row_table table, int64_t entry,
    int64_t *by, struct qf_error *err)
{
	sqlite3_stmt *stmt;
	int64_t first, last;

	if (row_range(ledger, table, entry, &first, &last, err) == -1 ||
	    stmt_cached(&stmt, ledger, &later_list, table, err) == -1) {
		return -1;
	}
	stmt_bind_int(stmt, 1, first);
	stmt_bind_int(stmt, 2, last);
	return stmt_number(stmt, ledger, by, err);
}

/* A rule document: the newest of its id holds. */
static int
superseded_rule(
    struct ledger *ledger, int64_t entry, int64_t *by, struct qf_error *err)
{
	sqlite3_stmt *stmt;

	if (stmt_cached(&stmt, ledger, &list, Q_LATER_RULE, err) == -1) {
		return -1;
	}
	stmt_bind_int(stmt, 1, entry);
	return stmt_number(stmt, ledger, by, err);
}

static int
superseded_facts(
    struct ledger *ledger, int64_t entry, int64_t *by, struct qf_error *err)
{
	size_t count = sizeof(tables) / sizeof(tables[0]);
	int found = superseded_reads(ledger, entry, by, err);

	for (size_t i = 0; found == 0 && i < count; i++) {
		found = superseded_rows(ledger, tables[i], entry, by, err);
	}
	return found;
}

int
facts_known(struct ledger *ledger, const char *sha256, struct handle *handle,
    struct qf_error *err)
{
	int64_t by = 0;
	int found;

	found = find_bytes(ledger, Q_RULE, ENTRY_RULE, sha256, handle, err);
	if (found == 0) {
		found = find_bytes(
		    ledger, Q_BATCH, ENTRY_BATCH, sha256, handle, err);
	}
	if (found != 1) {
		return found;
	}
	found = handle->kind == ENTRY_RULE
		    ? superseded_rule(ledger, handle->entry, &by, err)
		    : superseded_facts(ledger, handle->entry, &by, err);
	if (found == 1) {
		return qf_fail(err, QF_DATA, "batch-superseded",
		    "is %s:%lld@%s, which entry %lld superseded: leave it out, "
		    "or where it is right after all, state it in a file of "
		    "other bytes with --correct",
		    entry_kind_name(handle->kind), (long long)handle->entry,
		    handle->head, (long long)by);
	}
	return found == -1 ? -1 : 1;
}

int
facts_size_known(struct ledger *ledger, int64_t bytes, struct qf_error *err)
{
	sqlite3_stmt *stmt;
	int found;

	if (stmt_cached(&stmt, ledger, &list, Q_SIZE, err) == -1) {
		return -1;
	}
	stmt_bind_int(stmt, 1, bytes);
	found = stmt_step(stmt, ledger, err);
	sqlite3_reset(stmt);
	return found;
}

int
facts_find_batch(struct ledger *ledger, int64_t asof, const char *format,
    const char *declarations, struct handle *handle, struct qf_error *err)
{
	sqlite3_stmt *stmt;
	int found;

	if (stmt_cached(&stmt, ledger, &list, Q_SAME_BATCH, err) == -1) {
		return -1;
	}
	stmt_bind_text(stmt, 1, format);
	stmt_bind_text(stmt, 2, declarations);
	stmt_bind_int(stmt, 3, asof);
	found = stmt_step(stmt, ledger, err);
	if (found == 1) {
		take_handle(handle, ENTRY_BATCH, stmt);
	}
	sqlite3_reset(stmt);
	return found;
}

int
facts_declared(struct ledger *ledger, int64_t entry, const char *text,
    struct qf_error *err)
{
	sqlite3_stmt *stmt;
	int found;

	if (stmt_cached(&stmt, ledger, &list, Q_DECLARED, err) == -1) {
		return -1;
	}
	stmt_bind_int(stmt, 1, entry);
	stmt_bind_text(stmt, 2, text);
	found = stmt_step(stmt, ledger, err);
	sqlite3_reset(stmt);
	return found;
}
