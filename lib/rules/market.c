/* market.c - a market document: read, looked into, freed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rules/market.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "market.xsd.h"

#define LIMITS_MAX 64
#define HUNDRED (&(struct dec)DEC_SMALL(100, 0))

static const struct rule_schema schema = {
    .root = "market",
    .what = "a market document",
    .name_space = "urn:qingfen:market:1",
    .file = "market.xsd",
    .bytes = market_xsd,
    .length = sizeof(market_xsd) - 1,
};

static const char *const units[] = {"mwh", "kwh", "mw", "kw", NULL};
static const char *const methods[] = {
    [MARKET_UNIFORM] = "uniform",
    [MARKET_PAIRS] = "pairs",
    [MARKET_ROLLING] = "rolling",
    NULL,
};
static const char *const prices[] = {
    [MARKET_LAST_ACCEPTED_OFFER] = "last-accepted-offer",
    [MARKET_FIRST_REJECTED_OFFER] = "first-rejected-offer",
    [MARKET_LAST_ACCEPTED_BID] = "last-accepted-bid",
    [MARKET_FIRST_REJECTED_BID] = "first-rejected-bid",
    [MARKET_FIRST_PRICE] = "first-price",
    [MARKET_SECOND_PRICE] = "second-price",
    [MARKET_SPLIT] = "split",
    [MARKET_MEAN_OF_LAST_PAIR] = "mean-of-last-pair",
    [MARKET_MAX_VOLUME_MEAN] = "max-volume-mean",
    [MARKET_LOWEST] = "lowest",
    [MARKET_HIGHEST] = "highest",
    [MARKET_MIDDLE] = "middle",
    [MARKET_RANKING_PRICE] = "ranking-price",
    [MARKET_PAY_AS_BID] = "pay-as-bid",
    [MARKET_PAIR_MEAN] = "pair-mean",
    [MARKET_PAIR_EARLIER] = "pair-earlier",
    [MARKET_MEDIAN] = "median",
    NULL,
};
static const char *const shortages[] = {
    [MARKET_SHORT_NO_PRICE] = "none",
    [MARKET_SHORT_CAP] = "cap",
    [MARKET_SHORT_LAST_OFFER] = "last-offer",
    NULL,
};
static const char *const ties[] = {
    [MARKET_TIE_PERFORMANCE] = "performance",
    [MARKET_TIE_LARGER] = "larger",
    [MARKET_TIE_TIME] = "time",
    [MARKET_TIE_PRO_RATA] = "pro-rata",
    [MARKET_TIES] = NULL,
};

const char *
market_price_name(enum market_price price)
{
	assert(price <= MARKET_MEDIAN);
	return prices[price];
}

/* Clearing counts in whole ticks, so bounds must be such. */
static void
check_ticks(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const struct dec *value, const struct dec *tick)
{
	struct dec ticks = {0}, back = {0};

	if (dec_sign(tick) <= 0) {
		return; /* left open, or said already */
	}
	dec_div(&ticks, value, tick, 0, DEC_HALF_UP);
	dec_mul(&back, &ticks, tick);
	if (dec_cmp(&back, value) != 0) {
		tariff_fault(reader, node, attribute, "tariff-number",
		    "not a whole number of ticks");
	}
	dec_release(&ticks);
	dec_release(&back);
}

static void
read_unit(struct tariff_reader *reader, const struct xml_node *node, char *out,
    size_t size)
{
	int unit = -1;

	if (tariff_need(reader, node, "unit")) {
		unit = tariff_word(reader, node, "unit", units, -1);
	}
	if (unit != -1) {
		snprintf(out, size, "%s", units[unit]);
	}
}

static void
read_quantity(struct tariff_reader *reader, const struct xml_node *node,
    struct market_version *version)
{
	read_unit(reader, node, version->quantity_unit,
	    sizeof(version->quantity_unit));
	ruledoc_need_number(
	    reader, node, "tick", RULEDOC_POSITIVE, &version->quantity_tick);
	if (ruledoc_number(reader, node, "least", RULEDOC_NOT_NEGATIVE,
		&version->quantity_least)) {
		check_ticks(reader, node, "least", &version->quantity_least,
		    &version->quantity_tick);
	}
}

static void
read_price(struct tariff_reader *reader, const struct xml_node *node,
    struct market_version *version)
{
	struct rounding round = {0};

	read_unit(
	    reader, node, version->price_unit, sizeof(version->price_unit));
	ruledoc_need_number(
	    reader, node, "tick", RULEDOC_POSITIVE, &version->price_tick);
	version->has_floor =
	    ruledoc_number(reader, node, "floor", RULEDOC_ANY, &version->floor);
	version->has_cap =
	    ruledoc_number(reader, node, "cap", RULEDOC_ANY, &version->cap);
	if (version->has_floor) {
		check_ticks(reader, node, "floor", &version->floor,
		    &version->price_tick);
	}
	if (version->has_cap) {
		check_ticks(
		    reader, node, "cap", &version->cap, &version->price_tick);
	}
	if (version->has_floor && version->has_cap &&
	    dec_cmp(&version->cap, &version->floor) < 0) {
		tariff_fault(
		    reader, node, "cap", "tariff-number", "below the floor");
	}
	ruledoc_rounding(reader, node, "round", NULL, &round, NULL);
	version->price_scale = round.scale;
	version->price_mode = round.mode;
}

