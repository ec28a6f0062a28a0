/* ruledoc.c - what rule documents beside tariffs have in common.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rules/ruledoc.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/zone.h"

#define VERSIONS_MAX 200 /* a hostile document ends soon */
#define LENGTH_MAX 6 /* digits of a length of time */

static void
read_head(struct tariff_reader *reader, struct ruledoc_head *head)
{
	const struct xml_node *root = xml_root(reader->doc);
	struct zone *zone = NULL;
	struct qf_error err;

	tariff_need(reader, root, "id");
	tariff_id(reader, root, "id", head->id);
	tariff_text(reader, root, "zone", head->zone, sizeof(head->zone));
	if (xml_attr(root, "zone") != NULL &&
	    zone_load(&zone, head->zone, &err) == -1) {
		tariff_fault(
		    reader, root, "zone", "tariff-zone", "%s", err.text);
	}
	zone_free(zone);
}

/* What is the same of every version; they come in order and do not overlap. */
static void
read_common(struct tariff_reader *reader, const struct xml_node *node,
    struct ruledoc_version *version, const struct ruledoc_version *before)
{
	version->line_no = (int)xml_line(node);
	version->to_day = INT32_MAX;
	tariff_need(reader, node, "source");
	tariff_text(
	    reader, node, "source", version->source, sizeof(version->source));
	tariff_text(reader, node, "confidence", version->confidence,
	    sizeof(version->confidence));
	if (!tariff_need(reader, node, "from") ||
	    !tariff_day(reader, node, "from", &version->from_day)) {
		return;
	}
	if (tariff_day(reader, node, "to", &version->to_day) &&
	    version->to_day <= version->from_day) {
		tariff_fault(
		    reader, node, "to", "tariff-version", "not after from");
	}
	if (before != NULL && version->from_day <= before->from_day) {
		tariff_fault(reader, node, "from", "tariff-version",
		    "not after the version before it");
	} else if (before != NULL && before->to_day != INT32_MAX &&
		   version->from_day < before->to_day) {
		tariff_fault(reader, node, "from", "tariff-version",
		    "the version before it holds until later");
	}
}

static void
read_versions(struct tariff_reader *reader, ruledoc_version_reader *version,
    void *context)
{
	const struct xml_node *node =
	    xml_first(xml_root(reader->doc), "version");
	struct ruledoc_version before = {0}, *last;
	size_t count = 0;

	for (; node != NULL && count < VERSIONS_MAX;
	     node = xml_next(node, "version"), count++) {
		last = version(reader, node, context);
		read_common(reader, node, last, count > 0 ? &before : NULL);
		before = *last;
	}
	if (node != NULL) {
		tariff_fault(reader, node, NULL, "tariff-too-many",
		    "more than %d of them", VERSIONS_MAX);
	}
}

void
ruledoc_read(struct tariff_faults *faults, const struct rule_schema *schema,
    const char *text, size_t length, const char *file,
    struct ruledoc_head *head, ruledoc_version_reader *version, void *context)
{
	struct tariff_reader reader = {.faults = faults, .codes = "rule"};
	struct xml_doc *doc;
	struct qf_error err;

	assert(faults->count == 0);
	if (xml_load_bytes(&doc, text, length, file, NULL, &err) == -1) {
		faults->list = tariff_grow(NULL, 0, sizeof(*faults->list));
		faults->lines = tariff_grow(NULL, 0, sizeof(*faults->lines));
		faults->list[0] = err;
		faults->list[0].status = QF_CONFIG;
		faults->count = 1;
		return;
	}
	reader.doc = doc;
	if (tariff_names_of(&reader, schema)) {
		read_head(&reader, head);
		read_versions(&reader, version, context);
	}
	if (faults->count == 0) {
		tariff_ask_schema(faults, schema, text, length, file);
	}
	xml_free(doc);
}

bool
ruledoc_number(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, enum ruledoc_sign sign, struct dec *out)
{
	if (tariff_blank(reader, node, attribute) ||
	    !tariff_number(reader, node, attribute, out)) {
		return false;
	}
	if (sign != RULEDOC_ANY && dec_sign(out) < 0) {
		tariff_fault(reader, node, attribute, "tariff-number",
		    "must not be negative");
	} else if (sign == RULEDOC_POSITIVE && dec_sign(out) == 0) {
		tariff_fault(reader, node, attribute, "tariff-number",
		    "must be above 0");
	}
	return true;
}

bool
ruledoc_need_number(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, enum ruledoc_sign sign, struct dec *out)
{
	return tariff_need(reader, node, attribute) &&
	       ruledoc_number(reader, node, attribute, sign, out);
}

int
ruledoc_int(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, int least, int most, int otherwise)
{
	return tariff_blank(reader, node, attribute)
		   ? otherwise
		   : tariff_int(
			 reader, node, attribute, least, most, otherwise);
}

