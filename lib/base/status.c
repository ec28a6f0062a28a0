/* status.c - filling and printing of errors.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/status.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Copies text into out, with control characters written as \xNN, so that a
 * hostile file cannot steer the terminal or the mail that shows it. */
static void
escape(char *out, size_t size, const char *text)
{
	static const char hex[] = "0123456789abcdef";
	size_t used = 0;

	for (; *text != '\0' && used + 5 < size; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= 0x20 && c != 0x7f) {
			out[used++] = (char)c;
			continue;
		}
		out[used++] = '\\';
		out[used++] = 'x';
		out[used++] = hex[c >> 4];
		out[used++] = hex[c & 15];
	}
	out[used] = '\0';
}

int
qf_fail(struct qf_error *err, enum qf_status status, const char *code,
    const char *format, ...)
{
	char text[QF_ERROR_TEXT_MAX];
	va_list ap;

	assert(status != QF_OK);
	assert(strlen(code) < QF_ERROR_CODE_MAX);
	if (err == NULL) {
		return -1;
	}
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	err->status = status;
	snprintf(err->code, sizeof(err->code), "%s", code);
	escape(err->text, sizeof(err->text), text);
	return -1;
}

int
qf_fail_prefix(struct qf_error *err, const char *format, ...)
{
	char prefix[QF_ERROR_TEXT_MAX];
	char text[2 * QF_ERROR_TEXT_MAX + 2];
	va_list ap;

	if (err == NULL) {
		return -1;
	}
	va_start(ap, format);
	vsnprintf(prefix, sizeof(prefix), format, ap);
	va_end(ap);
	snprintf(text, sizeof(text), "%s: %s", prefix, err->text);
	escape(err->text, sizeof(err->text), text);
	return -1;
}

void
qf_bug(const char *file, int line, const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "bug: %s:%d: ", file, line);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputs(" [please report this]\n", stderr);
	abort();
}
