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
	cr_expect_not(runs_scopes_touch("auction=A market=M", "auction=B"));
	cr_expect(
	    runs_scopes_touch("auction=A market=M", "auction=A market=N"));
	cr_expect(runs_scopes_touch("of=7 owners=O", "of=9 owners=O"));
	cr_expect_not(runs_scopes_touch("of=7 owners=O", "of=7 owners=P"));
	cr_expect(runs_scope_covers("awards=7", "event=E"));
	cr_expect_not(runs_scope_covers("event=E", "awards=7"));
}

/* What qf-clear and qf-settle write ---------------------------------------- */

/* A run of one row in each of their tables. */
static int64_t
append_findings(struct fixture *f, const char *kwh, char root[65])
{
	const struct award_row award = {1, "A", FEB_1, FEB_1 + 3600, "b1", NULL,
	    "sell", NULL, "10", "4", "0.5", "0.6", "part", NULL, NULL};
	const struct price_row price = {1, "A", FEB_1, FEB_1 + 3600, "lao",
	    "0.6", "0.6", NULL, "4", "0", "cleared"};
	const struct trade_row trade = {1, "A", FEB_1, "b2", "b1", "4", "0.6"};
	const struct response_row response = {1, "C1", "drp", "E1", "resource",
	    "p1", FEB_1, FEB_1 + 900, "100", "60.5", "39.5", NULL, NULL, NULL,
	    NULL, NULL, NULL, NULL, NULL};
	const struct baseline_row baseline = {
	    1, "C1", "drp", "E1", "p1", 20000, "yes", "chosen", kwh};
	struct run run = {.tool = "qf-settle",
	    .kind = "trial",
	    .asof = 1,
	    .from_utc = FEB_1,
	    .to_utc = MAR_1,
	    .first_month = 202502,
	    .last_month = 202502};
	struct entry *entry;
	struct handle handle;

	cr_assert_eq(entry_begin(&entry, f->ledger, ENTRY_RUN,
			 FIXTURE_RECORDED_UTC, &f->err),
	    0);
	cr_assert_eq(runs_append_award(entry, &award, &f->err), 0);
	cr_assert_eq(runs_append_price(entry, &price, &f->err), 0);
	cr_assert_eq(runs_append_trade(entry, &trade, &f->err), 0);
	cr_assert_eq(runs_append_response(entry, &response, &f->err), 0);
	cr_assert_eq(runs_append_baseline(entry, &baseline, &f->err), 0);
	cr_assert_eq(runs_append(entry, &run, &f->err), 0);
	cr_assert_eq(entry_finish(entry, &handle, &f->err), 0);
	memcpy(root, run.line_root, 65);
	return run.entry;
}

Test(runs, gives_awards_prices_and_trades_back_as_they_went_in)
{
	struct fixture f;
	struct run_cursor *cursor;
	struct award_row award;
	struct price_row price;
	struct trade_row trade;
	char root[65];
	int64_t run;

	fixture_new(&f);
	run = append_findings(&f, "7", root);
	cr_assert_eq(runs_open_awards(&cursor, f.ledger, run, &f.err), 0);
	cr_assert_eq(runs_next_award(cursor, &award, &f.err), 1);
	cr_expect_eq(award.start_utc, FEB_1);
	cr_expect_eq(award.end_utc, FEB_1 + 3600);
	cr_expect_str_eq(award.bid, "b1");
	cr_expect_null(award.party);
	cr_expect_null(award.block);
	cr_expect_str_eq(award.offered, "10");
	cr_expect_str_eq(award.awarded, "4");
	cr_expect_str_eq(award.bid_price, "0.5");
	cr_expect_str_eq(award.price, "0.6");
	cr_expect_str_eq(award.state, "part");
	cr_expect_null(award.reason);
	cr_expect_eq(runs_next_award(cursor, &award, &f.err), 0);
	runs_close(cursor);
	cr_assert_eq(runs_open_prices(&cursor, f.ledger, run, &f.err), 0);
	cr_assert_eq(runs_next_price(cursor, &price, &f.err), 1);
	cr_expect_str_eq(price.rule, "lao");
	cr_expect_str_eq(price.low, "0.6");
	cr_expect_null(price.high);
	cr_expect_str_eq(price.volume, "4");
	cr_expect_str_eq(price.unserved, "0");
	cr_expect_str_eq(price.state, "cleared");
	runs_close(cursor);
	cr_assert_eq(runs_open_trades(&cursor, f.ledger, run, &f.err), 0);
	cr_assert_eq(runs_next_trade(cursor, &trade, &f.err), 1);
	cr_expect_str_eq(trade.buy, "b2");
	cr_expect_str_eq(trade.sell, "b1");
	cr_expect_str_eq(trade.quantity, "4");
	cr_expect_str_eq(trade.price, "0.6");
	runs_close(cursor);
	fixture_close(&f);
}

Test(runs, gives_responses_and_days_of_baselines_back_as_they_went_in)
{
	struct fixture f;
	struct run_cursor *cursor;
	struct response_row response;
	struct baseline_row baseline;
	char root[65];
	int64_t run;

	fixture_new(&f);
	run = append_findings(&f, NULL, root);
	cr_assert_eq(runs_open_responses(&cursor, f.ledger, run, &f.err), 0);
	cr_assert_eq(runs_next_response(cursor, &response, &f.err), 1);
	cr_expect_str_eq(response.event, "E1");
	cr_expect_str_eq(response.role, "resource");
	cr_expect_eq(response.end_utc, FEB_1 + 900);
	cr_expect_str_eq(response.baseline_kwh, "100");
	cr_expect_str_eq(response.actual_kwh, "60.5");
	cr_expect_str_eq(response.response_kwh, "39.5");
	cr_expect_null(response.award);
	cr_expect_null(response.charge);
	cr_expect_eq(runs_next_response(cursor, &response, &f.err), 0);
	runs_close(cursor);
	cr_assert_eq(runs_open_baselines(&cursor, f.ledger, run, &f.err), 0);
	cr_assert_eq(runs_next_baseline(cursor, &baseline, &f.err), 1);
	cr_expect_eq(baseline.day, 20000);
	cr_expect_str_eq(baseline.used, "yes");
	cr_expect_str_eq(baseline.reason, "chosen");
	cr_expect_null(baseline.kwh);
	runs_close(cursor);
	fixture_close(&f);
}

Test(runs, line_root_is_over_the_rows_of_every_table)
{
	char first[65], same[65], other[65];
	struct fixture f;

	fixture_new(&f);
	append_findings(&f, "7", first);
	append_findings(&f, "7", same);
	append_findings(&f, "8", other);
	cr_expect_str_eq(first, same);
	cr_expect_str_neq(first, other);
	fixture_close(&f);
}
