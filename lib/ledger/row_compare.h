/* row_compare.h - rows that come against those that are stored.
 *
 * Internal, of row.c and runs.c: what an entry that is only hashed appends is
 * compared, table by table, with the rows of an entry of the ledger.
 */
#ifndef QF_LEDGER_ROW_COMPARE_H
#define QF_LEDGER_ROW_COMPARE_H

#include "ledger/row.h"

struct row_compare;

struct row_compare *row_compare_new(struct ledger *ledger, int64_t stored);
void row_compare_free(struct row_compare *compare);

/* A row that came, by its canonical bytes: QF_NO replay-differs with the first
 * column that differs. */
int row_compare_take(struct row_compare *compare, enum row_table table,
    const char *bytes, size_t length, struct qf_error *err);

/* At the end: QF_NO replay-differs where rows of numbered tables are stored
 * that did not come. */
int row_compare_end(struct row_compare *compare, struct qf_error *err);

#endif
