/* prove.c - the subcommands of qf-audit that prove a ledger.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "own.h"
#include "stage/audit/checkpoint.h"
#include "stage/audit/log.h"
#include "stage/audit/replay.h"
#include "stage/audit/verify.h"
#include "stage/handles.h"

const struct options_row log_rows[] = {
    {OPT_KIND, 0, "kind", "KIND", "only market, batch, rule, run or posting"},
    TOOL_ROW_JSON,
    {0},
};

const struct options_row verify_rows[] = {
    {OPT_SINCE, 0, "since", "FILE",
	"also hold the past against this checkpoint"},
    TOOL_ROW_SUMMARY,
    TOOL_ROW_METRICS,
    {0},
};

const struct options_row replay_rows[] = {
    TOOL_ROW_SUMMARY,
    TOOL_ROW_METRICS,
    {0},
};

static int
work_log(struct work *work, struct qf_error *err)
{
	return audit_log(work->audit.ledger, work->given.kind, work->audit.form,
	    work->audit.sink, err);
}

int
run_log(struct tool *tool)
{
	return do_work(tool, 0, 0, "takes no operand", work_log);
}

static int
work_verify(struct work *work, struct qf_error *err)
{
	const struct tool *tool = work->tool;
	unsigned levels = 0;

	for (size_t i = 0; i < tool->operand_count; i++) {
		if (audit_verify_level(&levels, tool->operands[i], err) == -1) {
			return -1;
		}
	}
	return audit_verify(work->audit.ledger,
	    levels == 0 ? AUDIT_ALL : levels, work->given.since, err);
}

int
run_verify(struct tool *tool)
{
	return do_work(tool, 0, 3, "takes at most three levels", work_verify);
}

static int
work_checkpoint(struct work *work, struct qf_error *err)
{
	return audit_checkpoint(work->audit.ledger, work->audit.sink, err);
}

int
run_checkpoint(struct tool *tool)
{
	return do_work(tool, 0, 0, "takes no operand", work_checkpoint);
}

/* Replays each run; the first that differs ends it. */
static int
work_replay(struct work *work, struct qf_error *err)
{
	struct handle *handles;
	size_t count;
	int rc = 0;

	if (handles_take(&handles, &count, work->tool->operands,
		work->tool->operand_count, stdin, err) == -1) {
		return -1;
	}
	for (size_t i = 0; rc == 0 && i < count; i++) {
		rc = audit_replay(work->audit.ledger, &handles[i], err);
		if (rc == 0) {
			summary_handle(&work->summary, &handles[i]);
		}
	}
	free(handles);
	return rc;
}

int
run_replay(struct tool *tool)
{
	return do_work(tool, 1, SIZE_MAX, "needs an operand", work_replay);
}

static int
work_snapshot(struct work *work, struct qf_error *err)
{
	return audit_snapshot(&work->audit, work->tool->operands[0], err);
}

int
run_snapshot(struct tool *tool)
{
	return do_work(tool, 1, 1, "takes one operand", work_snapshot);
}
