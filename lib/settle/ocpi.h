/* ocpi.h - what a session costs under an OCPI tariff (2.2.1, mod_tariffs).
 *
 *	struct ocpi_report report = {0};
 *
 *	rc = ocpi_rate(&report, tariff, &cdr, zone, &refusal);
 *	... report.lines, report.items[CDR_ITEM_TOTAL].excl ...
 *	ocpi_report_release(&report);
 *
 * A pure function of session, tariff and zone.  Each volume of a period is a
 * line, priced by the first element of the tariff that has a component of its
 * dimension and whose restrictions hold; a volume that no element prices is
 * free, and a line without a component.  FLAT is charged once, a reservation's
 * apart.  Restrictions are tested as the period starts; where another element
 * would be chosen as it ends the period is priced whole and warned of, since a
 * sender is to cut its periods there.  A limit of current or power looks at
 * the period's peak (min) or trough (max), else at what decides it all the
 * same, else at the mean; where nothing is known, the session is refused.
 *
 * step_size counts once a session and dimension, on what is priced, with the
 * step of the last component; where parking is priced charging time is not
 * rounded; a reservation's time is a dimension of its own.  An excess over a
 * whole block of less than half a second, which is what hours with few
 * decimals leave, is none.
 *
 * Energy fed into the grid is priced by ENERGY_EXPORT alone, and owed to the
 * driver: its lines are negative.  min_price and max_price bound, without and
 * with VAT apart, the sum of all but those lines, where there was a session
 * and not a reservation alone.
 *
 * Amounts are exact, but for hours that are no decimal number, which are taken
 * to 12 decimals half up.  Nothing else is rounded here.
 */
#ifndef QF_SETTLE_OCPI_H
#define QF_SETTLE_OCPI_H

#include "base/dec.h"
#include "model/cdr.h"
#include "rules/ocpi_tariff.h"
#include "settle/refusal.h"

struct zone;

#define OCPI_HOURS_SCALE 12 /* of hours and amounts that do not end */
#define OCPI_MONEY_SCALE 4 /* decimals of totals that are compared */
#define OCPI_VOLUME_SCALE 4

/* Reasons: */
#define REASON_OCPI_NO_DATA "ocpi-no-data" /* current, power */

struct ocpi_line {
	enum cdr_item item; /* the sum it belongs to */
	enum ocpi_dimension dimension;
	size_t period; /* of the session, from 0 */
	size_t element; /* of the tariff, from 0, where component is set */
	const struct ocpi_component *component; /* NULL: free */
	int64_t from_utc, to_utc;
	struct dec volume; /* kWh, hours; 1 of FLAT */
	struct dec billed; /* the same with what step_size adds */
	struct dec excl, incl;
};

struct ocpi_sum {
	struct dec volume, excl, incl;
	struct dec plain_excl, plain_incl; /* as if there were no step_size */
};

struct ocpi_warning {
	char code[48];
	char text[QF_ERROR_TEXT_MAX / 2];
};

struct ocpi_report {
	const struct ocpi_tariff *tariff;
	struct ocpi_line *lines;
	size_t line_count, line_capacity;
	struct ocpi_sum items[CDR_ITEMS]; /* TOTAL: within the limits */
	struct dec before_excl, before_incl; /* total before the limits */
	const char *limit_excl, *limit_incl; /* "min_price" ...; NULL: none */
	bool session; /* there was one, and not a reservation alone */
	struct ocpi_warning *warnings;
	size_t warning_count;
};

/* 1: refused, ocpi-no-data. */
int ocpi_rate(struct ocpi_report *report, const struct ocpi_tariff *tariff,
    const struct cdr *cdr, const struct zone *zone, struct refusal *refusal);

void ocpi_report_release(struct ocpi_report *report);

/* The next instant after utc, at most end_utc, at which a restriction of a
 * tariff may begin or cease to hold by the clock, the calendar or the time
 * since start_utc: where who has the reads of intervals cuts them. */
int64_t ocpi_next_edge(const struct ocpi_tariff *tariff,
    const struct zone *zone, int64_t start_utc, int64_t utc, int64_t end_utc);

#endif
