/* sorter.h - sorting more records than memory holds.
 *
 * Records are a key and data, both any bytes; they come back in the order of
 * memcmp over their keys, a shorter key before a longer one that it begins,
 * and in the order of addition where keys are equal.  What passes the memory
 * ceiling is written in sorted runs to files that have no name any more, and
 * merged while reading.  Records that arrive in order are never sorted.
 *
 *	struct sorter *sorter = sorter_new(SORTER_MEMORY);
 *
 *	while (... a record ...)
 *		if (sorter_add(sorter, key, klen, data, dlen, err) == -1) ...
 *	if (sorter_finish(sorter, err) == -1) ...
 *	while ((rc = sorter_next(sorter, &record, err)) == 1)
 *		...
 *	sorter_free(sorter);
 *
 * Errors: QF_IO "sorter-write", "sorter-read", QF_CANTCREAT "sorter-create"
 * for the files, in $TMPDIR or /var/tmp.  Limits: a record of at most
 * SORTER_RECORD_MAX bytes, QF_DATA "sorter-record" otherwise.
 */
#ifndef QF_BASE_SORTER_H
#define QF_BASE_SORTER_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define SORTER_MEMORY ((size_t)48 << 20) /* bytes, a good ceiling */
#define SORTER_RECORD_MAX ((size_t)4 << 20)

struct sorter;

/* Borrowed, valid until the next call. */
struct sorter_record {
	const void *key;
	size_t key_length;
	const void *data;
	size_t data_length;
};

/* memory is in bytes, at least 64 KiB. */
struct sorter *sorter_new(size_t memory);

/* Copies a record in. */
int sorter_add(struct sorter *sorter, const void *key, size_t key_length,
    const void *data, size_t data_length, struct qf_error *err);

/* Ends the adding; call once. */
int sorter_finish(struct sorter *sorter, struct qf_error *err);

/* 1 with the next record, 0 at the end, -1 on failure. */
int sorter_next(
    struct sorter *sorter, struct sorter_record *out, struct qf_error *err);

/* How many sorted runs went to files (0: all stayed in memory). */
size_t sorter_run_count(const struct sorter *sorter);

void sorter_free(struct sorter *sorter);

#endif
