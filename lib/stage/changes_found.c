/* changes_found.c - what a watch tells, as a change of a run: its key for a
 * person, and what it is about.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/text.h"
#include "base/zone.h"
#include "settle/energy.h"
#include "stage/changes_own.h"
#include "stage/findings.h"

void
change_list_add(struct change_list *list, const struct found_change *change)
{
	if (list->count == list->capacity) {
		list->capacity = list->capacity * 2 + 16;
		list->of =
		    xreallocarray(list->of, list->capacity, sizeof(*list->of));
	}
	list->of[list->count++] = *change;
}

static void
begin(struct found_change *out, const char *kind, int64_t entry)
{
	memset(out, 0, sizeof(*out));
	out->kind = kind;
	out->channel = "";
	out->from_utc = INT64_MIN;
	out->to_utc = INT64_MAX;
	out->entry = entry;
}

static void
take_key(struct found_change *out, const struct buf *key)
{
	assert(key->length < sizeof(out->key) && !key->overflowed);
	memcpy(out->key, key->bytes, key->length + 1);
}

static int64_t
smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Reads -------------------------------------------------------------------- */

static int64_t
end_of(const struct series_day *day)
{
	return day->start_utc + (int64_t)day->count * day->minutes * 60;
}

/* From the first to the last interval that differs. */
static void
narrow(struct found_change *out, const struct series_day *was,
    const struct series_day *is)
{
	size_t first = 0, last = was->count;
	int64_t step = (int64_t)was->minutes * 60;

	if (was->minutes != is->minutes || was->count != is->count ||
	    was->start_utc != is->start_utc || was->scale != is->scale ||
	    was->quantity != is->quantity || was->side != is->side) {
		return;
	}
	while (first < last && was->values[first] == is->values[first] &&
	       was->quality[first] == is->quality[first]) {
		first++;
	}
	while (last > first && was->values[last - 1] == is->values[last - 1] &&
	       was->quality[last - 1] == is->quality[last - 1]) {
		last--;
	}
	out->from_utc = was->start_utc + (int64_t)first * step;
	out->to_utc = was->start_utc + (int64_t)last * step;
}

void
change_of_day(struct found_change *out, const struct watch_change *change,
    const struct zone *zone)
{
	const struct series_day *was = change->day_was, *is = change->day_is;
	const struct series_day *one = is != NULL ? is : was;
	char day[CIVIL_TEXT_MAX];
	struct buf key;

	(void)zone;
	begin(out, "reads", change->entry);
	out->is_reads = true;
	out->is_register = one->quantity == QUANTITY_REGISTER;
	out->channel = channel_name(one->channel);
	out->from_utc = one->start_utc;
	out->to_utc = end_of(one);
	if (was != NULL && is != NULL) {
		out->from_utc = smaller(was->start_utc, is->start_utc);
		out->to_utc = larger(end_of(was), end_of(is));
		narrow(out, was, is);
	}
	civil_format_day(one->day, day);
	buf_init(&key, CHANGE_KEY_MAX - 1);
	buf_printf(
	    &key, "point=%s channel=%s day=%s", one->point, out->channel, day);
	take_key(out, &key);
	buf_release(&key);
}

/* Facts -------------------------------------------------------------------- */

static void
add_value(struct buf *key, const struct fact_column *column,
    const struct fact_value *value, const struct zone *zone)
{
	char text[64];

	if (value->is == FACT_NULL) {
		return;
	}
	buf_printf(key, "%s%s=", key->length > 0 ? " " : "", column->name);
	if (value->is == FACT_IS_TEXT) {
		buf_add(key, value->text, value->length);
	} else if (column->type == FACT_INSTANT) {
		buf_add_string(key, energy_time(zone, value->integer, text));
	} else if (column->type == FACT_DAY) {
		civil_format_day((int32_t)value->integer, text);
		buf_add_string(key, text);
	} else if (column->type == FACT_MONTH) {
		buf_printf(key, "%04d-%02d", (int)(value->integer / 100),
		    (int)(value->integer % 100));
	} else {
		buf_printf(key, "%lld", (long long)value->integer);
	}
}

