/* summary.h - what a tool did, for monitoring: one JSON document (--summary)
 * and a file for Prometheus (--metrics).
 *
 *	struct summary summary = {0};
 *
 *	... case TOOL_SUMMARY: case TOOL_METRICS:
 *		summary_take(&summary, id, value);
 *	if (summary_begin(&summary, &tool) == -1)
 *		return tool_finish(&tool, tool.status);
 *	... work(), then, where it succeeded or not,
 *	summary_handle(&summary, &report.run);
 *	summary_count(&summary, METRIC_HELD, report.held);
 *	summary_count_for(&summary, METRIC_HELD_FOR, "no-price", 3);
 *	summary.fill = fill; summary.context = &report;
 *	if (rc == -1)
 *		return summary_fail(&summary, &tool, &err);
 *	return summary_finish(&summary, &tool, status);
 *
 * The document is one line and has the same members for every tool: tool,
 * status, code and error (null where it did not fail), handles, counts; then
 * what fill adds of its own.  It does not depend on the clock.  counts has a
 * number for each metric, or for one with a label an object of them.
 *
 * Both files replace what stands in their place, also where the tool failed.
 * Whether they can is judged before any work, because what was appended to a
 * ledger by then is there to stay.
 */
#ifndef QF_STAGE_SUMMARY_H
#define QF_STAGE_SUMMARY_H

#include <stddef.h>
#include <stdint.h>

#include "base/tool.h"
#include "format/jsonout.h"
#include "format/metrics.h"
#include "model/handle.h"

struct summary {
	const char *path, *metrics_path; /* NULL: not asked for */
	struct metrics_sample *samples; /* with labels of their own */
	size_t count, capacity;
	struct handle *handles;
	size_t handle_count, handle_capacity;
	/* Adds members of the tool's own; NULL: none. */
	void (*fill)(struct jsonout *json, const void *context);
	const void *context;
	char code[QF_ERROR_CODE_MAX]; /* "" where nothing failed */
	char error[QF_ERROR_TEXT_MAX];
};

/* An option of the ids TOOL_SUMMARY and TOOL_METRICS; borrows value. */
void summary_take(struct summary *summary, int id, const char *value);

/* After the options, before any work: refuses (as QF_CANTCREAT output-exists,
 * output-unsafe, output-create) a file that could not be written in the end.
 * -1 when it was said, the other file written, and tool->status is set. */
int summary_begin(struct summary *summary, struct tool *tool);

/* Nothing is kept where neither file was asked for.  A metric is counted once,
 * or once a label; label is copied. */
void summary_count(struct summary *summary, enum metric metric, int64_t value);
void summary_count_for(struct summary *summary, enum metric metric,
    const char *label, int64_t value);
void summary_handle(struct summary *summary, const struct handle *handle);

/* Says err; writes the files; frees; finishes the tool.  Each returns the
 * status to exit with: that of err, or status.  Where a file cannot be written
 * that is said, and is the status if all else went well. */
int summary_fail(
    struct summary *summary, struct tool *tool, const struct qf_error *err);
int summary_finish(struct summary *summary, struct tool *tool, int status);

/* A member that is a number or a text, for fill. */
void summary_add_int(struct jsonout *json, const char *name, int64_t value);
void summary_add_text(struct jsonout *json, const char *name, const char *text);

#endif
