/* diff_inputs.c - which input made a line come out otherwise.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/status.h"
#include "base/text.h"
#include "stage/audit/diff_own.h"

#define LIKE_MAX 8 /* looked back over for one that says the same */
#define NAMED_MAX 6 /* inputs of a line; the rest is counted */

static int
step(struct diff_inputs *inputs, struct qf_error *err)
{
	int rc = inputs->changes == NULL
		     ? 0
		     : changes_next(inputs->changes, &inputs->next, err);

	inputs->at_next = rc == 1;
	return rc == -1 ? -1 : 0;
}

static void
add(struct diff_inputs *inputs, const struct change *change)
{
	struct diff_change *one;

	if (inputs->count == inputs->capacity) {
		inputs->capacity = inputs->capacity * 2 + 16;
		inputs->of = xreallocarray(
		    inputs->of, inputs->capacity, sizeof(*inputs->of));
	}
	one = &inputs->of[inputs->count++];
	text_copy(one->kind, sizeof(one->kind), change->kind);
	text_copy(one->contract, sizeof(one->contract), change->contract);
	text_copy(one->leg, sizeof(one->leg), change->leg);
	text_copy(one->channel, sizeof(one->channel), change->channel);
	text_copy(one->session, sizeof(one->session), change->session);
	one->from_utc = change->from_utc;
	one->to_utc = change->to_utc;
	one->entry = change->entry;
}

/* Whether one of the last added says the same of the same time. */
static bool
is_like_last(const struct diff_inputs *inputs, const struct change *change)
{
	for (size_t i = inputs->count; i > 0 && inputs->count - i < LIKE_MAX;
	     i--) {
		const struct diff_change *one = &inputs->of[i - 1];

		if (one->entry == change->entry &&
		    one->from_utc == change->from_utc &&
		    one->to_utc == change->to_utc &&
		    strcmp(one->kind, change->kind) == 0 &&
		    strcmp(one->contract, change->contract) == 0 &&
		    strcmp(one->leg, change->leg) == 0 &&
		    strcmp(one->channel, change->channel) == 0 &&
		    strcmp(one->session, change->session) == 0) {
			return true;
		}
	}
	return false;
}

int
diff_inputs_open(struct diff_inputs *inputs, struct ledger *ledger,
    const struct run *was, const struct run *is, struct qf_error *err)
{
	const struct run *earlier = was->asof <= is->asof ? was : is;
	const struct run *later = earlier == was ? is : was;

	memset(inputs, 0, sizeof(*inputs));
	inputs->ledger = ledger;
	if (earlier->asof < later->asof &&
	    changes_find(&inputs->changes, ledger, earlier, later->asof,
		CHANGES_BY_POINT, err) == -1) {
		return -1;
	}
	if (step(inputs, err) == -1) {
		return -1;
	}
	/* They come first.  A book of bids has a million of an hour; they are
	 * in the order of hours. */
	while (inputs->at_next && inputs->next.point[0] == '\0') {
		if (!is_like_last(inputs, &inputs->next)) {
			add(inputs, &inputs->next);
		}
		if (step(inputs, err) == -1) {
			return -1;
		}
	}
	inputs->of_any = inputs->count;
	return 0;
}

void
diff_inputs_close(struct diff_inputs *inputs)
{
	changes_free(inputs->changes);
	free(inputs->of);
	memset(inputs, 0, sizeof(*inputs));
}

int
diff_inputs_of_point(
    struct diff_inputs *inputs, const char *point, struct qf_error *err)
{
	if (strcmp(inputs->point, point) == 0) {
		return 0;
	}
	text_copy(inputs->point, sizeof(inputs->point), point);
	inputs->count = inputs->of_any;
	while (inputs->at_next && strcmp(inputs->next.point, point) <= 0) {
		if (strcmp(inputs->next.point, point) == 0) {
			add(inputs, &inputs->next);
		}
		if (step(inputs, err) == -1) {
			return -1;
		}
	}
	return 0;
}

static bool
is_one_of(const char *kind, const char *const *kinds, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(kind, kinds[i]) == 0) {
			return true;
		}
	}
	return false;
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Whether the kind can be what made the difference: prices do not move
 * energy, nor does energy move prices. */
