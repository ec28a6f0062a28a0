/* qf-fill - estimates the reads that a period lacks.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/tool.h"
#include "stage/fill/fill.h"
#include "stage/summary.h"

enum { OPT_RULE = 1, OPT_POINT, OPT_LIST, OPT_DRY_RUN };

static const struct options_row rows[] = {
    TOOL_ROW_PERIOD,
    {OPT_RULE, 'r', "rule", "ID",
	"the document of estimation, where there are several"},
    {OPT_POINT | OPTIONS_MANY, 0, "point", "ID",
	"this point, not those of contracts; may be given again"},
    TOOL_ROW_AS_OF,
    {OPT_LIST, 0, "list", "FILE", "write every gap to FILE as a table"},
    TOOL_ROW_JSON,
    TOOL_ROW_FORCE,
    {OPT_DRY_RUN, 'n', "dry-run", NULL,
	"only say what would be left; append nothing"},
    TOOL_ROW_SUMMARY,
    TOOL_ROW_METRICS,
    TOOL_ROW_WAIT,
    {0},
};

static const struct tool_spec spec = {
    .name = FILL_TOOL,
    .purpose = "estimate the reads that a period lacks",
    .options = rows,
    .ledger = true,
};

struct options_given {
	struct fill_ask ask;
	char **points;
	struct summary summary;
};

static int
take_option(
    struct tool *tool, struct options_given *given, int id, const char *value)
{
	switch (id) {
	case TOOL_PERIOD:
		given->ask.period = value;
		return 0;
	case OPT_RULE:
		return tool_take_id(tool, "rule", value, &given->ask.rule);
	case OPT_POINT:
		return tool_take_more(tool, "point", value, &given->points,
		    &given->ask.point_count);
	case TOOL_AS_OF:
		given->ask.asof = value;
		return 0;
	case OPT_LIST:
		given->ask.list = value;
		return 0;
	case TOOL_JSON:
		given->ask.json = true;
		return 0;
	case TOOL_FORCE:
		given->ask.force = true;
		return 0;
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

	while ((rc = tool_option(tool, &id, &value)) == 1) {
		if (take_option(tool, given, id, value) == -1) {
			return -1;
		}
	}
	if (rc == -1 || tool_no_operand(tool) == -1 ||
	    tool_need(tool, "period", given->ask.period) == -1) {
		return -1;
	}
	if (given->ask.list == NULL && given->ask.json) {
		tool_misuse(tool, "--json is of the --list");
		return -1;
	}
	return 0;
}

/* Tells briefly what is left: the first few gaps, and how many more. */
static void
tell_left(const struct tool *tool, const struct fill_report *report)
{
	for (size_t i = 0; i < report->shown_count; i++) {
		tool_note(tool, "%s", report->shown[i]);
	}
	if (report->left_gaps > (int64_t)report->shown_count) {
		tool_note(tool, "left: and %lld more",
		    (long long)(report->left_gaps -
				(int64_t)report->shown_count));
	}
}

static int
run(struct tool *tool, struct options_given *given, const char *path)
{
	static struct fill_report report;
	struct qf_error err;
	char text[HANDLE_TEXT_MAX];

	if (clock_now_utc(&given->ask.recorded_utc, NULL, &err) == -1 ||
	    fill_period(path, &given->ask, &report, &err) == -1) {
		fill_summary(&given->summary, &report);
		return summary_fail(&given->summary, tool, &err);
	}
	if (report.batch.entry != 0) {
		puts(handle_format(&report.batch, text, sizeof(text)));
	}
	tell_left(tool, &report);
	tool_detail(tool,
	    "as of entry %lld: %lld points, %lld gaps, %lld values estimated, "
	    "%lld gaps left",
	    (long long)report.asof, (long long)report.points,
	    (long long)report.gaps, (long long)report.values,
	    (long long)report.left_gaps);
	fill_summary(&given->summary, &report);
	return summary_finish(
	    &given->summary, tool, report.left_gaps > 0 ? QF_NO : QF_OK);
}

int
main(int argc, char **argv)
{
	struct options_given given = {0};
	struct tool tool;
	const char *path;
	int status;

	if (tool_begin(&tool, &spec, argc, argv) == -1 ||
	    take_options(&tool, &given) == -1 ||
	    (path = tool_ledger(&tool)) == NULL ||
	    summary_begin(&given.summary, &tool) == -1) {
		status = tool_finish(&tool, tool.status);
	} else {
		given.ask.points = given.points;
		given.ask.quiet = tool.quiet;
		status = run(&tool, &given, path);
	}
	tool_free_ids(given.points, given.ask.point_count);
	return status;
}
