/* facts_test.c - what a fact may say, and what it may change.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/facts.h"

#include "facts_fixture.h"

/* A ledger with two parties and two points that began at 1000. */
static void
start(struct fixture *f)
{
	fixture_new(f);
	fixture_state(f, FACT_PARTY, "grid,grid,国网,,1000,");
	fixture_state(f, FACT_PARTY, "bus,customer,公交,,1000,");
	fixture_state(f, FACT_POINT, "p1,metering,bus,V2G,120,,,,1000,");
	fixture_state(f, FACT_POINT, "p2,metering,bus,V2G,120,,,,1000,");
}

struct attempt {
	enum fact_kind kind;
	const char *cells;
	bool correcting;
	const char *expected;
};

static void
try_all(struct fixture *f, const struct attempt *attempts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		fixture_try(f, attempts[i].kind, attempts[i].cells,
		    attempts[i].correcting, attempts[i].expected);
	}
}
#define TRY_ALL(f, attempts) \
	try_all(f, attempts, sizeof(attempts) / sizeof((attempts)[0]))

Test(facts, refuses_what_contradicts_itself)
{
	static const struct attempt attempts[] = {
	    {FACT_PARTY, "x,person,王,,1000,", false, "party-name"},
	    {FACT_PARTY, "x,person,,,1000,", false, "new"},
	    {FACT_PARTY, "y,grid,,,1000,999", false, "fact-end"},
	    {FACT_PARTY, "y,grid,,,1000,1000", false, "new"},
	    {FACT_METER, "p1,m1,0.00,6.2,1000,", false, "meter-multiplier"},
	    {FACT_METER, "p1,m1,60,06.2,1000,", false, "meter-digits"},
	    {FACT_METER, "p1,m1,60,6.7,1000,", false, "meter-digits"},
	    {FACT_METER, "p1,m1,60,19,1000,", false, "meter-digits"},
	    {FACT_METER, "p1,m1,60,6.2,1000,", false, "new"},
	    {FACT_SESSION, "s1,p1,,,2000,2000,1,", false, "fact-end"},
	    {FACT_SESSION, "s1,p1,,,2000,1999,1,", false, "fact-end"},
	    {FACT_SESSION, "s1,p1,,,2000,2001,,", false, "session-energy"},
	    {FACT_SESSION, "s1,p1,,,2000,2001,,0", false, "new"},
	    {FACT_SERIES, "spot,2000,2000,0.1,kwh", false, "fact-end"},
	    {FACT_BID, "a,200,b,200,,sell,,10,,,,,", false, "fact-end"},
	    {FACT_BID, "a,200,b,300,,sell,,10,,10.01,,,", false, "bid-minimum"},
	    {FACT_BID, "a,200,b,300,,sell,,10,,10.00,,,", false, "new"},
	    {FACT_NEED, "a,200,n,200,5", false, "fact-end"},
	    {FACT_PUBLISHED_PRICE, "a,200,100,5,", false, "fact-end"},
	    {FACT_EVENT, "e,0,cq,,,200,200,,called,no", false, "fact-end"},
	    {FACT_BASELINE, "b,p1,200,200,1", false, "fact-end"},
	    {FACT_REGISTER_READ, "p1,m1,2000,import,,,measured", false,
		"register-value"},
	    {FACT_REGISTER_READ, "p1,m1,2000,import,,5,withdrawn", false,
		"register-value"},
	};
	struct fixture f;

	start(&f);
	TRY_ALL(&f, attempts);
	fixture_close(&f);
}

