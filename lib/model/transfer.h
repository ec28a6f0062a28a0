/* transfer.h - what a posting moves: the change of what is owed under one key.
 *
 * The key is (contract, leg, month, payer, payee, subject, component, band,
 * channel), in this order wherever transfers are ordered, bytewise; never the
 * number of a run.
 *
 * Texts point into memory of whoever made the row, valid for the call that it
 * is handed to.  Decimals are canonical text.
 */
#ifndef QF_MODEL_TRANSFER_H
#define QF_MODEL_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

struct transfer_key {
	const char *contract, *leg;
	int month;		/* delivery month, YYYYMM */
	const char *payer, *payee, *subject, *component;
	const char *band, *channel; /* "" where there is none */
};

/* What is owed under a key: positive where the payer owes the payee. */
struct transfer_sums {
	const char *quantity;
	int64_t net_minor, tax_minor, gross_minor;
};

struct transfer {
	int64_t line_no;	/* from 1 within the posting */
	struct transfer_key key;
	const char *account;
	int booking_month;	/* YYYYMM */
	int64_t version;	/* 1, 2, ... of this key */
	const char *reason;	/* new, change, gone */
	const char *unit;
	bool counts_energy;	/* its kWh count in the energy balance */
	const char *price;	/* NULL where no one price held for the key */
	struct transfer_sums change; /* signed */
	struct transfer_sums total; /* what stands after it */
};

/* Keys as bytes whose order by memcmp is the order of keys, and transfers as
 * bytes, for what must be sorted; both are added to the buffer, which must not
 * overflow (BUG).  What unpack hands out points into the bytes. */
#define TRANSFER_PACKED_MAX 4096 /* bytes: enough for either */
void transfer_pack_key(struct buf *out, const struct transfer_key *key);
void transfer_unpack_key(
    struct transfer_key *out, const void *bytes, size_t length);
void transfer_pack(struct buf *out, const struct transfer *transfer);
/* All of the transfer but its key. */
void transfer_unpack(struct transfer *out, const void *bytes, size_t length);

/* Writes a month, 202502, as "2025-02". */
#define MONTH_TEXT_SIZE 8
void transfer_month_text(char text[MONTH_TEXT_SIZE], int month);

/* A posting: all transfers of one run. */
struct posting {
	int64_t entry, run;
	int booking_month;
	int64_t transfers;
};

#endif
