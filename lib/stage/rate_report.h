/* rate_report.h - what a run did, for people and for monitoring.
 *
 *	struct rate_report report = {0};
 *	struct rate_sink sink = rate_report_sink(&report);
 *
 *	... rate_run() or rate_append() with the sink ...
 *	rate_report_summary(&summary, &report);
 */
#ifndef QF_STAGE_RATE_REPORT_H
#define QF_STAGE_RATE_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "base/progress.h"
#include "model/handle.h"
#include "stage/rate.h"
#include "stage/summary.h"

#define RATE_REASONS_MAX 48 /* that are counted apart */
#define RATE_HOLDS_SHOWN 5 /* of which the detail is kept */

struct rate_report {
	struct handle run; /* entry 0 where none was made */
	int64_t asof;
	int appended; /* 0: an equal run stood */
	struct rate_counts counts;
	size_t reason_count;
	struct {
		char reason[48];
		int64_t count;
	} reasons[RATE_REASONS_MAX];
	size_t shown_count;
	char shown[RATE_HOLDS_SHOWN][600]; /* the first holds, in words */
	struct progress bar; /* the caller begins and ends it */
};

/* A sink that counts holds by reason and moves the bar. */
struct rate_sink rate_report_sink(struct rate_report *report);

/* Tells a summary what was done; the report must stay till it is finished. */
void
rate_report_summary(struct summary *summary, const struct rate_report *report);

#endif
