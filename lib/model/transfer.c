/* transfer.c - transfers and their keys as bytes that can be sorted.
 *
 * A key is its texts, each ended by a NUL, with the month as six digits in its
 * place: no text holds a NUL, so the order of the bytes is that of the fields.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "model/transfer.h"

#include <assert.h>
#include <string.h>

#include "base/status.h"
#include "base/text.h"

#define MONTH_DIGITS 6

static void
put(struct buf *out, const void *bytes, size_t length)
{
	if (buf_add(out, bytes, length) == -1) {
		BUG("a transfer of over %zu bytes", out->max);
	}
}

/* A text and its NUL. */
static void
put_text(struct buf *out, const char *text)
{
	put(out, text, strlen(text) + 1);
}

/* The text at *at, which then is behind it. */
static const char *
get_text(const char **at, const char *end)
{
	const char *text = *at;
	const char *nul = memchr(text, '\0', (size_t)(end - text));

	assert(nul != NULL);
	*at = nul + 1;
	return text;
}

void
transfer_pack_key(struct buf *out, const struct transfer_key *key)
{
	char month[MONTH_DIGITS];
	int rest = key->month;

	assert(key->month >= 0 && key->month <= 999999);
	for (int i = MONTH_DIGITS - 1; i >= 0; i--) {
		month[i] = (char)('0' + rest % 10);
		rest /= 10;
	}
	put_text(out, key->contract);
	put_text(out, key->leg);
	put(out, month, sizeof(month));
	put_text(out, key->payer);
	put_text(out, key->payee);
	put_text(out, key->subject);
	put_text(out, key->component);
	put_text(out, key->band);
	put_text(out, key->channel);
}

void
transfer_unpack_key(struct transfer_key *out, const void *bytes, size_t length)
{
	const char *at = bytes;
	const char *end = at + length;

	out->contract = get_text(&at, end);
	out->leg = get_text(&at, end);
	out->month = 0;
	for (int i = 0; i < MONTH_DIGITS; i++) {
		out->month = out->month * 10 + (*at++ - '0');
	}
	out->payer = get_text(&at, end);
	out->payee = get_text(&at, end);
	out->subject = get_text(&at, end);
	out->component = get_text(&at, end);
	out->band = get_text(&at, end);
	out->channel = get_text(&at, end);
}

void
transfer_month_text(char text[MONTH_TEXT_SIZE], int month)
{
	assert(month >= 0 && month <= 999999);
	text[0] = (char)('0' + month / 100000);
	text[1] = (char)('0' + month / 10000 % 10);
	text[2] = (char)('0' + month / 1000 % 10);
	text[3] = (char)('0' + month / 100 % 10);
	text[4] = '-';
	text[5] = (char)('0' + month / 10 % 10);
	text[6] = (char)('0' + month % 10);
	text[7] = '\0';
}

/* The numbers of a transfer, packed as they stand in memory: what is packed
 * is unpacked by the same process. */
struct numbers {
	int64_t line_no, version;
	int64_t change[3], total[3];
	int32_t booking_month;
	bool counts_energy, has_price;
};

void
transfer_pack(struct buf *out, const struct transfer *transfer)
{
	const struct transfer_sums *change = &transfer->change;
	const struct transfer_sums *total = &transfer->total;
	struct numbers numbers;

	memset(&numbers, 0, sizeof(numbers));
	numbers.line_no = transfer->line_no;
	numbers.version = transfer->version;
	numbers.change[0] = change->net_minor;
	numbers.change[1] = change->tax_minor;
	numbers.change[2] = change->gross_minor;
	numbers.total[0] = total->net_minor;
	numbers.total[1] = total->tax_minor;
	numbers.total[2] = total->gross_minor;
	numbers.booking_month = transfer->booking_month;
	numbers.counts_energy = transfer->counts_energy;
	numbers.has_price = transfer->price != NULL;
	put(out, &numbers, sizeof(numbers));
	put_text(out, transfer->account);
	put_text(out, transfer->reason);
	put_text(out, transfer->unit);
	put_text(out, transfer->price == NULL ? "" : transfer->price);
	put_text(out, change->quantity);
	put_text(out, total->quantity);
}

void
transfer_unpack(struct transfer *out, const void *bytes, size_t length)
{
	struct numbers numbers;
	const char *at = (const char *)bytes + sizeof(numbers);
	const char *end = (const char *)bytes + length;

	assert(length > sizeof(numbers));
	memcpy(&numbers, bytes, sizeof(numbers));
	out->line_no = numbers.line_no;
	out->version = numbers.version;
	out->booking_month = numbers.booking_month;
	out->counts_energy = numbers.counts_energy;
	out->account = get_text(&at, end);
	out->reason = get_text(&at, end);
	out->unit = get_text(&at, end);
	out->price = get_text(&at, end);
	if (!numbers.has_price) {
		out->price = NULL;
	}
	out->change.quantity = get_text(&at, end);
	out->change.net_minor = numbers.change[0];
	out->change.tax_minor = numbers.change[1];
	out->change.gross_minor = numbers.change[2];
	out->total.quantity = get_text(&at, end);
	out->total.net_minor = numbers.total[0];
	out->total.tax_minor = numbers.total[1];
	out->total.gross_minor = numbers.total[2];
}
