/* mdff_test.c - the fields of NEM12 and NEM13, and days out of records.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <string.h>

#include "format/mdff.h"
#include "format/nem12.h"
#include "reads_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

Test(mdff, takes_numbers_as_meters_write_them)
{
	static const struct {
		const char *text;
		bool sound;
		int64_t value;
		int scale, needed;
	} cases[] = {
	    {"0", true, 0, 0, 0},
	    {"000", true, 0, 0, 0},
	    {"000888", true, 888, 0, 0},
	    {"006342.80", true, 634280, 2, 1},
	    {".005", true, 5, 3, 3},
	    {"0.0", true, 0, 1, 0},
	    {"123456789012345678", true, 123456789012345678, 0, 0},
	    {"0000123456789012345678", true, 123456789012345678, 0, 0},
	    {"1234567890123456789", false, 0, 0, 0},
	    {"", false, 0, 0, 0},
	    {".", false, 0, 0, 0},
	    {"1.", false, 0, 0, 0},
	    {"1.2.3", false, 0, 0, 0},
	    {"-1", false, 0, 0, 0},
	    {"+1", false, 0, 0, 0},
	    {"1e3", false, 0, 0, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t value = -1;
		int scale = -1, needed = -1;
		bool sound =
		    mdff_number(cases[i].text, &value, &scale, &needed);

		cr_expect_eq(sound, cases[i].sound, "%s", cases[i].text);
		if (cases[i].sound) {
			cr_expect_eq(
			    value, cases[i].value, "%s", cases[i].text);
			cr_expect_eq(
			    scale, cases[i].scale, "%s", cases[i].text);
			cr_expect_eq(
			    needed, cases[i].needed, "%s", cases[i].text);
		}
	}
}

Test(mdff, takes_dates_and_times_that_exist)
{
	int64_t local_s;
	int32_t day;

	cr_expect(mdff_date("20240229", &day));
	cr_expect_eq(day, 19782); /* date -ud 2024-02-29 +%s / 86400 */
	cr_expect_not(mdff_date("20250229", &day));
	cr_expect_not(mdff_date("2025022", &day));
	cr_expect_not(mdff_date("202502020", &day));
	cr_expect_not(mdff_date("2025O202", &day));
	cr_expect(mdff_time("202502020801", &local_s));
	cr_expect_eq(local_s, 1738483260); /* date -ud "2025-02-02 08:01" */
	cr_expect(mdff_time("20250202080159", &local_s));
	cr_expect_eq(local_s, 1738483319);
	cr_expect_not(mdff_time("20250202240000", &local_s));
	cr_expect_not(mdff_time("20250202", &local_s));
}

Test(mdff, tells_qualities_and_units)
{
	static const struct {
		const char *flag, *reason;
		char quality; /* 0: a fault */
		const char *method;
	} cases[] = {
	    {"A", "", 'M', ""},
	    {"A", "79", 'M', ""},
	    {"N", "", '.', ""},
	    {"V", "", 'V', ""},
	    {"S14", "89", 'E', "S14.89"},
	    {"E52", "", 'E', "E52"},
	    {"F55", "1", 'E', "F55.1"},
	    {"A14", "", 0, NULL},
	    {"S", "", 0, NULL},
	    {"S1", "", 0, NULL},
	    {"X14", "", 0, NULL},
	    {"", "", 0, NULL},
	    {"a", "", 0, NULL},
	    {"S14", "1000", 0, NULL},
	    {"S14", "x", 0, NULL},
	};
	char method[MDFF_METHOD_MAX], quality;
	bool reactive;
	int power;

	for (size_t i = 0; i < COUNT(cases); i++) {
		int rc = mdff_quality(
		    cases[i].flag, cases[i].reason, &quality, method, NULL);

		cr_expect_eq(rc, cases[i].quality == 0 ? -1 : 0, "%s %s",
		    cases[i].flag, cases[i].reason);
		if (rc == 0 && cases[i].quality != 0) {
			cr_expect_eq(quality, cases[i].quality);
			cr_expect_str_eq(method, cases[i].method);
		}
	}
	cr_expect(mdff_unit("KWH", &power, &reactive));
	cr_expect(power == 0 && !reactive);
	cr_expect(mdff_unit("Wh", &power, &reactive));
	cr_expect(power == -3 && !reactive);
	cr_expect(mdff_unit("mvarh", &power, &reactive));
	cr_expect(power == 3 && reactive);
	cr_expect_not(mdff_unit("kW", &power, &reactive));
	cr_expect_not(mdff_unit("", &power, &reactive));
}

