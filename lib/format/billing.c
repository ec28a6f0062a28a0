/* billing.c - statements for a billing system: CSV and JSON lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/billing.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "base/status.h"
#include "format/csvhead.h"
#include "format/csvout.h"
#include "format/jsonout.h"

/* A row's fields, in the order of the columns. */
enum field {
	F_RECORD,
	F_KEY,
	F_VERSION,
	F_ACCOUNT,
	F_CONTRACT,
	F_LEG,
	F_PAYER,
	F_PAYEE,
	F_ROLE,
	F_DELIVERY_MONTH,
	F_BOOKING_MONTH,
	F_SUBJECT,
	F_COMPONENT,
	F_BAND,
	F_CHANNEL,
	F_QUANTITY,
	F_UNIT,
	F_PRICE,
	F_NET,
	F_TAX,
	F_GROSS,
	F_PREVIOUS,
	F_DIFFERENCE_QUANTITY,
	F_DIFFERENCE_NET,
	F_DIFFERENCE_TAX,
	F_DIFFERENCE,
	F_REASON,
	FIELDS
};

static const char *const field_names[FIELDS] = {
    [F_RECORD] = "record",
    [F_KEY] = "key",
    [F_VERSION] = "version",
    [F_ACCOUNT] = "account",
    [F_CONTRACT] = "contract",
    [F_LEG] = "leg",
    [F_PAYER] = "payer",
    [F_PAYEE] = "payee",
    [F_ROLE] = "role",
    [F_DELIVERY_MONTH] = "delivery_month",
    [F_BOOKING_MONTH] = "booking_month",
    [F_SUBJECT] = "subject",
    [F_COMPONENT] = "component",
    [F_BAND] = "band",
    [F_CHANNEL] = "channel",
    [F_QUANTITY] = "quantity",
    [F_UNIT] = "unit",
    [F_PRICE] = "price",
    [F_NET] = "net",
    [F_TAX] = "tax",
    [F_GROSS] = "gross",
    [F_PREVIOUS] = "previously_posted",
    [F_DIFFERENCE_QUANTITY] = "difference_quantity",
    [F_DIFFERENCE_NET] = "difference_net",
    [F_DIFFERENCE_TAX] = "difference_tax",
    [F_DIFFERENCE] = "difference",
    [F_REASON] = "reason",
};

/* The names of columns that stand behind a code's: in Chinese, in English, and
 * of a party. */
static const struct {
	const char *zh, *en, *name;
} beside[FIELDS] = {
    [F_LEG] = {"leg_zh", "leg_en", NULL},
    [F_SUBJECT] = {"subject_zh", "subject_en", NULL},
    [F_COMPONENT] = {"component_zh", "component_en", NULL},
    [F_BAND] = {"band_zh", "band_en", NULL},
    [F_PAYER] = {NULL, NULL, "payer_name"},
    [F_PAYEE] = {NULL, NULL, "payee_name"},
};

/* What a field can hold. */
struct value {
	enum { NOTHING, ID, TEXT, NUMBER, COUNT, MONEY } is;
	const char *text; /* of ID, TEXT and NUMBER */
	int64_t integer; /* of COUNT, and of MONEY in minor units */
};

struct record {
	struct value values[FIELDS];
	char delivery[MONTH_TEXT_SIZE],
	    booking[MONTH_TEXT_SIZE]; /* months, 2025-02 */
	const struct statement_name *names[FIELDS]; /* beside a code */
	const char *party_names[FIELDS];
};

struct billing {
	struct letter letter; /* first: letters are billings */
	struct letter_config config;
	const struct statement_head *head;
	struct csvout *csv; /* either */
	struct jsonout *json; /* or */
	struct record record;
	struct dec number; /* scratch */
};

static void
set(struct record *record, enum field field, int is, const char *text)
{
	if (text != NULL && text[0] != '\0') {
		record->values[field].is = is;
		record->values[field].text = text;
	}
}

static void
set_integer(struct record *record, enum field field, int is, int64_t value)
{
	record->values[field].is = is;
	record->values[field].integer = value;
}

/* 202502 as 2025-02. */
static void
set_month(struct record *record, enum field field, char text[MONTH_TEXT_SIZE],
    int month)
{
	if (month != 0) {
		transfer_month_text(text, month);
		set(record, field, TEXT, text);
	}
}

/* Fills in ---------------------------------------------------------------- */

