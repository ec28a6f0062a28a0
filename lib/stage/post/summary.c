/* summary.c - what was booked, for monitoring.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/post/post.h"

static void
add_posting(struct jsonout *json, const struct handle *run,
    const struct post_report *report)
{
	const struct delta_result *delta = &report->delta;
	char text[HANDLE_TEXT_MAX];

	jsonout_begin_object(json);
	summary_add_text(json, "run", handle_format(run, text, sizeof(text)));
	summary_add_text(json, "posting",
	    handle_format(&report->posting, text, sizeof(text)));
	jsonout_name(json, "appended");
	jsonout_bool(json, report->appended);
	summary_add_int(json, "lines", delta->lines);
	summary_add_int(json, "keys", delta->keys);
	summary_add_int(json, "transfers", delta->transfers);
	summary_add_int(json, "change_minor", delta->gross_minor);
	summary_add_int(json, "held", report->held);
	jsonout_end_object(json);
}

static void
fill(struct jsonout *json, const void *context)
{
	const struct post_booked *booked = context;

	jsonout_name(json, "postings");
	jsonout_begin_array(json);
	for (size_t i = 0; i < booked->count; i++) {
		add_posting(json, &booked->runs[i], &booked->reports[i]);
	}
	jsonout_end_array(json);
}

void
post_summary(struct summary *summary, const struct post_booked *booked)
{
	int64_t lines = 0, transfers = 0, change = 0, held = 0;

	for (size_t i = 0; i < booked->count; i++) {
		const struct post_report *report = &booked->reports[i];

		summary_handle(summary, &report->posting);
		lines += report->delta.lines;
		transfers += report->delta.transfers;
		change += report->delta.gross_minor;
		held += report->held;
	}
	summary_count(summary, METRIC_POSTINGS, (int64_t)booked->count);
	summary_count(summary, METRIC_RUN_LINES, lines);
	summary_count(summary, METRIC_TRANSFERS, transfers);
	summary_count(summary, METRIC_CHANGE_MINOR, change);
	summary_count(summary, METRIC_HELD, held);
	summary->fill = fill;
	summary->context = booked;
}
