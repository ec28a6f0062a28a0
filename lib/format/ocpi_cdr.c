/* ocpi_cdr.c - charge detail records of OCPI 2.2.1, read from their JSON.
 *
 * The keys are those of the standard's CDR object and its classes (mod_cdrs).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/ocpi_cdr.h"

#include <string.h>

#include "base/text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* In the order of enum cdr_quantity. */
static const char *const quantities[CDR_QUANTITIES] = {"ENERGY",
    "ENERGY_IMPORT", "ENERGY_EXPORT", "TIME", "PARKING_TIME",
    "RESERVATION_TIME", "MIN_CURRENT", "MAX_CURRENT", "CURRENT", "MIN_POWER",
    "MAX_POWER", "POWER", "STATE_OF_CHARGE"};
static const char *const auth_methods[] = {
    "AUTH_REQUEST", "COMMAND", "WHITELIST"};

static const struct jsonread_key cdr_keys[] = {
    {"country_code", JSONREAD_STRING, false},
    {"party_id", JSONREAD_STRING, false},
    {"id", JSONREAD_STRING, false},
    {"start_date_time", JSONREAD_STRING, true},
    {"end_date_time", JSONREAD_STRING, true},
    {"session_id", JSONREAD_STRING, false},
    {"cdr_token", JSONREAD_OBJECT, false},
    {"auth_method", JSONREAD_STRING, false},
    {"authorization_reference", JSONREAD_STRING, false},
    {"cdr_location", JSONREAD_OBJECT, false},
    {"meter_id", JSONREAD_STRING, false},
    {"currency", JSONREAD_STRING, true},
    {"tariffs", JSONREAD_ARRAY, false},
    {"charging_periods", JSONREAD_ARRAY, true},
    {"signed_data", JSONREAD_OBJECT, false},
    {"total_cost", JSONREAD_OBJECT, false},
    {"total_fixed_cost", JSONREAD_OBJECT, false},
    {"total_energy", JSONREAD_NUMBER, false},
    {"total_energy_cost", JSONREAD_OBJECT, false},
    {"total_time", JSONREAD_NUMBER, false},
    {"total_time_cost", JSONREAD_OBJECT, false},
    {"total_parking_time", JSONREAD_NUMBER, false},
    {"total_parking_cost", JSONREAD_OBJECT, false},
    {"total_reservation_cost", JSONREAD_OBJECT, false},
    {"remark", JSONREAD_STRING, false},
    {"invoice_reference_id", JSONREAD_STRING, false},
    {"credit", JSONREAD_BOOLEAN, false},
    {"credit_reference_id", JSONREAD_STRING, false},
    {"home_charging_compensation", JSONREAD_BOOLEAN, false},
    {"last_updated", JSONREAD_STRING, false},
};
static const struct jsonread_key price_keys[] = {
    {"excl_vat", JSONREAD_NUMBER, true}, {"incl_vat", JSONREAD_NUMBER, false}};
static const struct jsonread_key period_keys[] = {
    {"start_date_time", JSONREAD_STRING, true},
    {"dimensions", JSONREAD_ARRAY, true},
    {"tariff_id", JSONREAD_STRING, false}};
static const struct jsonread_key dimension_keys[] = {
    {"type", JSONREAD_STRING, true}, {"volume", JSONREAD_NUMBER, true}};
static const struct jsonread_key token_keys[] = {
    {"country_code", JSONREAD_STRING, false},
    {"party_id", JSONREAD_STRING, false}, {"uid", JSONREAD_STRING, false},
    {"type", JSONREAD_STRING, false}, {"contract_id", JSONREAD_STRING, false}};
static const struct jsonread_key location_keys[] = {
    {"id", JSONREAD_STRING, false}, {"name", JSONREAD_STRING, false},
    {"address", JSONREAD_STRING, false}, {"city", JSONREAD_STRING, false},
    {"postal_code", JSONREAD_STRING, false}, {"state", JSONREAD_STRING, false},
    {"country", JSONREAD_STRING, false},
    {"coordinates", JSONREAD_OBJECT, false},
    {"evse_uid", JSONREAD_STRING, false}, {"evse_id", JSONREAD_STRING, false},
    {"connector_id", JSONREAD_STRING, false},
    {"connector_standard", JSONREAD_STRING, false},
    {"connector_format", JSONREAD_STRING, false},
    {"connector_power_type", JSONREAD_STRING, false},
    {"time_zone", JSONREAD_STRING, false}};
static const struct jsonread_key signed_keys[] = {
    {"encoding_method", JSONREAD_STRING, true},
    {"encoding_method_version", JSONREAD_NUMBER, false},
    {"public_key", JSONREAD_STRING, false},
    {"signed_values", JSONREAD_ARRAY, true}, {"url", JSONREAD_STRING, false}};

struct reading {
	struct jsonread *read;
	struct cdrs *out;
};

/* Periods ---------------------------------------------------------------- */

static void
read_dimension(struct jsonread *read, const struct jsonin *object,
    struct cdr_period *period, bool credit)
{
	const struct jsonin *word;
	int quantity;

