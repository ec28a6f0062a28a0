/* response_test.c - what events come to.
 *
 * The UFTP table is that of the Shapeshifter specification's settle phase, the
 * delivered powers those of USEF's reference implementation; Sichuan's and
 * Shandong's numbers are of rules.md 3.3, the three bidders of an exam on
 * virtual power plants (106 MW delivered for 137800, 1440 charged).  Others are
 * by hand, as written beside them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/response.h"

#include <criterion/criterion.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define HOUR 3600

/* A version as its reader makes one of a document that says little. */
static struct programme_version
plain(void)
{
	return (struct programme_version){
	    .direction = PROGRAMME_SHAVE,
	    .component = "response",
	    .needs_award = true,
	    .price = {.per = PROGRAMME_PER_KWH},
	    .pay_factor = DEC_SMALL(1, 0),
	    .negative_zero = true,
	    .money = {.scale = 2, .mode = DEC_HALF_UP},
	};
}

static struct programme_penalty
penalty(int64_t below, int below_scale, int64_t factor, int factor_scale)
{
	return (struct programme_penalty){
	    .component = "shortfall",
	    .below = DEC_SMALL(below, below_scale),
	    .factor = DEC_SMALL(factor, factor_scale),
	};
}

/* A step of an hour, in kWh. */
static struct response_input
hour(int64_t baseline, int64_t actual, int64_t award, int64_t price)
{
	return (struct response_input){
	    .seconds = HOUR,
	    .baseline_kwh = DEC_SMALL(baseline, 0),
	    .actual_kwh = DEC_SMALL(actual, 0),
	    .has_award = true,
	    .award_kw = DEC_SMALL(award, 0),
	    .price = DEC_SMALL(price, 0),
	};
}

static void
expect(const struct ratio *r, const char *text, size_t row, const char *what)
{
	char buffer[RATIO_TEXT_MAX];

	ratio_format(r, buffer, sizeof(buffer));
	cr_expect_str_eq(
	    buffer, text, "row %zu: %s is %s, not %s", row, what, buffer, text);
}

static struct response *
settle(const struct programme_version *version,
    const struct response_input *steps, size_t count)
{
	struct refusal refusal = {0};
	struct response *response;

	cr_assert_eq(response_settle(
			 &response, version, steps, count, NULL, 2, &refusal),
	    0, "%s: %s", refusal.reason, refusal.detail);
	return response;
}

Test(response, pays_flexibility_as_uftp_does)
{
	/* Baseline 10, ordered 2 less, 7 a MW, 11 for each that lacks; with
	 * cap 1, as USEF's reference has it, no more lacks than was ordered. */
	static const struct {
		int64_t actual;
		const char *delivered, *lacks, *capped;
		int64_t paid, charged, charged_capped;
	} rows[] = {
	    {7, "2", "0", "0", 1400, 0, 0},
	    {8, "2", "0", "0", 1400, 0, 0},
	    {9, "1", "1", "1", 700, 1100, 1100},
	    {10, "0", "2", "2", 0, 2200, 2200},
	    {11, "0", "3", "2", 0, 3300, 2200},
	};
	struct programme_version version = plain();
	struct programme_penalty below = penalty(1, 0, 1, 0);
	struct dec prices[] = {DEC_SMALL(11, 0)};

	version.has_most = true;
	dec_set_int(&version.most, 1, 0);
	version.penalties = &below;
	version.penalty_count = 1;
	below.has_price = true;
	below.price.per = PROGRAMME_PER_KW;
	version.price.per = PROGRAMME_PER_KW;
	dec_set_int(&below.cap, 1, 0);
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		size_t row = i / 2;
		struct response_input in = hour(10, rows[row].actual, 2, 7);
		struct response *out;

		below.has_cap = i % 2 == 1;
		in.penalty_prices = prices;
		out = settle(&version, &in, 1);
		expect(&out->steps[0].effective, rows[row].delivered, i,
		    "delivered");
		expect(&out->steps[0].deficiency,
		    below.has_cap ? rows[row].capped : rows[row].lacks, i,
		    "deficiency");
		cr_expect_eq(out->line_count, 2);
		cr_expect_eq(out->lines[0].minor, rows[row].paid);
		cr_expect_eq(out->lines[1].minor, below.has_cap
						      ? rows[row].charged_capped
						      : rows[row].charged);
		cr_expect(!out->lines[0].is_charge && out->lines[1].is_charge);
		cr_expect_str_eq(out->lines[1].component, "shortfall");
		cr_expect_str_eq(out->lines[1].unit, "kw");
		response_free(out);
	}
}

