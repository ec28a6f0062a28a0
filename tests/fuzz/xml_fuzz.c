/* xml_fuzz.c - any bytes as XML: nothing breaks, and what was refused as a
 * DOCTYPE or an entity never becomes a tree.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static size_t
walk(const struct xml_node *node)
{
	const struct xml_node *child;
	size_t sum = strlen(xml_name(node)) + strlen(xml_text(node)) +
		     strlen(xml_namespace(node)) + xml_line(node);

	if (xml_attr(node, "id") != NULL) {
		sum += strlen(xml_attr(node, "id"));
	}
	for (child = xml_first(node, NULL); child != NULL;
	     child = xml_next(child, NULL)) {
		sum += walk(child);
	}
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct xml_doc *doc;
	struct qf_error err;

	if (xml_load_bytes(
		&doc, (const char *)bytes, length, "f", NULL, &err) == -1) {
		if (doc != NULL || strncmp(err.code, "xml-", 4) != 0) {
			abort();
		}
		return 0;
	}
	if (walk(xml_root(doc)) == 0) {
		abort();
	}
	xml_free(doc);
	return 0;
}
