/* asked.c - what the options of a tool that makes a run mean in a ledger.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/asked.h"

#include <stddef.h>

#include "base/status.h"
#include "ledger/entry.h"
#include "ledger/registry.h"

int
asked_run(struct ledger *ledger, const char *text, int64_t *entry,
    struct qf_error *err)
{
	struct handle handle = {0};

	if (handle_parse(&handle, text, err) == -1 ||
	    entry_resolve(ledger, &handle, err) == -1) {
		return -1;
	}
	if (handle.kind != ENTRY_RUN) {
		return qf_fail(
		    err, QF_USAGE, "handle-kind", "%s: not a run", text);
	}
	*entry = handle.entry;
	return 0;
}

/* Refuses what there is, but for another tool. */
static int
refuse_basis(const char *contract, const char *leg, enum contracts_of of,
    struct qf_error *err)
{
	return qf_fail(err, QF_USAGE, "contract-basis",
	    "%s%s%s%s%s %s on the basis events: %s",
	    contract == NULL ? "" : "contract ",
	    contract == NULL ? "" : contract,
	    contract == NULL || leg == NULL ? "" : ", ",
	    leg == NULL ? "" : "leg ", leg == NULL ? "" : leg,
	    of == CONTRACTS_ON_EVENTS ? "is not" : "is",
	    of == CONTRACTS_ON_EVENTS ? "qf-rate rates it"
				      : "qf-settle settles it");
}

int
asked_scope(struct ledger *ledger, int64_t asof, const char *contract,
    const char *leg, enum contracts_of of, struct qf_error *err)
{
	int known;

	if (contract == NULL && leg == NULL) {
		return 0;
	}
	known = contracts_know(ledger, asof, contract, leg, of, err);
	if (known != 0) {
		return known == -1 ? -1 : 0;
	}
	known = contracts_know(ledger, asof, contract, leg, CONTRACTS_ANY, err);
	if (known != 0) {
		return known == -1 ? -1 : refuse_basis(contract, leg, of, err);
	}
	if (contract == NULL) {
		return qf_fail(err, QF_USAGE, "leg-unknown",
		    "no contract has a leg %s", leg);
	}
	return qf_fail(err, QF_USAGE, "contract-unknown",
	    "no contract is called %s%s%s", contract,
	    leg == NULL ? "" : " and has a leg ", leg == NULL ? "" : leg);
}
