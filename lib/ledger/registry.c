/* registry.c - what the registry and the facts say, as of an entry.
 *
 * Of the rows of one key the newest up to the as-of entry holds, so that every
 * query here asks of each row whether there is a later one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/registry.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ledger/columns.h"
#include "ledger/connection.h"
#include "ledger/same_key.h"
#include "ledger/stmt.h"
#include "ledger/watch.h"

/* clang-format off: SQL is laid out by its clauses. */

/* No later row of the key, as of ?1. */
#define HOLDS(table, same_key)                                         \
	" AND c.entry <= ?1 AND NOT EXISTS (SELECT 1 FROM " table " n" \
	" WHERE " same_key " AND n.entry > c.entry AND n.entry <= ?1)"
/* The same, where ?6 is the newest entry with contracts: nothing is later than
 * its rows, which often are most of them. */
#define CONTRACT_HOLDS                                                  \
	" AND c.entry <= ?1 AND (c.entry >= ?6 OR NOT EXISTS (SELECT 1" \
	" FROM contract n WHERE " SAME_CONTRACT                         \
	" AND n.entry > c.entry AND n.entry <= ?1))"
/* A row that ends where it starts is void. */
#define NOT_VOID " AND c.to_utc IS NOT c.from_utc"

/* Contracts -------------------------------------------------------------- */

#define CONTRACT_TOUCHES                                                  \
	" c.from_utc < ?3 AND ifnull(c.to_utc, 9223372036854775807) > ?2" \
	" AND (?5 IS NULL OR c.leg = ?5) AND (c.basis = 'events') = ?7"
#define CONTRACT_ORDER " ORDER BY c.point, c.contract, c.leg, c.from_utc"

enum {
	Q_CONTRACTS,
	Q_CONTRACT,
	Q_NEWEST,
	Q_KNOWN,
	Q_RULE,
	Q_RULES,
	Q_ALIAS,
	Q_POINT
};
static const char *const sql[] = {
    /* In the order of the index contract_point: nothing is sorted. */
    [Q_CONTRACTS] =
	"SELECT " CONTRACT_COLUMNS " FROM contract c INDEXED BY contract_point"
	" WHERE" CONTRACT_TOUCHES NOT_VOID CONTRACT_HOLDS CONTRACT_ORDER,

    [Q_CONTRACT] =
	"SELECT " CONTRACT_COLUMNS " FROM contract c"
	" WHERE c.contract = ?4"
	" AND" CONTRACT_TOUCHES NOT_VOID CONTRACT_HOLDS CONTRACT_ORDER,

    /* Entries ascend with the ids. */
    [Q_NEWEST] = "SELECT entry FROM contract WHERE entry <= ?1"
		 " ORDER BY id DESC LIMIT 1",

    [Q_KNOWN] = "SELECT 1 FROM contract WHERE entry <= ?1"
		" AND (?2 IS NULL OR contract = ?2)"
		" AND (?3 IS NULL OR leg = ?3)"
		" AND (?4 IS NULL OR (basis = 'events') = ?4) LIMIT 1",

    [Q_RULE] = "SELECT entry, file, text FROM rule"
	       " WHERE kind = ?1 AND rule = ?2 AND entry <= ?3"
	       " ORDER BY entry DESC LIMIT 1",

    [Q_RULES] = "SELECT DISTINCT rule FROM rule"
		" WHERE kind = ?1 AND entry <= ?2 ORDER BY rule LIMIT 2",

    [Q_ALIAS] = "SELECT c.name FROM alias c"
		" WHERE c.scheme = ?2 AND c.alias = ?3 AND c.kind = ?4"
		" AND c.from_utc <= ?5 AND ifnull(c.to_utc, "
		"9223372036854775807) > ?5" NOT_VOID HOLDS(
		    "alias", SAME_ALIAS) " ORDER BY c.from_utc DESC LIMIT 1",

    [Q_POINT] = "SELECT 1 FROM point WHERE point = ?2 AND entry <= ?1 LIMIT 1",
};
/* clang-format on */
static const struct stmt_list list = STMT_LIST(sql);

struct contract_cursor {
	struct ledger *ledger;
	sqlite3_stmt *stmt;
	char contract[ID_MAX + 1]; /* what the statement is bound to */
	char leg[ID_MAX + 1];
};

