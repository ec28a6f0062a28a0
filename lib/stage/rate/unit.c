/* unit.c - one contract's leg at a point: its lines, or why not.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/zone.h"
#include "stage/rate/own.h"

static void
begin_unit(struct rate_unit *unit, struct contract *stretches, size_t count)
{
	unit->stretches = stretches;
	unit->stretch_count = count;
	unit->segment_count = 0;
	unit->any_sessions = false;
	charge_lines_clear(&unit->lines);
	for (size_t i = 0; i < unit->carry_count; i++) {
		dec_release(&unit->carries[i].kwh);
	}
	unit->carry_count = 0;
	for (size_t i = 0; i < unit->session_count; i++) {
		dec_release(&unit->sessions[i].kwh[CHANNEL_IMPORT]);
		dec_release(&unit->sessions[i].kwh[CHANNEL_EXPORT]);
	}
	unit->session_count = 0;
	rate_counted_release(unit);
	for (size_t c = 0; c < RATE_CHANNELS; c++) {
		unit->balance[c].used = false;
		dec_set_int(&unit->balance[c].metered, 0, 0);
		dec_set_int(&unit->balance[c].held, 0, 0);
		dec_set_int(&unit->balance[c].residual, 0, 0);
	}
}

void
rate_unit_release(struct rate_unit *unit)
{
	begin_unit(unit, NULL, 0);
	charge_lines_release(&unit->lines);
	for (size_t c = 0; c < RATE_CHANNELS; c++) {
		dec_release(&unit->balance[c].metered);
		dec_release(&unit->balance[c].held);
		dec_release(&unit->balance[c].residual);
		dec_release(&unit->carry_in[c]);
	}
	free(unit->segments);
	free(unit->carries);
	free(unit->sessions);
	free(unit->counted);
	memset(unit, 0, sizeof(*unit));
}

bool
rate_counts_energy(const struct rate_segment *segment, enum channel channel)
{
	const struct tariff_version *version = segment->version;

	for (size_t i = 0; i < version->charge_count; i++) {
		const struct charge *charge = &version->charges[i];

		if (charge->per == PER_KWH && charge->counts_energy &&
		    charge->channel == channel &&
		    rate_charges(segment->contract, charge)) {
			return true;
		}
	}
	return false;
}

void
rate_scope(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct charge_scope *scope)
{
	*scope = (struct charge_scope){
	    .month = segment->month,
	    .contract = segment->contract,
	    .version = segment->version,
	    .charge = charge,
	    .tariff_entry = segment->tariff_entry,
	    .session = -1,
	    .money_scale = rate->money_scale,
	};
	if (segment->version->has_energy_rounding &&
	    segment->version->energy_carry && charge->per == PER_KWH) {
		scope->carry = rate_carry(rate, charge);
	}
}

struct price_for
rate_price_for(const struct rate *rate, const struct rate_segment *segment)
{
	return (struct price_for){
	    .contract = segment->contract,
	    .day = zone_day_of(rate->zone, segment->from_utc),
	};
}

void
rate_balance_add(struct rate *rate, enum channel channel,
    const struct dec *metered, const struct dec *net)
{
	struct rate_balance *balance = &rate->unit.balance[channel];

	if (rate->looking_back) {
		return;
	}
	balance->used = true;
	dec_add(&balance->metered, &balance->metered, metered);
	dec_add(&balance->residual, &balance->residual, metered);
	dec_sub(&balance->residual, &balance->residual, net);
}

/* Segments --------------------------------------------------------------- */

static int
check_parties(struct rate *rate, const struct contract *contract)
{
	if (contract->basis != BASIS_SESSIONS &&
	    (strcmp(contract->payer, PARTY_OF_SESSION) == 0 ||
		strcmp(contract->payee, PARTY_OF_SESSION) == 0)) {
		return refuse(&rate->refusal, REASON_NO_PARTY,
		    "payer or payee is the party of a session, and the "
		    "contract is not on sessions");
	}
	return 0;
}

/* The segments of the period, of every stretch. */
static int
make_segments(struct rate *rate, struct qf_error *err)
{
	const struct period *period = &rate->request->period;
	struct rate_unit *unit = &rate->unit;
	int rc = 0;

	for (size_t i = 0; i < unit->stretch_count && rc == 0; i++) {
		const struct contract *stretch = &unit->stretches[i];
		int64_t from_utc, to_utc;

		if (contract_within(stretch, period->from_utc, period->to_utc,
			&from_utc, &to_utc)) {
			rc = check_parties(rate, stretch);
			if (rc == 0) {
				rc = rate_segments(
				    rate, stretch, from_utc, to_utc, err);
			}
		}
	}
	return rc;
}