Test(response, delivers_what_usef_says_in_both_directions)
{
	static const struct {
		int64_t ordered, prognosis, allocated;
		const char *delivered;
	} rows[] = {
	    {100, 1000, 1200, "100"},
	    {-100, 1000, 901, "99"},
	    {100, 1000, 901, "0"},
	    {100, -1000, -950, "50"},
	    {-100, -1000, -1050, "50"},
	    {-100, -1000, -900, "0"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct programme_version version = plain();
		bool fill = rows[i].ordered > 0;
		struct response_input in =
		    hour(rows[i].prognosis, rows[i].allocated, 100, 1);
		struct response *out;

		version.direction = fill ? PROGRAMME_FILL : PROGRAMME_SHAVE;
		version.has_most = true;
		dec_set_int(&version.most, 1, 0);
		out = settle(&version, &in, 1);
		expect(
		    &out->steps[0].effective, rows[i].delivered, i, "counts");
		response_free(out);
	}
}

Test(response, three_bidders_deliver_106_mw_in_two_hours_for_137800)
{
	/* Cleared 40, 30 and 40 MW at 650 a MWh, delivered 36, 30 and 50;
	 * what lacks costs 900 x 20 %. */
	static const struct {
		int64_t award_mw, delivered_mw, paid, charged;
	} rows[] = {
	    {40, 36, 4680000, 144000},
	    {30, 30, 3900000, 0},
	    {40, 50, 5200000, 0},
	};
	struct programme_version version = plain();
	struct programme_penalty below = penalty(1, 0, 2, 1);
	struct dec prices[] = {DEC_SMALL(900, 0)};
	int64_t paid = 0, charged = 0;

	version.price.per = PROGRAMME_PER_MWH;
	version.has_most = true;
	dec_set_int(&version.most, 1, 0);
	version.penalties = &below;
	version.penalty_count = 1;
	below.has_price = true;
	below.price.per = PROGRAMME_PER_MWH;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct response_input in =
		    hour(200000, 200000 - rows[i].delivered_mw * 2000, 0, 650);
		struct response *out;
		char text[DEC_TEXT_MAX];

		in.seconds = 2 * HOUR;
		dec_set_int(&in.award_kw, rows[i].award_mw * 1000, 0);
		in.penalty_prices = prices;
		out = settle(&version, &in, 1);
		cr_expect_eq(out->lines[0].minor, rows[i].paid);
		cr_expect_eq(out->lines[1].minor, rows[i].charged);
		paid += out->lines[0].minor;
		charged += out->lines[1].minor;
		/* On lines a price is of a kWh, with its factor. */
		cr_expect(out->lines[0].has_price && out->lines[1].has_price);
		dec_format(&out->lines[0].price, text, sizeof(text));
		cr_expect_str_eq(text, "0.65");
		dec_format(&out->lines[1].price, text, sizeof(text));
		cr_expect_str_eq(text, "0.18");
		response_free(out);
	}
	cr_expect_eq(paid, 13780000);
	cr_expect_eq(charged, 144000);
}

