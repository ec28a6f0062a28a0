/* explain_own.h - what the files that tell an award share.  Internal. */
#ifndef QF_STAGE_CLEAR_EXPLAIN_OWN_H
#define QF_STAGE_CLEAR_EXPLAIN_OWN_H

#include "base/dec.h"
#include "ledger/runs.h"
#include "stage/clear/own.h"
#include "stage/telling.h"

struct told {
	struct telling telling;
	const struct zone *zone;
	struct run run;
	int64_t line_no;
	struct award_row stored; /* of the run */
	struct award_row award; /* as it comes out again */
	const struct clear_walk *walk; /* its hour, cleared */
	const struct clear_bid *bid;
	bool is_told;
	struct dec number; /* scratch */
};

/* So many ticks as a quantity, or of any tick; a level as a price. */
const char *told_ticks(struct told *told, int64_t ticks, const struct dec *tick,
    char out[DEC_TEXT_MAX]);
const char *
told_quantity(struct told *told, int64_t ticks, char out[DEC_TEXT_MAX]);
const char *told_level(
    struct told *told, const struct order_level *level, char out[DEC_TEXT_MAX]);

/* How the award came about: at one price, or in pairs. */
void told_uniform(struct told *told);
void told_pairs(struct told *told);

#endif
