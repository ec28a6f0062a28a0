/* period.h - rating a period of the ledger at a path, whole.
 *
 * What qf-rate does once its options are read: opens the ledger, finds what
 * the words of the options mean there, rates, commits.
 */
#ifndef QF_STAGE_RATE_PERIOD_H
#define QF_STAGE_RATE_PERIOD_H

#include <stdbool.h>
#include <stdint.h>

struct qf_error;
struct rate_report;

struct rate_ask {
	const char *period; /* as base/period.h reads it */
	const char *kind; /* trial, draft, final or correction */
	const char *contract, *leg; /* NULL: all */
	const char *asof; /* a number or a handle; NULL: the last input */
	const char *cut_off; /* a time, in place of asof; NULL: none */
	const char *carry_from; /* a run's handle; NULL: none */
	bool dry_run; /* append nothing */
	bool quiet; /* no bar */
	int wait_seconds;
	int64_t recorded_utc;
};

/* Rates, and fills *report.  Errors: QF_USAGE entry-unknown, handle-kind,
 * contract-unknown, leg-unknown (never there as of the entry), contract-basis
 * (on events alone) and those of asof.h, period_parse() and entry_resolve(); of
 * the ledger; of rate.h. */
int rate_period(const char *path, const struct rate_ask *ask,
    struct rate_report *report, struct qf_error *err);

#endif
