/* cec102.c - charge orders of T/CEC 102, read from their JSON.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/cec102.h"

#include <string.h>

#include "base/text.h"
#include "format/instant.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define STOP_REASON_MAX 4 /* user, platform, BMS, fault, disconnected */

static const struct jsonread_key order_keys[] = {
    {"StartChargeSeq", JSONREAD_STRING, true},
    {"ConnectorID", JSONREAD_STRING, true},
    {"StartTime", JSONREAD_STRING, true},
    {"EndTime", JSONREAD_STRING, true},
    {"TotalPower", JSONREAD_NUMBER, true},
    {"TotalElecMoney", JSONREAD_NUMBER, true},
    {"TotalSeviceMoney", JSONREAD_NUMBER, true},
    {"TotalMoney", JSONREAD_NUMBER, true},
    {"StopReason", JSONREAD_NUMBER, false},
    {"SumPeriod", JSONREAD_NUMBER, false},
    {"ChargeDetails", JSONREAD_ARRAY, true},
};
static const struct jsonread_key detail_keys[] = {
    {"DetailStartTime", JSONREAD_STRING, true},
    {"DetailEndTime", JSONREAD_STRING, true},
    {"ElecPrice", JSONREAD_NUMBER, false},
    {"SevicePrice", JSONREAD_NUMBER, false},
    {"DetailPower", JSONREAD_NUMBER, true},
    {"DetailElecMoney", JSONREAD_NUMBER, true},
    {"DetailSeviceMoney", JSONREAD_NUMBER, true},
};

struct reading {
	struct jsonread *read;
	struct cdrs *out;
	const struct zone *zone;
	struct dec power, elec, service; /* sums of the order's details */
};

static bool
read_time(const struct reading *reading, const struct jsonin *object,
    const char *name, int64_t *utc)
{
	const struct jsonin *value =
	    jsonread_member(object, name, JSONIN_STRING);
	struct qf_error fault;

	if (value == NULL) {
		return false;
	}
	if (instant_parse(value->text, value->length, reading->zone, 0, utc,
		&fault) == -1) {
		jsonread_fault(
		    reading->read, value, fault.code, "%s", fault.text);
		return false;
	}
	return true;
}

/* A number that is not negative; 0 where there is none, which is a fault of
 * its own where it must be there. */
static void
read_amount(struct jsonread *read, const struct jsonin *object,
    const char *name, struct dec *out)
{
	dec_set_int(out, 0, 0);
	if (jsonread_decimal(read, object, name, out) && dec_sign(out) < 0) {
		jsonread_fault(read, jsonin_member(object, name), "json-number",
		    "must not be negative");
	}
}

/* Details ---------------------------------------------------------------- */

static void
read_numbers(struct reading *reading, const struct jsonin *object,
    struct cdr_period *period)
{
	struct jsonread *read = reading->read;
	struct dec *kwh = &period->volumes[CDR_ENERGY_IMPORT];
	struct dec money = {0};

	read_amount(read, object, "ElecPrice", &money);
	read_amount(read, object, "SevicePrice", &money);
	read_amount(read, object, "DetailElecMoney", &money);
	dec_add(&reading->elec, &reading->elec, &money);
	read_amount(read, object, "DetailSeviceMoney", &money);
	dec_add(&reading->service, &reading->service, &money);
	read_amount(read, object, "DetailPower", kwh);
	dec_add(&reading->power, &reading->power, kwh);
	period->given |= 1U << CDR_ENERGY_IMPORT;
	dec_release(&money);
}

/* Each detail after the one before, and all of them inside the order. */
static void
check_detail(struct jsonread *read, const struct jsonin *object,
    const struct cdr *cdr, const struct cdr_period *period)
{
	const char *what = NULL;

	if (period->end_utc <= period->start_utc) {
		what = "ends before it has begun";
	} else if (period->start_utc < cdr->start_utc ||
		   period->end_utc > cdr->end_utc) {
		what = "is not inside StartTime and EndTime";
	} else if (period > cdr->periods &&
		   period->start_utc < period[-1].end_utc) {
		what = "begins before the one before it has ended";
	}
	if (what != NULL) {
		jsonread_fault(
		    read, object, "cec-details", "order %s: %s", cdr->id, what);
	}
}

static void
read_detail(struct reading *reading, const struct jsonin *object,
    struct cdr *cdr, bool timed)
{
	struct cdr_period *period = &cdr->periods[cdr->period_count++];

	if (!jsonread_object(
		reading->read, object, detail_keys, COUNT(detail_keys))) {
		return;
	}
	if (read_time(reading, object, "DetailStartTime", &period->start_utc) &&
	    read_time(reading, object, "DetailEndTime", &period->end_utc) &&
	    timed) {
		check_detail(reading->read, object, cdr, period);
	}
	read_numbers(reading, object, period);
}

static void
read_details(struct reading *reading, const struct jsonin *object,
    struct cdr *cdr, bool timed)
{
	struct jsonread *read = reading->read;
	const struct jsonin *array =
	    jsonread_member(object, "ChargeDetails", JSONIN_ARRAY);
	int64_t stated;
	size_t mark;

