/* auction.c - awards, prices and trades of one cleared auction.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/status.h"
#include "base/text.h"
#include "format/auctioncsv.h"
#include "ledger/runs.h"
#include "rules/market.h"
#include "stage/clear/clear.h"
#include "stage/document.h"
#include "stage/export/own.h"

struct writing {
	struct export_job *job;
	struct auctioncsv *csv; /* NULL between files */
	struct market_document *market;
};

/* The market that it was cleared by, whose units the numbers have. */
static int
load_market(struct writing *writing, struct qf_error *err)
{
	/* clear_request_of() cuts the scope into its words. */
	struct run run = writing->job->run;
	struct clear_request request;
	struct document document;
	int rc;

	clear_request_of(&request, &run);
	if (document_find(writing->job->ledger, run.asof, "market",
		request.market, &document, err) == -1) {
		return -1;
	}
	rc = market_load(&writing->market, document.text, strlen(document.text),
	    document.file, err);
	free(document.text);
	return rc;
}

static struct auctioncsv_units
units_at(const struct writing *writing, int64_t start_utc)
{
	const struct market_version *version = market_at(
	    writing->market, zone_day_of(writing->job->zone, start_utc));

	if (version == NULL) {
		BUG("an hour was cleared by no version of the market");
	}
	return (struct auctioncsv_units){
	    .quantity = version->quantity_unit, .price = version->price_unit};
}

/* Files -------------------------------------------------------------------- */

static int
begin_file(void *context, const char *party, struct qf_error *err)
{
	struct writing *writing = context;
	struct export_job *job = writing->job;
	struct letter_config config = {.encoding = job->request->encoding,
	    .spreadsheet = job->request->spreadsheet};
	enum auctioncsv_form form =
	    job->request->form == EXPORT_AWARDS_CSV   ? AUCTIONCSV_AWARDS
	    : job->request->form == EXPORT_PRICES_CSV ? AUCTIONCSV_PRICES
						      : AUCTIONCSV_TRADES;
	struct sink sink;

	if (export_begin_file(job, party, &sink, err) == -1) {
		return -1;
	}
	job->head.party = party;
	writing->csv = auctioncsv_new(sink, form, &config, job->zone);
	return auctioncsv_begin(writing->csv, &job->head, err);
}

static int
end_file(void *context, struct qf_error *err)
{
	struct writing *writing = context;
	int rc = auctioncsv_end(writing->csv, err);

	auctioncsv_free(writing->csv);
	writing->csv = NULL;
	return rc == -1 ? -1 : outbox_end(writing->job->box, err);
}

static int
write_award(void *context, const struct award_row *award, struct qf_error *err)
{
	struct writing *writing = context;
	struct auctioncsv_units units = units_at(writing, award->start_utc);

	export_count_row(writing->job);
	return auctioncsv_award(writing->csv, award, &units, err);
}

/* Rows --------------------------------------------------------------------- */

static int
each_award(struct export_job *job,
    int (*take)(
	void *context, const struct award_row *award, struct qf_error *err),
    void *context, struct qf_error *err)
{
	struct run_cursor *cursor = NULL;
	struct award_row award;
	int rc;

	if (runs_open_awards(&cursor, job->ledger, job->run.entry, err) == -1) {
		return -1;
	}
	while ((rc = runs_next_award(cursor, &award, err)) == 1) {
		if (take(context, &award, err) == -1) {
			rc = -1;
			break;
		}
	}
	runs_close(cursor);
	return rc;
}

static int
write_prices(struct writing *writing, struct qf_error *err)
{
	struct run_cursor *cursor = NULL;
	struct price_row price;
	int rc = runs_open_prices(
	    &cursor, writing->job->ledger, writing->job->run.entry, err);

	while (rc != -1 && (rc = runs_next_price(cursor, &price, err)) == 1) {
		struct auctioncsv_units units =
		    units_at(writing, price.start_utc);

		export_count_row(writing->job);
		rc = auctioncsv_price(writing->csv, &price, &units, err);
	}
	runs_close(cursor);
	return rc;
}

static int
write_trades(struct writing *writing, struct qf_error *err)
{
	struct run_cursor *cursor = NULL;
	struct trade_row trade;
	int rc = runs_open_trades(
	    &cursor, writing->job->ledger, writing->job->run.entry, err);

	while (rc != -1 && (rc = runs_next_trade(cursor, &trade, err)) == 1) {
		struct auctioncsv_units units =
		    units_at(writing, trade.start_utc);

		export_count_row(writing->job);
		rc = auctioncsv_trade(writing->csv, &trade, &units, err);
	}
	runs_close(cursor);
	return rc;
}

