/* qf-report - shows what a ledger holds, in tables and pictures.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/outfile.h"
#include "base/tool.h"
#include "stage/report/event.h"
#include "stage/summary.h"

enum { OPT_CONTRACT = 1, OPT_EVENT };

static const struct options_row event_rows[] = {
    {OPT_CONTRACT, 'c', "contract", "ID", "this contract only"},
    {OPT_EVENT, 'e', "event", "ID", "this event only"},
    {TOOL_OUTPUT, 'o', "output", "PATH",
	"draw each event into a directory, all on one page that ends in "
	".html, or one into a file that ends in .svg"},
    TOOL_ROW_FORCE,
    TOOL_ROW_JSON,
    TOOL_ROW_LANG,
    {0},
};

struct given {
	struct report_event_request request;
	bool json;
};

static int
take_option(struct tool *tool, struct given *given, int id, const char *value)
{
	switch (id) {
	case OPT_CONTRACT:
		return tool_take_id(
		    tool, "contract", value, &given->request.contract);
	case OPT_EVENT:
		return tool_take_id(
		    tool, "event", value, &given->request.event);
	case TOOL_OUTPUT:
		given->request.output = value;
		return 0;
	case TOOL_FORCE:
		given->request.force = true;
		return 0;
	case TOOL_JSON:
		given->json = true;
		return 0;
	case TOOL_LANG:
		return tool_take_language(tool, value, &given->request.zh);
	default:
		BUG("option %d", id);
	}
}

/* Reads the options and the handle: 0, or -1 when the tool is to finish. */
static int
take_options(struct tool *tool, struct given *given, struct handle *run)
{
	struct qf_error err;
	const char *value;
	int id, rc;

	while ((rc = tool_option(tool, &id, &value)) == 1) {
		if (take_option(tool, given, id, value) == -1) {
			return -1;
		}
	}
	if (rc == -1) {
		return -1;
	}
	if (tool->operand_count != 1) {
		tool_misuse(tool, "a run of qf-settle is needed");
		return -1;
	}
	if (handle_parse(run, tool->operands[0], &err) == -1) {
		tool_misuse(tool, "%s", err.text);
		return -1;
	}
	return 0;
}

/* Reports on standard output. */
static int
report(const char *path, const struct given *given, struct handle *run,
    struct report_event_counts *counts, struct qf_error *err)
{
	struct outfile *out = NULL;
	int rc = -1;

	if (outfile_begin(&out, "-", "qf-report", false, err) == 0 &&
	    report_event(path, run, &given->request,
		table_form_for(STDOUT_FILENO, given->json), sink_outfile(out),
		counts, err) == 0) {
		rc = outfile_commit(out, err);
	}
	outfile_free(out);
	return rc;
}

static int
run_event(struct tool *tool)
{
	struct report_event_counts counts;
	struct given given = {0};
	struct handle run = {0};
	struct qf_error err;
	const char *path;

	if (take_options(tool, &given, &run) == -1 ||
	    (path = tool_ledger(tool)) == NULL) {
		return tool_finish(tool, tool->status);
	}
	if (report(path, &given, &run, &counts, &err) == -1) {
		return tool_fail(tool, &err);
	}
	tool_detail(tool, "%lld events, %lld held, %lld pictures",
	    (long long)counts.events, (long long)counts.held,
	    (long long)counts.pictures);
	return tool_finish(tool, QF_OK);
}

static const struct tool_command commands[] = {
    {"event", "tell and draw what a run of qf-settle found of events", "RUN",
	event_rows, true, run_event},
    {0},
};

static const struct tool_spec spec = {
    .name = "qf-report",
    .purpose = "show what a ledger holds, in tables and pictures",
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
