/* price.h - the lines that a load would be billed, without a ledger.
 *
 * The load is a file of interval reads in the long or wide form, in kWh or
 * kW.  It is rated by qf-rate's own arithmetic (stage/rate/rate.h) in a ledger
 * in memory, where every point has a contract of every leg from the load's
 * first interval to its last; so charges per day, month or once are there too.
 *
 *	struct table *table = tariff_price_table(sink, form);
 *
 *	if (tariff_price(&request, table, err) == -1) ...
 *
 * Errors: those of the files; QF_DATA with the reason where qf-rate would hold
 * the account (settle/refusal.h), the last of them in *err and those before it
 * said; QF_CONFIG for a tariff that is a template.  What could be priced is in
 * the table even so.
 */
#ifndef QF_STAGE_TARIFF_PRICE_H
#define QF_STAGE_TARIFF_PRICE_H

#include "format/table.h"
#include "stage/tariff/scratch.h"

/* A table of lines, to be freed by the caller. */
struct table *tariff_price_table(struct sink sink, enum table_form form);

/* Finishes the table, unless there is no line that it could have. */
int tariff_price(const struct tariff_scratch_request *request,
    struct table *table, struct qf_error *err);

#endif
