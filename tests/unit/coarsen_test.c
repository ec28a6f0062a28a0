/* coarsen_test.c - short intervals summed into longer ones, or left alone.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <string.h>

#include "format/coarsen.h"

#define N SERIES_NULL

/* Eight quarters from 01:00 of a day of 96, and what must come of them. */
struct shape {
	size_t first, count;
	int64_t values[8];
	int minutes;
	bool sums;
	size_t want_first, want_count;
	int64_t want[8];
};

Test(coarsen, sums_the_parts_of_whole_longer_intervals)
{
	static const struct shape cases[] = {
	    {4, 8, {1, 2, 3, 4, 5, 6, 7, 8}, 30, true, 2, 4, {3, 7, 11, 15}},
	    {4, 8, {1, 2, 3, 4, 5, 6, 7, 8}, 60, true, 1, 2, {10, 26}},
	    {4, 2, {0, 0}, 30, true, 2, 1, {0}},
	    {4, 8, {1, 2, 3, N, 5, 6, 7, 8}, 30, false, 4, 8, {1}},
	    {4, 3, {1, 2, 3}, 30, false, 4, 3, {1}},
	    {5, 2, {1, 2}, 30, false, 5, 2, {1}},
	    {4, 2, {1, 2}, 10, false, 4, 2, {1}},
	    {4, 2, {1, 2}, 20, false, 4, 2, {1}},
	    {4, 2, {INT64_MAX, 1}, 30, false, 4, 2, {INT64_MAX}},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct shape *c = &cases[i];
		static struct read_piece piece;

		memset(&piece, 0, sizeof(piece));
		piece.minutes = 15;
		piece.quality = QUALITY_MEASURED;
		piece.day_count = 96;
		piece.first = c->first;
		piece.count = c->count;
		piece.line_step = 3;
		memcpy(piece.values, c->values, sizeof(c->values));
		cr_expect_eq(
		    coarsen_piece(&piece, c->minutes), c->sums, "case %zu", i);
		cr_expect_eq(piece.first, c->want_first, "case %zu", i);
		cr_expect_eq(piece.count, c->want_count, "case %zu", i);
		cr_expect_eq(
		    piece.minutes, c->sums ? c->minutes : 15, "case %zu", i);
		cr_expect_eq(piece.line_step,
		    c->sums ? 3 * (size_t)(c->minutes / 15) : 3, "case %zu", i);
		for (size_t v = 0; v < (c->sums ? c->want_count : 1); v++) {
			cr_expect_eq(
			    piece.values[v], c->want[v], "case %zu", i);
		}
	}
}

/* A day of four quarters; a whole hour of nothing stays nothing. */
Test(coarsen, keeps_a_day_whose_parts_are_not_of_one_kind)
{
	static const struct {
		const char *quality;
		int64_t values[4];
		bool sums;
		const char *want_quality;
		int64_t want[2];
	} cases[] = {
	    {"MMMM", {1, 2, 3, 4}, true, "MM", {3, 7}},
	    {"MMEE", {1, 2, 3, 4}, true, "ME", {3, 7}},
	    {"..MM", {N, N, 3, 4}, true, ".M", {N, 7}},
	    {"MEEE", {1, 2, 3, 4}, false, "MEEE", {1, 2}},
	    {"M.MM", {1, N, 3, 4}, false, "M.MM", {1, N}},
	    {"WWMM", {N, N, 3, 4}, false, "WWMM", {N, N}},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		static struct series_day day;
		size_t lines[4] = {7, 7, 8, 8};

		memset(&day, 0, sizeof(day));
		day.minutes = 15;
		day.count = 4;
		memcpy(day.values, cases[i].values, sizeof(cases[i].values));
		memcpy(day.quality, cases[i].quality, 5);
		cr_expect_eq(
		    coarsen_day(&day, lines, 30), cases[i].sums, "case %zu", i);
		cr_expect_str_eq(day.quality, cases[i].want_quality);
		cr_expect_eq(day.values[0], cases[i].want[0], "case %zu", i);
		cr_expect_eq(day.values[1], cases[i].want[1], "case %zu", i);
		cr_expect_eq(lines[1], cases[i].sums ? 8 : 7, "case %zu", i);
	}
}
