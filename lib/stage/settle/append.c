/* append.c - a settled period of events as a run of the ledger.
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

struct settle_sink
settle_sink_entry(struct entry *entry)
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

/* The scope as the run says it: "contract=C leg=L event=E awards=N". */
static void
scope_text(const struct settle_request *request, char out[256])
{
	const struct {
		const char *name, *value;
	} words[] = {
	    {"contract", request->contract},
	    {"leg", request->leg},
	    {"event", request->event},
	};
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (words[i].value != NULL) {
			used += (size_t)snprintf(out + used, 256 - used,
			    "%s%s=%s", used > 0 ? " " : "", words[i].name,
			    words[i].value);
		}
	}
	if (request->awards_run != 0) {
		used +=
		    (size_t)snprintf(out + used, 256 - used, "%sawards=%lld",
			used > 0 ? " " : "", (long long)request->awards_run);
	}
	assert(used < 256);
}

static int
month_of_day(int32_t day)
{
	int year, month, of_month;

	civil_date(day, &year, &month, &of_month);
	return year * 100 + month;
}

static void
describe(struct run *run, const struct settle_request *request,
    const char *kind, const struct settle_counts *counts)
{
	memset(run, 0, sizeof(*run));
	(void)snprintf(run->tool, sizeof(run->tool), "%s", SETTLE_TOOL);
	(void)snprintf(run->kind, sizeof(run->kind), "%s", kind);
	run->asof = request->asof;
	run->from_utc = request->period.from_utc;
	run->to_utc = request->period.to_utc;
	run->first_month = month_of_day(request->period.first_day);
	run->last_month = month_of_day(request->period.end_day - 1);
	scope_text(request, run->scope);
	run->arithmetic = SETTLE_ARITHMETIC;
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
	int found;

	*appended = 0;
	if (ledger_savepoint(ledger, err) == -1 ||
	    entry_begin(&entry, ledger, ENTRY_RUN, recorded_utc, err) == -1) {
		return -1;
	}
	both.entry = settle_sink_entry(entry);
	if (settle_run(ledger, request, &sink, counts, err) == -1) {
		goto fail;
	}
	describe(&run, request, kind, counts);
	if (runs_append(entry, &run, err) == -1) {
		goto fail;
	}
	found = runs_find_equal(ledger, &run, handle, err);
	if (found == -1) {
		goto fail;
	}
	if (found == 1) {
		entry_abandon(entry);
		return ledger_rollback(ledger, err);
	}
	entry_note(entry, "zone-data", "%s", zone_version());
	*appended = 1;
	if (entry_finish(entry, handle, err) == -1) {
		return -1;
	}
	return ledger_release(ledger, err);
fail:
	entry_abandon(entry);
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

int
settle_request_of(struct settle_request *out, struct ledger *ledger,
    struct run *run, struct qf_error *err)
{
	struct zone *zone;
	const char *awards;

	memset(out, 0, sizeof(*out));
	if (zone_load(&zone, ledger_market(ledger)->zone, err) == -1) {
		return -1;
	}
	period_of_days(zone, zone_day_of(zone, run->from_utc),
	    zone_day_of(zone, run->to_utc - 1) + 1, &out->period);
	zone_free(zone);
	out->asof = run->asof;
	/* From the last word to the first: each is cut off behind. */
	awards = scope_word(run, "awards");
	for (; awards != NULL && *awards >= '0' && *awards <= '9'; awards++) {
		out->awards_run = out->awards_run * 10 + (*awards - '0');
	}
	out->event = scope_word(run, "event");
	out->leg = scope_word(run, "leg");
	out->contract = scope_word(run, "contract");
	return 0;
}

int
settle_replay(struct ledger *ledger, struct run *run, struct entry *entry,
    struct qf_error *err)
{
	const struct settle_sink sink = settle_sink_entry(entry);
	struct settle_request request;
	struct settle_counts counts;

	if (settle_request_of(&request, ledger, run, err) == -1) {
		return -1;
	}
	return settle_run(ledger, &request, &sink, &counts, err);
}
