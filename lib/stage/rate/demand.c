/* demand.c - charges per kW of the month's maximum demand (需量).
 *
 * The demand of a month is that of the contract's stretch in it, whatever part
 * of the month the run settles and however many versions its tariff has then,
 * or, where the month's price falls whole on its first segment, of all of the
 * contract's time in it.  It is measured by the interval reads of the point,
 * whatever the energy is billed on.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/zone.h"
#include "settle/relate.h"
#include "stage/rate/own.h"

/* One look at the reads of some time. */
struct look {
	struct rate *rate;
	const struct tariff_version *version;
	const struct demand *rule;
	enum channel channel;
	enum of_energy of;
	struct demand_scan scan;
	struct dec fines60; /* energy, in fines of a sixtieth of a kWh */
};

/* Marks the pieces of a day whose band counts; *out NULL where all do. */
static int
counting(struct look *look, const struct energy_day *day,
    bool counts[SERIES_VALUES_MAX], const bool **out, struct qf_error *err)
{
	struct rate *rate = look->rate;
	int piece = demand_piece(look->rule, day->minutes);
	size_t count = day->count * (size_t)(day->minutes / piece);
	uint8_t band[SERIES_VALUES_MAX];
	const struct schedule *schedule;
	int rc;

	*out = NULL;
	if (look->rule->bands == 0) {
		return 0;
	}
	rc = rulebook_schedule(rate->book, look->version, day->day, &schedule,
	    &rate->refusal, err);
	if (rc != 0) {
		return rc;
	}
	assert(count <= SERIES_VALUES_MAX);
	bands_of_intervals(
	    schedule, rate->zone, day->start_utc, piece, count, band);
	for (size_t i = 0; i < count; i++) {
		counts[i] = band[i] < TARIFF_BANDS_MAX &&
			    (look->rule->bands & 1U << band[i]) != 0;
	}
	*out = counts;
	return 0;
}

/* Looks at the series in [from_utc, to_utc), which it must cover. */
static int
look_at(struct look *look, const struct energy_series *series, int64_t from_utc,
    int64_t to_utc, struct qf_error *err)
{
	struct rate *rate = look->rate;
	struct dec fines = {0};
	int rc;

	rc = energy_cover(series, from_utc, to_utc, rate->zone,
	    channel_name(look->channel), &rate->refusal);
	for (size_t i = 0; i < series->day_count && rc == 0; i++) {
		const struct energy_day *day = &series->days[i];
		bool counts[SERIES_VALUES_MAX];
		const bool *marks;

		if (day->start_utc + (int64_t)day->count * day->minutes * 60 <=
			from_utc ||
		    day->start_utc >= to_utc) {
			continue;
		}
		rc = counting(look, day, counts, &marks, err);
		if (rc == 0) {
			rc = demand_day(&look->scan, series, day, marks,
			    from_utc, to_utc, &rate->refusal);
		}
	}
	energy_total(&fines, series, from_utc, to_utc);
	dec_mul_int(&fines, &fines, 60 / series->parts);
	fines.scale += series->scale;
	dec_add(&look->fines60, &look->fines60, &fines);
	dec_release(&fines);
	return rc;
}

/* The point's energy of a channel in [from_utc, to_utc), in the period or not;
 * *out is *room, or lives as long as the point. */
static int
energy_between(struct look *look, enum channel channel, int64_t from_utc,
    int64_t to_utc, struct energy_series *room,
    const struct energy_series **out, struct qf_error *err)
{
	struct rate *rate = look->rate;
	const struct period *period = &rate->request->period;
	const struct energy_series *gross;
	struct period days;

	if (from_utc >= period->from_utc && to_utc <= period->to_utc) {
		return rate_point_energy(rate, channel, &gross, out, err);
	}
	period_of_days(rate->zone, zone_day_of(rate->zone, from_utc),
	    zone_day_of(rate->zone, to_utc - 1) + 1, &days);
	*out = room;
	return rate_point_other(rate, channel, &days, room, err);
}

/* Looks at a channel set against the other one. */
static int
look_at_both(
    struct look *look, int64_t from_utc, int64_t to_utc, struct qf_error *err)
{
	struct rate *rate = look->rate;
	struct energy_series both[2] = {0};
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < 2; i++) {
		enum channel channel = i == 0 ? look->channel
				       : look->channel == CHANNEL_IMPORT
					   ? CHANNEL_EXPORT
					   : CHANNEL_IMPORT;
		struct energy_series room = {0};
		const struct energy_series *found;

		rc = energy_between(
		    look, channel, from_utc, to_utc, &room, &found, err);
		if (rc == 0) {
			rc = energy_cover(found, from_utc, to_utc, rate->zone,
			    channel_name(channel), &rate->refusal);
		}
		if (rc == 0) {
			relate_copy(&both[i], found);
		}
		energy_release(&room);
	}
	if (rc == 0) {
		rc = rate_set_off(rate, look->of, from_utc, to_utc, both);
	}
	if (rc == 0) {
		rc = look_at(look, &both[0], from_utc, to_utc, err);
	}
	energy_release(&both[0]);
	energy_release(&both[1]);
	return rc;
}