/* Copies what may be bound; a longer identifier than any finds nothing, and
 * cut short it must not find another one. */
static void
copy_id(char out[ID_MAX + 1], const char *id)
{
	if (id != NULL && strlen(id) <= ID_MAX) {
		memcpy(out, id, strlen(id) + 1);
	} else {
		out[0] = '\0';
	}
}

/* The newest entry with contracts up to asof; 0 where there is none. */
static int
newest_contracts(
    struct ledger *ledger, int64_t asof, int64_t *entry, struct qf_error *err)
{
	sqlite3_stmt *stmt;

	if (stmt_cached(&stmt, ledger, &list, Q_NEWEST, err) == -1) {
		return -1;
	}
	stmt_bind_int(stmt, 1, asof);
	return stmt_number(stmt, ledger, entry, err) == -1 ? -1 : 0;
}

static int
open_contracts(struct contract_cursor **out, struct ledger *ledger,
    int64_t asof, int64_t from_utc, int64_t to_utc, const char *contract,
    const char *leg, bool on_events, struct qf_error *err)
{
	struct contract_cursor *cursor;
	sqlite3_stmt *stmt;
	int64_t newest;

	*out = NULL;
	if (watch_contracts(ledger, asof, from_utc, to_utc, contract, leg,
		on_events, err) == -1) {
		return -1;
	}
	if (newest_contracts(ledger, asof, &newest, err) == -1 ||
	    stmt_prepare(&stmt, ledger, &list,
		contract == NULL ? Q_CONTRACTS : Q_CONTRACT, err) == -1) {
		return -1;
	}
	cursor = xcalloc(1, sizeof(*cursor));
	cursor->ledger = ledger;
	cursor->stmt = stmt;
	copy_id(cursor->contract, contract);
	copy_id(cursor->leg, leg);
	stmt_bind_int(stmt, 1, asof);
	stmt_bind_int(stmt, 2, from_utc);
	stmt_bind_int(stmt, 3, to_utc);
	if (contract != NULL) {
		stmt_bind_text(stmt, 4, cursor->contract);
	}
	stmt_bind_text(stmt, 5, leg == NULL ? NULL : cursor->leg);
	stmt_bind_int(stmt, 6, newest);
	stmt_bind_int(stmt, 7, on_events);
	*out = cursor;
	return 0;
}

int
contracts_open(struct contract_cursor **out, struct ledger *ledger,
    int64_t asof, int64_t from_utc, int64_t to_utc, const char *contract,
    const char *leg, struct qf_error *err)
{
	return open_contracts(
	    out, ledger, asof, from_utc, to_utc, contract, leg, false, err);
}

int
contracts_open_events(struct contract_cursor **out, struct ledger *ledger,
    int64_t asof, int64_t from_utc, int64_t to_utc, const char *contract,
    const char *leg, struct qf_error *err)
{
	return open_contracts(
	    out, ledger, asof, from_utc, to_utc, contract, leg, true, err);
}

int
contracts_know(struct ledger *ledger, int64_t asof, const char *contract,
    const char *leg, enum contracts_of of, struct qf_error *err)
{
	sqlite3_stmt *stmt;
	int rc;

	if (stmt_cached(&stmt, ledger, &list, Q_KNOWN, err) == -1) {
		return -1;
	}
	stmt_bind_int(stmt, 1, asof);
	stmt_bind_text(stmt, 2, contract);
	stmt_bind_text(stmt, 3, leg);
	if (of == CONTRACTS_ANY) {
		stmt_bind_null(stmt, 4);
	} else {
		stmt_bind_int(stmt, 4, of == CONTRACTS_ON_EVENTS);
	}
	rc = stmt_step(stmt, ledger, err);
	sqlite3_reset(stmt);
	return rc;
}

/* Copies a text column; NULL is "". */
static void
copy_column(char *out, size_t size, sqlite3_stmt *stmt, int column)
{
	sqlite3_value *value = sqlite3_column_value(stmt, column);
	const char *text = (const char *)sqlite3_value_text(value);
	size_t length = (size_t)sqlite3_value_bytes(value);

	if (text == NULL || length >= size) {
		length = 0;
	} else {
		memcpy(out, text, length);
	}
	out[length] = '\0';
}

