/* settle.h - what contracts earn by the events (需求响应事件) of a period.
 *
 * settle_run() is the computation alone: it reads the ledger as of an entry
 * and hands lines, holds, responses and baseline days, each in its order, to a
 * sink.  The same request over the same ledger always gives the same rows.
 * settle_append() puts them into the ledger as a run; settle_replay() hands
 * those of a run to an entry of a ledger that is open for reading.
 *
 *	struct settle_request request = {0};
 *	struct settle_counts counts;
 *
 *	request.period = period;
 *	request.asof = asof;
 *	if (settle_run(ledger, &request, &sink, &counts, err) == -1) ...
 *
 * An event belongs to the period that has its last instant, as a session does
 * to that in which it ends, and is settled whole.  Units are a contract's leg
 * whose basis is `events`, by point, contract, leg; of each its events by end,
 * start and id.  Line numbers run from 1 in each table.
 *
 * What cannot be settled is a hold of the contract's event (qf-settle(1) lists
 * the reasons), never a failure.  A held event has no line and no response,
 * but the baseline days that were looked at.  Failures: of the ledger;
 * QF_CONFIG for a programme document that cannot be read.
 *
 * Memory: the contracts on events with their points and the called events of
 * the time that baselines look back to; of reads one point's at a time.
 */
#ifndef QF_STAGE_SETTLE_H
#define QF_STAGE_SETTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/period.h"
#include "model/handle.h"
#include "model/line.h"
#include "model/response.h"

struct contract;
struct entry;
struct ledger;
struct qf_error;
struct run;
struct settle_note;

/* Changes with every change that makes other lines of the same facts. */
#define SETTLE_ARITHMETIC 1
#define SETTLE_TOOL "qf-settle"

struct settle_request {
	struct period period;
	const char *contract; /* NULL: every contract on events */
	const char *leg; /* NULL: every leg */
	const char *event; /* NULL: every event */
	int64_t asof; /* the last entry that it sees */
	int64_t awards_run; /* of qf-clear, whose awards count; 0: none */
};

/* Where the rows go.  Texts are valid for the call.  A call that fails (-1,
 * having filled err) ends the run.  Any of them may be NULL. */
struct settle_sink {
	void *context;
	int (*line)(
	    void *context, const struct line *line, struct qf_error *err);
	int (*hold)(
	    void *context, const struct hold *hold, struct qf_error *err);
	int (*response)(void *context, const struct response_row *row,
	    struct qf_error *err);
	int (*baseline)(void *context, const struct baseline_row *row,
	    struct qf_error *err);
	/* Called when a unit was handed out, with the stretches of its
	 * contract. */
	int (*point)(void *context, const struct contract *stretches,
	    size_t count, struct qf_error *err);
	/* Called as contracts are passed. */
	void (*progress)(void *context, int64_t contracts);
	/* An event that settles to nothing, and why, in words. */
	void (*nothing)(void *context, const char *event, const char *why);
	/* How the lines of an event came about, step by step; before them. */
	void (*note)(void *context, const struct settle_note *note);
};

/* A step on the way to the lines of a contract's event. */
struct settle_note {
	const char *contract, *leg, *event;
	const char *point; /* NULL: of the contract as a whole */
	int64_t start_utc; /* of the step of time; INT64_MIN: of the whole
			    * event */
	const char *step; /* a word */
	const char *text; /* for a person */
	int64_t entry, line_no; /* of the file that says so; 0: none */
};

struct settle_counts {
	int64_t contracts; /* legs in scope */
	int64_t events; /* of contracts, that were settled or held */
	int64_t for_nobody; /* called events that no contract is for, perhaps by
			     * a slip of the pen */
	int64_t points; /* of them, whose reads were looked at */
	int64_t reads; /* interval values that were looked at */
	int64_t lines, holds, responses, baselines;
};

int settle_run(struct ledger *ledger, const struct settle_request *request,
    const struct settle_sink *sink, struct settle_counts *counts,
    struct qf_error *err);

/* The request that a run was made from, so that it can be made again.  The
 * texts of *out point into *run. */
int settle_request_of(struct settle_request *out, struct ledger *ledger,
    struct run *run, struct qf_error *err);

/* Computes a run again into an entry that is only hashed (runner.h). */
int settle_replay(struct ledger *ledger, struct run *run, struct entry *entry,
    struct qf_error *err);

/* Settles into a new run entry, or finds the equal earlier one; the ledger is
 * open for writing and the caller commits.  *appended tells which; *handle
 * names the run.  kind: trial, draft, final or correction. */
int settle_append(struct ledger *ledger, const struct settle_request *request,
    const char *kind, int64_t recorded_utc, const struct settle_sink *watch,
    struct handle *handle, int *appended, struct settle_counts *counts,
    struct qf_error *err);

#endif
