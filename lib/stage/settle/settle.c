/* settle.c - what contracts earn by the events of a period.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/settle/settle.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "rules/market.h"
#include "stage/settle/own.h"

static int
begin(struct settle *settle, struct ledger *ledger,
    const struct settle_request *request, const struct settle_sink *sink,
    struct settle_counts *counts, struct qf_error *err)
{
	const struct market *market = ledger_market(ledger);

	memset(counts, 0, sizeof(*counts));
	settle->ledger = ledger;
	settle->request = request;
	settle->sink = sink;
	settle->counts = counts;
	settle->money_scale = market->money_scale;
	if (zone_load(&settle->zone, market->zone, err) == -1) {
		return -1;
	}
	settle->earliest_utc = zone_day_start(
	    settle->zone, request->period.first_day - SETTLE_BACK_DAYS);
	rulebook_new(&settle->book, ledger, request->asof, settle->zone);
	return settle_index_load(settle, err);
}

static void
end(struct settle *settle)
{
	settle_case_release(&settle->in_hand);
	settle_reads_release(&settle->reads);
	settle_index_release(&settle->index);
	settle_exports_release(&settle->exports);
	settle_kin_release(&settle->kin);
	settle_programmes_release(settle);
	settle_pieces_release(&settle->pieces);
	facts_close(settle->event_cursor);
	facts_close(settle->target_cursor);
	facts_close(settle->member_cursor);
	facts_close(settle->award_cursor);
	facts_close(settle->baseline_cursor);
	facts_close(settle->published_cursor);
	facts_close(settle->calendar_cursor);
	facts_close(settle->series_cursor);
	facts_close(settle->table_cursor);
	facts_close(settle->behind_cursor);
	facts_close(settle->above_cursor);
	market_free(settle->market);
	rulebook_free(settle->book);
	zone_free(settle->zone);
}

/* The events of a unit --------------------------------------------------- */

struct event_list {
	const struct settle_event **of;
	size_t count, capacity;
};

static bool
has_event(const struct event_list *list, const struct settle_event *event)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->of[i] == event) {
			return true;
		}
	}
	return false;
}

bool
settle_is_asked(const struct settle *settle, const struct settle_event *event)
{
	const struct settle_request *request = settle->request;

	return event->end_utc > request->period.from_utc &&
	       event->end_utc <= request->period.to_utc &&
	       (request->event == NULL ||
		   strcmp(request->event, event->event) == 0);
}

static void
tell_nothing(struct settle *settle, const char *event, const char *why)
{
	if (settle->sink->nothing != NULL) {
		settle->sink->nothing(settle->sink->context, event, why);
	}
}

static void
add_event(
    struct settle *settle, struct event_list *list, struct settle_event *event)
{
	bool seen = event->seen;

	if (!settle_is_asked(settle, event) || has_event(list, event)) {
		return;
	}
	event->seen = true;
	if (event->test || event->cancelled) {
		if (!seen) {
			tell_nothing(settle, event->event,
			    event->test ? "a test" : "cancelled");
		}
		return;
	}
	if (list->count == list->capacity) {
		list->capacity = list->capacity * 2 + 8;
		list->of = xreallocarray(list->of, list->capacity,
		    sizeof(const struct settle_event *));
	}
	list->of[list->count++] = event;
}

static int
by_end(const void *a, const void *b)
{
	const struct settle_event *const *x = a, *const *y = b;
	int order =
	    ((*x)->end_utc > (*y)->end_utc) - ((*x)->end_utc < (*y)->end_utc);

	if (order == 0) {
		order = ((*x)->start_utc > (*y)->start_utc) -
			((*x)->start_utc < (*y)->start_utc);
	}
	return order != 0 ? order : strcmp((*x)->event, (*y)->event);
}

