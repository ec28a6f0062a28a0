/* loss.c - kWh that a transformer loses before the meter.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/loss.h"

#include <assert.h>

#include "base/split.h"

/* How the kWh are rounded: by the rule, or as kWh that are no finite decimal
 * are. */
static struct rounding
rounding_of(const struct loss *rule)
{
	static const struct rounding exact = {ENERGY_KWH_SCALE, DEC_HALF_UP};

	return rule->has_round ? rule->round : exact;
}

void
loss_kwh(struct dec *out, const struct loss *rule, const struct dec *fixed,
    int days, int month_days, const struct dec *metered)
{
	struct dec of = {0}, percent = {0}, sum = {0};
	struct rounding round = rounding_of(rule);
	int full = rule->days > 0 ? rule->days : month_days;

	assert(full > 0);
	/* Over one denominator, so that it is rounded once. */
	dec_mul_int(&sum, fixed, days);
	dec_mul(&percent, metered, &rule->percent);
	percent.scale += 2;
	dec_mul_int(&percent, &percent, full);
	dec_add(&sum, &sum, &percent);
	dec_set_int(&of, full, 0);
	dec_div(out, &sum, &of, round.scale, round.mode);
	dec_release(&of);
	dec_release(&percent);
	dec_release(&sum);
}

int
loss_split(struct dec out[ENERGY_BANDS], const struct loss *rule,
    const struct dec *kwh, const struct dec of_bands[ENERGY_BANDS],
    unsigned seen, struct refusal *refusal)
{
	struct dec weights[ENERGY_BANDS] = {0};
	int64_t ticks[ENERGY_BANDS] = {0}, total;
	int scale = rounding_of(rule).scale;
	struct qf_error err;
	int rc = 0;

	for (size_t i = 0; i < ENERGY_BANDS; i++) {
		dec_set_int(&out[i], 0, 0);
		if ((seen & 1U << i) != 0) {
			dec_set(&weights[i], &of_bands[i]);
		}
	}
	if (dec_is_zero(kwh)) {
		; /* nothing to share, so no band is asked for its energy */
	} else if (rule->to_band != BAND_NONE) {
		dec_set(&out[rule->to_band], kwh);
	} else if (dec_to_int64(kwh, scale, &total, &err) == -1) {
		rc = refuse(refusal, REASON_VALUE_RANGE,
		    "the lost kWh are more than can be shared");
	} else if (split_largest_remainder(
		       total, weights, ENERGY_BANDS, ticks, &err) == -1) {
		rc = refuse(refusal, REASON_NO_BANDS,
		    "no band has energy to share the lost kWh by");
	} else {
		for (size_t i = 0; i < ENERGY_BANDS; i++) {
			dec_set_int(&out[i], ticks[i], scale);
			dec_trim(&out[i], &out[i]);
		}
	}
	for (size_t i = 0; i < ENERGY_BANDS; i++) {
		dec_release(&weights[i]);
	}
	return rc;
}
