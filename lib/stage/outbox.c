/* outbox.c - where exported files go.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/outbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/outdir.h"
#include "base/outfile.h"
#include "base/status.h"

struct outbox {
	char *path;
	const char *tool;
	bool force;
	struct outdir *dir; /* NULL for a single file */
	struct outfile *file; /* that is being written */
	bool used; /* the single file was begun */
};

static bool
ends_in(const char *text, const char *suffix)
{
	size_t length = strlen(text), end = strlen(suffix);

	return length > end && strcmp(text + length - end, suffix) == 0;
}

int
outbox_open(struct outbox **out, const char *tool, const char *path,
    const char *suffix, bool force, struct qf_error *err)
{
	struct outbox *box = xcalloc(1, sizeof(*box));

	*out = NULL;
	box->path = xstrdup(path);
	box->tool = tool;
	box->force = force;
	if (strcmp(path, "-") != 0 && !ends_in(path, suffix) &&
	    outdir_begin(&box->dir, path, tool, force, err) == -1) {
		outbox_close(box);
		return -1;
	}
	*out = box;
	return 0;
}

bool
outbox_is_directory(const struct outbox *box)
{
	return box->dir != NULL;
}

int
outbox_begin(struct outbox *box, const char *name, struct sink *sink,
    struct qf_error *err)
{
	if (box->dir != NULL) {
		if (outdir_file(box->dir, name, &box->file, err) == -1) {
			return -1;
		}
	} else if (box->used) {
		return qf_fail(err, QF_USAGE, "export-one-file",
		    "%s: there is more than one file to write: name a "
		    "directory",
		    box->path);
	} else if (outfile_begin(&box->file, box->path, box->tool, box->force,
		       err) == -1) {
		return -1;
	}
	box->used = true;
	*sink = sink_outfile(box->file);
	return 0;
}

int
outbox_end(struct outbox *box, struct qf_error *err)
{
	/* A single file is put in its place at the very end. */
	return box->dir != NULL ? outfile_commit(box->file, err) : 0;
}

int
outbox_commit(struct outbox *box, struct qf_error *err)
{
	if (box->dir == NULL) {
		return box->file == NULL ? 0 : outfile_commit(box->file, err);
	}
	if (outdir_manifest(box->dir, "MANIFEST", err) == -1) {
		return -1;
	}
	return outdir_commit(box->dir, err);
}

void
outbox_close(struct outbox *box)
{
	if (box == NULL) {
		return;
	}
	if (box->dir == NULL) {
		outfile_free(box->file);
	}
	outdir_free(box->dir);
	free(box->path);
	free(box);
}
