/* event.c - one event of a contract, from its programme to its lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/zone.h"
#include "stage/settle/own.h"

#define CHANNEL_DAYS 7

int
settle_month_of(int32_t day)
{
	int year, month, of_month;

	civil_date(day, &year, &month, &of_month);
	return year * 100 + month;
}

static void
release_step(
    struct settle_step *step, struct response_input *input, size_t penalties)
{
	dec_release(&step->award_kw);
	dec_release(&step->award_price);
	dec_release(&step->actual_kwh);
	dec_release(&step->elsewhere_kwh);
	for (size_t i = 0; step->penalty_prices != NULL && i < penalties; i++) {
		dec_release(&step->penalty_prices[i]);
	}
	free(step->penalty_prices);
	dec_release(&input->price);
	dec_release(&input->deviation_price);
	ratio_release(&input->baseline_max_kw);
	ratio_release(&input->actual_max_kw);
}

static void
release_resource(struct settle_resource *resource, size_t steps)
{
	baseline_free(resource->baseline);
	for (size_t i = 0; resource->actual_kwh != NULL && i < steps; i++) {
		dec_release(&resource->actual_kwh[i]);
	}
	free(resource->actual_kwh);
	free(resource->slots_of);
	free(resource->event);
}

void
settle_case_release(struct settle_case *in_hand)
{
	size_t penalties =
	    in_hand->version == NULL ? 0 : in_hand->version->penalty_count;

	for (size_t i = 0; i < in_hand->step_count; i++) {
		release_step(
		    &in_hand->steps[i], &in_hand->inputs[i], penalties);
		if (in_hand->whole != NULL) {
			ratio_release(&in_hand->whole[i].exact);
			dec_release(&in_hand->whole[i].kwh);
		}
	}
	for (size_t i = 0; i < in_hand->resource_count; i++) {
		release_resource(&in_hand->resources[i], in_hand->step_count);
	}
	for (size_t i = 0; i < in_hand->slot_count; i++) {
		ratio_release(&in_hand->slot_baseline[i]);
		ratio_release(&in_hand->slot_actual[i]);
	}
	free(in_hand->slot_baseline);
	free(in_hand->slot_actual);
	response_free(in_hand->response);
	free(in_hand->whole);
	free(in_hand->resources);
	free(in_hand->steps);
	free(in_hand->inputs);
	memset(in_hand, 0, sizeof(*in_hand));
}

/* The programme ---------------------------------------------------------- */

static int
find_version(struct settle *settle, struct qf_error *err)
{
	struct settle_case *in_hand = &settle->in_hand;
	const char *id = in_hand->contract->stretch.tariff;
	char day[CIVIL_TEXT_MAX];
	int rc = settle_programme_of(settle, id, &in_hand->programme, err);

	if (rc != 0) {
		return rc;
	}
	civil_format_day(in_hand->day, day);
	in_hand->version =
	    programme_at(in_hand->programme->programme, in_hand->day);
	if (in_hand->version == NULL) {
		return refuse(&settle->refusal, SETTLE_NO_VERSION,
		    "programme %s has no version for %s", id, day);
	}
	if (in_hand->version->is_template) {
		return refuse(&settle->refusal, SETTLE_TEMPLATE,
		    "programme %s, version of %s: a number is still to be "
		    "filled in",
		    id, day);
	}
	in_hand->rule =
	    programme_baseline(in_hand->version, &in_hand->contract->stretch);
	if (in_hand->rule == NULL) {
		return refuse(&settle->refusal, SETTLE_NO_BASELINE_RULE,
		    "programme %s has no baseline for such a contract", id);
	}
	return rulebook_day_kind(settle->book, in_hand->version->calendar,
	    in_hand->day, &in_hand->day_kind, in_hand->holiday,
	    &settle->refusal, err);
}

