/* market.h - a market document as plain structs.
 *
 * How an auction (集中竞价, 撮合) is cleared (出清): what a bid must look
 * like, how orders are matched, which price of those that clear is taken, and
 * who goes first where there is not enough for all.  The words are in
 * market.xsd and qf-market(5).
 *
 *	struct market_document *market;
 *
 *	if (market_load(&market, text, length, file, err) == -1) ...
 *	version = market_at(market, day);
 *
 * Ownership: everything goes with market_free().
 * Errors: QF_CONFIG with file, line and element.
 */
#ifndef QF_RULES_MARKET_H
#define QF_RULES_MARKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"
#include "rules/ruledoc.h"

/* How orders are matched. */
enum market_method {
	MARKET_UNIFORM, /* "uniform": all at once, at one price */
	MARKET_PAIRS, /* "pairs": best buy with best sell (高低匹配) */
	MARKET_ROLLING, /* "rolling": each as it arrives (滚动撮合) */
};

/* Which price of those that clear; the names are those of market.xsd.  Of a
 * pair are: MARKET_PAIR_MEAN to MARKET_MEDIAN, and MARKET_PAY_AS_BID, which is
 * the seller's there; all others are uniform. */
enum market_price {
	MARKET_LAST_ACCEPTED_OFFER, /* highest price of an accepted offer */
	MARKET_FIRST_REJECTED_OFFER, /* lowest of one wholly rejected */
	MARKET_LAST_ACCEPTED_BID, /* lowest price of an accepted buy */
	MARKET_FIRST_REJECTED_BID, /* highest of one wholly rejected */
	MARKET_FIRST_PRICE, /* last accepted offer or bid: the marginal one */
	MARKET_SECOND_PRICE, /* max(FRB, LAO) or min(FRO, LAB) */
	MARKET_SPLIT, /* mean of last accepted offer and bid */
	MARKET_MEAN_OF_LAST_PAIR, /* mean of the last pair that was matched */
	MARKET_MAX_VOLUME_MEAN, /* mean of the prices of greatest volume */
	MARKET_LOWEST, /* lower end of the interval that clears */
	MARKET_HIGHEST, /* its upper end */
	MARKET_MIDDLE, /* its middle */
	MARKET_RANKING_PRICE, /* last accepted price / performance */
	MARKET_PAY_AS_BID, /* each accepted order its own price */
	MARKET_PAIR_MEAN, /* mean of the pair's two */
	MARKET_PAIR_EARLIER, /* price of the pair's earlier order */
	MARKET_MEDIAN, /* of previous trade, buy and sell */
};

/* What is done where fixed demand is not all served. */
enum market_shortage {
	MARKET_SHORT_NO_PRICE, /* "none": no price */
	MARKET_SHORT_CAP, /* "cap": the highest price allowed */
	MARKET_SHORT_LAST_OFFER, /* "last-offer" */
};

/* Among orders of one price, in the order of the document; what is left equal
 * after the last of them is decided by the bid's id, bytewise, or, where the
 * last is pro rata, shared. */
enum market_tie {
	MARKET_TIE_PERFORMANCE, /* better performance first */
	MARKET_TIE_LARGER, /* larger quantity first */
	MARKET_TIE_TIME, /* earlier submission first; none: last */
	MARKET_TIE_PRO_RATA, /* in whole ticks, by largest remainder */
	MARKET_TIES
};

/* What becomes of an award below the bid's own minimum. */
enum market_below {
	MARKET_BELOW_REJECT, /* minimum acceptance: all of that, or nothing */
	MARKET_BELOW_RAISE, /* raised to it (调频: raised to Pmin) */
};

/* At most so many percent of the need (or, without a need, of what is asked
 * for in all) from those of a class, or from each party. */
struct market_limit {
	bool each_party; /* else of a class together */
	char of_class[ID_MAX + 1];
	struct dec percent;
	int line_no;
};

struct market_version {
	struct ruledoc_version common;
	bool is_template; /* a number is missing: refuses to run */
	char quantity_unit[8]; /* mwh, kwh, mw, kw */
	struct dec quantity_tick; /* above 0 */
	struct dec quantity_least; /* of a bid, in whole ticks; 0: none */
	char price_unit[8]; /* a price is per: mwh, kwh, mw, kw */
	struct dec price_tick; /* above 0 */
	/* Of bids, and of the price chosen; of a ranking price the cap alone,
	 * for it is a bid divided by its performance. */
	bool has_floor, has_cap;
	struct dec floor, cap;
	enum market_method method;
	enum market_price price;
	bool by_performance; /* ranked by price / performance */
	bool has_performance_least;
	struct dec performance_least; /* of a bid */
	enum market_shortage shortage;
	/* Where all demand is served and fixed supply is left over, the price
	 * is the floor. */
	bool surplus_floor;
	/* The price is at most the last accepted offer x (1 + margin).  As
	 * shortage and surplus_floor, of MARKET_UNIFORM alone. */
	bool has_margin;
	struct dec margin;
	enum market_tie ties[MARKET_TIES];
	size_t tie_count;
	enum market_below below; /* of MARKET_UNIFORM */
	struct market_limit *limits;
	size_t limit_count;
	int price_scale; /* of the price chosen */
	enum dec_mode price_mode;
};

/* Not struct market, which is the one of a ledger (model/market.h). */
struct market_document {
	struct ruledoc_head head;
	struct market_version *versions;
	size_t version_count;
};

int market_load(struct market_document **out, const char *text, size_t length,
    const char *file, struct qf_error *err);
void market_free(struct market_document *market);

/* Everything that is wrong with a document. */
void market_faults(struct tariff_faults *out, const char *text, size_t length,
    const char *file);

/* The version that holds on a local day, or NULL. */
const struct market_version *
market_at(const struct market_document *market, int32_t day);

/* "last-accepted-offer" ...: as the document and a run say it. */
const char *market_price_name(enum market_price price);

#endif
