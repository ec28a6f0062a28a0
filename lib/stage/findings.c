/* findings.c - whether what a check found still stands.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/findings.h"

#include <string.h>

#include "base/dec.h"
#include "ledger/registry.h"
#include "stage/rulebook.h"

static bool
is_same(const struct fact *a, const struct fact *b, const char *column)
{
	const char *x = rulebook_text(a, column), *y = rulebook_text(b, column);

	return x == NULL || y == NULL ? x == y : strcmp(x, y) == 0;
}

/* 100 and 100.0 are the same value. */
static bool
is_same_value(const struct fact *a, const struct fact *b)
{
	struct dec x = {0}, y = {0};
	bool has_x = rulebook_decimal(&x, a, "value");
	bool has_y = rulebook_decimal(&y, b, "value");
	bool same = has_x == has_y && dec_cmp(&x, &y) == 0;

	dec_release(&x);
	dec_release(&y);
	return same;
}

bool
findings_holds(const struct fact *finding)
{
	return strcmp(rulebook_text(finding, "state"), "open") == 0 &&
	       strcmp(rulebook_text(finding, "hold"), "yes") == 0;
}

int
findings_cleared(struct fact_cursor **cursor, struct ledger *ledger,
    int64_t asof, const struct fact *finding, struct qf_error *err)
{
	int64_t start_utc = rulebook_integer(finding, "start", 0), entry;
	struct fact cleared;
	int rc, found = 0;

	if (facts_lookup(cursor, ledger, LOOKUP_CLEARANCES_OF_POINT, asof,
		rulebook_text(finding, "point"), start_utc, start_utc + 1,
		err) == -1) {
		return -1;
	}
	while ((rc = facts_next(*cursor, &cleared, &entry, err)) == 1) {
		if (is_same(&cleared, finding, "finding") &&
		    is_same(&cleared, finding, "channel") &&
		    is_same(&cleared, finding, "session") &&
		    is_same_value(&cleared, finding) &&
		    strcmp(rulebook_text(&cleared, "cleared"), "yes") == 0) {
			found = 1;
		}
	}
	return rc == -1 ? -1 : found;
}
