/* progress.c - a bar on standard error.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

#define CELLS 40
#define DRAW_NS INT64_C(100000000)

void
progress_begin(
    struct progress *bar, const char *what, int64_t total, bool quiet)
{
	*bar = (struct progress){
	    .what = what,
	    .total = total,
	    .shown = !quiet && isatty(STDERR_FILENO) == 1,
	};
	if (bar->shown) {
		bar->start_ns = clock_monotonic_ns();
		bar->last_ns = bar->start_ns;
	}
}

static void
draw(const struct progress *bar, int64_t done)
{
	static const char full[] = "########################################";
	int64_t seconds = (bar->last_ns - bar->start_ns) / 1000000000;

	if (bar->total > 0) {
		int64_t part = done < bar->total ? done : bar->total;
		int cells = (int)(part * CELLS / bar->total);

		fprintf(stderr, "\r%s [%.*s%*s] %3d%%  %" PRId64 " s ",
		    bar->what, cells, full, CELLS - cells, "",
		    (int)(part * 100 / bar->total), seconds);
	} else {
		fprintf(stderr, "\r%s %" PRId64 "  %" PRId64 " s ", bar->what,
		    done, seconds);
	}
	fflush(stderr);
}

void
progress_step(struct progress *bar, int64_t done)
{
	int64_t now_ns;

	if (!bar->shown || done < bar->next_step) {
		return;
	}

	/* Of many short steps only each thousandth looks at the clock. */
	bar->next_step = done + 1 + bar->total / 1000;
	now_ns = clock_monotonic_ns();
	if (now_ns - bar->last_ns < DRAW_NS) {
		return;
	}
	bar->last_ns = now_ns;
	draw(bar, done);
}

void
progress_end(struct progress *bar)
{
	if (bar->shown) {
		fputs("\r\033[K", stderr);
		fflush(stderr);
	}
	bar->shown = false;
}
