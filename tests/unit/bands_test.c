/* bands_test.c - which band a time is in, by the published hours of several
 * provinces (the worked examples D5 to D8).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tariff_fixture.h"

#include "base/zone.h"

/* Chongqing, 渝发改规范〔2021〕14号. */
#define CHONGQING                                                          \
	TARIFF("",                                                         \
	    "<bands>\n"                                                    \
	    "<band id=\"valley\" hours=\"00:00-08:00\"/>\n"                \
	    "<band id=\"flat\" hours=\"08:00-11:00 17:00-20:00 "           \
	    "22:00-24:00\"/>\n"                                            \
	    "<band id=\"peak\" hours=\"11:00-17:00 20:00-22:00\"/>\n"      \
	    "<overlay band=\"sharp\" over=\"peak\" hours=\"12:00-14:00\" " \
	    "months=\"1 7 8 12\"/>\n"                                      \
	    "</bands>\n" FREE_IMPORT)

/* Zhejiang, 浙发改价格〔2024〕21号. */
#define ZHEJIANG                                                            \
	TARIFF("calendar=\"cn\"",                                           \
	    "<bands>\n"                                                     \
	    "<band id=\"peak\" months=\"2-6 9-11\" "                        \
	    "hours=\"08:00-11:00 13:00-17:00\"/>\n"                         \
	    "<band id=\"flat\" months=\"2-6 9-11\" hours=\"17:00-24:00\"/>" \
	    "<band id=\"valley\" months=\"2-6 9-11\" "                      \
	    "hours=\"00:00-08:00 11:00-13:00\"/>\n"                         \
	    "<band id=\"sharp\" months=\"1 7 8 12\" "                       \
	    "hours=\"09:00-11:00 15:00-17:00\"/>\n"                         \
	    "<band id=\"peak\" months=\"1 7 8 12\" "                        \
	    "hours=\"08:00-09:00 17:00-23:00\"/>\n"                         \
	    "<band id=\"flat\" months=\"1 7 8 12\" "                        \
	    "hours=\"13:00-15:00 23:00-24:00\"/>\n"                         \
	    "<band id=\"valley\" months=\"1 7 8 12\" "                      \
	    "hours=\"00:00-08:00 11:00-13:00\"/>\n"                         \
	    "<overlay band=\"deep\" hours=\"10:00-14:00\" "                 \
	    "holidays=\"spring-festival labour-day national-day\"/>\n"      \
	    "</bands>\n" FREE_IMPORT)

/* Guangdong, 粤发改价格〔2021〕331号, and its sharp hours. */
#define GUANGDONG                                                            \
	TARIFF("", "<bands>\n"                                               \
		   "<band id=\"valley\" hours=\"00:00-08:00\"/>\n"           \
		   "<band id=\"peak\" hours=\"10:00-12:00 14:00-19:00\"/>\n" \
		   "<band id=\"flat\" hours=\"08:00-10:00 12:00-14:00 "      \
		   "19:00-24:00\"/>\n"                                       \
		   "<overlay band=\"sharp\" hours=\"11:00-12:00 "            \
		   "15:00-17:00\" months=\"7-9\" station=\"guangzhou\" "     \
		   "quantity=\"temperature-max\" at-least=\"35\" "           \
		   "either=\"yes\"/>\n"                                      \
		   "</bands>\n" FREE_IMPORT)

/* Sichuan, 川发改价格〔2025〕185号: the sharp hours of other months. */
#define SICHUAN                                                    \
	TARIFF("", "<bands>\n"                                     \
		   "<band id=\"flat\"/>\n"                         \
		   "<overlay band=\"sharp\" hours=\"13:00-14:00 "  \
		   "21:00-23:00\" station=\"chengdu\" "            \
		   "quantity=\"temperature-max\" at-least=\"35\" " \
		   "days-in-a-row=\"3\"/>\n"                       \
		   "</bands>\n" FREE_IMPORT)

struct at {
	const char *day, *time, *band;
};

