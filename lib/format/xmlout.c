/* xmlout.c - writing XML as a stream, through one buffer.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/xmlout.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "format/outbuf.h"

#define BUFFER_MAX (64u << 20) /* what stands between two flushes */

enum state {
	STATE_TAG, /* inside a start tag that is not closed yet */
	STATE_TEXT, /* behind text */
	STATE_ELEMENTS, /* behind a child element, or before the root */
};

struct xmlout {
	struct outbuf to;
	const char *names[XMLOUT_DEPTH_MAX];
	size_t depth;
	enum state state;
	bool rooted; /* the root was begun */
};

static void
add(struct xmlout *out, const void *bytes, size_t length)
{
	if (buf_add(&out->to.bytes, bytes, length) == -1) {
		outbuf_fail(
		    &out->to, "xmlout-size", "the XML record is too long");
	}
}

static void
add_string(struct xmlout *out, const char *text)
{
	add(out, text, strlen(text));
}

static struct xmlout *
new_with(struct sink sink, const char *prolog)
{
	struct xmlout *out = xcalloc(1, sizeof(*out));

	outbuf_init(&out->to, sink, BUFFER_MAX);
	out->state = STATE_ELEMENTS;
	add_string(out, prolog);
	return out;
}

struct xmlout *
xmlout_new(struct sink sink)
{
	return new_with(sink, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
}

struct xmlout *
xmlout_new_html(struct sink sink)
{
	return new_with(sink, "<!DOCTYPE html>");
}

void
xmlout_free(struct xmlout *out)
{
	if (out == NULL) {
		return;
	}
	outbuf_release(&out->to);
	free(out);
}

/* How a byte is written, or NULL where it stands for itself.  Line ends and
 * TAB in attributes would come back as blanks, and CR anywhere as LF (XML 1.0
 * sections 2.11 and 3.3.3), so they are written as references. */
static const char *
escape(char c, bool attribute)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '\r':
		return "&#13;";
	case '"':
		return attribute ? "&quot;" : NULL;
	case '\n':
		return attribute ? "&#10;" : NULL;
	case '\t':
		return attribute ? "&#9;" : NULL;
	default:
		return NULL;
	}
}

/* True if XML 1.0 section 2.2 allows every character: no control character
 * but TAB, LF, CR, and neither U+FFFE nor U+FFFF. */
static bool
is_allowed(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') ||
		    c == 0x7f) {
			return false;
		}
		if (c == 0xef && i + 2 < length &&
		    (unsigned char)text[i + 1] == 0xbf &&
		    (unsigned char)text[i + 2] >= 0xbe) {
			return false;
		}
	}
	return true;
}

static void
add_escaped(struct xmlout *out, const char *text, bool attribute)
{
	size_t length = strlen(text), from = 0;
	const char *escaped;

	if (!text_utf8_valid(text, length)) {
		outbuf_fail(&out->to, "xmlout-utf8", "text that is not UTF-8");
		return;
	}
	if (!is_allowed(text, length)) {
		outbuf_fail(&out->to, "xmlout-control",
		    "text with a character that XML does not allow");
		return;
	}
	for (size_t i = 0; i < length; i++) {
		/* Nearly all bytes stand for themselves. */
		if ((unsigned char)text[i] > '>') {
			continue;
		}
		escaped = escape(text[i], attribute);
		if (escaped != NULL) {
			add(out, text + from, i - from);
			add_string(out, escaped);
			from = i + 1;
		}
	}
	add(out, text + from, length - from);
}

/* Begins a line at the depth. */
static void
indent(struct xmlout *out)
{
	add(out, "\n", 1);
	for (size_t i = 0; i < out->depth; i++) {
		add(out, "  ", 2);
	}
}

void
xmlout_begin(struct xmlout *out, const char *name)
{
	if (out->depth == XMLOUT_DEPTH_MAX || out->state == STATE_TEXT ||
	    (out->depth == 0 && out->rooted)) {
		BUG("XML element out of place: %s", name);
	}
	if (out->state == STATE_TAG) {
		add(out, ">", 1);
	}
	indent(out);
	add(out, "<", 1);
	add_string(out, name);
	out->names[out->depth++] = name;
	out->state = STATE_TAG;
	out->rooted = true;
}

void
xmlout_end(struct xmlout *out)
{
	if (out->depth == 0) {
		BUG("XML element ended out of place");
	}
	out->depth--;
	if (out->state == STATE_TAG) {
		add(out, "/>", 2);
	} else {
		if (out->state == STATE_ELEMENTS) {
			indent(out);
		}
		add(out, "</", 2);
		add_string(out, out->names[out->depth]);
		add(out, ">", 1);
	}
	out->state = STATE_ELEMENTS;
}

static void
begin_attr(struct xmlout *out, const char *name)
{
	if (out->state != STATE_TAG) {
		BUG("XML attribute out of place: %s", name);
	}
	add(out, " ", 1);
	add_string(out, name);
	add(out, "=\"", 2);
}

void
xmlout_attr(struct xmlout *out, const char *name, const char *value)
{
	begin_attr(out, name);
	add_escaped(out, value, true);
	add(out, "\"", 1);
}

void
xmlout_attr_int(struct xmlout *out, const char *name, int64_t value)
{
	struct dec number = DEC_SMALL(value, 0);

	xmlout_attr_dec(out, name, &number);
}

void
xmlout_attr_dec(struct xmlout *out, const char *name, const struct dec *value)
{
	char text[DEC_TEXT_MAX];
	size_t length = dec_format(value, text, sizeof(text));

	begin_attr(out, name);
	add(out, text, length);
	add(out, "\"", 1);
}

void
xmlout_text(struct xmlout *out, const char *text)
{
	if (out->depth == 0 || out->state == STATE_ELEMENTS) {
		BUG("XML text out of place");
	}
	if (out->state == STATE_TAG) {
		add(out, ">", 1);
	}
	add_escaped(out, text, false);
	out->state = STATE_TEXT;
}

void
xmlout_element(struct xmlout *out, const char *name, const char *text)
{
	xmlout_begin(out, name);
	xmlout_text(out, text);
	xmlout_end(out);
}

int
xmlout_flush(struct xmlout *out, struct qf_error *err)
{
	return outbuf_flush(&out->to, OUTBUF_FULL, err);
}

int
xmlout_finish(struct xmlout *out, struct qf_error *err)
{
	assert((out->depth == 0 && out->rooted) || out->to.failed);
	add(out, "\n", 1);
	return outbuf_flush(&out->to, 1, err);
}
