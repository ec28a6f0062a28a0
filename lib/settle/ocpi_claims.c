/* ocpi_claims.c - what a record claims against what its tariff comes to.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/ocpi_claims.h"

#include <stdio.h>
#include <string.h>

/* Whether two numbers are one at four decimals, half up. */
static bool
equal(const struct dec *a, const struct dec *b)
{
	struct dec x = {0}, y = {0};
	bool same;

	dec_round(&x, a, OCPI_MONEY_SCALE, DEC_HALF_UP);
	dec_round(&y, b, OCPI_MONEY_SCALE, DEC_HALF_UP);
	same = dec_cmp(&x, &y) == 0;
	dec_release(&x);
	dec_release(&y);
	return same;
}

/* Whether the claim is ours with fewer decimals. */
static bool
rounded(const struct dec *ours, const struct dec *claimed)
{
	struct dec x = {0};
	bool same;

	dec_round(&x, ours, claimed->scale, DEC_HALF_UP);
	same = claimed->scale < OCPI_MONEY_SCALE && dec_cmp(&x, claimed) == 0;
	dec_release(&x);
	return same;
}

/* Whether the difference of the total is the sum of those of its parts. */
static bool
from_parts(
    const struct ocpi_report *report, const struct cdr *cdr, unsigned side)
{
	const struct ocpi_sum *total = &report->items[CDR_ITEM_TOTAL];
	const struct cdr_claim *claim = &cdr->claims[CDR_ITEM_TOTAL];
	struct dec rest = {0};
	bool same;

	dec_sub(&rest, side == 0 ? &claim->excl : &claim->incl,
	    side == 0 ? &total->excl : &total->incl);
	for (size_t i = CDR_ITEM_TOTAL + 1; i < CDR_ITEMS; i++) {
		const struct cdr_claim *part = &cdr->claims[i];
		const struct ocpi_sum *ours = &report->items[i];

		if (side == 0 ? part->has_excl : part->has_incl) {
			dec_sub(&rest, &rest,
			    side == 0 ? &part->excl : &part->incl);
			dec_add(&rest, &rest,
			    side == 0 ? &ours->excl : &ours->incl);
		}
	}
	dec_round(&rest, &rest, OCPI_MONEY_SCALE - 1, DEC_HALF_UP);
	same = dec_is_zero(&rest);
	dec_release(&rest);
	return same;
}

/* Whether the hours claimed are those of the periods' volumes. */
static bool
of_volumes(const struct ocpi_report *report, const struct dec *claimed)
{
	struct dec sum = {0};
	bool same;

	dec_add(&sum, &report->items[CDR_ITEM_TIME].volume,
	    &report->items[CDR_ITEM_PARKING].volume);
	same = equal(&sum, claimed);
	dec_release(&sum);
	return same;
}

static const char *
why_volume(const struct ocpi_report *report, const struct ocpi_claim *check)
{
	if (check->item == CDR_ITEM_DURATION &&
	    of_volumes(report, &check->claimed[0])) {
		return "is the sum of the periods' TIME and PARKING_TIME, not "
		       "the time from start to end";
	}
	if (check->item == CDR_ITEM_ENERGY &&
	    dec_is_zero(&report->items[CDR_ITEM_ENERGY].volume)) {
		return "no period has a volume of energy";
	}
	return "is not what the periods add up to";
}

