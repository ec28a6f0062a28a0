/* runs_auction.c - what a clearing found: awards, prices and trades.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>

#include "ledger/columns.h"
#include "ledger/entry.h"
#include "ledger/row.h"
#include "ledger/runs_own.h"

enum { Q_AWARDS, Q_PRICES, Q_TRADES };
static const char *const sql[] = {
    [Q_AWARDS] = "SELECT line, " RUN_AWARD_COLUMNS STRETCH("run_award"),
    [Q_PRICES] = "SELECT line, " RUN_PRICE_COLUMNS STRETCH("run_price"),
    [Q_TRADES] = "SELECT line, " RUN_TRADE_COLUMNS STRETCH("run_trade"),
};
static const struct stmt_list list = STMT_LIST(sql);

/* Awards ------------------------------------------------------------------ */

int
runs_append_award(
    struct entry *entry, const struct award_row *award, struct qf_error *err)
{
	struct row *row = row_begin(entry, ROW_RUN_AWARD, award->line_no);

	assert(award->line_no > 0);
	row_string(row, award->auction);
	row_int(row, award->start_utc);
	row_int(row, award->end_utc);
	row_string(row, award->bid);
	row_string(row, award->party);
	row_string(row, award->side);
	row_string(row, award->block);
	row_string(row, award->offered);
	row_string(row, award->awarded);
	row_string(row, award->bid_price);
	row_string(row, award->price);
	row_string(row, award->state);
	row_string(row, award->reason);
	return row_end(row, err);
}

int
runs_open_awards(struct run_cursor **out, struct ledger *ledger, int64_t entry,
    struct qf_error *err)
{
	return runs_open_rows(out, ledger, &list, Q_AWARDS, entry, 1, err);
}

int
runs_next_award(
    struct run_cursor *cursor, struct award_row *out, struct qf_error *err)
{
	sqlite3_stmt *stmt = cursor->stmt;
	int rc = stmt_step(stmt, cursor->ledger, err);

	assert(cursor->list == &list && cursor->query == Q_AWARDS);
	if (rc != 1) {
		return rc;
	}
	out->line_no = sqlite3_column_int64(stmt, 0);
	out->auction = stmt_text(stmt, 1);
	out->start_utc = sqlite3_column_int64(stmt, 2);
	out->end_utc = sqlite3_column_int64(stmt, 3);
	out->bid = stmt_text(stmt, 4);
	out->party = stmt_text(stmt, 5);
	out->side = stmt_text(stmt, 6);
	out->block = stmt_text(stmt, 7);
	out->offered = stmt_text(stmt, 8);
	out->awarded = stmt_text(stmt, 9);
	out->bid_price = stmt_text(stmt, 10);
	out->price = stmt_text(stmt, 11);
	out->state = stmt_text(stmt, 12);
	out->reason = stmt_text(stmt, 13);
	return 1;
}

/* Prices ------------------------------------------------------------------ */

int
runs_append_price(
    struct entry *entry, const struct price_row *price, struct qf_error *err)
{
	struct row *row = row_begin(entry, ROW_RUN_PRICE, price->line_no);

	assert(price->line_no > 0);
	row_string(row, price->auction);
	row_int(row, price->start_utc);
	row_int(row, price->end_utc);
	row_string(row, price->rule);
	row_string(row, price->price);
	row_string(row, price->low);
	row_string(row, price->high);
	row_string(row, price->volume);
	row_string(row, price->unserved);
	row_string(row, price->state);
	return row_end(row, err);
}

int
runs_open_prices(struct run_cursor **out, struct ledger *ledger, int64_t entry,
    struct qf_error *err)
{
	return runs_open_rows(out, ledger, &list, Q_PRICES, entry, 1, err);
}

int
runs_next_price(
    struct run_cursor *cursor, struct price_row *out, struct qf_error *err)
{
	sqlite3_stmt *stmt = cursor->stmt;
	int rc = stmt_step(stmt, cursor->ledger, err);

	assert(cursor->list == &list && cursor->query == Q_PRICES);
	if (rc != 1) {
		return rc;
	}
	out->line_no = sqlite3_column_int64(stmt, 0);
	out->auction = stmt_text(stmt, 1);
	out->start_utc = sqlite3_column_int64(stmt, 2);
	out->end_utc = sqlite3_column_int64(stmt, 3);
	out->rule = stmt_text(stmt, 4);
	out->price = stmt_text(stmt, 5);
	out->low = stmt_text(stmt, 6);
	out->high = stmt_text(stmt, 7);
	out->volume = stmt_text(stmt, 8);
	out->unserved = stmt_text(stmt, 9);
	out->state = stmt_text(stmt, 10);
	return 1;
}

/* Trades ------------------------------------------------------------------ */

int
runs_append_trade(
    struct entry *entry, const struct trade_row *trade, struct qf_error *err)
{
	struct row *row = row_begin(entry, ROW_RUN_TRADE, trade->line_no);

	assert(trade->line_no > 0);
	row_string(row, trade->auction);
	row_int(row, trade->start_utc);
	row_string(row, trade->buy);
	row_string(row, trade->sell);
	row_string(row, trade->quantity);
	row_string(row, trade->price);
	return row_end(row, err);
}

int
runs_open_trades(struct run_cursor **out, struct ledger *ledger, int64_t entry,
    struct qf_error *err)
{
	return runs_open_rows(out, ledger, &list, Q_TRADES, entry, 1, err);
}

int
runs_next_trade(
    struct run_cursor *cursor, struct trade_row *out, struct qf_error *err)
{
	sqlite3_stmt *stmt = cursor->stmt;
	int rc = stmt_step(stmt, cursor->ledger, err);

	assert(cursor->list == &list && cursor->query == Q_TRADES);
	if (rc != 1) {
		return rc;
	}
	out->line_no = sqlite3_column_int64(stmt, 0);
	out->auction = stmt_text(stmt, 1);
	out->start_utc = sqlite3_column_int64(stmt, 2);
	out->buy = stmt_text(stmt, 3);
	out->sell = stmt_text(stmt, 4);
	out->quantity = stmt_text(stmt, 5);
	out->price = stmt_text(stmt, 6);
	return 1;
}
