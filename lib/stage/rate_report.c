/* rate_report.c - what a run did, for people and for monitoring.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/rate_report.h"

#include <stdio.h>
#include <string.h>

#include "stage/summary.h"

static void
count_reason(struct rate_report *report, const char *reason)
{
	for (size_t i = 0; i < report->reason_count; i++) {
		if (strcmp(report->reasons[i].reason, reason) == 0) {
			report->reasons[i].count++;
			return;
		}
	}
	if (report->reason_count < RATE_REASONS_MAX) {
		(void)snprintf(report->reasons[report->reason_count].reason,
		    sizeof(report->reasons[0].reason), "%s", reason);
		report->reasons[report->reason_count++].count = 1;
	}
}

static int
take_hold(void *context, const struct hold *hold, struct qf_error *err)
{
	struct rate_report *report = context;

	(void)err;
	count_reason(report, hold->reason);
	if (report->shown_count < RATE_HOLDS_SHOWN) {
		(void)snprintf(report->shown[report->shown_count++],
		    sizeof(report->shown[0]),
		    "held: contract %s, leg %s%s%s: "
		    "%s: %s",
		    hold->contract, hold->leg,
		    hold->session != NULL ? ", session " : "",
		    hold->session != NULL ? hold->session : "", hold->reason,
		    hold->detail);
	}
	return 0;
}

static int
take_line(void *context, const struct line *line, struct qf_error *err)
{
	(void)context;
	(void)line;
	(void)err;
	return 0;
}

static int
take_energy(void *context, const struct energy *energy, struct qf_error *err)
{
	(void)context;
	(void)energy;
	(void)err;
	return 0;
}

static void
take_points(void *context, int64_t points)
{
	struct rate_report *report = context;

	progress_step(&report->bar, points);
}

struct rate_sink
rate_report_sink(struct rate_report *report)
{
	return (struct rate_sink){
	    .context = report,
	    .line = take_line,
	    .hold = take_hold,
	    .energy = take_energy,
	    .progress = take_points,
	};
}

static void
fill(struct jsonout *json, const void *context)
{
	const struct rate_report *report = context;
	const struct rate_counts *counts = &report->counts;
	char text[HANDLE_TEXT_MAX];

	jsonout_name(json, "run");
	if (report->run.entry != 0) {
		jsonout_string(
		    json, handle_format(&report->run, text, sizeof(text)));
	} else {
		jsonout_null(json);
	}
	jsonout_name(json, "appended");
	jsonout_bool(json, report->appended != 0);
	summary_count(json, "as_of", report->asof);
	summary_count(json, "points", counts->points);
	summary_count(json, "contract_legs", counts->units);
	summary_count(json, "reads", counts->reads);
	summary_count(json, "sessions", counts->sessions);
	summary_count(json, "lines", counts->lines);
	summary_count(json, "held", counts->holds);
	jsonout_name(json, "reasons");
	jsonout_begin_object(json);
	for (size_t i = 0; i < report->reason_count; i++) {
		summary_count(
		    json, report->reasons[i].reason, report->reasons[i].count);
	}
	jsonout_end_object(json);
}

int
rate_report_summary(
    const struct rate_report *report, const char *path, struct qf_error *err)
{
	return summary_write(path, RATE_TOOL, fill, report, err);
}
