/* read_row.h - rows of read_day as days of values, and how they add up.
 *
 * Internal.  Both the taking in of reads and the reading of them see a day
 * through this: what its rows say together.
 */
#ifndef QF_LEDGER_READ_ROW_H
#define QF_LEDGER_READ_ROW_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/digits.h"
#include "base/status.h"
#include "model/series.h"

/* What read_row_decode() wants, from some column on. */
#define READ_ROW_COLUMNS                                                 \
	"entry, line, start_utc, minutes, quantity, side, scale, vals, " \
	"quality, method"

/* Fills all of *out but day, channel and point; QF_IO ledger-corrupt where a
 * row is not as we write them. */
int read_row_decode(struct series_day *out, sqlite3_stmt *stmt, int column,
    struct qf_error *err);

/* True where the two have intervals that can be compared one by one: the same
 * minutes, quantity and side, on one grid. */
bool
read_row_same_shape(const struct series_day *a, const struct series_day *b);

/* Lays a newer row over the day: interval by interval, or in its place where
 * its shape is another. */
int read_row_merge(struct series_day *day, const struct series_day *newer,
    struct qf_error *err);

/* Brings the values to a larger scale; QF_DATA read-range where one does not
 * fit. */
int read_row_rescale(struct series_day *day, int scale, struct qf_error *err);

/* Brings the values to the smallest scale that holds them all. */
void read_row_trim(struct series_day *day);

#define READ_ROW_TEXT_MAX (2 + SERIES_VALUES_MAX * 21 + DIGITS_MAX)

/* Writes the values as a JSON array; returns its length. */
size_t read_row_format(const struct series_day *day, char *text);

#endif
