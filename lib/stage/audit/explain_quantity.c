/* explain_quantity.c - registers, sessions and pieces behind a line.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/zone.h"
#include "settle/session.h"
#include "stage/audit/explain_own.h"

static void
format_time(const struct explain *explain, int64_t utc, char *out)
{
	civil_format_offset(utc, zone_offset(explain->zone, utc), out);
}

/* Says the sum, and holds it against the line's quantity. */
static int
check_quantity(struct explain *explain, const struct dec *sum, const char *what,
    struct qf_error *err)
{
	const char *told = explain->line.quantity;
	struct dec quantity = {0};
	char text[DEC_TEXT_MAX];

	if (dec_parse_stored(&quantity, told, strlen(told), err) == -1) {
		return -1;
	}
	dec_format_trim(sum, text, sizeof(text));
	explain_say(
	    explain, "quantity", "%s: %s %s", what, text, explain->line.unit);
	if (explain_is_beyond(explain)) {
		explain_say(
		    explain, "", "settled %s of it, as told above", told);
	} else if (explain->version->has_energy_rounding) {
		explain_say(explain, "",
		    "settled %s: the tariff rounds kWh to %d decimals", told,
		    explain->version->energy.scale);
	} else if (dec_cmp(sum, &quantity) != 0) {
		explain_differs(explain, "%s come to %s, the line has %s", what,
		    text, told);
	}
	dec_release(&quantity);
	return 0;
}

/* Registers -------------------------------------------------------------- */

/* What a register shows at an instant: 1, the value and where it stands. */
static int
find_reading(struct explain *explain, const char *meter, const char *band,
    int64_t utc, struct dec *value, char place[EXPLAIN_PLACE_MAX],
    struct qf_error *err)
{
	struct fact_cursor *cursor = NULL;
	struct fact fact;
	int64_t entry;
	int rc, found = 0;

	if (facts_lookup(&cursor, explain->ledger, LOOKUP_REGISTERS_OF_POINT,
		explain->run.asof, explain->line.point, utc, utc, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(cursor, &fact, &entry, err)) == 1) {
		const char *of = rulebook_text(&fact, "band");

		if (strcmp(rulebook_text(&fact, "meter"), meter) == 0 &&
		    strcmp(rulebook_text(&fact, "channel"),
			explain->line.channel) == 0 &&
		    (of == NULL ? band == NULL
				: band != NULL && strcmp(of, band) == 0) &&
		    rulebook_decimal(value, &fact, "value")) {
			explain_place(
			    explain, entry, (int64_t)fact.line_no, place);
			found = 1;
		}
	}
	facts_close(cursor);
	return rc == -1 ? -1 : found;
}

/* One meter's register from an instant to another; 0: it has no readings. */
static int
tell_register(struct explain *explain, const char *meter, const char *band,
    int64_t from_utc, int64_t to_utc, struct dec *sum, struct qf_error *err)
{
	struct dec start = {0}, end = {0}, multiplier = {0}, turn = {0};
	char places[2][EXPLAIN_PLACE_MAX], a[DEC_TEXT_MAX], b[DEC_TEXT_MAX];
	char times[DEC_TEXT_MAX], kwh[DEC_TEXT_MAX], full[DEC_TEXT_MAX];
	int digits = 0, rolled, rc;

	rc = find_reading(
	    explain, meter, band, from_utc, &start, places[0], err);
	if (rc == 1) {
		rc = find_reading(
		    explain, meter, band, to_utc, &end, places[1], err);
	}
	if (rc == 1) {
		rc = audit_meter(&explain->source, explain->line.point,
		    from_utc, &multiplier, &digits, err);
	}
	if (rc == 1) {
		dec_format(&start, a, sizeof(a));
		dec_format(&end, b, sizeof(b));
		dec_format(&multiplier, times, sizeof(times));
		rolled = dec_cmp(&end, &start) < 0;
		dec_sub(&end, &end, &start);
		dec_set_int(&turn, rolled ? 1 : 0, 0);
		for (int i = 0; i < digits; i++) {
			dec_mul_int(&turn, &turn, 10);
		}
		dec_format(&turn, full, sizeof(full));
		dec_add(&end, &end, &turn);
		dec_mul(&end, &end, &multiplier);
		dec_add(sum, sum, &end);
		dec_format_trim(&end, kwh, sizeof(kwh));
		explain_say(explain, "register",
		    "meter %s, %s: (%s - %s%s%s) x %s = %s kWh", meter,
		    band == NULL ? "total" : band, b, a, rolled ? " + " : "",
		    rolled ? full : "", times, kwh);
		explain_say(explain, "", "from %s", places[0]);
		explain_say(explain, "", "to   %s", places[1]);
	}
	dec_release(&start);
	dec_release(&end);
	dec_release(&multiplier);
	dec_release(&turn);
	return rc;
}

