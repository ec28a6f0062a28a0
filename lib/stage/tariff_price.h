/* tariff_price.h - the lines that a load would be billed, without a ledger.
 *
 * The load is a file of interval reads in the long or wide form, in kWh or
 * kW; each point and channel in it is priced from its first interval to its
 * last, under the versions and months between, by the arithmetic of qf-rate.
 * Charges that are not per kWh are left out, since a load has no contract.
 *
 *	if (tariff_price(tariff, "load.csv", zone, facts, &options, table,
 *	        err) == -1) ...
 *
 * Errors: those of the file; QF_DATA with the reason where qf-rate would hold
 * the account (settle/refusal.h).
 */
#ifndef QF_STAGE_TARIFF_PRICE_H
#define QF_STAGE_TARIFF_PRICE_H

#include "format/table.h"
#include "rules/tariff.h"
#include "stage/tariff_facts.h"

struct tariff_price_options {
	/* The user's, where the document leaves them to the contract. */
	const char *user_class, *type, *voltage;
	/* Told of each row of the load that is at fault. */
	void (*say)(void *context, const struct qf_error *err);
	void *context;
};

/* A table of lines, to be finished and freed by the caller. */
struct table *tariff_price_table(struct sink sink, enum table_form form);

int tariff_price(const struct tariff *tariff, const char *path,
    const struct zone *zone, struct tariff_facts *facts,
    const struct tariff_price_options *options, struct table *table,
    struct qf_error *err);

#endif
