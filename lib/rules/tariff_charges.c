/* tariff_charges.c - what charges say of each other, and whether the price of
 * each can be found for every band.
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

#define NOT_FOUND SIZE_MAX

static bool
has(const struct xml_node *node, const char *attribute)
{
	return xml_attr(node, attribute) != NULL;
}

/* The charge that a word means: an id, or, where only one such element is
 * there, import, export or service.  Faults where there is none. */
static size_t
find_charge(struct tariff_reader *reader, const struct tariff_version *version,
    size_t asking, const char *attribute)
{
	const struct xml_node *node = reader->charge_nodes[asking];
	const char *word = xml_attr(node, attribute);
	const char **ids = xcalloc(version->charge_count, sizeof(*ids));
	const char *nearest;
	size_t found = NOT_FOUND, elements = 0;

	for (size_t i = 0; i < version->charge_count; i++) {
		ids[i] = version->charges[i].component;
		if (strcmp(ids[i], word) == 0) {
			found = i;
			goto out;
		}
		if (strcmp(xml_name(reader->charge_nodes[i]), word) == 0) {
			found = i;
			elements++;
		}
	}
	if (elements == 1) {
		goto out;
	}
	found = NOT_FOUND;
	nearest = text_nearest(word, ids, version->charge_count);
	tariff_fault(reader, node, attribute, "tariff-charge",
	    elements > 1 ? "there are several %s; name one by its id"
			 : "there is no charge %s%s%s%s",
	    word, nearest == NULL ? "" : "; did you mean ",
	    nearest == NULL ? "" : nearest, nearest == NULL ? "" : "?");
out:
	free(ids);
	return found;
}

static void
check_unique(struct tariff_reader *reader, const struct tariff_version *version,
    size_t index)
{
	const struct charge *charge = &version->charges[index];

	for (size_t i = 0; i < index; i++) {
		const struct charge *other = &version->charges[i];

		if (strcmp(other->component, charge->component) == 0) {
			tariff_fault(reader, reader->charge_nodes[index], "id",
			    "tariff-twice",
			    "there is a charge %s already, at line %d",
			    charge->component, other->line_no);
		}
		if (other->counts_energy && charge->counts_energy &&
		    other->channel == charge->channel &&
		    strcmp(other->leg, charge->leg) == 0) {
			tariff_fault(reader, reader->charge_nodes[index],
			    "counts", "tariff-counts",
			    "the energy of this leg and channel is counted by "
			    "%s already; say counts=\"no\"",
			    other->component);
		}
	}
}

/* Takes the ratios of another charge, as in ratios="import". */
static void
take_ratios(
    struct tariff_reader *reader, struct tariff_version *version, size_t index)
{
	const struct xml_node *node = reader->charge_nodes[index];
	struct charge *charge = &version->charges[index];
	const struct charge *other;
	size_t from;

	if (!has(node, "ratios")) {
		return;
	}
	from = find_charge(reader, version, index, "ratios");
	if (from == NOT_FOUND) {
		return;
	}
	other = &version->charges[from];
	if (from == index || has(reader->charge_nodes[from], "ratios") ||
	    other->ratio_count == 0) {
		tariff_fault(reader, node, "ratios", "tariff-ratio",
		    "%s has no ratios of its own", other->component);
		return;
	}
	if (charge->ratio_count > 0) {
		tariff_fault(reader, node, "ratios", "tariff-ratio",
		    "there are ratio elements here already");
		return;
	}
	charge->ratios = xcalloc(other->ratio_count, sizeof(*charge->ratios));
	charge->ratio_count = other->ratio_count;
	for (size_t i = 0; i < other->ratio_count; i++) {
		charge->ratios[i].band = other->ratios[i].band;
		charge->ratios[i].of = other->ratios[i].of;
		charge->ratios[i].on_whole = other->ratios[i].on_whole;
		dec_set(&charge->ratios[i].factor, &other->ratios[i].factor);
	}
}

static void
link_same(
    struct tariff_reader *reader, struct tariff_version *version, size_t index)
{
	const struct xml_node *node = reader->charge_nodes[index];
	const struct charge *other;
	size_t to;

	if (!has(node, "same-as")) {
		return;
	}
	to = find_charge(reader, version, index, "same-as");
	if (to == NOT_FOUND) {
		/* Nothing is settled by a document with faults. */
		version->charges[index].form = PRICE_TEMPLATE;
		return;
	}
	other = &version->charges[to];
	version->charges[index].of_charge = to;
	if (other->per != version->charges[index].per) {
		tariff_fault(reader, node, "same-as", "tariff-charge",
		    "%s is not charged per the same", other->component);
	}
}

/* Follows same-as from charge to charge; faults where it comes back. */
static void
check_circle(
    struct tariff_reader *reader, struct tariff_version *version, size_t index)
{
	size_t at = index, steps = 0;

