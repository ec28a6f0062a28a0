/* limit.c - minimum and maximum of what charges come to together.
 *
 * A limit is of what one pair of parties owes on one account.  That of a month
 * is the limit of the version that holds at the end of their time in it; that
 * of a day, of the version of the day; that of a session, of its last line.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/zone.h"
#include "settle/limit.h"
#include "stage/rate/own.h"

/* What a limit is of: which lines, and what they have come to. */
struct limited {
	const struct rate_segment *segment;
	const struct charge *charge;
	int32_t day; /* of LIMIT_DAY */
	int64_t session; /* of LIMIT_SESSION, else -1 */
	struct limit_sum sum;
	int64_t from_utc, to_utc; /* of its lines */
	bool any;
};

static bool
same_parties(const struct contract *a, const struct contract *b)
{
	return strcmp(a->payer, b->payer) == 0 &&
	       strcmp(a->payee, b->payee) == 0 &&
	       strcmp(a->account, b->account) == 0;
}

/* Whether a component is among those that the limit is of. */
static bool
is_of(const struct limited *limited, const char *component)
{
	const struct limit *limit = limited->charge->limit;
	const struct tariff_version *version = limited->segment->version;

	for (size_t i = 0; i < limit->of_count; i++) {
		if (strcmp(version->charges[limit->of[i]].component,
			component) == 0) {
			return true;
		}
	}
	return false;
}

/* Adds a line of it.  1: limit-span, no-price. */
static int
add_line(
    struct rate *rate, struct limited *limited, const struct charge_line *line)
{
	const struct zone *zone = rate->zone;
	const char *component = line->charge->component;

	if (limited->charge->limit->per == LIMIT_DAY &&
	    zone_day_of(zone, line->from_utc) !=
		zone_day_of(zone, line->to_utc - 1)) {
		return refuse(&rate->refusal, REASON_LIMIT_SPAN,
		    "charge %s is limited by the day, and has lines of more",
		    component);
	}
	if (!line->has_amount) {
		return refuse(&rate->refusal, REASON_NO_PRICE,
		    "charge %s is limited, and has energy without a price",
		    component);
	}
	if (!limited->any || line->from_utc < limited->from_utc) {
		limited->from_utc = line->from_utc;
	}
	if (!limited->any || line->to_utc > limited->to_utc) {
		limited->to_utc = line->to_utc;
	}
	limited->any = true;
	limit_add(&limited->sum, line);
	return 0;
}

/* Whether a line is one that the limit is of. */
static bool
has_line(const struct rate *rate, const struct limited *limited,
    const struct charge_line *line)
{
	const struct rate_segment *segment = limited->segment;

	if (!is_of(limited, line->charge->component)) {
		return false;
	}
	if (limited->session >= 0) {
		return line->session == limited->session;
	}
	return line->month == segment->month &&
	       same_parties(line->contract, segment->contract) &&
	       (limited->charge->limit->per != LIMIT_DAY ||
		   zone_day_of(rate->zone, line->from_utc) == limited->day);
}

static void
note_limit(
    struct rate *rate, const struct limited *limited, const struct dec *exact)
{
	const struct limit *limit = limited->charge->limit;
	bool total = limited->segment->version->money_on_total;
	struct dec sum = {0};
	char a[DEC_TEXT_MAX], b[DEC_TEXT_MAX], c[DEC_TEXT_MAX];

	if (!rate_notes(rate)) {
		return;
	}
	if (total) {
		limit_total(&sum, &limited->sum, limited->charge);
	} else {
		dec_set_int(&sum, limited->sum.net_minor, rate->money_scale);
	}
	dec_format_trim(&sum, a, sizeof(a));
	dec_format_trim(
	    dec_sign(exact) > 0 ? &limit->least : &limit->most, b, sizeof(b));
	dec_format_trim(exact, c, sizeof(c));
	rate_note(rate, limited->charge, limited->from_utc, "limit",
	    "the charges come to %s%s, %s %s net of tax: %s", a,
	    !total                          ? " net"
	    : limited->charge->tax_included ? " with tax"
					    : "",
	    dec_sign(exact) > 0 ? "and not less than" : "and not more than", b,
	    c);
	dec_release(&sum);
}

