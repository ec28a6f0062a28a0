/* factor.c - the adjustment by power factor (力调电费).
 *
 * Active and reactive energy are those of the contract's stretch in the month,
 * as far as the run settles it, from interval reads or registers, as the
 * contract's energy is; so that a new version of the tariff in the middle of a
 * month changes no power factor.  What they adjust are the charges of the
 * segment.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "settle/power_factor.h"
#include "stage/rate/own.h"

#define FINES60_OF_KWH ((int64_t)ENERGY_FINE * 60)

/* What is being added up. */
struct flow {
	struct rate *rate;
	const struct rate_segment *segment;
	int64_t from_utc, to_utc;
};

/* Adds a series over [from, to), in fines of a sixtieth of a kWh. */
static int
add_series(struct rate *rate, const struct energy_series *series,
    int64_t from_utc, int64_t to_utc, const char *what, int sign,
    struct dec *sum)
{
	struct dec fines = {0};
	int rc = energy_cover(
	    series, from_utc, to_utc, rate->zone, what, &rate->refusal);

	if (rc == 0) {
		energy_total(&fines, series, from_utc, to_utc);
		dec_mul_int(&fines, &fines, sign * (60 / series->parts));
		fines.scale += series->scale;
		dec_add(sum, sum, &fines);
	}
	dec_release(&fines);
	return rc;
}

/* Adds a point's own reads of a channel. */
static int
add_reads(struct rate *rate, const char *point, enum channel channel,
    int64_t from_utc, int64_t to_utc, int sign, struct dec *sum,
    struct qf_error *err)
{
	struct energy_series series = {0};
	char what[2 * ID_MAX];
	int rc = rate_reads(rate, point, channel, false, &series, err);

	(void)snprintf(
	    what, sizeof(what), "%s of %s", channel_name(channel), point);
	if (rc == 0) {
		rc = add_series(
		    rate, &series, from_utc, to_utc, what, sign, sum);
	}
	energy_release(&series);
	return rc;
}

/* Adds the reactive energy of a point: its reads, or those that are summed in
 * it, less those that are deducted (net). */
static int
add_reactive(struct rate *rate, const char *point, enum channel channel,
    int64_t from_utc, int64_t to_utc, bool net, int sign, int depth,
    struct dec *sum, struct qf_error *err)
{
	struct rate_relations relations = {0};
	bool summed = false;
	int rc;

	if (depth > RATE_DEPTH_MAX) {
		return refuse(&rate->refusal, REASON_RELATION_CYCLE,
		    "point %s stands behind itself", point);
	}
	rc = rate_relations_of(rate, point, &relations, err);
	for (size_t i = 0; i < relations.count && rc == 0; i++) {
		const struct rate_relation *child = &relations.relations[i];
		int64_t from =
		    child->from_utc > from_utc ? child->from_utc : from_utc;
		int64_t to = child->to_utc < to_utc ? child->to_utc : to_utc;

		summed = summed || child->role == RATE_SUM;
		if (from < to && (child->role == RATE_SUM || net)) {
			rc = add_reactive(rate, child->child, channel, from, to,
			    net && child->role == RATE_SUM,
			    child->role == RATE_SUM ? sign : -sign, depth + 1,
			    sum, err);
		}
	}
	if (rc == 0 && !summed) {
		rc = add_reads(
		    rate, point, channel, from_utc, to_utc, sign, sum, err);
	}
	free(relations.relations);
	return rc;
}

/* Adds the energy of a channel, active or reactive. */
static int
add_channel(const struct flow *flow, enum channel channel, struct dec *sum,
    struct qf_error *err)
{
	struct rate *rate = flow->rate;
	const struct energy_series *gross, *net;
	struct dec kwh = {0};
	int rc;

	switch (flow->segment->contract->basis) {
	case BASIS_REGISTERS:
		rc = rate_register_total(rate, flow->segment, channel,
		    flow->from_utc, flow->to_utc, &kwh, err);
		dec_mul_int(&kwh, &kwh, FINES60_OF_KWH);
		dec_add(sum, sum, &kwh);
		dec_release(&kwh);
		return rc;
	case BASIS_INTERVALS:
		break;
	case BASIS_SESSIONS:
		return refuse(&rate->refusal, REASON_NO_INTERVALS,
		    "sessions have no power factor");
	case BASIS_EVENTS:
		BUG("events are not rated");
	}
	if (channel >= RATE_CHANNELS) {
		return add_reactive(rate, rate->point.name, channel,
		    flow->from_utc, flow->to_utc, true, 1, 0, sum, err);
	}
	rc = rate_point_energy(rate, channel, &gross, &net, err);
	return rc != 0 ? rc
		       : add_series(rate, net, flow->from_utc, flow->to_utc,
			     channel_name(channel), 1, sum);
}

