/* text_test.c - text checks and the growing buffer.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

struct bytes_case {
	const char *bytes;
	size_t length;
	bool yes;
};

#define BYTES(text, yes)                    \
	{                                   \
		text, sizeof(text) - 1, yes \
	}

Test(text, takes_well_formed_utf8_only)
{
	/* The borders of RFC 3629 section 4. */
	static const struct bytes_case cases[] = {
	    BYTES("", true),
	    BYTES("plain ASCII, longer than eight bytes", true),
	    BYTES("a\0b", true),
	    BYTES("\x7f", true),
	    BYTES("\x80", false),
	    BYTES("\xc1\xbf", false),
	    BYTES("\xc2\x80", true),
	    BYTES("\xdf\xbf", true),
	    BYTES("\xe0\x9f\xbf", false),
	    BYTES("\xe0\xa0\x80", true),
	    BYTES("\xed\x9f\xbf", true),
	    BYTES("\xed\xa0\x80", false),
	    BYTES("\xee\x80\x80", true),
	    BYTES("\xef\xbf\xbf", true),
	    BYTES("\xf0\x8f\xbf\xbf", false),
	    BYTES("\xf0\x90\x80\x80", true),
	    BYTES("\xf4\x8f\xbf\xbf", true),
	    BYTES("\xf4\x90\x80\x80", false),
	    BYTES("\xf5\x80\x80\x80", false),
	    BYTES("\xff", false),
	    BYTES("12345678\xe6\xb8\x85\xe5\x88\x86", true),
	    BYTES("12345678\xe6\xb8", false),
	    BYTES("\xe6", false),
	    BYTES("\xe6\xb8\x41", false),
	    BYTES("\xc3\x28", false),
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cr_expect_eq(text_utf8_valid(cases[i].bytes, cases[i].length),
		    cases[i].yes, "case %zu", i);
	}
}

Test(text, knows_identifiers)
{
	static const struct bytes_case cases[] = {
	    BYTES("a", true),
	    BYTES("9", true),
	    BYTES("CQ-0001:import_2.b", true),
	    BYTES("", false),
	    BYTES("-a", false),
	    BYTES(".a", false),
	    BYTES("=1+1", false),
	    BYTES("a b", false),
	    BYTES("a\0", false),
	    BYTES("a/b", false),
	    BYTES("\xe6\xb8\x85", false),
	    BYTES("0123456789012345678901234567890123456789"
		  "012345678901234567890123",
		true),
	    BYTES("0123456789012345678901234567890123456789"
		  "0123456789012345678901234",
		false),
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cr_expect_eq(text_is_id(cases[i].bytes, cases[i].length),
		    cases[i].yes, "case %zu", i);
	}
}

Test(text, finds_fullwidth_digits)
{
	static const struct bytes_case cases[] = {
	    BYTES("1.5", false),
	    BYTES("\xef\xbc\x90", true),
	    BYTES("1\xef\xbc\x99", true),
	    BYTES("1\xef\xbc\x8e"
		  "5",
		true),
	    BYTES("\xef\xbc\x8d"
		  "5",
		true),
	    BYTES("\xef\xbc\x8f", false),
	    BYTES("\xef\xbc\xa1", false),
	    BYTES("\xef\xbc", false),
	    BYTES("\xe9\x87\x8d\xe5\xba\x86", false),
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cr_expect_eq(
		    text_has_fullwidth_digit(cases[i].bytes, cases[i].length),
		    cases[i].yes, "case %zu", i);
	}
}

Test(text, finds_control_characters)
{
	cr_expect(text_has_control("a\tb", 3));
	cr_expect(text_has_control("a\0b", 3));
	cr_expect(text_has_control("\x7f", 1));
	cr_expect_not(text_has_control("\xe6\xb8\x85 a~", 6));
}

