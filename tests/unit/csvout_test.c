/* csvout_test.c - what is quoted, what is refused, and that our own reader
 * gets back what was written.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"
#include "format/csv.h"
#include "format/csvout.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A row of "k" and the text, written under a configuration. */
static int
write_text(struct buf *out, const char *text, struct csvout_config config,
    struct qf_error *err)
{
	struct csvout *csv = csvout_new(sink_buf(out), &config);
	int rc;

	buf_clear(out);
	csvout_text(csv, "k");
	csvout_text(csv, text);
	rc = csvout_end_row(csv, err);
	if (rc == 0) {
		rc = csvout_finish(csv, err);
	}
	csvout_free(csv);
	return rc;
}

Test(csvout, quotes_only_what_must_be_quoted)
{
	static const char *const cases[][2] = {
	    {"a", "k,a\n"},
	    {"", "k,\n"},
	    {"a b", "k,a b\n"},
	    {"a,b", "k,\"a,b\"\n"},
	    {"a\"b\"", "k,\"a\"\"b\"\"\"\n"},
	    {"a\nb", "k,\"a\nb\"\n"},
	    {"a\r", "k,\"a\r\"\n"},
	    {" a", "k,\" a\"\n"},
	    {"a ", "k,\"a \"\n"},
	    {"重庆", "k,重庆\n"},
	    {"#1", "k,#1\n"},
	    {"1-2", "k,1-2\n"},
	    {"\xef\xbc\x8c", "k,\xef\xbc\x8c\n"},
	};
	struct buf out;
	struct qf_error err;

	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		cr_expect_eq(write_text(&out, cases[i][0],
				 (struct csvout_config){0}, &err),
		    0);
		cr_expect_str_eq(out.bytes, cases[i][1]);
	}
	buf_release(&out);
}

Test(csvout, refuses_text_that_is_a_formula_or_no_text)
{
	static const struct {
		const char *text, *code, *message, *spreadsheet;
	} cases[] = {
	    {"=1+1", "csvout-formula",
		"row 1: column 2: \"=1+1\": a spreadsheet takes it for a "
		"formula (see --spreadsheet)",
		"k,'=1+1\n"},
	    {"+1", "csvout-formula", NULL, "k,'+1\n"},
	    {"-1", "csvout-formula", NULL, "k,'-1\n"},
	    {"@SUM(A1,B1)", "csvout-formula", NULL, "k,\"'@SUM(A1,B1)\"\n"},
	    {"\t=1", "csvout-formula", NULL, "k,'\t=1\n"},
	    {"\r=1", "csvout-formula", NULL, "k,\"'\r=1\"\n"},
	    {"\xef\xbc\x9d"
	     "1",
		"csvout-formula", NULL,
		"k,'\xef\xbc\x9d"
		"1\n"},
	    {"\xef\xbc\x8b"
	     "1",
		"csvout-formula", NULL,
		"k,'\xef\xbc\x8b"
		"1\n"},
	    {"\x1b[2J", "csvout-control",
		"row 1: column 2: a control character", NULL},
	    {"\x7f", "csvout-control", "row 1: column 2: a control character",
		NULL},
	    {"a\xff", "csvout-utf8", "row 1: column 2: not UTF-8", NULL},
	};
	struct buf out;
	struct qf_error err;

	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		cr_expect_eq(write_text(&out, cases[i].text,
				 (struct csvout_config){0}, &err),
		    -1);
		cr_expect_str_eq(err.code, cases[i].code);
		if (cases[i].message != NULL) {
			cr_expect_str_eq(err.text, cases[i].message);
		}
		cr_expect_eq(err.status, QF_DATA);
		cr_expect_eq(out.length, 0);
		if (cases[i].spreadsheet == NULL) {
			continue;
		}
		cr_expect_eq(
		    write_text(&out, cases[i].text,
			(struct csvout_config){.spreadsheet = true}, &err),
		    0);
		cr_expect_str_eq(out.bytes, cases[i].spreadsheet);
	}
	buf_release(&out);
}

Test(csvout, writes_numbers_with_their_minus_and_never_as_formulas)
{
	struct csvout_config config = {0};
	struct dec credit = {0};
	struct csvout *csv;
	struct qf_error err;
	struct buf out;

	buf_init(&out, 1 << 20);
	csv = csvout_new(sink_buf(&out), &config);
	dec_set_int(&credit, -1230, 2);
	csvout_dec(csv, &credit);
	csvout_int(csv, INT64_MIN);
	csvout_int(csv, INT64_MAX);
	csvout_int(csv, 0);
	csvout_empty(csv);
	csvout_id(csv, "P-1:x");
	cr_expect_eq(csvout_end_row(csv, &err), 0);
	cr_expect_eq(csvout_finish(csv, &err), 0);
	cr_expect_str_eq(out.bytes,
	    "-12.30,-9223372036854775808,9223372036854775807,0,,P-1:x\n");
	csvout_free(csv);
	dec_release(&credit);
	buf_release(&out);
}

