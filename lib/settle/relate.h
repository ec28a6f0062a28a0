/* relate.h - energy of points that stand behind each other.
 *
 * Per interval.  A point that is only the sum of children has the sum of their
 * imports and, apart from it, the sum of their exports.  A point with deducted
 * children has net = own (import - export) - the children's (import - export),
 * and of that import is what is above zero and export what is below.
 *
 * Series are brought to a common grid first: the coarsest of their
 * resolutions, or the next that all divide; and to the finest unit.
 *
 *	relate_add(&sum, &child, +1, from_utc, to_utc, &refusal);
 *	relate_net(&import, &export, from_utc, to_utc, &refusal);
 */
#ifndef QF_SETTLE_RELATE_H
#define QF_SETTLE_RELATE_H

#include "settle/energy.h"

/* The minutes of a grid that both resolutions divide; at most 60 where both
 * divide 60. */
int relate_grid(int a_minutes, int b_minutes);

/* out = in with intervals of so many minutes.  A gap in a part is a gap of
 * the whole.  1: relation-resolution where a day cannot be cut so. */
int relate_coarsen(struct energy_series *out, const struct energy_series *in,
    int minutes, struct refusal *refusal);

/* A series of `count` days from first_day with intervals of so many minutes,
 * all missing: what sums start from. */
void relate_blank(struct energy_series *out, const struct zone *zone,
    int32_t first_day, int32_t end_day, int minutes);

/* Makes the missing intervals of [from_utc, to_utc) 0. */
void relate_open(struct energy_series *sum, int64_t from_utc, int64_t to_utc);

/* sum += sign x part in [from_utc, to_utc); both on one grid.  Days that only
 * the sum has become gaps; gaps of the sum stay.  1: relation-resolution,
 * edge-in-interval, value-range. */
int relate_add(struct energy_series *sum, struct energy_series *part, int sign,
    int64_t from_utc, int64_t to_utc, struct refusal *refusal);

/* Nets two series of the same days in [from_utc, to_utc): import =
 * max(import - export, 0), export = max(export - import, 0).  Doing it twice
 * changes nothing. */
int relate_net(struct energy_series *import, struct energy_series *export,
    int64_t from_utc, int64_t to_utc, struct refusal *refusal);

/* out = in. */
void relate_copy(struct energy_series *out, const struct energy_series *in);

#endif
