/* chain.c - reads all rows again and holds them against the headers.
 *
 * This is the second reader of what row.c and entry.c write, and is kept
 * small: it takes nothing from them but the canonical bytes of a row.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/chain.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "ledger/connection.h"
#include "ledger/row.h"
#include "ledger/stmt.h"

#define NO_DIGEST                          \
	"00000000000000000000000000000000" \
	"00000000000000000000000000000000"

enum { Q_ENTRIES, Q_DIGEST };
static const char *const sql[] = {
    [Q_ENTRIES] = "SELECT entry, kind, header, digest FROM entry"
		  " ORDER BY entry",
    [Q_DIGEST] = "SELECT digest FROM entry WHERE entry = ?1",
};
static const struct stmt_list list = STMT_LIST(sql);

/* A table's cursor, one row ahead of what has been counted. */
struct ahead {
	struct row_scan *scan;
	bool has_row;
	int64_t entry, line;
	struct digest leaf;
};

struct walk {
	struct ledger *ledger;
	struct ahead tables[ROW_TABLES];
	/* The entry that is being looked at. */
	int64_t number;
	const char *kind, *header;
	char previous[CHAIN_DIGEST_SIZE];
};

static int
step_ahead(struct ahead *ahead, struct qf_error *err)
{
	int stepped =
	    row_scan_next(ahead->scan, &ahead->entry, &ahead->leaf, err);

	ahead->has_row = stepped == 1;
	if (stepped == 1) {
		ahead->line = row_scan_line(ahead->scan);
	}
	return stepped == -1 ? -1 : 0;
}

static int
open_tables(struct walk *walk, struct qf_error *err)
{
	for (int i = 0; i < ROW_TABLES; i++) {
		if (row_scan_open(&walk->tables[i].scan, walk->ledger,
			(enum row_table)i, INT64_MIN, err) == -1 ||
		    step_ahead(&walk->tables[i], err) == -1) {
			return -1;
		}
	}
	return 0;
}

static void
close_tables(struct walk *walk)
{
	for (int i = 0; i < ROW_TABLES; i++) {
		row_scan_close(walk->tables[i].scan);
	}
}

/* Compares the header's next line with a text, and steps over it. */
static bool
take_line(const char **header, const char *text)
{
	size_t length = strlen(text);

	if (strncmp(*header, text, length) != 0 || (*header)[length] != '\n') {
		return false;
	}
	*header += length + 1;
	return true;
}

/* The digest, and the lines that the row and the entry before it demand. */
static int
check_header(const struct walk *walk, const char *told, struct qf_error *err)
{
	const char *path = walk->ledger->path, *rest = walk->header;
	char lines[4][128];
	struct digest digest;
	char hex[DIGEST_HEX_SIZE];

	digest_bytes(&digest, walk->header, strlen(walk->header));
	digest_hex(&digest, hex);
	if (strcmp(hex, told) != 0) {
		return qf_fail(err, QF_NO, "chain-digest",
		    "%s: entry %" PRId64
		    ": its header has the digest %.16s..., "
		    "beside it stands %.16s...",
		    path, walk->number, hex, told);
	}
	snprintf(lines[0], sizeof(lines[0]), "qingfen-entry 1");
	snprintf(lines[1], sizeof(lines[1]), "entry %" PRId64, walk->number);
	snprintf(lines[2], sizeof(lines[2]), "kind %s", walk->kind);
	snprintf(lines[3], sizeof(lines[3]), "previous %s", walk->previous);
	for (int i = 0; i < 4; i++) {
		if (!take_line(&rest, lines[i])) {
			return qf_fail(err, QF_NO, "chain-header",
			    "%s: entry %" PRId64
			    ": its header does not say \"%s\"",
			    path, walk->number, lines[i]);
		}
	}
	return 0;
}

/* The header's "rows TABLE ..." line as it should be, or NULL: there is none.
 * *length gets its length without the newline. */
