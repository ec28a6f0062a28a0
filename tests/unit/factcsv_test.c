/* factcsv_test.c - rows as facts: every type of column, what it becomes and
 * what it refuses; headers told apart; declarations; faults in order.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "format/factcsv.h"
#include "reads_fixture.h"

/* What comes out of a file of facts in Oslo: facts as "line value|value",
 * then faults. */
static void
render_facts(struct buf *out, const char *text)
{
	struct csv_config config = {0};
	struct faults *faults = faults_new("f.csv");
	struct factcsv *facts;
	struct csv_reader *csv;
	const struct fact *fact;
	struct qf_error err;
	struct sniff kind;
	struct zone *zone;
	int fd = file_of(text), rc;

	cr_assert_eq(zone_load(&zone, "Europe/Oslo", &err), 0);
	cr_assert_eq(
	    sniff_fd(&kind, fd, "f.csv", TEXT_UTF8, &err), 0, "%s", err.text);
	cr_assert_eq(kind.format, SNIFF_FACTS);
	cr_assert_eq(csv_open(&csv, fd, "f.csv", &config, &err), 0);
	facts = factcsv_new(csv, kind.facts, zone, faults);
	while ((rc = factcsv_next(facts, &fact, &err)) == 1) {
		buf_printf(out, "%zu ", fact->line_no);
		for (size_t i = 0; i < fact->format->column_count; i++) {
			const struct fact_value *value = &fact->values[i];

			if (value->is == FACT_IS_TEXT) {
				cr_expect_eq(
				    value->length, strlen(value->text));
				buf_printf(out, "%s|", value->text);
			} else if (value->is == FACT_IS_INTEGER) {
				buf_printf(
				    out, "%lld|", (long long)value->integer);
			} else {
				buf_printf(out, "~|");
			}
		}
		buf_add_char(out, '\n');
	}
	cr_assert_eq(rc, 0);
	render_faults(out, faults);
	factcsv_free(facts);
	csv_close(csv);
	faults_free(faults);
	zone_free(zone);
	close(fd);
}

struct example {
	const char *in, *out;
};

static void
expect_facts(const struct example *examples, size_t count)
{
	struct buf out;

	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < count; i++) {
		buf_clear(&out);
		render_facts(&out, examples[i].in);
		cr_expect_str_eq(out.bytes, examples[i].out,
		    "%s\n-- gave --\n%s", examples[i].in, out.bytes);
	}
	buf_release(&out);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define PARTY "party,kind,name_zh,name_en,from,to\n"
#define SESSION "session,point,vehicle,party,start,end,import_kwh,export_kwh\n"
#define CONTRACT                                                       \
	"contract,leg,point,payer,payee,account,tariff,basis,voltage," \
	"user_class,type,options,cycle,from,to\n"
#define PRICE "price_table,month,user_class,type,voltage,item,price,unit,tax\n"

/* 1735686000 is 2025-01-01T00:00 in Oslo (date -d '2025-01-01 +0100' +%s). */
Test(factcsv, takes_every_type_of_value)
{
	static const struct example examples[] = {
	    {PARTY "a,owner,重庆,\" x, y\",2025-01-01,\n",
		"2 a|owner|重庆| x, y|1735686000|~|\n"},
	    {PARTY "a,owner,,,2025-01-01 00:00,2025-01-01T00:00:00Z\n",
		"2 a|owner|~|~|1735686000|1735689600|\n"},
	    {SESSION "s,p,,,2025-01-01T00:00,2025-01-01T01:00+01:00,1.10,-0\n",
		"2 s|p|~|~|1735686000|1735689600|1.10|0|\n"},
	    {CONTRACT "c,l,p,@session,q,,t,sessions,,,,a=1 b-2=x;y,month,"
		      "2025-01-01,\n",
		"2 c|l|p|@session|q|~|t|sessions|~|~|~|a=1 b-2=x;y|month|"
		"1735686000|~|\n"},
	    {PRICE "t,2025-02,,,,peak,-0.5,kwh,included\n",
		"2 t|202502|~|~|~|peak|-0.5|kwh|included|\n"},
	    {"calendar,day,kind,name\ncn,2025-02-01,rest,\n",
		"2 cn|20120|rest|~|\n"},
	};

	expect_facts(examples, COUNT(examples));
}

