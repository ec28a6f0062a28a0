/* temporary.c - files and directories that must not outlive the process.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/temporary.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

/* Read by the signal handler: a slot changes by one store of a pointer to a
 * temporary that is complete. */
static struct temporary *volatile slots[TEMPORARY_MAX];

static const int deadly[] = {SIGINT, SIGTERM, SIGHUP};
#define DEADLY_COUNT (sizeof(deadly) / sizeof(deadly[0]))

int
temporary_fail(const char *path, struct qf_error *err)
{
	int fault = errno;

	return qf_fail(err,
	    fault == EACCES || fault == EPERM ? QF_PERM : QF_CANTCREAT,
	    "output-create", "%s: %s", path, strerror(fault));
}

int
temporary_parent(const char *path, const char **name, struct qf_error *err)
{
	const char *slash = strrchr(path, '/');
	char *parent;
	int fd;

	*name = slash != NULL ? slash + 1 : path;
	if (**name == '\0' || strcmp(*name, ".") == 0 ||
	    strcmp(*name, "..") == 0) {
		return qf_fail(err, QF_CANTCREAT, "output-unsafe",
		    "%s: no name of a file", path);
	}
	if (slash == NULL) {
		parent = xstrdup(".");
	} else {
		parent = xstrndup(path, (size_t)(slash - path) + 1);
	}
	fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 && (errno == ENOENT || errno == ENOTDIR)) {
		qf_fail(err, QF_CANTCREAT, "output-create",
		    "%s: there is no folder %s to write it in", path, parent);
	} else if (fd == -1) {
		temporary_fail(path, err);
	}
	free(parent);
	return fd;
}

/* Removes the plain files in a directory.  It uses system calls alone,
 * because the signal handler comes here. */
static void
remove_files(int fd)
{
	_Alignas(struct dirent64) char room[4096];
	ssize_t got;
	bool again = true;

	/* Names may be skipped while others go, so it looks until a pass
	 * removes nothing. */
	while (again && lseek(fd, 0, SEEK_SET) == 0) {
		again = false;
		while ((got = getdents64(fd, room, sizeof(room))) > 0) {
			for (ssize_t at = 0; at < got;) {
				struct dirent64 *entry =
				    (struct dirent64 *)(room + at);

				if (unlinkat(fd, entry->d_name, 0) == 0) {
					again = true;
				}
				at += entry->d_reclen;
			}
		}
	}
}

/* Removes one entry of a directory; as above. */
static void
remove_entry(int dir_fd, const char *name, bool is_directory)
{
	int fd;

	if (!is_directory) {
		unlinkat(dir_fd, name, 0);
		return;
	}
	fd = openat(
	    dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd != -1) {
		remove_files(fd);
		close(fd);
	}
	unlinkat(dir_fd, name, AT_REMOVEDIR);
}

/* Cleans up and dies by the signal that came, so that a shell or cron sees
 * how the process ended. */
static void
on_deadly(int number)
{
	for (size_t i = 0; i < TEMPORARY_MAX; i++) {
		struct temporary *temporary = slots[i];

		if (temporary != NULL) {
			remove_entry(temporary->dir_fd, temporary->name,
			    temporary->is_directory);
		}
	}
	signal(number, SIG_DFL);
	raise(number);
}

/* A signal that was ignored when we started (nohup) stays ignored. */
static void
catch_deadly(void)
{
	static bool done;
	struct sigaction action = {.sa_handler = on_deadly}, old;

	if (done) {
		return;
	}
	done = true;
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < DEADLY_COUNT; i++) {
		sigaddset(&action.sa_mask, deadly[i]);
	}
	for (size_t i = 0; i < DEADLY_COUNT; i++) {
		if (sigaction(deadly[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_DFL) {
			sigaction(deadly[i], &action, NULL);
		}
	}
}

void
temporary_hold(sigset_t *old)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < DEADLY_COUNT; i++) {
		sigaddset(&set, deadly[i]);
	}
	sigprocmask(SIG_BLOCK, &set, old);
}

void
temporary_let(const sigset_t *old)
{
	sigprocmask(SIG_SETMASK, old, NULL);
}

static struct temporary *volatile *
free_slot(void)
{
	for (size_t i = 0; i < TEMPORARY_MAX; i++) {
		if (slots[i] == NULL) {
			return &slots[i];
		}
	}
	return NULL;
}

