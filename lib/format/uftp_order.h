/* uftp_order.h - flexibility orders out of UFTP (Shapeshifter) messages.
 *
 *	if (uftp_order_load(&order, fd, "order.xml", faults, err) == -1) ...
 *	for (i = 0; i < order->isp_count; i++)
 *		... order->isps[i].power_w ...
 *	uftp_order_free(order);
 *
 * What is read is FlexOrder: what a grid operator ordered for one local day at
 * one congestion point, in watts an ISP (the market's interval), consumption
 * positive, so that a decrease of load is below 0.  Any other message is
 * refused: uftp-message, or uftp-signed for a SignedMessage, whose body is
 * sealed and has to be opened by whoever has the keys.
 *
 * Faults, by line: uftp-missing, uftp-value, uftp-isp (outside of the day, or
 * twice), uftp-activation (a partial activation, of which the standard does
 * not say whether Power is before or after it); those of the zone and of xml.h
 * are of the file.
 *
 * Ownership: everything belongs to the order.
 */
#ifndef QF_FORMAT_UFTP_ORDER_H
#define QF_FORMAT_UFTP_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"
#include "base/text.h"

#define UFTP_TEXT_MAX 256 /* bytes of a reference or an address */

struct faults;

struct uftp_isp {
	int64_t first, count; /* from 1; ISPs that it stands for */
	int64_t power_w;
	int64_t start_utc, end_utc;
	size_t line_no;
};

struct uftp_order {
	char reference[TEXT_ID_MAX + 1]; /* OrderReference */
	char contract[UFTP_TEXT_MAX + 1]; /* ContractID, "" none */
	char congestion_point[UFTP_TEXT_MAX + 1];
	char currency[8];
	int32_t day;
	int64_t isp_seconds;
	struct dec price; /* of the whole order */
	struct uftp_isp *isps; /* in the order of time */
	size_t isp_count;
	size_t line_no;
	bool sound;
};

int uftp_order_load(struct uftp_order **out, int fd, const char *file,
    struct faults *faults, struct qf_error *err);
void uftp_order_free(struct uftp_order *order); /* NULL is allowed */

/* True for a root element of UFTP: no namespace, and a sender. */
bool uftp_looks_like(
    const char *name, const char *namespace, const char *sender_domain);

#endif
