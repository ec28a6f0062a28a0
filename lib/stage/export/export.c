/* export.c - settlement files out of the ledger: what is exported, and under
 * which head.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/export/export.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/progress.h"
#include "base/sink.h"
#include "base/status.h"
#include "ledger/db.h"
#include "ledger/entry.h"
#include "ledger/postings.h"
#include "ledger/sources.h"
#include "stage/clear/clear.h"
#include "stage/export/own.h"

static const struct {
	const char *name, *suffix;
	const char *part; /* of the names of files */
	bool of_run; /* its rows, whatever its posting changed */
	bool of_auction; /* of a run of qf-clear, and of no other */
	int (*write)(struct export_job *job, struct qf_error *err);
} forms[] = {
    [EXPORT_BILLING_CSV] = {"billing-csv", ".csv", "", false, false,
	export_statements},
    [EXPORT_BILLING_JSONL] = {"billing-jsonl", ".jsonl", "", false, false,
	export_statements},
    [EXPORT_STATEMENT_XML] = {"statement-xml", ".xml", "", false, false,
	export_statements},
    [EXPORT_LINES_CSV] = {"lines-csv", ".csv", "-lines", true, false,
	export_lines},
    [EXPORT_AWARDS_CSV] = {"awards-csv", ".csv", "-awards", true, true,
	export_auction},
    [EXPORT_PRICES_CSV] = {"prices-csv", ".csv", "-prices", true, true,
	export_auction},
    [EXPORT_TRADES_CSV] = {"trades-csv", ".csv", "-trades", true, true,
	export_auction},
    [EXPORT_FLEX_SETTLEMENT] = {"flex-settlement", ".xml", "-flex", true, false,
	export_flex},
};
#define FORMS (sizeof(forms) / sizeof(forms[0]))

int
export_form_parse(enum export_form *out, const char *name)
{
	for (size_t i = 0; i < FORMS; i++) {
		if (strcmp(forms[i].name, name) == 0) {
			*out = (enum export_form)i;
			return 0;
		}
	}
	return -1;
}

void
export_form_list(struct buf *out)
{
	for (size_t i = 0; i < FORMS; i++) {
		buf_printf(out, "%s%s",
		    i == 0          ? ""
		    : i + 1 < FORMS ? ", "
				    : " and ",
		    forms[i].name);
	}
}

const char *
export_form_suffix(enum export_form form)
{
	assert(form < FORMS);
	return forms[form].suffix;
}

/* What is exported --------------------------------------------------------- */

/* The posting of a posting's handle, or of a run's. */
static int
find_posting(
    struct export_job *job, struct handle *handle, struct qf_error *err)
{
	struct handle posting;
	int rc;

	if (entry_resolve(job->ledger, handle, err) == -1) {
		return -1;
	}
	if (handle->kind == ENTRY_POSTING) {
		return postings_load(
		    job->ledger, handle->entry, &job->posting, err);
	}
	if (handle->kind != ENTRY_RUN || handle->line != 0) {
		return qf_fail(err, QF_USAGE, "handle-kind",
		    "%s:%lld: only runs and postings are exported, and whole",
		    entry_kind_name(handle->kind), (long long)handle->entry);
	}
	rc = postings_of_run(job->ledger, handle->entry, &posting, err);
	if (rc == 1) {
		return postings_load(
		    job->ledger, posting.entry, &job->posting, err);
	}
	job->posting.run = handle->entry;
	return rc;
}

static void
set_period(struct export_job *job)
{
	struct period period = {
	    .from_utc = job->run.from_utc, .to_utc = job->run.to_utc};

	period.first_day = zone_day_of(job->zone, period.from_utc);
	period.end_day = zone_day_of(job->zone, period.to_utc - 1) + 1;
	period_format(&period, job->period);
}

