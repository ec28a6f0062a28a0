/* prices.c - the prices of an event's steps.
 *
 * A price is a sum of terms; each is looked up over the step, which must have
 * one value all through: where a source has two in one step, none of them is
 * that of the step.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/zone.h"
#include "model/auction.h"
#include "rules/market.h"
#include "settle/price.h"
#include "stage/settle/own.h"

#define DAY_SECONDS 86400
#define SECONDS_OF_HOUR 3600
#define KW_DIGITS 12 /* of what is no finite decimal */

/* Units ------------------------------------------------------------------ */

static void
take_units(struct settle_units *out, const struct market_version *version)
{
	memcpy(out->quantity, version->quantity_unit, sizeof(out->quantity));
	memcpy(out->price, version->price_unit, sizeof(out->price));
}

/* The market that the run cleared by, as the run saw it. */
static int
load_market(struct settle *settle, const struct run *run, struct qf_error *err)
{
	char id[ID_MAX + 1] = "", file[256], *text = NULL;
	int64_t entry;
	size_t length;
	const char *word = runs_scope_word(run->scope, "market", &length);
	int rc;

	if (word != NULL && length <= ID_MAX) {
		memcpy(id, word, length);
	}
	rc = rules_find(
	    settle->ledger, run->asof, "market", id, &text, file, &entry, err);
	if (rc == 1) {
		rc =
		    market_load(&settle->market, text, strlen(text), file, err);
	} else if (rc == 0) {
		rc = 1;
	}
	free(text);
	return rc != 1 ? rc
		       : refuse(&settle->refusal, SETTLE_PRICE_UNIT,
			     "the market %s of run:%lld, which says its units, "
			     "is not there",
			     id, (long long)run->entry);
}

int
settle_units_of(struct settle *settle, struct settle_units *out, int64_t at_utc,
    struct qf_error *err)
{
	const struct market_version *version;
	struct run run;
	int rc;

	if (settle->market == NULL) {
		if (runs_load(settle->ledger, settle->request->awards_run, &run,
			err) == -1) {
			return -1;
		}
		rc = load_market(settle, &run, err);
		if (rc != 0) {
			return rc;
		}
	}
	version = market_at(settle->market, zone_day_of(settle->zone, at_utc));
	if (version == NULL) {
		BUG("run:%lld cleared by no version of its market",
		    (long long)settle->request->awards_run);
	}
	take_units(out, version);
	return 0;
}

static bool
is_mega(const char *unit)
{
	return unit[0] == 'm';
}

static bool
is_energy(const char *unit)
{
	return strcmp(unit, "kwh") == 0 || strcmp(unit, "mwh") == 0;
}

void
settle_to_kw(
    struct dec *value, const struct settle_units *units, int64_t seconds)
{
	struct dec of = {0};

	if (is_mega(units->quantity)) {
		dec_mul_int(value, value, 1000);
	}
	if (is_energy(units->quantity)) {
		dec_mul_int(value, value, SECONDS_OF_HOUR);
		dec_set_int(&of, seconds, 0);
		dec_div(value, value, &of, KW_DIGITS, DEC_HALF_UP);
		dec_trim(value, value);
		dec_release(&of);
	}
}

static const char *
per_unit(enum programme_per per)
{
	static const char *const units[] = {
	    [PROGRAMME_PER_KWH] = "kwh",
	    [PROGRAMME_PER_MWH] = "mwh",
	    [PROGRAMME_PER_KW] = "kw",
	    [PROGRAMME_PER_MW] = "mw",
	};

	return units[per];
}

/* A price per `unit` as one per what the programme pays by. */
int
settle_price_in(struct settle *settle, struct dec *price, const char *unit,
    enum programme_per per, const char *source)
{
	const char *wanted = per_unit(per);

	if (is_energy(unit) != is_energy(wanted)) {
		return refuse(&settle->refusal, SETTLE_PRICE_UNIT,
		    "%s: a price per %s, and the programme pays per %s", source,
		    unit, wanted);
	}
	if (is_mega(unit) && !is_mega(wanted)) {
		struct dec thousandth = DEC_SMALL(1, 3);

		dec_mul(price, price, &thousandth);
		dec_trim(price, price);
	} else if (!is_mega(unit) && is_mega(wanted)) {
		dec_mul_int(price, price, 1000);
	}
	return 0;
}

