/* headers_names.c - header maps: the names of the document, where a schema can
 * only say that one is not expected, with the nearest that there is.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "base/text.h"
#include "format/headersown.h"

#define NAMES_MAX 12

/* What stands in an element; NULL ends the lists. */
struct element {
	const char *name;
	const char *attributes[NAMES_MAX];
	const char *children[NAMES_MAX];
};

static const struct element elements[] = {
    {"headers",
	{"id", "format", "delimiter", "decimal", "group", "encoding", "skip",
	    "last-line", "declare", "others"},
	{"name", "column", "values", "ignore"}},
    {"name", {"xml:lang"}, {NULL}},
    {"column",
	{"name", "from", "then", "value", "time", "offset", "power", "prefix"},
	{"word"}},
    {"word", {"from", "to"}, {NULL}},
    {"values", {"from", "count", "power"}, {NULL}},
    {"ignore", {"from"}, {NULL}},
};

static const struct element *
find_element(const char *name)
{
	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {
		if (strcmp(elements[i].name, name) == 0) {
			return &elements[i];
		}
	}
	return NULL;
}

/* Whether a name is one of a list; *nearest gets the nearest if not. */
static bool
is_one(const char *name, const char *const *list, const char **nearest)
{
	size_t count = 0;

	while (count < NAMES_MAX && list[count] != NULL) {
		if (strcmp(list[count++], name) == 0) {
			return true;
		}
	}
	*nearest = count == 0 ? NULL : text_nearest(name, list, count);
	return false;
}

int
headers_check_names(const struct xml_doc *doc, const struct xml_node *node,
    struct qf_error *err)
{
	const struct element *element = find_element(xml_name(node));
	const struct xml_node *child;
	const char *name, *nearest;

	if (element == NULL) {
		return 0; /* a root of something else; the schema says so */
	}
	for (size_t i = 0; (name = xml_attr_name(node, i)) != NULL; i++) {
		if (!is_one(name, element->attributes, &nearest)) {
			return xml_fail(doc, node, name, err, "headers-name",
			    "no such attribute%s%s",
			    nearest == NULL ? "" : "; did you mean ",
			    nearest == NULL ? "" : nearest);
		}
	}
	for (child = xml_first(node, NULL); child != NULL;
	     child = xml_next(child, NULL)) {
		if (!is_one(xml_name(child), element->children, &nearest)) {
			return xml_fail(doc, child, NULL, err, "headers-name",
			    "no such element in %s%s%s", element->name,
			    nearest == NULL ? "" : "; did you mean ",
			    nearest == NULL ? "" : nearest);
		}
		if (headers_check_names(doc, child, err) == -1) {
			return -1;
		}
	}
	return 0;
}
