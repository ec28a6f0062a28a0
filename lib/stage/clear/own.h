/* own.h - what the files of clearing share.
 *
 * Internal to clear*.c and to what explains and compares their rows.
 */
#ifndef QF_STAGE_CLEAR_OWN_H
#define QF_STAGE_CLEAR_OWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "base/zone.h"
#include "ledger/registry.h"
#include "rules/market.h"
#include "settle/clear.h"
#include "settle/clear_pairs.h"
#include "settle/clear_price.h"
#include "settle/order.h"
#include "settle/refusal.h"
#include "stage/clear/clear.h"

#define CLEAR_NO_ORDER UINT32_MAX

/* Reasons of a refusal beside those of order.h. */
#define REASON_BID_BLOCK "bid-block" /* the market takes no blocks */
#define REASON_BID_BLOCK_RATIO "bid-block-ratio" /* its rows differ in it */
#define REASON_BID_BLOCK_ROW "bid-block-row" /* another row is refused */

/* A bid of an hour.  Texts are places in the hour's texts; 0: none. */
struct clear_bid {
	uint32_t id, party, class_id, block;
	uint32_t offered, price;
	uint32_t why; /* of a refusal, where the reason does not say all */
	uint32_t order; /* its order's index; CLEAR_NO_ORDER: refused */
	enum order_side side;
	bool paradoxical; /* found: a row of such a block */
	int64_t entry, line_no; /* where it was stated */
	char reason[24]; /* of a refusal; "" */
};

/* An order and the name of its party, for numbering. */
struct clear_party {
	const char *name;
	uint32_t order;
};

/* One hour of an auction.  Bids are in the order of their ids, and so are the
 * orders of those that were not refused. */
struct clear_hour {
	int64_t start_utc, end_utc;
	const struct market_version *version;
	int64_t need; /* ticks */
	size_t need_count; /* of its rows */
	bool linked; /* some bid names a block */
	bool minima; /* some bid is accepted from a minimum on, or not */
	struct clear_bid *bids;
	size_t count, capacity;
	struct order *orders;
	size_t order_count, order_capacity;
	struct clear_party *parties; /* scratch */
	struct buf texts;
};

void clear_hour_init(struct clear_hour *hour);
void clear_hour_release(struct clear_hour *hour);

/* The text at a place, or NULL for 0. */
const char *clear_text(const struct clear_hour *hour, uint32_t place);

/* Why a bid is refused, for people. */
const char *
clear_hour_why(const struct clear_hour *hour, const struct clear_bid *bid);

/* Refuses a bid whose order is there; clear_hour_settle() then takes the
 * orders of all such bids out. */
void clear_hour_refuse(struct clear_bid *bid, const char *reason);
void clear_hour_settle(struct clear_hour *hour);

/* Whether a bid is accepted as a block: from a minimum on, or not at all. */
bool clear_is_block(const struct clear_hour *hour, const struct clear_bid *bid);

/* An auction as it is read, hour by hour. */
struct clear_book {
	struct ledger *ledger;
	const struct clear_request *request;
	struct market_document *market;
	int64_t market_entry;
	struct zone *zone;
	struct fact_cursor *bids, *needs;
	struct fact next_bid, next_need; /* where the cursors stand */
	int64_t next_bid_entry;
	bool at_bid, at_need;
	int64_t end_utc; /* of the hour before */
	int64_t read; /* bids so far */
	void (*progress)(void *context, int64_t bids);
	void *context;
	struct dec price, quantity, minimum, performance, sum; /* scratch */
};

/* Opens the hours that start at from_utc or later. */
int clear_book_open(struct clear_book *book, struct ledger *ledger,
    const struct clear_request *request, int64_t from_utc,
    struct qf_error *err);
void clear_book_close(struct clear_book *book);

/* The next hour into *hour, over what was in it: 1, or 0 at the end. */
int clear_book_next(
    struct clear_book *book, struct clear_hour *hour, struct qf_error *err);

/* What an hour came to. */
struct clear_result {
	struct clear_match match;
	struct clear_price price; /* of a uniform price */
	struct clear_trades trades; /* of pairs */
	bool in_pairs;
	bool is_done; /* else still to be cleared */
};

void clear_result_release(struct clear_result *result);

/* The hours of an auction that blocks link, cleared; NULL is none. */
struct clear_linked;

/* Clears all hours of the auction in which a bid names a block. */
int clear_link(struct clear_linked **out, struct ledger *ledger,
    const struct clear_request *request, struct qf_error *err);
void clear_linked_free(struct clear_linked *linked);

/* The hour that starts so, and its result; false where it is not linked. */
bool clear_linked_at(struct clear_linked *linked, int64_t start_utc,
    struct clear_hour **hour, struct clear_result **result);

/* The linked hours one after the other; false at the end. */
bool clear_linked_each(const struct clear_linked *linked, size_t number,
    const struct clear_hour **hour, const struct clear_result **result);

/* Clears an hour whose bids with a minimum are blocks of their own. */
int clear_alone(
    struct clear_hour *hour, struct clear_result *result, struct qf_error *err);

/* An auction cleared hour by hour. */
struct clear_walk {
	struct clear_book book;
	struct clear_linked *linked;
	struct dec opening;
	bool has_opening;
	struct clear_hour read; /* the hour that was read last */
	struct clear_result found;
	struct clear_hour *hour; /* that hour, or the linked one */
	struct clear_result *result;
};

int clear_walk_open(struct clear_walk *walk, struct ledger *ledger,
    const struct clear_request *request, int64_t from_utc,
    struct qf_error *err);
void clear_walk_close(struct clear_walk *walk);

/* The next hour as walk->hour, cleared to walk->result: 1, or 0. */
int clear_walk_next(struct clear_walk *walk, struct qf_error *err);

#endif
