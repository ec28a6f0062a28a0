/* uftp_order.c - flexibility orders out of UFTP (Shapeshifter) messages.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/uftp_order.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/xml.h"
#include "base/zone.h"
#include "format/faults.h"
#include "format/xsdtext.h"

#define ISPS_MAX 1500 /* of a long day, of a minute each */

struct reading {
	struct uftp_order *order;
	struct faults *faults;
	bool broken; /* a fault could not be kept */
	struct qf_error error;
};

bool
uftp_looks_like(
    const char *name, const char *namespace, const char *sender_domain)
{
	return namespace[0] == '\0' && sender_domain != NULL &&
	       name[0] >= 'A' && name[0] <= 'Z';
}

/* Keeps a fault; returns false. */
static bool fault(struct reading *reading, const struct xml_node *node,
    const char *attribute, const char *code, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

static bool
fault(struct reading *reading, const struct xml_node *node,
    const char *attribute, const char *code, const char *format, ...)
{
	char what[QF_ERROR_TEXT_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	reading->order->sound = false;
	if (!reading->broken &&
	    faults_add(reading->faults, xml_line(node),
		attribute == NULL ? xml_name(node) : attribute, &reading->error,
		code, "%s", what) == -1) {
		reading->broken = true;
	}
	return false;
}

/* An attribute that must be there. */
static const char *
need(struct reading *reading, const struct xml_node *node, const char *name)
{
	const char *value = xml_attr(node, name);

	if (value == NULL) {
		fault(reading, node, name, "uftp-missing", "is missing");
	}
	return value;
}

static bool
copy(struct reading *reading, const struct xml_node *node, const char *name,
    char *out, size_t size)
{
	const char *value = xml_attr(node, name);

	if (value == NULL) {
		return true;
	}
	if (strlen(value) >= size) {
		return fault(reading, node, name, "uftp-value",
		    "has more than %zu bytes", size - 1);
	}
	memcpy(out, value, strlen(value) + 1);
	return true;
}

static bool
take_integer(struct reading *reading, const struct xml_node *node,
    const char *name, int64_t absent, int64_t *out)
{
	const char *value = xml_attr(node, name);
	struct qf_error what;

	if (value == NULL && absent != INT64_MIN) {
		*out = absent;
		return true;
	}
	value = need(reading, node, name);
	return value != NULL &&
	       (xsd_integer(out, value, &what) == 0 ||
		   fault(reading, node, name, "uftp-value", "%s", what.text));
}

/* Head -------------------------------------------------------------------- */

static void
read_price(struct reading *reading, const struct xml_node *root)
{
	static const struct dec one = DEC_SMALL(1, 0);
	struct uftp_order *order = reading->order;
	const char *value = need(reading, root, "Price");
	struct dec factor = {0};
	struct qf_error what;

	if (value != NULL && xsd_float(&order->price, value, &what) == -1) {
		fault(reading, root, "Price", "uftp-value", "%s", what.text);
	}
	value = xml_attr(root, "ActivationFactor");
	if (value == NULL) {
		return;
	}
	if (xsd_float(&factor, value, &what) == -1) {
		fault(reading, root, "ActivationFactor", "uftp-value", "%s",
		    what.text);
	} else if (dec_cmp(&factor, &one) != 0) {
		fault(reading, root, "ActivationFactor", "uftp-activation",
		    "a partial activation is not taken: whether Power is "
		    "before or after it is not said");
	}
	dec_release(&factor);
}

static void
read_head(struct reading *reading, const struct xml_node *root)
{
	struct uftp_order *order = reading->order;
	const char *value;
	struct qf_error what;

	value = need(reading, root, "OrderReference");
	if (value != NULL && !text_is_id(value, strlen(value))) {
		fault(reading, root, "OrderReference", "uftp-value",
		    "must be letters, digits and ._:- and at most %d of them",
		    TEXT_ID_MAX);
	} else if (value != NULL) {
		memcpy(order->reference, value, strlen(value) + 1);
	}
	copy(reading, root, "ContractID", order->contract,
	    sizeof(order->contract));
	if (need(reading, root, "CongestionPoint") != NULL) {
		copy(reading, root, "CongestionPoint", order->congestion_point,
		    sizeof(order->congestion_point));
	}
	if (need(reading, root, "Currency") != NULL) {
		copy(reading, root, "Currency", order->currency,
		    sizeof(order->currency));
	}
	value = need(reading, root, "Period");
	if (value != NULL && xsd_day(&order->day, value, &what) == -1) {
		fault(reading, root, "Period", "uftp-value", "%s", what.text);
	}
	value = need(reading, root, "ISP-Duration");
	if (value != NULL &&
	    xsd_duration(&order->isp_seconds, value, &what) == -1) {
		fault(reading, root, "ISP-Duration", "uftp-value", "%s",
		    what.text);
	} else if (value != NULL &&
		   (order->isp_seconds < 60 || order->isp_seconds > 3600 ||
		       3600 % order->isp_seconds != 0 ||
		       order->isp_seconds % 60 != 0)) {
		fault(reading, root, "ISP-Duration", "uftp-value",
		    "must be minutes that an hour is made of");
	}
	read_price(reading, root);
}

/* ISPs -------------------------------------------------------------------- */

static bool
read_isp(struct reading *reading, const struct xml_node *node, int64_t day_utc,
    int64_t day_isps)
{
	struct uftp_order *order = reading->order;
	struct uftp_isp isp = {.line_no = xml_line(node)};

	if (!take_integer(reading, node, "Start", INT64_MIN, &isp.first) ||
	    !take_integer(reading, node, "Duration", 1, &isp.count) ||
	    !take_integer(reading, node, "Power", INT64_MIN, &isp.power_w)) {
		return false;
	}
	if (isp.first < 1 || isp.first > day_isps || isp.count < 1 ||
	    isp.count > day_isps - isp.first + 1) {
		return fault(reading, node, "Start", "uftp-isp",
		    "its day has the ISPs 1 to %lld", (long long)day_isps);
	}
	if (isp.power_w == INT64_MIN) {
		return fault(
		    reading, node, "Power", "uftp-value", "is out of range");
	}
	isp.start_utc = day_utc + (isp.first - 1) * order->isp_seconds;
	isp.end_utc = isp.start_utc + isp.count * order->isp_seconds;
	if (order->isp_count == ISPS_MAX) {
		return fault(reading, node, NULL, "uftp-isp",
		    "more than %d ISPs", ISPS_MAX);
	}
	order->isps = xreallocarray(
	    order->isps, order->isp_count + 1, sizeof(*order->isps));
	order->isps[order->isp_count++] = isp;
	return true;
}

static int
by_start(const void *a, const void *b)
{
	const struct uftp_isp *left = a, *right = b;

	if (left->first != right->first) {
		return left->first < right->first ? -1 : 1;
	}
	return left->line_no < right->line_no   ? -1
	       : left->line_no > right->line_no ? 1
						: 0;
}

static int
read_isps(struct reading *reading, const struct xml_node *root,
    const struct xml_doc *doc, struct qf_error *err)
{
	struct uftp_order *order = reading->order;
	const char *name = need(reading, root, "TimeZone");
	const struct xml_node *node;
	struct zone *zone;
	struct qf_error what;
	int64_t day_utc, day_isps;

	if (!order->sound) {
		return 0;
	}
	if (zone_load(&zone, name, &what) == -1) {
		return xml_fail(
		    doc, root, "TimeZone", err, "uftp-value", "%s", what.text);
	}
	day_utc = zone_day_start(zone, order->day);
	day_isps = (zone_day_start(zone, order->day + 1) - day_utc) /
		   order->isp_seconds;
	zone_free(zone);
	for (node = xml_first(root, "ISP"); node != NULL;
	     node = xml_next(node, "ISP")) {
		if (!read_isp(reading, node, day_utc, day_isps)) {
			return 0;
		}
	}
	if (order->isp_count == 0) {
		fault(reading, root, "ISP", "uftp-missing", "is missing");
		return 0;
	}
	qsort(order->isps, order->isp_count, sizeof(*order->isps), by_start);
	for (size_t i = 1; i < order->isp_count; i++) {
		if (order->isps[i].start_utc < order->isps[i - 1].end_utc) {
			order->sound = false;
			return faults_add(reading->faults,
			    order->isps[i].line_no, "Start", err, "uftp-isp",
			    "ISP %lld stands twice",
			    (long long)order->isps[i].first);
		}
	}
	return 0;
}

/* Whole ------------------------------------------------------------------- */

static int
refuse(const struct xml_doc *doc, const struct xml_node *root,
    struct qf_error *err)
{
	if (strcmp(xml_name(root), "SignedMessage") == 0) {
		return xml_fail(doc, root, NULL, err, "uftp-signed",
		    "is sealed: give the message that is inside");
	}
	return xml_fail(doc, root, NULL, err, "uftp-message",
	    "is a message of UFTP, of which nothing is taken in; only of "
	    "FlexOrder is");
}

int
uftp_order_load(struct uftp_order **out, int fd, const char *file,
    struct faults *faults, struct qf_error *err)
{
	struct reading reading = {.faults = faults};
	const struct xml_node *root;
	struct xml_doc *doc;
	int rc;

	*out = NULL;
	if (xml_load_fd(&doc, fd, file, NULL, err) == -1) {
		return -1;
	}
	root = xml_root(doc);
	if (strcmp(xml_name(root), "FlexOrder") != 0) {
		refuse(doc, root, err);
		xml_free(doc);
		return -1;
	}
	reading.order = xcalloc(1, sizeof(*reading.order));
	reading.order->sound = true;
	reading.order->line_no = xml_line(root);
	read_head(&reading, root);
	rc = read_isps(&reading, root, doc, err);
	if (rc == 0 && reading.broken) {
		*err = reading.error;
		rc = -1;
	}
	xml_free(doc);
	if (rc == -1) {
		uftp_order_free(reading.order);
		return -1;
	}
	*out = reading.order;
	return 0;
}

void
uftp_order_free(struct uftp_order *order)
{
	if (order == NULL) {
		return;
	}
	dec_release(&order->price);
	free(order->isps);
	free(order);
}