static int
write_for_all(struct writing *writing, struct qf_error *err)
{
	int rc;

	if (begin_file(writing, NULL, err) == -1) {
		return -1;
	}
	switch (writing->job->request->form) {
	case EXPORT_AWARDS_CSV:
		rc = each_award(writing->job, write_award, writing, err);
		break;
	case EXPORT_PRICES_CSV:
		rc = write_prices(writing, err);
		break;
	case EXPORT_TRADES_CSV:
		rc = write_trades(writing, err);
		break;
	default:
		BUG("form %d is of no auction",
		    (int)writing->job->request->form);
	}
	return rc == -1 ? -1 : end_file(writing, err);
}

/* A file a party ----------------------------------------------------------- */

/* The texts of an award, in the order in which they are packed. */
#define AWARD_TEXTS 11
static void
award_texts(const struct award_row *award, const char *texts[AWARD_TEXTS])
{
	const char *const all[AWARD_TEXTS] = {award->auction, award->bid,
	    award->party, award->side, award->block, award->offered,
	    award->awarded, award->bid_price, award->price, award->state,
	    award->reason};

	memcpy(texts, all, sizeof(all));
}

/* Awards stay in the order of the run: the key is their number.  What belongs
 * to nobody goes to nobody. */
static int
take_to_sort(void *context, const struct award_row *award, struct qf_error *err)
{
	struct export_parties *parties = context;
	struct buf *key, *data;
	const char *texts[AWARD_TEXTS];

	if (award->party == NULL) {
		return 0;
	}
	export_parties_row(parties, &key, &data);
	export_parties_number(key, award->line_no);
	buf_add(data, &award->line_no, sizeof(award->line_no));
	buf_add(data, &award->start_utc, sizeof(award->start_utc));
	buf_add(data, &award->end_utc, sizeof(award->end_utc));
	award_texts(award, texts);
	for (size_t i = 0; i < AWARD_TEXTS; i++) {
		buf_add_char(data, texts[i] == NULL ? 0 : 1);
		if (texts[i] != NULL) {
			buf_add(data, texts[i], strlen(texts[i]) + 1);
		}
	}
	return export_parties_add_one(parties, award->party, err);
}

static int
write_sorted(void *context, const struct export_row *row, struct qf_error *err)
{
	const char *at = row->data;
	const char *texts[AWARD_TEXTS];
	struct award_row award;

	memcpy(&award.line_no, at, sizeof(award.line_no));
	at += sizeof(award.line_no);
	memcpy(&award.start_utc, at, sizeof(award.start_utc));
	at += sizeof(award.start_utc);
	memcpy(&award.end_utc, at, sizeof(award.end_utc));
	at += sizeof(award.end_utc);
	for (size_t i = 0; i < AWARD_TEXTS; i++) {
		bool is_there = *at++ != 0;

		texts[i] = is_there ? at : NULL;
		at += is_there ? strlen(at) + 1 : 0;
	}
	assert(at == (const char *)row->data + row->data_length);
	award = (struct award_row){.line_no = award.line_no,
	    .start_utc = award.start_utc,
	    .end_utc = award.end_utc,
	    .auction = texts[0],
	    .bid = texts[1],
	    .party = texts[2],
	    .side = texts[3],
	    .block = texts[4],
	    .offered = texts[5],
	    .awarded = texts[6],
	    .bid_price = texts[7],
	    .price = texts[8],
	    .state = texts[9],
	    .reason = texts[10]};
	return write_award(context, &award, err);
}

static int
write_per_party(struct writing *writing, struct qf_error *err)
{
	const struct export_writer writer = {.context = writing,
	    .begin = begin_file,
	    .row = write_sorted,
	    .end = end_file};
	struct export_parties *parties;
	int rc;

	if (writing->job->request->form != EXPORT_AWARDS_CSV) {
		return qf_fail(err, QF_USAGE, "export-parties",
		    "prices and trades are of no party: only awards come as a "
		    "file a party");
	}
	parties = export_parties_new();
	rc = each_award(writing->job, take_to_sort, parties, err);
	if (rc == 0) {
		rc = export_parties_write(parties, &writer, err);
	}
	export_parties_free(parties);
	return rc;
}

int
export_auction(struct export_job *job, struct qf_error *err)
{
	struct writing writing = {.job = job};
	int rc = load_market(&writing, err);

	if (rc == 0) {
		rc = job->request->per_party ? write_per_party(&writing, err)
					     : write_for_all(&writing, err);
	}
	auctioncsv_free(writing.csv);
	market_free(writing.market);
	return rc;
}
