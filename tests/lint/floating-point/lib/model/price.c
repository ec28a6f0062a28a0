/* price.c - a double of money: 1.10 is no binary fraction.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

static double price;

static int
half(char *out, size_t size, const char *text)
{
	long x = 3 * 0.5;
	int doubled = 100 % 10;

	price = strtod(text, NULL);
	return snprintf(out, size, "%d%% %8.2f %s %% each", doubled, price, x);
}
