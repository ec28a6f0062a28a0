/* telling.c - how a line came about, told step by step.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/telling.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "base/text.h"
#include "ledger/log.h"

void
telling_vsay(
    struct telling *telling, const char *step, const char *format, va_list ap)
{
	struct buf text;

	if (telling->failed) {
		return;
	}
	buf_init(&text, TELLING_STEP_MAX);
	buf_printf(&text, "%-10s ", step);
	buf_vprintf(&text, format, ap);
	buf_add_char(&text, '\n');
	telling->failed = telling->sink.write(telling->sink.context, text.bytes,
			      text.length, telling->err) == -1;
	buf_release(&text);
}

void
telling_say(struct telling *telling, const char *step, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	telling_vsay(telling, step, format, ap);
	va_end(ap);
}

void
telling_vdiffers(struct telling *telling, const char *format, va_list ap)
{
	char text[sizeof(telling->differs)];

	vsnprintf(text, sizeof(text), format, ap);
	telling_say(telling, "DIFFERS", "%s", text);
	if (telling->differs[0] == '\0') {
		memcpy(telling->differs, text, sizeof(text));
	}
}

void
telling_differs(struct telling *telling, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	telling_vdiffers(telling, format, ap);
	va_end(ap);
}

void
telling_place(struct telling *telling, int64_t entry, int64_t line_no,
    char out[TELLING_PLACE_MAX])
{
	struct log_cursor *cursor;
	struct log_entry found = {0};
	size_t i;

	if (log_find(&cursor, telling->ledger, entry, &found, telling->err) !=
	    1) {
		telling->failed = true;
	}
	if (found.file == NULL) {
		/* A run: it stands in the ledger, and in no file. */
		snprintf(out, TELLING_PLACE_MAX, "%s:%" PRId64 "/%" PRId64,
		    found.kind == NULL ? "?" : found.kind, entry, line_no);
		log_close(cursor);
		return;
	}
	snprintf(out, TELLING_PLACE_MAX, "%s:%" PRId64 " (%s:%" PRId64 ")",
	    found.file, line_no, found.kind, entry);
	log_close(cursor);
	for (i = 0; i < telling->cited_count; i++) {
		if (telling->cited[i] == entry) {
			return;
		}
	}
	if (i < TELLING_FILES_MAX) {
		telling->cited[telling->cited_count++] = entry;
	}
}

void
telling_files(struct telling *telling)
{
	struct log_cursor *cursor;
	struct log_entry found;

	for (size_t i = 0; i < telling->cited_count; i++) {
		if (log_find(&cursor, telling->ledger, telling->cited[i],
			&found, telling->err) == 1) {
			telling_say(telling, i == 0 ? "files" : "",
			    "%s:%" PRId64 " %s sha256 %s%s%s", found.kind,
			    found.handle.entry, found.file, found.sha256,
			    found.reason == NULL ? "" : ", correction: ",
			    found.reason == NULL ? "" : found.reason);
		}
		log_close(cursor);
	}
}

int
telling_end(struct telling *telling, int64_t run, int64_t line_no)
{
	if (telling->failed) {
		return -1;
	}
	if (telling->differs[0] == '\0') {
		return 0;
	}
	return qf_fail(telling->err, QF_NO, "explain-differs",
	    "run:%" PRId64 "/%" PRId64 ": %s", run, line_no, telling->differs);
}
