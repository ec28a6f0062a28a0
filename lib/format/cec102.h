/* cec102.h - charge orders of T/CEC 102 (充电订单), read from their JSON.
 *
 *	struct jsonread read;
 *	struct cdrs cdrs;
 *
 *	jsonread_begin(&read, "orders.json");
 *	if (cec102_read(&cdrs, &read, zone, text, length, err) == -1) ...
 *
 * A document is one order or an array of them.  It is read strictly: an
 * unknown key is a fault that names the nearest known one; the standard's own
 * spelling of TotalSeviceMoney, SevicePrice and DetailSeviceMoney is the one
 * that is known.  Times are of the market's wall clock.
 *
 * An order's own totals are checked and not trusted: TotalMoney is
 * TotalElecMoney and TotalSeviceMoney, each of these the sum of its details,
 * TotalPower the sum of DetailPower, and details follow each other inside
 * start and end.  What does not hold is a fault that names the order's
 * StartChargeSeq, with the code cec-total or cec-details.
 *
 * In struct cdr: id and session are StartChargeSeq, connector ConnectorID, the
 * periods the details, with energy taken and their own ends; claims of the
 * total, of energy and of service, with tax.
 */
#ifndef QF_FORMAT_CEC102_H
#define QF_FORMAT_CEC102_H

#include "format/cdrs.h"

struct zone;

int
cec102_read(struct cdrs *out, struct jsonread *read, const struct zone *zone,
    const char *text, size_t length, struct qf_error *err);

/* Whether an object, the first of its document, is an order. */
bool cec102_looks_like(const struct jsonin *root);

#endif
