/* days.c - what the days of a baseline are, and what a point used on them.
 *
 * Times of other days are those of the event on the wall clock: the event's
 * local times, so many days away, slot by slot.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "base/zone.h"
#include "stage/settle/fetch.h"

#define MINUTE 60

/* Times ------------------------------------------------------------------ */

int64_t
settle_time_on(const struct settle *settle, int64_t utc, int32_t shift)
{
	int64_t earlier_utc, later_utc, local_s;

	if (shift == 0) {
		return utc;
	}
	local_s = utc + zone_offset(settle->zone, utc) +
		  (int64_t)shift * 24 * 60 * MINUTE;
	return zone_to_utc(settle->zone, local_s, &earlier_utc, &later_utc) ==
		       ZONE_MISSING
		   ? SETTLE_NEVER
		   : earlier_utc;
}

static struct settle_stretch
own_event(const struct settle *settle)
{
	const struct settle_event *event = settle->in_hand.event;

	return (struct settle_stretch){event->start_utc, event->end_utc};
}

struct settle_stretch
settle_own_window(
    const struct settle *settle, const struct baseline_window *window)
{
	const struct settle_event *event = settle->in_hand.event;
	int64_t at_utc = window->after ? event->end_utc : event->start_utc;

	return (struct settle_stretch){
	    at_utc + window->from_seconds, at_utc + window->to_seconds};
}

/* The piece of a stretch, a slot long at most, that begins at *at_utc, on
 * another day; and moves on to the next.  False at the end. */
static bool
next_piece(const struct settle_fetch *fetch,
    const struct settle_stretch *stretch, int32_t shift, int64_t *at_utc,
    struct settle_stretch *out)
{
	int64_t left_seconds = stretch->to_utc - *at_utc;
	int64_t seconds = fetch->resource->event->slot_seconds;

	if (left_seconds <= 0) {
		return false;
	}
	seconds = seconds < left_seconds ? seconds : left_seconds;
	out->from_utc = settle_time_on(fetch->settle, *at_utc, shift);
	out->to_utc = out->from_utc == SETTLE_NEVER ? SETTLE_NEVER
						    : out->from_utc + seconds;
	*at_utc += seconds;
	return true;
}

/* From the first to the last of what another day has of a stretch; nothing
 * where it has none of it. */
static struct settle_stretch
stretch_on(const struct settle_fetch *fetch, struct settle_stretch stretch,
    int32_t shift)
{
	struct settle_stretch out = {INT64_MAX, INT64_MIN}, piece;
	int64_t at_utc = stretch.from_utc;

	while (next_piece(fetch, &stretch, shift, &at_utc, &piece)) {
		if (piece.from_utc == SETTLE_NEVER) {
			continue;
		}
		if (piece.from_utc < out.from_utc) {
			out.from_utc = piece.from_utc;
		}
		if (piece.to_utc > out.to_utc) {
			out.to_utc = piece.to_utc;
		}
	}
	return out;
}

/* Fetching --------------------------------------------------------------- */

int
settle_net_of(struct settle_fetch *fetch, int64_t from_utc, int64_t to_utc,
    bool *has, int64_t *out, struct qf_error *err)
{
	struct settle *settle = fetch->settle;
	struct settle_chunk *chunk;
	int rc;

	*has = false;
	if (from_utc == SETTLE_NEVER || from_utc >= to_utc) {
		return 0; /* the clock was set forward over it */
	}
	rc = settle_chunk_of(settle, fetch->resource->point,
	    zone_day_of(settle->zone, from_utc),
	    zone_day_of(settle->zone, to_utc - 1) + 1, &chunk, err);
	if (rc == 0) {
		*has = settle_net_kwh(
		    &settle->reads, chunk, from_utc, to_utc, fetch->scale, out);
	}
	return rc;
}

/* The same of a stretch on another day, piece by piece: where a clock change
 * lies between, the stretch as a whole would be longer or shorter there. */
static int
net_on(struct settle_fetch *fetch, const struct settle_stretch *stretch,
    int32_t shift, bool *has, int64_t *out, struct qf_error *err)
{
	int64_t at_utc = stretch->from_utc, kwh = 0;
	struct settle_stretch piece;
	bool known = true;

	*has = stretch->from_utc < stretch->to_utc;
	*out = 0;
	while (*has && next_piece(fetch, stretch, shift, &at_utc, &piece)) {
		int rc = settle_net_of(
		    fetch, piece.from_utc, piece.to_utc, &known, &kwh, err);

		if (rc != 0) {
			return rc;
		}
		*has = known && !__builtin_add_overflow(*out, kwh, out);
	}
	return 0;
}

int
settle_fetch_slots(
    struct settle_fetch *fetch, int32_t shift, struct qf_error *err)
{
	const struct baseline_event *event = fetch->resource->event;
	int64_t start_utc = fetch->settle->in_hand.event->start_utc;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < event->slot_count; i++) {
		int64_t from_utc = start_utc + (int64_t)i * event->slot_seconds;
		int64_t at_utc = settle_time_on(fetch->settle, from_utc, shift);

		rc = settle_net_of(fetch, at_utc,
		    at_utc == SETTLE_NEVER ? SETTLE_NEVER
					   : at_utc + event->slot_seconds,
		    &fetch->has[i], &fetch->slots[i], err);
	}
	return rc;
}

/* How much of a local day is missing and estimated. */
static int
fetch_quality(struct settle_fetch *fetch, int32_t day,
    struct baseline_reads *out, struct qf_error *err)
{
	struct settle *settle = fetch->settle;
	int64_t from_utc = zone_day_start(settle->zone, day);
	int64_t to_utc = zone_day_start(settle->zone, day + 1);
	struct settle_chunk *chunk;
	int64_t seconds, net;
	int grid;
	int rc = settle_chunk_of(
	    settle, fetch->resource->point, day, day + 1, &chunk, err);

