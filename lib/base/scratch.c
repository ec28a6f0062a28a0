/* scratch.c - a file that nobody else sees and that ends with us.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

int
scratch_open(void)
{
	const char *place = getenv("TMPDIR");
	char *path;
	size_t size;
	int fd;

	if (place == NULL || place[0] == '\0') {
		place = "/var/tmp";
	}
	fd = open(place, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
	if (fd != -1) {
		return fd;
	}
	/* Not every file system can do that. */
	size = strlen(place) + sizeof("/.qf-scratch-XXXXXX");
	path = xmalloc(size);
	snprintf(path, size, "%s/.qf-scratch-XXXXXX", place);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd != -1) {
		unlink(path);
	}
	free(path);
	return fd;
}
