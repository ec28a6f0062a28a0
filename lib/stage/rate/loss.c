/* loss.c - charges for kWh lost in a transformer before the meter (变损).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>

#include "base/zone.h"
#include "settle/loss.h"
#include "stage/rate/own.h"

/* The energy of the segment. */
static void
metered(const struct rate_sums *sums, struct dec *out)
{
	if (sums->only_total) {
		dec_set(out, &sums->total);
		return;
	}
	dec_set_int(out, 0, 0);
	for (unsigned i = 0; i < ENERGY_BANDS; i++) {
		if ((sums->seen & 1U << i) != 0) {
			dec_add(out, out, &sums->kwh[i]);
		}
	}
}

/* The kWh that are lost in the segment. */
static int
lost(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, const struct rate_sums *sums, struct dec *out)
{
	const struct loss *loss = charge->loss;
	const struct rate_month *month = rate_month_of(rate, segment);
	int days = zone_day_of(rate->zone, segment->to_utc - 1) + 1 -
		   rate_first_day(rate, segment);
	int month_days = month->end_day - month->first_day;
	struct dec fixed = {0}, energy = {0};
	char a[DEC_TEXT_MAX], b[DEC_TEXT_MAX], c[DEC_TEXT_MAX], d[DEC_TEXT_MAX];
	int rc = 0;

	if (loss->fixed_option[0] != '\0') {
		rc = rate_option(
		    rate, segment->contract, loss->fixed_option, &fixed);
	} else {
		dec_set(&fixed, &loss->fixed_kwh);
	}
	if (rc == 0) {
		metered(sums, &energy);
		loss_kwh(out, loss, &fixed, days, month_days, &energy);
		dec_format_trim(&fixed, a, sizeof(a));
		dec_format_trim(&loss->percent, b, sizeof(b));
		dec_format_trim(&energy, c, sizeof(c));
		dec_format_trim(out, d, sizeof(d));
		rate_note(rate, charge, segment->from_utc, "loss",
		    "%s kWh x %d / %d days + %s %% of %s kWh = %s kWh%s", a,
		    days, loss->days > 0 ? loss->days : month_days, b, c, d,
		    loss->has_round ? ", rounded" : "");
	}
	dec_release(&fixed);
	dec_release(&energy);
	return rc;
}

/* Shares the kWh over the bands, as far as they matter. */
static int
share_bands(struct rate *rate, const struct charge *charge,
    const struct rate_sums *sums, const struct band_prices *prices,
    const struct dec *kwh, struct dec of[ENERGY_BANDS])
{
	unsigned first = 0;

	while ((sums->seen & 1U << first) == 0) {
		first++;
		assert(first < ENERGY_BANDS);
	}
	if (charge->loss->to_band == BAND_NONE &&
	    !rate_bands_matter(charge, prices, sums->seen)) {
		dec_set(&of[first], kwh);
		return 0;
	}
	if (sums->only_total && charge->loss->to_band == BAND_NONE) {
		return refuse(&rate->refusal, REASON_NO_BANDS,
		    "charge %s is by band, and the registers are not",
		    charge->component);
	}
	return loss_split(
	    of, charge->loss, kwh, sums->kwh, sums->seen, &rate->refusal);
}

static int
put_lines(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, const struct band_prices *prices,
    const struct dec of[ENERGY_BANDS])
{
	struct charge_sums lines = {0};
	struct charge_scope scope;
	int rc;

	rate_scope(rate, segment, charge, &scope);
	for (unsigned i = 0; i < ENERGY_BANDS; i++) {
		if (!dec_is_zero(&of[i])) {
			charge_add(
			    &lines, &scope, i, &of[i], band_price(prices, i));
		}
	}
	rc = charge_flush(&rate->unit.lines, &scope, &lines, segment->from_utc,
	    segment->to_utc, &rate->refusal);
	charge_sums_release(&lines);
	return rc;
}

int
rate_loss(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct qf_error *err)
{
	const struct rate_sums *sums = &rate->sums[charge->channel];
	struct price_for who = rate_price_for(rate, segment);
	unsigned seen = sums->seen;
	struct dec kwh = {0}, of[ENERGY_BANDS] = {0};
	struct band_prices prices;
	int rc;

	assert(sums->ready && charge->loss != NULL);
	if (charge->span > SPAN_MONTH ||
	    charge_series(segment->version, charge)[0] != '\0') {
		return refuse(&rate->refusal, REASON_NO_INTERVALS,
		    "charge %s follows the clock, and lost kWh do not",
		    charge->component);
	}
	if (charge->loss->to_band != BAND_NONE) {
		seen |= 1U << charge->loss->to_band;
	}
	rc = rulebook_prices(rate->book, segment->version, charge,
	    segment->month, &who, seen, &prices, &rate->refusal, err);
	if (rc == 0) {
		rc = lost(rate, segment, charge, sums, &kwh);
	}
	if (rc == 0) {
		rc = share_bands(rate, charge, sums, &prices, &kwh, of);
	}
	if (rc == 0) {
		rc = put_lines(rate, segment, charge, &prices, of);
	}
	dec_release(&kwh);
	for (unsigned i = 0; i < ENERGY_BANDS; i++) {
		dec_release(&of[i]);
	}
	return rc;
}
