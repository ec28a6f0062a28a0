/* rulebook_prices.c - price tables and series of the rulebook.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ledger/registry.h"
#include "stage/rulebook_own.h"

#define KWH_OF_MWH_DIGITS 3

static void
release_priced(struct priced_charge *priced)
{
	for (size_t i = 0; i < ENERGY_BANDS; i++) {
		dec_release(&priced->prices[i]);
	}
	priced->known = 0;
	priced->stand = 0;
	priced->charge = NULL;
}

static void
release_table(struct known_table *table)
{
	if (table == NULL) {
		return;
	}
	release_table(table->later);
	for (size_t i = 0; i < table->rows.count; i++) {
		dec_release(&table->owned[i].price);
	}
	free(table->owned);
	free(table);
}

static void
empty_series(struct known_series *series)
{
	for (size_t i = 0; i < series->count; i++) {
		dec_release(&series->steps[i].price);
	}
	series->count = 0;
}

void
rulebook_release_prices(struct rulebook *book)
{
	for (size_t i = 0; i < RULEBOOK_PRICED; i++) {
		release_priced(&book->priced[i]);
	}
	free(book->priced);
	for (size_t i = 0; i < book->table_count; i++) {
		release_table(book->tables[i]);
	}
	free(book->tables);
	for (size_t i = 0; i < book->series_count; i++) {
		empty_series(book->series[i]);
		free(book->series[i]->steps);
		free(book->series[i]);
	}
	free(book->series);
}

static void
copy_id(char out[ID_MAX + 1], const char *text)
{
	size_t length = text != NULL ? strlen(text) : 0;

	assert(length <= ID_MAX);
	memcpy(out, text != NULL ? text : "", length + 1);
}

/* The price as it is per kWh or piece. */
static void
price_of_row(struct dec *out, const struct fact *fact)
{
	if (!rulebook_decimal(out, fact, "price")) {
		BUG("a price row without a price");
	}
	if (strcmp(rulebook_text(fact, "unit"), "mwh") == 0) {
		out->scale += KWH_OF_MWH_DIGITS;
	}
}

/* Tables ----------------------------------------------------------------- */

static void
add_row(struct known_table *table, const struct fact *fact)
{
	struct table_price *row;

	if (table->rows.count == table->capacity) {
		table->capacity = table->capacity * 2 + 16;
		table->owned = xreallocarray(
		    table->owned, table->capacity, sizeof(*table->owned));
	}
	row = &table->owned[table->rows.count++];
	memset(row, 0, sizeof(*row));
	copy_id(row->user_class, rulebook_text(fact, "user_class"));
	copy_id(row->type, rulebook_text(fact, "type"));
	copy_id(row->voltage, rulebook_text(fact, "voltage"));
	copy_id(row->item, rulebook_text(fact, "item"));
	price_of_row(&row->price, fact);
	row->tax_included = strcmp(rulebook_text(fact, "tax"), "included") == 0;
	price_unit(row->unit, rulebook_text(fact, "unit"));
}

static int
load_rows(struct rulebook *book, struct known_table *table, int64_t asof,
    int month, struct qf_error *err)
{
	struct fact fact;
	int64_t entry;
	int rc;

	if (facts_lookup(&book->price_cursor, book->ledger,
		LOOKUP_PRICES_OF_TABLE, asof, table->table, month, month,
		err) == -1) {
		return -1;
	}
	while ((rc = facts_next(book->price_cursor, &fact, &entry, err)) == 1) {
		add_row(table, &fact);
	}
	table->rows.month = month;
	table->rows.table = table->table;
	table->rows.rows = table->owned;
	return rc;
}

/* Where a watch sees other rows later, these are kept too: prices are compared
 * and not rows, most of which are for others. */
static int
load_table(struct rulebook *book, struct known_table *table, int month,
    struct qf_error *err)
{
	int rc;

