/* civil.c - dates and times of day of the Gregorian calendar, without libc.
 *
 * libc's functions depend on the environment (TZ, locale) and on hidden
 * state; settlement needs the same answer everywhere.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/civil.h"

#include <assert.h>

#define DAYS_OF_400_YEARS 146097
#define DAYS_BEFORE_1970 719468 /* from 0000-03-01 */
#define YEAR_MAX 9999
#define MARGIN_DAYS 3 /* more than an offset and a zone make together */
#define SHOWN_MAX 60 /* bytes of a bad text that a message shows */

/* The calendar repeats every 400 years; counting years from March puts the
 * leap day last, which makes the length of the months a straight line. */
int32_t
civil_day(int year, int month, int day_of_month)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t cycle = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_cycle = y - cycle * 400;
	int64_t march_month = month > 2 ? month - 3 : month + 9;
	int64_t day_of_year = (153 * march_month + 2) / 5 + day_of_month - 1;
	int64_t day_of_cycle = year_of_cycle * 365 + year_of_cycle / 4 -
			       year_of_cycle / 100 + day_of_year;

	assert(month >= 1 && month <= 12);
	return (int32_t)(cycle * DAYS_OF_400_YEARS + day_of_cycle -
			 DAYS_BEFORE_1970);
}

void
civil_date(int32_t day, int *year, int *month, int *day_of_month)
{
	int64_t shifted = (int64_t)day + DAYS_BEFORE_1970;
	int64_t cycle =
	    (shifted >= 0 ? shifted : shifted - (DAYS_OF_400_YEARS - 1)) /
	    DAYS_OF_400_YEARS;
	int64_t of_cycle = shifted - cycle * DAYS_OF_400_YEARS;
	int64_t year_of_cycle = (of_cycle - of_cycle / 1460 + of_cycle / 36524 -
				    of_cycle / (DAYS_OF_400_YEARS - 1)) /
				365;
	int64_t of_year = of_cycle - (365 * year_of_cycle + year_of_cycle / 4 -
					 year_of_cycle / 100);
	int64_t march_month = (5 * of_year + 2) / 153;

	*day_of_month = (int)(of_year - (153 * march_month + 2) / 5 + 1);
	*month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
	*year = (int)(year_of_cycle + cycle * 400 + (*month <= 2));
}

