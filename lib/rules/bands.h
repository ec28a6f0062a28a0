/* bands.h - which band a local time is in.
 *
 * A day's schedule is found from the version, the calendar and the conditions,
 * in civil time; then laid over the read intervals of that day, which on a day
 * of clock change are more or fewer than usual.
 */
#ifndef QF_RULES_BANDS_H
#define QF_RULES_BANDS_H

#include <stdint.h>

#include "rules/tariff.h"

struct zone;

enum day_kind { DAY_WORKDAY, DAY_REST, DAY_HOLIDAY };

/* What must be known of days and conditions; the caller has it from the
 * ledger, or a test from a table. */
struct day_facts {
	void *context;
	/* Kind of the day in the named calendar and, for holidays, its code
	 * ("" otherwise).  A calendar without a row for the day answers by its
	 * weekday.  0, or -1 with QF_DATA no-calendar where the calendar does
	 * not reach that year. */
	int (*day)(void *context, const char *calendar, int32_t day,
	    enum day_kind *kind, char name[ID_MAX + 1], struct qf_error *err);
	/* 1 and the value, 0 if nothing is known of that day. */
	int (*condition)(void *context, const char *station,
	    const char *quantity, int32_t day, struct dec *value,
	    struct qf_error *err);
};

/* A day cut into stretches of one band; at most as many as minutes matter. */
#define SCHEDULE_STRETCHES_MAX 96

struct schedule {
	int32_t day;
	size_t count;
	struct {
		int from_minute, to_minute; /* civil */
		unsigned band;
	} stretches[SCHEDULE_STRETCHES_MAX];
};

/* The schedule of a local day.  QF_DATA missing-condition where an overlay
 * asks for a value that is not there; QF_CONFIG bands-gap where a minute has
 * no band.  A version without bands gives one stretch of BAND_NONE. */
int bands_of_day(struct schedule *out, const struct tariff_version *version,
    int32_t day, const struct day_facts *facts, struct qf_error *err);

/* The band at an instant of that day. */
unsigned
bands_at(const struct schedule *schedule, const struct zone *zone, int64_t utc);

/* Bands of `count` intervals of so many minutes from start_utc, all inside the
 * schedule's day: band[i], or BAND_CUT where an edge lies inside interval i. */
#define BAND_CUT 254
void
bands_of_intervals(const struct schedule *schedule, const struct zone *zone,
    int64_t start_utc, int minutes, size_t count, uint8_t *band);

/* First instant after utc, and at most limit_utc, at which the band changes. */
int64_t bands_next_edge(const struct schedule *schedule,
    const struct zone *zone, int64_t utc, int64_t limit_utc);

#endif
