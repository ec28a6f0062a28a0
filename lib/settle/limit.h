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

struct limit_sum {
	struct dec exact; /* as the prices are, with the tax where they hold
			   * it */
	int64_t net_minor;
};

void limit_add(struct limit_sum *sum, const struct charge_line *line);
void limit_sum_release(struct limit_sum *sum);

/* The exact amount of the difference's line, as the charge's prices are: what
 * is lacking is positive, what is over negative.  True where there is one. */
bool limit_difference(struct dec *exact, const struct limit *rule,
    const struct charge *charge, const struct tariff_version *version,
    const struct limit_sum *sum, int money_scale);

#endif
