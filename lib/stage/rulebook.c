/* rulebook.c - the rules and prices of a ledger as of an entry, at hand.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/rulebook.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/zone.h"
#include "ledger/registry.h"
#include "settle/price.h"
#include "stage/rulebook_own.h"

const char *
rulebook_text(const struct fact *fact, const char *column)
{
	const struct fact_value *value =
	    &fact->values[fact_column(fact->format, column)];

	return value->is == FACT_IS_TEXT ? value->text : NULL;
}

int64_t
rulebook_integer(const struct fact *fact, const char *column, int64_t otherwise)
{
	const struct fact_value *value =
	    &fact->values[fact_column(fact->format, column)];

	return value->is == FACT_IS_INTEGER ? value->integer : otherwise;
}

bool
rulebook_decimal(struct dec *out, const struct fact *fact, const char *column)
{
	const char *text = rulebook_text(fact, column);
	struct qf_error err;

	if (text == NULL) {
		return false;
	}
	if (dec_parse(out, text, strlen(text), &err) == -1) {
		BUG("the ledger has %s in %s", text, column);
	}
	return true;
}

void
rulebook_new(struct rulebook **out, struct ledger *ledger, int64_t asof,
    const struct zone *zone)
{
	struct rulebook *book = xcalloc(1, sizeof(*book));

	book->ledger = ledger;
	book->asof = asof;
	book->zone = zone;
	book->days = xcalloc(RULEBOOK_DAYS, sizeof(*book->days));
	book->priced = xcalloc(RULEBOOK_PRICED, sizeof(*book->priced));
	*out = book;
}

void
rulebook_free(struct rulebook *book)
{
	if (book == NULL) {
		return;
	}
	for (size_t i = 0; i < book->tariff_count; i++) {
		if (book->tariffs[i]->found.ocpi == NULL) {
			tariff_free(book->tariffs[i]->found.tariff);
		}
		ocpi_rule_free(book->tariffs[i]->found.ocpi);
		free(book->tariffs[i]);
	}
	free(book->tariffs);
	free(book->days);
	rulebook_release_prices(book);
	facts_close(book->calendar_cursor);
	facts_close(book->condition_cursor);
	facts_close(book->price_cursor);
	facts_close(book->series_cursor);
	free(book);
}

/* The same for a tariff of OCPI. */
static int
load_ocpi(
    struct rulebook *book, struct known_tariff *known, struct qf_error *err)
{
	char file[256], *text = NULL;
	int rc;

	rc = rules_find(book->ledger, book->asof, OCPI_RULE_KIND, known->id,
	    &text, file, &known->found.entry, err);
	if (rc == 1) {
		rc = ocpi_rule_load(
		    &known->found.ocpi, text, strlen(text), file, err);
	}
	if (rc == 0 && known->found.ocpi != NULL) {
		known->found.tariff = known->found.ocpi->tariff;
	}
	free(text);
	return rc;
}

/* Reads the document and keeps it, or keeps that there is none. */
static int
load_tariff(
    struct rulebook *book, struct known_tariff *known, struct qf_error *err)
{
	char file[256], *text = NULL;
	int rc;

	rc = rules_find(book->ledger, book->asof, "tariff", known->id, &text,
	    file, &known->found.entry, err);
	if (rc == 1) {
		rc = tariff_load(
		    &known->found.tariff, text, strlen(text), file, err);
	} else if (rc == 0) {
		rc = load_ocpi(book, known, err);
	}
	free(text);
	return rc == -1 ? -1 : 0;
}

/* Contracts of neighbouring points mostly have the tariff of the last one, or
 * one of few: a search from the most recent on. */
static struct known_tariff *
find_tariff(struct rulebook *book, const char *id)
{
	for (size_t i = book->tariff_count; i-- > 0;) {
		struct known_tariff *known = book->tariffs[i];

		if (strcmp(known->id, id) == 0) {
			book->tariffs[i] =
			    book->tariffs[book->tariff_count - 1];
			book->tariffs[book->tariff_count - 1] = known;
			return known;
		}
	}
	return NULL;
}

int
rulebook_tariff(struct rulebook *book, const char *id,
    const struct rulebook_tariff **out, struct refusal *refusal,
    struct qf_error *err)
{
	struct known_tariff *known = find_tariff(book, id);

	if (known == NULL) {
		known = xcalloc(1, sizeof(*known));
		memcpy(known->id, id, strlen(id) + 1);
		watched_begin(&known->watched, book);
		if (load_tariff(book, known, err) == -1) {
			free(known);
			return -1;
		}
		watched_end(&known->watched, book);
		book->tariffs = xreallocarray(book->tariffs,
		    book->tariff_count + 1, sizeof(struct known_tariff *));
		book->tariffs[book->tariff_count++] = known;
	}
	*out = &known->found;
	if (watched_use(&known->watched, book, NULL, err) == -1) {
		return -1;
	}
	if (known->found.tariff == NULL) {
		return refuse(
		    refusal, REASON_NO_TARIFF, "there is no tariff %s", id);
	}
	return 0;
}

/* What bands ask of days ------------------------------------------------- */

/* The kind of a day from the calendar's row; 0 where it has none. */
static int
calendar_row(struct rulebook *book, const char *calendar, int32_t from_day,
    int32_t end_day, struct fact *row, struct qf_error *err)
{
	int64_t entry;

	if (facts_lookup(&book->calendar_cursor, book->ledger, LOOKUP_CALENDAR,
		book->asof, calendar, from_day, end_day, err) == -1) {
		return -1;
	}
	return facts_next(book->calendar_cursor, row, &entry, err);
}

