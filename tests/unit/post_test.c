/* post_test.c - what a run changes in the book, worked by hand.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>

#include "run_fixture.h"

/* C1 peak 10 kWh at 0.80, valley 20 kWh at 0.30; C2 flat 5 kWh at 0.60. */
static const struct said february[] = {
    {.contract = "C1",
	.band = "peak",
	.quantity = "10",
	.price = "0.8",
	.gross_minor = 800},
    {.contract = "C1",
	.band = "valley",
	.quantity = "20",
	.price = "0.3",
	.gross_minor = 600},
    {.contract = "C2",
	.band = "flat",
	.quantity = "5",
	.price = "0.6",
	.gross_minor = 300},
};

static void
post_february(struct fixture *f)
{
	const struct said_run run = {LINES(february)};

	fixture_expect(f, &run,
	    "C1 supply 202502 driver energy peak v1 new 10 800 = 10 800\n"
	    "C1 supply 202502 driver energy valley v1 new 20 600 = 20 600\n"
	    "C2 supply 202502 driver energy flat v1 new 5 300 = 5 300\n");
}

/* The balance of a party from the public view. */
static int64_t
balance(struct fixture *f, const char *party)
{
	sqlite3_stmt *stmt;
	int64_t minor = 0;

	cr_assert_eq(sqlite3_prepare_v2(f->ledger->db,
			 "SELECT balance_minor FROM v_balance"
			 " WHERE party = ?1",
			 -1, &stmt, NULL),
	    SQLITE_OK);
	sqlite3_bind_text(stmt, 1, party, -1, SQLITE_STATIC);
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		minor = sqlite3_column_int64(stmt, 0);
	}
	sqlite3_finalize(stmt);
	return minor;
}

Test(post, books_a_first_run_whole)
{
	struct fixture f;

	fixture_new(&f);
	post_february(&f);
	cr_expect_eq(balance(&f, "driver"), 1700);
	cr_expect_eq(balance(&f, "grid"), -1700);
	fixture_close(&f);
}

Test(post, answers_a_run_posted_twice_with_its_posting)
{
	const struct said_run said = {LINES(february)};
	struct fixture f;
	struct handle run, first, second;
	bool appended;

	fixture_new(&f);
	run = fixture_run(&f, &said);
	cr_assert_eq(fixture_post(&f, run, &first, &appended), 0);
	cr_assert(appended);
	cr_assert_eq(fixture_post(&f, run, &second, &appended), 0);
	cr_expect_not(appended);
	cr_expect_eq(first.entry, second.entry);
	cr_expect_str_eq(first.head, second.head);
	cr_expect_eq(balance(&f, "driver"), 1700);
	fixture_close(&f);
}

Test(post, books_only_what_a_corrected_read_changed)
{
	static const struct said corrected[] = {
	    {.contract = "C1",
		.band = "peak",
		.quantity = "12.5",
		.price = "0.8",
		.gross_minor = 1000},
	    {.contract = "C1",
		.band = "valley",
		.quantity = "17.5",
		.price = "0.3",
		.gross_minor = 525},
	    {.contract = "C2",
		.band = "flat",
		.quantity = "5",
		.price = "0.6",
		.gross_minor = 300},
	};
	const struct said_run run = {.kind = "correction", LINES(corrected)};
	struct fixture f;

	fixture_new(&f);
	post_february(&f);
	fixture_expect(&f, &run,
	    "C1 supply 202502 driver energy peak v2 change 2.5 200 = 12.5 "
	    "1000\n"
	    "C1 supply 202502 driver energy valley v2 change -2.5 -75 = 17.5 "
	    "525\n");
	cr_expect_eq(balance(&f, "driver"), 1825);
	fixture_close(&f);
}

Test(post, makes_an_empty_posting_where_nothing_changed)
{
	const struct said_run run = {.kind = "correction", LINES(february)};
	struct fixture f;

	fixture_new(&f);
	post_february(&f);
	fixture_expect(&f, &run, "");
	cr_expect_eq(balance(&f, "driver"), 1700);
	fixture_close(&f);
}

