/* gaps.c - gaps of a line, each filled by the first method that applies.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "base/text.h"
#include "stage/fill/own.h"

/* Slots [from, to) that have no value, with what is on both sides; or a day of
 * them, with what is on both sides of the whole. */
struct gap {
	size_t from, to;
	size_t whole_from, whole_to;
	struct estimate_gap known;
	struct estimate_unit unit;
	const struct fill_day *day; /* that it begins in */
};

/* What a method gave. */
struct answer {
	int64_t *values; /* of the gap's slots */
	struct buf inputs;
};

/* Finding ------------------------------------------------------------------ */

/* Where one meter ends and the next begins, registers are not of one row. */
static bool
is_cut(const struct fill *fill, const struct fill_line *line, size_t slot)
{
	const struct fill_day *day = fill_day_of(line, slot);
	int64_t utc = fill_time(day, slot);

	if (day->quantity != QUANTITY_REGISTER) {
		return false;
	}
	for (size_t i = 0; i < fill->meter_count; i++) {
		int64_t before = utc - 60 * (int64_t)day->minutes;

		if ((fill->meters[i].from_utc > before &&
			fill->meters[i].from_utc <= utc) ||
		    (fill->meters[i].to_utc > before &&
			fill->meters[i].to_utc <= utc)) {
			return true;
		}
	}
	return false;
}

/* Whether slot stands in one row with the one before it. */
static bool
follows(const struct fill *fill, const struct fill_line *line, size_t slot)
{
	const struct fill_day *a, *b;

	if (slot == 0 || slot >= line->slot_count) {
		return false;
	}
	a = fill_day_of(line, slot - 1);
	b = fill_day_of(line, slot);
	return fill_same_shape(a, b) &&
	       fill_time(a, slot - 1) + 60 * (int64_t)a->minutes ==
		   fill_time(b, slot) &&
	       !is_cut(fill, line, slot);
}

/* Decimals of what is known around the gap. */
static int
decimals_around(const struct fill_line *line, const struct fill_day *of)
{
	int scale = 0;

	for (size_t d = 0; d < line->day_count; d++) {
		if (fill_same_shape(&line->days[d], of) &&
		    line->days[d].scale > scale) {
			scale = line->days[d].scale;
		}
	}
	return scale;
}

/* Whether a meter begins (or ends) at a slot where the row is cut. */
static bool
meter_at(const struct fill *fill, const struct fill_line *line, size_t slot,
    bool begins)
{
	const struct fill_day *day = fill_day_of(line, slot);
	int64_t utc = fill_time(day, slot);
	int64_t before = utc - 60 * (int64_t)day->minutes;

	for (size_t i = 0; i < fill->meter_count; i++) {
		int64_t edge =
		    begins ? fill->meters[i].from_utc : fill->meters[i].to_utc;

		if (edge > before && edge <= utc) {
			return true;
		}
	}
	return false;
}

static void
look_around(struct fill *fill, const struct fill_line *line,
    const struct estimation_version *version, struct gap *gap)
{
	struct estimate_gap *known = &gap->known;
	size_t from = gap->from, to = gap->to;

	memset(known, 0, sizeof(*known));
	gap->whole_from = from;
	gap->whole_to = to;
	gap->day = fill_day_of(line, from);
	known->count = to - from;
	if (follows(fill, line, from)) {
		known->has_before = true;
		known->before = line->values[from - 1];
	}
	if (follows(fill, line, to)) {
		known->has_after = true;
		known->after = line->values[to];
	}
	if (gap->day->quantity == QUANTITY_REGISTER) {
		known->meter_begins = !known->has_before && known->has_after &&
				      (meter_at(fill, line, from, true) ||
					  meter_at(fill, line, to, true));
		known->meter_ends = known->has_before && !known->has_after &&
				    to < line->slot_count &&
				    meter_at(fill, line, to, false);
	}
	gap->unit.scale = line->scale;
	gap->unit.round =
	    version->has_round
		? version->round
		: (struct rounding){
		      decimals_around(line, gap->day), DEC_HALF_UP};
	if (gap->unit.round.scale > line->scale) {
		gap->unit.round.scale = line->scale;
	}
}

