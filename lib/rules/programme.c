/* programme.c - a programme document: read, looked into, freed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rules/programme.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "programme.xsd.h"
#include "rules/programme_reader.h"
#include "rules/whom.h"

static const struct rule_schema schema = {
    .root = "programme",
    .what = "a programme document",
    .name_space = "urn:qingfen:programme:1",
    .file = "programme.xsd",
    .bytes = programme_xsd,
    .length = sizeof(programme_xsd) - 1,
};

static void
read_head(struct tariff_reader *reader, const struct xml_node *node,
    struct programme_version *version)
{
	static const char *const directions[] = {
	    [PROGRAMME_SHAVE] = "shave",
	    [PROGRAMME_FILL] = "fill",
	    [PROGRAMME_LIMIT] = "limit",
	    NULL,
	};

	tariff_need(reader, node, "direction");
	version->direction = (enum programme_direction)tariff_word(
	    reader, node, "direction", directions, PROGRAMME_SHAVE);
	snprintf(version->subject, sizeof(version->subject), "demand-response");
	tariff_id(reader, node, "subject", version->subject);
	snprintf(version->component, sizeof(version->component), "response");
	tariff_id(reader, node, "component", version->component);
	tariff_id(reader, node, "calendar", version->calendar);
}

static void
read_notice(struct tariff_reader *reader, const struct xml_node *node,
    struct programme_version *version)
{
	tariff_need(reader, node, "least");
	version->has_notice =
	    ruledoc_seconds(reader, node, "least", &version->notice_seconds);
	if (version->has_notice && version->notice_seconds <= 0) {
		tariff_fault(
		    reader, node, "least", "tariff-number", "must be above 0");
	}
}

static void
read_measure(struct tariff_reader *reader, const struct xml_node *node,
    struct programme_version *version)
{
	static const char *const everies[] = {
	    "5m", "15m", "30m", "1h", "event", NULL};
	static const int minutes[] = {5, 15, 30, 60, 0};
	static const char *const awards[] = {"none", "needed", NULL};
	int every;

	tariff_need(reader, node, "every");
	every = tariff_word(reader, node, "every", everies, 4);
	version->minutes = minutes[every];
	version->every =
	    minutes[every] == 0 ? PROGRAMME_EVENT : PROGRAMME_INTERVAL;
	version->needs_award =
	    tariff_word(reader, node, "award", awards, 1) == 1;
	if (!version->needs_award && version->direction == PROGRAMME_LIMIT) {
		tariff_fault(reader, node, "award", "tariff-award",
		    "of the direction limit the award is the limit");
	}
}

static void
read_valid(struct tariff_reader *reader, const struct xml_node *node,
    struct programme_version *version)
{
	static const char *const loads[] = {"mean", "max", NULL};
	int places[2];
	size_t count = ruledoc_words(reader, node, "load", loads, places);

	version->has_valid_rate = ruledoc_number(
	    reader, node, "rate", RULEDOC_NOT_NEGATIVE, &version->valid_rate);
	for (size_t i = 0; i < count; i++) {
		version->valid_mean_below |= places[i] == 0;
		version->valid_max_below |= places[i] == 1;
	}
	if (xml_attr(node, "rate") == NULL && xml_attr(node, "load") == NULL) {
		tariff_fault(reader, node, NULL, "tariff-missing",
		    "must say rate or load");
	}
	if (xml_attr(node, "rate") != NULL && !version->needs_award) {
		tariff_fault(reader, node, "rate", "tariff-award",
		    "is of an award, and measure says award=\"none\"");
	}
}

static void
read_rounding(struct tariff_reader *reader, const struct xml_node *node,
    struct programme_version *version)
{
	static const char *const words[] = {"line", "step", NULL};
	int word;

	version->money_by_step = ruledoc_rounding(reader, node, "money", words,
				     &version->money, &word) &&
				 word == 1;
}

static struct ruledoc_version *
read_version(
    struct tariff_reader *reader, const struct xml_node *node, void *context)
{
	struct programme *programme = context;
	struct programme_version *version;
	const struct xml_node *n;

	programme->versions = tariff_grow(programme->versions,
	    programme->version_count, sizeof(*programme->versions));
	version = &programme->versions[programme->version_count++];
	reader->blanks = 0;
	version->needs_award = true;
	read_head(reader, node, version);
	if ((n = ruledoc_child(reader, node, "notice", false)) != NULL) {
		read_notice(reader, n, version);
	}
	if ((n = ruledoc_child(reader, node, "measure", true)) != NULL) {
		read_measure(reader, n, version);
	}
	programme_read_baselines(reader, node, version);
	if ((n = ruledoc_child(reader, node, "valid", false)) != NULL) {
		read_valid(reader, n, version);
	}
	programme_read_pay(reader, node, version);
	if ((n = ruledoc_child(reader, node, "rounding", true)) != NULL) {
		read_rounding(reader, n, version);
	}
	if (version == programme->versions) {
		tariff_text(reader, xml_root(reader->doc), "context",
		    programme->context, sizeof(programme->context));
	}
	version->is_template = ruledoc_template(reader, node);
	return &version->common;
}

static struct programme *
load(struct tariff_faults *faults, const char *text, size_t length,
    const char *file)
{
	struct programme *programme = xcalloc(1, sizeof(*programme));

	ruledoc_read(faults, &schema, text, length, file, &programme->head,
	    read_version, programme);
	return programme;
}

int
programme_load(struct programme **out, const char *text, size_t length,
    const char *file, struct qf_error *err)
{
	struct tariff_faults faults = {0};

	*out = load(&faults, text, length, file);
	if (ruledoc_judge(&faults, err) == -1) {
		programme_free(*out);
		*out = NULL;
		return -1;
	}
	return 0;
}

void
programme_faults(struct tariff_faults *out, const char *text, size_t length,
    const char *file)
{
	*out = (struct tariff_faults){0};
	programme_free(load(out, text, length, file));
}

void
programme_free(struct programme *programme)
{
	if (programme == NULL) {
		return;
	}
	for (size_t i = 0; i < programme->version_count; i++) {
		struct programme_version *version = &programme->versions[i];

		for (size_t j = 0; j < version->baseline_count; j++) {
			programme_release_baseline(&version->baselines[j]);
		}
		free(version->baselines);
		dec_release(&version->valid_rate);
		programme_release_pay(version);
	}
	free(programme->versions);
	free(programme);
}

const struct programme_version *
programme_at(const struct programme *programme, int32_t day)
{
	return ruledoc_at(programme->versions, programme->version_count,
	    sizeof(*programme->versions), day);
}

const struct baseline_rule *
programme_baseline(
    const struct programme_version *version, const struct contract *contract)
{
	for (size_t i = 0; i < version->baseline_count; i++) {
		if (whom_fits(&version->baselines[i].whom, contract)) {
			return &version->baselines[i];
		}
	}
	return NULL;
}
