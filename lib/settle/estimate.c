/* estimate.c - missing reads from what is known around them (拟合).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/estimate.h"

#include <assert.h>

#include "base/dec.h"

static void
fill(int64_t value, size_t count, int64_t *out)
{
	for (size_t i = 0; i < count; i++) {
		out[i] = value;
	}
}

/* total x part / whole, all x 10^scale where they are values, rounded as the
 * unit says.  False where it does not fit. */
static bool
proportion(int64_t total, int64_t part, int64_t whole,
    const struct estimate_unit *unit, int64_t *out)
{
	struct dec a = {0}, b = {0};
	struct qf_error err;
	bool fits;

	assert(whole != 0 && unit->round.scale <= unit->scale);
	dec_set_int(&a, total, unit->scale);
	dec_set_int(&b, part, 0);
	dec_mul(&a, &a, &b);
	dec_set_int(&b, whole, 0);
	dec_div(&a, &a, &b, unit->round.scale, unit->round.mode);
	fits = dec_to_int64(&a, unit->scale, out, &err) == 0;
	dec_release(&a);
	dec_release(&b);
	return fits;
}

int
estimate_equal_ends(const struct estimate_gap *gap, int64_t *out)
{
	if (!gap->has_before || !gap->has_after || gap->before != gap->after) {
		return 0;
	}
	fill(gap->before, gap->count, out);
	return 1;
}

int
estimate_leading_zero(const struct estimate_gap *gap, int64_t *out)
{
	if (gap->has_before || !gap->has_after || gap->after != 0) {
		return 0;
	}
	fill(0, gap->count, out);
	return 1;
}

int
estimate_mean_of_neighbours(const struct estimate_gap *gap,
    const struct estimate_unit *unit, int64_t *out)
{
	int64_t sum, mean;

	if (!gap->has_before || !gap->has_after ||
	    __builtin_add_overflow(gap->before, gap->after, &sum) ||
	    !proportion(sum, 1, 2, unit, &mean)) {
		return 0;
	}
	fill(mean, gap->count, out);
	return 1;
}

int
estimate_back_fill(const struct estimate_gap *gap, int64_t *out)
{
	if (!gap->meter_begins || !gap->has_after) {
		return 0;
	}
	fill(gap->after, gap->count, out);
	return 1;
}

int
estimate_forward_fill(const struct estimate_gap *gap, int64_t *out)
{
	if (!gap->meter_ends || !gap->has_before) {
		return 0;
	}
	fill(gap->before, gap->count, out);
	return 1;
}

int
estimate_neighbour(const struct estimate_gap *gap, int64_t *out)
{
	if (!gap->has_before && !gap->has_after) {
		return 0;
	}
	fill(gap->has_before ? gap->before : gap->after, gap->count, out);
	return 1;
}

/* The sum of weights; 0 where one is below zero or they are too large. */
static int64_t
sum_of(const int64_t *weights, size_t count)
{
	int64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		if (weights[i] < 0 ||
		    __builtin_add_overflow(sum, weights[i], &sum)) {
			return 0;
		}
	}
	return sum;
}

int
estimate_register_share(const struct estimate_gap *gap, const int64_t *weights,
    const struct estimate_unit *unit, int64_t *out)
{
	int64_t whole = sum_of(weights, gap->count + 1), so_far = 0, step;

	if (!gap->has_before || !gap->has_after || whole == 0 ||
	    gap->after < gap->before) {
		return 0;
	}
	for (size_t i = 0; i < gap->count; i++) {
		so_far += weights[i];
		if (!proportion(
			gap->after - gap->before, so_far, whole, unit, &step)) {
			return 0;
		}
		/* Rounding up must not pass the value after. */
		out[i] = gap->before + step < gap->after ? gap->before + step
							 : gap->after;
	}
	return 1;
}

int
estimate_energy_share(size_t count, int64_t total, const int64_t *weights,
    const struct estimate_unit *unit, int64_t *out)
{
	int64_t whole = sum_of(weights, count), so_far = 0, given = 0;

	if (whole == 0 || total < 0) {
		return 0;
	}
	for (size_t i = 0; i < count; i++) {
		int64_t upto;

		so_far += weights[i];
		if (i + 1 == count) {
			upto = total;
		} else if (!proportion(total, so_far, whole, unit, &upto)) {
			return 0;
		}
		out[i] = upto - given;
		given = upto;
	}
	return 1;
}

int
estimate_part(int64_t total, int64_t weight, int64_t all,
    const struct estimate_unit *unit, int64_t *out)
{
	assert(weight >= 0 && weight <= all);
	if (all == 0 || total < 0) {
		return 0;
	}
	if (weight == all) {
		*out = total;
		return 1;
	}
	return proportion(total, weight, all, unit, out);
}

int
estimate_mean(
    int64_t sum, size_t days, const struct estimate_unit *unit, int64_t *out)
{
	return days > 0 && proportion(sum, 1, (int64_t)days, unit, out);
}