static bool
is_of_pair(enum market_price price)
{
	return price >= MARKET_PAIR_MEAN;
}

/* Whether the price by name is one that the method has. */
static void
check_method(struct tariff_reader *reader, const struct xml_node *node,
    const struct market_version *version)
{
	if (version->price == MARKET_PAY_AS_BID) {
		return; /* in pairs it is the seller's price */
	}
	if (version->method == MARKET_UNIFORM && is_of_pair(version->price)) {
		tariff_fault(reader, node, "price", "tariff-method",
		    "%s is a price of each pair: the method must be pairs or "
		    "rolling",
		    prices[version->price]);
	}
	if (version->method != MARKET_UNIFORM && !is_of_pair(version->price)) {
		tariff_fault(reader, node, "price", "tariff-method",
		    "%s is a price of all: the method must be uniform",
		    prices[version->price]);
	}
	if (version->price == MARKET_RANKING_PRICE &&
	    !version->by_performance) {
		tariff_fault(reader, node, "price", "tariff-method",
		    "a ranking price needs rank=\"performance\"");
	}
}

/* What only a uniform price has, on a method of pairs. */
static void
check_uniform_words(struct tariff_reader *reader, const struct xml_node *node,
    const struct market_version *version)
{
	static const char *const words[] = {
	    "shortage", "surplus", "margin", "below"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) &&
			   version->method != MARKET_UNIFORM;
	     i++) {
		ruledoc_idle(
		    reader, node, words[i], "only the method uniform has it");
	}
}

static void
read_ties(struct tariff_reader *reader, const struct xml_node *node,
    struct market_version *version)
{
	int places[MARKET_TIES];

	tariff_need(reader, node, "ties");
	version->tie_count = ruledoc_words(reader, node, "ties", ties, places);
	for (size_t i = 0; i < version->tie_count; i++) {
		version->ties[i] = (enum market_tie)places[i];
		if (version->ties[i] == MARKET_TIE_PRO_RATA &&
		    i + 1 < version->tie_count) {
			tariff_fault(reader, node, "ties", "tariff-ties",
			    "pro-rata shares all that is left equal: it can "
			    "only be the last");
		}
		if (version->ties[i] == MARKET_TIE_PRO_RATA &&
		    version->method == MARKET_ROLLING) {
			tariff_fault(reader, node, "ties", "tariff-ties",
			    "rolling takes each order as it comes: none are "
			    "left to share pro-rata");
		}
	}
}

/* What the price is at the ends, and what an award may be. */
static void
read_ends(struct tariff_reader *reader, const struct xml_node *node,
    struct market_version *version)
{
	static const char *const of_price[] = {"shortage", "surplus", "margin"};
	static const char *const surpluses[] = {"rule", "floor", NULL};
	static const char *const belows[] = {
	    [MARKET_BELOW_REJECT] = "reject",
	    [MARKET_BELOW_RAISE] = "raise",
	    NULL,
	};

	version->shortage = (enum market_shortage)tariff_word(
	    reader, node, "shortage", shortages, MARKET_SHORT_NO_PRICE);
	version->surplus_floor =
	    tariff_word(reader, node, "surplus", surpluses, 0) == 1;
	version->has_margin = ruledoc_number(
	    reader, node, "margin", RULEDOC_NOT_NEGATIVE, &version->margin);
	version->below = (enum market_below)tariff_word(
	    reader, node, "below", belows, MARKET_BELOW_REJECT);
	for (size_t i = 0; version->price == MARKET_PAY_AS_BID && i < 3; i++) {
		ruledoc_idle(
		    reader, node, of_price[i], "each order has its own price");
	}
}

/* The highest price, and the lowest, that a rule takes must be one; left open
 * it is one too. */
static void
check_ends(struct tariff_reader *reader, const struct xml_node *version_node,
    const struct xml_node *node, const struct market_version *version)
{
	const struct xml_node *price = xml_first(version_node, "price");

	if (version->shortage == MARKET_SHORT_CAP && price != NULL &&
	    xml_attr(price, "cap") == NULL) {
		tariff_fault(reader, node, "shortage", "tariff-missing",
		    "price has no cap");
	}
	if (version->surplus_floor && price != NULL &&
	    xml_attr(price, "floor") == NULL) {
		tariff_fault(reader, node, "surplus", "tariff-missing",
		    "price has no floor");
	}
}

static void
read_clearing(struct tariff_reader *reader, const struct xml_node *node,
    struct market_version *version)
{
	static const char *const ranks[] = {"price", "performance", NULL};
	int method = -1, price = -1;

