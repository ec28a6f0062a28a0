/* instant.h - times in files as instants.
 *
 *	if (instant_parse("2025-02-01 08:15", 16, zone, 0, &utc, err) == -1) ...
 *
 * A time without an offset is one of the wall clock of the market's zone.  In
 * an hour that exists twice, or not at all, it is refused and never guessed:
 * QF_DATA time-ambiguous, time-missing; else the codes of civil.h.
 */
#ifndef QF_FORMAT_INSTANT_H
#define QF_FORMAT_INSTANT_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct zone;

#define INSTANT_DATE 1U /* a date alone is the start of its local day */
#define INSTANT_ALLOW_24 2U /* 24:00 is the end of its day */

int instant_parse(const char *text, size_t length, const struct zone *zone,
    unsigned flags, int64_t *utc, struct qf_error *err);

#endif