Test(response, sichuan_counts_by_bands_and_assesses_what_counts)
{
	/* Up to 1.1 x the award all counts, above it a half; what counts less
	 * than 0.9 x the award is charged at 1.1 x the price, here 2. */
	static const struct {
		int64_t response;
		const char *counts, *lacks;
		int64_t paid, charged;
	} rows[] = {
	    {130, "120", "0", 24000, 0},
	    {110, "110", "0", 22000, 0},
	    {85, "85", "5", 17000, 1100},
	    {90, "90", "0", 18000, 0},
	    {0, "0", "90", 0, 19800},
	    {-20, "0", "90", 0, 19800},
	};
	struct programme_band bands[] = {
	    {.has_to = true, .to = DEC_SMALL(11, 1), .factor = DEC_SMALL(1, 0)},
	    {.from = DEC_SMALL(11, 1), .factor = DEC_SMALL(5, 1)},
	};
	struct programme_penalty below = penalty(9, 1, 11, 1);
	struct programme_version version = plain();

	version.bands = bands;
	version.band_count = COUNT(bands);
	version.penalties = &below;
	version.penalty_count = 1;
	below.of_effective = true;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct response_input in =
		    hour(500, 500 - rows[i].response, 100, 2);
		struct response *out = settle(&version, &in, 1);

		expect(&out->steps[0].effective, rows[i].counts, i, "counts");
		expect(&out->steps[0].deficiency, rows[i].lacks, i, "lacks");
		cr_expect_eq(out->lines[0].minor, rows[i].paid, "row %zu", i);
		cr_expect_eq(
		    out->lines[1].minor, rows[i].charged, "row %zu", i);
		response_free(out);
	}
}

Test(response, whole_bands_count_all_by_the_rate)
{
	/* Below half of the award nothing, from half on at 0.7, from 0.8 to
	 * 1.2 all, and above that no more. */
	static const struct {
		int64_t response;
		const char *counts;
	} rows[] = {
	    {49, "0"},
	    {50, "35"},
	    {79, "553/10"},
	    {80, "80"},
	    {120, "120"},
	    {121, "120"},
	    {0, "0"},
	};
	struct programme_band bands[] = {
	    {.has_to = true, .to = DEC_SMALL(5, 1), .whole = true},
	    {.from = DEC_SMALL(5, 1),
		.has_to = true,
		.to = DEC_SMALL(8, 1),
		.factor = DEC_SMALL(7, 1),
		.whole = true},
	    {.from = DEC_SMALL(8, 1),
		.has_to = true,
		.to = DEC_SMALL(12, 1),
		.factor = DEC_SMALL(1, 0),
		.whole = true},
	};
	struct programme_version version = plain();

	version.bands = bands;
	version.band_count = COUNT(bands);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct response_input in =
		    hour(500, 500 - rows[i].response, 100, 1);
		struct response *out = settle(&version, &in, 1);

		expect(&out->steps[0].effective, rows[i].counts, i, "counts");
		response_free(out);
	}
	/* Of parts the first half counts nothing: 0.3 x 0.7 + 0.2 = 0.41. */
	for (size_t i = 0; i < COUNT(bands); i++) {
		bands[i].whole = false;
	}
	for (int64_t response = 100; response <= 130; response += 15) {
		struct response_input in = hour(500, 500 - response, 100, 1);
		struct response *out = settle(&version, &in, 1);

		expect(&out->steps[0].effective,
		    response == 100   ? "41"
		    : response == 115 ? "56"
				      : "61",
		    0, "counts");
		response_free(out);
	}
}