static int
set_head(struct export_job *job, struct qf_error *err)
{
	const struct market *market = ledger_market(job->ledger);
	struct statement_head *head = &job->head;
	bool posted = job->posting.entry != 0;

	head->sender = job->request->sender;
	head->receiver = job->request->receiver;
	head->period = job->period;
	/* Lines are those of the run, whatever its posting changed. */
	head->is_full =
	    !posted || job->request->full || forms[job->request->form].of_run;
	head->state = posted ? "posted" : job->run.kind;
	head->market = market->name;
	head->zone = market->zone;
	head->currency = market->currency;
	head->money_scale = market->money_scale;
	head->sources_sha256 = job->sources;
	head->rules = names_rules(job->names, &head->rule_count);
	head->names = names_all(job->names, &head->name_count);
	if (!posted) {
		return 0;
	}
	return postings_count(
	    job->ledger, job->posting.entry, &head->sequence, err);
}

/* Sources ------------------------------------------------------------------ */

/* Hands out the list of sources, a line each as sha256sum prints it. */
static int
list_sources(
    struct export_job *job, const struct sink *sink, struct qf_error *err)
{
	struct source_cursor *cursor = NULL;
	struct source source;
	char line[512];
	int rc, length;

	if (sources_open(&cursor, job->ledger, job->run.asof, err) == -1) {
		return -1;
	}
	while ((rc = sources_next(cursor, &source, err)) == 1) {
		length = snprintf(
		    line, sizeof(line), "%s  %s\n", source.sha256, source.name);
		if (length < 0 || (size_t)length >= sizeof(line)) {
			BUG("a file's name of %d bytes", length);
		}
		if (sink->write(sink->context, line, (size_t)length, err) ==
		    -1) {
			rc = -1;
			break;
		}
	}
	sources_close(cursor);
	return rc;
}

static int
add_to_digest(
    void *context, const void *bytes, size_t length, struct qf_error *err)
{
	(void)err;
	digest_stream_add(context, bytes, length);
	return 0;
}

static int
set_sources(struct export_job *job, struct qf_error *err)
{
	struct digest_stream *stream = digest_stream_new();
	struct sink sink = {.write = add_to_digest, .context = stream};
	struct digest digest;
	int rc = list_sources(job, &sink, err);

	digest_stream_finish(stream, &digest);
	digest_stream_free(stream);
	digest_hex(&digest, job->sources);
	return rc;
}

/* Files -------------------------------------------------------------------- */

/* The first part of the names of the job's files: the period and the sequence
 * or state. */
static void
base_name(const struct export_job *job, char *name, size_t size)
{
	size_t length;

	if (job->head.sequence > 0) {
		snprintf(name, size, "%s-%04lld", job->period,
		    (long long)job->head.sequence);
	} else {
		snprintf(name, size, "%s-%s", job->period, job->head.state);
	}
	length = strlen(name);
	for (size_t i = 0; i < length; i++) {
		if (name[i] == '/') {
			name[i] = '_';
		}
	}
}

int
export_begin_file(struct export_job *job, const char *party, struct sink *sink,
    struct qf_error *err)
{
	char base[EXPORT_NAME_MAX], name[2 * EXPORT_NAME_MAX];

	base_name(job, base, sizeof(base));
	if (job->request->counts != NULL) {
		job->request->counts->files++;
	}
	snprintf(name, sizeof(name), "%s%s%s%s%s", base,
	    forms[job->request->form].part, party == NULL ? "" : "-",
	    party == NULL ? "" : party, forms[job->request->form].suffix);
	return outbox_begin(job->box, name, sink, err);
}

void
export_count_row(struct export_job *job)
{
	job->rows++;
	if (job->request->counts != NULL) {
		job->request->counts->rows++;
	}
	if (job->request->bar != NULL) {
		progress_step(job->request->bar, job->rows);
	}
}

