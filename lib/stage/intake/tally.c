/* tally.c - what a file adds up to, and what its sender said.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "base/dec.h"
#include "format/manifest.h"
#include "format/piece.h"
#include "model/fact.h"
#include "stage/intake/intake.h"

#define MINUTES_OF_HOUR 60

void
tally_begin(struct tally *tally)
{
	dec_set_int(&tally->kwh60, 0, 0);
	tally->summable = false;
	tally->refused = false;
}

void
tally_release(struct tally *tally)
{
	dec_release(&tally->kwh60);
}

static void
add_scaled(struct tally *tally, int64_t value, int scale, int factor)
{
	struct dec part = {0};

	dec_set_int(&part, value, scale);
	dec_mul_int(&part, &part, factor);
	dec_add(&tally->kwh60, &tally->kwh60, &part);
	dec_release(&part);
}

void
tally_piece(struct tally *tally, const struct read_piece *piece)
{
	int factor =
	    piece->quantity == QUANTITY_KW ? piece->minutes : MINUTES_OF_HOUR;
	int64_t sum = 0;

	if (piece->quantity == QUANTITY_REGISTER) {
		tally->refused = true;
		return;
	}
	tally->summable = true;
	for (size_t i = 0; i < piece->count; i++) {
		int64_t value = piece->values[i];

		if (value == SERIES_NULL) {
			continue;
		}
		if (__builtin_add_overflow(sum, value, &sum)) {
			sum = (int64_t)((uint64_t)sum - (uint64_t)value);
			add_scaled(tally, sum, piece->scale, factor);
			sum = value;
		}
	}
	add_scaled(tally, sum, piece->scale, factor);
}

void
tally_fact(struct tally *tally, const struct fact *fact)
{
	struct dec value = {0};
	struct qf_error err;

	if (fact->format->kind == FACT_REGISTER_READ) {
		tally->refused = true;
		return;
	}
	for (size_t i = 0; i < fact->format->column_count; i++) {
		const char *name = fact->format->columns[i].name;
		const struct fact_value *cell = &fact->values[i];
		size_t length = strlen(name);

		if (length < 3 || strcmp(name + length - 3, "kwh") != 0) {
			continue;
		}
		tally->summable = true;
		if (cell->is != FACT_IS_TEXT) {
			continue;
		}
		if (dec_parse(&value, cell->text, cell->length, &err) == -1) {
			BUG("a fact of %s kWh", cell->text);
		}
		dec_mul_int(&value, &value, MINUTES_OF_HOUR);
		dec_add(&tally->kwh60, &tally->kwh60, &value);
	}
	dec_release(&value);
}

/* Against what the sender said ------------------------------------------- */

static int
differs(const struct operand *operand, const char *code, const char *what,
    const char *has, const char *said, struct qf_error *err)
{
	return qf_fail(err, QF_DATA, code, "%s: has %s %s, and %s:%zu says %s",
	    operand->name, has, what, operand->expected->path,
	    operand->expected->line_no, said);
}

int
tally_check_bytes(const struct operand *operand, struct qf_error *err)
{
	const struct manifest_row *expected = operand->expected;
	const struct ingest_file *file = operand->file;
	char has[24], said[24];

	if (expected == NULL) {
		return 0;
	}
	if (expected->bytes >= 0 && expected->bytes != file->bytes) {
		snprintf(has, sizeof(has), "%lld", (long long)file->bytes);
		snprintf(
		    said, sizeof(said), "%lld", (long long)expected->bytes);
		return differs(
		    operand, "manifest-bytes", "bytes", has, said, err);
	}
	if (expected->sha256[0] != '\0' && file->sha256[0] != '\0' &&
	    strcmp(expected->sha256, file->sha256) != 0) {
		return differs(operand, "manifest-sha256", "as its SHA-256",
		    file->sha256, expected->sha256, err);
	}
	return 0;
}

static int
check_kwh(const struct operand *operand, const struct tally *tally,
    struct qf_error *err)
{
	char has[DEC_TEXT_MAX], said[DEC_TEXT_MAX];
	struct dec expected = {0}, hour = {0}, kwh = {0};
	int rc = 0;

	if (tally->refused || !tally->summable) {
		return qf_fail(err, QF_DATA, "manifest-kwh",
		    "%s: has no kWh that add up, and %s:%zu says that it has",
		    operand->name, operand->expected->path,
		    operand->expected->line_no);
	}
	dec_mul_int(&expected, &operand->expected->kwh, MINUTES_OF_HOUR);
	if (dec_cmp(&expected, &tally->kwh60) != 0) {
		dec_set_int(&hour, MINUTES_OF_HOUR, 0);
		dec_div(&kwh, &tally->kwh60, &hour, tally->kwh60.scale + 2,
		    DEC_HALF_UP);
		dec_format_trim(&kwh, has, sizeof(has));
		dec_format(&operand->expected->kwh, said, sizeof(said));
		rc = differs(operand, "manifest-kwh", "kWh", has, said, err);
	}
	dec_release(&expected);
	dec_release(&hour);
	dec_release(&kwh);
	return rc;
}

int
tally_check(const struct operand *operand, const struct tally *tally,
    int64_t rows, struct qf_error *err)
{
	const struct manifest_row *expected = operand->expected;
	char has[24], said[24];

	if (expected == NULL) {
		return 0;
	}
	if (tally_check_bytes(operand, err) == -1) {
		return -1;
	}
	if (expected->rows >= 0 && expected->rows != rows) {
		snprintf(has, sizeof(has), "%lld", (long long)rows);
		snprintf(said, sizeof(said), "%lld", (long long)expected->rows);
		return differs(
		    operand, "manifest-rows", "rows", has, said, err);
	}
	return expected->has_kwh ? check_kwh(operand, tally, err) : 0;
}

bool
tally_is_wanted(const struct operand *operand)
{
	return operand->expected != NULL &&
	       (operand->expected->rows >= 0 || operand->expected->has_kwh);
}
