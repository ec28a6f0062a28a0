/* segments.c - a contract's stretches, cut by months and tariff versions.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/zone.h"
#include "rules/whom.h"
#include "stage/rate/own.h"

static void
add_segment(struct rate_unit *unit, const struct rate_segment *segment)
{
	if (unit->segment_count == unit->segment_capacity) {
		unit->segment_capacity = unit->segment_capacity * 2 + 8;
		unit->segments = xreallocarray(unit->segments,
		    unit->segment_capacity, sizeof(*unit->segments));
	}
	unit->segments[unit->segment_count++] = *segment;
}

bool
rate_charges(const struct contract *contract, const struct charge *charge)
{
	return (charge->leg[0] == '\0' ||
		   strcmp(contract->leg, charge->leg) == 0) &&
	       whom_fits(&charge->whom, contract);
}

/* Whether the version can price the contract's leg at all. */
static int
check_version(struct rate *rate, const struct contract *contract,
    const struct tariff_version *version, int32_t day)
{
	char text[CIVIL_TEXT_MAX];

	if (version == NULL) {
		civil_format_day(day, text);
		return refuse(&rate->refusal, REASON_NO_TARIFF,
		    "tariff %s has no version for %s", contract->tariff, text);
	}
	if (version->is_template) {
		return refuse(&rate->refusal, REASON_TARIFF_TEMPLATE,
		    "tariff %s is a template that lacks a number",
		    contract->tariff);
	}
	for (size_t i = 0; i < version->charge_count; i++) {
		if (rate_charges(contract, &version->charges[i])) {
			return 0;
		}
	}
	return refuse(&rate->refusal, REASON_NO_CHARGE,
	    "tariff %s has no charge of leg %s", contract->tariff,
	    contract->leg);
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The month (YYYYMM) of a local day, and when it ends. */
static int
month_at(const struct rate *rate, int32_t day, int64_t *to_utc)
{
	int year, month, of_month;

	for (size_t i = 0; i < rate->month_count; i++) {
		const struct rate_month *known = &rate->months[i];

		if (day >= known->first_day && day < known->end_day) {
			*to_utc = known->to_utc;
			return known->month;
		}
	}
	civil_date(day, &year, &month, &of_month);
	*to_utc = zone_day_start(
	    rate->zone, civil_month_first_day(civil_month_of_day(day) + 1));
	return year * 100 + month;
}

/* The first day after `day` on which an exemption of the contract begins or
 * ends; INT32_MAX where none does. */
static int32_t
exemption_edge(const struct contract *contract,
    const struct tariff_version *version, int32_t day)
{
	int32_t edge = INT32_MAX;

	for (size_t i = 0; i < version->charge_count; i++) {
		const struct charge *charge = &version->charges[i];

		for (size_t k = 0; k < charge->exemption_count; k++) {
			const struct exemption *of = &charge->exemptions[k];

			if (!whom_fits(&of->whom, contract)) {
				continue;
			}
			if (of->from_day > day && of->from_day < edge) {
				edge = of->from_day;
			}
			if (of->to_day > day && of->to_day < edge) {
				edge = of->to_day;
			}
		}
	}
	return edge;
}

int
rate_segments(struct rate *rate, const struct contract *contract,
    int64_t from_utc, int64_t to_utc, struct qf_error *err)
{
	const struct rulebook_tariff *tariff;
	int64_t at_utc = from_utc;
	int rc;

	assert(from_utc < to_utc);
	rc = rulebook_tariff(
	    rate->book, contract->tariff, &tariff, &rate->refusal, err);
	while (rc == 0 && at_utc < to_utc) {
		int32_t day = zone_day_of(rate->zone, at_utc);
		struct rate_segment segment = {
		    .contract = contract,
		    .version = tariff_version_at(tariff->tariff, day),
		    .ocpi = tariff->ocpi,
		    .tariff_entry = tariff->entry,
		    .from_utc = at_utc,
		};

		rc = check_version(rate, contract, segment.version, day);
		if (rc != 0) {
			break;
		}
		segment.month = month_at(rate, day, &segment.to_utc);
		segment.to_utc = earlier(segment.to_utc, to_utc);
		if (segment.version->to_day != INT32_MAX) {
			segment.to_utc = earlier(
			    segment.to_utc, zone_day_start(rate->zone,
						segment.version->to_day));
		}
		day = exemption_edge(contract, segment.version, day);
		if (day != INT32_MAX) {
			segment.to_utc = earlier(
			    segment.to_utc, zone_day_start(rate->zone, day));
		}
		add_segment(&rate->unit, &segment);
		at_utc = segment.to_utc;
	}
	return rc;
}
