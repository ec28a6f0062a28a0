/* registry_test.c - what holds as of an entry.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/registry.h"

#include "facts_fixture.h"

static void
start(struct fixture *f)
{
	fixture_new(f);
	fixture_state(f, FACT_PARTY, "grid,grid,国网,,0,"); /* 2 */
	fixture_state(f, FACT_POINT, "p1,metering,,,,,,,0,"); /* 3 */
	fixture_state(f, FACT_POINT, "p2,metering,,,,,,,0,"); /* 4 */
}

/* "contract/leg@point from-to" of each, joined by blanks. */
static const char *
contracts(struct fixture *f, int64_t asof, int64_t from_utc, int64_t to_utc,
    const char *contract, const char *leg)
{
	static char text[2048];
	struct contract_cursor *cursor;
	struct contract row;
	size_t used = 0;
	int stepped;

	text[0] = '\0';
	cr_assert_eq(contracts_open(&cursor, f->ledger, asof, from_utc, to_utc,
			 contract, leg, &f->err),
	    0, "%s", f->err.text);
	while ((stepped = contracts_next(cursor, &row, &f->err)) == 1) {
		used += (size_t)snprintf(text + used, sizeof(text) - used,
		    "%s%s/%s@%s:%lld-%lld", used == 0 ? "" : " ", row.contract,
		    row.leg, row.point, (long long)row.from_utc,
		    row.to_utc == UTC_OPEN ? -1 : (long long)row.to_utc);
	}
	cr_assert_eq(stepped, 0);
	contracts_close(cursor);
	return text;
}

#define CONTRACT(id, leg, point, from, to) \
	id "," leg "," point ",grid,grid,,t,intervals,,,,,month," from "," to

Test(registry, contracts_are_those_that_touch_the_period_as_of_the_entry)
{
	struct fixture f;

	start(&f);
	fixture_state(&f, FACT_CONTRACT,
	    CONTRACT("c2", "supply", "p1", "100", "")); /* 5 */
	fixture_state(&f, FACT_CONTRACT,
	    CONTRACT("c1", "supply", "p2", "100", "200")); /* 6 */
	fixture_state(&f, FACT_CONTRACT,
	    CONTRACT("c2", "export", "p1", "100", "200")); /* 7 */
	fixture_try(&f, FACT_CONTRACT,
	    CONTRACT("c2", "supply", "p1", "100", "300"), false,
	    "changed"); /* 8 */
	fixture_state(&f, FACT_CONTRACT,
	    CONTRACT("c0", "supply", "p1", "300", "")); /* 9 */
	fixture_try(&f, FACT_CONTRACT,
	    CONTRACT("c1", "supply", "p2", "100", "100"), true,
	    "changed"); /* 10: void */
	fixture_try(&f, FACT_CONTRACT,
	    CONTRACT("c2", "export", "p2", "100", "200"), true,
	    "changed"); /* 11: at another point */

	cr_assert_str_eq(contracts(&f, 4, 0, 1000, NULL, NULL), "");
	cr_assert_str_eq(contracts(&f, 7, 0, 1000, NULL, NULL),
	    "c2/export@p1:100-200 c2/supply@p1:100--1 c1/supply@p2:100-200");
	cr_assert_str_eq(contracts(&f, 9, 0, 1000, NULL, NULL),
	    "c0/supply@p1:300--1 c2/export@p1:100-200 c2/supply@p1:100-300 "
	    "c1/supply@p2:100-200");
	cr_assert_str_eq(contracts(&f, 10, 0, 1000, NULL, NULL),
	    "c0/supply@p1:300--1 c2/export@p1:100-200 c2/supply@p1:100-300");
	cr_assert_str_eq(contracts(&f, 11, 0, 1000, NULL, NULL),
	    "c0/supply@p1:300--1 c2/supply@p1:100-300 c2/export@p2:100-200");
	cr_assert_str_eq(
	    contracts(&f, 9, 200, 300, NULL, NULL), "c2/supply@p1:100-300");
	cr_assert_str_eq(contracts(&f, 9, 0, 100, NULL, NULL), "");
	cr_assert_str_eq(contracts(&f, 9, 0, 1000, "c2", NULL),
	    "c2/export@p1:100-200 c2/supply@p1:100-300");
	cr_assert_str_eq(
	    contracts(&f, 9, 0, 1000, "c2", "export"), "c2/export@p1:100-200");
	cr_assert_str_eq(contracts(&f, 9, 0, 1000, NULL, "supply"),
	    "c0/supply@p1:300--1 c2/supply@p1:100-300 c1/supply@p2:100-200");
	fixture_close(&f);
}

