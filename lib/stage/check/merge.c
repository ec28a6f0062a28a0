/* merge.c - what was found, held against what stands.
 *
 * Both come in the order of their keys, so that neither is kept: what is found
 * and not stored, or stored with another content, is appended; what is stored
 * as open and was not found is closed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/sorter.h"
#include "base/text.h"
#include "base/zone.h"
#include "ledger/entry.h"
#include "ledger/facts.h"
#include "stage/check/own.h"
#include "stage/findings.h"

#define NUMBER_MAX 80
#define KEY_MAX 512
#define GONE "is not found any more"

/* A finding as it is sorted: of the size of its texts, whatever they are. */
struct kept {
	char finding[ID_MAX + 1];
	char point[ID_MAX + 1];
	char channel[24], session[ID_MAX + 1]; /* "" where none */
	int64_t start_utc, end_utc;
	char value[NUMBER_MAX], bound[NUMBER_MAX]; /* "" where none */
	char hold[4], state[8];
	char detail[CHECK_TEXT_MAX];
};

/* In the order of LOOKUP_FINDINGS: the texts, each ended by a byte that is
 * below all others, then the time. */
static void
make_key(struct buf *key, const struct kept *kept)
{
	uint64_t start = (uint64_t)kept->start_utc ^ (UINT64_C(1) << 63);

	buf_clear(key);
	buf_add(key, kept->point, strlen(kept->point) + 1);
	buf_add(key, kept->finding, strlen(kept->finding) + 1);
	buf_add(key, kept->channel, strlen(kept->channel) + 1);
	buf_add(key, kept->session, strlen(kept->session) + 1);
	for (int i = 0; i < 8; i++) {
		buf_add_char(key, (char)(start >> (56 - 8 * i)));
	}
}

static void
put_number(char out[NUMBER_MAX], const struct dec *value)
{
	char text[DEC_TEXT_MAX];

	out[0] = '\0';
	if (value != NULL) {
		dec_format_trim(value, text, sizeof(text));
		snprintf(out, NUMBER_MAX, "%.79s", text);
	}
}

int
check_find(struct checking *checking, const struct check_found *found,
    struct qf_error *err)
{
	const struct check *check =
	    thresholds_check(checking->version, found->kind);
	struct kept *kept = xcalloc(1, sizeof(*kept));
	struct buf key;
	int rc;

	assert(check != NULL);
	snprintf(kept->finding, sizeof(kept->finding), "%s",
	    check_name(found->kind));
	snprintf(kept->point, sizeof(kept->point), "%s", found->point);
	snprintf(kept->channel, sizeof(kept->channel), "%s",
	    found->channel == NULL ? "" : found->channel);
	snprintf(kept->session, sizeof(kept->session), "%s",
	    found->session == NULL ? "" : found->session);
	kept->start_utc = found->start_utc;
	kept->end_utc = found->end_utc;
	put_number(kept->value, found->value);
	put_number(kept->bound, found->bound);
	snprintf(
	    kept->hold, sizeof(kept->hold), "%s", check->hold ? "yes" : "no");
	snprintf(kept->state, sizeof(kept->state), "open");
	snprintf(kept->detail, sizeof(kept->detail), "%s", found->detail);
	buf_init(&key, KEY_MAX);
	make_key(&key, kept);
	rc = sorter_add(
	    checking->found, key.bytes, key.length, kept, sizeof(*kept), err);
	buf_release(&key);
	free(kept);
	return rc;
}

/* Rows --------------------------------------------------------------------- */

static void
take_text(char *out, size_t size, const struct fact *fact, const char *column)
{
	const char *text = rulebook_text(fact, column);

	snprintf(out, size, "%s", text == NULL ? "" : text);
}

/* A stored row in the same form. */
static void
take_stored(struct kept *out, const struct fact *fact)
{
	memset(out, 0, sizeof(*out));
	take_text(out->finding, sizeof(out->finding), fact, "finding");
	take_text(out->point, sizeof(out->point), fact, "point");
	take_text(out->channel, sizeof(out->channel), fact, "channel");
	take_text(out->session, sizeof(out->session), fact, "session");
	out->start_utc = rulebook_integer(fact, "start", 0);
	out->end_utc = rulebook_integer(fact, "end", 0);
	take_text(out->value, sizeof(out->value), fact, "value");
	take_text(out->bound, sizeof(out->bound), fact, "bound");
	take_text(out->hold, sizeof(out->hold), fact, "hold");
	take_text(out->state, sizeof(out->state), fact, "state");
	take_text(out->detail, sizeof(out->detail), fact, "detail");
}

