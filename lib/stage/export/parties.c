/* parties.c - rows sorted to their parties, for a file a party.
 *
 * Every row goes to its payer and to its payee, so that a party's own file has
 * nothing of what others owe each other.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/sorter.h"
#include "base/text.h"
#include "model/contract.h"
#include "stage/export/own.h"

#define ROW_MAX ((size_t)64 << 10) /* bytes of a row, and of its key */

struct export_parties {
	struct sorter *sorter;
	struct buf key, data; /* of the row in hand */
	struct buf sorted; /* the key that it is sorted by */
};

struct export_parties *
export_parties_new(void)
{
	struct export_parties *parties = xcalloc(1, sizeof(*parties));

	parties->sorter = sorter_new(SORTER_MEMORY);
	buf_init(&parties->key, ROW_MAX);
	buf_init(&parties->data, ROW_MAX);
	buf_init(&parties->sorted, 2 * ROW_MAX);
	return parties;
}

void
export_parties_free(struct export_parties *parties)
{
	sorter_free(parties->sorter);
	buf_release(&parties->key);
	buf_release(&parties->data);
	buf_release(&parties->sorted);
	free(parties);
}

void
export_parties_row(
    struct export_parties *parties, struct buf **key, struct buf **data)
{
	buf_clear(&parties->key);
	buf_clear(&parties->data);
	*key = &parties->key;
	*data = &parties->data;
}

void
export_parties_number(struct buf *key, int64_t number)
{
	assert(number >= 0);
	for (int shift = 56; shift >= 0; shift -= 8) {
		buf_add_char(key, (char)(number >> shift & 0xff));
	}
}

/* The key that is sorted by: party with its NUL, the row's key, role. */
static int
add_to(struct export_parties *parties, const char *party, char role,
    struct qf_error *err)
{
	const struct buf *key = &parties->key, *data = &parties->data;
	struct buf *sorted = &parties->sorted;

	buf_clear(sorted);
	buf_add(sorted, party, strlen(party) + 1);
	buf_add(sorted, key->bytes, key->length);
	buf_add_char(sorted, role);
	assert(!key->overflowed && !data->overflowed && !sorted->overflowed);
	return sorter_add(parties->sorter, sorted->bytes, sorted->length,
	    data->bytes, data->length, err);
}

int
export_parties_add(struct export_parties *parties, const char *payer,
    const char *payee, struct qf_error *err)
{
	if (add_to(parties, payer, 'd', err) == -1) {
		return -1;
	}
	return add_to(parties, payee, 'c', err);
}

int
export_parties_add_one(
    struct export_parties *parties, const char *party, struct qf_error *err)
{
	return add_to(parties, party, 'd', err);
}

/* Writes a row into its party's file, which it may begin. */
static int
write_row(const struct export_writer *writer,
    const struct sorter_record *record, char party[ID_MAX + 1],
    struct qf_error *err)
{
	const char *bytes = record->key;
	size_t length = strlen(bytes);
	struct export_row row = {.key = bytes + length + 1,
	    .key_length = record->key_length - length - 2,
	    .data = record->data,
	    .data_length = record->data_length,
	    .role = bytes[record->key_length - 1] == 'd' ? "payer" : "payee"};

	if (strcmp(party, bytes) != 0) {
		if (party[0] != '\0' &&
		    writer->end(writer->context, err) == -1) {
			return -1;
		}
		assert(length <= ID_MAX);
		memcpy(party, bytes, length + 1);
		if (writer->begin(writer->context, party, err) == -1) {
			return -1;
		}
	}
	return writer->row(writer->context, &row, err);
}

int
export_parties_write(struct export_parties *parties,
    const struct export_writer *writer, struct qf_error *err)
{
	struct sorter_record record;
	char party[ID_MAX + 1] = "";
	int rc = sorter_finish(parties->sorter, err);

	while (
	    rc == 0 && (rc = sorter_next(parties->sorter, &record, err)) == 1) {
		rc = write_row(writer, &record, party, err);
	}
	if (rc == 0 && party[0] != '\0') {
		rc = writer->end(writer->context, err);
	}
	return rc;
}