Test(registry, contract_has_all_that_its_row_says)
{
	struct fixture f;
	struct contract_cursor *cursor;
	struct contract row;

	start(&f);
	fixture_state(&f, FACT_CONTRACT,
	    "c1,supply,p1,@session,grid,h99,cq,registers,1-10kV,ci,two-part,"
	    "a=1 b=2,month,100,200");
	cr_assert_eq(
	    contracts_open(&cursor, f.ledger, 99, 0, 1000, NULL, NULL, &f.err),
	    0);
	cr_assert_eq(contracts_next(cursor, &row, &f.err), 1);
	cr_assert_str_eq(row.payer, "@session");
	cr_assert_str_eq(row.payee, "grid");
	cr_assert_str_eq(row.account, "h99");
	cr_assert_str_eq(row.tariff, "cq");
	cr_assert_eq(row.basis, BASIS_REGISTERS);
	cr_assert_str_eq(row.voltage, "1-10kV");
	cr_assert_str_eq(row.user_class, "ci");
	cr_assert_str_eq(row.type, "two-part");
	cr_assert_str_eq(row.options, "a=1 b=2");
	cr_assert_str_eq(row.cycle, "month");
	cr_assert_eq(row.entry, 5);
	cr_assert_eq(row.line_no, 2);
	contracts_close(cursor);
	fixture_close(&f);
}

Test(registry, account_is_the_contract_where_none_is_given)
{
	struct fixture f;
	struct contract_cursor *cursor;
	struct contract row;

	start(&f);
	fixture_state(
	    &f, FACT_CONTRACT, CONTRACT("c1", "supply", "p1", "1", ""));
	cr_assert_eq(
	    contracts_open(&cursor, f.ledger, 99, 0, 1000, NULL, NULL, &f.err),
	    0);
	cr_assert_eq(contracts_next(cursor, &row, &f.err), 1);
	cr_assert_str_eq(row.account, "c1");
	cr_assert_eq(row.to_utc, UTC_OPEN);
	contracts_close(cursor);
	fixture_close(&f);
}

/* The rows of a lookup: all cells of each joined by commas, rows by "; ". */
static const char *
lookup(struct fixture *f, struct fact_cursor **cursor, enum fact_lookup lookup,
    int64_t asof, const char *name, int64_t a, int64_t b)
{
	static char text[2048];
	struct fact fact;
	size_t used = 0;
	int64_t entry;
	int stepped;

	text[0] = '\0';
	cr_assert_eq(
	    facts_lookup(cursor, f->ledger, lookup, asof, name, a, b, &f->err),
	    0, "%s", f->err.text);
	while ((stepped = facts_next(*cursor, &fact, &entry, &f->err)) == 1) {
		if (used > 0) {
			used += (size_t)snprintf(
			    text + used, sizeof(text) - used, "; ");
		}
		for (size_t i = 0; i < fact.format->column_count; i++) {
			const struct fact_value *value = &fact.values[i];

			used += (size_t)snprintf(text + used,
			    sizeof(text) - used, "%s", i == 0 ? "" : ",");
			if (value->is == FACT_IS_TEXT) {
				used += (size_t)snprintf(text + used,
				    sizeof(text) - used, "%s", value->text);
			} else if (value->is == FACT_IS_INTEGER) {
				used += (size_t)snprintf(text + used,
				    sizeof(text) - used, "%lld",
				    (long long)value->integer);
			}
		}
	}
	cr_assert_eq(stepped, 0, "%s", f->err.text);
	return text;
}

