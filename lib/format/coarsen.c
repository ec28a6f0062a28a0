/* coarsen.c - energies of short intervals summed into longer ones.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/coarsen.h"

#include <string.h>

/* The sum of so many values from one on: false where one is not there or the
 * sum is too large. */
static bool
sum(const int64_t *values, size_t count, int64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < count; i++) {
		if (values[i] == SERIES_NULL ||
		    __builtin_add_overflow(*out, values[i], out)) {
			return false;
		}
	}
	return true;
}

/* How many of the old intervals make a new one; 0 where none do. */
static size_t
parts_of(int old_minutes, int minutes)
{
	if (minutes <= old_minutes || minutes % old_minutes != 0) {
		return 0;
	}
	return (size_t)(minutes / old_minutes);
}

bool
coarsen_piece(struct read_piece *piece, int minutes)
{
	size_t parts = parts_of(piece->minutes, minutes), count, i;
	int64_t sums[SERIES_VALUES_MAX];

	if (parts == 0 || piece->quantity != QUANTITY_KWH ||
	    piece->quality == QUALITY_WITHDRAWN || piece->first % parts != 0 ||
	    piece->count % parts != 0 || piece->day_count % parts != 0) {
		return false;
	}
	count = piece->count / parts;
	for (i = 0; i < count; i++) {
		if (!sum(piece->values + i * parts, parts, &sums[i])) {
			return false;
		}
	}
	memcpy(piece->values, sums, count * sizeof(*sums));
	piece->minutes = minutes;
	piece->first /= parts;
	piece->count = count;
	piece->day_count /= parts;
	piece->line_step *= parts;
	return true;
}

/* The quality of all of a longer interval; NUL where it has several. */
static char
quality_of(const char *quality, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (quality[i] != quality[0]) {
			return '\0';
		}
	}
	return quality[0] == QUALITY_WITHDRAWN ? '\0' : quality[0];
}

bool
coarsen_day(struct series_day *day, size_t *lines, int minutes)
{
	size_t parts = parts_of(day->minutes, minutes), count, i;
	int64_t sums[SERIES_VALUES_MAX];
	char quality;

	if (parts == 0 || day->quantity != QUANTITY_KWH ||
	    day->count % parts != 0) {
		return false;
	}
	count = day->count / parts;
	for (i = 0; i < count; i++) {
		quality = quality_of(day->quality + i * parts, parts);
		sums[i] = SERIES_NULL;
		if (quality == '\0' ||
		    (quality != QUALITY_NONE &&
			!sum(day->values + i * parts, parts, &sums[i]))) {
			return false;
		}
	}
	for (i = 0; i < count; i++) {
		day->values[i] = sums[i];
		day->quality[i] = day->quality[i * parts];
		lines[i] = lines[i * parts];
	}
	day->quality[count] = '\0';
	day->count = count;
	day->minutes = minutes;
	return true;
}
