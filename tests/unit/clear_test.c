/* clear_test.c - clearing of one hour, and its price.
 *
 * The published cases are facts from the tests and papers that each names; the
 * others are worked by hand, which the case says.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "book_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct expected {
	const char *name;
	const char *book;
	int64_t need; /* ticks */
	enum market_price rule;
	const char *accepted, *volume, *low, *high, *price, *state;
};

static void
check(const struct expected *expected, const struct market_version *base)
{
	struct market_version version = *base;
	struct order orders[BOOK_MAX];
	struct clear_match match;
	struct clear_price price = {0};
	char text[BOOK_TEXT_MAX];
	size_t count;

	version.price = expected->rule;
	count = book_read(orders, expected->book, &version);
	book_clear(&match, &price, orders, count, expected->need, &version);
	book_accepted(text, sizeof(text), orders, count, &version);
	cr_expect_str_eq(
	    text, expected->accepted, "%s: accepted %s", expected->name, text);
	book_quantity(text, sizeof(text), match.volume, &version);
	cr_expect_str_eq(
	    text, expected->volume, "%s: volume %s", expected->name, text);
	book_price(text, price.has_low, &price.low);
	cr_expect_str_eq(
	    text, expected->low, "%s: low %s", expected->name, text);
	book_price(text, price.has_high, &price.high);
	cr_expect_str_eq(
	    text, expected->high, "%s: high %s", expected->name, text);
	book_price(text, price.has_price, &price.price);
	cr_expect_str_eq(
	    text, expected->price, "%s: price %s", expected->name, text);
	cr_expect_str_eq(clear_state_name(&match), expected->state, "%s: %s",
	    expected->name, clear_state_name(&match));
	clear_price_release(&price);
}

Test(clear, clears_published_books)
{
	static const struct expected cases[] = {
	    /* assume-framework/assume, tests/test_simple_market_mechanisms.py
	     */
	    {"pay as clear", "B 400@3000, B 100@3000, S 300@100, S 200@50", 0,
		MARKET_LAST_ACCEPTED_OFFER, "400 100 300 200", "500", "100",
		"3000", "100", "cleared"},
	    {"pay as clear, demand left", "B 700@3000, S 300@100, S 200@50", 0,
		MARKET_LAST_ACCEPTED_OFFER, "500 300 200", "500", "3000",
		"3000", "100", "cleared"},
	    {"pay as clear, supply left",
		"B 400@3000, S 300@100, S 200@50, S 230@60", 0,
		MARKET_LAST_ACCEPTED_OFFER, "400 0 200 200", "400", "60", "60",
		"60", "cleared"},
	    /* assume-framework/assume, tests/test_clearing_paper_examples.py,
	     * after Bichler et al. 2021; the block without its minimum. */
	    {"welfare", "B 10@300, B 14@10, S 11@40, S 13@100", 0,
		MARKET_LAST_ACCEPTED_OFFER, "10 0 10 0", "10", "40", "40", "40",
		"cleared"},
	    /* UNSW-CEEM/nempy examples/bidstack.py */
	    {"bid stack",
		"S 20@50, S 20@60, S 5@100, S 50@50, S 30@55, S 10@80", 1150,
		MARKET_LAST_ACCEPTED_OFFER, "20 15 0 50 30 0", "115", "60",
		"60", "60", "cleared"},
	    {"bid stack, exactly on a step",
		"S 20@50, S 20@60, S 5@100, S 50@50, S 30@55, S 10@80", 1200,
		MARKET_LOWEST, "20 20 0 50 30 0", "120", "60", "80", "60",
		"cleared"},
	    {"bid stack, exactly on a step, by the marginal one",
		"S 20@50, S 20@60, S 5@100, S 50@50, S 30@55, S 10@80", 1200,
		MARKET_FIRST_PRICE, "20 20 0 50 30 0", "120", "60", "80", "60",
		"cleared"},
	    /* gus0k/pymarket tests/conftest.py */
	    {"steps that cross", "B 1@3, B 2@4, B 5@1, S 4@2, S 1@1, S 5@6", 0,
		MARKET_LAST_ACCEPTED_OFFER, "1 2 0 2 1 0", "3", "2", "2", "2",
		"cleared"},
	    /* rebase-energy/OpenEUPHEMIA tests/test_flow_selection.py */
	    {"equal ratios at the margin",
		"S 100@10, S 100@10, B 40@4000, B 60@4000", 0,
		MARKET_LAST_ACCEPTED_OFFER, "50 50 40 60", "100", "10", "10",
		"10", "cleared"},
	    /* VPP demand response of the question bank of power traders. */
	    {"demand response", "S 40@500, S 30@580, S 60@650", 1100,
		MARKET_LAST_ACCEPTED_OFFER, "40 30 40", "110", "650", "650",
		"650", "cleared"},
	    /* The same bank, 316: mean of the last pair. */
	    {"last pair",
		"S 200@20, S 100@10, S 100@10, B 150@30, B 150@30, B 100@25", 0,
		MARKET_MEAN_OF_LAST_PAIR, "200 100 100 150 150 100", "400",
		"20", "25", "22.5", "cleared"},
	    /* 1086: two whole users and a plant of 27. */
	    {"in proportion", "B 10@5, B 20@5, S 27@5", 0,
		MARKET_LAST_ACCEPTED_OFFER, "9 18 27", "27", "5", "5", "5",
		"cleared"},
	    /* 1262: both run at least at 300. */
	    {"minimum output", "S 600@400 !300, S 600@600 !300", 9000,
		MARKET_LAST_ACCEPTED_OFFER, "600 300", "900", "600", "600",
		"600", "cleared"},
	};
	static const struct market_version version = BOOK_MARKET;

	for (size_t i = 0; i < COUNT(cases); i++) {
		check(&cases[i], &version);
	}
}

