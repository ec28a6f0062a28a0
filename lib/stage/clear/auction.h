/* auction.h - an auction of the ledger at a path cleared, whole.
 *
 * What qf-clear does once its options are read: opens the ledger, finds what
 * the words of the options mean there, then clears and commits, or, with
 * against, compares (against.h) and appends nothing.
 *
 *	struct clear_report report = {0};
 *
 *	if (clear_auction(path, &ask, &report, &err) == -1) ...
 *	clear_report_summary(&summary, &report);
 */
#ifndef QF_STAGE_CLEAR_AUCTION_H
#define QF_STAGE_CLEAR_AUCTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/progress.h"
#include "format/table.h"
#include "model/handle.h"
#include "stage/clear/clear.h"
#include "stage/summary.h"

#define CLEAR_REASONS_MAX 16 /* that are counted apart */
#define CLEAR_REFUSED_SHOWN 5 /* of which the bid is told */
#define CLEAR_SHOWN_MAX 600 /* bytes of it */

struct clear_ask {
	const char *auction;
	const char *market; /* NULL: the only one */
	const char *opening; /* a decimal; NULL: none */
	const char *kind; /* trial, draft, final or correction */
	const char *asof; /* a number or a handle; NULL: the last input */
	const char *cut_off; /* a time, in place of asof; NULL: none */
	/* "published", or a run's handle, to compare with; NULL: clear */
	const char *against;
	enum table_form form; /* of what differs */
	struct sink differences; /* where it goes */
	bool dry_run; /* append nothing */
	bool quiet; /* no bar */
	int wait_seconds;
	int64_t recorded_utc;
	/* Told of each hour, for who wants to know; NULL: nobody. */
	void (*tell)(void *context, const char *text);
	void *tell_context;
};

struct clear_report {
	struct handle run; /* entry 0 where none was made */
	int64_t asof;
	int appended; /* 0: an equal run stood */
	struct clear_counts counts;
	bool is_compared; /* with against */
	int64_t differences;
	size_t reason_count;
	struct {
		char reason[48];
		int64_t count;
	} reasons[CLEAR_REASONS_MAX];
	size_t shown_count;
	char shown[CLEAR_REFUSED_SHOWN][CLEAR_SHOWN_MAX];
	struct progress bar;
};

/* Clears, and fills *report.  Errors: those of asof.h, clear.h and
 * against.h; QF_USAGE opening-syntax. */
int clear_auction(const char *path, const struct clear_ask *ask,
    struct clear_report *report, struct qf_error *err);

/* Tells a summary what was done; the report must stay till it is finished. */
void clear_report_summary(
    struct summary *summary, const struct clear_report *report);

#endif
