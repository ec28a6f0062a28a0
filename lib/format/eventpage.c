/* eventpage.c - a page of HTML that tells a reader what events came to.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/eventpage.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/text.h"
#include "format/xmlout.h"

#define ADDRESS_MAX ((size_t)48 << 20) /* bytes of a picture in base64 */

struct word {
	const char *en, *zh;
};

struct eventpage {
	const struct eventpage_head *head;
	struct xmlout *out;
	struct buf address; /* the picture in hand */
};

enum unit { NONE, KWH, PERCENT, MONEY };

static const struct {
	struct word word;
	enum unit unit;
} values[EVENTPAGE_VALUES] = {
    [EVENTPAGE_POINTS] = {{"points", "计量点"}, NONE},
    [EVENTPAGE_BASELINE] = {{"baseline", "基线电量"}, KWH},
    [EVENTPAGE_ACTUAL] = {{"actual load", "实际电量"}, KWH},
    [EVENTPAGE_RESPONSE] = {{"response", "响应电量"}, KWH},
    [EVENTPAGE_AWARD] = {{"awarded", "中标电量"}, KWH},
    [EVENTPAGE_RATE] = {{"response of award", "响应率"}, PERCENT},
    [EVENTPAGE_EFFECTIVE] = {{"effective", "有效响应"}, KWH},
    [EVENTPAGE_PAID] = {{"paid", "补偿"}, MONEY},
    [EVENTPAGE_CHARGED] = {{"charged", "考核"}, MONEY},
    [EVENTPAGE_NET] = {{"net", "净额"}, MONEY},
};

static const char style[] =
    "body{font:15px/1.5 sans-serif;color:#222;max-width:62em;margin:2em auto;"
    "padding:0 1em}"
    "h2{margin:2em 0 0;font-size:1.2em}p{margin:.2em 0 .8em;color:#555}"
    "table{border-collapse:collapse;margin:.5em 0}"
    "th,td{border:1px solid #ccc;padding:.3em .7em;text-align:right}"
    "th{background:#f3f5f7;font-weight:normal}"
    "img{width:100%;margin:.5em 0}.held{color:#a02c1d}";

static const char *
say(const struct eventpage *page, struct word word)
{
	return page->head->zh ? word.zh : word.en;
}

static void
heading(struct eventpage *page, enum eventpage_value value)
{
	static const char *const units[] = {[KWH] = "kWh", [PERCENT] = "%"};
	const char *word = say(page, values[value].word);
	const char *unit = values[value].unit == MONEY
			       ? page->head->currency
			       : units[values[value].unit];
	char text[128];

	snprintf(text, sizeof(text), "%s%s%s", word, unit == NULL ? "" : " ",
	    unit == NULL ? "" : unit);
	xmlout_element(page->out, "th", text);
}

/* An element that is empty would swallow what follows it, in HTML. */
static void
cell(struct eventpage *page, const char *value)
{
	xmlout_element(
	    page->out, "td", value == NULL || value[0] == '\0' ? "–" : value);
}

static void
sums(struct eventpage *page)
{
	static const struct word held = {"events held", "挂起事件"};
	const struct eventpage_head *head = page->head;
	char count[24];

	snprintf(count, sizeof(count), "%lld", head->held);
	xmlout_begin(page->out, "table");
	xmlout_begin(page->out, "tr");
	heading(page, EVENTPAGE_PAID);
	heading(page, EVENTPAGE_CHARGED);
	heading(page, EVENTPAGE_NET);
	xmlout_element(page->out, "th", say(page, held));
	xmlout_end(page->out);
	xmlout_begin(page->out, "tr");
	cell(page, head->paid);
	cell(page, head->charged);
	cell(page, head->net);
	cell(page, count);
	xmlout_end(page->out);
	xmlout_end(page->out);
}

