/* check.c - holds a period's reads and sessions against thresholds.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/check/check.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/progress.h"
#include "base/sorter.h"
#include "base/text.h"
#include "base/xml.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "ledger/entry.h"
#include "ledger/facts.h"
#include "stage/asof.h"
#include "stage/check/own.h"
#include "stage/document.h"
#include "stage/summary.h"

#define FORMAT "check"
#define DECLARATIONS_MAX ((size_t)1 << 20)

static const struct table_column columns[] = {
    {"finding", TABLE_TEXT},
    {"point", TABLE_TEXT},
    {"channel", TABLE_TEXT},
    {"session", TABLE_TEXT},
    {"start", TABLE_TEXT},
    {"end", TABLE_TEXT},
    {"value", TABLE_NUMBER},
    {"bound", TABLE_NUMBER},
    {"hold", TABLE_TEXT},
    {"state", TABLE_TEXT},
    {"detail", TABLE_TEXT},
};

/* The document ------------------------------------------------------------- */

/* Reads a document from a file that is not in the ledger. */
static int
read_file(const char *path, struct document *out, struct qf_error *err)
{
	size_t length = 0;
	struct digest digest;
	ssize_t n = 1;
	int fd = xml_open(path, err);

	if (fd == -1) {
		return -1;
	}
	out->text = xmalloc(XML_SIZE_MAX + 1);
	while (n > 0 && length < XML_SIZE_MAX) {
		n = read(fd, out->text + length, XML_SIZE_MAX - length);
		if (n == -1 && errno == EINTR) {
			n = 1;
			continue;
		}
		length += n > 0 ? (size_t)n : 0;
	}
	close(fd);
	if (n == -1) {
		return qf_fail(
		    err, QF_IO, "read-failed", "%s: %s", path, strerror(errno));
	}
	if (n > 0) {
		return qf_fail(err, QF_DATA, "xml-size",
		    "%s: more than %u bytes", path, XML_SIZE_MAX);
	}
	out->text[length] = '\0';
	snprintf(out->file, sizeof(out->file), "%.255s", path);
	digest_bytes(&digest, out->text, length);
	digest_hex(&digest, out->sha256);
	return 0;
}

static int
find_document(
    struct checking *checking, struct document *document, struct qf_error *err)
{
	const struct check_ask *ask = checking->ask;

	if (ask->thresholds != NULL) {
		return read_file(ask->thresholds, document, err);
	}
	return document_find(checking->ledger, checking->report->asof,
	    "thresholds", ask->rule, document, err);
}

/* The version of the period's first day, which must be filled in. */
static int
find_version(struct checking *checking, const struct thresholds *thresholds,
    struct qf_error *err)
{
	const struct thresholds_version *version =
	    thresholds_at(thresholds, checking->period.first_day);
	char day[CIVIL_TEXT_MAX];

	if (version == NULL) {
		civil_format_day(checking->period.first_day, day);
		return qf_fail(err, QF_CONFIG, "rule-version",
		    "thresholds %s have no version for %s", thresholds->head.id,
		    day);
	}
	if (version->is_template) {
		return qf_fail(err, QF_CONFIG, "rule-template",
		    "thresholds %s, line %d: a number is still to be filled in",
		    thresholds->head.id, version->common.line_no);
	}
	checking->version = version;
	return 0;
}

/* Points ------------------------------------------------------------------- */

/* The capacity of the point in hand: the last that it has in the period. */
static int
find_capacity(struct checking *checking, struct qf_error *err)
{
	struct fact fact;
	int64_t entry;
	int rc;

	checking->has_capacity = false;
	if (facts_lookup(&checking->point_cursor, checking->ledger,
		LOOKUP_POINT, checking->report->asof, checking->point.point, 0,
		0, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(checking->point_cursor, &fact, &entry, err)) ==
	       1) {
		if (rulebook_integer(&fact, "from", INT64_MIN) <
		    checking->period.to_utc) {
			checking->has_capacity = rulebook_decimal(
			    &checking->capacity_kw, &fact, "capacity_kw");
		}
	}
	return rc;
}

