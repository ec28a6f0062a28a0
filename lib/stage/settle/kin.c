/* kin.c - points that measure the same energy as another.
 *
 * What a point is the sum of (sum), and what a second meter counts again
 * (check), is the same energy: what is earned by it at one of the points is
 * earned at the other.  What stands behind a meter and is deducted from it is
 * not.  Points beside each other behind a third share nothing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ledger/watch.h"
#include "stage/settle/own.h"

void
settle_kin_release(struct settle_kin *kin)
{
	free(kin->of);
	memset(kin, 0, sizeof(*kin));
}

static bool
has(const struct settle_kin *kin, const char *point)
{
	if (strcmp(kin->point, point) == 0) {
		return true; /* a circle, which the rating refuses */
	}
	for (size_t i = 0; i < kin->count; i++) {
		if (strcmp(kin->of[i].point, point) == 0) {
			return true;
		}
	}
	return false;
}

static void
add(struct settle_kin *kin, const char *point, size_t by, bool behind,
    int64_t from_utc, int64_t to_utc)
{
	struct settle_relative *relative;

	if (by != SETTLE_NO_RELATIVE) {
		/* No longer than what it is related by. */
		from_utc = from_utc > kin->of[by].from_utc
			       ? from_utc
			       : kin->of[by].from_utc;
		to_utc =
		    to_utc < kin->of[by].to_utc ? to_utc : kin->of[by].to_utc;
	}
	if (from_utc >= to_utc) {
		return;
	}
	if (kin->count == kin->capacity) {
		kin->capacity = kin->capacity * 2 + 8;
		kin->of =
		    xreallocarray(kin->of, kin->capacity, sizeof(*kin->of));
	}
	relative = &kin->of[kin->count++];
	assert(strlen(point) <= ID_MAX);
	memcpy(relative->point, point, strlen(point) + 1);
	relative->by = by;
	relative->behind = behind;
	relative->from_utc = from_utc;
	relative->to_utc = to_utc;
}

/* Those next behind or above a point; rows of one come together, and one that
 * is deducted is no kin, though it be checked too. */
static int
add_next(struct settle *settle, const char *point, size_t by, bool behind,
    struct qf_error *err)
{
	struct settle_kin *kin = &settle->kin;
	struct fact_cursor **cursor =
	    behind ? &settle->behind_cursor : &settle->above_cursor;
	size_t first = kin->count;
	struct fact fact;
	int64_t entry;
	int rc;

	if (facts_lookup(cursor, settle->ledger,
		behind ? LOOKUP_RELATIONS_OF_PARENT : LOOKUP_RELATIONS_OF_CHILD,
		settle->request->asof, point, 0, 0, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(*cursor, &fact, &entry, err)) == 1) {
		const char *other =
		    rulebook_text(&fact, behind ? "child" : "parent");

		if (strcmp(rulebook_text(&fact, "role"), "deduct") == 0) {
			while (
			    kin->count > first &&
			    strcmp(kin->of[kin->count - 1].point, other) == 0) {
				kin->count--;
			}
		} else if (!has(kin, other)) {
			add(kin, other, by, behind,
			    rulebook_integer(&fact, "from", INT64_MIN),
			    rulebook_integer(&fact, "to", UTC_OPEN));
		}
	}
	return rc;
}

/* Whether the ledger has any relation: most points have none to look for. */
static int
know_relations(struct settle *settle, struct qf_error *err)
{
	struct fact_cursor *cursor = NULL;
	struct fact fact;
	int64_t entry;
	int rc;

	if (ledger_is_watched(settle->ledger) || settle->relations_known) {
		return 0;
	}
	if (facts_lookup(&cursor, settle->ledger, LOOKUP_RELATIONS_FROM_PARENT,
		settle->request->asof, "", 0, 0, err) == -1) {
		return -1;
	}
	rc = facts_next(cursor, &fact, &entry, err);
	facts_close(cursor);
	settle->no_relations = rc == 0;
	settle->relations_known = true;
	return rc == -1 ? -1 : 0;
}

int
settle_kin_of(struct settle *settle, const char *point,
    const struct settle_kin **out, struct qf_error *err)
{
	struct settle_kin *kin = &settle->kin;

	*out = kin;
	if (strcmp(kin->point, point) == 0) {
		return 0;
	}
	if (know_relations(settle, err) == -1) {
		return -1;
	}
	kin->count = 0;
	memcpy(kin->point, point, strlen(point) + 1);
	if (settle->no_relations) {
		return 0;
	}
	for (int behind = 0; behind < 2; behind++) {
		size_t at = kin->count;

		if (add_next(settle, point, SETTLE_NO_RELATIVE, behind, err) ==
		    -1) {
			return -1;
		}
		for (; at < kin->count; at++) {
			char next[ID_MAX + 1];

			memcpy(next, kin->of[at].point, sizeof(next));
			if (add_next(settle, next, at, behind, err) == -1) {
				return -1;
			}
		}
	}
	return 0;
}
