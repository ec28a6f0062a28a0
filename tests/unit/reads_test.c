/* reads_test.c - taking in days of reads, and reading them merged.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <sqlite3.h>

#include "facts_fixture.h"
#include "ledger/read_row.h"
#include "ledger/registry.h"

#define DAY 20120
#define DAY_START_UTC ((int64_t)DAY * 86400 - 8 * 3600)

static void
start(struct fixture *f)
{
	fixture_new(f);
	fixture_state(f, FACT_POINT, "a,metering,,,,,,,0,");
	fixture_state(f, FACT_POINT, "b,metering,,,,,,,0,");
	fixture_state(f, FACT_POINT, "c,metering,,,,,,,0,");
}

/* A day of the point from text: "12 -3 . E7 W" are a measured 12 and -3, one
 * that is not said, an estimated 7 and a withdrawn one. */
static void
make_day(struct series_day *day, const char *point, const char *values,
    int minutes, int scale)
{
	char text[1024];
	char *rest = text, *word;

	memset(day, 0, sizeof(*day));
	day->day = DAY;
	day->channel = CHANNEL_IMPORT;
	day->start_utc = DAY_START_UTC;
	day->minutes = minutes;
	day->scale = scale;
	day->line_no = 7;
	snprintf(day->point, sizeof(day->point), "%s", point);
	snprintf(text, sizeof(text), "%s", values);
	while ((word = strsep(&rest, " ")) != NULL) {
		char quality = QUALITY_MEASURED;
		int64_t value = SERIES_NULL;

		if (*word == '.' || *word == 'W' || *word == 'E') {
			quality = *word++;
		}
		if (*word != '\0') {
			value = atoll(word);
		}
		day->values[day->count] = value;
		day->quality[day->count++] = quality;
	}
	day->quality[day->count] = '\0';
	if (strchr(day->quality, QUALITY_ESTIMATED) != NULL) {
		snprintf(day->method, sizeof(day->method), "linear");
	}
}

/* Appends in a batch of its own, whose digest is r1, r2 and so on: "new",
 * "repeated", "changed" or a code. */
static void
state(struct fixture *f, struct series_day *day, bool correcting,
    const char *expected)
{
	static const char *const outcomes[] = {"new", "repeated", "changed"};
	static int batches; /* each test is a process of its own */
	char digest[16];
	struct entry *entry;
	enum fact_outcome outcome = FACT_NEW;

	cr_assert_eq(ledger_savepoint(f->ledger, &f->err), 0);
	entry = fixture_begin(f);
	if (facts_append_reads(entry, day, correcting, &outcome, &f->err) ==
	    -1) {
		cr_assert_str_eq(f->err.code, expected, "%s", f->err.text);
		entry_abandon(entry);
		cr_assert_eq(ledger_rollback(f->ledger, &f->err), 0);
		return;
	}
	cr_assert_str_eq(outcomes[outcome], expected);
	snprintf(digest, sizeof(digest), "r%d", ++batches);
	fixture_finish(f, entry, digest);
	cr_assert_eq(ledger_release(f->ledger, &f->err), 0);
}

static void
say(struct fixture *f, const char *point, const char *values, bool correcting,
    const char *expected)
{
	struct series_day day;

	make_day(&day, point, values, 15, 1);
	state(f, &day, correcting, expected);
}

/* The merged day as text, in the form that make_day() reads. */
static const char *
show(const struct series_day *day)
{
	static char text[1024];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < day->count; i++) {
		used += (size_t)snprintf(
		    text + used, sizeof(text) - used, "%s", i == 0 ? "" : " ");
		if (day->quality[i] != QUALITY_MEASURED) {
			used += (size_t)snprintf(text + used,
			    sizeof(text) - used, "%c", day->quality[i]);
		}
		if (day->values[i] != SERIES_NULL) {
			used +=
			    (size_t)snprintf(text + used, sizeof(text) - used,
				"%lld", (long long)day->values[i]);
		}
	}
	return text;
}

static void
expect(struct fixture *f, int64_t asof, const char *point, const char *values,
    int scale)
{
	struct read_cursor *cursor;
	const struct series_day *day;

	cr_assert_eq(reads_of_point(&cursor, f->ledger, asof, CHANNEL_IMPORT,
			 point, DAY - 2, DAY + 2, &f->err),
	    0);
	if (values == NULL) {
		cr_assert_eq(reads_next(cursor, &day, &f->err), 0);
	} else {
		cr_assert_eq(
		    reads_next(cursor, &day, &f->err), 1, "%s", f->err.text);
		cr_assert_str_eq(show(day), values);
		cr_assert_eq(day->scale, scale);
		cr_assert_eq(day->day, DAY);
		cr_assert_str_eq(day->point, point);
		cr_assert_eq(reads_next(cursor, &day, &f->err), 0);
	}
	reads_close(cursor);
}

