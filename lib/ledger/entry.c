/* entry.c - entries: their rows, their headers, and the chain.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/entry.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/digest.h"
#include "base/text.h"
#include "base/zone.h"
#include "ledger/connection.h"
#include "ledger/row.h"
#include "ledger/stmt.h"

#define HEADER_MAX (1U << 20) /* bytes */
#define NO_DIGEST                          \
	"00000000000000000000000000000000" \
	"00000000000000000000000000000000"

struct entry {
	struct ledger *ledger;
	int64_t number;
	enum entry_kind kind;
	int64_t recorded_utc;
	char previous[DIGEST_HEX_SIZE];
	struct row_set *rows;
	struct buf notes;
	struct {
		void *memory;
		void (*release)(void *);
	} memories[ENTRY_MEMORIES];
};

enum { Q_LAST, Q_LAST_INPUT, Q_APPEND, Q_FIND };
static const char *const sql[] = {
    [Q_LAST] = "SELECT entry, digest FROM entry ORDER BY entry DESC LIMIT 1",
    [Q_LAST_INPUT] = "SELECT entry FROM entry WHERE kind IN ('batch', 'rule')"
		     " ORDER BY entry DESC LIMIT 1",
    [Q_APPEND] = "INSERT INTO entry (entry, kind, header, digest)"
		 " VALUES (?1, ?2, ?3, ?4)",
    [Q_FIND] = "SELECT kind, digest FROM entry WHERE entry = ?1",
};
static const struct stmt_list list = STMT_LIST(sql);

int
entry_begin(struct entry **out, struct ledger *ledger, enum entry_kind kind,
    int64_t recorded_utc, struct qf_error *err)
{
	struct entry *entry;
	sqlite3_stmt *stmt;
	int stepped;

	assert(ledger->open == NULL);
	*out = NULL;
	if (stmt_cached(&stmt, ledger, &list, Q_LAST, err) == -1) {
		return -1;
	}
	stepped = stmt_step(stmt, ledger, err);
	if (stepped == -1) {
		return -1;
	}
	entry = xcalloc(1, sizeof(*entry));
	entry->ledger = ledger;
	entry->kind = kind;
	entry->recorded_utc = recorded_utc;
	entry->number = 1;
	snprintf(entry->previous, sizeof(entry->previous), "%s", NO_DIGEST);
	if (stepped == 1) {
		entry->number = sqlite3_column_int64(stmt, 0) + 1;
		snprintf(entry->previous, sizeof(entry->previous), "%s",
		    stmt_text(stmt, 1));
	}
	sqlite3_reset(stmt);
	entry->rows = row_set_new(ledger, entry->number);
	buf_init(&entry->notes, HEADER_MAX);
	ledger->open = entry;
	*out = entry;
	return 0;
}

int64_t
entry_number(const struct entry *entry)
{
	return entry->number;
}

struct row_set *
entry_rows(struct entry *entry)
{
	return entry->rows;
}

struct ledger *
entry_ledger(struct entry *entry)
{
	return entry->ledger;
}

void *
entry_memory(struct entry *entry, enum entry_memory which, size_t size,
    void (*release)(void *))
{
	if (entry->memories[which].memory == NULL) {
		entry->memories[which].memory = xcalloc(1, size);
		entry->memories[which].release = release;
	}
	return entry->memories[which].memory;
}

void
entry_note(struct entry *entry, const char *name, const char *format, ...)
{
	struct buf *notes = &entry->notes;
	size_t start;
	va_list ap;

	buf_add_string(notes, name);
	buf_add_char(notes, ' ');
	start = notes->length;
	va_start(ap, format);
	buf_vprintf(notes, format, ap);
	va_end(ap);
	/* A line break in a file's name must not look like a line of ours. */
	for (size_t i = start; i < notes->length; i++) {
		unsigned char c = (unsigned char)notes->bytes[i];

		if (c < 0x20 || c == 0x7f) {
			notes->bytes[i] = '?';
		}
	}
	buf_add_char(notes, '\n');
}

/* Adds "rows TABLE COUNT ROOT". */
static void
add_rows_line(
    struct buf *out, enum row_table table, const struct digest_tree *tree)
{
	struct digest root;
	char hex[DIGEST_HEX_SIZE];

	digest_tree_root(tree, &root);
	digest_hex(&root, hex);
	buf_printf(out, "rows %s %llu %s\n", row_table_name(table),
	    (unsigned long long)tree->count, hex);
}

void
entry_root(
    struct entry *entry, const char *const *tables, size_t count, char root[65])
{
	struct buf lines;
	struct digest digest;

	buf_init(&lines, HEADER_MAX);
	for (size_t i = 0; i < count; i++) {
		const struct row_root *rows;
		struct digest_tree none;
		enum row_table table;

		if (row_table_find(&table, tables[i]) == -1) {
			BUG("no table %s", tables[i]);
		}
		digest_tree_init(&none);
		rows = row_set_root(entry->rows, table);
		add_rows_line(
		    &lines, table, rows == NULL ? &none : &rows->tree);
	}
	digest_bytes(&digest, lines.bytes, lines.length);
	digest_hex(&digest, root);
	buf_release(&lines);
}

