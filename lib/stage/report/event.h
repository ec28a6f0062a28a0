/* event.h - what a run of qf-settle found of each event, for people.
 *
 * A row for each contract's event: baseline, actual load and response in kWh,
 * the award, the rate between them, what was paid and charged; or why it is
 * held.  With an output also a picture of each one that was settled, drawn by
 * gnuplot: one file where the path ends in .svg, a page that stands alone, with
 * the numbers and all pictures, where it ends in .html (format/eventpage.h),
 * else a directory with CONTRACT-LEG-EVENT.svg and a MANIFEST (outbox.h).
 *
 *	struct report_event_request request = {.event = "DR-7"};
 *
 *	if (report_event(path, &handle, &request, form, sink, &counts, err) ==
 *	    -1) ...
 *
 * The ledger is only read.  Memory: one event's steps at a time.
 *
 * Errors: QF_USAGE handle-kind, run-tool (a run of another tool), event-unknown
 * (the run has none such); those of child.h, outbox.h and of the ledger.
 */
#ifndef QF_STAGE_REPORT_EVENT_H
#define QF_STAGE_REPORT_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/sink.h"
#include "format/table.h"
#include "model/handle.h"

struct qf_error;

struct report_event_request {
	const char *contract, *event; /* NULL: all */
	const char *output; /* of pictures or a page; NULL: none */
	bool force;
	bool zh; /* words of pictures and page */
};

struct report_event_counts {
	int64_t events, held, pictures;
};

/* Of the ledger at path. */
int report_event(const char *path, struct handle *run,
    const struct report_event_request *request, enum table_form form,
    struct sink sink, struct report_event_counts *counts, struct qf_error *err);

#endif
