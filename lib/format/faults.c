/* faults.c - what is wrong with the rows of one file.
 *
 * Kept in a sorter by line, so that a file of ten million bad rows needs no
 * more memory than one of ten.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/faults.h"

#include <assert.h>
#include <endian.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/sorter.h"

#define MEMORY ((size_t)256 << 10) /* bytes before faults go to a file */

struct faults {
	char *file;
	struct sorter *sorter; /* NULL until there is a fault */
	uint64_t count;
	bool finished;
};

struct faults *
faults_new(const char *file)
{
	struct faults *faults = xcalloc(1, sizeof(*faults));

	faults->file = xstrdup(file);
	return faults;
}

void
faults_free(struct faults *faults)
{
	if (faults == NULL) {
		return;
	}
	sorter_free(faults->sorter);
	free(faults->file);
	free(faults);
}

/* A record is the echo's flag and three texts, each with its NUL. */
static int
keep(struct faults *faults, size_t line_no, bool echo, const char *column,
    const char *code, const char *what, struct qf_error *err)
{
	uint64_t key = htobe64(line_no);
	char data[1 + QF_ERROR_CODE_MAX + 2 * QF_ERROR_TEXT_MAX];
	int n;

	assert(!faults->finished);
	if (faults->sorter == NULL) {
		faults->sorter = sorter_new(MEMORY);
	}
	n = snprintf(data, sizeof(data), "%c%.255s%c%.*s%c%.*s",
	    echo ? 'e' : 'f', column == NULL ? "" : column, '\0',
	    QF_ERROR_CODE_MAX - 1, code, '\0', QF_ERROR_TEXT_MAX - 1, what);
	assert(n > 0 && (size_t)n < sizeof(data));
	if (sorter_add(faults->sorter, &key, sizeof(key), data, (size_t)n + 1,
		err) == -1) {
		return -1;
	}
	if (!echo) {
		faults->count++;
	}
	return 0;
}

int
faults_add(struct faults *faults, size_t line_no, const char *column,
    struct qf_error *err, const char *code, const char *format, ...)
{
	char what[QF_ERROR_TEXT_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	return keep(faults, line_no, false, column, code, what, err);
}

/* What follows "file:" and "line: ", where the text begins so. */
static const char *
without_place(const struct faults *faults, const char *text)
{
	size_t length = strlen(faults->file);
	const char *p = text + length;

	if (strncmp(text, faults->file, length) != 0 || *p != ':') {
		return text;
	}
	p++;
	p += strspn(p, "0123456789");
	return strncmp(p, ": ", 2) == 0 ? p + 2 : text;
}

int
faults_add_error(struct faults *faults, size_t line_no, const char *column,
    const struct qf_error *fault, struct qf_error *err)
{
	return keep(faults, line_no, false, column, fault->code,
	    without_place(faults, fault->text), err);
}

int
faults_add_echo(struct faults *faults, size_t line_no, size_t because_of,
    const struct qf_error *fault, struct qf_error *err)
{
	char what[QF_ERROR_TEXT_MAX];

	snprintf(what, sizeof(what), "with line %zu: %s", because_of,
	    without_place(faults, fault->text));
	return keep(faults, line_no, true, NULL, fault->code, what, err);
}

uint64_t
faults_count(const struct faults *faults)
{
	return faults->count;
}

int
faults_finish(struct faults *faults, struct qf_error *err)
{
	assert(!faults->finished);
	faults->finished = true;
	if (faults->sorter == NULL) {
		return 0;
	}
	return sorter_finish(faults->sorter, err);
}

int
faults_next(struct faults *faults, struct fault *out, struct qf_error *err)
{
	struct sorter_record record;
	uint64_t key;
	int rc;

	assert(faults->finished);
	if (faults->sorter == NULL) {
		return 0;
	}
	rc = sorter_next(faults->sorter, &record, err);
	if (rc != 1) {
		return rc;
	}
	assert(record.key_length == sizeof(key));
	memcpy(&key, record.key, sizeof(key));
	out->line_no = (size_t)be64toh(key);
	out->echo = *(const char *)record.data == 'e';
	out->column = (const char *)record.data + 1;
	out->code = out->column + strlen(out->column) + 1;
	out->what = out->code + strlen(out->code) + 1;
	return 1;
}

void
faults_message(const struct faults *faults, const struct fault *fault,
    struct qf_error *out)
{
	qf_fail(out, QF_DATA, fault->code, "%s:%zu: %s%s%s", faults->file,
	    fault->line_no, fault->column, fault->column[0] == '\0' ? "" : ": ",
	    fault->what);
}
