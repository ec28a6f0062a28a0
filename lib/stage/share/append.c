/* append.c - shared amounts as runs of the ledger.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "base/status.h"
#include "ledger/db.h"
#include "ledger/entry.h"
#include "ledger/runs.h"
#include "stage/newrun.h"
#include "stage/share/own.h"
#include "stage/share/run.h"

/* Where the rows go: the entry, and what people are told. */
struct target {
	struct entry *entry;
	struct share_report *report;
};

static int
put_line(void *context, const struct line *line, struct qf_error *err)
{
	const struct target *target = context;

	return runs_append_line(target->entry, line, err);
}

static int
put_hold(void *context, const struct hold *hold, struct qf_error *err)
{
	const struct target *target = context;
	struct share_report *report = target->report;

	if (report != NULL && report->shown_count < SHARE_HOLDS_SHOWN) {
		snprintf(report->shown[report->shown_count++],
		    sizeof(report->shown[0]), "held: %s %s: %s: %s",
		    hold->contract, hold->leg, hold->reason, hold->detail);
	}
	return target->entry == NULL
		   ? 0
		   : runs_append_hold(target->entry, hold, err);
}

/* The run's scope is what the run that is shared is restricted to, and what it
 * is shared by. */
static void
describe(struct run *out, const struct run *of, const char *kind,
    const struct share_request *request, const struct share_counts *counts)
{
	struct run words = *of;
	const char *event = newrun_take_word(&words, "event");
	const char *leg = newrun_take_word(&words, "leg");
	const char *contract = newrun_take_word(&words, "contract");

	newrun_describe(out, SHARE_TOOL, kind, request->asof, SHARE_ARITHMETIC);
	out->from_utc = of->from_utc;
	out->to_utc = of->to_utc;
	out->first_month = of->first_month;
	out->last_month = of->last_month;
	newrun_word(out, "contract", contract);
	newrun_word(out, "leg", leg);
	newrun_word(out, "event", event);
	newrun_number(out, "of", request->of);
	newrun_word(out, "owners", request->document->id);
	out->lines = counts->lines;
	out->holds = counts->holds;
}

static int
find_run(struct ledger *ledger, struct handle *handle, struct run *out,
    struct qf_error *err)
{
	if (entry_resolve(ledger, handle, err) == -1) {
		return -1;
	}
	if (handle->kind != ENTRY_RUN || handle->line != 0) {
		return qf_fail(err, QF_USAGE, "handle-kind",
		    "%s:%lld is no run: only runs are shared, and whole",
		    entry_kind_name(handle->kind), (long long)handle->entry);
	}
	return runs_load(ledger, handle->entry, out, err);
}

static int
share_one(struct ledger *ledger, struct handle *handle,
    const struct share_ask *ask, struct share_request *request,
    struct share_report *report, struct qf_error *err)
{
	struct target target = {.report = report};
	struct share_sink sink = {&target, put_line, put_hold};
	struct share_counts counts;
	struct run of, run;

	if (find_run(ledger, handle, &of, err) == -1) {
		return -1;
	}
	request->of = of.entry;
	if (ask->dry_run) {
		sink.line = NULL;
	} else if (newrun_begin(
		       &target.entry, ledger, ask->recorded_utc, err) == -1) {
		return -1;
	}
	if (share_compute(ledger, request, &sink, &counts, err) == -1) {
		entry_abandon(target.entry);
		return -1;
	}
	report->lines = counts.lines;
	report->holds = counts.holds;
	if (ask->dry_run) {
		return 0;
	}
	describe(&run, &of, ask->kind, request, &counts);
	return newrun_end(
	    target.entry, ledger, &run, &report->run, &report->appended, err);
}

int
share_runs(const char *path, const struct share_ask *ask, struct handle *runs,
    size_t count, struct share_report *reports, struct qf_error *err)
{
	struct share_prepared prepared;
	struct ledger *ledger;
	int rc = -1;

	if (ledger_open(&ledger, path,
		ask->dry_run ? LEDGER_READ : LEDGER_WRITE, ask->wait_seconds,
		err) == -1) {
		return -1;
	}
	if (share_prepare(&prepared, ledger, ask->owners, ask->asof, err) ==
	    0) {
		rc = 0;
		for (size_t i = 0; i < count && rc == 0; i++) {
			rc = share_one(ledger, &runs[i], ask, &prepared.request,
			    &reports[i], err);
		}
		share_release(&prepared);
	}
	if (rc == 0 && !ask->dry_run) {
		rc = ledger_commit(ledger, err);
	}
	ledger_close(ledger);
	return rc;
}

void
share_summary(struct summary *summary, const struct share_done *done)
{
	int64_t lines = 0, holds = 0;

	for (size_t i = 0; i < done->count; i++) {
		if (done->reports[i].run.entry != 0) {
			summary_handle(summary, &done->reports[i].run);
		}
		lines += done->reports[i].lines;
		holds += done->reports[i].holds;
	}
	summary_count(summary, METRIC_RUN_LINES, lines);
	summary_count(summary, METRIC_HELD, holds);
}

int
share_replay(struct ledger *ledger, struct run *run, struct entry *entry,
    struct qf_error *err)
{
	struct target target = {.entry = entry};
	struct share_sink sink = {&target, put_line, put_hold};
	struct share_prepared prepared;
	struct share_counts counts;
	int rc;

	if (share_prepare_run(&prepared, ledger, run, err) == -1) {
		return -1;
	}
	rc = share_compute(ledger, &prepared.request, &sink, &counts, err);
	share_release(&prepared);
	return rc;
}
