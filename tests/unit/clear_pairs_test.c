/* clear_pairs_test.c - trades in pairs, each at its own price.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "book_fixture.h"
#include "settle/clear_pairs.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct expected {
	const char *name;
	const char *book;
	int64_t need; /* tenths */
	enum market_price rule;
	const char *previous; /* NULL: none */
	/* "buy-sell quantity@price ...", orders by place, n: the need */
	const char *trades;
};

static void
write_trades(char *out, size_t size, const struct clear_trades *trades,
    const struct market_version *version)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < trades->count; i++) {
		const struct clear_trade *trade = &trades->trades[i];
		char quantity[DEC_TEXT_MAX], price[DEC_TEXT_MAX];
		char buy[8] = "n", sell[8] = "n";

		if (trade->buy != NULL) {
			snprintf(buy, sizeof(buy), "%u", trade->buy->rank);
		}
		if (trade->sell != NULL) {
			snprintf(sell, sizeof(sell), "%u", trade->sell->rank);
		}
		book_quantity(
		    quantity, sizeof(quantity), trade->quantity, version);
		book_price(price, trade->has_price, &trade->price);
		used +=
		    (size_t)snprintf(out + used, size - used, "%s%s-%s %s@%s",
			i == 0 ? "" : ", ", buy, sell, quantity, price);
	}
}

static void
check(const struct expected *expected, enum market_method method,
    const struct market_version *base)
{
	struct market_version version = *base;
	struct order orders[BOOK_MAX];
	struct clear_trades trades;
	struct qf_error error;
	struct dec previous = {0};
	char text[BOOK_TEXT_MAX];
	size_t count;

	version.method = method;
	version.price = expected->rule;
	count = book_read(orders, expected->book, &version);
	if (expected->previous != NULL) {
		book_number(&previous, expected->previous);
	}
	cr_assert_eq(clear_pairs(&trades, orders, count, expected->need,
			 expected->previous != NULL ? &previous : NULL,
			 &version, &error),
	    0);
	write_trades(text, sizeof(text), &trades, &version);
	cr_expect_str_eq(
	    text, expected->trades, "%s: %s", expected->name, text);
	clear_trades_release(&trades);
	dec_release(&previous);
}

/* 《山东电力市场规则（试行）》附件8 算例四: buys 0.42 0.41 0.40, offers 0.38
 * 0.39 0.40; the first pair is 0.42 with 0.38.  The pairs after it are worked
 * by hand: each price is the previous of the next. */
Test(clear_pairs, takes_the_median_with_the_previous_trade)
{
	static const char book[] = "B 1@0.42, B 1@0.41, B 1@0.40, S 1@0.38, "
				   "S 1@0.39, S 1@0.40";
	static const struct expected cases[] = {
	    {"above both", book, 0, MARKET_MEDIAN, "0.43",
		"0-3 1@0.42, 1-4 1@0.41, 2-5 1@0.4"},
	    {"below both", book, 0, MARKET_MEDIAN, "0.37",
		"0-3 1@0.38, 1-4 1@0.39, 2-5 1@0.4"},
	    {"between", book, 0, MARKET_MEDIAN, "0.40",
		"0-3 1@0.4, 1-4 1@0.4, 2-5 1@0.4"},
	    {"none: the mean of the pair", book, 0, MARKET_MEDIAN, NULL,
		"0-3 1@0.4, 1-4 1@0.4, 2-5 1@0.4"},
	    {"an order at any price is no bound", "B 1@*, S 1@0.38", 0,
		MARKET_MEDIAN, "0.5", "0-1 1@0.5"},
	    {"nor is one to sell", "B 1@0.42, S 1@*", 0, MARKET_MEDIAN, "0.5",
		"0-1 1@0.42"},
	};
	static const struct market_version version = BOOK_MARKET;

	for (size_t i = 0; i < COUNT(cases); i++) {
		check(&cases[i], MARKET_PAIRS, &version);
	}
}

Test(clear_pairs, matches_best_with_best)
{
	static const struct expected cases[] = {
	    /* Question 1299 of the bank of power traders: 200 and 300. */
	    {"mean", "B 1@300, S 1@200", 0, MARKET_PAIR_MEAN, NULL,
		"0-1 1@250"},
	    /* By hand. */
	    {"split over several", "B 10@30, B 5@25, S 8@10, S 4@24, S 9@26", 0,
		MARKET_PAIR_MEAN, NULL, "0-2 8@20, 0-3 2@27, 1-3 2@24.5"},
	    {"no cross", "B 1@10, S 1@11", 0, MARKET_PAIR_MEAN, NULL, ""},
	    {"equal prices trade", "B 1@10, S 1@10", 0, MARKET_PAIR_MEAN, NULL,
		"0-1 1@10"},
	    {"shared at the margin", "B 9@30, S 10@10, S 20@10", 0,
		MARKET_PAIR_MEAN, NULL, "0-1 3@20, 0-2 6@20"},
	    {"the earlier order's price", "B 1@30 t5, B 1@28 t1, S 2@10 t3", 0,
		MARKET_PAIR_EARLIER, NULL, "0-2 1@10, 1-2 1@28"},
	    {"no time is late", "B 1@30, S 1@10 t9", 0, MARKET_PAIR_EARLIER,
		NULL, "0-1 1@10"},
	    {"one that names no price takes the other's", "B 1@*, S 1@10", 0,
		MARKET_PAIR_MEAN, NULL, "0-1 1@10"},
	    {"two that name none", "B 1@*, S 1@*", 0, MARKET_PAIR_MEAN, NULL,
		"0-1 1@none"},
	    {"the need", "B 1@30, S 2@10", 10, MARKET_PAIR_MEAN, NULL,
		"n-1 1@10, 0-1 1@20"},
	    {"fixed supply", "B 2@30, S 1@10", -10, MARKET_PAIR_MEAN, NULL,
		"0-n 1@30, 0-1 1@20"},
	    {"rounded", "B 1@30.01, S 1@30", 0, MARKET_PAIR_MEAN, NULL,
		"0-1 1@30.01"},
	};
	static const struct market_version version = BOOK_MARKET;

	for (size_t i = 0; i < COUNT(cases); i++) {
		check(&cases[i], MARKET_PAIRS, &version);
	}
}

