/* energy.h - interval values as exact energy, and their sums by band.
 *
 * The intervals of one point and channel over a period are held as integers
 * with one unit: a tick is 1 / (parts x 10^scale) kWh.  parts is 1 where the
 * meter gave kWh, and 60 where it gave mean kW (kW x minutes / 60 is exact in
 * sixtieths, though not as a decimal).  An interval that is cut by an edge is
 * shared in 1/3600 of a tick, a "fine", so that no second is lost.
 *
 *	energy_begin(&series);
 *	slot = energy_day(&series, day, start_utc, 15, 96);
 *	energy_put(&series, slot, values, 96, 3, 1, NULL, &refusal);
 *	...
 *	energy_cover(&series, from_utc, to_utc, zone, "import", &refusal);
 *
 * Ownership: a series that is all zero is valid and empty; its memory is used
 * again by energy_begin() and freed by energy_release().
 *
 * Limits: a tick is at most ENERGY_TICK_MAX in size; above it is a refusal
 * (value-range), never a wrong sum.
 */
#ifndef QF_SETTLE_ENERGY_H
#define QF_SETTLE_ENERGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"
#include "rules/bands.h"
#include "rules/tariff.h"
#include "settle/refusal.h"

struct zone;

#define ENERGY_TICK_MAX ((INT64_C(1) << 51) - 1)
#define ENERGY_MISSING INT64_MIN
#define ENERGY_WITHDRAWN (INT64_MIN + 1)
#define ENERGY_FINE 3600 /* fines of a tick */
#define ENERGY_BANDS (TARIFF_BANDS_MAX + 1) /* the last: no band */
#define ENERGY_KWH_SCALE 9 /* of kWh that are no finite decimal, at least */

/* Where a band's sums are: BAND_NONE has the last place. */
#define ENERGY_BAND(band) ((band) == BAND_NONE ? TARIFF_BANDS_MAX : (band))

struct energy_day {
	int32_t day;
	int minutes;
	int64_t start_utc;
	size_t first; /* its first tick */
	size_t count;
	bool gaps; /* something is missing or withdrawn */
};

struct energy_series {
	int scale, parts; /* kWh = ticks / (parts x 10^scale) */
	struct energy_day *days;
	size_t day_count, day_capacity;
	int64_t *ticks;
	size_t tick_count, tick_capacity;
};

/* Empties the series, keeping its memory. */
void energy_begin(struct energy_series *series);
void energy_release(struct energy_series *series);

/* Adds a day, later than the others, of `count` missing intervals; returns the
 * place of its first tick. */
size_t energy_day(struct energy_series *series, int32_t day, int64_t start_utc,
    int minutes, size_t count);

/* Puts values (x 10^scale, in kWh / parts; ENERGY_MISSING and
 * ENERGY_WITHDRAWN stand for themselves) into `count` places of the last day,
 * times the multiplier where it is not NULL.  0 or 1 (value-range). */
int energy_put(struct energy_series *series, size_t slot, const int64_t *values,
    size_t count, int scale, int parts, const struct dec *multiplier,
    struct refusal *refusal);

/* Brings the series to the given unit, which must be a finer one. */
int energy_rescale(struct energy_series *series, int scale, int parts,
    struct refusal *refusal);

/* Whether [from_utc, to_utc) is covered without a gap.  1: missing-read or
 * withdrawn-read, naming the first interval and how many there are. */
int energy_cover(const struct energy_series *series, int64_t from_utc,
    int64_t to_utc, const struct zone *zone, const char *what,
    struct refusal *refusal);

/* Sum of what is there in [from_utc, to_utc), in fines; an interval that lies
 * across an end counts by its seconds. */
void energy_total(struct dec *fines, const struct energy_series *series,
    int64_t from_utc, int64_t to_utc);

/* A day's intervals as runs of one band. */
#define ENERGY_RUNS_MAX 200
struct energy_pattern {
	bool cut; /* an edge lies inside an interval */
	unsigned seen; /* bit of each ENERGY_BAND() */
	size_t run_count;
	struct energy_run {
		uint16_t from, to; /* [from, to) of the day's intervals */
		uint8_t band;
	} runs[ENERGY_RUNS_MAX];
};

/* Runs of bands as bands_of_intervals() gives them. */
void
energy_pattern(struct energy_pattern *out, const uint8_t *band, size_t count);

/* Adds a whole day without gaps or cuts to the sums (by ENERGY_BAND, in
 * ticks).  The loop that everything is measured by.  0 or 1 (value-range). */
int energy_sum_day(int64_t sums[ENERGY_BANDS], const int64_t *ticks,
    const struct energy_pattern *pattern, struct refusal *refusal);

/* kWh of one sum after the other so that they add up: each is the cumulated
 * exact energy, rounded half up to a scale, minus what was given before.  The
 * scale holds every energy that is a finite decimal at up to six more digits
 * than the series. */
struct energy_given {
	struct dec exact; /* fines so far */
	struct dec given; /* kWh so far */
};
void energy_kwh(struct dec *kwh, const struct energy_series *series,
    const struct dec *fines, struct energy_given *given);
void energy_given_release(struct energy_given *given);

/* value x fines as an amount per kWh: the product over the fines of a kWh, to
 * twelve digits more than its factors have. */
void energy_amount(struct dec *out, const struct energy_series *series,
    const struct dec *price_x_fines);

/* 2025-02-01T08:15:00+08:00, for details; returns buffer. */
char *energy_time(const struct zone *zone, int64_t utc, char buffer[40]);

#endif
