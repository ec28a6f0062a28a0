/* metered.c - adds up what was metered.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/audit/metered.h"

#include <stdbool.h>
#include <string.h>

#include "base/status.h"
#include "ledger/registry.h"
#include "stage/rulebook.h"

#define DEPTH_MAX 8 /* of sums of sums */

int
audit_unit_find(struct audit_unit *unit, const struct audit_source *source,
    const char *contract, const char *leg, int64_t from_utc, int64_t to_utc,
    struct qf_error *err)
{
	struct contract_cursor *cursor;
	struct contract stretch;
	int rc;

	unit->count = 0;
	if (contracts_open(&cursor, source->ledger, source->asof, from_utc,
		to_utc, contract, leg, err) == -1) {
		return -1;
	}
	while ((rc = contracts_next(cursor, &stretch, err)) == 1) {
		if (unit->count < AUDIT_STRETCHES) {
			unit->stretches[unit->count++] = stretch;
		}
	}
	contracts_close(cursor);
	return rc;
}

/* Intervals -------------------------------------------------------------- */

static int
add_interval(
    void *context, const struct audit_interval *interval, struct qf_error *err)
{
	struct dec *sum = context;

	(void)err;
	dec_add(sum, sum, &interval->kwh60);
	return 0;
}

/* Clips a period to that in which the fact holds; it may turn out empty. */
static void
clip(const struct fact *fact, int64_t *from_utc, int64_t *to_utc)
{
	int64_t first = rulebook_integer(fact, "from", INT64_MIN);
	int64_t end = rulebook_integer(fact, "to", UTC_OPEN);

	*from_utc = first > *from_utc ? first : *from_utc;
	*to_utc = end < *to_utc ? end : *to_utc;
}

/* Adds a point's reads, or those of the points that it is the sum of. */
static int
add_reads(struct dec *kwh60, const struct audit_source *source,
    const char *point, enum channel channel, int64_t from_utc, int64_t to_utc,
    int depth, struct qf_error *err)
{
	struct fact_cursor *own = NULL; /* a sum of sums needs another */
	struct fact_cursor **cursor =
	    depth == 0 ? &source->cursors->relations : &own;
	struct fact fact;
	bool is_sum = false;
	int64_t entry;
	int rc;

	if (facts_lookup(cursor, source->ledger, LOOKUP_RELATIONS_OF_PARENT,
		source->asof, point, 0, 0, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(*cursor, &fact, &entry, err)) == 1) {
		int64_t first = from_utc, end = to_utc;

		clip(&fact, &first, &end);
		if (strcmp(rulebook_text(&fact, "role"), "sum") != 0 ||
		    first >= end || depth >= DEPTH_MAX) {
			continue;
		}
		is_sum = true;
		if (add_reads(kwh60, source, rulebook_text(&fact, "child"),
			channel, first, end, depth + 1, err) == -1) {
			rc = -1;
			break;
		}
	}
	facts_close(own);
	if (rc == -1 || is_sum) {
		return rc;
	}
	return audit_energy(
	    source, point, channel, from_utc, to_utc, add_interval, kwh60, err);
}

/* Registers -------------------------------------------------------------- */

/* Registers of a meter at an instant: in total, or the sum of its bands.  1
 * where there is any. */
static int
registers_at(struct dec *shown, const struct audit_source *source,
    const char *point, const char *meter, enum channel channel, int64_t utc,
    struct qf_error *err)
{
	struct fact_cursor **cursor = &source->cursors->registers;
	struct dec value = {0};
	struct fact fact;
	bool total = false, any = false;
	int64_t entry;
	int rc;

	dec_set_int(shown, 0, 0);
	if (facts_lookup(cursor, source->ledger, LOOKUP_REGISTERS_OF_POINT,
		source->asof, point, utc, utc, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(*cursor, &fact, &entry, err)) == 1) {
		bool is_total = rulebook_text(&fact, "band") == NULL;

		if (strcmp(rulebook_text(&fact, "meter"), meter) != 0 ||
		    strcmp(rulebook_text(&fact, "channel"),
			channel_name(channel)) != 0 ||
		    total || !rulebook_decimal(&value, &fact, "value")) {
			continue;
		}
		any = true;
		if (is_total) {
			total = true;
			dec_set(shown, &value);
		} else {
			dec_add(shown, shown, &value);
		}
	}
	dec_release(&value);
	return rc == -1 ? -1 : any;
}

static int
add_meter(struct dec *kwh, const struct audit_source *source, const char *point,
    const char *meter, enum channel channel, int64_t from_utc, int64_t to_utc,
    struct qf_error *err)
{
	struct dec start = {0}, end = {0}, multiplier = {0}, turn = {0};
	int digits = 0;
	int rc =
	    registers_at(&start, source, point, meter, channel, from_utc, err);

	if (rc == 1) {
		rc = registers_at(
		    &end, source, point, meter, channel, to_utc, err);
	}
	if (rc == 1) {
		rc = audit_meter(
		    source, point, from_utc, &multiplier, &digits, err);
	}
	if (rc == 1) {
		dec_sub(&end, &end, &start);
		if (dec_sign(&end) < 0) {
			dec_set_int(&turn, 1, 0);
			for (int i = 0; i < digits; i++) {
				dec_mul_int(&turn, &turn, 10);
			}
			dec_add(&end, &end, &turn);
		}
		dec_mul(&end, &end, &multiplier);
		dec_add(kwh, kwh, &end);
	}
	dec_release(&start);
	dec_release(&end);
	dec_release(&multiplier);
	dec_release(&turn);
	return rc == -1 ? -1 : 0;
}