Test(post, reverses_the_one_and_charges_the_other_when_the_payer_changes)
{
	static const struct said moved[] = {
	    {.contract = "C1",
		.payer = "heir",
		.band = "peak",
		.quantity = "10",
		.price = "0.8",
		.gross_minor = 800},
	    {.contract = "C1",
		.payer = "heir",
		.band = "valley",
		.quantity = "20",
		.price = "0.3",
		.gross_minor = 600},
	    {.contract = "C2",
		.band = "flat",
		.quantity = "5",
		.price = "0.6",
		.gross_minor = 300},
	};
	const struct said_run run = {LINES(moved)};
	struct fixture f;

	fixture_new(&f);
	post_february(&f);
	fixture_expect(&f, &run,
	    "C1 supply 202502 driver energy peak v2 gone -10 -800 = 0 0\n"
	    "C1 supply 202502 driver energy valley v2 gone -20 -600 = 0 0\n"
	    "C1 supply 202502 heir energy peak v1 new 10 800 = 10 800\n"
	    "C1 supply 202502 heir energy valley v1 new 20 600 = 20 600\n");
	cr_expect_eq(balance(&f, "driver"), 300);
	cr_expect_eq(balance(&f, "heir"), 1400);
	cr_expect_eq(balance(&f, "grid"), -1700);
	fixture_close(&f);
}

Test(post, reverses_a_contract_that_is_gone_and_books_it_when_it_is_back)
{
	const struct said_run without = {.lines = february, .line_count = 2};
	const struct said_run with = {LINES(february)};
	struct fixture f;

	fixture_new(&f);
	post_february(&f);
	fixture_expect(&f, &without,
	    "C2 supply 202502 driver energy flat v2 gone -5 -300 = 0 0\n");
	fixture_expect(&f, &with,
	    "C2 supply 202502 driver energy flat v3 change 5 300 = 5 300\n");
	fixture_close(&f);
}

Test(post, leaves_what_is_held_as_it_stands)
{
	static const struct said_hold holds[] = {{"C1", NULL, NULL}};
	static const struct said rest[] = {
	    {.contract = "C2",
		.band = "flat",
		.quantity = "6",
		.price = "0.6",
		.gross_minor = 360},
	};
	const struct said_run run = {LINES(rest), HOLDS(holds)};
	struct fixture f;

	fixture_new(&f);
	post_february(&f);
	fixture_expect(&f, &run,
	    "C2 supply 202502 driver energy flat v2 change 1 60 = 6 360\n");
	cr_expect_eq(balance(&f, "driver"), 1760);
	fixture_close(&f);
}

Test(post, holds_one_leg_and_reverses_another)
{
	static const struct said legs[] = {
	    {.contract = "C1",
		.leg = "service",
		.quantity = "10",
		.price = "0.5",
		.gross_minor = 500},
	    {.contract = "C1",
		.leg = "supply",
		.quantity = "10",
		.price = "0.8",
		.gross_minor = 800},
	};
	static const struct said_hold holds[] = {{"C1", "service", NULL}};
	const struct said_run first = {LINES(legs)};
	const struct said_run second = {HOLDS(holds)};
	struct fixture f;

	fixture_new(&f);
	fixture_expect(&f, &first,
	    "C1 service 202502 driver energy - v1 new 10 500 = 10 500\n"
	    "C1 supply 202502 driver energy - v1 new 10 800 = 10 800\n");
	fixture_expect(&f, &second,
	    "C1 supply 202502 driver energy - v2 gone -10 -800 = 0 0\n");
	fixture_close(&f);
}

