/* connection.h - what the files of lib/ledger share of an open ledger.
 *
 * Internal: nothing above lib/ledger includes it.
 */
#ifndef QF_LEDGER_CONNECTION_H
#define QF_LEDGER_CONNECTION_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "ledger/db.h"

struct entry;
struct stmt_cache;
struct watching;

/* In the file's header: "qfLG". */
#define LEDGER_APPLICATION_ID 0x71664c47
#define LEDGER_SCHEMA 1 /* user_version, and "schema" of a header */

struct ledger {
	sqlite3 *db;
	char *path; /* as the user gave it: for messages */
	char *file; /* with its folder resolved: what SQLite opened */
	enum ledger_mode mode;
	struct market market;
	struct stmt_cache *stmts; /* of stmt.c */
	struct entry *open; /* the entry that is being appended */
	int64_t last_entry; /* appended in this transaction, or 0 */
	char last_digest[65]; /* its digest */
	int64_t saved_entry; /* both of them, at the savepoint */
	char saved_digest[65];
	bool savepoint; /* one is open */
	struct watching *watching; /* of watch.c, or NULL */
	bool trusted; /* db.c itself is at work: no authorizer */
};

/* Fills *err from the connection's last failure: what was done, on which
 * ledger, and what SQLite says; returns -1. */
int ledger_fail(
    const struct ledger *ledger, const char *doing, struct qf_error *err);

/* Fills an empty file with the tables and guards (create.c's). */
int ledger_build(const char *file, struct qf_error *err);

/* The same in memory, open for writing (create.c's). */
int ledger_build_scratch(struct ledger **out, const struct market *market,
    struct qf_error *err);

/* VACUUM INTO an empty file (create.c's); the reader's view begins anew. */
int
ledger_vacuum(struct ledger *ledger, const char *file, struct qf_error *err);

#endif
