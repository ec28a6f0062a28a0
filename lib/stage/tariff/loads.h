/* loads.h - what points and channels a file of interval reads is of, and
 * from when to when: what qf-tariff price prices.
 *
 *	struct tariff_loads loads = {0};
 *
 *	if (tariff_loads_read(&loads, path, zone, say, context, err) == -1) ...
 *	tariff_loads_release(&loads);
 *
 * Energy must be of the primary side (no meter is known that would say by
 * what to multiply it), in kWh or as mean kW.  Errors: those of the reader;
 * QF_DATA load-quantity, load-side, load-empty.
 */
#ifndef QF_STAGE_TARIFF_LOADS_H
#define QF_STAGE_TARIFF_LOADS_H

#include "base/status.h"
#include "model/contract.h"
#include "model/series.h"

struct zone;

struct tariff_load {
	char point[ID_MAX + 1];
	enum channel channel;
	int64_t from_utc, to_utc; /* first interval with a value to last */
};

struct tariff_loads {
	struct tariff_load *list; /* by point and channel */
	size_t count;
};

int tariff_loads_read(struct tariff_loads *out, const char *path,
    const struct zone *zone,
    void (*say)(void *context, const struct qf_error *err), void *context,
    struct qf_error *err);
void tariff_loads_release(struct tariff_loads *loads);

#endif
