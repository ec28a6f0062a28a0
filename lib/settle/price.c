/* price.c - the price of a band under a charge.
 *
 * A price is kept in two parts, the one that floats with the bands and the
 * one that does not, until the ratios are through (rules of the provincial
 * agency price tables: which components float differs by province).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/price.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "rules/whom.h"

/* What a price is asked for, handed down whole. */
struct question {
	const struct tariff_version *version;
	const struct charge *charge;
	const struct price_rows *rows;
	const struct price_for *who;
	const char *user_class, *type, *voltage;
	char *const *only; /* of a composed price: these items */
	size_t only_count; /* 0: all */
};

struct parts {
	struct dec fixed, floating;
};

static void
release_parts(struct parts *parts)
{
	dec_release(&parts->fixed);
	dec_release(&parts->floating);
}

static const char *
band_code(const struct tariff_version *version, unsigned band)
{
	return band < version->band_count ? version->bands[band].code : "";
}

static const char *
said_or(const char *said, const char *otherwise)
{
	return said[0] != '\0' ? said : otherwise;
}

/* How well a row's word fits the one wanted: 1 the same, 0 for any, -1 not. */
static int
word_fits(const char *of_row, const char *wanted)
{
	if (of_row[0] == '\0') {
		return 0;
	}
	return strcmp(of_row, wanted) == 0 ? 1 : -1;
}

/* How many of class, type and voltage the row names, or -1 where it is not
 * the row of this item for them. */
static int
row_fits(
    const struct question *q, const struct table_price *row, const char *item)
{
	int fits[] = {
	    word_fits(row->user_class, q->user_class),
	    word_fits(row->type, q->type),
	    word_fits(row->voltage, q->voltage),
	};
	int sum = 0;

	if (strcmp(row->item, item) != 0) {
		return -1;
	}
	for (size_t i = 0; i < sizeof(fits) / sizeof(fits[0]); i++) {
		if (fits[i] == -1) {
			return -1;
		}
		sum += fits[i];
	}
	return sum;
}

/* "price table cq-agency, 2025-07, ci two-part 1-10kV" */
static void
name_table(const struct question *q, char *out, size_t size)
{
	const char *words[] = {q->user_class, q->type, q->voltage};
	size_t used;
	int month = q->rows != NULL ? q->rows->month : 0;

	used = (size_t)snprintf(out, size, "price table %s", q->charge->table);
	if (month != 0) {
		used += (size_t)snprintf(out + used, size - used, ", %04d-%02d",
		    month / 100, month % 100);
	}
	for (size_t i = 0, said = 0; i < 3; i++) {
		if (words[i][0] != '\0' && used < size) {
			used += (size_t)snprintf(out + used, size - used,
			    "%s%s", said == 0 ? ", " : " ", words[i]);
			said = 1;
		}
	}
}

static int
no_price(const struct question *q, const char *item, struct qf_error *err)
{
	char table[512];

	name_table(q, table, sizeof(table));
	return qf_fail(
	    err, QF_DATA, "no-price", "%s: no price of %s", table, item);
}

/* The row that names most of what is asked for: 1, 0 where there is none, -1
 * where two rows claim the price. */
static int
find_row(const struct question *q, const char *item,
    const struct table_price **out, struct qf_error *err)
{
	char table[512];
	int best = -1;
	bool twice = false;

	for (size_t i = 0; q->rows != NULL && i < q->rows->count; i++) {
		int fits = row_fits(q, &q->rows->rows[i], item);

		twice =
		    fits == best ? twice || fits >= 0 : twice && fits < best;
		if (fits > best) {
			best = fits;
			*out = &q->rows->rows[i];
		}
	}
	if (twice) {
		name_table(q, table, sizeof(table));
		return qf_fail(err, QF_DATA, "price-ambiguous",
		    "%s: two rows of %s fit equally well", table, item);
	}
	return best >= 0;
}

int
price_of_item(const struct table_price **out, const struct price_rows *rows,
    const char *item, const struct contract *who, struct qf_error *err)
{
	struct charge charge = {0};
	struct question q = {
	    .charge = &charge,
	    .rows = rows,
	    .user_class = who->user_class,
	    .type = who->type,
	    .voltage = who->voltage,
	};
	int found;

	(void)snprintf(charge.table, sizeof(charge.table), "%s", rows->table);
	*out = NULL;
	found = find_row(&q, item, out, err);
	return found == 0 ? no_price(&q, item, err) : found == -1 ? -1 : 0;
}

void
price_unit(char out[8], const char *unit)
{
	const char *of = strcmp(unit, "mwh") == 0 ? "kwh" : unit;

	assert(strlen(of) < 8);
	memcpy(out, of, strlen(of) + 1);
}

