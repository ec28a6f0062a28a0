/* coarsen.h - energies of short intervals summed into longer ones.
 *
 * A local day of a point and channel has one interval length.  Where a meter
 * changes its own at a midnight that is none of the ledger's, both lengths meet
 * in one local day; the sums of the shorter intervals are then exact, and all
 * that can be kept.
 *
 * Each returns false, with nothing changed, where a longer interval would be of
 * parts that are not all there or not of one quality, where the lengths do not
 * divide, or where a sum has too many digits.
 */
#ifndef QF_FORMAT_COARSEN_H
#define QF_FORMAT_COARSEN_H

#include <stdbool.h>
#include <stddef.h>

#include "format/piece.h"

bool coarsen_piece(struct read_piece *piece, int minutes);

/* lines: of each interval, as gather.h has them. */
bool coarsen_day(struct series_day *day, size_t *lines, int minutes);

#endif
