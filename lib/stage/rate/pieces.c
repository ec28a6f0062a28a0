/* pieces.c - charges that are not by energy: per day, month, or once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <string.h>

#include "base/zone.h"
#include "stage/rate/own.h"

int
rate_pieces_of(
    struct rate *rate, const struct contract *contract, struct dec *out)
{
	unsigned long length;
	const char *text = contract_option(contract, "quantity", &length);
	struct qf_error err;

	dec_set_int(out, 1, 0);
	if (text == NULL) {
		return 0;
	}
	if (dec_parse(out, text, length, &err) == -1 || dec_sign(out) < 0) {
		return refuse(&rate->refusal, REASON_BAD_OPTION,
		    "option quantity of contract %s is no number",
		    contract->contract);
	}
	return 0;
}

int
rate_piece_price(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, const struct tier *tier, int64_t utc,
    struct dec *out, bool *priced, struct qf_error *err)
{
	const char *series = charge_series(segment->version, charge);
	struct price_for who = rate_price_for(rate, segment);
	const struct price_step *steps;
	const struct dec *price;
	struct band_prices prices;
	char time[40];
	size_t count;
	int rc;

	who.tier = tier;
	if (series[0] == '\0') {
		rc = rulebook_prices(rate->book, segment->version, charge,
		    segment->month, &who, 1U << TARIFF_BANDS_MAX, &prices,
		    &rate->refusal, err);
		price = rc == 0 ? band_price(&prices, TARIFF_BANDS_MAX) : NULL;
		*priced = price != NULL;
		if (*priced) {
			dec_set(out, price);
		}
		return rc;
	}
	rc = rulebook_series(rate->book, series, segment->from_utc,
	    segment->to_utc, &steps, &count, &rate->refusal, err);
	if (rc == 0 && utc < segment->from_utc) {
		rc = rulebook_series(rate->book, series, utc, segment->to_utc,
		    &steps, &count, &rate->refusal, err);
	}
	if (rc != 0) {
		return rc;
	}
	for (size_t i = 0; i < count; i++) {
		if (steps[i].from_utc <= utc && utc < steps[i].to_utc) {
			charge_series_price(out, segment->version, charge,
			    BAND_NONE, &steps[i].price, &who);
			*priced = true;
			return 0;
		}
	}
	*priced = false;
	if (charge->missing_unpriced) {
		return 0;
	}
	return refuse(&rate->refusal, REASON_NO_PRICE,
	    "series %s has no price at %s", series,
	    energy_time(rate->zone, utc, time));
}

/* A month's price as that of one of the period's days. */
static void
share_of_day(const struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct dec *price)
{
	const struct period *period = &rate->request->period;
	const struct rounding *rule = charge->has_price_rounding
					  ? &charge->price_rounding
					  : &segment->version->money;
	struct dec days = {0};

	dec_set_int(&days, period->end_day - period->first_day, 0);
	dec_div(price, price, &days, rule->scale, rule->mode);
	dec_release(&days);
}

/* One line of `pieces` at the price that stands at `utc`. */
static int
piece_line(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, const char *unit, int64_t utc,
    int64_t from_utc, int64_t to_utc, struct qf_error *err)
{
	struct dec pieces = {0}, price = {0};
	struct charge_sums sums = {0};
	struct charge_scope scope;
	bool priced = false;
	int rc;

	rate_scope(rate, segment, charge, &scope);
	scope.unit = unit;
	rc = rate_pieces_of(rate, segment->contract, &pieces);
	if (rc == 0) {
		rc = rate_piece_price(
		    rate, segment, charge, NULL, utc, &price, &priced, err);
	}
	if (rc == 0) {
		if (charge->per == PER_MONTH_BY_DAY && priced) {
			share_of_day(rate, segment, charge, &price);
		}
		charge_add(&sums, &scope, TARIFF_BANDS_MAX, &pieces,
		    priced ? &price : NULL);
		rc = charge_flush(&rate->unit.lines, &scope, &sums, from_utc,
		    to_utc, &rate->refusal);
	}
	charge_sums_release(&sums);
	dec_release(&pieces);
	dec_release(&price);
	return rc;
}

