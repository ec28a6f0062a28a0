/* period.c - rating a period of the ledger at a path, whole.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/rate/period.h"

#include <string.h>

#include "base/zone.h"
#include "ledger/db.h"
#include "stage/asked.h"
#include "stage/asof.h"
#include "stage/rate/report.h"

static int
make_request(struct ledger *ledger, const struct rate_ask *ask,
    struct rate_request *request, struct qf_error *err)
{
	struct zone *zone;
	int rc;

	request->contract = ask->contract;
	request->leg = ask->leg;
	if (zone_load(&zone, ledger_market(ledger)->zone, err) == -1) {
		return -1;
	}
	rc = period_parse(ask->period, zone, &request->period, err);
	if (rc == 0) {
		rc = asof_choose(
		    ledger, ask->asof, ask->cut_off, zone, &request->asof, err);
	}
	zone_free(zone);
	if (rc == 0 && ask->carry_from != NULL) {
		rc = asked_run(
		    ledger, ask->carry_from, &request->carry_from, err);
	}
	if (rc == 0) {
		rc = asked_scope(ledger, request->asof, request->contract,
		    request->leg, CONTRACTS_ON_OTHERS, err);
	}
	return rc;
}

/* Rates into a run, or, on a dry run, into the report alone. */
static int
rate_it(struct ledger *ledger, const struct rate_ask *ask,
    const struct rate_request *request, struct rate_report *report,
    struct qf_error *err)
{
	struct rate_sink sink = rate_report_sink(report);

	if (ask->dry_run) {
		return rate_run(ledger, request, &sink, &report->counts, err);
	}
	if (rate_append(ledger, request, ask->kind, ask->recorded_utc, &sink,
		&report->run, &report->appended, &report->counts, err) == -1) {
		return -1;
	}
	return ledger_commit(ledger, err);
}

int
rate_period(const char *path, const struct rate_ask *ask,
    struct rate_report *report, struct qf_error *err)
{
	struct rate_request request = {0};
	struct ledger *ledger;
	int rc = -1;

	if (ledger_open(&ledger, path,
		ask->dry_run ? LEDGER_READ : LEDGER_WRITE, ask->wait_seconds,
		err) == -1) {
		return -1;
	}
	if (make_request(ledger, ask, &request, err) == 0) {
		report->asof = request.asof;
		progress_begin(&report->bar, "rating points", 0, ask->quiet);
		rc = rate_it(ledger, ask, &request, report, err);
		progress_end(&report->bar);
	}
	ledger_close(ledger);
	return rc;
}
