/* child.c - another program as a filter over bytes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/child.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/scratch.h"
#include "base/status.h"
#include "base/text.h"

#define PIECE ((size_t)64 << 10) /* bytes handed on at a time */
#define SAID_MAX 200 /* of what the program said */

/* Its standard input, output and error, and our ends of the first two. */
enum { IN, OUT, SAID, FILES, TO = FILES, BACK, ENDS };

static int
open_files(int files[ENDS], struct qf_error *err)
{
	int pair[2];

	files[SAID] = scratch_open();
	if (files[SAID] == -1) {
		return qf_fail(err, QF_CANTCREAT, "scratch-create",
		    "temporary file: %s", strerror(errno));
	}
	/* A pipe would answer a write that nobody reads with SIGPIPE. */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1) {
		return qf_fail(
		    err, QF_OS, "program-start", "socket: %s", strerror(errno));
	}
	files[IN] = pair[0];
	files[TO] = pair[1];
	if (pipe2(pair, O_CLOEXEC) == -1) {
		return qf_fail(
		    err, QF_OS, "program-start", "pipe: %s", strerror(errno));
	}
	files[BACK] = pair[0];
	files[OUT] = pair[1];
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

/* What goes in and comes out. */
struct talk {
	const char *name;
	const char *input;
	size_t left; /* of the input */
	struct buf printed;
};

/* Hands over as much as it takes at once; nothing is left where it takes no
 * more. */
static int
hand_over(struct talk *talk, int *fd, struct qf_error *err)
{
	ssize_t done =
	    send(*fd, talk->input, talk->left, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (done > 0) {
		talk->input += done;
		talk->left -= (size_t)done;
	} else if (errno == EPIPE || errno == ECONNRESET) {
		close_end(fd);
		return 0;
	} else if (errno != EAGAIN && errno != EINTR) {
		return qf_fail(err, QF_IO, "program-failed",
		    "%s: cannot be written to: %s", talk->name,
		    strerror(errno));
	}
	if (talk->left == 0) {
		close_end(fd);
	}
	return 0;
}

/* Takes what there is; 1 at the end. */
static int
listen_to(struct talk *talk, int fd, char piece[PIECE], struct qf_error *err)
{
	ssize_t length = read(fd, piece, PIECE);

	if (length == -1 && errno != EINTR) {
		return qf_fail(err, QF_IO, "program-failed",
		    "%s: cannot be read from: %s", talk->name, strerror(errno));
	}
	if (length > 0 &&
	    buf_add(&talk->printed, piece, (size_t)length) == -1) {
		return qf_fail(err, QF_IO, "program-failed",
		    "%s: prints more than %zu bytes", talk->name,
		    CHILD_OUTPUT_MAX);
	}
	return length == 0;
}

/* Hands the input over and keeps what is printed, until the program closes its
 * output. */
static int
talk_with(struct talk *talk, int files[ENDS], struct qf_error *err)
{
	char *piece = xmalloc(PIECE);
	int rc = 0;

	if (talk->left == 0) {
		close_end(&files[TO]);
	}
	while (rc == 0) {
		/* A descriptor of -1 is passed over. */
		struct pollfd ends[] = {
		    {files[BACK], POLLIN, 0}, {files[TO], POLLOUT, 0}};

		if (poll(ends, 2, -1) == -1) {
			if (errno != EINTR) {
				BUG("poll: %s", strerror(errno));
			}
			continue;
		}
		if (ends[1].revents != 0) {
			rc = hand_over(talk, &files[TO], err);
		}
		if (rc == 0 && ends[0].revents != 0) {
			rc = listen_to(talk, files[BACK], piece, err);
		}
	}
	free(piece);
	return rc == 1 ? 0 : -1;
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

/* Whether it ended well, having taken all of its input. */
static int
judge(const struct talk *talk, int status, int fd, struct qf_error *err)
{
	char said[SAID_MAX + 1];
	ssize_t length = pread(fd, said, SAID_MAX, 0);

	said[length > 0 ? length : 0] = '\0';
	if (status != 0) {
		return failed(talk->name, status, said, err);
	}
	if (talk->left > 0) {
		return qf_fail(err, QF_IO, "program-failed",
		    "%s: ended before its input did", talk->name);
	}
	return 0;
}

static int
not_started(const char *name, int reason, struct qf_error *err)
{
	bool missing =
	    reason == ENOENT || reason == EACCES || reason == ENOEXEC;

	return qf_fail(err, missing ? QF_CONFIG : QF_OS,
	    missing ? "program-missing" : "program-start",
	    "%s cannot be started: %s", name, strerror(reason));
}

int
child_filter(const char *const *words, const void *input, size_t length,
    struct sink output, struct qf_error *err)
{
	struct talk talk = {.name = words[0], .input = input, .left = length};
	int files[ENDS] = {-1, -1, -1, -1, -1}, rc = -1, reason, status;
	pid_t pid;

	assert(words[0] != NULL);
	buf_init(&talk.printed, CHILD_OUTPUT_MAX);
	if (open_files(files, err) == -1) {
		goto out;
	}
	reason = start(words, files, &pid);
	if (reason != 0) {
		rc = not_started(words[0], reason, err);
		goto out;
	}
	close_end(&files[IN]);
	close_end(&files[OUT]);
	rc = talk_with(&talk, files, err);
	/* One that still prints is to see that nobody listens. */
	close_end(&files[TO]);
	close_end(&files[BACK]);
	status = await(pid);
	if (rc == 0) {
		rc = judge(&talk, status, files[SAID], err);
	}
	if (rc == 0) {
		rc = output.write(output.context, talk.printed.bytes,
		    talk.printed.length, err);
	}
out:
	for (int i = 0; i < ENDS; i++) {
		close_end(&files[i]);
	}
	buf_release(&talk.printed);
	return rc;
}