	watched_begin(&table->watched, book);
	rc = load_rows(book, table, book->asof, month, err);
	watched_end(&table->watched, book);
	if (rc == -1 || table->watched.first == table->watched.end) {
		return rc;
	}
	table->later = xcalloc(1, sizeof(*table->later));
	copy_id(table->later->table, table->table);
	ledger_watch_pause(book->ledger, true);
	rc =
	    load_rows(book, table->later, watch_asof(book->ledger), month, err);
	ledger_watch_pause(book->ledger, false);
	return rc;
}

static int
find_table(struct rulebook *book, const char *name, int month,
    struct known_table **out, struct qf_error *err)
{
	struct known_table *table;

	for (size_t i = 0; i < book->table_count; i++) {
		table = book->tables[i];
		if (table->rows.month == month &&
		    strcmp(table->table, name) == 0) {
			*out = table;
			return 0;
		}
	}
	table = xcalloc(1, sizeof(*table));
	copy_id(table->table, name);
	if (load_table(book, table, month, err) == -1) {
		release_table(table);
		return -1;
	}
	book->tables = xreallocarray(
	    book->tables, book->table_count + 1, sizeof(struct known_table *));
	book->tables[book->table_count++] = table;
	*out = table;
	return 0;
}

/* Prices ----------------------------------------------------------------- */

static bool
is_priced(const struct priced_charge *priced, const struct charge *charge,
    int month, const struct price_for *who)
{
	const struct contract *contract = who->contract;

	return priced->charge == charge && priced->month == month &&
	       priced->tier == who->tier &&
	       strcmp(priced->user_class, contract->user_class) == 0 &&
	       strcmp(priced->type, contract->type) == 0 &&
	       strcmp(priced->voltage, contract->voltage) == 0;
}

/* The place of these prices, emptied where others were in it, or may be. */
static struct priced_charge *
priced_slot(struct rulebook *book, const struct tariff_version *version,
    const struct charge *charge, int month, const struct price_for *who)
{
	const struct contract *contract = who->contract;
	size_t hash = ((uintptr_t)charge >> 4) * 31 + (size_t)month;
	struct priced_charge *slot;

	hash = hash * 31 + (unsigned char)contract->user_class[0];
	hash = hash * 31 + (unsigned char)contract->type[0];
	hash = hash * 31 + (unsigned char)contract->voltage[0];
	slot = &book->priced[hash % RULEBOOK_PRICED];
	if (!is_priced(slot, charge, month, who) ||
	    price_is_personal(version, charge)) {
		release_priced(slot);
		slot->charge = charge;
		slot->tier = who->tier;
		slot->month = month;
		copy_id(slot->user_class, contract->user_class);
		copy_id(slot->type, contract->type);
		copy_id(slot->voltage, contract->voltage);
	}
	return slot;
}

/* Whether a band has another price in the later rows. */
static bool
price_differs(const struct known_table *table, const struct charge *charge,
    const struct tariff_version *version, unsigned band,
    const struct price_for *who)
{
	struct dec was = {0}, is = {0};
	struct qf_error err;
	int rc_was =
	    price_of_band(&was, version, charge, band, &table->rows, who, &err);
	int rc_is = price_of_band(
	    &is, version, charge, band, &table->later->rows, who, &err);
	bool differs = rc_was != rc_is || (rc_was == 0 && dec_cmp(&was, &is));

	dec_release(&was);
	dec_release(&is);
	return differs;
}

