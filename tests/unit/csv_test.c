/* csv_test.c - every fault of the CSV reader with its exact message, both
 * ways of cutting a row, line numbers, encodings and limits.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "format/csv.h"

/* A descriptor from which these bytes can be read. */
static int
descriptor_of(const char *bytes, size_t length)
{
	int fd = memfd_create("csv_test", MFD_CLOEXEC);

	cr_assert_neq(fd, -1);
	while (length > 0) {
		ssize_t done = write(fd, bytes, length);

		cr_assert_gt(done, 0);
		bytes += done;
		length -= (size_t)done;
	}
	cr_assert_eq(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void
render_row(struct buf *out, const struct csv_row *row)
{
	if (row->fault != NULL) {
		cr_assert_eq(row->fault->status, QF_DATA);
		buf_printf(out, "%s %s\n", row->fault->code, row->fault->text);
		return;
	}
	buf_printf(out, "%zu", row->line_no);
	for (size_t i = 0; i < row->count; i++) {
		cr_assert_eq(row->fields[i].text[row->fields[i].length], '\0');
		buf_printf(out, " %s[%s]", row->fields[i].missing ? "-" : "",
		    row->fields[i].text);
	}
	buf_add_char(out, '\n');
}

/* What the reader makes of the bytes, a line a row, faults as "code text",
 * preamble lines behind ">", the header behind "=". */
static void
render(struct buf *out, const char *bytes, size_t length,
    const struct csv_config *config)
{
	int fd = descriptor_of(bytes, length), rc;
	struct csv_reader *reader;
	struct qf_error err;
	struct csv_row row;
	const char *const *texts;
	size_t count;

	buf_clear(out);
	if (csv_open(&reader, fd, "f.csv", config, &err) == -1) {
		cr_assert_null(reader);
		buf_printf(out, "%s %s\n", err.code, err.text);
		close(fd);
		return;
	}
	count = csv_preamble(reader, &texts);
	for (size_t i = 0; i < count; i++) {
		buf_printf(out, ">%s\n", texts[i]);
	}
	count = csv_header(reader, &texts);
	buf_printf(out, "=%zu", csv_header_line(reader));
	for (size_t i = 0; i < count; i++) {
		buf_printf(out, " %s", texts[i]);
	}
	buf_add_char(out, '\n');
	while ((rc = csv_next(reader, &row, &err)) == 1) {
		render_row(out, &row);
	}
	if (rc == -1) {
		buf_printf(out, "%s %s\n", err.code, err.text);
		cr_assert_eq(csv_next(reader, &row, &err), -1);
	} else {
		cr_assert_eq(csv_bytes(reader), length);
		cr_assert_eq(csv_next(reader, &row, &err), 0);
	}
	csv_close(reader);
	close(fd);
}

struct example {
	const char *in;
	size_t length; /* 0: strlen(in) */
	const char *out;
};

/* Reads each example by both ways of cutting. */
static void
expect(const struct example *examples, size_t count, struct csv_config config)
{
	struct buf out;

	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < 2 * count; i++) {
		const struct example *e = &examples[i / 2];

		config.by_library = i % 2 == 1;
		render(&out, e->in, e->length ? e->length : strlen(e->in),
		    &config);
		cr_expect_str_eq(
		    out.bytes, e->out, "%s\n-- gave --\n%s", e->in, out.bytes);
	}
	buf_release(&out);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

Test(csv, reads_rows_with_quotes_blanks_and_line_ends)
{
	static const struct example examples[] = {
	    {"a,b\n1,2\n", 0, "=1 a b\n2 [1] [2]\n"},
	    {"a,b\r\n1,2\r\n", 0, "=1 a b\n2 [1] [2]\n"},
	    {"a\n", 0, "=1 a\n"},
	    {"\xef\xbb\xbf"
	     "a,b\n1,2\n",
		0, "=1 a b\n2 [1] [2]\n"},
	    {"a,b\n,\"\"\n", 0, "=1 a b\n2 -[] []\n"},
	    {"a,b\n\"x,y\",\"p\"\"q\"\n", 0, "=1 a b\n2 [x,y] [p\"q]\n"},
	    {"a,b\n  1 2 ,\" 3 \"\n", 0, "=1 a b\n2 [1 2] [ 3 ]\n"},
	    {"a,b\n1,  \"3\"  \n", 0, "=1 a b\n2 [1] [3]\n"},
	    {"a,b\n  ,  \n", 0, "=1 a b\n2 -[] -[]\n"},
	    {"\"a\",b\n1,2\n", 0, "=1 a b\n2 [1] [2]\n"},
	    {"a,b\n\"1\"\r\n\"2,3\"\"4\",\"\"\r\n", 0,
		"=1 a b\ncsv-columns f.csv:2: short row: 1 columns "
		"instead of 2\n3 [2,3\"4] []\n"},
	    {"站点,电量\n渝北一号,1.5\n", 0,
		"=1 站点 电量\n2 [渝北一号] [1.5]\n"},
	    {"a,b\n12345678,abcdefghijklmnopq\n", 0,
		"=1 a b\n2 [12345678] [abcdefghijklmnopq]\n"},
	    {"a;b,c\n1,2\n", 0, "=1 a;b c\n2 [1] [2]\n"},
	};

	expect(examples, COUNT(examples), (struct csv_config){0});
}

Test(csv, counts_lines_inside_quotes)
{
	static const struct example examples[] = {
	    {"a,b\n1,\"x\ny\n\nz\"\n3,4\n", 0,
		"=1 a b\n2 [1] [x\ny\n\nz]\n6 [3] [4]\n"},
	    {"a,b\r\n1,\"x\r\ny\"\r\n3,4\r\n", 0,
		"=1 a b\n2 [1] [x\r\ny]\n4 [3] [4]\n"},
	    {"a,b\n1,\"x\ny\"\n3\n", 0,
		"=1 a b\n2 [1] [x\ny]\ncsv-columns f.csv:4: short row: 1 "
		"columns instead of 2\n"},
	};

	expect(examples, COUNT(examples), (struct csv_config){0});
}

Test(csv, gives_the_preamble_that_stands_before_the_header_only)
{
	static const struct example examples[] = {
	    {"# quantity: kWh\n#\na,b\n1,2\n", 0,
		"># quantity: kWh\n>#\n=3 a b\n4 [1] [2]\n"},
	    {"\xef\xbb\xbf# say \"x\r\na,b\r\n1,2\r\n", 0,
		"># say \"x\n=2 a b\n3 [1] [2]\n"},
	    {"a,b\n# no\n#1,2\n", 0,
		"=1 a b\ncsv-columns f.csv:2: short row: 1 columns "
		"instead of 2\n3 [#1] [2]\n"},
	    {"# a\tb\na\n", 0,
		"csv-control f.csv:1: preamble: control character "
		"0x09\n"},
	    {"# \xff\na\n", 0,
		"csv-utf8 f.csv:1: preamble: not UTF-8; "
		"perhaps GB18030: qf-ingest --encoding gb18030\n"},
	    {"# x\n", 0, "csv-empty f.csv: no header\n"},
	    {"# x", 0,
		"csv-truncated f.csv:1: the file ends inside this line: "
		"broken upload\n"},
	};

	expect(examples, COUNT(examples), (struct csv_config){0});
}

Test(csv, goes_on_after_the_fault_of_a_row)
{
	static const struct example examples[] = {
	    {"a,b\n1,2\0\n3,4\n", 13,
		"=1 a b\ncsv-nul f.csv:2: b: NUL byte\n3 [3] [4]\n"},
	    {"a,b\n\"\0\",2\n3,4\n", 14,
		"=1 a b\ncsv-nul f.csv:2: a: NUL byte\n3 [3] [4]\n"},
	    {"a,b\n1,2\t\n3,4\n", 0,
		"=1 a b\ncsv-control f.csv:2: b: control character 0x09\n"
		"3 [3] [4]\n"},
	    {"a,b\n\"1\"\t,2\n3,4\n", 0,
		"=1 a b\ncsv-quote f.csv:2: a: a quote inside an unquoted "
		"field, or text behind a closing quote\n"},
	    {"a,b\n\x1b[2J,2\n3,4\n", 0,
		"=1 a b\ncsv-control f.csv:2: a: control character 0x1b\n"
		"3 [3] [4]\n"},
	    {"a,b\n1,\x7f\n3,4\n", 0,
		"=1 a b\ncsv-control f.csv:2: b: control character 0x7f\n"
		"3 [3] [4]\n"},
	    /* CSI and RIGHT-TO-LEFT OVERRIDE, as UTF-8 */
	    {"a,b\n1,\xc2\x9b"
	     "31m\n",
		0,
		"=1 a b\ncsv-control f.csv:2: b: control character U+009B\n"},
	    {"a,b\n1,x\xe2\x80\xaey\n", 0,
		"=1 a b\ncsv-control f.csv:2: b: control character U+202E\n"},
	    {"a,b\n\xe2\x81\xa9,1\n", 0,
		"=1 a b\ncsv-control f.csv:2: a: control character U+2069\n"},
	    {"a,b\n1\r,2\n3,4\n", 0,
		"=1 a b\ncsv-cr f.csv:2: a: carriage return that ends no "
		"line\n3 [3] [4]\n"},
	    {"a,b\n1,\"2\r\"\n3,4\n", 0,
		"=1 a b\ncsv-cr f.csv:2: b: carriage return that ends no "
		"line\n3 [3] [4]\n"},
	    {"a,b\n1,2\r\r\n3,4\n", 0,
		"=1 a b\ncsv-cr f.csv:2: b: carriage return that ends no "
		"line\n3 [3] [4]\n"},
	    {"a,b\n1,\xc0\xaf\n3,4\n", 0,
		"=1 a b\ncsv-utf8 f.csv:2: b: not UTF-8; perhaps "
		"GB18030: qf-ingest --encoding gb18030\n3 [3] [4]\n"},
	    {"a,b\n\xed\xa0\x80,2\n3,4\n", 0,
		"=1 a b\ncsv-utf8 f.csv:2: a: not UTF-8; perhaps "
		"GB18030: qf-ingest --encoding gb18030\n3 [3] [4]\n"},
	    {"a,b\n1\n3,4\n", 0,
		"=1 a b\ncsv-columns f.csv:2: short row: 1 columns "
		"instead of 2\n3 [3] [4]\n"},
	    {"a,b\n1,2,3\n3,4\n", 0,
		"=1 a b\ncsv-columns f.csv:2: long row: 3 columns "
		"instead of 2\n3 [3] [4]\n"},
	    {"a,b\n\n3,4\n", 0,
		"=1 a b\ncsv-blank-line f.csv:2: blank line\n3 [3] "
		"[4]\n"},
	    {"a\n  \r\n3\n\n", 0,
		"=1 a\ncsv-blank-line f.csv:2: blank line\n3 [3]\n"
		"csv-blank-line f.csv:4: blank line\n"},
	};

	expect(examples, COUNT(examples), (struct csv_config){0});
}

Test(csv, ends_at_the_fault_of_a_file)
{
	static const struct example examples[] = {
	    {"", 0, "csv-empty f.csv: empty file\n"},
	    {"\xef\xbb\xbf", 0, "csv-empty f.csv: no header\n"},
	    {"a,b\n1,2\n3,", 0,
		"=1 a b\n2 [1] [2]\ncsv-truncated f.csv:3: the file ends "
		"inside this line: broken upload\n"},
	    {"a,b\n1,2", 0,
		"=1 a b\ncsv-truncated f.csv:2: the file ends inside "
		"this line: broken upload\n"},
	    {"a,b\n1,\"2\n3", 0,
		"=1 a b\ncsv-truncated f.csv:3: the file ends inside "
		"this line: broken upload\n"},
	    {"a,b\r1,2\r", 0,
		"csv-truncated f.csv:1: the file ends inside this line: "
		"broken upload\n"},
	    {"a,b\n1,\"2\n3,4\n", 0,
		"=1 a b\ncsv-quote f.csv:2: b: the quote is not closed\n"},
	    {"a,b\n1,2\"\n3,4\n", 0,
		"=1 a b\ncsv-quote f.csv:2: b: a quote inside an unquoted "
		"field, or text behind a closing quote\n"},
	    {"a,b\n1,2\"2\"\n3,4\n", 0,
		"=1 a b\ncsv-quote f.csv:2: b: a quote inside an unquoted "
		"field, or text behind a closing quote\n"},
	    {"a,b\n\"1\"x,2\n3,4\n", 0,
		"=1 a b\ncsv-quote f.csv:2: a: a quote inside an unquoted "
		"field, or text behind a closing quote\n"},
	    {"a,\"b\n", 0,
		"csv-quote f.csv:1: column 2: the quote is not closed\n"},
	    {"a,b\0\n", 5, "csv-nul f.csv:1: column 2: NUL byte\n"},
	    {"\na,b\n", 0, "csv-blank-line f.csv:1: blank line\n"},
	    {"a,,c\n", 0,
		"csv-header f.csv:1: column 2: a column without a "
		"name\n"},
	    {"a,b,a\n", 0,
		"csv-header f.csv:1: a: twice, as column 1 and column "
		"3\n"},
	};

	expect(examples, COUNT(examples), (struct csv_config){0});
}

Test(csv, holds_to_the_limits_of_field_and_columns)
{
	static const struct example examples[] = {
	    {"a,b\n1234,x\n12345,y\n\"12345\",y\n3,4\n", 0,
		"=1 a b\n2 [1234] [x]\n"
		"csv-field-size f.csv:3: a: more than 4 bytes\n"
		"csv-field-size f.csv:4: a: more than 4 bytes\n"
		"5 [3] [4]\n"},
	    {"a,b\n1,2,3,4\n5,6\n", 0,
		"=1 a b\ncsv-columns f.csv:2: more than 3 columns\n"
		"3 [5] [6]\n"},
	    {"a,b,c,d\n", 0, "csv-columns f.csv:1: more than 3 columns\n"},
	    {"# 34\na\n", 0, "># 34\n=2 a\n"},
	    {"# 345\na\n", 0,
		"csv-field-size f.csv:1: preamble: more than 4 bytes\n"},
	};
	struct csv_config config = {.field_size_max = 4, .columns_max = 3};

	expect(examples, COUNT(examples), config);
}

Test(csv, takes_another_delimiter)
{
	static const struct example examples[] = {
	    {"a;b\n1,5;2\n\"x;y\";z\n", 0,
		"=1 a b\n2 [1,5] [2]\n3 [x;y] [z]\n"},
	};

	expect(
	    examples, COUNT(examples), (struct csv_config){.delimiter = ';'});
}

Test(csv, converts_gb18030_and_faults_the_row_that_is_none)
{
	static const struct example examples[] = {
	    /* 重庆 is D6D8 C7EC; U+20087 is 95329031 of four bytes. */
	    {"\xd6\xd8\xc7\xec,b\n1,\x95\x32\x90\x31\n", 0,
		"=1 重庆 b\n2 [1] [\xf0\xa0\x82\x87]\n"},
	    /* The mark U+FEFF is 84319533. */
	    {"\x84\x31\x95\x33"
	     "a,b\n1,2\n",
		0, "=1 a b\n2 [1] [2]\n"},
	    {"a,b\n1,\xff\n3,4\n", 0,
		"=1 a b\ncsv-gb18030 f.csv:2: b: not GB18030\n"
		"3 [3] [4]\n"},
	    {"a,b\n\xd6,2\n3,4\n", 0,
		"=1 a b\ncsv-gb18030 f.csv:2: a: not GB18030\n"
		"3 [3] [4]\n"},
	    {"a,b\n1,2\xd6", 0,
		"=1 a b\ncsv-truncated f.csv:2: the file ends inside "
		"this line: broken upload\n"},
	};

	expect(examples, COUNT(examples),
	    (struct csv_config){.encoding = TEXT_GB18030});
}

Test(csv, gives_the_bytes_of_every_row_as_they_came)
{
	static const char in[] = "a,b\n 1 ,\"x\ny\"\r\n1\n3,4\n";
	static const char *const raws[] = {" 1 ,\"x\ny\"\r\n", "1\n", "3,4\n"};
	int fd = descriptor_of(in, sizeof(in) - 1);
	struct csv_config config = {0};
	struct csv_reader *reader;
	struct csv_row row;

	cr_assert_eq(csv_open(&reader, fd, "f.csv", &config, NULL), 0);
	for (size_t i = 0; i < COUNT(raws); i++) {
		cr_assert_eq(csv_next(reader, &row, NULL), 1);
		cr_expect_eq(row.raw_length, strlen(raws[i]));
		cr_expect_arr_eq(row.raw, raws[i], strlen(raws[i]));
	}
	cr_expect_eq(csv_next(reader, &row, NULL), 0);
	cr_expect_eq(csv_rows(reader), 3);
	csv_close(reader);
	close(fd);
}

Test(csv, digests_the_bytes_of_the_file)
{
	/* printf 'a,b\n1,2\n' | sha256sum */
	static const char expected[] = "492d5ea496056f1a6a6592241032fab7"
				       "64c321596317930b4fa0e1e8bc3b7470";
	int fd = descriptor_of("a,b\n1,2\n", 8);
	struct csv_config config = {0};
	struct csv_reader *reader;
	struct csv_row row;
	struct digest digest;
	char hex[DIGEST_HEX_SIZE];

	cr_assert_eq(csv_open(&reader, fd, "f.csv", &config, NULL), 0);
	while (csv_next(reader, &row, NULL) == 1) {
		continue;
	}
	csv_digest(reader, &digest);
	digest_hex(&digest, hex);
	cr_expect_str_eq(hex, expected);
	csv_close(reader);
	close(fd);
}

Test(csv, names_the_first_column_that_differs_from_the_expected_header)
{
	static const char *const names[] = {"point", "start", "kwh"};
	static const struct {
		const char *header, *text;
	} cases[] = {
	    {"point,start,kwh\n", NULL},
	    {"point,start\n", "f.csv:1: column 3 is missing: kwh"},
	    {"point,start,kwh,x\n", "f.csv:1: column 4 is one too many: x"},
	    {"point,stort,kwh\n",
		"f.csv:1: column 2 is stort instead of start"},
	    {"point,kwh,start\n", "f.csv:1: column 2 is kwh instead of start"},
	    {"pont,kwhs,start\n", "f.csv:1: column 1 is pont instead of point"},
	    {"point,kwhs,start\n",
		"f.csv:1: column 2 is kwhs instead of start (meant "
		"kwh?)"},
	    {"Point,start,kwh\n",
		"f.csv:1: column 1 is Point instead of point"},
	};
	struct csv_config config = {0};

	for (size_t i = 0; i < COUNT(cases); i++) {
		int fd =
		    descriptor_of(cases[i].header, strlen(cases[i].header));
		struct csv_reader *reader;
		struct qf_error err;
		int rc;

		cr_assert_eq(csv_open(&reader, fd, "f.csv", &config, &err), 0);
		rc = csv_expect_header(reader, names, 3, &err);
		cr_expect_eq(rc, cases[i].text == NULL ? 0 : -1);
		if (rc == -1 && cases[i].text != NULL) {
			cr_expect_str_eq(err.code, "csv-header");
			cr_expect_str_eq(err.text, cases[i].text);
		}
		csv_close(reader);
		close(fd);
	}
}

/* A file of many buffers, so that rows and characters lie across the pieces
 * in which it is read. */
Test(csv, reads_rows_that_lie_across_the_pieces)
{
	static const char row_utf8[] = "重,\"a\nb\"\n";
	static const char row_gb[] = "\xd6\xd8,\"a\nb\"\n";
	enum { ROWS = 100000 };

	for (int gb = 0; gb < 2; gb++) {
		const char *text = gb ? row_gb : row_utf8;
		struct csv_config config = {
		    .encoding = gb ? TEXT_GB18030 : TEXT_UTF8};
		struct buf in;
		struct csv_reader *reader;
		struct csv_row row;
		int fd, count = 0;

		buf_init(&in, 16 << 20);
		buf_add_string(&in, "n,b\n");
		for (int i = 0; i < ROWS; i++) {
			buf_add_string(&in, text);
		}
		fd = descriptor_of(in.bytes, in.length);
		cr_assert_eq(csv_open(&reader, fd, "f.csv", &config, NULL), 0);
		for (; csv_next(reader, &row, NULL) == 1; count++) {
			cr_assert_null(row.fault);
			cr_assert_str_eq(row.fields[0].text, "重");
			cr_assert_str_eq(row.fields[1].text, "a\nb");
			cr_assert_eq(row.line_no, 2 + 2 * (size_t)count);
		}
		cr_expect_eq(count, ROWS);
		cr_expect_eq(csv_bytes(reader), in.length);
		csv_close(reader);
		close(fd);
		buf_release(&in);
	}
}

Test(csv, refuses_a_row_of_more_than_a_megabyte)
{
	static const char *const codes[] = {"csv-line-size", "csv-quote"};
	size_t length = 2 * CSV_RECORD_MAX;
	char *in = xmalloc(length);
	struct csv_config config = {0};
	struct csv_reader *reader;
	struct qf_error err;
	struct csv_row row;

	for (int quoted = 0; quoted < 2; quoted++) {
		int fd;

		memset(in, quoted ? '\n' : 'x', length);
		memcpy(in, quoted ? "a\n\"" : "a\nx", 3);
		in[length - 1] = '\n';
		fd = descriptor_of(in, length);
		cr_assert_eq(csv_open(&reader, fd, "f.csv", &config, &err), 0);
		cr_expect_eq(csv_next(reader, &row, &err), -1);
		cr_expect_str_eq(err.code, codes[quoted]);
		csv_close(reader);
		close(fd);
	}
	free(in);
}

Test(csv, refuses_a_preamble_without_end)
{
	struct csv_config config = {0};
	struct csv_reader *reader;
	struct qf_error err;

	for (int lines = CSV_PREAMBLE_MAX; lines < CSV_PREAMBLE_MAX + 2;
	     lines++) {
		struct buf in;
		int fd;

		buf_init(&in, 1 << 20);
		for (int i = 0; i < lines; i++) {
			buf_add_string(&in, "# x\n");
		}
		buf_add_string(&in, "a\n");
		fd = descriptor_of(in.bytes, in.length);
		cr_expect_eq(csv_open(&reader, fd, "f.csv", &config, &err),
		    lines == CSV_PREAMBLE_MAX ? 0 : -1);
		csv_close(reader);
		close(fd);
		buf_release(&in);
	}
	cr_expect_str_eq(err.code, "csv-preamble");
	cr_expect_str_eq(err.text, "f.csv:65: more than 64 lines of preamble");
}

Test(csv, places_the_faults_that_its_caller_finds)
{
	struct csv_config config = {0};
	struct csv_reader *reader;
	struct qf_error err;
	struct csv_row row;
	int fd = descriptor_of("point,kwh\n\nP1,1e3\n", 18);

	cr_assert_eq(csv_open(&reader, fd, "f.csv", &config, &err), 0);
	cr_assert_eq(csv_next(reader, &row, &err), 1);
	cr_assert_eq(csv_next(reader, &row, &err), 1);
	cr_expect_eq(csv_fail(reader, &row, 1, &err, "reads-number",
			 "no number: %s", row.fields[1].text),
	    -1);
	cr_expect_str_eq(err.code, "reads-number");
	cr_expect_str_eq(err.text, "f.csv:3: kwh: no number: 1e3");
	cr_expect_eq(err.status, QF_DATA);
	csv_close(reader);
	close(fd);
}

Test(csv, says_why_a_descriptor_cannot_be_read)
{
	struct csv_config config = {0};
	struct csv_reader *reader;
	struct qf_error err;

	cr_expect_eq(csv_open(&reader, -1, "f.csv", &config, &err), -1);
	cr_expect_str_eq(err.code, "csv-read");
	cr_expect_str_eq(err.text, "f.csv: cannot read: Bad file descriptor");
	cr_expect_eq(err.status, QF_IO);
}

/* Random bytes out of a small alphabet: both ways of cutting a row must agree
 * on every row, fault and message. */
Test(csv, cuts_by_itself_exactly_as_libcsv_does)
{
	static const char alphabet[] = "ab1 ,,,\"\"\n\n\r\t\x01\xe9\x87\x8d";
	struct buf own, library;
	char in[160];
	uint32_t state = 20250201;

	buf_init(&own, 1 << 20);
	buf_init(&library, 1 << 20);
	for (int round = 0; round < 20000; round++) {
		struct csv_config config = {.columns_max = 4};
		size_t length;

		memcpy(in, "a,b\n", 4);
		for (length = 4; length < sizeof(in); length++) {
			state = state * 1664525u + 1013904223u;
			in[length] =
			    alphabet[(state >> 16) % (sizeof(alphabet) - 1)];
		}
		render(&own, in, 4 + state % 156, &config);
		config.by_library = true;
		render(&library, in, 4 + state % 156, &config);
		cr_assert_str_eq(own.bytes, library.bytes);
	}
	buf_release(&own);
	buf_release(&library);
}
