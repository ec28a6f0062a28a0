/* registers.c - what a segment used, from registers (示数).
 *
 * Readings must stand exactly at both ends of the segment and, where a meter
 * was changed in it, at the change, of either meter.  In total and per band;
 * bands must add up to the total where both are there.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <string.h>

#include "base/zone.h"
#include "settle/register.h"
#include "stage/rate/own.h"

/* One register of the point: a channel in total (band NULL) or of a band. */
struct asked {
	enum channel channel;
	const char *band;
};

static bool
is_reading(const struct fact *fact, const struct asked *asked,
    const char *meter, int64_t utc)
{
	const char *band = rulebook_text(fact, "band");

	return rulebook_integer(fact, "time", INT64_MIN) == utc &&
	       strcmp(rulebook_text(fact, "meter"), meter) == 0 &&
	       strcmp(rulebook_text(fact, "channel"),
		   channel_name(asked->channel)) == 0 &&
	       (band == NULL
		       ? asked->band == NULL
		       : asked->band != NULL && strcmp(band, asked->band) == 0);
}

/* What a meter's register shows at an instant: 1 and the value, or 0. */
static int
reading(struct rate *rate, const struct asked *asked, const char *meter,
    int64_t utc, struct dec *value, struct qf_error *err)
{
	struct fact fact;
	int64_t entry;
	int rc;

	if (facts_lookup(&rate->register_cursor, rate->ledger,
		LOOKUP_REGISTERS_OF_POINT, rate->request->asof,
		rate->point.name, utc, utc, err) == -1) {
		return -1;
	}
	while (
	    (rc = facts_next(rate->register_cursor, &fact, &entry, err)) == 1) {
		if (is_reading(&fact, asked, meter, utc)) {
			return rulebook_decimal(value, &fact, "value");
		}
	}
	return rc;
}

static int
refuse_reading(struct rate *rate, const struct asked *asked, const char *meter,
    int64_t utc)
{
	char time[40];

	return refuse(&rate->refusal, REASON_MISSING_REGISTER,
	    "no reading of meter %s, %s %s, at %s", meter,
	    channel_name(asked->channel),
	    asked->band != NULL ? asked->band : "total",
	    energy_time(rate->zone, utc, time));
}

/* Adds what one meter counted in [from_utc, to_utc).  2: the register has no
 * reading at either end. */
static int
add_meter(struct rate *rate, const struct asked *asked,
    const struct rate_meter *meter, int64_t from_utc, int64_t to_utc,
    struct dec *kwh, struct qf_error *err)
{
	struct dec start = {0}, end = {0};
	int has_end, rc;

	rc = reading(rate, asked, meter->meter, from_utc, &start, err);
	if (rc == -1) {
		goto out;
	}
	has_end = reading(rate, asked, meter->meter, to_utc, &end, err);
	if (has_end == -1) {
		rc = -1;
	} else if (rc == 0 && has_end == 0) {
		rc = 2;
		refuse_reading(rate, asked, meter->meter, from_utc);
	} else if (rc == 0 || has_end == 0) {
		rc = refuse_reading(
		    rate, asked, meter->meter, rc == 0 ? from_utc : to_utc);
	} else {
		rc = register_difference(
		    &end, &start, &end, meter->digits, &rate->refusal);
		if (rc == 0) {
			dec_mul(&end, &end, &meter->multiplier);
			dec_add(kwh, kwh, &end);
		}
	}
out:
	dec_release(&start);
	dec_release(&end);
	return rc;
}

static const struct rate_meter *
meter_at(const struct rate_meters *meters, int64_t utc)
{
	for (size_t i = 0; i < meters->count; i++) {
		if (meters->meters[i].from_utc <= utc &&
		    utc < meters->meters[i].to_utc) {
			return &meters->meters[i];
		}
	}
	return NULL;
}

/* What a register counted in the segment, meter after meter.  2: it has no
 * readings. */
static int
counted(struct rate *rate, const struct rate_segment *segment,
    const struct asked *asked, struct dec *kwh, struct qf_error *err)
{
	const struct rate_meters *meters;
	int64_t at_utc = segment->from_utc;
	int rc = rate_meters(rate, rate->point.name, &meters, err);

	dec_set_int(kwh, 0, 0);
	while (rc == 0 && at_utc < segment->to_utc) {
		const struct rate_meter *meter = meter_at(meters, at_utc);
		int64_t to_utc = segment->to_utc;
		char time[40];

		if (meter == NULL) {
			return refuse(&rate->refusal, REASON_NO_METER,
			    "point %s has no meter at %s", rate->point.name,
			    energy_time(rate->zone, at_utc, time));
		}
		if (meter->to_utc < to_utc) {
			to_utc = meter->to_utc;
		}
		rc = add_meter(rate, asked, meter, at_utc, to_utc, kwh, err);
		if (rc == 2 && at_utc > segment->from_utc) {
			rc = 1; /* the meter before had such a register */
		}
		at_utc = to_utc;
	}
	return rc;
}

/* The bands that occur in the segment. */
static int
seen_bands(struct rate *rate, const struct rate_segment *segment,
    unsigned *seen, struct qf_error *err)
{
	int32_t day = zone_day_of(rate->zone, segment->from_utc);
	int32_t end = zone_day_of(rate->zone, segment->to_utc - 1) + 1;

	*seen = 0;
	for (; day < end; day++) {
		const struct schedule *schedule;
		int rc = rulebook_schedule(rate->book, segment->version, day,
		    &schedule, &rate->refusal, err);

		if (rc != 0) {
			return rc;
		}
		for (size_t i = 0; i < schedule->count; i++) {
			*seen |= 1U << ENERGY_BAND(schedule->stretches[i].band);
		}
	}
	return 0;
}

