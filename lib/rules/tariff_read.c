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

static const char *const no_words[] = {NULL};

/* More than any notice has, so that a hostile document ends soon. */
#define VERSIONS_MAX 200
#define RULES_MAX 128
#define CHARGES_MAX 64

/* False, with a fault, where there are too many of something. */
static bool
fits(struct tariff_reader *reader, const struct xml_node *node, size_t count,
    size_t max)
{
	if (count < max) {
		return true;
	}
	if (count == max) {
		tariff_fault(reader, node, NULL, "tariff-too-many",
		    "more than %zu of them", max);
	}
	return false;
}

/* Faults where an attribute that must be there is not. */
static bool
need(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute)
{
	if (xml_attr(node, attribute) != NULL) {
		return true;
	}
	tariff_fault(
	    reader, node, attribute, "tariff-missing", "must be given");
	return false;
}

/* True where the attribute is there and left open, as a template has it. */
static bool
is_blank(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute)
{
	const char *text = xml_attr(node, attribute);
	bool blank = text != NULL && text[0] == '\0';

	reader->blanks += blank;
	return blank;
}

static void
read_label(struct tariff_reader *reader, const struct xml_node *node)
{
	struct tariff *tariff = reader->tariff;
	struct tariff_label *label;

	tariff->labels = tariff_grow(
	    tariff->labels, tariff->label_count, sizeof(*tariff->labels));
	label = &tariff->labels[tariff->label_count++];
	need(reader, node, "code");
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
	need(reader, node, "id");
	tariff_id(reader, node, "id", code);
	rule->band = intern_band(reader, node, code, version);
	rule->line_no = (int)xml_line(node);
	tariff_hours(reader, node, &rule->hours, &rule->hours_count);
	tariff_selector(reader, node, &rule->when);
}

/* The band that an attribute names, which must be one of the version's;
 * BAND_NONE where it is absent or unknown. */
static unsigned
named_band(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const struct tariff_version *version)
{
	const char *codes[TARIFF_BANDS_MAX], *nearest;
	const char *code = xml_attr(node, attribute);

	if (code == NULL) {
		return BAND_NONE;
	}
	for (size_t i = 0; i < version->band_count; i++) {
		codes[i] = version->bands[i].code;
		if (strcmp(codes[i], code) == 0) {
			return (unsigned)i;
		}
	}
	nearest = text_nearest(code, codes, version->band_count);
	tariff_fault(reader, node, attribute, "tariff-band",
	    "there is no band %s%s%s%s", code,
	    nearest == NULL ? "" : "; did you mean ",
	    nearest == NULL ? "" : nearest, nearest == NULL ? "" : "?");
	return BAND_NONE;
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
	need(reader, node, "band");
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
	     n != NULL && fits(reader, n, version->base_count, RULES_MAX);
	     n = xml_next(n, "band")) {
		read_band(reader, n, version);
	}
	for (n = xml_first(node, "overlay");
	     n != NULL && fits(reader, n, version->overlay_count, RULES_MAX);
	     n = xml_next(n, "overlay")) {
		read_overlay(reader, n, version);
	}
	/* What an overlay goes over may be the band of a later one. */
	for (n = xml_first(node, "overlay"); i < version->overlay_count;
	     n = xml_next(n, "overlay")) {
		version->overlays[i++].over =
		    named_band(reader, n, "over", version);
	}
}

/* price and adder elements; true where a number is left open. */
static bool
read_prices(struct tariff_reader *reader, const struct xml_node *node,
    const char *element, const struct tariff_version *version,
    struct band_price **out, size_t *count)
{
	bool open = false;

