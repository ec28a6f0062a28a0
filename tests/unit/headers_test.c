/* headers_test.c - what a header map makes of a cell.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "format/headers.h"
#include "reads_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* One cell "c" as a column of session; what comes of it, or its fault. */
static void
map_cell(
    struct buf *out, const char *root, const char *column, const char *cell)
{
	static const char *const others[] = {"point", "start", "end"};
	struct csv_config config = {0};
	struct buf document, file;
	const char *const *names;
	struct csv_reader *reader;
	struct headers *map;
	struct qf_error err;
	struct csv_row row;
	int map_fd, fd;
	size_t i, count;

	buf_init(&document, 1 << 16);
	buf_init(&file, 1 << 16);
	buf_printf(&document,
	    "<headers xmlns='urn:qingfen:headers:1' id='m' format='session' "
	    "others='ignored' %s>"
	    "<column %s</column>",
	    root, column);
	for (i = 0; i < COUNT(others); i++) {
		if (strstr(column, others[i]) == NULL) {
			buf_printf(&document, "<column name='%s' value='x'/>",
			    others[i]);
		}
	}
	if (strstr(column, "session") == NULL) {
		buf_add_string(&document, "<column name='session' value='x'/>");
	}
	buf_add_string(&document, "</headers>");
	buf_printf(&file, "c,d\n\"%s\",8:05\n", cell);
	map_fd = file_of(document.bytes);
	fd = file_of(file.bytes);
	cr_assert_eq(headers_load_fd(&map, map_fd, "m", &err), 0, "%s: %s",
	    document.bytes, err.text);
	headers_configure(map, false, &config);
	cr_assert_eq(
	    csv_open(&reader, fd, "f", &config, &err), 0, "%s", err.text);
	cr_assert_eq(csv_next(reader, &row, &err), 1);
	if (row.fault != NULL) {
		buf_add_string(out, row.fault->code);
	}
	count = csv_header(reader, &names);
	for (i = 0; row.fault == NULL && i < count; i++) {
		if (strcmp(row.fields[i].text, "x") != 0 &&
		    row.fields[i].length > 0) {
			buf_add_string(out, row.fields[i].text);
		}
	}
	csv_close(reader);
	headers_free(map);
	close(map_fd);
	close(fd);
	buf_release(&document);
	buf_release(&file);
}

Test(headers, makes_of_a_cell_what_the_format_wants)
{
	static const char from[] = "from='c'";
	static const struct {
		const char *root, *column, *cell, *want;
	} cases[] = {
	    /* Times. */
	    {"", "name='start' %s time='YYYY/M/D h:mm'>", "2025/2/3 8:05",
		"2025-02-03T08:05"},
	    {"", "name='start' %s time='YYYY/M/D h:mm'>", "2025/12/31 18:05",
		"2025-12-31T18:05"},
	    {"", "name='start' %s time='YYYY/M/D h:mm'>", "2025/2/3 8:5",
		"headers-time"},
	    {"", "name='start' %s time='YYYY/M/D h:mm'>", "2025/2/3 8:05:00",
		"headers-time"},
	    {"", "name='start' %s time='DD.MM.YYYY hh:mm:ss' offset='Z'>",
		"03.02.2025 08:05:09", "2025-02-03T08:05:09Z"},
	    {"", "name='start' %s time='YYYY年MM月DD日 hh时mm分'>",
		"2025年02月03日 08时05分", "2025-02-03T08:05"},
	    {"", "name='start' %s time='YYYYMMDD|YYYYMMDDhhmm'>", "20250203",
		"2025-02-03"},
	    {"", "name='start' %s time='YYYYMMDD|YYYYMMDDhhmm'>",
		"202502030805", "2025-02-03T08:05"},
	    {"", "name='start' %s then='d' time='YYYYMMDD h:mm'>", "20250203",
		"2025-02-03T08:05"},
	    /* Numbers. */
	    {"", "name='import_kwh' %s power='-3'>", "12345", "12.345"},
	    {"", "name='import_kwh' %s power='-3'>", "12345.50", "12.3455"},
	    {"", "name='import_kwh' %s power='3'>", "0.0125", "12.5"},
	    {"", "name='import_kwh' %s power='3'>", "-4", "-4000"},
	    {"", "name='import_kwh' %s power='-3'>", "1e3", "1e3"},
	    {"decimal=','", "name='import_kwh' %s>", "1,50", "1.50"},
	    {"decimal=','", "name='import_kwh' %s>", "1.50", "headers-decimal"},
	    {"decimal=',' group='.'", "name='import_kwh' %s>", "1.234.567,5",
		"1234567.5"},
	    {"decimal=',' group='.'", "name='import_kwh' %s>", "1.23,5",
		"headers-decimal"},
	    {"decimal=',' group='.'", "name='import_kwh' %s>", ".234",
		"headers-decimal"},
	    {"group=','", "name='import_kwh' %s>", "1234,567",
		"headers-decimal"},
	    {"group=','", "name='import_kwh' %s>", "1.5,000",
		"headers-decimal"},
	    {"group=' '", "name='import_kwh' %s>", "12 345.6", "12345.6"},
	    /* Words, prefixes, nothing. */
	    {"", "name='session' %s prefix='CD-'>", "7", "CD-7"},
	    {"", "name='session' %s prefix='CD-'>", "", ""},
	    {"", "name='session' %s prefix='CD-'><word from='7' to='8'/>", "7",
		"8"},
	    {"", "name='import_kwh' %s power='-3'><word from='-' to=''/>", "-",
		""},
	    {"", "name='import_kwh' %s power='-3'><word from='-' to=''/>", "--",
		"--"},
	};
	char column[256];
	struct buf got;

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *at = strstr(cases[i].column, "%s");

		snprintf(column, sizeof(column), "%.*s%s%s",
		    (int)(at - cases[i].column), cases[i].column, from, at + 2);
		buf_init(&got, 1 << 16);
		map_cell(&got, cases[i].root, column, cases[i].cell);
		cr_expect_str_eq(got.bytes, cases[i].want, "%s %s \"%s\": %s",
		    cases[i].root, cases[i].column, cases[i].cell, got.bytes);
		buf_release(&got);
	}
}
