/* gather_test.c - rows of reads as days: order, duplicates, scales, clock
 * changes, and all that can be wrong with a row.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "reads_fixture.h"

#define HOURLY "quantity=kwh side=primary label=start minutes=60"
#define HOURLY_END "quantity=kwh side=primary label=end minutes=60"
#define READINGS "quantity=register side=secondary label=start minutes=60"
#define READINGS_END "quantity=register side=secondary label=end minutes=60"
#define SHANGHAI "Asia/Shanghai"
#define OSLO "Europe/Oslo"
#define LONG "point,channel,time,value\n"
#define LONG_QUALITY "point,channel,time,value,quality,method\n"

/* 2025-02-01 is day 20120; it begins at 1738339200 in Shanghai
 * (date -d '2025-02-01 00:00 +0800' +%s). */

struct example {
	const char *in, *declaration, *zone, *out;
};

static void
expect(const struct example *examples, size_t count, enum gather_mode mode)
{
	struct buf out;
	size_t i;

	buf_init(&out, 1 << 20);
	for (i = 0; i < count; i++) {
		const struct example *e = &examples[i];

		buf_clear(&out);
		render_reads(&out, e->in, e->declaration, e->zone, mode);
		cr_expect_str_eq(
		    out.bytes, e->out, "%s\n-- gave --\n%s", e->in, out.bytes);
	}
	buf_release(&out);
}

#define EXPECT(examples, mode) \
	expect(examples, sizeof(examples) / sizeof((examples)[0]), mode)

/* Rows that are sound; the same must come out in order and sorted. */
static const struct example sound[] = {
    {LONG "P1,import,2025-02-01 00:00,1.50\nP1,import,2025-02-01 01:00,2\n"
	  "P2,import,2025-02-01T23:00:00,0\n",
	HOURLY, SHANGHAI,
	"20120 import P1 /1 @0 of 24 15,20 MM - rows=2 line=2 "
	"start=1738339200\n"
	"20120 import P2 /0 @23 of 24 0 M - rows=1 line=4 start=1738339200\n"},
    /* The scale is the smallest that holds all values of the day. */
    {LONG "P1,import,2025-02-01 00:00,1.500\n"
	  "P1,import,2025-02-01 01:00,2.25\nP1,import,2025-02-01 02:00,3\n",
	HOURLY, SHANGHAI,
	"20120 import P1 /2 @0 of 24 150,225,300 MMM - rows=3 line=2 "
	"start=1738339200\n"},
    /* A time that labels the end: 24:00 is the last interval of its day, 00:00
     * the last of the day before. */
    {LONG "P1,import,2025-02-01 00:00,7\nP1,import,2025-02-01 01:00,1\n"
	  "P1,import,2025-02-01 24:00,2\n",
	HOURLY_END, SHANGHAI,
	"20119 import P1 /0 @23 of 24 7 M - rows=1 line=2 start=1738252800\n"
	"20120 import P1 /0 @0 of 24 1,,,,,,,,,,,,,,,,,,,,,,,2 "
	"M......................M - rows=2 line=3 start=1738339200\n"},
    /* A reading is of its instant, whatever the label. */
    {LONG "P1,import,2025-02-01 01:00,100.5\n"
	  "P1,import,2025-02-01 24:00,101.5\n",
	READINGS_END, SHANGHAI,
	"20120 import P1 /1 @1 of 24 1005 M - rows=1 line=2 start=1738339200\n"
	"20121 import P1 /1 @0 of 24 1015 M - rows=1 line=3 "
	"start=1738425600\n"},
    /* Offsets name each hour of a day of 25 hours; it began at
     * 2025-10-25T22:00Z. */
    {LONG "P1,import,2025-10-26T02:00:00+02:00,1\n"
	  "P1,import,2025-10-26T02:00:00+01:00,2\n"
	  "P1,import,2025-10-26 03:00,3\nP1,import,2025-10-26 23:00,4\n",
	HOURLY, OSLO,
	"20387 import P1 /0 @2 of 25 1,2,3,,,,,,,,,,,,,,,,,,,,4 "
	"MMM...................M - rows=4 line=2 start=1761429600\n"},
    /* A day of 23 hours. */
    {LONG "P1,import,2025-03-30 01:00,1\nP1,import,2025-03-30 03:00,2\n",
	HOURLY, OSLO,
	"20177 import P1 /0 @1 of 23 1,2 MM - rows=2 line=2 "
	"start=1743289200\n"},
    /* An empty value says nothing; withdrawn says that none holds. */
    {LONG_QUALITY "P1,import,2025-02-01 00:00,,,\n"
		  "P1,import,2025-02-01 01:00,,withdrawn,\n"
		  "P1,import,2025-02-01 02:00,1,estimated,profile\n"
		  "P1,import,2025-02-01 03:00,2,measured,\n",
	HOURLY, SHANGHAI,
	"20120 import P1 /0 @1 of 24 ,1,2 WEM profile rows=3 line=3 "
	"start=1738339200\n"},
    /* The same again on a later line is repeated. */
    {LONG "P1,import,2025-02-01 00:00,1.5\n"
	  "P1,import,2025-02-01 00:00,1.50\n",
	HOURLY, SHANGHAI,
	"20120 import P1 /1 @0 of 24 15 M - rows=1 line=2 start=1738339200\n"
	"repeated 1\n"},
    /* Exports come before imports, as their names sort. */
    {LONG "P1,export,2025-02-01 00:00,1\nP1,import,2025-02-01 00:00,2\n",
	HOURLY, SHANGHAI,
	"20120 export P1 /0 @0 of 24 1 M - rows=1 line=2 start=1738339200\n"
	"20120 import P1 /0 @0 of 24 2 M - rows=1 line=3 "
	"start=1738339200\n"},
};

