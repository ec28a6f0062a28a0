/* response.c - what one event of one contract comes to.
 *
 * Every quantity is an exact fraction until it is money: an award of 100 kW
 * over five minutes is no finite decimal.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/response.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"

#define HOUR 3600

static const struct ratio zero;

/* A step while it is worked on. */
struct work {
	const struct programme_version *version;
	const struct response_input *in;
	const struct dec *capability_kw;
	struct response_step *step;
	/* What the award asks for, kWh: of limit baseline - limit, which is
	 * negative where the baseline lies under the limit. */
	struct ratio target;
	struct ratio asked; /* the same, at least 0 */
};

/* One more term to what those before it came to. */
static void
take_term(struct dec *sum, enum programme_take take, bool is_first,
    const struct dec *term)
{
	switch (take) {
	case PROGRAMME_SUM:
		dec_add(sum, sum, term);
		return;
	case PROGRAMME_LOWEST:
		if (is_first || dec_cmp(term, sum) < 0) {
			dec_set(sum, term);
		}
		return;
	case PROGRAMME_HIGHEST:
		if (is_first || dec_cmp(term, sum) > 0) {
			dec_set(sum, term);
		}
		return;
	}
	BUG("a price takes %d of its terms", (int)take);
}

void
response_price(struct dec *out, const struct programme_price *price,
    const struct dec *values)
{
	struct dec sum = {0}, product = {0};

	for (size_t i = 0; i < price->term_count; i++) {
		const struct programme_term *term = &price->terms[i];

		dec_mul(&product, &term->factor,
		    term->source == PROGRAMME_FIXED ? &term->value
						    : &values[i]);
		take_term(&sum, price->take, i == 0, &product);
	}
	if (price->has_floor && dec_cmp(&sum, &price->floor) < 0) {
		dec_set(&sum, &price->floor);
	}
	if (price->has_cap && dec_cmp(&sum, &price->cap) > 0) {
		dec_set(&sum, &price->cap);
	}
	dec_trim(out, &sum);
	dec_release(&sum);
	dec_release(&product);
}

static bool
is_per_power(enum programme_per per)
{
	return per == PROGRAMME_PER_KW || per == PROGRAMME_PER_MW;
}

/* The price of a kWh or a kW. */
static void
unit_price(struct dec *out, const struct dec *price, enum programme_per per)
{
	static const struct dec thousandth = DEC_SMALL(1, 3);

	if (per == PROGRAMME_PER_MWH || per == PROGRAMME_PER_MW) {
		dec_mul(out, price, &thousandth);
	} else {
		dec_set(out, price);
	}
	dec_trim(out, out);
}

/* kW over a time as kWh, and back. */
static void
energy_of(struct ratio *kwh, const struct dec *kw, int64_t seconds)
{
	ratio_set_dec(kwh, kw);
	ratio_mul_int(kwh, kwh, seconds);
	ratio_div_int(kwh, kwh, HOUR);
}

static void
power_of(struct ratio *kw, const struct ratio *kwh, int64_t seconds)
{
	ratio_mul_int(kw, kwh, HOUR);
	ratio_div_int(kw, kw, seconds);
}

/* Response, what of it another leg pays, and what was asked for. */
static void
measure(struct work *work)
{
	const struct response_input *in = work->in;
	struct response_step *step = work->step;

	ratio_set_dec(&step->response, &in->baseline_kwh);
	ratio_sub_dec(&step->response, &step->response, &in->actual_kwh);
	if (work->version->direction == PROGRAMME_FILL) {
		ratio_neg(&step->response, &step->response);
	}
	assert(dec_sign(&in->elsewhere_kwh) >= 0);
	ratio_set_dec(&step->elsewhere, &in->elsewhere_kwh);
	ratio_min(&step->elsewhere, &step->elsewhere, &step->response);
	ratio_max(&step->elsewhere, &step->elsewhere, &zero);
	if (!in->has_award) {
		return;
	}
	assert(dec_sign(&in->award_kw) >= 0);
	energy_of(&step->award, &in->award_kw, in->seconds);
	ratio_set(&work->target, &step->award);
	if (work->version->direction == PROGRAMME_LIMIT) {
		ratio_neg(&work->target, &work->target);
		ratio_add_dec(&work->target, &work->target, &in->baseline_kwh);
	}
	ratio_max(&work->asked, &work->target, &zero);
}

/* The highest load of the step, kW. */
static void
highest(struct ratio *out, const struct response_input *in,
    const struct ratio *max_kw, const struct dec *kwh)
{
	if (in->has_max) {
		ratio_set(out, max_kw);
		return;
	}
	ratio_set_dec(out, kwh);
	power_of(out, out, in->seconds);
}

