/* dec.h - exact decimal numbers.
 *
 * A dec is an integer with a scale: 1.10 is {110, 2} and stays so.  Sums,
 * differences and products are exact at the scale they need; nothing rounds
 * unless the caller names a scale and a mode.
 *
 *	struct dec price = {0}, energy = {0}, sum = {0};
 *	char text[DEC_TEXT_MAX];
 *
 *	if (dec_parse(&price, "0.5180", 6, err) == -1)
 *		goto out;
 *	dec_set_int(&energy, 12500, 3);
 *	dec_add_product(&sum, &energy, &price);
 *	dec_round(&sum, &sum, 2, DEC_HALF_UP);
 *	dec_format(&sum, text, sizeof(text));
 * out:
 *	dec_release(&sum);
 *	...
 *
 * Ownership: a struct that is all zero, or that dec_init() set, is a valid 0
 * of scale 0.  dec_release() frees what it holds and makes it 0 again.  A dec
 * must not be copied by assignment unless the source is then forgotten (a
 * move); dec_set() copies.  Any result may be the same object as any operand.
 *
 * Small values (a mantissa of 64 bits) are held inline; others go to GMP,
 * which is not visible to the caller.  Mantissas have no limit but memory;
 * the text read by dec_parse() has (DEC_DIGITS_MAX, DEC_SCALE_MAX), so what
 * is computed from it is bounded by the length of the formula.
 *
 * Errors: QF_DATA with the offending text; *out is then unchanged.
 */
#ifndef QF_BASE_DEC_H
#define QF_BASE_DEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define DEC_DIGITS_MAX 38 /* digits that dec_parse() takes */
#define DEC_SCALE_MAX 20 /* digits after the point that it takes */
#define DEC_SCALE_TOP 1000 /* a scale above this is our own mistake */
#define DEC_TEXT_MAX 256 /* a buffer that holds what we ever format */

struct dec {
	int64_t small; /* mantissa, when big is NULL */
	void *big; /* GMP mantissa, exactly when it has over 64 bits */
	int32_t scale; /* digits after the point, 0..DEC_SCALE_TOP */
};

/* A constant: struct dec vat = DEC_SMALL(13, 2) is 0.13. */
#define DEC_SMALL(mantissa, digits)                                 \
	{                                                           \
		.small = (mantissa), .big = NULL, .scale = (digits) \
	}

/* How to round; the rule documents name modes by dec_mode_name(). */
enum dec_mode {
	DEC_HALF_UP, /* "half-up": nearest, ties away from zero, 四舍五入 */
	DEC_HALF_EVEN, /* "half-even": nearest, ties to the even digit */
	DEC_DOWN, /* "down": toward zero */
	DEC_UP, /* "up": away from zero */
	DEC_CEILING, /* "ceiling": toward plus infinity */
	DEC_FLOOR, /* "floor": toward minus infinity */
};

/* Finds a mode by name; true when there is one. */
bool dec_mode_parse(const char *name, enum dec_mode *mode);

/* The name of a mode, such as "half-up". */
const char *dec_mode_name(enum dec_mode mode);

/* Makes d a 0 of scale 0; for memory that is not zeroed. */
void dec_init(struct dec *d);

/* Frees what d holds; d is then a 0 of scale 0.  Harmless when repeated. */
void dec_release(struct dec *d);

/* Copies a value with its scale. */
void dec_set(struct dec *out, const struct dec *in);

/* Sets mantissa / 10^scale: dec_set_int(d, 110, 2) is 1.10. */
void dec_set_int(struct dec *out, int64_t mantissa, int scale);

/* Reads -?(0|[1-9][0-9]*)(\.[0-9]+)? and nothing else, from exactly length
 * bytes.  The scale is the number of digits written after the point; "-0.0"
 * is 0.0.  Codes: decimal-fullwidth (a full-width digit, sign or point),
 * decimal-exponent, decimal-digits (over DEC_DIGITS_MAX digits or
 * DEC_SCALE_MAX after the point), decimal-syntax (anything else). */
