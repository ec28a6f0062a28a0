/* tally.c - summing lines up by the key of what is owed.
 *
 * Keys are found by their packed bytes in a hash table with open addressing;
 * all texts lie in one arena that is used again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/tally.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "base/status.h"
#include "base/text.h"

#define NONE UINT32_MAX
#define ARENA_MAX ((size_t)1 << 30) /* offsets fit 32 bits */
#define SLOTS_FIRST 64

/* A text in the arena, by its offset, since the arena moves as it grows. */
struct span {
	uint32_t at, length;
};

struct sum {
	uint32_t hash;
	struct span key, account, unit, price;
	bool has_price, counts_energy;
	int64_t net_minor, tax_minor, gross_minor;
	struct dec quantity;
};

struct tally {
	size_t max_keys;
	struct sum *sums;
	size_t count, capacity;
	uint32_t *slots; /* index of a sum, or NONE; a power of two of them */
	size_t slot_count;
	size_t last; /* the sum that was added to last */
	struct buf arena;
	struct buf key; /* of the line at hand */
	char quantity[DEC_TEXT_MAX];
};

static void
clear_slots(struct tally *tally)
{
	for (size_t i = 0; i < tally->slot_count; i++) {
		tally->slots[i] = NONE;
	}
}

struct tally *
tally_new(size_t max_keys)
{
	struct tally *tally = xcalloc(1, sizeof(*tally));

	assert(max_keys > 0);
	tally->max_keys = max_keys;
	tally->slot_count = SLOTS_FIRST;
	tally->slots = xreallocarray(NULL, SLOTS_FIRST, sizeof(uint32_t));
	clear_slots(tally);
	buf_init(&tally->arena, ARENA_MAX);
	buf_init(&tally->key, TRANSFER_PACKED_MAX);
	return tally;
}

void
tally_free(struct tally *tally)
{
	if (tally == NULL) {
		return;
	}
	tally_clear(tally);
	buf_release(&tally->arena);
	buf_release(&tally->key);
	free(tally->slots);
	free(tally->sums);
	free(tally);
}

static const char *
text_at(const struct tally *tally, struct span span)
{
	return tally->arena.bytes + span.at;
}

static struct span
keep(struct tally *tally, const char *text, size_t length)
{
	struct span span = {(uint32_t)tally->arena.length, (uint32_t)length};

	if (buf_add(&tally->arena, text, length) == -1 ||
	    buf_add_char(&tally->arena, '\0') == -1) {
		BUG("the keys of a contract pass %zu bytes", ARENA_MAX);
	}
	return span;
}

static bool
is_text(const struct tally *tally, struct span span, const char *text)
{
	return strcmp(text_at(tally, span), text) == 0;
}

/* Eight bytes at a time; the table is ours alone, so nobody can aim at it
 * beyond making one contract's posting slow. */
static uint32_t
hash_of(const char *bytes, size_t length)
{
	uint64_t hash = length * UINT64_C(0x9e3779b97f4a7c15);
	uint64_t word;

	while (length > 0) {
		size_t part = length < sizeof(word) ? length : sizeof(word);

		word = 0;
		memcpy(&word, bytes, part);
		hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
		hash ^= hash >> 32;
		bytes += part;
		length -= part;
	}
	return (uint32_t)hash;
}

static bool
has_key(const struct tally *tally, size_t i, uint32_t hash)
{
	const struct sum *sum = &tally->sums[i];

	return sum->hash == hash && sum->key.length == tally->key.length &&
	       memcmp(text_at(tally, sum->key), tally->key.bytes,
		   tally->key.length) == 0;
}

/* The slot of the key at hand, or the empty one where it belongs. */
static size_t
find_slot(const struct tally *tally, uint32_t hash)
{
	size_t mask = tally->slot_count - 1;
	size_t slot = hash & mask;

	while (tally->slots[slot] != NONE &&
	       !has_key(tally, tally->slots[slot], hash)) {
		slot = (slot + 1) & mask;
	}
	return slot;
}

