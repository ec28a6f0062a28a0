/* refusal.c - why something cannot be settled, in words.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/refusal.h"

#include <assert.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

int
refuse(struct refusal *refusal, const char *reason, const char *format, ...)
{
	va_list ap;

	assert(refusal != NULL && reason != NULL);
	refusal->reason = reason;
	va_start(ap, format);
	(void)vsnprintf(refusal->detail, sizeof(refusal->detail), format, ap);
	va_end(ap);
	return 1;
}
