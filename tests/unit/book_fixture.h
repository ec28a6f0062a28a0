/* book_fixture.h - order books of one line, for tests of clearing.
 *
 *	"B 40@4000, B 60@4000, S 100@10, S 100@* /1.25 !5 t7 p2 cstorage"
 *
 * Side, quantity and price ("*": at any price); then performance, minimum,
 * submission time, party and class, each where there is one.  Ranks are the
 * places in the line, from 0.
 */
#ifndef QF_TESTS_BOOK_FIXTURE_H
#define QF_TESTS_BOOK_FIXTURE_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "settle/clear.h"
#include "settle/clear_price.h"
#include "settle/order.h"

#define BOOK_MAX 32
#define BOOK_TEXT_MAX 1024

/* Quantities in tenths, prices in hundredths; the price as chosen has two
 * digits.  Ties are shared. */
#define BOOK_MARKET                                                           \
	{                                                                     \
		.quantity_tick = DEC_SMALL(1, 1),                             \
		.price_tick = DEC_SMALL(1, 2), .ties = {MARKET_TIE_PRO_RATA}, \
		.tie_count = 1, .price_scale = 2, .price_mode = DEC_HALF_UP,  \
	}

static inline void
book_number(struct dec *out, const char *text)
{
	cr_assert_eq(dec_parse(out, text, strlen(text), NULL), 0, "%s", text);
}

/* One order of a line; returns what order_make() says. */
static inline int
book_order(struct order *out, char *text, const struct market_version *version,
    struct refusal *refusal)
{
	struct dec price = {0}, quantity = {0}, minimum = {0},
		   performance = {0};
	struct order_bid bid = {.submitted_utc = ORDER_NO_TIME};
	uint32_t party = 0;
	char *place, *word = strtok_r(text, " ", &place);
	int refused;

	bid.side = word[0] == 'B' ? ORDER_BUY : ORDER_SELL;
	while ((word = strtok_r(NULL, " ", &place)) != NULL) {
		char *at = strchr(word, '@');

		if (at != NULL) {
			*at = '\0';
			book_number(&quantity, word);
			bid.quantity = &quantity;
			if (at[1] != '*') {
				book_number(&price, at + 1);
				bid.price = &price;
			}
		} else if (word[0] == '/') {
			book_number(&performance, word + 1);
			bid.performance = &performance;
		} else if (word[0] == '!') {
			book_number(&minimum, word + 1);
			bid.minimum = &minimum;
		} else if (word[0] == 't') {
			bid.submitted_utc = strtol(word + 1, NULL, 10);
		} else if (word[0] == 'p') {
			party = (uint32_t)strtoul(word + 1, NULL, 10);
		} else {
			bid.class_id = word + 1;
		}
	}
	refused = order_make(out, &bid, version, refusal);
	out->party = party;
	dec_release(&price);
	dec_release(&quantity);
	dec_release(&minimum);
	dec_release(&performance);
	return refused;
}

/* The orders of a line; none of them may be refused. */
static inline size_t
book_read(struct order *orders, const char *line,
    const struct market_version *version)
{
	char copy[BOOK_TEXT_MAX], *place;
	size_t count = 0;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *text = strtok_r(copy, ",", &place); text != NULL;
	     text = strtok_r(NULL, ",", &place)) {
		struct refusal refusal = {0};

		cr_assert_lt(count, BOOK_MAX);
		cr_assert_eq(
		    book_order(&orders[count], text, version, &refusal), 0,
		    "%s: %s", line, refusal.detail);
		orders[count].rank = (uint32_t)count;
		count++;
	}
	return count;
}

/* Ticks of quantity as text. */
static inline void
book_quantity(
    char *out, size_t size, int64_t ticks, const struct market_version *version)
{
	struct dec value = {0};

	dec_mul_int(&value, &version->quantity_tick, ticks);
	cr_assert_geq(size, (size_t)DEC_TEXT_MAX);
	dec_format_trim(&value, out, size);
	dec_release(&value);
}

/* "40 60 50": what was accepted of each order, in the line's order. */
static inline void
book_accepted(char *out, size_t size, const struct order *orders, size_t count,
    const struct market_version *version)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		char number[DEC_TEXT_MAX];

		book_quantity(
		    number, sizeof(number), orders[i].accepted, version);
		used += (size_t)snprintf(
		    out + used, size - used, i == 0 ? "%s" : " %s", number);
	}
}

/* A price as text, "none" where there is none. */
static inline void
book_price(char *out, bool known, const struct dec *price)
{
	if (known) {
		dec_format_trim(price, out, DEC_TEXT_MAX);
	} else {
		snprintf(out, DEC_TEXT_MAX, "none");
	}
}

/* Clears a book, raises awards, and chooses the price. */
static inline void
book_clear(struct clear_match *match, struct clear_price *price,
    struct order *orders, size_t count, int64_t need,
    const struct market_version *version)
{
	struct clear_ladders *ladders = NULL;
	struct qf_error error;

	cr_assert_eq(
	    clear_ladders_make(&ladders, orders, count, need, version, &error),
	    0);
	clear_match(match, ladders, need);
	clear_ladders_free(ladders);
	clear_raise(match, orders, count, version);
	clear_price(price, orders, count, match, version);
}

#endif