static const struct {
	enum fact_kind kind;
	const char *cells;
} every_fact[] = {
    {FACT_METER, "p1,m2,60,6.2,200,"},
    {FACT_METER, "p1,m1,1,6.2,100,200"},
    {FACT_METER, "p2,m3,1,6.2,100,"},
    {FACT_RELATION, "p1,p2,deduct,0,"},
    {FACT_CONTRACT, CONTRACT("c1", "supply", "p1", "1", "")},
    {FACT_ALIAS, "tax,915,party,grid,0,"},
    {FACT_MEMBER, "grid,p2,0,"},
    {FACT_SESSION, "s2,p1,,,100,200,1.5,"},
    {FACT_SESSION, "s1,p1,,,100,199,1,"},
    {FACT_SESSION_BAND, "s1,import,valley,0.4"},
    {FACT_SESSION_BAND, "s1,import,peak,0.6"},
    {FACT_SESSION_INTERVAL, "s2,import,150,200,1"},
    {FACT_SESSION_INTERVAL, "s2,import,100,150,0.5"},
    {FACT_REGISTER_READ, "p1,m1,200,import,,7,measured"},
    {FACT_REGISTER_READ, "p1,m1,100,import,peak,5,measured"},
    {FACT_REGISTER_READ, "p1,m1,100,import,,6,measured"},
    {FACT_PRICE, "t,202503,ci,,,flat,0.7,kwh,included"},
    {FACT_PRICE, "t,202502,ci,,,flat,0.6,kwh,included"},
    {FACT_SERIES, "spot,200,300,-0.1,kwh"},
    {FACT_SERIES, "spot,100,200,0.2,kwh"},
    {FACT_CALENDAR, "cn,20001,workday,"},
    {FACT_CALENDAR, "cn,20000,holiday,spring-festival"},
    {FACT_CONDITION, "gz,temperature-max,20000,35.1"},
    {FACT_ESTIMATE, "p1,import,300,400,mean,annex3,before 1"},
    {FACT_ESTIMATE, "p1,import,100,200,equal-ends,annex3,before 1"},
    {FACT_FINDING, "zero-days,p2,import,,300,400,0,7,no,open,x"},
    {FACT_FINDING, "zero-days,p1,import,,300,400,0,7,no,open,x"},
    {FACT_FINDING, "session-power,p1,,s1,100,199,9,7,yes,open,x"},
    {FACT_FINDING_CLEARED, "session-power,p1,,s1,100,9,yes,wang,seen"},
    {FACT_BID, "a,200,b1,300,,sell,1.5,10,,,,,"},
    {FACT_BID, "a,100,b2,200,x,buy,-1,10,50,2,k,0.9,new"},
    {FACT_BID, "a,100,b1,200,,sell,,10,,,,,"},
    {FACT_BID, "other,100,b1,200,,sell,,10,,,,,"},
    {FACT_NEED, "a,100,n2,200,5"},
    {FACT_NEED, "a,100,n1,200,-5"},
    {FACT_PUBLISHED_PRICE, "a,200,300,,"},
    {FACT_PUBLISHED_PRICE, "a,100,200,1.5,10"},
    {FACT_PUBLISHED_AWARD, "a,100,b2,5,1.5"},
    {FACT_PUBLISHED_AWARD, "a,100,b1,5,"},
    {FACT_EVENT, "e2,0,cq,,,150,250,,called,no"},
    {FACT_EVENT, "e1,0,cq,x,a,100,200,50,called,no"},
    {FACT_EVENT, "e3,0,gd,,,100,200,,called,yes"},
    {FACT_EVENT_TARGET, "e1,0,point,p2"},
    {FACT_EVENT_TARGET, "e1,0,party,grid"},
    {FACT_EVENT_SIGNAL, "e1,0,s,150,200,level,2,kW"},
    {FACT_EVENT_SIGNAL, "e1,0,s,100,150,,1,"},
};
static const struct {
	enum fact_lookup lookup;
	const char *name;
	int64_t a, b;
	const char *expected;
} every_lookup[] = {
    {LOOKUP_METERS_OF_POINT, "p1", 0, 0,
	"p1,m1,1,6.2,100,200; p1,m2,60,6.2,200,"},
    {LOOKUP_RELATIONS_OF_PARENT, "p1", 0, 0, "p1,p2,deduct,0,"},
    {LOOKUP_RELATIONS_OF_PARENT, "p2", 0, 0, ""},
    {LOOKUP_RELATIONS_OF_CHILD, "p2", 0, 0, "p1,p2,deduct,0,"},
    {LOOKUP_PARTY, "grid", 0, 0, "grid,grid,国网,,0,"},
    {LOOKUP_POINT, "p2", 0, 0, "p2,metering,,,,,,,0,"},
    {LOOKUP_ALIASES_OF, "grid", 0, 0, "tax,915,party,grid,0,"},
    {LOOKUP_MEMBERS, "grid", 0, 0, "grid,p2,0,"},
    {LOOKUP_SESSIONS_OF_POINT, "p1", 199, 200, "s1,p1,,,100,199,1,"},
    {LOOKUP_SESSIONS_OF_POINT, "p1", 0, 201,
	"s1,p1,,,100,199,1,; s2,p1,,,100,200,1.5,"},
    {LOOKUP_BANDS_OF_SESSION, "s1", 0, 0,
	"s1,import,peak,0.6; s1,import,valley,0.4"},
    {LOOKUP_INTERVALS_OF_SESSION, "s2", 0, 0,
	"s2,import,100,150,0.5; s2,import,150,200,1"},
    {LOOKUP_REGISTERS_OF_POINT, "p1", 100, 200,
	"p1,m1,100,import,,6,measured; p1,m1,200,import,,7,measured; "
	"p1,m1,100,import,peak,5,measured"},
    {LOOKUP_REGISTERS_OF_POINT, "p1", 101, 199, ""},
    {LOOKUP_PRICES_OF_TABLE, "t", 202502, 202502,
	"t,202502,ci,,,flat,0.6,kwh,included"},
    {LOOKUP_SERIES, "spot", 200, 201, "spot,200,300,-0.1,kwh"},
    {LOOKUP_SERIES, "spot", 199, 201,
	"spot,100,200,0.2,kwh; spot,200,300,-0.1,kwh"},
    {LOOKUP_CALENDAR, "cn", 20000, 20001, "cn,20000,holiday,spring-festival"},
    {LOOKUP_CONDITIONS, "gz", 20000, 20001, "gz,temperature-max,20000,35.1"},
    {LOOKUP_CONDITIONS, "gz", 20001, 20002, ""},
    {LOOKUP_ESTIMATES_OF_POINT, "p1", 199, 301,
	"p1,import,100,200,equal-ends,annex3,before 1; "
	"p1,import,300,400,mean,annex3,before 1"},
    {LOOKUP_ESTIMATES_OF_POINT, "p1", 200, 300, ""},
    {LOOKUP_FINDINGS_OF_POINT, "p1", 198, 301,
	"session-power,p1,,s1,100,199,9,7,yes,open,x; "
	"zero-days,p1,import,,300,400,0,7,no,open,x"},
    {LOOKUP_FINDINGS_OF_POINT, "p1", 199, 300, ""},
    {LOOKUP_CLEARANCES_OF_POINT, "p1", 100, 101,
	"session-power,p1,,s1,100,9,yes,wang,seen"},
    {LOOKUP_CLEARANCES_OF_POINT, "p1", 0, 100, ""},
    {LOOKUP_BIDS, "a", 0, 1000,
	"a,100,b1,200,,sell,,10,,,,,; "
	"a,100,b2,200,x,buy,-1,10,50,2,k,0.9,new; "
	"a,200,b1,300,,sell,1.5,10,,,,,"},
    {LOOKUP_BIDS, "a", 101, 200, ""},
    {LOOKUP_NEEDS, "a", 100, 101, "a,100,n1,200,-5; a,100,n2,200,5"},
    {LOOKUP_PUBLISHED_PRICES, "a", 0, 1000, "a,100,200,1.5,10; a,200,300,,"},
    {LOOKUP_PUBLISHED_AWARDS, "a", 0, 1000, "a,100,b1,5,; a,100,b2,5,1.5"},
    {LOOKUP_EVENTS, "cq", 0, 1000,
	"e1,0,cq,x,a,100,200,50,called,no; e2,0,cq,,,150,250,,called,no"},
    {LOOKUP_EVENTS, "cq", 200, 1000, "e2,0,cq,,,150,250,,called,no"},
    {LOOKUP_EVENTS, "cq", 0, 100, ""},
    {LOOKUP_EVENT, "e3", 0, 0, "e3,0,gd,,,100,200,,called,yes"},
    {LOOKUP_TARGETS_OF_EVENT, "e1", 0, 0, "e1,0,party,grid; e1,0,point,p2"},
    {LOOKUP_TARGETS_OF_EVENT, "e1", 1, 1, ""},
    {LOOKUP_SIGNALS_OF_EVENT, "e1", 0, 0,
	"e1,0,s,100,150,,1,; e1,0,s,150,200,level,2,kW"},
};

