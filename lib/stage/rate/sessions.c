/* sessions.c - the sessions of a unit, each rated whole or held.
 *
 * A session belongs to the period in which it ends; each part of it is priced
 * by the contract stretch and tariff version of its own time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "stage/rate/ocpi.h"
#include "stage/rate/own.h"

static void
copy_id(char out[ID_MAX + 1], const char *text)
{
	size_t length = text != NULL ? strlen(text) : 0;

	assert(length <= ID_MAX);
	memcpy(out, text != NULL ? text : "", length + 1);
}

static void
add_session(struct rate_unit *unit, const struct fact *fact)
{
	struct rate_session *session;

	if (unit->session_count == unit->session_capacity) {
		unit->session_capacity = unit->session_capacity * 2 + 32;
		unit->sessions = xreallocarray(unit->sessions,
		    unit->session_capacity, sizeof(*unit->sessions));
	}
	session = &unit->sessions[unit->session_count++];
	memset(session, 0, sizeof(*session));
	copy_id(session->session, rulebook_text(fact, "session"));
	copy_id(session->party, rulebook_text(fact, "party"));
	session->start_utc = rulebook_integer(fact, "start", 0);
	session->end_utc = rulebook_integer(fact, "end", 0);
	session->has[CHANNEL_IMPORT] =
	    rulebook_decimal(&session->kwh[CHANNEL_IMPORT], fact, "import_kwh");
	session->has[CHANNEL_EXPORT] =
	    rulebook_decimal(&session->kwh[CHANNEL_EXPORT], fact, "export_kwh");
}

static int
load_sessions(struct rate *rate, struct qf_error *err)
{
	const struct period *period = &rate->request->period;
	struct fact fact;
	int64_t entry;
	int rc;

	if (facts_lookup(&rate->session_cursor, rate->ledger,
		LOOKUP_SESSIONS_OF_POINT, rate->request->asof, rate->point.name,
		period->from_utc, period->to_utc, err) == -1) {
		return -1;
	}
	while (
	    (rc = facts_next(rate->session_cursor, &fact, &entry, err)) == 1) {
		add_session(&rate->unit, &fact);
	}
	return rc;
}

/* The session's time as segments, behind those of the unit: [first, count). */
static int
session_segments(
    struct rate *rate, const struct rate_session *session, struct qf_error *err)
{
	struct rate_unit *unit = &rate->unit;
	int rc = 0;

	for (size_t i = 0; i < unit->stretch_count && rc == 0; i++) {
		const struct contract *stretch = &unit->stretches[i];
		int64_t from_utc, to_utc;

		if (stretch->basis == BASIS_SESSIONS &&
		    contract_within(stretch, session->start_utc,
			session->end_utc, &from_utc, &to_utc)) {
			rc =
			    rate_segments(rate, stretch, from_utc, to_utc, err);
		}
	}
	return rc;
}

/* Sources ---------------------------------------------------------------- */

static struct session_source *
add_source(struct rate *rate, int64_t from_utc, int64_t to_utc)
{
	struct session_source *source;

	if (rate->source_count == rate->source_capacity) {
		rate->source_capacity = rate->source_capacity * 2 + 32;
		rate->sources = xreallocarray(rate->sources,
		    rate->source_capacity, sizeof(*rate->sources));
	}
	source = &rate->sources[rate->source_count++];
	memset(source, 0, sizeof(*source));
	source->from_utc = from_utc;
	source->to_utc = to_utc;
	return source;
}

static void
clear_sources(struct rate *rate)
{
	for (size_t i = 0; i < rate->source_count; i++) {
		dec_release(&rate->sources[i].kwh);
	}
	rate->source_count = 0;
}

/* The code in the versions of the session, which lives as long as they. */
static const char *
band_code(const struct rate *rate, size_t first, const char *code)
{
	for (size_t i = first; i < rate->unit.segment_count; i++) {
		const struct tariff_version *version =
		    rate->unit.segments[i].version;

		for (size_t b = 0; b < version->band_count; b++) {
			if (strcmp(version->bands[b].code, code) == 0) {
				return version->bands[b].code;
			}
		}
	}
	return "?";
}

static int
load_parts(struct rate *rate, const struct rate_session *session,
    enum channel channel, size_t first, bool intervals, struct qf_error *err)
{
	struct fact_cursor **cursor = intervals ? &rate->session_interval_cursor
						: &rate->session_band_cursor;
	struct fact fact;
	int64_t entry;
	int rc;

