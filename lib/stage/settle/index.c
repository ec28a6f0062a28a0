/* index.c - contracts on events, their points, and whom events are for.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/zone.h"
#include "stage/settle/own.h"

static void
copy_id(char out[ID_MAX + 1], const char *text)
{
	size_t length = text != NULL ? strlen(text) : 0;

	assert(length <= ID_MAX);
	memcpy(out, text != NULL ? text : "", length + 1);
}

void
settle_index_release(struct settle_index *index)
{
	for (size_t i = 0; i < index->contract_count; i++) {
		free(index->contracts[i].events);
	}
	for (size_t i = 0; i < index->event_count; i++) {
		free(index->events[i].context);
		free(index->events[i].targets);
	}
	free(index->contracts);
	free(index->uses);
	free(index->events);
	memset(index, 0, sizeof(*index));
}

/* Contracts and points --------------------------------------------------- */

static void
add_use(struct settle_index *index, const char *point, size_t contract,
    int64_t from_utc, int64_t to_utc)
{
	struct settle_use *use;

	if (from_utc >= to_utc) {
		return;
	}
	if (index->use_count == index->use_capacity) {
		index->use_capacity = index->use_capacity * 2 + 64;
		index->uses = xreallocarray(
		    index->uses, index->use_capacity, sizeof(*index->uses));
	}
	use = &index->uses[index->use_count++];
	copy_id(use->point, point);
	use->contract = contract;
	use->from_utc = from_utc;
	use->to_utc = to_utc;
}

