/* outdir.c - a directory of outputs that is there whole or not at all.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/outdir.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/temporary.h"
#include "base/text.h"

#define MANIFEST_MAX ((size_t)64 << 20)

struct member {
	struct outdir_entry entry; /* digest and size once settled */
	struct outfile *file; /* NULL once settled */
};

struct outdir {
	char *path; /* as it was given */
	const char *name; /* in path */
	int parent_fd;
	int fd; /* of the temporary directory */
	bool force;
	bool unchanged;
	struct temporary temporary;
	struct member *members;
	size_t count;
	size_t capacity;
	char *manifest; /* its name, or NULL */
};

int
outdir_begin(struct outdir **out, const char *path, const char *tool,
    bool force, struct qf_error *err)
{
	struct outdir *dir = xcalloc(1, sizeof(*dir));
	size_t length = strlen(path);

	*out = NULL;
	dir->fd = -1;
	dir->force = force;
	while (length > 1 && path[length - 1] == '/') {
		length--;
	}
	dir->path = xstrndup(path, length);
	dir->parent_fd = temporary_parent(dir->path, &dir->name, err);
	if (dir->parent_fd == -1) {
		goto out;
	}
	temporary_sweep(dir->parent_fd, tool);
	if (temporary_mkdir(&dir->temporary, dir->parent_fd, dir->path, tool,
		&dir->fd, err) == -1) {
		goto out;
	}
	*out = dir;
	return 0;
out:
	outdir_free(dir);
	return -1;
}

int
outdir_file(struct outdir *dir, const char *name, struct outfile **out,
    struct qf_error *err)
{
	struct outfile *file;
	size_t length = strlen(name);

	*out = NULL;
	if (length == 0 || length > 255 || name[0] == '.' ||
	    strchr(name, '/') != NULL || text_has_control(name, length)) {
		return qf_fail(err, QF_CANTCREAT, "output-unsafe",
		    "%s: %s: no name of a file in a directory", dir->path,
		    name);
	}
	if (outfile_begin_in(&file, dir->fd, name, err) == -1) {
		for (size_t i = 0; i < dir->count; i++) {
			if (strcmp(dir->members[i].entry.name, name) == 0) {
				return qf_fail(err, QF_CANTCREAT,
				    "output-twice",
				    "%s: two files would be called %s",
				    dir->path, name);
			}
		}
		return qf_fail_prefix(err, "%s", dir->path);
	}
	if (dir->count == dir->capacity) {
		dir->capacity = dir->capacity != 0 ? 2 * dir->capacity : 16;
		dir->members = xreallocarray(
		    dir->members, dir->capacity, sizeof(dir->members[0]));
	}
	dir->members[dir->count++] =
	    (struct member){.entry.name = xstrdup(name), .file = file};
	*out = file;
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	const struct member *left = a, *right = b;

	return strcmp(left->entry.name, right->entry.name);
}

/* Takes digests over from the files and sorts by name. */
static void
settle(struct outdir *dir)
{
	bool any = false;

	for (size_t i = 0; i < dir->count; i++) {
		struct member *member = &dir->members[i];

		if (member->file == NULL) {
			continue;
		}
		member->entry.digest = *outfile_digest(member->file);
		member->entry.size = outfile_size(member->file);
		outfile_free(member->file);
		member->file = NULL;
		any = true;
	}
	if (any) {
		qsort(
		    dir->members, dir->count, sizeof(dir->members[0]), by_name);
	}
}

size_t
outdir_count(const struct outdir *dir)
{
	return dir->count;
}

const struct outdir_entry *
outdir_entry(struct outdir *dir, size_t i)
{
	assert(i < dir->count);
	settle(dir);
	return &dir->members[i].entry;
}

