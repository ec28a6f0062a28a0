/* facts.c - taking in the facts of one row a fact.
 *
 * A fact's earlier row is found by its key; what the new one may change of it
 * without a correction is decided here, and nowhere else.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/facts.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/dec.h"
#include "ledger/columns.h"
#include "ledger/connection.h"
#include "ledger/entry.h"
#include "ledger/facts_overlap.h"
#include "ledger/facts_reference.h"
#include "ledger/row.h"
#include "ledger/stmt.h"

/* The newest row of a key; the parameters are the key columns in their order,
 * an empty text where one is empty.  Indexed by kind. */
#define NEWEST " ORDER BY entry DESC LIMIT 1"
static const char *const earlier_sql[FACT_KINDS] = {
    [FACT_PARTY] = "SELECT " PARTY_COLUMNS " FROM party"
		   " WHERE party = ?1 AND from_utc = ?2" NEWEST,
    [FACT_POINT] = "SELECT " POINT_COLUMNS " FROM point"
		   " WHERE point = ?1 AND from_utc = ?2" NEWEST,
    [FACT_METER] = "SELECT " METER_COLUMNS " FROM meter"
		   " WHERE point = ?1 AND meter = ?2 AND from_utc = ?3" NEWEST,
    [FACT_RELATION] = "SELECT " RELATION_COLUMNS " FROM relation"
		      " WHERE parent = ?1 AND child = ?2 AND role = ?3"
		      " AND from_utc = ?4" NEWEST,
    [FACT_CONTRACT] =
	"SELECT " CONTRACT_COLUMNS " FROM contract"
	" WHERE contract = ?1 AND leg = ?2 AND from_utc = ?3" NEWEST,
    [FACT_MEMBER] =
	"SELECT " MEMBER_COLUMNS " FROM member"
	" WHERE portfolio = ?1 AND member = ?2 AND from_utc = ?3" NEWEST,
    [FACT_ALIAS] = "SELECT " ALIAS_COLUMNS " FROM alias"
		   " WHERE scheme = ?1 AND alias = ?2 AND from_utc = ?3" NEWEST,
    [FACT_CALENDAR] = "SELECT " CALENDAR_COLUMNS " FROM calendar"
		      " WHERE calendar = ?1 AND day = ?2" NEWEST,
    [FACT_CONDITION] =
	"SELECT " CONDITION_COLUMNS " FROM condition"
	" WHERE station = ?1 AND quantity = ?2 AND day = ?3" NEWEST,
    [FACT_PRICE] = "SELECT " PRICE_COLUMNS " FROM price"
		   " WHERE price_table = ?1 AND month = ?2"
		   " AND ifnull(user_class, '') = ?3 AND ifnull(type, '') = ?4"
		   " AND ifnull(voltage, '') = ?5 AND item = ?6" NEWEST,
    [FACT_SERIES] = "SELECT " SERIES_COLUMNS " FROM series"
		    " WHERE series = ?1 AND start_utc = ?2" NEWEST,
    [FACT_SESSION] =
	"SELECT " SESSION_COLUMNS " FROM session WHERE session = ?1" NEWEST,
    [FACT_SESSION_BAND] =
	"SELECT " SESSION_BAND_COLUMNS " FROM session_band"
	" WHERE session = ?1 AND channel = ?2 AND band = ?3" NEWEST,
    [FACT_SESSION_INTERVAL] =
	"SELECT " SESSION_INTERVAL_COLUMNS " FROM session_interval"
	" WHERE session = ?1 AND channel = ?2 AND start_utc = ?3" NEWEST,
    [FACT_SESSION_PERIOD] =
	"SELECT " SESSION_PERIOD_COLUMNS " FROM session_period"
	" WHERE session = ?1 AND start_utc = ?2 AND dimension = ?3" NEWEST,
    [FACT_SESSION_CLAIM] = "SELECT " SESSION_CLAIM_COLUMNS " FROM session_claim"
			   " WHERE session = ?1 AND item = ?2" NEWEST,
    [FACT_SESSION_CREDIT] =
	"SELECT " SESSION_CREDIT_COLUMNS " FROM session_credit"
	" WHERE session = ?1" NEWEST,
    [FACT_REGISTER_READ] =
	"SELECT " REGISTER_READ_COLUMNS " FROM register_read"
	" WHERE point = ?1 AND meter = ?2 AND time_utc = ?3 AND channel = ?4"
	" AND ifnull(band, '') = ?5" NEWEST,
    [FACT_ESTIMATE] = "SELECT " ESTIMATE_COLUMNS " FROM estimate"
		      " WHERE point = ?1 AND channel = ?2 AND start_utc = ?3"
		      " AND method = ?4" NEWEST,
    [FACT_FINDING] =
	"SELECT " FINDING_COLUMNS " FROM finding"
	" WHERE finding = ?1 AND point = ?2 AND ifnull(channel, '') = ?3"
	" AND ifnull(session, '') = ?4 AND start_utc = ?5" NEWEST,
    [FACT_FINDING_CLEARED] =
	"SELECT " FINDING_CLEARED_COLUMNS " FROM finding_cleared"
	" WHERE finding = ?1 AND point = ?2 AND ifnull(channel, '') = ?3"
	" AND ifnull(session, '') = ?4 AND start_utc = ?5"
	" AND ifnull(value, '') = ?6" NEWEST,
    [FACT_BID] = "SELECT " BID_COLUMNS " FROM bid"
		 " WHERE auction = ?1 AND start_utc = ?2 AND bid = ?3" NEWEST,
    [FACT_NEED] = "SELECT " NEED_COLUMNS " FROM need"
		  " WHERE auction = ?1 AND start_utc = ?2 AND need = ?3" NEWEST,
    [FACT_PUBLISHED_PRICE] =
	"SELECT " PUBLISHED_PRICE_COLUMNS " FROM published_price"
	" WHERE auction = ?1 AND start_utc = ?2" NEWEST,
    [FACT_PUBLISHED_AWARD] =
	"SELECT " PUBLISHED_AWARD_COLUMNS " FROM published_award"
	" WHERE auction = ?1 AND start_utc = ?2 AND bid = ?3" NEWEST,
    [FACT_EVENT] = "SELECT " EVENT_COLUMNS " FROM event"
		   " WHERE event = ?1 AND modification = ?2" NEWEST,
    [FACT_EVENT_TARGET] =
	"SELECT " EVENT_TARGET_COLUMNS " FROM event_target"
	" WHERE event = ?1 AND modification = ?2 AND kind = ?3"
	" AND target = ?4" NEWEST,
    [FACT_EVENT_SIGNAL] =
	"SELECT " EVENT_SIGNAL_COLUMNS " FROM event_signal"
	" WHERE event = ?1 AND modification = ?2 AND signal = ?3"
	" AND start_utc = ?4" NEWEST,
    [FACT_AWARD] = "SELECT " AWARD_COLUMNS " FROM award"
		   " WHERE event = ?1 AND contract = ?2 AND start_utc = ?3"
		   " AND award = ?4" NEWEST,
    [FACT_BASELINE] =
	"SELECT " BASELINE_COLUMNS " FROM baseline"
	" WHERE baseline = ?1 AND point = ?2 AND start_utc = ?3" NEWEST,
};
static const struct stmt_list earlier_list = STMT_LIST(earlier_sql);

