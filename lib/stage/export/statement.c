/* statement.c - the statements of one export.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/status.h"
#include "base/text.h"
#include "format/billing.h"
#include "format/statement.h"
#include "settle/totals.h"
#include "stage/export/own.h"

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
	default:
		BUG("form %d is no statement", (int)request->form);
	}
}

static int
begin_letter(void *context, const char *party, struct qf_error *err)
{
	struct writing *writing = context;
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
end_letter(void *context, struct qf_error *err)
{
	struct writing *writing = context;
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

static int
sort_row(void *context, const struct transfer *transfer, struct qf_error *err)
{
	struct export_parties *parties = context;
	struct buf *key, *data;

	export_parties_row(parties, &key, &data);
	transfer_pack_key(key, &transfer->key);
	transfer_pack(data, transfer);
	return export_parties_add(
	    parties, transfer->key.payer, transfer->key.payee, err);
}

static int
write_sorted(void *context, const struct export_row *row, struct qf_error *err)
{
	struct transfer transfer;

	transfer_unpack_key(&transfer.key, row->key, row->key_length);
	transfer_unpack(&transfer, row->data, row->data_length);
	return write_row(context, &transfer, row->role, err);
}

static int
write_per_party(struct writing *writing, struct qf_error *err)
{
	const struct export_writer writer = {.context = writing,
	    .begin = begin_letter,
	    .row = write_sorted,
	    .end = end_letter};
	struct export_parties *parties = export_parties_new();
	int rc = export_transfers(writing->job, sort_row, parties, err);

	if (rc == 0) {
		rc = export_parties_write(parties, &writer, err);
	}
	export_parties_free(parties);
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
