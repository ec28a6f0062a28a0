/* lines.c - the lines of one export, one by one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/status.h"
#include "base/text.h"
#include "format/linescsv.h"
#include "ledger/runs.h"
#include "stage/export/own.h"

struct writing {
	struct export_job *job;
	struct linescsv *csv; /* NULL between files */
};

static int
begin_file(void *context, const char *party, struct qf_error *err)
{
	struct writing *writing = context;
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
end_file(void *context, struct qf_error *err)
{
	struct writing *writing = context;
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

/* Lines stay in the order of the run: the key is their number. */
static int
take_to_sort(void *context, const struct line *line, struct qf_error *err)
{
	struct export_parties *parties = context;
	struct buf *key, *data;

	export_parties_row(parties, &key, &data);
	export_parties_number(key, line->line_no);
	line_pack(data, line);
	return export_parties_add(parties, line->payer, line->payee, err);
}

static int
write_sorted(void *context, const struct export_row *row, struct qf_error *err)
{
	struct line line;

	line_unpack(&line, row->data, row->data_length);
	return write_line(context, &line, row->role, err);
}

static int
write_per_party(struct writing *writing, struct qf_error *err)
{
	const struct export_writer writer = {.context = writing,
	    .begin = begin_file,
	    .row = write_sorted,
	    .end = end_file};
	struct export_parties *parties = export_parties_new();
	int rc = each_line(writing->job, take_to_sort, parties, err);

	if (rc == 0) {
		rc = export_parties_write(parties, &writer, err);
	}
	export_parties_free(parties);
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
