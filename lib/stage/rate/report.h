/* report.h - what a run did, for people and for monitoring.
 *
 *	struct rate_report report = {0};
 *	struct rate_sink sink = rate_report_sink(&report);
 *
 *	... rate_run() or rate_append() with the sink ...
 *	rate_report_summary(&summary, &report);
 */
#ifndef QF_STAGE_RATE_REPORT_H
#define QF_STAGE_RATE_REPORT_H

#include <stdint.h>

#include "base/progress.h"
#include "model/handle.h"
#include "stage/holds.h"
#include "stage/rate/rate.h"
#include "stage/summary.h"

struct rate_report {
	struct handle run; /* entry 0 where none was made */
	int64_t asof;
	int appended; /* 0: an equal run stood */
	struct rate_counts counts;
	struct holds holds;
	struct progress bar; /* the caller begins and ends it */
};

/* A sink that counts holds by reason and moves the bar. */
struct rate_sink rate_report_sink(struct rate_report *report);

/* Tells a summary what was done; the report must stay till it is finished. */
void
rate_report_summary(struct summary *summary, const struct rate_report *report);

#endif