static enum basis
basis_of(const char *word)
{
	switch (word[0]) {
	case 'i':
		return BASIS_INTERVALS;
	case 'r':
		return BASIS_REGISTERS;
	case 'e':
		return BASIS_EVENTS;
	default:
		return BASIS_SESSIONS;
	}
}

int
contracts_next(
    struct contract_cursor *cursor, struct contract *out, struct qf_error *err)
{
	/* Where each text of CONTRACT_COLUMNS goes, from column 2 on. */
	const struct {
		char *text;
		size_t size;
	} texts[] = {
	    {out->contract, sizeof(out->contract)},
	    {out->leg, sizeof(out->leg)},
	    {out->point, sizeof(out->point)},
	    {out->payer, sizeof(out->payer)},
	    {out->payee, sizeof(out->payee)},
	    {out->account, sizeof(out->account)},
	    {out->tariff, sizeof(out->tariff)},
	    {NULL, 0}, /* basis */
	    {out->voltage, sizeof(out->voltage)},
	    {out->user_class, sizeof(out->user_class)},
	    {out->type, sizeof(out->type)},
	    {out->options, sizeof(out->options)},
	    {out->cycle, sizeof(out->cycle)},
	};
	const int count = (int)(sizeof(texts) / sizeof(texts[0]));
	sqlite3_stmt *stmt = cursor->stmt;
	int stepped = stmt_step(stmt, cursor->ledger, err);

	if (stepped != 1) {
		return stepped;
	}
	for (int i = 0; i < count; i++) {
		if (texts[i].text != NULL) {
			copy_column(texts[i].text, texts[i].size, stmt, 2 + i);
		}
	}
	if (out->account[0] == '\0') {
		memcpy(out->account, out->contract, sizeof(out->account));
	}
	out->basis = basis_of(stmt_text(stmt, 9));
	out->entry = sqlite3_column_int64(stmt, 0);
	out->line_no = sqlite3_column_int64(stmt, 1);
	out->from_utc = sqlite3_column_int64(stmt, 15);
	out->to_utc = sqlite3_column_type(stmt, 16) == SQLITE_NULL
			  ? UTC_OPEN
			  : sqlite3_column_int64(stmt, 16);
	return 1;
}

void
contracts_close(struct contract_cursor *cursor)
{
	if (cursor == NULL) {
		return;
	}
	sqlite3_finalize(cursor->stmt);
	free(cursor);
}

/* Facts of one kind -------------------------------------------------------- */

/* ?1 as of, ?2 the name, ?3 and ?4 the range where there is one, ?5 the second
 * name of a pair. */
/* clang-format off */
/* Most often an auction is looked at when its book is the newest: nothing is
 * later than its rows, and none is asked for it. */
#define OF_AUCTION(table, columns, same_key)                          \
	"SELECT " columns " FROM " table " c WHERE c.auction = ?2"    \
	" AND c.start_utc >= ?3 AND c.start_utc < ?4"                 \
	" AND c.entry <= ?1 AND (c.entry >= (SELECT entry FROM " table      \
	" WHERE entry <= ?1 ORDER BY id DESC LIMIT 1) OR NOT EXISTS"  \
	" (SELECT 1 FROM " table " n WHERE " same_key                 \
	" AND n.entry > c.entry AND n.entry <= ?1)) ORDER BY c.start_utc"
#define HIGHEST                                                       \
	" AND NOT EXISTS (SELECT 1 FROM event h WHERE h.event = c.event" \
	" AND h.modification > c.modification AND h.entry <= ?1)"
