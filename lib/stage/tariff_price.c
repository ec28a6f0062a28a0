/* tariff_price.c - the lines that a load would be billed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/tariff_price.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/text.h"
#include "base/xml.h"
#include "base/zone.h"
#include "settle/cells.h"
#include "settle/charge.h"
#include "rules/whom.h"
#include "stage/rate.h"
#include "stage/tariff_loads.h"

/* A stretch of one month under one version. */
struct segment {
	const struct tariff_version *version;
	int month;
	int64_t from_utc, to_utc;
};

struct pricing {
	const struct tariff *tariff;
	const struct zone *zone;
	struct tariff_facts *facts;
	const struct tariff_price_options *options;
	struct table *table;
	struct contract contract;
	const struct tariff_load *load;
	struct segment segment;
	struct cells cells;
	unsigned seen; /* bands of the cells */
	struct charge_lines lines;
	struct energy_given given;
	struct dec carry;
};

struct table *
tariff_price_table(struct sink sink, enum table_form form)
{
	static const struct table_column columns[] = {{"point", TABLE_TEXT},
	    {"from", TABLE_TEXT}, {"to", TABLE_TEXT}, {"leg", TABLE_TEXT},
	    {"channel", TABLE_TEXT}, {"subject", TABLE_TEXT},
	    {"component", TABLE_TEXT}, {"band", TABLE_TEXT},
	    {"kwh", TABLE_NUMBER}, {"price", TABLE_NUMBER},
	    {"exact", TABLE_NUMBER}, {"net", TABLE_NUMBER},
	    {"tax", TABLE_NUMBER}, {"gross", TABLE_NUMBER}};

	return table_new(
	    sink, form, columns, sizeof(columns) / sizeof(columns[0]));
}

static int
refused(const struct pricing *p, const struct refusal *refusal,
    struct qf_error *err)
{
	return qf_fail(err, QF_DATA, refusal->reason, "%s: %s", p->load->point,
	    refusal->detail);
}

static void
put_minor(struct table *table, int64_t minor, int scale)
{
	struct dec amount = {0};

	dec_set_int(&amount, minor, scale);
	table_dec(table, &amount);
}

static int
put_line(const struct pricing *p, const struct charge_line *line,
    struct qf_error *err)
{
	const struct tariff_version *version = line->version;
	int scale = version->money.scale;
	char from[40], to[40];

	table_text(p->table, p->load->point);
	table_text(p->table, energy_time(p->zone, line->from_utc, from));
	table_text(p->table, energy_time(p->zone, line->to_utc, to));
	table_text(p->table, line->charge->leg);
	table_text(p->table, channel_name(p->load->channel));
	table_text(
	    p->table, line->rounding ? "rounding" : line->charge->subject);
	table_text(p->table, line->charge->component);
	table_text(p->table,
	    line->band == BAND_NONE ? NULL : version->bands[line->band].code);
	table_dec(p->table, &line->quantity);
	if (line->has_price) {
		table_dec(p->table, &line->price);
	} else {
		table_text(p->table, NULL);
	}
	if (line->has_amount) {
		table_dec(p->table, &line->exact);
		put_minor(p->table, line->amount.net_minor, scale);
		put_minor(p->table, line->amount.tax_minor, scale);
		put_minor(p->table, line->amount.gross_minor, scale);
	} else {
		for (int i = 0; i < 4; i++) {
			table_text(p->table, NULL);
		}
	}
	return table_end_row(p->table, err);
}