/* Whether the event was known early enough. */
static int
check_notice(struct settle *settle)
{
	const struct settle_event *event = settle->in_hand.event;
	const struct programme_version *version = settle->in_hand.version;
	int64_t ahead_seconds;

	if (!version->has_notice) {
		return 0;
	}
	if (event->notified_utc == INT64_MIN) {
		return refuse(&settle->refusal, SETTLE_LATE_NOTICE,
		    "nothing says when event %s was notified", event->event);
	}
	ahead_seconds = event->start_utc - event->notified_utc;
	if (ahead_seconds < version->notice_seconds) {
		return refuse(&settle->refusal, SETTLE_LATE_NOTICE,
		    "event %s was notified %lld minutes ahead, and at least "
		    "%lld are due",
		    event->event, (long long)(ahead_seconds / 60),
		    (long long)(version->notice_seconds / 60));
	}
	return 0;
}

static int
cut_steps(struct settle *settle)
{
	struct settle_case *in_hand = &settle->in_hand;
	const struct settle_event *event = in_hand->event;
	int64_t length = event->end_utc - event->start_utc;
	int64_t seconds = in_hand->version->every == PROGRAMME_EVENT
			      ? length
			      : (int64_t)in_hand->version->minutes * 60;

	if (length % seconds != 0) {
		return refuse(&settle->refusal, SETTLE_EVENT_STEPS,
		    "event %s lasts %lld minutes, which are no whole number of "
		    "steps of %lld",
		    event->event, (long long)(length / 60),
		    (long long)(seconds / 60));
	}
	if (length / seconds > SETTLE_STEPS_MAX) {
		return refuse(&settle->refusal, SETTLE_EVENT_STEPS,
		    "event %s has more than %d steps", event->event,
		    SETTLE_STEPS_MAX);
	}
	in_hand->step_count = (size_t)(length / seconds);
	in_hand->steps = xcalloc(in_hand->step_count, sizeof(*in_hand->steps));
	in_hand->inputs =
	    xcalloc(in_hand->step_count, sizeof(*in_hand->inputs));
	for (size_t i = 0; i < in_hand->step_count; i++) {
		struct settle_step *step = &in_hand->steps[i];

		step->from_utc = event->start_utc + (int64_t)i * seconds;
		step->to_utc = step->from_utc + seconds;
		step->penalty_prices =
		    xcalloc(in_hand->version->penalty_count + 1,
			sizeof(*step->penalty_prices));
	}
	return 0;
}

/* Resources -------------------------------------------------------------- */

static void
add_resource(struct settle_case *in_hand, size_t *capacity, const char *point)
{
	if (in_hand->resource_count == *capacity) {
		*capacity = *capacity * 2 + 4;
		in_hand->resources = xreallocarray(
		    in_hand->resources, *capacity, sizeof(*in_hand->resources));
	}
	memset(&in_hand->resources[in_hand->resource_count], 0,
	    sizeof(*in_hand->resources));
	memcpy(in_hand->resources[in_hand->resource_count++].point, point,
	    strlen(point) + 1);
}

/* Whether the point was added last: two rows may say of one that it is a
 * member. */
static bool
is_last(const struct settle_case *in_hand, const char *point)
{
	size_t count = in_hand->resource_count;

	return count > 0 &&
	       strcmp(in_hand->resources[count - 1].point, point) == 0;
}

/* A member counts that is one all through the event. */
static int
add_member(struct settle *settle, size_t *capacity, const struct fact *fact,
    struct qf_error *err)
{
	struct settle_case *in_hand = &settle->in_hand;
	const struct settle_event *event = in_hand->event;
	const char *member = rulebook_text(fact, "member");
	int64_t from_utc = rulebook_integer(fact, "from", INT64_MIN);
	int64_t to_utc = rulebook_integer(fact, "to", UTC_OPEN);

	int known;

