/* ocpi_test.c - what sessions cost under OCPI tariffs, against the sums that
 * the standard works out in its text (2.2.1, mod_tariffs and mod_cdrs), and
 * against some worked out by hand.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/zone.h"
#include "format/ocpi_cdr.h"
#include "settle/ocpi_claims.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Parts of tariffs. */
#define COMPONENT(type, price, vat, step) \
	"{\"type\":\"" type "\",\"price\":" price vat ",\"step_size\":" step "}"
#define VAT(percent) ",\"vat\":" percent
#define ELEMENT(components, restrictions) \
	"{\"price_components\":[" components "]" restrictions "}"
#define WHEN(restrictions) ",\"restrictions\":{" restrictions "}"
#define START COMPONENT("FLAT", "0.50", VAT("20.0"), "1")
#define KWH COMPONENT("ENERGY", "0.25", VAT("10.0"), "1")
#define RESERVED(components) \
	ELEMENT(components, WHEN("\"reservation\":\"RESERVATION\""))
#define EXPIRED(components) \
	ELEMENT(components, WHEN("\"reservation\":\"RESERVATION_EXPIRES\""))

/* Parts of records: hours after 10:00 of a Monday. */
#define PERIOD(time, dimensions)                                        \
	"{\"start_date_time\":\"2022-01-10T" time "Z\",\"dimensions\":" \
	"[" dimensions "]}"
#define VOLUME(type, volume) "{\"type\":\"" type "\",\"volume\":" volume "}"
#define USED(kwh) PERIOD("10:00:00", VOLUME("ENERGY", kwh))

/* clang-format off */
/* Charging and parking before and after 17:00 and 20:00. */
#define BEFORE_17 WHEN("\"start_time\":\"00:00\",\"end_time\":\"17:00\"")
#define BEFORE_20 WHEN("\"start_time\":\"17:00\",\"end_time\":\"20:00\"")
#define FROM_20 WHEN("\"start_time\":\"20:00\",\"end_time\":\"00:00\"")
#define PARKED COMPONENT("PARKING_TIME", "1.00", "", "900")
#define STEPS \
	ELEMENT(COMPONENT("TIME", "1.20", "", "1800") "," PARKED, BEFORE_17) \
	"," \
	ELEMENT(COMPONENT("TIME", "2.40", "", "900") "," PARKED, BEFORE_20) \
	"," ELEMENT(COMPONENT("TIME", "2.40", "", "900"), FROM_20)

#define WEEKDAYS \
	WHEN("\"start_time\":\"09:00\",\"end_time\":\"18:00\"," \
	     "\"day_of_week\":[\"MONDAY\",\"FRIDAY\"]")
#define SATURDAY WHEN("\"day_of_week\":[\"SATURDAY\"]")
#define PARKING(price) COMPONENT("PARKING_TIME", price, VAT("10"), "300")
#define CHARGING(price, step) COMPONENT("TIME", price, VAT("20"), step)
#define BELOW_32 WHEN("\"max_current\":32")
#define FROM_32 WHEN("\"min_current\":32")
#define COMPLEX \
	ELEMENT(COMPONENT("FLAT", "2.50", VAT("15"), "1"), "") \
	"," ELEMENT(CHARGING("1.00", "900"), BELOW_32) \
	"," ELEMENT(CHARGING("1.25", "600"), FROM_32) \
	"," ELEMENT(PARKING("5.00"), WEEKDAYS) \
	"," ELEMENT(PARKING("6.00"), SATURDAY)

/* Restrictions of power, of a night and of others. */
#define BELOW_16 WHEN("\"max_power\":16")
#define BELOW_16_LATE WHEN("\"max_power\":16,\"start_time\":\"22:00\"")
#define NIGHT WHEN("\"start_time\":\"22:00\",\"end_time\":\"06:00\"")
#define NOON WHEN("\"start_time\":\"10:00\",\"end_time\":\"12:00\"")
#define LATER WHEN("\"min_duration\":5400")
#define ENERGY(price) COMPONENT("ENERGY", price, "", "1")
#define TIME(price) COMPONENT("TIME", price, "", "1")
/* clang-format on */

