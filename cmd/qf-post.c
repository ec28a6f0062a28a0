/* qf-post - books what runs change.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/clock.h"
#include "base/progress.h"
#include "base/tool.h"
#include "stage/handles.h"
#include "stage/post/post.h"

enum { OPT_BOOKING_MONTH = 1 };

static const struct options_row rows[] = {
    {OPT_BOOKING_MONTH, 0, "booking-month", "YYYY-MM",
	"book in this month (default: the run's last month)"},
    TOOL_ROW_SUMMARY,
    TOOL_ROW_METRICS,
    TOOL_ROW_WAIT,
    {0},
};

static const struct tool_spec spec = {
    .name = "qf-post",
    .purpose = "book what runs change",
    .operands = "HANDLE...|-",
    .options = rows,
    .ledger = true,
};

struct options_given {
	struct post_request request;
	struct summary summary;
	int wait_seconds;
};

static int
take_month(struct tool *tool, const char *value, int *month)
{
	struct qf_error err;
	int32_t months;

	if (civil_parse_month(value, strlen(value), &months, &err) == -1) {
		tool_misuse(tool, "%s", err.text);
		return -1;
	}
	*month = (int)(months / 12) * 100 + (int)(months % 12) + 1;
	return 0;
}

/* Reads the options: 0, or -1 when the tool is to finish with its status. */
static int
take_options(struct tool *tool, struct options_given *given)
{
	const char *value;
	int id, rc;

	while ((rc = tool_option(tool, &id, &value)) == 1) {
		switch (id) {
		case OPT_BOOKING_MONTH:
			rc = take_month(
			    tool, value, &given->request.booking_month);
			break;
		case TOOL_SUMMARY:
		case TOOL_METRICS:
			summary_take(&given->summary, id, value);
			break;
		case TOOL_WAIT:
			rc = tool_take_wait(tool, value, &given->wait_seconds);
			break;
		default:
			BUG("option %d", id);
		}
		if (rc == -1) {
			return -1;
		}
	}
	if (rc == 0 && tool->operand_count == 0) {
		tool_misuse(tool, "a run is needed, or - for standard input");
		return -1;
	}
	return rc;
}

/* Prints the handles, in the order of the runs. */
static void
print_handles(
    const struct tool *tool, const struct post_report *reports, size_t count)
{
	char text[HANDLE_TEXT_MAX];

	for (size_t i = 0; i < count; i++) {
		puts(handle_format(&reports[i].posting, text, sizeof(text)));
		tool_detail(tool, "%s: %lld lines, %lld transfers%s", text,
		    (long long)reports[i].delta.lines,
		    (long long)reports[i].delta.transfers,
		    reports[i].appended ? "" : " (booked before)");
	}
}

/* Posts the runs and finishes; returns the status. */
static int
post(struct tool *tool, const char *path, struct options_given *given,
    struct handle *runs, size_t count)
{
	struct post_report *reports = xcalloc(count, sizeof(*reports));
	const struct post_booked booked = {runs, reports, count};
	struct qf_error err;
	struct progress bar;
	int rc, status;

	progress_begin(&bar, "posting", 0, tool->quiet);
	given->request.bar = &bar;
	rc = post_runs(path, given->wait_seconds, runs, count, &given->request,
	    reports, &err);
	progress_end(&bar);
	if (rc == 0) {
		print_handles(tool, reports, count);
		post_summary(&given->summary, &booked);
		status = summary_finish(&given->summary, tool, QF_OK);
	} else {
		status = summary_fail(&given->summary, tool, &err);
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
	if (clock_now_utc(&given.request.recorded_utc, NULL, &err) == -1 ||
	    handles_take(&runs, &count, tool.operands, tool.operand_count,
		stdin, &err) == -1) {
		return summary_fail(&given.summary, &tool, &err);
	}
	status = post(&tool, path, &given, runs, count);
	free(runs);
	return status;
}
