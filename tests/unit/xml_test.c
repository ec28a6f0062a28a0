/* xml_test.c - each attack on an XML reader with the exact message, schemas,
 * the tree, and the check of streams.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/xml.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ATTACK "testdata/attack/xml/"

static const char xsd[] =
    "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'\n"
    " targetNamespace='urn:t' elementFormDefault='qualified'>\n"
    " <xs:element name='tariff'><xs:complexType>\n"
    "  <xs:sequence>\n"
    "   <xs:element name='rate' maxOccurs='unbounded'>\n"
    "    <xs:complexType><xs:simpleContent>\n"
    "     <xs:extension base='xs:decimal'>\n"
    "      <xs:attribute name='band' use='required'>\n"
    "       <xs:simpleType><xs:restriction base='xs:string'>\n"
    "        <xs:enumeration value='peak'/>\n"
    "        <xs:enumeration value='flat'/>\n"
    "       </xs:restriction></xs:simpleType>\n"
    "      </xs:attribute>\n"
    "     </xs:extension>\n"
    "    </xs:simpleContent></xs:complexType>\n"
    "   </xs:element>\n"
    "  </xs:sequence>\n"
    "  <xs:attribute name='id' type='xs:NCName'/>\n"
    " </xs:complexType></xs:element>\n"
    "</xs:schema>\n";

static struct xml_schema *
schema_new(void)
{
	struct xml_schema *schema;
	struct qf_error err;

	cr_assert_eq(
	    xml_schema_open(&schema, "t.xsd", xsd, sizeof(xsd) - 1, &err), 0,
	    "%s", err.text);
	return schema;
}

Test(xml, refuses_each_attack)
{
	static const struct {
		const char *file, *code, *text;
	} cases[] = {
	    {"external-entity.xml", "xml-doctype", "f:2: DOCTYPE not allowed"},
	    {"external-dtd.xml", "xml-doctype", "f:2: DOCTYPE not allowed"},
	    {"parameter-entity.xml", "xml-doctype", "f:2: DOCTYPE not allowed"},
	    {"billion-laughs.xml", "xml-doctype", "f:2: DOCTYPE not allowed"},
	    {"billion-laughs-attribute.xml", "xml-doctype",
		"f:2: DOCTYPE not allowed"},
	    {"quadratic.xml", "xml-doctype", "f:2: DOCTYPE not allowed"},
	    {"utf16-doctype.xml", "xml-doctype", "f:2: DOCTYPE not allowed"},
	    {"plain-doctype.xml", "xml-doctype", "f:1: DOCTYPE not allowed"},
	    {"depth.xml", "xml-depth", "f:66: elements nested too deeply"},
	    {"gzip.xml", "xml-gzip", "f: compressed with gzip, not XML"},
	    {"entity-without-doctype.xml", "xml-entity",
		"f:3: entity not allowed: &x;"},
	    {"html-entity.xml", "xml-entity",
		"f:1: entity not allowed: &nbsp;"},
	    {"empty.xml", "xml-empty", "f: empty file"},
	    {"cut-off.xml", "xml-syntax",
		"f:1: premature end of data in tag tariff line 1"},
	    {"cut-off-in-tag.xml", "xml-syntax",
		"f:2: couldn't find end of Start Tag price line 1"},
	    {"two-roots.xml", "xml-syntax",
		"f:2: extra content at the end of the document"},
	    {"control-characters.xml", "xml-syntax", "f:1: expected '>'"},
	    {"not-utf8.xml", "xml-syntax",
		"f:1: input is not proper UTF-8, indicate encoding !"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		char path[128];
		struct xml_doc *doc;
		struct qf_error err;
		int fd;

		snprintf(path, sizeof(path), ATTACK "%s", cases[i].file);
		fd = xml_open(path, &err);
		cr_assert_neq(fd, -1, "%s", err.text);
		cr_expect_eq(xml_load_fd(&doc, fd, "f", NULL, &err), -1, "%s",
		    cases[i].file);
		cr_expect_null(doc);
		cr_expect_eq(err.status, QF_DATA);
		cr_expect_str_eq(
		    err.code, cases[i].code, "%s: %s", cases[i].file, err.code);
		cr_expect_str_eq(
		    err.text, cases[i].text, "%s: %s", cases[i].file, err.text);
		close(fd);
	}
}

Test(xml, refuses_doctype_and_entities_in_streams_too)
{
	static const struct {
		const char *file, *code;
	} cases[] = {
	    {"external-entity.xml", "xml-doctype"},
	    {"external-dtd.xml", "xml-doctype"},
	    {"parameter-entity.xml", "xml-doctype"},
	    {"billion-laughs.xml", "xml-doctype"},
	    {"billion-laughs-attribute.xml", "xml-doctype"},
	    {"quadratic.xml", "xml-doctype"},
	    {"utf16-doctype.xml", "xml-doctype"},
	    {"entity-without-doctype.xml", "xml-schema"},
	    {"gzip.xml", "xml-syntax"},
	    {"cut-off.xml", "xml-schema"},
	};
	struct xml_schema *schema = schema_new();

	for (size_t i = 0; i < COUNT(cases); i++) {
		char path[128];
		struct qf_error err;
		int fd;

		snprintf(path, sizeof(path), ATTACK "%s", cases[i].file);
		fd = xml_open(path, &err);
		cr_assert_neq(fd, -1, "%s", err.text);
		cr_expect_eq(xml_validate_fd(fd, "f", schema, &err), -1);
		cr_expect_str_eq(err.code, cases[i].code, "%s: %s %s",
		    cases[i].file, err.code, err.text);
		close(fd);
	}
	xml_schema_close(schema);
}

Test(xml, reads_xinclude_as_the_plain_element_it_is)
{
	struct xml_doc *doc;
	struct qf_error err;
	const struct xml_node *node;
	int fd = xml_open(ATTACK "xinclude.xml", &err);

	cr_assert_eq(xml_load_fd(&doc, fd, "f", NULL, &err), 0);
	node = xml_first(xml_root(doc), NULL);
	cr_expect_str_eq(xml_name(node), "include");
	cr_expect_str_eq(
	    xml_namespace(node), "http://www.w3.org/2001/XInclude");
	cr_expect_str_eq(xml_text(node), "");
	cr_expect_null(xml_next(node, NULL));
	xml_free(doc);
	close(fd);
}

Test(xml, refuses_more_bytes_than_allowed)
{
	size_t length = XML_SIZE_MAX + 1;
	char *bytes = xmalloc(length);
	int fd = memfd_create("xml_test", MFD_CLOEXEC);
	struct xml_doc *doc;
	struct qf_error err;

	memset(bytes, ' ', length);
	memcpy(bytes, "<a>", 3);
	memcpy(bytes + XML_SIZE_MAX - 4, "</a>", 4);
	cr_expect_eq(
	    xml_load_bytes(&doc, bytes, XML_SIZE_MAX, "f", NULL, &err), 0);
	xml_free(doc);
	cr_assert_eq(write(fd, bytes, length), (ssize_t)length);
	lseek(fd, 0, SEEK_SET);
	cr_expect_eq(xml_load_fd(&doc, fd, "f", NULL, &err), -1);
	cr_expect_str_eq(err.code, "xml-size");
	cr_expect_str_eq(err.text, "f: more than 8388608 bytes");
	close(fd);
	free(bytes);
}

Test(xml, opens_nothing_but_regular_files)
{
	char dir[] = "/tmp/xml_test.XXXXXX", path[64];
	struct qf_error err;

	cr_assert_not_null(mkdtemp(dir));
	cr_expect_eq(xml_open(dir, &err), -1);
	cr_expect_str_eq(err.code, "open-not-regular");
	snprintf(path, sizeof(path), "%s/link", dir);
	cr_assert_eq(symlink("/dev/null", path), 0);
	cr_expect_eq(xml_open(path, &err), -1);
	cr_expect_str_eq(err.code, "open-symlink");
	unlink(path);
	cr_expect_eq(xml_open(path, &err), -1);
	cr_expect_str_eq(err.code, "open-failed");
	cr_expect_eq(err.status, QF_NOINPUT);
	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_expect_eq(xml_open(path, &err), -1);
	cr_expect_str_eq(err.code, "open-not-regular");
	unlink(path);
	rmdir(dir);
}

Test(xml, says_what_does_not_fit_the_schema)
{
	static const struct {
		const char *in, *text;
	} cases[] = {
	    {"<tariff xmlns='urn:t'><rate band='peak'>1.5</rate>"
	     "</tariff>",
		NULL},
	    {"<tariff xmlns='urn:t'>\n<rate band='peak'>x</rate>\n"
	     "</tariff>",
		"f:2: rate: 'x' is not a valid value of the atomic type "
		"'xs:decimal'"},
	    {"<tariff xmlns='urn:t'>\n<rate band='Peak'>1</rate>\n"
	     "</tariff>",
		"f:2: rate@band: the value 'Peak' is not an element of "
		"the set {'peak', 'flat'}"},
	    {"<tariff xmlns='urn:t'>\n<rate>1</rate>\n</tariff>",
		"f:2: rate: the attribute 'band' is required but "
		"missing"},
	    {"<tariff xmlns='urn:t'>\n\n<rat band='peak'>1</rat>\n"
	     "</tariff>",
		"f:3: rat: this element is not expected; expected is ( "
		"rate )"},
	    {"<tariff xmlns='urn:t'/>",
		"f:1: tariff: missing child element(s); expected is ( "
		"rate )"},
	    {"<tariff xmlns='urn:other'/>",
		"f:1: tariff: no matching global declaration available "
		"for the validation root"},
	    {"<tariff xmlns='urn:t' no='1'><rate band='peak'>1</rate>"
	     "</tariff>",
		"f:1: tariff@no: the attribute 'no' is not allowed"},
	};
	struct xml_schema *schema = schema_new();

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct xml_doc *doc;
		struct qf_error err;
		int fd = memfd_create("xml_test", MFD_CLOEXEC);
		int expected = cases[i].text == NULL ? 0 : -1;
		size_t length = strlen(cases[i].in);

		cr_expect_eq(xml_load_bytes(
				 &doc, cases[i].in, length, "f", schema, &err),
		    expected);
		if (expected == -1) {
			cr_expect_str_eq(err.code, "xml-schema");
			cr_expect_str_eq(err.text, cases[i].text);
		}
		xml_free(doc);
		cr_assert_eq(write(fd, cases[i].in, length), (ssize_t)length);
		lseek(fd, 0, SEEK_SET);
		cr_expect_eq(xml_validate_fd(fd, "f", schema, &err), expected);
		if (expected == -1) {
			cr_expect_str_eq(err.code, "xml-schema");
			cr_expect_str_eq(err.text, cases[i].text);
		}
		close(fd);
	}
	xml_schema_close(schema);
}

Test(xml, refuses_a_schema_that_includes_or_is_none)
{
	static const char includes[] =
	    "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>\n"
	    "<xs:include schemaLocation='schemas/tariff.xsd'/>\n"
	    "</xs:schema>\n";
	struct xml_schema *schema;
	struct qf_error err;

	cr_expect_eq(xml_schema_open(&schema, "t.xsd", includes,
			 sizeof(includes) - 1, &err),
	    -1);
	cr_expect_str_eq(err.code, "xml-xsd");
	cr_expect_eq(err.status, QF_CONFIG);
	cr_expect_eq(xml_schema_open(&schema, "t.xsd", "<a/>", 4, &err), -1);
	cr_expect_str_eq(err.code, "xml-xsd");
	cr_expect_null(schema);
}

Test(xml, gives_elements_attributes_texts_and_lines)
{
	static const char in[] =
	    "<?xml version='1.0'?>\n"
	    "<!-- a comment -->\n"
	    "<tariff id='cq' note='a &amp; &lt;b&#62;'>\n"
	    "  <name xml:lang='zh'>重庆<!-- c -->两部制</name>\n"
	    "  <rate>1.5</rate>\n"
	    "  <?pi x?><rate>a<![CDATA[<&]]>b &amp; c</rate><empty e=''/>\n"
	    "</tariff>\n";
	const struct xml_node *root, *node;
	struct xml_doc *doc;
	struct qf_error err;

	cr_assert_eq(
	    xml_load_bytes(&doc, in, sizeof(in) - 1, "f.xml", NULL, &err), 0);
	cr_expect_str_eq(xml_file(doc), "f.xml");
	root = xml_root(doc);
	cr_expect_str_eq(xml_name(root), "tariff");
	cr_expect_str_eq(xml_namespace(root), "");
	cr_expect_eq(xml_line(root), 3);
	cr_expect_str_eq(xml_attr(root, "id"), "cq");
	cr_expect_str_eq(xml_attr(root, "note"), "a & <b>");
	cr_expect_null(xml_attr(root, "lang"));
	node = xml_first(root, NULL);
	cr_expect_str_eq(xml_text(node), "重庆两部制");
	cr_expect_str_eq(xml_attr(node, "xml:lang"), "zh");
	cr_expect_null(xml_attr(node, "lang"));
	node = xml_first(root, "rate");
	cr_expect_str_eq(xml_text(node), "1.5");
	cr_expect_eq(xml_line(node), 5);
	node = xml_next(node, "rate");
	cr_expect_str_eq(xml_text(node), "a<&b & c");
	cr_expect_null(xml_next(node, "rate"));
	node = xml_next(node, NULL);
	cr_expect_str_eq(xml_attr(node, "e"), "");
	cr_expect_str_eq(xml_text(node), "");
	cr_expect_null(xml_first(node, NULL));
	xml_fail(doc, node, "e", &err, "tariff-e", "must be %d", 1);
	cr_expect_str_eq(err.text, "f.xml:6: empty@e: must be 1");
	xml_fail(doc, node, NULL, &err, "tariff-e", "must be there");
	cr_expect_str_eq(err.text, "f.xml:6: empty: must be there");
	xml_free(doc);
}

Test(xml, counts_lines_beyond_what_sixteen_bits_hold)
{
	struct buf in;
	struct xml_doc *doc;
	struct qf_error err;

	buf_init(&in, 1 << 20);
	buf_add_string(&in, "<a>");
	for (int i = 0; i < 70000; i++) {
		buf_add_char(&in, '\n');
	}
	buf_add_string(&in, "<b/> </a>");
	cr_assert_eq(
	    xml_load_bytes(&doc, in.bytes, in.length, "f", NULL, &err), 0);
	cr_expect_eq(xml_line(xml_first(xml_root(doc), "b")), 70001);
	xml_free(doc);
	buf_release(&in);
}

Test(xml, refuses_more_attributes_than_can_be_compared)
{
	for (size_t count = 256; count <= 257; count++) {
		struct xml_doc *doc = NULL;
		struct qf_error err = {0};
		struct buf text;
		int rc;

		buf_init(&text, 1 << 20);
		buf_add_string(&text, "<?p ====?><!-- <a b='='> --><x y='='");
		for (size_t i = 1; i < count; i++) {
			buf_printf(&text, " a%zu = \"=='>\"", i);
		}
		buf_add_string(&text, "><![CDATA[<z a='']]><y z='1'/></x>");
		rc = xml_load_bytes(
		    &doc, text.bytes, text.length, "f", NULL, &err);
		cr_expect_eq(rc, count == 256 ? 0 : -1, "%s", err.text);
		if (count > 256) {
			cr_expect_str_eq(err.code, "xml-attributes");
		}
		xml_free(doc);
		buf_release(&text);
	}
}
