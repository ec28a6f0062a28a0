/* auction.c - an auction of the ledger at a path cleared, whole.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/clear/auction.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/dec.h"
#include "base/status.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "stage/asof.h"
#include "stage/clear/against.h"
#include "stage/document.h"

/* Somebody who watches the rows: counts, tells, and compares. */
struct watch {
	const struct clear_ask *ask;
	struct clear_report *report;
	struct zone *zone;
	struct clear_sink next; /* of the comparison; all zero: none */
};

/* Watching ----------------------------------------------------------------- */

static void
count_reason(struct clear_report *report, const char *reason)
{
	for (size_t i = 0; i < report->reason_count; i++) {
		if (strcmp(report->reasons[i].reason, reason) == 0) {
			report->reasons[i].count++;
			return;
		}
	}
	if (report->reason_count < CLEAR_REASONS_MAX) {
		(void)snprintf(report->reasons[report->reason_count].reason,
		    sizeof(report->reasons[0].reason), "%s", reason);
		report->reasons[report->reason_count++].count = 1;
	}
}

static void
say_start(const struct watch *watch, int64_t utc, char out[CIVIL_TEXT_MAX])
{
	civil_format_offset(utc, zone_offset(watch->zone, utc), out);
}

static void
note_refused(struct watch *watch, const struct award_row *award)
{
	struct clear_report *report = watch->report;
	char start[CIVIL_TEXT_MAX];

	count_reason(report, award->reason);
	if (report->shown_count < CLEAR_REFUSED_SHOWN) {
		say_start(watch, award->start_utc, start);
		(void)snprintf(report->shown[report->shown_count++],
		    CLEAR_SHOWN_MAX, "refused: bid %s of %s%s%s: %s: %s",
		    award->bid, start, award->party == NULL ? "" : ", party ",
		    award->party == NULL ? "" : award->party, award->reason,
		    award->why);
	}
}

static int
see_award(void *context, const struct award_row *award, struct qf_error *err)
{
	struct watch *watch = context;

	if (award->reason != NULL) {
		note_refused(watch, award);
	}
	return watch->next.award == NULL
		   ? 0
		   : watch->next.award(watch->next.context, award, err);
}

static int
see_price(void *context, const struct price_row *price, struct qf_error *err)
{
	struct watch *watch = context;
	char start[CIVIL_TEXT_MAX], text[CLEAR_SHOWN_MAX];

	if (watch->ask->tell != NULL) {
		say_start(watch, price->start_utc, start);
		(void)snprintf(text, sizeof(text),
		    "%s: %s, price %s, from %s to %s, volume %s%s%s", start,
		    price->state, price->price == NULL ? "none" : price->price,
		    price->low == NULL ? "-" : price->low,
		    price->high == NULL ? "-" : price->high, price->volume,
		    strcmp(price->unserved, "0") == 0 ? "" : ", unserved ",
		    strcmp(price->unserved, "0") == 0 ? "" : price->unserved);
		watch->ask->tell(watch->ask->tell_context, text);
	}
	return watch->next.price == NULL
		   ? 0
		   : watch->next.price(watch->next.context, price, err);
}

static void
see_progress(void *context, int64_t bids)
{
	struct watch *watch = context;

	progress_step(&watch->report->bar, bids);
}

/* Asking ------------------------------------------------------------------- */

/* The request, with the market's name and the opening price in the one form
 * that a run keeps. */
struct asked {
	struct clear_request request;
	char market[ID_MAX + 1];
	char opening[DEC_TEXT_MAX];
};

static int
take_opening(struct asked *asked, const char *text, struct qf_error *err)
{
	struct dec price = {0};
	struct qf_error why;

	if (text == NULL) {
		return 0;
	}
	if (dec_parse(&price, text, strlen(text), &why) == -1) {
		return qf_fail(err, QF_USAGE, "opening-syntax",
		    "--opening: %s is no price", text);
	}
	dec_format_trim(&price, asked->opening, sizeof(asked->opening));
	asked->request.opening = asked->opening;
	dec_release(&price);
	return 0;
}

