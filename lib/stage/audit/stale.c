/* stale.c - which runs would come out otherwise by now, and why.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/audit/stale.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/status.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "ledger/entry.h"
#include "ledger/log.h"
#include "ledger/postings.h"
#include "ledger/runs.h"
#include "stage/asof.h"
#include "stage/changes.h"
#include "stage/runner.h"

static const struct table_column columns[] = {
    {"run", TABLE_TEXT},
    {"what", TABLE_TEXT},
    {"key", TABLE_TEXT},
    {"entry", TABLE_TEXT},
    {"file", TABLE_TEXT},
};

/* The runs of the ledger that count, oldest first. */
struct run_list {
	struct run *of;
	struct handle *handles;
	size_t count, capacity;
};

static void
add_run(struct run_list *runs, const struct run *run, struct handle handle)
{
	if (runs->count == runs->capacity) {
		runs->capacity = runs->capacity * 2 + 16;
		runs->of =
		    xreallocarray(runs->of, runs->capacity, sizeof(*runs->of));
		runs->handles = xreallocarray(
		    runs->handles, runs->capacity, sizeof(*runs->handles));
	}
	runs->of[runs->count] = *run;
	runs->handles[runs->count++] = handle;
}

static void
release_runs(struct run_list *runs)
{
	free(runs->of);
	free(runs->handles);
}

/* Whether somebody acts on it: it is posted, or meant to be. */
static int
counts_as_run(
    struct ledger *ledger, const struct run *run, struct qf_error *err)
{
	struct handle posting;

	if (strcmp(run->kind, "final") == 0 ||
	    strcmp(run->kind, "correction") == 0) {
		return 1;
	}
	return postings_of_run(ledger, run->entry, &posting, err);
}

static int
list_all(struct ledger *ledger, struct run_list *runs, struct qf_error *err)
{
	struct log_cursor *cursor;
	struct log_entry entry;
	struct run run;
	int rc;

	if (log_open(&cursor, ledger, "run", err) == -1) {
		return -1;
	}
	while ((rc = log_next(cursor, &entry, err)) == 1) {
		struct handle handle = entry.handle;
		int counts;

		if (runs_load(ledger, handle.entry, &run, err) == -1) {
			rc = -1;
			break;
		}
		counts = counts_as_run(ledger, &run, err);
		if (counts == -1) {
			rc = -1;
			break;
		}
		if (counts == 1) {
			add_run(runs, &run, handle);
		}
	}
	log_close(cursor);
	return rc;
}

static int
list_named(struct ledger *ledger, const struct audit_stale_request *request,
    struct run_list *runs, struct qf_error *err)
{
	for (size_t i = 0; i < request->run_count; i++) {
		struct handle handle = request->runs[i];
		struct run run;

		if (entry_resolve(ledger, &handle, err) == -1) {
			return -1;
		}
		if (handle.kind != ENTRY_RUN || handle.line != 0) {
			return qf_fail(err, QF_USAGE, "handle-kind",
			    "%s:%" PRId64 ": a whole run is needed",
			    entry_kind_name(handle.kind), handle.entry);
		}
		if (runs_load(ledger, handle.entry, &run, err) == -1) {
			return -1;
		}
		add_run(runs, &run, handle);
	}
	return 0;
}

/* Whether a later run of the list stands in the run's place. */
static bool
is_superseded(const struct run_list *runs, size_t index)
{
	const struct run *run = &runs->of[index];

	for (size_t i = index + 1; i < runs->count; i++) {
		const struct run *later = &runs->of[i];

		if (strcmp(later->tool, run->tool) == 0 &&
		    postings_inside(later, run) &&
		    runs_scope_covers(later->scope, run->scope)) {
			return true;
		}
	}
	return false;
}

static int
add_change(struct ledger *ledger, struct table *table, const char *run,
    const struct change *change, struct named_entry *named,
    struct qf_error *err)
{
	if (changes_name_entry(ledger, change->entry, named, err) == -1) {
		return -1;
	}
	table_text(table, run);
	table_text(table, change->kind);
	table_text(table, change->key);
	table_text(table, named->handle);
	table_text(table, named->file);
	return table_end_row(table, err);
}

/* What the run has by now: the root over its rows, into an entry that is only
 * hashed. */
