/* piececode.h - pieces of reads as records of the sorter.
 *
 *	key_length = piececode_key(&piece, key);
 *	data_length = piececode_data(&piece, data);
 *	... sorter_add, sorter_next ...
 *	piececode_decode(&record, &piece);
 *
 * The key sorts by day, channel (by its name) and point; the data are small
 * numbers, seven bits a byte, because a file of a hundred million values goes
 * through a temporary file so.  start_utc and day_count are not in it: they
 * follow from the day.
 */
#ifndef QF_FORMAT_PIECECODE_H
#define QF_FORMAT_PIECECODE_H

#include <stddef.h>

#include "format/piece.h"

struct sorter_record;

#define PIECECODE_KEY_MAX (4 + 1 + ID_MAX)
/* Ten bytes a number, the method, and what is said once. */
#define PIECECODE_DATA_MAX (SERIES_VALUES_MAX * 10 + ID_MAX + 64)

/* Each returns the bytes written. */
size_t piececode_key(
    const struct read_piece *piece, unsigned char key[PIECECODE_KEY_MAX]);
size_t piececode_data(
    const struct read_piece *piece, unsigned char data[PIECECODE_DATA_MAX]);

/* Makes the piece again, but for start_utc and day_count. */
void
piececode_decode(const struct sorter_record *record, struct read_piece *piece);

#endif
