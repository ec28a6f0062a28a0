/* alloc.c - memory that is there or ends the process.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/alloc.h"

#include <gmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/status.h"

/* Says so with write(2), which needs no memory, and dies; an open
 * transaction rolls back when it is next opened. */
static _Noreturn void
out_of_memory(void)
{
	static const char text[] = "out of memory [memory]\n";

	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0) {
		_exit(QF_OS);
	}
	_exit(QF_OS);
}

void *
xmalloc(size_t size)
{
	void *p = malloc(size != 0 ? size : 1);

	if (p == NULL) {
		out_of_memory();
	}
	return p;
}

void *
xcalloc(size_t count, size_t size)
{
	void *p = calloc(count != 0 ? count : 1, size != 0 ? size : 1);

	if (p == NULL) {
		out_of_memory();
	}
	return p;
}

void *
xrealloc(void *old, size_t size)
{
	void *p = realloc(old, size != 0 ? size : 1);

	if (p == NULL) {
		out_of_memory();
	}
	return p;
}

void *
xreallocarray(void *old, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size) {
		out_of_memory();
	}
	return xrealloc(old, count * size);
}

char *
xstrdup(const char *text)
{
	return xstrndup(text, strlen(text));
}

char *
xstrndup(const char *text, size_t length)
{
	char *copy = xmalloc(length + 1);

	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

static void *
gmp_realloc(void *old, size_t old_size, size_t new_size)
{
	(void)old_size;
	return xrealloc(old, new_size);
}

static void
gmp_free(void *p, size_t size)
{
	(void)size;
	free(p);
}

void
alloc_init(void)
{
	mp_set_memory_functions(xmalloc, gmp_realloc, gmp_free);
}
