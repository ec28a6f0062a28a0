/* db.c - the ledger file: opening, guards, the one transaction, closing.
 *
 * All settings of SQLite are here.  The guards (authorizer, triggers,
 * DEFENSIVE) keep our own code from changing what stands; what the owner of
 * the file does with other programs is found by the chain.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/db.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "ledger/connection.h"
#include "ledger/stmt.h"

#include "guards.sql.h"
#include "ledger.sql.h"

#define READER_WAIT_MS 5000 /* a reader waits for a recovery, not a writer */

enum { Q_MARKET, Q_HEAD };
static const char *const sql[] = {
    [Q_MARKET] = "SELECT name, zone, currency, money_scale FROM market",
    [Q_HEAD] = "SELECT digest FROM entry WHERE entry = ?1",
};
static const struct stmt_list list = STMT_LIST(sql);

/* Runs constant SQL of our own that the authorizer would refuse. */
static int
run(struct ledger *ledger, const char *text, const char *doing,
    struct qf_error *err)
{
	int result;

	ledger->trusted = true;
	result = sqlite3_exec(ledger->db, text, NULL, NULL, NULL);
	ledger->trusted = false;
	if (result != SQLITE_OK) {
		return ledger_fail(ledger, doing, err);
	}
	return 0;
}

/* The integer that a PRAGMA answers with. */
static int
ask(struct ledger *ledger, const char *pragma, int64_t *out,
    struct qf_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int result;

	ledger->trusted = true;
	result = sqlite3_prepare_v2(ledger->db, pragma, -1, &stmt, NULL);
	ledger->trusted = false;
	if (result != SQLITE_OK || sqlite3_step(stmt) != SQLITE_ROW) {
		ledger_fail(ledger, "read the ledger", err);
		sqlite3_finalize(stmt);
		return -1;
	}
	*out = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return 0;
}

/* Guards ----------------------------------------------------------------- */

/* What may be prepared on a ledger once it is open. */
static int
authorize(void *data, int action, const char *first, const char *second,
    const char *database, const char *trigger)
{
	const struct ledger *ledger = data;

	(void)database;
	(void)trigger;
	if (ledger->trusted) {
		return SQLITE_OK;
	}
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_RECURSIVE:
	case SQLITE_TRANSACTION:
	case SQLITE_SAVEPOINT:
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		return second != NULL && strcmp(second, "load_extension") == 0
			   ? SQLITE_DENY
			   : SQLITE_OK;
	case SQLITE_INSERT:
		return strncmp(first, "sqlite_", 7) == 0 ? SQLITE_DENY
							 : SQLITE_OK;
	default:
		return SQLITE_DENY;
	}
}

/* Settings of a connection, before anything is read. */
static int
configure(struct ledger *ledger, struct qf_error *err)
{
	static const struct {
		int option;
		int value;
	} options[] = {
	    {SQLITE_DBCONFIG_DEFENSIVE, 1},
	    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
	    {SQLITE_DBCONFIG_DQS_DML, 0},
	    {SQLITE_DBCONFIG_DQS_DDL, 0},
	    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
	    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 1},
	    {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
	};
	int keep_wal = 1;

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (sqlite3_db_config(ledger->db, options[i].option,
			options[i].value, NULL) != SQLITE_OK) {
			BUG("SQLite does not know option %d",
			    options[i].option);
		}
	}
	sqlite3_limit(ledger->db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_limit(ledger->db, SQLITE_LIMIT_LENGTH, 64 << 20);
	sqlite3_limit(ledger->db, SQLITE_LIMIT_SQL_LENGTH, 100000);
	sqlite3_limit(ledger->db, SQLITE_LIMIT_TRIGGER_DEPTH, 10);
	sqlite3_file_control(
	    ledger->db, "main", SQLITE_FCNTL_PERSIST_WAL, &keep_wal);
	/* ledger_commit() checkpoints, once. */
	sqlite3_wal_autocheckpoint(ledger->db, 0);
	if (sqlite3_set_authorizer(ledger->db, authorize, ledger) !=
	    SQLITE_OK) {
		BUG("SQLite takes no authorizer");
	}
	return run(ledger,
	    "PRAGMA cache_size = -65536; PRAGMA recursive_triggers = ON;"
	    "PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON;"
	    "PRAGMA mmap_size = 0;",
	    "open the ledger", err);
}

/* Opening ---------------------------------------------------------------- */

/* The path with its folder resolved, so that only the file itself must not be
 * a symbolic link; NULL where the folder is not there. */
