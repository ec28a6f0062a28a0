/* watch_test.c - what a reader would have been told later.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/text.h"
#include "facts_fixture.h"
#include "ledger/registry.h"
#include "ledger/watch.h"

static struct fixture f;

static void
enter(void)
{
	fixture_new(&f);
}

static void
leave(void)
{
	fixture_close(&f);
}

TestSuite(watch, .init = enter, .fini = leave);

/* A batch of one fact, which may change what stands. */
static void
state_of(enum fact_kind kind, const char *cells)
{
	struct entry *entry = fixture_begin(&f);
	enum fact_outcome outcome;

	cr_assert_eq(fixture_append(&f, entry, kind, 1, cells, true, &outcome),
	    0, "%s", f.err.text);
	fixture_finish(&f, entry, "x");
}

static void
state(const char *cells)
{
	state_of(FACT_CALENDAR, cells);
}

static int
take(void *context, const struct watch_change *change, struct qf_error *err)
{
	const struct fact *one = change->is != NULL ? change->is : change->was;

	(void)err;
	buf_printf(context, "%s%lld %s:%lld;",
	    change->was == NULL  ? "new "
	    : change->is == NULL ? "gone "
				 : "",
	    (long long)one->values[1].integer, one->values[2].text,
	    (long long)change->entry);
	return 0;
}

/* Looks [a, b) up as of an entry, watched as of another. */
static const char *
look_for(enum fact_lookup lookup, const char *name, int64_t asof, int64_t later,
    int64_t a, int64_t b, bool paused)
{
	static struct buf told;
	struct watch watch = {.asof = later, .context = &told, .change = take};
	struct fact_cursor *cursor = NULL;

	buf_release(&told);
	buf_init(&told, 1000);
	cr_assert_eq(ledger_watch(f.ledger, &watch, &f.err), 0);
	ledger_watch_pause(f.ledger, paused);
	cr_assert_eq(
	    facts_lookup(&cursor, f.ledger, lookup, asof, name, a, b, &f.err),
	    0, "%s", f.err.text);
	facts_close(cursor);
	cr_assert_eq(ledger_watch(f.ledger, NULL, NULL), 0);
	cr_assert(!ledger_is_watched(f.ledger));
	return told.bytes;
}

static const char *
look(int64_t asof, int64_t later, int64_t a, int64_t b, bool paused)
{
	return look_for(LOOKUP_CALENDAR, "cn", asof, later, a, b, paused);
}

Test(watch, tells_what_was_looked_up_and_is_otherwise_later)
{
	state("cn,100,holiday,spring"); /* entry 2 */
	state("cn,101,rest,"); /* 3 */
	state("cn,100,rest,"); /* 4 */
	state("cn,102,holiday,may-day"); /* 5 */
	state("cn,100,holiday,spring"); /* 6: as it was */
	state("cn,101,workday,"); /* 7 */
	cr_assert_str_eq(look(3, 4, 100, 103, false), "100 rest:4;");
	cr_assert_str_eq(
	    look(3, 5, 100, 103, false), "100 rest:4;new 102 holiday:5;");
	cr_assert_str_eq(look(3, 6, 100, 101, false), "");
	cr_assert_str_eq(
	    look(5, 7, 100, 103, false), "100 holiday:6;101 workday:7;");
	/* What was not asked for, what is not later, and in a pause. */
	cr_assert_str_eq(look(3, 7, 100, 101, false), "");
	cr_assert_str_eq(look(7, 7, 100, 103, false), "");
	cr_assert_str_eq(look(5, 7, 100, 103, true), "");
}

Test(watch, tells_of_bids_in_the_order_of_the_book)
{
	state_of(FACT_BID, "a,100,b2,200,,sell,,1,,,,,"); /* entry 2 */
	state_of(FACT_BID, "a,100,b1,200,,sell,,1,,,,,"); /* 3 */
	state_of(FACT_BID, "a,90,b3,200,,sell,,1,,,,,"); /* 4 */
	state_of(FACT_BID, "a,100,b2,200,,sell,,2,,,,,"); /* 5 */
	state_of(FACT_BID, "z,100,b2,200,,sell,,2,,,,,"); /* 6 */
	cr_assert_str_eq(look_for(LOOKUP_BIDS, "a", 2, 6, 0, 999, false),
	    "new 90 b3:4;new 100 b1:3;100 b2:5;");
	cr_assert_str_eq(
	    look_for(LOOKUP_BIDS, "a", 4, 6, 0, 999, false), "100 b2:5;");
	cr_assert_str_eq(look_for(LOOKUP_BIDS, "a", 5, 6, 0, 999, false), "");
	cr_assert_str_eq(
	    look_for(LOOKUP_BIDS, "a", 2, 6, 0, 100, false), "new 90 b3:4;");
}

/* By the entry of the modification, though the row that was is still there. */
Test(watch, tells_that_a_modification_took_the_place_of_an_event)
{
	state_of(FACT_EVENT, "e,0,cq,,,100,200,,called,no"); /* entry 2 */
	state_of(FACT_EVENT, "e,1,cq,,,100,300,,called,no"); /* 3 */
	state_of(FACT_EVENT, "e,2,cq,,,500,600,,called,no"); /* 4 */
	cr_assert_str_eq(look_for(LOOKUP_EVENTS, "cq", 2, 3, 0, 400, false),
	    "gone 0 cq:3;new 1 cq:3;");
	cr_assert_str_eq(
	    look_for(LOOKUP_EVENTS, "cq", 3, 4, 0, 400, false), "gone 1 cq:4;");
	cr_assert_str_eq(
	    look_for(LOOKUP_EVENTS, "cq", 3, 3, 0, 400, false), "");
}
