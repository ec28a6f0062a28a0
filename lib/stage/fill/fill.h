/* fill.h - estimates the reads that a period lacks, as one batch.
 *
 * What qf-fill does once its options are read.  Missing is every interval of a
 * point in scope (stage/scope.h) that has no value, or a withdrawn one, on a
 * channel that the point has reads of.  The document of estimation says which
 * method is taken; each value is marked as estimated, with its method, and a
 * fact `estimate` keeps what it was made from.
 *
 *	struct fill_ask ask = {.period = "2025-02", .recorded_utc = now};
 *	struct fill_report report = {0};
 *
 *	if (fill_period(path, &ask, &report, err) == -1) ...
 *
 * The same request over the same ledger gives the same batch.  Where nothing is
 * missing nothing is appended; report.batch is then the last batch of the same
 * request, if there is one.
 *
 * Memory: one point's period at a time.
 */
#ifndef QF_STAGE_FILL_H
#define QF_STAGE_FILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/sink.h"
#include "format/table.h"
#include "model/handle.h"

struct qf_error;
struct summary;

#define FILL_TOOL "qf-fill"

struct fill_ask {
	const char *period; /* as base/period.h reads it */
	const char *rule; /* id of the document; NULL: the only one */
	char *const *points; /* none: those of contracts */
	size_t point_count;
	const char *asof; /* a number or a handle; NULL: the last input */
	const char *list; /* path of a table of all gaps; NULL: none */
	bool json, force;
	bool dry_run; /* append nothing */
	bool quiet; /* no bar */
	int wait_seconds;
	int64_t recorded_utc;
};

#define FILL_SHOWN 5 /* gaps that are left, of which the words are kept */
#define FILL_METHODS 16

struct fill_report {
	struct handle batch; /* entry 0 where there is none */
	bool appended;
	int64_t asof;
	int64_t points, gaps; /* looked at, found */
	int64_t values; /* estimated */
	int64_t left_gaps, left_values; /* that no method could fill */
	size_t method_count;
	struct {
		char method[48];
		int64_t values;
	} methods[FILL_METHODS];
	size_t shown_count;
	char shown[FILL_SHOWN][400]; /* the first gaps that are left */
};

/* Errors: QF_USAGE period-..., point-unknown, rule-unknown, entry-unknown;
 * QF_CONFIG of the document; of the ledger and of the list's file. */
int fill_period(const char *path, const struct fill_ask *ask,
    struct fill_report *report, struct qf_error *err);

/* Puts the report into a summary, which borrows it. */
void fill_summary(struct summary *summary, const struct fill_report *report);

#endif
