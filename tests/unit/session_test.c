/* session_test.c - one session's energy, shared over what prices it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/session.h"

#include <criterion/criterion.h>

static struct contract contract;
static struct charge charge = {.by_band = true};
static struct tariff_version version = {
    .bands = {{.code = "day"}, {.code = "night"}}, .band_count = 2};

/* An atom of so many seconds from `from`, in a band, at a price in cents. */
static struct session_atom
atom(int64_t from, int64_t seconds, unsigned band, int64_t cents)
{
	return (struct session_atom){
	    .from_utc = from,
	    .to_utc = from + seconds,
	    .contract = &contract,
	    .version = &version,
	    .charge = &charge,
	    .band = band,
	    .priced = true,
	    .price = DEC_SMALL(cents, 2),
	};
}

static void
expect_kwh(const struct session_atom *of, const char *kwh)
{
	char text[DEC_TEXT_MAX];

	dec_format_trim(&of->kwh, text, sizeof(text));
	cr_expect_str_eq(text, kwh);
}

Test(session, shares_evenly_over_its_seconds_and_loses_nothing)
{
	/* 1 kWh over 3 x 700 s: 0.333333, 0.333334 and 0.333333. */
	struct session_atom atoms[] = {
	    atom(0, 700, 0, 50), atom(700, 700, 1, 30), atom(1400, 700, 0, 50)};
	struct session_source source = {0, 2100, NULL, DEC_SMALL(1, 0)};
	struct refusal refusal;

	cr_assert_eq(session_share(atoms, 3, &source, true, &refusal), 0);
	expect_kwh(&atoms[0], "0.333333");
	expect_kwh(&atoms[1], "0.333334");
	expect_kwh(&atoms[2], "0.333333");
}

Test(session, holds_what_nothing_tells_apart)
{
	struct session_atom atoms[] = {
	    atom(0, 700, 0, 50), atom(700, 700, 1, 30)};
	struct session_source source = {0, 1400, NULL, DEC_SMALL(1, 0)};
	struct refusal refusal;

	cr_expect_eq(session_share(atoms, 2, &source, false, &refusal), 1);
	cr_expect_str_eq(refusal.reason, "no-intervals");
	/* The band says it. */
	source.band = "night";
	cr_expect_eq(session_share(atoms, 2, &source, false, &refusal), 0);
	expect_kwh(&atoms[0], "0");
	expect_kwh(&atoms[1], "1");
}

Test(session, needs_no_telling_apart_where_the_price_is_the_same)
{
	static struct charge flat = {.by_band = false};
	struct session_atom atoms[] = {
	    atom(0, 700, 0, 40), atom(700, 700, 1, 40)};
	struct session_source source = {0, 1400, NULL, DEC_SMALL(25, 1)};
	struct refusal refusal;
	struct dec covered = {0};

	atoms[0].charge = atoms[1].charge = &flat;
	cr_expect_eq(session_share(atoms, 2, &source, false, &refusal), 0);
	session_covered(&covered, atoms, 2);
	cr_expect_eq(dec_cmp(&covered, &source.kwh), 0);
}

Test(session, must_be_the_sum_of_its_parts_and_lie_around_them)
{
	struct session_source sources[] = {{100, 200, NULL, DEC_SMALL(15, 1)},
	    {200, 300, NULL, DEC_SMALL(250, 2)}};
	struct dec four = DEC_SMALL(4, 0), five = DEC_SMALL(5, 0);
	struct refusal refusal;

	cr_expect_eq(session_check(sources, 2, &four, 100, 300, &refusal), 0);
	cr_expect_eq(session_check(sources, 2, &five, 100, 300, &refusal), 1);
	cr_expect_str_eq(refusal.reason, "session-parts");
	cr_expect_eq(session_check(sources, 2, &four, 100, 299, &refusal), 1);
	cr_expect_str_eq(refusal.reason, "session-parts");
}