int
outdir_manifest(struct outdir *dir, const char *name, struct qf_error *err)
{
	struct outfile *file;
	char hex[DIGEST_HEX_SIZE];

	assert(dir->manifest == NULL);
	settle(dir);
	if (outdir_file(dir, name, &file, err) == -1) {
		return -1;
	}
	dir->manifest = xstrdup(name);
	for (size_t i = 0; i + 1 < dir->count; i++) {
		const struct outdir_entry *entry = &dir->members[i].entry;
		size_t length = strlen(entry->name);

		/* sha256sum reads a backslash in a name as an escape. */
		if (strchr(entry->name, '\\') != NULL) {
			return qf_fail(err, QF_CANTCREAT, "output-unsafe",
			    "%s: %s: a backslash in a name", dir->path,
			    entry->name);
		}
		digest_hex(&entry->digest, hex);
		if (outfile_write(file, hex, 2 * DIGEST_SIZE, err) == -1 ||
		    outfile_write(file, "  ", 2, err) == -1 ||
		    outfile_write(file, entry->name, length, err) == -1 ||
		    outfile_write(file, "\n", 1, err) == -1) {
			return -1;
		}
	}
	return outfile_commit(file, err);
}

static const struct member *
find(const struct outdir *dir, const char *name)
{
	struct member key = {.entry.name = name};

	return bsearch(&key, dir->members, dir->count, sizeof(key), by_name);
}

/* True if the file of this name in the old directory has the bytes of ours. */
static bool
same_file(int old_fd, const struct outdir_entry *entry)
{
	struct digest digest;
	struct stat status;
	bool same = false;
	int fd = openat(old_fd, entry->name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd == -1) {
		return false;
	}
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	    status.st_size == entry->size &&
	    digest_fd(&digest, NULL, fd, NULL) == 0) {
		same = digest_equal(&digest, &entry->digest) && fsync(fd) == 0;
	}
	close(fd);
	return same;
}

/* Reads the whole of a file of the old directory; empty where it cannot. */
static void
read_old(int old_fd, const char *name, struct buf *out)
{
	char room[8192];
	ssize_t got;
	int fd = openat(
	    old_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd == -1) {
		return;
	}
	while ((got = read(fd, room, sizeof(room))) > 0) {
		if (buf_add(out, room, (size_t)got) == -1) {
			break;
		}
	}
	close(fd);
}

/* True if a line "<64 hex digits>  <name>" is in the manifest. */
static bool
manifest_lists(const struct buf *manifest, const char *name)
{
	size_t length = strlen(name);
	const char *line = manifest->bytes;

	while (line != NULL && *line != '\0') {
		const char *end = strchr(line, '\n');
		size_t width = 2 * DIGEST_SIZE + 2;

		if (end != NULL && (size_t)(end - line) == width + length &&
		    memcmp(line + width, name, length) == 0) {
			return true;
		}
		line = end != NULL ? end + 1 : NULL;
	}
	return false;
}

/* Walks the old directory: how many files it has, whether all of them are
 * ours with the same bytes, and whether it may be removed. */
struct old {
	size_t count;
	bool same;
	bool replaceable;
};

