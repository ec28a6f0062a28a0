/* against.c - a clearing held against what was published, or a run.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/clear/against.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/dec.h"
#include "base/status.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "ledger/entry.h"
#include "ledger/registry.h"
#include "ledger/runs.h"

static const struct table_column columns[] = {
    {"auction", TABLE_TEXT},
    {"start", TABLE_TEXT},
    {"bid", TABLE_TEXT},
    {"what", TABLE_TEXT},
    {"ours", TABLE_NUMBER},
    {"theirs", TABLE_NUMBER},
};

/* Columns of the facts. */
enum { PRICE_AUCTION, PRICE_START, PRICE_END, PRICE_PRICE, PRICE_VOLUME };
enum { AWARD_AUCTION, AWARD_START, AWARD_BID, AWARD_QUANTITY, AWARD_PRICE };

/* What the other side says of an hour, or of a bid in one. */
struct theirs {
	bool is_there; /* else the end was reached */
	int64_t start_utc;
	const char *bid; /* "" of an hour */
	const char *quantity; /* or volume; NULL: not said */
	const char *price; /* NULL: none, or of an award not said */
};

struct clear_against {
	struct ledger *ledger;
	const struct clear_request *request;
	struct zone *zone;
	struct table *table;
	/* Where the other side comes from: facts, or a run. */
	struct fact_cursor *price_facts, *award_facts;
	struct run_cursor *price_rows, *award_rows;
	bool has_prices, has_awards;
	struct theirs price, award; /* the next of each */
	int64_t differences;
	struct dec a, b; /* scratch */
};

/* The other side ----------------------------------------------------------- */

static const char *
text_of(const struct fact_value *value)
{
	return value->is == FACT_NULL ? NULL : value->text;
}

static int
step_price(struct clear_against *against, struct qf_error *err)
{
	struct theirs *next = &against->price;
	struct price_row row;
	struct fact fact;
	int64_t entry;
	int rc;

	if (against->price_rows != NULL) {
		rc = runs_next_price(against->price_rows, &row, err);
		*next = (struct theirs){.bid = ""};
		if (rc == 1) {
			next->start_utc = row.start_utc;
			next->quantity = row.volume;
			next->price = row.price;
		}
	} else {
		rc = facts_next(against->price_facts, &fact, &entry, err);
		*next = (struct theirs){.bid = ""};
		if (rc == 1) {
			next->start_utc = fact.values[PRICE_START].integer;
			next->quantity = text_of(&fact.values[PRICE_VOLUME]);
			next->price = text_of(&fact.values[PRICE_PRICE]);
		}
	}
	next->is_there = rc == 1;
	return rc == -1 ? -1 : 0;
}

static int
step_award(struct clear_against *against, struct qf_error *err)
{
	struct theirs *next = &against->award;
	struct award_row row;
	struct fact fact;
	int64_t entry;
	int rc;

	if (against->award_rows != NULL) {
		rc = runs_next_award(against->award_rows, &row, err);
		*next = (struct theirs){0};
		if (rc == 1) {
			next->start_utc = row.start_utc;
			next->bid = row.bid;
			next->quantity = row.awarded;
			next->price = row.price;
		}
	} else {
		rc = facts_next(against->award_facts, &fact, &entry, err);
		*next = (struct theirs){0};
		if (rc == 1) {
			next->start_utc = fact.values[AWARD_START].integer;
			next->bid = text_of(&fact.values[AWARD_BID]);
			next->quantity = text_of(&fact.values[AWARD_QUANTITY]);
			next->price = text_of(&fact.values[AWARD_PRICE]);
		}
	}
	next->is_there = rc == 1;
	return rc == -1 ? -1 : 0;
}

