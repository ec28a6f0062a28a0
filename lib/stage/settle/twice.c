/* twice.c - what is paid for elsewhere.
 *
 * One action may not earn twice (鲁发改能源〔2026〕407号 第二十八条).
 * Where two events ask the same resource for the same time, nothing says which
 * of them the action was for: both are held, until one of them is cancelled or
 * aimed at others; and likewise where they ask points that measure the same
 * energy.  Money that is handed on, from a payee who pays for the same
 * in turn, is earned once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "stage/settle/own.h"

static bool
overlaps(int64_t a_from, int64_t a_to, int64_t b_from, int64_t b_to)
{
	return a_from < b_to && b_from < a_to;
}

/* Whether what the two contracts pay is the same money on its way. */
static bool
is_handed_on(const struct contract *a, const struct contract *b)
{
	return strcmp(a->payee, b->payer) == 0 ||
	       strcmp(b->payee, a->payer) == 0;
}

/* Whether the event counts for a use of the point at all. */
static bool
counts(const struct settle_use *use, const struct settle_contract *contract,
    const struct settle_event *event)
{
	return !event->cancelled && !event->test &&
	       overlaps(use->from_utc, use->to_utc, event->start_utc,
		   event->end_utc) &&
	       settle_is_for(contract, event, use->point);
}

static int
refuse_twice(struct settle *settle, const char *point,
    const struct settle_use *use, const struct settle_event *event)
{
	const struct settle_contract *other =
	    &settle->index.contracts[use->contract];
	bool is_own = strcmp(use->point, point) == 0;
	char time[40];

	return refuse(&settle->refusal, SETTLE_EARNS_TWICE,
	    "point %s%s%s%s is asked by event %s of contract %s, leg %s, from "
	    "%s too: cancel one, or ask others by it",
	    use->point, is_own ? "" : ", which measures energy of ",
	    is_own ? "" : point, is_own ? "" : ",", event->event,
	    other->stretch.contract, other->stretch.leg,
	    energy_time(settle->zone, event->start_utc, time));
}

/* Whether the use is the case in hand itself: the contract's own event at the
 * point.  Legs of one contract may share an event. */
static bool
is_in_hand(const struct settle *settle, const char *point,
    const struct settle_use *use, const struct settle_event *event)
{
	const struct contract *own = &settle->in_hand.contract->stretch;
	const struct contract *other =
	    &settle->index.contracts[use->contract].stretch;

	return event == settle->in_hand.event &&
	       strcmp(own->contract, other->contract) == 0 &&
	       (strcmp(use->point, point) == 0 ||
		   strcmp(own->leg, other->leg) != 0);
}

/* Another event of the contract of a use, at the time of the one in hand. */
static int
check_use(struct settle *settle, const char *point,
    const struct settle_use *use, struct qf_error *err)
{
	struct settle_contract *other = &settle->index.contracts[use->contract];
	const struct settle_case *in_hand = &settle->in_hand;

	if (is_handed_on(&in_hand->contract->stretch, &other->stretch)) {
		return 0;
	}
	if (settle_events_of(settle, other, err) == -1) {
		return -1;
	}
	for (size_t i = 0; i < other->event_count; i++) {
		const struct settle_event *event =
		    &settle->index.events[other->events[i]];

		if (is_in_hand(settle, point, use, event) ||
		    !overlaps(event->start_utc, event->end_utc,
			in_hand->event->start_utc, in_hand->event->end_utc) ||
		    !counts(use, other, event)) {
			continue;
		}
		return refuse_twice(settle, point, use, event);
	}
	return 0;
}

/* The uses of a point for which it asks itself, or of one of its kin, as long
 * as it is that. */
static int
check_uses(struct settle *settle, const char *point, const char *of,
    int64_t from_utc, int64_t to_utc, struct qf_error *err)
{
	const struct settle_event *event = settle->in_hand.event;
	size_t use, end;
	int rc = 0;

	if (!overlaps(from_utc, to_utc, event->start_utc, event->end_utc)) {
		return 0;
	}
	settle_uses_of(&settle->index, of, &use, &end);
	for (; rc == 0 && use < end; use++) {
		if (overlaps(settle->index.uses[use].from_utc,
			settle->index.uses[use].to_utc, event->start_utc,
			event->end_utc)) {
			rc = check_use(
			    settle, point, &settle->index.uses[use], err);
		}
	}
	return rc;
}

int
settle_check_twice(
    struct settle *settle, const char *point, struct qf_error *err)
{
	const struct settle_kin *kin;
	int rc = check_uses(settle, point, point, INT64_MIN, UTC_OPEN, err);

	if (rc == 0) {
		rc = settle_kin_of(settle, point, &kin, err);
	}
	for (size_t i = 0; rc == 0 && i < kin->count; i++) {
		rc = check_uses(settle, point, kin->of[i].point,
		    kin->of[i].from_utc, kin->of[i].to_utc, err);
	}
	return rc;
}

/* The first event of the contract that may last beyond a time: none is longer
 * than the longest. */
