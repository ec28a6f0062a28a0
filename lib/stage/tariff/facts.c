/* facts.c - a tariff's facts out of files, kept in memory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/tariff/facts.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/text.h"
#include "base/xml.h"
#include "format/csv.h"
#include "format/factcsv.h"
#include "format/faults.h"
#include "format/sniff.h"

#define KWH_OF_MWH_DIGITS 3

struct calendar_day {
	char calendar[ID_MAX + 1], name[ID_MAX + 1];
	int32_t day;
	enum day_kind kind;
};

struct condition {
	char station[ID_MAX + 1], quantity[ID_MAX + 1];
	int32_t day;
	struct dec value;
};

struct priced {
	char table[ID_MAX + 1];
	int month;
	struct table_price row;
};

struct tariff_facts {
	const struct zone *zone;
	void (*say)(void *context, const struct qf_error *err);
	void *context;
	struct calendar_day *days;
	size_t day_count;
	struct condition *conditions;
	size_t condition_count;
	struct priced *prices;
	size_t price_count;
	struct tariff_contract *contracts;
	size_t contract_count;
	char (*series)[ID_MAX + 1]; /* that have a price */
	size_t series_count;
	/* What was handed out last; numbers are borrowed from above. */
	struct price_rows rows;
	struct table_price *out_rows;
	int *out_months;
};

void
tariff_facts_new(struct tariff_facts **out, const struct zone *zone,
    void (*say)(void *context, const struct qf_error *err), void *context)
{
	struct tariff_facts *facts = xcalloc(1, sizeof(*facts));

	facts->zone = zone;
	facts->say = say;
	facts->context = context;
	*out = facts;
}

void
tariff_facts_free(struct tariff_facts *facts)
{
	if (facts == NULL) {
		return;
	}
	for (size_t i = 0; i < facts->condition_count; i++) {
		dec_release(&facts->conditions[i].value);
	}
	for (size_t i = 0; i < facts->price_count; i++) {
		dec_release(&facts->prices[i].row.price);
	}
	free(facts->days);
	free(facts->conditions);
	free(facts->prices);
	free(facts->contracts);
	free(facts->series);
	free(facts->out_rows);
	free(facts->out_months);
	free(facts);
}

/* The array with room for one more, all zero. */
static void *
grow(void *array, size_t count, size_t size)
{
	char *grown = array;

	/* Doubles at powers of two, so that growing stays cheap. */
	if ((count & (count - 1)) == 0) {
		grown = xreallocarray(array, count == 0 ? 1 : count * 2, size);
	}
	memset(grown + count * size, 0, size);
	return grown;
}

static const struct fact_value *
value_of(const struct fact *fact, const char *column)
{
	return &fact->values[fact_column(fact->format, column)];
}

static void
copy_id(char out[ID_MAX + 1], const struct fact *fact, const char *column)
{
	const struct fact_value *value = value_of(fact, column);

	out[0] = '\0';
	if (value->is == FACT_IS_TEXT) {
		assert(value->length <= ID_MAX);
		memcpy(out, value->text, value->length + 1);
	}
}

static bool
is_word(const struct fact *fact, const char *column, const char *word)
{
	const struct fact_value *value = value_of(fact, column);

	return value->is == FACT_IS_TEXT && strcmp(value->text, word) == 0;
}

static void
copy_decimal(struct dec *out, const struct fact *fact, const char *column)
{
	const struct fact_value *value = value_of(fact, column);

	if (value->is != FACT_IS_TEXT ||
	    dec_parse(out, value->text, value->length, NULL) == -1) {
		BUG("%s is no decimal", column);
	}
}

/* A price per kWh or piece. */
static void
copy_price(struct dec *out, const struct fact *fact)
{
	static const struct dec thousandth = DEC_SMALL(1, KWH_OF_MWH_DIGITS);

	copy_decimal(out, fact, "price");
	if (is_word(fact, "unit", "mwh")) {
		dec_mul(out, out, &thousandth);
	}
}

