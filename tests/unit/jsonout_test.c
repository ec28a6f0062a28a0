/* jsonout_test.c - values, escapes, and what is refused.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#include "base/text.h"
#include "format/jsonout.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

Test(jsonout, writes_lines_of_nested_values)
{
	struct dec amount = {0};
	struct qf_error err;
	struct jsonout *json;
	struct buf out;

	buf_init(&out, 1 << 20);
	json = jsonout_new(sink_buf(&out));
	dec_set_int(&amount, -1230, 2);
	jsonout_begin_object(json);
	jsonout_name(json, "net");
	jsonout_dec_string(json, &amount);
	jsonout_name(json, "kwh");
	jsonout_dec(json, &amount);
	jsonout_name(json, "rows");
	jsonout_begin_array(json);
	jsonout_int(json, INT64_MIN);
	jsonout_null(json);
	jsonout_bool(json, true);
	jsonout_bool(json, false);
	jsonout_begin_object(json);
	jsonout_end_object(json);
	jsonout_begin_array(json);
	jsonout_end_array(json);
	jsonout_end_array(json);
	jsonout_name(json, "end");
	jsonout_number(json, "0.50");
	jsonout_end_object(json);
	cr_expect_eq(jsonout_end_line(json, &err), 0);
	jsonout_string(json, "x");
	cr_expect_eq(jsonout_end_line(json, &err), 0);
	cr_expect_eq(jsonout_finish(json, &err), 0);
	cr_expect_str_eq(out.bytes,
	    "{\"net\":\"-12.30\",\"kwh\":-12.30,"
	    "\"rows\":[-9223372036854775808,null,true,false,{},[]],"
	    "\"end\":0.50}\n\"x\"\n");
	jsonout_free(json);
	dec_release(&amount);
	buf_release(&out);
}

Test(jsonout, escapes_what_must_be_escaped)
{
	static const char in[] = "\"\\/\b\n\r\t\0\x1b\x7f重\xf0\x9f\x94\x8c";
	struct qf_error err;
	struct jsonout *json;
	struct buf out;

	buf_init(&out, 1 << 20);
	json = jsonout_new(sink_buf(&out));
	jsonout_string_length(json, in, sizeof(in) - 1);
	cr_expect_eq(jsonout_end_line(json, &err), 0);
	cr_expect_eq(jsonout_finish(json, &err), 0);
	cr_expect_str_eq(out.bytes,
	    "\"\\\"\\\\/\\u0008\\n\\r\\t\\u0000\\u001b\\u007f重"
	    "\xf0\x9f\x94\x8c\"\n");
	jsonout_free(json);
	buf_release(&out);
}

Test(jsonout, takes_numbers_by_the_grammar_only)
{
	static const struct {
		const char *text;
		int rc;
	} cases[] = {{"0", 0}, {"-0.10", 0}, {"12", 0}, {"1.0", 0}, {"", -1},
	    {"-", -1}, {"01", -1}, {"1.", -1}, {".5", -1}, {"1e3", -1},
	    {"+1", -1}, {"1 ", -1}, {"--1", -1}, {"NaN", -1}, {"1.2.3", -1}};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct qf_error err;
		struct jsonout *json;
		struct buf out;

		buf_init(&out, 1 << 20);
		json = jsonout_new(sink_buf(&out));
		jsonout_number(json, cases[i].text);
		cr_expect_eq(jsonout_end_line(json, &err), cases[i].rc, "%s",
		    cases[i].text);
		if (cases[i].rc == -1) {
			cr_expect_str_eq(err.code, "jsonout-number");
		}
		jsonout_free(json);
		buf_release(&out);
	}
}

Test(jsonout, refuses_text_that_is_not_utf8_from_then_on)
{
	struct qf_error err;
	struct jsonout *json;
	struct buf out;

	buf_init(&out, 1 << 20);
	json = jsonout_new(sink_buf(&out));
	jsonout_string(json, "\xc3");
	cr_expect_eq(jsonout_end_line(json, &err), -1);
	cr_expect_str_eq(err.code, "jsonout-utf8");
	jsonout_string(json, "fine");
	cr_expect_eq(jsonout_end_line(json, &err), -1);
	cr_expect_eq(jsonout_finish(json, &err), -1);
	cr_expect_eq(out.length, 0);
	jsonout_free(json);
	buf_release(&out);
}

Test(jsonout, aborts_on_a_value_without_its_name, .signal = SIGABRT)
{
	struct buf out;
	struct jsonout *json;

	buf_init(&out, 1 << 20);
	json = jsonout_new(sink_buf(&out));
	jsonout_begin_object(json);
	jsonout_int(json, 1);
}

Test(jsonout, aborts_on_two_values_in_one_line, .signal = SIGABRT)
{
	struct buf out;
	struct jsonout *json;

	buf_init(&out, 1 << 20);
	json = jsonout_new(sink_buf(&out));
	jsonout_int(json, 1);
	jsonout_int(json, 1);
}
