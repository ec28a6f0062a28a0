/* against.h - a clearing held against what was published, or a run.
 *
 * A row for each difference: auction, start, bid, what, ours, theirs.  `what`
 * is hour (one side alone has it: yes or no), price (none where there is
 * none), volume, or, of a bid, quantity and price.  Numbers are compared as
 * numbers.  What the other side does not say (a price of an award, a volume,
 * all prices, all awards) is not compared; an award of nothing is the same as
 * none.
 *
 *	struct clear_against *against;
 *
 *	if (clear_against_open(&against, ledger, &request, "published", table,
 *	    err) == -1) ...
 *	sink = clear_against_sink(against);
 *	... clear_run() with the sink ...
 *	if (clear_against_finish(against, &differences, err) == -1) ...
 *	clear_against_free(against);
 *
 * Both sides are in the same order and are merged: nothing is held in memory.
 */
#ifndef QF_STAGE_CLEAR_AGAINST_H
#define QF_STAGE_CLEAR_AGAINST_H

#include <stdint.h>

#include "format/table.h"
#include "stage/clear/clear.h"

struct clear_against;

/* what: "published", or a run's handle.  The table's form and sink; QF_NO
 * published-none where nothing was published of the auction; QF_USAGE
 * handle-kind where the run is not of this tool, handle-auction where it is of
 * another auction, and those of
 * entry_resolve(). */
int clear_against_open(struct clear_against **out, struct ledger *ledger,
    const struct clear_request *request, const char *what, enum table_form form,
    struct sink sink, struct qf_error *err);
void clear_against_free(struct clear_against *against); /* NULL is fine */

/* Compares as rows come. */
struct clear_sink clear_against_sink(struct clear_against *against);

/* What is on the other side alone, and the end of the table. */
int clear_against_finish(
    struct clear_against *against, int64_t *differences, struct qf_error *err);

#endif