Test(factcsv, refuses_what_is_no_value_of_its_column)
{
	static const struct example examples[] = {
	    {PARTY ",owner,,,,\n",
		"2 party fact-empty empty, but must be given\n"
		"2 from fact-empty empty, but must be given\n"},
	    {PARTY "-a,owner,,,2025-01-01,\n",
		"2 party fact-id \"-a\": not an identifier (letters, digits "
		"and . _ : -, beginning with letter or digit, at most 64)\n"},
	    {PARTY "a,Owner,,,2025-01-01,\n",
		"2 kind fact-word \"Owner\": not one of: operator customer "
		"aggregator grid market owner person\n"},
	    {PARTY "a,own,,,2025-01-01,\n",
		"2 kind fact-word \"own\": not one of: operator customer "
		"aggregator grid market owner person\n"},
	    {PARTY "a,owner,,,2025-10-26T02:30,\n",
		"2 from time-ambiguous \"2025-10-26T02:30\": the clocks of "
		"Europe/Oslo showed this twice; write it with its offset\n"},
	    {PARTY "a,owner,,,2025-03-30T02:30,\n",
		"2 from time-missing \"2025-03-30T02:30\": the clocks of "
		"Europe/Oslo never showed this\n"},
	    {PARTY "@session,owner,,,2025-01-01,\n",
		"2 party fact-id \"@session\": not an identifier (letters, "
		"digits and . _ : -, beginning with letter or digit, at most "
		"64)\n"},
	    {SESSION "s,p,,,2025-01-01,2025-01-02,1,\n",
		"2 start time-syntax \"2025-01-01\": not of the form "
		"YYYY-MM-DDTHH:MM[:SS][Z|+HH:MM]\n"
		"2 end time-syntax \"2025-01-02\": not of the form "
		"YYYY-MM-DDTHH:MM[:SS][Z|+HH:MM]\n"},
	    {SESSION "s,p,,,2025-01-01T00:00,2025-01-01T01:00,-1,1e2\n",
		"2 import_kwh fact-negative \"-1\": must not be negative\n"
		"2 export_kwh decimal-exponent \"1e2\": a number with an "
		"exponent\n"},
	    {CONTRACT "c,l,p,q,r,,t,sessions,,,,a=1  b=2,month,2025-01-01,\n",
		"2 options fact-options \"a=1  b=2\": not of the form "
		"\"name=value name=value\"\n"},
	    {CONTRACT "c,l,p,q,r,,t,sessions,,,,=1,month,2025-01-01,\n",
		"2 options fact-options \"=1\": not of the form "
		"\"name=value name=value\"\n"},
	    {CONTRACT "c,l,p,q,r,,t,sessions,,,,a=,month,2025-01-01,\n",
		"2 options fact-options \"a=\": not of the form "
		"\"name=value name=value\"\n"},
	};

	expect_facts(examples, COUNT(examples));
}

Test(factcsv, goes_on_after_a_bad_row)
{
	static const struct example examples[] = {
	    {PARTY "a,owner\nb,owner,,,2025-01-01,\n\x01,owner,,,x,\n"
		   "c,owner,,,2025-01-01,\n",
		"3 b|owner|~|~|1735686000|~|\n5 c|owner|~|~|1735686000|~|\n"
		"2 - csv-columns short row: 2 columns instead of 6\n"
		"4 - csv-control party: control character 0x01\n"},
	};

	expect_facts(examples, COUNT(examples));
}

/* Faults ------------------------------------------------------------------ */

Test(faults, come_back_by_line_and_are_more_than_memory_holds)
{
	enum { LINES = 20000 };
	struct faults *faults = faults_new("f.csv");
	struct qf_error err, reason;
	struct fault fault;
	size_t i;

	qf_fail(&reason, QF_DATA, "code", "f.csv:9: x: what");
	for (i = LINES; i > 0; i--) {
		cr_assert_eq(
		    faults_add(faults, i, "c", &err, "code", "number %zu", i),
		    0);
	}
	cr_assert_eq(faults_add_echo(faults, 3, 2, &reason, &err), 0);
	cr_assert_eq(faults_count(faults), LINES);
	cr_assert_eq(faults_finish(faults, &err), 0);
	for (i = 1; i <= LINES; i++) {
		cr_assert_eq(faults_next(faults, &fault, &err), 1);
		cr_assert_eq(fault.line_no, i);
		cr_assert(!fault.echo);
		if (i == 3) {
			cr_assert_eq(faults_next(faults, &fault, &err), 1);
			cr_assert(fault.echo);
			cr_assert_str_eq(fault.what, "with line 2: x: what");
		}
	}
	cr_assert_eq(faults_next(faults, &fault, &err), 0);
	faults_free(faults);
}

