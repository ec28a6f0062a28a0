/* limit.h - what charges lack to a minimum, or have over a maximum.
 *
 *	struct limit_sum sum = {0};
 *
 *	limit_add(&sum, line);
 *	if (limit_difference(&exact, rule, charge, version, &sum, 2)) ...
 *
 * The limit is of amounts net of tax.  Where lines are rounded, so are the
 * amounts that it is of; where the total is, they are exact.
 */
#ifndef QF_SETTLE_LIMIT_H
#define QF_SETTLE_LIMIT_H

#include "settle/charge.h"

/* The versions of a month may differ in what tax their prices hold. */
#define LIMIT_TAXES_MAX 32

struct limit_sum {
	struct {
		struct dec
		    factor; /* 1 + the rate of the tax that prices hold */
		struct dec exact; /* with it */
	} of[LIMIT_TAXES_MAX];
	size_t count;
	int64_t net_minor;
};

void limit_add(struct limit_sum *sum, const struct charge_line *line);
void limit_sum_release(struct limit_sum *sum);

/* What the exact amounts come to, with the tax that the charge's prices
 * hold. */
void limit_total(
    struct dec *out, const struct limit_sum *sum, const struct charge *charge);

/* The exact amount of the difference's line, as the charge's prices are: what
 * is lacking is positive, what is over negative.  True where there is one. */
bool limit_difference(struct dec *exact, const struct limit *rule,
    const struct charge *charge, const struct tariff_version *version,
    const struct limit_sum *sum, int money_scale);

#endif
