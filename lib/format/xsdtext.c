/* xsdtext.c - values of XML Schema's types that are written as text.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/xsdtext.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"

#define VALUE_MAX 128 /* bytes of a value that can be one */
#define SHOWN 40 /* bytes of a wrong value in a message */
#define EXPONENT_MAX 99
#define DURATION_MAX ((int64_t)36525 * CIVIL_DAY_S)

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The value without the blanks around it; false where it is too long. */
static bool
strip(char out[VALUE_MAX], const char *text)
{
	size_t length;

	while (is_blank(*text)) {
		text++;
	}
	length = strlen(text);
	while (length > 0 && is_blank(text[length - 1])) {
		length--;
	}
	if (length >= VALUE_MAX) {
		return false;
	}
	memcpy(out, text, length);
	out[length] = '\0';
	return true;
}

static int
fail(struct qf_error *err, const char *code, const char *text, const char *what)
{
	return qf_fail(err, QF_DATA, code, "\"%.*s\": %s", SHOWN, text, what);
}

/* Floats ------------------------------------------------------------------ */

/* A number in parts: its digits without leading zeros, and how many of them
 * stand before the point. */
struct parts {
	bool negative;
	char digits[VALUE_MAX];
	size_t count;
	int before; /* may be negative, and above count */
};

/* Reads an exponent up to the end. */
static bool
read_exponent(const char *text, int *out)
{
	bool negative = *text == '-';
	int value = 0;

	text += *text == '-' || *text == '+';
	if (!is_digit(*text)) {
		return false;
	}
	for (; is_digit(*text); text++) {
		value = value > EXPONENT_MAX ? value : value * 10 + *text - '0';
	}
	*out = negative ? -value : value;
	return *text == '\0' && value <= EXPONENT_MAX;
}

static bool
read_parts(struct parts *parts, const char *text)
{
	bool point = false, any = false;
	int exponent = 0;

	*parts = (struct parts){.negative = *text == '-'};
	text += *text == '-' || *text == '+';
	for (; is_digit(*text) || (*text == '.' && !point); text++) {
		if (*text == '.') {
			point = true;
			continue;
		}
		any = true;
		if (parts->count > 0 || *text != '0') {
			parts->digits[parts->count++] = *text;
			parts->before += !point;
		} else {
			parts->before -= point;
		}
	}
	if (!any) {
		return false;
	}
	if (*text == 'e' || *text == 'E') {
		if (!read_exponent(text + 1, &exponent)) {
			return false;
		}
		text = "";
	}
	parts->before += exponent;
	return *text == '\0';
}

/* Writes the number without an exponent; false where it is too long.  What the
 * zeros behind the point say of its accuracy stays. */
static bool
write_parts(const struct parts *parts, char out[2 * VALUE_MAX])
{
	int count = (int)parts->count, at = 0;

	if (parts->before > VALUE_MAX - 1 || parts->before < -VALUE_MAX) {
		return false;
	}
	if (parts->negative) {
		out[at++] = '-';
	}
	if (parts->before <= 0) {
		out[at++] = '0';
	}
	for (int i = 0; i < parts->before; i++) {
		out[at++] = i < count ? parts->digits[i] : '0';
	}
	if (count > parts->before && count > 0) {
		out[at++] = '.';
		for (int i = parts->before; i < count; i++) {
			out[at++] = i < 0 ? '0' : parts->digits[i];
		}
	}
	out[at] = '\0';
	return true;
}

int
xsd_float(struct dec *out, const char *text, struct qf_error *err)
{
	char value[VALUE_MAX], plain[2 * VALUE_MAX + 2];
	struct parts parts;
	struct qf_error ignored;

	if (!strip(value, text) || !read_parts(&parts, value)) {
		return fail(err, "xsd-float", text,
		    "is no decimal number, with or without an exponent");
	}
	if (parts.count == 0) {
		dec_set_int(out, 0, 0);
		return 0;
	}
	if (!write_parts(&parts, plain) ||
	    dec_parse(out, plain, strlen(plain), &ignored) == -1) {
		return fail(err, "xsd-float", text,
		    "has more digits than are kept exactly");
	}
	return 0;
}

/* Durations --------------------------------------------------------------- */

/* Seconds of a part; -1 where the letter is none, 0 where it has no length. */
static int64_t
part_seconds(char letter, bool in_time)
{
	switch (letter) {
	case 'W':
		return (int64_t)7 * CIVIL_DAY_S;
	case 'D':
		return CIVIL_DAY_S;
	case 'H':
		return 3600;
	case 'M':
		return in_time ? 60 : 0;
	case 'S':
		return 1;
	case 'Y':
		return 0;
	default:
		return -1;
	}
}