/* Active and reactive energy, in fines of a sixtieth of a kWh. */
static int
measure(struct rate *rate, const struct rate_segment *segment,
    const struct power_factor *rule, struct dec *active, struct dec *reactive,
    struct qf_error *err)
{
	const struct period *period = &rate->request->period;
	struct flow flow = {.rate = rate, .segment = segment};
	int rc;

	rate_month_span(rate, segment, false, &flow.from_utc, &flow.to_utc);
	if (flow.from_utc < period->from_utc) {
		flow.from_utc = period->from_utc;
	}
	if (flow.to_utc > period->to_utc) {
		flow.to_utc = period->to_utc;
	}
	rc = add_channel(&flow, CHANNEL_IMPORT, active, err);
	if (rc == 0) {
		rc = add_channel(&flow, CHANNEL_IMPORT_REACTIVE, reactive, err);
	}
	if (rc == 0 && rule->export_counts) {
		rc = add_channel(&flow, CHANNEL_EXPORT, active, err);
	}
	if (rc == 0 && rule->export_counts) {
		rc = add_channel(&flow, CHANNEL_EXPORT_REACTIVE, reactive, err);
	}
	return rc;
}

/* Base ------------------------------------------------------------------- */

/* What the items that are left out make on a line. */
static int
items_of_line(struct rate *rate, const struct rate_segment *segment,
    const struct power_factor *rule, const struct charge_line *line,
    struct dec *out, struct qf_error *err)
{
	struct price_for who = rate_price_for(rate, segment);
	const struct rate_sums *sums = &rate->sums[line->charge->channel];
	struct dec price = {0};
	bool any = false;
	int rc = 0;

	dec_set_int(out, 0, 0);
	if (rule->without_count == 0 ||
	    (line->tier != NULL && line->tier->price_count > 0)) {
		return 0; /* a tier's own price has no items */
	}
	for (unsigned i = 0; i < ENERGY_BANDS && rc == 0; i++) {
		unsigned band = i == TARIFF_BANDS_MAX ? BAND_NONE : i;

		if (line->band != BAND_NONE        ? band != line->band
		    : line->charge->per != PER_KWH ? band != BAND_NONE
		    : sums->ready                  ? (sums->seen & 1U << i) == 0
				  : i >= segment->version->band_count) {
			continue;
		}
		rc = rulebook_items(rate->book, segment->version, line->charge,
		    segment->month, &who, band, rule->without,
		    rule->without_count, &price, &rate->refusal, err);
		dec_mul(&price, &price, &line->quantity);
		if (rc == 0 && any && dec_cmp(&price, out) != 0) {
			rc = refuse(&rate->refusal, REASON_NO_BANDS,
			    "charge %s is not by band, and what is left out "
			    "of its price is",
			    line->charge->component);
		}
		dec_set(out, &price);
		any = true;
	}
	dec_release(&price);
	return rc;
}

/* Whether a line is of this segment, and not of another one of the month and
 * version, from which an exemption parts it. */
static bool
is_of_segment(
    const struct charge_line *line, const struct rate_segment *segment)
{
	return line->session >= 0 || (line->from_utc >= segment->from_utc &&
					 line->from_utc < segment->to_utc);
}

/* Adds what one charge comes to in the segment, and says so. */
static int
add_charge(struct rate *rate, const struct rate_segment *segment,
    const struct charge *factor, const struct charge *charge, struct dec *base,
    struct qf_error *err)
{
	const struct power_factor *rule = factor->power_factor;
	struct dec sum = {0}, items = {0}, out = {0};
	char a[DEC_TEXT_MAX], b[DEC_TEXT_MAX];
	int rc = 0;

