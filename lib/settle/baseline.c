/* baseline.c - which days a baseline is made of.
 *
 * The days are walked from late to early, phase by phase: an event on a
 * holiday may first look for last year's and then for an earlier holiday.  A
 * day is asked for its reads only when nothing else rules it out.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/baseline.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "settle/baseline_own.h"

static bool
same_text(const char *a, const char *b)
{
	return strcmp(a == NULL ? "" : a, b == NULL ? "" : b) == 0;
}

/* What a day counts as: where the rule has nothing on holidays they are rest
 * days. */
static enum day_kind
kind_of(const struct baseline_rule *rule, enum day_kind kind)
{
	return kind == DAY_HOLIDAY && rule->holiday_count == 0 ? DAY_REST
							       : kind;
}

static void
begin_similar(struct baseline *baseline)
{
	const struct baseline_rule *rule = baseline->rule;
	struct baseline_walk *walk = baseline->walk;
	int reach = rule->look_back;

	if (rule->method == BASELINE_PREVIOUS_DAY && reach == 0) {
		reach = 1 + rule->skip;
	}
	walk->phase = PHASE_SIMILAR;
	walk->of_days = true;
	walk->next = walk->origin - 1 - rule->skip;
	walk->last = walk->origin - reach;
}

static void begin_phase(struct baseline *baseline);

/* What last year's holiday was held against, where all its days were of
 * events: the words once more, from there on. */
static void
begin_its_baseline(struct baseline *baseline)
{
	struct baseline_walk *walk = baseline->walk;

	if (walk->year_events == 0 || walk->year_others > 0) {
		begin_phase(baseline);
	} else if (baseline->is_last_years) {
		walk->phase = PHASE_OVER; /* two years of events: no number */
	} else {
		baseline->is_last_years = true;
		baseline->last_years_day = walk->origin = walk->year_day;
		walk->holiday_at = 0;
		begin_phase(baseline);
	}
}

/* Sets out on the phase that is next, or on none. */
static void
begin_phase(struct baseline *baseline)
{
	const struct baseline_rule *rule = baseline->rule;
	struct baseline_walk *walk = baseline->walk;

	if (walk->holiday_at == rule->holiday_count) {
		walk->phase = PHASE_OVER;
		return;
	}
	walk->of_days = false;
	switch (rule->holidays[walk->holiday_at++]) {
	case BASELINE_HOLIDAY_AS_REST:
		begin_similar(baseline);
		return;
	case BASELINE_HOLIDAY_LAST_YEAR:
		walk->phase = PHASE_LAST_YEAR;
		walk->next = walk->origin - HOLIDAY_YEAR_FROM;
		walk->last = walk->origin - HOLIDAY_YEAR_TO;
		walk->year_events = walk->year_others = 0;
		return;
	case BASELINE_HOLIDAY_ITS_BASELINE:
		begin_its_baseline(baseline);
		return;
	case BASELINE_HOLIDAY_PREVIOUS:
		walk->phase = PHASE_PREVIOUS_HOLIDAY;
		walk->next = walk->origin - 1;
		walk->last = walk->origin - HOLIDAY_YEAR_TO;
		return;
	case BASELINE_HOLIDAYS:
		break;
	}
	BUG("holiday rule %d", (int)rule->holidays[walk->holiday_at - 1]);
}

void
baseline_begin(struct baseline **out, const struct baseline_rule *rule,
    const struct baseline_event *event)
{
	struct baseline *baseline = xcalloc(1, sizeof(*baseline));
	struct baseline_walk *walk = xcalloc(1, sizeof(*walk));
	size_t sum = 0;

	for (size_t i = 0; i < event->step_count; i++) {
		sum += event->slots_of[i];
	}
	assert(sum == event->slot_count && sum > 0 && event->slot_seconds > 0);
	baseline->rule = rule;
	baseline->event = event;
	baseline->walk = walk;
	baseline->slots = xcalloc(event->slot_count, sizeof(struct ratio));
	baseline->steps =
	    xcalloc(event->step_count, sizeof(struct baseline_step));
	walk->origin = event->day;
	walk->phase = PHASE_OVER;
	walk->holiday_at = rule->holiday_count;
	if (rule->method == BASELINE_PREVIOUS_DAY) {
		begin_similar(baseline);
	} else if (rule->method == BASELINE_SIMILAR_DAYS) {
		if (kind_of(rule, event->kind) != DAY_HOLIDAY) {
			begin_similar(baseline);
		} else {
			walk->holiday_at = 0;
			begin_phase(baseline);
		}
	}
	*out = baseline;
}