	if (tariff_need(reader, node, "method")) {
		method = tariff_word(reader, node, "method", methods, -1);
	}
	if (tariff_need(reader, node, "price")) {
		price = tariff_word(reader, node, "price", prices, -1);
	}
	version->method =
	    method == -1 ? MARKET_UNIFORM : (enum market_method)method;
	version->price =
	    price == -1 ? MARKET_LAST_ACCEPTED_OFFER : (enum market_price)price;
	version->by_performance =
	    tariff_word(reader, node, "rank", ranks, 0) == 1;
	version->has_performance_least = ruledoc_number(reader, node,
	    "performance-least", RULEDOC_POSITIVE, &version->performance_least);
	if (!version->by_performance) {
		ruledoc_idle(reader, node, "performance-least",
		    "orders are not ranked by performance");
	}
	read_ties(reader, node, version);
	read_ends(reader, node, version);
	/* What cannot be read would only seem not to fit. */
	if (method != -1 && price != -1) {
		check_method(reader, node, version);
		check_uniform_words(reader, node, version);
	}
}

static void
read_limit(struct tariff_reader *reader, const struct xml_node *node,
    struct market_version *version)
{
	static const char *const each[] = {"party", NULL};
	struct market_limit *limit;

	if (!tariff_fits(reader, node, version->limit_count, LIMITS_MAX)) {
		return;
	}
	version->limits = tariff_grow(
	    version->limits, version->limit_count, sizeof(*version->limits));
	limit = &version->limits[version->limit_count];
	limit->line_no = (int)xml_line(node);
	limit->each_party = tariff_word(reader, node, "each", each, -1) == 0;
	tariff_id(reader, node, "class", limit->of_class);
	if ((xml_attr(node, "each") != NULL) ==
	    (xml_attr(node, "class") != NULL)) {
		tariff_fault(reader, node, NULL, "tariff-missing",
		    "must say either class, or each=\"party\"");
	}
	for (size_t i = 0; i < version->limit_count; i++) {
		if (version->limits[i].each_party == limit->each_party &&
		    strcmp(version->limits[i].of_class, limit->of_class) == 0) {
			tariff_fault(reader, node, NULL, "tariff-twice",
			    "the same limit is there already");
		}
	}
	version->limit_count++;
	if (ruledoc_need_number(
		reader, node, "percent", RULEDOC_POSITIVE, &limit->percent) &&
	    dec_cmp(&limit->percent, HUNDRED) > 0) {
		tariff_fault(
		    reader, node, "percent", "tariff-number", "above 100");
	}
}

static struct ruledoc_version *
read_version(
    struct tariff_reader *reader, const struct xml_node *node, void *context)
{
	struct market_document *market = context;
	struct market_version *version;
	const struct xml_node *child;

	market->versions = tariff_grow(
	    market->versions, market->version_count, sizeof(*market->versions));
	version = &market->versions[market->version_count++];
	reader->blanks = 0;
	child = ruledoc_child(reader, node, "quantity", true);
	if (child != NULL) {
		read_quantity(reader, child, version);
	}
	child = ruledoc_child(reader, node, "price", true);
	if (child != NULL) {
		read_price(reader, child, version);
	}
	child = ruledoc_child(reader, node, "clearing", true);
	if (child != NULL) {
		read_clearing(reader, child, version);
		check_ends(reader, node, child, version);
	}
	for (child = xml_first(node, "limit"); child != NULL;
	     child = xml_next(child, "limit")) {
		read_limit(reader, child, version);
	}
	version->is_template = ruledoc_template(reader, node);
	return &version->common;
}

static struct market_document *
load(struct tariff_faults *faults, const char *text, size_t length,
    const char *file)
{
	struct market_document *market = xcalloc(1, sizeof(*market));

	ruledoc_read(faults, &schema, text, length, file, &market->head,
	    read_version, market);
	return market;
}

int
market_load(struct market_document **out, const char *text, size_t length,
    const char *file, struct qf_error *err)
{
	struct tariff_faults faults = {0};

	*out = load(&faults, text, length, file);
	if (ruledoc_judge(&faults, err) == -1) {
		market_free(*out);
		*out = NULL;
		return -1;
	}
	return 0;
}

void
market_faults(struct tariff_faults *out, const char *text, size_t length,
    const char *file)
{
	*out = (struct tariff_faults){0};
	market_free(load(out, text, length, file));
}

void
market_free(struct market_document *market)
{
	if (market == NULL) {
		return;
	}
	for (size_t i = 0; i < market->version_count; i++) {
		struct market_version *version = &market->versions[i];

		for (size_t j = 0; j < version->limit_count; j++) {
			dec_release(&version->limits[j].percent);
		}
		free(version->limits);
		dec_release(&version->quantity_tick);
		dec_release(&version->quantity_least);
		dec_release(&version->price_tick);
		dec_release(&version->floor);
		dec_release(&version->cap);
		dec_release(&version->performance_least);
		dec_release(&version->margin);
	}
	free(market->versions);
	free(market);
}

const struct market_version *
market_at(const struct market_document *market, int32_t day)
{
	return ruledoc_at(market->versions, market->version_count,
	    sizeof(*market->versions), day);
}
