/* newrun.c - what a tool computed becomes a run, or is the equal earlier one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/newrun.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/status.h"
#include "base/text.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "ledger/entry.h"
#include "ledger/runs.h"

int
newrun_begin(struct entry **entry, struct ledger *ledger, int64_t recorded_utc,
    struct qf_error *err)
{
	*entry = NULL;
	if (ledger_savepoint(ledger, err) == -1) {
		return -1;
	}
	return entry_begin(entry, ledger, ENTRY_RUN, recorded_utc, err);
}

void
newrun_describe(struct run *run, const char *tool, const char *kind,
    int64_t asof, int arithmetic)
{
	memset(run, 0, sizeof(*run));
	text_copy(run->tool, sizeof(run->tool), tool);
	text_copy(run->kind, sizeof(run->kind), kind);
	run->asof = asof;
	run->arithmetic = arithmetic;
}

static int
month_of(int32_t day)
{
	int year, month, of_month;

	civil_date(day, &year, &month, &of_month);
	return year * 100 + month;
}

void
newrun_months(struct run *run, int32_t first_day, int32_t last_day)
{
	assert(first_day <= last_day);
	run->first_month = month_of(first_day);
	run->last_month = month_of(last_day);
}

void
newrun_of_period(struct run *run, const struct period *period)
{
	run->from_utc = period->from_utc;
	run->to_utc = period->to_utc;
	newrun_months(run, period->first_day, period->end_day - 1);
}

void
newrun_word(struct run *run, const char *name, const char *value)
{
	size_t used = strlen(run->scope), left = sizeof(run->scope) - used;
	int added;

	if (value == NULL) {
		return;
	}
	added = snprintf(run->scope + used, left, "%s%s=%s",
	    used > 0 ? " " : "", name, value);
	if (added < 0 || (size_t)added >= left) {
		BUG("the scope of a run is over %zu bytes", sizeof(run->scope));
	}
}

void
newrun_number(struct run *run, const char *name, int64_t value)
{
	char text[24];

	if (value != 0) {
		(void)snprintf(text, sizeof(text), "%" PRId64, value);
		newrun_word(run, name, text);
	}
}

/* The handle of an equal run that stands; 1 where there is one. */
static int
append_or_find(struct entry *entry, struct ledger *ledger, struct run *run,
    struct handle *handle, struct qf_error *err)
{
	if (runs_append(entry, run, err) == -1) {
		return -1;
	}
	return runs_find_equal(ledger, run, handle, err);
}

int
newrun_end(struct entry *entry, struct ledger *ledger, struct run *run,
    struct handle *handle, int *appended, struct qf_error *err)
{
	int found = append_or_find(entry, ledger, run, handle, err);

	*appended = found == 0;
	if (found != 0) {
		entry_abandon(entry);
		return found == 1 ? ledger_rollback(ledger, err) : -1;
	}
	entry_note(entry, "zone-data", "%s", zone_version());
	if (entry_finish(entry, handle, err) == -1) {
		return -1;
	}
	return ledger_release(ledger, err);
}

const char *
newrun_take_word(struct run *run, const char *name)
{
	size_t length;
	const char *word = runs_scope_word(run->scope, name, &length);

	if (word == NULL) {
		return NULL;
	}
	run->scope[(size_t)(word - run->scope) + length] = '\0';
	return word;
}

int64_t
newrun_take_number(struct run *run, const char *name)
{
	const char *word = newrun_take_word(run, name);
	int64_t number;

	return word != NULL && text_number(word, &number) ? number : 0;
}

int
newrun_take_period(struct period *out, const struct ledger *ledger,
    const struct run *run, struct qf_error *err)
{
	struct zone *zone;

	if (zone_load(&zone, ledger_market(ledger)->zone, err) == -1) {
		return -1;
	}
	period_of_days(zone, zone_day_of(zone, run->from_utc),
	    zone_day_of(zone, run->to_utc - 1) + 1, out);
	zone_free(zone);
	return 0;
}
