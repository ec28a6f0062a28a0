/* cec102_fuzz.c - any bytes as charge orders: nothing breaks, and an order
 * without a fault has the totals of its details.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/zone.h"
#include "format/cec102.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void
look_at(const struct cdr *cdr)
{
	struct dec sum = {0};

	for (size_t i = 0; i < cdr->period_count; i++) {
		dec_add(
		    &sum, &sum, &cdr->periods[i].volumes[CDR_ENERGY_IMPORT]);
		if (cdr->periods[i].start_utc < cdr->start_utc ||
		    cdr->periods[i].end_utc > cdr->end_utc) {
			abort();
		}
	}
	if (dec_cmp(&sum, &cdr->claims[CDR_ITEM_ENERGY].volume) != 0) {
		abort();
	}
	dec_release(&sum);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct jsonread read;
	struct qf_error err;
	struct cdrs cdrs;
	struct zone *zone;

	if (zone_load(&zone, "Asia/Shanghai", &err) == -1) {
		abort();
	}
	jsonread_begin(&read, "f");
	if (cec102_read(
		&cdrs, &read, zone, (const char *)bytes, length, &err) == 0) {
		for (size_t i = 0; i < cdrs.count; i++) {
			if (cdrs.list[i].sound) {
				look_at(&cdrs.list[i].cdr);
			}
		}
		cdrs_release(&cdrs);
	}
	jsonread_end(&read);
	zone_free(zone);
	return 0;
}
