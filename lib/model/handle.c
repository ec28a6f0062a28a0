/* handle.c - reading and writing handles.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "model/handle.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/status.h"

static const char *const kinds[] = {
    [ENTRY_MARKET] = "market",
    [ENTRY_BATCH] = "batch",
    [ENTRY_RULE] = "rule",
    [ENTRY_RUN] = "run",
    [ENTRY_POSTING] = "posting",
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

const char *
entry_kind_name(enum entry_kind kind)
{
	if (kind < ENTRY_MARKET || kind >= KINDS) {
		BUG("no kind of entry %d", (int)kind);
	}
	return kinds[kind];
}

/* Takes "KIND:" off the front of *text. */
static bool
take_kind(enum entry_kind *out, const char **text)
{
	for (size_t i = ENTRY_MARKET; i < KINDS; i++) {
		size_t length = strlen(kinds[i]);

		if (strncmp(*text, kinds[i], length) == 0 &&
		    (*text)[length] == ':') {
			*out = (enum entry_kind)i;
			*text += length + 1;
			return true;
		}
	}
	return false;
}

/* Takes a number from 1 off the front of *text: no sign, no leading zero. */
static bool
take_number(int64_t *out, const char **text)
{
	int64_t value = 0;
	const char *p = *text;

	if (*p < '1' || *p > '9') {
		return false;
	}
	for (; *p >= '0' && *p <= '9'; p++) {
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, *p - '0', &value)) {
			return false;
		}
	}
	*out = value;
	*text = p;
	return true;
}

/* Takes the digits of a digest's head off the front of *text. */
static bool
take_head(char head[HANDLE_HEAD_LENGTH + 1], const char **text)
{
	size_t length = strspn(*text, "0123456789abcdef");

	if (length != HANDLE_HEAD_LENGTH) {
		return false;
	}
	memcpy(head, *text, length);
	head[length] = '\0';
	*text += length;
	return true;
}

int
handle_parse(struct handle *out, const char *text, struct qf_error *err)
{
	struct handle handle = {0};
	const char *rest = text;
	bool ok;

	ok =
	    take_kind(&handle.kind, &rest) && take_number(&handle.entry, &rest);
	if (ok && *rest == '@') {
		rest++;
		ok = take_head(handle.head, &rest);
	}
	if (ok && *rest == '/') {
		rest++;
		ok = take_number(&handle.line, &rest);
	}
	if (!ok || *rest != '\0') {
		return qf_fail(err, QF_USAGE, "handle-syntax",
		    "%.80s: is no handle such as run:9@1f3a9c02", text);
	}
	*out = handle;
	return 0;
}

char *
handle_format(const struct handle *handle, char *text, size_t size)
{
	char line[24] = "";

	if (size < HANDLE_TEXT_MAX) {
		BUG("%zu bytes for a handle", size);
	}
	if (handle->line != 0) {
		snprintf(line, sizeof(line), "/%lld", (long long)handle->line);
	}
	snprintf(text, size, "%s:%lld%s%s%s", entry_kind_name(handle->kind),
	    (long long)handle->entry, handle->head[0] == '\0' ? "" : "@",
	    handle->head, line);
	return text;
}
