/* atoms.c - a session's time cut into atoms: within one the contract, the
 * tariff version, the band and the price do not change.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/zone.h"
#include "stage/rate/own.h"

static struct session_atom *
add_atom(struct rate *rate, int64_t from_utc, int64_t to_utc)
{
	struct session_atom *atom;

	if (rate->atom_count == rate->atom_capacity) {
		rate->atom_capacity = rate->atom_capacity * 2 + 64;
		rate->atoms = xreallocarray(
		    rate->atoms, rate->atom_capacity, sizeof(*rate->atoms));
	}
	atom = &rate->atoms[rate->atom_count++];
	memset(atom, 0, sizeof(*atom));
	atom->from_utc = from_utc;
	atom->to_utc = to_utc;
	atom->band = BAND_NONE;
	return atom;
}

/* Price steps of a series, or none. */
struct steps {
	const struct price_step *steps;
	size_t count;
	const char *series;
};

/* What the time asks of a charge's price: its series (series "": none), and
 * those of its conditions. */
struct priced {
	struct steps price;
	const struct charge *charge;
	struct steps *conditions;
};

/* Where the price at `utc` ends; *step is what holds there, or NULL. */
static int64_t
step_at(const struct steps *steps, int64_t utc, const struct price_step **step)
{
	*step = NULL;
	for (size_t i = 0; i < steps->count; i++) {
		if (steps->steps[i].from_utc > utc) {
			return steps->steps[i].from_utc;
		}
		if (utc < steps->steps[i].to_utc) {
			*step = &steps->steps[i];
			return steps->steps[i].to_utc;
		}
	}
	return INT64_MAX;
}

/* Where the price at `utc`, by the series and the conditions, may change. */
static int64_t
next_change(const struct priced *priced, int64_t utc)
{
	const struct price_step *step;
	int64_t end_utc = step_at(&priced->price, utc, &step);

	for (size_t i = 0; i < priced->charge->condition_count; i++) {
		int64_t change_utc =
		    step_at(&priced->conditions[i], utc, &step);

		end_utc = change_utc < end_utc ? change_utc : end_utc;
	}
	return end_utc;
}

/* The condition that holds at `utc`: 1; 0 where none does; -1 where a series
 * says nothing, which *series names. */
static int
condition_at(const struct priced *priced, int64_t utc,
    const struct price_condition **out, const char **series)
{
	for (size_t i = 0; i < priced->charge->condition_count; i++) {
		const struct price_condition *condition =
		    &priced->charge->conditions[i];
		const struct price_step *step;

		step_at(&priced->conditions[i], utc, &step);
		if (step == NULL) {
			*series = condition->series;
			return -1;
		}
		if ((dec_cmp(&step->price, &condition->limit) < 0) ==
		    condition->below) {
			*out = condition;
			return 1;
		}
	}
	return 0;
}

/* A price that is missing: held, or none. */
static int
miss_price(
    struct rate *rate, const struct session_atom *atom, const char *series)
{
	char time[40];

	if (atom->charge->missing_unpriced) {
		return 0;
	}
	return refuse(&rate->refusal, REASON_NO_PRICE,
	    "series %s has no price at %s", series,
	    energy_time(rate->zone, atom->from_utc, time));
}

/* The price of one atom without conditions. */
static int
price_plainly(struct rate *rate, const struct rate_segment *segment,
    struct session_atom *atom, const struct steps *steps, struct qf_error *err)
{
	struct price_for who = rate_price_for(rate, segment);
	const struct price_step *step;
	const struct dec *price;
	struct band_prices prices;
	int rc;

	if (steps->series[0] != '\0') {
		step_at(steps, atom->from_utc, &step);
		if (step == NULL) {
			return miss_price(rate, atom, steps->series);
		}
		charge_series_price(&atom->price, atom->version, atom->charge,
		    atom->band, &step->price, &who);
		atom->priced = true;
		return 0;
	}
	rc = rulebook_prices(rate->book, atom->version, atom->charge,
	    segment->month, &who, 1U << ENERGY_BAND(atom->band), &prices,
	    &rate->refusal, err);
	price = rc == 0 ? band_price(&prices, ENERGY_BAND(atom->band)) : NULL;
	atom->priced = price != NULL;
	if (atom->priced) {
		dec_set(&atom->price, price);
	}
	return rc;
}

/* The price of one atom. */
static int
price_atom(struct rate *rate, const struct rate_segment *segment,
    struct session_atom *atom, const struct priced *priced,
    struct qf_error *err)
{
	struct price_for who = rate_price_for(rate, segment);
	const struct price_condition *condition;
	const char *series;
	int rc = condition_at(priced, atom->from_utc, &condition, &series);