/* What a row says of itself ---------------------------------------------- */

static const struct fact_value *
value_of(const struct fact *fact, const char *name)
{
	return &fact->values[fact_column(fact->format, name)];
}

static bool
is_word(const struct fact_value *value, const char *word)
{
	return value->is == FACT_IS_TEXT && strcmp(value->text, word) == 0;
}

/* The end of a stretch must be after its start; a registry row may end where
 * it starts, which makes it void. */
static int
check_stretch(const struct fact *fact, const char *start, const char *end,
    bool may_be_void, struct qf_error *err)
{
	const struct fact_value *from = value_of(fact, start);
	const struct fact_value *to = value_of(fact, end);

	if (to->is == FACT_NULL || to->integer > from->integer ||
	    (may_be_void && to->integer == from->integer)) {
		return 0;
	}
	return qf_fail(err, QF_DATA, "fact-end", "%s: is %s %s", end,
	    to->integer == from->integer ? "the same as" : "before", start);
}

/* "6.2": up to 18 digits before the point, up to 6 after it. */
static bool
is_digits(const char *text)
{
	size_t whole = strspn(text, "0123456789");
	const char *rest = text + whole;

	if (text[0] == '0' || whole < 1 || whole > 2 ||
	    (whole == 2 && strncmp(text, "18", 2) > 0)) {
		return false;
	}
	return *rest == '\0' || (rest[0] == '.' && rest[1] >= '0' &&
				    rest[1] <= '6' && rest[2] == '\0');
}

