/* handles.h - the handles that a tool is to work on.
 *
 *	struct handle *handles;
 *	size_t count;
 *
 *	if (handles_take(&handles, &count, tool.operands, tool.operand_count,
 *		stdin, &err) == -1) ...
 *	free(handles);
 *
 * The operand "-" stands for those on standard input, one a line; all are read
 * before this returns, so that a tool waits for the one before it in a
 * pipeline without holding a lock that the other needs.
 *
 * Errors: QF_DATA "no-handles" where standard input has none, so that a
 * pipeline whose first half failed does not look like a quiet night; QF_DATA
 * "handle-syntax" for a line there that is none, QF_USAGE for an operand;
 * QF_IO "read-failed".
 */
#ifndef QF_STAGE_HANDLES_H
#define QF_STAGE_HANDLES_H

#include <stddef.h>
#include <stdio.h>

#include "model/handle.h"

struct qf_error;

/* In the order given, one that is named again left out.  *out is the caller's
 * to free. */
int handles_take(struct handle **out, size_t *count, char *const *operands,
    size_t operand_count, FILE *input, struct qf_error *err);

#endif
