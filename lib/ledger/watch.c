/* watch.c - what a reader would have been told later.
 *
 * Rows that hold as of both entries are the same row; an answer is compared
 * first by the entries and lines of its rows, and only where these differ by
 * keys and content, since what was changed and changed back is no difference.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/watch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "ledger/connection.h"
#include "ledger/row.h"
#include "ledger/same_key.h"
#include "ledger/stmt.h"

#define KEY_MAX ((size_t)FACT_COLUMNS_MAX * 300)

/* Of each kind: the entry of its last row, and the newest entry up to ?4 of
 * the key that the row of line ?3 has, whose id is in [?1, ?2]. */
#define LAST(table) "SELECT entry FROM " table " ORDER BY id DESC LIMIT 1"
#define NEWEST(table, same_key)                                              \
	"SELECT max(n.entry) FROM " table " c JOIN " table " n ON " same_key \
	" WHERE c.id BETWEEN ?1 AND ?2 AND c.line = ?3 AND n.entry <= ?4"
#define OF_KIND(kind, table, same_key) \
	[2 * (kind)] = LAST(table), [2 * (kind) + 1] = NEWEST(table, same_key)

enum { Q_LAST_READ = 2 * FACT_KINDS, Q_LAST_RULE };
/* clang-format off */
static const char *const sql[] = {
	OF_KIND(FACT_PARTY, "party", SAME_PARTY),
	OF_KIND(FACT_POINT, "point", SAME_POINT),
	OF_KIND(FACT_METER, "meter", SAME_METER),
	OF_KIND(FACT_RELATION, "relation", SAME_RELATION),
	OF_KIND(FACT_CONTRACT, "contract", SAME_CONTRACT),
	OF_KIND(FACT_MEMBER, "member", SAME_MEMBER),
	OF_KIND(FACT_ALIAS, "alias", SAME_ALIAS),
	OF_KIND(FACT_CALENDAR, "calendar", SAME_CALENDAR),
	OF_KIND(FACT_CONDITION, "condition", SAME_CONDITION),
	OF_KIND(FACT_PRICE, "price", SAME_PRICE),
	OF_KIND(FACT_SERIES, "series", SAME_SERIES),
	OF_KIND(FACT_SESSION, "session", SAME_SESSION),
	OF_KIND(FACT_SESSION_BAND, "session_band", SAME_SESSION_BAND),
	OF_KIND(FACT_SESSION_INTERVAL, "session_interval",
	    SAME_SESSION_INTERVAL),
	OF_KIND(FACT_SESSION_PERIOD, "session_period", SAME_SESSION_PERIOD),
	OF_KIND(FACT_SESSION_CLAIM, "session_claim", SAME_SESSION_CLAIM),
	OF_KIND(FACT_SESSION_CREDIT, "session_credit", SAME_SESSION_CREDIT),
	OF_KIND(FACT_REGISTER_READ, "register_read", SAME_REGISTER_READ),
	OF_KIND(FACT_ESTIMATE, "estimate", SAME_ESTIMATE),
	OF_KIND(FACT_FINDING, "finding", SAME_FINDING),
	OF_KIND(FACT_FINDING_CLEARED, "finding_cleared", SAME_FINDING_CLEARED),
	OF_KIND(FACT_BID, "bid", SAME_BID),
	OF_KIND(FACT_NEED, "need", SAME_NEED),
	OF_KIND(FACT_PUBLISHED_PRICE, "published_price", SAME_PUBLISHED_PRICE),
	OF_KIND(FACT_PUBLISHED_AWARD, "published_award", SAME_PUBLISHED_AWARD),
	/* Another modification supersedes, too. */
	OF_KIND(FACT_EVENT, "event", "n.event = c.event"),
	OF_KIND(FACT_EVENT_TARGET, "event_target", SAME_EVENT_TARGET),
	OF_KIND(FACT_EVENT_SIGNAL, "event_signal", SAME_EVENT_SIGNAL),
	OF_KIND(FACT_AWARD, "award", SAME_AWARD),
	OF_KIND(FACT_BASELINE, "baseline", SAME_BASELINE),
	[Q_LAST_READ] = LAST("read_day"),
	[Q_LAST_RULE] = "SELECT entry FROM rule ORDER BY entry DESC LIMIT 1",
};
/* clang-format on */
static const struct stmt_list list = STMT_LIST(sql);

