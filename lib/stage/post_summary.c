/* post_summary.c - what was booked, for monitoring.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/post.h"
#include "stage/summary.h"

struct booked {
	const struct handle *runs;
	const struct post_report *reports;
	size_t count;
};

static void
add_posting(struct jsonout *json, const struct handle *run,
    const struct post_report *report)
{
	const struct delta_result *delta = &report->delta;
	char text[HANDLE_TEXT_MAX];

	jsonout_begin_object(json);
	summary_text(json, "run", handle_format(run, text, sizeof(text)));
	summary_text(json, "posting",
	    handle_format(&report->posting, text, sizeof(text)));
	jsonout_name(json, "appended");
	jsonout_bool(json, report->appended);
	summary_count(json, "lines", delta->lines);
	summary_count(json, "keys", delta->keys);
	summary_count(json, "transfers", delta->transfers);
	summary_count(json, "change_minor", delta->gross_minor);
	summary_count(json, "held", report->held);
	jsonout_end_object(json);
}

static void
fill(struct jsonout *json, const void *context)
{
	const struct booked *booked = context;

	jsonout_name(json, "postings");
	jsonout_begin_array(json);
	for (size_t i = 0; i < booked->count; i++) {
		add_posting(json, &booked->runs[i], &booked->reports[i]);
	}
	jsonout_end_array(json);
}

int
post_summary(const char *path, const struct handle *runs,
    const struct post_report *reports, size_t count, struct qf_error *err)
{
	struct booked booked = {runs, reports, count};

	return summary_write(path, "qf-post", fill, &booked, err);
}
