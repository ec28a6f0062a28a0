/* child.c - another program as a filter over bytes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/child.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/scratch.h"
#include "base/status.h"
#include "base/text.h"

#define PIECE ((size_t)64 << 10) /* bytes handed on at a time */
#define SAID_MAX 200 /* of what the program said */

/* Its standard input, output and error, and our end of the output. */
enum { IN, OUT, SAID, FILES, BACK = FILES, ENDS };

static int
open_files(int files[ENDS], struct qf_error *err)
{
	int ends[2];

	files[IN] = scratch_open();
	files[SAID] = scratch_open();
	if (files[IN] == -1 || files[SAID] == -1) {
		return qf_fail(err, QF_CANTCREAT, "scratch-create",
		    "temporary file: %s", strerror(errno));
	}
	if (pipe2(ends, O_CLOEXEC) == -1) {
		return qf_fail(
		    err, QF_OS, "program-read", "pipe: %s", strerror(errno));
	}
	files[BACK] = ends[0];
	files[OUT] = ends[1];
	return 0;
}

static void
close_end(int *fd)
{
	if (*fd != -1) {
		close(*fd);
		*fd = -1;
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

static int
await(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) == -1) {
		if (errno != EINTR) {
			BUG("waitpid: %s", strerror(errno));
		}
	}
	return status;
}

/* All that it prints, until it closes its end. */
static int
listen_to(const char *name, int fd, struct buf *printed, struct qf_error *err)
{
	char *piece = xmalloc(PIECE);
	int rc = 0;

	while (rc == 0) {
		ssize_t length = read(fd, piece, PIECE);

		if (length == -1 && errno == EINTR) {
			continue;
		}
		if (length == -1) {
			rc = qf_fail(err, QF_IO, "program-read",
			    "cannot read from %s: %s", name, strerror(errno));
		} else if (length == 0) {
			break;
		} else if (buf_add(printed, piece, (size_t)length) == -1) {
			rc = qf_fail(err, QF_IO, "program-failed",
			    "%s: prints more than %zu bytes", name,
			    CHILD_OUTPUT_MAX);
		}
	}
	free(piece);
	return rc;
}

static int
failed(const char *name, int status, const char *said, struct qf_error *err)
{
	if (WIFSIGNALED(status)) {
		return qf_fail(err, QF_IO, "program-failed",
		    "%s: was killed by signal %d", name, WTERMSIG(status));
	}
	/* What comes first may be an empty line. */
	said += strspn(said, "\n");
	return qf_fail(err, QF_IO, "program-failed", "%s: ended with %d%s%.*s",
	    name, WEXITSTATUS(status), *said == '\0' ? "" : ": ",
	    (int)strcspn(said, "\n"), said);
}

/* Whether it ended well, and said so. */
static int
judge(const char *name, int status, int fd, const char *proof,
    struct qf_error *err)
{
	char said[SAID_MAX + 1];
	size_t needed = proof == NULL ? 0 : strlen(proof) + 1;
	ssize_t length = pread(fd, said, SAID_MAX, 0);
	off_t end = lseek(fd, 0, SEEK_END);

	said[length > 0 ? length : 0] = '\0';
	if (status != 0) {
		return failed(name, status, said, err);
	}
	assert(needed <= SAID_MAX);
	if (end < (off_t)needed ||
	    pread(fd, said, needed, end - (off_t)needed) != (ssize_t)needed ||
	    (needed > 0 && memcmp(said, proof, needed - 1) != 0)) {
		return qf_fail(err, QF_IO, "program-failed",
		    "%s: ended before its input did", name);
	}
	return 0;
}

int
child_filter(const char *const *words, const void *input, size_t length,
    const char *proof, struct sink output, struct qf_error *err)
{
	int files[ENDS] = {-1, -1, -1, -1}, rc = -1, reason;
	struct buf printed;
	pid_t pid;

	assert(words[0] != NULL);
	buf_init(&printed, CHILD_OUTPUT_MAX);
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
	close_end(&files[OUT]);
	rc = listen_to(words[0], files[BACK], &printed, err);
	/* One that still prints is to see that nobody listens. */
	close_end(&files[BACK]);
	reason = await(pid);
	if (rc == 0) {
		rc = judge(words[0], reason, files[SAID], proof, err);
	}
	if (rc == 0) {
		rc = output.write(
		    output.context, printed.bytes, printed.length, err);
	}
out:
	for (int i = 0; i < ENDS; i++) {
		close_end(&files[i]);
	}
	buf_release(&printed);
	return rc;
}
