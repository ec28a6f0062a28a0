/* replay.h - a run computed again from what it saw.
 *
 * The run's request is run over the ledger, open for reading, as of the entry
 * that it was made as of; every row is compared with the stored one as it
 * comes, and at the end the root over all of them.
 *
 *	if (audit_replay(ledger, &handle, &err) == -1 && err.status == QF_NO)
 *		... err.text names the first row and column that differs ...
 *
 * Errors: QF_NO replay-differs; QF_USAGE handle-unknown, handle-kind,
 * handle-line, handle-foreign; QF_CONFIG arithmetic-version where the run was
 * made by another version of the arithmetic than this program has, replay-tool
 * where by a tool that it cannot replay.
 */
#ifndef QF_STAGE_AUDIT_REPLAY_H
#define QF_STAGE_AUDIT_REPLAY_H

#include "model/handle.h"

struct ledger;
struct qf_error;

int
audit_replay(struct ledger *ledger, struct handle *run, struct qf_error *err);

#endif
