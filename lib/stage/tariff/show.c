/* show.c - a tariff's day drawn for people.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/tariff/show.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/text.h"
#include "format/table.h"
#include "rules/whom.h"
#include "settle/charge.h"
#include "stage/tariff/describe.h"

#define CELLS 96
#define CELL_MINUTES 15
#define TEXT_SIZE ((size_t)1 << 20)
#define WIDTH_MIN 10

/* Something that has prices: a charge, or one of its tiers. */
struct priced {
	const struct charge *charge;
	const struct tier *tier; /* NULL: none */
	bool column; /* prices under the bands, else one beneath */
	const char *name;
	size_t width;
};

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
	struct contract user; /* what is known of the one that it is shown to */
	struct priced *priced;
	size_t priced_count;
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
	return tariff_name(d->tariff, code, d->options->zh);
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

static bool
asks_kinds(const struct day_selector *when)
{
	return when->workday || when->rest || when->holiday ||
	       when->holiday_count > 0 || when->holiday_days > 0;
}

/* What kind of day the calendar says it is, where bands ask. */
static void
draw_kind(struct drawing *d)
{
	static const char *const kinds[] = {"workday", "rest", "holiday"};
	static const char *const zh[] = {"工作日", "休息日", "节假日"};
	const struct tariff_version *v = d->version;
	struct day_facts days = tariff_facts_days(d->facts);
	char name[ID_MAX + 1];
	enum day_kind kind;
	bool asked = false;

	for (size_t i = 0; i < v->base_count; i++) {
		asked |= asks_kinds(&v->base[i].when);
	}
	for (size_t i = 0; i < v->overlay_count; i++) {
		asked |= asks_kinds(&v->overlays[i].when);
	}
	if (!asked || days.day(days.context, v->calendar, d->schedule.day,
			  &kind, name, NULL) == -1) {
		return;
	}
	buf_printf(&d->out, "%s  %s%s%s\n", v->calendar,
	    d->options->zh ? zh[kind] : kinds[kind], name[0] == '\0' ? "" : " ",
	    name);
}

/* The values that a condition looks at, the day's own last. */
static void
draw_condition(struct drawing *d, const struct day_selector *when)
{
	struct day_facts days = tariff_facts_days(d->facts);
	struct dec value = {0};
	char text[DEC_TEXT_MAX];

	buf_printf(&d->out, "%s %s ", when->station, when->quantity);
	for (int back = when->days_in_a_row - 1; back >= 0; back--) {
		if (days.condition(days.context, when->station, when->quantity,
			d->schedule.day - back, &value, NULL) == 1) {
			dec_format(&value, text, sizeof(text));
		} else {
			snprintf(text, sizeof(text), "-");
		}
		buf_printf(&d->out, " %s", text);
	}
	buf_add_char(&d->out, '\n');
	dec_release(&value);
}

static bool
same_condition(const struct day_selector *a, const struct day_selector *b)
{
	return strcmp(a->station, b->station) == 0 &&
	       strcmp(a->quantity, b->quantity) == 0 &&
	       a->days_in_a_row == b->days_in_a_row;
}