/* The cells of the segment, and the bands in them. */
static int
make_cells(struct pricing *p, struct qf_error *err)
{
	const struct segment *s = &p->segment;
	struct day_facts days = tariff_facts_days(p->facts);
	uint8_t band[SERIES_VALUES_MAX];
	struct schedule schedule;
	struct refusal refusal;

	cells_begin(&p->cells);
	p->seen = 0;
	for (size_t i = 0; i < p->load->series.day_count; i++) {
		const struct energy_day *day = &p->load->series.days[i];
		int64_t end_utc = zone_day_start(p->zone, day->day + 1);

		if (end_utc <= s->from_utc || day->start_utc >= s->to_utc) {
			continue;
		}
		if (bands_of_day(&schedule, s->version, day->day, &days, err) ==
		    -1) {
			return -1;
		}
		bands_of_intervals(&schedule, p->zone, day->start_utc,
		    day->minutes, day->count, band);
		if (cells_add_day(&p->cells, &p->load->series, day, band,
			&schedule, p->zone, s->from_utc, s->to_utc,
			s->version->split == SPLIT_EVEN, &refusal) != 0) {
			return refused(p, &refusal, err);
		}
	}
	for (size_t i = 0; i < p->cells.count; i++) {
		p->seen |= 1u << p->cells.cells[i].band;
	}
	return 0;
}

/* Prices by band of a charge, of the bands in *stand; the others have none, and
 * the charge allows that. */
static int
find_prices(struct pricing *p, const struct charge *charge,
    struct dec prices[ENERGY_BANDS], unsigned *stand, struct qf_error *err)
{
	const struct tariff_version *version = p->segment.version;
	const char *table = price_table_of(version, charge);
	const struct price_rows *rows = NULL;

	*stand = 0;
	if (table[0] != '\0') {
		rows = tariff_facts_table(p->facts, table, p->segment.month);
	}
	for (unsigned i = 0; i < ENERGY_BANDS; i++) {
		if ((p->seen & 1u << i) == 0) {
			continue;
		}
		if (price_of_band(&prices[i], version, charge,
			i == TARIFF_BANDS_MAX ? BAND_NONE : i, rows,
			p->contract.user_class, p->contract.type,
			p->contract.voltage, err) == 0) {
			*stand |= 1u << i;
		} else if (!charge->missing_unpriced ||
			   strcmp(err->code, "no-price") != 0) {
			return -1;
		}
	}
	return 0;
}

/* Lines of a charge from prices that the cells take. */
static int
make_lines(struct pricing *p, const struct charge *charge,
    const struct cell_prices *prices, struct qf_error *err)
{
	const struct segment *s = &p->segment;
	struct charge_scope scope = {.month = s->month,
	    .contract = &p->contract,
	    .version = s->version,
	    .charge = charge,
	    .session = -1,
	    .money_scale = s->version->money.scale,
	    .fines_of = &p->load->series,
	    .given = &p->given,
	    .carry = &p->carry};
	struct refusal refusal;

	energy_given_release(&p->given);
	dec_set_int(&p->carry, 0, 0);
	if (charge_cells(&p->lines, &scope, &p->cells, prices, p->zone,
		s->from_utc, s->to_utc, &refusal) != 0) {
		return refused(p, &refusal, err);
	}
	return 0;
}

static int
price_charge(
    struct pricing *p, const struct charge *charge, struct qf_error *err)
{
	const char *series = charge_series(p->segment.version, charge);
	struct dec of[ENERGY_BANDS] = {0};
	struct band_prices by_band = {.of = of};
	struct cell_prices prices = {0};
	struct refusal refusal;
	int rc = -1;

	if (p->segment.version->is_template) {
		return qf_fail(err, QF_CONFIG, "tariff-template",
		    "the tariff is a template: fill in its numbers and take "
		    "template away");
	}
	if (rate_not_built(charge, &refusal) != 0) {
		return refused(p, &refusal, err);
	}
	if (series[0] != '\0') {
		prices.series = series;
		if (tariff_facts_series(p->facts, series, &prices.steps,
			&prices.step_count, err) == 0) {
			rc = make_lines(p, charge, &prices, err);
		}
	} else if (find_prices(p, charge, of, &by_band.stand, err) == 0) {
		prices.by_band = &by_band;
		rc = make_lines(p, charge, &prices, err);
	}
	for (size_t i = 0; i < ENERGY_BANDS; i++) {
		dec_release(&of[i]);
	}
	return rc;
}

