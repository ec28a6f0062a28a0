/* log.c - lists the entries of a ledger.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/audit/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/period.h"
#include "base/text.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "ledger/log.h"

#define WHAT_MAX 1024 /* bytes */

static const struct table_column columns[] = {
    {"entry", TABLE_TEXT},
    {"kind", TABLE_TEXT},
    {"recorded", TABLE_TEXT},
    {"what", TABLE_TEXT},
    {"rows", TABLE_NUMBER},
};

/* Adds the value of the header's line called name, or nothing. */
static void
add_header_line(struct buf *out, const char *header, const char *name)
{
	size_t length = strlen(name);

	for (const char *line = header; *line != '\0';) {
		size_t end = strcspn(line, "\n");

		if (strncmp(line, name, length) == 0 && line[length] == ' ') {
			buf_add(out, line + length + 1, end - length - 1);
			return;
		}
		line += end + (line[end] == '\n');
	}
}

/* Sum over the header's lines "rows TABLE COUNT ROOT". */
static int64_t
count_rows(const char *header)
{
	int64_t sum = 0;

	for (const char *line = header; *line != '\0';) {
		size_t end = strcspn(line, "\n");

		if (strncmp(line, "rows ", 5) == 0) {
			const char *count = line + 5 + strcspn(line + 5, " ");

			sum += strtoll(count, NULL, 10);
		}
		line += end + (line[end] == '\n');
	}
	return sum;
}

static void
add_what(
    struct buf *out, const struct log_entry *entry, const struct zone *zone)
{
	char text[PERIOD_TEXT_MAX];
	struct period period;

	switch (entry->handle.kind) {
	case ENTRY_MARKET:
		buf_add_string(out, entry->market);
		break;
	case ENTRY_BATCH:
		buf_printf(out, "%s %s", entry->format, entry->file);
		if (entry->reason != NULL) {
			buf_printf(out, " (%s)", entry->reason);
		}
		break;
	case ENTRY_RULE:
		buf_printf(out, "%s %s", entry->rule, entry->file);
		break;
	case ENTRY_RUN:
		period_of_days(zone, zone_day_of(zone, entry->from_utc),
		    zone_day_of(zone, entry->to_utc - 1) + 1, &period);
		period_format(&period, text);
		buf_printf(out, "%s %s%s%s", text, entry->run_kind,
		    entry->run_scope[0] == '\0' ? "" : " ", entry->run_scope);
		break;
	case ENTRY_POSTING:
		buf_printf(out, "run:%" PRId64 " booked in %04d-%02d",
		    entry->posted_run, entry->booking_month / 100,
		    entry->booking_month % 100);
		break;
	}
}

static int
add_entry(struct table *table, const struct log_entry *entry,
    const struct zone *zone, struct qf_error *err)
{
	char handle[HANDLE_TEXT_MAX];
	struct buf recorded, what;
	int rc;

	buf_init(&recorded, WHAT_MAX);
	buf_init(&what, WHAT_MAX);
	add_header_line(&recorded, entry->header, "recorded");
	add_what(&what, entry, zone);
	table_text(
	    table, handle_format(&entry->handle, handle, sizeof(handle)));
	table_text(table, entry->kind);
	table_text(table, recorded.bytes);
	table_text(table, what.bytes);
	table_int(table, count_rows(entry->header));
	rc = table_end_row(table, err);
	buf_release(&recorded);
	buf_release(&what);
	return rc;
}

static int
check_kind(const char *kind, struct qf_error *err)
{
	if (kind == NULL) {
		return 0;
	}
	for (int i = ENTRY_MARKET; i <= ENTRY_POSTING; i++) {
		if (strcmp(kind, entry_kind_name((enum entry_kind)i)) == 0) {
			return 0;
		}
	}
	return qf_fail(err, QF_USAGE, "entry-kind",
	    "%s: not a kind of entry: market, batch, rule, run, posting", kind);
}

int
audit_log(struct ledger *ledger, const char *kind, enum table_form form,
    struct sink sink, struct qf_error *err)
{
	struct log_cursor *cursor = NULL;
	struct log_entry entry;
	struct table *table = NULL;
	struct zone *zone = NULL;
	int rc = -1;

	if (check_kind(kind, err) == -1 ||
	    zone_load(&zone, ledger_market(ledger)->zone, err) == -1 ||
	    log_open(&cursor, ledger, kind, err) == -1) {
		goto out;
	}
	table = table_new(
	    sink, form, columns, sizeof(columns) / sizeof(columns[0]));
	while ((rc = log_next(cursor, &entry, err)) == 1) {
		if (add_entry(table, &entry, zone, err) == -1) {
			rc = -1;
			goto out;
		}
	}
	if (rc == 0) {
		rc = table_finish(table, err);
	}
out:
	table_free(table);
	log_close(cursor);
	zone_free(zone);
	return rc;
}