Test(gather, puts_long_rows_together_in_order)
{
	EXPECT(sound, GATHER_IN_ORDER);
}

Test(gather, puts_long_rows_together_sorted)
{
	EXPECT(sound, GATHER_SORTED);
}

Test(gather, says_that_rows_are_not_in_order)
{
	static const struct example examples[] = {
	    {LONG "P2,import,2025-02-01 00:00,1\n"
		  "P1,import,2025-02-01 00:00,2\n",
		HOURLY, SHANGHAI, "gather-disorder (disordered)\n"},
	};

	EXPECT(examples, GATHER_IN_ORDER);
}

Test(gather, sorts_rows_of_any_order)
{
	static const struct example examples[] = {
	    {LONG "P2,import,2025-02-01 01:00,4\n"
		  "P1,import,2025-02-02 00:00,5\n"
		  "P1,import,2025-02-01 01:00,2.5\n"
		  "P2,import,2025-02-01 00:00,3\n"
		  "P1,import,2025-02-01 00:00,1\n",
		HOURLY, SHANGHAI,
		"20120 import P1 /1 @0 of 24 10,25 MM - rows=2 line=4 "
		"start=1738339200\n"
		"20120 import P2 /0 @0 of 24 3,4 MM - rows=2 line=2 "
		"start=1738339200\n"
		"20121 import P1 /0 @0 of 24 5 M - rows=1 line=3 "
		"start=1738425600\n"},
	};

	EXPECT(examples, GATHER_SORTED);
}

Test(gather, takes_neither_of_two_rows_that_differ)
{
	static const struct example examples[] = {
	    {LONG "P1,import,2025-02-01 00:00,1\n"
		  "P1,import,2025-02-01 01:00,2\n"
		  "P1,import,2025-02-01 00:00,3\n"
		  "P1,import,2025-02-01 00:00,3\n",
		HOURLY, SHANGHAI,
		"20120 import P1 /0 @1 of 24 2 M - rows=1 line=2 "
		"start=1738339200\n"
		"2 - read-duplicate P1 import: the interval at "
		"2025-02-01T00:00:00 is on line 4 too, with other content\n"
		"4 - read-duplicate P1 import: the interval at "
		"2025-02-01T00:00:00 is on line 2 too, with other content\n"
		"5 - read-duplicate P1 import: the interval at "
		"2025-02-01T00:00:00 is on line 2 too, with other content\n"},
	};

	EXPECT(examples, GATHER_IN_ORDER);
	EXPECT(examples, GATHER_SORTED);
}

