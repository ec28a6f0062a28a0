/* tariff_read_month.c - what is reckoned once a month, into structs: maximum
 * demand (需量), adjustment by power factor (力调), least and most amounts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "rules/tariff_reader.h"

#define MINUTES_OF_HOUR 60
#define RANGES_MAX 64

static const char *const no_words[] = {NULL};

/* A number of the attribute that must not be below zero; false where it is
 * absent or at fault. */
static bool
read_amount(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, struct dec *out)
{
	if (!tariff_number(reader, node, attribute, out)) {
		return false;
	}
	if (dec_sign(out) < 0) {
		tariff_fault(reader, node, attribute, "tariff-number",
		    "must not be negative");
	}
	return true;
}

/* Who writes 80 means 80 %. */
static bool
read_factor(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, struct dec *out)
{
	static const struct dec one = DEC_SMALL(1, 0);

	if (!read_amount(reader, node, attribute, out)) {
		return false;
	}
	if (dec_cmp(out, &one) > 0) {
		tariff_fault(reader, node, attribute, "tariff-number",
		    "more than 1: a factor such as 0.8 is meant");
	}
	return true;
}

/* A factor of what is over something. */
static bool
read_more(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, struct dec *out)
{
	static const struct dec one = DEC_SMALL(1, 0);

	if (!tariff_number(reader, node, attribute, out)) {
		return false;
	}
	if (dec_cmp(out, &one) < 0) {
		tariff_fault(reader, node, attribute, "tariff-number",
		    "less than 1: a factor such as 1.05 is meant");
	}
	return true;
}

/* Faults unless both or neither are there. */
static void
both(struct tariff_reader *reader, const struct xml_node *node, const char *a,
    const char *b)
{
	if ((xml_attr(node, a) == NULL) != (xml_attr(node, b) == NULL)) {
		tariff_fault(reader, node, xml_attr(node, a) == NULL ? b : a,
		    "tariff-missing", "goes together with %s",
		    xml_attr(node, a) == NULL ? a : b);
	}
}

/* Faults where an attribute is there without the one that it is about. */
static void
needs(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const char *other)
{
	if (xml_attr(node, attribute) != NULL &&
	    xml_attr(node, other) == NULL) {
		tariff_fault(reader, node, attribute, "tariff-missing",
		    "needs %s", other);
	}
}

static void
read_ratchet(struct tariff_reader *reader, const struct xml_node *node,
    struct demand *demand)
{
	both(reader, node, "ratchet", "ratchet-months");
	needs(reader, node, "ratchet-of", "ratchet");
	demand->ratchet_months =
	    tariff_int(reader, node, "ratchet-months", 1, 36, 0);
	read_factor(reader, node, "ratchet", &demand->ratchet_factor);
	tariff_months(reader, node, "ratchet-of", &demand->ratchet_of_months);
}

/* What was agreed, and what becomes of less and of more. */
static void
read_agreed(struct tariff_reader *reader, const struct xml_node *node,
    struct demand *demand)
{
	needs(reader, node, "least", "agreed");
	needs(reader, node, "over", "agreed");
	both(reader, node, "over", "times");
	tariff_id(reader, node, "agreed", demand->agreed_option);
	demand->has_least =
	    read_factor(reader, node, "least", &demand->agreed_least);
	demand->has_over =
	    read_more(reader, node, "over", &demand->agreed_over);
	read_more(reader, node, "times", &demand->over_times);
	if (xml_attr(node, "agreed") != NULL && !demand->has_least &&
	    !demand->has_over) {
		tariff_fault(reader, node, "agreed", "tariff-idle",
		    "says nothing without least or over");
	}
}

/* The price where the kWh are many; true where it is left open. */
static bool
read_discount(struct tariff_reader *reader, const struct xml_node *node,
    struct demand *demand)
{
	bool open = false;

	both(reader, node, "discount", "discount-from");
	demand->has_discount = xml_attr(node, "discount") != NULL;
	if (tariff_blank(reader, node, "discount")) {
		open = true;
	} else {
		read_factor(reader, node, "discount", &demand->discount_factor);
	}
	if (tariff_blank(reader, node, "discount-from")) {
		open = true;
	} else {
		read_amount(reader, node, "discount-from",
		    &demand->discount_kwh_per_kva);
	}
	return open;
}

/* Whether a tier ends at so many kWh a kW, which needs the demand. */
static bool
asks_demand(const struct charge *charge)
{
	for (size_t i = 0; charge->tiers != NULL && i < charge->tiers->count;
	     i++) {
		if (charge->tiers->list[i].unit == TIER_A_KW) {
			return true;
		}
	}
	return false;
}

bool
tariff_read_demand(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, struct charge *charge)
{
	const struct xml_node *n = xml_first(node, "demand");
	bool asked = charge->per == PER_KW || asks_demand(charge);
	unsigned list[TARIFF_BANDS_MAX];
	struct demand *demand;
	size_t count;
	int word;

	if (n == NULL) {
		if (asked) {
			tariff_fault(reader, node, NULL, "tariff-missing",
			    "must say how demand is measured, in a demand "
			    "element");
		}
		return false;
	}
	if (!asked) {
		tariff_fault(reader, n, NULL, "tariff-idle",
		    "goes with charges per kw, and tiers by kw, only");
	}
	if (xml_next(n, "demand") != NULL) {
		tariff_fault(reader, xml_next(n, "demand"), NULL,
		    "tariff-twice", "there is a demand already");
	}
	demand = charge->demand = xcalloc(1, sizeof(*demand));
	tariff_need(reader, n, "window");
	demand->window_minutes = tariff_int(reader, n, "window", 1, 60, 15);
	demand->sliding = tariff_yes(reader, n, "sliding", false);
	if (MINUTES_OF_HOUR % demand->window_minutes != 0) {
		tariff_fault(reader, n, "window", "tariff-demand",
		    "an hour is not a whole number of such windows");
	}
	demand->bands =
	    tariff_band_list(reader, n, "bands", version, list, &count);
	read_ratchet(reader, n, demand);
	read_agreed(reader, n, demand);
	demand->has_round = tariff_rounding(
	    reader, n, "round", no_words, &demand->round, &word);
	return read_discount(reader, n, demand);
}

