/* price.h - the price of a band under a charge.
 *
 * Pure arithmetic over a charge (rules/tariff.h) and the rows of its price
 * table that hold in a month.  Prices are per kWh (a table's MWh prices are
 * divided by 1000 exactly), exact, unless the charge names a price rounding.
 */
#ifndef QF_SETTLE_PRICE_H
#define QF_SETTLE_PRICE_H

#include <stdbool.h>

#include "rules/tariff.h"

struct qf_error;

/* A row of a price table: class, type and voltage "" where it is for any. */
struct table_price {
	char user_class[ID_MAX + 1], type[ID_MAX + 1], voltage[ID_MAX + 1];
	char item[ID_MAX + 1];
	struct dec price; /* per kWh, or per piece */
	bool tax_included;
	char unit[8]; /* kwh (a mwh is divided), kw, kva, each; "" is
				 * not said */
};

struct price_rows {
	int month; /* YYYYMM */
	const char *table;
	const struct table_price *rows;
	size_t count;
};

/* The unit of a row from that of a fact, whose price is divided where it is per
 * mwh. */
void price_unit(char out[8], const char *unit);

/* Whom a price is for, and when: what ratios and exemptions ask. */
struct price_for {
	const struct contract *contract; /* class, type, voltage, options */
	int32_t day; /* local */
	const struct tier *tier; /* of the charge; NULL: none */
};

/* The row of an item that says most of whom it is for.  QF_DATA no-price,
 * price-ambiguous. */
int price_of_item(const struct table_price **out, const struct price_rows *rows,
    const char *item, const struct contract *who, struct qf_error *err);

/* The price of a band (or BAND_NONE) under the charge: its form, without the
 * components that the contract is exempt from; the tier's price in place of
 * that; adders, and the tier's; 0 for those exempt; rounding.  rows may be
 * NULL for forms without a table.  Not for PRICE_SERIES.  Errors: QF_DATA
 * no-price naming table, month and item; no-ratio where those of the band are
 * all for others; price-unit where the row's is not
 * what the charge is per; QF_CONFIG tariff-template. */
int price_of_band(struct dec *out, const struct tariff_version *version,
    const struct charge *charge, unsigned band, const struct price_rows *rows,
    const struct price_for *who, struct qf_error *err);

/* The part of it that these items of a composed price make, before the price's
 * own rounding; 0 where it has none of them. */
int price_of_items(struct dec *out, const struct tariff_version *version,
    const struct charge *charge, unsigned band, const struct price_rows *rows,
    const struct price_for *who, char *const *items, size_t count,
    struct qf_error *err);

/* Whether two contracts of the same class, type and voltage, or two days, may
 * have different prices under the charge. */
bool price_is_personal(
    const struct tariff_version *version, const struct charge *charge);

/* The exemption from the whole price (item ""), or from a component, that is
 * the contract's on that day; NULL: it pays. */
const struct exemption *price_exemption(const struct charge *charge,
    const char *item, const struct contract *contract, int32_t day);

/* The first ratio of the band that is for the contract, or NULL. */
const struct band_ratio *price_ratio(const struct charge *charge, unsigned band,
    const struct contract *contract);

/* The table that the charge's price comes from ("" for none): its own, or
 * that of the charge that it follows (PRICE_OF_CHARGE). */
const char *price_table_of(
    const struct tariff_version *version, const struct charge *charge);

/* From a series price: x factor, then as price_of_band(). */
void price_of_series(struct dec *out, const struct charge *charge,
    unsigned band, const struct dec *price, const struct price_for *who);

/* While a condition holds: its price, 0 for those exempt, rounded. */
void price_of_condition(struct dec *out, const struct charge *charge,
    const struct price_condition *condition, const struct price_for *who);

#endif