/* Declarations ------------------------------------------------------------ */

Test(declare, reads_lines_and_what_is_given_beside)
{
	static const char *const one[] = {
	    "# a comment", "#minutes=15  side=secondary"};
	struct declaration declared;
	struct qf_error err;

	cr_assert_eq(declare_reads(&declared, one, 2,
			 "label=end quantity=kw side=secondary", "f", &err),
	    0);
	cr_expect_eq(declared.quantity, QUANTITY_KW);
	cr_expect_eq(declared.side, SIDE_SECONDARY);
	cr_expect_eq(declared.label, LABEL_END);
	cr_expect_eq(declared.minutes, 15);
	cr_expect_str_eq(
	    declared.text, "quantity=kw side=secondary label=end minutes=15");
}

Test(declare, takes_the_divisors_of_an_hour_as_minutes)
{
	char text[64], given[128];
	struct declaration declared;
	struct qf_error err;
	int minutes;

	for (minutes = 0; minutes <= 120; minutes++) {
		snprintf(text, sizeof(text), "minutes=%d", minutes);
		snprintf(given, sizeof(given),
		    "quantity=kwh side=primary label=start %s", text);
		cr_expect_eq(
		    declare_reads(&declared, NULL, 0, given, "f", &err),
		    minutes >= 1 && minutes <= 60 && 60 % minutes == 0 ? 0 : -1,
		    "%s", text);
	}
}

/* Headers ----------------------------------------------------------------- */

Test(sniff, tells_every_format_by_its_header)
{
	struct qf_error err;
	struct sniff kind;
	struct buf text;
	int fd, i;

	buf_init(&text, 4096);
	for (i = 0; i < FACT_KINDS; i++) {
		const struct fact_format *format =
		    fact_format((enum fact_kind)i);

		buf_clear(&text);
		for (size_t j = 0; j < format->column_count; j++) {
			buf_printf(&text, "%s%s", j == 0 ? "" : ",",
			    format->columns[j].name);
		}
		buf_add_char(&text, '\n');
		fd = file_of(text.bytes);
		cr_expect_eq(sniff_fd(&kind, fd, "f", TEXT_UTF8, &err), 0);
		cr_expect_eq(kind.format, SNIFF_FACTS);
		cr_expect_eq(kind.facts, format);
		cr_expect_eq(sniff_rank(&kind), i);
		cr_expect_eq(lseek(fd, 0, SEEK_CUR), 0);
		close(fd);
	}
	buf_release(&text);
}

Test(sniff, takes_wide_files_of_23_to_1500_values)
{
	struct qf_error err;
	struct sniff kind;
	struct buf text;
	size_t count;
	int fd;

	buf_init(&text, 1 << 16);
	for (count = 22; count <= 1501; count += count == 100 ? 1400 : 1) {
		buf_clear(&text);
		buf_add_string(&text, "point,channel,day");
		for (size_t i = 1; i <= count; i++) {
			buf_printf(&text, ",v%zu", i);
		}
		buf_add_char(&text, '\n');
		fd = file_of(text.bytes);
		cr_expect_eq(sniff_fd(&kind, fd, "f", TEXT_UTF8, &err),
		    count >= 23 && count <= 1500 ? 0 : -1, "%zu", count);
		if (count >= 23 && count <= 1500) {
			cr_expect_eq(kind.format, SNIFF_READS_WIDE);
			cr_expect_eq(kind.value_count, count);
		}
		close(fd);
	}
	buf_release(&text);
}

Test(sniff, takes_a_tag_after_blanks_and_a_byte_order_mark_for_xml)
{
	static const char *const texts[] = {
	    "<tariff/>", "\xef\xbb\xbf<tariff/>", "\n \t\r\n<tariff/>"};
	struct qf_error err;
	struct sniff kind;
	size_t i;
	int fd;

	for (i = 0; i < COUNT(texts); i++) {
		fd = file_of(texts[i]);
		cr_expect_eq(sniff_fd(&kind, fd, "f", TEXT_UTF8, &err), 0);
		cr_expect_eq(kind.format, SNIFF_RULE);
		close(fd);
	}
}
