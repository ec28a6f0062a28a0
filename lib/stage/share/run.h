/* run.h - the amounts of a run down an owners' tree.
 *
 *	struct share_ask ask = {.kind = "final", .recorded_utc = now};
 *
 *	if (share_runs(path, &ask, runs, count, reports, err) == -1) ...
 *
 * What the run's lines pay to the tree's party (and by it, counted negative) is
 * summed by contract, leg and delivery month, and goes down the tree that holds
 * on the first day of that month's lines: a line for each leaf, by which the
 * party pays it.  The leaves' lines add up to the sum exactly.
 *
 * Net amounts are split by the tree, and the tax by what each leaf has of the
 * net, so that each leaf's gross is its net and tax.  Energy delivered is what
 * the run of qf-settle that is shared says of its points (run_response), of a
 * response above 0 alone.
 *
 * What cannot be split is a hold of the contract's leg and month: no-version
 * and template of the document, no-delivered where nobody delivered.
 *
 * Memory: one contract's leg at a time.
 */
#ifndef QF_STAGE_SHARE_RUN_H
#define QF_STAGE_SHARE_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/sink.h"
#include "model/handle.h"
#include "stage/summary.h"

struct audit_explain_request;
struct entry;
struct ledger;
struct qf_error;
struct run;

#define SHARE_TOOL "qf-share"
/* Changes with every change that makes other lines of the same run. */
#define SHARE_ARITHMETIC 1
#define SHARE_HOLDS_SHOWN 5

struct share_ask {
	const char *owners; /* id of the document; NULL: the only one */
	const char *kind; /* trial, draft, final or correction */
	const char *asof; /* a number or a handle; NULL: the last input */
	bool dry_run; /* append nothing */
	int wait_seconds;
	int64_t recorded_utc;
};

struct share_report {
	struct handle run; /* entry 0 where none was made */
	int appended; /* 0: an equal run stood */
	int64_t lines, holds;
	size_t shown_count;
	char shown[SHARE_HOLDS_SHOWN][600]; /* the first holds, in words */
};

/* Shares runs of the ledger at path in one transaction, all of them or none;
 * one report a run.  Errors: QF_USAGE handle-kind, handle-unknown; QF_DATA
 * unknown-party, unknown-point: the tree names what the ledger does not have;
 * those of document.h and owners.h; QF_USAGE run-without-party where the run
 * has no amount of the tree's party, since then the run or the tree is the
 * wrong one; QF_DATA share-range. */
int
share_runs(const char *path, const struct share_ask *ask, struct handle *runs,
    size_t count, struct share_report *reports, struct qf_error *err);

/* For the table of runner.c. */
int share_replay(struct ledger *ledger, struct run *run, struct entry *entry,
    struct qf_error *err);
int share_explain(struct ledger *ledger, const struct handle *handle,
    const struct audit_explain_request *request, struct sink sink,
    struct qf_error *err);

/* What was shared, for a summary; both stay till it is finished. */
struct share_done {
	const struct share_report *reports;
	size_t count;
};
void share_summary(struct summary *summary, const struct share_done *done);

#endif
