/* jsonout.c - writing JSON through one buffer.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/jsonout.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "format/outbuf.h"

#define BUFFER_MAX (64u << 20) /* a document is never longer */

enum level {
	LEVEL_OBJECT,
	LEVEL_ARRAY,
};

struct jsonout {
	struct outbuf to;
	enum level levels[JSONOUT_DEPTH_MAX];
	size_t depth;
	bool first; /* nothing stands yet in the innermost level */
	bool named; /* a name waits for its value */
	bool done; /* the document has its value */
};

struct jsonout *
jsonout_new(struct sink sink)
{
	struct jsonout *out = xcalloc(1, sizeof(*out));

	outbuf_init(&out->to, sink, BUFFER_MAX);
	out->first = true;
	return out;
}

void
jsonout_free(struct jsonout *out)
{
	if (out == NULL) {
		return;
	}
	outbuf_release(&out->to);
	free(out);
}

static void
add(struct jsonout *out, const void *bytes, size_t length)
{
	if (buf_add(&out->to.bytes, bytes, length) == -1) {
		outbuf_fail(
		    &out->to, "jsonout-size", "the JSON document is too long");
	}
}

static void
add_char(struct jsonout *out, char c)
{
	add(out, &c, 1);
}

/* Writes what stands before a value, and notes that it is there. */
static void
begin_value(struct jsonout *out)
{
	bool in_object =
	    out->depth > 0 && out->levels[out->depth - 1] == LEVEL_OBJECT;

	if (in_object != out->named || out->done) {
		BUG("JSON value out of place");
	}
	if (!in_object && !out->first) {
		add_char(out, ',');
	}
	out->named = false;
	out->first = false;
	out->done = out->depth == 0;
}

static void
begin_level(struct jsonout *out, enum level level)
{
	begin_value(out);
	if (out->depth == JSONOUT_DEPTH_MAX) {
		BUG("JSON deeper than %d", JSONOUT_DEPTH_MAX);
	}
	out->levels[out->depth++] = level;
	out->done = false;
	out->first = true;
	add_char(out, level == LEVEL_OBJECT ? '{' : '[');
}

static void
end_level(struct jsonout *out, enum level level)
{
	if (out->depth == 0 || out->levels[out->depth - 1] != level ||
	    out->named) {
		BUG("JSON ended out of place");
	}
	out->depth--;
	out->first = false;
	out->done = out->depth == 0;
	add_char(out, level == LEVEL_OBJECT ? '}' : ']');
}

void
jsonout_begin_object(struct jsonout *out)
{
	begin_level(out, LEVEL_OBJECT);
}

void
jsonout_end_object(struct jsonout *out)
{
	end_level(out, LEVEL_OBJECT);
}

void
jsonout_begin_array(struct jsonout *out)
{
	begin_level(out, LEVEL_ARRAY);
}

void
jsonout_end_array(struct jsonout *out)
{
	end_level(out, LEVEL_ARRAY);
}

/* The escape of a byte that RFC 8259 section 7 wants escaped, or DEL, which
 * it does not but terminals do; NULL for all others. */
static const char *
escape(unsigned char c, char buffer[8])
{
	switch (c) {
	case '"':
		return "\\\"";
	case '\\':
		return "\\\\";
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	case '\t':
		return "\\t";
	default:
		break;
	}
	if (c >= 0x20 && c != 0x7f) {
		return NULL;
	}
	snprintf(buffer, 8, "\\u%04x", c);
	return buffer;
}

static void
add_string(struct jsonout *out, const char *text, size_t length)
{
	const char *escaped;
	char buffer[8];
	size_t from = 0;

	if (!text_utf8_valid(text, length)) {
		outbuf_fail(&out->to, "jsonout-utf8", "text that is not UTF-8");
		return;
	}
	add_char(out, '"');
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		/* Nearly all bytes stand for themselves. */
		if (c > '"' && c != '\\' && c != 0x7f) {
			continue;
		}
		escaped = escape(c, buffer);
		if (escaped != NULL) {
			add(out, text + from, i - from);
			add(out, escaped, strlen(escaped));
			from = i + 1;
		}
	}
	add(out, text + from, length - from);
	add_char(out, '"');
}

void
jsonout_name(struct jsonout *out, const char *name)
{
	if (out->depth == 0 || out->levels[out->depth - 1] != LEVEL_OBJECT ||
	    out->named) {
		BUG("JSON name out of place");
	}
	if (!out->first) {
		add_char(out, ',');
	}
	add_string(out, name, strlen(name));
	add_char(out, ':');
	out->named = true;
	out->first = false;
}

void
jsonout_string_length(struct jsonout *out, const char *text, size_t length)
{
	begin_value(out);
	add_string(out, text, length);
}

void
jsonout_string(struct jsonout *out, const char *text)
{
	jsonout_string_length(out, text, strlen(text));
}

static size_t
digits(const char *text)
{
	return strspn(text, "0123456789");
}

/* -?(0|[1-9][0-9]*)(\.[0-9]+)? and nothing behind it. */
static bool
is_number(const char *text)
{
	size_t count;

	text += *text == '-';
	count = digits(text);
	if (count == 0 || (text[0] == '0' && count > 1)) {
		return false;
	}
	text += count;
	if (*text == '.') {
		count = digits(text + 1);
		text += count + 1;
	}
	return count > 0 && *text == '\0';
}

void
jsonout_number(struct jsonout *out, const char *text)
{
	begin_value(out);
	if (!is_number(text)) {
		outbuf_fail(
		    &out->to, "jsonout-number", "text that is not a number");
		return;
	}
	add(out, text, strlen(text));
}

void
jsonout_int(struct jsonout *out, int64_t value)
{
	struct dec number = DEC_SMALL(value, 0);

	jsonout_dec(out, &number);
}

void
jsonout_dec(struct jsonout *out, const struct dec *value)
{
	char text[DEC_TEXT_MAX];
	size_t length = dec_format(value, text, sizeof(text));

	begin_value(out);
	add(out, text, length);
}

void
jsonout_dec_string(struct jsonout *out, const struct dec *value)
{
	char text[DEC_TEXT_MAX];
	size_t length = dec_format(value, text, sizeof(text));

	begin_value(out);
	add_char(out, '"');
	add(out, text, length);
	add_char(out, '"');
}

void
jsonout_bool(struct jsonout *out, bool value)
{
	begin_value(out);
	add(out, value ? "true" : "false", value ? 4 : 5);
}

void
jsonout_null(struct jsonout *out)
{
	begin_value(out);
	add(out, "null", 4);
}

int
jsonout_end_line(struct jsonout *out, struct qf_error *err)
{
	if (!out->done) {
		BUG("JSON line ended inside a value");
	}
	add_char(out, '\n');
	out->done = false;
	out->first = true;
	return outbuf_flush(&out->to, OUTBUF_FULL, err);
}

int
jsonout_finish(struct jsonout *out, struct qf_error *err)
{
	assert(out->depth == 0 || out->to.failed);
	return outbuf_flush(&out->to, 1, err);
}