int32_t
rate_first_day(const struct rate *rate, const struct rate_segment *segment)
{
	int32_t day = zone_day_of(rate->zone, segment->from_utc);

	for (const struct rate_segment *before = rate->unit.segments;
	     before < segment; before++) {
		if (zone_day_of(rate->zone, before->to_utc - 1) == day) {
			return day + 1;
		}
	}
	return day;
}

/* A line a day. */
static int
line_a_day(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct qf_error *err)
{
	int32_t end = zone_day_of(rate->zone, segment->to_utc - 1) + 1;

	for (int32_t day = rate_first_day(rate, segment); day < end; day++) {
		int64_t start_utc = zone_day_start(rate->zone, day);
		int64_t end_utc = zone_day_start(rate->zone, day + 1);
		int rc = piece_line(rate, segment, charge, "day", start_utc,
		    start_utc > segment->from_utc ? start_utc
						  : segment->from_utc,
		    end_utc < segment->to_utc ? end_utc : segment->to_utc, err);

		if (rc != 0) {
			return rc;
		}
	}
	return 0;
}

/* Adds each day to one line's sums. */
static int
add_days(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, const struct charge_scope *scope,
    const struct dec *pieces, struct charge_sums *sums, struct qf_error *err)
{
	int32_t end = zone_day_of(rate->zone, segment->to_utc - 1) + 1;
	struct dec price = {0};
	bool priced;
	int rc = 0;

	for (int32_t day = rate_first_day(rate, segment); rc == 0 && day < end;
	     day++) {
		rc = rate_piece_price(rate, segment, charge, NULL,
		    zone_day_start(rate->zone, day), &price, &priced, err);
		if (rc == 0) {
			charge_add(sums, scope, TARIFF_BANDS_MAX, pieces,
			    priced ? &price : NULL);
		}
	}
	dec_release(&price);
	return rc;
}

/* All days on one line. */
static int
line_of_days(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct qf_error *err)
{
	struct charge_sums sums = {0};
	struct charge_scope scope;
	struct dec pieces = {0};
	int rc = rate_pieces_of(rate, segment->contract, &pieces);

	rate_scope(rate, segment, charge, &scope);
	scope.unit = "day";
	if (rc == 0) {
		rc = add_days(
		    rate, segment, charge, &scope, &pieces, &sums, err);
	}
	if (rc == 0) {
		rc = charge_flush(&rate->unit.lines, &scope, &sums,
		    segment->from_utc, segment->to_utc, &rate->refusal);
	}
	charge_sums_release(&sums);
	dec_release(&pieces);
	return rc;
}

/* Whether the segment begins a contract that continues no other stretch. */
static bool
begins_contract(const struct rate *rate, const struct rate_segment *segment)
{
	const struct contract *contract = segment->contract;

	if (segment->from_utc != contract->from_utc) {
		return false;
	}
	for (size_t i = 0; i < rate->unit.stretch_count; i++) {
		if (rate->unit.stretches[i].to_utc == contract->from_utc) {
			return false;
		}
	}
	return true;
}

int
rate_pieces(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct qf_error *err)
{
	switch (charge->per) {
	case PER_DAY:
		return charge->span == SPAN_DAY
			   ? line_a_day(rate, segment, charge, err)
			   : line_of_days(rate, segment, charge, err);
	case PER_MONTH_BY_DAY:
		return line_a_day(rate, segment, charge, err);
	case PER_MONTH:
		if (charge->share != SHARE_WHOLE) {
			return rate_months(rate, segment, charge, err);
		}
		if (rate_bears_month(rate, segment)) {
			return piece_line(rate, segment, charge, "month",
			    segment->from_utc, segment->from_utc,
			    segment->to_utc, err);
		}
		return 0;
	case PER_ONCE:
		if (begins_contract(rate, segment)) {
			return piece_line(rate, segment, charge, "each",
			    segment->from_utc, segment->from_utc,
			    segment->to_utc, err);
		}
		return 0;
	case PER_KVA:
		return rate_kva(rate, segment, charge, err);
	case PER_KW:
		return rate_kw(rate, segment, charge, err);
	case PER_KWH:
	case PER_POWER_FACTOR:
	case PER_LIMIT:
		break;
	}
	BUG("charge %s is not by the piece", charge->component);
}
