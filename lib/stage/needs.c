/* needs.c - which interval reads the contracts of a period need.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/needs.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/sorter.h"
#include "base/status.h"
#include "base/zone.h"
#include "ledger/registry.h"
#include "stage/parents.h"
#include "stage/rulebook.h"

#define DEPTH_MAX 8 /* of sums of sums of points */

struct needs {
	struct ledger *ledger;
	int64_t asof;
	const struct zone *zone;
	const struct period *period;
	struct rulebook *book;
	struct sorter *sorter;
	struct fact_cursor *relations[DEPTH_MAX + 1], *points;
	struct parents parents;
	int64_t unknown;
	struct need *of; /* of the point in hand */
	size_t count, capacity;
	char point[ID_MAX + 1]; /* of the record that was read ahead */
	struct need ahead;
	bool has_ahead;
};

static int need_point(struct needs *needs, const char *point, unsigned channels,
    int64_t from_utc, int64_t to_utc, size_t depth, struct qf_error *err);

/* Children ----------------------------------------------------------------- */

/* Whether the point is one without a meter. */
static int
is_virtual(
    struct needs *needs, const char *point, bool *yes, struct qf_error *err)
{
	struct fact fact;
	int64_t entry;
	int rc;

	*yes = false;
	if (facts_lookup(&needs->points, needs->ledger, LOOKUP_POINT,
		needs->asof, point, 0, 0, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(needs->points, &fact, &entry, err)) == 1) {
		if (rulebook_integer(&fact, "from", INT64_MIN) <
			needs->period->to_utc &&
		    rulebook_integer(&fact, "to", UTC_OPEN) >
			needs->period->from_utc) {
			*yes = strcmp(rulebook_text(&fact, "kind"),
				   "virtual") == 0;
		}
	}
	return rc;
}

/* What is needed of the children; *sums where the point is a sum. */
static int
need_children(struct needs *needs, const char *point, unsigned channels,
    int64_t from_utc, int64_t to_utc, size_t depth, bool *sums,
    struct qf_error *err)
{
	struct fact_cursor **cursor = &needs->relations[depth];
	struct fact fact;
	int64_t entry;
	int rc;

	if (depth == DEPTH_MAX) {
		return 0;
	}
	if (facts_lookup(cursor, needs->ledger, LOOKUP_RELATIONS_OF_PARENT,
		needs->asof, point, 0, 0, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(*cursor, &fact, &entry, err)) == 1) {
		const char *role = rulebook_text(&fact, "role");
		int64_t first = rulebook_integer(&fact, "from", INT64_MIN);
		int64_t end = rulebook_integer(&fact, "to", UTC_OPEN);

		first = first > from_utc ? first : from_utc;
		end = end < to_utc ? end : to_utc;
		if (strcmp(role, "check") == 0 || first >= end) {
			continue;
		}
		*sums = *sums || strcmp(role, "sum") == 0;
		if (need_point(needs, rulebook_text(&fact, "child"), channels,
			first, end, depth + 1, err) == -1) {
			return -1;
		}
	}
	return rc;
}

static int
add_need(struct needs *needs, const char *point, unsigned channels,
    int64_t from_utc, int64_t to_utc, struct qf_error *err)
{
	for (unsigned c = 0; c < CHANNELS; c++) {
		const struct need need = {(enum channel)c, from_utc, to_utc};
		char key[ID_MAX + 3];
		size_t length = strlen(point);

		if ((channels & 1U << c) == 0) {
			continue;
		}
		memcpy(key, point, length + 1);
		key[length + 1] = (char)('0' + c);
		if (sorter_add(needs->sorter, key, length + 2, &need,
			sizeof(need), err) == -1) {
			return -1;
		}
	}
	return 0;
}

/* A point's own reads, or those of what stands behind it. */
static int
need_point(struct needs *needs, const char *point, unsigned channels,
    int64_t from_utc, int64_t to_utc, size_t depth, struct qf_error *err)
{
	bool sums = false, is_none = false;
	int may = 1;

	/* Those of contracts come in order, their children do not. */
	if (depth == 0) {
		may = parents_has(
		    &needs->parents, needs->ledger, needs->asof, point, err);
	}
	if (may == -1) {
		return -1;
	}
	if (may == 1 && (need_children(needs, point, channels, from_utc, to_utc,
			     depth, &sums, err) == -1 ||
			    is_virtual(needs, point, &is_none, err) == -1)) {
		return -1;
	}
	if (sums || is_none) {
		return 0;
	}
	return add_need(needs, point, channels, from_utc, to_utc, err);
}

/* Contracts ---------------------------------------------------------------- */

/* The channels that the charges of a leg are of. */
static unsigned
channels_of(const struct tariff_version *version, const char *leg)
{
	const unsigned both = 1U << CHANNEL_IMPORT | 1U << CHANNEL_EXPORT;
	unsigned channels = 0;

	for (size_t i = 0; i < version->charge_count; i++) {
		const struct charge *charge = &version->charges[i];

		if (strcmp(charge->leg, leg) != 0) {
			continue;
		}
		if (charge->per == PER_KWH || charge->per == PER_KW) {
			channels |= charge->of_energy == OF_CHANNEL
					? 1U << charge->channel
					: both;
		}
		if (charge->per == PER_POWER_FACTOR) {
			channels |= 1U << CHANNEL_IMPORT |
				    1U << CHANNEL_IMPORT_REACTIVE;
			if (charge->power_factor->export_counts) {
				channels |=
				    both | 1U << CHANNEL_EXPORT_REACTIVE;
			}
		}
	}
	return channels;
}