	if (rc == -1) {
		return miss_price(rate, atom, series);
	}
	if (rc == 0) {
		return price_plainly(rate, segment, atom, &priced->price, err);
	}
	price_of_condition(&atom->price, atom->charge, condition, &who);
	atom->priced = true;
	return 0;
}

/* Cuts a segment at the edges of days, bands and prices. */
static int
cut_segment(struct rate *rate, const struct rate_segment *segment,
    const struct priced *priced, struct qf_error *err)
{
	int64_t at_utc = segment->from_utc;
	int rc = 0;

	while (rc == 0 && at_utc < segment->to_utc) {
		int32_t day = zone_day_of(rate->zone, at_utc);
		int64_t end_utc = zone_day_start(rate->zone, day + 1);
		const struct schedule *schedule;
		struct session_atom *atom;
		int64_t price_end_utc;

		rc = rulebook_schedule(rate->book, segment->version, day,
		    &schedule, &rate->refusal, err);
		if (rc != 0) {
			break;
		}
		end_utc = end_utc < segment->to_utc ? end_utc : segment->to_utc;
		end_utc =
		    bands_next_edge(schedule, rate->zone, at_utc, end_utc);
		price_end_utc = next_change(priced, at_utc);
		end_utc = end_utc < price_end_utc ? end_utc : price_end_utc;
		atom = add_atom(rate, at_utc, end_utc);
		atom->contract = segment->contract;
		atom->version = segment->version;
		atom->charge = priced->charge;
		atom->tariff_entry = segment->tariff_entry;
		atom->band = bands_at(schedule, rate->zone, at_utc);
		rc = price_atom(rate, segment, atom, priced, err);
		at_utc = end_utc;
	}
	return rc;
}

const struct charge *
rate_session_charge(const struct rate_segment *segment, const char *component,
    enum channel channel)
{
	const struct tariff_version *version = segment->version;

	for (size_t i = 0; i < version->charge_count; i++) {
		const struct charge *charge = &version->charges[i];

		if (charge->per == PER_KWH && charge->channel == channel &&
		    rate_charges(segment->contract, charge) &&
		    strcmp(charge->component, component) == 0) {
			return charge;
		}
	}
	return NULL;
}

/* The steps of a series in the segment; none where the name is "". */
static int
find_steps(struct rate *rate, const struct rate_segment *segment,
    const char *series, struct steps *out, struct qf_error *err)
{
	*out = (struct steps){.series = series};
	if (series[0] == '\0') {
		return 0;
	}
	return rulebook_series(rate->book, series, segment->from_utc,
	    segment->to_utc, &out->steps, &out->count, &rate->refusal, err);
}

/* Adds the atoms of a charge in a segment. */
static int
add_segment(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct qf_error *err)
{
	struct priced priced = {.charge = charge};
	int rc;

	if (charge->of_energy != OF_CHANNEL || charge->part != NULL ||
	    charge->tiers != NULL) {
		return refuse(&rate->refusal, REASON_NOT_BUILT,
		    "charge %s: sessions are not rated by tiers, parts or "
		    "quantities of both channels",
		    charge->component);
	}
	rc = find_steps(rate, segment, charge_series(segment->version, charge),
	    &priced.price, err);
	priced.conditions =
	    xcalloc(charge->condition_count + 1, sizeof(*priced.conditions));
	for (size_t i = 0; rc == 0 && i < charge->condition_count; i++) {
		rc = find_steps(rate, segment, charge->conditions[i].series,
		    &priced.conditions[i], err);
	}
	if (rc == 0) {
		rc = cut_segment(rate, segment, &priced, err);
	}
	free(priced.conditions);
	return rc;
}

int
rate_atoms(struct rate *rate, const struct rate_session *session, size_t first,
    const char *component, enum channel channel, struct qf_error *err)
{
	int64_t at_utc = session->start_utc;

	session_atoms_release(rate->atoms, rate->atom_count);
	rate->atom_count = 0;
	for (size_t i = first; i < rate->unit.segment_count; i++) {
		const struct rate_segment *segment = &rate->unit.segments[i];
		const struct charge *charge =
		    rate_session_charge(segment, component, channel);
		int rc;

		if (segment->from_utc > at_utc) {
			add_atom(rate, at_utc, segment->from_utc);
		}
		at_utc = segment->to_utc;
		if (charge == NULL) {
			add_atom(rate, segment->from_utc, segment->to_utc);
			continue;
		}
		rc = add_segment(rate, segment, charge, err);
		if (rc != 0) {
			return rc;
		}
	}
	if (at_utc < session->end_utc) {
		add_atom(rate, at_utc, session->end_utc);
	}
	return 0;
}
