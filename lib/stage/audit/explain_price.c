/* explain_price.c - where a line's price comes from.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/zone.h"
#include "settle/charge.h"
#include "settle/price.h"
#include "stage/audit/explain_own.h"

#define DEPTH_MAX 16 /* of ratios and of charges that follow each other */
#define STEPS_SHOWN 5 /* of a series, without --reads */

static const char *
band_code(const struct explain *explain, unsigned band)
{
	return band < explain->version->band_count
		   ? explain->version->bands[band].code
		   : "all day";
}

static int
month_of(const struct explain *explain)
{
	int year, month, day;

	civil_date(zone_day_of(explain->zone, explain->line.from_utc), &year,
	    &month, &day);
	return 100 * year + month;
}

/* Whom the line's price is for. */
static struct price_for
explain_for(const struct explain *explain)
{
	return (struct price_for){
	    .contract = &explain->contract,
	    .day = zone_day_of(explain->zone, explain->line.from_utc),
	    .tier = explain->tier,
	};
}

/* Tells the document's line where a number stands. */
static void
tell_number(struct explain *explain, const struct charge *charge,
    const char *what, const struct dec *number)
{
	char place[EXPLAIN_PLACE_MAX], text[DEC_TEXT_MAX];

	explain_place(
	    explain, explain->line.tariff_entry, charge->line_no, place);
	dec_format(number, text, sizeof(text));
	explain_say(explain, "", "%s %s: %s%s%s", what, text, place,
	    charge->source[0] == '\0' ? "" : ", ", charge->source);
}

static bool
is_for(const struct fact *fact, const char *column, const char *of_charge,
    const char *of_contract)
{
	const char *text = rulebook_text(fact, column);

	return text == NULL ||
	       strcmp(text, of_charge[0] != '\0' ? of_charge : of_contract) ==
		   0;
}

/* Tells the rows of the table for an item; returns how many, or -1. */
static int
tell_rows(struct explain *explain, const struct charge *charge,
    const char *item, const char *what, struct qf_error *err)
{
	const struct contract *contract = &explain->contract;
	struct fact_cursor *cursor = NULL;
	struct fact fact;
	char place[EXPLAIN_PLACE_MAX];
	int64_t entry;
	int rc, month = month_of(explain), count = 0;

	if (facts_lookup(&cursor, explain->ledger, LOOKUP_PRICES_OF_TABLE,
		explain->run.asof, charge->table, month, month, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(cursor, &fact, &entry, err)) == 1) {
		if (strcmp(rulebook_text(&fact, "item"), item) != 0 ||
		    !is_for(&fact, "user_class", charge->user_class,
			contract->user_class) ||
		    !is_for(&fact, "type", charge->type, contract->type) ||
		    !is_for(
			&fact, "voltage", charge->voltage, contract->voltage)) {
			continue;
		}
		explain_place(explain, entry, (int64_t)fact.line_no, place);
		explain_say(explain, "",
		    "%s%s %s a %s, tax %s, in table %s of %d: %s", what, item,
		    rulebook_text(&fact, "price"), rulebook_text(&fact, "unit"),
		    rulebook_text(&fact, "tax"), charge->table, month, place);
		count++;
	}
	facts_close(cursor);
	return rc == -1 ? -1 : count;
}

/* The ratios from the band down to its base. */
static void
tell_ratios(struct explain *explain, const struct charge *charge, unsigned band,
    bool parts)
{
	const struct band_ratio *ratio;
	char factor[DEC_TEXT_MAX];

	for (int i = 0; i < DEPTH_MAX; i++) {
		ratio = price_ratio(charge, band, &explain->contract);
		if (ratio == NULL) {
			return;
		}
		dec_format(&ratio->factor, factor, sizeof(factor));
		explain_say(explain, "", "%s = %s x %s%s",
		    band_code(explain, band), band_code(explain, ratio->of),
		    factor,
		    !parts            ? ""
		    : ratio->on_whole ? " (on the whole price)"
				      : " (on the part that floats)");
		band = ratio->of;
	}
}