/* Each lookup finds its own and no other, in the order of keys. */
Test(registry, looks_up_every_kind_of_fact)
{
	struct fixture f;

	start(&f);
	for (size_t i = 0; i < sizeof(every_fact) / sizeof(every_fact[0]);
	     i++) {
		fixture_state(&f, every_fact[i].kind, every_fact[i].cells);
	}
	for (size_t i = 0; i < sizeof(every_lookup) / sizeof(every_lookup[0]);
	     i++) {
		struct fact_cursor *cursor = NULL;

		cr_assert_str_eq(lookup(&f, &cursor, every_lookup[i].lookup, 99,
				     every_lookup[i].name, every_lookup[i].a,
				     every_lookup[i].b),
		    every_lookup[i].expected);
		/* Rewound, it says the same; of the market's entry, nothing. */
		cr_assert_str_eq(lookup(&f, &cursor, every_lookup[i].lookup, 99,
				     every_lookup[i].name, every_lookup[i].a,
				     every_lookup[i].b),
		    every_lookup[i].expected);
		cr_assert_str_eq(lookup(&f, &cursor, every_lookup[i].lookup, 1,
				     every_lookup[i].name, every_lookup[i].a,
				     every_lookup[i].b),
		    "");
		cr_assert_str_eq(
		    lookup(&f, &cursor, every_lookup[i].lookup, 99, "nobody",
			every_lookup[i].a, every_lookup[i].b),
		    "");
		facts_close(cursor);
	}
	fixture_close(&f);
}

