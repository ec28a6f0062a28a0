/* dec.c - exact decimal numbers: 64-bit mantissas inline, the rest by GMP.
 *
 * Money and energy fit in 64 bits nearly always, so every operation first
 * tries that with 128-bit intermediates, and goes to GMP only where the
 * result or a step on the way does not fit.  The form is canonical: a value
 * is held by GMP exactly when its mantissa does not fit in 64 bits.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/dec.h"

#include <assert.h>
#include <gmp.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

_Static_assert(GMP_NUMB_BITS == 64, "a mantissa is one limb");
_Static_assert(sizeof(long) == 8, "a mantissa is a long");

#define SMALL_POWER_MAX 18 /* the largest power of ten in 64 bits signed */
#define SHOWN_MAX 60 /* digits of a number that a message shows */

/* clang-format off */
static const int64_t powers[SMALL_POWER_MAX + 1] = {
	1, 10, 100,
	1000, 10000, 100000,
	1000000, 10000000, 100000000,
	1000000000, 10000000000, 100000000000,
	1000000000000, 10000000000000, 100000000000000,
	1000000000000000, 10000000000000000, 100000000000000000,
	1000000000000000000,
};
/* clang-format on */

static const char *const mode_names[] = {
    [DEC_HALF_UP] = "half-up",
    [DEC_HALF_EVEN] = "half-even",
    [DEC_DOWN] = "down",
    [DEC_UP] = "up",
    [DEC_CEILING] = "ceiling",
    [DEC_FLOOR] = "floor",
};

#define MODE_COUNT (sizeof(mode_names) / sizeof(mode_names[0]))

/* A GMP integer that only looks at a dec; valid as long as the dec is not
 * changed. */
struct view {
	mpz_t z;
	mp_limb_t limb;
};

static mpz_srcptr
view_dec(struct view *view, const struct dec *d)
{
	int sign = (d->small > 0) - (d->small < 0);

	if (d->big != NULL) {
		return d->big;
	}
	view->limb = (mp_limb_t)d->small;
	if (sign < 0) {
		view->limb = 0 - view->limb;
	}
	return mpz_roinit_n(view->z, &view->limb, sign);
}

static void
drop_big(struct dec *d)
{
	if (d->big != NULL) {
		mpz_clear(d->big);
		free(d->big);
		d->big = NULL;
	}
}

static void
set_small(struct dec *out, int64_t mantissa, int scale)
{
	assert(scale >= 0 && scale <= DEC_SCALE_TOP);
	drop_big(out);
	out->small = mantissa;
	out->scale = scale;
}

/* Gives out a GMP mantissa equal to its value, to be worked on in place and
 * then normalised. */
static mpz_ptr
make_big(struct dec *out)
{
	if (out->big == NULL) {
		out->big = xmalloc(sizeof(mpz_t));
		mpz_init_set_si(out->big, out->small);
		out->small = 0;
	}
	return out->big;
}

/* Back to the inline form where that is possible. */
static void
normalise(struct dec *out)
{
	if (out->big != NULL && mpz_fits_slong_p(out->big)) {
		int64_t mantissa = mpz_get_si(out->big);

		drop_big(out);
		out->small = mantissa;
	}
}

/* Takes the value of z, which is left as rubbish to be cleared. */
static void
take_mpz(struct dec *out, mpz_ptr z, int scale)
{
	assert(scale >= 0 && scale <= DEC_SCALE_TOP);
	mpz_swap(make_big(out), z);
	out->scale = scale;
	normalise(out);
}

static void
set_int128(struct dec *out, int128 value, int scale)
{
	uint128 magnitude = value < 0 ? 0 - (uint128)value : (uint128)value;
	mp_limb_t limbs[2];
	mpz_t z;

	assert(scale >= 0 && scale <= DEC_SCALE_TOP);
	if (value >= INT64_MIN && value <= INT64_MAX) {
		set_small(out, (int64_t)value, scale);
		return;
	}
	limbs[0] = (mp_limb_t)magnitude;
	limbs[1] = (mp_limb_t)(magnitude >> 64);
	mpz_set(make_big(out), mpz_roinit_n(z, limbs, value < 0 ? -2 : 2));
	out->scale = scale;
	normalise(out);
}

