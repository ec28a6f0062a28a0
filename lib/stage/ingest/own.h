/* own.h - what the files of the taking in share.  Internal. */
#ifndef QF_STAGE_INGEST_OWN_H
#define QF_STAGE_INGEST_OWN_H

#include "stage/intake/intake.h"

struct manifest;

/* manifest.c: reads all manifests; *out is NULL where there are none. */
int ingest_manifests(struct manifest **out,
    const struct ingest_options *options, struct qf_error *err);

/* Whether the path is that of a manifest. */
bool ingest_is_manifest(const struct ingest_options *options, const char *path);

/* Finds what its sender says of an operand; -1 with what is wrong where it is
 * refused because none does.  manifest may be NULL. */
int ingest_expect(struct manifest *manifest, struct operand *operand,
    const struct ingest_options *options, struct ingest_report *report,
    struct qf_error *err);

/* Says which files of the manifests are none of the operands. */
void ingest_absent(struct manifest *manifest,
    const struct ingest_options *options, struct ingest_report *report);

#endif