/* Looks at the energy that the demand is of in [from_utc, to_utc). */
static int
look_between(
    struct look *look, int64_t from_utc, int64_t to_utc, struct qf_error *err)
{
	const struct energy_series *found;
	struct energy_series room = {0};
	int rc;

	if (look->of != OF_CHANNEL) {
		return look_at_both(look, from_utc, to_utc, err);
	}
	rc = energy_between(
	    look, look->channel, from_utc, to_utc, &room, &found, err);
	if (rc == 0) {
		rc = look_at(look, found, from_utc, to_utc, err);
	}
	energy_release(&room);
	return rc;
}

/* Looks at stretches of the contract in a month; *any: it had one. */
static int
look_at_month(struct look *look, const struct contract *stretches, size_t count,
    int64_t from_utc, int64_t to_utc, bool *any, struct qf_error *err)
{
	int rc = 0;

	for (size_t i = 0; i < count && rc == 0; i++) {
		int64_t from = stretches[i].from_utc > from_utc
				   ? stretches[i].from_utc
				   : from_utc;
		int64_t to =
		    stretches[i].to_utc < to_utc ? stretches[i].to_utc : to_utc;

		if (from < to) {
			*any = true;
			rc = look_between(look, from, to, err);
		}
	}
	return rc;
}

static void
begin_look(struct look *look, struct rate *rate,
    const struct rate_segment *segment, const struct charge *charge)
{
	memset(look, 0, sizeof(*look));
	look->rate = rate;
	look->version = segment->version;
	look->rule = charge->demand;
	look->channel = charge->channel;
	look->of = charge->of_energy;
	demand_begin(&look->scan, charge->demand);
}

static void
end_look(struct look *look)
{
	demand_end(&look->scan);
	dec_release(&look->fines60);
}

static void
keep_peak(struct demand_peak *out, const struct demand_peak *peak)
{
	out->found = peak->found;
	out->from_utc = peak->from_utc;
	out->to_utc = peak->to_utc;
	dec_set(&out->kw60, &peak->kw60);
}

/* Ratchet ---------------------------------------------------------------- */

/* The contract's stretches since an instant. */
static int
stretches_since(struct rate *rate, const struct contract *contract,
    int64_t from_utc, int64_t to_utc, struct contract **out, size_t *count,
    struct qf_error *err)
{
	struct contract_cursor *cursor = NULL;
	struct contract found;
	int rc;

	if (contracts_open(&cursor, rate->ledger, rate->request->asof, from_utc,
		to_utc, contract->contract, contract->leg, err) == -1) {
		return -1;
	}
	while ((rc = contracts_next(cursor, &found, err)) == 1) {
		if (strcmp(found.point, contract->point) == 0) {
			*out = xreallocarray(*out, *count + 1, sizeof(**out));
			(*out)[(*count)++] = found;
		}
	}
	contracts_close(cursor);
	return rc;
}

/* Whether the month of a day is one that the ratchet looks at. */
static bool
ratchet_counts(const struct demand *rule, int32_t first_day)
{
	int year, month, day;

	civil_date(first_day, &year, &month, &day);
	return rule->ratchet_of_months == 0 ||
	       (rule->ratchet_of_months & 1U << month) != 0;
}

/* The highest demand of the months before that count. */
static int
ratchet(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct demand_peak *out, struct qf_error *err)
{
	const struct demand *rule = charge->demand;
	const struct rate_month *month = rate_month_of(rate, segment);
	int32_t end = civil_month_of_day(month->first_day);
	int32_t first = end - rule->ratchet_months;
	struct contract *stretches = NULL;
	struct look look;
	size_t count = 0;
	bool any = false;
	int rc;

	begin_look(&look, rate, segment, charge);
	rc = stretches_since(rate, segment->contract,
	    zone_day_start(rate->zone, civil_month_first_day(first)),
	    month->from_utc, &stretches, &count, err);
	for (int32_t i = first; i < end && rc == 0; i++) {
		int32_t day = civil_month_first_day(i);

		if (ratchet_counts(rule, day)) {
			rc = look_at_month(&look, stretches, count,
			    zone_day_start(rate->zone, day),
			    zone_day_start(
				rate->zone, civil_month_first_day(i + 1)),
			    &any, err);
		}
	}
	if (rc == 0 && look.scan.peak.found) {
		keep_peak(out, &look.scan.peak);
	}
	end_look(&look);
	free(stretches);
	return rc;
}