/* What is known of the day that bands ask for. */
static void
draw_facts(struct drawing *d)
{
	const struct overlay *overlays = d->version->overlays;

	draw_kind(d);
	for (size_t i = 0; i < d->version->overlay_count; i++) {
		bool first = overlays[i].when.station[0] != '\0';

		for (size_t j = 0; j < i && first; j++) {
			first = !same_condition(
			    &overlays[i].when, &overlays[j].when);
		}
		if (first) {
			draw_condition(d, &overlays[i].when);
		}
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

/* Whether the band is not this one's, where tiers are of some bands only. */
static bool
is_others(const struct priced *priced, unsigned band)
{
	const struct tiers *tiers = priced->charge->tiers;

	if (tiers == NULL || tiers->bands == 0 || band == BAND_NONE) {
		return false;
	}
	return ((tiers->bands & 1u << band) != 0) != (priced->tier != NULL);
}

/* A price in a band as text; "-" where it is not known, and nothing where there
 * is none. */
static void
format_price(const struct drawing *d, const struct priced *priced,
    unsigned band, char *out, size_t size)
{
	const struct charge *charge = priced->charge;
	const struct price_rows *rows = NULL;
	const char *table = price_table_of(d->version, charge);
	const char *series = charge_series(d->version, charge);
	struct price_for who = {
	    .contract = &d->user, .day = d->schedule.day, .tier = priced->tier};
	struct dec price = {0};
	struct qf_error err;

	out[0] = '\0';
	if (is_others(priced, band)) {
		return;
	}
	if (series[0] != '\0') {
		snprintf(out, size, "%s", series);
		return;
	}
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

/* Whether a rule's list leaves the user in, of whom nothing may be known. */
static bool
may_hold(char *const *words, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(words[i], word) == 0) {
			return true;
		}
	}
	return count == 0 || word[0] == '\0';
}

/* Whether the charge may be the user's, as far as is known. */
static bool
may_pay(const struct drawing *d, const struct charge *charge)
{
	struct for_whom option = {0};

	memcpy(option.option, charge->whom.option, sizeof(option.option));
	return may_hold(charge->whom.classes, charge->whom.class_count,
		   d->user.user_class) &&
	       may_hold(
		   charge->whom.types, charge->whom.type_count, d->user.type) &&
	       may_hold(charge->whom.voltages, charge->whom.voltage_count,
		   d->user.voltage) &&
	       (d->user.options[0] == '\0' || whom_fits(&option, &d->user));
}

static void
add_priced(
    struct drawing *d, const struct charge *charge, const struct tier *tier)
{
	struct priced *priced;
	char price[DEC_TEXT_MAX];

	d->priced =
	    xreallocarray(d->priced, d->priced_count + 1, sizeof(*d->priced));
	priced = &d->priced[d->priced_count++];
	*priced = (struct priced){.charge = charge,
	    .tier = tier,
	    .column = charge->per == PER_KWH && charge->by_band,
	    .name =
		name_of(d, tier == NULL ? charge->component : tier->component),
	    .width = WIDTH_MIN};
	if (table_width(priced->name, strlen(priced->name)) > priced->width) {
		priced->width = table_width(priced->name, strlen(priced->name));
	}
	for (unsigned i = 0; priced->column && i < d->version->band_count;
	     i++) {
		format_price(d, priced, i, price, sizeof(price));
		if (strlen(price) > priced->width) {
			priced->width = strlen(price);
		}
	}
}

static void
collect_priced(struct drawing *d)
{
	for (size_t i = 0; i < d->version->charge_count; i++) {
		const struct charge *charge = &d->version->charges[i];
		size_t tiers = charge->tiers == NULL ? 0 : charge->tiers->count;

		if (!may_pay(d, charge) || charge->per >= PER_POWER_FACTOR) {
			continue;
		}
		for (size_t j = 0; j < tiers; j++) {
			add_priced(d, charge, &charge->tiers->list[j]);
		}
		if (tiers == 0 || charge->tiers->bands != 0) {
			add_priced(d, charge, NULL);
		}
	}
}

static void
draw_price(struct drawing *d, const struct priced *priced, unsigned band)
{
	char price[DEC_TEXT_MAX];

	format_price(d, priced, band, price, sizeof(price));
	buf_add_string(&d->out, "  ");
	put_right(&d->out, price, priced->width);
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
	bool any = false;

	for (size_t i = 0; i < d->priced_count; i++) {
		const struct priced *p = &d->priced[i];
		size_t used = table_width(p->name, strlen(p->name));

		if (!p->column) {
			continue;
		}
		if (!any) {
			put_padded(&d->out, "", indent);
		}
		any = true;
		put_padded(&d->out, "", 2 + p->width - used);
		buf_add_string(&d->out, p->name);
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
		for (size_t j = 0; j < d->priced_count; j++) {
			if (d->priced[j].column) {
				draw_price(d, &d->priced[j], band);
			}
		}
		buf_add_char(&d->out, '\n');
	}
	buf_release(&hours);
}

/* "capacity  per kVA  22.0", of what has one price. */
static void
draw_one_price(struct drawing *d, const struct priced *priced)
{
	static const char *const per[] = {[PER_KWH] = "kWh",
	    [PER_DAY] = "day",
	    [PER_MONTH] = "month",
	    [PER_ONCE] = "piece",
	    [PER_MONTH_BY_DAY] = "month, by day",
	    [PER_KW] = "kW",
	    [PER_KVA] = "kVA"};
	static const char *const mei[] = {[PER_KWH] = "千瓦时",
	    [PER_DAY] = "日",
	    [PER_MONTH] = "月",
	    [PER_ONCE] = "次",
	    [PER_MONTH_BY_DAY] = "月（按日）",
	    [PER_KW] = "千瓦",
	    [PER_KVA] = "千伏安"};
	enum charge_per of = priced->charge->per;
	char price[DEC_TEXT_MAX];

	assert(of < PER_POWER_FACTOR);
	format_price(d, priced, BAND_NONE, price, sizeof(price));
	buf_printf(&d->out,
	    d->options->zh ? "%s  每%s  %s\n" : "%s  per %s  %s\n",
	    priced->name, d->options->zh ? mei[of] : per[of], price);
}

/* What a charge says beside its prices under the bands. */
static void
draw_charge(struct drawing *d, const struct charge *charge)
{
	struct buf words;
	bool named = false;

	for (size_t i = 0; i < d->priced_count; i++) {
		if (d->priced[i].charge == charge && !d->priced[i].column) {
			draw_one_price(d, &d->priced[i]);
			named = true;
		}
	}
	buf_init(&words, TEXT_SIZE);
	tariff_describe(&words, d->tariff, d->version, charge, d->schedule.day,
	    d->options->zh);
	if (words.length > 0 && !named) {
		buf_printf(&d->out, "%s\n", name_of(d, charge->component));
	}
	if (words.length > 0) {
		buf_add(&d->out, words.bytes, words.length);
	}
	buf_release(&words);
}

/* Prices, tiers and all else that does not go under the bands. */
static void
draw_others(struct drawing *d)
{
	for (size_t i = 0; i < d->version->charge_count; i++) {
		if (may_pay(d, &d->version->charges[i])) {
			draw_charge(d, &d->version->charges[i]);
		}
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

static void
know_user(struct contract *user, const struct tariff_show_options *options)
{
	snprintf(user->user_class, sizeof(user->user_class), "%s",
	    options->user_class);
	snprintf(user->type, sizeof(user->type), "%s", options->type);
	snprintf(user->voltage, sizeof(user->voltage), "%s", options->voltage);
	snprintf(user->options, sizeof(user->options), "%s", options->options);
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
	know_user(&d.user, options);
	collect_priced(&d);
	choose_letters(&d);
	draw_head(&d);
	draw_facts(&d);
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
	free(d.priced);
	return rc;
}
