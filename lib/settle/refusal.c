/* refusal.c - why something cannot be settled, in words.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/refusal.h"

#include <assert.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include "base/status.h"

int
refuse(struct refusal *refusal, const char *reason, const char *format, ...)
{
	va_list ap;

	assert(refusal != NULL && reason != NULL);
	(void)snprintf(refusal->reason, sizeof(refusal->reason), "%s", reason);
	va_start(ap, format);
	(void)vsnprintf(refusal->detail, sizeof(refusal->detail), format, ap);
	va_end(ap);
	return 1;
}

int
refuse_error(struct refusal *refusal, const struct qf_error *err)
{
	if (err->status != QF_DATA && err->status != QF_CONFIG) {
		return -1;
	}
	return refuse(refusal, err->code, "%.*s",
	    (int)sizeof(refusal->detail) - 1, err->text);
}
