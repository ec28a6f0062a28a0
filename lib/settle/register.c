/* register.c - energy from what a register shows.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/register.h"

#include <assert.h>
#include <string.h>

int
register_digits(int *digits, const char *text)
{
	size_t whole = strspn(text, "0123456789");
	int value = 0;

	if (whole == 0 || whole > 2) {
		return -1;
	}
	for (size_t i = 0; i < whole; i++) {
		value = value * 10 + (text[i] - '0');
	}
	if (text[whole] == '.') {
		whole += 1 + strspn(text + whole + 1, "0123456789");
	}
	if (text[whole] != '\0' || value < 1 || value > REGISTER_DIGITS_MAX) {
		return -1;
	}
	*digits = value;
	return 0;
}

int
register_difference(struct dec *out, const struct dec *start,
    const struct dec *end, int digits, struct refusal *refusal)
{
	struct dec round = {0}, difference = {0}, twice = {0};
	char a[DEC_TEXT_MAX], b[DEC_TEXT_MAX];
	int64_t top = 1;
	int rc = 0;

	assert(digits >= 1 && digits <= REGISTER_DIGITS_MAX);
	for (int i = 0; i < digits; i++) {
		top *= 10;
	}
	dec_set_int(&round, top, 0);
	dec_format(start, a, sizeof(a));
	dec_format(end, b, sizeof(b));
	if (dec_cmp(start, &round) >= 0 || dec_cmp(end, &round) >= 0 ||
	    dec_sign(start) < 0 || dec_sign(end) < 0) {
		rc = refuse(refusal, REASON_VALUE_RANGE,
		    "a register of %d digits shows %s and %s", digits, a, b);
		goto out;
	}
	dec_sub(&difference, end, start);
	if (dec_sign(&difference) < 0) {
		dec_add(&difference, &difference, &round);
		dec_mul_int(&twice, &difference, 2);
		if (dec_cmp(&twice, &round) > 0) {
			rc = refuse(refusal, REASON_REGISTER_BACKWARDS,
			    "the register went from %s to %s", a, b);
			goto out;
		}
	}
	dec_set(out, &difference);
out:
	dec_release(&round);
	dec_release(&difference);
	dec_release(&twice);
	return rc;
}

int
register_tie(const struct dec *total, const struct dec *bands, size_t count,
    const char *what, struct refusal *refusal)
{
	struct dec rest = {0};
	char text[DEC_TEXT_MAX];
	int rc = 0;

	dec_set(&rest, total);
	for (size_t i = 0; i < count; i++) {
		dec_sub(&rest, &rest, &bands[i]);
	}
	if (!dec_is_zero(&rest)) {
		dec_format_trim(&rest, text, sizeof(text));
		rc = refuse(refusal, REASON_REGISTER_BANDS,
		    "%s: total minus bands is %s kWh", what, text);
	}
	dec_release(&rest);
	return rc;
}
