/* rulebook.h - the rules and prices of a ledger as of an entry, at hand.
 *
 * Tariffs, schedules of days, price tables and series are looked up for every
 * point anew, and are the same for most of them; here they are kept.  What is
 * not there is a refusal (settle/refusal.h), which holds an account.
 *
 *	rulebook_new(&book, ledger, asof, zone);
 *	rc = rulebook_tariff(book, contract->tariff, &tariff, &refusal, err);
 *	rc = rulebook_day(book, version, day, start_utc, 15, 96, &laid, ...);
 *
 * Ownership: what is handed out belongs to the book.  Tariffs stay as long as
 * the book; days, prices and steps until the next call of the same function.
 * Memory: grows with the number of tariffs and price tables, not with that of
 * points.
 */
#ifndef QF_STAGE_RULEBOOK_H
#define QF_STAGE_RULEBOOK_H

#include "base/status.h"
#include "model/contract.h"
#include "rules/bands.h"
#include "rules/ocpi_rule.h"
#include "settle/charge.h"

struct fact;
struct ledger;
struct zone;

struct rulebook;

struct rulebook_tariff {
	struct tariff *tariff;
	struct ocpi_rule *ocpi; /* whose tariff it is, or NULL */
	int64_t entry; /* of the document */
};

/* The changes that a watch (ledger/watch.h) was told of while something was
 * looked up: they count for everybody who uses it. */
struct watched {
	int64_t first, end;
};

/* A day's schedule laid over intervals. */
struct rulebook_day {
	const struct tariff_version *version;
	int32_t day;
	struct watched watched;
	struct schedule schedule;
	int64_t start_utc; /* of the intervals below */
	int minutes;
	size_t count; /* 0: not laid over any yet */
	uint8_t band[SERIES_VALUES_MAX]; /* as bands_of_intervals() */
	struct energy_pattern pattern;
};

void rulebook_new(struct rulebook **out, struct ledger *ledger, int64_t asof,
    const struct zone *zone);
void rulebook_free(struct rulebook *book);

/* 1: no-tariff.  -1: a document that cannot be read. */
int rulebook_tariff(struct rulebook *book, const char *id,
    const struct rulebook_tariff **out, struct refusal *refusal,
    struct qf_error *err);

/* The schedule of a local day.  1: no-calendar, missing-condition. */
int rulebook_schedule(struct rulebook *book,
    const struct tariff_version *version, int32_t day,
    const struct schedule **out, struct refusal *refusal, struct qf_error *err);

/* The same, laid over intervals. */
int rulebook_day(struct rulebook *book, const struct tariff_version *version,
    int32_t day, int64_t start_utc, int minutes, size_t count,
    const struct rulebook_day **out, struct refusal *refusal,
    struct qf_error *err);

/* What a day is in a calendar ("": by its weekday); name: that of a holiday.
 * 1: no-calendar. */
int rulebook_day_kind(struct rulebook *book, const char *calendar, int32_t day,
    enum day_kind *kind, char name[ID_MAX + 1], struct refusal *refusal,
    struct qf_error *err);

/* Prices of a charge that has no series, for the bands of the mask `seen`;
 * where one has no price and the charge allows that, it does not stand in *out.
 * 1: no-price, tariff-template ... */
int rulebook_prices(struct rulebook *book, const struct tariff_version *version,
    const struct charge *charge, int month, const struct price_for *who,
    unsigned seen, struct band_prices *out, struct refusal *refusal,
    struct qf_error *err);

/* The part of a price that these items of its table make; 0 where none. */
int rulebook_items(struct rulebook *book, const struct tariff_version *version,
    const struct charge *charge, int month, const struct price_for *who,
    unsigned band, char *const *items, size_t count, struct dec *out,
    struct refusal *refusal, struct qf_error *err);

/* The price of an item of a table in a month for a contract, as its row says
 * it: per kWh, or per piece.  1: no-price, price-ambiguous. */
int rulebook_item(struct rulebook *book, const char *table, const char *item,
    int month, const struct contract *contract, const struct table_price **out,
    struct refusal *refusal, struct qf_error *err);

/* Steps of a price series that touch [from_utc, to_utc), in order; there may
 * be more around them. */
int rulebook_series(struct rulebook *book, const char *series, int64_t from_utc,
    int64_t to_utc, const struct price_step **steps, size_t *count,
    struct refusal *refusal, struct qf_error *err);

/* The text of a fact's column, NULL where it says nothing; its integer; and
 * its decimal into *out (which is then true). */
const char *rulebook_text(const struct fact *fact, const char *column);
int64_t rulebook_integer(
    const struct fact *fact, const char *column, int64_t otherwise);
bool
rulebook_decimal(struct dec *out, const struct fact *fact, const char *column);

#endif
