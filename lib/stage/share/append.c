/* append.c - shared amounts as runs of the ledger.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "ledger/entry.h"
#include "ledger/runs.h"
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

/* The scope as the run says it: what the run that is shared is restricted to,
 * and then "of=N owners=ID". */
static void
describe(struct run *out, const struct run *of, const char *kind,
    const struct share_request *request, const struct share_counts *counts)
{
	static const char *const kept[] = {"contract", "leg", "event"};
	size_t used = 0, length;

	*out = *of;
	out->entry = 0;
	snprintf(out->tool, sizeof(out->tool), "%s", SHARE_TOOL);
	snprintf(out->kind, sizeof(out->kind), "%s", kind);
	out->asof = request->asof;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		const char *word = runs_scope_word(of->scope, kept[i], &length);

		if (word != NULL) {
			used += (size_t)snprintf(out->scope + used,
			    sizeof(out->scope) - used, "%s=%.*s ", kept[i],
			    (int)length, word);
		}
	}
	used += (size_t)snprintf(out->scope + used, sizeof(out->scope) - used,
	    "of=%lld owners=%s", (long long)request->of, request->document->id);
	assert(used < sizeof(out->scope));
	out->arithmetic = SHARE_ARITHMETIC;
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

/* The computed run into the open entry, or the equal earlier one. */
static int
append_computed(struct ledger *ledger, struct entry *entry,
    const struct run *of, const struct share_ask *ask,
    const struct share_request *request, const struct share_counts *counts,
    struct share_report *report, struct qf_error *err)
{
	struct run run;
	int found;

	describe(&run, of, ask->kind, request, counts);
	if (runs_append(entry, &run, err) == -1) {
		goto fail;
	}
	found = runs_find_equal(ledger, &run, &report->run, err);
	if (found == -1) {
		goto fail;
	}
	if (found == 1) {
		entry_abandon(entry);
		return ledger_rollback(ledger, err);
	}
	entry_note(entry, "zone-data", "%s", zone_version());
	report->appended = true;
	if (entry_finish(entry, &report->run, err) == -1) {
		return -1;
	}
	return ledger_release(ledger, err);
fail:
	entry_abandon(entry);
	return -1;
}

static int
share_one(struct ledger *ledger, struct handle *handle,
    const struct share_ask *ask, struct share_request *request,
    struct share_report *report, struct qf_error *err)
{
	struct target target = {.report = report};
	struct share_sink sink = {&target, put_line, put_hold};
	struct share_counts counts;
	struct run of;

	if (find_run(ledger, handle, &of, err) == -1) {
		return -1;
	}
	request->of = of.entry;
	if (ask->dry_run) {
		sink.line = NULL;
	} else if (ledger_savepoint(ledger, err) == -1 ||
		   entry_begin(&target.entry, ledger, ENTRY_RUN,
		       ask->recorded_utc, err) == -1) {
		return -1;
	}
	if (share_compute(ledger, request, &sink, &counts, err) == -1) {
		entry_abandon(target.entry);
		return -1;
	}
	report->lines = counts.lines;
	report->holds = counts.holds;
	return ask->dry_run ? 0
			    : append_computed(ledger, target.entry, &of, ask,
				  request, &counts, report, err);
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
