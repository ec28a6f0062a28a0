/* summary.c - what a tool did, for monitoring.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/summary.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/outfile.h"
#include "base/sink.h"

#define NAME_MAX_TOOL 64 /* bytes of "qf-audit missing" */

void
summary_take(struct summary *summary, int id, const char *value)
{
	assert(id == TOOL_SUMMARY || id == TOOL_METRICS);
	if (id == TOOL_SUMMARY) {
		summary->path = value;
	} else {
		summary->metrics_path = value;
	}
}

static bool
is_wanted(const struct summary *summary)
{
	return summary->path != NULL || summary->metrics_path != NULL;
}

static void
add_sample(struct summary *summary, enum metric metric, const char *label,
    int64_t value)
{
	if (!is_wanted(summary)) {
		return;
	}
	assert((label == NULL) == (metrics_label(metric) == NULL));
	if (summary->count == summary->capacity) {
		summary->capacity = summary->capacity * 2 + 16;
		summary->samples = xreallocarray(summary->samples,
		    summary->capacity, sizeof(*summary->samples));
	}
	summary->samples[summary->count++] = (struct metrics_sample){
	    metric, label == NULL ? NULL : xstrdup(label), value};
}

void
summary_count(struct summary *summary, enum metric metric, int64_t value)
{
	add_sample(summary, metric, NULL, value);
}

void
summary_count_for(struct summary *summary, enum metric metric,
    const char *label, int64_t value)
{
	assert(label != NULL);
	add_sample(summary, metric, label, value);
}

void
summary_handle(struct summary *summary, const struct handle *handle)
{
	if (!is_wanted(summary)) {
		return;
	}
	if (summary->handle_count == summary->handle_capacity) {
		summary->handle_capacity = summary->handle_capacity * 2 + 8;
		summary->handles = xreallocarray(summary->handles,
		    summary->handle_capacity, sizeof(*summary->handles));
	}
	summary->handles[summary->handle_count++] = *handle;
}

void
summary_add_int(struct jsonout *json, const char *name, int64_t value)
{
	jsonout_name(json, name);
	jsonout_int(json, value);
}

void
summary_add_text(struct jsonout *json, const char *name, const char *text)
{
	jsonout_name(json, name);
	if (text == NULL) {
		jsonout_null(json);
	} else {
		jsonout_string(json, text);
	}
}

/* One metric: its number, or an object with one for each label. */
static void
add_counts_of(
    struct jsonout *json, const struct summary *summary, enum metric metric)
{
	bool open = false;

	for (size_t i = 0; i < summary->count; i++) {
		const struct metrics_sample *sample = &summary->samples[i];

		if (sample->metric != metric) {
			continue;
		}
		if (sample->label == NULL) {
			summary_add_int(
			    json, metrics_name(metric), sample->value);
			continue;
		}
		if (!open) {
			jsonout_name(json, metrics_name(metric));
			jsonout_begin_object(json);
			open = true;
		}
		summary_add_int(json, sample->label, sample->value);
	}
	if (open) {
		jsonout_end_object(json);
	}
}

static void
add_members(struct jsonout *json, const struct summary *summary,
    const char *tool, int status)
{
	char handle[HANDLE_TEXT_MAX];

	summary_add_text(json, "tool", tool);
	summary_add_int(json, "status", status);
	summary_add_text(
	    json, "code", summary->code[0] == '\0' ? NULL : summary->code);
	summary_add_text(
	    json, "error", summary->code[0] == '\0' ? NULL : summary->error);
	jsonout_name(json, "handles");
	jsonout_begin_array(json);
	for (size_t i = 0; i < summary->handle_count; i++) {
		jsonout_string(json, handle_format(&summary->handles[i], handle,
					 sizeof(handle)));
	}
	jsonout_end_array(json);
	jsonout_name(json, "counts");
	jsonout_begin_object(json);
	for (unsigned m = 0; m < METRICS; m++) {
		add_counts_of(json, summary, (enum metric)m);
	}
	jsonout_end_object(json);
	if (summary->fill != NULL) {
		summary->fill(json, summary->context);
	}
}

