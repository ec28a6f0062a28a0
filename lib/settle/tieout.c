/* tieout.c - bringing energy to a sum that is known (调平).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/tieout.h"

#include <assert.h>
#include <string.h>

#define BANDS_MAX 32
#define PEAK_FIRST 12 /* the hours that take what is left of losses ... */
#define PEAK_LAST 18
#define PEAK_HOUR 14 /* ... and the one that takes the last of it */

static int64_t
power_of_ten(int digits)
{
	int64_t power = 1;

	assert(digits >= 0 && digits <= 18);
	while (digits-- > 0) {
		power *= 10;
	}
	return power;
}

/* a / b, half away from zero; b is positive. */
static int64_t
round_half_up(int64_t a, int64_t b)
{
	int64_t quotient = a / b;
	int64_t rest = a % b;

	assert(b > 0);
	if (rest < 0) {
		rest = -rest;
	}
	if (rest >= b - rest) {
		quotient += a < 0 ? -1 : 1;
	}
	return quotient;
}

void
tieout_first(
    int64_t value, int scale, int decimals, size_t count, int64_t *parts)
{
	int64_t unit = power_of_ten(scale - decimals);
	int64_t each = round_half_up(value, unit * (int64_t)count) * unit;

	assert(count > 0);
	for (size_t i = 1; i < count; i++) {
		parts[i] = each;
		value -= each;
	}
	parts[0] = value;
}

/* total x weight / sum, rounded down, whatever the size of the product. */
static int64_t
share_of(int64_t total, int64_t weight, int64_t sum)
{
	assert(sum > 0 && weight >= 0 && total >= 0);
	return (int64_t)((__extension__(__int128) total * weight) / sum);
}

void
tieout_losses(
    int64_t total, const int64_t *readings, int64_t parts[TIEOUT_HOURS])
{
	int64_t sum = 0, left = total, each;

	assert(total >= 0);
	for (int h = 0; readings != NULL && h < TIEOUT_HOURS; h++) {
		assert(readings[h] >= 0);
		sum += readings[h];
	}
	for (int h = 0; h < TIEOUT_HOURS; h++) {
		parts[h] = sum > 0 ? share_of(total, readings[h], sum)
				   : total / TIEOUT_HOURS;
		left -= parts[h];
	}
	each = left / (PEAK_LAST - PEAK_FIRST + 1);
	for (int h = PEAK_FIRST; h <= PEAK_LAST; h++) {
		parts[h] += each;
		left -= each;
	}
	parts[PEAK_HOUR] += left;
}

/* A band's part over its intervals, one unit more each in order of time. */
static void
spread(int64_t part, const uint8_t *band, size_t count, size_t of,
    size_t intervals, int64_t *added)
{
	int64_t each = part / (int64_t)intervals;
	int64_t left = part % (int64_t)intervals;

	for (size_t i = 0; i < count; i++) {
		if (band[i] == of) {
			added[i] = each + (left > 0);
			left -= left > 0;
		}
	}
	assert(left == 0);
}

int
tieout_day_total(int64_t difference, const int64_t *values, const uint8_t *band,
    size_t count, size_t band_count, size_t flat, int64_t *added,
    struct refusal *refusal)
{
	int64_t kwh[BANDS_MAX] = {0}, part[BANDS_MAX] = {0};
	size_t intervals[BANDS_MAX] = {0};
	int64_t sum = 0, left = difference;

	assert(difference >= 0 && band_count <= BANDS_MAX && flat < band_count);
	memset(added, 0, count * sizeof(*added));
	for (size_t i = 0; i < count; i++) {
		assert(band[i] < band_count);
		kwh[band[i]] += values[i];
		intervals[band[i]]++;
		sum += values[i];
	}
	for (size_t b = 0; b < band_count; b++) {
		if (kwh[b] < 0) {
			return refuse(refusal, REASON_NO_SHARE,
			    "a band has energy below zero");
		}
		part[b] = sum > 0 ? share_of(difference, kwh[b], sum) : 0;
		left -= part[b];
	}
	part[flat] += left;
	if (sum <= 0 || (part[flat] > 0 && intervals[flat] == 0)) {
		return refuse(refusal, REASON_NO_SHARE, "%s",
		    sum <= 0 ? "no band has energy to share by"
			     : "no interval is in the band of the remainder");
	}
	for (size_t b = 0; b < band_count; b++) {
		if (intervals[b] > 0) {
			spread(part[b], band, count, b, intervals[b], added);
		}
	}
	return 0;
}
