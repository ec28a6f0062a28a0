/* log.h - the entries of a ledger as a table. */
#ifndef QF_STAGE_AUDIT_LOG_H
#define QF_STAGE_AUDIT_LOG_H

#include "base/sink.h"
#include "format/table.h"

struct ledger;
struct qf_error;

/* A row an entry, oldest first: its handle, kind, when it was recorded, what
 * it is (a file; a period with kind and scope; the run that was posted), and
 * how many rows it has in all tables.  kind: one of market, batch, rule, run,
 * posting (QF_USAGE entry-kind otherwise), or NULL for all. */
int audit_log(struct ledger *ledger, const char *kind, enum table_form form,
    struct sink sink, struct qf_error *err);

#endif