/* Electron, the merit order of a distribution operator: 1 MW is needed, at
 * most 25 + 25 is paid, each gets its own price. */
Test(clear, pays_own_prices_in_merit_order)
{
	static const struct expected expected = {"own prices",
	    "S 0.525@27, S 0.05@31.67, S 0.094@37.01", 1000, MARKET_PAY_AS_BID,
	    "0.525 0.05 0.094", "0.669", "none", "none", "none", "shortage"};
	struct market_version version = BOOK_MARKET;

	version.quantity_tick = (struct dec)DEC_SMALL(1, 3);
	version.has_cap = true;
	version.cap = (struct dec)DEC_SMALL(50, 0);
	check(&expected, &version);
}

/* powertac/powertac-server, AuctionServiceTests.java: the middle of ask and
 * bid, at most 5 % above the ask. */
Test(clear, holds_the_seller_to_a_margin)
{
	static const struct expected cases[] = {
	    {"mean", "S 1@20, B 1@22", 0, MARKET_SPLIT, "1 1", "1", "20", "22",
		"21", "cleared"},
	    {"margin", "S 1@20, B 1@32", 0, MARKET_SPLIT, "1 1", "1", "20",
		"32", "21", "cleared"},
	    {"no cross", "S 1@23, B 1@22", 0, MARKET_SPLIT, "0 0", "0", "22",
		"23", "none", "no-cross"},
	    {"two bids", "S 1@20, B 0.6@21, B 0.6@22", 0, MARKET_SPLIT,
		"1 0.4 0.6", "1", "21", "21", "20.5", "cleared"},
	    /* By hand: of an offer of -20 the margin is 1 too, not -1. */
	    {"negative", "S 1@-20, B 1@10", 0, MARKET_SPLIT, "1 1", "1", "-20",
		"10", "-19", "cleared"},
	};
	struct market_version version = BOOK_MARKET;

	version.has_margin = true;
	version.margin = (struct dec)DEC_SMALL(5, 2);
	for (size_t i = 0; i < COUNT(cases); i++) {
		check(&cases[i], &version);
	}
}