static void
fill_key(struct record *record, const struct statement_row *row)
{
	const struct transfer *transfer = row->transfer;
	const struct transfer_key *key = &transfer->key;

	set(record, F_RECORD, ID, "row");
	set(record, F_KEY, TEXT, row->key);
	set_integer(record, F_VERSION, COUNT, transfer->version);
	set(record, F_ACCOUNT, TEXT, transfer->account);
	set(record, F_CONTRACT, ID, key->contract);
	set(record, F_LEG, ID, key->leg);
	set(record, F_PAYER, ID, key->payer);
	set(record, F_PAYEE, ID, key->payee);
	set(record, F_ROLE, ID, row->role);
	set_month(record, F_DELIVERY_MONTH, record->delivery, key->month);
	set_month(
	    record, F_BOOKING_MONTH, record->booking, transfer->booking_month);
	set(record, F_SUBJECT, ID, key->subject);
	set(record, F_COMPONENT, ID, key->component);
	set(record, F_BAND, ID, key->band);
	set(record, F_CHANNEL, ID, key->channel);
	record->names[F_LEG] = &row->leg;
	record->names[F_SUBJECT] = &row->subject;
	record->names[F_COMPONENT] = &row->component;
	record->names[F_BAND] = &row->band;
	record->party_names[F_PAYER] = row->payer_name;
	record->party_names[F_PAYEE] = row->payee_name;
}

static int
fill_row(struct record *record, const struct statement_row *row,
    struct qf_error *err)
{
	const struct transfer *transfer = row->transfer;
	const struct transfer_sums *total = &transfer->total;
	const struct transfer_sums *change = &transfer->change;
	int64_t previous;

	memset(record, 0, sizeof(*record));
	fill_key(record, row);
	set(record, F_QUANTITY, NUMBER, total->quantity);
	set(record, F_UNIT, ID, transfer->unit);
	set(record, F_PRICE, NUMBER, transfer->price);
	set_integer(record, F_NET, MONEY, total->net_minor);
	set_integer(record, F_TAX, MONEY, total->tax_minor);
	set_integer(record, F_GROSS, MONEY, total->gross_minor);
	if (__builtin_sub_overflow(
		total->gross_minor, change->gross_minor, &previous)) {
		return qf_fail(err, QF_DATA, "totals-range",
		    "%s: what was posted does not fit 64 bits", row->key);
	}
	set_integer(record, F_PREVIOUS, MONEY, previous);
	set(record, F_DIFFERENCE_QUANTITY, NUMBER, change->quantity);
	set_integer(record, F_DIFFERENCE_NET, MONEY, change->net_minor);
	set_integer(record, F_DIFFERENCE_TAX, MONEY, change->tax_minor);
	set_integer(record, F_DIFFERENCE, MONEY, change->gross_minor);
	set(record, F_REASON, ID, transfer->reason);
	return 0;
}

static void
fill_energy(struct record *record, const struct statement_energy *energy,
    char kwh[DEC_TEXT_MAX], char difference[DEC_TEXT_MAX])
{
	memset(record, 0, sizeof(*record));
	dec_format_trim(&energy->kwh, kwh, DEC_TEXT_MAX);
	dec_format_trim(&energy->difference_kwh, difference, DEC_TEXT_MAX);
	set(record, F_RECORD, ID, "energy");
	set(record, F_ROLE, ID, energy->role);
	set(record, F_CHANNEL, ID, energy->channel);
	set(record, F_QUANTITY, NUMBER, kwh);
	set(record, F_UNIT, ID, "kwh");
	set(record, F_DIFFERENCE_QUANTITY, NUMBER, difference);
}

static void
fill_money(struct record *record, const struct statement_money *money)
{
	memset(record, 0, sizeof(*record));
	set(record, F_RECORD, ID, "money");
	set(record, F_ROLE, ID, money->role);
	set(record, F_SUBJECT, ID, money->subject);
	record->names[F_SUBJECT] = &money->name;
	set_integer(record, F_NET, MONEY, money->net_minor);
	set_integer(record, F_TAX, MONEY, money->tax_minor);
	set_integer(record, F_GROSS, MONEY, money->gross_minor);
	set_integer(
	    record, F_DIFFERENCE_NET, MONEY, money->difference_net_minor);
	set_integer(
	    record, F_DIFFERENCE_TAX, MONEY, money->difference_tax_minor);
	set_integer(record, F_DIFFERENCE, MONEY, money->difference_gross_minor);
}

static void
fill_count(struct record *record, int64_t rows)
{
	memset(record, 0, sizeof(*record));
	set(record, F_RECORD, ID, "count");
	set_integer(record, F_QUANTITY, COUNT, rows);
	set(record, F_UNIT, ID, "rows");
}

