/* create.c - new ledger files: the empty ledger, and the snapshot.
 *
 * Both are built in a temporary folder beside their place and then linked
 * there, so that they stand whole or not at all.
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
#include "base/temporary.h"
#include "ledger/connection.h"
#include "ledger/entry.h"
#include "ledger/row.h"
#include "ledger/stmt.h"

enum { Q_HEAD, Q_DIGEST };
static const char *const sql[] = {
    [Q_HEAD] = "SELECT entry, digest FROM entry ORDER BY entry DESC LIMIT 1",
    [Q_DIGEST] = "SELECT entry, digest FROM entry WHERE entry = ?1",
};
static const struct stmt_list list = STMT_LIST(sql);

/* Appends the market entry to a ledger that has nothing yet. */
static int
append_market(struct ledger *ledger, const struct market *market,
    int64_t recorded_utc, struct qf_error *err)
{
	struct entry *entry;
	struct handle handle;
	struct row *row;

	if (entry_begin(&entry, ledger, ENTRY_MARKET, recorded_utc, err) ==
	    -1) {
		return -1;
	}
	row = row_begin(entry, ROW_MARKET, 1);
	row_string(row, market->name);
	row_string(row, market->zone);
	row_string(row, market->currency);
	row_int(row, market->money_scale);
	if (row_end(row, err) == -1) {
		entry_abandon(entry);
		return -1;
	}
	return entry_finish(entry, &handle, err);
}

/* A folder beside the place of a new file, in which SQLite may make what it
 * likes, and the file in it.  It goes away with all that is in it, at the
 * latest when the same tool works in the same place again. */
struct workshop {
	int dir_fd; /* where path lies */
	int fd; /* of the folder */
	struct temporary folder;
	char *file;
};

/* A path that is taken is refused with code; what dead processes left beside
 * it is swept even so. */
