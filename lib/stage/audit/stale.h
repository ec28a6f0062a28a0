/* stale.h - which runs would come out otherwise by now, and why.
 *
 * A run is stale where something that it looked at has changed since the entry
 * that it saw: a row for each change, with the entry that made it.  Newest
 * runs first.
 */
#ifndef QF_STAGE_AUDIT_STALE_H
#define QF_STAGE_AUDIT_STALE_H

#include <stddef.h>
#include <stdint.h>

#include "format/table.h"
#include "model/handle.h"

struct ledger;
struct qf_error;

struct audit_stale_request {
	struct handle *runs; /* NULL: all that are posted or final, and not
			      * superseded by a later one of these */
	size_t run_count;
	const char *asof; /* a number or a handle; NULL: the last input */
};

struct audit_stale_counts {
	int64_t runs, stale, changes;
};

/* Errors: QF_NO runs-stale after the whole table; QF_USAGE handle-kind,
 * handle-unknown; those of changes.h. */
int audit_stale(struct ledger *ledger,
    const struct audit_stale_request *request, enum table_form form,
    struct sink sink, struct audit_stale_counts *counts, struct qf_error *err);

#endif
