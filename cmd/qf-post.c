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
#include "base/outfile.h"
#include "base/progress.h"
#include "base/sink.h"
#include "base/tool.h"
#include "format/jsonout.h"
#include "ledger/db.h"
#include "stage/handles.h"
#include "stage/post.h"

#define WAIT_MAX 86400 /* seconds */

enum { OPT_BOOKING_MONTH = 1 };

static const struct options_row rows[] = {
    {OPT_BOOKING_MONTH, 0, "booking-month", "YYYY-MM",
	"book in this month (default: the run's last month)"},
    TOOL_ROW_SUMMARY,
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
	const char *summary; /* NULL: none */
	int wait_seconds;
};

/* What was done with one run. */
struct done {
	struct handle posting;
	struct post_report report;
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

static int
take_wait(struct tool *tool, const char *value, int *seconds)
{
	long number = 0;
	size_t digits = strspn(value, "0123456789");

	if (digits == 0 || digits > 6 || value[digits] != '\0' ||
	    (number = strtol(value, NULL, 10)) > WAIT_MAX) {
		tool_misuse(tool, "%s: not a number of seconds up to %d", value,
		    WAIT_MAX);
		return -1;
	}
	*seconds = (int)number;
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
			given->summary = value;
			break;
		case TOOL_WAIT:
			rc = take_wait(tool, value, &given->wait_seconds);
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

static void
show_progress(void *context, int64_t lines)
{
	progress_step(context, lines);
}

/* Posts all in one transaction: all of them or none. */
static int
post_all(const char *path, const struct options_given *given, bool quiet,
    struct handle *runs, size_t count, struct done *done, struct qf_error *err)
{
	struct post_request request = given->request;
	struct progress bar;
	struct ledger *ledger;
	int rc = 0;

	if (ledger_open(
		&ledger, path, LEDGER_WRITE, given->wait_seconds, err) == -1) {
		return -1;
	}
	progress_begin(&bar, "posting", 0, quiet);
	request.progress = show_progress;
	request.context = &bar;
	for (size_t i = 0; rc == 0 && i < count; i++) {
		rc = post_run(ledger, &runs[i], &request, &done[i].posting,
		    &done[i].report, err);
	}
	progress_end(&bar);
	if (rc == 0) {
		rc = ledger_commit(ledger, err);
	}
	ledger_close(ledger);
	return rc;
}

static void
write_summary_of(
    struct jsonout *json, const struct handle *run, const struct done *done)
{
	const struct delta_result *delta = &done->report.delta;
	char text[HANDLE_TEXT_MAX];

	jsonout_begin_object(json);
	jsonout_name(json, "run");
	jsonout_string(json, handle_format(run, text, sizeof(text)));
	jsonout_name(json, "posting");
	jsonout_string(json, handle_format(&done->posting, text, sizeof(text)));
	jsonout_name(json, "appended");
	jsonout_bool(json, done->report.appended);
	jsonout_name(json, "lines");
	jsonout_int(json, delta->lines);
	jsonout_name(json, "keys");
	jsonout_int(json, delta->keys);
	jsonout_name(json, "transfers");
	jsonout_int(json, delta->transfers);
	jsonout_name(json, "change_minor");
	jsonout_int(json, delta->gross_minor);
	jsonout_name(json, "held");
	jsonout_int(json, done->report.held);
	jsonout_end_object(json);
}

static int
write_summary(const char *path, const struct handle *runs,
    const struct done *done, size_t count, struct qf_error *err)
{
	struct outfile *file = NULL;
	struct jsonout *json = NULL;
	int rc = -1;

	if (outfile_begin(&file, path, spec.name, true, err) == -1) {
		return -1;
	}
	json = jsonout_new(sink_outfile(file));
	jsonout_begin_object(json);
	jsonout_name(json, "postings");
	jsonout_begin_array(json);
	for (size_t i = 0; i < count; i++) {
		write_summary_of(json, &runs[i], &done[i]);
	}
	jsonout_end_array(json);
	jsonout_end_object(json);
	if (jsonout_end_line(json, err) == 0 &&
	    jsonout_finish(json, err) == 0) {
		rc = outfile_commit(file, err);
	}
	jsonout_free(json);
	outfile_free(file);
	return rc;
}

/* Prints the handles, in the order of the runs. */
static void
print_handles(const struct done *done, size_t count)
{
	char text[HANDLE_TEXT_MAX];

	for (size_t i = 0; i < count; i++) {
		puts(handle_format(&done[i].posting, text, sizeof(text)));
	}
}

int
main(int argc, char **argv)
{
	struct options_given given = {0};
	struct handle *runs = NULL;
	struct done *done = NULL;
	struct tool tool;
	struct qf_error err;
	const char *path;
	size_t count;
	int status = QF_OK;

	if (tool_begin(&tool, &spec, argc, argv) == -1 ||
	    take_options(&tool, &given) == -1 ||
	    (path = tool_ledger(&tool)) == NULL) {
		return tool_finish(&tool, tool.status);
	}
	if (clock_now_utc(&given.request.recorded_utc, NULL, &err) == -1 ||
	    handles_take(&runs, &count, tool.operands, tool.operand_count,
		stdin, &err) == -1) {
		return tool_fail(&tool, &err);
	}
	done = xcalloc(count, sizeof(*done));
	if (post_all(path, &given, tool.quiet, runs, count, done, &err) == 0) {
		print_handles(done, count);
		if (given.summary != NULL && write_summary(given.summary, runs,
						 done, count, &err) == -1) {
			status = tool_fail(&tool, &err);
		}
	} else {
		status = tool_fail(&tool, &err);
	}
	free(done);
	free(runs);
	return status == QF_OK ? tool_finish(&tool, QF_OK) : status;
}
