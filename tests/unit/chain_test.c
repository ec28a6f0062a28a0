/* chain_test.c - what the chain finds when rows are changed behind its back.
 *
 * A ledger with rows in every table is changed through a connection that has
 * no guards: each value of each table, rows left out, added and swapped, and
 * the headers themselves.  What is expected is in the change: the entry and
 * the table that it touched.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/chain.h"

#include <sqlite3.h>

#include "ledger/row.h"
#include "ledger/schema.h"
#include "ledger_fixture.h"

#define ENTRY_A 2 /* after the market */
#define ENTRY_B 3
#define ROWS 3 /* of an entry in a table that may have several */

/* Columns that may hold only certain words. */
static const char *
word_of(const char *table, const char *column)
{
	static const char *const words[][3] = {
	    {"relation", "role", "sum"},
	    {"contract", "basis", "intervals"},
	    {"alias", "kind", "party"},
	    {"read_day", "quantity", "kwh"},
	    {"read_day", "side", "primary"},
	    {"price", "unit", "kwh"},
	    {"price", "tax", "included"},
	    {"series", "unit", "kwh"},
	    {"calendar", "kind", "holiday"},
	    {"finding", "hold", "yes"},
	    {"finding", "state", "open"},
	    {"finding_cleared", "cleared", "yes"},
	    {"bid", "side", "sell"},
	    {"event", "status", "called"},
	    {"event", "test", "no"},
	    {"event_target", "kind", "point"},
	    {"run", "kind", "final"},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(table, words[i][0]) == 0 &&
		    strcmp(column, words[i][1]) == 0) {
			return words[i][2];
		}
	}
	return NULL;
}

static sqlite3_stmt *
prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt;

	cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK,
	    "%s: %s", sql, sqlite3_errmsg(db));
	return stmt;
}

/* The columns of a table, by PRAGMA, from a connection of its own. */
struct columns {
	size_t count;
	char name[32][32];
	bool is_text[32];
	bool may_be_null[32];
};

static void
columns_of(const char *path, const char *table, struct columns *out)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;

	cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
	stmt = prepare(db, "SELECT name, type, \"notnull\" FROM"
			   " pragma_table_xinfo(?1) WHERE name <> 'id'");
	sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
	for (out->count = 0; sqlite3_step(stmt) == SQLITE_ROW; out->count++) {
		snprintf(out->name[out->count], 32, "%s",
		    sqlite3_column_text(stmt, 0));
		out->is_text[out->count] =
		    strcmp((const char *)sqlite3_column_text(stmt, 1),
			"TEXT") == 0;
		out->may_be_null[out->count] = sqlite3_column_int(stmt, 2) == 0;
	}
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

static bool
has_many(enum row_table table)
{
	return table != ROW_MARKET && table != ROW_BATCH && table != ROW_RULE &&
	       table != ROW_RUN && table != ROW_POSTING;
}

/* Tables whose id is the entry times 2^32 plus the line (ledger.sql). */
static bool
is_in_id(enum row_table table)
{
	static const enum row_table tables[] = {ROW_RUN_LINE, ROW_RUN_HOLD,
	    ROW_RUN_ENERGY, ROW_RUN_AWARD, ROW_RUN_PRICE, ROW_RUN_TRADE,
	    ROW_RUN_RESPONSE, ROW_RUN_BASELINE, ROW_TRANSFER};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		if (tables[i] == table) {
			return true;
		}
	}
	return false;
}

/* The id of the n-th row of ENTRY_B. */
static long long
id_of(enum row_table table, int n)
{
	return is_in_id(table) ? ((long long)ENTRY_B << 32) + n : ROWS + n;
}

static void
append_row(struct fixture *f, struct entry *entry, enum row_table table,
    const struct columns *columns, int64_t line)
{
	struct row *row = row_begin(entry, table, line);
	char text[32][64]; /* they must stay until row_end() */

	for (size_t i = 2; i < columns->count; i++) {
		const char *name = columns->name[i];
		const char *word = word_of(row_table_name(table), name);

		if (word != NULL) {
			row_string(row, word);
		} else if (columns->may_be_null[i] && line == 2) {
			row_null(row);
		} else if (columns->is_text[i]) {
			snprintf(text[i], sizeof(text[i]), "%s%lld", name,
			    (long long)line);
			row_string(row, text[i]);
		} else if (strcmp(name, "run") == 0) {
			row_int(row, entry_number(entry));
		} else if (strcmp(name, "money_scale") == 0) {
			row_int(row, 2);
		} else {
			row_int(row, 10 * line);
		}
	}
	cr_assert_eq(row_end(row, &f->err), 0, "%s: %s", row_table_name(table),
	    f->err.text);
}

