/* diff_clear.c - two clearings hour by hour, bid by bid and trade by trade.
 *
 * A trade has no name: the first trade of an hour is held against the first,
 * and so on, since the order of trades says whose price the next one has.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "settle/energy.h"
#include "stage/audit/diff.h"
#include "stage/audit/diff_own.h"

static const struct table_column columns[] = {
    {"state", TABLE_TEXT},
    {"what", TABLE_TEXT},
    {"auction", TABLE_TEXT},
    {"from", TABLE_TEXT},
    {"to", TABLE_TEXT},
    {"bid", TABLE_TEXT},
    {"quantity_was", TABLE_NUMBER},
    {"quantity_is", TABLE_NUMBER},
    {"price_was", TABLE_NUMBER},
    {"price_is", TABLE_NUMBER},
    {"state_was", TABLE_TEXT},
    {"state_is", TABLE_TEXT},
    {"input", TABLE_TEXT},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

enum clear_table { OF_PRICES, OF_AWARDS, OF_TRADES };

/* The next row of a run: the price of an hour, what came of a bid, a trade. */
struct clear_row {
	bool has;
	const char *auction, *bid; /* bid: NULL but of an award */
	int64_t start_utc, end_utc; /* end_utc of a trade: as its start */
	int64_t number; /* of a trade in its hour */
	const char *quantity, *price, *state;
	/* Of it, too, for two rows to be the same. */
	const char *more[6];
};
#define MORE (sizeof(((struct clear_row *)NULL)->more) / sizeof(char *))

struct clear_side {
	struct run_cursor *cursor;
	struct clear_row row;
	char pair[2 * ID_MAX + 8]; /* of a trade */
};

struct clear_diff {
	struct clear_side was, is;
	struct diff_inputs inputs;
	struct table *table;
	struct zone *zone;
	struct audit_diff_counts *counts;
	enum clear_table of; /* what is stepped through now */
};

static int
step_price(struct clear_side *side, struct qf_error *err)
{
	struct price_row price;
	int rc = runs_next_price(side->cursor, &price, err);

	side->row = (struct clear_row){.has = rc == 1};
	if (rc == 1) {
		side->row = (struct clear_row){
		    .has = true,
		    .auction = price.auction,
		    .start_utc = price.start_utc,
		    .end_utc = price.end_utc,
		    .quantity = price.volume,
		    .price = price.price,
		    .state = price.state,
		    .more = {price.rule, price.low, price.high, price.unserved},
		};
	}
	return rc == -1 ? -1 : 0;
}

static int
step_award(struct clear_side *side, struct qf_error *err)
{
	struct award_row award;
	int rc = runs_next_award(side->cursor, &award, err);

	side->row = (struct clear_row){.has = rc == 1};
	if (rc == 1) {
		side->row = (struct clear_row){
		    .has = true,
		    .auction = award.auction,
		    .bid = award.bid,
		    .start_utc = award.start_utc,
		    .end_utc = award.end_utc,
		    .quantity = award.awarded,
		    .price = award.price,
		    .state = award.state,
		    .more = {award.party, award.side, award.block,
			award.offered, award.bid_price, award.reason},
		};
	}
	return rc == -1 ? -1 : 0;
}

static const char *
name_or_need(const char *bid)
{
	return bid == NULL ? "need" : bid;
}

static int
step_trade(struct clear_side *side, struct qf_error *err)
{
	struct trade_row trade;
	const int64_t before_utc = side->row.start_utc;
	int64_t number = side->row.number;
	int rc = runs_next_trade(side->cursor, &trade, err);

	side->row = (struct clear_row){.has = rc == 1};
	if (rc == 1) {
		number = trade.start_utc == before_utc ? number + 1 : 1;
		(void)snprintf(side->pair, sizeof(side->pair), "%s %s",
		    name_or_need(trade.buy), name_or_need(trade.sell));
		side->row = (struct clear_row){
		    .has = true,
		    .auction = trade.auction,
		    .start_utc = trade.start_utc,
		    .end_utc = trade.start_utc,
		    .number = number,
		    .quantity = trade.quantity,
		    .price = trade.price,
		    .state = side->pair,
		};
	}
	return rc == -1 ? -1 : 0;
}

static int
step(const struct clear_diff *diff, struct clear_side *side,
    struct qf_error *err)
{
	switch (diff->of) {
	case OF_AWARDS:
		return step_award(side, err);
	case OF_TRADES:
		return step_trade(side, err);
	default:
		return step_price(side, err);
	}
}

/* Both runs have their hours by start, and in each their bids by id and their
 * trades by number. */
