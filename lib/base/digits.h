/* digits.h - writing integers, fast.
 *
 * For the loops that write a hundred million of them: four digits at a time,
 * without a branch that depends on how many there are.
 *
 *	char text[DIGITS_MAX];
 *	size_t length = (size_t)(digits_put(text, 1234) - text);
 *
 * No NUL is written; up to three bytes behind the end are overwritten, so that
 * the buffer needs DIGITS_MAX bytes from out on.
 */
#ifndef QF_BASE_DIGITS_H
#define QF_BASE_DIGITS_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#define DIGITS_MAX 24

/* The four digits of a number below 10,000; the first in the lowest byte. */
static inline uint32_t
digits_of_four(uint32_t value)
{
	uint32_t high = value / 100, low = value % 100;
	uint32_t high_ten = high / 10, low_ten = low / 10;

	return 0x30303030U + (high_ten | (high - 10 * high_ten) << 8 |
				 low_ten << 16 | (low - 10 * low_ten) << 24);
}

static inline char *
digits_put_four(char *out, uint32_t word, unsigned skipped)
{
	word = htole32(word >> 8 * skipped);
	memcpy(out, &word, sizeof(word));
	return out + (sizeof(word) - skipped);
}

/* Writes the digits of the number; returns their end. */
static inline char *
digits_put(char *out, uint64_t value)
{
	uint32_t groups[5];
	uint32_t first;
	int count = 0;

	while (value >= 10000) {
		groups[count++] = (uint32_t)(value % 10000);
		value /= 10000;
	}
	first = (uint32_t)value;
	out = digits_put_four(out, digits_of_four(first),
	    (unsigned)((first < 1000) + (first < 100) + (first < 10)));
	while (count > 0) {
		out = digits_put_four(out, digits_of_four(groups[--count]), 0);
	}
	return out;
}

#endif