/* By hand.  Offers 10@20 10@30 10@50, buys 10@60 5@45 10@25: accepted are 10
 * at 20, 5 of 10 at 30, and 10 at 60, 5 at 45.  So LAO 30 (in part), LAB 45,
 * FRO 50, FRB 25; the prices that clear are 30 alone. */
Test(clear, chooses_by_the_name_of_the_rule)
{
	static const char offer_marginal[] =
	    "S 10@20, S 10@30, S 10@50, B 10@60, B 5@45, B 10@25";
	/* Mirrored: a buy of 45 is accepted in part; LAO 20, LAB 45, FRO 50,
	 * FRB 25. */
	static const char bid_marginal[] =
	    "S 15@20, S 10@50, B 10@60, B 10@45, B 10@25";
	/* Both end at a step: LAO 20, LAB 60, FRO 50, FRB 45. */
	static const char step[] = "S 10@20, S 10@50, B 10@60, B 10@45";
	static const struct {
		enum market_price rule;
		const char *offer, *bid, *step;
	} cases[] = {
	    {MARKET_LAST_ACCEPTED_OFFER, "30", "20", "20"},
	    {MARKET_FIRST_REJECTED_OFFER, "50", "50", "50"},
	    {MARKET_LAST_ACCEPTED_BID, "45", "45", "60"},
	    {MARKET_FIRST_REJECTED_BID, "25", "25", "45"},
	    {MARKET_FIRST_PRICE, "30", "45", "20"},
	    {MARKET_SECOND_PRICE, "45", "25", "50"},
	    {MARKET_SPLIT, "37.5", "32.5", "40"},
	    {MARKET_MEAN_OF_LAST_PAIR, "37.5", "32.5", "40"},
	    {MARKET_MAX_VOLUME_MEAN, "30", "45", "47.5"},
	    {MARKET_LOWEST, "30", "45", "45"},
	    {MARKET_HIGHEST, "30", "45", "50"},
	    {MARKET_MIDDLE, "30", "45", "47.5"},
	    {MARKET_RANKING_PRICE, "30", "20", "20"},
	};
	static const struct market_version version = BOOK_MARKET;

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *name = market_price_name(cases[i].rule);
		struct expected offer = {name, offer_marginal, 0, cases[i].rule,
		    "10 5 0 10 5 0", "15", "30", "30", cases[i].offer,
		    "cleared"};
		struct expected bid = {name, bid_marginal, 0, cases[i].rule,
		    "15 0 10 5 0", "15", "45", "45", cases[i].bid, "cleared"};
		struct expected both = {name, step, 0, cases[i].rule,
		    "10 0 10 0", "10", "45", "50", cases[i].step, "cleared"};

		check(&offer, &version);
		check(&bid, &version);
		check(&both, &version);
	}
}

