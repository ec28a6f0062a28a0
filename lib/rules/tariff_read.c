/* tariff_read.c - a tariff document into structs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/zone.h"
#include "rules/tariff_reader.h"

/* More than any notice has, so that a hostile document ends soon. */
#define VERSIONS_MAX 200
#define RULES_MAX 128
#define CHARGES_MAX 64

static void
read_label(struct tariff_reader *reader, const struct xml_node *node)
{
	struct tariff *tariff = reader->tariff;
	struct tariff_label *label;

	tariff->labels = tariff_grow(
	    tariff->labels, tariff->label_count, sizeof(*tariff->labels));
	label = &tariff->labels[tariff->label_count++];
	tariff_need(reader, node, "code");
	tariff_id(reader, node, "code", label->code);
	tariff_text(reader, node, "zh", label->zh, sizeof(label->zh));
	tariff_text(reader, node, "en", label->en, sizeof(label->en));
	for (size_t i = 0; i + 1 < tariff->label_count; i++) {
		if (strcmp(tariff->labels[i].code, label->code) == 0) {
			tariff_fault(reader, node, "code", "tariff-twice",
			    "%s has a label already", label->code);
		}
	}
}

static void
read_name(struct tariff_reader *reader, const struct xml_node *node)
{
	static const char *const languages[] = {"zh", "en", NULL};
	int language = tariff_word(reader, node, "xml:lang", languages, 0);
	struct tariff *tariff = reader->tariff;
	char *out = language == 0 ? tariff->name_zh : tariff->name_en;

	if (strlen(xml_text(node)) >= sizeof(tariff->name_zh)) {
		tariff_fault(reader, node, NULL, "tariff-text",
		    "longer than %zu bytes", sizeof(tariff->name_zh) - 1);
		return;
	}
	snprintf(out, sizeof(tariff->name_zh), "%s", xml_text(node));
}

/* The index of a band's code, which is added if it is new. */
static unsigned
intern_band(struct tariff_reader *reader, const struct xml_node *node,
    const char *code, struct tariff_version *version)
{
	const struct tariff_label *label;
	struct tariff_label *band;

	for (size_t i = 0; i < version->band_count; i++) {
		if (strcmp(version->bands[i].code, code) == 0) {
			return (unsigned)i;
		}
	}
	if (version->band_count == TARIFF_BANDS_MAX) {
		tariff_fault(reader, node, NULL, "tariff-bands",
		    "more than %d bands", TARIFF_BANDS_MAX);
		return 0;
	}
	band = &version->bands[version->band_count];
	label = tariff_label(reader->tariff, code);
	if (label != NULL) {
		*band = *label;
	} else {
		snprintf(band->code, sizeof(band->code), "%s", code);
		snprintf(band->zh, sizeof(band->zh), "%s", code);
		snprintf(band->en, sizeof(band->en), "%s", code);
	}
	return (unsigned)version->band_count++;
}

static void
keep_rule(struct tariff_reader *reader, const struct xml_node *node)
{
	reader->rule_nodes = tariff_grow(reader->rule_nodes, reader->rule_count,
	    sizeof(*reader->rule_nodes));
	reader->rule_nodes[reader->rule_count++] = node;
}

static void
read_band(struct tariff_reader *reader, const struct xml_node *node,
    struct tariff_version *version)
{
	struct band_rule *rule;
	char code[ID_MAX + 1] = "";

	version->base = tariff_grow(
	    version->base, version->base_count, sizeof(*version->base));
	rule = &version->base[version->base_count++];
	keep_rule(reader, node);
	tariff_need(reader, node, "id");
	tariff_id(reader, node, "id", code);
	rule->band = intern_band(reader, node, code, version);
	rule->line_no = (int)xml_line(node);
	tariff_hours(reader, node, &rule->hours, &rule->hours_count);
	tariff_selector(reader, node, &rule->when);
}

/* The band of that code; BAND_NONE, with a fault, where there is none. */
static unsigned
find_band(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const char *code,
    const struct tariff_version *version)
{
	const char *codes[TARIFF_BANDS_MAX], *nearest;

	for (size_t i = 0; i < version->band_count; i++) {
		codes[i] = version->bands[i].code;
		if (strcmp(codes[i], code) == 0) {
			return (unsigned)i;
		}
	}
	nearest = text_nearest(code, codes, version->band_count);
	tariff_fault(reader, node, attribute, "tariff-band",
	    "there is no band %s%s%s%s", code[0] == '\0' ? "\"\"" : code,
	    nearest == NULL ? "" : "; did you mean ",
	    nearest == NULL ? "" : nearest, nearest == NULL ? "" : "?");
	return BAND_NONE;
}

unsigned
tariff_named_band(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const struct tariff_version *version)
{
	const char *code = xml_attr(node, attribute);

	return code == NULL ? BAND_NONE
			    : find_band(reader, node, attribute, code, version);
}