static int
check_meter(const struct fact *fact, struct qf_error *err)
{
	const struct fact_value *multiplier = value_of(fact, "multiplier");
	const struct fact_value *digits = value_of(fact, "digits");

	if (strspn(multiplier->text, "0.") == multiplier->length) {
		return qf_fail(err, QF_DATA, "meter-multiplier",
		    "multiplier: must be above zero");
	}
	if (!is_digits(digits->text)) {
		return qf_fail(err, QF_DATA, "meter-digits",
		    "digits: \"%.20s\" is not like 6.2 (digits before and "
		    "after the point)",
		    digits->text);
	}
	return 0;
}

static int
check_register(const struct fact *fact, struct qf_error *err)
{
	bool withdrawn = is_word(value_of(fact, "quality"), "withdrawn");

	if (withdrawn == (value_of(fact, "value")->is == FACT_NULL)) {
		return 0;
	}
	return qf_fail(err, QF_DATA, "register-value",
	    withdrawn ? "value: must be empty where the read is withdrawn"
		      : "value: empty");
}

static int
check_session(const struct fact *fact, struct qf_error *err)
{
	if (value_of(fact, "import_kwh")->is == FACT_NULL &&
	    value_of(fact, "export_kwh")->is == FACT_NULL) {
		return qf_fail(err, QF_DATA, "session-energy",
		    "import_kwh: empty, and so is export_kwh");
	}
	return check_stretch(fact, "start", "end", false, err);
}

/* Energy, current and power may be below zero, as may what is fed in; a time
 * may not. */
static int
check_period(const struct fact *fact, struct qf_error *err)
{
	const struct fact_value *dimension = value_of(fact, "dimension");

	if (value_of(fact, "volume")->text[0] == '-' &&
	    (is_word(dimension, "time") || is_word(dimension, "parking-time") ||
		is_word(dimension, "reservation-time"))) {
		return qf_fail(err, QF_DATA, "period-negative",
		    "volume: a time must not be negative");
	}
	return 0;
}

static int
check_claim(const struct fact *fact, struct qf_error *err)
{
	if (value_of(fact, "volume")->is == FACT_NULL &&
	    value_of(fact, "excl")->is == FACT_NULL &&
	    value_of(fact, "incl")->is == FACT_NULL) {
		return qf_fail(err, QF_DATA, "claim-empty",
		    "volume: empty, and so are excl and incl");
	}
	return 0;
}

/* A natural person is a pseudonym here; the name is in the identity file, from
 * which it can be erased. */
static int
check_party(const struct fact *fact, struct qf_error *err)
{
	if (is_word(value_of(fact, "kind"), "person") &&
	    (value_of(fact, "name_zh")->is != FACT_NULL ||
		value_of(fact, "name_en")->is != FACT_NULL)) {
		return qf_fail(err, QF_DATA, "party-name",
		    "name_zh: a person has no name in the ledger");
	}
	return check_stretch(fact, "from", "to", true, err);
}

/* No more can be asked for at least than is offered. */
static int
check_bid(const struct fact *fact, struct qf_error *err)
{
	const struct fact_value *minimum = value_of(fact, "minimum");
	const struct fact_value *quantity = value_of(fact, "quantity");
	struct dec least = {0}, offered = {0};
	int rc = check_stretch(fact, "start", "end", false, err);

	if (rc == -1 || minimum->is == FACT_NULL) {
		return rc;
	}
	rc = dec_parse(&least, minimum->text, minimum->length, err);
	if (rc == 0) {
		rc = dec_parse(&offered, quantity->text, quantity->length, err);
	}
	if (rc == 0 && dec_cmp(&least, &offered) > 0) {
		rc = qf_fail(err, QF_DATA, "bid-minimum",
		    "minimum: is above the quantity, %s", quantity->text);
	}
	dec_release(&least);
	dec_release(&offered);
	return rc;
}

