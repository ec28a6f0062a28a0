/* cdr.c - a charging session as a charging platform tells it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "model/cdr.h"

#include <stdlib.h>

const char *const cdr_quantity_words[CDR_QUANTITIES] = {
    [CDR_ENERGY] = "energy",
    [CDR_ENERGY_IMPORT] = "energy-import",
    [CDR_ENERGY_EXPORT] = "energy-export",
    [CDR_TIME] = "time",
    [CDR_PARKING_TIME] = "parking-time",
    [CDR_RESERVATION_TIME] = "reservation-time",
    [CDR_MIN_CURRENT] = "min-current",
    [CDR_MAX_CURRENT] = "max-current",
    [CDR_CURRENT] = "current",
    [CDR_MIN_POWER] = "min-power",
    [CDR_MAX_POWER] = "max-power",
    [CDR_POWER] = "power",
    [CDR_STATE_OF_CHARGE] = "state-of-charge",
};

const char *const cdr_item_words[CDR_ITEMS] = {
    [CDR_ITEM_TOTAL] = "total",
    [CDR_ITEM_FLAT] = "flat",
    [CDR_ITEM_ENERGY] = "energy",
    [CDR_ITEM_TIME] = "time",
    [CDR_ITEM_PARKING] = "parking-time",
    [CDR_ITEM_RESERVATION] = "reservation",
    [CDR_ITEM_DURATION] = "duration",
    [CDR_ITEM_SERVICE] = "service",
};

const struct cdr_total cdr_totals[CDR_TOTALS] = {
    {"total_cost", CDR_ITEM_TOTAL, false},
    {"total_fixed_cost", CDR_ITEM_FLAT, false},
    {"total_energy", CDR_ITEM_ENERGY, true},
    {"total_energy_cost", CDR_ITEM_ENERGY, false},
    {"total_time", CDR_ITEM_DURATION, true},
    {"total_time_cost", CDR_ITEM_TIME, false},
    {"total_parking_time", CDR_ITEM_PARKING, true},
    {"total_parking_cost", CDR_ITEM_PARKING, false},
    {"total_reservation_cost", CDR_ITEM_RESERVATION, false},
};

static bool
has(const struct cdr_period *period, enum cdr_quantity quantity)
{
	return (period->given & 1U << quantity) != 0;
}

/* A net energy is what was taken less what was fed in (OCPI 2.2.1,
 * CdrDimensionType); where one of the three is not given it follows from the
 * others, and a net alone is of one direction. */
bool
cdr_period_energy(
    const struct cdr_period *period, struct dec *import, struct dec *export)
{
	const struct dec *net = &period->volumes[CDR_ENERGY];
	const struct dec *in = &period->volumes[CDR_ENERGY_IMPORT];
	const struct dec *out = &period->volumes[CDR_ENERGY_EXPORT];
	bool has_net = has(period, CDR_ENERGY);
	bool has_in = has(period, CDR_ENERGY_IMPORT);
	bool has_out = has(period, CDR_ENERGY_EXPORT);
	struct dec rest = {0};
	bool sound = true;

	dec_set_int(import, 0, 0);
	dec_set_int(export, 0, 0);
	if (has_in) {
		dec_set(import, in);
	}
	if (has_out) {
		dec_set(export, out);
	}
	if (has_net && has_in && !has_out) {
		dec_sub(export, in, net);
	} else if (has_net && has_out && !has_in) {
		dec_add(import, net, out);
	} else if (has_net && !has_in) {
		dec_abs(dec_sign(net) < 0 ? export : import, net);
	} else if (has_net) {
		dec_sub(&rest, in, out);
		sound = dec_cmp(&rest, net) == 0;
	}
	dec_release(&rest);
	return sound && dec_sign(import) >= 0 && dec_sign(export) >= 0;
}

void
cdr_release(struct cdr *cdr)
{
	for (size_t i = 0; i < cdr->period_count; i++) {
		for (size_t q = 0; q < CDR_QUANTITIES; q++) {
			dec_release(&cdr->periods[i].volumes[q]);
		}
	}
	free(cdr->periods);
	for (size_t i = 0; i < CDR_ITEMS; i++) {
		dec_release(&cdr->claims[i].volume);
		dec_release(&cdr->claims[i].excl);
		dec_release(&cdr->claims[i].incl);
	}
	*cdr = (struct cdr){.period_count = 0};
}