/* Sources ---------------------------------------------------------------- */

static int
refuse_price(struct settle *settle, const struct settle_step *step,
    const char *source, const char *why)
{
	char time[40];

	return refuse(&settle->refusal, REASON_NO_PRICE, "%s: %s at %s", source,
	    why, energy_time(settle->zone, step->from_utc, time));
}

static void
tell_price(struct settle *settle, const struct settle_step *step,
    const char *source, const struct dec *price, int64_t entry, int64_t line_no)
{
	char text[DEC_TEXT_MAX];

	if (settle_notes(settle)) {
		dec_format_trim(price, text, sizeof(text));
		settle_note(settle, NULL, step->from_utc, "price", entry,
		    line_no, "%s: %s", source, text);
	}
}

/* The one value that the pieces in hand have over a step. */
static int
value_over(struct settle *settle, const struct settle_step *step,
    const char *source, struct dec *out)
{
	const struct settle_piece *one = NULL;
	int64_t at_utc = step->from_utc;

	for (size_t i = 0; i < settle->pieces.count; i++) {
		const struct settle_piece *piece = &settle->pieces.of[i];

		if (piece->to_utc <= at_utc || piece->from_utc > at_utc ||
		    piece->from_utc >= step->to_utc) {
			continue;
		}
		if (!piece->has_value) {
			return refuse_price(
			    settle, step, source, "there is no price");
		}
		if (one != NULL && dec_cmp(&one->value, &piece->value) != 0) {
			return refuse_price(settle, step, source,
			    "there are several prices in the step that is "
			    "paid as one,");
		}
		one = piece;
		at_utc = piece->to_utc;
	}
	if (at_utc < step->to_utc) {
		return refuse_price(settle, step, source, "there is no price");
	}
	dec_set(out, &one->value);
	tell_price(settle, step, source, out, one->entry, one->line_no);
	return 0;
}

/* A price that does not say what it is per, as one of the programme. */
static int
foreign_price(struct settle *settle, struct dec *price,
    const struct programme_term *term, enum programme_per per,
    const char *source)
{
	if (!term->has_per) {
		return refuse(&settle->refusal, SETTLE_PRICE_UNIT,
		    "%s: the programme's term does not say what its price is "
		    "per (per=\"mwh\" or another)",
		    source);
	}
	return settle_price_in(settle, price, per_unit(term->per), per, source);
}

static int
of_award(struct settle *settle, const struct programme_term *term,
    enum programme_per per, const struct settle_step *step, struct dec *out)
{
	if (!step->has_award_price) {
		return refuse_price(
		    settle, step, "award", "the award has no price");
	}
	dec_set(out, &step->award_price);
	return step->award_unit[0] != '\0'
		   ? settle_price_in(
			 settle, out, step->award_unit, per, "award")
		   : foreign_price(settle, out, term, per, "award");
}

/* Prices that the run found. */
static int
cleared_by_run(struct settle *settle, enum programme_per per,
    const char *source, struct qf_error *err)
{
	const struct settle_event *event = settle->in_hand.event;
	struct run_cursor *cursor = NULL;
	struct settle_units units;
	struct price_row row;
	int rc = 0;

	if (runs_open_prices(&cursor, settle->ledger,
		settle->request->awards_run, err) == -1) {
		return -1;
	}
	while (rc == 0 && (rc = runs_next_price(cursor, &row, err)) == 1) {
		struct settle_piece *piece;

		rc = 0;
		if (strcmp(row.auction, event->auction) != 0 ||
		    row.end_utc <= event->start_utc ||
		    row.start_utc >= event->end_utc) {
			continue;
		}
		rc = settle_units_of(settle, &units, row.start_utc, err);
		if (rc != 0) {
			break;
		}
		piece = settle_pieces_add(
		    &settle->pieces, row.start_utc, row.end_utc);
		piece->entry = settle->request->awards_run;
		piece->line_no = row.line_no;
		piece->has_value = row.price != NULL;
		if (row.price != NULL) {
			settle_parse(&piece->value, row.price);
			rc = settle_price_in(
			    settle, &piece->value, units.price, per, source);
		}
	}
	runs_close(cursor);
	return rc;
}

