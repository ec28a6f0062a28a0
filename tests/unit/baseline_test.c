/* baseline_test.c - baselines of days that are written down here.
 *
 * The rules are those of rules.md 3.2 (five days of the same type, the
 * holiday's order, 25 percent of spread) and of the ten-of-ten, three-plus-two
 * and highest-of kinds; the numbers are small enough to be added up by hand,
 * and are where they are not obvious.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "baseline_fixture.h"

static const size_t two_steps[] = {1, 3};

/* clang-format off */
static const struct past weeks[] = {
    {.before = 1, .slots = {1000, 1000, 1000, 1000}},
    {.before = 2, .slots = {1010, 1010, 1010, 1010}},
    {.before = 3, .kind = DAY_REST, .slots = {1, 1, 1, 1}},
    {.before = 4, .kind = DAY_REST, .slots = {1, 1, 1, 1}},
    {.before = 5, .event = true, .slots = {9, 9, 9, 9}},
    {.before = 6, .slots = {1020, 1020, 1020, 1020}},
    {.before = 7, .excluded = true, .slots = {9, 9, 9, 9}},
    {.before = 8, .slots = {1030, 1030, 1030, 1030}},
    {.before = 9, .missing = 1, .slots = {9, 9, 9, 9}},
    {.before = 10, .estimated = 1, .slots = {9, 9, 9, 9}},
    {.before = 11, .slots = {1041, 1040, 1040, 1040}},
    {.before = 12, .slots = {7, 7, 7, 7}},
    {.before = 0},
};
/* clang-format on */

Test(baseline, takes_the_nearest_days_of_the_same_type_without_events)
{
	/* 10.00 + 10.10 + 10.20 + 10.30 + 10.40 = 51 (51.01 in the first
	 * slot), / 5 = 10.2 (10.202). */
	struct baseline_rule rule = similar(5, 45);
	struct baseline_event event = workday;
	char text[RATIO_TEXT_MAX];
	struct run run;

	event.slots_of = two_steps;
	event.step_count = 2;
	work(&run, &rule, &event, weeks, NULL);
	cr_expect_eq(run.result, 0);
	cr_expect_str_eq(run.days,
	    "1 chosen, 2 chosen, 3 other-type, 4 other-type, 5 event-day, "
	    "6 chosen, 7 excluded, 8 chosen, 9 missing-reads, "
	    "10 estimated-reads, 11 chosen");
	cr_expect_str_eq(run.asked, "1 2 6 8 9 10 11");
	cr_expect_str_eq(run.steps, "10.20 30.60");
	ratio_format(&run.baseline->slots[0], text, sizeof(text));
	cr_expect_str_eq(text, "5101/500");
	/* What a day shows of itself: 4 x 10.20. */
	dec_format(&run.baseline->days[5].kwh, text, sizeof(text));
	cr_expect_str_eq(text, "40.80");
	cr_expect(run.baseline->days[5].has_kwh);
	cr_expect_not(run.baseline->days[4].has_kwh);
	baseline_free(run.baseline);
}

Test(baseline, too_few_days_are_no_number)
{
	struct baseline_rule rule = similar(5, 10);
	struct run run;

	work(&run, &rule, &workday, weeks, NULL);
	cr_expect_eq(run.result, 1);
	cr_expect_str_eq(run.refusal.reason, "baseline-days");
	cr_expect_str_eq(run.refusal.detail,
	    "the baseline needs 5 days and found 4 of those it looked at");
	cr_expect_eq(run.baseline->days[run.baseline->day_count - 1].day,
	    EVENT_DAY - 10);
	baseline_free(run.baseline);

	/* Four are enough where the rule says so: 40.6 / 4 = 10.15. */
	rule.least = 4;
	work(&run, &rule, &workday, weeks, NULL);
	cr_expect_eq(run.result, 0);
	cr_expect_str_eq(run.steps, "40.60");
	baseline_free(run.baseline);
}

