/* changes.c - which facts and rules of a run are otherwise by now.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/changes.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/sorter.h"
#include "base/text.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "ledger/entry.h"
#include "ledger/log.h"
#include "ledger/runs.h"
#include "ledger/watch.h"
#include "stage/changes_own.h"
#include "stage/rate/rate.h"
#include "stage/runner.h"

#define PACKED_MAX ((size_t)8192)

struct changes {
	struct sorter *sorter;
	enum changes_order order;
	struct buf last; /* key of the record handed out last */
	const struct zone *zone;
	struct zone *own_zone;
	struct run run;
	struct change_list global; /* looked up once, for all */
	struct change_list pending; /* of the point in hand */
	int64_t points; /* that are done */
	int64_t walk_from_utc; /* where the walk over contracts begins */
	bool walks_points; /* as rate_run() does; else what is found is kept at
			    * once, as of its own point or of none */
	struct watch watch;
};

/* Keeping ------------------------------------------------------------------ */

static void
pack_text(struct buf *out, const char *text)
{
	buf_add(out, text, strlen(text) + 1);
}

static void
pack(struct buf *out, const struct found_change *change, const char *point)
{
	const int64_t numbers[] = {
	    change->from_utc, change->to_utc, change->entry};

	buf_add(out, numbers, sizeof(numbers));
	pack_text(out, change->kind);
	pack_text(out, change->key);
	pack_text(out, point);
	pack_text(out, change->contract);
	pack_text(out, change->leg);
	pack_text(out, change->channel);
	pack_text(out, change->session);
}

static const char *
unpack_text(const char **at)
{
	const char *text = *at;

	*at += strlen(text) + 1;
	return text;
}

static void
unpack(struct change *out, const void *data)
{
	int64_t numbers[3];
	const char *at = (const char *)data + sizeof(numbers);

	memcpy(numbers, data, sizeof(numbers));
	out->from_utc = numbers[0];
	out->to_utc = numbers[1];
	out->entry = numbers[2];
	out->kind = unpack_text(&at);
	out->key = unpack_text(&at);
	out->point = unpack_text(&at);
	out->contract = unpack_text(&at);
	out->leg = unpack_text(&at);
	out->channel = unpack_text(&at);
	out->session = unpack_text(&at);
}

static int
keep(struct changes *changes, const struct found_change *change,
    const char *point, struct qf_error *err)
{
	struct buf key, data;
	int rc;

	buf_init(&key, PACKED_MAX);
	buf_init(&data, PACKED_MAX);
	if (changes->order == CHANGES_BY_POINT) {
		pack_text(&key, point);
	}
	pack_text(&key, change->kind);
	pack_text(&key, change->key);
	pack(&data, change, point);
	if (key.overflowed || data.overflowed) {
		BUG("a change of more than %zu bytes", PACKED_MAX);
	}
	rc = sorter_add(changes->sorter, key.bytes, key.length, data.bytes,
	    data.length, err);
	buf_release(&key);
	buf_release(&data);
	return rc;
}

/* Telling ------------------------------------------------------------------ */

/* Whether a contract's change touches the run: what is before its period is
 * looked at for the sake of sessions that began there. */
static bool
contract_matters(
    const struct changes *changes, const struct watch_change *change)
{
	const struct contract *one = change->contract_is != NULL
					 ? change->contract_is
					 : change->contract_was;
	struct found_change found;
	int64_t from_utc = changes->run.from_utc;

	change_of_contract(&found, change, changes->zone);
	if (change->asked_from_utc != changes->walk_from_utc ||
	    one->basis == BASIS_SESSIONS) {
		from_utc = change->asked_from_utc;
	}
	return found.from_utc < changes->run.to_utc && found.to_utc > from_utc;
}

/* The point that a change is of, "" where of none. */
static const char *
point_of(const struct watch_change *change)
{
	const struct fact *one = change->is != NULL ? change->is : change->was;

	if (change->day_is != NULL || change->day_was != NULL) {
		return change->day_is != NULL ? change->day_is->point
					      : change->day_was->point;
	}
	for (size_t i = 0; one != NULL && i < one->format->column_count; i++) {
		if (strcmp(one->format->columns[i].name, "point") == 0 &&
		    one->values[i].is == FACT_IS_TEXT) {
			return one->values[i].text;
		}
	}
	return "";
}

