/* energy.h - energy of a point, read again interval by interval.
 *
 * This is a second reading of the reads, which shares nothing with the
 * rating but the stored rows: exact decimals in place of ticks, one interval
 * at a time.  kWh are in sixtieths, so that mean power times minutes stays
 * exact: a value in kW counts value x minutes.
 *
 *	static int
 *	take(void *context, const struct audit_interval *interval, ...)
 *	...
 *	if (audit_energy(&source, "gate-1", CHANNEL_IMPORT, from_utc, to_utc,
 *		take, &sum, err) == -1) ...
 */
#ifndef QF_STAGE_AUDIT_ENERGY_H
#define QF_STAGE_AUDIT_ENERGY_H

#include <stdint.h>

#include "base/dec.h"
#include "model/series.h"

struct fact_cursor;
struct ledger;
struct qf_error;
struct zone;

/* Lookups that are used again for the next point; audit_source_release()
 * closes them. */
struct audit_cursors {
	struct fact_cursor *meters, *relations, *parents, *registers, *sessions;
};

struct audit_source {
	struct ledger *ledger;
	int64_t asof;
	const struct zone *zone;
	struct audit_cursors *cursors; /* all NULL at first */
};

void audit_source_release(struct audit_source *source);

struct audit_interval {
	int64_t from_utc, to_utc;
	int32_t day; /* local */
	struct dec kwh60; /* kWh x 60, multiplier applied */
	int64_t entry, line_no; /* of the newest row of its day */
	char quality;
};

/* Hands out every interval with a value that begins in [from_utc, to_utc), in
 * order; gaps and withdrawn values are left out. */
int audit_energy(const struct audit_source *source, const char *point,
    enum channel channel, int64_t from_utc, int64_t to_utc,
    int (*take)(void *context, const struct audit_interval *interval,
	struct qf_error *err),
    void *context, struct qf_error *err);

/* out = kwh60 / 60: exact where it is a finite decimal of at most 18 places,
 * else rounded half up to 9. */
void audit_kwh(struct dec *out, const struct dec *kwh60);

/* The multiplier of the meter at the point at an instant, and the digits of
 * its registers (before the point): 1, or 0 where there is no meter. */
int audit_meter(const struct audit_source *source, const char *point,
    int64_t utc, struct dec *multiplier, int *digits, struct qf_error *err);

#endif