static char *
resolve(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder, *real, *file = NULL;
	size_t size;

	folder = slash == NULL   ? xstrdup(".")
		 : slash == path ? xstrdup("/")
				 : xstrndup(path, (size_t)(slash - path));
	real = realpath(folder, NULL);
	free(folder);
	if (real != NULL) {
		const char *name = slash == NULL ? path : slash + 1;

		size = strlen(real) + strlen(name) + 2;
		file = xmalloc(size);
		snprintf(file, size, "%s/%s",
		    strcmp(real, "/") == 0 ? "" : real, name);
		free(real);
	}
	return file;
}

/* Looks at the file before SQLite does, without opening it: closing it would
 * drop the locks that SQLite holds on it in this process. */
static int
inspect(const struct ledger *ledger, struct qf_error *err)
{
	struct stat st;

	if (ledger->file == NULL || lstat(ledger->file, &st) == -1) {
		int cause = errno;

		if (cause == EACCES) {
			return qf_fail(err, QF_PERM, "ledger-permission",
			    "%s: %s", ledger->path, strerror(cause));
		}
		return qf_fail(err, QF_NOINPUT, "ledger-missing",
		    "%s: no such ledger: %s", ledger->path, strerror(cause));
	}
	if (S_ISLNK(st.st_mode)) {
		return qf_fail(err, QF_NOINPUT, "ledger-symlink",
		    "%s: is a symbolic link; name the ledger itself",
		    ledger->path);
	}
	if (!S_ISREG(st.st_mode)) {
		return qf_fail(err, QF_FOREIGN, "ledger-foreign",
		    "%s: is not a file", ledger->path);
	}
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		return qf_fail(err, QF_PERM, "ledger-writable",
		    "%s: may be written by %s; chmod go-w it", ledger->path,
		    (st.st_mode & S_IWOTH) != 0 ? "anyone" : "its group");
	}
	if (faccessat(AT_FDCWD, ledger->file, R_OK, AT_EACCESS) == -1 &&
	    errno == EACCES) {
		return qf_fail(err, QF_PERM, "ledger-permission",
		    "%s: no permission to read", ledger->path);
	}
	return 0;
}

/* "file:" and the path, escaped, with immutable=1. */
static char *
immutable_uri(const char *file)
{
	static const char hex[] = "0123456789ABCDEF";
	static const char end[] = "?immutable=1";
	char *uri = xmalloc(5 + 3 * strlen(file) + sizeof(end));
	size_t length = 5;

	memcpy(uri, "file:", 5);
	for (; *file != '\0'; file++) {
		unsigned char c = (unsigned char)*file;

		if (c == '%' || c == '?' || c == '#' || c <= ' ' || c >= 0x7f) {
			uri[length++] = '%';
			uri[length++] = hex[c >> 4];
			uri[length++] = hex[c & 15];
		} else {
			uri[length++] = (char)c;
		}
	}
	memcpy(uri + length, end, sizeof(end));
	return uri;
}

/* True when nobody can be writing and nothing waits in a WAL, while we cannot
 * make the files that readers of a WAL share: the ledger may be read as it
 * lies. */
static bool
at_rest(const char *file)
{
	size_t size = strlen(file) + 5;
	char *name = xmalloc(size);
	char *slash;
	struct stat st;
	bool rests;

	snprintf(name, size, "%s-wal", file);
	rests = stat(name, &st) == -1 ? errno == ENOENT : st.st_size == 0;
	slash = strrchr(name, '/');
	assert(slash != NULL);
	slash[slash == name ? 1 : 0] = '\0';
	rests = rests && access(name, W_OK) == -1;
	free(name);
	return rests;
}

static void
disconnect(struct ledger *ledger)
{
	stmt_release(ledger);
	if (sqlite3_close(ledger->db) != SQLITE_OK) {
		BUG("a statement outlives its ledger");
	}
	ledger->db = NULL;
}

/* Tools have one thread: no locks and no counting around SQLite's memory.
 * Refused once SQLite is in use, which is as well. */
static void
configure_library(void)
{
	static bool done;

	if (!done) {
		sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
		sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
		done = true;
	}
}

static int
connect_file(struct ledger *ledger, bool immutable, struct qf_error *err)
{
	int flags = SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE |
		    SQLITE_OPEN_NOMUTEX |
		    (ledger->mode == LEDGER_WRITE ? SQLITE_OPEN_READWRITE
						  : SQLITE_OPEN_READONLY);
	char *uri = immutable ? immutable_uri(ledger->file) : NULL;
	int result;

	configure_library();
	result = sqlite3_open_v2(immutable ? uri : ledger->file, &ledger->db,
	    immutable ? flags | SQLITE_OPEN_URI : flags, NULL);
	free(uri);
	if (ledger->db == NULL) {
		return qf_fail(
		    err, QF_OS, "out-of-memory", "%s: no memory", ledger->path);
	}
	if (result != SQLITE_OK) {
		return ledger_fail(ledger, "open the ledger", err);
	}
	if (ledger->mode == LEDGER_WRITE &&
	    sqlite3_db_readonly(ledger->db, "main") != 0) {
		return qf_fail(err, QF_PERM, "ledger-permission",
		    "%s: no permission to write", ledger->path);
	}
	return configure(ledger, err);
}

