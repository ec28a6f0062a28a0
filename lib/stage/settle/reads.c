/* reads.c - energy of the points of an event and of the days it is held
 * against.
 *
 * Energy is made of reads as for rating (rate/reads.c, rate/point.c).  The days
 * next before an event are read at once, with many points in the order of
 * their names; further days where a baseline asks for them, some at a time.
 * Contracts of one point come in the order of points, and are read like the
 * points of a portfolio: over the days of all events that are asked for.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/zone.h"
#include "settle/relate.h"
#include "stage/settle/own.h"

#define MINUTE 60
#define IN_STEP_POINTS 32 /* from so many on, cursors pass through all */
#define FURTHER_DAYS 8 /* read at once of days further back */

static void
empty_chunk(struct settle_chunk *chunk)
{
	for (size_t c = 0; c < RATE_CHANNELS; c++) {
		energy_release(&chunk->net[c]);
	}
	free(chunk->places);
	free(chunk->estimated);
	memset(chunk, 0, sizeof(*chunk));
}

static void
forget_point(struct settle_reads *reads)
{
	for (size_t i = 0; i < SETTLE_CHUNKS; i++) {
		empty_chunk(&reads->chunks[i]);
	}
	reads->next_chunk = 0;
	reads->point[0] = '\0';
}

void
settle_reads_release(struct settle_reads *reads)
{
	forget_point(reads);
	rate_reader_free(reads->rate);
	memset(reads, 0, sizeof(*reads));
}

/* Marks a stretch of time, as far as the chunk has it. */
static void
mark_estimated(struct settle_chunk *chunk, int64_t from_utc, int64_t to_utc)
{
	int64_t minute = (from_utc - chunk->start_utc) / MINUTE;
	int64_t end = (to_utc - chunk->start_utc) / MINUTE;

	for (minute = minute < 0 ? 0 : minute;
	     minute < end && minute < chunk->minutes; minute++) {
		chunk->estimated[minute / 8] |=
		    (unsigned char)(1U << (minute % 8));
	}
}

bool
settle_is_estimated(
    const struct settle_chunk *chunk, int64_t from_utc, int64_t to_utc)
{
	int64_t minute = (from_utc - chunk->start_utc) / MINUTE;
	int64_t end = (to_utc - chunk->start_utc) / MINUTE;

	assert(minute >= 0 && end <= chunk->minutes);
	for (; minute < end; minute++) {
		if (chunk->estimated[minute / 8] >> (minute % 8) & 1) {
			return true;
		}
	}
	return false;
}

/* Notes what of a day is estimated, and where it is from.  What a register
 * shows counts for the interval before it too. */
static void
saw(void *context, const struct series_day *day)
{
	struct settle_reads *reads = context;
	struct settle_chunk *chunk = reads->filling;
	struct settle_place *place;
	int64_t seconds = (int64_t)day->minutes * MINUTE;

	if (chunk == NULL || day->day < chunk->first_day ||
	    day->day >= chunk->end_day) {
		return;
	}
	for (size_t i = 0; i < day->count; i++) {
		int64_t at_utc = day->start_utc + (int64_t)i * seconds;

		if (day->quality[i] == QUALITY_ESTIMATED) {
			mark_estimated(chunk,
			    day->quantity == QUANTITY_REGISTER
				? at_utc - seconds
				: at_utc,
			    at_utc + seconds);
		}
	}
	place = &chunk->places[day->day - chunk->first_day];
	if (day->entry >= place->entry) {
		place->entry = day->entry;
		place->line_no = day->line_no;
	}
}

void
settle_reads_begin(
    struct settle *settle, const struct period *window, size_t points)
{
	struct settle_reads *reads = &settle->reads;
	bool in_step = points >= IN_STEP_POINTS;

	if (reads->rate != NULL && reads->in_step == in_step &&
	    window->first_day == reads->window.first_day &&
	    window->end_day == reads->window.end_day) {
		return;
	}
	settle_reads_release(reads);
	reads->request.period = reads->window = *window;
	reads->request.asof = settle->request->asof;
	reads->in_step = in_step;
	rate_reader_new(&reads->rate, settle->ledger, &reads->request,
	    &reads->rate_counts, settle->zone);
	reads->rate->saw = saw;
	reads->rate->saw_context = reads;
}

/* Reads the chunk's days. */
static int
fill(struct settle *settle, struct settle_chunk *chunk,
    const struct period *period, struct qf_error *err)
{
	struct settle_reads *reads = &settle->reads;
	struct rate *rate = reads->rate;
	const struct energy_series *gross, *net[RATE_CHANNELS];
	int rc = 0;

	rate->reading = period;
	rate_point_begin(&rate->point, reads->point);
	reads->filling = chunk;
	for (unsigned c = 0; rc == 0 && c < RATE_CHANNELS; c++) {
		rc = rate_point_energy(
		    rate, (enum channel)c, &gross, &net[c], err);
	}
	for (unsigned c = 0; rc == 0 && c < RATE_CHANNELS; c++) {
		/* The first may have been netted since. */
		rc = rate_point_energy(
		    rate, (enum channel)c, &gross, &net[c], err);
	}
	reads->filling = NULL;
	if (rc == -1) {
		return -1;
	}
	chunk->refused = rc == 1;
	chunk->refusal = rate->refusal;
	for (size_t c = 0; rc == 0 && c < RATE_CHANNELS; c++) {
		relate_copy(&chunk->net[c], net[c]);
	}
	settle->counts->reads += reads->rate_counts.reads;
	reads->rate_counts.reads = 0;
	return 0;
}

