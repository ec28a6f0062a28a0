/* db_test.c - the ledger file: guards, permissions, transactions, copies.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/db.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "ledger/facts.h"
#include "ledger_fixture.h"

/* Appends a rule document, whose row is the easiest to make. */
static void
append_rule(struct fixture *f, const char *rule)
{
	struct entry *entry;
	struct handle handle;

	cr_assert_eq(entry_begin(&entry, f->ledger, ENTRY_RULE,
			 FIXTURE_RECORDED_UTC, &f->err),
	    0, "%s", f->err.text);
	cr_assert_eq(facts_append_rule(
			 entry, "tariff", rule, "x.xml", "00", "<x/>", &f->err),
	    0, "%s", f->err.text);
	cr_assert_eq(
	    entry_finish(entry, &handle, &f->err), 0, "%s", f->err.text);
}

static int64_t
last_entry(struct fixture *f)
{
	int64_t entry = -1;

	cr_assert_eq(entry_last(f->ledger, &entry, &f->err), 0);
	return entry;
}

Test(db, refuses_every_statement_that_would_change_what_stands)
{
	static const char *const statements[] = {
	    "UPDATE market SET name = 'x'",
	    "DELETE FROM market",
	    "REPLACE INTO entry (entry, kind, header, digest)"
	    " VALUES (1, 'market', '', '')",
	    "INSERT OR REPLACE INTO entry (entry, kind, header, digest)"
	    " VALUES (1, 'market', '', '')",
	    "INSERT INTO entry (entry, kind, header, digest)"
	    " VALUES (1, 'market', '', '')"
	    " ON CONFLICT (entry) DO UPDATE SET header = ''",
	    "DROP TABLE market",
	    "DROP TRIGGER market_no_update",
	    "DROP INDEX party_key",
	    "ALTER TABLE market ADD COLUMN x",
	    "CREATE TABLE x (y)",
	    "CREATE TEMP TABLE x (y)",
	    "CREATE TRIGGER x AFTER INSERT ON entry BEGIN SELECT 1; END",
	    "ATTACH '/tmp/x' AS x",
	    "PRAGMA writable_schema = ON",
	    "PRAGMA recursive_triggers = OFF",
	    "PRAGMA journal_mode = OFF",
	    "INSERT INTO sqlite_schema (name) VALUES ('x')",
	    "VACUUM",
	    "REINDEX",
	    "ANALYZE",
	};
	size_t count = sizeof(statements) / sizeof(statements[0]);
	struct fixture f;

	fixture_new(&f);
	for (size_t i = 0; i < count; i++) {
		cr_assert_neq(
		    sqlite3_exec(f.ledger->db, statements[i], NULL, NULL, NULL),
		    SQLITE_OK, "%s", statements[i]);
	}
	cr_assert_eq(ledger_check_file(f.ledger, &f.err), 0, "%s", f.err.text);
	ledger_close(f.ledger);
	fixture_open(&f, LEDGER_READ);
	cr_assert_str_eq(ledger_market(f.ledger)->name, "重庆");
	cr_assert_eq(last_entry(&f), 1);
	fixture_close(&f);
}

/* The triggers hold even where our authorizer does not: in a connection that
 * another program makes. */
Test(db, triggers_refuse_update_and_delete_of_every_table_to_others)
{
	struct fixture f;
	sqlite3 *db;
	sqlite3_stmt *stmt;
	int tables = 0;

	fixture_new(&f);
	append_rule(&f, "a");
	cr_assert_eq(ledger_commit(f.ledger, &f.err), 0, "%s", f.err.text);
	ledger_close(f.ledger);
	f.ledger = NULL;
	cr_assert_eq(sqlite3_open(f.path, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db, "DELETE FROM rule", NULL, NULL, NULL),
	    SQLITE_CONSTRAINT);
	cr_assert_eq(
	    sqlite3_exec(db, "UPDATE entry SET header = ''", NULL, NULL, NULL),
	    SQLITE_CONSTRAINT);
	cr_assert_eq(sqlite3_prepare_v2(db,
			 "SELECT count(*) FROM sqlite_schema t"
			 " JOIN sqlite_schema g ON g.tbl_name = t.name"
			 " AND g.type = 'trigger' AND (g.sql LIKE"
			 " '%BEFORE UPDATE ON ' || t.name || '%RAISE(ABORT%'"
			 " OR g.sql LIKE"
			 " '%BEFORE DELETE ON ' || t.name || '%RAISE(ABORT%')"
			 " WHERE t.type = 'table' GROUP BY t.name",
			 -1, &stmt, NULL),
	    SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		cr_assert_eq(sqlite3_column_int(stmt, 0), 2);
		tables++;
	}
	sqlite3_finalize(stmt);
	cr_assert_eq(tables, 46);
	sqlite3_close(db);
	fixture_close(&f);
}