static int
open_run(struct clear_against *against, const char *text, struct qf_error *err)
{
	struct handle handle;
	const char *auction;
	struct run run;
	size_t length = 0;

	if (handle_parse(&handle, text, err) == -1 ||
	    entry_resolve(against->ledger, &handle, err) == -1) {
		return -1;
	}
	if (handle.kind != ENTRY_RUN || handle.line != 0) {
		return qf_fail(err, QF_USAGE, "handle-kind",
		    "%s: a whole run is needed", text);
	}
	if (runs_load(against->ledger, handle.entry, &run, err) == -1) {
		return -1;
	}
	if (strcmp(run.tool, CLEAR_TOOL) != 0) {
		return qf_fail(err, QF_USAGE, "handle-kind",
		    "%s: was made by %s, and has no awards", text, run.tool);
	}
	auction = runs_scope_word(run.scope, "auction", &length);
	if (auction == NULL || length != strlen(against->request->auction) ||
	    memcmp(auction, against->request->auction, length) != 0) {
		return qf_fail(err, QF_USAGE, "handle-auction",
		    "%s: cleared auction %.*s, not %s", text, (int)length,
		    auction == NULL ? "" : auction, against->request->auction);
	}
	if (runs_open_prices(&against->price_rows, against->ledger,
		handle.entry, err) == -1) {
		return -1;
	}
	return runs_open_awards(
	    &against->award_rows, against->ledger, handle.entry, err);
}

static int
open_facts(struct clear_against *against, struct qf_error *err)
{
	const struct clear_request *request = against->request;

	if (facts_lookup(&against->price_facts, against->ledger,
		LOOKUP_PUBLISHED_PRICES, request->asof, request->auction,
		INT64_MIN, INT64_MAX, err) == -1) {
		return -1;
	}
	return facts_lookup(&against->award_facts, against->ledger,
	    LOOKUP_PUBLISHED_AWARDS, request->asof, request->auction, INT64_MIN,
	    INT64_MAX, err);
}

int
clear_against_open(struct clear_against **out, struct ledger *ledger,
    const struct clear_request *request, const char *what, enum table_form form,
    struct sink sink, struct qf_error *err)
{
	struct clear_against *against = xcalloc(1, sizeof(*against));
	bool published = strcmp(what, "published") == 0;

	*out = against;
	against->ledger = ledger;
	against->request = request;
	if (zone_load(&against->zone, ledger_market(ledger)->zone, err) == -1 ||
	    (published ? open_facts(against, err)
		       : open_run(against, what, err)) == -1 ||
	    step_price(against, err) == -1 || step_award(against, err) == -1) {
		return -1;
	}
	against->has_prices = !published || against->price.is_there;
	against->has_awards = !published || against->award.is_there;
	if (!against->has_prices && !against->has_awards) {
		return qf_fail(err, QF_NO, "published-none",
		    "nothing was published of auction %s", request->auction);
	}
	against->table = table_new(
	    sink, form, columns, sizeof(columns) / sizeof(columns[0]));
	return 0;
}

void
clear_against_free(struct clear_against *against)
{
	if (against == NULL) {
		return;
	}
	table_free(against->table);
	facts_close(against->price_facts);
	facts_close(against->award_facts);
	runs_close(against->price_rows);
	runs_close(against->award_rows);
	zone_free(against->zone);
	dec_release(&against->a);
	dec_release(&against->b);
	free(against);
}

/* Comparing ---------------------------------------------------------------- */

static int
differ(struct clear_against *against, int64_t start_utc, const char *bid,
    const char *what, const char *ours, const char *theirs,
    struct qf_error *err)
{
	char start[CIVIL_TEXT_MAX];

	civil_format_offset(
	    start_utc, zone_offset(against->zone, start_utc), start);
	table_text(against->table, against->request->auction);
	table_text(against->table, start);
	table_text(against->table, bid[0] == '\0' ? NULL : bid);
	table_text(against->table, what);
	table_text(against->table, ours);
	table_text(against->table, theirs);
	against->differences++;
	return table_end_row(against->table, err);
}

/* Whether two numbers, each there or not, are the same. */
static bool
same(struct clear_against *against, const char *a, const char *b)
{
	if (a == NULL || b == NULL) {
		return a == b;
	}
	if (dec_parse_stored(&against->a, a, strlen(a), NULL) == -1 ||
	    dec_parse_stored(&against->b, b, strlen(b), NULL) == -1) {
		BUG("%s or %s is no decimal", a, b);
	}
	return dec_cmp(&against->a, &against->b) == 0;
}

