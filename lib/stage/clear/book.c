/* book.c - an auction of the ledger read hour by hour, as orders.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "ledger/db.h"
#include "settle/refusal.h"
#include "stage/clear/own.h"
#include "stage/document.h"

/* Columns of bid and need; a unit test of the facts holds their order. */
enum {
	BID_AUCTION,
	BID_START,
	BID_BID,
	BID_END,
	BID_PARTY,
	BID_SIDE,
	BID_PRICE,
	BID_QUANTITY,
	BID_SUBMITTED,
	BID_MINIMUM,
	BID_BLOCK,
	BID_PERFORMANCE,
	BID_CLASS,
	BID_COLUMNS
};
enum { NEED_AUCTION, NEED_START, NEED_NEED, NEED_END, NEED_QUANTITY };

/* Texts of an hour, which are found by 32 bits. */
#define TEXTS_MAX ((size_t)UINT32_MAX)

/* The hour ----------------------------------------------------------------- */

void
clear_hour_init(struct clear_hour *hour)
{
	memset(hour, 0, sizeof(*hour));
	buf_init(&hour->texts, TEXTS_MAX);
}

void
clear_hour_release(struct clear_hour *hour)
{
	free(hour->bids);
	free(hour->orders);
	free(hour->parties);
	buf_release(&hour->texts);
	memset(hour, 0, sizeof(*hour));
}

static void
hour_clear(struct clear_hour *hour)
{
	hour->count = 0;
	hour->order_count = 0;
	hour->need = 0;
	hour->need_count = 0;
	hour->linked = false;
	hour->minima = false;
	buf_clear(&hour->texts);
	/* Place 0 is that of no text. */
	buf_add_char(&hour->texts, '\0');
}

const char *
clear_text(const struct clear_hour *hour, uint32_t place)
{
	return place == 0 ? NULL : hour->texts.bytes + place;
}

static int
add_words(struct clear_hour *hour, const char *text, size_t length,
    uint32_t *out, struct qf_error *err)
{
	*out = (uint32_t)hour->texts.length;
	if (buf_add(&hour->texts, text, length + 1) == -1) {
		return qf_fail(err, QF_DATA, "auction-size",
		    "an hour of the auction has more bids than can be held");
	}
	return 0;
}

static int
add_text(struct clear_hour *hour, const struct fact_value *value, uint32_t *out,
    struct qf_error *err)
{
	*out = 0;
	return value->is == FACT_NULL
		   ? 0
		   : add_words(hour, value->text, value->length, out, err);
}

static struct clear_bid *
add_bid(struct clear_hour *hour)
{
	if (hour->count == hour->capacity) {
		hour->capacity = hour->capacity * 2 + 64;
		hour->bids = xreallocarray(
		    hour->bids, hour->capacity, sizeof(*hour->bids));
	}
	memset(&hour->bids[hour->count], 0, sizeof(*hour->bids));
	return &hour->bids[hour->count++];
}

static void
add_order(struct clear_hour *hour, const struct order *order)
{
	if (hour->order_count == hour->order_capacity) {
		hour->order_capacity = hour->order_capacity * 2 + 64;
		hour->orders = xreallocarray(
		    hour->orders, hour->order_capacity, sizeof(*hour->orders));
	}
	hour->orders[hour->order_count++] = *order;
}

void
clear_hour_refuse(struct clear_bid *bid, const char *reason)
{
	assert(strlen(reason) < sizeof(bid->reason));
	memcpy(bid->reason, reason, strlen(reason) + 1);
}

const char *
clear_hour_why(const struct clear_hour *hour, const struct clear_bid *bid)
{
	if (strcmp(bid->reason, REASON_BID_BLOCK) == 0) {
		return "the market's rule takes no such block or minimum";
	}
	if (strcmp(bid->reason, REASON_BID_BLOCK_ROW) == 0) {
		return "another bid of its block is refused";
	}
	if (strcmp(bid->reason, REASON_BID_BLOCK_RATIO) == 0) {
		return "minimum and quantity of its block's bids are not in "
		       "one proportion";
	}
	return clear_text(hour, bid->why);
}