static const struct {
	const char *what;
	const char *limits; /* of the tariff: ",\"min_price\":..." or "" */
	const char *elements;
	const char *periods;
	const char *end; /* of the session */
	const char *excl, *incl;
} worked[] = {
    {"20 kWh", "", ELEMENT(KWH, ""), USED("20"), "11:00:00", "5.0000",
	"5.5000"},
    {"20 kWh and a start", "", ELEMENT(START "," KWH, ""), USED("20"),
	"11:00:00", "5.5000", "6.1000"},
    {"20 kWh over a minimum",
	",\"min_price\":{\"excl_vat\":0.50,\"incl_vat\":0.55}",
	ELEMENT(KWH, ""), USED("20"), "11:00:00", "5.0000", "5.5000"},
    {"less than 2 kWh", ",\"min_price\":{\"excl_vat\":0.50,\"incl_vat\":0.55}",
	ELEMENT(KWH, ""), USED("1.9"), "11:00:00", "0.5000", "0.5500"},
    {"20 kWh and 40 min of parking", "",
	ELEMENT(START "," KWH
		      "," COMPONENT("PARKING_TIME", "2.00", VAT("20"), "900"),
	    ""),
	USED("20") "," PERIOD(
	    "11:00:00", VOLUME("PARKING_TIME", "0.666666666667")),
	"11:40:00", "7.0000", "7.9000"},
    {"50 kWh under a maximum",
	",\"max_price\":{\"excl_vat\":10,\"incl_vat\":11}",
	ELEMENT(START "," KWH, ""), USED("50"), "11:00:00", "10.0000",
	"11.0000"},
    {"30 kWh under a maximum",
	",\"max_price\":{\"excl_vat\":10,\"incl_vat\":11}",
	ELEMENT(START "," KWH, ""), USED("30"), "11:00:00", "8.0000", "8.8500"},
    {"2.5 h at 2", "", ELEMENT(COMPONENT("TIME", "2.00", VAT("10"), "60"), ""),
	PERIOD("10:00:00", VOLUME("TIME", "2.5")), "12:30:00", "5.0000",
	"5.5000"},
    {"150 min and 42 min of parking", "",
	ELEMENT(COMPONENT("TIME", "3.00", VAT("10"), "60") "," COMPONENT(
		    "PARKING_TIME", "5.00", VAT("20"), "300"),
	    ""),
	PERIOD("10:00:00", VOLUME("TIME", "2.5")) "," PERIOD(
	    "12:30:00", VOLUME("PARKING_TIME", "0.7")),
	"13:12:00", "11.2500", "12.7500"},
    {"2.5 h at 1.90", "",
	ELEMENT(COMPONENT("TIME", "1.90", VAT("5.2"), "300"), ""),
	PERIOD("10:00:00", VOLUME("TIME", "2.5")), "12:30:00", "4.7500",
	"4.9970"},
    /* 0.50 + 20.5 x 0.25 = 5.625, and 0.60 + 5.125 x 1.1 = 6.2375. */
    {"20.45 kWh by 100 Wh", "",
	ELEMENT(START "," COMPONENT("ENERGY", "0.25", VAT("10"), "100"), ""),
	USED("20.45"), "11:00:00", "5.6250", "6.2375"},
    {"20.45 kWh by 100 Wh at 0.22", "",
	ELEMENT(START "," COMPONENT("ENERGY", "0.22", VAT("10"), "100"), ""),
	USED("20.45"), "11:00:00", "5.0100", "5.5610"},
    {"Monday, 165 min below 32 A and 42 min of parking", "", COMPLEX,
	PERIOD("10:00:00", VOLUME("TIME", "2.75") "," VOLUME(
			       "MAX_CURRENT", "16")) "," PERIOD("12:45:00",
	    VOLUME("PARKING_TIME", "0.7")),
	"13:27:00", "9.0000", "10.3000"},
    {"a reservation of 15 min", "",
	RESERVED(COMPONENT("TIME", "5.00", VAT("20"), "60")) "," ELEMENT(
	    START "," KWH, ""),
	PERIOD("09:45:00", VOLUME("RESERVATION_TIME", "0.25")) "," USED("20"),
	"11:00:00", "6.7500", "7.6000"},
    {"a reservation with a fee, 13 min", "",
	RESERVED(COMPONENT("FLAT", "2.00", VAT("20"), "1") "," COMPONENT(
	    "TIME", "5.00", VAT("20"), "300")) "," ELEMENT(START "," KWH, ""),
	PERIOD("09:47:00",
	    VOLUME("RESERVATION_TIME", "0.216666666667")) "," USED("20"),
	"11:00:00", "8.7500", "10.0000"},
    {"a reservation that did not expire", "",
	EXPIRED(COMPONENT("FLAT", "4.00", VAT("20"), "1")) "," RESERVED(
	    COMPONENT("TIME", "2.00", VAT("20"),
		"600")) "," ELEMENT(START "," KWH, ""),
	PERIOD("09:38:00",
	    VOLUME("RESERVATION_TIME", "0.366666666667")) "," USED("20"),
	"11:00:00", "6.5000", "7.3000"},
    {"a reservation that expired after an hour", "",
	EXPIRED(COMPONENT("FLAT", "4.00", VAT("20"), "1")) "," RESERVED(
	    COMPONENT("TIME", "2.00", VAT("20"),
		"600")) "," ELEMENT(START "," KWH, ""),
	PERIOD("10:00:00", VOLUME("RESERVATION_TIME", "1")), "11:00:00",
	"6.0000", "7.2000"},
    {"its time at the price of the expired, wherever it stands", "",
	RESERVED(COMPONENT("TIME", "3.00", VAT("20"), "600")) "," EXPIRED(
	    COMPONENT("TIME", "6.00", VAT("20"),
		"600")) "," ELEMENT(START "," KWH, ""),
	PERIOD("10:00:00", VOLUME("RESERVATION_TIME", "1.5")), "11:30:00",
	"9.0000", "10.8000"},
    {"16:55, 10 min and 2 min of parking", "", STEPS,
	PERIOD("16:55:00", VOLUME("TIME", "0.083333333333")) "," PERIOD(
	    "17:00:00", VOLUME("TIME", "0.083333333333")) "," PERIOD("17:05:00",
	    VOLUME("PARKING_TIME", "0.033333333333")),
	"17:07:00", "0.5500", "0.5500"},
    {"16:35, 35 min", "", STEPS,
	PERIOD("16:35:00", VOLUME("TIME", "0.416666666667")) "," PERIOD(
	    "17:00:00", VOLUME("TIME", "0.166666666667")),
	"17:10:00", "1.3000", "1.3000"},
    /* 12 min at 2.40 are 0.48; 8 min of parking are paid for as 15. */
    {"19:40, 12 min and 20 min of parking that becomes free", "", STEPS,
	PERIOD("19:40:00", VOLUME("TIME", "0.2")) "," PERIOD("19:52:00",
	    VOLUME("PARKING_TIME", "0.133333333333")) "," PERIOD("20:00:00",
	    VOLUME("PARKING_TIME", "0.2")),
	"20:12:00", "0.7300", "0.7300"},
    /* Parking is free, so that the charging time is rounded: 5 + 10 min. */
    {"19:55, 10 min and 2 min of parking that is free", "", STEPS,
	PERIOD("19:55:00", VOLUME("TIME", "0.083333333333")) "," PERIOD(
	    "20:00:00", VOLUME("TIME", "0.083333333333")) "," PERIOD("20:05:00",
	    VOLUME("PARKING_TIME", "0.033333333333")),
	"20:07:00", "0.6000", "0.6000"},
    {"115.2 Wh by 1 Wh", "", ELEMENT(COMPONENT("ENERGY", "0.25", "", "1"), ""),
	USED("0.1152"), "11:00:00", "0.0290", "0.0290"},
    {"115.2 Wh by 25 Wh", "",
	ELEMENT(COMPONENT("ENERGY", "0.25", "", "25"), ""), USED("0.1152"),
	"11:00:00", "0.0313", "0.0313"},
    {"115.2 Wh by 500 Wh", "",
	ELEMENT(COMPONENT("ENERGY", "0.25", "", "500"), ""), USED("0.1152"),
	"11:00:00", "0.1250", "0.1250"},
    /* 4.3 at 0.20 and 1.1, billed as 1.2, at 0.30: the last step alone. */
    {"4.3 and 1.1 kWh by 500 Wh", "",
	ELEMENT(COMPONENT("ENERGY", "0.20", "", "1000"),
	    WHEN("\"max_kwh\":4.3")) "," ELEMENT(COMPONENT("ENERGY", "0.30", "",
						     "500"),
	    ""),
	USED("4.3") "," PERIOD("10:30:00", VOLUME("ENERGY", "1.1")), "11:00:00",
	"1.2200", "1.2200"},
    /* 6 min, and 22 billed as 24: 28 are 30. */
    {"16:54, 28 min by 10", "",
	ELEMENT(COMPONENT("TIME", "6.00", "", "600"),
	    WHEN("\"end_time\":\"17:00\"")) "," ELEMENT(COMPONENT("TIME",
							    "3.00", "", "600"),
	    ""),
	PERIOD("16:54:00", VOLUME("TIME", "0.1")) "," PERIOD(
	    "17:00:00", VOLUME("TIME", "0.366666666667")),
	"17:22:00", "1.8000", "1.8000"},
    /* 21 min are not rounded, 16 of parking are 20. */
    {"21 min and 16 min of parking by 10", "",
	ELEMENT(COMPONENT("TIME", "6.00", "", "600") "," COMPONENT(
		    "PARKING_TIME", "3.00", "", "600"),
	    ""),
	PERIOD("10:00:00", VOLUME("TIME", "0.35")) "," PERIOD(
	    "10:21:00", VOLUME("PARKING_TIME", "0.266666666667")),
	"10:37:00", "3.1000", "3.1000"},
    /* mod_cdrs: 24 blocks of 5 min. */
    {"1.973 h by 300 s", "",
	ELEMENT(COMPONENT("TIME", "2.00", VAT("10"), "300"), ""),
	PERIOD("10:00:00", VOLUME("TIME", "1.973")), "11:58:23", "4.0000",
	"4.4000"},
    /* 10 minutes to four decimals are not eleven. */
    {"0.1667 h by 60 s", "", ELEMENT(COMPONENT("TIME", "6.00", "", "60"), ""),
	PERIOD("10:00:00", VOLUME("TIME", "0.1667")), "10:10:00", "1.0002",
	"1.0002"},
    {"power by period", "",
	ELEMENT(COMPONENT("ENERGY", "0.20", VAT("20"), "1"),
	    WHEN("\"max_power\":16")) "," ELEMENT(COMPONENT("ENERGY", "0.35",
						      VAT("20"), "1"),
	    WHEN("\"max_power\":32")) "," ELEMENT(COMPONENT("ENERGY", "0.50",
						      VAT("20"), "1"),
	    ""),
	PERIOD("10:00:00",
	    VOLUME("ENERGY", "1") "," VOLUME("MIN_POWER", "6") "," VOLUME(
		"MAX_POWER", "6")) "," PERIOD("10:10:00",
	    VOLUME("ENERGY", "40") "," VOLUME("MIN_POWER", "48") "," VOLUME(
		"MAX_POWER", "48")) "," PERIOD("11:00:00",
	    VOLUME("ENERGY", "0.5") "," VOLUME("MIN_POWER", "4") "," VOLUME(
		"MAX_POWER", "4")),
	"11:08:00", "20.3000", "24.3600"},
    /* Fed in: 8.2 kWh at 0.40 are the driver's, 12.4 at 0.25 are not. */
    {"energy fed into the grid", "",
	ELEMENT(KWH "," COMPONENT("ENERGY_EXPORT", "0.40", "", "0"), ""),
	PERIOD("10:00:00", VOLUME("ENERGY", "-8.2")) "," PERIOD(
	    "10:30:00", VOLUME("ENERGY", "12.4")),
	"11:00:00", "-0.1800", "0.1300"},
    /* The minimum bounds what is charged, and not what is paid for. */
    {"energy fed in under a minimum",
	",\"min_price\":{\"excl_vat\":1,\"incl_vat\":1.1}",
	ELEMENT(KWH "," COMPONENT("ENERGY_EXPORT", "0.40", "", "0"), ""),
	PERIOD("10:00:00",
	    VOLUME("ENERGY_IMPORT", "2") "," VOLUME("ENERGY_EXPORT", "5")),
	"11:00:00", "-1.0000", "-0.9000"},
    /* Each limit by itself: 3.50 is over 3, and 3.85 is below 4. */
    {"limits that are reached apart",
	",\"max_price\":{\"excl_vat\":3,\"incl_vat\":4}", ELEMENT(KWH, ""),
	USED("14"), "11:00:00", "3.0000", "3.8500"},
};