Test(gather, refuses_each_kind_of_bad_row)
{
	static const struct example examples[] = {
	    {LONG "P 1,import,2025-02-01 00:00,1\n", HOURLY, SHANGHAI,
		"2 point fact-id \"P 1\": not an identifier of a point\n"},
	    {LONG "P1,up,2025-02-01 00:00,1\n", HOURLY, SHANGHAI,
		"2 channel read-channel \"up\": not one of: import export "
		"import-reactive export-reactive\n"},
	    {LONG "P1,import,2025-02-01 00:10,1\n", HOURLY, SHANGHAI,
		"2 time read-grid \"2025-02-01 00:10\": not on the grid of 60 "
		"minutes\n"},
	    {LONG "P1,import,2025-02-01 24:00,1\n", HOURLY, SHANGHAI,
		"2 time read-end-of-day \"2025-02-01 24:00\": 24:00 where the "
		"file declares label=start\n"},
	    {LONG "P1,import,2025-02-30 00:00,1\n", HOURLY, SHANGHAI,
		"2 time time-range \"2025-02-30 00:00\": does not exist in the "
		"calendar or on the clock\n"},
	    {LONG "P1,import,2025-10-26 02:00,1\n", HOURLY, OSLO,
		"2 time time-ambiguous \"2025-10-26 02:00\": the clocks of "
		"Europe/Oslo showed this twice; write it with its offset\n"},
	    {LONG "P1,import,2025-03-30 02:00,1\n", HOURLY, OSLO,
		"2 time time-missing \"2025-03-30 02:00\": the clocks of "
		"Europe/Oslo never showed this\n"},
	    {LONG "P1,import,2025-02-01 00:00,-1\n", HOURLY, SHANGHAI,
		"2 value read-negative \"-1\": negative; what flows the other "
		"way is the other channel's\n"},
	    {LONG "P1,import,2025-02-01 00:00,-0.5\n", READINGS, SHANGHAI,
		"2 value read-negative \"-0.5\": negative; what flows the "
		"other way is the other channel's\n"},
	    {LONG "P1,import,2025-02-01 00:00,1e3\n", HOURLY, SHANGHAI,
		"2 value decimal-exponent \"1e3\": a number with an "
		"exponent\n"},
	    {LONG "P1,import,2025-02-01 00:00,\xef\xbc\x91\n", HOURLY, SHANGHAI,
		"2 value decimal-fullwidth \"\xef\xbc\x91\": full-width "
		"characters in a number\n"},
	    {LONG "P1,import,2025-02-01 00:00,0.1234567891\n", HOURLY, SHANGHAI,
		"2 value read-scale \"0.1234567891\": more than 9 digits after "
		"the point\n"},
	    {LONG "P1,import,2025-02-01 00:00,1234567890123456789\n", HOURLY,
		SHANGHAI,
		"2 value read-range \"1234567890123456789\": more than 18 "
		"digits\n"},
	    {LONG "P1,import,2025-02-01 00:00,999999999999999999\n"
		  "P1,import,2025-02-01 01:00,0.123456789\n",
		HOURLY, SHANGHAI,
		"20120 import P1 /0 @0 of 24 999999999999999999 M - rows=1 "
		"line=2 start=1738339200\n"
		"3 - read-range too many digits together with the other values "
		"of its day\n"},
	};

	EXPECT(examples, GATHER_IN_ORDER);
	EXPECT(examples, GATHER_SORTED);
}

