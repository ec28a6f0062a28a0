/* run_fixture.h - small runs in a ledger, and their postings as text.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef QF_TESTS_RUN_FIXTURE_H
#define QF_TESTS_RUN_FIXTURE_H

#include "ledger/postings.h"
#include "ledger/runs.h"
#include "ledger_fixture.h"
#include "model/handle.h"
#include "stage/post/post.h"

/* Midnights of Shanghai. */
#define FEB_1 INT64_C(1738339200)
#define FEB_15 (FEB_1 + 14 * INT64_C(86400))
#define MAR_1 (FEB_1 + 28 * INT64_C(86400))
#define APR_1 (MAR_1 + 31 * INT64_C(86400))

/* What a test says of a line; empty texts get a default. */
struct said {
	const char *contract, *leg, *payer, *subject, *band;
	const char *quantity, *price;
	int64_t gross_minor;
	const char *session, *account, *unit;
	bool unpriced;
	int month;
};

struct said_hold {
	const char *contract, *leg, *session;
};

struct said_run {
	const char *kind; /* NULL: final */
	const char *tool; /* NULL: qf-rate */
	int64_t from_utc, to_utc; /* 0: February */
	int first_month, last_month;
	const char *scope; /* NULL: everything */
	const struct said *lines;
	size_t line_count;
	const struct said_hold *holds;
	size_t hold_count;
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LINES(array) .lines = (array), .line_count = COUNT(array)
#define HOLDS(array) .holds = (array), .hold_count = COUNT(array)

static inline const char *
or_else(const char *text, const char *otherwise)
{
	return text == NULL ? otherwise : text;
}

/* Thirteen per cent of tax in the gross: net is what is left. */
static inline void
append_said(struct fixture *f, struct entry *entry, const struct said *said,
    int64_t line_no, const struct said_run *run)
{
	struct line line = {.line_no = line_no,
	    .contract = said->contract,
	    .leg = or_else(said->leg, "supply"),
	    .point = said->contract,
	    .payer = or_else(said->payer, "driver"),
	    .payee = "grid",
	    .account = or_else(said->account, said->contract),
	    .from_utc = run->from_utc == 0 ? FEB_1 : run->from_utc,
	    .to_utc = run->to_utc == 0 ? MAR_1 : run->to_utc,
	    .month = said->month != 0 ? said->month : 202502,
	    .subject = or_else(said->subject, "energy"),
	    .component = or_else(said->subject, "energy"),
	    .band = said->band,
	    .channel = said->unit == NULL ? "import" : NULL,
	    .session = said->session,
	    .tariff_entry = 1,
	    .quantity = said->quantity,
	    .unit = or_else(said->unit, "kwh"),
	    .counts_energy = said->unit == NULL};

	if (!said->unpriced) {
		line.price = said->price;
		line.exact = "0";
		line.has_amount = true;
		line.tax_rate = "0.13";
		line.tax_minor = said->gross_minor / 10;
		line.net_minor = said->gross_minor - line.tax_minor;
		line.gross_minor = said->gross_minor;
	}
	cr_assert_eq(
	    runs_append_line(entry, &line, &f->err), 0, "%s", f->err.text);
}

/* Appends a run; returns its handle. */
static inline struct handle
fixture_run(struct fixture *f, const struct said_run *said)
{
	struct run run = {.asof = 1, .arithmetic = 1};
	struct handle handle;
	struct entry *entry;

	cr_assert_eq(entry_begin(&entry, f->ledger, ENTRY_RUN,
			 FIXTURE_RECORDED_UTC, &f->err),
	    0, "%s", f->err.text);
	for (size_t i = 0; i < said->line_count; i++) {
		append_said(f, entry, &said->lines[i], (int64_t)i + 1, said);
	}
	for (size_t i = 0; i < said->hold_count; i++) {
		const struct said_hold *hold = &said->holds[i];
		struct hold row = {.line_no = (int64_t)i + 1,
		    .contract = hold->contract,
		    .leg = or_else(hold->leg, "supply"),
		    .point = hold->contract,
		    .session = hold->session,
		    .from_utc = FEB_1,
		    .to_utc = MAR_1,
		    .reason = "missing-read",
		    .detail = "a day"};

		cr_assert_eq(runs_append_hold(entry, &row, &f->err), 0, "%s",
		    f->err.text);
	}
	snprintf(
	    run.tool, sizeof(run.tool), "%s", or_else(said->tool, "qf-rate"));
	snprintf(
	    run.kind, sizeof(run.kind), "%s", or_else(said->kind, "final"));
	snprintf(run.scope, sizeof(run.scope), "%s", or_else(said->scope, ""));
	run.from_utc = said->from_utc == 0 ? FEB_1 : said->from_utc;
	run.to_utc = said->to_utc == 0 ? MAR_1 : said->to_utc;
	run.first_month = said->first_month == 0 ? 202502 : said->first_month;
	run.last_month = said->last_month == 0 ? 202502 : said->last_month;
	run.lines = (int64_t)said->line_count;
	run.holds = (int64_t)said->hold_count;
	cr_assert_eq(runs_append(entry, &run, &f->err), 0, "%s", f->err.text);
	cr_assert_eq(
	    entry_finish(entry, &handle, &f->err), 0, "%s", f->err.text);
	return handle;
}

/* Posts a run: as post_run(). */
static inline int
fixture_post(struct fixture *f, struct handle run, struct handle *posting,
    bool *appended)
{
	struct post_request request = {.recorded_utc = FIXTURE_RECORDED_UTC};
	struct post_report report;
	int rc = post_run(f->ledger, &run, &request, &report, &f->err);

	if (rc == 0) {
		*posting = report.posting;
		*appended = report.appended;
	}
	return rc;
}

/* The transfers of a posting, one a line: "C1 supply 202502 driver energy peak
 * v1 new 10 800 = 10 800 driver>grid 800": change, what stands, who owes. */
static inline void
fixture_transfers(struct fixture *f, int64_t posting, char *text, size_t size)
{
	struct transfer_cursor *cursor;
	struct transfer t;
	size_t used = 0;
	int rc;

	text[0] = '\0';
	cr_assert_eq(transfers_open(&cursor, f->ledger, posting, &f->err), 0);
	while ((rc = transfers_next(cursor, &t, &f->err)) == 1) {
		used += (size_t)snprintf(text + used, size - used,
		    "%s %s %d %s %s %s v%lld %s %s %lld = %s %lld\n",
		    t.key.contract, t.key.leg, t.key.month, t.key.payer,
		    t.key.subject, t.key.band[0] == '\0' ? "-" : t.key.band,
		    (long long)t.version, t.reason, t.change.quantity,
		    (long long)t.change.gross_minor, t.total.quantity,
		    (long long)t.total.gross_minor);
		cr_assert_lt(used, size);
	}
	cr_assert_eq(rc, 0, "%s", f->err.text);
	transfers_close(cursor);
}

/* Makes a run, posts it, and compares its transfers. */
static inline struct handle
fixture_expect(
    struct fixture *f, const struct said_run *said, const char *expected)
{
	struct handle run = fixture_run(f, said), posting;
	char text[4096];
	bool appended;

	cr_assert_eq(
	    fixture_post(f, run, &posting, &appended), 0, "%s", f->err.text);
	cr_assert(appended);
	fixture_transfers(f, posting.entry, text, sizeof(text));
	cr_assert_str_eq(
	    text, expected, "\ngot:\n%sexpected:\n%s", text, expected);
	return run;
}

#endif
