/* runs_response.c - what events came to: responses, and days of baselines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>

#include "ledger/columns.h"
#include "ledger/entry.h"
#include "ledger/row.h"
#include "ledger/runs_own.h"

enum { Q_RESPONSES, Q_BASELINES };
static const char *const sql[] = {
    [Q_RESPONSES] =
	"SELECT line, " RUN_RESPONSE_COLUMNS STRETCH("run_response"),
    [Q_BASELINES] =
	"SELECT line, " RUN_BASELINE_COLUMNS STRETCH("run_baseline"),
};
static const struct stmt_list list = STMT_LIST(sql);

/* Responses --------------------------------------------------------------- */

int
runs_append_response(struct entry *entry, const struct response_row *response,
    struct qf_error *err)
{
	struct row *row = row_begin(entry, ROW_RUN_RESPONSE, response->line_no);

	assert(response->line_no > 0);
	row_string(row, response->contract);
	row_string(row, response->leg);
	row_string(row, response->event);
	row_string(row, response->role);
	row_string(row, response->point);
	row_int(row, response->start_utc);
	row_int(row, response->end_utc);
	row_string(row, response->baseline_kwh);
	row_string(row, response->actual_kwh);
	row_string(row, response->response_kwh);
	row_string(row, response->award);
	row_string(row, response->award_kwh);
	row_string(row, response->elsewhere_kwh);
	row_string(row, response->effective_kwh);
	row_string(row, response->deficiency_kwh);
	row_string(row, response->price);
	row_string(row, response->pay);
	row_string(row, response->charge);
	return row_end(row, err);
}

int
runs_open_responses(struct run_cursor **out, struct ledger *ledger,
    int64_t entry, struct qf_error *err)
{
	return runs_open_rows(out, ledger, &list, Q_RESPONSES, entry, 1, err);
}

int
runs_next_response(
    struct run_cursor *cursor, struct response_row *out, struct qf_error *err)
{
	sqlite3_stmt *stmt = cursor->stmt;
	int rc = stmt_step(stmt, cursor->ledger, err);

	assert(cursor->list == &list && cursor->query == Q_RESPONSES);
	if (rc != 1) {
		return rc;
	}
	out->line_no = sqlite3_column_int64(stmt, 0);
	out->contract = stmt_text(stmt, 1);
	out->leg = stmt_text(stmt, 2);
	out->event = stmt_text(stmt, 3);
	out->role = stmt_text(stmt, 4);
	out->point = stmt_text(stmt, 5);
	out->start_utc = sqlite3_column_int64(stmt, 6);
	out->end_utc = sqlite3_column_int64(stmt, 7);
	out->baseline_kwh = stmt_text(stmt, 8);
	out->actual_kwh = stmt_text(stmt, 9);
	out->response_kwh = stmt_text(stmt, 10);
	out->award = stmt_text(stmt, 11);
	out->award_kwh = stmt_text(stmt, 12);
	out->elsewhere_kwh = stmt_text(stmt, 13);
	out->effective_kwh = stmt_text(stmt, 14);
	out->deficiency_kwh = stmt_text(stmt, 15);
	out->price = stmt_text(stmt, 16);
	out->pay = stmt_text(stmt, 17);
	out->charge = stmt_text(stmt, 18);
	return 1;
}

/* Baselines --------------------------------------------------------------- */

int
runs_append_baseline(struct entry *entry, const struct baseline_row *baseline,
    struct qf_error *err)
{
	struct row *row = row_begin(entry, ROW_RUN_BASELINE, baseline->line_no);

	assert(baseline->line_no > 0);
	row_string(row, baseline->contract);
	row_string(row, baseline->leg);
	row_string(row, baseline->event);
	row_string(row, baseline->point);
	row_int(row, baseline->day);
	row_string(row, baseline->used);
	row_string(row, baseline->reason);
	row_string(row, baseline->kwh);
	return row_end(row, err);
}

int
runs_open_baselines(struct run_cursor **out, struct ledger *ledger,
    int64_t entry, struct qf_error *err)
{
	return runs_open_rows(out, ledger, &list, Q_BASELINES, entry, 1, err);
}

int
runs_next_baseline(
    struct run_cursor *cursor, struct baseline_row *out, struct qf_error *err)
{
	sqlite3_stmt *stmt = cursor->stmt;
	int rc = stmt_step(stmt, cursor->ledger, err);

	assert(cursor->list == &list && cursor->query == Q_BASELINES);
	if (rc != 1) {
		return rc;
	}
	out->line_no = sqlite3_column_int64(stmt, 0);
	out->contract = stmt_text(stmt, 1);
	out->leg = stmt_text(stmt, 2);
	out->event = stmt_text(stmt, 3);
	out->point = stmt_text(stmt, 4);
	out->day = sqlite3_column_int(stmt, 5);
	out->used = stmt_text(stmt, 6);
	out->reason = stmt_text(stmt, 7);
	out->kwh = stmt_text(stmt, 8);
	return 1;
}
