/* child.h - another program as a filter over bytes.
 *
 *	static const char *const words[] = {"gnuplot", "-d", NULL};
 *
 *	if (child_filter(words, script, length, sink, err) == -1) ...
 *
 * The program is looked for in $PATH and started without a shell, with
 * nothing in its environment but PATH and LC_ALL=C.UTF-8.  Its input and
 * output are files without names, so that neither side waits for the other;
 * what it prints is handed on only when it has ended well.
 *
 * Errors: QF_CONFIG "program-missing" where it cannot be started; QF_IO
 * "program-failed" where it ends otherwise than with 0, with the first line
 * that it said; QF_CANTCREAT "scratch-create", QF_IO "scratch-write",
 * "scratch-read"; those of
 * the sink.
 */
#ifndef QF_BASE_CHILD_H
#define QF_BASE_CHILD_H

#include <stddef.h>

#include "base/sink.h"

/* words: the program and its arguments, NULL at the end. */
int child_filter(const char *const *words, const void *input, size_t length,
    struct sink output, struct qf_error *err);

#endif
