/* manifest.c - which files there should be, and which there are.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "format/manifest.h"
#include "stage/ingest/own.h"

int
ingest_manifests(struct manifest **out, const struct ingest_options *options,
    struct qf_error *err)
{
	struct manifest *manifest;

	*out = NULL;
	if (options->manifest_count == 0) {
		return 0;
	}
	manifest = manifest_new();
	for (size_t i = 0; i < options->manifest_count; i++) {
		if (manifest_read(manifest, options->manifests[i],
			options->encoding, err) == -1) {
			manifest_free(manifest);
			return -1;
		}
	}
	if (manifest_finish(manifest, err) == -1) {
		manifest_free(manifest);
		return -1;
	}
	*out = manifest;
	return 0;
}

bool
ingest_is_manifest(const struct ingest_options *options, const char *path)
{
	struct stat one, other;

	if (options->manifest_count == 0 || strcmp(path, "-") == 0 ||
	    stat(path, &one) == -1) {
		return false;
	}
	for (size_t i = 0; i < options->manifest_count; i++) {
		if (stat(options->manifests[i], &other) == 0 &&
		    one.st_dev == other.st_dev && one.st_ino == other.st_ino) {
			return true;
		}
	}
	return false;
}

int
ingest_expect(struct manifest *manifest, struct operand *operand,
    const struct ingest_options *options, struct ingest_report *report,
    struct qf_error *err)
{
	struct manifest_row *row;
	struct qf_error message;

	if (manifest == NULL) {
		return 0;
	}
	row = manifest_find(manifest, operand->basename);
	operand->expected = row;
	if (row != NULL) {
		row->seen = true;
		return 0;
	}
	if (options->unlisted == UNLISTED_TAKE) {
		return 0;
	}
	report->unlisted++;
	if (options->unlisted == UNLISTED_REFUSE) {
		return qf_fail(err, QF_DATA, "manifest-unlisted",
		    "%s: no manifest names it", operand->name);
	}
	qf_fail(&message, QF_NO, "manifest-unlisted",
	    "%s: no manifest names it; taken all the same", operand->name);
	options->say(options->context, &message);
	return 0;
}

void
ingest_absent(struct manifest *manifest, const struct ingest_options *options,
    struct ingest_report *report)
{
	struct manifest_row *rows;
	struct qf_error message;
	size_t count;

	if (manifest == NULL) {
		return;
	}
	count = manifest_rows(manifest, &rows);
	report->absent = xcalloc(count + 1, sizeof(*report->absent));
	for (size_t i = 0; i < count; i++) {
		if (rows[i].seen) {
			continue;
		}
		report->absent[report->absent_count++] = xstrdup(rows[i].file);
		qf_fail(&message, QF_NO, "manifest-absent",
		    "%s:%zu: %s is absent", rows[i].path, rows[i].line_no,
		    rows[i].file);
		options->say(options->context, &message);
	}
}