Test(facts, refuses_what_names_something_unknown)
{
	static const struct attempt attempts[] = {
	    {FACT_METER, "p9,m1,60,6.2,1000,", false, "unknown-point"},
	    {FACT_RELATION, "p1,p9,sum,1000,", false, "unknown-point"},
	    {FACT_CONTRACT,
		"c1,supply,p1,bus,nobody,,t,intervals,,,,,month,1000,", false,
		"unknown-party"},
	    {FACT_CONTRACT,
		"c1,service,p1,@session,grid,,t,sessions,,,,,month,1000,",
		false, "new"},
	    {FACT_MEMBER, "nobody,p1,1000,", false, "unknown-party"},
	    {FACT_ALIAS, "tax,911,party,p1,1000,", false, "unknown-party"},
	    {FACT_ALIAS, "tax,911,point,p1,1000,", false, "new"},
	    {FACT_ALIAS, "tax,912,contract,c9,1000,", false,
		"unknown-contract"},
	    {FACT_SESSION, "s1,p1,,nobody,2000,2001,1,", false,
		"unknown-party"},
	    {FACT_SESSION_BAND, "s1,import,peak,1", false, "unknown-session"},
	    {FACT_AWARD, "e,c9,200,w,300,50,", false, "unknown-contract"},
	    {FACT_AWARD, "e,c1,200,w,300,50,", false, "new"},
	    {FACT_BASELINE, "b,p9,200,300,1", false, "unknown-point"},
	    {FACT_EVENT_TARGET, "e,0,point,p1", false, "unknown-event"},
	    {FACT_EVENT_SIGNAL, "e,0,s,200,300,,1,", false, "unknown-event"},
	    {FACT_EVENT, "e,0,cq,,,200,300,,called,no", false, "new"},
	    {FACT_EVENT_TARGET, "e,1,point,p1", false, "unknown-event"},
	    {FACT_EVENT_TARGET, "e,0,point,bus", false, "unknown-point"},
	    {FACT_EVENT_TARGET, "e,0,party,p1", false, "unknown-party"},
	    {FACT_EVENT_TARGET, "e,0,portfolio,bus", false, "new"},
	    {FACT_EVENT_SIGNAL, "e,0,s,200,300,,1,", false, "new"},
	    {FACT_BID, "a,200,b,300,nobody,sell,,10,,,,,", false, "new"},
	};
	struct fixture f;

	start(&f);
	TRY_ALL(&f, attempts);
	fixture_close(&f);
}

Test(facts, stretches_of_one_award_signal_or_baseline_do_not_overlap)
{
	static const struct attempt attempts[] = {
	    {FACT_CONTRACT, "c1,drp,p1,grid,bus,,t,events,,,,,month,1000,",
		false, "new"},
	    {FACT_AWARD, "e,c1,200,w,300,50,", false, "new"},
	    {FACT_AWARD, "e,c1,299,w,400,50,", false, "award-overlap"},
	    {FACT_AWARD, "e,c1,100,w,201,50,", false, "award-overlap"},
	    {FACT_AWARD, "e,c1,100,w,500,50,", false, "award-overlap"},
	    {FACT_AWARD, "e,c1,220,w,230,50,", false, "award-overlap"},
	    {FACT_AWARD, "e,c1,220,v,230,50,", false, "new"},
	    {FACT_AWARD, "f,c1,220,w,230,50,", false, "new"},
	    {FACT_AWARD, "e,c1,100,w,200,50,", false, "new"},
	    {FACT_AWARD, "e,c1,300,w,400,50,", false, "new"},
	    {FACT_AWARD, "e,c1,200,w,250,50,", true, "changed"},
	    {FACT_AWARD, "e,c1,250,w,300,60,", false, "new"},
	    {FACT_AWARD, "e,c1,200,w,300,50,", true, "award-overlap"},
	    {FACT_BASELINE, "b,p1,200,300,1", false, "new"},
	    {FACT_BASELINE, "b,p1,100,201,1", false, "baseline-overlap"},
	    {FACT_BASELINE, "b,p2,100,201,1", false, "new"},
	    {FACT_BASELINE, "d,p1,100,201,1", false, "new"},
	    {FACT_EVENT, "e,0,cq,,,200,300,,called,no", false, "new"},
	    {FACT_EVENT, "e,1,cq,,,200,300,,called,no", false, "new"},
	    {FACT_EVENT_SIGNAL, "e,0,s,200,300,,1,", false, "new"},
	    {FACT_EVENT_SIGNAL, "e,0,s,250,300,,1,", false, "signal-overlap"},
	    {FACT_EVENT_SIGNAL, "e,1,s,250,300,,1,", false, "new"},
	};
	struct fixture f;

	start(&f);
	TRY_ALL(&f, attempts);
	fixture_close(&f);
}