/* Methods ------------------------------------------------------------------ */

static void
say_side(const struct fill *fill, const struct fill_line *line,
    struct buf *inputs, const char *word, int64_t value, size_t slot)
{
	struct dec dec = {0};
	char text[DEC_TEXT_MAX], time[40];

	dec_set_int(&dec, value, line->scale);
	dec_format_trim(&dec, text, sizeof(text));
	dec_release(&dec);
	buf_printf(inputs, "%s %s at %s; ", word, text,
	    fill_instant(fill, fill_time(fill_day_of(line, slot), slot), time));
}

static void
say_sides(const struct fill *fill, const struct fill_line *line,
    const struct gap *gap, struct buf *inputs)
{
	if (gap->known.has_before) {
		say_side(fill, line, inputs, "before", gap->known.before,
		    gap->whole_from - 1);
	}
	if (gap->known.has_after) {
		say_side(fill, line, inputs, "after", gap->known.after,
		    gap->whole_to);
	}
}

/* Those that need the values on both sides alone. */
static int
by_sides(struct fill *fill, const struct fill_line *line,
    const struct estimation_rule *rule, const struct gap *gap,
    struct answer *answer)
{
	int rc;

	switch (rule->method) {
	case METHOD_EQUAL_ENDS:
		rc = estimate_equal_ends(&gap->known, answer->values);
		break;
	case METHOD_LEADING_ZERO:
		rc = estimate_leading_zero(&gap->known, answer->values);
		break;
	case METHOD_BACK_FILL:
		rc = estimate_back_fill(&gap->known, answer->values);
		break;
	case METHOD_FORWARD_FILL:
		rc = estimate_forward_fill(&gap->known, answer->values);
		break;
	case METHOD_NEIGHBOUR:
		rc = estimate_neighbour(&gap->known, answer->values);
		break;
	default:
		rc = estimate_mean_of_neighbours(
		    &gap->known, &gap->unit, answer->values);
	}
	if (rc == 1) {
		say_sides(fill, line, gap, &answer->inputs);
	} else {
		snprintf(fill->why, sizeof(fill->why),
		    "the values beside it are not such");
	}
	return rc;
}

/* Room for weights beside the values of the answer. */
static int64_t *
weights_of(struct fill *fill, size_t count, struct answer *answer)
{
	if (fill->work_capacity < 2 * count) {
		fill->work_capacity = 2 * count;
		fill->work = xreallocarray(
		    fill->work, fill->work_capacity, sizeof(*fill->work));
	}
	answer->values = fill->work;
	return fill->work + count;
}

/* The shares of intervals [from, to): of days like theirs, or equal ones. */
static int
shares(struct fill *fill, const struct fill_line *line,
    const struct estimation_version *version,
    const struct estimation_rule *rule, size_t from, size_t to,
    int64_t *weights, size_t *days, struct buf *inputs, struct qf_error *err)
{
	if (rule->method != METHOD_MEAN) {
		return fill_curve(fill, line, version,
		    rule->method == METHOD_YESTERDAY, from, to, weights, days,
		    inputs, err);
	}
	*days = 1;
	for (size_t i = 0; i < to - from; i++) {
		weights[i] = 1;
	}
	return 1;
}

/* A register goes on by the shares of the intervals between its two values. */
static int
register_share(struct fill *fill, const struct fill_line *line,
    const struct estimation_version *version,
    const struct estimation_rule *rule, const struct gap *gap,
    struct answer *answer, struct qf_error *err)
{
	size_t count = gap->to - gap->from + 1, days;
	int64_t *weights = weights_of(fill, count, answer);
	int rc;

	if (!gap->known.has_before || !gap->known.has_after) {
		snprintf(fill->why, sizeof(fill->why),
		    "no value is on one of its sides");
		return 0;
	}
	say_sides(fill, line, gap, &answer->inputs);
	rc = shares(fill, line, version, rule, gap->from - 1, gap->to, weights,
	    &days, &answer->inputs, err);
	if (rc == 1) {
		rc = estimate_register_share(
		    &gap->known, weights, &gap->unit, answer->values);
		if (rc == 0) {
			snprintf(fill->why, sizeof(fill->why),
			    "the register runs backwards, or the days like it "
			    "have no energy");
		}
	}
	return rc;
}

