/* line.h - what a run finds owed, held and metered.
 *
 * Texts point into memory of whoever made the row, valid for the call that it
 * is handed to.  Decimals are canonical text.
 */
#ifndef QF_MODEL_LINE_H
#define QF_MODEL_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A line: positive where the payer owes the payee. */
struct line {
	int64_t line_no; /* from 1 within the run */
	const char *contract, *leg, *point, *payer, *payee, *account;
	int64_t from_utc, to_utc; /* what it covers */
	int month; /* delivery month, YYYYMM */
	const char *subject, *component;
	const char *band; /* NULL where there is none */
	const char *channel; /* NULL for charges without energy */
	const char *session; /* NULL where the line is not of one session */
	int64_t tariff_entry; /* the rule document's entry */
	/* unit: kwh, kw, kva, day, month, each; amount: of other charges */
	const char *quantity, *unit;
	const char *price; /* NULL where it varies inside the line */
	const char *exact; /* amount before rounding; NULL: no price stood */
	bool has_amount; /* false: exact is NULL and so are these */
	int64_t net_minor, tax_minor, gross_minor;
	const char *tax_rate; /* "0.13"; NULL where the tariff has no tax */
	bool counts_energy; /* its kWh count once in the energy balance */
	/* In words, of what makes more than quantity x price; sentences that
	 * end with a newline.  NULL where nothing does, or nobody asked.  It is
	 * no part of a run. */
	const char *how;
};

/* A line as bytes, for what must be sorted; added to the buffer, which must not
 * overflow (BUG).  What unpack hands out points into the bytes. */
struct buf;
#define LINE_PACKED_MAX 8192 /* bytes: enough for every line */
void line_pack(struct buf *out, const struct line *line);
void line_unpack(struct line *out, const void *bytes, size_t length);

/* A contract's leg, or one session of it, that a run could not settle. */
struct hold {
	int64_t line_no;
	const char *contract, *leg, *point;
	const char *session; /* NULL: the contract's leg whole */
	int64_t from_utc, to_utc;
	const char *reason; /* stable code */
	const char *detail; /* for a person */
};

/* Energy of a contract's point: metered = rated + held + residual. */
struct energy {
	int64_t line_no;
	const char *contract, *leg, *point, *channel;
	const char *metered_kwh, *rated_kwh, *held_kwh, *residual_kwh;
};

#endif
