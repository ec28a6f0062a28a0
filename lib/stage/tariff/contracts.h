/* contracts.h - what a tariff asks for that no contract, and no file of
 * facts, supplies.
 *
 *	if (tariff_contracts(tariff, facts, zone, sink, &count, err) == -1) ...
 *
 * Each contract of the facts that names the tariff is held against every
 * version of it that it meets: whether there is a charge for it, whether it
 * says the options and words that charges and ratios ask, and whether the
 * files have the calendar, the conditions, the price series and, in every
 * month that they have prices of, the rows of price tables.
 *
 * Output: a line each, "file:line: contract: what [code]"; the codes are, where
 * there is one, the reasons of qf-rate(1) for which the contract would be
 * held.  Errors: those of the sink.
 */
#ifndef QF_STAGE_TARIFF_CONTRACTS_H
#define QF_STAGE_TARIFF_CONTRACTS_H

#include "base/sink.h"
#include "rules/tariff.h"
#include "stage/tariff/facts.h"

/* *count gets the lines. */
int tariff_contracts(const struct tariff *tariff, struct tariff_facts *facts,
    const struct zone *zone, struct sink sink, size_t *count,
    struct qf_error *err);

#endif
