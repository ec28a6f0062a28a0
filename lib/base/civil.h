/* civil.h - dates and times of day of the Gregorian calendar, without libc.
 *
 * A day is the number of days since 1970-01-01 (int32_t); a month is counted
 * from January of the year 0 (int32_t, year * 12 + month - 1).  A local time
 * is seconds since 1970-01-01T00:00:00 on the wall clock of some place, which
 * only a zone (zone.h) or a written offset turns into an instant.  There are
 * no leap seconds.
 *
 *	int32_t day;
 *	char text[CIVIL_TEXT_MAX];
 *
 *	if (civil_parse_day("2025-02-01", 10, &day, err) == -1)
 *		...
 *	civil_format_day(day, text);
 *
 * Limits: texts have years 0001 to 9999; the arithmetic takes any year from
 * -1000000 to 1000000.  Nothing allocates.
 *
 * Errors: QF_DATA; the results are then unchanged.
 */
#ifndef QF_BASE_CIVIL_H
#define QF_BASE_CIVIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define CIVIL_DAY_S 86400 /* seconds of a day without a clock change */
#define CIVIL_DAY_FIRST (-719162) /* 0001-01-01 */
#define CIVIL_DAY_LAST 2932896 /* 9999-12-31 */
#define CIVIL_TEXT_MAX 40 /* a buffer for every format below */

/* The day of a date; month 1..12, day of month 1..31 (not checked against
 * the length of the month: see civil_date_ok). */
int32_t civil_day(int year, int month, int day_of_month);

/* True for a date that exists. */
bool civil_date_ok(int year, int month, int day_of_month);

/* The date of a day. */
void civil_date(int32_t day, int *year, int *month, int *day_of_month);

/* The ISO day of the week: 1 is Monday, 7 is Sunday. */
int civil_weekday(int32_t day);

bool civil_is_leap_year(int year);
int civil_days_in_month(int year, int month);

/* Months as numbers: of a year and month (1..12), of a day, and back. */
int32_t civil_month(int year, int month);
int32_t civil_month_of_day(int32_t day);
int32_t civil_month_first_day(int32_t month);

/* The local day of a local time, and the second within it (0..86399). */
int32_t civil_time_day(int64_t local_s);
int32_t civil_time_second(int64_t local_s);

/* Reads "2025-02-01", exactly length bytes.  Codes: date-syntax, date-range
 * (a date that does not exist). */
int civil_parse_day(
    const char *text, size_t length, int32_t *day, struct qf_error *err);

/* Reads "2025-02".  Codes: date-syntax, date-range. */
int civil_parse_month(
    const char *text, size_t length, int32_t *month, struct qf_error *err);

/* A time as written. */
struct civil_time {
	int64_t local_s; /* wall clock, seconds since 1970-01-01T00:00:00 */
	int32_t offset_s; /* seconds east of UTC, when has_offset; else 0 */
	bool has_offset; /* written with "Z" or an offset */
};

/* 24:00 may stand for the end of a day (as some meters write it); then
 * local_s is 00:00 of the next day. */
#define CIVIL_ALLOW_24 1U

/* Reads "2025-02-01T08:15[:00]" or with a blank for the T, optionally ended
 * by "Z" or "+08:00"; no fractions of a second.  flags: CIVIL_ALLOW_24.  The
 * instant, where has_offset, is local_s - offset_s.  Codes: time-syntax,
 * time-range (no such date or time of day, an offset beyond 23:59, 24:00
 * where not allowed, or within three days of the first or last day that has a
 * text, so that every time read can be written in every zone). */
int civil_parse_time(const char *text, size_t length, unsigned flags,
    struct civil_time *out, struct qf_error *err);

/* Each writes into a buffer of CIVIL_TEXT_MAX and returns the length.  Years
 * outside 0001 to 9999 are our own mistake (BUG). */
size_t civil_format_day(int32_t day, char *buffer); /* 2025-02-01 */
size_t civil_format_month(int32_t month, char *buffer); /* 2025-02 */
/* 2025-02-01T08:15:00 */
size_t civil_format_local(int64_t local_s, char *buffer);
/* 2025-02-01T00:15:00Z */
size_t civil_format_utc(int64_t utc, char *buffer);
/* 2025-02-01T08:15:00+08:00; seconds of an offset, which only times before
 * standard time have, are written as +08:05:43. */
size_t civil_format_offset(int64_t utc, int32_t offset_s, char *buffer);

#endif