static int
make_asked(struct asked *asked, struct ledger *ledger, const struct zone *zone,
    const struct clear_ask *ask, struct qf_error *err)
{
	struct document document;

	asked->request.auction = ask->auction;
	if (take_opening(asked, ask->opening, err) == -1 ||
	    asof_choose(ledger, ask->asof, ask->cut_off, zone,
		&asked->request.asof, err) == -1 ||
	    document_find(ledger, asked->request.asof, "market", ask->market,
		&document, err) == -1) {
		return -1;
	}
	free(document.text);
	memcpy(asked->market, document.id, sizeof(asked->market));
	asked->request.market = asked->market;
	return 0;
}

/* Doing -------------------------------------------------------------------- */

static int
compare(struct ledger *ledger, const struct asked *asked, struct watch *watch,
    struct clear_sink *sink, struct qf_error *err)
{
	const struct clear_ask *ask = watch->ask;
	struct clear_against *against = NULL;
	int rc = clear_against_open(&against, ledger, &asked->request,
	    ask->against, ask->form, ask->differences, err);

	if (rc == 0) {
		watch->next = clear_against_sink(against);
		rc = clear_run(
		    ledger, &asked->request, sink, &watch->report->counts, err);
	}
	if (rc == 0) {
		rc = clear_against_finish(
		    against, &watch->report->differences, err);
	}
	clear_against_free(against);
	return rc;
}

static int
clear_it(struct ledger *ledger, const struct asked *asked, struct watch *watch,
    struct qf_error *err)
{
	struct clear_report *report = watch->report;
	struct clear_sink sink = {
	    .context = watch,
	    .price = see_price,
	    .award = see_award,
	    .progress = see_progress,
	};

	report->asof = asked->request.asof;
	report->is_compared = watch->ask->against != NULL;
	if (report->is_compared) {
		return compare(ledger, asked, watch, &sink, err);
	}
	if (watch->ask->dry_run) {
		return clear_run(
		    ledger, &asked->request, &sink, &report->counts, err);
	}
	if (clear_append(ledger, &asked->request, watch->ask->kind,
		watch->ask->recorded_utc, &sink, &report->run,
		&report->appended, &report->counts, err) == -1) {
		return -1;
	}
	return ledger_commit(ledger, err);
}

int
clear_auction(const char *path, const struct clear_ask *ask,
    struct clear_report *report, struct qf_error *err)
{
	struct watch watch = {.ask = ask, .report = report};
	bool writes = ask->against == NULL && !ask->dry_run;
	struct asked asked = {0};
	struct ledger *ledger;
	int rc;

	if (ledger_open(&ledger, path, writes ? LEDGER_WRITE : LEDGER_READ,
		ask->wait_seconds, err) == -1) {
		return -1;
	}
	rc = zone_load(&watch.zone, ledger_market(ledger)->zone, err);
	if (rc == 0) {
		rc = make_asked(&asked, ledger, watch.zone, ask, err);
	}
	if (rc == 0) {
		progress_begin(&report->bar, "clearing bids", 0, ask->quiet);
		rc = clear_it(ledger, &asked, &watch, err);
		progress_end(&report->bar);
	}
	zone_free(watch.zone);
	ledger_close(ledger);
	return rc;
}

/* Summary ------------------------------------------------------------------ */

static void
fill(struct jsonout *json, const void *context)
{
	const struct clear_report *report = context;

	jsonout_name(json, "appended");
	jsonout_bool(json, report->appended != 0);
	summary_add_int(json, "as_of", report->asof);
}

void
clear_report_summary(struct summary *summary, const struct clear_report *report)
{
	const struct clear_counts *counts = &report->counts;

	if (report->run.entry != 0) {
		summary_handle(summary, &report->run);
	}
	summary_count(summary, METRIC_HOURS, counts->hours);
	summary_count(summary, METRIC_BIDS, counts->bids);
	summary_count(summary, METRIC_TRADES, counts->trades);
	summary_count(summary, METRIC_REFUSED, counts->refused);
	summary_count(summary, METRIC_SHORT_HOURS, counts->short_hours);
	if (report->is_compared) {
		summary_count(summary, METRIC_DIFFERENCES, report->differences);
	}
	for (size_t i = 0; i < report->reason_count; i++) {
		summary_count_for(summary, METRIC_REFUSED_FOR,
		    report->reasons[i].reason, report->reasons[i].count);
	}
	summary->fill = fill;
	summary->context = report;
}
