/* readscsv.h - interval reads in CSV, long and wide, as pieces of days.
 *
 *	struct readscsv *reads;
 *
 *	reads = readscsv_new(csv, &kind, &declaration, zone, faults);
 *	source = readscsv_source(reads);
 *	while ((rc = source.next(source.context, &piece, err)) == 1)
 *		... gather.h puts pieces together ...
 *	readscsv_free(reads);
 *
 * A piece (piece.h) is what one row of a wide file, or one or more rows on
 * following lines of a long one, say.
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
#include "format/piece.h"

struct csv_reader;
struct declaration;
struct faults;
struct readscsv;
struct sniff;
struct zone;

struct readscsv *readscsv_new(struct csv_reader *reader,
    const struct sniff *kind, const struct declaration *declaration,
    const struct zone *zone, struct faults *faults);
void readscsv_free(struct readscsv *reads);

/* As a source for gather.h; next gives 1 with the next piece, 0 at the end, -1
 * where the file is at fault. */
struct read_source readscsv_source(struct readscsv *reads);

#endif
