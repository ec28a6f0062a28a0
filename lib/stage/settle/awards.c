/* awards.c - what a contract was taken for in an event (中标).
 *
 * Awards are facts of the event and contract or, where the run of an auction
 * is given and the event names the auction, what that run awarded to bids of
 * the contract's party.  Several at one time are added up, as long as they
 * have one price: of which of them a response would be, no rule says.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/auction.h"
#include "stage/settle/own.h"

void
settle_pieces_clear(struct settle_pieces *pieces)
{
	for (size_t i = 0; i < pieces->count; i++) {
		dec_release(&pieces->of[i].value);
		dec_release(&pieces->of[i].price);
	}
	pieces->count = 0;
}

void
settle_pieces_release(struct settle_pieces *pieces)
{
	settle_pieces_clear(pieces);
	free(pieces->of);
	memset(pieces, 0, sizeof(*pieces));
}

struct settle_piece *
settle_pieces_add(
    struct settle_pieces *pieces, int64_t from_utc, int64_t to_utc)
{
	struct settle_piece *piece;

	if (pieces->count == pieces->capacity) {
		pieces->capacity = pieces->capacity * 2 + 16;
		pieces->of = xreallocarray(
		    pieces->of, pieces->capacity, sizeof(*pieces->of));
	}
	piece = &pieces->of[pieces->count++];
	memset(piece, 0, sizeof(*piece));
	piece->from_utc = from_utc;
	piece->to_utc = to_utc;
	return piece;
}

/* Awards as pieces ------------------------------------------------------- */

static void
name_piece(struct settle_piece *piece, const char *name)
{
	size_t length = strlen(name);

	assert(length <= ID_MAX);
	memcpy(piece->name, name, length + 1);
}

/* The facts of the event and contract. */
static int
of_facts(struct settle *settle, struct qf_error *err)
{
	const struct settle_case *in_hand = &settle->in_hand;
	struct fact fact;
	int64_t entry;
	int rc;

	if (facts_lookup_pair(&settle->award_cursor, settle->ledger,
		LOOKUP_AWARDS_OF_EVENT, settle->request->asof,
		in_hand->event->event, in_hand->contract->stretch.contract, 0,
		0, err) == -1) {
		return -1;
	}
	while (
	    (rc = facts_next(settle->award_cursor, &fact, &entry, err)) == 1) {
		struct settle_piece *piece = settle_pieces_add(&settle->pieces,
		    rulebook_integer(&fact, "start", 0),
		    rulebook_integer(&fact, "end", 0));

		piece->has_value = rulebook_decimal(&piece->value, &fact, "kw");
		piece->has_price =
		    rulebook_decimal(&piece->price, &fact, "price");
		name_piece(piece, rulebook_text(&fact, "award"));
		piece->entry = entry;
		piece->line_no = (int64_t)fact.line_no;
	}
	return rc;
}

static bool
is_of_party(const struct settle_contract *contract, const char *party)
{
	return party != NULL && (strcmp(party, contract->stretch.payee) == 0 ||
				    strcmp(party, contract->portfolio) == 0);
}

void
settle_parse(struct dec *out, const char *text)
{
	struct qf_error err;

	if (dec_parse_stored(out, text, strlen(text), &err) == -1) {
		BUG("a run has %s for a number", text);
	}
}