struct watching {
	struct watch *watch;
	bool paused;
	int64_t last[FACT_KINDS]; /* entry of the newest row of each kind */
	int64_t last_read, last_rule;
	struct fact_cursor *cursors[FACT_LOOKUPS][2];
};

/* A row of an answer, in memory of its own. */
struct held_row {
	struct fact fact;
	int64_t entry;
	char *key;
};
struct held_rows {
	struct held_row *rows;
	size_t count, capacity;
};

/* Beginning and ending ----------------------------------------------------- */

static void
end_watching(struct ledger *ledger)
{
	struct watching *watching = ledger->watching;

	if (watching == NULL) {
		return;
	}
	for (size_t i = 0; i < FACT_LOOKUPS; i++) {
		facts_close(watching->cursors[i][0]);
		facts_close(watching->cursors[i][1]);
	}
	free(watching);
	ledger->watching = NULL;
}

int
ledger_watch(struct ledger *ledger, struct watch *watch, struct qf_error *err)
{
	struct watching *watching;

	end_watching(ledger);
	if (watch == NULL) {
		return 0;
	}
	watch->count = 0;
	watch->first_day = INT32_MAX;
	watching = xcalloc(1, sizeof(*watching));
	watching->watch = watch;
	ledger->watching = watching;
	for (size_t i = 0; i < FACT_KINDS; i++) {
		if (stmt_ask(ledger, &list, 2 * i, &watching->last[i], err) ==
		    -1) {
			goto fail;
		}
	}
	if (stmt_ask(ledger, &list, Q_LAST_READ, &watching->last_read, err) !=
		-1 &&
	    stmt_ask(ledger, &list, Q_LAST_RULE, &watching->last_rule, err) !=
		-1) {
		return 0;
	}
fail:
	end_watching(ledger);
	return -1;
}

bool
ledger_is_watched(const struct ledger *ledger)
{
	return ledger->watching != NULL && !ledger->watching->paused;
}

void
ledger_watch_pause(struct ledger *ledger, bool pause)
{
	if (ledger->watching != NULL) {
		ledger->watching->paused = pause;
	}
}

int64_t
ledger_watch_count(const struct ledger *ledger)
{
	return ledger->watching == NULL ? 0 : ledger->watching->watch->count;
}

int
ledger_watch_again(struct ledger *ledger, int64_t first, int64_t end,
    const struct watch_whom *whom, struct qf_error *err)
{
	struct watch *watch =
	    ledger->watching == NULL ? NULL : ledger->watching->watch;

	if (watch == NULL || first >= end || watch->again == NULL) {
		return 0;
	}
	return watch->again(watch->context, first, end, whom, err);
}

int64_t
watch_asof(const struct ledger *ledger)
{
	return ledger->watching->watch->asof;
}

static int
tell(struct ledger *ledger, const struct watch_change *change,
    struct qf_error *err)
{
	struct watch *watch = ledger->watching->watch;

	watch->count++;
	return watch->change(watch->context, change, err);
}

/* Reads -------------------------------------------------------------------- */

bool
watch_wants_reads(const struct ledger *ledger, int64_t asof)
{
	return ledger_is_watched(ledger) && asof < watch_asof(ledger) &&
	       ledger->watching->last_read > asof;
}

void
watch_read_from(struct ledger *ledger, int32_t first_day)
{
	struct watch *watch =
	    ledger->watching == NULL ? NULL : ledger->watching->watch;

	if (watch != NULL && first_day < watch->first_day) {
		watch->first_day = first_day;
	}
}

static bool
same_value(const struct series_day *a, const struct series_day *b, size_t i)
{
	return a->values[i] == b->values[i] &&
	       (a->quality[i] == QUALITY_WITHDRAWN) ==
		   (b->quality[i] == QUALITY_WITHDRAWN);
}

int
watch_day(struct ledger *ledger, const struct series_day *was,
    const struct series_day *is, struct qf_error *err)
{
	struct watch_change change = {.day_was = was, .day_is = is};
	bool same = was != NULL && is != NULL && was->minutes == is->minutes &&
		    was->start_utc == is->start_utc &&
		    was->quantity == is->quantity && was->side == is->side &&
		    was->scale == is->scale && was->count == is->count;

	for (size_t i = 0; same && i < was->count; i++) {
		same = same_value(was, is, i);
	}
	if (same) {
		return 0;
	}
	change.entry = is != NULL ? is->entry : was->entry;
	return tell(ledger, &change, err);
}