/* Prices that were published, per what the term says. */
static int
published(struct settle *settle, const struct programme_term *term,
    enum programme_per per, const char *source, struct qf_error *err)
{
	const struct settle_event *event = settle->in_hand.event;
	struct fact fact;
	int64_t entry;
	int rc;

	if (facts_lookup(&settle->published_cursor, settle->ledger,
		LOOKUP_PUBLISHED_PRICES, settle->request->asof, event->auction,
		event->start_utc - DAY_SECONDS, event->end_utc, err) == -1) {
		return -1;
	}
	rc = 0;
	while (rc == 0 && (rc = facts_next(settle->published_cursor, &fact,
			       &entry, err)) == 1) {
		struct settle_piece *piece = settle_pieces_add(&settle->pieces,
		    rulebook_integer(&fact, "start", 0),
		    rulebook_integer(&fact, "end", 0));

		piece->entry = entry;
		piece->line_no = (int64_t)fact.line_no;
		piece->has_value =
		    rulebook_decimal(&piece->value, &fact, "price");
		rc = !piece->has_value ? 0
				       : foreign_price(settle, &piece->value,
					     term, per, source);
	}
	return rc;
}

static int
of_auction(struct settle *settle, const struct programme_term *term,
    enum programme_per per, const struct settle_step *step, struct dec *out,
    struct qf_error *err)
{
	const char *auction = settle->in_hand.event->auction;
	char source[ID_MAX + 16];
	int rc;

	if (auction[0] == '\0') {
		return refuse_price(settle, step, settle->in_hand.event->event,
		    "the event names no auction, so there is no price");
	}
	(void)snprintf(source, sizeof(source), "auction %s", auction);
	settle_pieces_clear(&settle->pieces);
	rc = settle->request->awards_run != 0
		 ? cleared_by_run(settle, per, source, err)
		 : published(settle, term, per, source, err);
	return rc != 0 ? rc : value_over(settle, step, source, out);
}

/* Where the step of a series that begins at an instant is said, for who
 * listens. */
static int
find_step(struct settle *settle, const char *series, int64_t from_utc,
    struct settle_piece *out, struct qf_error *err)
{
	struct fact fact;
	int64_t entry;
	int rc;

	if (!settle_notes(settle)) {
		return 0;
	}
	if (facts_lookup(&settle->series_cursor, settle->ledger, LOOKUP_SERIES,
		settle->request->asof, series, from_utc, from_utc + 1,
		err) == -1) {
		return -1;
	}
	rc = facts_next(settle->series_cursor, &fact, &entry, err);
	if (rc == 1) {
		out->entry = entry;
		out->line_no = (int64_t)fact.line_no;
	}
	return rc == -1 ? -1 : 0;
}

static int
of_series(struct settle *settle, const struct programme_term *term,
    enum programme_per per, const struct settle_step *step, struct dec *out,
    struct qf_error *err)
{
	const struct settle_event *event = settle->in_hand.event;
	const struct price_step *steps;
	char source[ID_MAX + 16];
	size_t count;
	int rc = rulebook_series(settle->book, term->name, event->start_utc,
	    event->end_utc, &steps, &count, &settle->refusal, err);

	if (rc != 0) {
		return rc;
	}
	(void)snprintf(source, sizeof(source), "series %s", term->name);
	settle_pieces_clear(&settle->pieces);
	for (size_t i = 0; i < count; i++) {
		struct settle_piece *piece;

		if (steps[i].from_utc >= step->to_utc ||
		    steps[i].to_utc <= step->from_utc) {
			continue;
		}
		piece = settle_pieces_add(
		    &settle->pieces, steps[i].from_utc, steps[i].to_utc);
		piece->has_value = true;
		dec_set(&piece->value, &steps[i].price);
		if (find_step(settle, term->name, steps[i].from_utc, piece,
			err) == -1) {
			return -1;
		}
	}
	rc = value_over(settle, step, source, out);
	return rc != 0 ? rc : settle_price_in(settle, out, "kwh", per, source);
}

static bool
says(const struct fact *fact, const char *column, const char *word)
{
	const char *text = rulebook_text(fact, column);

	return strcmp(text == NULL ? "" : text, word) == 0;
}

