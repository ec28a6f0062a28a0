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
		}
	}
	for (size_t i = 0; i < version->charge_count; i++) {
		struct charge *charge = &version->charges[i];

		if (charge->per == PER_LIMIT) {
			link_parts(reader, version, i, &charge->limit->of,
			    &charge->limit->of_count);
		}
	}
}
