/* baseline.c - one resource of an event: what it would have used, and
 * what it did.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/zone.h"
#include "stage/settle/fetch.h"

#define MINUTE 60

/* The event's own day ---------------------------------------------------- */

static void
tell_window(
    struct settle_fetch *fetch, int64_t from_utc, int64_t to_utc, int64_t kwh)
{
	char text[DEC_TEXT_MAX], time[40];
	struct dec value = {0};

	if (settle_notes(fetch->settle)) {
		dec_set_int(&value, kwh, fetch->scale);
		dec_format_trim(&value, text, sizeof(text));
		settle_note(fetch->settle, fetch->resource->point, from_utc,
		    "window", 0, 0, "to %s: the day itself used %s kWh",
		    energy_time(fetch->settle->zone, to_utc, time), text);
		dec_release(&value);
	}
}

/* A window of the event's own day. */
static int
fetch_window(struct settle_fetch *fetch, const struct baseline_window *window,
    bool *has, int64_t *kwh, int64_t *seconds, struct qf_error *err)
{
	struct settle_stretch own = settle_own_window(fetch->settle, window);
	int rc = settle_net_of(fetch, own.from_utc, own.to_utc, has, kwh, err);

	*seconds = own.to_utc - own.from_utc;
	if (rc == 0 && *has) {
		tell_window(fetch, own.from_utc, own.to_utc, *kwh);
	}
	return rc;
}

static int
fetch_own(
    struct settle_fetch *fetch, struct baseline_own *own, struct qf_error *err)
{
	const struct baseline_rule *rule = fetch->settle->in_hand.rule;
	int64_t kwh = 0, seconds;
	bool has;
	int rc = 0;

	if (rule->adjust != BASELINE_AS_IS) {
		rc = fetch_window(fetch, &rule->adjust_window, &own->has_window,
		    &own->window, &own->window_seconds, err);
	}
	own->has_windows = rule->window_count > 0;
	for (size_t i = 0; rc == 0 && i < rule->window_count; i++) {
		rc = fetch_window(
		    fetch, &rule->windows[i], &has, &kwh, &seconds, err);
		own->has_windows = own->has_windows && has;
		own->windows += has ? kwh : 0;
		own->windows_seconds += seconds;
	}
	return rc;
}

/* The id of the baseline that is given: the contract's option, or the
 * event's. */
static const char *
given_name(const struct settle_case *in_hand, char buffer[ID_MAX + 1])
{
	unsigned long length;
	const char *word =
	    contract_option(&in_hand->contract->stretch, "baseline", &length);

	if (word == NULL || length > ID_MAX) {
		return in_hand->event->event;
	}
	memcpy(buffer, word, length);
	buffer[length] = '\0';
	return buffer;
}

/* Baselines of the point that were given, as pieces. */
static int
load_given(struct settle_fetch *fetch, struct qf_error *err)
{
	struct settle *settle = fetch->settle;
	const struct settle_event *event = settle->in_hand.event;
	char buffer[ID_MAX + 1];
	struct fact fact;
	int64_t entry;
	int rc;

	settle_pieces_clear(&settle->pieces);
	if (facts_lookup_pair(&settle->baseline_cursor, settle->ledger,
		LOOKUP_BASELINES_OF_POINT, settle->request->asof,
		fetch->resource->point, given_name(&settle->in_hand, buffer),
		event->start_utc, event->end_utc, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(settle->baseline_cursor, &fact, &entry, err)) ==
	       1) {
		struct settle_piece *piece = settle_pieces_add(&settle->pieces,
		    rulebook_integer(&fact, "start", 0),
		    rulebook_integer(&fact, "end", 0));
		char kw[DEC_TEXT_MAX];

		piece->has_value = rulebook_decimal(&piece->value, &fact, "kw");
		dec_format_trim(&piece->value, kw, sizeof(kw));
		settle_note(settle, fetch->resource->point, piece->from_utc,
		    "given", entry, (int64_t)fact.line_no, "%s: %s kW",
		    rulebook_text(&fact, "baseline"), kw);
	}
	return rc;
}

/* kWh of each slot from kW over stretches of time; has: all of it is given. */
static void
slots_of_given(
    const struct settle_fetch *fetch, struct ratio *given, bool *given_has)
{
	const struct settle *settle = fetch->settle;
	const struct baseline_event *event = fetch->resource->event;
	struct ratio part = {0};

	for (size_t i = 0; i < event->slot_count; i++) {
		int64_t from_utc = settle->in_hand.event->start_utc +
				   (int64_t)i * event->slot_seconds;
		int64_t to_utc = from_utc + event->slot_seconds, seconds = 0;

		for (size_t p = 0; p < settle->pieces.count; p++) {
			const struct settle_piece *piece =
			    &settle->pieces.of[p];
			int64_t first = piece->from_utc > from_utc
					    ? piece->from_utc
					    : from_utc;
			int64_t end =
			    piece->to_utc < to_utc ? piece->to_utc : to_utc;

			if (first < end) {
				ratio_set_int(&part, end - first, 3600);
				ratio_mul_dec(&part, &part, &piece->value);
				ratio_add(&given[i], &given[i], &part);
				seconds += end - first;
			}
		}
		given_has[i] = seconds == event->slot_seconds;
	}
	ratio_release(&part);
}

