/* outfile.h - an output that is there whole or not at all.
 *
 * A file is written beside its place under a temporary name
 * (.qf-export-PID-XXXXXX), synced, renamed, and its directory synced.  A
 * target that stands with the same bytes is left as it is; one with other
 * bytes is replaced only with force.  A target that is a symlink, no regular
 * file or a database of SQLite is refused.  The path "-" is standard output.
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
 * Many files that belong together are an outdir (outdir.h).
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

struct outfile;

/* Opens a temporary beside path.  tool becomes part of its name. */
int outfile_begin(struct outfile **out, const char *path, const char *tool,
    bool force, struct qf_error *err);

/* For an output that replaces what stands without being asked to: refuses
 * (QF_CANTCREAT "output-exists") a target that is neither empty nor begins with
 * these up to 64 bytes, as the output itself does.  what is a noun. */
int outfile_only_over(struct outfile *file, const char *start, const char *what,
    struct qf_error *err);

/* Opens a new file called name in the directory dir_fd, which is a temporary
 * one itself: there is no renaming, and nobody else to remove it. */
int outfile_begin_in(
    struct outfile **out, int dir_fd, const char *name, struct qf_error *err);

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
 * is fine.  Not for files of an outdir, which owns them. */
void outfile_free(struct outfile *file);

#endif
