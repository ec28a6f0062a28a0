/* ratio.h - exact fractions.
 *
 * What a decimal cannot hold: a third of a sum, a kW over twenty minutes, a
 * baseline that is the mean of seven days.  Nothing rounds but ratio_round()
 * and ratio_decimal().
 *
 *	struct ratio mean = {0};
 *	struct dec kwh = {0};
 *
 *	ratio_set_dec(&mean, &sum);
 *	ratio_div_int(&mean, &mean, 7);
 *	ratio_round(&kwh, &mean, 4, DEC_HALF_UP);
 *	ratio_release(&mean);
 *
 * Ownership: a struct that is all zero is a valid 0.  ratio_release() frees
 * what it holds and makes it 0 again.  A ratio must not be copied by
 * assignment unless the source is then forgotten (a move); ratio_set() copies.
 * Any result may be the same object as any operand.
 *
 * A fraction is held by GMP in lowest terms, which is not visible to the
 * caller.  Dividing by 0 is our own mistake (BUG): the caller knows what a
 * missing divisor means to its rule.
 */
#ifndef QF_BASE_RATIO_H
#define QF_BASE_RATIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"

#define RATIO_TEXT_MAX 512 /* a buffer that holds what we ever format */
#define RATIO_DIGITS 12 /* after the point, of what is no finite decimal */

struct ratio {
	void *q; /* GMP fraction; NULL: 0 */
};

/* Frees what r holds; r is then 0.  Harmless when repeated. */
void ratio_release(struct ratio *r);

void ratio_set(struct ratio *out, const struct ratio *in);
/* number / of; of must not be 0 (BUG). */
void ratio_set_int(struct ratio *out, int64_t number, int64_t of);
void ratio_set_dec(struct ratio *out, const struct dec *in);
/* mantissa / 10^scale, as dec_set_int(). */
void ratio_set_ticks(struct ratio *out, int64_t mantissa, int scale);

void ratio_add(struct ratio *out, const struct ratio *a, const struct ratio *b);
void ratio_sub(struct ratio *out, const struct ratio *a, const struct ratio *b);
void ratio_mul(struct ratio *out, const struct ratio *a, const struct ratio *b);
/* out = a / b; b must not be 0 (BUG). */
void ratio_div(struct ratio *out, const struct ratio *a, const struct ratio *b);
void ratio_neg(struct ratio *out, const struct ratio *in);
void ratio_abs(struct ratio *out, const struct ratio *in);

/* The same with a decimal, or an integer, on the right. */
void
ratio_add_dec(struct ratio *out, const struct ratio *a, const struct dec *b);
void
ratio_sub_dec(struct ratio *out, const struct ratio *a, const struct dec *b);
void
ratio_mul_dec(struct ratio *out, const struct ratio *a, const struct dec *b);
void ratio_mul_int(struct ratio *out, const struct ratio *a, int64_t b);
void ratio_div_int(struct ratio *out, const struct ratio *a, int64_t b);

/* -1, 0 or 1. */
int ratio_cmp(const struct ratio *a, const struct ratio *b);
int ratio_cmp_dec(const struct ratio *a, const struct dec *b);
int ratio_sign(const struct ratio *r);

/* The smaller, the larger. */
void ratio_min(struct ratio *out, const struct ratio *a, const struct ratio *b);
void ratio_max(struct ratio *out, const struct ratio *a, const struct ratio *b);
/* in, but not below low nor above high; low <= high. */
void ratio_clamp(struct ratio *out, const struct ratio *in,
    const struct ratio *low, const struct ratio *high);

/* The value at the scale (0..DEC_SCALE_TOP), rounded once. */
void ratio_round(
    struct dec *out, const struct ratio *in, int scale, enum dec_mode mode);

/* The value as a decimal without trailing zeros, exact where it ends (and has
 * at most 60 digits after the point): true.  Otherwise false, and RATIO_DIGITS
 * digits cut toward 0, but with a last digit of 1 or 6 in place of 0 or 5:
 * what rounds this number to fewer digits gets what rounding the fraction
 * itself gives. */
bool ratio_decimal(struct dec *out, const struct ratio *in);

/* Whole numbers in the same ratio to each other: all times the least common
 * multiple of what they are over.  1/2 and 1/3 become 3 and 2. */
void ratio_whole(struct dec *out, const struct ratio *in, size_t count);

/* "7/3", "-1/8", "5": lowest terms.  Returns the length.  A buffer that is too
 * small is our own mistake (BUG). */
size_t ratio_format(const struct ratio *r, char *buffer, size_t size);

#endif
