/* postings.c - postings and their transfers in the ledger.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/postings.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/status.h"
#include "ledger/connection.h"
#include "ledger/entry.h"
#include "ledger/row.h"
#include "ledger/stmt.h"

#define POSTING_FIELDS "SELECT p.entry, p.run, p.booking_month, p.transfers"
#define TRANSFER_FIELDS                                                \
	"SELECT line, leg, contract, payer, payee, account, subject, " \
	"component, band, channel, month, booking_month, version, "    \
	"reason, unit, counts_energy, price, quantity, net_minor, "    \
	"tax_minor, gross_minor, total_quantity, total_net_minor, "    \
	"total_tax_minor, total_gross_minor FROM transfer"

enum {
	Q_OF_RUN,
	Q_LOAD,
	Q_COUNT,
	Q_POSTED,
	Q_TRANSFERS,
	Q_CONTRACT_AT,
	Q_LAST
};

static const char *const sql[] = {
    [Q_OF_RUN] = "SELECT entry FROM posting WHERE run = ?1",
    [Q_LOAD] = POSTING_FIELDS " FROM posting p WHERE p.entry = ?1",
    [Q_COUNT] = "SELECT count(*) FROM posting WHERE entry <= ?1",
    [Q_POSTED] = POSTING_FIELDS
    " FROM posting p JOIN run r ON r.entry = p.run WHERE r.tool = ?1"
    " AND r.first_month <= ?3 AND r.last_month >= ?2 ORDER BY p.entry",
    [Q_TRANSFERS] = TRANSFER_FIELDS " WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
    [Q_CONTRACT_AT] = "SELECT contract FROM transfer WHERE id BETWEEN ?1 AND ?2"
		      " ORDER BY id LIMIT 1",
    [Q_LAST] = "SELECT id FROM transfer WHERE id BETWEEN ?1 AND ?2"
	       " ORDER BY id DESC LIMIT 1",
};
static const struct stmt_list list = STMT_LIST(sql);

/* Writing ---------------------------------------------------------------- */

static void
row_sums(struct row *row, const struct transfer_sums *sums)
{
	row_string(row, sums->quantity);
	row_int(row, sums->net_minor);
	row_int(row, sums->tax_minor);
	row_int(row, sums->gross_minor);
}

int
postings_append_transfer(
    struct entry *entry, const struct transfer *transfer, struct qf_error *err)
{
	const struct transfer_key *key = &transfer->key;
	int64_t gross = transfer->change.gross_minor;
	struct row *row;

	assert(transfer->line_no > 0 && transfer->version > 0);
	assert(gross != INT64_MIN);
	row = row_begin(entry, ROW_TRANSFER, transfer->line_no);
	row_string(row, key->leg);
	row_string(row, key->contract);
	row_string(row, key->payer);
	row_string(row, key->payee);
	row_string(row, transfer->account);
	row_string(row, key->subject);
	row_string(row, key->component);
	row_string(row, key->band);
	row_string(row, key->channel);
	row_int(row, key->month);
	row_int(row, transfer->booking_month);
	row_int(row, transfer->version);
	row_string(row, transfer->reason);
	row_string(row, transfer->unit);
	row_int(row, transfer->counts_energy);
	row_string(row, transfer->price);
	row_sums(row, &transfer->change);
	row_sums(row, &transfer->total);
	row_string(row, gross < 0 ? key->payee : key->payer);
	row_string(row, gross < 0 ? key->payer : key->payee);
	row_int(row, gross < 0 ? -gross : gross);
	return row_end(row, err);
}

int
postings_append(
    struct entry *entry, struct posting *posting, struct qf_error *err)
{
	struct row *row = row_begin(entry, ROW_POSTING, 1);

	posting->entry = entry_number(entry);
	row_int(row, posting->run);
	row_int(row, posting->booking_month);
	row_int(row, posting->transfers);
	return row_end(row, err);
}

/* Finding ---------------------------------------------------------------- */

/* The integer that a query of one argument gives: 1, or 0 where none. */
static int
ask(struct ledger *ledger, size_t query, int64_t argument, int64_t *answer,
    struct qf_error *err)
{
	sqlite3_stmt *stmt;
	int rc;

	if (stmt_cached(&stmt, ledger, &list, query, err) == -1) {
		return -1;
	}
	stmt_bind_int(stmt, 1, argument);
	rc = stmt_step(stmt, ledger, err);
	if (rc == 1) {
		*answer = sqlite3_column_int64(stmt, 0);
	}
	sqlite3_reset(stmt);
	return rc;
}

