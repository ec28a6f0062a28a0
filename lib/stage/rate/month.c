/* month.c - prices a month, on a part of a month: per month and per kVA.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <string.h>

#include "base/zone.h"
#include "settle/share.h"
#include "stage/rate/own.h"

const struct rate_month *
rate_month_of(const struct rate *rate, const struct rate_segment *segment)
{
	const struct rate_month *month = rate->months;

	while (month->month != segment->month) {
		month++;
		assert(month < rate->months + rate->month_count);
	}
	return month;
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The stretch's time in the month; false where it has none. */
static bool
in_month(const struct rate_month *month, const struct contract *stretch,
    int64_t *from_utc, int64_t *to_utc)
{
	*from_utc = later(stretch->from_utc, month->from_utc);
	*to_utc = earlier(stretch->to_utc, month->to_utc);
	return *from_utc < *to_utc;
}

void
rate_month_span(const struct rate *rate, const struct rate_segment *segment,
    bool whole, int64_t *from_utc, int64_t *to_utc)
{
	const struct rate_month *month = rate_month_of(rate, segment);

	in_month(month, segment->contract, from_utc, to_utc);
	for (size_t i = 0; whole && i < rate->unit.stretch_count; i++) {
		int64_t from, to;

		if (in_month(month, &rate->unit.stretches[i], &from, &to)) {
			*from_utc = earlier(*from_utc, from);
			*to_utc = later(*to_utc, to);
		}
	}
}

bool
rate_bears_month(const struct rate *rate, const struct rate_segment *segment)
{
	int64_t from_utc, to_utc;

	rate_month_span(rate, segment, true, &from_utc, &to_utc);
	return segment->from_utc == from_utc;
}

/* The days from the month's first on, before end_day, of which the contract has
 * a part. */
static int
contract_days(
    const struct rate *rate, const struct rate_month *month, int32_t end_day)
{
	int count = 0;

	for (int32_t day = month->first_day; day < end_day; day++) {
		int64_t start_utc = zone_day_start(rate->zone, day);
		int64_t end_utc = zone_day_start(rate->zone, day + 1);
		bool any = false;

		for (size_t i = 0; i < rate->unit.stretch_count; i++) {
			const struct contract *of = &rate->unit.stretches[i];

			any = any || (of->from_utc < of->to_utc &&
					 of->from_utc < end_utc &&
					 of->to_utc > start_utc);
		}
		count += any;
	}
	return count;
}

/* The segment's share of the month; false where it has none. */
static bool
share_of(const struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct share *out)
{
	const struct rate_month *month = rate_month_of(rate, segment);
	int32_t end = zone_day_of(rate->zone, segment->to_utc - 1) + 1;
	int days = end - rate_first_day(rate, segment);

	if (charge->share == SHARE_WHOLE) {
		*out = (struct share){.days = 1, .of = 1};
		return rate_bears_month(rate, segment);
	}
	*out = share_of_days(charge->share, days,
	    contract_days(rate, month, month->end_day),
	    month->end_day - month->first_day);
	out->before = contract_days(rate, month, end - days);
	return days > 0;
}

int
rate_option(struct rate *rate, const struct contract *contract,
    const char *name, struct dec *out)
{
	unsigned long length;
	const char *text = contract_option(contract, name, &length);
	struct qf_error err;

	if (text == NULL) {
		return refuse(&rate->refusal, REASON_BAD_OPTION,
		    "contract %s does not say its option %s",
		    contract->contract, name);
	}
	if (dec_parse(out, text, length, &err) == -1 || dec_sign(out) < 0) {
		return refuse(&rate->refusal, REASON_BAD_OPTION,
		    "option %s of contract %s is no number", name,
		    contract->contract);
	}
	return 0;
}

/* The line at a price. */
static int
put_line(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, const struct rate_monthly *monthly,
    const struct share *share, const struct dec *price)
{
	struct dec quantity = {0}, exact = {0};
	struct charge_scope scope;
	int rc;

	rate_scope(rate, segment, charge, &scope);
	scope.unit = monthly->unit;
	scope.tier = monthly->tier;
	share_quantity(&quantity, monthly->quantity, share);
	if (price != NULL) {
		share_amount(
		    &exact, monthly->pieces, monthly->under, price, share);
	}
	if (share->days != share->of) {
		rate_note(rate, charge, segment->from_utc, "share",
		    "%d / %d of the month", share->days, share->of);
	}
	rc = charge_put(&rate->unit.lines, &scope, segment->from_utc,
	    segment->to_utc, &quantity, price, price != NULL ? &exact : NULL,
	    &rate->refusal);
	dec_release(&quantity);
	dec_release(&exact);
	return rc;
}

int
rate_month_line(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, const struct rate_monthly *monthly,
    struct qf_error *err)
{
	struct dec price = {0};
	struct share share;
	bool priced = false;
	int rc;

	if (!share_of(rate, segment, charge, &share)) {
		return 0;
	}
	rc = rate_piece_price(rate, segment, charge, monthly->tier,
	    segment->from_utc, &price, &priced, err);
	if (rc == 0) {
		if (priced && monthly->factor != NULL) {
			dec_mul(&price, &price, monthly->factor);
		}
		rc = put_line(rate, segment, charge, monthly, &share,
		    priced ? &price : NULL);
	}
	dec_release(&price);
	return rc;
}

int
rate_months(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct qf_error *err)
{
	struct dec pieces = {0};
	const struct rate_monthly monthly = {
	    .unit = "month",
	    .quantity = &pieces,
	    .pieces = &pieces,
	    .under = 1,
	};
	int rc = rate_pieces_of(rate, segment->contract, &pieces);

	if (rc == 0) {
		rc = rate_month_line(rate, segment, charge, &monthly, err);
	}
	dec_release(&pieces);
	return rc;
}

int
rate_kva(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct qf_error *err)
{
	struct dec kva = {0};
	const struct rate_monthly monthly = {
	    .unit = "kva",
	    .quantity = &kva,
	    .pieces = &kva,
	    .under = 1,
	};
	int rc = rate_option(rate, segment->contract, "kva", &kva);

	if (rc == 0) {
		rc = rate_month_line(rate, segment, charge, &monthly, err);
	}
	dec_release(&kva);
	return rc;
}
