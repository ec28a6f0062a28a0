/* summary.h - what a tool did, as one JSON document for monitoring
 * (--summary).
 *
 *	static void
 *	fill(struct jsonout *json, const void *context)
 *	{
 *		const struct report *report = context;
 *
 *		summary_count(json, "lines", report->lines);
 *	}
 *
 *	if (summary_write(path, "qf-rate", fill, report, err) == -1) ...
 *
 * The document is one line and replaces what stands at path.  Errors: those
 * of the output file and of the JSON writer.
 */
#ifndef QF_STAGE_SUMMARY_H
#define QF_STAGE_SUMMARY_H

#include <stdint.h>

#include "format/jsonout.h"

/* Writes an object whose members fill adds; tool names the temporary file. */
int summary_write(const char *path, const char *tool,
    void (*fill)(struct jsonout *json, const void *context),
    const void *context, struct qf_error *err);

/* A member that is a number or a text. */
void summary_count(struct jsonout *json, const char *name, int64_t value);
void summary_text(struct jsonout *json, const char *name, const char *text);

#endif
