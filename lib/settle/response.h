/* response.h - what one event of one contract comes to.
 *
 * From baseline, actual load and award of each step to what counts, what is
 * paid and what is charged, by a version of a programme.  No part of this
 * looks anything up: prices are handed in.
 *
 *	struct response *response;
 *
 *	response_settle(&response, version, steps, step_count, capability,
 *	    money_scale, &refusal);
 *	... response->steps[i].effective, response->lines[i].minor ...
 *	response_free(response);
 *
 * Signs: a response is positive in the direction asked for: shave and limit
 * baseline - actual, fill actual - baseline.  Pay may be negative where the
 * rule keeps it (pay negative="keep"); charges are >= 0.
 *
 * What is read into the rules (programme.xsd has the words), of each step:
 *
 * The award is award_kw over the step's time.  Of `limit` the award is a limit
 * of power; what it asks for is baseline - limit, which takes the place of the
 * award below (at least 0, but of penalties as it is, so that the deficiency
 * is actual - limit), and a step with a slot above the limit is not valid.
 *
 * Valid: response >= valid_rate x award; actual < baseline (fill: >); highest
 * slot of actual < highest slot of the baseline (fill: >).  Rates are compared
 * as products, so an award of 0 needs no division.
 *
 * What counts: response - elsewhere, 0 where not valid; then by bands; then at
 * most `most` x award; a negative one is 0 unless pay is kept negative, when
 * it counts as it is.  By bands: first nothing counts above the last band's
 * `to`; where the rate lies in a whole band (from <= rate < to, <= of the last)
 * all counts by its factor; otherwise each band's part by its own.  Without an
 * award bands and most do not apply.
 *
 * Pay = what counts x price x pay factor; below 0 it is 0 unless kept.  Of a
 * price per kw what counts is its mean power over the step.
 *
 * Penalty = max(below x award - delivered, 0), at most cap x award, x factor x
 * price, delivered being the response as measured or what counts.  Deviation =
 * max(|response - award| - tolerance x award, 0) on the sides that count, or,
 * of a response below 0 where `opposite`, capability over the step's time +
 * |response|; x factor x price.  A price below 0 charges nothing.  Neither is
 * charged without an award.
 *
 * Money: each line's exact sum is rounded once, or each step's amount and then
 * summed.
 */
#ifndef QF_SETTLE_RESPONSE_H
#define QF_SETTLE_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ratio.h"
#include "rules/programme.h"
#include "settle/refusal.h"

/* Why a step is not valid. */
#define RESPONSE_ABOVE_LIMIT "above-limit"
#define RESPONSE_LOW_RATE "low-rate"
#define RESPONSE_MEAN_LOAD "mean-load"
#define RESPONSE_MAX_LOAD "max-load"

/* A step of the event, of the contract as a whole.  All is the caller's. */
struct response_input {
	int64_t seconds; /* > 0 */
	struct dec baseline_kwh; /* rounded by the baseline's rule */
	struct dec actual_kwh;
	/* Highest slot of the step as mean kW; for valid_max_below, and
	 * has_max for limit.  Without has_max the means of the step are
	 * taken. */
	bool has_max;
	struct ratio baseline_max_kw, actual_max_kw;
	/* Export of the event above the baseline's export that another leg
	 * pays; >= 0.  The caller leaves it 0 where the rule says both. */
	struct dec elsewhere_kwh;
	bool has_award;
	struct dec award_kw; /* >= 0 */
	/* In the unit of the price's `per`, as response_price() makes them. */
	struct dec price; /* of version->price */
	/* One for each penalty, NULL where there is none; of those without a
	 * price of their own it is not read. */
	const struct dec *penalty_prices;
	struct dec deviation_price; /* likewise */
};

/* What a step came to; kWh. */
struct response_step {
	struct ratio response;
	struct ratio elsewhere; /* of the response: 0..response */
	struct ratio award; /* of limit: the limit */
	struct ratio effective; /* what counts */
	struct ratio deficiency; /* penalties and deviation are on: the sum */
	bool is_valid;
	const char *invalid; /* RESPONSE_...; NULL where valid */
	struct dec price; /* of a kWh or a kW, before the pay factor */
	struct ratio pay, charge; /* money, before rounding */
};

/* What is paid or charged of all steps together. */
struct response_line {
	const char *component; /* points into the version */
	bool is_charge; /* what the one who responds owes */
	const char *unit; /* static: kwh or kw */
	struct ratio quantity; /* in the unit; of kw summed over steps */
	/* With factors, of the unit: quantity x price = exact.  False where
	 * steps differ, or an amount is not their product. */
	bool has_price;
	struct dec price;
	/* Before rounding; where steps are rounded, the sum of those. */
	struct ratio exact;
	int64_t minor; /* of the ledger's currency */
};

struct response {
	struct response_step *steps;
	size_t step_count;
	/* First what is paid, then each penalty, then the deviation. */
	struct response_line *lines;
	size_t line_count;
};

/* out = the sum, the lowest or the highest (price->take) of factor x values[i]
 * of the price's terms, not below its floor nor above its cap.  values:
 * term_count, in the price's unit; that of a fixed term is not read. */
void response_price(struct dec *out, const struct programme_price *price,
    const struct dec *values);

/* Settles.  capability_kw may be NULL where the contract has none.
 * money_scale: of the ledger's currency.  1, and *out NULL: no-award (a step
 * without, where the programme needs one), no-capability (a response in the
 * opposite direction that is charged with it), money-scale, value-range. */
int
response_settle(struct response **out, const struct programme_version *version,
    const struct response_input *steps, size_t step_count,
    const struct dec *capability_kw, int money_scale, struct refusal *refusal);
void response_free(struct response *response);

#endif
