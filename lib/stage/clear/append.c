/* append.c - a cleared auction as a run of the ledger.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "base/zone.h"
#include "ledger/db.h"
#include "ledger/entry.h"
#include "ledger/runs.h"
#include "stage/clear/clear.h"
#include "stage/newrun.h"

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

/* A sink that writes to the entry (which, of a ledger that is open for reading,
 * only hashes: so a run is replayed). */
static struct clear_sink
entry_sink(struct entry *entry)
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

static int
describe(struct run *run, struct ledger *ledger,
    const struct clear_request *request, const char *kind,
    const struct clear_counts *counts, struct qf_error *err)
{
	struct zone *zone;

	newrun_describe(run, CLEAR_TOOL, kind, request->asof, CLEAR_ARITHMETIC);
	if (zone_load(&zone, ledger_market(ledger)->zone, err) == -1) {
		return -1;
	}
	run->from_utc = counts->from_utc;
	run->to_utc = counts->to_utc;
	newrun_months(run, zone_day_of(zone, counts->from_utc),
	    zone_day_of(zone, counts->to_utc - 1));
	zone_free(zone);
	newrun_word(run, "auction", request->auction);
	newrun_word(run, "market", request->market);
	newrun_word(run, "opening", request->opening);
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

	if (newrun_begin(&both.entry, ledger, recorded_utc, err) == -1) {
		return -1;
	}
	if (clear_run(ledger, request, &sink, counts, err) == -1 ||
	    describe(&run, ledger, request, kind, counts, err) == -1) {
		entry_abandon(both.entry);
		return -1;
	}
	return newrun_end(both.entry, ledger, &run, handle, appended, err);
}

void
clear_request_of(struct clear_request *out, struct run *run)
{
	memset(out, 0, sizeof(*out));
	out->asof = run->asof;
	out->opening = newrun_take_word(run, "opening");
	out->market = newrun_take_word(run, "market");
	out->auction = newrun_take_word(run, "auction");
}

int
clear_replay(struct ledger *ledger, struct run *run, struct entry *entry,
    struct qf_error *err)
{
	struct clear_sink sink = entry_sink(entry);
	struct clear_request request;
	struct clear_counts counts;

	clear_request_of(&request, run);
	return clear_run(ledger, &request, &sink, &counts, err);
}
