/* rows.c - the rows of a CSV file into its batch.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/progress.h"
#include "base/zone.h"
#include "format/csv.h"
#include "format/factcsv.h"
#include "format/faults.h"
#include "format/gather.h"
#include "format/headers.h"
#include "format/piece.h"
#include "format/readscsv.h"
#include "ledger/db.h"
#include "ledger/entry.h"
#include "ledger/facts.h"
#include "stage/intake/intake.h"

/* Takes "column: " off what the ledger says of a row; the column's name, or
 * NULL where the text does not begin with one of these. */
static const char *
take_column(struct qf_error *fault, const char *const *names, size_t count)
{
	size_t i, length;

	for (i = 0; i < count; i++) {
		length = strlen(names[i]);
		if (strncmp(fault->text, names[i], length) == 0 &&
		    strncmp(fault->text + length, ": ", 2) == 0) {
			memmove(fault->text, fault->text + length + 2,
			    strlen(fault->text + length + 2) + 1);
			return names[i];
		}
	}
	return NULL;
}

int
intake_fact(
    struct passage *passage, const struct fact *fact, struct qf_error *err)
{
	struct ingest_file *file = passage->operand->file;
	const char *names[FACT_COLUMNS_MAX];
	enum fact_outcome outcome;
	struct qf_error fault;
	const char *column;
	size_t i;

	if (passage->tallied && (passage->operand->kind.format == SNIFF_FACTS ||
				    fact->format->kind == FACT_SESSION)) {
		tally_fact(&passage->tally, fact);
	}
	if (facts_append(passage->entry, fact,
		passage->intake->options->correct != NULL, &outcome,
		&fault) == 0) {
		file->facts++;
		file->repeated += outcome == FACT_REPEATED;
		return 0;
	}
	if (intake_is_fatal(&fault)) {
		*err = fault;
		return -1;
	}
	for (i = 0; i < fact->format->column_count; i++) {
		names[i] = fact->format->columns[i].name;
	}
	column = take_column(&fault, names, i);
	return faults_add_error(
	    passage->faults, fact->line_no, column, &fault, err);
}

static int
take_facts(struct passage *passage, struct csv_reader *reader,
    struct progress *bar, struct qf_error *err)
{
	struct factcsv *facts;
	const struct fact *fact;
	int rc;

	facts = factcsv_new(reader, passage->operand->kind.facts,
	    passage->intake->zone, passage->faults);
	while ((rc = factcsv_next(facts, &fact, err)) == 1) {
		if (intake_fact(passage, fact, err) == -1) {
			rc = -1;
			break;
		}
		progress_step(bar, (int64_t)csv_bytes(reader));
	}
	factcsv_free(facts);
	return rc;
}

/* The file must still be the one that was looked at; or its digest is known
 * only now. */
static int
check_unchanged(
    struct passage *passage, struct csv_reader *reader, struct qf_error *err)
{
	struct ingest_file *file = passage->operand->file;
	struct digest sha256;

	csv_digest(reader, &sha256);
	if (!passage->digested) {
		passage->sha256 = sha256;
		passage->digested = true;
		digest_hex(&sha256, file->sha256);
	}
	if (digest_equal(&sha256, &passage->sha256) &&
	    csv_bytes(reader) == (uint64_t)file->bytes) {
		return 0;
	}
	return qf_fail(err, QF_DATA, "input-changed",
	    "%s: changed while it was read", passage->operand->name);
}

/* The same for its header, before rows are taken for what they are not. */
static int
check_header(const struct passage *passage, const struct csv_reader *reader,
    struct qf_error *err)
{
	const struct sniff *kind = &passage->operand->kind;
	const char *const *names;
	size_t count = csv_header(reader, &names);
	struct sniff now;

	if (sniff_header(&now, names, count) == 0 &&
	    now.format == kind->format && now.facts == kind->facts &&
	    now.has_quality == kind->has_quality &&
	    now.value_count == kind->value_count) {
		return 0;
	}
	return qf_fail(err, QF_DATA, "input-changed",
	    "%s: changed while it was read", passage->operand->name);
}

/* Columns of which the ledger says something. */
static const char *const read_columns[] = {"point", "channel", "quality"};

/* A day of reads: its rows count, or fall together. */
static int
take_day(struct passage *passage, struct gather *gather,
    const struct gather_day *day, struct qf_error *err)
{
	struct ingest_file *file = passage->operand->file;
	enum fact_outcome outcome;
	struct qf_error fault;
	const char *column;

	if (facts_append_reads(passage->entry, day->reads,
		passage->intake->options->correct != NULL, &outcome,
		&fault) == 0) {
		file->facts += (int64_t)day->rows;
		file->repeated += (int64_t)(day->rows - gather_rows(day));
		return 0;
	}
	if (intake_is_fatal(&fault)) {
		*err = fault;
		return -1;
	}
	column = take_column(
	    &fault, read_columns, sizeof(read_columns) / sizeof(*read_columns));
	return gather_refuse(gather, day, column, &fault, err);
}

/* A source whose pieces are added up on their way. */
struct tallied_source {
	const struct read_source *source;
	struct tally *tally;
};

static int
tallied_next(void *context, const struct read_piece **out, struct qf_error *err)
{
	struct tallied_source *tallied = context;
	int rc = tallied->source->next(tallied->source->context, out, err);

	if (rc == 1) {
		tally_piece(tallied->tally, *out);
	}
	return rc;
}

