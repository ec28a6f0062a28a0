/* balance_books.h - the part of balance.h that is about postings.
 *
 * Internal: balance_verify() calls it.
 */
#ifndef QF_LEDGER_BALANCE_BOOKS_H
#define QF_LEDGER_BALANCE_BOOKS_H

struct ledger;
struct qf_error;

/* Transfers by themselves and one after the other, then what stands after
 * each posting against the lines of its run. */
int balance_books(struct ledger *ledger, struct qf_error *err);

#endif