	if (!jsonread_object(
		read, object, dimension_keys, COUNT(dimension_keys))) {
		return;
	}
	word = jsonread_member(object, "type", JSONIN_STRING);
	quantity = word == NULL
		       ? -1
		       : jsonread_word(read, word, quantities, CDR_QUANTITIES);
	if (quantity == -1) {
		return;
	}
	if ((period->given & 1U << quantity) != 0) {
		jsonread_fault(read, word, "ocpi-twice",
		    "%s stands twice in one period", word->text);
		return;
	}
	if (!jsonread_decimal(
		read, object, "volume", &period->volumes[quantity])) {
		return;
	}
	period->given |= 1U << quantity;
	if (!credit && dec_sign(&period->volumes[quantity]) < 0 &&
	    (quantity == CDR_TIME || quantity == CDR_PARKING_TIME ||
		quantity == CDR_RESERVATION_TIME)) {
		jsonread_fault(read, jsonin_member(object, "volume"),
		    "json-number", "a time must not be negative");
	}
}

static void
read_period(struct jsonread *read, const struct jsonin *object,
    struct cdr_period *period, bool credit)
{
	const struct jsonin *array;
	struct dec import = {0}, export = {0};
	size_t index = 0, mark;

	if (!jsonread_object(read, object, period_keys, COUNT(period_keys))) {
		return;
	}
	period->start_utc = INT64_MIN;
	jsonread_utc(read, object, "start_date_time", &period->start_utc);
	jsonread_copy(
	    read, object, "tariff_id", period->tariff, sizeof(period->tariff));
	array = jsonread_member(object, "dimensions", JSONIN_ARRAY);
	mark = jsonread_enter(read, "dimensions");
	for (const struct jsonin *i = array == NULL ? NULL : array->first;
	     i != NULL; i = i->next) {
		size_t place = jsonread_enter_item(read, index++);

		read_dimension(read, i, period, credit);
		jsonread_leave(read, place);
	}
	jsonread_leave(read, mark);
	if (!credit && !cdr_period_energy(period, &import, &export)) {
		jsonread_fault(read, object, "ocpi-energy",
		    "ENERGY, ENERGY_IMPORT and ENERGY_EXPORT contradict "
		    "each other");
	}
	dec_release(&import);
	dec_release(&export);
}

/* Periods must follow each other inside the session. */
static void
check_period(struct jsonread *read, const struct jsonin *object,
    const struct cdr *cdr, size_t number)
{
	const struct cdr_period *period = &cdr->periods[number];

	if (period->start_utc == INT64_MIN) {
		return;
	}
	if (number > 0 && period->start_utc <= period[-1].start_utc) {
		jsonread_fault(read, object, "cdr-periods",
		    "does not start after the period before it");
	} else if (period->start_utc < cdr->start_utc ||
		   period->start_utc > cdr->end_utc) {
		jsonread_fault(
		    read, object, "cdr-periods", "starts outside the session");
	}
}

static void
read_periods(
    struct jsonread *read, const struct jsonin *object, struct cdr *cdr)
{
	const struct jsonin *array =
	    jsonread_member(object, "charging_periods", JSONIN_ARRAY);
	size_t mark;

	if (array == NULL || cdrs_periods(cdr, read, array) == NULL) {
		return;
	}
	mark = jsonread_enter(read, "charging_periods");
	for (const struct jsonin *i = array->first; i != NULL; i = i->next) {
		size_t number = cdr->period_count++;
		size_t place = jsonread_enter_item(read, number);

		read_period(read, i, &cdr->periods[number], cdr->credit);
		check_period(read, i, cdr, number);
		cdr->periods[number].end_utc = cdr->end_utc;
		if (number > 0) {
			cdr->periods[number - 1].end_utc =
			    cdr->periods[number].start_utc;
		}
		jsonread_leave(read, place);
	}
	jsonread_leave(read, mark);
}

/* Claims ----------------------------------------------------------------- */

static void
read_claims(struct jsonread *read, const struct jsonin *object, struct cdr *cdr)
{
	for (size_t i = 0; i < CDR_TOTALS; i++) {
		struct cdr_claim *claim = &cdr->claims[cdr_totals[i].item];
		const struct jsonin *price;
		size_t mark;

		if (cdr_totals[i].is_volume) {
			claim->has_volume = jsonread_decimal(
			    read, object, cdr_totals[i].key, &claim->volume);
			continue;
		}
		price =
		    jsonread_member(object, cdr_totals[i].key, JSONIN_OBJECT);
		if (price == NULL) {
			continue;
		}
		mark = jsonread_enter(read, cdr_totals[i].key);
		jsonread_object(read, price, price_keys, COUNT(price_keys));
		claim->has_excl =
		    jsonread_decimal(read, price, "excl_vat", &claim->excl);
		claim->has_incl =
		    jsonread_decimal(read, price, "incl_vat", &claim->incl);
		jsonread_leave(read, mark);
	}
}

/* Names ------------------------------------------------------------------ */

