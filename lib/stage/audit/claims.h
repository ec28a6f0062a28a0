/* claims.h - what the senders of sessions claim, against a run.
 *
 * A row for each claim of a session that the run has lines or a hold of, and
 * that differs from what the run comes to: session, contract, item, ours
 * without and with tax (or a volume), the claim, and why.
 *
 * A session under an OCPI tariff is rated once more, exactly, and compared at
 * four decimals as qf-tariff price does; what was left out is named.  Any
 * other is compared as it was booked: total, energy (all legs but service)
 * and service charge, over all contracts of the run.
 *
 * In memory is a sum for each session of the run.
 */
#ifndef QF_STAGE_AUDIT_CLAIMS_H
#define QF_STAGE_AUDIT_CLAIMS_H

#include "format/table.h"
#include "model/handle.h"

struct ledger;
struct qf_error;

struct audit_claims_counts {
	int64_t sessions; /* of the run */
	int64_t claims; /* compared */
	int64_t differences;
};

/* Errors: QF_NO claims-differ after the whole table; QF_USAGE handle-kind. */
int
audit_claims(struct ledger *ledger, struct handle *handle, enum table_form form,
    struct sink sink, struct audit_claims_counts *counts, struct qf_error *err);

#endif
