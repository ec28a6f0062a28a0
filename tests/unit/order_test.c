/* order_test.c - bids as orders in ticks.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "book_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

Test(order, counts_whole_ticks)
{
	static const struct {
		const char *value, *tick;
		enum order_fit fit;
		int64_t ticks;
	} cases[] = {
	    {"12.5", "0.5", ORDER_FITS, 25},
	    {"-12.50", "0.5", ORDER_FITS, -25},
	    {"0", "0.1", ORDER_FITS, 0},
	    {"12.5", "1", ORDER_OFF_TICK, 0},
	    {"12.5", "0.3", ORDER_OFF_TICK, 0},
	    {"12.6", "0.3", ORDER_FITS, 42},
	    {"1000", "100.00", ORDER_FITS, 10},
	    {"9223372036854775807", "1", ORDER_FITS, INT64_MAX},
	    {"-9223372036854775808", "1", ORDER_FITS, INT64_MIN},
	    {"9223372036854775808", "1", ORDER_OUT_OF_RANGE, 0},
	    {"9223372036854775807", "0.1", ORDER_OUT_OF_RANGE, 0},
	    {"9223372036854775808", "2", ORDER_FITS,
		INT64_C(4611686018427387904)},
	    {"1", "0.00000000000000000001", ORDER_OUT_OF_RANGE, 0},
	    {"0.00000000000000000005", "0.00000000000000000001", ORDER_FITS, 5},
	    {"0.00000000000000000005", "1", ORDER_OFF_TICK, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct dec value = {0}, tick = {0};
		int64_t ticks = 0;

		book_number(&value, cases[i].value);
		book_number(&tick, cases[i].tick);
		cr_expect_eq(order_ticks(&ticks, &value, &tick), cases[i].fit,
		    "%s by %s", cases[i].value, cases[i].tick);
		cr_expect_eq(ticks, cases[i].ticks, "%s by %s: %lld",
		    cases[i].value, cases[i].tick, (long long)ticks);
		dec_release(&value);
		dec_release(&tick);
	}
}

Test(order, refuses_what_breaks_the_rule_of_the_market)
{
	static const struct {
		const char *bid;
		const char *reason; /* NULL: none */
	} cases[] = {
	    {"S 1@10 /0.6", NULL},
	    {"S 1@* /0.6", NULL},
	    {"S 1.05@10 /1", REASON_BID_QUANTITY_TICK},
	    {"S -1@10 /1", REASON_BID_RANGE},
	    {"S 100000000000000.1@10 /1", REASON_BID_RANGE},
	    {"S 9223372036854775807@10 /1", REASON_BID_RANGE},
	    {"S 0.4@10 /1", REASON_BID_BELOW_LEAST},
	    {"S 0.5@10 /1", NULL},
	    {"S 1@10 /1 !1", NULL},
	    {"S 1@10 /1 !1.1", REASON_BID_MINIMUM},
	    {"S 1@10 /1 !-1", REASON_BID_MINIMUM},
	    {"S 1@10 /1 !0.55", REASON_BID_QUANTITY_TICK},
	    {"S 1@4.9 /1", REASON_BID_BELOW_FLOOR},
	    {"S 1@5 /1", NULL},
	    {"S 1@15 /1", NULL},
	    {"S 1@15.1 /1", REASON_BID_ABOVE_CAP},
	    {"S 1@100000000000000000000000000 /1", REASON_BID_ABOVE_CAP},
	    {"S 1@10.001 /1", REASON_BID_PRICE_TICK},
	    {"S 1@10", REASON_BID_NO_PERFORMANCE},
	    {"S 1@10 /0.59", REASON_BID_PERFORMANCE},
	    {"S 1@10 /0", REASON_BID_PERFORMANCE},
	    {"S 1@10 /-1", REASON_BID_PERFORMANCE},
	    {"S 1@10 /0.6000000001", REASON_BID_RANGE},
	    {"S 1@10 /0.600000000", NULL},
	    {"B 1@10", NULL},
	    {"B 1@10 /0.1", NULL},
	};
	struct market_version version = BOOK_MARKET;

	version.quantity_least = (struct dec)DEC_SMALL(5, 1);
	version.has_floor = version.has_cap = true;
	version.floor = (struct dec)DEC_SMALL(5, 0);
	version.cap = (struct dec)DEC_SMALL(15, 0);
	version.by_performance = version.has_performance_least = true;
	version.performance_least = (struct dec)DEC_SMALL(6, 1);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct order order;
		struct refusal refusal = {0};
		char text[BOOK_TEXT_MAX];
		int refused;

		snprintf(text, sizeof(text), "%s", cases[i].bid);
		refused = book_order(&order, text, &version, &refusal);
		cr_expect_eq(refused, cases[i].reason != NULL, "%s: %s",
		    cases[i].bid, refusal.detail);
		if (cases[i].reason != NULL) {
			cr_expect_str_eq(refusal.reason, cases[i].reason,
			    "%s: %s", cases[i].bid, refusal.reason);
		}
	}
}

Test(order, refuses_a_price_beyond_64_bits_of_ticks)
{
	static const struct market_version version = BOOK_MARKET;
	static const struct {
		const char *bid;
		int refused;
	} cases[] = {
	    {"S 1@92233720368547758.07", 0},
	    {"S 1@92233720368547758.08", 1},
	    {"S 1@-92233720368547758.08", 0},
	    {"S 1@-92233720368547758.09", 1},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct order order;
		struct refusal refusal = {0};
		char text[BOOK_TEXT_MAX];

		snprintf(text, sizeof(text), "%s", cases[i].bid);
		cr_expect_eq(book_order(&order, text, &version, &refusal),
		    cases[i].refused, "%s", cases[i].bid);
		if (cases[i].refused == 1) {
			cr_expect_str_eq(refusal.reason, REASON_BID_RANGE);
		}
	}
}

Test(order, says_what_it_refuses_and_why)
{
	struct market_version version = BOOK_MARKET;
	struct order order;
	struct refusal refusal = {0};
	char text[] = "S 1.05@10";

	cr_assert_eq(book_order(&order, text, &version, &refusal), 1);
	cr_expect_str_eq(
	    refusal.detail, "quantity 1.05 is not a multiple of the tick 0.1");
}

Test(order, finds_the_limit_of_a_class)
{
	struct market_limit limits[] = {
	    {.each_party = true},
	    {.of_class = "new"},
	    {.of_class = "storage"},
	};
	struct market_version version = BOOK_MARKET;

	version.limits = limits;
	version.limit_count = COUNT(limits);
	cr_expect_eq(order_class(&version, "storage"), 3);
	cr_expect_eq(order_class(&version, "new"), 2);
	cr_expect_eq(order_class(&version, "coal"), 0);
	cr_expect_eq(order_class(&version, ""), 0);
	cr_expect_eq(order_class(&version, NULL), 0);
}
