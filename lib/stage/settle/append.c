/* append.c - a settled period of events as a run of the ledger.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "ledger/entry.h"
#include "ledger/runs.h"
#include "stage/newrun.h"
#include "stage/settle/settle.h"

static int
put_line(void *context, const struct line *line, struct qf_error *err)
{
	return runs_append_line(context, line, err);
}

static int
put_hold(void *context, const struct hold *hold, struct qf_error *err)
{
	return runs_append_hold(context, hold, err);
}

static int
put_response(
    void *context, const struct response_row *row, struct qf_error *err)
{
	return runs_append_response(context, row, err);
}

static int
put_baseline(
    void *context, const struct baseline_row *row, struct qf_error *err)
{
	return runs_append_baseline(context, row, err);
}

/* A sink that writes to the entry (which, of a ledger that is open for reading,
 * only hashes: so a run is replayed). */
static struct settle_sink
entry_sink(struct entry *entry)
{
	return (struct settle_sink){
	    .context = entry,
	    .line = put_line,
	    .hold = put_hold,
	    .response = put_response,
	    .baseline = put_baseline,
	};
}

/* Two sinks: the entry, and somebody who watches. */
struct both {
	struct settle_sink entry;
	const struct settle_sink *watch; /* or NULL */
};

static int
both_line(void *context, const struct line *line, struct qf_error *err)
{
	const struct both *both = context;

	return both->entry.line(both->entry.context, line, err);
}

static int
both_hold(void *context, const struct hold *hold, struct qf_error *err)
{
	const struct both *both = context;

	if (both->watch != NULL && both->watch->hold != NULL &&
	    both->watch->hold(both->watch->context, hold, err) == -1) {
		return -1;
	}
	return both->entry.hold(both->entry.context, hold, err);
}

static int
both_response(
    void *context, const struct response_row *row, struct qf_error *err)
{
	const struct both *both = context;

	return both->entry.response(both->entry.context, row, err);
}

static int
both_baseline(
    void *context, const struct baseline_row *row, struct qf_error *err)
{
	const struct both *both = context;

	return both->entry.baseline(both->entry.context, row, err);
}

static void
both_progress(void *context, int64_t contracts)
{
	const struct both *both = context;

	if (both->watch != NULL && both->watch->progress != NULL) {
		both->watch->progress(both->watch->context, contracts);
	}
}

static void
both_nothing(void *context, const char *event, const char *why)
{
	const struct both *both = context;

	if (both->watch != NULL && both->watch->nothing != NULL) {
		both->watch->nothing(both->watch->context, event, why);
	}
}

static void
describe(struct run *run, const struct settle_request *request,
    const char *kind, const struct settle_counts *counts)
{
	newrun_describe(
	    run, SETTLE_TOOL, kind, request->asof, SETTLE_ARITHMETIC);
	newrun_of_period(run, &request->period);
	newrun_word(run, "contract", request->contract);
	newrun_word(run, "leg", request->leg);
	newrun_word(run, "event", request->event);
	newrun_number(run, "awards", request->awards_run);
	run->lines = counts->lines;
	run->holds = counts->holds;
}

int
settle_append(struct ledger *ledger, const struct settle_request *request,
    const char *kind, int64_t recorded_utc, const struct settle_sink *watch,
    struct handle *handle, int *appended, struct settle_counts *counts,
    struct qf_error *err)
{
	struct entry *entry = NULL;
	struct both both = {.watch = watch};
	struct settle_sink sink = {
	    .context = &both,
	    .line = both_line,
	    .hold = both_hold,
	    .response = both_response,
	    .baseline = both_baseline,
	    .progress = both_progress,
	    .nothing = both_nothing,
	};
	struct run run;

	if (newrun_begin(&entry, ledger, recorded_utc, err) == -1) {
		return -1;
	}
	both.entry = entry_sink(entry);
	if (settle_run(ledger, request, &sink, counts, err) == -1) {
		entry_abandon(entry);
		return -1;
	}
	describe(&run, request, kind, counts);
	return newrun_end(entry, ledger, &run, handle, appended, err);
}

int
settle_request_of(struct settle_request *out, struct ledger *ledger,
    struct run *run, struct qf_error *err)
{
	memset(out, 0, sizeof(*out));
	if (newrun_take_period(&out->period, ledger, run, err) == -1) {
		return -1;
	}
	out->asof = run->asof;
	out->awards_run = newrun_take_number(run, "awards");
	out->event = newrun_take_word(run, "event");
	out->leg = newrun_take_word(run, "leg");
	out->contract = newrun_take_word(run, "contract");
	return 0;
}

int
settle_replay(struct ledger *ledger, struct run *run, struct entry *entry,
    struct qf_error *err)
{
	const struct settle_sink sink = entry_sink(entry);
	struct settle_request request;
	struct settle_counts counts;

	if (settle_request_of(&request, ledger, run, err) == -1) {
		return -1;
	}
	return settle_run(ledger, &request, &sink, &counts, err);
}