Test(facts, repeats_conflicts_and_corrects_by_key)
{
	static const struct attempt attempts[] = {
	    {FACT_PRICE, "t,202502,ci,,,flat,0.6,kwh,included", false, "new"},
	    {FACT_PRICE, "t,202502,ci,,,flat,0.6,kwh,included", false,
		"repeated"},
	    {FACT_PRICE, "t,202502,ci,,10kV,flat,0.7,kwh,included", false,
		"new"},
	    {FACT_PRICE, "t,202502,ci,,,flat,0.7,kwh,included", false,
		"fact-conflict"},
	    {FACT_PRICE, "t,202502,ci,,,flat,0.7,kwh,included", true,
		"changed"},
	    {FACT_PRICE, "t,202502,ci,,,flat,0.7,kwh,included", false,
		"repeated"},
	    {FACT_PRICE, "t,202502,ci,,,flat,0.6,kwh,included", false,
		"fact-conflict"},
	};
	struct fixture f;

	start(&f);
	TRY_ALL(&f, attempts);
	cr_assert_str_eq(f.err.text,
	    "price: batch:9, line 3, says 0.7; a correction needs --correct");
	fixture_close(&f);
}

Test(facts, refuses_two_contents_in_one_input_even_of_a_correction)
{
	struct fixture f;
	struct entry *entry;
	enum fact_outcome outcome;

	start(&f);
	entry = fixture_begin(&f);
	cr_assert_eq(fixture_append(&f, entry, FACT_CALENDAR, 2,
			 "cn,20000,holiday,", true, &outcome),
	    0);
	cr_assert_eq(fixture_append(&f, entry, FACT_CALENDAR, 3,
			 "cn,20000,holiday,", true, &outcome),
	    0);
	cr_assert_eq(outcome, FACT_REPEATED);
	cr_assert_eq(fixture_append(&f, entry, FACT_CALENDAR, 4,
			 "cn,20000,rest,", true, &outcome),
	    -1);
	cr_assert_str_eq(f.err.code, "fact-conflict");
	cr_assert_str_eq(
	    f.err.text, "kind: line 2 of the same input says holiday");
	entry_abandon(entry);
	fixture_close(&f);
}

Test(facts, ends_an_open_row_without_a_correction_but_reopens_none)
{
	static const struct attempt attempts[] = {
	    {FACT_CONTRACT,
		"c1,supply,p1,bus,grid,,t,intervals,,,,,month,1000,", false,
		"new"},
	    {FACT_CONTRACT,
		"c1,supply,p1,bus,grid,,t2,intervals,,,,,month,1000,2000",
		false, "fact-conflict"},
	    {FACT_CONTRACT,
		"c1,supply,p1,bus,grid,,t,intervals,,,,,month,1000,2000", false,
		"changed"},
	    {FACT_CONTRACT,
		"c1,supply,p1,bus,grid,,t,intervals,,,,,month,1000,3000", false,
		"fact-conflict"},
	    {FACT_CONTRACT,
		"c1,supply,p1,bus,grid,,t,intervals,,,,,month,1000,", false,
		"fact-conflict"},
	    {FACT_CONTRACT,
		"c1,supply,p1,bus,grid,,t2,intervals,,,,,month,2000,", false,
		"new"},
	};
	struct fixture f;

	start(&f);
	TRY_ALL(&f, attempts);
	fixture_close(&f);
}

Test(facts, contracts_overlap_by_leg_and_meters_by_point)
{
	static const struct attempt attempts[] = {
	    {FACT_CONTRACT,
		"c1,supply,p1,bus,grid,,t,intervals,,,,,month,1000,2000", false,
		"new"},
	    {FACT_CONTRACT,
		"c2,supply,p1,bus,grid,,t,intervals,,,,,month,1999,", false,
		"contract-overlap"},
	    {FACT_CONTRACT,
		"c2,supply,p1,bus,grid,,t,intervals,,,,,month,0,1001", false,
		"contract-overlap"},
	    {FACT_CONTRACT,
		"c2,supply,p2,bus,grid,,t,intervals,,,,,month,1999,", false,
		"new"},
	    {FACT_CONTRACT,
		"c3,service,p1,bus,grid,,t,intervals,,,,,month,1000,", false,
		"new"},
	    {FACT_CONTRACT,
		"c4,supply,p1,bus,grid,,t,intervals,,,,,month,2000,", false,
		"new"},
	    /* Void rows overlap nothing, and c1 moved away makes room. */
	    {FACT_CONTRACT,
		"c5,supply,p1,bus,grid,,t,intervals,,,,,month,1500,1500", false,
		"new"},
	    {FACT_CONTRACT,
		"c1,supply,p1,bus,grid,,t,intervals,,,,,month,1000,1000", true,
		"changed"},
	    {FACT_CONTRACT,
		"c6,supply,p1,bus,grid,,t,intervals,,,,,month,1000,2000", false,
		"new"},
	    {FACT_METER, "p1,m1,1,6.2,1000,", false, "new"},
	    {FACT_METER, "p1,m2,1,6.2,1500,", false, "meter-overlap"},
	    {FACT_METER, "p1,m1,1,6.2,1000,1500", false, "changed"},
	    {FACT_METER, "p1,m2,1,6.2,1500,", false, "new"},
	};
	struct fixture f;

	start(&f);
	TRY_ALL(&f, attempts);
	fixture_close(&f);
}

