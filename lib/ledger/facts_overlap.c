/* facts_overlap.c - what must not lie over another row of its kind.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/facts_overlap.h"

#include <stdbool.h>

#include "base/status.h"
#include "ledger/connection.h"
#include "ledger/row.h"
#include "ledger/stmt.h"

enum { Q_CONTRACT_OVERLAP, Q_METER_OVERLAP, Q_AWARD, Q_SIGNAL, Q_BASELINE };

/* Of the stretches of one key, which do not overlap so far, the last that
 * begins before ?1 and not at ?2: no other can reach into [?2, ?1). */
#define LAST_BEFORE(table, key)                                 \
	"SELECT end_utc, entry, line FROM " table " WHERE " key \
	" AND start_utc < ?1 AND start_utc <> ?2"               \
	" ORDER BY start_utc DESC, entry DESC LIMIT 1"

/* Of contracts and meters: what overlaps [?3, ?4) (?4 NULL: open) at the point
 * ?1 and still holds, but for rows of the key that is being written. */
static const char *const sql[] = {
    [Q_CONTRACT_OVERLAP] =
	"SELECT c.contract, c.entry, c.line FROM contract c"
	" WHERE c.point = ?1 AND c.from_utc < ifnull(?4, 9223372036854775807)"
	" AND ifnull(c.to_utc, 9223372036854775807) > ?3"
	" AND c.to_utc IS NOT c.from_utc"
	" AND NOT (c.contract = ?2 AND c.from_utc = ?3) AND c.leg = ?5"
	" AND NOT EXISTS (SELECT 1 FROM contract n"
	" WHERE n.contract = c.contract AND n.leg = c.leg"
	" AND n.from_utc = c.from_utc AND n.entry > c.entry) LIMIT 1",
    [Q_METER_OVERLAP] =
	"SELECT c.meter, c.entry, c.line FROM meter c"
	" WHERE c.point = ?1 AND c.from_utc < ifnull(?4, 9223372036854775807)"
	" AND ifnull(c.to_utc, 9223372036854775807) > ?3"
	" AND c.to_utc IS NOT c.from_utc"
	" AND NOT (c.meter = ?2 AND c.from_utc = ?3)"
	" AND NOT EXISTS (SELECT 1 FROM meter n"
	" WHERE n.point = c.point AND n.meter = c.meter"
	" AND n.from_utc = c.from_utc AND n.entry > c.entry) LIMIT 1",
    [Q_AWARD] =
	LAST_BEFORE("award", "event = ?3 AND contract = ?4 AND award = ?5"),
    [Q_SIGNAL] = LAST_BEFORE(
	"event_signal", "event = ?3 AND modification = ?4 AND signal = ?5"),
    [Q_BASELINE] = LAST_BEFORE("baseline", "point = ?3 AND baseline = ?4"),
};
static const struct stmt_list list = STMT_LIST(sql);

/* What has stretches: by which of its columns, besides start, and how they are
 * called. */
struct stretched {
	size_t query;
	const char *key[3];
	const char *noun, *code;
};

static const struct fact_value *
value_of(const struct fact *fact, const char *name)
{
	return &fact->values[fact_column(fact->format, name)];
}

/* Contracts of one leg must not overlap at a point, nor meters. */
static int
check_validity(
    struct entry *entry, const struct fact *fact, struct qf_error *err)
{
	bool meter = fact->format->kind == FACT_METER;
	const char *key = meter ? "meter" : "contract";
	const struct fact_value *from, *to;
	struct ledger *ledger = entry_ledger(entry);
	sqlite3_stmt *stmt;
	int stepped;

	from = value_of(fact, "from");
	to = value_of(fact, "to");
	if (to->is != FACT_NULL && to->integer == from->integer) {
		return 0;
	}
	if (stmt_cached(&stmt, ledger, &list,
		meter ? Q_METER_OVERLAP : Q_CONTRACT_OVERLAP, err) == -1) {
		return -1;
	}
	stmt_bind_text(stmt, 1, value_of(fact, "point")->text);
	stmt_bind_text(stmt, 2, value_of(fact, key)->text);
	stmt_bind_int(stmt, 3, from->integer);
	if (to->is == FACT_NULL) {
		stmt_bind_null(stmt, 4);
	} else {
		stmt_bind_int(stmt, 4, to->integer);
	}
	if (!meter) {
		stmt_bind_text(stmt, 5, value_of(fact, "leg")->text);
	}
	stepped = stmt_step(stmt, ledger, err);
	if (stepped == 1) {
		qf_fail(err, QF_DATA,
		    meter ? "meter-overlap" : "contract-overlap",
		    "%s: overlaps %s (batch:%lld, line %lld) at point %s", key,
		    stmt_text(stmt, 0),
		    (long long)sqlite3_column_int64(stmt, 1),
		    (long long)sqlite3_column_int64(stmt, 2),
		    value_of(fact, "point")->text);
	}
	sqlite3_reset(stmt);
	return stepped == 0 ? 0 : -1;
}

static void
bind(sqlite3_stmt *stmt, int parameter, const struct fact_value *value)
{
	if (value->is == FACT_IS_INTEGER) {
		stmt_bind_int(stmt, parameter, value->integer);
	} else {
		stmt_bind_bytes(stmt, parameter, value->text, value->length);
	}
}

static int
check_stretches(struct entry *entry, const struct fact *fact,
    const struct stretched *of, struct qf_error *err)
{
	int64_t start_utc = value_of(fact, "start")->integer;
	struct ledger *ledger = entry_ledger(entry);
	sqlite3_stmt *stmt;
	int stepped;

	if (stmt_cached(&stmt, ledger, &list, of->query, err) == -1) {
		return -1;
	}
	stmt_bind_int(stmt, 1, value_of(fact, "end")->integer);
	stmt_bind_int(stmt, 2, start_utc);
	for (int i = 0; i < 3 && of->key[i] != NULL; i++) {
		bind(stmt, 3 + i, value_of(fact, of->key[i]));
	}
	stepped = stmt_step(stmt, ledger, err);
	if (stepped == 1 && sqlite3_column_int64(stmt, 0) > start_utc) {
		qf_fail(err, QF_DATA, of->code,
		    "start: overlaps batch:%lld, line %lld, of the same %s",
		    (long long)sqlite3_column_int64(stmt, 1),
		    (long long)sqlite3_column_int64(stmt, 2), of->noun);
		sqlite3_reset(stmt);
		return -1;
	}
	sqlite3_reset(stmt);
	return stepped == -1 ? -1 : 0;
}

int
facts_check_overlap(
    struct entry *entry, const struct fact *fact, struct qf_error *err)
{
	static const struct stretched award = {
	    Q_AWARD, {"event", "contract", "award"}, "award", "award-overlap"};
	static const struct stretched signal = {Q_SIGNAL,
	    {"event", "modification", "signal"}, "signal", "signal-overlap"};
	static const struct stretched baseline = {
	    Q_BASELINE, {"point", "baseline"}, "baseline", "baseline-overlap"};

	switch (fact->format->kind) {
	case FACT_CONTRACT:
	case FACT_METER:
		return check_validity(entry, fact, err);
	case FACT_AWARD:
		return check_stretches(entry, fact, &award, err);
	case FACT_EVENT_SIGNAL:
		return check_stretches(entry, fact, &signal, err);
	case FACT_BASELINE:
		return check_stretches(entry, fact, &baseline, err);
	default:
		return 0;
	}
}