/* Whether the first load is on the side of the other that was asked for. */
static bool
is_moved(const struct work *work, int order)
{
	return work->version->direction == PROGRAMME_FILL ? order > 0
							  : order < 0;
}

static bool
rate_reached(const struct work *work)
{
	struct ratio least = {0};
	bool reached;

	ratio_mul_dec(&least, &work->asked, &work->version->valid_rate);
	reached = ratio_cmp(&work->step->response, &least) >= 0;
	ratio_release(&least);
	return reached;
}

/* What a step must show, or nothing is paid for it. */
static void
judge(struct work *work)
{
	const struct programme_version *version = work->version;
	const struct response_input *in = work->in;
	struct ratio actual = {0}, baseline = {0};
	const char *invalid = NULL;

	highest(&actual, in, &in->actual_max_kw, &in->actual_kwh);
	highest(&baseline, in, &in->baseline_max_kw, &in->baseline_kwh);
	if (version->direction == PROGRAMME_LIMIT && in->has_award &&
	    ratio_cmp_dec(&actual, &in->award_kw) > 0) {
		invalid = RESPONSE_ABOVE_LIMIT;
	} else if (version->has_valid_rate && in->has_award &&
		   !rate_reached(work)) {
		invalid = RESPONSE_LOW_RATE;
	} else if (version->valid_mean_below &&
		   !is_moved(
		       work, dec_cmp(&in->actual_kwh, &in->baseline_kwh))) {
		invalid = RESPONSE_MEAN_LOAD;
	} else if (version->valid_max_below &&
		   !is_moved(work, ratio_cmp(&actual, &baseline))) {
		invalid = RESPONSE_MAX_LOAD;
	}
	work->step->invalid = invalid;
	work->step->is_valid = invalid == NULL;
	ratio_release(&actual);
	ratio_release(&baseline);
}

/* The part of a quantity that lies in a band, times its factor. */
static void
add_part(struct ratio *sum, const struct programme_band *band,
    const struct ratio *asked, const struct ratio *counted)
{
	struct ratio from = {0}, to = {0};

	ratio_mul_dec(&from, asked, &band->from);
	ratio_set(&to, counted);
	if (band->has_to) {
		ratio_mul_dec(&to, asked, &band->to);
		ratio_min(&to, &to, counted);
	}
	ratio_sub(&to, &to, &from);
	ratio_max(&to, &to, &zero);
	ratio_mul_dec(&to, &to, &band->factor);
	ratio_add(sum, sum, &to);
	ratio_release(&from);
	ratio_release(&to);
}

/* The band that a quantity's rate lies in: from <= rate < to, of the last
 * <= to. */
static const struct programme_band *
band_of(const struct programme_version *version, const struct ratio *asked,
    const struct ratio *counted)
{
	const struct programme_band *found = NULL;
	struct ratio from = {0};

	for (size_t i = 0; i < version->band_count; i++) {
		ratio_mul_dec(&from, asked, &version->bands[i].from);
		if (ratio_cmp(&from, counted) <= 0) {
			found = &version->bands[i];
		}
	}
	ratio_release(&from);
	return found;
}

/* What counts of a response, which is not below 0, by bands. */
static void
by_bands(struct ratio *out, const struct programme_version *version,
    const struct ratio *asked)
{
	const struct programme_band *last =
	    &version->bands[version->band_count - 1];
	const struct programme_band *band;
	struct ratio counted = {0}, top = {0};

	ratio_set(&counted, out);
	if (last->has_to) {
		ratio_mul_dec(&top, asked, &last->to);
		ratio_min(&counted, &counted, &top);
	}
	band = band_of(version, asked, &counted);
	ratio_release(out);
	if (band != NULL && band->whole) {
		ratio_mul_dec(out, &counted, &band->factor);
	} else {
		for (size_t i = 0; i < version->band_count; i++) {
			add_part(out, &version->bands[i], asked, &counted);
		}
	}
	ratio_release(&counted);
	ratio_release(&top);
}

/* What counts for pay. */
static void
count(struct work *work)
{
	const struct programme_version *version = work->version;
	struct ratio *out = &work->step->effective;
	struct ratio most = {0};

	if (!work->step->is_valid) {
		return;
	}
	ratio_sub(out, &work->step->response, &work->step->elsewhere);
	if (ratio_sign(out) < 0) {
		if (version->negative_zero) {
			ratio_release(out);
		}
		return;
	}
	if (!work->in->has_award) {
		return;
	}
	if (version->band_count > 0) {
		by_bands(out, version, &work->asked);
	}
	if (version->has_most) {
		ratio_mul_dec(&most, &work->asked, &version->most);
		ratio_min(out, out, &most);
		ratio_release(&most);
	}
}

