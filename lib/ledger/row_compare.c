/* row_compare.c - rows that come against those that are stored.
 *
 * Equal rows have equal canonical bytes; only where these differ are they
 * taken apart again, to name the column.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/row_compare.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define SHOWN_MAX 100 /* bytes of a value that a message shows */

struct row_compare {
	struct ledger *ledger;
	int64_t stored; /* entry */
	struct row_scan *scans[ROW_TABLES];
};

struct row_compare *
row_compare_new(struct ledger *ledger, int64_t stored)
{
	struct row_compare *compare = xcalloc(1, sizeof(*compare));

	compare->ledger = ledger;
	compare->stored = stored;
	return compare;
}

void
row_compare_free(struct row_compare *compare)
{
	if (compare == NULL) {
		return;
	}
	for (size_t i = 0; i < ROW_TABLES; i++) {
		row_scan_close(compare->scans[i]);
	}
	free(compare);
}

/* The next stored row of the table: 1, or 0 where there is none left. */
static int
next_stored(
    struct row_compare *compare, enum row_table table, struct qf_error *err)
{
	int64_t first, last, entry;
	int rc;

	assert(row_table_is_numbered(table));
	if (compare->scans[table] == NULL) {
		row_ids(compare->stored, 1, &first, &last);
		if (row_scan_open(&compare->scans[table], compare->ledger,
			table, first - 1, err) == -1) {
			return -1;
		}
	}
	rc = row_scan_next(compare->scans[table], &entry, NULL, err);
	return rc == 1 ? entry == compare->stored : rc;
}

/* A value of canonical bytes, which it moves past; "nothing" for none. */
static void
take_value(const char **at, const char **value, size_t *length)
{
	char *colon;

	if (**at == '~') {
		*value = "nothing";
		*length = strlen(*value);
		(*at)++;
		return;
	}
	*length = strtoul(*at, &colon, 10);
	assert(*colon == ':');
	*value = colon + 1;
	*at = *value + *length + 1;
}

static int
shown(size_t length)
{
	return (int)(length < SHOWN_MAX ? length : SHOWN_MAX);
}

/* Says the first column that differs; the first value is the line. */
static int
differs(const struct row_compare *compare, enum row_table table,
    const char *stored, const char *again, struct qf_error *err)
{
	int64_t line = row_scan_line(compare->scans[table]);
	/* "entry, line, contract, ...": the entry is no value. */
	const char *column = strchr(row_table_columns(table), ' ') + 1;

	for (;;) {
		size_t name = strcspn(column, ",");
		const char *stored_from = stored, *again_from = again;
		const char *a, *b;
		size_t length_a, length_b;

		take_value(&stored, &a, &length_a);
		take_value(&again, &b, &length_b);
		if (stored - stored_from != again - again_from ||
		    memcmp(stored_from, again_from,
			(size_t)(stored - stored_from)) != 0) {
			return qf_fail(err, QF_NO, "replay-differs",
			    "run:%" PRId64 "/%" PRId64
			    ": %s: %.*s: stored %.*s, computed again %.*s",
			    compare->stored, line, row_table_name(table),
			    (int)name, column, shown(length_a), a,
			    shown(length_b), b);
		}
		if (column[name] == '\0') {
			BUG("rows of %s have no difference",
			    row_table_name(table));
		}
		column += name + 2;
	}
}

int
row_compare_take(struct row_compare *compare, enum row_table table,
    const char *bytes, size_t length, struct qf_error *err)
{
	const char *stored;
	size_t stored_length;
	int rc = next_stored(compare, table, err);

	if (rc == -1) {
		return -1;
	}
	if (rc == 0) {
		return qf_fail(err, QF_NO, "replay-differs",
		    "run:%" PRId64 "/%ld: %s: is not stored, and comes out "
		    "when computed again",
		    compare->stored, strtol(strchr(bytes, ':') + 1, NULL, 10),
		    row_table_name(table));
	}
	stored = row_scan_bytes(compare->scans[table], &stored_length);
	return stored_length == length && memcmp(stored, bytes, length) == 0
		   ? 0
		   : differs(compare, table, stored, bytes, err);
}

int
row_compare_end(struct row_compare *compare, struct qf_error *err)
{
	for (int i = 0; i < ROW_TABLES; i++) {
		enum row_table table = (enum row_table)i;
		int rc;

		if (!row_table_is_numbered(table) || table == ROW_TRANSFER) {
			continue;
		}
		rc = next_stored(compare, table, err);
		if (rc == 1) {
			return qf_fail(err, QF_NO, "replay-differs",
			    "run:%" PRId64 "/%" PRId64
			    ": %s: is stored, and does not come out when "
			    "computed again",
			    compare->stored,
			    row_scan_line(compare->scans[table]),
			    row_table_name(table));
		}
		if (rc == -1) {
			return -1;
		}
	}
	return 0;
}
