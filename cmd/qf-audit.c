/* qf-audit - proves a ledger, and explains what is in it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/tool.h"
#include "stage/audit.h"
#include "stage/audit_checkpoint.h"
#include "stage/audit_explain.h"
#include "stage/audit_log.h"
#include "stage/audit_reconcile.h"
#include "stage/audit_replay.h"
#include "stage/audit_verify.h"
#include "stage/handles.h"

enum { OPT_KIND = 1, OPT_SINCE, OPT_READS, OPT_EXPORTED };

#define EXPORTED_MAX 64 /* directories */

/* What the subcommands take; each only what its table has. */
struct given {
	const char *kind;
	const char *since;
	bool json;
	bool reads;
	const char *period;
	const char *exported[EXPORTED_MAX];
	size_t exported_count;
};

/* A subcommand: its work on a ledger that is open for reading, with what it
 * prints. */
struct work {
	struct tool *tool;
	struct given given;
	struct audit audit;
};

static const struct options_row log_rows[] = {
    {OPT_KIND, 0, "kind", "KIND", "only market, batch, rule, run or posting"},
    TOOL_ROW_JSON,
    {0},
};

static const struct options_row verify_rows[] = {
    {OPT_SINCE, 0, "since", "FILE",
	"also hold the past against this checkpoint"},
    {0},
};

static const struct options_row explain_rows[] = {
    {OPT_READS, 0, "reads", NULL, "list each interval, not only days"},
    {0},
};

static const struct options_row reconcile_rows[] = {
    TOOL_ROW_PERIOD,
    {OPT_EXPORTED, 0, "exported", "DIR",
	"also sum up this directory of qf-export; may be repeated"},
    TOOL_ROW_JSON,
    {0},
};

/* Reads the options: 0, or -1 when the tool is to finish with its status. */
static int
take_options(struct tool *tool, struct given *given)
{
	const char *value;
	int id, rc;

	while ((rc = tool_option(tool, &id, &value)) == 1) {
		switch (id) {
		case OPT_KIND:
			given->kind = value;
			break;
		case OPT_SINCE:
			given->since = value;
			break;
		case OPT_READS:
			given->reads = true;
			break;
		case TOOL_PERIOD:
			given->period = value;
			break;
		case OPT_EXPORTED:
			if (given->exported_count == EXPORTED_MAX) {
				tool_misuse(tool, "at most %d directories",
				    EXPORTED_MAX);
				return -1;
			}
			given->exported[given->exported_count++] = value;
			break;
		case TOOL_JSON:
			given->json = true;
			break;
		default:
			BUG("option %d", id);
		}
	}
	return rc;
}

/* Opens the ledger and standard output, and does the work; what was printed
 * comes out also where the answer is no. */
static int
do_work(struct tool *tool, size_t least, size_t most,
    int (*function)(struct work *work, struct qf_error *err))
{
	struct work work = {.tool = tool};
	struct qf_error err;
	const char *path;
	int rc;

	if (take_options(tool, &work.given) == -1) {
		return tool_finish(tool, tool->status);
	}
	if (tool->operand_count < least || tool->operand_count > most) {
		return tool_misuse(tool, "%s %s", tool->command->name,
		    most == 0       ? "takes no operand"
		    : least == most ? "takes one operand"
		    : least == 0    ? "takes at most three levels"
				    : "needs an operand");
	}
	path = tool_ledger(tool);
	if (path == NULL) {
		return tool_finish(tool, tool->status);
	}
	rc = audit_begin(&work.audit, path, work.given.json, &err);
	if (rc == 0) {
		rc = function(&work, &err);
	}
	rc = audit_end(&work.audit, rc, &err);
	return rc == 0 ? tool_finish(tool, QF_OK) : tool_fail(tool, &err);
}

static int
work_log(struct work *work, struct qf_error *err)
{
	return audit_log(work->audit.ledger, work->given.kind, work->audit.form,
	    work->audit.sink, err);
}

static int
run_log(struct tool *tool)
{
	return do_work(tool, 0, 0, work_log);
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

static int
run_verify(struct tool *tool)
{
	return do_work(tool, 0, 3, work_verify);
}

static int
work_checkpoint(struct work *work, struct qf_error *err)
{
	return audit_checkpoint(work->audit.ledger, work->audit.sink, err);
}

static int
run_checkpoint(struct tool *tool)
{
	return do_work(tool, 0, 0, work_checkpoint);
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
	}
	free(handles);
	return rc;
}

static int
run_replay(struct tool *tool)
{
	return do_work(tool, 1, SIZE_MAX, work_replay);
}

static int
work_explain(struct work *work, struct qf_error *err)
{
	const struct audit_explain_request request = {
	    .reads = work->given.reads};
	struct handle handle;

	if (handle_parse(&handle, work->tool->operands[0], err) == -1) {
		return -1;
	}
	return audit_explain(
	    work->audit.ledger, &handle, &request, work->audit.sink, err);
}

static int
run_explain(struct tool *tool)
{
	return do_work(tool, 1, 1, work_explain);
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

	if (given->period == NULL) {
		return qf_fail(
		    err, QF_USAGE, "period-missing", "a period is needed");
	}
	return audit_reconcile(work->audit.ledger, &request, work->audit.form,
	    work->audit.sink, err);
}

static int
run_reconcile(struct tool *tool)
{
	return do_work(tool, 0, 0, work_reconcile);
}

static int
work_snapshot(struct work *work, struct qf_error *err)
{
	return audit_snapshot(&work->audit, work->tool->operands[0], err);
}

static int
run_snapshot(struct tool *tool)
{
	return do_work(tool, 1, 1, work_snapshot);
}

static const struct tool_command commands[] = {
    {"log", "list the entries", NULL, log_rows, true, run_log},
    {"verify", "prove the file, the chain and the balance",
	"[file|chain|balance]...", verify_rows, true, run_verify},
    {"checkpoint", "print three lines that prove the past", NULL, NULL, true,
	run_checkpoint},
    {"replay", "compute runs again and compare every row", "RUN...|-", NULL,
	true, run_replay},
    {"explain", "tell a line from its amount back to the files",
	"RUN/LINE|POSTING/LINE", explain_rows, true, run_explain},
    {"reconcile", "follow energy and money from the meter to the bill", NULL,
	reconcile_rows, true, run_reconcile},
    {"snapshot", "write a copy that stands on its own", "FILE", NULL, true,
	run_snapshot},
    {0},
};

static const struct tool_spec spec = {
    .name = "qf-audit",
    .purpose = "prove a ledger, and explain what is in it",
    .commands = commands,
};

int
main(int argc, char **argv)
{
	struct tool tool;

	if (tool_begin(&tool, &spec, argc, argv) == -1) {
		return tool_finish(&tool, tool.status);
	}
	return tool.command->run(&tool);
}
