/* handle.h - how tools name entries to each other.
 *
 * "run:9@1f3a9c02" is entry 9, a run, whose digest begins with 1f3a9c02; by
 * hand "run:9" will do, and "run:9/123" is line 123 of it.  The digest makes
 * sure that a handle of another ledger is refused.
 */
#ifndef QF_MODEL_HANDLE_H
#define QF_MODEL_HANDLE_H

#include <stddef.h>
#include <stdint.h>

struct qf_error;

enum entry_kind {
	ENTRY_MARKET = 1,
	ENTRY_BATCH,
	ENTRY_RULE,
	ENTRY_RUN,
	ENTRY_POSTING,
};

#define HANDLE_HEAD_LENGTH 8	/* hexadecimal digits of the digest shown */
#define HANDLE_TEXT_MAX 64	/* bytes that handle_format may write */

struct handle {
	enum entry_kind kind;
	int64_t entry;
	char head[HANDLE_HEAD_LENGTH + 1]; /* "" where none was given */
	int64_t line;			/* 0 where none was given */
};

/* "batch", "run" ...; the text is static. */
const char *entry_kind_name(enum entry_kind kind);

/* Reads a handle; QF_USAGE handle-syntax otherwise. */
int handle_parse(struct handle *out, const char *text, struct qf_error *err);

/* Writes the handle with its NUL; returns text. */
char *handle_format(const struct handle *handle, char *text, size_t size);

#endif
