/* ocpi.c - what a session costs under an OCPI tariff.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/ocpi.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/zone.h"
#include "settle/ocpi_match.h"

#define HOUR_S 3600

static const struct dec hour_s = DEC_SMALL(HOUR_S, 0);
static const struct dec hundred = DEC_SMALL(100, 0);
static const struct dec thousand = DEC_SMALL(1000, 0);

/* A session on its way. */
struct rating {
	struct ocpi_report *report;
	const struct ocpi_tariff *tariff;
	const struct cdr *cdr;
	const struct zone *zone;
	struct refusal *refusal;
	bool expired; /* nothing but a reservation */
	int64_t session_utc; /* where charging, or parking, starts */
	struct dec kwh; /* taken till the period in hand */
	struct dec import, export; /* of the period in hand */
	bool flat_done[2]; /* of the session, of the reservation */
};

static void warn(struct ocpi_report *report, const char *code,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

static void
warn(struct ocpi_report *report, const char *code, const char *format, ...)
{
	struct ocpi_warning *warning;
	va_list ap;

	report->warnings = xreallocarray(report->warnings,
	    report->warning_count + 1, sizeof(*report->warnings));
	warning = &report->warnings[report->warning_count++];
	snprintf(warning->code, sizeof(warning->code), "%s", code);
	va_start(ap, format);
	vsnprintf(warning->text, sizeof(warning->text), format, ap);
	va_end(ap);
}

/* Lines ------------------------------------------------------------------ */

static struct ocpi_line *
add_line(struct ocpi_report *report)
{
	struct ocpi_line *line;

	if (report->line_count == report->line_capacity) {
		report->line_capacity = report->line_capacity * 2 + 8;
		report->lines = xreallocarray(report->lines,
		    report->line_capacity, sizeof(*report->lines));
	}
	line = &report->lines[report->line_count++];
	memset(line, 0, sizeof(*line));
	return line;
}

static struct ocpi_moment
moment_at_start(const struct rating *rating, size_t number, bool reservation)
{
	const struct cdr_period *period = &rating->cdr->periods[number];
	int64_t from_utc =
	    reservation ? rating->cdr->start_utc : rating->session_utc;

	return (struct ocpi_moment){
	    .period = period,
	    .zone = rating->zone,
	    .utc = period->start_utc,
	    .duration_s = period->start_utc - from_utc,
	    .kwh = &rating->kwh,
	    .reservation = reservation,
	    .expired = rating->expired,
	};
}

/* Warns where another element would be chosen as the period ends, or where
 * its own values lie on both sides of a limit (2.2.1, 11.4.6: an element is
 * no longer active then). */
static void
check_end(struct rating *rating, const struct ocpi_moment *start,
    enum ocpi_dimension dimension, size_t chosen)
{
	struct ocpi_moment moment = *start;
	struct ocpi_report *report = rating->report;
	struct refusal unknown;
	struct dec kwh = {0};
	char text[CIVIL_TEXT_MAX];
	size_t element;

	civil_format_utc(start->period->start_utc, text);
	if (chosen < rating->tariff->element_count &&
	    ocpi_crosses(&rating->tariff->elements[chosen], start->period)) {
		warn(report, "ocpi-crosses",
		    "the period from %s has current or power on both sides of "
		    "a limit of elements[%zu], and is priced whole by it",
		    text, chosen);
	}
	if (start->period->end_utc <= start->period->start_utc) {
		return;
	}
	/* The last second of the period stands for its end. */
	moment.utc = start->period->end_utc - 1;
	moment.duration_s += moment.utc - start->utc;
	dec_add(&kwh, &rating->kwh, &rating->import);
	moment.kwh = &kwh;
	moment.reaching = dec_sign(&rating->import) > 0;
	if (ocpi_match(
		rating->tariff, dimension, &moment, &element, &unknown) == 0 &&
	    element != chosen) {
		warn(report, "ocpi-partly",
		    "the period from %s crosses an edge of the tariff for %s, "
		    "where its sender should have cut it; it is priced whole "
		    "as at its start",
		    text, ocpi_dimension_words[dimension]);
	}
	dec_release(&kwh);
}

/* A line of a volume; *component is what prices it. */
static int
price_volume(struct rating *rating, size_t number, enum cdr_item item,
    enum ocpi_dimension dimension, const struct dec *volume)
{
	bool reservation = item == CDR_ITEM_RESERVATION;
	struct ocpi_moment moment =
	    moment_at_start(rating, number, reservation);
	struct ocpi_line *line;
	size_t element;

	if (ocpi_match(rating->tariff, dimension, &moment, &element,
		rating->refusal) != 0) {
		return 1;
	}
	check_end(rating, &moment, dimension, element);
	line = add_line(rating->report);
	line->item = item;
	line->dimension = dimension;
	line->period = number;
	line->element = element;
	if (element < rating->tariff->element_count) {
		line->component =
		    &rating->tariff->elements[element].components[dimension];
	}
	line->from_utc = moment.period->start_utc;
	line->to_utc = moment.period->end_utc;
	dec_set(&line->volume, volume);
	dec_set(&line->billed, volume);
	return 0;
}

/* A fee counts once: when an element that has one first holds. */
static int
price_flat(struct rating *rating, size_t number, bool reservation)
{
	struct ocpi_moment moment =
	    moment_at_start(rating, number, reservation);
	struct ocpi_line *line;
	size_t element;

	if (rating->flat_done[reservation]) {
		return 0;
	}
	if (ocpi_match(rating->tariff, OCPI_FLAT, &moment, &element,
		rating->refusal) != 0) {
		return 1;
	}
	if (element == rating->tariff->element_count) {
		return 0;
	}
	rating->flat_done[reservation] = true;
	line = add_line(rating->report);
	line->item = reservation ? CDR_ITEM_RESERVATION : CDR_ITEM_FLAT;
	line->dimension = OCPI_FLAT;
	line->period = number;
	line->element = element;
	line->component =
	    &rating->tariff->elements[element].components[OCPI_FLAT];
	line->from_utc = moment.period->start_utc;
	line->to_utc = moment.period->end_utc;
	dec_set_int(&line->volume, 1, 0);
	dec_set_int(&line->billed, 1, 0);
	return 0;
}

/* Periods ---------------------------------------------------------------- */

static bool
given(const struct cdr_period *period, enum cdr_quantity quantity)
{
	return (period->given & 1U << quantity) != 0;
}

/* Whether anything but a reservation goes on. */
static bool
is_session(const struct cdr_period *period)
{
	return !given(period, CDR_RESERVATION_TIME) ||
	       given(period, CDR_ENERGY) || given(period, CDR_ENERGY_IMPORT) ||
	       given(period, CDR_ENERGY_EXPORT) || given(period, CDR_TIME) ||
	       given(period, CDR_PARKING_TIME);
}

static int
rate_reservation(struct rating *rating, size_t number)
{
	const struct cdr_period *period = &rating->cdr->periods[number];

	if (!given(period, CDR_RESERVATION_TIME)) {
		return 0;
	}
	if (price_flat(rating, number, true) != 0) {
		return 1;
	}
	return price_volume(rating, number, CDR_ITEM_RESERVATION, OCPI_TIME,
	    &period->volumes[CDR_RESERVATION_TIME]);
}

static int
rate_energy(struct rating *rating, size_t number)
{
	const struct cdr_period *period = &rating->cdr->periods[number];
	bool has_export = dec_sign(&rating->export) > 0;
	bool has_import = dec_sign(&rating->import) > 0 ||
			  given(period, CDR_ENERGY_IMPORT) ||
			  (given(period, CDR_ENERGY) && !has_export);

	if (has_import && price_volume(rating, number, CDR_ITEM_ENERGY,
			      OCPI_ENERGY, &rating->import) != 0) {
		return 1;
	}
	return has_export ? price_volume(rating, number, CDR_ITEM_ENERGY,
				OCPI_ENERGY_EXPORT, &rating->export)
			  : 0;
}

static int
rate_period(struct rating *rating, size_t number)
{
	const struct cdr_period *period = &rating->cdr->periods[number];
	int rc;

	if (!cdr_period_energy(period, &rating->import, &rating->export)) {
		BUG("the volumes of a period were not checked");
	}
	if (rate_reservation(rating, number) != 0) {
		return 1;
	}
	if (!is_session(period)) {
		return 0;
	}
	rc = price_flat(rating, number, false);
	if (rc == 0) {
		rc = rate_energy(rating, number);
	}
	if (rc == 0 && given(period, CDR_TIME)) {
		rc = price_volume(rating, number, CDR_ITEM_TIME, OCPI_TIME,
		    &period->volumes[CDR_TIME]);
	}
	if (rc == 0 && given(period, CDR_PARKING_TIME)) {
		rc = price_volume(rating, number, CDR_ITEM_PARKING,
		    OCPI_PARKING_TIME, &period->volumes[CDR_PARKING_TIME]);
	}
	dec_add(&rating->kwh, &rating->kwh, &rating->import);
	return rc;
}

/* step_size -------------------------------------------------------------- */

/* Volume in steps' units: Wh or seconds. */
static void
in_units(struct dec *out, const struct dec *volume, bool energy)
{
	dec_mul(out, volume, energy ? &thousand : &hour_s);
}

/* The blocks of a total; an excess of less than half a second over a whole
 * block is what hours with few decimals leave, and begins no other. */
static void
blocks_of(struct dec *out, const struct dec *total, int64_t step, bool energy)
{
	static const struct dec half = DEC_SMALL(5, 1);
	struct dec size = DEC_SMALL(step, 0), whole = {0}, excess = {0};

	dec_div(out, total, &size, 0, DEC_CEILING);
	if (!energy && step > 1) {
		dec_div(&whole, total, &size, 0, DEC_FLOOR);
		dec_mul(&excess, &whole, &size);
		dec_sub(&excess, total, &excess);
		if (dec_sign(&whole) > 0 && dec_cmp(&excess, &half) < 0) {
			dec_set(out, &whole);
		}
	}
	dec_release(&whole);
	dec_release(&excess);
}

/* Adds to the last line of the item that is priced what makes their total a
 * whole number of its steps. */
static void
apply_step(struct ocpi_report *report, enum cdr_item item,
    enum ocpi_dimension dimension)
{
	struct dec total = {0}, part = {0}, extra = {0};
	bool energy = dimension == OCPI_ENERGY;
	struct ocpi_line *last = NULL;

	for (size_t i = 0; i < report->line_count; i++) {
		struct ocpi_line *line = &report->lines[i];

		if (line->item != item || line->dimension != dimension ||
		    line->component == NULL) {
			continue;
		}
		in_units(&part, &line->volume, energy);
		dec_add(&total, &total, &part);
		last = line;
	}
	if (last != NULL && last->component->step > 0) {
		struct dec size = DEC_SMALL(last->component->step, 0);

		blocks_of(&extra, &total, last->component->step, energy);
		dec_mul(&extra, &extra, &size);
		dec_sub(&extra, &extra, &total);
		if (dec_sign(&extra) > 0) {
			in_units(&part, &last->volume, energy);
			dec_add(&part, &part, &extra);
			dec_div(&last->billed, &part,
			    energy ? &thousand : &hour_s, OCPI_HOURS_SCALE,
			    DEC_HALF_UP);
			dec_trim(&last->billed, &last->billed);
		}
	}
	dec_release(&total);
	dec_release(&part);
	dec_release(&extra);
}

static bool
is_priced(const struct ocpi_report *report, enum cdr_item item)
{
	for (size_t i = 0; i < report->line_count; i++) {
		if (report->lines[i].item == item &&
		    report->lines[i].component != NULL &&
		    dec_sign(&report->lines[i].volume) > 0) {
			return true;
		}
	}
	return false;
}

/* Where time is paid for in both ways, only parking is rounded. */
static void
apply_steps(struct ocpi_report *report)
{
	apply_step(report, CDR_ITEM_ENERGY, OCPI_ENERGY);
	apply_step(report, CDR_ITEM_RESERVATION, OCPI_TIME);
	if (is_priced(report, CDR_ITEM_PARKING)) {
		apply_step(report, CDR_ITEM_PARKING, OCPI_PARKING_TIME);
	} else {
		apply_step(report, CDR_ITEM_TIME, OCPI_TIME);
	}
}

/* Money ------------------------------------------------------------------ */

/* price x volume, exact; where the hours do not end, through the seconds, so
 * that a third of an hour at 1.50 is 0.50 and not 0.4999. */
static void
cost(struct dec *out, const struct ocpi_line *line, const struct dec *volume)
{
	struct dec seconds = {0};

	dec_mul(out, &line->component->price, volume);
	if (volume->scale >= OCPI_HOURS_SCALE &&
	    (line->dimension == OCPI_TIME ||
		line->dimension == OCPI_PARKING_TIME)) {
		dec_mul(&seconds, volume, &hour_s);
		dec_round(
		    &seconds, &seconds, OCPI_HOURS_SCALE - 4, DEC_HALF_UP);
		dec_mul(&seconds, &seconds, &line->component->price);
		dec_div(out, &seconds, &hour_s, OCPI_HOURS_SCALE, DEC_HALF_UP);
	}
	dec_trim(out, out);
	if (line->dimension == OCPI_ENERGY_EXPORT) {
		dec_neg(out, out);
	}
	dec_release(&seconds);
}

/* Missing VAT is not 0 %: there is none, and the two amounts are one. */
static void
with_vat(struct dec *incl, const struct dec *excl, const struct ocpi_line *line)
{
	struct dec factor = {0};

	dec_set(incl, excl);
	if (line->component->has_vat) {
		dec_add(&factor, &hundred, &line->component->vat);
		dec_mul(incl, excl, &factor);
		dec_div(incl, incl, &hundred, incl->scale + 2, DEC_HALF_UP);
		dec_trim(incl, incl);
	}
	dec_release(&factor);
}

static void
add_line_up(struct ocpi_report *report, struct ocpi_line *line,
    struct ocpi_sum *sum, struct dec plain[2])
{
	cost(&line->excl, line, &line->billed);
	with_vat(&line->incl, &line->excl, line);
	dec_add(&sum->excl, &sum->excl, &line->excl);
	dec_add(&sum->incl, &sum->incl, &line->incl);
	dec_add(&report->before_excl, &report->before_excl, &line->excl);
	dec_add(&report->before_incl, &report->before_incl, &line->incl);
	cost(&plain[0], line, &line->volume);
	with_vat(&plain[1], &plain[0], line);
	dec_add(&sum->plain_excl, &sum->plain_excl, &plain[0]);
	dec_add(&sum->plain_incl, &sum->plain_incl, &plain[1]);
}

/* Each line's amounts and their sums, with steps and as if without. */
static void
add_up(struct ocpi_report *report)
{
	struct ocpi_sum *total = &report->items[CDR_ITEM_TOTAL];
	struct dec plain[2] = {{0}};

	for (size_t i = 0; i < report->line_count; i++) {
		struct ocpi_line *line = &report->lines[i];
		struct ocpi_sum *sum = &report->items[line->item];

		if (line->dimension == OCPI_ENERGY_EXPORT) {
			dec_sub(&sum->volume, &sum->volume, &line->volume);
		} else if (line->dimension != OCPI_FLAT) {
			dec_add(&sum->volume, &sum->volume, &line->volume);
		}
		if (line->component != NULL) {
			add_line_up(report, line, sum, plain);
			dec_add(
			    &total->plain_excl, &total->plain_excl, &plain[0]);
			dec_add(
			    &total->plain_incl, &total->plain_incl, &plain[1]);
		}
	}
	dec_release(&plain[0]);
	dec_release(&plain[1]);
}

/* One of the two totals: what is charged for is bound, and what is owed to
 * the driver is added after. */
static void
limit(struct dec *total, const char **which, const struct dec *before,
    const struct dec *credit, const struct dec *least, const struct dec *most)
{
	struct dec charged = {0};

	dec_sub(&charged, before, credit);
	*which = NULL;
	if (least != NULL && dec_cmp(&charged, least) < 0) {
		dec_set(&charged, least);
		*which = "min_price";
	}
	if (most != NULL && dec_cmp(&charged, most) > 0) {
		dec_set(&charged, most);
		*which = "max_price";
	}
	dec_add(total, &charged, credit);
	dec_release(&charged);
}

static void
apply_limits(struct ocpi_report *report)
{
	const struct ocpi_price *min = &report->tariff->min_price;
	const struct ocpi_price *max = &report->tariff->max_price;
	struct ocpi_sum *total = &report->items[CDR_ITEM_TOTAL];
	struct dec excl = {0}, incl = {0};

	for (size_t i = 0; i < report->line_count; i++) {
		if (report->lines[i].dimension == OCPI_ENERGY_EXPORT) {
			dec_add(&excl, &excl, &report->lines[i].excl);
			dec_add(&incl, &incl, &report->lines[i].incl);
		}
	}
	limit(&total->excl, &report->limit_excl, &report->before_excl, &excl,
	    report->session && min->given ? &min->excl : NULL,
	    report->session && max->given ? &max->excl : NULL);
	limit(&total->incl, &report->limit_incl, &report->before_incl, &incl,
	    report->session && min->has_incl ? &min->incl : NULL,
	    report->session && max->has_incl ? &max->incl : NULL);
	if (report->limit_excl != NULL && report->limit_incl == NULL &&
	    !(strcmp(report->limit_excl, "min_price") == 0 ? min : max)
		 ->has_incl) {
		warn(report, "ocpi-limit",
		    "%s bounds the sum without VAT, but says nothing of the "
		    "one with VAT",
		    report->limit_excl);
	}
	dec_release(&excl);
	dec_release(&incl);
}

/* What a reader should know ---------------------------------------------- */

static bool
prices(const struct ocpi_tariff *tariff, enum ocpi_dimension dimension)
{
	for (size_t i = 0; i < tariff->element_count; i++) {
		if (tariff->elements[i].components[dimension].given &&
		    tariff->elements[i].restrictions.reservation ==
			OCPI_NO_RESERVATION) {
			return true;
		}
	}
	return false;
}

static void
warn_of_gaps(struct rating *rating)
{
	static const struct {
		enum ocpi_dimension dimension;
		enum cdr_item item;
	} timed[] = {
	    {OCPI_TIME, CDR_ITEM_TIME}, {OCPI_ENERGY, CDR_ITEM_ENERGY}};
	struct ocpi_report *report = rating->report;

	for (size_t k = 0; report->session && k < 2; k++) {
		bool seen = false;

		for (size_t i = 0; i < report->line_count; i++) {
			seen = seen || report->lines[i].item == timed[k].item;
		}
		if (!seen && prices(rating->tariff, timed[k].dimension)) {
			warn(report, "ocpi-absent",
			    "the tariff prices %s, but no period has a volume "
			    "of it",
			    ocpi_dimension_words[timed[k].dimension]);
		}
	}
	for (size_t i = 0; i < report->line_count; i++) {
		const struct ocpi_line *line = &report->lines[i];

		if (line->dimension == OCPI_ENERGY_EXPORT &&
		    line->component == NULL) {
			char text[DEC_TEXT_MAX];

			dec_format_trim(&line->volume, text, sizeof(text));
			warn(report, "ocpi-export",
			    "%s kWh were fed into the grid, for which the "
			    "tariff has no ENERGY_EXPORT price",
			    text);
		}
	}
}

/* Whole ------------------------------------------------------------------ */

static void
look_at(struct rating *rating)
{
	const struct cdr *cdr = rating->cdr;
	struct dec seconds = {0};

	rating->expired = true;
	rating->session_utc = cdr->end_utc;
	for (size_t i = cdr->period_count; i-- > 0;) {
		if (is_session(&cdr->periods[i])) {
			rating->expired = false;
			rating->session_utc = cdr->periods[i].start_utc;
		}
	}
	rating->report->session = !rating->expired;
	dec_set_int(&seconds, cdr->end_utc - rating->session_utc, 0);
	dec_div(&rating->report->items[CDR_ITEM_DURATION].volume, &seconds,
	    &hour_s, OCPI_HOURS_SCALE, DEC_HALF_UP);
	dec_release(&seconds);
}

int
ocpi_rate(struct ocpi_report *report, const struct ocpi_tariff *tariff,
    const struct cdr *cdr, const struct zone *zone, struct refusal *refusal)
{
	struct rating rating = {.report = report,
	    .tariff = tariff,
	    .cdr = cdr,
	    .zone = zone,
	    .refusal = refusal};
	int rc = 0;

	assert(cdr->period_count > 0 && report->line_count == 0);
	report->tariff = tariff;
	look_at(&rating);
	for (size_t i = 0; rc == 0 && i < cdr->period_count; i++) {
		rc = rate_period(&rating, i);
	}
	if (rc == 0) {
		apply_steps(report);
		add_up(report);
		apply_limits(report);
		warn_of_gaps(&rating);
	}
	dec_release(&rating.kwh);
	dec_release(&rating.import);
	dec_release(&rating.export);
	return rc;
}

void
ocpi_report_release(struct ocpi_report *report)
{
	for (size_t i = 0; i < report->line_count; i++) {
		dec_release(&report->lines[i].volume);
		dec_release(&report->lines[i].billed);
		dec_release(&report->lines[i].excl);
		dec_release(&report->lines[i].incl);
	}
	for (size_t i = 0; i < CDR_ITEMS; i++) {
		dec_release(&report->items[i].volume);
		dec_release(&report->items[i].excl);
		dec_release(&report->items[i].incl);
		dec_release(&report->items[i].plain_excl);
		dec_release(&report->items[i].plain_incl);
	}
	dec_release(&report->before_excl);
	dec_release(&report->before_incl);
	free(report->lines);
	free(report->warnings);
	*report = (struct ocpi_report){.line_count = 0};
}

/* Edges ------------------------------------------------------------------ */

static int64_t
earlier_after(int64_t edge_utc, int64_t utc, int64_t best_utc)
{
	return edge_utc > utc && edge_utc < best_utc ? edge_utc : best_utc;
}

/* Edges of the hours of an element on the local day of an instant, and of its
 * dates and weekdays, which begin with a day. */
static int64_t
clock_edge(const struct ocpi_restrictions *of, const struct zone *zone,
    int64_t utc, int64_t best_utc)
{
	int32_t day = zone_day_of(zone, utc);
	const int minutes[] = {of->start_minute, of->end_minute};
	int64_t first_utc, second_utc;

	if (of->weekdays != 0 || of->start_day != INT32_MIN ||
	    of->end_day != INT32_MAX) {
		best_utc =
		    earlier_after(zone_day_start(zone, day + 1), utc, best_utc);
	}
	for (size_t i = 0; i < 2; i++) {
		for (int32_t d = day; minutes[i] >= 0 && d <= day + 1; d++) {
			zone_to_utc(zone,
			    (int64_t)d * CIVIL_DAY_S + minutes[i] * 60,
			    &first_utc, &second_utc);
			best_utc = earlier_after(first_utc, utc, best_utc);
			best_utc = earlier_after(second_utc, utc, best_utc);
		}
	}
	return best_utc;
}

int64_t
ocpi_next_edge(const struct ocpi_tariff *tariff, const struct zone *zone,
    int64_t start_utc, int64_t utc, int64_t end_utc)
{
	int64_t best_utc = end_utc;

	for (size_t i = 0; i < tariff->element_count; i++) {
		const struct ocpi_restrictions *of =
		    &tariff->elements[i].restrictions;

		best_utc = clock_edge(of, zone, utc, best_utc);
		if (of->min_duration_s > 0) {
			best_utc = earlier_after(
			    start_utc + of->min_duration_s, utc, best_utc);
		}
		if (of->max_duration_s != INT64_MAX) {
			best_utc = earlier_after(
			    start_utc + of->max_duration_s, utc, best_utc);
		}
	}
	return best_utc;
}
