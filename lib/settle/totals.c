/* totals.c - adding the rows of a statement up.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/totals.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/status.h"

struct totals {
	struct statement_totals sums;
};

struct totals *
totals_new(void)
{
	return xcalloc(1, sizeof(struct totals));
}

void
totals_clear(struct totals *totals)
{
	struct statement_totals *sums = &totals->sums;

	for (size_t i = 0; i < sums->energy_count; i++) {
		dec_release(&sums->energy[i].kwh);
		dec_release(&sums->energy[i].difference_kwh);
		free((char *)sums->energy[i].channel);
	}
	for (size_t i = 0; i < sums->money_count; i++) {
		free((char *)sums->money[i].subject);
	}
	sums->rows = 0;
	sums->energy_count = 0;
	sums->money_count = 0;
}

void
totals_free(struct totals *totals)
{
	if (totals == NULL) {
		return;
	}
	totals_clear(totals);
	free(totals->sums.energy);
	free(totals->sums.money);
	free(totals);
}

/* The order of a code with a role, of which either may be missing. */
static int
compare(const char *a, const char *a_role, const char *b, const char *b_role)
{
	int order = strcmp(a, b);

	return order != 0 ? order
			  : strcmp(a_role == NULL ? "" : a_role,
				b_role == NULL ? "" : b_role);
}

/* The sum of a channel, put in where it is new.  There are few. */
static struct statement_energy *
find_energy(
    struct statement_totals *sums, const char *channel, const char *role)
{
	size_t i = 0;

	while (i < sums->energy_count &&
	       compare(sums->energy[i].channel, sums->energy[i].role, channel,
		   role) < 0) {
		i++;
	}
	if (i < sums->energy_count &&
	    compare(sums->energy[i].channel, sums->energy[i].role, channel,
		role) == 0) {
		return &sums->energy[i];
	}
	sums->energy = xreallocarray(
	    sums->energy, sums->energy_count + 1, sizeof(*sums->energy));
	memmove(&sums->energy[i + 1], &sums->energy[i],
	    (sums->energy_count - i) * sizeof(*sums->energy));
	sums->energy_count++;
	memset(&sums->energy[i], 0, sizeof(sums->energy[i]));
	sums->energy[i].channel = xstrdup(channel);
	sums->energy[i].role = role;
	return &sums->energy[i];
}

/* The sum of a subject, likewise. */
static struct statement_money *
find_money(struct statement_totals *sums, const char *subject, const char *role)
{
	size_t i = 0;

	while (i < sums->money_count &&
	       compare(sums->money[i].subject, sums->money[i].role, subject,
		   role) < 0) {
		i++;
	}
	if (i < sums->money_count &&
	    compare(sums->money[i].subject, sums->money[i].role, subject,
		role) == 0) {
		return &sums->money[i];
	}
	sums->money = xreallocarray(
	    sums->money, sums->money_count + 1, sizeof(*sums->money));
	memmove(&sums->money[i + 1], &sums->money[i],
	    (sums->money_count - i) * sizeof(*sums->money));
	sums->money_count++;
	memset(&sums->money[i], 0, sizeof(sums->money[i]));
	sums->money[i].subject = xstrdup(subject);
	sums->money[i].role = role;
	return &sums->money[i];
}

static int
add_quantity(struct dec *sum, const char *text, struct qf_error *err)
{
	struct dec quantity = {0};
	size_t length = strlen(text);
	int scale;

	if (dec_parse_small(text, length, &quantity.small, &scale)) {
		quantity.scale = scale;
	} else if (dec_parse_stored(&quantity, text, length, err) == -1) {
		return -1;
	}
	dec_add(sum, sum, &quantity);
	dec_release(&quantity);
	return 0;
}

int
totals_add(struct totals *totals, const struct transfer *transfer,
    const char *role, struct qf_error *err)
{
	struct statement_totals *sums = &totals->sums;
	const struct transfer_sums *total = &transfer->total;
	const struct transfer_sums *change = &transfer->change;
	struct statement_money *money;

	sums->rows++;
	if (transfer->counts_energy) {
		struct statement_energy *energy =
		    find_energy(sums, transfer->key.channel, role);

		if (add_quantity(&energy->kwh, total->quantity, err) == -1 ||
		    add_quantity(
			&energy->difference_kwh, change->quantity, err) == -1) {
			return -1;
		}
	}
	money = find_money(sums, transfer->key.subject, role);
	if (__builtin_add_overflow(
		money->net_minor, total->net_minor, &money->net_minor) ||
	    __builtin_add_overflow(
		money->tax_minor, total->tax_minor, &money->tax_minor) ||
	    __builtin_add_overflow(
		money->gross_minor, total->gross_minor, &money->gross_minor) ||
	    __builtin_add_overflow(money->difference_net_minor,
		change->net_minor, &money->difference_net_minor) ||
	    __builtin_add_overflow(money->difference_tax_minor,
		change->tax_minor, &money->difference_tax_minor) ||
	    __builtin_add_overflow(money->difference_gross_minor,
		change->gross_minor, &money->difference_gross_minor)) {
		return qf_fail(err, QF_DATA, "totals-range",
		    "the sum of %s does not fit 64 bits", money->subject);
	}
	return 0;
}

void
totals_take(struct totals *totals, struct statement_totals *out)
{
	*out = totals->sums;
}
