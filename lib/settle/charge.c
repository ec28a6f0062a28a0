/* charge.c - the lines of one charge.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/charge.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/split.h"
#include "settle/price.h"

static void
release_line(struct charge_line *line)
{
	dec_release(&line->quantity);
	dec_release(&line->price);
	dec_release(&line->exact);
	free(line->how);
	line->how = NULL;
}

void
charge_lines_clear(struct charge_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++) {
		release_line(&lines->lines[i]);
	}
	lines->count = 0;
}

void
charge_lines_release(struct charge_lines *lines)
{
	charge_lines_clear(lines);
	free(lines->lines);
	memset(lines, 0, sizeof(*lines));
}

/* A new line of the scope, with everything but what it is about. */
struct charge_line *
charge_lines_add(struct charge_lines *lines, const struct charge_scope *scope,
    int64_t from_utc, int64_t to_utc)
{
	struct charge_line *line;

	if (lines->count == lines->capacity) {
		lines->capacity = lines->capacity * 2 + 64;
		lines->lines = xreallocarray(
		    lines->lines, lines->capacity, sizeof(*lines->lines));
	}
	line = &lines->lines[lines->count++];
	*line = (struct charge_line){
	    .from_utc = from_utc,
	    .to_utc = to_utc,
	    .month = scope->month,
	    .contract = scope->contract,
	    .version = scope->version,
	    .charge = scope->charge,
	    .tier = scope->tier,
	    .tariff_entry = scope->tariff_entry,
	    .band = BAND_NONE,
	    .session = scope->session,
	    .unit = scope->unit != NULL ? scope->unit : "kwh",
	};
	return line;
}

static struct amount_tax
tax_of(const struct charge *charge)
{
	return (struct amount_tax){
	    .taxed = charge->has_tax,
	    .included = charge->tax_included,
	    .rate = &charge->tax_rate,
	};
}

/* Rounds the line's exact amount. */
static int
round_line(struct charge_line *line, int money_scale, struct refusal *refusal)
{
	struct amount_tax tax = tax_of(line->charge);

	line->has_amount = true;
	return amount_of(&line->amount, &line->exact, &line->version->money,
	    &tax, money_scale, refusal);
}

void
charge_add(struct charge_sums *sums, const struct charge_scope *scope,
    unsigned band, const struct dec *energy, const struct dec *price)
{
	struct charge_sum *sum =
	    &sums->of[scope->charge->by_band ? band : TARIFF_BANDS_MAX];

	assert(band < ENERGY_BANDS);
	if (price == NULL) {
		sum->unpriced = true;
	} else if (!sum->seen) {
		dec_set(&sum->price, price);
	} else if (!sum->prices_differ && !sum->unpriced &&
		   dec_cmp(&sum->price, price) != 0) {
		sum->prices_differ = true;
	}
	if (price != NULL) {
		dec_add_product(&sum->product, energy, price);
	}
	dec_add(&sum->energy, &sum->energy, energy);
	sum->seen = true;
}

static void
empty_sum(struct charge_sum *sum)
{
	dec_release(&sum->energy);
	dec_release(&sum->price);
	dec_release(&sum->product);
	memset(sum, 0, sizeof(*sum));
}

void
charge_sums_release(struct charge_sums *sums)
{
	for (size_t i = 0; i < ENERGY_BANDS; i++) {
		if (sums->of[i].seen) {
			empty_sum(&sums->of[i]);
		}
	}
}

/* The line's kWh, rounded where the tariff says so. */
static int
set_quantity(struct charge_line *line, const struct charge_scope *scope,
    const struct charge_sum *sum, struct refusal *refusal)
{
	const struct tariff_version *version = scope->version;

	if (scope->fines_of != NULL) {
		energy_kwh(&line->quantity, scope->fines_of, &sum->energy,
		    scope->given);
	} else {
		dec_set(&line->quantity, &sum->energy);
	}
	if (!version->has_energy_rounding || scope->unit != NULL) {
		return 0;
	}
	if (sum->prices_differ) {
		return refuse(refusal, REASON_ENERGY_ROUNDING,
		    "charge %s rounds kWh, but its price varies inside a line",
		    scope->charge->component);
	}
	if (version->energy_carry) {
		split_carry(&line->quantity, &line->quantity, scope->carry,
		    version->energy.scale, version->energy.mode);
	} else {
		dec_round(&line->quantity, &line->quantity,
		    version->energy.scale, version->energy.mode);
	}
	return 0;
}

static int
flush_sum(struct charge_line *line, const struct charge_scope *scope,
    const struct charge_sum *sum, struct refusal *refusal)
{
	if (set_quantity(line, scope, sum, refusal) != 0) {
		return 1;
	}
	if (sum->unpriced) {
		return 0;
	}
	if (!sum->prices_differ) {
		line->has_price = true;
		dec_set(&line->price, &sum->price);
		dec_mul(&line->exact, &line->quantity, &line->price);
	} else if (scope->fines_of != NULL) {
		energy_amount(&line->exact, scope->fines_of, &sum->product);
	} else {
		dec_set(&line->exact, &sum->product);
	}
	return round_line(line, scope->money_scale, refusal);
}

