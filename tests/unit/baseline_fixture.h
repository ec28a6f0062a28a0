/* baseline_fixture.h - days of the past, for tests of baselines.
 *
 * An event of SLOTS quarters on EVENT_DAY; work() hands the days of a list to a
 * baseline and puts down what it asked for, and what came of it.
 */
#ifndef QF_TESTS_BASELINE_FIXTURE_H
#define QF_TESTS_BASELINE_FIXTURE_H

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "settle/baseline.h"

#define EVENT_DAY 20000
#define SLOTS 4
#define ROWS_MAX 16
#define TEXT_MAX 1024
#define QUARTER 900

/* A day of the past; days that a case does not name are workdays that lack all
 * reads.  Loads are ticks of 0.01 kWh. */
struct past {
	int before; /* days before the event; 0 ends the list */
	enum day_kind kind;
	const char *holiday;
	bool event, excluded;
	size_t missing, estimated; /* of 96 */
	int64_t slots[SLOTS];
	bool lacks[SLOTS];
	bool lacks_window;
	int64_t window;
};

struct run {
	struct baseline *baseline;
	struct refusal refusal;
	int result;
	char days[TEXT_MAX]; /* "1 chosen 40.00, 2 event-day" */
	char asked[TEXT_MAX]; /* days whose reads were fetched: "1 3" */
	char steps[TEXT_MAX]; /* "10.20 10.20" */
};

static const struct past *
find(const struct past *past, int before)
{
	static const struct past none = {
	    .lacks = {true, true, true, true}, .missing = 96};

	for (; past->before != 0; past++) {
		if (past->before == before) {
			return past;
		}
	}
	return &none;
}

static inline void
say(char *text, const char *format, ...)
{
	size_t used = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + used, TEXT_MAX - used, format, args);
	va_end(args);
}

static inline void
take(struct run *run, const struct past *past, int before)
{
	bool has[SLOTS];

	for (size_t i = 0; i < SLOTS; i++) {
		has[i] = !past->lacks[i];
	}
	baseline_take(run->baseline, &(struct baseline_reads){
					 .intervals = 96,
					 .missing = past->missing,
					 .estimated = past->estimated,
					 .slots = past->slots,
					 .has = has,
					 .has_window = !past->lacks_window,
					 .window = past->window,
				     });
	say(run->asked, "%s%d", run->asked[0] == '\0' ? "" : " ", before);
}

static inline void
show(struct run *run)
{
	struct baseline_step *whole;
	char text[DEC_TEXT_MAX];
	size_t count;

	for (size_t i = 0; i < run->baseline->day_count; i++) {
		const struct baseline_found *day = &run->baseline->days[i];

		say(run->days, "%s%d %s", i == 0 ? "" : ", ",
		    EVENT_DAY - day->day, day->reason);
		cr_expect_eq(day->used, strcmp(day->reason, "chosen") == 0);
	}
	if (run->result != 0) {
		return;
	}
	count = run->baseline->event->step_count;
	whole = xcalloc(count, sizeof(*whole));
	baseline_sum(whole, &run->baseline, 1, &run->baseline->rule->round);
	for (size_t i = 0; i < count; i++) {
		dec_format(&whole[i].kwh, text, sizeof(text));
		say(run->steps, "%s%s", i == 0 ? "" : " ", text);
		/* One point is the whole. */
		cr_expect_eq(
		    dec_cmp(&run->baseline->steps[i].kwh, &whole[i].kwh), 0);
		dec_release(&whole[i].kwh);
		ratio_release(&whole[i].exact);
	}
	free(whole);
}

static inline void
work(struct run *run, const struct baseline_rule *rule,
    const struct baseline_event *event, const struct past *history,
    const struct baseline_own *own)
{
	int32_t day;

	memset(run, 0, sizeof(*run));
	baseline_begin(&run->baseline, rule, event);
	while (baseline_next(run->baseline, &day)) {
		int before = event->day - day;
		const struct past *past = find(history, before);
		struct baseline_day it = {
		    .day = day,
		    .kind = past->kind,
		    .holiday = past->holiday,
		    .is_event = past->event,
		    .is_excluded = past->excluded,
		};

		if (baseline_wants(run->baseline, &it)) {
			take(run, past, before);
		}
	}
	run->result = baseline_finish(run->baseline, own, &run->refusal);
	show(run);
}

static const size_t one_step[] = {SLOTS};

static const struct baseline_event workday = {
    .day = EVENT_DAY,
    .kind = DAY_WORKDAY,
    .slot_count = SLOTS,
    .slot_seconds = QUARTER,
    .slots_of = one_step,
    .step_count = 1,
    .scale = 2,
};

static inline struct baseline_rule
similar(int days, int look_back)
{
	return (struct baseline_rule){
	    .method = BASELINE_SIMILAR_DAYS,
	    .days = days,
	    .least = days,
	    .choose_count = days,
	    .look_back = look_back,
	    .by_type = true,
	    .round = {.scale = 2, .mode = DEC_HALF_UP},
	};
}

#endif