/* A ledger with the market entry and two entries of rows in every table. */
static void
fixture_full(struct fixture *f)
{
	static struct columns columns[ROW_TABLES];

	fixture_new(f);
	for (int i = 0; i < ROW_TABLES; i++) {
		columns_of(f->path, row_table_name(i), &columns[i]);
		cr_assert_gt(columns[i].count, 2);
	}
	for (int number = ENTRY_A; number <= ENTRY_B; number++) {
		struct entry *entry;
		struct handle handle;

		cr_assert_eq(entry_begin(&entry, f->ledger, ENTRY_BATCH,
				 FIXTURE_RECORDED_UTC, &f->err),
		    0);
		for (int i = ROW_MARKET + 1; i < ROW_TABLES; i++) {
			for (int k = 1; k <= (has_many(i) ? ROWS : 1); k++) {
				append_row(f, entry, i, &columns[i], k);
			}
		}
		cr_assert_eq(entry_finish(entry, &handle, &f->err), 0, "%s",
		    f->err.text);
	}
	cr_assert_eq(ledger_commit(f->ledger, &f->err), 0);
	ledger_close(f->ledger);
	f->ledger = NULL;
}

/* The ledger's bytes; the WAL is empty after a commit. */
struct image {
	char *bytes;
	size_t size;
};

static void
image_load(struct image *image, const char *path)
{
	FILE *file = fopen(path, "rb");

	cr_assert_not_null(file);
	image->bytes = malloc(1 << 22);
	image->size = fread(image->bytes, 1, 1 << 22, file);
	cr_assert(image->size > 0 && image->size < 1 << 22);
	fclose(file);
}

static void
image_restore(const struct image *image, const struct fixture *f)
{
	char name[320];
	FILE *file;

	snprintf(name, sizeof(name), "%s-wal", f->path);
	unlink(name);
	snprintf(name, sizeof(name), "%s-shm", f->path);
	unlink(name);
	file = fopen(f->path, "wb");
	cr_assert_not_null(file);
	cr_assert_eq(fwrite(image->bytes, 1, image->size, file), image->size);
	fclose(file);
}

/* Changes the ledger without its guards. */
static void
change(const struct fixture *f, const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	char drops[4096] = "";
	char *message = NULL;

	cr_assert_eq(sqlite3_open(f->path, &db), SQLITE_OK);
	stmt = prepare(
	    db, "SELECT name FROM sqlite_schema WHERE type = 'trigger'");
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		size_t length = strlen(drops);

		snprintf(drops + length, sizeof(drops) - length,
		    "DROP TRIGGER \"%s\";", sqlite3_column_text(stmt, 0));
	}
	sqlite3_finalize(stmt);
	sqlite3_exec(db, drops, NULL, NULL, NULL);
	sqlite3_exec(
	    db, "PRAGMA ignore_check_constraints = ON", NULL, NULL, NULL);
	cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, &message), SQLITE_OK,
	    "%s: %s", sql, message);
	cr_assert_gt(sqlite3_total_changes(db), 0, "%s", sql);
	sqlite3_close(db);
}

/* What chain_verify says of the file: its code, "" where all is well. */
static const char *
verify(struct fixture *f)
{
	int rc;

	memset(&f->err, 0, sizeof(f->err));
	fixture_open(f, LEDGER_READ);
	rc = chain_verify(f->ledger, &f->err);
	ledger_close(f->ledger);
	f->ledger = NULL;
	if (rc == -1) {
		cr_assert_eq(f->err.status, QF_NO, "%s", f->err.text);
	}
	return rc == 0 ? "" : f->err.code;
}

/* Changes a copy and sees that it is found, and that the message names where.
 */
static void
expect_found(struct fixture *f, const struct image *image, const char *sql,
    const char *code, const char *where)
{
	image_restore(image, f);
	change(f, sql);
	cr_expect_str_eq(verify(f), code, "%s: %s", sql, f->err.text);
	cr_expect_not_null(
	    strstr(f->err.text, where), "%s: %s", sql, f->err.text);
}

Test(chain, verifies_what_was_written)
{
	struct fixture f;

	fixture_full(&f);
	cr_expect_str_eq(verify(&f), "", "%s", f.err.text);
	fixture_close(&f);
}

