/* demand_test.c - the maximum demand of a month.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/demand.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* 2025-02-03T00:00 in Chongqing. */
#define DAY 20122
#define START_UTC INT64_C(1738512000)
#define COUNT_MAX 1500

static const char *
text(const struct dec *value)
{
	static char out[DEC_TEXT_MAX];

	dec_format_trim(value, out, sizeof(out));
	return out;
}

/* Days of kWh x 10^scale, or of mean kW where parts is 60. */
struct given {
	struct energy_series series;
	struct demand_scan scan;
	struct refusal refusal;
};

static void
begin(struct given *given, int window, bool sliding)
{
	const struct demand rule = {
	    .window_minutes = window, .sliding = sliding};

	memset(given, 0, sizeof(*given));
	energy_begin(&given->series);
	demand_begin(&given->scan, &rule);
}

static void
add_day(struct given *given, int minutes, const int64_t *values, size_t count,
    int scale, int parts)
{
	int32_t at = (int32_t)given->series.day_count;
	struct dec factor = {0};
	size_t slot = energy_day(&given->series, DAY + at,
	    START_UTC + at * INT64_C(86400), minutes, count);

	dec_set_int(&factor, parts == 60 ? minutes : 1, 0);
	cr_assert_eq(energy_put(&given->series, slot, values, count, scale,
			 parts, &factor, &given->refusal),
	    0);
}

static int
scan_all(
    struct given *given, const bool *counts, int64_t from_utc, int64_t to_utc)
{
	int rc = 0;

	for (size_t i = 0; i < given->series.day_count && rc == 0; i++) {
		rc = demand_day(&given->scan, &given->series,
		    &given->series.days[i], counts, from_utc, to_utc,
		    &given->refusal);
	}
	return rc;
}

/* The peak in kW, and after how many minutes its window began. */
static void
expect_peak(struct given *given, const char *kw, int minute)
{
	const struct demand rule = {.has_round = false};
	struct dec out = {0};

	cr_assert_eq(given->scan.peak.found, true);
	demand_kw(&out, &rule, &given->scan.peak.kw60);
	cr_expect_str_eq(text(&out), kw, "%s kW, not %s", text(&out), kw);
	cr_expect_eq(given->scan.peak.from_utc, START_UTC + minute * 60,
	    "begins %lld",
	    (long long)(given->scan.peak.from_utc - START_UTC) / 60);
	dec_release(&out);
}

static void
end(struct given *given)
{
	demand_end(&given->scan);
	energy_release(&given->series);
}

Test(demand, is_energy_over_its_window)
{
	/* Oracle's utilities manual: 25 kWh in 15 minutes are 100 kW. */
	static const int64_t kwh[] = {10, 25, 24, 0};
	struct given given;

	begin(&given, 15, false);
	add_day(&given, 15, kwh, 4, 0, 1);
	cr_assert_eq(scan_all(&given, NULL, 0, INT64_MAX), 0);
	expect_peak(&given, "100", 15);
	end(&given);
}

Test(demand, has_windows_one_after_the_other_or_sliding)
{
	/* Of 15 minutes: 1, 9, 9, 1 kWh.  Half hours from midnight have 10 and
	 * 10 kWh, 20 kW; the one in the middle 18 kWh, 36 kW. */
	static const int64_t kwh[] = {1, 9, 9, 1};
	struct given given;

	begin(&given, 30, false);
	add_day(&given, 15, kwh, 4, 0, 1);
	cr_assert_eq(scan_all(&given, NULL, 0, INT64_MAX), 0);
	expect_peak(&given, "20", 0);
	end(&given);
	begin(&given, 30, true);
	add_day(&given, 15, kwh, 4, 0, 1);
	cr_assert_eq(scan_all(&given, NULL, 0, INT64_MAX), 0);
	expect_peak(&given, "36", 15);
	end(&given);
}