/* Opens the document, unless something else stands in its place. */
static int
open_document(struct outfile **out, const char *path, struct qf_error *err)
{
	if (outfile_begin(out, path, "qf-summary", true, err) == -1) {
		return -1;
	}
	if (outfile_only_over(*out, "{\"tool\":", "summary", err) == -1) {
		outfile_free(*out);
		*out = NULL;
		return -1;
	}
	return 0;
}

static int
write_document(const struct summary *summary, const char *tool, int status,
    struct qf_error *err)
{
	struct outfile *file;
	struct jsonout *json;
	int rc = -1;

	if (open_document(&file, summary->path, err) == -1) {
		return -1;
	}
	json = jsonout_new(sink_outfile(file));
	jsonout_begin_object(json);
	add_members(json, summary, tool, status);
	jsonout_end_object(json);
	if (jsonout_end_line(json, err) == 0 &&
	    jsonout_finish(json, err) == 0) {
		rc = outfile_commit(file, err);
	}
	jsonout_free(json);
	outfile_free(file);
	return rc;
}

static int
write_metrics(const struct summary *summary, const struct tool *tool,
    const char *name, int status, struct qf_error *err)
{
	struct metrics_run run = {
	    .tool = name,
	    .ledger = tool->ledger == NULL ? "" : tool->ledger,
	    .status = status,
	    .duration_ms = (clock_monotonic_ns() - tool->start_ns) / 1000000,
	};

	if (clock_now_utc(&run.now_utc, NULL, err) == -1) {
		return -1;
	}
	return metrics_write(
	    summary->metrics_path, &run, summary->samples, summary->count, err);
}

static void
release(struct summary *summary)
{
	for (size_t i = 0; i < summary->count; i++) {
		free((char *)(uintptr_t)summary->samples[i].label);
	}
	free(summary->samples);
	free(summary->handles);
	summary->samples = NULL;
	summary->handles = NULL;
	summary->count = summary->handle_count = 0;
}

int
summary_finish(struct summary *summary, struct tool *tool, int status)
{
	char name[NAME_MAX_TOOL];
	struct qf_error err;

	(void)snprintf(name, sizeof(name), "%s%s%s", tool->spec->name,
	    tool->command == NULL ? "" : " ",
	    tool->command == NULL ? "" : tool->command->name);
	if (summary->metrics_path != NULL &&
	    write_metrics(summary, tool, name, status, &err) == -1) {
		tool_say(tool, &err);
		status = status == QF_OK ? (int)err.status : status;
	}
	if (summary->path != NULL &&
	    write_document(summary, name, status, &err) == -1) {
		tool_say(tool, &err);
		status = status == QF_OK ? (int)err.status : status;
	}
	release(summary);
	return tool_finish(tool, status);
}

int
summary_fail(
    struct summary *summary, struct tool *tool, const struct qf_error *err)
{
	assert(err->status != QF_OK);
	tool_say(tool, err);
	(void)snprintf(summary->code, sizeof(summary->code), "%s", err->code);
	(void)snprintf(summary->error, sizeof(summary->error), "%s", err->text);
	return summary_finish(summary, tool, (int)err->status);
}

int
summary_begin(struct summary *summary, struct tool *tool)
{
	struct outfile *file = NULL;
	struct qf_error err;

	if (summary->metrics_path != NULL &&
	    metrics_check(summary->metrics_path, &err) == -1) {
		summary->metrics_path = NULL;
	} else if (summary->path != NULL &&
		   open_document(&file, summary->path, &err) == -1) {
		summary->path = NULL;
	} else {
		outfile_free(file);
		return 0;
	}

	/* The other file, if it can be written, says what happened. */
	tool->status = summary_fail(summary, tool, &err);
	return -1;
}