/* The limit's line, if what its lines come to needs one. */
static int
close_limit(struct rate *rate, struct limited *limited)
{
	static const struct dec one = DEC_SMALL(1, 0);
	const struct rate_segment *segment = limited->segment;
	struct charge_scope scope;
	struct dec exact = {0};
	int rc = 0;

	if (limit_difference(&exact, limited->charge->limit, limited->charge,
		segment->version, &limited->sum, rate->money_scale)) {
		rate_scope(rate, segment, limited->charge, &scope);
		scope.unit = "each";
		scope.session = limited->session;
		note_limit(rate, limited, &exact);
		rc = charge_put(&rate->unit.lines, &scope, limited->from_utc,
		    limited->to_utc, &one, NULL, &exact, &rate->refusal);
	}
	dec_release(&exact);
	limit_sum_release(&limited->sum);
	return rc;
}

/* Notes what a line gives to the sum, for the limit's line, which begins where
 * the first of them does. */
static void
note_line(struct rate *rate, const struct limited *limited,
    const struct charge_line *line)
{
	char exact[DEC_TEXT_MAX];

	if (rate_notes(rate)) {
		dec_format_trim(&line->exact, exact, sizeof(exact));
		rate_note(rate, limited->charge, limited->from_utc, "of",
		    "%s: %s",
		    line->tier != NULL ? line->tier->component
				       : line->charge->component,
		    exact);
	}
}

/* Adds the lines among the first `count` that the limit is of, and closes it.
 */
static int
settle_limit(
    struct rate *rate, struct limited *limited, size_t count, bool needs_lines)
{
	int rc = 0;

	for (size_t i = 0; i < count && rc == 0; i++) {
		const struct charge_line *line = &rate->unit.lines.lines[i];

		if (has_line(rate, limited, line)) {
			rc = add_line(rate, limited, line);
			note_line(rate, limited, line);
		}
	}
	if (rc != 0 || (needs_lines && !limited->any)) {
		limit_sum_release(&limited->sum);
		return rc;
	}
	return close_limit(rate, limited);
}

/* Month ------------------------------------------------------------------ */

/* Whether the segment ends the time of its parties in its month. */
static bool
ends_month(const struct rate *rate, const struct rate_segment *segment)
{
	const struct rate_unit *unit = &rate->unit;
	const struct rate_segment *end = unit->segments + unit->segment_count;

	for (const struct rate_segment *s = segment + 1; s < end; s++) {
		if (s->month == segment->month &&
		    same_parties(s->contract, segment->contract)) {
			return false;
		}
	}
	return true;
}

/* Whether the run has the parties' whole time in the month. */
static int
check_month(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, int64_t *from_utc, int64_t *to_utc)
{
	const struct period *period = &rate->request->period;
	const struct rate_month *month = rate_month_of(rate, segment);

	*from_utc = INT64_MAX;
	*to_utc = INT64_MIN;
	for (size_t i = 0; i < rate->unit.stretch_count; i++) {
		const struct contract *of = &rate->unit.stretches[i];
		int64_t from = of->from_utc > month->from_utc ? of->from_utc
							      : month->from_utc;
		int64_t to =
		    of->to_utc < month->to_utc ? of->to_utc : month->to_utc;

		if (from < to && same_parties(of, segment->contract)) {
			*from_utc = from < *from_utc ? from : *from_utc;
			*to_utc = to > *to_utc ? to : *to_utc;
		}
	}
	if (*from_utc < period->from_utc || *to_utc > period->to_utc) {
		return refuse(&rate->refusal, REASON_MONTH_PART,
		    "charge %s limits a month, of which the period has a part",
		    charge->component);
	}
	if (strcmp(segment->contract->payer, PARTY_OF_SESSION) == 0 ||
	    strcmp(segment->contract->payee, PARTY_OF_SESSION) == 0) {
		return refuse(&rate->refusal, REASON_NO_PARTY,
		    "charge %s limits a month, and parties are those of "
		    "sessions",
		    charge->component);
	}
	return 0;
}

