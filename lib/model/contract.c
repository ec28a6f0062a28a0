/* contract.c - what a stretch of a contract says of itself.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "model/contract.h"

#include <string.h>

const char *
contract_option(
    const struct contract *contract, const char *name, unsigned long *length)
{
	const char *p = contract->options;
	size_t name_length = strlen(name);

	while (*p != '\0') {
		size_t size = strcspn(p, " ");

		if (size > name_length && p[name_length] == '=' &&
		    memcmp(p, name, name_length) == 0) {
			*length = size - name_length - 1;
			return p + name_length + 1;
		}
		p += size;
		p += strspn(p, " ");
	}
	return NULL;
}

bool
contract_within(const struct contract *stretch, int64_t from_utc,
    int64_t to_utc, int64_t *first_utc, int64_t *end_utc)
{
	*first_utc =
	    stretch->from_utc > from_utc ? stretch->from_utc : from_utc;
	*end_utc = stretch->to_utc < to_utc ? stretch->to_utc : to_utc;
	return *first_utc < *end_utc;
}

bool
contract_same_terms(const struct contract *a, const struct contract *b)
{
	return a->basis == b->basis && strcmp(a->payer, b->payer) == 0 &&
	       strcmp(a->payee, b->payee) == 0 &&
	       strcmp(a->account, b->account) == 0 &&
	       strcmp(a->tariff, b->tariff) == 0 &&
	       strcmp(a->voltage, b->voltage) == 0 &&
	       strcmp(a->user_class, b->user_class) == 0 &&
	       strcmp(a->type, b->type) == 0 &&
	       strcmp(a->options, b->options) == 0 &&
	       strcmp(a->cycle, b->cycle) == 0;
}
