/* ratio.c - exact fractions, by GMP.
 *
 * A fraction that is 0 holds nothing, so that structs that are all zero need no
 * call; every other one holds a GMP fraction in lowest terms.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/ratio.h"

#include <assert.h>
#include <gmp.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define RATIO_SCALE_MAX 60 /* digits after the point that we write out */

_Static_assert(sizeof(long) == 8, "an int64_t is a long");

/* The fraction held, made where there is none. */
static mpq_ptr
hold(struct ratio *r)
{
	if (r->q == NULL) {
		r->q = xmalloc(sizeof(mpq_t));
		mpq_init(r->q);
	}
	return r->q;
}

/* Drops a fraction that has become 0. */
static void
settle(struct ratio *r)
{
	if (r->q != NULL && mpq_sgn((mpq_ptr)r->q) == 0) {
		ratio_release(r);
	}
}

void
ratio_release(struct ratio *r)
{
	if (r->q != NULL) {
		mpq_clear(r->q);
		free(r->q);
		r->q = NULL;
	}
}

void
ratio_set(struct ratio *out, const struct ratio *in)
{
	if (out == in) {
		return;
	}
	if (in->q == NULL) {
		ratio_release(out);
		return;
	}
	mpq_set(hold(out), in->q);
}

void
ratio_set_int(struct ratio *out, int64_t number, int64_t of)
{
	mpq_ptr q = hold(out);

	if (of == 0) {
		BUG("division by zero");
	}
	mpz_set_si(mpq_numref(q), number);
	mpz_set_si(mpq_denref(q), of);
	mpq_canonicalize(q);
	settle(out);
}

/* Divides what is held by 10^scale. */
static void
scale_down(struct ratio *r, int scale)
{
	mpq_ptr q = hold(r);

	assert(scale >= 0 && scale <= DEC_SCALE_TOP);
	mpz_ui_pow_ui(mpq_denref(q), 10, (unsigned long)scale);
	mpq_canonicalize(q);
	settle(r);
}

void
ratio_set_dec(struct ratio *out, const struct dec *in)
{
	mpq_ptr q = hold(out);

	if (in->big != NULL) {
		mpz_set(mpq_numref(q), in->big);
	} else {
		mpz_set_si(mpq_numref(q), in->small);
	}
	scale_down(out, in->scale);
}

void
ratio_set_ticks(struct ratio *out, int64_t mantissa, int scale)
{
	struct dec dec = DEC_SMALL(mantissa, scale);

	ratio_set_dec(out, &dec);
}

void
ratio_add(struct ratio *out, const struct ratio *a, const struct ratio *b)
{
	if (b->q == NULL) {
		ratio_set(out, a);
		return;
	}
	if (a->q == NULL) {
		ratio_set(out, b);
		return;
	}
	mpq_add(hold(out), a->q, b->q);
	settle(out);
}

void
ratio_sub(struct ratio *out, const struct ratio *a, const struct ratio *b)
{
	if (b->q == NULL) {
		ratio_set(out, a);
		return;
	}
	if (a->q == NULL) {
		ratio_neg(out, b);
		return;
	}
	mpq_sub(hold(out), a->q, b->q);
	settle(out);
}

void
ratio_mul(struct ratio *out, const struct ratio *a, const struct ratio *b)
{
	if (a->q == NULL || b->q == NULL) {
		ratio_release(out);
		return;
	}
	mpq_mul(hold(out), a->q, b->q);
}

void
ratio_div(struct ratio *out, const struct ratio *a, const struct ratio *b)
{
	if (b->q == NULL) {
		BUG("division by zero");
	}
	if (a->q == NULL) {
		ratio_release(out);
		return;
	}
	mpq_div(hold(out), a->q, b->q);
}

void
ratio_neg(struct ratio *out, const struct ratio *in)
{
	ratio_set(out, in);
	if (out->q != NULL) {
		mpq_neg(out->q, out->q);
	}
}

void
ratio_abs(struct ratio *out, const struct ratio *in)
{
	ratio_set(out, in);
	if (out->q != NULL) {
		mpq_abs(out->q, out->q);
	}
}

void
ratio_add_dec(struct ratio *out, const struct ratio *a, const struct dec *b)
{
	struct ratio right = {0};

	ratio_set_dec(&right, b);
	ratio_add(out, a, &right);
	ratio_release(&right);
}

void
ratio_sub_dec(struct ratio *out, const struct ratio *a, const struct dec *b)
{
	struct ratio right = {0};

	ratio_set_dec(&right, b);
	ratio_sub(out, a, &right);
	ratio_release(&right);
}

void
ratio_mul_dec(struct ratio *out, const struct ratio *a, const struct dec *b)
{
	struct ratio right = {0};

	ratio_set_dec(&right, b);
	ratio_mul(out, a, &right);
	ratio_release(&right);
}

void
ratio_mul_int(struct ratio *out, const struct ratio *a, int64_t b)
{
	struct ratio right = {0};

	ratio_set_int(&right, b, 1);
	ratio_mul(out, a, &right);
	ratio_release(&right);
}

void
ratio_div_int(struct ratio *out, const struct ratio *a, int64_t b)
{
	struct ratio right = {0};

	ratio_set_int(&right, b, 1);
	ratio_div(out, a, &right);
	ratio_release(&right);
}

int
ratio_sign(const struct ratio *r)
{
	return r->q == NULL ? 0 : mpq_sgn((mpq_ptr)r->q);
}

