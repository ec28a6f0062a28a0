/* summary.c - what was taken in, for monitoring.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/ingest/ingest.h"

static const char *const state_names[] = {
    [INGEST_NEW] = "new",
    [INGEST_KNOWN] = "known",
    [INGEST_REFUSED] = "refused",
    [INGEST_MANIFEST] = "manifest",
};

static void
add_file(struct jsonout *json, const struct ingest_file *file)
{
	char handle[HANDLE_TEXT_MAX];

	jsonout_begin_object(json);
	summary_add_text(json, "file", file->path);
	summary_add_text(json, "format", file->format);
	summary_add_text(json, "state", state_names[file->state]);
	if (file->state == INGEST_REFUSED) {
		summary_add_text(json, "code", file->error.code);
		summary_add_text(json, "error", file->error.text);
	} else if (file->handle.entry != 0) {
		summary_add_text(json, "handle",
		    handle_format(&file->handle, handle, sizeof(handle)));
	}
	summary_add_text(json, "sha256", file->sha256);
	summary_add_int(json, "bytes", file->bytes);
	summary_add_int(json, "facts", file->facts);
	summary_add_int(json, "repeated", file->repeated);
	summary_add_int(json, "set_aside", file->set_aside);
	summary_add_int(json, "faults", file->faults);
	summary_add_int(json, "notes", file->notes);
	jsonout_end_object(json);
}

static void
fill(struct jsonout *json, const void *context)
{
	const struct ingest_report *report = context;

	jsonout_name(json, "files");
	jsonout_begin_array(json);
	for (size_t i = 0; i < report->count; i++) {
		add_file(json, &report->files[i]);
	}
	jsonout_end_array(json);
	jsonout_name(json, "absent");
	jsonout_begin_array(json);
	for (size_t i = 0; i < report->absent_count; i++) {
		jsonout_string(json, report->absent[i]);
	}
	jsonout_end_array(json);
}

void
ingest_summary(struct summary *summary, const struct ingest_report *report)
{
	int64_t states[sizeof(state_names) / sizeof(state_names[0])] = {0};
	int64_t facts = 0, repeated = 0;

	for (size_t i = 0; i < report->count; i++) {
		const struct ingest_file *file = &report->files[i];

		states[file->state]++;
		if (file->state == INGEST_REFUSED) {
			continue;
		}
		facts += file->facts;
		repeated += file->repeated;
		if (file->state == INGEST_NEW && file->handle.entry != 0) {
			summary_handle(summary, &file->handle);
		}
	}
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		summary_count_for(
		    summary, METRIC_FILES, state_names[i], states[i]);
	}
	summary_count_for(
	    summary, METRIC_FILES, "absent", (int64_t)report->absent_count);
	summary_count_for(summary, METRIC_FILES, "unlisted", report->unlisted);
	summary_count(summary, METRIC_FILES_LATE, report->late);
	summary_count(summary, METRIC_FACTS, facts);
	summary_count(summary, METRIC_FACTS_REPEATED, repeated);
	summary_count(summary, METRIC_ROWS_SET_ASIDE, report->set_aside);
	summary->fill = fill;
	summary->context = report;
}
