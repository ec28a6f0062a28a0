/* ocpi_match.c - which element of an OCPI tariff prices a period.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/ocpi_match.h"

#include <assert.h>

#include "base/civil.h"
#include "base/zone.h"

enum truth { NO, YES, UNKNOWN };

/* By the clock and the calendar of the place ----------------------------- */

static bool
hours_hold(const struct ocpi_restrictions *of, int64_t local_s)
{
	int minute = civil_time_second(local_s) / 60;
	int from = of->start_minute < 0 ? 0 : of->start_minute;
	int to = of->end_minute <= 0 ? 1440 : of->end_minute;

	if (from < to) {
		return minute >= from && minute < to;
	}
	return minute >= from || minute < to;
}

static bool
calendar_holds(
    const struct ocpi_restrictions *of, const struct ocpi_moment *moment)
{
	int64_t local_s = moment->utc + zone_offset(moment->zone, moment->utc);
	int32_t day = civil_time_day(local_s);

	return hours_hold(of, local_s) && day >= of->start_day &&
	       day < of->end_day &&
	       (of->weekdays == 0 ||
		   (of->weekdays & 1U << civil_weekday(day)) != 0) &&
	       moment->duration_s >= of->min_duration_s &&
	       moment->duration_s < of->max_duration_s;
}

/* By energy -------------------------------------------------------------- */

/* From min on, and below max; what is just reached is not passed yet. */
static bool
energy_holds(
    const struct ocpi_restrictions *of, const struct ocpi_moment *moment)
{
	int over;

	if (of->has_limit[OCPI_MIN_KWH]) {
		over = dec_cmp(moment->kwh, &of->limits[OCPI_MIN_KWH]);
		if (over < 0 || (over == 0 && moment->reaching)) {
			return false;
		}
	}
	if (of->has_limit[OCPI_MAX_KWH]) {
		over = dec_cmp(moment->kwh, &of->limits[OCPI_MAX_KWH]);
		if (over > 0 || (over == 0 && !moment->reaching)) {
			return false;
		}
	}
	return true;
}

/* By current and power --------------------------------------------------- */

static const struct dec *
volume(const struct cdr_period *period, enum cdr_quantity quantity)
{
	return (period->given & 1U << quantity) != 0
		   ? &period->volumes[quantity]
		   : NULL;
}

/* A lower limit holds where the peak reaches it.  A trough that reaches it
 * says that the peak does. */
static enum truth
lower_holds(const struct dec *limit, const struct dec *trough,
    const struct dec *peak, const struct dec *mean)
{
	if (peak != NULL) {
		return dec_cmp(peak, limit) >= 0 ? YES : NO;
	}
	if (trough != NULL && dec_cmp(trough, limit) >= 0) {
		return YES;
	}
	if (mean != NULL) {
		return dec_cmp(mean, limit) >= 0 ? YES : NO;
	}
	return UNKNOWN;
}

/* An upper limit holds where the trough is below it.  A peak below it says
 * that the trough is. */
static enum truth
upper_holds(const struct dec *limit, const struct dec *trough,
    const struct dec *peak, const struct dec *mean)
{
	if (trough != NULL) {
		return dec_cmp(trough, limit) < 0 ? YES : NO;
	}
	if (peak != NULL && dec_cmp(peak, limit) < 0) {
		return YES;
	}
	if (mean != NULL) {
		return dec_cmp(mean, limit) < 0 ? YES : NO;
	}
	return UNKNOWN;
}

static const struct {
	enum ocpi_limit lower, upper;
	enum cdr_quantity trough, peak, mean;
} measured[] = {
    {OCPI_MIN_CURRENT, OCPI_MAX_CURRENT, CDR_MIN_CURRENT, CDR_MAX_CURRENT,
	CDR_CURRENT},
    {OCPI_MIN_POWER, OCPI_MAX_POWER, CDR_MIN_POWER, CDR_MAX_POWER, CDR_POWER},
};

