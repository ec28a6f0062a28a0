/* zone.h - local time of a place, from the IANA time zone data.
 *
 * Reads the system's TZif file (RFC 9636) with the rule in its footer for
 * times after its table.  A market has one zone, and its days, months and
 * bands are local.
 *
 *	struct zone *zone;
 *
 *	if (zone_load(&zone, "Asia/Shanghai", err) == -1)
 *		...
 *	day = zone_day_of(zone, start_utc);
 *	zone_free(zone);
 *
 * Ownership: zone_load() makes, zone_free() frees (NULL is fine).  A zone is
 * not for two threads at once: it remembers the last answer.
 *
 * Limits: instants of the years 1 to 9999.  Instants before the first entry
 * of the table have its first local time type, as the RFC says.
 */
#ifndef QF_BASE_ZONE_H
#define QF_BASE_ZONE_H

#include <stdint.h>

#include "base/status.h"

struct zone;

/* Loads a zone by name.  QF_CONFIG: zone-unknown (no such zone, or a name
 * that is no zone name: empty, with "..", with a leading "/"), zone-invalid
 * (its file is damaged).  Never falls back to UTC.  *zone is NULL on
 * failure. */
int zone_load(struct zone **zone, const char *name, struct qf_error *err);
void zone_free(struct zone *zone);

/* The name it was loaded by; valid as long as the zone. */
const char *zone_name(const struct zone *zone);

/* Seconds east of UTC in force at an instant. */
int32_t zone_offset(const struct zone *zone, int64_t utc);

enum zone_fit {
	ZONE_UNIQUE, /* the wall clock showed this once */
	ZONE_AMBIGUOUS, /* twice: the clock was set back */
	ZONE_MISSING, /* never: the clock was set forward over it */
};

/* The instants at which the wall clock shows local_s (civil.h).  UNIQUE: both
 * are that instant.  AMBIGUOUS: the first and the second.  MISSING: both are
 * the instant at which the clock was set forward, the first after the gap. */
enum zone_fit zone_to_utc(const struct zone *zone, int64_t local_s,
    int64_t *earlier_utc, int64_t *later_utc);

/* The first instant of a local day: its 00:00, the first of the two where it
 * happens twice, and the end of the gap where it does not happen.  Days
 * follow each other without holes: day d is [start(d), start(d + 1)), which
 * is empty for a day that a place left out. */
int64_t zone_day_start(const struct zone *zone, int32_t day);

/* The local day that an instant belongs to: start(d) <= utc < start(d + 1).
 * That is the date on the wall clock, except where a clock was set back over
 * midnight: then the day that has begun goes on. */
int32_t zone_day_of(const struct zone *zone, int64_t utc);

/* The version of the zone data, such as "2025b", or "unknown".  Read once;
 * valid as long as the program. */
const char *zone_version(void);

#endif
