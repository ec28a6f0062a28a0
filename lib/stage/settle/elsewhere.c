/* elsewhere.c - of what a point did in an event, what another contract pays.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/zone.h"
#include "stage/settle/fetch.h"

/* Mean export of a step on the days of the baseline, kWh; of the event's own
 * windows or of what is given, what is below zero of the net load. */
static int
usual_export(struct settle_fetch *fetch, size_t step, int64_t from_utc,
    int64_t to_utc, struct ratio *out, struct qf_error *err)
{
	struct settle *settle = fetch->settle;
	const struct baseline *baseline = fetch->resource->baseline;
	int64_t days = 0, sum = 0, kwh;

	for (size_t i = 0; i < baseline->day_count; i++) {
		int32_t shift = baseline->days[i].day - settle->in_hand.day;
		int64_t at_utc = settle_time_on(settle, from_utc, shift);
		int64_t end_utc;
		struct settle_chunk *chunk;
		int rc;

		if (!baseline->days[i].used || at_utc == SETTLE_NEVER) {
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
add_elsewhere(struct settle_fetch *fetch, size_t number,
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

int
settle_find_elsewhere(struct settle_fetch *fetch, struct qf_error *err)
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