/* What the run of the auction awarded. */
static int
of_run(struct settle *settle, struct qf_error *err)
{
	const struct settle_case *in_hand = &settle->in_hand;
	struct run_cursor *cursor = NULL;
	struct award_row row;
	struct settle_units units;
	int rc;

	if (runs_open_awards(&cursor, settle->ledger,
		settle->request->awards_run, err) == -1) {
		return -1;
	}
	while ((rc = runs_next_award(cursor, &row, err)) == 1) {
		struct settle_piece *piece;

		if (strcmp(row.auction, in_hand->event->auction) != 0 ||
		    !is_of_party(in_hand->contract, row.party) ||
		    row.end_utc <= in_hand->event->start_utc ||
		    row.start_utc >= in_hand->event->end_utc) {
			continue;
		}
		rc = settle_units_of(settle, &units, row.start_utc, err);
		if (rc != 0) {
			break;
		}
		piece = settle_pieces_add(
		    &settle->pieces, row.start_utc, row.end_utc);
		piece->has_value = true;
		settle_parse(&piece->value, row.awarded);
		settle_to_kw(
		    &piece->value, &units, row.end_utc - row.start_utc);
		piece->has_price = row.price != NULL;
		if (row.price != NULL) {
			settle_parse(&piece->price, row.price);
			memcpy(piece->unit, units.price, sizeof(units.price));
		}
		name_piece(piece, row.bid);
		piece->entry = settle->request->awards_run;
		piece->line_no = row.line_no;
	}
	runs_close(cursor);
	return rc;
}

/* Steps ------------------------------------------------------------------ */

static int
refuse_step(struct settle *settle, const struct settle_step *step,
    const char *reason, const char *why)
{
	char time[40];

	return refuse(&settle->refusal, reason, "event %s, from %s: %s",
	    settle->in_hand.event->event,
	    energy_time(settle->zone, step->from_utc, time), why);
}

/* Adds an award to a step that it covers. */
static int
add_to_step(struct settle *settle, struct settle_step *step,
    const struct settle_piece *piece)
{
	if (piece->from_utc > step->from_utc || piece->to_utc < step->to_utc) {
		return refuse_step(settle, step, SETTLE_AWARD_STEPS,
		    "an award begins or ends inside the step that is paid as "
		    "one");
	}
	if (!step->has_award) {
		step->has_award = true;
		memcpy(step->award, piece->name, sizeof(step->award));
		step->has_award_price = piece->has_price;
		dec_set(&step->award_price, &piece->price);
		memcpy(step->award_unit, piece->unit, sizeof(piece->unit));
	} else if (step->has_award_price != piece->has_price ||
		   strcmp(step->award_unit, piece->unit) != 0 ||
		   dec_cmp(&step->award_price, &piece->price) != 0) {
		return refuse_step(settle, step, SETTLE_AWARD_STEPS,
		    "awards of one time have different prices");
	}
	dec_add(&step->award_kw, &step->award_kw, &piece->value);
	if (settle_notes(settle)) {
		char kw[DEC_TEXT_MAX], price[DEC_TEXT_MAX] = "none";
		const char *per = piece->unit[0] != '\0' ? " per " : "";

		dec_format_trim(&piece->value, kw, sizeof(kw));
		if (piece->has_price) {
			dec_format_trim(&piece->price, price, sizeof(price));
		}
		settle_note(settle, NULL, step->from_utc, "award", piece->entry,
		    piece->line_no, "%s: %s kW, price %s%s%s", piece->name, kw,
		    price, per, piece->unit);
	}
	return 0;
}

int
settle_awards(struct settle *settle, struct qf_error *err)
{
	struct settle_case *in_hand = &settle->in_hand;
	bool of_auction = settle->request->awards_run != 0 &&
			  in_hand->event->auction[0] != '\0';
	int rc;

	settle_pieces_clear(&settle->pieces);
	rc = of_auction ? of_run(settle, err) : of_facts(settle, err);
	for (size_t s = 0; rc == 0 && s < in_hand->step_count; s++) {
		struct settle_step *step = &in_hand->steps[s];

		for (size_t i = 0; rc == 0 && i < settle->pieces.count; i++) {
			const struct settle_piece *piece =
			    &settle->pieces.of[i];

			if (piece->from_utc < step->to_utc &&
			    piece->to_utc > step->from_utc) {
				rc = add_to_step(settle, step, piece);
			}
		}
		if (rc == 0 && !step->has_award &&
		    in_hand->version->needs_award) {
			rc = refuse_step(
			    settle, step, SETTLE_NO_AWARD, "there is no award");
		}
	}
	return rc;
}
