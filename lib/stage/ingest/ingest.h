/* ingest.h - taking files of facts and rule documents into a ledger.
 *
 *	struct ingest_options options = {.ledger = path, .say = say};
 *	struct ingest_report *report;
 *
 *	if (ingest_run(&report, &options, paths, count, err) == -1) ...
 *	for (i = 0; i < report->count; i++)
 *		... report->files[i].handle ...
 *	ingest_report_free(report);
 *
 * Files are taken in the order of their kinds, whatever that of the operands.
 * Each goes in whole or not at all; one that is refused leaves the others
 * alone.  All is one transaction.
 *
 * Errors: what makes the whole impossible (no ledger, no space, a busy
 * ledger).  What is wrong with one file is in its report and was said through
 * options->say.
 */
#ifndef QF_STAGE_INGEST_H
#define QF_STAGE_INGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/status.h"
#include "base/text.h"
#include "model/handle.h"
#include "stage/summary.h"

#define INGEST_FAULTS_SAID 100 /* of one file; the rest is counted */

enum ingest_unlisted { UNLISTED_TAKE, UNLISTED_SAY, UNLISTED_REFUSE };

struct ingest_options {
	const char *ledger;
	int wait_seconds;
	int64_t recorded_utc;
	const char *correct; /* reason of a correction, or NULL */
	const char *quarantine; /* file or directory, or NULL */
	bool force; /* replace quarantine files of other content */
	const char *received; /* local time or with offset, or NULL */
	const char *cut_off; /* a time; files received later are late */
	bool refuse_late; /* else they are taken, and that is said */
	const char *declare; /* for reads that do not declare, or NULL */
	const char *const *manifests; /* of senders */
	size_t manifest_count;
	enum ingest_unlisted unlisted; /* what no manifest names */
	enum text_encoding encoding;
	bool encoding_said; /* it goes over that of a header map */
	const char *schema; /* XSD that XML of others must fit, or NULL */
	const char *map; /* header map for files of CSV, or NULL */
	bool dry_run; /* do everything, keep nothing */
	bool quiet; /* no progress bar */
	/* Told of each fault, and of what was set aside. */
	void (*say)(void *context, const struct qf_error *err);
	void *context;
};

enum ingest_state {
	INGEST_NEW, /* went in; handle is its entry */
	INGEST_KNOWN, /* was there already; handle is that entry */
	INGEST_REFUSED, /* nothing of it went in; error says why */
	INGEST_MANIFEST, /* is one of the manifests: not for the ledger */
};

struct ingest_file {
	const char *path; /* the operand, borrowed */
	enum ingest_state state;
	struct handle handle;
	struct qf_error error; /* of INGEST_REFUSED: the first one */
	const char *format; /* sniff_name(); "" where unknown */
	char sha256[DIGEST_HEX_SIZE]; /* "" where it was not read */
	int64_t bytes;
	int64_t facts, repeated, set_aside, faults;
	int64_t notes; /* what was not taken, or does not tally */
	bool late; /* received after the cut-off */
};

struct ingest_report {
	struct ingest_file *files; /* in the order of the operands */
	size_t count;
	int64_t set_aside; /* rows, of all files */
	int64_t late; /* files */
	char **absent; /* names in manifests that are no operand's */
	size_t absent_count;
	int64_t unlisted; /* files that were to be said of */
	enum qf_status status; /* of the first file refused, or QF_OK */
};

/* The path "-" is standard input, once.  *report is filled even where -1 is
 * returned: then no file is INGEST_NEW, since nothing was kept. */
int
ingest_run(struct ingest_report **report, const struct ingest_options *options,
    char *const *paths, size_t count, struct qf_error *err);
void ingest_report_free(struct ingest_report *report);

/* Tells a summary what was done; the report must stay till it is finished. */
void
ingest_summary(struct summary *summary, const struct ingest_report *report);

#endif