/* Whether a row of that unit may price the charge. */
static bool
unit_fits(const struct charge *charge, const char *unit)
{
	switch (charge->per) {
	case PER_KWH:
		return strcmp(unit, "kwh") == 0;
	case PER_KW:
		return strcmp(unit, "kw") == 0;
	case PER_KVA:
		return strcmp(unit, "kva") == 0;
	default:
		return true;
	}
}

/* A row's price, which must be with or without tax as the charge says, and per
 * what the charge is per. */
static int
row_price(const struct question *q, const struct table_price *row,
    struct dec *out, struct qf_error *err)
{
	char table[512];

	if (q->charge->has_tax &&
	    row->tax_included != q->charge->tax_included) {
		name_table(q, table, sizeof(table));
		return qf_fail(err, QF_DATA, "price-tax",
		    "%s: %s %s tax, but the tariff says that prices %s it",
		    table, row->item,
		    row->tax_included ? "includes" : "excludes",
		    q->charge->tax_included ? "include" : "exclude");
	}
	if (row->unit[0] != '\0' && !unit_fits(q->charge, row->unit)) {
		name_table(q, table, sizeof(table));
		return qf_fail(err, QF_DATA, "price-unit",
		    "%s: %s is a price per %s, and charge %s is not", table,
		    row->item, row->unit, q->charge->component);
	}
	dec_set(out, &row->price);
	return 0;
}

const struct band_ratio *
price_ratio(
    const struct charge *charge, unsigned band, const struct contract *contract)
{
	for (size_t i = 0; i < charge->ratio_count; i++) {
		if (charge->ratios[i].band == band &&
		    whom_fits(&charge->ratios[i].whom, contract)) {
			return &charge->ratios[i];
		}
	}
	return NULL;
}

const struct exemption *
price_exemption(const struct charge *charge, const char *item,
    const struct contract *contract, int32_t day)
{
	for (size_t i = 0; i < charge->exemption_count; i++) {
		const struct exemption *exemption = &charge->exemptions[i];

		if (strcmp(exemption->item, item) == 0 &&
		    exemption->from_day <= day && day < exemption->to_day &&
		    whom_fits(&exemption->whom, contract)) {
			return exemption;
		}
	}
	return NULL;
}

bool
price_is_personal(
    const struct tariff_version *version, const struct charge *charge)
{
	for (;;) {
		if (charge->exemption_count > 0) {
			return true;
		}
		for (size_t i = 0; i < charge->ratio_count; i++) {
			if (charge->ratios[i].whom.option[0] != '\0') {
				return true;
			}
		}
		if (charge->form != PRICE_OF_CHARGE) {
			return false;
		}
		charge = &version->charges[charge->of_charge];
	}
}

/* Whether each ratio on the way from the base to the band is for the contract:
 * a band whose ratios are all for others has no price, and not that of the
 * base. */
static int
check_ratios(const struct question *q, unsigned band, struct qf_error *err)
{
	const struct band_ratio *ratio =
	    price_ratio(q->charge, band, q->who->contract);

	if (ratio != NULL) {
		return check_ratios(q, ratio->of, err);
	}
	for (size_t i = 0; i < q->charge->ratio_count; i++) {
		if (q->charge->ratios[i].band == band) {
			return qf_fail(err, QF_DATA, "no-ratio",
			    "charge %s: no ratio of %s is for the contract",
			    q->charge->component, band_code(q->version, band));
		}
	}
	return 0;
}

/* Takes base prices to those of a band, from its base to the ratio's band,
 * one ratio after the other. */
static void
apply_ratios(const struct question *q, unsigned band, struct parts *parts)
{
	const struct band_ratio *ratio =
	    price_ratio(q->charge, band, q->who->contract);

	if (ratio == NULL) {
		return;
	}
	apply_ratios(q, ratio->of, parts);
	dec_mul(&parts->floating, &parts->floating, &ratio->factor);
	if (ratio->on_whole) {
		dec_mul(&parts->fixed, &parts->fixed, &ratio->factor);
	}
}

static int
fixed_price(const struct question *q, unsigned band, struct dec *out,
    struct qf_error *err)
{
	const struct band_price *found = NULL;

	for (size_t i = 0; i < q->charge->price_count; i++) {
		const struct band_price *p = &q->charge->prices[i];

		if (p->band == band) {
			found = p;
			break;
		}
		if (p->band == BAND_NONE) {
			found = p;
		}
	}
	if (found == NULL) {
		return qf_fail(err, QF_DATA, "no-price",
		    "charge %s: no price of %s", q->charge->component,
		    said_or(band_code(q->version, band), "a kWh"));
	}
	dec_set(out, &found->price);
	return 0;
}