/* Finishes the baseline with what the event's own day shows, or is given. */
static int
finish(struct settle_fetch *fetch, struct qf_error *err)
{
	struct settle *settle = fetch->settle;
	size_t count = fetch->resource->event->slot_count;
	struct baseline_own own = {0};
	struct ratio *given = NULL;
	bool *given_has = NULL;
	struct refusal why;
	int rc = 0;

	if (settle->in_hand.rule->method == BASELINE_GIVEN) {
		rc = load_given(fetch, err);
		given = xcalloc(count, sizeof(*given));
		given_has = xcalloc(count, sizeof(*given_has));
		slots_of_given(fetch, given, given_has);
		own.given = given;
		own.given_has = given_has;
	}
	if (rc == 0) {
		rc = fetch_own(fetch, &own, err);
	}
	if (rc == 0) {
		rc = baseline_finish(fetch->resource->baseline, &own, &why);
		if (rc == 1) {
			refuse(&settle->refusal, why.reason, "point %s: %s",
			    fetch->resource->point, why.detail);
		}
	}
	for (size_t i = 0; given != NULL && i < count; i++) {
		ratio_release(&given[i]);
	}
	free(given);
	free(given_has);
	return rc;
}

/* What it did ------------------------------------------------------------ */

static int
refuse_edge(struct settle *settle, const struct settle_resource *resource)
{
	char text[40];

	return refuse(&settle->refusal, REASON_EDGE_IN_INTERVAL,
	    "point %s: a step of the event from %s begins or ends inside an "
	    "interval",
	    resource->point,
	    energy_time(settle->zone, settle->in_hand.event->start_utc, text));
}

/* The first interval of the event that is not there. */
static int
refuse_actual(struct settle_fetch *fetch, struct qf_error *err)
{
	struct settle *settle = fetch->settle;
	const struct settle_event *event = settle->in_hand.event;
	struct settle_chunk *chunk;
	struct refusal why;
	int rc = settle_chunk_of(settle, fetch->resource->point,
	    zone_day_of(settle->zone, event->start_utc),
	    zone_day_of(settle->zone, event->end_utc - 1) + 1, &chunk, err);

	for (size_t c = 0; rc == 0 && c < RATE_CHANNELS; c++) {
		if ((settle->reads.metered[c] ||
			(c == 0 && !settle->reads.metered[1])) &&
		    energy_cover(&chunk->net[c], event->start_utc,
			event->end_utc, settle->zone,
			channel_name((enum channel)c), &why) == 1) {
			return refuse(&settle->refusal, why.reason,
			    "point %s: %s", fetch->resource->point, why.detail);
		}
	}
	return rc != 0 ? rc : refuse_edge(fetch->settle, fetch->resource);
}

static int
take_actual(struct settle_fetch *fetch, struct qf_error *err)
{
	struct settle_resource *resource = fetch->resource;
	const struct baseline_event *event = resource->event;
	size_t slot = 0;
	int rc = settle_fetch_slots(fetch, 0, err);

	for (size_t s = 0; rc == 0 && s < event->step_count; s++) {
		for (size_t n = 0; n < event->slots_of[s]; n++, slot++) {
			struct dec kwh = {0};

			if (!fetch->has[slot]) {
				return refuse_actual(fetch, err);
			}
			dec_set_int(&kwh, fetch->slots[slot], fetch->scale);
			dec_add(&resource->actual_kwh[s],
			    &resource->actual_kwh[s], &kwh);
			dec_release(&kwh);
		}
	}
	return rc;
}

/* The highest slot counts: sums over all resources, slot by slot. */
static int
add_slots(struct settle_fetch *fetch)
{
	struct settle_case *in_hand = &fetch->settle->in_hand;
	const struct baseline_event *event = fetch->resource->event;
	struct ratio kwh = {0};

	if (!in_hand->wants_slots) {
		return 0;
	}
	if (in_hand->slot_count == 0) {
		in_hand->slot_count = event->slot_count;
		in_hand->slot_baseline =
		    xcalloc(event->slot_count, sizeof(*in_hand->slot_baseline));
		in_hand->slot_actual =
		    xcalloc(event->slot_count, sizeof(*in_hand->slot_actual));
	} else if (in_hand->slot_count != event->slot_count) {
		return refuse(&fetch->settle->refusal,
		    REASON_RELATION_RESOLUTION,
		    "point %s: its intervals are not as long as those of the "
		    "points before it, and the highest of all is asked for",
		    fetch->resource->point);
	}
	for (size_t i = 0; i < event->slot_count; i++) {
		ratio_add(&in_hand->slot_baseline[i],
		    &in_hand->slot_baseline[i],
		    &fetch->resource->baseline->slots[i]);
		ratio_set_ticks(&kwh, fetch->slots[i], fetch->scale);
		ratio_add(
		    &in_hand->slot_actual[i], &in_hand->slot_actual[i], &kwh);
	}
	ratio_release(&kwh);
	return 0;
}

