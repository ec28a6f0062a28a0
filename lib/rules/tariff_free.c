/* tariff_free.c - a tariff and all that hangs on it, freed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "rules/whom.h"

static void
release_words(char **words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(words[i]);
	}
	free(words);
}

static void
release_selector(struct day_selector *when)
{
	release_words(when->holidays, when->holiday_count);
	dec_release(&when->at_least);
}

static void
release_prices(struct band_price *prices, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		dec_release(&prices[i].price);
	}
	free(prices);
}

static void
free_tiers(struct tiers *tiers)
{
	for (size_t i = 0; tiers != NULL && i < tiers->count; i++) {
		struct tier *tier = &tiers->list[i];

		dec_release(&tier->to);
		release_prices(tier->prices, tier->price_count);
		release_prices(tier->adders, tier->adder_count);
	}
	if (tiers != NULL) {
		free(tiers->list);
	}
	free(tiers);
}

static void
free_demand(struct demand *demand)
{
	if (demand == NULL) {
		return;
	}
	dec_release(&demand->ratchet_factor);
	dec_release(&demand->agreed_least);
	dec_release(&demand->agreed_over);
	dec_release(&demand->over_times);
	dec_release(&demand->discount_kwh_per_kva);
	dec_release(&demand->discount_factor);
	free(demand);
}

static void
free_power_factor(struct power_factor *factor)
{
	if (factor == NULL) {
		return;
	}
	for (size_t i = 0; i < factor->range_count; i++) {
		struct factor_range *range = &factor->ranges[i];

		dec_release(&range->from);
		dec_release(&range->to);
		dec_release(&range->percent);
		dec_release(&range->at);
		dec_release(&range->each);
	}
	dec_release(&factor->standard);
	release_words(factor->without, factor->without_count);
	free(factor->ranges);
	free(factor->of);
	free(factor);
}

static void
free_limit(struct limit *limit)
{
	if (limit == NULL) {
		return;
	}
	dec_release(&limit->least);
	dec_release(&limit->most);
	free(limit->of);
	free(limit);
}

/* Which energy the charge is of, and who is spared. */
static void
release_energy(struct charge *charge)
{
	for (size_t i = 0; i < charge->exemption_count; i++) {
		whom_release(&charge->exemptions[i].whom);
	}
	free(charge->exemptions);
	for (size_t i = 0; i < charge->condition_count; i++) {
		dec_release(&charge->conditions[i].limit);
		dec_release(&charge->conditions[i].price);
	}
	free(charge->conditions);
	if (charge->part != NULL) {
		dec_release(&charge->part->value);
	}
	free(charge->part);
	if (charge->loss != NULL) {
		dec_release(&charge->loss->fixed_kwh);
		dec_release(&charge->loss->percent);
	}
	free(charge->loss);
}

static void
release_charge(struct charge *charge)
{
	for (size_t i = 0; i < charge->ratio_count; i++) {
		dec_release(&charge->ratios[i].factor);
		whom_release(&charge->ratios[i].whom);
	}
	whom_release(&charge->whom);
	release_energy(charge);
	free_tiers(charge->tiers);
	free_demand(charge->demand);
	free_power_factor(charge->power_factor);
	free_limit(charge->limit);
	free(charge->ratios);
	free(charge->components);
	release_prices(charge->prices, charge->price_count);
	release_prices(charge->adders, charge->adder_count);
	dec_release(&charge->benchmark);
	dec_release(&charge->factor);
	dec_release(&charge->tax_rate);
}

static void
release_version(struct tariff_version *version)
{
	for (size_t i = 0; i < version->base_count; i++) {
		release_selector(&version->base[i].when);
		free(version->base[i].hours);
	}
	for (size_t i = 0; i < version->overlay_count; i++) {
		release_selector(&version->overlays[i].when);
		free(version->overlays[i].hours);
	}
	for (size_t i = 0; i < version->charge_count; i++) {
		release_charge(&version->charges[i]);
	}
	free(version->base);
	free(version->overlays);
	free(version->charges);
}

void
tariff_free(struct tariff *tariff)
{
	if (tariff == NULL) {
		return;
	}
	for (size_t i = 0; i < tariff->version_count; i++) {
		release_version(&tariff->versions[i]);
	}
	free(tariff->versions);
	free(tariff->labels);
	free(tariff);
}
