/* ruledoc.c - what rule documents beside tariffs have in common.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rules/ruledoc.h"

#include <assert.h>
#include <stdlib.h>

#include "base/zone.h"

#define VERSIONS_MAX 200 /* a hostile document ends soon */

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
