/* price.h - the price of a band under a charge.
 *
 * Pure arithmetic over a charge (rules/tariff.h) and the rows of its price
 * table that hold in a month.  Prices are per kWh (a table's MWh prices are
 * divided by 1000 exactly), exact, unless the charge names a price rounding.
 */
#ifndef QF_SETTLE_PRICE_H
#define QF_SETTLE_PRICE_H

#include "rules/tariff.h"

struct qf_error;

/* A row of a price table: class, type and voltage "" where it is for any. */
struct price_row {
	char user_class[ID_MAX + 1], type[ID_MAX + 1], voltage[ID_MAX + 1];
	char item[ID_MAX + 1];
	struct dec price;	/* per kWh, or per piece */
	bool tax_included;
	char unit[8];		/* kwh (a mwh is divided), kw, kva, each; "" is
				 * not said */
};

struct price_rows {
	int month;		/* YYYYMM */
	const char *table;
	const struct price_row *rows;
	size_t count;
};

/* The unit of a row from that of a fact, whose price is divided where it is per
 * mwh. */
void price_unit(char out[8], const char *unit);

/* The price of a band (or BAND_NONE) under the charge for a contract with that
 * class, type and voltage.  rows may be NULL for forms without a table.
 * Not for PRICE_SERIES.  Errors: QF_DATA no-price naming table, month and item;
 * price-unit where the row's is not what the charge is per; QF_CONFIG
 * tariff-template. */
int price_of_band(struct dec *out, const struct tariff_version *version,
    const struct charge *charge, unsigned band, const struct price_rows *rows,
    const char *user_class, const char *type, const char *voltage,
    struct qf_error *err);

/* The table that the charge's price comes from ("" for none): its own, or
 * that of the charge that it follows (PRICE_OF_CHARGE). */
const char *price_table_of(const struct tariff_version *version,
    const struct charge *charge);

/* From a series price: x factor + adders of the band, with price rounding. */
void price_of_series(struct dec *out, const struct charge *charge,
    unsigned band, const struct dec *price);

#endif
