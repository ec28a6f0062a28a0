/* ocpi_tariff.c - an OCPI 2.2.1 tariff, read from its JSON.
 *
 * The keys are those of the standard's Tariff object and its classes
 * (mod_tariffs, mod_locations for the energy mix); what is not needed for
 * rating is checked for its type alone.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rules/ocpi_tariff.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *const ocpi_dimension_words[OCPI_DIMENSIONS] = {
    [OCPI_ENERGY] = "ENERGY",
    [OCPI_FLAT] = "FLAT",
    [OCPI_PARKING_TIME] = "PARKING_TIME",
    [OCPI_TIME] = "TIME",
    [OCPI_ENERGY_EXPORT] = "ENERGY_EXPORT",
};

const char *const ocpi_limit_words[OCPI_LIMITS] = {
    [OCPI_MIN_KWH] = "min_kwh",
    [OCPI_MAX_KWH] = "max_kwh",
    [OCPI_MIN_CURRENT] = "min_current",
    [OCPI_MAX_CURRENT] = "max_current",
    [OCPI_MIN_POWER] = "min_power",
    [OCPI_MAX_POWER] = "max_power",
};

static const char *const days[] = {"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY",
    "FRIDAY", "SATURDAY", "SUNDAY"};
static const char *const reservations[] = {
    "RESERVATION", "RESERVATION_EXPIRES"};
static const char *const tariff_types[] = {"AD_HOC_PAYMENT", "PROFILE_CHEAP",
    "PROFILE_FAST", "PROFILE_GREEN", "REGULAR"};

static const struct jsonread_key tariff_keys[] = {
    {"country_code", JSONREAD_STRING, false},
    {"party_id", JSONREAD_STRING, false},
    {"id", JSONREAD_STRING, true},
    {"currency", JSONREAD_STRING, true},
    {"type", JSONREAD_STRING, false},
    {"tariff_alt_text", JSONREAD_ARRAY, false},
    {"tariff_alt_url", JSONREAD_STRING, false},
    {"min_price", JSONREAD_OBJECT, false},
    {"max_price", JSONREAD_OBJECT, false},
    {"elements", JSONREAD_ARRAY, true},
    {"start_date_time", JSONREAD_STRING, false},
    {"end_date_time", JSONREAD_STRING, false},
    {"energy_mix", JSONREAD_OBJECT, false},
    {"last_updated", JSONREAD_STRING, false},
};
static const struct jsonread_key text_keys[] = {
    {"language", JSONREAD_STRING, true}, {"text", JSONREAD_STRING, true}};
static const struct jsonread_key mix_keys[] = {
    {"is_green_energy", JSONREAD_BOOLEAN, true},
    {"energy_sources", JSONREAD_ARRAY, false},
    {"environ_impact", JSONREAD_ARRAY, false},
    {"supplier_name", JSONREAD_STRING, false},
    {"energy_product_name", JSONREAD_STRING, false}};
static const struct jsonread_key price_keys[] = {
    {"excl_vat", JSONREAD_NUMBER, true}, {"incl_vat", JSONREAD_NUMBER, false}};
static const struct jsonread_key element_keys[] = {
    {"price_components", JSONREAD_ARRAY, true},
    {"restrictions", JSONREAD_OBJECT, false}};
static const struct jsonread_key component_keys[] = {
    {"type", JSONREAD_STRING, true},
    {"price", JSONREAD_NUMBER, true},
    {"vat", JSONREAD_NUMBER, false},
    {"step_size", JSONREAD_NUMBER, true},
};
static const struct jsonread_key restriction_keys[] = {
    {"start_time", JSONREAD_STRING, false},
    {"end_time", JSONREAD_STRING, false},
    {"start_date", JSONREAD_STRING, false},
    {"end_date", JSONREAD_STRING, false},
    {"min_kwh", JSONREAD_NUMBER, false},
    {"max_kwh", JSONREAD_NUMBER, false},
    {"min_current", JSONREAD_NUMBER, false},
    {"max_current", JSONREAD_NUMBER, false},
    {"min_power", JSONREAD_NUMBER, false},
    {"max_power", JSONREAD_NUMBER, false},
    {"min_duration", JSONREAD_NUMBER, false},
    {"max_duration", JSONREAD_NUMBER, false},
    {"day_of_week", JSONREAD_ARRAY, false},
    {"reservation", JSONREAD_STRING, false},
};

/* What is being read. */
struct reading {
	struct jsonread *read;
	struct ocpi_tariffs *out;
};

