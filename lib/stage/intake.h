/* intake.h - one file's way into the ledger.
 *
 * A savepoint around it: the file goes in whole, as one batch or rule, or
 * nothing of it does.
 */
#ifndef QF_STAGE_INTAKE_H
#define QF_STAGE_INTAKE_H

#include <stddef.h>
#include <stdint.h>

#include "format/sniff.h"
#include "stage/ingest.h"

struct csv_config;
struct entry;
struct faults;
struct ledger;
struct zone;

/* What all files of one call share. */
struct intake {
	const struct ingest_options *options;
	struct ledger *ledger;
	const struct zone *zone;
	int64_t received_utc; /* INT64_MIN: not said */
	const char *quarantine; /* path for this file, or NULL */
};

/* An operand, opened. */
struct operand {
	struct ingest_file *file;
	struct sniff kind;
	const char *name; /* in messages: the path, or "(stdin)" */
	int fd; /* -1 while it is closed */
	int spool_fd; /* of standard input, else -1 */
};

/* Takes one file in.  -1 only where nothing more can be done for any file; a
 * file that is refused gives 0 and has it in operand->file. */
int intake_file(
    const struct intake *intake, struct operand *operand, struct qf_error *err);

#endif
