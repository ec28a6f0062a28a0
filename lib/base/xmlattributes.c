/* xmlattributes.c - elements of more attributes than libxml2 can compare.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>
#include <string.h>

#include "base/xml.h"
#include "base/xmlown.h"

/* The end of what a "<" begins, or NULL where it has none; its attributes are
 * counted where it is a tag.  The parser has stopped before this would differ
 * from what it sees. */
static const char *
pass_markup(const char *at, const char *end, size_t *attributes)
{
	static const struct {
		const char *begin, *end;
	} others[] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}};
	char quote = '\0';

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		size_t length = strlen(others[i].begin);

		if ((size_t)(end - at) > length &&
		    memcmp(at, others[i].begin, length) == 0) {
			return memmem(at + length, (size_t)(end - at) - length,
			    others[i].end, strlen(others[i].end));
		}
	}
	for (*attributes = 0; at < end; at++) {
		if (quote != '\0') {
			quote = *at == quote ? '\0' : quote;
		} else if (*at == '"' || *at == '\'') {
			quote = *at;
		} else if (*at == '>') {
			return at;
		}
		*attributes += quote == '\0' && *at == '=';
	}
	return NULL;
}

/* libxml2 compares each attribute of an element with each: for hours, where an
 * element of some megabytes has nothing but attributes. */
int
xml_check_attributes(
    const char *bytes, size_t length, const char *file, struct qf_error *err)
{
	const char *end = bytes + length, *at = bytes;
	size_t attributes = 0;

	while (
	    at != NULL && (at = memchr(at, '<', (size_t)(end - at))) != NULL) {
		at = pass_markup(at, end, &attributes);
		if (attributes > XML_ATTRIBUTES_MAX) {
			return qf_fail(err, QF_DATA, "xml-attributes",
			    "%s: an element with more than %d attributes", file,
			    XML_ATTRIBUTES_MAX);
		}
	}
	return 0;
}
