/* point.c - energy of a point with what stands behind it.
 *
 * Gross energy of a point is what its meter says or, where it has children
 * that are summed, their gross energy.  Net energy is gross less the gross
 * energy of deducted children, per interval (settle/relate.h).  What is summed
 * is the net energy of children, since what was deducted from them is priced
 * elsewhere; what is deducted is their gross energy, since all of it flowed
 * through the parent.  A channel without any read in the period is one that is
 * not metered there, as long as the other channel is: a solar panel has no
 * import.  A virtual point has no meter: without children that are summed it is
 * what its deducted children leave of nothing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/zone.h"
#include "settle/relate.h"
#include "stage/rate/own.h"

void
rate_point_begin(struct rate_point *point, const char *name)
{
	assert(strlen(name) <= ID_MAX);
	memcpy(point->name, name, strlen(name) + 1);
	point->relations_loaded = false;
	point->relations.count = 0;
	for (size_t c = 0; c < RATE_CHANNELS; c++) {
		point->energy[c].loaded = false;
		point->energy[c].refused = false;
		point->energy[c].has_net = false;
	}
}

void
rate_point_release(struct rate_point *point)
{
	for (size_t c = 0; c < RATE_CHANNELS; c++) {
		energy_release(&point->energy[c].gross);
		energy_release(&point->energy[c].net);
	}
	free(point->relations.relations);
	memset(point, 0, sizeof(*point));
}

/* Relations -------------------------------------------------------------- */

static void
add_relation(struct rate *rate, struct rate_relations *relations,
    const struct fact *fact)
{
	const struct period *period = rate->reading;
	const char *role = rulebook_text(fact, "role");
	const char *child = rulebook_text(fact, "child");
	int64_t from_utc = rulebook_integer(fact, "from", INT64_MIN);
	int64_t to_utc = rulebook_integer(fact, "to", UTC_OPEN);
	struct rate_relation *relation;

	if (strcmp(role, "check") == 0 || from_utc >= to_utc ||
	    from_utc >= period->to_utc || to_utc <= period->from_utc) {
		return;
	}
	if (relations->count == relations->capacity) {
		relations->capacity = relations->capacity * 2 + 8;
		relations->relations = xreallocarray(relations->relations,
		    relations->capacity, sizeof(*relations->relations));
	}
	relation = &relations->relations[relations->count++];
	memcpy(relation->child, child, strlen(child) + 1);
	relation->role = strcmp(role, "sum") == 0 ? RATE_SUM : RATE_DEDUCT;
	relation->from_utc = from_utc;
	relation->to_utc = to_utc;
}

int
rate_relations_of(struct rate *rate, const char *point,
    struct rate_relations *relations, struct qf_error *err)
{
	struct fact fact;
	int64_t entry;
	int rc;

	relations->count = 0;
	if (facts_lookup(&rate->relation_cursor, rate->ledger,
		LOOKUP_RELATIONS_OF_PARENT, rate->request->asof, point, 0, 0,
		err) == -1) {
		return -1;
	}
	while (
	    (rc = facts_next(rate->relation_cursor, &fact, &entry, err)) == 1) {
		add_relation(rate, relations, &fact);
	}
	return rc;
}

int
rate_point_relations(
    struct rate *rate, const struct rate_relations **out, struct qf_error *err)
{
	struct rate_point *point = &rate->point;
	int may;

	*out = &point->relations;
	if (point->relations_loaded) {
		return 0;
	}
	point->relations.count = 0;
	may = parents_has(&rate->parents, rate->ledger, rate->request->asof,
	    point->name, err);
	if (may == -1 || (may == 1 && rate_relations_of(rate, point->name,
					  &point->relations, err) == -1)) {
		return -1;
	}
	point->relations_loaded = true;
	return 0;
}

/* Sums ------------------------------------------------------------------- */

/* The points above the one in hand, to find one that is above itself. */
struct above {
	const char *point;
	const struct above *next;
	int depth;
};

