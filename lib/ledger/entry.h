/* entry.h - appending an entry to the chain.
 *
 * An entry is a header and rows.  Rows are written through the writers of the
 * tables (facts.h, reads.h, runs.h, postings.h); each row's canonical bytes
 * become a leaf, the leaves of a table a tree (RFC 6962), and the header names
 * count and root of each table.  entry_finish() reads the rows back, compares
 * the roots, writes the header and chains it.
 *
 *	if (entry_begin(&entry, ledger, ENTRY_BATCH, recorded_utc, err) == -1)
 *... facts_append(entry, &fact, err) ... entry_note(entry, "input", "%s %s",
 *sha256, name); if (entry_finish(entry, &handle, err) == -1) ...
 *
 * Canonical bytes of a row: every column but id and entry, in the order of the
 * schema; an integer as decimal text, a text as its bytes, each as
 * "<length>:<bytes>,"; NULL as "~".  Header: see qf-ledger(5).
 */
#ifndef QF_LEDGER_ENTRY_H
#define QF_LEDGER_ENTRY_H

#include <stddef.h>
#include <stdint.h>

#include "model/handle.h"

struct entry;
struct ledger;
struct qf_error;

/* Starts the next entry.  One at a time. */
int entry_begin(struct entry **out, struct ledger *ledger, enum entry_kind kind,
    int64_t recorded_utc, struct qf_error *err);

int64_t entry_number(const struct entry *entry);

/* Adds "name value" to the header, in the order of the calls. */
void entry_note(struct entry *entry, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Root (64 hexadecimal digits and a NUL) over the rows written so far to the
 * named tables; how a run compares itself with earlier ones. */
void entry_root(struct entry *entry, const char *const *tables, size_t count,
    char root[65]);

/* Verifies, chains and ends the entry; *handle names it. */
int
entry_finish(struct entry *entry, struct handle *handle, struct qf_error *err);

/* Ends the entry without it; the caller rolls back.  NULL is fine. */
void entry_abandon(struct entry *entry);

/* The newest entry, or with kinds the newest batch or rule; 0 if none. */
int entry_last(struct ledger *ledger, int64_t *entry, struct qf_error *err);
int
entry_last_input(struct ledger *ledger, int64_t *entry, struct qf_error *err);

/* Completes a handle (kind and digest head) and checks it against the ledger:
 * QF_USAGE handle-unknown, handle-kind, handle-foreign. */
int entry_resolve(
    struct ledger *ledger, struct handle *handle, struct qf_error *err);

#endif