static bool
kind_fits(const char *kind, const struct line *was, const struct line *is)
{
	static const char *const of_price[] = {"price", "series"};
	static const char *const of_energy[] = {"reads", "register-read",
	    "session-interval", "session-band", "meter", "relation"};

	if (was == NULL || is == NULL) {
		return true;
	}
	if (same_text(was->quantity, is->quantity) &&
	    !same_text(was->price, is->price)) {
		return !is_one_of(
		    kind, of_energy, sizeof(of_energy) / sizeof(of_energy[0]));
	}
	if (was->price != NULL && same_text(was->price, is->price)) {
		return !is_one_of(
		    kind, of_price, sizeof(of_price) / sizeof(of_price[0]));
	}
	return true;
}

/* Whether the line can depend on the change. */
static bool
fits(const struct diff_change *change, const struct line *was,
    const struct line *is)
{
	const struct line *one = is != NULL ? is : was;
	int64_t from_utc = one->from_utc, to_utc = one->to_utc;

	if (was != NULL && was->from_utc < from_utc) {
		from_utc = was->from_utc;
	}
	if (change->contract[0] != '\0') {
		return strcmp(change->contract, one->contract) == 0 &&
		       strcmp(change->leg, one->leg) == 0;
	}
	if (change->session[0] != '\0' && one->session != NULL) {
		return strcmp(change->session, one->session) == 0;
	}
	if (change->channel[0] != '\0' && one->channel != NULL &&
	    strcmp(change->channel, one->channel) != 0) {
		return false;
	}
	/* What lies before is what counters and ratchets look back at. */
	return change->from_utc <= to_utc && kind_fits(change->kind, was, is) &&
	       (change->to_utc > from_utc || one->session == NULL);
}

/* Adds those that fit, each entry once. */
struct naming {
	int64_t named, more;
	struct buf *out;
};

static int
name(struct diff_inputs *inputs, struct naming *naming,
    const struct diff_change *change, struct qf_error *err)
{
	if (naming->named == NAMED_MAX) {
		naming->more++;
		return 0;
	}
	if (changes_name_entry(
		inputs->ledger, change->entry, &inputs->named, err) == -1) {
		return -1;
	}
	naming->named++;
	buf_printf(naming->out, "%s%s %s", naming->out->length > 0 ? "; " : "",
	    change->kind, inputs->named.handle);
	return 0;
}

static bool
same_input(const struct diff_change *a, const struct diff_change *b)
{
	return a->entry == b->entry && strcmp(a->kind, b->kind) == 0;
}

static void
name_more(const struct naming *naming)
{
	if (naming->more > 0) {
		buf_printf(naming->out, "; and %" PRId64 " more", naming->more);
	}
}

static bool
touches(const struct diff_change *change, int64_t from_utc, int64_t to_utc)
{
	return change->from_utc < to_utc && change->to_utc > from_utc;
}

int
diff_inputs_of_time(struct diff_inputs *inputs, int64_t from_utc,
    int64_t to_utc, struct buf *out, struct qf_error *err)
{
	struct naming naming = {.out = out};

	for (size_t i = 0; i < inputs->count; i++) {
		const struct diff_change *change = &inputs->of[i];
		bool known = false;

		if (!touches(change, from_utc, to_utc)) {
			continue;
		}
		for (size_t j = 0; j < i && !known; j++) {
			known = same_input(&inputs->of[j], change) &&
				touches(&inputs->of[j], from_utc, to_utc);
		}
		if (!known && name(inputs, &naming, change, err) == -1) {
			return -1;
		}
	}
	name_more(&naming);
	return 0;
}

int
diff_inputs_of_line(struct diff_inputs *inputs, const struct line *was,
    const struct line *is, struct buf *out, struct qf_error *err)
{
	struct naming naming = {.out = out};

	for (size_t i = 0; i < inputs->count; i++) {
		const struct diff_change *change = &inputs->of[i];
		bool known = false;

		for (size_t j = 0; j < i && !known; j++) {
			known = same_input(&inputs->of[j], change) &&
				fits(&inputs->of[j], was, is);
		}
		if (!known && fits(change, was, is) &&
		    name(inputs, &naming, change, err) == -1) {
			return -1;
		}
	}
	name_more(&naming);
	return 0;
}
