/* scope.c - the points that a period is looked through by.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/scope.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/sorter.h"
#include "ledger/registry.h"
#include "stage/parents.h"
#include "stage/rulebook.h"

#define DEPTH_MAX 8 /* of points behind points */

/* When a point is looked at, as it is sorted. */
struct stretch {
	int64_t from_utc, to_utc;
	int64_t on_intervals; /* 1 or 0: no padding goes to a file */
	int64_t export;
	char tariff[ID_MAX + 1]; /* "": none */
	char none[7];
};

struct scope {
	struct sorter *sorter;
	struct sorter_record record; /* the first of the next point */
	bool has_record;
	/* While it is being filled. */
	struct ledger *ledger;
	int64_t asof;
	struct fact_cursor *relations[DEPTH_MAX];
	struct parents parents;
	char *const *points; /* named ones; NULL: all */
	size_t point_count;
};

static int
add(struct scope *scope, const char *point, const struct stretch *stretch,
    struct qf_error *err)
{
	return sorter_add(scope->sorter, point, strlen(point) + 1, stretch,
	    sizeof(*stretch), err);
}

/* The stretch as far as the relation holds too; false where it does not. */
static bool
clip(struct stretch *out, const struct stretch *in, const struct fact *relation)
{
	int64_t from_utc = rulebook_integer(relation, "from", INT64_MIN);
	int64_t to_utc = rulebook_integer(relation, "to", UTC_OPEN);

	*out = *in;
	if (from_utc > out->from_utc) {
		out->from_utc = from_utc;
	}
	if (to_utc < out->to_utc) {
		out->to_utc = to_utc;
	}
	return out->from_utc < out->to_utc;
}

/* Adds the points behind a point. */
static int
add_children(struct scope *scope, const char *point,
    const struct stretch *stretch, int depth, struct qf_error *err)
{
	struct fact fact;
	int64_t entry;
	int rc;

	if (depth == DEPTH_MAX) {
		return 0; /* qf-rate refuses it */
	}
	if (facts_lookup(&scope->relations[depth], scope->ledger,
		LOOKUP_RELATIONS_OF_PARENT, scope->asof, point, 0, 0,
		err) == -1) {
		return -1;
	}
	while ((rc = facts_next(scope->relations[depth], &fact, &entry, err)) ==
	       1) {
		const char *child = rulebook_text(&fact, "child");
		struct stretch of_child;

		if (clip(&of_child, stretch, &fact) &&
		    (add(scope, child, &of_child, err) == -1 ||
			add_children(scope, child, &of_child, depth + 1, err) ==
			    -1)) {
			return -1;
		}
	}
	return rc;
}

static bool
is_named(const struct scope *scope, const char *point)
{
	for (size_t i = 0; i < scope->point_count; i++) {
		if (strcmp(scope->points[i], point) == 0) {
			return true;
		}
	}
	return scope->points == NULL;
}

static int
add_contract(struct scope *scope, const struct contract *contract,
    const struct period *period, struct qf_error *err)
{
	struct stretch stretch;
	int parent;

	if (!is_named(scope, contract->point)) {
		return 0;
	}
	memset(&stretch, 0, sizeof(stretch));
	contract_within(contract, period->from_utc, period->to_utc,
	    &stretch.from_utc, &stretch.to_utc);
	stretch.on_intervals = contract->basis == BASIS_INTERVALS;
	stretch.export = strcmp(contract->leg, "export") == 0;
	if (stretch.on_intervals != 0) {
		memcpy(
		    stretch.tariff, contract->tariff, sizeof(stretch.tariff));
	}
	if (add(scope, contract->point, &stretch, err) == -1) {
		return -1;
	}
	if (scope->points != NULL) {
		return 0; /* what stands behind it was not named */
	}
	parent = parents_has(
	    &scope->parents, scope->ledger, scope->asof, contract->point, err);
	if (parent != 1) {
		return parent;
	}
	return add_children(scope, contract->point, &stretch, 0, err);
}

static struct scope *
begin(struct ledger *ledger, int64_t asof)
{
	struct scope *scope = xcalloc(1, sizeof(*scope));

	scope->sorter = sorter_new(SORTER_MEMORY / 4);
	scope->ledger = ledger;
	scope->asof = asof;
	return scope;
}

static int
read_ahead(struct scope *scope, struct qf_error *err)
{
	int rc = sorter_next(scope->sorter, &scope->record, err);

	scope->has_record = rc == 1;
	return rc == -1 ? -1 : 0;
}

/* Ends the adding, whatever became of it. */
static int
finish(struct scope **out, struct scope *scope, int rc, struct qf_error *err)
{
	if (rc == 0) {
		rc = sorter_finish(scope->sorter, err);
	}
	if (rc == 0) {
		rc = read_ahead(scope, err);
	}
	if (rc == -1) {
		scope_free(scope);
		scope = NULL;
	}
	*out = scope;
	return rc;
}