/* Makes the entry under a name that is free. */
static int
make_entry(struct temporary *temporary, const char *tool)
{
	static unsigned int number;
	int dir_fd = temporary->dir_fd, fd;

	for (int try = 0; try < 1000; try++) {
		snprintf(temporary->name, sizeof(temporary->name),
		    ".%.40s-%ld-%u", tool, (long)getpid(), ++number);
		if (temporary->is_directory) {
			if (mkdirat(dir_fd, temporary->name, 0777) == 0) {
				fd = openat(dir_fd, temporary->name,
				    O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
					O_CLOEXEC);
				if (fd == -1) {
					unlinkat(dir_fd, temporary->name,
					    AT_REMOVEDIR);
				}
				return fd;
			}
		} else {
			fd = openat(dir_fd, temporary->name,
			    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
				O_CLOEXEC,
			    0666);
			if (fd != -1) {
				return fd;
			}
		}
		if (errno != EEXIST) {
			return -1;
		}
	}
	return -1;
}

static int
make(struct temporary *temporary, const char *path, const char *tool, int *fd,
    struct qf_error *err)
{
	struct temporary *volatile *slot = free_slot();
	sigset_t old;
	int fault;

	if (slot == NULL) {
		return qf_fail(err, QF_CANTCREAT, "output-create",
		    "%s: more than %d outputs at a time", path, TEMPORARY_MAX);
	}
	catch_deadly();
	temporary_hold(&old);
	*fd = make_entry(temporary, tool);
	fault = errno;
	if (*fd != -1) {
		temporary->exists = true;
		*slot = temporary;
	}
	temporary_let(&old);
	if (*fd == -1) {
		errno = fault;
		return temporary_fail(path, err);
	}

	/* The lock says to a sweeper, perhaps on another machine, that
	 * somebody is at work; where locks do not work, the PID does. */
	(void)flock(*fd, LOCK_EX | LOCK_NB);
	return 0;
}

int
temporary_open(struct temporary *temporary, int dir_fd, const char *path,
    const char *tool, int *fd, struct qf_error *err)
{
	*temporary = (struct temporary){.dir_fd = dir_fd};
	return make(temporary, path, tool, fd, err);
}

int
temporary_mkdir(struct temporary *temporary, int dir_fd, const char *path,
    const char *tool, int *fd, struct qf_error *err)
{
	*temporary = (struct temporary){.dir_fd = dir_fd, .is_directory = true};
	return make(temporary, path, tool, fd, err);
}

void
temporary_forget(struct temporary *temporary)
{
	for (size_t i = 0; i < TEMPORARY_MAX; i++) {
		if (slots[i] == temporary) {
			slots[i] = NULL;
		}
	}
	temporary->exists = false;
}

void
temporary_remove(struct temporary *temporary)
{
	if (temporary->exists) {
		remove_entry(temporary->dir_fd, temporary->name,
		    temporary->is_directory);
		temporary_forget(temporary);
	}
}

/* The PID in ".TOOL-PID-NUMBER", or 0 for any other name. */
static long
owner_of(const char *name, const char *tool)
{
	char digits[16];
	size_t length = strlen(tool), count;

	if (name[0] != '.' || strncmp(name + 1, tool, length) != 0 ||
	    name[1 + length] != '-') {
		return 0;
	}
	name += length + 2;
	count = strspn(name, "0123456789");
	if (count == 0 || count > 9 || name[count] != '-' ||
	    name[count + 1] == '\0' ||
	    name[count + 1 + strspn(name + count + 1, "0123456789")] != '\0') {
		return 0;
	}
	memcpy(digits, name, count);
	digits[count] = '\0';
	return strtol(digits, NULL, 10);
}

/* True if nobody holds the lock of the entry. */
static bool
is_unlocked(int dir_fd, const char *name, bool *is_directory)
{
	struct stat status;
	bool unlocked;
	int fd = openat(
	    dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd == -1) {
		return false;
	}
	unlocked = fstat(fd, &status) == 0 &&
		   (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) &&
		   flock(fd, LOCK_EX | LOCK_NB) == 0;
	*is_directory = unlocked && S_ISDIR(status.st_mode);
	close(fd);
	return unlocked;
}

void
temporary_sweep(int dir_fd, const char *tool)
{
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	if (dir == NULL) {
		if (fd != -1) {
			close(fd);
		}
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		long owner = owner_of(entry->d_name, tool);
		bool is_directory = false;

		if (owner > 0 && kill((pid_t)owner, 0) == -1 &&
		    errno == ESRCH &&
		    is_unlocked(dir_fd, entry->d_name, &is_directory)) {
			remove_entry(dir_fd, entry->d_name, is_directory);
		}
	}
	closedir(dir);
}
