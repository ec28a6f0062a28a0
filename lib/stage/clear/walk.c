/* walk.c - an auction cleared hour by hour.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <string.h>

#include "base/status.h"
#include "stage/clear/own.h"

void
clear_result_release(struct clear_result *result)
{
	clear_price_release(&result->price);
	clear_trades_release(&result->trades);
	memset(result, 0, sizeof(*result));
}

int
clear_walk_open(struct clear_walk *walk, struct ledger *ledger,
    const struct clear_request *request, int64_t from_utc, struct qf_error *err)
{
	const char *opening = request->opening;

	memset(walk, 0, sizeof(*walk));
	clear_hour_init(&walk->read);
	if (opening != NULL) {
		walk->has_opening = true;
		if (dec_parse(&walk->opening, opening, strlen(opening), err) ==
		    -1) {
			return -1;
		}
	}
	return clear_book_open(&walk->book, ledger, request, from_utc, err);
}

void
clear_walk_close(struct clear_walk *walk)
{
	clear_linked_free(walk->linked);
	clear_hour_release(&walk->read);
	clear_result_release(&walk->found);
	dec_release(&walk->opening);
	clear_book_close(&walk->book);
}

/* An hour at one price. */
static int
clear_uniform(
    struct clear_hour *hour, struct clear_result *result, struct qf_error *err)
{
	struct clear_ladders *ladders = NULL;
	int rc = clear_ladders_make(&ladders, hour->orders, hour->order_count,
	    hour->need, hour->version, err);

	if (rc == 0) {
		clear_match(&result->match, ladders, hour->need);
		clear_raise(&result->match, hour->orders, hour->order_count,
		    hour->version);
		clear_price(&result->price, hour->orders, hour->order_count,
		    &result->match, hour->version);
	}
	clear_ladders_free(ladders);
	return rc;
}

static int
clear_hour(struct clear_walk *walk, struct qf_error *err)
{
	struct clear_hour *hour = walk->hour;
	struct clear_result *result = walk->result;
	int rc;

	if (hour->version->method != MARKET_UNIFORM) {
		result->in_pairs = true;
		rc = clear_pairs(&result->trades, hour->orders,
		    hour->order_count, hour->need,
		    walk->has_opening ? &walk->opening : NULL, hour->version,
		    err);
		result->match = result->trades.match;
	} else if (hour->minima) {
		rc = clear_alone(hour, result, err);
	} else {
		rc = clear_uniform(hour, result, err);
	}
	result->is_done = true;
	return rc;
}

/* Finds the hour among those that blocks link, which are all cleared when the
 * first of them is met. */
static int
find_linked(struct clear_walk *walk, struct qf_error *err)
{
	if (walk->linked == NULL && clear_link(&walk->linked, walk->book.ledger,
					walk->book.request, err) == -1) {
		return -1;
	}
	if (!clear_linked_at(walk->linked, walk->read.start_utc, &walk->hour,
		&walk->result)) {
		BUG("an hour with blocks is not among those");
	}
	return 0;
}

int
clear_walk_next(struct clear_walk *walk, struct qf_error *err)
{
	int rc = clear_book_next(&walk->book, &walk->read, err);

	if (rc != 1) {
		return rc;
	}
	clear_result_release(&walk->found);
	walk->hour = &walk->read;
	walk->result = &walk->found;
	if (walk->read.linked && find_linked(walk, err) == -1) {
		return -1;
	}
	if (!walk->result->is_done && clear_hour(walk, err) == -1) {
		return -1;
	}
	return 1;
}
