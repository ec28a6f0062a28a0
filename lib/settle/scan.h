/* scan.h - interval values added up and held against a limit.
 *
 * The values of a stretch are integers of one unit, of which one is `kwh60`
 * sixtieths of a kWh: so mean power times minutes stays exact.  What is asked
 * of each is asked in that unit, and a decimal is made only of what comes out.
 *
 *	scan_unit(&kwh60, QUANTITY_KW, 15, 3, NULL);
 *	most = scan_limit(&kw, 15, &kwh60);
 *	while (i < count)
 *		i = scan_values(&scan, values, i, count, most);
 *
 * SERIES_NULL is no value.
 */
#ifndef QF_SETTLE_SCAN_H
#define QF_SETTLE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"
#include "model/series.h"

#define SCAN_NO_LIMIT INT64_MAX

struct scan {
	int64_t sum;
	size_t count; /* that have a value */
	size_t above; /* of them, those above the limit */
	size_t first, last; /* of those above */
	int64_t most; /* the largest of those above */
};

/* kWh x 60 of the value 1 at a scale; of a register, of what it counted.
 * multiplier NULL: as delivered. */
void scan_unit(struct dec *kwh60, enum quantity quantity, int minutes,
    int scale, const struct dec *multiplier);

/* The largest value whose mean power is not above kw, which is not negative;
 * SCAN_NO_LIMIT where none is. */
int64_t scan_limit(const struct dec *kw, int minutes, const struct dec *kwh60);

/* Looks at values[from, to) and returns where it stopped: `to`, or before the
 * value with which the sum would leave 64 bits. */
size_t scan_values(struct scan *out, const int64_t *values, size_t from,
    size_t to, int64_t limit);

/* *out = end - start of one scale; where that is negative, and the register
 * has turned over, 10^digits more.  False where 64 bits do not hold it. */
bool scan_difference(
    int64_t *out, int64_t start, int64_t end, int digits, int scale);

#endif