static int
weekday_kind(struct rulebook *book, const char *calendar, int32_t day,
    enum day_kind *kind, struct qf_error *err)
{
	struct fact row;
	int year, month, of_month, rc;

	*kind = civil_weekday(day) >= 6 ? DAY_REST : DAY_WORKDAY;
	if (calendar[0] == '\0') {
		return 0;
	}
	/* Which days of the year it has does not matter, unless it has none. */
	civil_date(day, &year, &month, &of_month);
	ledger_watch_pause(book->ledger, true);
	rc = calendar_row(book, calendar, civil_day(year, 1, 1),
	    civil_day(year + 1, 1, 1), &row, err);
	ledger_watch_pause(book->ledger, false);
	if (rc == 0) {
		rc = calendar_row(book, calendar, civil_day(year, 1, 1),
		    civil_day(year + 1, 1, 1), &row, err);
	}
	if (rc == 0) {
		return qf_fail(err, QF_DATA, REASON_NO_CALENDAR,
		    "calendar %s has no day of %d", calendar, year);
	}
	return rc == -1 ? -1 : 0;
}

static int
day_of(void *context, const char *calendar, int32_t day, enum day_kind *kind,
    char name[ID_MAX + 1], struct qf_error *err)
{
	struct rulebook *book = context;
	const char *word, *code;
	struct fact row;
	int rc;

	name[0] = '\0';
	rc = calendar_row(book, calendar, day, day + 1, &row, err);
	if (rc != 1) {
		return rc == -1 ? -1
				: weekday_kind(book, calendar, day, kind, err);
	}
	word = rulebook_text(&row, "kind");
	code = rulebook_text(&row, "name");
	*kind = strcmp(word, "holiday") == 0 ? DAY_HOLIDAY
		: strcmp(word, "rest") == 0  ? DAY_REST
					     : DAY_WORKDAY;
	if (*kind == DAY_HOLIDAY && code != NULL) {
		assert(strlen(code) <= ID_MAX);
		memcpy(name, code, strlen(code) + 1);
	}
	return 0;
}

int
rulebook_day_kind(struct rulebook *book, const char *calendar, int32_t day,
    enum day_kind *kind, char name[ID_MAX + 1], struct refusal *refusal,
    struct qf_error *err)
{
	struct qf_error cause;

	if (day_of(book, calendar, day, kind, name, &cause) == 0) {
		return 0;
	}
	if (refuse_error(refusal, &cause) == 1) {
		return 1;
	}
	return qf_fail(err, cause.status, cause.code, "%s", cause.text);
}

static int
condition_of(void *context, const char *station, const char *quantity,
    int32_t day, struct dec *value, struct qf_error *err)
{
	struct rulebook *book = context;
	struct fact row;
	int64_t entry;
	int rc;

	if (facts_lookup(&book->condition_cursor, book->ledger,
		LOOKUP_CONDITIONS, book->asof, station, day, day + 1,
		err) == -1) {
		return -1;
	}
	while (
	    (rc = facts_next(book->condition_cursor, &row, &entry, err)) == 1) {
		if (strcmp(rulebook_text(&row, "quantity"), quantity) == 0) {
			return rulebook_decimal(value, &row, "value");
		}
	}
	return rc;
}

/* Days ------------------------------------------------------------------- */

static struct rulebook_day *
day_slot(
    struct rulebook *book, const struct tariff_version *version, int32_t day)
{
	size_t hash = ((uintptr_t)version >> 4) * 31 + (size_t)day;

	return &book->days[hash % RULEBOOK_DAYS];
}

static int
find_day(struct rulebook *book, const struct tariff_version *version,
    int32_t day, struct rulebook_day **out, struct refusal *refusal,
    struct qf_error *err)
{
	struct rulebook_day *slot = day_slot(book, version, day);
	struct day_facts facts = {
	    .context = book, .day = day_of, .condition = condition_of};
	struct qf_error why;
	int rc;

	*out = slot;
	if (slot->version == version && slot->day == day) {
		return watched_use(&slot->watched, book, NULL, err);
	}
	slot->version = NULL;
	slot->count = 0;
	watched_begin(&slot->watched, book);
	rc = bands_of_day(&slot->schedule, version, day, &facts, &why);
	watched_end(&slot->watched, book);
	if (watched_use(&slot->watched, book, NULL, err) == -1) {
		return -1;
	}
	if (rc == -1) {
		if (refuse_error(refusal, &why) == 1) {
			return 1;
		}
		*err = why;
		return -1;
	}
	slot->version = version;
	slot->day = day;
	return 0;
}

int
rulebook_schedule(struct rulebook *book, const struct tariff_version *version,
    int32_t day, const struct schedule **out, struct refusal *refusal,
    struct qf_error *err)
{
	struct rulebook_day *slot;
	int rc = find_day(book, version, day, &slot, refusal, err);

	*out = &slot->schedule;
	return rc;
}

int
rulebook_day(struct rulebook *book, const struct tariff_version *version,
    int32_t day, int64_t start_utc, int minutes, size_t count,
    const struct rulebook_day **out, struct refusal *refusal,
    struct qf_error *err)
{
	struct rulebook_day *slot;
	int rc;

	rc = find_day(book, version, day, &slot, refusal, err);
	if (rc != 0) {
		return rc;
	}
	if (slot->count != count || slot->minutes != minutes ||
	    slot->start_utc != start_utc) {
		assert(count <= SERIES_VALUES_MAX);
		slot->start_utc = start_utc;
		slot->minutes = minutes;
		slot->count = count;
		bands_of_intervals(&slot->schedule, book->zone, start_utc,
		    minutes, count, slot->band);
		energy_pattern(&slot->pattern, slot->band, count);
	}
	*out = slot;
	return 0;
}