Test(registry, has_of_an_event_its_highest_modification_as_of_the_entry)
{
	struct fixture f;
	struct fact_cursor *cursor = NULL, *one = NULL;

	start(&f);
	fixture_state(&f, FACT_EVENT, "e,1,cq,,,100,200,,called,no"); /* 5 */
	fixture_state(&f, FACT_EVENT, "e,0,cq,,,0,50,,called,no"); /* 6 */
	fixture_state(&f, FACT_EVENT, "e,2,,,,300,400,,cancelled,no"); /* 7 */
	fixture_try(&f, FACT_EVENT, "e,2,,,,300,500,,cancelled,no", true,
	    "changed"); /* 8 */
	cr_expect_str_eq(lookup(&f, &cursor, LOOKUP_EVENTS, 6, "cq", 0, 1000),
	    "e,1,cq,,,100,200,,called,no");
	/* It was moved out of what is asked for. */
	cr_expect_str_eq(
	    lookup(&f, &cursor, LOOKUP_EVENTS, 7, "cq", 0, 250), "");
	cr_expect_str_eq(lookup(&f, &cursor, LOOKUP_EVENTS, 7, "cq", 250, 500),
	    "e,2,,,,300,400,,cancelled,no");
	cr_expect_str_eq(lookup(&f, &cursor, LOOKUP_EVENTS, 8, "", 0, 1000),
	    "e,2,,,,300,500,,cancelled,no");
	cr_expect_str_eq(lookup(&f, &one, LOOKUP_EVENT, 5, "e", 0, 0),
	    "e,1,cq,,,100,200,,called,no");
	facts_close(cursor);
	facts_close(one);
	fixture_close(&f);
}