/* CSV ---------------------------------------------------------------------- */

/* The value of a decimal text; what is no decimal is our own mistake. */
static const struct dec *
number(struct billing *billing, const char *text)
{
	size_t length = strlen(text);
	int64_t mantissa;
	int scale;

	if (dec_parse_small(text, length, &mantissa, &scale)) {
		dec_set_int(&billing->number, mantissa, scale);
	} else if (dec_parse_stored(&billing->number, text, length, NULL) ==
		   -1) {
		BUG("%s is no decimal", text);
	}
	return &billing->number;
}

static void
csv_cell(struct billing *billing, const struct value *value)
{
	switch (value->is) {
	case NOTHING:
		csvout_empty(billing->csv);
		break;
	case ID:
		csvout_id(billing->csv, value->text);
		break;
	case TEXT:
		csvout_text(billing->csv, value->text);
		break;
	case NUMBER:
		csvout_dec(billing->csv, number(billing, value->text));
		break;
	case COUNT:
		csvout_int(billing->csv, value->integer);
		break;
	case MONEY:
		dec_set_int(&billing->number, value->integer,
		    billing->head->money_scale);
		csvout_dec(billing->csv, &billing->number);
		break;
	}
}

static void
csv_text(struct billing *billing, const char *text)
{
	if (text == NULL || text[0] == '\0') {
		csvout_empty(billing->csv);
	} else {
		csvout_text(billing->csv, text);
	}
}

static int
csv_record(struct billing *billing, struct qf_error *err)
{
	const struct record *record = &billing->record;

	for (int i = 0; i < FIELDS; i++) {
		const struct statement_name *name = record->names[i];

		csv_cell(billing, &record->values[i]);
		if (beside[i].zh != NULL && billing->config.zh) {
			csv_text(billing, name == NULL ? NULL : name->zh);
		}
		if (beside[i].en != NULL && billing->config.en) {
			csv_text(billing, name == NULL ? NULL : name->en);
		}
		if (beside[i].name != NULL && billing->config.party_names) {
			csv_text(billing, record->party_names[i]);
		}
	}
	return csvout_end_row(billing->csv, err);
}

static int
csv_begin(struct letter *letter, const struct statement_head *head,
    struct qf_error *err)
{
	struct billing *billing = (struct billing *)letter;

	billing->head = head;
	if (csvhead_write(billing->csv, "qf-billing 1", head, err) == -1) {
		return -1;
	}
	for (int i = 0; i < FIELDS; i++) {
		csvout_id(billing->csv, field_names[i]);
		if (beside[i].zh != NULL && billing->config.zh) {
			csvout_id(billing->csv, beside[i].zh);
		}
		if (beside[i].en != NULL && billing->config.en) {
			csvout_id(billing->csv, beside[i].en);
		}
		if (beside[i].name != NULL && billing->config.party_names) {
			csvout_id(billing->csv, beside[i].name);
		}
	}
	return csvout_end_row(billing->csv, err);
}

/* JSON lines ------------------------------------------------------------ */

static void
json_value(struct billing *billing, const struct value *value)
{
	switch (value->is) {
	case NOTHING:
		jsonout_null(billing->json);
		break;
	case ID:
	case TEXT:
		jsonout_string(billing->json, value->text);
		break;
	case NUMBER:
		jsonout_dec_string(billing->json, number(billing, value->text));
		break;
	case COUNT:
		jsonout_int(billing->json, value->integer);
		break;
	case MONEY:
		dec_set_int(&billing->number, value->integer,
		    billing->head->money_scale);
		jsonout_dec_string(billing->json, &billing->number);
		break;
	}
}

/* A name beside a code, where it has one. */
static void
json_text(struct billing *billing, const char *name, const char *text)
{
	if (text != NULL && text[0] != '\0') {
		jsonout_name(billing->json, name);
		jsonout_string(billing->json, text);
	}
}

static int
json_record(struct billing *billing, struct qf_error *err)
{
	const struct record *record = &billing->record;

	jsonout_begin_object(billing->json);
	for (int i = 0; i < FIELDS; i++) {
		const struct statement_name *name = record->names[i];

		if (record->values[i].is != NOTHING) {
			jsonout_name(billing->json, field_names[i]);
			json_value(billing, &record->values[i]);
		}
		if (name != NULL && billing->config.zh) {
			json_text(billing, beside[i].zh, name->zh);
		}
		if (name != NULL && billing->config.en) {
			json_text(billing, beside[i].en, name->en);
		}
		if (billing->config.party_names && beside[i].name != NULL) {
			json_text(
			    billing, beside[i].name, record->party_names[i]);
		}
	}
	jsonout_end_object(billing->json);
	return jsonout_end_line(billing->json, err);
}

