/* auctioncsv.c - awards, prices and trades of an auction as CSV.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/auctioncsv.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/dec.h"
#include "base/status.h"
#include "format/csvhead.h"
#include "format/csvout.h"

struct auctioncsv {
	struct csvout *csv;
	enum auctioncsv_form form;
	const struct zone *zone;
	struct dec number; /* scratch */
};

struct auctioncsv *
auctioncsv_new(struct sink sink, enum auctioncsv_form form,
    const struct letter_config *config, const struct zone *zone)
{
	struct auctioncsv *out = xcalloc(1, sizeof(*out));
	struct csvout_config csv = {.encoding = config->encoding,
	    .spreadsheet = config->spreadsheet,
	    .byte_order_mark =
		config->spreadsheet && config->encoding == TEXT_UTF8};

	out->csv = csvout_new(sink, &csv);
	out->form = form;
	out->zone = zone;
	return out;
}

void
auctioncsv_free(struct auctioncsv *out)
{
	if (out == NULL) {
		return;
	}
	csvout_free(out->csv);
	dec_release(&out->number);
	free(out);
}

int
auctioncsv_begin(struct auctioncsv *out, const struct statement_head *head,
    struct qf_error *err)
{
	static const char *const formats[] = {
	    "qf-awards 1", "qf-auction-prices 1", "qf-trades 1"};
	static const char *const awards[] = {"line", "auction", "start", "end",
	    "bid", "party", "side", "block", "offered", "awarded", "unit",
	    "bid_price", "price", "price_per", "state", "reason", NULL};
	static const char *const prices[] = {"line", "auction", "start", "end",
	    "rule", "price", "price_per", "low", "high", "volume", "unserved",
	    "unit", "state", NULL};
	static const char *const trades[] = {"line", "auction", "start", "buy",
	    "sell", "quantity", "unit", "price", "price_per", NULL};
	static const char *const *const columns[] = {awards, prices, trades};

	if (csvhead_write(out->csv, formats[out->form], head, err) == -1) {
		return -1;
	}
	for (size_t i = 0; columns[out->form][i] != NULL; i++) {
		csvout_id(out->csv, columns[out->form][i]);
	}
	return csvout_end_row(out->csv, err);
}

/* Cells -------------------------------------------------------------------- */

static void
cell_id(struct auctioncsv *out, const char *id)
{
	if (id == NULL) {
		csvout_empty(out->csv);
	} else {
		csvout_id(out->csv, id);
	}
}

static void
cell_number(struct auctioncsv *out, const char *text)
{
	if (text == NULL) {
		csvout_empty(out->csv);
		return;
	}
	if (dec_parse_stored(&out->number, text, strlen(text), NULL) == -1) {
		BUG("%s is no decimal", text);
	}
	csvout_dec(out->csv, &out->number);
}

static void
cell_time(struct auctioncsv *out, int64_t utc)
{
	char text[CIVIL_TEXT_MAX];

	civil_format_offset(utc, zone_offset(out->zone, utc), text);
	csvout_text(out->csv, text);
}

/* Rows --------------------------------------------------------------------- */

int
auctioncsv_award(struct auctioncsv *out, const struct award_row *award,
    const struct auctioncsv_units *units, struct qf_error *err)
{
	assert(out->form == AUCTIONCSV_AWARDS);
	csvout_int(out->csv, award->line_no);
	cell_id(out, award->auction);
	cell_time(out, award->start_utc);
	cell_time(out, award->end_utc);
	cell_id(out, award->bid);
	cell_id(out, award->party);
	cell_id(out, award->side);
	cell_id(out, award->block);
	cell_number(out, award->offered);
	cell_number(out, award->awarded);
	cell_id(out, units->quantity);
	cell_number(out, award->bid_price);
	cell_number(out, award->price);
	cell_id(out, units->price);
	cell_id(out, award->state);
	cell_id(out, award->reason);
	return csvout_end_row(out->csv, err);
}

int
auctioncsv_price(struct auctioncsv *out, const struct price_row *price,
    const struct auctioncsv_units *units, struct qf_error *err)
{
	assert(out->form == AUCTIONCSV_PRICES);
	csvout_int(out->csv, price->line_no);
	cell_id(out, price->auction);
	cell_time(out, price->start_utc);
	cell_time(out, price->end_utc);
	cell_id(out, price->rule);
	cell_number(out, price->price);
	cell_id(out, units->price);
	cell_number(out, price->low);
	cell_number(out, price->high);
	cell_number(out, price->volume);
	cell_number(out, price->unserved);
	cell_id(out, units->quantity);
	cell_id(out, price->state);
	return csvout_end_row(out->csv, err);
}

int
auctioncsv_trade(struct auctioncsv *out, const struct trade_row *trade,
    const struct auctioncsv_units *units, struct qf_error *err)
{
	assert(out->form == AUCTIONCSV_TRADES);
	csvout_int(out->csv, trade->line_no);
	cell_id(out, trade->auction);
	cell_time(out, trade->start_utc);
	cell_id(out, trade->buy);
	cell_id(out, trade->sell);
	cell_number(out, trade->quantity);
	cell_id(out, units->quantity);
	cell_number(out, trade->price);
	cell_id(out, units->price);
	return csvout_end_row(out->csv, err);
}

int
auctioncsv_end(struct auctioncsv *out, struct qf_error *err)
{
	return csvout_finish(out->csv, err);
}
