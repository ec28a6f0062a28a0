/* append.c - a cleared auction as a run of the ledger.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/status.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "ledger/entry.h"
#include "ledger/runs.h"
#include "stage/clear/clear.h"

static int
put_price(void *context, const struct price_row *price, struct qf_error *err)
{
	return runs_append_price(context, price, err);
}

static int
put_award(void *context, const struct award_row *award, struct qf_error *err)
{
	return runs_append_award(context, award, err);
}

static int
put_trade(void *context, const struct trade_row *trade, struct qf_error *err)
{
	return runs_append_trade(context, trade, err);
}

struct clear_sink
clear_sink_entry(struct entry *entry)
{
	return (struct clear_sink){
	    .context = entry,
	    .price = put_price,
	    .award = put_award,
	    .trade = put_trade,
	};
}

/* Two sinks: the entry, and somebody who watches. */
struct both {
	struct entry *entry;
	const struct clear_sink *watch; /* or NULL */
};

static int
both_price(void *context, const struct price_row *price, struct qf_error *err)
{
	const struct both *both = context;

	if (both->watch != NULL && both->watch->price != NULL &&
	    both->watch->price(both->watch->context, price, err) == -1) {
		return -1;
	}
	return put_price(both->entry, price, err);
}

static int
both_award(void *context, const struct award_row *award, struct qf_error *err)
{
	const struct both *both = context;

	if (both->watch != NULL && both->watch->award != NULL &&
	    both->watch->award(both->watch->context, award, err) == -1) {
		return -1;
	}
	return put_award(both->entry, award, err);
}

static int
both_trade(void *context, const struct trade_row *trade, struct qf_error *err)
{
	const struct both *both = context;

	if (both->watch != NULL && both->watch->trade != NULL &&
	    both->watch->trade(both->watch->context, trade, err) == -1) {
		return -1;
	}
	return put_trade(both->entry, trade, err);
}

static void
both_progress(void *context, int64_t bids)
{
	const struct both *both = context;

	if (both->watch != NULL && both->watch->progress != NULL) {
		both->watch->progress(both->watch->context, bids);
	}
}

/* The scope as the run says it: "auction=A market=M opening=P". */
static void
scope_text(const struct clear_request *request, char out[256])
{
	int used =
	    snprintf(out, 256, "auction=%s market=%s%s%s", request->auction,
		request->market, request->opening == NULL ? "" : " opening=",
		request->opening == NULL ? "" : request->opening);

	assert(used > 0 && used < 256);
}

static int
month_of(const struct zone *zone, int64_t utc)
{
	int year, month, day;

	civil_date(zone_day_of(zone, utc), &year, &month, &day);
	return year * 100 + month;
}

static int
describe(struct run *run, struct ledger *ledger,
    const struct clear_request *request, const char *kind,
    const struct clear_counts *counts, struct qf_error *err)
{
	struct zone *zone;

	memset(run, 0, sizeof(*run));
	if (zone_load(&zone, ledger_market(ledger)->zone, err) == -1) {
		return -1;
	}
	(void)snprintf(run->tool, sizeof(run->tool), "%s", CLEAR_TOOL);
	(void)snprintf(run->kind, sizeof(run->kind), "%s", kind);
	run->asof = request->asof;
	run->from_utc = counts->from_utc;
	run->to_utc = counts->to_utc;
	run->first_month = month_of(zone, counts->from_utc);
	run->last_month = month_of(zone, counts->to_utc - 1);
	scope_text(request, run->scope);
	run->arithmetic = CLEAR_ARITHMETIC;
	zone_free(zone);
	return 0;
}

int
clear_append(struct ledger *ledger, const struct clear_request *request,
    const char *kind, int64_t recorded_utc, const struct clear_sink *watch,
    struct handle *handle, int *appended, struct clear_counts *counts,
    struct qf_error *err)
{
	struct both both = {.watch = watch};
	struct clear_sink sink = {
	    .context = &both,
	    .price = both_price,
	    .award = both_award,
	    .trade = both_trade,
	    .progress = both_progress,
	};
	struct run run;
	int found;

	*appended = 0;
	if (ledger_savepoint(ledger, err) == -1 ||
	    entry_begin(&both.entry, ledger, ENTRY_RUN, recorded_utc, err) ==
		-1) {
		return -1;
	}
	if (clear_run(ledger, request, &sink, counts, err) == -1 ||
	    describe(&run, ledger, request, kind, counts, err) == -1 ||
	    runs_append(both.entry, &run, err) == -1) {
		goto fail;
	}
	found = runs_find_equal(ledger, &run, handle, err);
	if (found == -1) {
		goto fail;
	}
	if (found == 1) {
		entry_abandon(both.entry);
		return ledger_rollback(ledger, err);
	}
	entry_note(both.entry, "zone-data", "%s", zone_version());
	*appended = 1;
	if (entry_finish(both.entry, handle, err) == -1) {
		return -1;
	}
	return ledger_release(ledger, err);
fail:
	entry_abandon(both.entry);
	return -1;
}

/* The word's value as a NUL-terminated text of *run, which it is cut from. */
static const char *
scope_word(struct run *run, const char *name)
{
	size_t length;
	const char *word = runs_scope_word(run->scope, name, &length);

	if (word == NULL) {
		return NULL;
	}
	run->scope[(size_t)(word - run->scope) + length] = '\0';
	return word;
}

void
clear_request_of(struct clear_request *out, struct run *run)
{
	/* From the last word to the first: each is cut off behind. */
	memset(out, 0, sizeof(*out));
	out->asof = run->asof;
	out->opening = scope_word(run, "opening");
	out->market = scope_word(run, "market");
	out->auction = scope_word(run, "auction");
}

int
clear_replay(struct ledger *ledger, struct run *run, struct entry *entry,
    struct qf_error *err)
{
	struct clear_sink sink = clear_sink_entry(entry);
	struct clear_request request;
	struct clear_counts counts;

	clear_request_of(&request, run);
	return clear_run(ledger, &request, &sink, &counts, err);
}
