/* xsdtext_test.c - values of XML Schema's types that are written as text.
 *
 * Expected values are worked by hand from XML Schema Part 2 and from the
 * pattern of durations in OpenADR's schema.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <stdbool.h>

#include "format/xsdtext.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

Test(xsdtext, keeps_the_digits_of_a_float)
{
	static const struct {
		const char *text, *value; /* NULL: refused */
	} cases[] = {
	    {"3", "3"},
	    {" 1.20\n", "1.20"},
	    {"-0.5", "-0.5"},
	    {"+7", "7"},
	    {"007.50", "7.50"},
	    {".5", "0.5"},
	    {"5.", "5"},
	    {"0", "0"},
	    {"-0.00", "0"},
	    {"1.2E1", "12"},
	    {"1.2e3", "1200"},
	    {"125e-3", "0.125"},
	    {"1.50E-2", "0.0150"},
	    {"0.00012e2", "0.012"},
	    {"1E+2", "100"},
	    {"0.1", "0.1"}, /* which no binary number is */
	    {"16777217", "16777217"}, /* which no xs:float is */
	    {"1e40", NULL},
	    {"1e999999999999", NULL},
	    {"1e-40", NULL},
	    {"INF", NULL},
	    {"NaN", NULL},
	    {"", NULL},
	    {".", NULL},
	    {"1e", NULL},
	    {"1 2", NULL},
	    {"0x10", NULL},
	    {"1,5", NULL},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct dec value = {0};
		struct qf_error err;
		char text[DEC_TEXT_MAX];
		int rc = xsd_float(&value, cases[i].text, &err);

		cr_expect_eq(
		    rc, cases[i].value == NULL ? -1 : 0, "%s", cases[i].text);
		if (rc == 0) {
			dec_format(&value, text, sizeof(text));
			cr_expect_str_eq(text, cases[i].value);
		} else {
			cr_expect_str_eq(err.code, "xsd-float");
		}
		dec_release(&value);
	}
}

Test(xsdtext, reads_every_duration_that_has_a_length)
{
	static const struct {
		const char *text;
		int64_t seconds; /* -1: refused */
	} cases[] = {
	    {"PT15M", 900},
	    {"PT0S", 0},
	    {"P1D", 86400},
	    {"P1DT2H", 93600},
	    {"PT1H30M15S", 5415},
	    {"P2W", 1209600},
	    {"1W", 604800}, /* as the pattern of OpenADR has it */
	    {"+PT5M", 300},
	    {"-PT0M", 0},
	    {" PT15M ", 900},
	    {"P0Y0M1D", 86400},
	    {"P1DT", 86400},
	    {"P2H", 7200}, /* the T may be missing */
	    {"P1H30M", 5400},
	    {"P1D30S", 86430},
	    {"P15M", -1}, /* months */
	    {"P1Y", -1},
	    {"P1M", -1},
	    {"-PT5M", -1},
	    {"PT", -1},
	    {"P", -1},
	    {"", -1},
	    {"PT5", -1},
	    {"PT5M5M", -1},
	    {"PT5M1H", -1},
	    {"5M", -1},
	    {"PT1.5S", -1},
	    {"PTT5M", -1},
	    {"P99999999999999999999D", -1},
	    {"P40000D", -1},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct qf_error err;
		int64_t seconds = -1;

		cr_expect_eq(xsd_duration(&seconds, cases[i].text, &err),
		    cases[i].seconds == -1 ? -1 : 0, "%s", cases[i].text);
		cr_expect_eq(seconds, cases[i].seconds, "%s", cases[i].text);
	}
}

Test(xsdtext, reads_instants_of_whole_seconds_with_an_offset)
{
	static const struct {
		const char *text;
		int64_t utc; /* -1: refused */
	} cases[] = {
	    {"1970-01-02T00:00:00Z", 86400},
	    {"1970-01-02T00:00:07.000Z", 86407},
	    {"1970-01-02T08:00:00+08:00", 86400},
	    {"\n1970-01-02T00:00:00.Z ", 86400},
	    {"1970-01-02T00:00:00", -1},
	    {"1970-01-02T00:00:00.5Z", -1},
	    {"1970-01-02 00:00:00Z", -1},
	    {"1970-13-02T00:00:00Z", -1},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct qf_error err;
		int64_t utc = -1;

		cr_expect_eq(xsd_instant(&utc, cases[i].text, &err),
		    cases[i].utc == -1 ? -1 : 0, "%s", cases[i].text);
		cr_expect_eq(utc, cases[i].utc, "%s", cases[i].text);
	}
}

Test(xsdtext, reads_whole_numbers_of_64_bits)
{
	static const struct {
		const char *text;
		bool sound;
		int64_t value;
	} cases[] = {
	    {"0", true, 0},
	    {"-2000000", true, -2000000},
	    {"+007", true, 7},
	    {"9223372036854775807", true, INT64_MAX},
	    {"-9223372036854775808", true, INT64_MIN},
	    {"9223372036854775808", false, 0},
	    {"1.0", false, 0},
	    {"", false, 0},
	    {"-", false, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct qf_error err;
		int64_t value = 0;

		cr_expect_eq(xsd_integer(&value, cases[i].text, &err),
		    cases[i].sound ? 0 : -1, "%s", cases[i].text);
		cr_expect_eq(value, cases[i].value, "%s", cases[i].text);
	}
}