void
baseline_free(struct baseline *baseline)
{
	if (baseline == NULL) {
		return;
	}
	for (size_t i = 0; i < baseline->day_count; i++) {
		dec_release(&baseline->days[i].kwh);
	}
	for (size_t i = 0; i < baseline->walk->kept_count; i++) {
		free(baseline->walk->kept[i].slots);
		free(baseline->walk->kept[i].has);
		ratio_release(&baseline->walk->kept[i].kwh);
	}
	for (size_t i = 0; i < baseline->event->slot_count; i++) {
		ratio_release(&baseline->slots[i]);
	}
	for (size_t i = 0; i < baseline->event->step_count; i++) {
		ratio_release(&baseline->steps[i].exact);
		dec_release(&baseline->steps[i].kwh);
	}
	ratio_release(&baseline->adjustment);
	free(baseline->days);
	free(baseline->slots);
	free(baseline->steps);
	free(baseline->walk->kept);
	free(baseline->walk->holiday);
	free(baseline->walk);
	free(baseline);
}

/* How many days the phase gathers. */
static size_t
wanted(const struct baseline *baseline)
{
	const struct baseline_rule *rule = baseline->rule;

	if (baseline->walk->phase != PHASE_SIMILAR) {
		return SIZE_MAX;
	}
	return rule->method == BASELINE_PREVIOUS_DAY ? 1 : (size_t)rule->days;
}

bool
baseline_next(struct baseline *baseline, int32_t *day)
{
	struct baseline_walk *walk = baseline->walk;

	assert(!walk->waiting);
	while (walk->phase != PHASE_OVER) {
		bool enough = walk->kept_count >= wanted(baseline);

		/* The rest of a holiday that was found lies next to it. */
		if (walk->holiday != NULL &&
		    walk->next <= walk->anchor - HOLIDAY_SPAN) {
			enough = true;
		}
		if (!enough && walk->next >= walk->last) {
			*day = walk->next--;
			return true;
		}
		if (walk->kept_count > 0) {
			walk->phase = PHASE_OVER;
		} else {
			begin_phase(baseline);
		}
	}
	return false;
}

/* Notes a reason for a day; one that an earlier phase looked at gets a new
 * one.  Returns where. */
static size_t
note(struct baseline *baseline, int32_t day, const char *reason)
{
	size_t i;

	for (i = 0; i < baseline->day_count; i++) {
		if (baseline->days[i].day == day) {
			break;
		}
	}
	if (i == baseline->day_count) {
		baseline->days = xreallocarray(baseline->days,
		    ++baseline->day_count, sizeof(*baseline->days));
		baseline->days[i] = (struct baseline_found){.day = day};
	}
	baseline->days[i].reason = reason;
	baseline->days[i].used = false;
	return i;
}

/* Whether a day is of the kind that the phase looks for; those that are of no
 * interest to it get no row. */
static bool
fits_holiday(const struct baseline *baseline, const struct baseline_day *day)
{
	const struct baseline_walk *walk = baseline->walk;
	const char *own = baseline->event->holiday;

	if (day->kind != DAY_HOLIDAY) {
		return false;
	}
	if (walk->phase == PHASE_LAST_YEAR) {
		return same_text(day->holiday, own);
	}
	if (walk->holiday != NULL) {
		return same_text(day->holiday, walk->holiday);
	}
	return !same_text(day->holiday, own) ||
	       day->day < walk->origin - HOLIDAY_SPAN;
}

/* Whether a similar day is of the event's type. */
static bool
fits_type(const struct baseline *baseline, const struct baseline_day *day)
{
	const struct baseline_rule *rule = baseline->rule;
	enum day_kind kind = kind_of(rule, baseline->event->kind);

	if (!rule->by_type || rule->method == BASELINE_PREVIOUS_DAY) {
		return true;
	}
	/* A holiday that is to be taken for a rest day. */
	if (kind == DAY_HOLIDAY) {
		kind = DAY_REST;
	}
	return kind_of(rule, day->kind) == kind;
}

/* Whether all days of last year's holiday were of events. */
static void
count_last_year(struct baseline_walk *walk, const struct baseline_day *day,
    const char *reason)
{
	if (reason == NULL || strcmp(reason, BASELINE_DAY_EVENT) != 0) {
		walk->year_others++;
		return;
	}
	if (walk->year_events == 0) {
		walk->year_day = day->day;
	}
	walk->year_events++;
}

