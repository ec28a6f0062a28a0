/* tariff_check_energy.c - whether what charges say of their energy makes
 * sense: exemptions, conditions, and parts that must come to the whole.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/text.h"
#include "rules/tariff_reader.h"
#include "rules/whom.h"

void
tariff_never_bands(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, unsigned bands,
    const bool occurs[TARIFF_BANDS_MAX])
{
	for (unsigned i = 0; i < version->band_count; i++) {
		if ((bands & 1u << i) != 0 && !occurs[i]) {
			tariff_fault(reader, node, NULL, "tariff-never",
			    "band %s never occurs", version->bands[i].code);
		}
	}
}

/* Whether a component of that name makes the price. */
static bool
has_component(const struct charge *charge, const char *item)
{
	for (size_t i = 0; i < charge->component_count; i++) {
		if (strcmp(charge->components[i].item, item) == 0) {
			return true;
		}
	}
	return false;
}

bool
tariff_check_component(struct tariff_reader *reader,
    const struct xml_node *node, const char *attribute, const char *item,
    const struct charge *const *charges, size_t count)
{
	const char *known[128] = {NULL}, *nearest;
	size_t known_count = 0;

	for (size_t i = 0; i < count; i++) {
		if (has_component(charges[i], item)) {
			return true;
		}
		for (size_t j = 0; j < charges[i]->component_count &&
				   known_count < sizeof(known) / sizeof(*known);
		     j++) {
			known[known_count++] = charges[i]->components[j].item;
		}
	}
	nearest = text_nearest(item, known, known_count);
	tariff_fault(reader, node, attribute, "tariff-component",
	    known_count == 0 ? "the price has no components"
			     : "there is no component %s%s%s%s",
	    item, nearest == NULL ? "" : "; did you mean ",
	    nearest == NULL ? "" : nearest, nearest == NULL ? "" : "?");
	return false;
}

/* Whether an exemption leaves nothing to a later one. */
static bool
spares_all(const struct exemption *earlier, const struct exemption *later)
{
	return (earlier->item[0] == '\0' ||
		   strcmp(earlier->item, later->item) == 0) &&
	       earlier->from_day <= later->from_day &&
	       earlier->to_day >= later->to_day &&
	       whom_covers(&earlier->whom, &later->whom);
}

static void
check_exemptions(struct tariff_reader *reader, const struct xml_node *node,
    const struct charge *charge)
{
	const struct xml_node *n = xml_first(node, "exempt");

	for (size_t i = 0; i < charge->exemption_count; i++) {
		const struct exemption *e = &charge->exemptions[i];

		if (e->item[0] != '\0') {
			tariff_check_component(
			    reader, n, "component", e->item, &charge, 1);
		}
		for (size_t j = 0; j < i; j++) {
			if (spares_all(&charge->exemptions[j], e)) {
				tariff_fault(reader, n, NULL, "tariff-never",
				    "can never apply: an earlier one spares "
				    "all whom it is for");
				break;
			}
		}
		n = xml_next(n, "exempt");
	}
}

/* What earlier conditions on the same series leave of the line of prices:
 * those below `below`, and those from `from` on, are taken. */
struct taken {
	const struct dec *below, *from;
};

/* Whether they take every price. */
static bool
takes_all(const struct taken *taken)
{
	return taken->below != NULL && taken->from != NULL &&
	       dec_cmp(taken->from, taken->below) <= 0;
}

/* Whether a condition has nothing left. */
static bool
is_taken(const struct taken *taken, const struct price_condition *condition)
{
	if (takes_all(taken)) {
		return true;
	}
	if (condition->below) {
		return taken->below != NULL &&
		       dec_cmp(&condition->limit, taken->below) <= 0;
	}
	return taken->from != NULL &&
	       dec_cmp(&condition->limit, taken->from) >= 0;
}

