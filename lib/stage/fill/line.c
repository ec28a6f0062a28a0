/* line.c - the days of one point and channel as a row of slots.
 *
 * A day without any row has the shape of the one before it, or else of the one
 * after: what is missing must be known to be estimated.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/zone.h"
#include "stage/fill/own.h"

void
fill_line_release(struct fill_line *line)
{
	free(line->days);
	free(line->values);
	free(line->states);
	memset(line, 0, sizeof(*line));
}

struct fill_day *
fill_day_of(const struct fill_line *line, size_t slot)
{
	size_t low = 0, high = line->day_count;

	assert(slot < line->slot_count);
	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (line->days[middle].first <= slot) {
			low = middle;
		} else {
			high = middle;
		}
	}
	return &line->days[low];
}

bool
fill_same_shape(const struct fill_day *a, const struct fill_day *b)
{
	return a->minutes == b->minutes && a->quantity == b->quantity &&
	       a->side == b->side;
}

bool
fill_is_missing(const struct fill_line *line, size_t slot)
{
	char state = line->states[slot];

	return state == QUALITY_NONE || state == QUALITY_WITHDRAWN;
}

bool
fill_is_wanted(const struct fill *fill, int64_t utc)
{
	for (size_t i = 0; i < fill->point.count; i++) {
		if (fill->point.stretches[i].from_utc <= utc &&
		    utc < fill->point.stretches[i].to_utc) {
			return true;
		}
	}
	return false;
}

/* Adds a day of blank slots. */
static struct fill_day *
add_day(struct fill_line *line, int32_t number, int64_t start_utc, int minutes,
    size_t count)
{
	struct fill_day *day;

	if (line->day_count == line->day_capacity) {
		line->day_capacity = line->day_capacity * 2 + 40;
		line->days = xreallocarray(
		    line->days, line->day_capacity, sizeof(*line->days));
	}
	if (line->slot_capacity - line->slot_count < count) {
		line->slot_capacity = 2 * line->slot_capacity + count + 4000;
		line->values = xreallocarray(
		    line->values, line->slot_capacity, sizeof(*line->values));
		line->states = xrealloc(line->states, line->slot_capacity);
	}
	day = &line->days[line->day_count++];
	memset(day, 0, sizeof(*day));
	day->day = number;
	day->start_utc = start_utc;
	day->minutes = minutes;
	day->first = line->slot_count;
	day->count = count;
	for (size_t i = 0; i < count; i++) {
		line->values[line->slot_count + i] = SERIES_NULL;
		line->states[line->slot_count + i] = QUALITY_NONE;
	}
	line->slot_count += count;
	return day;
}

/* A stored day over the whole of its local day, where its grid is that of the
 * day; else as it is. */
static void
add_stored(
    struct fill *fill, struct fill_line *line, const struct series_day *stored)
{
	int64_t step = 60 * (int64_t)stored->minutes;
	int64_t start = zone_day_start(fill->zone, stored->day);
	int64_t end = zone_day_start(fill->zone, stored->day + 1);
	int64_t lead = (stored->start_utc - start) / step;
	size_t count = stored->count;
	struct fill_day *day;

	if (stored->start_utc >= start &&
	    (stored->start_utc - start) % step == 0 &&
	    (end - start) % step == 0 &&
	    stored->start_utc + (int64_t)count * step <= end) {
		count = (size_t)((end - start) / step);
	} else {
		start = stored->start_utc;
		lead = 0;
	}
	day = add_day(line, stored->day, start, stored->minutes, count);
	day->quantity = stored->quantity;
	day->side = stored->side;
	day->scale = stored->scale;
	if (line->scale < stored->scale) {
		line->scale = stored->scale;
	}
	for (size_t i = 0; i < stored->count; i++) {
		size_t slot = day->first + (size_t)lead + i;

		line->values[slot] = stored->values[i];
		line->states[slot] = stored->quality[i];
	}
}

