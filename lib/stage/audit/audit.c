/* audit.c - opens what is audited, and closes it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/audit/audit.h"

#include <string.h>
#include <unistd.h>

#include "base/outfile.h"
#include "ledger/db.h"

int
audit_begin(
    struct audit *audit, const char *path, bool json, struct qf_error *err)
{
	memset(audit, 0, sizeof(*audit));
	audit->form = table_form_for(STDOUT_FILENO, json);
	if (ledger_open(&audit->ledger, path, LEDGER_READ, 0, err) == -1 ||
	    outfile_begin(&audit->out, "-", "qf-audit", true, err) == -1) {
		return -1;
	}
	audit->sink = sink_outfile(audit->out);
	return 0;
}

int
audit_end(struct audit *audit, int rc, struct qf_error *err)
{
	struct qf_error later;

	if (audit->out != NULL &&
	    outfile_commit(audit->out, rc == 0 ? err : &later) == -1) {
		rc = -1;
	}
	outfile_free(audit->out);
	ledger_close(audit->ledger);
	return rc;
}

int
audit_snapshot(struct audit *audit, const char *file, struct qf_error *err)
{
	return ledger_snapshot(audit->ledger, file, err);
}
