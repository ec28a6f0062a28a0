/* runs.c - settlement runs in the ledger: their lines, holds and energy.
 *
 * The rows of an entry are one stretch of ids in the order of their lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/runs.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/status.h"
#include "ledger/connection.h"
#include "ledger/entry.h"
#include "ledger/row.h"
#include "ledger/runs_own.h"
#include "ledger/stmt.h"

#define RUN_FIELDS                                                        \
	"SELECT entry, tool, kind, asof, from_utc, to_utc, first_month, " \
	"last_month, scope, arithmetic, lines, holds, line_root FROM run"

enum { Q_LOAD, Q_EQUAL, Q_POSTED_LATER, Q_LINES, Q_HOLDS, Q_ENERGY };

static const char *const sql[] = {
    [Q_LOAD] = RUN_FIELDS " WHERE entry = ?1",
    [Q_EQUAL] = "SELECT entry FROM run WHERE tool = ?1 AND kind = ?2"
		" AND from_utc = ?3 AND to_utc = ?4 AND scope = ?5"
		" AND arithmetic = ?6 AND line_root = ?7 AND entry <> ?8"
		" ORDER BY entry DESC LIMIT 1",
    [Q_POSTED_LATER] = "SELECT r.scope FROM run r JOIN posting p"
		       " ON p.run = r.entry WHERE r.entry > ?1 AND r.tool = ?2"
		       " AND r.from_utc < ?4 AND r.to_utc > ?3",
    [Q_LINES] =
	"SELECT line, contract, leg, point, payer, payee, account,"
	" from_utc, to_utc, month, subject, component, band, channel,"
	" session, tariff, quantity, unit, price, exact, net_minor,"
	" tax_rate, tax_minor, gross_minor, counts_energy" STRETCH("run_line"),
    [Q_HOLDS] = "SELECT line, contract, leg, point, session, from_utc, to_utc,"
		" reason, detail" STRETCH("run_hold"),
    [Q_ENERGY] = "SELECT line, contract, leg, point, channel, metered_kwh,"
		 " rated_kwh, held_kwh, residual_kwh" STRETCH("run_energy"),
};
static const struct stmt_list list = STMT_LIST(sql);

/* Writing ---------------------------------------------------------------- */

int
runs_append_line(
    struct entry *entry, const struct line *line, struct qf_error *err)
{
	struct row *row = row_begin(entry, ROW_RUN_LINE, line->line_no);

	assert(line->line_no > 0);
	assert(line->has_amount || line->exact == NULL);
	row_string(row, line->contract);
	row_string(row, line->leg);
	row_string(row, line->point);
	row_string(row, line->payer);
	row_string(row, line->payee);
	row_string(row, line->account);
	row_int(row, line->from_utc);
	row_int(row, line->to_utc);
	row_int(row, line->month);
	row_string(row, line->subject);
	row_string(row, line->component);
	row_string(row, line->band);
	row_string(row, line->channel);
	row_string(row, line->session);
	row_int(row, line->tariff_entry);
	row_string(row, line->quantity);
	row_string(row, line->unit);
	row_string(row, line->price);
	row_string(row, line->exact);
	if (line->has_amount) {
		row_int(row, line->net_minor);
		row_string(row, line->tax_rate);
		row_int(row, line->tax_minor);
		row_int(row, line->gross_minor);
	} else {
		row_null(row);
		row_string(row, line->tax_rate);
		row_null(row);
		row_null(row);
	}
	row_int(row, line->counts_energy);
	return row_end(row, err);
}

int
runs_append_hold(
    struct entry *entry, const struct hold *hold, struct qf_error *err)
{
	struct row *row = row_begin(entry, ROW_RUN_HOLD, hold->line_no);

	assert(hold->line_no > 0);
	row_string(row, hold->contract);
	row_string(row, hold->leg);
	row_string(row, hold->point);
	row_string(row, hold->session);
	row_int(row, hold->from_utc);
	row_int(row, hold->to_utc);
	row_string(row, hold->reason);
	row_string(row, hold->detail);
	return row_end(row, err);
}

int
runs_append_energy(
    struct entry *entry, const struct energy *energy, struct qf_error *err)
{
	struct row *row = row_begin(entry, ROW_RUN_ENERGY, energy->line_no);

	assert(energy->line_no > 0);
	row_string(row, energy->contract);
	row_string(row, energy->leg);
	row_string(row, energy->point);
	row_string(row, energy->channel);
	row_string(row, energy->metered_kwh);
	row_string(row, energy->rated_kwh);
	row_string(row, energy->held_kwh);
	row_string(row, energy->residual_kwh);
	return row_end(row, err);
}

