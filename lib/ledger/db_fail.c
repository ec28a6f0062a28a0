/* db_fail.c - what SQLite failed at, in words that say what to do.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "ledger/connection.h"

struct failure {
	int result; /* primary result code of SQLite */
	enum qf_status status;
	const char *code;
};

static const struct failure failures[] = {
    {SQLITE_BUSY, QF_BUSY, "ledger-busy"},
    {SQLITE_LOCKED, QF_BUSY, "ledger-busy"},
    {SQLITE_FULL, QF_IO, "ledger-full"},
    {SQLITE_IOERR, QF_IO, "ledger-io"},
    {SQLITE_PROTOCOL, QF_IO, "ledger-lock"},
    {SQLITE_CORRUPT, QF_IO, "ledger-corrupt"},
    {SQLITE_CANTOPEN, QF_NOINPUT, "ledger-open"},
    {SQLITE_PERM, QF_PERM, "ledger-permission"},
    {SQLITE_READONLY, QF_PERM, "ledger-permission"},
    {SQLITE_AUTH, QF_PERM, "ledger-guard"},
    {SQLITE_NOTADB, QF_FOREIGN, "ledger-foreign"},
    {SQLITE_NOMEM, QF_OS, "out-of-memory"},
    {SQLITE_TOOBIG, QF_DATA, "ledger-too-big"},
    {SQLITE_CONSTRAINT, QF_BUG, "ledger-constraint"},
};

/* Beside a ledger SQLite keeps a -wal and a -shm, and where it cannot make
 * them it speaks of the ledger, which may well be writable.  Whether the folder
 * is what is wrong: says so. */
static bool
fail_folder(
    const struct ledger *ledger, const char *doing, struct qf_error *err)
{
	const char *file = ledger->file != NULL ? ledger->file : ledger->path;
	const char *slash = strrchr(file, '/');
	char *folder;
	bool refused;

	folder = slash == NULL   ? xstrdup(".")
		 : slash == file ? xstrdup("/")
				 : xstrndup(file, (size_t)(slash - file));
	refused = faccessat(AT_FDCWD, folder, W_OK, AT_EACCESS) == -1 &&
		  (errno == EACCES || errno == EROFS);
	if (refused) {
		qf_fail(err, QF_PERM, "ledger-permission",
		    "%s: cannot %s: no permission to write in the folder %s, "
		    "where its -wal and -shm stand beside it: allow this user "
		    "to write there",
		    ledger->path, doing, folder);
	}
	free(folder);
	return refused;
}

int
ledger_fail(
    const struct ledger *ledger, const char *doing, struct qf_error *err)
{
	int result = sqlite3_extended_errcode(ledger->db);
	const char *text = sqlite3_errmsg(ledger->db);
	size_t count = sizeof(failures) / sizeof(failures[0]);

	if (((result & 0xff) == SQLITE_READONLY ||
		(result & 0xff) == SQLITE_CANTOPEN) &&
	    fail_folder(ledger, doing, err)) {
		return -1;
	}
	for (size_t i = 0; i < count; i++) {
		if (failures[i].result != (result & 0xff)) {
			continue;
		}
		if (failures[i].status == QF_BUSY) {
			return qf_fail(err, QF_BUSY, failures[i].code,
			    "%s: another tool writes to this ledger",
			    ledger->path);
		}
		/* No tool mends it, so the message says what does. */
		return qf_fail(err, failures[i].status, failures[i].code,
		    "%s: cannot %s: %s (SQLite %d)%s", ledger->path, doing,
		    text, result,
		    failures[i].result == SQLITE_CORRUPT
			? ": put a snapshot or backup in its place, and "
			  "take in again what came since"
			: "");
	}
	return qf_fail(err, QF_BUG, "ledger-sql",
	    "%s: cannot %s: %s (SQLite %d)", ledger->path, doing, text, result);
}
