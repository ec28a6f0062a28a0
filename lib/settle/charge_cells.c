/* charge_cells.c - lines of a charge whose price or span follows the clock.
 *
 * Cells are walked once in time order; a line span ends, and its lines are
 * made, when the next cell is in another day, hour or interval.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>

#include "base/zone.h"
#include "settle/charge.h"

struct walk {
	struct charge_lines *lines;
	const struct charge_scope *scope;
	const struct cell_prices *prices;
	const struct zone *zone;
	struct charge_sums sums;
	size_t step; /* of the series */
	int64_t key; /* of the span that is being summed */
	int64_t from_utc, to_utc; /* of that span */
	bool open;
};

int64_t
charge_span_key(const struct charge *charge, const struct zone *zone,
    int64_t from_utc, int64_t interval_utc, int32_t day)
{
	switch (charge->span) {
	case SPAN_DAY:
		return day;
	case SPAN_HOUR:
		/* Of the wall clock, told apart where it comes twice. */
		return (from_utc +
			   (zone_offset(zone, from_utc) + 86400) % 3600) /
		       3600;
	case SPAN_INTERVAL:
		return interval_utc;
	default:
		return 0;
	}
}

static int
close_span(struct walk *walk, struct refusal *refusal)
{
	walk->open = false;
	return charge_flush(walk->lines, walk->scope, &walk->sums,
	    walk->from_utc, walk->to_utc, refusal);
}

/* The step of the series that holds at an instant, or NULL. */
static const struct price_step *
step_at(struct walk *walk, int64_t utc)
{
	const struct cell_prices *prices = walk->prices;

	while (walk->step < prices->step_count &&
	       prices->steps[walk->step].to_utc <= utc) {
		walk->step++;
	}
	if (walk->step == prices->step_count ||
	    prices->steps[walk->step].from_utc > utc) {
		return NULL;
	}
	return &prices->steps[walk->step];
}

/* Where the price that holds at `utc` (or its absence) ends. */
static int64_t
step_end(const struct walk *walk, const struct price_step *step)
{
	const struct cell_prices *prices = walk->prices;

	if (step != NULL) {
		return step->to_utc;
	}
	return walk->step < prices->step_count
		   ? prices->steps[walk->step].from_utc
		   : INT64_MAX;
}

/* Adds [from, to) of the cell at its price. */
static void
add_part(struct walk *walk, const struct cell *cell, int64_t from_utc,
    int64_t to_utc, const struct dec *price)
{
	struct dec energy = {0};

	dec_set_int(&energy, cell->fines_per_s, 0);
	dec_mul_int(&energy, &energy, to_utc - from_utc);
	charge_add(&walk->sums, walk->scope, cell->band, &energy, price);
	dec_release(&energy);
}

static int
add_series(struct walk *walk, const struct cell *cell, struct refusal *refusal)
{
	const struct charge_scope *scope = walk->scope;
	unsigned band = cell->band == TARIFF_BANDS_MAX ? BAND_NONE : cell->band;
	int64_t at_utc = cell->from_utc;
	char time[40];

	while (at_utc < cell->to_utc) {
		const struct price_step *step = step_at(walk, at_utc);
		int64_t end_utc = step_end(walk, step);
		struct dec price = {0};

		if (step == NULL && !scope->charge->missing_unpriced) {
			return refuse(refusal, REASON_NO_PRICE,
			    "series %s has no price at %s",
			    walk->prices->series,
			    energy_time(walk->zone, at_utc, time));
		}
		if (end_utc < cell->to_utc &&
		    scope->version->split != SPLIT_EVEN) {
			return refuse(refusal, REASON_EDGE_IN_INTERVAL,
			    "series %s changes inside the interval from %s",
			    walk->prices->series,
			    energy_time(walk->zone, cell->from_utc, time));
		}
		end_utc = end_utc < cell->to_utc ? end_utc : cell->to_utc;
		if (step != NULL) {
			charge_series_price(&price, scope->version,
			    scope->charge, band, &step->price,
			    walk->prices->who);
		}
		add_part(
		    walk, cell, at_utc, end_utc, step != NULL ? &price : NULL);
		dec_release(&price);
		at_utc = end_utc;
	}
	return 0;
}

static int
walk_cell(struct walk *walk, const struct cell *cell, struct refusal *refusal)
{
	int64_t key = charge_span_key(walk->scope->charge, walk->zone,
	    cell->from_utc, cell->interval_utc, cell->day);

	if (walk->open && key != walk->key && close_span(walk, refusal) != 0) {
		return 1;
	}
	if (!walk->open) {
		walk->open = true;
		walk->key = key;
		walk->from_utc = cell->from_utc;
	}
	walk->to_utc = cell->to_utc;
	if (walk->prices->by_band == NULL) {
		return add_series(walk, cell, refusal);
	}
	add_part(walk, cell, cell->from_utc, cell->to_utc,
	    band_price(walk->prices->by_band, cell->band));
	return 0;
}

int
charge_cells(struct charge_lines *lines, const struct charge_scope *scope,
    const struct cells *cells, const struct cell_prices *prices,
    const struct zone *zone, int64_t from_utc, int64_t to_utc,
    struct refusal *refusal)
{
	struct walk walk = {
	    .lines = lines, .scope = scope, .prices = prices, .zone = zone};
	int rc = 0;

	assert(scope->fines_of != NULL && from_utc < to_utc);
	for (size_t i = 0; i < cells->count && rc == 0; i++) {
		rc = walk_cell(&walk, &cells->cells[i], refusal);
	}
	if (rc == 0 && walk.open) {
		rc = close_span(&walk, refusal);
	}
	charge_sums_release(&walk.sums);
	return rc;
}