void
runs_root(struct entry *entry, char root[65])
{
	static const char *const tables[] = {"run_line", "run_hold",
	    "run_energy", "run_award", "run_price", "run_trade", "run_response",
	    "run_baseline"};

	entry_root(entry, tables, sizeof(tables) / sizeof(tables[0]), root);
}

void
runs_compare(struct entry *entry, const struct run *stored)
{
	row_set_compare(entry_rows(entry), stored->entry);
}

int
runs_compare_end(
    struct entry *entry, const struct run *stored, struct qf_error *err)
{
	char root[65];

	if (row_set_compare_end(entry_rows(entry), err) == -1) {
		return -1;
	}
	runs_root(entry, root);
	if (strcmp(root, stored->line_root) == 0) {
		return 0;
	}
	return qf_fail(err, QF_NO, "replay-differs",
	    "run:%lld: run: line_root: stored %.16s..., computed again "
	    "%.16s...",
	    (long long)stored->entry, stored->line_root, root);
}

int
runs_append(struct entry *entry, struct run *run, struct qf_error *err)
{
	struct row *row;

	assert(run->from_utc < run->to_utc);
	run->entry = entry_number(entry);
	runs_root(entry, run->line_root);
	row = row_begin(entry, ROW_RUN, 1);
	row_string(row, run->tool);
	row_string(row, run->kind);
	row_int(row, run->asof);
	row_int(row, run->from_utc);
	row_int(row, run->to_utc);
	row_int(row, run->first_month);
	row_int(row, run->last_month);
	row_string(row, run->scope);
	row_int(row, run->arithmetic);
	row_int(row, run->lines);
	row_int(row, run->holds);
	row_string(row, run->line_root);
	return row_end(row, err);
}

/* Scopes ----------------------------------------------------------------- */

const char *
runs_scope_word(const char *scope, const char *name, size_t *length)
{
	size_t name_length = strlen(name);

	while (*scope != '\0') {
		size_t word = strcspn(scope, " ");

		if (word > name_length && scope[name_length] == '=' &&
		    memcmp(scope, name, name_length) == 0) {
			*length = word - name_length - 1;
			return scope + name_length + 1;
		}
		scope += word;
		scope += strspn(scope, " ");
	}
	return NULL;
}

/* What a scope is narrowed by.  Its other words (carry, awards, of, market)
 * say what the run was made with: another one of these stands in its place. */
static const char *const scope_names[] = {
    "contract", "leg", "event", "auction", "owners"};
#define SCOPE_NAMES (sizeof(scope_names) / sizeof(scope_names[0]))

bool
runs_scopes_touch(const char *a, const char *b)
{
	for (size_t i = 0; i < SCOPE_NAMES; i++) {
		size_t in_a = 0, in_b = 0;
		const char *of_a = runs_scope_word(a, scope_names[i], &in_a);
		const char *of_b = runs_scope_word(b, scope_names[i], &in_b);

		if (of_a != NULL && of_b != NULL &&
		    (in_a != in_b || memcmp(of_a, of_b, in_a) != 0)) {
			return false;
		}
	}
	return true;
}

bool
runs_scope_covers(const char *outer, const char *inner)
{
	for (size_t i = 0; i < SCOPE_NAMES; i++) {
		size_t length;

		if (runs_scope_word(outer, scope_names[i], &length) != NULL &&
		    runs_scope_word(inner, scope_names[i], &length) == NULL) {
			return false;
		}
	}
	return runs_scopes_touch(outer, inner);
}

/* Finding ---------------------------------------------------------------- */

/* Copies a text of ours into a field of a run. */
static void
copy(char *out, size_t size, const char *text)
{
	size_t length = text == NULL ? 0 : strlen(text);

	if (length >= size) {
		BUG("a run's \"%s\" is over %zu bytes", text, size - 1);
	}
	memcpy(out, text == NULL ? "" : text, length + 1);
}

