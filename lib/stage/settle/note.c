/* note.c - telling how an event's lines came about, to who listens.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/zone.h"
#include "stage/settle/own.h"

#define NOTE_MAX 1024 /* bytes of one step */

bool
settle_notes(const struct settle *settle)
{
	return settle->sink->note != NULL;
}

void
settle_note(struct settle *settle, const char *point, int64_t start_utc,
    const char *step, int64_t entry, int64_t line_no, const char *format, ...)
{
	const struct settle_case *in_hand = &settle->in_hand;
	char text[NOTE_MAX];
	struct settle_note note = {
	    .contract = in_hand->contract->stretch.contract,
	    .leg = in_hand->contract->stretch.leg,
	    .event = in_hand->event->event,
	    .point = point,
	    .start_utc = start_utc,
	    .step = step,
	    .text = text,
	    .entry = entry,
	    .line_no = line_no,
	};
	va_list ap;

	if (!settle_notes(settle)) {
		return;
	}
	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	settle->sink->note(settle->sink->context, &note);
}

static const char *
ratio_say(const struct ratio *value, char text[DEC_TEXT_MAX])
{
	struct dec decimal = {0};

	(void)ratio_decimal(&decimal, value);
	dec_format_trim(&decimal, text, DEC_TEXT_MAX);
	dec_release(&decimal);
	return text;
}

static const char *
dec_say(const struct dec *value, char text[DEC_TEXT_MAX])
{
	dec_format_trim(value, text, DEC_TEXT_MAX);
	return text;
}

static void
tell_days(struct settle *settle, const struct settle_resource *resource)
{
	const struct baseline *baseline = resource->baseline;

	for (size_t i = 0; i < baseline->day_count; i++) {
		const struct baseline_found *found = &baseline->days[i];
		char day[CIVIL_TEXT_MAX], kwh[DEC_TEXT_MAX] = "";
		int64_t entry = 0, line_no = 0;

		civil_format_day(found->day, day);
		if (found->has_kwh) {
			dec_say(&found->kwh, kwh);
		}
		settle_place_of(&settle->reads, found->day, &entry, &line_no);
		settle_note(settle, resource->point, INT64_MIN, "day", entry,
		    line_no, "%s: %s%s%s%s", day,
		    found->used ? "used" : "passed over: ",
		    found->used ? "" : found->reason,
		    found->has_kwh ? ", in the event's hours kWh " : "", kwh);
	}
}

void
settle_tell_resource(
    struct settle *settle, struct settle_resource *resource, bool whole)
{
	const struct settle_case *in_hand = &settle->in_hand;
	const struct baseline *baseline = resource->baseline;
	char a[DEC_TEXT_MAX];

	if (!settle_notes(settle)) {
		return;
	}
	tell_days(settle, resource);
	if (baseline->is_last_years) {
		civil_format_day(baseline->last_years_day, a);
		settle_note(settle, resource->point, INT64_MIN, "holiday", 0, 0,
		    "events on all days of last year's: its own baseline, as "
		    "of "
		    "%s, is taken again",
		    a);
	}
	if (!whole) {
		return;
	}
	if (in_hand->rule->adjust != BASELINE_AS_IS) {
		settle_note(settle, resource->point, INT64_MIN, "adjust", 0, 0,
		    baseline->no_adjustment
			? "by nothing: the baseline is 0 in the window%s%s"
			: "%s %s",
		    baseline->no_adjustment ? ""
		    : in_hand->rule->adjust == BASELINE_MULTIPLY
			? "multiplied by"
			: "kW added:",
		    baseline->no_adjustment
			? ""
			: ratio_say(&baseline->adjustment, a));
	}
	settle_place_of(&settle->reads, in_hand->day, &resource->read_entry,
	    &resource->read_line_no);
}

static void
tell_baseline(struct settle *settle, const struct settle_resource *resource)
{
	const struct settle_case *in_hand = &settle->in_hand;
	char a[DEC_TEXT_MAX], b[DEC_TEXT_MAX], c[DEC_TEXT_MAX];

	for (size_t s = 0; s < in_hand->step_count; s++) {
		const struct baseline_step *step =
		    &resource->baseline->steps[s];

		settle_note(settle, resource->point, in_hand->steps[s].from_utc,
		    "baseline", resource->read_entry, resource->read_line_no,
		    "%s kWh, rounded %s; read %s kWh",
		    ratio_say(&step->exact, a), dec_say(&step->kwh, b),
		    dec_say(&resource->actual_kwh[s], c));
	}
}

void
settle_tell_baselines(struct settle *settle)
{
	const struct settle_case *in_hand = &settle->in_hand;

	for (size_t i = 0; settle_notes(settle) && i < in_hand->resource_count;
	     i++) {
		tell_baseline(settle, &in_hand->resources[i]);
	}
}

static void
tell_step(struct settle *settle, size_t number)
{
	const struct settle_case *in_hand = &settle->in_hand;
	const struct response_step *came = &in_hand->response->steps[number];
	const struct settle_step *step = &in_hand->steps[number];
	char a[DEC_TEXT_MAX], b[DEC_TEXT_MAX], c[DEC_TEXT_MAX], d[DEC_TEXT_MAX];

	settle_note(settle, NULL, step->from_utc, "response", 0, 0,
	    "baseline %s kWh, actual %s kWh: response %s kWh",
	    dec_say(&in_hand->whole[number].kwh, a),
	    dec_say(&step->actual_kwh, b), ratio_say(&came->response, c));
	if (ratio_sign(&came->elsewhere) != 0) {
		settle_note(settle, NULL, step->from_utc, "", 0, 0,
		    "of which %s kWh are paid elsewhere",
		    ratio_say(&came->elsewhere, a));
	}
	settle_note(settle, NULL, step->from_utc, "counts", 0, 0,
	    "%s kWh%s%s%s%s%s%s%s", ratio_say(&came->effective, a),
	    step->has_award ? " of an award of " : "",
	    step->has_award ? ratio_say(&came->award, b) : "",
	    step->has_award ? " kWh" : "",
	    came->is_valid ? "" : ", not valid: ",
	    came->is_valid ? "" : came->invalid,
	    ratio_sign(&came->deficiency) == 0 ? "" : ", charged: ",
	    ratio_sign(&came->deficiency) == 0
		? ""
		: ratio_say(&came->deficiency, c));
	settle_note(settle, NULL, step->from_utc, "money", 0, 0,
	    "price %s: pay %s, charge %s", dec_say(&came->price, a),
	    ratio_say(&came->pay, b), ratio_say(&came->charge, d));
}

void
settle_tell_steps(struct settle *settle)
{
	if (!settle_notes(settle)) {
		return;
	}
	for (size_t s = 0; s < settle->in_hand.step_count; s++) {
		tell_step(settle, s);
	}
}