/* The rule that was left out on one side of a cost, or NULL. */
static const char *
why_cost(const struct ocpi_report *report, const struct cdr *cdr,
    const struct ocpi_claim *check, unsigned side)
{
	const struct ocpi_sum *sum = &report->items[check->item];
	const struct dec *claimed = &check->claimed[side];
	const char *bound = side == 0 ? report->limit_excl : report->limit_incl;
	struct dec negated = {0};
	bool is_negated;

	if (check->item == CDR_ITEM_TOTAL && bound != NULL &&
	    equal(side == 0 ? &report->before_excl : &report->before_incl,
		claimed)) {
		return strcmp(bound, "min_price") == 0
			   ? "leaves out the tariff's min_price"
			   : "leaves out the tariff's max_price";
	}
	if (equal(side == 0 ? &sum->plain_excl : &sum->plain_incl, claimed)) {
		return "leaves out step_size";
	}
	if (side == 1 && equal(&check->ours[0], claimed)) {
		return "has no VAT in it";
	}
	dec_neg(&negated, &check->ours[side]);
	is_negated = equal(&negated, claimed);
	dec_release(&negated);
	if (is_negated) {
		return "has the other sign";
	}
	if (check->item == CDR_ITEM_TOTAL && from_parts(report, cdr, side)) {
		return "follows from the parts that differ";
	}
	return NULL;
}

static void
explain(struct ocpi_claim *check, const struct ocpi_report *report,
    const struct cdr *cdr)
{
	static const char *const sides[2] = {"without VAT", "with VAT"};
	size_t used = 0;

	for (unsigned side = 0; side < 2; side++) {
		const char *why = NULL;
		char text[96];

		if (!check->has[side] ||
		    equal(&check->ours[side], &check->claimed[side])) {
			continue;
		}
		check->differs = true;
		if (rounded(&check->ours[side], &check->claimed[side])) {
			snprintf(text, sizeof(text),
			    "is rounded to %d decimals",
			    (int)check->claimed[side].scale);
			why = text;
		} else if (check->is_volume) {
			why = why_volume(report, check);
		} else {
			why = why_cost(report, cdr, check, side);
		}
		if (why == NULL) {
			why = "is not what this tariff gives";
		}
		used += (size_t)snprintf(check->why + used,
		    sizeof(check->why) - used, "%s%s%s%s", used > 0 ? "; " : "",
		    check->is_volume ? "" : sides[side],
		    check->is_volume ? "" : " ", why);
		used =
		    used < sizeof(check->why) ? used : sizeof(check->why) - 1;
	}
}

static void
fill(struct ocpi_claim *check, const struct ocpi_report *report,
    const struct cdr *cdr)
{
	const struct ocpi_sum *sum = &report->items[check->item];
	const struct cdr_claim *claim = &cdr->claims[check->item];
	const struct dec *ours[2] = {&sum->excl, &sum->incl};
	const struct dec *claimed[2] = {&claim->excl, &claim->incl};

	check->has[0] = check->is_volume ? claim->has_volume : claim->has_excl;
	check->has[1] = !check->is_volume && claim->has_incl;
	if (check->is_volume) {
		ours[0] = &sum->volume;
		claimed[0] = &claim->volume;
	}
	for (unsigned side = 0; side < (check->is_volume ? 1U : 2U); side++) {
		dec_round(&check->ours[side], ours[side], OCPI_MONEY_SCALE,
		    DEC_HALF_UP);
		if (check->has[side]) {
			dec_set(&check->claimed[side], claimed[side]);
		}
	}
	explain(check, report, cdr);
}

size_t
ocpi_claims(struct ocpi_claim checks[OCPI_CLAIMS_MAX],
    const struct ocpi_report *report, const struct cdr *cdr)
{
	size_t count = 0;

	for (size_t i = 0; i < CDR_TOTALS; i++) {
		struct ocpi_claim *check = &checks[count];

		*check = (struct ocpi_claim){.key = cdr_totals[i].key,
		    .item = cdr_totals[i].item,
		    .is_volume = cdr_totals[i].is_volume};
		fill(check, report, cdr);
		if (i == 0 || check->has[0] || check->has[1] ||
		    !dec_is_zero(&check->ours[0]) ||
		    !dec_is_zero(&check->ours[1])) {
			count++;
		} else {
			ocpi_claims_release(check, 1);
		}
	}
	return count;
}

void
ocpi_claims_release(struct ocpi_claim *checks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (unsigned side = 0; side < 2; side++) {
			dec_release(&checks[i].ours[side]);
			dec_release(&checks[i].claimed[side]);
		}
	}
}
