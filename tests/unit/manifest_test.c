/* manifest_test.c - what a sender's manifest says, and what is none.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/manifest.h"
#include "place_fixture.h"

#define HEADER "file,bytes,sha256,rows,kwh\n"
#define ZEROS "00000000000000000000000000000000"

static void
leave(void)
{
	unlink("a.csv");
	unlink("b.csv");
	place_leave_empty();
}

TestSuite(manifest, .init = place_enter, .fini = leave);

static void
put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	cr_assert_not_null(file);
	fputs(text, file);
	fclose(file);
}

Test(manifest, finds_rows_by_name_and_keeps_what_is_not_said)
{
	struct manifest *manifest = manifest_new();
	struct manifest_row *row, *rows;
	struct qf_error err;
	char text[64];

	put("a.csv", HEADER "z.csv,10," ZEROS ZEROS ",3,-1.250\na.csv,,,,\n");
	put("b.csv", HEADER "m.csv,,,0,\n");
	cr_assert_eq(manifest_read(manifest, "a.csv", TEXT_UTF8, &err), 0);
	cr_assert_eq(manifest_read(manifest, "b.csv", TEXT_UTF8, &err), 0);
	cr_assert_eq(manifest_finish(manifest, &err), 0);
	cr_assert_eq(manifest_rows(manifest, &rows), 3);
	cr_assert_str_eq(rows[0].file, "a.csv");
	row = manifest_find(manifest, "z.csv");
	cr_assert_not_null(row);
	cr_assert_eq(row->bytes, 10);
	cr_assert_eq(row->rows, 3);
	cr_assert_eq(strlen(row->sha256), 64);
	cr_assert(row->has_kwh);
	dec_format(&row->kwh, text, sizeof(text));
	cr_assert_str_eq(text, "-1.250");
	row = manifest_find(manifest, "m.csv");
	cr_assert_eq(row->rows, 0);
	cr_assert_eq(row->bytes, -1);
	cr_assert_eq(row->line_no, 2);
	cr_assert_str_eq(row->path, "b.csv");
	cr_assert(!row->has_kwh && row->sha256[0] == '\0');
	cr_assert_null(manifest_find(manifest, "n.csv"));
	manifest_free(manifest);
}

Test(manifest, refuses_what_is_none)
{
	static const struct {
		const char *rows, *code;
	} cases[] = {
	    {",,,,\n", "manifest-name"},
	    {"x/a.csv,,,,\n", "manifest-name"},
	    {"a.csv,-1,,,\n", "manifest-number"},
	    {"a.csv,,,1.5,\n", "manifest-number"},
	    {"a.csv,,00,,\n", "manifest-sha256"},
	    {"a.csv,,,,1e3\n", "decimal-exponent"},
	    {"a.csv,,,\n", "csv-columns"},
	    {"a.csv,,,,", "csv-truncated"},
	    {"a.csv,,,,\nb.csv,,,,\na.csv,1,,,\n", "manifest-twice"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct manifest *manifest = manifest_new();
		struct qf_error err;
		char text[200];

		snprintf(text, sizeof(text), HEADER "%s", cases[i].rows);
		put("a.csv", text);
		cr_assert(
		    manifest_read(manifest, "a.csv", TEXT_UTF8, &err) == -1 ||
			manifest_finish(manifest, &err) == -1,
		    "%s", cases[i].rows);
		cr_assert_str_eq(err.code, cases[i].code);
		cr_assert_eq(err.status, QF_DATA);
		manifest_free(manifest);
	}
}