/* Restrictions ----------------------------------------------------------- */

/* "13:30", as the standard's pattern has it: minutes, or -1. */
static int
read_minute(
    struct jsonread *read, const struct jsonin *object, const char *name)
{
	const struct jsonin *value =
	    jsonread_member(object, name, JSONIN_STRING);
	const char *t;
	int minute;

	if (value == NULL) {
		return -1;
	}
	t = value->text;
	if (value->length != 5 || t[2] != ':' || t[0] < '0' || t[0] > '2' ||
	    t[1] < '0' || t[1] > '9' || t[3] < '0' || t[3] > '5' ||
	    t[4] < '0' || t[4] > '9' || (t[0] == '2' && t[1] > '3')) {
		jsonread_fault(read, value, "json-time",
		    "%.40s: a time of day is 00:00 to 23:59", t);
		return -1;
	}
	minute = ((t[0] - '0') * 10 + t[1] - '0') * 60 + (t[3] - '0') * 10 +
		 t[4] - '0';
	return minute;
}

static int32_t
read_day(struct jsonread *read, const struct jsonin *object, const char *name,
    int32_t otherwise)
{
	const struct jsonin *value =
	    jsonread_member(object, name, JSONIN_STRING);
	struct qf_error fault;
	int32_t day = otherwise;

	if (value != NULL &&
	    civil_parse_day(value->text, value->length, &day, &fault) == -1) {
		jsonread_fault(read, value, "json-time", "%s", fault.text);
		return otherwise;
	}
	return day;
}

static unsigned
read_weekdays(struct jsonread *read, const struct jsonin *object)
{
	const struct jsonin *array =
	    jsonread_member(object, "day_of_week", JSONIN_ARRAY);
	unsigned bits = 0;
	size_t index = 0, mark;

	if (array == NULL) {
		return 0;
	}
	mark = jsonread_enter(read, "day_of_week");
	for (const struct jsonin *day = array->first; day != NULL;
	     day = day->next) {
		size_t item = jsonread_enter_item(read, index++);
		int word;

		if (day->type != JSONIN_STRING) {
			jsonread_fault(
			    read, day, "json-type", "must be a string");
		} else {
			word = jsonread_word(read, day, days, COUNT(days));
			bits |= word == -1 ? 0 : 1U << (word + 1);
		}
		jsonread_leave(read, item);
	}
	jsonread_leave(read, mark);
	return bits;
}

static void
read_limits(struct jsonread *read, const struct jsonin *object,
    struct ocpi_restrictions *out)
{
	for (size_t i = 0; i < OCPI_LIMITS; i++) {
		out->has_limit[i] = jsonread_decimal(
		    read, object, ocpi_limit_words[i], &out->limits[i]);
		if (out->has_limit[i] && dec_sign(&out->limits[i]) < 0) {
			jsonread_fault(read,
			    jsonin_member(object, ocpi_limit_words[i]),
			    "json-number", "must not be negative");
		}
		/* The two limits of a quantity follow each other. */
		if (i % 2 == 1 && out->has_limit[i] && out->has_limit[i - 1] &&
		    dec_cmp(&out->limits[i - 1], &out->limits[i]) >= 0) {
			jsonread_fault(read,
			    jsonin_member(object, ocpi_limit_words[i]),
			    "ocpi-never", "is not above %s: never true",
			    ocpi_limit_words[i - 1]);
		}
	}
}

static void
read_durations(struct jsonread *read, const struct jsonin *object,
    struct ocpi_restrictions *out)
{
	jsonread_integer(
	    read, object, "min_duration", INT32_MAX, &out->min_duration_s);
	if (jsonread_integer(read, object, "max_duration", INT32_MAX,
		&out->max_duration_s) &&
	    out->max_duration_s <= out->min_duration_s) {
		jsonread_fault(read, jsonin_member(object, "max_duration"),
		    "ocpi-never", "is not above min_duration: never true");
	}
}

