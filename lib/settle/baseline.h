/* baseline.h - what a point would have used without the event (基线).
 *
 * The baseline of one point and one event by a programme's rule: which days
 * are like the event's, their mean, and what the event's own day says against
 * it.  The caller fetches: it is asked for one day after the other, first for
 * what the calendar and the events say of it, and for its reads only where
 * they can count.
 *
 *	struct baseline *baseline;
 *	int32_t day;
 *
 *	baseline_begin(&baseline, rule, &event);
 *	while (baseline_next(baseline, &day)) {
 *		... fill struct baseline_day of that day ...
 *		if (baseline_wants(baseline, &it)) {
 *			... fetch struct baseline_reads ...
 *			baseline_take(baseline, &reads);
 *		}
 *	}
 *	if (baseline_finish(baseline, &own, &refusal) == 1)
 *		... held: no number ...
 *	... baseline->steps[i].exact, baseline->days[i].reason ...
 *	baseline_sum(whole, &baseline, 1, &rule->round);
 *	... whole[i].kwh ...
 *	baseline_free(baseline);
 *
 * An event is cut into slots of equal length (as fine as the reads are, or
 * finer than a step needs: the highest load is that of a slot), and every step
 * that is paid as one is a whole number of slots in a row.
 *
 * Numbers: loads are net, import less export, so they may be negative; kWh as
 * integers / 10^scale, all of one scale.  All arithmetic is exact; a step is
 * rounded once, by rule->round.
 *
 * What is read into the rules (programme.xsd has the words):
 *
 * Similar days are gathered nearest first until there are rule->days of them.
 * Fewer than rule->least: held.  Then days off the mean by more than
 * rule->spread go (by energy in the event's hours), then choose picks from the
 * rest.  An event on a holiday goes through rule->holidays in order, and the
 * first that finds a day is taken: the same holiday, HOLIDAY_YEAR_FROM to
 * HOLIDAY_YEAR_TO days before, all days of it; the nearest earlier other
 * holiday, all days of it; the rest days, as an event on a rest day would.
 * Where last year's holiday was found and all its days were of events, its own
 * baseline is taken again if the rule says so: the words are gone through once
 * more from the nearest of these days on; should the year before have been all
 * events too, nothing is found.  A rule that names none takes holidays for rest
 * days, of events and of days alike.  The previous day is the nearest within
 * the look-back (of 1 where there is none) that no event or missing read rules
 * out.
 *
 * A read that is missing is never 0: where the rule tolerates some, a slot is
 * the mean of the days that have it.  A day that lacks all slots of the event
 * is passed over, whatever is tolerated.
 *
 * Adjustment, of similar and previous days alone: multiply by the sum of the
 * own day's window / that of the baseline's, at least 1 - cap and at most 1 +
 * cap; or add the own mean power less the baseline's, at most cap x |mean power
 * of the baseline| either way.  A baseline of 0 in the window cannot be
 * multiplied, nor moved by a part of it: it stays, and no_adjustment says so.
 * Then, unless the rule lets it be negative, a step is at least 0.
 *
 * Ownership: event, rule and reads are the caller's; the event and rule must
 * outlive the baseline, the reads only the call.
 */
#ifndef QF_SETTLE_BASELINE_H
#define QF_SETTLE_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ratio.h"
#include "rules/bands.h"
#include "rules/programme.h"
#include "settle/refusal.h"

/* Last year's same holiday lies so many days back (a lunar year and the days
 * of the holiday); an earlier holiday is looked for so far. */
#define HOLIDAY_YEAR_FROM 330
#define HOLIDAY_YEAR_TO 400
/* Days of one holiday lie within so many of each other. */
#define HOLIDAY_SPAN 30
/* So far back a baseline looks: from last year's holiday on once more. */
#define BASELINE_BACK_DAYS (2 * HOLIDAY_YEAR_TO + HOLIDAY_SPAN)

/* The event, of one point. */
struct baseline_event {
	int32_t day; /* local, on which it starts */
	enum day_kind kind;
	const char *holiday; /* stable name of the holiday; NULL: none */
	size_t slot_count; /* > 0 */
	int64_t slot_seconds; /* > 0; each */
	/* slots_of[i]: how many slots step i has; they add up to slot_count. */
	const size_t *slots_of;
	size_t step_count;
	int scale; /* of all kWh of the point */
};

