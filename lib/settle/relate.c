/* relate.c - energy of points that stand behind each other.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/relate.h"

#include <assert.h>

#include "base/status.h"
#include "base/zone.h"

static bool
is_gap(int64_t tick)
{
	return tick <= ENERGY_WITHDRAWN;
}

int
relate_grid(int a_minutes, int b_minutes)
{
	int grid = a_minutes;

	assert(a_minutes > 0 && b_minutes > 0);
	while (grid % b_minutes != 0) {
		grid += a_minutes;
	}
	return grid;
}

/* One interval of the coarser grid from `many` of the finer one. */
static int64_t
merge(const int64_t *ticks, size_t many)
{
	int64_t sum = 0;

	for (size_t i = 0; i < many; i++) {
		if (ticks[i] == ENERGY_WITHDRAWN) {
			return ENERGY_WITHDRAWN;
		}
		sum = sum == ENERGY_MISSING || is_gap(ticks[i])
			  ? ENERGY_MISSING
			  : sum + ticks[i];
	}
	return sum;
}

int
relate_coarsen(struct energy_series *out, const struct energy_series *in,
    int minutes, struct refusal *refusal)
{
	energy_begin(out);
	if (energy_rescale(out, in->scale, in->parts, refusal) != 0) {
		return 1;
	}
	for (size_t d = 0; d < in->day_count; d++) {
		const struct energy_day *day = &in->days[d];
		size_t many = (size_t)(minutes / day->minutes);
		size_t slot;

		if (minutes % day->minutes != 0 || day->count % many != 0) {
			return refuse(refusal, REASON_RELATION_RESOLUTION,
			    "%zu intervals of %d minutes are not whole "
			    "intervals of %d minutes",
			    day->count, day->minutes, minutes);
		}
		slot = energy_day(
		    out, day->day, day->start_utc, minutes, day->count / many);
		out->days[out->day_count - 1].gaps = day->gaps;
		for (size_t i = 0; i < day->count / many; i++) {
			out->ticks[slot + i] =
			    merge(in->ticks + day->first + i * many, many);
		}
	}
	return 0;
}

static struct energy_day *
find_day(const struct energy_series *series, int32_t day)
{
	for (size_t i = 0; i < series->day_count; i++) {
		if (series->days[i].day == day) {
			return &series->days[i];
		}
	}
	return NULL;
}

/* Adds one interval, or makes it a gap. */
static int
add_tick(int64_t *tick, int64_t part, int sign, struct refusal *refusal)
{
	if (is_gap(*tick)) {
		return 0;
	}
	if (is_gap(part)) {
		*tick = part;
		return 0;
	}
	*tick += sign * part;
	if (*tick > ENERGY_TICK_MAX || *tick < -ENERGY_TICK_MAX) {
		return refuse(refusal, REASON_VALUE_RANGE,
		    "a sum of points has more digits than can be summed");
	}
	return 0;
}

/* Adds a day of the part, or its absence (part_day NULL). */
static int
add_day(struct energy_series *sum, struct energy_day *day,
    const struct energy_series *part, const struct energy_day *part_day,
    int sign, int64_t from_utc, int64_t to_utc, struct refusal *refusal)
{
	int64_t step_s = (int64_t)day->minutes * 60;

	if (part_day != NULL && (part_day->minutes != day->minutes ||
				    part_day->start_utc != day->start_utc ||
				    part_day->count != day->count)) {
		return refuse(refusal, REASON_RELATION_RESOLUTION,
		    "the intervals of two points do not lie over each other");
	}
	for (size_t i = 0; i < day->count; i++) {
		int64_t start_utc = day->start_utc + (int64_t)i * step_s;
		int64_t value = part_day == NULL
				    ? ENERGY_MISSING
				    : part->ticks[part_day->first + i];

		if (start_utc + step_s <= from_utc || start_utc >= to_utc) {
			continue;
		}
		if (start_utc < from_utc || start_utc + step_s > to_utc) {
			return refuse(refusal, REASON_EDGE_IN_INTERVAL,
			    "a relation of points starts or ends inside an "
			    "interval of %d minutes",
			    day->minutes);
		}
		if (add_tick(&sum->ticks[day->first + i], value, sign,
			refusal) != 0) {
			return 1;
		}
		day->gaps = day->gaps || is_gap(value);
	}
	return 0;
}