static void
read_restrictions(struct jsonread *read, const struct jsonin *object,
    struct ocpi_restrictions *out)
{
	const struct jsonin *word;

	jsonread_object(
	    read, object, restriction_keys, COUNT(restriction_keys));
	out->start_minute = read_minute(read, object, "start_time");
	out->end_minute = read_minute(read, object, "end_time");
	if (out->start_minute > 0 && out->start_minute == out->end_minute) {
		jsonread_fault(read, jsonin_member(object, "end_time"),
		    "ocpi-hours", "is start_time: no hours, or all of them?");
	}
	out->start_day = read_day(read, object, "start_date", INT32_MIN);
	out->end_day = read_day(read, object, "end_date", INT32_MAX);
	if (out->start_day >= out->end_day) {
		jsonread_fault(read, jsonin_member(object, "end_date"),
		    "ocpi-never", "is not after start_date: never true");
	}
	out->weekdays = read_weekdays(read, object);
	read_limits(read, object, out);
	read_durations(read, object, out);
	word = jsonread_member(object, "reservation", JSONIN_STRING);
	if (word != NULL) {
		out->reservation = (enum ocpi_reservation)(
		    1 + jsonread_word(
			    read, word, reservations, COUNT(reservations)));
	}
}

/* Elements --------------------------------------------------------------- */

static void
read_component(struct jsonread *read, const struct jsonin *object,
    struct ocpi_element *element)
{
	const struct jsonin *word;
	struct ocpi_component *component;
	int type;

	if (!jsonread_object(
		read, object, component_keys, COUNT(component_keys))) {
		return;
	}
	word = jsonread_member(object, "type", JSONIN_STRING);
	type = word == NULL ? -1
			    : jsonread_word(read, word, ocpi_dimension_words,
				  OCPI_DIMENSIONS);
	if (type == -1) {
		return;
	}
	component = &element->components[type];
	if (component->given) {
		jsonread_fault(read, word, "ocpi-twice",
		    "%s stands twice in one element", word->text);
		return;
	}
	component->given = true;
	jsonread_decimal(read, object, "price", &component->price);
	component->has_vat =
	    jsonread_decimal(read, object, "vat", &component->vat);
	if (component->has_vat && dec_sign(&component->vat) < 0) {
		jsonread_fault(read, jsonin_member(object, "vat"),
		    "json-number", "must not be negative");
	}
	jsonread_integer(
	    read, object, "step_size", OCPI_STEP_MAX, &component->step);
	if (type == OCPI_ENERGY_EXPORT && component->step > 1) {
		jsonread_fault(read, jsonin_member(object, "step_size"),
		    "ocpi-step",
		    "energy that is fed in is never rounded up: 0 or 1");
	}
}

/* A reservation has a fee and a time, nothing else (2.2.1, 11.4.6). */
static void
check_reservation(struct jsonread *read, const struct jsonin *object,
    const struct ocpi_element *element)
{
	if (element->restrictions.reservation == OCPI_NO_RESERVATION) {
		return;
	}
	for (size_t i = 0; i < OCPI_DIMENSIONS; i++) {
		if (element->components[i].given && i != OCPI_FLAT &&
		    i != OCPI_TIME) {
			jsonread_fault(read, object, "ocpi-reservation",
			    "a reservation has FLAT and TIME alone, no %s",
			    ocpi_dimension_words[i]);
		}
	}
}

static void
read_element(struct jsonread *read, const struct jsonin *object,
    struct ocpi_element *element)
{
	const struct jsonin *array, *restrictions;
	size_t index = 0, mark;

