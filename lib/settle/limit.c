/* limit.c - what charges lack to a minimum, or have over a maximum.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/limit.h"

#include <assert.h>

/* What a quotient that is no finite decimal is rounded to, beside the digits
 * that the amount has. */
#define LIMIT_DIGITS 12

/* 1 + the rate of the tax that the charge's prices hold. */
static void
tax_factor(struct dec *out, const struct charge *charge)
{
	dec_set_int(out, 1, 0);
	if (charge->has_tax && charge->tax_included) {
		dec_add(out, out, &charge->tax_rate);
	}
}

void
limit_add(struct limit_sum *sum, const struct charge_line *line)
{
	struct dec factor = {0};
	size_t i = 0;

	assert(line->has_amount);
	tax_factor(&factor, line->charge);
	while (i < sum->count && dec_cmp(&sum->of[i].factor, &factor) != 0) {
		i++;
	}
	if (i == sum->count) {
		assert(i < LIMIT_TAXES_MAX);
		dec_set(&sum->of[sum->count++].factor, &factor);
	}
	dec_add(&sum->of[i].exact, &sum->of[i].exact, &line->exact);
	sum->net_minor += line->amount.net_minor;
	dec_release(&factor);
}

void
limit_sum_release(struct limit_sum *sum)
{
	for (size_t i = 0; i < sum->count; i++) {
		dec_release(&sum->of[i].exact);
		dec_release(&sum->of[i].factor);
	}
	sum->count = 0;
	sum->net_minor = 0;
}

/* Net of tax to what prices are. */
static void
with_tax(struct dec *amount, const struct charge *charge)
{
	struct dec factor = {0};

	tax_factor(&factor, charge);
	dec_mul(amount, amount, &factor);
	dec_release(&factor);
}

/* The sum with the charge's own tax, times *common: the product of the other
 * factors, so that nothing is divided. */
static void
with_own_tax(struct dec *out, struct dec *common, const struct limit_sum *sum,
    const struct charge *charge)
{
	struct dec own = {0}, part = {0};

	tax_factor(&own, charge);
	dec_set_int(out, 0, 0);
	dec_set_int(common, 1, 0);
	for (size_t i = 0; i < sum->count; i++) {
		bool is_own = dec_cmp(&sum->of[i].factor, &own) == 0;

		dec_set(&part, &sum->of[i].exact);
		if (!is_own) {
			dec_mul(&part, &part, &own);
			dec_mul(common, common, &sum->of[i].factor);
		}
		for (size_t j = 0; j < sum->count; j++) {
			if (j != i && dec_cmp(&sum->of[j].factor, &own) != 0) {
				dec_mul(&part, &part, &sum->of[j].factor);
			}
		}
		dec_add(out, out, &part);
	}
	dec_release(&own);
	dec_release(&part);
}

/* Divides by the product of other factors, if there are any. */
static void
take_out(struct dec *amount, const struct dec *common)
{
	static const struct dec one = DEC_SMALL(1, 0);

	if (dec_cmp(common, &one) != 0) {
		dec_div(amount, amount, common, amount->scale + LIMIT_DIGITS,
		    DEC_HALF_UP);
	}
}

void
limit_total(
    struct dec *out, const struct limit_sum *sum, const struct charge *charge)
{
	struct dec common = {0};

	with_own_tax(out, &common, sum, charge);
	take_out(out, &common);
	dec_release(&common);
}

bool
limit_difference(struct dec *exact, const struct limit *rule,
    const struct charge *charge, const struct tariff_version *version,
    const struct limit_sum *sum, int money_scale)
{
	struct dec least = {0}, most = {0}, so_far = {0};
	struct dec common = {0};
	bool lacks, exceeds;

	dec_set(&least, &rule->least);
	dec_set(&most, &rule->most);
	if (version->money_on_total) {
		with_own_tax(&so_far, &common, sum, charge);
		with_tax(&least, charge);
		with_tax(&most, charge);
		dec_mul(&least, &least, &common);
		dec_mul(&most, &most, &common);
	} else {
		dec_set_int(&so_far, sum->net_minor, money_scale);
	}
	lacks = rule->has_least && dec_cmp(&so_far, &least) < 0;
	exceeds = rule->has_most && dec_cmp(&so_far, &most) > 0;
	if (lacks || exceeds) {
		dec_sub(exact, lacks ? &least : &most, &so_far);
		if (!version->money_on_total) {
			with_tax(exact, charge);
		} else {
			take_out(exact, &common);
		}
	}
	dec_release(&least);
	dec_release(&most);
	dec_release(&so_far);
	dec_release(&common);
	return lacks || exceeds;
}
