/* explain.h - how a line of qf-settle came about, step by step.
 *
 * The contract's event is settled once more as of what the run saw, and what
 * is done on the way is told: each day that a baseline looked at and why it
 * was used or passed over, adjustment, response, what counts, prices, money,
 * with the file and line of what says so.  In the end the line must come out
 * as it is stored: else QF_NO explain-differs.
 */
#ifndef QF_STAGE_SETTLE_EXPLAIN_H
#define QF_STAGE_SETTLE_EXPLAIN_H

#include "base/sink.h"

struct audit_explain_request;
struct handle;
struct ledger;
struct qf_error;

/* As runner.h says.  With request->reads every step of time is told of each
 * point of a portfolio, else of the contract as a whole. */
int settle_explain(struct ledger *ledger, const struct handle *handle,
    const struct audit_explain_request *request, struct sink sink,
    struct qf_error *err);

#endif
