/* uftp_settlement.c - FlexSettlement messages of UFTP: reading and writing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/uftp_settlement.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/xml.h"
#include "format/xmlout.h"
#include "format/xsdtext.h"

/* Appending --------------------------------------------------------------- */

#define APPEND(list, count)                                            \
	((list) = xreallocarray((list), (count) + 1, sizeof(*(list))), \
	    memset(&(list)[(count)], 0, sizeof(*(list))), &(list)[(count)++])

struct flex_order *
flex_add_order(struct flex_settlement *message)
{
	return APPEND(message->orders, message->order_count);
}

struct flex_isp *
flex_add_isp(struct flex_order *order)
{
	return APPEND(order->isps, order->isp_count);
}

struct flex_contract *
flex_add_contract(struct flex_settlement *message)
{
	return APPEND(message->contracts, message->contract_count);
}

struct flex_day *
flex_add_day(struct flex_contract *contract)
{
	return APPEND(contract->days, contract->day_count);
}

struct flex_reserved *
flex_add_reserved(struct flex_day *day)
{
	return APPEND(day->isps, day->isp_count);
}

/* Reading ----------------------------------------------------------------- */

/* A message on its way in: the first fault ends it, as a message that is not
 * understood cannot be checked. */
struct reading {
	const struct xml_doc *doc;
	struct qf_error *err;
	bool failed;
};

static void
fail(struct reading *reading, const struct xml_node *node, const char *name,
    const char *what)
{
	if (!reading->failed) {
		reading->failed = true;
		xml_fail(reading->doc, node, name, reading->err, "flex-value",
		    "%s", what);
	}
}

/* An attribute's text, "" where it is missing. */
static char *
take_text(
    struct reading *reading, const struct xml_node *node, const char *name)
{
	const char *value = xml_attr(node, name);

	if (value != NULL && strlen(value) > FLEX_TEXT_MAX) {
		fail(reading, node, name, "is too long");
		value = NULL;
	}
	return xstrdup(value == NULL ? "" : value);
}

static const char *
need(struct reading *reading, const struct xml_node *node, const char *name)
{
	const char *value = xml_attr(node, name);

	if (value == NULL) {
		fail(reading, node, name, "is missing");
	}
	return value;
}

static void
take_day(struct reading *reading, const struct xml_node *node, const char *name,
    int32_t *out)
{
	const char *value = need(reading, node, name);
	struct qf_error what;

	if (value != NULL && xsd_day(out, value, &what) == -1) {
		fail(reading, node, name, what.text);
	}
}

static void
take_money(struct reading *reading, const struct xml_node *node,
    const char *name, bool optional, struct dec *out)
{
	const char *value = xml_attr(node, name);
	struct qf_error what;

	if (value == NULL && optional) {
		return;
	}
	value = need(reading, node, name);
	if (value != NULL && xsd_float(out, value, &what) == -1) {
		fail(reading, node, name, what.text);
	}
}

/* A whole number; absent where it may be missing, INT64_MIN where not. */
static void
take_integer(struct reading *reading, const struct xml_node *node,
    const char *name, int64_t absent, int64_t *out)
{
	const char *value = xml_attr(node, name);
	struct qf_error what;

	*out = absent;
	if (value == NULL && absent != INT64_MIN) {
		return;
	}
	value = need(reading, node, name);
	if (value == NULL) {
		return;
	}
	if (xsd_integer(out, value, &what) == -1) {
		fail(reading, node, name, what.text);
	} else if (*out > INT64_MAX / 8 || *out < -INT64_MAX / 8) {
		/* Sums of a few powers must not overflow. */
		fail(reading, node, name, "is out of range");
	}
}

static void
read_isp(struct reading *reading, const struct xml_node *node,
    struct flex_order *order)
{
	struct flex_isp *isp = flex_add_isp(order);

	isp->line_no = xml_line(node);
	take_integer(reading, node, "Start", INT64_MIN, &isp->first);
	take_integer(reading, node, "Duration", 1, &isp->count);
	take_integer(
	    reading, node, "BaselinePower", INT64_MIN, &isp->baseline_w);
	take_integer(
	    reading, node, "OrderedFlexPower", INT64_MIN, &isp->ordered_w);
	take_integer(reading, node, "ActualPower", INT64_MIN, &isp->actual_w);
	take_integer(
	    reading, node, "DeliveredFlexPower", INT64_MIN, &isp->delivered_w);
	take_integer(reading, node, "PowerDeficiency", 0, &isp->deficiency_w);
}

static void
read_order(struct reading *reading, const struct xml_node *node,
    struct flex_settlement *message)
{
	struct flex_order *order = flex_add_order(message);