int dec_parse(
    struct dec *out, const char *text, size_t length, struct qf_error *err);

/* The same for a number that dec_format() wrote and the ledger kept: it may
 * have more digits, since it was computed from several that were read. */
int dec_parse_stored(
    struct dec *out, const char *text, size_t length, struct qf_error *err);

/* The same grammar for the hot loop of reading files: true, with the value as
 * mantissa / 10^scale, when it has at most 18 digits; else false, and the
 * caller asks dec_parse(), which also says what is wrong.  Results are
 * unchanged when false. */
bool
dec_parse_small(const char *text, size_t length, int64_t *mantissa, int *scale);

/* Writes the value with exactly its scale: "1.10", "-0.5", "0".  Never an
 * exponent, never "-0".  Returns the length.  A buffer of DEC_TEXT_MAX holds
 * every value made of a few parsed ones; one that is too small is our own
 * mistake (BUG), since a number cut short is a wrong number. */
size_t dec_format(const struct dec *d, char *buffer, size_t size);

/* The same without trailing zeros after the point: 1.10 and 1.1 both give
 * "1.1", 2.00 gives "2".  The canonical text for keys and digests. */
size_t dec_format_trim(const struct dec *d, char *buffer, size_t size);

/* out = a + b, a - b: exact, at the larger scale. */
void dec_add(struct dec *out, const struct dec *a, const struct dec *b);
void dec_sub(struct dec *out, const struct dec *a, const struct dec *b);

/* out = a * b: exact, at the sum of the scales. */
void dec_mul(struct dec *out, const struct dec *a, const struct dec *b);

/* out = a * factor, at the scale of a. */
void dec_mul_int(struct dec *out, const struct dec *a, int64_t factor);

/* The general case of dec_add_product(); call that one. */
void
dec_add_product_any(struct dec *sum, const struct dec *a, const struct dec *b);

/* sum += a * b: exact, at the larger of the scales of sum and product.  The
 * hot operation of rating, so its usual case is inline. */
static inline void
dec_add_product(struct dec *sum, const struct dec *a, const struct dec *b)
{
	int64_t product, total;

	if (sum->big == NULL && a->big == NULL && b->big == NULL &&
	    sum->scale == a->scale + b->scale &&
	    !__builtin_mul_overflow(a->small, b->small, &product) &&
	    !__builtin_add_overflow(sum->small, product, &total)) {
		sum->small = total;
		return;
	}
	dec_add_product_any(sum, a, b);
}

/* out = -in, |in|, at the same scale. */
void dec_neg(struct dec *out, const struct dec *in);
void dec_abs(struct dec *out, const struct dec *in);

/* Compares values, whatever their scales: -1, 0 or 1. */
int dec_cmp(const struct dec *a, const struct dec *b);

/* -1, 0 or 1. */
int dec_sign(const struct dec *d);
bool dec_is_zero(const struct dec *d);

/* The value at the given scale (0..DEC_SCALE_TOP): rounded by mode when that
 * is smaller than the scale of in, padded with zeros when it is larger. */
void
dec_round(struct dec *out, const struct dec *in, int scale, enum dec_mode mode);

/* out = a / b rounded once, to the given scale.  b must not be 0 (BUG): the
 * caller knows what a missing divisor means to its rule. */
void dec_div(struct dec *out, const struct dec *a, const struct dec *b,
    int scale, enum dec_mode mode);

/* The same value at the smallest scale that holds it: 1.10 becomes 1.1. */
void dec_trim(struct dec *out, const struct dec *in);

/* The exact integer d * 10^scale, for example minor units at scale 2.  Codes:
 * decimal-inexact when digits would be lost, decimal-range when it does not
 * fit in 64 bits. */
int dec_to_int64(
    const struct dec *d, int scale, int64_t *out, struct qf_error *err);

#endif
