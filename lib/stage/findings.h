/* findings.h - whether what a check found still stands.
 *
 * A finding is open until a later check closes it, or somebody clears it: a
 * clearance is of a finding with the value that it had, so that one whose value
 * has changed since is open again.
 *
 *	rc = findings_cleared(&cursor, ledger, asof, &fact, err);
 */
#ifndef QF_STAGE_FINDINGS_H
#define QF_STAGE_FINDINGS_H

#include <stdbool.h>
#include <stdint.h>

struct fact;
struct fact_cursor;
struct ledger;
struct qf_error;

/* 1 where a row of `finding` is cleared as of the entry, else 0.  The cursor,
 * NULL at first, is the caller's to close. */
int findings_cleared(struct fact_cursor **cursor, struct ledger *ledger,
    int64_t asof, const struct fact *finding, struct qf_error *err);

/* Whether the row says open, and is one that holds. */
bool findings_holds(const struct fact *finding);

#endif
