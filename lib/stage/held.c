/* held.c - what a run holds, and what stands of it from before.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/held.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/status.h"
#include "ledger/postings.h"
#include "ledger/runs.h"

/* A contract's leg, or a session of it. */
struct item {
	char *contract, *leg;
	char *session; /* NULL: whole */
	bool found; /* its lines were in the run at hand */
	bool settled; /* its lines are found: look no further back */
};

struct held {
	struct item *items; /* in order */
	size_t count, capacity;
	size_t sessions; /* how many of them are sessions */
};

static int
compare(const struct item *a, const char *contract, const char *leg,
    const char *session)
{
	int order = strcmp(a->contract, contract);

	if (order == 0) {
		order = strcmp(a->leg, leg);
	}
	if (order != 0) {
		return order;
	}
	if (a->session == NULL || session == NULL) {
		return (a->session != NULL) - (session != NULL);
	}
	return strcmp(a->session, session);
}

static int
by_name(const void *a, const void *b)
{
	const struct item *y = b;

	return compare(a, y->contract, y->leg, y->session);
}

static struct item *
find(const struct held *held, const char *contract, const char *leg,
    const char *session)
{
	size_t low = 0, high = held->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order =
		    compare(&held->items[middle], contract, leg, session);

		if (order == 0) {
			return &held->items[middle];
		}
		if (order < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return NULL;
}

static void
add_item(struct held *held, const struct hold *hold)
{
	struct item *item;

	if (held->count == held->capacity) {
		held->capacity = 2 * held->capacity + 64;
		held->items = xreallocarray(
		    held->items, held->capacity, sizeof(*held->items));
	}
	item = &held->items[held->count++];
	memset(item, 0, sizeof(*item));
	item->contract = xstrdup(hold->contract);
	item->leg = xstrdup(hold->leg);
	if (hold->session != NULL) {
		item->session = xstrdup(hold->session);
		held->sessions++;
	}
}

int
held_load(
    struct held **out, struct ledger *ledger, int64_t run, struct qf_error *err)
{
	struct run_cursor *cursor = NULL;
	struct held *held = xcalloc(1, sizeof(*held));
	struct hold hold;
	int rc = runs_open_holds(&cursor, ledger, run, err);

	*out = NULL;
	while (rc == 0 && (rc = runs_next_hold(cursor, &hold, err)) == 1) {
		add_item(held, &hold);
		rc = 0;
	}
	runs_close(cursor);
	if (rc == -1) {
		held_free(held);
		return -1;
	}
	if (held->count > 0) {
		qsort(held->items, held->count, sizeof(*held->items), by_name);
	}
	*out = held;
	return 0;
}

void
held_free(struct held *held)
{
	if (held == NULL) {
		return;
	}
	for (size_t i = 0; i < held->count; i++) {
		free(held->items[i].contract);
		free(held->items[i].leg);
		free(held->items[i].session);
	}
	free(held->items);
	free(held);
}

bool
held_whole(const struct held *held, const char *contract, const char *leg)
{
	return held->count > held->sessions &&
	       find(held, contract, leg, NULL) != NULL;
}

bool
held_has_sessions(const struct held *held)
{
	return held->sessions > 0;
}

/* Carrying -------------------------------------------------------------- */

/* Hands out the lines that an earlier run has of sessions still sought. */
static int
carry_lines(struct held *held, struct ledger *ledger, int64_t run,
    int (*add)(void *, const struct line *, struct qf_error *), void *context,
    struct qf_error *err)
{
	struct run_cursor *cursor = NULL;
	struct line line;
	int rc;

	if (runs_open_lines(&cursor, ledger, run, 1, err) == -1) {
		return -1;
	}
	while ((rc = runs_next_line(cursor, &line, err)) == 1) {
		struct item *item =
		    line.session == NULL
			? NULL
			: find(held, line.contract, line.leg, line.session);

		if (item == NULL || item->settled) {
			continue;
		}
		item->found = true;
		if (add(context, &line, err) == -1) {
			rc = -1;
			break;
		}
	}
	runs_close(cursor);
	return rc;
}

/* Whether a scope takes a contract's leg in. */
static bool
in_scope(const char *scope, const struct item *item)
{
	size_t length;
	const char *word = runs_scope_word(scope, "contract", &length);

	if (word != NULL && (strlen(item->contract) != length ||
				memcmp(item->contract, word, length) != 0)) {
		return false;
	}
	word = runs_scope_word(scope, "leg", &length);
	return word == NULL || (strlen(item->leg) == length &&
				   memcmp(item->leg, word, length) == 0);
}

/* A session is settled by a run that has its lines, or that has none of it
 * though it looked and did not hold it. */
static int
settle(struct held *held, struct ledger *ledger, const struct run *earlier,
    size_t *left, struct qf_error *err)
{
	struct held *then = NULL;

	if (held_load(&then, ledger, earlier->entry, err) == -1) {
		return -1;
	}
	*left = 0;
	for (size_t i = 0; i < held->count; i++) {
		struct item *item = &held->items[i];

		if (item->session == NULL || item->settled) {
			continue;
		}
		item->settled =
		    item->found ||
		    (in_scope(earlier->scope, item) &&
			!held_whole(then, item->contract, item->leg) &&
			find(then, item->contract, item->leg, item->session) ==
			    NULL);
		item->found = false;
		*left += !item->settled;
	}
	held_free(then);
	return 0;
}

/* The posted runs inside the scope, oldest first. */
static int
load_earlier(struct run **out, size_t *count, struct ledger *ledger,
    const struct run *run, struct qf_error *err)
{
	struct posted_cursor *posted = NULL;
	struct posting posting;
	struct run earlier;
	int rc;

	*out = NULL;
	*count = 0;
	if (posted_open(&posted, ledger, run, err) == -1) {
		return -1;
	}
	while ((rc = posted_next(posted, &posting, &earlier, err)) == 1) {
		if (postings_inside(run, &earlier)) {
			*out = xreallocarray(*out, *count + 1, sizeof(earlier));
			(*out)[(*count)++] = earlier;
		}
	}
	posted_close(posted);
	return rc;
}

int
held_carry(struct held *held, struct ledger *ledger, const struct run *run,
    int (*add)(void *context, const struct line *line, struct qf_error *err),
    void *context, struct qf_error *err)
{
	struct run *earlier;
	size_t count, left = held->sessions;
	int rc = load_earlier(&earlier, &count, ledger, run, err);

	while (rc == 0 && left > 0 && count > 0) {
		count--;
		rc = carry_lines(
		    held, ledger, earlier[count].entry, add, context, err);
		if (rc == 0) {
			rc = settle(held, ledger, &earlier[count], &left, err);
		}
	}
	free(earlier);
	return rc;
}