Test(reads, stores_the_smallest_scale_and_one_letter_for_all)
{
	static const struct {
		const char *values;
		int scale;
		const char *stored; /* scale, values, quality, method */
	} cases[] = {
	    {"1200 0 -300", 2, "0 [12,0,-3] M -"},
	    {"1250 100", 2, "1 [125,10] M -"},
	    {"1251 .", 2, "2 [1251,null] M. -"},
	    {"W W", 2, "0 [null,null] W -"},
	    {"E10 E20", 0, "0 [10,20] E linear"},
	    {"9223372036854775807 -9223372036854775807", 0,
		"0 [9223372036854775807,-9223372036854775807] M -"},
	};
	struct fixture f;
	sqlite3_stmt *stmt;

	start(&f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct series_day day;

		make_day(&day, "a", cases[i].values, 15, cases[i].scale);
		day.day = (int32_t)i;
		state(&f, &day, false, "new");
		cr_assert_eq(sqlite3_prepare_v2(f.ledger->db,
				 "SELECT scale || ' ' || vals || ' ' ||"
				 " quality || ' ' || ifnull(method, '-')"
				 " FROM read_day ORDER BY id DESC LIMIT 1",
				 -1, &stmt, NULL),
		    SQLITE_OK);
		cr_assert_eq(sqlite3_step(stmt), SQLITE_ROW);
		cr_assert_str_eq((const char *)sqlite3_column_text(stmt, 0),
		    cases[i].stored);
		sqlite3_finalize(stmt);
	}
	fixture_close(&f);
}

Test(reads, merges_corrections_interval_by_interval_as_of_each_entry)
{
	struct fixture f;

	start(&f); /* entries 1 to 4 */
	say(&f, "a", "10 20 . E40 50", false, "new"); /* 5: 1 2 . 4 5 */
	expect(&f, 4, "a", NULL, 0);
	expect(&f, 5, "a", "1 2 . E4 5", 0);
	say(&f, "a", "10 20 30 44 .", false, "changed"); /* 6 */
	expect(&f, 5, "a", "1 2 . E4 5", 0);
	expect(&f, 6, "a", "10 20 30 44 50", 1);
	say(&f, "a", ". 21 . . .", false, "fact-conflict");
	cr_assert_str_eq(f.err.text,
	    "a, import, 2025-02-01, value 2: is known with other content; a "
	    "correction needs --correct (batch:5, line 7)");
	say(&f, "a", "10 . 31 . .", false, "fact-conflict");
	cr_assert_not_null(strstr(f.err.text, "value 3"));
	cr_assert_not_null(strstr(f.err.text, "batch:6"));
	say(&f, "a", ". 21 . . .", true, "changed"); /* 7 */
	expect(&f, 7, "a", "10 21 30 44 50", 1);
	say(&f, "a", ". . . . W", true, "changed"); /* 8 */
	expect(&f, 8, "a", "10 21 30 44 W", 1);
	expect(&f, 6, "a", "10 20 30 44 50", 1);
	say(&f, "a", "10 21 30 44 W", false, "repeated"); /* 9 */
	say(&f, "a", ". . . . 50", false, "fact-conflict");
	say(&f, "a", ". . . . 51", true, "changed"); /* 10 */
	expect(&f, 10, "a", "10 21 30 44 51", 1);
	fixture_close(&f);
}

Test(reads, does_not_estimate_over_what_is_measured)
{
	struct fixture f;

	start(&f);
	say(&f, "a", "10 20", false, "new");
	say(&f, "a", "10 E20", false, "read-estimate");
	say(&f, "a", "10 E21", true, "read-estimate");
	say(&f, "a", ". W", true, "changed");
	say(&f, "a", ". E21", false, "fact-conflict");
	say(&f, "a", ". E21", true, "changed");
	say(&f, "a", ". 22", false, "changed");
	fixture_close(&f);
}

/* 30 are the sum that a register counted: tying takes the place of what was
 * measured, without a correction; a measured value takes it back. */
