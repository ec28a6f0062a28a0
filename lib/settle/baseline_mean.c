/* baseline_mean.c - the baseline of the days that were gathered.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "settle/baseline_own.h"

#define HOUR 3600

static bool
is_used(const struct baseline *baseline, size_t i)
{
	return baseline->days[baseline->walk->kept[i].found].used;
}

static void
drop(struct baseline *baseline, size_t i, const char *reason)
{
	struct baseline_found *day =
	    &baseline->days[baseline->walk->kept[i].found];

	day->used = false;
	day->reason = reason;
}

/* Drops days that are off the mean of all by more than a part of it (rules.md
 * 3.2). */
static void
drop_spread(struct baseline *baseline)
{
	const struct baseline_walk *walk = baseline->walk;
	struct ratio mean = {0}, most = {0}, off = {0};

	for (size_t i = 0; i < walk->kept_count; i++) {
		ratio_add(&mean, &mean, &walk->kept[i].kwh);
	}
	ratio_div_int(&mean, &mean, (int64_t)walk->kept_count);
	ratio_mul_dec(&most, &mean, &baseline->rule->spread);
	ratio_abs(&most, &most);
	for (size_t i = 0; i < walk->kept_count; i++) {
		ratio_sub(&off, &walk->kept[i].kwh, &mean);
		ratio_abs(&off, &off);
		if (ratio_cmp(&off, &most) > 0) {
			drop(baseline, i, BASELINE_DAY_SPREAD);
		}
	}
	ratio_release(&mean);
	ratio_release(&most);
	ratio_release(&off);
}

/* How many days that are used come before the i-th: by energy, equal ones the
 * nearest first. */
static int
higher_than(const struct baseline *baseline, size_t i)
{
	const struct baseline_kept *kept = baseline->walk->kept;
	int count = 0;

	for (size_t k = 0; k < baseline->walk->kept_count; k++) {
		int order = ratio_cmp(&kept[k].kwh, &kept[i].kwh);

		if (k != i && is_used(baseline, k) &&
		    (order > 0 || (order == 0 && k < i))) {
			count++;
		}
	}
	return count;
}

static int
later_than(const struct baseline *baseline, size_t i)
{
	int count = 0;

	for (size_t k = 0; k < i; k++) {
		count += is_used(baseline, k);
	}
	return count;
}

/* Picks so many of the days that are left. */
static void
choose(struct baseline *baseline)
{
	const struct baseline_rule *rule = baseline->rule;
	bool highest = rule->choose == BASELINE_HIGHEST;
	size_t count = baseline->walk->kept_count;
	bool *out = xcalloc(count, sizeof(*out));

	for (size_t i = 0; i < count; i++) {
		int rank = highest ? higher_than(baseline, i)
				   : later_than(baseline, i);

		out[i] = is_used(baseline, i) && rank >= rule->choose_count;
	}
	for (size_t i = 0; i < count; i++) {
		if (out[i]) {
			drop(baseline, i,
			    highest ? BASELINE_DAY_NOT_HIGHEST
				    : BASELINE_DAY_NOT_LATEST);
		}
	}
	free(out);
}

/* The mean of the days that know the slot; false where none does. */
static bool
mean_of_slot(struct baseline *baseline, size_t slot)
{
	struct dec one = {0}, sum = {0};
	int64_t count = 0;

	for (size_t i = 0; i < baseline->walk->kept_count; i++) {
		const struct baseline_kept *kept = &baseline->walk->kept[i];

		if (is_used(baseline, i) && kept->has[slot]) {
			dec_set_int(
			    &one, kept->slots[slot], baseline->event->scale);
			dec_add(&sum, &sum, &one);
			count++;
		}
	}
	if (count > 0) {
		ratio_set_dec(&baseline->slots[slot], &sum);
		ratio_div_int(
		    &baseline->slots[slot], &baseline->slots[slot], count);
	}
	dec_release(&one);
	dec_release(&sum);
	return count > 0;
}