static int
add_contracts(
    struct scope *scope, const struct period *period, struct qf_error *err)
{
	struct contract_cursor *cursor;
	struct contract contract;
	int rc;

	if (contracts_open(&cursor, scope->ledger, scope->asof,
		period->from_utc, period->to_utc, NULL, NULL, err) == -1) {
		return -1;
	}
	while ((rc = contracts_next(cursor, &contract, err)) == 1) {
		if (add_contract(scope, &contract, period, err) == -1) {
			rc = -1;
			break;
		}
	}
	contracts_close(cursor);
	return rc;
}

int
scope_contracts(struct scope **out, struct ledger *ledger, int64_t asof,
    const struct period *period, struct qf_error *err)
{
	struct scope *scope = begin(ledger, asof);

	return finish(out, scope, add_contracts(scope, period, err), err);
}

int
scope_named(struct scope **out, struct ledger *ledger, int64_t asof,
    const struct period *period, char *const *points, size_t count,
    struct qf_error *err)
{
	struct scope *scope = begin(ledger, asof);
	struct fact_cursor *cursor = NULL;
	struct stretch stretch;
	int rc = 0;

	memset(&stretch, 0, sizeof(stretch));
	stretch.from_utc = period->from_utc;
	stretch.to_utc = period->to_utc;
	stretch.on_intervals = 1;
	for (size_t i = 0; i < count && rc == 0; i++) {
		struct fact fact;
		int64_t entry;

		rc = facts_lookup(
		    &cursor, ledger, LOOKUP_POINT, asof, points[i], 0, 0, err);
		if (rc == 0) {
			rc = facts_next(cursor, &fact, &entry, err);
		}
		if (rc == 0) {
			rc = qf_fail(err, QF_USAGE, "point-unknown",
			    "no point is called %s", points[i]);
		} else if (rc == 1) {
			rc = add(scope, points[i], &stretch, err);
		}
	}
	facts_close(cursor);
	scope->points = points;
	scope->point_count = count;
	if (rc == 0) {
		rc = add_contracts(scope, period, err);
	}
	return finish(out, scope, rc, err);
}

/* Adds a stretch to those of the point, which come in no order. */
static void
merge(struct scope_point *point, const struct stretch *stretch)
{
	int64_t from_utc = stretch->from_utc, to_utc = stretch->to_utc;
	size_t kept = 0;

	point->on_intervals = point->on_intervals || stretch->on_intervals != 0;
	for (size_t i = 0; i < point->count; i++) {
		if (point->stretches[i].to_utc < from_utc ||
		    point->stretches[i].from_utc > to_utc) {
			point->stretches[kept++] = point->stretches[i];
			continue;
		}
		if (point->stretches[i].from_utc < from_utc) {
			from_utc = point->stretches[i].from_utc;
		}
		if (point->stretches[i].to_utc > to_utc) {
			to_utc = point->stretches[i].to_utc;
		}
	}
	if (kept == SCOPE_STRETCHES_MAX) {
		/* More pieces than a month has reasons for: one whole. */
		for (size_t i = 0; i < kept; i++) {
			if (point->stretches[i].from_utc < from_utc) {
				from_utc = point->stretches[i].from_utc;
			}
			if (point->stretches[i].to_utc > to_utc) {
				to_utc = point->stretches[i].to_utc;
			}
		}
		kept = 0;
	}
	point->stretches[kept].from_utc = from_utc;
	point->stretches[kept].to_utc = to_utc;
	point->count = kept + 1;
}

int
scope_next(struct scope *scope, struct scope_point *out, struct qf_error *err)
{
	if (!scope->has_record) {
		return 0;
	}
	memset(out, 0, sizeof(*out));
	assert(scope->record.key_length <= sizeof(out->point));
	memcpy(out->point, scope->record.key, scope->record.key_length);
	do {
		struct stretch stretch;

		assert(scope->record.data_length == sizeof(stretch));
		memcpy(&stretch, scope->record.data, sizeof(stretch));
		merge(out, &stretch);
		if (stretch.tariff[0] != '\0' &&
		    out->tariff_count < SCOPE_STRETCHES_MAX) {
			struct scope_tariff *tariff =
			    &out->tariffs[out->tariff_count++];

			tariff->from_utc = stretch.from_utc;
			tariff->to_utc = stretch.to_utc;
			tariff->export = stretch.export != 0;
			memcpy(tariff->tariff, stretch.tariff,
			    sizeof(tariff->tariff));
		}
		if (read_ahead(scope, err) == -1) {
			return -1;
		}
	} while (
	    scope->has_record && strcmp(scope->record.key, out->point) == 0);
	return 1;
}

void
scope_free(struct scope *scope)
{
	if (scope == NULL) {
		return;
	}
	for (int i = 0; i < DEPTH_MAX; i++) {
		facts_close(scope->relations[i]);
	}
	facts_close(scope->parents.cursor);
	sorter_free(scope->sorter);
	free(scope);
}
