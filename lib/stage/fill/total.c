/* total.c - what registers say of the energy of a stretch.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/zone.h"
#include "settle/register.h"
#include "stage/fill/own.h"

void
fill_forget_meters(struct fill *fill)
{
	for (size_t i = 0; i < fill->meter_count; i++) {
		dec_release(&fill->meters[i].multiplier);
	}
	for (size_t i = 0; i < fill->reading_count; i++) {
		dec_release(&fill->readings[i].value);
	}
	fill->meter_count = 0;
	fill->reading_count = 0;
}

int
fill_load_meters(struct fill *fill, struct qf_error *err)
{
	struct fact fact;
	int64_t entry;
	int rc;

	if (facts_lookup(&fill->meter_cursor, fill->ledger,
		LOOKUP_METERS_OF_POINT, fill->report->asof, fill->point.point,
		0, 0, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(fill->meter_cursor, &fact, &entry, err)) == 1) {
		struct fill_meter *meter;

		if (fill->meter_count == fill->meter_capacity) {
			fill->meter_capacity = fill->meter_capacity * 2 + 4;
			fill->meters = xreallocarray(fill->meters,
			    fill->meter_capacity, sizeof(*fill->meters));
		}
		meter = &fill->meters[fill->meter_count++];
		memset(meter, 0, sizeof(*meter));
		snprintf(meter->meter, sizeof(meter->meter), "%s",
		    rulebook_text(&fact, "meter"));
		meter->from_utc = rulebook_integer(&fact, "from", INT64_MIN);
		meter->to_utc = rulebook_integer(&fact, "to", UTC_OPEN);
		rulebook_decimal(&meter->multiplier, &fact, "multiplier");
		if (register_digits(
			&meter->digits, rulebook_text(&fact, "digits")) == -1) {
			meter->digits = REGISTER_DIGITS_MAX;
		}
	}
	return rc;
}

static void
add_reading(struct fill *fill, const struct fact *fact)
{
	const char *channel = rulebook_text(fact, "channel");
	struct fill_reading *reading;

	if (rulebook_text(fact, "band") != NULL ||
	    rulebook_text(fact, "value") == NULL) {
		return;
	}
	if (fill->reading_count == fill->reading_capacity) {
		fill->reading_capacity = fill->reading_capacity * 2 + 64;
		fill->readings = xreallocarray(fill->readings,
		    fill->reading_capacity, sizeof(*fill->readings));
	}
	reading = &fill->readings[fill->reading_count++];
	memset(reading, 0, sizeof(*reading));
	snprintf(reading->meter, sizeof(reading->meter), "%s",
	    rulebook_text(fact, "meter"));
	(void)channel_parse(&reading->channel, channel, strlen(channel));
	reading->time_utc = rulebook_integer(fact, "time", 0);
	rulebook_decimal(&reading->value, fact, "value");
}

int
fill_load_readings(struct fill *fill, struct qf_error *err)
{
	int64_t from_utc = zone_day_start(
	    fill->zone, fill->period.first_day - FILL_BEFORE_DAYS);
	int64_t to_utc =
	    zone_day_start(fill->zone, fill->period.end_day + FILL_AFTER_DAYS);
	struct fact fact;
	int64_t entry;
	int rc;

	if (facts_lookup(&fill->register_cursor, fill->ledger,
		LOOKUP_REGISTERS_OF_POINT, fill->report->asof,
		fill->point.point, from_utc, to_utc, err) == -1) {
		return -1;
	}
	while (
	    (rc = facts_next(fill->register_cursor, &fact, &entry, err)) == 1) {
		add_reading(fill, &fact);
	}
	return rc;
}

static const struct fill_meter *
meter_of(const struct fill *fill, const char *name, int64_t utc)
{
	for (size_t i = 0; i < fill->meter_count; i++) {
		const struct fill_meter *meter = &fill->meters[i];

		if (strcmp(meter->meter, name) == 0 && meter->from_utc <= utc &&
		    utc < meter->to_utc) {
			return meter;
		}
	}
	return NULL;
}

/* The latest reading at or before from_utc and the earliest at or after to_utc
 * of one meter. */
