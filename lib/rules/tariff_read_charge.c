/* tariff_read_charge.c - charges of a tariff document into structs: who owes
 * what, and where its price comes from.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "rules/tariff_reader.h"

/* What an element says without saying it. */
struct charge_kind {
	const char *element, *id, *leg;
	int channel; /* or -1: to be said */
};

static const struct charge_kind kinds[] = {
    {"import", "energy", "supply", CHANNEL_IMPORT},
    {"export", "discharge", "export", CHANNEL_EXPORT},
    {"service", "service", "service", CHANNEL_IMPORT},
    {"charge", NULL, NULL, -1},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

#define RATIOS_MAX 128

static const char *const no_words[] = {NULL};

bool
tariff_prices(struct tariff_reader *reader, const struct xml_node *node,
    const char *element, const struct tariff_version *version,
    struct band_price **out, size_t *count)
{
	bool open = false;

	for (const struct xml_node *n = xml_first(node, element); n != NULL;
	     n = xml_next(n, element)) {
		struct band_price *price;

		*out = tariff_grow(*out, *count, sizeof(**out));
		price = &(*out)[(*count)++];
		price->band = tariff_named_band(reader, n, "band", version);
		if (tariff_blank(reader, n, "value")) {
			open = true;
		} else if (tariff_need(reader, n, "value")) {
			tariff_number(reader, n, "value", &price->price);
		}
		for (size_t i = 0; i + 1 < *count; i++) {
			if ((*out)[i].band == price->band) {
				tariff_fault(reader, n, "band", "tariff-twice",
				    "a second %s for the same band", element);
				break;
			}
		}
	}
	return open;
}

static void
read_components(struct tariff_reader *reader, const struct xml_node *node,
    struct charge *charge)
{
	for (const struct xml_node *n = xml_first(node, "component"); n != NULL;
	     n = xml_next(n, "component")) {
		struct price_component *component;

		charge->components = tariff_grow(charge->components,
		    charge->component_count, sizeof(*charge->components));
		component = &charge->components[charge->component_count++];
		tariff_need(reader, n, "id");
		tariff_id(reader, n, "id", component->item);
		component->floats = tariff_yes(reader, n, "floats", false);
		for (size_t i = 0; i + 1 < charge->component_count; i++) {
			if (strcmp(charge->components[i].item,
				component->item) == 0) {
				tariff_fault(reader, n, "id", "tariff-twice",
				    "component %s is there already",
				    component->item);
			}
		}
	}
}

/* "+60" percent is 1.60, exactly. */
static void
read_percent(
    struct tariff_reader *reader, const struct xml_node *node, struct dec *out)
{
	static const struct dec hundredth = DEC_SMALL(1, 2);
	static const struct dec one = DEC_SMALL(1, 0);
	const char *text = xml_attr(node, "percent");
	const char *digits = text[0] == '+' ? text + 1 : text;
	struct qf_error err;

	if ((text[0] != '+' && text[0] != '-') || text[1] == '-' ||
	    dec_parse(out, digits, strlen(digits), &err) == -1) {
		tariff_fault(reader, node, "percent", "tariff-percent",
		    "\"%s\" is not a percentage more or less, such as +60 "
		    "or -62",
		    text);
		return;
	}
	dec_mul(out, out, &hundredth);
	dec_add(out, out, &one);
	if (dec_sign(out) < 0) {
		tariff_fault(reader, node, "percent", "tariff-percent",
		    "%s is more than all of it off", text);
	}
}

/* A ratio's factor, said as such or by percent; true where it is left open. */
static bool
read_factor(
    struct tariff_reader *reader, const struct xml_node *node, struct dec *out)
{
	bool factor = xml_attr(node, "factor") != NULL;
	bool percent = xml_attr(node, "percent") != NULL;

	if (factor == percent) {
		tariff_fault(reader, node, NULL, "tariff-ratio",
		    "either factor or percent must be given");
		return false;
	}
	if (percent) {
		read_percent(reader, node, out);
		return false;
	}
	if (tariff_blank(reader, node, "factor")) {
		return true;
	}
	if (tariff_number(reader, node, "factor", out) && dec_sign(out) < 0) {
		tariff_fault(reader, node, "factor", "tariff-number",
		    "must not be negative");
	}
	return false;
}

static bool
read_ratios(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, struct charge *charge)
{
	static const char *const on[] = {"floating", "whole", NULL};
	bool open = false;

	for (const struct xml_node *n = xml_first(node, "ratio");
	     n != NULL &&
	     tariff_fits(reader, n, charge->ratio_count, RATIOS_MAX);
	     n = xml_next(n, "ratio")) {
		struct band_ratio *ratio;

		charge->ratios = tariff_grow(charge->ratios,
		    charge->ratio_count, sizeof(*charge->ratios));
		ratio = &charge->ratios[charge->ratio_count++];
		tariff_need(reader, n, "band");
		tariff_need(reader, n, "of");
		ratio->band = tariff_named_band(reader, n, "band", version);
		ratio->of = tariff_named_band(reader, n, "of", version);
		ratio->on_whole = tariff_word(reader, n, "on", on, 0) == 1;
		open |= read_factor(reader, n, &ratio->factor);
		tariff_whom(reader, n, &ratio->whom);
	}
	return open;
}

/* Whether the tiers give every price themselves. */
static bool
tiers_price(const struct charge *charge)
{
	if (charge->tiers == NULL || charge->tiers->bands != 0) {
		return false;
	}
	for (size_t i = 0; i < charge->tiers->count; i++) {
		if (charge->tiers->list[i].price_count == 0) {
			return false;
		}
	}
	return charge->tiers->count > 0;
}

/* The one place that the price comes from. */
static void
read_form(struct tariff_reader *reader, const struct xml_node *node,
    struct charge *charge)
{
	bool prices = charge->price_count > 0;
	bool table = xml_attr(node, "table") != NULL;
	bool benchmark = xml_attr(node, "benchmark") != NULL;
	bool same = xml_attr(node, "same-as") != NULL;
	bool series = xml_attr(node, "series") != NULL;

	if (prices + table + benchmark + same + series == 0 &&
	    tiers_price(charge)) {
		charge->form = PRICE_FIXED;
		return;
	}
	if (prices + table + benchmark + same + series != 1) {
		tariff_fault(reader, node, NULL, "tariff-price",
		    "its price must come from one of price elements, table, "
		    "benchmark, same-as and series, not from %s",
		    prices + table + benchmark + same + series == 0
			? "none"
			: "several");
	}
	charge->form = prices   ? PRICE_FIXED
		       : table  ? charge->component_count > 0 ? PRICE_COMPOSED
							      : PRICE_PRINTED
		       : same   ? PRICE_OF_CHARGE
		       : series ? PRICE_SERIES
				: PRICE_BENCHMARK;
}

/* Numbers and names that a template may leave open. */
static bool
read_open(struct tariff_reader *reader, const struct xml_node *node,
    struct charge *charge)
{
	bool open = tariff_blank(reader, node, "table");

	if (!open) {
		tariff_id(reader, node, "table", charge->table);
	}
	if (tariff_blank(reader, node, "item")) {
		open = true;
	} else {
		tariff_id(reader, node, "item", charge->item);
	}
	if (tariff_blank(reader, node, "series")) {
		open = true;
	} else {
		tariff_id(reader, node, "series", charge->series);
	}
	if (tariff_blank(reader, node, "benchmark")) {
		open = true;
	} else {
		tariff_number(reader, node, "benchmark", &charge->benchmark);
	}
	dec_set_int(&charge->factor, 1, 0);
	if (tariff_blank(reader, node, "factor")) {
		open = true;
	} else {
		tariff_number(reader, node, "factor", &charge->factor);
	}
	return open;
}

static void
read_tax(struct tariff_reader *reader, const struct xml_node *node,
    struct charge *charge)
{
	struct dec one = {0};

	charge->has_tax = tariff_number(reader, node, "tax", &charge->tax_rate);
	charge->tax_included = tariff_yes(reader, node, "tax-included", false);
	if (charge->has_tax != (xml_attr(node, "tax-included") != NULL)) {
		tariff_fault(reader, node, NULL, "tariff-tax",
		    "tax and tax-included must be given together");
	}
	if (charge->has_tax && dec_sign(&charge->tax_rate) < 0) {
		tariff_fault(
		    reader, node, "tax", "tariff-tax", "must not be negative");
	}
	/* Who writes 13 means 13 %. */
	dec_set_int(&one, 1, 0);
	if (charge->has_tax && dec_cmp(&charge->tax_rate, &one) > 0) {
		tariff_fault(reader, node, "tax", "tariff-tax",
		    "more than 1: a rate such as 0.13 is meant");
	}
}

/* Who owes what for which kWh. */
static void
read_identity(struct tariff_reader *reader, const struct xml_node *node,
    struct charge *charge)
{
	static const char *const per[] = {
	    "kwh", "day", "month", "once", "month-by-day", "kw", "kva", NULL};
	static const char *const channels[] = {"import", "export", NULL};
	const struct charge_kind *kind = kinds;
	int channel;

	while (strcmp(kind->element, xml_name(node)) != 0) {
		kind++;
		assert(kind < kinds + KINDS);
	}
	if (kind->id != NULL) {
		snprintf(charge->component, sizeof(charge->component), "%s",
		    kind->id);
		snprintf(charge->leg, sizeof(charge->leg), "%s", kind->leg);
	} else {
		tariff_need(reader, node, "id");
		tariff_need(reader, node, "leg");
		tariff_need(reader, node, "per");
	}
	tariff_id(reader, node, "id", charge->component);
	snprintf(
	    charge->subject, sizeof(charge->subject), "%s", charge->component);
	tariff_id(reader, node, "subject", charge->subject);
	tariff_id(reader, node, "leg", charge->leg);
	charge->per =
	    (enum charge_per)tariff_word(reader, node, "per", per, PER_KWH);
	channel = tariff_word(reader, node, "channel", channels, kind->channel);
	if (channel == -1 && charge->per == PER_KWH) {
		tariff_need(reader, node, "channel");
	}
	charge->channel =
	    channel == -1 ? CHANNEL_IMPORT : (enum channel)channel;
	/* What a meter does not see is not in its balance. */
	charge->counts_energy =
	    tariff_yes(reader, node, "counts",
		kind->id != NULL && xml_first(node, "loss") == NULL) &&
	    charge->per == PER_KWH;
}

bool
tariff_is_charge(const struct xml_node *node)
{
	for (size_t i = 0; i < KINDS; i++) {
		if (strcmp(xml_name(node), kinds[i].element) == 0) {
			return true;
		}
	}
	return false;
}

struct charge *
tariff_add_charge(struct tariff_reader *reader, const struct xml_node *node,
    struct tariff_version *version)
{
	size_t count = version->charge_count++;

	version->charges =
	    tariff_grow(version->charges, count, sizeof(*version->charges));
	reader->charge_nodes = tariff_grow(
	    reader->charge_nodes, count, sizeof(*reader->charge_nodes));
	reader->charge_nodes[count] = node;
	version->charges[count].line_no = (int)xml_line(node);
	return &version->charges[count];
}

/* Every number of the price; true where one is left open. */
static bool
read_price(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, struct charge *charge)
{
	bool open;

	open = tariff_prices(reader, node, "price", version, &charge->prices,
	    &charge->price_count);
	open |= tariff_prices(reader, node, "adder", version, &charge->adders,
	    &charge->adder_count);
	read_components(reader, node, charge);
	open |= read_ratios(reader, node, version, charge);
	open |= read_open(reader, node, charge);
	open |= tariff_read_tiers(reader, node, version, charge);
	open |= tariff_read_demand(reader, node, version, charge);
	return open;
}

void
tariff_read_charge(struct tariff_reader *reader, const struct xml_node *node,
    struct tariff_version *version)
{
	static const char *const spans[] = {
	    "stretch", "month", "day", "hour", "interval", NULL};
	static const char *const missing[] = {"hold", "unpriced", NULL};
	struct charge *charge = tariff_add_charge(reader, node, version);
	bool open;
	int word;

	read_identity(reader, node, charge);
	tariff_whom(reader, node, &charge->whom);
	tariff_text(
	    reader, node, "source", charge->source, sizeof(charge->source));
	tariff_text(reader, node, "confidence", charge->confidence,
	    sizeof(charge->confidence));
	charge->span =
	    (enum line_span)tariff_word(reader, node, "lines", spans, 0);
	charge->missing_unpriced =
	    tariff_word(reader, node, "missing", missing, 0) == 1;
	tariff_id(reader, node, "class", charge->user_class);
	tariff_id(reader, node, "type", charge->type);
	tariff_id(reader, node, "voltage", charge->voltage);
	charge->has_price_rounding = tariff_rounding(
	    reader, node, "round", no_words, &charge->price_rounding, &word);
	read_tax(reader, node, charge);
	tariff_read_energy(reader, node, version, charge);
	open = read_price(reader, node, version, charge);
	read_form(reader, node, charge);
	if (open) {
		charge->form = PRICE_TEMPLATE;
	}
}
