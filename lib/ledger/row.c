/* row.c - the one writer of rows, and what reads them back.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/row.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/digits.h"
#include "ledger/columns.h"
#include "ledger/connection.h"
#include "ledger/entry.h"
#include "ledger/row_compare.h"
#include "ledger/stmt.h"

#define PLACES_4 "?, ?, ?, ?"
#define PLACES_5 PLACES_4 ", ?"
#define PLACES_6 PLACES_5 ", ?"
#define PLACES_7 PLACES_6 ", ?"
#define PLACES_8 PLACES_7 ", ?"
#define PLACES_9 PLACES_8 ", ?"
#define PLACES_10 PLACES_9 ", ?"
#define PLACES_11 PLACES_10 ", ?"
#define PLACES_12 PLACES_11 ", ?"
#define PLACES_13 PLACES_12 ", ?"
#define PLACES_14 PLACES_13 ", ?"
#define PLACES_15 PLACES_14 ", ?"
#define PLACES_16 PLACES_15 ", ?"
#define PLACES_17 PLACES_16 ", ?"
#define PLACES_18 PLACES_17 ", ?"
#define PLACES_19 PLACES_18 ", ?"
#define PLACES_20 PLACES_19 ", ?"
#define PLACES_21 PLACES_20 ", ?"
#define PLACES_22 PLACES_21 ", ?"
#define PLACES_23 PLACES_22 ", ?"
#define PLACES_24 PLACES_23 ", ?"
#define PLACES_25 PLACES_24 ", ?"
#define PLACES_26 PLACES_25 ", ?"
#define PLACES_27 PLACES_26 ", ?"
#define PLACES_28 PLACES_27 ", ?"
#define PLACES_29 PLACES_28 ", ?"

/* What is stored before the columns of columns.h: nothing, or the id where it
 * is entry and line. */
#define OWN ""
#define IN_ID "id, "
#define LINE_MAX_IN_ID INT64_C(0xffffffff)