Test(csvout, never_writes_a_blank_line_or_a_false_preamble)
{
	struct csvout_config config = {.byte_order_mark = true};
	struct csvout *csv;
	struct qf_error err;
	struct buf out;

	buf_init(&out, 1 << 20);
	csv = csvout_new(sink_buf(&out), &config);
	cr_expect_eq(csvout_preamble(csv, "# unit: kWh", &err), 0);
	csvout_text(csv, "#name");
	cr_expect_eq(csvout_end_row(csv, &err), 0);
	csvout_empty(csv);
	cr_expect_eq(csvout_end_row(csv, &err), 0);
	csvout_text(csv, "");
	cr_expect_eq(csvout_end_row(csv, &err), 0);
	cr_expect_eq(csvout_finish(csv, &err), 0);
	cr_expect_str_eq(
	    out.bytes, "\xef\xbb\xbf# unit: kWh\n\"#name\"\n\"\"\n\"\"\n");
	csvout_free(csv);
	buf_release(&out);
}

Test(csvout, encodes_gb18030)
{
	struct buf out;
	struct qf_error err;
	struct csvout_config config = {.encoding = TEXT_GB18030};

	buf_init(&out, 1 << 20);
	cr_expect_eq(write_text(&out, "重庆", config, &err), 0);
	cr_expect_str_eq(out.bytes, "k,\xd6\xd8\xc7\xec\n");
	buf_release(&out);
}

Test(csvout, keeps_its_first_error_and_that_of_its_sink)
{
	struct csvout_config config = {0};
	struct csvout *csv;
	struct qf_error err;
	struct buf out;

	buf_init(&out, 4);
	csv = csvout_new(sink_buf(&out), &config);
	csvout_text(csv, "abcdef");
	cr_expect_eq(csvout_end_row(csv, &err), 0);
	cr_expect_eq(csvout_finish(csv, &err), -1);
	cr_expect_str_eq(err.code, "output-too-long");
	cr_expect_str_eq(err.text, "output of more than 4 bytes");
	csvout_text(csv, "=1");
	cr_expect_eq(csvout_end_row(csv, &err), -1);
	cr_expect_str_eq(err.code, "output-too-long");
	csvout_free(csv);
	buf_release(&out);
}

/* More rows than one buffer holds, of text that wants quoting: what our
 * reader makes of the file is what was written. */
Test(csvout, writes_what_our_reader_reads_back)
{
	static const char *const texts[] = {
	    "a", "", " b ", "c,\"d\"", "\"", "重\n庆", "#e", "x\r\ny", "1.5"};
	struct csvout_config config = {0};
	struct csv_config read_config = {0};
	struct csvout *csv;
	struct csv_reader *reader;
	struct csv_row row;
	struct qf_error err;
	struct buf out;
	int fd = memfd_create("csvout_test", MFD_CLOEXEC);

	buf_init(&out, 16 << 20);
	csv = csvout_new(sink_buf(&out), &config);
	csvout_text(csv, "m");
	csvout_text(csv, "n");
	cr_assert_eq(csvout_end_row(csv, &err), 0);
	for (size_t i = 0; i < 50000; i++) {
		csvout_text(csv, texts[i % COUNT(texts)]);
		csvout_text(csv, texts[i / COUNT(texts) % COUNT(texts)]);
		cr_assert_eq(csvout_end_row(csv, &err), 0);
	}
	cr_assert_eq(csvout_finish(csv, &err), 0);
	cr_assert_eq(write(fd, out.bytes, out.length), (ssize_t)out.length);
	lseek(fd, 0, SEEK_SET);
	cr_assert_eq(csv_open(&reader, fd, "f", &read_config, &err), 0);
	for (size_t i = 0; i < 50000; i++) {
		cr_assert_eq(csv_next(reader, &row, &err), 1);
		cr_assert_null(row.fault);
		cr_assert_str_eq(row.fields[0].text, texts[i % COUNT(texts)]);
		cr_assert_str_eq(
		    row.fields[1].text, texts[i / COUNT(texts) % COUNT(texts)]);
	}
	cr_expect_eq(csv_next(reader, &row, &err), 0);
	csv_close(reader);
	csvout_free(csv);
	buf_release(&out);
	close(fd);
}
