/* tier.c - which of the energy is in which tier.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/tier.h"

#include <assert.h>
#include <string.h>

#include "base/split.h"
#include "base/status.h"

/* Edges ------------------------------------------------------------------ */

/* A number among the contract's options. */
static int
option_number(struct dec *out, const struct contract *contract,
    const char *option, struct refusal *refusal)
{
	unsigned long length;
	const char *text = contract_option(contract, option, &length);
	struct qf_error err;

	if (text == NULL) {
		return refuse(refusal, REASON_BAD_OPTION,
		    "contract %s has no option %s, which says where a tier "
		    "ends",
		    contract->contract, option);
	}
	if (dec_parse(out, text, length, &err) == -1 || dec_sign(out) < 0) {
		return refuse(refusal, REASON_BAD_OPTION,
		    "option %s of contract %s is no number", option,
		    contract->contract);
	}
	return 0;
}

/* Takes a tier's number times what it is for. */
static int
scale_edge(struct dec *edge, enum tier_unit unit,
    const struct tier_scale *scale, struct refusal *refusal)
{
	struct dec kva = {0};
	int rc = 0;

	switch (unit) {
	case TIER_TOTAL:
		break;
	case TIER_A_DAY:
		dec_mul_int(edge, edge, scale->days);
		break;
	case TIER_A_KW:
		if (scale->demand_kw == NULL) {
			return refuse(refusal, REASON_NO_DEMAND,
			    "a tier is so many kWh for each kW of the month's "
			    "maximum demand, which is not known");
		}
		dec_mul(edge, edge, scale->demand_kw);
		break;
	case TIER_A_KVA:
		rc = option_number(&kva, scale->contract, "kva", refusal);
		if (rc == 0) {
			dec_mul(edge, edge, &kva);
		}
		break;
	}
	dec_release(&kva);
	return rc;
}

/* A tier ends no later than a later one: blocks of kWh within the first 200 kWh
 * of each kW end there. */
static void
cap_edges(struct dec *edges, size_t last)
{
	for (size_t i = last; i > 0; i--) {
		if (dec_cmp(&edges[i - 1], &edges[last]) > 0) {
			dec_set(&edges[i - 1], &edges[last]);
		}
	}
}

int
tier_edges(struct dec edges[TIER_MAX], const struct tiers *tiers,
    const struct tier_scale *scale, struct refusal *refusal)
{
	assert(tiers->count > 0 && tiers->count <= TIER_MAX);
	for (size_t i = 0; i + 1 < tiers->count; i++) {
		const struct tier *tier = &tiers->list[i];

		dec_set(&edges[i], &tier->to);
		if (tier->to_option[0] != '\0' &&
		    option_number(&edges[i], scale->contract, tier->to_option,
			refusal) != 0) {
			return 1;
		}
		if (scale_edge(&edges[i], tier->unit, scale, refusal) != 0) {
			return 1;
		}
		if (i > 0 && tier->unit == tier[-1].unit &&
		    dec_cmp(&edges[i], &edges[i - 1]) < 0) {
			return refuse(refusal, REASON_BAD_OPTION,
			    "tier %s ends before the one before it",
			    tier->component);
		}
		cap_edges(edges, i);
	}
	return 0;
}

/* Counters --------------------------------------------------------------- */

bool
tier_counts(const struct tiers *tiers, unsigned band)
{
	return tiers->bands == 0 ||
	       (band < TARIFF_BANDS_MAX && (tiers->bands & 1U << band) != 0);
}

unsigned
tier_counter(const struct tiers *tiers, unsigned band)
{
	return tiers->each_band ? band : 0;
}

/* The tier of the next kWh. */
static size_t
tier_at(const struct dec *before, const struct dec *edges, size_t count)
{
	size_t i = 0;

	while (i + 1 < count && dec_cmp(before, &edges[i]) >= 0) {
		i++;
	}
	return i;
}

size_t
tier_take(struct dec *part, struct dec *left, struct dec *before,
    const struct dec *edges, size_t count)
{
	size_t tier = tier_at(before, edges, count);
	struct dec room = {0};

	assert(dec_sign(left) >= 0);
	dec_set(part, left);
	if (tier + 1 < count) {
		dec_sub(&room, &edges[tier], before);
		if (dec_cmp(left, &room) > 0) {
			dec_set(part, &room);
		}
	}
	dec_add(before, before, part);
	dec_sub(left, left, part);
	dec_release(&room);
	return tier;
}

bool
tier_is_one(const struct tiers *tiers, const struct dec *edges,
    const struct dec before[ENERGY_BANDS], const struct dec kwh[ENERGY_BANDS])
{
	struct dec after[ENERGY_BANDS] = {{0}};
	bool one = true;

	for (unsigned i = 0; i < ENERGY_BANDS; i++) {
		unsigned counter = tier_counter(tiers, i);

		if (tier_counts(tiers, i)) {
			dec_add(&after[counter], &after[counter], &kwh[i]);
		}
	}
	for (unsigned i = 0; i < ENERGY_BANDS; i++) {
		size_t tier = tier_at(&before[i], edges, tiers->count);

		dec_add(&after[i], &after[i], &before[i]);
		one = one && (tier + 1 == tiers->count ||
				 dec_cmp(&after[i], &edges[tier]) <= 0);
		dec_release(&after[i]);
	}
	return one;
}