Test(chain, finds_every_value_that_was_changed)
{
	struct fixture f;
	struct image image;
	int tried = 0;

	fixture_full(&f);
	image_load(&image, f.path);
	for (int i = 0; i < ROW_TABLES; i++) {
		const char *table = row_table_name(i);
		int entry = i == ROW_MARKET ? 1 : ENTRY_A;
		struct columns columns;
		char sql[512], where[128];

		columns_of(f.path, table, &columns);
		snprintf(where, sizeof(where), "entry %d: %s: ", entry, table);
		for (size_t k = 0; k < columns.count; k++) {
			const char *name = columns.name[k];
			const char *added =
			    columns.is_text[k] ? "'') || 'x'" : "0) + 100";

			if (is_in_id(i) && k < 2) {
				added = k == 0 ? "0) + (100 << 32)" : added;
				name = "id";
			}
			snprintf(sql, sizeof(sql),
			    "UPDATE %s SET %s = ifnull(%s, %s"
			    " WHERE entry = %d AND line = 1",
			    table, name, name, added, entry);
			expect_found(&f, &image, sql, "chain-rows", where);
			tried++;
		}
	}
	cr_expect_gt(tried, 250);
	free(image.bytes);
	fixture_close(&f);
}

Test(chain, tells_null_from_the_empty_text)
{
	struct fixture f;
	struct image image;

	fixture_full(&f);
	image_load(&image, f.path);
	expect_found(&f, &image,
	    "UPDATE party SET name_zh = '' WHERE entry = 2 AND line = 2",
	    "chain-rows", "entry 2: party: its 3 rows (lines 1 to 3)");
	free(image.bytes);
	fixture_close(&f);
}

Test(chain, finds_rows_left_out_added_and_swapped)
{
	struct fixture f;
	struct image image;

	fixture_full(&f);
	image_load(&image, f.path);
	for (int i = ROW_MARKET + 1; i < ROW_TABLES; i++) {
		const char *table = row_table_name(i);
		char sql[512], where[128];

		snprintf(
		    where, sizeof(where), "entry %d: %s: ", ENTRY_B, table);
		snprintf(sql, sizeof(sql),
		    "DELETE FROM %s WHERE entry = %d AND line = 1", table,
		    ENTRY_B);
		expect_found(&f, &image, sql, "chain-rows", where);
		if (!has_many(i)) {
			continue;
		}
		snprintf(sql, sizeof(sql), "DELETE FROM %s WHERE entry = %d",
		    table, ENTRY_B);
		expect_found(&f, &image, sql, "chain-rows", where);
		snprintf(sql, sizeof(sql),
		    "UPDATE %s SET id = 0 WHERE id = %lld;"
		    "UPDATE %s SET id = %lld WHERE id = %lld;"
		    "UPDATE %s SET id = %lld WHERE id = 0;",
		    table, id_of(i, 1), table, id_of(i, 1), id_of(i, 2), table,
		    id_of(i, 2));
		expect_found(&f, &image, sql, "chain-rows", where);
		/* Before the rows of entry 2, whose turn it then is. */
		snprintf(sql, sizeof(sql),
		    "UPDATE %s SET id = 0 WHERE id = %lld", table, id_of(i, 1));
		expect_found(&f, &image, sql,
		    is_in_id(i) ? "chain-stray" : "chain-rows",
		    is_in_id(i) ? "a row of entry 0 (line 0)" : "entry 2: ");
		snprintf(sql, sizeof(sql), "UPDATE %s SET %s WHERE id = %lld",
		    table, is_in_id(i) ? "id = id + (6 << 32)" : "entry = 9",
		    id_of(i, 3));
		expect_found(&f, &image, sql, "chain-rows", where);
	}
	free(image.bytes);
	fixture_close(&f);
}

Test(chain, names_the_line_that_is_not_there)
{
	struct fixture f;
	struct image image;

	fixture_full(&f);
	image_load(&image, f.path);
	expect_found(&f, &image,
	    "DELETE FROM run_line WHERE entry = 3 AND line = 2", "chain-rows",
	    "entry 3: run_line: has 2 rows, its header tells of 3 "
	    "(line 2 is not there)");
	/* Rows of an entry that is long past, and of one that never was. */
	expect_found(&f, &image,
	    "INSERT INTO member SELECT 14, 2, 4, portfolio, 'new', from_utc,"
	    " to_utc FROM member WHERE id = 3",
	    "chain-stray",
	    "member: a row of entry 2 (line 4) is not where it was written");
	expect_found(&f, &image,
	    "INSERT INTO run_hold SELECT (2 << 32) + 4, contract, leg, point,"
	    " session, from_utc, to_utc, reason, detail FROM run_hold"
	    " WHERE entry = 2 AND line = 3",
	    "chain-rows",
	    "entry 2: run_hold: has 4 rows, its header tells of 3 "
	    "(lines 1 to 4)");
	expect_found(&f, &image,
	    "INSERT INTO run_hold SELECT (4 << 32) + 1, contract, leg, point,"
	    " session, from_utc, to_utc, reason, detail FROM run_hold"
	    " WHERE entry = 2 AND line = 3",
	    "chain-stray",
	    "run_hold: a row of entry 4 (line 1), which is not there");
	free(image.bytes);
	fixture_close(&f);
}