/* Fewer days than the rule needs are no baseline. */
static int
check_count(const struct baseline *baseline, struct refusal *refusal)
{
	const struct baseline_rule *rule = baseline->rule;
	bool least_counts =
	    rule->method == BASELINE_SIMILAR_DAYS && baseline->walk->of_days;
	size_t least =
	    least_counts && rule->least > 1 ? (size_t)rule->least : 1;

	if (baseline->walk->kept_count >= least) {
		return 0;
	}
	if (baseline->is_last_years && baseline->walk->kept_count == 0 &&
	    baseline->walk->year_events > 0 &&
	    baseline->walk->year_others == 0) {
		return refuse(refusal, REASON_BASELINE_DAYS,
		    "the same holiday was events alone last year, and in the "
		    "year before too");
	}
	return refuse(refusal, REASON_BASELINE_DAYS,
	    "the baseline needs %zu days and found %zu of those it looked at",
	    least, baseline->walk->kept_count);
}

/* Fills slots with the mean of the days that the rule chooses. */
static int
mean_of_days(struct baseline *baseline, struct refusal *refusal)
{
	const struct baseline_rule *rule = baseline->rule;

	if (check_count(baseline, refusal) == 1) {
		return 1;
	}
	if (rule->method == BASELINE_SIMILAR_DAYS && baseline->walk->of_days) {
		if (rule->has_spread) {
			drop_spread(baseline);
			if (later_than(baseline, baseline->walk->kept_count) ==
			    0) {
				return refuse(refusal, REASON_BASELINE_DAYS,
				    "each of the %zu days is off their mean by "
				    "more than the spread",
				    baseline->walk->kept_count);
			}
		}
		if (rule->choose != BASELINE_ALL) {
			choose(baseline);
		}
	}
	for (size_t i = 0; i < baseline->event->slot_count; i++) {
		if (!mean_of_slot(baseline, i)) {
			return refuse(refusal, REASON_BASELINE_READS,
			    "none of the days of the baseline has a read of "
			    "interval %zu of the event",
			    i + 1);
		}
	}
	return 0;
}

/* The mean kWh of the days that know the window; false where none does. */
static bool
mean_of_window(struct ratio *out, const struct baseline *baseline)
{
	struct dec one = {0}, sum = {0};
	int64_t count = 0;

	for (size_t i = 0; i < baseline->walk->kept_count; i++) {
		const struct baseline_kept *kept = &baseline->walk->kept[i];

		if (is_used(baseline, i) && kept->has_window) {
			dec_set_int(&one, kept->window, baseline->event->scale);
			dec_add(&sum, &sum, &one);
			count++;
		}
	}
	ratio_set_dec(out, &sum);
	if (count > 0) {
		ratio_div_int(out, out, count);
	}
	dec_release(&one);
	dec_release(&sum);
	return count > 0;
}

/* The factor that the window gives. */
static void
adjust_factor(struct baseline *baseline, const struct ratio *own,
    const struct ratio *mean)
{
	const struct baseline_rule *rule = baseline->rule;
	struct ratio *factor = &baseline->adjustment;
	struct ratio low = {0}, high = {0};

	ratio_div(factor, own, mean);
	if (rule->has_adjust_cap) {
		ratio_set_int(&low, 1, 1);
		ratio_add_dec(&high, &low, &rule->adjust_cap);
		ratio_sub_dec(&low, &low, &rule->adjust_cap);
		ratio_clamp(factor, factor, &low, &high);
	}
	for (size_t i = 0; i < baseline->event->slot_count; i++) {
		ratio_mul(&baseline->slots[i], &baseline->slots[i], factor);
	}
	ratio_release(&low);
	ratio_release(&high);
}

/* kW that the window shows above (or below) the baseline. */
static void
adjust_power(struct baseline *baseline, const struct ratio *own,
    const struct ratio *mean, int64_t window_seconds)
{
	const struct baseline_rule *rule = baseline->rule;
	struct ratio *power = &baseline->adjustment;
	struct ratio low = {0}, high = {0};

	ratio_sub(power, own, mean);
	if (rule->has_adjust_cap) {
		ratio_abs(&high, mean);
		ratio_mul_dec(&high, &high, &rule->adjust_cap);
		ratio_neg(&low, &high);
		ratio_clamp(power, power, &low, &high);
	}
	ratio_mul_int(power, power, HOUR);
	ratio_div_int(power, power, window_seconds);
	ratio_mul_int(&high, power, baseline->event->slot_seconds);
	ratio_div_int(&high, &high, HOUR);
	for (size_t i = 0; i < baseline->event->slot_count; i++) {
		ratio_add(&baseline->slots[i], &baseline->slots[i], &high);
	}
	ratio_release(&low);
	ratio_release(&high);
}