unsigned
tariff_band_list(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const struct tariff_version *version,
    unsigned out[TARIFF_BANDS_MAX], size_t *count)
{
	char **codes = NULL;
	size_t code_count = 0;
	unsigned bits = 0;

	tariff_ids(reader, node, attribute, &codes, &code_count);
	*count = 0;
	for (size_t i = 0; i < code_count; i++) {
		unsigned band =
		    find_band(reader, node, attribute, codes[i], version);

		free(codes[i]);
		if (band == BAND_NONE) {
			continue;
		}
		if ((bits & 1u << band) != 0) {
			tariff_fault(reader, node, attribute, "tariff-twice",
			    "%s stands there twice", version->bands[band].code);
			continue;
		}
		bits |= 1u << band;
		out[(*count)++] = band;
	}
	free(codes);
	return bits;
}

static void
read_overlay(struct tariff_reader *reader, const struct xml_node *node,
    struct tariff_version *version)
{
	struct overlay *rule;
	char code[ID_MAX + 1] = "";

	version->overlays = tariff_grow(version->overlays,
	    version->overlay_count, sizeof(*version->overlays));
	rule = &version->overlays[version->overlay_count++];
	keep_rule(reader, node);
	tariff_need(reader, node, "band");
	tariff_id(reader, node, "band", code);
	rule->band = intern_band(reader, node, code, version);
	rule->line_no = (int)xml_line(node);
	rule->priority = tariff_int(reader, node, "priority", 0, 99, 0);
	tariff_hours(reader, node, &rule->hours, &rule->hours_count);
	tariff_selector(reader, node, &rule->when);
}

static void
read_bands(struct tariff_reader *reader, const struct xml_node *node,
    struct tariff_version *version)
{
	const struct xml_node *n;
	size_t i = 0;

	for (n = xml_first(node, "band");
	     n != NULL &&
	     tariff_fits(reader, n, version->base_count, RULES_MAX);
	     n = xml_next(n, "band")) {
		read_band(reader, n, version);
	}
	for (n = xml_first(node, "overlay");
	     n != NULL &&
	     tariff_fits(reader, n, version->overlay_count, RULES_MAX);
	     n = xml_next(n, "overlay")) {
		read_overlay(reader, n, version);
	}
	/* What an overlay goes over may be the band of a later one. */
	for (n = xml_first(node, "overlay"); i < version->overlay_count;
	     n = xml_next(n, "overlay")) {
		version->overlays[i++].over =
		    tariff_named_band(reader, n, "over", version);
	}
}

/* How sessions without interval values are treated: the charge's word, or the
 * version's. */
static void
read_sessions(struct tariff_reader *reader, const struct xml_node *node,
    struct tariff_version *version)
{
	static const char *const words[] = {"hold", "even", NULL};
	int general = tariff_word(reader, node, "sessions", words, 0);

	version->split = tariff_word(reader, node, "split", words, 0) == 1
			     ? SPLIT_EVEN
			     : SPLIT_HOLD;
	for (size_t i = 0; i < version->charge_count; i++) {
		struct charge *charge = &version->charges[i];
		int word = tariff_word(reader, reader->charge_nodes[i],
		    "sessions", words, general);

		snprintf(charge->sessions_without_intervals,
		    sizeof(charge->sessions_without_intervals), "%s",
		    words[word]);
	}
}

static void
read_rounding(struct tariff_reader *reader, const struct xml_node *node,
    struct tariff_version *version)
{
	static const char *const money[] = {"line", "total", NULL};
	static const char *const energy[] = {"carry", NULL};
	static const char *const none[] = {NULL};
	struct rounding price;
	int word;

	tariff_need(reader, node, "money");
	if (tariff_rounding(
		reader, node, "money", money, &version->money, &word) &&
	    word == -1) {
		tariff_fault(reader, node, "money", "tariff-rounding",
		    "must say line or total");
	}
	version->money_on_total = word == 1;
	version->has_energy_rounding = tariff_rounding(
	    reader, node, "energy", energy, &version->energy, &word);
	version->energy_carry = word == 0;
	if (!tariff_rounding(reader, node, "price", none, &price, &word)) {
		return;
	}
	for (size_t i = 0; i < version->charge_count; i++) {
		if (!version->charges[i].has_price_rounding &&
		    version->charges[i].per < PER_POWER_FACTOR) {
			version->charges[i].has_price_rounding = true;
			version->charges[i].price_rounding = price;
		}
	}
}

static void
read_template(struct tariff_reader *reader, const struct xml_node *node,
    struct tariff_version *version)
{
	version->is_template = tariff_yes(reader, node, "template", false);
	if (version->is_template && reader->blanks == 0) {
		tariff_fault(reader, node, "template", "tariff-template",
		    "no number is left open: take template away");
	}
	if (!version->is_template && reader->blanks > 0) {
		tariff_fault(reader, node, "template", "tariff-template",
		    "a number is left open: fill it in, or mark the version "
		    "as a template");
	}
}