Test(baseline, skips_days_next_to_the_event_and_may_take_any)
{
	struct baseline_rule rule = similar(3, 45);
	struct run run;

	rule.skip = 1;
	rule.by_type = false;
	rule.with_event_days = true;
	work(&run, &rule, &workday, weeks, NULL);
	cr_expect_str_eq(run.days, "2 chosen, 3 chosen, 4 chosen");
	/* 4 x (10.10 + 0.01 + 0.01) / 3 = 13.4933... */
	cr_expect_str_eq(run.steps, "13.49");
	baseline_free(run.baseline);

	rule = similar(4, 45);
	rule.skip = 4;
	rule.with_event_days = true;
	work(&run, &rule, &workday, weeks, NULL);
	cr_expect_str_eq(run.days,
	    "5 chosen, 6 chosen, 7 excluded, 8 chosen, 9 missing-reads, "
	    "10 estimated-reads, 11 chosen");
	baseline_free(run.baseline);
}

/* clang-format off */
static const struct past uneven[] = {
    {.before = 1, .slots = {100, 100, 100, 100}},
    {.before = 2, .slots = {300, 300, 300, 300}},
    {.before = 3, .slots = {200, 200, 200, 200}},
    {.before = 4, .slots = {200, 200, 200, 200}},
    {.before = 5, .slots = {300, 300, 300, 299}},
    {.before = 0},
};
/* clang-format on */