static const char *const lookup_sql[FACT_LOOKUPS] = {
	[LOOKUP_METERS_OF_POINT] =
	"SELECT " METER_COLUMNS " FROM meter c"
	" WHERE c.point = ?2"
	NOT_VOID HOLDS("meter", SAME_METER)
	" ORDER BY c.meter, c.from_utc",

	[LOOKUP_RELATIONS_OF_PARENT] =
	"SELECT " RELATION_COLUMNS " FROM relation c"
	" WHERE c.parent = ?2"
	NOT_VOID HOLDS("relation", SAME_RELATION)
	" ORDER BY c.child, c.role, c.from_utc",

	[LOOKUP_RELATIONS_FROM_PARENT] =
	"SELECT " RELATION_COLUMNS " FROM relation c"
	" WHERE c.parent >= ?2"
	NOT_VOID HOLDS("relation", SAME_RELATION)
	" ORDER BY c.parent LIMIT 1",

	[LOOKUP_RELATIONS_OF_CHILD] =
	"SELECT " RELATION_COLUMNS " FROM relation c"
	" WHERE c.child = ?2"
	NOT_VOID HOLDS("relation", SAME_RELATION)
	" ORDER BY c.parent, c.role, c.from_utc",

	[LOOKUP_PARTY] =
	"SELECT " PARTY_COLUMNS " FROM party c"
	" WHERE c.party = ?2"
	NOT_VOID HOLDS("party", SAME_PARTY)
	" ORDER BY c.from_utc",

	[LOOKUP_POINT] =
	"SELECT " POINT_COLUMNS " FROM point c"
	" WHERE c.point = ?2"
	NOT_VOID HOLDS("point", SAME_POINT)
	" ORDER BY c.from_utc",

	[LOOKUP_ALIASES_OF] =
	"SELECT " ALIAS_COLUMNS " FROM alias c"
	" WHERE c.name = ?2"
	NOT_VOID HOLDS("alias", SAME_ALIAS)
	" ORDER BY c.scheme, c.alias, c.from_utc",

	[LOOKUP_SESSIONS_OF_POINT] =
	"SELECT " SESSION_COLUMNS " FROM session c"
	" WHERE c.point = ?2 AND c.end_utc >= ?3 AND c.end_utc < ?4"
	HOLDS("session", SAME_SESSION)
	" AND NOT EXISTS (SELECT 1 FROM session_credit k"
	" WHERE k.session = c.session AND k.entry <= ?1)"
	" ORDER BY c.end_utc, c.session",

	[LOOKUP_BANDS_OF_SESSION] =
	"SELECT " SESSION_BAND_COLUMNS " FROM session_band c"
	" WHERE c.session = ?2"
	HOLDS("session_band", SAME_SESSION_BAND)
	" ORDER BY c.channel, c.band",

	[LOOKUP_INTERVALS_OF_SESSION] =
	"SELECT " SESSION_INTERVAL_COLUMNS " FROM session_interval c"
	" WHERE c.session = ?2"
	HOLDS("session_interval", SAME_SESSION_INTERVAL)
	" ORDER BY c.channel, c.start_utc",

	[LOOKUP_SESSION] =
	"SELECT " SESSION_COLUMNS " FROM session c"
	" WHERE c.session = ?2"
	HOLDS("session", SAME_SESSION),

	[LOOKUP_PERIODS_OF_SESSION] =
	"SELECT " SESSION_PERIOD_COLUMNS " FROM session_period c"
	" WHERE c.session = ?2"
	HOLDS("session_period", SAME_SESSION_PERIOD)
	" ORDER BY c.start_utc, c.dimension",

	[LOOKUP_CLAIMS_OF_SESSION] =
	"SELECT " SESSION_CLAIM_COLUMNS " FROM session_claim c"
	" WHERE c.session = ?2"
	HOLDS("session_claim", SAME_SESSION_CLAIM)
	" ORDER BY c.item",

	[LOOKUP_CREDIT_OF_SESSION] =
	"SELECT " SESSION_CREDIT_COLUMNS " FROM session_credit c"
	" WHERE c.session = ?2"
	HOLDS("session_credit", SAME_SESSION_CREDIT),

	[LOOKUP_REGISTERS_OF_POINT] =
	"SELECT " REGISTER_READ_COLUMNS " FROM register_read c"
	" WHERE c.point = ?2 AND c.time_utc BETWEEN ?3 AND ?4"
	HOLDS("register_read", SAME_REGISTER_READ)
	" ORDER BY c.channel, ifnull(c.band, ''), c.time_utc, c.meter",

	[LOOKUP_PRICES_OF_TABLE] =
	"SELECT " PRICE_COLUMNS " FROM price c"
	" WHERE c.price_table = ?2 AND c.month BETWEEN ?3 AND ?4"
	HOLDS("price", SAME_PRICE)
	" ORDER BY c.month, ifnull(c.user_class, ''), ifnull(c.type, ''),"
	" ifnull(c.voltage, ''), c.item",

	[LOOKUP_SERIES] =
	"SELECT " SERIES_COLUMNS " FROM series c"
	" WHERE c.series = ?2 AND c.end_utc > ?3 AND c.start_utc < ?4"
	HOLDS("series", SAME_SERIES)
	" ORDER BY c.start_utc",

	[LOOKUP_CALENDAR] =
	"SELECT " CALENDAR_COLUMNS " FROM calendar c"
	" WHERE c.calendar = ?2 AND c.day >= ?3 AND c.day < ?4"
	HOLDS("calendar", SAME_CALENDAR)
	" ORDER BY c.day",

	[LOOKUP_CONDITIONS] =
	"SELECT " CONDITION_COLUMNS " FROM condition c"
	" WHERE c.station = ?2 AND c.day >= ?3 AND c.day < ?4"
	HOLDS("condition", SAME_CONDITION)
	" ORDER BY c.quantity, c.day",

	[LOOKUP_MEMBERS] =
	"SELECT " MEMBER_COLUMNS " FROM member c"
	" WHERE c.portfolio = ?2"
	NOT_VOID HOLDS("member", SAME_MEMBER)
	" ORDER BY c.member, c.from_utc",

	[LOOKUP_ESTIMATES_OF_POINT] =
	"SELECT " ESTIMATE_COLUMNS " FROM estimate c"
	" WHERE c.point = ?2 AND c.end_utc > ?3 AND c.start_utc < ?4"
	HOLDS("estimate", SAME_ESTIMATE)
	" ORDER BY c.channel, c.start_utc, c.method",

	[LOOKUP_FINDINGS_OF_POINT] =
	"SELECT " FINDING_COLUMNS " FROM finding c"
	" WHERE c.point = ?2 AND c.end_utc > ?3 AND c.start_utc < ?4"
	HOLDS("finding", SAME_FINDING)
	" ORDER BY c.finding, ifnull(c.channel, ''), ifnull(c.session, ''),"
	" c.start_utc",

	[LOOKUP_FINDINGS_FROM_POINT] =
	"SELECT " FINDING_COLUMNS " FROM finding c"
	" WHERE c.point >= ?2"
	HOLDS("finding", SAME_FINDING)
	" ORDER BY c.point LIMIT 1",

	[LOOKUP_FINDINGS] =
	"SELECT " FINDING_COLUMNS " FROM finding c"
	" WHERE c.point >= ?2 AND (c.session IS NULL AND c.start_utc >= ?3"
	" AND c.end_utc <= ?4 OR c.session IS NOT NULL AND c.end_utc >= ?3"
	" AND c.end_utc < ?4)"
	HOLDS("finding", SAME_FINDING)
	" ORDER BY c.point, c.finding, ifnull(c.channel, ''),"
	" ifnull(c.session, ''), c.start_utc",

	[LOOKUP_CLEARANCES_OF_POINT] =
	"SELECT " FINDING_CLEARED_COLUMNS " FROM finding_cleared c"
	" WHERE c.point = ?2 AND c.start_utc >= ?3 AND c.start_utc < ?4"
	HOLDS("finding_cleared", SAME_FINDING_CLEARED)
	" ORDER BY c.finding, ifnull(c.channel, ''), ifnull(c.session, ''),"
	" c.start_utc, ifnull(c.value, '')",

	[LOOKUP_BIDS] = OF_AUCTION("bid", BID_COLUMNS, SAME_BID)
	", c.bid",

	[LOOKUP_NEEDS] = OF_AUCTION("need", NEED_COLUMNS, SAME_NEED)
	", c.need",

	[LOOKUP_PUBLISHED_PRICES] = OF_AUCTION("published_price",
	PUBLISHED_PRICE_COLUMNS, SAME_PUBLISHED_PRICE),

	[LOOKUP_PUBLISHED_AWARDS] = OF_AUCTION("published_award",
	PUBLISHED_AWARD_COLUMNS, SAME_PUBLISHED_AWARD)
	", c.bid",

	[LOOKUP_EVENTS] =
	"SELECT " EVENT_COLUMNS " FROM event c"
	" WHERE c.start_utc < ?4 AND c.end_utc > ?3"
	" AND (?2 = '' OR c.programme IS NULL OR c.programme = ?2)"
	HIGHEST HOLDS("event", SAME_EVENT)
	" ORDER BY c.start_utc, c.event",

	[LOOKUP_EVENT] =
	"SELECT " EVENT_COLUMNS " FROM event c"
	" WHERE c.event = ?2"
	HIGHEST HOLDS("event", SAME_EVENT),

	[LOOKUP_TARGETS_OF_EVENT] =
	"SELECT " EVENT_TARGET_COLUMNS " FROM event_target c"
	" WHERE c.event = ?2 AND c.modification BETWEEN ?3 AND ?4"
	HOLDS("event_target", SAME_EVENT_TARGET)
	" ORDER BY c.modification, c.kind, c.target",

	[LOOKUP_SIGNALS_OF_EVENT] =
	"SELECT " EVENT_SIGNAL_COLUMNS " FROM event_signal c"
	" WHERE c.event = ?2 AND c.modification BETWEEN ?3 AND ?4"
	HOLDS("event_signal", SAME_EVENT_SIGNAL)
	" ORDER BY c.modification, c.signal, c.start_utc",

	[LOOKUP_AWARDS_OF_EVENT] =
	"SELECT " AWARD_COLUMNS " FROM award c"
	" WHERE c.event = ?2 AND c.contract = ?5"
	HOLDS("award", SAME_AWARD)
	" ORDER BY c.award, c.start_utc",

	/* They do not overlap: of those before a the last may reach it. */
	[LOOKUP_BASELINES_OF_POINT] =
	"SELECT " BASELINE_COLUMNS " FROM baseline c"
	" WHERE c.point = ?2 AND c.baseline = ?5 AND c.start_utc < ?4"
	" AND c.start_utc >= ifnull((SELECT max(p.start_utc) FROM baseline p"
	" WHERE p.point = ?2 AND p.baseline = ?5 AND p.start_utc <= ?3"
	" AND p.entry <= ?1), ?3) AND c.end_utc > ?3"
	HOLDS("baseline", SAME_BASELINE)
	" ORDER BY c.start_utc",
};
/* clang-format on */
static const struct stmt_list lookups = STMT_LIST(lookup_sql);

