/* emit.c - handing out what an event came to.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <string.h>

#include "base/zone.h"
#include "stage/settle/own.h"

/* Texts of a row. */
enum {
	TEXT_BASELINE,
	TEXT_ACTUAL,
	TEXT_RESPONSE,
	TEXT_AWARD,
	TEXT_ELSEWHERE,
	TEXT_EFFECTIVE,
	TEXT_DEFICIENCY,
	TEXT_PRICE,
	TEXT_PAY,
	TEXT_CHARGE,
	TEXTS
};
struct texts {
	char of[TEXTS][DEC_TEXT_MAX];
};

static const char *
dec_text(struct texts *texts, int which, const struct dec *value)
{
	dec_format_trim(value, texts->of[which], DEC_TEXT_MAX);
	return texts->of[which];
}

static const char *
ratio_text(struct texts *texts, int which, const struct ratio *value)
{
	struct dec decimal = {0};

	(void)ratio_decimal(&decimal, value);
	dec_text(texts, which, &decimal);
	dec_release(&decimal);
	return texts->of[which];
}

static int
hand_out(struct settle *settle, struct response_row *row, struct qf_error *err)
{
	const struct contract *stretch = &settle->in_hand.contract->stretch;

	row->line_no = ++settle->counts->responses;
	row->contract = stretch->contract;
	row->leg = stretch->leg;
	row->event = settle->in_hand.event->event;
	return settle->sink->response == NULL
		   ? 0
		   : settle->sink->response(settle->sink->context, row, err);
}

/* The contract as a whole in one step. */
static int
emit_step(struct settle *settle, size_t number, struct qf_error *err)
{
	const struct settle_case *in_hand = &settle->in_hand;
	const struct settle_step *step = &in_hand->steps[number];
	const struct response_step *came = &in_hand->response->steps[number];
	struct texts texts;
	struct response_row row = {
	    .role = "contract",
	    .point = in_hand->contract->stretch.point,
	    .start_utc = step->from_utc,
	    .end_utc = step->to_utc,
	    .baseline_kwh =
		dec_text(&texts, TEXT_BASELINE, &in_hand->whole[number].kwh),
	    .actual_kwh = dec_text(&texts, TEXT_ACTUAL, &step->actual_kwh),
	    .response_kwh = ratio_text(&texts, TEXT_RESPONSE, &came->response),
	    .elsewhere_kwh =
		ratio_text(&texts, TEXT_ELSEWHERE, &came->elsewhere),
	    .effective_kwh =
		ratio_text(&texts, TEXT_EFFECTIVE, &came->effective),
	    .deficiency_kwh =
		ratio_text(&texts, TEXT_DEFICIENCY, &came->deficiency),
	    .price = dec_text(&texts, TEXT_PRICE, &came->price),
	    .pay = ratio_text(&texts, TEXT_PAY, &came->pay),
	    .charge = ratio_text(&texts, TEXT_CHARGE, &came->charge),
	};

	if (step->has_award) {
		row.award = step->award;
		row.award_kwh = ratio_text(&texts, TEXT_AWARD, &came->award);
	}
	return hand_out(settle, &row, err);
}

/* One point of a portfolio in one step. */
static int
emit_resource_step(struct settle *settle,
    const struct settle_resource *resource, size_t number, struct qf_error *err)
{
	const struct settle_case *in_hand = &settle->in_hand;
	const struct settle_step *step = &in_hand->steps[number];
	const struct dec *usual = &resource->baseline->steps[number].kwh;
	const struct dec *actual = &resource->actual_kwh[number];
	struct dec response = {0};
	struct texts texts;
	struct response_row row = {
	    .role = "resource",
	    .point = resource->point,
	    .start_utc = step->from_utc,
	    .end_utc = step->to_utc,
	    .baseline_kwh = dec_text(&texts, TEXT_BASELINE, usual),
	    .actual_kwh = dec_text(&texts, TEXT_ACTUAL, actual),
	};
	int rc;

	if (in_hand->version->direction == PROGRAMME_FILL) {
		dec_sub(&response, actual, usual);
	} else {
		dec_sub(&response, usual, actual);
	}
	row.response_kwh = dec_text(&texts, TEXT_RESPONSE, &response);
	rc = hand_out(settle, &row, err);
	dec_release(&response);
	return rc;
}