Test(registry, bids_are_those_that_hold_as_of_the_entry)
{
	struct fixture f;
	struct fact_cursor *cursor = NULL;

	start(&f);
	fixture_state(&f, FACT_BID, "a,100,b1,200,,sell,,1,,,,,"); /* 5 */
	fixture_state(&f, FACT_BID, "a,100,b2,200,,sell,,1,,,,,"); /* 6 */
	fixture_try(&f, FACT_BID, "a,100,b1,200,,sell,,3,,,,,", true,
	    "changed"); /* 7 */
	fixture_state(&f, FACT_BID, "z,100,b9,200,,sell,,1,,,,,"); /* 8 */
	cr_expect_str_eq(lookup(&f, &cursor, LOOKUP_BIDS, 5, "a", 0, 1000),
	    "a,100,b1,200,,sell,,1,,,,,");
	cr_expect_str_eq(lookup(&f, &cursor, LOOKUP_BIDS, 6, "a", 0, 1000),
	    "a,100,b1,200,,sell,,1,,,,,; a,100,b2,200,,sell,,1,,,,,");
	cr_expect_str_eq(lookup(&f, &cursor, LOOKUP_BIDS, 7, "a", 0, 1000),
	    "a,100,b1,200,,sell,,3,,,,,; a,100,b2,200,,sell,,1,,,,,");
	cr_expect_str_eq(lookup(&f, &cursor, LOOKUP_BIDS, 99, "a", 0, 1000),
	    "a,100,b1,200,,sell,,3,,,,,; a,100,b2,200,,sell,,1,,,,,");
	facts_close(cursor);
	fixture_close(&f);
}

/* The starts and ends of a lookup of two names. */
static const char *
stretches(struct fixture *f, struct fact_cursor **cursor,
    enum fact_lookup lookup, const char *name, const char *second, int64_t a,
    int64_t b)
{
	static char text[256];
	struct fact fact;
	size_t used = 0;
	int64_t entry;
	int stepped;

	text[0] = '\0';
	cr_assert_eq(facts_lookup_pair(cursor, f->ledger, lookup, 99, name,
			 second, a, b, &f->err),
	    0, "%s", f->err.text);
	while ((stepped = facts_next(*cursor, &fact, &entry, &f->err)) == 1) {
		size_t start = fact_column(fact.format, "start");
		size_t end = fact_column(fact.format, "end");

		used += (size_t)snprintf(text + used, sizeof(text) - used,
		    "%s%lld-%lld", used == 0 ? "" : " ",
		    (long long)fact.values[start].integer,
		    (long long)fact.values[end].integer);
	}
	cr_assert_eq(stepped, 0, "%s", f->err.text);
	return text;
}

Test(registry, awards_are_those_of_the_event_and_the_contract)
{
	struct fixture f;
	struct fact_cursor *cursor = NULL;

	start(&f);
	fixture_state(
	    &f, FACT_CONTRACT, CONTRACT("c1", "supply", "p1", "1", ""));
	fixture_state(
	    &f, FACT_CONTRACT, CONTRACT("c2", "supply", "p2", "1", ""));
	fixture_state(&f, FACT_AWARD, "e,c1,200,w,300,50,");
	fixture_state(&f, FACT_AWARD, "e,c1,100,w,200,50,1.2");
	fixture_state(&f, FACT_AWARD, "e,c1,100,v,300,50,");
	fixture_state(&f, FACT_AWARD, "e,c2,100,w,400,50,");
	fixture_state(&f, FACT_AWARD, "f,c1,100,w,500,50,");
	cr_expect_str_eq(
	    stretches(&f, &cursor, LOOKUP_AWARDS_OF_EVENT, "e", "c1", 0, 0),
	    "100-300 100-200 200-300");
	cr_expect_str_eq(
	    stretches(&f, &cursor, LOOKUP_AWARDS_OF_EVENT, "f", "c2", 0, 0),
	    "");
	facts_close(cursor);
	fixture_close(&f);
}

