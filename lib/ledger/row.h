/* row.h - writing the rows of an entry, and reading them back.
 *
 * Internal.  Every row of every table is written here: each value is bound
 * into the table's INSERT and at the same time appended to the row's canonical
 * bytes, so that what is hashed is what is written.  entry_begin() and
 * entry_finish() do the rest.
 *
 *	row = row_begin(entry, ROW_RUN_HOLD, hold->line_no);
 *	row_string(row, hold->contract);
 *	...
 *	row_int(row, hold->from_utc);
 *	if (row_end(row, err) == -1) ...
 *
 * The values come in the order of the schema after entry and line, which
 * row_begin() binds itself; exactly as many as the table has columns (BUG).
 * Texts must stay until row_end().  One row at a time.
 *
 * In an entry on a ledger that is open for reading, nothing is written: the
 * rows are only hashed, so that a run can be computed again and compared.
 */
#ifndef QF_LEDGER_ROW_H
#define QF_LEDGER_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/status.h"
#include "model/fact.h"

struct entry;
struct ledger;
struct row;
struct row_set;

/* In the order of the schema, which is that of the header's "rows" lines. */
enum row_table {
	ROW_MARKET,
	ROW_BATCH,
	ROW_RULE,
	ROW_PARTY,
	ROW_POINT,
	ROW_METER,
	ROW_RELATION,
	ROW_CONTRACT,
	ROW_MEMBER,
	ROW_ALIAS,
	ROW_READ_DAY,
	ROW_REGISTER_READ,
	ROW_SESSION,
	ROW_SESSION_BAND,
	ROW_SESSION_INTERVAL,
	ROW_SESSION_PERIOD,
	ROW_SESSION_CLAIM,
	ROW_SESSION_CREDIT,
	ROW_PRICE,
	ROW_SERIES,
	ROW_CALENDAR,
	ROW_CONDITION,
	ROW_ESTIMATE,
	ROW_FINDING,
	ROW_FINDING_CLEARED,
	ROW_BID,
	ROW_NEED,
	ROW_PUBLISHED_PRICE,
	ROW_PUBLISHED_AWARD,
	ROW_EVENT,
	ROW_EVENT_TARGET,
	ROW_EVENT_SIGNAL,
	ROW_AWARD,
	ROW_BASELINE,
	ROW_RUN,
	ROW_RUN_LINE,
	ROW_RUN_HOLD,
	ROW_RUN_ENERGY,
	ROW_RUN_AWARD,
	ROW_RUN_PRICE,
	ROW_RUN_TRADE,
	ROW_RUN_RESPONSE,
	ROW_RUN_BASELINE,
	ROW_POSTING,
	ROW_TRANSFER,
	ROW_TABLES
};

/* The name of a table, and of all its columns but id: "entry, line, ...". */
const char *row_table_name(enum row_table table);
const char *row_table_columns(enum row_table table);

/* The table called name; -1 if there is none. */
int row_table_find(enum row_table *out, const char *name);

/* The table that facts of the kind are rows of. */
enum row_table row_table_of(enum fact_kind kind);

/* Whether the lines of the table are the running numbers 1, 2, 3 ... of an
 * entry: those of runs, and transfers. */
bool row_table_is_numbered(enum row_table table);

/* The ids of an entry's rows in a numbered table from a line on, both
 * included: the id is the entry times 2^32 plus the line. */
void row_ids(int64_t entry, int64_t first_line, int64_t *first, int64_t *last);

/* Starts a row of the open entry. */
struct row *row_begin(struct entry *entry, enum row_table table, int64_t line);

void row_int(struct row *row, int64_t value);
void row_null(struct row *row);
/* A text; NULL is NULL. */
void row_string(struct row *row, const char *text);
void row_text(struct row *row, const char *text, size_t length);

/* Writes the row. */
int row_end(struct row *row, struct qf_error *err);

/* Count and root of one table's rows. */
struct row_root {
	struct digest_tree tree;
	int64_t after_rowid; /* the table's last row before the entry */
};

/* Reads a table's rows again, in the order of rowid, from the one after
 * after_rowid: 1 and the row's entry and (leaf not NULL) leaf, 0 at the end. */
struct row_scan;
int row_scan_open(struct row_scan **out, struct ledger *ledger,
    enum row_table table, int64_t after_rowid, struct qf_error *err);
int row_scan_next(struct row_scan *scan, int64_t *entry, struct digest *leaf,
    struct qf_error *err);
/* The canonical bytes of the row that was read last, until the next step. */
const char *row_scan_bytes(const struct row_scan *scan, size_t *length);
/* The line of the row that was read last. */
int64_t row_scan_line(const struct row_scan *scan);
void row_scan_close(struct row_scan *scan);

/* The first and the last rowid of an entry's rows in a table of facts; *first
 * is above *last where it has none.  Entries lie one behind the other. */
int row_range(struct ledger *ledger, enum row_table table, int64_t entry,
    int64_t *first, int64_t *last, struct qf_error *err);

/* What entry.c keeps of the rows of its entry. */
struct row_set *entry_rows(struct entry *entry);
struct ledger *entry_ledger(struct entry *entry);

/* Memory of a module of its own, zeroed when first asked for, that ends with
 * the entry (release, where not NULL, is called before): what it remembers of
 * rows cannot outlive a rollback. */
enum entry_memory {
	ENTRY_MEMORY_NAMES,
	ENTRY_MEMORY_POINTS,
	ENTRY_MEMORY_READS,
	ENTRY_MEMORIES
};
void *entry_memory(struct entry *entry, enum entry_memory which, size_t size,
    void (*release)(void *));

struct row_set *row_set_new(struct ledger *ledger, int64_t entry);
void row_set_free(struct row_set *set);
/* The root of a table, or NULL where it has no row. */
const struct row_root *
row_set_root(const struct row_set *set, enum row_table table);
/* Compares each row from here on, which are only hashed, with the next stored
 * row of the entry `stored` in its table; row_end() fails with the difference.
 * The end checks that no stored row is left. */
void row_set_compare(struct row_set *set, int64_t stored);
int row_set_compare_end(struct row_set *set, struct qf_error *err);
/* Reads all rows back and compares: QF_IO ledger-readback. */
int row_set_verify(struct row_set *set, struct qf_error *err);

#endif