/* Shares ----------------------------------------------------------------- */

static int
scale_of(int scale, const struct dec *number)
{
	struct dec trimmed = {0};

	dec_trim(&trimmed, number);
	scale = trimmed.scale > scale ? trimmed.scale : scale;
	dec_release(&trimmed);
	return scale;
}

int
tier_share(struct dec out[ENERGY_BANDS], const struct dec *total,
    const struct dec kwh[ENERGY_BANDS], struct refusal *refusal)
{
	int scale = scale_of(TIER_SCALE, total);
	int64_t ticks, parts[ENERGY_BANDS];
	struct qf_error err;

	for (size_t i = 0; i < ENERGY_BANDS; i++) {
		scale = scale_of(scale, &kwh[i]);
		dec_set_int(&out[i], 0, 0);
	}
	if (dec_is_zero(total)) {
		return 0;
	}
	if (dec_to_int64(total, scale, &ticks, &err) == -1 ||
	    split_largest_remainder(ticks, kwh, ENERGY_BANDS, parts, &err) ==
		-1) {
		return refuse(
		    refusal, REASON_VALUE_RANGE, "shares: %s", err.text);
	}
	for (size_t i = 0; i < ENERGY_BANDS; i++) {
		dec_set_int(&out[i], parts[i], scale);
		dec_trim(&out[i], &out[i]);
	}
	return 0;
}

/* Takes all that is left of a band in the order of tiers. */
static void
allot_band(struct dec *parts, const struct tiers *tiers,
    const struct dec *edges, struct dec *before, unsigned band,
    const struct dec *kwh)
{
	struct dec left = {0}, part = {0};

	dec_set(&left, kwh);
	while (!dec_is_zero(&left)) {
		size_t tier =
		    tier_take(&part, &left, before, edges, tiers->count);
		struct dec *sum = &parts[tier * ENERGY_BANDS + band];

		dec_add(sum, sum, &part);
	}
	dec_release(&left);
	dec_release(&part);
}

/* Each tier that is reached takes from what the bands have left by its share,
 * the last one all. */
static int
allot_shares(struct dec *parts, const struct tiers *tiers,
    const struct dec *edges, struct dec *before, struct dec left[ENERGY_BANDS],
    struct refusal *refusal)
{
	struct dec all = {0}, part = {0};
	int rc = 0;

	for (size_t i = 0; i < ENERGY_BANDS; i++) {
		dec_add(&all, &all, &left[i]);
	}
	while (rc == 0 && !dec_is_zero(&all)) {
		size_t tier =
		    tier_take(&part, &all, before, edges, tiers->count);
		struct dec *row = &parts[tier * ENERGY_BANDS];

		rc = tier_share(row, &part, left, refusal);
		for (size_t i = 0; rc == 0 && i < ENERGY_BANDS; i++) {
			if (dec_is_zero(&all)) {
				dec_set(&row[i], &left[i]);
			}
			dec_sub(&left[i], &left[i], &row[i]);
		}
	}
	dec_release(&all);
	dec_release(&part);
	return rc;
}

int
tier_allot(struct dec *parts, const struct tiers *tiers,
    const struct dec *edges, struct dec before[ENERGY_BANDS],
    const struct dec kwh[ENERGY_BANDS], struct refusal *refusal)
{
	struct dec counted[ENERGY_BANDS] = {{0}};
	int rc = 0;

	for (size_t i = 0; i < tiers->count * ENERGY_BANDS; i++) {
		dec_set_int(&parts[i], 0, 0);
	}
	for (unsigned i = 0; i < ENERGY_BANDS; i++) {
		if (tier_counts(tiers, i)) {
			dec_set(&counted[i], &kwh[i]);
		}
	}
	if (tiers->each_band) {
		for (unsigned i = 0; i < ENERGY_BANDS; i++) {
			allot_band(
			    parts, tiers, edges, &before[i], i, &counted[i]);
		}
	} else if (tiers->split == TIER_BY_ORDER) {
		for (size_t i = 0; i < tiers->order_count; i++) {
			allot_band(parts, tiers, edges, &before[0],
			    tiers->order[i], &counted[tiers->order[i]]);
		}
		/* A version without bands, or a register without them. */
		allot_band(parts, tiers, edges, &before[0], TARIFF_BANDS_MAX,
		    &counted[TARIFF_BANDS_MAX]);
	} else if (tiers->split == TIER_BY_SHARE) {
		rc = allot_shares(
		    parts, tiers, edges, &before[0], counted, refusal);
	} else {
		for (unsigned i = 0; i < ENERGY_BANDS; i++) {
			allot_band(
			    parts, tiers, edges, &before[0], i, &counted[i]);
		}
	}
	for (size_t i = 0; i < ENERGY_BANDS; i++) {
		dec_release(&counted[i]);
	}
	return rc;
}