Test(baseline, chooses_the_highest_or_the_latest_of_those_gathered)
{
	static const struct {
		enum baseline_choose choose;
		int count;
		const char *days, *steps;
	} rows[] = {
	    {BASELINE_ALL, 5,
		"1 chosen, 2 chosen, 3 chosen, 4 chosen, 5 chosen", "8.80"},
	    {BASELINE_HIGHEST, 2,
		"1 not-highest, 2 chosen, 3 not-highest, 4 not-highest, "
		"5 chosen",
		/* (12 + 11.99) / 2 = 11.995 */
		"12.00"},
	    /* Equal ones: the nearest.  (12 + 8 + 11.99) / 3 = 10.663... */
	    {BASELINE_HIGHEST, 3,
		"1 not-highest, 2 chosen, 3 chosen, 4 not-highest, 5 chosen",
		"10.66"},
	    /* (4 + 12) / 2 */
	    {BASELINE_LATEST, 2,
		"1 chosen, 2 chosen, 3 not-latest, 4 not-latest, 5 not-latest",
		"8.00"},
	    {BASELINE_LATEST, 9,
		"1 chosen, 2 chosen, 3 chosen, 4 chosen, 5 chosen", "8.80"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct baseline_rule rule = similar(5, 45);
		struct run run;

		rule.choose = rows[i].choose;
		rule.choose_count = rows[i].count;
		work(&run, &rule, &workday, uneven, NULL);
		cr_expect_str_eq(run.days, rows[i].days, "%s", run.days);
		cr_expect_str_eq(run.steps, rows[i].steps, "%s", run.steps);
		baseline_free(run.baseline);
	}
}

Test(baseline, drops_days_off_the_mean_and_chooses_from_the_rest)
{
	/* Energies 4, 12, 8, 8, 11.99: mean 8.798, a quarter of it 2.1995.
	 * Off: 4.798, 3.202, 0.798, 0.798, 3.192. */
	struct baseline_rule rule = similar(5, 45);
	struct run run;

	rule.has_spread = true;
	dec_set_int(&rule.spread, 25, 2);
	work(&run, &rule, &workday, uneven, NULL);
	cr_expect_str_eq(
	    run.days, "1 spread, 2 spread, 3 chosen, 4 chosen, 5 spread");
	cr_expect_str_eq(run.steps, "8.00");
	baseline_free(run.baseline);

	/* Exactly the spread stays: 3.202 / 8.798 is 1601 / 4399, of which
	 * 0.364 is a little more and 0.363 a little less. */
	dec_set_int(&rule.spread, 364, 3);
	work(&run, &rule, &workday, uneven, NULL);
	cr_expect_str_eq(
	    run.days, "1 spread, 2 chosen, 3 chosen, 4 chosen, 5 chosen");
	baseline_free(run.baseline);
	dec_set_int(&rule.spread, 363, 3);
	rule.choose = BASELINE_LATEST;
	rule.choose_count = 1;
	work(&run, &rule, &workday, uneven, NULL);
	cr_expect_str_eq(run.days,
	    "1 spread, 2 spread, 3 chosen, 4 not-latest, 5 not-latest");
	baseline_free(run.baseline);
}

Test(baseline, a_day_just_at_the_spread_stays)
{
	static const struct past past[] = {
	    {.before = 1, .slots = {75, 0, 0, 0}},
	    {.before = 2, .slots = {125, 0, 0, 0}},
	    {.before = 3, .slots = {100, 0, 0, 0}},
	    {.before = 0},
	};
	struct baseline_rule rule = similar(3, 45);
	struct run run;

	rule.has_spread = true;
	dec_set_int(&rule.spread, 25, 2);
	work(&run, &rule, &workday, past, NULL);
	cr_expect_str_eq(run.days, "1 chosen, 2 chosen, 3 chosen");
	cr_expect_str_eq(run.steps, "1.00");
	baseline_free(run.baseline);
}

Test(baseline, of_days_that_are_all_off_their_mean_there_is_none)
{
	static const struct past past[] = {
	    {.before = 1, .slots = {50, 0, 0, 0}},
	    {.before = 2, .slots = {150, 0, 0, 0}},
	    {.before = 0},
	};
	struct baseline_rule rule = similar(2, 45);
	struct run run;

	rule.has_spread = true;
	dec_set_int(&rule.spread, 25, 2);
	work(&run, &rule, &workday, past, NULL);
	cr_expect_eq(run.result, 1);
	cr_expect_str_eq(run.refusal.reason, "baseline-days");
	cr_expect_str_eq(run.refusal.detail,
	    "each of the 2 days is off their mean by more than the spread");
	cr_expect_str_eq(run.days, "1 spread, 2 spread");
	baseline_free(run.baseline);
}

Test(baseline, missing_reads_are_never_zero)
{
	/* clang-format off */
	static const struct past past[] = {
	    {.before = 1, .missing = 1, .slots = {100, 100, 100, 0},
		.lacks = {false, false, false, true}},
	    {.before = 2, .missing = 2, .slots = {1, 1, 1, 1}},
	    {.before = 3, .missing = 1, .estimated = 1, .slots = {1, 1, 1, 1}},
	    {.before = 4, .estimated = 1, .slots = {200, 200, 200, 500}},
	    {.before = 5, .lacks = {true, true, true, true}},
	    {.before = 0},
	};
	/* clang-format on */
	struct baseline_rule rule = similar(2, 45);
	struct run run;

	/* 2 percent of 96 are 1.92 intervals. */
	dec_set_int(&rule.missing_most, 2, 0);
	work(&run, &rule, &workday, past, NULL);
	cr_expect_str_eq(
	    run.days, "1 chosen, 2 missing-reads, 3 estimated-reads, 4 chosen");
	/* 1.50 + 1.50 + 1.50 + 5.00 */
	cr_expect_str_eq(run.steps, "9.50");
	cr_expect_not(run.baseline->days[0].has_kwh);
	baseline_free(run.baseline);

	/* A slot that no day has. */
	rule.days = rule.least = 1;
	work(&run, &rule, &workday, past, NULL);
	cr_expect_eq(run.result, 1);
	cr_expect_str_eq(run.refusal.reason, "baseline-reads");
	baseline_free(run.baseline);

	/* A day without any of the event's reads is none. */
	dec_set_int(&rule.missing_most, 100, 0);
	rule.skip = 4;
	rule.look_back = 5;
	work(&run, &rule, &workday, past, NULL);
	cr_expect_str_eq(run.refusal.reason, "baseline-days");
	cr_expect_str_eq(run.days, "5 missing-reads");
	baseline_free(run.baseline);
}

/* 附件4 of Shandong repairs reads and then takes the day. */
Test(baseline, takes_repaired_days_where_the_rule_does)
{
	static const struct past past[] = {
	    {.before = 1, .estimated = 96, .slots = {100, 100, 100, 100}},
	    {.before = 2, .missing = 1, .estimated = 9, .slots = {1, 1, 1, 1}},
	    {.before = 3, .slots = {300, 300, 300, 300}},
	    {.before = 0},
	};
	struct baseline_rule rule = similar(2, 45);
	struct run run;

	rule.has_estimated_most = true;
	dec_set_int(&rule.estimated_most, 100, 0);
	work(&run, &rule, &workday, past, NULL);
	cr_expect_str_eq(run.days, "1 chosen, 2 missing-reads, 3 chosen");
	/* Four slots of (1.00 + 3.00) / 2. */
	cr_expect_str_eq(run.steps, "8.00");
	baseline_free(run.baseline);
}

Test(baseline, the_previous_day_is_of_any_type)
{
	static const struct past past[] = {
	    {.before = 1, .event = true, .slots = {1}},
	    {.before = 2, .kind = DAY_REST, .slots = {333}},
	    {.before = 0},
	};
	struct baseline_rule rule = similar(0, 0);
	struct run run;

	rule.method = BASELINE_PREVIOUS_DAY;
	work(&run, &rule, &workday, past, NULL);
	cr_expect_eq(run.result, 1);
	cr_expect_str_eq(run.refusal.reason, "baseline-days");
	cr_expect_str_eq(run.days, "1 event-day");
	baseline_free(run.baseline);

	rule.look_back = 3;
	work(&run, &rule, &workday, past, NULL);
	cr_expect_str_eq(run.days, "1 event-day, 2 chosen");
	cr_expect_str_eq(run.steps, "3.33");
	baseline_free(run.baseline);
}

Test(baseline, hours_of_the_same_day_are_a_mean_of_power)
{
	/* Three hours before and two after (with an hour between each time):
	 * 30 + 30 + 30 + 20 + 20 kWh in 5 hours are 26 kW, a quarter of an hour
	 * 6.5 kWh, an hour 26. */
	struct baseline_rule rule = similar(0, 0);
	struct baseline_own own = {
	    .has_windows = true, .windows = 13000, .windows_seconds = 18000};
	struct baseline_event event = workday;
	struct run run;

	rule.method = BASELINE_SAME_DAY;
	event.slots_of = two_steps;
	event.step_count = 2;
	work(&run, &rule, &event, weeks, &own);
	cr_expect_str_eq(run.days, "");
	cr_expect_str_eq(run.steps, "6.50 19.50");
	baseline_free(run.baseline);

	own.has_windows = false;
	work(&run, &rule, &event, weeks, &own);
	cr_expect_eq(run.result, 1);
	cr_expect_str_eq(run.refusal.reason, "baseline-reads");
	baseline_free(run.baseline);
}

Test(baseline, what_is_given_must_be_there_for_each_slot)
{
	/* 10 kW over a quarter of an hour, of which a third is at 40 kW:
	 * (10 x 2 + 40) / 3 / 4 = 5. */
	struct ratio given[SLOTS] = {{0}};
	const bool has[SLOTS] = {true, true, false, true};
	struct baseline_own own = {.given = given};
	struct baseline_rule rule = similar(0, 0);
	struct run run;

	rule.method = BASELINE_GIVEN;
	ratio_set_int(&given[0], 5, 1);
	ratio_set_int(&given[1], 1, 3);
	ratio_set_int(&given[3], 1, 3);
	work(&run, &rule, &workday, weeks, &own);
	cr_expect_str_eq(run.steps, "5.67");
	baseline_free(run.baseline);

	own.given_has = has;
	work(&run, &rule, &workday, weeks, &own);
	cr_expect_eq(run.result, 1);
	cr_expect_str_eq(run.refusal.reason, "baseline-given");
	baseline_free(run.baseline);
	for (size_t i = 0; i < SLOTS; i++) {
		ratio_release(&given[i]);
	}
}

/* clang-format off */
static const struct past steady[] = {
    {.before = 1, .slots = {500, 500, 500, 500}, .window = 1500},
    {.before = 2, .slots = {500, 500, 500, 500}, .lacks_window = true},
    {.before = 3, .slots = {500, 500, 500, 500}, .window = 2500},
    {.before = 0},
};
static const struct past at_night[] = {
    {.before = 1, .slots = {500, 500, 500, 500}},
    {.before = 2, .slots = {500, 500, 500, 500}},
    {.before = 3, .slots = {500, 500, 500, 500}},
    {.before = 0},
};
static const struct past sending[] = {
    {.before = 1, .slots = {-500, -500, 100, 100}, .window = -2000},
    {.before = 2, .slots = {-500, -500, 100, 100}, .window = -2000},
    {.before = 3, .slots = {-500, -500, 100, 100}, .window = -2000},
    {.before = 0},
};
/* clang-format on */

Test(baseline, is_moved_by_what_the_events_own_day_shows)
{
	/* The baseline is 5 kWh a quarter, 20 in all, and 20 in the window of
	 * three hours: the mean of 15 and 25. */
	static const struct {
		const struct past *past;
		enum baseline_adjust adjust;
		const char *cap;
		int64_t own;
		const char *adjustment, *steps;
		bool none, negative;
	} rows[] = {
	    {steady, BASELINE_MULTIPLY, "0.2", 2200, "11/10", "22.00", 0, 0},
	    {steady, BASELINE_MULTIPLY, "0.2", 3000, "6/5", "24.00", 0, 0},
	    {steady, BASELINE_MULTIPLY, "0.2", 1000, "4/5", "16.00", 0, 0},
	    {steady, BASELINE_MULTIPLY, NULL, 3000, "3/2", "30.00", 0, 0},
	    {steady, BASELINE_MULTIPLY, NULL, 0, "0", "0.00", 0, 0},
	    /* 3 kWh more in 3 h are 1 kW, or 0.25 kWh a quarter. */
	    {steady, BASELINE_ADD, NULL, 2300, "1", "21.00", 0, 0},
	    {steady, BASELINE_ADD, NULL, 1700, "-1", "19.00", 0, 0},
	    /* 5 percent of 20 kWh: 1 kWh in 3 h. */
	    {steady, BASELINE_ADD, "0.05", 9900, "1/3", "20.33", 0, 0},
	    {steady, BASELINE_ADD, "0.05", 0, "-1/3", "19.67", 0, 0},
	    {at_night, BASELINE_MULTIPLY, "0.2", 3000, "0", "20.00", 1, 0},
	    {at_night, BASELINE_MULTIPLY, NULL, 3000, "0", "20.00", 1, 0},
	    {at_night, BASELINE_ADD, "0.2", 3000, "0", "20.00", 1, 0},
	    /* 30 kWh in 3 h are 10 kW in an hour. */
	    {at_night, BASELINE_ADD, NULL, 3000, "10", "30.00", 0, 0},
	    /* -8 kWh in the event.  -30 / -20, at most 1.2. */
	    {sending, BASELINE_MULTIPLY, "0.2", -3000, "6/5", "-9.60", 0, 1},
	    {sending, BASELINE_MULTIPLY, "0.2", -3000, "6/5", "0.00", 0, 0},
	    /* 10 kWh less than -20 are at most 4 less: -4/3 kW. */
	    {sending, BASELINE_ADD, "0.2", -3000, "-4/3", "-9.33", 0, 1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct baseline_rule rule = similar(3, 45);
		struct baseline_own own = {.has_window = true,
		    .window = rows[i].own,
		    .window_seconds = 10800};
		char text[RATIO_TEXT_MAX];
		struct run run;

		rule.adjust = rows[i].adjust;
		rule.negative = rows[i].negative;
		rule.has_adjust_cap = rows[i].cap != NULL;
		if (rule.has_adjust_cap) {
			cr_assert_eq(dec_parse(&rule.adjust_cap, rows[i].cap,
					 strlen(rows[i].cap), NULL),
			    0);
		}
		work(&run, &rule, &workday, rows[i].past, &own);
		cr_expect_str_eq(
		    run.steps, rows[i].steps, "row %zu: %s", i, run.steps);
		ratio_format(&run.baseline->adjustment, text, sizeof(text));
		cr_expect_str_eq(
		    text, rows[i].adjustment, "row %zu: %s", i, text);
		cr_expect_eq(run.baseline->no_adjustment, rows[i].none);
		baseline_free(run.baseline);
	}
}

Test(baseline, a_window_that_is_not_whole_is_no_number)
{
	struct baseline_rule rule = similar(3, 45);
	struct baseline_own own = {.window_seconds = 10800};
	struct run run;

	rule.adjust = BASELINE_MULTIPLY;
	work(&run, &rule, &workday, steady, &own);
	cr_expect_eq(run.result, 1);
	cr_expect_str_eq(run.refusal.reason, "baseline-reads");
	baseline_free(run.baseline);

	/* Nor one that none of the days has. */
	own.has_window = true;
	rule = similar(1, 45);
	rule.skip = 1;
	rule.adjust = BASELINE_ADD;
	work(&run, &rule, &workday, steady, &own);
	cr_expect_eq(run.result, 1);
	cr_expect_str_eq(run.refusal.reason, "baseline-reads");
	baseline_free(run.baseline);
}

Test(baseline, of_a_portfolio_is_rounded_once_and_its_points_add_up)
{
	/* Thirds of what three days show: 0.10 / 3, 0.11 / 3, -0.01 / 3 kWh are
	 * together 0.20 / 3 = 0.0667: 0.07 as a whole.  Rounded down they are
	 * 0.03, 0.03, -0.01, and two ticks go to the rests 1/3, 2/3, 2/3. */
	static const struct past points[3][4] = {
	    {{.before = 1, .slots = {10}}, {.before = 2}, {.before = 3}, {0}},
	    {{.before = 1, .slots = {11}}, {.before = 2}, {.before = 3}, {0}},
	    {{.before = 1, .slots = {-1}}, {.before = 2}, {.before = 3}, {0}},
	};
	static const char *const shown[] = {"0.03", "0.04", "0.00"};
	struct baseline_rule rule = similar(3, 45);
	struct baseline_step whole = {0};
	struct baseline *baselines[3];
	char text[DEC_TEXT_MAX];
	struct run run;

	rule.negative = true;
	for (size_t i = 0; i < 3; i++) {
		work(&run, &rule, &workday, points[i], NULL);
		baselines[i] = run.baseline;
	}
	baseline_sum(&whole, baselines, 3, &rule.round);
	dec_format(&whole.kwh, text, sizeof(text));
	cr_expect_str_eq(text, "0.07");
	for (size_t i = 0; i < 3; i++) {
		dec_format(&baselines[i]->steps[0].kwh, text, sizeof(text));
		cr_expect_str_eq(text, shown[i], "point %zu: %s", i, text);
	}
	baseline_sum(&whole, baselines, 3, &rule.round);
	dec_format(&whole.kwh, text, sizeof(text));
	cr_expect_str_eq(text, "0.07");
	for (size_t i = 0; i < 3; i++) {
		baseline_free(baselines[i]);
	}
	ratio_release(&whole.exact);
}