static struct fact_value
text_or_null(const char *text)
{
	return text[0] == '\0' ? (struct fact_value){.is = FACT_NULL}
			       : (struct fact_value){.is = FACT_IS_TEXT,
				     .text = text,
				     .length = strlen(text)};
}

static void
make_fact(struct fact *fact, const struct kept *kept)
{
	size_t i = 0;

	memset(fact, 0, sizeof(*fact));
	fact->format = fact_format(FACT_FINDING);
	fact->values[i++] = text_or_null(kept->finding);
	fact->values[i++] = text_or_null(kept->point);
	fact->values[i++] = text_or_null(kept->channel);
	fact->values[i++] = text_or_null(kept->session);
	fact->values[i].is = FACT_IS_INTEGER;
	fact->values[i++].integer = kept->start_utc;
	fact->values[i].is = FACT_IS_INTEGER;
	fact->values[i++].integer = kept->end_utc;
	fact->values[i++] = text_or_null(kept->value);
	fact->values[i++] = text_or_null(kept->bound);
	fact->values[i++] = text_or_null(kept->hold);
	fact->values[i++] = text_or_null(kept->state);
	fact->values[i++] = text_or_null(kept->detail);
	assert(i == fact->format->column_count);
}

static int
append(struct checking *checking, const struct kept *kept, struct qf_error *err)
{
	enum fact_outcome outcome;
	struct fact fact;

	if (checking->entry == NULL) {
		return 0;
	}
	make_fact(&fact, kept);
	fact.line_no = (size_t)++checking->finding_line;
	return facts_append(checking->entry, &fact, true, &outcome, err);
}

/* Telling ------------------------------------------------------------------ */

static void
count_open(struct check_report *report, const struct kept *kept)
{
	size_t i = 0;

	report->open++;
	report->holding += strcmp(kept->hold, "yes") == 0;
	while (i < report->kind_count &&
	       strcmp(report->kinds[i].name, kept->finding) != 0) {
		i++;
	}
	if (i == report->kind_count) {
		for (int kind = 0; kind < CHECKS; kind++) {
			const char *name = check_name((enum check_kind)kind);

			if (strcmp(name, kept->finding) == 0) {
				report->kinds[report->kind_count++].name = name;
			}
		}
	}
	if (i < report->kind_count) {
		report->kinds[i].open++;
	}
}

static void
put_instant(struct checking *checking, int64_t utc)
{
	char text[CIVIL_TEXT_MAX];

	civil_format_offset(utc, zone_offset(checking->zone, utc), text);
	table_text(checking->table, text);
}

static void
put_text(struct checking *checking, const char *text)
{
	table_text(checking->table, text[0] == '\0' ? NULL : text);
}

static int
print(struct checking *checking, const struct kept *kept, const char *state,
    struct qf_error *err)
{
	put_text(checking, kept->finding);
	put_text(checking, kept->point);
	put_text(checking, kept->channel);
	put_text(checking, kept->session);
	put_instant(checking, kept->start_utc);
	put_instant(checking, kept->end_utc);
	put_text(checking, kept->value);
	put_text(checking, kept->bound);
	put_text(checking, kept->hold);
	put_text(checking, state);
	put_text(checking, kept->detail);
	return table_end_row(checking->table, err);
}

/* One that stands: printed as open, or as cleared by somebody. */
static int
tell(struct checking *checking, const struct kept *kept, struct qf_error *err)
{
	struct check_report *report = checking->report;
	struct fact fact;
	int cleared;

	make_fact(&fact, kept);
	cleared = findings_cleared(&checking->clearance_cursor,
	    checking->ledger, report->asof, &fact, err);
	if (cleared == -1) {
		return -1;
	}
	if (cleared == 1) {
		report->cleared++;
	} else {
		count_open(report, kept);
	}
	return print(checking, kept, cleared == 1 ? "cleared" : "open", err);
}

/* Merging ------------------------------------------------------------------ */

struct merge {
	struct checking *checking;
	struct kept found, stored;
	struct buf found_key, stored_key;
	bool has_found, has_stored;
};

