/* cells.c - intervals cut at every edge that matters to a price.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/cells.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void
cells_begin(struct cells *cells)
{
	cells->count = 0;
}

void
cells_release(struct cells *cells)
{
	free(cells->cells);
	memset(cells, 0, sizeof(*cells));
}

static struct cell *
add_cell(struct cells *cells)
{
	if (cells->count == cells->capacity) {
		cells->capacity = cells->capacity * 2 + 128;
		cells->cells = xreallocarray(
		    cells->cells, cells->capacity, sizeof(*cells->cells));
	}
	return &cells->cells[cells->count++];
}

/* Cuts [from, to) of one interval at the edges of bands. */
static void
add_cut(struct cells *cells, const struct cell *whole,
    const struct schedule *schedule, const struct zone *zone)
{
	int64_t at_utc = whole->from_utc;

	while (at_utc < whole->to_utc) {
		struct cell *cell = add_cell(cells);

		*cell = *whole;
		cell->from_utc = at_utc;
		cell->to_utc =
		    bands_next_edge(schedule, zone, at_utc, whole->to_utc);
		cell->band = ENERGY_BAND(bands_at(schedule, zone, at_utc));
		assert(cell->to_utc > at_utc);
		at_utc = cell->to_utc;
	}
}

int
cells_add_day(struct cells *cells, const struct energy_series *series,
    const struct energy_day *day, const uint8_t *band,
    const struct schedule *schedule, const struct zone *zone, int64_t from_utc,
    int64_t to_utc, bool even, struct refusal *refusal)
{
	int64_t step_s = (int64_t)day->minutes * 60;
	char time[40];

	assert(ENERGY_FINE % step_s == 0);
	for (size_t i = 0; i < day->count; i++) {
		int64_t start_utc = day->start_utc + (int64_t)i * step_s;
		struct cell cell = {.interval_utc = start_utc, .day = day->day};

		if (start_utc + step_s <= from_utc || start_utc >= to_utc) {
			continue;
		}
		cell.from_utc = start_utc > from_utc ? start_utc : from_utc;
		cell.to_utc =
		    start_utc + step_s < to_utc ? start_utc + step_s : to_utc;
		cell.fines_per_s =
		    series->ticks[day->first + i] * (ENERGY_FINE / step_s);
		if (!even && (band[i] == BAND_CUT ||
				 cell.to_utc - cell.from_utc < step_s)) {
			return refuse(refusal, REASON_EDGE_IN_INTERVAL,
			    "the interval of %d minutes from %s lies across "
			    "an edge of %s",
			    day->minutes, energy_time(zone, start_utc, time),
			    band[i] == BAND_CUT ? "bands" : "validity");
		}
		if (band[i] == BAND_CUT) {
			add_cut(cells, &cell, schedule, zone);
		} else {
			cell.band = ENERGY_BAND(band[i]);
			*add_cell(cells) = cell;
		}
	}
	return 0;
}