struct eventpage *
eventpage_new(struct sink sink, const struct eventpage_head *head)
{
	static const struct word title = {
	    "Demand response: what events came to", "需求响应事件结算"};
	struct eventpage *page = xcalloc(1, sizeof(*page));
	char text[256];

	page->head = head;
	page->out = xmlout_new_html(sink);
	buf_init(&page->address, ADDRESS_MAX);
	xmlout_begin(page->out, "html");
	xmlout_attr(page->out, "lang", head->zh ? "zh-CN" : "en");
	xmlout_begin(page->out, "head");
	xmlout_begin(page->out, "meta");
	xmlout_attr(page->out, "charset", "UTF-8");
	xmlout_end(page->out);
	xmlout_element(page->out, "title", say(page, title));
	xmlout_element(page->out, "style", style);
	xmlout_end(page->out);
	xmlout_begin(page->out, "body");
	xmlout_element(page->out, "h1", say(page, title));
	snprintf(text, sizeof(text), "%s · %s", head->market, head->run);
	xmlout_element(page->out, "p", text);
	sums(page);
	return page;
}

static void
numbers(struct eventpage *page, const struct eventpage_event *event)
{
	xmlout_begin(page->out, "table");
	xmlout_begin(page->out, "tr");
	for (int i = 0; i < EVENTPAGE_VALUES; i++) {
		heading(page, (enum eventpage_value)i);
	}
	xmlout_end(page->out);
	xmlout_begin(page->out, "tr");
	for (int i = 0; i < EVENTPAGE_VALUES; i++) {
		cell(page, event->values[i]);
	}
	xmlout_end(page->out);
	xmlout_end(page->out);
}

/* RFC 2397, RFC 4648 section 4. */
static int
write_address(struct buf *out, const char *bytes, size_t length)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";

	buf_clear(out);
	if (buf_add_string(out, "data:image/svg+xml;base64,") == -1) {
		return -1;
	}
	for (size_t i = 0; i < length; i += 3) {
		size_t count = length - i < 3 ? length - i : 3;
		unsigned long group = 0;
		char four[4] = {'=', '=', '=', '='};

		for (size_t j = 0; j < 3; j++) {
			group = group << 8 |
				(j < count ? (unsigned char)bytes[i + j] : 0);
		}
		for (size_t j = 0; j <= count; j++) {
			four[j] = digits[group >> (18 - 6 * j) & 63];
		}
		if (buf_add(out, four, sizeof(four)) == -1) {
			return -1;
		}
	}
	return 0;
}

static int
picture(struct eventpage *page, const struct eventpage_event *event,
    struct qf_error *err)
{
	if (write_address(&page->address, event->svg, event->svg_length) ==
	    -1) {
		return qf_fail(err, QF_DATA, "output-too-long",
		    "the picture of event %s is too long for a page",
		    event->event);
	}
	xmlout_begin(page->out, "img");
	xmlout_attr(page->out, "alt", event->event);
	xmlout_attr(page->out, "src", page->address.bytes);
	xmlout_end(page->out);
	return 0;
}

int
eventpage_add(struct eventpage *page, const struct eventpage_event *event,
    struct qf_error *err)
{
	static const struct word held = {"held: ", "挂起："};
	char text[512];

	snprintf(text, sizeof(text), "%s · %s · %s", event->contract,
	    event->leg, event->event);
	xmlout_element(page->out, "h2", text);
	snprintf(text, sizeof(text), "%s – %s", event->start, event->end);
	xmlout_element(page->out, "p", text);
	if (event->held != NULL) {
		snprintf(
		    text, sizeof(text), "%s%s", say(page, held), event->held);
		xmlout_begin(page->out, "p");
		xmlout_attr(page->out, "class", "held");
		xmlout_text(page->out, text);
		xmlout_end(page->out);
	} else {
		numbers(page, event);
		if (event->svg != NULL && picture(page, event, err) == -1) {
			return -1;
		}
	}
	return xmlout_flush(page->out, err);
}

int
eventpage_finish(struct eventpage *page, struct qf_error *err)
{
	xmlout_end(page->out);
	xmlout_end(page->out);
	return xmlout_finish(page->out, err);
}

void
eventpage_free(struct eventpage *page)
{
	if (page == NULL) {
		return;
	}
	xmlout_free(page->out);
	buf_release(&page->address);
	free(page);
}