static void
take_run(sqlite3_stmt *stmt, struct run *out)
{
	memset(out, 0, sizeof(*out));
	out->entry = sqlite3_column_int64(stmt, 0);
	copy(out->tool, sizeof(out->tool), stmt_text(stmt, 1));
	copy(out->kind, sizeof(out->kind), stmt_text(stmt, 2));
	out->asof = sqlite3_column_int64(stmt, 3);
	out->from_utc = sqlite3_column_int64(stmt, 4);
	out->to_utc = sqlite3_column_int64(stmt, 5);
	out->first_month = sqlite3_column_int(stmt, 6);
	out->last_month = sqlite3_column_int(stmt, 7);
	copy(out->scope, sizeof(out->scope), stmt_text(stmt, 8));
	out->arithmetic = sqlite3_column_int(stmt, 9);
	out->lines = sqlite3_column_int64(stmt, 10);
	out->holds = sqlite3_column_int64(stmt, 11);
	copy(out->line_root, sizeof(out->line_root), stmt_text(stmt, 12));
}

int
runs_load(
    struct ledger *ledger, int64_t entry, struct run *out, struct qf_error *err)
{
	sqlite3_stmt *stmt;
	int found;

	if (stmt_cached(&stmt, ledger, &list, Q_LOAD, err) == -1) {
		return -1;
	}
	stmt_bind_int(stmt, 1, entry);
	found = stmt_step(stmt, ledger, err);
	if (found == 1) {
		take_run(stmt, out);
	}
	sqlite3_reset(stmt);
	if (found == 0) {
		return qf_fail(err, QF_USAGE, "handle-unknown",
		    "run:%lld: there is no such run", (long long)entry);
	}
	return found == 1 ? 0 : -1;
}

/* Whether a run after `earlier` that touches this run's scope was posted: what
 * stands is then no longer what the earlier one said. */
static int
posted_later(struct ledger *ledger, const struct run *run, int64_t earlier,
    struct qf_error *err)
{
	sqlite3_stmt *stmt;
	int rc = 0;
	bool touches = false;

	if (stmt_cached(&stmt, ledger, &list, Q_POSTED_LATER, err) == -1) {
		return -1;
	}
	stmt_bind_int(stmt, 1, earlier);
	stmt_bind_text(stmt, 2, run->tool);
	stmt_bind_int(stmt, 3, run->from_utc);
	stmt_bind_int(stmt, 4, run->to_utc);
	while (!touches && (rc = stmt_step(stmt, ledger, err)) == 1) {
		touches = runs_scopes_touch(run->scope, stmt_text(stmt, 0));
	}
	sqlite3_reset(stmt);
	return touches ? 1 : rc;
}

int
runs_find_equal(struct ledger *ledger, const struct run *run,
    struct handle *handle, struct qf_error *err)
{
	struct handle found = {.kind = ENTRY_RUN};
	sqlite3_stmt *stmt;
	int rc;

	if (stmt_cached(&stmt, ledger, &list, Q_EQUAL, err) == -1) {
		return -1;
	}
	stmt_bind_text(stmt, 1, run->tool);
	stmt_bind_text(stmt, 2, run->kind);
	stmt_bind_int(stmt, 3, run->from_utc);
	stmt_bind_int(stmt, 4, run->to_utc);
	stmt_bind_text(stmt, 5, run->scope);
	stmt_bind_int(stmt, 6, run->arithmetic);
	stmt_bind_text(stmt, 7, run->line_root);
	stmt_bind_int(stmt, 8, run->entry);
	rc = stmt_step(stmt, ledger, err);
	found.entry = rc == 1 ? sqlite3_column_int64(stmt, 0) : 0;
	sqlite3_reset(stmt);
	if (rc != 1) {
		return rc;
	}
	rc = posted_later(ledger, run, found.entry, err);
	if (rc != 0) {
		return rc == 1 ? 0 : -1;
	}
	if (entry_resolve(ledger, &found, err) == -1) {
		return -1;
	}
	*handle = found;
	return 1;
}

/* Stepping --------------------------------------------------------------- */

int
runs_open_rows(struct run_cursor **out, struct ledger *ledger,
    const struct stmt_list *of, size_t query, int64_t entry, int64_t first_line,
    struct qf_error *err)
{
	struct run_cursor *cursor = xcalloc(1, sizeof(*cursor));
	int64_t first, last;

	cursor->ledger = ledger;
	cursor->list = of;
	cursor->query = query;
	if (stmt_prepare(&cursor->stmt, ledger, of, query, err) == -1) {
		free(cursor);
		*out = NULL;
		return -1;
	}
	row_ids(entry, first_line, &first, &last);
	stmt_bind_int(cursor->stmt, 1, first);
	stmt_bind_int(cursor->stmt, 2, last);
	*out = cursor;
	return 0;
}

