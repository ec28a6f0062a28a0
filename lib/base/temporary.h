/* temporary.h - files and directories that must not outlive the process.
 *
 * What is made here has a name of the form .TOOL-PID-NUMBER, is locked, and
 * is removed again unless it is forgotten, also when SIGINT, SIGTERM or
 * SIGHUP ends the process.  SIGKILL and a power cut leave it behind; the next
 * process that works in the same place sweeps away what belongs to no process
 * and is locked by none.
 *
 *	dir_fd = temporary_parent(path, &name, err);
 *	if (temporary_open(&temporary, dir_fd, path, tool, &fd, err) == -1)
 *		return -1;
 *	... write, sync, rename ...
 *	temporary_forget(&temporary);
 *
 * A temporary must stay where it is in memory until it is removed or
 * forgotten.  Limits: TEMPORARY_MAX at a time (QF_CANTCREAT otherwise).
 */
#ifndef QF_BASE_TEMPORARY_H
#define QF_BASE_TEMPORARY_H

#include <signal.h>
#include <stdbool.h>

#include "base/status.h"

#define TEMPORARY_MAX 16
#define TEMPORARY_NAME_MAX 64

struct temporary {
	int dir_fd; /* the directory it is in, borrowed */
	bool is_directory; /* holds plain files only */
	bool exists; /* to be removed */
	char name[TEMPORARY_NAME_MAX];
};

/* Opens the directory that path lies in, which the caller closes, and finds
 * the name in it; -1 with QF_CANTCREAT or QF_PERM. */
int temporary_parent(const char *path, const char **name, struct qf_error *err);

/* Fails by errno about creating path: QF_CANTCREAT or QF_PERM
 * "output-create". */
int temporary_fail(const char *path, struct qf_error *err);

/* Makes an empty file, open for writing, or an empty directory, open for
 * reading; the caller closes *fd.  path is for the message alone. */
int temporary_open(struct temporary *temporary, int dir_fd, const char *path,
    const char *tool, int *fd, struct qf_error *err);
int temporary_mkdir(struct temporary *temporary, int dir_fd, const char *path,
    const char *tool, int *fd, struct qf_error *err);

/* Removes it, a directory with the files in it, if it is still there. */
void temporary_remove(struct temporary *temporary);

/* It has another name now, or is gone. */
void temporary_forget(struct temporary *temporary);

/* Holds the deadly signals back, and lets them through again. */
void temporary_hold(sigset_t *old);
void temporary_let(const sigset_t *old);

/* Removes in dir_fd what dead processes of this tool left. */
void temporary_sweep(int dir_fd, const char *tool);

#endif