static void
expect_all(const char *text, struct fixture_days *table, const struct at *cases)
{
	struct tariff *tariff = fixture_tariff(text);

	for (; cases->day != NULL; cases++) {
		struct schedule schedule;

		fixture_schedule(&schedule, tariff, cases->day, table);
		cr_expect_str_eq(fixture_band(tariff, &schedule, cases->time),
		    cases->band, "%s %s", cases->day, cases->time);
	}
	tariff_free(tariff);
}

Test(bands, follow_the_hours_and_sharp_months_of_chongqing)
{
	/* D5. */
	static const struct at cases[] = {
	    {"2025-07-01", "12:00", "sharp"},
	    {"2025-07-01", "13:59", "sharp"},
	    {"2025-07-01", "14:00", "peak"},
	    {"2025-07-01", "11:59", "peak"},
	    {"2025-03-01", "12:00", "peak"},
	    {"2025-12-31", "12:00", "sharp"},
	    {"2025-01-01", "12:00", "sharp"},
	    {"2025-02-28", "12:00", "peak"},
	    {"2025-03-01", "00:00", "valley"},
	    {"2025-03-01", "07:59", "valley"},
	    {"2025-03-01", "08:00", "flat"},
	    {"2025-03-01", "11:00", "peak"},
	    {"2025-03-01", "17:00", "flat"},
	    {"2025-03-01", "20:00", "peak"},
	    {"2025-03-01", "22:00", "flat"},
	    {"2025-03-01", "23:59", "flat"},
	    {0},
	};

	expect_all(CHONGQING, NULL, cases);
}

Test(bands, put_the_holiday_over_peak_and_sharp_in_zhejiang)
{
	/* D6; the Spring Festival was on 2025-01-29 and 2026-02-17. */
	static struct fixture_days table = {
	    .days = {{"2026-02-17", DAY_HOLIDAY, "spring-festival"},
		{"2025-01-29", DAY_HOLIDAY, "spring-festival"},
		{"2025-01-01", DAY_HOLIDAY, "new-year"}}};
	static const struct at cases[] = {
	    {"2026-02-17", "10:30", "deep"},
	    {"2026-02-17", "09:59", "peak"},
	    {"2026-02-17", "13:59", "deep"},
	    {"2026-02-17", "14:00", "peak"},
	    {"2026-02-16", "10:30", "peak"},
	    {"2025-01-29", "10:30", "deep"},
	    {"2025-01-29", "09:30", "sharp"},
	    {"2025-01-29", "14:00", "flat"},
	    {"2025-01-28", "10:30", "sharp"},
	    {"2025-01-01", "10:30", "sharp"},
	    {0},
	};

	expect_all(ZHEJIANG, &table, cases);
}

Test(bands, ask_how_many_days_a_holiday_has_in_anhui)
{
	/* Three days whatever their names; a rest day beside a holiday is
	 * none. */
	static const char anhui[] = TARIFF("calendar=\"cn\"",
	    "<bands><band id=\"flat\"/>"
	    "<overlay band=\"deep\" hours=\"11:00-15:00\" "
	    "holiday-days=\"3\"/></bands>" FREE_IMPORT);
	static struct fixture_days table = {
	    .days = {{"2025-10-01", DAY_HOLIDAY, "national-day"},
		{"2025-10-02", DAY_HOLIDAY, "national-day"},
		{"2025-10-03", DAY_HOLIDAY, "mid-autumn"},
		{"2025-05-31", DAY_HOLIDAY, "dragon-boat"},
		{"2025-06-01", DAY_HOLIDAY, "dragon-boat"},
		{"2025-01-01", DAY_HOLIDAY, "new-year"}}};
	static const struct at cases[] = {
	    {"2025-09-30", "12:00", "flat"},
	    {"2025-10-01", "12:00", "deep"},
	    {"2025-10-02", "12:00", "deep"},
	    {"2025-10-03", "12:00", "deep"},
	    {"2025-10-03", "15:00", "flat"},
	    {"2025-10-04", "12:00", "flat"},
	    {"2025-05-31", "12:00", "flat"},
	    {"2025-06-01", "12:00", "flat"},
	    {"2025-01-01", "12:00", "flat"},
	    {0},
	};

	expect_all(anhui, &table, cases);
}