/* Tells where the row of a price table is said. */
static int
tell_row(struct settle *settle, const struct programme_term *term, int month,
    const struct table_price *row, const struct settle_step *step,
    const char *source, struct qf_error *err)
{
	struct fact fact;
	int64_t entry = 0, found = 0, line_no = 0;
	int rc;

	if (!settle_notes(settle)) {
		return 0;
	}
	if (facts_lookup(&settle->table_cursor, settle->ledger,
		LOOKUP_PRICES_OF_TABLE, settle->request->asof, term->name,
		month, month, err) == -1) {
		return -1;
	}
	while (
	    (rc = facts_next(settle->table_cursor, &fact, &entry, err)) == 1) {
		if (says(&fact, "item", term->item) &&
		    says(&fact, "user_class", row->user_class) &&
		    says(&fact, "type", row->type) &&
		    says(&fact, "voltage", row->voltage)) {
			found = entry;
			line_no = (int64_t)fact.line_no;
		}
	}
	tell_price(settle, step, source, &row->price, found, line_no);
	return rc;
}

static int
of_table(struct settle *settle, const struct programme_term *term,
    enum programme_per per, const struct settle_step *step, struct dec *out,
    struct qf_error *err)
{
	const struct table_price *row;
	char source[2 * ID_MAX + 32];
	int32_t day = zone_day_of(settle->zone, step->from_utc);
	int month = settle_month_of(day);
	int rc = rulebook_item(settle->book, term->name, term->item, month,
	    &settle->in_hand.contract->stretch, &row, &settle->refusal, err);

	if (rc != 0) {
		return rc;
	}
	(void)snprintf(source, sizeof(source), "price table %s, %s", term->name,
	    term->item);
	if (tell_row(settle, term, month, row, step, source, err) == -1) {
		return -1;
	}
	dec_set(out, &row->price);
	return settle_price_in(settle, out,
	    strcmp(row->unit, "kva") == 0 || strcmp(row->unit, "each") == 0
		? "kw"
		: row->unit,
	    per, source);
}

static int
of_term(struct settle *settle, const struct programme_term *term,
    enum programme_per per, const struct settle_step *step, struct dec *out,
    struct qf_error *err)
{
	switch (term->source) {
	case PROGRAMME_FIXED:
		dec_set(out, &term->value);
		return 0;
	case PROGRAMME_AWARD:
		return of_award(settle, term, per, step, out);
	case PROGRAMME_CLEARED:
		return of_auction(settle, term, per, step, out, err);
	case PROGRAMME_SERIES:
		return of_series(settle, term, per, step, out, err);
	case PROGRAMME_TABLE:
		return of_table(settle, term, per, step, out, err);
	}
	BUG("a term of source %d", (int)term->source);
}

static int
price_at(struct settle *settle, const struct programme_price *price,
    const struct settle_step *step, struct dec *out, struct qf_error *err)
{
	struct dec *values = xcalloc(price->term_count + 1, sizeof(*values));
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < price->term_count; i++) {
		rc = of_term(settle, &price->terms[i], price->per, step,
		    &values[i], err);
	}
	if (rc == 0) {
		response_price(out, price, values);
	}
	for (size_t i = 0; i < price->term_count; i++) {
		dec_release(&values[i]);
	}
	free(values);
	return rc;
}

int
settle_prices(struct settle *settle, struct qf_error *err)
{
	struct settle_case *in_hand = &settle->in_hand;
	const struct programme_version *version = in_hand->version;
	int rc = 0;

	for (size_t s = 0; rc == 0 && s < in_hand->step_count; s++) {
		const struct settle_step *step = &in_hand->steps[s];
		struct response_input *input = &in_hand->inputs[s];

		rc =
		    price_at(settle, &version->price, step, &input->price, err);
		for (size_t i = 0; rc == 0 && i < version->penalty_count; i++) {
			if (version->penalties[i].has_price) {
				rc = price_at(settle,
				    &version->penalties[i].price, step,
				    &step->penalty_prices[i], err);
			}
		}
		if (rc == 0 && version->has_deviation &&
		    version->deviation.has_price) {
			rc = price_at(settle, &version->deviation.price, step,
			    &input->deviation_price, err);
		}
	}
	return rc;
}
