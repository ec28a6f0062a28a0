/* xmlcheck_test.c - XML held against its schema as it is written.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/sink.h"
#include "base/status.h"
#include "base/text.h"
#include "base/xmlcheck.h"

static const char schema[] =
    "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">"
    "<xs:element name=\"list\"><xs:complexType><xs:sequence>"
    "<xs:element name=\"n\" maxOccurs=\"unbounded\"><xs:complexType>"
    "<xs:attribute name=\"v\" use=\"required\"><xs:simpleType>"
    "<xs:restriction base=\"xs:string\"><xs:pattern value=\"[0-9]+\"/>"
    "</xs:restriction></xs:simpleType></xs:attribute></xs:complexType>"
    "</xs:element></xs:sequence></xs:complexType></xs:element></xs:schema>";

/* Writes a document in pieces of so many bytes: 0, or -1 as soon as it is
 * refused; *passed gets what went through. */
static int
pass(const char *document, size_t piece, struct buf *passed,
    struct qf_error *err)
{
	struct xmlcheck *check = xmlcheck_new(
	    "list.xsd", schema, sizeof(schema) - 1, sink_buf(passed));
	struct sink sink = xmlcheck_sink(check);
	size_t length = strlen(document);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < length; i += piece) {
		size_t part = length - i < piece ? length - i : piece;

		rc = sink.write(sink.context, document + i, part, err);
	}
	if (rc == 0) {
		rc = xmlcheck_finish(check, err);
	}
	xmlcheck_free(check);
	return rc;
}

Test(xmlcheck, lets_a_valid_document_through_unchanged)
{
	static const char document[] = "<list><n v=\"1\"/><n v=\"22\"/></list>";
	struct qf_error err;
	struct buf passed;

	for (size_t piece = 1; piece <= sizeof(document); piece++) {
		buf_init(&passed, 1000);
		cr_assert_eq(
		    pass(document, piece, &passed, &err), 0, "%s", err.text);
		cr_expect_str_eq(passed.bytes, document);
		buf_release(&passed);
	}
}

Test(xmlcheck, stops_what_does_not_fit)
{
	static const struct {
		const char *document;
		const char *not_passed; /* must not have gone through */
	} cases[] = {
	    {"<list><n v=\"1\"/><n v=\"x\"/></list>", "x"},
	    {"<list><n v=\"1\"/><m/></list>", "m"},
	    {"<list><n/></list>", "n/"},
	    {"<list></list>", NULL},
	    {"<list><n v=\"1\"/>", NULL},
	    {"<list><n v=\"1\"></list>", NULL},
	    {"", NULL},
	    {"<list><n v=\"1\"/></list><list/>", NULL},
	};
	struct qf_error err;
	struct buf passed;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_init(&passed, 1000);
		cr_expect_eq(pass(cases[i].document, 1, &passed, &err), -1,
		    "%s", cases[i].document);
		cr_expect_str_eq(err.code, "xmlcheck");
		cr_expect_eq(err.status, QF_BUG);
		buf_release(&passed);
		buf_init(&passed, 1000);
		pass(cases[i].document, 1000, &passed, &err);
		if (cases[i].not_passed != NULL) {
			cr_expect_null(
			    strstr(passed.bytes, cases[i].not_passed), "%s",
			    passed.bytes);
		}
		buf_release(&passed);
	}
}

/* Frees where the frame of whoever made the check is used by another by now:
 * true where that one's bytes stay as they were. */
static bool
frees_in_another_frame(struct xmlcheck *check)
{
	volatile unsigned char frame[2048];

	for (size_t i = 0; i < sizeof(frame); i++) {
		frame[i] = 0xA5;
	}
	xmlcheck_free(check);
	for (size_t i = 0; i < sizeof(frame); i++) {
		if (frame[i] != 0xA5) {
			return false;
		}
	}
	return true;
}

Test(xmlcheck, touches_nothing_of_the_stack_that_it_was_made_on)
{
	struct buf passed;

	buf_init(&passed, 1000);
	cr_expect(frees_in_another_frame(xmlcheck_new(
	    "list.xsd", schema, sizeof(schema) - 1, sink_buf(&passed))));
	buf_release(&passed);
}
