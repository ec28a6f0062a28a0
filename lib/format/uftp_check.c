/* uftp_check.c - what must be true of a FlexSettlement message.
 *
 * The patterns are those of UFTP-common.xsd, written out by hand: a message of
 * ours must fit that schema although it is not at hand.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/text.h"
#include "base/zone.h"
#include "format/faults.h"
#include "format/uftp_settlement.h"
#include "format/xsdtext.h"

struct checking {
	const struct flex_settlement *message;
	const struct flex_rule *rule;
	struct faults *faults;
	bool broken; /* a fault could not be kept */
	struct qf_error error;
};

static void fault(struct checking *checking, size_t line_no, const char *column,
    const char *code, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

static void
fault(struct checking *checking, size_t line_no, const char *column,
    const char *code, const char *format, ...)
{
	char what[QF_ERROR_TEXT_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	if (!checking->broken &&
	    faults_add(checking->faults, line_no, column, &checking->error,
		code, "%s", what) == -1) {
		checking->broken = true;
	}
}

/* Texts ------------------------------------------------------------------- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t
digits(const char *text)
{
	size_t n = 0;

	while (is_digit(text[n])) {
		n++;
	}
	return n;
}

static bool
is_version(const char *text)
{
	for (int part = 0; part < 3; part++) {
		size_t n = digits(text);

		if (n == 0 || text[n] != (part < 2 ? '.' : '\0')) {
			return false;
		}
		text += n + 1;
	}
	return true;
}

static bool
is_uuid(const char *text)
{
	for (size_t i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-'
			 : text[i] == '\0' || strchr("0123456789abcdefABCDEF",
						  text[i]) == NULL) {
			return false;
		}
	}
	return text[36] == '\0';
}

/* ([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,} */
static bool
is_domain(const char *text)
{
	const char *label = text;
	size_t labels = 0, letters = 0;

	for (const char *c = text;; c++) {
		bool end = *c == '.' || *c == '\0';

		if (end || *c == '-') {
			if (c == label || c[-1] == '-') {
				return false;
			}
		} else if (!is_digit(*c) && (*c < 'a' || *c > 'z')) {
			return false;
		}
		letters += *c >= 'a' && *c <= 'z';
		if (*c == '\0') {
			return labels > 0 && c - label >= 2 &&
			       letters == (size_t)(c - label);
		}
		if (*c == '.') {
			labels++;
			letters = 0;
			label = c + 1;
		}
	}
}

/* ea1.2009-01.name:part or ean.123456789012. */
static bool
is_address(const char *text)
{
	const char *colon;
	size_t n, whole = strlen(text);

	if (strncmp(text, "ean.", 4) == 0) {
		n = digits(text + 4);
		return n >= 12 && n <= 34 && text[4 + n] == '\0';
	}
	if (strncmp(text, "ea1.", 4) != 0 || digits(text + 4) != 4 ||
	    text[8] != '-' || digits(text + 9) != 2 || text[11] != '.' ||
	    strpbrk(text, "\r\n") != NULL) {
		return false;
	}
	/* Either side of some colon has 1 to 244 characters; bytes are no
	 * fewer. */
	for (colon = strchr(text + 13, ':'); text[12] != '\0' && colon != NULL;
	     colon = strchr(colon + 1, ':')) {
		size_t before = (size_t)(colon - text) - 12;
		size_t after = whole - (size_t)(colon - text) - 1;

		if (before >= 1 && before <= 244 && after >= 1 &&
		    after <= 244) {
			return true;
		}
	}
	return false;
}

static bool
is_currency(const char *text)
{
	return strlen(text) == 3 &&
	       strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

/* A time with offset; fractions of a second have up to 9 digits. */
static bool
is_timestamp(const char *text)
{
	char whole[64];
	const char *point = strchr(text, '.');
	struct civil_time time;
	struct qf_error ignored;
	size_t n;

	if (strlen(text) >= sizeof(whole) || strchr(text, ' ') != NULL) {
		return false;
	}
	snprintf(whole, sizeof(whole), "%s", text);
	if (point != NULL) {
		n = digits(point + 1);
		if (n > 9 || point - text != 19) {
			return false;
		}
		memmove(whole + 19, point + 1 + n, strlen(point + 1 + n) + 1);
	}
	return strlen(whole) > 19 && whole[16] == ':' &&
	       civil_parse_time(whole, strlen(whole), 0, &time, &ignored) ==
		   0 &&
	       time.has_offset;
}

/* One value of the head. */
static void
check_text(struct checking *checking, const char *name, const char *value,
    bool sound, const char *what)
{
	if (!sound) {
		fault(checking, checking->message->line_no, name, "flex-text",
		    "\"%.80s\": must be %s", value, what);
	}
}

static void
check_head(struct checking *checking)
{
	const struct flex_settlement *m = checking->message;

	check_text(checking, "Version", m->version, is_version(m->version),
	    "like 3.1.0");
	check_text(checking, "SenderDomain", m->sender, is_domain(m->sender),
	    "an Internet domain in small letters");
	check_text(checking, "RecipientDomain", m->recipient,
	    is_domain(m->recipient), "an Internet domain in small letters");
	check_text(checking, "TimeStamp", m->timestamp,
	    is_timestamp(m->timestamp), "a time with Z or an offset");
	check_text(
	    checking, "MessageID", m->message, is_uuid(m->message), "a UUID");
	check_text(checking, "ConversationID", m->conversation,
	    is_uuid(m->conversation), "a UUID");
	check_text(checking, "Currency", m->currency, is_currency(m->currency),
	    "three capital letters");
	if (m->last_day < m->first_day) {
		fault(checking, m->line_no, "PeriodEnd", "flex-period",
		    "is before PeriodStart");
	}
	if (m->order_count == 0) {
		fault(checking, m->line_no, "FlexOrderSettlement", "flex-text",
		    "at least one is needed");
	}
	if (m->contract_count == 0) {
		fault(checking, m->line_no, "ContractSettlement", "flex-text",
		    "at least one is needed");
	}
}

/* Days and ISPs ----------------------------------------------------------- */

static void
check_day(struct checking *checking, size_t line_no, int32_t day)
{
	char text[CIVIL_TEXT_MAX];

	if (day < checking->message->first_day ||
	    day > checking->message->last_day) {
		civil_format_day(day, text);
		fault(checking, line_no, "Period", "flex-period",
		    "%s is not from PeriodStart to PeriodEnd", text);
	}
}

/* ISPs of a day; of one of 25 hours where no zone says. */
static int64_t
isps_of_day(const struct flex_rule *rule, int32_t day)
{
	int64_t seconds = (int64_t)25 * 3600;

	if (rule->zone != NULL) {
		seconds = zone_day_start(rule->zone, day + 1) -
			  zone_day_start(rule->zone, day);
	}
	return seconds / (rule->minutes * 60);
}

/* ISPs of one list, marked as they are seen. */
struct seen {
	bool *isps; /* from 1 */
	int64_t count;
};

static bool
see(struct checking *checking, struct seen *seen, size_t line_no, int64_t first,
    int64_t count)
{
	if (first < 1 || count < 1 || first > seen->count ||
	    count > seen->count - first + 1) {
		fault(checking, line_no, "Start", "flex-isp",
		    "ISP %lld is outside of its day of %lld",
		    (long long)(first < 1 ? first : first + count - 1),
		    (long long)seen->count);
		return false;
	}
	for (int64_t i = first; i < first + count; i++) {
		if (seen->isps[i]) {
			fault(checking, line_no, "Start", "flex-isp",
			    "ISP %lld stands twice", (long long)i);
			return false;
		}
		seen->isps[i] = true;
	}
	return true;
}

static struct seen
begin_seen(const struct checking *checking, int32_t day)
{
	int64_t count = isps_of_day(checking->rule, day);

	return (struct seen){
	    .isps = xcalloc((size_t)count + 1, sizeof(bool)), .count = count};
}

/* Powers ------------------------------------------------------------------ */

static int64_t
clamp(int64_t value, int64_t most)
{
	return value < 0 ? 0 : value > most ? most : value;
}

void
uftp_delivered(struct flex_isp *isp)
{
	int64_t sign = isp->ordered_w < 0 ? 1 : -1;
	int64_t missing;

	isp->delivered_w = isp->deficiency_w = 0;
	if (isp->ordered_w == 0) {
		return;
	}
	isp->delivered_w = clamp(
	    sign * (isp->baseline_w - isp->actual_w), llabs(isp->ordered_w));
	missing = sign * (isp->actual_w - isp->baseline_w - isp->ordered_w);
	isp->deficiency_w = missing < 0 ? 0 : missing;
}

static void
check_powers(struct checking *checking, const struct flex_isp *isp)
{
	struct flex_isp right = *isp;
	int64_t most = llabs(isp->ordered_w);

	uftp_delivered(&right);
	if (isp->delivered_w < 0 || isp->delivered_w > most) {
		fault(checking, isp->line_no, "DeliveredFlexPower",
		    "flex-delivered", "%lld is not from 0 to the ordered %lld",
		    (long long)isp->delivered_w, (long long)most);
	} else if (isp->delivered_w != right.delivered_w) {
		fault(checking, isp->line_no, "DeliveredFlexPower",
		    "flex-delivered", "%lld, but the powers make it %lld",
		    (long long)isp->delivered_w, (long long)right.delivered_w);
	}
	if (isp->deficiency_w != right.deficiency_w &&
	    (right.deficiency_w <= most || isp->deficiency_w != most)) {
		fault(checking, isp->line_no, "PowerDeficiency",
		    "flex-deficiency", "%lld, but the powers make it %lld",
		    (long long)isp->deficiency_w,
		    (long long)right.deficiency_w);
	}
}

/* Orders ------------------------------------------------------------------ */

static void
check_scale(struct checking *checking, size_t line_no, const char *name,
    const struct dec *value)
{
	struct dec rounded = {0};

	dec_round(&rounded, value, FLEX_MONEY_SCALE, DEC_DOWN);
	if (dec_cmp(&rounded, value) != 0) {
		fault(checking, line_no, name, "flex-text",
		    "has more than %d decimals", FLEX_MONEY_SCALE);
	}
	dec_release(&rounded);
}

static void
check_money(struct checking *checking, const struct flex_order *order)
{
	struct dec net = {0};
	char right[DEC_TEXT_MAX];
	bool missing = false;

	check_scale(checking, order->line_no, "Price", &order->price);
	check_scale(checking, order->line_no, "Penalty", &order->penalty);
	check_scale(checking, order->line_no, "NetSettlement", &order->net);
	for (size_t i = 0; i < order->isp_count; i++) {
		missing |= order->isps[i].deficiency_w != 0;
	}
	if (dec_sign(&order->penalty) < 0) {
		fault(checking, order->line_no, "Penalty", "flex-penalty",
		    "is below 0");
	} else if (dec_sign(&order->penalty) > 0 && !missing) {
		fault(checking, order->line_no, "Penalty", "flex-penalty",
		    "is for nothing: no ISP has a PowerDeficiency");
	}
	dec_sub(&net, &order->price, &order->penalty);
	if (dec_cmp(&net, &order->net) != 0) {
		dec_format_trim(&net, right, sizeof(right));
		fault(checking, order->line_no, "NetSettlement", "flex-net",
		    "Price less Penalty is %s", right);
	}
	dec_release(&net);
}

static void
check_order(struct checking *checking, const struct flex_order *order)
{
	struct seen seen = begin_seen(checking, order->day);

	check_day(checking, order->line_no, order->day);
	if (!is_address(order->congestion_point)) {
		fault(checking, order->line_no, "CongestionPoint", "flex-text",
		    "\"%.80s\": must be like ean.123456789012 or "
		    "ea1.2009-01.org.example:name",
		    order->congestion_point);
	}
	if (order->reference[0] == '\0') {
		fault(checking, order->line_no, "OrderReference", "flex-text",
		    "is missing: the order cannot be told");
	}
	if (order->prognosis[0] != '\0' && !is_uuid(order->prognosis)) {
		fault(checking, order->line_no, "D-PrognosisMessageID",
		    "flex-text", "must be a UUID");
	}
	if (order->isp_count == 0) {
		fault(checking, order->line_no, "ISP", "flex-text",
		    "at least one is needed");
	}
	for (size_t i = 0; i < order->isp_count; i++) {
		const struct flex_isp *isp = &order->isps[i];

		see(checking, &seen, isp->line_no, isp->first, isp->count);
		check_powers(checking, isp);
	}
	check_money(checking, order);
	free(seen.isps);
}

/* What must not stand twice: names, by pointers that are sorted. */
struct name {
	const char *text;
	size_t line_no;
};

static int
by_text(const void *a, const void *b)
{
	const struct name *left = a, *right = b;
	int difference = strcmp(left->text, right->text);

	if (difference != 0) {
		return difference;
	}
	return left->line_no < right->line_no   ? -1
	       : left->line_no > right->line_no ? 1
						: 0;
}

static void
check_twice(struct checking *checking, struct name *names, size_t count,
    const char *column)
{
	if (count > 1) {
		qsort(names, count, sizeof(*names), by_text);
	}
	for (size_t i = 1; i < count; i++) {
		if (names[i].text[0] != '\0' &&
		    strcmp(names[i].text, names[i - 1].text) == 0) {
			fault(checking, names[i].line_no, column, "flex-twice",
			    "%s stands twice", names[i].text);
		}
	}
}

static void
check_references(struct checking *checking)
{
	const struct flex_settlement *m = checking->message;
	struct name *names =
	    xcalloc(m->order_count + m->contract_count + 1, sizeof(*names));

	for (size_t i = 0; i < m->order_count; i++) {
		names[i] =
		    (struct name){m->orders[i].reference, m->orders[i].line_no};
	}
	check_twice(checking, names, m->order_count, "OrderReference");
	for (size_t i = 0; i < m->contract_count; i++) {
		names[i] = (struct name){
		    m->contracts[i].contract, m->contracts[i].line_no};
	}
	check_twice(checking, names, m->contract_count, "ContractID");
	free(names);
}

/* Contracts --------------------------------------------------------------- */

static int
by_day(const void *a, const void *b)
{
	const struct flex_day *left = a, *right = b;

	if (left->day != right->day) {
		return left->day < right->day ? -1 : 1;
	}
	return left->line_no < right->line_no   ? -1
	       : left->line_no > right->line_no ? 1
						: 0;
}

static void
check_days(struct checking *checking, const struct flex_contract *contract)
{
	size_t count = contract->day_count;
	struct flex_day *days = xcalloc(count + 1, sizeof(*days));
	char text[CIVIL_TEXT_MAX];

	for (size_t i = 0; i < count; i++) {
		days[i] = contract->days[i];
	}
	qsort(days, count, sizeof(*days), by_day);
	for (size_t i = 1; i < count; i++) {
		if (days[i].day == days[i - 1].day) {
			civil_format_day(days[i].day, text);
			fault(checking, days[i].line_no, "Period", "flex-twice",
			    "%s stands twice", text);
		}
	}
	free(days);
}

static void
check_contract(struct checking *checking, const struct flex_contract *contract)
{
	if (contract->day_count == 0) {
		fault(checking, contract->line_no, "Period", "flex-text",
		    "at least one is needed");
	}
	check_days(checking, contract);
	for (size_t i = 0; i < contract->day_count; i++) {
		const struct flex_day *day = &contract->days[i];
		struct seen seen = begin_seen(checking, day->day);

		check_day(checking, day->line_no, day->day);
		if (day->isp_count == 0) {
			fault(checking, day->line_no, "ISP", "flex-text",
			    "at least one is needed");
		}
		for (size_t j = 0; j < day->isp_count; j++) {
			see(checking, &seen, day->isps[j].line_no,
			    day->isps[j].first, day->isps[j].count);
		}
		free(seen.isps);
	}
}

int
uftp_settlement_check(const struct flex_settlement *message,
    const struct flex_rule *rule, struct faults *faults, struct qf_error *err)
{
	struct checking checking = {
	    .message = message, .rule = rule, .faults = faults};

	check_head(&checking);
	for (size_t i = 0; i < message->order_count; i++) {
		check_order(&checking, &message->orders[i]);
	}
	check_references(&checking);
	for (size_t i = 0; i < message->contract_count; i++) {
		check_contract(&checking, &message->contracts[i]);
	}
	if (checking.broken) {
		*err = checking.error;
		return -1;
	}
	return 0;
}
