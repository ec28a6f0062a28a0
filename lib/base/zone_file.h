/* zone_file.h - the content of a TZif file, for zone.c alone.
 *
 * A table of transitions, each with the offset that it begins, and the rule
 * of the footer for the time after them.  Plain data; zone_file_release()
 * frees the tables, and is harmless on one that is all zero.
 */
#ifndef QF_BASE_ZONE_FILE_H
#define QF_BASE_ZONE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define ZONE_DIRECTORY "/usr/share/zoneinfo"
#define ZONE_OFFSET_MAX_S (26 * 3600) /* RFC 9636: from -25 to 26 hours */

/* A day of the year on which the clock changes, and when. */
struct zone_change {
	enum {
		ZONE_MONTH_WEEK, /* Mm.w.d: month, week 1..5, weekday 0..6 */
		ZONE_JULIAN, /* Jn: 1..365, 29 February not counted */
		ZONE_DAY, /* n: 0..365 */
	} kind;
	int month;
	int week;
	int day;
	int32_t time_s; /* local, -167 h..167 h */
};

/* The POSIX TZ string of the footer. */
struct zone_rule {
	int32_t standard_s; /* seconds east of UTC */
	int32_t summer_s;
	bool has_summer;
	struct zone_change start; /* of summer time, told in standard time */
	struct zone_change end; /* told in summer time */
};

struct zone_file {
	size_t count; /* transitions, ascending */
	int64_t *at_utc; /* of each */
	int32_t *offset_s; /* that each begins */
	int32_t first_offset_s; /* before the first */
	bool has_rule;
	struct zone_rule rule; /* after the last */
};

/* Reads the file of a zone name; codes as zone_load(). */
int
zone_file_read(struct zone_file *file, const char *name, struct qf_error *err);
void zone_file_release(struct zone_file *file);

/* Takes the content of a file: NULL, or a text that says what is wrong, and
 * then there is nothing to release. */
const char *
zone_file_parse(struct zone_file *file, const void *bytes, size_t length);

/* The instant of a change in a year; offset_s is in force before it. */
int64_t
zone_change_utc(const struct zone_change *change, int year, int32_t offset_s);

#endif