/* A day without any row, in the shape of another. */
static void
add_blank(struct fill *fill, struct fill_line *line, int32_t number,
    const struct fill_day *like)
{
	int64_t step = 60 * (int64_t)like->minutes;
	int64_t start = zone_day_start(fill->zone, number);
	int64_t end = zone_day_start(fill->zone, number + 1);
	enum quantity quantity = like->quantity;
	enum side side = like->side;
	struct fill_day *day;

	day = add_day(
	    line, number, start, like->minutes, (size_t)((end - start) / step));
	day->quantity = quantity;
	day->side = side;
}

/* Adds what lies between the last day and `number`. */
static void
add_between(struct fill *fill, struct fill_line *line, int32_t number)
{
	while (line->day_count > 0 &&
	       line->days[line->day_count - 1].day + 1 < number) {
		struct fill_day like = line->days[line->day_count - 1];

		add_blank(fill, line, like.day + 1, &like);
	}
}

/* Days of the period before the first that has a row: laid out in front. */
static void
add_leading(struct fill *fill, struct fill_line *line, int32_t first_stored)
{
	struct fill_line behind = *line;
	struct fill_day like = line->days[0];

	if (first_stored <= fill->period.first_day) {
		return;
	}
	memset(line, 0, sizeof(*line));
	line->channel = behind.channel;
	line->scale = behind.scale;
	for (int32_t day = fill->period.first_day; day < first_stored; day++) {
		add_blank(fill, line, day, &like);
	}
	for (size_t d = 0; d < behind.day_count; d++) {
		const struct fill_day *from = &behind.days[d];
		struct fill_day *day = add_day(line, from->day, from->start_utc,
		    from->minutes, from->count);
		size_t first = day->first;

		*day = *from;
		day->first = first;
		memcpy(line->values + first, behind.values + from->first,
		    from->count * sizeof(*line->values));
		memcpy(line->states + first, behind.states + from->first,
		    from->count);
	}
	fill_line_release(&behind);
}

/* Brings all values to the line's scale; false where one does not fit. */
static bool
rescale(struct fill_line *line, int least)
{
	if (line->scale < least) {
		line->scale = least;
	}
	for (size_t d = 0; d < line->day_count; d++) {
		const struct fill_day *day = &line->days[d];
		int64_t factor = 1;

		for (int i = day->scale; i < line->scale; i++) {
			factor *= 10;
		}
		for (size_t s = day->first; s < day->first + day->count; s++) {
			if (line->values[s] != SERIES_NULL &&
			    __builtin_mul_overflow(
				line->values[s], factor, &line->values[s])) {
				return false;
			}
		}
	}
	return true;
}

int
fill_line_load(struct fill *fill, struct fill_line *line, struct qf_error *err)
{
	int32_t first = fill->period.first_day - FILL_BEFORE_DAYS;
	int32_t end = fill->period.end_day + FILL_AFTER_DAYS;
	struct read_cursor **cursor = &fill->reads[line->channel];
	const struct series_day *stored;
	int32_t first_stored = 0;
	int rc;

	line->day_count = 0;
	line->slot_count = 0;
	line->scale = 0;
	if (*cursor == NULL &&
	    reads_open(cursor, fill->ledger, fill->report->asof, line->channel,
		first, end, err) == -1) {
		return -1;
	}
	if (reads_seek(*cursor, fill->point.point, err) == -1) {
		return -1;
	}
	while ((rc = reads_next(*cursor, &stored, err)) == 1) {
		if (line->day_count == 0) {
			first_stored = stored->day;
		}
		add_between(fill, line, stored->day);
		add_stored(fill, line, stored);
	}
	if (rc == -1 || line->day_count == 0) {
		return rc;
	}
	add_between(fill, line, fill->period.end_day);
	add_leading(fill, line, first_stored);
	if (!rescale(line, FILL_SCALE)) {
		return qf_fail(err, QF_DATA, "read-range",
		    "%s, %s: a value has too many digits to be estimated with",
		    fill->point.point, channel_name(line->channel));
	}
	return 0;
}
