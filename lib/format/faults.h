/* faults.h - what is wrong with the rows of one file.
 *
 *	struct faults *faults = faults_new("reads.csv");
 *
 *	faults_add(faults, 7, "kwh", err, "fact-empty", "empty");
 *	...
 *	if (faults_finish(faults, err) == -1) ...
 *	while ((rc = faults_next(faults, &fault, err)) == 1)
 *		... fault.line_no, fault.column, fault.code, fault.what ...
 *	faults_free(faults);
 *
 * Faults are found in any order and come back in the order of their lines, and
 * of their finding where a line has several.  A file may be nothing but
 * faults, so what does not fit in a little memory goes to a temporary file.
 *
 * Ownership: texts are copied in; those of faults_next are valid until the
 * next call.  Errors: those of sorter.h.
 */
#ifndef QF_FORMAT_FAULTS_H
#define QF_FORMAT_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct faults;

struct fault {
	size_t line_no; /* of the file, from 1 */
	const char *column; /* "" where it is the row's as a whole */
	const char *code; /* stable */
	const char *what; /* half a sentence */
	bool echo; /* its row falls with another line's, listed before */
};

/* The file's name is copied; it stands in messages. */
struct faults *faults_new(const char *file);
void faults_free(struct faults *faults);

/* Adds a fault of a row; column may be NULL.  Unlike qf_fail() this returns 0
 * where the fault could be kept: finding one is not a failure. */
int faults_add(struct faults *faults, size_t line_no, const char *column,
    struct qf_error *err, const char *code, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* Adds what another module said of the row, without its "file:line: ". */
int faults_add_error(struct faults *faults, size_t line_no, const char *column,
    const struct qf_error *fault, struct qf_error *err);

/* Adds a row that falls together with line_no's: it has the same reason, and
 * is set aside with it, but is not listed or counted again. */
int faults_add_echo(struct faults *faults, size_t line_no, size_t because_of,
    const struct qf_error *fault, struct qf_error *err);

/* Faults so far, echoes not counted. */
uint64_t faults_count(const struct faults *faults);

/* Ends the adding. */
int faults_finish(struct faults *faults, struct qf_error *err);

/* 1 with the next fault in order of lines, 0 at the end, -1 on failure. */
int faults_next(struct faults *faults, struct fault *out, struct qf_error *err);

/* The fault as a message: "file:line: column: what", with its code. */
void faults_message(const struct faults *faults, const struct fault *fault,
    struct qf_error *out);

#endif
