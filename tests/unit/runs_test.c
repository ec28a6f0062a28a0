/* runs_test.c - runs as they go in and come out.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>

#include "run_fixture.h"

static const struct said lines[] = {
    {.contract = "C1",
	.band = "peak",
	.quantity = "10",
	.price = "0.8",
	.gross_minor = 800},
    {.contract = "C2", .quantity = "5", .unpriced = true, .session = "S1"},
};

Test(runs, gives_lines_back_as_they_went_in)
{
	const struct said_run said = {LINES(lines)};
	struct run_cursor *cursor;
	struct fixture f;
	struct handle run;
	struct line line;

	fixture_new(&f);
	run = fixture_run(&f, &said);
	cr_assert_eq(
	    runs_open_lines(&cursor, f.ledger, run.entry, 1, &f.err), 0);
	cr_assert_eq(runs_next_line(cursor, &line, &f.err), 1);
	cr_expect_eq(line.line_no, 1);
	cr_expect_str_eq(line.contract, "C1");
	cr_expect_str_eq(line.payee, "grid");
	cr_expect_str_eq(line.band, "peak");
	cr_expect_null(line.session);
	cr_expect_str_eq(line.price, "0.8");
	cr_expect(line.has_amount);
	cr_expect_eq(line.gross_minor, 800);
	cr_expect_eq(line.from_utc, FEB_1);
	cr_expect(line.counts_energy);
	cr_assert_eq(runs_next_line(cursor, &line, &f.err), 1);
	cr_expect_str_eq(line.session, "S1");
	cr_expect_null(line.price);
	cr_expect_null(line.exact);
	cr_expect_not(line.has_amount);
	cr_assert_eq(runs_next_line(cursor, &line, &f.err), 0);
	runs_close(cursor);
	cr_assert_eq(
	    runs_open_lines(&cursor, f.ledger, run.entry, 2, &f.err), 0);
	cr_assert_eq(runs_next_line(cursor, &line, &f.err), 1);
	cr_expect_eq(line.line_no, 2);
	runs_close(cursor);
	fixture_close(&f);
}

Test(runs, shows_no_line_of_another_run)
{
	const struct said_run said = {LINES(lines)};
	const struct said_run empty = {.kind = "trial"};
	struct run_cursor *cursor;
	struct fixture f;
	struct handle run;
	struct line line;

	fixture_new(&f);
	fixture_run(&f, &said);
	run = fixture_run(&f, &empty);
	fixture_run(&f, &said);
	cr_assert_eq(
	    runs_open_lines(&cursor, f.ledger, run.entry, 1, &f.err), 0);
	cr_expect_eq(runs_next_line(cursor, &line, &f.err), 0);
	runs_close(cursor);
	fixture_close(&f);
}

/* Whether an equal run is found for the run of a handle. */
static int64_t
equal_of(struct fixture *f, struct handle handle)
{
	struct handle found = {0};
	struct run run;
	int rc;

	cr_assert_eq(runs_load(f->ledger, handle.entry, &run, &f->err), 0);
	rc = runs_find_equal(f->ledger, &run, &found, &f->err);
	cr_assert_neq(rc, -1, "%s", f->err.text);
	return rc == 1 ? found.entry : 0;
}

Test(runs, are_equal_in_all_but_entry)
{
	const struct said_run said = {LINES(lines)};
	const struct said_run trial = {.kind = "trial", LINES(lines)};
	const struct said_run other = {.lines = lines, .line_count = 1};
	struct fixture f;
	struct handle first;

	fixture_new(&f);
	first = fixture_run(&f, &said);
	cr_expect_eq(equal_of(&f, first), 0);
	cr_expect_eq(equal_of(&f, fixture_run(&f, &trial)), 0);
	cr_expect_eq(equal_of(&f, fixture_run(&f, &other)), 0);
	cr_expect_eq(equal_of(&f, fixture_run(&f, &said)), first.entry);
	fixture_close(&f);
}

Test(runs, are_made_anew_once_another_was_booked_over_them)
{
	const struct said_run said = {LINES(lines)};
	const struct said_run other = {.lines = lines, .line_count = 1};
	struct fixture f;
	struct handle posting;
	bool appended;

	fixture_new(&f);
	cr_assert_eq(
	    fixture_post(&f, fixture_run(&f, &said), &posting, &appended), 0);
	cr_assert_eq(
	    fixture_post(&f, fixture_run(&f, &other), &posting, &appended), 0);
	/* The facts are again what they were at first: that run's posting no
	 * longer says what stands. */
	cr_expect_eq(equal_of(&f, fixture_run(&f, &said)), 0);
	fixture_close(&f);
}

Test(runs, find_the_words_of_a_scope)
{
	size_t length;
	const char *word;

	word = runs_scope_word("contract=C1 leg=supply", "leg", &length);
	cr_assert_not_null(word);
	cr_expect_eq(length, 6);
	cr_expect_eq(strncmp(word, "supply", length), 0);
	cr_expect_null(runs_scope_word("", "leg", &length));
	cr_expect_null(runs_scope_word("contract=leg", "leg", &length));
	cr_expect(runs_scopes_touch("", "contract=C1"));
	cr_expect(runs_scopes_touch("leg=supply", "contract=C1"));
	cr_expect_not(runs_scopes_touch("contract=C1", "contract=C10"));
	cr_expect(runs_scope_covers("", "contract=C1"));
	cr_expect_not(runs_scope_covers("contract=C1", ""));
}