/* What the table prints for the band; a band that it lacks from the whole
 * price of another, where a ratio says so. */
static int
printed_price(const struct question *q, unsigned band, struct dec *out,
    struct qf_error *err)
{
	const struct table_price *row;
	const struct band_ratio *ratio;
	const char *item;
	int rc;

	item = said_or(q->charge->item, band_code(q->version, band));
	rc = find_row(q, item, &row, err);
	if (rc == -1) {
		return -1;
	}
	if (rc == 1) {
		return row_price(q, row, out, err);
	}
	ratio = price_ratio(q->charge, band, q->who->contract);
	if (ratio == NULL) {
		return no_price(q, item, err);
	}
	if (printed_price(q, ratio->of, out, err) == -1) {
		return -1;
	}
	dec_mul(out, out, &ratio->factor);
	return 0;
}

/* Whether the component is one of those that are asked for. */
static bool
is_asked(const struct question *q, const char *item)
{
	for (size_t i = 0; i < q->only_count; i++) {
		if (strcmp(q->only[i], item) == 0) {
			return true;
		}
	}
	return q->only_count == 0;
}

static int
composed_price(const struct question *q, unsigned band, struct dec *out,
    struct qf_error *err)
{
	struct parts parts = {0};
	struct dec price = {0};
	int rc = -1;

	if (check_ratios(q, band, err) == -1) {
		return -1;
	}
	for (size_t i = 0; i < q->charge->component_count; i++) {
		const struct price_component *c = &q->charge->components[i];
		struct dec *part = c->floats ? &parts.floating : &parts.fixed;
		const struct table_price *row;
		int found;

		if (!is_asked(q, c->item) ||
		    price_exemption(q->charge, c->item, q->who->contract,
			q->who->day) != NULL) {
			continue;
		}
		found = find_row(q, c->item, &row, err);
		if (found == 0) {
			no_price(q, c->item, err);
		}
		if (found != 1 || row_price(q, row, &price, err) == -1) {
			goto out;
		}
		dec_add(part, part, &price);
	}
	apply_ratios(q, band, &parts);
	dec_add(out, &parts.fixed, &parts.floating);
	rc = 0;
out:
	dec_release(&price);
	release_parts(&parts);
	return rc;
}

static int
benchmark_price(const struct question *q, unsigned band, struct dec *out,
    struct qf_error *err)
{
	struct parts parts = {0};

	if (check_ratios(q, band, err) == -1) {
		return -1;
	}
	dec_set(&parts.floating, &q->charge->benchmark);
	apply_ratios(q, band, &parts);
	dec_set(out, &parts.floating);
	release_parts(&parts);
	return 0;
}

static void
add_adders(const struct band_price *adders, size_t count, unsigned band,
    struct dec *price)
{
	for (size_t i = 0; i < count; i++) {
		if (adders[i].band == BAND_NONE || adders[i].band == band) {
			dec_add(price, price, &adders[i].price);
		}
	}
}

/* 0 for those who are exempt, then the rounding of the price itself; that of a
 * month's price by the day is of the day's share, which is rounded once. */
static void
round_price(
    const struct charge *charge, const struct price_for *who, struct dec *price)
{
	if (price_exemption(charge, "", who->contract, who->day) != NULL) {
		dec_set_int(price, 0, 0);
	}
	if (charge->has_price_rounding && charge->per != PER_MONTH_BY_DAY) {
		dec_round(price, price, charge->price_rounding.scale,
		    charge->price_rounding.mode);
	}
}

/* Adders on top of what the form gives. */
static void
finish_price(const struct charge *charge, unsigned band,
    const struct price_for *who, struct dec *price)
{
	add_adders(charge->adders, charge->adder_count, band, price);
	if (who->tier != NULL) {
		add_adders(
		    who->tier->adders, who->tier->adder_count, band, price);
	}
	round_price(charge, who, price);
}

/* The price that the tier has in place of the charge's, or NULL. */
static const struct dec *
tier_price(const struct tier *tier, unsigned band)
{
	const struct dec *found = NULL;

	for (size_t i = 0; tier != NULL && i < tier->price_count; i++) {
		if (tier->prices[i].band == band) {
			return &tier->prices[i].price;
		}
		if (tier->prices[i].band == BAND_NONE) {
			found = &tier->prices[i].price;
		}
	}
	return found;
}