static void
add_day(struct tariff_facts *facts, const struct fact *fact)
{
	struct calendar_day *day;

	facts->days = grow(facts->days, facts->day_count, sizeof(*day));
	day = &facts->days[facts->day_count++];
	copy_id(day->calendar, fact, "calendar");
	copy_id(day->name, fact, "name");
	day->day = (int32_t)value_of(fact, "day")->integer;
	day->kind = is_word(fact, "kind", "holiday") ? DAY_HOLIDAY
		    : is_word(fact, "kind", "rest")  ? DAY_REST
						     : DAY_WORKDAY;
}

static void
add_condition(struct tariff_facts *facts, const struct fact *fact)
{
	struct condition *condition;

	facts->conditions =
	    grow(facts->conditions, facts->condition_count, sizeof(*condition));
	condition = &facts->conditions[facts->condition_count++];
	copy_id(condition->station, fact, "station");
	copy_id(condition->quantity, fact, "quantity");
	condition->day = (int32_t)value_of(fact, "day")->integer;
	copy_decimal(&condition->value, fact, "value");
}

static void
add_price(struct tariff_facts *facts, const struct fact *fact)
{
	struct priced *price;

	facts->prices = grow(facts->prices, facts->price_count, sizeof(*price));
	price = &facts->prices[facts->price_count++];
	copy_id(price->table, fact, "price_table");
	price->month = (int)value_of(fact, "month")->integer;
	copy_id(price->row.user_class, fact, "user_class");
	copy_id(price->row.type, fact, "type");
	copy_id(price->row.voltage, fact, "voltage");
	copy_id(price->row.item, fact, "item");
	copy_price(&price->row.price, fact);
	price->row.tax_included = is_word(fact, "tax", "included");
	price_unit(price->row.unit, is_word(fact, "unit", "kw")     ? "kw"
				    : is_word(fact, "unit", "kva")  ? "kva"
				    : is_word(fact, "unit", "each") ? "each"
								    : "kwh");
}

static void
copy_text(char *out, size_t size, const struct fact *fact, const char *column)
{
	const struct fact_value *value = value_of(fact, column);

	snprintf(out, size, "%s", value->is == FACT_IS_TEXT ? value->text : "");
}

static void
add_contract(
    struct tariff_facts *facts, const struct fact *fact, const char *path)
{
	const struct fact_value *to = value_of(fact, "to");
	struct tariff_contract *row;
	struct contract *contract;

	/* It names a programme, which is no tariff. */
	if (is_word(fact, "basis", "events")) {
		return;
	}
	facts->contracts =
	    grow(facts->contracts, facts->contract_count, sizeof(*row));
	row = &facts->contracts[facts->contract_count++];
	row->path = path;
	contract = &row->contract;
	copy_id(contract->contract, fact, "contract");
	copy_id(contract->leg, fact, "leg");
	copy_id(contract->point, fact, "point");
	copy_id(contract->tariff, fact, "tariff");
	copy_id(contract->voltage, fact, "voltage");
	copy_id(contract->user_class, fact, "user_class");
	copy_id(contract->type, fact, "type");
	copy_text(
	    contract->options, sizeof(contract->options), fact, "options");
	contract->basis = is_word(fact, "basis", "sessions") ? BASIS_SESSIONS
			  : is_word(fact, "basis", "registers")
			      ? BASIS_REGISTERS
			      : BASIS_INTERVALS;
	contract->from_utc = value_of(fact, "from")->integer;
	contract->to_utc = to->is == FACT_IS_INTEGER ? to->integer : UTC_OPEN;
	contract->line_no = (int64_t)fact->line_no;
}

static void
add_series(struct tariff_facts *facts, const struct fact *fact)
{
	const char *series = value_of(fact, "series")->text;

	if (!tariff_facts_series(facts, series)) {
		facts->series = grow(
		    facts->series, facts->series_count, sizeof(*facts->series));
		copy_id(facts->series[facts->series_count++], fact, "series");
	}
}