bool
civil_is_leap_year(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int
civil_days_in_month(int year, int month)
{
	static const int days[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	assert(month >= 1 && month <= 12);
	return days[month - 1] + (month == 2 && civil_is_leap_year(year));
}

bool
civil_date_ok(int year, int month, int day_of_month)
{
	return month >= 1 && month <= 12 && day_of_month >= 1 &&
	       day_of_month <= civil_days_in_month(year, month);
}

int
civil_weekday(int32_t day)
{
	/* 1970-01-01 was a Thursday. */
	int shifted = (int)(((int64_t)day + 3) % 7);

	return (shifted < 0 ? shifted + 7 : shifted) + 1;
}

int32_t
civil_month(int year, int month)
{
	assert(month >= 1 && month <= 12);
	return (int32_t)(year * 12 + month - 1);
}

int32_t
civil_month_of_day(int32_t day)
{
	int year, month, day_of_month;

	civil_date(day, &year, &month, &day_of_month);
	return civil_month(year, month);
}

/* The year and month (1..12) of a month number. */
static void
month_parts(int32_t number, int *year, int *month)
{
	*year = (number >= 0 ? number : number - 11) / 12;
	*month = number - *year * 12 + 1;
}

int32_t
civil_month_first_day(int32_t number)
{
	int year, month;

	month_parts(number, &year, &month);
	return civil_day(year, month, 1);
}

int32_t
civil_time_day(int64_t local_s)
{
	int64_t floor_s = local_s >= 0 ? local_s : local_s - (CIVIL_DAY_S - 1);

	return (int32_t)(floor_s / CIVIL_DAY_S);
}

int32_t
civil_time_second(int64_t local_s)
{
	return (
	    int32_t)(local_s - (int64_t)civil_time_day(local_s) * CIVIL_DAY_S);
}

/* Reads count digits; -1 when there is something else. */
static int
digits(const char *p, int count)
{
	int value = 0;

	for (int i = 0; i < count; i++) {
		unsigned digit = (unsigned)(unsigned char)p[i] - '0';

		if (digit > 9) {
			return -1;
		}
		value = value * 10 + (int)digit;
	}
	return value;
}

/* What a text was found to be. */
enum verdict { WELL, BAD_SYNTAX, BAD_RANGE };

/* Reads the ten bytes of a date. */
static enum verdict
read_date(const char *p, int32_t *day)
{
	int year = digits(p, 4);
	int month = digits(p + 5, 2);
	int day_of_month = digits(p + 8, 2);

	if (year < 0 || month < 0 || day_of_month < 0 || p[4] != '-' ||
	    p[7] != '-') {
		return BAD_SYNTAX;
	}
	if (year == 0 || !civil_date_ok(year, month, day_of_month)) {
		return BAD_RANGE;
	}
	*day = civil_day(year, month, day_of_month);
	return WELL;
}

/* Reads hh:mm with an optional :ss, and moves *p behind it. */
static enum verdict
read_clock(const char **p, const char *end, unsigned flags, int32_t *second)
{
	const char *at = *p;
	int hour, minute, sec = 0;

	if (end - at < 5 || at[2] != ':') {
		return BAD_SYNTAX;
	}
	hour = digits(at, 2);
	minute = digits(at + 3, 2);
	at += 5;
	if (at < end && *at == ':') {
		if (end - at < 3) {
			return BAD_SYNTAX;
		}
		sec = digits(at + 1, 2);
		at += 3;
	}
	if (hour < 0 || minute < 0 || sec < 0) {
		return BAD_SYNTAX;
	}
	*p = at;
	*second = hour * 3600 + minute * 60 + sec;
	if (minute > 59 || sec > 59) {
		return BAD_RANGE;
	}
	if (hour > 23 &&
	    !((flags & CIVIL_ALLOW_24) && *second == CIVIL_DAY_S)) {
		return BAD_RANGE;
	}
	return WELL;
}

/* Reads "", "Z" or "+hh:mm" up to the end. */
static enum verdict
read_offset(const char *p, const char *end, struct civil_time *out)
{
	int hour, minute;

	out->has_offset = p < end;
	out->offset_s = 0;
	if (p == end || (end - p == 1 && *p == 'Z')) {
		return WELL;
	}
	if (end - p != 6 || (*p != '+' && *p != '-') || p[3] != ':') {
		return BAD_SYNTAX;
	}
	hour = digits(p + 1, 2);
	minute = digits(p + 4, 2);
	if (hour < 0 || minute < 0) {
		return BAD_SYNTAX;
	}
	if (hour > 23 || minute > 59) {
		return BAD_RANGE;
	}
	out->offset_s = (*p == '-' ? -1 : 1) * (hour * 3600 + minute * 60);
	return WELL;
}

/* A range fault is only named when the rest of the text is well formed. */
static enum verdict
read_time(
    const char *text, size_t length, unsigned flags, struct civil_time *out)
{
	const char *p = text + 11, *end = text + length;
	enum verdict date, clock, offset;
	int32_t day = 0, second = 0;

	if (length < 16 || (text[10] != 'T' && text[10] != ' ')) {
		return BAD_SYNTAX;
	}
	date = read_date(text, &day);
	clock = read_clock(&p, end, flags, &second);
	if (date == BAD_SYNTAX || clock == BAD_SYNTAX) {
		return BAD_SYNTAX;
	}
	offset = read_offset(p, end, out);
	if (offset == BAD_SYNTAX) {
		return BAD_SYNTAX;
	}
	/* What is read must have a text in every zone. */
	if (day < CIVIL_DAY_FIRST + MARGIN_DAYS ||
	    day > CIVIL_DAY_LAST - MARGIN_DAYS) {
		date = BAD_RANGE;
	}
	out->local_s = (int64_t)day * CIVIL_DAY_S + second;
	return date == WELL && clock == WELL && offset == WELL ? WELL
							       : BAD_RANGE;
}

static int
fail(enum verdict verdict, const char *syntax_code, const char *range_code,
    const char *wanted, const char *text, size_t length, struct qf_error *err)
{
	int shown = (int)(length < SHOWN_MAX ? length : SHOWN_MAX);

	/* No UTF-8 character is shown in part. */
	while ((size_t)shown < length && shown > 0 &&
	       ((unsigned char)text[shown] & 0xc0) == 0x80) {
		shown--;
	}
	if (verdict == BAD_RANGE) {
		return qf_fail(err, QF_DATA, range_code,
		    "\"%.*s\": does not exist in the calendar or on the clock",
		    shown, text);
	}
	return qf_fail(err, QF_DATA, syntax_code,
	    "\"%.*s\": not of the form %s", shown, text, wanted);
}

int
civil_parse_day(
    const char *text, size_t length, int32_t *day, struct qf_error *err)
{
	enum verdict verdict = length == 10 ? read_date(text, day) : BAD_SYNTAX;

	if (verdict != WELL) {
		return fail(verdict, "date-syntax", "date-range", "YYYY-MM-DD",
		    text, length, err);
	}
	return 0;
}

int
civil_parse_month(
    const char *text, size_t length, int32_t *month, struct qf_error *err)
{
	int year, number;

	if (length != 7 || text[4] != '-') {
		return fail(BAD_SYNTAX, "date-syntax", "date-range", "YYYY-MM",
		    text, length, err);
	}
	year = digits(text, 4);
	number = digits(text + 5, 2);
	if (year < 0 || number < 0) {
		return fail(BAD_SYNTAX, "date-syntax", "date-range", "YYYY-MM",
		    text, length, err);
	}
	if (year == 0 || number < 1 || number > 12) {
		return fail(BAD_RANGE, "date-syntax", "date-range", "YYYY-MM",
		    text, length, err);
	}
	*month = civil_month(year, number);
	return 0;
}

int
civil_parse_time(const char *text, size_t length, unsigned flags,
    struct civil_time *out, struct qf_error *err)
{
	struct civil_time time;
	enum verdict verdict = read_time(text, length, flags, &time);

	if (verdict != WELL) {
		return fail(verdict, "time-syntax", "time-range",
		    "YYYY-MM-DDTHH:MM[:SS][Z|+HH:MM]", text, length, err);
	}
	*out = time;
	return 0;
}

/* Writes count digits and returns the place behind them. */
static char *
put(char *p, int value, int count)
{
	for (int i = count - 1; i >= 0; i--) {
		p[i] = (char)('0' + value % 10);
		value /= 10;
	}
	assert(value == 0);
	return p + count;
}

static char *
put_month(char *p, int year, int month)
{
	if (year < 1 || year > YEAR_MAX) {
		BUG("year %d has no text", year);
	}
	p = put(p, year, 4);
	*p++ = '-';
	return put(p, month, 2);
}

static char *
put_day(char *p, int32_t day)
{
	int year, month, day_of_month;

	civil_date(day, &year, &month, &day_of_month);
	p = put_month(p, year, month);
	*p++ = '-';
	return put(p, day_of_month, 2);
}

/* Writes hh:mm, and :ss when asked. */
static char *
put_clock(char *p, int32_t second, bool with_seconds)
{
	p = put(p, second / 3600, 2);
	*p++ = ':';
	p = put(p, second / 60 % 60, 2);
	if (with_seconds) {
		*p++ = ':';
		p = put(p, second % 60, 2);
	}
	return p;
}

static char *
put_local(char *p, int64_t local_s)
{
	p = put_day(p, civil_time_day(local_s));
	*p++ = 'T';
	return put_clock(p, civil_time_second(local_s), true);
}

static size_t
end_text(const char *buffer, char *p)
{
	*p = '\0';
	assert(p - buffer < CIVIL_TEXT_MAX);
	return (size_t)(p - buffer);
}

size_t
civil_format_day(int32_t day, char *buffer)
{
	return end_text(buffer, put_day(buffer, day));
}

size_t
civil_format_month(int32_t number, char *buffer)
{
	int year, month;

	month_parts(number, &year, &month);
	return end_text(buffer, put_month(buffer, year, month));
}

size_t
civil_format_local(int64_t local_s, char *buffer)
{
	return end_text(buffer, put_local(buffer, local_s));
}

size_t
civil_format_utc(int64_t utc, char *buffer)
{
	char *p = put_local(buffer, utc);

	*p++ = 'Z';
	return end_text(buffer, p);
}

size_t
civil_format_offset(int64_t utc, int32_t offset_s, char *buffer)
{
	char *p = put_local(buffer, utc + offset_s);
	int32_t magnitude = offset_s < 0 ? -offset_s : offset_s;

	*p++ = offset_s < 0 ? '-' : '+';
	p = put_clock(p, magnitude, magnitude % 60 != 0);
	return end_text(buffer, p);
}
