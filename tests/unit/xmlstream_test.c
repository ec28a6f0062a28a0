/* xmlstream_test.c - events of a document, and each attack on it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"
#include "base/xmlstream.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The events as text, and the error that ends them. */
static void
render(struct buf *out, const char *document, size_t length)
{
	int fd = memfd_create("test", MFD_CLOEXEC), rc;
	struct xml_stream *stream;
	struct xml_event event;
	struct qf_error err;

	cr_assert_eq(write(fd, document, length), (ssize_t)length);
	cr_assert_eq(lseek(fd, 0, SEEK_SET), 0);
	cr_assert_eq(xml_stream_open(&stream, fd, "f", &err), 0);
	while ((rc = xml_stream_next(stream, &event, &err)) == 1) {
		const char *a = xml_stream_attr(stream, "a");

		buf_printf(out, "%s%s %d %zu", event.begins ? "" : "/",
		    event.name, event.depth, event.line_no);
		if (event.begins && a != NULL) {
			buf_printf(out, " a=%s", a);
		}
		if (!event.begins) {
			buf_printf(out, " [%s]", event.text);
		}
		buf_printf(out, " {%s}\n", event.namespace);
	}
	if (rc == -1) {
		buf_printf(out, "%s %s\n", err.code, err.text);
	}
	xml_stream_close(stream);
	close(fd);
}

Test(xmlstream, gives_tags_with_lines_texts_and_namespaces)
{
	static const char document[] =
	    "<x xmlns='urn:x'>\n"
	    "<!-- no -->\n"
	    "<e a='1&amp;2'>one <![CDATA[<two>]]></e>\n"
	    "<empty a='3'/><n xmlns=''>4</n></x>";
	struct buf got;

	buf_init(&got, 1 << 20);
	render(&got, document, strlen(document));
	cr_expect_str_eq(got.bytes, "x 1 1 {urn:x}\n"
				    "e 2 3 a=1&2 {urn:x}\n"
				    "/e 2 3 [one <two>] {urn:x}\n"
				    "empty 2 4 a=3 {urn:x}\n"
				    "/empty 2 4 [] {urn:x}\n"
				    "n 2 4 {}\n"
				    "/n 2 4 [4] {}\n"
				    "/x 1 1 [] {urn:x}\n");
	buf_release(&got);
}

Test(xmlstream, refuses_what_no_reader_should_swallow)
{
	static const struct {
		const char *document, *code;
	} cases[] = {
	    {"", "xml-syntax"},
	    {"<a>", "xml-syntax"},
	    {"<a></b>", "xml-syntax"},
	    {"<a>&x;</a>", "xml-entity"},
	    {"<!DOCTYPE a><a/>", "xml-doctype"},
	    {"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "xml-doctype"},
	    {"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "xml-doctype"},
	    {"<a/><b/>", "xml-syntax"},
	};
	struct buf got;

	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_init(&got, 1 << 20);
		render(&got, cases[i].document, strlen(cases[i].document));
		cr_expect(strstr(got.bytes, cases[i].code) != NULL, "%s: %s",
		    cases[i].document, got.bytes);
		buf_release(&got);
	}
}

Test(xmlstream, bounds_depth_and_text_but_not_size)
{
	struct buf document, got;

	buf_init(&document, 64 << 20);
	buf_init(&got, 256 << 20);
	for (int i = 0; i < 65; i++) {
		buf_add_string(&document, "<a>");
	}
	render(&got, document.bytes, document.length);
	cr_expect(strstr(got.bytes, "xml-depth") != NULL);
	buf_clear(&document);
	buf_clear(&got);
	buf_add_string(&document, "<a>");
	for (int i = 0; i < (64 << 10) + 1; i++) {
		buf_add_char(&document, 'x');
	}
	buf_add_string(&document, "</a>");
	render(&got, document.bytes, document.length);
	cr_expect(strstr(got.bytes, "xml-size") != NULL);
	/* More than a whole document may have. */
	buf_clear(&document);
	buf_clear(&got);
	buf_add_string(&document, "<a>");
	while (document.length < (9 << 20)) {
		buf_add_string(&document, "<b>123456789012345678901234567890"
					  "12345678901234567890</b>\n");
	}
	buf_add_string(&document, "</a>");
	render(&got, document.bytes, document.length);
	cr_expect(strstr(got.bytes, "/a 1 1") != NULL);
	buf_release(&document);
	buf_release(&got);
}