Test(post, counts_a_held_session_with_what_was_booked_of_it)
{
	static const struct said sessions[] = {
	    {.contract = "C1",
		.quantity = "10",
		.price = "1",
		.gross_minor = 1000,
		.session = "S1"},
	    {.contract = "C1",
		.quantity = "20",
		.price = "1",
		.gross_minor = 2000,
		.session = "S2"},
	};
	static const struct said later[] = {
	    {.contract = "C1",
		.quantity = "11",
		.price = "1",
		.gross_minor = 1100,
		.session = "S1"},
	};
	static const struct said back[] = {
	    {.contract = "C1",
		.quantity = "11",
		.price = "1",
		.gross_minor = 1100,
		.session = "S1"},
	    {.contract = "C1",
		.quantity = "15",
		.price = "1",
		.gross_minor = 1500,
		.session = "S2"},
	};
	static const struct said_hold holds[] = {{"C1", NULL, "S2"}};
	const struct said_run first = {LINES(sessions)};
	const struct said_run second = {LINES(later), HOLDS(holds)};
	const struct said_run third = {
	    LINES(later), HOLDS(holds), .kind = "correction"};
	const struct said_run fourth = {LINES(back)};
	struct fixture f;

	fixture_new(&f);
	fixture_expect(&f, &first,
	    "C1 supply 202502 driver energy - v1 new 30 3000 = 30 3000\n");
	/* S2 still stands at 20 kWh: only S1 changes. */
	fixture_expect(&f, &second,
	    "C1 supply 202502 driver energy - v2 change 1 100 = 31 3100\n");
	/* Held again: its lines are two runs back. */
	fixture_expect(&f, &third, "");
	/* Settled at 15 kWh. */
	fixture_expect(&f, &fourth,
	    "C1 supply 202502 driver energy - v3 change -5 -500 = 26 2600\n");
	fixture_close(&f);
}

Test(post, sums_a_contract_up_whose_lines_do_not_stand_together)
{
	static const struct said apart[] = {
	    {.contract = "C2",
		.quantity = "1",
		.price = "0.5",
		.gross_minor = 50},
	    {.contract = "C1",
		.quantity = "2",
		.price = "0.5",
		.gross_minor = 100},
	    {.contract = "C2",
		.quantity = "4",
		.price = "0.7",
		.gross_minor = 280},
	};
	const struct said_run run = {LINES(apart)};
	struct fixture f;

	fixture_new(&f);
	fixture_expect(&f, &run,
	    "C1 supply 202502 driver energy - v1 new 2 100 = 2 100\n"
	    "C2 supply 202502 driver energy - v1 new 5 330 = 5 330\n");
	cr_expect_eq(balance(&f, "driver"), 430);
	fixture_close(&f);
}

Test(post, turns_the_transfer_round_for_a_credit)
{
	static const struct said credit[] = {
	    {.contract = "C1",
		.quantity = "10",
		.price = "-0.8",
		.gross_minor = -800},
	};
	const struct said_run run = {LINES(credit)};
	struct fixture f;

	fixture_new(&f);
	fixture_expect(&f, &run,
	    "C1 supply 202502 driver energy - v1 new 10 -800 = 10 -800\n");
	cr_expect_eq(balance(&f, "driver"), -800);
	cr_expect_eq(balance(&f, "grid"), 800);
	fixture_close(&f);
}

Test(post, carries_energy_without_money_where_no_price_stood)
{
	static const struct said lines[] = {
	    {.contract = "C1", .quantity = "10", .unpriced = true},
	};
	static const struct said priced[] = {
	    {.contract = "C1",
		.quantity = "10",
		.price = "0.5",
		.gross_minor = 500},
	};
	const struct said_run run = {LINES(lines)};
	const struct said_run later = {LINES(priced)};
	struct fixture f;

	fixture_new(&f);
	fixture_expect(
	    &f, &run, "C1 supply 202502 driver energy - v1 new 10 0 = 10 0\n");
	fixture_expect(&f, &later,
	    "C1 supply 202502 driver energy - v2 change 0 500 = 10 500\n");
	fixture_close(&f);
}

Test(post, moves_nothing_outside_the_scope)
{
	static const struct said one[] = {
	    {.contract = "C1",
		.band = "peak",
		.quantity = "11",
		.price = "0.8",
		.gross_minor = 880},
	};
	const struct said_run run = {
	    .scope = "contract=C1 leg=supply", LINES(one)};
	const struct said_run gone = {.scope = "contract=C2"};
	struct fixture f;

	fixture_new(&f);
	post_february(&f);
	fixture_expect(&f, &run,
	    "C1 supply 202502 driver energy peak v2 change 1 80 = 11 880\n"
	    "C1 supply 202502 driver energy valley v2 gone -20 -600 = 0 0\n");
	fixture_expect(&f, &gone,
	    "C2 supply 202502 driver energy flat v2 gone -5 -300 = 0 0\n");
	cr_expect_eq(balance(&f, "driver"), 880);
	fixture_close(&f);
}