void
clear_hour_settle(struct clear_hour *hour)
{
	size_t kept = 0;

	for (size_t i = 0; i < hour->count; i++) {
		struct clear_bid *bid = &hour->bids[i];

		if (bid->order == CLEAR_NO_ORDER) {
			continue;
		}
		if (bid->reason[0] != '\0') {
			bid->order = CLEAR_NO_ORDER;
			continue;
		}
		assert(kept <= bid->order);
		hour->orders[kept] = hour->orders[bid->order];
		bid->order = (uint32_t)kept++;
	}
	hour->order_count = kept;
	hour->minima = false;
	for (size_t i = 0; i < hour->count && !hour->minima; i++) {
		hour->minima = clear_is_block(hour, &hour->bids[i]);
	}
}

bool
clear_is_block(const struct clear_hour *hour, const struct clear_bid *bid)
{
	return bid->order != CLEAR_NO_ORDER &&
	       (bid->block != 0 ||
		   (hour->orders[bid->order].minimum > 0 &&
		       hour->version->below == MARKET_BELOW_REJECT));
}

/* Opening ------------------------------------------------------------------ */

static int
load_market(struct clear_book *book, struct qf_error *err)
{
	struct document document;
	int rc;

	if (document_find(book->ledger, book->request->asof, "market",
		book->request->market, &document, err) == -1) {
		return -1;
	}
	book->market_entry = document.entry;
	rc = market_load(&book->market, document.text, strlen(document.text),
	    document.file, err);
	free(document.text);
	return rc;
}

static int
step_bid(struct clear_book *book, struct qf_error *err)
{
	int rc =
	    facts_next(book->bids, &book->next_bid, &book->next_bid_entry, err);

	book->at_bid = rc == 1;
	return rc == -1 ? -1 : 0;
}

static int
step_need(struct clear_book *book, struct qf_error *err)
{
	int64_t entry;
	int rc = facts_next(book->needs, &book->next_need, &entry, err);

	book->at_need = rc == 1;
	return rc == -1 ? -1 : 0;
}

int
clear_book_open(struct clear_book *book, struct ledger *ledger,
    const struct clear_request *request, int64_t from_utc, struct qf_error *err)
{
	memset(book, 0, sizeof(*book));
	book->ledger = ledger;
	book->request = request;
	book->end_utc = INT64_MIN;
	if (zone_load(&book->zone, ledger_market(ledger)->zone, err) == -1 ||
	    load_market(book, err) == -1 ||
	    facts_lookup(&book->bids, ledger, LOOKUP_BIDS, request->asof,
		request->auction, from_utc, INT64_MAX, err) == -1 ||
	    facts_lookup(&book->needs, ledger, LOOKUP_NEEDS, request->asof,
		request->auction, from_utc, INT64_MAX, err) == -1 ||
	    step_bid(book, err) == -1) {
		return -1;
	}
	return step_need(book, err);
}

void
clear_book_close(struct clear_book *book)
{
	facts_close(book->bids);
	facts_close(book->needs);
	market_free(book->market);
	zone_free(book->zone);
	dec_release(&book->price);
	dec_release(&book->quantity);
	dec_release(&book->minimum);
	dec_release(&book->performance);
	dec_release(&book->sum);
	memset(book, 0, sizeof(*book));
}

/* Bids --------------------------------------------------------------------- */

static void
say_start(const struct clear_book *book, int64_t utc, char out[CIVIL_TEXT_MAX])
{
	civil_format_offset(utc, zone_offset(book->zone, utc), out);
}

static int
fail_hours(const struct clear_book *book, int64_t start_utc, const char *what,
    const char *id, struct qf_error *err)
{
	char start[CIVIL_TEXT_MAX];

	say_start(book, start_utc, start);
	return qf_fail(err, QF_DATA, "auction-hours",
	    "auction %s, %s, %s %s: does not end with the others of its hour, "
	    "or begins before the hour before has ended",
	    book->request->auction, start, what, id);
}

/* NULL where the bid leaves the number out. */
static const struct dec *
take_dec(struct dec *out, const struct fact_value *value)
{
	if (value->is == FACT_NULL) {
		return NULL;
	}
	if (dec_parse(out, value->text, value->length, NULL) == -1) {
		BUG("%s is no decimal", value->text);
	}
	return out;
}

/* Whether the market knows what a block, or a minimum, is: an order that is
 * accepted from a minimum on asks for one price an hour and no other order
 * than that of prices. */