Test(demand, slides_over_midnight)
{
	/* The last quarter of a day and the first of the next: 7 + 8 kWh. */
	static int64_t first[96], second[96];
	struct given given;

	first[95] = 7;
	second[0] = 8;
	begin(&given, 30, true);
	add_day(&given, 15, first, 96, 0, 1);
	add_day(&given, 15, second, 96, 0, 1);
	cr_assert_eq(scan_all(&given, NULL, 0, INT64_MAX), 0);
	expect_peak(&given, "30", 1440 - 15);
	end(&given);
	begin(&given, 30, false);
	add_day(&given, 15, first, 96, 0, 1);
	add_day(&given, 15, second, 96, 0, 1);
	cr_assert_eq(scan_all(&given, NULL, 0, INT64_MAX), 0);
	expect_peak(&given, "16", 1440);
	end(&given);
}

Test(demand, is_exact_where_it_is_no_decimal)
{
	/* Mean kW of 5 minutes: 1, 2, 4; of the quarter 7/3. */
	static const int64_t kw[] = {1, 2, 4};
	const struct demand tenths = {
	    .has_round = true, .round = {1, DEC_HALF_UP}};
	struct dec out = {0};
	struct given given;

	begin(&given, 15, false);
	add_day(&given, 5, kw, 3, 0, 60);
	cr_assert_eq(scan_all(&given, NULL, 0, INT64_MAX), 0);
	expect_peak(&given, "2.333333333", 0);
	/* 140 sixtieths: nothing is lost on the way. */
	cr_expect_str_eq(text(&given.scan.peak.kw60), "140");
	demand_kw(&out, &tenths, &given.scan.peak.kw60);
	cr_expect_str_eq(text(&out), "2.3");
	dec_release(&out);
	end(&given);
}

Test(demand, takes_the_mean_of_an_interval_that_is_longer_than_the_window)
{
	/* 50 kWh in an hour. */
	static const int64_t kwh[] = {12, 50};
	struct given given;

	begin(&given, 15, false);
	add_day(&given, 60, kwh, 2, 0, 1);
	cr_assert_eq(scan_all(&given, NULL, 0, INT64_MAX), 0);
	expect_peak(&given, "50", 60);
	cr_expect_eq(given.scan.peak.to_utc - given.scan.peak.from_utc, 900);
	end(&given);
}

Test(demand, counts_windows_that_lie_in_a_band_that_counts)
{
	/* 9 kWh do not count; a half hour of which one quarter does not counts
	 * neither: 4 + 4 is what is left. */
	static const int64_t kwh[] = {4, 9, 5, 4, 4, 4};
	static const bool counts[] = {true, false, true, true, true, true};
	static const bool quarters[] = {
	    false, false, true, false, false, false, false, false};
	static const int64_t hours[] = {3, 8};
	struct given given;

	begin(&given, 30, false);
	add_day(&given, 15, kwh, 6, 0, 1);
	cr_assert_eq(scan_all(&given, counts, 0, INT64_MAX), 0);
	expect_peak(&given, "18", 30);
	end(&given);
	begin(&given, 15, false);
	add_day(&given, 15, kwh, 6, 0, 1);
	cr_assert_eq(scan_all(&given, counts, 0, INT64_MAX), 0);
	expect_peak(&given, "20", 30);
	end(&given);
	/* Of two hours only the third quarter of the first counts. */
	begin(&given, 15, false);
	add_day(&given, 60, hours, 2, 0, 1);
	cr_assert_eq(scan_all(&given, quarters, 0, INT64_MAX), 0);
	expect_peak(&given, "3", 30);
	end(&given);
}

Test(demand, lies_inside_the_time_of_the_contract)
{
	/* From the second quarter on: a half hour that began before does not
	 * count, nor one that would end after. */
	static const int64_t kwh[] = {9, 9, 1, 2, 9, 9};
	struct given given;

	begin(&given, 30, false);
	add_day(&given, 15, kwh, 6, 0, 1);
	cr_assert_eq(
	    scan_all(&given, NULL, START_UTC + 900, START_UTC + 4500), 0);
	expect_peak(&given, "6", 30);
	end(&given);
	begin(&given, 30, false);
	add_day(&given, 15, kwh, 6, 0, 1);
	cr_assert_eq(
	    scan_all(&given, NULL, START_UTC + 900, START_UTC + 1800), 0);
	cr_expect_eq(given.scan.peak.found, false);
	end(&given);
}

