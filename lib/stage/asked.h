/* asked.h - what the options of a tool that makes a run mean in a ledger.
 *
 *	if (asked_run(ledger, "run:9", &entry, err) == -1 ||
 *	    asked_scope(ledger, asof, contract, leg,
 *		CONTRACTS_ON_OTHERS, err) == -1) ...
 */
#ifndef QF_STAGE_ASKED_H
#define QF_STAGE_ASKED_H

#include <stdint.h>

#include "ledger/registry.h"

struct ledger;
struct qf_error;

/* The entry of the run that a handle names.  QF_USAGE handle-kind where it is
 * none, and those of handle_parse() and entry_resolve(). */
int asked_run(struct ledger *ledger, const char *text, int64_t *entry,
    struct qf_error *err);

/* Refuses a contract or leg (NULL: all) that was never there, which is a
 * mistake in typing, and one that is another tool's: a run of nothing would
 * look like a quiet night.  of: on which basis the tool takes contracts.
 * QF_USAGE contract-unknown, leg-unknown, contract-basis. */
int asked_scope(struct ledger *ledger, int64_t asof, const char *contract,
    const char *leg, enum contracts_of of, struct qf_error *err);

#endif
