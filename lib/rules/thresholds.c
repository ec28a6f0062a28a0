/* thresholds.c - a document of thresholds: read, looked into, freed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rules/thresholds.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "thresholds.xsd.h"

#define DAYS_MAX 366

static const struct rule_schema schema = {
    .root = "thresholds",
    .what = "a document of thresholds",
    .name_space = "urn:qingfen:thresholds:1",
    .file = "thresholds.xsd",
    .bytes = thresholds_xsd,
    .length = sizeof(thresholds_xsd) - 1,
};

static const char *const names[] = {
    [CHECK_ABOVE_CAPACITY] = "above-capacity",
    [CHECK_ZERO_DAYS] = "zero-days",
    [CHECK_JUMP] = "jump",
    [CHECK_SESSIONS_OVER_GATE] = "sessions-over-gate",
    [CHECK_SESSIONS_UNDER_GATE] = "sessions-under-gate",
    [CHECK_DISCHARGE] = "discharge-beyond-charge",
    [CHECK_REGISTER_DIFFERENCE] = "register-difference",
    [CHECK_REGISTER_BANDS] = "register-bands",
    [CHECK_SESSION_POWER] = "session-power",
    [CHECK_SESSION_DURATION] = "session-duration",
    [CHECK_SESSION_OVERLAP] = "session-overlap",
    [CHECKS] = NULL,
};

/* Which numbers a check has: needed in capitals, allowed in small letters.
 * Percent, kwh, factor, days, hours. */
static const char *const wants[CHECKS] = {
    [CHECK_ABOVE_CAPACITY] = "P",
    [CHECK_ZERO_DAYS] = "D",
    [CHECK_JUMP] = "FK",
    [CHECK_SESSIONS_OVER_GATE] = "Pk",
    [CHECK_SESSIONS_UNDER_GATE] = "Pk",
    [CHECK_DISCHARGE] = "KD",
    [CHECK_REGISTER_DIFFERENCE] = "Kp",
    [CHECK_REGISTER_BANDS] = "K",
    [CHECK_SESSION_POWER] = "P",
    [CHECK_SESSION_DURATION] = "H",
    [CHECK_SESSION_OVERLAP] = "",
};

const char *
check_name(enum check_kind kind)
{
	assert(kind < CHECKS);
	return names[kind];
}

/* Whether a number that the check may have is given; faults where it must be
 * and is not, or is and must not. */
static bool
has(struct tariff_reader *reader, const struct xml_node *node,
    enum check_kind kind, char letter, const char *attribute)
{
	const char *text = xml_attr(node, attribute);

	if (strchr(wants[kind], letter) == NULL &&
	    strchr(wants[kind], letter - 'A' + 'a') == NULL) {
		if (text != NULL) {
			tariff_fault(reader, node, attribute, "tariff-unknown",
			    "%s has no such number", names[kind]);
		}
		return false;
	}
	if (text == NULL && strchr(wants[kind], letter) != NULL) {
		tariff_need(reader, node, attribute);
	}
	return text != NULL && !tariff_blank(reader, node, attribute);
}

static bool
number(struct tariff_reader *reader, const struct xml_node *node,
    enum check_kind kind, char letter, const char *attribute, struct dec *out)
{
	if (!has(reader, node, kind, letter, attribute) ||
	    !tariff_number(reader, node, attribute, out)) {
		return false;
	}
	if (dec_sign(out) < 0) {
		tariff_fault(reader, node, attribute, "tariff-number",
		    "must not be negative");
	}
	return true;
}

static void
read_check(struct tariff_reader *reader, const struct xml_node *node,
    struct thresholds_version *version)
{
	struct check *check;
	int kind = -1;

	if (tariff_need(reader, node, "name")) {
		kind = tariff_word(reader, node, "name", names, -1);
	}
	tariff_need(reader, node, "hold");
	if (kind == -1) {
		return;
	}
	if (thresholds_check(version, (enum check_kind)kind) != NULL) {
		tariff_fault(reader, node, "name", "tariff-twice",
		    "%s is there already", names[kind]);
		return;
	}
	version->checks = tariff_grow(
	    version->checks, version->check_count, sizeof(*version->checks));
	check = &version->checks[version->check_count++];
	check->kind = (enum check_kind)kind;
	check->line_no = (int)xml_line(node);
	check->hold = tariff_yes(reader, node, "hold", false);
	check->has_percent =
	    number(reader, node, check->kind, 'P', "percent", &check->percent);
	check->has_kwh =
	    number(reader, node, check->kind, 'K', "kwh", &check->kwh);
	number(reader, node, check->kind, 'F', "factor", &check->factor);
	number(reader, node, check->kind, 'H', "hours", &check->hours);
	if (has(reader, node, check->kind, 'D', "days")) {
		check->days = tariff_int(reader, node, "days", 1, DAYS_MAX, 1);
	}
}

static struct ruledoc_version *
read_version(
    struct tariff_reader *reader, const struct xml_node *node, void *context)
{
	struct thresholds *thresholds = context;
	struct thresholds_version *version;

	thresholds->versions = tariff_grow(thresholds->versions,
	    thresholds->version_count, sizeof(*thresholds->versions));
	version = &thresholds->versions[thresholds->version_count++];
	reader->blanks = 0;
	for (const struct xml_node *n = xml_first(node, "check"); n != NULL;
	     n = xml_next(n, "check")) {
		read_check(reader, n, version);
	}
	version->is_template = ruledoc_template(reader, node);
	return &version->common;
}

static struct thresholds *
load(struct tariff_faults *faults, const char *text, size_t length,
    const char *file)
{
	struct thresholds *thresholds = xcalloc(1, sizeof(*thresholds));

	ruledoc_read(faults, &schema, text, length, file, &thresholds->head,
	    read_version, thresholds);
	return thresholds;
}

int
thresholds_load(struct thresholds **out, const char *text, size_t length,
    const char *file, struct qf_error *err)
{
	struct tariff_faults faults = {0};

	*out = load(&faults, text, length, file);
	if (ruledoc_judge(&faults, err) == -1) {
		thresholds_free(*out);
		*out = NULL;
		return -1;
	}
	return 0;
}

void
thresholds_faults(struct tariff_faults *out, const char *text, size_t length,
    const char *file)
{
	*out = (struct tariff_faults){0};
	thresholds_free(load(out, text, length, file));
}

void
thresholds_free(struct thresholds *thresholds)
{
	if (thresholds == NULL) {
		return;
	}
	for (size_t i = 0; i < thresholds->version_count; i++) {
		struct thresholds_version *version = &thresholds->versions[i];

		for (size_t j = 0; j < version->check_count; j++) {
			dec_release(&version->checks[j].percent);
			dec_release(&version->checks[j].kwh);
			dec_release(&version->checks[j].factor);
			dec_release(&version->checks[j].hours);
		}
		free(version->checks);
	}
	free(thresholds->versions);
	free(thresholds);
}

const struct thresholds_version *
thresholds_at(const struct thresholds *thresholds, int32_t day)
{
	return ruledoc_at(thresholds->versions, thresholds->version_count,
	    sizeof(*thresholds->versions), day);
}

const struct check *
thresholds_check(const struct thresholds_version *version, enum check_kind kind)
{
	for (size_t i = 0; i < version->check_count; i++) {
		if (version->checks[i].kind == kind) {
			return &version->checks[i];
		}
	}
	return NULL;
}
