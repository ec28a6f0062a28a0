/* outfile.c - an output that is there whole or not at all.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/outfile.h"

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

#define ROOM_SIZE ((size_t)64 << 10)

/* What a file needs while it is being written: given back when it is committed,
 * since a directory may have very many files. */
struct ink {
	struct qf_error fault; /* the first write error */
	struct digest_stream *stream;
	size_t used; /* bytes in room */
	unsigned char room[ROOM_SIZE];
};

struct outfile {
	char *path; /* as it was given, for messages */
	char *name; /* in dir_fd; NULL for standard output */
	int dir_fd; /* own, or -1 */
	int fd; /* -1 once closed */
	bool in_place; /* written under its own name */
	bool force;
	bool committed;
	bool unchanged;
	struct temporary temporary;
	struct ink *ink; /* NULL once committed */
	struct digest digest;
	int64_t size; /* bytes taken so far */
};

static void
free_ink(struct outfile *file)
{
	if (file->ink != NULL) {
		digest_stream_free(file->ink->stream);
		free(file->ink);
		file->ink = NULL;
	}
}

static int
fail_write(const char *path, struct qf_error *err)
{
	return qf_fail(
	    err, QF_IO, "output-write", "%s: %s", path, strerror(errno));
}

static struct outfile *
file_new(const char *path, const char *name)
{
	struct outfile *file = xcalloc(1, sizeof(*file));

	file->path = xstrdup(path);
	file->name = name != NULL ? xstrdup(name) : NULL;
	file->dir_fd = -1;
	file->fd = -1;
	file->ink = xcalloc(1, sizeof(*file->ink));
	file->ink->stream = digest_stream_new();
	return file;
}

/* 1 if the target begins with these bytes, 0 if it does not or is not there,
 * -1 if it is empty. */