int
charge_flush(struct charge_lines *lines, const struct charge_scope *scope,
    struct charge_sums *sums, int64_t from_utc, int64_t to_utc,
    struct refusal *refusal)
{
	int rc = 0;

	for (size_t i = 0; i < ENERGY_BANDS && rc == 0; i++) {
		struct charge_line *line;

		if (!sums->of[i].seen) {
			continue;
		}
		line = charge_lines_add(lines, scope, from_utc, to_utc);
		line->band = i == TARIFF_BANDS_MAX ? BAND_NONE : (unsigned)i;
		rc = flush_sum(line, scope, &sums->of[i], refusal);
		empty_sum(&sums->of[i]);
	}
	return rc;
}

int
charge_put(struct charge_lines *lines, const struct charge_scope *scope,
    int64_t from_utc, int64_t to_utc, const struct dec *quantity,
    const struct dec *price, const struct dec *exact, struct refusal *refusal)
{
	struct charge_line *line =
	    charge_lines_add(lines, scope, from_utc, to_utc);

	dec_set(&line->quantity, quantity);
	if (price != NULL) {
		line->has_price = true;
		dec_set(&line->price, price);
	}
	if (exact == NULL) {
		return 0;
	}
	dec_set(&line->exact, exact);
	return round_line(line, scope->money_scale, refusal);
}

static bool
taxed_alike(const struct charge *a, const struct charge *b)
{
	if (a->has_tax != b->has_tax) {
		return false;
	}
	return !a->has_tax || (a->tax_included == b->tax_included &&
				  dec_cmp(&a->tax_rate, &b->tax_rate) == 0);
}

/* Whether an earlier line from `first` on is taxed like line `i`. */
static bool
taxed_before(const struct charge_lines *lines, size_t first, size_t i)
{
	for (size_t k = first; k < i; k++) {
		if (lines->lines[k].has_amount &&
		    taxed_alike(
			lines->lines[k].charge, lines->lines[i].charge)) {
			return true;
		}
	}
	return false;
}

/* The line that ties the lines taxed like line `i` to their total. */
static int
round_group(struct charge_lines *lines, size_t first, size_t i, size_t end,
    int money_scale, struct refusal *refusal)
{
	struct charge_line like = lines->lines[i], *line;
	struct amount_tax tax = tax_of(like.charge);
	struct amount total, sum = {0}, difference;
	struct dec exact = {0};
	int rc;

	for (size_t k = first; k < end; k++) {
		const struct charge_line *one = &lines->lines[k];

		if (one->has_amount && taxed_alike(one->charge, like.charge)) {
			dec_add(&exact, &exact, &one->exact);
			sum.net_minor += one->amount.net_minor;
			sum.tax_minor += one->amount.tax_minor;
			sum.gross_minor += one->amount.gross_minor;
		}
	}
	rc = amount_of(
	    &total, &exact, &like.version->money, &tax, money_scale, refusal);
	dec_release(&exact);
	if (rc != 0) {
		return rc;
	}
	amount_difference(&difference, &total, &sum);
	if (difference.net_minor == 0 && difference.tax_minor == 0) {
		return 0;
	}
	line = charge_lines_add(lines,
	    &(struct charge_scope){
		.month = like.month,
		.contract = like.contract,
		.version = like.version,
		.charge = like.charge,
		.tariff_entry = like.tariff_entry,
		.session = -1,
	    },
	    lines->lines[first].from_utc, lines->lines[end - 1].to_utc);
	line->rounding = true;
	line->unit = "each";
	dec_set_int(&line->quantity, 1, 0);
	line->has_amount = true;
	line->amount = difference;
	return 0;
}

int
charge_round_total(struct charge_lines *lines, size_t first, size_t end,
    int money_scale, struct refusal *refusal)
{
	assert(first < end && end <= lines->count);
	for (size_t i = first; i < end; i++) {
		if (lines->lines[i].has_amount &&
		    !taxed_before(lines, first, i) &&
		    round_group(lines, first, i, end, money_scale, refusal) !=
			0) {
			return 1;
		}
	}
	return 0;
}

const char *
charge_series(const struct tariff_version *version, const struct charge *charge)
{
	for (size_t i = 0; i <= version->charge_count; i++) {
		if (charge->form != PRICE_OF_CHARGE) {
			break;
		}
		charge = &version->charges[charge->of_charge];
	}
	return charge->form == PRICE_SERIES ? charge->series : "";
}

void
charge_series_price(struct dec *out, const struct tariff_version *version,
    const struct charge *charge, unsigned band, const struct dec *series,
    const struct price_for *who)
{
	struct price_for without = {.contract = who->contract, .day = who->day};
	struct dec of = {0};

	if (charge->form != PRICE_OF_CHARGE) {
		price_of_series(out, charge, band, series, who);
		return;
	}
	charge_series_price(&of, version, &version->charges[charge->of_charge],
	    band, series, &without);
	price_of_series(out, charge, band, &of, who);
	dec_release(&of);
}
