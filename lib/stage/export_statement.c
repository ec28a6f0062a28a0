/* export_statement.c - the statements of one export.
 *
 * For a file a party every row is sorted to its payer and to its payee, and
 * the files are then written one after the other.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/sorter.h"
#include "base/status.h"
#include "base/text.h"
#include "format/billing.h"
#include "format/statement.h"
#include "ledger/postings.h"
#include "ledger/standing.h"
#include "model/contract.h"
#include "settle/totals.h"
#include "stage/delta.h"
#include "stage/export_own.h"

/* The transfers ------------------------------------------------------------ */

static int
delta_rows(struct export_job *job, export_row_fn *row, void *context,
    struct qf_error *err)
{
	struct transfer_cursor *cursor = NULL;
	struct transfer transfer;
	int rc;

	if (transfers_open(&cursor, job->ledger, job->posting.entry, err) ==
	    -1) {
		return -1;
	}
	while ((rc = transfers_next(cursor, &transfer, err)) == 1) {
		if (row(context, &transfer, err) == -1) {
			rc = -1;
			break;
		}
	}
	transfers_close(cursor);
	return rc;
}

static bool
is_nothing(const struct transfer_sums *sums)
{
	return sums->net_minor == 0 && sums->tax_minor == 0 &&
	       sums->gross_minor == 0 && strcmp(sums->quantity, "0") == 0;
}

/* What stands: the difference is that of the posting exported, so that it is
 * nothing for a key that it left alone. */
static int
full_rows(struct export_job *job, export_row_fn *row, void *context,
    struct qf_error *err)
{
	static const struct transfer_sums nothing = {.quantity = "0"};
	struct standing *standing = NULL;
	struct stands stands;
	int rc;

	if (standing_open(&standing, job->ledger, &job->run, job->posting.entry,
		err) == -1) {
		return -1;
	}
	while ((rc = standing_next(standing, &stands, err)) == 1) {
		if (stands.posting != job->posting.entry) {
			if (is_nothing(&stands.scope)) {
				continue;
			}
			stands.newest.change = nothing;
			stands.newest.reason = "stands";
		}
		if (row(context, &stands.newest, err) == -1) {
			rc = -1;
			break;
		}
	}
	standing_close(standing);
	return rc;
}

struct unposted {
	export_row_fn *row;
	void *context;
};

static int
unposted_row(
    void *context, const struct transfer *transfer, struct qf_error *err)
{
	const struct unposted *unposted = context;
	struct transfer out = *transfer;

	out.version = 0;
	out.reason = "line";
	return unposted->row(unposted->context, &out, err);
}

int
export_transfers(struct export_job *job, export_row_fn *row, void *context,
    struct qf_error *err)
{
	struct unposted unposted = {.row = row, .context = context};
	struct delta_options options = {.alone = true};
	struct delta_sink sink = {
	    .context = &unposted, .transfer = unposted_row};
	struct delta_result result;

	if (job->posting.entry == 0) {
		return delta_run(
		    job->ledger, &job->run, &options, &sink, &result, err);
	}
	return job->head.is_full ? full_rows(job, row, context, err)
				 : delta_rows(job, row, context, err);
}

/* A statement -------------------------------------------------------------- */

struct writing {
	struct export_job *job;
	struct letter *letter; /* NULL between files */
	struct totals *totals;
	struct buf key; /* of the row */
};

static struct letter *
new_letter(const struct export_request *request, struct sink sink)
{
	struct letter_config config = {.encoding = request->encoding,
	    .spreadsheet = request->spreadsheet,
	    .zh = request->zh,
	    .en = request->en,
	    .party_names = request->identity != NULL};

	switch (request->form) {
	case EXPORT_BILLING_CSV:
		return billing_csv(sink, &config);
	case EXPORT_BILLING_JSONL:
		return billing_jsonl(sink, &config);
	case EXPORT_STATEMENT_XML:
		return statement_xml(sink, &config);
	case EXPORT_LINES_CSV:
		break;
	}
	BUG("form %d is no statement", (int)request->form);
}

static int
begin_letter(struct writing *writing, const char *party, struct qf_error *err)
{
	struct export_job *job = writing->job;
	struct sink sink;

	if (export_begin_file(job, party, &sink, err) == -1) {
		return -1;
	}
	job->head.party = party;
	writing->letter = new_letter(job->request, sink);
	totals_clear(writing->totals);
	return writing->letter->begin(writing->letter, &job->head, err);
}

static void
end_writing(struct writing *writing)
{
	if (writing->letter != NULL) {
		writing->letter->release(writing->letter);
		writing->letter = NULL;
	}
}

static int
end_letter(struct writing *writing, struct qf_error *err)
{
	struct statement_totals totals;
	int rc;

	totals_take(writing->totals, &totals);
	for (size_t i = 0; i < totals.money_count; i++) {
		totals.money[i].name =
		    names_of(writing->job->names, totals.money[i].subject);
	}
	rc = writing->letter->end(writing->letter, &totals, err);
	end_writing(writing);
	return rc == -1 ? -1 : outbox_end(writing->job->box, err);
}

/* "C1/supply/2025-02/driver/grid/energy/energy/peak/import"; no part can hold
 * a "/". */