#define EACH_TABLE(X)                                                          \
	X(MARKET, "market", OWN, MARKET_COLUMNS, PLACES_6, 6)                  \
	X(BATCH, "batch", OWN, BATCH_COLUMNS, PLACES_13, 13)                   \
	X(RULE, "rule", OWN, RULE_COLUMNS, PLACES_7, 7)                        \
	X(PARTY, "party", OWN, PARTY_COLUMNS, PLACES_8, 8)                     \
	X(POINT, "point", OWN, POINT_COLUMNS, PLACES_12, 12)                   \
	X(METER, "meter", OWN, METER_COLUMNS, PLACES_8, 8)                     \
	X(RELATION, "relation", OWN, RELATION_COLUMNS, PLACES_7, 7)            \
	X(CONTRACT, "contract", OWN, CONTRACT_COLUMNS, PLACES_17, 17)          \
	X(MEMBER, "member", OWN, MEMBER_COLUMNS, PLACES_6, 6)                  \
	X(ALIAS, "alias", OWN, ALIAS_COLUMNS, PLACES_8, 8)                     \
	X(READ_DAY, "read_day", OWN, READ_DAY_COLUMNS, PLACES_13, 13)          \
	X(REGISTER_READ, "register_read", OWN, REGISTER_READ_COLUMNS,          \
	    PLACES_9, 9)                                                       \
	X(SESSION, "session", OWN, SESSION_COLUMNS, PLACES_10, 10)             \
	X(SESSION_BAND, "session_band", OWN, SESSION_BAND_COLUMNS, PLACES_6,   \
	    6)                                                                 \
	X(SESSION_INTERVAL, "session_interval", OWN, SESSION_INTERVAL_COLUMNS, \
	    PLACES_7, 7)                                                       \
	X(SESSION_PERIOD, "session_period", OWN, SESSION_PERIOD_COLUMNS,       \
	    PLACES_6, 6)                                                       \
	X(SESSION_CLAIM, "session_claim", OWN, SESSION_CLAIM_COLUMNS,          \
	    PLACES_7, 7)                                                       \
	X(SESSION_CREDIT, "session_credit", OWN, SESSION_CREDIT_COLUMNS,       \
	    PLACES_4, 4)                                                       \
	X(PRICE, "price", OWN, PRICE_COLUMNS, PLACES_11, 11)                   \
	X(SERIES, "series", OWN, SERIES_COLUMNS, PLACES_7, 7)                  \
	X(CALENDAR, "calendar", OWN, CALENDAR_COLUMNS, PLACES_6, 6)            \
	X(CONDITION, "condition", OWN, CONDITION_COLUMNS, PLACES_6, 6)         \
	X(ESTIMATE, "estimate", OWN, ESTIMATE_COLUMNS, PLACES_9, 9)            \
	X(FINDING, "finding", OWN, FINDING_COLUMNS, PLACES_13, 13)             \
	X(FINDING_CLEARED, "finding_cleared", OWN, FINDING_CLEARED_COLUMNS,    \
	    PLACES_11, 11)                                                     \
	X(BID, "bid", OWN, BID_COLUMNS, PLACES_15, 15)                         \
	X(NEED, "need", OWN, NEED_COLUMNS, PLACES_7, 7)                        \
	X(PUBLISHED_PRICE, "published_price", OWN, PUBLISHED_PRICE_COLUMNS,    \
	    PLACES_7, 7)                                                       \
	X(PUBLISHED_AWARD, "published_award", OWN, PUBLISHED_AWARD_COLUMNS,    \
	    PLACES_7, 7)                                                       \
	X(EVENT, "event", OWN, EVENT_COLUMNS, PLACES_12, 12)                   \
	X(EVENT_TARGET, "event_target", OWN, EVENT_TARGET_COLUMNS, PLACES_6,   \
	    6)                                                                 \
	X(EVENT_SIGNAL, "event_signal", OWN, EVENT_SIGNAL_COLUMNS, PLACES_10,  \
	    10)                                                                \
	X(AWARD, "award", OWN, AWARD_COLUMNS, PLACES_9, 9)                     \
	X(BASELINE, "baseline", OWN, BASELINE_COLUMNS, PLACES_7, 7)            \
	X(RUN, "run", OWN, RUN_COLUMNS, PLACES_14, 14)                         \
	X(RUN_LINE, "run_line", IN_ID, RUN_LINE_COLUMNS, PLACES_25, 25)        \
	X(RUN_HOLD, "run_hold", IN_ID, RUN_HOLD_COLUMNS, PLACES_9, 9)          \
	X(RUN_ENERGY, "run_energy", IN_ID, RUN_ENERGY_COLUMNS, PLACES_9, 9)    \
	X(RUN_AWARD, "run_award", IN_ID, RUN_AWARD_COLUMNS, PLACES_14, 14)     \
	X(RUN_PRICE, "run_price", IN_ID, RUN_PRICE_COLUMNS, PLACES_11, 11)     \
	X(RUN_TRADE, "run_trade", IN_ID, RUN_TRADE_COLUMNS, PLACES_7, 7)       \
	X(RUN_RESPONSE, "run_response", IN_ID, RUN_RESPONSE_COLUMNS,           \
	    PLACES_19, 19)                                                     \
	X(RUN_BASELINE, "run_baseline", IN_ID, RUN_BASELINE_COLUMNS, PLACES_9, \
	    9)                                                                 \
	X(POSTING, "posting", OWN, POSTING_COLUMNS, PLACES_5, 5)               \
	X(TRANSFER, "transfer", IN_ID, TRANSFER_COLUMNS, PLACES_28, 28)

static const struct table {
	const char *name;
	const char *columns;
	int column_count; /* of the INSERT and the SELECT */
	int key_columns; /* the first of them: 1 is id, 2 entry and line */
} tables[] = {
#define DESCRIBE(table, name, key, columns, places, count)              \
	[ROW_##table] = {name,                                          \
	    sizeof(key) > 1 ? "entry, line, " columns : columns, count, \
	    sizeof(key) > 1 ? 1 : 2},
    EACH_TABLE(DESCRIBE)
#undef DESCRIBE
};