int
export_party_names(struct export_job *job, const char *payer, const char *payee,
    char buffer[EXPORT_PARTY_NAME_MAX], const char **payer_name,
    const char **payee_name, struct qf_error *err)
{
	if (names_of_party(job->names, payer, payer_name, err) == -1) {
		return -1;
	}
	if (*payer_name != NULL) {
		snprintf(buffer, EXPORT_PARTY_NAME_MAX, "%s", *payer_name);
		*payer_name = buffer;
	}
	return names_of_party(job->names, payee, payee_name, err);
}

/* In a directory, what the sources digest of the head is of. */
static int
write_sources(struct export_job *job, struct qf_error *err)
{
	char base[EXPORT_NAME_MAX], name[2 * EXPORT_NAME_MAX];
	struct sink sink;

	if (!outbox_is_directory(job->box)) {
		return 0;
	}
	base_name(job, base, sizeof(base));
	snprintf(name, sizeof(name), "%s-sources.txt", base);
	if (outbox_begin(job->box, name, &sink, err) == -1 ||
	    list_sources(job, &sink, err) == -1) {
		return -1;
	}
	return outbox_end(job->box, err);
}

/* All ---------------------------------------------------------------------- */

/* Awards are of an auction, and nothing else of it is exported. */
static int
check_form(const struct export_job *job, struct qf_error *err)
{
	bool cleared = strcmp(job->run.tool, CLEAR_TOOL) == 0;

	if (cleared == forms[job->request->form].of_auction) {
		return 0;
	}
	return qf_fail(err, QF_USAGE, "export-form",
	    "run:%lld was made by %s, and has nothing for %s; %s",
	    (long long)job->run.entry, job->run.tool,
	    forms[job->request->form].name,
	    cleared ? "there are awards-csv, prices-csv and trades-csv"
		    : "awards, prices and trades are of qf-clear");
}

static int
run_job(struct export_job *job, struct handle *handle, struct qf_error *err)
{
	const struct export_request *request = job->request;

	if (find_posting(job, handle, err) == -1 ||
	    runs_load(job->ledger, job->posting.run, &job->run, err) == -1 ||
	    check_form(job, err) == -1 ||
	    zone_load(&job->zone, ledger_market(job->ledger)->zone, err) ==
		-1 ||
	    names_load(&job->names, job->ledger, job->run.asof, err) == -1) {
		return -1;
	}
	if (request->identity != NULL &&
	    names_load_identity(job->names, request->identity, err) == -1) {
		return -1;
	}
	set_period(job);
	if (set_sources(job, err) == -1 || set_head(job, err) == -1) {
		return -1;
	}
	if (forms[request->form].write(job, err) == -1) {
		return -1;
	}
	return write_sources(job, err);
}

static int
run_jobs(struct ledger *ledger, struct handle *handles, size_t count,
    const struct export_request *request, struct outbox *box,
    struct qf_error *err)
{
	int rc = 0;

	if (!outbox_is_directory(box) && request->per_party) {
		return qf_fail(err, QF_USAGE, "export-one-file",
		    "%s: a file a party needs a directory", request->output);
	}
	for (size_t i = 0; rc == 0 && i < count; i++) {
		struct export_job job = {
		    .ledger = ledger, .request = request, .box = box};

		rc = run_job(&job, &handles[i], err);
		names_free(job.names);
		zone_free(job.zone);
	}
	return rc == 0 ? outbox_commit(box, err) : -1;
}

int
export_run(const char *path, struct handle *handles, size_t count,
    const struct export_request *request, struct qf_error *err)
{
	struct ledger *ledger;
	struct outbox *box = NULL;
	int rc;

	if (ledger_open(&ledger, path, LEDGER_READ, 0, err) == -1) {
		return -1;
	}
	rc = outbox_open(&box, "qf-export", request->output,
	    forms[request->form].suffix, request->force, err);
	if (rc == 0) {
		rc = run_jobs(ledger, handles, count, request, box, err);
	}
	outbox_close(box);
	ledger_close(ledger);
	return rc;
}
