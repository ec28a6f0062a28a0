/* factrules.h - what must hold between the values of one row.
 *
 * Each value is sound by itself (factcsv.h); here is what only shows when two
 * are held together: an end before its start, a session without energy, a
 * withdrawn reading that still has a value.
 */
#ifndef QF_FORMAT_FACTRULES_H
#define QF_FORMAT_FACTRULES_H

#include "base/status.h"
#include "model/fact.h"

/* 0, or -1 with the fault (QF_DATA, without file and line) and the name of the
 * column to blame.  Codes: fact-period, party-name, meter-multiplier,
 * meter-digits, contract-payee, session-energy, register-value. */
int factrules_check(
    const struct fact *fact, const char **column, struct qf_error *err);

#endif