Test(response, shandong_charges_what_is_off_by_more_than_a_fifth)
{
	/* Cleared 100, at 3; pay is 1 - 20 % of the price. */
	static const struct {
		int64_t response;
		bool over, under, opposite;
		const char *excess;
		int64_t paid, charged;
	} rows[] = {
	    {118, true, true, true, "0", 28320, 0},
	    {120, true, true, true, "0", 28800, 0},
	    {125, true, true, true, "5", 30000, 1500},
	    {125, false, true, true, "0", 30000, 0},
	    {75, true, true, true, "5", 18000, 1500},
	    {75, true, false, true, "0", 18000, 0},
	    /* The other way: 50 kW for an hour, and the 10 kWh. */
	    {-10, true, true, true, "60", 0, 18000},
	    {-10, true, false, true, "60", 0, 18000},
	    {-10, true, true, false, "90", 0, 27000},
	};
	struct dec capability = DEC_SMALL(50, 0);
	struct programme_version version = plain();

	version.has_deviation = true;
	dec_set_int(&version.pay_factor, 8, 1);
	version.deviation = (struct programme_deviation){
	    .component = "deviation",
	    .tolerance = DEC_SMALL(2, 1),
	    .factor = DEC_SMALL(1, 0),
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct response_input in =
		    hour(500, 500 - rows[i].response, 100, 3);
		struct response *out;
		struct refusal refusal;

		version.deviation.over = rows[i].over;
		version.deviation.under = rows[i].under;
		version.deviation.opposite = rows[i].opposite;
		cr_assert_eq(response_settle(&out, &version, &in, 1,
				 &capability, 2, &refusal),
		    0);
		expect(&out->steps[0].deficiency, rows[i].excess, i, "excess");
		cr_expect_eq(out->lines[0].minor, rows[i].paid, "row %zu", i);
		cr_expect_eq(
		    out->lines[1].minor, rows[i].charged, "row %zu", i);
		response_free(out);
	}
}

Test(response, a_charge_by_capability_needs_one)
{
	struct response_input in = hour(500, 510, 100, 3);
	struct programme_version version = plain();
	struct refusal refusal;
	struct response *out;

	version.has_deviation = true;
	version.deviation.opposite = true;
	cr_expect_eq(
	    response_settle(&out, &version, &in, 1, NULL, 2, &refusal), 1);
	cr_expect_str_eq(refusal.reason, "no-capability");
	cr_expect_null(out);
	dec_set_int(&in.actual_kwh, 490, 0);
	cr_expect_eq(
	    response_settle(&out, &version, &in, 1, NULL, 2, &refusal), 0);
	response_free(out);
}

Test(response, is_valid_by_rate_and_by_mean_and_highest_load)
{
	static const struct {
		enum programme_direction direction;
		int64_t baseline, actual, baseline_max, actual_max;
		const char *invalid;
	} rows[] = {
	    {PROGRAMME_SHAVE, 100, 50, 120, 119, NULL},
	    {PROGRAMME_SHAVE, 100, 51, 120, 119, "low-rate"},
	    {PROGRAMME_SHAVE, 100, 50, 120, 120, "max-load"},
	    {PROGRAMME_SHAVE, 100, 150, 120, 119, "low-rate"},
	    {PROGRAMME_FILL, 100, 150, 120, 121, NULL},
	    {PROGRAMME_FILL, 100, 149, 120, 121, "low-rate"},
	    {PROGRAMME_FILL, 100, 150, 120, 120, "max-load"},
	};
	struct programme_version version = plain();

	version.has_valid_rate = true;
	version.valid_mean_below = true;
	version.valid_max_below = true;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct response_input in =
		    hour(rows[i].baseline, rows[i].actual, 100, 1);
		struct response *out;

		dec_set_int(&version.valid_rate, 5, 1);
		version.direction = rows[i].direction;
		in.has_max = true;
		ratio_set_int(&in.baseline_max_kw, rows[i].baseline_max, 1);
		ratio_set_int(&in.actual_max_kw, rows[i].actual_max, 1);
		out = settle(&version, &in, 1);
		cr_expect_eq(out->steps[0].is_valid, rows[i].invalid == NULL);
		if (rows[i].invalid != NULL) {
			cr_expect_str_eq(
			    out->steps[0].invalid, rows[i].invalid);
		}
		expect(&out->steps[0].effective,
		    rows[i].invalid == NULL ? "50" : "0", i, "counts");
		response_free(out);
		/* The load alone. */
		dec_set_int(&version.valid_rate, 0, 0);
		dec_set(&in.actual_kwh, &in.baseline_kwh);
		out = settle(&version, &in, 1);
		cr_expect_str_eq(out->steps[0].invalid, "mean-load");
		response_free(out);
		/* Without highest loads those of the step are taken. */
		version.valid_mean_below = false;
		in.has_max = false;
		out = settle(&version, &in, 1);
		cr_expect_str_eq(out->steps[0].invalid, "max-load");
		response_free(out);
		version.valid_mean_below = true;
		ratio_release(&in.baseline_max_kw);
		ratio_release(&in.actual_max_kw);
	}
}