	element->line_no = object->line_no;
	element->restrictions.start_minute = -1;
	element->restrictions.end_minute = -1;
	element->restrictions.start_day = INT32_MIN;
	element->restrictions.end_day = INT32_MAX;
	element->restrictions.max_duration_s = INT64_MAX;
	if (!jsonread_object(read, object, element_keys, COUNT(element_keys))) {
		return;
	}
	array = jsonread_member(object, "price_components", JSONIN_ARRAY);
	if (array != NULL && array->first == NULL) {
		jsonread_fault(read, array, "json-missing", "empty");
	}
	mark = jsonread_enter(read, "price_components");
	for (const struct jsonin *item = array == NULL ? NULL : array->first;
	     item != NULL; item = item->next) {
		size_t place = jsonread_enter_item(read, index++);

		read_component(read, item, element);
		jsonread_leave(read, place);
	}
	jsonread_leave(read, mark);
	restrictions = jsonread_member(object, "restrictions", JSONIN_OBJECT);
	if (restrictions != NULL) {
		mark = jsonread_enter(read, "restrictions");
		read_restrictions(read, restrictions, &element->restrictions);
		jsonread_leave(read, mark);
		check_reservation(read, object, element);
	}
}

static void
read_elements(struct jsonread *read, const struct jsonin *object,
    struct ocpi_tariff *tariff)
{
	const struct jsonin *array =
	    jsonread_member(object, "elements", JSONIN_ARRAY);
	size_t count = 0, mark;

	if (array == NULL) {
		return;
	}
	for (const struct jsonin *i = array->first; i != NULL; i = i->next) {
		count++;
	}
	if (count == 0 || count > OCPI_ELEMENTS_MAX) {
		jsonread_fault(read, array, "json-missing",
		    "%zu elements; 1 to %d are possible", count,
		    OCPI_ELEMENTS_MAX);
		return;
	}
	tariff->elements = xcalloc(count, sizeof(*tariff->elements));
	mark = jsonread_enter(read, "elements");
	for (const struct jsonin *i = array->first; i != NULL; i = i->next) {
		size_t place = jsonread_enter_item(read, tariff->element_count);

		read_element(
		    read, i, &tariff->elements[tariff->element_count++]);
		jsonread_leave(read, place);
	}
	jsonread_leave(read, mark);
}

/* Tariffs ---------------------------------------------------------------- */

static void
read_price(struct jsonread *read, const struct jsonin *object, const char *name,
    struct ocpi_price *out)
{
	const struct jsonin *price =
	    jsonread_member(object, name, JSONIN_OBJECT);
	size_t mark;

	if (price == NULL) {
		return;
	}
	mark = jsonread_enter(read, name);
	jsonread_object(read, price, price_keys, COUNT(price_keys));
	out->given = jsonread_decimal(read, price, "excl_vat", &out->excl);
	out->has_incl = jsonread_decimal(read, price, "incl_vat", &out->incl);
	if ((out->given && dec_sign(&out->excl) < 0) ||
	    (out->has_incl && dec_sign(&out->incl) < 0)) {
		jsonread_fault(read, price, "json-number",
		    "a limit of the price must not be negative");
	}
	jsonread_leave(read, mark);
}

/* Texts and the energy mix price nothing; their keys are checked. */
static void
check_information(struct jsonread *read, const struct jsonin *object)
{
	const struct jsonin *value =
	    jsonread_member(object, "tariff_alt_text", JSONIN_ARRAY);
	size_t index = 0, mark;

	mark = jsonread_enter(read, "tariff_alt_text");
	for (const struct jsonin *item = value == NULL ? NULL : value->first;
	     item != NULL; item = item->next) {
		size_t place = jsonread_enter_item(read, index++);

		jsonread_object(read, item, text_keys, COUNT(text_keys));
		jsonread_leave(read, place);
	}
	jsonread_leave(read, mark);
	value = jsonread_member(object, "energy_mix", JSONIN_OBJECT);
	if (value != NULL) {
		mark = jsonread_enter(read, "energy_mix");
		jsonread_object(read, value, mix_keys, COUNT(mix_keys));
		jsonread_leave(read, mark);
	}
	value = jsonread_member(object, "type", JSONIN_STRING);
	if (value != NULL) {
		jsonread_word(read, value, tariff_types, COUNT(tariff_types));
	}
}

