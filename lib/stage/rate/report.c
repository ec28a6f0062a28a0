/* report.c - what a run did, for people and for monitoring.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/rate/report.h"

static int
take_hold(void *context, const struct hold *hold, struct qf_error *err)
{
	struct rate_report *report = context;

	(void)err;
	holds_add(&report->holds, hold);
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
	report->holds.of = "session";
	return (struct rate_sink){
	    .context = report,
	    .hold = take_hold,
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
	holds_summary(&report->holds, summary);
	summary->fill = fill;
	summary->context = report;
}