/* Dates of a version, which come in order and do not overlap. */
static void
read_dates(struct tariff_reader *reader, const struct xml_node *node,
    struct tariff_version *version, struct tariff_version *before)
{
	tariff_need(reader, node, "from");
	version->to_day = INT32_MAX;
	if (!tariff_day(reader, node, "from", &version->from_day)) {
		return;
	}
	if (tariff_day(reader, node, "to", &version->to_day) &&
	    version->to_day <= version->from_day) {
		tariff_fault(
		    reader, node, "to", "tariff-version", "not after from");
	}
	if (before == NULL) {
		return;
	}
	if (version->from_day <= before->from_day) {
		tariff_fault(reader, node, "from", "tariff-version",
		    "not after the version before it");
	} else if (before->to_day == INT32_MAX) {
		before->to_day = version->from_day;
	} else if (version->from_day < before->to_day) {
		tariff_fault(reader, node, "from", "tariff-version",
		    "the version before it holds until later");
	}
}

static bool
is_named(const struct xml_node *node, const char *name)
{
	return strcmp(xml_name(node), name) == 0;
}

bool
tariff_is_owed(const struct xml_node *node)
{
	return tariff_is_charge(node) || is_named(node, "power-factor") ||
	       is_named(node, "limit");
}

/* What is owed, element by element. */
static void
read_part(struct tariff_reader *reader, const struct xml_node *node,
    struct tariff_version *version)
{
	if (!tariff_is_owed(node) ||
	    !tariff_fits(reader, node, version->charge_count, CHARGES_MAX)) {
		return;
	}
	if (is_named(node, "power-factor")) {
		tariff_read_power_factor(reader, node, version);
	} else if (is_named(node, "limit")) {
		tariff_read_limit(reader, node, version);
	} else {
		tariff_read_charge(reader, node, version);
	}
}

static void
read_version(struct tariff_reader *reader, const struct xml_node *node)
{
	struct tariff *tariff = reader->tariff;
	bool occurs[TARIFF_BANDS_MAX] = {false};
	struct tariff_version *version;
	size_t known;
	const struct xml_node *n;

	tariff->versions = tariff_grow(
	    tariff->versions, tariff->version_count, sizeof(*tariff->versions));
	version = &tariff->versions[tariff->version_count++];
	reader->rule_count = 0;
	reader->blanks = 0;
	version->line_no = (int)xml_line(node);
	read_dates(reader, node, version,
	    tariff->version_count > 1 ? version - 1 : NULL);
	tariff_need(reader, node, "source");
	tariff_text(
	    reader, node, "source", version->source, sizeof(version->source));
	tariff_text(reader, node, "confidence", version->confidence,
	    sizeof(version->confidence));
	tariff_id(reader, node, "calendar", version->calendar);
	known = reader->faults->count;
	if ((n = xml_first(node, "bands")) != NULL) {
		read_bands(reader, n, version);
	}
	if (reader->faults->count == known) {
		tariff_bands(reader, node, version, occurs);
	} else {
		/* What cannot be read would only seem to be a gap. */
		memset(occurs, 1, sizeof(occurs));
	}
	for (n = xml_first(node, NULL); n != NULL; n = xml_next(n, NULL)) {
		read_part(reader, n, version);
	}
	read_sessions(reader, node, version);
	if ((n = xml_first(node, "rounding")) != NULL) {
		read_rounding(reader, n, version);
	} else {
		tariff_fault(reader, node, NULL, "tariff-missing",
		    "must say how money is rounded, in a rounding element");
	}
	read_template(reader, node, version);
	tariff_charges(reader, version, occurs);
}

static void
read_zone(struct tariff_reader *reader, const struct xml_node *root)
{
	char *name = reader->tariff->zone;
	struct zone *zone;
	struct qf_error err;

	tariff_text(reader, root, "zone", name, sizeof(reader->tariff->zone));
	if (xml_attr(root, "zone") == NULL) {
		return;
	}
	if (zone_load(&zone, name, &err) == -1) {
		tariff_fault(
		    reader, root, "zone", "tariff-zone", "%s", err.text);
	}
	zone_free(zone);
}

void
tariff_read(struct tariff_reader *reader)
{
	const struct xml_node *root = xml_root(reader->doc), *n;
	struct tariff *tariff = reader->tariff;

	tariff_need(reader, root, "id");
	tariff_id(reader, root, "id", tariff->id);
	read_zone(reader, root);
	for (n = xml_first(root, "name"); n != NULL; n = xml_next(n, "name")) {
		read_name(reader, n);
	}
	for (n = xml_first(root, "label"); n != NULL;
	     n = xml_next(n, "label")) {
		read_label(reader, n);
	}
	for (n = xml_first(root, "version");
	     n != NULL &&
	     tariff_fits(reader, n, tariff->version_count, VERSIONS_MAX);
	     n = xml_next(n, "version")) {
		read_version(reader, n);
	}
	tariff_check_exempt_dates(reader);
}
