/* loadplot.h - the load of an event as a picture that gnuplot draws.
 *
 *	loadplot_begin(&script, &plot);
 *	for each step: loadplot_step(&script, &plot, &step);
 *	loadplot_end(&script, &plot);
 *	child_filter(loadplot_program, script.bytes, script.length, sink, err);
 *
 * Baseline and actual load are drawn in kW over local time, from 0 on, the area
 * between them filled (in another colour where it is against what was asked
 * for), and the load that the award asks for as a line of its own where
 * there is one.  Numbers are shown to the watt; nothing is computed from them.
 *
 * Ownership: all is borrowed.  The script grows by about 100 bytes a step.
 */
#ifndef QF_FORMAT_LOADPLOT_H
#define QF_FORMAT_LOADPLOT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/dec.h"

struct buf;
struct zone;

struct loadplot {
	const char *title;
	/* What the key says. */
	const char *baseline, *actual, *response, *opposite, *asked;
	bool has_asked; /* an award is in it */
	bool more; /* more load was asked for, not less */
	const struct zone *zone; /* of the times shown */
};

/* Mean loads of a step, kW. */
struct loadplot_step {
	int64_t start_utc, end_utc;
	struct dec baseline_kw, actual_kw;
	struct dec asked_kw; /* where plot->has_asked */
};

/* The words that start gnuplot, for child_filter(). */
extern const char *const loadplot_program[];

/* Each -1 where the buffer is full: QF_DATA "output-too-long". */
int loadplot_begin(
    struct buf *script, const struct loadplot *plot, struct qf_error *err);
int loadplot_step(struct buf *script, const struct loadplot *plot,
    const struct loadplot_step *step, struct qf_error *err);
int loadplot_end(
    struct buf *script, const struct loadplot *plot, struct qf_error *err);

#endif