	while (version->charges[at].form == PRICE_OF_CHARGE &&
	       steps <= version->charge_count) {
		at = version->charges[at].of_charge;
		steps++;
	}
	if (steps > version->charge_count) {
		tariff_fault(reader, reader->charge_nodes[index], "same-as",
		    "tariff-circle", "comes back to itself");
		version->charges[index].form = PRICE_TEMPLATE;
	}
}

/* Attributes and elements that say nothing where they stand. */
static void
check_idle(struct tariff_reader *reader, const struct xml_node *node,
    const struct charge *charge)
{
	static const char *const of_table[] = {
	    "class", "type", "voltage", "item"};
	bool table = has(node, "table");

	for (size_t i = 0; i < 4; i++) {
		if (has(node, of_table[i]) && !table) {
			tariff_fault(reader, node, of_table[i], "tariff-idle",
			    "picks a row of a table, but no table is given");
		}
	}
	if (has(node, "factor") && !has(node, "same-as") &&
	    !has(node, "series")) {
		tariff_fault(reader, node, "factor", "tariff-idle",
		    "goes with same-as or series only");
	}
	if (charge->component_count > 0 && !table) {
		tariff_fault(reader, node, NULL, "tariff-idle",
		    "components are rows of a table, but no table is given");
	}
	if (charge->component_count > 0 && has(node, "item")) {
		tariff_fault(reader, node, "item", "tariff-idle",
		    "either item or components give the price");
	}
	if (charge->ratio_count > 0 && !table && !has(node, "benchmark")) {
		tariff_fault(reader, node, NULL, "tariff-idle",
		    "ratios go with a table or a benchmark only");
	}
	if (charge->per != PER_KWH && has(node, "channel")) {
		tariff_fault(reader, node, "channel", "tariff-idle",
		    "goes with charges per kwh only");
	}
	if ((charge->per == PER_MONTH || charge->per == PER_ONCE) &&
	    has(node, "lines")) {
		tariff_fault(reader, node, "lines", "tariff-idle",
		    "a charge per month or once has one line anyway");
	}
	if ((charge->per == PER_DAY || charge->per == PER_MONTH_BY_DAY) &&
	    charge->span > SPAN_DAY) {
		tariff_fault(reader, node, "lines", "tariff-idle",
		    "a charge per day cannot be cut into less than a day");
	}
}

static const struct ratio *
find_ratio(const struct charge *charge, unsigned band)
{
	for (size_t i = 0; i < charge->ratio_count; i++) {
		if (charge->ratios[i].band == band) {
			return &charge->ratios[i];
		}
	}
	return NULL;
}

/* The band at the root of a band's ratios, or BAND_NONE for a circle. */
static unsigned
root_of(const struct charge *charge, unsigned band)
{
	const struct ratio *ratio;

	for (size_t steps = 0; steps <= charge->ratio_count; steps++) {
		ratio = find_ratio(charge, band);
		if (ratio == NULL) {
			return band;
		}
		band = ratio->of;
	}
	return BAND_NONE;
}

/* Whether all ratios come from one band, whose price is the base: then that
 * is *base. */
static bool
check_roots(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, const struct charge *charge,
    unsigned *base)
{
	bool sound = true;

	for (size_t i = 0; i < charge->ratio_count; i++) {
		const struct ratio *ratio = &charge->ratios[i];
		unsigned root = root_of(charge, ratio->band);

		if (ratio->band == BAND_NONE || ratio->of == BAND_NONE) {
			return false; /* said already */
		}
		if (root == BAND_NONE) {
			tariff_fault(reader, node, NULL, "tariff-circle",
			    "the ratio of %s comes back to itself",
			    version->bands[ratio->band].code);
			return false;
		}
		if (i == 0) {
			*base = root;
		} else if (root != *base && sound) {
			tariff_fault(reader, node, NULL, "tariff-ratio",
			    "ratio without base: %s comes from %s, but %s "
			    "from %s",
			    version->bands[charge->ratios[0].band].code,
			    version->bands[*base].code,
			    version->bands[ratio->band].code,
			    version->bands[root].code);
			sound = false;
		}
	}
	return sound;
}

/* Composed and benchmark prices: every band that can occur is the base or has
 * a ratio. */
static void
check_ratios(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, const struct charge *charge,
    const bool occurs[TARIFF_BANDS_MAX])
{
	unsigned base = BAND_NONE;

	if (charge->ratio_count == 0 ||
	    !check_roots(reader, node, version, charge, &base)) {
		return;
	}
	for (unsigned i = 0; i < version->band_count; i++) {
		if (occurs[i] && i != base && find_ratio(charge, i) == NULL) {
			tariff_fault(reader, node, NULL, "tariff-ratio",
			    "no ratio for band %s", version->bands[i].code);
		}
	}
}