/* The last three days of 2025 are holidays, and nothing is known of 2026. */
static int
ends_with_2025(void *context, const char *calendar, int32_t day,
    enum day_kind *kind, char name[ID_MAX + 1], struct qf_error *err)
{
	int32_t end = fixture_day("2026-01-01");

	(void)context;
	(void)calendar;
	if (day >= end) {
		return qf_fail(err, QF_DATA, "no-calendar", "no 2026");
	}
	*kind = day >= end - 3 ? DAY_HOLIDAY : DAY_WORKDAY;
	name[0] = '\0';
	return 0;
}

Test(bands, ask_the_next_year_only_where_this_one_does_not_tell)
{
	static const struct {
		const char *days, *day;
		int rc;
	} cases[] = {
	    {"3", "2025-12-31", 0},
	    {"3", "2025-12-29", 0},
	    {"4", "2025-12-31", -1},
	    {"4", "2025-12-28", 0},
	};
	struct day_facts facts = {NULL, ends_with_2025, fixture_condition};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct schedule schedule;
		struct tariff *tariff;
		struct qf_error err;
		char text[1000];

		snprintf(text, sizeof(text),
		    TARIFF("calendar=\"cn\"",
			"<bands><band id=\"flat\"/><overlay band=\"deep\" "
			"holiday-days=\"%s\"/></bands>" FREE_IMPORT),
		    cases[i].days);
		tariff = fixture_tariff(text);
		cr_expect_eq(bands_of_day(&schedule, &tariff->versions[0],
				 fixture_day(cases[i].day), &facts, &err),
		    cases[i].rc, "%s", cases[i].day);
		if (cases[i].rc == -1) {
			cr_expect_str_eq(err.code, "no-calendar");
		}
		tariff_free(tariff);
	}
}

Test(bands, turn_sharp_in_summer_or_at_35_degrees_in_guangdong)
{
	/* D7; July has no value and needs none. */
	static struct fixture_days table = {
	    .values = {{"2025-11-03", "35.0"}, {"2025-11-04", "34.9"}}};
	static const struct at cases[] = {
	    {"2025-11-03", "11:00", "sharp"},
	    {"2025-11-03", "12:00", "flat"},
	    {"2025-11-03", "15:00", "sharp"},
	    {"2025-11-03", "16:59", "sharp"},
	    {"2025-11-03", "17:00", "peak"},
	    {"2025-11-04", "11:00", "peak"},
	    {"2025-11-04", "15:00", "peak"},
	    {"2025-07-01", "11:00", "sharp"},
	    {"2025-09-30", "16:00", "sharp"},
	    {0},
	};

	expect_all(GUANGDONG, &table, cases);
}

Test(bands, need_three_hot_days_in_a_row_in_sichuan)
{
	/* D8; on the 12th it is the third day. */
	static struct fixture_days table = {
	    .values = {{"2025-09-09", "30"}, {"2025-09-10", "35"},
		{"2025-09-11", "36.2"}, {"2025-09-12", "35.0"},
		{"2025-09-13", "34.9"}}};
	static const struct at cases[] = {
	    {"2025-09-10", "13:00", "flat"},
	    {"2025-09-11", "13:00", "flat"},
	    {"2025-09-12", "13:00", "sharp"},
	    {"2025-09-12", "22:59", "sharp"},
	    {"2025-09-12", "23:00", "flat"},
	    {"2025-09-13", "13:00", "flat"},
	    {0},
	};

	expect_all(SICHUAN, &table, cases);
}

