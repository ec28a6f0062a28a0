/* tie.c - days brought to their sums, by the document's tie-out rules.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/split.h"
#include "base/text.h"
#include "base/zone.h"
#include "settle/tieout.h"
#include "stage/fill/own.h"

#define METHOD_QUARTERS_FIRST "quarters-difference-first"
#define METHOD_QUARTERS_CARRY "quarters-carry"
#define METHOD_DAY_TOTAL "day-total"

/* Whether a day is in scope, and whole. */
static bool
is_whole(const struct fill *fill, const struct fill_line *line,
    const struct fill_day *day)
{
	bool wanted = false;

	for (size_t i = 0; i < day->count; i++) {
		if (fill_is_missing(line, day->first + i)) {
			return false;
		}
		wanted = wanted ||
			 fill_is_wanted(fill, fill_time(day, day->first + i));
	}
	return wanted && day->day >= fill->period.first_day &&
	       day->day < fill->period.end_day;
}

static int64_t
end_of(const struct fill_day *day)
{
	return fill_time(day, day->first + day->count);
}

static int
left(struct fill *fill, const struct fill_line *line,
    const struct fill_day *day, const char *words, struct qf_error *err)
{
	return fill_tell_gap(fill, line, day->start_utc, end_of(day),
	    (int64_t)day->count, "", words, false, err);
}

/* Quarters ----------------------------------------------------------------- */

/* One value over so many parts; false where the rule cannot. */
static bool
divide(const struct estimation_quarters *rule, int64_t value, int scale,
    size_t parts, int64_t *out)
{
	struct dec total = {0}, part[60] = {{0}};
	struct qf_error err;
	bool done;

	if (!rule->carry) {
		tieout_first(value, scale, rule->decimals, parts, out);
		return true;
	}
	dec_set_int(&total, value, scale);
	done = split_carry_equal(
		   &total, parts, rule->decimals, DEC_HALF_UP, part, &err) == 0;
	for (size_t i = 0; i < parts; i++) {
		done =
		    done && dec_to_int64(&part[i], scale, &out[i], &err) == 0;
		dec_release(&part[i]);
	}
	dec_release(&total);
	return done;
}

/* A day in intervals of another length, instead of the one it has. */
static int
quarters(struct fill *fill, struct fill_line *line, struct fill_day *day,
    const struct estimation_quarters *rule, struct qf_error *err)
{
	size_t parts = (size_t)(rule->from_minutes / rule->to_minutes);
	struct series_day *row = xcalloc(1, sizeof(*row));
	const char *method =
	    rule->carry ? METHOD_QUARTERS_CARRY : METHOD_QUARTERS_FIRST;
	int rc = 0;

	assert(day->count * parts <= SERIES_VALUES_MAX);
	fill_mark(day, method);
	day->whole = true;
	fill_begin_row(fill, line, day, row);
	row->minutes = rule->to_minutes;
	row->count = day->count * parts;
	memset(row->quality, QUALITY_ESTIMATED, row->count);
	for (size_t i = 0; i < day->count && rc == 0; i++) {
		if (!divide(rule, line->values[day->first + i], line->scale,
			parts, &row->values[i * parts])) {
			rc = 1;
		}
	}
	if (rc == 1) {
		day->whole = false;
		rc = left(fill, line, day,
		    "a value has more decimals than its parts may have", err);
	} else {
		rc = fill_put_row(fill, row, true, err);
		if (rc == 0) {
			rc = fill_estimate(fill, line, day->start_utc,
			    end_of(day), (int64_t)row->count, method,
			    "the values of its hours", err);
		}
	}
	free(row);
	return rc;
}

/* Totals ------------------------------------------------------------------- */

/* The tariff that says the bands of the channel then: of the leg export for
 * what is exported, and of another for what is imported. */
static const char *
find_tariff(const struct fill *fill, enum channel channel, int64_t utc)
{
	for (size_t i = 0; i < fill->point.tariff_count; i++) {
		const struct scope_tariff *tariff = &fill->point.tariffs[i];

		if (tariff->export == (channel == CHANNEL_EXPORT) &&
		    tariff->from_utc <= utc && utc < tariff->to_utc) {
			return tariff->tariff;
		}
	}
	return NULL;
}

/* The bands of a day's intervals: 1 and which is the remainder's, else 0 with
 * fill->why. */
