/* clock.h - the one reader of the clock.
 *
 * Nothing that is computed depends on it: it says when an entry was recorded
 * and how long work took.
 */
#ifndef QF_BASE_CLOCK_H
#define QF_BASE_CLOCK_H

#include <stdint.h>

#include "base/status.h"

/* Seconds since 1970 UTC: those of text where it is not NULL, else those of
 * $QF_CLOCK (which exists for tests), else the clock's.  Either is an integer
 * or of the form 2025-03-01T00:00:00Z; QF_USAGE "clock-text" otherwise. */
int clock_now_utc(int64_t *out_utc, const char *text, struct qf_error *err);

/* Nanoseconds of a clock that only goes forward, for durations. */
int64_t clock_monotonic_ns(void);

#endif