/* A register over all meters of the line's time; 0: not all readings. */
static int
tell_meters(struct explain *explain, const char *band, struct dec *sum,
    struct qf_error *err)
{
	const struct line *line = &explain->line;
	struct fact_cursor *cursor = NULL;
	struct fact fact;
	int64_t entry;
	int rc, told = 1, any = 0;

	if (facts_lookup(&cursor, explain->ledger, LOOKUP_METERS_OF_POINT,
		explain->run.asof, line->point, 0, 0, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(cursor, &fact, &entry, err)) == 1) {
		int64_t from_utc = rulebook_integer(&fact, "from", INT64_MIN);
		int64_t to_utc = rulebook_integer(&fact, "to", UTC_OPEN);

		from_utc =
		    from_utc > line->from_utc ? from_utc : line->from_utc;
		to_utc = to_utc < line->to_utc ? to_utc : line->to_utc;
		if (from_utc < to_utc) {
			int one = tell_register(explain,
			    rulebook_text(&fact, "meter"), band, from_utc,
			    to_utc, sum, err);

			told = one == 1 ? told : one;
			any = 1;
		}
	}
	facts_close(cursor);
	return rc == -1 || told == -1 ? -1 : told == 1 && any;
}

/* A band that is known from the total: all of it, or what bands with registers
 * leave of it. */
static int
tell_rest(struct explain *explain, struct dec *sum, struct qf_error *err)
{
	const struct tariff_version *version = explain->version;
	int rc;

	dec_set_int(sum, 0, 0);
	rc = tell_meters(explain, NULL, sum, err);
	for (unsigned i = 0; i < version->band_count && rc != -1; i++) {
		struct dec other = {0};
		int found = 0;

		if (i != explain->band) {
			found = tell_meters(
			    explain, version->bands[i].code, &other, err);
		}
		if (found == 1) {
			dec_sub(sum, sum, &other);
			explain_say(explain, "", "less that of %s",
			    version->bands[i].code);
		}
		rc = found == -1 ? -1 : rc;
		dec_release(&other);
	}
	return rc;
}

static int
tell_registers(struct explain *explain, struct qf_error *err)
{
	struct dec sum = {0};
	int rc = tell_meters(explain, explain->line.band, &sum, err);

	/* Without a register in total, it is the sum of its bands. */
	if (rc == 0 && explain->line.band == NULL) {
		const struct tariff_version *version = explain->version;

		dec_set_int(&sum, 0, 0);
		for (unsigned i = 0; rc != -1 && i < version->band_count; i++) {
			rc = tell_meters(
			    explain, version->bands[i].code, &sum, err);
		}
	} else if (rc == 0) {
		rc = tell_rest(explain, &sum, err);
	}
	if (rc != -1) {
		rc = check_quantity(explain, &sum, "the registers", err);
	}
	dec_release(&sum);
	return rc;
}

/* Sessions --------------------------------------------------------------- */

struct part {
	int64_t from_utc, to_utc;
	struct dec kwh;
	const char *band; /* that the file says, or NULL */
};

/* Whether a stretch of a session is on the line. */
static bool
on_line(const struct explain *explain, int64_t from_utc, unsigned band)
{
	const struct line *line = &explain->line;

	return line->from_utc <= from_utc && from_utc < line->to_utc &&
	       (line->band == NULL || band == explain->band);
}

