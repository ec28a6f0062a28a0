/* tieout.h - bringing energy to a sum that is known (调平).
 *
 * The rules of Shandong art. 14.12.4 (rules.md 5.6), to the last unit: what is
 * divided and what comes out are whole units, such as kWh, and the parts always
 * add up to the whole.  (The Danish rule, rounding with what is left carried
 * on, is split_carry_equal() of base/split.h.)
 *
 *	int64_t quarters[4];
 *
 *	tieout_first(10, 0, 0, 4, quarters);	1, 3, 3, 3
 *
 * Pure: no error but a refusal, 1, where what is to be divided by is missing.
 */
#ifndef QF_SETTLE_TIEOUT_H
#define QF_SETTLE_TIEOUT_H

#include <stddef.h>
#include <stdint.h>

#include "settle/refusal.h"

#define REASON_NO_SHARE "no-share"

/* (七) 24 to 96: each part is value / count, rounded half up at so many
 * decimals, and what they are off goes into the first, which may come out
 * negative.  value and parts are x 10^scale; decimals is not above it. */
void tieout_first(
    int64_t value, int scale, int decimals, size_t count, int64_t *parts);

#define TIEOUT_HOURS 24

/* (四) kWh lost in a transformer or line, over the hours of a day.  With
 * readings: by the hours' kWh, rounded down; what is left evenly over the
 * hours 12 to 18, rounded down; what is left then to the hour of 14:00.
 * Without (NULL, or all of them 0): evenly over the day, then the same.  Hours
 * are counted from 0, so that 12 is from 12:00 to 13:00. */
void tieout_losses(
    int64_t total, const int64_t *readings, int64_t parts[TIEOUT_HOURS]);

/* (六) What interval reads lack to a daily total goes to the bands by their
 * kWh, rounded down; what is left to the band `flat`; then evenly to the
 * intervals of each band, rounded down, and what is left of that one unit each
 * in order of time.  band: that of each interval, below band_count.  added:
 * what each interval gets on top.  Units as large as the difference's.
 *
 * 1: no-share (no band has kWh, or flat has no interval and something is left
 * for it). */
int tieout_day_total(int64_t difference, const int64_t *values,
    const uint8_t *band, size_t count, size_t band_count, size_t flat,
    int64_t *added, struct refusal *refusal);

#endif
