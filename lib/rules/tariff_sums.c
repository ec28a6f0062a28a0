/* tariff_sums.c - what is reckoned from other charges: which those are, and
 * whether that makes sense.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "rules/tariff_reader.h"

#define STEPS_SCALE_MAX 4 /* of power factors, which are looked through */

/* Whether a charge may be part of a sum: a power factor adjusts neither
 * another nor a limit, and a limit is not of limits. */
static bool
may_sum(const struct charge *sum, const struct charge *part)
{
	if (part->per == PER_LIMIT) {
		return false;
	}
	return sum->per == PER_LIMIT || part->per != PER_POWER_FACTOR;
}

/* Adds the charge that a word of `of` means. */
static void
add_part(struct tariff_reader *reader, struct tariff_version *version,
    size_t index, const char *word, size_t **out, size_t *count)
{
	const struct xml_node *node = reader->charge_nodes[index];
	struct charge *sum = &version->charges[index];
	const struct charge *part;
	size_t found = tariff_find_charge(reader, version, node, "of", word);

	if (found == SIZE_MAX) {
		return;
	}
	part = &version->charges[found];
	if (!may_sum(sum, part)) {
		tariff_fault(reader, node, "of", "tariff-charge",
		    "%s is itself reckoned from other charges",
		    part->component);
		return;
	}
	if (sum->leg[0] == '\0') {
		snprintf(sum->leg, sizeof(sum->leg), "%s", part->leg);
	}
	if (strcmp(sum->leg, part->leg) != 0) {
		tariff_fault(reader, node, "of", "tariff-charge",
		    "%s is of leg %s, and this of leg %s", part->component,
		    part->leg, sum->leg);
	}
	for (size_t i = 0; i < *count; i++) {
		if ((*out)[i] == found) {
			tariff_fault(reader, node, "of", "tariff-twice",
			    "%s stands there twice", part->component);
			return;
		}
	}
	*out = tariff_grow(*out, *count, sizeof(**out));
	(*out)[(*count)++] = found;
}

static void
link_parts(struct tariff_reader *reader, struct tariff_version *version,
    size_t index, size_t **out, size_t *count)
{
	char **words = NULL;
	size_t word_count = 0;

	tariff_ids(
	    reader, reader->charge_nodes[index], "of", &words, &word_count);
	for (size_t i = 0; i < word_count; i++) {
		add_part(reader, version, index, words[i], out, count);
		free(words[i]);
	}
	free(words);
}

/* Limits ----------------------------------------------------------------- */

static void
check_limit(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, const struct limit *limit)
{
	if (limit->has_least && limit->has_most &&
	    dec_cmp(&limit->least, &limit->most) > 0 &&
	    xml_attr(node, "most")[0] != '\0') {
		tariff_fault(
		    reader, node, "most", "tariff-limit", "less than least");
	}
	for (size_t i = 0; i < limit->of_count; i++) {
		const struct charge *part = &version->charges[limit->of[i]];
		bool daily = part->span >= SPAN_DAY || part->per == PER_DAY ||
			     part->per == PER_MONTH_BY_DAY;

		if (limit->per == LIMIT_DAY && !daily) {
			tariff_fault(reader, node, "per", "tariff-limit",
			    "lines of %s reach further than a day; say "
			    "lines=\"day\" there",
			    part->component);
		}
		if (limit->per == LIMIT_SESSION && part->per != PER_KWH) {
			tariff_fault(reader, node, "per", "tariff-limit",
			    "%s is not of sessions", part->component);
		}
	}
}

/* Power factors ---------------------------------------------------------- */

/* The range of a power factor, from `first` on, or the count. */
static size_t
range_of(
    const struct power_factor *factor, const struct dec *value, size_t first)
{
	size_t i = first;

	while (i < factor->range_count &&
	       (dec_cmp(value, &factor->ranges[i].from) < 0 ||
		   dec_cmp(value, &factor->ranges[i].to) > 0)) {
		i++;
	}
	return i;
}

/* Stretches of power factors without a range, or with two. */
struct stretch {
	enum { STRETCH_SOUND, STRETCH_GAP, STRETCH_TWICE } kind;
	size_t first, second; /* ranges of STRETCH_TWICE */
	struct dec from, to;
};

static void
report_stretch(struct tariff_reader *reader, const struct xml_node *node,
    const struct stretch *stretch)
{
	const struct xml_node *n = xml_first(node, "range"), *other = n;
	char from[DEC_TEXT_MAX], to[DEC_TEXT_MAX];

	dec_format(&stretch->from, from, sizeof(from));
	dec_format(&stretch->to, to, sizeof(to));
	switch (stretch->kind) {
	case STRETCH_SOUND:
		return;
	case STRETCH_GAP:
		tariff_fault(reader, node, NULL, "tariff-ranges",
		    "no range for power factors from %s to %s", from, to);
		return;
	case STRETCH_TWICE:
		break;
	}
	for (size_t i = 0; i < stretch->second; i++) {
		n = xml_next(n, "range");
	}
	for (size_t i = 0; i < stretch->first; i++) {
		other = xml_next(other, "range");
	}
	tariff_fault(reader, n, NULL, "tariff-ranges",
	    "power factors from %s to %s are in the range of line %zu "
	    "already",
	    from, to, xml_line(other));
}

