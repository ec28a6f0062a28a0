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
		return (struct share){.days = 1, .of = 1};
	case SHARE_DAYS:
		return (struct share){.days = days, .of = month_days};
	case SHARE_THIRTIETHS:
		return contract_days == month_days
			   ? (struct share){.days = days, .of = month_days}
			   : (struct share){.days = days, .of = THIRTY};
	}
	BUG("month share %d", (int)rule);
}

/* whole x days / of, for the days up to the last less those before. */
static void
part_of(struct dec *out, const struct dec *whole, const struct share *share,
    const struct dec *of, int scale)
{
	struct dec before = {0}, until = {0};

	dec_mul_int(&before, whole, share->before);
	dec_mul_int(&until, whole, share->before + share->days);
	dec_div(&before, &before, of, scale, DEC_HALF_UP);
	dec_div(&until, &until, of, scale, DEC_HALF_UP);
	dec_sub(out, &until, &before);
	dec_trim(out, out);
	dec_release(&before);
	dec_release(&until);
}

void
share_quantity(
    struct dec *out, const struct dec *pieces, const struct share *share)
{
	struct dec of = {0};
	int scale = pieces->scale > SHARE_SCALE ? pieces->scale : SHARE_SCALE;

	dec_set_int(&of, share->of, 0);
	part_of(out, pieces, share, &of, scale);
	dec_release(&of);
}

void
share_amount(struct dec *out, const struct dec *pieces, int under,
    const struct dec *price, const struct share *share)
{
	struct dec of = {0}, product = {0};

	dec_set_int(&of, (int64_t)share->of * under, 0);
	dec_mul(&product, pieces, price);
	part_of(out, &product, share, &of, product.scale + SHARE_DIGITS);
	dec_release(&of);
	dec_release(&product);
}
