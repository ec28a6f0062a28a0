/* post.c - booking what a run changes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/post/post.h"

#include <assert.h>
#include <string.h>

#include "base/progress.h"
#include "base/status.h"
#include "ledger/db.h"
#include "ledger/entry.h"
#include "ledger/postings.h"
#include "ledger/runs.h"
#include "stage/runner.h"

/* Where the transfers of a posting go. */
struct target {
	struct entry *entry;
	int booking_month;
	const struct post_request *request;
};

static int
append_transfer(
    void *context, const struct transfer *transfer, struct qf_error *err)
{
	const struct target *target = context;
	struct transfer booked = *transfer;

	booked.booking_month = target->booking_month;
	return postings_append_transfer(target->entry, &booked, err);
}

static void
pass_progress(void *context, int64_t lines)
{
	const struct target *target = context;

	progress_step(target->request->bar, lines);
}

/* Refuses a run that is not to be posted at all. */
static int
check_kind(const struct run *run, struct qf_error *err)
{
	const struct runner *runner = runner_of(run->tool);
	size_t length;

	if (runner == NULL || runner->again == NULL) {
		return qf_fail(err, QF_USAGE, "run-owes-nothing",
		    "run:%lld was made by %s, and nothing in it is owed: "
		    "there is nothing to post",
		    (long long)run->entry, run->tool);
	}
	/* What stands is known by contract and leg, not by event. */
	if (runs_scope_word(run->scope, "event", &length) != NULL) {
		return qf_fail(err, QF_USAGE, "run-of-event",
		    "run:%lld settles one event alone: %s whole, and post that",
		    (long long)run->entry, runner->again);
	}
	if (strcmp(run->kind, "final") != 0 &&
	    strcmp(run->kind, "correction") != 0) {
		return qf_fail(err, QF_USAGE, "run-not-final",
		    "run:%lld is a %s run: only final runs and corrections "
		    "are posted",
		    (long long)run->entry, run->kind);
	}
	return 0;
}

/* Refuses a run against one posted run of its scope. */
static int
check_against(const struct run *run, const struct run *posted,
    const struct posting *posting, struct qf_error *err)
{
	if (posted->from_utc >= run->to_utc ||
	    posted->to_utc <= run->from_utc) {
		return 0;
	}
	if (posted->entry > run->entry) {
		return qf_fail(err, QF_DATA, "run-stale",
		    "run:%lld is older than run:%lld, which posting:%lld "
		    "has booked in its scope: %s",
		    (long long)run->entry, (long long)posted->entry,
		    (long long)posting->entry, runner_of(run->tool)->again);
	}
	if (!postings_inside(run, posted)) {
		return qf_fail(err, QF_DATA, "run-overlap",
		    "the period of run:%lld overlaps in part with that of "
		    "run:%lld, which posting:%lld has booked",
		    (long long)run->entry, (long long)posted->entry,
		    (long long)posting->entry);
	}
	return 0;
}

static int
check_scope(struct ledger *ledger, const struct run *run, struct qf_error *err)
{
	struct posted_cursor *cursor = NULL;
	struct posting posting;
	struct run posted;
	int rc;

	if (posted_open(&cursor, ledger, run, err) == -1) {
		return -1;
	}
	while ((rc = posted_next(cursor, &posting, &posted, err)) == 1) {
		if (check_against(run, &posted, &posting, err) == -1) {
			rc = -1;
			break;
		}
	}
	posted_close(cursor);
	return rc;
}

/* Appends the transfers in one of the two ways; as delta_run() does. */
static int
append_transfers(struct ledger *ledger, const struct run *run, bool streamed,
    struct target *target, struct delta_result *result, struct qf_error *err)
{
	struct delta_options options = {.streamed = streamed};
	struct delta_sink sink = {.context = target,
	    .transfer = append_transfer,
	    .progress = target->request->bar == NULL ? NULL : pass_progress};

	if (entry_begin(&target->entry, ledger, ENTRY_POSTING,
		target->request->recorded_utc, err) == -1) {
		return -1;
	}
	return delta_run(ledger, run, &options, &sink, result, err);
}

