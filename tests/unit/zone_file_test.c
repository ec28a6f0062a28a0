/* zone_file_test.c - TZif files, damaged and made up.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/zone_file.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define FILE_MAX 65536
#define HEADER_LENGTH 44

/* The system's file of Berlin: its table ends in 2037, and it has a rule. */
static size_t
read_berlin(unsigned char *bytes)
{
	FILE *file = fopen("/usr/share/zoneinfo/Europe/Berlin", "rb");
	size_t length;

	cr_assert_not_null(file);
	length = fread(bytes, 1, FILE_MAX, file);
	fclose(file);
	cr_assert(length > 2 * HEADER_LENGTH && length < FILE_MAX);
	return length;
}

Test(zone_file, refuses_every_file_that_is_cut_short)
{
	static unsigned char bytes[FILE_MAX];
	size_t length = read_berlin(bytes);
	struct zone_file file;

	cr_assert_null(zone_file_parse(&file, bytes, length));
	zone_file_release(&file);
	for (size_t cut = 0; cut < length; cut++) {
		cr_assert_not_null(zone_file_parse(&file, bytes, cut));
	}
}

Test(zone_file, survives_any_wrong_byte)
{
	static const unsigned char wrong[] = {0, 1, 0x7f, 0x80, 0xff};
	static unsigned char bytes[FILE_MAX];
	size_t length = read_berlin(bytes);
	size_t refused = 0;

	for (size_t i = 0; i < length; i++) {
		unsigned char right = bytes[i];

		for (size_t k = 0; k < COUNT(wrong); k++) {
			struct zone_file file;

			bytes[i] = wrong[k];
			if (zone_file_parse(&file, bytes, length) == NULL) {
				zone_file_release(&file);
			} else {
				refused++;
			}
		}
		bytes[i] = right;
	}
	cr_expect_gt(refused, length / 4);
}

/* The block of 64-bit times, behind its header. */
static unsigned char *
second_block(unsigned char *bytes, size_t length)
{
	unsigned char *p = memmem(bytes + 4, length - 4, "TZif", 4);

	cr_assert_not_null(p);
	return p + HEADER_LENGTH;
}

Test(zone_file, refuses_a_table_out_of_order)
{
	static unsigned char bytes[FILE_MAX];
	size_t length = read_berlin(bytes);
	unsigned char *times = second_block(bytes, length);
	struct zone_file file;

	memcpy(times + 8, times, 8);
	cr_expect_str_eq(
	    zone_file_parse(&file, bytes, length), "transitions out of order");
}

Test(zone_file, refuses_a_type_that_is_not_there)
{
	static unsigned char bytes[FILE_MAX];
	size_t length = read_berlin(bytes);
	unsigned char *times = second_block(bytes, length);
	size_t count = (size_t)times[-10] << 8 | times[-9];
	struct zone_file file;

	times[count * 8] = times[-5];
	cr_expect_str_eq(zone_file_parse(&file, bytes, length),
	    "a transition to an unknown type");
}

/* A file without a table: two headers, one type of UTC, and a footer. */
static const char *
parse_footer(struct zone_file *file, const char *footer)
{
	static const unsigned char type[] = {0, 0, 0, 0, 0, 0, 'X', 0};
	unsigned char bytes[256] = {0};
	unsigned char *p = bytes;

	for (int block = 0; block < 2; block++) {
		memcpy(p, "TZif2", 5);
		p[39] = 1;
		p[43] = 2;
		p += HEADER_LENGTH;
		memcpy(p, type, sizeof(type));
		p += sizeof(type);
	}
	p += snprintf((char *)p, 100, "\n%s\n", footer);
	return zone_file_parse(file, bytes, (size_t)(p - bytes));
}

Test(zone_file, reads_the_rules_of_the_footer)
{
	/* The instants are seconds since 2025-01-01T00:00Z. */
	static const struct {
		const char *footer;
		int32_t standard_s, summer_s;
		int64_t start, end;
	} cases[] = {
	    {"CET-1CEST,M3.5.0,M10.5.0/3", 3600, 7200, 88 * 86400 + 3600,
		298 * 86400 + 3600},
	    {"IST-1GMT0,M10.5.0,M3.5.0/1", 3600, 0, 298 * 86400 + 3600,
		88 * 86400 + 3600},
	    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 37800, 39600,
		277 * 86400 + 7200 - 37800, 95 * 86400 + 7200 - 39600},
	    {"AAA3BBB,J60,J365/23", -10800, -7200, 59 * 86400 + 7200 + 10800,
		364 * 86400 + 82800 + 7200},
	    {"AAA3BBB,59/0,300/-1:30", -10800, -7200, 59 * 86400 + 10800,
		300 * 86400 - 5400 + 7200},
	    {"AAA0BBB,M2.5.6/0,M4.5.4/0", 0, 3600, 52 * 86400,
		113 * 86400 - 3600},
	    {"AAA2BBB,M3.4.4/50,M10.4.4/50", -7200, -3600,
		85 * 86400 + 50 * 3600 + 7200, 295 * 86400 + 50 * 3600 + 3600},
	};
	const int64_t year_start = 1735689600;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct zone_file file;

		cr_assert_null(parse_footer(&file, cases[i].footer), "%s",
		    cases[i].footer);
		cr_expect(file.has_rule && file.rule.has_summer);
		cr_expect_eq(file.rule.standard_s, cases[i].standard_s);
		cr_expect_eq(file.rule.summer_s, cases[i].summer_s);
		cr_expect_eq(zone_change_utc(
				 &file.rule.start, 2025, file.rule.standard_s),
		    year_start + cases[i].start, "%s", cases[i].footer);
		cr_expect_eq(
		    zone_change_utc(&file.rule.end, 2025, file.rule.summer_s),
		    year_start + cases[i].end, "%s", cases[i].footer);
		zone_file_release(&file);
	}
}

Test(zone_file, julian_days_do_not_count_a_leap_day)
{
	struct zone_file file;

	cr_assert_null(parse_footer(&file, "AAA0BBB,J60/0,59/0"));
	/* 1 March and 29 February 2024, by date(1). */
	cr_expect_eq(zone_change_utc(&file.rule.start, 2024, 0), 1709251200);
	cr_expect_eq(zone_change_utc(&file.rule.end, 2024, 0), 1709164800);
	zone_file_release(&file);
}

Test(zone_file, refuses_footers_that_are_no_rule)
{
	static const char *const footers[] = {"C", "CET", "-1", "CET-1CEST",
	    "CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,", "CET-1CEST,M13.1.0,J1",
	    "CET-1CEST,M3.6.0,J1", "CET-1CEST,M3.5.7,J1", "CET-1CEST,J0,J1",
	    "CET-1CEST,366,J1", "CET-1CEST,M3.5,J1", "CET-1,", "CET-27",
	    "CET-1:60", "<+01-1", "CET-1CEST,M3.5.0/168,J1",
	    "CET-1CEST,M3.5.0,M10.5.0/3x"};

	for (size_t i = 0; i < COUNT(footers); i++) {
		struct zone_file file;

		cr_expect_not_null(
		    parse_footer(&file, footers[i]), "%s", footers[i]);
	}
}
