/* audit_reconcile_own.h - what the files of reconcile share.  Internal. */
#ifndef QF_STAGE_AUDIT_RECONCILE_OWN_H
#define QF_STAGE_AUDIT_RECONCILE_OWN_H

#include "base/dec.h"
#include "base/period.h"
#include "base/sorter.h"
#include "ledger/runs.h"
#include "stage/audit_metered.h"
#include "stage/audit_reconcile.h"

/* What is added up under a key; the first letter of a record's data. */
enum measure {
	METERED,
	RATED,
	HELD,
	RESIDUAL,
	POSTED,
	POSTED_ALL, /* with kWh that other lines count */
	EXPORTED_ALL,
	RATED_MONEY,
	POSTED_MONEY,
	EXPORTED_MONEY,
	MEASURES,
	REMARK, /* a text: what explains a difference */
	ACCOUNT, /* a text */
};

struct reconcile {
	struct ledger *ledger;
	const struct audit_reconcile_request *request;
	struct zone *zone;
	struct period period;
	int money_scale;
	struct run *runs; /* posted inside the period, oldest posting first */
	size_t run_count;
	struct audit_source source;
	struct audit_unit unit; /* found last: */
	char contract[256], leg[256], account[ID_MAX + 1];
	struct sorter
	    *sorter; /* (account, contract, leg, channel) -> measure */
	struct sorter *points; /* (point, channel) -> settled or read */
};

/* audit_reconcile_gather.c: puts everything into the sorters. */
int reconcile_gather(struct reconcile *reconcile, struct qf_error *err);

#endif