static void
grow_slots(struct tally *tally)
{
	size_t mask;

	tally->slot_count *= 2;
	tally->slots =
	    xreallocarray(tally->slots, tally->slot_count, sizeof(uint32_t));
	clear_slots(tally);
	mask = tally->slot_count - 1;
	for (size_t i = 0; i < tally->count; i++) {
		size_t slot = tally->sums[i].hash & mask;

		while (tally->slots[slot] != NONE) {
			slot = (slot + 1) & mask;
		}
		tally->slots[slot] = (uint32_t)i;
	}
}

/* A new sum, of nothing yet. */
static struct sum *
add_key(struct tally *tally, const struct transfer *transfer, uint32_t hash)
{
	struct sum *sum;

	if (tally->count == tally->capacity) {
		tally->capacity = 2 * tally->capacity + 16;
		tally->sums =
		    xreallocarray(tally->sums, tally->capacity, sizeof(*sum));
	}
	sum = &tally->sums[tally->count];
	memset(sum, 0, sizeof(*sum));
	sum->hash = hash;
	sum->key = keep(tally, tally->key.bytes, tally->key.length);
	sum->account =
	    keep(tally, transfer->account, strlen(transfer->account));
	sum->unit = keep(tally, transfer->unit, strlen(transfer->unit));
	sum->counts_energy = transfer->counts_energy;
	sum->has_price = transfer->price != NULL;
	if (sum->has_price) {
		sum->price =
		    keep(tally, transfer->price, strlen(transfer->price));
	}
	tally->count++;
	return sum;
}

/* The sum of the key at hand, new where needed; NULL where it is one too
 * many. */
static struct sum *
find(struct tally *tally, const struct transfer *transfer)
{
	uint32_t hash = hash_of(tally->key.bytes, tally->key.length);
	size_t slot;

	if (tally->last < tally->count && has_key(tally, tally->last, hash)) {
		return &tally->sums[tally->last];
	}
	slot = find_slot(tally, hash);
	if (tally->slots[slot] != NONE) {
		tally->last = tally->slots[slot];
		return &tally->sums[tally->last];
	}
	if (tally->count == tally->max_keys) {
		return NULL;
	}
	tally->slots[slot] = (uint32_t)tally->count;
	tally->last = tally->count;
	add_key(tally, transfer, hash);
	if (2 * tally->count > tally->slot_count) {
		grow_slots(tally);
	}
	return &tally->sums[tally->last];
}

static int
add_money(struct sum *sum, const struct transfer_sums *change,
    const struct transfer_key *key, struct qf_error *err)
{
	if (__builtin_add_overflow(
		sum->net_minor, change->net_minor, &sum->net_minor) ||
	    __builtin_add_overflow(
		sum->tax_minor, change->tax_minor, &sum->tax_minor) ||
	    __builtin_add_overflow(
		sum->gross_minor, change->gross_minor, &sum->gross_minor)) {
		return qf_fail(err, QF_DATA, "post-range",
		    "contract %s: the sum of %s does not fit 64 bits",
		    key->contract, key->subject);
	}
	return 0;
}

static int
add_quantity(struct sum *sum, const char *text, struct qf_error *err)
{
	struct dec quantity = {0};
	size_t length = strlen(text);
	int scale;

	if (dec_parse_small(text, length, &quantity.small, &scale)) {
		quantity.scale = scale;
	} else if (dec_parse_stored(&quantity, text, length, err) == -1) {
		return -1;
	}
	dec_add(&sum->quantity, &sum->quantity, &quantity);
	dec_release(&quantity);
	return 0;
}

int
tally_add(
    struct tally *tally, const struct transfer *transfer, struct qf_error *err)
{
	const struct transfer_key *key = &transfer->key;
	struct sum *sum;

