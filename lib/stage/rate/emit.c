/* emit.c - handing out what a unit came to.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "stage/rate/own.h"

static const char *
party_of(
    const struct rate *rate, const struct charge_line *line, const char *party)
{
	if (strcmp(party, PARTY_OF_SESSION) != 0) {
		return party;
	}
	assert(line->session >= 0);
	return rate->unit.sessions[line->session].party;
}

/* The line's numbers as texts, which stay until the next line. */
static void
set_numbers(struct rate *rate, const struct charge_line *from, struct line *out)
{
	dec_format_trim(&from->quantity, rate->texts[0], DEC_TEXT_MAX);
	out->quantity = rate->texts[0];
	if (from->has_price) {
		dec_format_trim(&from->price, rate->texts[1], DEC_TEXT_MAX);
		out->price = rate->texts[1];
	}
	if (from->has_amount) {
		dec_format_trim(&from->exact, rate->texts[2], DEC_TEXT_MAX);
		out->exact = rate->texts[2];
		out->has_amount = true;
		out->net_minor = from->amount.net_minor;
		out->tax_minor = from->amount.tax_minor;
		out->gross_minor = from->amount.gross_minor;
	}
}

static void
set_charge(
    const struct charge_line *from, char tax[DEC_TEXT_MAX], struct line *out)
{
	const struct charge *charge = from->charge;

	if (charge->has_tax) {
		dec_format_trim(&charge->tax_rate, tax, DEC_TEXT_MAX);
		out->tax_rate = tax;
	}
	if (from->rounding) {
		out->subject = out->component = "rounding";
		return;
	}
	out->subject = charge->subject;
	out->component =
	    from->tier != NULL ? from->tier->component : charge->component;
	out->how = from->how;
	if (charge->per == PER_KWH) {
		out->channel = channel_name(charge->channel);
		out->counts_energy = charge->counts_energy;
	}
	if (from->band != BAND_NONE) {
		out->band = from->version->bands[from->band].code;
	}
}

static int
emit_line(
    struct rate *rate, const struct charge_line *from, struct qf_error *err)
{
	const struct contract *contract = from->contract;
	char tax[DEC_TEXT_MAX];
	struct line line = {
	    .line_no = ++rate->counts->lines,
	    .contract = contract->contract,
	    .leg = contract->leg,
	    .point = contract->point,
	    .payer = party_of(rate, from, contract->payer),
	    .payee = party_of(rate, from, contract->payee),
	    .account = contract->account[0] != '\0' ? contract->account
						    : contract->contract,
	    .from_utc = from->from_utc,
	    .to_utc = from->to_utc,
	    .month = from->month,
	    .tariff_entry = from->tariff_entry,
	    .unit = from->unit,
	};

	if (from->session >= 0) {
		line.session = rate->unit.sessions[from->session].session;
	}
	set_charge(from, tax, &line);
	set_numbers(rate, from, &line);
	return rate->sink->line == NULL
		   ? 0
		   : rate->sink->line(rate->sink->context, &line, err);
}

int
rate_emit_lines(struct rate *rate, struct qf_error *err)
{
	for (size_t i = 0; i < rate->unit.lines.count; i++) {
		if (emit_line(rate, &rate->unit.lines.lines[i], err) == -1) {
			return -1;
		}
	}
	return 0;
}

int
rate_emit_hold(struct rate *rate, const struct rate_session *session,
    const struct refusal *refusal, struct qf_error *err)
{
	const struct rate_unit *unit = &rate->unit;
	const struct period *period = &rate->request->period;
	const struct contract *first = &unit->stretches[0];
	const struct contract *last = &unit->stretches[unit->stretch_count - 1];
	struct hold hold = {
	    .line_no = ++rate->counts->holds,
	    .contract = first->contract,
	    .leg = first->leg,
	    .point = first->point,
	    .from_utc = first->from_utc > period->from_utc ? first->from_utc
							   : period->from_utc,
	    .to_utc =
		last->to_utc < period->to_utc ? last->to_utc : period->to_utc,
	    .reason = refusal->reason,
	    .detail = refusal->detail,
	};

	if (session != NULL) {
		hold.session = session->session;
		hold.from_utc = session->start_utc;
		hold.to_utc = session->end_utc;
	}
	return rate->sink->hold == NULL
		   ? 0
		   : rate->sink->hold(rate->sink->context, &hold, err);
}

