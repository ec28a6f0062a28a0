/* append.c - a rated period as a run of the ledger.
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

struct rate_sink
rate_sink_entry(struct entry *entry)
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

	if (both->watch != NULL && both->watch->line != NULL &&
	    both->watch->line(both->watch->context, line, err) == -1) {
		return -1;
	}
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

	if (both->watch != NULL && both->watch->energy != NULL &&
	    both->watch->energy(both->watch->context, energy, err) == -1) {
		return -1;
	}
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

/* The scope as the run says it: "contract=C leg=L carry=N". */
static void
scope_text(const struct rate_request *request, char out[256])
{
	size_t used = 0;

	out[0] = '\0';
	if (request->contract != NULL) {
		used += (size_t)snprintf(
		    out, 256, "contract=%s", request->contract);
	}
	if (request->leg != NULL) {
		used += (size_t)snprintf(out + used, 256 - used, "%sleg=%s",
		    used > 0 ? " " : "", request->leg);
	}
	if (request->carry_from != 0) {
		used += (size_t)snprintf(out + used, 256 - used, "%scarry=%lld",
		    used > 0 ? " " : "", (long long)request->carry_from);
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
describe(struct run *run, const struct rate_request *request, const char *kind,
    const struct rate_counts *counts)
{
	memset(run, 0, sizeof(*run));
	(void)snprintf(run->tool, sizeof(run->tool), "%s", RATE_TOOL);
	(void)snprintf(run->kind, sizeof(run->kind), "%s", kind);
	run->asof = request->asof;
	run->from_utc = request->period.from_utc;
	run->to_utc = request->period.to_utc;
	run->first_month = month_of_day(request->period.first_day);
	run->last_month = month_of_day(request->period.end_day - 1);
	scope_text(request, run->scope);
	run->arithmetic = RATE_ARITHMETIC;
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
	int found;

	*appended = 0;
	if (ledger_savepoint(ledger, err) == -1) {
		return -1;
	}
	if (entry_begin(&entry, ledger, ENTRY_RUN, recorded_utc, err) == -1) {
		return -1;
	}
	both.entry = rate_sink_entry(entry);
	if (rate_run(ledger, request, &sink, counts, err) == -1) {
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
rate_request_of(struct rate_request *out, struct ledger *ledger,
    struct run *run, struct qf_error *err)
{
	struct zone *zone;
	const char *carry;

	memset(out, 0, sizeof(*out));
	if (zone_load(&zone, ledger_market(ledger)->zone, err) == -1) {
		return -1;
	}
	period_of_days(zone, zone_day_of(zone, run->from_utc),
	    zone_day_of(zone, run->to_utc - 1) + 1, &out->period);
	zone_free(zone);
	out->asof = run->asof;
	/* From the last word to the first: each is cut off behind. */
	carry = scope_word(run, "carry");
	for (; carry != NULL && *carry >= '0' && *carry <= '9'; carry++) {
		out->carry_from = out->carry_from * 10 + (*carry - '0');
	}
	out->leg = scope_word(run, "leg");
	out->contract = scope_word(run, "contract");
	return 0;
}

int
rate_replay(struct ledger *ledger, struct run *run, struct entry *entry,
    struct qf_error *err)
{
	const struct rate_sink sink = rate_sink_entry(entry);
	struct rate_request request;
	struct rate_counts counts;

	if (rate_request_of(&request, ledger, run, err) == -1) {
		return -1;
	}
	return rate_run(ledger, &request, &sink, &counts, err);
}