	if (array == NULL || cdrs_periods(cdr, read, array) == NULL) {
		return;
	}
	mark = jsonread_enter(read, "ChargeDetails");
	for (const struct jsonin *i = array->first; i != NULL; i = i->next) {
		size_t place = jsonread_enter_item(read, cdr->period_count);

		read_detail(reading, i, cdr, timed);
		jsonread_leave(read, place);
	}
	jsonread_leave(read, mark);
	if (jsonread_integer(read, object, "SumPeriod", INT32_MAX, &stated) &&
	    stated != (int64_t)cdr->period_count) {
		jsonread_fault(read, jsonin_member(object, "SumPeriod"),
		    "cec-details", "order %s: %lld, but there are %zu details",
		    cdr->id, (long long)stated, cdr->period_count);
	}
}

/* Totals ----------------------------------------------------------------- */

/* A total that must be a sum. */
static void
check_total(struct jsonread *read, const struct jsonin *object,
    const struct cdr *cdr, const char *name, const struct dec *stated,
    const struct dec *sum, const char *of)
{
	char sum_text[DEC_TEXT_MAX], stated_text[DEC_TEXT_MAX];

	if (jsonread_member(object, name, JSONIN_NUMBER) == NULL ||
	    dec_cmp(stated, sum) == 0) {
		return;
	}
	dec_format(stated, stated_text, sizeof(stated_text));
	dec_format(sum, sum_text, sizeof(sum_text));
	jsonread_fault(read, jsonin_member(object, name), "cec-total",
	    "order %s: %s, but %s is %s", cdr->id, stated_text, of, sum_text);
}

static void
read_totals(
    struct reading *reading, const struct jsonin *object, struct cdr *cdr)
{
	struct jsonread *read = reading->read;
	struct cdr_claim *total = &cdr->claims[CDR_ITEM_TOTAL];
	struct cdr_claim *energy = &cdr->claims[CDR_ITEM_ENERGY];
	struct cdr_claim *service = &cdr->claims[CDR_ITEM_SERVICE];
	struct dec sum = {0};

	read_amount(read, object, "TotalMoney", &total->incl);
	read_amount(read, object, "TotalElecMoney", &energy->incl);
	read_amount(read, object, "TotalSeviceMoney", &service->incl);
	read_amount(read, object, "TotalPower", &energy->volume);
	total->has_incl = energy->has_incl = service->has_incl = true;
	energy->has_volume = true;
	dec_add(&sum, &energy->incl, &service->incl);
	check_total(read, object, cdr, "TotalMoney", &total->incl, &sum,
	    "TotalElecMoney + TotalSeviceMoney");
	check_total(read, object, cdr, "TotalElecMoney", &energy->incl,
	    &reading->elec, "the sum of DetailElecMoney");
	check_total(read, object, cdr, "TotalSeviceMoney", &service->incl,
	    &reading->service, "the sum of DetailSeviceMoney");
	check_total(read, object, cdr, "TotalPower", &energy->volume,
	    &reading->power, "the sum of DetailPower");
	dec_release(&sum);
}

/* Orders ----------------------------------------------------------------- */

static void
read_fields(
    struct reading *reading, const struct jsonin *object, struct cdr *cdr)
{
	struct jsonread *read = reading->read;
	int64_t reason;
	bool timed;

	jsonread_id(
	    read, object, "StartChargeSeq", "cec-id", cdr->id, sizeof(cdr->id));
	memcpy(cdr->session, cdr->id, sizeof(cdr->session));
	jsonread_id(read, object, "ConnectorID", "cec-id", cdr->connector,
	    sizeof(cdr->connector));
	jsonread_integer(read, object, "StopReason", STOP_REASON_MAX, &reason);
	timed = read_time(reading, object, "StartTime", &cdr->start_utc) &&
		read_time(reading, object, "EndTime", &cdr->end_utc);
	if (timed && cdr->end_utc < cdr->start_utc) {
		jsonread_fault(read, jsonin_member(object, "EndTime"),
		    "cec-details", "order %s: is before StartTime", cdr->id);
		timed = false;
	}
	read_details(reading, object, cdr, timed);
	read_totals(reading, object, cdr);
}

static void
read_order(void *context, const struct jsonin *object)
{
	struct reading *reading = context;
	struct jsonread *read = reading->read;
	struct cdr *cdr = &cdrs_begin_item(reading->out, read, object)->cdr;

	dec_set_int(&reading->power, 0, 0);
	dec_set_int(&reading->elec, 0, 0);
	dec_set_int(&reading->service, 0, 0);
	if (jsonread_object(read, object, order_keys, COUNT(order_keys))) {
		read_fields(reading, object, cdr);
	}
	cdrs_end_item(reading->out, read);
}

int
cec102_read(struct cdrs *out, struct jsonread *read, const struct zone *zone,
    const char *text, size_t length, struct qf_error *err)
{
	struct reading reading = {.read = read, .out = out, .zone = zone};
	struct jsonin_doc *doc;

	*out = (struct cdrs){.count = 0};
	if (jsonin_load_bytes(&doc, text, length, read->file, err) == -1) {
		return -1;
	}
	jsonread_documents(read, jsonin_root(doc), read_order, &reading);
	if (out->count == 0 && read->fault_count == 0) {
		jsonread_fault(
		    read, jsonin_root(doc), "json-missing", "no order in it");
	}
	dec_release(&reading.power);
	dec_release(&reading.elec);
	dec_release(&reading.service);
	jsonin_free(doc);
	return 0;
}

bool
cec102_looks_like(const struct jsonin *root)
{
	if (root->type == JSONIN_ARRAY) {
		root = root->first;
	}
	return root != NULL &&
	       (jsonin_member(root, "StartChargeSeq") != NULL ||
		   jsonin_member(root, "ChargeDetails") != NULL);
}