static void
take(struct taken *taken, const struct price_condition *condition)
{
	const struct dec **side =
	    condition->below ? &taken->below : &taken->from;
	int further = condition->below ? 1 : -1;

	if (*side == NULL || dec_cmp(&condition->limit, *side) == further) {
		*side = &condition->limit;
	}
}

/* Whether conditions before this one on any one series take every price. */
static bool
is_hidden(const struct charge *charge, size_t index)
{
	const struct price_condition *list = charge->conditions;

	for (size_t i = 0; i < index; i++) {
		struct taken taken = {NULL, NULL};

		for (size_t j = 0; j < index; j++) {
			if (strcmp(list[i].series, list[j].series) == 0) {
				take(&taken, &list[j]);
			}
		}
		if (takes_all(&taken) ||
		    (strcmp(list[i].series, list[index].series) == 0 &&
			is_taken(&taken, &list[index]))) {
			return true;
		}
	}
	return false;
}

static void
check_conditions(struct tariff_reader *reader, const struct xml_node *node,
    const struct charge *charge)
{
	const struct xml_node *n = xml_first(node, "when");

	for (size_t i = 0; i < charge->condition_count; i++) {
		if (is_hidden(charge, i)) {
			tariff_fault(reader, n, NULL, "tariff-never",
			    "can never apply: whenever it holds, one before "
			    "it holds");
		}
		n = xml_next(n, "when");
	}
}

/* Both channels against each other over more than an interval. */
static void
check_over(struct tariff_reader *reader, const struct xml_node *node,
    const struct charge *charge)
{
	enum line_span longest =
	    charge->over == OVER_MONTH ? SPAN_MONTH : SPAN_DAY;

	if (charge->over == OVER_INTERVAL || charge->per != PER_KWH) {
		return;
	}
	if (charge->form == PRICE_SERIES || charge->condition_count > 0) {
		tariff_fault(reader, node, "over", "tariff-quantity",
		    "only over=\"interval\" goes with prices by a series");
	}
	if (charge->over == OVER_MONTH && charge->tiers != NULL &&
	    charge->tiers->per == COUNT_DAY) {
		tariff_fault(reader, node, "over", "tariff-quantity",
		    "what is over a month has no days to count tiers in");
	}
	if (charge->span > longest) {
		tariff_fault(reader, node, "lines", "tariff-quantity",
		    "shorter than what the quantity is over");
	}
}

void
tariff_check_energy(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, const struct charge *charge,
    const bool occurs[TARIFF_BANDS_MAX])
{
	check_exemptions(reader, node, charge);
	check_conditions(reader, node, charge);
	check_over(reader, node, charge);
	if (charge->loss != NULL && charge->loss->to_band != BAND_NONE) {
		tariff_never_bands(reader, xml_first(node, "loss"), version,
		    1u << charge->loss->to_band, occurs);
	}
}

/* Parts ------------------------------------------------------------------ */

/* Whether two charges share out the same energy to the same people. */
static bool
same_energy(const struct charge *a, const struct charge *b)
{
	return a->part != NULL && b->part != NULL &&
	       strcmp(a->leg, b->leg) == 0 && a->channel == b->channel &&
	       a->of_energy == b->of_energy && a->over == b->over &&
	       whom_covers(&a->whom, &b->whom) &&
	       whom_covers(&b->whom, &a->whom);
}

/* The charges that share out the energy of the first. */
struct sharing {
	size_t rest_count; /* how many take the rest */
	bool certain; /* every part is a percentage in the document */
	struct dec percent;
};

static void
add_up(struct tariff_reader *reader, const struct tariff_version *version,
    size_t first, struct sharing *sharing)
{
	for (size_t i = first; i < version->charge_count; i++) {
		const struct charge *charge = &version->charges[i];
		const struct energy_part *part = charge->part;

		if (!same_energy(&version->charges[first], charge)) {
			continue;
		}
		if (part->kind == PART_PERCENT && part->option[0] == '\0') {
			dec_add(
			    &sharing->percent, &sharing->percent, &part->value);
		} else if (part->kind != PART_REST) {
			sharing->certain = false;
		}
		sharing->rest_count += part->kind == PART_REST;
		if (part->kind == PART_REST && sharing->rest_count == 2) {
			tariff_fault(reader,
			    xml_first(reader->charge_nodes[i], "part"), "rest",
			    "tariff-part", "another charge takes the rest");
		}
	}
}