static bool
takes(const struct market_version *version, bool block)
{
	if (version->below == MARKET_BELOW_RAISE) {
		return !block;
	}
	return version->method == MARKET_UNIFORM && !version->by_performance &&
	       version->limit_count == 0;
}

/* Makes the bid's order, or says why it is refused. */
static int
make_order(struct clear_book *book, struct clear_hour *hour,
    struct clear_bid *bid, struct qf_error *err)
{
	const struct fact_value *values = book->next_bid.values;
	struct order_bid said = {
	    .side = bid->side,
	    .price = take_dec(&book->price, &values[BID_PRICE]),
	    .quantity = take_dec(&book->quantity, &values[BID_QUANTITY]),
	    .minimum = take_dec(&book->minimum, &values[BID_MINIMUM]),
	    .performance =
		take_dec(&book->performance, &values[BID_PERFORMANCE]),
	    .class_id = clear_text(hour, bid->class_id),
	    .submitted_utc = values[BID_SUBMITTED].is == FACT_NULL
				 ? ORDER_NO_TIME
				 : values[BID_SUBMITTED].integer,
	};
	struct refusal refusal;
	struct order order;

	bid->order = CLEAR_NO_ORDER;
	hour->linked = hour->linked || bid->block != 0;
	if (order_make(&order, &said, hour->version, &refusal) == 1) {
		clear_hour_refuse(bid, refusal.reason);
		return add_words(hour, refusal.detail, strlen(refusal.detail),
		    &bid->why, err);
	}
	if ((bid->block != 0 || order.minimum > 0) &&
	    !takes(hour->version, bid->block != 0)) {
		clear_hour_refuse(bid, REASON_BID_BLOCK);
		return 0;
	}
	order.rank = (uint32_t)hour->count;
	bid->order = (uint32_t)hour->order_count;
	add_order(hour, &order);
	hour->minima = hour->minima || clear_is_block(hour, bid);
	return 0;
}

static int
take_bid(struct clear_book *book, struct clear_hour *hour, struct qf_error *err)
{
	const struct fact_value *values = book->next_bid.values;
	struct clear_bid *bid;

	if (values[BID_END].integer != hour->end_utc) {
		return fail_hours(
		    book, hour->start_utc, "bid", values[BID_BID].text, err);
	}
	if (hour->count == CLEAR_NO_ORDER) {
		return qf_fail(err, QF_DATA, "auction-size",
		    "an hour of the auction has more bids than can be held");
	}
	bid = add_bid(hour);
	bid->side = values[BID_SIDE].text[0] == 's' ? ORDER_SELL : ORDER_BUY;
	bid->entry = book->next_bid_entry;
	bid->line_no = (int64_t)book->next_bid.line_no;
	if (add_text(hour, &values[BID_BID], &bid->id, err) == -1 ||
	    add_text(hour, &values[BID_PARTY], &bid->party, err) == -1 ||
	    add_text(hour, &values[BID_CLASS], &bid->class_id, err) == -1 ||
	    add_text(hour, &values[BID_BLOCK], &bid->block, err) == -1 ||
	    add_text(hour, &values[BID_QUANTITY], &bid->offered, err) == -1 ||
	    add_text(hour, &values[BID_PRICE], &bid->price, err) == -1) {
		return -1;
	}
	if (make_order(book, hour, bid, err) == -1) {
		return -1;
	}
	book->read++;
	if (book->progress != NULL) {
		book->progress(book->context, book->read);
	}
	return step_bid(book, err);
}

/* Parties ------------------------------------------------------------------ */

static int
party_cmp(const void *a, const void *b)
{
	const struct clear_party *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* Numbers the parties of an hour, where a limit asks which bids are of one. */
static void
number_parties(struct clear_hour *hour)
{
	size_t count = 0;
	uint32_t number = 0;

	if (hour->version->limit_count == 0) {
		return;
	}
	hour->parties = xreallocarray(
	    hour->parties, hour->order_count + 1, sizeof(*hour->parties));
	for (size_t i = 0; i < hour->count; i++) {
		const struct clear_bid *bid = &hour->bids[i];

		if (bid->party != 0 && bid->order != CLEAR_NO_ORDER) {
			hour->parties[count].name =
			    clear_text(hour, bid->party);
			hour->parties[count++].order = bid->order;
		}
	}
	qsort(hour->parties, count, sizeof(*hour->parties), party_cmp);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 ||
		    party_cmp(&hour->parties[i - 1], &hour->parties[i]) != 0) {
			number++;
		}
		hour->orders[hour->parties[i].order].party = number;
	}
}