static const struct fact_value *
find(const struct fact *fact, const char *name)
{
	for (size_t i = 0; i < fact->format->column_count; i++) {
		if (strcmp(fact->format->columns[i].name, name) == 0) {
			return &fact->values[i];
		}
	}
	return NULL;
}

static void
copy_text(char out[ID_MAX + 1], const struct fact *fact, const char *name)
{
	const struct fact_value *value = find(fact, name);

	if (value != NULL && value->is == FACT_IS_TEXT &&
	    value->length <= ID_MAX) {
		memcpy(out, value->text, value->length);
		out[value->length] = '\0';
	}
}

static bool
same_value(const struct fact_value *a, const struct fact_value *b)
{
	if (a->is != b->is) {
		return false;
	}
	return a->is == FACT_NULL ||
	       (a->is == FACT_IS_INTEGER
		       ? a->integer == b->integer
		       : a->length == b->length &&
			     memcmp(a->text, b->text, a->length) == 0);
}

/* Whether a column never shows in a line, hold or row of energy. */
static bool
is_decoration(const struct fact_column *column)
{
	static const char *const names[] = {
	    "name_zh", "name_en", "district", "vehicle"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(column->name, names[i]) == 0) {
			return true;
		}
	}
	return false;
}

/* What is otherwise: nothing that counts, only the end, or more. */
enum difference { NO_DIFFERENCE, END_DIFFERS, MORE_DIFFERS };

static enum difference
compare(const struct fact *was, const struct fact *is)
{
	enum difference difference = NO_DIFFERENCE;

	for (size_t i = 0; i < is->format->column_count; i++) {
		const struct fact_column *column = &is->format->columns[i];

		if (is_decoration(column) ||
		    same_value(&was->values[i], &is->values[i])) {
			continue;
		}
		if ((column->flags & FACT_TO) == 0) {
			return MORE_DIFFERS;
		}
		difference = END_DIFFERS;
	}
	return difference;
}

/* The start or end of what a fact is about, in any of the ways that kinds of
 * facts say it. */
static bool
extent(const struct fact *fact, const struct zone *zone, int64_t *from_utc,
    int64_t *to_utc)
{
	static const char *const starts[] = {"from", "start", "time"};
	static const char *const ends[] = {"to", "end"};
	const struct fact_value *value = find(fact, "month");
	bool any = false;

	if (value != NULL) {
		int32_t month = (int32_t)(value->integer / 100 * 12 +
					  value->integer % 100 - 1);

		*from_utc = zone_day_start(zone, civil_month_first_day(month));
		*to_utc =
		    zone_day_start(zone, civil_month_first_day(month + 1));
		return true;
	}
	for (size_t i = 0; i < 3; i++) {
		value = find(fact, starts[i]);
		if (value != NULL && value->is == FACT_IS_INTEGER) {
			*from_utc = value->integer;
			*to_utc = i == 2 ? value->integer + 1 : INT64_MAX;
			any = true;
		}
	}
	for (size_t i = 0; i < 2; i++) {
		value = find(fact, ends[i]);
		if (value != NULL && value->is == FACT_IS_INTEGER) {
			*to_utc = value->integer;
		}
	}
	return any;
}

static void
take_extent(struct found_change *out, const struct fact *was,
    const struct fact *is, enum difference difference, const struct zone *zone)
{
	int64_t from_a = INT64_MIN, to_a = INT64_MAX;
	int64_t from_b = INT64_MIN, to_b = INT64_MAX;
	bool any = (was == NULL || extent(was, zone, &from_a, &to_a)) &&
		   (is == NULL || extent(is, zone, &from_b, &to_b));

	if (!any) {
		return;
	}
	if (was == NULL || is == NULL) {
		out->from_utc = was == NULL ? from_b : from_a;
		out->to_utc = was == NULL ? to_b : to_a;
	} else if (difference == END_DIFFERS) {
		out->from_utc = smaller(to_a, to_b);
		out->to_utc = larger(to_a, to_b);
	} else {
		out->from_utc = smaller(from_a, from_b);
		out->to_utc = larger(to_a, to_b);
	}
}

