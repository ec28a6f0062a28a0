/* tariff_show.c - a tariff's day drawn for people.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/tariff_show.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/text.h"
#include "format/table.h"
#include "settle/charge.h"

#define CELLS 96
#define CELL_MINUTES 15
#define TEXT_SIZE ((size_t)1 << 20)
#define WIDTH_MIN 10

/* What is being drawn. */
struct drawing {
	const struct tariff *tariff;
	const struct tariff_version *version;
	const struct tariff_show_options *options;
	struct tariff_facts *facts;
	struct schedule schedule;
	struct buf out;
	int month;
	char letters[TARIFF_BANDS_MAX];
};

/* The text, and blanks up to the width. */
static void
put_padded(struct buf *out, const char *text, size_t width)
{
	size_t used = table_width(text, strlen(text));

	buf_add_string(out, text);
	for (; used < width; used++) {
		buf_add_char(out, ' ');
	}
}

/* Blanks up to the width, and the text. */
static void
put_right(struct buf *out, const char *text, size_t width)
{
	for (size_t used = strlen(text); used < width; used++) {
		buf_add_char(out, ' ');
	}
	buf_add_string(out, text);
}

static const char *
name_of(const struct drawing *d, const char *code)
{
	const struct tariff_label *label = tariff_label(d->tariff, code);

	if (label == NULL) {
		return code;
	}
	if (d->options->zh) {
		return label->zh[0] != '\0' ? label->zh : code;
	}
	return label->en[0] != '\0' ? label->en : code;
}