	for (const struct xml_node *n = xml_first(node, element); n != NULL;
	     n = xml_next(n, element)) {
		struct band_price *price;

		*out = tariff_grow(*out, *count, sizeof(**out));
		price = &(*out)[(*count)++];
		price->band = named_band(reader, n, "band", version);
		if (is_blank(reader, n, "value")) {
			open = true;
		} else if (need(reader, n, "value")) {
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
		need(reader, n, "id");
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

	if ((text[0] != '+' && text[0] != '-') ||
	    dec_parse(out, digits, strlen(digits), &err) == -1) {
		tariff_fault(reader, node, "percent", "tariff-percent",
		    "\"%s\" is not a percentage more or less, such as +60 "
		    "or -62",
		    text);
		return;
	}
	dec_mul(out, out, &hundredth);
	dec_add(out, out, &one);
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
	if (is_blank(reader, node, "factor")) {
		return true;
	}
	tariff_number(reader, node, "factor", out);
	return false;
}

static bool
read_ratios(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, struct charge *charge)
{
	static const char *const on[] = {"floating", "whole", NULL};
	bool open = false;

	for (const struct xml_node *n = xml_first(node, "ratio"); n != NULL;
	     n = xml_next(n, "ratio")) {
		struct ratio *ratio;

		charge->ratios = tariff_grow(charge->ratios,
		    charge->ratio_count, sizeof(*charge->ratios));
		ratio = &charge->ratios[charge->ratio_count++];
		need(reader, n, "band");
		need(reader, n, "of");
		ratio->band = named_band(reader, n, "band", version);
		ratio->of = named_band(reader, n, "of", version);
		ratio->on_whole = tariff_word(reader, n, "on", on, 0) == 1;
		open |= read_factor(reader, n, &ratio->factor);
		for (size_t i = 0; i + 1 < charge->ratio_count; i++) {
			if (charge->ratios[i].band == ratio->band) {
				tariff_fault(reader, n, "band", "tariff-twice",
				    "a second ratio for the same band");
			}
		}
	}
	return open;
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
	bool open = is_blank(reader, node, "table");

	if (!open) {
		tariff_id(reader, node, "table", charge->table);
	}
	if (is_blank(reader, node, "item")) {
		open = true;
	} else {
		tariff_id(reader, node, "item", charge->item);
	}
	if (is_blank(reader, node, "series")) {
		open = true;
	} else {
		tariff_id(reader, node, "series", charge->series);
	}
	if (is_blank(reader, node, "benchmark")) {
		open = true;
	} else {
		tariff_number(reader, node, "benchmark", &charge->benchmark);
	}
	dec_set_int(&charge->factor, 1, 0);
	if (is_blank(reader, node, "factor")) {
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
	    "kwh", "day", "month", "once", "month-by-day", NULL};
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
		need(reader, node, "id");
		need(reader, node, "leg");
		need(reader, node, "per");
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
		need(reader, node, "channel");
	}
	charge->channel =
	    channel == -1 ? CHANNEL_IMPORT : (enum channel)channel;
	charge->counts_energy =
	    tariff_yes(reader, node, "counts", kind->id != NULL) &&
	    charge->per == PER_KWH;
}

static void
read_charge(struct tariff_reader *reader, const struct xml_node *node,
    struct tariff_version *version)
{
	static const char *const spans[] = {
	    "stretch", "month", "day", "hour", "interval", NULL};
	static const char *const missing[] = {"hold", "unpriced", NULL};
	struct charge *charge;
	bool open;
	int word;

	version->charges = tariff_grow(
	    version->charges, version->charge_count, sizeof(*version->charges));
	reader->charge_nodes = tariff_grow(reader->charge_nodes,
	    version->charge_count, sizeof(*reader->charge_nodes));
	reader->charge_nodes[version->charge_count] = node;
	charge = &version->charges[version->charge_count++];
	charge->line_no = (int)xml_line(node);
	read_identity(reader, node, charge);
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
	open = read_prices(reader, node, "price", version, &charge->prices,
	    &charge->price_count);
	open |= read_prices(reader, node, "adder", version, &charge->adders,
	    &charge->adder_count);
	read_components(reader, node, charge);
	open |= read_ratios(reader, node, version, charge);
	open |= read_open(reader, node, charge);
	read_form(reader, node, charge);
	if (open) {
		charge->form = PRICE_TEMPLATE;
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
	struct rounding price;
	int word;

	need(reader, node, "money");
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
	if (!tariff_rounding(reader, node, "price", no_words, &price, &word)) {
		return;
	}
	for (size_t i = 0; i < version->charge_count; i++) {
		if (!version->charges[i].has_price_rounding) {
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
	need(reader, node, "from");
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
	need(reader, node, "source");
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
		for (size_t i = 0; i < KINDS; i++) {
			if (strcmp(xml_name(n), kinds[i].element) == 0 &&
			    fits(reader, n, version->charge_count,
				CHARGES_MAX)) {
				read_charge(reader, n, version);
			}
		}
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

	need(reader, root, "id");
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
	     n != NULL && fits(reader, n, tariff->version_count, VERSIONS_MAX);
	     n = xml_next(n, "version")) {
		read_version(reader, n);
	}
}
