/* compare.c - printed prices against the ones that a tariff composes.
 *
 * A band's printed row is left out of the table, and its price asked for, for
 * a contract such as the row is for: if there is one all the same, it is
 * composed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/tariff/compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"

struct comparison {
	const struct tariff *tariff;
	const struct tariff_version *version;
	const struct charge *charge;
	const struct price_rows *rows;
	struct table *table;
	size_t differences;
};

struct table *
tariff_compare_table(struct sink sink, enum table_form form)
{
	static const struct table_column columns[] = {{"tariff", TABLE_TEXT},
	    {"from", TABLE_TEXT}, {"charge", TABLE_TEXT}, {"month", TABLE_TEXT},
	    {"band", TABLE_TEXT}, {"printed", TABLE_NUMBER},
	    {"composed", TABLE_NUMBER}, {"difference", TABLE_NUMBER}};

	return table_new(
	    sink, form, columns, sizeof(columns) / sizeof(columns[0]));
}

/* Whether a charge that says this word, or leaves it open, takes such rows. */
static bool
takes(const char *said, const char *of_row)
{
	return said[0] == '\0' || strcmp(said, of_row) == 0;
}

/* Whether a row is the printed price of the band for the charge. */
static bool
is_printed(const struct table_price *row, const struct charge *charge,
    const char *band)
{
	return strcmp(row->item, band) == 0 &&
	       takes(charge->user_class, row->user_class) &&
	       takes(charge->type, row->type) &&
	       takes(charge->voltage, row->voltage);
}

static int
report(struct comparison *c, unsigned band, const struct dec *printed,
    const struct dec *composed, struct qf_error *err)
{
	struct dec difference = {0};
	char from[CIVIL_TEXT_MAX], month[16];
	int rc;

	civil_format_day(c->version->from_day, from);
	snprintf(month, sizeof(month), "%04d-%02d", c->rows->month / 100,
	    c->rows->month % 100);
	dec_sub(&difference, printed, composed);
	table_text(c->table, c->tariff->id);
	table_text(c->table, from);
	table_text(c->table, c->charge->component);
	table_text(c->table, month);
	table_text(c->table, c->version->bands[band].code);
	table_dec(c->table, printed);
	table_dec(c->table, composed);
	table_dec(c->table, &difference);
	rc = table_end_row(c->table, err);
	dec_release(&difference);
	c->differences++;
	return rc;
}

/* A printed price of a band against that of the rest of the table, for those
 * whom the row is for. */
static int
compare_row(struct comparison *c, unsigned band,
    const struct table_price *printed, struct qf_error *err)
{
	struct table_price *kept = xcalloc(c->rows->count, sizeof(*kept));
	struct price_rows rest = {c->rows->month, c->rows->table, kept, 0};
	struct contract of_row = {0};
	struct price_for who = {
	    .contract = &of_row, .day = c->version->from_day};
	struct dec composed = {0};
	int rc = 0;

	snprintf(of_row.user_class, sizeof(of_row.user_class), "%s",
	    printed->user_class);
	snprintf(of_row.type, sizeof(of_row.type), "%s", printed->type);
	snprintf(
	    of_row.voltage, sizeof(of_row.voltage), "%s", printed->voltage);
	for (size_t i = 0; i < c->rows->count; i++) {
		if (&c->rows->rows[i] != printed) {
			kept[rest.count++] = c->rows->rows[i];
		}
	}
	if (price_of_band(&composed, c->version, c->charge, band, &rest, &who,
		NULL) == 0) {
		dec_round(
		    &composed, &composed, printed->price.scale, DEC_HALF_UP);
		if (dec_cmp(&composed, &printed->price) != 0) {
			rc = report(c, band, &printed->price, &composed, err);
		}
	}
	dec_release(&composed);
	free(kept);
	return rc;
}

/* All printed prices of a band in the month. */
static int
compare_band(struct comparison *c, unsigned band, struct qf_error *err)
{
	const char *code = c->version->bands[band].code;
	int rc = 0;

	for (size_t i = 0; i < c->rows->count && rc == 0; i++) {
		if (is_printed(&c->rows->rows[i], c->charge, code)) {
			rc = compare_row(c, band, &c->rows->rows[i], err);
		}
	}
	return rc;
}

/* Whether the version holds on any day of the month. */
static bool
holds_in(const struct tariff_version *version, int month)
{
	int32_t first = civil_day(month / 100, month % 100, 1);
	int32_t last =
	    first + civil_days_in_month(month / 100, month % 100) - 1;

	return version->from_day <= last && version->to_day > first;
}

static int
compare_charge(
    struct comparison *c, struct tariff_facts *facts, struct qf_error *err)
{
	const int *months;
	size_t count = tariff_facts_months(facts, c->charge->table, &months);

	for (size_t i = 0; i < count; i++) {
		if (!holds_in(c->version, months[i])) {
			continue;
		}
		c->rows =
		    tariff_facts_table(facts, c->charge->table, months[i]);
		for (unsigned b = 0; b < c->version->band_count; b++) {
			if (compare_band(c, b, err) == -1) {
				return -1;
			}
		}
	}
	return 0;
}

int
tariff_compare(const struct tariff *tariff, struct tariff_facts *facts,
    struct table *table, size_t *differences, struct qf_error *err)
{
	struct comparison c = {.tariff = tariff, .table = table};

	for (size_t v = 0; v < tariff->version_count; v++) {
		c.version = &tariff->versions[v];
		for (size_t i = 0; i < c.version->charge_count; i++) {
			c.charge = &c.version->charges[i];
			if ((c.charge->form == PRICE_PRINTED ||
				c.charge->form == PRICE_COMPOSED) &&
			    c.charge->item[0] == '\0' &&
			    compare_charge(&c, facts, err) == -1) {
				return -1;
			}
		}
	}
	*differences = c.differences;
	return 0;
}