static int
take_change(
    void *context, const struct watch_change *change, struct qf_error *err)
{
	struct changes *changes = context;
	struct found_change found;

	if (change->contract_was != NULL || change->contract_is != NULL) {
		const struct contract *is = change->contract_is != NULL
						? change->contract_is
						: change->contract_was;

		if (!contract_matters(changes, change)) {
			return 0;
		}
		change_of_contract(&found, change, changes->zone);
		return keep(changes, &found, is->point, err);
	}
	if (change->rule != NULL) {
		change_of_rule(&found, change);
	} else if (change->was != NULL || change->is != NULL) {
		change_of_fact(&found, change, changes->zone);
	} else {
		change_of_day(&found, change, changes->zone);
	}
	if (!changes->walks_points) {
		return found.ignored
			   ? 0
			   : keep(changes, &found, point_of(change), err);
	}
	found.sequence = changes->watch.count - 1;
	change_list_add(
	    found.global ? &changes->global : &changes->pending, &found);
	return 0;
}

static bool
is_for(const char *word, const char *whose)
{
	return word[0] == '\0' || strcmp(word, whose) == 0;
}

/* The first of the global changes, which are in order, from a number on. */
static size_t
find_global(const struct changes *changes, int64_t first)
{
	size_t low = 0, high = changes->global.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (changes->global.of[middle].sequence < first) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

static int
take_again(void *context, int64_t first, int64_t end,
    const struct watch_whom *whom, struct qf_error *err)
{
	struct changes *changes = context;

	(void)err;
	for (size_t i = find_global(changes, first);
	     i < changes->global.count && changes->global.of[i].sequence < end;
	     i++) {
		struct found_change *found = &changes->global.of[i];

		if (found->told_for == changes->points + 1 ||
		    (whom != NULL &&
			!(is_for(found->user_class, whom->user_class) &&
			    is_for(found->type, whom->type) &&
			    is_for(found->voltage, whom->voltage)))) {
			continue;
		}
		found->told_for = changes->points + 1;
		change_list_add(&changes->pending, found);
	}
	return 0;
}

/* Whether a change of reads lies in what the contracts need, or before the
 * period, where somebody looked back. */
static bool
reads_matter(const struct changes *changes, const struct found_change *found,
    const struct contract *stretches, size_t count)
{
	if (found->to_utc <= changes->run.from_utc) {
		return true;
	}
	if (found->from_utc >= changes->run.to_utc) {
		return found->is_register &&
		       found->from_utc == changes->run.to_utc;
	}
	for (size_t i = 0; i < count; i++) {
		int64_t to_utc = stretches[i].to_utc;

		/* A register at the end counts. */
		if (found->is_register && to_utc < INT64_MAX) {
			to_utc++;
		}
		if (found->from_utc < to_utc &&
		    found->to_utc > stretches[i].from_utc) {
			return true;
		}
	}
	return false;
}

/* Whether the validity that differs is one that was looked at. */
static bool
validity_matters(
    const struct changes *changes, const struct found_change *found)
{
	int64_t from_utc = changes->run.from_utc;

	if (changes->watch.first_day != INT32_MAX) {
		int64_t looked_utc =
		    zone_day_start(changes->zone, changes->watch.first_day);

		from_utc = looked_utc < from_utc ? looked_utc : from_utc;
	}
	return found->from_utc <= changes->run.to_utc &&
	       found->to_utc >= from_utc;
}

static int
take_point(void *context, const struct contract *stretches, size_t count,
    struct qf_error *err)
{
	struct changes *changes = context;
	int rc = 0;

	assert(count > 0);
	for (size_t i = 0; rc == 0 && i < changes->pending.count; i++) {
		const struct found_change *found = &changes->pending.of[i];

		if (found->ignored ||
		    (found->is_reads &&
			!reads_matter(changes, found, stretches, count)) ||
		    (found->is_validity && !validity_matters(changes, found))) {
			continue;
		}
		rc = keep(changes, found, stretches[0].point, err);
	}
	changes->pending.count = 0;
	changes->points++;
	return rc;
}

/* Finding ------------------------------------------------------------------ */

static int
rate_watched(
    struct changes *changes, struct ledger *ledger, struct qf_error *err)
{
	const struct rate_sink sink = {
	    .context = changes,
	    .point = take_point,
	};
	/* rate_request_of() cuts the scope into its words. */
	struct run run = changes->run;
	struct rate_request request;
	struct rate_counts counts;
	int rc;

	if (rate_request_of(&request, ledger, &run, err) == -1) {
		return -1;
	}
	changes->walk_from_utc = zone_day_start(
	    changes->zone, request.period.first_day - RATE_MARGIN_DAYS);
	if (ledger_watch(ledger, &changes->watch, err) == -1) {
		return -1;
	}
	rc = rate_run(ledger, &request, &sink, &counts, err);
	(void)ledger_watch(ledger, NULL, NULL);
	return rc;
}

/* The same of another tool's run: all that it looks up counts. */
static int
replay_watched(
    struct changes *changes, struct ledger *ledger, struct qf_error *err)
{
	const struct runner *runner = runner_for_replay(&changes->run, err);
	struct run run = changes->run;
	struct entry *entry;
	int rc;

	changes->walk_from_utc = INT64_MIN;
	if (runner == NULL ||
	    entry_begin(&entry, ledger, ENTRY_RUN, 0, err) == -1) {
		return -1;
	}
	rc = ledger_watch(ledger, &changes->watch, err);
	if (rc == 0) {
		rc = runner->replay(ledger, &run, entry, err);
		(void)ledger_watch(ledger, NULL, NULL);
	}
	entry_abandon(entry);
	return rc;
}

static int
find(struct changes *changes, struct ledger *ledger, struct qf_error *err)
{
	changes->walks_points = strcmp(changes->run.tool, RATE_TOOL) == 0;
	return changes->walks_points ? rate_watched(changes, ledger, err)
				     : replay_watched(changes, ledger, err);
}

int
changes_find(struct changes **out, struct ledger *ledger, const struct run *run,
    int64_t asof, enum changes_order order, struct qf_error *err)
{
	struct changes *changes = xcalloc(1, sizeof(*changes));

	*out = NULL;
	changes->sorter = sorter_new(SORTER_MEMORY);
	changes->order = order;
	changes->run = *run;
	buf_init(&changes->last, PACKED_MAX);
	changes->watch = (struct watch){
	    .asof = asof,
	    .context = changes,
	    .change = take_change,
	    .again = take_again,
	};
	if (zone_load(&changes->own_zone, ledger_market(ledger)->zone, err) ==
	    -1) {
		goto fail;
	}
	changes->zone = changes->own_zone;
	if ((asof > run->asof && find(changes, ledger, err) == -1) ||
	    sorter_finish(changes->sorter, err) == -1) {
		goto fail;
	}
	*out = changes;
	return 0;
fail:
	changes_free(changes);
	return -1;
}

int
changes_next(struct changes *changes, struct change *out, struct qf_error *err)
{
	struct sorter_record record;
	int rc;

	while ((rc = sorter_next(changes->sorter, &record, err)) == 1) {
		if (record.key_length == changes->last.length &&
		    memcmp(record.key, changes->last.bytes,
			record.key_length) == 0) {
			continue;
		}
		buf_clear(&changes->last);
		buf_add(&changes->last, record.key, record.key_length);
		unpack(out, record.data);
		return 1;
	}
	return rc;
}

void
changes_free(struct changes *changes)
{
	if (changes == NULL) {
		return;
	}
	sorter_free(changes->sorter);
	buf_release(&changes->last);
	free(changes->global.of);
	free(changes->pending.of);
	zone_free(changes->own_zone);
	free(changes);
}

int
changes_name_entry(struct ledger *ledger, int64_t entry,
    struct named_entry *named, struct qf_error *err)
{
	struct log_cursor *cursor;
	struct log_entry found;
	int rc;

	if (named->entry == entry && entry != 0) {
		return 0;
	}
	rc = log_find(&cursor, ledger, entry, &found, err);
	memset(named, 0, sizeof(*named));
	if (rc == 1) {
		named->entry = entry;
		handle_format(
		    &found.handle, named->handle, sizeof(named->handle));
		(void)snprintf(named->file, sizeof(named->file), "%s",
		    found.file == NULL ? "" : found.file);
	}
	log_close(cursor);
	return rc == -1 ? -1 : 0;
}
