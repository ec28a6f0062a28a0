/* jsonin_test.c - values as they stand in the file, and what is refused.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/jsonin.h"
#include "base/text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

Test(jsonin, keeps_numbers_as_their_text)
{
	static const char in[] =
	    "{\"a\": 12345678901234567890.10,\n \"b\": [1e3, -0, true, "
	    "false, null],\n \"c\": {\"d\": \"\\u91cd\\n\"}}\n";
	const struct jsonin *value;
	struct jsonin_doc *doc;
	struct qf_error err;

	cr_assert_eq(jsonin_load_bytes(&doc, in, sizeof(in) - 1, "f", &err), 0);
	value = jsonin_member(jsonin_root(doc), "a");
	cr_expect_eq(value->type, JSONIN_NUMBER);
	cr_expect_str_eq(value->text, "12345678901234567890.10");
	cr_expect_eq(value->line_no, 1);
	value = jsonin_member(jsonin_root(doc), "b")->first;
	cr_expect_str_eq(value->text, "1e3");
	cr_expect_str_eq(value->next->text, "-0");
	value = jsonin_member(jsonin_root(doc), "b");
	cr_expect_eq(value->end - value->begin, 28);
	cr_expect_arr_eq(in + value->begin, "[1e3, -0, true, false, null]", 28);
	value = value->first;
	cr_expect_eq(value->next->next->type, JSONIN_TRUE);
	cr_expect_eq(value->next->next->next->type, JSONIN_FALSE);
	cr_expect_eq(value->next->next->next->next->type, JSONIN_NULL);
	cr_expect_null(value->next->next->next->next->next);
	value = jsonin_member(jsonin_root(doc), "c");
	cr_expect_eq(value->type, JSONIN_OBJECT);
	value = jsonin_member(value, "d");
	cr_expect_str_eq(value->text, "重\n");
	cr_expect_eq(value->length, 4);
	cr_expect_eq(value->line_no, 3);
	cr_expect_null(jsonin_member(jsonin_root(doc), "x"));
	jsonin_free(doc);
}

Test(jsonin, refuses_what_is_not_sound)
{
	static const struct {
		const char *in, *code, *text;
	} cases[] = {
	    {"", "json-syntax", "f:1: parse error: premature EOF"},
	    {"{\"a\":1,\n\"a\":2}", "json-duplicate",
		"f:2: a: twice in one object"},
	    {"{\"a\":\n\"\\u0000\"}", "json-control",
		"f:2: control character in a string"},
	    {"{\"a\\u001b\":1}", "json-control",
		"f:1: control character in a name"},
	    {"{\"a\":1} x", "json-syntax",
		"f:1: parse error: trailing garbage"},
	    {"{\"a\":x}", "json-syntax",
		"f:1: lexical error: invalid char in json text"},
	    {"{\"a\":1}\n{}", "json-syntax",
		"f:2: parse error: trailing garbage"},
	    {"{\"a\":01}", "json-syntax",
		"f:1: parse error: after key and value, inside map, I "
		"expect ',' or '}'"},
	    {"/* c */ 1", "json-syntax",
		"f:1: lexical error: probable comment found in input "
		"text, comments are not enabled"},
	    {"[\"\xff\"]", "json-syntax",
		"f:1: lexical error: invalid bytes in UTF8 string"},
	    {"[1", "json-syntax", "f:1: parse error: premature EOF"},
	    {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "json-depth",
		"f:1: nested too deeply"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct jsonin_doc *doc;
		struct qf_error err;

		cr_expect_eq(jsonin_load_bytes(&doc, cases[i].in,
				 strlen(cases[i].in), "f", &err),
		    -1, "%s", cases[i].in);
		cr_expect_null(doc);
		cr_expect_str_eq(err.code, cases[i].code);
		cr_expect_str_eq(err.text, cases[i].text);
	}
}

/* Or the search for a name that stands twice would take for ever. */
Test(jsonin, refuses_an_object_of_too_many_names)
{
	struct jsonin_doc *doc;
	struct qf_error err;
	struct buf in;

	for (int names = JSONIN_MEMBERS_MAX; names < JSONIN_MEMBERS_MAX + 2;
	     names++) {
		buf_init(&in, 1 << 20);
		buf_add_char(&in, '{');
		for (int i = 0; i < names; i++) {
			buf_printf(&in, "%s\"n%d\":0", i > 0 ? "," : "", i);
		}
		buf_add_char(&in, '}');
		cr_expect_eq(
		    jsonin_load_bytes(&doc, in.bytes, in.length, "f", &err),
		    names == JSONIN_MEMBERS_MAX ? 0 : -1);
		jsonin_free(doc);
		buf_release(&in);
	}
	cr_expect_str_eq(err.code, "json-members");
	cr_expect_str_eq(err.text, "f:1: too many names in one object");
}

Test(jsonin, refuses_more_bytes_than_allowed)
{
	struct jsonin_doc *doc;
	struct qf_error err;
	struct buf in;

	buf_init(&in, 16 << 20);
	while (in.length <= JSONIN_SIZE_MAX) {
		buf_add(&in, "                ", 16);
	}
	cr_expect_eq(
	    jsonin_load_bytes(&doc, in.bytes, in.length, "f", &err), -1);
	cr_expect_str_eq(err.code, "json-size");
	cr_expect_str_eq(err.text, "f: more than 8388608 bytes");
	buf_release(&in);
}

Test(jsonin, reads_a_descriptor_to_its_end)
{
	int fd = memfd_create("jsonin_test", MFD_CLOEXEC);
	struct jsonin_doc *doc;
	struct qf_error err;

	cr_assert_eq(write(fd, "[12.50]", 7), 7);
	lseek(fd, 0, SEEK_SET);
	cr_assert_eq(jsonin_load_fd(&doc, fd, "f", &err), 0);
	cr_expect_str_eq(jsonin_root(doc)->first->text, "12.50");
	jsonin_free(doc);
	close(fd);
	cr_expect_eq(jsonin_load_fd(&doc, -1, "f", &err), -1);
	cr_expect_str_eq(err.code, "json-read");
	cr_expect_eq(err.status, QF_IO);
}

/* yajl makes something of half a surrogate pair; it must not be a text that
 * is not UTF-8. */
Test(jsonin, gives_nothing_but_utf8)
{
	static const char *const cases[] = {"\"\\ud800\"", "\"\\udc00x\"",
	    "\"\\ud83d\\ud83d\"", "{\"\\udfff\":1}"};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct jsonin *root;
		struct jsonin_doc *doc;
		struct qf_error err;

		if (jsonin_load_bytes(
			&doc, cases[i], strlen(cases[i]), "f", &err) == -1) {
			cr_expect_str_eq(err.code, "json-syntax");
			continue;
		}
		root = jsonin_root(doc);
		cr_expect(text_utf8_valid(root->text, root->length));
		jsonin_free(doc);
	}
}
