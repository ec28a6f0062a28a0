/* diff_own.h - what the files of the comparison share.  Internal. */
#ifndef QF_STAGE_AUDIT_DIFF_OWN_H
#define QF_STAGE_AUDIT_DIFF_OWN_H

#include "base/text.h"
#include "format/table.h"
#include "ledger/runs.h"
#include "model/contract.h"
#include "stage/changes.h"

#define INPUT_MAX 2000 /* bytes */

struct audit_diff_counts;

/* A change of the point in hand, with texts of its own. */
struct diff_change {
	char kind[32];
	char contract[ID_MAX + 1], leg[ID_MAX + 1];
	char channel[32], session[ID_MAX + 1];
	int64_t from_utc, to_utc, entry;
};

/* The changes between what two runs saw, point by point. */
struct diff_inputs {
	struct ledger *ledger;
	struct changes *changes;
	struct change next; /* where they stand */
	bool at_next;
	char point[ID_MAX + 1]; /* in hand */
	struct diff_change *of;
	size_t count, capacity;
	size_t of_any; /* the first of them, which are of no point alone */
	struct named_entry named;
};

int diff_inputs_open(struct diff_inputs *inputs, struct ledger *ledger,
    const struct run *was, const struct run *is, struct qf_error *err);
void diff_inputs_close(struct diff_inputs *inputs);

/* Moves forward to the point. */
int diff_inputs_of_point(
    struct diff_inputs *inputs, const char *point, struct qf_error *err);

/* Adds what changed of a stretch of time. */
int diff_inputs_of_time(struct diff_inputs *inputs, int64_t from_utc,
    int64_t to_utc, struct buf *out, struct qf_error *err);

/* diff_clear.c: two runs of qf-clear, by prices and awards. */
int diff_clearings(struct ledger *ledger, const struct run *was,
    const struct run *is, enum table_form form, struct sink sink,
    struct audit_diff_counts *counts, struct qf_error *err);

/* Adds what a line (is or was may be NULL) owes its difference to, as text. */
int diff_inputs_of_line(struct diff_inputs *inputs, const struct line *was,
    const struct line *is, struct buf *out, struct qf_error *err);

#endif
