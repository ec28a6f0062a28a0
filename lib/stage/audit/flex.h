/* flex.h - checking settlements of flexibility (UFTP FlexSettlement).
 *
 *	struct audit_flex_request request = {.minutes = 15, .say = say};
 *
 *	if (audit_flex(&request, paths, count, &status, err) == -1) ...
 *
 * Each file is held against the schema, where one is given, and against what no
 * schema can say (uftp_settlement.h).  What is wrong is said through say, by
 * file and line.  No ledger is asked.
 *
 * Errors: those of the schema.
 */
#ifndef QF_STAGE_AUDIT_FLEX_H
#define QF_STAGE_AUDIT_FLEX_H

#include <stddef.h>

#include "base/status.h"

struct audit_flex_request {
	const char *schema; /* XSD, or NULL */
	int minutes; /* of an ISP */
	void (*say)(void *context, const struct qf_error *err);
	void *context;
};

/* *status: QF_OK; QF_NO where the checks of a file fail; or that of the first
 * file that cannot be read or does not fit the schema. */
int audit_flex(const struct audit_flex_request *request, char *const *paths,
    size_t count, enum qf_status *status, struct qf_error *err);

#endif