static void
look_at_entry(const struct outdir *dir, int old_fd, const char *name,
    const struct buf *manifest, struct old *old)
{
	const struct member *ours = find(dir, name);
	struct stat status;

	old->count++;
	if (ours == NULL || !same_file(old_fd, &ours->entry)) {
		old->same = false;
	}
	if (fstatat(old_fd, name, &status, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !S_ISREG(status.st_mode)) {
		old->replaceable = false;
	}
	if (dir->manifest != NULL && ours == NULL &&
	    !manifest_lists(manifest, name)) {
		old->replaceable = false;
	}
}

static int
look_at_old(const struct outdir *dir, struct old *old, struct qf_error *err)
{
	struct dirent *entry;
	struct buf manifest;
	DIR *stream;
	int fd = openat(dir->parent_fd, dir->name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd == -1) {
		return temporary_fail(dir->path, err);
	}
	stream = fdopendir(fd);
	if (stream == NULL) {
		close(fd);
		return temporary_fail(dir->path, err);
	}
	*old = (struct old){.same = true, .replaceable = true};
	buf_init(&manifest, MANIFEST_MAX);
	if (dir->manifest != NULL) {
		read_old(fd, dir->manifest, &manifest);
	}
	while ((entry = readdir(stream)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0) {
			look_at_entry(dir, fd, entry->d_name, &manifest, old);
		}
	}
	old->same = old->same && old->count == dir->count;
	if (fsync(fd) == -1) {
		old->same = false;
	}
	buf_release(&manifest);
	closedir(stream);
	return 0;
}

/* For a file system that cannot exchange: for a moment the old directory
 * stands aside, under a name that no sweep removes. */
static int
exchange_slowly(struct outdir *dir, struct qf_error *err)
{
	const char *ours = dir->temporary.name;
	char aside[TEMPORARY_NAME_MAX + 8];
	int at = dir->parent_fd, rc = 0;
	sigset_t old;

	snprintf(aside, sizeof(aside), "%s.old", ours);
	temporary_hold(&old);
	if (renameat(at, dir->name, at, aside) == -1) {
		rc = temporary_fail(dir->path, err);
	} else if (renameat(at, ours, at, dir->name) == -1) {
		rc = temporary_fail(dir->path, err);
		(void)renameat(at, aside, at, dir->name);
	} else {
		(void)renameat(at, aside, at, ours);
	}
	temporary_let(&old);
	return rc;
}

/* Gives the new directory the old one's name and the old one the temporary
 * name, under which it will be removed. */
static int
exchange(struct outdir *dir, struct qf_error *err)
{
	int at = dir->parent_fd;

	if (renameat2(
		at, dir->temporary.name, at, dir->name, RENAME_EXCHANGE) == 0) {
		return 0;
	}
	if (errno == EINVAL || errno == ENOSYS) {
		return exchange_slowly(dir, err);
	}
	return temporary_fail(dir->path, err);
}

/* What to do where something stands already. */
static int
replace_old(struct outdir *dir, struct qf_error *err)
{
	struct old old = {0};

	if (look_at_old(dir, &old, err) == -1) {
		return -1;
	}
	if (old.same) {
		dir->unchanged = true;
		return 0;
	}
	if (!dir->force && old.count != 0) {
		return qf_fail(err, QF_CANTCREAT, "output-exists",
		    "%s: stands with other content; --force replaces it",
		    dir->path);
	}
	if (!old.replaceable) {
		return qf_fail(err, QF_CANTCREAT, "output-unsafe",
		    "%s: holds what no earlier output put there", dir->path);
	}
	return exchange(dir, err);
}

static int
sync_fd(const struct outdir *dir, int fd, struct qf_error *err)
{
	if (fsync(fd) == -1) {
		return qf_fail(err, QF_IO, "output-write", "%s: %s", dir->path,
		    strerror(errno));
	}
	return 0;
}

int
outdir_commit(struct outdir *dir, struct qf_error *err)
{
	struct stat status;
	int at = dir->parent_fd;

	settle(dir);
	if (sync_fd(dir, dir->fd, err) == -1) {
		return -1;
	}
	if (fstatat(at, dir->name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
		if (!S_ISDIR(status.st_mode)) {
			return qf_fail(err, QF_CANTCREAT, "output-unsafe",
			    "%s: is no directory", dir->path);
		}
		if (replace_old(dir, err) == -1) {
			return -1;
		}
	} else if (errno != ENOENT ||
		   renameat(at, dir->temporary.name, at, dir->name) == -1) {
		return temporary_fail(dir->path, err);
	} else {
		temporary_forget(&dir->temporary);
	}
	if (sync_fd(dir, at, err) == -1) {
		return -1;
	}

	/* Only now, that the new one is safe, goes what stands under the
	 * temporary name: the old one, or ours where it was the same. */
	temporary_remove(&dir->temporary);
	return 0;
}

bool
outdir_unchanged(const struct outdir *dir)
{
	return dir->unchanged;
}

void
outdir_free(struct outdir *dir)
{
	if (dir == NULL) {
		return;
	}
	for (size_t i = 0; i < dir->count; i++) {
		outfile_free(dir->members[i].file);
		free((char *)dir->members[i].entry.name);
	}
	temporary_remove(&dir->temporary);
	if (dir->fd != -1) {
		close(dir->fd);
	}
	if (dir->parent_fd != -1) {
		close(dir->parent_fd);
	}
	free(dir->members);
	free(dir->manifest);
	free(dir->path);
	free(dir);
}
