/* piece.c - values put into pieces of days, in one scale.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/piece.h"

#include <assert.h>

static const int64_t powers[] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

bool
piece_scale_value(struct read_value *value, int power)
{
	int64_t mantissa;

	for (; power > 0; power--) {
		if (value->scale > 0) {
			value->scale--;
		} else if (__builtin_mul_overflow(
			       value->value, 10, &value->value)) {
			return false;
		}
	}
	for (; power < 0; power++) {
		value->scale++;
	}
	value->needed = value->scale;
	for (mantissa = value->value; value->needed > 0 && mantissa % 10 == 0;
	     mantissa /= 10) {
		value->needed--;
	}
	while (
	    value->scale > SERIES_SCALE_MAX && value->scale > value->needed) {
		value->value /= 10;
		value->scale--;
	}
	return value->scale <= SERIES_SCALE_MAX;
}

/* Brings the values so far to a larger scale; false where one is too large. */
static bool
enlarge_scale(struct read_piece *piece, int scale)
{
	int64_t factor = powers[scale - piece->scale];
	size_t i;

	for (i = 0; i < piece->count; i++) {
		if (piece->values[i] != SERIES_NULL &&
		    __builtin_mul_overflow(
			piece->values[i], factor, &piece->values[i])) {
			return false;
		}
	}
	piece->scale = scale;
	return true;
}

/* Adds a value after those of the piece; false where the scales of all cannot
 * be held together, with the piece of no more use. */
bool
piece_add_value(struct read_piece *piece, const struct read_value *value)
{
	int64_t scaled = value->value;

	assert(piece->count < SERIES_VALUES_MAX);
	if (value->scale != piece->scale) {
		if (value->scale < piece->scale) {
			if (__builtin_mul_overflow(scaled,
				powers[piece->scale - value->scale], &scaled)) {
				return false;
			}
		} else if (!enlarge_scale(piece, value->scale)) {
			return false;
		}
	}
	piece->values[piece->count++] = scaled;
	if (value->needed > piece->needed) {
		piece->needed = value->needed;
	}
	return true;
}

void
piece_add_null(struct read_piece *piece)
{
	assert(piece->count < SERIES_VALUES_MAX);
	piece->values[piece->count++] = SERIES_NULL;
}

void
piece_settle_scale(struct read_piece *piece)
{
	int64_t divisor = powers[piece->scale - piece->needed];
	size_t i;

	if (divisor == 1) {
		return;
	}
	for (i = 0; i < piece->count; i++) {
		if (piece->values[i] != SERIES_NULL) {
			assert(piece->values[i] % divisor == 0);
			piece->values[i] /= divisor;
		}
	}
	piece->scale = piece->needed;
}
