/* db.h - the ledger file: opening, one transaction, closing.
 *
 *	struct ledger *ledger;
 *	if (ledger_open(&ledger, path, LEDGER_WRITE, 0, err) == -1) ...
 *	... append entries ...
 *	if (ledger_commit(ledger, err) == -1) ...
 *	ledger_close(ledger);
 *
 * Opening for writing begins the tool's one transaction (BEGIN IMMEDIATE), so
 * that a second writer is refused at once (QF_BUSY ledger-busy) or after the
 * given wait; closing without ledger_commit() rolls back.  Opening for reading
 * begins a read transaction: the ledger does not change under a reader, needs
 * no write permission, and never waits.
 *
 * STRICT tables, application_id and user_version checked (QF_FOREIGN), WAL with
 * synchronous FULL; an authorizer and triggers refuse UPDATE, DELETE, REPLACE
 * and DROP on our own connection.  Only this file says BEGIN, COMMIT or PRAGMA.
 */
#ifndef QF_LEDGER_DB_H
#define QF_LEDGER_DB_H

#include <stdint.h>

#include "model/market.h"

struct ledger;
struct qf_error;

enum ledger_mode { LEDGER_READ, LEDGER_WRITE };

/* Makes a new ledger with its market entry, whole or not at all; a file that
 * stands at path is QF_CANTCREAT ledger-exists.  recorded_utc goes into the
 * entry's header. */
int ledger_create(const char *path, const struct market *market,
    int64_t recorded_utc, struct qf_error *err);

/* A ledger in memory that nobody else sees and that ledger_close() ends, open
 * for writing; it is never committed. */
int ledger_scratch(struct ledger **out, const struct market *market,
    struct qf_error *err);

/* Opens the ledger at path.  wait_seconds: how long to wait for another writer
 * (0: not at all).  Errors: QF_NOINPUT ledger-missing, QF_FOREIGN
 * ledger-foreign or ledger-newer, QF_BUSY ledger-busy, QF_PERM, QF_IO. */
int ledger_open(struct ledger **out, const char *path, enum ledger_mode mode,
    int wait_seconds, struct qf_error *err);

/* Makes what was appended lasting, and checkpoints the WAL.  When COMMIT
 * reports a failure although it may have happened, re-reads the ledger and
 * says which (RELIABILITY 1.3). */
int ledger_commit(struct ledger *ledger, struct qf_error *err);

/* Rolls back what was not committed; NULL is fine. */
void ledger_close(struct ledger *ledger);

/* A file's part of the transaction: what is appended between begin and
 * rollback never was. */
int ledger_savepoint(struct ledger *ledger, struct qf_error *err);
int ledger_release(struct ledger *ledger, struct qf_error *err);
int ledger_rollback(struct ledger *ledger, struct qf_error *err);

/* Valid until ledger_close(). */
const struct market *ledger_market(const struct ledger *ledger);
const char *ledger_path(const struct ledger *ledger);

/* Writes a copy that stands on its own (VACUUM INTO) to path, which must not
 * exist, syncs it, and opens it again to compare the head of the chain. */
int ledger_snapshot(struct ledger *ledger, const char *path,
    struct qf_error *err);

/* integrity_check and foreign_key_check; QF_NO ledger-corrupt with the first
 * fault named. */
int ledger_check_file(struct ledger *ledger, struct qf_error *err);

#endif
