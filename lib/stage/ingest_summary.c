/* ingest_summary.c - what was taken in, for monitoring.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/ingest.h"
#include "stage/summary.h"

static void
add_file(struct jsonout *json, const struct ingest_file *file)
{
	static const char *const states[] = {
	    [INGEST_NEW] = "new",
	    [INGEST_KNOWN] = "known",
	    [INGEST_REFUSED] = "refused",
	};
	char handle[HANDLE_TEXT_MAX];

	jsonout_begin_object(json);
	summary_text(json, "file", file->path);
	summary_text(json, "format", file->format);
	summary_text(json, "state", states[file->state]);
	if (file->state == INGEST_REFUSED) {
		summary_text(json, "code", file->error.code);
		summary_text(json, "error", file->error.text);
	} else if (file->handle.entry != 0) {
		summary_text(json, "handle",
		    handle_format(&file->handle, handle, sizeof(handle)));
	}
	summary_text(json, "sha256", file->sha256);
	summary_count(json, "bytes", file->bytes);
	summary_count(json, "facts", file->facts);
	summary_count(json, "repeated", file->repeated);
	summary_count(json, "set_aside", file->set_aside);
	summary_count(json, "faults", file->faults);
	jsonout_end_object(json);
}

static void
fill(struct jsonout *json, const void *context)
{
	const struct ingest_report *report = context;

	summary_text(json, "tool", "qf-ingest");
	summary_count(json, "status", report->status);
	summary_count(json, "set_aside", report->set_aside);
	jsonout_name(json, "files");
	jsonout_begin_array(json);
	for (size_t i = 0; i < report->count; i++) {
		add_file(json, &report->files[i]);
	}
	jsonout_end_array(json);
}

int
ingest_summary(
    const char *path, const struct ingest_report *report, struct qf_error *err)
{
	return summary_write(path, "qf-ingest", fill, report, err);
}