static int
settle_events(struct settle *settle, struct settle_contract *stretches,
    size_t count, struct qf_error *err)
{
	struct event_list list = {0};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++) {
		rc = settle_events_of(settle, &stretches[i], err);
		for (size_t e = 0; rc == 0 && e < stretches[i].event_count;
		     e++) {
			add_event(settle, &list,
			    &settle->index.events[stretches[i].events[e]]);
		}
	}
	if (list.count > 0) {
		qsort(list.of, list.count, sizeof(const struct settle_event *),
		    by_end);
	}
	for (size_t e = 0; rc == 0 && e < list.count; e++) {
		rc = settle_event(settle, stretches, count, list.of[e], err);
	}
	free(list.of);
	return rc;
}

/* Units ------------------------------------------------------------------ */

/* Tells a watch what the unit was made from, and whose it was. */
static int
hand_out_point(struct settle *settle, struct settle_contract *stretches,
    size_t count, struct qf_error *err)
{
	struct contract *copies;
	int rc;

	if (settle->sink->point == NULL) {
		return 0;
	}
	copies = xcalloc(count, sizeof(*copies));
	for (size_t i = 0; i < count; i++) {
		copies[i] = stretches[i].stretch;
	}
	rc = settle->sink->point(settle->sink->context, copies, count, err);
	free(copies);
	return rc;
}

static int
settle_unit(struct settle *settle, struct settle_contract *stretches,
    size_t count, struct qf_error *err)
{
	const struct settle_request *request = settle->request;
	const struct contract *contract = &stretches[0].stretch;

	if ((request->contract != NULL &&
		strcmp(request->contract, contract->contract) != 0) ||
	    (request->leg != NULL &&
		strcmp(request->leg, contract->leg) != 0)) {
		return 0;
	}
	settle->counts->contracts++;
	if (settle->sink->progress != NULL) {
		settle->sink->progress(
		    settle->sink->context, settle->counts->contracts);
	}
	if (settle_events(settle, stretches, count, err) == -1) {
		return -1;
	}
	for (size_t i = 0; i < count; i++) {
		if (settle_use_index(settle, &stretches[i], err) == -1) {
			return -1;
		}
	}
	return hand_out_point(settle, stretches, count, err);
}

static bool
same_unit(const struct contract *a, const struct contract *b)
{
	return strcmp(a->point, b->point) == 0 &&
	       strcmp(a->contract, b->contract) == 0 &&
	       strcmp(a->leg, b->leg) == 0;
}

static int
walk(struct settle *settle, struct qf_error *err)
{
	struct settle_index *index = &settle->index;
	size_t first = 0;

	while (first < index->contract_count) {
		size_t last = first + 1;

		while (last < index->contract_count &&
		       same_unit(&index->contracts[first].stretch,
			   &index->contracts[last].stretch)) {
			last++;
		}
		if (settle_unit(settle, &index->contracts[first], last - first,
			err) == -1) {
			return -1;
		}
		first = last;
	}
	return 0;
}

/* Events that no contract is for: a programme that nobody has, perhaps by a
 * slip of the pen. */
static void
tell_unseen(struct settle *settle)
{
	const struct settle_request *request = settle->request;

	if (request->contract != NULL || request->leg != NULL) {
		return;
	}
	for (size_t i = 0; i < settle->index.event_count; i++) {
		const struct settle_event *event = &settle->index.events[i];

		if (event->seen || !settle_is_asked(settle, event)) {
			continue;
		}
		tell_nothing(settle, event->event,
		    "no contract is on its programme and among its targets");
		if (!event->test && !event->cancelled) {
			settle->counts->for_nobody++;
		}
	}
}

int
settle_run(struct ledger *ledger, const struct settle_request *request,
    const struct settle_sink *sink, struct settle_counts *counts,
    struct qf_error *err)
{
	struct settle *settle = xcalloc(1, sizeof(*settle));
	int rc;

	assert(request->period.first_day < request->period.end_day);
	rc = begin(settle, ledger, request, sink, counts, err);
	if (rc == 0) {
		rc = walk(settle, err);
	}
	if (rc == 0) {
		tell_unseen(settle);
	}
	end(settle);
	free(settle);
	return rc;
}