Test(post, keeps_half_months_apart_and_takes_both_into_the_whole)
{
	static const struct said half[] = {
	    {.contract = "C1",
		.quantity = "10",
		.price = "0.5",
		.gross_minor = 500},
	};
	static const struct said whole[] = {
	    {.contract = "C1",
		.quantity = "21",
		.price = "0.5",
		.gross_minor = 1050},
	};
	const struct said_run first = {
	    .from_utc = FEB_1, .to_utc = FEB_15, LINES(half)};
	const struct said_run second = {
	    .from_utc = FEB_15, .to_utc = MAR_1, LINES(half)};
	const struct said_run both = {LINES(whole)};
	struct fixture f;

	fixture_new(&f);
	fixture_expect(&f, &first,
	    "C1 supply 202502 driver energy - v1 new 10 500 = 10 500\n");
	fixture_expect(&f, &second,
	    "C1 supply 202502 driver energy - v2 change 10 500 = 20 1000\n");
	fixture_expect(&f, &both,
	    "C1 supply 202502 driver energy - v3 change 1 50 = 21 1050\n");
	fixture_close(&f);
}

Test(post, tells_of_another_account_without_moving_money)
{
	static const struct said renamed[] = {
	    {.contract = "C2",
		.band = "flat",
		.quantity = "5",
		.price = "0.6",
		.gross_minor = 300,
		.account = "NEW"},
	};
	const struct said_run run = {.scope = "contract=C2", LINES(renamed)};
	struct fixture f;

	fixture_new(&f);
	post_february(&f);
	fixture_expect(&f, &run,
	    "C2 supply 202502 driver energy flat v2 change 0 0 = 5 300\n");
	fixture_close(&f);
}

/* Posts a run that must be refused with this code. */
static void
expect_refused(struct fixture *f, const struct said_run *said,
    enum qf_status status, const char *code)
{
	struct handle run = fixture_run(f, said), posting;
	struct qf_error err;
	bool appended;

	cr_assert_eq(fixture_post(f, run, &posting, &appended), -1);
	err = f->err;
	cr_expect_eq(err.status, status);
	cr_expect_str_eq(err.code, code, "%s: %s", err.code, err.text);
}

Test(post, refuses_a_trial_and_a_draft)
{
	const struct said_run trial = {.kind = "trial", LINES(february)};
	const struct said_run draft = {.kind = "draft", LINES(february)};
	struct fixture f;

	fixture_new(&f);
	expect_refused(&f, &trial, QF_USAGE, "run-not-final");
	expect_refused(&f, &draft, QF_USAGE, "run-not-final");
	fixture_close(&f);
}

Test(post, refuses_a_clearing_and_an_event_alone)
{
	const struct said_run clearing = {
	    .tool = "qf-clear", .scope = "auction=A market=M"};
	const struct said_run event = {
	    .tool = "qf-settle", .scope = "event=E1", LINES(february)};
	const struct said_run unknown = {.tool = "qf-guess", LINES(february)};
	struct fixture f;

	fixture_new(&f);
	expect_refused(&f, &clearing, QF_USAGE, "run-owes-nothing");
	expect_refused(&f, &event, QF_USAGE, "run-of-event");
	expect_refused(&f, &unknown, QF_USAGE, "run-owes-nothing");
	fixture_close(&f);
}

/* What one tool's runs say stands is not for another's to reverse. */
Test(post, keeps_what_other_tools_booked)
{
	static const struct said response[] = {
	    {.contract = "C1",
		.leg = "response",
		.subject = "pay",
		.quantity = "10",
		.price = "2",
		.gross_minor = 2000,
		.session = "E1",
		.unit = "amount"},
	};
	static const struct said less[] = {
	    {.contract = "C1",
		.leg = "response",
		.subject = "pay",
		.quantity = "5",
		.price = "2",
		.gross_minor = 1000,
		.session = "E1",
		.unit = "amount"},
	};
	const struct said_run rated = {LINES(february)};
	const struct said_run settled = {
	    .tool = "qf-settle", .scope = "awards=7", LINES(response)};
	const struct said_run again = {
	    .tool = "qf-settle", .scope = "awards=9", LINES(less)};
	struct fixture f;

	fixture_new(&f);
	post_february(&f);
	fixture_expect(&f, &settled,
	    "C1 response 202502 driver pay - v1 new 10 2000 = 10 2000\n");
	fixture_expect(&f, &rated, "");
	fixture_expect(&f, &again,
	    "C1 response 202502 driver pay - v2 change -5 -1000 = 5 1000\n");
	fixture_close(&f);
}