/* Every name is a point of its own. */
static int
find(void *context, const char *scheme, const char *name, int64_t at_utc,
    char point[ID_MAX + 1], struct qf_error *err)
{
	(void)context;
	(void)at_utc;
	(void)err;
	cr_assert_str_eq(scheme, "nmi");
	memcpy(point, name, strlen(name) + 1);
	return 1;
}

/* A 300 record of 48 values: all 1 but the first, which is "first". */
static void
add_day(struct buf *out, const char *date, const char *first, const char *rest)
{
	buf_printf(out, "300,%s,%s", date, first);
	for (int i = 1; i < 48; i++) {
		buf_add_string(out, ",1");
	}
	buf_printf(out, ",%s\n", rest);
}

/* The days of a file in a zone, as text. */
static void
read_days(struct buf *out, const char *text, const char *zone_name)
{
	struct faults *faults = faults_new("f"), *notes = faults_new("f");
	struct finder finder = {.find = find};
	struct mdff_config config = {.offset_s = MDFF_OFFSET_S,
	    .finder = &finder,
	    .faults = faults,
	    .notes = notes};
	int fd = file_of(text), rc;
	struct read_source source;
	struct gather_day *day;
	struct gather *gather;
	struct nem12 *nem12;
	struct zone *zone;
	struct qf_error err;

	cr_assert_eq(zone_load(&zone, zone_name, &err), 0);
	config.zone = zone;
	cr_assert_eq(nem12_open(&nem12, fd, "f", &config, &err), 0);
	source = nem12_source(nem12);
	gather = gather_new(&source, GATHER_SORTED, zone, faults);
	while ((rc = gather_next(gather, &day, &err)) == 1) {
		render_day(out, day);
	}
	cr_expect_eq(rc, 0, "%s", err.text);
	render_faults(out, faults);
	gather_free(gather);
	nem12_close(nem12);
	faults_free(faults);
	faults_free(notes);
	zone_free(zone);
	close(fd);
}

/* In Perth, two hours behind market time, the day of the file, from
 * 2004-04-01T14:00Z on, begins at 22:00 of the day before, whose midnight was
 * 2004-03-31T16:00Z = 1080748800.  2500 Wh are 2.5 kWh, 1 Wh is 0.001. */
Test(mdff, puts_a_day_of_market_time_into_parts_of_local_days)
{
	struct buf file, got, want;

	buf_init(&file, 1 << 20);
	buf_init(&got, 1 << 20);
	buf_init(&want, 1 << 20);
	buf_add_string(&file, "100,NEM12,200404030000,M,R\n"
			      "200,N1,E1,1,E1,,M,Wh,30,\n");
	add_day(&file, "20040402", "2500", "A");
	buf_add_string(&file, "900\n");
	read_days(&got, file.bytes, "Australia/Perth");
	buf_add_string(&want,
	    "12509 import N1:E1 /3 @44 of 48 2500,1,1,1 MMMM - rows=1 line=3 "
	    "start=1080748800\n"
	    "12510 import N1:E1 /3 @0 of 48 1");
	for (int i = 1; i < 44; i++) {
		buf_add_string(&want, ",1");
	}
	buf_add_char(&want, ' ');
	for (int i = 0; i < 44; i++) {
		buf_add_char(&want, 'M');
	}
	buf_add_string(&want, " - rows=1 line=3 start=1080835200\n");
	cr_expect_str_eq(got.bytes, want.bytes);
	buf_release(&file);
	buf_release(&got);
	buf_release(&want);
}
