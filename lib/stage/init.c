/* init.c - making a ledger for a market.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/init.h"

#include "base/zone.h"
#include "ledger/db.h"

int
init_ledger(const char *path, const struct market *market, int64_t recorded_utc,
    struct qf_error *err)
{
	struct zone *zone;

	if (zone_load(&zone, market->zone, err) == -1) {
		return -1;
	}
	zone_free(zone);
	return ledger_create(path, market, recorded_utc, err);
}