int
relate_add(struct energy_series *sum, struct energy_series *part, int sign,
    int64_t from_utc, int64_t to_utc, struct refusal *refusal)
{
	int scale = sum->scale > part->scale ? sum->scale : part->scale;
	int parts = sum->parts > part->parts ? sum->parts : part->parts;

	if (energy_rescale(sum, scale, parts, refusal) != 0 ||
	    energy_rescale(part, scale, parts, refusal) != 0) {
		return 1;
	}
	for (size_t d = 0; d < sum->day_count; d++) {
		struct energy_day *day = &sum->days[d];

		if (add_day(sum, day, part, find_day(part, day->day), sign,
			from_utc, to_utc, refusal) != 0) {
			return 1;
		}
	}
	return 0;
}

/* Nets one interval of two points. */
static void
net_tick(int64_t *import, int64_t *export)
{
	int64_t net;

	if (is_gap(*import) || is_gap(*export)) {
		*import = is_gap(*import) ? *import : *export;
		*export = *import;
		return;
	}
	net = *import - *export;
	*import = net > 0 ? net : 0;
	*export = net < 0 ? -net : 0;
}

int
relate_net(struct energy_series *import, struct energy_series *export,
    int64_t from_utc, int64_t to_utc, struct refusal *refusal)
{
	int scale =
	    import->scale > export->scale ? import->scale : export->scale;
	int parts =
	    import->parts > export->parts ? import->parts : export->parts;

	if (energy_rescale(import, scale, parts, refusal) != 0 ||
	    energy_rescale(export, scale, parts, refusal) != 0) {
		return 1;
	}
	for (size_t d = 0; d < export->day_count; d++) {
		struct energy_day *day = &export->days[d];
		struct energy_day *other = find_day(import, day->day);

		if (other == NULL || other->count != day->count) {
			return refuse(refusal, REASON_RELATION_RESOLUTION,
			    "import and export have not the same intervals");
		}
		for (size_t i = 0; i < day->count; i++) {
			int64_t at_utc =
			    day->start_utc + (int64_t)i * day->minutes * 60;

			if (at_utc >= from_utc && at_utc < to_utc) {
				net_tick(&import->ticks[other->first + i],
				    &export->ticks[day->first + i]);
			}
		}
		day->gaps = other->gaps = day->gaps || other->gaps;
	}
	return 0;
}

void
relate_blank(struct energy_series *out, const struct zone *zone,
    int32_t first_day, int32_t end_day, int minutes)
{
	energy_begin(out);
	for (int32_t day = first_day; day < end_day; day++) {
		int64_t start_utc = zone_day_start(zone, day);
		int64_t length_s = zone_day_start(zone, day + 1) - start_utc;

		if (length_s >= (int64_t)minutes * 60) {
			energy_day(out, day, start_utc, minutes,
			    (size_t)(length_s / (minutes * 60)));
		}
	}
}

void
relate_open(struct energy_series *sum, int64_t from_utc, int64_t to_utc)
{
	for (size_t d = 0; d < sum->day_count; d++) {
		struct energy_day *day = &sum->days[d];

		day->gaps = false;
		for (size_t i = 0; i < day->count; i++) {
			int64_t *tick = &sum->ticks[day->first + i];
			int64_t at_utc =
			    day->start_utc + (int64_t)i * day->minutes * 60;

			if (at_utc >= from_utc && at_utc < to_utc &&
			    *tick == ENERGY_MISSING) {
				*tick = 0;
			}
			day->gaps = day->gaps || is_gap(*tick);
		}
	}
}

void
relate_copy(struct energy_series *out, const struct energy_series *in)
{
	struct refusal never;
	size_t slot;

	energy_begin(out);
	out->scale = in->scale;
	out->parts = in->parts;
	for (size_t d = 0; d < in->day_count; d++) {
		const struct energy_day *day = &in->days[d];

		slot = energy_day(
		    out, day->day, day->start_utc, day->minutes, day->count);
		if (energy_put(out, slot, in->ticks + day->first, day->count,
			in->scale, in->parts, NULL, &never) != 0) {
			BUG("a series that does not fit itself");
		}
		out->days[d].gaps = day->gaps;
	}
}