static bool
find_readings(const struct fill *fill, enum channel channel, int64_t from_utc,
    int64_t to_utc, const struct fill_reading **start,
    const struct fill_reading **end)
{
	*start = NULL;
	*end = NULL;
	for (size_t i = 0; i < fill->reading_count; i++) {
		const struct fill_reading *reading = &fill->readings[i];

		if (reading->channel == channel &&
		    reading->time_utc <= from_utc &&
		    (*start == NULL ||
			reading->time_utc > (*start)->time_utc)) {
			*start = reading;
		}
	}
	for (size_t i = 0; i < fill->reading_count && *start != NULL; i++) {
		const struct fill_reading *reading = &fill->readings[i];

		if (reading->channel == channel &&
		    strcmp(reading->meter, (*start)->meter) == 0 &&
		    reading->time_utc >= to_utc &&
		    (*end == NULL || reading->time_utc < (*end)->time_utc)) {
			*end = reading;
		}
	}
	return *end != NULL && (*start)->time_utc < (*end)->time_utc;
}

/* What the register counted, in the unit of the line. */
static bool
counted(struct fill *fill, const struct fill_line *line,
    const struct fill_day *day, const struct fill_reading *start,
    const struct fill_reading *end, int64_t *total, struct dec *kwh)
{
	const struct fill_meter *meter =
	    meter_of(fill, start->meter, start->time_utc);
	struct refusal refusal;
	struct qf_error err;
	struct dec amount = {0};
	bool fits;

	if (meter == NULL || meter->to_utc < end->time_utc) {
		snprintf(fill->why, sizeof(fill->why),
		    "the registers around it are not of one meter");
		return false;
	}
	if (register_difference(kwh, &start->value, &end->value, meter->digits,
		&refusal) != 0) {
		snprintf(
		    fill->why, sizeof(fill->why), "%.150s", refusal.detail);
		return false;
	}
	dec_set(&amount, kwh);
	dec_mul(kwh, kwh, &meter->multiplier);
	if (day->side == SIDE_PRIMARY) {
		dec_set(&amount, kwh);
	}
	if (day->quantity == QUANTITY_KW) {
		dec_mul_int(&amount, &amount, 60 / day->minutes);
	}
	fits = dec_to_int64(&amount, line->scale, total, &err) == 0;
	dec_release(&amount);
	if (!fits) {
		snprintf(fill->why, sizeof(fill->why),
		    "the registers around it have too many digits");
	}
	return fits;
}

/* The slot that begins at an instant, or slot_count. */
static size_t
slot_at(const struct fill_line *line, int64_t utc)
{
	for (size_t d = 0; d < line->day_count; d++) {
		const struct fill_day *day = &line->days[d];
		int64_t step = 60 * (int64_t)day->minutes;
		int64_t offset = utc - day->start_utc;

		if (offset >= 0 && offset < (int64_t)day->count * step) {
			return offset % step == 0
				   ? day->first + (size_t)(offset / step)
				   : line->slot_count;
		}
	}
	return line->slot_count;
}

/* Whether the slots [first, end) are of one shape, one behind the other. */
static bool
is_one_row(const struct fill_line *line, size_t first, size_t end)
{
	const struct fill_day *of = fill_day_of(line, first);
	int64_t expected = fill_time(of, first);

	for (size_t s = first; s < end; s++) {
		const struct fill_day *day = fill_day_of(line, s);

		if (!fill_same_shape(of, day) ||
		    fill_time(day, s) != expected) {
			return false;
		}
		expected += 60 * (int64_t)day->minutes;
	}
	return true;
}

int
fill_total(struct fill *fill, const struct fill_line *line, size_t from,
    size_t to, int64_t *total, size_t *first, size_t *end, struct buf *inputs)
{
	const struct fill_day *day = fill_day_of(line, from);
	const struct fill_day *last = fill_day_of(line, to - 1);
	const struct fill_reading *start, *stop;
	struct dec kwh = {0};
	char a[40], b[40], text[DEC_TEXT_MAX];
	bool known;

	assert(from < to);
	if (!find_readings(fill, line->channel, fill_time(day, from),
		fill_time(last, to - 1) + 60 * (int64_t)last->minutes, &start,
		&stop)) {
		snprintf(fill->why, sizeof(fill->why),
		    "no registers tell its energy");
		return 0;
	}
	*first = slot_at(line, start->time_utc);
	*end = slot_at(line, stop->time_utc - 60 * (int64_t)last->minutes) + 1;
	if (*first >= line->slot_count || *end > line->slot_count ||
	    !is_one_row(line, *first, *end)) {
		snprintf(fill->why, sizeof(fill->why),
		    "the registers around it do not fit the intervals");
		return 0;
	}
	known = counted(fill, line, day, start, stop, total, &kwh);
	if (known) {
		dec_format_trim(&kwh, text, sizeof(text));
		buf_printf(inputs, "%s kWh of meter %s from %s to %s; ", text,
		    start->meter, fill_instant(fill, start->time_utc, a),
		    fill_instant(fill, stop->time_utc, b));
	}
	dec_release(&kwh);
	return known;
}
