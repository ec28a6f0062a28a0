/* standing.h - what stands in the scope of a run, over all postings.
 *
 *	if (standing_open(&standing, ledger, &run, 0, err) == -1) ...
 *	while ((rc = standing_next(standing, &stands, err)) == 1) ...
 *	standing_close(standing);
 *
 * The scope of a run is its tool, its contracts and legs, and the periods that
 * lie within its own.  A key's newest transfer says what stands of it in all;
 * that is also what stands of it in the scope, unless runs of other periods
 * share a month with this one.
 *
 * Ownership: texts handed out are valid until the next step.  Memory is
 * bounded, whatever the number of keys (base/sorter.h).
 */
#ifndef QF_LEDGER_STANDING_H
#define QF_LEDGER_STANDING_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger/runs.h"
#include "model/transfer.h"

struct ledger;
struct qf_error;
struct standing;

struct stands {
	struct transfer newest; /* the key's last transfer */
	int64_t posting; /* the posting that it belongs to */
	struct transfer_sums scope; /* what stands of it in the scope */
};

/* The keys that postings have touched, in order of key; with up_to above 0
 * only postings up to that entry.  Keys of other periods of the same months
 * come too: their scope is all zero. */
int standing_open(struct standing **out, struct ledger *ledger,
    const struct run *run, int64_t up_to, struct qf_error *err);

/* True where no posting touches the months and scope: there is no row. */
bool standing_is_empty(const struct standing *standing);

int standing_next(
    struct standing *standing, struct stands *out, struct qf_error *err);
void standing_close(struct standing *standing);

#endif
