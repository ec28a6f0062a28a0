/* facts_overlap.h - what must not lie over another row of its kind.
 *
 * Internal, of facts.c.
 */
#ifndef QF_LEDGER_FACTS_OVERLAP_H
#define QF_LEDGER_FACTS_OVERLAP_H

#include "model/fact.h"

struct entry;
struct qf_error;

/* Contracts of one leg at a point, meters of a point, and the stretches of one
 * award, signal or given baseline: QF_DATA contract-overlap, meter-overlap,
 * award-overlap, signal-overlap, baseline-overlap, naming what is there. */
int facts_check_overlap(
    struct entry *entry, const struct fact *fact, struct qf_error *err);

#endif