static void
add_fact(struct tariff_facts *facts, const struct fact *fact, const char *path)
{
	switch (fact->format->kind) {
	case FACT_CALENDAR:
		add_day(facts, fact);
		return;
	case FACT_CONDITION:
		add_condition(facts, fact);
		return;
	case FACT_PRICE:
		add_price(facts, fact);
		return;
	case FACT_CONTRACT:
		add_contract(facts, fact, path);
		return;
	case FACT_SERIES:
		add_series(facts, fact);
		return;
	default:
		BUG("%s facts in a tariff", fact->format->name);
	}
}

/* Says each fault of the rows; -1 with a summary where there was one. */
static int
say_faults(const struct tariff_facts *facts, struct faults *faults,
    const char *path, struct qf_error *err)
{
	uint64_t count = faults_count(faults);
	struct fault fault;
	struct qf_error said;
	int rc;

	if (count == 0) {
		return 0;
	}
	if (faults_finish(faults, err) == -1) {
		return -1;
	}
	while ((rc = faults_next(faults, &fault, err)) == 1) {
		faults_message(faults, &fault, &said);
		facts->say(facts->context, &said);
	}
	if (rc == -1) {
		return -1;
	}
	return qf_fail(err, QF_DATA, "file-refused",
	    "%s: refused, %llu fault%s", path, (unsigned long long)count,
	    count == 1 ? "" : "s");
}

static int
add_rows(struct tariff_facts *facts, struct csv_reader *reader,
    const char *path, enum fact_kind kind, struct qf_error *err)
{
	struct faults *faults = faults_new(path);
	struct factcsv *rows;
	const struct fact *fact;
	int rc;

	rows = factcsv_new(reader, fact_format(kind), facts->zone, faults);
	while ((rc = factcsv_next(rows, &fact, err)) == 1) {
		add_fact(facts, fact, path);
	}
	if (rc == 0) {
		rc = say_faults(facts, faults, path, err);
	}
	factcsv_free(rows);
	faults_free(faults);
	return rc;
}

int
tariff_facts_add(struct tariff_facts *facts, const char *path,
    enum fact_kind kind, struct qf_error *err)
{
	struct csv_config config = {0};
	struct csv_reader *reader = NULL;
	struct sniff found;
	int fd, rc = -1;

	fd = xml_open(path, err);
	if (fd == -1) {
		return -1;
	}
	if (sniff_fd(&found, fd, path, TEXT_UTF8, err) == -1) {
		goto out;
	}
	if (found.format != SNIFF_FACTS || found.facts->kind != kind) {
		qf_fail(err, QF_DATA, "file-kind",
		    "%s: is a file of %s, not of %s", path, sniff_name(&found),
		    fact_format(kind)->name);
		goto out;
	}
	if (csv_open(&reader, fd, path, &config, err) == 0) {
		rc = add_rows(facts, reader, path, kind, err);
	}
out:
	csv_close(reader);
	close(fd);
	return rc;
}

static int
year_of(int32_t day)
{
	int year, month, day_of_month;

	civil_date(day, &year, &month, &day_of_month);
	return year;
}

static int
find_day(void *context, const char *calendar, int32_t day, enum day_kind *kind,
    char name[ID_MAX + 1], struct qf_error *err)
{
	const struct tariff_facts *facts = context;
	bool reaches = false;

	*kind = civil_weekday(day) >= 6 ? DAY_REST : DAY_WORKDAY;
	name[0] = '\0';
	for (size_t i = 0; i < facts->day_count; i++) {
		const struct calendar_day *known = &facts->days[i];

		if (strcmp(known->calendar, calendar) != 0) {
			continue;
		}
		reaches |= year_of(known->day) == year_of(day);
		if (known->day == day) {
			*kind = known->kind;
			memcpy(name, known->name, sizeof(known->name));
		}
	}
	if (!reaches) {
		return qf_fail(err, QF_DATA, "no-calendar",
		    "calendar %s has no day of %d", calendar, year_of(day));
	}
	return 0;
}

