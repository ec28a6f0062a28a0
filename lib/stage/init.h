/* init.h - making a ledger for a market.
 *
 *	struct market market = {"重庆", "Asia/Shanghai", "CNY", 2};
 *
 *	if (init_ledger("chongqing.qf", &market, now_utc, err) == -1) ...
 *
 * The zone is checked before anything is made: a ledger of a zone that does
 * not exist could never be read again.
 */
#ifndef QF_STAGE_INIT_H
#define QF_STAGE_INIT_H

#include <stdint.h>

#include "base/status.h"
#include "model/market.h"

/* Makes the ledger, whole or not at all.  QF_CONFIG zone-unknown,
 * zone-invalid; and what ledger_create() says. */
int init_ledger(const char *path, const struct market *market,
    int64_t recorded_utc, struct qf_error *err);

#endif
