/* jsonin_fuzz.c - any bytes as JSON: nothing breaks.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonin.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct jsonin_doc *doc;
	struct qf_error err;

	if (jsonin_load_bytes(&doc, (const char *)bytes, length, "f", &err) ==
	    -1) {
		if (doc != NULL || strncmp(err.code, "json-", 5) != 0) {
			abort();
		}
		return 0;
	}
	if (jsonin_root(doc) == NULL) {
		abort();
	}
	jsonin_free(doc);
	return 0;
}