/* Facts -------------------------------------------------------------------- */

static void
copy_fact(struct fact *out, const struct fact *fact)
{
	*out = *fact;
	for (size_t i = 0; i < fact->format->column_count; i++) {
		if (out->values[i].is == FACT_IS_TEXT) {
			out->values[i].text = xstrndup(
			    fact->values[i].text, fact->values[i].length);
		}
	}
}

/* The key as bytes that sort, in an order of its own. */
static char *
key_of(const struct fact *fact)
{
	struct buf key;
	char *text;

	buf_init(&key, KEY_MAX);
	for (size_t i = 0; i < fact->format->column_count; i++) {
		const struct fact_value *value = &fact->values[i];

		if ((fact->format->columns[i].flags & FACT_KEY) == 0) {
			continue;
		}
		if (value->is == FACT_IS_TEXT) {
			buf_add(&key, value->text, value->length);
		} else if (value->is == FACT_IS_INTEGER) {
			buf_printf(&key, "%lld", (long long)value->integer);
		}
		buf_add_char(&key, '\x1f');
	}
	text = xstrdup(key.bytes);
	buf_release(&key);
	return text;
}

static void
release_rows(struct held_rows *held)
{
	for (size_t r = 0; r < held->count; r++) {
		struct held_row *row = &held->rows[r];

		for (size_t i = 0; i < row->fact.format->column_count; i++) {
			if (row->fact.values[i].is == FACT_IS_TEXT) {
				free((char *)(uintptr_t)row->fact.values[i]
					 .text);
			}
		}
		free(row->key);
	}
	free(held->rows);
}

static int
by_key(const void *a, const void *b)
{
	const struct held_row *left = a, *right = b;

	return strcmp(left->key, right->key);
}

static int
hold_rows(
    struct held_rows *held, struct fact_cursor *cursor, struct qf_error *err)
{
	struct fact fact;
	int64_t entry;
	int rc;

	while ((rc = facts_next(cursor, &fact, &entry, err)) == 1) {
		if (held->count == held->capacity) {
			held->capacity = held->capacity * 2 + 16;
			held->rows = xreallocarray(
			    held->rows, held->capacity, sizeof(*held->rows));
		}
		copy_fact(&held->rows[held->count].fact, &fact);
		held->rows[held->count].entry = entry;
		held->rows[held->count++].key = key_of(&fact);
	}
	if (held->count > 0) {
		qsort(held->rows, held->count, sizeof(*held->rows), by_key);
	}
	return rc;
}

static bool
same_content(const struct fact *a, const struct fact *b)
{
	for (size_t i = 0; i < a->format->column_count; i++) {
		const struct fact_value *x = &a->values[i], *y = &b->values[i];

		if (x->is != y->is ||
		    (x->is == FACT_IS_INTEGER && x->integer != y->integer) ||
		    (x->is == FACT_IS_TEXT && strcmp(x->text, y->text) != 0)) {
			return false;
		}
	}
	return true;
}

/* The newest entry of the key that a row, which is not in the later answer,
 * has. */
static int
newest_of_key(struct ledger *ledger, enum fact_kind kind, int64_t row_entry,
    int64_t line, int64_t *entry, struct qf_error *err)
{
	sqlite3_stmt *stmt;
	int64_t first, last;
	int stepped;

	if (row_range(ledger, row_table_of(kind), row_entry, &first, &last,
		err) == -1 ||
	    stmt_cached(&stmt, ledger, &list, 2 * (size_t)kind + 1, err) ==
		-1) {
		return -1;
	}
	stmt_bind_int(stmt, 1, first);
	stmt_bind_int(stmt, 2, last);
	stmt_bind_int(stmt, 3, line);
	stmt_bind_int(stmt, 4, watch_asof(ledger));
	stepped = stmt_step(stmt, ledger, err);
	*entry = stepped == 1 ? sqlite3_column_int64(stmt, 0) : row_entry;
	sqlite3_reset(stmt);
	return stepped == -1 ? -1 : 0;
}