struct sample {
	struct ocpi_tariffs tariffs;
	struct cdrs cdrs;
	struct jsonread read;
	struct ocpi_report report;
	struct refusal refusal;
	int rc;
};

static void
rate(struct sample *s, const char *limits, const char *elements,
    const char *periods, const char *end, const char *more)
{
	static char text[16384];
	struct zone *zone;
	struct qf_error err;

	memset(s, 0, sizeof(*s));
	snprintf(text, sizeof(text),
	    "{\"id\":\"T\",\"currency\":\"EUR\",\"elements\":[%s]%s}", elements,
	    limits);
	cr_assert_eq(
	    ocpi_tariffs_load(&s->tariffs, text, strlen(text), "t", &err), 0,
	    "%s", err.text);
	snprintf(text, sizeof(text),
	    "{\"start_date_time\":\"2022-01-10T%.8s\",\"end_date_time\":"
	    "\"2022-01-10T%s\",\"currency\":\"EUR\",\"charging_periods\":[%s]"
	    "%s}",
	    strstr(periods, "10T") + 3, end, periods, more);
	jsonread_begin(&s->read, "c");
	cr_assert_eq(
	    ocpi_cdrs_read(&s->cdrs, &s->read, text, strlen(text), &err), 0,
	    "%s", err.text);
	cr_assert_eq(s->read.fault_count, 0, "%s",
	    s->read.fault_count > 0 ? s->read.faults[0].text : "");
	cr_assert_eq(zone_load(&zone, "UTC", &err), 0);
	s->rc = ocpi_rate(&s->report, &s->tariffs.list[0], &s->cdrs.list[0].cdr,
	    zone, &s->refusal);
	zone_free(zone);
}