	if (facts_lookup(cursor, rate->ledger,
		intervals ? LOOKUP_INTERVALS_OF_SESSION
			  : LOOKUP_BANDS_OF_SESSION,
		rate->request->asof, session->session, 0, 0, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(*cursor, &fact, &entry, err)) == 1) {
		struct session_source *source;

		if (strcmp(rulebook_text(&fact, "channel"),
			channel_name(channel)) != 0) {
			continue;
		}
		source = add_source(rate, session->start_utc, session->end_utc);
		if (intervals) {
			source->from_utc = rulebook_integer(&fact, "start", 0);
			source->to_utc = rulebook_integer(&fact, "end", 0);
		} else {
			source->band = band_code(
			    rate, first, rulebook_text(&fact, "band"));
		}
		rulebook_decimal(&source->kwh, &fact, "kwh");
	}
	return rc;
}

/* What is known of the session's energy: its intervals, else its bands, else
 * its total. */
static int
load_sources(struct rate *rate, const struct rate_session *session,
    enum channel channel, size_t first, struct qf_error *err)
{
	clear_sources(rate);
	if (load_parts(rate, session, channel, first, true, err) == -1) {
		return -1;
	}
	if (rate->source_count == 0 &&
	    load_parts(rate, session, channel, first, false, err) == -1) {
		return -1;
	}
	if (rate->source_count == 0) {
		dec_set(&add_source(rate, session->start_utc, session->end_utc)
			     ->kwh,
		    &session->kwh[channel]);
	}
	return session_check(rate->sources, rate->source_count,
	    &session->kwh[channel], session->start_utc, session->end_utc,
	    &rate->refusal);
}

/* Rating ----------------------------------------------------------------- */

int
rate_month_ending(const struct rate *rate, int64_t utc)
{
	for (size_t i = 0; i < rate->month_count; i++) {
		if (utc < rate->months[i].to_utc) {
			return rate->months[i].month;
		}
	}
	BUG("a session ends after its period");
}

/* Lines of one charge of the session; *kwh is the energy that it prices. */
static int
rate_charge(struct rate *rate, size_t number, size_t first,
    const struct charge *charge, struct dec *kwh, struct qf_error *err)
{
	const struct rate_session *session = &rate->unit.sessions[number];
	bool even = strcmp(charge->sessions_without_intervals, "even") == 0;
	size_t lines = rate->unit.lines.count;
	struct charge_scope scope;
	int rc;

	rc = rate_atoms(
	    rate, session, first, charge->component, charge->channel, err);
	for (size_t i = 0; i < rate->source_count && rc == 0; i++) {
		rc = session_share(rate->atoms, rate->atom_count,
		    &rate->sources[i], even, &rate->refusal);
	}
	if (rc != 0) {
		return rc;
	}
	rate_scope(rate, &rate->unit.segments[first], charge, &scope);
	scope.month = rate_month_ending(rate, session->end_utc);
	scope.session = (int64_t)number;
	session_covered(kwh, rate->atoms, rate->atom_count);
	rc = session_lines(&rate->unit.lines, &scope, rate->atoms,
	    rate->atom_count, &rate->refusal);
	if (rc == 0) {
		rate_tell(
		    rate, &rate->unit.segments[first], charge, NULL, lines);
	}
	return rc;
}

/* Whether the charge was met in an earlier segment already. */
static bool
met_before(const struct rate *rate, size_t first, size_t i,
    const struct charge *charge)
{
	for (size_t k = first; k < i; k++) {
		if (rate_session_charge(&rate->unit.segments[k],
			charge->component, charge->channel) != NULL) {
			return true;
		}
	}
	return false;
}

/* All charges of the session on one channel. */
static int
rate_channel(struct rate *rate, size_t number, size_t first,
    enum channel channel, struct dec *counted, struct qf_error *err)
{
	struct dec kwh = {0};
	int rc = 0;

	for (size_t i = first; rc == 0 && i < rate->unit.segment_count; i++) {
		const struct tariff_version *version =
		    rate->unit.segments[i].version;

		for (size_t c = 0; rc == 0 && c < version->charge_count; c++) {
			const struct charge *charge = &version->charges[c];

			if (rate_session_charge(&rate->unit.segments[i],
				charge->component, channel) != charge ||
			    met_before(rate, first, i, charge)) {
				continue;
			}
			rc =
			    rate_charge(rate, number, first, charge, &kwh, err);
			if (rc == 0 && charge->counts_energy) {
				dec_set(counted, &kwh);
			}
		}
	}
	dec_release(&kwh);
	return rc;
}

static int
check_party(struct rate *rate, const struct rate_session *session, size_t first)
{
	for (size_t i = first; i < rate->unit.segment_count; i++) {
		const struct contract *contract =
		    rate->unit.segments[i].contract;

		if (session->party[0] == '\0' &&
		    (strcmp(contract->payer, PARTY_OF_SESSION) == 0 ||
			strcmp(contract->payee, PARTY_OF_SESSION) == 0)) {
			return refuse(&rate->refusal, REASON_NO_PARTY,
			    "the session has no party, who is to be the "
			    "contract's");
		}
	}
	return 0;
}

