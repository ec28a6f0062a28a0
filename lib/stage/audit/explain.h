/* explain.h - from an amount back to the lines of the input files.
 *
 * One line of a run is told step by step, as a person with a calculator can
 * follow it: amount, tax, rounding, price, band, energy, reads, and for each
 * the file and line that states it.  Every step is computed again and held
 * against the stored line; one that comes out otherwise is QF_NO
 * explain-differs, after all has been told.
 *
 *	struct audit_explain_request request = {.reads = false};
 *
 *	if (audit_explain(ledger, &handle, &request, sink, &err) == -1) ...
 *
 * A posting's line is told through the first line of its run under the same
 * key.
 */
#ifndef QF_STAGE_AUDIT_EXPLAIN_H
#define QF_STAGE_AUDIT_EXPLAIN_H

#include <stdbool.h>

#include "base/sink.h"
#include "model/handle.h"

struct ledger;
struct qf_error;

struct audit_explain_request {
	bool reads; /* every interval, not only the sum of each day */
	const char
	    *point; /* of a line of qf-settle: this one of its points, and
			    * all of it; NULL: the first few */
};

/* Errors: QF_USAGE handle-line (no line is named), handle-unknown,
 * handle-kind, handle-foreign, explain-point (the line is of no such point);
 * QF_NO explain-differs; QF_CONFIG
 * explain-tool. */
int audit_explain(struct ledger *ledger, struct handle *handle,
    const struct audit_explain_request *request, struct sink sink,
    struct qf_error *err);

#endif