static int base_of(struct rate *rate, const struct above *above,
    enum channel channel, const struct rate_relations *relations, bool net,
    struct energy_series *out, struct qf_error *err);
static int deduct_children(struct rate *rate, const struct above *above,
    const struct rate_relations *relations,
    struct energy_series both[RATE_CHANNELS], struct qf_error *err);

/* The resolution that all days of both series fit into. */
static int
common_grid(int grid, const struct energy_series *series)
{
	for (size_t d = 0; d < series->day_count; d++) {
		grid = relate_grid(grid, series->days[d].minutes);
	}
	return grid;
}

static int
coarsen(struct rate *rate, struct energy_series *series, int grid)
{
	struct energy_series coarse = {0};
	bool same = true;
	int rc;

	for (size_t d = 0; d < series->day_count; d++) {
		same = same && series->days[d].minutes == grid;
	}
	if (same) {
		return 0;
	}
	rc = relate_coarsen(&coarse, series, grid, &rate->refusal);
	if (rc == 0) {
		energy_release(series);
		*series = coarse;
	} else {
		energy_release(&coarse);
	}
	return rc;
}

/* Brings both to one grid, and adds. */
static int
add_part(struct rate *rate, struct energy_series *sum,
    struct energy_series *part, int sign, const struct rate_relation *relation)
{
	int grid = common_grid(common_grid(1, sum), part);

	if (coarsen(rate, sum, grid) != 0 || coarsen(rate, part, grid) != 0) {
		return 1;
	}
	return relate_add(sum, part, sign, relation->from_utc, relation->to_utc,
	    &rate->refusal);
}

static bool
has_role(const struct rate_relations *relations, enum rate_role role)
{
	for (size_t i = 0; i < relations->count; i++) {
		if (relations->relations[i].role == role) {
			return true;
		}
	}
	return false;
}

/* A child's energy on both channels, gross or net; 1 where it has reads on
 * none. */
static int
load_child(struct rate *rate, const struct above *above,
    const struct rate_relation *relation, bool net,
    struct energy_series both[RATE_CHANNELS], struct qf_error *err)
{
	struct above here = {relation->child, above, above->depth + 1};
	struct rate_relations relations = {0};
	int rc;

	for (const struct above *up = above; up != NULL; up = up->next) {
		if (strcmp(up->point, relation->child) == 0 ||
		    here.depth > RATE_DEPTH_MAX) {
			return refuse(&rate->refusal, REASON_RELATION_CYCLE,
			    "point %s stands behind itself", relation->child);
		}
	}
	rc = rate_relations_of(rate, relation->child, &relations, err);
	for (unsigned c = 0; c < RATE_CHANNELS && rc == 0; c++) {
		rc = base_of(rate, &here, (enum channel)c, &relations, net,
		    &both[c], err);
	}
	if (rc == 0 && net && has_role(&relations, RATE_DEDUCT)) {
		rc = deduct_children(rate, &here, &relations, both, err);
	}
	if (rc == 0 && both[CHANNEL_IMPORT].day_count == 0 &&
	    both[CHANNEL_EXPORT].day_count == 0) {
		rc = refuse(&rate->refusal, REASON_MISSING_READ,
		    "point %s, which stands behind %s, has no reads",
		    relation->child, above->point);
	}
	free(relations.relations);
	return rc;
}

/* Opens what the sums cover: intervals that no relation covers stay missing,
 * since nothing says what the point used then. */
static void
open_sum(struct rate *rate, struct energy_series *out,
    const struct rate_relations *relations)
{
	const struct period *period = rate->reading;

	relate_blank(out, rate->zone, period->first_day, period->end_day, 1);
	for (size_t i = 0; i < relations->count; i++) {
		if (relations->relations[i].role == RATE_SUM) {
			relate_open(out, relations->relations[i].from_utc,
			    relations->relations[i].to_utc);
		}
	}
}

/* The sum of children on a channel; empty where none of them has it. */
static int
sum_children(struct rate *rate, const struct above *above, enum channel channel,
    const struct rate_relations *relations, bool net, struct energy_series *out,
    struct qf_error *err)
{
	bool any = false;
	int rc = 0;