bool
baseline_wants(struct baseline *baseline, const struct baseline_day *day)
{
	const struct baseline_rule *rule = baseline->rule;
	struct baseline_walk *walk = baseline->walk;
	const char *reason = NULL;

	assert(!walk->waiting && day->day == walk->next + 1);
	if (walk->phase != PHASE_SIMILAR && !fits_holiday(baseline, day)) {
		return false;
	}
	if (walk->phase == PHASE_SIMILAR && !fits_type(baseline, day)) {
		reason = BASELINE_DAY_OTHER_TYPE;
	} else if (day->is_event && !rule->with_event_days) {
		reason = BASELINE_DAY_EVENT;
	} else if (day->is_excluded) {
		reason = BASELINE_DAY_EXCLUDED;
	} else if (day->has_finding) {
		reason = BASELINE_DAY_FINDING;
	}
	if (walk->phase == PHASE_LAST_YEAR) {
		count_last_year(walk, day, reason);
	}
	if (reason != NULL) {
		note(baseline, day->day, reason);
		return false;
	}
	if (walk->phase == PHASE_PREVIOUS_HOLIDAY && walk->holiday == NULL) {
		walk->anchor = day->day;
		walk->holiday =
		    xstrdup(day->holiday == NULL ? "" : day->holiday);
	}
	walk->waiting = true;
	walk->waiting_at = note(baseline, day->day, BASELINE_DAY_MISSING);
	return true;
}

/* Whether more than the tolerated part of a day's intervals is bad. */
static bool
too_many(const struct dec *percent, size_t bad, size_t intervals)
{
	struct dec most = {0}, share = {0};
	bool over;

	dec_mul_int(&most, percent, (int64_t)intervals);
	dec_set_int(&share, (int64_t)bad * 100, 0);
	over = dec_cmp(&share, &most) > 0;
	dec_release(&most);
	dec_release(&share);
	return over;
}

/* The mean of the slots that are known, times all; where that is all of them
 * it is their sum. */
static void
energy_of(struct baseline_found *found, struct baseline_kept *kept,
    const struct baseline_event *event, size_t known)
{
	struct dec one = {0}, sum = {0};

	for (size_t i = 0; i < event->slot_count; i++) {
		if (kept->has[i]) {
			dec_set_int(&one, kept->slots[i], event->scale);
			dec_add(&sum, &sum, &one);
		}
	}
	found->has_kwh = known == event->slot_count;
	if (found->has_kwh) {
		dec_set(&found->kwh, &sum);
	}
	ratio_set_dec(&kept->kwh, &sum);
	ratio_mul_int(&kept->kwh, &kept->kwh, (int64_t)event->slot_count);
	ratio_div_int(&kept->kwh, &kept->kwh, (int64_t)known);
	dec_release(&one);
	dec_release(&sum);
}

/* Keeps a copy of a day's reads. */
static void
keep(
    struct baseline *baseline, const struct baseline_reads *reads, size_t known)
{
	struct baseline_walk *walk = baseline->walk;
	size_t count = baseline->event->slot_count;
	struct baseline_kept *kept;

	walk->kept = xreallocarray(
	    walk->kept, walk->kept_count + 1, sizeof(*walk->kept));
	kept = &walk->kept[walk->kept_count++];
	*kept = (struct baseline_kept){
	    .found = walk->waiting_at,
	    .slots = xcalloc(count, sizeof(*kept->slots)),
	    .has = xcalloc(count, sizeof(*kept->has)),
	    .has_window = reads->has_window,
	    .window = reads->window,
	};
	for (size_t i = 0; i < count; i++) {
		kept->has[i] = reads->has == NULL || reads->has[i];
		kept->slots[i] = kept->has[i] ? reads->slots[i] : 0;
	}
	energy_of(&baseline->days[kept->found], kept, baseline->event, known);
}

void
baseline_take(struct baseline *baseline, const struct baseline_reads *reads)
{
	const struct baseline_rule *rule = baseline->rule;
	struct baseline_walk *walk = baseline->walk;
	struct baseline_found *found = &baseline->days[walk->waiting_at];
	size_t known = 0;

	assert(walk->waiting);
	walk->waiting = false;
	for (size_t i = 0; i < baseline->event->slot_count; i++) {
		known += reads->has == NULL || reads->has[i];
	}
	if (known == 0 ||
	    too_many(&rule->missing_most, reads->missing, reads->intervals)) {
		found->reason = BASELINE_DAY_MISSING;
	} else if (too_many(rule->has_estimated_most ? &rule->estimated_most
						     : &rule->missing_most,
		       reads->missing + reads->estimated, reads->intervals)) {
		found->reason = BASELINE_DAY_ESTIMATED;
	} else {
		found->reason = BASELINE_DAY_CHOSEN;
		found->used = true;
		keep(baseline, reads, known);
		return;
	}
	/* A holiday whose first day cannot be used is not found yet. */
	if (walk->phase == PHASE_PREVIOUS_HOLIDAY && walk->kept_count == 0) {
		free(walk->holiday);
		walk->holiday = NULL;
	}
}
