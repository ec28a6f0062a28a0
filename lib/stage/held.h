/* held.h - what a run holds, and what stands of it from before.
 *
 * What is held is never posted, nor taken as zero.  A contract's leg that is
 * held whole is left as it stands.  Where single sessions are held, the keys
 * they belong to are settled from the others: a held session then counts with
 * what the newest posted run that settled it said.
 *
 *	if (held_load(&held, ledger, run.entry, err) == -1) ...
 *	if (held_whole(held, contract, leg)) ... leave it ...
 *	if (held_has_sessions(held) &&
 *	    held_carry(held, ledger, &run, add, context, err) == -1) ...
 *	held_free(held);
 *
 * Memory: the holds of the run.
 */
#ifndef QF_STAGE_HELD_H
#define QF_STAGE_HELD_H

#include <stdbool.h>
#include <stdint.h>

#include "model/line.h"

struct held;
struct ledger;
struct qf_error;
struct run;

/* Loads the holds of a run. */
int held_load(struct held **out, struct ledger *ledger, int64_t run,
    struct qf_error *err);
void held_free(struct held *held); /* NULL is fine */

/* Whether the contract's leg is held whole. */
bool held_whole(const struct held *held, const char *contract,
    const char *leg);

bool held_has_sessions(const struct held *held);

/* Hands out the lines of the held sessions from the posted runs inside the
 * run's scope: each session's from the newest run that settled it. */
int held_carry(struct held *held, struct ledger *ledger, const struct run *run,
    int (*add)(void *context, const struct line *line, struct qf_error *err),
    void *context, struct qf_error *err);

#endif
