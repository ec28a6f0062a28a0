/* child.h - another program as a filter over bytes.
 *
 *	static const char *const words[] = {"gnuplot", "-d", NULL};
 *
 *	if (child_filter(words, script, length, "done", sink, err) == -1) ...
 *
 * The program is looked for in $PATH and started without a shell, with
 * nothing in its environment but PATH and LC_ALL=C.UTF-8.  Its input is a file
 * without a name and its output a pipe, so that a disk that is full cannot cut
 * short what it prints; that is handed on only when it has ended well.
 *
 * Limit: CHILD_OUTPUT_MAX bytes of output.
 *
 * Errors: QF_CONFIG "program-missing" where it cannot be started; QF_IO
 * "program-failed" where it ends otherwise than with 0, with the first line
 * that it said, or without the proof, or prints too much; QF_CANTCREAT
 * "scratch-create", QF_IO "scratch-write", "program-read"; those of the sink.
 */
#ifndef QF_BASE_CHILD_H
#define QF_BASE_CHILD_H

#include <stddef.h>

#include "base/sink.h"

#define CHILD_OUTPUT_MAX ((size_t)64 << 20)

/* words: the program and its arguments, NULL at the end.  proof: what the
 * program says last on standard error where it has read its input to the end,
 * because programs take an input that cannot be read further for one that
 * ends; NULL where it says nothing of the kind. */
int child_filter(const char *const *words, const void *input, size_t length,
    const char *proof, struct sink output, struct qf_error *err);

#endif