/* Rates one session whose segments are [first, ...). */
static int
rate_one(struct rate *rate, size_t number, size_t first,
    struct dec counted[RATE_CHANNELS], struct qf_error *err)
{
	const struct rate_session *session = &rate->unit.sessions[number];
	int rc = check_party(rate, session, first);

	for (unsigned c = 0; rc == 0 && c < RATE_CHANNELS; c++) {
		if (!session->has[c]) {
			continue;
		}
		rc = load_sources(rate, session, (enum channel)c, first, err);
		if (rc == 0) {
			rc = rate_channel(rate, number, first, (enum channel)c,
			    &counted[c], err);
		}
	}
	return rc;
}

/* Energy of a held session: with the unit in whose time it ended. */
static void
hold_energy(struct rate *rate, const struct rate_session *session, size_t first)
{
	for (unsigned c = 0; c < RATE_CHANNELS; c++) {
		struct rate_balance *balance = &rate->unit.balance[c];
		bool counts = first == rate->unit.segment_count;

		for (size_t i = first; i < rate->unit.segment_count; i++) {
			counts = counts ||
				 rate_counts_energy(
				     &rate->unit.segments[i], (enum channel)c);
		}
		if (session->has[c] && counts) {
			balance->used = true;
			dec_add(&balance->metered, &balance->metered,
			    &session->kwh[c]);
			dec_add(
			    &balance->held, &balance->held, &session->kwh[c]);
		}
	}
}

static bool
ends_in_unit(const struct rate *rate, const struct rate_session *session)
{
	for (size_t i = 0; i < rate->unit.stretch_count; i++) {
		const struct contract *stretch = &rate->unit.stretches[i];

		if (stretch->basis == BASIS_SESSIONS &&
		    stretch->from_utc < session->end_utc &&
		    session->end_utc <= stretch->to_utc) {
			return true;
		}
	}
	return false;
}

/* Forgets the lines from `count` on. */
static void
drop_lines(struct charge_lines *lines, size_t count)
{
	struct charge_lines tail = {
	    .lines = lines->lines + count, .count = lines->count - count};

	charge_lines_clear(&tail);
	lines->count = count;
}

static void
hold_session(struct rate *rate, size_t number, size_t first, size_t line_count)
{
	struct rate_session *session = &rate->unit.sessions[number];

	drop_lines(&rate->unit.lines, line_count);
	session->held = true;
	session->refusal = rate->refusal;
	if (ends_in_unit(rate, session)) {
		hold_energy(rate, session, first);
	}
}

static int
rate_ocpi(struct rate *rate, size_t number, size_t first, struct qf_error *err)
{
	int rc = check_party(rate, &rate->unit.sessions[number], first);

	return rc == 0 ? rate_ocpi_session(rate, number, first, err) : rc;
}

static int
rate_session(struct rate *rate, size_t number, struct qf_error *err)
{
	struct rate_unit *unit = &rate->unit;
	struct dec counted[RATE_CHANNELS] = {{0}};
	size_t first = unit->segment_count;
	size_t line_count = unit->lines.count;
	int rc;

	rc = session_segments(rate, &unit->sessions[number], err);
	if (rc == 0 && unit->segment_count > first) {
		rc = rate_finding(rate, unit->sessions[number].session,
		    unit->sessions[number].start_utc,
		    unit->sessions[number].end_utc, err);
	}
	if (rc == 0 && unit->segment_count > first) {
		rc = unit->segments[first].ocpi == NULL
			 ? rate_one(rate, number, first, counted, err)
			 : rate_ocpi(rate, number, first, err);
	}
	if (rc == 1) {
		hold_session(rate, number, first, line_count);
		rc = 0;
	} else {
		for (unsigned c = 0; c < RATE_CHANNELS; c++) {
			if (!dec_is_zero(&counted[c])) {
				rate_balance_add(rate, (enum channel)c,
				    &counted[c], &counted[c]);
			}
		}
	}
	dec_release(&counted[CHANNEL_IMPORT]);
	dec_release(&counted[CHANNEL_EXPORT]);
	unit->segment_count = first;
	return rc;
}

int
rate_sessions(struct rate *rate, struct qf_error *err)
{
	int rc = load_sessions(rate, err);

	rate->counts->sessions += (int64_t)rate->unit.session_count;
	for (size_t i = 0; rc == 0 && i < rate->unit.session_count; i++) {
		rc = rate_session(rate, i, err);
	}
	session_atoms_release(rate->atoms, rate->atom_count);
	rate->atom_count = 0;
	clear_sources(rate);
	return rc;
}

int
rate_sessions_held(struct rate *rate, struct qf_error *err)
{
	if (rate->unit.session_count == 0 && load_sessions(rate, err) == -1) {
		return -1;
	}
	for (size_t i = 0; i < rate->unit.session_count; i++) {
		if (ends_in_unit(rate, &rate->unit.sessions[i])) {
			hold_energy(rate, &rate->unit.sessions[i],
			    rate->unit.segment_count);
		}
	}
	return 0;
}