static int
check_row(const struct fact *fact, struct qf_error *err)
{
	switch (fact->format->kind) {
	case FACT_PARTY:
		return check_party(fact, err);
	case FACT_METER:
		if (check_meter(fact, err) == -1) {
			return -1;
		}
		return check_stretch(fact, "from", "to", true, err);
	case FACT_POINT:
	case FACT_RELATION:
	case FACT_CONTRACT:
	case FACT_MEMBER:
	case FACT_ALIAS:
		return check_stretch(fact, "from", "to", true, err);
	case FACT_SERIES:
	case FACT_SESSION_INTERVAL:
	case FACT_ESTIMATE:
	case FACT_FINDING:
	case FACT_NEED:
	case FACT_PUBLISHED_PRICE:
	case FACT_EVENT:
	case FACT_EVENT_SIGNAL:
	case FACT_AWARD:
	case FACT_BASELINE:
		return check_stretch(fact, "start", "end", false, err);
	case FACT_BID:
		return check_bid(fact, err);
	case FACT_SESSION:
		return check_session(fact, err);
	case FACT_SESSION_PERIOD:
		return check_period(fact, err);
	case FACT_SESSION_CLAIM:
		return check_claim(fact, err);
	case FACT_REGISTER_READ:
		return check_register(fact, err);
	default:
		return 0;
	}
}

/* What the ledger says of the same --------------------------------------- */

/* Whether a column of the earlier row (after entry and line) is the value. */
static bool
same_value(sqlite3_stmt *stmt, int column, const struct fact_value *value)
{
	int type = sqlite3_column_type(stmt, column);

	switch (value->is) {
	case FACT_NULL:
		return type == SQLITE_NULL;
	case FACT_IS_INTEGER:
		return type == SQLITE_INTEGER &&
		       sqlite3_column_int64(stmt, column) == value->integer;
	default:
		return type == SQLITE_TEXT &&
		       (size_t)sqlite3_column_bytes(stmt, column) ==
			   value->length &&
		       memcmp(stmt_text(stmt, column), value->text,
			   value->length) == 0;
	}
}

/* How the new row stands to the earlier one. */
struct change {
	size_t differing; /* columns with other content */
	const char *first; /* name of the first of them */
	enum fact_type first_type;
	int first_column; /* and where it is in the statement */
	bool ends_open; /* it only ends a row that was open */
	bool measures; /* measured over estimated */
	bool estimates; /* estimated over measured */
};

static void
compare(struct change *out, const struct fact *fact, sqlite3_stmt *stmt)
{
	const struct fact_format *format = fact->format;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < format->column_count; i++) {
		const struct fact_value *value = &fact->values[i];
		int column = (int)i + 2;
		const char *was;

		if (same_value(stmt, column, value)) {
			continue;
		}
		if (out->differing++ == 0) {
			out->first = format->columns[i].name;
			out->first_type = format->columns[i].type;
			out->first_column = column;
		}
		if ((format->columns[i].flags & FACT_TO) != 0) {
			out->ends_open =
			    sqlite3_column_type(stmt, column) == SQLITE_NULL;
		}
		if (format->kind != FACT_REGISTER_READ ||
		    strcmp(format->columns[i].name, "quality") != 0) {
			continue;
		}
		was = stmt_text(stmt, column);
		out->measures =
		    is_word(value, "measured") && strcmp(was, "estimated") == 0;
		out->estimates =
		    is_word(value, "estimated") && strcmp(was, "measured") == 0;
	}
	out->ends_open = out->ends_open && out->differing == 1;
}

/* What the earlier row says, for a person. */
static const char *
say_was(
    const struct change *change, sqlite3_stmt *stmt, char room[CIVIL_TEXT_MAX])
{
	int column = change->first_column;

	if (sqlite3_column_type(stmt, column) == SQLITE_NULL) {
		return "nothing";
	}
	if (change->first_type == FACT_INSTANT) {
		civil_format_utc(sqlite3_column_int64(stmt, column), room);
		return room;
	}
	if (change->first_type == FACT_DAY) {
		civil_format_day(sqlite3_column_int(stmt, column), room);
		return room;
	}
	return stmt_text(stmt, column);
}

