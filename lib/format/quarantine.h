/* quarantine.h - setting bad rows aside, to be mended and sent again.
 *
 *	struct quarantine_plan plan = {.path = "bad.csv", .tool = "qf-ingest"};
 *
 *	faults_finish(faults, err);
 *	if (quarantine_write(&plan, fd, &config, faults, &done, err) == -1) ...
 *
 * The file is the input's preamble and header and those of its rows that have
 * faults, as they came (in UTF-8 where the input was GB 18030), so that it can
 * be ingested once it is mended.  Beside it, PATH.reasons.csv has a row a
 * fault: line (of the input), column, code, reason.
 *
 * Errors: QF_CANTCREAT and QF_IO of outfile.h, and those of csv.h.
 */
#ifndef QF_FORMAT_QUARANTINE_H
#define QF_FORMAT_QUARANTINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/status.h"

struct csv_config;
struct faults;

struct quarantine_plan {
	const char *path;
	const char *tool;
	const char *declaration; /* to add to the preamble, or NULL */
	bool force; /* replace a file of other content */
	bool dry_run; /* find out, but publish nothing */
};

struct quarantine_done {
	int64_t rows; /* set aside */
	struct digest sha256; /* of the file of rows */
};

/* What is set aside of a JSON file, in bytes. */
struct quarantine_span {
	size_t begin, end;
};

/* The same for a JSON file: an array of the objects that are set aside, as
 * they came.  fd is borrowed. */
int quarantine_write_json(const struct quarantine_plan *plan, int fd,
    const struct quarantine_span *spans, size_t count, struct faults *faults,
    struct quarantine_done *done, struct qf_error *err);

/* Reads the input once more from its start.  faults are at their beginning,
 * after faults_finish, and at their end afterwards.  file is the input's name
 * in messages. */
int quarantine_write(const struct quarantine_plan *plan, int fd,
    const char *file, const struct csv_config *config, struct faults *faults,
    struct quarantine_done *done, struct qf_error *err);

#endif