static const char *
told_rows(const char *header, const char *table, size_t *length)
{
	size_t name = strlen(table);

	for (const char *line = header; *line != '\0';) {
		*length = strcspn(line, "\n");
		if (strncmp(line, "rows ", 5) == 0 &&
		    strncmp(line + 5, table, name) == 0 &&
		    line[5 + name] == ' ') {
			return line;
		}
		line += *length + (line[*length] == '\n');
	}
	return NULL;
}

/* What was counted of an entry's rows in a table. */
struct counted {
	struct digest_tree tree;
	int64_t first_line, last_line;
	int64_t gap_before; /* first line whose one before is not there; 0 */
};

/* Counts the rows of the current entry. */
static int
count_rows(struct walk *walk, struct ahead *ahead, struct counted *out,
    struct qf_error *err)
{
	digest_tree_init(&out->tree);
	out->first_line = out->last_line = out->gap_before = 0;
	while (ahead->has_row && ahead->entry == walk->number) {
		if (out->tree.count == 0) {
			out->first_line = ahead->line;
		}
		if (out->gap_before == 0 && ahead->line != out->last_line + 1) {
			out->gap_before = ahead->line;
		}
		out->last_line = ahead->line;
		digest_tree_append(&out->tree, &ahead->leaf);
		if (step_ahead(ahead, err) == -1) {
			return -1;
		}
	}
	return 0;
}

/* Says what is not as the header has it. */
static int
differs(const struct walk *walk, enum row_table table,
    const struct counted *counted, const char *told, struct qf_error *err)
{
	const char *name = row_table_name(table);
	unsigned long long count = 0;
	char where[96] = "";

	if (told == NULL) {
		return qf_fail(err, QF_NO, "chain-rows",
		    "%s: entry %" PRId64 ": %s: has %llu rows (line %" PRId64
		    " and on), its header tells of none",
		    walk->ledger->path, walk->number, name,
		    (unsigned long long)counted->tree.count,
		    counted->first_line);
	}
	count = strtoull(told + 5 + strlen(name) + 1, NULL, 10);
	if (counted->tree.count == 0) {
		snprintf(where, sizeof(where), "there is none");
	} else if (row_table_is_numbered(table) && counted->gap_before != 0) {
		snprintf(where, sizeof(where), "line %" PRId64 " is not there",
		    counted->gap_before - 1);
	} else if (counted->first_line == counted->last_line) {
		snprintf(
		    where, sizeof(where), "line %" PRId64, counted->first_line);
	} else {
		snprintf(where, sizeof(where), "lines %" PRId64 " to %" PRId64,
		    counted->first_line, counted->last_line);
	}
	if (count != counted->tree.count) {
		return qf_fail(err, QF_NO, "chain-rows",
		    "%s: entry %" PRId64 ": %s: has %llu rows, its header "
		    "tells of %llu (%s)",
		    walk->ledger->path, walk->number, name,
		    (unsigned long long)counted->tree.count, count, where);
	}
	return qf_fail(err, QF_NO, "chain-rows",
	    "%s: entry %" PRId64 ": %s: its %llu rows (%s) are not those of "
	    "its header",
	    walk->ledger->path, walk->number, name, count, where);
}

/* The row at hand is of an entry that has been passed. */
static int
misplaced(const struct walk *walk, enum row_table table, struct qf_error *err)
{
	const struct ahead *ahead = &walk->tables[table];

	return qf_fail(err, QF_NO, "chain-stray",
	    "%s: %s: a row of entry %" PRId64 " (line %" PRId64
	    ") is not where it was written",
	    walk->ledger->path, row_table_name(table), ahead->entry,
	    ahead->line);
}

/* Holds one table's rows of the entry against the header. */
static int
check_table(struct walk *walk, enum row_table table, struct qf_error *err)
{
	struct ahead *ahead = &walk->tables[table];
	const char *name = row_table_name(table), *told;
	char expected[160], hex[DIGEST_HEX_SIZE];
	struct counted counted;
	struct digest root;
	size_t length = 0;

	if (ahead->has_row && ahead->entry < walk->number) {
		return misplaced(walk, table, err);
	}
	if (count_rows(walk, ahead, &counted, err) == -1) {
		return -1;
	}
	told = told_rows(walk->header, name, &length);
	if (told == NULL && counted.tree.count == 0) {
		return 0;
	}
	digest_tree_root(&counted.tree, &root);
	digest_hex(&root, hex);
	snprintf(expected, sizeof(expected), "rows %s %llu %s", name,
	    (unsigned long long)counted.tree.count, hex);
	if (told == NULL || length != strlen(expected) ||
	    memcmp(told, expected, length) != 0) {
		return differs(walk, table, &counted, told, err);
	}
	return 0;
}

