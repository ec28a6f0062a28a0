/* baseline_holidays_test.c - what events on holidays are held against, in the
 * order of rules.md 3.2 (附件4).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "baseline_fixture.h"

/* clang-format off */
static const struct past years[] = {
    {.before = 1, .kind = DAY_HOLIDAY, .holiday = "spring", .slots = {1}},
    {.before = 2, .kind = DAY_REST, .slots = {200}},
    {.before = 3, .kind = DAY_HOLIDAY, .holiday = "spring", .slots = {1}},
    {.before = 9, .kind = DAY_REST, .slots = {400}},
    {.before = 46, .kind = DAY_HOLIDAY, .holiday = "new-year", .event = true},
    {.before = 47, .kind = DAY_HOLIDAY, .holiday = "new-year", .slots = {600}},
    {.before = 48, .kind = DAY_HOLIDAY, .holiday = "new-year", .slots = {900}},
    {.before = 140, .kind = DAY_HOLIDAY, .holiday = "autumn", .slots = {1}},
    {.before = 350, .kind = DAY_HOLIDAY, .holiday = "spring", .slots = {1000}},
    {.before = 351, .kind = DAY_HOLIDAY, .holiday = "spring", .event = true},
    {.before = 352, .kind = DAY_HOLIDAY, .holiday = "spring", .slots = {2000}},
    {.before = 395, .kind = DAY_HOLIDAY, .holiday = "new-year", .slots = {1}},
    {.before = 0},
};
static const struct past all_events[] = {
    {.before = 2, .kind = DAY_REST, .slots = {200}},
    {.before = 9, .kind = DAY_REST, .slots = {400}},
    {.before = 46, .kind = DAY_HOLIDAY, .holiday = "new-year", .event = true},
    {.before = 350, .kind = DAY_HOLIDAY, .holiday = "spring", .event = true},
    {.before = 0},
};
/* clang-format on */