Test(facts, measures_over_estimates_and_never_the_reverse)
{
	static const struct attempt attempts[] = {
	    {FACT_REGISTER_READ, "p1,m1,2000,import,,5,estimated", false,
		"new"},
	    {FACT_REGISTER_READ, "p1,m1,2000,import,peak,5,estimated", false,
		"new"},
	    {FACT_REGISTER_READ, "p1,m1,2000,import,,6,estimated", false,
		"fact-conflict"},
	    {FACT_REGISTER_READ, "p1,m1,2000,import,,6,measured", false,
		"changed"},
	    {FACT_REGISTER_READ, "p1,m1,2000,import,,6,estimated", true,
		"read-estimate"},
	    {FACT_REGISTER_READ, "p1,m1,2000,import,,,withdrawn", false,
		"fact-conflict"},
	    {FACT_REGISTER_READ, "p1,m1,2000,import,,,withdrawn", true,
		"changed"},
	};
	struct fixture f;

	start(&f);
	TRY_ALL(&f, attempts);
	fixture_close(&f);
}

Test(facts, knows_bytes_until_their_facts_are_superseded)
{
	struct fixture f;
	struct handle handle;
	const char *first = "cn,20000,holiday,";
	const char *other = "cn,20001,holiday,";

	start(&f);
	fixture_state(&f, FACT_CALENDAR, first);
	fixture_state(&f, FACT_CALENDAR, other);
	cr_assert_eq(facts_known(f.ledger, first, &handle, &f.err), 1);
	cr_assert_eq(handle.kind, ENTRY_BATCH);
	cr_assert_eq(handle.entry, 6);
	cr_assert_eq(strlen(handle.head), HANDLE_HEAD_LENGTH);
	cr_assert_eq(facts_known(f.ledger, "unknown", &handle, &f.err), 0);
	fixture_try(&f, FACT_CALENDAR, "cn,20000,rest,", true, "changed");
	cr_assert_eq(facts_known(f.ledger, first, &handle, &f.err), -1);
	cr_assert_str_eq(f.err.code, "batch-superseded");
	cr_assert_not_null(strstr(f.err.text, "which entry 8 superseded"));
	cr_assert_eq(facts_known(f.ledger, other, &handle, &f.err), 1);
	cr_assert_eq(handle.entry, 7);
	fixture_close(&f);
}

Test(facts, knows_a_rule_until_a_newer_one_of_its_id)
{
	static const char *const digests[] = {"d1", "d2"};
	struct fixture f;
	struct handle handle;

	fixture_new(&f);
	for (size_t i = 0; i < 2; i++) {
		struct entry *entry;

		cr_assert_eq(
		    facts_known(f.ledger, digests[i], &handle, &f.err), 0);
		cr_assert_eq(
		    entry_begin(&entry, f.ledger, ENTRY_RULE, 0, &f.err), 0);
		cr_assert_eq(facts_append_rule(entry, "tariff", "cq", "cq.xml",
				 digests[i], "<tariff/>", &f.err),
		    0);
		cr_assert_eq(entry_finish(entry, &handle, &f.err), 0);
		cr_assert_eq(
		    facts_known(f.ledger, digests[i], &handle, &f.err), 1);
		cr_assert_eq(handle.kind, ENTRY_RULE);
	}
	cr_assert_eq(facts_known(f.ledger, "d1", &handle, &f.err), -1);
	cr_assert_str_eq(f.err.code, "batch-superseded");
	fixture_close(&f);
}