/* A session that is gone, and was not superseded, was taken back: by this
 * entry. */
static int
credit_of(struct ledger *ledger, const struct fact *session, int64_t *entry,
    struct qf_error *err)
{
	struct fact_cursor *cursor = NULL;
	const char *name =
	    session->values[fact_column(session->format, "session")].text;
	struct fact credit;
	int64_t found;
	int rc = facts_lookup(&cursor, ledger, LOOKUP_CREDIT_OF_SESSION,
	    watch_asof(ledger), name, 0, 0, err);

	if (rc == 0) {
		rc = facts_next(cursor, &credit, &found, err);
	}
	if (rc == 1) {
		*entry = found;
	}
	facts_close(cursor);
	return rc == -1 ? -1 : 0;
}

static int
tell_fact(struct ledger *ledger, const struct held_row *was,
    const struct held_row *is, struct qf_error *err)
{
	struct watch_change change = {
	    .was = was == NULL ? NULL : &was->fact,
	    .is = is == NULL ? NULL : &is->fact,
	    .entry = is == NULL ? 0 : is->entry,
	};

	if (is == NULL &&
	    newest_of_key(ledger, was->fact.format->kind, was->entry,
		(int64_t)was->fact.line_no, &change.entry, err) == -1) {
		return -1;
	}
	if (is == NULL && was->fact.format->kind == FACT_SESSION &&
	    change.entry == was->entry &&
	    credit_of(ledger, &was->fact, &change.entry, err) == -1) {
		return -1;
	}
	return tell(ledger, &change, err);
}

/* Tells what differs between two answers, both in order of key. */
static int
tell_facts(struct ledger *ledger, const struct held_rows *was,
    const struct held_rows *is, struct qf_error *err)
{
	size_t a = 0, b = 0;
	int rc = 0;

	while (rc == 0 && (a < was->count || b < is->count)) {
		const struct held_row *left =
		    a < was->count ? &was->rows[a] : NULL;
		const struct held_row *right =
		    b < is->count ? &is->rows[b] : NULL;
		int order = left == NULL    ? 1
			    : right == NULL ? -1
					    : by_key(left, right);

		if (order != 0 || !same_content(&left->fact, &right->fact)) {
			rc = tell_fact(ledger, order <= 0 ? left : NULL,
			    order >= 0 ? right : NULL, err);
		}
		a += order <= 0;
		b += order >= 0;
	}
	return rc;
}

/* Whether two answers have the same rows: 1 or 0. */
static int
same_rows(struct fact_cursor *was, struct fact_cursor *is, struct qf_error *err)
{
	struct fact left, right;
	int64_t a, b;
	int rc_a, rc_b;

	do {
		rc_a = facts_next(was, &left, &a, err);
		rc_b = rc_a == -1 ? -1 : facts_next(is, &right, &b, err);
		if (rc_a == -1 || rc_b == -1) {
			return -1;
		}
		if (rc_a != rc_b) {
			return 0;
		}
	} while (rc_a == 1 && a == b && left.line_no == right.line_no);
	return rc_a == 0;
}

/* Both answers, as of asof and as of the later entry. */
static int
look_up(struct ledger *ledger, enum fact_lookup lookup, int64_t asof,
    const char *name, const char *second, int64_t a, int64_t b,
    struct qf_error *err)
{
	struct fact_cursor **cursors = ledger->watching->cursors[lookup];

	if (facts_lookup_pair(&cursors[0], ledger, lookup, asof, name, second,
		a, b, err) == -1) {
		return -1;
	}
	return facts_lookup_pair(&cursors[1], ledger, lookup,
	    watch_asof(ledger), name, second, a, b, err);
}

/* The order of two facts by their keys, column by column. */
static int
by_key_columns(const struct fact *a, const struct fact *b)
{
	for (size_t i = 0; i < a->format->column_count; i++) {
		const struct fact_value *x = &a->values[i], *y = &b->values[i];
		int order;

		if ((a->format->columns[i].flags & FACT_KEY) == 0) {
			continue;
		}
		order = x->is == FACT_IS_INTEGER ? (x->integer > y->integer) -
						       (x->integer < y->integer)
						 : strcmp(x->text, y->text);
		if (order != 0) {
			return order;
		}
	}
	return 0;
}