	buf_clear(&tally->key);
	transfer_pack_key(&tally->key, key);
	sum = find(tally, transfer);
	if (sum == NULL) {
		return 0;
	}
	if (!is_text(tally, sum->unit, transfer->unit) ||
	    sum->counts_energy != transfer->counts_energy) {
		return qf_fail(err, QF_DATA, "post-unit",
		    "contract %s: %s %s has lines in %s and in %s, or such "
		    "as count as energy and such as do not",
		    key->contract, key->subject, key->component,
		    text_at(tally, sum->unit), transfer->unit);
	}
	if (sum->has_price &&
	    (transfer->price == NULL ||
		!is_text(tally, sum->price, transfer->price))) {
		sum->has_price = false;
	}
	if (!is_text(tally, sum->account, transfer->account)) {
		sum->account =
		    keep(tally, transfer->account, strlen(transfer->account));
	}
	if (add_money(sum, &transfer->change, key, err) == -1 ||
	    add_quantity(sum, transfer->change.quantity, err) == -1) {
		return -1;
	}
	return 1;
}

int
tally_add_line(
    struct tally *tally, const struct line *line, struct qf_error *err)
{
	struct transfer transfer = {
	    .key = {line->contract, line->leg, line->month, line->payer,
		line->payee, line->subject, line->component,
		line->band == NULL ? "" : line->band,
		line->channel == NULL ? "" : line->channel},
	    .account = line->account,
	    .unit = line->unit,
	    .counts_energy = line->counts_energy,
	    .price = line->price,
	    .change = {.quantity = line->quantity},
	};

	if (line->has_amount) {
		transfer.change.net_minor = line->net_minor;
		transfer.change.tax_minor = line->tax_minor;
		transfer.change.gross_minor = line->gross_minor;
	}
	return tally_add(tally, &transfer, err);
}

size_t
tally_count(const struct tally *tally)
{
	return tally->count;
}

static int
by_key(const void *a, const void *b, void *context)
{
	const struct sum *x = a, *y = b;
	const struct tally *tally = context;
	size_t shorter =
	    x->key.length < y->key.length ? x->key.length : y->key.length;
	int order =
	    memcmp(text_at(tally, x->key), text_at(tally, y->key), shorter);

	if (order != 0) {
		return order;
	}
	return x->key.length < y->key.length ? -1
					     : x->key.length > y->key.length;
}

void
tally_sort(struct tally *tally)
{
	if (tally->count > 1) {
		qsort_r(tally->sums, tally->count, sizeof(struct sum), by_key,
		    tally);
	}
	/* The slots now point elsewhere: nothing may be added any more. */
	tally->last = tally->count;
}

void
tally_get(struct tally *tally, size_t i, struct transfer *out)
{
	const struct sum *sum = &tally->sums[i];

	assert(i < tally->count);
	memset(out, 0, sizeof(*out));
	transfer_unpack_key(
	    &out->key, text_at(tally, sum->key), sum->key.length);
	out->account = text_at(tally, sum->account);
	out->unit = text_at(tally, sum->unit);
	out->counts_energy = sum->counts_energy;
	out->price = sum->has_price ? text_at(tally, sum->price) : NULL;
	out->change.net_minor = sum->net_minor;
	out->change.tax_minor = sum->tax_minor;
	out->change.gross_minor = sum->gross_minor;
	dec_format_trim(
	    &sum->quantity, tally->quantity, sizeof(tally->quantity));
	out->change.quantity = tally->quantity;
}

const char *
tally_key(const struct tally *tally, size_t i, size_t *length)
{
	assert(i < tally->count);
	*length = tally->sums[i].key.length;
	return text_at(tally, tally->sums[i].key);
}

void
tally_clear(struct tally *tally)
{
	for (size_t i = 0; i < tally->count; i++) {
		dec_release(&tally->sums[i].quantity);
	}
	if (tally->slot_count > SLOTS_FIRST) {
		tally->slot_count = SLOTS_FIRST;
	}
	clear_slots(tally);
	tally->count = 0;
	tally->last = 0;
	buf_clear(&tally->arena);
}
