/* factcsv.h - CSV rows as facts, by the format's table of columns.
 *
 *	struct factcsv *facts = factcsv_new(reader, format, zone, faults);
 *
 *	while ((rc = factcsv_next(facts, &fact, err)) == 1)
 *		facts_append(entry, fact, ...);
 *	factcsv_free(facts);
 *
 * A row with faults is not handed out: all its faults go to `faults`, by line
 * and column.  Codes: fact-empty, fact-id, fact-fullwidth, fact-text,
 * fact-word, fact-options, fact-negative, fact-integer; those of instant.h, and
 * of decimals, dates and rows in dec.h, civil.h and csv.h.  Each value is sound
 * by itself then; what must hold between them is the ledger's to say.
 *
 * Ownership: everything given is borrowed; a fact and its texts are valid
 * until the next call.
 */
#ifndef QF_FORMAT_FACTCSV_H
#define QF_FORMAT_FACTCSV_H

#include <stdint.h>

#include "base/status.h"
#include "model/fact.h"

struct csv_reader;
struct factcsv;
struct faults;
struct zone;

/* The reader's header must be the format's. */
struct factcsv *
factcsv_new(struct csv_reader *reader, const struct fact_format *format,
    const struct zone *zone, struct faults *faults);
void factcsv_free(struct factcsv *facts);

/* 1 with the next sound fact, 0 at the end, -1 where the file is at fault. */
int factcsv_next(
    struct factcsv *facts, const struct fact **out, struct qf_error *err);

#endif