static const char *const insert_sql[] = {
#define INSERT(table, name, key, columns, places, count) \
	[ROW_##table] =                                  \
	    "INSERT INTO " name " (" key columns ") VALUES (" places ")",
    EACH_TABLE(INSERT)
#undef INSERT
};
static const struct stmt_list inserts = STMT_LIST(insert_sql);

static const char *const select_sql[] = {
#define SELECT(table, name, key, columns, places, count)    \
	[ROW_##table] = "SELECT " key columns " FROM " name \
			" WHERE rowid > ?1 ORDER BY rowid",
    EACH_TABLE(SELECT)
#undef SELECT
};
static const struct stmt_list selects = STMT_LIST(select_sql);

static const char *const last_sql[] = {
#define LAST(table, name, key, columns, places, count) \
	[ROW_##table] = "SELECT max(rowid) FROM " name,
    EACH_TABLE(LAST)
#undef LAST
};
static const struct stmt_list lasts = STMT_LIST(last_sql);

static const char *const at_sql[] = {
#define AT(table, name, key, columns, places, count) \
	[ROW_##table] = "SELECT entry FROM " name " WHERE rowid = ?1",
    EACH_TABLE(AT)
#undef AT
};
static const struct stmt_list ats = STMT_LIST(at_sql);

const char *
row_table_name(enum row_table table)
{
	assert(table < ROW_TABLES);
	return tables[table].name;
}

const char *
row_table_columns(enum row_table table)
{
	assert(table < ROW_TABLES);
	return tables[table].columns;
}

int
row_table_find(enum row_table *out, const char *name)
{
	for (int i = 0; i < ROW_TABLES; i++) {
		if (strcmp(tables[i].name, name) == 0) {
			*out = (enum row_table)i;
			return 0;
		}
	}
	return -1;
}

enum row_table
row_table_of(enum fact_kind kind)
{
	static const enum row_table of[FACT_KINDS] = {
	    [FACT_PARTY] = ROW_PARTY,
	    [FACT_POINT] = ROW_POINT,
	    [FACT_METER] = ROW_METER,
	    [FACT_RELATION] = ROW_RELATION,
	    [FACT_CONTRACT] = ROW_CONTRACT,
	    [FACT_MEMBER] = ROW_MEMBER,
	    [FACT_ALIAS] = ROW_ALIAS,
	    [FACT_CALENDAR] = ROW_CALENDAR,
	    [FACT_CONDITION] = ROW_CONDITION,
	    [FACT_PRICE] = ROW_PRICE,
	    [FACT_SERIES] = ROW_SERIES,
	    [FACT_SESSION] = ROW_SESSION,
	    [FACT_SESSION_BAND] = ROW_SESSION_BAND,
	    [FACT_SESSION_INTERVAL] = ROW_SESSION_INTERVAL,
	    [FACT_SESSION_PERIOD] = ROW_SESSION_PERIOD,
	    [FACT_SESSION_CLAIM] = ROW_SESSION_CLAIM,
	    [FACT_SESSION_CREDIT] = ROW_SESSION_CREDIT,
	    [FACT_REGISTER_READ] = ROW_REGISTER_READ,
	    [FACT_ESTIMATE] = ROW_ESTIMATE,
	    [FACT_FINDING] = ROW_FINDING,
	    [FACT_FINDING_CLEARED] = ROW_FINDING_CLEARED,
	    [FACT_BID] = ROW_BID,
	    [FACT_NEED] = ROW_NEED,
	    [FACT_PUBLISHED_PRICE] = ROW_PUBLISHED_PRICE,
	    [FACT_PUBLISHED_AWARD] = ROW_PUBLISHED_AWARD,
	    [FACT_EVENT] = ROW_EVENT,
	    [FACT_EVENT_TARGET] = ROW_EVENT_TARGET,
	    [FACT_EVENT_SIGNAL] = ROW_EVENT_SIGNAL,
	    [FACT_AWARD] = ROW_AWARD,
	    [FACT_BASELINE] = ROW_BASELINE,
	};

	assert(kind < FACT_KINDS);
	return of[kind];
}

/* True where the id of a row is its entry and its line. */
bool
row_table_is_numbered(enum row_table table)
{
	assert(table < ROW_TABLES);
	return tables[table].key_columns == 1;
}

static bool
fits_id(int64_t entry, int64_t line)
{
	return entry >= 0 && entry <= INT32_MAX && line >= 0 &&
	       line <= LINE_MAX_IN_ID;
}

void
row_ids(int64_t entry, int64_t first_line, int64_t *first, int64_t *last)
{
	if (!fits_id(entry, first_line)) {
		*first = 1;
		*last = 0;
		return;
	}
	*first = entry << 32 | first_line;
	*last = entry << 32 | LINE_MAX_IN_ID;
}

/* Canonical bytes -------------------------------------------------------- */

/* The bytes of one row.  Not a struct buf: rows have no maximum but SQLite's
 * own, and this is the hottest loop of taking reads in. */
struct bytes {
	char *bytes;
	size_t length;
	size_t capacity;
};

static inline void
bytes_reserve(struct bytes *out, size_t more)
{
	if (out->capacity - out->length >= more) {
		return;
	}
	out->capacity = 2 * out->capacity + more;
	out->bytes = xrealloc(out->bytes, out->capacity);
}

/* Writes "<length>:"; room for DIGITS_MAX is there. */
static inline char *
put_length(char *p, size_t length)
{
	if (length < 10) {
		*p++ = (char)('0' + length);
	} else {
		p = digits_put(p, length);
	}
	*p++ = ':';
	return p;
}

static inline void
bytes_text(struct bytes *out, const char *text, size_t length)
{
	char *p;

	bytes_reserve(out, length + DIGITS_MAX + 2);
	p = put_length(out->bytes + out->length, length);
	memcpy(p, text, length);
	p += length;
	*p++ = ',';
	out->length = (size_t)(p - out->bytes);
}

static inline void
bytes_int(struct bytes *out, int64_t value)
{
	char text[1 + DIGITS_MAX];
	char *p = text;
	uint64_t magnitude = (uint64_t)value;

	if (magnitude < 10) {
		bytes_reserve(out, 4);
		p = out->bytes + out->length;
		memcpy(p, "1:0,", 4);
		p[2] = (char)('0' + magnitude);
		out->length += 4;
		return;
	}
	if (value < 0) {
		*p++ = '-';
		magnitude = -magnitude;
	}
	p = digits_put(p, magnitude);
	bytes_text(out, text, (size_t)(p - text));
}

static void
bytes_null(struct bytes *out)
{
	bytes_reserve(out, 1);
	out->bytes[out->length++] = '~';
}

/* Rows of an entry ------------------------------------------------------- */

struct row {
	struct row_set *set;
	enum row_table table;
	sqlite3_stmt *insert; /* NULL where rows are only hashed */
	int column; /* bound so far */
	struct bytes bytes;
};

struct row_set {
	struct ledger *ledger;
	int64_t entry;
	bool failed; /* a table or row could not be begun */
	struct qf_error failure;
	struct row row;
	struct row_root *roots[ROW_TABLES];
	sqlite3_stmt *inserts[ROW_TABLES];
	struct row_compare *compare; /* NULL: with nothing */
};

struct row_set *
row_set_new(struct ledger *ledger, int64_t entry)
{
	struct row_set *set = xcalloc(1, sizeof(*set));

	set->ledger = ledger;
	set->entry = entry;
	set->row.set = set;
	return set;
}

void
row_set_free(struct row_set *set)
{
	if (set == NULL) {
		return;
	}
	for (int i = 0; i < ROW_TABLES; i++) {
		free(set->roots[i]);
	}
	free(set->row.bytes.bytes);
	row_compare_free(set->compare);
	free(set);
}

void
row_set_compare(struct row_set *set, int64_t stored)
{
	assert(set->ledger->mode != LEDGER_WRITE && set->compare == NULL);
	set->compare = row_compare_new(set->ledger, stored);
}

int
row_set_compare_end(struct row_set *set, struct qf_error *err)
{
	return row_compare_end(set->compare, err);
}

const struct row_root *
row_set_root(const struct row_set *set, enum row_table table)
{
	assert(table < ROW_TABLES);
	return set->roots[table];
}

/* The first row of a table in this entry. */
static int
start_table(struct row_set *set, enum row_table table, struct qf_error *err)
{
	struct row_root *root;
	int64_t after_rowid = 0;

	if (set->ledger->mode == LEDGER_WRITE) {
		if (stmt_cached(&set->inserts[table], set->ledger, &inserts,
			table, err) == -1 ||
		    stmt_ask(set->ledger, &lasts, table, &after_rowid, err) ==
			-1) {
			return -1;
		}
	}
	root = xcalloc(1, sizeof(*root));
	digest_tree_init(&root->tree);
	root->after_rowid = after_rowid;
	set->roots[table] = root;
	return 0;
}

struct row *
row_begin(struct entry *entry, enum row_table table, int64_t line)
{
	struct row_set *set = entry_rows(entry);
	struct row *row = &set->row;

	assert(table < ROW_TABLES);
	if (row->column != 0) {
		BUG("a row of %s is not ended", tables[row->table].name);
	}
	if (set->roots[table] == NULL && !set->failed) {
		set->failed = start_table(set, table, &set->failure) == -1;
	}
	row->table = table;
	row->insert = set->inserts[table];
	row->bytes.length = 0;
	if (!row_table_is_numbered(table)) {
		row->column = 1;
		if (row->insert != NULL) {
			stmt_bind_int(row->insert, 1, set->entry);
		}
		row_int(row, line);
		return row;
	}
	row->column = 1;
	if (!fits_id(set->entry, line)) {
		set->failed = true;
		qf_fail(&set->failure, QF_DATA, "ledger-too-big",
		    "%s: line %lld of entry %lld: %s has no room for it",
		    set->ledger->path, (long long)line, (long long)set->entry,
		    tables[table].name);
	} else if (row->insert != NULL) {
		stmt_bind_int(row->insert, 1, set->entry << 32 | line);
	}
	bytes_int(&row->bytes, line);
	return row;
}

void
row_int(struct row *row, int64_t value)
{
	row->column++;
	if (row->insert != NULL) {
		stmt_bind_int(row->insert, row->column, value);
	}
	bytes_int(&row->bytes, value);
}

void
row_null(struct row *row)
{
	row->column++;
	if (row->insert != NULL) {
		stmt_bind_null(row->insert, row->column);
	}
	bytes_null(&row->bytes);
}

void
row_text(struct row *row, const char *text, size_t length)
{
	assert(text != NULL);
	row->column++;
	if (row->insert != NULL) {
		stmt_bind_bytes(row->insert, row->column, text, length);
	}
	bytes_text(&row->bytes, text, length);
}

void
row_string(struct row *row, const char *text)
{
	if (text == NULL) {
		row_null(row);
	} else {
		row_text(row, text, strlen(text));
	}
}

int
row_end(struct row *row, struct qf_error *err)
{
	struct row_set *set = row->set;
	struct row_root *root = set->roots[row->table];
	const struct bytes *bytes = &row->bytes;
	struct digest leaf;

	if (row->column != tables[row->table].column_count) {
		BUG("%d values for the %d columns of %s", row->column,
		    tables[row->table].column_count, tables[row->table].name);
	}
	row->column = 0;
	if (set->failed) {
		if (err != NULL) {
			*err = set->failure;
		}
		return -1;
	}
	if (row->insert != NULL &&
	    stmt_run(row->insert, set->ledger, err) == -1) {
		return -1;
	}
	if (set->compare != NULL &&
	    row_compare_take(set->compare, row->table, bytes->bytes,
		bytes->length, err) == -1) {
		return -1;
	}
	digest_leaf(&leaf, bytes->bytes, bytes->length);
	digest_tree_append(&root->tree, &leaf);
	return 0;
}

/* Reading back ----------------------------------------------------------- */

struct row_scan {
	struct ledger *ledger;
	enum row_table table;
	sqlite3_stmt *select;
	int64_t line; /* of the row that was read last */
	struct bytes bytes;
};

int
row_scan_open(struct row_scan **out, struct ledger *ledger,
    enum row_table table, int64_t after_rowid, struct qf_error *err)
{
	struct row_scan *scan;
	sqlite3_stmt *select;

	assert(table < ROW_TABLES);
	*out = NULL;
	if (stmt_prepare(&select, ledger, &selects, table, err) == -1) {
		return -1;
	}
	stmt_bind_int(select, 1, after_rowid);
	scan = xcalloc(1, sizeof(*scan));
	scan->ledger = ledger;
	scan->table = table;
	scan->select = select;
	*out = scan;
	return 0;
}

/* Through the value, of which one thread may ask anything, at once: each call
 * on a column looks for the statement and its errors again. */
static inline void
add_value(struct bytes *bytes, sqlite3_value *value)
{
	const char *text;

	switch (sqlite3_value_type(value)) {
	case SQLITE_INTEGER:
		bytes_int(bytes, sqlite3_value_int64(value));
		break;
	case SQLITE_NULL:
		bytes_null(bytes);
		break;
	default:
		/* A changed type gives other bytes: no fault here. */
		text = (const char *)sqlite3_value_text(value);
		bytes_text(bytes, text, (size_t)sqlite3_value_bytes(value));
	}
}

int
row_scan_next(struct row_scan *scan, int64_t *entry, struct digest *leaf,
    struct qf_error *err)
{
	sqlite3_stmt *select = scan->select;
	const struct table *table = &tables[scan->table];
	struct bytes *bytes = &scan->bytes;
	int stepped = stmt_step(select, scan->ledger, err);

	if (stepped != 1) {
		return stepped;
	}
	*entry = sqlite3_column_int64(select, 0);
	if (row_table_is_numbered(scan->table)) {
		scan->line = *entry & LINE_MAX_IN_ID;
		*entry >>= 32;
	} else {
		scan->line = sqlite3_column_int64(select, 1);
	}
	bytes->length = 0;
	bytes_int(bytes, scan->line);
	for (int i = table->key_columns; i < table->column_count; i++) {
		add_value(bytes, sqlite3_column_value(select, i));
	}
	if (leaf != NULL) {
		digest_leaf(leaf, bytes->bytes, bytes->length);
	}
	return 1;
}

const char *
row_scan_bytes(const struct row_scan *scan, size_t *length)
{
	*length = scan->bytes.length;
	return scan->bytes.bytes;
}

int64_t
row_scan_line(const struct row_scan *scan)
{
	return scan->line;
}

void
row_scan_close(struct row_scan *scan)
{
	if (scan == NULL) {
		return;
	}
	sqlite3_finalize(scan->select);
	free(scan->bytes.bytes);
	free(scan);
}

/* The first rowid whose entry is the given one or a later one, or the one
 * after the last.  Rowids have no holes and entries ascend with them. */
static int
first_rowid(struct ledger *ledger, enum row_table table, int64_t entry,
    int64_t *out, struct qf_error *err)
{
	sqlite3_stmt *stmt;
	int64_t low = 1, high;

	assert(!row_table_is_numbered(table));
	if (stmt_ask(ledger, &lasts, table, &high, err) == -1 ||
	    stmt_cached(&stmt, ledger, &ats, table, err) == -1) {
		return -1;
	}
	high++;
	while (low < high) {
		int64_t middle = low + (high - low) / 2;
		int stepped;

		stmt_bind_int(stmt, 1, middle);
		stepped = stmt_step(stmt, ledger, err);
		if (stepped == -1) {
			return -1;
		}
		if (stepped == 1 && sqlite3_column_int64(stmt, 0) < entry) {
			low = middle + 1;
		} else {
			high = middle;
		}
		sqlite3_reset(stmt);
	}
	*out = low;
	return 0;
}

int
row_range(struct ledger *ledger, enum row_table table, int64_t entry,
    int64_t *first, int64_t *last, struct qf_error *err)
{
	int64_t next;

	if (first_rowid(ledger, table, entry, first, err) == -1 ||
	    first_rowid(ledger, table, entry + 1, &next, err) == -1) {
		return -1;
	}
	*last = next - 1;
	return 0;
}

static int
verify_table(struct row_set *set, enum row_table table, struct qf_error *err)
{
	const struct row_root *root = set->roots[table];
	struct digest_tree tree;
	struct digest leaf, written, read;
	struct row_scan *scan;
	int64_t entry;
	int stepped;

	if (row_scan_open(&scan, set->ledger, table, root->after_rowid, err) ==
	    -1) {
		return -1;
	}
	digest_tree_init(&tree);
	while ((stepped = row_scan_next(scan, &entry, &leaf, err)) == 1) {
		digest_tree_append(&tree, &leaf);
	}
	row_scan_close(scan);
	if (stepped == -1) {
		return -1;
	}
	digest_tree_root(&tree, &read);
	digest_tree_root(&root->tree, &written);
	if (tree.count != root->tree.count || !digest_equal(&read, &written)) {
		return qf_fail(err, QF_IO, "ledger-readback",
		    "%s: the rows of %s do not read back as written",
		    set->ledger->path, tables[table].name);
	}
	return 0;
}

int
row_set_verify(struct row_set *set, struct qf_error *err)
{
	for (int i = 0; i < ROW_TABLES; i++) {
		if (set->roots[i] != NULL &&
		    verify_table(set, (enum row_table)i, err) == -1) {
			return -1;
		}
	}
	return 0;
}