/* One stretch, cut by the versions of its tariff. */
static int
need_stretch(struct needs *needs, const struct contract *contract,
    int64_t from_utc, int64_t to_utc, struct qf_error *err)
{
	const struct rulebook_tariff *tariff;
	struct refusal refusal;
	int rc = rulebook_tariff(
	    needs->book, contract->tariff, &tariff, &refusal, err);

	if (rc == -1) {
		return -1;
	}
	while (rc == 0 && from_utc < to_utc) {
		int32_t day = zone_day_of(needs->zone, from_utc);
		const struct tariff_version *version =
		    tariff_version_at(tariff->tariff, day);
		int64_t end = to_utc;
		unsigned channels;

		if (version == NULL) {
			break;
		}
		if (version->to_day != INT32_MAX &&
		    zone_day_start(needs->zone, version->to_day) < end) {
			end = zone_day_start(needs->zone, version->to_day);
		}
		channels = channels_of(version, contract->leg);
		if (channels != 0 &&
		    need_point(needs, contract->point, channels, from_utc, end,
			0, err) == -1) {
			return -1;
		}
		from_utc = end;
	}
	needs->unknown += from_utc < to_utc;
	return 0;
}

static int
walk(struct needs *needs, struct qf_error *err)
{
	const struct period *period = needs->period;
	struct contract_cursor *cursor;
	struct contract contract;
	int rc;

	if (contracts_open(&cursor, needs->ledger, needs->asof,
		period->from_utc, period->to_utc, NULL, NULL, err) == -1) {
		return -1;
	}
	while ((rc = contracts_next(cursor, &contract, err)) == 1) {
		int64_t from_utc, to_utc;

		if (contract.basis == BASIS_INTERVALS &&
		    contract_within(&contract, period->from_utc, period->to_utc,
			&from_utc, &to_utc) &&
		    need_stretch(needs, &contract, from_utc, to_utc, err) ==
			-1) {
			rc = -1;
			break;
		}
	}
	contracts_close(cursor);
	return rc;
}

/* Points ------------------------------------------------------------------- */

static int
read_ahead(struct needs *needs, struct qf_error *err)
{
	struct sorter_record record;
	int rc = sorter_next(needs->sorter, &record, err);

	needs->has_ahead = rc == 1;
	if (rc == 1) {
		assert(record.key_length <= sizeof(needs->point) + 1);
		memcpy(needs->point, record.key, record.key_length - 1);
		memcpy(&needs->ahead, record.data, sizeof(needs->ahead));
	}
	return rc == -1 ? -1 : 0;
}

int
needs_open(struct needs **out, struct ledger *ledger, int64_t asof,
    const struct zone *zone, const struct period *period, struct qf_error *err)
{
	struct needs *needs = xcalloc(1, sizeof(*needs));

	*out = NULL;
	needs->ledger = ledger;
	needs->asof = asof;
	needs->zone = zone;
	needs->period = period;
	needs->sorter = sorter_new(SORTER_MEMORY);
	rulebook_new(&needs->book, ledger, asof, zone);
	if (walk(needs, err) == -1 || sorter_finish(needs->sorter, err) == -1 ||
	    read_ahead(needs, err) == -1) {
		needs_free(needs);
		return -1;
	}
	*out = needs;
	return 0;
}

static int
by_time(const void *a, const void *b)
{
	const struct need *left = a, *right = b;

	if (left->channel != right->channel) {
		return left->channel < right->channel ? -1 : 1;
	}
	return (left->from_utc > right->from_utc) -
	       (left->from_utc < right->from_utc);
}

/* Joins what touches; the needs of the point are in order then. */
static void
join(struct needs *needs)
{
	size_t kept = 0;

	qsort(needs->of, needs->count, sizeof(*needs->of), by_time);
	for (size_t i = 1; i < needs->count; i++) {
		struct need *last = &needs->of[kept];
		const struct need *next = &needs->of[i];

		if (next->channel != last->channel ||
		    next->from_utc > last->to_utc) {
			needs->of[++kept] = *next;
		} else if (next->to_utc > last->to_utc) {
			last->to_utc = next->to_utc;
		}
	}
	needs->count = kept + 1;
}

int
needs_next(struct needs *needs, struct needs_point *out, struct qf_error *err)
{
	if (!needs->has_ahead) {
		return 0;
	}
	memcpy(out->name, needs->point, sizeof(out->name));
	needs->count = 0;
	do {
		if (needs->count == needs->capacity) {
			needs->capacity = needs->capacity * 2 + 8;
			needs->of = xreallocarray(
			    needs->of, needs->capacity, sizeof(*needs->of));
		}
		needs->of[needs->count++] = needs->ahead;
		if (read_ahead(needs, err) == -1) {
			return -1;
		}
	} while (needs->has_ahead && strcmp(needs->point, out->name) == 0);
	join(needs);
	out->of = needs->of;
	out->count = needs->count;
	return 1;
}

void
needs_free(struct needs *needs)
{
	if (needs == NULL) {
		return;
	}
	for (size_t i = 0; i <= DEPTH_MAX; i++) {
		facts_close(needs->relations[i]);
	}
	facts_close(needs->parents.cursor);
	facts_close(needs->points);
	rulebook_free(needs->book);
	sorter_free(needs->sorter);
	free(needs->of);
	free(needs);
}

int64_t
needs_unknown(const struct needs *needs)
{
	return needs->unknown;
}
