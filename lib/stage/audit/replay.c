/* replay.c - computes a run again and compares it row by row.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/audit/replay.h"

#include <inttypes.h>

#include "base/status.h"
#include "ledger/entry.h"
#include "ledger/runs.h"
#include "stage/runner.h"

static int
compute(struct ledger *ledger, const struct run *stored,
    const struct runner *runner, struct qf_error *err)
{
	struct run run = *stored;
	struct entry *entry;
	int rc;

	if (entry_begin(&entry, ledger, ENTRY_RUN, 0, err) == -1) {
		return -1;
	}
	runs_compare(entry, stored);
	rc = runner->replay(ledger, &run, entry, err);
	if (rc == 0) {
		rc = runs_compare_end(entry, stored, err);
	}
	entry_abandon(entry);
	return rc;
}

int
audit_replay(struct ledger *ledger, struct handle *run, struct qf_error *err)
{
	const struct runner *runner;
	struct run stored;

	if (run->kind != ENTRY_RUN) {
		return qf_fail(err, QF_USAGE, "handle-kind",
		    "%s:%" PRId64 ": only a run can be replayed",
		    entry_kind_name(run->kind), run->entry);
	}
	if (run->line != 0) {
		return qf_fail(err, QF_USAGE, "handle-line",
		    "run:%" PRId64 "/%" PRId64
		    ": a run is replayed whole: name run:%" PRId64,
		    run->entry, run->line, run->entry);
	}
	if (entry_resolve(ledger, run, err) == -1 ||
	    runs_load(ledger, run->entry, &stored, err) == -1) {
		return -1;
	}
	runner = runner_for_replay(&stored, err);
	return runner == NULL ? -1 : compute(ledger, &stored, runner, err);
}