/* NO wins over UNKNOWN: what is not known then does not matter. */
static enum truth
measures_hold(const struct ocpi_restrictions *of,
    const struct cdr_period *period, enum ocpi_limit *lacking)
{
	enum truth all = YES;

	for (size_t i = 0; i < 2; i++) {
		const struct dec *trough = volume(period, measured[i].trough);
		const struct dec *peak = volume(period, measured[i].peak);
		const struct dec *mean = volume(period, measured[i].mean);
		enum truth lower = YES, upper = YES;

		if (of->has_limit[measured[i].lower]) {
			lower = lower_holds(
			    &of->limits[measured[i].lower], trough, peak, mean);
		}
		if (of->has_limit[measured[i].upper]) {
			upper = upper_holds(
			    &of->limits[measured[i].upper], trough, peak, mean);
		}
		if (lower == NO || upper == NO) {
			return NO;
		}
		if (lower == UNKNOWN || upper == UNKNOWN) {
			*lacking = lower == UNKNOWN ? measured[i].lower
						    : measured[i].upper;
			all = UNKNOWN;
		}
	}
	return all;
}

bool
ocpi_crosses(
    const struct ocpi_element *element, const struct cdr_period *period)
{
	const struct ocpi_restrictions *of = &element->restrictions;

	for (size_t i = 0; i < 2; i++) {
		const struct dec *trough = volume(period, measured[i].trough);
		const struct dec *peak = volume(period, measured[i].peak);

		for (unsigned k = 0; trough != NULL && peak != NULL && k < 2;
		     k++) {
			enum ocpi_limit limit =
			    k == 0 ? measured[i].lower : measured[i].upper;

			if (of->has_limit[limit] &&
			    dec_cmp(trough, &of->limits[limit]) < 0 &&
			    dec_cmp(peak, &of->limits[limit]) >= 0) {
				return true;
			}
		}
	}
	return false;
}

/* Elements --------------------------------------------------------------- */

/* Restrictions are joined by "and". */
static enum truth
element_holds(const struct ocpi_element *element,
    const struct ocpi_moment *moment, enum ocpi_limit *lacking)
{
	const struct ocpi_restrictions *of = &element->restrictions;

	if (!calendar_holds(of, moment) || !energy_holds(of, moment)) {
		return NO;
	}
	return measures_hold(of, moment->period, lacking);
}

static int
match_among(const struct ocpi_tariff *tariff, enum ocpi_dimension dimension,
    enum ocpi_reservation reservation, const struct ocpi_moment *moment,
    size_t *element, struct refusal *refusal)
{
	for (size_t i = 0; i < tariff->element_count; i++) {
		const struct ocpi_element *candidate = &tariff->elements[i];
		enum ocpi_limit lacking = OCPI_LIMITS;
		char start[CIVIL_TEXT_MAX];

		if (!candidate->components[dimension].given ||
		    candidate->restrictions.reservation != reservation) {
			continue;
		}
		switch (element_holds(candidate, moment, &lacking)) {
		case YES:
			*element = i;
			return 0;
		case UNKNOWN:
			assert(lacking < OCPI_LIMITS);
			civil_format_utc(moment->period->start_utc, start);
			return refuse(refusal, REASON_OCPI_NO_DATA,
			    "elements[%zu] of tariff %s asks for %s, but the "
			    "period from %s does not say",
			    i, tariff->id, ocpi_limit_words[lacking], start);
		case NO:
			break;
		}
	}
	*element = tariff->element_count;
	return 0;
}

/* What is owed for a reservation that expired comes before what is owed for
 * any (2.2.1, 11.4.3). */
int
ocpi_match(const struct ocpi_tariff *tariff, enum ocpi_dimension dimension,
    const struct ocpi_moment *moment, size_t *element, struct refusal *refusal)
{
	int rc;

	if (!moment->reservation) {
		return match_among(tariff, dimension, OCPI_NO_RESERVATION,
		    moment, element, refusal);
	}
	*element = tariff->element_count;
	if (moment->expired) {
		rc = match_among(tariff, dimension, OCPI_RESERVATION_EXPIRES,
		    moment, element, refusal);
		if (rc != 0 || *element < tariff->element_count) {
			return rc;
		}
	}
	return match_among(
	    tariff, dimension, OCPI_RESERVED, moment, element, refusal);
}