	for (size_t i = 0; i < rate->unit.lines.count && rc == 0; i++) {
		const struct charge_line *line = &rate->unit.lines.lines[i];

		if (line->charge != charge ||
		    line->contract != segment->contract ||
		    line->month != segment->month ||
		    !is_of_segment(line, segment)) {
			continue;
		}
		if (!line->has_amount) {
			rc = refuse(&rate->refusal, REASON_NO_PRICE,
			    "charge %s is of %s, which has energy without a "
			    "price",
			    factor->component, charge->component);
			break;
		}
		rc = items_of_line(rate, segment, rule, line, &items, err);
		dec_add(&sum, &sum, &line->exact);
		dec_add(&out, &out, &items);
	}
	if (rc == 0) {
		dec_format_trim(&sum, a, sizeof(a));
		dec_format_trim(&out, b, sizeof(b));
		rate_note(rate, factor, segment->from_utc, "base", "%s: %s%s%s",
		    charge->component, a,
		    dec_is_zero(&out) ? "" : ", less what is left out, ",
		    dec_is_zero(&out) ? "" : b);
		dec_add(base, base, &sum);
		dec_sub(base, base, &out);
	}
	dec_release(&sum);
	dec_release(&items);
	dec_release(&out);
	return rc;
}

/* Line ------------------------------------------------------------------- */

/* kWh of fines of a sixtieth, as text. */
static void
kwh_text(const struct dec *fines60, char out[DEC_TEXT_MAX])
{
	const struct energy_series unit = {.scale = 0, .parts = 60};
	struct energy_given given = {0};
	struct dec kwh = {0};

	energy_kwh(&kwh, &unit, fines60, &given);
	dec_format_trim(&kwh, out, DEC_TEXT_MAX);
	dec_release(&kwh);
	energy_given_release(&given);
}

/* The line: the base, times the percentage. */
static int
put_line(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, const struct dec *base,
    const struct dec *percent)
{
	struct dec part = {0}, exact = {0};
	struct charge_scope scope;
	int rc;

	rate_scope(rate, segment, charge, &scope);
	scope.unit = "amount";
	dec_set(&part, percent);
	part.scale += 2;
	dec_mul(&exact, base, &part);
	rc = charge_put(&rate->unit.lines, &scope, segment->from_utc,
	    segment->to_utc, base, &part, &exact, &rate->refusal);
	dec_release(&part);
	dec_release(&exact);
	return rc;
}

static int
adjust(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, const struct dec *active,
    const struct dec *reactive, struct qf_error *err)
{
	const struct power_factor *rule = charge->power_factor;
	struct dec factor = {0}, percent = {0}, base = {0};
	char p[DEC_TEXT_MAX], q[DEC_TEXT_MAX], f[DEC_TEXT_MAX];
	int rc;

	rc = power_factor(
	    &factor, active, reactive, &rule->round, &rate->refusal);
	if (rc == 0) {
		rc = power_factor_percent(
		    &percent, rule, &factor, &rate->refusal);
	}
	if (rc == 0) {
		kwh_text(active, p);
		kwh_text(reactive, q);
		dec_format(&factor, f, sizeof(f));
		rate_note(rate, charge, segment->from_utc, "factor",
		    "P = %s kWh, Q = %s kvarh: P / sqrt(P² + Q²) = %s, %d "
		    "decimals, %s",
		    p, q, f, rule->round.scale,
		    dec_mode_name(rule->round.mode));
		dec_format(&rule->standard, p, sizeof(p));
		dec_format_trim(&percent, q, sizeof(q));
		rate_note(rate, charge, segment->from_utc, "percent",
		    "%s %% by the table of standard %s", q, p);
	}
	for (size_t i = 0; i < rule->of_count && rc == 0; i++) {
		rc = add_charge(rate, segment, charge,
		    &segment->version->charges[rule->of[i]], &base, err);
	}
	if (rc == 0) {
		rc = put_line(rate, segment, charge, &base, &percent);
	}
	dec_release(&factor);
	dec_release(&percent);
	dec_release(&base);
	return rc;
}

int
rate_power_factor(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct qf_error *err)
{
	struct dec active = {0}, reactive = {0};
	int rc;

	assert(charge->power_factor != NULL);
	rc = measure(
	    rate, segment, charge->power_factor, &active, &reactive, err);
	if (rc == 0 && (!dec_is_zero(&active) || !dec_is_zero(&reactive))) {
		rc = adjust(rate, segment, charge, &active, &reactive, err);
	}
	dec_release(&active);
	dec_release(&reactive);
	return rc;
}
