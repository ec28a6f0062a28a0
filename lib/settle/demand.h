/* demand.h - the maximum demand of a month in kW (最大需量).
 *
 * The highest mean power over a window.  Windows follow each other from local
 * midnight, or slide by the interval; a window counts where all of it lies in
 * bands that count.  A mean of kW is not always a finite decimal, so demand is
 * carried in sixtieths of a kW ("kw60"), which always is one, and is rounded
 * only by the rule's `round`.
 *
 *	struct demand_scan scan = {0};
 *
 *	demand_begin(&scan, &rule);
 *	for each day, in order of time:
 *		demand_day(&scan, &series, day, counts, from, to, &refusal);
 *	if (scan.peak.found) ... scan.peak.kw60 ...
 *	demand_end(&scan);
 *
 *	demand_charged(&charged, rule, &scan.peak.kw60, &before, &agreed);
 *
 * Ownership: structs that are all zero are valid; demand_end() frees.
 */
#ifndef QF_SETTLE_DEMAND_H
#define QF_SETTLE_DEMAND_H

#include "settle/energy.h"

#define DEMAND_KW60 60 /* of a kW */
#define DEMAND_INTERVALS_MAX 60 /* of a window */
#define DEMAND_KW_SCALE 9 /* of kW that are no finite decimal, at least */

/* The highest window so far; the first of equal ones. */
struct demand_peak {
	bool found; /* false: no window counted */
	struct dec kw60; /* mean power x 60, exact */
	int64_t from_utc, to_utc; /* of the window */
};

struct demand_scan {
	int window_minutes;
	bool sliding;
	struct demand_peak peak;
	/* Of windows of several intervals: those that the next one may hold. */
	int minutes; /* of an interval; 0: none yet */
	int64_t next_utc; /* where the last one ended */
	int64_t ticks[DEMAND_INTERVALS_MAX];
	size_t held; /* that are in a row and count */
};

/* Starts a scan by the rule's window. */
void demand_begin(struct demand_scan *scan, const struct demand *rule);
void demand_end(struct demand_scan *scan);

/* The minutes of a piece of which counts[] of demand_day() speaks: an interval,
 * or a window where that is shorter. */
int demand_piece(const struct demand *rule, int minutes);

/* Looks at a day of the series, later than those before, as far as it lies in
 * [from_utc, to_utc), which has no gap.  counts: one for each piece of the day,
 * whether it lies in a band that counts; NULL: all.  1: demand-window where
 * neither of window and interval divides the other, or an hour is no whole
 * number of windows. */
int demand_day(struct demand_scan *scan, const struct energy_series *series,
    const struct energy_day *day, const bool *counts, int64_t from_utc,
    int64_t to_utc, struct refusal *refusal);

/* How the kW that are charged came about. */
struct demand_charged {
	struct dec kw60; /* that are charged, before round */
	bool by_ratchet, by_least; /* what stands instead of the peak */
	bool over; /* kW above the limit of what was agreed */
};

/* What is charged for a peak: not below the ratchet's factor x the highest of
 * the months before (NULL: none counts), nor below `least` x what was agreed;
 * of what is above `over` x that, each kW `times`.  agreed is in kW, NULL where
 * the rule asks for none. */
void demand_charged(struct demand_charged *out, const struct demand *rule,
    const struct dec *peak60, const struct dec *before60,
    const struct dec *agreed);
void demand_charged_release(struct demand_charged *charged);

/* kW of sixtieths as the rule rounds them, or to at least DEMAND_KW_SCALE
 * digits where it does not. */
void demand_kw(
    struct dec *kw, const struct demand *rule, const struct dec *kw60);

/* Whether the energy reaches the rule's discount-from, kWh for each kVA: the
 * energy in fines of the series. */
bool demand_discounted(const struct demand *rule,
    const struct energy_series *series, const struct dec *fines,
    const struct dec *kva);

#endif
