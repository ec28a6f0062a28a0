/* totals.h - adding the rows of a statement up.
 *
 *	struct totals *totals = totals_new();
 *
 *	totals_add(totals, &transfer, NULL, err) ...
 *	totals_take(totals, &out);
 *	totals_clear(totals);
 *	totals_free(totals);
 *
 * Energy counts where the transfer says so, once; money counts by subject.
 * Memory grows with the number of subjects, not of rows.
 * Errors: QF_DATA "totals-range" where a sum does not fit 64 bits.
 */
#ifndef QF_SETTLE_TOTALS_H
#define QF_SETTLE_TOTALS_H

#include "model/statement.h"

struct qf_error;
struct totals;

struct totals *totals_new(void);
void totals_free(struct totals *totals); /* NULL is fine */

/* Adds what stands after a transfer, and its change.  role is payer, payee or
 * NULL, and static text. */
int totals_add(struct totals *totals, const struct transfer *transfer,
    const char *role, struct qf_error *err);

/* The sums, in order of subject or channel, then of role; names are empty.
 * Valid until totals is changed. */
void totals_take(struct totals *totals, struct statement_totals *out);

void totals_clear(struct totals *totals);

#endif
