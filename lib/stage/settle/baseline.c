/* baseline.c - one resource of an event: what it would have used, and
 * what it did.
 *
 * Times of other days are those of the event on the wall clock: the event's
 * local times, so many days away.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/zone.h"
#include "stage/settle/own.h"

#define MINUTE 60

/* What the days of one resource are fetched into. */
struct fetch {
	struct settle *settle;
	struct settle_resource *resource;
	int64_t *slots; /* slot_count */
	bool *has;
	int scale;
};

/* Times ------------------------------------------------------------------ */

#define NEVER INT64_MIN

/* The same wall clock time on a day (shift 0: the event's own); NEVER where
 * the clock was set forward over it. */
static int64_t
time_on(const struct settle *settle, int64_t utc, int32_t shift)
{
	int64_t earlier_utc, later_utc, local_s;

	if (shift == 0) {
		return utc;
	}
	local_s = utc + zone_offset(settle->zone, utc) +
		  (int64_t)shift * 24 * 60 * MINUTE;
	return zone_to_utc(settle->zone, local_s, &earlier_utc, &later_utc) ==
		       ZONE_MISSING
		   ? NEVER
		   : earlier_utc;
}

/* A window against the event, on a day. */
static void
window_on(const struct settle *settle, const struct baseline_window *window,
    int32_t shift, int64_t *from_utc, int64_t *to_utc)
{
	const struct settle_event *event = settle->in_hand.event;
	int64_t at_utc = window->after ? event->end_utc : event->start_utc;

	*from_utc = time_on(settle, at_utc + window->from_seconds, shift);
	*to_utc = time_on(settle, at_utc + window->to_seconds, shift);
}

/* Fetching --------------------------------------------------------------- */

/* kWh of a stretch of time, import less export: 0, 1 where the point cannot be
 * read at all; *has false where something is missing. */
