/* progress.h - a bar on standard error, for somebody who is watching.
 *
 * Nothing is ever written when standard error is no terminal, so that cron
 * has nothing to mail.
 *
 *	struct progress bar;
 *
 *	progress_begin(&bar, "rating", point_count, tool.quiet);
 *	for (...)
 *		progress_step(&bar, ++done);
 *	progress_end(&bar);
 */
#ifndef QF_BASE_PROGRESS_H
#define QF_BASE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *what; /* borrowed: what is being done */
	int64_t total; /* of steps; 0 where it is not known */
	int64_t next_step; /* step at which to look at the clock again */
	int64_t start_ns; /* of the monotonic clock */
	int64_t last_ns; /* last drawn */
	bool shown; /* standard error is a terminal */
};

void progress_begin(
    struct progress *bar, const char *what, int64_t total, bool quiet);

/* done is a count from the start; draws at most ten times a second. */
void progress_step(struct progress *bar, int64_t done);

/* Wipes the bar. */
void progress_end(struct progress *bar);

#endif