static int
emit_responses(struct settle *settle, struct qf_error *err)
{
	const struct settle_case *in_hand = &settle->in_hand;

	for (size_t s = 0; s < in_hand->step_count; s++) {
		if (emit_step(settle, s, err) == -1) {
			return -1;
		}
	}
	if (in_hand->contract->portfolio[0] == '\0') {
		return 0; /* the whole is the point */
	}
	for (size_t i = 0; i < in_hand->resource_count; i++) {
		for (size_t s = 0; s < in_hand->step_count; s++) {
			if (emit_resource_step(
				settle, &in_hand->resources[i], s, err) == -1) {
				return -1;
			}
		}
	}
	return 0;
}

/* What is charged is a credit to the payer: amount and price are negative. */
static int
emit_line(struct settle *settle, const struct response_line *from,
    struct qf_error *err)
{
	const struct settle_case *in_hand = &settle->in_hand;
	const struct contract *stretch = &in_hand->contract->stretch;
	struct ratio exact = {0};
	struct dec price = {0};
	struct texts texts;
	struct line line = {
	    .line_no = ++settle->counts->lines,
	    .contract = stretch->contract,
	    .leg = stretch->leg,
	    .point = stretch->point,
	    .payer = stretch->payer,
	    .payee = stretch->payee,
	    .account = stretch->account[0] != '\0' ? stretch->account
						   : stretch->contract,
	    .from_utc = in_hand->event->start_utc,
	    .to_utc = in_hand->event->end_utc,
	    .month = in_hand->month,
	    .subject = in_hand->version->subject,
	    .component = from->component,
	    .session = in_hand->event->event,
	    .tariff_entry = in_hand->programme->entry,
	    .unit = from->unit,
	    .has_amount = true,
	};
	int rc;

	ratio_set(&exact, &from->exact);
	dec_set(&price, &from->price);
	line.net_minor = from->minor;
	if (from->is_charge) {
		ratio_neg(&exact, &exact);
		dec_neg(&price, &price);
		line.net_minor = -from->minor;
	}
	line.gross_minor = line.net_minor;
	line.quantity = ratio_text(&texts, TEXT_EFFECTIVE, &from->quantity);
	line.exact = ratio_text(&texts, TEXT_PAY, &exact);
	if (from->has_price) {
		line.price = dec_text(&texts, TEXT_PRICE, &price);
	}
	rc = settle->sink->line == NULL
		 ? 0
		 : settle->sink->line(settle->sink->context, &line, err);
	ratio_release(&exact);
	dec_release(&price);
	return rc;
}

int
settle_emit(struct settle *settle, struct qf_error *err)
{
	const struct response *response = settle->in_hand.response;

	for (size_t i = 0; i < response->line_count; i++) {
		if (emit_line(settle, &response->lines[i], err) == -1) {
			return -1;
		}
	}
	return emit_responses(settle, err);
}

static int
emit_day(struct settle *settle, const struct settle_resource *resource,
    const struct baseline_found *found, struct qf_error *err)
{
	const struct contract *stretch = &settle->in_hand.contract->stretch;
	struct texts texts;
	struct baseline_row row = {
	    .line_no = ++settle->counts->baselines,
	    .contract = stretch->contract,
	    .leg = stretch->leg,
	    .event = settle->in_hand.event->event,
	    .point = resource->point,
	    .day = found->day,
	    .used = found->used ? "yes" : "no",
	    .reason = found->reason,
	};

	if (found->has_kwh) {
		row.kwh = dec_text(&texts, TEXT_BASELINE, &found->kwh);
	}
	return settle->sink->baseline == NULL
		   ? 0
		   : settle->sink->baseline(settle->sink->context, &row, err);
}

int
settle_emit_days(struct settle *settle, struct qf_error *err)
{
	const struct settle_case *in_hand = &settle->in_hand;

	for (size_t i = 0; i < in_hand->resource_count; i++) {
		const struct baseline *baseline =
		    in_hand->resources[i].baseline;

		for (size_t d = 0; baseline != NULL && d < baseline->day_count;
		     d++) {
			if (emit_day(settle, &in_hand->resources[i],
				&baseline->days[d], err) == -1) {
				return -1;
			}
		}
	}
	return 0;
}

int
settle_emit_hold(struct settle *settle, struct qf_error *err)
{
	const struct settle_case *in_hand = &settle->in_hand;
	const struct contract *stretch = &in_hand->contract->stretch;
	const struct hold hold = {
	    .line_no = ++settle->counts->holds,
	    .contract = stretch->contract,
	    .leg = stretch->leg,
	    .point = stretch->point,
	    .session = in_hand->event->event,
	    .from_utc = in_hand->event->start_utc,
	    .to_utc = in_hand->event->end_utc,
	    .reason = settle->refusal.reason,
	    .detail = settle->refusal.detail,
	};

	return settle->sink->hold == NULL
		   ? 0
		   : settle->sink->hold(settle->sink->context, &hold, err);
}
