/* picture.h - the picture of one event.
 *
 *	struct picture picture = {0};
 *
 *	for each step: picture_add(&picture, &step);
 *	picture_draw(&picture, title, zone, zh, sink, err);
 *	picture_clear(&picture);	... the next event ...
 *	picture_release(&picture);
 *
 * Errors of picture_draw(): those of child.h and loadplot.h.
 */
#ifndef QF_STAGE_REPORT_PICTURE_H
#define QF_STAGE_REPORT_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/sink.h"
#include "format/loadplot.h"

struct qf_error;
struct zone;

/* kWh of a step; award: NULL where there is none. */
struct picture_step {
	int64_t start_utc, end_utc;
	const struct dec *baseline, *actual, *response, *award;
};

struct picture {
	/* asked_kw holds the award until the direction is known. */
	struct loadplot_step *steps;
	size_t count, capacity;
	bool has_award;
	int direction; /* 1: less load was asked for, -1: more, 0: not known */
};

void picture_add(struct picture *picture, const struct picture_step *step);
int picture_draw(struct picture *picture, const char *title,
    const struct zone *zone, bool zh, struct sink sink, struct qf_error *err);
void picture_clear(struct picture *picture);
void picture_release(struct picture *picture);

#endif