/* One resource ----------------------------------------------------------- */

/* How long the intervals are by which the event is measured: those of its own
 * time or, where only their sum counts, the longest of the days next before it
 * too, if they fit into a step. */
static int64_t
slot_seconds(const struct settle *settle, const struct settle_chunk *chunk,
    int64_t step_seconds)
{
	const struct settle_case *in_hand = &settle->in_hand;
	const struct settle_event *event = in_hand->event;
	int64_t own =
	    (int64_t)settle_grid(chunk, event->start_utc, event->end_utc) *
	    MINUTE;
	int64_t all = (int64_t)settle_grid(chunk,
			  zone_day_start(settle->zone, in_hand->first_day),
			  event->end_utc) *
		      MINUTE;

	if (own == 0) {
		return step_seconds; /* nothing was read: that is held */
	}
	return in_hand->wants_slots || step_seconds % all != 0 ? own : all;
}

/* Lays the event over the point's intervals: slots as fine as these are. */
static int
lay_event(struct settle *settle, struct settle_resource *resource,
    struct qf_error *err)
{
	struct settle_case *in_hand = &settle->in_hand;
	const struct settle_event *event = in_hand->event;
	struct baseline_event *out;
	struct settle_chunk *chunk;
	int64_t seconds,
	    step_seconds = in_hand->steps[0].to_utc - event->start_utc;
	int rc = settle_chunk_of(settle, resource->point, in_hand->first_day,
	    in_hand->end_day, &chunk, err);

	if (rc != 0) {
		return rc;
	}
	settle_see_channels(
	    &settle->reads, chunk, in_hand->first_day, in_hand->end_day);
	seconds = slot_seconds(settle, chunk, step_seconds);
	if (step_seconds % seconds != 0) {
		return refuse_edge(settle, resource);
	}
	out = resource->event = xcalloc(1, sizeof(*resource->event));
	out->day = in_hand->day;
	out->kind = in_hand->day_kind;
	out->holiday = in_hand->holiday[0] == '\0' ? NULL : in_hand->holiday;
	out->slot_seconds = seconds;
	out->slot_count =
	    (size_t)((event->end_utc - event->start_utc) / seconds);
	resource->slots_of =
	    xcalloc(in_hand->step_count, sizeof(*resource->slots_of));
	for (size_t s = 0; s < in_hand->step_count; s++) {
		resource->slots_of[s] = (size_t)(step_seconds / seconds);
	}
	out->slots_of = resource->slots_of;
	out->step_count = in_hand->step_count;
	out->scale = settle_scale(chunk);
	if (out->scale < SERIES_SCALE_MAX) {
		out->scale = SERIES_SCALE_MAX; /* of any other day */
	}
	return 0;
}

int
settle_resource(struct settle *settle, struct settle_resource *resource,
    struct qf_error *err)
{
	struct settle_case *in_hand = &settle->in_hand;
	struct settle_fetch fetch = {.settle = settle, .resource = resource};
	int rc = settle_check_twice(settle, resource->point, err);

	if (rc == 0) {
		rc = lay_event(settle, resource, err);
	}
	if (rc == 0) {
		rc = settle_finding(settle, in_hand->event->start_utc,
		    in_hand->event->end_utc, err);
	}
	if (rc != 0) {
		return rc;
	}
	fetch.scale = resource->event->scale;
	fetch.slots =
	    xcalloc(resource->event->slot_count, sizeof(*fetch.slots));
	fetch.has = xcalloc(resource->event->slot_count, sizeof(*fetch.has));
	resource->actual_kwh =
	    xcalloc(in_hand->step_count, sizeof(*resource->actual_kwh));
	baseline_begin(&resource->baseline, in_hand->rule, resource->event);
	rc = settle_gather(&fetch, err);
	if (rc == 0) {
		rc = finish(&fetch, err);
	}
	if (rc == 0) {
		rc = take_actual(&fetch, err);
	}
	if (rc == 0) {
		rc = add_slots(&fetch);
	}
	if (rc == 0) {
		rc = settle_find_elsewhere(&fetch, err);
	}
	if (rc == 0) {
		rc = settle_find_behind(&fetch, err);
	}
	if (rc != -1) {
		settle_tell_resource(settle, resource, rc == 0);
	}
	free(fetch.slots);
	free(fetch.has);
	return rc;
}
