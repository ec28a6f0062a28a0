/* missing.h - which reads of a period are still missing, by district.
 *
 * Of the reads that contracts need (needs.h) it counts the values that are
 * there and those that are missing or withdrawn.  A channel without any read
 * in the period is one that is not metered at the point, as long as its other
 * direction is.  A day without a row is counted in intervals of the point's
 * other days, or where it has none at all of as many minutes as are given.
 *
 * Cost: the contracts and reads of the period, once each.  Memory is bounded
 * but for the districts.
 */
#ifndef QF_STAGE_AUDIT_MISSING_H
#define QF_STAGE_AUDIT_MISSING_H

#include <stdbool.h>

#include "format/table.h"

struct ledger;
struct qf_error;
struct summary;

struct audit_missing_request {
	const char *period; /* as the user wrote it */
	const char *asof, *cut_off; /* see asof.h; NULL: not given */
	bool points; /* a row a point that lacks values, not a district */
	int minutes; /* of intervals where nothing says */
};

/* Tells the summary, too.  *unknown gets the stretches of contracts of which no
 * tariff says what they need.  Errors: QF_NO reads-missing after the whole
 * table; those of period_parse() and asof.h. */
int audit_missing(struct ledger *ledger,
    const struct audit_missing_request *request, enum table_form form,
    struct sink sink, struct summary *summary, int64_t *unknown,
    struct qf_error *err);

#endif