static void
read_place(struct jsonread *read, const struct jsonin *object, struct cdr *cdr)
{
	const struct jsonin *location =
	    jsonread_member(object, "cdr_location", JSONIN_OBJECT);
	const struct jsonin *token =
	    jsonread_member(object, "cdr_token", JSONIN_OBJECT);
	size_t mark;

	if (location != NULL) {
		mark = jsonread_enter(read, "cdr_location");
		jsonread_object(
		    read, location, location_keys, COUNT(location_keys));
		jsonread_copy(
		    read, location, "time_zone", cdr->zone, sizeof(cdr->zone));
		jsonread_copy(read, location, "id", cdr->location, ID_MAX + 1);
		jsonread_copy(
		    read, location, "evse_uid", cdr->evse_uid, ID_MAX + 1);
		jsonread_copy(read, location, "evse_id", cdr->evse, ID_MAX + 1);
		jsonread_copy(
		    read, location, "connector_id", cdr->connector, ID_MAX + 1);
		jsonread_leave(read, mark);
	}
	if (token != NULL) {
		mark = jsonread_enter(read, "cdr_token");
		jsonread_object(read, token, token_keys, COUNT(token_keys));
		jsonread_copy(read, token, "uid", cdr->token, ID_MAX + 1);
		jsonread_copy(read, token, "contract_id", cdr->token_contract,
		    ID_MAX + 1);
		jsonread_leave(read, mark);
	}
}

/* What prices nothing: the type and the keys of it. */
static void
check_information(struct jsonread *read, const struct jsonin *object)
{
	const struct jsonin *value =
	    jsonread_member(object, "auth_method", JSONIN_STRING);
	int64_t updated_utc;
	size_t mark;

	if (value != NULL) {
		jsonread_word(read, value, auth_methods, COUNT(auth_methods));
	}
	value = jsonread_member(object, "signed_data", JSONIN_OBJECT);
	if (value != NULL) {
		mark = jsonread_enter(read, "signed_data");
		jsonread_object(read, value, signed_keys, COUNT(signed_keys));
		jsonread_leave(read, mark);
	}
	jsonread_utc(read, object, "last_updated", &updated_utc);
}

static void
read_credit(struct jsonread *read, const struct jsonin *object, struct cdr *cdr)
{
	cdr->credit = jsonread_true(object, "credit");
	jsonread_id(read, object, "credit_reference_id", "ocpi-id",
	    cdr->credit_of, sizeof(cdr->credit_of));
	if (cdr->credit && cdr->credit_of[0] == '\0') {
		jsonread_fault(read, jsonin_member(object, "credit"),
		    "ocpi-credit",
		    "a credit needs credit_reference_id: what it takes back");
	}
}

static void
read_times(struct jsonread *read, const struct jsonin *object, struct cdr *cdr)
{
	cdr->start_utc = INT64_MIN;
	cdr->end_utc = INT64_MAX;
	if (jsonread_utc(read, object, "start_date_time", &cdr->start_utc) &&
	    jsonread_utc(read, object, "end_date_time", &cdr->end_utc) &&
	    cdr->end_utc < cdr->start_utc) {
		jsonread_fault(read, jsonin_member(object, "end_date_time"),
		    "json-time", "is before start_date_time");
	}
}

static void
read_cdr(void *context, const struct jsonin *object)
{
	struct reading *reading = context;
	struct jsonread *read = reading->read;
	struct cdr *cdr = &cdrs_begin_item(reading->out, read, object)->cdr;

	if (jsonread_object(read, object, cdr_keys, COUNT(cdr_keys))) {
		jsonread_id(
		    read, object, "id", "ocpi-id", cdr->id, sizeof(cdr->id));
		jsonread_id(read, object, "session_id", "ocpi-id", cdr->session,
		    sizeof(cdr->session));
		jsonread_copy(read, object, "currency", cdr->currency,
		    sizeof(cdr->currency));
		read_credit(read, object, cdr);
		read_times(read, object, cdr);
		read_place(read, object, cdr);
		read_periods(read, object, cdr);
		read_claims(read, object, cdr);
		check_information(read, object);
	}
	cdrs_end_item(reading->out, read);
}

int
ocpi_cdrs_read(struct cdrs *out, struct jsonread *read, const char *text,
    size_t length, struct qf_error *err)
{
	struct reading reading = {read, out};
	struct jsonin_doc *doc;

	*out = (struct cdrs){.count = 0};
	if (jsonin_load_bytes(&doc, text, length, read->file, err) == -1) {
		return -1;
	}
	jsonread_documents(read, jsonin_root(doc), read_cdr, &reading);
	if (out->count == 0 && read->fault_count == 0) {
		jsonread_fault(
		    read, jsonin_root(doc), "json-missing", "no record in it");
	}
	jsonin_free(doc);
	return 0;
}

bool
ocpi_cdr_looks_like(const struct jsonin *root)
{
	const struct jsonin *data = jsonin_member(root, "data");

	data = data == NULL ? root : data;
	if (data->type == JSONIN_ARRAY) {
		data = data->first;
	}
	return data != NULL && jsonin_member(data, "elements") == NULL &&
	       (jsonin_member(data, "charging_periods") != NULL ||
		   jsonin_member(data, "cdr_location") != NULL ||
		   jsonin_member(data, "total_cost") != NULL);
}