static int
tell_printed(struct explain *explain, const struct charge *charge,
    unsigned band, struct qf_error *err)
{
	for (int i = 0; i < DEPTH_MAX; i++) {
		const char *item = charge->item[0] != '\0'
				       ? charge->item
				       : band_code(explain, band);
		const struct band_ratio *ratio =
		    price_ratio(charge, band, &explain->contract);
		int count = tell_rows(explain, charge, item, "printed ", err);
		char factor[DEC_TEXT_MAX];

		if (count != 0 || ratio == NULL) {
			return count == -1 ? -1 : 0;
		}
		dec_format(&ratio->factor, factor, sizeof(factor));
		explain_say(explain, "", "not printed: %s = %s x %s",
		    band_code(explain, band), band_code(explain, ratio->of),
		    factor);
		band = ratio->of;
	}
	return 0;
}

static int
tell_composed(struct explain *explain, const struct charge *charge,
    unsigned band, struct qf_error *err)
{
	for (size_t i = 0; i < charge->component_count; i++) {
		const struct price_component *part = &charge->components[i];

		if (tell_rows(explain, charge, part->item,
			part->floats ? "floating " : "fixed ", err) == -1) {
			return -1;
		}
	}
	tell_ratios(explain, charge, band, true);
	return 0;
}

static void
tell_fixed(struct explain *explain, const struct charge *charge, unsigned band)
{
	for (size_t i = 0; i < charge->price_count; i++) {
		const struct band_price *price = &charge->prices[i];

		if (price->band == band || price->band == BAND_NONE) {
			tell_number(explain, charge, "the document says",
			    &price->price);
			return;
		}
	}
}

/* A price or an adder of the line's tier. */
static void
tell_of_tier(struct explain *explain, const struct band_price *prices,
    size_t count, unsigned band, const char *what)
{
	char place[EXPLAIN_PLACE_MAX], text[DEC_TEXT_MAX];

	for (size_t i = 0; i < count; i++) {
		if (prices[i].band != BAND_NONE && prices[i].band != band) {
			continue;
		}
		explain_place(explain, explain->line.tariff_entry,
		    explain->tier->line_no, place);
		dec_format(&prices[i].price, text, sizeof(text));
		explain_say(explain, "", "%s of tier %s: %s: %s", what,
		    explain->tier->component, text, place);
	}
}

/* Who does not pay the charge, or a component of it. */
static void
tell_exemptions(struct explain *explain, const struct charge *charge)
{
	char place[EXPLAIN_PLACE_MAX];
	int32_t day = zone_day_of(explain->zone, explain->line.from_utc);

	for (size_t i = 0; i < charge->exemption_count; i++) {
		const struct exemption *exemption = &charge->exemptions[i];

		if (price_exemption(charge, exemption->item, &explain->contract,
			day) != exemption) {
			continue;
		}
		explain_place(explain, explain->line.tariff_entry,
		    exemption->line_no, place);
		explain_say(explain, "", "exempt from %s: %s%s%s",
		    exemption->item[0] == '\0' ? "the charge" : exemption->item,
		    place, exemption->source[0] == '\0' ? "" : ", ",
		    exemption->source);
	}
}

static void
tell_finish(struct explain *explain, const struct charge *charge, unsigned band)
{
	const struct tier *tier =
	    charge == explain->charge ? explain->tier : NULL;

	if (tier != NULL) {
		tell_of_tier(explain, tier->prices, tier->price_count, band,
		    "instead, the price");
	}
	for (size_t i = 0; i < charge->adder_count; i++) {
		if (charge->adders[i].band == BAND_NONE ||
		    charge->adders[i].band == band) {
			tell_number(explain, charge, "added on top",
			    &charge->adders[i].price);
		}
	}
	if (tier != NULL) {
		tell_of_tier(explain, tier->adders, tier->adder_count, band,
		    "added on top");
	}
	tell_exemptions(explain, charge);
	if (charge->has_price_rounding && charge->per != PER_MONTH_BY_DAY) {
		explain_say(explain, "",
		    "the price itself is rounded: %d decimals, %s",
		    charge->price_rounding.scale,
		    dec_mode_name(charge->price_rounding.mode));
	}
}

/* The parts of a price, in the order in which it is made. */
static int
tell_parts(struct explain *explain, const struct charge *charge, unsigned band,
    struct qf_error *err)
{
	const struct charge *followed;
	char factor[DEC_TEXT_MAX];
	int rc = 0;