/* Whether the rows of a lookup come in the order of their keys, and may be a
 * million. */
static bool
is_stream(enum fact_lookup lookup)
{
	return lookup == LOOKUP_BIDS || lookup == LOOKUP_NEEDS ||
	       lookup == LOOKUP_PUBLISHED_PRICES ||
	       lookup == LOOKUP_PUBLISHED_AWARDS;
}

/* Tells what differs between two such answers, holding none of them. */
static int
tell_streams(struct ledger *ledger, struct fact_cursor *was,
    struct fact_cursor *is, struct qf_error *err)
{
	struct held_row left = {0}, right = {0};
	int rc_a = facts_next(was, &left.fact, &left.entry, err);
	int rc_b =
	    rc_a == -1 ? -1 : facts_next(is, &right.fact, &right.entry, err);

	while (rc_a != -1 && rc_b != -1 && (rc_a == 1 || rc_b == 1)) {
		int order = rc_a == 0 ? 1
			    : rc_b == 0
				? -1
				: by_key_columns(&left.fact, &right.fact);

		if ((order != 0 || !same_content(&left.fact, &right.fact)) &&
		    tell_fact(ledger, order <= 0 ? &left : NULL,
			order >= 0 ? &right : NULL, err) == -1) {
			return -1;
		}
		if (order <= 0) {
			rc_a = facts_next(was, &left.fact, &left.entry, err);
		}
		if (order >= 0 && rc_a != -1) {
			rc_b = facts_next(is, &right.fact, &right.entry, err);
		}
	}
	return rc_a == -1 || rc_b == -1 ? -1 : 0;
}

static int
compare_facts(struct ledger *ledger, enum fact_lookup lookup, int64_t asof,
    const char *name, const char *second, int64_t a, int64_t b,
    struct qf_error *err)
{
	struct fact_cursor **cursors = ledger->watching->cursors[lookup];
	struct held_rows was = {0}, is = {0};
	int rc;

	if (look_up(ledger, lookup, asof, name, second, a, b, err) == -1) {
		return -1;
	}
	rc = same_rows(cursors[0], cursors[1], err);
	if (rc != 0) {
		return rc == 1 ? 0 : -1;
	}
	rc = look_up(ledger, lookup, asof, name, second, a, b, err);
	if (rc == 0 && is_stream(lookup)) {
		return tell_streams(ledger, cursors[0], cursors[1], err);
	}
	if (rc == 0 && hold_rows(&was, cursors[0], err) == 0 &&
	    hold_rows(&is, cursors[1], err) == 0) {
		rc = tell_facts(ledger, &was, &is, err);
	} else {
		rc = -1;
	}
	release_rows(&was);
	release_rows(&is);
	return rc;
}

/* The entry of the newest row that an answer may hang on. */
static int64_t
last_of(const struct watching *watching, enum fact_lookup lookup)
{
	int64_t last = watching->last[facts_kind(lookup)];

	/* A session is left out once it is taken back. */
	if (lookup == LOOKUP_SESSIONS_OF_POINT &&
	    watching->last[FACT_SESSION_CREDIT] > last) {
		last = watching->last[FACT_SESSION_CREDIT];
	}
	return last;
}

int
watch_facts(struct ledger *ledger, enum fact_lookup lookup, int64_t asof,
    const char *name, const char *second, int64_t a, int64_t b,
    struct qf_error *err)
{
	int rc;

	/* What only asks where to look next says nothing of its own. */
	if (lookup == LOOKUP_RELATIONS_FROM_PARENT ||
	    lookup == LOOKUP_FINDINGS_FROM_POINT ||
	    !ledger_is_watched(ledger) || asof >= watch_asof(ledger) ||
	    last_of(ledger->watching, lookup) <= asof) {
		return 0;
	}
	ledger_watch_pause(ledger, true);
	rc = compare_facts(ledger, lookup, asof, name, second, a, b, err);
	ledger_watch_pause(ledger, false);
	return rc;
}

/* Contracts ---------------------------------------------------------------- */

static int
by_stretch(const struct contract *a, const struct contract *b)
{
	int order = strcmp(a->point, b->point);

	if (order == 0) {
		order = strcmp(a->contract, b->contract);
	}
	if (order == 0) {
		order = strcmp(a->leg, b->leg);
	}
	return order != 0
		   ? order
		   : (a->from_utc > b->from_utc) - (a->from_utc < b->from_utc);
}

