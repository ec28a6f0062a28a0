/* ocpi_claims.h - what a record claims against what its tariff comes to.
 *
 *	struct ocpi_claim checks[OCPI_CLAIMS_MAX];
 *	size_t count = ocpi_claims(checks, &report, &cdr);
 *
 *	... checks[i].key, checks[i].ours[0], checks[i].differs ...
 *	ocpi_claims_release(checks, count);
 *
 * Both sides are compared at four decimals, half up, which is what OCPI gives
 * a number that says nothing else.  A difference is explained by the rule that
 * the sender seems to have left out, or said to have no explanation.
 */
#ifndef QF_SETTLE_OCPI_CLAIMS_H
#define QF_SETTLE_OCPI_CLAIMS_H

#include "settle/ocpi.h"

#define OCPI_CLAIMS_MAX (2 * CDR_ITEMS)
#define OCPI_WHY_MAX 256

struct ocpi_claim {
	const char *key; /* "total_energy_cost" */
	enum cdr_item item;
	bool is_volume; /* [0] is a volume; else [0] without, [1] with VAT */
	struct dec ours[2]; /* at four decimals */
	struct dec claimed[2];
	bool has[2]; /* there is a claim */
	bool differs;
	char why[OCPI_WHY_MAX]; /* "" where all is equal */
};

/* Fills one for each total that is claimed or not zero, the total cost first;
 * returns how many. */
size_t ocpi_claims(struct ocpi_claim checks[OCPI_CLAIMS_MAX],
    const struct ocpi_report *report, const struct cdr *cdr);

void ocpi_claims_release(struct ocpi_claim *checks, size_t count);

#endif
