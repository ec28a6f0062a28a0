/* facts_reference.c - the references of facts to the registry.
 *
 * Files name the same party a million times, so that what was found is kept in
 * a small table for as long as the entry is open.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/facts_reference.h"

#include <stdbool.h>
#include <string.h>

#include "ledger/connection.h"
#include "ledger/row.h"
#include "ledger/stmt.h"
#include "model/contract.h"

enum {
	Q_PARTY,
	Q_POINT,
	Q_SESSION,
	Q_CONTRACT,
	NOUNS,
	Q_POINTS = NOUNS,
	Q_FINDING,
	Q_EVENT
};
static const char *const sql[] = {
    [Q_PARTY] = "SELECT min(from_utc) FROM party WHERE party = ?1",
    [Q_POINT] = "SELECT min(from_utc) FROM point WHERE point = ?1",
    [Q_SESSION] = "SELECT min(entry) FROM session WHERE session = ?1",
    [Q_CONTRACT] = "SELECT min(from_utc) FROM contract WHERE contract = ?1",
    [Q_POINTS] = "SELECT point, from_utc FROM point WHERE point >= ?1"
		 " ORDER BY point, from_utc",
    [Q_FINDING] = "SELECT 1 FROM finding WHERE finding = ?1 AND point = ?2"
		  " AND ifnull(channel, '') = ?3 AND ifnull(session, '') = ?4"
		  " AND start_utc = ?5 LIMIT 1",
    [Q_EVENT] = "SELECT 1 FROM event WHERE event = ?1 AND modification = ?2"
		" LIMIT 1",
};
static const struct stmt_list list = STMT_LIST(sql);

static const struct {
	const char *noun;
	const char *code;
} nouns[] = {
    [Q_PARTY] = {"party", "unknown-party"},
    [Q_POINT] = {"point", "unknown-point"},
    [Q_SESSION] = {"session", "unknown-session"},
    [Q_CONTRACT] = {"contract", "unknown-contract"},
};

#define SLOTS 1024 /* a power of two */

/* What is known to be there. */
struct known {
	struct {
		char name[ID_MAX + 1];
	} slots[NOUNS][SLOTS];
};

static size_t
slot_of(const char *name)
{
	uint32_t hash = 2166136261U;

	for (; *name != '\0'; name++) {
		hash = (hash ^ (unsigned char)*name) * 16777619U;
	}
	return (hash ^ hash >> 16) % SLOTS;
}

/* Steps to the earliest row of the name: 1 and *first, or 0. */
static int
find(struct ledger *ledger, int query, const char *name, int64_t *first,
    struct qf_error *err)
{
	sqlite3_stmt *stmt;

	if (stmt_cached(&stmt, ledger, &list, (size_t)query, err) == -1) {
		return -1;
	}
	stmt_bind_text(stmt, 1, name);
	return stmt_number(stmt, ledger, first, err);
}

static int
check_name(struct entry *entry, int query, const char *column, const char *name,
    struct qf_error *err)
{
	struct known *known =
	    entry_memory(entry, ENTRY_MEMORY_NAMES, sizeof(*known), NULL);
	char *slot = known->slots[query][slot_of(name)].name;
	int64_t first;
	int found;

	if (strcmp(slot, name) == 0) {
		return 0;
	}
	found = find(entry_ledger(entry), query, name, &first, err);
	if (found == 0) {
		return qf_fail(err, QF_DATA, nouns[query].code,
		    "%s: no %s is called %s", column, nouns[query].noun, name);
	}
	if (found == 1 && strlen(name) <= ID_MAX) {
		memcpy(slot, name, strlen(name) + 1);
	}
	return found == 1 ? 0 : -1;
}

