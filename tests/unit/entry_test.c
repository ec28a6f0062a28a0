/* entry_test.c - entries and the chain, against digests of another program.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/entry.h"

#include <sqlite3.h>

#include "base/zone.h"
#include "ledger/columns.h"
#include "ledger/row.h"
#include "ledger_fixture.h"

/* The one text that a statement gives, through a connection of its own. */
static void
ask(const char *path, const char *sql, char *out, size_t size)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;

	cr_assert_eq(
	    sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK,
	    "%s", sqlite3_errmsg(db));
	cr_assert_eq(sqlite3_step(stmt), SQLITE_ROW);
	snprintf(out, size, "%s", sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

static void
append_hold(struct entry *entry, int64_t line, const char *contract)
{
	struct row *row = row_begin(entry, ROW_RUN_HOLD, line);
	struct qf_error err;

	row_string(row, contract);
	row_string(row, "supply");
	row_string(row, "p1");
	row_null(row);
	row_int(row, -5);
	row_int(row, 1738339200);
	row_string(row, "no-tariff");
	row_string(row, "");
	cr_assert_eq(row_end(row, &err), 0);
}

/* Roots and digest come from tests/unit/chain_vector.py: hashlib alone, the
 * rule of qf-ledger(5) written down a second time. */
Test(entry, header_is_what_another_program_makes_of_it)
{
	struct fixture f;
	char header[4096], expected[4096], digest[65], market[1024];

	fixture_new(&f);
	ledger_close(f.ledger);
	f.ledger = NULL;
	ask(f.path, "SELECT header FROM entry WHERE entry = 1", header,
	    sizeof(header));
	snprintf(expected, sizeof(expected),
	    "qingfen-entry 1\nentry 1\nkind market\n"
	    "previous 00000000000000000000000000000000000000000000000000000000"
	    "00000000\n"
	    "recorded 2026-01-01T00:00:00Z\nprogram 0.1.0\nschema 1\n"
	    "zone-data %s\n"
	    "rows market 1 "
	    "b08be3ede12fbf00c9c1650a084c459a2fd74507a98c2d31ca960dc8c69da366"
	    "\n",
	    zone_version());
	cr_assert_str_eq(header, expected);
	ask(f.path, "SELECT digest FROM entry WHERE entry = 1", digest,
	    sizeof(digest));
	ask(f.path, "SELECT name FROM market", market, sizeof(market));
	cr_assert_str_eq(market, "重庆");
	fixture_close(&f);
}

Test(entry, root_over_several_rows_and_nulls_is_that_of_another_program)
{
	static const char *const tables[] = {"run_hold"};
	struct fixture f;
	struct entry *entry;
	char root[65];

	fixture_new(&f);
	cr_assert_eq(entry_begin(&entry, f.ledger, ENTRY_RUN, 0, &f.err), 0);
	cr_assert_eq(entry_number(entry), 2);
	append_hold(entry, 1, "c1");
	append_hold(entry, 2, "c2");
	append_hold(entry, 3, "c3");
	entry_root(entry, tables, 1, root);
	cr_assert_str_eq(root,
	    "84ade42658b1efb2c2571d2b8409edfbf5fed4ded8bc29718714e237ea270cd8");
	entry_abandon(entry);
	fixture_close(&f);
}

Test(entry, root_without_entry_number_stays_the_same_in_the_next_entry)
{
	static const char *const tables[] = {"run_line", "run_hold"};
	struct fixture f;
	struct entry *entry;
	struct handle handle;
	char first[65], second[65];

	fixture_new(&f);
	cr_assert_eq(entry_begin(&entry, f.ledger, ENTRY_RUN, 0, &f.err), 0);
	append_hold(entry, 1, "c1");
	entry_root(entry, tables, 2, first);
	cr_assert_eq(entry_finish(entry, &handle, &f.err), 0, "%s", f.err.text);
	cr_assert_eq(entry_begin(&entry, f.ledger, ENTRY_RUN, 0, &f.err), 0);
	append_hold(entry, 1, "c1");
	entry_root(entry, tables, 2, second);
	cr_assert_str_eq(first, second);
	append_hold(entry, 2, "c1");
	entry_root(entry, tables, 2, second);
	cr_assert_str_neq(first, second);
	entry_abandon(entry);
	fixture_close(&f);
}

Test(entry, chains_to_the_one_before_it)
{
	struct fixture f;
	struct entry *entry;
	struct handle handle;
	char previous[65], header[4096];

	fixture_new(&f);
	cr_assert_eq(entry_begin(&entry, f.ledger, ENTRY_RUN, 0, &f.err), 0);
	entry_note(entry, "input", "%s", "a\nb");
	append_hold(entry, 1, "c1");
	cr_assert_eq(entry_finish(entry, &handle, &f.err), 0, "%s", f.err.text);
	cr_assert_eq(handle.entry, 2);
	cr_assert_eq(ledger_commit(f.ledger, &f.err), 0, "%s", f.err.text);
	ask(f.path, "SELECT digest FROM entry WHERE entry = 1", previous,
	    sizeof(previous));
	ask(f.path, "SELECT header FROM entry WHERE entry = 2", header,
	    sizeof(header));
	cr_assert_not_null(strstr(header, previous));
	cr_assert_not_null(strstr(header, "\ninput a?b\nrows run_hold 1 "));
	fixture_close(&f);
}

Test(entry, is_only_hashed_where_the_ledger_is_open_for_reading)
{
	static const char *const tables[] = {"run_hold"};
	struct fixture f;
	struct entry *entry;
	char root[65], count[20];

	fixture_new(&f);
	ledger_close(f.ledger);
	fixture_open(&f, LEDGER_READ);
	cr_assert_eq(entry_begin(&entry, f.ledger, ENTRY_RUN, 0, &f.err), 0);
	append_hold(entry, 1, "c1");
	append_hold(entry, 2, "c2");
	append_hold(entry, 3, "c3");
	entry_root(entry, tables, 1, root);
	cr_assert_str_eq(root,
	    "84ade42658b1efb2c2571d2b8409edfbf5fed4ded8bc29718714e237ea270cd8");
	entry_abandon(entry);
	ask(f.path, "SELECT count(*) FROM run_hold", count, sizeof(count));
	cr_assert_str_eq(count, "0");
	fixture_close(&f);
}

Test(entry, resolves_handles_and_refuses_those_of_others)
{
	static const struct {
		const char *text;
		const char *code; /* NULL where it resolves */
	} cases[] = {
	    {"market:1", NULL},
	    {"market:2", "handle-unknown"},
	    {"run:1", "handle-kind"},
	    {"market:1@00000000", "handle-foreign"},
	};
	struct fixture f;
	struct handle handle;
	char digest[65];

	fixture_new(&f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int status;

		cr_assert_eq(handle_parse(&handle, cases[i].text, &f.err), 0);
		status = entry_resolve(f.ledger, &handle, &f.err);
		if (cases[i].code != NULL) {
			cr_assert_eq(status, -1, "%s", cases[i].text);
			cr_assert_str_eq(f.err.code, cases[i].code);
			cr_assert_eq(f.err.status, QF_USAGE);
			continue;
		}
		cr_assert_eq(status, 0, "%s", f.err.text);
		ask(f.path, "SELECT digest FROM entry", digest, sizeof(digest));
		cr_assert_eq(strncmp(handle.head, digest, 8), 0);
		cr_assert_eq(strlen(handle.head), 8);
		cr_assert_eq(entry_resolve(f.ledger, &handle, &f.err), 0);
	}
	fixture_close(&f);
}

Test(entry, knows_its_columns_as_the_schema_has_them)
{
	struct fixture f;
	char columns[2048], sql[300];

	fixture_new(&f);
	for (int i = 0; i < ROW_TABLES; i++) {
		const char *name = row_table_name((enum row_table)i);

		snprintf(sql, sizeof(sql),
		    "SELECT group_concat(name, ', ') FROM (SELECT name FROM "
		    "pragma_table_xinfo('%s') WHERE name <> 'id' ORDER BY cid)",
		    name);
		ask(f.path, sql, columns, sizeof(columns));
		cr_assert_str_eq(row_table_columns((enum row_table)i), columns);
	}
	ask(f.path, "SELECT count(*) FROM sqlite_schema WHERE type = 'table'",
	    columns, sizeof(columns));
	cr_assert_eq(atol(columns), ROW_TABLES + 1, "and entry itself");
	fixture_close(&f);
}