static int
add_registers(struct dec *kwh, const struct audit_source *source,
    const char *point, enum channel channel, int64_t from_utc, int64_t to_utc,
    struct qf_error *err)
{
	struct fact_cursor **cursor = &source->cursors->meters;
	struct fact fact;
	int64_t entry;
	int rc;

	if (facts_lookup(cursor, source->ledger, LOOKUP_METERS_OF_POINT,
		source->asof, point, 0, 0, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(*cursor, &fact, &entry, err)) == 1) {
		int64_t first = from_utc, end = to_utc;

		clip(&fact, &first, &end);
		if (first < end &&
		    add_meter(kwh, source, point, rulebook_text(&fact, "meter"),
			channel, first, end, err) == -1) {
			rc = -1;
			break;
		}
	}
	return rc;
}

/* Sessions --------------------------------------------------------------- */

/* Sessions that end in [from_utc, to_utc) and touch the stretches of the unit
 * (NULL: that do not start before since_utc).  1 where there is one. */
static int
add_sessions(struct dec *kwh, const struct audit_source *source,
    const struct audit_unit *unit, const char *point, enum channel channel,
    int64_t from_utc, int64_t to_utc, int64_t since_utc, struct qf_error *err)
{
	struct fact_cursor **cursor = &source->cursors->sessions;
	struct dec value = {0};
	struct fact fact;
	int64_t entry;
	int rc, any = 0;

	if (facts_lookup(cursor, source->ledger, LOOKUP_SESSIONS_OF_POINT,
		source->asof, point, from_utc, to_utc, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(*cursor, &fact, &entry, err)) == 1) {
		int64_t start_utc = rulebook_integer(&fact, "start", 0);
		int64_t end_utc = rulebook_integer(&fact, "end", 0);
		bool touches = unit == NULL && start_utc >= since_utc;

		for (size_t i = 0; unit != NULL && i < unit->count; i++) {
			const struct contract *stretch = &unit->stretches[i];

			touches =
			    touches || (stretch->basis == BASIS_SESSIONS &&
					   stretch->from_utc < end_utc &&
					   start_utc < stretch->to_utc);
		}
		if (touches && rulebook_decimal(&value, &fact,
				   channel == CHANNEL_EXPORT ? "export_kwh"
							     : "import_kwh")) {
			dec_add(kwh, kwh, &value);
			any = 1;
		}
	}
	dec_release(&value);
	return rc == -1 ? -1 : any;
}

/* Units ------------------------------------------------------------------ */

int
audit_metered(struct dec *kwh, const struct audit_source *source,
    const struct audit_unit *unit, const char *point, enum channel channel,
    int64_t from_utc, int64_t to_utc, struct qf_error *err)
{
	struct dec kwh60 = {0}, more = {0};
	bool sessions = false;
	int rc = 0;

	dec_set_int(kwh, 0, 0);
	for (size_t i = 0; rc == 0 && i < unit->count; i++) {
		const struct contract *stretch = &unit->stretches[i];
		int64_t first =
		    stretch->from_utc > from_utc ? stretch->from_utc : from_utc;
		int64_t end =
		    stretch->to_utc < to_utc ? stretch->to_utc : to_utc;

		if (first >= end || strcmp(stretch->point, point) != 0) {
			continue;
		}
		switch (stretch->basis) {
		case BASIS_INTERVALS:
			rc = add_reads(
			    &kwh60, source, point, channel, first, end, 0, err);
			break;
		case BASIS_REGISTERS:
			rc = add_registers(
			    kwh, source, point, channel, first, end, err);
			break;
		case BASIS_SESSIONS:
			sessions = true;
			break;
		case BASIS_EVENTS:
			BUG("events have no energy of their own");
		}
	}
	if (rc == 0 && sessions) {
		rc = add_sessions(kwh, source, unit, point, channel, from_utc,
			 to_utc, INT64_MIN, err) == -1
			 ? -1
			 : 0;
	}
	audit_kwh(&more, &kwh60);
	dec_add(kwh, kwh, &more);
	dec_release(&kwh60);
	dec_release(&more);
	return rc;
}

int
audit_metered_point(struct dec *kwh, const struct audit_source *source,
    const char *point, enum channel channel, int64_t from_utc, int64_t to_utc,
    int64_t since_utc, struct qf_error *err)
{
	struct dec kwh60 = {0};
	int rc;

	dec_set_int(kwh, 0, 0);
	rc = audit_energy(source, point, channel, from_utc, to_utc,
	    add_interval, &kwh60, err);
	audit_kwh(kwh, &kwh60);
	if (rc == 0 && dec_is_zero(kwh)) {
		rc = add_registers(
		    kwh, source, point, channel, from_utc, to_utc, err);
	}
	if (rc == 0 && dec_is_zero(kwh)) {
		rc = add_sessions(kwh, source, NULL, point, channel, from_utc,
		    to_utc, since_utc, err);
	}
	dec_release(&kwh60);
	return rc == -1 ? -1 : !dec_is_zero(kwh);
}