static int
check_point(struct checking *checking, struct qf_error *err)
{
	checking->report->points++;
	if (find_capacity(checking, err) == -1 ||
	    check_load_spans(checking, err) == -1 ||
	    check_reads(checking, err) == -1 ||
	    check_registers(checking, err) == -1 ||
	    check_sessions(checking, err) == -1) {
		return -1;
	}
	return check_gate(checking, err);
}

static int
check_points(struct checking *checking, struct qf_error *err)
{
	const struct check_ask *ask = checking->ask;
	struct progress bar;
	struct scope *scope;
	int rc;

	if (ask->point_count > 0) {
		rc = scope_named(&scope, checking->ledger,
		    checking->report->asof, &checking->period, ask->points,
		    ask->point_count, err);
	} else {
		rc = scope_contracts(&scope, checking->ledger,
		    checking->report->asof, &checking->period, err);
	}
	if (rc == -1) {
		return -1;
	}
	progress_begin(&bar, "checking points", 0, ask->quiet);
	while ((rc = scope_next(scope, &checking->point, err)) == 1) {
		if (check_point(checking, err) == -1) {
			rc = -1;
			break;
		}
		progress_step(&bar, checking->report->points);
	}
	progress_end(&bar);
	scope_free(scope);
	if (rc == 0) {
		rc = check_vehicles(checking, err);
	}
	return rc;
}

/* The batch ---------------------------------------------------------------- */

static int
append_batch(
    struct checking *checking, const char *declarations, struct qf_error *err)
{
	static const char *const tables[] = {"finding"};
	struct check_report *report = checking->report;
	struct entry *entry = checking->entry;
	char root[65];
	struct batch batch = {
	    .format = FORMAT,
	    .file = CHECK_TOOL,
	    .sha256 = root,
	    .declarations = declarations,
	    .received_utc = INT64_MIN,
	    .facts = checking->finding_line,
	};

	entry_root(entry, tables, 1, root);
	if (facts_append_batch(entry, &batch, err) == -1) {
		return -1;
	}
	entry_note(entry, "as-of", "%lld", (long long)report->asof);
	entry_note(entry, "zone-data", "%s", zone_version());
	report->appended = true;
	checking->entry = NULL;
	return entry_finish(entry, &report->batch, err);
}

/* Nothing may read any more when the ledger is asked to commit: a commit that
 * fails ends the connection. */
static void
close_cursors(struct checking *checking)
{
	struct fact_cursor **cursors[] = {
	    &checking->point_cursor,
	    &checking->register_cursor,
	    &checking->session_cursor,
	    &checking->clearance_cursor,
	    &checking->stored_cursor,
	    &checking->behind_cursor,
	    &checking->parents.cursor,
	};

	meters_close(&checking->meters);
	for (size_t c = 0; c < CHECK_CHANNELS; c++) {
		reads_close(checking->reads[c]);
		checking->reads[c] = NULL;
	}
	for (size_t i = 0; i < CHECK_DEPTH_MAX; i++) {
		facts_close(checking->relations[i]);
		checking->relations[i] = NULL;
	}
	for (size_t i = 0; i < sizeof(cursors) / sizeof(cursors[0]); i++) {
		facts_close(*cursors[i]);
		*cursors[i] = NULL;
	}
}

/* Checks into a new batch, or finds that all stands as it is. */
static int
check_entry(
    struct checking *checking, const char *declarations, struct qf_error *err)
{
	struct ledger *ledger = checking->ledger;
	int64_t last;
	int rc;

	if (ledger_savepoint(ledger, err) == -1 ||
	    entry_begin(&checking->entry, ledger, ENTRY_BATCH,
		checking->ask->recorded_utc, err) == -1 ||
	    check_points(checking, err) == -1 ||
	    check_merge(checking, err) == -1) {
		return -1;
	}
	close_cursors(checking);
	if (checking->finding_line > 0) {
		if (append_batch(checking, declarations, err) == -1 ||
		    ledger_release(ledger, err) == -1) {
			return -1;
		}
		return ledger_commit(ledger, err);
	}
	entry_abandon(checking->entry);
	checking->entry = NULL;
	if (ledger_rollback(ledger, err) == -1 ||
	    entry_last(ledger, &last, err) == -1) {
		return -1;
	}
	rc = facts_find_batch(
	    ledger, last, FORMAT, declarations, &checking->report->batch, err);
	return rc == -1 ? -1 : 0;
}