Test(db, new_file_is_ours_strict_and_private)
{
	struct fixture f;
	struct stat st;
	sqlite3 *db;
	sqlite3_stmt *stmt;

	fixture_new(&f);
	cr_assert_eq(stat(f.path, &st), 0);
	cr_assert_eq(st.st_mode & 0777, 0640);
	cr_assert_eq(sqlite3_open(f.path, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_prepare_v2(db,
			 "SELECT application_id, user_version, page_size,"
			 " (SELECT count(*) FROM pragma_table_list WHERE"
			 " type = 'table' AND NOT strict AND schema = 'main'"
			 " AND name NOT LIKE 'sqlite_%'),"
			 " (SELECT journal_mode FROM pragma_journal_mode)"
			 " FROM pragma_application_id, pragma_user_version,"
			 " pragma_page_size",
			 -1, &stmt, NULL),
	    SQLITE_OK, "%s", sqlite3_errmsg(db));
	cr_assert_eq(sqlite3_step(stmt), SQLITE_ROW);
	cr_assert_eq(sqlite3_column_int(stmt, 0), 0x71664c47);
	cr_assert_eq(sqlite3_column_int(stmt, 1), 1);
	cr_assert_eq(sqlite3_column_int(stmt, 2), 16384);
	cr_assert_eq(sqlite3_column_int(stmt, 3), 0);
	cr_assert_str_eq((const char *)sqlite3_column_text(stmt, 4), "wal");
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	fixture_close(&f);
}

static void
write_file(const char *path, const char *bytes)
{
	FILE *file = fopen(path, "w");

	cr_assert_not_null(file);
	fputs(bytes, file);
	fclose(file);
}

Test(db, refuses_what_is_no_ledger)
{
	struct fixture f, other;
	char name[320];

	fixture_new(&f);
	ledger_close(f.ledger);
	other = f;
	snprintf(other.path, sizeof(other.path), "%.250s/other", f.folder);
	cr_assert_eq(
	    ledger_open(&f.ledger, other.path, LEDGER_READ, 0, &f.err), -1);
	cr_assert_str_eq(f.err.code, "ledger-missing");
	cr_assert_eq(f.err.status, QF_NOINPUT);
	cr_assert_null(f.ledger);

	write_file(other.path, "");
	chmod(other.path, 0600);
	cr_assert_eq(
	    ledger_open(&f.ledger, other.path, LEDGER_READ, 0, &f.err), -1);
	cr_assert_str_eq(f.err.code, "ledger-foreign");
	cr_assert_eq(f.err.status, QF_FOREIGN);

	write_file(other.path, "this is not a database, whatever its size is, "
			       "which SQLite wants to be a hundred bytes or "
			       "more before it looks at it at all");
	cr_assert_eq(
	    ledger_open(&f.ledger, other.path, LEDGER_WRITE, 0, &f.err), -1);
	cr_assert_str_eq(f.err.code, "ledger-foreign");
	unlink(other.path);

	cr_assert_eq(symlink(f.path, other.path), 0);
	cr_assert_eq(
	    ledger_open(&f.ledger, other.path, LEDGER_READ, 0, &f.err), -1);
	cr_assert_str_eq(f.err.code, "ledger-symlink");
	unlink(other.path);

	chmod(f.path, 0660);
	cr_assert_eq(
	    ledger_open(&f.ledger, f.path, LEDGER_READ, 0, &f.err), -1);
	cr_assert_str_eq(f.err.code, "ledger-writable");
	cr_assert_eq(f.err.status, QF_PERM);
	chmod(f.path, 0640);
	snprintf(name, sizeof(name), "%s-wal", other.path);
	unlink(name);
	fixture_close(&f);
}

Test(db, refuses_a_newer_schema)
{
	struct fixture f;
	sqlite3 *db;

	fixture_new(&f);
	ledger_close(f.ledger);
	f.ledger = NULL;
	cr_assert_eq(sqlite3_open(f.path, &db), SQLITE_OK);
	cr_assert_eq(
	    sqlite3_exec(db, "PRAGMA user_version = 2", NULL, NULL, NULL),
	    SQLITE_OK);
	sqlite3_close(db);
	cr_assert_eq(
	    ledger_open(&f.ledger, f.path, LEDGER_READ, 0, &f.err), -1);
	cr_assert_str_eq(f.err.code, "ledger-newer");
	cr_assert_eq(f.err.status, QF_FOREIGN);
	fixture_close(&f);
}

Test(db, does_not_make_a_ledger_where_a_file_stands)
{
	const struct market market = {"m", "UTC", "CNY", 2};
	struct fixture f;

	fixture_new(&f);
	cr_assert_eq(ledger_create(f.path, &market, 0, &f.err), -1);
	cr_assert_str_eq(f.err.code, "ledger-exists");
	cr_assert_eq(f.err.status, QF_CANTCREAT);
	cr_assert_str_eq(ledger_market(f.ledger)->zone, "Asia/Shanghai");
	fixture_close(&f);
}

Test(db, turns_a_second_writer_away_but_no_reader)
{
	struct fixture f;
	struct ledger *second;

	fixture_new(&f);
	append_rule(&f, "a");
	cr_assert_eq(ledger_open(&second, f.path, LEDGER_WRITE, 0, &f.err), -1);
	cr_assert_str_eq(f.err.code, "ledger-busy");
	cr_assert_eq(f.err.status, QF_BUSY);
	cr_assert_eq(ledger_open(&second, f.path, LEDGER_READ, 0, &f.err), 0,
	    "%s", f.err.text);
	cr_assert_eq(ledger_commit(f.ledger, &f.err), 0, "%s", f.err.text);
	ledger_close(f.ledger);
	f.ledger = second;
	cr_assert_eq(last_entry(&f), 1, "the view of a reader does not move");
	ledger_close(second);
	fixture_open(&f, LEDGER_READ);
	cr_assert_eq(last_entry(&f), 2);
	fixture_close(&f);
}

/* The tests may run as root, whom no mode of a folder keeps out. */
static void
become_nobody(struct fixture *f)
{
	const uid_t nobody = 65534;

	if (geteuid() == 0) {
		cr_assert_eq(chown(f->folder, nobody, (gid_t)-1), 0);
		cr_assert_eq(chown(f->path, nobody, (gid_t)-1), 0);
		cr_assert_eq(setuid(nobody), 0);
	}
}

Test(db, names_the_folder_that_may_not_be_written)
{
	char beside[320], folder[300];
	struct fixture f;

	fixture_new(&f);
	ledger_close(f.ledger);
	for (size_t i = 0; i < 2; i++) {
		snprintf(beside, sizeof(beside), "%s%s", f.path,
		    i == 0 ? "-wal" : "-shm");
		(void)unlink(beside);
	}
	become_nobody(&f);
	cr_assert_eq(chmod(f.folder, 0500), 0);
	cr_assert_eq(access(f.path, F_OK), 0);
	cr_expect_eq(
	    ledger_open(&f.ledger, f.path, LEDGER_WRITE, 0, &f.err), -1);
	cr_expect_eq(f.err.status, QF_PERM);
	cr_expect_str_eq(f.err.code, "ledger-permission");
	snprintf(folder, sizeof(folder), "in the folder %s,", f.folder);
	cr_expect_not_null(strstr(f.err.text, folder), "%s", f.err.text);
	cr_expect_null(strstr(f.err.text, "SQLite"));

	/* At rest it may be read all the same. */
	fixture_open(&f, LEDGER_READ);
	cr_assert_eq(chmod(f.folder, 0700), 0);
	fixture_close(&f);
}

Test(db, keeps_nothing_that_was_not_committed)
{
	struct fixture f;

	fixture_new(&f);
	append_rule(&f, "a");
	ledger_close(f.ledger);
	fixture_open(&f, LEDGER_WRITE);
	cr_assert_eq(last_entry(&f), 1);
	fixture_close(&f);
}

Test(db, rolls_back_one_part_and_keeps_the_others)
{
	struct fixture f;

	fixture_new(&f);
	cr_assert_eq(ledger_savepoint(f.ledger, &f.err), 0);
	append_rule(&f, "a");
	cr_assert_eq(ledger_release(f.ledger, &f.err), 0);
	cr_assert_eq(ledger_savepoint(f.ledger, &f.err), 0);
	append_rule(&f, "b");
	append_rule(&f, "c");
	cr_assert_eq(last_entry(&f), 4);
	cr_assert_eq(ledger_rollback(f.ledger, &f.err), 0);
	cr_assert_eq(last_entry(&f), 2);
	cr_assert_eq(ledger_savepoint(f.ledger, &f.err), 0);
	append_rule(&f, "d");
	cr_assert_eq(ledger_release(f.ledger, &f.err), 0);
	cr_assert_eq(ledger_commit(f.ledger, &f.err), 0, "%s", f.err.text);
	ledger_close(f.ledger);
	fixture_open(&f, LEDGER_READ);
	cr_assert_eq(last_entry(&f), 3);
	fixture_close(&f);
}

/* An error from COMMIT does not mean that nothing was written: the answer is
 * looked up.  Here the COMMIT is made to fail before and after the fact. */
Test(db, says_whether_a_failed_commit_took_effect)
{
	struct fixture f;

	fixture_new(&f);
	append_rule(&f, "a");
	cr_assert_eq(
	    sqlite3_exec(f.ledger->db, "ROLLBACK", NULL, NULL, NULL), 0);
	cr_assert_eq(ledger_commit(f.ledger, &f.err), -1);
	cr_assert_not_null(strstr(f.err.text, "nothing was appended"));
	ledger_close(f.ledger);

	fixture_open(&f, LEDGER_WRITE);
	append_rule(&f, "a");
	cr_assert_eq(sqlite3_exec(f.ledger->db, "COMMIT", NULL, NULL, NULL), 0);
	cr_assert_eq(ledger_commit(f.ledger, &f.err), -1);
	cr_assert_str_eq(f.err.code, "ledger-commit-unsure");
	cr_assert_not_null(strstr(f.err.text, "entry 2 is in the ledger"));
	fixture_close(&f);
}

Test(db, leaves_an_empty_wal_and_a_copy_that_stands_alone)
{
	struct fixture f;
	struct stat st;
	char wal[340], copy[320];
	struct ledger *ledger;

	fixture_new(&f);
	append_rule(&f, "a");
	cr_assert_eq(ledger_commit(f.ledger, &f.err), 0, "%s", f.err.text);
	ledger_close(f.ledger);
	snprintf(wal, sizeof(wal), "%s-wal", f.path);
	cr_assert_eq(stat(wal, &st), 0, "the WAL is kept");
	cr_assert_eq(st.st_size, 0);
	fixture_open(&f, LEDGER_READ);
	snprintf(copy, sizeof(copy), "%s-copy", f.path);
	cr_assert_eq(
	    ledger_snapshot(f.ledger, copy, &f.err), 0, "%s", f.err.text);
	cr_assert_eq(ledger_snapshot(f.ledger, copy, &f.err), -1);
	cr_assert_str_eq(f.err.code, "output-exists");
	cr_assert_eq(last_entry(&f), 2, "reading goes on after a snapshot");
	cr_assert_eq(stat(copy, &st), 0);
	cr_assert_eq(st.st_mode & 0777, 0640);
	cr_assert_eq(ledger_open(&ledger, copy, LEDGER_WRITE, 0, &f.err), 0,
	    "%s", f.err.text);
	ledger_close(ledger);
	snprintf(wal, sizeof(wal), "%s-wal", copy);
	unlink(wal);
	snprintf(wal, sizeof(wal), "%s-shm", copy);
	unlink(wal);
	unlink(copy);
	fixture_close(&f);
}