void
change_of_fact(struct found_change *out, const struct watch_change *change,
    const struct zone *zone)
{
	const struct fact *was = change->was, *is = change->is;
	const struct fact *one = is != NULL ? is : was;
	enum difference difference =
	    was == NULL || is == NULL ? MORE_DIFFERS : compare(was, is);
	const struct fact_value *value;
	enum channel channel;
	struct buf key;

	begin(out, one->format->name, change->entry);
	buf_init(&key, CHANGE_KEY_MAX - 1);
	for (size_t i = 0; i < one->format->column_count; i++) {
		if ((one->format->columns[i].flags & FACT_KEY) != 0) {
			add_value(&key, &one->format->columns[i],
			    &one->values[i], zone);
		}
	}
	take_key(out, &key);
	buf_release(&key);
	copy_text(out->session, one, "session");
	copy_text(out->user_class, one, "user_class");
	copy_text(out->type, one, "type");
	copy_text(out->voltage, one, "voltage");
	value = find(one, "channel");
	if (value != NULL && value->is == FACT_IS_TEXT &&
	    channel_parse(&channel, value->text, value->length) == 0) {
		out->channel = channel_name(channel);
	}
	take_extent(out, was, is, difference, zone);
	switch (one->format->kind) {
	case FACT_CALENDAR:
	case FACT_CONDITION:
	case FACT_PRICE:
	case FACT_SERIES:
		out->global = true;
		break;
	case FACT_METER:
	case FACT_RELATION:
	case FACT_POINT:
		out->is_validity = true;
		break;
	default:
		break;
	}
	/* Most findings are only listed. */
	if (one->format->kind == FACT_FINDING &&
	    !(was != NULL && findings_holds(was)) &&
	    !(is != NULL && findings_holds(is))) {
		difference = NO_DIFFERENCE;
	}
	value = find(one, "role");
	out->ignored = difference == NO_DIFFERENCE ||
		       (value != NULL && value->is == FACT_IS_TEXT &&
			   strcmp(value->text, "check") == 0);
}

/* Contracts and rules ------------------------------------------------------ */

void
change_of_contract(struct found_change *out, const struct watch_change *change,
    const struct zone *zone)
{
	const struct contract *was = change->contract_was;
	const struct contract *is = change->contract_is;
	const struct contract *one = is != NULL ? is : was;
	char time[64];
	struct buf key;

	begin(out, "contract", change->entry);
	memcpy(out->contract, one->contract, sizeof(out->contract));
	memcpy(out->leg, one->leg, sizeof(out->leg));
	out->from_utc = one->from_utc;
	out->to_utc = one->to_utc;
	if (was != NULL && is != NULL) {
		out->to_utc = larger(was->to_utc, is->to_utc);
		if (contract_same_terms(was, is)) {
			out->from_utc = smaller(was->to_utc, is->to_utc);
		}
	}
	buf_init(&key, CHANGE_KEY_MAX - 1);
	buf_printf(&key, "contract=%s leg=%s from=%s", one->contract, one->leg,
	    energy_time(zone, one->from_utc, time));
	take_key(out, &key);
	buf_release(&key);
}

/* As static text.  A tariff is a tariff, whoever wrote its document. */
static const char *
kind_of_rule(const char *kind)
{
	static const char *const kinds[] = {"market", "programme", "owners"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kind, kinds[i]) == 0) {
			return kinds[i];
		}
	}
	return "tariff";
}

void
change_of_rule(struct found_change *out, const struct watch_change *change)
{
	struct buf key;

	const char *kind = kind_of_rule(change->rule_kind);

	begin(out, kind, change->entry);
	out->global = true;
	buf_init(&key, CHANGE_KEY_MAX - 1);
	buf_printf(&key, "%s=%s", kind, change->rule);
	take_key(out, &key);
	buf_release(&key);
}
