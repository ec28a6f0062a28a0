/* baseline_own.h - what the walk over days leaves to the mean of them.
 *
 * Internal to lib/settle/baseline*.c.
 */
#ifndef QF_SETTLE_BASELINE_OWN_H
#define QF_SETTLE_BASELINE_OWN_H

#include "settle/baseline.h"

/* A day that was gathered. */
struct baseline_kept {
	size_t found; /* index in baseline->days */
	int64_t *slots;
	bool *has;
	bool has_window;
	int64_t window;
	struct ratio kwh; /* in the event's hours, by the slots it has */
};

enum baseline_phase {
	PHASE_SIMILAR, /* or the previous day */
	PHASE_LAST_YEAR,
	PHASE_PREVIOUS_HOLIDAY,
	PHASE_OVER,
};

struct baseline_walk {
	enum baseline_phase phase;
	size_t holiday_at; /* of rule->holidays, that is tried next */
	int32_t origin; /* the day that the phases count from: the event's,
			 * or one of last year's holiday */
	int32_t next, last; /* days of the phase, from late to early */
	/* Of last year's holiday: days of events, which the nearest is, and
	 * others. */
	size_t year_events, year_others;
	int32_t year_day;
	int32_t anchor; /* PHASE_PREVIOUS_HOLIDAY: its first day taken */
	char *holiday; /* and its name; NULL: none found yet */
	bool waiting; /* for the reads of a day */
	size_t waiting_at; /* which, of baseline->days */
	struct baseline_kept *kept; /* nearest first */
	size_t kept_count;
	/* They are similar days, not those of a holiday: least, spread and
	 * choose apply. */
	bool of_days;
};

#endif
