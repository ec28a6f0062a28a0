/* tariff_charges.c - what charges say of each other, and whether the price of
 * each can be found for every band.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "rules/tariff_reader.h"
#include "rules/whom.h"

static bool
has(const struct xml_node *node, const char *attribute)
{
	return xml_attr(node, attribute) != NULL;
}

size_t
tariff_find_charge(struct tariff_reader *reader,
    const struct tariff_version *version, const struct xml_node *node,
    const char *attribute, const char *word)
{
	const char **ids = xcalloc(version->charge_count, sizeof(*ids));
	const char *nearest;
	size_t found = SIZE_MAX, elements = 0;

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
	found = SIZE_MAX;
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

/* The charge that an attribute of another names. */
static size_t
named_charge(struct tariff_reader *reader, const struct tariff_version *version,
    size_t asking, const char *attribute)
{
	const struct xml_node *node = reader->charge_nodes[asking];

	return tariff_find_charge(
	    reader, version, node, attribute, xml_attr(node, attribute));
}

/* Whether a charge, or one of its tiers, has that id. */
static bool
has_line(const struct charge *charge, const char *id)
{
	if (strcmp(charge->component, id) == 0) {
		return true;
	}
	for (size_t i = 0; charge->tiers != NULL && i < charge->tiers->count;
	     i++) {
		if (strcmp(charge->tiers->list[i].component, id) == 0) {
			return true;
		}
	}
	return false;
}

/* Tiers are components on lines as charges are: each has an id of its own. */
static void
check_tier_ids(struct tariff_reader *reader,
    const struct tariff_version *version, size_t index)
{
	const struct charge *charge = &version->charges[index];
	const struct xml_node *n =
	    xml_first(xml_first(reader->charge_nodes[index], "tiers"), "tier");

	for (size_t i = 0; i < charge->tiers->count; i++) {
		const char *id = charge->tiers->list[i].component;
		bool twice = false;

		for (size_t j = 0; j < version->charge_count; j++) {
			twice |=
			    j != index && has_line(&version->charges[j], id);
		}
		for (size_t j = 0; j < i; j++) {
			twice |=
			    strcmp(charge->tiers->list[j].component, id) == 0;
		}
		if (twice || strcmp(charge->component, id) == 0) {
			tariff_fault(reader, n, "id", "tariff-twice",
			    "%s is the id of something else already", id);
		}
		n = xml_next(n, "tier");
	}
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
		    (other->part == NULL || charge->part == NULL) &&
		    !whom_excludes(&other->whom, &charge->whom) &&
		    strcmp(other->leg, charge->leg) == 0) {
			tariff_fault(reader, reader->charge_nodes[index],
			    "counts", "tariff-counts",
			    "the energy of this leg and channel is counted by "
			    "%s already; say counts=\"no\"",
			    other->component);
		}
	}
}

/* Energy that is priced and is in no balance is asked about: who means that
 * says counts="no".  Lost kWh are on top of what counts. */