static void
tallied_day(
    void *context, int32_t day, int minutes, int64_t *start_utc, size_t *count)
{
	struct tallied_source *tallied = context;

	tallied->source->day(
	    tallied->source->context, day, minutes, start_utc, count);
}

static uint64_t
tallied_bytes(void *context)
{
	struct tallied_source *tallied = context;

	return tallied->source->bytes(tallied->source->context);
}

int
intake_reads(struct passage *passage, const struct read_source *from,
    enum gather_mode mode, bool *disordered, struct progress *bar,
    struct qf_error *err)
{
	struct tallied_source tallied = {from, &passage->tally};
	const struct read_source adding = {
	    .context = &tallied,
	    .next = tallied_next,
	    .day = tallied_day,
	    .bytes = tallied_bytes,
	    .mixes_methods = from->mixes_methods,
	};
	const struct read_source *source = passage->tallied ? &adding : from;
	struct ingest_file *file = passage->operand->file;
	const struct zone *zone = passage->intake->zone;
	struct gather_day *day;
	struct gather *gather;
	int rc;

	gather = gather_new(source, mode, zone, passage->faults);
	while ((rc = gather_next(gather, &day, err)) == 1) {
		if (take_day(passage, gather, day, err) == -1) {
			rc = -1;
			break;
		}
		progress_step(bar, (int64_t)source->bytes(source->context));
	}
	file->facts += (int64_t)gather_repeated(gather);
	file->repeated += (int64_t)gather_repeated(gather);
	*disordered = gather_disordered(gather);
	gather_free(gather);
	return rc;
}

/* The reads of a CSV file; *disordered where they must be sorted first. */
static int
take_reads(struct passage *passage, struct csv_reader *reader,
    enum gather_mode mode, bool *disordered, struct progress *bar,
    struct qf_error *err)
{
	struct read_source source;
	struct readscsv *reads;
	int rc;

	reads = readscsv_new(reader, &passage->operand->kind,
	    &passage->declaration, passage->intake->zone, passage->faults);
	source = readscsv_source(reads);
	rc = intake_reads(passage, &source, mode, disordered, bar, err);
	readscsv_free(reads);
	return rc;
}

static int
declare(struct passage *passage, const struct csv_reader *reader,
    struct qf_error *err)
{
	const struct intake *intake = passage->intake;
	const char *const *preamble, *given = intake->options->declare;
	size_t count = csv_preamble(reader, &preamble);

	if (given == NULL && intake->map != NULL) {
		given = headers_reads(intake->map);
	}
	return declare_reads(&passage->declaration, preamble, count, given,
	    passage->operand->name, err);
}

/* Once through the file. */
static int
pass(struct passage *passage, enum gather_mode mode, bool *disordered,
    struct qf_error *err)
{
	const struct intake *intake = passage->intake;
	struct operand *operand = passage->operand;
	struct csv_config config =
	    intake_config(intake->options, intake->map, false);
	bool facts = operand->kind.format == SNIFF_FACTS;
	struct csv_reader *reader = NULL;
	struct progress bar;
	int rc = -1;

	progress_begin(
	    &bar, operand->name, operand->file->bytes, intake->options->quiet);
	passage->faults = faults_new(operand->name);
	if (csv_open(&reader, passage->fd, operand->name, &config, err) == -1 ||
	    check_header(passage, reader, err) == -1 ||
	    (!facts && declare(passage, reader, err) == -1) ||
	    entry_begin(&passage->entry, intake->ledger, ENTRY_BATCH,
		intake->options->recorded_utc, err) == -1) {
		goto out;
	}
	if (facts) {
		rc = take_facts(passage, reader, &bar, err);
	} else {
		rc = take_reads(passage, reader, mode, disordered, &bar, err);
	}
	passage->rows = (int64_t)csv_rows(reader);
	if (rc == 0) {
		rc = check_unchanged(passage, reader, err);
	}
out:
	progress_end(&bar);
	csv_close(reader);
	return rc;
}

/* Takes everything back, to begin again. */
static int
start_again(struct passage *passage, struct qf_error *err)
{
	struct ledger *ledger = passage->intake->ledger;
	struct ingest_file *file = passage->operand->file;

	entry_abandon(passage->entry);
	passage->entry = NULL;
	faults_free(passage->faults);
	passage->faults = NULL;
	file->facts = 0;
	file->repeated = 0;
	tally_begin(&passage->tally);
	if (ledger_rollback(ledger, err) == -1 ||
	    ledger_savepoint(ledger, err) == -1) {
		return -1;
	}
	if (lseek(passage->fd, 0, SEEK_SET) == -1) {
		return qf_fail(err, QF_IO, "read-failed", "%s: %s",
		    passage->operand->name, strerror(errno));
	}
	return 0;
}

int
intake_rows(struct passage *passage, struct qf_error *err)
{
	bool disordered = false;

	if (pass(passage, GATHER_IN_ORDER, &disordered, err) == 0) {
		return 0;
	}
	if (!disordered) {
		return -1;
	}
	if (start_again(passage, err) == -1) {
		return -1;
	}
	return pass(passage, GATHER_SORTED, &disordered, err);
}