static int
target_begins(const struct outfile *file, const char *start)
{
	size_t length = strlen(start);
	char room[64];
	ssize_t got = 0;
	int fd = openat(file->dir_fd, file->name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	assert(length <= sizeof(room));
	if (fd == -1) {
		return 0;
	}
	got = read(fd, room, length);
	close(fd);
	if (got == 0) {
		return -1;
	}
	return got == (ssize_t)length && memcmp(room, start, length) == 0;
}

/* Refuses early what can never be replaced. */
static int
check_target(const struct outfile *file, struct qf_error *err)
{
	struct stat status;

	if (fstatat(file->dir_fd, file->name, &status, AT_SYMLINK_NOFOLLOW) ==
	    -1) {
		return errno == ENOENT ? 0 : temporary_fail(file->path, err);
	}
	if (!S_ISREG(status.st_mode)) {
		return qf_fail(err, QF_CANTCREAT, "output-unsafe", "%s: %s",
		    file->path,
		    S_ISLNK(status.st_mode) ? "is a symbolic link"
					    : "is no regular file");
	}

	/* A slip of the hand must not cost a ledger. */
	if (target_begins(file, "SQLite format 3") == 1) {
		return qf_fail(err, QF_CANTCREAT, "output-unsafe",
		    "%s: is a ledger or another database, which is never "
		    "replaced: name another file",
		    file->path);
	}
	return 0;
}

int
outfile_begin(struct outfile **out, const char *path, const char *tool,
    bool force, struct qf_error *err)
{
	struct outfile *file;
	const char *name;
	int dir_fd;

	*out = NULL;
	if (strcmp(path, "-") == 0) {
		file = file_new("standard output", NULL);
		fflush(stdout);
		file->fd = STDOUT_FILENO;
		*out = file;
		return 0;
	}
	dir_fd = temporary_parent(path, &name, err);
	if (dir_fd == -1) {
		return -1;
	}
	file = file_new(path, name);
	file->dir_fd = dir_fd;
	file->force = force;
	temporary_sweep(dir_fd, tool);
	if (check_target(file, err) == -1) {
		goto out;
	}
	if (temporary_open(
		&file->temporary, dir_fd, path, tool, &file->fd, err) == -1) {
		goto out;
	}
	*out = file;
	return 0;
out:
	outfile_free(file);
	return -1;
}

int
outfile_only_over(struct outfile *file, const char *start, const char *what,
    struct qf_error *err)
{
	if (file->name == NULL || target_begins(file, start) != 0 ||
	    faccessat(file->dir_fd, file->name, F_OK, AT_SYMLINK_NOFOLLOW) ==
		-1) {
		return 0;
	}
	return qf_fail(err, QF_CANTCREAT, "output-exists",
	    "%s: stands, and is no %s: name another file", file->path, what);
}

int
outfile_begin_in(
    struct outfile **out, int dir_fd, const char *name, struct qf_error *err)
{
	struct outfile *file;
	int fd;

	*out = NULL;
	fd = openat(dir_fd, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd == -1) {
		return temporary_fail(name, err);
	}
	file = file_new(name, name);
	file->fd = fd;
	file->in_place = true;
	*out = file;
	return 0;
}

/* Writes all of it, or keeps the fault for ever. */
static int
write_out(struct outfile *file, const void *bytes, size_t length)
{
	const char *p = bytes;

	digest_stream_add(file->ink->stream, bytes, length);
	while (length != 0) {
		ssize_t done = write(file->fd, p, length);

		if (done == -1 && errno == EINTR) {
			continue;
		}
		if (done == -1) {
			return fail_write(file->path, &file->ink->fault);
		}
		p += done;
		length -= (size_t)done;
	}
	return 0;
}

static int
flush(struct outfile *file)
{
	size_t used = file->ink->used;

	file->ink->used = 0;
	return write_out(file, file->ink->room, used);
}

int
outfile_write(struct outfile *file, const void *bytes, size_t length,
    struct qf_error *err)
{
	assert(file->ink != NULL);
	assert(!file->committed);
	if (file->ink->fault.status != QF_OK) {
		goto fault;
	}
	file->size += (int64_t)length;
	if (length > ROOM_SIZE - file->ink->used && flush(file) == -1) {
		goto fault;
	}
	if (length > ROOM_SIZE) {
		if (write_out(file, bytes, length) == -1) {
			goto fault;
		}
		return 0;
	}
	if (length != 0) {
		memcpy(file->ink->room + file->ink->used, bytes, length);
		file->ink->used += length;
	}
	return 0;
fault:
	if (err != NULL) {
		*err = file->ink->fault;
	}
	return -1;
}

/* 1 if the target stands with the same bytes, 0 if it does not stand or has
 * others (*stands says which), -1 if it cannot be told. */
static int
same_as_target(struct outfile *file, bool *stands, struct qf_error *err)
{
	struct digest digest;
	struct stat status;
	int same = -1;
	int fd = openat(file->dir_fd, file->name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	*stands = fd != -1 || errno != ENOENT;
	if (fd == -1) {
		return *stands ? temporary_fail(file->path, err) : 0;
	}
	if (fstat(fd, &status) == -1) {
		temporary_fail(file->path, err);
		goto out;
	}
	if (!S_ISREG(status.st_mode)) {
		qf_fail(err, QF_CANTCREAT, "output-unsafe",
		    "%s: is no regular file", file->path);
		goto out;
	}
	same = 0;
	if (status.st_size == file->size) {
		if (digest_fd(&digest, NULL, fd, err) == -1) {
			same = qf_fail_prefix(err, "%s", file->path);
			goto out;
		}
		same = digest_equal(&digest, &file->digest);
	}

	/* It may be ours of a moment before a power cut: what is left as it
	 * is must be as durable as what is written. */
	if (same == 1 && fsync(fd) == -1) {
		same = fail_write(file->path, err);
	}
out:
	close(fd);
	return same;
}

/* Renames the temporary to its place, over nothing unless forced. */
static int
rename_into_place(struct outfile *file, struct qf_error *err)
{
	const char *from = file->temporary.name;
	unsigned int flags = file->force ? 0 : RENAME_NOREPLACE;
	int rc = renameat2(file->dir_fd, from, file->dir_fd, file->name, flags);

	/* A file system without the flag: that nothing stands there was seen
	 * a moment ago. */
	if (rc == -1 && flags != 0 && (errno == EINVAL || errno == ENOSYS)) {
		rc = renameat(file->dir_fd, from, file->dir_fd, file->name);
	}
	if (rc == -1) {
		return temporary_fail(file->path, err);
	}
	temporary_forget(&file->temporary);
	return 0;
}

/* Puts a synced file in its place and syncs the directory. */
static int
publish(struct outfile *file, struct qf_error *err)
{
	bool stands;
	int same = same_as_target(file, &stands, err);

	if (same == -1) {
		return -1;
	}
	if (same == 1) {
		temporary_remove(&file->temporary);
		file->unchanged = true;
	} else if (stands && !file->force) {
		return qf_fail(err, QF_CANTCREAT, "output-exists",
		    "%s: stands with other content; --force replaces it",
		    file->path);
	} else if (rename_into_place(file, err) == -1) {
		return -1;
	}
	if (fsync(file->dir_fd) == -1) {
		return fail_write(file->path, err);
	}
	return 0;
}

int
outfile_commit(struct outfile *file, struct qf_error *err)
{
	int rc;

	assert(!file->committed);
	if (file->ink->fault.status == QF_OK) {
		flush(file);
	}
	if (file->ink->fault.status != QF_OK) {
		*err = file->ink->fault;
		return -1;
	}
	digest_stream_finish(file->ink->stream, &file->digest);
	free_ink(file);
	file->committed = true;
	if (file->name == NULL) {
		return 0;
	}
	rc = fsync(file->fd) == -1 ? fail_write(file->path, err) : 0;

	/* On some file systems the error of a write comes at the close. */
	if (close(file->fd) == -1 && rc == 0) {
		rc = fail_write(file->path, err);
	}
	file->fd = -1;
	if (rc == 0 && !file->in_place) {
		rc = publish(file, err);
	}
	return rc;
}

const struct digest *
outfile_digest(const struct outfile *file)
{
	assert(file->committed);
	return &file->digest;
}

int64_t
outfile_size(const struct outfile *file)
{
	return file->size;
}

bool
outfile_unchanged(const struct outfile *file)
{
	return file->unchanged;
}

void
outfile_free(struct outfile *file)
{
	if (file == NULL) {
		return;
	}
	temporary_remove(&file->temporary);
	if (file->fd > STDOUT_FILENO) {
		close(file->fd);
	}
	if (file->dir_fd != -1) {
		close(file->dir_fd);
	}
	free_ink(file);
	free(file->path);
	free(file->name);
	free(file);
}
