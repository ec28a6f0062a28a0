/* metered.h - what was metered for a contract's leg, read again.
 *
 * From the reads, registers and sessions themselves, as of an entry: nothing
 * of what a run says is used.  For reads behind a point that is a sum, those
 * of its children.
 */
#ifndef QF_STAGE_AUDIT_METERED_H
#define QF_STAGE_AUDIT_METERED_H

#include "model/contract.h"
#include "stage/audit/energy.h"

#define AUDIT_STRETCHES 64 /* of one leg that are looked at */

struct audit_unit {
	struct contract *stretches; /* AUDIT_STRETCHES of them, the caller's */
	size_t count;
};

/* The stretches of a contract's leg that touch [from_utc, to_utc), by time. */
int audit_unit_find(struct audit_unit *unit, const struct audit_source *source,
    const char *contract, const char *leg, int64_t from_utc, int64_t to_utc,
    struct qf_error *err);

/* kWh of a channel at a point over the stretches of the unit there. */
int audit_metered(struct dec *kwh, const struct audit_source *source,
    const struct audit_unit *unit, const char *point, enum channel channel,
    int64_t from_utc, int64_t to_utc, struct qf_error *err);

/* kWh of a channel at a point by whatever it has: reads, else registers, else
 * sessions that end in the time and do not start before since_utc.  1 where it
 * has any. */
int audit_metered_point(struct dec *kwh, const struct audit_source *source,
    const char *point, enum channel channel, int64_t from_utc, int64_t to_utc,
    int64_t since_utc, struct qf_error *err);

#endif
