/* rate_report.c - what a run did, for people and for monitoring.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/rate_report.h"

#include <stdio.h>
#include <string.h>

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

	jsonout_name(json, "appended");
	jsonout_bool(json, report->appended != 0);
	summary_add_int(json, "as_of", report->asof);
}

void
rate_report_summary(struct summary *summary, const struct rate_report *report)
{
	const struct rate_counts *counts = &report->counts;

	if (report->run.entry != 0) {
		summary_handle(summary, &report->run);
	}
	summary_count(summary, METRIC_POINTS, counts->points);
	summary_count(summary, METRIC_CONTRACT_LEGS, counts->units);
	summary_count(summary, METRIC_READS, counts->reads);
	summary_count(summary, METRIC_SESSIONS, counts->sessions);
	summary_count(summary, METRIC_RUN_LINES, counts->lines);
	summary_count(summary, METRIC_HELD, counts->holds);
	for (size_t i = 0; i < report->reason_count; i++) {
		summary_count_for(summary, METRIC_HELD_FOR,
		    report->reasons[i].reason, report->reasons[i].count);
	}
	summary->fill = fill;
	summary->context = report;
}