static void
add_contract(struct settle_index *index, const struct contract *stretch)
{
	unsigned long length;
	const char *portfolio = contract_option(stretch, "portfolio", &length);
	struct settle_contract *contract;

	if (index->contract_count == index->contract_capacity) {
		index->contract_capacity = index->contract_capacity * 2 + 16;
		index->contracts = xreallocarray(index->contracts,
		    index->contract_capacity, sizeof(*index->contracts));
	}
	contract = &index->contracts[index->contract_count++];
	memset(contract, 0, sizeof(*contract));
	contract->stretch = *stretch;
	if (portfolio != NULL && length <= ID_MAX) {
		memcpy(contract->portfolio, portfolio, length);
	}
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The points of a contract: its own, or the members of its portfolio. */
static int
add_points(struct settle *settle, size_t number, struct qf_error *err)
{
	struct settle_index *index = &settle->index;
	struct settle_contract *contract = &index->contracts[number];
	const struct contract *stretch = &contract->stretch;
	struct fact fact;
	int64_t entry;
	int rc;

	if (contract->portfolio[0] == '\0') {
		add_use(index, stretch->point, number, stretch->from_utc,
		    stretch->to_utc);
		return 0;
	}
	watched_begin(&contract->watched, settle->book);
	if (facts_lookup(&settle->member_cursor, settle->ledger, LOOKUP_MEMBERS,
		settle->request->asof, contract->portfolio, 0, 0, err) == -1) {
		return -1;
	}
	while (
	    (rc = facts_next(settle->member_cursor, &fact, &entry, err)) == 1) {
		add_use(index, rulebook_text(&fact, "member"), number,
		    later(rulebook_integer(&fact, "from", INT64_MIN),
			stretch->from_utc),
		    earlier(rulebook_integer(&fact, "to", UTC_OPEN),
			stretch->to_utc));
	}
	watched_end(&contract->watched, settle->book);
	return rc;
}

static int
load_contracts(struct settle *settle, int64_t from_utc, struct qf_error *err)
{
	const struct settle_request *request = settle->request;
	struct contract_cursor *cursor;
	struct contract stretch;
	int rc;

	if (contracts_open_events(&cursor, settle->ledger, request->asof,
		from_utc, request->period.to_utc, NULL, NULL, err) == -1) {
		return -1;
	}
	while ((rc = contracts_next(cursor, &stretch, err)) == 1) {
		add_contract(&settle->index, &stretch);
	}
	contracts_close(cursor);
	for (size_t i = 0; rc == 0 && i < settle->index.contract_count; i++) {
		rc = add_points(settle, i, err);
	}
	return rc;
}

static int
by_point(const void *a, const void *b)
{
	const struct settle_use *x = a, *y = b;
	int order = strcmp(x->point, y->point);

	if (order == 0) {
		order =
		    (x->contract > y->contract) - (x->contract < y->contract);
	}
	return order != 0
		   ? order
		   : (x->from_utc > y->from_utc) - (x->from_utc < y->from_utc);
}

void
settle_uses_of(const struct settle_index *index, const char *point,
    size_t *first, size_t *end)
{
	size_t low = 0, high = index->use_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(index->uses[middle].point, point) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	*first = low;
	while (low < index->use_count &&
	       strcmp(index->uses[low].point, point) == 0) {
		low++;
	}
	*end = low;
}

/* Events ----------------------------------------------------------------- */

static void
add_event(struct settle_index *index, const struct fact *fact, int64_t entry)
{
	const char *context = rulebook_text(fact, "context");
	struct settle_event *event;

	if (index->event_count == index->event_capacity) {
		index->event_capacity = index->event_capacity * 2 + 16;
		index->events = xreallocarray(index->events,
		    index->event_capacity, sizeof(*index->events));
	}
	event = &index->events[index->event_count++];
	memset(event, 0, sizeof(*event));
	copy_id(event->event, rulebook_text(fact, "event"));
	event->modification = rulebook_integer(fact, "modification", 0);
	copy_id(event->programme, rulebook_text(fact, "programme"));
	copy_id(event->auction, rulebook_text(fact, "auction"));
	event->context = context == NULL ? NULL : xstrdup(context);
	event->start_utc = rulebook_integer(fact, "start", 0);
	event->end_utc = rulebook_integer(fact, "end", 0);
	if (event->end_utc - event->start_utc > index->longest_seconds) {
		index->longest_seconds = event->end_utc - event->start_utc;
	}
	event->notified_utc = rulebook_integer(fact, "notified", INT64_MIN);
	event->cancelled =
	    strcmp(rulebook_text(fact, "status"), "cancelled") == 0;
	event->test = strcmp(rulebook_text(fact, "test"), "yes") == 0;
	event->entry = entry;
	event->line_no = (int64_t)fact->line_no;
}

static int
load_targets(
    struct settle *settle, struct settle_event *event, struct qf_error *err)
{
	struct fact fact;
	size_t capacity = 0;
	int64_t entry;
	int rc;

	watched_begin(&event->watched, settle->book);
	if (facts_lookup(&settle->target_cursor, settle->ledger,
		LOOKUP_TARGETS_OF_EVENT, settle->request->asof, event->event,
		event->modification, event->modification, err) == -1) {
		return -1;
	}
	while (
	    (rc = facts_next(settle->target_cursor, &fact, &entry, err)) == 1) {
		const char *kind = rulebook_text(&fact, "kind");
		struct settle_target *target;

		if (event->target_count == capacity) {
			capacity = capacity * 2 + 4;
			event->targets = xreallocarray(
			    event->targets, capacity, sizeof(*event->targets));
		}
		target = &event->targets[event->target_count++];
		copy_id(target->target, rulebook_text(&fact, "target"));
		target->kind = strcmp(kind, "point") == 0   ? SETTLE_POINT
			       : strcmp(kind, "party") == 0 ? SETTLE_PARTY
							    : SETTLE_PORTFOLIO;
	}
	watched_end(&event->watched, settle->book);
	return rc;
}

static int
load_events(struct settle *settle, int64_t from_utc, struct qf_error *err)
{
	const struct settle_request *request = settle->request;
	struct settle_index *index = &settle->index;
	struct fact fact;
	int64_t entry;
	int rc;

	watched_begin(&index->watched, settle->book);
	if (facts_lookup(&settle->event_cursor, settle->ledger, LOOKUP_EVENTS,
		request->asof, "", from_utc, request->period.to_utc,
		err) == -1) {
		return -1;
	}
	while (
	    (rc = facts_next(settle->event_cursor, &fact, &entry, err)) == 1) {
		add_event(index, &fact, entry);
	}
	watched_end(&index->watched, settle->book);
	for (size_t i = 0; rc == 0 && i < index->event_count; i++) {
		rc = load_targets(settle, &index->events[i], err);
	}
	return rc;
}

int
settle_index_load(struct settle *settle, struct qf_error *err)
{
	const struct period *period = &settle->request->period;
	int64_t from_utc =
	    zone_day_start(settle->zone, period->first_day - SETTLE_BACK_DAYS);

	if (load_contracts(settle, from_utc, err) == -1 ||
	    load_events(settle, from_utc, err) == -1) {
		return -1;
	}
	if (settle->index.use_count > 0) {
		qsort(settle->index.uses, settle->index.use_count,
		    sizeof(*settle->index.uses), by_point);
	}
	return 0;
}

/* Whom an event is for --------------------------------------------------- */

/* Whether the target is the contract as a whole. */
static bool
is_whole(
    const struct settle_contract *contract, const struct settle_target *target)
{
	const struct contract *stretch = &contract->stretch;

	switch (target->kind) {
	case SETTLE_POINT:
		return strcmp(target->target, stretch->point) == 0;
	case SETTLE_PORTFOLIO:
		return strcmp(target->target, contract->portfolio) == 0;
	case SETTLE_PARTY:
		return strcmp(target->target, stretch->payer) == 0 ||
		       strcmp(target->target, stretch->payee) == 0 ||
		       strcmp(target->target, contract->portfolio) == 0;
	}
	BUG("a target of kind %d", (int)target->kind);
}

bool
settle_is_for(const struct settle_contract *contract,
    const struct settle_event *event, const char *point)
{
	if (event->target_count == 0) {
		return true;
	}
	for (size_t i = 0; i < event->target_count; i++) {
		const struct settle_target *target = &event->targets[i];

		if (is_whole(contract, target) ||
		    (point != NULL && target->kind == SETTLE_POINT &&
			strcmp(target->target, point) == 0)) {
			return true;
		}
	}
	return false;
}

/* Whether a point of the contract's portfolio is a target. */
static bool
has_target(const struct settle_index *index, size_t number,
    const struct settle_event *event)
{
	for (size_t i = 0; i < event->target_count; i++) {
		size_t use, end;

		if (event->targets[i].kind != SETTLE_POINT) {
			continue;
		}
		settle_uses_of(index, event->targets[i].target, &use, &end);
		for (; use < end; use++) {
			if (index->uses[use].contract == number) {
				return true;
			}
		}
	}
	return false;
}

/* Whether the event is one of the contract's programme. */
static int
is_of_programme(struct settle *settle, const struct settle_contract *contract,
    const struct settle_event *event, bool *is, struct qf_error *err)
{
	const struct settle_programme *programme;
	int rc;

	if (event->programme[0] != '\0') {
		*is = strcmp(event->programme, contract->stretch.tariff) == 0;
		return 0;
	}
	if (event->context == NULL) {
		*is = event->target_count > 0;
		return 0;
	}
	rc = settle_programme_of(
	    settle, contract->stretch.tariff, &programme, err);
	*is = rc == 0 &&
	      strcmp(programme->programme->context, event->context) == 0;
	return rc == -1 ? -1 : 0;
}

int
settle_events_of(struct settle *settle, struct settle_contract *contract,
    struct qf_error *err)
{
	struct settle_index *index = &settle->index;
	size_t number = (size_t)(contract - index->contracts);

	if (contract->events_known) {
		return 0;
	}
	for (size_t i = 0; i < index->event_count; i++) {
		const struct settle_event *event = &index->events[i];
		bool is;

		if (event->start_utc >= contract->stretch.to_utc ||
		    event->end_utc <= contract->stretch.from_utc) {
			continue;
		}
		if (is_of_programme(settle, contract, event, &is, err) == -1) {
			return -1;
		}
		if (!is || !(settle_is_for(contract, event, NULL) ||
			       has_target(index, number, event))) {
			continue;
		}
		contract->events = xreallocarray(contract->events,
		    contract->event_count + 1, sizeof(*contract->events));
		contract->events[contract->event_count++] = i;
	}
	contract->events_known = true;
	return 0;
}

int
settle_use_index(struct settle *settle, const struct settle_contract *contract,
    struct qf_error *err)
{
	int rc = watched_use(&settle->index.watched, settle->book, NULL, err);

	if (rc == 0) {
		rc = watched_use(&contract->watched, settle->book, NULL, err);
	}
	for (size_t i = 0; rc == 0 && i < contract->event_count; i++) {
		const struct settle_event *event =
		    &settle->index.events[contract->events[i]];

		rc = watched_use(&event->watched, settle->book, NULL, err);
	}
	return rc;
}