static void
release(struct sample *s)
{
	ocpi_report_release(&s->report);
	cdrs_release(&s->cdrs);
	ocpi_tariffs_release(&s->tariffs);
	jsonread_end(&s->read);
}

static const char *
money(const struct dec *amount)
{
	static char text[DEC_TEXT_MAX];
	struct dec rounded = {0};

	dec_round(&rounded, amount, 4, DEC_HALF_UP);
	dec_format(&rounded, text, sizeof(text));
	dec_release(&rounded);
	return text;
}

Test(ocpi, comes_to_what_the_standard_works_out)
{
	for (size_t i = 0; i < COUNT(worked); i++) {
		struct sample s;

		rate(&s, worked[i].limits, worked[i].elements,
		    worked[i].periods, worked[i].end, "");
		cr_expect_eq(s.rc, 0, "%s", worked[i].what);
		cr_expect_str_eq(money(&s.report.items[CDR_ITEM_TOTAL].excl),
		    worked[i].excl, "%s: %s, not %s", worked[i].what,
		    money(&s.report.items[CDR_ITEM_TOTAL].excl),
		    worked[i].excl);
		cr_expect_str_eq(money(&s.report.items[CDR_ITEM_TOTAL].incl),
		    worked[i].incl, "%s: %s, not %s", worked[i].what,
		    money(&s.report.items[CDR_ITEM_TOTAL].incl),
		    worked[i].incl);
		release(&s);
	}
}

