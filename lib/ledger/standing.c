/* standing.c - what stands in the scope of a run, over all postings.
 *
 * One posting is read as it is: its transfers stand in the order of their
 * keys, each once.  Several are sorted by key and entry, and the transfers of
 * a key are summed up.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/standing.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "base/sorter.h"
#include "base/status.h"
#include "base/text.h"
#include "ledger/postings.h"

#define ENTRY_BYTES 8 /* of the entry, behind the key in a sorted record */

/* A posting that touches the run's months and scope. */
struct source {
	int64_t posting;
	bool inside; /* its period lies in the run's */
};

struct standing {
	struct ledger *ledger;
	const char *contract, *leg; /* that the scope names, or NULL */
	size_t contract_length, leg_length;
	struct source *sources;
	size_t source_count;

	struct transfer_cursor *cursor; /* of the only posting */
	struct sorter *sorter; /* of several; borrowed record below */
	struct sorter_record record;
	bool has_record; /* the first of the next key is read */
	struct buf key, newest; /* of the key that is handed out */
	struct dec quantity;
	char quantity_text[DEC_TEXT_MAX];
};

static bool
is_word(const char *text, const char *word, size_t length)
{
	return strlen(text) == length && memcmp(text, word, length) == 0;
}

static bool
in_scope(const struct standing *standing, const struct transfer *transfer)
{
	return (standing->contract == NULL ||
		   is_word(transfer->key.contract, standing->contract,
		       standing->contract_length)) &&
	       (standing->leg == NULL ||
		   is_word(
		       transfer->key.leg, standing->leg, standing->leg_length));
}

static int
find_sources(struct standing *standing, const struct run *run, int64_t up_to,
    struct qf_error *err)
{
	struct posted_cursor *posted = NULL;
	struct posting posting;
	struct run other;
	int rc;

	if (posted_open(&posted, standing->ledger, run, err) == -1) {
		return -1;
	}
	while ((rc = posted_next(posted, &posting, &other, err)) == 1) {
		if (posting.transfers == 0 ||
		    (up_to > 0 && posting.entry > up_to)) {
			continue;
		}
		standing->sources = xreallocarray(standing->sources,
		    standing->source_count + 1, sizeof(struct source));
		standing->sources[standing->source_count].posting =
		    posting.entry;
		standing->sources[standing->source_count++].inside =
		    postings_inside(run, &other);
	}
	posted_close(posted);
	return rc;
}

static int
open_source(struct standing *standing, const struct source *source,
    struct qf_error *err)
{
	return transfers_open_contract(&standing->cursor, standing->ledger,
	    source->posting, standing->contract, standing->contract_length,
	    err);
}

/* The next transfer of the open posting that is in scope. */
static int
next_of_source(
    struct standing *standing, struct transfer *out, struct qf_error *err)
{
	int rc;

	while ((rc = transfers_next(standing->cursor, out, err)) == 1) {
		if (in_scope(standing, out)) {
			return 1;
		}
	}
	return rc;
}

/* Puts a posting's transfers into the sorter: key and entry, then whether it
 * is inside and the rest. */
static int
sort_source(struct standing *standing, const struct source *source,
    struct qf_error *err)
{
	struct transfer transfer;
	unsigned char entry[ENTRY_BYTES];
	int rc;

	for (int i = 0; i < ENTRY_BYTES; i++) {
		entry[i] = (unsigned char)(source->posting >>
					   (8 * (ENTRY_BYTES - 1 - i)));
	}
	if (open_source(standing, source, err) == -1) {
		return -1;
	}
	while ((rc = next_of_source(standing, &transfer, err)) == 1) {
		buf_clear(&standing->key);
		transfer_pack_key(&standing->key, &transfer.key);
		buf_add(&standing->key, entry, sizeof(entry));
		buf_clear(&standing->newest);
		buf_add_char(&standing->newest, source->inside ? 1 : 0);
		transfer_pack(&standing->newest, &transfer);
		if (sorter_add(standing->sorter, standing->key.bytes,
			standing->key.length, standing->newest.bytes,
			standing->newest.length, err) == -1) {
			rc = -1;
			break;
		}
	}
	transfers_close(standing->cursor);
	standing->cursor = NULL;
	return rc;
}

/* Reads the first record of the next key ahead. */
static int
read_ahead(struct standing *standing, struct qf_error *err)
{
	int rc = sorter_next(standing->sorter, &standing->record, err);

	standing->has_record = rc == 1;
	return rc;
}

static int
sort_sources(struct standing *standing, struct qf_error *err)
{
	standing->sorter = sorter_new(SORTER_MEMORY);
	for (size_t i = 0; i < standing->source_count; i++) {
		if (sort_source(standing, &standing->sources[i], err) == -1) {
			return -1;
		}
	}
	if (sorter_finish(standing->sorter, err) == -1) {
		return -1;
	}
	return read_ahead(standing, err) == -1 ? -1 : 0;
}

