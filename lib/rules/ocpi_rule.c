/* ocpi_rule.c - an OCPI tariff as a rule of a ledger.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rules/ocpi_rule.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"

#define LIMITS 2 /* min-price, max-price */

/* What lines of a component are called. */
static const char *
component_name(
    enum ocpi_dimension dimension, const struct ocpi_restrictions *of)
{
	bool reservation = of->reservation != OCPI_NO_RESERVATION;

	switch (dimension) {
	case OCPI_ENERGY:
		return "energy";
	case OCPI_ENERGY_EXPORT:
		return "energy-export";
	case OCPI_PARKING_TIME:
		return "parking-time";
	case OCPI_TIME:
		return reservation ? "reservation" : "time";
	case OCPI_FLAT:
		return reservation ? "reservation-fee" : "flat";
	default:
		BUG("dimension %d", (int)dimension);
	}
}

static void
name_charge(struct charge *charge, const char *name)
{
	memcpy(charge->component, name, strlen(name) + 1);
	memcpy(charge->subject, name, strlen(name) + 1);
	memcpy(charge->sessions_without_intervals, "hold", sizeof("hold"));
	charge->per = PER_ONCE;
	charge->form = PRICE_FIXED;
}

static void
lay_out_charge(struct charge *charge, const struct ocpi_element *element,
    enum ocpi_dimension dimension)
{
	const struct ocpi_component *component =
	    &element->components[dimension];
	static const struct dec hundred = DEC_SMALL(100, 0);

	name_charge(charge, component_name(dimension, &element->restrictions));
	if (dimension == OCPI_ENERGY || dimension == OCPI_ENERGY_EXPORT) {
		charge->per = PER_KWH;
		charge->channel =
		    dimension == OCPI_ENERGY ? CHANNEL_IMPORT : CHANNEL_EXPORT;
		charge->counts_energy = true;
	}
	charge->has_tax = component->has_vat;
	if (component->has_vat) {
		dec_div(&charge->tax_rate, &component->vat, &hundred,
		    component->vat.scale + 2, DEC_HALF_UP);
	}
	charge->line_no = (int)element->line_no;
}

/* Calls lay for each component in the order of the charges; stops where it
 * says so. */
struct walk {
	size_t index; /* of the charge */
	const struct ocpi_tariff *tariff;
	size_t element;
	enum ocpi_dimension dimension;
};

static bool
next_component(const struct ocpi_tariffs *ocpi, struct walk *walk, bool begin)
{
	size_t t = begin ? 0 : (size_t)(walk->tariff - ocpi->list);
	size_t e = begin ? 0 : walk->element;
	size_t d = begin ? 0 : (size_t)walk->dimension + 1;

	for (; t < ocpi->count; t++, e = 0) {
		for (; e < ocpi->list[t].element_count; e++, d = 0) {
			for (; d < OCPI_DIMENSIONS; d++) {
				const struct ocpi_element *element =
				    &ocpi->list[t].elements[e];

				if (!element->components[d].given) {
					continue;
				}
				walk->index += begin ? 0 : 1;
				walk->tariff = &ocpi->list[t];
				walk->element = e;
				walk->dimension = (enum ocpi_dimension)d;
				return true;
			}
		}
	}
	return false;
}

static void
lay_out(struct ocpi_rule *rule)
{
	struct tariff *tariff = xcalloc(1, sizeof(*tariff));
	struct tariff_version *version = xcalloc(1, sizeof(*version));
	struct walk walk = {0};
	size_t count = 0;

	for (bool more = next_component(&rule->ocpi, &walk, true); more;
	     more = next_component(&rule->ocpi, &walk, false)) {
		count = walk.index + 1;
	}
	memcpy(tariff->id, rule->ocpi.list[0].id, sizeof(tariff->id));
	tariff->versions = version;
	tariff->version_count = 1;
	version->from_day = CIVIL_DAY_FIRST;
	version->to_day = INT32_MAX;
	version->charge_count = count + LIMITS;
	version->charges =
	    xcalloc(version->charge_count, sizeof(*version->charges));
	walk = (struct walk){0};
	for (bool more = next_component(&rule->ocpi, &walk, true); more;
	     more = next_component(&rule->ocpi, &walk, false)) {
		const struct ocpi_element *element =
		    &walk.tariff->elements[walk.element];

		lay_out_charge(
		    &version->charges[walk.index], element, walk.dimension);
		/* What a step adds is rated and was not metered. */
		version->has_energy_rounding =
		    version->has_energy_rounding ||
		    (walk.dimension == OCPI_ENERGY &&
			element->components[OCPI_ENERGY].step > 0);
	}
	name_charge(&version->charges[count], "min-price");
	name_charge(&version->charges[count + 1], "max-price");
	rule->tariff = tariff;
}

