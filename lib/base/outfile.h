/* outfile.h - an output that is there whole or not at all.
 *
 * A file is written beside its place under a temporary name
 * (.qf-export-PID-XXXXXX), synced, renamed, and its directory synced.  A
 * target that stands with the same bytes is left as it is; one with other
 * bytes is replaced only with force.  A target that is a symlink or no
 * regular file is refused.  The path "-" is standard output.
 *
 *	struct outfile *out = NULL;
 *
 *	if (outfile_begin(&out, path, "qf-export", force, err) == -1 ||
 *	    outfile_write(out, bytes, length, err) == -1 ||
 *	    outfile_commit(out, err) == -1)
 *		goto out;
 *	... outfile_digest(out) ...
 * out:
 *	outfile_free(out);
 *
 * A directory is filled beside its place and published by one rename; where
 * one stands already with other content, force exchanges the two in one step.
 *
 * Errors: QF_CANTCREAT "output-exists", "output-unsafe", "output-create";
 * QF_IO "output-write".  Temporaries are removed by free and on SIGINT,
 * SIGTERM and SIGHUP, of which the process then dies.  Those of dead
 * processes are swept when a next output begins in the same place.
 */
#ifndef QF_BASE_OUTFILE_H
#define QF_BASE_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/status.h"

#define OUTFILE_OPEN_MAX 64 /* temporaries at a time */

struct outfile;

/* Opens a temporary beside path.  tool becomes part of its name. */
int outfile_begin(struct outfile **out, const char *path, const char *tool,
    bool force, struct qf_error *err);

/* Buffered; an error that was given once is given again by commit. */
int outfile_write(struct outfile *file, const void *bytes, size_t length,
    struct qf_error *err);

/* Puts it in its place.  Nothing can be written afterwards. */
int outfile_commit(struct outfile *file, struct qf_error *err);

/* After commit: SHA-256 and length of what was written, and whether the
 * target stood so already. */
const struct digest *outfile_digest(const struct outfile *file);
int64_t outfile_size(const struct outfile *file);
bool outfile_unchanged(const struct outfile *file);

/* Closes, and removes the temporary of a file that was not committed.  NULL
 * is fine.  Not for files of an outdir, which own them. */
void outfile_free(struct outfile *file);

struct outdir;

/* A file of a committed or growing directory; name is valid as long as the
 * directory. */
struct outdir_entry {
	const char *name;
	struct digest digest;
	int64_t size;
};

/* Makes a temporary directory beside path. */
int outdir_begin(struct outdir **out, const char *path, const char *tool,
    bool force, struct qf_error *err);

/* A new file in it: one path component, not starting with a dot, not used
 * yet.  The directory owns it: write, then outfile_commit, never free. */
int outdir_file(struct outdir *dir, const char *name, struct outfile **out,
    struct qf_error *err);

/* The committed files, sorted by name in byte order. */
size_t outdir_count(const struct outdir *dir);
const struct outdir_entry *outdir_entry(const struct outdir *dir, size_t i);

/* Writes a file of lines "<hex>  <name>" of all files so far, which
 * sha256sum -c accepts. */
int outdir_manifest(struct outdir *dir, const char *name, struct qf_error *err);

/* Publishes it; every file must be committed. */
int outdir_commit(struct outdir *dir, struct qf_error *err);
bool outdir_unchanged(const struct outdir *dir);

/* Removes the temporary directory if it was not committed.  NULL is fine. */
void outdir_free(struct outdir *dir);

#endif
