/* instant.c - times in files as instants.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/instant.h"

#include "base/civil.h"
#include "base/zone.h"

#define DATE_LENGTH 10 /* of 2025-02-01 */

int
instant_parse(const char *text, size_t length, const struct zone *zone,
    unsigned flags, int64_t *utc, struct qf_error *err)
{
	struct civil_time time;
	int64_t earlier_utc, later_utc;
	int32_t day;

	if ((flags & INSTANT_DATE) != 0 && length == DATE_LENGTH) {
		if (civil_parse_day(text, length, &day, err) == -1) {
			return -1;
		}
		*utc = zone_day_start(zone, day);
		return 0;
	}
	if (civil_parse_time(text, length,
		(flags & INSTANT_ALLOW_24) != 0 ? CIVIL_ALLOW_24 : 0, &time,
		err) == -1) {
		return -1;
	}
	if (time.has_offset) {
		*utc = time.local_s - time.offset_s;
		return 0;
	}
	switch (zone_to_utc(zone, time.local_s, &earlier_utc, &later_utc)) {
	case ZONE_UNIQUE:
		*utc = earlier_utc;
		return 0;
	case ZONE_AMBIGUOUS:
		return qf_fail(err, QF_DATA, "time-ambiguous",
		    "\"%.*s\": the clocks of %s showed this twice; write it "
		    "with its offset",
		    (int)length, text, zone_name(zone));
	case ZONE_MISSING:
		return qf_fail(err, QF_DATA, "time-missing",
		    "\"%.*s\": the clocks of %s never showed this", (int)length,
		    text, zone_name(zone));
	}
	BUG("a time that neither fits nor does not");
}
