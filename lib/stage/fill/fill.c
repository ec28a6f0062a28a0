/* fill.c - estimates the reads that a period lacks, as one batch.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/fill/fill.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/outfile.h"
#include "base/progress.h"
#include "base/sorter.h"
#include "base/text.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "ledger/entry.h"
#include "ledger/facts.h"
#include "stage/asof.h"
#include "stage/document.h"
#include "stage/fill/own.h"

#define FORMAT "fill"
#define DECLARATIONS_MAX ((size_t)1 << 20)

static const struct table_column columns[] = {
    {"point", TABLE_TEXT},
    {"channel", TABLE_TEXT},
    {"start", TABLE_TEXT},
    {"end", TABLE_TEXT},
    {"values", TABLE_NUMBER},
    {"state", TABLE_TEXT},
    {"method", TABLE_TEXT},
    {"detail", TABLE_TEXT},
};

/* A point ------------------------------------------------------------------ */

/* Scenario of the point in hand, and whether it can have reads of its own. */
static int
look_at_point(struct fill *fill, bool *has_meter, struct qf_error *err)
{
	struct fact fact;
	int64_t entry;
	int rc;

	*has_meter = true;
	fill->scenario[0] = '\0';
	if (facts_lookup(&fill->point_cursor, fill->ledger, LOOKUP_POINT,
		fill->report->asof, fill->point.point, 0, 0, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(fill->point_cursor, &fact, &entry, err)) == 1) {
		const char *scenario = rulebook_text(&fact, "scenario");

		if (rulebook_integer(&fact, "from", INT64_MIN) >=
		    fill->period.to_utc) {
			continue;
		}
		snprintf(fill->scenario, sizeof(fill->scenario), "%s",
		    scenario == NULL ? "" : scenario);
		*has_meter =
		    strcmp(rulebook_text(&fact, "kind"), "virtual") != 0;
	}
	return rc;
}

static int
fill_channel(struct fill *fill, struct fill_line *line, struct qf_error *err)
{
	if (fill_line_load(fill, line, err) == -1) {
		return -1;
	}
	if (line->day_count == 0) {
		return 0;
	}
	if (fill_gaps(fill, line, err) == -1 ||
	    fill_tie(fill, line, err) == -1) {
		return -1;
	}
	return fill_put_line(fill, line, err);
}

/* What has no reads at all has no form that they could be estimated in; a
 * point that is the sum of others needs none. */
static int
tell_none(struct fill *fill, struct qf_error *err)
{
	struct fact_cursor *cursor = NULL;
	struct fact fact;
	int64_t entry;
	int rc;

	rc = facts_lookup(&cursor, fill->ledger, LOOKUP_RELATIONS_OF_PARENT,
	    fill->report->asof, fill->point.point, 0, 0, err);
	if (rc == 0) {
		rc = facts_next(cursor, &fact, &entry, err);
	}
	facts_close(cursor);
	if (rc != 0) {
		return rc == -1 ? -1 : 0;
	}
	return fill_tell_gap(fill, &fill->lines[CHANNEL_IMPORT],
	    fill->point.stretches[0].from_utc, fill->point.stretches[0].to_utc,
	    0, "", "no reads are there that would tell their form", false, err);
}

static int
fill_point(struct fill *fill, struct qf_error *err)
{
	bool has_meter;

	fill->report->points++;
	fill_forget_meters(fill);
	fill_forget_days(fill);
	if (look_at_point(fill, &has_meter, err) == -1) {
		return -1;
	}
	if (!has_meter) {
		return 0;
	}
	if (fill_load_meters(fill, err) == -1 ||
	    fill_load_readings(fill, err) == -1) {
		return -1;
	}
	for (int c = 0; c < FILL_CHANNELS; c++) {
		if (fill_channel(fill, &fill->lines[c], err) == -1) {
			return -1;
		}
	}
	if (fill->lines[CHANNEL_IMPORT].day_count == 0 &&
	    fill->lines[CHANNEL_EXPORT].day_count == 0) {
		return tell_none(fill, err);
	}
	return 0;
}

static int
fill_points(struct fill *fill, struct qf_error *err)
{
	const struct fill_ask *ask = fill->ask;
	struct progress bar;
	struct scope *scope;
	int rc;

	if (ask->point_count > 0) {
		rc = scope_named(&scope, fill->ledger, fill->report->asof,
		    &fill->period, ask->points, ask->point_count, err);
	} else {
		rc = scope_contracts(&scope, fill->ledger, fill->report->asof,
		    &fill->period, err);
	}
	if (rc == -1) {
		return -1;
	}
	progress_begin(&bar, "filling points", 0, ask->quiet);
	while ((rc = scope_next(scope, &fill->point, err)) == 1) {
		if (fill->point.on_intervals && fill_point(fill, err) == -1) {
			rc = -1;
			break;
		}
		progress_step(&bar, fill->report->points);
	}
	progress_end(&bar);
	scope_free(scope);
	return rc;
}

/* The batch ---------------------------------------------------------------- */

static int
append_batch(struct fill *fill, const char *declarations, struct qf_error *err)
{
	static const char *const tables[] = {"read_day", "estimate"};
	struct fill_report *report = fill->report;
	char root[65];
	struct batch batch = {
	    .format = FORMAT,
	    .file = FILL_TOOL,
	    .sha256 = root,
	    .declarations = declarations,
	    .received_utc = INT64_MIN,
	    .facts = fill->estimate_line,
	};

	if (fill_append_rows(fill, err) == -1) {
		return -1;
	}
	entry_root(fill->entry, tables, 2, root);
	if (facts_append_batch(fill->entry, &batch, err) == -1) {
		return -1;
	}
	entry_note(fill->entry, "as-of", "%lld", (long long)report->asof);
	entry_note(fill->entry, "zone-data", "%s", zone_version());
	report->appended = true;
	if (entry_finish(fill->entry, &report->batch, err) == -1) {
		fill->entry = NULL;
		return -1;
	}
	fill->entry = NULL;
	return 0;
}