	if (to_utc <= event->start_utc || from_utc >= event->end_utc ||
	    is_last(in_hand, member) ||
	    !settle_is_for(in_hand->contract, event, member)) {
		return 0;
	}
	known = points_know(settle->ledger, settle->request->asof, member, err);
	if (known != 1) {
		return known == -1 ? -1
				   : refuse(&settle->refusal, SETTLE_NO_MEMBERS,
					 "%s, in portfolio %s, is no point",
					 member, in_hand->contract->portfolio);
	}
	if (from_utc > event->start_utc || to_utc < event->end_utc) {
		return refuse(&settle->refusal, SETTLE_MEMBER_CHANGE,
		    "%s is in portfolio %s for a part of event %s alone",
		    member, in_hand->contract->portfolio, event->event);
	}
	add_resource(in_hand, capacity, member);
	return 0;
}

static int
find_resources(struct settle *settle, struct qf_error *err)
{
	struct settle_case *in_hand = &settle->in_hand;
	const struct settle_contract *contract = in_hand->contract;
	size_t capacity = 0;
	struct fact fact;
	int64_t entry;
	int rc;

	if (contract->portfolio[0] == '\0') {
		add_resource(in_hand, &capacity, contract->stretch.point);
		return 0;
	}
	if (facts_lookup(&settle->member_cursor, settle->ledger, LOOKUP_MEMBERS,
		settle->request->asof, contract->portfolio, 0, 0, err) == -1) {
		return -1;
	}
	while (
	    (rc = facts_next(settle->member_cursor, &fact, &entry, err)) == 1) {
		rc = add_member(settle, &capacity, &fact, err);
		if (rc != 0) {
			return rc;
		}
	}
	if (rc == 0 && in_hand->resource_count == 0) {
		return refuse(&settle->refusal, SETTLE_NO_MEMBERS,
		    "portfolio %s has no member that event %s asks",
		    contract->portfolio, in_hand->event->event);
	}
	return rc;
}

/* How many days before the event are read at once: as many as are mostly
 * looked at, and a week at least, which shows what channels are metered.
 * Further ones are read when they are asked for. */
static int32_t
near_days(const struct baseline_rule *rule)
{
	int32_t days = 0;

	if (rule->method == BASELINE_SIMILAR_DAYS) {
		days = rule->skip + 2 * rule->days + 4;
		days = days < rule->look_back ? days : rule->look_back + 1;
	}
	return days < CHANNEL_DAYS ? CHANNEL_DAYS : days;
}

/* The days of all events that are asked for, for contracts of one point. */
static void
lay_common(struct settle *settle)
{
	const struct settle_index *index = &settle->index;
	int32_t first_day = settle->in_hand.day;
	int32_t end_day = settle->in_hand.day + 1;

	for (size_t i = 0; i < index->event_count; i++) {
		const struct settle_event *event = &index->events[i];

		if (settle_is_asked(settle, event)) {
			int32_t first =
			    zone_day_of(settle->zone, event->start_utc);
			int32_t last =
			    zone_day_of(settle->zone, event->end_utc - 1);

			first_day = first < first_day ? first : first_day;
			end_day = last >= end_day ? last + 1 : end_day;
		}
	}
	period_of_days(settle->zone,
	    first_day - near_days(settle->in_hand.rule), end_day,
	    &settle->common);
}

/* Begins reading the days around the event, or around all of them. */
static void
begin_reads(struct settle *settle)
{
	const struct settle_case *in_hand = &settle->in_hand;
	struct period window;

	if (in_hand->contract->portfolio[0] == '\0') {
		if (settle->common.first_day == settle->common.end_day) {
			lay_common(settle);
		}
		settle_reads_begin(
		    settle, &settle->common, settle->index.contract_count);
		return;
	}
	period_of_days(
	    settle->zone, in_hand->first_day, in_hand->end_day, &window);
	settle_reads_begin(settle, &window, in_hand->resource_count);
}

/* Each resource by itself; of those that are to be held the first says why, and
 * how many more there are: whoever mends it wants to know. */
