/* session.h - one session's energy, shared over what prices it.
 *
 * A session is cut into atoms at every edge that matters to a charge: of
 * contract stretches, tariff versions, months, bands and series prices.  Its
 * energy is known from sources: its own intervals, else its kWh by band, else
 * its total.  A source whose atoms are all priced alike goes to them whole;
 * one that is not is shared evenly over its seconds where that is allowed (by
 * cumulated rounding at the scale of the source, at least six decimals, so that
 * nothing is lost), else the session is held.
 *
 *	session_check(sources, n, &kwh, start_utc, end_utc, &refusal);
 *	session_share(atoms, m, &sources[i], even, &refusal);
 */
#ifndef QF_SETTLE_SESSION_H
#define QF_SETTLE_SESSION_H

#include "settle/charge.h"

#define SESSION_SCALE_MIN 6 /* decimals of kWh that are split */

/* A stretch of the session under one price; contract is NULL where the unit
 * has no contract then, and its energy is another's. */
struct session_atom {
	int64_t from_utc, to_utc;
	const struct contract *contract;
	const struct tariff_version *version;
	const struct charge *charge;
	int64_t tariff_entry;
	unsigned band; /* index or BAND_NONE */
	bool priced;
	struct dec price;
	struct dec kwh; /* what session_share() gave it */
};

struct session_source {
	int64_t from_utc, to_utc;
	const char *band; /* code; NULL: any */
	struct dec kwh;
};

/* Whether the sources add up to the session's energy and lie inside it.  1:
 * session-parts. */
int session_check(const struct session_source *sources, size_t count,
    const struct dec *kwh, int64_t start_utc, int64_t end_utc,
    struct refusal *refusal);

/* Adds the source's energy to its atoms.  1: no-intervals where it cannot be
 * told apart, session-parts where it has no atom. */
int session_share(struct session_atom *atoms, size_t count,
    const struct session_source *source, bool even, struct refusal *refusal);

/* Lines of the atoms that have energy: per contract stretch and version, by
 * band where the charge is.  scope has month, session and money_scale. */
int session_lines(struct charge_lines *lines, struct charge_scope *scope,
    const struct session_atom *atoms, size_t count, struct refusal *refusal);

/* kWh that went to atoms with a contract. */
void session_covered(
    struct dec *out, const struct session_atom *atoms, size_t count);

void session_atoms_release(struct session_atom *atoms, size_t count);

#endif
