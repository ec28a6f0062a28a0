/* baseline_sum.c - the baseline of a portfolio.
 *
 * The whole is rounded once, so that it does not depend on how many points it
 * has; what is shown of the points is made to add up to it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "settle/baseline.h"

/* What a point has a claim to beyond its whole ticks. */
struct rest {
	struct ratio rest; /* 0 <= rest < 1 tick, in kWh */
	size_t index;
};

/* The larger rest first, then the lower index; never equal. */
static int
compare_rests(const void *a, const void *b)
{
	const struct rest *left = a, *right = b;
	int order = ratio_cmp(&right->rest, &left->rest);

	if (order == 0) {
		order =
		    (left->index > right->index) - (left->index < right->index);
	}
	return order;
}

/* Rounds the points' step down, and gives the ticks that the whole has more to
 * the largest rests. */
static void
round_points(struct baseline *const *points, size_t point_count, size_t step,
    const struct dec *whole)
{
	struct rest *rests = xcalloc(point_count, sizeof(*rests));
	struct dec tick = DEC_SMALL(1, whole->scale), left = {0};

	dec_set(&left, whole);
	for (size_t i = 0; i < point_count; i++) {
		struct baseline_step *own = &points[i]->steps[step];

		ratio_round(&own->kwh, &own->exact, whole->scale, DEC_FLOOR);
		dec_sub(&left, &left, &own->kwh);
		ratio_sub_dec(&rests[i].rest, &own->exact, &own->kwh);
		rests[i].index = i;
	}
	qsort(rests, point_count, sizeof(*rests), compare_rests);
	for (size_t i = 0; i < point_count && dec_sign(&left) > 0; i++) {
		struct dec *kwh = &points[rests[i].index]->steps[step].kwh;

		dec_add(kwh, kwh, &tick);
		dec_sub(&left, &left, &tick);
	}
	/* Neither mode moves a sum by a tick or more. */
	assert(dec_is_zero(&left));
	for (size_t i = 0; i < point_count; i++) {
		ratio_release(&rests[i].rest);
	}
	free(rests);
	dec_release(&left);
}

void
baseline_sum(struct baseline_step *whole, struct baseline *const *points,
    size_t point_count, const struct rounding *round)
{
	size_t step_count;

	assert(point_count > 0);
	step_count = points[0]->event->step_count;
	for (size_t step = 0; step < step_count; step++) {
		struct ratio *sum = &whole[step].exact;

		ratio_release(sum);
		for (size_t i = 0; i < point_count; i++) {
			assert(points[i]->event->step_count == step_count);
			ratio_add(sum, sum, &points[i]->steps[step].exact);
		}
		ratio_round(&whole[step].kwh, sum, round->scale, round->mode);
		round_points(points, point_count, step, &whole[step].kwh);
	}
}