/* Goes through every power factor from 0 to 1 that rounding can give. */
static void
check_steps(struct tariff_reader *reader, const struct xml_node *node,
    const struct power_factor *factor)
{
	struct stretch now = {.kind = STRETCH_SOUND};
	struct dec value = {0};
	int64_t steps = 1;

	for (int i = 0; i < factor->round.scale; i++) {
		steps *= 10;
	}
	for (int64_t step = 0; step <= steps; step++) {
		struct stretch next = {.kind = STRETCH_SOUND};

		dec_set_int(&value, step, factor->round.scale);
		next.first = range_of(factor, &value, 0);
		next.second = range_of(factor, &value, next.first + 1);
		next.kind = next.first >= factor->range_count   ? STRETCH_GAP
			    : next.second < factor->range_count ? STRETCH_TWICE
								: STRETCH_SOUND;
		if (next.kind != now.kind ||
		    (next.kind == STRETCH_TWICE &&
			(next.first != now.first ||
			    next.second != now.second))) {
			report_stretch(reader, node, &now);
			now.kind = next.kind;
			now.first = next.first;
			now.second = next.second;
			dec_set(&now.from, &value);
		}
		dec_set(&now.to, &value);
	}
	report_stretch(reader, node, &now);
	dec_release(&now.from);
	dec_release(&now.to);
	dec_release(&value);
}

/* Each range for itself; false where they cannot be gone through. */
static bool
check_ranges(struct tariff_reader *reader, const struct xml_node *node,
    const struct power_factor *factor)
{
	static const struct dec one = DEC_SMALL(1, 0);
	const struct xml_node *n = xml_first(node, "range");
	bool sound = true;

	for (size_t i = 0; i < factor->range_count; i++) {
		const struct factor_range *range = &factor->ranges[i];

		if (dec_cmp(&range->to, &range->from) < 0) {
			tariff_fault(
			    reader, n, "to", "tariff-ranges", "less than from");
			sound = false;
		} else if (dec_sign(&range->from) < 0 ||
			   dec_cmp(&range->to, &one) > 0) {
			tariff_fault(reader, n, NULL, "tariff-ranges",
			    "a power factor is from 0 to 1");
			sound = false;
		}
		n = xml_next(n, "range");
	}
	if (dec_sign(&factor->standard) < 0 ||
	    dec_cmp(&factor->standard, &one) > 0) {
		tariff_fault(reader, node, "standard", "tariff-ranges",
		    "a power factor is from 0 to 1");
	}
	if (factor->round.scale > STEPS_SCALE_MAX) {
		tariff_fault(reader, node, "round", "tariff-rounding",
		    "more than %d digits of a power factor", STEPS_SCALE_MAX);
		sound = false;
	}
	return sound;
}

static void
check_power_factor(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, const struct power_factor *factor)
{
	const struct charge **parts =
	    xcalloc(factor->of_count + 1, sizeof(*parts));

	for (size_t i = 0; i < factor->of_count; i++) {
		parts[i] = &version->charges[factor->of[i]];
	}
	for (size_t i = 0; i < factor->without_count; i++) {
		tariff_check_component(reader, node, "without",
		    factor->without[i], parts, factor->of_count);
	}
	if (check_ranges(reader, node, factor) && factor->range_count > 0) {
		check_steps(reader, node, factor);
	}
	free(parts);
}

static bool
taxed_alike(const struct charge *a, const struct charge *b)
{
	if (a->has_tax != b->has_tax || a->tax_included != b->tax_included) {
		return false;
	}
	return !a->has_tax || dec_cmp(&a->tax_rate, &b->tax_rate) == 0;
}

/* A sum is taxed as its charges are, which must be taxed alike: an amount that
 * holds its tax cannot be added to one that does not. */
static void
take_tax(struct tariff_reader *reader, struct tariff_version *version,
    size_t index, const size_t *of, size_t count)
{
	struct charge *sum = &version->charges[index];
	const struct charge *first;

	if (count == 0) {
		return;
	}
	first = &version->charges[of[0]];
	for (size_t i = 1; i < count; i++) {
		if (!taxed_alike(first, &version->charges[of[i]])) {
			tariff_fault(reader, reader->charge_nodes[index], "of",
			    "tariff-tax", "%s and %s are not taxed alike",
			    first->component,
			    version->charges[of[i]].component);
			return;
		}
	}
	sum->has_tax = first->has_tax;
	sum->tax_included = first->tax_included;
	dec_set(&sum->tax_rate, &first->tax_rate);
}

void
tariff_sums(struct tariff_reader *reader, struct tariff_version *version)
{
	/* A limit takes its leg from a power factor that may stand behind
	 * it, so all of those come first. */
	for (size_t i = 0; i < version->charge_count; i++) {
		struct charge *charge = &version->charges[i];

		if (charge->per == PER_POWER_FACTOR) {
			link_parts(reader, version, i,
			    &charge->power_factor->of,
			    &charge->power_factor->of_count);
			check_power_factor(reader, reader->charge_nodes[i],
			    version, charge->power_factor);
			take_tax(reader, version, i, charge->power_factor->of,
			    charge->power_factor->of_count);
		}
	}
	for (size_t i = 0; i < version->charge_count; i++) {
		struct charge *charge = &version->charges[i];

		if (charge->per == PER_LIMIT) {
			link_parts(reader, version, i, &charge->limit->of,
			    &charge->limit->of_count);
			check_limit(reader, reader->charge_nodes[i], version,
			    charge->limit);
			take_tax(reader, version, i, charge->limit->of,
			    charge->limit->of_count);
		}
	}
}
