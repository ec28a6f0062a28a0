/* append.c - a rated period as a run of the ledger.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "ledger/entry.h"
#include "ledger/runs.h"
#include "stage/newrun.h"
#include "stage/rate/rate.h"

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
put_energy(void *context, const struct energy *energy, struct qf_error *err)
{
	return runs_append_energy(context, energy, err);
}

/* A sink that writes to the entry (which, of a ledger that is open for reading,
 * only hashes: so a run is replayed). */
static struct rate_sink
entry_sink(struct entry *entry)
{
	return (struct rate_sink){
	    .context = entry,
	    .line = put_line,
	    .hold = put_hold,
	    .energy = put_energy,
	};
}

/* Two sinks: the entry, and somebody who watches. */
struct both {
	struct rate_sink entry;
	const struct rate_sink *watch; /* or NULL */
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
both_energy(void *context, const struct energy *energy, struct qf_error *err)
{
	const struct both *both = context;

	return both->entry.energy(both->entry.context, energy, err);
}

static void
both_progress(void *context, int64_t points)
{
	const struct both *both = context;

	if (both->watch != NULL && both->watch->progress != NULL) {
		both->watch->progress(both->watch->context, points);
	}
}

static void
describe(struct run *run, const struct rate_request *request, const char *kind,
    const struct rate_counts *counts)
{
	newrun_describe(run, RATE_TOOL, kind, request->asof, RATE_ARITHMETIC);
	newrun_of_period(run, &request->period);
	newrun_word(run, "contract", request->contract);
	newrun_word(run, "leg", request->leg);
	newrun_number(run, "carry", request->carry_from);
	run->lines = counts->lines;
	run->holds = counts->holds;
}

int
rate_append(struct ledger *ledger, const struct rate_request *request,
    const char *kind, int64_t recorded_utc, const struct rate_sink *watch,
    struct handle *handle, int *appended, struct rate_counts *counts,
    struct qf_error *err)
{
	struct entry *entry = NULL;
	struct both both = {.watch = watch};
	struct rate_sink sink = {
	    .context = &both,
	    .line = both_line,
	    .hold = both_hold,
	    .energy = both_energy,
	    .progress = both_progress,
	};
	struct run run;

	if (newrun_begin(&entry, ledger, recorded_utc, err) == -1) {
		return -1;
	}
	both.entry = entry_sink(entry);
	if (rate_run(ledger, request, &sink, counts, err) == -1) {
		entry_abandon(entry);
		return -1;
	}
	describe(&run, request, kind, counts);
	return newrun_end(entry, ledger, &run, handle, appended, err);
}

int
rate_request_of(struct rate_request *out, struct ledger *ledger,
    struct run *run, struct qf_error *err)
{
	memset(out, 0, sizeof(*out));
	if (newrun_take_period(&out->period, ledger, run, err) == -1) {
		return -1;
	}
	out->asof = run->asof;
	out->carry_from = newrun_take_number(run, "carry");
	out->leg = newrun_take_word(run, "leg");
	out->contract = newrun_take_word(run, "contract");
	return 0;
}

int
rate_replay(struct ledger *ledger, struct run *run, struct entry *entry,
    struct qf_error *err)
{
	const struct rate_sink sink = entry_sink(entry);
	struct rate_request request;
	struct rate_counts counts;

	if (rate_request_of(&request, ledger, run, err) == -1) {
		return -1;
	}
	return rate_run(ledger, &request, &sink, &counts, err);
}
