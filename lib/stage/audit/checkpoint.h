/* checkpoint.h - three lines that, kept elsewhere, prove the past.
 *
 *	ledger 重庆
 *	entry 41
 *	digest 9c0b12fe...
 *
 * The digest of entry 41 covers every entry up to it: a ledger of which the
 * chain verifies and that has this digest there has not changed since.
 */
#ifndef QF_STAGE_AUDIT_CHECKPOINT_H
#define QF_STAGE_AUDIT_CHECKPOINT_H

#include "base/sink.h"

struct ledger;
struct qf_error;

/* Writes the checkpoint of the newest entry. */
int
audit_checkpoint(struct ledger *ledger, struct sink sink, struct qf_error *err);

/* Holds the ledger against a checkpoint in a file.  QF_NO checkpoint-differs;
 * QF_NOINPUT checkpoint-missing; QF_DATA checkpoint-syntax. */
int audit_checkpoint_compare(
    struct ledger *ledger, const char *file, struct qf_error *err);

#endif
