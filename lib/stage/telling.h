/* telling.h - how a line came about, told step by step.
 *
 * Whoever explains a line of a run writes its steps here, cites the files that
 * they come from, and says where a step comes out otherwise than stored; at
 * the end the files are listed.
 *
 *	struct telling telling = {.ledger = ledger, .sink = sink, .err = err};
 *
 *	telling_say(&telling, "price", "%s a kwh", text);
 *	telling_place(&telling, entry, line_no, place);
 *	telling_say(&telling, "", "the document says so: %s", place);
 *	if (sum != stored)
 *		telling_differs(&telling, "the parts add up to %s", text);
 *	return telling_end(&telling, run, line_no);
 *
 * A failure of the sink or the ledger sticks, and comes with telling_end().
 */
#ifndef QF_STAGE_TELLING_H
#define QF_STAGE_TELLING_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/sink.h"

struct ledger;
struct qf_error;

#define TELLING_FILES_MAX 64 /* listed at the end */
#define TELLING_STEP_MAX 4096 /* bytes of one step */
#define TELLING_PLACE_MAX 320

struct telling {
	struct ledger *ledger;
	struct sink sink;
	struct qf_error *err; /* of a failure while telling */
	bool failed;
	int64_t cited[TELLING_FILES_MAX];
	size_t cited_count;
	char differs[512]; /* the first step that came out otherwise, or "" */
};

/* Writes a step: its name (or "" where it goes on) and a text of one line. */
void telling_say(struct telling *telling, const char *step, const char *format,
    ...) __attribute__((format(printf, 3, 4)));
void telling_vsay(
    struct telling *telling, const char *step, const char *format, va_list ap);

/* Notes that a step came out otherwise, and says so. */
void telling_differs(struct telling *telling, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void telling_vdiffers(struct telling *telling, const char *format, va_list ap);

/* "reads.csv:7 (batch:18)", and remembers the file for the list at the end; of
 * a run "run:13/2". */
void telling_place(struct telling *telling, int64_t entry, int64_t line_no,
    char out[TELLING_PLACE_MAX]);

/* The files that were cited, with their digests. */
void telling_files(struct telling *telling);

/* The outcome: -1 where telling failed, or where a step differs (QF_NO
 * explain-differs, of that line of that run). */
int telling_end(struct telling *telling, int64_t run, int64_t line_no);

#endif