Test(gather, refuses_qualities_that_do_not_fit_the_value)
{
	static const struct example examples[] = {
	    {LONG_QUALITY "P1,import,2025-02-01 00:00,1,good,\n", HOURLY,
		SHANGHAI,
		"2 quality read-quality \"good\": not one of: measured "
		"estimated withdrawn\n"},
	    {LONG_QUALITY "P1,import,2025-02-01 00:00,1,estimated,\n", HOURLY,
		SHANGHAI,
		"2 quality read-method \"\": an estimated value names its "
		"method, an identifier\n"},
	    {LONG_QUALITY "P1,import,2025-02-01 00:00,1,,profile\n", HOURLY,
		SHANGHAI,
		"2 quality read-method only an estimated value has a "
		"method\n"},
	    {LONG_QUALITY "P1,import,2025-02-01 00:00,1,withdrawn,\n", HOURLY,
		SHANGHAI,
		"2 value read-value must be empty where the quality is "
		"withdrawn\n"},
	    {LONG_QUALITY "P1,import,2025-02-01 00:00,1,estimated,a\n"
			  "P1,import,2025-02-01 01:00,1,estimated,b\n",
		HOURLY, SHANGHAI,
		"20120 import P1 /0 @0 of 24 1 E a rows=1 line=2 "
		"start=1738339200\n"
		"3 - read-method another method than that of earlier rows of "
		"its day\n"},
	    {LONG "P1,import,2025-02-01 00:00\n", HOURLY, SHANGHAI,
		"2 - csv-columns short row: 3 columns instead of 4\n"},
	};

	EXPECT(examples, GATHER_IN_ORDER);
	EXPECT(examples, GATHER_SORTED);
}

Test(gather, tells_of_all_columns_of_a_row)
{
	static const struct example examples[] = {
	    {LONG "-,up,now,1,\n-,up,now,x\n", HOURLY, SHANGHAI,
		"2 - csv-columns long row: 5 columns instead of 4\n"
		"3 point fact-id \"-\": not an identifier of a point\n"
		"3 channel read-channel \"up\": not one of: import export "
		"import-reactive export-reactive\n"
		"3 time time-syntax \"now\": not of the form "
		"YYYY-MM-DDTHH:MM[:SS][Z|+HH:MM]\n"
		"3 value decimal-syntax \"x\": not a decimal number\n"},
	};

	EXPECT(examples, GATHER_IN_ORDER);
}

/* Wide files of hours: v1 to v23, v24 or v25. */

#define V23                                                                   \
	"v1,v2,v3,v4,v5,v6,v7,v8,v9,v10,v11,v12,v13,v14,v15,v16,v17,v18,v19," \
	"v20,v21,v22,v23"
#define WIDE23 "point,channel,day," V23 "\n"
#define WIDE24 "point,channel,day," V23 ",v24\n"
#define WIDE24_QUALITY "point,channel,day,quality,method," V23 ",v24\n"
#define WIDE25 "point,channel,day," V23 ",v24,v25\n"
#define C20 ",1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20"
#define N20 "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20"
#define EMPTY20 ",,,,,,,,,,,,,,,,,,,,"
#define M20 "MMMMMMMMMMMMMMMMMMMM"

