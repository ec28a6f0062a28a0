/* kwh_own.h - what the two files of charges per kWh beyond bands share.
 * Internal.
 *
 * kwh_energy.c finds which energy a charge is of, kwh.c prices it.
 */
#ifndef QF_STAGE_RATE_KWH_OWN_H
#define QF_STAGE_RATE_KWH_OWN_H

#include "stage/rate/own.h"

/* How fine the portions of a charge are. */
enum kwh_grain { GRAIN_BANDS, GRAIN_DAYS, GRAIN_CELLS };

struct kwh_work {
	struct rate *rate;
	const struct rate_segment *segment;
	const struct charge *charge;
	enum channel other; /* than the charge's */
	struct rate_sums *sums; /* on one grid; NULL: over days or months */
	struct part_asked *parts; /* of all charges that share the energy */
	size_t part_count, part_own;
	bool has_share; /* the part is a share of every band */
	struct dec share; /* 1 where there is no part */
	struct dec kwh[ENERGY_BANDS]; /* of the segment, after all that */
	unsigned seen;
	bool total_only; /* registers that have no bands */
	enum kwh_grain grain;
	struct portions portions;
	struct rate_counted *counted; /* NULL: no tiers */
	struct dec edges[TIER_MAX];
	/* kWh, or fines where portions are cells. */
	struct dec before[ENERGY_BANDS];
	struct dec *prices; /* [tiers + 1][ENERGY_BANDS] */
	struct band_prices *by_band;
	struct portion_condition *conditions;
	struct portion_plan plan;
};

void kwh_begin(struct kwh_work *work, struct rate *rate,
    const struct rate_segment *segment, const struct charge *charge);
void kwh_end(struct kwh_work *work);

/* The kWh of the segment that the charge is of, by band; over days they are
 * portions already. */
int kwh_load(struct kwh_work *work, struct qf_error *err);

/* Portions of days and bands; other is NULL where nothing is set off. */
int kwh_load_days(struct kwh_work *work, struct rate_sums *own_sums,
    struct rate_sums *other_sums, struct qf_error *err);

#endif