static int
find_bands(struct fill *fill, const struct fill_line *line,
    const struct fill_day *day, const char *remainder, uint8_t *band,
    size_t *band_count, size_t *flat, struct qf_error *err)
{
	const struct tariff_version *version = NULL;
	const struct rulebook_tariff *tariff;
	const struct rulebook_day *laid;
	struct refusal refusal = {.detail = "no contract tells its bands"};
	const char *name = find_tariff(fill, line->channel, day->start_utc);
	int rc = name != NULL;

	if (rc == 1) {
		rc = rulebook_tariff(fill->book, name, &tariff, &refusal, err);
		rc = rc == 0 ? 1 : rc == 1 ? 0 : -1;
	}
	if (rc == 1) {
		version = tariff_version_at(tariff->tariff, day->day);
		snprintf(refusal.detail, sizeof(refusal.detail),
		    "tariff %s has no version for it", name);
		rc = version != NULL;
	}
	if (rc == 1) {
		rc = rulebook_day(fill->book, version, day->day, day->start_utc,
		    day->minutes, day->count, &laid, &refusal, err);
		rc = rc == 0 ? 1 : rc == 1 ? 0 : -1;
	}
	if (rc != 1) {
		snprintf(
		    fill->why, sizeof(fill->why), "%.150s", refusal.detail);
		return rc;
	}
	memcpy(band, laid->band, day->count);
	*band_count = version->band_count;
	*flat = version->band_count;
	for (size_t i = 0; i < version->band_count; i++) {
		if (strcmp(version->bands[i].code, remainder) == 0) {
			*flat = i;
		}
	}
	for (size_t i = 0; i < day->count; i++) {
		if (band[i] >= *band_count) {
			*flat = *band_count;
		}
	}
	if (*flat == *band_count) {
		snprintf(fill->why, sizeof(fill->why),
		    "its intervals are not each of one band, or none is %s",
		    remainder);
		return 0;
	}
	return 1;
}

/* The day's values are brought to its total. */
static int
spread(struct fill *fill, struct fill_line *line, struct fill_day *day,
    const struct estimation_total_rule *rule, int64_t difference,
    struct buf *inputs, struct qf_error *err)
{
	int64_t *added = xcalloc(day->count, sizeof(*added));
	uint8_t *band = xcalloc(day->count, 1);
	size_t band_count, flat;
	struct refusal refusal;
	int64_t unit = 1;
	int rc;

	for (int i = rule->decimals; i < line->scale; i++) {
		unit *= 10;
	}
	rc = find_bands(
	    fill, line, day, rule->remainder, band, &band_count, &flat, err);
	if (rc == 1 && difference % unit != 0) {
		snprintf(fill->why, sizeof(fill->why),
		    "what it lacks to its registers is no whole number of "
		    "units");
		rc = 0;
	}
	if (rc == 1 &&
	    tieout_day_total(difference / unit, line->values + day->first, band,
		day->count, band_count, flat, added, &refusal) != 0) {
		snprintf(
		    fill->why, sizeof(fill->why), "%.150s", refusal.detail);
		rc = 0;
	}
	for (size_t i = 0; i < day->count && rc == 1; i++) {
		if (added[i] != 0) {
			line->values[day->first + i] += added[i] * unit;
			line->states[day->first + i] = FILL_OURS;
		}
	}
	if (rc == 1) {
		day->tied = true;
		fill_mark(day, METHOD_DAY_TOTAL);
		rc = fill_estimate(fill, line, day->start_utc, end_of(day),
		    (int64_t)day->count, METHOD_DAY_TOTAL, inputs->bytes, err);
	} else if (rc == 0) {
		rc = left(fill, line, day, fill->why, err);
	}
	free(added);
	free(band);
	return rc;
}

static int
day_total(struct fill *fill, struct fill_line *line, struct fill_day *day,
    const struct estimation_total_rule *rule, struct qf_error *err)
{
	size_t first, end;
	int64_t total;
	struct buf inputs;
	int rc = 0;

	buf_init(&inputs, FILL_TEXT_MAX - 1);
	/* Registers must stand exactly at both ends of the day. */
	if (day->quantity == QUANTITY_KWH &&
	    fill_total(fill, line, day->first, day->first + day->count, &total,
		&first, &end, &inputs) == 1 &&
	    first == day->first && end == day->first + day->count) {
		for (size_t s = first; s < end; s++) {
			total -= line->values[s];
		}
		if (total > 0) {
			rc = spread(fill, line, day, rule, total, &inputs, err);
		}
	}
	buf_release(&inputs);
	return rc;
}

int
fill_tie(struct fill *fill, struct fill_line *line, struct qf_error *err)
{
	for (size_t d = 0; d < line->day_count; d++) {
		struct fill_day *day = &line->days[d];
		const struct estimation_version *version =
		    estimation_at(fill->estimation, day->day);

		if (version == NULL || !is_whole(fill, line, day)) {
			continue;
		}
		if (version->day_total.asked &&
		    day_total(fill, line, day, &version->day_total, err) ==
			-1) {
			return -1;
		}
		if (day->minutes == version->quarters.from_minutes &&
		    day->quantity == QUANTITY_KWH &&
		    quarters(fill, line, day, &version->quarters, err) == -1) {
			return -1;
		}
	}
	return 0;
}
