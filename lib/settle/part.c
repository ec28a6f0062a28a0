/* part.c - the part of the energy that a charge is of.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/part.h"

#include <assert.h>

#include "settle/tier.h"

#define PERCENT_DIGITS 2

/* A percentage as a share. */
static void
share_of(struct dec *out, const struct dec *percent)
{
	dec_set(out, percent);
	out->scale += PERCENT_DIGITS;
}

bool
part_share(
    struct dec *share, const struct part_asked *parts, size_t count, size_t own)
{
	struct dec one = {0};

	assert(own < count);
	if (parts[own].kind == PART_PERCENT) {
		share_of(share, &parts[own].value);
		return true;
	}
	if (parts[own].kind == PART_KWH) {
		return false;
	}
	dec_set_int(share, 1, 0);
	for (size_t i = 0; i < count; i++) {
		if (parts[i].kind == PART_KWH) {
			return false;
		}
		if (parts[i].kind == PART_PERCENT) {
			share_of(&one, &parts[i].value);
			dec_sub(share, share, &one);
		}
	}
	dec_release(&one);
	return true;
}

/* Takes a percentage of every band. */
static void
take_percent(struct dec taken[ENERGY_BANDS], struct dec left[ENERGY_BANDS],
    const struct dec kwh[ENERGY_BANDS], const struct dec *percent)
{
	struct dec share = {0};

	share_of(&share, percent);
	for (size_t b = 0; b < ENERGY_BANDS; b++) {
		dec_mul(&taken[b], &kwh[b], &share);
		dec_sub(&left[b], &left[b], &taken[b]);
	}
	dec_release(&share);
}

/* Takes kWh, as many as there are, by what the bands have left. */
static int
take_kwh(struct dec taken[ENERGY_BANDS], struct dec left[ENERGY_BANDS],
    const struct dec *kwh, struct refusal *refusal)
{
	struct dec all = {0};
	int rc = 0;

	for (size_t b = 0; b < ENERGY_BANDS; b++) {
		dec_add(&all, &all, &left[b]);
	}
	if (dec_cmp(&all, kwh) <= 0) {
		for (size_t b = 0; b < ENERGY_BANDS; b++) {
			dec_set(&taken[b], &left[b]);
		}
	} else {
		rc = tier_share(taken, kwh, left, refusal);
	}
	for (size_t b = 0; rc == 0 && b < ENERGY_BANDS; b++) {
		dec_sub(&left[b], &left[b], &taken[b]);
	}
	dec_release(&all);
	return rc;
}

/* Takes the parts of one kind in their order; that at `own` is kept. */
static int
take_parts(struct dec out[ENERGY_BANDS], struct dec left[ENERGY_BANDS],
    const struct dec kwh[ENERGY_BANDS], enum part_kind kind,
    const struct part_asked *parts, size_t count, size_t own,
    struct refusal *refusal)
{
	struct dec taken[ENERGY_BANDS] = {{0}};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (parts[i].kind != kind) {
			continue;
		}
		if (kind == PART_PERCENT) {
			take_percent(taken, left, kwh, &parts[i].value);
		} else {
			rc = take_kwh(taken, left, &parts[i].value, refusal);
		}
		for (size_t b = 0; i == own && b < ENERGY_BANDS; b++) {
			dec_set(&out[b], &taken[b]);
		}
	}
	for (size_t b = 0; b < ENERGY_BANDS; b++) {
		dec_release(&taken[b]);
	}
	return rc;
}

int
part_kwh(struct dec out[ENERGY_BANDS], const struct dec kwh[ENERGY_BANDS],
    const struct part_asked *parts, size_t count, size_t own,
    struct refusal *refusal)
{
	struct dec left[ENERGY_BANDS] = {{0}};
	int rc;

	assert(own < count);
	for (size_t b = 0; b < ENERGY_BANDS; b++) {
		dec_set(&left[b], &kwh[b]);
	}
	rc = take_parts(
	    out, left, kwh, PART_PERCENT, parts, count, own, refusal);
	for (size_t b = 0; rc == 0 && b < ENERGY_BANDS; b++) {
		if (dec_sign(&left[b]) * dec_sign(&kwh[b]) < 0) {
			rc = refuse(refusal, REASON_PARTS,
			    "the parts of the energy come to more than 100 "
			    "percent");
		}
	}
	if (rc == 0) {
		rc = take_parts(
		    out, left, kwh, PART_KWH, parts, count, own, refusal);
	}
	for (size_t b = 0; b < ENERGY_BANDS; b++) {
		if (parts[own].kind == PART_REST) {
			dec_set(&out[b], &left[b]);
		}
		dec_release(&left[b]);
	}
	return rc;
}

void
part_of_month(
    struct dec *out, const struct dec *kwh, int first, int end, int days)
{
	struct dec until = {0}, before = {0}, month = {0};

	assert(0 <= first && first <= end && end <= days);
	dec_set_int(&month, days, 0);
	dec_mul_int(&until, kwh, end);
	dec_div(&until, &until, &month, TIER_SCALE, DEC_HALF_UP);
	dec_mul_int(&before, kwh, first);
	dec_div(&before, &before, &month, TIER_SCALE, DEC_HALF_UP);
	dec_sub(out, &until, &before);
	dec_trim(out, out);
	dec_release(&until);
	dec_release(&before);
	dec_release(&month);
}

void
part_quantity(struct dec *out, enum of_energy of, const struct dec *own,
    const struct dec *other)
{
	switch (of) {
	case OF_CHANNEL:
		dec_set(out, own);
		return;
	case OF_NET:
		dec_sub(out, own, other);
		if (dec_sign(out) < 0) {
			dec_set_int(out, 0, 0);
		}
		return;
	case OF_NET_SIGNED:
		dec_sub(out, own, other);
		return;
	case OF_SMALLER:
		dec_set(out, dec_cmp(own, other) < 0 ? own : other);
		return;
	}
}