	switch (charge->form) {
	case PRICE_FIXED:
		tell_fixed(explain, charge, band);
		break;
	case PRICE_PRINTED:
		rc = tell_printed(explain, charge, band, err);
		break;
	case PRICE_COMPOSED:
		rc = tell_composed(explain, charge, band, err);
		break;
	case PRICE_BENCHMARK:
		tell_number(explain, charge, "benchmark", &charge->benchmark);
		tell_ratios(explain, charge, band, false);
		break;
	case PRICE_OF_CHARGE:
		followed = &explain->version->charges[charge->of_charge];
		dec_format(&charge->factor, factor, sizeof(factor));
		explain_say(explain, "",
		    "the price of charge %s of the same time x %s:",
		    followed->component, factor);
		rc = tell_parts(explain, followed, band, err);
		break;
	case PRICE_SERIES:
	case PRICE_TEMPLATE:
		break;
	}
	tell_finish(explain, charge, band);
	return rc;
}

/* The rows of the series that touch the line. */
static int
tell_series(struct explain *explain, const char *series, struct qf_error *err)
{
	const struct line *line = &explain->line;
	struct fact_cursor *cursor = NULL;
	struct fact fact;
	char place[EXPLAIN_PLACE_MAX], from[CIVIL_TEXT_MAX];
	int64_t entry;
	int rc, count = 0;

	explain_say(explain, "price", "follows the series %s", series);
	if (facts_lookup(&cursor, explain->ledger, LOOKUP_SERIES,
		explain->run.asof, series, line->from_utc, line->to_utc,
		err) == -1) {
		return -1;
	}
	while ((rc = facts_next(cursor, &fact, &entry, err)) == 1) {
		int64_t start_utc = rulebook_integer(&fact, "start", 0);

		if (++count > STEPS_SHOWN && !explain->request->reads) {
			continue;
		}
		explain_place(explain, entry, (int64_t)fact.line_no, place);
		civil_format_offset(
		    start_utc, zone_offset(explain->zone, start_utc), from);
		explain_say(explain, "", "from %s: %s a %s: %s", from,
		    rulebook_text(&fact, "price"), rulebook_text(&fact, "unit"),
		    place);
	}
	facts_close(cursor);
	if (count > STEPS_SHOWN && !explain->request->reads) {
		explain_say(
		    explain, "", "... %d prices in all (--reads)", count);
	}
	tell_finish(explain, explain->charge, explain->band);
	return rc;
}

int
explain_price_at(struct explain *explain, int64_t utc, struct dec *price,
    struct qf_error *err)
{
	const struct charge *charge = explain->charge;
	const char *series = charge_series(explain->version, charge);
	const struct price_step *steps;
	const struct schedule *schedule;
	struct band_prices prices;
	const struct dec *found;
	struct price_for who = explain_for(explain);
	struct refusal refusal;
	unsigned band = BAND_NONE;
	size_t count;
	int rc;

	rc = rulebook_schedule(explain->book, explain->version,
	    zone_day_of(explain->zone, utc), &schedule, &refusal, err);
	if (rc == 0 && charge->per == PER_KWH) {
		band = bands_at(schedule, explain->zone, utc);
	}
	if (rc == 0 && series[0] == '\0') {
		rc = rulebook_prices(explain->book, explain->version, charge,
		    month_of(explain), &who, 1U << ENERGY_BAND(band), &prices,
		    &refusal, err);
		found = rc == 0 ? band_price(&prices, ENERGY_BAND(band)) : NULL;
		if (found != NULL) {
			dec_set(price, found);
			return 1;
		}
		return rc == -1 ? -1 : 0;
	}
	if (rc == 0) {
		rc = rulebook_series(explain->book, series, utc, utc + 1,
		    &steps, &count, &refusal, err);
	}
	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (steps[i].from_utc <= utc && utc < steps[i].to_utc) {
			charge_series_price(price, explain->version, charge,
			    band, &steps[i].price, &who);
			return 1;
		}
	}
	return rc == -1 ? -1 : 0;
}

/* quantity x price = exact. */
static int
check_product(
    struct explain *explain, const struct dec *price, struct qf_error *err)
{
	const struct line *line = &explain->line;
	struct dec quantity = {0}, exact = {0};
	int rc = -1;