static const char *
key_text(struct writing *writing, const struct transfer_key *key)
{
	struct buf *text = &writing->key;
	char month[MONTH_TEXT_SIZE];

	buf_clear(text);
	buf_add_string(text, key->contract);
	buf_add_char(text, '/');
	buf_add_string(text, key->leg);
	buf_add_char(text, '/');
	transfer_month_text(month, key->month);
	buf_add_string(text, month);
	buf_add_char(text, '/');
	buf_add_string(text, key->payer);
	buf_add_char(text, '/');
	buf_add_string(text, key->payee);
	buf_add_char(text, '/');
	buf_add_string(text, key->subject);
	buf_add_char(text, '/');
	buf_add_string(text, key->component);
	buf_add_char(text, '/');
	buf_add_string(text, key->band);
	buf_add_char(text, '/');
	buf_add_string(text, key->channel);
	if (text->overflowed) {
		BUG("a key of over %zu bytes", text->max);
	}
	return text->bytes;
}

static int
write_row(struct writing *writing, const struct transfer *transfer,
    const char *role, struct qf_error *err)
{
	struct export_job *job = writing->job;
	const struct transfer_key *key = &transfer->key;
	struct statement_row row = {.transfer = transfer,
	    .role = role,
	    .key = key_text(writing, key),
	    .leg = names_of(job->names, key->leg),
	    .subject = names_of(job->names, key->subject),
	    .component = names_of(job->names, key->component),
	    .band = names_of(job->names, key->band)};
	char payer_name[EXPORT_PARTY_NAME_MAX];

	if (job->request->identity != NULL &&
	    export_party_names(job, key->payer, key->payee, payer_name,
		&row.payer_name, &row.payee_name, err) == -1) {
		return -1;
	}
	if (totals_add(writing->totals, transfer, role, err) == -1 ||
	    writing->letter->row(writing->letter, &row, err) == -1) {
		return -1;
	}
	export_count_row(job);
	return 0;
}

static int
row_of_all(void *context, const struct transfer *transfer, struct qf_error *err)
{
	return write_row(context, transfer, NULL, err);
}

static int
write_for_all(struct writing *writing, struct qf_error *err)
{
	if (begin_letter(writing, NULL, err) == -1 ||
	    export_transfers(writing->job, row_of_all, writing, err) == -1) {
		return -1;
	}
	return end_letter(writing, err);
}

/* A statement a party ------------------------------------------------------ */

struct sorting {
	struct sorter *sorter;
	struct buf key, data;
};

/* Sorts a row to one of its parties: the key is party, key and role. */
static int
sort_to(struct sorting *sorting, const char *party, char role,
    const struct transfer *transfer, struct qf_error *err)
{
	buf_clear(&sorting->key);
	buf_add(&sorting->key, party, strlen(party) + 1);
	transfer_pack_key(&sorting->key, &transfer->key);
	buf_add_char(&sorting->key, role);
	return sorter_add(sorting->sorter, sorting->key.bytes,
	    sorting->key.length, sorting->data.bytes, sorting->data.length,
	    err);
}

static int
sort_row(void *context, const struct transfer *transfer, struct qf_error *err)
{
	struct sorting *sorting = context;

	buf_clear(&sorting->data);
	transfer_pack(&sorting->data, transfer);
	if (sort_to(sorting, transfer->key.payer, 'd', transfer, err) == -1) {
		return -1;
	}
	return sort_to(sorting, transfer->key.payee, 'c', transfer, err);
}

/* Writes a sorted row into its party's statement, which it may begin. */
static int
write_sorted(struct writing *writing, const struct sorter_record *record,
    char party[ID_MAX + 1], struct qf_error *err)
{
	const char *bytes = record->key;
	size_t name = strlen(bytes) + 1;
	struct transfer transfer;

	if (strcmp(party, bytes) != 0) {
		if (writing->letter != NULL && end_letter(writing, err) == -1) {
			return -1;
		}
		assert(name <= ID_MAX + 1);
		memcpy(party, bytes, name);
		if (begin_letter(writing, party, err) == -1) {
			return -1;
		}
	}
	transfer_unpack_key(
	    &transfer.key, bytes + name, record->key_length - name - 1);
	transfer_unpack(&transfer, record->data, record->data_length);
	return write_row(writing, &transfer,
	    bytes[record->key_length - 1] == 'd' ? "payer" : "payee", err);
}

static int
write_per_party(struct writing *writing, struct qf_error *err)
{
	struct sorting sorting = {.sorter = sorter_new(SORTER_MEMORY)};
	struct sorter_record record;
	char party[ID_MAX + 1] = "";
	int rc;

	buf_init(&sorting.key, TRANSFER_PACKED_MAX);
	buf_init(&sorting.data, TRANSFER_PACKED_MAX);
	rc = export_transfers(writing->job, sort_row, &sorting, err);
	if (rc == 0) {
		rc = sorter_finish(sorting.sorter, err);
	}
	while (
	    rc == 0 && (rc = sorter_next(sorting.sorter, &record, err)) == 1) {
		rc = write_sorted(writing, &record, party, err);
	}
	if (rc == 0 && writing->letter != NULL) {
		rc = end_letter(writing, err);
	}
	sorter_free(sorting.sorter);
	buf_release(&sorting.key);
	buf_release(&sorting.data);
	return rc;
}

int
export_statements(struct export_job *job, struct qf_error *err)
{
	struct writing writing = {.job = job, .totals = totals_new()};
	int rc;

	buf_init(&writing.key, TRANSFER_PACKED_MAX);
	rc = job->request->per_party ? write_per_party(&writing, err)
				     : write_for_all(&writing, err);
	end_writing(&writing);
	totals_free(writing.totals);
	buf_release(&writing.key);
	return rc;
}