/* Tells a watch where a price of the bands will be another. */
static int
watch_prices(struct rulebook *book, const struct tariff_version *version,
    const struct charge *charge, int month, const struct price_for *who,
    unsigned seen, struct qf_error *err)
{
	const char *name = price_table_of(version, charge);
	const struct contract *contract = who->contract;
	const struct watch_whom whom = {charge->user_class[0] != '\0'
					    ? charge->user_class
					    : contract->user_class,
	    charge->type[0] != '\0' ? charge->type : contract->type,
	    charge->voltage[0] != '\0' ? charge->voltage : contract->voltage};
	struct known_table *table;

	if (name[0] == '\0' || !ledger_is_watched(book->ledger)) {
		return 0;
	}
	if (find_table(book, name, month, &table, err) == -1) {
		return -1;
	}
	for (unsigned i = 0; table->later != NULL && i < ENERGY_BANDS; i++) {
		unsigned band = i == TARIFF_BANDS_MAX ? BAND_NONE : i;

		if ((seen & 1U << i) != 0 &&
		    price_differs(table, charge, version, band, who)) {
			return watched_use(&table->watched, book, &whom, err);
		}
	}
	return 0;
}

static int
price_bands(struct rulebook *book, struct priced_charge *slot,
    const struct tariff_version *version, const struct price_for *who,
    unsigned seen, struct qf_error *err)
{
	const char *name = price_table_of(version, slot->charge);
	struct known_table *table;
	const struct price_rows *rows = NULL;

	if (name[0] != '\0') {
		if (find_table(book, name, slot->month, &table, err) == -1) {
			return -1;
		}
		rows = &table->rows;
	}
	for (unsigned i = 0; i < ENERGY_BANDS; i++) {
		unsigned band = i == TARIFF_BANDS_MAX ? BAND_NONE : i;

		if ((seen & ~slot->known & 1U << i) == 0) {
			continue;
		}
		if (price_of_band(&slot->prices[i], version, slot->charge, band,
			rows, who, err) == 0) {
			slot->stand |= 1U << i;
		} else if (!slot->charge->missing_unpriced ||
			   strcmp(err->code, "no-price") != 0) {
			return -1;
		}
		slot->known |= 1U << i;
	}
	return 0;
}

int
rulebook_prices(struct rulebook *book, const struct tariff_version *version,
    const struct charge *charge, int month, const struct price_for *who,
    unsigned seen, struct band_prices *out, struct refusal *refusal,
    struct qf_error *err)
{
	struct priced_charge *slot =
	    priced_slot(book, version, charge, month, who);
	struct qf_error why;

	if (watch_prices(book, version, charge, month, who, seen, err) == -1) {
		return -1;
	}
	if ((seen & ~slot->known) == 0 ||
	    price_bands(book, slot, version, who, seen, &why) == 0) {
		*out = (struct band_prices){slot->prices, slot->stand};
		return 0;
	}
	if (refuse_error(refusal, &why) == 1) {
		return 1;
	}
	*err = why;
	return -1;
}

int
rulebook_items(struct rulebook *book, const struct tariff_version *version,
    const struct charge *charge, int month, const struct price_for *who,
    unsigned band, char *const *items, size_t count, struct dec *out,
    struct refusal *refusal, struct qf_error *err)
{
	const char *name = price_table_of(version, charge);
	const struct price_rows *rows = NULL;
	struct known_table *table;
	struct qf_error why;

	if (name[0] != '\0') {
		if (find_table(book, name, month, &table, err) == -1) {
			return -1;
		}
		rows = &table->rows;
	}
	if (price_of_items(out, version, charge, band, rows, who, items, count,
		&why) == 0) {
		return 0;
	}
	if (refuse_error(refusal, &why) == 1) {
		return 1;
	}
	*err = why;
	return -1;
}

/* Tells a watch where the item will have another price. */
static int
watch_item(struct rulebook *book, const struct known_table *table,
    const char *item, const struct contract *contract, struct qf_error *err)
{
	const struct watch_whom whom = {
	    contract->user_class, contract->type, contract->voltage};
	const struct table_price *was, *is;
	struct qf_error cause;
	int rc_was, rc_is;

	if (table->later == NULL) {
		return 0;
	}
	rc_was = price_of_item(&was, &table->rows, item, contract, &cause);
	rc_is = price_of_item(&is, &table->later->rows, item, contract, &cause);
	if (rc_was == rc_is &&
	    (rc_was == -1 || (dec_cmp(&was->price, &is->price) == 0 &&
				 strcmp(was->unit, is->unit) == 0))) {
		return 0;
	}
	return watched_use(&table->watched, book, &whom, err);
}

