/* qf-share - splits the amounts of runs down a tree of owners.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/tool.h"
#include "stage/handles.h"
#include "stage/share/run.h"
#include "stage/summary.h"

enum { OPT_OWNERS = 1, OPT_KIND, OPT_MAX_HELD, OPT_DRY_RUN };

static const struct options_row rows[] = {
    {OPT_OWNERS, 'r', "owners", "ID",
	"the owners' tree, where the ledger has several"},
    {OPT_KIND, 'k', "kind", "KIND",
	"trial, draft, final (default), correction"},
    TOOL_ROW_AS_OF,
    {OPT_MAX_HELD, 0, "max-held", "N",
	"status 1 only where more than N are held (default 0)"},
    {OPT_DRY_RUN, 'n', "dry-run", NULL,
	"only say what would be held; append nothing"},
    TOOL_ROW_SUMMARY,
    TOOL_ROW_METRICS,
    TOOL_ROW_WAIT,
    {0},
};

static const struct tool_spec spec = {
    .name = SHARE_TOOL,
    .purpose = "split the amounts of runs down a tree of owners",
    .operands = "HANDLE...|-",
    .options = rows,
    .ledger = true,
};

struct options_given {
	struct share_ask ask;
	struct summary summary;
	int64_t max_held;
};

static int
take_option(
    struct tool *tool, struct options_given *given, int id, const char *value)
{
	switch (id) {
	case OPT_OWNERS:
		return tool_take_id(tool, "owners", value, &given->ask.owners);
	case OPT_KIND:
		return tool_take_kind(tool, value, &given->ask.kind);
	case TOOL_AS_OF:
		given->ask.asof = value;
		return 0;
	case OPT_MAX_HELD:
		return tool_take_number(
		    tool, "max-held", value, INT32_MAX, &given->max_held);
	case OPT_DRY_RUN:
		given->ask.dry_run = true;
		return 0;
	case TOOL_SUMMARY:
	case TOOL_METRICS:
		summary_take(&given->summary, id, value);
		return 0;
	case TOOL_WAIT:
		return tool_take_wait(tool, value, &given->ask.wait_seconds);
	default:
		BUG("option %d", id);
	}
}

/* Reads the options: 0, or -1 when the tool is to finish with its status. */
static int
take_options(struct tool *tool, struct options_given *given)
{
	const char *value;
	int id, rc;

	given->ask.kind = "final";
	while ((rc = tool_option(tool, &id, &value)) == 1) {
		if (take_option(tool, given, id, value) == -1) {
			return -1;
		}
	}
	if (rc == 0 && tool->operand_count == 0) {
		tool_misuse(tool, "a run is needed, or - for standard input");
		return -1;
	}
	return rc;
}

/* Prints the handles in the order of the runs, and tells what is held;
 * returns how many are. */
static int64_t
tell(const struct tool *tool, const struct share_report *reports, size_t count)
{
	char text[HANDLE_TEXT_MAX];
	int64_t held = 0;

	for (size_t i = 0; i < count; i++) {
		const struct share_report *report = &reports[i];

		if (report->run.entry != 0) {
			puts(handle_format(&report->run, text, sizeof(text)));
		}
		for (size_t j = 0; j < report->shown_count; j++) {
			tool_note(tool, "%s", report->shown[j]);
		}
		if (report->holds > (int64_t)report->shown_count) {
			tool_note(tool, "held: and %lld more",
			    (long long)(report->holds -
					(int64_t)report->shown_count));
		}
		tool_detail(tool, "%lld lines, %lld held",
		    (long long)report->lines, (long long)report->holds);
		held += report->holds;
	}
	return held;
}

static int
share(struct tool *tool, struct options_given *given, const char *path,
    struct handle *runs, size_t count)
{
	struct share_report *reports = xcalloc(count, sizeof(*reports));
	const struct share_done done = {reports, count};
	struct qf_error err;
	int status;

	if (share_runs(path, &given->ask, runs, count, reports, &err) == -1) {
		status = summary_fail(&given->summary, tool, &err);
	} else {
		int64_t held = tell(tool, reports, count);

		share_summary(&given->summary, &done);
		status = summary_finish(&given->summary, tool,
		    held > given->max_held ? QF_NO : QF_OK);
	}
	free(reports);
	return status;
}

int
main(int argc, char **argv)
{
	struct options_given given = {0};
	struct handle *runs = NULL;
	struct tool tool;
	struct qf_error err;
	const char *path;
	size_t count;
	int status;

	if (tool_begin(&tool, &spec, argc, argv) == -1 ||
	    take_options(&tool, &given) == -1 ||
	    (path = tool_ledger(&tool)) == NULL ||
	    summary_begin(&given.summary, &tool) == -1) {
		return tool_finish(&tool, tool.status);
	}
	if (clock_now_utc(&given.ask.recorded_utc, NULL, &err) == -1 ||
	    handles_take(&runs, &count, tool.operands, tool.operand_count,
		stdin, &err) == -1) {
		return summary_fail(&given.summary, &tool, &err);
	}
	status = share(&tool, &given, path, runs, count);
	free(runs);
	return status;
}