Test(chain, finds_headers_and_links_that_were_changed)
{
	static const struct {
		const char *sql, *code, *where;
	} cases[] = {
	    {"UPDATE entry SET header = header || 'x' WHERE entry = 2",
		"chain-digest", "entry 2: "},
	    {"UPDATE entry SET digest = replace(digest, substr(digest, 1, 1),"
	     " 'g') WHERE entry = 2",
		"chain-digest", "entry 2: "},
	    {"UPDATE entry SET kind = 'run' WHERE entry = 2", "chain-header",
		"entry 2: its header does not say \"kind run\""},
	    {"UPDATE entry SET header = replace(header, 'recorded 2026',"
	     " 'recorded 2025') WHERE entry = 3",
		"chain-digest", "entry 3: "},
	    {"UPDATE entry SET entry = 9 WHERE entry = 3", "chain-entry",
		"entry 3: is missing; the next is 9"},
	    {"DELETE FROM entry WHERE entry = 2", "chain-entry",
		"entry 2: is missing"},
	    {"DELETE FROM entry WHERE entry = 3", "chain-stray",
		"of entry 3 (line 1), which is not there"},
	    {"DELETE FROM entry", "chain-entry", "has no entry at all"},
	    /* Another entry's header with its right digest. */
	    {"UPDATE entry SET (header, digest) = (SELECT header || '',"
	     " upper(digest) FROM entry WHERE entry = 2) WHERE entry = 3",
		"chain-digest", "entry 3: "},
	};
	struct fixture f;
	struct image image;

	fixture_full(&f);
	image_load(&image, f.path);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		expect_found(
		    &f, &image, cases[i].sql, cases[i].code, cases[i].where);
	}
	free(image.bytes);
	fixture_close(&f);
}

/* The end cut off whole leaves a chain that verifies: only the digest that
 * somebody kept tells. */
Test(chain, only_a_kept_digest_shows_an_end_cut_off)
{
	struct fixture f;
	char kept[CHAIN_DIGEST_SIZE], now[CHAIN_DIGEST_SIZE];
	char sql[128];
	int i;

	fixture_full(&f);
	fixture_open(&f, LEDGER_READ);
	cr_assert_eq(chain_digest(f.ledger, ENTRY_A, kept, &f.err), 1);
	cr_assert_eq(chain_digest(f.ledger, ENTRY_B, kept, &f.err), 1);
	ledger_close(f.ledger);
	for (i = 0; i < ROW_TABLES; i++) {
		if (i != ROW_MARKET) {
			snprintf(sql, sizeof(sql),
			    "DELETE FROM %s WHERE entry = 3",
			    row_table_name(i));
			change(&f, sql);
		}
	}
	change(&f, "DELETE FROM entry WHERE entry = 3");
	cr_expect_str_eq(verify(&f), "", "%s", f.err.text);
	fixture_open(&f, LEDGER_READ);
	cr_expect_eq(chain_digest(f.ledger, ENTRY_B, now, &f.err), 0);
	ledger_close(f.ledger);
	f.ledger = NULL;
	fixture_close(&f);
}

/* The schema. */
Test(schema, finds_views_and_guards_that_were_changed)
{
	static const struct {
		const char *sql, *where;
	} cases[] = {
	    {"DROP VIEW v_balance; CREATE VIEW v_balance AS SELECT 1 AS party,"
	     " 0 AS balance_minor",
		"view v_balance: is not as it was made"},
	    {"DROP VIEW v_balance", "view v_balance: is missing"},
	    {"DROP INDEX contract_key", "index contract_key: is missing"},
	    {"CREATE TABLE aside (x TEXT)",
		"table aside: is not one of a ledger's"},
	    {"DROP TRIGGER party_no_update", "trigger "},
	};
	struct fixture f;
	struct image image;
	sqlite3 *db;

	fixture_full(&f);
	image_load(&image, f.path);
	fixture_open(&f, LEDGER_READ);
	cr_expect_eq(schema_verify(f.ledger, &f.err), 0, "%s", f.err.text);
	ledger_close(f.ledger);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		image_restore(&image, &f);
		cr_assert_eq(sqlite3_open(f.path, &db), SQLITE_OK);
		cr_assert_eq(sqlite3_exec(db, cases[i].sql, NULL, NULL, NULL),
		    SQLITE_OK, "%s: %s", cases[i].sql, sqlite3_errmsg(db));
		sqlite3_close(db);
		fixture_open(&f, LEDGER_READ);
		cr_expect_eq(schema_verify(f.ledger, &f.err), -1);
		cr_expect_str_eq(f.err.code, "ledger-schema");
		cr_expect_not_null(
		    strstr(f.err.text, cases[i].where), "%s", f.err.text);
		ledger_close(f.ledger);
	}
	f.ledger = NULL;
	free(image.bytes);
	fixture_close(&f);
}