static int
net_of(struct fetch *fetch, int64_t from_utc, int64_t to_utc, bool *has,
    int64_t *out, struct qf_error *err)
{
	struct settle *settle = fetch->settle;
	struct settle_chunk *chunk;
	int rc;

	*has = false;
	if (from_utc == NEVER || from_utc >= to_utc) {
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

/* All slots of a day. */
static int
fetch_slots(struct fetch *fetch, int32_t shift, struct qf_error *err)
{
	const struct baseline_event *event = fetch->resource->event;
	int64_t start_utc = fetch->settle->in_hand.event->start_utc;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < event->slot_count; i++) {
		int64_t from_utc = start_utc + (int64_t)i * event->slot_seconds;
		int64_t at_utc = time_on(fetch->settle, from_utc, shift);

		rc = net_of(fetch, at_utc,
		    at_utc == NEVER ? NEVER : at_utc + event->slot_seconds,
		    &fetch->has[i], &fetch->slots[i], err);
	}
	return rc;
}

/* How much of a local day is missing and estimated. */
static int
fetch_quality(struct fetch *fetch, int32_t day, struct baseline_reads *out,
    struct qf_error *err)
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
fetch_day(struct fetch *fetch, int32_t day, struct baseline_reads *out,
    struct qf_error *err)
{
	const struct settle_case *in_hand = &fetch->settle->in_hand;
	int32_t shift = day - in_hand->day;
	int64_t from_utc, to_utc;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = fetch_quality(fetch, day, out, err);
	if (rc == 0) {
		rc = fetch_slots(fetch, shift, err);
	}
	out->slots = fetch->slots;
	out->has = fetch->has;
	if (rc == 0 && in_hand->rule->adjust != BASELINE_AS_IS) {
		window_on(fetch->settle, &in_hand->rule->adjust_window, shift,
		    &from_utc, &to_utc);
		rc = net_of(fetch, from_utc, to_utc, &out->has_window,
		    &out->window, err);
	}
	return rc;
}

/* What is known of a day without its reads. */
static int
look_at_day(struct fetch *fetch, int32_t day, struct baseline_day *out,
    char holiday[ID_MAX + 1], struct qf_error *err)
{
	struct settle *settle = fetch->settle;
	const struct settle_case *in_hand = &settle->in_hand;
	struct fact fact;
	int64_t entry;
	int rc;

	memset(out, 0, sizeof(*out));
	out->day = day;
	rc = rulebook_day_kind(settle->book, in_hand->version->calendar, day,
	    &out->kind, holiday, &settle->refusal, err);
	out->holiday = holiday[0] == '\0' ? NULL : holiday;
	if (rc == 0) {
		rc = settle_is_event_day(
		    settle, fetch->resource->point, day, &out->is_event, err);
	}
	if (rc != 0 || in_hand->rule->without_calendar[0] == '\0') {
		return rc;
	}
	if (facts_lookup(&settle->calendar_cursor, settle->ledger,
		LOOKUP_CALENDAR, settle->request->asof,
		in_hand->rule->without_calendar, day, day + 1, err) == -1) {
		return -1;
	}
	rc = facts_next(settle->calendar_cursor, &fact, &entry, err);
	out->is_excluded = rc == 1;
	return rc == -1 ? -1 : 0;
}

/* Days, one after the other, until the baseline has enough. */
static int
gather(struct fetch *fetch, struct qf_error *err)
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

/* The event's own day ---------------------------------------------------- */

static void
tell_window(struct fetch *fetch, int64_t from_utc, int64_t to_utc, int64_t kwh)
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

static int
fetch_own(struct fetch *fetch, struct baseline_own *own, struct qf_error *err)
{
	const struct baseline_rule *rule = fetch->settle->in_hand.rule;
	int64_t from_utc, to_utc, kwh = 0;
	bool has;
	int rc = 0;

	if (rule->adjust != BASELINE_AS_IS) {
		window_on(
		    fetch->settle, &rule->adjust_window, 0, &from_utc, &to_utc);
		own->window_seconds = to_utc - from_utc;
		rc = net_of(fetch, from_utc, to_utc, &own->has_window,
		    &own->window, err);
		if (rc == 0 && own->has_window) {
			tell_window(fetch, from_utc, to_utc, own->window);
		}
	}
	own->has_windows = rule->window_count > 0;
	for (size_t i = 0; rc == 0 && i < rule->window_count; i++) {
		window_on(
		    fetch->settle, &rule->windows[i], 0, &from_utc, &to_utc);
		rc = net_of(fetch, from_utc, to_utc, &has, &kwh, err);
		own->has_windows = own->has_windows && has;
		own->windows += has ? kwh : 0;
		own->windows_seconds += to_utc - from_utc;
		if (rc == 0 && has) {
			tell_window(fetch, from_utc, to_utc, kwh);
		}
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
load_given(struct fetch *fetch, struct qf_error *err)
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
slots_of_given(const struct fetch *fetch, struct ratio *given, bool *given_has)
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
finish(struct fetch *fetch, struct qf_error *err)
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
refuse_actual(struct fetch *fetch, struct qf_error *err)
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
take_actual(struct fetch *fetch, struct qf_error *err)
{
	struct settle_resource *resource = fetch->resource;
	const struct baseline_event *event = resource->event;
	size_t slot = 0;
	int rc = fetch_slots(fetch, 0, err);

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
add_slots(struct fetch *fetch)
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

/* Export ----------------------------------------------------------------- */

/* Mean export of a step on the days of the baseline, kWh; of the event's own
 * windows or of what is given, what is below zero of the net load. */
static int
usual_export(struct fetch *fetch, size_t step, int64_t from_utc, int64_t to_utc,
    struct ratio *out, struct qf_error *err)
{
	struct settle *settle = fetch->settle;
	const struct baseline *baseline = fetch->resource->baseline;
	int64_t days = 0, sum = 0, kwh;

	for (size_t i = 0; i < baseline->day_count; i++) {
		int32_t shift = baseline->days[i].day - settle->in_hand.day;
		int64_t at_utc = time_on(settle, from_utc, shift);
		int64_t end_utc;
		struct settle_chunk *chunk;
		int rc;

		if (!baseline->days[i].used || at_utc == NEVER) {
			continue;
		}
		end_utc = at_utc + (to_utc - from_utc);
		rc = settle_chunk_of(settle, fetch->resource->point,
		    zone_day_of(settle->zone, at_utc),
		    zone_day_of(settle->zone, end_utc - 1) + 1, &chunk, err);
		if (rc != 0) {
			return rc;
		}
		if (settle_kwh(&settle->reads, chunk, CHANNEL_EXPORT, at_utc,
			end_utc, fetch->scale, &kwh)) {
			sum += kwh;
			days++;
		}
	}
	if (days > 0) {
		ratio_set_ticks(out, sum, fetch->scale);
		ratio_div_int(out, out, days);
	} else if (ratio_sign(&baseline->steps[step].exact) < 0) {
		ratio_neg(out, &baseline->steps[step].exact);
	} else {
		ratio_set_int(out, 0, 1);
	}
	return 0;
}

/* What the step exported more than usual, which another contract pays for. */
static int
add_elsewhere(struct fetch *fetch, size_t number,
    const struct contract *paid_by, struct qf_error *err)
{
	struct settle *settle = fetch->settle;
	struct settle_step *step = &settle->in_hand.steps[number];
	const struct rounding *round = &settle->in_hand.rule->round;
	struct ratio usual = {0}, more = {0};
	struct settle_chunk *chunk;
	struct dec kwh = {0};
	int64_t exported = 0;
	int rc;

	rc = usual_export(
	    fetch, number, step->from_utc, step->to_utc, &usual, err);
	if (rc == 0) {
		rc = settle_chunk_of(settle, fetch->resource->point,
		    zone_day_of(settle->zone, step->from_utc),
		    zone_day_of(settle->zone, step->to_utc - 1) + 1, &chunk,
		    err);
	}
	if (rc == 0 &&
	    settle_kwh(&settle->reads, chunk, CHANNEL_EXPORT, step->from_utc,
		step->to_utc, fetch->scale, &exported)) {
		ratio_set_ticks(&more, exported, fetch->scale);
		ratio_sub(&more, &more, &usual);
	}
	if (rc == 0 && ratio_sign(&more) > 0) {
		char text[DEC_TEXT_MAX];

		ratio_round(&kwh, &more, round->scale, round->mode);
		dec_add(&step->elsewhere_kwh, &step->elsewhere_kwh, &kwh);
		dec_format_trim(&kwh, text, sizeof(text));
		settle_note(settle, fetch->resource->point, step->from_utc,
		    "elsewhere", paid_by->entry, paid_by->line_no,
		    "%s kWh were exported more than usual, for which contract "
		    "%s, leg %s, pays",
		    text, paid_by->contract, paid_by->leg);
	}
	ratio_release(&usual);
	ratio_release(&more);
	dec_release(&kwh);
	return rc;
}

static int
find_elsewhere(struct fetch *fetch, struct qf_error *err)
{
	struct settle *settle = fetch->settle;
	const struct settle_case *in_hand = &settle->in_hand;
	int rc = 0;

	if (in_hand->version->direction == PROGRAMME_FILL ||
	    in_hand->version->export_both) {
		return 0;
	}
	for (size_t s = 0; rc == 0 && s < in_hand->step_count; s++) {
		const struct contract *by;

		rc = settle_export_paid(settle, fetch->resource->point,
		    in_hand->steps[s].from_utc, in_hand->steps[s].to_utc, &by,
		    err);
		if (rc == 0 && by != NULL) {
			rc = add_elsewhere(fetch, s, by, err);
		}
	}
	return rc;
}

/* One resource ----------------------------------------------------------- */

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
	seconds =
	    (int64_t)settle_grid(chunk, event->start_utc, event->end_utc) *
	    MINUTE;
	if (seconds == 0) {
		seconds = step_seconds; /* nothing was read: that is held */
	}
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
	struct fetch fetch = {.settle = settle, .resource = resource};
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
	rc = gather(&fetch, err);
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
		rc = find_elsewhere(&fetch, err);
	}
	if (rc != -1) {
		settle_tell_resource(settle, resource, rc == 0);
	}
	free(fetch.slots);
	free(fetch.has);
	return rc;
}
