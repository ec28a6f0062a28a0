/* handles.c - the handles that a tool is to work on.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/handles.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/status.h"

#define LINE_SIZE 256 /* a handle is shorter */

struct taken {
	struct handle *handles;
	size_t count;
};

static int
take(struct taken *taken, const char *text, struct qf_error *err)
{
	struct handle handle;

	if (handle_parse(&handle, text, err) == -1) {
		return -1;
	}
	for (size_t i = 0; i < taken->count; i++) {
		const struct handle *earlier = &taken->handles[i];

		if (earlier->kind == handle.kind &&
		    earlier->entry == handle.entry &&
		    earlier->line == handle.line &&
		    strcmp(earlier->head, handle.head) == 0) {
			return 0;
		}
	}
	taken->handles =
	    xreallocarray(taken->handles, taken->count + 1, sizeof(handle));
	taken->handles[taken->count++] = handle;
	return 0;
}

static int
take_input(struct taken *taken, FILE *input, struct qf_error *err)
{
	char line[LINE_SIZE];
	size_t line_no = 0;
	bool any = false;

	while (fgets(line, sizeof(line), input) != NULL) {
		line_no++;
		line[strcspn(line, "\n")] = '\0';
		if (take(taken, line, err) == -1) {
			if (err != NULL) {
				err->status = QF_DATA;
			}
			return qf_fail_prefix(err, "(stdin):%zu", line_no);
		}
		any = true;
	}
	if (ferror(input)) {
		return qf_fail(err, QF_IO, "read-failed",
		    "cannot read handles from standard input");
	}
	if (!any) {
		return qf_fail(err, QF_DATA, "no-handles",
		    "no handle on standard input: did what should have "
		    "written it fail?");
	}
	return 0;
}

int
handles_take(struct handle **out, size_t *count, char *const *operands,
    size_t operand_count, FILE *input, struct qf_error *err)
{
	struct taken taken = {0};

	*out = NULL;
	*count = 0;
	for (size_t i = 0; i < operand_count; i++) {
		int rc = strcmp(operands[i], "-") == 0
			     ? take_input(&taken, input, err)
			     : take(&taken, operands[i], err);

		if (rc == -1) {
			free(taken.handles);
			return -1;
		}
	}
	*out = taken.handles;
	*count = taken.count;
	return 0;
}