static struct settle_chunk *
find(struct settle_reads *reads, int32_t first_day, int32_t end_day)
{
	for (size_t i = 0; i < SETTLE_CHUNKS; i++) {
		struct settle_chunk *chunk = &reads->chunks[i];

		if (chunk->used && chunk->first_day <= first_day &&
		    end_day <= chunk->end_day) {
			return chunk;
		}
	}
	return NULL;
}

/* The place of the next chunk: the first stays. */
static struct settle_chunk *
next_place(struct settle_reads *reads)
{
	struct settle_chunk *chunk = &reads->chunks[reads->next_chunk];

	reads->next_chunk++;
	if (reads->next_chunk == SETTLE_CHUNKS) {
		reads->next_chunk = 1;
	}
	empty_chunk(chunk);
	return chunk;
}

static int
load(struct settle *settle, const struct period *period,
    struct settle_chunk **out, struct qf_error *err)
{
	struct settle_reads *reads = &settle->reads;
	struct settle_chunk *chunk = next_place(reads);

	chunk->first_day = period->first_day;
	chunk->end_day = period->end_day;
	chunk->places = xcalloc((size_t)(period->end_day - period->first_day),
	    sizeof(*chunk->places));
	chunk->start_utc = zone_day_start(settle->zone, period->first_day);
	chunk->minutes =
	    (zone_day_start(settle->zone, period->end_day) - chunk->start_utc) /
	    MINUTE;
	chunk->estimated = xcalloc((size_t)chunk->minutes / 8 + 1, 1);
	if (fill(settle, chunk, period, err) == -1) {
		return -1;
	}
	chunk->used = true;
	*out = chunk;
	return 0;
}

/* Begins with another point: reads the days next before the event. */
static int
begin_point(struct settle *settle, const char *point, struct qf_error *err)
{
	struct settle_reads *reads = &settle->reads;
	/* Cursors that pass through all points are of the request's period
	 * itself. */
	const struct period other = reads->window;
	struct settle_chunk *chunk;

	if (strcmp(point, reads->point) < 0) {
		/* What is waited for in the order of points. */
		reads->rate->parents.known = false;
		reads->rate->findings.known = false;
	}
	forget_point(reads);
	memcpy(reads->point, point, strlen(point) + 1);
	if (load(settle, reads->in_step ? &reads->request.period : &other,
		&chunk, err) == -1) {
		return -1;
	}
	settle->counts->points++;
	return 0;
}

int
settle_chunk_of(struct settle *settle, const char *point, int32_t first_day,
    int32_t end_day, struct settle_chunk **out, struct qf_error *err)
{
	struct settle_reads *reads = &settle->reads;
	struct period period;

	assert(first_day < end_day);
	if (strcmp(reads->point, point) != 0 &&
	    begin_point(settle, point, err) == -1) {
		return -1;
	}
	*out = find(reads, first_day, end_day);
	if (*out == NULL) {
		period_of_days(settle->zone,
		    end_day - first_day > FURTHER_DAYS ? first_day
						       : end_day - FURTHER_DAYS,
		    end_day, &period);
		if (load(settle, &period, out, err) == -1) {
			return -1;
		}
	}
	if ((*out)->refused) {
		settle->refusal = (*out)->refusal;
		return 1;
	}
	return 0;
}

/* Times ------------------------------------------------------------------ */

/* The intervals of [from_utc, to_utc) of a series, in time order. */
struct walk {
	const struct energy_series *series;
	size_t day, interval;
	int64_t from_utc, to_utc; /* of the interval */
	int64_t ticks;
};

static bool
walk_next(struct walk *walk, int64_t from_utc, int64_t to_utc)
{
	const struct energy_series *series = walk->series;

	while (walk->day < series->day_count) {
		const struct energy_day *day = &series->days[walk->day];
		int64_t seconds = (int64_t)day->minutes * 60;

		if (walk->interval == 0 && day->start_utc < from_utc) {
			/* The first interval that ends after from_utc. */
			int64_t skip = (from_utc - day->start_utc) / seconds;

			walk->interval = skip > (int64_t)day->count
					     ? day->count
					     : (size_t)skip;
		}
		if (walk->interval >= day->count) {
			walk->day++;
			walk->interval = 0;
			continue;
		}
		walk->from_utc =
		    day->start_utc + (int64_t)walk->interval * seconds;
		walk->to_utc = walk->from_utc + seconds;
		if (walk->from_utc >= to_utc) {
			return false;
		}
		walk->ticks = series->ticks[day->first + walk->interval];
		walk->interval++;
		return true;
	}
	return false;
}