static const struct {
	enum fact_kind kind;
	bool ranged; /* a and b are asked for */
	bool pair; /* by two names */
} shapes[FACT_LOOKUPS] = {
    [LOOKUP_METERS_OF_POINT] = {FACT_METER, false},
    [LOOKUP_RELATIONS_OF_PARENT] = {FACT_RELATION, false},
    [LOOKUP_RELATIONS_FROM_PARENT] = {FACT_RELATION, false},
    [LOOKUP_RELATIONS_OF_CHILD] = {FACT_RELATION, false},
    [LOOKUP_PARTY] = {FACT_PARTY, false},
    [LOOKUP_POINT] = {FACT_POINT, false},
    [LOOKUP_ALIASES_OF] = {FACT_ALIAS, false},
    [LOOKUP_SESSIONS_OF_POINT] = {FACT_SESSION, true},
    [LOOKUP_BANDS_OF_SESSION] = {FACT_SESSION_BAND, false},
    [LOOKUP_INTERVALS_OF_SESSION] = {FACT_SESSION_INTERVAL, false},
    [LOOKUP_SESSION] = {FACT_SESSION, false},
    [LOOKUP_PERIODS_OF_SESSION] = {FACT_SESSION_PERIOD, false},
    [LOOKUP_CLAIMS_OF_SESSION] = {FACT_SESSION_CLAIM, false},
    [LOOKUP_CREDIT_OF_SESSION] = {FACT_SESSION_CREDIT, false},
    [LOOKUP_REGISTERS_OF_POINT] = {FACT_REGISTER_READ, true},
    [LOOKUP_PRICES_OF_TABLE] = {FACT_PRICE, true},
    [LOOKUP_SERIES] = {FACT_SERIES, true},
    [LOOKUP_CALENDAR] = {FACT_CALENDAR, true},
    [LOOKUP_CONDITIONS] = {FACT_CONDITION, true},
    [LOOKUP_MEMBERS] = {FACT_MEMBER, false},
    [LOOKUP_ESTIMATES_OF_POINT] = {FACT_ESTIMATE, true},
    [LOOKUP_FINDINGS_OF_POINT] = {FACT_FINDING, true},
    [LOOKUP_FINDINGS_FROM_POINT] = {FACT_FINDING, false},
    [LOOKUP_FINDINGS] = {FACT_FINDING, true},
    [LOOKUP_CLEARANCES_OF_POINT] = {FACT_FINDING_CLEARED, true},
    [LOOKUP_BIDS] = {FACT_BID, true},
    [LOOKUP_NEEDS] = {FACT_NEED, true},
    [LOOKUP_PUBLISHED_PRICES] = {FACT_PUBLISHED_PRICE, true},
    [LOOKUP_PUBLISHED_AWARDS] = {FACT_PUBLISHED_AWARD, true},
    [LOOKUP_EVENTS] = {FACT_EVENT, true},
    [LOOKUP_EVENT] = {FACT_EVENT, false},
    [LOOKUP_TARGETS_OF_EVENT] = {FACT_EVENT_TARGET, true},
    [LOOKUP_SIGNALS_OF_EVENT] = {FACT_EVENT_SIGNAL, true},
    [LOOKUP_AWARDS_OF_EVENT] = {FACT_AWARD, false, true},
    [LOOKUP_BASELINES_OF_POINT] = {FACT_BASELINE, true, true},
};