/* z = z * 10^power */
static void
scale_up_mpz(mpz_ptr z, int power)
{
	mpz_t factor;

	assert(power >= 0);
	if (power <= SMALL_POWER_MAX) {
		mpz_mul_si(z, z, powers[power]);
		return;
	}
	mpz_init(factor);
	mpz_ui_pow_ui(factor, 10, (unsigned long)power);
	mpz_mul(z, z, factor);
	mpz_clear(factor);
}

/* The mantissa at a larger scale, in a new GMP integer. */
static void
init_aligned(mpz_ptr z, const struct dec *d, int scale)
{
	struct view view;

	mpz_init_set(z, view_dec(&view, d));
	scale_up_mpz(z, scale - d->scale);
}

/* The mantissa at a larger scale, when it is sure to stay below 2^124. */
static bool
align_small(const struct dec *d, int scale, int128 *out)
{
	int power = scale - d->scale;

	assert(power >= 0);
	if (d->big != NULL || power > SMALL_POWER_MAX) {
		return false;
	}
	*out = (int128)d->small * powers[power];
	return true;
}

static int
larger(int a, int b)
{
	return a > b ? a : b;
}

bool
dec_mode_parse(const char *name, enum dec_mode *mode)
{
	for (size_t i = 0; i < MODE_COUNT; i++) {
		if (strcmp(name, mode_names[i]) == 0) {
			*mode = (enum dec_mode)i;
			return true;
		}
	}
	return false;
}

const char *
dec_mode_name(enum dec_mode mode)
{
	assert((size_t)mode < MODE_COUNT);
	return mode_names[mode];
}

void
dec_init(struct dec *d)
{
	*d = (struct dec)DEC_SMALL(0, 0);
}

void
dec_release(struct dec *d)
{
	drop_big(d);
	dec_init(d);
}

void
dec_set(struct dec *out, const struct dec *in)
{
	if (out == in) {
		return;
	}
	if (in->big == NULL) {
		set_small(out, in->small, in->scale);
		return;
	}
	mpz_set(make_big(out), in->big);
	out->scale = in->scale;
}

void
dec_set_int(struct dec *out, int64_t mantissa, int scale)
{
	set_small(out, mantissa, scale);
}

/* out = a + b, or a - b. */
static void
add(struct dec *out, const struct dec *a, const struct dec *b, bool minus)
{
	int scale = larger(a->scale, b->scale);
	int128 left, right;
	mpz_t x, y;

	if (align_small(a, scale, &left) && align_small(b, scale, &right)) {
		set_int128(out, minus ? left - right : left + right, scale);
		return;
	}
	init_aligned(x, a, scale);
	init_aligned(y, b, scale);
	if (minus) {
		mpz_sub(x, x, y);
	} else {
		mpz_add(x, x, y);
	}
	take_mpz(out, x, scale);
	mpz_clears(x, y, NULL);
}

void
dec_add(struct dec *out, const struct dec *a, const struct dec *b)
{
	int64_t total;

	if (a->big == NULL && b->big == NULL && a->scale == b->scale &&
	    !__builtin_add_overflow(a->small, b->small, &total)) {
		set_small(out, total, a->scale);
		return;
	}
	add(out, a, b, false);
}

void
dec_sub(struct dec *out, const struct dec *a, const struct dec *b)
{
	add(out, a, b, true);
}

void
dec_mul(struct dec *out, const struct dec *a, const struct dec *b)
{
	int scale = a->scale + b->scale;
	struct view x, y;
	mpz_t product;

	if (a->big == NULL && b->big == NULL) {
		set_int128(out, (int128)a->small * b->small, scale);
		return;
	}
	mpz_init(product);
	mpz_mul(product, view_dec(&x, a), view_dec(&y, b));
	take_mpz(out, product, scale);
	mpz_clear(product);
}

void
dec_mul_int(struct dec *out, const struct dec *a, int64_t factor)
{
	struct dec b = DEC_SMALL(factor, 0);

	dec_mul(out, a, &b);
}

