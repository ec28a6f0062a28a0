/* energy_test.c - interval values as exact energy.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/energy.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/zone.h"

/* 2025-02-03T00:00 in Chongqing. */
#define DAY 20122
#define START_UTC INT64_C(1738512000)

static const char *
text(const struct dec *value)
{
	static char out[DEC_TEXT_MAX];

	dec_format_trim(value, out, sizeof(out));
	return out;
}

/* The kWh of a series over its time. */
static void
expect_total(const struct energy_series *series, int64_t from_utc,
    int64_t to_utc, const char *kwh)
{
	struct energy_given given = {0};
	struct dec fines = {0}, out = {0};

	energy_total(&fines, series, from_utc, to_utc);
	energy_kwh(&out, series, &fines, &given);
	cr_expect_str_eq(text(&out), kwh);
	dec_release(&fines);
	dec_release(&out);
	energy_given_release(&given);
}

Test(energy, takes_mean_power_for_its_minutes)
{
	/* 1, 2 and 4 kW for 5 minutes each: 7 kW x 5 / 60 h = 7/12 kWh =
	 * 0.583333333... */
	static const int64_t kw[] = {1, 2, 4};
	struct energy_series series = {0};
	struct dec minutes = DEC_SMALL(5, 0);
	struct refusal refusal;
	size_t slot;

	energy_begin(&series);
	slot = energy_day(&series, DAY, START_UTC, 5, 3);
	cr_assert_eq(
	    energy_put(&series, slot, kw, 3, 0, 60, &minutes, &refusal), 0);
	expect_total(&series, START_UTC, START_UTC + 900, "0.583333333");
	energy_release(&series);
}

Test(energy, loses_nothing_of_thirds_that_are_rounded_one_after_the_other)
{
	/* Three lines of 1/3 kWh: 0.333333333, 0.333333334, 0.333333333, whose
	 * sum is 1. */
	static const char *const expected[] = {
	    "0.333333333", "0.333333334", "0.333333333"};
	struct energy_series series = {.scale = 0, .parts = 60};
	struct energy_given given = {0};
	struct dec third = DEC_SMALL(20 * ENERGY_FINE, 0), kwh = {0};

	for (size_t i = 0; i < 3; i++) {
		energy_kwh(&kwh, &series, &third, &given);
		cr_expect_str_eq(text(&kwh), expected[i]);
	}
	dec_release(&kwh);
	energy_given_release(&given);
}

Test(energy, brings_days_of_different_digits_to_one_unit)
{
	/* 1.5 kWh one day, 0.125 kWh with a multiplier of 20 the next: 4. */
	static const int64_t first[] = {15}, second[] = {125};
	struct energy_series series = {0};
	struct dec multiplier = DEC_SMALL(20, 0);
	struct refusal refusal;
	size_t slot;

	energy_begin(&series);
	slot = energy_day(&series, DAY, START_UTC, 60, 1);
	cr_assert_eq(
	    energy_put(&series, slot, first, 1, 1, 1, NULL, &refusal), 0);
	slot = energy_day(&series, DAY + 1, START_UTC + 86400, 60, 1);
	cr_assert_eq(
	    energy_put(&series, slot, second, 1, 3, 1, &multiplier, &refusal),
	    0);
	cr_expect_eq(series.scale, 3);
	expect_total(&series, START_UTC, START_UTC + 90000, "4");
	/* Half of the first hour. */
	expect_total(&series, START_UTC, START_UTC + 1800, "0.75");
	energy_release(&series);
}

Test(energy, refuses_values_that_cannot_be_summed)
{
	static const int64_t values[] = {ENERGY_TICK_MAX + 1};
	struct energy_series series = {0};
	struct refusal refusal;
	size_t slot;

	energy_begin(&series);
	slot = energy_day(&series, DAY, START_UTC, 60, 1);
	cr_expect_eq(
	    energy_put(&series, slot, values, 1, 0, 1, NULL, &refusal), 1);
	cr_expect_str_eq(refusal.reason, "value-range");
	energy_release(&series);
}

Test(energy, names_the_first_gap_and_counts_them)
{
	static const int64_t values[] = {
	    5, ENERGY_MISSING, 5, ENERGY_WITHDRAWN, 5};
	struct energy_series series = {0};
	struct refusal refusal;
	struct qf_error err;
	struct zone *zone;
	size_t slot;

	cr_assert_eq(zone_load(&zone, "Asia/Shanghai", &err), 0);
	energy_begin(&series);
	slot = energy_day(&series, DAY, START_UTC, 60, 5);
	cr_assert_eq(
	    energy_put(&series, slot, values, 5, 0, 1, NULL, &refusal), 0);
	cr_expect_eq(energy_cover(&series, START_UTC, START_UTC + 3600, zone,
			 "import", &refusal),
	    0);
	cr_expect_eq(energy_cover(&series, START_UTC, START_UTC + 18000, zone,
			 "import", &refusal),
	    1);
	cr_expect_str_eq(refusal.reason, "missing-read");
	cr_expect_neq(strstr(refusal.detail, "2025-02-03T01:00:00+08:00"), NULL,
	    "%s", refusal.detail);
	/* Only the withdrawn one. */
	cr_expect_eq(energy_cover(&series, START_UTC + 7200, START_UTC + 18000,
			 zone, "import", &refusal),
	    1);
	cr_expect_str_eq(refusal.reason, "withdrawn-read");
	/* An hour beyond the last. */
	cr_expect_eq(energy_cover(&series, START_UTC + 14400, START_UTC + 21600,
			 zone, "import", &refusal),
	    1);
	cr_expect_str_eq(refusal.reason, "missing-read");
	energy_release(&series);
	zone_free(zone);
}

Test(energy, sums_a_day_by_runs_of_bands)
{
	static const uint8_t bands[] = {0, 0, 1, 1, 1, 0, BAND_NONE, 1};
	static const int64_t ticks[] = {1, 2, 4, 8, 16, 32, 64, 128};
	struct energy_pattern pattern;
	int64_t sums[ENERGY_BANDS] = {0};
	struct refusal refusal;

	energy_pattern(&pattern, bands, 8);
	cr_assert(!pattern.cut);
	cr_expect_eq(pattern.run_count, 5);
	cr_assert_eq(energy_sum_day(sums, ticks, &pattern, &refusal), 0);
	cr_expect_eq(sums[0], 1 + 2 + 32);
	cr_expect_eq(sums[1], 4 + 8 + 16 + 128);
	cr_expect_eq(sums[TARIFF_BANDS_MAX], 64);
	cr_expect_eq(pattern.seen, 3U | 1U << TARIFF_BANDS_MAX);
}

Test(energy, knows_a_day_that_an_edge_cuts)
{
	static const uint8_t bands[] = {0, BAND_CUT, 1};
	struct energy_pattern pattern;

	energy_pattern(&pattern, bands, 3);
	cr_expect(pattern.cut);
}
