/* reconcile.h - energy and money from the meter to the bill.
 *
 * A row an account, contract, leg and channel, then totals a channel:
 *
 *	metered	from the reads themselves, as of what the run saw
 *	rated, held, residual	from the run that was posted last
 *	posted	what the postings of the period have moved, in sum
 *	exported	what the files for billing say, where they are given
 *
 * Metered must be rated + held + residual, rated must be posted, posted must
 * be exported; a row where that is not so says which in `remark`, and the
 * answer is QF_NO reconcile-gap.  Explained are: what is held (rated and
 * posted may differ: an earlier posting stands), and what was metered at a
 * point that no contract of the period prices, which is listed with its point
 * in place of a contract and stands in residual.
 *
 * Sessions that lie across the end of a contract count whole.
 */
#ifndef QF_STAGE_AUDIT_RECONCILE_H
#define QF_STAGE_AUDIT_RECONCILE_H

#include "format/table.h"

struct ledger;
struct qf_error;

struct audit_reconcile_request {
	const char *period; /* as the user wrote it */
	const char *const *exported; /* directories of qf-export */
	size_t exported_count;
};

/* Errors: QF_NO reconcile-gap after the whole table; QF_NO reconcile-nothing
 * where no run inside the period is posted; those of exported.h. */
int audit_reconcile(struct ledger *ledger,
    const struct audit_reconcile_request *request, enum table_form form,
    struct sink sink, struct qf_error *err);

#endif
