/* digits_test.c - integers as printf writes them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/digits.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>

static void
expect_as_printf(uint64_t value)
{
	char text[DIGITS_MAX + 1], expected[DIGITS_MAX];

	memset(text, '#', sizeof(text));
	*digits_put(text, value) = '\0';
	snprintf(expected, sizeof(expected), "%" PRIu64, value);
	cr_assert_str_eq(text, expected);
	cr_assert_eq(text[DIGITS_MAX], '#', "wrote too far");
}

Test(digits, writes_what_printf_writes)
{
	for (uint64_t value = 0; value < 200000; value++) {
		expect_as_printf(value);
	}
	for (uint64_t power = 1;; power *= 10) {
		expect_as_printf(power - 1);
		expect_as_printf(power);
		expect_as_printf(power + 1);
		if (power > UINT64_MAX / 10) {
			break;
		}
	}
	expect_as_printf(UINT64_MAX);
	expect_as_printf(INT64_MAX);
}
