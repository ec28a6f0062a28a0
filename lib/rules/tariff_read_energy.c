/* tariff_read_energy.c - which energy a charge is of, who is spared it, and
 * when another price holds, into structs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "rules/tariff_reader.h"

static const char *const no_words[] = {NULL};

/* The one such element of a charge, or NULL; a second is a fault. */
static const struct xml_node *
only(struct tariff_reader *reader, const struct xml_node *node,
    const char *element)
{
	const struct xml_node *first = xml_first(node, element);

	if (first != NULL && xml_next(first, element) != NULL) {
		tariff_fault(reader, xml_next(first, element), NULL,
		    "tariff-twice", "there is a %s already", element);
	}
	return first;
}

/* Which of both channels together. */
static void
read_quantity(struct tariff_reader *reader, const struct xml_node *node,
    struct charge *charge)
{
	static const char *const of[] = {
	    "channel", "net", "net-signed", "smaller", NULL};
	static const char *const over[] = {"interval", "day", "month", NULL};
	static const char *const shares[] = {
	    "whole", "days", "thirtieths", NULL};

	charge->of_energy = (enum of_energy)tariff_word(
	    reader, node, "quantity", of, OF_CHANNEL);
	charge->over = (enum quantity_over)tariff_word(
	    reader, node, "over", over, OVER_INTERVAL);
	charge->share = (enum month_share)tariff_word(
	    reader, node, "share", shares, SHARE_WHOLE);
	if (charge->of_energy != OF_CHANNEL && charge->per != PER_KWH &&
	    charge->per != PER_KW) {
		tariff_fault(reader, node, "quantity", "tariff-idle",
		    "goes with charges per kwh or kw only");
	}
	if (charge->over != OVER_INTERVAL && charge->per == PER_KW) {
		tariff_fault(reader, node, "over", "tariff-idle",
		    "demand is of what is set against each other by interval");
	}
	if (charge->of_energy == OF_CHANNEL && xml_attr(node, "over") != NULL) {
		tariff_fault(reader, node, "over", "tariff-idle",
		    "goes with a quantity of both channels only");
	}
	if (xml_attr(node, "share") != NULL && charge->per != PER_MONTH &&
	    charge->per != PER_KW && charge->per != PER_KVA) {
		tariff_fault(reader, node, "share", "tariff-idle",
		    "goes with charges per month, kw or kva only");
	}
}

static void
read_exemptions(struct tariff_reader *reader, const struct xml_node *node,
    struct charge *charge)
{
	for (const struct xml_node *n = xml_first(node, "exempt"); n != NULL;
	     n = xml_next(n, "exempt")) {
		struct exemption *exemption;

		charge->exemptions = tariff_grow(charge->exemptions,
		    charge->exemption_count, sizeof(*charge->exemptions));
		exemption = &charge->exemptions[charge->exemption_count++];
		exemption->line_no = (int)xml_line(n);
		exemption->from_day = INT32_MIN;
		exemption->to_day = INT32_MAX;
		tariff_id(reader, n, "component", exemption->item);
		tariff_whom(reader, n, &exemption->whom);
		tariff_day(reader, n, "from", &exemption->from_day);
		tariff_day(reader, n, "to", &exemption->to_day);
		tariff_text(reader, n, "source", exemption->source,
		    sizeof(exemption->source));
		if (exemption->to_day <= exemption->from_day) {
			tariff_fault(reader, n, "to", "tariff-version",
			    "not after from");
		}
	}
}

static void
read_conditions(struct tariff_reader *reader, const struct xml_node *node,
    struct charge *charge)
{
	for (const struct xml_node *n = xml_first(node, "when"); n != NULL;
	     n = xml_next(n, "when")) {
		struct price_condition *condition;
		bool below = xml_attr(n, "below") != NULL;

		charge->conditions = tariff_grow(charge->conditions,
		    charge->condition_count, sizeof(*charge->conditions));
		condition = &charge->conditions[charge->condition_count++];
		condition->line_no = (int)xml_line(n);
		condition->below = below;
		tariff_need(reader, n, "series");
		tariff_id(reader, n, "series", condition->series);
		tariff_need(reader, n, "price");
		tariff_number(reader, n, "price", &condition->price);
		if (below == (xml_attr(n, "at-least") != NULL)) {
			tariff_fault(reader, n, NULL, "tariff-condition",
			    "either below or at-least must be given");
		}
		tariff_number(
		    reader, n, below ? "below" : "at-least", &condition->limit);
	}
}

