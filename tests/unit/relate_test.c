/* relate_test.c - energy of points that stand behind each other.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/relate.h"

#include <criterion/criterion.h>

#define DAY 20122
#define START_UTC INT64_C(1738512000)

static void
fill(struct energy_series *series, int minutes, const int64_t *values,
    size_t count, int scale)
{
	struct refusal refusal;
	size_t slot;

	energy_begin(series);
	slot = energy_day(series, DAY, START_UTC, minutes, count);
	cr_assert_eq(
	    energy_put(series, slot, values, count, scale, 1, NULL, &refusal),
	    0);
}

Test(relate, finds_the_coarsest_common_grid)
{
	cr_expect_eq(relate_grid(15, 15), 15);
	cr_expect_eq(relate_grid(15, 60), 60);
	cr_expect_eq(relate_grid(10, 15), 30);
	cr_expect_eq(relate_grid(12, 20), 60);
}

Test(relate, adds_up_intervals_and_keeps_gaps)
{
	static const int64_t values[] = {
	    1, 2, 3, 4, 5, ENERGY_MISSING, 7, 8, 9, ENERGY_WITHDRAWN, 11, 12};
	struct energy_series fine = {0}, coarse = {0};
	struct refusal refusal;

	fill(&fine, 15, values, 12, 0);
	cr_assert_eq(relate_coarsen(&coarse, &fine, 60, &refusal), 0);
	cr_assert_eq(coarse.tick_count, 3);
	cr_expect_eq(coarse.ticks[0], 10);
	cr_expect_eq(coarse.ticks[1], ENERGY_MISSING);
	cr_expect_eq(coarse.ticks[2], ENERGY_WITHDRAWN);
	cr_expect_eq(relate_coarsen(&coarse, &fine, 40, &refusal), 1);
	cr_expect_str_eq(refusal.reason, "relation-resolution");
	energy_release(&fine);
	energy_release(&coarse);
}

Test(relate, nets_a_gate_with_sun_behind_it_interval_by_interval)
{
	/* Gate import 5, 0, 2 and export 0, 4, 0; chargers behind it import 3,
	 * 3, 3; a roof exports 0, 8, 2.  Net = gate - chargers + roof:
	 * 5-3+0 = 2, -4-3+8 = 1, 2-3+2 = 1: all import. */
	static const int64_t in[] = {50, 0, 20}, out[] = {0, 40, 0};
	static const int64_t charger[] = {3, 3, 3}, roof[] = {0, 8, 2};
	struct energy_series import = {0}, export = {0}, child = {0};
	struct refusal refusal;

	fill(&import, 60, in, 3, 1);
	fill(&export, 60, out, 3, 1);
	fill(&child, 60, charger, 3, 0);
	cr_assert_eq(
	    relate_add(&import, &child, -1, INT64_MIN, INT64_MAX, &refusal), 0);
	fill(&child, 60, roof, 3, 0);
	cr_assert_eq(
	    relate_add(&export, &child, -1, INT64_MIN, INT64_MAX, &refusal), 0);
	cr_assert_eq(
	    relate_net(&import, &export, INT64_MIN, INT64_MAX, &refusal), 0);
	cr_expect_eq(import.ticks[0], 20);
	cr_expect_eq(import.ticks[1], 10);
	cr_expect_eq(import.ticks[2], 10);
	cr_expect_eq(export.ticks[0], 0);
	cr_expect_eq(export.ticks[1], 0);
	cr_expect_eq(export.ticks[2], 0);
	energy_release(&import);
	energy_release(&export);
	energy_release(&child);
}

Test(relate, takes_a_child_only_while_it_is_one)
{
	static const int64_t own[] = {10, 10, 10}, part[] = {1, 1, 1};
	struct energy_series sum = {0}, child = {0};
	struct refusal refusal;

	fill(&sum, 60, own, 3, 0);
	fill(&child, 60, part, 3, 0);
	cr_assert_eq(relate_add(&sum, &child, -1, START_UTC + 3600,
			 START_UTC + 7200, &refusal),
	    0);
	cr_expect_eq(sum.ticks[0], 10);
	cr_expect_eq(sum.ticks[1], 9);
	cr_expect_eq(sum.ticks[2], 10);
	cr_expect_eq(relate_add(&sum, &child, -1, START_UTC + 1800,
			 START_UTC + 7200, &refusal),
	    1);
	cr_expect_str_eq(refusal.reason, "edge-in-interval");
	energy_release(&sum);
	energy_release(&child);
}