bool
ruledoc_rounding(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const char *const *rest, struct rounding *out,
    int *word)
{
	static const char *const none[] = {NULL};
	int unused;

	if (!tariff_need(reader, node, attribute) ||
	    tariff_blank(reader, node, attribute) ||
	    !tariff_rounding(reader, node, attribute,
		rest == NULL ? none : rest, out,
		word == NULL ? &unused : word)) {
		return false;
	}
	if (rest != NULL && *word == -1) {
		tariff_fault(reader, node, attribute, "tariff-rounding",
		    "must say %s or %s at the end", rest[0], rest[1]);
	}
	return true;
}

/* Seconds of the unit that a length of time ends in; 0: no such. */
static int64_t
unit_seconds(const char *unit)
{
	static const struct {
		const char *unit;
		int64_t seconds;
	} units[] = {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(units[i].unit, unit) == 0) {
			return units[i].seconds;
		}
	}
	return 0;
}

bool
ruledoc_seconds(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, int64_t *out)
{
	const char *text = xml_attr(node, attribute), *digits = text;
	char number[LENGTH_MAX + 1];
	size_t length;
	int64_t value, unit;

	if (text == NULL || tariff_blank(reader, node, attribute)) {
		return false;
	}
	digits += text[0] == '-';
	length = strspn(digits, "0123456789");
	unit = unit_seconds(digits + length);
	snprintf(number, sizeof(number), "%.*s", (int)length, digits);
	if (unit == 0 || length > LENGTH_MAX || !text_number(number, &value)) {
		tariff_fault(reader, node, attribute, "tariff-number",
		    "\"%s\" is no length of time, such as 30m, 4h or 1d", text);
		return false;
	}
	*out = (text[0] == '-' ? -value : value) * unit;
	return true;
}

/* One word of a list, of `length` bytes, as its place among the words. */
static void
take_word(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const char *const *words, const char *text,
    size_t length, int *out, size_t *count)
{
	const char *nearest;
	char word[ID_MAX + 1];
	int place = 0;

	snprintf(word, sizeof(word), "%.*s",
	    (int)(length < ID_MAX ? length : ID_MAX), text);
	while (words[place] != NULL && strcmp(words[place], word) != 0) {
		place++;
	}
	if (words[place] == NULL) {
		nearest = text_nearest(word, words, (size_t)place);
		tariff_fault(reader, node, attribute, "tariff-word",
		    "\"%s\" is not known%s%s%s", word,
		    nearest == NULL ? "" : "; did you mean ",
		    nearest == NULL ? "" : nearest, nearest == NULL ? "" : "?");
		return;
	}
	for (size_t i = 0; i < *count; i++) {
		if (out[i] == place) {
			tariff_fault(reader, node, attribute, "tariff-twice",
			    "%s stands there twice", word);
			return;
		}
	}
	out[(*count)++] = place;
}

size_t
ruledoc_words(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const char *const *words, int *out)
{
	static const char blanks[] = " \t\r\n";
	const char *text = xml_attr(node, attribute);
	size_t count = 0;
	bool any = false;

	while (text != NULL && *(text += strspn(text, blanks)) != '\0') {
		size_t length = strcspn(text, blanks);

		take_word(
		    reader, node, attribute, words, text, length, out, &count);
		text += length;
		any = true;
	}
	if (xml_attr(node, attribute) != NULL && !any) {
		tariff_fault(
		    reader, node, attribute, "tariff-word", "is empty");
	}
	return count;
}

void
ruledoc_idle(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const char *why)
{
	if (attribute == NULL || xml_attr(node, attribute) != NULL) {
		tariff_fault(reader, node, attribute, "tariff-idle", "%s", why);
	}
}

const struct xml_node *
ruledoc_child(struct tariff_reader *reader, const struct xml_node *node,
    const char *name, bool needed)
{
	const struct xml_node *child = xml_first(node, name), *next;

	if (child == NULL && needed) {
		tariff_fault(reader, node, NULL, "tariff-missing",
		    "must have a %s element", name);
	}
	next = child == NULL ? NULL : xml_next(child, name);
	if (next != NULL) {
		tariff_fault(
		    reader, next, NULL, "tariff-twice", "is there already");
	}
	return child;
}

bool
ruledoc_template(struct tariff_reader *reader, const struct xml_node *node)
{
	bool is_template = tariff_yes(reader, node, "template", false);

	if (is_template != (reader->blanks > 0)) {
		tariff_fault(reader, node, "template", "tariff-template",
		    is_template
			? "no number is left open: take template away"
			: "a number is left open: fill it in, or mark the "
			  "version as a template");
	}
	return is_template;
}

const void *
ruledoc_at(const void *versions, size_t count, size_t size, int32_t day)
{
	const void *found = NULL;

	for (size_t i = 0; i < count; i++) {
		const char *version = (const char *)versions + i * size;
		const struct ruledoc_version *common =
		    (const struct ruledoc_version *)(const void *)version;

		if (common->from_day <= day) {
			found = day < common->to_day ? version : NULL;
		}
	}
	return found;
}

int
ruledoc_judge(struct tariff_faults *faults, struct qf_error *err)
{
	int rc = faults->count > 0 ? -1 : 0;

	if (rc == -1 && err != NULL) {
		*err = faults->list[0];
	}
	tariff_faults_free(faults);
	return rc;
}
