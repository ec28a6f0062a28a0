/* quantity.c - two channels of a point set against each other.
 *
 * Over an interval: what is net of the other channel, or the smaller of the
 * two, as a series of its own, which is then summed as any other.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <string.h>

#include "settle/relate.h"
#include "stage/rate/own.h"

void
rate_mixed_release(struct rate_mixed *mixed)
{
	energy_release(&mixed->series);
	cells_release(&mixed->sums.cells);
	dec_release(&mixed->sums.total);
	for (size_t b = 0; b < ENERGY_BANDS; b++) {
		dec_release(&mixed->sums.kwh[b]);
	}
}

/* Brings both to the resolution that all their days fit into. */
static int
align(struct rate *rate, struct energy_series both[2])
{
	int grid = 1;

	for (size_t s = 0; s < 2; s++) {
		for (size_t d = 0; d < both[s].day_count; d++) {
			grid = relate_grid(grid, both[s].days[d].minutes);
		}
	}
	for (size_t s = 0; s < 2; s++) {
		struct energy_series coarse = {0};

		if (relate_coarsen(&coarse, &both[s], grid, &rate->refusal) !=
		    0) {
			energy_release(&coarse);
			return 1;
		}
		energy_release(&both[s]);
		both[s] = coarse;
	}
	return 0;
}

int
rate_set_off(struct rate *rate, enum of_energy of, int64_t from_utc,
    int64_t to_utc, struct energy_series both[2])
{
	struct energy_series net = {0};
	int rc = align(rate, both);

	if (rc != 0) {
		return rc;
	}
	switch (of) {
	case OF_NET:
		return relate_net(
		    &both[0], &both[1], from_utc, to_utc, &rate->refusal);
	case OF_NET_SIGNED:
		return relate_add(
		    &both[0], &both[1], -1, from_utc, to_utc, &rate->refusal);
	case OF_SMALLER:
		/* The smaller is the channel less what it has more. */
		relate_copy(&net, &both[0]);
		rc = relate_net(
		    &net, &both[1], from_utc, to_utc, &rate->refusal);
		if (rc == 0) {
			rc = relate_add(&both[0], &net, -1, from_utc, to_utc,
			    &rate->refusal);
		}
		energy_release(&net);
		return rc;
	case OF_CHANNEL:
		break;
	}
	BUG("a channel is set against nothing");
}

static int
mix(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct energy_series both[2],
    struct qf_error *err)
{
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < 2; i++) {
		enum channel channel = i == 0 ? charge->channel
				       : charge->channel == CHANNEL_IMPORT
					   ? CHANNEL_EXPORT
					   : CHANNEL_IMPORT;
		const struct energy_series *gross, *net;

		rc = rate_point_energy(rate, channel, &gross, &net, err);
		if (rc == 0) {
			rc = energy_cover(net, segment->from_utc,
			    segment->to_utc, rate->zone, channel_name(channel),
			    &rate->refusal);
		}
		if (rc == 0) {
			relate_copy(&both[i], net);
		}
	}
	return rc != 0 ? rc
		       : rate_set_off(rate, charge->of_energy,
			     segment->from_utc, segment->to_utc, both);
}

int
rate_mixed(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, struct rate_sums **out, struct qf_error *err)
{
	struct rate_mixed *mixed = &rate->mixed[charge->channel];
	struct energy_series both[2] = {0};
	int rc;

	*out = &mixed->sums;
	if (mixed->sums.ready && mixed->of == charge->of_energy) {
		return 0;
	}
	if (segment->contract->basis != BASIS_INTERVALS) {
		return refuse(&rate->refusal, REASON_NO_INTERVALS,
		    "charge %s sets channels against each other an interval "
		    "at a time, and registers have none",
		    charge->component);
	}
	mixed->sums.ready = false;
	rc = mix(rate, segment, charge, both, err);
	if (rc == 0) {
		energy_release(&mixed->series);
		mixed->series = both[0];
		mixed->of = charge->of_energy;
		both[0] = (struct energy_series){0};
		rc = rate_sum_series(
		    rate, segment, &mixed->series, &mixed->sums, err);
	}
	energy_release(&both[0]);
	energy_release(&both[1]);
	return rc;
}