enum fact_kind
facts_kind(enum fact_lookup lookup)
{
	assert(lookup < FACT_LOOKUPS);
	return shapes[lookup].kind;
}

struct fact_cursor {
	struct ledger *ledger;
	enum fact_lookup lookup;
	const struct fact_format *format;
	sqlite3_stmt *stmt;
	char name[ID_MAX + 1]; /* what the statement is bound to */
	char second[ID_MAX + 1];
};

int
facts_lookup(struct fact_cursor **cursor, struct ledger *ledger,
    enum fact_lookup lookup, int64_t asof, const char *name, int64_t a,
    int64_t b, struct qf_error *err)
{
	return facts_lookup_pair(
	    cursor, ledger, lookup, asof, name, NULL, a, b, err);
}

int
facts_lookup_pair(struct fact_cursor **cursor, struct ledger *ledger,
    enum fact_lookup lookup, int64_t asof, const char *name, const char *second,
    int64_t a, int64_t b, struct qf_error *err)
{
	struct fact_cursor *it = *cursor;

	assert(lookup < FACT_LOOKUPS);
	assert(shapes[lookup].pair == (second != NULL));
	if (it == NULL) {
		sqlite3_stmt *stmt;

		if (stmt_prepare(&stmt, ledger, &lookups, lookup, err) == -1) {
			return -1;
		}
		it = xcalloc(1, sizeof(*it));
		it->ledger = ledger;
		it->lookup = lookup;
		it->format = fact_format(shapes[lookup].kind);
		it->stmt = stmt;
		*cursor = it;
	}
	if (it->lookup != lookup || it->ledger != ledger) {
		BUG("a cursor was opened for another lookup");
	}
	if (watch_facts(ledger, lookup, asof, name, second, a, b, err) == -1) {
		return -1;
	}
	sqlite3_reset(it->stmt);
	copy_id(it->name, name);
	stmt_bind_int(it->stmt, 1, asof);
	stmt_bind_text(it->stmt, 2, it->name);
	if (shapes[lookup].ranged) {
		stmt_bind_int(it->stmt, 3, a);
		stmt_bind_int(it->stmt, 4, b);
	}
	if (second != NULL) {
		copy_id(it->second, second);
		stmt_bind_text(it->stmt, 5, it->second);
	}
	return 0;
}

