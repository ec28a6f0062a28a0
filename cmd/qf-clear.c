/* qf-clear - clears an auction: bids into awards and a price.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/outfile.h"
#include "base/tool.h"
#include "stage/clear/auction.h"

enum {
	OPT_AUCTION = 1,
	OPT_MARKET,
	OPT_OPENING,
	OPT_KIND,
	OPT_AGAINST,
	OPT_MAX_REFUSED,
	OPT_DRY_RUN
};

static const struct options_row rows[] = {
    {OPT_AUCTION, 'a', "auction", "ID", "clear this auction"},
    {OPT_MARKET, 'm', "market", "ID",
	"the market's document, where the ledger has several"},
    {OPT_OPENING, 0, "opening", "PRICE",
	"the trade before the first, where the rule asks for it"},
    {OPT_KIND, 'k', "kind", "KIND",
	"trial, draft, final (default), correction"},
    TOOL_ROW_AS_OF,
    TOOL_ROW_CUT_OFF,
    {OPT_MAX_REFUSED, 0, "max-refused", "N",
	"status 1 only where more than N bids are refused (default 0)"},
    {OPT_AGAINST, 0, "against", "WHAT",
	"compare with what was published (published) or with a run"},
    {OPT_DRY_RUN, 'n', "dry-run", NULL,
	"only say what would be refused; append nothing"},
    TOOL_ROW_JSON,
    TOOL_ROW_SUMMARY,
    TOOL_ROW_METRICS,
    TOOL_ROW_WAIT,
    {0},
};

static const struct tool_spec spec = {
    .name = CLEAR_TOOL,
    .purpose = "clear an auction: bids into awards and a price",
    .options = rows,
    .ledger = true,
};

struct options_given {
	struct clear_ask ask;
	struct summary summary;
	int64_t max_refused;
	bool json;
};

static int
take_option(
    struct tool *tool, struct options_given *given, int id, const char *value)
{
	struct clear_ask *ask = &given->ask;

	switch (id) {
	case OPT_AUCTION:
		return tool_take_id(tool, "auction", value, &ask->auction);
	case OPT_MARKET:
		return tool_take_id(tool, "market", value, &ask->market);
	case OPT_OPENING:
		ask->opening = value;
		return 0;
	case OPT_KIND:
		return tool_take_kind(tool, value, &ask->kind);
	case OPT_AGAINST:
		ask->against = value;
		return 0;
	case OPT_MAX_REFUSED:
		return tool_take_number(
		    tool, "max-refused", value, INT32_MAX, &given->max_refused);
	case OPT_DRY_RUN:
		ask->dry_run = true;
		return 0;
	case TOOL_AS_OF:
		ask->asof = value;
		return 0;
	case TOOL_CUT_OFF:
		ask->cut_off = value;
		return 0;
	case TOOL_JSON:
		given->json = true;
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
	    tool_need(tool, "auction", given->ask.auction) == -1) {
		return -1;
	}
	if (given->json && given->ask.against == NULL) {
		tool_misuse(tool, "--json is for the table of --against");
		return -1;
	}
	return 0;
}

static void
tell_hour(void *context, const char *text)
{
	tool_detail(context, "%s", text);
}

/* Tells briefly what was refused: the first few, and the count of each
 * reason; and the hours in which demand was not served. */
static void
tell_refused(const struct tool *tool, const struct clear_report *report)
{
	const struct clear_counts *counts = &report->counts;

	for (size_t i = 0; i < report->shown_count; i++) {
		tool_note(tool, "%s", report->shown[i]);
	}
	if (counts->refused > (int64_t)report->shown_count) {
		tool_note(tool, "refused: and %lld more",
		    (long long)(counts->refused -
				(int64_t)report->shown_count));
	}
	for (size_t i = 0; i < report->reason_count; i++) {
		tool_note(tool, "refused: %lld for %s",
		    (long long)report->reasons[i].count,
		    report->reasons[i].reason);
	}
	if (counts->short_hours > 0) {
		tool_note(tool, "demand not all served: %lld of %lld hours",
		    (long long)counts->short_hours, (long long)counts->hours);
	}
}

static void
tell_done(const struct tool *tool, const struct clear_report *report)
{
	const struct clear_counts *counts = &report->counts;

	tool_detail(tool,
	    "as of entry %lld: %lld hours, %lld bids, %lld refused, "
	    "%lld paradoxical, %lld trades",
	    (long long)report->asof, (long long)counts->hours,
	    (long long)counts->bids, (long long)counts->refused,
	    (long long)counts->paradoxical, (long long)counts->trades);
}

/* Clears; what differs is printed whole before anything is said. */
static int
clear(struct options_given *given, const char *path,
    struct clear_report *report, struct qf_error *err)
{
	struct outfile *file;
	int rc;

	if (outfile_begin(&file, "-", CLEAR_TOOL, false, err) == -1) {
		return -1;
	}
	given->ask.differences = sink_outfile(file);
	given->ask.form = table_form_for(STDOUT_FILENO, given->json);
	rc = clear_auction(path, &given->ask, report, err);
	if (rc == 0) {
		rc = outfile_commit(file, err);
	}
	outfile_free(file);
	return rc;
}

static int
finish(struct tool *tool, const struct options_given *given,
    struct summary *summary, const struct clear_report *report)
{
	bool no = given->ask.against != NULL
		      ? report->differences > 0
		      : report->counts.refused > given->max_refused;

	return summary_finish(summary, tool, no ? QF_NO : QF_OK);
}

int
main(int argc, char **argv)
{
	static struct clear_report report;
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
	given.ask.tell = tool.verbose ? tell_hour : NULL;
	given.ask.tell_context = &tool;
	if (clock_now_utc(&given.ask.recorded_utc, NULL, &err) == -1 ||
	    clear(&given, path, &report, &err) == -1) {
		clear_report_summary(&given.summary, &report);
		return summary_fail(&given.summary, &tool, &err);
	}
	if (!given.ask.dry_run && given.ask.against == NULL) {
		puts(handle_format(&report.run, text, sizeof(text)));
	}
	tell_refused(&tool, &report);
	tell_done(&tool, &report);
	clear_report_summary(&given.summary, &report);
	return finish(&tool, &given, &given.summary, &report);
}
