/* readscsv.h - interval reads in CSV, long and wide, as pieces of days.
 *
 *	struct readscsv *reads;
 *
 *	reads = readscsv_new(csv, &kind, &declaration, zone, faults);
 *	while ((rc = readscsv_next(reads, &piece, err)) == 1)
 *		... gather.h puts pieces together ...
 *	readscsv_free(reads);
 *
 * A piece is what one row of a wide file, or one or more rows on following
 * lines of a long one, say of one point, channel and local day.  Values are in
 * the smallest scale that holds them; intervals are counted from the start of
 * the local day.
 *
 * Rows with faults are not handed out and go to `faults`.  Codes: fact-id,
 * read-channel, read-quality, read-method, read-value (a value that is
 * withdrawn), read-negative, read-scale, read-range, read-end-of-day, read-grid
 * (a time that is not on the grid of the intervals), read-width (columns that
 * are not that day's intervals), and those of instant.h, and of decimals, dates
 * and rows in dec.h, civil.h and csv.h.
 *
 * Ownership: everything given is borrowed; a piece is valid until the next
 * call.
 */
#ifndef QF_FORMAT_READSCSV_H
#define QF_FORMAT_READSCSV_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "model/contract.h"
#include "model/series.h"

struct csv_reader;
struct declaration;
struct faults;
struct readscsv;
struct sniff;
struct zone;

struct read_piece {
	int32_t day;
	enum channel channel;
	char point[ID_MAX + 1];
	size_t point_length;
	int64_t start_utc; /* of the local day */
	size_t day_count; /* intervals of that day */
	size_t first; /* interval of values[0] */
	size_t count; /* 1 or more */
	size_t line_no; /* of values[0] */
	size_t line_step; /* 0: one line has them all; 1: each the next */
	char quality; /* QUALITY_MEASURED ... */
	char method[ID_MAX + 1];
	int scale; /* the smallest, once the piece is handed out */
	int needed; /* the smallest scale that holds the values so far */
	/* SERIES_NULL where nothing is said, and where withdrawn. */
	int64_t values[SERIES_VALUES_MAX];
};

struct readscsv *readscsv_new(struct csv_reader *reader,
    const struct sniff *kind, const struct declaration *declaration,
    const struct zone *zone, struct faults *faults);
void readscsv_free(struct readscsv *reads);

/* 1 with the next piece, 0 at the end, -1 where the file is at fault. */
int readscsv_next(struct readscsv *reads, const struct read_piece **out,
    struct qf_error *err);

/* Where a local day starts, and how many intervals it has; remembered. */
void readscsv_day(
    struct readscsv *reads, int32_t day, int64_t *start_utc, size_t *count);

#endif
