/* meters.c - the meters of a point, to be asked by time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/meters.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ledger/registry.h"
#include "settle/register.h"
#include "stage/rulebook.h"

static void
add(struct meters *meters, const struct fact *fact)
{
	struct meter_stretch *stretch;

	if (meters->count == meters->capacity) {
		meters->capacity = meters->capacity * 2 + 4;
		meters->stretches = xreallocarray(meters->stretches,
		    meters->capacity, sizeof(*meters->stretches));
	}
	stretch = &meters->stretches[meters->count++];
	memset(stretch, 0, sizeof(*stretch));
	stretch->from_utc = rulebook_integer(fact, "from", INT64_MIN);
	stretch->to_utc = rulebook_integer(fact, "to", UTC_OPEN);
	stretch->told =
	    rulebook_decimal(&stretch->multiplier, fact, "multiplier") &&
	    register_digits(&stretch->digits, rulebook_text(fact, "digits")) ==
		0;
}

static void
forget(struct meters *meters)
{
	for (size_t i = 0; i < meters->count; i++) {
		dec_release(&meters->stretches[i].multiplier);
	}
	meters->count = 0;
	meters->point[0] = '\0';
}

int
meters_load(struct meters *meters, struct ledger *ledger, int64_t asof,
    const char *point, struct qf_error *err)
{
	struct fact fact;
	int64_t entry;
	int rc;

	if (strcmp(meters->point, point) == 0) {
		return 0;
	}
	forget(meters);
	if (facts_lookup(&meters->cursor, ledger, LOOKUP_METERS_OF_POINT, asof,
		point, 0, 0, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(meters->cursor, &fact, &entry, err)) == 1) {
		add(meters, &fact);
	}
	if (rc == 0) {
		memcpy(meters->point, point, strlen(point) + 1);
	}
	return rc;
}

const struct meter_stretch *
meters_at(const struct meters *meters, int64_t utc)
{
	/* The last, as the second reader of qf-audit takes it. */
	for (size_t i = meters->count; i > 0; i--) {
		const struct meter_stretch *stretch = &meters->stretches[i - 1];

		if (stretch->from_utc <= utc && utc < stretch->to_utc) {
			return stretch->told ? stretch : NULL;
		}
	}
	return NULL;
}

int64_t
meters_until(const struct meters *meters, int64_t utc)
{
	int64_t until_utc = UTC_OPEN;

	for (size_t i = 0; i < meters->count; i++) {
		const struct meter_stretch *stretch = &meters->stretches[i];

		if (stretch->from_utc > utc && stretch->from_utc < until_utc) {
			until_utc = stretch->from_utc;
		}
		if (stretch->to_utc > utc && stretch->to_utc < until_utc) {
			until_utc = stretch->to_utc;
		}
	}
	return until_utc;
}

void
meters_close(struct meters *meters)
{
	facts_close(meters->cursor);
	meters->cursor = NULL;
}

void
meters_release(struct meters *meters)
{
	forget(meters);
	free(meters->stretches);
	meters_close(meters);
	memset(meters, 0, sizeof(*meters));
}