/* By hand: what there is when no order, or no price, is on one side. */
Test(clear, finds_a_price_where_a_rule_finds_no_order)
{
	static const struct expected cases[] = {
	    {"a need has no price: the last accepted offer", "S 10@20, S 5@30",
		50, MARKET_LAST_ACCEPTED_BID, "5 0", "5", "20", "20", "20",
		"cleared"},
	    {"so for the split", "S 10@20", 50, MARKET_SPLIT, "5", "5", "20",
		"20", "20", "cleared"},
	    {"none rejected: the upper end", "S 10@20, B 10@30", 0,
		MARKET_FIRST_REJECTED_OFFER, "10 10", "10", "20", "30", "30",
		"cleared"},
	    {"none rejected: the lower end", "S 10@20, B 10@30", 0,
		MARKET_FIRST_REJECTED_BID, "10 10", "10", "20", "30", "20",
		"cleared"},
	    {"not bounded above: the other end", "S 10@20", 100, MARKET_HIGHEST,
		"10", "10", "20", "none", "20", "cleared"},
	    {"not bounded below: the other end", "B 10@20", -100, MARKET_MIDDLE,
		"10", "10", "none", "20", "20", "cleared"},
	    {"nobody named a price", "S 10@*, B 10@*", 0, MARKET_MIDDLE,
		"10 10", "10", "none", "none", "none", "cleared"},
	    {"at any price comes first", "S 10@*, S 10@-5, B 10@*, B 5@40", 0,
		MARKET_LAST_ACCEPTED_OFFER, "10 5 10 5", "15", "-5", "-5", "-5",
		"cleared"},
	    {"an order of nothing sets no price", "S 10@20, S 0@15, B 5@40", 0,
		MARKET_LAST_ACCEPTED_OFFER, "5 0 5", "5", "20", "20", "20",
		"cleared"},
	    {"an order of nothing is not rejected either",
		"S 10@20, S 0@25, S 1@35, B 5@40", 0,
		MARKET_FIRST_REJECTED_OFFER, "5 0 0 5", "5", "20", "20", "35",
		"cleared"},
	    {"an empty hour", "S 0@20", 0, MARKET_MIDDLE, "0", "0", "none",
		"none", "none", "no-cross"},
	    {"a trade without surplus is traded", "S 10@20, S 5@30, B 15@30", 0,
		MARKET_LAST_ACCEPTED_OFFER, "10 5 15", "15", "30", "30", "30",
		"cleared"},
	};
	static const struct market_version version = BOOK_MARKET;

	for (size_t i = 0; i < COUNT(cases); i++) {
		check(&cases[i], &version);
	}
}

Test(clear, ends_that_no_order_bounds_are_floor_and_cap)
{
	static const struct expected cases[] = {
	    {"cap", "S 10@20", 100, MARKET_HIGHEST, "10", "10", "20", "1500",
		"1500", "cleared"},
	    {"floor", "B 10@20", -100, MARKET_LOWEST, "10", "10", "-100", "20",
		"-100", "cleared"},
	    {"middle", "S 10@*, B 10@*", 0, MARKET_MIDDLE, "10 10", "10",
		"-100", "1500", "700", "cleared"},
	    {"no rejected offer", "S 10@20", 100, MARKET_FIRST_REJECTED_OFFER,
		"10", "10", "20", "1500", "1500", "cleared"},
	};
	struct market_version version = BOOK_MARKET;

	version.has_floor = version.has_cap = true;
	version.floor = (struct dec)DEC_SMALL(-100, 0);
	version.cap = (struct dec)DEC_SMALL(1500, 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		check(&cases[i], &version);
	}
}

Test(clear, prices_a_shortage_by_the_word_of_the_document)
{
	static const struct {
		enum market_shortage word;
		const char *price;
	} cases[] = {
	    {MARKET_SHORT_NO_PRICE, "none"},
	    {MARKET_SHORT_CAP, "1500"},
	    {MARKET_SHORT_LAST_OFFER, "30"},
	};
	struct market_version version = BOOK_MARKET;

	version.has_cap = true;
	version.cap = (struct dec)DEC_SMALL(1500, 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct expected fixed = {"need", "S 10@20, S 10@30", 250,
		    MARKET_SPLIT, "10 10", "20", "none", "none", cases[i].price,
		    "shortage"};
		struct expected unpriced = {"at any price",
		    "S 10@20, S 10@30, B 10@*, B 15@*, B 5@90", 0, MARKET_SPLIT,
		    "10 10 8 12 0", "20", "none", "none", cases[i].price,
		    "shortage"};

		version.shortage = cases[i].word;
		check(&fixed, &version);
		check(&unpriced, &version);
	}
}

