/* intervals.c - what a segment used, by band, from interval reads.
 *
 * Whole days whose bands begin and end with intervals, which is nearly every
 * day, are summed run by run; a day that an edge cuts goes through cells.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <string.h>

#include "stage/rate/own.h"

/* Sums on the way: ticks of whole intervals, and fines of cut ones. */
struct running {
	int64_t ticks[ENERGY_BANDS];
	struct dec fines[ENERGY_BANDS];
	bool cut;
	unsigned seen;
};

static int64_t
end_of(const struct energy_day *day)
{
	return day->start_utc + (int64_t)day->count * day->minutes * 60;
}

static void
add_cells(struct running *running, const struct cells *cells)
{
	struct dec fines = {0};

	running->cut = true;
	for (size_t i = 0; i < cells->count; i++) {
		const struct cell *cell = &cells->cells[i];
		struct dec *sum = &running->fines[cell->band];

		dec_set_int(&fines, cell->fines_per_s, 0);
		dec_mul_int(&fines, &fines, cell->to_utc - cell->from_utc);
		dec_add(sum, sum, &fines);
		running->seen |= 1U << cell->band;
	}
	dec_release(&fines);
}

/* Adds one day's part in the segment. */
static int
sum_day(struct rate *rate, const struct rate_segment *segment,
    const struct energy_series *series, const struct energy_day *day,
    struct running *running, struct cells *cells, struct qf_error *err)
{
	const struct tariff_version *version = segment->version;
	const struct rulebook_day *laid;
	int rc;

	rc = rulebook_day(rate->book, version, day->day, day->start_utc,
	    day->minutes, day->count, &laid, &rate->refusal, err);
	if (rc != 0) {
		return rc;
	}
	if (!laid->pattern.cut && day->start_utc >= segment->from_utc &&
	    end_of(day) <= segment->to_utc) {
		running->seen |= laid->pattern.seen;
		return energy_sum_day(running->ticks,
		    series->ticks + day->first, &laid->pattern, &rate->refusal);
	}
	cells_begin(cells);
	rc = cells_add_day(cells, series, day, laid->band, &laid->schedule,
	    rate->zone, segment->from_utc, segment->to_utc,
	    version->split == SPLIT_EVEN, &rate->refusal);
	if (rc == 0) {
		add_cells(running, cells);
	}
	return rc;
}

/* The running sums as kWh. */
static void
to_kwh(struct rate_sums *sums, const struct energy_series *series,
    struct running *running)
{
	struct energy_given given = {0};
	struct dec fines = {0};

	for (unsigned i = 0; i < ENERGY_BANDS; i++) {
		if ((running->seen & 1U << i) == 0) {
			continue; /* not in sums->seen either */
		}
		if (!running->cut && series->parts == 1) {
			dec_set_int(
			    &sums->kwh[i], running->ticks[i], series->scale);
			continue;
		}
		dec_set_int(&fines, running->ticks[i], 0);
		dec_mul_int(&fines, &fines, ENERGY_FINE);
		dec_add(&fines, &fines, &running->fines[i]);
		energy_kwh(&sums->kwh[i], series, &fines, &given);
	}
	sums->seen = running->seen;
	dec_release(&fines);
	energy_given_release(&given);
}

/* Total kWh in the segment, by another way than the bands. */
static void
total_kwh(struct dec *kwh, const struct energy_series *series,
    const struct rate_segment *segment)
{
	struct energy_given given = {0};
	struct dec fines = {0};

	energy_total(&fines, series, segment->from_utc, segment->to_utc);
	energy_kwh(kwh, series, &fines, &given);
	dec_release(&fines);
	energy_given_release(&given);
}

static void
add_balance(struct rate *rate, const struct rate_segment *segment,
    enum channel channel, const struct energy_series *gross,
    const struct energy_series *net)
{
	struct dec metered = {0}, own = {0};

	total_kwh(&own, net, segment);
	dec_set(&rate->sums[channel].total, &own);
	if (gross == net) {
		rate_balance_add(rate, channel, &own, &own);
	} else {
		total_kwh(&metered, gross, segment);
		rate_balance_add(rate, channel, &metered, &own);
	}
	dec_release(&metered);
	dec_release(&own);
}

int
rate_sum_series(struct rate *rate, const struct rate_segment *segment,
    const struct energy_series *series, struct rate_sums *sums,
    struct qf_error *err)
{
	struct running running = {0};
	int rc = 0;

	for (size_t d = 0; rc == 0 && d < series->day_count; d++) {
		const struct energy_day *day = &series->days[d];

		if (end_of(day) > segment->from_utc &&
		    day->start_utc < segment->to_utc) {
			rc = sum_day(rate, segment, series, day, &running,
			    &sums->cells, err);
		}
	}
	if (rc == 0) {
		to_kwh(sums, series, &running);
		sums->net = series;
		sums->only_total = false;
		sums->cells_ready = false;
		sums->ready = true;
	}
	for (size_t i = 0; running.cut && i < ENERGY_BANDS; i++) {
		dec_release(&running.fines[i]);
	}
	return rc;
}

int
rate_sum_intervals(struct rate *rate, const struct rate_segment *segment,
    enum channel channel, struct qf_error *err)
{
	const struct energy_series *gross, *net;
	int rc;

