/* compare.c - the subcommands of qf-audit that explain what is in a ledger,
 * and hold one thing against another.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "own.h"
#include "stage/audit/claims.h"
#include "stage/audit/diff.h"
#include "stage/audit/explain.h"
#include "stage/audit/missing.h"
#include "stage/audit/reconcile.h"
#include "stage/audit/stale.h"
#include "stage/handles.h"

const struct options_row explain_rows[] = {
    {OPT_READS, 0, "reads", NULL, "list each interval, not only days"},
    {OPT_POINT, 0, "point", "ID",
	"of an event's line, tell of this point of the portfolio"},
    {0},
};

const struct options_row reconcile_rows[] = {
    TOOL_ROW_PERIOD,
    {OPT_EXPORTED | OPTIONS_MANY, 0, "exported", "DIR",
	"also sum up this directory of qf-export; may be repeated"},
    TOOL_ROW_JSON,
    TOOL_ROW_SUMMARY,
    TOOL_ROW_METRICS,
    {0},
};

const struct options_row missing_rows[] = {
    TOOL_ROW_PERIOD,
    {OPT_POINTS, 0, "points", NULL, "list each point that lacks values"},
    {OPT_MINUTES, 0, "minutes", "N",
	"of an interval where a point has no reads at all (default 15)"},
    TOOL_ROW_AS_OF,
    TOOL_ROW_CUT_OFF,
    TOOL_ROW_JSON,
    TOOL_ROW_SUMMARY,
    TOOL_ROW_METRICS,
    {0},
};

const struct options_row stale_rows[] = {
    TOOL_ROW_AS_OF,
    TOOL_ROW_JSON,
    TOOL_ROW_SUMMARY,
    TOOL_ROW_METRICS,
    {0},
};

const struct options_row diff_rows[] = {
    TOOL_ROW_JSON,
    TOOL_ROW_SUMMARY,
    TOOL_ROW_METRICS,
    {0},
};

const struct options_row claims_rows[] = {
    TOOL_ROW_JSON,
    TOOL_ROW_SUMMARY,
    TOOL_ROW_METRICS,
    {0},
};

static int
work_explain(struct work *work, struct qf_error *err)
{
	const struct audit_explain_request request = {
	    .reads = work->given.reads, .point = work->given.point};
	struct handle handle;

	if (handle_parse(&handle, work->tool->operands[0], err) == -1) {
		return -1;
	}
	return audit_explain(
	    work->audit.ledger, &handle, &request, work->audit.sink, err);
}

int
run_explain(struct tool *tool)
{
	return do_work(tool, 1, 1, "takes one operand", work_explain);
}

static int
need_period(const struct work *work, struct qf_error *err)
{
	return work->given.period != NULL
		   ? 0
		   : qf_fail(
			 err, QF_USAGE, "period-missing", "a period is needed");
}

static int
work_reconcile(struct work *work, struct qf_error *err)
{
	const struct given *given = &work->given;
	const struct audit_reconcile_request request = {
	    .period = given->period,
	    .exported = given->exported,
	    .exported_count = given->exported_count,
	};

	if (need_period(work, err) == -1) {
		return -1;
	}
	return audit_reconcile(work->audit.ledger, &request, work->audit.form,
	    work->audit.sink, err);
}

int
run_reconcile(struct tool *tool)
{
	return do_work(tool, 0, 0, "takes no operand", work_reconcile);
}

static int
work_missing(struct work *work, struct qf_error *err)
{
	const struct given *given = &work->given;
	const struct audit_missing_request request = {
	    .period = given->period,
	    .asof = given->asof,
	    .cut_off = given->cut_off,
	    .points = given->points,
	    .minutes = given->minutes == 0 ? 15 : (int)given->minutes,
	};
	int64_t unknown;
	int rc;

	if (need_period(work, err) == -1) {
		return -1;
	}
	rc = audit_missing(work->audit.ledger, &request, work->audit.form,
	    work->audit.sink, &work->summary, &unknown, err);
	if (unknown > 0) {
		tool_note(work->tool,
		    "contracts without a tariff that says what they need: "
		    "%lld",
		    (long long)unknown);
	}
	return rc;
}

int
run_missing(struct tool *tool)
{
	return do_work(tool, 0, 0, "takes no operand", work_missing);
}

static int
work_stale(struct work *work, struct qf_error *err)
{
	struct audit_stale_request request = {.asof = work->given.asof};
	struct audit_stale_counts counts = {0};
	int rc;

	if (work->tool->operand_count > 0 &&
	    handles_take(&request.runs, &request.run_count,
		work->tool->operands, work->tool->operand_count, stdin,
		err) == -1) {
		return -1;
	}
	rc = audit_stale(work->audit.ledger, &request, work->audit.form,
	    work->audit.sink, &counts, err);
	summary_count(&work->summary, METRIC_STALE_RUNS, counts.stale);
	summary_count(&work->summary, METRIC_STALE_CHANGES, counts.changes);
	free(request.runs);
	return rc;
}

int
run_stale(struct tool *tool)
{
	return do_work(tool, 0, SIZE_MAX, "", work_stale);
}

/* The two operands, which may name the same run, or those on standard input. */
static int
take_two(struct handle two[2], const struct tool *tool, struct qf_error *err)
{
	struct handle *runs;
	size_t count;
	int rc = 0;

	if (tool->operand_count == 2) {
		return handle_parse(&two[0], tool->operands[0], err) == -1
			   ? -1
			   : handle_parse(&two[1], tool->operands[1], err);
	}
	if (handles_take(&runs, &count, tool->operands, tool->operand_count,
		stdin, err) == -1) {
		return -1;
	}
	if (count == 2) {
		two[0] = runs[0];
		two[1] = runs[1];
	} else {
		rc = qf_fail(err, QF_USAGE, "diff-two", "diff needs two runs");
	}
	free(runs);
	return rc;
}

static int
work_diff(struct work *work, struct qf_error *err)
{
	struct audit_diff_counts counts = {0};
	struct handle runs[2];
	int rc;

	if (take_two(runs, work->tool, err) == -1) {
		return -1;
	}
	rc = audit_diff(work->audit.ledger, &runs[0], &runs[1],
	    work->audit.form, work->audit.sink, &counts, err);
	summary_count(&work->summary, METRIC_RUN_LINES, counts.lines);
	summary_count(&work->summary, METRIC_DIFFERENCES,
	    counts.changed + counts.gone + counts.added);
	return rc;
}

int
run_diff(struct tool *tool)
{
	return do_work(tool, 1, 2, "needs two runs, or - for them", work_diff);
}

static int
work_claims(struct work *work, struct qf_error *err)
{
	struct audit_claims_counts counts = {0};
	struct handle *runs;
	size_t count;
	int rc;

	if (handles_take(&runs, &count, work->tool->operands,
		work->tool->operand_count, stdin, err) == -1) {
		return -1;
	}
	rc = count == 1 ? audit_claims(work->audit.ledger, &runs[0],
			      work->audit.form, work->audit.sink, &counts, err)
			: qf_fail(err, QF_USAGE, "claims-one",
			      "claims are compared with one run");
	free(runs);
	summary_count(&work->summary, METRIC_SESSIONS, counts.sessions);
	summary_count(&work->summary, METRIC_DIFFERENCES, counts.differences);
	return rc;
}

int
run_claims(struct tool *tool)
{
	return do_work(tool, 1, 1, "needs a run, or - for it", work_claims);
}
