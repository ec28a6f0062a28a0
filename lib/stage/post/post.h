/* post.h - booking what a run changes.
 *
 *	struct post_request request = {.recorded_utc = now};
 *
 *	if (post_runs(path, 0, runs, count, &request, reports, err) == -1) ...
 *	... reports[i].posting ...
 *
 * Every run gets one posting, perhaps an empty one; posting it again answers
 * that one.
 *
 * Errors, all QF_DATA but the first: QF_USAGE run-not-final for a trial or a
 * draft, run-owes-nothing for one of a tool whose rows nobody owes,
 * run-of-event for one of a single event; run-stale for a run that is older
 * than the newest posted run of its scope; run-overlap where a posted run's
 * period overlaps with it in part; and those of delta.h.
 */
#ifndef QF_STAGE_POST_H
#define QF_STAGE_POST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/handle.h"
#include "stage/delta.h"
#include "stage/summary.h"

struct ledger;
struct progress;
struct qf_error;

struct post_request {
	int booking_month; /* YYYYMM; 0: the run's last delivery month */
	int64_t recorded_utc;
	struct progress *bar; /* moves as lines pass, or NULL */
};

struct post_report {
	struct handle posting;
	bool appended; /* false: it was posted before */
	struct delta_result delta; /* all 0 where it was */
	int64_t held; /* rows of the run that hold something */
};

/* Posts one run.  The ledger is open for writing and the caller commits.  run:
 * of kind ENTRY_RUN without a line; it is resolved against the ledger. */
int post_run(struct ledger *ledger, struct handle *run,
    const struct post_request *request, struct post_report *report,
    struct qf_error *err);

/* Posts runs into the ledger at path, in one transaction: all of them or
 * none.  One report a run.  wait_seconds: as ledger_open(). */
int post_runs(const char *path, int wait_seconds, struct handle *runs,
    size_t count, const struct post_request *request,
    struct post_report *reports, struct qf_error *err);

/* What was booked of which runs. */
struct post_booked {
	const struct handle *runs;
	const struct post_report *reports;
	size_t count;
};

/* Tells a summary what was done; booked must stay till it is finished. */
void
post_summary(struct summary *summary, const struct post_booked *booked);

#endif
