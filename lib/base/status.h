/* status.h - how a function fails, and what the tools exit with.
 *
 * A function that can fail returns 0 or -1 and takes a struct qf_error as its
 * last parameter.  On failure it fills it through qf_fail() and leaves its
 * other results as they were; on success it does not touch it.
 *
 *	if (amount == NULL)
 *		return qf_fail(err, QF_DATA, "csv-empty-field",
 *		    "%s:%zu: %s: empty", file, line_no, column);
 *
 * The text has the form "file:line: field: what was wrong (rule, clause)":
 * no capital, no full stop, no newline; the tool puts its name in front and
 * its stable code behind.  Library code never prints and never exits, except
 * where memory runs out (alloc.h) or where our own code is wrong (BUG).
 *
 * Functions that step through rows return 1 for a row, 0 at the end and -1
 * on failure, so that the end is no error.
 */
#ifndef QF_BASE_STATUS_H
#define QF_BASE_STATUS_H

/* What a tool exits with; the numbers are those of sysexits(3) where it has
 * one that fits.  qingfen(7) prints this table. */
enum qf_status {
	QF_OK = 0,	  /* done, or already done */
	QF_NO = 1,	  /* the answer is no: check failed, difference found */
	QF_USAGE = 64,	  /* wrong options or operands */
	QF_DATA = 65,	  /* bad input data */
	QF_NOINPUT = 66,  /* cannot open input */
	QF_FOREIGN = 69,  /* not a ledger of ours, or of a newer version */
	QF_BUG = 70,	  /* our own mistake */
	QF_OS = 71,	  /* out of memory or another system fault */
	QF_CANTCREAT = 73, /* cannot create output */
	QF_IO = 74,	  /* input or output error */
	QF_BUSY = 75,	  /* another tool writes to the ledger */
	QF_PERM = 77,	  /* permission denied */
	QF_CONFIG = 78,	  /* missing or wrong configuration or rule document */
};

#define QF_ERROR_CODE_MAX 48
#define QF_ERROR_TEXT_MAX 1024

struct qf_error {
	enum qf_status status;		/* class of the failure */
	char code[QF_ERROR_CODE_MAX];	/* stable code, such as "csv-nul" */
	char text[QF_ERROR_TEXT_MAX];	/* one line for a person */
};

/* Fills *err (which may be NULL) and returns -1, so that a caller can say
 * "return qf_fail(...)".  Control characters in the text are escaped. */
int qf_fail(struct qf_error *err, enum qf_status status, const char *code,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Puts "prefix: " before the text of *err; returns -1. */
int qf_fail_prefix(struct qf_error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Our own mistake: says where and what on standard error, and aborts. */
#define BUG(...) qf_bug(__FILE__, __LINE__, __VA_ARGS__)

_Noreturn void qf_bug(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
