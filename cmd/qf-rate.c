/* qf-rate - prices what contracts used in a period.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/tool.h"
#include "stage/rate/period.h"
#include "stage/rate/report.h"

enum {
	OPT_KIND = 1,
	OPT_CONTRACT,
	OPT_LEG,
	OPT_MAX_HELD,
	OPT_CARRY_FROM,
	OPT_DRY_RUN
};

static const struct options_row rows[] = {
    TOOL_ROW_PERIOD,
    {OPT_KIND, 'k', "kind", "KIND",
	"trial, draft, final (default), correction"},
    {OPT_CONTRACT, 'c', "contract", "ID", "this contract only"},
    {OPT_LEG, 0, "leg", "LEG", "this leg of contracts only"},
    TOOL_ROW_AS_OF,
    TOOL_ROW_CUT_OFF,
    {OPT_MAX_HELD, 0, "max-held", "N",
	"status 1 only where more than N are held (default 0)"},
    {OPT_CARRY_FROM, 0, "carry-from", "RUN",
	"take up the energy that this run carried on"},
    {OPT_DRY_RUN, 'n', "dry-run", NULL,
	"only say what would be held; append nothing"},
    TOOL_ROW_SUMMARY,
    TOOL_ROW_METRICS,
    TOOL_ROW_WAIT,
    {0},
};

static const struct tool_spec spec = {
    .name = "qf-rate",
    .purpose = "price what contracts used in a period",
    .options = rows,
    .ledger = true,
};

struct options_given {
	struct rate_ask ask;
	struct summary summary;
	int64_t max_held;
};

static int
take_option(
    struct tool *tool, struct options_given *given, int id, const char *value)
{
	int rc = 0;

	switch (id) {
	case TOOL_PERIOD:
		given->ask.period = value;
		break;
	case OPT_KIND:
		rc = tool_take_kind(tool, value, &given->ask.kind);
		break;
	case OPT_CONTRACT:
		rc =
		    tool_take_id(tool, "contract", value, &given->ask.contract);
		break;
	case OPT_LEG:
		rc = tool_take_id(tool, "leg", value, &given->ask.leg);
		break;
	case TOOL_AS_OF:
		given->ask.asof = value;
		break;
	case TOOL_CUT_OFF:
		given->ask.cut_off = value;
		break;
	case OPT_MAX_HELD:
		rc = tool_take_number(
		    tool, "max-held", value, INT32_MAX, &given->max_held);
		break;
	case OPT_CARRY_FROM:
		given->ask.carry_from = value;
		break;
	case OPT_DRY_RUN:
		given->ask.dry_run = true;
		break;
	case TOOL_SUMMARY:
	case TOOL_METRICS:
		summary_take(&given->summary, id, value);
		break;
	case TOOL_WAIT:
		rc = tool_take_wait(tool, value, &given->ask.wait_seconds);
		break;
	default:
		BUG("option %d", id);
	}
	return rc;
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
	if (rc == -1 || tool_no_operand(tool) == -1 ||
	    tool_need(tool, "period", given->ask.period) == -1) {
		return -1;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	static struct rate_report report;
	struct options_given given = {0};
	struct tool tool;
	struct qf_error err;
	const char *path;
	char text[HANDLE_TEXT_MAX];

	if (tool_begin(&tool, &spec, argc, argv) == -1 ||
	    take_options(&tool, &given) == -1 ||
	    (path = tool_ledger(&tool)) == NULL ||
	    summary_begin(&given.summary, &tool) == -1) {
		return tool_finish(&tool, tool.status);
	}
	given.ask.quiet = tool.quiet;
	if (clock_now_utc(&given.ask.recorded_utc, NULL, &err) == -1 ||
	    rate_period(path, &given.ask, &report, &err) == -1) {
		rate_report_summary(&given.summary, &report);
		return summary_fail(&given.summary, &tool, &err);
	}
	if (!given.ask.dry_run) {
		puts(handle_format(&report.run, text, sizeof(text)));
	}
	holds_tell(&report.holds, &tool);
	tool_detail(&tool,
	    "as of entry %lld: %lld points, %lld lines, %lld held",
	    (long long)report.asof, (long long)report.counts.points,
	    (long long)report.counts.lines, (long long)report.counts.holds);
	rate_report_summary(&given.summary, &report);
	return summary_finish(&given.summary, &tool,
	    report.counts.holds > given.max_held ? QF_NO : QF_OK);
}
