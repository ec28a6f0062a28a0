/* explain_derived.c - lines of a month's price, and of other charges.
 *
 * Which window was the peak, or what a power factor is of, is told by the
 * rating itself: it is run once more for the contract, and listened to.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "settle/share.h"
#include "stage/audit/explain_own.h"

bool
explain_is_shared(const struct charge *charge)
{
	return charge->per == PER_KW || charge->per == PER_KVA ||
	       (charge->per == PER_MONTH && charge->share != SHARE_WHOLE);
}

bool
explain_is_told(const struct charge *charge)
{
	return explain_is_shared(charge) || charge->per >= PER_POWER_FACTOR ||
	       charge->loss != NULL;
}

/* What is lost where the quantity has SHARE_SCALE digits is less than the
 * price times one of the last. */
int
explain_shared_product(
    struct explain *explain, const struct dec *price, struct qf_error *err)
{
	const struct line *line = &explain->line;
	struct dec last = DEC_SMALL(1, SHARE_SCALE);
	struct dec off = {0}, exact = {0};
	int rc = -1;

	if (dec_parse_stored(
		&off, line->quantity, strlen(line->quantity), err) == -1 ||
	    dec_parse_stored(&exact, line->exact, strlen(line->exact), err) ==
		-1) {
		goto out;
	}
	dec_mul(&off, &off, price);
	dec_sub(&off, &off, &exact);
	dec_abs(&off, &off);
	dec_mul(&last, &last, price);
	dec_abs(&last, &last);
	explain_say(explain, "exact", "%s %s x %s = %s%s", line->quantity,
	    line->unit, line->price, line->exact,
	    dec_is_zero(&off) ? "" : ", of all digits that the quantity has");
	if (dec_cmp(&off, &last) > 0) {
		explain_differs(explain, "%s x %s is not %s", line->quantity,
		    line->price, line->exact);
	}
	rc = 0;
out:
	dec_release(&last);
	dec_release(&off);
	dec_release(&exact);
	return rc;
}

/* Listening -------------------------------------------------------------- */

static void
hear_note(void *context, const struct rate_note *note)
{
	struct explain *explain = context;
	const char *of = explain->charge != NULL ? explain->charge->component
						 : explain->line.component;

	if (strcmp(note->component, of) == 0 &&
	    note->from_utc == explain->line.from_utc) {
		explain_say(explain, note->step, "%s", note->text);
	}
}

int
explain_told(struct explain *explain, struct qf_error *err)
{
	const struct rate_sink sink = {.context = explain, .note = hear_note};

	explain_say(explain, "quantity", "%s %s", explain->line.quantity,
	    explain->line.unit);
	return explain_rate(explain, &sink, err);
}

/* Sums ------------------------------------------------------------------- */

int
explain_sum(struct explain *explain, struct qf_error *err)
{
	const struct charge *charge = explain->charge;
	const struct line *line = &explain->line;
	struct dec product = {0}, price = {0}, exact = {0};
	char place[EXPLAIN_PLACE_MAX];
	int rc = -1;

	explain_place(explain, line->tariff_entry, charge->line_no, place);
	if (charge->per == PER_LIMIT) {
		explain_say(explain, "price",
		    "none: the difference to a limit, %s", place);
		return 0;
	}
	explain_say(explain, "price",
	    "a part of what other charges come to, by power factor: %s", place);
	if (dec_parse_stored(
		&product, line->quantity, strlen(line->quantity), err) == -1 ||
	    dec_parse_stored(&price, line->price, strlen(line->price), err) ==
		-1 ||
	    dec_parse_stored(&exact, line->exact, strlen(line->exact), err) ==
		-1) {
		goto out;
	}
	explain_say(explain, "exact", "%s x %s = %s", line->quantity,
	    line->price, line->exact);
	dec_mul(&product, &product, &price);
	if (dec_cmp(&product, &exact) != 0) {
		explain_differs(explain, "%s x %s is not %s", line->quantity,
		    line->price, line->exact);
	}
	rc = 0;
out:
	dec_release(&product);
	dec_release(&price);
	dec_release(&exact);
	return rc;
}