static size_t
first_after(const struct settle_index *index,
    const struct settle_contract *contract, int64_t utc)
{
	size_t low = 0, high = contract->event_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (index->events[contract->events[middle]].start_utc <=
		    utc - index->longest_seconds) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

int
settle_was_asked(struct settle *settle, const char *point, int64_t from_utc,
    int64_t to_utc, bool *is, struct qf_error *err)
{
	struct settle_index *index = &settle->index;
	size_t use, end;

	*is = false;
	settle_uses_of(index, point, &use, &end);
	for (; use < end; use++) {
		struct settle_contract *contract =
		    &index->contracts[index->uses[use].contract];

		if (settle_events_of(settle, contract, err) == -1) {
			return -1;
		}
		for (size_t i = first_after(index, contract, from_utc);
		     i < contract->event_count; i++) {
			const struct settle_event *event =
			    &index->events[contract->events[i]];

			if (event->start_utc >= to_utc) {
				break;
			}
			if (overlaps(event->start_utc, event->end_utc, from_utc,
				to_utc) &&
			    counts(&index->uses[use], contract, event)) {
				*is = true;
				return 0;
			}
		}
	}
	return 0;
}

/* Export ----------------------------------------------------------------- */

void
settle_exports_release(struct settle_exports *exports)
{
	free(exports->of);
	memset(exports, 0, sizeof(*exports));
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* The kin of all resources, in order. */
static int
list_kin(struct settle *settle, char (**out)[ID_MAX + 1], size_t *count,
    struct qf_error *err)
{
	const struct settle_index *index = &settle->index;
	const struct settle_kin *kin;
	size_t capacity = 0;

	*out = NULL;
	*count = 0;
	for (size_t i = 0; i < index->use_count; i++) {
		if (settle_kin_of(settle, index->uses[i].point, &kin, err) ==
		    -1) {
			return -1;
		}
		for (size_t k = 0; k < kin->count; k++) {
			if (*count == capacity) {
				capacity = capacity * 2 + 16;
				*out = xreallocarray(
				    *out, capacity, sizeof(**out));
			}
			memcpy((*out)[(*count)++], kin->of[k].point,
			    sizeof(**out));
		}
	}
	if (*count > 0) {
		qsort(*out, *count, sizeof(**out), by_name);
	}
	return 0;
}

/* Keeps the contracts of points that are resources of somebody, or that measure
 * the same energy. */
static int
load_exports(struct settle *settle, struct qf_error *err)
{
	struct settle_exports *exports = &settle->exports;
	const struct settle_request *request = settle->request;
	struct contract_cursor *cursor;
	struct contract contract;
	char(*kin)[ID_MAX + 1];
	size_t kin_count;
	int rc;

	if (list_kin(settle, &kin, &kin_count, err) == -1) {
		free(kin);
		return -1;
	}
	if (contracts_open(&cursor, settle->ledger, request->asof,
		settle->earliest_utc, request->period.to_utc, NULL, NULL,
		err) == -1) {
		free(kin);
		return -1;
	}
	while ((rc = contracts_next(cursor, &contract, err)) == 1) {
		size_t first, end;

		settle_uses_of(&settle->index, contract.point, &first, &end);
		if (first == end &&
		    (kin_count == 0 || bsearch(contract.point, kin, kin_count,
					   sizeof(*kin), by_name) == NULL)) {
			continue;
		}
		if (exports->count == exports->capacity) {
			exports->capacity = exports->capacity * 2 + 16;
			exports->of = xreallocarray(exports->of,
			    exports->capacity, sizeof(*exports->of));
		}
		exports->of[exports->count++] = contract;
	}
	contracts_close(cursor);
	free(kin);
	exports->known = rc == 0;
	return rc;
}

/* The first contract of the point. */
static size_t
first_of(const struct settle_exports *exports, const char *point)
{
	size_t low = 0, high = exports->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(exports->of[middle].point, point) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

/* Whether the contract's tariff has a price of exported energy for its leg.
 * Where there is no such tariff, the name of the leg must do. */
static int
prices_export(struct settle *settle, const struct contract *contract,
    int64_t utc, bool *does, struct qf_error *err)
{
	const struct rulebook_tariff *tariff;
	const struct tariff_version *version;
	struct refusal refusal;
	int rc = rulebook_tariff(
	    settle->book, contract->tariff, &tariff, &refusal, err);

	if (rc == -1) {
		return -1;
	}
	version = rc == 0 ? tariff_version_at(
				tariff->tariff, zone_day_of(settle->zone, utc))
			  : NULL;
	*does = version == NULL && strcmp(contract->leg, "export") == 0;
	for (size_t i = 0; version != NULL && i < version->charge_count; i++) {
		const struct charge *charge = &version->charges[i];

		*does = *does || (charge->per == PER_KWH &&
				     charge->channel == CHANNEL_EXPORT &&
				     rate_charges(contract, charge));
	}
	return 0;
}

int
settle_export_paid(struct settle *settle, const char *point, int64_t from_utc,
    int64_t to_utc, const struct contract **by, struct qf_error *err)
{
	struct settle_exports *exports = &settle->exports;

	*by = NULL;
	if (!exports->known && load_exports(settle, err) == -1) {
		return -1;
	}
	for (size_t i = first_of(exports, point);
	     *by == NULL && i < exports->count &&
	     strcmp(exports->of[i].point, point) == 0;
	     i++) {
		const struct contract *contract = &exports->of[i];
		bool does;

		if (!overlaps(contract->from_utc, contract->to_utc, from_utc,
			to_utc)) {
			continue;
		}
		if (prices_export(settle, contract,
			from_utc > contract->from_utc ? from_utc
						      : contract->from_utc,
			&does, err) == -1) {
			return -1;
		}
		if (does) {
			*by = contract;
		}
	}
	return 0;
}