static int
root_by_now(struct ledger *ledger, const struct runner *runner,
    const struct run *run, int64_t asof, char root[65], struct qf_error *err)
{
	struct run copy = *run;
	struct entry *entry;
	int rc;

	if (entry_begin(&entry, ledger, ENTRY_RUN, 0, err) == -1) {
		return -1;
	}
	copy.asof = asof;
	rc = runner->replay(ledger, &copy, entry, err);
	if (rc == 0) {
		runs_root(entry, root);
	}
	entry_abandon(entry);
	return rc;
}

/* 1 if the run would have the same rows by now, whatever changed: a count of
 * the year that is in the last tier before and after.  Rating would give the
 * run that is there.  What cannot be rated any more comes out otherwise. */
static int
comes_out_same(struct ledger *ledger, const struct run *run, int64_t asof,
    struct qf_error *err)
{
	const struct runner *runner = runner_for_replay(run, err);
	char root[65];

	if (runner == NULL) {
		return 0;
	}
	if (root_by_now(ledger, runner, run, asof, root, err) == -1) {
		return err->status == QF_USAGE || err->status == QF_DATA ||
			       err->status == QF_CONFIG
			   ? 0
			   : -1;
	}
	return strcmp(root, run->line_root) == 0;
}

/* The changes of one run. */
static int
list_changes(struct ledger *ledger, struct table *table, const struct run *run,
    const struct handle *handle, int64_t asof,
    struct audit_stale_counts *counts, struct qf_error *err)
{
	struct changes *changes;
	struct named_entry named = {0};
	struct change change;
	char text[HANDLE_TEXT_MAX];
	int64_t before = counts->changes;
	int rc, same;

	counts->runs++;
	if (changes_find(&changes, ledger, run, asof, CHANGES_BY_KEY, err) ==
	    -1) {
		return -1;
	}
	handle_format(handle, text, sizeof(text));
	while ((rc = changes_next(changes, &change, err)) == 1) {
		if (counts->changes == before &&
		    (same = comes_out_same(ledger, run, asof, err)) != 0) {
			rc = same == 1 ? 0 : -1;
			break;
		}
		counts->changes++;
		if (add_change(ledger, table, text, &change, &named, err) ==
		    -1) {
			rc = -1;
			break;
		}
	}
	changes_free(changes);
	counts->stale += counts->changes > before;
	return rc;
}

static int
list_stale(struct ledger *ledger, const struct audit_stale_request *request,
    const struct run_list *runs, struct table *table,
    struct audit_stale_counts *counts, struct qf_error *err)
{
	int64_t asof;

	if (asof_choose(ledger, request->asof, NULL, NULL, &asof, err) == -1) {
		return -1;
	}
	for (size_t i = runs->count; i-- > 0;) {
		if ((request->runs != NULL || !is_superseded(runs, i)) &&
		    list_changes(ledger, table, &runs->of[i], &runs->handles[i],
			asof, counts, err) == -1) {
			return -1;
		}
	}
	return table_finish(table, err);
}

static int
by_entry(const void *a, const void *b)
{
	const struct handle *left = a, *right = b;

	return (left->entry > right->entry) - (left->entry < right->entry);
}

int
audit_stale(struct ledger *ledger, const struct audit_stale_request *request,
    enum table_form form, struct sink sink, struct audit_stale_counts *counts,
    struct qf_error *err)
{
	struct run_list runs = {0};
	struct table *table = table_new(
	    sink, form, columns, sizeof(columns) / sizeof(columns[0]));
	int rc;

	memset(counts, 0, sizeof(*counts));
	if (request->runs != NULL) {
		qsort(request->runs, request->run_count, sizeof(*request->runs),
		    by_entry);
		rc = list_named(ledger, request, &runs, err);
	} else {
		rc = list_all(ledger, &runs, err);
	}
	if (rc == 0) {
		rc = list_stale(ledger, request, &runs, table, counts, err);
	}
	release_runs(&runs);
	table_free(table);
	if (rc == 0 && counts->stale > 0) {
		return qf_fail(err, QF_NO, "runs-stale",
		    "%" PRId64 " of %" PRId64
		    " runs would come out otherwise by now",
		    counts->stale, counts->runs);
	}
	return rc;
}