/* Nothing may read any more when the ledger is asked to commit: a commit that
 * fails ends the connection. */
static void
close_cursors(struct fill *fill)
{
	for (int c = 0; c < FILL_CHANNELS; c++) {
		reads_close(fill->reads[c]);
		fill->reads[c] = NULL;
	}
	facts_close(fill->meter_cursor);
	facts_close(fill->register_cursor);
	facts_close(fill->point_cursor);
	rulebook_free(fill->book);
	fill->meter_cursor = NULL;
	fill->register_cursor = NULL;
	fill->point_cursor = NULL;
	fill->book = NULL;
}

/* Fills into a new batch, or finds that nothing is missing. */
static int
fill_entry(
    struct fill *fill, const struct document *document, struct qf_error *err)
{
	struct fill_report *report = fill->report;
	struct ledger *ledger = fill->ledger;
	struct buf declarations;
	int64_t last;
	int rc = -1;

	buf_init(&declarations, DECLARATIONS_MAX);
	document_declare(&declarations, document->id, document->sha256,
	    &fill->period, fill->ask->points, fill->ask->point_count);
	if (ledger_savepoint(ledger, err) == -1 ||
	    entry_begin(&fill->entry, ledger, ENTRY_BATCH,
		fill->ask->recorded_utc, err) == -1) {
		goto out;
	}
	fill->rows = sorter_new(SORTER_MEMORY);
	if (fill_points(fill, err) == -1) {
		goto out;
	}
	close_cursors(fill);
	if (fill->estimate_line > 0) {
		if (append_batch(fill, declarations.bytes, err) == -1 ||
		    ledger_release(ledger, err) == -1) {
			goto out;
		}
		rc = ledger_commit(ledger, err);
		goto out;
	}
	entry_abandon(fill->entry);
	fill->entry = NULL;
	if (ledger_rollback(ledger, err) == -1 ||
	    entry_last(ledger, &last, err) == -1) {
		goto out;
	}
	rc = facts_find_batch(
	    ledger, last, FORMAT, declarations.bytes, &report->batch, err);
	rc = rc == -1 ? -1 : 0;
out:
	entry_abandon(fill->entry);
	fill->entry = NULL;
	buf_release(&declarations);
	return rc;
}

/* The whole ---------------------------------------------------------------- */

static int
begin(struct fill *fill, struct document *document, struct qf_error *err)
{
	const struct fill_ask *ask = fill->ask;

	for (int c = 0; c < FILL_CHANNELS; c++) {
		fill->lines[c].channel = (enum channel)c;
	}
	if (zone_load(&fill->zone, ledger_market(fill->ledger)->zone, err) ==
		-1 ||
	    period_parse(ask->period, fill->zone, &fill->period, err) == -1 ||
	    asof_choose(fill->ledger, ask->asof, NULL, fill->zone,
		&fill->report->asof, err) == -1 ||
	    document_find(fill->ledger, fill->report->asof, "estimation",
		ask->rule, document, err) == -1 ||
	    estimation_load(&fill->estimation, document->text,
		strlen(document->text), document->file, err) == -1) {
		return -1;
	}
	rulebook_new(&fill->book, fill->ledger, fill->report->asof, fill->zone);
	return 0;
}

static void
end(struct fill *fill)
{
	close_cursors(fill);
	fill_forget_meters(fill);
	for (int c = 0; c < FILL_CHANNELS; c++) {
		fill_line_release(&fill->lines[c]);
	}
	for (size_t i = 0; i < FILL_CACHE; i++) {
		free(fill->known[i].energy);
	}
	free(fill->meters);
	free(fill->readings);
	free(fill->work);
	sorter_free(fill->rows);
	estimation_free(fill->estimation);
	zone_free(fill->zone);
	ledger_close(fill->ledger);
	free(fill);
}

/* Opens the list, does the work, and publishes the list behind it: what the
 * ledger has not got is in no list. */
static int
work(struct fill *fill, const struct document *document, struct qf_error *err)
{
	const struct fill_ask *ask = fill->ask;
	struct outfile *file = NULL;
	int rc = -1;

	if (ask->list != NULL) {
		if (outfile_begin(
			&file, ask->list, FILL_TOOL, ask->force, err) == -1) {
			return -1;
		}
		fill->list = table_new(sink_outfile(file),
		    ask->json ? TABLE_JSON : TABLE_CSV, columns,
		    sizeof(columns) / sizeof(columns[0]));
	}
	rc = ask->dry_run ? fill_points(fill, err)
			  : fill_entry(fill, document, err);
	if (rc == 0 && fill->list != NULL) {
		rc = table_finish(fill->list, err);
		if (rc == 0) {
			rc = outfile_commit(file, err);
		}
	}
	table_free(fill->list);
	outfile_free(file);
	return rc;
}

int
fill_period(const char *path, const struct fill_ask *ask,
    struct fill_report *report, struct qf_error *err)
{
	struct fill *fill = xcalloc(1, sizeof(*fill));
	struct document document = {.text = NULL};
	int rc = -1;

	fill->ask = ask;
	fill->report = report;
	if (ledger_open(&fill->ledger, path,
		ask->dry_run ? LEDGER_READ : LEDGER_WRITE, ask->wait_seconds,
		err) == 0 &&
	    begin(fill, &document, err) == 0) {
		rc = work(fill, &document, err);
	}
	free(document.text);
	end(fill);
	return rc;
}
