/* summary.c - what a tool did, as one JSON document.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/summary.h"

#include "base/outfile.h"
#include "base/sink.h"

int
summary_write(const char *path, const char *tool,
    void (*fill)(struct jsonout *json, const void *context),
    const void *context, struct qf_error *err)
{
	struct outfile *file;
	struct jsonout *json;
	int rc = -1;

	if (outfile_begin(&file, path, tool, true, err) == -1) {
		return -1;
	}
	json = jsonout_new(sink_outfile(file));
	jsonout_begin_object(json);
	fill(json, context);
	jsonout_end_object(json);
	if (jsonout_end_line(json, err) == 0 &&
	    jsonout_finish(json, err) == 0) {
		rc = outfile_commit(file, err);
	}
	jsonout_free(json);
	outfile_free(file);
	return rc;
}

void
summary_count(struct jsonout *json, const char *name, int64_t value)
{
	jsonout_name(json, name);
	jsonout_int(json, value);
}

void
summary_text(struct jsonout *json, const char *name, const char *text)
{
	jsonout_name(json, name);
	jsonout_string(json, text);
}
