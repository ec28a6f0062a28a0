/* schema.h - whether the tables, views and guards of a ledger are as built.
 *
 * A view that was changed shows an auditor other numbers than the tables
 * hold, and a guard that was dropped lets rows change; neither is in the
 * chain, which is over rows.  Comments and blanks do not count, so that an
 * older ledger with other comments is not refused.
 */
#ifndef QF_LEDGER_SCHEMA_H
#define QF_LEDGER_SCHEMA_H

struct ledger;
struct qf_error;

/* QF_NO ledger-schema with the first table, index, view or trigger (by kind
 * and name) that is missing, added or different. */
int schema_verify(struct ledger *ledger, struct qf_error *err);

#endif