/* What the calendar and the events say of a day. */
struct baseline_day {
	int32_t day;
	enum day_kind kind;
	const char *holiday; /* NULL: none */
	bool is_event; /* an event took place that the point was part of */
	bool is_excluded; /* the rule's calendar `without` lists it */
	bool has_finding; /* qf-check found what holds the account */
};

/* kWh of a day (the event's own too) at the local times of the event. */
struct baseline_reads {
	/* Intervals of the whole local day, for rule->missing_most; none is
	 * both missing and estimated. */
	size_t intervals, missing, estimated;
	const int64_t *slots; /* slot_count */
	const bool *has; /* slot_count: which are known; NULL: all */
	/* The adjustment's window (of rule->adjust), at its local times. */
	bool has_window; /* all of it is known */
	int64_t window;
};

/* The event's own day, for adjustment and BASELINE_SAME_DAY; and what is given
 * of BASELINE_GIVEN. */
struct baseline_own {
	bool has_window; /* all of the adjustment's window is known */
	int64_t window;
	int64_t window_seconds; /* of the adjustment's window */
	/* All of rule->windows together. */
	bool has_windows;
	int64_t windows, windows_seconds;
	/* slot_count kWh, made from the facts' kW; NULL, or has false: not
	 * given. */
	const struct ratio *given;
	const bool *given_has;
};

/* What was found of a day that was looked at, in the order of looking. */
struct baseline_found {
	int32_t day;
	const char *reason; /* BASELINE_DAY_... */
	bool used;
	bool has_kwh; /* all slots are known */
	struct dec kwh; /* in the event's hours */
};

struct baseline_step {
	struct ratio exact; /* after adjustment, not below 0 unless negative */
	struct dec kwh; /* rounded, by baseline_sum() */
};

struct baseline {
	const struct baseline_rule *rule;
	const struct baseline_event *event;
	struct baseline_found *days;
	size_t day_count;
	/* Of baseline_finish(): */
	struct ratio *slots; /* slot_count, after adjustment */
	struct baseline_step *steps; /* step_count */
	/* Last year's holiday was all events: the days are those of its own
	 * baseline, as of this day. */
	bool is_last_years;
	int32_t last_years_day;
	bool no_adjustment; /* there was none by which to adjust */
	struct ratio adjustment; /* the factor, or kW that were added */
	struct baseline_walk *walk; /* private */
};

/* Reasons of days; all but the first are of days that are passed over. */
#define BASELINE_DAY_CHOSEN "chosen"
#define BASELINE_DAY_EVENT "event-day"
#define BASELINE_DAY_OTHER_TYPE "other-type"
#define BASELINE_DAY_MISSING "missing-reads"
#define BASELINE_DAY_ESTIMATED "estimated-reads"
#define BASELINE_DAY_EXCLUDED "excluded"
#define BASELINE_DAY_FINDING "finding"
#define BASELINE_DAY_SPREAD "spread"
#define BASELINE_DAY_NOT_HIGHEST "not-highest"
#define BASELINE_DAY_NOT_LATEST "not-latest"

void baseline_begin(struct baseline **out, const struct baseline_rule *rule,
    const struct baseline_event *event);
void baseline_free(struct baseline *baseline);

/* The next day to say something about; false when no more are needed. */
bool baseline_next(struct baseline *baseline, int32_t *day);

/* Takes what is known of the day that baseline_next() gave; true where its
 * reads are needed, which baseline_take() must then be given. */
bool baseline_wants(struct baseline *baseline, const struct baseline_day *day);
void
baseline_take(struct baseline *baseline, const struct baseline_reads *reads);

/* The baseline of all slots and steps.  own may be NULL where the rule needs
 * nothing of it.  1: baseline-days (too few days; the detail says how many
 * there were), baseline-reads (a slot that no day has, or a window of the
 * event's own day that is not whole), baseline-given (not given for a slot). */
int baseline_finish(struct baseline *baseline, const struct baseline_own *own,
    struct refusal *refusal);

/* The baseline of a portfolio: whole[step] = the exact sum of the points',
 * rounded once.  The steps of the points are rounded each up or down to a
 * neighbouring tick of round->scale, so that they add up to the whole: what
 * is left over goes to those with the largest rests, then to the first.  All
 * points have the same steps; hand them in the order of a stable id. */
void baseline_sum(struct baseline_step *whole, struct baseline *const *points,
    size_t point_count, const struct rounding *round);

#endif