static bool
same_stretch(const struct contract *a, const struct contract *b)
{
	return (a->entry == b->entry && a->line_no == b->line_no) ||
	       (a->to_utc == b->to_utc && contract_same_terms(a, b));
}

static int
tell_contract(struct ledger *ledger, const struct contract *was,
    const struct contract *is, int64_t asked_from_utc, struct qf_error *err)
{
	struct watch_change change = {
	    .contract_was = was,
	    .contract_is = is,
	    .asked_from_utc = asked_from_utc,
	    .entry = is == NULL ? 0 : is->entry,
	};

	if (is == NULL && newest_of_key(ledger, FACT_CONTRACT, was->entry,
			      was->line_no, &change.entry, err) == -1) {
		return -1;
	}
	return tell(ledger, &change, err);
}

/* Tells what differs between two cursors in the same order. */
static int
compare_contracts(struct ledger *ledger, struct contract_cursor *was,
    struct contract_cursor *is, int64_t asked_from_utc, struct qf_error *err)
{
	struct contract left, right;
	int rc_a = contracts_next(was, &left, err);
	int rc_b = rc_a == -1 ? -1 : contracts_next(is, &right, err);

	while (rc_a != -1 && rc_b != -1 && (rc_a == 1 || rc_b == 1)) {
		int order = rc_a == 0   ? 1
			    : rc_b == 0 ? -1
					: by_stretch(&left, &right);

		if ((order != 0 || !same_stretch(&left, &right)) &&
		    tell_contract(ledger, order <= 0 ? &left : NULL,
			order >= 0 ? &right : NULL, asked_from_utc,
			err) == -1) {
			return -1;
		}
		if (order <= 0) {
			rc_a = contracts_next(was, &left, err);
		}
		if (order >= 0 && rc_a != -1) {
			rc_b = contracts_next(is, &right, err);
		}
	}
	return rc_a == -1 || rc_b == -1 ? -1 : 0;
}

int
watch_contracts(struct ledger *ledger, int64_t asof, int64_t from_utc,
    int64_t to_utc, const char *contract, const char *leg, bool on_events,
    struct qf_error *err)
{
	int (*const open)(struct contract_cursor **, struct ledger *, int64_t,
	    int64_t, int64_t, const char *, const char *, struct qf_error *) =
	    on_events ? contracts_open_events : contracts_open;
	struct contract_cursor *was = NULL, *is = NULL;
	int rc = -1;

	if (!ledger_is_watched(ledger) || asof >= watch_asof(ledger) ||
	    ledger->watching->last[FACT_CONTRACT] <= asof) {
		return 0;
	}
	ledger_watch_pause(ledger, true);
	if (open(&was, ledger, asof, from_utc, to_utc, contract, leg, err) ==
		0 &&
	    open(&is, ledger, watch_asof(ledger), from_utc, to_utc, contract,
		leg, err) == 0) {
		rc = compare_contracts(ledger, was, is, from_utc, err);
	}
	ledger_watch_pause(ledger, false);
	contracts_close(was);
	contracts_close(is);
	return rc;
}

/* Rule documents ----------------------------------------------------------- */

int
watch_rule(struct ledger *ledger, int64_t asof, const char *kind,
    const char *rule, struct qf_error *err)
{
	struct watch_change change = {.rule = rule, .rule_kind = kind};
	char *text = NULL, file[256];
	int64_t was = 0;
	int rc;

	if (!ledger_is_watched(ledger) || asof >= watch_asof(ledger) ||
	    ledger->watching->last_rule <= asof) {
		return 0;
	}
	ledger_watch_pause(ledger, true);
	rc = rules_find(ledger, asof, kind, rule, &text, file, &was, err);
	free(text);
	text = NULL;
	if (rc != -1) {
		rc = rules_find(ledger, watch_asof(ledger), kind, rule, &text,
		    file, &change.entry, err);
		free(text);
	}
	ledger_watch_pause(ledger, false);
	if (rc != 1 || was == change.entry) {
		return rc == -1 ? -1 : 0;
	}
	return tell(ledger, &change, err);
}