/* ticks as kWh x 10^scale, rounded half up where that is no finite decimal;
 * false where they are too many. */
static bool
to_scale(
    const struct energy_series *series, int64_t ticks, int scale, int64_t *out)
{
	struct dec kwh = {0}, parts = {0};
	struct qf_error err;
	bool fits;

	dec_set_int(&kwh, ticks, series->scale);
	dec_set_int(&parts, series->parts, 0);
	dec_div(&kwh, &kwh, &parts, scale, DEC_HALF_UP);
	fits = dec_to_int64(&kwh, scale, out, &err) == 0;
	dec_release(&kwh);
	dec_release(&parts);
	return fits;
}

bool
settle_kwh(const struct settle_reads *reads, const struct settle_chunk *chunk,
    enum channel channel, int64_t from_utc, int64_t to_utc, int scale,
    int64_t *out)
{
	const struct energy_series *series = &chunk->net[channel];
	enum channel other =
	    channel == CHANNEL_IMPORT ? CHANNEL_EXPORT : CHANNEL_IMPORT;
	struct walk walk = {.series = series};
	int64_t at_utc = from_utc, ticks = 0;

	if (!reads->metered[channel] && reads->metered[other] &&
	    !walk_next(&walk, from_utc, to_utc)) {
		*out = 0; /* not metered there, as long as the other is */
		return true;
	}
	walk = (struct walk){.series = series};
	while (walk_next(&walk, from_utc, to_utc)) {
		if (walk.from_utc != at_utc || walk.to_utc > to_utc ||
		    walk.ticks == ENERGY_MISSING ||
		    walk.ticks == ENERGY_WITHDRAWN) {
			return false;
		}
		ticks += walk.ticks;
		at_utc = walk.to_utc;
	}
	return at_utc == to_utc && to_scale(series, ticks, scale, out);
}

bool
settle_net_kwh(const struct settle_reads *reads,
    const struct settle_chunk *chunk, int64_t from_utc, int64_t to_utc,
    int scale, int64_t *out)
{
	int64_t import, export;

	return settle_kwh(reads, chunk, CHANNEL_IMPORT, from_utc, to_utc, scale,
		   &import) &&
	       settle_kwh(reads, chunk, CHANNEL_EXPORT, from_utc, to_utc, scale,
		   &export) &&
	       !__builtin_sub_overflow(import, export, out);
}

int
settle_scale(const struct settle_chunk *chunk)
{
	int scale = 0;

	for (size_t c = 0; c < RATE_CHANNELS; c++) {
		const struct energy_series *series = &chunk->net[c];
		int own = series->scale;

		if (series->parts != 1) {
			/* Quarters of an hour of mean power need two more;
			 * twelfths are no finite decimal. */
			own += 2;
			own = own < ENERGY_KWH_SCALE ? ENERGY_KWH_SCALE : own;
		}
		scale = own > scale ? own : scale;
	}
	return scale;
}

int
settle_grid(const struct settle_chunk *chunk, int64_t from_utc, int64_t to_utc)
{
	int grid = 0;

	for (size_t c = 0; c < RATE_CHANNELS; c++) {
		const struct energy_series *series = &chunk->net[c];

		for (size_t d = 0; d < series->day_count; d++) {
			const struct energy_day *day = &series->days[d];
			int64_t end_utc = day->start_utc + (int64_t)day->count *
							       day->minutes *
							       60;

			if (day->start_utc < to_utc && end_utc > from_utc) {
				grid = grid == 0
					   ? day->minutes
					   : relate_grid(grid, day->minutes);
			}
		}
	}
	return grid;
}

void
settle_place_of(const struct settle_reads *reads, int32_t day, int64_t *entry,
    int64_t *line_no)
{
	*entry = *line_no = 0;
	for (size_t i = 0; i < SETTLE_CHUNKS; i++) {
		const struct settle_chunk *chunk = &reads->chunks[i];

		if (chunk->used && day >= chunk->first_day &&
		    day < chunk->end_day) {
			*entry = chunk->places[day - chunk->first_day].entry;
			*line_no =
			    chunk->places[day - chunk->first_day].line_no;
		}
	}
}

int
settle_finding(struct settle *settle, int64_t from_utc, int64_t to_utc,
    struct qf_error *err)
{
	struct rate *rate = settle->reads.rate;
	int rc = rate_finding(rate, NULL, from_utc, to_utc, err);

	if (rc == 1) {
		settle->refusal = rate->refusal;
	}
	return rc;
}

void
settle_see_channels(struct settle_reads *reads,
    const struct settle_chunk *chunk, int32_t first_day, int32_t end_day)
{
	for (size_t c = 0; c < RATE_CHANNELS; c++) {
		const struct energy_series *series = &chunk->net[c];

		reads->metered[c] = false;
		for (size_t d = 0; d < series->day_count; d++) {
			int32_t day = series->days[d].day;

			reads->metered[c] = reads->metered[c] ||
					    (day >= first_day && day < end_day);
		}
	}
}