/* Adds the energy of a part that is on the line: whole where all of it is
 * alike, else evenly over its seconds, by cumulated rounding. */
static int
share_part(struct explain *explain, const struct part *part, struct dec *sum,
    bool *even, struct qf_error *err)
{
	struct dec seconds = {0}, all = {0}, until = {0}, before = {0};
	int scale = part->kwh.scale > SESSION_SCALE_MIN ? part->kwh.scale
							: SESSION_SCALE_MIN;
	int64_t at_utc = part->from_utc;
	int rc = 0;

	dec_set_int(&all, part->to_utc - part->from_utc, 0);
	while (rc == 0 && at_utc < part->to_utc) {
		int32_t day = zone_day_of(explain->zone, at_utc);
		int64_t end_utc = zone_day_start(explain->zone, day + 1);
		const struct schedule *schedule;
		struct refusal refusal;

		rc = rulebook_schedule(explain->book, explain->version, day,
		    &schedule, &refusal, err);
		if (rc != 0) {
			break;
		}
		end_utc = end_utc < part->to_utc ? end_utc : part->to_utc;
		end_utc =
		    bands_next_edge(schedule, explain->zone, at_utc, end_utc);
		if (at_utc < explain->line.from_utc &&
		    explain->line.from_utc < end_utc) {
			end_utc = explain->line.from_utc;
		} else if (at_utc < explain->line.to_utc &&
			   explain->line.to_utc < end_utc) {
			end_utc = explain->line.to_utc;
		}
		dec_set_int(&seconds, end_utc - part->from_utc, 0);
		dec_mul(&seconds, &seconds, &part->kwh);
		dec_div(&until, &seconds, &all, scale, DEC_HALF_UP);
		if (on_line(explain, at_utc,
			bands_at(schedule, explain->zone, at_utc))) {
			dec_add(sum, sum, &until);
			dec_sub(sum, sum, &before);
		}
		*even = *even || at_utc > part->from_utc;
		dec_set(&before, &until);
		at_utc = end_utc;
	}
	dec_release(&seconds);
	dec_release(&all);
	dec_release(&until);
	dec_release(&before);
	return rc == 0 ? 0 : -1;
}

/* The rows of a session's parts; *count gets how many there are. */
static int
tell_parts(struct explain *explain, bool intervals, struct dec *sum, int *count,
    struct qf_error *err)
{
	struct fact_cursor *cursor = NULL;
	struct fact fact;
	char place[EXPLAIN_PLACE_MAX], from[CIVIL_TEXT_MAX] = "";
	int64_t entry;
	int rc;

	if (facts_lookup(&cursor, explain->ledger,
		intervals ? LOOKUP_INTERVALS_OF_SESSION
			  : LOOKUP_BANDS_OF_SESSION,
		explain->run.asof, explain->line.session, 0, 0, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(cursor, &fact, &entry, err)) == 1) {
		struct part part = {0};
		bool even = false, on = false;

		if (strcmp(rulebook_text(&fact, "channel"),
			explain->line.channel) != 0) {
			continue;
		}
		++*count;
		rulebook_decimal(&part.kwh, &fact, "kwh");
		if (intervals) {
			struct dec before = {0};

			part.from_utc = rulebook_integer(&fact, "start", 0);
			part.to_utc = rulebook_integer(&fact, "end", 0);
			format_time(explain, part.from_utc, from);
			dec_set(&before, sum);
			rc = share_part(explain, &part, sum, &even, err);
			on = dec_cmp(&before, sum) != 0;
			dec_release(&before);
		} else {
			const char *band = rulebook_text(&fact, "band");

			snprintf(from, sizeof(from), "%s", band);
			on = explain->line.band == NULL ||
			     strcmp(explain->line.band, band) == 0;
			if (on) {
				dec_add(sum, sum, &part.kwh);
			}
		}
		dec_release(&part.kwh);
		explain_place(explain, entry, (int64_t)fact.line_no, place);
		explain_say(explain, "", "%s %s kWh%s: %s", from,
		    rulebook_text(&fact, "kwh"),
		    !on    ? ", not on this line"
		    : even ? ", shared by its seconds"
			   : "",
		    place);
		if (rc == -1) {
			break;
		}
	}
	facts_close(cursor);
	return rc == 1 ? 0 : rc;
}

