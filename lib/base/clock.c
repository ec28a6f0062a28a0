/* clock.c - the one reader of the clock.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/clock.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DIGITS_MAX 12 /* of a count of seconds: the year 33658 */

/* Reads count digits at *text; false if they are not there. */
static bool
take_digits(const char **text, int count, int *out)
{
	int value = 0;

	for (int i = 0; i < count; i++, (*text)++) {
		if (**text < '0' || **text > '9') {
			return false;
		}
		value = value * 10 + (**text - '0');
	}
	*out = value;
	return true;
}

static bool
take_char(const char **text, char c)
{
	if (**text != c) {
		return false;
	}
	(*text)++;
	return true;
}

/* Days since 1970 of a date of the Gregorian calendar, counted in years that
 * begin on 1 March so that the leap day is the last. */
static int64_t
days_of(int year, int month, int day)
{
	int64_t years = month > 2 ? year : year - 1;
	int64_t months = (month + 9) % 12;

	return years * 365 + years / 4 - years / 100 + years / 400 +
	       (153 * months + 2) / 5 + (day - 1) - 719468;
}

static bool
date_exists(int year, int month, int day)
{
	static const int days[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (month < 1 || month > 12 || day < 1) {
		return false;
	}
	return day <= days[month - 1] + (month == 2 && leap);
}

/* 2025-03-01T00:00:00Z */
static bool
parse_stamp(const char *text, int64_t *out_utc)
{
	int year, month, day, hour, minute, second;

	if (!take_digits(&text, 4, &year) || !take_char(&text, '-') ||
	    !take_digits(&text, 2, &month) || !take_char(&text, '-') ||
	    !take_digits(&text, 2, &day) || !take_char(&text, 'T') ||
	    !take_digits(&text, 2, &hour) || !take_char(&text, ':') ||
	    !take_digits(&text, 2, &minute) || !take_char(&text, ':') ||
	    !take_digits(&text, 2, &second) || !take_char(&text, 'Z') ||
	    *text != '\0') {
		return false;
	}
	if (!date_exists(year, month, day) || hour > 23 || minute > 59 ||
	    second > 59) {
		return false;
	}
	*out_utc = days_of(year, month, day) * 86400 + hour * 3600 +
		   minute * 60 + second;
	return true;
}

static bool
parse_seconds(const char *text, int64_t *out_utc)
{
	int64_t value = 0;
	size_t length = strlen(text);

	if (length == 0 || length > DIGITS_MAX ||
	    strspn(text, "0123456789") != length) {
		return false;
	}
	for (size_t i = 0; i < length; i++) {
		value = value * 10 + (text[i] - '0');
	}
	*out_utc = value;
	return true;
}

int
clock_now_utc(int64_t *out_utc, const char *text, struct qf_error *err)
{
	struct timespec now;

	if (text == NULL) {
		text = getenv("QF_CLOCK");
	}
	if (text == NULL) {
		if (clock_gettime(CLOCK_REALTIME, &now) == -1) {
			return qf_fail(err, QF_OS, "clock-read",
			    "the system clock cannot be read");
		}
		*out_utc = now.tv_sec;
		return 0;
	}
	if (!parse_seconds(text, out_utc) && !parse_stamp(text, out_utc)) {
		return qf_fail(err, QF_USAGE, "clock-text",
		    "%s: neither seconds since 1970 nor of the form "
		    "2025-03-01T00:00:00Z",
		    text);
	}
	return 0;
}

int64_t
clock_monotonic_ns(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) == -1) {
		BUG("no monotonic clock");
	}
	assert(now.tv_sec >= 0);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}