Test(registry, given_baselines_are_those_that_touch_the_stretch)
{
	struct fixture f;
	struct fact_cursor *cursor = NULL;

	start(&f);
	fixture_state(&f, FACT_BASELINE, "b,p1,300,400,-1");
	fixture_state(&f, FACT_BASELINE, "b,p1,100,200,5");
	fixture_state(&f, FACT_BASELINE, "b,p1,200,250,5");
	fixture_state(&f, FACT_BASELINE, "c,p1,0,500,5");
	fixture_state(&f, FACT_BASELINE, "b,p2,0,600,5");
	fixture_try(&f, FACT_BASELINE, "b,p1,200,300,6", true, "changed");
#define BASELINES(a, b) \
	stretches(&f, &cursor, LOOKUP_BASELINES_OF_POINT, "p1", "b", a, b)
	cr_expect_str_eq(BASELINES(0, 1000), "100-200 200-300 300-400");
	cr_expect_str_eq(BASELINES(199, 201), "100-200 200-300");
	cr_expect_str_eq(BASELINES(200, 300), "200-300");
	cr_expect_str_eq(BASELINES(250, 251), "200-300");
	cr_expect_str_eq(BASELINES(0, 100), "");
	cr_expect_str_eq(BASELINES(400, 1000), "");
#undef BASELINES
	facts_close(cursor);
	fixture_close(&f);
}

Test(registry, contracts_on_events_have_a_cursor_of_their_own)
{
	struct fixture f;
	struct contract_cursor *cursor;
	struct contract row;

	start(&f);
	fixture_state(
	    &f, FACT_CONTRACT, CONTRACT("c1", "supply", "p1", "1", ""));
	fixture_state(&f, FACT_CONTRACT,
	    "c1,response,p1,grid,grid,,cq,events,,,,portfolio=vpp,month,1,");
	cr_expect_str_eq(
	    contracts(&f, 99, 0, 1000, NULL, NULL), "c1/supply@p1:1--1");
	cr_assert_eq(contracts_open_events(
			 &cursor, f.ledger, 99, 0, 1000, NULL, NULL, &f.err),
	    0);
	cr_assert_eq(contracts_next(cursor, &row, &f.err), 1);
	cr_expect_str_eq(row.leg, "response");
	cr_expect_eq(row.basis, BASIS_EVENTS);
	cr_expect_eq(contracts_next(cursor, &row, &f.err), 0);
	contracts_close(cursor);
	fixture_close(&f);
}

Test(registry, lists_the_findings_of_all_points_in_the_order_of_their_keys)
{
	struct fixture f;
	struct fact_cursor *cursor = NULL, *first = NULL;

	start(&f);
	fixture_state(
	    &f, FACT_FINDING, "zero-days,p2,import,,300,400,0,7,no,open,x");
	fixture_state(
	    &f, FACT_FINDING, "zero-days,p1,import,,300,400,0,7,no,open,x");
	fixture_state(
	    &f, FACT_FINDING, "jump,p1,import,,200,300,0,7,no,closed,x");
	cr_expect_str_eq(lookup(&f, &cursor, LOOKUP_FINDINGS, 99, "", 200, 400),
	    "jump,p1,import,,200,300,0,7,no,closed,x; "
	    "zero-days,p1,import,,300,400,0,7,no,open,x; "
	    "zero-days,p2,import,,300,400,0,7,no,open,x");
	cr_expect_str_eq(
	    lookup(&f, &cursor, LOOKUP_FINDINGS, 99, "p2", 0, 399), "");
	cr_expect_str_eq(
	    lookup(&f, &first, LOOKUP_FINDINGS_FROM_POINT, 99, "p1x", 0, 0),
	    "zero-days,p2,import,,300,400,0,7,no,open,x");
	facts_close(cursor);
	facts_close(first);
	fixture_close(&f);
}

