/* verify.c - the levels of verification, one after the other.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/audit/verify.h"

#include <stddef.h>
#include <string.h>

#include "base/status.h"
#include "ledger/balance.h"
#include "ledger/chain.h"
#include "ledger/db.h"
#include "ledger/schema.h"
#include "stage/audit/checkpoint.h"

static int
verify_file(struct ledger *ledger, struct qf_error *err)
{
	if (ledger_check_file(ledger, err) == -1) {
		return -1;
	}
	return schema_verify(ledger, err);
}

static const struct {
	enum audit_level level;
	const char *name;
	int (*verify)(struct ledger *ledger, struct qf_error *err);
} levels_known[] = {
    {AUDIT_FILE, "file", verify_file},
    {AUDIT_CHAIN, "chain", chain_verify},
    {AUDIT_BALANCE, "balance", balance_verify},
};
#define LEVELS (sizeof(levels_known) / sizeof(levels_known[0]))

int
audit_verify_level(unsigned *levels, const char *name, struct qf_error *err)
{
	for (size_t i = 0; i < LEVELS; i++) {
		if (strcmp(levels_known[i].name, name) == 0) {
			*levels |= levels_known[i].level;
			return 0;
		}
	}
	return qf_fail(err, QF_USAGE, "audit-level",
	    "%s: not a level: file, chain, balance", name);
}

int
audit_verify(struct ledger *ledger, unsigned levels, const char *checkpoint,
    struct qf_error *err)
{
	for (size_t i = 0; i < LEVELS; i++) {
		if ((levels & levels_known[i].level) != 0 &&
		    levels_known[i].verify(ledger, err) == -1) {
			return -1;
		}
	}
	return checkpoint == NULL
		   ? 0
		   : audit_checkpoint_compare(ledger, checkpoint, err);
}