int
rate_sum(struct rate *rate, const struct rate_segment *segment,
    enum channel channel, struct qf_error *err)
{
	assert(channel < RATE_CHANNELS);
	if (rate->sums[channel].ready) {
		return 0;
	}
	return segment->contract->basis == BASIS_INTERVALS
		   ? rate_sum_intervals(rate, segment, channel, err)
		   : rate_sum_registers(rate, segment, channel, err);
}

/* One charge of a segment. */
static int
rate_charge(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct qf_error *err)
{
	enum basis basis = segment->contract->basis;
	int rc;

	if (charge->per != PER_KWH) {
		return rate_pieces(rate, segment, charge, err);
	}
	if (basis == BASIS_SESSIONS) {
		return charge->loss == NULL
			   ? 0
			   : refuse(&rate->refusal, REASON_NO_INTERVALS,
				 "charge %s is of lost kWh, which sessions do "
				 "not have",
				 charge->component);
	}
	rc = rate_sum(rate, segment, charge->channel, err);
	if (rc != 0) {
		return rc;
	}
	if (charge->loss != NULL) {
		return rate_loss(rate, segment, charge, err);
	}
	return rate_is_beyond(charge)
		   ? rate_beyond(rate, segment, charge, err)
		   : rate_energy_charge(rate, segment, charge, err);
}

/* What charges that count leave of the channel's energy, because they are of a
 * part of it or of what is set against the other, is residual. */
static void
leave_rest(struct rate *rate, enum channel channel)
{
	struct rate_balance *balance = &rate->unit.balance[channel];

	if (rate->shared[channel]) {
		dec_add(&balance->residual, &balance->residual,
		    &rate->sums[channel].total);
		dec_sub(&balance->residual, &balance->residual,
		    &rate->shared_kwh[channel]);
	}
}

/* Power factors of a segment, once it has what they are of. */
static int
rate_adjustments(
    struct rate *rate, const struct rate_segment *segment, struct qf_error *err)
{
	const struct tariff_version *version = segment->version;
	int rc = 0;

	for (size_t i = 0; i < version->charge_count && rc == 0; i++) {
		if (version->charges[i].per == PER_POWER_FACTOR &&
		    rate_charges(segment->contract, &version->charges[i])) {
			rc = rate_power_factor(
			    rate, segment, &version->charges[i], err);
		}
	}
	return rc;
}

static int
rate_segment(
    struct rate *rate, const struct rate_segment *segment, struct qf_error *err)
{
	const struct tariff_version *version = segment->version;
	int rc = 0;

	if (segment->ocpi != NULL) {
		return segment->contract->basis == BASIS_SESSIONS
			   ? 0
			   : refuse(&rate->refusal, REASON_NO_CHARGE,
				 "tariff %s is one of OCPI, which prices "
				 "sessions",
				 segment->contract->tariff);
	}
	for (size_t c = 0; c < RATE_CHANNELS; c++) {
		rate->sums[c].ready = false;
		rate->mixed[c].sums.ready = false;
		rate->shared[c] = false;
		dec_set_int(&rate->shared_kwh[c], 0, 0);
		energy_given_release(&rate->part_given[c]);
	}
	for (size_t i = 0; i < version->charge_count && rc == 0; i++) {
		if (version->charges[i].per < PER_POWER_FACTOR &&
		    rate_charges(segment->contract, &version->charges[i])) {
			rc = rate_charge(
			    rate, segment, &version->charges[i], err);
		}
	}
	for (unsigned c = 0; rc == 0 && c < RATE_CHANNELS; c++) {
		leave_rest(rate, (enum channel)c);
	}
	return rc != 0 ? rc : rate_adjustments(rate, segment, err);
}

/* Order and totals ------------------------------------------------------- */

static int
by_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Month, stretch, version, charge, band, session; a rounding line after what
 * it rounds. */
static int
compare_lines(const void *a, const void *b)
{
	const struct charge_line *x = a, *y = b;
	int order = by_number(x->month, y->month);

	if (order == 0) {
		order = by_number(x->contract->from_utc, y->contract->from_utc);
	}
	if (order == 0) {
		order = by_number(x->version->from_day, y->version->from_day);
	}
	if (order == 0) {
		order = by_number(x->rounding, y->rounding);
	}
	if (order == 0) {
		order = by_number(x->charge - x->version->charges,
		    y->charge - y->version->charges);
	}
	if (order == 0 && x->session >= 0 && y->session >= 0) {
		order = by_number(x->band, y->band);
		if (order == 0) {
			order = by_number(x->session, y->session);
		}
	}
	return order != 0 ? order
			  : by_number((int64_t)x->made, (int64_t)y->made);
}