static void
load_value(struct fact_value *out, sqlite3_stmt *stmt, int column)
{
	memset(out, 0, sizeof(*out));
	switch (sqlite3_column_type(stmt, column)) {
	case SQLITE_NULL:
		out->is = FACT_NULL;
		break;
	case SQLITE_INTEGER:
		out->is = FACT_IS_INTEGER;
		out->integer = sqlite3_column_int64(stmt, column);
		break;
	default:
		out->is = FACT_IS_TEXT;
		out->text = stmt_text(stmt, column);
		out->length = (size_t)sqlite3_column_bytes(stmt, column);
	}
}

int
facts_next(struct fact_cursor *cursor, struct fact *out, int64_t *entry,
    struct qf_error *err)
{
	int stepped = stmt_step(cursor->stmt, cursor->ledger, err);

	if (stepped != 1) {
		return stepped;
	}
	out->format = cursor->format;
	*entry = sqlite3_column_int64(cursor->stmt, 0);
	out->line_no = (size_t)sqlite3_column_int64(cursor->stmt, 1);
	for (size_t i = 0; i < cursor->format->column_count; i++) {
		load_value(&out->values[i], cursor->stmt, (int)i + 2);
	}
	return 1;
}

void
facts_close(struct fact_cursor *cursor)
{
	if (cursor == NULL) {
		return;
	}
	sqlite3_finalize(cursor->stmt);
	free(cursor);
}

