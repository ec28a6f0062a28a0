/* elsewhere.c - of what a point did in an event, what another contract pays.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "base/zone.h"
#include "stage/settle/fetch.h"

/* Mean export of a point in a step, on those days of the baseline that have it,
 * kWh; *has false where none has. */
static int
usual_export(struct settle_fetch *fetch, const char *point,
    const struct settle_step *step, struct ratio *out, bool *has,
    struct qf_error *err)
{
	struct settle *settle = fetch->settle;
	const struct baseline *baseline = fetch->resource->baseline;
	int64_t days = 0, sum = 0, kwh;

	for (size_t i = 0; i < baseline->day_count; i++) {
		int32_t shift = baseline->days[i].day - settle->in_hand.day;
		int64_t at_utc = settle_time_on(settle, step->from_utc, shift);
		int64_t end_utc;
		struct settle_chunk *chunk;
		int rc;

		if (!baseline->days[i].used || at_utc == SETTLE_NEVER) {
			continue;
		}
		end_utc = at_utc + (step->to_utc - step->from_utc);
		rc = settle_chunk_of(settle, point,
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
	*has = days > 0;
	if (days > 0) {
		ratio_set_ticks(out, sum, fetch->scale);
		ratio_div_int(out, out, days);
	}
	return 0;
}

/* The same of the resource itself; of the event's own windows or of what is
 * given, what is below zero of the net load. */
static int
usual_of_own(struct settle_fetch *fetch, size_t number, struct ratio *out,
    struct qf_error *err)
{
	const struct ratio *net =
	    &fetch->resource->baseline->steps[number].exact;
	bool has;
	int rc = usual_export(fetch, fetch->resource->point,
	    &fetch->settle->in_hand.steps[number], out, &has, err);

	if (rc == 0 && !has) {
		ratio_set_int(out, 0, 1);
		if (ratio_sign(net) < 0) {
			ratio_neg(out, net);
		}
	}
	return rc;
}

/* What a point exported in a step; *has false where that is not known. */
static int
export_of(struct settle_fetch *fetch, const char *point,
    const struct settle_step *step, int64_t *out, bool *has,
    struct qf_error *err)
{
	struct settle *settle = fetch->settle;
	struct settle_chunk *chunk;
	int rc = settle_chunk_of(settle, point,
	    zone_day_of(settle->zone, step->from_utc),
	    zone_day_of(settle->zone, step->to_utc - 1) + 1, &chunk, err);

	*has = rc == 0 && settle_kwh(&settle->reads, chunk, CHANNEL_EXPORT,
			      step->from_utc, step->to_utc, fetch->scale, out);
	return rc;
}

/* Adds what the step exported more than usual, which another contract pays
 * for. */
static void
add_elsewhere(struct settle_fetch *fetch, struct settle_step *step,
    const char *point, int64_t exported, const struct ratio *usual,
    const struct contract *paid_by)
{
	struct settle *settle = fetch->settle;
	const struct rounding *round = &settle->in_hand.rule->round;
	const char *own = fetch->resource->point;
	bool is_own = strcmp(own, point) == 0;
	struct ratio more = {0};
	struct dec kwh = {0};
	char text[DEC_TEXT_MAX];

	ratio_set_ticks(&more, exported, fetch->scale);
	ratio_sub(&more, &more, usual);
	if (ratio_sign(&more) > 0) {
		ratio_round(&kwh, &more, round->scale, round->mode);
		dec_add(&step->elsewhere_kwh, &step->elsewhere_kwh, &kwh);
		dec_format_trim(&kwh, text, sizeof(text));
		settle_note(settle, own, step->from_utc, "elsewhere",
		    paid_by->entry, paid_by->line_no,
		    "%s kWh were exported more than usual%s%s, for which "
		    "contract %s, leg %s, pays",
		    text, is_own ? "" : " at ", is_own ? "" : point,
		    paid_by->contract, paid_by->leg);
	}
	ratio_release(&more);
	dec_release(&kwh);
}

/* The contract that pays for the export of the resource in the step: at the
 * point, or at one that its energy is a part of. */
static int
paid_whole(struct settle_fetch *fetch, const struct settle_step *step,
    const struct contract **by, struct qf_error *err)
{
	struct settle *settle = fetch->settle;
	const char *point = fetch->resource->point;
	const struct settle_kin *kin;
	int rc = settle_export_paid(
	    settle, point, step->from_utc, step->to_utc, by, err);

	if (rc == 0 && *by == NULL) {
		rc = settle_kin_of(settle, point, &kin, err);
	}
	for (size_t i = 0; rc == 0 && *by == NULL && i < kin->count; i++) {
		const struct settle_relative *one = &kin->of[i];

		if (!one->behind && one->from_utc < step->to_utc &&
		    one->to_utc > step->from_utc) {
			rc = settle_export_paid(settle, one->point,
			    step->from_utc, step->to_utc, by, err);
		}
	}
	return rc;
}

static bool
is_asked_for(const struct settle *settle)
{
	return settle->in_hand.version->direction != PROGRAMME_FILL &&
	       !settle->in_hand.version->export_both;
}

int
settle_find_elsewhere(struct settle_fetch *fetch, struct qf_error *err)
{
	struct settle_case *in_hand = &fetch->settle->in_hand;
	const char *point = fetch->resource->point;
	int rc = 0;

	if (!is_asked_for(fetch->settle)) {
		return 0;
	}
	for (size_t s = 0; rc == 0 && s < in_hand->step_count; s++) {
		struct settle_step *step = &in_hand->steps[s];
		const struct contract *by;
		struct ratio usual = {0};
		int64_t exported;
		bool has;

		rc = paid_whole(fetch, step, &by, err);
		if (rc == 0 && by != NULL) {
			rc = usual_of_own(fetch, s, &usual, err);
		}
		if (rc == 0 && by != NULL) {
			rc =
			    export_of(fetch, point, step, &exported, &has, err);
		}
		if (rc == 0 && by != NULL && has) {
			add_elsewhere(fetch, step, point, exported, &usual, by);
		}
		ratio_release(&usual);
	}
	return rc;
}

/* Behind the point -------------------------------------------------------- */

/* The contract that pays for the export of one behind the point, where none is
 * between that pays for the same. */
static int
paid_behind(struct settle *settle, const struct settle_kin *kin, size_t number,
    const struct settle_step *step, const struct contract **by,
    struct qf_error *err)
{
	const struct settle_relative *one = &kin->of[number];
	const struct contract *between = NULL;
	size_t i = one->by;

	*by = NULL;
	if (!one->behind || one->from_utc >= step->to_utc ||
	    one->to_utc <= step->from_utc) {
		return 0;
	}
	for (; i != SETTLE_NO_RELATIVE; i = kin->of[i].by) {
		if (settle_export_paid(settle, kin->of[i].point, step->from_utc,
			step->to_utc, &between, err) == -1) {
			return -1;
		}
		if (between != NULL) {
			return 0;
		}
	}
	return settle_export_paid(
	    settle, one->point, step->from_utc, step->to_utc, by, err);
}

/* What one behind the point exported in the step more than usual. */
static int
add_behind(struct settle_fetch *fetch, struct settle_step *step,
    const char *point, const struct contract *by, struct qf_error *err)
{
	struct settle *settle = fetch->settle;
	const struct settle_case *in_hand = &settle->in_hand;
	struct settle_chunk *chunk;
	struct ratio usual = {0};
	int64_t exported;
	bool has, has_usual = false;
	int rc = settle_chunk_of(
	    settle, point, in_hand->first_day, in_hand->end_day, &chunk, err);

	if (rc == 0) {
		settle_see_channels(&settle->reads, chunk, in_hand->first_day,
		    in_hand->end_day);
		rc = export_of(fetch, point, step, &exported, &has, err);
	}
	if (rc == 0 && has) {
		rc = usual_export(fetch, point, step, &usual, &has_usual, err);
	}
	if (rc == 0 && (!has || (!has_usual && exported > 0))) {
		rc = refuse(&settle->refusal, SETTLE_EARNS_TWICE,
		    "contract %s, leg %s, pays for the export of point %s, "
		    "which is energy of point %s, and %s",
		    by->contract, by->leg, point, fetch->resource->point,
		    has ? "no day says what it usually is"
			: "it was not read in the event");
	}
	if (rc == 0 && has_usual) {
		add_elsewhere(fetch, step, point, exported, &usual, by);
	}
	ratio_release(&usual);
	return rc;
}

static int
find_behind(struct settle_fetch *fetch, struct qf_error *err)
{
	struct settle *settle = fetch->settle;
	struct settle_case *in_hand = &settle->in_hand;
	const struct settle_kin *kin;
	const struct contract *by;
	int rc = 0;

	for (size_t s = 0; rc == 0 && s < in_hand->step_count; s++) {
		struct settle_step *step = &in_hand->steps[s];

		rc = paid_whole(fetch, step, &by, err);
		if (rc != 0 || by != NULL) {
			continue; /* that pays for all of it */
		}
		rc = settle_kin_of(settle, fetch->resource->point, &kin, err);
		for (size_t i = 0; rc == 0 && i < kin->count; i++) {
			rc = paid_behind(settle, kin, i, step, &by, err);
			if (rc == 0 && by != NULL) {
				rc = add_behind(
				    fetch, step, kin->of[i].point, by, err);
			}
		}
	}
	return rc;
}

int
settle_find_behind(struct settle_fetch *fetch, struct qf_error *err)
{
	struct settle *settle = fetch->settle;
	struct settle_reads own;
	const struct settle_kin *kin;
	struct period window;
	int rc;

	if (!is_asked_for(settle)) {
		return 0;
	}
	if (settle_kin_of(settle, fetch->resource->point, &kin, err) == -1) {
		return -1;
	}
	if (kin->count == 0) {
		return 0;
	}
	/* The cursors of the resources pass through points in their order,
	 * which these are out of. */
	own = settle->reads;
	memset(&settle->reads, 0, sizeof(settle->reads));
	period_of_days(settle->zone, settle->in_hand.first_day,
	    settle->in_hand.end_day, &window);
	settle_reads_begin(settle, &window, 1);
	rc = find_behind(fetch, err);
	settle_reads_release(&settle->reads);
	settle->reads = own;
	return rc;
}