/* An alias is of a party, a point or a contract: its kind says which. */
static int
check_alias(struct entry *entry, const struct fact *fact, struct qf_error *err)
{
	const char *kind = fact->values[fact_column(fact->format, "kind")].text;
	const char *name = fact->values[fact_column(fact->format, "name")].text;
	int query = strcmp(kind, "party") == 0   ? Q_PARTY
		    : strcmp(kind, "point") == 0 ? Q_POINT
						 : Q_CONTRACT;

	return check_name(entry, query, "name", name, err);
}

/* A member is a point or a party. */
static int
check_member(struct entry *entry, const struct fact *fact, struct qf_error *err)
{
	const char *member =
	    fact->values[fact_column(fact->format, "member")].text;
	struct qf_error cause;

	if (check_name(entry, Q_POINT, "member", member, &cause) == 0 ||
	    check_name(entry, Q_PARTY, "member", member, &cause) == 0) {
		return 0;
	}
	if (cause.status != QF_DATA) {
		return qf_fail(err, cause.status, cause.code, "%s", cause.text);
	}
	return qf_fail(err, QF_DATA, "unknown-member",
	    "member: no point and no party is called %s", member);
}

/* Only what was found can be cleared. */
static int
check_cleared(
    struct entry *entry, const struct fact *fact, struct qf_error *err)
{
	static const char *const key[] = {
	    "finding", "point", "channel", "session"};
	struct ledger *ledger = entry_ledger(entry);
	sqlite3_stmt *stmt;
	int found;

	if (stmt_cached(&stmt, ledger, &list, Q_FINDING, err) == -1) {
		return -1;
	}
	for (int i = 0; i < 4; i++) {
		const struct fact_value *value =
		    &fact->values[fact_column(fact->format, key[i])];

		stmt_bind_bytes(stmt, i + 1,
		    value->is == FACT_NULL ? "" : value->text,
		    value->is == FACT_NULL ? 0 : value->length);
	}
	stmt_bind_int(
	    stmt, 5, fact->values[fact_column(fact->format, "start")].integer);
	found = stmt_step(stmt, ledger, err);
	sqlite3_reset(stmt);
	if (found == 0) {
		return qf_fail(err, QF_DATA, "unknown-finding",
		    "finding: no %s was found of this at %s",
		    fact->values[fact_column(fact->format, "finding")].text,
		    fact->values[fact_column(fact->format, "point")].text);
	}
	return found == 1 ? 0 : -1;
}

/* Of an event's modification: a target that none has would leave the event to
 * everybody. */
static int
check_event(struct entry *entry, const struct fact *fact, struct qf_error *err)
{
	const char *name =
	    fact->values[fact_column(fact->format, "event")].text;
	int64_t modification =
	    fact->values[fact_column(fact->format, "modification")].integer;
	struct ledger *ledger = entry_ledger(entry);
	sqlite3_stmt *stmt;
	int found;

	if (stmt_cached(&stmt, ledger, &list, Q_EVENT, err) == -1) {
		return -1;
	}
	stmt_bind_text(stmt, 1, name);
	stmt_bind_int(stmt, 2, modification);
	found = stmt_step(stmt, ledger, err);
	sqlite3_reset(stmt);
	if (found == 0) {
		return qf_fail(err, QF_DATA, "unknown-event",
		    "event: no event is called %s in modification %lld", name,
		    (long long)modification);
	}
	return found == 1 ? 0 : -1;
}

/* A target is a point, or a party, or whose portfolio it is. */
static int
check_target(struct entry *entry, const struct fact *fact, struct qf_error *err)
{
	const char *kind = fact->values[fact_column(fact->format, "kind")].text;
	const char *target =
	    fact->values[fact_column(fact->format, "target")].text;
	int query = strcmp(kind, "point") == 0 ? Q_POINT : Q_PARTY;

	if (check_event(entry, fact, err) == -1) {
		return -1;
	}
	return check_name(entry, query, "target", target, err);
}

int
facts_check_references(
    struct entry *entry, const struct fact *fact, struct qf_error *err)
{
	static const int queries[] = {
	    [FACT_REF_PARTY] = Q_PARTY,
	    [FACT_REF_POINT] = Q_POINT,
	    [FACT_REF_SESSION] = Q_SESSION,
	    [FACT_REF_CONTRACT] = Q_CONTRACT,
	};

