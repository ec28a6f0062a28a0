/* audit.h - a ledger that is open for reading, and where answers are printed.
 *
 *	struct audit audit;
 *
 *	if (audit_begin(&audit, path, json, &err) == 0)
 *		rc = audit_log(audit.ledger, NULL, audit.form, audit.sink,
 *		    &err);
 *	rc = audit_end(&audit, rc, &err);
 *
 * Errors: those of ledger_open(), of the output, and of ledger_snapshot().
 */
#ifndef QF_STAGE_AUDIT_H
#define QF_STAGE_AUDIT_H

#include <stdbool.h>

#include "base/sink.h"
#include "format/table.h"

struct ledger;
struct outfile;
struct qf_error;

struct audit {
	struct ledger *ledger;
	struct outfile *out; /* standard output */
	struct sink sink; /* to it */
	enum table_form form; /* JSON where asked for, else as it suits */
};

int audit_begin(
    struct audit *audit, const char *path, bool json, struct qf_error *err);

/* Writes out what was printed, also where rc is -1 and *err has the answer,
 * which then stays; closes.  Returns rc, or -1 where the output failed.  Also
 * after audit_begin() failed. */
int audit_end(struct audit *audit, int rc, struct qf_error *err);

/* Writes a copy of the ledger that stands on its own; file must not exist. */
int audit_snapshot(struct audit *audit, const char *file, struct qf_error *err);

#endif
