/* outdir.h - a directory of outputs that is there whole or not at all.
 *
 * It is filled beside its place under a temporary name and published by one
 * rename.  One that stands with the same files and bytes is left as it is;
 * with force, one with others is exchanged with the new one in one step and
 * then removed.  So that force cannot remove what is somebody else's, an old
 * directory is replaced only if it holds plain files alone and, where a
 * manifest was written, none that its own manifest does not list.
 *
 *	if (outdir_begin(&dir, path, "qf-export", force, err) == -1)
 *		goto out;
 *	for (each party)
 *		if (outdir_file(dir, name, &file, err) == -1 ||
 *		    outfile_write(file, bytes, length, err) == -1 ||
 *		    outfile_commit(file, err) == -1)
 *			goto out;
 *	if (outdir_manifest(dir, "SHA256SUMS", err) == -1 ||
 *	    outdir_commit(dir, err) == -1)
 *		goto out;
 * out:
 *	outdir_free(dir);
 *
 * Errors are those of outfile.h; "output-twice" for two files of one name.
 */
#ifndef QF_BASE_OUTDIR_H
#define QF_BASE_OUTDIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/outfile.h"
#include "base/status.h"

struct outdir;

/* A committed file; name is valid as long as the directory. */
struct outdir_entry {
	const char *name;
	struct digest digest;
	int64_t size;
};

/* Makes a temporary directory beside path, which is not "-". */
int outdir_begin(struct outdir **out, const char *path, const char *tool,
    bool force, struct qf_error *err);

/* A new file in it: one path component, not starting with a dot, not used
 * yet.  The directory owns it: write, then outfile_commit, never free. */
int outdir_file(struct outdir *dir, const char *name, struct outfile **out,
    struct qf_error *err);

/* The files, sorted by name in byte order; all must be committed, and the
 * order holds until the next file is added. */
size_t outdir_count(const struct outdir *dir);
const struct outdir_entry *outdir_entry(struct outdir *dir, size_t i);

/* Writes a file of lines "<hex>  <name>" of all files so far, which
 * sha256sum -c accepts; the last file to be added. */
int outdir_manifest(struct outdir *dir, const char *name, struct qf_error *err);

/* Publishes it; every file must be committed. */
int outdir_commit(struct outdir *dir, struct qf_error *err);

/* After commit: whether the target stood so already. */
bool outdir_unchanged(const struct outdir *dir);

/* Removes the temporary directory if it was not committed.  NULL is fine. */
void outdir_free(struct outdir *dir);

#endif
