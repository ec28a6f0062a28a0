/* table_test.c - one table in its three forms, and the width of characters.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "format/table.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct table_column columns[] = {
    {"account", TABLE_TEXT},
    {"net", TABLE_NUMBER},
    {"note", TABLE_TEXT},
};

static void
print(struct buf *out, enum table_form form)
{
	struct table *table =
	    table_new(sink_buf(out), form, columns, COUNT(columns));
	struct dec net = {0};
	struct qf_error err;

	dec_set_int(&net, -1230, 2);
	table_text(table, "渝北");
	table_dec(table, &net);
	table_text(table, "=a\x1b");
	cr_expect_eq(table_end_row(table, &err), form == TABLE_CSV ? -1 : 0);
	table_text(table, "P1");
	table_int(table, 7);
	table_text(table, NULL);
	table_end_row(table, &err);
	table_finish(table, &err);
	table_free(table);
	dec_release(&net);
}

Test(table, aligns_wide_characters_and_sets_numbers_to_the_right)
{
	struct buf out;

	buf_init(&out, 1 << 20);
	print(&out, TABLE_ALIGNED);
	cr_expect_str_eq(out.bytes, "account     net  note\n"
				    "渝北     -12.30  =a\\x1b\n"
				    "P1            7\n");
	buf_release(&out);
}

Test(table, prints_json_lines_with_amounts_as_strings)
{
	struct buf out;

	buf_init(&out, 1 << 20);
	print(&out, TABLE_JSON);
	cr_expect_str_eq(out.bytes,
	    "{\"account\":\"渝北\",\"net\":\"-12.30\","
	    "\"note\":\"=a\\u001b\"}\n"
	    "{\"account\":\"P1\",\"net\":7,\"note\":null}\n");
	buf_release(&out);
}

Test(table, prints_csv_that_a_spreadsheet_can_open)
{
	struct table *table;
	struct qf_error err;
	struct buf out;

	buf_init(&out, 1 << 20);
	table = table_new(sink_buf(&out), TABLE_CSV, columns, COUNT(columns));
	table_text(table, "a,b");
	table_int(table, -1);
	table_text(table, "=x");
	cr_expect_eq(table_end_row(table, &err), 0);
	cr_expect_eq(table_finish(table, &err), 0);
	cr_expect_str_eq(out.bytes, "account,net,note\n\"a,b\",-1,'=x\n");
	table_free(table);

	buf_clear(&out);
	print(&out, TABLE_CSV);
	cr_expect_eq(out.length, 0);
	buf_release(&out);
}

Test(table, prints_the_header_of_an_empty_table)
{
	static const char *const expected[] = {
	    [TABLE_CSV] = "account,net,note\n",
	    [TABLE_JSON] = "",
	    [TABLE_ALIGNED] = "account  net  note\n",
	};

	for (size_t form = 0; form < COUNT(expected); form++) {
		struct table *table;
		struct buf out;

		buf_init(&out, 1 << 20);
		table = table_new(sink_buf(&out), (enum table_form)form,
		    columns, COUNT(columns));
		cr_expect_eq(table_finish(table, NULL), 0);
		cr_expect_str_eq(out.bytes, expected[form]);
		table_free(table);
		buf_release(&out);
	}
}

Test(table, chooses_its_form_by_option_and_terminal)
{
	int fd = open("/dev/null", O_RDONLY);
	int terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY);

	cr_expect_eq(table_form_for(fd, true), TABLE_JSON);
	cr_expect_eq(table_form_for(fd, false), TABLE_CSV);
	if (terminal != -1) {
		cr_expect_eq(table_form_for(terminal, false), TABLE_ALIGNED);
		close(terminal);
	}
	close(fd);
}

Test(table, counts_cells_as_a_terminal_does)
{
	static const struct {
		const char *text;
		size_t width;
	} cases[] = {
	    {"", 0},
	    {"abc", 3},
	    {"é", 1},
	    {"e\xcc\x81", 1},
	    {"重庆", 4},
	    {"〔2021〕", 8},
	    {"ＡＢ", 4},
	    {"ｱ", 1},
	    {"한국", 4},
	    {"\xf0\xa0\x82\x87", 2},
	    {"\xf0\x9f\x94\x8c", 2},
	    {"×", 1},
	    {"\xe2\x80\x8b", 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		cr_expect_eq(table_width(cases[i].text, strlen(cases[i].text)),
		    cases[i].width, "%s", cases[i].text);
	}
}