/* Whose file is it, and of which version? */
static int
identify(struct ledger *ledger, struct qf_error *err)
{
	int64_t application, version;

	if (ask(ledger, "PRAGMA application_id", &application, err) == -1 ||
	    ask(ledger, "PRAGMA user_version", &version, err) == -1) {
		return -1;
	}
	if (application != LEDGER_APPLICATION_ID || version < 1) {
		return qf_fail(err, QF_FOREIGN, "ledger-foreign",
		    "%s: is not a ledger of qingfen", ledger->path);
	}
	if (version > LEDGER_SCHEMA) {
		return qf_fail(err, QF_FOREIGN, "ledger-newer",
		    "%s: has schema %lld, this program knows %d", ledger->path,
		    (long long)version, LEDGER_SCHEMA);
	}
	return 0;
}

static void
copy_text(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text == NULL ? "" : text);
}

/* Also the first read of the transaction, from which a reader's view holds. */
static int
load_market(struct ledger *ledger, struct qf_error *err)
{
	struct market *market = &ledger->market;
	sqlite3_stmt *stmt;
	int stepped;

	if (stmt_cached(&stmt, ledger, &list, Q_MARKET, err) == -1) {
		return -1;
	}
	stepped = stmt_step(stmt, ledger, err);
	if (stepped == 1) {
		copy_text(
		    market->name, sizeof(market->name), stmt_text(stmt, 0));
		copy_text(
		    market->zone, sizeof(market->zone), stmt_text(stmt, 1));
		copy_text(market->currency, sizeof(market->currency),
		    stmt_text(stmt, 2));
		market->money_scale = sqlite3_column_int(stmt, 3);
	}
	sqlite3_reset(stmt);
	return stepped == -1 ? -1 : 0;
}

static int
start(struct ledger *ledger, bool immutable, int wait_ms, struct qf_error *err)
{
	bool write = ledger->mode == LEDGER_WRITE;

	if (connect_file(ledger, immutable, err) == -1) {
		return -1;
	}
	sqlite3_busy_timeout(ledger->db, write ? wait_ms : READER_WAIT_MS);
	if (identify(ledger, err) == -1) {
		return -1;
	}
	/* A snapshot (VACUUM INTO) has no WAL until it is written to. */
	if (write && run(ledger, "PRAGMA journal_mode = WAL", "open the ledger",
			 err) == -1) {
		return -1;
	}
	if (run(ledger, write ? "BEGIN IMMEDIATE" : "BEGIN", "begin", err) ==
	    -1) {
		return -1;
	}
	return load_market(ledger, err);
}

int
ledger_open(struct ledger **out, const char *path, enum ledger_mode mode,
    int wait_seconds, struct qf_error *err)
{
	struct ledger *ledger = xcalloc(1, sizeof(*ledger));
	struct qf_error first = {0};
	bool opened = false;

	*out = NULL;
	ledger->mode = mode;
	ledger->path = xstrdup(path);
	ledger->file = resolve(path);
	if (inspect(ledger, err) == -1) {
		goto out;
	}
	opened = start(ledger, false, 1000 * wait_seconds, &first) == 0;
	if (!opened && mode == LEDGER_READ &&
	    (first.status == QF_NOINPUT || first.status == QF_PERM) &&
	    at_rest(ledger->file)) {
		disconnect(ledger);
		opened = start(ledger, true, 0, &first) == 0;
	}
	if (!opened && err != NULL) {
		*err = first;
	}
out:
	if (!opened) {
		ledger_close(ledger);
		return -1;
	}
	*out = ledger;
	return 0;
}

void
ledger_close(struct ledger *ledger)
{
	if (ledger == NULL) {
		return;
	}
	if (ledger->db != NULL) {
		/* Closing rolls back what was not committed. */
		disconnect(ledger);
	}
	free(ledger->path);
	free(ledger->file);
	free(ledger);
}

const struct market *
ledger_market(const struct ledger *ledger)
{
	return &ledger->market;
}

const char *
ledger_path(const struct ledger *ledger)
{
	return ledger->path;
}