/* The price of another charge at the same time, times the factor. */
static int
followed_price(const struct question *q, unsigned band, struct dec *out,
    struct qf_error *err)
{
	struct contract as = *q->who->contract;
	struct price_for who = {.contract = &as, .day = q->who->day};

	/* What this charge says of the user, the other one takes over. */
	memcpy(as.user_class, q->user_class, strlen(q->user_class) + 1);
	memcpy(as.type, q->type, strlen(q->type) + 1);
	memcpy(as.voltage, q->voltage, strlen(q->voltage) + 1);
	if (price_of_band(out, q->version,
		&q->version->charges[q->charge->of_charge], band, q->rows, &who,
		err) == -1) {
		return -1;
	}
	dec_mul(out, out, &q->charge->factor);
	return 0;
}

static int
price_asked(const struct question *q, unsigned band, struct dec *out,
    struct qf_error *err)
{
	const struct dec *of_tier = tier_price(q->who->tier, band);

	if (of_tier != NULL) {
		dec_set(out, of_tier);
		return 0;
	}
	switch (q->charge->form) {
	case PRICE_FIXED:
		return fixed_price(q, band, out, err);
	case PRICE_PRINTED:
		return printed_price(q, band, out, err);
	case PRICE_COMPOSED:
		return composed_price(q, band, out, err);
	case PRICE_BENCHMARK:
		return benchmark_price(q, band, out, err);
	case PRICE_OF_CHARGE:
		return followed_price(q, band, out, err);
	case PRICE_TEMPLATE:
		return qf_fail(err, QF_CONFIG, "tariff-template",
		    "charge %s is a template whose number is not filled in",
		    q->charge->component);
	case PRICE_SERIES:
		break;
	}
	BUG("price form %d asked for a band's price", (int)q->charge->form);
}

int
price_of_band(struct dec *out, const struct tariff_version *version,
    const struct charge *charge, unsigned band, const struct price_rows *rows,
    const struct price_for *who, struct qf_error *err)
{
	const struct contract *contract = who->contract;
	struct question q = {.version = version,
	    .charge = charge,
	    .rows = rows,
	    .who = who,
	    .user_class = said_or(charge->user_class, contract->user_class),
	    .type = said_or(charge->type, contract->type),
	    .voltage = said_or(charge->voltage, contract->voltage)};
	struct dec price = {0};
	int rc;

	if (version->is_template) {
		return qf_fail(err, QF_CONFIG, "tariff-template",
		    "the tariff is a template: fill in its numbers and take "
		    "template away");
	}
	rc = price_asked(&q, band, &price, err);
	if (rc == 0) {
		finish_price(charge, band, who, &price);
		dec_set(out, &price);
	}
	dec_release(&price);
	return rc;
}

int
price_of_items(struct dec *out, const struct tariff_version *version,
    const struct charge *charge, unsigned band, const struct price_rows *rows,
    const struct price_for *who, char *const *items, size_t count,
    struct qf_error *err)
{
	const struct contract *contract = who->contract;
	struct question q = {.version = version,
	    .charge = charge,
	    .rows = rows,
	    .who = who,
	    .only = items,
	    .only_count = count,
	    .user_class = said_or(charge->user_class, contract->user_class),
	    .type = said_or(charge->type, contract->type),
	    .voltage = said_or(charge->voltage, contract->voltage)};

	dec_set_int(out, 0, 0);
	if (count == 0 ||
	    price_exemption(charge, "", contract, who->day) != NULL) {
		return 0;
	}
	if (charge->form == PRICE_COMPOSED) {
		return composed_price(&q, band, out, err);
	}
	if (charge->form != PRICE_OF_CHARGE) {
		return 0;
	}
	if (price_of_items(out, version, &version->charges[charge->of_charge],
		band, rows, who, items, count, err) == -1) {
		return -1;
	}
	dec_mul(out, out, &charge->factor);
	return 0;
}

const char *
price_table_of(
    const struct tariff_version *version, const struct charge *charge)
{
	while (charge->form == PRICE_OF_CHARGE) {
		assert(charge->of_charge < version->charge_count);
		charge = &version->charges[charge->of_charge];
	}
	return charge->table;
}

void
price_of_series(struct dec *out, const struct charge *charge, unsigned band,
    const struct dec *price, const struct price_for *who)
{
	const struct dec *of_tier = tier_price(who->tier, band);

	if (of_tier != NULL) {
		dec_set(out, of_tier);
	} else {
		dec_mul(out, price, &charge->factor);
	}
	finish_price(charge, band, who, out);
}

void
price_of_condition(struct dec *out, const struct charge *charge,
    const struct price_condition *condition, const struct price_for *who)
{
	dec_set(out, &condition->price);
	round_price(charge, who, out);
}
