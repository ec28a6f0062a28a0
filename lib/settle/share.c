/* share.c - a month's price on a part of a month.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/share.h"

#include <assert.h>

#define THIRTY 30
#define SHARE_DIGITS 12 /* of amounts, more than their factors have */

struct share
share_of_days(
    enum month_share rule, int days, int contract_days, int month_days)
{
	assert(
	    days >= 0 && days <= contract_days && contract_days <= month_days);
	switch (rule) {
	case SHARE_WHOLE:
		return (struct share){1, 1};
	case SHARE_DAYS:
		return (struct share){days, month_days};
	case SHARE_THIRTIETHS:
		return contract_days == month_days
			   ? (struct share){days, month_days}
			   : (struct share){days, THIRTY};
	}
	BUG("month share %d", (int)rule);
}

void
share_quantity(
    struct dec *out, const struct dec *pieces, const struct share *share)
{
	struct dec of = {0};
	int scale = pieces->scale > SHARE_SCALE ? pieces->scale : SHARE_SCALE;

	dec_set_int(&of, share->of, 0);
	dec_mul_int(out, pieces, share->days);
	dec_div(out, out, &of, scale, DEC_HALF_UP);
	dec_trim(out, out);
	dec_release(&of);
}

void
share_amount(struct dec *out, const struct dec *pieces, int under,
    const struct dec *price, const struct share *share)
{
	struct dec of = {0}, product = {0};

	dec_set_int(&of, (int64_t)share->of * under, 0);
	dec_mul(&product, pieces, price);
	dec_mul_int(&product, &product, share->days);
	dec_div(out, &product, &of, product.scale + SHARE_DIGITS, DEC_HALF_UP);
	dec_trim(out, out);
	dec_release(&of);
	dec_release(&product);
}
