/* newrun.h - what a tool computed becomes a run, or is the equal earlier one.
 *
 *	if (newrun_begin(&entry, ledger, recorded_utc, err) == -1) ...
 *	... rows into the entry; on a failure entry_abandon(entry) ...
 *	newrun_describe(&run, SETTLE_TOOL, kind, asof, SETTLE_ARITHMETIC);
 *	newrun_of_period(&run, &period);
 *	newrun_word(&run, "contract", contract);
 *	if (newrun_end(entry, ledger, &run, &handle, &appended, err) == -1) ...
 *
 * and back, when a run is computed again: the words of its scope, from the last
 * to the first, and its period.
 *
 * Ownership: newrun_end() ends the entry whatever comes of it.  Errors: those
 * of the ledger.
 */
#ifndef QF_STAGE_NEWRUN_H
#define QF_STAGE_NEWRUN_H

#include <stdint.h>

#include "base/period.h"

struct entry;
struct handle;
struct ledger;
struct qf_error;
struct run;

/* An entry for a run, behind a savepoint of the ledger. */
int newrun_begin(struct entry **entry, struct ledger *ledger,
    int64_t recorded_utc, struct qf_error *err);

/* Everything of *run but its time and its scope, which are empty. */
void newrun_describe(struct run *run, const char *tool, const char *kind,
    int64_t asof, int arithmetic);

/* Whole local days; and the months of the first and last of them. */
void newrun_of_period(struct run *run, const struct period *period);
void newrun_months(struct run *run, int32_t first_day, int32_t last_day);

/* Adds "name=value" to the scope; NULL and 0 add nothing. */
void newrun_word(struct run *run, const char *name, const char *value);
void newrun_number(struct run *run, const char *name, int64_t value);

/* Appends the run, or, where an earlier one is equal, rolls back to where
 * newrun_begin() was called, and gives that one's handle: *appended is 0. */
int newrun_end(struct entry *entry, struct ledger *ledger, struct run *run,
    struct handle *handle, int *appended, struct qf_error *err);

/* A word of the scope as a text that lives as long as *run, which is cut off
 * behind it: ask for the last word first.  NULL and 0 where it is not there. */
const char *newrun_take_word(struct run *run, const char *name);
int64_t newrun_take_number(struct run *run, const char *name);

/* The period of a run of whole days. */
int newrun_take_period(struct period *out, const struct ledger *ledger,
    const struct run *run, struct qf_error *err);

#endif
