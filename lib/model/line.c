/* line.c - lines as bytes that can be sorted.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "model/line.h"

#include <assert.h>
#include <string.h>

#include "base/status.h"
#include "base/text.h"

#define TEXTS 16

/* What of a line is no text, packed as it stands in memory: what is packed is
 * unpacked by the same process. */
struct numbers {
	int64_t line_no, from_utc, to_utc, tariff_entry;
	int64_t net_minor, tax_minor, gross_minor;
	int32_t month;
	bool has_amount, counts_energy;
	bool present[TEXTS];
};

/* The texts of a line, by place. */
static void
point(const char **texts[TEXTS], struct line *line)
{
	const char **all[TEXTS] = {&line->contract, &line->leg, &line->point,
	    &line->payer, &line->payee, &line->account, &line->subject,
	    &line->component, &line->band, &line->channel, &line->session,
	    &line->quantity, &line->unit, &line->price, &line->exact,
	    &line->tax_rate};

	memcpy(texts, all, sizeof(all));
}

static void
put(struct buf *out, const void *bytes, size_t length)
{
	if (buf_add(out, bytes, length) == -1) {
		BUG("a line of over %zu bytes", out->max);
	}
}

void
line_pack(struct buf *out, const struct line *line)
{
	struct line copy = *line;
	struct numbers numbers;
	const char **texts[TEXTS];

	point(texts, &copy);
	memset(&numbers, 0, sizeof(numbers));
	numbers.line_no = line->line_no;
	numbers.from_utc = line->from_utc;
	numbers.to_utc = line->to_utc;
	numbers.tariff_entry = line->tariff_entry;
	numbers.month = line->month;
	numbers.has_amount = line->has_amount;
	numbers.counts_energy = line->counts_energy;
	if (line->has_amount) {
		numbers.net_minor = line->net_minor;
		numbers.tax_minor = line->tax_minor;
		numbers.gross_minor = line->gross_minor;
	}
	for (int i = 0; i < TEXTS; i++) {
		numbers.present[i] = *texts[i] != NULL;
	}
	put(out, &numbers, sizeof(numbers));
	for (int i = 0; i < TEXTS; i++) {
		if (*texts[i] != NULL) {
			put(out, *texts[i], strlen(*texts[i]) + 1);
		}
	}
}

void
line_unpack(struct line *out, const void *bytes, size_t length)
{
	const char *at = (const char *)bytes + sizeof(struct numbers);
	const char *end = (const char *)bytes + length;
	struct numbers numbers;
	const char **texts[TEXTS];

	assert(length >= sizeof(numbers));
	memcpy(&numbers, bytes, sizeof(numbers));
	memset(out, 0, sizeof(*out));
	out->line_no = numbers.line_no;
	out->from_utc = numbers.from_utc;
	out->to_utc = numbers.to_utc;
	out->tariff_entry = numbers.tariff_entry;
	out->month = numbers.month;
	out->has_amount = numbers.has_amount;
	out->counts_energy = numbers.counts_energy;
	out->net_minor = numbers.net_minor;
	out->tax_minor = numbers.tax_minor;
	out->gross_minor = numbers.gross_minor;
	point(texts, out);
	for (int i = 0; i < TEXTS; i++) {
		if (numbers.present[i]) {
			const char *nul = memchr(at, '\0', (size_t)(end - at));

			assert(nul != NULL);
			*texts[i] = at;
			at = nul + 1;
		}
	}
}