static int
compare_keys(const struct clear_row *a, const struct clear_row *b)
{
	int order = strcmp(a->auction, b->auction);

	if (order == 0) {
		order = (a->start_utc > b->start_utc) -
			(a->start_utc < b->start_utc);
	}
	if (order == 0) {
		order = (a->number > b->number) - (a->number < b->number);
	}
	return order != 0 || a->bid == NULL ? order : strcmp(a->bid, b->bid);
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
same_row(const struct clear_row *a, const struct clear_row *b)
{
	bool same =
	    a->end_utc == b->end_utc && same_text(a->quantity, b->quantity) &&
	    same_text(a->price, b->price) && same_text(a->state, b->state);

	for (size_t i = 0; same && i < MORE; i++) {
		same = same_text(a->more[i], b->more[i]);
	}
	return same;
}

static void
put_pair(struct table *table, const char *was, const char *is)
{
	table_text(table, was);
	table_text(table, is);
}

static int
put_row(struct clear_diff *diff, const struct clear_row *was,
    const struct clear_row *is, struct qf_error *err)
{
	static const char *const names[] = {"price", "award", "trade"};
	static const struct clear_row none;
	const struct clear_row *one = is != NULL ? is : was;
	const struct clear_row *a = was != NULL ? was : &none;
	const struct clear_row *b = is != NULL ? is : &none;
	struct table *table = diff->table;
	struct buf input;
	char time[40];
	int rc;

	table_text(table, was == NULL  ? "new"
			  : is == NULL ? "gone"
				       : "changed");
	table_text(table, names[diff->of]);
	table_text(table, one->auction);
	table_text(table, energy_time(diff->zone, one->start_utc, time));
	table_text(table, diff->of == OF_TRADES
			      ? NULL
			      : energy_time(diff->zone, one->end_utc, time));
	table_text(table, one->bid);
	put_pair(table, a->quantity, b->quantity);
	put_pair(table, a->price, b->price);
	put_pair(table, a->state, b->state);
	buf_init(&input, INPUT_MAX);
	rc = diff_inputs_of_time(&diff->inputs, one->start_utc,
	    one->end_utc + (diff->of == OF_TRADES), &input, err);
	table_text(table, input.length == 0 ? NULL : input.bytes);
	buf_release(&input);
	return rc == -1 ? -1 : table_end_row(table, err);
}

static int
merge(struct clear_diff *diff, struct qf_error *err)
{
	struct clear_side *was = &diff->was, *is = &diff->is;
	struct audit_diff_counts *counts = diff->counts;
	int rc = step(diff, was, err);

	if (rc == 0) {
		rc = step(diff, is, err);
	}
	while (rc == 0 && (was->row.has || is->row.has)) {
		int order = !was->row.has  ? 1
			    : !is->row.has ? -1
					   : compare_keys(&was->row, &is->row);

		counts->lines++;
		counts->gone += order < 0;
		counts->added += order > 0;
		if (order != 0 || !same_row(&was->row, &is->row)) {
			counts->changed += order == 0;
			rc = put_row(diff, order <= 0 ? &was->row : NULL,
			    order >= 0 ? &is->row : NULL, err);
		}
		if (rc == 0 && order <= 0) {
			rc = step(diff, was, err);
		}
		if (rc == 0 && order >= 0) {
			rc = step(diff, is, err);
		}
	}
	return rc;
}

/* The prices of both, their awards, or their trades. */
static int
merge_table(struct clear_diff *diff, struct ledger *ledger,
    const struct run *was, const struct run *is, enum clear_table of,
    struct qf_error *err)
{
	static int (*const opens[])(struct run_cursor **, struct ledger *,
	    int64_t, struct qf_error *) = {
	    [OF_PRICES] = runs_open_prices,
	    [OF_AWARDS] = runs_open_awards,
	    [OF_TRADES] = runs_open_trades,
	};
	int rc = -1;

	diff->of = of;
	diff->was.row = diff->is.row = (struct clear_row){.has = false};
	if (opens[of](&diff->was.cursor, ledger, was->entry, err) == 0 &&
	    opens[of](&diff->is.cursor, ledger, is->entry, err) == 0) {
		rc = merge(diff, err);
	}
	runs_close(diff->was.cursor);
	runs_close(diff->is.cursor);
	diff->was.cursor = diff->is.cursor = NULL;
	return rc;
}

int
diff_clearings(struct ledger *ledger, const struct run *was,
    const struct run *is, enum table_form form, struct sink sink,
    struct audit_diff_counts *counts, struct qf_error *err)
{
	struct clear_diff diff = {.counts = counts};
	int rc = -1;

	diff.table = table_new(sink, form, columns, COLUMNS);
	if (zone_load(&diff.zone, ledger_market(ledger)->zone, err) == 0 &&
	    diff_inputs_open(&diff.inputs, ledger, was, is, err) == 0 &&
	    merge_table(&diff, ledger, was, is, OF_PRICES, err) == 0 &&
	    merge_table(&diff, ledger, was, is, OF_AWARDS, err) == 0) {
		rc = merge_table(&diff, ledger, was, is, OF_TRADES, err);
	}
	if (rc == 0) {
		rc = table_finish(diff.table, err);
	}
	diff_inputs_close(&diff.inputs);
	table_free(diff.table);
	zone_free(diff.zone);
	return rc;
}