	open_sum(rate, out, relations);
	for (size_t i = 0; i < relations->count && rc == 0; i++) {
		const struct rate_relation *relation = &relations->relations[i];
		struct energy_series both[RATE_CHANNELS] = {0};

		if (relation->role != RATE_SUM) {
			continue;
		}
		rc = load_child(rate, above, relation, net, both, err);
		if (rc == 0 && both[channel].day_count > 0) {
			any = true;
			rc = add_part(rate, out, &both[channel], +1, relation);
		}
		energy_release(&both[CHANNEL_IMPORT]);
		energy_release(&both[CHANNEL_EXPORT]);
	}
	if (!any) {
		energy_begin(out);
	}
	return rc;
}

/* What deductions start from: the sum of children, or the point's reads. */
static int
base_of(struct rate *rate, const struct above *above, enum channel channel,
    const struct rate_relations *relations, bool net, struct energy_series *out,
    struct qf_error *err)
{
	if (has_role(relations, RATE_SUM)) {
		return sum_children(
		    rate, above, channel, relations, net, out, err);
	}
	return rate_reads(
	    rate, above->point, channel, above->next == NULL, out, err);
}

/* Deductions ------------------------------------------------------------- */

/* Whether the point is one without a meter. */
static int
is_virtual(
    struct rate *rate, const char *point, bool *yes, struct qf_error *err)
{
	struct fact fact;
	int64_t entry;
	int rc;

	*yes = false;
	if (facts_lookup(&rate->point_cursor, rate->ledger, LOOKUP_POINT,
		rate->request->asof, point, 0, 0, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(rate->point_cursor, &fact, &entry, err)) == 1) {
		*yes = *yes ||
		       strcmp(rulebook_text(&fact, "kind"), "virtual") == 0;
	}
	return rc;
}

/* Makes a channel that is not metered nothing, on the grid of the other. */
static int
blank_channels(struct rate *rate, const char *point,
    struct energy_series both[RATE_CHANNELS], struct qf_error *err)
{
	const struct period *period = rate->reading;
	int grid = common_grid(
	    common_grid(1, &both[CHANNEL_IMPORT]), &both[CHANNEL_EXPORT]);
	bool known = both[CHANNEL_IMPORT].day_count > 0 ||
		     both[CHANNEL_EXPORT].day_count > 0;

	if (!known && is_virtual(rate, point, &known, err) == -1) {
		return -1;
	}
	if (!known) {
		return refuse(&rate->refusal, REASON_MISSING_READ,
		    "point %s has no reads", point);
	}
	for (size_t c = 0; c < RATE_CHANNELS; c++) {
		if (both[c].day_count == 0) {
			relate_blank(&both[c], rate->zone, period->first_day,
			    period->end_day, grid);
			relate_open(&both[c], INT64_MIN, INT64_MAX);
		}
	}
	return 0;
}

/* Takes one child's energy off. */
static int
deduct_child(struct rate *rate, const struct above *above,
    const struct rate_relation *relation,
    struct energy_series both[RATE_CHANNELS], struct qf_error *err)
{
	struct energy_series child[RATE_CHANNELS] = {0};
	int rc = load_child(rate, above, relation, false, child, err);

	for (size_t c = 0; c < RATE_CHANNELS && rc == 0; c++) {
		if (child[c].day_count > 0) {
			rc = add_part(rate, &both[c], &child[c], -1, relation);
		}
	}
	energy_release(&child[CHANNEL_IMPORT]);
	energy_release(&child[CHANNEL_EXPORT]);
	return rc;
}

/* Takes the children's energy off both channels, and nets what is left while
 * there were such children. */
static int
deduct_children(struct rate *rate, const struct above *above,
    const struct rate_relations *relations,
    struct energy_series both[RATE_CHANNELS], struct qf_error *err)
{
	int rc = blank_channels(rate, above->point, both, err);