static int64_t
sum_of(const int64_t *weights, size_t count)
{
	int64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		if (__builtin_add_overflow(sum, weights[i], &sum)) {
			return -1;
		}
	}
	return sum;
}

/* What is known in [first, end), and the gap's part of the rest: all of it, or
 * where more is missing there, that of its weight. */
static int
part_of_total(struct fill *fill, const struct fill_line *line,
    const struct estimation_version *version,
    const struct estimation_rule *rule, const struct gap *gap, size_t first,
    size_t end, const int64_t *weights, int64_t *total, struct qf_error *err)
{
	int64_t own = sum_of(weights, gap->to - gap->from), all = own;

	for (size_t s = first; s < end; s++) {
		int64_t other;
		size_t days;
		int rc;

		if (s >= gap->from && s < gap->to) {
			continue;
		}
		if (!fill_is_missing(line, s)) {
			*total -= line->values[s];
			continue;
		}
		rc = shares(fill, line, version, rule, s, s + 1, &other, &days,
		    NULL, err);
		if (rc != 1) {
			return rc;
		}
		all += other;
	}
	if (own < 0 || all < own ||
	    estimate_part(*total, own, all, &gap->unit, total) == 0) {
		snprintf(fill->why, sizeof(fill->why),
		    "its registers counted less than its reads, or the days "
		    "like it have no energy");
		return 0;
	}
	return 1;
}

/* Energy adds up to what the registers say. */
static int
energy_share(struct fill *fill, const struct fill_line *line,
    const struct estimation_version *version,
    const struct estimation_rule *rule, const struct gap *gap,
    struct answer *answer, struct qf_error *err)
{
	size_t count = gap->to - gap->from, days, first, end;
	int64_t *weights = weights_of(fill, count, answer), total;
	int rc;

	if (fill_total(fill, line, gap->from, gap->to, &total, &first, &end,
		&answer->inputs) == 0) {
		return 0;
	}
	rc = shares(fill, line, version, rule, gap->from, gap->to, weights,
	    &days, &answer->inputs, err);
	if (rc == 1) {
		rc = part_of_total(fill, line, version, rule, gap, first, end,
		    weights, &total, err);
	}
	if (rc == 1) {
		rc = estimate_energy_share(
		    count, total, weights, &gap->unit, answer->values);
		if (rc == 0) {
			snprintf(fill->why, sizeof(fill->why),
			    "the days like it have no energy");
		}
	}
	return rc;
}

/* Energy without a total: the mean of the days like it, or of its sides. */
static int
energy_values(struct fill *fill, const struct fill_line *line,
    const struct estimation_version *version,
    const struct estimation_rule *rule, const struct gap *gap,
    struct answer *answer, struct qf_error *err)
{
	size_t count = gap->to - gap->from, days;
	int64_t *sums = weights_of(fill, count, answer);
	int rc;

	if (rule->method == METHOD_MEAN) {
		return by_sides(fill, line, rule, gap, answer);
	}
	rc = shares(fill, line, version, rule, gap->from, gap->to, sums, &days,
	    &answer->inputs, err);
	for (size_t i = 0; i < count && rc == 1; i++) {
		rc = estimate_mean(
		    sums[i], days, &gap->unit, &answer->values[i]);
	}
	return rc;
}

static int
by_days(struct fill *fill, const struct fill_line *line,
    const struct estimation_version *version,
    const struct estimation_rule *rule, const struct gap *gap,
    struct answer *answer, struct qf_error *err)
{
	int rc = 0;

	if (gap->day->quantity == QUANTITY_REGISTER) {
		return register_share(
		    fill, line, version, rule, gap, answer, err);
	}
	if (rule->total != TOTAL_NONE) {
		rc = energy_share(fill, line, version, rule, gap, answer, err);
	}
	if (rc == 0 && rule->total != TOTAL_NEEDED &&
	    rule->method != METHOD_TYPICAL_SHARE) {
		buf_clear(&answer->inputs);
		rc = energy_values(fill, line, version, rule, gap, answer, err);
	}
	return rc;
}

