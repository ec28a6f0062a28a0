/* parents.c - whether points stand behind a point, asked in order of points.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/parents.h"

#include <string.h>

#include "ledger/registry.h"
#include "ledger/watch.h"
#include "stage/rulebook.h"

int
parents_has(struct parents *parents, struct ledger *ledger, int64_t asof,
    const char *point, struct qf_error *err)
{
	struct fact fact;
	int64_t entry;
	int rc;

	if (ledger_is_watched(ledger)) {
		return 1;
	}
	if (!parents->known ||
	    (parents->next[0] != '\0' && strcmp(parents->next, point) < 0)) {
		if (facts_lookup(&parents->cursor, ledger,
			LOOKUP_RELATIONS_FROM_PARENT, asof, point, 0, 0,
			err) == -1) {
			return -1;
		}
		rc = facts_next(parents->cursor, &fact, &entry, err);
		if (rc == -1) {
			return -1;
		}
		parents->next[0] = '\0';
		if (rc == 1) {
			const char *parent = rulebook_text(&fact, "parent");

			memcpy(parents->next, parent, strlen(parent) + 1);
		}
		parents->known = true;
	}
	return strcmp(parents->next, point) == 0;
}