Test(bands, ask_for_a_value_that_decides_and_is_missing)
{
	static struct fixture_days table = {
	    .values = {{"2025-09-11", "36"}, {"2025-09-12", "36"}}};
	struct day_facts facts = {&table, fixture_kind, fixture_condition};
	struct tariff *tariff = fixture_tariff(SICHUAN);
	struct schedule schedule;
	struct qf_error err;

	cr_assert_eq(bands_of_day(&schedule, &tariff->versions[0],
			 fixture_day("2025-09-12"), &facts, &err),
	    -1);
	cr_expect_eq(err.status, QF_DATA);
	cr_expect_str_eq(err.code, "missing-condition");
	cr_expect_str_eq(
	    err.text, "no value of temperature-max at chengdu for 2025-09-10");
	tariff_free(tariff);
}

Test(bands, wrap_midnight_and_cut_at_half_hours)
{
	/* Jiangsu's 22:00 to 02:00; Jiangxi's 20:30 to 22:30. */
	static const char text[] =
	    TARIFF("", "<bands>"
		       "<band id=\"flat\" hours=\"22:30-02:00\"/>"
		       "<band id=\"valley\" hours=\"02:00-11:30\"/>"
		       "<band id=\"deep\" hours=\"11:30-20:30\"/>"
		       "<band id=\"sharp\" hours=\"20:30-22:30\"/>"
		       "</bands>" FREE_IMPORT);
	static const struct at cases[] = {
	    {"2025-06-01", "00:00", "flat"},
	    {"2025-06-01", "01:59", "flat"},
	    {"2025-06-01", "02:00", "valley"},
	    {"2025-06-01", "11:29", "valley"},
	    {"2025-06-01", "11:30", "deep"},
	    {"2025-06-01", "20:29", "deep"},
	    {"2025-06-01", "20:30", "sharp"},
	    {"2025-06-01", "22:29", "sharp"},
	    {"2025-06-01", "22:30", "flat"},
	    {0},
	};

	expect_all(text, NULL, cases);
}

Test(bands, put_the_higher_priority_last_whatever_the_order)
{
	static const char text[] = TARIFF("calendar=\"cn\"",
	    "<bands><band id=\"flat\"/>"
	    "<overlay band=\"deep\" hours=\"10:00-14:00\" "
	    "days=\"rest\" months=\"2-6 9-11\" priority=\"2\"/>"
	    "<overlay band=\"sharp\" hours=\"12:00-16:00\" "
	    "priority=\"1\"/>"
	    "<overlay band=\"peak\" over=\"sharp\" "
	    "hours=\"15:00-18:00\" days=\"monday\" priority=\"3\"/>"
	    "</bands>" FREE_IMPORT);
	/* 2025-05-03 was a Saturday. */
	static const struct at cases[] = {
	    {"2025-05-03", "12:00", "deep"},
	    {"2025-05-03", "14:00", "sharp"},
	    {"2025-05-02", "12:00", "sharp"},
	    {"2025-08-02", "12:00", "sharp"},
	    {"2025-05-05", "15:30", "peak"},
	    {"2025-05-05", "16:30", "flat"},
	    {0},
	};

	expect_all(text, NULL, cases);
}

Test(bands, mark_an_interval_that_an_edge_cuts)
{
	/* Hours of the Northeast have half-hour edges, reads are hourly. */
	static const char text[] =
	    TARIFF("", "<bands>"
		       "<band id=\"valley\" hours=\"23:30-07:30\"/>"
		       "<band id=\"flat\" hours=\"07:30-23:30\"/>"
		       "</bands>" FREE_IMPORT);
	struct tariff *tariff = fixture_tariff(text);
	struct schedule schedule;
	struct zone *zone;
	struct qf_error err;
	uint8_t band[48];
	int64_t start;

	cr_assert_eq(zone_load(&zone, "Asia/Shanghai", &err), 0);
	fixture_schedule(&schedule, tariff, "2025-06-01", NULL);
	start = zone_day_start(zone, schedule.day);
	bands_of_intervals(&schedule, zone, start, 60, 24, band);
	for (int i = 0; i < 24; i++) {
		unsigned expected = i < 7               ? 0
				    : i == 7 || i == 23 ? BAND_CUT
							: 1;

		cr_expect_eq(band[i], expected, "hour %d", i);
	}
	bands_of_intervals(&schedule, zone, start, 30, 48, band);
	for (int i = 0; i < 48; i++) {
		cr_expect_eq(
		    band[i], i < 15 || i == 47 ? 0 : 1, "half hour %d", i);
	}
	cr_expect_eq(bands_next_edge(&schedule, zone, start, start + 86400),
	    start + 7 * 3600 + 1800);
	cr_expect_eq(bands_next_edge(&schedule, zone, start + 7 * 3600 + 1800,
			 start + 86400),
	    start + 23 * 3600 + 1800);
	cr_expect_eq(bands_next_edge(&schedule, zone, start, start + 3600),
	    start + 3600);
	zone_free(zone);
	tariff_free(tariff);
}