/* Adds a step's quantity in kWh at a price to a line; *amount is what it comes
 * to, not below 0 where is_floored.  price: of the unit of per. */
static void
add_to_line(struct response_line *line, const struct work *work,
    enum programme_per per, const struct ratio *kwh, const struct dec *price,
    const struct dec *factor, bool is_floored, struct ratio *amount)
{
	struct ratio quantity = {0};
	struct dec times = {0};

	ratio_set(&quantity, kwh);
	if (is_per_power(per)) {
		power_of(&quantity, kwh, work->in->seconds);
	}
	unit_price(&times, price, per);
	dec_mul(&times, &times, factor);
	dec_trim(&times, &times);
	if (line->unit == NULL) {
		line->unit = is_per_power(per) ? "kw" : "kwh";
		line->has_price = true;
		dec_set(&line->price, &times);
	}
	ratio_mul_dec(amount, &quantity, &times);
	if (dec_cmp(&times, &line->price) != 0) {
		line->has_price = false;
	}
	if (is_floored && ratio_sign(amount) < 0) {
		ratio_release(amount);
		line->has_price = false;
	}
	ratio_add(&line->quantity, &line->quantity, &quantity);
	ratio_release(&quantity);
	dec_release(&times);
}

/* Adds an amount to a line, rounded first where the rule rounds each step. */
static void
add_money(struct response_line *line, const struct work *work,
    const struct ratio *amount)
{
	const struct rounding *money = &work->version->money;
	struct dec rounded = {0};

	if (work->version->money_by_step) {
		ratio_round(&rounded, amount, money->scale, money->mode);
		ratio_add_dec(&line->exact, &line->exact, &rounded);
		dec_release(&rounded);
	} else {
		ratio_add(&line->exact, &line->exact, amount);
	}
}

static void
pay(struct response_line *line, const struct work *work)
{
	const struct programme_version *version = work->version;
	struct response_step *step = work->step;

	unit_price(&step->price, &work->in->price, version->price.per);
	add_to_line(line, work, version->price.per, &step->effective,
	    &work->in->price, &version->pay_factor, version->negative_zero,
	    &step->pay);
	add_money(line, work, &step->pay);
}

/* Charges for a deficiency. */
static void
charge(struct response_line *line, const struct work *work,
    const struct programme_price *own, const struct dec *own_price,
    const struct dec *factor, const struct ratio *kwh)
{
	struct response_step *step = work->step;
	struct ratio amount = {0};

	add_to_line(line, work,
	    own != NULL ? own->per : work->version->price.per, kwh,
	    own != NULL ? own_price : &work->in->price, factor, true, &amount);
	add_money(line, work, &amount);
	ratio_add(&step->charge, &step->charge, &amount);
	ratio_add(&step->deficiency, &step->deficiency, kwh);
	ratio_release(&amount);
}

static void
penalise(struct response_line *line, const struct work *work, size_t i)
{
	const struct programme_penalty *penalty = &work->version->penalties[i];
	const struct response_step *step = work->step;
	struct ratio kwh = {0}, most = {0};

	if (work->in->has_award) {
		ratio_mul_dec(&kwh, &work->target, &penalty->below);
		ratio_sub(&kwh, &kwh,
		    penalty->of_effective ? &step->effective : &step->response);
		ratio_max(&kwh, &kwh, &zero);
	}
	if (penalty->has_cap) {
		ratio_mul_dec(&most, &work->asked, &penalty->cap);
		ratio_min(&kwh, &kwh, &most);
	}
	charge(line, work, penalty->has_price ? &penalty->price : NULL,
	    penalty->has_price ? &work->in->penalty_prices[i] : NULL,
	    &penalty->factor, &kwh);
	ratio_release(&kwh);
	ratio_release(&most);
}

/* What is off the award by more than the tolerance. */
static void
deviation_of(struct ratio *kwh, const struct work *work)
{
	const struct programme_deviation *rule = &work->version->deviation;
	struct ratio most = {0};

	ratio_sub(kwh, &work->step->response, &work->target);
	if ((ratio_sign(kwh) > 0 && !rule->over) ||
	    (ratio_sign(kwh) < 0 && !rule->under)) {
		ratio_release(kwh);
		return;
	}
	ratio_abs(kwh, kwh);
	ratio_mul_dec(&most, &work->asked, &rule->tolerance);
	ratio_sub(kwh, kwh, &most);
	ratio_max(kwh, kwh, &zero);
	ratio_release(&most);
}

static int
deviate(struct response_line *line, const struct work *work,
    struct refusal *refusal)
{
	const struct programme_deviation *rule = &work->version->deviation;
	struct ratio kwh = {0}, reverse = {0};

