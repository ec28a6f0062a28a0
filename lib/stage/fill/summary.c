/* summary.c - what was filled, for monitoring.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/fill/fill.h"
#include "stage/summary.h"

static void
members(struct jsonout *json, const void *context)
{
	const struct fill_report *report = context;

	jsonout_name(json, "appended");
	jsonout_bool(json, report->appended);
	summary_add_int(json, "as_of", report->asof);
	summary_add_int(json, "gaps", report->gaps);
	summary_add_int(json, "gaps_left", report->left_gaps);
}

void
fill_summary(struct summary *summary, const struct fill_report *report)
{
	if (report->batch.entry != 0) {
		summary_handle(summary, &report->batch);
	}
	summary_count(summary, METRIC_POINTS, report->points);
	for (size_t i = 0; i < report->method_count; i++) {
		summary_count_for(summary, METRIC_ESTIMATED_VALUES,
		    report->methods[i].method, report->methods[i].values);
	}
	summary_count(summary, METRIC_UNFILLED_VALUES, report->left_values);
	summary->fill = members;
	summary->context = report;
}