Test(clear, serves_the_need_before_orders_at_any_price)
{
	static const struct expected cases[] = {
	    {"short", "S 10@20, B 10@*, B 10@*", 60, MARKET_SPLIT, "10 2 2",
		"10", "none", "none", "none", "shortage"},
	    {"nothing is offered", "B 10@*", 60, MARKET_SPLIT, "0", "0", "none",
		"none", "none", "shortage"},
	};
	static const struct market_version version = BOOK_MARKET;

	for (size_t i = 0; i < COUNT(cases); i++) {
		check(&cases[i], &version);
	}
}

/* The right to transmit on a direct current line: last accepted bid, but the
 * floor price where the line is not full (发改体改〔2026〕734号). */
Test(clear, prices_a_surplus_at_the_floor)
{
	static const struct expected cases[] = {
	    {"full", "B 60@40, B 60@30", -1000, MARKET_LAST_ACCEPTED_BID,
		"60 40", "100", "30", "30", "30", "cleared"},
	    {"exactly full", "B 60@40, B 40@30", -1000,
		MARKET_LAST_ACCEPTED_BID, "60 40", "100", "25.6", "30", "30",
		"cleared"},
	    {"not full", "B 60@40, B 30@30", -1000, MARKET_LAST_ACCEPTED_BID,
		"60 30", "90", "none", "none", "25.6", "cleared"},
	    {"nobody", "B 0@40", -1000, MARKET_LAST_ACCEPTED_BID, "0", "0",
		"none", "none", "none", "no-cross"},
	};
	struct market_version version = BOOK_MARKET;

	version.surplus_floor = version.has_floor = true;
	version.floor = (struct dec)DEC_SMALL(256, 1);
	for (size_t i = 0; i < COUNT(cases); i++) {
		check(&cases[i], &version);
	}
}

