/* split.h - dividing an amount so that the parts add up to it.
 *
 * Across parties: the method of the largest remainder (Hamilton).  Along
 * time: rounding with the remainder carried to the next interval.
 *
 *	int64_t fen[3];
 *
 *	if (split_largest_remainder(10000, weights, 3, fen, err) == -1)
 *		...
 *
 * All arithmetic is exact; the only rounding is the one named.
 *
 * Errors: QF_DATA; the results are then unchanged.
 */
#ifndef QF_BASE_SPLIT_H
#define QF_BASE_SPLIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"
#include "base/status.h"

/* Divides total ticks (such as minor units) over count weights.  Each part is
 * its quota total * weight / sum of weights rounded down or up, and the parts
 * add up to total exactly.  The ticks left after rounding down go to the
 * largest remainders; ties go to the larger weight, then to the lower index,
 * so the caller sorts by a stable id first.  A negative total is divided as
 * |total| and negated.  Never more than a weight of whole ticks when total is
 * at most the sum of the weights.  That a larger total can make one part
 * smaller (the Alabama paradox) is accepted.
 *
 * Codes: split-weight (a negative weight), split-no-weight (all weights 0, or
 * count 0, even when total is 0: nothing says who gets it). */
int split_largest_remainder(int64_t total, const struct dec *weights,
    size_t count, int64_t *ticks, struct qf_error *err);

/* The same for weights that are integers. */
int split_largest_remainder_int(int64_t total, const int64_t *weights,
    size_t count, int64_t *ticks, struct qf_error *err);

/* One step of rounding along time: out = in + carry rounded to scale by mode,
 * and carry = what that left over.  carry starts as 0 and is kept from one
 * interval (or period) to the next in time order; the sum of all outs and
 * the last carry is exactly the sum of all ins. */
void split_carry(struct dec *out, const struct dec *in, struct dec *carry,
    int scale, enum dec_mode mode);

/* Divides total over count equal intervals in time order, each total / count
 * plus the carry (kept as an exact fraction), rounded to scale by mode.  The
 * parts add up to total.  parts are count initialised decs; total is
 * none of them.
 *
 * Codes: split-inexact (total is not a multiple of 10^-scale), split-no-weight
 * (count 0). */
int split_carry_equal(const struct dec *total, size_t count, int scale,
    enum dec_mode mode, struct dec *parts, struct qf_error *err);

#endif
