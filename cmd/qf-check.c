/* qf-check - holds a period's reads and sessions against thresholds.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/outfile.h"
#include "base/tool.h"
#include "stage/check/check.h"
#include "stage/summary.h"

enum { OPT_RULE = 1, OPT_THRESHOLDS, OPT_POINT, OPT_MAX_FOUND, OPT_DRY_RUN };

static const struct options_row rows[] = {
    TOOL_ROW_PERIOD,
    {OPT_RULE, 'r', "rule", "ID",
	"the document of thresholds, where the ledger has several"},
    {OPT_THRESHOLDS, 't', "thresholds", "FILE",
	"a document of thresholds that is not in the ledger"},
    {OPT_POINT | OPTIONS_MANY, 0, "point", "ID",
	"this point, not those of contracts; may be given again"},
    TOOL_ROW_AS_OF,
    {OPT_MAX_FOUND, 0, "max-found", "N",
	"status 1 only where more than N are open (default 0)"},
    {TOOL_OUTPUT, 'o', "output", "FILE",
	"write the findings to FILE, and print the handle"},
    TOOL_ROW_JSON,
    TOOL_ROW_FORCE,
    {OPT_DRY_RUN, 'n', "dry-run", NULL,
	"only print what is found; append nothing"},
    TOOL_ROW_SUMMARY,
    TOOL_ROW_METRICS,
    TOOL_ROW_WAIT,
    {0},
};

static const struct tool_spec spec = {
    .name = CHECK_TOOL,
    .purpose = "hold a period's reads and sessions against thresholds",
    .options = rows,
    .ledger = true,
};

struct options_given {
	struct check_ask ask;
	char **points;
	const char *output; /* NULL: standard output */
	bool json, force;
	int64_t max_found;
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
	case OPT_THRESHOLDS:
		given->ask.thresholds = value;
		return 0;
	case OPT_POINT:
		return tool_take_more(tool, "point", value, &given->points,
		    &given->ask.point_count);
	case TOOL_AS_OF:
		given->ask.asof = value;
		return 0;
	case OPT_MAX_FOUND:
		return tool_take_number(
		    tool, "max-found", value, INT32_MAX, &given->max_found);
	case TOOL_OUTPUT:
		given->output = value;
		return 0;
	case TOOL_JSON:
		given->json = true;
		return 0;
	case TOOL_FORCE:
		given->force = true;
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
	if (given->ask.rule != NULL && given->ask.thresholds != NULL) {
		tool_misuse(tool, "--rule and --thresholds exclude each other");
		return -1;
	}
	return 0;
}

/* Checks, and publishes what was found once the ledger has it. */
static int
check(const struct options_given *given, const char *path,
    struct check_report *report, struct qf_error *err)
{
	struct outfile *file;
	int rc;

	if (outfile_begin(&file, given->output == NULL ? "-" : given->output,
		CHECK_TOOL, given->force, err) == -1) {
		return -1;
	}
	rc = check_period(path, &given->ask, sink_outfile(file), report, err);
	if (rc == 0) {
		rc = outfile_commit(file, err);
	}
	outfile_free(file);
	return rc;
}

static int
run(struct tool *tool, struct options_given *given, const char *path)
{
	static struct check_report report;
	struct qf_error err;
	char text[HANDLE_TEXT_MAX];

	given->ask.form = given->output == NULL
			      ? table_form_for(STDOUT_FILENO, given->json)
			  : given->json ? TABLE_JSON
					: TABLE_CSV;
	if (clock_now_utc(&given->ask.recorded_utc, NULL, &err) == -1 ||
	    check(given, path, &report, &err) == -1) {
		check_summary(&given->summary, &report);
		return summary_fail(&given->summary, tool, &err);
	}
	if (report.batch.entry != 0) {
		handle_format(&report.batch, text, sizeof(text));
		if (given->output != NULL) {
			puts(text);
		}
		tool_detail(tool, "%s", text);
	}
	tool_detail(tool,
	    "as of entry %lld: %lld points, %lld sessions; %lld findings open, "
	    "%lld hold, %lld cleared, %lld closed",
	    (long long)report.asof, (long long)report.points,
	    (long long)report.sessions, (long long)report.open,
	    (long long)report.holding, (long long)report.cleared,
	    (long long)report.closed);
	check_summary(&given->summary, &report);
	return summary_finish(&given->summary, tool,
	    report.open > given->max_found ? QF_NO : QF_OK);
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