	if (rc != 0) {
		return rc;
	}
	grid = settle_grid(chunk, from_utc, to_utc);
	seconds =
	    grid == 0 ? fetch->resource->event->slot_seconds : grid * MINUTE;
	for (; from_utc < to_utc; from_utc += seconds) {
		out->intervals++;
		if (!settle_net_kwh(&settle->reads, chunk, from_utc,
			from_utc + seconds, fetch->scale, &net)) {
			out->missing++;
		} else if (settle_is_estimated(
			       chunk, from_utc, from_utc + seconds)) {
			out->estimated++;
		}
	}
	return 0;
}

static int
fetch_day(struct settle_fetch *fetch, int32_t day, struct baseline_reads *out,
    struct qf_error *err)
{
	const struct settle_case *in_hand = &fetch->settle->in_hand;
	int32_t shift = day - in_hand->day;
	struct settle_stretch window;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = fetch_quality(fetch, day, out, err);
	if (rc == 0) {
		rc = settle_fetch_slots(fetch, shift, err);
	}
	out->slots = fetch->slots;
	out->has = fetch->has;
	if (rc == 0 && in_hand->rule->adjust != BASELINE_AS_IS) {
		window = settle_own_window(
		    fetch->settle, &in_hand->rule->adjust_window);
		rc = net_on(
		    fetch, &window, shift, &out->has_window, &out->window, err);
	}
	return rc;
}

/* What is looked at of a day: the whole, and what is taken from it beyond its
 * midnights, since an event may last into the next day, and a window begin on
 * the one before. */
static size_t
looked_at(const struct settle_fetch *fetch, int32_t day,
    struct settle_stretch taken[3])
{
	const struct settle *settle = fetch->settle;
	const struct baseline_rule *rule = settle->in_hand.rule;
	int32_t shift = day - settle->in_hand.day;
	size_t count = 0;

	taken[count].from_utc = zone_day_start(settle->zone, day);
	taken[count++].to_utc = zone_day_start(settle->zone, day + 1);
	taken[count++] = stretch_on(fetch, own_event(settle), shift);
	if (rule->adjust != BASELINE_AS_IS) {
		taken[count++] = stretch_on(fetch,
		    settle_own_window(settle, &rule->adjust_window), shift);
	}
	return count;
}

/* Whether an event asked the point then, or a finding holds its account. */
static int
look_for_trouble(struct settle_fetch *fetch, int32_t day,
    struct baseline_day *out, struct qf_error *err)
{
	struct settle *settle = fetch->settle;
	struct settle_stretch taken[3];
	size_t count = looked_at(fetch, day, taken);

	for (size_t i = 0; i < count; i++) {
		int rc = 0;

		if (!out->is_event &&
		    settle_was_asked(settle, fetch->resource->point,
			taken[i].from_utc, taken[i].to_utc, &out->is_event,
			err) == -1) {
			return -1;
		}
		if (taken[i].from_utc < taken[i].to_utc) {
			rc = settle_finding(
			    settle, taken[i].from_utc, taken[i].to_utc, err);
		}
		if (rc == -1) {
			return -1;
		}
		out->has_finding = out->has_finding || rc == 1;
	}
	return 0;
}

/* Whether the rule's calendar of days without lists the day. */
static int
look_for_exclusion(
    struct settle *settle, struct baseline_day *out, struct qf_error *err)
{
	const char *calendar = settle->in_hand.rule->without_calendar;
	struct fact fact;
	int64_t entry;
	int rc = 0;

	if (calendar[0] != '\0') {
		rc = facts_lookup(&settle->calendar_cursor, settle->ledger,
		    LOOKUP_CALENDAR, settle->request->asof, calendar, out->day,
		    out->day + 1, err);
		if (rc == 0) {
			rc = facts_next(
			    settle->calendar_cursor, &fact, &entry, err);
		}
		out->is_excluded = rc == 1;
	}
	return rc == -1 ? -1 : 0;
}

/* What is known of a day without its reads. */
static int
look_at_day(struct settle_fetch *fetch, int32_t day, struct baseline_day *out,
    char holiday[ID_MAX + 1], struct qf_error *err)
{
	struct settle *settle = fetch->settle;
	int rc;

	memset(out, 0, sizeof(*out));
	out->day = day;
	rc = rulebook_day_kind(settle->book, settle->in_hand.version->calendar,
	    day, &out->kind, holiday, &settle->refusal, err);
	out->holiday = holiday[0] == '\0' ? NULL : holiday;
	if (rc == 0) {
		rc = look_for_trouble(fetch, day, out, err);
	}
	if (rc == 0) {
		rc = look_for_exclusion(settle, out, err);
	}
	return rc;
}

int
settle_gather(struct settle_fetch *fetch, struct qf_error *err)
{
	struct baseline *baseline = fetch->resource->baseline;
	int32_t day;

	while (baseline_next(baseline, &day)) {
		struct baseline_reads reads;
		struct baseline_day it;
		char holiday[ID_MAX + 1];
		int rc = look_at_day(fetch, day, &it, holiday, err);

		if (rc == 0 && baseline_wants(baseline, &it)) {
			rc = fetch_day(fetch, day, &reads, err);
			if (rc == 0) {
				baseline_take(baseline, &reads);
			}
		}
		if (rc != 0) {
			return rc;
		}
	}
	return 0;
}