/* Hours -------------------------------------------------------------------- */

static int
find_version(
    struct clear_book *book, struct clear_hour *hour, struct qf_error *err)
{
	int32_t day = zone_day_of(book->zone, hour->start_utc);
	char text[CIVIL_TEXT_MAX];

	hour->version = market_at(book->market, day);
	if (hour->version == NULL) {
		civil_format_day(day, text);
		return qf_fail(err, QF_CONFIG, "rule-version",
		    "market %s has no version for %s", book->market->head.id,
		    text);
	}
	if (hour->version->is_template) {
		return qf_fail(err, QF_CONFIG, "rule-template",
		    "market %s, line %d: a number is still to be filled in",
		    book->market->head.id, hour->version->common.line_no);
	}
	return 0;
}

static int
take_need(
    struct clear_book *book, struct clear_hour *hour, struct qf_error *err)
{
	const struct fact_value *values = book->next_need.values;

	if (values[NEED_END].integer != hour->end_utc) {
		return fail_hours(
		    book, hour->start_utc, "need", values[NEED_NEED].text, err);
	}
	(void)take_dec(&book->quantity, &values[NEED_QUANTITY]);
	dec_add(&book->sum, &book->sum, &book->quantity);
	hour->need_count++;
	return step_need(book, err);
}

/* The sum of the hour's needs, in ticks. */
static int
make_need(
    struct clear_book *book, struct clear_hour *hour, struct qf_error *err)
{
	const struct dec *tick = &hour->version->quantity_tick;
	char start[CIVIL_TEXT_MAX], need[DEC_TEXT_MAX], step[DEC_TEXT_MAX];

	if (order_ticks(&hour->need, &book->sum, tick) == ORDER_FITS &&
	    hour->need <= ORDER_TICKS_MAX && hour->need >= -ORDER_TICKS_MAX) {
		return 0;
	}
	say_start(book, hour->start_utc, start);
	dec_format_trim(&book->sum, need, sizeof(need));
	dec_format_trim(tick, step, sizeof(step));
	return qf_fail(err, QF_DATA, "need-tick",
	    "auction %s, %s: the need, %s, is not in whole ticks of %s %s, or "
	    "beyond what can be counted",
	    book->request->auction, start, need, step,
	    hour->version->quantity_unit);
}

/* Where the next hour starts and ends. */
static int
begin_hour(
    struct clear_book *book, struct clear_hour *hour, struct qf_error *err)
{
	const struct fact_value *bid = book->next_bid.values;
	const struct fact_value *need = book->next_need.values;
	bool by_need = !book->at_bid ||
		       (book->at_need &&
			   need[NEED_START].integer < bid[BID_START].integer);

	hour_clear(hour);
	hour->start_utc =
	    by_need ? need[NEED_START].integer : bid[BID_START].integer;
	hour->end_utc = by_need ? need[NEED_END].integer : bid[BID_END].integer;
	if (hour->start_utc < book->end_utc) {
		return fail_hours(book, hour->start_utc,
		    by_need ? "need" : "bid",
		    by_need ? need[NEED_NEED].text : bid[BID_BID].text, err);
	}
	book->end_utc = hour->end_utc;
	dec_set_int(&book->sum, 0, 0);
	return find_version(book, hour, err);
}

int
clear_book_next(
    struct clear_book *book, struct clear_hour *hour, struct qf_error *err)
{
	if (!book->at_bid && !book->at_need) {
		return 0;
	}
	if (begin_hour(book, hour, err) == -1) {
		return -1;
	}
	while (book->at_bid &&
	       book->next_bid.values[BID_START].integer == hour->start_utc) {
		if (take_bid(book, hour, err) == -1) {
			return -1;
		}
	}
	while (book->at_need &&
	       book->next_need.values[NEED_START].integer == hour->start_utc) {
		if (take_need(book, hour, err) == -1) {
			return -1;
		}
	}
	if (make_need(book, hour, err) == -1) {
		return -1;
	}
	number_parties(hour);
	return 1;
}