static int
each_resource(struct settle *settle, struct qf_error *err)
{
	struct settle_case *in_hand = &settle->in_hand;
	struct refusal first;
	size_t held = 0, used;

	for (size_t i = 0; i < in_hand->resource_count; i++) {
		int rc = settle_resource(settle, &in_hand->resources[i], err);

		if (rc == -1) {
			return -1;
		}
		if (rc == 1 && held++ == 0) {
			first = settle->refusal;
		}
	}
	if (held == 0) {
		return 0;
	}
	settle->refusal = first;
	used = strlen(first.detail);
	if (held > 1) {
		(void)snprintf(settle->refusal.detail + used,
		    sizeof(first.detail) - used, "; and %zu more of %zu points",
		    held - 1, in_hand->resource_count);
	}
	return 1;
}

static int
settle_resources(struct settle *settle, struct qf_error *err)
{
	struct settle_case *in_hand = &settle->in_hand;

	in_hand->wants_slots = in_hand->version->valid_max_below ||
			       in_hand->version->direction == PROGRAMME_LIMIT;
	in_hand->first_day = in_hand->day - near_days(in_hand->rule);
	in_hand->end_day =
	    zone_day_of(settle->zone, in_hand->event->end_utc - 1) + 1;
	begin_reads(settle);
	return each_resource(settle, err);
}

/* All together ----------------------------------------------------------- */

/* The highest slot of each step, as mean power. */
static void
take_highest(struct settle_case *in_hand)
{
	size_t of_step = in_hand->slot_count / in_hand->step_count;
	int64_t seconds =
	    (in_hand->steps[0].to_utc - in_hand->steps[0].from_utc) /
	    (int64_t)of_step;

	for (size_t s = 0; s < in_hand->step_count; s++) {
		struct response_input *input = &in_hand->inputs[s];
		const struct ratio *usual =
		    &in_hand->slot_baseline[s * of_step];
		const struct ratio *actual = &in_hand->slot_actual[s * of_step];

		ratio_set(&input->baseline_max_kw, &usual[0]);
		ratio_set(&input->actual_max_kw, &actual[0]);
		for (size_t i = 1; i < of_step; i++) {
			ratio_max(&input->baseline_max_kw,
			    &input->baseline_max_kw, &usual[i]);
			ratio_max(&input->actual_max_kw, &input->actual_max_kw,
			    &actual[i]);
		}
		ratio_mul_int(
		    &input->baseline_max_kw, &input->baseline_max_kw, 3600);
		ratio_div_int(
		    &input->baseline_max_kw, &input->baseline_max_kw, seconds);
		ratio_mul_int(
		    &input->actual_max_kw, &input->actual_max_kw, 3600);
		ratio_div_int(
		    &input->actual_max_kw, &input->actual_max_kw, seconds);
		input->has_max = true;
	}
}

/* Sums the resources up into what the arithmetic takes. */
static void
sum_resources(struct settle_case *in_hand)
{
	struct baseline **points =
	    xcalloc(in_hand->resource_count, sizeof(struct baseline *));

	for (size_t i = 0; i < in_hand->resource_count; i++) {
		points[i] = in_hand->resources[i].baseline;
		for (size_t s = 0; s < in_hand->step_count; s++) {
			struct settle_step *step = &in_hand->steps[s];

			dec_add(&step->actual_kwh, &step->actual_kwh,
			    &in_hand->resources[i].actual_kwh[s]);
		}
	}
	in_hand->whole = xcalloc(in_hand->step_count, sizeof(*in_hand->whole));
	baseline_sum(in_hand->whole, points, in_hand->resource_count,
	    &in_hand->rule->round);
	for (size_t s = 0; s < in_hand->step_count; s++) {
		const struct settle_step *step = &in_hand->steps[s];
		struct response_input *input = &in_hand->inputs[s];

		input->seconds = step->to_utc - step->from_utc;
		dec_set(&input->baseline_kwh, &in_hand->whole[s].kwh);
		dec_set(&input->actual_kwh, &step->actual_kwh);
		dec_set(&input->elsewhere_kwh, &step->elsewhere_kwh);
		input->has_award = step->has_award;
		dec_set(&input->award_kw, &step->award_kw);
		input->penalty_prices = step->penalty_prices;
	}
	if (in_hand->wants_slots) {
		take_highest(in_hand);
	}
	free(points);
}