Test(reads, tie_out_takes_the_place_of_what_is_measured)
{
	struct fixture f;
	struct series_day day;
	struct entry *entry;
	enum fact_outcome outcome = FACT_NEW;

	start(&f);
	say(&f, "a", "10 15 3", false, "new"); /* 5 */
	make_day(&day, "a", "E11 E16 .", 15, 1);
	entry = fixture_begin(&f);
	cr_assert_eq(facts_append_tied(entry, &day, &outcome, &f.err), 0, "%s",
	    f.err.text);
	cr_expect_eq(outcome, FACT_CHANGED);
	fixture_finish(&f, entry, "tied"); /* 6 */
	expect(&f, 6, "a", "E11 E16 3", 1);
	say(&f, "a", "10 . .", false, "changed"); /* 7 */
	expect(&f, 7, "a", "10 E16 3", 1);
	fixture_close(&f);
}

Test(reads, another_resolution_must_state_the_day_whole)
{
	struct fixture f;
	struct series_day day;

	start(&f);
	say(&f, "a", ". 20 30 40 50 60 70 80", false, "new");
	make_day(&day, "a", "100 .", 60, 0);
	state(&f, &day, true, "read-resolution");
	make_day(&day, "a", ". 100", 60, 0);
	state(&f, &day, true, "read-resolution");
	make_day(&day, "a", "100", 60, 0);
	state(&f, &day, true, "read-resolution");
	make_day(&day, "a", "100 260", 60, 0);
	state(&f, &day, false, "fact-conflict");
	make_day(&day, "a", "100 260", 60, 0);
	state(&f, &day, true, "changed");
	expect(&f, 5, "a", ". 2 3 4 5 6 7 8", 0);
	expect(&f, 6, "a", "100 260", 0);
	make_day(&day, "a", "100 260", 60, 0);
	day.quantity = QUANTITY_KW;
	state(&f, &day, false, "fact-conflict");
	fixture_close(&f);
}

Test(reads, rows_of_one_grid_join_where_they_begin_apart)
{
	struct fixture f;
	struct series_day day;

	start(&f);
	make_day(&day, "a", "30 40", 15, 0);
	day.start_utc += 2 * 900;
	state(&f, &day, false, "new");
	make_day(&day, "a", "10 20 30", 15, 0);
	state(&f, &day, false, "new");
	expect(&f, 99, "a", "10 20 30 40", 0);
	make_day(&day, "a", "5 6", 15, 0);
	day.start_utc += 5 * 900;
	state(&f, &day, false, "new");
	expect(&f, 99, "a", "10 20 30 40 . 5 6", 0);
	fixture_close(&f);
}

Test(reads, refuses_unknown_points_and_the_same_day_twice)
{
	struct fixture f;
	struct series_day day;
	struct entry *entry;
	enum fact_outcome outcome;

	start(&f);
	say(&f, "nobody", "1", false, "unknown-point");
	say(&f, "z", "1", false, "unknown-point");
	fixture_state(&f, FACT_POINT, "late,metering,,,,,,,9000000000,");
	say(&f, "late", "1", false, "unknown-point");

	entry = fixture_begin(&f);
	make_day(&day, "a", "1 2", 15, 0);
	cr_assert_eq(
	    facts_append_reads(entry, &day, false, &outcome, &f.err), 0);
	make_day(&day, "b", "1 2", 15, 0);
	cr_assert_eq(
	    facts_append_reads(entry, &day, false, &outcome, &f.err), 0);
	make_day(&day, "a", "1 .", 15, 0);
	cr_assert_eq(
	    facts_append_reads(entry, &day, false, &outcome, &f.err), 0);
	cr_assert_eq(outcome, FACT_REPEATED);
	make_day(&day, "a", ". . 3", 15, 0);
	cr_assert_eq(
	    facts_append_reads(entry, &day, true, &outcome, &f.err), -1);
	cr_assert_str_eq(f.err.code, "fact-conflict");
	cr_assert_not_null(strstr(f.err.text, "line 7 of the same input"));
	entry_abandon(entry);
	fixture_close(&f);
}

Test(reads, a_value_that_does_not_fit_the_scale_of_others_is_refused)
{
	struct fixture f;
	struct series_day day;

	start(&f);
	make_day(&day, "a", "9223372036854775807", 15, 0);
	state(&f, &day, false, "new");
	make_day(&day, "a", ". 15", 15, 1);
	state(&f, &day, false, "read-range");
	fixture_close(&f);
}