static void
sort_lines(struct charge_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++) {
		lines->lines[i].made = i;
	}
	if (lines->count > 0) {
		qsort(lines->lines, lines->count, sizeof(*lines->lines),
		    compare_lines);
	}
}

static bool
is_party_of_session(const struct contract *contract)
{
	return strcmp(contract->payer, PARTY_OF_SESSION) == 0 ||
	       strcmp(contract->payee, PARTY_OF_SESSION) == 0;
}

/* Whether two lines are of one total: a month of the same parties, or, where
 * one is that of the session, the session. */
static bool
same_total(const struct charge_line *a, const struct charge_line *b)
{
	return a->month == b->month && b->version->money_on_total &&
	       (a->session == b->session ||
		   !is_party_of_session(b->contract)) &&
	       strcmp(a->contract->payer, b->contract->payer) == 0 &&
	       strcmp(a->contract->payee, b->contract->payee) == 0 &&
	       strcmp(a->contract->account, b->contract->account) == 0;
}

/* The lines of one total next to each other. */
static int
compare_totals(const void *a, const void *b)
{
	const struct charge_line *x = a, *y = b;
	int order = by_number(same_total(x, x), same_total(y, y));

	if (order == 0) {
		order = by_number(x->month, y->month);
	}
	if (order == 0) {
		order = strcmp(x->contract->payer, y->contract->payer);
	}
	if (order == 0) {
		order = strcmp(x->contract->payee, y->contract->payee);
	}
	if (order == 0) {
		order = strcmp(x->contract->account, y->contract->account);
	}
	if (order == 0 && is_party_of_session(x->contract)) {
		order = by_number(x->session, y->session);
	}
	return order != 0 ? order
			  : by_number((int64_t)x->made, (int64_t)y->made);
}

/* Rounds the totals of the lines, which are in order before and after: a payer
 * may come back after another in the same month. */
static int
round_totals(struct rate *rate)
{
	struct charge_lines *lines = &rate->unit.lines;
	size_t end = lines->count, first = 0;
	bool any = false;

	for (size_t i = 0; i < end; i++) {
		lines->lines[i].made = i;
		any = any || same_total(&lines->lines[i], &lines->lines[i]);
	}
	if (!any) {
		return 0;
	}
	qsort(lines->lines, end, sizeof(*lines->lines), compare_totals);
	while (first < end) {
		const struct charge_line *head = &lines->lines[first];
		int64_t session =
		    is_party_of_session(head->contract) ? head->session : -1;
		size_t last = first + 1, before = lines->count;

		if (!same_total(head, head)) {
			first++;
			continue;
		}
		while (last < end && same_total(head, &lines->lines[last])) {
			last++;
		}
		if (charge_round_total(lines, first, last, rate->money_scale,
			&rate->refusal) != 0) {
			return 1;
		}
		for (size_t i = before; i < lines->count; i++) {
			lines->lines[i].session = session;
		}
		first = last;
	}
	for (size_t i = end; i < lines->count; i++) {
		lines->lines[i].made = i;
	}
	qsort(lines->lines, lines->count, sizeof(*lines->lines), compare_lines);
	return 0;
}

/* Held ------------------------------------------------------------------- */

/* kWh that the point metered in the unit's time on a channel, as far as they
 * are known: they are held. */
static int
hold_channel(struct rate *rate, enum channel channel, struct qf_error *err)
{
	const struct period *period = &rate->request->period;
	struct rate_balance *balance = &rate->unit.balance[channel];
	const struct energy_series *gross, *net;
	struct energy_given given = {0};
	struct dec fines = {0}, kwh = {0};
	int rc = rate_point_energy(rate, channel, &gross, &net, err);

	if (rc == -1 || gross->day_count == 0) {
		return rc == -1 ? -1 : 0;
	}
	for (size_t i = 0; i < rate->unit.stretch_count; i++) {
		const struct contract *stretch = &rate->unit.stretches[i];
		int64_t from_utc, to_utc;

		if (stretch->basis == BASIS_INTERVALS &&
		    contract_within(stretch, period->from_utc, period->to_utc,
			&from_utc, &to_utc)) {
			energy_total(&fines, gross, from_utc, to_utc);
			energy_kwh(&kwh, gross, &fines, &given);
			balance->used = true;
			dec_add(&balance->metered, &balance->metered, &kwh);
			dec_add(&balance->held, &balance->held, &kwh);
		}
	}
	dec_release(&fines);
	dec_release(&kwh);
	energy_given_release(&given);
	return 0;
}