/* The place of a letter among the parts, which come in this order. */
static int
part_place(char letter, bool in_time)
{
	const char *order = in_time ? "HMS" : "YMWD";
	const char *at = strchr(order, letter);

	return at == NULL ? -1 : (int)(at - order) + (in_time ? 4 : 0);
}

/* One number and its letter; NULL where it cannot be read. */
static const char *
read_part(const char *text, bool *in_time, int *last_place, int64_t *seconds,
    bool *without_length)
{
	int64_t number = 0, each;
	int place;

	if (!is_digit(*text)) {
		return NULL;
	}
	for (; is_digit(*text); text++) {
		number =
		    number > DURATION_MAX ? number : number * 10 + *text - '0';
	}
	/* Hours and seconds say by themselves that a time has begun. */
	*in_time |= *text == 'H' || *text == 'S';
	each = *text == '\0' ? -1 : part_seconds(*text, *in_time);
	place = each == -1 ? -1 : part_place(*text, *in_time);
	if (place <= *last_place) {
		return NULL;
	}
	*last_place = place;
	if (each == 0 && number > 0) {
		*without_length = true;
	}
	if (number > DURATION_MAX || number * each > DURATION_MAX ||
	    (*seconds += number * each) > DURATION_MAX) {
		return NULL;
	}
	return text + 1;
}

int
xsd_duration(int64_t *seconds, const char *text, struct qf_error *err)
{
	bool in_time = false, without_length = false, negative, any = false;
	char value[VALUE_MAX];
	const char *at = value;
	int64_t sum = 0;
	int place = -1;

	if (!strip(value, text)) {
		return fail(err, "xsd-duration", text, "is no duration");
	}
	negative = *at == '-';
	at += *at == '-' || *at == '+';
	if (*at == 'P') {
		at++;
	} else if (at != value || strchr(at, 'W') == NULL) {
		return fail(err, "xsd-duration", text, "is no duration");
	}
	for (; *at != '\0'; any = true) {
		if (*at == 'T' && !in_time) {
			in_time = true;
			at++;
			if (any && *at == '\0') {
				break;
			}
		}
		at = read_part(at, &in_time, &place, &sum, &without_length);
		if (at == NULL) {
			return fail(
			    err, "xsd-duration", text, "is no duration");
		}
	}
	if (!any) {
		return fail(err, "xsd-duration", text, "is no duration");
	}
	if (without_length) {
		return fail(err, "xsd-duration", text,
		    "years and months have no length in seconds");
	}
	if (negative && sum > 0) {
		return fail(err, "xsd-duration", text, "is negative");
	}
	*seconds = sum;
	return 0;
}

/* Times ------------------------------------------------------------------- */

/* Takes a fraction of seconds out of a time; false where it is not 0. */
static bool
drop_fraction(char *value)
{
	char *point = strchr(value, '.'), *end;

	if (point == NULL) {
		return true;
	}
	end = point + 1;
	while (*end == '0') {
		end++;
	}
	if (is_digit(*end)) {
		return false;
	}
	memmove(point, end, strlen(end) + 1);
	return true;
}

int
xsd_instant(int64_t *utc, const char *text, struct qf_error *err)
{
	char value[VALUE_MAX];
	struct civil_time time;

	if (!strip(value, text) || !drop_fraction(value) ||
	    strchr(value, ' ') != NULL) {
		return fail(
		    err, "xsd-time", text, "is no time of whole seconds");
	}
	if (civil_parse_time(value, strlen(value), 0, &time, err) == -1) {
		return -1;
	}
	if (!time.has_offset) {
		return fail(err, "xsd-time", text,
		    "is neither UTC (Z) nor has an offset");
	}
	*utc = time.local_s - time.offset_s;
	return 0;
}

int
xsd_day(int32_t *day, const char *text, struct qf_error *err)
{
	char value[VALUE_MAX];
	struct qf_error ignored;

	if (!strip(value, text) ||
	    civil_parse_day(value, strlen(value), day, &ignored) == -1) {
		return fail(
		    err, "xsd-date", text, "is no date, or has an offset");
	}
	return 0;
}

int
xsd_integer(int64_t *out, const char *text, struct qf_error *err)
{
	char value[VALUE_MAX];
	const char *at = value;
	int64_t number = 0;
	bool negative, any = false;

	if (!strip(value, text)) {
		value[0] = '\0';
	}
	negative = *at == '-';
	at += *at == '-' || *at == '+';
	for (; is_digit(*at); at++, any = true) {
		/* Towards the negative, which reaches further. */
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_sub_overflow(number, *at - '0', &number)) {
			break;
		}
	}
	if (!any || *at != '\0' || (!negative && number == INT64_MIN)) {
		return fail(
		    err, "xsd-integer", text, "is no whole number of 64 bits");
	}
	*out = negative ? number : -number;
	return 0;
}
