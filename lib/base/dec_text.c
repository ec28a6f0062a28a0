/* dec_text.c - the text form of exact decimal numbers, for dec.h.
 *
 * Reading has a quick way for the numbers that files are full of, and a slow
 * one that also takes long numbers and says what is wrong with bad ones.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/dec.h"

#include <assert.h>
#include <gmp.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/digits.h"
#include "base/text.h"

#define SMALL_DIGITS_MAX 18 /* digits that are sure to fit in 64 bits */
#define SHOWN_MAX 60 /* bytes of a bad text that a message shows */

/* Reads digits from *p on into *value (which may wrap) and returns how many;
 * *p is then the first byte that is none. */
static inline size_t
scan_digits(const char **p, const char *end, uint64_t *value)
{
	const char *start = *p;
	const char *at = start;
	uint64_t sum = *value;

	for (; at < end; at++) {
		unsigned digit = (unsigned)(unsigned char)*at - '0';

		if (digit > 9) {
			break;
		}
		sum = sum * 10 + digit;
	}
	*p = at;
	*value = sum;
	return (size_t)(at - start);
}

/* Checks a text against the grammar and counts its digits before and after
 * the point; *value is the mantissa when it does not wrap. */
static inline bool
scan_number(const char *text, size_t length, uint64_t *value, size_t *whole,
    size_t *fraction)
{
	const char *p = text, *end = text + length;
	bool negative = length > 0 && *p == '-';

	p += negative;
	*value = 0;
	*fraction = 0;
	*whole = scan_digits(&p, end, value);
	if (*whole == 0 || (*whole > 1 && text[negative] == '0')) {
		return false;
	}
	if (p == end) {
		return true;
	}
	if (*p++ != '.') {
		return false;
	}
	*fraction = scan_digits(&p, end, value);
	return *fraction > 0 && p == end;
}

bool
dec_parse_small(const char *text, size_t length, int64_t *mantissa, int *scale)
{
	uint64_t value;
	size_t whole, fraction;

	/* Eighteen digits cannot wrap. */
	if (!scan_number(text, length, &value, &whole, &fraction) ||
	    whole + fraction > SMALL_DIGITS_MAX) {
		return false;
	}
	*mantissa = *text == '-' ? -(int64_t)value : (int64_t)value;
	*scale = (int)fraction;
	return true;
}

/* True for a number with an exponent, such as 1e5, -1.5E+3 or .5e1. */
static bool
has_exponent(const char *text, size_t length)
{
	const char *p = text, *end = text + length;
	uint64_t ignored = 0;
	size_t digits;

	if (p < end && (*p == '-' || *p == '+')) {
		p++;
	}
	digits = scan_digits(&p, end, &ignored);
	if (p < end && *p == '.') {
		p++;
		digits += scan_digits(&p, end, &ignored);
	}
	if (digits == 0 || p == end || (*p != 'e' && *p != 'E')) {
		return false;
	}
	p++;
	if (p < end && (*p == '-' || *p == '+')) {
		p++;
	}
	return scan_digits(&p, end, &ignored) > 0 && p == end;
}

/* How much of a text to show, without cutting a UTF-8 character in two. */
static int
shown_length(const char *text, size_t length)
{
	if (length <= SHOWN_MAX) {
		return (int)length;
	}
	length = SHOWN_MAX;
	while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80) {
		length--;
	}
	return (int)length;
}

static int
fail_syntax(const char *text, size_t length, struct qf_error *err)
{
	int shown = shown_length(text, length);

	if (text_has_fullwidth_digit(text, length)) {
		return qf_fail(err, QF_DATA, "decimal-fullwidth",
		    "\"%.*s\": full-width characters in a number", shown, text);
	}
	if (has_exponent(text, length)) {
		return qf_fail(err, QF_DATA, "decimal-exponent",
		    "\"%.*s\": a number with an exponent", shown, text);
	}
	return qf_fail(err, QF_DATA, "decimal-syntax",
	    "\"%.*s\": not a decimal number", shown, text);
}

/* Sets the value of a number of any length, digit by digit: this is rare. */
static void
set_digits(struct dec *out, const char *text, size_t length, size_t fraction)
{
	struct dec digit = {0};

	dec_set_int(out, 0, 0);
	for (size_t i = 0; i < length; i++) {
		if (text[i] >= '0') {
			digit.small = text[i] - '0';
			dec_mul_int(out, out, 10);
			dec_add(out, out, &digit);
		}
	}
	out->scale = (int32_t)fraction;
	if (*text == '-') {
		dec_neg(out, out);
	}
}

