/* asof.c - which entry a tool is to see last.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/asof.h"

#include <string.h>

#include "base/status.h"
#include "base/text.h"
#include "base/zone.h"
#include "format/instant.h"
#include "ledger/entry.h"
#include "ledger/log.h"

/* An entry by its number or handle. */
static int
entry_named(struct ledger *ledger, const char *text, int64_t *entry,
    struct qf_error *err)
{
	struct handle handle = {0};
	int64_t last;

	if (strchr(text, ':') != NULL) {
		if (handle_parse(&handle, text, err) == -1 ||
		    entry_resolve(ledger, &handle, err) == -1) {
			return -1;
		}
		*entry = handle.entry;
		return 0;
	}
	if (entry_last(ledger, &last, err) == -1) {
		return -1;
	}
	if (!text_number(text, entry) || *entry < 1 || *entry > last) {
		return qf_fail(err, QF_USAGE, "entry-unknown",
		    "%s: the ledger has entries 1 to %lld", text,
		    (long long)last);
	}
	return 0;
}

int
asof_time(const char *option, const char *text, const struct zone *zone,
    int64_t *utc, struct qf_error *err)
{
	if (instant_parse(text, strlen(text), zone, INSTANT_DATE, utc, err) ==
	    0) {
		return 0;
	}
	if (err != NULL) {
		err->status = QF_USAGE;
	}
	return qf_fail_prefix(err, "--%s", option);
}

/* The last input before the first batch that was received after the cut-off.
 */
static int
before_late(struct ledger *ledger, int64_t cut_off_utc, int64_t *entry,
    struct qf_error *err)
{
	struct log_cursor *cursor;
	struct log_entry one;
	int64_t late = 0, last = 1;
	int rc;

	if (log_open(&cursor, ledger, NULL, err) == -1) {
		return -1;
	}
	while ((rc = log_next(cursor, &one, err)) == 1) {
		bool says = one.handle.kind == ENTRY_BATCH &&
			    one.received_utc != INT64_MIN;

		if (late == 0 && says && one.received_utc > cut_off_utc) {
			late = one.handle.entry;
		} else if (late == 0 && (one.handle.kind == ENTRY_BATCH ||
					    one.handle.kind == ENTRY_RULE)) {
			last = one.handle.entry;
		} else if (late != 0 && says &&
			   one.received_utc <= cut_off_utc) {
			rc = qf_fail(err, QF_DATA, "cut-off-mixed",
			    "batch:%lld (%s) came in time, and was taken in "
			    "after batch:%lld, which came late: choose with "
			    "--as-of",
			    (long long)one.handle.entry, one.file,
			    (long long)late);
			break;
		}
	}
	log_close(cursor);
	*entry = last;
	return rc;
}

int
asof_choose(struct ledger *ledger, const char *asof, const char *cut_off,
    const struct zone *zone, int64_t *entry, struct qf_error *err)
{
	int64_t cut_off_utc;

	if (asof != NULL && cut_off != NULL) {
		return qf_fail(err, QF_USAGE, "as-of-and-cut-off",
		    "--as-of and --cut-off both say what is seen: give one");
	}
	if (asof != NULL) {
		return entry_named(ledger, asof, entry, err);
	}
	if (cut_off == NULL) {
		return entry_last_input(ledger, entry, err);
	}
	if (asof_time("cut-off", cut_off, zone, &cut_off_utc, err) == -1) {
		return -1;
	}
	return before_late(ledger, cut_off_utc, entry, err);
}