int
runs_open_lines(struct run_cursor **out, struct ledger *ledger, int64_t entry,
    int64_t first_line, struct qf_error *err)
{
	return runs_open_rows(
	    out, ledger, &list, Q_LINES, entry, first_line, err);
}

int
runs_open_holds(struct run_cursor **out, struct ledger *ledger, int64_t entry,
    struct qf_error *err)
{
	return runs_open_rows(out, ledger, &list, Q_HOLDS, entry, 1, err);
}

int
runs_open_energy(struct run_cursor **out, struct ledger *ledger, int64_t entry,
    struct qf_error *err)
{
	return runs_open_rows(out, ledger, &list, Q_ENERGY, entry, 1, err);
}

int
runs_next_line(
    struct run_cursor *cursor, struct line *out, struct qf_error *err)
{
	sqlite3_stmt *stmt = cursor->stmt;
	int rc = stmt_step(stmt, cursor->ledger, err);

	assert(cursor->query == Q_LINES);
	if (rc != 1) {
		return rc;
	}
	out->line_no = sqlite3_column_int64(stmt, 0);
	out->contract = stmt_text(stmt, 1);
	out->leg = stmt_text(stmt, 2);
	out->point = stmt_text(stmt, 3);
	out->payer = stmt_text(stmt, 4);
	out->payee = stmt_text(stmt, 5);
	out->account = stmt_text(stmt, 6);
	out->from_utc = sqlite3_column_int64(stmt, 7);
	out->to_utc = sqlite3_column_int64(stmt, 8);
	out->month = sqlite3_column_int(stmt, 9);
	out->subject = stmt_text(stmt, 10);
	out->component = stmt_text(stmt, 11);
	out->band = stmt_text(stmt, 12);
	out->channel = stmt_text(stmt, 13);
	out->session = stmt_text(stmt, 14);
	out->tariff_entry = sqlite3_column_int64(stmt, 15);
	out->quantity = stmt_text(stmt, 16);
	out->unit = stmt_text(stmt, 17);
	out->price = stmt_text(stmt, 18);
	out->exact = stmt_text(stmt, 19);
	out->has_amount = sqlite3_column_type(stmt, 20) != SQLITE_NULL;
	out->net_minor = sqlite3_column_int64(stmt, 20);
	out->tax_rate = stmt_text(stmt, 21);
	out->tax_minor = sqlite3_column_int64(stmt, 22);
	out->gross_minor = sqlite3_column_int64(stmt, 23);
	out->counts_energy = sqlite3_column_int(stmt, 24) != 0;
	return 1;
}

int
runs_next_hold(
    struct run_cursor *cursor, struct hold *out, struct qf_error *err)
{
	sqlite3_stmt *stmt = cursor->stmt;
	int rc = stmt_step(stmt, cursor->ledger, err);

	assert(cursor->query == Q_HOLDS);
	if (rc != 1) {
		return rc;
	}
	out->line_no = sqlite3_column_int64(stmt, 0);
	out->contract = stmt_text(stmt, 1);
	out->leg = stmt_text(stmt, 2);
	out->point = stmt_text(stmt, 3);
	out->session = stmt_text(stmt, 4);
	out->from_utc = sqlite3_column_int64(stmt, 5);
	out->to_utc = sqlite3_column_int64(stmt, 6);
	out->reason = stmt_text(stmt, 7);
	out->detail = stmt_text(stmt, 8);
	return 1;
}

int
runs_next_energy(
    struct run_cursor *cursor, struct energy *out, struct qf_error *err)
{
	sqlite3_stmt *stmt = cursor->stmt;
	int rc = stmt_step(stmt, cursor->ledger, err);

	assert(cursor->query == Q_ENERGY);
	if (rc != 1) {
		return rc;
	}
	out->line_no = sqlite3_column_int64(stmt, 0);
	out->contract = stmt_text(stmt, 1);
	out->leg = stmt_text(stmt, 2);
	out->point = stmt_text(stmt, 3);
	out->channel = stmt_text(stmt, 4);
	out->metered_kwh = stmt_text(stmt, 5);
	out->rated_kwh = stmt_text(stmt, 6);
	out->held_kwh = stmt_text(stmt, 7);
	out->residual_kwh = stmt_text(stmt, 8);
	return 1;
}

void
runs_close(struct run_cursor *cursor)
{
	if (cursor == NULL) {
		return;
	}
	sqlite3_finalize(cursor->stmt);
	free(cursor);
}