	for (size_t i = 0; i < relations->count && rc == 0; i++) {
		if (relations->relations[i].role == RATE_DEDUCT) {
			rc = deduct_child(
			    rate, above, &relations->relations[i], both, err);
		}
	}
	if (rc == 0) {
		int grid = common_grid(common_grid(1, &both[CHANNEL_IMPORT]),
		    &both[CHANNEL_EXPORT]);

		rc = coarsen(rate, &both[CHANNEL_IMPORT], grid) != 0 ||
		     coarsen(rate, &both[CHANNEL_EXPORT], grid) != 0;
	}
	for (size_t i = 0; i < relations->count && rc == 0; i++) {
		if (relations->relations[i].role == RATE_DEDUCT) {
			rc = relate_net(&both[CHANNEL_IMPORT],
			    &both[CHANNEL_EXPORT],
			    relations->relations[i].from_utc,
			    relations->relations[i].to_utc, &rate->refusal);
		}
	}
	return rc;
}

/* The point in hand ------------------------------------------------------ */

static int
load_gross(struct rate *rate, enum channel channel, struct qf_error *err)
{
	struct rate_energy *energy = &rate->point.energy[channel];
	struct above here = {rate->point.name, NULL, 0};
	const struct rate_relations *relations;
	int rc;

	if (!energy->loaded) {
		if (rate_point_relations(rate, &relations, err) == -1) {
			return -1;
		}
		rc = base_of(
		    rate, &here, channel, relations, true, &energy->gross, err);
		if (rc == -1) {
			return -1;
		}
		energy->loaded = true;
		energy->refused = rc == 1;
		energy->refusal = rate->refusal;
	}
	if (energy->refused) {
		rate->refusal = energy->refusal;
		return 1;
	}
	return 0;
}

/* Makes the net energy of both channels. */
static int
make_net(struct rate *rate, const struct rate_relations *relations,
    struct qf_error *err)
{
	struct above here = {rate->point.name, NULL, 0};
	struct energy_series both[RATE_CHANNELS] = {0};
	int rc;

	for (size_t c = 0; c < RATE_CHANNELS; c++) {
		relate_copy(&both[c], &rate->point.energy[c].gross);
	}
	rc = deduct_children(rate, &here, relations, both, err);
	for (size_t c = 0; c < RATE_CHANNELS; c++) {
		struct rate_energy *energy = &rate->point.energy[c];

		energy_release(&energy->net);
		energy->net = both[c];
		energy->has_net = rc == 0;
	}
	return rc;
}

int
rate_point_energy(struct rate *rate, enum channel channel,
    const struct energy_series **gross, const struct energy_series **net,
    struct qf_error *err)
{
	struct rate_energy *energy = &rate->point.energy[channel];
	const struct rate_relations *relations;
	int rc = load_gross(rate, channel, err);

	*gross = &energy->gross;
	*net = energy->has_net ? &energy->net : &energy->gross;
	if (rc != 0 || energy->has_net) {
		return rc;
	}
	if (rate_point_relations(rate, &relations, err) == -1) {
		return -1;
	}
	if (!has_role(relations, RATE_DEDUCT)) {
		return 0;
	}
	for (unsigned c = 0; c < RATE_CHANNELS && rc == 0; c++) {
		rc = load_gross(rate, (enum channel)c, err);
	}
	if (rc == 0) {
		rc = make_net(rate, relations, err);
	}
	*net = energy->has_net ? &energy->net : &energy->gross;
	return rc;
}

int
rate_point_other(struct rate *rate, enum channel channel,
    const struct period *period, struct energy_series *out,
    struct qf_error *err)
{
	struct rate_point kept = rate->point;
	const struct period *reading = rate->reading;
	const struct energy_series *gross, *net;
	int rc;

	memset(&rate->point, 0, sizeof(rate->point));
	rate_point_begin(&rate->point, kept.name);
	rate->reading = period;
	rc = rate_point_energy(rate, channel, &gross, &net, err);
	if (rc == 0) {
		relate_copy(out, net);
	}
	rate_point_release(&rate->point);
	rate->point = kept;
	rate->reading = reading;
	return rc;
}