static const char *
or_none(const char *price)
{
	return price == NULL ? "none" : price;
}

/* Hours of the other side that come before one of ours, and are not there. */
static int
skip_prices(
    struct clear_against *against, int64_t start_utc, struct qf_error *err)
{
	while (
	    against->price.is_there && against->price.start_utc < start_utc) {
		if (differ(against, against->price.start_utc, "", "hour", "no",
			"yes", err) == -1 ||
		    step_price(against, err) == -1) {
			return -1;
		}
	}
	return 0;
}

static int
take_price(void *context, const struct price_row *row, struct qf_error *err)
{
	struct clear_against *against = context;
	const struct theirs *theirs = &against->price;

	if (!against->has_prices) {
		return 0;
	}
	if (skip_prices(against, row->start_utc, err) == -1) {
		return -1;
	}
	if (!theirs->is_there || theirs->start_utc != row->start_utc) {
		return differ(
		    against, row->start_utc, "", "hour", "yes", "no", err);
	}
	if (!same(against, row->price, theirs->price) &&
	    differ(against, row->start_utc, "", "price", or_none(row->price),
		or_none(theirs->price), err) == -1) {
		return -1;
	}
	if (theirs->quantity != NULL &&
	    !same(against, row->volume, theirs->quantity) &&
	    differ(against, row->start_utc, "", "volume", row->volume,
		theirs->quantity, err) == -1) {
		return -1;
	}
	return step_price(against, err);
}

/* Whether the next of theirs comes before a bid of ours. */
static bool
is_before(const struct theirs *theirs, int64_t start_utc, const char *bid)
{
	if (!theirs->is_there || theirs->start_utc != start_utc) {
		return theirs->is_there && theirs->start_utc < start_utc;
	}
	return strcmp(theirs->bid, bid) < 0;
}

/* Awards of bids that are not in the book: of nothing, on our side. */
static int
skip_awards(struct clear_against *against, int64_t start_utc, const char *bid,
    struct qf_error *err)
{
	const struct theirs *theirs = &against->award;

	while (is_before(theirs, start_utc, bid)) {
		if (!same(against, "0", theirs->quantity) &&
		    differ(against, theirs->start_utc, theirs->bid, "quantity",
			"0", theirs->quantity, err) == -1) {
			return -1;
		}
		if (step_award(against, err) == -1) {
			return -1;
		}
	}
	return 0;
}

static int
take_award(void *context, const struct award_row *row, struct qf_error *err)
{
	struct clear_against *against = context;
	const struct theirs *theirs = &against->award;

	if (!against->has_awards) {
		return 0;
	}
	if (skip_awards(against, row->start_utc, row->bid, err) == -1) {
		return -1;
	}
	if (!theirs->is_there || theirs->start_utc != row->start_utc ||
	    strcmp(theirs->bid, row->bid) != 0) {
		return same(against, row->awarded, "0")
			   ? 0
			   : differ(against, row->start_utc, row->bid,
				 "quantity", row->awarded, "0", err);
	}
	if (!same(against, row->awarded, theirs->quantity) &&
	    differ(against, row->start_utc, row->bid, "quantity", row->awarded,
		theirs->quantity, err) == -1) {
		return -1;
	}
	if (theirs->price != NULL && row->price != NULL &&
	    !same(against, row->price, theirs->price) &&
	    differ(against, row->start_utc, row->bid, "price", row->price,
		theirs->price, err) == -1) {
		return -1;
	}
	return step_award(against, err);
}

struct clear_sink
clear_against_sink(struct clear_against *against)
{
	return (struct clear_sink){
	    .context = against, .price = take_price, .award = take_award};
}

int
clear_against_finish(
    struct clear_against *against, int64_t *differences, struct qf_error *err)
{
	if ((against->has_prices &&
		skip_prices(against, INT64_MAX, err) == -1) ||
	    (against->has_awards &&
		skip_awards(against, INT64_MAX, "", err) == -1)) {
		return -1;
	}
	*differences = against->differences;
	return table_finish(against->table, err);
}