static int
price_segment(struct pricing *p, struct qf_error *err)
{
	const struct tariff_version *version = p->segment.version;
	struct refusal refusal;

	if (make_cells(p, err) == -1) {
		return -1;
	}
	charge_lines_clear(&p->lines);
	for (size_t i = 0; i < version->charge_count; i++) {
		const struct charge *charge = &version->charges[i];

		if (charge->per == PER_KWH &&
		    charge->channel == p->load->channel &&
		    whom_fits(&charge->whom, &p->contract) &&
		    price_charge(p, charge, err) == -1) {
			return -1;
		}
	}
	if (version->money_on_total &&
	    charge_round_total(&p->lines, 0, p->lines.count,
		version->money.scale, &refusal) != 0) {
		return refused(p, &refusal, err);
	}
	for (size_t i = 0; i < p->lines.count; i++) {
		if (put_line(p, &p->lines.lines[i], err) == -1) {
			return -1;
		}
	}
	return 0;
}

/* The segment that begins at an instant: to the end of its month, of its
 * version, or of the load. */
static int
next_segment(struct pricing *p, int64_t from_utc, struct qf_error *err)
{
	struct segment *s = &p->segment;
	int32_t day = zone_day_of(p->zone, from_utc), end;
	int year, month, day_of_month;
	char text[CIVIL_TEXT_MAX];

	s->version = tariff_version_at(p->tariff, day);
	if (s->version == NULL) {
		civil_format_day(day, text);
		return qf_fail(err, QF_DATA, "no-tariff",
		    "tariff %s has no version for %s", p->tariff->id, text);
	}
	civil_date(day, &year, &month, &day_of_month);
	s->month = year * 100 + month;
	end = civil_month_first_day(civil_month_of_day(day) + 1);
	if (s->version->to_day < end) {
		end = s->version->to_day;
	}
	s->from_utc = from_utc;
	s->to_utc = zone_day_start(p->zone, end);
	if (s->to_utc > p->load->to_utc) {
		s->to_utc = p->load->to_utc;
	}
	return 0;
}

static int
price_load(struct pricing *p, struct qf_error *err)
{
	struct refusal refusal;

	if (energy_cover(&p->load->series, p->load->from_utc, p->load->to_utc,
		p->zone, channel_name(p->load->channel), &refusal) != 0) {
		return refused(p, &refusal, err);
	}
	for (int64_t at = p->load->from_utc; at < p->load->to_utc;
	     at = p->segment.to_utc) {
		if (next_segment(p, at, err) == -1 ||
		    price_segment(p, err) == -1) {
			return -1;
		}
	}
	return 0;
}

int
tariff_price(const struct tariff *tariff, const char *path,
    const struct zone *zone, struct tariff_facts *facts,
    const struct tariff_price_options *options, struct table *table,
    struct qf_error *err)
{
	struct pricing p = {.tariff = tariff,
	    .zone = zone,
	    .facts = facts,
	    .options = options,
	    .table = table};
	struct tariff_loads loads = {0};
	int rc;

	snprintf(p.contract.user_class, sizeof(p.contract.user_class), "%s",
	    options->user_class);
	snprintf(p.contract.type, sizeof(p.contract.type), "%s", options->type);
	snprintf(p.contract.voltage, sizeof(p.contract.voltage), "%s",
	    options->voltage);
	rc = tariff_loads_read(
	    &loads, path, zone, options->say, options->context, err);
	for (size_t i = 0; rc == 0 && i < loads.count; i++) {
		p.load = &loads.list[i];
		rc = price_load(&p, err);
	}
	tariff_loads_release(&loads);
	cells_release(&p.cells);
	charge_lines_release(&p.lines);
	energy_given_release(&p.given);
	dec_release(&p.carry);
	return rc;
}
