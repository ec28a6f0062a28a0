/* intake_rows.c - the rows of a CSV file into its batch.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <string.h>

#include "base/progress.h"
#include "base/zone.h"
#include "format/csv.h"
#include "format/factcsv.h"
#include "format/faults.h"
#include "ledger/entry.h"
#include "ledger/facts.h"
#include "stage/intake.h"

/* What a row does, its file's counts and faults say. */
static int
take_fact(
    struct passage *passage, const struct fact *fact, struct qf_error *err)
{
	struct ingest_file *file = passage->operand->file;
	enum fact_outcome outcome;
	struct qf_error fault;

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
	return faults_add_error(
	    passage->faults, fact->line_no, NULL, &fault, err);
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
		if (take_fact(passage, fact, err) == -1) {
			rc = -1;
			break;
		}
		progress_step(bar, (int64_t)csv_bytes(reader));
	}
	factcsv_free(facts);
	return rc;
}

/* The file must still be the one that was looked at. */
static int
check_unchanged(const struct passage *passage, struct csv_reader *reader,
    struct qf_error *err)
{
	struct digest sha256;

	csv_digest(reader, &sha256);
	if (digest_equal(&sha256, &passage->sha256)) {
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

int
intake_rows(struct passage *passage, struct qf_error *err)
{
	const struct intake *intake = passage->intake;
	struct operand *operand = passage->operand;
	struct csv_config config = {.encoding = intake->options->encoding,
	    .columns_max = SERIES_VALUES_MAX + 8};
	struct csv_reader *reader = NULL;
	struct progress bar;
	int rc = -1;

	progress_begin(
	    &bar, operand->name, operand->file->bytes, intake->options->quiet);
	passage->faults = faults_new(operand->name);
	if (csv_open(&reader, passage->fd, operand->name, &config, err) == -1 ||
	    check_header(passage, reader, err) == -1 ||
	    entry_begin(&passage->entry, intake->ledger, ENTRY_BATCH,
		intake->options->recorded_utc, err) == -1 ||
	    take_facts(passage, reader, &bar, err) == -1) {
		goto out;
	}
	rc = check_unchanged(passage, reader, err);
out:
	progress_end(&bar);
	csv_close(reader);
	return rc;
}