/* The next day of a gap that begins at or after *from; false at its end. */
static bool
next_day(const struct fill_line *line, const struct gap *gap, size_t *from,
    struct gap *part)
{
	const struct fill_day *day;

	if (*from >= gap->to) {
		return false;
	}
	day = fill_day_of(line, *from);
	*part = *gap;
	part->day = day;
	part->from = *from;
	part->to = day->first + day->count;
	if (part->to > gap->to) {
		part->to = gap->to;
	}
	part->known.count = part->to - part->from;
	*from = part->to;
	return true;
}

/* Whether a rule for days like those of the gap, which it cannot fill, can fill
 * one of them, so that only the others are left to the rules after it: 1 or 0.
 * What is known to have been used in the gap is shared as a whole. */
static int
fits_a_day(struct fill *fill, const struct fill_line *line,
    const struct estimation_version *version,
    const struct estimation_rule *rule, const struct gap *gap,
    struct answer *answer, struct qf_error *err)
{
	size_t from = gap->from, first, end;
	char why[sizeof(fill->why)];
	struct gap part;
	int64_t total;
	int rc = 0;

	memcpy(why, fill->why, sizeof(why));
	if (gap->day->quantity == QUANTITY_REGISTER ||
	    rule->method == METHOD_MEAN ||
	    gap->to <= gap->day->first + gap->day->count ||
	    (rule->total != TOTAL_NONE &&
		fill_total(fill, line, gap->from, gap->to, &total, &first, &end,
		    &answer->inputs) == 1)) {
		memcpy(fill->why, why, sizeof(why));
		return 0;
	}
	while (rc == 0 && next_day(line, gap, &from, &part)) {
		buf_clear(&answer->inputs);
		rc = by_days(fill, line, version, rule, &part, answer, err);
	}
	memcpy(fill->why, why, sizeof(why));
	return rc;
}

/* Whether the rule is one for such a gap. */
static bool
is_for(const struct fill *fill, const struct estimation_rule *rule,
    const struct gap *gap)
{
	size_t count = gap->whole_to - gap->whole_from;

	return (rule->quantities == 0 ||
		   (rule->quantities & 1U << gap->day->quantity) != 0) &&
	       count >= (size_t)rule->least &&
	       (rule->most == 0 || count <= (size_t)rule->most) &&
	       (rule->scenario[0] == '\0' ||
		   strcmp(rule->scenario, fill->scenario) == 0);
}

/* 1 with *rule and the answer, 0 where none applies, 2 where the gap is to be
 * filled day by day. */
static int
find_method(struct fill *fill, const struct fill_line *line,
    const struct estimation_version *version, const struct gap *gap,
    const struct estimation_rule **rule, struct answer *answer,
    struct qf_error *err)
{
	int rc = 0;

	snprintf(fill->why, sizeof(fill->why), "no method is for such a gap");
	for (size_t i = 0; i < version->rule_count && rc == 0; i++) {
		*rule = &version->rules[i];
		if (!is_for(fill, *rule, gap)) {
			continue;
		}
		buf_clear(&answer->inputs);
		weights_of(fill, gap->to - gap->from, answer);
		switch ((*rule)->method) {
		case METHOD_TYPICAL_SHARE:
		case METHOD_SAME_DAY_TYPE:
		case METHOD_YESTERDAY:
		case METHOD_MEAN:
			rc = by_days(
			    fill, line, version, *rule, gap, answer, err);
			if (rc == 0) {
				rc = fits_a_day(fill, line, version, *rule, gap,
				    answer, err);
				if (rc == 1) {
					return 2;
				}
			}
			break;
		default:
			rc = by_sides(fill, line, *rule, gap, answer);
		}
	}
	return rc;
}

/* Taking ------------------------------------------------------------------- */

/* The slots of a gap that are in scope: [*from, *to) is the first run of them
 * at or after *from; false at the end. */
