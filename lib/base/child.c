/* child.c - another program as a filter over bytes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/child.h"

#include <assert.h>
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/scratch.h"
#include "base/status.h"

#define PIECE ((size_t)64 << 10) /* bytes handed on at a time */
#define SAID_MAX 200 /* of what the program said */

/* Its standard input, output and error. */
enum { IN, OUT, SAID, FILES };

static int
open_files(int files[FILES], struct qf_error *err)
{
	for (int i = 0; i < FILES; i++) {
		files[i] = scratch_open();
		if (files[i] == -1) {
			return qf_fail(err, QF_CANTCREAT, "scratch-create",
			    "temporary file: %s", strerror(errno));
		}
	}
	return 0;
}

static void
close_files(int files[FILES])
{
	for (int i = 0; i < FILES; i++) {
		if (files[i] != -1) {
			close(files[i]);
		}
	}
}

static int
fill(int fd, const char *bytes, size_t length, struct qf_error *err)
{
	while (length != 0) {
		ssize_t done = write(fd, bytes, length);

		if (done == -1 && errno == EINTR) {
			continue;
		}
		if (done == -1) {
			return qf_fail(err, QF_IO, "scratch-write",
			    "temporary file: %s", strerror(errno));
		}
		bytes += done;
		length -= (size_t)done;
	}
	if (lseek(fd, 0, SEEK_SET) == -1) {
		return qf_fail(err, QF_IO, "scratch-write",
		    "temporary file: %s", strerror(errno));
	}
	return 0;
}

/* Starts the program: 0 or an errno. */
static int
start(const char *const *words, const int files[FILES], pid_t *pid)
{
	static char locale[] = "LC_ALL=C.UTF-8";
	const char *path = getenv("PATH");
	char *environment[3] = {locale, NULL, NULL};
	posix_spawn_file_actions_t actions;
	int failed;

	if (path != NULL) {
		environment[1] = xmalloc(strlen(path) + sizeof("PATH="));
		snprintf(environment[1], strlen(path) + sizeof("PATH="),
		    "PATH=%s", path);
	}
	failed = posix_spawn_file_actions_init(&actions);
	for (int i = 0; i < FILES && failed == 0; i++) {
		failed =
		    posix_spawn_file_actions_adddup2(&actions, files[i], i);
	}
	if (failed == 0) {
		/* It changes none of the words. */
		failed = posix_spawnp(pid, words[0], &actions, NULL,
		    (char *const *)(const void *)words, environment);
	}
	posix_spawn_file_actions_destroy(&actions);
	free(environment[1]);
	return failed;
}

/* The status it ended with, 128 + signal where it was killed. */
static int
await(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) == -1) {
		if (errno != EINTR) {
			BUG("waitpid: %s", strerror(errno));
		}
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int
failed(const char *name, int status, int fd, struct qf_error *err)
{
	char said[SAID_MAX + 1];
	ssize_t length = pread(fd, said, SAID_MAX, 0);

	said[length > 0 ? length : 0] = '\0';
	/* What comes first may be an empty line. */
	return qf_fail(err, QF_IO, "program-failed", "%s: ended with %d: %.*s",
	    name, status, (int)strcspn(said + strspn(said, "\n"), "\n"),
	    said + strspn(said, "\n"));
}

static int
hand_on(int fd, struct sink output, struct qf_error *err)
{
	char *piece = xmalloc(PIECE);
	off_t at = 0;
	int rc = -1;

	for (;;) {
		ssize_t length = pread(fd, piece, PIECE, at);

		if (length == -1 && errno == EINTR) {
			continue;
		}
		if (length == -1) {
			(void)qf_fail(err, QF_IO, "scratch-read",
			    "temporary file: %s", strerror(errno));
			break;
		}
		if (length == 0) {
			rc = 0;
			break;
		}
		at += length;
		if (output.write(output.context, piece, (size_t)length, err) ==
		    -1) {
			break;
		}
	}
	free(piece);
	return rc;
}

int
child_filter(const char *const *words, const void *input, size_t length,
    struct sink output, struct qf_error *err)
{
	int files[FILES] = {-1, -1, -1}, rc = -1, reason;
	pid_t pid;

	assert(words[0] != NULL);
	if (open_files(files, err) == -1 ||
	    fill(files[IN], input, length, err) == -1) {
		goto out;
	}
	reason = start(words, files, &pid);
	if (reason != 0) {
		rc = qf_fail(err, QF_CONFIG, "program-missing",
		    "%s cannot be started: %s", words[0], strerror(reason));
		goto out;
	}
	reason = await(pid);
	rc = reason != 0 ? failed(words[0], reason, files[SAID], err)
			 : hand_on(files[OUT], output, err);
out:
	close_files(files);
	return rc;
}