	rc = rate_point_energy(rate, channel, &gross, &net, err);
	if (rc == 0) {
		rc = energy_cover(net, segment->from_utc, segment->to_utc,
		    rate->zone, channel_name(channel), &rate->refusal);
	}
	if (rc == 0) {
		rc = rate_sum_series(
		    rate, segment, net, &rate->sums[channel], err);
	}
	if (rc == 0) {
		if (rate_counts_energy(segment, channel)) {
			add_balance(rate, segment, channel, gross, net);
		}
	}
	return rc;
}

/* Charges ---------------------------------------------------------------- */

/* Once for all charges of a channel. */
int
rate_cells(struct rate *rate, const struct rate_segment *segment,
    struct rate_sums *sums, struct qf_error *err)
{
	const struct tariff_version *version = segment->version;
	int rc = 0;

	if (sums->cells_ready) {
		return 0;
	}
	cells_begin(&sums->cells);
	for (size_t d = 0; rc == 0 && d < sums->net->day_count; d++) {
		const struct energy_day *day = &sums->net->days[d];
		const struct rulebook_day *laid;

		if (end_of(day) <= segment->from_utc ||
		    day->start_utc >= segment->to_utc) {
			continue;
		}
		rc = rulebook_day(rate->book, version, day->day, day->start_utc,
		    day->minutes, day->count, &laid, &rate->refusal, err);
		if (rc == 0) {
			rc = cells_add_day(&sums->cells, sums->net, day,
			    laid->band, &laid->schedule, rate->zone,
			    segment->from_utc, segment->to_utc,
			    version->split == SPLIT_EVEN, &rate->refusal);
		}
	}
	sums->cells_ready = rc == 0;
	return rc;
}

static int
charge_of_cells(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct rate_sums *sums, struct qf_error *err)
{
	const char *series = charge_series(segment->version, charge);
	struct energy_given given = {0};
	struct price_for who = rate_price_for(rate, segment);
	struct cell_prices prices = {.series = series, .who = &who};
	struct band_prices by_band;
	struct charge_scope scope;
	int rc;

	rc = rate_cells(rate, segment, sums, err);
	if (rc == 0 && series[0] != '\0') {
		rc = rulebook_series(rate->book, series, segment->from_utc,
		    segment->to_utc, &prices.steps, &prices.step_count,
		    &rate->refusal, err);
	} else if (rc == 0) {
		rc = rulebook_prices(rate->book, segment->version, charge,
		    segment->month, &who, sums->seen, &by_band, &rate->refusal,
		    err);
		prices.by_band = &by_band;
	}
	if (rc != 0) {
		return rc;
	}
	rate_scope(rate, segment, charge, &scope);
	scope.fines_of = sums->net;
	scope.given = &given;
	rc = charge_cells(&rate->unit.lines, &scope, &sums->cells, &prices,
	    rate->zone, segment->from_utc, segment->to_utc, &rate->refusal);
	energy_given_release(&given);
	return rc;
}

static bool
same_price(const struct dec *a, const struct dec *b)
{
	return a == NULL || b == NULL ? a == b : dec_cmp(a, b) == 0;
}

bool
rate_bands_matter(const struct charge *charge, const struct band_prices *prices,
    unsigned seen)
{
	const struct dec *first = NULL;
	bool any = false;

	for (unsigned i = 0; i < ENERGY_BANDS; i++) {
		const struct dec *price = band_price(prices, i);

		if ((seen & 1U << i) == 0) {
			continue;
		}
		if (any && (charge->by_band || !same_price(first, price))) {
			return true;
		}
		first = price;
		any = true;
	}
	return false;
}

/* A charge with one price a band over the whole segment. */
static int
charge_of_bands(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct rate_sums *sums, struct qf_error *err)
{
	struct price_for who = rate_price_for(rate, segment);
	struct charge_sums lines = {0};
	struct charge_scope scope;
	struct band_prices prices;
	int rc;

	rc = rulebook_prices(rate->book, segment->version, charge,
	    segment->month, &who, sums->seen, &prices, &rate->refusal, err);
	if (rc != 0) {
		return rc;
	}
	if (sums->only_total &&
	    rate_bands_matter(charge, &prices, sums->seen)) {
		return refuse(&rate->refusal, REASON_NO_BANDS,
		    "charge %s is by band, and the registers are not",
		    charge->component);
	}
	rate_scope(rate, segment, charge, &scope);
	for (unsigned i = 0; i < ENERGY_BANDS; i++) {
		if ((sums->seen & 1U << i) == 0) {
			continue;
		}
		charge_add(&lines, &scope, i,
		    sums->only_total ? &sums->total : &sums->kwh[i],
		    band_price(&prices, i));
		if (sums->only_total) {
			break;
		}
	}
	rc = charge_flush(&rate->unit.lines, &scope, &lines, segment->from_utc,
	    segment->to_utc, &rate->refusal);
	charge_sums_release(&lines);
	return rc;
}

int
rate_energy_charge(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct qf_error *err)
{
	struct rate_sums *sums = &rate->sums[charge->channel];
	bool by_clock =
	    charge->span != SPAN_STRETCH && charge->span != SPAN_MONTH;

	assert(sums->ready);
	if (charge->counts_energy) {
		dec_add(&rate->shared_kwh[charge->channel],
		    &rate->shared_kwh[charge->channel], &sums->total);
	}
	if (!by_clock && charge_series(segment->version, charge)[0] == '\0') {
		return charge_of_bands(rate, segment, charge, sums, err);
	}
	if (sums->net == NULL) {
		return refuse(&rate->refusal, REASON_NO_INTERVALS,
		    "charge %s follows the clock, and registers do not",
		    charge->component);
	}
	return charge_of_cells(rate, segment, charge, sums, err);
}
