/* origin.h - which rows of which batches a day of reads comes from, and which
 * points have reads at all.
 *
 *	struct origin_cursor *cursor;
 *	struct origin origin;
 *
 *	if (origin_of_day(&cursor, ledger, asof, "gate-1", CHANNEL_IMPORT, day,
 *		err) == -1) ...
 *	while ((rc = origin_next(cursor, &origin, err)) == 1) ...
 *	origin_close(cursor);
 */
#ifndef QF_LEDGER_ORIGIN_H
#define QF_LEDGER_ORIGIN_H

#include <stdint.h>

#include "model/series.h"

struct ledger;
struct qf_error;

struct origin {
	int64_t entry, line_no;
	const char *point; /* of origin_points(); else NULL */
};

/* The rows of a point's day and channel up to as-of, oldest first. */
struct origin_cursor;
int
origin_of_day(struct origin_cursor **out, struct ledger *ledger, int64_t asof,
    const char *point, enum channel channel, int32_t day, struct qf_error *err);

/* Each point that has interval reads in [first_day, end_day), register reads
 * in [from_utc, to_utc] or sessions that end in [from_utc, to_utc), in order;
 * with the entry and line of one row that says so. */
int origin_points(struct origin_cursor **out, struct ledger *ledger,
    int64_t asof, int32_t first_day, int32_t end_day, int64_t from_utc,
    int64_t to_utc, struct qf_error *err);

int origin_next(
    struct origin_cursor *cursor, struct origin *out, struct qf_error *err);
void origin_close(struct origin_cursor *cursor);

#endif
