/* tariff_check_tiers.c - whether the tiers of a charge make sense.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/tariff_reader.h"

/* A tier that ends where the one before it does, or earlier. */
static void
check_order(struct tariff_reader *reader, const struct xml_node *node,
    const struct tiers *tiers)
{
	const struct xml_node *n = xml_first(node, "tier");
	char to[DEC_TEXT_MAX], before[DEC_TEXT_MAX];

	for (size_t i = 0; i < tiers->count; i++, n = xml_next(n, "tier")) {
		const struct tier *tier = &tiers->list[i];
		const struct tier *last = i == 0 ? NULL : tier - 1;
		const char *text = xml_attr(n, "to");

		/* What is no number, and was told as that, is 0 here. */
		if (text == NULL || text[0] == '\0' ||
		    (dec_is_zero(&tier->to) && strpbrk(text, "123456789"))) {
			continue;
		}
		dec_format(&tier->to, to, sizeof(to));
		if (dec_sign(&tier->to) <= 0) {
			tariff_fault(reader, n, "to", "tariff-never",
			    "can never apply: it ends at %s", to);
		} else if (last != NULL && last->to_option[0] == '\0' &&
			   last->unit == tier->unit &&
			   dec_cmp(&tier->to, &last->to) <= 0) {
			dec_format(&last->to, before, sizeof(before));
			tariff_fault(reader, n, "to", "tariff-never",
			    "can never apply: it ends at %s, and the tier "
			    "before it at %s",
			    to, before);
		}
		if (tier->unit == TIER_A_DAY && tiers->per == COUNT_DAY) {
			tariff_fault(reader, n, "unit", "tariff-idle",
			    "the tiers count a day anyway");
		}
	}
}

/* How far a line reaches, against what is counted. */
static bool
is_shorter(enum line_span span, enum tier_count per)
{
	if (per == COUNT_DAY) {
		return span == SPAN_HOUR || span == SPAN_INTERVAL;
	}
	return span != SPAN_STRETCH && span != SPAN_MONTH;
}

/* What is split after the fact needs one price and one line for all of it. */
static void
check_split(struct tariff_reader *reader, const struct xml_node *charge_node,
    const struct xml_node *node, const struct charge *charge)
{
	const struct tiers *tiers = charge->tiers;

	if (tiers->split == TIER_BY_TIME) {
		return;
	}
	if (charge->form == PRICE_SERIES || charge->condition_count > 0) {
		tariff_fault(reader, node, "split", "tariff-tier",
		    "only split=\"time\" goes with prices by a series");
	}
	if (is_shorter(charge->span, tiers->per)) {
		tariff_fault(reader, charge_node, "lines", "tariff-tier",
		    "shorter than what the tiers count; only "
		    "split=\"time\" goes with that");
	}
}

/* Tiers of kW: those of a month, whatever the bands. */
static void
check_demand_tiers(struct tariff_reader *reader, const struct xml_node *node,
    const struct tiers *tiers)
{
	static const char *const of_energy[] = {
	    "bands", "each", "split", "order"};

	if (tiers->per != COUNT_MONTH) {
		tariff_fault(reader, node, "per", "tariff-tier",
		    "the kW of a charge per kw are a month's");
	}
	for (size_t i = 0; i < 4; i++) {
		if (xml_attr(node, of_energy[i]) != NULL) {
			tariff_fault(reader, node, of_energy[i], "tariff-idle",
			    "goes with tiers of kWh only");
		}
	}
	for (size_t i = 0; i < tiers->count; i++) {
		if (tiers->list[i].unit != TIER_TOTAL) {
			tariff_fault(reader, node, NULL, "tariff-tier",
			    "tiers of kW end at kW: unit says otherwise");
			return;
		}
	}
}

void
tariff_check_tiers(struct tariff_reader *reader,
    const struct xml_node *charge_node, const struct tariff_version *version,
    const struct charge *charge, const bool occurs[TARIFF_BANDS_MAX])
{
	const struct xml_node *node = xml_first(charge_node, "tiers");

	if (charge->tiers == NULL) {
		return;
	}
	if (charge->per != PER_KWH && charge->per != PER_KW) {
		tariff_fault(reader, node, NULL, "tariff-idle",
		    "goes with charges per kwh or kw only");
		return;
	}
	check_order(reader, node, charge->tiers);
	if (charge->per == PER_KW) {
		check_demand_tiers(reader, node, charge->tiers);
		return;
	}
	check_split(reader, charge_node, node, charge);
	tariff_never_bands(reader, node, version, charge->tiers->bands, occurs);
}
