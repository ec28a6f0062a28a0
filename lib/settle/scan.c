/* scan.c - interval values added up and held against a limit.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/scan.h"

#include <assert.h>
#include <string.h>

void
scan_unit(struct dec *kwh60, enum quantity quantity, int minutes, int scale,
    const struct dec *multiplier)
{
	assert(minutes > 0);
	dec_set_int(kwh60, 1, scale);
	if (multiplier != NULL) {
		dec_mul(kwh60, kwh60, multiplier);
	}
	dec_mul_int(kwh60, kwh60, quantity == QUANTITY_KW ? minutes : 60);
}

int64_t
scan_limit(const struct dec *kw, int minutes, const struct dec *kwh60)
{
	struct dec most = {0};
	struct qf_error err;
	int64_t limit;

	assert(dec_sign(kw) >= 0 && dec_sign(kwh60) >= 0);
	if (dec_is_zero(kwh60)) {
		return SCAN_NO_LIMIT;
	}
	/* kW = kWh x 60 / minutes. */
	dec_mul_int(&most, kw, minutes);
	dec_div(&most, &most, kwh60, 0, DEC_FLOOR);
	if (dec_to_int64(&most, 0, &limit, &err) == -1) {
		limit = SCAN_NO_LIMIT; /* no value is as large */
	}
	dec_release(&most);
	return limit;
}

size_t
scan_values(struct scan *out, const int64_t *values, size_t from, size_t to,
    int64_t limit)
{
	size_t i;

	assert(from <= to);
	memset(out, 0, sizeof(*out));
	for (i = from; i < to; i++) {
		int64_t value = values[i], sum;

		if (value == SERIES_NULL) {
			continue;
		}
		if (__builtin_add_overflow(out->sum, value, &sum)) {
			break;
		}
		out->sum = sum;
		out->count++;
		if (value > limit) {
			if (out->above++ == 0) {
				out->first = i;
				out->most = value;
			}
			out->last = i;
			out->most = value > out->most ? value : out->most;
		}
	}
	return i;
}

bool
scan_difference(int64_t *out, int64_t start, int64_t end, int digits, int scale)
{
	int64_t turn = 1;

	if (__builtin_sub_overflow(end, start, out)) {
		return false;
	}
	if (*out >= 0) {
		return true;
	}
	for (int i = 0; i < digits + scale; i++) {
		if (__builtin_mul_overflow(turn, 10, &turn)) {
			return false;
		}
	}
	*out += turn; /* of opposite signs: no overflow */
	return true;
}