Test(response, of_a_limit_is_what_it_asks_for_and_lacks_what_is_above_it)
{
	/* 20 kW over a quarter of an hour are 5 kWh. */
	static const struct {
		int64_t baseline, actual, max_kw;
		const char *counts, *lacks, *invalid;
	} rows[] = {
	    {10, 4, 20, "5", "0", NULL},
	    {10, 5, 20, "5", "0", NULL},
	    {10, 4, 21, "0", "0", "above-limit"},
	    {10, 6, 24, "0", "1", "above-limit"},
	    /* The baseline is below the limit: nothing is asked for. */
	    {3, 2, 8, "0", "0", NULL},
	    {3, 4, 16, "0", "0", NULL},
	    {3, 6, 24, "0", "1", "above-limit"},
	};
	struct programme_version version = plain();
	struct programme_penalty below = penalty(1, 0, 1, 0);

	version.direction = PROGRAMME_LIMIT;
	version.has_most = true;
	dec_set_int(&version.most, 1, 0);
	version.penalties = &below;
	version.penalty_count = 1;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct response_input in =
		    hour(rows[i].baseline, rows[i].actual, 20, 1);
		struct response *out;

		in.seconds = HOUR / 4;
		in.has_max = true;
		ratio_set_int(&in.actual_max_kw, rows[i].max_kw, 1);
		out = settle(&version, &in, 1);
		expect(&out->steps[0].award, "5", i, "limit");
		expect(&out->steps[0].effective, rows[i].counts, i, "counts");
		expect(&out->steps[0].deficiency, rows[i].lacks, i, "lacks");
		cr_expect_eq(out->steps[0].is_valid, rows[i].invalid == NULL,
		    "row %zu", i);
		response_free(out);
		ratio_release(&in.actual_max_kw);
	}
}

Test(response, energy_that_another_leg_pays_does_not_count)
{
	static const struct {
		int64_t actual, elsewhere;
		const char *response, *is_elsewhere, *counts;
	} rows[] = {
	    {90, 4, "10", "4", "6"},
	    {90, 14, "10", "10", "0"},
	    {90, 0, "10", "0", "10"},
	    {105, 4, "-5", "0", "0"},
	};
	struct programme_version version = plain();

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct response_input in = hour(100, rows[i].actual, 100, 1);
		struct response *out;

		dec_set_int(&in.elsewhere_kwh, rows[i].elsewhere, 0);
		out = settle(&version, &in, 1);
		expect(
		    &out->steps[0].response, rows[i].response, i, "response");
		expect(&out->steps[0].elsewhere, rows[i].is_elsewhere, i,
		    "elsewhere");
		expect(&out->steps[0].effective, rows[i].counts, i, "counts");
		response_free(out);
	}
}

Test(response, pay_below_zero_is_kept_only_where_the_rule_says)
{
	static const struct {
		bool zero;
		int64_t actual, price;
		const char *counts;
		int64_t paid;
		bool has_price;
	} rows[] = {
	    {true, 90, -2, "10", 0, false},
	    {false, 90, -2, "10", -2000, true},
	    {true, 110, 2, "0", 0, true},
	    {false, 110, 2, "-10", -2000, true},
	};
	struct programme_version version = plain();
	struct programme_penalty below = penalty(1, 0, 1, 0);

	version.penalties = &below;
	version.penalty_count = 1;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct response_input in =
		    hour(100, rows[i].actual, 20, rows[i].price);
		struct response *out;

		version.negative_zero = rows[i].zero;
		out = settle(&version, &in, 1);
		expect(&out->steps[0].effective, rows[i].counts, i, "counts");
		cr_expect_eq(out->lines[0].minor, rows[i].paid);
		cr_expect_eq(out->lines[0].has_price, rows[i].has_price);
		/* A charge at a price below 0 is none. */
		cr_expect_eq(out->lines[1].minor,
		    rows[i].price < 0 ? 0
				      : (20 - (100 - rows[i].actual)) * 200);
		response_free(out);
	}
}