	for (size_t i = 0; i < fact->format->column_count; i++) {
		const struct fact_column *column = &fact->format->columns[i];
		const struct fact_value *value = &fact->values[i];

		if (column->reference == FACT_NO_REF ||
		    value->is == FACT_NULL ||
		    (column->words != NULL &&
			strcmp(value->text, column->words) == 0)) {
			continue;
		}
		if (check_name(entry, queries[column->reference], column->name,
			value->text, err) == -1) {
			return -1;
		}
	}
	switch (fact->format->kind) {
	case FACT_ALIAS:
		return check_alias(entry, fact, err);
	case FACT_MEMBER:
		return check_member(entry, fact, err);
	case FACT_FINDING_CLEARED:
		return check_cleared(entry, fact, err);
	case FACT_EVENT_TARGET:
		return check_target(entry, fact, err);
	case FACT_EVENT_SIGNAL:
		return check_event(entry, fact, err);
	default:
		return 0;
	}
}

/* Reads come sorted by point, so that one statement walks along with them. */
struct walk {
	sqlite3_stmt *stmt;
	bool has_row;
	char from[ID_MAX + 1]; /* what the statement is bound to */
};

#define STEPS_MAX 8 /* points to pass over before the index is asked anew */

static void
end_walk(void *memory)
{
	struct walk *walk = memory;

	sqlite3_finalize(walk->stmt);
}

static int
restart_walk(struct walk *walk, struct ledger *ledger, const char *point,
    struct qf_error *err)
{
	if (walk->stmt == NULL &&
	    stmt_prepare(&walk->stmt, ledger, &list, Q_POINTS, err) == -1) {
		return -1;
	}
	sqlite3_reset(walk->stmt);
	memcpy(walk->from, point, strlen(point) + 1);
	stmt_bind_text(walk->stmt, 1, walk->from);
	walk->has_row = false;
	return 0;
}

/* Walks to the first row of the point: 1 and *first, or 0. */
static int
walk_to(struct walk *walk, struct ledger *ledger, const char *point,
    int64_t *first, struct qf_error *err)
{
	int order = walk->has_row ? strcmp(stmt_text(walk->stmt, 0), point) : 1;

	/* Behind us, or at the end: and the row may not be the point's first
	 * unless we come to it from before. */
	if (order > 0 && restart_walk(walk, ledger, point, err) == -1) {
		return -1;
	}
	for (int steps = 0; order != 0; steps++) {
		int stepped;

		if (steps == STEPS_MAX &&
		    restart_walk(walk, ledger, point, err) == -1) {
			return -1;
		}
		stepped = stmt_step(walk->stmt, ledger, err);
		walk->has_row = stepped == 1;
		if (stepped != 1) {
			return stepped;
		}
		order = strcmp(stmt_text(walk->stmt, 0), point);
		if (order > 0) {
			return 0;
		}
	}
	*first = sqlite3_column_int64(walk->stmt, 1);
	return 1;
}

int
facts_check_point(struct entry *entry, const char *point, int64_t before_utc,
    struct qf_error *err)
{
	struct walk *walk =
	    entry_memory(entry, ENTRY_MEMORY_POINTS, sizeof(*walk), end_walk);
	int64_t first = 0;
	int found = 0;

	if (strlen(point) <= ID_MAX) {
		found = walk_to(walk, entry_ledger(entry), point, &first, err);
	}
	if (found == -1) {
		return -1;
	}
	if (found == 0) {
		return qf_fail(err, QF_DATA, nouns[Q_POINT].code,
		    "point: no point is called %s", point);
	}
	if (first >= before_utc) {
		return qf_fail(err, QF_DATA, nouns[Q_POINT].code,
		    "point: %s does not exist yet on this day", point);
	}
	return 0;
}
