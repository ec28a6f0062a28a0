/* explain.c - one award told: from the bid and the book to what it got.
 *
 * The auction is cleared again as the run saw it; when the line's award comes
 * out, all that it came from is at hand and is told, a step a line.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/status.h"
#include "ledger/db.h"
#include "ledger/runs.h"
#include "stage/clear/explain_own.h"

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Numbers ------------------------------------------------------------------ */

const char *
told_ticks(struct told *told, int64_t ticks, const struct dec *tick,
    char out[DEC_TEXT_MAX])
{
	dec_mul_int(&told->number, tick, ticks);
	dec_format_trim(&told->number, out, DEC_TEXT_MAX);
	return out;
}

const char *
told_quantity(struct told *told, int64_t ticks, char out[DEC_TEXT_MAX])
{
	return told_ticks(
	    told, ticks, &told->walk->hour->version->quantity_tick, out);
}

/* A level is a fraction where orders are ranked by performance. */
const char *
told_level(
    struct told *told, const struct order_level *level, char out[DEC_TEXT_MAX])
{
	const struct market_version *version = told->walk->hour->version;
	struct dec performance = {0};

	if (level->performance == ORDER_PERFORMANCE_ONE) {
		return told_ticks(
		    told, level->price, &version->price_tick, out);
	}
	dec_mul_int(&told->number, &version->price_tick, level->price);
	dec_set_int(&performance, level->performance, ORDER_PERFORMANCE_SCALE);
	dec_div(&told->number, &told->number, &performance, 6, DEC_HALF_UP);
	dec_format_trim(&told->number, out, DEC_TEXT_MAX);
	dec_release(&performance);
	return out;
}

/* The bid ------------------------------------------------------------------ */

static void
tell_bid(struct told *told)
{
	const struct market_version *version = told->walk->hour->version;
	const struct award_row *award = &told->award;
	char from[CIVIL_TEXT_MAX], to[CIVIL_TEXT_MAX];
	char place[TELLING_PLACE_MAX];

	civil_format_offset(
	    award->start_utc, zone_offset(told->zone, award->start_utc), from);
	civil_format_offset(
	    award->end_utc, zone_offset(told->zone, award->end_utc), to);
	telling_say(&told->telling, "award",
	    "run:%" PRId64 "/%" PRId64 ": bid %s of auction %s, %s to %s%s%s",
	    told->run.entry, award->line_no, award->bid, award->auction, from,
	    to, award->party == NULL ? "" : ", party ",
	    award->party == NULL ? "" : award->party);
	telling_say(&told->telling, "", "%s: %s of %s %s%s%s%s%s", award->state,
	    award->awarded, award->offered, version->quantity_unit,
	    award->price == NULL ? "" : " at ",
	    award->price == NULL ? "" : award->price,
	    award->price == NULL ? "" : " per ",
	    award->price == NULL ? "" : version->price_unit);
	telling_place(
	    &told->telling, told->bid->entry, told->bid->line_no, place);
	telling_say(&told->telling, "bid", "to %s %s %s at %s%s%s: %s",
	    award->side, award->offered, version->quantity_unit,
	    award->bid_price == NULL ? "any price" : award->bid_price,
	    award->block == NULL ? "" : ", of block ",
	    award->block == NULL ? "" : award->block, place);
}

static void
tell_law(struct told *told)
{
	const struct clear_book *book = &told->walk->book;
	const struct market_version *version = told->walk->hour->version;
	char place[TELLING_PLACE_MAX], day[CIVIL_TEXT_MAX];

	telling_place(
	    &told->telling, book->market_entry, version->common.line_no, place);
	civil_format_day(version->common.from_day, day);
	telling_say(&told->telling, "market", "%s, version from %s: %s",
	    book->request->market, day, place);
	telling_say(&told->telling, "", "source: %s%s%s",
	    version->common.source,
	    version->common.confidence[0] == '\0' ? "" : ", confidence ",
	    version->common.confidence);
}

static void
tell_refused(struct told *told)
{
	telling_say(&told->telling, "refused", "%s: %s", told->bid->reason,
	    clear_hour_why(told->walk->hour, told->bid));
}

