/* charge.h - the lines of one charge.
 *
 * Energy and prices go in piece by piece, with the band of each; what comes
 * out are lines: one a band where the charge is by band, else one, for each
 * span.  The exact amount of a line is price x quantity where one price holds,
 * else the sum of price x energy of its pieces; then it is rounded.
 *
 *	struct charge_sums sums = {0};
 *
 *	charge_add(&sums, &scope, band, &kwh, &price);
 *	...
 *	charge_flush(&lines, &scope, &sums, from_utc, to_utc, &refusal);
 *
 * Ownership: structs that are all zero are valid; charge_*_release() free.
 */
#ifndef QF_SETTLE_CHARGE_H
#define QF_SETTLE_CHARGE_H

#include "model/contract.h"
#include "settle/amount.h"
#include "settle/cells.h"
#include "settle/price.h"

/* A line before it has a number. */
struct charge_line {
	int64_t from_utc, to_utc;
	int month; /* delivery month, YYYYMM */
	const struct contract *contract; /* the stretch */
	const struct tariff_version *version;
	const struct charge *charge;
	const struct tier *tier; /* of the charge; NULL: none */
	int64_t tariff_entry;
	bool rounding; /* the difference of a rounded total */
	unsigned band; /* index or BAND_NONE */
	int64_t session; /* the caller's number of it; -1 for none */
	const char *unit; /* of the quantity (model/line.h) */
	struct dec quantity, price, exact;
	bool has_price, has_amount;
	struct amount amount;
	size_t made; /* for the caller's sorting */
	char *how; /* in words, where the caller asks for them; owned */
};

struct charge_lines {
	struct charge_line *lines;
	size_t count, capacity;
};

void charge_lines_clear(struct charge_lines *lines);
void charge_lines_release(struct charge_lines *lines);

/* What the lines of a charge have in common. */
struct charge_scope {
	int month;
	const struct contract *contract;
	const struct tariff_version *version;
	const struct charge *charge;
	const struct tier *tier; /* of the charge; NULL: none */
	int64_t tariff_entry;
	int64_t session; /* -1 for none */
	int money_scale;
	/* The unit of the energy that is added: fines of this series, or
	 * NULL where it is kWh. */
	const struct energy_series *fines_of;
	struct energy_given *given; /* with fines_of: kept over its lines */
	struct dec *carry; /* kWh brought forward and carried on */
	const char *unit; /* of what is no energy: "day"; NULL: kWh */
};

/* Sums of one line span, by ENERGY_BAND(); charges that are not by band have
 * all of it in the last place. */
struct charge_sums {
	struct charge_sum {
		bool seen, unpriced, prices_differ;
		struct dec energy, price, product;
	} of[ENERGY_BANDS];
};

/* Adds energy of a band (ENERGY_BAND()) at a price; NULL: no price stands. */
void charge_add(struct charge_sums *sums, const struct charge_scope *scope,
    unsigned band, const struct dec *energy, const struct dec *price);

/* Makes the lines and empties the sums.  0 or 1 (energy-rounding where the
 * tariff rounds kWh whose price varies; those of amount.h). */
int charge_flush(struct charge_lines *lines, const struct charge_scope *scope,
    struct charge_sums *sums, int64_t from_utc, int64_t to_utc,
    struct refusal *refusal);
void charge_sums_release(struct charge_sums *sums);

/* Adds one line whose exact amount is made elsewhere (NULL: none stands);
 * price NULL: it has none.  0 or 1 (those of amount.h). */
int charge_put(struct charge_lines *lines, const struct charge_scope *scope,
    int64_t from_utc, int64_t to_utc, const struct dec *quantity,
    const struct dec *price, const struct dec *exact, struct refusal *refusal);

/* Adds a line that has nothing yet but what its scope says: for charges that
 * are reckoned elsewhere. */
struct charge_line *charge_lines_add(struct charge_lines *lines,
    const struct charge_scope *scope, int64_t from_utc, int64_t to_utc);

/* Where money is rounded on the total: for the lines [first, end), which make
 * one total, adds lines that hold what rounding them apart has lost. */
int charge_round_total(struct charge_lines *lines, size_t first, size_t end,
    int money_scale, struct refusal *refusal);

/* The series that the charge's price comes from, its own or that of the
 * charge that it follows; "" for none. */
const char *charge_series(
    const struct tariff_version *version, const struct charge *charge);

/* Its price in a band when the series has this one. */
void charge_series_price(struct dec *out, const struct tariff_version *version,
    const struct charge *charge, unsigned band, const struct dec *series,
    const struct price_for *who);

/* A price that holds from start to end, per kWh or piece. */
struct price_step {
	int64_t from_utc, to_utc;
	struct dec price;
};

/* Prices by ENERGY_BAND(), of those bands that have one. */
struct band_prices {
	const struct dec *of; /* [ENERGY_BANDS] */
	unsigned stand; /* bit of each band that has a price */
};

/* The price of a band, NULL where none stands. */
static inline const struct dec *
band_price(const struct band_prices *prices, unsigned band)
{
	return (prices->stand & 1U << band) != 0 ? &prices->of[band] : NULL;
}

/* Prices of the cells: by band, or of a series. */
struct cell_prices {
	const struct band_prices *by_band; /* NULL: the series */
	const struct price_step *steps; /* in order, without overlap */
	size_t step_count;
	const char *series; /* its name, for messages */
	const struct price_for *who; /* with steps */
};

/* What is the same for all energy that is on one line of the charge. */
int64_t charge_span_key(const struct charge *charge, const struct zone *zone,
    int64_t from_utc, int64_t interval_utc, int32_t day);

/* Lines of a charge of cells, by its span; [from_utc, to_utc) is what the
 * cells cover.  1: no-price, edge-in-interval where a price changes inside an
 * interval and the tariff does not split evenly. */
int charge_cells(struct charge_lines *lines, const struct charge_scope *scope,
    const struct cells *cells, const struct cell_prices *prices,
    const struct zone *zone, int64_t from_utc, int64_t to_utc,
    struct refusal *refusal);

#endif
