/* period.c - settling the events of a period of the ledger at a path.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/settle/period.h"

#include <string.h>

#include "base/zone.h"
#include "ledger/db.h"
#include "ledger/registry.h"
#include "ledger/runs.h"
#include "stage/asked.h"
#include "stage/asof.h"
#include "stage/clear/clear.h"

/* The run whose awards are to count: one of qf-clear, seen by this one. */
static int
find_awards(struct ledger *ledger, const char *text, int64_t *entry,
    struct qf_error *err)
{
	struct run run;

	if (asked_run(ledger, text, entry, err) == -1 ||
	    runs_load(ledger, *entry, &run, err) == -1) {
		return -1;
	}
	if (strcmp(run.tool, CLEAR_TOOL) != 0) {
		return qf_fail(err, QF_USAGE, "run-tool",
		    "%s: a run of %s, which has no awards", text, run.tool);
	}
	return 0;
}

/* An event that was never there is a mistake in typing. */
static int
check_event(struct ledger *ledger, const struct settle_request *request,
    struct qf_error *err)
{
	struct fact_cursor *cursor = NULL;
	struct fact fact;
	int64_t entry;
	int rc;

	if (request->event == NULL) {
		return 0;
	}
	if (facts_lookup(&cursor, ledger, LOOKUP_EVENT, request->asof,
		request->event, 0, 0, err) == -1) {
		return -1;
	}
	rc = facts_next(cursor, &fact, &entry, err);
	facts_close(cursor);
	return rc != 0 ? (rc == 1 ? 0 : -1)
		       : qf_fail(err, QF_USAGE, "event-unknown",
			     "no event is called %s", request->event);
}

static int
make_request(struct ledger *ledger, const struct settle_ask *ask,
    struct settle_request *request, struct qf_error *err)
{
	struct zone *zone;
	int rc;

	request->contract = ask->contract;
	request->leg = ask->leg;
	request->event = ask->event;
	if (zone_load(&zone, ledger_market(ledger)->zone, err) == -1) {
		return -1;
	}
	rc = period_parse(ask->period, zone, &request->period, err);
	if (rc == 0) {
		rc = asof_choose(
		    ledger, ask->asof, ask->cut_off, zone, &request->asof, err);
	}
	zone_free(zone);
	if (rc == 0 && ask->awards != NULL) {
		rc =
		    find_awards(ledger, ask->awards, &request->awards_run, err);
	}
	if (rc == 0) {
		rc = asked_scope(ledger, request->asof, request->contract,
		    request->leg, CONTRACTS_ON_EVENTS, err);
	}
	return rc != 0 ? rc : check_event(ledger, request, err);
}

/* What is told of the work. */
struct told {
	struct settle_report *report;
	const struct settle_ask *ask;
};

static int
take_hold(void *context, const struct hold *hold, struct qf_error *err)
{
	const struct told *told = context;

	(void)err;
	holds_add(&told->report->holds, hold);
	return 0;
}

static void
take_progress(void *context, int64_t contracts)
{
	const struct told *told = context;

	progress_step(&told->report->bar, contracts);
}

static void
take_nothing(void *context, const char *event, const char *why)
{
	const struct told *told = context;

	if (told->ask->nothing != NULL) {
		told->ask->nothing(told->ask->context, event, why);
	}
}

/* Settles into a run, or, on a dry run, into the report alone. */
static int
settle_it(struct ledger *ledger, const struct settle_ask *ask,
    const struct settle_request *request, struct settle_report *report,
    struct qf_error *err)
{
	struct told told = {report, ask};
	const struct settle_sink sink = {
	    .context = &told,
	    .hold = take_hold,
	    .progress = take_progress,
	    .nothing = take_nothing,
	};

	report->holds.of = "event";
	if (ask->dry_run) {
		return settle_run(ledger, request, &sink, &report->counts, err);
	}
	if (settle_append(ledger, request, ask->kind, ask->recorded_utc, &sink,
		&report->run, &report->appended, &report->counts, err) == -1) {
		return -1;
	}
	return ledger_commit(ledger, err);
}

int
settle_period(const char *path, const struct settle_ask *ask,
    struct settle_report *report, struct qf_error *err)
{
	struct settle_request request = {0};
	struct ledger *ledger;
	int rc = -1;

	if (ledger_open(&ledger, path,
		ask->dry_run ? LEDGER_READ : LEDGER_WRITE, ask->wait_seconds,
		err) == -1) {
		return -1;
	}
	if (make_request(ledger, ask, &request, err) == 0) {
		report->asof = request.asof;
		progress_begin(
		    &report->bar, "settling contracts", 0, ask->quiet);
		rc = settle_it(ledger, ask, &request, report, err);
		progress_end(&report->bar);
	}
	ledger_close(ledger);
	return rc;
}

static void
fill(struct jsonout *json, const void *context)
{
	const struct settle_report *report = context;

	jsonout_name(json, "appended");
	jsonout_bool(json, report->appended != 0);
	summary_add_int(json, "as_of", report->asof);
}

void
settle_report_summary(
    struct summary *summary, const struct settle_report *report)
{
	const struct settle_counts *counts = &report->counts;

	if (report->run.entry != 0) {
		summary_handle(summary, &report->run);
	}
	summary_count(summary, METRIC_POINTS, counts->points);
	summary_count(summary, METRIC_CONTRACT_LEGS, counts->contracts);
	summary_count(summary, METRIC_EVENTS, counts->events);
	summary_count(summary, METRIC_READS, counts->reads);
	summary_count(summary, METRIC_RUN_LINES, counts->lines);
	holds_summary(&report->holds, summary);
	summary->fill = fill;
	summary->context = report;
}