/* Another share of the same owners takes the place of the first; the owners of
 * another party have their own. */
Test(post, keeps_the_shares_of_each_tree_of_owners)
{
	static const struct said first[] = {
	    {.contract = "C1",
		.leg = "share",
		.payer = "vpp",
		.subject = "pay",
		.quantity = "100",
		.gross_minor = 10000,
		.unit = "amount"},
	};
	static const struct said second[] = {
	    {.contract = "C1",
		.leg = "share",
		.payer = "owner",
		.subject = "pay",
		.quantity = "30",
		.gross_minor = 3000,
		.unit = "amount"},
	};
	const struct said_run of_vpp = {
	    .tool = "qf-share", .scope = "of=7 owners=O", LINES(first)};
	const struct said_run of_owner = {
	    .tool = "qf-share", .scope = "of=7 owners=P", LINES(second)};
	const struct said_run gone = {
	    .tool = "qf-share", .scope = "of=9 owners=O"};
	struct fixture f;

	fixture_new(&f);
	fixture_expect(&f, &of_vpp,
	    "C1 share 202502 vpp pay - v1 new 100 10000 = 100 10000\n");
	fixture_expect(&f, &of_owner,
	    "C1 share 202502 owner pay - v1 new 30 3000 = 30 3000\n");
	fixture_expect(
	    &f, &gone, "C1 share 202502 vpp pay - v2 gone -100 -10000 = 0 0\n");
	fixture_close(&f);
}

Test(post, refuses_a_run_older_than_what_is_booked)
{
	const struct said_run said = {LINES(february)};
	struct fixture f;
	struct handle older, posting;
	bool appended;

	fixture_new(&f);
	older = fixture_run(&f, &said);
	post_february(&f);
	cr_assert_eq(fixture_post(&f, older, &posting, &appended), -1);
	cr_expect_str_eq(f.err.code, "run-stale");
	cr_expect_eq(f.err.status, QF_DATA);
	fixture_close(&f);
}

Test(post, refuses_a_period_that_overlaps_in_part)
{
	const struct said_run half = {
	    .from_utc = FEB_1, .to_utc = FEB_15, LINES(february)};
	const struct said_run other = {.from_utc = FEB_15,
	    .to_utc = MAR_1,
	    .scope = "contract=C9",
	    .lines = february,
	    .line_count = 0};
	const struct said_run next = {.from_utc = MAR_1,
	    .to_utc = APR_1,
	    .first_month = 202503,
	    .last_month = 202503};
	struct fixture f;

	fixture_new(&f);
	post_february(&f);
	expect_refused(&f, &half, QF_DATA, "run-overlap");
	/* In part too, by its period; but the scopes have nothing in common
	 * only where both name a contract. */
	expect_refused(&f, &other, QF_DATA, "run-overlap");
	fixture_expect(&f, &next, "");
	fixture_close(&f);
}

Test(post, refuses_one_key_in_two_units)
{
	static const struct said first[] = {
	    {.contract = "C1",
		.subject = "fee",
		.quantity = "28",
		.unit = "day",
		.price = "1",
		.gross_minor = 2800},
	};
	static const struct said second[] = {
	    {.contract = "C1",
		.subject = "fee",
		.quantity = "1",
		.unit = "month",
		.price = "28",
		.gross_minor = 2800},
	};
	const struct said_run days = {LINES(first)};
	const struct said_run month = {LINES(second)};
	struct fixture f;

	fixture_new(&f);
	fixture_expect(&f, &days,
	    "C1 supply 202502 driver fee - v1 new 28 2800 = 28 2800\n");
	expect_refused(&f, &month, QF_DATA, "post-unit");
	fixture_close(&f);
}

Test(post, refuses_a_line_outside_the_months_of_its_run)
{
	static const struct said march[] = {
	    {.contract = "C1",
		.quantity = "1",
		.price = "1",
		.gross_minor = 100,
		.month = 202503},
	};
	const struct said_run run = {LINES(march)};
	struct fixture f;

	fixture_new(&f);
	expect_refused(&f, &run, QF_DATA, "post-month");
	fixture_close(&f);
}
