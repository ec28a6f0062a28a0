/* log.h - the entries of a ledger, and what each is.
 *
 *	struct log_cursor *cursor;
 *	struct log_entry entry;
 *
 *	if (log_open(&cursor, ledger, "run", err) == -1) ...
 *	while ((rc = log_next(cursor, &entry, err)) == 1) ...
 *	log_close(cursor);
 *
 * Texts are valid until the next step; they are NULL where an entry of that
 * kind has none.
 */
#ifndef QF_LEDGER_LOG_H
#define QF_LEDGER_LOG_H

#include <stdint.h>

#include "model/handle.h"

struct ledger;
struct qf_error;

struct log_entry {
	struct handle handle; /* with its head */
	const char *kind;
	const char *header; /* text, a line a field: qf-ledger(5) */
	const char *market;
	const char *format; /* of a batch */
	const char *file; /* of a batch or rule: its name */
	const char *sha256; /* of its bytes */
	const char *reason; /* of a correction */
	int64_t received_utc; /* of a batch; INT64_MIN where not said */
	const char *rule; /* its id */
	const char *run_kind, *run_scope; /* of a run */
	int64_t from_utc, to_utc; /* its period */
	int64_t posted_run; /* of a posting: the run's entry */
	int booking_month; /* of a posting, YYYYMM */
};

/* Steps through the entries, oldest first: those of one kind, or NULL. */
struct log_cursor;
int log_open(struct log_cursor **out, struct ledger *ledger, const char *kind,
    struct qf_error *err);
int log_next(
    struct log_cursor *cursor, struct log_entry *out, struct qf_error *err);
void log_close(struct log_cursor *cursor);

/* One entry alone: 1, or 0 where there is none; the cursor holds its texts
 * and is closed by the caller in either case (NULL on failure). */
int log_find(struct log_cursor **cursor, struct ledger *ledger, int64_t entry,
    struct log_entry *out, struct qf_error *err);

#endif