Test(clear, rounds_the_price_once_and_within_floor_and_cap)
{
	static const struct {
		const char *book;
		int scale;
		enum dec_mode mode;
		struct dec cap;
		const char *price;
	} cases[] = {
	    {"S 1@20, B 1@20.05", 2, DEC_HALF_UP, DEC_SMALL(99, 0), "20.03"},
	    {"S 1@20, B 1@20.05", 2, DEC_HALF_EVEN, DEC_SMALL(99, 0), "20.02"},
	    {"S 1@20, B 1@20.05", 3, DEC_DOWN, DEC_SMALL(99, 0), "20.025"},
	    {"S 1@-20, B 1@-20", 0, DEC_DOWN, DEC_SMALL(99, 0), "-20"},
	    {"S 1@20.04, B 1@20.05", 1, DEC_UP, DEC_SMALL(2005, 2), "20.05"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct market_version version = BOOK_MARKET;
		struct order orders[BOOK_MAX];
		struct clear_match match;
		struct clear_price price = {0};
		char text[DEC_TEXT_MAX];
		size_t count;

		version.price = MARKET_SPLIT;
		version.price_scale = cases[i].scale;
		version.price_mode = cases[i].mode;
		version.has_cap = true;
		version.cap = cases[i].cap;
		count = book_read(orders, cases[i].book, &version);
		book_clear(&match, &price, orders, count, 0, &version);
		book_price(text, price.has_price, &price.price);
		cr_expect_str_eq(
		    text, cases[i].price, "%s: %s", cases[i].book, text);
		clear_price_release(&price);
	}
}

/* By hand: ties in the order of the document, and at last the id. */
Test(clear, breaks_ties_in_the_order_of_the_document)
{
	static const struct {
		const char *name;
		enum market_tie ties[MARKET_TIES];
		size_t count;
		const char *book;
		const char *accepted;
	} cases[] = {
	    {"the id alone", {0}, 0, "S 5@10, S 5@10, S 5@10, B 8@20",
		"5 3 0 8"},
	    {"earlier", {MARKET_TIE_TIME}, 1,
		"S 5@10, S 5@10 t9, S 5@10 t3, B 8@20", "0 3 5 8"},
	    {"larger", {MARKET_TIE_LARGER}, 1, "S 5@10, S 4@10, S 6@10, B 8@20",
		"2 0 6 8"},
	    {"performance, then larger, then earlier",
		{MARKET_TIE_PERFORMANCE, MARKET_TIE_LARGER, MARKET_TIE_TIME}, 3,
		"S 5@10 /1 t1, S 5@10 /1.2 t5, S 6@10 /1 t9, S 5@10 /1.2 t4, "
		"B 12@20",
		"0 5 2 5 12"},
	    {"who has no performance is last", {MARKET_TIE_PERFORMANCE}, 1,
		"S 5@10, S 5@10 /0.1, B 5@20", "0 5 5"},
	    {"earlier, the rest in proportion",
		{MARKET_TIE_TIME, MARKET_TIE_PRO_RATA}, 2,
		"S 5@10 t1, S 3@10 t2, S 6@10 t2, B 8@20", "5 1 2 8"},
	    {"in proportion, whole ticks, the larger remainder first",
		{MARKET_TIE_PRO_RATA}, 1,
		"S 0.1@10, S 0.2@10, S 0.3@10, B 1@9, "
		"B 0.2@20",
		"0 0.1 0.1 0 0.2"},
	    {"a better price is before any tie", {MARKET_TIE_LARGER}, 1,
		"S 9@10, S 1@9.99, B 2@20", "1 1 2"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct market_version version = BOOK_MARKET;
		struct order orders[BOOK_MAX];
		struct clear_match match;
		struct clear_price price = {0};
		char text[BOOK_TEXT_MAX];
		size_t count;

		memcpy(version.ties, cases[i].ties, sizeof(version.ties));
		version.tie_count = cases[i].count;
		count = book_read(orders, cases[i].book, &version);
		book_clear(&match, &price, orders, count, 0, &version);
		book_accepted(text, sizeof(text), orders, count, &version);
		cr_expect_str_eq(
		    text, cases[i].accepted, "%s: %s", cases[i].name, text);
		clear_price_release(&price);
	}
}

static const struct market_version regulation = {
    .quantity_tick = DEC_SMALL(1, 0),
    .price_tick = DEC_SMALL(1, 1),
    .price = MARKET_RANKING_PRICE,
    .by_performance = true,
    .has_performance_least = true,
    .performance_least = DEC_SMALL(6, 1),
    .has_floor = true,
    .floor = DEC_SMALL(5, 0),
    .has_cap = true,
    .cap = DEC_SMALL(15, 0),
    .ties = {MARKET_TIE_PERFORMANCE, MARKET_TIE_LARGER, MARKET_TIE_TIME,
	MARKET_TIE_PRO_RATA},
    .tie_count = 4,
    .shortage = MARKET_SHORT_LAST_OFFER,
    .below = MARKET_BELOW_RAISE,
    .price_scale = 3,
    .price_mode = DEC_HALF_UP,
};

/* 华中监能市场规〔2025〕35号: ranked by bid / Kpd, last ranking price, at most
 * 15; ties: Kpd, larger, earlier, in proportion. */
Test(clear, ranks_regulation_by_price_and_performance)
{
	static const struct expected cases[] = {
	    /* 10/1.25 = 6/0.75 = 8.0; 9/1.2 = 7.5 comes first. */
	    {"better performance first",
		"S 10@10 /1.25, S 10@6 /0.75, S 10@9 /1.2", 20,
		MARKET_RANKING_PRICE, "10 0 10", "20", "8", "8", "8",
		"cleared"},
	    {"in proportion", "S 20@8 /1, S 20@8 /1", 30, MARKET_RANKING_PRICE,
		"15 15", "30", "8", "8", "8", "cleared"},
	    /* 10/0.7 = 14.2857..., the next 15/0.9 = 16.667 is rejected. */
	    {"a fraction", "S 20@10 /0.7, S 20@15 /0.9", 20,
		MARKET_RANKING_PRICE, "20 0", "20", "14.286", "16.667",
		"14.286", "cleared"},
	    /* 15/0.6 = 25: at most 15. */
	    {"the cap", "S 20@15 /0.6", 10, MARKET_RANKING_PRICE, "10", "10",
		"25", "25", "15", "cleared"},
	    /* 5/1.25 = 4: the floor of 5 is of bids, not of the price. */
	    {"below the floor of bids", "S 20@5 /1.25", 10,
		MARKET_RANKING_PRICE, "10", "10", "4", "4", "4", "cleared"},
	    {"the highest bid price by another rule",
		"S 10@10 /1.25, S 10@9.2 /1", 20, MARKET_LAST_ACCEPTED_OFFER,
		"10 10", "20", "9.2", "15", "10", "cleared"},
	    {"raised to the minimum", "S 20@8 /1, S 20@9 /1 !10", 25,
		MARKET_RANKING_PRICE, "20 10", "30", "9", "9", "9", "cleared"},
	    {"nothing accepted is not raised", "S 20@8 /1, S 20@9 /1 !10", 20,
		MARKET_RANKING_PRICE, "20 0", "20", "8", "9", "8", "cleared"},
	    {"short", "S 20@8 /1", 30, MARKET_RANKING_PRICE, "20", "20", "none",
		"none", "8", "shortage"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		check(&cases[i], &regulation);
	}
}

/* Comparing 1/3-like fractions needs all their digits. */
Test(clear, compares_ranking_prices_exactly)
{
	static const struct {
		struct order_level a, b;
		int order;
	} cases[] = {
	    {{10, 3}, {20, 6}, 0},
	    {{-10, 3}, {10, 3}, -1},
	    {{INT64_MAX, INT64_MAX - 1}, {INT64_MAX - 1, INT64_MAX - 2}, -1},
	    {{INT64_MIN, 1}, {INT64_MIN, 2}, -1},
	    {{INT64_MIN, 1}, {INT64_MAX, 1}, -1},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		cr_expect_eq(order_level_cmp(&cases[i].a, &cases[i].b),
		    cases[i].order, "case %zu", i);
		cr_expect_eq(order_level_cmp(&cases[i].b, &cases[i].a),
		    -cases[i].order, "case %zu", i);
	}
}

/* By hand: 新型主体合计 30 %, 单个电厂 20 %, of the need. */
Test(clear, keeps_to_percent_limits)
{
	static const struct {
		const char *name;
		const char *book;
		int64_t need;
		const char *accepted;
	} cases[] = {
	    {"each party", "S 50@5 /1 p1, S 50@6 /1 p2, S 90@7 /1 p3", 100,
		"20 20 20"},
	    {"the best of a party first",
		"S 15@6 /1 p1, S 15@5 /1 p1, S 50@7 /1 p2", 100, "5 15 20"},
	    {"a class together",
		"S 20@5 /1 p1 cnew, S 20@6 /1 p2 cnew, S 20@7 /1 p3", 100,
		"20 10 20"},
	    {"a class shares at one price",
		"S 20@6 /1 p1 cnew, S 20@6 /1 p2 cnew, S 20@7 /1 p3", 100,
		"15 15 20"},
	    /* 40 are left of the need for what the limit leaves at 6: 10, 10
	     * (a party of 20), 20 and 20.  40 x 10/60 = 6 2/3, 13 1/3. */
	    {"shares are of what a limit leaves",
		"S 30@6 /1 p1, S 30@6 /1 p1, S 30@6 /1 p2, S 30@6 /1 p3, "
		"S 20@5 /1 p4, S 20@5 /1 p5, S 20@5 /1 p6",
		100, "7 7 13 13 20 20 20"},
	    {"no party is one of its own", "S 50@5 /1, S 50@5 /1", 100,
		"20 20"},
	    {"a party, then its class",
		"S 50@5 /1 p1 cnew, S 50@6 /1 p2 cnew, S 50@7 /1 p3 cold", 100,
		"20 10 20"},
	    {"whole ticks, rounded down", "S 50@5 /1 p1", 99, "19"},
	    {"of all that is asked for, without a need",
		"S 50@5 /1 p1, B 40@15, B 60@5", 0, "20 20 0"},
	};
	struct market_limit limits[] = {
	    {.of_class = "new", .percent = DEC_SMALL(30, 0)},
	    {.each_party = true, .percent = DEC_SMALL(20, 0)},
	};
	struct market_version version = regulation;

	version.limits = limits;
	version.limit_count = COUNT(limits);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct order orders[BOOK_MAX];
		struct clear_match match;
		struct clear_price price = {0};
		char text[BOOK_TEXT_MAX];
		size_t count = book_read(orders, cases[i].book, &version);

		book_clear(
		    &match, &price, orders, count, cases[i].need, &version);
		book_accepted(text, sizeof(text), orders, count, &version);
		cr_expect_str_eq(
		    text, cases[i].accepted, "%s: %s", cases[i].name, text);
		clear_price_release(&price);
	}
}

Test(clear, an_order_that_a_limit_shuts_out_sets_no_price)
{
	struct market_limit limits[] = {
	    {.each_party = true, .percent = DEC_SMALL(50, 0)},
	};
	struct market_version version = BOOK_MARKET;
	struct expected expected = {"first rejected",
	    "S 5@5 p1, S 5@6 p1, S 5@7 p2, S 5@9 p3", 100,
	    MARKET_FIRST_REJECTED_OFFER, "5 0 5 0", "10", "7", "9", "9",
	    "cleared"};

	version.limits = limits;
	version.limit_count = COUNT(limits);
	check(&expected, &version);
}

Test(clear, pays_each_its_own_price_or_that_of_the_hour)
{
	struct market_version version = BOOK_MARKET;
	struct order orders[BOOK_MAX];
	struct clear_match match;
	struct clear_price price = {0};
	struct dec award = {0};
	size_t count =
	    book_read(orders, "S 5@20, S 5@30, S 5@40, S 1@*", &version);
	char text[DEC_TEXT_MAX];

	version.price = MARKET_PAY_AS_BID;
	book_clear(&match, &price, orders, count, 80, &version);
	cr_assert(clear_award_price(&award, &orders[1], &price, &version));
	dec_format_trim(&award, text, sizeof(text));
	cr_expect_str_eq(text, "30");
	cr_expect_not(clear_award_price(&award, &orders[2], &price, &version));
	cr_expect_not(clear_award_price(&award, &orders[3], &price, &version));
	version.price = MARKET_LAST_ACCEPTED_OFFER;
	book_clear(&match, &price, orders, count, 80, &version);
	cr_assert(clear_award_price(&award, &orders[0], &price, &version));
	dec_format_trim(&award, text, sizeof(text));
	cr_expect_str_eq(text, "30");
	dec_release(&award);
	clear_price_release(&price);
}

Test(clear, refuses_volumes_beyond_64_bits)
{
	static const struct market_version version = BOOK_MARKET;
	struct order orders[2] = {
	    {.side = ORDER_SELL, .quantity = INT64_MAX, .rank = 0},
	    {.side = ORDER_BUY, .quantity = 1, .rank = 1},
	};
	struct clear_ladders *ladders = NULL;
	struct qf_error error;

	cr_assert_eq(
	    clear_ladders_make(&ladders, orders, 2, 0, &version, &error), -1);
	cr_expect_str_eq(error.code, "clear-volume");
	cr_assert_eq(clear_ladders_make(
			 &ladders, orders, 0, INT64_MIN, &version, &error),
	    -1);
	cr_expect_str_eq(error.code, "clear-volume");
}