/* The next that was found; one of a key that came already is the same. */
static int
next_found(struct merge *merge, struct qf_error *err)
{
	struct sorter_record record;
	int rc;

	while ((rc = sorter_next(merge->checking->found, &record, err)) == 1) {
		bool again = merge->found_key.length == record.key_length &&
			     memcmp(merge->found_key.bytes, record.key,
				 record.key_length) == 0;

		if (!again) {
			assert(record.data_length == sizeof(merge->found));
			memcpy(
			    &merge->found, record.data, sizeof(merge->found));
			make_key(&merge->found_key, &merge->found);
			break;
		}
	}
	merge->has_found = rc == 1;
	return rc == -1 ? -1 : 0;
}

/* Whether the check of a stored finding was made, and at its point. */
static bool
was_asked(const struct checking *checking, const struct kept *kept)
{
	bool named = checking->ask->point_count == 0, checked = false;

	for (size_t i = 0; i < checking->version->check_count; i++) {
		checked = checked ||
			  strcmp(check_name(checking->version->checks[i].kind),
			      kept->finding) == 0;
	}
	for (size_t i = 0; i < checking->ask->point_count; i++) {
		named =
		    named || strcmp(checking->ask->points[i], kept->point) == 0;
	}
	return named && checked;
}

static int
next_stored(struct merge *merge, struct qf_error *err)
{
	struct checking *checking = merge->checking;
	struct fact fact;
	int64_t entry;
	int rc;

	do {
		rc = facts_next(checking->stored_cursor, &fact, &entry, err);
		if (rc == 1) {
			take_stored(&merge->stored, &fact);
			make_key(&merge->stored_key, &merge->stored);
		}
	} while (rc == 1 && !was_asked(checking, &merge->stored));
	merge->has_stored = rc == 1;
	return rc == -1 ? -1 : 0;
}

static int
compare(const struct merge *merge)
{
	size_t a = merge->found_key.length, b = merge->stored_key.length;
	int order;

	if (!merge->has_found || !merge->has_stored) {
		return merge->has_found ? -1 : 1;
	}
	order = memcmp(
	    merge->found_key.bytes, merge->stored_key.bytes, a < b ? a : b);
	return order != 0 ? order : (a > b) - (a < b);
}

/* Found: new, changed, or as it stands. */
static int
meet_found(struct merge *merge, bool stands, struct qf_error *err)
{
	struct checking *checking = merge->checking;
	bool same = stands && memcmp(&merge->found, &merge->stored,
				  sizeof(merge->found)) == 0;

	if (!same) {
		checking->report->fresh++;
		if (append(checking, &merge->found, err) == -1) {
			return -1;
		}
	}
	return tell(checking, &merge->found, err);
}

/* Stored, and not found: closed, if it was open. */
static int
meet_gone(struct merge *merge, struct qf_error *err)
{
	struct checking *checking = merge->checking;
	struct kept *stored = &merge->stored;

	if (strcmp(stored->state, "open") != 0) {
		return 0;
	}
	checking->report->closed++;
	memset(stored->state, 0, sizeof(stored->state));
	snprintf(stored->state, sizeof(stored->state), "closed");
	memset(stored->detail, 0, sizeof(stored->detail));
	snprintf(stored->detail, sizeof(stored->detail), GONE);
	if (append(checking, stored, err) == -1) {
		return -1;
	}
	return print(checking, stored, "closed", err);
}

static int
step(struct merge *merge, struct qf_error *err)
{
	int order = compare(merge);

	if ((order <= 0 && meet_found(merge, order == 0, err) == -1) ||
	    (order > 0 && meet_gone(merge, err) == -1) ||
	    (order <= 0 && next_found(merge, err) == -1) ||
	    (order >= 0 && next_stored(merge, err) == -1)) {
		return -1;
	}
	return 0;
}

int
check_merge(struct checking *checking, struct qf_error *err)
{
	struct merge *merge = xcalloc(1, sizeof(*merge));
	int rc = -1;

	merge->checking = checking;
	buf_init(&merge->found_key, KEY_MAX);
	buf_init(&merge->stored_key, KEY_MAX);
	if (sorter_finish(checking->found, err) == 0 &&
	    facts_lookup(&checking->stored_cursor, checking->ledger,
		LOOKUP_FINDINGS, checking->report->asof, "",
		checking->period.from_utc, checking->period.to_utc, err) == 0 &&
	    next_found(merge, err) == 0 && next_stored(merge, err) == 0) {
		rc = 0;
	}
	while (rc == 0 && (merge->has_found || merge->has_stored)) {
		rc = step(merge, err);
	}
	buf_release(&merge->found_key);
	buf_release(&merge->stored_key);
	free(merge);
	return rc;
}
