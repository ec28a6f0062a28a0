/* tariff_read_tiers.c - tiers (阶梯) of a charge into structs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "rules/tariff_reader.h"

#define TIERS_MAX 32

/* A price or adder attribute of a tier, short for one element for all bands;
 * true where it is left open. */
static bool
read_short(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, struct band_price **out, size_t *count)
{
	struct band_price *price;

	if (xml_attr(node, attribute) == NULL) {
		return false;
	}
	if (*count > 0) {
		tariff_fault(reader, node, attribute, "tariff-twice",
		    "there are %s elements already", attribute);
		return false;
	}
	*out = tariff_grow(*out, *count, sizeof(**out));
	price = &(*out)[(*count)++];
	price->band = BAND_NONE;
	if (tariff_blank(reader, node, attribute)) {
		return true;
	}
	tariff_number(reader, node, attribute, &price->price);
	return false;
}

/* "<charge>-tier-2" where the tier does not say its id. */
static void
read_tier_id(struct tariff_reader *reader, const struct xml_node *node,
    const struct charge *charge, size_t place, struct tier *tier)
{
	int length;

	if (xml_attr(node, "id") != NULL) {
		tariff_id(reader, node, "id", tier->component);
		return;
	}
	length = snprintf(tier->component, sizeof(tier->component),
	    "%s-tier-%zu", charge->component, place);
	if (length >= (int)sizeof(tier->component)) {
		tariff_fault(reader, node, "id", "tariff-id",
		    "must be given: that of the charge is too long to take a "
		    "number");
	}
}

/* Where the tier ends; true where that is left open. */
static bool
read_end(struct tariff_reader *reader, const struct xml_node *node, bool last,
    struct tier *tier)
{
	static const char *const units[] = {"total", "day", "kw", "kva", NULL};
	bool number = xml_attr(node, "to") != NULL;
	bool option = xml_attr(node, "option") != NULL;

	tier->has_to = number || option;
	tier->unit =
	    (enum tier_unit)tariff_word(reader, node, "unit", units, 0);
	tariff_id(reader, node, "option", tier->to_option);
	if (number && option) {
		tariff_fault(reader, node, "option", "tariff-tier",
		    "either to or option says where the tier ends");
	}
	if (last && tier->has_to) {
		tariff_fault(reader, node, number ? "to" : "option",
		    "tariff-tier", "the last tier has no end");
	}
	if (!last && !tier->has_to) {
		tariff_fault(reader, node, "to", "tariff-missing",
		    "must be given, or option: only the last tier has no end");
	}
	if (!tier->has_to && xml_attr(node, "unit") != NULL) {
		tariff_fault(reader, node, "unit", "tariff-idle",
		    "is of to, which is not given");
	}
	if (tariff_blank(reader, node, "to")) {
		return true;
	}
	tariff_number(reader, node, "to", &tier->to);
	return false;
}

static bool
read_tier(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, const struct charge *charge)
{
	struct tiers *tiers = charge->tiers;
	struct tier *tier;
	bool open;

	tiers->list =
	    tariff_grow(tiers->list, tiers->count, sizeof(*tiers->list));
	tier = &tiers->list[tiers->count++];
	tier->line_no = (int)xml_line(node);
	read_tier_id(reader, node, charge, tiers->count, tier);
	open = read_end(reader, node, xml_next(node, "tier") == NULL, tier);
	open |= tariff_prices(
	    reader, node, "price", version, &tier->prices, &tier->price_count);
	open |= tariff_prices(
	    reader, node, "adder", version, &tier->adders, &tier->adder_count);
	open |= read_short(
	    reader, node, "price", &tier->prices, &tier->price_count);
	open |= read_short(
	    reader, node, "adder", &tier->adders, &tier->adder_count);
	return open;
}

/* Which tier is whose, where several bands count together. */
static void
read_split(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, struct tiers *tiers)
{
	static const char *const splits[] = {"time", "share", "order", NULL};
	unsigned counted =
	    tiers->bands != 0 ? tiers->bands : (1u << version->band_count) - 1;
	unsigned ordered;

	tiers->split =
	    (enum tier_split)tariff_word(reader, node, "split", splits, 0);
	ordered = tariff_band_list(
	    reader, node, "order", version, tiers->order, &tiers->order_count);
	if ((tiers->split == TIER_BY_ORDER) !=
	    (xml_attr(node, "order") != NULL)) {
		tariff_fault(reader, node, "order", "tariff-tier",
		    "split=\"order\" and order go together");
	} else if (tiers->split == TIER_BY_ORDER && ordered != counted) {
		tariff_fault(reader, node, "order", "tariff-tier",
		    "must name every band that counts, and no other");
	}
	if (tiers->each_band && tiers->split == TIER_BY_ORDER) {
		tariff_fault(reader, node, "split", "tariff-idle",
		    "every band counts for itself: there is no order among "
		    "them");
	}
}

/* What is counted, and since when. */
static void
read_count(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, struct tiers *tiers)
{
	static const char *const per[] = {"day", "month", "year", NULL};
	static const char *const each[] = {"band", NULL};
	unsigned list[TARIFF_BANDS_MAX];
	size_t count;

	tiers->per =
	    (enum tier_count)tariff_word(reader, node, "per", per, COUNT_MONTH);
	tiers->year_start_month =
	    tariff_int(reader, node, "year-from", 1, 12, 1);
	if (xml_attr(node, "year-from") != NULL && tiers->per != COUNT_YEAR) {
		tariff_fault(reader, node, "year-from", "tariff-idle",
		    "goes with per=\"year\" only");
	}
	tiers->bands =
	    tariff_band_list(reader, node, "bands", version, list, &count);
	tiers->each_band = tariff_word(reader, node, "each", each, -1) == 0;
	if (tiers->each_band && version->band_count == 0) {
		tariff_fault(reader, node, "each", "tariff-band",
		    "the version has no bands");
	}
}

bool
tariff_read_tiers(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, struct charge *charge)
{
	const struct xml_node *n = xml_first(node, "tiers");
	bool open = false;

	if (n == NULL) {
		return false;
	}
	if (xml_next(n, "tiers") != NULL) {
		tariff_fault(reader, xml_next(n, "tiers"), NULL, "tariff-twice",
		    "there are tiers already");
	}
	charge->tiers = xcalloc(1, sizeof(*charge->tiers));
	read_count(reader, n, version, charge->tiers);
	read_split(reader, n, version, charge->tiers);
	for (n = xml_first(n, "tier");
	     n != NULL &&
	     tariff_fits(reader, n, charge->tiers->count, TIERS_MAX);
	     n = xml_next(n, "tier")) {
		open |= read_tier(reader, n, version, charge);
	}
	if (charge->tiers->count == 0) {
		tariff_fault(reader, xml_first(node, "tiers"), NULL,
		    "tariff-missing", "must hold tier elements");
	}
	return open;
}