/* Printed prices: ratios stand in for rows that the table may lack. */
static void
check_printed(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, const struct charge *charge)
{
	if (charge->item[0] == '\0' && version->band_count == 0) {
		tariff_fault(reader, node, "item", "tariff-price",
		    "must name the row of the table, since there are no "
		    "bands to name it");
	}
	if (charge->item[0] != '\0' && charge->ratio_count > 0) {
		tariff_fault(reader, node, "item", "tariff-price",
		    "one row for all bands leaves nothing to ratios; a "
		    "component that floats is what they work on");
	}
	for (size_t i = 0; i < charge->ratio_count; i++) {
		if (!charge->ratios[i].on_whole) {
			tariff_fault(reader, node, NULL, "tariff-ratio",
			    "a printed price has no floating part: the ratio "
			    "of %s must say on=\"whole\", or components be "
			    "given",
			    charge->ratios[i].band == BAND_NONE
				? "the band"
				: version->bands[charge->ratios[i].band].code);
		}
	}
	for (size_t i = 0; i < charge->ratio_count; i++) {
		if (root_of(charge, charge->ratios[i].band) == BAND_NONE) {
			tariff_fault(reader, node, NULL, "tariff-circle",
			    "a ratio comes back to itself");
			return;
		}
	}
}

static void
check_fixed(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, const struct charge *charge,
    const bool occurs[TARIFF_BANDS_MAX])
{
	for (size_t i = 0; i < charge->price_count; i++) {
		if (charge->prices[i].band == BAND_NONE) {
			return;
		}
	}
	for (unsigned i = 0; i < version->band_count; i++) {
		bool found = false;

		for (size_t j = 0; j < charge->price_count; j++) {
			found |= charge->prices[j].band == i;
		}
		if (occurs[i] && !found) {
			tariff_fault(reader, node, NULL, "tariff-price",
			    "no price for band %s", version->bands[i].code);
		}
	}
}

static bool
any_band(const struct band_price *prices, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (prices[i].band != BAND_NONE) {
			return true;
		}
	}
	return false;
}

/* Whether the price differs from band to band. */
static bool
by_band(const struct tariff_version *version, const struct charge *charge)
{
	if (any_band(charge->adders, charge->adder_count)) {
		return true;
	}
	switch (charge->form) {
	case PRICE_FIXED:
		return any_band(charge->prices, charge->price_count);
	case PRICE_PRINTED:
		return charge->item[0] == '\0';
	case PRICE_COMPOSED:
	case PRICE_BENCHMARK:
		return charge->ratio_count > 0;
	case PRICE_OF_CHARGE:
		return by_band(version, &version->charges[charge->of_charge]);
	case PRICE_SERIES:
	case PRICE_TEMPLATE:
		return false;
	}
	BUG("price form %d", (int)charge->form);
}

static void
settle_bands(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, struct charge *charge)
{
	bool needed = by_band(version, charge) &&
		      (version->band_count > 0 || charge->per != PER_KWH);

	charge->by_band = tariff_yes(reader, node, "by-band", needed);
	if (needed && charge->per != PER_KWH) {
		tariff_fault(reader, node, "per", "tariff-price",
		    "only a price per kwh can differ from band to band");
	} else if (needed && !charge->by_band) {
		tariff_fault(reader, node, "by-band", "tariff-price",
		    "the price differs from band to band");
	} else if (charge->by_band && version->band_count == 0) {
		tariff_fault(reader, node, "by-band", "tariff-price",
		    "the version has no bands");
	}
}

void
tariff_charges(struct tariff_reader *reader, struct tariff_version *version,
    const bool occurs[TARIFF_BANDS_MAX])
{
	for (size_t i = 0; i < version->charge_count; i++) {
		check_unique(reader, version, i);
		check_idle(
		    reader, reader->charge_nodes[i], &version->charges[i]);
	}
	for (size_t i = 0; i < version->charge_count; i++) {
		take_ratios(reader, version, i);
		link_same(reader, version, i);
	}
	for (size_t i = 0; i < version->charge_count; i++) {
		check_circle(reader, version, i);
	}
	for (size_t i = 0; i < version->charge_count; i++) {
		const struct xml_node *node = reader->charge_nodes[i];
		struct charge *charge = &version->charges[i];

		switch (charge->form) {
		case PRICE_FIXED:
			check_fixed(reader, node, version, charge, occurs);
			break;
		case PRICE_PRINTED:
			check_printed(reader, node, version, charge);
			break;
		case PRICE_COMPOSED:
		case PRICE_BENCHMARK:
			check_ratios(reader, node, version, charge, occurs);
			break;
		case PRICE_OF_CHARGE:
		case PRICE_SERIES:
		case PRICE_TEMPLATE:
			break;
		}
		settle_bands(reader, node, version, charge);
	}
}
