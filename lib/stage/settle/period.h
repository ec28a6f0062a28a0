/* period.h - settling the events of a period of the ledger at a path.
 *
 * What qf-settle does once its options are read: opens the ledger, finds what
 * the words of the options mean there, settles, commits.
 */
#ifndef QF_STAGE_SETTLE_PERIOD_H
#define QF_STAGE_SETTLE_PERIOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/progress.h"
#include "stage/holds.h"
#include "stage/settle/settle.h"
#include "stage/summary.h"

struct settle_ask {
	const char *period; /* as base/period.h reads it */
	const char *kind; /* trial, draft, final or correction */
	const char *contract, *leg, *event; /* NULL: all */
	const char *awards; /* handle of a run of qf-clear; NULL: none */
	const char *asof; /* a number or a handle; NULL: the last input */
	const char *cut_off; /* a time, in place of asof; NULL: none */
	bool dry_run; /* append nothing */
	bool quiet; /* no bar */
	int wait_seconds;
	int64_t recorded_utc;
	/* Told of events that settle to nothing, and why; may be NULL. */
	void (*nothing)(void *context, const char *event, const char *why);
	void *context;
};

struct settle_report {
	struct handle run; /* entry 0 where none was made */
	int64_t asof;
	int appended; /* 0: an equal run stood */
	struct settle_counts counts;
	struct holds holds;
	struct progress bar;
};

/* Settles, and fills *report.  Errors: QF_USAGE entry-unknown, handle-kind,
 * contract-unknown, leg-unknown, contract-basis (never on events),
 * event-unknown, run-tool (the run of awards is not one of qf-clear) and those
 * of asof.h, period_parse() and entry_resolve(); of the ledger; of settle.h. */
int settle_period(const char *path, const struct settle_ask *ask,
    struct settle_report *report, struct qf_error *err);

/* Tells a summary what was done; the report must stay till it is finished. */
void settle_report_summary(
    struct summary *summary, const struct settle_report *report);

#endif
