/* tariff.c - a tariff document: loaded, and looked into.
 *
 * Well-formed first, then names, then sense, and the schema last: it is the
 * net under the checks that know what the drafter meant and can say so.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rules/tariff.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "rules/tariff_reader.h"
#include "tariff.xsd.h"

const struct rule_schema tariff_schema = {
    .root = "tariff",
    .what = "a tariff",
    .name_space = "urn:qingfen:tariff:1",
    .file = "tariff.xsd",
    .bytes = tariff_xsd,
    .length = sizeof(tariff_xsd) - 1,
};

void *
tariff_grow(void *array, size_t count, size_t size)
{
	char *grown = xreallocarray(array, count + 1, size);

	memset(grown + count * size, 0, size);
	return grown;
}

/* Keeps the faults in the order of lines, and of finding within a line. */
static void
add_fault(
    struct tariff_faults *faults, const struct qf_error *err, size_t line_no)
{
	size_t at = faults->count;

	if (at == TARIFF_FAULTS_MAX) {
		return;
	}
	faults->list = tariff_grow(faults->list, at, sizeof(*faults->list));
	faults->lines = tariff_grow(faults->lines, at, sizeof(*faults->lines));
	for (; at > 0 && faults->lines[at - 1] > line_no; at--) {
		faults->list[at] = faults->list[at - 1];
		faults->lines[at] = faults->lines[at - 1];
	}
	faults->list[at] = *err;
	faults->list[at].status = QF_CONFIG;
	faults->lines[at] = line_no;
	faults->count++;
}

void
tariff_fault(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const char *code, const char *format, ...)
{
	static const char own[] = "tariff";
	char what[QF_ERROR_TEXT_MAX], other[QF_ERROR_CODE_MAX];
	struct qf_error err;
	va_list ap;

	if (reader->codes != NULL && strncmp(code, own, sizeof(own) - 1) == 0) {
		snprintf(other, sizeof(other), "%s%s", reader->codes,
		    code + sizeof(own) - 1);
		code = other;
	}

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	if (node == NULL) {
		node = xml_root(reader->doc);
	}
	xml_fail(reader->doc, node, attribute, &err, code, "%s", what);
	add_fault(reader->faults, &err, xml_line(node));
}

void
tariff_ask_schema(struct tariff_faults *faults, const struct rule_schema *rules,
    const char *text, size_t length, const char *file)
{
	struct xml_schema *schema;
	struct xml_doc *doc;
	struct qf_error err;

	if (xml_schema_open(&schema, rules->file, rules->bytes, rules->length,
		&err) == -1) {
		BUG("%s", err.text);
	}
	if (xml_load_bytes(&doc, text, length, file, schema, &err) == -1) {
		add_fault(faults, &err, 0);
	} else {
		xml_free(doc);
	}
	xml_schema_close(schema);
}

static struct tariff *
load(struct tariff_faults *faults, const char *text, size_t length,
    const char *file)
{
	struct tariff_reader reader = {.faults = faults};
	struct tariff *tariff = xcalloc(1, sizeof(*tariff));
	struct xml_doc *doc;
	struct qf_error err;

	if (xml_load_bytes(&doc, text, length, file, NULL, &err) == -1) {
		add_fault(faults, &err, 0);
		return tariff;
	}
	reader.doc = doc;
	reader.tariff = tariff;
	if (tariff_names(&reader)) {
		tariff_read(&reader);
	}
	if (faults->count == 0) {
		tariff_ask_schema(faults, &tariff_schema, text, length, file);
	}
	free(reader.charge_nodes);
	free(reader.rule_nodes);
	xml_free(doc);
	return tariff;
}

int
tariff_load(struct tariff **out, const char *text, size_t length,
    const char *file, struct qf_error *err)
{
	struct tariff_faults faults = {0};
	struct tariff *tariff = load(&faults, text, length, file);
	int rc = 0;

	*out = NULL;
	if (faults.count > 0) {
		if (err != NULL) {
			*err = faults.list[0];
		}
		tariff_free(tariff);
		rc = -1;
	} else {
		*out = tariff;
	}
	tariff_faults_free(&faults);
	return rc;
}

void
tariff_check(struct tariff_faults *out, const char *text, size_t length,
    const char *file)
{
	*out = (struct tariff_faults){0};
	tariff_free(load(out, text, length, file));
}

void
tariff_faults_free(struct tariff_faults *faults)
{
	free(faults->list);
	free(faults->lines);
	*faults = (struct tariff_faults){0};
}

const struct tariff_version *
tariff_version_at(const struct tariff *tariff, int32_t day)
{
	for (size_t i = 0; i < tariff->version_count; i++) {
		const struct tariff_version *version = &tariff->versions[i];

		if (version->from_day <= day && day < version->to_day) {
			return version;
		}
	}
	return NULL;
}

const struct tariff_label *
tariff_label(const struct tariff *tariff, const char *code)
{
	for (size_t i = 0; i < tariff->label_count; i++) {
		if (strcmp(tariff->labels[i].code, code) == 0) {
			return &tariff->labels[i];
		}
	}
	return NULL;
}

bool
tariff_has_ratio(const struct charge *charge, unsigned band)
{
	for (size_t i = 0; i < charge->ratio_count; i++) {
		if (charge->ratios[i].band == band) {
			return true;
		}
	}
	return false;
}
