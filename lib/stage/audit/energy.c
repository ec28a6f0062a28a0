/* energy.c - reads interval reads a second way.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/audit/energy.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/zone.h"
#include "ledger/registry.h"
#include "settle/register.h"
#include "stage/rulebook.h"

#define KWH_SCALE 9

/* The reading of one point's channel. */
struct reading {
	const struct audit_source *source;
	const char *point;
	int64_t from_utc, to_utc;
	int (*take)(void *context, const struct audit_interval *interval,
	    struct qf_error *err);
	void *context;
	/* The multiplier that was found last, and until when it holds. */
	struct dec multiplier;
	int digits;
	int64_t known_utc;
	bool known;
	/* What a register showed, until what it shows next. */
	bool pending;
	struct dec shown;
	struct audit_interval before;
	bool secondary;
	struct dec value;
};

void
audit_source_release(struct audit_source *source)
{
	struct audit_cursors *cursors = source->cursors;

	if (cursors == NULL) {
		return;
	}
	facts_close(cursors->meters);
	facts_close(cursors->relations);
	facts_close(cursors->parents);
	facts_close(cursors->registers);
	facts_close(cursors->sessions);
	memset(cursors, 0, sizeof(*cursors));
}

int
audit_meter(const struct audit_source *source, const char *point, int64_t utc,
    struct dec *multiplier, int *digits, struct qf_error *err)
{
	struct fact_cursor *cursor = NULL;
	struct fact fact;
	int64_t entry;
	int rc, found = 0;

	if (facts_lookup(&cursor, source->ledger, LOOKUP_METERS_OF_POINT,
		source->asof, point, 0, 0, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(cursor, &fact, &entry, err)) == 1) {
		if (rulebook_integer(&fact, "from", INT64_MIN) <= utc &&
		    utc < rulebook_integer(&fact, "to", UTC_OPEN)) {
			found =
			    rulebook_decimal(multiplier, &fact, "multiplier") &&
			    register_digits(
				digits, rulebook_text(&fact, "digits")) == 0;
		}
	}
	facts_close(cursor);
	return rc == -1 ? -1 : found;
}

/* The multiplier at an instant; looked up once a day.  Where no meter tells it
 * nothing is metered: a run holds such reads and takes none of them. */
static int
find_multiplier(struct reading *reading, int64_t utc, struct qf_error *err)
{
	int rc;

	if (reading->known && reading->known_utc == utc) {
		return 0;
	}
	rc = audit_meter(reading->source, reading->point, utc,
	    &reading->multiplier, &reading->digits, err);
	if (rc == 0) {
		dec_set_int(&reading->multiplier, 0, 0);
		reading->digits = 0;
	}
	reading->known = rc != -1;
	reading->known_utc = utc;
	return rc == -1 ? -1 : 0;
}

static int
hand_out(struct reading *reading, struct audit_interval *interval,
    bool secondary, struct qf_error *err)
{
	if (interval->from_utc < reading->from_utc ||
	    interval->from_utc >= reading->to_utc) {
		return 0;
	}
	if (secondary) {
		if (find_multiplier(reading, interval->from_utc, err) == -1) {
			return -1;
		}
		dec_mul(
		    &interval->kwh60, &interval->kwh60, &reading->multiplier);
	}
	return reading->take(reading->context, interval, err);
}

/* What a register shows now ends the interval before. */
static int
take_register(struct reading *reading, const struct series_day *day, size_t i,
    struct audit_interval *interval, struct qf_error *err)
{
	struct dec difference = {0}, turn = {0};
	int rc = 0;