/* The session's own row. */
static int
tell_session(struct explain *explain, struct part *whole, struct qf_error *err)
{
	struct fact_cursor *cursor = NULL;
	struct fact fact;
	char place[EXPLAIN_PLACE_MAX], from[CIVIL_TEXT_MAX], to[CIVIL_TEXT_MAX];
	const char *column =
	    explain->channel == CHANNEL_EXPORT ? "export_kwh" : "import_kwh";
	int64_t entry;
	int rc, found = 0;

	if (facts_lookup(&cursor, explain->ledger, LOOKUP_SESSIONS_OF_POINT,
		explain->run.asof, explain->line.point, explain->run.from_utc,
		explain->run.to_utc, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(cursor, &fact, &entry, err)) == 1) {
		const char *party = rulebook_text(&fact, "party");

		if (strcmp(rulebook_text(&fact, "session"),
			explain->line.session) != 0) {
			continue;
		}
		found = 1;
		whole->from_utc = rulebook_integer(&fact, "start", 0);
		whole->to_utc = rulebook_integer(&fact, "end", 0);
		rulebook_decimal(&whole->kwh, &fact, column);
		format_time(explain, whole->from_utc, from);
		format_time(explain, whole->to_utc, to);
		explain_place(explain, entry, (int64_t)fact.line_no, place);
		explain_say(explain, "session",
		    "%s from %s to %s, party %s, %s %s: %s",
		    explain->line.session, from, to,
		    party == NULL ? "none" : party, column,
		    rulebook_text(&fact, column) == NULL
			? "none"
			: rulebook_text(&fact, column),
		    place);
	}
	facts_close(cursor);
	if (rc == 0 && !found) {
		explain_differs(explain, "there is no session %s at %s",
		    explain->line.session, explain->line.point);
	}
	return rc == -1 ? -1 : 0;
}

static int
tell_sessions(struct explain *explain, struct qf_error *err)
{
	struct part whole = {0};
	struct dec sum = {0};
	bool even = false;
	int count = 0;
	int rc = tell_session(explain, &whole, err);

	if (rc == 0) {
		rc = tell_parts(explain, true, &sum, &count, err);
	}
	if (rc == 0 && count == 0) {
		rc = tell_parts(explain, false, &sum, &count, err);
	}
	if (rc == 0 && count == 0) {
		rc = share_part(explain, &whole, &sum, &even, err);
		if (even) {
			explain_say(explain, "",
			    "no parts are known: shared evenly over its time, "
			    "as the tariff allows");
		}
	}
	if (rc == 0) {
		rc = check_quantity(explain, &sum, "its parts", err);
	}
	dec_release(&whole.kwh);
	dec_release(&sum);
	return rc;
}

/* Pieces ----------------------------------------------------------------- */

static int
tell_pieces(struct explain *explain)
{
	const struct contract *contract = &explain->contract;
	unsigned long length = 0;
	const char *pieces = contract_option(contract, "quantity", &length);

	explain_say(explain, "quantity", "%s %s, %.*s a time%s",
	    explain->line.quantity, explain->line.unit,
	    pieces == NULL ? 1 : (int)length, pieces == NULL ? "1" : pieces,
	    pieces == NULL ? "" : " as the contract's option quantity says");
	return 0;
}

int
explain_quantity(struct explain *explain, struct qf_error *err)
{
	if (explain_is_told(explain->charge)) {
		return explain_told(explain, err);
	}
	if (explain->charge->per != PER_KWH) {
		return tell_pieces(explain);
	}
	switch (explain->contract.basis) {
	case BASIS_INTERVALS:
		return explain_intervals(explain, err);
	case BASIS_REGISTERS:
		return tell_registers(explain, err);
	case BASIS_SESSIONS:
		return tell_sessions(explain, err);
	case BASIS_EVENTS:
		break;
	}
	BUG("basis %d", (int)explain->contract.basis);
}
