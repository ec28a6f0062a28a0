/* qf-settle - settles what contracts earn by the events of a period.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/tool.h"
#include "stage/settle/period.h"

enum {
	OPT_KIND = 1,
	OPT_CONTRACT,
	OPT_LEG,
	OPT_EVENT,
	OPT_AWARDS,
	OPT_MAX_HELD,
	OPT_DRY_RUN
};

static const struct options_row rows[] = {
    TOOL_ROW_PERIOD,
    {OPT_KIND, 'k', "kind", "KIND",
	"trial, draft, final (default), correction"},
    {OPT_CONTRACT, 'c', "contract", "ID", "this contract only"},
    {OPT_LEG, 0, "leg", "LEG", "this leg of contracts only"},
    {OPT_EVENT, 'e', "event", "ID",
	"this event only, in a trial or draft (or with -n)"},
    {OPT_AWARDS, 0, "awards", "RUN",
	"take awards and prices of an event's auction from this run"},
    TOOL_ROW_AS_OF,
    TOOL_ROW_CUT_OFF,
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
    .name = "qf-settle",
    .purpose = "settle what contracts earn by the events of a period",
    .options = rows,
    .ledger = true,
};

struct options_given {
	struct settle_ask ask;
	struct summary summary;
	int64_t max_held;
};

static int
take_option(
    struct tool *tool, struct options_given *given, int id, const char *value)
{
	struct settle_ask *ask = &given->ask;

	switch (id) {
	case TOOL_PERIOD:
		ask->period = value;
		return 0;
	case OPT_KIND:
		return tool_take_kind(tool, value, &ask->kind);
	case OPT_CONTRACT:
		return tool_take_id(tool, "contract", value, &ask->contract);
	case OPT_LEG:
		return tool_take_id(tool, "leg", value, &ask->leg);
	case OPT_EVENT:
		return tool_take_id(tool, "event", value, &ask->event);
	case OPT_AWARDS:
		ask->awards = value;
		return 0;
	case TOOL_AS_OF:
		ask->asof = value;
		return 0;
	case TOOL_CUT_OFF:
		ask->cut_off = value;
		return 0;
	case OPT_MAX_HELD:
		return tool_take_number(
		    tool, "max-held", value, INT32_MAX, &given->max_held);
	case OPT_DRY_RUN:
		ask->dry_run = true;
		return 0;
	case TOOL_SUMMARY:
	case TOOL_METRICS:
		summary_take(&given->summary, id, value);
		return 0;
	case TOOL_WAIT:
		return tool_take_wait(tool, value, &ask->wait_seconds);
	default:
		BUG("option %d", id);
	}
}

/* A run of one event alone must not be posted: what it leaves out would be
 * reversed. */
static int
check_event(struct tool *tool, const struct settle_ask *ask)
{
	if (ask->event != NULL && !ask->dry_run &&
	    strcmp(ask->kind, "trial") != 0 &&
	    strcmp(ask->kind, "draft") != 0) {
		tool_misuse(tool,
		    "--event is for --kind trial or draft, which are not "
		    "posted, or for --dry-run");
		return -1;
	}
	return 0;
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
	    tool_need(tool, "period", given->ask.period) == -1 ||
	    check_event(tool, &given->ask) == -1) {
		return -1;
	}
	return 0;
}

static void
tell_nothing(void *context, const char *event, const char *why)
{
	tool_detail(context, "event %s: nothing: %s", event, why);
}

int
main(int argc, char **argv)
{
	static struct settle_report report;
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
	given.ask.nothing = tell_nothing;
	given.ask.context = &tool;
	if (clock_now_utc(&given.ask.recorded_utc, NULL, &err) == -1 ||
	    settle_period(path, &given.ask, &report, &err) == -1) {
		settle_report_summary(&given.summary, &report);
		return summary_fail(&given.summary, &tool, &err);
	}
	if (!given.ask.dry_run) {
		puts(handle_format(&report.run, text, sizeof(text)));
	}
	holds_tell(&report.holds, &tool);
	if (report.counts.for_nobody > 0) {
		tool_note(&tool,
		    "no contract is for %lld of the period's events: -v names "
		    "them",
		    (long long)report.counts.for_nobody);
	}
	tool_detail(&tool,
	    "as of entry %lld: %lld events of contracts, %lld lines, %lld held",
	    (long long)report.asof, (long long)report.counts.events,
	    (long long)report.counts.lines, (long long)report.counts.holds);
	settle_report_summary(&given.summary, &report);
	return summary_finish(&given.summary, &tool,
	    report.counts.holds > given.max_held ? QF_NO : QF_OK);
}