/* A number that must not be below zero. */
static void
read_amount(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, struct dec *out)
{
	if (tariff_number(reader, node, attribute, out) && dec_sign(out) < 0) {
		tariff_fault(reader, node, attribute, "tariff-number",
		    "must not be negative");
	}
}

/* The one of percent, kwh, option and rest that says the part. */
static void
read_part(struct tariff_reader *reader, const struct xml_node *node,
    struct charge *charge)
{
	static const char *const of[] = {"percent", "kwh", NULL};
	bool percent = xml_attr(node, "percent") != NULL;
	bool kwh = xml_attr(node, "kwh") != NULL;
	bool option = xml_attr(node, "option") != NULL;
	bool rest = tariff_yes(reader, node, "rest", false);
	struct energy_part *part = xcalloc(1, sizeof(*part));
	int unit = tariff_word(reader, node, "of", of, -1);

	charge->part = part;
	if (percent + kwh + option + rest != 1) {
		tariff_fault(reader, node, NULL, "tariff-part",
		    "one of percent, kwh, option and rest must be given");
	}
	if (option != (xml_attr(node, "of") != NULL)) {
		tariff_fault(reader, node, "of", "tariff-part",
		    "option and of (percent or kwh) must be given together");
	}
	part->kind = rest                           ? PART_REST
		     : kwh || (option && unit == 1) ? PART_KWH
						    : PART_PERCENT;
	tariff_id(reader, node, "option", part->option);
	read_amount(reader, node, percent ? "percent" : "kwh", &part->value);
}

static void
read_loss(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, struct charge *charge)
{
	static const struct dec hundred = DEC_SMALL(100, 0);
	bool kwh = xml_attr(node, "kwh") != NULL;
	bool option = xml_attr(node, "option") != NULL;
	bool percent = xml_attr(node, "percent") != NULL;
	struct loss *loss = xcalloc(1, sizeof(*loss));
	int word;

	charge->loss = loss;
	if (kwh && option) {
		tariff_fault(reader, node, "option", "tariff-loss",
		    "either kwh or option says how much is lost");
	}
	if (!kwh && !option && !percent) {
		tariff_fault(reader, node, NULL, "tariff-loss",
		    "must say kwh, option or percent");
	}
	if (xml_attr(node, "days") != NULL && !kwh && !option) {
		tariff_fault(reader, node, "days", "tariff-idle",
		    "is of kwh, which is not given");
	}
	read_amount(reader, node, "kwh", &loss->fixed_kwh);
	tariff_id(reader, node, "option", loss->fixed_option);
	loss->days = tariff_int(reader, node, "days", 1, 366, 0);
	read_amount(reader, node, "percent", &loss->percent);
	if (percent && dec_cmp(&loss->percent, &hundred) > 0) {
		tariff_fault(
		    reader, node, "percent", "tariff-number", "more than 100");
	}
	loss->has_round = tariff_rounding(
	    reader, node, "round", no_words, &loss->round, &word);
	loss->to_band = tariff_named_band(reader, node, "band", version);
}

/* What is lost is of itself, not of a part of it, and not of both channels. */
static void
check_loss(struct tariff_reader *reader, const struct xml_node *node,
    const struct charge *charge)
{
	static const char *const others[] = {"part", "tiers", "when"};

	if (charge->of_energy != OF_CHANNEL) {
		tariff_fault(reader, node, "quantity", "tariff-loss",
		    "does not go together with loss");
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		const struct xml_node *other = xml_first(node, others[i]);

		if (other != NULL) {
			tariff_fault(reader, other, NULL, "tariff-loss",
			    "does not go together with loss");
		}
	}
}

void
tariff_read_energy(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, struct charge *charge)
{
	const struct xml_node *part = only(reader, node, "part");
	const struct xml_node *loss = only(reader, node, "loss");

	read_quantity(reader, node, charge);
	read_exemptions(reader, node, charge);
	read_conditions(reader, node, charge);
	if (part != NULL) {
		read_part(reader, part, charge);
	}
	if (loss != NULL) {
		read_loss(reader, loss, version, charge);
		check_loss(reader, node, charge);
	}
	if (charge->per == PER_KWH) {
		return;
	}
	for (const struct xml_node *n = xml_first(node, NULL); n != NULL;
	     n = xml_next(n, NULL)) {
		if (strcmp(xml_name(n), "part") == 0 ||
		    strcmp(xml_name(n), "loss") == 0 ||
		    strcmp(xml_name(n), "when") == 0) {
			tariff_fault(reader, n, NULL, "tariff-idle",
			    "goes with charges per kwh only");
		}
	}
}