Test(response, without_awards_all_that_is_delivered_counts)
{
	struct programme_version version = plain();
	struct programme_penalty below = penalty(1, 0, 1, 0);
	struct response_input in = hour(100, 40, 0, 1);
	struct refusal refusal;
	struct response *out;

	in.has_award = false;
	version.has_most = true;
	version.penalties = &below;
	version.penalty_count = 1;
	cr_expect_eq(
	    response_settle(&out, &version, &in, 1, NULL, 2, &refusal), 1);
	cr_expect_str_eq(refusal.reason, "no-award");
	version.needs_award = false;
	out = settle(&version, &in, 1);
	expect(&out->steps[0].effective, "60", 0, "counts");
	cr_expect_eq(out->lines[1].minor, 0);
	response_free(out);
}

Test(response, a_kw_is_the_steps_mean_and_an_award_need_not_end)
{
	/* 100 kW over five minutes are 25/3 kWh; three steps of it at 1 a kWh
	 * are 25.00 together, but 8.33 each. */
	struct response_input in[3];
	struct programme_version version = plain();
	struct response *out;

	version.has_most = true;
	dec_set_int(&version.most, 1, 0);
	for (size_t i = 0; i < 3; i++) {
		in[i] = hour(20, 10, 100, 1);
		in[i].seconds = 300;
	}
	out = settle(&version, in, 3);
	expect(&out->steps[2].award, "25/3", 0, "award");
	expect(&out->steps[2].effective, "25/3", 0, "counts");
	expect(&out->lines[0].quantity, "25", 0, "quantity");
	expect(&out->lines[0].exact, "25", 0, "exact");
	cr_expect_eq(out->lines[0].minor, 2500);
	response_free(out);

	version.money_by_step = true;
	out = settle(&version, in, 3);
	expect(&out->steps[2].pay, "25/3", 0, "pay");
	expect(&out->lines[0].exact, "2499/100", 0, "exact");
	cr_expect_eq(out->lines[0].minor, 2499);
	response_free(out);

	/* Per MW: 0.1 MW in each step, at 70. */
	version.price.per = PROGRAMME_PER_MW;
	for (size_t i = 0; i < 3; i++) {
		dec_set_int(&in[i].price, 70, 0);
	}
	out = settle(&version, in, 3);
	expect(&out->lines[0].quantity, "300", 0, "kW");
	cr_expect_str_eq(out->lines[0].unit, "kw");
	cr_expect_eq(out->lines[0].minor, 2100);
	cr_expect(out->lines[0].has_price);
	response_free(out);

	/* Steps at different prices have none together. */
	dec_set_int(&in[1].price, 71, 0);
	out = settle(&version, in, 3);
	cr_expect_not(out->lines[0].has_price);
	cr_expect_eq(out->lines[0].minor, 2110);
	response_free(out);
}

Test(response, money_must_fit_the_ledger)
{
	struct programme_version version = plain();
	struct response_input in = hour(100, 40, 100, 1);
	struct refusal refusal;
	struct response *out;

	version.money.scale = 3;
	cr_expect_eq(
	    response_settle(&out, &version, &in, 1, NULL, 2, &refusal), 1);
	cr_expect_str_eq(refusal.reason, "money-scale");
	version.money.scale = 0;
	dec_set_int(&in.price, INT64_MAX, 0);
	cr_expect_eq(
	    response_settle(&out, &version, &in, 1, NULL, 2, &refusal), 1);
	cr_expect_str_eq(refusal.reason, "value-range");
	cr_expect_null(out);
}

