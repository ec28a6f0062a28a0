/* tariff_check_ratios.c - whether the ratios of a charge lead from one band to
 * all others, and to whom.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>

#include "rules/tariff_reader.h"
#include "rules/whom.h"

/* The bands that ratios come from in the end, as bits, band by band, whatever
 * the contract. */
struct roots {
	const struct charge *charge;
	unsigned of[TARIFF_BANDS_MAX];
	enum { ROOT_UNKNOWN, ROOT_ASKED, ROOT_KNOWN } state[TARIFF_BANDS_MAX];
	bool circle;
};

static unsigned
roots_of(struct roots *roots, unsigned band)
{
	const struct charge *charge = roots->charge;

	assert(band < TARIFF_BANDS_MAX);
	if (roots->state[band] == ROOT_ASKED) {
		roots->circle = true;
		return 0;
	}
	if (roots->state[band] == ROOT_KNOWN) {
		return roots->of[band];
	}
	roots->state[band] = ROOT_ASKED;
	for (size_t i = 0; i < charge->ratio_count; i++) {
		if (charge->ratios[i].band == band) {
			roots->of[band] |=
			    roots_of(roots, charge->ratios[i].of);
		}
	}
	if (!tariff_has_ratio(charge, band)) {
		roots->of[band] = 1u << band;
	}
	roots->state[band] = ROOT_KNOWN;
	return roots->of[band];
}

/* Whether all ratios name a band and none comes back to itself. */
static bool
check_circles(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, const struct charge *charge,
    struct roots *roots)
{
	*roots = (struct roots){.charge = charge};
	for (size_t i = 0; i < charge->ratio_count; i++) {
		const struct band_ratio *ratio = &charge->ratios[i];

		if (ratio->band == BAND_NONE || ratio->of == BAND_NONE) {
			return false; /* said already */
		}
	}
	for (size_t i = 0; i < charge->ratio_count; i++) {
		roots_of(roots, charge->ratios[i].band);
		if (roots->circle) {
			tariff_fault(reader, node, NULL, "tariff-circle",
			    "the ratio of %s comes back to itself",
			    version->bands[charge->ratios[i].band].code);
			return false;
		}
	}
	return true;
}

/* The band of the lowest bit. */
static unsigned
lowest(unsigned bits)
{
	unsigned band = 0;

	assert(bits != 0);
	while ((bits & 1u << band) == 0) {
		band++;
	}
	return band;
}

/* Whether all ratios come from one band, whose price is the base: then that
 * is *base. */
static bool
check_roots(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, const struct charge *charge,
    unsigned *base)
{
	const struct tariff_label *bands = version->bands;
	struct roots roots;

	if (!check_circles(reader, node, version, charge, &roots)) {
		return false;
	}
	*base = lowest(roots.of[charge->ratios[0].band]);
	for (size_t i = 0; i < charge->ratio_count; i++) {
		unsigned band = charge->ratios[i].band;
		unsigned others = roots.of[band] & ~(1u << *base);

		if (others != 0 && (roots.of[band] & 1u << *base) != 0) {
			tariff_fault(reader, node, NULL, "tariff-ratio",
			    "ratio without base: %s comes from %s for some, "
			    "from %s for others",
			    bands[band].code, bands[*base].code,
			    bands[lowest(others)].code);
			return false;
		}
		if (others != 0) {
			tariff_fault(reader, node, NULL, "tariff-ratio",
			    "ratio without base: %s comes from %s, but %s "
			    "from %s",
			    bands[charge->ratios[0].band].code,
			    bands[*base].code, bands[band].code,
			    bands[lowest(others)].code);
			return false;
		}
	}
	return true;
}

/* One word of a list, or none of an empty one, as a list of its own. */
static size_t
pick(char **words, size_t count, size_t place, char ***out)
{
	*out = words + (count == 0 ? 0 : place % count);
	return count == 0 ? 0 : 1;
}

/* Whether ratios of the band before this one leave it nobody: every class,
 * type and voltage that it names together is taken by one of them. */
static bool
is_taken(const struct charge *charge, size_t index)
{
	const struct for_whom *whom = &charge->ratios[index].whom;
	size_t classes = whom->class_count == 0 ? 1 : whom->class_count;
	size_t types = whom->type_count == 0 ? 1 : whom->type_count;
	size_t voltages = whom->voltage_count == 0 ? 1 : whom->voltage_count;

	for (size_t i = 0; i < classes * types * voltages; i++) {
		struct for_whom one = *whom;
		bool taken = false;

		one.class_count =
		    pick(whom->classes, whom->class_count, i, &one.classes);
		one.type_count = pick(
		    whom->types, whom->type_count, i / classes, &one.types);
		one.voltage_count = pick(whom->voltages, whom->voltage_count,
		    i / classes / types, &one.voltages);
		for (size_t j = 0; j < index && !taken; j++) {
			taken = charge->ratios[j].band ==
				    charge->ratios[index].band &&
				whom_covers(&charge->ratios[j].whom, &one);
		}
		if (!taken) {
			return false;
		}
	}
	return true;
}

void
tariff_check_ratio_whom(struct tariff_reader *reader,
    const struct xml_node *node, const struct charge *charge)
{
	const struct xml_node *n = xml_first(node, "ratio");

	if (xml_attr(node, "ratios") != NULL) {
		return; /* those of another charge */
	}
	for (size_t i = 0; i < charge->ratio_count;
	     i++, n = xml_next(n, "ratio")) {
		if (!is_taken(charge, i)) {
			continue;
		}
		if (whom_is_all(&charge->ratios[i].whom)) {
			tariff_fault(reader, n, "band", "tariff-twice",
			    "a second ratio for the same band");
		} else {
			tariff_fault(reader, n, NULL, "tariff-never",
			    "can never apply: an earlier ratio of the same "
			    "band takes all whom it is for");
		}
	}
}

void
tariff_check_ratios(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, const struct charge *charge,
    const bool occurs[TARIFF_BANDS_MAX])
{
	unsigned base = BAND_NONE;

	if (charge->ratio_count == 0 ||
	    !check_roots(reader, node, version, charge, &base)) {
		return;
	}
	for (unsigned i = 0; i < version->band_count; i++) {
		if (occurs[i] && i != base && !tariff_has_ratio(charge, i)) {
			tariff_fault(reader, node, NULL, "tariff-ratio",
			    "no ratio for band %s", version->bands[i].code);
		}
	}
}

void
tariff_check_printed(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, const struct charge *charge)
{
	struct roots roots;

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
	check_circles(reader, node, version, charge, &roots);
}