static void
check_counted(struct tariff_reader *reader,
    const struct tariff_version *version, size_t index)
{
	const struct charge *charge = &version->charges[index];
	const struct xml_node *node = reader->charge_nodes[index];

	if (charge->per != PER_KWH || charge->loss != NULL ||
	    has(node, "counts")) {
		return;
	}
	for (size_t i = 0; i < version->charge_count; i++) {
		const struct charge *other = &version->charges[i];

		if (other->counts_energy && other->channel == charge->channel &&
		    !whom_excludes(&other->whom, &charge->whom) &&
		    strcmp(other->leg, charge->leg) == 0) {
			return;
		}
	}
	tariff_fault(reader, node, "counts", "tariff-uncounted",
	    "no charge of leg %s counts the energy that this prices; say "
	    "counts=\"yes\", or \"no\" where that is meant",
	    charge->leg);
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
	from = named_charge(reader, version, index, "ratios");
	if (from == SIZE_MAX) {
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
		whom_copy(&charge->ratios[i].whom, &other->ratios[i].whom);
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
	to = named_charge(reader, version, index, "same-as");
	if (to == SIZE_MAX) {
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
	if (charge->per != PER_KWH && charge->per != PER_KW &&
	    has(node, "channel")) {
		tariff_fault(reader, node, "channel", "tariff-idle",
		    "goes with charges per kwh or kw only");
	}
	if ((charge->per == PER_MONTH || charge->per == PER_ONCE ||
		charge->per == PER_KW || charge->per == PER_KVA) &&
	    has(node, "lines")) {
		tariff_fault(reader, node, "lines", "tariff-idle",
		    "a charge per %s has one line anyway",
		    charge->per == PER_MONTH || charge->per == PER_ONCE
			? "month or once"
			: "kw or kva");
	}
	if ((charge->per == PER_DAY || charge->per == PER_MONTH_BY_DAY) &&
	    charge->span > SPAN_DAY) {
		tariff_fault(reader, node, "lines", "tariff-idle",
		    "a charge per day cannot be cut into less than a day");
	}
}

static bool
prices_have(const struct band_price *prices, size_t count, unsigned band)
{
	for (size_t i = 0; i < count; i++) {
		if (prices[i].band == band || prices[i].band == BAND_NONE) {
			return true;
		}
	}
	return false;
}

/* Whether every tier prices the band itself. */
static bool
tiers_have(const struct tiers *tiers, unsigned band)
{
	if (tiers == NULL ||
	    (tiers->bands != 0 && (tiers->bands & 1u << band) == 0)) {
		return false;
	}
	for (size_t i = 0; i < tiers->count; i++) {
		if (!prices_have(tiers->list[i].prices,
			tiers->list[i].price_count, band)) {
			return false;
		}
	}
	return true;
}

static void
check_fixed(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, const struct charge *charge,
    const bool occurs[TARIFF_BANDS_MAX])
{
	for (unsigned i = 0; i < version->band_count; i++) {
		if (occurs[i] &&
		    !prices_have(charge->prices, charge->price_count, i) &&
		    !tiers_have(charge->tiers, i)) {
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

/* Whether the tiers make the price differ from band to band. */
static bool
tiers_by_band(const struct tiers *tiers)
{
	if (tiers == NULL) {
		return false;
	}
	if (tiers->bands != 0 || tiers->each_band) {
		return true;
	}
	for (size_t i = 0; i < tiers->count; i++) {
		if (any_band(
			tiers->list[i].prices, tiers->list[i].price_count) ||
		    any_band(
			tiers->list[i].adders, tiers->list[i].adder_count)) {
			return true;
		}
	}
	return false;
}

/* Whether the price differs from band to band, tiers aside: those are not
 * followed by the charge that follows another. */
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
	bool needed =
	    (by_band(version, charge) || tiers_by_band(charge->tiers)) &&
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

/* Whether the price of a charge can be found. */
static void
check_price(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, const struct charge *charge,
    const bool occurs[TARIFF_BANDS_MAX])
{
	switch (charge->form) {
	case PRICE_FIXED:
		check_fixed(reader, node, version, charge, occurs);
		break;
	case PRICE_PRINTED:
		tariff_check_printed(reader, node, version, charge);
		break;
	case PRICE_COMPOSED:
	case PRICE_BENCHMARK:
		tariff_check_ratios(reader, node, version, charge, occurs);
		break;
	case PRICE_OF_CHARGE:
	case PRICE_SERIES:
	case PRICE_TEMPLATE:
		break;
	}
}

void
tariff_charges(struct tariff_reader *reader, struct tariff_version *version,
    const bool occurs[TARIFF_BANDS_MAX])
{
	tariff_sums(reader, version);
	for (size_t i = 0; i < version->charge_count; i++) {
		check_unique(reader, version, i);
		check_counted(reader, version, i);
		if (version->charges[i].tiers != NULL) {
			check_tier_ids(reader, version, i);
		}
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

		if (charge->per < PER_POWER_FACTOR) {
			tariff_check_ratio_whom(reader, node, charge);
			check_price(reader, node, version, charge, occurs);
			settle_bands(reader, node, version, charge);
			tariff_check_tiers(
			    reader, node, version, charge, occurs);
			tariff_check_energy(
			    reader, node, version, charge, occurs);
		}
		if (charge->demand != NULL) {
			tariff_never_bands(reader, xml_first(node, "demand"),
			    version, charge->demand->bands, occurs);
		}
	}
	tariff_check_parts(reader, version);
}