static void
release_sums(struct settle_case *in_hand)
{
	for (size_t s = 0; s < in_hand->step_count; s++) {
		dec_release(&in_hand->inputs[s].baseline_kwh);
		dec_release(&in_hand->inputs[s].actual_kwh);
		dec_release(&in_hand->inputs[s].elsewhere_kwh);
		dec_release(&in_hand->inputs[s].award_kw);
	}
}

static int
reckon(struct settle *settle)
{
	struct settle_case *in_hand = &settle->in_hand;
	struct dec capability = {0};
	unsigned long length;
	const char *word =
	    contract_option(&in_hand->contract->stretch, "capability", &length);
	struct qf_error err;
	int rc = 0;

	if (word != NULL && (dec_parse(&capability, word, length, &err) == -1 ||
				dec_sign(&capability) < 0)) {
		dec_release(&capability);
		return refuse(&settle->refusal, REASON_BAD_OPTION,
		    "option capability=%.*s is no number of kW", (int)length,
		    word);
	}
	sum_resources(in_hand);
	settle_tell_baselines(settle);
	rc = response_settle(&in_hand->response, in_hand->version,
	    in_hand->inputs, in_hand->step_count,
	    word == NULL ? NULL : &capability, settle->money_scale,
	    &settle->refusal);
	release_sums(in_hand);
	dec_release(&capability);
	return rc;
}

/* From the programme to what it comes to: 0, or 1 where the event is to be
 * held. */
static int
work_out(struct settle *settle, struct qf_error *err)
{
	int rc = find_version(settle, err);

	if (rc == 0) {
		rc = check_notice(settle);
	}
	if (rc == 0) {
		rc = cut_steps(settle);
	}
	if (rc == 0) {
		rc = find_resources(settle, err);
	}
	if (rc == 0) {
		rc = settle_awards(settle, err);
	}
	if (rc == 0) {
		rc = settle_prices(settle, err);
	}
	if (rc == 0) {
		rc = settle_resources(settle, err);
	}
	return rc != 0 ? rc : reckon(settle);
}

/* The stretch that has the whole event, or NULL. */
static const struct settle_contract *
stretch_of(const struct settle_contract *stretches, size_t count,
    const struct settle_event *event)
{
	for (size_t i = 0; i < count; i++) {
		if (stretches[i].stretch.from_utc <= event->start_utc &&
		    stretches[i].stretch.to_utc >= event->end_utc) {
			return &stretches[i];
		}
	}
	return NULL;
}

int
settle_event(struct settle *settle, struct settle_contract *stretches,
    size_t count, const struct settle_event *event, struct qf_error *err)
{
	struct settle_case *in_hand = &settle->in_hand;
	int rc;

	settle->counts->events++;
	in_hand->event = event;
	in_hand->contract = stretch_of(stretches, count, event);
	in_hand->day = zone_day_of(settle->zone, event->start_utc);
	in_hand->month =
	    settle_month_of(zone_day_of(settle->zone, event->end_utc - 1));
	if (in_hand->contract == NULL) {
		in_hand->contract = &stretches[0];
		rc = refuse(&settle->refusal, SETTLE_CONTRACT_CHANGE,
		    "the contract begins, ends or changes in event %s",
		    event->event);
	} else {
		rc = work_out(settle, err);
	}
	if (rc != -1 && settle_emit_days(settle, err) == -1) {
		rc = -1;
	}
	if (rc == 0) {
		settle_tell_steps(settle);
		rc = settle_emit(settle, err);
	} else if (rc == 1) {
		rc = settle_emit_hold(settle, err);
	}
	settle_case_release(in_hand);
	return rc;
}