int
postings_of_run(struct ledger *ledger, int64_t run, struct handle *handle,
    struct qf_error *err)
{
	struct handle found = {.kind = ENTRY_POSTING};
	int rc = ask(ledger, Q_OF_RUN, run, &found.entry, err);

	if (rc != 1) {
		return rc;
	}
	if (entry_resolve(ledger, &found, err) == -1) {
		return -1;
	}
	*handle = found;
	return 1;
}

int
postings_count(
    struct ledger *ledger, int64_t entry, int64_t *count, struct qf_error *err)
{
	return ask(ledger, Q_COUNT, entry, count, err) == 1 ? 0 : -1;
}

static void
take_posting(sqlite3_stmt *stmt, struct posting *out)
{
	out->entry = sqlite3_column_int64(stmt, 0);
	out->run = sqlite3_column_int64(stmt, 1);
	out->booking_month = sqlite3_column_int(stmt, 2);
	out->transfers = sqlite3_column_int64(stmt, 3);
}

int
postings_load(struct ledger *ledger, int64_t entry, struct posting *out,
    struct qf_error *err)
{
	sqlite3_stmt *stmt;
	int rc;

	if (stmt_cached(&stmt, ledger, &list, Q_LOAD, err) == -1) {
		return -1;
	}
	stmt_bind_int(stmt, 1, entry);
	rc = stmt_step(stmt, ledger, err);
	if (rc == 1) {
		take_posting(stmt, out);
	}
	sqlite3_reset(stmt);
	if (rc == 0) {
		return qf_fail(err, QF_USAGE, "handle-unknown",
		    "posting:%lld: there is no such posting", (long long)entry);
	}
	return rc == 1 ? 0 : -1;
}

bool
postings_inside(const struct run *outer, const struct run *inner)
{
	return inner->from_utc >= outer->from_utc &&
	       inner->to_utc <= outer->to_utc;
}

/* Posted runs ------------------------------------------------------------ */

struct posted_cursor {
	struct ledger *ledger;
	sqlite3_stmt *stmt;
	const struct run *run;
};

int
posted_open(struct posted_cursor **out, struct ledger *ledger,
    const struct run *run, struct qf_error *err)
{
	struct posted_cursor *cursor = xcalloc(1, sizeof(*cursor));

	*out = NULL;
	cursor->ledger = ledger;
	cursor->run = run;
	if (stmt_prepare(&cursor->stmt, ledger, &list, Q_POSTED, err) == -1) {
		free(cursor);
		return -1;
	}
	stmt_bind_text(cursor->stmt, 1, run->tool);
	stmt_bind_int(cursor->stmt, 2, run->first_month);
	stmt_bind_int(cursor->stmt, 3, run->last_month);
	*out = cursor;
	return 0;
}

int
posted_next(struct posted_cursor *cursor, struct posting *posting,
    struct run *run, struct qf_error *err)
{
	int rc;

	while ((rc = stmt_step(cursor->stmt, cursor->ledger, err)) == 1) {
		take_posting(cursor->stmt, posting);
		if (runs_load(cursor->ledger, posting->run, run, err) == -1) {
			return -1;
		}
		if (runs_scopes_touch(cursor->run->scope, run->scope)) {
			return 1;
		}
	}
	return rc;
}

void
posted_close(struct posted_cursor *cursor)
{
	if (cursor == NULL) {
		return;
	}
	sqlite3_finalize(cursor->stmt);
	free(cursor);
}

/* Transfers -------------------------------------------------------------- */

struct transfer_cursor {
	struct ledger *ledger;
	sqlite3_stmt *stmt;
	char *contract; /* whose alone, or NULL for all */
};

/* Below, at or above 0: the contract of the first transfer with an id from
 * `at` on against the one asked for; above where there is none. */
static int
compare_contract(struct ledger *ledger, int64_t at, int64_t last,
    const char *contract, int *order, struct qf_error *err)
{
	sqlite3_stmt *stmt;
	int stepped;

	if (stmt_cached(&stmt, ledger, &list, Q_CONTRACT_AT, err) == -1) {
		return -1;
	}
	stmt_bind_int(stmt, 1, at);
	stmt_bind_int(stmt, 2, last);
	stepped = stmt_step(stmt, ledger, err);
	*order = stepped == 1 ? strcmp(stmt_text(stmt, 0), contract) : 1;
	sqlite3_reset(stmt);
	return stepped == -1 ? -1 : 0;
}

