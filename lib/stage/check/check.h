/* check.h - holds a period's reads and sessions against thresholds.
 *
 * What qf-check does once its options are read.  Every check of the document
 * (rules/thresholds.h) is made at every point in scope (stage/scope.h).  What
 * is found new, or with another value, is appended as a batch of facts
 * `finding`; what was found before and is not any more is closed in it.
 *
 *	struct check_ask ask = {.period = "2025-02", .recorded_utc = now};
 *	struct check_report report = {0};
 *
 *	if (check_period(path, &ask, sink, &report, err) == -1) ...
 *
 * The same request over the same ledger finds the same, and appends nothing the
 * second time; report.batch is then the last batch of the same request, if
 * there is one.
 *
 * Memory: one point's period at a time.
 */
#ifndef QF_STAGE_CHECK_H
#define QF_STAGE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/sink.h"
#include "format/table.h"
#include "model/handle.h"

struct qf_error;
struct summary;

#define CHECK_TOOL "qf-check"

struct check_ask {
	const char *period; /* as base/period.h reads it */
	const char *rule; /* id of the document; NULL: the only one */
	const char *thresholds; /* path of a document; NULL: the ledger's */
	char *const *points; /* none: those of contracts */
	size_t point_count;
	const char *asof; /* a number or a handle; NULL: the last input */
	enum table_form form;
	bool dry_run; /* append nothing */
	bool quiet; /* no bar */
	int wait_seconds;
	int64_t recorded_utc;
};

#define CHECK_KINDS 32

struct check_report {
	struct handle batch; /* entry 0 where there is none */
	bool appended;
	int64_t asof;
	int64_t points, sessions; /* looked at */
	int64_t open, holding; /* findings that stand; of them, that hold */
	int64_t cleared; /* that somebody let stand */
	int64_t fresh, closed; /* of this batch */
	struct {
		const char *name; /* static */
		int64_t open;
	} kinds[CHECK_KINDS];
	size_t kind_count;
};

/* Prints every finding of the period, as it stands now, to the sink.  Errors:
 * QF_USAGE period-..., point-unknown, rule-unknown, entry-unknown; QF_CONFIG of
 * the document, rule-template, rule-version; of the ledger and of the sink. */
int check_period(const char *path, const struct check_ask *ask,
    struct sink sink, struct check_report *report, struct qf_error *err);

/* Puts the report into a summary, which borrows it. */
void check_summary(struct summary *summary, const struct check_report *report);

#endif