static void
check_sharing(struct tariff_reader *reader,
    const struct tariff_version *version, size_t first)
{
	const struct xml_node *node =
	    xml_first(reader->charge_nodes[first], "part");
	struct sharing sharing = {.certain = true};
	struct dec hundred = {0};
	char text[DEC_TEXT_MAX];
	int all;

	add_up(reader, version, first, &sharing);
	dec_set_int(&hundred, 100, 0);
	all = dec_cmp(&sharing.percent, &hundred);
	dec_format(&sharing.percent, text, sizeof(text));
	if (all > 0) {
		tariff_fault(reader, node, NULL, "tariff-part",
		    "the parts come to %s percent", text);
	} else if (sharing.rest_count == 0 && (!sharing.certain || all < 0)) {
		tariff_fault(reader, node, NULL, "tariff-part",
		    "no charge takes the rest: one needs a part "
		    "rest=\"yes\"");
	} else if (sharing.rest_count > 0 && sharing.certain && all == 0) {
		tariff_fault(reader, node, NULL, "tariff-never",
		    "the parts come to 100 percent, so there is never a rest");
	}
	dec_release(&sharing.percent);
	dec_release(&hundred);
}

void
tariff_check_parts(
    struct tariff_reader *reader, const struct tariff_version *version)
{
	for (size_t i = 0; i < version->charge_count; i++) {
		bool first = version->charges[i].part != NULL;

		for (size_t j = 0; j < i && first; j++) {
			first = !same_energy(
			    &version->charges[j], &version->charges[i]);
		}
		if (first) {
			check_sharing(reader, version, i);
		}
	}
}

/* Exemptions in time ----------------------------------------------------- */

static void
check_dates(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, const struct exemption *exemption)
{
	char from[CIVIL_TEXT_MAX], to[CIVIL_TEXT_MAX];

	if (exemption->to_day <= version->from_day) {
		civil_format_day(version->from_day, from);
		tariff_fault(reader, node, "to", "tariff-never",
		    "can never apply: the version holds from %s on", from);
	} else if (exemption->from_day >= version->to_day) {
		civil_format_day(version->to_day, to);
		tariff_fault(reader, node, "from", "tariff-never",
		    "can never apply: the version holds until %s", to);
	} else if (whom_is_all(&exemption->whom) &&
		   exemption->from_day <= version->from_day &&
		   exemption->to_day >= version->to_day) {
		tariff_fault(reader, node, NULL, "tariff-exempt",
		    "nobody ever pays it: say for whom, or from when to "
		    "when");
	}
}

void
tariff_check_exempt_dates(struct tariff_reader *reader)
{
	const struct tariff_version *version = reader->tariff->versions;
	const struct xml_node *root = xml_root(reader->doc);

	for (size_t v = 0; v < reader->tariff->version_count; v++, version++) {
		const struct xml_node *node = xml_first(root, "version");
		const struct xml_node *n;
		size_t c = 0;

		for (size_t i = 0; i < v; i++) {
			node = xml_next(node, "version");
		}
		for (n = xml_first(node, NULL);
		     n != NULL && c < version->charge_count;
		     n = xml_next(n, NULL)) {
			const struct charge *charge = &version->charges[c];
			const struct xml_node *e = xml_first(n, "exempt");

			if (!tariff_is_owed(n)) {
				continue;
			}
			for (size_t i = 0; i < charge->exemption_count; i++) {
				check_dates(
				    reader, e, version, &charge->exemptions[i]);
				e = xml_next(e, "exempt");
			}
			c++;
		}
	}
}