/* Hours 01:00-02:00, 02:00-03:00 and the rest, in Oslo. */
static const char oslo[] =
    TARIFF("", "<bands>"
	       "<band id=\"one\" hours=\"01:00-02:00\"/>"
	       "<band id=\"two\" hours=\"02:00-03:00\"/>"
	       "<band id=\"rest\" hours=\"03:00-01:00\"/>"
	       "</bands>" FREE_IMPORT);

Test(bands, follow_the_wall_clock_when_it_is_set_forward)
{
	/* 2025-03-30: 02:00 to 03:00 did not happen. */
	struct tariff *tariff = fixture_tariff(oslo);
	struct schedule schedule;
	struct zone *zone;
	struct qf_error err;
	uint8_t band[23];
	int64_t start;

	cr_assert_eq(zone_load(&zone, "Europe/Oslo", &err), 0);
	fixture_schedule(&schedule, tariff, "2025-03-30", NULL);
	start = zone_day_start(zone, schedule.day);
	cr_assert_eq(zone_day_start(zone, schedule.day + 1) - start, 23 * 3600);
	bands_of_intervals(&schedule, zone, start, 60, 23, band);
	for (int i = 0; i < 23; i++) {
		cr_expect_eq(band[i], i == 1 ? 0 : 2, "hour %d", i);
	}
	cr_expect_eq(
	    bands_next_edge(&schedule, zone, start + 3600, start + 86400),
	    start + 7200);
	zone_free(zone);
	tariff_free(tariff);
}

Test(bands, follow_the_wall_clock_when_it_is_set_back)
{
	/* 2025-10-26: 02:00 to 03:00 happened twice. */
	struct tariff *tariff = fixture_tariff(oslo);
	struct schedule schedule;
	struct zone *zone;
	struct qf_error err;
	uint8_t band[100];
	int64_t start;

	cr_assert_eq(zone_load(&zone, "Europe/Oslo", &err), 0);
	fixture_schedule(&schedule, tariff, "2025-10-26", NULL);
	start = zone_day_start(zone, schedule.day);
	cr_assert_eq(zone_day_start(zone, schedule.day + 1) - start, 25 * 3600);
	bands_of_intervals(&schedule, zone, start, 15, 100, band);
	for (int i = 0; i < 100; i++) {
		unsigned expected = i < 4 ? 2 : i < 8 ? 0 : i < 16 ? 1 : 2;

		cr_expect_eq(band[i], expected, "quarter %d", i);
	}
	cr_expect_eq(
	    bands_next_edge(&schedule, zone, start + 7200, start + 90000),
	    start + 4 * 3600);
	cr_expect_eq(bands_at(&schedule, zone, start + 3 * 3600 + 1), 1);
	zone_free(zone);
	tariff_free(tariff);
}

Test(bands, are_none_where_the_tariff_has_none)
{
	struct tariff *tariff = fixture_tariff(TARIFF("", FREE_IMPORT));
	struct schedule schedule;

	fixture_schedule(&schedule, tariff, "2025-06-01", NULL);
	cr_expect_eq(schedule.count, 1);
	cr_expect_eq(schedule.stretches[0].from_minute, 0);
	cr_expect_eq(schedule.stretches[0].to_minute, 1440);
	cr_expect_eq(schedule.stretches[0].band, BAND_NONE);
	tariff_free(tariff);
}
