/* xmlout_test.c - form, escapes, and that our own reader gets it back.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#include "base/text.h"
#include "base/xml.h"
#include "format/xmlout.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

Test(xmlout, writes_elements_attributes_and_text)
{
	struct dec net = {0};
	struct qf_error err;
	struct xmlout *xml;
	struct buf out;

	buf_init(&out, 1 << 20);
	xml = xmlout_new(sink_buf(&out));
	dec_set_int(&net, -1230, 2);
	xmlout_begin(xml, "statement");
	xmlout_attr(xml, "xmlns", "urn:t");
	xmlout_begin(xml, "amount");
	xmlout_attr_dec(xml, "net", &net);
	xmlout_attr_int(xml, "n", -7);
	xmlout_end(xml);
	xmlout_begin(xml, "group");
	xmlout_element(xml, "note", "电费 & <more>");
	xmlout_element(xml, "note", "");
	xmlout_end(xml);
	xmlout_end(xml);
	cr_expect_eq(xmlout_flush(xml, &err), 0);
	cr_expect_eq(xmlout_finish(xml, &err), 0);
	cr_expect_str_eq(out.bytes,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<statement xmlns=\"urn:t\">\n"
	    "  <amount net=\"-12.30\" n=\"-7\"/>\n"
	    "  <group>\n"
	    "    <note>电费 &amp; &lt;more&gt;</note>\n"
	    "    <note></note>\n"
	    "  </group>\n"
	    "</statement>\n");
	xmlout_free(xml);
	dec_release(&net);
	buf_release(&out);
}

Test(xmlout, writes_what_our_reader_reads_back)
{
	static const char *const texts[] = {"a\"b'c", "<&>]]>", "a\tb\nc",
	    "cr\rlf\r\n", " blanks ", "重庆\xf0\x9f\x94\x8c"};

	for (size_t i = 0; i < COUNT(texts); i++) {
		const struct xml_node *root;
		struct xml_doc *doc;
		struct qf_error err;
		struct xmlout *xml;
		struct buf out;

		buf_init(&out, 1 << 20);
		xml = xmlout_new(sink_buf(&out));
		xmlout_begin(xml, "a");
		xmlout_attr(xml, "b", texts[i]);
		xmlout_text(xml, texts[i]);
		xmlout_end(xml);
		cr_assert_eq(xmlout_finish(xml, &err), 0);
		cr_assert_eq(xml_load_bytes(
				 &doc, out.bytes, out.length, "f", NULL, &err),
		    0, "%s", err.text);
		root = xml_root(doc);
		cr_expect_str_eq(xml_attr(root, "b"), texts[i]);
		cr_expect_str_eq(xml_text(root), texts[i]);
		xml_free(doc);
		xmlout_free(xml);
		buf_release(&out);
	}
}

Test(xmlout, refuses_characters_that_xml_does_not_allow)
{
	static const char *const cases[][2] = {
	    {"\x01", "xmlout-control"},
	    {"a\x7f", "xmlout-control"},
	    {"\xef\xbf\xbf", "xmlout-control"},
	    {"\xef\xbf\xbe", "xmlout-control"},
	    {"\xff", "xmlout-utf8"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct qf_error err;
		struct xmlout *xml;
		struct buf out;

		buf_init(&out, 1 << 20);
		xml = xmlout_new(sink_buf(&out));
		xmlout_element(xml, "a", cases[i][0]);
		cr_expect_eq(xmlout_flush(xml, &err), -1);
		cr_expect_str_eq(err.code, cases[i][1]);
		cr_expect_eq(xmlout_finish(xml, &err), -1);
		cr_expect_eq(out.length, 0);
		xmlout_free(xml);
		buf_release(&out);
	}
}

Test(xmlout, aborts_on_a_second_root, .signal = SIGABRT)
{
	struct buf out;
	struct xmlout *xml;

	buf_init(&out, 1 << 20);
	xml = xmlout_new(sink_buf(&out));
	xmlout_element(xml, "a", "");
	xmlout_begin(xml, "b");
}