static int
limit_month(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, size_t count)
{
	struct limited limited = {
	    .segment = segment, .charge = charge, .session = -1};
	int rc = 0;

	if (!ends_month(rate, segment)) {
		return 0;
	}
	rc = check_month(
	    rate, segment, charge, &limited.from_utc, &limited.to_utc);
	limited.any = true; /* the span is that of the parties */
	return rc != 0 ? rc : settle_limit(rate, &limited, count, false);
}

/* Day -------------------------------------------------------------------- */

static int
limit_days(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, size_t count)
{
	int32_t end = zone_day_of(rate->zone, segment->to_utc - 1) + 1;
	int rc = 0;

	for (int32_t day = rate_first_day(rate, segment); day < end && rc == 0;
	     day++) {
		struct limited limited = {.segment = segment,
		    .charge = charge,
		    .day = day,
		    .session = -1};

		rc = settle_limit(rate, &limited, count, true);
	}
	return rc;
}

/* Session ---------------------------------------------------------------- */

/* What all sessions come to whose last line is of the version and stretch. */
static int
limit_sessions(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, size_t count)
{
	struct rate_unit *unit = &rate->unit;
	struct limited *all;
	const struct charge_line **last;
	size_t sessions = unit->session_count;
	int rc = 0;

	all = xcalloc(sessions + 1, sizeof(*all));
	last = xcalloc(sessions + 1, sizeof(const struct charge_line *));
	for (size_t i = 0; i < count; i++) {
		const struct charge_line *line = &unit->lines.lines[i];

		if (line->session >= 0 &&
		    (last[line->session] == NULL ||
			line->to_utc >= last[line->session]->to_utc)) {
			last[line->session] = line;
		}
	}
	for (size_t i = 0; i < count && rc == 0; i++) {
		const struct charge_line *line = &unit->lines.lines[i];
		struct limited *limited;

		if (line->session < 0 ||
		    last[line->session]->version != segment->version ||
		    last[line->session]->contract != segment->contract ||
		    line->month != segment->month) {
			continue;
		}
		limited = &all[line->session];
		limited->segment = segment;
		limited->charge = charge;
		limited->session = line->session;
		if (has_line(rate, limited, line)) {
			rc = add_line(rate, limited, line);
		}
	}
	for (size_t i = 0; i < sessions; i++) {
		if (rc == 0 && all[i].any) {
			rc = close_limit(rate, &all[i]);
		}
		limit_sum_release(&all[i].sum);
	}
	free(all);
	free(last);
	return rc;
}

int
rate_limits(struct rate *rate, struct qf_error *err)
{
	struct rate_unit *unit = &rate->unit;
	size_t count = unit->lines.count;
	int rc = 0;

	(void)err;
	for (size_t i = 0; i < unit->segment_count && rc == 0; i++) {
		const struct rate_segment *segment = &unit->segments[i];
		const struct tariff_version *version = segment->version;

		for (size_t k = 0; k < version->charge_count && rc == 0; k++) {
			const struct charge *charge = &version->charges[k];

			if (charge->per != PER_LIMIT ||
			    !rate_charges(segment->contract, charge)) {
				continue;
			}
			switch (charge->limit->per) {
			case LIMIT_MONTH:
				rc = limit_month(rate, segment, charge, count);
				break;
			case LIMIT_DAY:
				rc = limit_days(rate, segment, charge, count);
				break;
			case LIMIT_SESSION:
				rc = limit_sessions(
				    rate, segment, charge, count);
				break;
			}
		}
	}
	return rc;
}