/* All ---------------------------------------------------------------------- */

static void
tell_award(struct told *told)
{
	tell_bid(told);
	tell_law(told);
	if (told->bid->order == CLEAR_NO_ORDER) {
		tell_refused(told);
	} else if (told->walk->result->in_pairs) {
		told_pairs(told);
	} else {
		told_uniform(told);
	}
}

/* The award that came out is the one that is stored. */
static void
compare(struct told *told)
{
	const struct award_row *a = &told->stored, *b = &told->award;

	if (!same_text(a->awarded, b->awarded) ||
	    !same_text(a->price, b->price) || !same_text(a->state, b->state) ||
	    !same_text(a->reason, b->reason)) {
		telling_differs(&told->telling,
		    "stored is %s: %s at %s, cleared again %s: %s at %s",
		    a->state, a->awarded,
		    a->price == NULL ? "no price" : a->price, b->state,
		    b->awarded, b->price == NULL ? "no price" : b->price);
	}
}

static void
take_hour(void *context, const struct clear_walk *walk)
{
	struct told *told = context;

	told->walk = walk;
}

static int
take_award(void *context, const struct award_row *award, struct qf_error *err)
{
	struct told *told = context;
	const struct clear_hour *hour = told->walk->hour;

	if (award->line_no != told->line_no) {
		return 0;
	}
	told->award = *award;
	for (size_t i = 0; i < hour->count; i++) {
		if (strcmp(clear_text(hour, hour->bids[i].id), award->bid) ==
		    0) {
			told->bid = &hour->bids[i];
		}
	}
	assert(told->bid != NULL);
	tell_award(told);
	compare(told);
	told->is_told = true;
	if (told->telling.failed) {
		return -1;
	}
	/* The rest of the auction says no more of it. */
	return qf_fail(err, QF_NO, "explain-told", "told");
}

/* The stored row of the line. */
static int
find_award(struct told *told, struct run_cursor **cursor,
    const struct handle *handle, struct qf_error *err)
{
	int rc =
	    runs_open_awards(cursor, told->telling.ledger, handle->entry, err);

	while (rc != -1 &&
	       (rc = runs_next_award(*cursor, &told->stored, err)) == 1) {
		if (told->stored.line_no == handle->line) {
			return 0;
		}
	}
	return rc == -1 ? -1
			: qf_fail(err, QF_USAGE, "handle-unknown",
			      "run:%" PRId64 "/%" PRId64 ": the run has no "
			      "award of that line",
			      handle->entry, handle->line);
}

static int
tell(struct told *told, struct qf_error *err)
{
	/* clear_request_of() cuts the scope into its words. */
	struct run run = told->run;
	const struct clear_sink sink = {
	    .context = told, .hour = take_hour, .award = take_award};
	struct clear_request request;
	struct clear_counts counts;

	clear_request_of(&request, &run);
	if (clear_run(told->telling.ledger, &request, &sink, &counts, err) ==
		-1 &&
	    !told->is_told) {
		return -1;
	}
	if (!told->is_told) {
		telling_differs(&told->telling,
		    "stored is bid %s, cleared again there is no such line",
		    told->stored.bid);
	}
	telling_files(&told->telling);
	return telling_end(&told->telling, told->run.entry, told->line_no);
}

int
clear_explain(struct ledger *ledger, const struct handle *handle,
    const struct audit_explain_request *request, struct sink sink,
    struct qf_error *err)
{
	struct told told = {
	    .telling = {.ledger = ledger, .sink = sink, .err = err},
	    .line_no = handle->line};
	struct run_cursor *cursor = NULL;
	struct zone *zone;
	int rc = -1;

	(void)request;
	if (runs_load(ledger, handle->entry, &told.run, err) == -1 ||
	    zone_load(&zone, ledger_market(ledger)->zone, err) == -1) {
		return -1;
	}
	told.zone = zone;
	if (find_award(&told, &cursor, handle, err) == 0) {
		rc = tell(&told, err);
	}
	runs_close(cursor);
	zone_free(zone);
	dec_release(&told.number);
	return rc;
}
