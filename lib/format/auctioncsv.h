/* auctioncsv.h - awards, prices and trades of an auction as CSV
 * (qf-billing(5)).
 *
 *	struct auctioncsv *out = auctioncsv_new(sink, AUCTIONCSV_AWARDS,
 *	    &config, zone);
 *
 *	if (auctioncsv_begin(out, &head, err) == -1) ...
 *	if (auctioncsv_award(out, &award, &units, err) == -1) ...
 *	if (auctioncsv_end(out, err) == -1) ...
 *	auctioncsv_free(out);
 *
 * Rows must be those of the form.  Times are local with their offset.
 * Ownership and errors as in letter.h; the zone and the units are borrowed.
 */
#ifndef QF_FORMAT_AUCTIONCSV_H
#define QF_FORMAT_AUCTIONCSV_H

#include "base/sink.h"
#include "base/zone.h"
#include "format/letter.h"
#include "model/auction.h"

enum auctioncsv_form {
	AUCTIONCSV_AWARDS, /* what came of each bid */
	AUCTIONCSV_PRICES, /* of each hour */
	AUCTIONCSV_TRADES, /* of methods that match pairs */
};

/* Those of the market document. */
struct auctioncsv_units {
	const char *quantity; /* "mwh" */
	const char *price; /* a price is per "mwh" */
};

struct auctioncsv;

struct auctioncsv *auctioncsv_new(struct sink sink, enum auctioncsv_form form,
    const struct letter_config *config, const struct zone *zone);
void auctioncsv_free(struct auctioncsv *out); /* NULL is fine */

int auctioncsv_begin(struct auctioncsv *out, const struct statement_head *head,
    struct qf_error *err);
int auctioncsv_award(struct auctioncsv *out, const struct award_row *award,
    const struct auctioncsv_units *units, struct qf_error *err);
int auctioncsv_price(struct auctioncsv *out, const struct price_row *price,
    const struct auctioncsv_units *units, struct qf_error *err);
int auctioncsv_trade(struct auctioncsv *out, const struct trade_row *trade,
    const struct auctioncsv_units *units, struct qf_error *err);
int auctioncsv_end(struct auctioncsv *out, struct qf_error *err);

#endif
