/* cells.h - intervals cut at every edge that matters to a price.
 *
 * A cell is an interval, or the part of one between two edges, with one band;
 * its energy is even in time, in fines a second (energy.h), so that cutting it
 * again loses nothing.
 *
 *	cells_begin(&cells);
 *	cells_add_day(&cells, &series, day, bands, &schedule, zone, ...);
 *	for (i = 0; i < cells.count; i++) ...
 *
 * Ownership: all zero is valid and empty; cells_release() frees.
 */
#ifndef QF_SETTLE_CELLS_H
#define QF_SETTLE_CELLS_H

#include "settle/energy.h"

struct cell {
	int64_t from_utc, to_utc;
	int64_t interval_utc; /* the start of the interval that it is of */
	int32_t day; /* local */
	unsigned band; /* ENERGY_BAND() */
	int64_t fines_per_s;
};

struct cells {
	struct cell *cells;
	size_t count, capacity;
};

void cells_begin(struct cells *cells);
void cells_release(struct cells *cells);

/* Adds the intervals of a day of the series that touch [from_utc, to_utc),
 * which it covers without gaps; band as bands_of_intervals() gives them.  An
 * interval across an end or across an edge of bands is cut there where `even`,
 * else 1: edge-in-interval. */
int cells_add_day(struct cells *cells, const struct energy_series *series,
    const struct energy_day *day, const uint8_t *band,
    const struct schedule *schedule, const struct zone *zone, int64_t from_utc,
    int64_t to_utc, bool even, struct refusal *refusal);

#endif