static void
read_names(struct jsonread *read, const struct jsonin *object,
    struct ocpi_tariff *tariff)
{
	const struct jsonin *id = jsonread_member(object, "id", JSONIN_STRING);
	const struct jsonin *currency =
	    jsonread_member(object, "currency", JSONIN_STRING);

	if (id != NULL && !text_is_id(id->text, id->length)) {
		jsonread_fault(read, id, "ocpi-id",
		    "letters, digits and . _ : - are an identifier here");
	} else {
		jsonread_copy(
		    read, object, "id", tariff->id, sizeof(tariff->id));
	}
	if (currency == NULL) {
		return;
	}
	jsonread_copy(read, object, "currency", tariff->currency,
	    sizeof(tariff->currency));
	if (currency->length != 3 ||
	    strspn(currency->text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3) {
		jsonread_fault(read, currency, "ocpi-currency",
		    "a currency has three capital letters (ISO 4217)");
	}
}

static void
read_tariff(void *context, const struct jsonin *object)
{
	struct reading *reading = context;
	struct jsonread *read = reading->read;
	struct ocpi_tariffs *out = reading->out;
	struct ocpi_tariff *tariff;
	int64_t updated_utc;

	if (!jsonread_object(read, object, tariff_keys, COUNT(tariff_keys))) {
		return;
	}
	out->list =
	    xreallocarray(out->list, out->count + 1, sizeof(*out->list));
	tariff = &out->list[out->count++];
	*tariff = (struct ocpi_tariff){.start_utc = INT64_MIN,
	    .end_utc = INT64_MAX,
	    .line_no = object->line_no};
	read_names(read, object, tariff);
	read_price(read, object, "min_price", &tariff->min_price);
	read_price(read, object, "max_price", &tariff->max_price);
	jsonread_utc(read, object, "start_date_time", &tariff->start_utc);
	jsonread_utc(read, object, "end_date_time", &tariff->end_utc);
	jsonread_utc(read, object, "last_updated", &updated_utc);
	if (tariff->start_utc >= tariff->end_utc) {
		jsonread_fault(read, jsonin_member(object, "end_date_time"),
		    "ocpi-never", "is not after start_date_time");
	}
	read_elements(read, object, tariff);
	check_information(read, object);
}

/* Whether the first object of a document has any key that a tariff has, but for
 * the id, which nearly everything has. */
static bool
looks_like_tariff(const struct jsonin *root)
{
	const struct jsonin *data = jsonin_member(root, "data");

	data = data == NULL ? root : data;
	if (data->type == JSONIN_ARRAY) {
		data = data->first;
	}
	for (size_t i = 0; data != NULL && i < COUNT(tariff_keys); i++) {
		if (strcmp(tariff_keys[i].name, "id") != 0 &&
		    jsonin_member(data, tariff_keys[i].name) != NULL) {
			return true;
		}
	}
	return data == NULL || data->type != JSONIN_OBJECT;
}

int
ocpi_tariffs_read(struct ocpi_tariffs *out, struct jsonread *read,
    const char *text, size_t length, struct qf_error *err)
{
	struct reading reading = {read, out};
	struct jsonin_doc *doc;

	*out = (struct ocpi_tariffs){.count = 0};
	if (jsonin_load_bytes(&doc, text, length, read->file, err) == -1) {
		return -1;
	}
	if (!looks_like_tariff(jsonin_root(doc))) {
		jsonread_fault(read, jsonin_root(doc), "ocpi-foreign",
		    "no tariff of OCPI, for which it was taken, as it is "
		    "neither a CDR nor an order of T/CEC 102");
		jsonin_free(doc);
		return 0;
	}
	jsonread_documents(read, jsonin_root(doc), read_tariff, &reading);
	if (out->count == 0 && read->fault_count == 0) {
		jsonread_fault(
		    read, jsonin_root(doc), "json-missing", "no tariff in it");
	}
	jsonin_free(doc);
	return 0;
}

int
ocpi_tariffs_load(struct ocpi_tariffs *out, const char *text, size_t length,
    const char *file, struct qf_error *err)
{
	struct jsonread read;
	int rc;

	jsonread_begin(&read, file);
	rc = ocpi_tariffs_read(out, &read, text, length, err);
	if (rc == 0 && read.fault_count > 0) {
		if (err != NULL) {
			*err = read.faults[0];
		}
		rc = -1;
	}
	if (rc == -1) {
		ocpi_tariffs_release(out);
		if (err != NULL && err->status == QF_DATA) {
			err->status = QF_CONFIG;
		}
	}
	jsonread_end(&read);
	return rc;
}

static void
release_element(struct ocpi_element *element)
{
	for (size_t i = 0; i < OCPI_DIMENSIONS; i++) {
		dec_release(&element->components[i].price);
		dec_release(&element->components[i].vat);
	}
	for (size_t i = 0; i < OCPI_LIMITS; i++) {
		dec_release(&element->restrictions.limits[i]);
	}
}

void
ocpi_tariffs_release(struct ocpi_tariffs *tariffs)
{
	for (size_t i = 0; i < tariffs->count; i++) {
		struct ocpi_tariff *tariff = &tariffs->list[i];

		for (size_t k = 0; k < tariff->element_count; k++) {
			release_element(&tariff->elements[k]);
		}
		free(tariff->elements);
		dec_release(&tariff->min_price.excl);
		dec_release(&tariff->min_price.incl);
		dec_release(&tariff->max_price.excl);
		dec_release(&tariff->max_price.incl);
	}
	free(tariffs->list);
	*tariffs = (struct ocpi_tariffs){.count = 0};
}

const struct ocpi_tariff *
ocpi_tariff_at(const struct ocpi_tariffs *tariffs, int64_t utc)
{
	for (size_t i = 0; i < tariffs->count; i++) {
		if (tariffs->list[i].start_utc <= utc &&
		    utc < tariffs->list[i].end_utc) {
			return &tariffs->list[i];
		}
	}
	return NULL;
}

/* In words --------------------------------------------------------------- */

static void
say_hours(struct buf *out, const struct ocpi_restrictions *of)
{
	if (of->start_minute >= 0 || of->end_minute >= 0) {
		int from = of->start_minute < 0 ? 0 : of->start_minute;
		int to = of->end_minute <= 0 ? 1440 : of->end_minute;

		buf_printf(out, " %02d:%02d-%02d:%02d", from / 60, from % 60,
		    to / 60, to % 60);
	}
}

static void
say_days(struct buf *out, const struct ocpi_restrictions *of)
{
	char text[CIVIL_TEXT_MAX];

	if (of->start_day != INT32_MIN) {
		civil_format_day(of->start_day, text);
		buf_printf(out, " from %s", text);
	}
	if (of->end_day != INT32_MAX) {
		civil_format_day(of->end_day, text);
		buf_printf(out, " before %s", text);
	}
	for (unsigned day = 1; day <= 7; day++) {
		if ((of->weekdays & 1U << day) != 0) {
			buf_printf(out, " %.3s", days[day - 1]);
		}
	}
}

void
ocpi_restrictions_text(
    char out[OCPI_RESTRICTIONS_TEXT_MAX], const struct ocpi_restrictions *of)
{
	struct buf text;

	buf_init(&text, OCPI_RESTRICTIONS_TEXT_MAX - 1);
	say_hours(&text, of);
	say_days(&text, of);
	for (size_t i = 0; i < OCPI_LIMITS; i++) {
		if (of->has_limit[i]) {
			char limit[DEC_TEXT_MAX];

			dec_format_trim(&of->limits[i], limit, sizeof(limit));
			buf_printf(&text, " %s=%s", ocpi_limit_words[i], limit);
		}
	}
	if (of->min_duration_s > 0) {
		buf_printf(&text, " min_duration=%llds",
		    (long long)of->min_duration_s);
	}
	if (of->max_duration_s != INT64_MAX) {
		buf_printf(&text, " max_duration=%llds",
		    (long long)of->max_duration_s);
	}
	if (of->reservation != OCPI_NO_RESERVATION) {
		buf_printf(&text, " %s", reservations[of->reservation - 1]);
	}
	memcpy(out, text.length > 0 ? text.bytes + 1 : "",
	    text.length > 0 ? text.length : 1);
	buf_release(&text);
}
