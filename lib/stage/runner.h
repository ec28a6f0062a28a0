/* runner.h - what the runs of each tool are, and how they are made again.
 *
 * A run in a ledger names the tool that made it; whoever meets one (qf-audit,
 * qf-post) finds here what can be done with it.  A tool that makes runs has one
 * row in the table of runner.c:
 *
 *	{CLEAR_TOOL, CLEAR_ARITHMETIC, .replay = clear_replay},
 *
 * replay computes the run anew and appends its rows, with the runs_append_*()
 * of ledger/runs.h and in the order in which they were made, to an entry of a
 * ledger that is open for reading; the rows are only hashed there, and where a
 * run is replayed, each is compared with the stored one as it comes.  It does
 * not append the run's own row (runs_append()).
 *
 *	int
 *	clear_replay(struct ledger *ledger, struct run *run,
 *	    struct entry *entry, struct qf_error *err)
 *	{
 *		struct clear_sink sink = entry_sink(entry);
 *		struct clear_request request;
 *		struct clear_counts counts;
 *
 *		clear_request_of(&request, run);
 *		return clear_run(ledger, &request, &sink, &counts, err);
 *	}
 */
#ifndef QF_STAGE_RUNNER_H
#define QF_STAGE_RUNNER_H

#include <stdbool.h>

#include "base/sink.h"

struct audit_explain_request;
struct entry;
struct handle;
struct ledger;
struct qf_error;
struct run;

struct runner {
	const char *tool; /* "qf-rate" */
	int arithmetic; /* the version that this program has */

	/* Its lines are owed, and qf-post books them; then, what to do where
	 * the run is too old for that: "rate the period again". */
	const char *again;

	/* As of run->asof, which may be later than that of the stored run: what
	 * would come out by now.  *run is a copy, and may be cut into its
	 * words. */
	int (*replay)(struct ledger *ledger, struct run *run,
	    struct entry *entry, struct qf_error *err);

	/* Tells how the line of a run came about, one step a line of text;
	 * handle is resolved and has a line.  QF_NO explain-differs after all
	 * where a step comes out otherwise; QF_USAGE handle-unknown where there
	 * is no such line.  telling.h writes the steps.  NULL: of
	 * qf-rate, which audit/explain.c tells of, and of tools that cannot. */
	int (*explain)(struct ledger *ledger, const struct handle *handle,
	    const struct audit_explain_request *request, struct sink sink,
	    struct qf_error *err);
};

/* What runs of the tool are; NULL where no tool of this program is called
 * so. */
const struct runner *runner_of(const char *tool);

/* The runner of a run that is to be computed again: QF_CONFIG replay-tool
 * where this program cannot, arithmetic-version where it has another
 * arithmetic. */
const struct runner *
runner_for_replay(const struct run *run, struct qf_error *err);

#endif
