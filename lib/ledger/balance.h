/* balance.h - whether the books of a ledger are right in themselves.
 *
 * Each check reads its tables once, in order, and keeps one group of rows at a
 * time; it names the first thing that does not add up.
 *
 * Codes, all QF_NO: balance-run (a run's row does not tell the lines and holds
 * that it has), balance-line (net + tax is not gross), balance-energy (metered
 * is not rated + held + residual), balance-rated (rated is not what the lines
 * say), balance-posting (a posting does not tell its transfers),
 * balance-transfer (a transfer is not the change it says, or debits and credits
 * other than its key and sign demand), balance-total (what stands is not what
 * stood and the change), balance-stands (after a posting there stands, in the
 * scope of its run, something else than the run's lines).
 *
 * Limits: balance-stands leaves out legs of contracts of which the run holds
 * something, since there the posting leaves earlier amounts as they stand.
 */
#ifndef QF_LEDGER_BALANCE_H
#define QF_LEDGER_BALANCE_H

struct ledger;
struct qf_error;

/* Everything, over all runs and postings. */
int balance_verify(struct ledger *ledger, struct qf_error *err);

#endif
