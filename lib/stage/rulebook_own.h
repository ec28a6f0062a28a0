/* rulebook_own.h - what the files of the rulebook share.  Internal. */
#ifndef QF_STAGE_RULEBOOK_OWN_H
#define QF_STAGE_RULEBOOK_OWN_H

#include "ledger/watch.h"
#include "settle/price.h"
#include "stage/rulebook.h"

#define RULEBOOK_DAYS 509 /* schedules kept */
#define RULEBOOK_PRICED 509 /* charges whose prices are kept */

struct fact_cursor;

struct known_tariff {
	char id[ID_MAX + 1];
	struct watched watched;
	struct rulebook_tariff found; /* tariff NULL: there is none */
};

/* Prices of a charge in a month for users of a class, type and voltage. */
struct priced_charge {
	const struct charge *charge; /* NULL: empty */
	const struct tier *tier;
	int month;
	char user_class[ID_MAX + 1], type[ID_MAX + 1], voltage[ID_MAX + 1];
	unsigned known; /* bit of each band that was looked up */
	unsigned stand; /* bit of each of them that has a price */
	struct dec prices[ENERGY_BANDS];
};

/* Rows of a price table in a month. */
struct known_table {
	char table[ID_MAX + 1];
	struct price_rows rows;
	struct table_price *owned;
	size_t capacity;
	struct watched watched;
	struct known_table *later; /* as a watch will see it, or NULL */
};

struct known_series {
	char series[ID_MAX + 1];
	int64_t from_utc, to_utc; /* looked up */
	struct price_step *steps;
	size_t count, capacity;
	struct watched watched;
};

struct rulebook {
	struct ledger *ledger;
	int64_t asof;
	const struct zone *zone;
	struct known_tariff **tariffs;
	size_t tariff_count;
	struct rulebook_day *days;
	struct priced_charge *priced;
	struct known_table **tables;
	size_t table_count;
	struct known_series **series;
	size_t series_count;
	struct fact_cursor *calendar_cursor, *condition_cursor, *price_cursor,
	    *series_cursor;
};

/* Around a look-up that is kept; then at each use. */
static inline void
watched_begin(struct watched *watched, const struct rulebook *book)
{
	watched->first = watched->end = ledger_watch_count(book->ledger);
}

static inline void
watched_end(struct watched *watched, const struct rulebook *book)
{
	watched->end = ledger_watch_count(book->ledger);
}

static inline int
watched_use(const struct watched *watched, const struct rulebook *book,
    const struct watch_whom *whom, struct qf_error *err)
{
	return watched->first == watched->end
		   ? 0
		   : ledger_watch_again(
			 book->ledger, watched->first, watched->end, whom, err);
}

/* Frees what rulebook_prices.c keeps. */
void rulebook_release_prices(struct rulebook *book);

#endif
