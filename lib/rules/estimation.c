/* estimation.c - a document of estimation: read, looked into, freed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rules/estimation.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "estimation.xsd.h"

#define VALUES_MAX 999
#define NAMES_MAX 16
#define WORDS_MAX 3 /* of an attribute */

static const struct rule_schema schema = {
    .root = "estimation",
    .what = "a document of estimation",
    .name_space = "urn:qingfen:estimation:1",
    .file = "estimation.xsd",
    .bytes = estimation_xsd,
    .length = sizeof(estimation_xsd) - 1,
};

static const char *const methods[] = {
    [METHOD_EQUAL_ENDS] = "equal-ends",
    [METHOD_LEADING_ZERO] = "leading-zero",
    [METHOD_MEAN_OF_NEIGHBOURS] = "mean-of-neighbours",
    [METHOD_TYPICAL_SHARE] = "previous-plus-typical-share",
    [METHOD_SAME_DAY_TYPE] = "same-day-type",
    [METHOD_YESTERDAY] = "yesterday",
    [METHOD_MEAN] = "mean",
    [METHOD_NEIGHBOUR] = "neighbour",
    [METHOD_BACK_FILL] = "back-fill",
    [METHOD_FORWARD_FILL] = "forward-fill",
    [METHODS] = NULL,
};

const char *
estimation_method_name(enum estimation_method method)
{
	assert(method < METHODS);
	return methods[method];
}

/* The words of an attribute, each a bit by its place in the list. */
static unsigned
word_bits(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const char *const *words)
{
	int places[WORDS_MAX];
	size_t count = ruledoc_words(reader, node, attribute, words, places);
	unsigned bits = 0;

	assert(count <= WORDS_MAX);
	for (size_t i = 0; i < count; i++) {
		bits |= 1U << places[i];
	}
	return bits;
}

static void
read_method(struct tariff_reader *reader, const struct xml_node *node,
    struct estimation_version *version)
{
	static const char *const quantities[] = {"kwh", "kw", "register", NULL};
	static const char *const totals[] = {"any", "needed", "none", NULL};
	struct estimation_rule *rule;
	int method = -1;

	if (tariff_need(reader, node, "name")) {
		method = tariff_word(reader, node, "name", methods, -1);
	}
	if (method == -1) {
		return;
	}
	version->rules = tariff_grow(
	    version->rules, version->rule_count, sizeof(*version->rules));
	rule = &version->rules[version->rule_count++];
	rule->method = (enum estimation_method)method;
	rule->line_no = (int)xml_line(node);
	rule->quantities = word_bits(reader, node, "quantity", quantities);
	rule->least = tariff_int(reader, node, "least", 1, VALUES_MAX, 1);
	rule->most = tariff_int(reader, node, "most", 1, VALUES_MAX, 0);
	tariff_id(reader, node, "scenario", rule->scenario);
	rule->total = (enum estimation_total)tariff_word(
	    reader, node, "total", totals, TOTAL_ANY);
	if (rule->most != 0 && rule->most < rule->least) {
		tariff_fault(reader, node, "most", "tariff-number",
		    "less than least: never applies");
	}
}

/* The names of an attribute's words. */
static void
read_holidays(struct tariff_reader *reader, const struct xml_node *node,
    struct estimation_typical *typical)
{
	const char *text = xml_attr(node, "holidays");

	while (text != NULL && *(text += strspn(text, " ")) != '\0') {
		size_t length = strcspn(text, " ");

		if (!text_is_id(text, length) ||
		    typical->holiday_count == NAMES_MAX) {
			tariff_fault(reader, node, "holidays", "tariff-id",
			    "\"%.*s\" is no identifier, or one too many",
			    (int)length, text);
			return;
		}
		typical->holidays = xreallocarray(typical->holidays,
		    typical->holiday_count + 1, sizeof(char *));
		typical->holidays[typical->holiday_count++] =
		    xstrndup(text, length);
		text += length;
	}
}

static void
read_typical(struct tariff_reader *reader, const struct xml_node *node,
    struct estimation_version *version)
{
	static const char *const kinds[] = {"workday", "rest", "holiday", NULL};
	static const char *const takes[] = {
	    "last-week", "latest", "last-year", NULL};
	struct estimation_typical *typical;
	unsigned kind;

	version->typical = tariff_grow(version->typical, version->typical_count,
	    sizeof(*version->typical));
	typical = &version->typical[version->typical_count++];
	typical->line_no = (int)xml_line(node);
	tariff_need(reader, node, "for");
	kind = word_bits(reader, node, "for", kinds);
	typical->workday = (kind & 1U) != 0;
	typical->rest = (kind & 2U) != 0;
	typical->holiday = (kind & 4U) != 0;
	read_holidays(reader, node, typical);
	if (tariff_need(reader, node, "take")) {
		typical->take = (enum estimation_take)tariff_word(
		    reader, node, "take", takes, TAKE_LAST_WEEK);
	}
	if (typical->take == TAKE_LATEST) {
		tariff_need(reader, node, "days");
	}
	typical->days =
	    tariff_int(reader, node, "days", 1, ESTIMATION_DAYS_MAX, 1);
	if (typical->take == TAKE_LAST_YEAR && kind != 4U) {
		tariff_fault(reader, node, "take", "tariff-number",
		    "last-year is for holidays alone");
	}
	if (version->calendar[0] == '\0' && (kind & 4U) != 0) {
		tariff_fault(reader, node, "for", "tariff-missing",
		    "holidays need a calendar of the version");
	}
}