static int
refuse_conflict(const struct change *change, int64_t entry, sqlite3_stmt *stmt,
    struct qf_error *err)
{
	char room[CIVIL_TEXT_MAX];
	const char *was = say_was(change, stmt, room);
	int64_t held_by = sqlite3_column_int64(stmt, 0);
	long long line = sqlite3_column_int64(stmt, 1);

	if (held_by == entry) {
		return qf_fail(err, QF_DATA, "fact-conflict",
		    "%s: line %lld of the same input says %s", change->first,
		    line, was);
	}
	return qf_fail(err, QF_DATA, "fact-conflict",
	    "%s: batch:%lld, line %lld, says %s; a correction needs --correct",
	    change->first, (long long)held_by, line, was);
}

static int
judge(const struct fact *fact, int64_t entry, bool correcting,
    sqlite3_stmt *stmt, enum fact_outcome *outcome, struct qf_error *err)
{
	struct change change;

	compare(&change, fact, stmt);
	if (change.differing == 0) {
		*outcome = FACT_REPEATED;
		return 0;
	}
	if (change.estimates) {
		return qf_fail(err, QF_DATA, "read-estimate",
		    "quality: batch:%lld, line %lld, is measured; an estimate "
		    "does not replace it",
		    (long long)sqlite3_column_int64(stmt, 0),
		    (long long)sqlite3_column_int64(stmt, 1));
	}
	if (sqlite3_column_int64(stmt, 0) == entry ||
	    (!correcting && !change.ends_open && !change.measures)) {
		return refuse_conflict(&change, entry, stmt, err);
	}
	*outcome = FACT_CHANGED;
	return 0;
}

/* Finds the earlier row of the fact's key, and decides. */
static int
meet_earlier(struct entry *entry, const struct fact *fact, bool correcting,
    enum fact_outcome *outcome, struct qf_error *err)
{
	const struct fact_format *format = fact->format;
	struct ledger *ledger = entry_ledger(entry);
	sqlite3_stmt *stmt;
	int stepped, status = 0, parameter = 1;

	if (stmt_cached(&stmt, ledger, &earlier_list, format->kind, err) ==
	    -1) {
		return -1;
	}
	for (size_t i = 0; i < format->column_count; i++) {
		const struct fact_value *value = &fact->values[i];

		if ((format->columns[i].flags & FACT_KEY) == 0) {
			continue;
		}
		if (value->is == FACT_IS_INTEGER) {
			stmt_bind_int(stmt, parameter++, value->integer);
		} else {
			stmt_bind_bytes(stmt, parameter++,
			    value->is == FACT_NULL ? "" : value->text,
			    value->is == FACT_NULL ? 0 : value->length);
		}
	}
	*outcome = FACT_NEW;
	stepped = stmt_step(stmt, ledger, err);
	if (stepped == 1) {
		status = judge(
		    fact, entry_number(entry), correcting, stmt, outcome, err);
		sqlite3_reset(stmt);
	}
	sqlite3_reset(stmt);
	return stepped == -1 ? -1 : status;
}

/* Writing ---------------------------------------------------------------- */

static int
write_fact(struct entry *entry, const struct fact *fact, struct qf_error *err)
{
	struct row *row = row_begin(
	    entry, row_table_of(fact->format->kind), (int64_t)fact->line_no);

	for (size_t i = 0; i < fact->format->column_count; i++) {
		const struct fact_value *value = &fact->values[i];

		switch (value->is) {
		case FACT_NULL:
			row_null(row);
			break;
		case FACT_IS_INTEGER:
			row_int(row, value->integer);
			break;
		default:
			row_text(row, value->text, value->length);
		}
	}
	return row_end(row, err);
}

int
facts_append(struct entry *entry, const struct fact *fact, bool correcting,
    enum fact_outcome *outcome, struct qf_error *err)
{
	assert(fact->format->column_count <= FACT_COLUMNS_MAX);
	if (check_row(fact, err) == -1 ||
	    meet_earlier(entry, fact, correcting, outcome, err) == -1) {
		return -1;
	}
	if (*outcome == FACT_REPEATED) {
		return 0;
	}
	if (facts_check_references(entry, fact, err) == -1 ||
	    facts_check_overlap(entry, fact, err) == -1) {
		return -1;
	}
	return write_fact(entry, fact, err);
}
