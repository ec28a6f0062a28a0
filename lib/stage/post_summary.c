/* post_summary.c - what was booked, for monitoring.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/outfile.h"
#include "base/sink.h"
#include "base/status.h"
#include "format/jsonout.h"
#include "stage/post.h"

static void
write_summary_of(struct jsonout *json, const struct handle *run,
    const struct post_report *report)
{
	const struct delta_result *delta = &report->delta;
	char text[HANDLE_TEXT_MAX];

	jsonout_begin_object(json);
	jsonout_name(json, "run");
	jsonout_string(json, handle_format(run, text, sizeof(text)));
	jsonout_name(json, "posting");
	jsonout_string(
	    json, handle_format(&report->posting, text, sizeof(text)));
	jsonout_name(json, "appended");
	jsonout_bool(json, report->appended);
	jsonout_name(json, "lines");
	jsonout_int(json, delta->lines);
	jsonout_name(json, "keys");
	jsonout_int(json, delta->keys);
	jsonout_name(json, "transfers");
	jsonout_int(json, delta->transfers);
	jsonout_name(json, "change_minor");
	jsonout_int(json, delta->gross_minor);
	jsonout_name(json, "held");
	jsonout_int(json, report->held);
	jsonout_end_object(json);
}

int
post_summary(const char *path, const struct handle *runs,
    const struct post_report *reports, size_t count, struct qf_error *err)
{
	struct outfile *file = NULL;
	struct jsonout *json = NULL;
	int rc = -1;

	if (outfile_begin(&file, path, "qf-post", true, err) == -1) {
		return -1;
	}
	json = jsonout_new(sink_outfile(file));
	jsonout_begin_object(json);
	jsonout_name(json, "postings");
	jsonout_begin_array(json);
	for (size_t i = 0; i < count; i++) {
		write_summary_of(json, &runs[i], &reports[i]);
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
