/* power_factor.c - the power factor and its adjustment.
 *
 * With S = P² + Q², the power factor is at least k / 10^s where k² S <=
 * 10^2s P².
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/power_factor.h"

#include <assert.h>

static int64_t
power_of_ten(int exponent)
{
	int64_t power = 1;

	while (exponent-- > 0) {
		power *= 10;
	}
	return power;
}

/* The squares that everything is compared by. */
struct squares {
	struct dec sum; /* P² + Q² */
	struct dec active; /* P² x 10^2s */
};

/* How k / times compares to the power factor x 10^s: -1, 0, 1. */
static int
compare(const struct squares *of, int64_t k, int64_t times)
{
	struct dec a = {0}, b = {0};
	int order;

	dec_mul_int(&a, &of->sum, k * k);
	dec_mul_int(&b, &of->active, times * times);
	order = dec_cmp(&a, &b);
	dec_release(&a);
	dec_release(&b);
	return order;
}

/* The largest k that is at most the power factor x 10^s. */
static int64_t
round_down(const struct squares *of, int64_t one)
{
	int64_t low = 0, high = one;

	while (low < high) {
		int64_t k = low + (high - low + 1) / 2;

		if (compare(of, k, 1) <= 0) {
			low = k;
		} else {
			high = k - 1;
		}
	}
	return low;
}

/* Whether what is left above k brings it to the next. */
static bool
goes_up(const struct squares *of, int64_t k, enum dec_mode mode)
{
	int half;

	if (compare(of, k, 1) == 0) {
		return false;
	}
	half = compare(of, 2 * k + 1, 2);
	switch (mode) {
	case DEC_HALF_UP:
		return half <= 0;
	case DEC_HALF_EVEN:
		return half < 0 || (half == 0 && k % 2 == 1);
	case DEC_UP:
	case DEC_CEILING:
		return true;
	case DEC_DOWN:
	case DEC_FLOOR:
		return false;
	}
	BUG("rounding mode %d", (int)mode);
}

int
power_factor(struct dec *out, const struct dec *active,
    const struct dec *reactive, const struct rounding *round,
    struct refusal *refusal)
{
	struct squares of = {0};
	int64_t one, k;

	assert(!dec_is_zero(active) || !dec_is_zero(reactive));
	if (round->scale > POWER_FACTOR_SCALE_MAX) {
		return refuse(refusal, REASON_POWER_FACTOR,
		    "the power factor has at most %d decimals",
		    POWER_FACTOR_SCALE_MAX);
	}
	if (dec_sign(active) < 0 || dec_sign(reactive) < 0) {
		return refuse(refusal, REASON_POWER_FACTOR,
		    "no power factor of energy below zero");
	}
	one = power_of_ten(round->scale);
	dec_mul(&of.active, active, active);
	dec_mul(&of.sum, reactive, reactive);
	dec_add(&of.sum, &of.sum, &of.active);
	dec_mul_int(&of.active, &of.active, one * one);
	k = round_down(&of, one);
	dec_set_int(out, k + goes_up(&of, k, round->mode), round->scale);
	dec_release(&of.active);
	dec_release(&of.sum);
	return 0;
}

int
power_factor_percent(struct dec *out, const struct power_factor *rule,
    const struct dec *factor, struct refusal *refusal)
{
	struct dec off = {0};
	char text[DEC_TEXT_MAX];

	for (size_t i = 0; i < rule->range_count; i++) {
		const struct factor_range *range = &rule->ranges[i];

		if (dec_cmp(factor, &range->from) < 0 ||
		    dec_cmp(factor, &range->to) > 0) {
			continue;
		}
		dec_sub(&off, factor, &range->at);
		dec_abs(&off, &off);
		dec_mul_int(&off, &off, 100);
		dec_mul(&off, &off, &range->each);
		dec_add(out, &range->percent, &off);
		dec_trim(out, out);
		dec_release(&off);
		return 0;
	}
	dec_format(factor, text, sizeof(text));
	return refuse(refusal, REASON_POWER_FACTOR,
	    "no range has the power factor %s", text);
}