/* The text that the entry's digest is of. */
static int
make_header(const struct entry *entry, struct buf *out, struct qf_error *err)
{
	char recorded[CIVIL_TEXT_MAX];

	civil_format_utc(entry->recorded_utc, recorded);
	buf_printf(out,
	    "qingfen-entry 1\nentry %lld\nkind %s\nprevious %s\nrecorded %s\n"
	    "program %s\nschema %d\nzone-data %s\n",
	    (long long)entry->number, entry_kind_name(entry->kind),
	    entry->previous, recorded, QF_VERSION, LEDGER_SCHEMA,
	    zone_version());
	buf_add(out, entry->notes.bytes, entry->notes.length);
	for (int i = 0; i < ROW_TABLES; i++) {
		const struct row_root *rows =
		    row_set_root(entry->rows, (enum row_table)i);

		if (rows != NULL) {
			add_rows_line(out, (enum row_table)i, &rows->tree);
		}
	}
	if (out->overflowed || entry->notes.overflowed) {
		return qf_fail(err, QF_DATA, "entry-header-size",
		    "%s: the header of entry %lld would pass %u bytes",
		    entry->ledger->path, (long long)entry->number, HEADER_MAX);
	}
	return 0;
}

/* Chains the header and writes it. */
static int
append(struct entry *entry, const struct buf *header, struct qf_error *err)
{
	struct ledger *ledger = entry->ledger;
	struct digest digest;
	char hex[DIGEST_HEX_SIZE];
	sqlite3_stmt *stmt;

	digest_bytes(&digest, header->bytes, header->length);
	digest_hex(&digest, hex);
	if (stmt_cached(&stmt, ledger, &list, Q_APPEND, err) == -1) {
		return -1;
	}
	stmt_bind_int(stmt, 1, entry->number);
	stmt_bind_text(stmt, 2, entry_kind_name(entry->kind));
	stmt_bind_bytes(stmt, 3, header->bytes, header->length);
	stmt_bind_text(stmt, 4, hex);
	if (stmt_run(stmt, ledger, err) == -1) {
		return -1;
	}
	ledger->last_entry = entry->number;
	memcpy(ledger->last_digest, hex, sizeof(ledger->last_digest));
	return 0;
}

int
entry_finish(struct entry *entry, struct handle *handle, struct qf_error *err)
{
	struct ledger *ledger = entry->ledger;
	struct buf header;
	int status = -1;

	assert(ledger->mode == LEDGER_WRITE && ledger->open == entry);
	buf_init(&header, HEADER_MAX);
	if (row_set_verify(entry->rows, err) == -1 ||
	    make_header(entry, &header, err) == -1 ||
	    append(entry, &header, err) == -1) {
		goto out;
	}
	memset(handle, 0, sizeof(*handle));
	handle->kind = entry->kind;
	handle->entry = entry->number;
	memcpy(handle->head, ledger->last_digest, HANDLE_HEAD_LENGTH);
	status = 0;
out:
	buf_release(&header);
	entry_abandon(entry);
	return status;
}

void
entry_abandon(struct entry *entry)
{
	if (entry == NULL) {
		return;
	}
	entry->ledger->open = NULL;
	row_set_free(entry->rows);
	buf_release(&entry->notes);
	for (int i = 0; i < ENTRY_MEMORIES; i++) {
		if (entry->memories[i].release != NULL) {
			entry->memories[i].release(entry->memories[i].memory);
		}
		free(entry->memories[i].memory);
	}
	free(entry);
}

/* Looking entries up ----------------------------------------------------- */

int
entry_last(struct ledger *ledger, int64_t *entry, struct qf_error *err)
{
	return stmt_ask(ledger, &list, Q_LAST, entry, err) == -1 ? -1 : 0;
}

int
entry_last_input(struct ledger *ledger, int64_t *entry, struct qf_error *err)
{
	return stmt_ask(ledger, &list, Q_LAST_INPUT, entry, err) == -1 ? -1 : 0;
}

/* Compares a handle with the entry that it names, and completes it. */
static int
compare(const char *path, struct handle *handle, const char *kind,
    const char *digest, struct qf_error *err)
{
	char text[HANDLE_TEXT_MAX];

	handle_format(handle, text, sizeof(text));
	if (strcmp(kind, entry_kind_name(handle->kind)) != 0) {
		return qf_fail(err, QF_USAGE, "handle-kind",
		    "%s: entry %lld of %s is a %s", text,
		    (long long)handle->entry, path, kind);
	}
	if (handle->head[0] != '\0' &&
	    strncmp(handle->head, digest, HANDLE_HEAD_LENGTH) != 0) {
		return qf_fail(err, QF_USAGE, "handle-foreign",
		    "%s: is of another ledger; entry %lld of %s has %.8s", text,
		    (long long)handle->entry, path, digest);
	}
	memcpy(handle->head, digest, HANDLE_HEAD_LENGTH);
	handle->head[HANDLE_HEAD_LENGTH] = '\0';
	return 0;
}

int
entry_resolve(
    struct ledger *ledger, struct handle *handle, struct qf_error *err)
{
	char text[HANDLE_TEXT_MAX];
	sqlite3_stmt *stmt;
	int stepped, status;

	if (stmt_cached(&stmt, ledger, &list, Q_FIND, err) == -1) {
		return -1;
	}
	stmt_bind_int(stmt, 1, handle->entry);
	stepped = stmt_step(stmt, ledger, err);
	if (stepped == -1) {
		return -1;
	}
	if (stepped == 1) {
		status = compare(ledger->path, handle, stmt_text(stmt, 0),
		    stmt_text(stmt, 1), err);
	} else {
		status = qf_fail(err, QF_USAGE, "handle-unknown",
		    "%s: %s has no entry %lld",
		    handle_format(handle, text, sizeof(text)), ledger->path,
		    (long long)handle->entry);
	}
	sqlite3_reset(stmt);
	return status;
}
