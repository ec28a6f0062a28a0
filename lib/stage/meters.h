/* meters.h - the meters of a point, to be asked by time.
 *
 *	struct meters meters = {0};
 *
 *	if (meters_load(&meters, ledger, asof, "gate-1", err) == -1) ...
 *	meter = meters_at(&meters, utc);
 *	...
 *	meters_release(&meters);
 *
 * Kept for the next point: its memory and its lookup are used again, and the
 * same point is not looked up twice.
 */
#ifndef QF_STAGE_METERS_H
#define QF_STAGE_METERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"
#include "model/contract.h"

struct fact_cursor;
struct ledger;
struct qf_error;

struct meter_stretch {
	int64_t from_utc, to_utc;
	struct dec multiplier;
	int digits; /* before the point */
	bool told; /* both are */
};

struct meters {
	char point[ID_MAX + 1]; /* "": none is loaded */
	struct meter_stretch *stretches;
	size_t count, capacity;
	struct fact_cursor *cursor;
};

int meters_load(struct meters *meters, struct ledger *ledger, int64_t asof,
    const char *point, struct qf_error *err);

/* The meter at an instant, or NULL where none tells its multiplier. */
const struct meter_stretch *meters_at(const struct meters *meters, int64_t utc);

/* Until when what meters_at() says of the instant holds. */
int64_t meters_until(const struct meters *meters, int64_t utc);

/* Ends the lookup; what is loaded stays. */
void meters_close(struct meters *meters);
void meters_release(struct meters *meters);

#endif