Test(text, names_the_nearest)
{
	static const char *const names[] = {
	    "period", "output", "force", "as-of", "hourly"};
	static const struct {
		const char *word, *nearest;
	} cases[] = {
	    {"perod", "period"},
	    {"peroid", "period"},
	    {"periods", "period"},
	    {"out-put", "output"},
	    {"froce", "force"},
	    {"asof", "as-of"},
	    {"x", NULL},
	    {"", NULL},
	    {"completely", NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *got = text_nearest(cases[i].word, names, 5);

		if (cases[i].nearest == NULL) {
			cr_expect_null(got, "%s gave %s", cases[i].word, got);
			continue;
		}
		cr_assert_not_null(got, "%s gave nothing", cases[i].word);
		cr_expect_str_eq(got, cases[i].nearest);
	}
}

Test(text, names_no_nearest_of_an_endless_word)
{
	static const char *const names[] = {"period"};
	char word[300];

	memset(word, 'p', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	cr_expect_null(text_nearest(word, names, 1));
}

Test(text, buffer_grows_to_its_maximum_and_not_beyond)
{
	struct buf buf;

	buf_init(&buf, 200);
	cr_expect_str_eq(buf.bytes, "");
	for (int i = 0; i < 20; i++) {
		cr_assert_eq(buf_add(&buf, "0123456789", 10), 0);
	}
	cr_expect_eq(buf.length, 200);
	cr_expect_not(buf.overflowed);
	cr_expect_eq(buf_add_char(&buf, 'x'), -1);
	cr_expect_eq(buf_printf(&buf, "%d", 1), -1);
	cr_expect(buf.overflowed);
	cr_expect_eq(buf.length, 200);
	cr_expect_eq(strlen(buf.bytes), 200);
	buf_clear(&buf);
	cr_expect_not(buf.overflowed);
	cr_expect_str_eq(buf.bytes, "");
	cr_expect_eq(buf_printf(&buf, "%s-%03d", "ab", 7), 0);
	cr_expect_str_eq(buf.bytes, "ab-007");
	buf_release(&buf);
	cr_expect_str_eq(buf.bytes, "");
	cr_expect_eq(buf_add_string(&buf, "again"), 0);
	cr_expect_str_eq(buf.bytes, "again");
	buf_release(&buf);
}

Test(text, takes_digits_alone_for_a_number)
{
	static const char *const others[] = {"", "-1", "+1", " 1", "1 ", "1.0",
	    "1e3", "0x1", "1234567890123456789", "１"};
	int64_t number = -1;

	cr_expect(text_number("0", &number) && number == 0);
	cr_expect(text_number("007", &number) && number == 7);
	cr_expect(text_number("999999999999999999", &number) &&
		  number == INT64_C(999999999999999999));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		cr_expect_not(text_number(others[i], &number), "%s", others[i]);
	}
}

/* 清分 and a character of four bytes, U+20000, as printf '清分𠀀' | iconv -t
 * GB18030 gives them. */
static const char utf8[] = "a\xe6\xb8\x85\xe5\x88\x86\xf0\xa0\x80\x80z";
static const char gb18030[] = "a\xc7\xe5\xb7\xd6\x95\x32\x82\x36z";

Test(text, converts_gb18030_both_ways)
{
	struct qf_error err;
	struct buf out;

	buf_init(&out, 100);
	cr_assert_eq(text_convert(&out, TEXT_GB18030, TEXT_UTF8, gb18030,
			 sizeof(gb18030) - 1, &err),
	    0, "%s", err.text);
	cr_expect_str_eq(out.bytes, utf8);
	buf_clear(&out);
	cr_assert_eq(text_convert(&out, TEXT_UTF8, TEXT_GB18030, utf8,
			 sizeof(utf8) - 1, &err),
	    0, "%s", err.text);
	cr_expect_str_eq(out.bytes, gb18030);
	buf_release(&out);
}

Test(text, converts_in_pieces_of_any_size)
{
	for (size_t piece = 1; piece < sizeof(gb18030); piece++) {
		struct text_recode *recode;
		struct qf_error err;
		struct buf out;
		size_t all = sizeof(gb18030) - 1;

		buf_init(&out, 100);
		cr_assert_eq(
		    text_recode_new(&recode, TEXT_GB18030, TEXT_UTF8, &err), 0);
		for (size_t i = 0; i < all; i += piece) {
			size_t left = all - i;

			cr_assert_eq(
			    text_recode_feed(recode, gb18030 + i,
				left < piece ? left : piece, &out, &err),
			    0, "%s", err.text);
		}
		cr_expect_eq(text_recode_end(recode, &err), 0);
		cr_expect_str_eq(out.bytes, utf8, "pieces of %zu", piece);
		text_recode_free(recode);
		buf_release(&out);
	}
}

Test(text, refuses_what_is_no_gb18030)
{
	static const struct {
		const char *bytes, *text;
	} cases[] = {
	    {"ab\xff\xff", "byte 2: not GB18030"},
	    {"ab\xc7\xe5\xc7", "byte 4: not GB18030"},
	    {"\x81\x30", "byte 0: not GB18030"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct qf_error err = {0};
		struct buf out;

		buf_init(&out, 100);
		cr_expect_eq(text_convert(&out, TEXT_GB18030, TEXT_UTF8,
				 cases[i].bytes, strlen(cases[i].bytes), &err),
		    -1);
		cr_expect_eq(err.status, QF_DATA);
		cr_expect_str_eq(err.code, "encoding-invalid");
		cr_expect_str_eq(err.text, cases[i].text);
		buf_release(&out);
	}
}

Test(text, converts_no_more_than_fits)
{
	struct qf_error err = {0};
	struct buf out;

	buf_init(&out, 5);
	cr_expect_eq(text_convert(&out, TEXT_GB18030, TEXT_UTF8, gb18030,
			 sizeof(gb18030) - 1, &err),
	    -1);
	cr_expect_str_eq(err.code, "encoding-too-long");
	buf_release(&out);
}

Test(text, knows_encodings_by_name)
{
	enum text_encoding encoding = TEXT_UTF8;
	struct qf_error err = {0};

	cr_expect_eq(text_encoding_parse(&encoding, "GB18030", &err), 0);
	cr_expect_eq(encoding, TEXT_GB18030);
	cr_expect_eq(text_encoding_parse(&encoding, "utf-8", &err), 0);
	cr_expect_eq(encoding, TEXT_UTF8);
	cr_expect_eq(text_encoding_parse(&encoding, "latin1", &err), -1);
	cr_expect_eq(err.status, QF_USAGE);
	cr_expect_str_eq(err.code, "encoding-unknown");
}
