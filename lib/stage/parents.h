/* parents.h - whether points stand behind a point, asked in order of points.
 *
 * Most points have none: the next parent is looked up once and waited for.
 *
 *	struct parents parents = {0};
 *
 *	rc = parents_has(&parents, ledger, asof, point, err);
 *	...
 *	facts_close(parents.cursor);
 */
#ifndef QF_STAGE_PARENTS_H
#define QF_STAGE_PARENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/contract.h"

struct fact_cursor;
struct ledger;
struct qf_error;

struct parents {
	struct fact_cursor *cursor;
	bool known; /* next is looked up */
	char next[ID_MAX + 1]; /* first parent at or after the last point asked
				* for; "" where none is left */
};

/* 1 where the point has relations as their parent, as of the entry, or where
 * the ledger is watched, so that those that come later are seen too; else 0.
 * Points must not go back. */
int parents_has(struct parents *parents, struct ledger *ledger, int64_t asof,
    const char *point, struct qf_error *err);

#endif