static const struct example wide[] = {
    {WIDE24 "P1,import,2025-02-01" C20 ",21,22,23,24\n", HOURLY, SHANGHAI,
	"20120 import P1 /0 @0 of 24 " N20 ",21,22,23,24 " M20
	"MMMM - rows=1 line=2 start=1738339200\n"},
    /* v1 is the first interval under either label. */
    {WIDE24 "P1,import,2025-02-01" C20 ",21,22,23,24.5\n", HOURLY_END, SHANGHAI,
	"20120 import P1 /1 @0 of 24 "
	"10,20,30,40,50,60,70,80,90,100,110,120,130,140,150,160,170,180,190,"
	"200,210,220,230,245 " M20 "MMMM - rows=1 line=2 start=1738339200\n"},
    {WIDE23 "P1,import,2025-03-30" C20 ",21,22,23\n", HOURLY, OSLO,
	"20177 import P1 /0 @0 of 23 " N20 ",21,22,23 " M20
	"MMM - rows=1 line=2 start=1743289200\n"},
    {WIDE25 "P1,import,2025-10-26" C20 ",21,22,23,24,25\n", HOURLY, OSLO,
	"20387 import P1 /0 @0 of 25 " N20 ",21,22,23,24,25 " M20
	"MMMMM - rows=1 line=2 start=1761429600\n"},
    {WIDE24 "P1,import,2025-02-01" EMPTY20 ",5,,,\n", HOURLY, SHANGHAI,
	"20120 import P1 /0 @20 of 24 5 M - rows=1 line=2 "
	"start=1738339200\n"},
    {WIDE24 "P1,import,2025-02-01" EMPTY20 ",,,,\n", HOURLY, SHANGHAI, ""},
    /* A row that is repeated, and one that adds to another. */
    {WIDE24 "P1,import,2025-02-01" C20 ",21,22,,\n"
	    "P1,import,2025-02-01" C20 ",21,22,,\n"
	    "P1,import,2025-02-01" EMPTY20 ",,,23,24\n",
	HOURLY, SHANGHAI,
	"20120 import P1 /0 @0 of 24 " N20 ",21,22,23,24 " M20
	"MMMM - rows=2 line=2 start=1738339200\nrepeated 1\n"},
    {WIDE24_QUALITY "P1,import,2025-02-01,withdrawn," EMPTY20 ",,,,\n", HOURLY,
	SHANGHAI,
	"20120 import P1 /0 @0 of 24 ,,,,,,,,,,,,,,,,,,,,,,, "
	"WWWWWWWWWWWWWWWWWWWWWWWW - rows=1 line=2 start=1738339200\n"},
    {WIDE24_QUALITY "P1,import,2025-02-01,estimated,flat" EMPTY20 ",1,,,\n",
	HOURLY, SHANGHAI,
	"20120 import P1 /0 @20 of 24 1 E flat rows=1 line=2 "
	"start=1738339200\n"},
    /* Readings at the ends of intervals: the last is at the next day's
     * start. */
    {WIDE24 "P1,import,2025-02-01" C20 ",21,22,23,24\n", READINGS_END, SHANGHAI,
	"20120 import P1 /0 @1 of 24 " N20 ",21,22,23 " M20
	"MMM - rows=1 line=2 start=1738339200\n"
	"20121 import P1 /0 @0 of 24 24 M - rows=1 line=2 "
	"start=1738425600\n"},
};

Test(gather, reads_wide_rows_in_order)
{
	EXPECT(wide, GATHER_IN_ORDER);
}

Test(gather, reads_wide_rows_sorted)
{
	EXPECT(wide, GATHER_SORTED);
}

Test(gather, refuses_each_kind_of_bad_wide_row)
{
	static const struct example examples[] = {
	    {WIDE24 "P1,import,2025-03-30" C20 ",21,22,23,24\n", HOURLY, OSLO,
		"2 day read-width 2025-03-30: 24 values in a row, but this day "
		"has 23 intervals of 60 minutes\n"},
	    {WIDE24 "P1,import,2025-02-01" C20 ",21,22,23,24\n",
		"quantity=kwh side=primary label=start minutes=15", SHANGHAI,
		"2 day read-width 2025-02-01: 24 values in a row, but this day "
		"has 96 intervals of 15 minutes\n"},
	    {WIDE24 "P1,import,2025-2-1" C20 ",21,22,23,24\n", HOURLY, SHANGHAI,
		"2 day date-syntax \"2025-2-1\": not of the form "
		"YYYY-MM-DD\n"},
	    {WIDE24 "P1,import,2025-02-01" C20 ",x,22,-1,1e1\n", HOURLY,
		SHANGHAI,
		"2 v21 decimal-syntax \"x\": not a decimal number\n"
		"2 v23 read-negative \"-1\": negative; what flows the other "
		"way is the other channel's\n"
		"2 v24 decimal-exponent \"1e1\": a number with an "
		"exponent\n"},
	    {WIDE24_QUALITY "P1,import,2025-02-01,withdrawn," EMPTY20 ",1,,,\n",
		HOURLY, SHANGHAI,
		"2 v21 read-value must be empty where the quality is "
		"withdrawn\n"},
	    {WIDE24 "P1,import,2025-02-01" C20 ",21,22,23,24\n"
		    "P1,import,2025-02-01" C20 ",21,22,23,25\n",
		HOURLY, SHANGHAI,
		"2 - read-duplicate P1 import: the interval at "
		"2025-02-01T23:00:00 is on line 3 too, with other content\n"
		"3 - read-duplicate P1 import: the interval at "
		"2025-02-01T23:00:00 is on line 2 too, with other content\n"},
	};

	EXPECT(examples, GATHER_IN_ORDER);
	EXPECT(examples, GATHER_SORTED);
}
