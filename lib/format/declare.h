/* declare.h - what a file of interval reads must declare.
 *
 *	#quantity=kwh side=primary label=start minutes=15
 *
 * stands on a line before the header; where the sender cannot write it, it is
 * given beside the file.  There is no default for any of the four, because
 * each wrong guess is money.
 *
 *	struct declaration declaration;
 *
 *	if (declare_reads(&declaration, preamble, preamble_count, given,
 *	        "reads.csv", err) == -1) ...
 *
 * A preamble line whose first word has no "=" in it is a comment.
 */
#ifndef QF_FORMAT_DECLARE_H
#define QF_FORMAT_DECLARE_H

#include <stddef.h>

#include "base/status.h"
#include "model/series.h"

#define DECLARE_TEXT_MAX 96

enum label {
	LABEL_START, /* a time is the start of its interval */
	LABEL_END, /* a time is its end; 24:00 ends a day */
};

struct declaration {
	enum quantity quantity;
	enum side side;
	enum label label;
	int minutes; /* 1 to 60, dividing 60 */
	char text[DECLARE_TEXT_MAX]; /* all four, in the order above */
};

/* Reads the preamble and `given` ("quantity=kwh side=primary ...", or NULL).
 * QF_DATA: declare-missing, declare-unknown, declare-value, declare-twice,
 * declare-conflict (the file says one thing and `given` another); QF_USAGE
 * where `given` alone is at fault. */
int declare_reads(struct declaration *out, const char *const *preamble,
    size_t preamble_count, const char *given, const char *file,
    struct qf_error *err);

#endif
