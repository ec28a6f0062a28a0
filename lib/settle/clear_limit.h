/* clear_limit.h - at most so many percent from one party or class.
 *
 * 调频: 新型主体合计不超过需求的 30 %, 单个电厂不超过 20 %.  Before orders are
 * matched, each order to sell is left so much of its quantity as the limits
 * allow: the best orders of a party or class come first.  At one price what a
 * limit leaves goes by the ties, and is shared where they share.  At each price
 * limits of each party are applied before those of a class, and what one of
 * them cuts uses no room of the other.
 *
 * A limit is base x percent / 100 ticks, rounded down.  An order of no party
 * is a party of its own.  Orders to buy are not limited.
 */
#ifndef QF_SETTLE_CLEAR_LIMIT_H
#define QF_SETTLE_CLEAR_LIMIT_H

#include <stddef.h>
#include <stdint.h>

#include "rules/market.h"
#include "settle/order.h"

/* Sets eligible of count orders to sell, sorted best first. */
void clear_limit(struct order *const *offers, size_t count, int64_t base,
    const struct market_version *version);

#endif
