/* chain.h - proving the chain: that every row, root, header and link is as it
 * was written.
 *
 * All rows are read once, in the order in which they were written, in one
 * cursor a table that moves on from entry to entry; so memory does not grow
 * with the ledger.  What is found is the first difference by entry, then by
 * table in the order of the schema.
 *
 *	if (chain_verify(ledger, &err) == -1 && err.status == QF_NO)
 *		... err.text names entry, table and lines ...
 *
 * Codes, all QF_NO: chain-entry (a number is missing, or there is no entry at
 * all), chain-digest (a header has another digest than stands beside it),
 * chain-header (a header does not begin as its row and the entry before it
 * demand), chain-rows (the rows of a table are not those of the header),
 * chain-stray (rows of an entry that is not there, or out of order).
 *
 * Limits: the chain does not show that its end was cut off; a checkpoint that
 * was kept elsewhere does (chain_digest).
 */
#ifndef QF_LEDGER_CHAIN_H
#define QF_LEDGER_CHAIN_H

#include <stdint.h>

#define CHAIN_DIGEST_SIZE 65 /* 64 hexadecimal digits and a NUL */

struct ledger;
struct qf_error;

int chain_verify(struct ledger *ledger, struct qf_error *err);

/* The digest that stands beside an entry: 1, or 0 where there is no such
 * entry. */
int chain_digest(struct ledger *ledger, int64_t entry,
    char digest[CHAIN_DIGEST_SIZE], struct qf_error *err);

#endif
