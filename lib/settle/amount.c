/* amount.c - rounding an exact amount to money, with its tax.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/amount.h"

#include <assert.h>

/* A rounded amount as minor units. */
static int
to_minor(int64_t *out, const struct dec *rounded, int money_scale,
    struct refusal *refusal)
{
	struct qf_error err;

	if (dec_to_int64(rounded, money_scale, out, &err) == -1) {
		return refuse(refusal, REASON_VALUE_RANGE,
		    "the amount is more than the ledger holds");
	}
	return 0;
}

int
amount_of(struct amount *out, const struct dec *exact,
    const struct rounding *rule, const struct amount_tax *tax, int money_scale,
    struct refusal *refusal)
{
	struct dec first = {0}, second = {0};
	int64_t first_minor, second_minor;
	int rc = 1;

	if (rule->scale > money_scale) {
		return refuse(refusal, REASON_MONEY_SCALE,
		    "the tariff keeps %d decimals of money, the ledger %d",
		    rule->scale, money_scale);
	}
	dec_round(&first, exact, rule->scale, rule->mode);
	if (to_minor(&first_minor, &first, money_scale, refusal) != 0) {
		goto out;
	}
	if (!tax->taxed) {
		*out = (struct amount){first_minor, 0, first_minor};
		rc = 0;
		goto out;
	}
	assert(tax->rate != NULL);
	if (tax->included) {
		dec_set_int(&second, 1, 0);
		dec_add(&second, &second, tax->rate);
		dec_div(&second, &first, &second, rule->scale, rule->mode);
	} else {
		dec_mul(&second, &first, tax->rate);
		dec_round(&second, &second, rule->scale, rule->mode);
	}
	if (to_minor(&second_minor, &second, money_scale, refusal) != 0) {
		goto out;
	}
	if (tax->included) {
		*out = (struct amount){
		    second_minor, first_minor - second_minor, first_minor};
	} else {
		*out = (struct amount){
		    first_minor, second_minor, first_minor + second_minor};
	}
	rc = 0;
out:
	dec_release(&first);
	dec_release(&second);
	return rc;
}

void
amount_difference(
    struct amount *out, const struct amount *total, const struct amount *sum)
{
	out->net_minor = total->net_minor - sum->net_minor;
	out->tax_minor = total->tax_minor - sum->tax_minor;
	out->gross_minor = total->gross_minor - sum->gross_minor;
}