static void
json_say(struct billing *billing, const char *name, const char *value)
{
	jsonout_name(billing->json, name);
	jsonout_string(billing->json, value == NULL ? "" : value);
}

static int
json_begin(struct letter *letter, const struct statement_head *head,
    struct qf_error *err)
{
	struct billing *billing = (struct billing *)letter;

	billing->head = head;
	jsonout_begin_object(billing->json);
	json_say(billing, "record", "head");
	json_say(billing, "format", "qf-billing 1");
	json_say(billing, "sender", head->sender);
	json_say(billing, "receiver", head->receiver);
	if (head->party != NULL) {
		json_say(billing, "party", head->party);
	}
	json_say(billing, "market", head->market);
	json_say(billing, "zone", head->zone);
	json_say(billing, "currency", head->currency);
	jsonout_name(billing->json, "sequence");
	jsonout_int(billing->json, head->sequence);
	json_say(billing, "period", head->period);
	json_say(billing, "content", head->is_full ? "full" : "delta");
	json_say(billing, "state", head->state);
	json_say(billing, "sources_sha256", head->sources_sha256);
	jsonout_name(billing->json, "rules");
	jsonout_begin_array(billing->json);
	for (size_t i = 0; i < head->rule_count; i++) {
		jsonout_begin_object(billing->json);
		json_say(billing, "kind", head->rules[i].kind);
		json_say(billing, "rule", head->rules[i].rule);
		json_say(billing, "sha256", head->rules[i].sha256);
		jsonout_end_object(billing->json);
	}
	jsonout_end_array(billing->json);
	jsonout_end_object(billing->json);
	return jsonout_end_line(billing->json, err);
}

/* Both ------------------------------------------------------------------ */

static int
write_record(struct billing *billing, struct qf_error *err)
{
	return billing->csv != NULL ? csv_record(billing, err)
				    : json_record(billing, err);
}

static int
write_row(struct letter *letter, const struct statement_row *row,
    struct qf_error *err)
{
	struct billing *billing = (struct billing *)letter;

	if (fill_row(&billing->record, row, err) == -1) {
		return -1;
	}
	return write_record(billing, err);
}

static int
write_totals(struct letter *letter, const struct statement_totals *totals,
    struct qf_error *err)
{
	struct billing *billing = (struct billing *)letter;
	char kwh[DEC_TEXT_MAX], difference[DEC_TEXT_MAX];

	for (size_t i = 0; i < totals->energy_count; i++) {
		fill_energy(
		    &billing->record, &totals->energy[i], kwh, difference);
		if (write_record(billing, err) == -1) {
			return -1;
		}
	}
	for (size_t i = 0; i < totals->money_count; i++) {
		fill_money(&billing->record, &totals->money[i]);
		if (write_record(billing, err) == -1) {
			return -1;
		}
	}
	fill_count(&billing->record, totals->rows);
	if (write_record(billing, err) == -1) {
		return -1;
	}
	return billing->csv != NULL ? csvout_finish(billing->csv, err)
				    : jsonout_finish(billing->json, err);
}

static void
release(struct letter *letter)
{
	struct billing *billing = (struct billing *)letter;

	csvout_free(billing->csv);
	jsonout_free(billing->json);
	dec_release(&billing->number);
	free(billing);
}

static struct billing *
billing_new(const struct letter_config *config)
{
	struct billing *billing = xcalloc(1, sizeof(*billing));

	billing->config = *config;
	billing->letter.row = write_row;
	billing->letter.end = write_totals;
	billing->letter.release = release;
	return billing;
}

struct letter *
billing_csv(struct sink sink, const struct letter_config *config)
{
	struct billing *billing = billing_new(config);
	struct csvout_config csv = {.encoding = config->encoding,
	    .spreadsheet = config->spreadsheet,
	    .byte_order_mark =
		config->spreadsheet && config->encoding == TEXT_UTF8};

	billing->csv = csvout_new(sink, &csv);
	billing->letter.begin = csv_begin;
	return &billing->letter;
}

struct letter *
billing_jsonl(struct sink sink, const struct letter_config *config)
{
	struct billing *billing = billing_new(config);

	billing->json = jsonout_new(sink);
	billing->letter.begin = json_begin;
	return &billing->letter;
}
