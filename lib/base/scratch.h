/* scratch.h - a file that nobody else sees and that ends with us.
 *
 * It lies in $TMPDIR, or in /var/tmp, and has no name any more when it is
 * handed out, so a process that is killed leaves nothing behind.
 *
 *	int fd = scratch_open();
 *
 *	if (fd == -1) ... errno says why ...
 *
 * Ownership: the caller closes the descriptor.
 */
#ifndef QF_BASE_SCRATCH_H
#define QF_BASE_SCRATCH_H

/* Open for reading and writing, empty; -1 with errno. */
int scratch_open(void);

#endif
