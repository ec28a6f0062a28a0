/* tariff_names.c - elements and attributes that the schema does not know, and
 * what their drafter probably meant.
 *
 * The schema itself is read for the names that belong in an element, so that
 * there is one list of them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "rules/tariff_reader.h"

#define NAMES_MAX 64

/* What belongs in an element of some type. */
struct names {
	const char *elements[NAMES_MAX];
	const char *types[NAMES_MAX]; /* of those elements */
	const char *attributes[NAMES_MAX];
	size_t element_count, attribute_count;
};

/* The global definition of that name. */
static const struct xml_node *
definition(const struct xml_doc *xsd, const char *kind, const char *name)
{
	const struct xml_node *node = xml_first(xml_root(xsd), kind);

	while (node != NULL && strcmp(xml_attr(node, "name"), name) != 0) {
		node = xml_next(node, kind);
	}
	if (node == NULL) {
		BUG("%s has no %s %s", xml_file(xsd), kind, name);
	}
	return node;
}

static void
collect(
    const struct xml_doc *xsd, const struct xml_node *in, struct names *names)
{
	for (const struct xml_node *n = xml_first(in, NULL); n != NULL;
	     n = xml_next(n, NULL)) {
		const char *kind = xml_name(n);

		if (strcmp(kind, "element") == 0) {
			assert(names->element_count < NAMES_MAX);
			names->types[names->element_count] =
			    xml_attr(n, "type");
			names->elements[names->element_count++] =
			    xml_attr(n, "name");
		} else if (strcmp(kind, "attribute") == 0) {
			assert(names->attribute_count < NAMES_MAX);
			names->attributes[names->attribute_count++] =
			    xml_attr(n, "name");
		} else if (strcmp(kind, "anyAttribute") == 0) {
			names->attributes[names->attribute_count++] =
			    "xml:lang";
		} else if (strcmp(kind, "attributeGroup") == 0) {
			collect(xsd, definition(xsd, kind, xml_attr(n, "ref")),
			    names);
		} else if (strcmp(kind, "annotation") != 0) {
			collect(xsd, n, names);
		}
	}
}

static size_t
place_of(const char *name, const char *const *list, size_t count)
{
	size_t i = 0;

	while (i < count && strcmp(list[i], name) != 0) {
		i++;
	}
	return i;
}

/* "not known here; did you mean x?" */
static void
unknown(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const char *const *list, size_t count)
{
	const char *what = attribute == NULL ? "element" : "attribute";
	const char *nearest;

	nearest = text_nearest(
	    attribute == NULL ? xml_name(node) : attribute, list, count);
	if (nearest != NULL) {
		tariff_fault(reader, node, attribute, "tariff-unknown",
		    "%s not known here; did you mean %s?", what, nearest);
	} else {
		tariff_fault(reader, node, attribute, "tariff-unknown",
		    "%s not known here", what);
	}
}

/* Checks the names in an element of that type, and below. */
static bool
check(struct tariff_reader *reader, const struct xml_doc *xsd,
    const struct xml_node *node, const char *type)
{
	struct names names = {0};
	const char *name;
	bool sound = true;

	collect(xsd, definition(xsd, "complexType", type), &names);
	for (size_t i = 0; (name = xml_attr_name(node, i)) != NULL; i++) {
		if (place_of(name, names.attributes, names.attribute_count) ==
		    names.attribute_count) {
			unknown(reader, node, name, names.attributes,
			    names.attribute_count);
			sound = false;
		}
	}
	for (const struct xml_node *n = xml_first(node, NULL); n != NULL;
	     n = xml_next(n, NULL)) {
		size_t i =
		    place_of(xml_name(n), names.elements, names.element_count);

		if (i == names.element_count) {
			unknown(reader, n, NULL, names.elements,
			    names.element_count);
			sound = false;
		} else {
			sound &= check(reader, xsd, n, names.types[i]);
		}
	}
	return sound;
}

bool
tariff_names_of(struct tariff_reader *reader, const struct rule_schema *schema)
{
	const struct xml_node *root = xml_root(reader->doc);
	struct xml_doc *xsd;
	struct qf_error err;
	bool sound;

	if (strcmp(xml_name(root), schema->root) != 0 ||
	    strcmp(xml_namespace(root), schema->name_space) != 0) {
		tariff_fault(reader, root, NULL, "tariff-root",
		    "not %s: the root must be %s of the namespace %s",
		    schema->what, schema->root, schema->name_space);
		return false;
	}
	if (xml_load_bytes(&xsd, schema->bytes, schema->length, schema->file,
		NULL, &err) == -1) {
		BUG("%s", err.text);
	}
	sound = check(reader, xsd, root, schema->root);
	xml_free(xsd);
	return sound;
}

bool
tariff_names(struct tariff_reader *reader)
{
	return tariff_names_of(reader, &tariff_schema);
}
