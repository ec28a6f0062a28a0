/* needs.h - which interval reads the contracts of a period need.
 *
 * A contract on intervals needs its point's reads on every channel that a
 * charge of its leg is of; where the point is the sum of others, or others are
 * deducted from it, it needs theirs, and a point that is such a sum, or has no
 * meter, none of its own.  Contracts on registers or sessions need none.
 *
 *	if (needs_open(&needs, ledger, asof, zone, &period, err) == -1) ...
 *	while ((rc = needs_next(needs, &point, err)) == 1)
 *		... point->name, point->of[i] ...
 *	needs_free(needs);
 *
 * Points come in order, each once, whoever needs it.  Memory is bounded
 * (base/sorter.h) but for the stretches of one point.  Errors: those of the
 * ledger; QF_CONFIG for a tariff document that cannot be read.
 */
#ifndef QF_STAGE_NEEDS_H
#define QF_STAGE_NEEDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/period.h"
#include "model/contract.h"
#include "model/series.h"

struct ledger;
struct qf_error;
struct zone;

struct need {
	enum channel channel;
	int64_t from_utc, to_utc;
};

/* Needs of a channel touch or overlap no other; in order of channel, time. */
struct needs_point {
	char name[ID_MAX + 1];
	const struct need *of;
	size_t count;
};

struct needs;
int needs_open(struct needs **out, struct ledger *ledger, int64_t asof,
    const struct zone *zone, const struct period *period, struct qf_error *err);
int
needs_next(struct needs *needs, struct needs_point *out, struct qf_error *err);
void needs_free(struct needs *needs);

/* Stretches of contracts on intervals of which no tariff says what they need.
 */
int64_t needs_unknown(const struct needs *needs);

#endif