Test(ocpi, refuses_what_hangs_on_a_power_that_is_not_told)
{
	static const char elements[] =
	    ELEMENT(ENERGY("0.20"), BELOW_16) "," ELEMENT(ENERGY("0.50"), "");
	struct sample s;

	rate(&s, "", elements, USED("5"), "11:00:00", "");
	cr_expect_eq(s.rc, 1);
	cr_expect_str_eq(s.refusal.reason, REASON_OCPI_NO_DATA);
	cr_expect_str_eq(s.refusal.detail,
	    "elements[0] of tariff T asks for max_power, but the period from "
	    "2022-01-10T10:00:00Z does not say");
	release(&s);
	/* A peak below the limit says enough, and so does a trough above. */
	rate(&s, "", elements,
	    PERIOD("10:00:00",
		VOLUME("ENERGY", "5") "," VOLUME("MAX_POWER", "15.9")),
	    "11:00:00", "");
	cr_expect_eq(s.rc, 0);
	cr_expect_eq(s.report.lines[0].element, 0);
	release(&s);
	rate(&s, "", elements,
	    PERIOD("10:00:00",
		VOLUME("ENERGY", "5") "," VOLUME("MIN_POWER", "16")),
	    "11:00:00", "");
	cr_expect_eq(s.rc, 0);
	cr_expect_eq(s.report.lines[0].element, 1);
	release(&s);
}