/* sum += a * b where all of it is below 2^127; false when it may not be. */
static bool
add_product_small(struct dec *sum, const struct dec *a, const struct dec *b)
{
	int product_scale = a->scale + b->scale;
	int scale = larger(sum->scale, product_scale);
	int128 total, product;
	int power = scale - product_scale;

	if (a->big != NULL || b->big != NULL || power > SMALL_POWER_MAX ||
	    !align_small(sum, scale, &total)) {
		return false;
	}
	if (__builtin_mul_overflow(
		(int128)a->small * b->small, (int128)powers[power], &product) ||
	    __builtin_add_overflow(total, product, &total)) {
		return false;
	}
	set_int128(sum, total, scale);
	return true;
}

void
dec_add_product_any(struct dec *sum, const struct dec *a, const struct dec *b)
{
	struct view x, y;
	struct dec product = {0};

	if (add_product_small(sum, a, b)) {
		return;
	}
	/* A sum that has outgrown 64 bits is added to in place; GMP lets it
	 * be one of the factors. */
	if (sum->big != NULL && sum->scale == a->scale + b->scale) {
		mpz_addmul(sum->big, view_dec(&x, a), view_dec(&y, b));
		normalise(sum);
		return;
	}
	dec_mul(&product, a, b);
	add(sum, sum, &product, false);
	dec_release(&product);
}

void
dec_neg(struct dec *out, const struct dec *in)
{
	if (in->big == NULL) {
		set_int128(out, -(int128)in->small, in->scale);
		return;
	}
	/* -2^63 is the one value that comes back to 64 bits. */
	dec_set(out, in);
	mpz_neg(out->big, out->big);
	normalise(out);
}

void
dec_abs(struct dec *out, const struct dec *in)
{
	if (dec_sign(in) < 0) {
		dec_neg(out, in);
	} else {
		dec_set(out, in);
	}
}

int
dec_cmp(const struct dec *a, const struct dec *b)
{
	int scale = larger(a->scale, b->scale);
	int128 left, right;
	mpz_t x, y;
	int order;

	if (align_small(a, scale, &left) && align_small(b, scale, &right)) {
		return (left > right) - (left < right);
	}
	init_aligned(x, a, scale);
	init_aligned(y, b, scale);
	order = mpz_cmp(x, y);
	mpz_clears(x, y, NULL);
	return (order > 0) - (order < 0);
}

int
dec_sign(const struct dec *d)
{
	if (d->big != NULL) {
		return mpz_sgn((mpz_srcptr)d->big);
	}
	return (d->small > 0) - (d->small < 0);
}

bool
dec_is_zero(const struct dec *d)
{
	return d->big == NULL && d->small == 0;
}

/* Whether a quotient cut toward zero moves one away from zero.  sign: of the
 * exact quotient; half: the remainder against half the divisor, -1, 0, 1;
 * odd: of the quotient.  The remainder is not 0. */
static bool
moves_away(enum dec_mode mode, int sign, int half, bool odd)
{
	switch (mode) {
	case DEC_HALF_UP:
		return half >= 0;
	case DEC_HALF_EVEN:
		return half > 0 || (half == 0 && odd);
	case DEC_DOWN:
		return false;
	case DEC_UP:
		return true;
	case DEC_CEILING:
		return sign > 0;
	case DEC_FLOOR:
		return sign < 0;
	}
	BUG("rounding mode %d", (int)mode);
}

/* a / b rounded, b not 0; both below 2^126 in magnitude. */
static int128
divide_small(int128 a, int128 b, enum dec_mode mode)
{
	int128 quotient, rest;
	int sign = (a < 0) == (b < 0) ? 1 : -1;
	int half;

	/* Most of the time the machine can divide by itself. */
	if (a >= INT64_MIN + 1 && a <= INT64_MAX && b >= INT64_MIN + 1 &&
	    b <= INT64_MAX) {
		quotient = (int64_t)a / (int64_t)b;
		rest = (int64_t)a % (int64_t)b;
	} else {
		quotient = a / b;
		rest = a % b;
	}
	if (rest == 0) {
		return quotient;
	}
	rest = rest < 0 ? -rest : rest;
	b = b < 0 ? -b : b;
	half = (2 * rest > b) - (2 * rest < b);
	if (moves_away(mode, sign, half, quotient % 2 != 0)) {
		quotient += sign;
	}
	return quotient;
}