static bool
next_wanted(const struct fill *fill, const struct fill_line *line,
    size_t gap_to, size_t *from, size_t *to)
{
	while (
	    *from < gap_to &&
	    !fill_is_wanted(fill, fill_time(fill_day_of(line, *from), *from))) {
		(*from)++;
	}
	*to = *from;
	while (*to < gap_to &&
	       fill_is_wanted(fill, fill_time(fill_day_of(line, *to), *to))) {
		(*to)++;
	}
	return *from < *to;
}

/* Puts an answer's values where they are wanted, or tells what is left. */
static int
take(struct fill *fill, struct fill_line *line, const struct gap *gap,
    const struct estimation_rule *rule, const struct answer *answer,
    struct qf_error *err)
{
	const char *method =
	    rule == NULL ? NULL : estimation_method_name(rule->method);
	size_t from = gap->from, to;

	while (next_wanted(fill, line, gap->to, &from, &to)) {
		const struct fill_day *last = fill_day_of(line, to - 1);
		int64_t from_utc = fill_time(fill_day_of(line, from), from);
		int64_t to_utc =
		    fill_time(last, to - 1) + 60 * (int64_t)last->minutes;
		int rc;

		for (size_t s = from; s < to && rule != NULL; s++) {
			struct fill_day *day = fill_day_of(line, s);

			line->values[s] = answer->values[s - gap->from];
			line->states[s] = FILL_OURS;
			fill_mark(day, method);
		}
		rc = rule != NULL
			 ? fill_estimate(fill, line, from_utc, to_utc,
			       (int64_t)(to - from), method,
			       answer->inputs.bytes, err)
			 : fill_tell_gap(fill, line, from_utc, to_utc,
			       (int64_t)(to - from), "", fill->why, false, err);
		if (rc == -1) {
			return -1;
		}
		from = to;
	}
	return 0;
}

/* Fills a gap day by day, each by the first method that applies to it. */
static int
fill_days(struct fill *fill, struct fill_line *line,
    const struct estimation_version *version, const struct gap *gap,
    struct answer *answer, struct qf_error *err)
{
	size_t from = gap->from;
	struct gap part;

	while (next_day(line, gap, &from, &part)) {
		const struct estimation_rule *rule = NULL;
		int rc =
		    find_method(fill, line, version, &part, &rule, answer, err);

		assert(rc != 2);
		if (rc == -1 || take(fill, line, &part, rc == 1 ? rule : NULL,
				    answer, err) == -1) {
			return -1;
		}
	}
	return 0;
}

/* A gap that has something in scope. */
static int
fill_gap(struct fill *fill, struct fill_line *line, struct gap *gap,
    struct qf_error *err)
{
	const struct estimation_rule *rule = NULL;
	const struct estimation_version *version;
	struct answer answer = {0};
	int rc = 0;

	buf_init(&answer.inputs, FILL_TEXT_MAX - 1);
	version =
	    estimation_at(fill->estimation, fill_day_of(line, gap->from)->day);
	if (version == NULL) {
		snprintf(fill->why, sizeof(fill->why),
		    "document %s has no version for the day",
		    fill->estimation->head.id);
	} else {
		look_around(fill, line, version, gap);
		rc = find_method(fill, line, version, gap, &rule, &answer, err);
	}
	if (rc == 2) {
		rc = fill_days(fill, line, version, gap, &answer, err);
	} else if (rc != -1) {
		rc = take(fill, line, gap, rc == 1 ? rule : NULL, &answer, err);
	}
	buf_release(&answer.inputs);
	return rc;
}

int
fill_gaps(struct fill *fill, struct fill_line *line, struct qf_error *err)
{
	for (size_t s = 0; s < line->slot_count; s++) {
		struct gap gap = {.from = s};
		size_t from, to;

		if (!fill_is_missing(line, s)) {
			continue;
		}
		for (gap.to = s + 1; gap.to < line->slot_count &&
				     fill_is_missing(line, gap.to) &&
				     follows(fill, line, gap.to);
		     gap.to++) {
		}
		from = gap.from;
		if (next_wanted(fill, line, gap.to, &from, &to) &&
		    fill_gap(fill, line, &gap, err) == -1) {
			return -1;
		}
		s = gap.to - 1;
	}
	return 0;
}