/* The whole ---------------------------------------------------------------- */

static int
begin(struct checking *checking, struct qf_error *err)
{
	const struct check_ask *ask = checking->ask;

	if (zone_load(&checking->zone, ledger_market(checking->ledger)->zone,
		err) == -1 ||
	    period_parse(ask->period, checking->zone, &checking->period, err) ==
		-1 ||
	    asof_choose(checking->ledger, ask->asof, NULL, checking->zone,
		&checking->report->asof, err) == -1) {
		return -1;
	}
	checking->found = sorter_new(SORTER_MEMORY / 4);
	checking->vehicles = sorter_new(SORTER_MEMORY / 4);
	return 0;
}

static void
end(struct checking *checking)
{
	entry_abandon(checking->entry);
	check_release_days(checking);
	check_forget_spans(checking);
	check_forget_sessions(checking);
	free(checking->spans);
	free(checking->sessions);
	dec_release(&checking->capacity_kw);
	close_cursors(checking);
	meters_release(&checking->meters);
	sorter_free(checking->found);
	sorter_free(checking->vehicles);
	zone_free(checking->zone);
	ledger_close(checking->ledger);
	free(checking);
}

static int
work(struct checking *checking, const struct thresholds *thresholds,
    const struct document *document, struct sink sink, struct qf_error *err)
{
	struct buf declarations;
	int rc;

	buf_init(&declarations, DECLARATIONS_MAX);
	document_declare(&declarations, thresholds->head.id, document->sha256,
	    &checking->period, checking->ask->points,
	    checking->ask->point_count);
	checking->table = table_new(sink, checking->ask->form, columns,
	    sizeof(columns) / sizeof(columns[0]));
	if (checking->ask->dry_run) {
		rc = check_points(checking, err);
		if (rc == 0) {
			rc = check_merge(checking, err);
		}
	} else {
		rc = check_entry(checking, declarations.bytes, err);
	}
	if (rc == 0) {
		rc = table_finish(checking->table, err);
	}
	table_free(checking->table);
	buf_release(&declarations);
	return rc;
}

int
check_period(const char *path, const struct check_ask *ask, struct sink sink,
    struct check_report *report, struct qf_error *err)
{
	struct checking *checking = xcalloc(1, sizeof(*checking));
	struct document document = {.text = NULL};
	struct thresholds *thresholds = NULL;
	int rc = -1;

	checking->ask = ask;
	checking->report = report;
	if (ledger_open(&checking->ledger, path,
		ask->dry_run ? LEDGER_READ : LEDGER_WRITE, ask->wait_seconds,
		err) == 0 &&
	    begin(checking, err) == 0 &&
	    find_document(checking, &document, err) == 0 &&
	    thresholds_load(&thresholds, document.text, strlen(document.text),
		document.file, err) == 0 &&
	    find_version(checking, thresholds, err) == 0) {
		rc = work(checking, thresholds, &document, sink, err);
	}
	end(checking);
	thresholds_free(thresholds);
	free(document.text);
	return rc;
}

/* Summary ------------------------------------------------------------------ */

static void
members(struct jsonout *json, const void *context)
{
	const struct check_report *report = context;

	jsonout_name(json, "appended");
	jsonout_bool(json, report->appended);
	summary_add_int(json, "as_of", report->asof);
	summary_add_int(json, "fresh", report->fresh);
	summary_add_int(json, "closed", report->closed);
	summary_add_int(json, "cleared", report->cleared);
}

void
check_summary(struct summary *summary, const struct check_report *report)
{
	if (report->batch.entry != 0) {
		summary_handle(summary, &report->batch);
	}
	summary_count(summary, METRIC_POINTS, report->points);
	summary_count(summary, METRIC_SESSIONS, report->sessions);
	for (size_t i = 0; i < report->kind_count; i++) {
		summary_count_for(summary, METRIC_FINDINGS,
		    report->kinds[i].name, report->kinds[i].open);
	}
	summary_count(summary, METRIC_FINDINGS_HOLDING, report->holding);
	summary->fill = members;
	summary->context = report;
}