/* a = a / b rounded, b not 0. */
static void
divide_mpz(mpz_ptr a, mpz_srcptr b, enum dec_mode mode)
{
	int sign = mpz_sgn(a) * mpz_sgn(b);
	mpz_t rest;
	int half;

	mpz_init(rest);
	mpz_tdiv_qr(a, rest, a, b);
	if (mpz_sgn(rest) != 0) {
		mpz_mul_2exp(rest, rest, 1);
		half = mpz_cmpabs(rest, b);
		if (moves_away(mode, sign, half, mpz_odd_p(a))) {
			if (sign > 0) {
				mpz_add_ui(a, a, 1);
			} else {
				mpz_sub_ui(a, a, 1);
			}
		}
	}
	mpz_clear(rest);
}

void
dec_round(struct dec *out, const struct dec *in, int scale, enum dec_mode mode)
{
	static const struct dec one = DEC_SMALL(1, 0);
	int128 padded;
	mpz_t z;

	assert(scale >= 0 && scale <= DEC_SCALE_TOP);
	if (scale < in->scale) {
		dec_div(out, in, &one, scale, mode);
	} else if (align_small(in, scale, &padded)) {
		set_int128(out, padded, scale);
	} else {
		init_aligned(z, in, scale);
		take_mpz(out, z, scale);
		mpz_clear(z);
	}
}

void
dec_div(struct dec *out, const struct dec *a, const struct dec *b, int scale,
    enum dec_mode mode)
{
	/* a / b * 10^scale is a->mantissa * 10^power / b->mantissa. */
	int power = scale + b->scale - a->scale;
	struct view view;
	mpz_t x, y;

	assert(scale >= 0 && scale <= DEC_SCALE_TOP);
	if (dec_is_zero(b)) {
		BUG("division by zero");
	}
	if (a->big == NULL && b->big == NULL && power <= SMALL_POWER_MAX &&
	    power >= -SMALL_POWER_MAX) {
		int128 left = (int128)a->small * powers[larger(power, 0)];
		int128 right = (int128)b->small * powers[larger(-power, 0)];

		set_int128(out, divide_small(left, right, mode), scale);
		return;
	}
	mpz_init_set(x, view_dec(&view, a));
	mpz_init_set(y, view_dec(&view, b));
	scale_up_mpz(x, larger(power, 0));
	scale_up_mpz(y, larger(-power, 0));
	divide_mpz(x, y, mode);
	take_mpz(out, x, scale);
	mpz_clears(x, y, NULL);
}

void
dec_trim(struct dec *out, const struct dec *in)
{
	dec_set(out, in);
	while (out->big != NULL && out->scale > 0 &&
	       mpz_divisible_ui_p(out->big, 10)) {
		mpz_divexact_ui(out->big, out->big, 10);
		out->scale--;
		normalise(out);
	}
	if (dec_is_zero(out)) {
		out->scale = 0;
	}
	while (out->big == NULL && out->scale > 0 && out->small % 10 == 0) {
		out->small /= 10;
		out->scale--;
	}
}

/* A number in a message; a very long one is only described. */
static const char *
shown(const struct dec *d, char *buffer, size_t size)
{
	if (d->big != NULL && mpz_sizeinbase(d->big, 10) > SHOWN_MAX) {
		return "a number of very many digits";
	}
	if (d->scale > SHOWN_MAX) {
		return "a number of very many digits";
	}
	dec_format(d, buffer, size);
	return buffer;
}

int
dec_to_int64(const struct dec *d, int scale, int64_t *out, struct qf_error *err)
{
	struct dec rounded = {0};
	char buffer[DEC_TEXT_MAX];
	int result = -1;

	if (d->big == NULL && d->scale == scale) {
		*out = d->small;
		return 0;
	}
	dec_round(&rounded, d, scale, DEC_DOWN);
	if (dec_cmp(&rounded, d) != 0) {
		qf_fail(err, QF_DATA, "decimal-inexact",
		    "%s: more than %d digits after the point",
		    shown(d, buffer, sizeof(buffer)), scale);
	} else if (rounded.big != NULL) {
		qf_fail(err, QF_DATA, "decimal-range",
		    "%s: too large for 64 bits at %d digits after the point",
		    shown(d, buffer, sizeof(buffer)), scale);
	} else {
		*out = rounded.small;
		result = 0;
	}
	dec_release(&rounded);
	return result;
}