Test(demand, refuses_intervals_that_do_not_fit_the_window)
{
	static const struct {
		int window, minutes, rc;
	} rows[] = {{15, 10, 1}, {15, 5, 0}, {30, 20, 1}, {45, 15, 1},
	    {60, 20, 0}, {20, 60, 0}, {1, 15, 0}, {7, 1, 1}};
	static const int64_t kwh[60] = {0};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct given given;

		begin(&given, rows[i].window, false);
		add_day(&given, rows[i].minutes, kwh, 24, 0, 1);
		cr_expect_eq(scan_all(&given, NULL, 0, INT64_MAX), rows[i].rc,
		    "%d of %d", rows[i].window, rows[i].minutes);
		end(&given);
	}
}

/* What is charged, and why. */
static void
expect_charged(const struct demand *rule, int64_t peak, int64_t before,
    int64_t agreed, const char *kw, const char *why)
{
	struct dec peak60 = {0}, before60 = {0}, of = {0}, out = {0};
	struct demand_charged charged = {0};
	char told[32];

	dec_set_int(&peak60, peak * DEMAND_KW60, 0);
	dec_set_int(&before60, before * DEMAND_KW60, 0);
	dec_set_int(&of, agreed, 0);
	demand_charged(&charged, rule, &peak60, before < 0 ? NULL : &before60,
	    agreed < 0 ? NULL : &of);
	demand_kw(&out, rule, &charged.kw60);
	(void)snprintf(told, sizeof(told), "%s%s%s",
	    charged.by_ratchet ? "ratchet" : "",
	    charged.by_least ? "least" : "", charged.over ? "over" : "");
	cr_expect_str_eq(
	    text(&out), kw, "%lld: %s", (long long)peak, text(&out));
	cr_expect_str_eq(told, why);
	demand_charged_release(&charged);
	dec_release(&out);
}

Test(demand, is_not_below_a_part_of_the_months_before)
{
	const struct demand rule = {.ratchet_months = 11,
	    .ratchet_factor = DEC_SMALL(85, 2),
	    .has_round = true,
	    .round = {0, DEC_HALF_UP}};

	/* 85 % of 231 are 196.35. */
	expect_charged(&rule, 100, 231, -1, "196", "ratchet");
	expect_charged(&rule, 197, 231, -1, "197", "");
	expect_charged(&rule, 100, -1, -1, "100", "");
}

Test(demand, is_held_to_what_was_agreed)
{
	/* Not below 40 % of 500 = 200; each kW above 105 % = 525 twice. */
	const struct demand rule = {.has_least = true,
	    .agreed_least = DEC_SMALL(40, 2),
	    .has_over = true,
	    .agreed_over = DEC_SMALL(105, 2),
	    .over_times = DEC_SMALL(2, 0)};

	expect_charged(&rule, 150, -1, 500, "200", "least");
	expect_charged(&rule, 200, -1, 500, "200", "");
	expect_charged(&rule, 525, -1, 500, "525", "");
	/* 525 + 2 x 75. */
	expect_charged(&rule, 600, -1, 500, "675", "over");
}

Test(demand, is_discounted_from_so_many_kwh_a_kva_on)
{
	/* 260 kWh for each of 200 kVA are 52000 kWh. */
	const struct demand rule = {
	    .has_discount = true, .discount_kwh_per_kva = DEC_SMALL(260, 0)};
	const struct energy_series series = {.scale = 1, .parts = 60};
	struct dec fines = DEC_SMALL(INT64_C(520000) * 60 * ENERGY_FINE, 0);
	struct dec kva = DEC_SMALL(200, 0);

	cr_expect(demand_discounted(&rule, &series, &fines, &kva));
	fines.small--;
	cr_expect(!demand_discounted(&rule, &series, &fines, &kva));
}
