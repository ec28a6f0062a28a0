/* linescsv.c - the lines of a run as CSV, one by one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/linescsv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/dec.h"
#include "base/status.h"
#include "format/csvhead.h"
#include "format/csvout.h"

struct linescsv {
	struct csvout *csv;
	struct letter_config config;
	const struct zone *zone;
	int money_scale;
	struct dec number; /* scratch */
};

struct linescsv *
linescsv_new(struct sink sink, const struct letter_config *config,
    const struct zone *zone)
{
	struct linescsv *out = xcalloc(1, sizeof(*out));
	struct csvout_config csv = {.encoding = config->encoding,
	    .spreadsheet = config->spreadsheet,
	    .byte_order_mark =
		config->spreadsheet && config->encoding == TEXT_UTF8};

	out->csv = csvout_new(sink, &csv);
	out->config = *config;
	out->zone = zone;
	return out;
}

void
linescsv_free(struct linescsv *out)
{
	if (out == NULL) {
		return;
	}
	csvout_free(out->csv);
	dec_release(&out->number);
	free(out);
}

/* Header ------------------------------------------------------------------- */

/* A column for a code, and those of its names. */
static void
column_named(
    struct linescsv *out, const char *code, const char *zh, const char *en)
{
	csvout_id(out->csv, code);
	if (out->config.zh) {
		csvout_id(out->csv, zh);
	}
	if (out->config.en) {
		csvout_id(out->csv, en);
	}
}

static void
column_party(struct linescsv *out, const char *party, const char *name)
{
	csvout_id(out->csv, party);
	if (out->config.party_names) {
		csvout_id(out->csv, name);
	}
}

int
linescsv_begin(struct linescsv *out, const struct statement_head *head,
    struct qf_error *err)
{
	static const char *const rest[] = {"channel", "session", "tariff",
	    "tariff_sha256", "quantity", "unit", "price", "exact", "net",
	    "tax_rate", "tax", "gross", "counts_energy"};

	out->money_scale = head->money_scale;
	if (csvhead_write(out->csv, "qf-lines 1", head, err) == -1) {
		return -1;
	}
	csvout_id(out->csv, "line");
	csvout_id(out->csv, "account");
	csvout_id(out->csv, "contract");
	column_named(out, "leg", "leg_zh", "leg_en");
	csvout_id(out->csv, "point");
	column_party(out, "payer", "payer_name");
	column_party(out, "payee", "payee_name");
	csvout_id(out->csv, "role");
	csvout_id(out->csv, "from");
	csvout_id(out->csv, "to");
	csvout_id(out->csv, "delivery_month");
	column_named(out, "subject", "subject_zh", "subject_en");
	column_named(out, "component", "component_zh", "component_en");
	column_named(out, "band", "band_zh", "band_en");
	for (size_t i = 0; i < sizeof(rest) / sizeof(rest[0]); i++) {
		csvout_id(out->csv, rest[i]);
	}
	return csvout_end_row(out->csv, err);
}

/* Cells -------------------------------------------------------------------- */

static void
cell_id(struct linescsv *out, const char *id)
{
	if (id == NULL || id[0] == '\0') {
		csvout_empty(out->csv);
	} else {
		csvout_id(out->csv, id);
	}
}

static void
cell_text(struct linescsv *out, const char *text)
{
	if (text == NULL || text[0] == '\0') {
		csvout_empty(out->csv);
	} else {
		csvout_text(out->csv, text);
	}
}

static void
cell_named(
    struct linescsv *out, const char *code, const struct statement_name *name)
{
	cell_id(out, code);
	if (out->config.zh) {
		cell_text(out, name->zh);
	}
	if (out->config.en) {
		cell_text(out, name->en);
	}
}

static void
cell_party(struct linescsv *out, const char *party, const char *name)
{
	cell_id(out, party);
	if (out->config.party_names) {
		cell_text(out, name);
	}
}

static void
cell_number(struct linescsv *out, const char *text)
{
	if (text == NULL) {
		csvout_empty(out->csv);
		return;
	}
	if (dec_parse_stored(&out->number, text, strlen(text), NULL) == -1) {
		BUG("%s is no decimal", text);
	}
	csvout_dec(out->csv, &out->number);
}

static void
cell_money(struct linescsv *out, bool present, int64_t minor)
{
	if (!present) {
		csvout_empty(out->csv);
		return;
	}
	dec_set_int(&out->number, minor, out->money_scale);
	csvout_dec(out->csv, &out->number);
}

static void
cell_time(struct linescsv *out, int64_t utc)
{
	char text[CIVIL_TEXT_MAX];

	civil_format_offset(utc, zone_offset(out->zone, utc), text);
	csvout_text(out->csv, text);
}

static void
cell_month(struct linescsv *out, int month)
{
	char text[CIVIL_TEXT_MAX];

	civil_format_month(civil_month(month / 100, month % 100), text);
	csvout_text(out->csv, text);
}

/* What the line is of, and over which time. */
static void
write_subject(struct linescsv *out, const struct statement_line *said)
{
	const struct line *line = said->line;

	csvout_int(out->csv, line->line_no);
	cell_text(out, line->account);
	cell_id(out, line->contract);
	cell_named(out, line->leg, &said->leg);
	cell_id(out, line->point);
	cell_party(out, line->payer, said->payer_name);
	cell_party(out, line->payee, said->payee_name);
	cell_id(out, said->role);
	cell_time(out, line->from_utc);
	cell_time(out, line->to_utc);
	cell_month(out, line->month);
	cell_named(out, line->subject, &said->subject);
	cell_named(out, line->component, &said->component);
	cell_named(out, line->band, &said->band);
	cell_id(out, line->channel);
	cell_id(out, line->session);
}

int
linescsv_line(struct linescsv *out, const struct statement_line *said,
    struct qf_error *err)
{
	const struct line *line = said->line;
	const struct statement_rule *tariff = said->tariff;

	write_subject(out, said);
	cell_id(out, tariff == NULL ? NULL : tariff->rule);
	cell_id(out, tariff == NULL ? NULL : tariff->sha256);
	cell_number(out, line->quantity);
	cell_id(out, line->unit);
	cell_number(out, line->price);
	cell_number(out, line->exact);
	cell_money(out, line->has_amount, line->net_minor);
	cell_number(out, line->tax_rate);
	cell_money(out, line->has_amount, line->tax_minor);
	cell_money(out, line->has_amount, line->gross_minor);
	csvout_int(out->csv, line->counts_energy ? 1 : 0);
	return csvout_end_row(out->csv, err);
}

int
linescsv_end(struct linescsv *out, struct qf_error *err)
{
	return csvout_finish(out->csv, err);
}
