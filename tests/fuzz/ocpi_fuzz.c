/* ocpi_fuzz.c - any bytes as a tariff or a record of OCPI: nothing breaks, and
 * what has no fault can be rated or is refused.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/zone.h"
#include "format/ocpi_cdr.h"
#include "rules/ocpi_rule.h"
#include "settle/ocpi_claims.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* A tariff that asks for much, to price whatever records come. */
static const char asks[] =
    "{\"id\":\"T\",\"currency\":\"EUR\",\"min_price\":{\"excl_vat\":1,"
    "\"incl_vat\":1.1},\"elements\":[{\"price_components\":["
    "{\"type\":\"TIME\",\"price\":1,\"vat\":7.5,\"step_size\":900},"
    "{\"type\":\"ENERGY\",\"price\":1,\"step_size\":500}],"
    "\"restrictions\":{\"start_time\":\"22:00\",\"end_time\":\"06:00\","
    "\"max_power\":16,\"max_kwh\":20}},{\"price_components\":["
    "{\"type\":\"FLAT\",\"price\":1,\"step_size\":1},"
    "{\"type\":\"ENERGY_EXPORT\",\"price\":1,\"step_size\":0},"
    "{\"type\":\"PARKING_TIME\",\"price\":1,\"step_size\":300},"
    "{\"type\":\"TIME\",\"price\":2,\"step_size\":60}]}]}";

static void
rate(const struct ocpi_tariff *tariff, const struct cdr *cdr)
{
	struct ocpi_claim checks[OCPI_CLAIMS_MAX];
	struct ocpi_report report = {0};
	struct refusal refusal;
	struct zone *zone;
	struct qf_error err;

	if (cdr->credit || zone_load(&zone, "Europe/Berlin", &err) == -1) {
		return;
	}
	if (ocpi_rate(&report, tariff, cdr, zone, &refusal) == 0) {
		ocpi_claims_release(checks, ocpi_claims(checks, &report, cdr));
	}
	ocpi_report_release(&report);
	zone_free(zone);
}

static void
rate_cdrs(const char *text, size_t length)
{
	struct ocpi_tariffs tariffs;
	struct jsonread read;
	struct qf_error err;
	struct cdrs cdrs;

	if (ocpi_tariffs_load(&tariffs, asks, sizeof(asks) - 1, "t", &err) ==
	    -1) {
		abort();
	}
	jsonread_begin(&read, "f");
	if (ocpi_cdrs_read(&cdrs, &read, text, length, &err) == 0) {
		for (size_t i = 0; i < cdrs.count; i++) {
			if (cdrs.list[i].sound) {
				rate(&tariffs.list[0], &cdrs.list[i].cdr);
			}
		}
		cdrs_release(&cdrs);
	}
	jsonread_end(&read);
	ocpi_tariffs_release(&tariffs);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	const char *text = (const char *)bytes;
	struct tariff_faults faults;
	struct ocpi_rule *rule;
	struct qf_error err;
	int rc;

	ocpi_rule_check(&faults, text, length, "f");
	rc = ocpi_rule_load(&rule, text, length, "f", &err);
	if ((rc == 0) != (faults.count == 0) || (rc == 0) != (rule != NULL)) {
		abort();
	}
	tariff_faults_free(&faults);
	ocpi_rule_free(rule);
	rate_cdrs(text, length);
	return 0;
}
