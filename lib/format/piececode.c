/* piececode.c - pieces of reads as records of the sorter.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/piececode.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "base/sorter.h"

#define DAY_BIAS 0x80000000u /* days before 1970 come first */

/* The channels in the order of their names. */
static const enum channel by_name[CHANNELS] = {CHANNEL_EXPORT,
    CHANNEL_EXPORT_REACTIVE, CHANNEL_IMPORT, CHANNEL_IMPORT_REACTIVE};

static unsigned char
rank(enum channel channel)
{
	unsigned char i;

	for (i = 0; i < CHANNELS; i++) {
		if (by_name[i] == channel) {
			return i;
		}
	}
	BUG("channel %d", (int)channel);
}

/* Seven bits a byte, the lowest first; the high bit says that more follow. */
static unsigned char *
put(unsigned char *p, uint64_t number)
{
	while (number >= 0x80) {
		*p++ = (unsigned char)(number | 0x80);
		number >>= 7;
	}
	*p++ = (unsigned char)number;
	return p;
}

static const unsigned char *
get(const unsigned char *p, uint64_t *number)
{
	unsigned shift = 0;

	*number = 0;
	while ((*p & 0x80) != 0) {
		*number |= (uint64_t)(*p++ & 0x7f) << shift;
		shift += 7;
		assert(shift < 64);
	}
	*number |= (uint64_t)*p++ << shift;
	return p;
}

size_t
piececode_key(
    const struct read_piece *piece, unsigned char key[PIECECODE_KEY_MAX])
{
	uint32_t day = htobe32((uint32_t)piece->day ^ DAY_BIAS);

	memcpy(key, &day, sizeof(day));
	key[4] = rank(piece->channel);
	memcpy(key + 5, piece->point, piece->point_length);
	return 5 + piece->point_length;
}

size_t
piececode_data(
    const struct read_piece *piece, unsigned char data[PIECECODE_DATA_MAX])
{
	size_t method_length = strlen(piece->method), i;
	unsigned char *p = data;

	*p++ = (unsigned char)piece->quality;
	*p++ = (unsigned char)piece->scale;
	*p++ = (unsigned char)piece->line_step;
	*p++ = (unsigned char)piece->minutes;
	*p++ = (unsigned char)piece->quantity;
	*p++ = (unsigned char)piece->side;
	*p++ = (unsigned char)method_length;
	memcpy(p, piece->method, method_length);
	p += method_length;
	p = put(p, piece->line_no);
	p = put(p, piece->first);
	p = put(p, piece->count);
	for (i = 0; i < piece->count; i++) {
		assert(
		    piece->values[i] == SERIES_NULL || piece->values[i] >= 0);
		p = put(p, piece->values[i] == SERIES_NULL
			       ? 0
			       : (uint64_t)piece->values[i] + 1);
	}
	assert(p <= data + PIECECODE_DATA_MAX);
	return (size_t)(p - data);
}

static const unsigned char *
get_size(const unsigned char *p, size_t *size)
{
	uint64_t number;

	p = get(p, &number);
	*size = (size_t)number;
	return p;
}

void
piececode_decode(const struct sorter_record *record, struct read_piece *piece)
{
	const unsigned char *key = record->key, *p = record->data;
	size_t method_length, i;
	uint64_t number;
	uint32_t day;

	assert(
	    record->key_length >= 5 && record->key_length <= PIECECODE_KEY_MAX);
	memcpy(&day, key, sizeof(day));
	piece->day = (int32_t)(be32toh(day) ^ DAY_BIAS);
	piece->channel = by_name[key[4]];
	piece->point_length = record->key_length - 5;
	memcpy(piece->point, key + 5, piece->point_length);
	piece->point[piece->point_length] = '\0';
	piece->quality = (char)*p++;
	piece->scale = *p++;
	piece->line_step = *p++;
	piece->minutes = *p++;
	piece->quantity = (enum quantity) * p++;
	piece->side = (enum side) * p++;
	method_length = *p++;
	memcpy(piece->method, p, method_length);
	piece->method[method_length] = '\0';
	p += method_length;
	p = get_size(p, &piece->line_no);
	p = get_size(p, &piece->first);
	p = get_size(p, &piece->count);
	assert(piece->count <= SERIES_VALUES_MAX);
	for (i = 0; i < piece->count; i++) {
		p = get(p, &number);
		piece->values[i] =
		    number == 0 ? SERIES_NULL : (int64_t)(number - 1);
	}
	assert(p == (const unsigned char *)record->data + record->data_length);
}
