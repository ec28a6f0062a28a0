/* rate.c - what contracts owe for a period under their tariffs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/rate/rate.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "stage/rate/own.h"

/* The months that the period touches, whole. */
static void
make_months(struct rate *rate)
{
	const struct period *period = &rate->request->period;
	int32_t first = civil_month_of_day(period->first_day);
	int32_t last = civil_month_of_day(period->end_day - 1);

	rate->month_count = (size_t)(last - first + 1);
	rate->months = xcalloc(rate->month_count, sizeof(*rate->months));
	for (size_t i = 0; i < rate->month_count; i++) {
		struct rate_month *month = &rate->months[i];
		int year, of_year, of_month;

		month->first_day = civil_month_first_day(first + (int32_t)i);
		month->end_day = civil_month_first_day(first + (int32_t)i + 1);
		civil_date(month->first_day, &year, &of_year, &of_month);
		month->month = year * 100 + of_year;
		month->from_utc = zone_day_start(rate->zone, month->first_day);
		month->to_utc = zone_day_start(rate->zone, month->end_day);
	}
}

static int
rate_begin(struct rate *rate, struct ledger *ledger,
    const struct rate_request *request, const struct rate_sink *sink,
    struct rate_counts *counts, struct qf_error *err)
{
	const struct market *market = ledger_market(ledger);

	memset(counts, 0, sizeof(*counts));
	rate->ledger = ledger;
	rate->request = request;
	rate->reading = &request->period;
	rate->sink = sink;
	rate->counts = counts;
	rate->money_scale = market->money_scale;
	if (zone_load(&rate->zone, market->zone, err) == -1) {
		return -1;
	}
	rulebook_new(&rate->book, ledger, request->asof, rate->zone);
	rate->before = xmalloc(sizeof(*rate->before));
	rate->marked = xcalloc(SERIES_VALUES_MAX, sizeof(*rate->marked));
	make_months(rate);
	return 0;
}

static void
rate_end(struct rate *rate)
{
	for (size_t c = 0; c < RATE_CHANNELS; c++) {
		reads_close(rate->reads[c]);
		rate_mixed_release(&rate->mixed[c]);
		dec_release(&rate->shared_kwh[c]);
		energy_given_release(&rate->part_given[c]);
		cells_release(&rate->sums[c].cells);
		dec_release(&rate->sums[c].total);
		for (size_t b = 0; b < ENERGY_BANDS; b++) {
			dec_release(&rate->sums[c].kwh[b]);
		}
	}
	facts_close(rate->meter_cursor);
	facts_close(rate->relation_cursor);
	facts_close(rate->parents.cursor);
	facts_close(rate->point_cursor);
	facts_close(rate->register_cursor);
	facts_close(rate->session_cursor);
	facts_close(rate->session_band_cursor);
	facts_close(rate->session_interval_cursor);
	facts_close(rate->session_period_cursor);
	runs_close(rate->carry_cursor);
	rate_findings_release(&rate->findings);
	rate_unit_release(&rate->unit);
	rate_point_release(&rate->point);
	rate_meters_release(&rate->meters);
	free(rate->atoms);
	free(rate->sources);
	free(rate->before);
	free(rate->marked);
	free(rate->months);
	rulebook_free(rate->book);
	zone_free(rate->zone);
}

void
rate_reader_new(struct rate **out, struct ledger *ledger,
    const struct rate_request *request, struct rate_counts *counts,
    struct zone *zone)
{
	struct rate *rate = xcalloc(1, sizeof(*rate));

	rate->ledger = ledger;
	rate->request = request;
	rate->reading = &request->period;
	rate->counts = counts;
	rate->zone = zone;
	rate->before = xmalloc(sizeof(*rate->before));
	rate->marked = xcalloc(SERIES_VALUES_MAX, sizeof(*rate->marked));
	*out = rate;
}

void
rate_reader_free(struct rate *rate)
{
	if (rate != NULL) {
		rate->zone = NULL;
		rate_end(rate);
		free(rate);
	}
}

/* The stretches of the point in hand. */
struct stretches {
	struct contract *of;
	size_t count, capacity;
};

static void
add_stretch(struct stretches *stretches, const struct contract *contract)
{
	if (stretches->count == stretches->capacity) {
		stretches->capacity = stretches->capacity * 2 + 8;
		stretches->of = xreallocarray(
		    stretches->of, stretches->capacity, sizeof(*stretches->of));
	}
	stretches->of[stretches->count++] = *contract;
}

static bool
same_unit(const struct contract *a, const struct contract *b)
{
	return strcmp(a->contract, b->contract) == 0 &&
	       strcmp(a->leg, b->leg) == 0;
}

/* Rates the units of the point in hand, one after the other. */
static int
rate_units(struct rate *rate, struct stretches *stretches, struct qf_error *err)
{
	size_t first = 0;

	if (stretches->count == 0) {
		return 0;
	}
	rate_point_begin(&rate->point, stretches->of[0].point);
	rate->counts->points++;
	if (rate->sink->progress != NULL) {
		rate->sink->progress(rate->sink->context, rate->counts->points);
	}
	while (first < stretches->count) {
		size_t last = first + 1;

		while (last < stretches->count &&
		       same_unit(&stretches->of[first], &stretches->of[last])) {
			last++;
		}
		if (rate_unit(rate, &stretches->of[first], last - first, err) ==
		    -1) {
			return -1;
		}
		first = last;
	}
	if (rate->sink->point != NULL &&
	    rate->sink->point(rate->sink->context, stretches->of,
		stretches->count, err) == -1) {
		return -1;
	}
	stretches->count = 0;
	return 0;
}

/* Walks the contracts in the order of points. */
static int
walk(struct rate *rate, struct contract_cursor *cursor, struct qf_error *err)
{
	struct stretches stretches = {0};
	struct contract contract;
	int rc;

	while ((rc = contracts_next(cursor, &contract, err)) == 1) {
		if (stretches.count > 0 &&
		    strcmp(contract.point, stretches.of[0].point) != 0 &&
		    rate_units(rate, &stretches, err) == -1) {
			rc = -1;
			break;
		}
		add_stretch(&stretches, &contract);
	}
	if (rc == 0) {
		rc = rate_units(rate, &stretches, err);
	}
	free(stretches.of);
	return rc;
}

int
rate_run(struct ledger *ledger, const struct rate_request *request,
    const struct rate_sink *sink, struct rate_counts *counts,
    struct qf_error *err)
{
	struct rate *rate = xcalloc(1, sizeof(*rate));
	struct contract_cursor *cursor = NULL;
	int rc = -1;

	assert(request->period.first_day < request->period.end_day);
	if (rate_begin(rate, ledger, request, sink, counts, err) == -1 ||
	    contracts_open(&cursor, ledger, request->asof,
		zone_day_start(
		    rate->zone, request->period.first_day - RATE_MARGIN_DAYS),
		request->period.to_utc, request->contract, request->leg,
		err) == -1) {
		goto out;
	}
	rc = walk(rate, cursor, err);
out:
	contracts_close(cursor);
	rate_end(rate);
	free(rate);
	return rc;
}