/* 山东 4.5.34-35: better price, then earlier; the price of the earlier order.
 * By hand. */
Test(clear_pairs, trades_orders_as_they_arrive)
{
	static const struct expected cases[] = {
	    {"the one that waits sets the price",
		"S 1@10 t1, S 1@12 t2, B 3@15 t3, S 1@14 t4", 0,
		MARKET_PAIR_EARLIER, NULL, "2-0 1@10, 2-1 1@12, 2-3 1@15"},
	    {"the earlier of two at one price",
		"S 1@10 t2, S 1@10 t1, B 1@10 t3", 0, MARKET_PAIR_EARLIER, NULL,
		"2-1 1@10"},
	    {"a better price before an earlier order",
		"B 1@10 t1, B 1@11 t2, S 1@9 t3", 0, MARKET_PAIR_EARLIER, NULL,
		"1-2 1@11"},
	    {"too dear waits", "S 1@12 t1, B 1@10 t2, S 1@10 t3", 0,
		MARKET_PAIR_EARLIER, NULL, "1-2 1@10"},
	    {"the median rolls on",
		"S 1@10 t1, B 1@20 t2, S 1@11 t3, "
		"B 1@12 t4",
		0, MARKET_MEDIAN, "14", "1-0 1@14, 3-2 1@12"},
	    {"no time comes last", "B 1@10, S 1@8 t7, B 1@9 t8", 0,
		MARKET_PAIR_EARLIER, NULL, "2-1 1@8"},
	    {"the need has waited", "B 1@50 t1, S 2@10 t2", 15,
		MARKET_PAIR_EARLIER, NULL, "n-1 1.5@10, 0-1 0.5@50"},
	    {"fixed supply has waited", "S 1@5 t1, B 2@10 t2", -15,
		MARKET_PAIR_EARLIER, NULL, "1-n 1.5@10, 1-0 0.5@5"},
	};
	struct market_version version = BOOK_MARKET;

	version.ties[0] = MARKET_TIE_TIME;
	for (size_t i = 0; i < COUNT(cases); i++) {
		check(&cases[i], MARKET_ROLLING, &version);
	}
}

Test(clear_pairs, says_what_a_rolling_hour_leaves)
{
	struct market_version version = BOOK_MARKET;
	struct order orders[BOOK_MAX];
	struct clear_trades trades;
	struct qf_error error;
	char text[BOOK_TEXT_MAX];
	size_t count = book_read(
	    orders, "S 3@10 t1, B 2@* t2, B 4@* t3, B 1@20 t4", &version);

	version.method = MARKET_ROLLING;
	version.ties[0] = MARKET_TIE_TIME;
	cr_assert_eq(
	    clear_pairs(&trades, orders, count, 5, NULL, &version, &error), 0);
	book_accepted(text, sizeof(text), orders, count, &version);
	cr_expect_str_eq(text, "3 2 0.5 0");
	cr_expect_eq(trades.match.volume, 30);
	cr_expect_eq(trades.match.unserved, 35);
	cr_expect_str_eq(clear_state_name(&trades.match), "shortage");
	clear_trades_release(&trades);
}

Test(clear_pairs, rolling_cannot_share)
{
	struct market_version version = BOOK_MARKET;
	struct clear_trades trades;
	struct qf_error error;

	version.method = MARKET_ROLLING;
	cr_assert_eq(
	    clear_pairs(&trades, NULL, 0, 0, NULL, &version, &error), -1);
	cr_expect_str_eq(error.code, "clear-rolling-share");
}

/* Which row an order is in changes no trade. */
Test(clear_pairs, the_order_of_the_rows_does_not_show)
{
	static const char *const books[] = {
	    "B 9@30 t3, B 4@28 t1, S 5@10 t2, S 5@10 t4, S 9@27 t5",
	    "S 9@27 t5, S 5@10 t4, S 5@10 t2, B 4@28 t1, B 9@30 t3",
	};
	struct market_version version = BOOK_MARKET;
	char texts[2][BOOK_TEXT_MAX];

	for (int method = MARKET_PAIRS; method <= MARKET_ROLLING; method++) {
		for (size_t i = 0; i < COUNT(books); i++) {
			struct order orders[BOOK_MAX];
			struct clear_trades trades;
			struct qf_error error;
			size_t count = book_read(orders, books[i], &version);

			for (size_t k = 0; k < count && i == 1; k++) {
				orders[k].rank = (uint32_t)(count - 1 - k);
			}
			version.method = (enum market_method)method;
			version.price = MARKET_PAIR_EARLIER;
			version.ties[0] = MARKET_TIE_TIME;
			cr_assert_eq(clear_pairs(&trades, orders, count, 0,
					 NULL, &version, &error),
			    0);
			write_trades(
			    texts[i], BOOK_TEXT_MAX, &trades, &version);
			clear_trades_release(&trades);
		}
		cr_expect_str_eq(texts[0], texts[1]);
	}
}