/* A rule has one id. */
static void
check_ids(struct jsonread *read, const struct ocpi_tariffs *ocpi)
{
	for (size_t i = 1; i < ocpi->count; i++) {
		struct jsonin at = {.line_no = ocpi->list[i].line_no};

		if (strcmp(ocpi->list[0].id, ocpi->list[i].id) != 0) {
			jsonread_fault(read, &at, "ocpi-several",
			    "tariff %s beside %s: a rule is one tariff, give "
			    "each a file",
			    ocpi->list[i].id, ocpi->list[0].id);
		} else if (strcmp(ocpi->list[0].currency,
			       ocpi->list[i].currency) != 0) {
			jsonread_fault(read, &at, "ocpi-currency",
			    "one tariff in two currencies");
		}
	}
}

static int
read_rule(struct ocpi_tariffs *out, struct jsonread *read, const char *text,
    size_t length, struct qf_error *err)
{
	if (ocpi_tariffs_read(out, read, text, length, err) == -1) {
		return -1;
	}
	check_ids(read, out);
	return 0;
}

int
ocpi_rule_load(struct ocpi_rule **out, const char *text, size_t length,
    const char *file, struct qf_error *err)
{
	struct ocpi_rule *rule = xcalloc(1, sizeof(*rule));
	struct jsonread read;
	int rc;

	*out = NULL;
	jsonread_begin(&read, file);
	rc = read_rule(&rule->ocpi, &read, text, length, err);
	if (rc == 0 && read.fault_count > 0) {
		*err = read.faults[0];
		rc = -1;
	}
	jsonread_end(&read);
	if (rc == -1) {
		err->status = QF_CONFIG;
		ocpi_rule_free(rule);
		return -1;
	}
	lay_out(rule);
	*out = rule;
	return 0;
}

void
ocpi_rule_free(struct ocpi_rule *rule)
{
	if (rule == NULL) {
		return;
	}
	ocpi_tariffs_release(&rule->ocpi);
	tariff_free(rule->tariff);
	free(rule);
}

void
ocpi_rule_check(struct tariff_faults *out, const char *text, size_t length,
    const char *file)
{
	struct ocpi_tariffs ocpi;
	struct jsonread read;
	struct qf_error fault;
	size_t count;

	*out = (struct tariff_faults){.count = 0};
	jsonread_begin(&read, file);
	if (read_rule(&ocpi, &read, text, length, &fault) == -1) {
		out->list = xcalloc(1, sizeof(*out->list));
		out->list[0] = fault;
		out->count = 1;
	}
	count = read.fault_count < TARIFF_FAULTS_MAX ? read.fault_count
						     : TARIFF_FAULTS_MAX;
	if (count > 0) {
		free(out->list);
		out->list = xcalloc(count, sizeof(*out->list));
		memcpy(out->list, read.faults, count * sizeof(*out->list));
		out->count = count;
	}
	ocpi_tariffs_release(&ocpi);
	jsonread_end(&read);
}

/* Charges ---------------------------------------------------------------- */

const struct charge *
ocpi_rule_charge(const struct ocpi_rule *rule, const struct ocpi_tariff *tariff,
    size_t element, enum ocpi_dimension dimension)
{
	struct walk walk = {0};

	for (bool more = next_component(&rule->ocpi, &walk, true); more;
	     more = next_component(&rule->ocpi, &walk, false)) {
		if (walk.tariff == tariff && walk.element == element &&
		    walk.dimension == dimension) {
			return &rule->tariff->versions[0].charges[walk.index];
		}
	}
	BUG("no such component");
}

const struct charge *
ocpi_rule_limit(const struct ocpi_rule *rule, const char *limit)
{
	const struct tariff_version *version = &rule->tariff->versions[0];
	size_t first = version->charge_count - LIMITS;

	assert(limit != NULL);
	return &version->charges[first +
				 (strcmp(limit, "max_price") == 0 ? 1 : 0)];
}