static int
find_condition(void *context, const char *station, const char *quantity,
    int32_t day, struct dec *value, struct qf_error *err)
{
	const struct tariff_facts *facts = context;
	int found = 0;

	(void)err;
	for (size_t i = 0; i < facts->condition_count; i++) {
		const struct condition *known = &facts->conditions[i];

		if (known->day == day && strcmp(known->station, station) == 0 &&
		    strcmp(known->quantity, quantity) == 0) {
			dec_set(value, &known->value);
			found = 1;
		}
	}
	return found;
}

bool
tariff_facts_calendar(const struct tariff_facts *facts, const char *calendar)
{
	for (size_t i = 0; i < facts->day_count; i++) {
		if (strcmp(facts->days[i].calendar, calendar) == 0) {
			return true;
		}
	}
	return false;
}

bool
tariff_facts_condition(
    const struct tariff_facts *facts, const char *station, const char *quantity)
{
	for (size_t i = 0; i < facts->condition_count; i++) {
		if (strcmp(facts->conditions[i].station, station) == 0 &&
		    strcmp(facts->conditions[i].quantity, quantity) == 0) {
			return true;
		}
	}
	return false;
}

bool
tariff_facts_series(const struct tariff_facts *facts, const char *series)
{
	for (size_t i = 0; i < facts->series_count; i++) {
		if (strcmp(facts->series[i], series) == 0) {
			return true;
		}
	}
	return false;
}

size_t
tariff_facts_contracts(
    const struct tariff_facts *facts, const struct tariff_contract **out)
{
	*out = facts->contracts;
	return facts->contract_count;
}

struct day_facts
tariff_facts_days(struct tariff_facts *facts)
{
	return (struct day_facts){facts, find_day, find_condition};
}

/* Whether two rows of a table are of the same thing. */
static bool
same_row(const struct table_price *a, const struct table_price *b)
{
	return strcmp(a->user_class, b->user_class) == 0 &&
	       strcmp(a->type, b->type) == 0 &&
	       strcmp(a->voltage, b->voltage) == 0 &&
	       strcmp(a->item, b->item) == 0;
}

const struct price_rows *
tariff_facts_table(struct tariff_facts *facts, const char *table, int month)
{
	size_t count = 0;

	free(facts->out_rows);
	facts->out_rows =
	    xcalloc(facts->price_count + 1, sizeof(*facts->out_rows));
	for (size_t i = 0; i < facts->price_count; i++) {
		const struct priced *price = &facts->prices[i];
		size_t at = 0;

		if (price->month != month || strcmp(price->table, table) != 0) {
			continue;
		}
		while (at < count &&
		       !same_row(&facts->out_rows[at], &price->row)) {
			at++;
		}
		facts->out_rows[at] = price->row;
		count += at == count;
	}
	facts->rows = (struct price_rows){month, table, facts->out_rows, count};
	return &facts->rows;
}

static int
compare_months(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

size_t
tariff_facts_months(
    struct tariff_facts *facts, const char *table, const int **out)
{
	size_t count = 0, kept = 0;

	free(facts->out_months);
	facts->out_months =
	    xcalloc(facts->price_count + 1, sizeof(*facts->out_months));
	for (size_t i = 0; i < facts->price_count; i++) {
		if (strcmp(facts->prices[i].table, table) == 0) {
			facts->out_months[count++] = facts->prices[i].month;
		}
	}
	qsort(facts->out_months, count, sizeof(int), compare_months);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 ||
		    facts->out_months[i] != facts->out_months[i - 1]) {
			facts->out_months[kept++] = facts->out_months[i];
		}
	}
	*out = facts->out_months;
	return kept;
}