/* Power factor ------------------------------------------------------------ */

/* What all that is reckoned from other charges says of itself. */
static void
read_identity(struct tariff_reader *reader, const struct xml_node *node,
    const char *otherwise, struct charge *charge)
{
	if (otherwise == NULL) {
		tariff_need(reader, node, "id");
	} else {
		snprintf(charge->component, sizeof(charge->component), "%s",
		    otherwise);
	}
	tariff_id(reader, node, "id", charge->component);
	snprintf(
	    charge->subject, sizeof(charge->subject), "%s", charge->component);
	tariff_id(reader, node, "subject", charge->subject);
	/* The leg, where it is not said, is that of what it is of. */
	tariff_id(reader, node, "leg", charge->leg);
	tariff_text(
	    reader, node, "source", charge->source, sizeof(charge->source));
	tariff_text(reader, node, "confidence", charge->confidence,
	    sizeof(charge->confidence));
	tariff_whom(reader, node, &charge->whom);
	tariff_need(reader, node, "of");
	charge->form = PRICE_FIXED;
	dec_set_int(&charge->factor, 1, 0);
}

static void
read_range(struct tariff_reader *reader, const struct xml_node *node,
    struct power_factor *factor)
{
	struct factor_range *range;
	struct dec least = {0};

	factor->ranges = tariff_grow(
	    factor->ranges, factor->range_count, sizeof(*factor->ranges));
	range = &factor->ranges[factor->range_count++];
	tariff_need(reader, node, "from");
	tariff_need(reader, node, "to");
	tariff_need(reader, node, "percent");
	tariff_number(reader, node, "from", &range->from);
	tariff_number(reader, node, "to", &range->to);
	tariff_number(reader, node, "percent", &range->percent);
	dec_set_int(&least, -100, 0);
	if (dec_cmp(&range->percent, &least) < 0) {
		tariff_fault(reader, node, "percent", "tariff-number",
		    "below -100 more is given back than there is to adjust");
	}
	dec_release(&least);
	dec_set(&range->at, &range->from);
	tariff_number(reader, node, "at", &range->at);
	tariff_number(reader, node, "each", &range->each);
	if (xml_attr(node, "at") != NULL && xml_attr(node, "each") == NULL) {
		tariff_fault(reader, node, "at", "tariff-idle",
		    "says where each is counted from, which is not given");
	}
}

void
tariff_read_power_factor(struct tariff_reader *reader,
    const struct xml_node *node, struct tariff_version *version)
{
	struct charge *charge = tariff_add_charge(reader, node, version);
	struct power_factor *factor = xcalloc(1, sizeof(*factor));
	int word;

	charge->per = PER_POWER_FACTOR;
	charge->power_factor = factor;
	read_identity(reader, node, "power-factor", charge);
	tariff_need(reader, node, "standard");
	tariff_number(reader, node, "standard", &factor->standard);
	tariff_ids(
	    reader, node, "without", &factor->without, &factor->without_count);
	factor->export_counts = tariff_yes(reader, node, "export", false);
	factor->round = (struct rounding){2, DEC_HALF_UP};
	tariff_rounding(reader, node, "round", no_words, &factor->round, &word);
	for (const struct xml_node *n = xml_first(node, "range");
	     n != NULL &&
	     tariff_fits(reader, n, factor->range_count, RANGES_MAX);
	     n = xml_next(n, "range")) {
		read_range(reader, n, factor);
	}
	if (factor->range_count == 0) {
		tariff_fault(reader, node, NULL, "tariff-missing",
		    "must hold the ranges of its table");
	}
}

/* Limit ------------------------------------------------------------------- */

/* A limit's amount; false where it is absent. */
static bool
read_bound(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, struct dec *out, bool *open)
{
	if (tariff_blank(reader, node, attribute)) {
		*open = true;
		return true;
	}
	return tariff_number(reader, node, attribute, out);
}

void
tariff_read_limit(struct tariff_reader *reader, const struct xml_node *node,
    struct tariff_version *version)
{
	static const char *const per[] = {"month", "day", "session", NULL};
	struct charge *charge = tariff_add_charge(reader, node, version);
	struct limit *limit = xcalloc(1, sizeof(*limit));
	bool open = false;

	charge->per = PER_LIMIT;
	charge->limit = limit;
	read_identity(reader, node, NULL, charge);
	limit->per =
	    (enum limit_per)tariff_word(reader, node, "per", per, LIMIT_MONTH);
	limit->has_least =
	    read_bound(reader, node, "least", &limit->least, &open);
	limit->has_most = read_bound(reader, node, "most", &limit->most, &open);
	if (!limit->has_least && !limit->has_most) {
		tariff_fault(reader, node, NULL, "tariff-missing",
		    "least or most must be given");
	}
	if (open) {
		charge->form = PRICE_TEMPLATE;
	}
}
