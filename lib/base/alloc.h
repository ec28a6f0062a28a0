/* alloc.h - memory that is there or ends the process.
 *
 * Out of memory is fatal everywhere (status 71): a transaction makes dying
 * safe, and a branch that never runs is a branch that is never right.
 * alloc_init() routes GMP through the same functions.
 */
#ifndef QF_BASE_ALLOC_H
#define QF_BASE_ALLOC_H

#include <stddef.h>

/* Called once by every tool before anything else. */
void alloc_init(void);

/* Like malloc, calloc, realloc, strdup and strndup; never return NULL. */
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
void *xreallocarray(void *old, size_t count, size_t size);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t length);

#endif
