/* tariff_fuzz.c - any bytes as a tariff document: nothing breaks, a document
 * with faults is no tariff, and one without gives each day a schedule.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rules/bands.h"
#include "rules/tariff.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static int
any_day(void *context, const char *calendar, int32_t day, enum day_kind *kind,
    char name[ID_MAX + 1], struct qf_error *err)
{
	(void)context;
	(void)calendar;
	(void)err;
	*kind = (enum day_kind)(day % 3);
	memcpy(name, "x", 2);
	return 0;
}

static int
any_value(void *context, const char *station, const char *quantity, int32_t day,
    struct dec *value, struct qf_error *err)
{
	(void)context;
	(void)station;
	(void)quantity;
	(void)err;
	dec_set_int(value, day % 50, 0);
	return 1;
}

static void
look_at(const struct tariff *tariff)
{
	struct day_facts facts = {NULL, any_day, any_value};
	struct schedule schedule;
	struct qf_error err;

	for (size_t i = 0; i < tariff->version_count; i++) {
		const struct tariff_version *v = &tariff->versions[i];

		for (int32_t day = v->from_day; day < v->from_day + 9; day++) {
			if (bands_of_day(&schedule, v, day, &facts, &err) ==
				-1 &&
			    strcmp(err.code, "bands-too-many") != 0) {
				abort();
			}
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct tariff_faults faults;
	struct tariff *tariff;
	struct qf_error err;
	int rc;

	tariff_check(&faults, (const char *)bytes, length, "f");
	rc = tariff_load(&tariff, (const char *)bytes, length, "f", &err);
	if ((rc == 0) != (faults.count == 0) || (rc == 0) != (tariff != NULL)) {
		abort();
	}
	tariff_faults_free(&faults);
	if (tariff != NULL) {
		look_at(tariff);
		tariff_free(tariff);
	}
	return 0;
}
