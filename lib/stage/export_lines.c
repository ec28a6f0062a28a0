/* export_lines.c - the lines of one export, one by one.
 *
 * For a file a party every line is sorted to its payer and to its payee: a
 * party's own file has nothing of another's sessions.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/sorter.h"
#include "base/status.h"
#include "base/text.h"
#include "format/linescsv.h"
#include "ledger/runs.h"
#include "model/contract.h"
#include "stage/export_own.h"

#define LINE_BYTES 8 /* of a line's number in a sorted key */

struct writing {
	struct export_job *job;
	struct linescsv *csv; /* NULL between files */
};

static int
begin_file(struct writing *writing, const char *party, struct qf_error *err)
{
	struct export_job *job = writing->job;
	struct letter_config config = {.encoding = job->request->encoding,
	    .spreadsheet = job->request->spreadsheet,
	    .zh = job->request->zh,
	    .en = job->request->en,
	    .party_names = job->request->identity != NULL};
	struct sink sink;

	if (export_begin_file(job, party, &sink, err) == -1) {
		return -1;
	}
	job->head.party = party;
	writing->csv = linescsv_new(sink, &config, job->zone);
	return linescsv_begin(writing->csv, &job->head, err);
}

static int
end_file(struct writing *writing, struct qf_error *err)
{
	int rc = linescsv_end(writing->csv, err);

	linescsv_free(writing->csv);
	writing->csv = NULL;
	return rc == -1 ? -1 : outbox_end(writing->job->box, err);
}

static int
write_line(struct writing *writing, const struct line *line, const char *role,
    struct qf_error *err)
{
	struct export_job *job = writing->job;
	struct names *names = job->names;
	struct statement_line said = {.line = line,
	    .role = role,
	    .leg = names_of(names, line->leg),
	    .subject = names_of(names, line->subject),
	    .component = names_of(names, line->component),
	    .band = names_of(names, line->band == NULL ? "" : line->band),
	    .tariff = names_rule_of(names, line->tariff_entry)};
	char payer_name[EXPORT_PARTY_NAME_MAX];

	if (job->request->identity != NULL &&
	    export_party_names(job, line->payer, line->payee, payer_name,
		&said.payer_name, &said.payee_name, err) == -1) {
		return -1;
	}
	export_count_row(job);
	return linescsv_line(writing->csv, &said, err);
}

/* Hands out the lines of the run. */
static int
each_line(struct export_job *job,
    int (*take)(void *context, const struct line *line, struct qf_error *err),
    void *context, struct qf_error *err)
{
	struct run_cursor *cursor = NULL;
	struct line line;
	int rc;

	if (runs_open_lines(&cursor, job->ledger, job->run.entry, 1, err) ==
	    -1) {
		return -1;
	}
	while ((rc = runs_next_line(cursor, &line, err)) == 1) {
		if (take(context, &line, err) == -1) {
			rc = -1;
			break;
		}
	}
	runs_close(cursor);
	return rc;
}

static int
take_for_all(void *context, const struct line *line, struct qf_error *err)
{
	return write_line(context, line, NULL, err);
}

static int
write_for_all(struct writing *writing, struct qf_error *err)
{
	if (begin_file(writing, NULL, err) == -1 ||
	    each_line(writing->job, take_for_all, writing, err) == -1) {
		return -1;
	}
	return end_file(writing, err);
}

/* A file a party ----------------------------------------------------------- */

struct sorting {
	struct sorter *sorter;
	struct buf key, data;
};

/* The key is party, number of the line, and role. */
static int
sort_to(struct sorting *sorting, const char *party, char role,
    const struct line *line, struct qf_error *err)
{
	buf_clear(&sorting->key);
	buf_add(&sorting->key, party, strlen(party) + 1);
	for (int i = LINE_BYTES - 1; i >= 0; i--) {
		buf_add_char(
		    &sorting->key, (char)(line->line_no >> (8 * i) & 0xff));
	}
	buf_add_char(&sorting->key, role);
	return sorter_add(sorting->sorter, sorting->key.bytes,
	    sorting->key.length, sorting->data.bytes, sorting->data.length,
	    err);
}

static int
take_to_sort(void *context, const struct line *line, struct qf_error *err)
{
	struct sorting *sorting = context;

	buf_clear(&sorting->data);
	line_pack(&sorting->data, line);
	if (sort_to(sorting, line->payer, 'd', line, err) == -1) {
		return -1;
	}
	return sort_to(sorting, line->payee, 'c', line, err);
}

static int
write_sorted(struct writing *writing, const struct sorter_record *record,
    char party[ID_MAX + 1], struct qf_error *err)
{
	const char *bytes = record->key;
	struct line line;

	if (strcmp(party, bytes) != 0) {
		if (writing->csv != NULL && end_file(writing, err) == -1) {
			return -1;
		}
		assert(strlen(bytes) <= ID_MAX);
		snprintf(party, ID_MAX + 1, "%s", bytes);
		if (begin_file(writing, party, err) == -1) {
			return -1;
		}
	}
	line_unpack(&line, record->data, record->data_length);
	return write_line(writing, &line,
	    bytes[record->key_length - 1] == 'd' ? "payer" : "payee", err);
}

static int
write_per_party(struct writing *writing, struct qf_error *err)
{
	struct sorting sorting = {.sorter = sorter_new(SORTER_MEMORY)};
	struct sorter_record record;
	char party[ID_MAX + 1] = "";
	int rc;

	buf_init(&sorting.key, LINE_PACKED_MAX);
	buf_init(&sorting.data, LINE_PACKED_MAX);
	rc = each_line(writing->job, take_to_sort, &sorting, err);
	if (rc == 0) {
		rc = sorter_finish(sorting.sorter, err);
	}
	while (
	    rc == 0 && (rc = sorter_next(sorting.sorter, &record, err)) == 1) {
		rc = write_sorted(writing, &record, party, err);
	}
	if (rc == 0 && writing->csv != NULL) {
		rc = end_file(writing, err);
	}
	sorter_free(sorting.sorter);
	buf_release(&sorting.key);
	buf_release(&sorting.data);
	return rc;
}

int
export_lines(struct export_job *job, struct qf_error *err)
{
	struct writing writing = {.job = job};
	int rc = job->request->per_party ? write_per_party(&writing, err)
					 : write_for_all(&writing, err);

	linescsv_free(writing.csv);
	return rc;
}