	order->line_no = xml_line(node);
	order->reference = take_text(reading, node, "OrderReference");
	order->contract = take_text(reading, node, "ContractID");
	order->prognosis = take_text(reading, node, "D-PrognosisMessageID");
	order->baseline = take_text(reading, node, "BaselineReference");
	order->congestion_point = take_text(reading, node, "CongestionPoint");
	take_day(reading, node, "Period", &order->day);
	take_money(reading, node, "Price", false, &order->price);
	take_money(reading, node, "Penalty", true, &order->penalty);
	take_money(reading, node, "NetSettlement", false, &order->net);
	for (const struct xml_node *n = xml_first(node, "ISP"); n != NULL;
	     n = xml_next(n, "ISP")) {
		read_isp(reading, n, order);
	}
}

static void
read_reserved(
    struct reading *reading, const struct xml_node *node, struct flex_day *day)
{
	struct flex_reserved *isp = flex_add_reserved(day);

	isp->line_no = xml_line(node);
	take_integer(reading, node, "Start", INT64_MIN, &isp->first);
	take_integer(reading, node, "Duration", 1, &isp->count);
	take_integer(
	    reading, node, "ReservedPower", INT64_MIN, &isp->reserved_w);
	isp->has_ordered = xml_attr(node, "OrderedPower") != NULL;
	take_integer(reading, node, "OrderedPower", 0, &isp->ordered_w);
}

static void
read_contract(struct reading *reading, const struct xml_node *node,
    struct flex_settlement *message)
{
	struct flex_contract *contract = flex_add_contract(message);

	contract->line_no = xml_line(node);
	contract->contract = take_text(reading, node, "ContractID");
	for (const struct xml_node *n = xml_first(node, "Period"); n != NULL;
	     n = xml_next(n, "Period")) {
		struct flex_day *day = flex_add_day(contract);

		day->line_no = xml_line(n);
		take_day(reading, n, "Period", &day->day);
		for (const struct xml_node *i = xml_first(n, "ISP"); i != NULL;
		     i = xml_next(i, "ISP")) {
			read_reserved(reading, i, day);
		}
	}
}

static void
read_message(struct reading *reading, const struct xml_node *root,
    struct flex_settlement *message)
{
	message->line_no = xml_line(root);
	message->version = take_text(reading, root, "Version");
	message->sender = take_text(reading, root, "SenderDomain");
	message->recipient = take_text(reading, root, "RecipientDomain");
	message->timestamp = take_text(reading, root, "TimeStamp");
	message->message = take_text(reading, root, "MessageID");
	message->conversation = take_text(reading, root, "ConversationID");
	message->currency = take_text(reading, root, "Currency");
	take_day(reading, root, "PeriodStart", &message->first_day);
	take_day(reading, root, "PeriodEnd", &message->last_day);
	for (const struct xml_node *n = xml_first(root, "FlexOrderSettlement");
	     n != NULL; n = xml_next(n, "FlexOrderSettlement")) {
		read_order(reading, n, message);
	}
	for (const struct xml_node *n = xml_first(root, "ContractSettlement");
	     n != NULL; n = xml_next(n, "ContractSettlement")) {
		read_contract(reading, n, message);
	}
}

int
uftp_settlement_load(struct flex_settlement **out, int fd, const char *file,
    struct qf_error *err)
{
	struct flex_settlement *message;
	struct reading reading = {.err = err};
	struct xml_doc *doc;
	const struct xml_node *root;

	*out = NULL;
	if (xml_load_fd(&doc, fd, file, NULL, err) == -1) {
		return -1;
	}
	root = xml_root(doc);
	if (strcmp(xml_name(root), "FlexSettlement") != 0) {
		xml_fail(doc, root, NULL, err, "flex-message",
		    "is no FlexSettlement");
		xml_free(doc);
		return -1;
	}
	reading.doc = doc;
	message = xcalloc(1, sizeof(*message));
	read_message(&reading, root, message);
	xml_free(doc);
	if (reading.failed) {
		uftp_settlement_free(message);
		return -1;
	}
	*out = message;
	return 0;
}

static void
free_order(struct flex_order *order)
{
	free(order->reference);
	free(order->contract);
	free(order->prognosis);
	free(order->baseline);
	free(order->congestion_point);
	dec_release(&order->price);
	dec_release(&order->penalty);
	dec_release(&order->net);
	free(order->isps);
}

void
uftp_settlement_free(struct flex_settlement *message)
{
	if (message == NULL) {
		return;
	}
	for (size_t i = 0; i < message->order_count; i++) {
		free_order(&message->orders[i]);
	}
	for (size_t i = 0; i < message->contract_count; i++) {
		struct flex_contract *contract = &message->contracts[i];

		for (size_t j = 0; j < contract->day_count; j++) {
			free(contract->days[j].isps);
		}
		free(contract->days);
		free(contract->contract);
	}
	free(message->orders);
	free(message->contracts);
	free(message->version);
	free(message->sender);
	free(message->recipient);
	free(message->timestamp);
	free(message->message);
	free(message->conversation);
	free(message->currency);
	free(message);
}