	dec_set_int(&reading->value, day->values[i], day->scale);
	if (reading->pending && reading->before.to_utc == interval->from_utc &&
	    reading->before.quality != QUALITY_WITHDRAWN &&
	    interval->quality != QUALITY_WITHDRAWN) {
		dec_sub(&difference, &reading->value, &reading->shown);
		if (dec_sign(&difference) < 0) {
			rc = find_multiplier(
			    reading, reading->before.from_utc, err);
			dec_set_int(&turn, 1, 0);
			for (int k = 0; k < reading->digits; k++) {
				dec_mul_int(&turn, &turn, 10);
			}
			dec_add(&difference, &difference, &turn);
		}
		dec_mul_int(&reading->before.kwh60, &difference, 60);
		if (rc == 0) {
			rc = hand_out(
			    reading, &reading->before, reading->secondary, err);
		}
	}
	dec_release(&difference);
	dec_release(&turn);
	dec_set(&reading->shown, &reading->value);
	dec_release(&reading->before.kwh60);
	reading->before = *interval;
	memset(&reading->before.kwh60, 0, sizeof(reading->before.kwh60));
	reading->secondary = day->side == SIDE_SECONDARY;
	reading->pending = true;
	return rc;
}

static int
take_value(struct reading *reading, const struct series_day *day, size_t i,
    struct qf_error *err)
{
	int64_t from_utc = day->start_utc + (int64_t)i * day->minutes * 60;
	struct audit_interval interval = {
	    .from_utc = from_utc,
	    .to_utc = from_utc + day->minutes * 60,
	    .day = day->day,
	    .entry = day->entry,
	    .line_no = day->line_no,
	    .quality = day->quality[i],
	};
	int rc;

	if (day->quantity == QUANTITY_REGISTER) {
		return take_register(reading, day, i, &interval, err);
	}
	if (interval.quality == QUALITY_WITHDRAWN) {
		return 0;
	}
	dec_set_int(&interval.kwh60, day->values[i], day->scale);
	dec_mul_int(&interval.kwh60, &interval.kwh60,
	    day->quantity == QUANTITY_KW ? day->minutes : 60);
	rc = hand_out(reading, &interval, day->side == SIDE_SECONDARY, err);
	dec_release(&interval.kwh60);
	return rc;
}

int
audit_energy(const struct audit_source *source, const char *point,
    enum channel channel, int64_t from_utc, int64_t to_utc,
    int (*take)(void *context, const struct audit_interval *interval,
	struct qf_error *err),
    void *context, struct qf_error *err)
{
	struct reading reading = {.source = source,
	    .point = point,
	    .from_utc = from_utc,
	    .to_utc = to_utc,
	    .take = take,
	    .context = context};
	const struct series_day *day;
	struct read_cursor *cursor = NULL;
	int rc;

	/* A day more: what a register shows next ends the last interval. */
	if (reads_of_point(&cursor, source->ledger, source->asof, channel,
		point, zone_day_of(source->zone, from_utc),
		zone_day_of(source->zone, to_utc - 1) + 2, err) == -1) {
		return -1;
	}
	while ((rc = reads_next(cursor, &day, err)) == 1) {
		for (size_t i = 0; rc == 1 && i < day->count; i++) {
			if (day->values[i] != SERIES_NULL &&
			    take_value(&reading, day, i, err) == -1) {
				rc = -1;
			}
		}
		if (rc == -1) {
			break;
		}
	}
	reads_close(cursor);
	dec_release(&reading.multiplier);
	dec_release(&reading.shown);
	dec_release(&reading.before.kwh60);
	dec_release(&reading.value);
	return rc;
}

void
audit_kwh(struct dec *out, const struct dec *kwh60)
{
	struct dec sixty = DEC_SMALL(60, 0), exact = {0}, back = {0};

	/* Nearly always: a sixtieth of three is five hundredths. */
	if (kwh60->big == NULL && kwh60->small % 3 == 0 &&
	    kwh60->scale + 2 <= 2 * KWH_SCALE) {
		dec_set_int(&exact, kwh60->small / 3, kwh60->scale + 2);
		dec_mul_int(&exact, &exact, 5);
		dec_trim(out, &exact);
		dec_release(&exact);
		return;
	}
	dec_div(&exact, kwh60, &sixty, 2 * KWH_SCALE, DEC_HALF_UP);
	dec_mul(&back, &exact, &sixty);
	if (dec_cmp(&back, kwh60) != 0) {
		dec_div(&exact, kwh60, &sixty, KWH_SCALE, DEC_HALF_UP);
	}
	dec_trim(out, &exact);
	dec_release(&exact);
	dec_release(&back);
}
