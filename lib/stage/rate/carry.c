/* carry.c - energy that rounding leaves over, from period to period.
 *
 * Where a tariff settles whole kWh, what is left over is carried.  A run lists
 * what it carries on as energy rows of the channels import-carried and
 * export-carried; the next one that is told of it takes them up.  Those rows
 * come in the order of the units, so both are walked in step.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "base/alloc.h"
#include "base/status.h"
#include "stage/rate/own.h"

/* -1, 0 or 1 as the row's unit is before, at or after the unit in hand. */
static int
compare(const struct rate *rate)
{
	const struct contract *contract = &rate->unit.stretches[0];
	const struct energy *row = &rate->carry_row;
	int order = strcmp(row->point, contract->point);

	if (order == 0) {
		order = strcmp(row->contract, contract->contract);
	}
	return order != 0 ? order : strcmp(row->leg, contract->leg);
}

static int
next_row(struct rate *rate, struct qf_error *err)
{
	int rc = runs_next_energy(rate->carry_cursor, &rate->carry_row, err);

	rate->carry_at_row = rc == 1;
	return rc;
}

static void
take_row(struct rate *rate)
{
	const struct energy *row = &rate->carry_row;
	const char *kwh = row->residual_kwh;
	enum channel channel;
	struct qf_error err;

	if (strcmp(row->channel, RATE_CARRIED_IMPORT) == 0) {
		channel = CHANNEL_IMPORT;
	} else if (strcmp(row->channel, RATE_CARRIED_EXPORT) == 0) {
		channel = CHANNEL_EXPORT;
	} else {
		return;
	}
	if (dec_parse_stored(
		&rate->unit.carry_in[channel], kwh, strlen(kwh), &err) == -1) {
		BUG("the ledger has %s kWh", kwh);
	}
}

int
rate_carry_begin(struct rate *rate, struct qf_error *err)
{
	int order;

	for (size_t c = 0; c < RATE_CHANNELS; c++) {
		dec_set_int(&rate->unit.carry_in[c], 0, 0);
	}
	if (rate->request->carry_from == 0) {
		return 0;
	}
	if (rate->carry_cursor == NULL) {
		if (runs_open_energy(&rate->carry_cursor, rate->ledger,
			rate->request->carry_from, err) == -1 ||
		    next_row(rate, err) == -1) {
			return -1;
		}
	}
	while (rate->carry_at_row && (order = compare(rate)) <= 0) {
		if (order == 0) {
			take_row(rate);
		}
		if (next_row(rate, err) == -1) {
			return -1;
		}
	}
	return 0;
}

static struct rate_carry *
add_carry(struct rate_unit *unit, const char *component, enum channel channel)
{
	struct rate_carry *carry;

	if (unit->carry_count == unit->carry_capacity) {
		unit->carry_capacity = unit->carry_capacity * 2 + 4;
		unit->carries = xreallocarray(unit->carries,
		    unit->carry_capacity, sizeof(*unit->carries));
	}
	carry = &unit->carries[unit->carry_count++];
	memset(carry, 0, sizeof(*carry));
	memcpy(carry->component, component, strlen(component) + 1);
	carry->channel = channel;
	dec_set(&carry->kwh, &unit->carry_in[channel]);
	return carry;
}

/* Whether the charge goes on with this carry.  That of the balance goes from
 * charge to charge, since a leg and channel have one at a time, whatever it is
 * called; the others keep their own. */
static bool
goes_on(const struct rate_carry *carry, const struct charge *charge)
{
	if (carry->channel != charge->channel ||
	    carry->counts != charge->counts_energy) {
		return false;
	}
	return carry->counts ||
	       strcmp(carry->component, charge->component) == 0;
}

struct dec *
rate_carry(struct rate *rate, const struct charge *charge)
{
	struct rate_unit *unit = &rate->unit;
	struct rate_carry *carry;

	for (size_t i = 0; i < unit->carry_count; i++) {
		carry = &unit->carries[i];
		if (goes_on(carry, charge)) {
			return &carry->kwh;
		}
	}
	carry = add_carry(unit, charge->component, charge->channel);
	carry->counts = charge->counts_energy;
	return &carry->kwh;
}

void
rate_carry_keep(struct rate *rate)
{
	struct rate_unit *unit = &rate->unit;

	for (size_t i = 0; i < unit->carry_count; i++) {
		dec_release(&unit->carries[i].kwh);
	}
	unit->carry_count = 0;
	for (unsigned c = 0; c < RATE_CHANNELS; c++) {
		add_carry(unit, "", (enum channel)c)->counts = true;
	}
}
