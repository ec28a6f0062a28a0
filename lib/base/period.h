/* period.h - the periods that tools take: whole local days of the market.
 *
 *	struct period period;
 *
 *	if (period_parse("2025-07", zone, &period, err) == -1)
 *		...
 *
 * Three forms: a month "2025-07", a day "2025-07-14", or days with the end
 * excluded "2025-07-01/2025-08-01".  A period is plain data and half-open in
 * days and in instants.
 *
 * Errors: QF_USAGE, since periods are operands; the result is then unchanged.
 */
#ifndef QF_BASE_PERIOD_H
#define QF_BASE_PERIOD_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/zone.h"

#define PERIOD_TEXT_MAX 40 /* a buffer for period_format() */

struct period {
	int32_t first_day; /* first local day */
	int32_t end_day; /* first local day after it */
	int64_t from_utc; /* start of first_day */
	int64_t to_utc; /* start of end_day */
};

/* Reads one of the three forms.  Codes: period-syntax, period-range (a date
 * that does not exist, or is at the ends of the calendar, 0001-01-01 and after
 * 9999-12-30), period-empty (the end is not after the start, or all of its
 * days were left out where the zone moved across the date line). */
int period_parse(const char *text, const struct zone *zone,
    struct period *period, struct qf_error *err);

/* The period of [first_day, end_day), which must not be empty (BUG). */
void period_of_days(const struct zone *zone, int32_t first_day, int32_t end_day,
    struct period *period);

/* Writes the shortest form: a month, a day, or days.  Buffer of
 * PERIOD_TEXT_MAX; returns the length. */
size_t period_format(const struct period *period, char *buffer);

#endif