Test(response, a_price_is_the_sum_of_its_terms_between_floor_and_cap)
{
	/* Shandong's filling: monthly price less clearing price; Sichuan's
	 * floor + (clearing - floor) x share: 0.6 x 1 + 0.4 x clearing. */
	static const struct {
		int64_t first_factor, second_factor, fixed, cleared;
		int64_t floor, cap; /* 0: none */
		const char *price;
	} rows[] = {
	    {10, -10, 4150, 3725, 0, 0, "0.0425"},
	    {10, -10, 3725, 4150, 0, 0, "-0.0425"},
	    {6, 4, 10000, 20000, 0, 0, "1.4"},
	    {6, 4, 10000, 20000, 15000, 0, "1.5"},
	    {6, 4, 10000, 20000, 0, 13000, "1.3"},
	    {6, 4, 10000, 20000, 13000, 15000, "1.4"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct programme_term terms[] = {
		    {.source = PROGRAMME_FIXED,
			.value = DEC_SMALL(rows[i].fixed, 4),
			.factor = DEC_SMALL(rows[i].first_factor, 1)},
		    {.source = PROGRAMME_CLEARED,
			.factor = DEC_SMALL(rows[i].second_factor, 1)},
		};
		struct programme_price price = {
		    .terms = terms,
		    .term_count = 2,
		    .has_floor = rows[i].floor != 0,
		    .floor = DEC_SMALL(rows[i].floor, 4),
		    .has_cap = rows[i].cap != 0,
		    .cap = DEC_SMALL(rows[i].cap, 4),
		};
		struct dec values[] = {
		    DEC_SMALL(99, 0), DEC_SMALL(rows[i].cleared, 4)};
		struct dec out = {0};
		char text[DEC_TEXT_MAX];

		response_price(&out, &price, values);
		dec_format(&out, text, sizeof(text));
		cr_expect_str_eq(text, rows[i].price, "row %zu: %s", i, text);
	}
}

Test(response, a_price_is_the_lowest_or_highest_of_its_terms_where_it_says_so)
{
	/* Imbalance in Turkey: 0.97 x the lower and 1.03 x the higher of 2500
	 * and 2800 are 2425 and 2884, whichever is named first. */
	static const struct {
		enum programme_take take;
		int64_t factor, values[3];
		int64_t floor, cap; /* 0: none */
		const char *price;
	} rows[] = {
	    {PROGRAMME_LOWEST, 97, {2500, 2800, 2600}, 0, 0, "2425"},
	    {PROGRAMME_LOWEST, 97, {2800, 2600, 2500}, 0, 0, "2425"},
	    {PROGRAMME_HIGHEST, 103, {2500, 2800, 2600}, 0, 0, "2884"},
	    {PROGRAMME_HIGHEST, 103, {2800, 2500, 2600}, 0, 0, "2884"},
	    {PROGRAMME_LOWEST, 97, {-10, 20, 0}, 0, 0, "-9.7"},
	    {PROGRAMME_HIGHEST, 103, {-30, -20, -10}, 0, 0, "-10.3"},
	    {PROGRAMME_HIGHEST, -100, {30, 20, 40}, 0, 0, "-20"},
	    {PROGRAMME_LOWEST, 97, {2500, 2800, 2600}, 2450, 0, "2450"},
	    {PROGRAMME_HIGHEST, 103, {2500, 2800, 2600}, 0, 2850, "2850"},
	    {PROGRAMME_SUM, 100, {2500, 2800, 2600}, 0, 0, "7900"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct programme_term terms[3];
		struct dec values[3], out = {0};
		struct programme_price price = {
		    .take = rows[i].take,
		    .terms = terms,
		    .term_count = 3,
		    .has_floor = rows[i].floor != 0,
		    .floor = DEC_SMALL(rows[i].floor, 0),
		    .has_cap = rows[i].cap != 0,
		    .cap = DEC_SMALL(rows[i].cap, 0),
		};
		char text[DEC_TEXT_MAX];

		for (size_t n = 0; n < COUNT(terms); n++) {
			terms[n] =
			    (struct programme_term){.source = PROGRAMME_SERIES,
				.factor = DEC_SMALL(rows[i].factor, 2)};
			values[n] = (struct dec)DEC_SMALL(rows[i].values[n], 0);
		}
		response_price(&out, &price, values);
		dec_format(&out, text, sizeof(text));
		cr_expect_str_eq(text, rows[i].price, "row %zu: %s", i, text);
	}
}
