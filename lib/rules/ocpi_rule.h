/* ocpi_rule.h - an OCPI tariff as a rule of a ledger.
 *
 *	struct ocpi_rule *rule;
 *
 *	if (ocpi_rule_load(&rule, text, length, file, err) == -1) ...
 *	charge = ocpi_rule_charge(rule, 0, 3, OCPI_TIME, false);
 *	ocpi_rule_free(rule);
 *
 * Lines of a run name a charge of a tariff; so a document of OCPI is also laid
 * out as one: a tariff of one version that is always valid, whose charges are
 * the price components, of any leg, and two for the limits of the price.  It
 * names what is owed, and prices nothing by itself: settle/ocpi.h does.
 *
 * Components: energy, energy-export, time, parking-time, flat, reservation and
 * reservation-fee, min-price and max-price; each is its own subject.
 *
 * A document may hold one tariff several times, for different times, but not
 * tariffs of several ids: a rule has one.
 */
#ifndef QF_RULES_OCPI_RULE_H
#define QF_RULES_OCPI_RULE_H

#include "rules/ocpi_tariff.h"
#include "rules/tariff.h"

#define OCPI_RULE_KIND "ocpi-tariff" /* of rule.kind */

struct ocpi_rule {
	struct ocpi_tariffs ocpi;
	struct tariff *tariff; /* of one version */
};

int ocpi_rule_load(struct ocpi_rule **out, const char *text, size_t length,
    const char *file, struct qf_error *err);
void ocpi_rule_free(struct ocpi_rule *rule);

/* Everything that is wrong with a document as a rule; free as tariff_check()
 * says. */
void ocpi_rule_check(struct tariff_faults *out, const char *text, size_t length,
    const char *file);

/* The charge of a price component that is given. */
const struct charge *
ocpi_rule_charge(const struct ocpi_rule *rule, const struct ocpi_tariff *tariff,
    size_t element, enum ocpi_dimension dimension);

/* The charge of a limit, "min_price" or "max_price". */
const struct charge *
ocpi_rule_limit(const struct ocpi_rule *rule, const char *limit);

#endif