/* Whether the unit settles energy of the channel, as far as is known. */
static bool
may_count(const struct rate_unit *unit, enum channel channel)
{
	for (size_t i = 0; i < unit->segment_count; i++) {
		if (rate_counts_energy(&unit->segments[i], channel)) {
			return true;
		}
	}
	return unit->segment_count == 0;
}

/* Hands out a unit that is held whole. */
static int
hold_unit(struct rate *rate, struct qf_error *err)
{
	struct rate_unit *unit = &rate->unit;
	struct refusal refusal = rate->refusal;

	charge_lines_clear(&unit->lines);
	rate_carry_keep(rate);
	for (unsigned c = 0; c < RATE_CHANNELS; c++) {
		struct rate_balance *balance = &unit->balance[c];

		balance->used = false;
		dec_set_int(&balance->metered, 0, 0);
		dec_set_int(&balance->held, 0, 0);
		dec_set_int(&balance->residual, 0, 0);
		if (may_count(unit, (enum channel)c) &&
		    hold_channel(rate, (enum channel)c, err) == -1) {
			return -1;
		}
	}
	if (unit->any_sessions && rate_sessions_held(rate, err) == -1) {
		return -1;
	}
	if (rate_emit_hold(rate, NULL, &refusal, err) == -1) {
		return -1;
	}
	return rate_emit_energy(rate, err);
}

/* The unit ---------------------------------------------------------------- */

static int
emit_unit(struct rate *rate, struct qf_error *err)
{
	if (rate_emit_lines(rate, err) == -1) {
		return -1;
	}
	for (size_t i = 0; i < rate->unit.session_count; i++) {
		const struct rate_session *session = &rate->unit.sessions[i];

		if (session->held && rate_emit_hold(rate, session,
					 &session->refusal, err) == -1) {
			return -1;
		}
	}
	return rate_emit_energy(rate, err);
}

/* Whether the unit has anything to do with the period: a stretch in it, or
 * one before it that may price a part of a session. */
static bool
in_scope(struct rate *rate)
{
	const struct period *period = &rate->request->period;
	struct rate_unit *unit = &rate->unit;
	bool inside = false;

	for (size_t i = 0; i < unit->stretch_count; i++) {
		const struct contract *stretch = &unit->stretches[i];

		inside = inside || (stretch->from_utc < period->to_utc &&
				       stretch->to_utc > period->from_utc &&
				       stretch->from_utc < stretch->to_utc);
		unit->any_sessions =
		    unit->any_sessions || stretch->basis == BASIS_SESSIONS;
	}
	return inside || unit->any_sessions;
}

/* Whether a finding at the point holds the unit in its time. */
static int
check_findings(struct rate *rate, struct qf_error *err)
{
	const struct period *period = &rate->request->period;
	const struct rate_unit *unit = &rate->unit;
	int rc = 0;

	for (size_t i = 0; i < unit->stretch_count && rc == 0; i++) {
		const struct contract *stretch = &unit->stretches[i];
		int64_t from_utc, to_utc;

		if (contract_within(stretch, period->from_utc, period->to_utc,
			&from_utc, &to_utc)) {
			rc = rate_finding(rate, NULL, from_utc, to_utc, err);
		}
	}
	return rc;
}

int
rate_unit(struct rate *rate, struct contract *stretches, size_t count,
    struct qf_error *err)
{
	struct rate_unit *unit = &rate->unit;
	int rc;

	assert(count > 0);
	begin_unit(unit, stretches, count);
	if (!in_scope(rate)) {
		return 0;
	}
	rate->counts->units++;
	if (rate_carry_begin(rate, err) == -1) {
		return -1;
	}
	rc = make_segments(rate, err);
	if (rc == 0) {
		rc = check_findings(rate, err);
	}
	for (size_t i = 0; i < unit->segment_count && rc == 0; i++) {
		rc = rate_segment(rate, &unit->segments[i], err);
	}
	if (rc == 0 && unit->any_sessions) {
		rc = rate_sessions(rate, err);
	}
	if (rc == 0) {
		rc = rate_limits(rate, err);
	}
	if (rc == 0) {
		sort_lines(&unit->lines);
		rc = round_totals(rate);
	}
	if (rc == -1) {
		return -1;
	}
	return rc == 1 ? hold_unit(rate, err) : emit_unit(rate, err);
}