Test(registry, finds_the_next_parent_at_or_after_a_name)
{
	struct fixture f;
	struct fact_cursor *cursor = NULL;

	start(&f);
	fixture_state(&f, FACT_RELATION, "p1,p2,deduct,0,");
	cr_expect_str_eq(lookup(&f, &cursor, LOOKUP_RELATIONS_FROM_PARENT, 99,
			     "nobody", 0, 0),
	    "p1,p2,deduct,0,");
	cr_expect_str_eq(
	    lookup(&f, &cursor, LOOKUP_RELATIONS_FROM_PARENT, 99, "p1", 0, 0),
	    "p1,p2,deduct,0,");
	cr_expect_str_eq(
	    lookup(&f, &cursor, LOOKUP_RELATIONS_FROM_PARENT, 99, "p2", 0, 0),
	    "");
	facts_close(cursor);
	fixture_close(&f);
}

Test(registry, a_lookup_sees_the_newest_row_up_to_its_entry)
{
	struct fixture f;
	struct fact_cursor *cursor = NULL;

	start(&f);
	fixture_state(&f, FACT_SESSION, "s1,p1,,,100,200,1,"); /* 5 */
	fixture_try(
	    &f, FACT_SESSION, "s1,p1,,,100,200,2,", true, "changed"); /* 6 */
	fixture_try(&f, FACT_SESSION, "s1,p2,,,100,200,2,", true,
	    "changed"); /* 7: it was at the other point */
	cr_assert_str_eq(
	    lookup(&f, &cursor, LOOKUP_SESSIONS_OF_POINT, 5, "p1", 0, 1000),
	    "s1,p1,,,100,200,1,");
	cr_assert_str_eq(
	    lookup(&f, &cursor, LOOKUP_SESSIONS_OF_POINT, 6, "p1", 0, 1000),
	    "s1,p1,,,100,200,2,");
	cr_assert_str_eq(
	    lookup(&f, &cursor, LOOKUP_SESSIONS_OF_POINT, 7, "p1", 0, 1000),
	    "");
	cr_assert_str_eq(
	    lookup(&f, &cursor, LOOKUP_SESSIONS_OF_POINT, 7, "p2", 0, 1000),
	    "s1,p2,,,100,200,2,");
	facts_close(cursor);
	fixture_close(&f);
}

Test(registry, finds_the_rule_document_as_of_the_entry)
{
	struct fixture f;
	struct entry *entry;
	struct handle handle;
	char file[256];
	char *text = NULL;
	int64_t number;

	fixture_new(&f);
	for (int i = 0; i < 2; i++) {
		cr_assert_eq(
		    entry_begin(&entry, f.ledger, ENTRY_RULE, 0, &f.err), 0);
		cr_assert_eq(
		    facts_append_rule(entry, "tariff", "cq",
			i == 0 ? "a.xml" : "b.xml", i == 0 ? "d1" : "d2",
			i == 0 ? "<first/>" : "<second/>", &f.err),
		    0);
		cr_assert_eq(entry_finish(entry, &handle, &f.err), 0);
	}
	cr_assert_eq(rules_find(f.ledger, 1, "tariff", "cq", &text, file,
			 &number, &f.err),
	    0);
	cr_assert_null(text);
	cr_assert_eq(rules_find(f.ledger, 2, "tariff", "cq", &text, file,
			 &number, &f.err),
	    1);
	cr_assert_str_eq(text, "<first/>");
	cr_assert_str_eq(file, "a.xml");
	cr_assert_eq(number, 2);
	free(text);
	cr_assert_eq(rules_find(f.ledger, 9, "tariff", "cq", &text, file,
			 &number, &f.err),
	    1);
	cr_assert_str_eq(text, "<second/>");
	free(text);
	cr_assert_eq(rules_find(f.ledger, 9, "market", "cq", &text, file,
			 &number, &f.err),
	    0);
	fixture_close(&f);
}