/* The transaction -------------------------------------------------------- */

/* Opens the ledger anew and looks whether the last entry appended is there: 1,
 * 0, or -1 where it cannot be told. */
static int
committed(const struct ledger *ledger)
{
	struct ledger *again;
	sqlite3_stmt *stmt;
	int found = -1;

	if (ledger_open(&again, ledger->path, LEDGER_READ, 0, NULL) == -1) {
		return -1;
	}
	if (stmt_cached(&stmt, again, &list, Q_HEAD, NULL) == 0) {
		stmt_bind_int(stmt, 1, ledger->last_entry);
		found = stmt_step(stmt, again, NULL);
		if (found == 1) {
			found = strcmp(stmt_text(stmt, 0),
				    ledger->last_digest) == 0;
			sqlite3_reset(stmt);
		}
	}
	ledger_close(again);
	return found;
}

/* A COMMIT whose sync failed leaves its frames in the WAL, where the next to
 * recover it would take them for committed.  Empties it: whether it did. */
static bool
empty_wal(const struct ledger *ledger)
{
	struct ledger *again;
	bool emptied;

	if (ledger_open(&again, ledger->path, LEDGER_WRITE, 0, NULL) == -1) {
		return false;
	}
	emptied = run(again, "ROLLBACK", "end", NULL) == 0 &&
		  sqlite3_wal_checkpoint_v2(again->db, "main",
		      SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) == SQLITE_OK;
	ledger_close(again);
	return emptied;
}

/* COMMIT said no; that does not mean that nothing was written. */
static int
commit_failed(struct ledger *ledger, struct qf_error *err)
{
	struct qf_error cause = {0};
	int found;

	ledger_fail(ledger, "commit", &cause);
	disconnect(ledger);
	found = ledger->last_entry == 0 ? 0 : committed(ledger);
	if (found == 0 && ledger->last_entry != 0 && !empty_wal(ledger)) {
		found = -1;
	}
	if (found == 0) {
		return qf_fail(err, cause.status, cause.code,
		    "%s; nothing was appended", cause.text);
	}
	if (found == 1) {
		return qf_fail(err, QF_IO, "ledger-commit-unsure",
		    "%s; yet entry %lld is in the ledger: run this again, it "
		    "will then say so",
		    cause.text, (long long)ledger->last_entry);
	}
	return qf_fail(err, QF_IO, "ledger-commit-unknown",
	    "%s; it cannot be told now whether entry %lld is in the ledger: "
	    "run this again",
	    cause.text, (long long)ledger->last_entry);
}

