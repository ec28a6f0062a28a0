/* clear.h - an auction of the ledger cleared: bids into awards and prices.
 *
 * clear_run() is the computation alone: it reads the bids and needs of an
 * auction as of an entry, hour by hour (an hour is any stretch that bids name),
 * and hands awards, prices and trades, each in its order, to a sink.  The same
 * request over the same ledger always gives the same rows, whatever the order
 * and the files in which the bids came.  clear_append() puts them into the
 * ledger as a run; clear_replay() hands those of a run to an entry of a ledger
 * that is open for reading.
 *
 *	struct clear_request request = {.auction = "da-2025-07-01",
 *	    .market = "js-monthly", .asof = asof};
 *	struct clear_counts counts;
 *
 *	if (clear_run(ledger, &request, &sink, &counts, err) == -1) ...
 *
 * Order: hours by start; of an hour first its price, then its awards by the id
 * of the bid, then its trades as they came about.  Line numbers run from 1 in
 * each of the three tables.
 *
 * A bid that breaks the market's rule is an award of state `refused`, never a
 * failure.  Failures: of the ledger; those of document.h for the market's, and
 * QF_CONFIG where it cannot be read, has no version of a day (rule-version) or
 * is a template (rule-template); QF_USAGE auction-unknown where nothing is bid
 * or needed in the auction; QF_DATA auction-hours where bids and needs of one
 * start do not end together, or hours overlap, need-tick, and those of clear.h
 * and blocks.h of lib/settle.
 *
 * Memory: the bids of the largest hour; where blocks link hours, those of all
 * hours with blocks.
 */
#ifndef QF_STAGE_CLEAR_H
#define QF_STAGE_CLEAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/sink.h"
#include "model/auction.h"
#include "model/contract.h"
#include "model/handle.h"

struct clear_walk;
struct entry;
struct ledger;
struct qf_error;
struct run;

/* Changes with every change that makes other rows of the same facts. */
#define CLEAR_ARITHMETIC 1
#define CLEAR_TOOL "qf-clear"

struct clear_request {
	const char *auction;
	const char *market; /* the id of its document */
	const char *opening; /* the trade before the first of each hour, as
			      * canonical text; NULL: none */
	int64_t asof; /* the last entry that it sees */
};

/* Where the rows go.  Texts are valid for the call.  A call that fails (-1,
 * having filled err) ends the run.  Any of them may be NULL. */
struct clear_sink {
	void *context;
	int (*price)(
	    void *context, const struct price_row *price, struct qf_error *err);
	int (*award)(
	    void *context, const struct award_row *award, struct qf_error *err);
	int (*trade)(
	    void *context, const struct trade_row *trade, struct qf_error *err);
	/* Called as bids are read. */
	void (*progress)(void *context, int64_t bids);
	/* Called when an hour was cleared, before its rows, with
	 * all that they come from (own.h). */
	void (*hour)(void *context, const struct clear_walk *walk);
};

struct clear_counts {
	int64_t hours, bids, trades;
	int64_t refused, paradoxical; /* of the bids */
	int64_t short_hours; /* in which fixed demand was not all served */
	int64_t from_utc, to_utc; /* of the first hour and of the last */
};

int clear_run(struct ledger *ledger, const struct clear_request *request,
    const struct clear_sink *sink, struct clear_counts *counts,
    struct qf_error *err);

/* The request that a run was made from, so that it can be made again.  The
 * texts of *out point into *run. */
void clear_request_of(struct clear_request *out, struct run *run);

/* Clears into a new run entry, or finds the equal earlier one; the ledger is
 * open for writing and the caller commits.  *appended tells which; *handle
 * names the run.  kind: trial, draft, final or correction. */
int clear_append(struct ledger *ledger, const struct clear_request *request,
    const char *kind, int64_t recorded_utc, const struct clear_sink *watch,
    struct handle *handle, int *appended, struct clear_counts *counts,
    struct qf_error *err);

/* Tells an award, as runner.h asks: from the bid and the book to what it was
 * awarded, each step with its numbers. */
struct audit_explain_request;
int clear_explain(struct ledger *ledger, const struct handle *handle,
    const struct audit_explain_request *request, struct sink sink,
    struct qf_error *err);

/* Makes the rows of a run anew, into an entry (runner.h). */
int clear_replay(struct ledger *ledger, struct run *run, struct entry *entry,
    struct qf_error *err);

#endif