/* Moves the baseline by what the window of the event's own day shows. */
static int
adjust(struct baseline *baseline, const struct baseline_own *own,
    struct refusal *refusal)
{
	const struct baseline_rule *rule = baseline->rule;
	struct ratio shown = {0}, mean = {0};

	if (rule->adjust == BASELINE_AS_IS) {
		return 0;
	}
	if (own == NULL || !own->has_window) {
		return refuse(refusal, REASON_BASELINE_READS,
		    "reads are missing in the window of the event's own day "
		    "that adjusts the baseline");
	}
	assert(own->window_seconds > 0);
	if (!mean_of_window(&mean, baseline)) {
		return refuse(refusal, REASON_BASELINE_READS,
		    "none of the days of the baseline has all reads of the "
		    "window that adjusts it");
	}
	ratio_set_ticks(&shown, own->window, baseline->event->scale);
	baseline->no_adjustment =
	    ratio_sign(&mean) == 0 &&
	    (rule->adjust == BASELINE_MULTIPLY || rule->has_adjust_cap);
	if (!baseline->no_adjustment && rule->adjust == BASELINE_MULTIPLY) {
		adjust_factor(baseline, &shown, &mean);
	} else if (!baseline->no_adjustment) {
		adjust_power(baseline, &shown, &mean, own->window_seconds);
	}
	ratio_release(&shown);
	ratio_release(&mean);
	return 0;
}

/* The mean power of the windows of the event's own day. */
static int
take_same_day(struct baseline *baseline, const struct baseline_own *own,
    struct refusal *refusal)
{
	struct ratio slot = {0};

	if (own == NULL || !own->has_windows) {
		return refuse(refusal, REASON_BASELINE_READS,
		    "reads are missing in the hours of the event's own day "
		    "that are its baseline");
	}
	assert(own->windows_seconds > 0);
	ratio_set_ticks(&slot, own->windows, baseline->event->scale);
	ratio_mul_int(&slot, &slot, baseline->event->slot_seconds);
	ratio_div_int(&slot, &slot, own->windows_seconds);
	for (size_t i = 0; i < baseline->event->slot_count; i++) {
		ratio_set(&baseline->slots[i], &slot);
	}
	ratio_release(&slot);
	return 0;
}

static int
take_given(struct baseline *baseline, const struct baseline_own *own,
    struct refusal *refusal)
{
	for (size_t i = 0; i < baseline->event->slot_count; i++) {
		if (own == NULL || own->given == NULL ||
		    (own->given_has != NULL && !own->given_has[i])) {
			return refuse(refusal, REASON_BASELINE_GIVEN,
			    "no baseline was given for interval %zu of the "
			    "event",
			    i + 1);
		}
		ratio_set(&baseline->slots[i], &own->given[i]);
	}
	return 0;
}

/* Slots summed to steps, exactly. */
static void
make_steps(struct baseline *baseline)
{
	size_t slot = 0;

	for (size_t i = 0; i < baseline->event->step_count; i++) {
		struct baseline_step *step = &baseline->steps[i];

		for (size_t k = 0; k < baseline->event->slots_of[i]; k++) {
			ratio_add(
			    &step->exact, &step->exact, &baseline->slots[slot]);
			slot++;
		}
		if (!baseline->rule->negative && ratio_sign(&step->exact) < 0) {
			ratio_release(&step->exact);
		}
	}
}

int
baseline_finish(struct baseline *baseline, const struct baseline_own *own,
    struct refusal *refusal)
{
	int result = 0;

	assert(!baseline->walk->waiting);
	switch (baseline->rule->method) {
	case BASELINE_SIMILAR_DAYS:
	case BASELINE_PREVIOUS_DAY:
		result = mean_of_days(baseline, refusal);
		if (result == 0) {
			result = adjust(baseline, own, refusal);
		}
		break;
	case BASELINE_SAME_DAY:
		result = take_same_day(baseline, own, refusal);
		break;
	case BASELINE_GIVEN:
		result = take_given(baseline, own, refusal);
		break;
	}
	if (result == 0) {
		make_steps(baseline);
	}
	return result;
}
