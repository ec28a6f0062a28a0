/* fetch.h - what the files that fetch the energy of one resource share: the
 * days of its baseline (days.c), the event itself (baseline.c) and what is paid
 * elsewhere (elsewhere.c).  Internal to them.
 */
#ifndef QF_STAGE_SETTLE_FETCH_H
#define QF_STAGE_SETTLE_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "stage/settle/own.h"

/* What the days of one resource are fetched into. */
struct settle_fetch {
	struct settle *settle;
	struct settle_resource *resource;
	int64_t *slots; /* slot_count */
	bool *has;
	int scale;
};

/* A time of the event's own day, or of another. */
struct settle_stretch {
	int64_t from_utc, to_utc;
};

#define SETTLE_NEVER INT64_MIN

/* days.c: the same wall clock time so many days away (0: the event's own);
 * SETTLE_NEVER where the clock was set forward over it. */
int64_t settle_time_on(const struct settle *settle, int64_t utc, int32_t shift);
/* A window against the event in hand. */
struct settle_stretch settle_own_window(
    const struct settle *settle, const struct baseline_window *window);
/* kWh of a stretch of time, import less export; *has false where something is
 * missing.  1: the point cannot be read at all. */
int settle_net_of(struct settle_fetch *fetch, int64_t from_utc, int64_t to_utc,
    bool *has, int64_t *out, struct qf_error *err);
/* All slots of a day, so many away, into fetch->slots and has. */
int settle_fetch_slots(
    struct settle_fetch *fetch, int32_t shift, struct qf_error *err);
/* Hands the baseline of the resource one day after the other, until it has
 * enough. */
int settle_gather(struct settle_fetch *fetch, struct qf_error *err);

/* elsewhere.c: of each step, the energy that another contract pays as export;
 * adds it to the steps in hand. */
int settle_find_elsewhere(struct settle_fetch *fetch, struct qf_error *err);
/* The same of those behind the point, where nobody pays for the point's own;
 * what was read of the point is as before. */
int settle_find_behind(struct settle_fetch *fetch, struct qf_error *err);

#endif