/* Notes ------------------------------------------------------------------ */

/* "231 kW from 2024-08-05T10:15:00+08:00 to 10:30" */
static void
note_peak(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, const struct demand_peak *peak,
    const char *step, const char *what)
{
	const struct demand plain = {.has_round = false};
	struct dec kw = {0}, kwh = {0}, sixty = DEC_SMALL(DEMAND_KW60, 0);
	char a[DEC_TEXT_MAX], b[DEC_TEXT_MAX], from[40], to[40];
	int window = charge->demand->window_minutes;

	demand_kw(&kw, &plain, &peak->kw60);
	dec_mul_int(&kwh, &kw, window);
	dec_div(&kwh, &kwh, &sixty, kw.scale + 2, DEC_HALF_UP);
	dec_format_trim(&kw, a, sizeof(a));
	dec_format_trim(&kwh, b, sizeof(b));
	rate_note(rate, charge, segment->from_utc, step,
	    "%s: %s kWh in %d minutes = %s kW, from %s to %s", what, b, window,
	    a, energy_time(rate->zone, peak->from_utc, from),
	    energy_time(rate->zone, peak->to_utc, to));
	dec_release(&kw);
	dec_release(&kwh);
}

static void
note_demand(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, const struct rate_demanded *of)
{
	const struct demand *rule = charge->demand;
	char a[DEC_TEXT_MAX], b[DEC_TEXT_MAX];

	if (of->peak.found) {
		note_peak(rate, segment, charge, &of->peak, "peak",
		    rule->sliding ? "the highest of sliding windows"
				  : "the highest window");
	} else {
		rate_note(rate, charge, segment->from_utc, "peak",
		    "no window lies in a band that counts");
	}
	if (of->before.found) {
		dec_format(&rule->ratchet_factor, a, sizeof(a));
		note_peak(rate, segment, charge, &of->before, "ratchet",
		    "the highest of the months before that count");
		rate_note(rate, charge, segment->from_utc, "",
		    "not below %s x that%s", a,
		    of->charged.by_ratchet ? ": this is what stands" : "");
	}
	if (rule->agreed_option[0] != '\0') {
		dec_format_trim(&of->agreed, a, sizeof(a));
		rate_note(rate, charge, segment->from_utc, "agreed",
		    "%s kW by the contract's option %s%s%s", a,
		    rule->agreed_option,
		    of->charged.by_least
			? ": the least part of it is what stands"
			: "",
		    of->charged.over ? ": what is over counts several times"
				     : "");
	}
	dec_format_trim(&of->kw, b, sizeof(b));
	rate_note(rate, charge, segment->from_utc, "demand", "%s kW%s", b,
	    rule->has_round ? ", rounded" : "");
}

/* Demand ----------------------------------------------------------------- */

/* The peak of the month, and its energy (fines60; NULL: not asked for). */
static int
month_peak(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct demand_peak *out, struct dec *fines60,
    struct qf_error *err)
{
	const struct rate_month *month = rate_month_of(rate, segment);
	bool whole = charge->share == SHARE_WHOLE, any = false;
	struct look look;
	int rc;

	begin_look(&look, rate, segment, charge);
	rc = look_at_month(&look,
	    whole ? rate->unit.stretches : segment->contract,
	    whole ? rate->unit.stretch_count : 1, month->from_utc,
	    month->to_utc, &any, err);
	if (rc == 0) {
		keep_peak(out, &look.scan.peak);
		if (fines60 != NULL) {
			dec_set(fines60, &look.fines60);
		}
	}
	end_look(&look);
	return rc;
}

static int
demanded(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct rate_demanded *out, struct dec *fines60,
    struct qf_error *err)
{
	const struct demand *rule = charge->demand;
	bool agreed = rule->agreed_option[0] != '\0';
	int rc;

	rc = month_peak(rate, segment, charge, &out->peak, fines60, err);
	if (rc == 0 && rule->ratchet_months > 0) {
		rc = ratchet(rate, segment, charge, &out->before, err);
	}
	if (rc == 0 && agreed) {
		rc = rate_option(
		    rate, segment->contract, rule->agreed_option, &out->agreed);
	}
	if (rc != 0) {
		return rc;
	}
	demand_charged(&out->charged, rule, &out->peak.kw60,
	    out->before.found ? &out->before.kw60 : NULL,
	    agreed ? &out->agreed : NULL);
	demand_kw(&out->kw, rule, &out->charged.kw60);
	return 0;
}