int
rulebook_item(struct rulebook *book, const char *table, const char *item,
    int month, const struct contract *contract, const struct table_price **out,
    struct refusal *refusal, struct qf_error *err)
{
	struct known_table *known;
	struct qf_error why;

	if (find_table(book, table, month, &known, err) == -1 ||
	    watch_item(book, known, item, contract, err) == -1) {
		return -1;
	}
	if (price_of_item(out, &known->rows, item, contract, &why) == 0) {
		return 0;
	}
	if (refuse_error(refusal, &why) == 1) {
		return 1;
	}
	*err = why;
	return -1;
}

/* Series ----------------------------------------------------------------- */

static void
add_step(struct known_series *series, const struct fact *fact)
{
	struct price_step *step;

	if (series->count == series->capacity) {
		series->capacity = series->capacity * 2 + 64;
		series->steps = xreallocarray(
		    series->steps, series->capacity, sizeof(*series->steps));
	}
	step = &series->steps[series->count++];
	memset(step, 0, sizeof(*step));
	step->from_utc = rulebook_integer(fact, "start", 0);
	step->to_utc = rulebook_integer(fact, "end", 0);
	price_of_row(&step->price, fact);
}

static int
load_series(
    struct rulebook *book, struct known_series *series, struct qf_error *err)
{
	struct fact fact;
	int64_t entry;
	int rc;

	empty_series(series);
	watched_begin(&series->watched, book);
	if (facts_lookup(&book->series_cursor, book->ledger, LOOKUP_SERIES,
		book->asof, series->series, series->from_utc, series->to_utc,
		err) == -1) {
		return -1;
	}
	while (
	    (rc = facts_next(book->series_cursor, &fact, &entry, err)) == 1) {
		add_step(series, &fact);
	}
	watched_end(&series->watched, book);
	return rc;
}

static struct known_series *
find_series(struct rulebook *book, const char *name)
{
	struct known_series *series;

	for (size_t i = 0; i < book->series_count; i++) {
		if (strcmp(book->series[i]->series, name) == 0) {
			return book->series[i];
		}
	}
	series = xcalloc(1, sizeof(*series));
	copy_id(series->series, name);
	book->series = xreallocarray(book->series, book->series_count + 1,
	    sizeof(struct known_series *));
	book->series[book->series_count++] = series;
	return series;
}

/* Two prices at one time are as bad as none. */
static int
check_overlap(const struct known_series *series, const struct zone *zone,
    struct refusal *refusal)
{
	char time[40];

	for (size_t i = 1; i < series->count; i++) {
		if (series->steps[i].from_utc < series->steps[i - 1].to_utc) {
			return refuse(refusal, REASON_NO_PRICE,
			    "series %s has two prices at %s", series->series,
			    energy_time(zone, series->steps[i].from_utc, time));
		}
	}
	return 0;
}

int
rulebook_series(struct rulebook *book, const char *name, int64_t from_utc,
    int64_t to_utc, const struct price_step **steps, size_t *count,
    struct refusal *refusal, struct qf_error *err)
{
	struct known_series *series = find_series(book, name);

	assert(from_utc < to_utc);
	if (from_utc < series->from_utc || to_utc > series->to_utc) {
		if (series->from_utc == series->to_utc) {
			series->from_utc = from_utc;
			series->to_utc = to_utc;
		}
		if (from_utc < series->from_utc) {
			series->from_utc = from_utc;
		}
		if (to_utc > series->to_utc) {
			series->to_utc = to_utc;
		}
		if (load_series(book, series, err) == -1) {
			return -1;
		}
	}
	if (watched_use(&series->watched, book, NULL, err) == -1) {
		return -1;
	}
	*steps = series->steps;
	*count = series->count;
	return check_overlap(series, book->zone, refusal);
}