/* Rule documents ----------------------------------------------------------- */

int
rules_find(struct ledger *ledger, int64_t asof, const char *kind,
    const char *rule, char **text, char file[256], int64_t *entry,
    struct qf_error *err)
{
	sqlite3_stmt *stmt;
	int found;

	if (watch_rule(ledger, asof, kind, rule, err) == -1 ||
	    stmt_cached(&stmt, ledger, &list, Q_RULE, err) == -1) {
		return -1;
	}
	stmt_bind_text(stmt, 1, kind);
	stmt_bind_text(stmt, 2, rule);
	stmt_bind_int(stmt, 3, asof);
	found = stmt_step(stmt, ledger, err);
	if (found == 1) {
		*entry = sqlite3_column_int64(stmt, 0);
		snprintf(file, 256, "%s", stmt_text(stmt, 1));
		*text = xstrndup(
		    stmt_text(stmt, 2), (size_t)sqlite3_column_bytes(stmt, 2));
	}
	sqlite3_reset(stmt);
	return found;
}

int
rules_only(struct ledger *ledger, int64_t asof, const char *kind,
    char id[ID_MAX + 1], struct qf_error *err)
{
	sqlite3_stmt *stmt;
	int found = 0, stepped;

	if (stmt_cached(&stmt, ledger, &list, Q_RULES, err) == -1) {
		return -1;
	}
	stmt_bind_text(stmt, 1, kind);
	stmt_bind_int(stmt, 2, asof);
	while ((stepped = stmt_step(stmt, ledger, err)) == 1) {
		if (found++ == 0) {
			copy_id(id, stmt_text(stmt, 0));
		}
	}
	sqlite3_reset(stmt);
	return stepped == -1 ? -1 : found;
}

/* Identifiers of other systems -------------------------------------------- */

int
aliases_find(struct ledger *ledger, int64_t asof, const char *scheme,
    const char *alias, const char *kind, int64_t at_utc, char name[ID_MAX + 1],
    struct qf_error *err)
{
	sqlite3_stmt *stmt;
	int found;

	if (stmt_cached(&stmt, ledger, &list, Q_ALIAS, err) == -1) {
		return -1;
	}
	stmt_bind_int(stmt, 1, asof);
	stmt_bind_text(stmt, 2, scheme);
	stmt_bind_text(stmt, 3, alias);
	stmt_bind_text(stmt, 4, kind);
	stmt_bind_int(stmt, 5, at_utc);
	found = stmt_step(stmt, ledger, err);
	if (found == 1) {
		copy_column(name, ID_MAX + 1, stmt, 0);
	}
	sqlite3_reset(stmt);
	return found;
}

int
points_know(struct ledger *ledger, int64_t asof, const char *point,
    struct qf_error *err)
{
	sqlite3_stmt *stmt;
	int found;

	if (stmt_cached(&stmt, ledger, &list, Q_POINT, err) == -1) {
		return -1;
	}
	stmt_bind_int(stmt, 1, asof);
	stmt_bind_text(stmt, 2, point);
	found = stmt_step(stmt, ledger, err);
	sqlite3_reset(stmt);
	return found;
}
