/* scope.h - the points that a period is looked through by.
 *
 * Those that have contracts in it, and those that stand behind them (their
 * reads make up what is settled there); or those that were named.
 *
 *	if (scope_contracts(&scope, ledger, asof, &period, err) == -1) ...
 *	while ((rc = scope_next(scope, &point, err)) == 1)
 *		...
 *	scope_free(scope);
 *
 * Points come in the order of their names, each once.  Memory does not grow
 * with their number.
 */
#ifndef QF_STAGE_SCOPE_H
#define QF_STAGE_SCOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/period.h"
#include "model/contract.h"

struct ledger;
struct qf_error;
struct scope;

#define SCOPE_STRETCHES_MAX 16

struct scope_point {
	char point[ID_MAX + 1];
	bool on_intervals; /* a contract on intervals asks for its reads */
	/* When, in the period; what overlaps is one stretch. */
	size_t count;
	struct {
		int64_t from_utc, to_utc;
	} stretches[SCOPE_STRETCHES_MAX];
	/* The tariffs of its contracts on intervals, or of those of the point
	 * that it stands behind. */
	size_t tariff_count;
	struct scope_tariff {
		int64_t from_utc, to_utc;
		bool export; /* of the leg export: else of another */
		char tariff[ID_MAX + 1];
	} tariffs[SCOPE_STRETCHES_MAX];
};

int scope_contracts(struct scope **out, struct ledger *ledger, int64_t asof,
    const struct period *period, struct qf_error *err);

/* Points by name, for the whole period and as if on intervals.  QF_USAGE
 * point-unknown. */
int scope_named(struct scope **out, struct ledger *ledger, int64_t asof,
    const struct period *period, char *const *points, size_t count,
    struct qf_error *err);

/* 1 and the next point, 0 at the end. */
int
scope_next(struct scope *scope, struct scope_point *out, struct qf_error *err);

void scope_free(struct scope *scope);

#endif