	if (explain_is_shared(explain->charge)) {
		return explain_shared_product(explain, price, err);
	}
	if (dec_parse_stored(
		&quantity, line->quantity, strlen(line->quantity), err) == -1 ||
	    dec_parse_stored(&exact, line->exact, strlen(line->exact), err) ==
		-1) {
		goto out;
	}
	explain_say(explain, "exact", "%s %s x %s = %s", line->quantity,
	    line->unit, line->price, line->exact);
	dec_mul(&quantity, &quantity, price);
	if (dec_cmp(&quantity, &exact) != 0) {
		explain_differs(explain, "%s x %s is not %s", line->quantity,
		    line->price, line->exact);
	}
	rc = 0;
out:
	dec_release(&quantity);
	dec_release(&exact);
	return rc;
}

/* A month's price as that of a day of the period. */
static void
share_of_day(const struct explain *explain, struct dec *price)
{
	const struct charge *charge = explain->charge;
	const struct rounding *rule = charge->has_price_rounding
					  ? &charge->price_rounding
					  : &explain->version->money;
	struct dec days = {0};

	dec_set_int(&days,
	    zone_day_of(explain->zone, explain->run.to_utc) -
		zone_day_of(explain->zone, explain->run.from_utc),
	    0);
	dec_div(price, price, &days, rule->scale, rule->mode);
	dec_release(&days);
}

/* The one price of the line. */
static int
tell_price(struct explain *explain, struct qf_error *err)
{
	const struct line *line = &explain->line;
	struct dec price = {0}, again = {0};
	int64_t at_utc = line->from_utc;
	int rc = -1;

	explain_say(explain, "price", "%s a %s%s%s", line->price, line->unit,
	    line->band == NULL ? "" : ", band ",
	    line->band == NULL ? "" : line->band);
	if (dec_parse_stored(&price, line->price, strlen(line->price), err) ==
		-1 ||
	    tell_parts(explain, explain->charge, explain->band, err) == -1) {
		goto out;
	}
	if (explain->band != BAND_NONE) {
		struct price_for who = explain_for(explain);
		struct band_prices prices;
		const struct dec *found;
		struct refusal refusal;

		rc = rulebook_prices(explain->book, explain->version,
		    explain->charge, month_of(explain), &who,
		    1U << explain->band, &prices, &refusal, err);
		found = rc == 0 ? band_price(&prices, explain->band) : NULL;
		if (found != NULL) {
			dec_set(&again, found);
			rc = 1;
		}
	} else {
		rc = explain_price_at(explain, at_utc, &again, err);
	}
	if (rc == 1 && explain->charge->per == PER_MONTH_BY_DAY) {
		share_of_day(explain, &again);
		explain_say(explain, "",
		    "a day's part of the month: divided by the days of the "
		    "period, then rounded");
	}
	if (rc == 1 && dec_cmp(&again, &price) != 0 &&
	    explain->charge->demand != NULL &&
	    explain->charge->demand->has_discount) {
		dec_mul(
		    &again, &again, &explain->charge->demand->discount_factor);
		tell_number(explain, explain->charge, "times the discount",
		    &explain->charge->demand->discount_factor);
	}
	if (rc != -1) {
		if (explain->charge->condition_count > 0 &&
		    (rc != 1 || dec_cmp(&again, &price) != 0)) {
			explain_say(explain, "",
			    "a condition puts %s in its place, as told below",
			    line->price);
		} else if (rc != 1 || dec_cmp(&again, &price) != 0) {
			explain_differs(explain,
			    "the price does not come out as %s", line->price);
		}
		rc = line->exact == NULL ? 0
					 : check_product(explain, &price, err);
	}
out:
	dec_release(&price);
	dec_release(&again);
	return rc;
}

int
explain_price(struct explain *explain, struct qf_error *err)
{
	const char *series = charge_series(explain->version, explain->charge);

	if (explain->charge->per >= PER_POWER_FACTOR) {
		return explain_sum(explain, err);
	}
	if (series[0] != '\0') {
		if (tell_series(explain, series, err) == -1) {
			return -1;
		}
	} else if (explain->line.price != NULL) {
		return tell_price(explain, err);
	} else {
		explain_say(explain, "price",
		    explain->line.has_amount
			? "differs inside the line: see each day"
			: "none stands");
		for (unsigned i = 0; i < explain->version->band_count; i++) {
			explain_say(
			    explain, "", "in band %s:", band_code(explain, i));
			if (tell_parts(explain, explain->charge, i, err) ==
			    -1) {
				return -1;
			}
		}
	}
	return 0;
}