/* Moves *first to the first transfer of the contract, or of one behind it: the
 * transfers of a posting are in the order of their contracts. */
static int
find_contract(struct ledger *ledger, int64_t *first, int64_t last,
    const char *contract, struct qf_error *err)
{
	sqlite3_stmt *stmt;
	int64_t low = *first, high;
	int order, found;

	if (stmt_cached(&stmt, ledger, &list, Q_LAST, err) == -1) {
		return -1;
	}
	stmt_bind_int(stmt, 1, low);
	stmt_bind_int(stmt, 2, last);
	found = stmt_number(stmt, ledger, &high, err);
	if (found == -1) {
		return -1;
	}
	high = found == 1 ? high + 1 : low;
	while (low < high) {
		int64_t middle = low + (high - low) / 2;

		if (compare_contract(
			ledger, middle, last, contract, &order, err) == -1) {
			return -1;
		}
		if (order < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	*first = low;
	return 0;
}

int
transfers_open_contract(struct transfer_cursor **out, struct ledger *ledger,
    int64_t posting, const char *contract, size_t length, struct qf_error *err)
{
	struct transfer_cursor *cursor = xcalloc(1, sizeof(*cursor));
	int64_t first, last;

	*out = NULL;
	cursor->ledger = ledger;
	row_ids(posting, 1, &first, &last);
	if (contract != NULL) {
		cursor->contract = xstrndup(contract, length);
	}
	if ((contract != NULL && find_contract(ledger, &first, last,
				     cursor->contract, err) == -1) ||
	    stmt_prepare(&cursor->stmt, ledger, &list, Q_TRANSFERS, err) ==
		-1) {
		transfers_close(cursor);
		return -1;
	}
	stmt_bind_int(cursor->stmt, 1, first);
	stmt_bind_int(cursor->stmt, 2, last);
	*out = cursor;
	return 0;
}

int
transfers_open(struct transfer_cursor **out, struct ledger *ledger,
    int64_t posting, struct qf_error *err)
{
	return transfers_open_contract(out, ledger, posting, NULL, 0, err);
}

static void
take_sums(sqlite3_stmt *stmt, int column, struct transfer_sums *out)
{
	out->quantity = stmt_text(stmt, column);
	out->net_minor = sqlite3_column_int64(stmt, column + 1);
	out->tax_minor = sqlite3_column_int64(stmt, column + 2);
	out->gross_minor = sqlite3_column_int64(stmt, column + 3);
}

int
transfers_next(
    struct transfer_cursor *cursor, struct transfer *out, struct qf_error *err)
{
	sqlite3_stmt *stmt = cursor->stmt;
	int rc = stmt_step(stmt, cursor->ledger, err);

	if (rc != 1) {
		return rc;
	}
	out->line_no = sqlite3_column_int64(stmt, 0);
	out->key.leg = stmt_text(stmt, 1);
	out->key.contract = stmt_text(stmt, 2);
	if (cursor->contract != NULL &&
	    strcmp(out->key.contract, cursor->contract) != 0) {
		return 0;
	}
	out->key.payer = stmt_text(stmt, 3);
	out->key.payee = stmt_text(stmt, 4);
	out->account = stmt_text(stmt, 5);
	out->key.subject = stmt_text(stmt, 6);
	out->key.component = stmt_text(stmt, 7);
	out->key.band = stmt_text(stmt, 8);
	out->key.channel = stmt_text(stmt, 9);
	out->key.month = sqlite3_column_int(stmt, 10);
	out->booking_month = sqlite3_column_int(stmt, 11);
	out->version = sqlite3_column_int64(stmt, 12);
	out->reason = stmt_text(stmt, 13);
	out->unit = stmt_text(stmt, 14);
	out->counts_energy = sqlite3_column_int(stmt, 15) != 0;
	out->price = stmt_text(stmt, 16);
	take_sums(stmt, 17, &out->change);
	take_sums(stmt, 21, &out->total);
	return 1;
}

void
transfers_close(struct transfer_cursor *cursor)
{
	if (cursor == NULL) {
		return;
	}
	sqlite3_finalize(cursor->stmt);
	free(cursor->contract);
	free(cursor);
}