/* Writing ----------------------------------------------------------------- */

/* An attribute that may be missing. */
static void
attr(struct xmlout *out, const char *name, const char *value)
{
	if (value[0] != '\0') {
		xmlout_attr(out, name, value);
	}
}

static void
attr_day(struct xmlout *out, const char *name, int32_t day)
{
	char text[CIVIL_TEXT_MAX];

	civil_format_day(day, text);
	xmlout_attr(out, name, text);
}

static void
attr_money(struct xmlout *out, const char *name, const struct dec *value)
{
	struct dec written = {0};

	dec_round(&written, value, FLEX_MONEY_SCALE, DEC_HALF_UP);
	assert(dec_cmp(&written, value) == 0);
	xmlout_attr_dec(out, name, &written);
	dec_release(&written);
}

static void
write_isp(struct xmlout *out, const struct flex_isp *isp)
{
	xmlout_begin(out, "ISP");
	xmlout_attr_int(out, "Start", isp->first);
	xmlout_attr_int(out, "Duration", isp->count);
	xmlout_attr_int(out, "BaselinePower", isp->baseline_w);
	xmlout_attr_int(out, "OrderedFlexPower", isp->ordered_w);
	xmlout_attr_int(out, "ActualPower", isp->actual_w);
	xmlout_attr_int(out, "DeliveredFlexPower", isp->delivered_w);
	xmlout_attr_int(out, "PowerDeficiency", isp->deficiency_w);
	xmlout_end(out);
}

static void
write_order(struct xmlout *out, const struct flex_order *order)
{
	xmlout_begin(out, "FlexOrderSettlement");
	attr(out, "OrderReference", order->reference);
	attr_day(out, "Period", order->day);
	attr(out, "ContractID", order->contract);
	attr(out, "D-PrognosisMessageID", order->prognosis);
	attr(out, "BaselineReference", order->baseline);
	attr(out, "CongestionPoint", order->congestion_point);
	attr_money(out, "Price", &order->price);
	attr_money(out, "Penalty", &order->penalty);
	attr_money(out, "NetSettlement", &order->net);
	for (size_t i = 0; i < order->isp_count; i++) {
		write_isp(out, &order->isps[i]);
	}
	xmlout_end(out);
}

static void
write_contract(struct xmlout *out, const struct flex_contract *contract)
{
	xmlout_begin(out, "ContractSettlement");
	attr(out, "ContractID", contract->contract);
	for (size_t i = 0; i < contract->day_count; i++) {
		const struct flex_day *day = &contract->days[i];

		xmlout_begin(out, "Period");
		attr_day(out, "Period", day->day);
		for (size_t j = 0; j < day->isp_count; j++) {
			const struct flex_reserved *isp = &day->isps[j];

			xmlout_begin(out, "ISP");
			xmlout_attr_int(out, "Start", isp->first);
			xmlout_attr_int(out, "Duration", isp->count);
			xmlout_attr_int(out, "ReservedPower", isp->reserved_w);
			if (isp->has_ordered) {
				xmlout_attr_int(
				    out, "OrderedPower", isp->ordered_w);
			}
			xmlout_end(out);
		}
		xmlout_end(out);
	}
	xmlout_end(out);
}

int
uftp_settlement_write(const struct flex_settlement *message, struct sink sink,
    struct qf_error *err)
{
	struct xmlout *out = xmlout_new(sink);
	int rc = 0;

	xmlout_begin(out, "FlexSettlement");
	attr(out, "Version", message->version);
	attr(out, "SenderDomain", message->sender);
	attr(out, "RecipientDomain", message->recipient);
	attr(out, "TimeStamp", message->timestamp);
	attr(out, "MessageID", message->message);
	attr(out, "ConversationID", message->conversation);
	attr_day(out, "PeriodStart", message->first_day);
	attr_day(out, "PeriodEnd", message->last_day);
	attr(out, "Currency", message->currency);
	for (size_t i = 0; rc == 0 && i < message->order_count; i++) {
		write_order(out, &message->orders[i]);
		rc = xmlout_flush(out, err);
	}
	for (size_t i = 0; rc == 0 && i < message->contract_count; i++) {
		write_contract(out, &message->contracts[i]);
		rc = xmlout_flush(out, err);
	}
	if (rc == 0) {
		xmlout_end(out);
		rc = xmlout_finish(out, err);
	}
	xmlout_free(out);
	return rc;
}
