/* contract.c - reading the options of a contract.
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