/* Energy ----------------------------------------------------------------- */

/* kWh on the lines that count on a channel. */
static void
rated_kwh(const struct rate *rate, enum channel channel, struct dec *out)
{
	dec_set_int(out, 0, 0);
	for (size_t i = 0; i < rate->unit.lines.count; i++) {
		const struct charge_line *line = &rate->unit.lines.lines[i];

		if (!line->rounding && line->charge->per == PER_KWH &&
		    line->charge->channel == channel &&
		    line->charge->counts_energy) {
			dec_add(out, out, &line->quantity);
		}
	}
}

/* Whether rounding of kWh may make a difference in the unit. */
static bool
rounds_energy(const struct rate *rate)
{
	for (size_t i = 0; i < rate->unit.lines.count; i++) {
		if (rate->unit.lines.lines[i].version->has_energy_rounding) {
			return true;
		}
	}
	return false;
}

static int
emit_row(struct rate *rate, const char *channel, const struct dec *metered,
    const struct dec *rated, const struct dec *held, const struct dec *residual,
    struct qf_error *err)
{
	const struct contract *contract = &rate->unit.stretches[0];
	char fourth[DEC_TEXT_MAX];
	struct energy energy = {
	    .line_no = ++rate->counts->energies,
	    .contract = contract->contract,
	    .leg = contract->leg,
	    .point = contract->point,
	    .channel = channel,
	    .metered_kwh = rate->texts[0],
	    .rated_kwh = rate->texts[1],
	    .held_kwh = rate->texts[2],
	    .residual_kwh = fourth,
	};

	dec_format_trim(metered, rate->texts[0], DEC_TEXT_MAX);
	dec_format_trim(rated, rate->texts[1], DEC_TEXT_MAX);
	dec_format_trim(held, rate->texts[2], DEC_TEXT_MAX);
	dec_format_trim(residual, fourth, DEC_TEXT_MAX);
	return rate->sink->energy == NULL
		   ? 0
		   : rate->sink->energy(rate->sink->context, &energy, err);
}

/* metered = rated + held + residual, where rounding of kWh is residual too. */
static int
emit_channel(struct rate *rate, enum channel channel, struct qf_error *err)
{
	struct rate_balance *balance = &rate->unit.balance[channel];
	const struct contract *contract = &rate->unit.stretches[0];
	struct dec rated = {0}, rest = {0};
	char text[DEC_TEXT_MAX];
	int rc = 0;

	rated_kwh(rate, channel, &rated);
	dec_sub(&rest, &balance->metered, &rated);
	dec_sub(&rest, &rest, &balance->held);
	dec_sub(&rest, &rest, &balance->residual);
	if (!dec_is_zero(&rest) && !rounds_energy(rate)) {
		dec_format_trim(&rest, text, sizeof(text));
		rc = qf_fail(err, QF_BUG, "energy-balance",
		    "contract %s, leg %s, %s: %s kWh are neither rated nor "
		    "held",
		    contract->contract, contract->leg, channel_name(channel),
		    text);
	} else {
		dec_add(&rest, &rest, &balance->residual);
		rc = emit_row(rate, channel_name(channel), &balance->metered,
		    &rated, &balance->held, &rest, err);
	}
	dec_release(&rated);
	dec_release(&rest);
	return rc;
}

/* What a charge carries to the next period, as a row of its own. */
static int
emit_carry(struct rate *rate, enum channel channel, struct qf_error *err)
{
	struct dec none = {0};

	for (size_t i = 0; i < rate->unit.carry_count; i++) {
		const struct rate_carry *carry = &rate->unit.carries[i];

		if (carry->channel == channel && carry->counts &&
		    !dec_is_zero(&carry->kwh)) {
			return emit_row(rate,
			    channel == CHANNEL_IMPORT ? RATE_CARRIED_IMPORT
						      : RATE_CARRIED_EXPORT,
			    &carry->kwh, &none, &none, &carry->kwh, err);
		}
	}
	return 0;
}

int
rate_emit_energy(struct rate *rate, struct qf_error *err)
{
	for (unsigned c = 0; c < RATE_CHANNELS; c++) {
		if (rate->unit.balance[c].used &&
		    emit_channel(rate, (enum channel)c, err) == -1) {
			return -1;
		}
		if (emit_carry(rate, (enum channel)c, err) == -1) {
			return -1;
		}
	}
	return 0;
}