int
rate_demand(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct rate_demanded *out,
    struct qf_error *err)
{
	assert(charge->demand != NULL);
	return demanded(rate, segment, charge, out, NULL, err);
}

void
rate_demanded_release(struct rate_demanded *of)
{
	dec_release(&of->peak.kw60);
	dec_release(&of->before.kw60);
	dec_release(&of->agreed);
	demand_charged_release(&of->charged);
	dec_release(&of->kw);
}

/* Whether the month's kWh for each kVA reach the discount. */
static int
discounted(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, const struct dec *fines60, bool *yes)
{
	const struct demand *rule = charge->demand;
	const struct energy_series unit = {.scale = 0, .parts = 60};
	struct energy_given given = {0};
	struct dec kva = {0}, kwh = {0};
	char a[DEC_TEXT_MAX], b[DEC_TEXT_MAX], c[DEC_TEXT_MAX];
	int rc = 0;

	*yes = false;
	if (!rule->has_discount) {
		return 0;
	}
	rc = rate_option(rate, segment->contract, "kva", &kva);
	if (rc == 0) {
		*yes = demand_discounted(rule, &unit, fines60, &kva);
		energy_kwh(&kwh, &unit, fines60, &given);
		dec_format_trim(&kwh, a, sizeof(a));
		dec_format_trim(&kva, b, sizeof(b));
		dec_format_trim(&rule->discount_kwh_per_kva, c, sizeof(c));
		rate_note(rate, charge, segment->from_utc, "discount",
		    "%s kWh are %s %s kWh for each of %s kVA", a,
		    *yes ? "at least" : "less than", c, b);
	}
	energy_given_release(&given);
	dec_release(&kva);
	dec_release(&kwh);
	return rc;
}

/* The line of so many kW, in a tier or not. */
static int
put_line(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, const struct dec *kw60,
    const struct dec *factor, const struct tier *tier, struct qf_error *err)
{
	static const struct demand plain = {.has_round = false};
	struct dec kw = {0};
	const struct rate_monthly monthly = {
	    .unit = "kw",
	    .tier = tier,
	    .quantity = &kw,
	    .pieces = kw60,
	    .under = DEMAND_KW60,
	    .factor = factor,
	};
	int rc;

	demand_kw(&kw, &plain, kw60);
	rc = rate_month_line(rate, segment, charge, &monthly, err);
	dec_release(&kw);
	return rc;
}

/* The lines of the kW that are charged: one, or one for each tier that they
 * reach. */
static int
put_kw(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, const struct dec *kw60,
    const struct dec *factor, struct qf_error *err)
{
	const struct tier_scale scale = {.contract = segment->contract};
	const struct tiers *tiers = charge->tiers;
	struct dec edges[TIER_MAX] = {{0}};
	struct dec left = {0}, before = {0}, part = {0};
	int rc;

	if (tiers == NULL) {
		return put_line(rate, segment, charge, kw60, factor, NULL, err);
	}
	rc = tier_edges(edges, tiers, &scale, &rate->refusal);
	for (size_t i = 0; i + 1 < tiers->count; i++) {
		dec_mul_int(&edges[i], &edges[i], DEMAND_KW60);
	}
	dec_set(&left, kw60);
	if (rc == 0) {
		do {
			size_t tier = tier_take(
			    &part, &left, &before, edges, tiers->count);

			rc = put_line(rate, segment, charge, &part, factor,
			    &tiers->list[tier], err);
		} while (rc == 0 && !dec_is_zero(&left));
	}
	for (size_t i = 0; i < TIER_MAX; i++) {
		dec_release(&edges[i]);
	}
	dec_release(&left);
	dec_release(&before);
	dec_release(&part);
	return rc;
}

int
rate_kw(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct qf_error *err)
{
	const struct demand *rule = charge->demand;
	struct rate_demanded of = {0};
	struct dec fines60 = {0};
	bool discount = false;
	int rc;

	if (charge->share == SHARE_WHOLE && !rate_bears_month(rate, segment)) {
		return 0;
	}
	rc = demanded(rate, segment, charge, &of, &fines60, err);
	if (rc == 0) {
		note_demand(rate, segment, charge, &of);
		rc = discounted(rate, segment, charge, &fines60, &discount);
	}
	/* In a month without its bands the charge is none. */
	if (rc == 0 && (of.peak.found || !dec_is_zero(&of.charged.kw60))) {
		if (rule->has_round) {
			dec_mul_int(&of.charged.kw60, &of.kw, DEMAND_KW60);
		}
		rc = put_kw(rate, segment, charge, &of.charged.kw60,
		    discount ? &rule->discount_factor : NULL, err);
	}
	rate_demanded_release(&of);
	dec_release(&fines60);
	return rc;
}