static char
upper(char c)
{
	return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

static bool
is_taken(const struct drawing *d, unsigned before, char letter)
{
	for (unsigned i = 0; i < before; i++) {
		if (d->letters[i] == letter) {
			return true;
		}
	}
	return false;
}

/* A letter for each band: the first of its code that is free, else a digit or
 * whatever is left. */
static void
choose_letters(struct drawing *d)
{
	static const char rest[] = "0123456789abcdefghijklmnopqrstuvwxyz";

	for (unsigned i = 0; i < d->version->band_count; i++) {
		const char *c = d->version->bands[i].code;

		while (*c != '\0' && is_taken(d, i, upper(*c))) {
			c++;
		}
		d->letters[i] = upper(*c);
		if (*c == '\0') {
			c = rest;
			while (is_taken(d, i, *c)) {
				c++;
			}
			d->letters[i] = *c;
		}
	}
}

static void
draw_head(struct drawing *d)
{
	static const char *const weekdays[] = {"Monday", "Tuesday", "Wednesday",
	    "Thursday", "Friday", "Saturday", "Sunday"};
	static const char *const xingqi[] = {"星期一", "星期二", "星期三",
	    "星期四", "星期五", "星期六", "星期日"};
	const struct tariff *t = d->tariff;
	const char *name = d->options->zh ? t->name_zh : t->name_en;
	int weekday = civil_weekday(d->schedule.day) - 1;
	char day[CIVIL_TEXT_MAX], from[CIVIL_TEXT_MAX];

	civil_format_day(d->schedule.day, day);
	civil_format_day(d->version->from_day, from);
	buf_printf(
	    &d->out, "%s%s%s\n", t->id, name[0] != '\0' ? "  " : "", name);
	buf_printf(&d->out,
	    d->options->zh ? "%s %s  自 %s 起：%s" : "%s %s  since %s: %s", day,
	    d->options->zh ? xingqi[weekday] : weekdays[weekday], from,
	    d->version->source);
	if (d->version->confidence[0] != '\0') {
		buf_printf(&d->out, " [%s]", d->version->confidence);
	}
	buf_add_char(&d->out, '\n');
	if (d->version->is_template) {
		buf_add_string(
		    &d->out, d->options->zh
				 ? "模板：数字待填，不能结算\n"
				 : "a template: a number is to be filled in\n");
	}
}

/* The letter of a cell, or '/' where the band changes inside it. */
static char
cell_letter(const struct drawing *d, int cell)
{
	int from = cell * CELL_MINUTES;

	for (size_t i = 0; i < d->schedule.count; i++) {
		if (from >= d->schedule.stretches[i].to_minute) {
			continue;
		}
		return from + CELL_MINUTES > d->schedule.stretches[i].to_minute
			   ? '/'
			   : d->letters[d->schedule.stretches[i].band];
	}
	BUG("no band in cell %d", cell);
}

static void
draw_line(struct drawing *d)
{
	buf_add_char(&d->out, '\n');
	for (int hour = 0; hour < 24; hour += 3) {
		buf_printf(&d->out, "%02d          ", hour);
	}
	buf_add_string(&d->out, "24\n");
	for (int hour = 0; hour < 24; hour++) {
		buf_add_string(&d->out, hour % 3 == 0 ? "|   " : "'   ");
	}
	buf_add_string(&d->out, "|\n");
	for (int cell = 0; cell < CELLS; cell++) {
		buf_add_char(&d->out, cell_letter(d, cell));
	}
	buf_add_string(&d->out, "\n\n");
}

/* "08:00-11:00 17:00-20:00" of a band on this day. */
static void
format_hours(const struct drawing *d, unsigned band, struct buf *out)
{
	buf_clear(out);
	for (size_t i = 0; i < d->schedule.count; i++) {
		int from = d->schedule.stretches[i].from_minute;
		int to = d->schedule.stretches[i].to_minute;

		if (d->schedule.stretches[i].band == band) {
			buf_printf(out, "%s%02d:%02d-%02d:%02d",
			    out->length == 0 ? "" : " ", from / 60, from % 60,
			    to / 60, to % 60);
		}
	}
}

/* The price of a charge in a band as text; "-" where it is not known. */
static void
format_price(const struct drawing *d, const struct charge *charge,
    unsigned band, char *out, size_t size)
{
	const struct price_rows *rows = NULL;
	const char *table = price_table_of(d->version, charge);
	const char *series = charge_series(d->version, charge);
	struct contract contract = {0};
	struct price_for who = {.contract = &contract, .day = d->schedule.day};
	struct dec price = {0};
	struct qf_error err;

	if (series[0] != '\0') {
		snprintf(out, size, "%s", series);
		return;
	}
	snprintf(contract.user_class, sizeof(contract.user_class), "%s",
	    d->options->user_class);
	snprintf(contract.type, sizeof(contract.type), "%s", d->options->type);
	snprintf(contract.voltage, sizeof(contract.voltage), "%s",
	    d->options->voltage);
	if (table[0] != '\0') {
		rows = tariff_facts_table(d->facts, table, d->month);
	}
	if (price_of_band(&price, d->version, charge, band, rows, &who, &err) ==
	    -1) {
		snprintf(out, size, "-");
	} else {
		assert(size >= DEC_TEXT_MAX);
		dec_format(&price, out, size);
	}
	dec_release(&price);
}

/* Charges whose prices stand in columns under the bands. */
static bool
in_columns(const struct charge *charge)
{
	return charge->per == PER_KWH && charge->by_band;
}

static size_t
column_width(const struct drawing *d, const struct charge *charge)
{
	const char *name = name_of(d, charge->component);
	size_t width = table_width(name, strlen(name));
	char price[DEC_TEXT_MAX];

	for (unsigned i = 0; i < d->version->band_count; i++) {
		format_price(d, charge, i, price, sizeof(price));
		width = strlen(price) > width ? strlen(price) : width;
	}
	return width > WIDTH_MIN ? width : WIDTH_MIN;
}

static void
draw_price(
    struct drawing *d, const struct charge *charge, unsigned band, size_t width)
{
	char price[DEC_TEXT_MAX];

	format_price(d, charge, band, price, sizeof(price));
	buf_add_string(&d->out, "  ");
	put_right(&d->out, price, width);
}

/* Widths of the columns of names and hours. */
static void
measure(const struct drawing *d, size_t *name_width, size_t *hours_width)
{
	struct buf hours;

	buf_init(&hours, TEXT_SIZE);
	*name_width = 0;
	*hours_width = 0;
	for (unsigned i = 0; i < d->version->band_count; i++) {
		const char *name = name_of(d, d->version->bands[i].code);
		size_t width = table_width(name, strlen(name));

		format_hours(d, i, &hours);
		*name_width = width > *name_width ? width : *name_width;
		*hours_width =
		    hours.length > *hours_width ? hours.length : *hours_width;
	}
	buf_release(&hours);
}

/* The names of charges over their columns; no line where there is none. */
static void
draw_columns(struct drawing *d, size_t indent)
{
	const struct tariff_version *v = d->version;
	bool any = false;

	for (size_t j = 0; j < v->charge_count; j++) {
		const struct charge *charge = &v->charges[j];
		const char *name = name_of(d, charge->component);
		size_t used = table_width(name, strlen(name));

		if (!in_columns(charge)) {
			continue;
		}
		if (!any) {
			put_padded(&d->out, "", indent);
		}
		any = true;
		put_padded(&d->out, "", 2 + column_width(d, charge) - used);
		buf_add_string(&d->out, name);
	}
	if (any) {
		buf_add_char(&d->out, '\n');
	}
}

/* Bands of the day, in the order in which they come. */
static void
draw_bands(struct drawing *d)
{
	const struct tariff_version *v = d->version;
	bool drawn[TARIFF_BANDS_MAX] = {false};
	size_t name_width, hours_width;
	struct buf hours;

	buf_init(&hours, TEXT_SIZE);
	measure(d, &name_width, &hours_width);
	draw_columns(d, 3 + name_width + 2 + hours_width);
	for (size_t i = 0; i < d->schedule.count; i++) {
		unsigned band = d->schedule.stretches[i].band;

		if (drawn[band]) {
			continue;
		}
		drawn[band] = true;
		format_hours(d, band, &hours);
		buf_printf(&d->out, "%c  ", d->letters[band]);
		put_padded(
		    &d->out, name_of(d, v->bands[band].code), name_width + 2);
		put_padded(&d->out, hours.bytes, hours_width);
		for (size_t j = 0; j < v->charge_count; j++) {
			if (in_columns(&v->charges[j])) {
				draw_price(d, &v->charges[j], band,
				    column_width(d, &v->charges[j]));
			}
		}
		buf_add_char(&d->out, '\n');
	}
	buf_release(&hours);
}

/* Charges with one price, beneath. */
static void
draw_others(struct drawing *d)
{
	static const char *const per[] = {
	    "kWh", "day", "month", "piece", "month, by day"};
	static const char *const mei[] = {
	    "千瓦时", "日", "月", "次", "月（按日）"};
	const struct tariff_version *v = d->version;
	char price[DEC_TEXT_MAX];

	for (size_t j = 0; j < v->charge_count; j++) {
		const struct charge *charge = &v->charges[j];

		if (in_columns(charge)) {
			continue;
		}
		format_price(d, charge, BAND_NONE, price, sizeof(price));
		buf_printf(&d->out,
		    d->options->zh ? "%s  每%s  %s\n" : "%s  per %s  %s\n",
		    name_of(d, charge->component),
		    d->options->zh ? mei[charge->per] : per[charge->per],
		    price);
	}
}

/* No blanks at the ends of lines. */
static int
write_trimmed(const struct buf *text, struct sink sink, struct qf_error *err)
{
	const char *line = text->bytes;

	while (*line != '\0') {
		size_t length = strcspn(line, "\n"), kept = length;

		while (kept > 0 && line[kept - 1] == ' ') {
			kept--;
		}
		if (sink.write(sink.context, line, kept, err) == -1 ||
		    sink.write(sink.context, "\n", 1, err) == -1) {
			return -1;
		}
		line += length + (line[length] == '\n');
	}
	return 0;
}

int
tariff_show(const struct tariff *tariff, int32_t day,
    struct tariff_facts *facts, const struct tariff_show_options *options,
    struct sink sink, struct qf_error *err)
{
	struct drawing d = {
	    .tariff = tariff, .facts = facts, .options = options};
	struct day_facts days = tariff_facts_days(facts);
	char text[CIVIL_TEXT_MAX];
	int year, day_of_month, rc;

	d.version = tariff_version_at(tariff, day);
	if (d.version == NULL) {
		civil_format_day(day, text);
		return qf_fail(err, QF_DATA, "no-tariff",
		    "tariff %s has no version for %s", tariff->id, text);
	}
	if (bands_of_day(&d.schedule, d.version, day, &days, err) == -1) {
		return -1;
	}
	civil_date(day, &year, &d.month, &day_of_month);
	d.month += year * 100;
	buf_init(&d.out, TEXT_SIZE);
	choose_letters(&d);
	draw_head(&d);
	if (d.version->band_count > 0) {
		draw_line(&d);
		draw_bands(&d);
	}
	buf_add_char(&d.out, '\n');
	draw_others(&d);
	assert(!d.out.overflowed);
	while (d.out.length > 1 && d.out.bytes[d.out.length - 1] == '\n' &&
	       d.out.bytes[d.out.length - 2] == '\n') {
		d.out.bytes[--d.out.length] = '\0';
	}
	rc = write_trimmed(&d.out, sink, err);
	buf_release(&d.out);
	return rc;
}
