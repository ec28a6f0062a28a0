/* gather.h - pieces of days put together and in order.
 *
 *	struct gather *gather = gather_new(
 *	    &source, GATHER_IN_ORDER, zone, faults);
 *
 *	while ((rc = gather_next(gather, &day, err)) == 1)
 *		... day->reads, sorted by day, channel and point ...
 *	if (rc == -1 && gather_disordered(gather))
 *		... once more from the start, with GATHER_SORTED ...
 *	gather_free(gather);
 *
 * The ledger is fastest when it is given a file's days in the order of its
 * index.  Most files are in that order, so it is tried first and costs
 * nothing; one that is not is sorted through temporary files.
 *
 * Two rows of one interval: with the same content the second is repeated; with
 * other content both are faults (read-duplicate), each naming the other's
 * line, and neither is handed out.
 *
 * Ownership: everything given is borrowed; a day is valid, and the caller's to
 * change, until the next call.
 */
#ifndef QF_FORMAT_GATHER_H
#define QF_FORMAT_GATHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "model/series.h"

struct faults;
struct gather;
struct read_source;
struct zone;

enum gather_mode { GATHER_IN_ORDER, GATHER_SORTED };

struct gather_day {
	struct series_day *reads;
	size_t rows; /* of the file that state it */
	const size_t *lines; /* of each interval, 0 where none */
};

struct gather *gather_new(const struct read_source *source,
    enum gather_mode mode, const struct zone *zone, struct faults *faults);
void gather_free(struct gather *gather);

/* 1 with the next day, 0 at the end, -1 on failure. */
int gather_next(
    struct gather *gather, struct gather_day **out, struct qf_error *err);

/* True where gather_next failed because the file is not in order. */
bool gather_disordered(const struct gather *gather);

/* Rows that repeated what another row of the file says. */
uint64_t gather_repeated(const struct gather *gather);

/* Rows of the file that state what is left in the day, which the ledger may
 * have taken values out of. */
size_t gather_rows(const struct gather_day *day);

/* All rows of the day fall for one reason, which the ledger gave; column may
 * be NULL. */
int gather_refuse(struct gather *gather, const struct gather_day *day,
    const char *column, const struct qf_error *fault, struct qf_error *err);

#endif