/* What is left in the tables when all entries have been seen. */
static int
check_strays(const struct walk *walk, struct qf_error *err)
{
	for (int i = 0; i < ROW_TABLES; i++) {
		const struct ahead *ahead = &walk->tables[i];

		if (!ahead->has_row) {
			continue;
		}
		if (ahead->entry < walk->number) {
			return misplaced(walk, (enum row_table)i, err);
		}
		return qf_fail(err, QF_NO, "chain-stray",
		    "%s: %s: a row of entry %" PRId64 " (line %" PRId64
		    "), which is not there",
		    walk->ledger->path, row_table_name((enum row_table)i),
		    ahead->entry, ahead->line);
	}
	return 0;
}

static int
check_entry(struct walk *walk, sqlite3_stmt *stmt, struct qf_error *err)
{
	const char *digest = stmt_text(stmt, 3);
	int64_t number = sqlite3_column_int64(stmt, 0);

	if (number != walk->number) {
		return qf_fail(err, QF_NO, "chain-entry",
		    "%s: entry %" PRId64 ": is missing; the next is %" PRId64,
		    walk->ledger->path, walk->number, number);
	}
	walk->kind = stmt_text(stmt, 1);
	walk->header = stmt_text(stmt, 2);
	assert(walk->kind != NULL && walk->header != NULL && digest != NULL);
	if (strlen(walk->header) != (size_t)sqlite3_column_bytes(stmt, 2)) {
		return qf_fail(err, QF_NO, "chain-header",
		    "%s: entry %" PRId64 ": its header has a NUL in it",
		    walk->ledger->path, number);
	}
	if (check_header(walk, digest, err) == -1) {
		return -1;
	}
	for (int i = 0; i < ROW_TABLES; i++) {
		if (check_table(walk, (enum row_table)i, err) == -1) {
			return -1;
		}
	}
	snprintf(walk->previous, sizeof(walk->previous), "%s", digest);
	return 0;
}

int
chain_verify(struct ledger *ledger, struct qf_error *err)
{
	struct walk walk = {.ledger = ledger, .number = 1};
	sqlite3_stmt *stmt;
	int stepped = -1;

	snprintf(walk.previous, sizeof(walk.previous), "%s", NO_DIGEST);
	if (stmt_prepare(&stmt, ledger, &list, Q_ENTRIES, err) == -1) {
		return -1;
	}
	if (open_tables(&walk, err) == -1) {
		goto out;
	}
	while ((stepped = stmt_step(stmt, ledger, err)) == 1) {
		if (check_entry(&walk, stmt, err) == -1) {
			stepped = -1;
			break;
		}
		walk.number++;
	}
	if (stepped == 0 && walk.number == 1) {
		stepped = qf_fail(err, QF_NO, "chain-entry",
		    "%s: has no entry at all", ledger->path);
	}
	if (stepped == 0) {
		stepped = check_strays(&walk, err);
	}
out:
	close_tables(&walk);
	sqlite3_finalize(stmt);
	return stepped;
}

int
chain_digest(struct ledger *ledger, int64_t entry,
    char digest[CHAIN_DIGEST_SIZE], struct qf_error *err)
{
	sqlite3_stmt *stmt;
	int stepped;

	if (stmt_cached(&stmt, ledger, &list, Q_DIGEST, err) == -1) {
		return -1;
	}
	stmt_bind_int(stmt, 1, entry);
	stepped = stmt_step(stmt, ledger, err);
	if (stepped == 1) {
		snprintf(digest, CHAIN_DIGEST_SIZE, "%s", stmt_text(stmt, 0));
	}
	sqlite3_reset(stmt);
	return stepped;
}