/* A limit that another restriction makes idle is not asked for. */
Test(ocpi, asks_for_nothing_that_does_not_matter)
{
	struct sample s;

	rate(&s, "",
	    ELEMENT(ENERGY("0.20"), BELOW_16_LATE) "," ELEMENT(
		ENERGY("0.50"), ""),
	    USED("5"), "11:00:00", "");
	cr_expect_eq(s.rc, 0);
	cr_expect_eq(s.report.lines[0].element, 1);
	release(&s);
}

Test(ocpi, warns_of_a_period_that_crosses_an_edge)
{
	struct sample s;

	rate(&s, "", STEPS, PERIOD("16:30:00", VOLUME("TIME", "1")), "17:30:00",
	    "");
	cr_expect_eq(s.rc, 0);
	cr_assert_eq(s.report.warning_count, 1);
	cr_expect_str_eq(s.report.warnings[0].code, "ocpi-partly");
	/* An edge at which it ends is none that it crosses. */
	release(&s);
	rate(&s, "", STEPS, PERIOD("16:30:00", VOLUME("TIME", "0.5")),
	    "17:00:00", "");
	cr_expect_eq(s.report.warning_count, 0);
	release(&s);
}

Test(ocpi, counts_the_hours_of_a_night)
{
	static const char night[] =
	    ELEMENT(TIME("1"), NIGHT) "," ELEMENT(TIME("2"), "");
	static const struct {
		const char *period, *end;
		size_t element;
	} cases[] = {
	    {PERIOD("21:59:59", VOLUME("TIME", "0.1")), "21:59:59", 1},
	    {PERIOD("22:00:00", VOLUME("TIME", "0.1")), "22:00:01", 0},
	    {PERIOD("05:59:59", VOLUME("TIME", "0.1")), "06:00:00", 0},
	    {PERIOD("06:00:00", VOLUME("TIME", "0.1")), "06:30:00", 1},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sample s;

		rate(&s, "", night, cases[i].period, cases[i].end, "");
		cr_expect_eq(
		    s.report.lines[0].element, cases[i].element, "%zu", i);
		release(&s);
	}
}

