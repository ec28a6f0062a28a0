/* exported.h - reading back what qf-export wrote for billing.
 *
 * A directory is believed only as far as its MANIFEST goes: every file that it
 * names must be there with its digest, and no other CSV file may be.
 *
 *	if (audit_exported("outbox/1", take, context, err) == -1) ...
 *
 * Errors: QF_NO exported-manifest, exported-digest, exported-extra; QF_DATA
 * exported-format for a CSV file that is not one of billing-csv; QF_NOINPUT
 * open-failed.
 */
#ifndef QF_STAGE_AUDIT_EXPORTED_H
#define QF_STAGE_AUDIT_EXPORTED_H

#include "base/dec.h"

struct qf_error;

/* A row: what the file says changed, or stands where it is a full one. */
struct exported_row {
	const char *contract, *leg, *channel, *unit;
	struct dec quantity, gross;
};

int audit_exported(const char *directory,
    int (*take)(
	void *context, const struct exported_row *row, struct qf_error *err),
    void *context, struct qf_error *err);

#endif