	if (work->in->has_award && rule->opposite &&
	    ratio_sign(&work->step->response) < 0) {
		if (work->capability_kw == NULL) {
			return refuse(refusal, REASON_NO_CAPABILITY,
			    "the response is in the opposite direction, which "
			    "is charged with the contract's option "
			    "capability, and it has none");
		}
		energy_of(&kwh, work->capability_kw, work->in->seconds);
		ratio_abs(&reverse, &work->step->response);
		ratio_add(&kwh, &kwh, &reverse);
		ratio_release(&reverse);
	} else if (work->in->has_award) {
		deviation_of(&kwh, work);
	}
	charge(line, work, rule->has_price ? &rule->price : NULL,
	    &work->in->deviation_price, &rule->factor, &kwh);
	ratio_release(&kwh);
	return 0;
}

static int
settle_step(
    struct response *response, struct work *work, struct refusal *refusal)
{
	const struct programme_version *version = work->version;
	struct response_line *line = response->lines;
	int result = 0;

	assert(work->in->seconds > 0);
	if (!work->in->has_award && version->needs_award) {
		return refuse(refusal, REASON_NO_AWARD,
		    "the programme pays awards, and step %zu of the event has "
		    "none",
		    (size_t)(work->step - response->steps) + 1);
	}
	measure(work);
	judge(work);
	count(work);
	pay(line++, work);
	for (size_t i = 0; i < version->penalty_count; i++) {
		penalise(line++, work, i);
	}
	if (version->has_deviation) {
		result = deviate(line, work, refusal);
	}
	ratio_release(&work->target);
	ratio_release(&work->asked);
	return result;
}

/* The lines' names, before anything is added to them. */
static void
begin_lines(struct response *response, const struct programme_version *version)
{
	struct response_line *line;

	response->line_count =
	    1 + version->penalty_count + (version->has_deviation ? 1 : 0);
	response->lines = xcalloc(response->line_count, sizeof(*line));
	line = response->lines;
	line++->component = version->component;
	for (size_t i = 0; i < version->penalty_count; i++) {
		line->is_charge = true;
		line++->component = version->penalties[i].component;
	}
	if (version->has_deviation) {
		line->is_charge = true;
		line->component = version->deviation.component;
	}
}

/* Rounds a line to minor units; what was rounded by step has digits to spare
 * only by being money already. */
static int
round_line(struct response_line *line, const struct rounding *money,
    int money_scale, struct refusal *refusal)
{
	struct dec rounded = {0};
	int result = 0;

	ratio_round(&rounded, &line->exact, money->scale, money->mode);
	if (dec_to_int64(&rounded, money_scale, &line->minor, NULL) == -1) {
		result = refuse(refusal, REASON_VALUE_RANGE,
		    "%s: an amount larger than the ledger holds",
		    line->component);
	}
	dec_release(&rounded);
	return result;
}

int
response_settle(struct response **out, const struct programme_version *version,
    const struct response_input *steps, size_t step_count,
    const struct dec *capability_kw, int money_scale, struct refusal *refusal)
{
	struct response *response;
	int result = 0;

	*out = NULL;
	if (version->money.scale > money_scale) {
		return refuse(refusal, REASON_MONEY_SCALE,
		    "money is rounded to %d digits, but the ledger's currency "
		    "has %d",
		    version->money.scale, money_scale);
	}
	response = xcalloc(1, sizeof(*response));
	response->steps = xcalloc(step_count, sizeof(*response->steps));
	response->step_count = step_count;
	begin_lines(response, version);
	for (size_t i = 0; i < step_count && result == 0; i++) {
		struct work work = {.version = version,
		    .in = &steps[i],
		    .capability_kw = capability_kw,
		    .step = &response->steps[i]};

		result = settle_step(response, &work, refusal);
	}
	for (size_t i = 0; i < response->line_count && result == 0; i++) {
		result = round_line(
		    &response->lines[i], &version->money, money_scale, refusal);
	}
	if (result != 0) {
		response_free(response);
		return result;
	}
	*out = response;
	return 0;
}

void
response_free(struct response *response)
{
	if (response == NULL) {
		return;
	}
	for (size_t i = 0; i < response->step_count; i++) {
		struct response_step *step = &response->steps[i];

		ratio_release(&step->response);
		ratio_release(&step->elsewhere);
		ratio_release(&step->award);
		ratio_release(&step->effective);
		ratio_release(&step->deficiency);
		ratio_release(&step->pay);
		ratio_release(&step->charge);
		dec_release(&step->price);
	}
	for (size_t i = 0; i < response->line_count; i++) {
		ratio_release(&response->lines[i].quantity);
		ratio_release(&response->lines[i].exact);
		dec_release(&response->lines[i].price);
	}
	free(response->steps);
	free(response->lines);
	free(response);
}