Test(ocpi, explains_a_claim_that_differs)
{
	static const struct {
		const char *claim, *why;
	} cases[] = {
	    {"\"total_cost\":{\"excl_vat\":5.125,\"incl_vat\":5.6375}", ""},
	    {"\"total_cost\":{\"excl_vat\":5.13,\"incl_vat\":5.64}",
		"without VAT is rounded to 2 decimals; with VAT is rounded to "
		"2 decimals"},
	    {"\"total_cost\":{\"excl_vat\":5.1125,\"incl_vat\":5.62375}",
		"without VAT leaves out step_size; with VAT leaves out "
		"step_size"},
	    {"\"total_cost\":{\"excl_vat\":5.125,\"incl_vat\":5.125}",
		"with VAT has no VAT in it"},
	    {"\"total_cost\":{\"excl_vat\":-5.125}",
		"without VAT has the other sign"},
	    {"\"total_cost\":{\"excl_vat\":7}",
		"without VAT is not what this tariff gives"},
	    {"\"total_cost\":{\"excl_vat\":7},"
	     "\"total_energy_cost\":{\"excl_vat\":7}",
		"without VAT follows from the parts that differ"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ocpi_claim checks[OCPI_CLAIMS_MAX];
		char more[256];
		struct sample s;
		size_t count;

		snprintf(more, sizeof(more), ",%s", cases[i].claim);
		rate(&s, "",
		    ELEMENT(COMPONENT("ENERGY", "0.25", VAT("10"), "100"), ""),
		    USED("20.45"), "11:00:00", more);
		count = ocpi_claims(checks, &s.report, &s.cdrs.list[0].cdr);
		cr_expect_str_eq(checks[0].key, "total_cost");
		cr_expect_str_eq(checks[0].why, cases[i].why, "%s: %s",
		    cases[i].claim, checks[0].why);
		cr_expect_eq(checks[0].differs, cases[i].why[0] != '\0');
		ocpi_claims_release(checks, count);
		release(&s);
	}
}

/* 09:00 to 12:30 of a day, cut where the tariff begins and ends. */
Test(ocpi, finds_the_edges_of_a_tariff)
{
	static const char elements[] =
	    ELEMENT(TIME("1"), NOON) "," ELEMENT(TIME("2"), LATER);
	static const char *const expected[] = {
	    "10:00", "10:30", "12:00", "12:30"};
	const int64_t start_utc = 1641805200; /* 2022-01-10T09:00:00Z */
	int64_t utc = start_utc;
	struct zone *zone;
	struct qf_error err;
	struct sample s;

	rate(&s, "", elements, PERIOD("09:00:00", VOLUME("TIME", "1")),
	    "12:30:00", "");
	cr_assert_eq(zone_load(&zone, "UTC", &err), 0);
	for (size_t i = 0; i < COUNT(expected); i++) {
		char text[8];

		utc = ocpi_next_edge(&s.tariffs.list[0], zone, start_utc, utc,
		    start_utc + 12600);
		snprintf(text, sizeof(text), "%02d:%02d",
		    (int)(utc % 86400 / 3600), (int)(utc % 3600 / 60));
		cr_expect_str_eq(text, expected[i]);
	}
	zone_free(zone);
	release(&s);
}
