/* reconcile_own.h - what the files of reconcile share.  Internal. */
#ifndef QF_STAGE_AUDIT_RECONCILE_OWN_H
#define QF_STAGE_AUDIT_RECONCILE_OWN_H

#include "base/dec.h"
#include "base/period.h"
#include "base/sorter.h"
#include "ledger/runs.h"
#include "stage/audit/metered.h"
#include "stage/audit/reconcile.h"

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
	struct sorter *points; /* (point, channel, time, word) -> its end */
};

/* reconcile_gather.c: puts everything into the sorters. */
int reconcile_gather(struct reconcile *reconcile, struct qf_error *err);

/* reconcile_points.c: what is known of the time of a point's channel. */
enum point_word {
	POINT_READS = 'a', /* it has any in the period; without a time */
	POINT_SETTLED, /* a leg covers it that counts the channel */
	POINT_PRICED, /* a charge has priced it and does not count it */
};

/* Energy in the time in which no leg counts the channel. */
struct unpriced {
	const char *point, *channel;
	struct dec kwh;
	bool partly; /* at other times one does */
	bool priced; /* in part or whole, by charges that do not count it */
};

typedef int reconcile_take_unpriced(
    void *context, const struct unpriced *unpriced, struct qf_error *err);

int reconcile_add_point(struct reconcile *reconcile, const char *point,
    const char *channel, enum point_word word, int64_t from_utc, int64_t to_utc,
    struct qf_error *err);

/* The stretches of a leg that a run has counted the energy of, also where the
 * run is of less than the period. */
int reconcile_add_covered(struct reconcile *reconcile, const struct run *run,
    const struct energy *energy, struct qf_error *err);

/* Hands over what is unpriced, in the order of points; call once. */
int reconcile_points(struct reconcile *reconcile, reconcile_take_unpriced *take,
    void *context, struct qf_error *err);

#endif