int
ledger_commit(struct ledger *ledger, struct qf_error *err)
{
	assert(ledger->mode == LEDGER_WRITE && ledger->open == NULL);
	if (sqlite3_exec(ledger->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) {
		return commit_failed(ledger, err);
	}
	/* What was committed is lasting in the WAL.  A reader that holds it
	 * back, or a full disk, only leaves the emptying to the next tool. */
	sqlite3_busy_timeout(ledger->db, 0);
	sqlite3_wal_checkpoint_v2(
	    ledger->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	return 0;
}

int
ledger_savepoint(struct ledger *ledger, struct qf_error *err)
{
	assert(!ledger->savepoint && ledger->open == NULL);
	if (run(ledger, "SAVEPOINT part", "begin a part", err) == -1) {
		return -1;
	}
	ledger->savepoint = true;
	ledger->saved_entry = ledger->last_entry;
	memcpy(ledger->saved_digest, ledger->last_digest,
	    sizeof(ledger->saved_digest));
	return 0;
}

int
ledger_release(struct ledger *ledger, struct qf_error *err)
{
	assert(ledger->savepoint && ledger->open == NULL);
	ledger->savepoint = false;
	return run(ledger, "RELEASE part", "end a part", err);
}

int
ledger_rollback(struct ledger *ledger, struct qf_error *err)
{
	assert(ledger->savepoint && ledger->open == NULL);
	ledger->savepoint = false;
	ledger->last_entry = ledger->saved_entry;
	memcpy(ledger->last_digest, ledger->saved_digest,
	    sizeof(ledger->last_digest));
	return run(
	    ledger, "ROLLBACK TO part; RELEASE part", "undo a part", err);
}

/* Whole files ------------------------------------------------------------ */

int
ledger_build(const char *file, struct qf_error *err)
{
	struct ledger ledger = {.mode = LEDGER_WRITE, .path = xstrdup(file)};
	int status = -1;

	configure_library();
	if (sqlite3_open_v2(file, &ledger.db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW |
		    SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX,
		NULL) != SQLITE_OK) {
		ledger_fail(&ledger, "make the ledger", err);
		goto out;
	}
	status = run(&ledger,
	    "PRAGMA page_size = 16384; PRAGMA journal_mode = WAL;"
	    "PRAGMA synchronous = FULL; BEGIN IMMEDIATE;",
	    "make the ledger", err);
	if (status == 0) {
		status = run(&ledger, ledger_sql, "make the ledger", err);
	}
	if (status == 0) {
		status = run(&ledger, guards_sql, "make the ledger", err);
	}
	if (status == 0) {
		status = run(&ledger,
		    "PRAGMA application_id = 0x71664c47;"
		    "PRAGMA user_version = 1; COMMIT;",
		    "make the ledger", err);
	}
out:
	sqlite3_close(ledger.db);
	free(ledger.path);
	return status;
}

int
ledger_build_scratch(
    struct ledger **out, const struct market *market, struct qf_error *err)
{
	struct ledger *ledger = xcalloc(1, sizeof(*ledger));
	int status = -1;

	ledger->mode = LEDGER_WRITE;
	ledger->path = xstrdup("(scratch)");
	ledger->market = *market;
	configure_library();
	if (sqlite3_open_v2(":memory:", &ledger->db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
		    SQLITE_OPEN_MEMORY | SQLITE_OPEN_EXRESCODE |
		    SQLITE_OPEN_NOMUTEX,
		NULL) != SQLITE_OK) {
		ledger_fail(ledger, "make a scratch ledger", err);
	} else if (configure(ledger, err) == 0 &&
		   run(ledger, ledger_sql, "make a scratch ledger", err) == 0 &&
		   run(ledger, guards_sql, "make a scratch ledger", err) == 0) {
		status = run(ledger, "BEGIN", "begin", err);
	}
	if (status == -1) {
		ledger_close(ledger);
		ledger = NULL;
	}
	*out = ledger;
	return status;
}

int
ledger_vacuum(struct ledger *ledger, const char *file, struct qf_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int status = -1;

	/* VACUUM takes no transaction around it; a reader's view begins anew
	 * after it, and the caller compares the heads. */
	assert(ledger->mode == LEDGER_READ);
	if (run(ledger, "COMMIT", "end reading", err) == -1) {
		return -1;
	}
	sqlite3_limit(ledger->db, SQLITE_LIMIT_ATTACHED, 1);
	ledger->trusted = true;
	if (sqlite3_prepare_v2(ledger->db, "VACUUM main INTO ?1", -1, &stmt,
		NULL) != SQLITE_OK) {
		ledger_fail(ledger, "copy the ledger", err);
	} else {
		stmt_bind_text(stmt, 1, file);
		status = sqlite3_step(stmt) == SQLITE_DONE ? 0 : -1;
		if (status == -1) {
			ledger_fail(ledger, "copy the ledger", err);
			/* "output file already exists" is what SQLite says
			 * where it cannot tell that the file is empty. */
			if (err != NULL && err->status == QF_BUG) {
				err->status = QF_IO;
			}
		}
	}
	sqlite3_finalize(stmt);
	ledger->trusted = false;
	sqlite3_limit(ledger->db, SQLITE_LIMIT_ATTACHED, 0);
	if (run(ledger, "BEGIN", "begin", status == -1 ? NULL : err) == -1) {
		return -1;
	}
	return status;
}

/* The first row that a checking PRAGMA answers with; "ok" is none. */
static int
check(struct ledger *ledger, const char *pragma, struct qf_error *err)
{
	sqlite3_stmt *stmt = NULL;
	const char *text;
	int result, status = 0;

	ledger->trusted = true;
	result = sqlite3_prepare_v2(ledger->db, pragma, -1, &stmt, NULL);
	ledger->trusted = false;
	if (result != SQLITE_OK) {
		return ledger_fail(ledger, "check the ledger", err);
	}
	result = sqlite3_step(stmt);
	if (result == SQLITE_ROW) {
		text = stmt_text(stmt, 0);
		if (text == NULL || strcmp(text, "ok") != 0) {
			status = qf_fail(err, QF_NO, "ledger-corrupt",
			    "%s: %s: %s", ledger->path, pragma + 7,
			    text == NULL ? "NULL" : text);
		}
	} else if (result != SQLITE_DONE) {
		status = ledger_fail(ledger, "check the ledger", err);
	}
	sqlite3_finalize(stmt);
	return status;
}

int
ledger_check_file(struct ledger *ledger, struct qf_error *err)
{
	if (check(ledger, "PRAGMA integrity_check(1)", err) == -1) {
		return -1;
	}
	return check(ledger, "PRAGMA foreign_key_check", err);
}
