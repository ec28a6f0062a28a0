/* postings.h - writing and reading postings.
 *
 * A posting is an entry with transfers.  Each transfer changes what is owed
 * under one key and says what stands after it (model/transfer.h); who is
 * debited and who credited follows from the sign of the change.
 *
 *	if (entry_begin(&entry, ledger, ENTRY_POSTING, recorded_utc, err) == -1)
 *		...
 *	postings_append_transfer(entry, &transfer, err) ...
 *	postings_append(entry, &posting, err) ...
 *	if (entry_finish(entry, &handle, err) == -1) ...
 *
 * What stands of a run's scope is in standing.h.
 *
 * Ownership: texts handed out are valid until the cursor's next step.
 */
#ifndef QF_LEDGER_POSTINGS_H
#define QF_LEDGER_POSTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger/runs.h"
#include "model/handle.h"
#include "model/transfer.h"

struct entry;
struct ledger;
struct qf_error;

/* Writes a transfer.  The caller hands each key once, in order of key: what
 * stands is read on the strength of that. */
int postings_append_transfer(struct entry *entry,
    const struct transfer *transfer, struct qf_error *err);
/* The posting's own row, after its transfers; posting->entry is filled in. */
int postings_append(
    struct entry *entry, struct posting *posting, struct qf_error *err);

/* The posting of a run: 1 and its handle, 0 if it is not posted. */
int postings_of_run(struct ledger *ledger, int64_t run, struct handle *handle,
    struct qf_error *err);
int postings_load(struct ledger *ledger, int64_t entry, struct posting *out,
    struct qf_error *err);

/* How many postings there are up to this entry. */
int postings_count(struct ledger *ledger, int64_t entry, int64_t *count,
    struct qf_error *err);

/* The posted runs of the run's tool that share a month with it and whose scope
 * touches its own, oldest posting first: 1, 0 at the end, -1.  The run must
 * stay until the cursor is closed. */
struct posted_cursor;
int posted_open(struct posted_cursor **out, struct ledger *ledger,
    const struct run *run, struct qf_error *err);
int posted_next(struct posted_cursor *cursor, struct posting *posting,
    struct run *run, struct qf_error *err);
void posted_close(struct posted_cursor *cursor);

/* The transfers of a posting, in order of their lines, which is that of their
 * keys. */
struct transfer_cursor;
int transfers_open(struct transfer_cursor **out, struct ledger *ledger,
    int64_t posting, struct qf_error *err);
/* The same of one contract alone, or of all where contract is NULL. */
int transfers_open_contract(struct transfer_cursor **out,
    struct ledger *ledger, int64_t posting, const char *contract,
    size_t length, struct qf_error *err);
int transfers_next(struct transfer_cursor *cursor, struct transfer *out,
    struct qf_error *err);
void transfers_close(struct transfer_cursor *cursor);

/* Whether the period of the inner run lies in that of the outer. */
bool postings_inside(const struct run *outer, const struct run *inner);

#endif