static int
workshop_open(struct workshop *shop, const char *path, const char *tool,
    const char *code, struct qf_error *err)
{
	struct stat st;
	const char *name;
	size_t parent, size;

	*shop = (struct workshop){.dir_fd = -1, .fd = -1};
	shop->dir_fd = temporary_parent(path, &name, err);
	if (shop->dir_fd == -1) {
		return -1;
	}
	temporary_sweep(shop->dir_fd, tool);
	if (fstatat(shop->dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		return qf_fail(
		    err, QF_CANTCREAT, code, "%s: exists already", path);
	}
	if (temporary_mkdir(&shop->folder, shop->dir_fd, path, tool, &shop->fd,
		err) == -1) {
		return -1;
	}
	parent = (size_t)(name - path);
	size = parent + TEMPORARY_NAME_MAX + sizeof("/ledger");
	shop->file = xmalloc(size);
	snprintf(shop->file, size, "%.*s%s/ledger", (int)parent, path,
	    shop->folder.name);
	return 0;
}

static void
workshop_close(struct workshop *shop)
{
	temporary_remove(&shop->folder);
	if (shop->fd != -1) {
		close(shop->fd);
	}
	if (shop->dir_fd != -1) {
		close(shop->dir_fd);
	}
	free(shop->file);
}

/* An empty file, readable by owner and group, made by us. */
static int
make_empty(const char *file, const char *path, struct qf_error *err)
{
	int fd = open(file, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0640);
	int status = 0;

	if (fd == -1 || fchmod(fd, 0640) == -1) {
		status = qf_fail(err, QF_CANTCREAT, "ledger-create", "%s: %s",
		    path, strerror(errno));
	}
	if (fd != -1 && close(fd) == -1 && status == 0) {
		status = qf_fail(err, QF_CANTCREAT, "ledger-create", "%s: %s",
		    path, strerror(errno));
	}
	return status;
}

/* Syncs a file, or the folder that it lies in. */
static int
sync_path(const char *file, bool folder, struct qf_error *err)
{
	char *path = xstrdup(file);
	char *slash = strrchr(path, '/');
	int fd, status = 0;

	if (folder && slash == NULL) {
		free(path);
		path = xstrdup(".");
	} else if (folder) {
		slash[slash == path ? 1 : 0] = '\0';
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | (folder ? O_DIRECTORY : 0));
	if (fd == -1 || fsync(fd) == -1) {
		status = qf_fail(err, QF_IO, "ledger-sync",
		    "%s: cannot sync: %s", file, strerror(errno));
	}
	if (fd != -1) {
		close(fd);
	}
	free(path);
	return status;
}

/* Fills the empty file with a ledger that holds its market. */
static int
fill(const char *file, const struct market *market, int64_t recorded_utc,
    struct qf_error *err)
{
	struct ledger *ledger;
	int keep_wal = 0, status;

	if (ledger_build(file, err) == -1 ||
	    ledger_open(&ledger, file, LEDGER_WRITE, 0, err) == -1) {
		return -1;
	}
	status = append_market(ledger, market, recorded_utc, err);
	if (status == 0) {
		status = ledger_commit(ledger, err);
	}
	/* The file is renamed next, and a WAL would not come along: the last
	 * to close takes it away. */
	if (status == 0) {
		sqlite3_file_control(
		    ledger->db, "main", SQLITE_FCNTL_PERSIST_WAL, &keep_wal);
	}
	ledger_close(ledger);
	if (status == 0) {
		status = sync_path(file, false, err);
	}
	return status;
}

/* Puts a finished file in its place, for good.  Unlike rename(2), link(2) does
 * not replace what stands. */
static int
publish(
    const char *file, const char *path, const char *code, struct qf_error *err)
{
	if (link(file, path) == -1) {
		return errno == EEXIST
			   ? qf_fail(err, QF_CANTCREAT, code,
				 "%s: exists already", path)
			   : qf_fail(err, QF_CANTCREAT, "ledger-create",
				 "%s: %s", path, strerror(errno));
	}
	if (sync_path(path, true, err) == -1) {
		unlink(path);
		return -1;
	}
	return 0;
}

int
ledger_create(const char *path, const struct market *market,
    int64_t recorded_utc, struct qf_error *err)
{
	struct workshop shop;
	int status = -1;

	if (workshop_open(&shop, path, "qf-init", "ledger-exists", err) == 0 &&
	    make_empty(shop.file, path, err) == 0 &&
	    fill(shop.file, market, recorded_utc, err) == 0) {
		status = publish(shop.file, path, "ledger-exists", err);
	}
	workshop_close(&shop);
	return status;
}

int
ledger_scratch(
    struct ledger **out, const struct market *market, struct qf_error *err)
{
	if (ledger_build_scratch(out, market, err) == -1) {
		return -1;
	}
	if (append_market(*out, market, 0, err) == -1) {
		ledger_close(*out);
		*out = NULL;
		return -1;
	}
	return 0;
}

/* The newest entry of a ledger, or the digest of a given one (Q_DIGEST). */
static int
head(struct ledger *ledger, size_t query, int64_t *entry, char digest[65],
    struct qf_error *err)
{
	sqlite3_stmt *stmt;
	int stepped;

	if (stmt_cached(&stmt, ledger, &list, query, err) == -1) {
		return -1;
	}
	if (query == Q_DIGEST) {
		stmt_bind_int(stmt, 1, *entry);
	}
	digest[0] = '\0';
	stepped = stmt_step(stmt, ledger, err);
	if (stepped == 1) {
		*entry = sqlite3_column_int64(stmt, 0);
		snprintf(digest, 65, "%s", stmt_text(stmt, 1));
	}
	sqlite3_reset(stmt);
	return stepped == -1 ? -1 : 0;
}

/* The copy must open as a ledger, and end with an entry of the original: the
 * newest, or one that a tool has appended since. */
static int
compare_heads(
    struct ledger *ledger, int64_t seen, const char *path, struct qf_error *err)
{
	struct ledger *copy;
	int64_t entry = 0;
	char digest[65], copied[65];
	int status = -1;

	if (ledger_open(&copy, path, LEDGER_READ, 0, err) == -1) {
		return -1;
	}
	if (head(copy, Q_HEAD, &entry, copied, err) == 0 &&
	    head(ledger, Q_DIGEST, &entry, digest, err) == 0) {
		status = 0;
		if (entry < seen || strcmp(digest, copied) != 0) {
			status = qf_fail(err, QF_IO, "ledger-snapshot",
			    "%s: does not end as the ledger does", path);
		}
	}
	ledger_close(copy);
	return status;
}

int
ledger_snapshot(struct ledger *ledger, const char *path, struct qf_error *err)
{
	struct workshop shop;
	int64_t seen = 0;
	char digest[65];
	int status = -1;

	if (head(ledger, Q_HEAD, &seen, digest, err) == -1) {
		return -1;
	}
	if (workshop_open(&shop, path, "qf-audit", "output-exists", err) == 0 &&
	    make_empty(shop.file, path, err) == 0 &&
	    ledger_vacuum(ledger, shop.file, err) == 0 &&
	    sync_path(shop.file, false, err) == 0 &&
	    compare_heads(ledger, seen, shop.file, err) == 0) {
		status = publish(shop.file, path, "output-exists", err);
	}
	workshop_close(&shop);
	return status;
}