/* The one band without a register is what the others leave of the total
 * (平 = 总 - 峰 - 谷). */
static int
take_rest(struct rate *rate, struct rate_sums *sums, unsigned rest)
{
	struct dec left = {0};
	char text[DEC_TEXT_MAX];
	int rc = 0;

	dec_set(&left, &sums->total);
	for (size_t i = 0; i < ENERGY_BANDS; i++) {
		dec_sub(&left, &left, &sums->kwh[i]);
	}
	if (dec_sign(&left) < 0) {
		dec_format_trim(&left, text, sizeof(text));
		rc = refuse(&rate->refusal, REASON_REGISTER_BANDS,
		    "total minus bands is %s kWh", text);
	}
	dec_set(&sums->kwh[rest], &left);
	dec_release(&left);
	return rc;
}

/* Registers of the version's bands: those that have readings, and all that
 * occur if any of them has, but one where there is a total.  *any: whether one
 * had. */
static int
count_bands(struct rate *rate, const struct rate_segment *segment,
    enum channel channel, struct rate_sums *sums, bool has_total, bool *any,
    struct qf_error *err)
{
	const struct tariff_version *version = segment->version;
	struct refusal missing = {.reason = ""};
	unsigned rest = BAND_NONE, lacking = 0;

	*any = false;
	for (unsigned i = 0; i < ENERGY_BANDS; i++) {
		struct asked asked = {.channel = channel};
		int rc;

		dec_set_int(&sums->kwh[i], 0, 0);
		if (i >= version->band_count) {
			continue;
		}
		asked.band = version->bands[i].code;
		rc = counted(rate, segment, &asked, &sums->kwh[i], err);
		if (rc == 0) {
			*any = true;
			if (!dec_is_zero(&sums->kwh[i])) {
				sums->seen |= 1U << i;
			}
		} else if (rc != 2) {
			return rc;
		} else if ((sums->seen & 1U << i) != 0) {
			missing = rate->refusal;
			rest = i;
			lacking++;
		}
	}
	if (*any && has_total && lacking == 1) {
		return take_rest(rate, sums, rest);
	}
	if (*any && missing.reason[0] != '\0') {
		rate->refusal = missing;
		return 1;
	}
	return 0;
}

static int
check_relations(struct rate *rate, struct qf_error *err)
{
	const struct rate_relations *relations;

	if (rate_point_relations(rate, &relations, err) == -1) {
		return -1;
	}
	if (relations->count > 0) {
		return refuse(&rate->refusal, REASON_RELATION_BASIS,
		    "point %s has others behind it, which only intervals can "
		    "tell apart",
		    rate->point.name);
	}
	return 0;
}

/* Brings total and bands together. */
static int
tie(struct rate *rate, struct rate_sums *sums, enum channel channel,
    bool has_total, bool has_bands)
{
	if (!has_total && !has_bands) {
		return 1; /* the refusal of the total stands */
	}
	if (has_total && has_bands) {
		return register_tie(&sums->total, sums->kwh, ENERGY_BANDS,
		    channel_name(channel), &rate->refusal);
	}
	if (has_bands) {
		dec_set_int(&sums->total, 0, 0);
		for (size_t i = 0; i < ENERGY_BANDS; i++) {
			dec_add(&sums->total, &sums->total, &sums->kwh[i]);
		}
	}
	return 0;
}

int
rate_register_total(struct rate *rate, const struct rate_segment *segment,
    enum channel channel, int64_t from_utc, int64_t to_utc, struct dec *out,
    struct qf_error *err)
{
	const struct tariff_version *version = segment->version;
	struct rate_segment span = *segment;
	struct asked asked = {.channel = channel};
	struct dec kwh = {0};
	struct refusal missing;
	bool any = false;
	int rc = check_relations(rate, err);

	span.from_utc = from_utc;
	span.to_utc = to_utc;
	if (rc == 0) {
		rc = counted(rate, &span, &asked, out, err);
	}
	if (rc != 2) {
		return rc;
	}
	missing = rate->refusal;
	dec_set_int(out, 0, 0);
	for (size_t i = 0; i < version->band_count && (rc == 2 || rc == 0);
	     i++) {
		asked.band = version->bands[i].code;
		rc = counted(rate, &span, &asked, &kwh, err);
		if (rc == 0) {
			any = true;
			dec_add(out, out, &kwh);
		}
	}
	dec_release(&kwh);
	if (rc != 0 && rc != 2) {
		return rc;
	}
	if (!any) {
		rate->refusal = missing;
	}
	return any ? 0 : 1;
}

int
rate_sum_registers(struct rate *rate, const struct rate_segment *segment,
    enum channel channel, struct qf_error *err)
{
	struct rate_sums *sums = &rate->sums[channel];
	struct asked total = {.channel = channel};
	bool has_bands = false;
	struct refusal missing;
	int has_total, rc;

	rc = check_relations(rate, err);
	if (rc == 0) {
		rc = seen_bands(rate, segment, &sums->seen, err);
	}
	if (rc != 0) {
		return rc;
	}
	has_total = counted(rate, segment, &total, &sums->total, err);
	missing = rate->refusal;
	if (has_total == 1 || has_total == -1) {
		return has_total;
	}
	rc = count_bands(
	    rate, segment, channel, sums, has_total == 0, &has_bands, err);
	if (rc == 0) {
		if (has_total != 0) {
			rate->refusal = missing;
		}
		rc = tie(rate, sums, channel, has_total == 0, has_bands);
	}
	if (rc != 0) {
		return rc;
	}
	sums->net = NULL;
	sums->only_total = !has_bands;
	sums->ready = true;
	if (rate_counts_energy(segment, channel)) {
		rate_balance_add(rate, channel, &sums->total, &sums->total);
	}
	return 0;
}