Test(baseline, a_holiday_is_held_against_others_in_the_rules_order)
{
	static const struct {
		const struct past *past;
		enum baseline_holiday holidays[3];
		size_t count;
		const char *days, *asked, *steps;
	} rows[] = {
	    {years,
		{BASELINE_HOLIDAY_LAST_YEAR, BASELINE_HOLIDAY_PREVIOUS,
		    BASELINE_HOLIDAY_AS_REST},
		3, "350 chosen, 351 event-day, 352 chosen", "350 352", "15.00"},
	    /* The nearest other holiday, and only that one. */
	    {years, {BASELINE_HOLIDAY_PREVIOUS, BASELINE_HOLIDAY_AS_REST}, 2,
		"46 event-day, 47 chosen, 48 chosen", "47 48", "7.50"},
	    {years, {BASELINE_HOLIDAY_AS_REST}, 1,
		"1 other-type, 2 chosen, 3 other-type, 4 other-type, "
		"5 other-type, 6 other-type, 7 other-type, 8 other-type, "
		"9 chosen",
		"2 9", "3.00"},
	    /* Without a word on holidays they are rest days. */
	    {years, {0}, 0, "1 chosen, 2 chosen", "1 2", "1.01"},
	    {all_events,
		{BASELINE_HOLIDAY_LAST_YEAR, BASELINE_HOLIDAY_PREVIOUS,
		    BASELINE_HOLIDAY_AS_REST},
		3,
		"350 event-day, 46 event-day, 1 other-type, 2 chosen, "
		"3 other-type, 4 other-type, 5 other-type, 6 other-type, "
		"7 other-type, 8 other-type, 9 chosen",
		"2 9", "3.00"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct baseline_rule rule = similar(2, 45);
		struct baseline_event event = workday;
		struct run run;

		event.kind = DAY_HOLIDAY;
		event.holiday = "spring";
		rule.holiday_count = rows[i].count;
		memcpy(rule.holidays, rows[i].holidays,
		    rows[i].count * sizeof(rule.holidays[0]));
		work(&run, &rule, &event, rows[i].past, NULL);
		cr_expect_str_eq(run.days, rows[i].days, "%s", run.days);
		cr_expect_str_eq(run.asked, rows[i].asked, "%s", run.asked);
		cr_expect_str_eq(run.steps, rows[i].steps, "%s", run.steps);
		baseline_free(run.baseline);
	}
}

/* clang-format off */
static const struct past before_last[] = {
    {.before = 46, .kind = DAY_HOLIDAY, .holiday = "new-year", .slots = {600}},
    {.before = 350, .kind = DAY_HOLIDAY, .holiday = "spring", .event = true},
    {.before = 351, .kind = DAY_HOLIDAY, .holiday = "spring", .event = true},
    {.before = 700, .kind = DAY_HOLIDAY, .holiday = "spring", .slots = {100}},
    {.before = 701, .kind = DAY_HOLIDAY, .holiday = "spring", .event = true},
    {.before = 0},
};
static const struct past rest_then[] = {
    {.before = 2, .kind = DAY_REST, .slots = {900}},
    {.before = 350, .kind = DAY_HOLIDAY, .holiday = "spring", .event = true},
    {.before = 352, .kind = DAY_REST, .slots = {200}},
    {.before = 353, .kind = DAY_REST, .slots = {400}},
    {.before = 0},
};
static const struct past always_events[] = {
    {.before = 46, .kind = DAY_HOLIDAY, .holiday = "new-year", .slots = {600}},
    {.before = 350, .kind = DAY_HOLIDAY, .holiday = "spring", .event = true},
    {.before = 700, .kind = DAY_HOLIDAY, .holiday = "spring", .event = true},
    {.before = 0},
};
static const struct past lost[] = {
    {.before = 46, .kind = DAY_HOLIDAY, .holiday = "new-year", .slots = {600}},
    {.before = 350, .kind = DAY_HOLIDAY, .holiday = "spring", .event = true},
    {.before = 351, .kind = DAY_HOLIDAY, .holiday = "spring", .missing = 96,
	.lacks = {true, true, true, true}},
    {.before = 700, .kind = DAY_HOLIDAY, .holiday = "spring", .slots = {100}},
    {.before = 0},
};
/* clang-format on */

/* 附件4: where it took part in all of last year's holiday, last year's baseline
 * is taken again. */
Test(baseline, a_holiday_of_events_alone_is_held_against_its_own_baseline)
{
	static const struct {
		const struct past *past;
		const char *days, *steps;
		int as_of; /* days before the event; 0: not last year's */
	} rows[] = {
	    {before_last,
		"350 event-day, 351 event-day, 700 chosen, 701 event-day",
		"1.00", 350},
	    {rest_then, "350 event-day, 351 other-type, 352 chosen, 353 chosen",
		"3.00", 350},
	    /* Two years of events are no number. */
	    {always_events, "350 event-day, 700 event-day", "", 350},
	    /* Not all of it was events: a part is not known. */
	    {lost, "350 event-day, 351 missing-reads, 46 chosen", "6.00", 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		static const enum baseline_holiday words[] = {
		    BASELINE_HOLIDAY_LAST_YEAR, BASELINE_HOLIDAY_ITS_BASELINE,
		    BASELINE_HOLIDAY_PREVIOUS, BASELINE_HOLIDAY_AS_REST};
		struct baseline_rule rule = similar(2, 45);
		struct baseline_event event = workday;
		struct run run;

		event.kind = DAY_HOLIDAY;
		event.holiday = "spring";
		rule.holiday_count = 4;
		memcpy(rule.holidays, words, sizeof(words));
		work(&run, &rule, &event, rows[i].past, NULL);
		cr_expect_str_eq(run.days, rows[i].days, "%s", run.days);
		cr_expect_str_eq(run.steps, rows[i].steps, "%s", run.steps);
		cr_expect_eq(run.result, rows[i].steps[0] == '\0');
		cr_expect_eq(run.baseline->is_last_years, rows[i].as_of != 0);
		if (rows[i].as_of != 0) {
			cr_expect_eq(run.baseline->last_years_day,
			    EVENT_DAY - rows[i].as_of);
		}
		baseline_free(run.baseline);
	}
}

Test(baseline, the_previous_holiday_may_have_the_same_name)
{
	/* Not of the same days: those of a year ago. */
	static const struct past past[] = {
	    {.before = 1, .kind = DAY_HOLIDAY, .holiday = "spring"},
	    {.before = 30, .kind = DAY_HOLIDAY, .holiday = "spring"},
	    {.before = 350,
		.kind = DAY_HOLIDAY,
		.holiday = "spring",
		.slots = {1000}},
	    {.before = 352,
		.kind = DAY_HOLIDAY,
		.holiday = "spring",
		.slots = {2000}},
	    {.before = 390, .kind = DAY_HOLIDAY, .holiday = "spring"},
	    {.before = 0},
	};
	struct baseline_rule rule = similar(2, 45);
	struct baseline_event event = workday;
	struct run run;

	event.kind = DAY_HOLIDAY;
	event.holiday = "spring";
	rule.holiday_count = 1;
	rule.holidays[0] = BASELINE_HOLIDAY_PREVIOUS;
	work(&run, &rule, &event, past, NULL);
	cr_expect_str_eq(run.days, "350 chosen, 352 chosen", "%s", run.days);
	cr_expect_str_eq(run.steps, "15.00");
	baseline_free(run.baseline);
}

Test(baseline, a_holiday_without_any_other_is_no_number)
{
	struct baseline_rule rule = similar(2, 45);
	struct baseline_event event = workday;
	struct run run;

	event.kind = DAY_HOLIDAY;
	event.holiday = "spring";
	rule.holiday_count = 1;
	rule.holidays[0] = BASELINE_HOLIDAY_LAST_YEAR;
	work(&run, &rule, &event, all_events, NULL);
	cr_expect_eq(run.result, 1);
	cr_expect_str_eq(run.refusal.reason, "baseline-days");
	cr_expect_str_eq(run.refusal.detail,
	    "the baseline needs 1 days and found 0 of those it looked at");
	baseline_free(run.baseline);
}