static void
read_quarters(struct tariff_reader *reader, const struct xml_node *node,
    struct estimation_version *version)
{
	static const char *const rules[] = {"difference-first", "carry", NULL};
	struct estimation_quarters *quarters = &version->quarters;

	if (quarters->from_minutes != 0) {
		tariff_fault(
		    reader, node, NULL, "tariff-twice", "is there already");
		return;
	}
	tariff_need(reader, node, "from");
	tariff_need(reader, node, "to");
	tariff_need(reader, node, "rule");
	tariff_need(reader, node, "decimals");
	quarters->from_minutes = tariff_int(reader, node, "from", 2, 60, 60);
	quarters->to_minutes = tariff_int(reader, node, "to", 1, 30, 15);
	quarters->carry = tariff_word(reader, node, "rule", rules, 0) == 1;
	quarters->decimals =
	    tariff_int(reader, node, "decimals", 0, SERIES_SCALE_MAX, 0);
	if (60 % quarters->from_minutes != 0 ||
	    quarters->to_minutes >= quarters->from_minutes ||
	    quarters->from_minutes % quarters->to_minutes != 0) {
		tariff_fault(reader, node, "to", "tariff-number",
		    "does not divide from, or from an hour");
	}
}

static void
read_day_total(struct tariff_reader *reader, const struct xml_node *node,
    struct estimation_version *version)
{
	tariff_need(reader, node, "remainder");
	tariff_need(reader, node, "decimals");
	version->day_total.asked = true;
	tariff_id(reader, node, "remainder", version->day_total.remainder);
	version->day_total.decimals =
	    tariff_int(reader, node, "decimals", 0, SERIES_SCALE_MAX, 0);
}

static struct ruledoc_version *
read_version(
    struct tariff_reader *reader, const struct xml_node *node, void *context)
{
	static const char *const no_words[] = {NULL};
	struct estimation *estimation = context;
	struct estimation_version *version;
	int word;

	estimation->versions = tariff_grow(estimation->versions,
	    estimation->version_count, sizeof(*estimation->versions));
	version = &estimation->versions[estimation->version_count++];
	tariff_id(reader, node, "calendar", version->calendar);
	version->has_round = tariff_rounding(
	    reader, node, "round", no_words, &version->round, &word);
	if (version->has_round && version->round.scale > SERIES_SCALE_MAX) {
		tariff_fault(reader, node, "round", "tariff-rounding",
		    "more than %d decimals", SERIES_SCALE_MAX);
	}
	for (const struct xml_node *n = xml_first(node, NULL); n != NULL;
	     n = xml_next(n, NULL)) {
		if (strcmp(xml_name(n), "method") == 0) {
			read_method(reader, n, version);
		} else if (strcmp(xml_name(n), "typical") == 0) {
			read_typical(reader, n, version);
		} else if (strcmp(xml_name(n), "quarters") == 0) {
			read_quarters(reader, n, version);
		} else if (strcmp(xml_name(n), "day-total") == 0) {
			read_day_total(reader, n, version);
		}
	}
	return &version->common;
}

static struct estimation *
load(struct tariff_faults *faults, const char *text, size_t length,
    const char *file)
{
	struct estimation *estimation = xcalloc(1, sizeof(*estimation));

	ruledoc_read(faults, &schema, text, length, file, &estimation->head,
	    read_version, estimation);
	return estimation;
}

int
estimation_load(struct estimation **out, const char *text, size_t length,
    const char *file, struct qf_error *err)
{
	struct tariff_faults faults = {0};

	*out = load(&faults, text, length, file);
	if (ruledoc_judge(&faults, err) == -1) {
		estimation_free(*out);
		*out = NULL;
		return -1;
	}
	return 0;
}

void
estimation_faults(struct tariff_faults *out, const char *text, size_t length,
    const char *file)
{
	*out = (struct tariff_faults){0};
	estimation_free(load(out, text, length, file));
}

void
estimation_free(struct estimation *estimation)
{
	if (estimation == NULL) {
		return;
	}
	for (size_t i = 0; i < estimation->version_count; i++) {
		struct estimation_version *version = &estimation->versions[i];

		for (size_t j = 0; j < version->typical_count; j++) {
			struct estimation_typical *typical =
			    &version->typical[j];

			for (size_t k = 0; k < typical->holiday_count; k++) {
				free(typical->holidays[k]);
			}
			free(typical->holidays);
		}
		free(version->typical);
		free(version->rules);
	}
	free(estimation->versions);
	free(estimation);
}

const struct estimation_version *
estimation_at(const struct estimation *estimation, int32_t day)
{
	return ruledoc_at(estimation->versions, estimation->version_count,
	    sizeof(*estimation->versions), day);
}
