/* child.h - another program as a filter over bytes.
 *
 *	static const char *const words[] = {"gnuplot", "-d", NULL};
 *
 *	if (child_filter(words, script, length, sink, err) == -1) ...
 *
 * The program is looked for in $PATH and started without a shell, with
 * nothing in its environment but PATH and LC_ALL=C.UTF-8.  Its input and
 * output never touch a disk, because programs take an input that cannot be read
 * further for one that ends, and do not look whether what they print arrives.
 * What it prints is handed on only when it has ended well.
 *
 * Limit: CHILD_OUTPUT_MAX bytes of output.
 *
 * Errors: QF_CONFIG "program-missing" where there is no such program, QF_OS
 * "program-start" where it cannot be started otherwise; QF_IO "program-failed"
 * where it ends otherwise than with 0, with the first line that it said, or
 * before it took all of its input, or prints too much; QF_CANTCREAT
 * "scratch-create"; those of the sink.
 */
#ifndef QF_BASE_CHILD_H
#define QF_BASE_CHILD_H

#include <stddef.h>

#include "base/sink.h"

#define CHILD_OUTPUT_MAX ((size_t)64 << 20)

/* words: the program and its arguments, NULL at the end. */
int child_filter(const char *const *words, const void *input, size_t length,
    struct sink output, struct qf_error *err);

#endif
