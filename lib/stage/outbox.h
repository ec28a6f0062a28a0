/* outbox.h - where exported files go: standard output, one file, or a
 * directory of files with a manifest.
 *
 * A path of "-" is standard output; one that ends in the suffix of the format
 * is a file; every other is a directory, which is there whole or not at all
 * (base/outdir.h) and holds a MANIFEST that sha256sum -c accepts.
 *
 *	if (outbox_open(&box, "qf-export", path, ".csv", force, err) == -1) ...
 *	if (outbox_begin(box, "2025-02-0001.csv", &sink, err) == -1) ...
 *	... write into sink ...
 *	if (outbox_end(box, err) == -1) ...
 *	if (outbox_commit(box, err) == -1) ...
 *	outbox_close(box);
 *
 * Errors: QF_USAGE "export-one-file" for a second file where there is no
 * directory; those of outfile.h and outdir.h.
 */
#ifndef QF_STAGE_OUTBOX_H
#define QF_STAGE_OUTBOX_H

#include <stdbool.h>

#include "base/sink.h"

struct outbox;
struct qf_error;

/* tool: a static name, which is in the names of what is not finished. */
int outbox_open(struct outbox **out, const char *tool, const char *path,
    const char *suffix, bool force, struct qf_error *err);
bool outbox_is_directory(const struct outbox *box);

/* The next file; its name counts in a directory alone. */
int outbox_begin(struct outbox *box, const char *name, struct sink *sink,
    struct qf_error *err);
int outbox_end(struct outbox *box, struct qf_error *err);

/* Publishes all. */
int outbox_commit(struct outbox *box, struct qf_error *err);

/* Removes what was not committed.  NULL is fine. */
void outbox_close(struct outbox *box);

#endif
