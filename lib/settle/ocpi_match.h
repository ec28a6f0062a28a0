/* ocpi_match.h - which element of an OCPI tariff prices a period.  Internal to
 * the rating of sessions (ocpi.h). */
#ifndef QF_SETTLE_OCPI_MATCH_H
#define QF_SETTLE_OCPI_MATCH_H

#include "settle/ocpi.h"

/* The state of a session at an instant of a period. */
struct ocpi_moment {
	const struct cdr_period *period;
	const struct zone *zone;
	int64_t utc;
	int64_t duration_s; /* of the session till then */
	const struct dec *kwh; /* taken till then */
	bool reaching; /* kwh is what is just reached, not yet passed */
	bool reservation; /* of a reservation, which expired: */
	bool expired;
};

/* The first element that prices the dimension: 0 with its index in *element,
 * or element_count where there is none; 1 where that hangs on what is not
 * known, with *refusal. */
int ocpi_match(const struct ocpi_tariff *tariff, enum ocpi_dimension dimension,
    const struct ocpi_moment *moment, size_t *element, struct refusal *refusal);

/* Whether a limit of current or power of the element lies between the
 * period's trough and peak. */
bool ocpi_crosses(
    const struct ocpi_element *element, const struct cdr_period *period);

#endif
