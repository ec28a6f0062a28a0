/* limit.c - what charges lack to a minimum, or have over a maximum.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/limit.h"

#include <assert.h>

void
limit_add(struct limit_sum *sum, const struct charge_line *line)
{
	assert(line->has_amount);
	dec_add(&sum->exact, &sum->exact, &line->exact);
	sum->net_minor += line->amount.net_minor;
}

void
limit_sum_release(struct limit_sum *sum)
{
	dec_release(&sum->exact);
	sum->net_minor = 0;
}

/* Net of tax to what prices are. */
static void
with_tax(struct dec *amount, const struct charge *charge)
{
	struct dec factor = DEC_SMALL(1, 0);

	if (charge->has_tax && charge->tax_included) {
		dec_add(&factor, &factor, &charge->tax_rate);
		dec_mul(amount, amount, &factor);
	}
	dec_release(&factor);
}

bool
limit_difference(struct dec *exact, const struct limit *rule,
    const struct charge *charge, const struct tariff_version *version,
    const struct limit_sum *sum, int money_scale)
{
	struct dec least = {0}, most = {0}, so_far = {0};
	bool lacks, exceeds;

	dec_set(&least, &rule->least);
	dec_set(&most, &rule->most);
	if (version->money_on_total) {
		dec_set(&so_far, &sum->exact);
		with_tax(&least, charge);
		with_tax(&most, charge);
	} else {
		dec_set_int(&so_far, sum->net_minor, money_scale);
	}
	lacks = rule->has_least && dec_cmp(&so_far, &least) < 0;
	exceeds = rule->has_most && dec_cmp(&so_far, &most) > 0;
	if (lacks || exceeds) {
		dec_sub(exact, lacks ? &least : &most, &so_far);
		if (!version->money_on_total) {
			with_tax(exact, charge);
		}
	}
	dec_release(&least);
	dec_release(&most);
	dec_release(&so_far);
	return lacks || exceeds;
}
