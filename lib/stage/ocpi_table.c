/* ocpi_table.c - what a session costs under an OCPI tariff, as a table.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/ocpi_table.h"

#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "settle/ocpi_claims.h"

struct table *
ocpi_table_new(struct sink sink, enum table_form form)
{
	static const struct table_column columns[] = {{"cdr", TABLE_TEXT},
	    {"row", TABLE_TEXT}, {"item", TABLE_TEXT}, {"from", TABLE_TEXT},
	    {"element", TABLE_TEXT}, {"volume", TABLE_NUMBER},
	    {"billed", TABLE_NUMBER}, {"unit", TABLE_TEXT},
	    {"price", TABLE_NUMBER}, {"vat", TABLE_NUMBER},
	    {"excl", TABLE_NUMBER}, {"incl", TABLE_NUMBER},
	    {"claimed", TABLE_NUMBER}, {"claimed_incl", TABLE_NUMBER},
	    {"note", TABLE_TEXT}};

	return table_new(
	    sink, form, columns, sizeof(columns) / sizeof(columns[0]));
}

/* The record's id, or its place in the file where it has none. */
static void
put_name(struct table *table, const struct cdr *cdr)
{
	char name[32];

	if (cdr->id[0] != '\0') {
		table_text(table, cdr->id);
		return;
	}
	snprintf(name, sizeof(name), "%zu", cdr->position + 1);
	table_text(table, name);
}

static void
put_trimmed(struct table *table, const struct dec *value)
{
	struct dec trimmed = {0};

	dec_trim(&trimmed, value);
	table_dec(table, &trimmed);
	dec_release(&trimmed);
}

static void
put_empty(struct table *table, unsigned count)
{
	while (count-- > 0) {
		table_text(table, NULL);
	}
}

static const char *
unit_of(enum ocpi_dimension dimension)
{
	switch (dimension) {
	case OCPI_FLAT:
		return "each";
	case OCPI_TIME:
	case OCPI_PARKING_TIME:
		return "hour";
	default:
		return "kwh";
	}
}

static int
put_line(struct table *table, const struct cdr *cdr,
    const struct ocpi_line *line, struct qf_error *err)
{
	char text[CIVIL_TEXT_MAX];

	put_name(table, cdr);
	table_text(table, "line");
	table_text(
	    table, line->item == CDR_ITEM_RESERVATION
		       ? (line->dimension == OCPI_FLAT ? "RESERVATION FLAT"
						       : "RESERVATION TIME")
		       : ocpi_dimension_words[line->dimension]);
	civil_format_utc(line->from_utc, text);
	table_text(table, text);
	if (line->component == NULL) {
		table_text(table, NULL);
	} else {
		snprintf(text, sizeof(text), "elements[%zu]", line->element);
		table_text(table, text);
	}
	put_trimmed(table, &line->volume);
	put_trimmed(table, &line->billed);
	table_text(table, unit_of(line->dimension));
	if (line->component == NULL) {
		put_empty(table, 6);
		table_text(table, line->dimension == OCPI_ENERGY_EXPORT
				      ? "not priced: no ENERGY_EXPORT"
				      : "free: no element prices it");
		return table_end_row(table, err);
	}
	table_dec(table, &line->component->price);
	if (line->component->has_vat) {
		table_dec(table, &line->component->vat);
	} else {
		table_text(table, NULL);
	}
	put_trimmed(table, &line->excl);
	put_trimmed(table, &line->incl);
	put_empty(table, 2);
	table_text(table, line->component->step > 0 &&
				  dec_cmp(&line->volume, &line->billed) != 0
			      ? "step_size"
			      : NULL);
	return table_end_row(table, err);
}

/* What a limit adds, or takes away. */
static int
put_limit(struct table *table, const struct cdr *cdr,
    const struct ocpi_report *report, struct qf_error *err)
{
	const struct ocpi_sum *total = &report->items[CDR_ITEM_TOTAL];
	const char *name = report->limit_excl != NULL ? report->limit_excl
						      : report->limit_incl;
	struct dec added = {0};

	put_name(table, cdr);
	table_text(table, "limit");
	table_text(table, name);
	put_empty(table, 7);
	dec_sub(&added, &total->excl, &report->before_excl);
	put_trimmed(table, &added);
	dec_sub(&added, &total->incl, &report->before_incl);
	put_trimmed(table, &added);
	put_empty(table, 3);
	dec_release(&added);
	return table_end_row(table, err);
}

static void
put_side(struct table *table, bool has, const struct dec *value)
{
	if (has) {
		table_dec(table, value);
	} else {
		table_text(table, NULL);
	}
}

static int
put_total(struct table *table, const struct cdr *cdr,
    const struct ocpi_claim *check, struct qf_error *err)
{
	char note[OCPI_WHY_MAX + 16];

	put_name(table, cdr);
	table_text(table, "total");
	table_text(table, check->key);
	put_empty(table, 2);
	put_side(table, check->is_volume, &check->ours[0]);
	put_empty(table, 1);
	table_text(table, !check->is_volume                ? NULL
			  : check->item == CDR_ITEM_ENERGY ? "kwh"
							   : "hour");
	put_empty(table, 2);
	put_side(table, !check->is_volume, &check->ours[0]);
	put_side(table, !check->is_volume, &check->ours[1]);
	put_side(table, check->has[0], &check->claimed[0]);
	put_side(table, check->has[1], &check->claimed[1]);
	snprintf(note, sizeof(note), "%s%s",
	    check->differs   ? "differs: the claim "
	    : !check->has[0] ? "not claimed"
			     : "equal",
	    check->why);
	table_text(table, note);
	return table_end_row(table, err);
}

int
ocpi_table_add(struct table *table, const struct ocpi_report *report,
    const struct cdr *cdr, bool *equal, struct qf_error *err)
{
	struct ocpi_claim checks[OCPI_CLAIMS_MAX];
	size_t count;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < report->line_count; i++) {
		rc = put_line(table, cdr, &report->lines[i], err);
	}
	if (rc == 0 &&
	    (report->limit_excl != NULL || report->limit_incl != NULL)) {
		rc = put_limit(table, cdr, report, err);
	}
	count = ocpi_claims(checks, report, cdr);
	for (size_t i = 0; i < count; i++) {
		if (rc == 0) {
			rc = put_total(table, cdr, &checks[i], err);
		}
		*equal = *equal && !checks[i].differs;
	}
	ocpi_claims_release(checks, count);
	return rc;
}
