/* diff.h - two runs line by line: what was, what is, and why.
 *
 * A row for each line that is in one run alone, or in both with another
 * quantity, price or amount; lines of both belong together where contract,
 * leg, what they cover, subject, component, band, channel, session and the two
 * parties are the same.  `input` names what changed between the entries that
 * the two runs saw, as far as the line depends on it: the kind and the entry,
 * and for what is held in one of them the reason.  The last row is the sum
 * over all lines of both.
 *
 * Of two clearings, whose runs have no lines: a row for each price of an hour
 * and each award of a bid that is otherwise.
 *
 * Both runs are in the same order, so they are merged: in memory are the lines
 * of one contract's leg, and the changes of one point.
 */
#ifndef QF_STAGE_AUDIT_DIFF_H
#define QF_STAGE_AUDIT_DIFF_H

#include <stdint.h>

#include "format/table.h"
#include "model/handle.h"

struct ledger;
struct qf_error;

struct audit_diff_counts {
	int64_t lines; /* or prices and awards, of both; of a pair once */
	int64_t changed, gone, added;
};

/* Errors: QF_NO runs-differ after the whole table; QF_USAGE handle-kind,
 * handle-unknown, runs-unlike; those of changes.h. */
int audit_diff(struct ledger *ledger, struct handle *was, struct handle *is,
    enum table_form form, struct sink sink, struct audit_diff_counts *counts,
    struct qf_error *err);

#endif