int
dec_parse(
    struct dec *out, const char *text, size_t length, struct qf_error *err)
{
	uint64_t ignored;
	int64_t mantissa;
	size_t whole, fraction;
	int scale;

	if (dec_parse_small(text, length, &mantissa, &scale)) {
		dec_set_int(out, mantissa, scale);
		return 0;
	}
	if (!scan_number(text, length, &ignored, &whole, &fraction)) {
		return fail_syntax(text, length, err);
	}
	if (whole + fraction > DEC_DIGITS_MAX || fraction > DEC_SCALE_MAX) {
		return qf_fail(err, QF_DATA, "decimal-digits",
		    "\"%.*s\": more than %d digits, or %d after the point",
		    shown_length(text, length), text, DEC_DIGITS_MAX,
		    DEC_SCALE_MAX);
	}
	set_digits(out, text, length, fraction);
	return 0;
}

int
dec_parse_stored(
    struct dec *out, const char *text, size_t length, struct qf_error *err)
{
	uint64_t ignored;
	int64_t mantissa;
	size_t whole, fraction;
	int scale;

	if (dec_parse_small(text, length, &mantissa, &scale)) {
		dec_set_int(out, mantissa, scale);
		return 0;
	}
	if (length >= DEC_TEXT_MAX ||
	    !scan_number(text, length, &ignored, &whole, &fraction)) {
		return fail_syntax(text, length, err);
	}
	set_digits(out, text, length, fraction);
	return 0;
}

/* Writes digits with the point before the last scale of them. */
static size_t
put_digits(char *buffer, size_t size, bool negative, const char *digits,
    size_t count, size_t scale)
{
	size_t zeros = count <= scale ? scale + 1 - count : 0;
	size_t whole = count + zeros - scale;
	size_t length = (size_t)negative + count + zeros + (scale > 0);
	char *p = buffer;

	if (length >= size) {
		BUG("a number of %zu characters does not fit in %zu", length,
		    size);
	}
	if (negative) {
		*p++ = '-';
	}
	if (zeros > 0) {
		/* The whole part is 0; scale is not, as there are digits. */
		memcpy(p, "0.", 2);
		memset(p + 2, '0', zeros - 1);
		p += zeros + 1;
		memcpy(p, digits, count);
		p += count;
	} else {
		memcpy(p, digits, whole);
		p += whole;
		if (scale > 0) {
			*p++ = '.';
			memcpy(p, digits + whole, scale);
			p += scale;
		}
	}
	*p = '\0';
	assert((size_t)(p - buffer) == length);
	return length;
}

static size_t
format_big(const struct dec *d, char *buffer, size_t size)
{
	mpz_srcptr z = d->big;
	bool negative = mpz_sgn(z) < 0;
	char *digits = xmalloc(mpz_sizeinbase(z, 10) + 2);
	size_t length;

	mpz_get_str(digits, 10, z);
	length = put_digits(buffer, size, negative, digits + negative,
	    strlen(digits) - negative, (size_t)d->scale);
	free(digits);
	return length;
}

static size_t
format_small(int64_t mantissa, int scale, char *buffer, size_t size)
{
	uint64_t rest =
	    mantissa < 0 ? 0 - (uint64_t)mantissa : (uint64_t)mantissa;
	char digits[DIGITS_MAX];
	size_t count = (size_t)(digits_put(digits, rest) - digits);

	return put_digits(
	    buffer, size, mantissa < 0, digits, count, (size_t)scale);
}

size_t
dec_format(const struct dec *d, char *buffer, size_t size)
{
	if (d->big != NULL) {
		return format_big(d, buffer, size);
	}
	return format_small(d->small, d->scale, buffer, size);
}

size_t
dec_format_trim(const struct dec *d, char *buffer, size_t size)
{
	struct dec trimmed = {0};
	int64_t mantissa = d->small;
	int scale = mantissa == 0 ? 0 : d->scale;
	size_t length;

	if (d->big == NULL) {
		while (scale > 0 && mantissa % 10 == 0) {
			mantissa /= 10;
			scale--;
		}
		return format_small(mantissa, scale, buffer, size);
	}
	dec_trim(&trimmed, d);
	length = dec_format(&trimmed, buffer, size);
	dec_release(&trimmed);
	return length;
}
