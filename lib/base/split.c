/* split.c - dividing an amount so that the parts add up to it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/split.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"

__extension__ typedef __int128 int128;

/* What a part has a claim to beyond its whole ticks. */
struct claim {
	struct dec rest; /* total * weight modulo the sum of weights */
	const struct dec *weight;
	size_t index;
};

/* The larger remainder first, then the larger weight, then the lower index;
 * never equal, so the order does not depend on the sort. */
static int
compare_claims(const void *a, const void *b)
{
	const struct claim *left = a, *right = b;
	int order = dec_cmp(&right->rest, &left->rest);

	if (order == 0) {
		order = dec_cmp(right->weight, left->weight);
	}
	if (order == 0) {
		order =
		    (left->index > right->index) - (left->index < right->index);
	}
	return order;
}

static int
sum_weights(const struct dec *weights, size_t count, struct dec *sum,
    struct qf_error *err)
{
	for (size_t i = 0; i < count; i++) {
		if (dec_sign(&weights[i]) < 0) {
			return qf_fail(err, QF_DATA, "split-weight",
			    "weight %zu of %zu is negative", i + 1, count);
		}
		dec_add(sum, sum, &weights[i]);
	}
	if (dec_is_zero(sum)) {
		return qf_fail(err, QF_DATA, "split-no-weight",
		    "all %zu weights are 0, so nothing can be divided", count);
	}
	return 0;
}

/* Gives part its whole ticks, with the sign of total, and notes the claim on
 * one more; returns the ticks. */
static int64_t
whole_ticks(const struct dec *magnitude, const struct dec *sum, bool negative,
    struct claim *claim)
{
	struct dec quota = {0};
	int64_t ticks = 0;

	dec_mul(&claim->rest, magnitude, claim->weight);
	dec_div(&quota, &claim->rest, sum, 0, DEC_DOWN);
	dec_neg(&quota, &quota);
	dec_add_product(&claim->rest, &quota, sum);
	if (!negative) {
		dec_neg(&quota, &quota);
	}
	if (dec_to_int64(&quota, 0, &ticks, NULL) == -1) {
		BUG("a part is larger than the whole");
	}
	dec_release(&quota);
	return ticks;
}

int
split_largest_remainder(int64_t total, const struct dec *weights, size_t count,
    int64_t *ticks, struct qf_error *err)
{
	struct dec sum = {0}, magnitude = {0};
	struct claim *claims = NULL;
	int64_t left = total;
	int result = -1;

	if (sum_weights(weights, count, &sum, err) == -1) {
		goto out;
	}
	dec_set_int(&magnitude, total, 0);
	dec_abs(&magnitude, &magnitude);
	claims = xcalloc(count, sizeof(*claims));
	for (size_t i = 0; i < count; i++) {
		claims[i].weight = &weights[i];
		claims[i].index = i;
		ticks[i] = whole_ticks(&magnitude, &sum, total < 0, &claims[i]);
		left -= ticks[i];
	}
	/* Fewer ticks are left than there are parts with a remainder. */
	qsort(claims, count, sizeof(*claims), compare_claims);
	for (size_t i = 0; left != 0; i++) {
		assert(i < count && !dec_is_zero(&claims[i].rest));
		ticks[claims[i].index] += total < 0 ? -1 : 1;
		left -= total < 0 ? -1 : 1;
	}
	for (size_t i = 0; i < count; i++) {
		dec_release(&claims[i].rest);
	}
	result = 0;
out:
	free(claims);
	dec_release(&magnitude);
	dec_release(&sum);
	return result;
}

/* The same for integers, whose products fit in 127 bits: a million orders that
 * tie are shared out without a bignum. */
struct whole_claim {
	int128 rest;
	int64_t weight;
	size_t index;
};

static int
compare_whole_claims(const void *a, const void *b)
{
	const struct whole_claim *left = a, *right = b;

	if (left->rest != right->rest) {
		return left->rest > right->rest ? -1 : 1;
	}
	if (left->weight != right->weight) {
		return left->weight > right->weight ? -1 : 1;
	}
	return (left->index > right->index) - (left->index < right->index);
}

static int
sum_whole_weights(
    const int64_t *weights, size_t count, int128 *sum, struct qf_error *err)
{
	*sum = 0;
	for (size_t i = 0; i < count; i++) {
		if (weights[i] < 0) {
			return qf_fail(err, QF_DATA, "split-weight",
			    "weight %zu of %zu is negative", i + 1, count);
		}
		*sum += weights[i];
	}
	if (*sum == 0) {
		return qf_fail(err, QF_DATA, "split-no-weight",
		    "all %zu weights are 0, so nothing can be divided", count);
	}
	return 0;
}

int
split_largest_remainder_int(int64_t total, const int64_t *weights, size_t count,
    int64_t *ticks, struct qf_error *err)
{
	int128 magnitude = total < 0 ? -(int128)total : total;
	int128 left = magnitude, sum;
	struct whole_claim *claims;

	if (sum_whole_weights(weights, count, &sum, err) == -1) {
		return -1;
	}
	claims = xcalloc(count, sizeof(*claims));
	for (size_t i = 0; i < count; i++) {
		int128 share = magnitude * weights[i];

		claims[i] = (struct whole_claim){
		    share % sum,
		    weights[i],
		    i,
		};
		/* Its size first, since -2^63 has no positive of 64 bits. */
		ticks[i] = (int64_t)(total < 0 ? -(share / sum) : share / sum);
		left -= share / sum;
	}
	qsort(claims, count, sizeof(*claims), compare_whole_claims);
	for (size_t i = 0; left != 0; i++, left--) {
		assert(i < count && claims[i].rest != 0);
		ticks[claims[i].index] += total < 0 ? -1 : 1;
	}
	free(claims);
	return 0;
}

void
split_carry(struct dec *out, const struct dec *in, struct dec *carry, int scale,
    enum dec_mode mode)
{
	struct dec exact = {0};

	dec_add(&exact, in, carry);
	dec_round(out, &exact, scale, mode);
	dec_sub(carry, &exact, out);
	dec_release(&exact);
}

int
split_carry_equal(const struct dec *total, size_t count, int scale,
    enum dec_mode mode, struct dec *parts, struct qf_error *err)
{
	struct dec divisor = {0}, exact = {0}, carry = {0};
	int result = -1;

	if (count == 0 || count > INT64_MAX) {
		return qf_fail(err, QF_DATA, "split-no-weight",
		    "an amount cannot be divided over %zu intervals", count);
	}
	dec_round(&exact, total, scale, DEC_DOWN);
	if (dec_cmp(&exact, total) != 0) {
		qf_fail(err, QF_DATA, "split-inexact",
		    "an amount with more than %d digits after the point cannot "
		    "be divided into parts of so many",
		    scale);
		goto out;
	}
	/* exact and carry are held times count, so that they stay exact. */
	dec_set_int(&divisor, (int64_t)count, 0);
	for (size_t i = 0; i < count; i++) {
		dec_add(&exact, total, &carry);
		dec_div(&parts[i], &exact, &divisor, scale, mode);
		dec_mul(&carry, &parts[i], &divisor);
		dec_sub(&carry, &exact, &carry);
	}
	assert(dec_is_zero(&carry));
	result = 0;
out:
	dec_release(&carry);
	dec_release(&exact);
	dec_release(&divisor);
	return result;
}