int
ratio_cmp(const struct ratio *a, const struct ratio *b)
{
	int order;

	if (a->q == NULL || b->q == NULL) {
		return ratio_sign(a) - ratio_sign(b);
	}
	order = mpq_cmp((mpq_srcptr)a->q, (mpq_srcptr)b->q);
	return (order > 0) - (order < 0);
}

int
ratio_cmp_dec(const struct ratio *a, const struct dec *b)
{
	struct ratio right = {0};
	int order;

	ratio_set_dec(&right, b);
	order = ratio_cmp(a, &right);
	ratio_release(&right);
	return order;
}

void
ratio_min(struct ratio *out, const struct ratio *a, const struct ratio *b)
{
	ratio_set(out, ratio_cmp(a, b) <= 0 ? a : b);
}

void
ratio_max(struct ratio *out, const struct ratio *a, const struct ratio *b)
{
	ratio_set(out, ratio_cmp(a, b) >= 0 ? a : b);
}

void
ratio_clamp(struct ratio *out, const struct ratio *in, const struct ratio *low,
    const struct ratio *high)
{
	assert(ratio_cmp(low, high) <= 0);
	if (ratio_cmp(in, low) < 0) {
		ratio_set(out, low);
	} else if (ratio_cmp(in, high) > 0) {
		ratio_set(out, high);
	} else {
		ratio_set(out, in);
	}
}

/* Takes an integer. */
static void
dec_of(struct dec *out, mpz_srcptr z)
{
	dec_release(out);
	if (mpz_fits_slong_p(z)) {
		dec_set_int(out, mpz_get_si(z), 0);
		return;
	}
	out->big = xmalloc(sizeof(mpz_t));
	mpz_init_set(out->big, z);
}

void
ratio_round(
    struct dec *out, const struct ratio *in, int scale, enum dec_mode mode)
{
	struct dec number = {0}, of = {0};

	if (in->q == NULL) {
		dec_set_int(out, 0, scale);
		return;
	}
	dec_of(&number, mpq_numref((mpq_srcptr)in->q));
	dec_of(&of, mpq_denref((mpq_srcptr)in->q));
	dec_div(out, &number, &of, scale, mode);
	dec_release(&number);
	dec_release(&of);
}

void
ratio_whole(struct dec *out, const struct ratio *in, size_t count)
{
	mpz_t common, one;

	mpz_init_set_ui(common, 1);
	mpz_init(one);
	for (size_t i = 0; i < count; i++) {
		if (in[i].q != NULL) {
			mpz_lcm(
			    common, common, mpq_denref((mpq_srcptr)in[i].q));
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (in[i].q == NULL) {
			dec_set_int(&out[i], 0, 0);
			continue;
		}
		mpz_divexact(one, common, mpq_denref((mpq_srcptr)in[i].q));
		mpz_mul(one, one, mpq_numref((mpq_srcptr)in[i].q));
		dec_of(&out[i], one);
	}
	mpz_clears(common, one, NULL);
}

/* The digits after the point that the value needs, or -1 where it has no end
 * or is longer than RATIO_SCALE_MAX. */
static int
digits_needed(mpq_srcptr q)
{
	mpz_t rest, prime;
	unsigned long twos, fives, digits;
	bool ends;

	mpz_init(rest);
	mpz_init_set_ui(prime, 2);
	twos = mpz_remove(rest, mpq_denref(q), prime);
	mpz_set_ui(prime, 5);
	fives = mpz_remove(rest, rest, prime);
	ends = mpz_cmp_ui(rest, 1) == 0;
	mpz_clears(rest, prime, NULL);
	digits = twos > fives ? twos : fives;
	return ends && digits <= RATIO_SCALE_MAX ? (int)digits : -1;
}

bool
ratio_decimal(struct dec *out, const struct ratio *in)
{
	int sign = ratio_sign(in);
	struct dec last = {0};
	int digits;
	int64_t digit;

	digits = in->q == NULL ? 0 : digits_needed(in->q);
	if (digits >= 0) {
		ratio_round(out, in, digits, DEC_DOWN);
		return true;
	}
	/* A digit that is neither 0 nor 5 keeps what was cut in sight. */
	ratio_round(out, in, RATIO_DIGITS, DEC_DOWN);
	dec_round(&last, out, RATIO_DIGITS - 1, DEC_DOWN);
	dec_sub(&last, out, &last);
	if (dec_to_int64(&last, RATIO_DIGITS, &digit, NULL) == -1) {
		BUG("a digit out of range");
	}
	if (digit % 5 == 0) {
		dec_set_int(&last, sign, RATIO_DIGITS);
		dec_add(out, out, &last);
	}
	dec_release(&last);
	return false;
}

size_t
ratio_format(const struct ratio *r, char *buffer, size_t size)
{
	mpq_srcptr q = r->q;

	if (q == NULL) {
		if (size < sizeof("0")) {
			BUG("a buffer of %zu bytes is too small", size);
		}
		memcpy(buffer, "0", sizeof("0"));
		return 1;
	}
	/* A sign, a slash and the end. */
	if (mpz_sizeinbase(mpq_numref(q), 10) +
		mpz_sizeinbase(mpq_denref(q), 10) + 3 >
	    size) {
		BUG("a buffer of %zu bytes is too small", size);
	}
	mpq_get_str(buffer, 10, q);
	return strlen(buffer);
}
