/* uftp_settlement.h - FlexSettlement messages of UFTP (Shapeshifter) 3.1.
 *
 *	if (uftp_settlement_load(&message, fd, "flex.xml", err) == -1) ...
 *	if (uftp_settlement_check(message, &rule, faults, err) == -1) ...
 *	uftp_settlement_write(message, sink, err);
 *	uftp_settlement_free(message);
 *
 * What a grid operator owes for the flexibility that it ordered, order by
 * order, and what contracts reserved.  Power is in watts, consumption positive,
 * so that an ordered decrease is below 0; what was delivered and what is
 * missing are amounts.  Money has at most 4 decimals.
 *
 * uftp_settlement_check() holds what the XSD says of values, so that a message
 * which passes can be written and fits it, and what no XSD can say:
 *	flex-text	a value that the XSD does not allow, or nothing where
 *			something must be
 *	flex-period	a period that ends before it starts; a day outside of it
 *	flex-isp	an ISP outside of its day, or twice in one order
 *	flex-twice	an OrderReference, ContractID or day twice
 *	flex-delivered	not 0 to the ordered power, or not what the powers say
 *	flex-deficiency	not what the powers say; a cap at the ordered power is
 *			allowed, as the two published sources differ
 *	flex-penalty	below 0, or one where nothing is missing
 *	flex-net	NetSettlement is not Price less Penalty
 *
 * With the order F, the baseline B and the load A, and s = 1 where F is below
 * 0, else -1: delivered is s x (B - A), but at least 0 and at most |F|; what is
 * missing is s x (A - B - F), but at least 0.  Where F is 0 both are.
 *
 * Ownership: everything belongs to the message; strings are never NULL, "" is
 * nothing.  Errors: those of xml.h; QF_DATA flex-message (another message),
 * flex-value (with line).
 */
#ifndef QF_FORMAT_UFTP_SETTLEMENT_H
#define QF_FORMAT_UFTP_SETTLEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"
#include "base/sink.h"
#include "base/status.h"

#define FLEX_TEXT_MAX 512 /* bytes of a value; an address has up to 500 */
#define FLEX_MONEY_SCALE 4
#define FLEX_VERSION "3.1.0"

struct faults;
struct zone;

struct flex_isp { /* of an order; line numbers are 0 of our own messages */
	int64_t first, count;
	int64_t baseline_w, ordered_w, actual_w, delivered_w, deficiency_w;
	size_t line_no;
};

struct flex_order {
	char *reference, *contract, *prognosis, *baseline, *congestion_point;
	int32_t day;
	struct dec price, penalty, net;
	struct flex_isp *isps;
	size_t isp_count;
	size_t line_no;
};

struct flex_reserved { /* an ISP of a contract */
	int64_t first, count;
	int64_t reserved_w;
	bool has_ordered;
	int64_t ordered_w;
	size_t line_no;
};

struct flex_day {
	int32_t day;
	struct flex_reserved *isps;
	size_t isp_count;
	size_t line_no;
};

struct flex_contract {
	char *contract;
	struct flex_day *days;
	size_t day_count;
	size_t line_no;
};

struct flex_settlement {
	char *version, *sender, *recipient, *timestamp, *message, *conversation;
	char *currency;
	int32_t first_day, last_day;
	struct flex_order *orders;
	size_t order_count;
	struct flex_contract *contracts;
	size_t contract_count;
	size_t line_no;
};

/* How long an ISP is, and where; zone may be NULL: a day of 25 hours is let
 * pass. */
struct flex_rule {
	int minutes;
	const struct zone *zone;
};

int uftp_settlement_load(struct flex_settlement **out, int fd, const char *file,
    struct qf_error *err);
void uftp_settlement_free(struct flex_settlement *message); /* NULL: fine */

/* What is wrong with it is kept in faults; -1 where they cannot be kept. */
int uftp_settlement_check(const struct flex_settlement *message,
    const struct flex_rule *rule, struct faults *faults, struct qf_error *err);

/* What an order of so much comes to with this baseline and load; what is
 * missing is not capped. */
void uftp_delivered(struct flex_isp *isp);

/* Writes a message that passes the check. */
int uftp_settlement_write(const struct flex_settlement *message,
    struct sink sink, struct qf_error *err);

/* Appends to a message, order or contract, and returns what is to be filled in;
 * texts are set by xstrdup(). */
struct flex_order *flex_add_order(struct flex_settlement *message);
struct flex_isp *flex_add_isp(struct flex_order *order);
struct flex_contract *flex_add_contract(struct flex_settlement *message);
struct flex_day *flex_add_day(struct flex_contract *contract);
struct flex_reserved *flex_add_reserved(struct flex_day *day);

#endif