Test(reads, supersede_a_batch_by_its_intervals_only)
{
	struct fixture f;
	struct handle handle;

	start(&f);
	say(&f, "a", "10 20 .", false, "new"); /* r1, entry 5 */
	say(&f, "b", "10 20 .", false, "new"); /* r2, entry 6 */
	say(&f, "a", ". . 30", false, "new"); /* r3 says what r1 did not */
	cr_assert_eq(facts_known(f.ledger, "r1", &handle, &f.err), 1);
	cr_assert_eq(handle.entry, 5);
	say(&f, "a", ". 21 .", true, "changed"); /* r4, entry 8 */
	cr_assert_eq(facts_known(f.ledger, "r1", &handle, &f.err), -1);
	cr_assert_str_eq(f.err.code, "batch-superseded");
	cr_assert_not_null(strstr(f.err.text, "which entry 8 superseded"));
	for (int i = 2; i <= 4; i++) {
		const char digest[] = {'r', (char)('0' + i), '\0'};

		cr_assert_eq(facts_known(f.ledger, digest, &handle, &f.err), 1);
		cr_assert_eq(handle.entry, 4 + i);
	}
	fixture_close(&f);
}

Test(reads, cursor_moves_through_points_and_days_in_order)
{
	struct fixture f;
	struct series_day day;
	struct read_cursor *cursor;
	const struct series_day *out;
	static const struct {
		const char *point;
		int days[4]; /* offsets, ended by -1 */
	} sought[] = {{"a", {0, 1, -1}}, {"aa", {-1}}, {"b", {1, -1}},
	    {"c", {0, 1, -1}}, {"c", {0, 1, -1}}, {"a", {0, 1, -1}},
	    {"z", {-1}}, {"b", {1, -1}}};

	start(&f);
	for (int offset = 0; offset < 2; offset++) {
		for (const char *p = "abc"; *p != '\0'; p++) {
			const char point[2] = {*p, '\0'};

			if (*p == 'b' && offset == 0) {
				continue;
			}
			make_day(&day, point, "1 2", 15, 0);
			day.day += offset;
			state(&f, &day, false, "new");
			day.channel = CHANNEL_EXPORT;
			state(&f, &day, false, "new");
		}
	}
	cr_assert_eq(reads_open(&cursor, f.ledger, 99, CHANNEL_IMPORT, DAY,
			 DAY + 2, &f.err),
	    0);
	cr_assert_eq(reads_next(cursor, &out, &f.err), 0);
	for (size_t i = 0; i < sizeof(sought) / sizeof(sought[0]); i++) {
		cr_assert_eq(reads_seek(cursor, sought[i].point, &f.err), 0);
		for (const int *d = sought[i].days; *d != -1; d++) {
			cr_assert_eq(reads_next(cursor, &out, &f.err), 1);
			cr_assert_eq(out->day, DAY + *d);
			cr_assert_str_eq(out->point, sought[i].point);
			cr_assert_eq(out->channel, CHANNEL_IMPORT);
		}
		cr_assert_eq(reads_next(cursor, &out, &f.err), 0);
	}
	reads_close(cursor);
	fixture_close(&f);
}

/* Skips far more points than are passed over one by one. */
Test(reads, cursor_skips_many_points)
{
	struct fixture f;
	struct series_day day;
	struct read_cursor *cursor;
	const struct series_day *out;
	struct entry *entry;
	enum fact_outcome outcome;
	char cells[64], point[16];

	fixture_new(&f);
	entry = fixture_begin(&f);
	for (int i = 0; i < 200; i++) {
		snprintf(cells, sizeof(cells), "p%03d,metering,,,,,,,0,", i);
		cr_assert_eq(fixture_append(&f, entry, FACT_POINT, 2, cells,
				 false, &outcome),
		    0);
	}
	for (int i = 0; i < 200; i += 40) {
		for (int j = 0; j < 30; j++) {
			snprintf(point, sizeof(point), "p%03d", i + j);
			make_day(&day, point, "1 2", 15, 0);
			day.values[0] = i + j;
			cr_assert_eq(facts_append_reads(
					 entry, &day, false, &outcome, &f.err),
			    0, "%s", f.err.text);
		}
	}
	fixture_finish(&f, entry, "x");
	cr_assert_eq(reads_open(&cursor, f.ledger, 99, CHANNEL_IMPORT, DAY,
			 DAY + 1, &f.err),
	    0);
	for (int i = 0; i < 200; i += 37) {
		snprintf(point, sizeof(point), "p%03d", i);
		cr_assert_eq(reads_seek(cursor, point, &f.err), 0);
		cr_assert_eq(reads_next(cursor, &out, &f.err), i % 40 < 30);
		if (i % 40 < 30) {
			cr_assert_eq(out->values[0], i);
		}
	}
	reads_close(cursor);
	fixture_close(&f);
}