/* Streams, and where the lines turn out to be in another order than that of
 * their contracts takes it back and sorts. */
static int
append_all(struct ledger *ledger, const struct run *run, struct target *target,
    struct delta_result *result, struct qf_error *err)
{
	int rc;

	if (ledger_savepoint(ledger, err) == -1) {
		return -1;
	}
	rc = append_transfers(ledger, run, true, target, result, err);
	if (rc == DELTA_UNORDERED) {
		entry_abandon(target->entry);
		target->entry = NULL;
		if (ledger_rollback(ledger, err) == -1 ||
		    ledger_savepoint(ledger, err) == -1) {
			return -1;
		}
		rc = append_transfers(ledger, run, false, target, result, err);
	}
	return rc;
}

/* The headers' control totals: what an auditor adds up first. */
static void
note(const struct target *target, const struct handle *run,
    const struct delta_result *result)
{
	char text[HANDLE_TEXT_MAX];

	entry_note(
	    target->entry, "run", "%s", handle_format(run, text, sizeof(text)));
	entry_note(target->entry, "booking-month", "%d", target->booking_month);
	entry_note(target->entry, "keys", "%lld", (long long)result->keys);
	entry_note(target->entry, "change-minor", "%lld",
	    (long long)result->gross_minor);
	entry_note(target->entry, "total-minor", "%lld",
	    (long long)result->total_minor);
}

static int
append(struct ledger *ledger, const struct handle *handle,
    const struct run *run, struct target *target, struct handle *posting,
    struct delta_result *result, struct qf_error *err)
{
	struct posting row = {
	    .run = run->entry, .booking_month = target->booking_month};

	if (append_all(ledger, run, target, result, err) == -1) {
		entry_abandon(target->entry);
		return -1;
	}
	row.transfers = result->transfers;
	note(target, handle, result);
	if (postings_append(target->entry, &row, err) == -1) {
		entry_abandon(target->entry);
		return -1;
	}
	if (entry_finish(target->entry, posting, err) == -1) {
		return -1;
	}
	return ledger_release(ledger, err);
}

int
post_run(struct ledger *ledger, struct handle *handle,
    const struct post_request *request, struct post_report *report,
    struct qf_error *err)
{
	struct target target = {.request = request};
	struct run run;
	int rc;

	memset(report, 0, sizeof(*report));
	if (handle->kind != ENTRY_RUN || handle->line != 0) {
		return qf_fail(err, QF_USAGE, "handle-kind",
		    "%s:%lld is no run: only runs are posted, and whole",
		    entry_kind_name(handle->kind), (long long)handle->entry);
	}
	if (entry_resolve(ledger, handle, err) == -1 ||
	    runs_load(ledger, handle->entry, &run, err) == -1 ||
	    check_kind(&run, err) == -1) {
		return -1;
	}
	report->held = run.holds;
	rc = postings_of_run(ledger, run.entry, &report->posting, err);
	if (rc != 0) {
		return rc == 1 ? 0 : -1;
	}
	if (check_scope(ledger, &run, err) == -1) {
		return -1;
	}
	target.booking_month = request->booking_month != 0
				   ? request->booking_month
				   : run.last_month;
	if (append(ledger, handle, &run, &target, &report->posting,
		&report->delta, err) == -1) {
		return -1;
	}
	report->appended = true;
	return 0;
}

int
post_runs(const char *path, int wait_seconds, struct handle *runs, size_t count,
    const struct post_request *request, struct post_report *reports,
    struct qf_error *err)
{
	struct ledger *ledger;
	int rc = 0;

	if (ledger_open(&ledger, path, LEDGER_WRITE, wait_seconds, err) == -1) {
		return -1;
	}
	for (size_t i = 0; rc == 0 && i < count; i++) {
		rc = post_run(ledger, &runs[i], request, &reports[i], err);
	}
	if (rc == 0) {
		rc = ledger_commit(ledger, err);
	}
	ledger_close(ledger);
	return rc;
}