int
standing_open(struct standing **out, struct ledger *ledger,
    const struct run *run, int64_t up_to, struct qf_error *err)
{
	struct standing *standing = xcalloc(1, sizeof(*standing));
	int rc;

	*out = NULL;
	standing->ledger = ledger;
	standing->contract =
	    runs_scope_word(run->scope, "contract", &standing->contract_length);
	standing->leg =
	    runs_scope_word(run->scope, "leg", &standing->leg_length);
	buf_init(&standing->key, TRANSFER_PACKED_MAX);
	buf_init(&standing->newest, TRANSFER_PACKED_MAX);
	rc = find_sources(standing, run, up_to, err);
	if (rc == 0 && standing->source_count == 1) {
		rc = open_source(standing, &standing->sources[0], err);
	} else if (rc == 0 && standing->source_count > 1) {
		rc = sort_sources(standing, err);
	}
	if (rc == -1) {
		standing_close(standing);
		return -1;
	}
	*out = standing;
	return 0;
}

bool
standing_is_empty(const struct standing *standing)
{
	return standing->source_count == 0;
}

static int
next_of_one(struct standing *standing, struct stands *out, struct qf_error *err)
{
	static const struct transfer_sums nothing = {.quantity = "0"};
	int rc = next_of_source(standing, &out->newest, err);

	if (rc == 1) {
		out->posting = standing->sources[0].posting;
		out->scope =
		    standing->sources[0].inside ? out->newest.change : nothing;
	}
	return rc;
}

/* Whether the record read ahead is of the key that is being summed up. */
static bool
same_key(const struct standing *standing)
{
	const struct sorter_record *record = &standing->record;

	return standing->has_record &&
	       record->key_length == standing->key.length + ENTRY_BYTES &&
	       memcmp(record->key, standing->key.bytes, standing->key.length) ==
		   0;
}

/* Adds a transfer inside the scope to what stands in it.  That it fits was
 * seen when it was posted: every total did. */
static int
add_inside(struct standing *standing, struct transfer_sums *sums,
    const struct transfer_sums *change, struct qf_error *err)
{
	struct dec quantity = {0};

	if (dec_parse_stored(&quantity, change->quantity,
		strlen(change->quantity), err) == -1) {
		return -1;
	}
	dec_add(&standing->quantity, &standing->quantity, &quantity);
	dec_release(&quantity);
	if (__builtin_add_overflow(
		sums->net_minor, change->net_minor, &sums->net_minor) ||
	    __builtin_add_overflow(
		sums->tax_minor, change->tax_minor, &sums->tax_minor) ||
	    __builtin_add_overflow(
		sums->gross_minor, change->gross_minor, &sums->gross_minor)) {
		return qf_fail(err, QF_DATA, "post-range",
		    "what stands does not fit 64 bits");
	}
	return 0;
}

/* The entry at the end of a sorted record's key. */
static int64_t
entry_of(const struct sorter_record *record)
{
	const unsigned char *bytes = record->key;
	uint64_t entry = 0;

	bytes += record->key_length - ENTRY_BYTES;
	for (int i = 0; i < ENTRY_BYTES; i++) {
		entry = entry << 8 | bytes[i];
	}
	return (int64_t)entry;
}

static int
next_of_several(
    struct standing *standing, struct stands *out, struct qf_error *err)
{
	struct transfer transfer;

	if (!standing->has_record) {
		return 0;
	}
	memset(&out->scope, 0, sizeof(out->scope));
	dec_set_int(&standing->quantity, 0, 0);
	buf_clear(&standing->key);
	buf_add(&standing->key, standing->record.key,
	    standing->record.key_length - ENTRY_BYTES);
	do {
		const char *data = standing->record.data;

		out->posting = entry_of(&standing->record);
		buf_clear(&standing->newest);
		buf_add(&standing->newest, data + 1,
		    standing->record.data_length - 1);
		transfer_unpack(
		    &transfer, standing->newest.bytes, standing->newest.length);
		if (data[0] != 0 && add_inside(standing, &out->scope,
					&transfer.change, err) == -1) {
			return -1;
		}
		if (read_ahead(standing, err) == -1) {
			return -1;
		}
	} while (same_key(standing));
	dec_format_trim(&standing->quantity, standing->quantity_text,
	    sizeof(standing->quantity_text));
	out->newest = transfer;
	transfer_unpack_key(
	    &out->newest.key, standing->key.bytes, standing->key.length);
	out->scope.quantity = standing->quantity_text;
	return 1;
}

int
standing_next(
    struct standing *standing, struct stands *out, struct qf_error *err)
{
	if (standing->sorter != NULL) {
		return next_of_several(standing, out, err);
	}
	return standing->cursor == NULL ? 0 : next_of_one(standing, out, err);
}

void
standing_close(struct standing *standing)
{
	if (standing == NULL) {
		return;
	}
	transfers_close(standing->cursor);
	sorter_free(standing->sorter);
	buf_release(&standing->key);
	buf_release(&standing->newest);
	dec_release(&standing->quantity);
	free(standing->sources);
	free(standing);
}
